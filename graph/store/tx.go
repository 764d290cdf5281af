package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// txn is a transaction: the head of the store and the changes on top of it.
type txn struct {
	ctx    context.Context
	s      *Store
	base   *snapshot                        // the head, without the changes
	view   *snapshot                        // with them, nil when they have changed since it was made
	rows   map[row]int8                     // changed rows: +1 inserted, -1 deleted
	ids    [numDictTags]map[string]graph.ID // new terms by identity
	change change
	cache  map[rdf.Term]graph.ID
	blk    block
	key    []byte
	done   bool
}

// maxTermCache bounds the cache of terms that a transaction has looked up.
const maxTermCache = 1 << 15

// begin is called with mu held, so that no fold changes the base meanwhile.
func (s *Store) begin(ctx context.Context) (*txn, error) {
	t := &txn{ctx: ctx, s: s, rows: map[row]int8{}, cache: map[rdf.Term]graph.ID{}}
	t.base = &snapshot{s: s, v: s.head}
	if s.db != nil {
		tx, err := s.db.Begin(false)
		if err != nil {
			return nil, fmt.Errorf("store: begin: %w", err)
		}
		t.base.pages = &filePages{tx: tx}
	}
	s.open.Add(1)
	for i := range t.change.first {
		t.change.first[i] = s.head.tails[i].len()
	}
	t.base.tx = t
	return t, nil
}

func (t *txn) end() {
	t.done = true
	t.s.open.Add(-1)
	t.base.closed.Store(true)
	if t.view != nil {
		t.view.closed.Store(true)
	}
	if t.base.pages != nil {
		// A read transaction that is rolled back once cannot fail.
		_ = t.base.pages.tx.Rollback()
	}
}

func (t *txn) check() error {
	if t.done {
		return fmt.Errorf("store: %w: the transaction has ended", graph.ErrClosed)
	}
	return nil
}

// changed drops the view, which shows the changes made so far.
func (t *txn) changed() {
	if t.view != nil {
		t.view.closed.Store(true)
		t.view = nil
	}
}

// effects returns the changed rows.
func (t *txn) effects() (ins, del []row) {
	for r, w := range t.rows {
		switch {
		case w > 0:
			ins = append(ins, r)
		case w < 0:
			del = append(del, r)
		}
	}
	return ins, del
}

// finish returns the change, nil when there is none.
func (t *txn) finish() *change {
	c := &t.change
	c.ins, c.del = t.effects()
	if len(c.ins)+len(c.del)+len(c.record)+len(c.forget) == 0 {
		return nil
	}
	sortRows(c.ins)
	sortRows(c.del)
	return c
}

func (t *txn) Snapshot() graph.Snapshot {
	if t.view == nil {
		v := *t.base.v
		v.predicates = nil
		ins, del := t.effects()
		if len(ins)+len(del) > 0 {
			v.quads = uint64(int64(v.quads) + int64(len(ins)) - int64(len(del)))
			v.runs = append(slices.Clip(v.runs), newRun(ins, del))
		}
		v.graphs = t.graphs()
		t.view = &snapshot{s: t.s, v: &v, pages: t.base.pages, tx: t}
		t.view.closed.Store(t.done)
	}
	return t.view
}

// graphs returns the recorded graphs with the changes applied.
func (t *txn) graphs() []graph.ID {
	if len(t.change.record)+len(t.change.forget) == 0 {
		return t.base.v.graphs
	}
	g := slices.Concat(t.base.v.graphs, t.change.record)
	g = slices.DeleteFunc(g, func(id graph.ID) bool { return slices.Contains(t.change.forget, id) })
	slices.Sort(g)
	return slices.Compact(g)
}

// id returns the id of a term. When create is set, a new term gets a number.
func (t *txn) id(term rdf.Term, create bool) (graph.ID, bool, error) {
	switch term := term.(type) {
	case nil:
		return 0, false, fmt.Errorf("store: %w: a quad lacks a component", graph.ErrBadRequest)
	case rdf.Literal:
		if id, ok := graph.Inline(term); ok {
			return id, true, nil
		}
	}
	if id, ok := t.cache[term]; ok {
		return id, true, nil
	}
	var tag graph.ID
	var err error
	if triple, ok := term.(rdf.Triple); ok {
		var ids [3]graph.ID
		for i, c := range [3]rdf.Term{triple.Subject, triple.Predicate, triple.Object} {
			if ids[i], ok, err = t.id(c, create); !ok || err != nil {
				return 0, false, err
			}
		}
		t.key, tag = appendTripleEntry(t.key[:0], ids[0], ids[1], ids[2]), graph.TagTriple
	} else if t.key, tag, err = appendEntry(t.key[:0], term); err != nil {
		return 0, false, fmt.Errorf("store: %w", err)
	}
	id, ok, err := t.entryID(tag, t.key, create)
	if !ok || err != nil {
		return 0, false, err
	}
	if len(t.cache) >= maxTermCache {
		clear(t.cache)
	}
	t.cache[term] = id
	return id, true, nil
}

