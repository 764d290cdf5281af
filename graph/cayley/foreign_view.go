package cayley

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"

	cgraph "github.com/cayleygraph/cayley/graph"

	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// foreignView is a snapshot of a foreign store: the store as it is, but for the
// quads in the overlay, which are there (true) or not (false) whatever the store
// says. A commit adds to the overlay of every open snapshot what it changed.
type foreignView struct {
	g        *Graph
	version  uint64
	overlay  map[link]bool     // guarded by g.mu
	empty    map[graph.ID]bool // recorded graphs
	recorded bool              // empty was changed by the transaction
}

var _ graph.Snapshot = (*foreignView)(nil)

// Version implements graph.Snapshot.
func (v *foreignView) Version() uint64 { return v.version }

// Lookup implements graph.Snapshot.
func (v *foreignView) Lookup(t rdf.Term) (graph.ID, bool, error) {
	if id, ok := v.g.dict.find(t); ok {
		return id, true, nil
	}
	if _, ok := v.g.find(ToValue(t)); !ok {
		l, ok := t.(rdf.Literal)
		if !ok || nativeValue(l) == nil {
			return 0, false, nil
		}
		if _, ok := v.g.find(typedString(l)); !ok {
			return 0, false, nil
		}
	}
	return v.g.dict.id(t), true, nil
}

// Term implements graph.Snapshot.
func (v *foreignView) Term(id graph.ID) (rdf.Term, error) { return v.g.dict.term(id) }

// SortedBelow implements graph.Snapshot: terms are numbered as they are met.
func (v *foreignView) SortedBelow(tag graph.ID) graph.ID { return tag }

// rows returns the quads that match p in the order o.
func (v *foreignView) rows(ctx context.Context, p graph.Pattern, o graph.Order) ([]link, error) {
	v.g.mu.RLock()
	defer v.g.mu.RUnlock()
	rows, err := v.g.collect(ctx, p, v.overlay)
	if err != nil {
		return nil, err
	}
	want := links{fixed: p}
	for l, in := range v.overlay {
		if in && want.matches(&l) {
			rows = append(rows, l)
		}
	}
	if len(rows) > v.g.max {
		return nil, v.g.errRows()
	}
	cols := o.Columns()
	slices.SortFunc(rows, func(a, b link) int {
		for _, c := range cols {
			if d := cmp.Compare(a[c], b[c]); d != 0 {
				return d
			}
		}
		return 0
	})
	// A store that keeps a number in two forms yields the same quad twice.
	return slices.Compact(rows), nil
}

// Scan implements graph.Snapshot.
func (v *foreignView) Scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (graph.Cursor, error) {
	n, all := p.BoundPrefix(o)
	if !all {
		return nil, fmt.Errorf("cayley: the order %s has no prefix of the bound components of %v", o, p)
	}
	rows, err := v.rows(ctx, p, o)
	if err != nil {
		return nil, err
	}
	c := &foreignCursor{ctx: ctx, rows: rows, cols: cols}
	if n < 4 {
		c.first, c.free = o.Columns()[n], true
	}
	return c, nil
}

// Estimate implements graph.Snapshot.
func (v *foreignView) Estimate(p graph.Pattern) (uint64, bool, error) {
	ctx := context.Background()
	if v.g.sql != nil && p.S == graph.Any && p.P == graph.Any && p.O == graph.Any && p.G <= graph.DefaultGraph && v.unchanged() {
		n, err := v.countQuads(ctx)
		if p.G == graph.Any {
			return uint64(n.all), true, err
		}
		return uint64(n.inDefault), true, err
	}
	v.g.mu.RLock()
	defer v.g.mu.RUnlock()
	size, exact, bound := int64(0), len(v.overlay) == 0, 0
	for c, d := range []quad.Direction{quad.Subject, quad.Predicate, quad.Object, quad.Label} {
		id := p.Get(graph.Column(c))
		if id == graph.Any {
			continue
		}
		bound++
		refs, n, ok, err := v.g.bound(ctx, d, id)
		if err != nil {
			return 0, false, err
		}
		if !ok {
			exact = false // the default graph
			bound--
			continue
		}
		exact = exact && len(refs) < 2 // the same quad may be there in two forms
		for _, r := range refs {
			s, err := v.g.qs.QuadIteratorSize(ctx, d, r)
			if err != nil {
				return 0, false, err
			}
			exact = exact && s.Exact
		}
		if bound == 1 || n < size {
			size = n
		}
	}
	want := links{fixed: p}
	for l, in := range v.overlay {
		if in && want.matches(&l) {
			size++ // at most this many more
		}
	}
	if bound == 0 {
		st, err := v.g.qs.Stats(ctx, false)
		if err != nil {
			return 0, false, err
		}
		return uint64(max(st.Quads.Size+size, 0)), exact && st.Quads.Exact, nil
	}
	return uint64(max(size, 0)), exact && (bound == 1 || size == 0), nil
}

