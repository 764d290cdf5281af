package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// table hands out kept rows.
type table struct {
	rows *rows
	at   int
	out  Batch
}

func (t *table) next() (*Batch, error) {
	b := t.rows.slice(t.at, &t.out)
	if b != nil {
		t.at += b.N
	}
	return b, nil
}

func (t *table) close() {}

func (q *Query) inlineRows(ids [][]graph.ID, width int) (operator, error) {
	r := newRows(width, q.budget)
	r.n = len(ids)
	for i := range r.cols {
		for _, row := range ids {
			r.cols[i] = append(r.cols[i], row[i])
		}
	}
	return &table{rows: r}, nil
}

// outerRows hands out the bindings that a BindJoin pushed, each once.
func (q *Query) outerRows(n *plan.Outer) (operator, error) {
	src, vars := q.outer[n.Join], q.outerVars[n.Join]
	if src == nil {
		return &table{rows: newRows(len(n.Vars), q.budget)}, nil
	}
	cols := make([]int, len(n.From))
	for i, v := range n.From {
		for j, w := range vars {
			if v == w {
				cols[i] = j
			}
		}
	}
	out := newRows(len(cols), q.budget)
	seen := newSeen(len(cols))
	key := make([]graph.ID, len(cols))
	for i := range src.n {
		for j, c := range cols {
			key[j] = src.cols[c][i]
		}
		if seen.add(key) {
			for j := range cols {
				out.cols[j] = append(out.cols[j], key[j])
			}
			out.n++
		}
	}
	return &table{rows: out}, nil
}

// filter keeps the rows for which all conditions are true.
type filter struct {
	q     *Query
	in    operator
	conds []*condition
	sel   []int32
	out   builder
}

func (q *Query) filter(n *plan.Filter, in operator) (operator, error) {
	f := &filter{q: q, in: in, out: newBuilder(len(n.Vars))}
	for _, c := range n.Conds {
		cond, err := q.condition(c, n.Input.Properties().Vars, n.Active)
		if err != nil {
			return nil, err
		}
		f.conds = append(f.conds, cond)
	}
	if s, ok := in.(seeker); ok {
		return &seekingFilter{filter: f, s: s}, nil
	}
	return f, nil
}

// seekingFilter is a filter over an operator that can skip.
type seekingFilter struct {
	*filter
	s seeker
}

func (f *seekingFilter) seek(id graph.ID) { f.s.seek(id) }

func (f *filter) next() (*Batch, error) {
	for {
		b, err := f.in.next()
		if b == nil || err != nil {
			return nil, err
		}
		sel, err := f.q.selected(b, f.conds, f.sel[:0])
		if err != nil {
			return nil, err
		}
		f.sel = sel
		if len(sel) == b.N {
			return b, nil
		}
		if len(sel) > 0 {
			f.out.reset()
			f.out.keep(b, sel)
			return &f.out.Batch, nil
		}
	}
}

func (f *filter) close() { f.in.close() }

// selected appends to sel the rows of b for which all conditions are true.
func (q *Query) selected(b *Batch, conds []*condition, sel []int32) ([]int32, error) {
	if err := q.ctx.Err(); err != nil {
		return nil, err
	}
	for i := range b.N {
		sel = append(sel, int32(i))
	}
	var err error
	for _, c := range conds {
		if sel, err = c.filter(b, sel); err != nil {
			return nil, err
		}
	}
	return sel, nil
}

// project chooses columns.
type project struct {
	in   operator
	cols []int // -1: a variable that nothing binds
	none []graph.ID
	out  Batch
}

func (q *Query) project(n *plan.Project, in operator) (operator, error) {
	return &project{in: in, cols: columns(n.Input, n.Vars), out: Batch{Cols: make([][]graph.ID, len(n.Vars))}}, nil
}

func (p *project) next() (*Batch, error) {
	b, err := p.in.next()
	if b == nil || err != nil {
		return nil, err
	}
	for i, c := range p.cols {
		if c >= 0 {
			p.out.Cols[i] = b.Cols[c]
			continue
		}
		for len(p.none) < b.N {
			p.none = append(p.none, graph.Any)
		}
		p.out.Cols[i] = p.none[:b.N]
	}
	p.out.N, p.out.Weights = b.N, b.Weights
	return &p.out, nil
}

func (p *project) count() (int64, error) { return countRows(p.in) }

func (p *project) close() { p.in.close() }

// bindName gives column from the name to, keeping rows whose to agrees.
type bindName struct {
	in   operator
	from int
	to   int // column of the input, -1 when it has none
	cols []int
	out  builder
}

func (q *Query) bind(n *plan.Bind, in operator) (operator, error) {
	b := &bindName{in: in, out: newBuilder(len(n.Vars))}
	ip := n.Input.Properties()
	b.from, b.to = ip.Column(n.From), ip.Column(n.To)
	for _, v := range n.Vars[:len(n.Vars)-1] {
		b.cols = append(b.cols, ip.Column(v))
	}
	return b, nil
}

func (o *bindName) next() (*Batch, error) {
	for {
		b, err := o.in.next()
		if b == nil || err != nil {
			return nil, err
		}
		o.out.reset()
		for i := range b.N {
			id := b.Cols[o.from][i]
			if o.to >= 0 && b.Cols[o.to][i] != graph.Any && b.Cols[o.to][i] != id {
				continue
			}
			for j, c := range o.cols {
				o.out.Cols[j] = append(o.out.Cols[j], b.Cols[c][i])
			}
			last := len(o.out.Cols) - 1
			o.out.Cols[last] = append(o.out.Cols[last], id)
			o.out.N++
		}
		if o.out.N > 0 {
			return &o.out.Batch, nil
		}
	}
}

