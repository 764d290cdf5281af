package replica

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/store"
)

var _ graph.Graph = (*Replica)(nil)

// errNoCopy is the error of reading before there is a copy.
var errNoCopy = fmt.Errorf("replica: %w: there is no copy of the primary yet", graph.ErrLimit)

// Snapshot implements [graph.Graph].
func (r *Replica) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	for {
		s := r.Store()
		if s == nil {
			return nil, errNoCopy
		}
		snap, err := s.Snapshot(ctx)
		if errors.Is(err, graph.ErrClosed) && s != r.Store() {
			continue // another copy has taken its place meanwhile
		}
		return snap, err
	}
}

// Update implements [graph.Graph]: only the primary is written to.
func (r *Replica) Update(context.Context, func(graph.Tx) error) error {
	return fmt.Errorf("%w: this server follows %s, which is where to write", graph.ErrReadOnly, r.base.Redacted())
}

// Close closes the copy, after [Replica.Run] has returned.
func (r *Replica) Close() error {
	if s := r.Store(); s != nil {
		return s.Close()
	}
	return nil
}

// Backup copies the copy.
func (r *Replica) Backup(ctx context.Context, w io.Writer) error {
	if s := r.Store(); s != nil {
		return s.Backup(ctx, w)
	}
	return errNoCopy
}

// Position returns how far the copy has come.
func (r *Replica) Position() store.Position {
	if s := r.Store(); s != nil {
		return s.Position()
	}
	return store.Position{}
}

// Follow lets others follow the copy.
func (r *Replica) Follow(ctx context.Context, after store.Position, limit int) ([][]byte, error) {
	if s := r.Store(); s != nil {
		return s.Follow(ctx, after, limit)
	}
	return nil, errNoCopy
}

// Stats describes the copy.
func (r *Replica) Stats(ctx context.Context) (store.Info, error) {
	if s := r.Store(); s != nil {
		return s.Stats(ctx)
	}
	return store.Info{}, errNoCopy
}
