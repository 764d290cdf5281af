package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// pathJoin evaluates a closure (§18.4: ZeroOrMorePath, OneOrMorePath,
// ZeroOrOnePath) for each row of its input. Closures give each pair of ends
// once.
type pathJoin struct {
	q    *Query
	n    *plan.PathJoin
	in   operator
	step *pathStep

	s, o, g int // input columns of the ends and the graph, -1 for none
	fromIn  []int
	from    []int // by output column: 0 is S, 1 is O, -1 neither
	b       *Batch
	row     int
	pairs   [][2]graph.ID // of the current row, not yet emitted
	// reached remembers what the last start reached, as input rows often
	// repeat it.
	lastStart, lastGraph graph.ID
	lastReverse, hasLast bool
	reached              []graph.ID
	nodes                []graph.ID // of a path with both ends free: starts to go
	walking              bool
	edges                *edges // of such a path, when it is the closure of one predicate
	many                 *edges // likewise, once many rows have asked for what a node leads to
	manyGraph            graph.ID
	manyReverse          bool
	asked                uint64 // nodes whose neighbours were looked up one by one
	ends                 []graph.ID
	buf                  [][2]graph.ID // reused by pairs
	out                  builder
}

func (q *Query) pathJoin(n *plan.PathJoin, in operator) (operator, error) {
	j := &pathJoin{q: q, n: n, in: in, out: newBuilder(len(n.Vars)), s: -1, o: -1, g: -1}
	step, err := q.compilePath(n.Path, n.Active)
	if err != nil {
		return nil, err
	}
	j.step = step
	vars := n.Input.Properties().Vars
	if n.S.IsVar() {
		j.s = columnOf(vars, n.S.Var)
	}
	if n.O.IsVar() {
		j.o = columnOf(vars, n.O.Var)
	}
	if n.Active.Kind == plan.GraphVar {
		j.g = columnOf(vars, n.Active.Var)
	}
	for _, v := range n.Vars {
		j.fromIn = append(j.fromIn, columnOf(vars, v))
		switch v {
		case n.S.Var:
			j.from = append(j.from, 0)
		case n.O.Var:
			j.from = append(j.from, 1)
		default:
			j.from = append(j.from, -1)
		}
	}
	return j, nil
}

func (j *pathJoin) next() (*Batch, error) {
	j.out.reset()
	for !j.out.full() {
		if err := j.q.ctx.Err(); err != nil {
			return nil, err
		}
		if len(j.pairs) > 0 {
			j.emit(j.pairs[0])
			j.pairs = j.pairs[1:]
			continue
		}
		if j.walking {
			if err := j.walk(); err != nil {
				return nil, err
			}
			continue
		}
		if j.b == nil || j.row >= j.b.N {
			if j.b != nil && j.out.N > 0 {
				break // before the input's columns are overwritten
			}
			b, err := j.in.next()
			if err != nil {
				return nil, err
			}
			if b == nil {
				break
			}
			j.b, j.row = b, 0
		}
		if err := j.begin(); err != nil {
			return nil, err
		}
	}
	if j.out.N == 0 {
		return nil, nil
	}
	return &j.out.Batch, nil
}

func (j *pathJoin) end(pos plan.Pos, col int) graph.ID {
	if !pos.IsVar() {
		return pos.ID
	}
	if col >= 0 {
		return j.b.Cols[col][j.row]
	}
	return graph.Any
}

func (j *pathJoin) graph() graph.ID {
	if j.g >= 0 {
		return j.b.Cols[j.g][j.row]
	}
	return graph.Any
}