func (o *bindName) close() { o.in.close() }

// union is the rows of one branch after the other.
type union struct {
	q    *Query
	n    *plan.Union
	at   int
	cur  operator
	cols []int
	none []graph.ID
	out  Batch
}

func (q *Query) union(n *plan.Union) (operator, error) {
	return &union{q: q, n: n, out: Batch{Cols: make([][]graph.ID, len(n.Vars))}}, nil
}

func (u *union) next() (*Batch, error) {
	for {
		if u.cur == nil {
			if u.at == len(u.n.Branches) {
				return nil, nil
			}
			branch := u.n.Branches[u.at]
			u.at++
			op, err := u.q.build(branch)
			if err != nil {
				return nil, err
			}
			u.cur, u.cols = op, columns(branch, u.n.Vars)
		}
		b, err := u.cur.next()
		if err != nil {
			return nil, err
		}
		if b == nil {
			u.cur.close()
			u.cur = nil
			continue
		}
		for i, c := range u.cols {
			if c >= 0 {
				u.out.Cols[i] = b.Cols[c]
				continue
			}
			for len(u.none) < b.N {
				u.none = append(u.none, graph.Any)
			}
			u.out.Cols[i] = u.none[:b.N]
		}
		u.out.N = b.N
		return &u.out, nil
	}
}

func (u *union) close() {
	if u.cur != nil {
		u.cur.close()
		u.cur = nil
	}
}

// slice drops the first rows and ends after limit more.
type slice struct {
	in            operator
	offset, limit int64
	out           Batch
}

func (q *Query) slice(n *plan.Slice, in operator) (operator, error) {
	return &slice{in: in, offset: max(0, n.Offset), limit: n.Limit}, nil
}

func (s *slice) next() (*Batch, error) {
	for s.limit != 0 {
		b, err := s.in.next()
		if b == nil || err != nil {
			return nil, err
		}
		from := min(s.offset, int64(b.N))
		s.offset -= from
		n := int64(b.N) - from
		if s.limit >= 0 {
			n = min(n, s.limit)
			s.limit -= n
		}
		if n == 0 {
			continue
		}
		s.out.Cols = s.out.Cols[:0]
		for _, c := range b.Cols {
			s.out.Cols = append(s.out.Cols, c[from:from+n])
		}
		s.out.N = int(n)
		return &s.out, nil
	}
	s.in.close() // nothing more is wanted: let go of what the operands hold
	return nil, nil
}

func (s *slice) close() { s.in.close() }

// eachGraph evaluates its operand once per named graph.
type eachGraph struct {
	q      *Query
	n      *plan.EachGraph
	graphs []graph.ID
	loaded bool
	cur    operator
	name   []graph.ID
	out    Batch
}

func (q *Query) eachGraph(n *plan.EachGraph) (operator, error) {
	return &eachGraph{q: q, n: n}, nil
}

func (e *eachGraph) next() (*Batch, error) {
	if !e.loaded {
		var err error
		if e.graphs, err = e.q.graphs(e.n.Active); err != nil {
			return nil, err
		}
		e.loaded = true
	}
	for {
		if e.cur == nil {
			if len(e.graphs) == 0 {
				return nil, nil
			}
			e.name = e.name[:0]
			op, err := e.in(func() (operator, error) { return e.q.build(e.n.Input) })
			if err != nil {
				return nil, err
			}
			e.cur = op
		}
		var b *Batch
		_, err := e.in(func() (operator, error) {
			var err error
			b, err = e.cur.next()
			return nil, err
		})
		if err != nil {
			return nil, err
		}
		if b == nil {
			e.cur.close()
			e.cur = nil
			e.graphs = e.graphs[1:]
			continue
		}
		for len(e.name) < b.N {
			e.name = append(e.name, e.graphs[0])
		}
		e.out.Cols = append(append(e.out.Cols[:0], b.Cols...), e.name[:b.N])
		e.out.N = b.N
		return &e.out, nil
	}
}

// in runs f while the parameter is the current graph: operators read it
// whenever they open a scan.
func (e *eachGraph) in(f func() (operator, error)) (operator, error) {
	if e.q.params == nil {
		e.q.params = make(map[algebra.Var]graph.ID)
	}
	old, had := e.q.params[e.n.Var]
	e.q.params[e.n.Var] = e.graphs[0]
	op, err := f()
	if had {
		e.q.params[e.n.Var] = old
	} else {
		delete(e.q.params, e.n.Var)
	}
	return op, err
}

func (e *eachGraph) close() {
	if e.cur != nil {
		e.cur.close()
		e.cur = nil
	}
}

func (q *Query) graphNames(n *plan.GraphNames) (operator, error) {
	ids, err := q.graphs(n.Active)
	if err != nil {
		return nil, err
	}
	r := newRows(1, q.budget)
	r.cols[0], r.n = ids, len(ids)
	return &table{rows: r}, nil
}

// active returns the graphs of a that are known before any row is: the single
// graph of GraphOne and GraphParam.
func (q *Query) one(a plan.Active) (graph.ID, bool) {
	switch a.Kind {
	case plan.GraphOne:
		return a.IDs[0], true
	case plan.GraphParam:
		return q.params[a.Var], true
	}
	return 0, false
}

// columnOf returns the index of v in vars, -1 when it is not there.
func columnOf(vars []algebra.Var, v algebra.Var) int {
	for i, w := range vars {
		if v == w {
			return i
		}
	}
	return -1
}
