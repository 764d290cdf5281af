package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// long reports whether the long runs are wanted.
func long() bool { return os.Getenv("BELLIGRAPH_LONG") != "" }

var errRollback = errors.New("rolled back")

// TestHistories plays random histories of commits, rollbacks, snapshots, folds
// and reopenings on a store and on a plain model.
func TestHistories(t *testing.T) {
	seeds, steps := 6, 60
	if long() {
		seeds, steps = 200, 400
	}
	for i := range seeds {
		seed := uint64(i)
		if long() {
			seed = uint64(time.Now().UnixNano())
		}
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			path := ""
			if i%3 > 0 {
				path = filepath.Join(t.TempDir(), "store")
			}
			playHistory(t, path, seed, steps)
		})
	}
}

func playHistory(t *testing.T, path string, seed uint64, steps int) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(seed, 1))
	opts := Options{FoldRows: []int{1, 30, 300, 1 << 20}[rng.IntN(4)]}
	s := open(t, path, opts)
	m := storetest.NewModel()
	quads := storetest.Quads(1500, seed)
	for _, x := range storetest.AwkwardTerms() {
		quads = append(quads, rdf.Quad{Subject: quads[0].Subject, Predicate: quads[0].Predicate, Object: x})
	}
	pick := func() []rdf.Quad {
		n := 1 + rng.IntN(40)
		if rng.IntN(8) == 0 {
			n = 400
		}
		var out []rdf.Quad
		window := rng.IntN(len(quads))
		for range n {
			out = append(out, quads[(window+rng.IntN(2*n))%len(quads)])
		}
		return out
	}
	graphs := []rdf.Term{nil, rdf.IRI("http://example.org/g0"), rdf.IRI("http://example.org/g1"), rdf.IRI("http://example.org/none")}
	type held struct {
		snap  graph.Snapshot
		model *storetest.Model
	}
	var snaps []held
	release := func(i int) {
		storetest.Equal(t, snaps[i].snap, snaps[i].model)
		if err := snaps[i].snap.Close(); err != nil {
			t.Fatal(err)
		}
		snaps = append(snaps[:i], snaps[i+1:]...)
	}
	for range steps {
		switch rng.IntN(12) {
		default:
			next := m.Clone()
			rollback := rng.IntN(6) == 0
			err := s.Update(ctx, func(tx graph.Tx) error {
				for range 1 + rng.IntN(4) {
					var n, want int
					var err error
					switch rng.IntN(12) {
					default:
						q := pick()
						want = next.Insert(q...)
						n, err = tx.Insert(q...)
					case 0, 1, 2, 3, 4:
						q := pick()
						want = next.Delete(q...)
						n, err = tx.Delete(q...)
					case 5:
						g := graphs[rng.IntN(len(graphs))]
						next.DropGraph(g)
						err = tx.DropGraph(g)
					case 6:
						g := graphs[1+rng.IntN(len(graphs)-1)]
						next.CreateGraph(g)
						err = tx.CreateGraph(g)
					case 7:
						storetest.Equal(t, tx.Snapshot(), next)
					}
					if err != nil {
						return err
					}
					if n != want {
						t.Errorf("changed %d quads, want %d", n, want)
					}
				}
				if rollback {
					return errRollback
				}
				return nil
			})
			if rollback && errors.Is(err, errRollback) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			m = next
		case 0, 1:
			snap, err := s.Snapshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			snaps = append(snaps, held{snap, m.Clone()})
		case 2:
			if len(snaps) > 0 {
				release(rng.IntN(len(snaps)))
			}
		case 3:
			if err := s.Fold(ctx); err != nil {
				t.Fatal(err)
			}
		case 4:
			snap, err := s.Snapshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			storetest.Equal(t, snap, m)
			storetest.CheckPatterns(t, snap, m, quads[len(quads)-1:])
			snap.Close()
		case 5:
			if path == "" {
				break
			}
			for len(snaps) > 0 {
				release(0)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, path, opts)
			snap, err := s.Snapshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			storetest.Equal(t, snap, m)
			snap.Close()
		}
		if t.Failed() {
			break
		}
	}
	for len(snaps) > 0 {
		release(0)
	}
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Equal(t, snap, m)
	storetest.CheckSeek(t, snap, seed)
	snap.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestConcurrent has writers, readers and folds at work at once. Each commit
// inserts a pair of quads, so a reader that sees one without the other, or
// fewer than a reader before, has seen a torn state.
func TestConcurrent(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "store")} {
		s := open(t, path, Options{FoldRows: 64})
		ctx := context.Background()
		const writers, commits = 4, 100
		var writing, reading sync.WaitGroup
		done := make(chan struct{})
		for w := range writers {
			writing.Add(1)
			go func() {
				defer writing.Done()
				for i := range commits {
					name := fmt.Sprintf("http://example.org/w%d/%d", w, i)
					err := s.Update(ctx, func(tx graph.Tx) error {
						_, err := tx.Insert(rdf.Quad{Subject: rdf.IRI(name), Predicate: rdf.RDFType, Object: rdf.IRI("http://example.org/a")},
							rdf.Quad{Subject: rdf.IRI(name), Predicate: rdf.RDFType, Object: rdf.IRI("http://example.org/b")})
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			}()
		}
		for range 3 {
			reading.Add(1)
			go func() {
				defer reading.Done()
				seen := 0
				for {
					select {
					case <-done:
						return
					default:
					}
					snap, err := s.Snapshot(ctx)
					if err != nil {
						t.Error(err)
						return
					}
					rows, err := storetest.Rows(ctx, snap, graph.Pattern{}, graph.POSG, graph.AllCols)
					if err != nil || len(rows)%2 != 0 || len(rows) < seen {
						t.Errorf("%d rows after %d: %v", len(rows), seen, err)
					}
					seen = len(rows)
					if len(rows) > 0 {
						if _, err := snap.Term(rows[len(rows)/2].S); err != nil {
							t.Error(err)
						}
					}
					snap.Close()
				}
			}()
		}
		reading.Add(1)
		go func() {
			defer reading.Done()
			for i := range 3 {
				if err := backUpAndCheck(s, filepath.Join(t.TempDir(), fmt.Sprint("backup", i))); err != nil {
					t.Errorf("backup beside writers: %v", err)
				}
			}
		}()
		writing.Wait()
		close(done)
		reading.Wait()
		snap, _ := s.Snapshot(ctx)
		if n, _ := snap.Len(); n != 2*writers*commits {
			t.Errorf("%d quads", n)
		}
		snap.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// backUpAndCheck backs a store up to a file, opens the file and checks it.
func backUpAndCheck(s *Store, path string) error {
	ctx := context.Background()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.Backup(ctx, f); err != nil {
		return err
	}
	b, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer b.Close()
	info, err := b.Stats(ctx)
	if err != nil || info.Quads%2 != 0 {
		return fmt.Errorf("%d quads, %w", info.Quads, err)
	}
	return b.Check(ctx)
}
