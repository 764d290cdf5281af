package exec

import (
	"sort"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// mergeJoin joins two operators whose rows ascend by a column bound in all of
// them and that share others as well. The rows of the right side with the
// current key are kept; the left side streams past them.
type mergeJoin struct {
	q           *Query
	left, right side
	group       *rows // rows of the right side with key
	key         graph.ID
	hasKey      bool
	p           *prober
	view        Batch
}

// side is one input of a merge join: its current batch and position.
type side struct {
	op   operator
	col  int
	b    *Batch
	at   int
	done bool
}

func (q *Query) mergeJoin(n *plan.MergeJoin) (operator, error) {
	if len(n.Shared) == 1 {
		return q.mergeKeys(n)
	}
	l, r := n.Sides[0].Node, n.Sides[1].Node
	lv, rv := l.Properties().Vars, r.Properties().Vars
	p, err := q.prober(plan.Inner, n.Vars, lv, rv, n.Shared, nil, nil, plan.Active{})
	if err != nil {
		return nil, err
	}
	left, err := q.build(l)
	if err != nil {
		return nil, err
	}
	right, err := q.build(r)
	if err != nil {
		left.close()
		return nil, err
	}
	return &mergeJoin{
		q: q, p: p, group: newRows(len(rv), q.budget),
		left:  side{op: left, col: columnOf(lv, n.Key)},
		right: side{op: right, col: columnOf(rv, n.Key)},
	}, nil
}

// load makes sure that there is a current row.
func (s *side) load() error {
	for !s.done && (s.b == nil || s.at >= s.b.N) {
		b, err := s.op.next()
		if err != nil {
			return err
		}
		s.b, s.at = b, 0
		s.done = b == nil
	}
	return nil
}

func (s *side) key() graph.ID { return s.b.Cols[s.col][s.at] }

// skip goes forward to the first row whose key is at least id.
func (s *side) skip(id graph.ID) error {
	for {
		keys := s.b.Cols[s.col][s.at:s.b.N]
		// Gallop: the row is often near.
		step := 1
		for step < len(keys) && keys[step] < id {
			step *= 2
		}
		lo := step / 2
		hi := min(step, len(keys))
		s.at += lo + sort.Search(hi-lo, func(i int) bool { return keys[lo+i] >= id })
		if s.at < s.b.N {
			return nil
		}
		if sk, ok := s.op.(seeker); ok {
			sk.seek(id)
		}
		if err := s.load(); err != nil || s.done {
			return err
		}
		if s.key() >= id {
			return nil
		}
	}
}

func (j *mergeJoin) next() (*Batch, error) {
	for {
		if b, err := j.p.next(); b != nil || err != nil {
			return b, err
		}
		if err := j.q.ctx.Err(); err != nil {
			return nil, err
		}
		if err := j.left.load(); err != nil || j.left.done {
			return nil, err
		}
		key := j.left.key()
		if !j.hasKey || j.key != key {
			found, err := j.align()
			if err != nil || !found {
				return nil, err
			}
			key = j.key
		}
		// All rows of the left batch with this key at once.
		from := j.left.at
		keys := j.left.b.Cols[j.left.col]
		for j.left.at < j.left.b.N && keys[j.left.at] == key {
			j.left.at++
		}
		j.view.Cols = j.view.Cols[:0]
		for _, c := range j.left.b.Cols {
			j.view.Cols = append(j.view.Cols, c[from:j.left.at])
		}
		j.view.N = j.left.at - from
		j.p.start(&j.view)
	}
}

// align brings both sides to the next key that they share and keeps the right
// side's rows of it; false at the end of either.
func (j *mergeJoin) align() (bool, error) {
	if err := j.right.load(); err != nil {
		return false, err
	}
	for !j.left.done && !j.right.done {
		l, r := j.left.key(), j.right.key()
		var err error
		switch {
		case l < r:
			err = j.left.skip(r)
		case l > r:
			err = j.right.skip(l)
		default:
			return true, j.collect(l)
		}
		if err != nil {
			return false, err
		}
		if err := j.q.ctx.Err(); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (j *mergeJoin) collect(key graph.ID) error {
	j.key, j.hasKey = key, true
	j.group.budget.give(j.group.held)
	j.group.held, j.group.n = 0, 0
	for i := range j.group.cols {
		j.group.cols[i] = j.group.cols[i][:0]
	}
	for !j.right.done && j.right.key() == key {
		keys := j.right.b.Cols[j.right.col]
		from := j.right.at
		for j.right.at < j.right.b.N && keys[j.right.at] == key {
			j.right.at++
		}
		n := j.right.at - from
		if err := j.group.grow(n); err != nil {
			return err
		}
		for i, c := range j.right.b.Cols {
			j.group.cols[i] = append(j.group.cols[i], c[from:from+n]...)
		}
		j.group.n += n
		if err := j.right.load(); err != nil {
			return err
		}
	}
	j.p.useAll(j.group)
	return nil
}

func (j *mergeJoin) close() {
	j.left.op.close()
	j.right.op.close()
	j.group.release()
}
