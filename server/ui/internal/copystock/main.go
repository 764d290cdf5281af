// Copystock copies Cayley's browser UI out of its module into server/ui/stock,
// unmodified, so that it can be embedded. It is run by make. It does nothing
// when the copy is there and of the right version.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/cayleygraph/cayley"

// kept lists what the pages need, relative to the module. Two libraries and the
// branding that no page refers to stay behind.
var kept = []string{
	"LICENSE",
	"templates/head.tmpl",
	"templates/query.html",
	"templates/query_shape.html",
	"templates/sidebar.tmpl",
	"templates/top_navbar.tmpl",
	"templates/visualize.html",
	"templates/write.html",
	"static/cayley.svg",
	"static/css/docs.css",
	"static/css/grid.css",
	"static/css/query_editor.css",
	"static/favicon.ico",
	"static/js/cayley_main.js",
	"static/js/cayley_query.js",
	"static/js/cayley_shape.js",
	"static/js/cayley_visualize.js",
	"static/js/cayley_write.js",
	"static/js/query_viz.js",
	"static/third_party/Inconsolata.css",
	"static/third_party/OpenSans.css",
	"static/third_party/bootstrap.min.js",
	"static/third_party/codemirror/addon/comment/continuecomment.min.js",
	"static/third_party/codemirror/addon/edit/matchbrackets.min.js",
	"static/third_party/codemirror/codemirror.min.css",
	"static/third_party/codemirror/codemirror.min.js",
	"static/third_party/codemirror/mode/javascript/javascript.min.js",
	"static/third_party/d3.min.js",
	"static/third_party/fabric.min.js",
	"static/third_party/flatly/bootstrap.min.css",
	"static/third_party/jquery.min.js",
	"static/third_party/sigmajs/README.md",
	"static/third_party/sigmajs/plugins/sigma.layout.forceAtlas2.min.js",
	"static/third_party/sigmajs/plugins/sigma.parsers.json.min.js",
	"static/third_party/sigmajs/plugins/sigma.plugins.animate.min.js",
	"static/third_party/sigmajs/sigma.min.js",
	"static/third_party/snap.svg-min.js",
}

// stamp says which version the copy is of.
const stamp = "VERSION"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "copystock:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := goCommand("list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	to := filepath.Join(root, "server", "ui", "stock")
	version, err := goCommand("list", "-m", "-f", "{{.Version}}", module)
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(filepath.Join(to, stamp)); err == nil && string(have) == version {
		return nil
	}
	if _, err := goCommand("mod", "download", module); err != nil {
		return err
	}
	from, err := goCommand("list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return err
	}
	for _, name := range kept {
		if err := copyFile(filepath.Join(from, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(to, stamp), []byte(version), 0o644)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

func goCommand(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
