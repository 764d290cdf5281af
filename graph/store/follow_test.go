package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// copyOf writes a backup of s to a file and opens it.
func copyOf(t *testing.T, s *Store, o Options) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, path, o)
}

// catchUp applies to f what s has and f has not; it returns false when the log
// does not go on from where f is.
func catchUp(t *testing.T, f, s *Store, limit int) bool {
	t.Helper()
	for f.Position() != s.Position() {
		records, err := s.Follow(t.Context(), f.Position(), limit)
		if errors.Is(err, ErrNotInLog) {
			return false
		}
		if err == nil {
			err = f.Apply(t.Context(), records)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return true
}

// TestFollow plays random histories on a store that another follows: both fold
// when they like and are closed and opened again, the first also loads, which
// the second can only copy.
func TestFollow(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			opts := func() Options { return Options{FoldRows: []int{20, 300, 1 << 20}[rng.IntN(3)]} }
			s := open(t, filepath.Join(t.TempDir(), "primary"), opts())
			f := copyOf(t, s, opts())
			quads := storetest.Quads(800, seed)
			for _, x := range storetest.AwkwardTerms() {
				quads = append(quads, rdf.Quad{Subject: quads[0].Subject, Predicate: quads[0].Predicate, Object: x})
			}
			copies := 0
			for range 60 {
				switch rng.IntN(12) {
				case 0:
					s = reopen(t, s, opts())
				case 1:
					f = reopen(t, f, opts())
				case 2:
					if err := s.Fold(t.Context()); err != nil {
						t.Fatal(err)
					}
				case 3:
					if rng.IntN(3) == 0 {
						more := storetest.Quads(2000, rng.Uint64())
						rebuildWith(t, s, more)
					}
				case 4, 5, 6:
					if !catchUp(t, f, s, 1+rng.IntN(5000)) {
						copies++
						if err := f.Close(); err != nil {
							t.Fatal(err)
						}
						f = copyOf(t, s, opts())
					}
					same(t, s, f)
				default:
					err := s.Update(t.Context(), func(tx graph.Tx) error {
						at, n := rng.IntN(len(quads)-60), 1+rng.IntN(60)
						if rng.IntN(9) == 0 {
							if err := tx.CreateGraph(rdf.IRI(fmt.Sprint("http://example.org/made/", rng.IntN(4)))); err != nil {
								return err
							}
						}
						if rng.IntN(3) == 0 {
							_, err := tx.Delete(quads[at : at+n]...)
							return err
						}
						_, err := tx.Insert(quads[at : at+n]...)
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			if !catchUp(t, f, s, 1<<20) {
				copies++
				f = copyOf(t, s, opts())
			}
			same(t, s, f)
			f = reopen(t, f, opts()) // no fold is at work while the file is checked
			if err := f.Check(t.Context()); err != nil {
				t.Error(err)
			}
			t.Logf("copied %d times more", copies)
		})
	}
}

func rebuildWith(t *testing.T, s *Store, quads []rdf.Quad) {
	t.Helper()
	all := func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
	if _, err := s.Load(t.Context(), []Source{{Quads: all}}, LoadOptions{rebuild: true}); err != nil {
		t.Fatal(err)
	}
}

func reopen(t *testing.T, s *Store, o Options) *Store {
	t.Helper()
	at := s.Position()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, s.Path(), o)
	if s.Position() != at {
		t.Fatalf("opened again the store is at %v, not %v", s.Position(), at)
	}
	return s
}

// same compares two stores row by row, by id.
func same(t *testing.T, a, b *Store) {
	t.Helper()
	if a.Position() != b.Position() {
		t.Fatalf("one is at %v, the other at %v", a.Position(), b.Position())
	}
	rows := func(s *Store) (out [][4]graph.ID, graphs []graph.ID) {
		snap, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		c, err := snap.Scan(t.Context(), graph.Pattern{}, graph.SPOG, graph.AllCols)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for b := c.Next(); b != nil; b = c.Next() {
			for i := range b.N {
				out = append(out, [4]graph.ID{b.Cols[0][i], b.Cols[1][i], b.Cols[2][i], b.Cols[3][i]})
			}
		}
		if err := snap.Graphs(t.Context(), func(g graph.ID) bool { graphs = append(graphs, g); return true }); err != nil {
			t.Fatal(err)
		}
		return out, graphs
	}
	ra, ga := rows(a)
	rb, gb := rows(b)
	if fmt.Sprint(ra) != fmt.Sprint(rb) || fmt.Sprint(ga) != fmt.Sprint(gb) {
		t.Fatalf("the stores differ: %d and %d rows, %d and %d graphs", len(ra), len(rb), len(ga), len(gb))
	}
}

func TestFollowWaits(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"), Options{})
	at := s.Position()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Follow(ctx, at, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("nothing to follow: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		_, err := s.Follow(t.Context(), at, 1)
		got <- err
	}()
	quads := storetest.Quads(3, 1)
	if err := s.Update(t.Context(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Position{
		"a commit to come":    {s.Position().Commit + 1, 0},
		"another history":     {at.Commit, at.Sum + 1},
		"this commit, or not": {s.Position().Commit, s.Position().Sum + 1},
	} {
		if _, err := s.Follow(t.Context(), p, 1); !errors.Is(err, ErrNotInLog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	memory := open(t, "", Options{})
	if _, err := memory.Follow(t.Context(), Position{}, 1); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("a store in memory: %v", err)
	}
	if records, err := s.Follow(t.Context(), at, 1); err != nil {
		t.Fatal(err)
	} else if err := s.Apply(t.Context(), records); !errors.Is(err, ErrNotInLog) {
		t.Errorf("a record that was applied: %v", err)
	}
}
