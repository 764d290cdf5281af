package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// sortedLookup looks up the rows of a batch in the order of their keys through
// one scan that skips from key to key. A skip of a scan costs a tenth of opening
// one, and next to nothing where keys are near each other, so a plan that was made
// for few rows does not suffer when many come.
//
// It is for patterns of which the input binds one variable, always, and where
// nobody counts on the order of the input.
type sortedLookup struct {
	j    *indexJoin
	scan *scan
	side *mergeSide
	col  int        // of the key in the input
	key  graph.ID   // of the run at hand, Any for none
	rows []keyedRow // of the batch at hand
	room []keyedRow // to sort them in
	at   int
	i    int   // next row of the run, -1 before the current row has begun
	from []int // column of the run by output column, -1 for none

	window int   // rows to gather before they are looked up
	kept   *rows // gathered
}

// gatherRows is the most rows that are gathered: the more there are, the nearer
// their keys are to each other. It is reached in steps, so that first rows come
// soon.
const gatherRows = 1 << 16

// gather adds further rows of the input to those of b.
func (l *sortedLookup) gather(b *Batch) (*Batch, error) {
	if l.window < b.N {
		l.window = 4 * b.N
		return b, nil
	}
	l.kept.reset()
	for {
		if err := l.kept.add(b); err != nil {
			return nil, err
		}
		if l.kept.n >= l.window {
			break
		}
		var err error
		if b, err = l.j.in.next(); err != nil {
			return nil, err
		}
		if b == nil {
			break
		}
	}
	l.window = min(4*l.window, gatherRows)
	return l.kept.batch(), nil
}

// sortedRows returns the rows of a batch from which their order is worth making.
func (q *Query) sortedRows() int {
	if q.opts.Perturb != 0 {
		return 1
	}
	return 32
}

// sortedLookup returns nil when the join is not of that kind.
func (q *Query) sortedLookup(j *indexJoin) (*sortedLookup, error) {
	n := j.n
	in := n.Input.Properties()
	bound := graph.Column(0)
	found := 0
	var pattern graph.Pattern
	seen := make(map[algebra.Var]bool)
	for c, pos := range n.Triple {
		switch {
		case !pos.IsVar():
			*[]*graph.ID{&pattern.S, &pattern.P, &pattern.O}[c] = pos.ID
			if pos.ID.Tag() == graph.TagLocal {
				return nil, nil
			}
		case seen[pos.Var]:
			return nil, nil
		case in.Has(pos.Var):
			bound = graph.Column(c)
			found++
		}
		seen[pos.Var] = true
	}
	if found != 1 || n.Active.Kind != plan.GraphOne && n.Active.Kind != plan.GraphParam {
		return nil, nil
	}
	key := n.Triple[bound].Var
	if !in.Certain[key] || len(n.Sorted) > 0 && n.Sorted[0] != key {
		return nil, nil
	}
	order, ok := orderFor(pattern, bound)
	if !ok {
		return nil, nil
	}
	l := &sortedLookup{j: j, col: in.Column(key), i: -1, kept: newRows(len(in.Vars), q.budget)}
	node := &plan.Scan{Triple: n.Triple, Active: n.Active, Order: order}
	node.Vars = []algebra.Var{key}
	l.side = &mergeSide{budget: q.budget}
	for k, v := range n.Vars {
		at := -1
		if j.fromIn[k] < 0 && j.from[k] >= 0 {
			at = len(l.side.cols)
			node.Vars = append(node.Vars, v)
			l.side.cols = append(l.side.cols, len(node.Vars)-1)
		}
		l.from = append(l.from, at)
	}
	op, err := q.scan(node)
	if err != nil {
		return nil, err
	}
	l.scan = op.(*scan)
	l.side.op, l.side.sk = l.scan, l.scan
	l.side.run = make([][]graph.ID, len(l.side.cols))
	l.side.across = make([][]graph.ID, len(l.side.cols))
	return l, nil
}

