// Package archtest keeps the import order of the project. The order is policy:
// a failing test is mended by moving code, not by editing the table.
package archtest

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/belligraph/belligraph"

// layers lists the folders from the top down. A package may import packages of
// its own layer and of those below it, never of those above.
var layers = []string{"cmd", "server", "queries", "graph", "graph/rdf"}

// leaves hold no logic and may be imported by every layer; they import nothing
// of the project.
var leaves = []string{"data", "docs"}

// owners names, for each library that must not spread, the only folder whose
// packages may import it.
var owners = map[string]string{
	"github.com/gin-gonic/":        "server",
	"github.com/gin-contrib/":      "server",
	"go.etcd.io/bbolt":             "graph/store",
	"github.com/cayleygraph/":      "graph/cayley",
	"github.com/piprate/json-gold": "graph/rdf",
}

type pkg struct {
	path    string
	imports []string
}

// list returns the packages of the module with everything that they and their
// tests import.
func list(t *testing.T) []pkg {
	t.Helper()
	const format = `{{.ImportPath}} {{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`
	cmd := exec.Command("go", "list", "-e", "-f", format, module+"/...")
	cmd.Dir = "../../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		pkgs = append(pkgs, pkg{path: f[0], imports: f[1:]})
	}
	return pkgs
}

// layer returns the index of the layer of a package of ours and whether it is a
// leaf.
func layer(path string) (index int, leaf, ok bool) {
	folder := strings.TrimPrefix(path, module+"/")
	for _, l := range leaves {
		if folder == l || strings.HasPrefix(folder, l+"/") {
			return 0, true, true
		}
	}
	index = -1
	for i, l := range layers { // the longest match wins: graph/rdf lies under graph
		if folder == l || strings.HasPrefix(folder, l+"/") {
			index = i
		}
	}
	return index, false, index >= 0
}

func TestImportOrder(t *testing.T) {
	pkgs := list(t)
	if len(pkgs) < 5 {
		t.Fatalf("go list found only %d packages", len(pkgs))
	}
	for _, p := range pkgs {
		from, leaf, ok := layer(p.path)
		if !ok {
			t.Errorf("%s lies in no layer", p.path)
			continue
		}
		for _, imp := range p.imports {
			if !strings.HasPrefix(imp, module+"/") {
				continue
			}
			to, toLeaf, ok := layer(imp)
			switch {
			case !ok:
				t.Errorf("%s imports %s, which lies in no layer", p.path, imp)
			case leaf && !toLeaf:
				t.Errorf("%s is a leaf and imports %s", p.path, imp)
			case !leaf && !toLeaf && to < from:
				t.Errorf("%s (%s) imports upward: %s (%s)", p.path, layers[from], imp, layers[to])
			}
		}
	}
}

func TestOwners(t *testing.T) {
	for _, p := range list(t) {
		folder := strings.TrimPrefix(p.path, module+"/")
		for _, imp := range p.imports {
			for lib, owner := range owners {
				if strings.HasPrefix(imp, lib) && folder != owner && !strings.HasPrefix(folder, owner+"/") {
					t.Errorf("%s imports %s, which only %s may know", p.path, imp, owner)
				}
			}
		}
	}
}
