package export_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/export"
)

// clientsVar names the folder with programs that others wrote: in readers a
// Python environment of testdata/requirements.txt, in sssom one of sssom-py, in gephi the toolkit of Gephi
// as one jar. Tests download nothing themselves.
const clientsVar = "BELLIGRAPH_CLIENTS"

// readerPackages are the Python packages that open each format.
var readerPackages = map[string]string{
	"claims": "pandas", "parties": "pandas", "geojson": "geopandas", "gexf": "networkx", "graphml": "networkx",
	"jsonld": "pyld", "nanopub": "nanopub", "ftm": "followthemoney", "sssom": "sssom",
}

// TestReaders opens each format with a real reader of it.
func TestReaders(t *testing.T) {
	clients := clientsFolder(t)
	g, dir := sources(t), t.TempDir()
	for _, f := range export.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			venv := filepath.Join(clients, "readers")
			if f.Name == "sssom" {
				venv = filepath.Join(clients, "sssom") // of its own, as it wants other versions
			}
			packages := filepath.Join(venv, "lib", "python*", "site-packages", readerPackages[f.Name])
			if found, err := filepath.Glob(packages); err != nil || len(found) == 0 {
				t.Skipf("%s is not installed: see testdata/requirements.txt and .ci/run", packages)
			}
			b, _ := exported(t, g, f.Name, export.Options{})
			file := filepath.Join(dir, f.File)
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			fmt.Print("reader of ", f.Name, ": ", opened(t, filepath.Join(venv, "bin", "python"), filepath.Join("testdata", "readers.py"), f.Name, file))
		})
	}
}

// TestGephi opens the networks with the importer of Gephi itself.
func TestGephi(t *testing.T) {
	clients := clientsFolder(t)
	jars, err := filepath.Glob(filepath.Join(clients, "gephi", "gephi-toolkit-*.jar"))
	if err != nil || len(jars) == 0 {
		t.Skipf("no jar of Gephi in %s/gephi", clients)
	}
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("a JDK is not installed")
	}
	g, dir := sources(t), t.TempDir()
	args := []string{"-Djava.awt.headless=true", "-cp", jars[0], filepath.Join("testdata", "Gephi.java")}
	for _, n := range export.Networks() {
		b, _ := exported(t, g, "gexf", export.Options{Network: n})
		file := filepath.Join(dir, string(n)+".gexf")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	fmt.Print(opened(t, "java", args...))
}

func clientsFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(clientsVar)
	if dir == "" {
		t.Skipf("%s is not set: it names a folder with readers and gephi", clientsVar)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// opened runs a reader and returns its last line.
func opened(t *testing.T, command string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s%s", err, out, errors.String())
	}
	return string(out)
}
