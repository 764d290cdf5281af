package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// prober joins batches of one side with a table of the other.
type prober struct {
	q     *Query
	kind  plan.JoinKind
	table *joinTable
	m     matches

	sharedIn, sharedTable []int // the shared columns of the probing side and of the table
	// Where output columns come from: column of the probing side, of the table,
	// or both, in which case an unbound one is taken from the table.
	fromIn, fromTable []int
	conds             []*condition
	weighted          bool
	adds              bool // no column of the table is asked for: rows are only counted
	domain            uint64

	in      *Batch // being joined
	row     int
	started bool
	matched []bool // with conditions: rows of in that have a match
	out     builder
	cand    builder // with conditions: rows before the test
	origin  []int32
	sel     []int32

	// Of joins by the key, see join_keyed.go.
	isKeyed           bool
	from, to          int32   // of the current row: what is left of its run
	pickIn, pickTable []int32 // rows chosen
}

func (q *Query) prober(kind plan.JoinKind, out, in, table []algebra.Var, shared, domain []algebra.Var, conds []algebra.Expr, a plan.Active) (*prober, error) {
	p := &prober{q: q, kind: kind, out: newBuilder(len(out))}
	for _, v := range shared {
		p.sharedIn = append(p.sharedIn, columnOf(in, v))
		p.sharedTable = append(p.sharedTable, columnOf(table, v))
	}
	for _, v := range out {
		p.fromIn = append(p.fromIn, columnOf(in, v))
		p.fromTable = append(p.fromTable, columnOf(table, v))
	}
	for j, v := range shared {
		if columnOf(domain, v) >= 0 {
			p.domain |= 1 << j
		}
	}
	for _, c := range conds {
		cond, err := q.condition(c, out, a)
		if err != nil {
			return nil, err
		}
		p.conds = append(p.conds, cond)
	}
	if len(p.conds) > 0 {
		p.cand = newBuilder(len(out))
	}
	p.m.key = make([]graph.ID, len(shared))
	return p, nil
}

// use sets the table.
func (p *prober) use(t *joinTable) {
	p.table = t
	p.m.t = t
	p.adds = p.weighted && !slices.Contains(p.fromIn, -1)
	if p.kind == plan.Minus {
		p.m.domain = p.domain
	}
}

// useAll sets a table whose rows already agree on the first shared column. A
// few of them are simply gone through.
func (p *prober) useAll(r *rows) {
	if len(p.sharedTable) > 1 && r.n > 16 {
		p.m.linear = false
		p.use(newJoinTable(r, p.sharedTable))
		return
	}
	p.m.linear = true
	p.use(&joinTable{rows: r, shared: p.sharedTable})
}

// start gives the prober rows to join.
func (p *prober) start(in *Batch) {
	p.in, p.row, p.started = in, 0, false
	p.isKeyed = p.keyed(in)
	if len(p.conds) > 0 {
		p.matched = append(p.matched[:0], make([]bool, in.N)...)
	}
}

// next returns joined rows, nil when the rows of in are done.
func (p *prober) next() (*Batch, error) {
	if p.in == nil {
		return nil, nil
	}
	p.out.reset()
	for {
		if err := p.q.ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		switch {
		case len(p.conds) > 0:
			err = p.conditional()
		case p.isKeyed:
			p.byKey()
		default:
			p.plain()
		}
		if err != nil {
			return nil, err
		}
		done := p.row >= p.in.N
		if done {
			p.in = nil
		}
		if p.out.N > 0 {
			return &p.out.Batch, nil
		}
		if done {
			return nil, nil
		}
	}
}

// plain joins until the output is full or the input is done.
func (p *prober) plain() {
	for ; p.row < p.in.N; p.row++ {
		if !p.started {
			if p.out.full() {
				return
			}
			for j, c := range p.sharedIn {
				p.m.key[j] = p.in.Cols[c][p.row]
			}
			p.m.start()
			p.started = true
			switch p.kind {
			case plan.Semi, plan.Anti, plan.Minus:
				if (p.m.next() >= 0) == (p.kind == plan.Semi) {
					p.emit(&p.out, -1)
				}
				p.started = false
				continue
			case plan.Left:
				r := p.m.next()
				p.emit(&p.out, r)
				if r < 0 {
					p.started = false
					continue
				}
			}
		}
		for {
			if p.out.full() {
				return
			}
			r := p.m.next()
			if r < 0 {
				break
			}
			p.emit(&p.out, r)
		}
		p.started = false
	}
}

// conditional joins with a condition on the joined rows: candidates are made
// and tested by the batch, and the rows of a LeftJoin without a match follow at
// the end of each input batch.
func (p *prober) conditional() error {
	p.cand.reset()
	p.origin = p.origin[:0]
	for p.row < p.in.N && !p.cand.full() {
		if !p.started {
			for j, c := range p.sharedIn {
				p.m.key[j] = p.in.Cols[c][p.row]
			}
			p.m.start()
			p.started = true
		}
		r := p.m.next()
		if r < 0 {
			p.started = false
			p.row++
			continue
		}
		p.emit(&p.cand, r)
		p.origin = append(p.origin, int32(p.row))
	}
	sel, err := p.q.selected(&p.cand.Batch, p.conds, p.sel[:0])
	if err != nil {
		return err
	}
	p.sel = sel
	p.out.keep(&p.cand.Batch, sel)
	for _, i := range sel {
		p.matched[p.origin[i]] = true
	}
	if p.row >= p.in.N && p.kind == plan.Left {
		row := p.row
		for p.row = range p.in.N {
			if !p.matched[p.row] {
				p.emit(&p.out, -1)
			}
		}
		p.row = row
	}
	return nil
}

// emit appends the join of the current row with row r of the table; -1 is none.
func (p *prober) emit(out *builder, r int) {
	for i := range out.Cols {
		id := graph.Any
		if c := p.fromIn[i]; c >= 0 {
			id = p.in.Cols[c][p.row]
		}
		if id == graph.Any && r >= 0 {
			if c := p.fromTable[i]; c >= 0 {
				id = p.table.rows.cols[c][r]
			}
		}
		out.Cols[i] = append(out.Cols[i], id)
	}
	if p.weighted {
		w := p.in.weight(p.row)
		if r >= 0 && len(p.table.rows.weights) > 0 {
			w *= p.table.rows.weights[r]
		}
		out.Weights = append(out.Weights, w)
	}
	out.N++
}