// begin finds the pairs of the current row. The row is left behind by the
// emission of its last pair.
func (j *pathJoin) begin() error {
	s, o, g := j.end(j.n.S, j.s), j.end(j.n.O, j.o), j.graph()
	j.pairs = j.buf[:0]
	defer func() { j.buf = j.pairs[:len(j.pairs):cap(j.pairs)] }()
	same := j.n.S.IsVar() && j.n.S.Var == j.n.O.Var
	constant := !j.n.S.IsVar() || !j.n.O.IsVar()
	switch {
	case s == graph.Any && o == graph.Any:
		var err error
		if j.edges, err = j.step.loadEdges(g, false); err != nil {
			return err
		}
		if j.edges != nil && !j.step.zero {
			j.nodes = j.edges.starts()
		} else if j.nodes, err = j.q.nodes(j.n.Active, g); err != nil {
			return err
		}
		j.walking = true
		return nil
	case s != graph.Any:
		ends, err := j.reach(s, g, false)
		if err != nil {
			return err
		}
		for _, e := range ends {
			if o != graph.Any && e != o || same && e != s {
				continue
			}
			if e == s && j.step.zero && !j.zeroLength(constant, s, o) {
				ok, err := j.loop(s, g)
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
			}
			j.pairs = append(j.pairs, [2]graph.ID{s, e})
		}
	default:
		starts, err := j.reach(o, g, true)
		if err != nil {
			return err
		}
		for _, e := range starts {
			if e == o && j.step.zero && !j.zeroLength(constant, graph.Any, o) {
				ok, err := j.loop(o, g)
				if err != nil {
					return err
				}
				if !ok {
					continue
				}
			}
			j.pairs = append(j.pairs, [2]graph.ID{e, o})
		}
	}
	if len(j.pairs) == 0 {
		j.row++
	}
	return nil
}

// zeroLength reports whether the pattern has a constant end, which then is
// matched by the path of length zero whether or not the graph has the term.
func (j *pathJoin) zeroLength(constant bool, s, o graph.ID) bool {
	if !constant {
		return false
	}
	if !j.n.S.IsVar() && j.n.S.ID == s || !j.n.O.IsVar() && j.n.O.ID == o {
		return true
	}
	return !j.n.O.IsVar() && j.n.O.ID == s || !j.n.S.IsVar() && j.n.S.ID == o
}

// loop reports whether a node that is reached from itself is so in the graph:
// between variables the path of length zero matches nodes of the graph only.
func (j *pathJoin) loop(id, g graph.ID) (bool, error) {
	return j.q.isNode(id, j.n.Active, g)
}

// walk takes the next start of a path whose ends are both free.
func (j *pathJoin) walk() error {
	if len(j.nodes) == 0 {
		j.walking = false
		j.row++
		if j.edges != nil {
			j.q.budget.give(j.edges.held)
			j.edges = nil
		}
		return nil
	}
	if err := j.q.ctx.Err(); err != nil {
		return err
	}
	s := j.nodes[0]
	j.nodes = j.nodes[1:]
	same := j.n.S.IsVar() && j.n.S.Var == j.n.O.Var
	var err error
	if j.edges != nil {
		j.ends = j.edges.reach(j.ends[:0], s, j.step.zero)
	} else if j.ends, err = j.step.from(j.ends[:0], s, j.graph(), false); err != nil {
		return err
	}
	j.pairs = j.buf[:0]
	for _, e := range j.ends {
		if !same || e == s {
			j.pairs = append(j.pairs, [2]graph.ID{s, e})
		}
	}
	j.buf = j.pairs
	return nil
}

// reach returns what the path leads to from id, forwards or backwards.
func (j *pathJoin) reach(id, g graph.ID, reverse bool) ([]graph.ID, error) {
	if j.hasLast && j.lastStart == id && j.lastGraph == g && j.lastReverse == reverse {
		return j.reached, nil
	}
	j.hasLast = false
	if err := j.loadMany(g, reverse); err != nil {
		return nil, err
	}
	var ends []graph.ID
	var err error
	if j.many != nil {
		_, isPlus := j.step.kind.(algebra.PathOneOrMore)
		ends = j.many.reach(j.reached[:0], id, !isPlus)
	} else {
		ends, err = j.step.from(j.reached[:0], id, g, reverse)
		if err == nil {
			j.asked += uint64(len(ends)) + 1
		}
	}
	j.reached = ends
	j.lastStart, j.lastGraph, j.lastReverse, j.hasLast = id, g, reverse, err == nil
	return ends, err
}

// edgesPerLookup is how many edges are read in the time of looking the neighbours
// of one node up.
const edgesPerLookup = 32

// loadMany reads all edges of the closure of one predicate once as much time has
// gone into looking neighbours up, so that no input costs more than twice what
// the better way does; sooner where the planner expects so many rows that it will
// come to that.
func (j *pathJoin) loadMany(g graph.ID, reverse bool) error {
	if j.many != nil {
		if j.manyGraph == g && j.manyReverse == reverse {
			return nil
		}
		j.dropMany()
	}
	link, _ := j.step.singleLink()
	if link == nil || j.asked == 0 || link.link.triple[graph.P].ID.Tag() == graph.TagLocal {
		return nil // the graph does not have a predicate whose id is local
	}
	quads, _, err := j.q.snap.Estimate(graph.Pattern{P: link.link.triple[graph.P].ID})
	if j.n.Input.Properties().Rows*edgesPerLookup > float64(quads) {
		quads /= 16
	}
	if err != nil || j.asked*edgesPerLookup < quads {
		return err
	}
	j.asked = 0
	if j.many, err = j.step.loadEdges(g, reverse); err != nil {
		return err
	}
	j.manyGraph, j.manyReverse = g, reverse
	return nil
}

