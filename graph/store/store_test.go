package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/storetest"
)

func open(t testing.TB, path string, opts Options) *Store {
	t.Helper()
	if opts.Logf == nil {
		opts.Logf = t.Logf
	}
	s, err := Open(path, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestConformance(t *testing.T) {
	for _, tt := range []struct {
		name string
		file bool
		opts Options
	}{
		{"Memory", false, Options{}},
		{"File", true, Options{}},
		{"MemoryFolding", false, Options{FoldRows: 20}},
		{"FileFolding", true, Options{FoldRows: 20}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) graph.Graph {
				path := ""
				if tt.file {
					path = filepath.Join(t.TempDir(), "store")
				}
				return open(t, path, tt.opts)
			})
		})
	}
}

// TestUseAfterClose checks that what outlives its snapshot gets an error and
// not the memory of a file that may be gone.
func TestUseAfterClose(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "store"), Options{})
	err := s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(storetest.Quads(300, 1)...); return err })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil {
		t.Error("the store closes under an open snapshot")
	}
	err = s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(storetest.Quads(10, 2)...); return err })
	if err != nil {
		t.Error(err)
	}
	if err := s.Fold(ctx); err != nil || s.current.Load().delta() > 0 {
		t.Errorf("a store that refused to close does not fold: %v", err)
	}
	c, err := snap.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := snap.Close(); err != nil {
			t.Error(err)
		}
	}
	c.Seek(1)
	if b := c.Next(); b != nil || !errors.Is(c.Err(), graph.ErrClosed) {
		t.Errorf("a cursor goes on after its snapshot is closed: %v, %v", b != nil, c.Err())
	}
	if _, err := snap.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Scan of a closed snapshot: %v", err)
	}
	if _, err := snap.Term(graph.TagIRI); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Term of a closed snapshot: %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSpaceComesBack inserts and deletes the same number of quads again and
// again: what is deleted gives its room to what comes, and a compact copy of the
// empty store is small.
func TestSpaceComesBack(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "store"), Options{FoldRows: 2000})
	defer s.Close()
	var sizes []int64
	for round := range uint64(5) {
		quads := storetest.Quads(6_000, round)
		for _, insert := range []bool{true, false} {
			for i := 0; i < len(quads); i += 1000 {
				part := quads[i : i+1000]
				err := s.Update(ctx, func(tx graph.Tx) (err error) {
					if insert {
						_, err = tx.Insert(part...)
					} else {
						_, err = tx.Delete(part...)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Fold(ctx); err != nil {
				t.Fatal(err)
			}
		}
		info, err := s.Stats(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if info.Quads != 0 || info.Blocks != 0 {
			t.Errorf("round %d leaves %d quads in %d blocks", round, info.Quads, info.Blocks)
		}
		sizes = append(sizes, info.FileBytes)
	}
	t.Logf("sizes of the file: %d", sizes)
	if last := sizes[len(sizes)-1]; last > 2*sizes[1] {
		t.Errorf("the file grows from %d to %d bytes though it holds nothing", sizes[1], last)
	}
	copied := filepath.Join(t.TempDir(), "compact")
	if err := s.Compact(ctx, copied); err != nil {
		t.Fatal(err)
	}
	c := open(t, copied, Options{})
	defer c.Close()
	if info, err := c.Stats(ctx); err != nil || info.Terms != 0 || info.Segments != 0 {
		t.Errorf("a compact copy of nothing has %d terms and %d segments, %v", info.Terms, info.Segments, err)
	}
}
