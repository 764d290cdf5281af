package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
)

// edges is one predicate of one graph as arrays, for closures with both ends
// free, which start from every node: nodes are numbered, and the successors of
// node i are to[start[i]:start[i+1]].
type edges struct {
	ids   *seen // of one column: numbers of nodes
	start []int32
	to    []int32
	// mark[i] is the walk that met node i last, so that nothing is cleared
	// between walks.
	mark  []int32
	walk  int32
	stack []int32
	held  int64
}

// link returns the step of a single predicate below a closure, and whether it
// is walked backwards; nil for anything else.
func (p *pathStep) singleLink() (*pathStep, bool) {
	switch p.kind.(type) {
	case algebra.PathZeroOrMore, algebra.PathOneOrMore:
	default:
		return nil, false
	}
	reverse := false
	a := p.a
	for {
		switch a.kind.(type) {
		case algebra.PathInverse:
			a, reverse = a.a, !reverse
		case algebra.PathLink:
			return a, reverse
		default:
			return nil, false
		}
	}
}

// loadEdges reads the edges that a closure follows, nil when it is not the
// closure of one predicate.
func (p *pathStep) loadEdges(g graph.ID) (*edges, error) {
	link, reverse := p.singleLink()
	if link == nil {
		return nil, nil
	}
	e := &edges{ids: newSeen(1)}
	var bound [4]graph.ID
	bound[graph.G] = g
	ok, err := link.link.open(bound, graph.NumOrders, graph.ColS|graph.ColO)
	if err != nil {
		return nil, err
	}
	var from []int32
	if ok {
		defer link.link.close()
		for {
			b, sel, err := link.link.next()
			if err != nil {
				return nil, err
			}
			if b == nil {
				break
			}
			s, o := b.Cols[graph.S], b.Cols[graph.O]
			if reverse {
				s, o = o, s
			}
			n := b.N
			if sel != nil {
				n = len(sel)
			}
			for k := range n {
				i := k
				if sel != nil {
					i = int(sel[k])
				}
				x, _ := e.ids.index(s[i : i+1])
				y, _ := e.ids.index(o[i : i+1])
				from, e.to = append(from, int32(x)), append(e.to, int32(y))
			}
			e.held += int64(n) * 40
			if err := p.q.budget.take(int64(n) * 40); err != nil {
				return nil, err
			}
		}
	}
	// A counting sort by the first node.
	e.start = make([]int32, e.ids.n+1)
	for _, x := range from {
		e.start[x+1]++
	}
	for i := range e.ids.n {
		e.start[i+1] += e.start[i]
	}
	at := append([]int32(nil), e.start[:e.ids.n]...)
	to := make([]int32, len(e.to))
	for i, x := range from {
		to[at[x]] = e.to[i]
		at[x]++
	}
	e.to = to
	e.mark = make([]int32, e.ids.n)
	return e, nil
}

// starts returns the nodes with successors.
func (e *edges) starts() []graph.ID {
	var out []graph.ID
	for i := range e.ids.n {
		if e.start[i+1] > e.start[i] {
			out = append(out, e.ids.ids[i])
		}
	}
	return out
}

// reach appends the nodes that a closure leads to from id: with zero, id first.
func (e *edges) reach(out []graph.ID, id graph.ID, zero bool) []graph.ID {
	if zero {
		out = append(out, id)
	}
	key := [1]graph.ID{id}
	i, ok := e.ids.find(key[:])
	if !ok {
		return out
	}
	e.walk++
	if zero {
		e.mark[i] = e.walk
	}
	e.stack = append(e.stack[:0], int32(i))
	for len(e.stack) > 0 {
		x := e.stack[len(e.stack)-1]
		e.stack = e.stack[:len(e.stack)-1]
		for _, y := range e.to[e.start[x]:e.start[x+1]] {
			if e.mark[y] != e.walk {
				e.mark[y] = e.walk
				out = append(out, e.ids.ids[y])
				e.stack = append(e.stack, y)
			}
		}
	}
	return out
}
