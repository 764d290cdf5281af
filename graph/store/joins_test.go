package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// TestJoinStatistics compares the statistics after a load, folds and reopening
// with a plain recount of the quads.
func TestJoinStatistics(t *testing.T) {
	ctx := context.Background()
	path := t.TempDir() + "/store"
	s := open(t, path, Options{})
	quads := storetest.Quads(3000, 3)
	if _, err := s.Load(ctx, []Source{{Quads: seq(quads[:2000], nil), KeepLabels: true}}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	checkJoins(t, s)
	change := func(f func(graph.Tx) (int, error)) {
		t.Helper()
		if err := s.Update(ctx, func(tx graph.Tx) error { _, err := f(tx); return err }); err != nil {
			t.Fatal(err)
		}
		if err := s.Fold(ctx); err != nil {
			t.Fatal(err)
		}
	}
	change(func(tx graph.Tx) (int, error) { return tx.Insert(quads[2000:]...) })
	checkJoins(t, s)
	change(func(tx graph.Tx) (int, error) { return tx.Delete(quads[500:1000]...) })
	checkJoins(t, s)
	// A small change is only remembered, until small changes add up.
	for i := range 3 {
		change(func(tx graph.Tx) (int, error) { return tx.Delete(quads[i*50 : i*50+50]...) })
		if n := s.current.Load().base.joins.changed; n != []uint64{50, 100, 0}[i] {
			t.Errorf("after %d small folds %d rows count as changed", i+1, n)
		}
	}
	checkJoins(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, Options{})
	defer s.Close()
	checkJoins(t, s)
}

// TestManyPredicates checks that the most frequent predicates are counted when
// there are too many.
func TestManyPredicates(t *testing.T) {
	var quads []rdf.Quad
	for i := range 600 {
		for k := range 1 + i%3*4 {
			quads = append(quads, rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://example.org/s", k)), Predicate: rdf.IRI(fmt.Sprint("http://example.org/p", i)), Object: rdf.IRI(fmt.Sprint("http://example.org/s", i))})
		}
	}
	s := open(t, "", Options{})
	defer s.Close()
	if _, err := s.Load(context.Background(), []Source{{Quads: seq(quads, nil)}}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	j := snap.(graph.JoinStatistics)
	known, frequent := 0, 0
	for i := range 600 {
		p, _, _ := snap.Lookup(rdf.IRI(fmt.Sprint("http://example.org/p", i)))
		if st, ok := j.JoinStats(p, graph.S, p, graph.S); ok {
			known++
			if i%3 == 2 {
				frequent++
			}
			if n := uint64(1 + i%3*4); st != (graph.JoinStats{Nodes: n, Rows: n}) {
				t.Errorf("p%d meets itself in %+v", i, st)
			}
		}
	}
	if known != joinPredicates || frequent != 200 {
		t.Errorf("%d predicates are counted, %d of the 200 most frequent ones", known, frequent)
	}
}

func checkJoins(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	rows, err := storetest.Rows(ctx, snap, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[graph.Column]map[graph.ID]map[graph.ID]uint64{graph.S: {}, graph.O: {}} // column, predicate, node
	preds := map[graph.ID]map[graph.ID]bool{}                                             // by subject
	var predicates []graph.ID
	for _, r := range rows {
		for col, byPredicate := range counts {
			if byPredicate[r.P] == nil {
				byPredicate[r.P] = map[graph.ID]uint64{}
				if col == graph.S {
					predicates = append(predicates, r.P)
				}
			}
			byPredicate[r.P][r.Get(col)]++
		}
		if preds[r.S] == nil {
			preds[r.S] = map[graph.ID]bool{}
		}
		preds[r.S][r.P] = true
	}
	j := snap.(graph.JoinStatistics)
	for _, p := range predicates {
		for _, q := range predicates {
			for _, pc := range []graph.Column{graph.S, graph.O} {
				for _, qc := range []graph.Column{graph.S, graph.O} {
					var want graph.JoinStats
					for node, n := range counts[pc][p] {
						if m := counts[qc][q][node]; m > 0 {
							want.Nodes++
							want.Rows += n * m
						}
					}
					// Changes since the count make it a guess.
					got, ok := j.JoinStats(p, pc, q, qc)
					if slack := s.current.Load().base.joins.changed; !ok || slack == 0 && got != want {
						t.Fatalf("%#x.%d meets %#x.%d: %+v, %v; want %+v", uint64(p), pc, uint64(q), qc, got, ok, want)
					}
				}
			}
			for _, r := range predicates {
				star := []graph.ID{p, q, r}
				var want graph.StarStats
				for subject, has := range preds {
					if has[p] && has[q] && has[r] {
						want.Subjects++
						want.Rows += float64(counts[graph.S][p][subject] * counts[graph.S][q][subject] * counts[graph.S][r][subject])
					}
				}
				got, ok := j.StarStats(star)
				if !ok || got.Subjects != want.Subjects {
					t.Fatalf("star %#x: %+v, %v; want %+v", star, got, ok, want)
				}
				// Within a set the predicates count as independent.
				if math.Abs(got.Rows-want.Rows) > 0.5*want.Rows {
					t.Errorf("star %#x has %.0f rows, estimated %.0f", star, want.Rows, got.Rows)
				}
				pairs := s.current.Load().base.joins
				if by := pairs.starOfPairs([]uint8{uint8(pairs.place(p)), uint8(pairs.place(q)), uint8(pairs.place(r))}); want.Subjects > 20 && (by.Subjects > 3*want.Subjects || by.Subjects < want.Subjects/3) {
					t.Errorf("star %#x has %.0f subjects, by pairs %.0f", star, want.Subjects, by.Subjects)
				}
			}
		}
	}
	if x := s.current.Load().base.joins; x != nil {
		again, err := readJoins(x.append(nil))
		if err != nil || !reflect.DeepEqual(again, x) {
			t.Errorf("the statistics come back from disk otherwise: %v", err)
		}
	}
}