// orderFor returns an order that begins with what the pattern binds and goes on
// with column next.
func orderFor(p graph.Pattern, next graph.Column) (graph.Order, bool) {
	for o := graph.SPOG; o < graph.NumOrders; o++ {
		if n, all := p.BoundPrefix(o); all && o.Columns()[n] == next {
			return o, true
		}
	}
	return 0, false
}

// start begins with a batch.
func (l *sortedLookup) start(b *Batch) {
	l.rows = l.rows[:0]
	for i, id := range b.Cols[l.col][:b.N] {
		l.rows = append(l.rows, keyedRow{id, int32(i)})
	}
	l.rows, l.room = sortKeyed(l.rows, l.room)
	l.at, l.i = 0, -1
	if l.rows[0].key < l.key || !l.scan.opened {
		// Keys start again: so does the scan.
		l.scan.close()
		l.scan.opened, l.scan.empty = false, false
		s := l.side
		s.b, s.keys, s.at, s.done, s.n = nil, nil, 0, false, 0
		l.key = graph.Any
	}
}

// fill joins rows of the batch until the output is full; true when they are done.
func (l *sortedLookup) fill() (bool, error) {
	j, s := l.j, l.side
	for ; l.at < len(l.rows); l.at++ {
		r := l.rows[l.at]
		j.row = int(r.row)
		if l.i < 0 {
			if j.out.full() {
				return false, nil
			}
			if r.key != l.key {
				if err := l.find(r.key); err != nil {
					return false, err
				}
			}
			l.i = 0
			switch {
			case j.n.Kind == plan.Anti || s.n == 0:
				if s.n == 0 {
					j.miss()
				}
				l.i = -1
				continue
			case j.n.Kind == plan.Semi:
				l.emit(-1)
				l.i = -1
				continue
			}
		}
		for ; l.i < s.n; l.i++ {
			if j.out.full() {
				return false, nil
			}
			l.emit(l.i)
		}
		l.i = -1
	}
	return true, nil
}

// count returns how many rows those of the batch are joined to.
func (l *sortedLookup) count() (total int64, err error) {
	for _, r := range l.rows[l.at:] {
		if r.key != l.key {
			if err := l.find(r.key); err != nil {
				return total, err
			}
		}
		n := int64(l.side.n)
		switch l.j.n.Kind {
		case plan.Left:
			n = max(1, n)
		case plan.Anti:
			n = 1 - min(1, n)
		}
		total += n * l.j.b.weight(int(r.row))
	}
	l.at = len(l.rows)
	return total, nil
}

// find makes the matches of key the run; the run is empty when there are none.
func (l *sortedLookup) find(key graph.ID) error {
	s := l.side
	l.key, s.n = key, 0
	if key.Tag() == graph.TagLocal {
		return nil // no quad has it
	}
	if !s.has(key) {
		if err := s.load(); err != nil {
			return err
		}
		if err := s.to(key); err != nil {
			return err
		}
	}
	if !s.has(key) {
		return nil
	}
	if l.j.n.Kind == plan.Semi || l.j.n.Kind == plan.Anti {
		s.n = 1
		return nil
	}
	return s.take(key)
}

// emit appends the current row with row i of the run, -1 for none.
func (l *sortedLookup) emit(i int) {
	j := l.j
	for c := range j.out.Cols {
		id := graph.Any
		if in := j.fromIn[c]; in >= 0 {
			id = j.b.Cols[in][j.row]
		} else if at := l.from[c]; at >= 0 && i >= 0 {
			id = l.side.run[at][i]
		}
		j.out.Cols[c] = append(j.out.Cols[c], id)
	}
	if j.n.Weighted {
		j.out.Weights = append(j.out.Weights, j.b.weight(j.row))
	}
	j.out.N++
}

func (l *sortedLookup) close() {
	l.kept.release()
	l.scan.close()
	l.side.budget.give(l.side.held)
	l.side.held = 0
}
