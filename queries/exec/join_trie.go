package exec

import (
	"sort"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// trieJoin joins patterns between two variables, each held as a trie of two
// levels, by binding one variable after the other to the values that all
// patterns with it have: the shortest list of them leads, and the others are
// searched. So no intermediate result is larger than the lists themselves, which
// joins two by two cannot promise for a cycle.
type trieJoin struct {
	q      *Query
	n      *plan.TrieJoin
	tries  []*trie // by atom; atoms that read the same share one
	levels []trieLevel
	loaded bool

	at     int        // next key of the leading trie of the first level
	value  []graph.ID // by level
	place  []int32    // by atom: the key at which it stands
	cursor [][]int32  // by level and list: how far it has been searched
	steps  int
	deep   int   // levels up to here have columns that are asked for
	cols   []int // by level: the output column, -1 for none

	kept *rows // rows of some values of the first variable, handed out from out on
	outs int
	view Batch
	row  []graph.ID
}

// trieLevel tells which patterns have the variable of a level: as their first
// one, or as their second, whose values then are a list.
type trieLevel struct {
	heads, lists []int
}

// trie is a pattern of two variables: the values of the second that go with key
// i of the first are vals[start[i]:start[i+1]], ascending.
type trie struct {
	keys   []graph.ID
	start  []int32
	vals   []graph.ID
	base   graph.ID // keys are found at direct[key-base]-1 while they are dense
	direct []int32
	held   int64
}

func (q *Query) trieJoin(n *plan.TrieJoin) (operator, error) {
	j := &trieJoin{
		q: q, n: n, tries: make([]*trie, len(n.Atoms)), levels: make([]trieLevel, len(n.Order)),
		value: make([]graph.ID, len(n.Order)), place: make([]int32, len(n.Atoms)), cursor: make([][]int32, len(n.Order)), deep: -1,
	}
	for l, v := range n.Order {
		for a, s := range n.Atoms {
			switch v {
			case s.Vars[0]:
				j.levels[l].heads = append(j.levels[l].heads, a)
			case s.Vars[1]:
				j.levels[l].lists = append(j.levels[l].lists, a)
			}
		}
		j.cursor[l] = make([]int32, len(j.levels[l].lists))
		c := columnOf(n.Vars, v)
		if c >= 0 {
			j.deep = l
		}
		j.cols = append(j.cols, c)
	}
	j.kept = newRows(len(n.Vars), q.budget)
	j.row = make([]graph.ID, len(n.Vars))
	return j, nil
}

// load reads the patterns.
func (j *trieJoin) load() error {
	j.loaded = true
	type source struct {
		triple [3]graph.ID
		swap   bool
		graph  graph.ID
	}
	known := make(map[source]*trie)
	for a, s := range j.n.Atoms {
		src := source{swap: s.Vars[0] != s.Triple[0].Var, graph: s.Active.IDs[0]}
		src.triple[1] = s.Triple[1].ID
		if t := known[src]; t != nil {
			j.tries[a] = t
			continue
		}
		op, err := j.q.build(s)
		if err != nil {
			return err
		}
		t, err := readTrie(op, int(min(s.Rows, 1<<22)), j.q.budget)
		op.close()
		if err != nil {
			return err
		}
		j.tries[a], known[src] = t, t
	}
	return nil
}

// readTrie makes a trie of about so many rows of two columns in their order.
func readTrie(op operator, rows int, b *budget) (*trie, error) {
	t := &trie{vals: make([]graph.ID, 0, rows+rows/16), keys: make([]graph.ID, 0, rows/4), start: make([]int32, 0, rows/4+1)}
	for {
		batch, err := op.next()
		if err != nil {
			return t, err
		}
		if batch == nil {
			break
		}
		size := int64(batch.N) * 16
		t.held += size
		if err := b.take(size); err != nil {
			return t, err
		}
		keys := batch.Cols[0][:batch.N]
		for i, k := range keys {
			if n := len(t.keys); n == 0 || t.keys[n-1] != k {
				t.keys = append(t.keys, k)
				t.start = append(t.start, int32(len(t.vals)+i))
			}
		}
		t.vals = append(t.vals, batch.Cols[1][:batch.N]...)
	}
	t.start = append(t.start, int32(len(t.vals)))
	if n := len(t.keys); n > 0 {
		t.base = t.keys[0]
		if span := t.keys[n-1] - t.base; span < graph.ID(16*n+1024) {
			size := int64(span+1) * 4
			t.held += size
			if err := b.take(size); err != nil {
				return t, err
			}
			t.direct = make([]int32, span+1)
			for i, k := range t.keys {
				t.direct[k-t.base] = int32(i + 1)
			}
		}
	}
	return t, nil
}

// find returns the number of a key, -1 when it is none.
func (t *trie) find(id graph.ID) int32 {
	if t.direct != nil {
		if id < t.base || id-t.base >= graph.ID(len(t.direct)) {
			return -1
		}
		return t.direct[id-t.base] - 1
	}
	i := sort.Search(len(t.keys), func(i int) bool { return t.keys[i] >= id })
	if i < len(t.keys) && t.keys[i] == id {
		return int32(i)
	}
	return -1
}

// list returns the values of the second variable of an atom at its key.
func (j *trieJoin) list(atom int) []graph.ID {
	t, at := j.tries[atom], j.place[atom]
	return t.vals[t.start[at]:t.start[at+1]]
}

// enter binds the variable of a level for the patterns that have it first.
func (j *trieJoin) enter(l int, id graph.ID) bool {
	j.value[l] = id
	for _, a := range j.levels[l].heads {
		at := j.tries[a].find(id)
		if at < 0 {
			return false
		}
		j.place[a] = at
	}
	return true
}

// each calls f for the values that all lists of a level have, ascending, until
// f returns false. Levels after the first have a list.
func (j *trieJoin) each(l int, f func(graph.ID) bool) {
	lists := j.levels[l].lists
	lead := 0
	for k := range lists {
		if len(j.list(lists[k])) < len(j.list(lists[lead])) {
			lead = k
		}
		j.cursor[l][k] = 0
	}
values:
	for _, id := range j.list(lists[lead]) {
		j.steps++
		for k, a := range lists {
			if k == lead {
				continue
			}
			vals := j.list(a)
			at := skipTo(vals, int(j.cursor[l][k]), id)
			j.cursor[l][k] = int32(at)
			if at == len(vals) {
				return
			}
			if vals[at] != id {
				continue values
			}
		}
		if !f(id) {
			return
		}
	}
}

// common counts the values that two ascending lists share.
func common(a, b []graph.ID) (n int64) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) > 16*len(a) {
		at := 0
		for _, id := range a {
			if at = skipTo(b, at, id); at == len(b) {
				break
			}
			if b[at] == id {
				n++
			}
		}
		return n
	}
	for i, k := 0, 0; i < len(a) && k < len(b); {
		x, y := a[i], b[k]
		if x == y {
			n++
		}
		if x <= y {
			i++
		}
		if y <= x {
			k++
		}
	}
	return n
}

