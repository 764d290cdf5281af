package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	bolt "go.etcd.io/bbolt"
)

// snapshot is a version together with what keeps its pages readable.
type snapshot struct {
	s      *Store
	v      *version
	pages  *filePages // nil in memory
	tx     *txn       // the transaction whose changes it shows, or nil
	closed atomic.Bool
}

// filePages reads pages in a read transaction of the file. The bucket is
// opened when the first page is read that no one has read before: most
// snapshots find every page at its remembered address.
type filePages struct {
	tx     *bolt.Tx
	mu     sync.Mutex
	bucket *bolt.Bucket
}

func (f *filePages) readPage(id uint64) (b []byte, err error) {
	if f == nil {
		return nil, fmt.Errorf("%w: not in memory", graph.ErrCorrupt)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer recoverCorruption(&err)()
	if f.bucket == nil {
		if f.bucket = f.tx.Bucket(bucketPages); f.bucket == nil {
			return nil, fmt.Errorf("%w: no pages", graph.ErrCorrupt)
		}
	}
	key := pageKey(id)
	c := f.bucket.Cursor()
	k, _ := c.Seek(key)
	switch {
	case k == nil:
		k, _ = c.Last()
	case string(k) != string(key):
		k, _ = c.Prev()
	}
	if k != nil {
		if segment := f.bucket.Bucket(k); segment != nil && len(k) == 8 {
			b = pageIn(segment, binary.BigEndian.Uint64(k), id)
		}
	}
	if b == nil {
		return nil, fmt.Errorf("%w: the page is missing", graph.ErrCorrupt)
	}
	return b, nil
}

func (n *snapshot) Version() uint64 { return n.v.seq }

// Identity implements graph.Identified: a commit, a fold and a load each make a
// version of their own.
func (n *snapshot) Identity() any {
	if n.tx != nil {
		return nil // the transaction may go on changing it
	}
	return weak.Make(n.v)
}

func (n *snapshot) Close() error {
	if n.tx != nil || n.closed.Swap(true) {
		return nil
	}
	n.s.open.Add(-1)
	if n.pages != nil {
		return n.pages.tx.Rollback()
	}
	return nil
}

func (n *snapshot) check() error {
	if n.closed.Load() {
		return fmt.Errorf("store: %w: the snapshot has been closed", graph.ErrClosed)
	}
	return nil
}

func (n *snapshot) Lookup(t rdf.Term) (graph.ID, bool, error) {
	if err := n.check(); err != nil {
		return 0, false, err
	}
	return n.lookup(t)
}

func (n *snapshot) lookup(t rdf.Term) (graph.ID, bool, error) {
	var buf [256]byte
	var e []byte
	var tag graph.ID
	switch t := t.(type) {
	case nil:
		return 0, false, nil
	case rdf.Triple:
		var ids [3]graph.ID
		for i, c := range [3]rdf.Term{t.Subject, t.Predicate, t.Object} {
			id, ok, err := n.lookup(c)
			if !ok || err != nil {
				return 0, false, err
			}
			ids[i] = id
		}
		e, tag = appendTripleEntry(buf[:0], ids[0], ids[1], ids[2]), graph.TagTriple
	case rdf.Literal:
		if id, ok := graph.Inline(t); ok {
			return id, true, nil
		}
	}
	if e == nil {
		var err error
		if e, tag, err = appendEntry(buf[:0], t); err != nil {
			return 0, false, nil // a literal that is none is nowhere
		}
	}
	return n.find(tag, identity(tag, e))
}

// find looks a term up by its identity.
func (n *snapshot) find(tag graph.ID, key []byte) (graph.ID, bool, error) {
	if n.tx != nil {
		if id, ok := n.tx.ids[slot(tag)][string(key)]; ok {
			return id, true, nil
		}
	}
	return n.v.find(n.pages, tag, key)
}

func (n *snapshot) Term(id graph.ID) (rdf.Term, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	return n.term(id, 0)
}

// maxNesting bounds the depth of triple terms, against rings in a damaged file.
const maxNesting = 1000

func (n *snapshot) term(id graph.ID, depth int) (rdf.Term, error) {
	if id.IsInline() {
		l, ok := id.InlineTerm()
		if !ok {
			return nil, fmt.Errorf("store: %w: inline id %#x", graph.ErrCorrupt, uint64(id))
		}
		return l, nil
	}
	var buf [256]byte
	e, err := n.entry(buf[:0], id)
	if err != nil {
		return nil, err
	}
	if id.Tag() != graph.TagTriple {
		return parseEntry(id.Tag(), string(e))
	}
	if len(e) != 24 || depth > maxNesting {
		return nil, fmt.Errorf("store: %w: triple term %#x", graph.ErrCorrupt, uint64(id))
	}
	var t [3]rdf.Term
	for i := range t {
		if t[i], err = n.term(graph.ID(binary.BigEndian.Uint64(e[8*i:])), depth+1); err != nil {
			return nil, err
		}
	}
	return rdf.Triple{Subject: t[0], Predicate: t[1], Object: t[2]}, nil
}

func (n *snapshot) entry(dst []byte, id graph.ID) ([]byte, error) {
	if n.tx != nil {
		if i := slot(id.Tag()); i >= 0 {
			if first := n.v.tails[i].len(); id.Payload() >= first && id.Payload()-first < uint64(len(n.tx.change.terms[i])) {
				return append(dst, n.tx.change.terms[i][id.Payload()-first]...), nil
			}
		}
	}
	return n.v.entry(dst, n.pages, id)
}

func (n *snapshot) SortedBelow(tag graph.ID) graph.ID {
	i := slot(tag.Tag())
	if i < 0 || tag.Tag() == graph.TagTriple {
		return tag.Tag()
	}
	return tag.Tag() | graph.ID(n.v.base.dict[i].sortedLen())
}

// prefix returns the bound prefix of p in the order o.
func prefix(p graph.Pattern, o graph.Order) (key row, n int, err error) {
	if o >= graph.NumOrders {
		return key, 0, fmt.Errorf("store: %w: sort order %d", graph.ErrBadRequest, o)
	}
	n, all := p.BoundPrefix(o)
	if !all {
		return key, 0, fmt.Errorf("store: %w: the bound components of %v are no prefix of %s", graph.ErrBadRequest, p, o)
	}
	cols := o.Columns()
	for i := range n {
		key[i] = p.Get(cols[i])
	}
	return key, n, nil
}

func (n *snapshot) Scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (graph.Cursor, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	key, k, err := prefix(p, o)
	if err != nil {
		return nil, err
	}
	c := &cursor{ctx: ctx, snap: n, x: n.v.base.orders[o], order: o, cols: cols, key: key, n: k, open: -1, size: firstBatch}
	if c.pos, c.end, err = c.x.span(n.pages, &c.key, k, &c.blk); err != nil {
		return nil, err
	}
	if runs := n.v.runs; len(runs) > 0 {
		c.delta.init(runs, o, &c.key, k)
		c.delta.advance()
	}
	if c.pos.block == c.end.block && !c.delta.ok {
		c.size = min(c.size, max(c.end.row-c.pos.row, 1))
	}
	return c, nil
}

func (n *snapshot) Estimate(p graph.Pattern) (uint64, bool, error) {
	if err := n.check(); err != nil {
		return 0, false, err
	}
	o, ok := graph.BestOrder(p)
	if !ok {
		p.G = graph.Any
	}
	rows, err := n.count(p, o)
	return rows, ok, err
}

// count returns the number of quads that match a prefix of the order o.
func (n *snapshot) count(p graph.Pattern, o graph.Order) (uint64, error) {
	key, k, err := prefix(p, o)
	if err != nil {
		return 0, err
	}
	if k == 0 {
		return n.v.quads, nil
	}
	var b block
	x := n.v.base.orders[o]
	from, to, err := x.span(n.pages, &key, k, &b)
	if err != nil {
		return 0, err
	}
	rows := int64(x.rank(to) - x.rank(from))
	if len(n.v.runs) > 0 {
		var d deltaIter
		d.init(n.v.runs, o, &key, k)
		rows += d.count()
	}
	return uint64(max(rows, 0)), nil
}

// has reports whether a quad is in the graph; q is in SPOG order.
func (n *snapshot) has(q *row, b *block) (bool, error) {
	w := 0
	for _, r := range n.v.runs {
		w += r.weight(q)
	}
	switch w {
	case 1:
		return true, nil // then it cannot be in the base
	case -1:
		return false, nil
	}
	x := n.v.base.orders[graph.SPOG]
	pos, err := x.seek(n.pages, q, 4, b)
	if err != nil || pos.block >= len(x.pages) {
		return false, err
	}
	if pos.row == 0 {
		return x.first[pos.block] == *q, nil
	}
	return b.row(pos.row) == *q, nil
}

func (n *snapshot) Predicates(ctx context.Context, f func(graph.ID) bool) error {
	return n.distinct(ctx, graph.PSOG, graph.P, graph.Any, f)
}

func (n *snapshot) Graphs(ctx context.Context, f func(graph.ID) bool) error {
	recorded := n.v.graphs
	stopped := false
	err := n.distinct(ctx, graph.GSPO, graph.G, graph.DefaultGraph+1, func(id graph.ID) bool {
		for len(recorded) > 0 && recorded[0] <= id {
			if recorded[0] < id && !f(recorded[0]) {
				stopped = true
				return false
			}
			recorded = recorded[1:]
		}
		if !f(id) {
			stopped = true
		}
		return !stopped
	})
	if err != nil || stopped {
		return err
	}
	for _, g := range recorded {
		if !f(g) {
			return nil
		}
	}
	return nil
}

// distinct calls f for each value, from `from` on, of the first column of an
// order, skipping from one to the next.
func (n *snapshot) distinct(ctx context.Context, o graph.Order, col graph.Column, from graph.ID, f func(graph.ID) bool) error {
	c, err := n.Scan(ctx, graph.Pattern{}, o, 1<<col)
	if err != nil {
		return err
	}
	defer c.Close()
	// A row at a time: what else is in a batch would be skipped. Seek, which
	// makes batches of its own size, comes first.
	if from > 0 {
		c.Seek(from)
	}
	c.(*cursor).size = 1
	for b := c.Next(); b != nil; b = c.Next() {
		id := b.Cols[col][0]
		if !f(id) || id == ^graph.ID(0) {
			return nil
		}
		c.Seek(id + 1)
		c.(*cursor).size = 1
	}
	return c.Err()
}

func (n *snapshot) PredicateStats(p graph.ID) (graph.PredicateStats, bool, error) {
	if err := n.check(); err != nil {
		return graph.PredicateStats{}, false, err
	}
	if st, ok := n.v.predicates.get(p); ok {
		return st, true, nil
	}
	rows, err := n.count(graph.Pattern{P: p}, graph.PSOG)
	if err != nil || rows == 0 {
		return graph.PredicateStats{}, false, err
	}
	st, _ := n.v.base.stats.get(p)
	if len(n.v.runs) > 0 {
		var d deltaIter
		key := row{p}
		d.init(n.v.runs, graph.PSOG, &key, 1)
		st.DistinctSubjects += d.distinctInserted()
		d.init(n.v.runs, graph.POSG, &key, 1)
		st.DistinctObjects += d.distinctInserted()
	}
	st.Quads = rows
	st.DistinctSubjects = min(max(st.DistinctSubjects, 1), rows)
	st.DistinctObjects = min(max(st.DistinctObjects, 1), rows)
	n.v.predicates.put(p, st)
	return st, true, nil
}

// distinctInserted counts the values of the second column among the rows that
// the largest run inserts: a cheap guess at the new values.
func (d *deltaIter) distinctInserted() (n uint64) {
	var rows []row
	for _, p := range d.parts {
		if p.weight > 0 && len(p.rows) > len(rows) {
			rows = p.rows
		}
	}
	for i := range rows {
		if i == 0 || rows[i][1] != rows[i-1][1] {
			n++
		}
	}
	return n
}

func (n *snapshot) Len() (uint64, error) { return n.v.quads, n.check() }

// statistics is what is known of each predicate, ascending.
type statistics struct {
	predicates []graph.ID
	stats      []graph.PredicateStats
}

func (s *statistics) get(p graph.ID) (graph.PredicateStats, bool) {
	i, ok := slices.BinarySearch(s.predicates, p)
	if !ok {
		return graph.PredicateStats{}, false
	}
	return s.stats[i], true
}
