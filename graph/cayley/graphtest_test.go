package cayley

import (
	"os/exec"
	"strings"
	"testing"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/graphtest"

	"github.com/belligraph/belligraph/graph/memgraph"
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

// TestGraphtest runs Cayley's conformance suite for backends.
func TestGraphtest(t *testing.T) {
	t.Chdir(moduleDir(t) + "/graph/memstore") // the suite looks for its data upwards from here
	t.Run("memgraph", func(t *testing.T) {
		graphtest.TestAll(t, func(t testing.TB) (cgraph.QuadStore, cgraph.Options, func()) {
			qs := New(memgraph.NewGeneralized())
			return qs, nil, func() {
				if err := qs.Close(); err != nil {
					t.Error(err)
				}
			}
		}, nil)
	})
}
