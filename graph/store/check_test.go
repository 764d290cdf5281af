package store

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/storetest"
)

// TestCheckBesideWriters checks a store while it is written and folded: what
// happens meanwhile is no fault.
func TestCheckBesideWriters(t *testing.T) {
	ctx := context.Background()
	var folds atomic.Int64
	s := open(t, filepath.Join(t.TempDir(), "store"), Options{FoldRows: 200, Logf: func(string, ...any) { folds.Add(1) }})
	defer s.Close()
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			err := s.Update(ctx, func(tx graph.Tx) error {
				if _, err := tx.Insert(storetest.Quads(150, uint64(i+5))...); err != nil {
					return err
				}
				_, err := tx.Delete(storetest.Quads(150, uint64(i+1))...)
				return err
			})
			if err != nil {
				stopped <- err
				return
			}
		}
	}()
	checks := 0
	for end := time.Now().Add(time.Second); time.Now().Before(end); checks++ {
		if err := s.Check(ctx); err != nil {
			t.Errorf("beside a writer: %v", err)
			break
		}
	}
	if checks < 3 || folds.Load() < 3 {
		t.Errorf("only %d checks and %d folds", checks, folds.Load())
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
