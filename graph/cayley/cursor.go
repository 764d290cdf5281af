package cayley

import (
	"context"
	"runtime"

	"github.com/belligraph/belligraph/graph"
)

// cursor is an open scan together with the view it reads. Cayley's iterators do
// not always close what they open; the base closes the rest, and so does the
// garbage collector, see rows.
type cursor struct {
	view *view
	rows graph.Cursor
}

func (b *base) scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (*cursor, error) {
	v, err := b.acquire(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := v.Scan(ctx, p, o, cols)
	if err != nil {
		b.release(v)
		return nil, err
	}
	c := &cursor{view: v, rows: rows}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[c] = true
	return c, nil
}

func (b *base) closeCursor(c *cursor) error {
	if c == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open[c] {
		return nil
	}
	delete(b.open, c)
	err := c.rows.Close()
	b.drop(c.view)
	return err
}

// rows reads the quads of a pattern one by one.
type rows struct {
	b       *base
	pattern graph.Pattern
	c       *cursor
	batch   *graph.Batch
	next    int
	started bool
	onlyG   graph.ID // graph to keep, Any for all
	err     error
}

func newRows(b *base, p graph.Pattern) *rows {
	r := &rows{b: b, pattern: p}
	// Should Cayley lose the iterator without closing it, the snapshot must not
	// stay open for ever.
	runtime.SetFinalizer(r, func(r *rows) { _ = r.close() })
	return r
}

// read moves to the next quad.
func (r *rows) read(ctx context.Context, l *link) bool {
	if r.err != nil {
		return false
	}
	if !r.started {
		r.started = true
		order, ok := graph.BestOrder(r.pattern)
		p := r.pattern
		if !ok {
			r.onlyG, p.G = p.G, graph.Any
		}
		if r.c, r.err = r.b.scan(ctx, p, order, graph.AllCols); r.err != nil {
			return false
		}
	}
	for r.c != nil {
		for r.batch != nil && r.next < r.batch.N {
			i := r.next
			r.next++
			if r.onlyG != graph.Any && r.batch.Cols[graph.G][i] != r.onlyG {
				continue
			}
			for c := range l {
				l[c] = r.batch.Cols[c][i]
			}
			return true
		}
		if r.err = ctx.Err(); r.err != nil {
			break
		}
		if r.err = r.b.ctx.Err(); r.err != nil {
			break
		}
		r.batch, r.next = r.c.rows.Next(), 0
		if r.batch == nil {
			r.err = r.c.rows.Err()
			break
		}
	}
	if err := r.close(); r.err == nil {
		r.err = err
	}
	return false
}

func (r *rows) close() error {
	c := r.c
	r.c, r.batch = nil, nil
	return r.b.closeCursor(c)
}

// occurs reports whether a term is in any quad.
func occurs(ctx context.Context, s graph.Snapshot, id graph.ID) (bool, error) {
	for _, p := range []graph.Pattern{{S: id}, {O: id}, {P: id}, {G: id}} {
		n, exact, err := s.Estimate(p)
		if err != nil {
			return false, err
		}
		if exact && n == 0 {
			continue
		}
		if exact {
			return true, nil
		}
		order, _ := graph.BestOrder(p)
		c, err := s.Scan(ctx, p, order, graph.ColS)
		if err != nil {
			return false, err
		}
		found := c.Next() != nil
		err = c.Err()
		if cerr := c.Close(); err == nil {
			err = cerr
		}
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}