// countedQuads is how many quads PredicateStats reads to count. Of predicates
// with more it only knows how many quads there are, and guesses.
const countedQuads = 100_000

// PredicateStats implements graph.Snapshot.
func (v *foreignView) PredicateStats(predicate graph.ID) (graph.PredicateStats, bool, error) {
	if v.g.sql != nil && v.unchanged() {
		return v.predicateSQL(predicate)
	}
	n, exact, err := v.Estimate(graph.Pattern{P: predicate})
	if err != nil || exact && n == 0 {
		return graph.PredicateStats{}, false, err
	}
	if exact && n > countedQuads {
		return graph.PredicateStats{Quads: n, DistinctSubjects: n/2 + 1, DistinctObjects: n/2 + 1}, true, nil
	}
	v.g.mu.RLock()
	current := v.version == v.g.version && len(v.overlay) == 0
	st, known := v.g.stats[predicate]
	v.g.mu.RUnlock()
	if current && known {
		return st, true, nil
	}
	rows, err := v.rows(context.Background(), graph.Pattern{P: predicate}, graph.PSOG)
	if err != nil || len(rows) == 0 {
		return graph.PredicateStats{}, false, err
	}
	st = graph.PredicateStats{Quads: uint64(len(rows))}
	objects := make(map[graph.ID]bool)
	for i, l := range rows {
		if i == 0 || l[graph.S] != rows[i-1][graph.S] {
			st.DistinctSubjects++
		}
		objects[l[graph.O]] = true
	}
	st.DistinctObjects = uint64(len(objects))
	if current {
		v.g.mu.Lock()
		if v.version == v.g.version {
			if v.g.stats == nil {
				v.g.stats = make(map[graph.ID]graph.PredicateStats)
			}
			v.g.stats[predicate] = st
		}
		v.g.mu.Unlock()
	}
	return st, true, nil
}

