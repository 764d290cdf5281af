package cayley

import (
	"context"

	cgraph "github.com/cayleygraph/cayley/graph"

	"github.com/belligraph/belligraph/graph"
)

// allNodes is every value of the graph once, in order of ids.
type allNodes struct{ b *base }

var _ cgraph.IteratorShape = (*allNodes)(nil)

func (it *allNodes) String() string { return "BelligraphNodes" }

func (it *allNodes) Iterate() cgraph.Scanner { return &allNodesScan{b: it.b} }

func (it *allNodes) Lookup() cgraph.Index { return &allNodesIndex{b: it.b} }

func (it *allNodes) Stats(ctx context.Context) (cgraph.IteratorCosts, error) {
	st, err := it.b.Stats(ctx, false)
	return cgraph.IteratorCosts{NextCost: 2, ContainsCost: 3, Size: st.Nodes}, err
}

func (it *allNodes) Optimize(context.Context) (cgraph.IteratorShape, bool) { return it, false }

func (it *allNodes) SubIterators() []cgraph.IteratorShape { return nil }

// allNodesScan merges the distinct ids of the four columns.
type allNodesScan struct {
	b       *base
	streams []*distinct
	now     graph.ID
	started bool
	err     error
}

func (it *allNodesScan) String() string { return "BelligraphNodesScan" }

func (it *allNodesScan) TagResults(map[string]cgraph.Ref) {}

func (it *allNodesScan) Result() cgraph.Ref { return nodeRef(it.now) }

func (it *allNodesScan) NextPath(context.Context) bool { return false }

func (it *allNodesScan) Err() error { return it.err }

func (it *allNodesScan) Next(ctx context.Context) bool {
	if it.err != nil {
		return false
	}
	if !it.started {
		it.started = true
		it.streams, it.err = openDistinct(ctx, it.b)
	}
	if it.err == nil {
		it.err = ctx.Err()
	}
	var ok bool
	if it.err == nil {
		it.now, ok, it.err = nextNode(it.streams)
	}
	if !ok {
		if err := it.Close(); it.err == nil {
			it.err = err
		}
	}
	return ok
}

func (it *allNodesScan) Close() error {
	var first error
	for _, d := range it.streams {
		if err := it.b.closeCursor(d.c); err != nil && first == nil {
			first = err
		}
	}
	it.streams = nil
	return first
}

// distinct yields the distinct ids of the first column of an order.
type distinct struct {
	c     *cursor
	col   graph.Column
	batch *graph.Batch
	next  int
	now   graph.ID // Any before the first and after the last
	done  bool
}

// openDistinct opens the four streams whose union is all nodes. They read the
// same view even if the graph changes meanwhile.
func openDistinct(ctx context.Context, b *base) ([]*distinct, error) {
	var streams []*distinct
	for _, o := range []graph.Order{graph.SPOG, graph.POSG, graph.OSPG, graph.GSPO} {
		col := o.Columns()[0]
		c, err := b.scan(ctx, graph.Pattern{}, o, 1<<col)
		if err == nil {
			d := &distinct{c: c, col: col}
			streams = append(streams, d)
			err = d.advance()
		}
		if err != nil {
			for _, d := range streams {
				_ = b.closeCursor(d.c)
			}
			return nil, err
		}
	}
	return streams, nil
}

// advance moves to the next id that is a node.
func (d *distinct) advance() error {
	for {
		for d.batch != nil && d.next < d.batch.N {
			id := d.batch.Cols[d.col][d.next]
			d.next++
			if id != d.now && id != graph.DefaultGraph {
				d.now = id
				return nil
			}
		}
		if d.batch != nil && d.now != graph.Any {
			d.c.rows.Seek(d.now + 1)
		}
		d.batch, d.next = d.c.rows.Next(), 0
		if d.batch == nil {
			d.now, d.done = graph.Any, true
			return d.c.rows.Err()
		}
	}
}

// nextNode returns the least id of the streams and moves those past it that
// stand on it.
func nextNode(streams []*distinct) (id graph.ID, ok bool, err error) {
	for _, d := range streams {
		if !d.done && (!ok || d.now < id) {
			id, ok = d.now, true
		}
	}
	for _, d := range streams {
		if ok && !d.done && d.now == id {
			if err := d.advance(); err != nil {
				return 0, false, err
			}
		}
	}
	return id, ok, nil
}

func countNodes(ctx context.Context, v *view) (int64, error) {
	b := newBase(ctx, v.Snapshot)
	streams, err := openDistinct(ctx, b)
	if err != nil {
		return 0, err
	}
	n := int64(0)
	for {
		_, ok, err := nextNode(streams)
		if err == nil && n%4096 == 0 {
			err = ctx.Err()
		}
		if err != nil || !ok {
			if cerr := b.Close(); err == nil {
				err = cerr
			}
			return n, err
		}
		n++
	}
}

// allNodesIndex tells whether a value is in the graph.
type allNodesIndex struct {
	b   *base
	now cgraph.Ref
	err error
}

func (it *allNodesIndex) String() string { return "BelligraphNodesIndex" }

func (it *allNodesIndex) TagResults(map[string]cgraph.Ref) {}

func (it *allNodesIndex) Result() cgraph.Ref { return it.now }

func (it *allNodesIndex) NextPath(context.Context) bool { return false }

func (it *allNodesIndex) Err() error { return it.err }

func (it *allNodesIndex) Close() error { return nil }

func (it *allNodesIndex) Contains(ctx context.Context, r cgraph.Ref) bool {
	n, ok := r.(node)
	if !ok {
		return false
	}
	v, err := it.b.acquire(ctx)
	if err != nil {
		it.err = err
		return false
	}
	defer it.b.release(v)
	in, err := occurs(ctx, v, graph.ID(n))
	if err != nil {
		it.err = err
	}
	if in {
		it.now = r
	}
	return in
}
