package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
	bolt "go.etcd.io/bbolt"
)

// damageStore makes a store with loaded, folded and logged quads.
func damageStore(t *testing.T) (path string, quads []rdf.Quad) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "store")
	s := open(t, path, Options{})
	quads = storetest.Quads(1200, 3)
	if _, err := s.Load(ctx, nquadsSource(quads[:900]), LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := 900; i < 1200; i += 100 {
		if err := s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads[i : i+100]...); return err }); err != nil {
			t.Fatal(err)
		}
		if i == 900 {
			if err := s.Fold(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, quads
}

// readAll returns all quads of the store at path through every order, as text.
func readAll(path string) (all [][]string, err error) {
	ctx := context.Background()
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	terms := map[graph.ID]string{graph.DefaultGraph: ""}
	for o := range graph.NumOrders {
		rows, err := storetest.Rows(ctx, snap, graph.Pattern{}, o, graph.AllCols)
		if err != nil {
			return nil, err
		}
		var texts []string
		for _, r := range rows {
			text := ""
			for _, id := range []graph.ID{r.S, r.P, r.O, r.G} {
				if _, ok := terms[id]; !ok {
					x, err := snap.Term(id)
					if err != nil {
						return nil, err
					}
					terms[id] = storetest.Key(x)
				}
				text += terms[id] + " "
			}
			texts = append(texts, text)
		}
		slices.Sort(texts)
		all = append(all, texts)
	}
	return all, s.Check(ctx)
}

// TestBitFlips flips single bits all over a store: every flip either is found,
// with an error that says so, or does no harm.
func TestBitFlips(t *testing.T) {
	flips := 200
	if long() {
		flips = 5000
	}
	path, _ := damageStore(t)
	data := usedBytes(t, path)
	want, err := readAll(path)
	if err != nil || len(want[0]) != 1200 {
		t.Fatalf("%d quads, %v", len(want[0]), err)
	}
	seed := uint64(1)
	if long() {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	found, named := 0, 0
	for i := range flips {
		copied := filepath.Join(t.TempDir(), fmt.Sprint(i))
		at := rng.IntN(len(data))
		if i%4 == 0 { // the head pages and the heads of others
			at = rng.IntN(len(data)/4096)*4096 + rng.IntN(64)
		}
		bit := byte(1) << rng.IntN(8)
		data[at] ^= bit
		err := os.WriteFile(copied, data, 0o644)
		data[at] ^= bit
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(copied)
		switch {
		case err == nil:
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Errorf("flip at %d, bit %#x: wrong answers without an error", at, bit)
			}
		case !errors.Is(err, graph.ErrCorrupt) && !errors.Is(err, graph.ErrBadRequest):
			t.Errorf("flip at %d, bit %#x: %v", at, bit, err)
		default:
			found++
			if strings.Contains(err.Error(), "block") || strings.Contains(err.Error(), "page") || strings.Contains(err.Error(), "commit") {
				named++
			}
		}
		if err := os.Remove(copied); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d flips were found (the others hit unused space), %d errors name the place", found, flips, named)
	if found < flips/4 {
		t.Errorf("only %d of %d flips were found", found, flips)
	}
}

// usedBytes returns the file without the space that bbolt keeps in reserve at
// its end.
func usedBytes(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o644, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bolt.Tx) error { data = data[:tx.Size()]; return nil }); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTruncation(t *testing.T) {
	path, _ := damageStore(t)
	data := usedBytes(t, path)
	used := len(data)
	rng := rand.New(rand.NewPCG(2, 0))
	for i := range 60 {
		n := rng.IntN(used)
		switch i {
		case 0:
			n = 1
		case 1:
			n = 4096
		case 2:
			n = used - 1
		}
		copied := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := os.WriteFile(copied, data[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{true, false} {
			s, err := Open(copied, Options{ReadOnly: readOnly})
			if !errors.Is(err, graph.ErrCorrupt) {
				t.Errorf("cut to %d of %d bytes: %v", n, used, err)
			}
			if err == nil {
				s.Close()
			}
		}
	}
}

func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a store\n", 2000)), 0o644); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	db, err := bolt.Open(foreign, 0o644, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err }); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, path := range []string{text, foreign} {
		if _, err := Open(path, Options{}); !errors.Is(err, graph.ErrCorrupt) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none"), Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "no", "such", "directory"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, empty, Options{})
	mustEqual(t, s, storetest.NewModel())
	s.Close()
}

// TestFailedWrites takes the file away from under a store, or lets it grow no
// further: what was acknowledged stays, the rest is refused with an error, and
// readers go on.
func TestFailedWrites(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"file closed", "disk full"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store")
			var file *os.File
			opts := Options{FoldRows: 500, open: func(name string, flag int, perm os.FileMode) (f *os.File, err error) {
				f, err = os.OpenFile(name, flag, perm)
				file = f
				return f, err
			}}
			if name == "disk full" {
				opts.MaxSize = 2 << 20
			}
			s := open(t, path, opts)
			m := storetest.NewModel()
			quads := storetest.Quads(40_000, 4)
			var failure error
			i := 0
			for ; i+100 <= len(quads) && failure == nil; i += 100 {
				if name == "file closed" && i == 1000 {
					file.Close()
				}
				part := quads[i : i+100]
				if failure = s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(part...); return err }); failure == nil {
					m.Insert(part...)
				}
			}
			if failure == nil {
				t.Fatal("no write has failed")
			}
			t.Logf("after %d quads: %v", m.Len(), failure)
			if err := s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads[0]); return err }); !errors.Is(err, graph.ErrReadOnly) {
				t.Errorf("Update after a failed write: %v", err)
			}
			snap, err := s.Snapshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			storetest.Equal(t, snap, m)
			snap.Close()
			_ = s.Close() // the file may be gone already
			s = open(t, path, Options{})
			mustEqual(t, s, m)
			if err := s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
				t.Errorf("Update after reopening: %v", err)
			}
			m.Insert(quads...)
			mustEqual(t, s, m)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
