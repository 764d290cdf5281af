package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// sorter is ORDER BY. The keys of a row are computed once. With a limit only
// the first rows are kept: when twice as many have come in, the rest is dropped.
type sorter struct {
	q        *Query
	n        *plan.Sort
	in       operator
	keys     []evaluator
	kept     *rows
	vals     []expr.Value // by row, then key
	held     int64
	order    []int32
	ready    bool
	at       int
	solution uint64
	out      builder
}

func (q *Query) sort(n *plan.Sort, in operator) (operator, error) {
	s := &sorter{q: q, n: n, in: in, kept: newRows(len(n.Vars), q.budget), out: newBuilder(len(n.Vars))}
	q.chains++
	s.solution = q.chains << 40
	for _, k := range n.Keys {
		f, err := q.compile(k.Expr, n.Input.Properties().Vars, n.Active)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, f)
	}
	return s, nil
}

// valueSize is about what a kept key costs.
const valueSize = 96

func (s *sorter) load() error {
	for {
		b, err := s.in.next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if err := s.q.ctx.Err(); err != nil {
			return err
		}
		if err := s.kept.add(b); err != nil {
			return err
		}
		for i := range b.N {
			s.q.expr.Solution = s.solution
			s.solution++
			for _, f := range s.keys {
				v, err := f(b, i)
				if expr.Fatal(err) {
					return err
				}
				if err != nil {
					v = expr.Value{} // an error sorts as unbound
				}
				s.vals = append(s.vals, v.Resolve())
			}
		}
		size := int64(b.N*len(s.keys)) * valueSize
		s.held += size
		if err := s.q.budget.take(size); err != nil {
			return err
		}
		if s.n.Limit >= 0 && int64(s.kept.n) > 2*s.n.Limit+4*batchRows {
			s.cut()
		}
	}
	s.sortRows()
	s.ready = true
	return nil
}

func (s *sorter) sortRows() {
	s.order = s.order[:0]
	for i := range s.kept.n {
		s.order = append(s.order, int32(i))
	}
	w := len(s.keys)
	slices.SortStableFunc(s.order, func(a, b int32) int {
		for k := range w {
			d := expr.Order(s.vals[int(a)*w+k], s.vals[int(b)*w+k])
			if s.n.Keys[k].Desc {
				d = -d
			}
			if d != 0 {
				return d
			}
		}
		return 0
	})
	if s.n.Limit >= 0 && int64(len(s.order)) > s.n.Limit {
		s.order = s.order[:s.n.Limit]
	}
}

// cut drops the rows that cannot be among the first any more.
func (s *sorter) cut() {
	s.sortRows()
	w := len(s.keys)
	vals := make([]expr.Value, 0, len(s.order)*w)
	for _, i := range s.order {
		vals = append(vals, s.vals[int(i)*w:(int(i)+1)*w]...)
	}
	s.vals = vals
	for c, col := range s.kept.cols {
		ids := make([]graph.ID, 0, len(s.order))
		for _, i := range s.order {
			ids = append(ids, col[i])
		}
		s.kept.cols[c] = ids
	}
	dropped := int64(s.kept.n - len(s.order))
	s.kept.n = len(s.order)
	size := dropped * int64(8*len(s.kept.cols))
	s.kept.held -= size
	s.q.budget.give(size + dropped*int64(w)*valueSize)
	s.held -= dropped * int64(w) * valueSize
}

func (s *sorter) next() (*Batch, error) {
	if !s.ready {
		if err := s.load(); err != nil {
			return nil, err
		}
	}
	s.out.reset()
	n := min(len(s.order)-s.at, batchRows)
	if n <= 0 {
		return nil, nil
	}
	s.out.keep(&Batch{Cols: s.kept.cols, N: s.kept.n}, s.order[s.at:s.at+n])
	s.at += n
	return &s.out.Batch, nil
}

func (s *sorter) close() {
	s.in.close()
	s.kept.release()
	s.q.budget.give(s.held)
	s.held, s.vals = 0, nil
}