func (j *pathJoin) dropMany() {
	if j.many != nil {
		j.q.budget.give(j.many.held)
		j.many = nil
	}
}

func (j *pathJoin) emit(pair [2]graph.ID) {
	for c := range j.out.Cols {
		id := graph.Any
		if in := j.fromIn[c]; in >= 0 {
			id = j.b.Cols[in][j.row]
		}
		if id == graph.Any && j.from[c] >= 0 {
			id = pair[j.from[c]]
		}
		j.out.Cols[c] = append(j.out.Cols[c], id)
	}
	j.out.N++
	if len(j.pairs) == 1 && !j.walking {
		j.row++ // that was the last pair of the row
	}
}

func (j *pathJoin) close() {
	j.dropMany()
	j.in.close()
}

// pathStep is a compiled path expression: from one node to the set of those
// that it leads to.
type pathStep struct {
	q      *Query
	kind   algebra.PathExpr
	active plan.Active
	a, b   *pathStep
	link   *matcher
	not    [2]map[graph.ID]bool // of a negated set: forward, inverse; nil is not looked at
	zero   bool                 // has a match of length zero
	// near remembers the neighbours of nodes, since closures meet them again.
	near map[nearKey][]graph.ID
	held int64
}

type nearKey struct {
	id, g   graph.ID
	reverse bool
}

// nearMax bounds the neighbour lists remembered by one step, in entries.
const nearMax = 1 << 20

func (q *Query) compilePath(p algebra.PathExpr, a plan.Active) (*pathStep, error) {
	st := &pathStep{q: q, kind: p, active: a}
	var err error
	sub := func(p algebra.PathExpr) *pathStep {
		if err != nil {
			return nil
		}
		var s *pathStep
		s, err = q.compilePath(p, a)
		return s
	}
	switch p := p.(type) {
	case algebra.PathLink:
		id, err := q.Terms.ID(p.IRI)
		if err != nil {
			return nil, err
		}
		st.link = q.matcher(plan.Triple{{Var: ".s"}, {ID: id, Term: p.IRI}, {Var: ".o"}}, a)
		st.near = make(map[nearKey][]graph.ID)
	case algebra.PathNegated:
		st.link = q.matcher(plan.Triple{{Var: ".s"}, {Var: ".p"}, {Var: ".o"}}, a)
		st.near = make(map[nearKey][]graph.ID)
		for i, set := range [][]rdf.IRI{p.Forward, p.Inverse} {
			if i == 0 && !p.HasForward && p.HasInverse || i == 1 && !p.HasInverse {
				continue
			}
			st.not[i] = make(map[graph.ID]bool)
			for _, iri := range set {
				id, err := q.Terms.ID(iri)
				if err != nil {
					return nil, err
				}
				st.not[i][id] = true
			}
		}
	case algebra.PathInverse:
		st.a = sub(p.Path)
	case algebra.PathSeq:
		st.a, st.b = sub(p.Left), sub(p.Right)
	case algebra.PathAlt:
		st.a, st.b = sub(p.Left), sub(p.Right)
	case algebra.PathZeroOrMore:
		st.a, st.zero = sub(p.Path), true
	case algebra.PathOneOrMore:
		st.a = sub(p.Path)
	case algebra.PathZeroOrOne:
		st.a, st.zero = sub(p.Path), true
	}
	if err != nil {
		return nil, err
	}
	switch p.(type) {
	case algebra.PathInverse, algebra.PathOneOrMore:
		st.zero = st.a.zero
	case algebra.PathSeq:
		st.zero = st.a.zero && st.b.zero
	case algebra.PathAlt:
		st.zero = st.a.zero || st.b.zero
	}
	return st, nil
}

