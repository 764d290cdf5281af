package plan

import (
	"errors"
	"math"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Costs, in units of one row scanned in index order. Measured roughly on the
// embedded store; only their ratios matter.
const (
	costSeek      = 150.0 // looking a key up at random
	costNearSeek  = 80.0  // looking up keys that ascend
	costSkip      = 12.0  // skipping to a key within a scan
	costBuild     = 8.0   // putting a row into a hash table
	costProbe     = 4.0   // looking a row up in one
	costNearProbe = 2.5   // looking rows up whose keys ascend
	costMerge     = 1.5   // a row of either side of a merge
	costOut       = 1.5   // making a row
	costPathStep  = 60.0  // expanding one node of a path
	costBatch     = 200.0 // starting the right side of a bind join
	bindJoinBatch = 4096  // rows of the left side per start
)

// maxTable is the number of rows beyond which a hash table is likely to be more
// than a query may hold, so that ways that keep less are preferred.
const maxTable = 1 << 23

// buildCost returns the cost of a hash table of so many rows.
func buildCost(rows float64) float64 {
	return (rows + 1000*max(0, rows-maxTable)) * costBuild
}

var errNoJoin = errors.New("plan: no order of the patterns binds the parts of a triple term")

type estimateKey struct {
	pattern graph.Pattern
}

// jitter changes a cost at random when Env.Perturb asks for it.
func (p *planner) jitter(cost float64) float64 {
	if p.random == nil {
		return cost
	}
	return cost * math.Pow(10, 4*p.random.Float64()-2)
}

func (p *planner) loadTotals() error {
	n, err := p.env.Snapshot.Len()
	if err != nil {
		return err
	}
	p.total = float64(n)
	inDefault, exact, err := p.env.Snapshot.Estimate(graph.Pattern{G: graph.DefaultGraph})
	if err != nil {
		return err
	}
	p.onlyDefault = exact && inDefault == n
	p.graphs = 1
	if !p.onlyDefault {
		p.graphs = 0
		err = p.env.Snapshot.Graphs(p.ctx, func(graph.ID) bool { p.graphs++; return p.graphs < 1000 })
	}
	return err
}

// estimate returns about how many quads match.
func (p *planner) estimate(q graph.Pattern) float64 {
	key := estimateKey{q}
	if n, ok := p.estimates[key]; ok {
		return n
	}
	rows, _, err := p.env.Snapshot.Estimate(q)
	n := float64(rows)
	if err != nil {
		n = 1000 // a bad guess makes a slow plan, never a wrong one
	}
	p.estimates[key] = n
	return n
}

func (p *planner) predicate(id graph.ID) *graph.PredicateStats {
	if st, ok := p.predicates[id]; ok {
		return st
	}
	st, ok, err := p.env.Snapshot.PredicateStats(id)
	if err != nil || !ok {
		st = graph.PredicateStats{}
	}
	p.predicates[id] = &st
	return &st
}

// graphCount returns about how many graphs a has.
func (p *planner) graphCount(a Active) float64 {
	if a.All || a.Kind == GraphParam {
		return max(1, p.graphs)
	}
	return float64(len(a.IDs))
}

// rows returns about how many triples of a match the constants of t.
func (p *planner) rows(t Triple, a Active) float64 {
	var q graph.Pattern
	ids := [3]*graph.ID{&q.S, &q.P, &q.O}
	for i, pos := range t {
		if !pos.IsVar() {
			if pos.ID.Tag() == graph.TagLocal {
				return 0
			}
			*ids[i] = pos.ID
		}
	}
	return p.rowsOf(q, a)
}

func (p *planner) rowsOf(q graph.Pattern, a Active) float64 {
	switch a.Kind {
	case GraphOne:
		if !p.onlyDefault || a.IDs[0] != graph.DefaultGraph {
			q.G = a.IDs[0]
		}
		return p.estimate(q)
	case GraphParam:
		return p.estimate(q) / max(1, p.graphs)
	}
	if a.All {
		n := p.estimate(q)
		if a.Kind == GraphVar && n > 0 {
			q.G = graph.DefaultGraph
			if p.onlyDefault {
				return 0
			}
			n -= min(n, p.estimate(q))
		}
		return n
	}
	n := 0.0
	for _, id := range a.IDs[:min(len(a.IDs), 100)] {
		q.G = id
		n += p.estimate(q)
	}
	return n * max(1, float64(len(a.IDs))/100)
}

// distincts returns about how many values each variable of t takes among rows
// matches.
func (p *planner) distincts(t Triple, a Active, rows float64) map[algebra.Var]float64 {
	d := make(map[algebra.Var]float64)
	set := func(pos Pos, n float64) {
		if pos.IsVar() {
			n = max(1, min(n, rows))
			if old, ok := d[pos.Var]; !ok || n < old {
				d[pos.Var] = n
			}
		}
	}
	if !t[1].IsVar() {
		st := p.predicate(t[1].ID)
		// With the other end bound, all values of this end differ.
		subjects, objects := rows, rows
		if t[0].IsVar() && t[2].IsVar() && st.Quads > 0 {
			scale := min(1, rows/float64(st.Quads))
			subjects = max(1, float64(st.DistinctSubjects)*scale)
			objects = max(1, float64(st.DistinctObjects)*math.Sqrt(scale))
		}
		set(t[0], subjects)
		set(t[2], objects)
	} else {
		set(t[0], max(1, rows/5))
		set(t[2], max(1, rows/3))
		set(t[1], 50)
	}
	if a.Kind == GraphVar {
		d[a.Var] = max(1, min(p.graphCount(a), rows))
	}
	return d
}

func (p *planner) selectivity(e algebra.Expr, in *Props) float64 {
	c, ok := e.(*algebra.Call)
	if !ok {
		if x, ok := e.(*algebra.Exists); ok && x.Not {
			return 0.5
		}
		return 0.5
	}
	switch c.Op {
	case "=", "SAMETERM":
		for i, a := range c.Args {
			if v, ok := a.(algebra.VarExpr); ok {
				if _, ok := c.Args[1-i].(algebra.ConstExpr); ok {
					return 1 / in.distinct(v.Var)
				}
			}
		}
		return 0.1
	case "in":
		if v, ok := c.Args[0].(algebra.VarExpr); ok {
			return min(1, float64(len(c.Args)-1)/in.distinct(v.Var))
		}
		return 0.2
	case "<", ">", "<=", ">=":
		return 0.35
	case "!=", "not in", "BOUND":
		return 0.9
	case "REGEX", "CONTAINS", "STRSTARTS", "STRENDS":
		return 0.1
	case "||":
		s := 0.0
		for _, a := range c.Args {
			s += p.selectivity(a, in)
		}
		return min(1, s)
	case "!":
		return 1 - min(0.9, p.selectivity(c.Args[0], in))
	}
	return 0.5
}

func exprCost(es []algebra.Expr) float64 {
	n := 0.0
	for _, e := range es {
		algebra.WalkExpr(e, func(e algebra.Expr) bool {
			n += 2
			if x, ok := e.(*algebra.Exists); ok {
				_ = x
				n += 2000 // by substitution, once per distinct binding
			}
			return true
		})
	}
	return n
}

// scans returns the ways of scanning a pattern: one per column that rows can
// ascend by.
func (p *planner) scans(u *unit) []Node {
	props := p.unitProps(u)
	rows, distinct := props.Rows, props.Distinct
	var out []Node
	seen := make(map[algebra.Var]bool)
	for o := graph.SPOG; o < graph.NumOrders; o++ {
		n, read, ok := p.scanIn(u, o)
		if !ok {
			continue
		}
		s := &Scan{Triple: u.triple, Active: u.active, Order: o}
		s.Vars, s.Certain, s.Distinct = u.vars, u.sure, distinct
		s.Rows = rows
		for _, pos := range repeated(u.triple) {
			s.Rows /= max(1, distinct[pos])
		}
		s.Cost = costSeek + read
		s.Sorted = p.sorted(u, o, n)
		s.Unique = true
		var first algebra.Var
		if len(s.Sorted) > 0 {
			first = s.Sorted[0]
		}
		if seen[first] {
			continue // an earlier order is as good
		}
		seen[first] = true
		out = append(out, s)
	}
	return out
}

// repeated returns the variables that occur more than once in t.
func repeated(t Triple) []algebra.Var {
	var out []algebra.Var
	for i, a := range t {
		for _, b := range t[:i] {
			if a.IsVar() && a.Var == b.Var {
				out = append(out, a.Var)
				break
			}
		}
	}
	return out
}

// scanIn reports whether pattern u can be scanned in order o, how many columns
// of o are bound, and about how many quads are read.
func (p *planner) scanIn(u *unit, o graph.Order) (bound int, read float64, ok bool) {
	q, free := Resolve(u.triple, u.active, p.onlyDefault)
	if n, all := q.BoundPrefix(o); all {
		if u.active.Kind == GraphMerge && o.Columns()[3] != graph.G {
			return 0, 0, false // equal triples of two graphs must be neighbours
		}
		return n, p.rowsOf(graph.Pattern{S: q.S, P: q.P, O: q.O}, u.active), true
	}
	if free.G == q.G {
		return 0, 0, false
	}
	if n, all := free.BoundPrefix(o); all { // the graph is filtered
		return n, p.estimate(free), true
	}
	return 0, 0, false
}

// Resolve returns the quad pattern of the constants of t in the graph a, with
// and without the graph. The two are the same unless a is one graph; onlyDefault
// tells that no quad is outside the default graph.
func Resolve(t Triple, a Active, onlyDefault bool) (withGraph, free graph.Pattern) {
	ids := [3]*graph.ID{&free.S, &free.P, &free.O}
	for i, pos := range t {
		if !pos.IsVar() {
			*ids[i] = pos.ID
		}
	}
	withGraph = free
	switch {
	case a.Kind == GraphOne && !(onlyDefault && a.IDs[0] == graph.DefaultGraph):
		withGraph.G = a.IDs[0]
	case a.Kind == GraphParam:
		withGraph.G = graph.DefaultGraph // a stand-in: some one graph
	}
	return withGraph, free
}

// sorted returns the variables that a scan of u in order o ascends by, after n
// bound columns.
func (p *planner) sorted(u *unit, o graph.Order, n int) []algebra.Var {
	var out []algebra.Var
	seen := VarSet{}
	cols := o.Columns()
	for _, c := range cols[n:] {
		var v algebra.Var
		switch {
		case c != graph.G:
			v = u.triple[c].Var
		case u.active.Kind == GraphVar:
			v = u.active.Var
		}
		if v == "" || seen[v] {
			break
		}
		seen[v] = true
		out = append(out, v)
	}
	return out
}

// fanOut returns about how many rows of r join with a row of l.
func fanOut(l, r *Props) float64 {
	n := r.Rows
	for _, v := range r.Vars {
		if l.Has(v) {
			n /= max(1, l.distinct(v), r.distinct(v))
			if n < 1e-9 {
				break
			}
		}
	}
	return n
}

// joinProps sets the properties of a join of l and r, but for cost and order.
func joinProps(kind JoinKind, out, l, r *Props) {
	out.Vars = append([]algebra.Var(nil), l.Vars...)
	out.Certain = l.Certain
	out.Distinct = l.Distinct
	per := fanOut(l, r)
	switch kind {
	case Semi:
		out.Rows = l.Rows * min(1, per)
		out.Unique = l.Unique
		return
	case Anti, Minus:
		out.Rows = l.Rows * max(0.1, 1-per)
		out.Unique = l.Unique
		return
	}
	out.Distinct = make(map[algebra.Var]float64, len(l.Vars)+len(r.Vars))
	out.Rows = l.Rows * per
	if kind == Left {
		out.Rows = max(out.Rows, l.Rows)
	} else {
		out.Certain = union(l.Certain, r.Certain)
	}
	for _, v := range l.Vars {
		out.Distinct[v] = min(l.distinct(v), max(1, out.Rows))
	}
	for _, v := range r.Vars {
		d := min(r.distinct(v), max(1, out.Rows))
		if old, ok := out.Distinct[v]; ok {
			if kind == Inner && d < old {
				out.Distinct[v] = d
			}
			continue
		}
		out.Vars = append(out.Vars, v)
		out.Distinct[v] = d
	}
	// Rows of two sets stay a set when every column is bound: equal joined
	// rows come from equal operands.
	out.Unique = l.Unique && r.Unique && l.Certain.HasAll(l.Vars) && r.Certain.HasAll(r.Vars)
}

func shared(l, r *Props) []algebra.Var {
	var out []algebra.Var
	for _, v := range l.Vars {
		if r.Has(v) {
			out = append(out, v)
		}
	}
	return out
}

// hashCost returns the cost and order of an inner hash join with so many rows.
// Keys that ascend meet neighbouring places of the table, which are in the cache.
func hashCost(lp, rp *Props, rows float64) (float64, []algebra.Var) {
	build, probe := rp, lp
	if lp.Rows < rp.Rows {
		build, probe = lp, rp
	}
	each := costProbe
	if len(probe.Sorted) > 0 && build.Has(probe.Sorted[0]) {
		each = costNearProbe
	}
	return lp.Cost + rp.Cost + buildCost(build.Rows) + probe.Rows*each + rows*costOut, probe.Sorted
}

func (p *planner) hashJoin(kind JoinKind, l, r Node, conds []algebra.Expr, a Active) *HashJoin {
	lp, rp := l.Properties(), r.Properties()
	j := &HashJoin{Left: l, Right: r, Kind: kind, Shared: shared(lp, rp), Cond: conds, Active: a}
	joinProps(kind, &j.Props, lp, rp)
	if kind == Inner {
		j.BuildLeft = lp.Rows < rp.Rows
		j.Cost, j.Sorted = hashCost(lp, rp, j.Rows)
	} else {
		j.Cost = lp.Cost + rp.Cost + buildCost(rp.Rows) + lp.Rows*costProbe + j.Rows*costOut
		if len(conds) == 0 { // with conditions, rows without a match come last
			j.Sorted = lp.Sorted
		}
	}
	if len(conds) > 0 {
		j.Cost += lp.Rows * max(1, fanOut(lp, rp)) * exprCost(conds)
	}
	j.Cost = p.jitter(j.Cost)
	return j
}

// mergeCost returns the cost of a merge join with so many rows.
func mergeCost(lp, rp *Props, rows float64) float64 {
	// The side with fewer keys lets the other skip.
	few := min(lp.Rows, rp.Rows)
	return lp.Cost + rp.Cost + min(lp.Rows+rp.Rows, few*costSkip*2)*costMerge + rows*costOut
}

// mergeable reports whether both plans ascend by the same variable, and share
// no other unless the join is an inner one.
func mergeable(kind JoinKind, lp, rp *Props) bool {
	return len(lp.Sorted) > 0 && len(rp.Sorted) > 0 && lp.Sorted[0] == rp.Sorted[0] &&
		(kind == Inner || len(shared(lp, rp)) == 1)
}

func (p *planner) mergeJoin(kind JoinKind, l, r Node) Node {
	lp, rp := l.Properties(), r.Properties()
	j := &MergeJoin{Sides: []MergeSide{{l, Inner}, {r, kind}}, Key: lp.Sorted[0], Shared: shared(lp, rp)}
	joinProps(kind, &j.Props, lp, rp)
	j.Cost = mergeCost(lp, rp, j.Rows)
	j.Sorted = lp.Sorted[:1]
	j.Cost = p.jitter(j.Cost)
	return j
}

// indexJoin returns the look-up of pattern u for each row of l.
func (p *planner) indexJoin(kind JoinKind, l Node, u *unit) *IndexJoin {
	lp, r := l.Properties(), p.unitProps(u)
	j := &IndexJoin{Input: l, Triple: u.triple, Active: u.active, Kind: kind}
	joinProps(kind, &j.Props, lp, r)
	if kind == Inner {
		j.Rows = p.lookedUp(l, u)
	}
	j.Cost, j.Sorted = p.indexCost(kind, lp, u, r, j.Rows)
	j.Cost = p.jitter(j.Cost)
	return j
}

// indexJoinIf returns the inner index join when t would keep it.
func (p *planner) indexJoinIf(l Node, u *unit, t *table) Node {
	lp, r := l.Properties(), p.unitProps(u)
	cost, order := p.indexCost(Inner, lp, u, r, p.lookedUp(l, u))
	if p.random == nil && !t.accepts(cost, first(order)) {
		return nil
	}
	return p.indexJoin(Inner, l, u)
}

// countedValues is up to how many values of inline data are looked at one by one.
const countedValues = 64

// lookedUp returns about how many rows the look-up of pattern u for each row of l
// makes. Values that a query lists are often those that there are most of, so what
// each of them matches is asked of the directory.
func (p *planner) lookedUp(l Node, u *unit) float64 {
	lp := l.Properties()
	average := lp.Rows * fanOut(lp, p.unitProps(u))
	rows, ok := l.(*Rows)
	if !ok || len(rows.IDs) > countedValues {
		return average
	}
	at, found := 0, 0
	for c, pos := range u.triple {
		if pos.IsVar() && lp.Has(pos.Var) {
			at = c
			found++
		}
	}
	if found != 1 || u.active.Kind == GraphVar && lp.Has(u.active.Var) || !lp.Certain[u.triple[at].Var] {
		return average
	}
	total := 0.0
	for _, row := range rows.IDs {
		t := u.triple
		t[at] = Pos{ID: row[lp.Column(t[at].Var)]}
		total += p.rows(t, u.active)
	}
	return total
}

// unitProps returns what is known of the matches of a pattern.
func (p *planner) unitProps(u *unit) *Props {
	if u.props == nil {
		rows := p.rows(u.triple, u.active)
		u.props = &Props{Vars: u.vars, Certain: u.sure, Rows: rows, Distinct: p.distincts(u.triple, u.active, rows), Unique: true}
	}
	return u.props
}

func (p *planner) indexCost(kind JoinKind, lp *Props, u *unit, r *Props, rows float64) (float64, []algebra.Var) {
	seek := costSeek
	var bound algebra.Var
	var order []algebra.Var
	n := 0
	for _, v := range u.vars {
		if lp.Has(v) {
			n++
			bound = v
		}
	}
	if n == 0 && kind == Inner && lp.Rows > 1 {
		// A Cartesian product by index reads the pattern again for every row.
		seek += r.Rows
	}
	if n == 1 && len(lp.Sorted) > 0 && lp.Sorted[0] == bound {
		seek = costNearSeek
		order = lp.Sorted[:1]
	}
	cost := lp.Cost + lp.Rows*seek + rows*(costOut+1)
	// An unbound column reads whole stretches of the index; avoid it.
	for _, v := range u.vars {
		if lp.Has(v) && !lp.Certain[v] {
			cost += lp.Rows * r.Rows * 0.1
			break
		}
	}
	return cost, order
}

// The bounds of planning right sides anew. Each may hold groups whose operands
// are planned anew in turn, so that without bounds the time grows with a power
// of the nesting.
const (
	maxBindDepth = 2
	maxRebinds   = 200
)

// mayBind reports whether a bind join may be tried.
func (p *planner) mayBind() bool {
	return p.allowed(ruleBindJoin) && p.depth < maxBindDepth && p.rebinds < maxRebinds && p.steps < planSteps
}

// bindJoin plans right anew, restricted to the bindings of vars in l.
func (p *planner) bindJoin(kind JoinKind, l Node, right algebra.Node, vars VarSet, conds []algebra.Expr, a Active) (*BindJoin, error) {
	lp := l.Properties()
	j := &BindJoin{Left: l, Kind: kind, Cond: conds, Active: a}
	o := &outer{join: j, rows: max(1, min(lp.Rows, bindJoinBatch)), dist: lp.Distinct}
	for _, v := range lp.Vars {
		if vars[v] {
			o.vars = append(o.vars, v)
		}
	}
	o.from = o.vars
	p.depth++
	p.rebinds++
	r, err := p.node(right, a, o)
	p.depth--
	if err != nil {
		return nil, err
	}
	j.Right = r
	rp := r.Properties()
	j.Shared = shared(lp, rp)
	// The estimate of the result must not depend on the way of joining, but
	// here only the restricted right side is known.
	restricted := *rp
	joinProps(kind, &j.Props, &Props{Vars: lp.Vars, Certain: lp.Certain, Rows: o.rows, Distinct: lp.Distinct, Unique: lp.Unique}, &restricted)
	batches := max(1, lp.Rows/bindJoinBatch)
	j.Rows *= batches
	j.Cost = lp.Cost + batches*(costBatch+rp.Cost+rp.Rows*costBuild) + lp.Rows*costProbe*2 + j.Rows*costOut
	j.Sorted = lp.Sorted
	if len(conds) > 0 {
		j.Cost += j.Rows * exprCost(conds)
	}
	j.Cost = p.jitter(j.Cost)
	return j, nil
}

// pathJoin returns the evaluation of path u for each row of l.
func (p *planner) pathJoin(l Node, u *unit) Node {
	lp := l.Properties()
	if u.active.Kind == GraphVar && !lp.Certain[u.active.Var] {
		l = p.withGraph(l, u.active)
		lp = l.Properties()
	}
	j := &PathJoin{Input: l, S: u.s, O: u.o, Path: u.path.Path, Active: u.active}
	reach := max(2, math.Sqrt(p.total)) // of one node, a guess
	isBound := func(pos Pos) bool { return !pos.IsVar() || lp.Certain[pos.Var] }
	r := &Props{Vars: u.vars, Certain: u.sure, Unique: true}
	var per, cost float64
	switch {
	case isBound(u.s) && isBound(u.o):
		per, cost = 0.5, reach*costPathStep/10
	case isBound(u.s) || isBound(u.o):
		per, cost = min(reach, 20), reach*costPathStep/10
	default:
		per, cost = p.total*2+1, (p.total+1)*costPathStep
	}
	joinProps(Inner, &j.Props, lp, r)
	j.Rows = lp.Rows * per
	for _, v := range u.vars {
		if !lp.Has(v) {
			j.Distinct[v] = max(1, j.Rows)
		}
	}
	j.Cost = p.jitter(lp.Cost + lp.Rows*cost + j.Rows*costOut)
	return j
}

// parts returns the plan that takes a triple term of l apart, or puts one
// together; nil when l binds too little for either.
func (p *planner) parts(l Node, u *unit) Node {
	lp := l.Properties()
	if lp.Certain[u.term] {
		n := &Unfold{Input: l, Term: u.term, Parts: u.triple}
		r := &Props{Vars: u.vars, Certain: u.sure, Rows: 1, Unique: true}
		joinProps(Inner, &n.Props, lp, r)
		n.Rows = lp.Rows
		for _, pos := range u.triple {
			if !pos.IsVar() || lp.Has(pos.Var) {
				n.Rows *= 0.2
			}
		}
		n.Cost = lp.Cost + lp.Rows*10
		n.Sorted = lp.Sorted
		return n
	}
	for _, pos := range u.triple {
		if pos.IsVar() && !lp.Certain[pos.Var] {
			return nil
		}
	}
	if !p.allowed(ruleFoldTripleTerm) {
		return nil
	}
	n := &Fold{Input: l, Term: u.term, Parts: u.triple, Nested: u.nested}
	joinProps(Inner, &n.Props, lp, &Props{Vars: []algebra.Var{u.term}, Certain: Set(u.term), Rows: 1, Unique: true})
	n.Rows = lp.Rows * 0.5
	n.Cost = lp.Cost + lp.Rows*costSeek*2
	n.Sorted = lp.Sorted
	return n
}
