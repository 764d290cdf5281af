package cayley

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/graphtest"
	"github.com/cayleygraph/cayley/graph/graphtest/testutil"
	"github.com/cayleygraph/cayley/graph/memstore"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/store"
)

// moduleDir returns where the source of Cayley's module lies.
func moduleDir(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cayleygraph/cayley").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// backends are the graphs that Cayley is run over. Both hold generalized RDF,
// which Cayley's suite is full of.
var backends = []struct {
	name string
	open func(testing.TB) graph.Graph
}{
	{"memgraph", func(testing.TB) graph.Graph { return memgraph.NewGeneralized() }},
	{"store", func(t testing.TB) graph.Graph { return openStore(t, filepath.Join(t.TempDir(), "test.bg")) }},
	{"store in memory", func(t testing.TB) graph.Graph { return openStore(t, "") }},
}

func openStore(t testing.TB, path string) graph.Graph {
	t.Helper()
	s, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func generator(open func(testing.TB) graph.Graph) testutil.DatabaseFunc {
	return func(t testing.TB) (cgraph.QuadStore, cgraph.Options, func()) {
		g := open(t)
		qs := New(g)
		return qs, nil, func() {
			if err := qs.Close(); err != nil {
				t.Error(err)
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestGraphtest runs Cayley's conformance suite for backends.
func TestGraphtest(t *testing.T) {
	t.Chdir(moduleDir(t) + "/graph/memstore") // the suite looks for its data upwards from here
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			graphtest.TestAll(t, generator(b.open), nil)
		})
	}
}

// TestMovies runs Cayley's queries over its 30,000 movies (471,000 quads), which
// the suite leaves out unless told so.
func TestMovies(t *testing.T) {
	t.Chdir(moduleDir(t) + "/graph/memstore")
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			if b.name != "memgraph" && os.Getenv("BELLIGRAPH_LONG") == "" {
				t.Skip("set BELLIGRAPH_LONG=1 to run this over every backend")
			}
			graphtest.TestIntegration(t, generator(b.open), true)
		})
	}
}

// BenchmarkMovies compares the backends on Cayley's own queries; memstore is
// Cayley's store in memory.
func BenchmarkMovies(b *testing.B) {
	b.Chdir(moduleDir(b) + "/graph/memstore")
	for _, be := range backends {
		b.Run(be.name, func(b *testing.B) { graphtest.BenchmarkIntegration(b, generator(be.open), true) })
	}
	b.Run("memstore", func(b *testing.B) {
		graphtest.BenchmarkIntegration(b, func(testing.TB) (cgraph.QuadStore, cgraph.Options, func()) {
			return memstore.New(), nil, func() {}
		}, true)
	})
}