// from appends to out the nodes that the path leads to from id, each once;
// against its direction with reverse.
func (p *pathStep) from(out []graph.ID, id, g graph.ID, reverse bool) ([]graph.ID, error) {
	if err := p.q.ctx.Err(); err != nil {
		return nil, err
	}
	switch p.kind.(type) {
	case algebra.PathLink:
		return p.neighbours(out, id, g, reverse)
	case algebra.PathNegated:
		return p.neighbours(out, id, g, reverse)
	case algebra.PathInverse:
		return p.a.from(out, id, g, !reverse)
	case algebra.PathSeq:
		first, second := p.a, p.b
		if reverse {
			first, second = second, first
		}
		mid, err := first.from(nil, id, g, reverse)
		if err != nil {
			return nil, err
		}
		set := make(map[graph.ID]bool)
		for _, m := range mid {
			ends, err := second.from(nil, m, g, reverse)
			if err != nil {
				return nil, err
			}
			for _, e := range ends {
				if !set[e] {
					set[e] = true
					out = append(out, e)
				}
			}
		}
		return out, nil
	case algebra.PathAlt:
		start := len(out)
		out, err := p.a.from(out, id, g, reverse)
		if err != nil {
			return nil, err
		}
		more, err := p.b.from(nil, id, g, reverse)
		if err != nil {
			return nil, err
		}
		set := make(map[graph.ID]bool, len(out)-start)
		for _, e := range out[start:] {
			set[e] = true
		}
		for _, e := range more {
			if !set[e] {
				set[e] = true
				out = append(out, e)
			}
		}
		return out, nil
	case algebra.PathZeroOrOne:
		out = append(out, id)
		ends, err := p.a.from(nil, id, g, reverse)
		if err != nil {
			return nil, err
		}
		for _, e := range ends {
			if e != id {
				out = append(out, e)
			}
		}
		return out, nil
	case algebra.PathZeroOrMore:
		return p.closure(append(out, id), []graph.ID{id}, g, reverse, map[graph.ID]bool{id: true})
	default: // PathOneOrMore
		return p.closure(out, []graph.ID{id}, g, reverse, make(map[graph.ID]bool))
	}
}

// closure goes on from the nodes of a frontier until nothing new is met.
func (p *pathStep) closure(out, frontier []graph.ID, g graph.ID, reverse bool, met map[graph.ID]bool) ([]graph.ID, error) {
	var ends []graph.ID
	var held int64
	defer func() { p.q.budget.give(held) }()
	for len(frontier) > 0 {
		id := frontier[len(frontier)-1]
		frontier = frontier[:len(frontier)-1]
		var err error
		if ends, err = p.a.from(ends[:0], id, g, reverse); err != nil {
			return nil, err
		}
		for _, e := range ends {
			if !met[e] {
				met[e] = true
				out = append(out, e)
				frontier = append(frontier, e)
				held += 48
				if err := p.q.budget.take(48); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// neighbours appends the nodes one triple away.
func (p *pathStep) neighbours(out []graph.ID, id, g graph.ID, reverse bool) ([]graph.ID, error) {
	key := nearKey{id, g, reverse}
	if ends, ok := p.near[key]; ok {
		return append(out, ends...), nil
	}
	start := len(out)
	var err error
	if _, negated := p.kind.(algebra.PathNegated); !negated {
		out, err = p.scan(out, id, g, reverse, nil)
	} else {
		for i, not := range p.not {
			if not != nil && err == nil {
				out, err = p.scan(out, id, g, reverse != (i == 1), not)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	if len(out)-start > 1 && (p.active.Kind != plan.GraphOne || p.not[0] != nil || p.not[1] != nil) {
		tail := out[start:]
		slices.Sort(tail)
		out = out[:start+len(slices.Compact(tail))]
	}
	if p.held+int64(len(out)-start)+1 <= nearMax {
		p.held += int64(len(out)-start) + 1
		p.near[key] = slices.Clone(out[start:])
	}
	return out, nil
}

func (p *pathStep) scan(out []graph.ID, id, g graph.ID, reverse bool, not map[graph.ID]bool) ([]graph.ID, error) {
	from, to := graph.S, graph.O
	if reverse {
		from, to = to, from
	}
	var bound [4]graph.ID
	bound[from], bound[graph.G] = id, g
	want := graph.Columns(1 << to)
	if not != nil {
		want |= graph.ColP
	}
	ok, err := p.link.open(bound, graph.NumOrders, want)
	if !ok || err != nil {
		return out, err
	}
	defer p.link.close()
	for {
		b, sel, err := p.link.next()
		if b == nil || err != nil {
			return out, err
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
			if not == nil || !not[b.Cols[graph.P][i]] {
				out = append(out, b.Cols[to][i])
			}
		}
	}
}
