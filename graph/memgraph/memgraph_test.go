package memgraph

import (
	"context"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func quadsOf(t *testing.T, s graph.Snapshot, p graph.Pattern, o graph.Order) []rdf.Quad {
	t.Helper()
	c, err := s.Scan(context.Background(), p, o, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out []rdf.Quad
	for b := c.Next(); b != nil; b = c.Next() {
		for i := range b.N {
			var terms [4]rdf.Term
			for col := range terms {
				if id := b.Cols[col][i]; id != graph.DefaultGraph {
					if terms[col], err = s.Term(id); err != nil {
						t.Fatal(err)
					}
				}
			}
			out = append(out, rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2], Graph: terms[3]})
		}
	}
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return out
}

func TestSnapshotsStayAsTheyAre(t *testing.T) {
	ctx := context.Background()
	a := rdf.Quad{Subject: rdf.IRI("s"), Predicate: rdf.IRI("p"), Object: rdf.NewLang("x", "EN")}
	b := rdf.Quad{Subject: rdf.IRI("s"), Predicate: rdf.IRI("p"), Object: rdf.NewString("x"), Graph: rdf.IRI("g")}
	g := New(a)
	before, err := g.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = g.Update(ctx, func(tx graph.Tx) error {
		if n, err := tx.Insert(a, b, rdf.Quad{Subject: a.Subject, Predicate: a.Predicate, Object: rdf.NewLang("x", "en")}); n != 1 || err != nil {
			t.Errorf("Insert = %d, %v; want 1: language tags differ in case only", n, err)
		}
		if n, _ := tx.Snapshot().Len(); n != 2 {
			t.Errorf("inside the transaction: %d quads, want 2", n)
		}
		if n, err := tx.Delete(a); n != 1 || err != nil {
			t.Errorf("Delete = %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := quadsOf(t, before, graph.Pattern{}, graph.OSPG); len(got) != 1 || got[0] != a {
		t.Errorf("old snapshot shows %v", got)
	}
	after, _ := g.Snapshot(ctx)
	if got := quadsOf(t, after, graph.Pattern{}, graph.GPOS); len(got) != 1 || got[0] != b {
		t.Errorf("new snapshot shows %v", got)
	}
	if after.Version() <= before.Version() {
		t.Errorf("version did not grow")
	}
}

func TestFailedTransactionChangesNothing(t *testing.T) {
	g := New()
	err := g.Update(context.Background(), func(tx graph.Tx) error {
		tx.Insert(rdf.Quad{Subject: rdf.IRI("s"), Predicate: rdf.IRI("p"), Object: rdf.IRI("o")})
		_, err := tx.Insert(rdf.Quad{Subject: rdf.NewString("s"), Predicate: rdf.IRI("p"), Object: rdf.IRI("o")})
		return err
	})
	if err == nil {
		t.Error("a literal subject was accepted")
	}
	s, _ := g.Snapshot(context.Background())
	if n, _ := s.Len(); n != 0 {
		t.Errorf("%d quads after a failed transaction", n)
	}
}

func TestEmptyGraphsAreRecorded(t *testing.T) {
	ctx := context.Background()
	g := New(rdf.Quad{Subject: rdf.IRI("s"), Predicate: rdf.IRI("p"), Object: rdf.IRI("o"), Graph: rdf.IRI("full")})
	count := func() (n int) {
		s, _ := g.Snapshot(ctx)
		s.Graphs(ctx, func(graph.ID) bool { n++; return true })
		return n
	}
	g.Update(ctx, func(tx graph.Tx) error { return tx.CreateGraph(rdf.IRI("empty")) })
	if n := count(); n != 2 {
		t.Errorf("%d graphs, want 2", n)
	}
	g.Update(ctx, func(tx graph.Tx) error { tx.DropGraph(rdf.IRI("full")); return tx.DropGraph(rdf.IRI("empty")) })
	if n := count(); n != 0 {
		t.Errorf("%d graphs after dropping both", n)
	}
}
