package store

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
)

// A run is an immutable set of changes: rows that commits have inserted and
// rows that they have deleted. Every change is effective (nothing is inserted
// that is there, nothing deleted that is not), so a row is in the graph exactly
// when its occurrences in the base and among the inserts, less those among the
// deletes, sum to one, in whatever order the runs are looked at; and counts are
// sums.
//
// A run is sorted by SPOG when it is made. The other orders are sorted when a
// reader first wants them, so a commit costs one sort, not six, and a store
// that is only written never pays for the rest.
type run struct {
	orders [graph.NumOrders]sortedRun
}

type sortedRun struct {
	once     sync.Once
	ready    atomic.Bool // ins and del are set
	ins, del []row
}

// newRun takes ownership of rows in SPOG order of columns, unsorted.
func newRun(ins, del []row) *run {
	r := &run{}
	s := &r.orders[graph.SPOG]
	s.once.Do(func() {
		sortRows(ins)
		sortRows(del)
		s.ins, s.del = ins, del
		s.ready.Store(true)
	})
	return r
}

func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return a.compare(&b) })
}

func (r *run) size() int {
	s := &r.orders[graph.SPOG]
	return len(s.ins) + len(s.del)
}

// sorted returns the changes in the given order.
func (r *run) sorted(o graph.Order) *sortedRun {
	s := &r.orders[o]
	s.once.Do(func() {
		base := &r.orders[graph.SPOG]
		s.ins, s.del = permute(base.ins, o), permute(base.del, o)
		sortRows(s.ins)
		sortRows(s.del)
		s.ready.Store(true)
	})
	return s
}

// permute returns SPOG rows with their columns in the order o.
func permute(rows []row, o graph.Order) []row {
	cols := o.Columns()
	out := make([]row, len(rows))
	for i := range rows {
		for k, c := range cols {
			out[i][k] = rows[i][c]
		}
	}
	return out
}

// weight returns +1 when the run inserts the SPOG row, -1 when it deletes it,
// 0 when it does neither or both.
func (r *run) weight(q *row) int {
	s := &r.orders[graph.SPOG]
	w := 0
	if _, ok := slices.BinarySearchFunc(s.ins, q, func(a row, b *row) int { return a.compare(b) }); ok {
		w++
	}
	if _, ok := slices.BinarySearchFunc(s.del, q, func(a row, b *row) int { return a.compare(b) }); ok {
		w--
	}
	return w
}

// mergeRuns returns one run with the changes of both. Orders that have been
// sorted in the larger run are merged, so that readers do not sort them again.
func mergeRuns(a, b *run) *run {
	m := &run{}
	large := a
	if b.size() > a.size() {
		large = b
	}
	for o := range graph.NumOrders {
		l := &large.orders[o]
		if o != graph.SPOG && !l.ready.Load() {
			continue
		}
		sa, sb, s := a.sorted(o), b.sorted(o), &m.orders[o]
		s.once.Do(func() {
			s.ins, s.del = cancel(mergeRows(sa.ins, sb.ins), mergeRows(sa.del, sb.del))
			s.ready.Store(true)
		})
	}
	return m
}

// mergeRows merges ascending rows; a row may occur more than once.
func mergeRows(a, b []row) []row {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]row, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].less(&a[0]) {
			out = append(out, b[0])
			b = b[1:]
		} else {
			out = append(out, a[0])
			a = a[1:]
		}
	}
	out = append(out, a...)
	return append(out, b...)
}

// cancel removes rows that are both inserted and deleted.
func cancel(ins, del []row) ([]row, []row) {
	if len(ins) == 0 || len(del) == 0 {
		return ins, del
	}
	i, d := ins[:0:0], del[:0:0]
	for len(ins) > 0 && len(del) > 0 {
		switch c := ins[0].compare(&del[0]); {
		case c < 0:
			i = append(i, ins[0])
			ins = ins[1:]
		case c > 0:
			d = append(d, del[0])
			del = del[1:]
		default:
			ins, del = ins[1:], del[1:]
		}
	}
	return append(i, ins...), append(d, del...)
}

// pushRun adds a run at the end of a list, merging so that each run is at least
// four times as large as the next: lists stay short, and a row is merged a
// logarithmic number of times. The list itself is copied.
func pushRun(runs []*run, r *run) []*run {
	n := len(runs)
	for n > 0 && runs[n-1].size() < 4*r.size() {
		r = mergeRuns(runs[n-1], r)
		n--
	}
	out := make([]*run, n, n+1)
	copy(out, runs)
	if r.size() > 0 {
		out = append(out, r)
	}
	return out
}

// deltaSlice is the part of a run that a scan has still to visit.
type deltaSlice struct {
	rows   []row
	weight int
}

// deltaIter merges the changes of several runs within a key range.
type deltaIter struct {
	parts []deltaSlice
	head  row
	w     int  // weight of head: +1 or -1
	ok    bool // whether there is a head
}

// init collects the changes that start with the first n columns of key. It is
// followed by count or by advance.
func (d *deltaIter) init(runs []*run, o graph.Order, key *row, n int) {
	d.parts = d.parts[:0]
	next, m, bounded := successor(*key, n)
	add := func(rows []row, weight int) {
		if len(rows) == 0 {
			return
		}
		rows = rows[searchRows(rows, key, n):]
		if bounded && n > 0 {
			rows = rows[:searchRows(rows, &next, m)]
		}
		if len(rows) > 0 {
			d.parts = append(d.parts, deltaSlice{rows, weight})
		}
	}
	for _, r := range runs {
		s := r.sorted(o)
		add(s.ins, 1)
		add(s.del, -1)
	}
}

// count returns inserts less deletes.
func (d *deltaIter) count() (n int64) {
	for _, p := range d.parts {
		n += int64(p.weight * len(p.rows))
	}
	return n
}

// advance moves to the next change that is not undone by another run.
func (d *deltaIter) advance() {
	for {
		best := -1
		for i := range d.parts {
			if len(d.parts[i].rows) > 0 && (best < 0 || d.parts[i].rows[0].less(&d.parts[best].rows[0])) {
				best = i
			}
		}
		if best < 0 {
			d.ok = false
			return
		}
		d.head, d.w = d.parts[best].rows[0], 0
		for i := best; i < len(d.parts); i++ {
			p := &d.parts[i]
			for len(p.rows) > 0 && p.rows[0] == d.head {
				d.w += p.weight
				p.rows = p.rows[1:]
			}
		}
		if d.w != 0 {
			d.ok = true
			return
		}
	}
}

// seek skips the changes below the first n columns of key.
func (d *deltaIter) seek(key *row, n int) {
	if !d.ok || d.head.comparePrefix(key, n) >= 0 {
		return
	}
	for i := range d.parts {
		p := &d.parts[i]
		p.rows = p.rows[searchRows(p.rows, key, n):]
	}
	d.advance()
}
