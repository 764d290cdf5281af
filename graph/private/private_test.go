package private_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/graph/storetest"
)

var ctx = context.Background()

const secret rdf.IRI = "urn:secret:graph"

// shadowed is a graph in which a hidden graph holds a copy of every quad that
// is inserted, and one more with terms of its own; what is deleted stays there.
type shadowed struct{ graph.Graph }

func (g shadowed) Update(ctx context.Context, f func(graph.Tx) error) error {
	return g.Graph.Update(ctx, func(tx graph.Tx) error { return f(shadowTx{tx}) })
}

type shadowTx struct{ graph.Tx }

func (tx shadowTx) Insert(quads ...rdf.Quad) (int, error) {
	n, err := tx.Tx.Insert(quads...)
	if err != nil {
		return n, err
	}
	for i, q := range quads {
		q.Graph = secret
		own := rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("urn:secret:s%d", i)), Predicate: q.Predicate, Object: rdf.NewString(fmt.Sprint("secret ", i)), Graph: secret}
		// Not every quad that a suite tries is one; a faulty one has failed
		// above.
		if _, err := tx.Tx.Insert(q, own); err != nil {
			return n, err
		}
	}
	return n, nil
}

func openStore(t *testing.T) graph.Graph {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "g"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func names(t testing.TB, list ...string) private.Names {
	t.Helper()
	n, err := private.ParseNames(list)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestConformance runs the suite of all graphs in the presence of a hidden graph
// that knows all its terms.
func TestConformance(t *testing.T) {
	for name, list := range map[string][]string{"name": {string(secret)}, "prefix": {"urn:secret:*"}} {
		t.Run(name, func(t *testing.T) {
			t.Run("memgraph", func(t *testing.T) {
				storetest.Run(t, func(t *testing.T) graph.Graph {
					return private.New(shadowed{memgraph.New()}, names(t, list...))
				})
			})
			t.Run("store", func(t *testing.T) {
				storetest.Run(t, func(t *testing.T) graph.Graph {
					return private.New(shadowed{openStore(t)}, names(t, list...))
				})
			})
		})
	}
}

func ex(s string) rdf.IRI { return rdf.IRI("http://example.org/" + s) }

func TestRights(t *testing.T) {
	inner := memgraph.New()
	g := private.New(inner, names(t, "http://example.org/p/*", string(secret)))
	all := private.With(ctx, private.Everything())
	err := g.Update(all, func(tx graph.Tx) error {
		for _, name := range []rdf.Term{nil, ex("open"), ex("p/1"), ex("p/2"), secret} {
			if _, err := tx.Insert(rdf.Quad{Subject: ex("s"), Predicate: ex("in"), Object: rdf.NewString(fmt.Sprint(name)), Graph: name}); err != nil {
				return err
			}
		}
		return tx.CreateGraph(ex("p/empty"))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		graphs        []string
		quads, graphN int
	}{
		{"nobody", nil, 2, 1},
		{"one", []string{"http://example.org/p/1"}, 3, 2},
		{"a prefix", []string{"http://example.org/p/*"}, 4, 4},
		{"what is not private", []string{"http://example.org/open"}, 2, 1},
		{"all by name", []string{"*"}, 5, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := private.NewRights(tt.graphs)
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Snapshot(private.With(ctx, r))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			n, err := s.Len()
			if err != nil || int(n) != tt.quads {
				t.Errorf("%d quads, %v; want %d", n, err, tt.quads)
			}
			graphs := 0
			if err := s.Graphs(ctx, func(graph.ID) bool { graphs++; return true }); err != nil || graphs != tt.graphN {
				t.Errorf("%d graphs, %v; want %d", graphs, err, tt.graphN)
			}
			if _, ok, err := s.Lookup(secret); ok != (tt.quads == 5) || err != nil {
				t.Errorf("the name of the hidden graph is found: %v, %v", ok, err)
			}
		})
	}
}

// TestHiddenTerms: a term is found when a visible quad holds it anywhere, and
// only then.
func TestHiddenTerms(t *testing.T) {
	inner := openStore(t) // it knows the parts of triple terms, memgraph does not
	defer inner.Close()
	triple := rdf.Triple{Subject: ex("inner"), Predicate: ex("of"), Object: rdf.Triple{Subject: ex("deep"), Predicate: ex("of"), Object: rdf.NewString("deepest")}}
	hidden := rdf.Triple{Subject: ex("private"), Predicate: ex("of"), Object: ex("s")}
	err := inner.Update(ctx, func(tx graph.Tx) error {
		_, err := tx.Insert(
			rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: triple},
			rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: rdf.NewString("o"), Graph: ex("g")},
			rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: triple, Graph: secret},
			rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: hidden, Graph: secret},
			rdf.Quad{Subject: ex("only"), Predicate: ex("hidden"), Object: rdf.NewString("here"), Graph: secret})
		if err == nil {
			err = tx.CreateGraph(ex("recorded"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := private.New(inner, names(t, string(secret))).Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tt := range []struct {
		term rdf.Term
		want bool
	}{
		{ex("s"), true}, {ex("p"), true}, {rdf.NewString("o"), true}, {ex("g"), true}, {ex("recorded"), true},
		{triple, true}, {triple.Object, true}, {ex("inner"), true}, {ex("of"), true}, {ex("deep"), true}, {rdf.NewString("deepest"), true},
		{secret, false}, {hidden, false}, {ex("private"), false}, {ex("only"), false}, {ex("hidden"), false}, {rdf.NewString("here"), false},
		{rdf.NewBoolean(true), true}, // is in the id itself
	} {
		if _, ok, err := s.Lookup(tt.term); ok != tt.want || err != nil {
			t.Errorf("Lookup(%s) = %v, %v; want %v", tt.term, ok, err, tt.want)
		}
	}
}

// TestWritesToHiddenGraphs: what is hidden cannot be changed, and whether it is
// there does not show.
func TestWritesToHiddenGraphs(t *testing.T) {
	for _, there := range []bool{false, true} {
		inner := memgraph.New()
		quad := rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: ex("o"), Graph: secret}
		if there {
			if err := inner.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quad); return err }); err != nil {
				t.Fatal(err)
			}
		}
		g := private.New(inner, names(t, string(secret)))
		open := quad
		open.Graph = nil
		for name, f := range map[string]func(graph.Tx) error{
			"insert": func(tx graph.Tx) error { _, err := tx.Insert(open, quad); return err },
			"create": func(tx graph.Tx) error { return tx.CreateGraph(secret) },
		} {
			if err := g.Update(ctx, f); !errors.Is(err, graph.ErrReadOnly) {
				t.Errorf("%s, hidden graph there: %v: %v", name, there, err)
			}
		}
		err := g.Update(ctx, func(tx graph.Tx) error {
			if _, err := tx.Insert(open); err != nil {
				return err
			}
			if n, err := tx.Delete(quad, open); n != 1 || err != nil {
				t.Errorf("deleted %d, %v, hidden graph there: %v", n, err, there)
			}
			return tx.DropGraph(secret)
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := inner.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := s.Len(); (n == 1) != there {
			t.Errorf("%d quads are left, hidden graph there: %v", n, there)
		}
		s.Close()
		if err := g.MayWrite(ctx, secret); !errors.Is(err, graph.ErrReadOnly) {
			t.Errorf("MayWrite: %v", err)
		}
	}
}

// TestStatisticsOfManyGraphs: with more hidden graphs than are subtracted, the
// figures are those of the visible quads all the same.
func TestStatisticsOfManyGraphs(t *testing.T) {
	inner, bare := memgraph.New(), memgraph.New()
	for _, g := range []graph.Graph{inner, bare} {
		err := g.Update(ctx, func(tx graph.Tx) error {
			for i := range 300 {
				q := rdf.Quad{Subject: ex(fmt.Sprint("s", i%50)), Predicate: ex("p"), Object: ex(fmt.Sprint("o", i))}
				if _, err := tx.Insert(q); err != nil {
					return err
				}
				if g == graph.Graph(bare) {
					continue
				}
				q.Graph = rdf.IRI(fmt.Sprint("urn:secret:", i))
				if _, err := tx.Insert(q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := private.New(inner, names(t, "urn:secret:*")).Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want, err := bare.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	for _, p := range []graph.Pattern{{}, {P: id(t, s, ex("p"))}, {O: id(t, s, ex("o7"))}, {S: id(t, s, ex("s3"))}} {
		n, exact, err := s.Estimate(p)
		if err != nil || !exact {
			t.Errorf("%v: %v, %v", p, exact, err)
		}
		if p == (graph.Pattern{}) {
			if m, _ := want.Len(); m != n {
				t.Errorf("%d quads, want %d", n, m)
			}
		}
	}
	st, _, err := s.PredicateStats(id(t, s, ex("p")))
	if wantStats, _, _ := want.PredicateStats(id(t, want, ex("p"))); st != wantStats || err != nil {
		t.Errorf("%+v, %v; want %+v", st, err, wantStats)
	}
}

func id(t *testing.T, s graph.Snapshot, term rdf.Term) graph.ID {
	t.Helper()
	id, ok, err := s.Lookup(term)
	if !ok || err != nil {
		t.Fatalf("Lookup(%s): %v, %v", term, ok, err)
	}
	return id
}
