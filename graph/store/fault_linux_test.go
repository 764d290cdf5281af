package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TestFaults puts a faulty device in the place of the store's file at a random
// moment while writers commit, fold and load. Whatever is under way then fails
// with an error, writers are refused from then on, readers go on, and the file
// holds what was acknowledged.
func TestFaults(t *testing.T) {
	rounds := 9
	if long() {
		rounds = 600
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	for round := range rounds {
		fault := []struct{ name, device string }{
			{"no space left", "/dev/full"},
			{"what is written is lost, and the sync fails", "/dev/null"},
			{"a file that may not be written", ""},
		}[round%3]
		t.Run(fault.name, func(t *testing.T) {
			path := filepath.Join(dir, "store")
			testFault(t, rng, path, fault.device)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func testFault(t *testing.T, rng *rand.Rand, path, device string) {
	var file *os.File
	s := open(t, path, Options{FoldRows: 100, open: func(name string, flag int, perm os.FileMode) (f *os.File, err error) {
		f, err = os.OpenFile(name, flag, perm)
		file = f
		return f, err
	}})
	if device == "" {
		device = path
	}
	with, err := os.Open(device)
	if device != path {
		with, err = os.OpenFile(device, os.O_RDWR, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer with.Close()
	raw, err := file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var done [crashWriters]int
	var failures [crashWriters]error
	for w := range crashWriters {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for failures[w] == nil {
				if failures[w] = crashCommit(s, w, done[w]); failures[w] == nil {
					done[w]++
				}
			}
		}()
	}
	time.Sleep(time.Duration(rng.IntN(120)) * time.Millisecond)
	err = raw.Control(func(fd uintptr) {
		if err := syscall.Dup3(int(with.Fd()), int(fd), syscall.O_CLOEXEC); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for w, err := range failures {
		if errors.Is(err, graph.ErrCorrupt) {
			t.Errorf("writer %d: %v", w, err)
		}
	}
	t.Logf("after %v commits: %v", done, failures[0])
	err = s.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(crashQuads(9, 9)...); return err })
	if !errors.Is(err, graph.ErrReadOnly) {
		t.Errorf("a commit after the fault: %v", err)
	}
	if _, err := s.Load(context.Background(), []Source{{Quads: seq([]rdf.Quad{crashQuads(9, 9)[0]}, nil)}}, LoadOptions{}); !errors.Is(err, graph.ErrReadOnly) {
		t.Errorf("a load after the fault: %v", err)
	}
	if held := crashHolds(t, s); held != done {
		t.Errorf("readers see %v commits after the fault, %v were acknowledged", held, done)
	}
	_ = s.Close() // its file is gone
	s = open(t, path, Options{})
	for w, n := range crashHolds(t, s) {
		if n < done[w] || n > done[w]+1 {
			t.Errorf("writer %d has acknowledged %d commits, the store holds %d", w, done[w], n)
		}
	}
	if err := crashCommit(s, 8, 0); err != nil {
		t.Errorf("a commit after reopening: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
