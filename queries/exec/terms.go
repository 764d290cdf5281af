package exec

import (
	"fmt"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/expr"
)

// Terms is the dictionary of one query: the snapshot's, and local ids for
// terms that the snapshot does not have. A term that the snapshot has, or that
// can be inlined, never gets a local id, so computed and stored terms join by
// id. It belongs to one goroutine; forks share the local terms.
type Terms struct {
	snap   graph.Snapshot
	local  *localTerms
	ids    map[rdf.Term]graph.ID // folded stored terms looked up so far
	terms  termCache             // terms read so far
	budget *budget

	texts     graph.TextReader // of Batch, as are the next two
	pending   []graph.ID
	pendingAt []int32
}

// cacheTerms bounds the terms remembered in each direction.
const cacheTerms = 1 << 16

// NewTerms returns a dictionary over a snapshot.
func NewTerms(snap graph.Snapshot) *Terms { return newTerms(snap, nil) }

func newTerms(snap graph.Snapshot, b *budget) *Terms {
	return &Terms{snap: snap, local: &localTerms{}, budget: b}
}

// ID returns the id of t, a local one if need be. The id of nil is graph.Any.
func (d *Terms) ID(t rdf.Term) (graph.ID, error) {
	switch l := t.(type) {
	case nil:
		return graph.Any, nil
	case rdf.Literal:
		if id, ok := graph.Inline(l); ok {
			return id, nil
		}
	}
	key := graph.FoldTerm(t)
	if id, ok := d.ids[key]; ok {
		return id, nil
	}
	if id, ok := d.local.find(key); ok {
		return id, nil
	}
	id, ok, err := d.snap.Lookup(t)
	if err != nil {
		return 0, err
	}
	if ok {
		if d.ids == nil || len(d.ids) > cacheTerms {
			d.ids = make(map[rdf.Term]graph.ID)
		}
		d.ids[key] = id
		return id, nil
	}
	if err := d.budget.take(int64(128 + len(lexical(t)))); err != nil {
		return 0, err
	}
	return d.local.add(key, t), nil
}

// fork returns a dictionary for another goroutine of the same query.
func (d *Terms) fork() *Terms {
	return &Terms{snap: d.snap, local: d.local, budget: d.budget}
}

// localTerms are the terms of a query that its snapshot does not have. All
// goroutines of the query share them, so that equal terms have equal ids.
type localTerms struct {
	mu    sync.RWMutex
	terms []rdf.Term
	ids   map[rdf.Term]graph.ID // by folded term
}

func (l *localTerms) find(key rdf.Term) (graph.ID, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	id, ok := l.ids[key]
	return id, ok
}

// add returns the id of t, which another goroutine may have added since it was
// not found.
func (l *localTerms) add(key, t rdf.Term) graph.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id, ok := l.ids[key]; ok {
		return id
	}
	if l.ids == nil {
		l.ids = make(map[rdf.Term]graph.ID)
	}
	id := graph.TagLocal | graph.ID(len(l.terms))
	l.terms = append(l.terms, t)
	l.ids[key] = id
	return id
}

func (l *localTerms) get(id graph.ID) rdf.Term {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.terms[id.Payload()]
}

func lexical(t rdf.Term) string {
	switch t := t.(type) {
	case rdf.IRI:
		return string(t)
	case rdf.Literal:
		return t.Lexical
	case rdf.Triple:
		return lexical(t.Subject) + lexical(t.Predicate) + lexical(t.Object)
	}
	return ""
}

// Term returns the term of id, nil for graph.Any.
func (d *Terms) Term(id graph.ID) (rdf.Term, error) {
	switch id.Tag() {
	case graph.TagNone:
		if id == graph.Any {
			return nil, nil
		}
		return nil, fmt.Errorf("exec: id %d is no term", id)
	case graph.TagLocal:
		return d.local.get(id), nil
	}
	if l, ok := id.InlineTerm(); ok {
		return l, nil
	}
	if t := d.terms.get(id); t != nil {
		return t, nil
	}
	t, err := d.snap.Term(id)
	if err != nil {
		return nil, err
	}
	d.terms.put(id, t)
	return t, nil
}

// termCache remembers terms of stored ids, one per slot, so that a scan over
// more terms than it can hold costs it little. It grows with what is asked for.
type termCache struct {
	slots []termSlot // as many as a power of two
	puts  int
}

type termSlot struct {
	id   graph.ID
	term rdf.Term
}

func (c *termCache) slot(id graph.ID) *termSlot {
	return &c.slots[mix(0, id)&uint64(len(c.slots)-1)]
}

// get returns nil for a term that is not remembered.
func (c *termCache) get(id graph.ID) rdf.Term {
	if len(c.slots) == 0 {
		return nil
	}
	if s := c.slot(id); s.id == id {
		return s.term
	}
	return nil
}

func (c *termCache) put(id graph.ID, t rdf.Term) {
	c.puts++
	if c.puts > len(c.slots)/2 && len(c.slots) < cacheTerms {
		old := c.slots
		c.slots = make([]termSlot, max(64, 4*len(old)))
		for _, s := range old {
			if s.term != nil {
				*c.slot(s.id) = s
			}
		}
	}
	*c.slot(id) = termSlot{id, t}
}

// Value returns the value of id for expressions. Integers and booleans, whose
// inlined forms are canonical, need no term.
func (d *Terms) Value(id graph.ID) (expr.Value, error) {
	switch id.Tag() {
	case graph.TagNone:
		return expr.Value{}, nil
	case graph.TagInteger:
		return expr.Int(integer(id)), nil
	case graph.TagBoolean:
		return expr.Bool(boolean(id)), nil
	}
	t, err := d.Term(id)
	return expr.FromTerm(t), err
}

// ValueID returns the id of a value; the id of an unbound one is graph.Any.
func (d *Terms) ValueID(v expr.Value) (graph.ID, error) {
	return d.ID(v.Term())
}

// integer and boolean return the values of ids with these tags.
func integer(id graph.ID) int64 { v, _ := id.Int64(); return v }
func boolean(id graph.ID) bool  { v, _ := id.Bool(); return v }
