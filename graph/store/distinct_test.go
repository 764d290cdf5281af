package store

import (
	"fmt"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TestGraphsBehindALargeOne: graphs of a quad each are found behind a default
// graph that is skipped in one long step.
func TestGraphsBehindALargeOne(t *testing.T) {
	s, err := Open("", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx graph.Tx) error {
		for i := range 20_000 {
			q := rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://example.org/s", i)), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.IRI("http://example.org/o")}
			if i%4000 == 0 {
				q.Graph = rdf.IRI(fmt.Sprint("http://example.org/g", i))
			}
			if _, err := tx.Insert(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.Fold(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	n := 0
	if err := snap.Graphs(t.Context(), func(graph.ID) bool { n++; return true }); err != nil || n != 5 {
		t.Errorf("%d graphs, %v; want 5", n, err)
	}
}