// entryID returns the id of a dictionary entry. When create is set, a new one
// gets a number.
func (t *txn) entryID(tag graph.ID, e []byte, create bool) (graph.ID, bool, error) {
	key := identity(tag, e)
	id, ok, err := t.base.find(tag, key)
	if ok || err != nil || !create {
		return id, ok, err
	}
	i := slot(tag)
	id = tag | graph.ID(t.change.first[i]+uint64(len(t.change.terms[i])))
	if t.ids[i] == nil {
		t.ids[i] = map[string]graph.ID{}
	}
	kept := string(e)
	t.ids[i][kept[:len(key)]] = id
	t.change.terms[i] = append(t.change.terms[i], kept)
	return id, true, nil
}

// quad returns the ids of a quad in SPOG order.
func (t *txn) quad(q *rdf.Quad, create bool) (r row, ok bool, err error) {
	for i, term := range [4]rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
		if i == 3 && term == nil {
			r[i] = graph.DefaultGraph
			break
		}
		if r[i], ok, err = t.id(term, create); !ok || err != nil {
			return r, false, err
		}
	}
	return r, true, nil
}

// set makes the row present or absent and reports whether it was not so.
func (t *txn) set(r *row, present bool) (bool, error) {
	if w, ok := t.rows[*r]; ok {
		if present == (w > 0) {
			return false, nil
		}
		delete(t.rows, *r) // it is again as it is in the head
		return true, nil
	}
	there, err := t.base.has(r, &t.blk)
	if err != nil || there == present {
		return false, err
	}
	if present {
		t.rows[*r] = 1
	} else {
		t.rows[*r] = -1
	}
	return true, nil
}

func (t *txn) Insert(quads ...rdf.Quad) (int, error) {
	return t.apply(quads, true)
}

func (t *txn) Delete(quads ...rdf.Quad) (int, error) {
	return t.apply(quads, false)
}

func (t *txn) apply(quads []rdf.Quad, present bool) (n int, err error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	t.changed()
	for i := range quads {
		r, ok, err := t.quad(&quads[i], present)
		if err != nil {
			return n, err
		}
		if !ok {
			continue
		}
		changed, err := t.set(&r, present)
		if err != nil {
			return n, err
		}
		if changed {
			n++
		}
	}
	return n, nil
}

func (t *txn) CreateGraph(name rdf.Term) error {
	if err := t.check(); err != nil {
		return err
	}
	id, _, err := t.id(name, true)
	if err != nil {
		return err
	}
	t.changed()
	t.change.forget = slices.DeleteFunc(t.change.forget, func(g graph.ID) bool { return g == id })
	if _, ok := slices.BinarySearch(t.base.v.graphs, id); !ok && !slices.Contains(t.change.record, id) {
		t.change.record = append(t.change.record, id)
	}
	return nil
}

func (t *txn) DropGraph(name rdf.Term) error {
	if err := t.check(); err != nil {
		return err
	}
	id := graph.DefaultGraph
	if name != nil {
		var ok bool
		var err error
		if id, ok, err = t.id(name, false); !ok || err != nil {
			return err
		}
		t.change.record = slices.DeleteFunc(t.change.record, func(g graph.ID) bool { return g == id })
		if _, ok := slices.BinarySearch(t.base.v.graphs, id); ok && !slices.Contains(t.change.forget, id) {
			t.change.forget = append(t.change.forget, id)
		}
	}
	view := t.Snapshot()
	defer t.changed()
	c, err := view.Scan(t.ctx, graph.Pattern{G: id}, graph.GSPO, graph.AllCols)
	if err != nil {
		return err
	}
	defer c.Close()
	for b := c.Next(); b != nil; b = c.Next() {
		for i := range b.N {
			r := row{b.Cols[graph.S][i], b.Cols[graph.P][i], b.Cols[graph.O][i], id}
			// The scan reads runs made before, so the map may change under it.
			if t.rows[r] > 0 {
				delete(t.rows, r)
			} else {
				t.rows[r] = -1
			}
		}
	}
	return c.Err()
}
