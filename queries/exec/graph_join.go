package exec

import (
	"fmt"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// graphJoin reads the solutions of a join that the graph itself makes.
type graphJoin struct {
	q    *Query
	n    *plan.GraphJoin
	from graph.Joiner
	rows graph.Solutions
	out  builder
}

func (q *Query) graphJoin(n *plan.GraphJoin) (operator, error) {
	joiner, ok := q.snap.(graph.Joiner)
	if !ok {
		return nil, fmt.Errorf("exec: the graph of the plan joined by itself, a %T does not", q.snap)
	}
	return &graphJoin{q: q, n: n, from: joiner, out: newBuilder(len(n.Vars))}, nil
}

// maxPushed is how many bindings of an enclosing join are pushed down; more are
// left to the join itself.
const maxPushed = 5000

// join returns the join with the bindings of the enclosing bind join, as they
// are now.
func (j *graphJoin) join() *graph.Join {
	if j.n.Outer == nil {
		return j.n.Join
	}
	src, vars := j.q.outer[j.n.Outer.Join], j.q.outerVars[j.n.Outer.Join]
	if src == nil {
		return j.n.Join
	}
	restricted := *j.n.Join
	restricted.Among = slices.Clone(restricted.Among)
	for i, v := range j.n.Outer.From {
		c := slices.Index(vars, v)
		if c < 0 {
			continue
		}
		ids := slices.Clone(src.cols[c][:src.n])
		slices.Sort(ids)
		ids = slices.Compact(ids)
		if len(ids) > maxPushed || len(ids) > 0 && ids[0] == graph.Any {
			continue
		}
		restricted.Among = append(restricted.Among, graph.JoinAmong{Var: j.n.Vary[i], IDs: ids})
	}
	return &restricted
}

func (j *graphJoin) next() (*Batch, error) {
	if j.rows == nil {
		rows, err := j.from.Join(j.q.ctx, j.join())
		if err != nil {
			return nil, err
		}
		j.rows = rows
	}
	cols, n := j.rows.Next()
	if n == 0 {
		return nil, j.rows.Err()
	}
	for i := range j.out.Cols {
		j.out.Cols[i] = cols[i]
	}
	j.out.N = n
	return &j.out.Batch, nil
}

func (j *graphJoin) close() {
	if j.rows != nil {
		j.rows.Close()
		j.rows = nil
	}
}