// distinct calls f for the distinct ids of a column, in ascending order. It
// reads the whole store.
func (v *foreignView) distinct(ctx context.Context, col graph.Column, more map[graph.ID]bool, f func(graph.ID) bool) error {
	ids := make(map[graph.ID]bool, len(more))
	for id := range more {
		ids[id] = true
	}
	if v.g.sql != nil && v.unchanged() {
		if err := v.g.sql.distinct(ctx, col, ids); err != nil {
			return err
		}
	} else {
		rows, err := v.rows(ctx, graph.Pattern{}, graph.SPOG)
		if err != nil {
			return err
		}
		for _, l := range rows {
			if l[col] != graph.DefaultGraph {
				ids[l[col]] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !f(id) {
			return nil
		}
	}
	return nil
}

// Predicates implements graph.Snapshot.
func (v *foreignView) Predicates(ctx context.Context, f func(graph.ID) bool) error {
	return v.distinct(ctx, graph.P, nil, f)
}

// Graphs implements graph.Snapshot.
func (v *foreignView) Graphs(ctx context.Context, f func(graph.ID) bool) error {
	return v.distinct(ctx, graph.G, v.empty, f)
}

// Len implements graph.Snapshot.
func (v *foreignView) Len() (uint64, error) {
	if v.g.sql != nil && v.unchanged() {
		n, err := v.countQuads(context.Background())
		return uint64(n.all), err
	}
	v.g.mu.RLock()
	changed := len(v.overlay) > 0
	var st cgraph.Stats
	var err error
	if !changed {
		st, err = v.g.qs.Stats(context.Background(), true)
	}
	v.g.mu.RUnlock()
	if changed {
		rows, err := v.rows(context.Background(), graph.Pattern{}, graph.SPOG)
		return uint64(len(rows)), err
	}
	return uint64(max(st.Quads.Size, 0)), err
}

// Close implements graph.Snapshot.
func (v *foreignView) Close() error {
	v.g.mu.Lock()
	defer v.g.mu.Unlock()
	delete(v.g.open, v)
	return nil
}

// foreignRows is the number of rows in a batch.
const foreignRows = 1024

// foreignCursor runs over collected rows.
type foreignCursor struct {
	ctx   context.Context
	rows  []link
	cols  graph.Columns
	first graph.Column // the first free column, when there is one
	free  bool
	batch graph.Batch
	err   error
}

// Next implements graph.Cursor.
func (c *foreignCursor) Next() *graph.Batch {
	if c.err != nil || len(c.rows) == 0 {
		return nil
	}
	if c.err = c.ctx.Err(); c.err != nil {
		return nil
	}
	n := min(len(c.rows), foreignRows)
	for col := graph.S; col <= graph.G; col++ {
		if !c.cols.Has(col) {
			continue
		}
		ids := c.batch.Cols[col][:0]
		for _, l := range c.rows[:n] {
			ids = append(ids, l[col])
		}
		c.batch.Cols[col] = ids
	}
	c.batch.N = n
	c.rows = c.rows[n:]
	return &c.batch
}

// Seek implements graph.Cursor.
func (c *foreignCursor) Seek(id graph.ID) {
	if c.free {
		c.rows = c.rows[sort.Search(len(c.rows), func(i int) bool { return c.rows[i][c.first] >= id }):]
	}
}

// Err implements graph.Cursor.
func (c *foreignCursor) Err() error { return c.err }

// Close implements graph.Cursor.
func (c *foreignCursor) Close() error { return nil }

// foreignTx is a transaction: a view whose overlay holds the changes.
type foreignTx struct {
	ctx  context.Context
	view *foreignView
}

// Snapshot implements graph.Tx.
func (t *foreignTx) Snapshot() graph.Snapshot { return t.view }

// has reports whether the quad is there, changes included.
func (t *foreignTx) has(l link) (bool, error) {
	if in, changed := t.view.overlay[l]; changed {
		return in, nil
	}
	rows, err := t.view.rows(t.ctx, graph.Pattern{S: l[graph.S], P: l[graph.P], O: l[graph.O], G: l[graph.G]}, graph.SPOG)
	return len(rows) > 0, err
}

// set makes the quad be there or not and reports whether that changed anything.
func (t *foreignTx) set(l link, in bool) (bool, error) {
	now, err := t.has(l)
	if err != nil || now == in {
		return false, err
	}
	if _, changed := t.view.overlay[l]; changed {
		delete(t.view.overlay, l) // back to what the store says
	} else {
		t.view.overlay[l] = in
	}
	return true, nil
}

// isWhole reports whether nothing is missing in the triple, at any depth.
func isWhole(t rdf.Triple) bool {
	for _, c := range []rdf.Term{t.Subject, t.Predicate, t.Object} {
		inner, nested := c.(rdf.Triple)
		if c == nil || nested && !isWhole(inner) {
			return false
		}
	}
	return true
}

// Insert implements graph.Tx.
func (t *foreignTx) Insert(quads ...rdf.Quad) (n int, err error) {
	for _, q := range quads {
		if !isWhole(q.Triple()) {
			return n, fmt.Errorf("cayley: not a quad: %s: %w", q, graph.ErrBadRequest)
		}
		d := &t.view.g.dict
		l := link{d.id(q.Subject), d.id(q.Predicate), d.id(q.Object), graph.DefaultGraph}
		if q.Graph != nil {
			l[graph.G] = d.id(q.Graph)
		}
		changed, err := t.set(l, true)
		if err != nil {
			return n, err
		}
		if changed {
			n++
		}
	}
	return n, nil
}

// Delete implements graph.Tx.
func (t *foreignTx) Delete(quads ...rdf.Quad) (n int, err error) {
next:
	for _, q := range quads {
		l := link{3: graph.DefaultGraph}
		for i, term := range []rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
			if term == nil {
				continue
			}
			id, ok, err := t.view.Lookup(term)
			if err != nil {
				return n, err
			}
			if !ok {
				continue next
			}
			l[i] = id
		}
		changed, err := t.set(l, false)
		if err != nil {
			return n, err
		}
		if changed {
			n++
		}
	}
	return n, nil
}

// record changes the set of recorded graphs.
func (t *foreignTx) record(name graph.ID, in bool) {
	if t.view.empty[name] == in {
		return
	}
	t.view.empty = maps.Clone(t.view.empty)
	t.view.recorded = true
	if in {
		t.view.empty[name] = true
	} else {
		delete(t.view.empty, name)
	}
}

// CreateGraph implements graph.Tx.
func (t *foreignTx) CreateGraph(name rdf.Term) error {
	if name == nil {
		return nil
	}
	t.record(t.view.g.dict.id(name), true)
	return nil
}

// DropGraph implements graph.Tx.
func (t *foreignTx) DropGraph(name rdf.Term) error {
	id := graph.DefaultGraph
	if name != nil {
		found, ok, err := t.view.Lookup(name)
		if err != nil || !ok {
			return err
		}
		id = found
		t.record(id, false)
	}
	rows, err := t.view.rows(t.ctx, graph.Pattern{G: id}, graph.GSPO)
	if err != nil {
		return err
	}
	for _, l := range rows {
		if _, err := t.set(l, false); err != nil {
			return err
		}
	}
	return nil
}