// skipTo returns the first place from at on whose value is not below id.
func skipTo(vals []graph.ID, at int, id graph.ID) int {
	if at >= len(vals) || vals[at] >= id {
		return at
	}
	step := 1
	for at+step < len(vals) && vals[at+step] < id {
		at += step
		step *= 2
	}
	lo, hi := at+1, min(at+step, len(vals))
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if vals[m] < id {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// solutions returns how many ways there are of binding the variables from level
// l on; with some, whether there is one.
func (j *trieJoin) solutions(l int, some bool) int64 {
	if l == len(j.levels) {
		return 1
	}
	if l == len(j.levels)-1 && len(j.levels[l].lists) == 1 {
		return int64(len(j.list(j.levels[l].lists[0])))
	}
	if l == len(j.levels)-1 && len(j.levels[l].lists) == 2 && !some {
		lists := j.levels[l].lists
		return common(j.list(lists[0]), j.list(lists[1]))
	}
	var n int64
	j.each(l, func(id graph.ID) bool {
		if j.enter(l, id) {
			n += j.solutions(l+1, some)
		}
		return !some || n == 0
	})
	return n
}

// collect keeps the rows that go with the values bound so far.
func (j *trieJoin) collect(l int) error {
	if l > j.deep {
		n := j.solutions(l, j.n.Drop)
		if n == 0 {
			return nil
		}
		return j.keep(n)
	}
	var err error
	j.each(l, func(id graph.ID) bool {
		if j.enter(l, id) {
			err = j.collect(l + 1)
		}
		return err == nil
	})
	return err
}

// keep keeps a row that stands for n.
func (j *trieJoin) keep(n int64) error {
	for l, c := range j.cols {
		if c >= 0 {
			j.row[c] = j.value[l]
		}
	}
	b := Batch{N: 1}
	for c := range j.row {
		b.Cols = append(b.Cols, j.row[c:c+1])
	}
	switch {
	case j.n.Drop:
		n = 1
	case j.n.Weighted:
		b.Weights = []int64{n}
		n = 1
	}
	for range n {
		if err := j.kept.add(&b); err != nil {
			return err
		}
	}
	return nil
}

// firsts returns the values that the first variable is tried with.
func (j *trieJoin) firsts() []graph.ID {
	heads := j.levels[0].heads
	lead := heads[0]
	for _, a := range heads {
		if len(j.tries[a].keys) < len(j.tries[lead].keys) {
			lead = a
		}
	}
	return j.tries[lead].keys
}

// nextFirst binds the first variable to its next value; false at the end.
func (j *trieJoin) nextFirst() bool {
	for keys := j.firsts(); j.at < len(keys); {
		id := keys[j.at]
		j.at++
		if j.enter(0, id) {
			return true
		}
	}
	return false
}

func (j *trieJoin) next() (*Batch, error) {
	if !j.loaded {
		if err := j.load(); err != nil {
			return nil, err
		}
	}
	for {
		if b := j.kept.slice(j.outs, &j.view); b != nil {
			j.view.Weights = nil
			if len(j.kept.weights) > 0 {
				j.view.Weights = j.kept.weights[j.outs : j.outs+b.N]
			}
			j.outs += b.N
			return b, nil
		}
		j.kept.release()
		j.outs = 0
		for j.kept.n < batchRows {
			if err := j.q.ctx.Err(); err != nil {
				return nil, err
			}
			if !j.nextFirst() {
				break
			}
			if err := j.collect(1); err != nil {
				return nil, err
			}
		}
		if j.kept.n == 0 {
			return nil, nil
		}
	}
}

// count returns how many rows are left.
func (j *trieJoin) count() (int64, error) {
	var total int64
	for j.loaded && j.outs < j.kept.n {
		b, err := j.next()
		if err != nil {
			return total, err
		}
		total += b.rows()
	}
	if !j.loaded {
		if err := j.load(); err != nil {
			return 0, err
		}
	}
	n, err := j.countFrom()
	return total + n, err
}

func (j *trieJoin) close() {
	j.kept.release()
	given := make(map[*trie]bool)
	for a, t := range j.tries {
		if t != nil && !given[t] {
			given[t] = true
			j.q.budget.give(t.held)
		}
		j.tries[a] = nil
	}
	j.loaded, j.at = true, 0
}
