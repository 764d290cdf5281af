package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
)

// edges is one predicate of one graph as arrays, for closures that start from many
// nodes: nodes are numbered, and the successors of node i are
// to[start[i]:start[i+1]].
type edges struct {
	base  graph.ID // number of a node is its id less base, unless there are ids
	ids   *seen    // of one column: numbers of nodes
	start []int32
	to    []int32
	// mark[i] is the walk that met node i last, so that nothing is cleared
	// between walks.
	mark  []int32
	walk  int32
	stack []int32
	held  int64
}

// number returns the number of a node, false when no edge has it.
func (e *edges) number(id graph.ID) (int32, bool) {
	if e.ids == nil {
		i := uint64(id - e.base)
		return int32(i), i < uint64(len(e.mark))
	}
	key := [1]graph.ID{id}
	i, ok := e.ids.find(key[:])
	return int32(i), ok
}

// id returns the node of a number.
func (e *edges) id(i int32) graph.ID {
	if e.ids == nil {
		return e.base + graph.ID(i)
	}
	return e.ids.ids[i]
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

// loadEdges reads the edges that a closure follows, or those against its
// direction; nil when it is not the closure of one predicate.
func (p *pathStep) loadEdges(g graph.ID, against bool) (*edges, error) {
	link, reverse := p.singleLink()
	if link == nil {
		return nil, nil
	}
	e := &edges{}
	var bound [4]graph.ID
	bound[graph.G] = g
	ok, err := link.link.open(bound, graph.NumOrders, graph.ColS|graph.ColO)
	if err != nil {
		return nil, err
	}
	var rows uint64
	if ok { // else the graph may not have the predicate at all
		if rows, _, err = p.q.snap.Estimate(graph.Pattern{P: link.link.triple[graph.P].ID}); err != nil {
			return nil, err
		}
	}
	rows = min(rows, 1<<22)
	from, to := make([]graph.ID, 0, rows), make([]graph.ID, 0, rows)
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
			if reverse != against {
				s, o = o, s
			}
			if sel == nil {
				from, to = append(from, s[:b.N]...), append(to, o[:b.N]...)
			}
			for _, i := range sel {
				from, to = append(from, s[i]), append(to, o[i])
			}
			if err := e.take(p.q.budget, int64(b.N)*16); err != nil { // its two ids
				return nil, err
			}
		}
	}
	e.index(from, to)
	size := 4 * int64(len(e.start)+len(e.mark)+len(e.to))
	if e.ids != nil {
		size += 32 * int64(e.ids.n)
	}
	return e, e.take(p.q.budget, size)
}

func (e *edges) take(b *budget, n int64) error {
	e.held += n
	return b.take(n)
}

// index makes the arrays of the edges between nodes.
func (e *edges) index(from, to []graph.ID) {
	e.numberNodes(from, to)
	e.start = make([]int32, len(e.mark)+1)
	e.to = make([]int32, len(to))
	// A counting sort by the first node: each start is moved to the end of its
	// successors, which is where the next one's begin, and then all by one place.
	for _, id := range from {
		x, _ := e.number(id)
		e.start[x]++
	}
	sum := int32(0)
	for i, n := range e.start {
		e.start[i] = sum
		sum += n
	}
	for i, id := range from {
		x, _ := e.number(id)
		y, _ := e.number(to[i])
		e.to[e.start[x]] = y
		e.start[x]++
	}
	copy(e.start[1:], e.start)
	e.start[0] = 0
}

// numberNodes numbers the nodes. Ids that are dense are numbers already.
func (e *edges) numberNodes(from, to []graph.ID) {
	if len(from) == 0 {
		return
	}
	least, most := min(slices.Min(from), slices.Min(to)), max(slices.Max(from), slices.Max(to))
	if span := uint64(most - least); span < denseKeys(len(from)) {
		e.base = least
		e.mark = make([]int32, span+1)
		return
	}
	e.ids = newSeen(1)
	for i := range from {
		e.ids.index(from[i : i+1])
		e.ids.index(to[i : i+1])
	}
	e.mark = make([]int32, e.ids.n)
}

// starts returns the nodes with successors.
func (e *edges) starts() []graph.ID {
	var out []graph.ID
	for i := range e.mark {
		if e.start[i+1] > e.start[i] {
			out = append(out, e.id(int32(i)))
		}
	}
	return out
}

// reach appends the nodes that a closure leads to from id: with zero, id first.
func (e *edges) reach(out []graph.ID, id graph.ID, zero bool) []graph.ID {
	if zero {
		out = append(out, id)
	}
	i, ok := e.number(id)
	if !ok {
		return out
	}
	e.walk++
	if zero {
		e.mark[i] = e.walk
	}
	e.stack = append(e.stack[:0], i)
	for len(e.stack) > 0 {
		x := e.stack[len(e.stack)-1]
		e.stack = e.stack[:len(e.stack)-1]
		for _, y := range e.to[e.start[x]:e.start[x+1]] {
			if e.mark[y] != e.walk {
				e.mark[y] = e.walk
				out = append(out, e.id(y))
				e.stack = append(e.stack, y)
			}
		}
	}
	return out
}
