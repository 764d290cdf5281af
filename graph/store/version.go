package store

import (
	"fmt"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
)

// base is what the last fold or load has written: the packed orders, the
// dictionary, and statistics. It never changes.
type base struct {
	tx     int    // the transaction of the file that brought it, see Store.acquire
	folded uint64 // the last commit in it
	quads  uint64
	orders [graph.NumOrders]*index
	dict   [numDictTags]*dictPages
	stats  *statistics
	joins  *joins // nil when nobody has counted them
}

func emptyBase() *base {
	b := &base{stats: &statistics{}}
	for o := range graph.GSPO {
		b.orders[o] = &index{order: o}
	}
	for i := range b.dict {
		b.dict[i] = &dictPages{}
	}
	b.aliasGraphOrders()
	return b
}

func (b *base) aliasGraphOrders() {
	b.orders[graph.GSPO] = aliasOf(graph.GSPO, b.orders[graph.SPOG])
	b.orders[graph.GPOS] = aliasOf(graph.GPOS, b.orders[graph.POSG])
}

// version is the store at one moment: a base and the changes since. It never
// changes; a commit makes a new one.
type version struct {
	seq    uint64 // the last commit in it
	base   *base
	frozen []*run // changes that a fold is at work on
	active []*run // changes after these
	runs   []*run // both
	tails  [numDictTags]tailTerms
	graphs []graph.ID // recorded named graphs, ascending
	quads  uint64
	index  *tailIndex // of the dictionary that the ids are numbers of

	predicates *predicateMemo // of this version alone; nil: nothing is remembered
}

// predicateMemo remembers the statistics of predicates, as the changes of one
// have to be gone through for them.
type predicateMemo struct {
	mu    sync.Mutex
	known map[graph.ID]graph.PredicateStats
}

func (m *predicateMemo) get(p graph.ID) (graph.PredicateStats, bool) {
	if m == nil {
		return graph.PredicateStats{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	st, ok := m.known[p]
	return st, ok
}

func (m *predicateMemo) put(p graph.ID, st graph.PredicateStats) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxKnownPredicates {
		m.known = make(map[graph.ID]graph.PredicateStats)
	}
	m.known[p] = st
}

// maxKnownPredicates bounds what a version remembers.
const maxKnownPredicates = 4096

// next returns a version with one more commit.
func (v *version) next(c *change) *version {
	n := *v
	n.predicates = &predicateMemo{}
	n.seq = c.seq
	n.quads = uint64(int64(v.quads) + int64(len(c.ins)) - int64(len(c.del)))
	for i := range n.tails {
		n.tails[i].entries = append(v.tails[i].entries, c.terms[i]...)
	}
	if len(c.ins)+len(c.del) > 0 {
		n.active = pushRun(v.active, newRun(c.ins, c.del))
		n.setRuns()
	}
	if len(c.record)+len(c.forget) > 0 {
		n.graphs = slices.DeleteFunc(slices.Concat(v.graphs, c.record), func(g graph.ID) bool { return slices.Contains(c.forget, g) })
		slices.Sort(n.graphs)
		n.graphs = slices.Compact(n.graphs)
	}
	return &n
}

func (v *version) setRuns() { v.runs = slices.Concat(v.frozen, v.active) }

// delta returns the number of changed rows that are not in the base.
func (v *version) delta() (n int) {
	for _, r := range v.runs {
		n += r.size()
	}
	return n
}

// entry appends the dictionary entry of id to dst.
func (v *version) entry(dst []byte, r pageReader, id graph.ID) ([]byte, error) {
	i := slot(id.Tag())
	if i < 0 {
		return dst, fmt.Errorf("%w: id %#x is not in the dictionary", graph.ErrCorrupt, uint64(id))
	}
	n := id.Payload()
	if t := &v.tails[i]; n >= t.first {
		if n >= t.len() {
			return dst, fmt.Errorf("%w: id %#x is beyond the dictionary", graph.ErrCorrupt, uint64(id))
		}
		return append(dst, t.entries[n-t.first]...), nil
	}
	return v.base.dict[i].appendTo(dst, r, n)
}

// find returns the id with the given identity.
func (v *version) find(r pageReader, tag graph.ID, key []byte) (id graph.ID, ok bool, err error) {
	i := slot(tag)
	var scratch [256]byte
	n, ok, err := v.base.dict[i].search(r, tag, key, scratch[:0])
	if ok || err != nil {
		return tag | graph.ID(n), ok, err
	}
	limit := v.tails[i].len()
	if limit == v.base.dict[i].sortedLen() {
		return 0, false, nil
	}
	v.index.candidates(tailHash(tag, key), func(c graph.ID) bool {
		if c.Tag() != tag || c.Payload() >= limit {
			return true
		}
		var e []byte
		if e, err = v.entry(scratch[:0], r, c); err != nil {
			return false
		}
		if string(identity(tag, e)) == string(key) {
			id, ok = c, true
		}
		return !ok
	})
	return id, ok, err
}
