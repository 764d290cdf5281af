package cayley

import (
	"errors"
	"slices"
	"testing"

	"github.com/cayleygraph/cayley/graph/memstore"
	"github.com/cayleygraph/cayley/writer"
	"github.com/cayleygraph/quad"

	cgraph "github.com/cayleygraph/cayley/graph"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

func foreign(t testing.TB, quads ...quad.Quad) *Graph {
	t.Helper()
	qs := memstore.New(quads...)
	w, err := writer.NewSingle(qs, cgraph.IgnoreOpts{})
	if err != nil {
		t.Fatal(err)
	}
	return FromQuadStore(qs, w, ForeignOptions{})
}

// TestForeignGraph runs the conformance suite of graphs over Cayley's memstore.
func TestForeignGraph(t *testing.T) {
	storetest.Run(t, func(t *testing.T) graph.Graph { return foreign(t) })
}

func TestForeignGraphReads(t *testing.T) {
	g := foreign(t,
		quad.Make(quad.IRI("a"), quad.IRI("n"), 42, nil),
		quad.Make(quad.IRI("a"), quad.IRI("n"), quad.TypedString{Value: "42", Type: quad.IRI(rdf.XSDDouble)}, nil),
		quad.Make(quad.IRI("a"), quad.IRI("n"), true, nil),
		quad.Make(quad.IRI("b"), quad.IRI("n"), 1.5, quad.IRI("g")),
	)
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for term, want := range map[rdf.Term]uint64{
		rdf.NewTyped("42", rdf.XSDInteger): 1, rdf.NewTyped("42", rdf.XSDDouble): 1, rdf.NewBoolean(true): 1,
		rdf.NewTyped("1.5E0", rdf.XSDDouble): 1, rdf.NewTyped("042", rdf.XSDInteger): 0, rdf.IRI("a"): 0,
	} {
		n := uint64(0)
		if id, ok, err := snap.Lookup(term); err != nil {
			t.Fatal(err)
		} else if ok {
			n, _, err = snap.Estimate(graph.Pattern{O: id})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n != want {
			t.Errorf("%s is the object of %d quads, want %d", term, n, want)
		}
	}
}

func TestForeignGraphBounds(t *testing.T) {
	qs := memstore.New(parseCayley(t, people)...)
	g := FromQuadStore(qs, nil, ForeignOptions{MaxRows: 5})
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.Scan(t.Context(), graph.Pattern{}, graph.SPOG, graph.AllCols); !errors.Is(err, graph.ErrLimit) {
		t.Errorf("a scan beyond the bound: %v", err)
	}
	err = g.Update(t.Context(), func(graph.Tx) error { return nil })
	if !errors.Is(err, graph.ErrReadOnly) {
		t.Errorf("a write without a writer: %v", err)
	}
}

func parseCayley(t testing.TB, text string) []quad.Quad {
	t.Helper()
	var out []quad.Quad
	for _, q := range parseQuads(t, text) {
		out = append(out, ToQuad(q))
	}
	return out
}

// TestThere goes through both adapters: Gizmo over a graph that is a Cayley
// store underneath.
func TestThereAndBack(t *testing.T) {
	g := foreign(t, parseCayley(t, people)...)
	a, err := Query(t.Context(), g, Gizmo, `g.V("<greg>").in("<follows>").order().all()`, QueryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, r := range a.Results {
		got = append(got, r.(map[string]any)["id"])
	}
	if want := []any{"<dani>", "<fred>"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
