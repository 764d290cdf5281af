package memgraph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"
	"weak"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// quad is a row, indexed by graph.Column.
type quad [4]graph.ID

func compareIn(o graph.Order) func(a, b quad) int {
	cols := o.Columns()
	return func(a, b quad) int {
		for _, c := range cols {
			if d := cmp.Compare(a[c], b[c]); d != 0 {
				return d
			}
		}
		return 0
	}
}

// view is the graph at one moment. The order SPOG is always there, the others
// are sorted when first asked for.
type view struct {
	dict     *dictionary
	version  uint64
	recorded map[graph.ID]bool // graphs that CreateGraph recorded
	orders   [graph.NumOrders]struct {
		once  sync.Once
		quads []quad
	}
}

func newView(d *dictionary, version uint64, spog []quad, recorded map[graph.ID]bool) *view {
	v := &view{dict: d, version: version, recorded: recorded}
	v.orders[graph.SPOG].once.Do(func() { v.orders[graph.SPOG].quads = spog })
	return v
}

func (v *view) sorted(o graph.Order) []quad {
	so := &v.orders[o]
	so.once.Do(func() {
		so.quads = slices.Clone(v.orders[graph.SPOG].quads)
		slices.SortFunc(so.quads, compareIn(o))
	})
	return so.quads
}

// rows returns the quads that match p in the order o, whose prefix p binds.
func (v *view) rows(p graph.Pattern, o graph.Order) []quad {
	quads, cols := v.sorted(o), o.Columns()
	n, _ := p.BoundPrefix(o)
	against := func(q quad) int {
		for _, c := range cols[:n] {
			if d := cmp.Compare(q[c], p.Get(c)); d != 0 {
				return d
			}
		}
		return 0
	}
	lo := sort.Search(len(quads), func(i int) bool { return against(quads[i]) >= 0 })
	hi := lo + sort.Search(len(quads)-lo, func(i int) bool { return against(quads[lo+i]) > 0 })
	return quads[lo:hi]
}

// Version implements graph.Snapshot.
func (v *view) Version() uint64 { return v.version }

// Identity implements graph.Identified.
func (v *view) Identity() any { return weak.Make(v) }

// Lookup implements graph.Snapshot.
func (v *view) Lookup(t rdf.Term) (graph.ID, bool, error) {
	id, ok := v.dict.find(t)
	return id, ok, nil
}

// Term implements graph.Snapshot.
func (v *view) Term(id graph.ID) (rdf.Term, error) { return v.dict.term(id) }

// SortedBelow implements graph.Snapshot: terms are numbered as they arrive, so
// no id order is string order.
func (v *view) SortedBelow(tag graph.ID) graph.ID { return tag }

// Scan implements graph.Snapshot.
func (v *view) Scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (graph.Cursor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, all := p.BoundPrefix(o)
	if !all {
		return nil, fmt.Errorf("memgraph: the order %s has no prefix of the bound components of %v", o, p)
	}
	c := &cursor{ctx: ctx, rows: v.rows(p, o), cols: cols}
	if n < 4 {
		c.first, c.free = o.Columns()[n], true
	}
	return c, nil
}

// Estimate implements graph.Snapshot.
func (v *view) Estimate(p graph.Pattern) (uint64, bool, error) {
	o, ok := graph.BestOrder(p)
	if !ok {
		g := p.G
		p.G = graph.Any
		n := uint64(0)
		for _, q := range v.rows(p, o) {
			if q[graph.G] == g {
				n++
			}
		}
		return n, true, nil
	}
	return uint64(len(v.rows(p, o))), true, nil
}

// CountRange implements graph.RangeCounter.
func (v *view) CountRange(p graph.Pattern, o graph.Order, from, to graph.ID) (uint64, error) {
	n, all := p.BoundPrefix(o)
	if !all || n == 4 {
		return 0, fmt.Errorf("memgraph: the order %s has no column after the bound components of %v: %w", o, p, graph.ErrBadRequest)
	}
	col, count := o.Columns()[n], uint64(0)
	for _, q := range v.rows(p, o) {
		if q[col] >= from && q[col] < to {
			count++
		}
	}
	return count, nil
}

// PredicateStats implements graph.Snapshot.
func (v *view) PredicateStats(predicate graph.ID) (graph.PredicateStats, bool, error) {
	var st graph.PredicateStats
	pattern := graph.Pattern{P: predicate}
	bySubject, byObject := v.rows(pattern, graph.PSOG), v.rows(pattern, graph.POSG)
	for i, q := range bySubject {
		if i == 0 || q[graph.S] != bySubject[i-1][graph.S] {
			st.DistinctSubjects++
		}
	}
	for i, q := range byObject {
		if i == 0 || q[graph.O] != byObject[i-1][graph.O] {
			st.DistinctObjects++
		}
	}
	st.Quads = uint64(len(bySubject))
	return st, st.Quads > 0, nil
}

// Predicates implements graph.Snapshot.
func (v *view) Predicates(ctx context.Context, f func(graph.ID) bool) error {
	last := graph.Any
	for _, q := range v.sorted(graph.PSOG) {
		if q[graph.P] == last {
			continue
		}
		last = q[graph.P]
		if err := ctx.Err(); err != nil {
			return err
		}
		if !f(last) {
			return nil
		}
	}
	return nil
}

// Graphs implements graph.Snapshot.
func (v *view) Graphs(ctx context.Context, f func(graph.ID) bool) error {
	names := maps.Clone(v.recorded)
	if names == nil {
		names = make(map[graph.ID]bool)
	}
	for _, q := range v.sorted(graph.GSPO) {
		if q[graph.G] != graph.DefaultGraph {
			names[q[graph.G]] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !f(id) {
			return nil
		}
	}
	return nil
}

// Len implements graph.Snapshot.
func (v *view) Len() (uint64, error) { return uint64(len(v.sorted(graph.SPOG))), nil }

// Close implements graph.Snapshot. There is nothing to release.
func (v *view) Close() error { return nil }

// batchRows is small so that tests see many batches.
const batchRows = 256

type cursor struct {
	ctx   context.Context
	rows  []quad
	cols  graph.Columns
	first graph.Column // the first free column, when there is one
	free  bool
	batch graph.Batch
	err   error
}

// Next implements graph.Cursor.
func (c *cursor) Next() *graph.Batch {
	if c.err != nil || len(c.rows) == 0 {
		return nil
	}
	if c.err = c.ctx.Err(); c.err != nil {
		return nil
	}
	n := min(len(c.rows), batchRows)
	for col := graph.S; col <= graph.G; col++ {
		if !c.cols.Has(col) {
			continue
		}
		ids := c.batch.Cols[col][:0]
		for _, q := range c.rows[:n] {
			ids = append(ids, q[col])
		}
		c.batch.Cols[col] = ids
	}
	c.batch.N = n
	c.rows = c.rows[n:]
	return &c.batch
}

// Seek implements graph.Cursor.
func (c *cursor) Seek(id graph.ID) {
	if !c.free {
		return
	}
	n := sort.Search(len(c.rows), func(i int) bool { return c.rows[i][c.first] >= id })
	c.rows = c.rows[n:]
}

// Err implements graph.Cursor.
func (c *cursor) Err() error { return c.err }

// Close implements graph.Cursor.
func (c *cursor) Close() error { return nil }
