package plan

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Env is what a plan is made for: one snapshot and the dataset seen in it.
type Env struct {
	Snapshot graph.Snapshot
	// ID returns the id of a term: the snapshot's, or a local one when the
	// snapshot has none.
	ID func(rdf.Term) (graph.ID, error)
	// Default is the default graph of the dataset; Named lists the named
	// graphs, its Kind is GraphVar.
	Default, Named Active
	// Disabled names rules that must not be used.
	Disabled map[string]bool
	// Perturb, when it is not zero, seeds random changes of all costs, so that
	// tests meet plans that nobody would choose.
	Perturb uint64
	// ServiceOff makes SERVICE an error at planning.
	ServiceOff bool
}

// Plan is a physical plan.
type Plan struct {
	Root  Node
	Rules []string // the rules that were used, each once, in order of first use
}

// Build plans the evaluation of n.
func Build(ctx context.Context, n algebra.Node, env Env) (*Plan, error) {
	p := &planner{ctx: ctx, env: env, fired: make(map[string]bool), estimates: make(map[estimateKey]float64), predicates: make(map[graph.ID]*graph.PredicateStats)}
	if env.Perturb != 0 {
		p.random = rand.New(rand.NewPCG(env.Perturb, 1))
	}
	if err := p.loadTotals(); err != nil {
		return nil, err
	}
	n = p.rewrite(n)
	root, err := p.node(n, env.Default, nil)
	if err != nil {
		return nil, err
	}
	root = p.finish(root)
	p.parallel(root)
	p.useOperators(root)
	return &Plan{Root: root, Rules: p.rules}, nil
}

// useOperators records the rules whose operators are in the plan that was
// chosen.
func (p *planner) useOperators(n Node) {
	switch n := n.(type) {
	case *Scan:
		if n.Ranges != nil {
			p.use(ruleFilterToRange)
		}
	case *IndexJoin:
		p.use(ruleIndexJoin)
	case *MergeJoin:
		p.use(ruleMergeJoin)
	case *TrieJoin:
		p.use(ruleTrieJoin)
	case *BindJoin:
		p.use(ruleBindJoin)
	case *Fold:
		p.use(ruleFoldTripleTerm)
	case *Parallel:
		p.use(ruleParallel)
	}
	for _, in := range n.Inputs() {
		p.useOperators(in)
	}
}

type planner struct {
	ctx     context.Context
	env     Env
	fired   map[string]bool
	rules   []string
	fresh   int
	depth   int         // of bind joins whose right sides are being planned
	steps   int         // joins looked at so far
	rebinds int         // right sides planned so far
	wish    algebra.Var // the operator above would like rows to ascend by it
	random  *rand.Rand

	total       float64 // quads in the graph
	graphs      float64 // named graphs, estimated
	onlyDefault bool    // all quads are in the default graph
	estimates   map[estimateKey]float64
	predicates  map[graph.ID]*graph.PredicateStats
}

// use reports whether a rule may be used, and records that it is.
func (p *planner) use(rule string) bool {
	if p.env.Disabled[rule] {
		return false
	}
	if !p.fired[rule] {
		p.fired[rule] = true
		p.rules = append(p.rules, rule)
	}
	return true
}

// allowed reports whether a rule may be used, without recording a use.
func (p *planner) allowed(rule string) bool { return !p.env.Disabled[rule] }

// freshVar returns a variable that no query can write and no other operator
// uses.
func (p *planner) freshVar(stem string) algebra.Var {
	p.fresh++
	return algebra.Var(fmt.Sprintf(".%s%d", stem, p.fresh))
}

// outer is the bindings that an enclosing BindJoin pushes into its right side.
type outer struct {
	join *BindJoin
	vars []algebra.Var // as called here
	from []algebra.Var // as called in the left side of the join
	rows float64
	dist map[algebra.Var]float64
}

// only returns o restricted to vars in keep, nil when nothing is left.
func (o *outer) only(keep VarSet) *outer {
	if o == nil {
		return nil
	}
	r := &outer{join: o.join, rows: o.rows, dist: o.dist}
	for i, v := range o.vars {
		if keep[v] {
			r.vars = append(r.vars, v)
			r.from = append(r.from, o.from[i])
		}
	}
	if len(r.vars) == 0 {
		return nil
	}
	return r
}

// distinctRows returns about how many different bindings there are.
func (o *outer) distinctRows() float64 {
	n := 1.0
	for _, v := range o.from {
		d, ok := o.dist[v]
		if !ok {
			return o.rows
		}
		n *= max(1, d)
	}
	return min(n, o.rows)
}

// without returns o without v.
func (o *outer) without(drop ...algebra.Var) *outer {
	if o == nil {
		return nil
	}
	keep := Set(o.vars...)
	for _, v := range drop {
		delete(keep, v)
	}
	return o.only(keep)
}

// node plans n over the active graph a. When o is given, solutions that agree
// with none of its bindings may be left out, and need not be.
//
// Restricting an operand to o is legal where each solution of the operator
// takes its values of o's variables, unchanged and certainly bound, from that
// operand.
func (p *planner) node(n algebra.Node, a Active, o *outer) (Node, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *algebra.BGP, *algebra.Path, *algebra.Join, *algebra.Values:
		return p.group(n, nil, a, o)
	case *algebra.Filter:
		return p.filter(n, a, o)
	case *algebra.LeftJoin:
		return p.leftJoin(n, a, o)
	case *algebra.Union:
		return p.union(n, a, o)
	case *algebra.Minus:
		return p.minus(n, a, o)
	case *algebra.Extend:
		return p.extend(n, a, o)
	case *algebra.Graph:
		return p.graph(n, a, o)
	case *algebra.Service:
		return p.service(n, nil, a)
	case *algebra.Group:
		return p.groupBy(n, a, o)
	case *algebra.Project:
		in, err := p.node(n.Input, a, o.only(intersection(Set(n.Vars...), certain(n.Input))))
		if err != nil {
			return nil, err
		}
		return project(in, n.Vars, a), nil
	case *algebra.Distinct:
		in, err := p.node(n.Input, a, o.only(certain(n.Input)))
		if err != nil {
			return nil, err
		}
		return p.distinct(in), nil
	case *algebra.Reduced:
		// REDUCED may keep every solution (§18.5).
		return p.node(n.Input, a, o.only(certain(n.Input)))
	case *algebra.OrderBy:
		in, err := p.node(n.Input, a, o.only(certain(n.Input)))
		if err != nil {
			return nil, err
		}
		return p.sort(in, n.Keys, -1, a)
	case *algebra.Slice:
		return p.slice(n, a)
	case *algebra.Lateral:
		return nil, fmt.Errorf("plan: LATERAL is not supported yet: %w", graph.ErrBadRequest)
	default:
		return nil, fmt.Errorf("plan: no operator for %T", n)
	}
}

// withGraph makes sure that in binds the graph variable of a.
func (p *planner) withGraph(in Node, a Active) Node {
	if a.Kind != GraphVar || in.Properties().Certain[a.Var] {
		return in
	}
	return p.hashJoin(Inner, in, p.graphNames(a), nil, a)
}

func (p *planner) graphNames(a Active) Node {
	n := &GraphNames{Active: a}
	n.Vars, n.Certain, n.Unique = []algebra.Var{a.Var}, Set(a.Var), true
	n.Rows, n.Cost = p.graphCount(a), p.graphCount(a)
	n.Sorted = n.Vars
	return n
}

func (p *planner) filter(n *algebra.Filter, a Active, o *outer) (Node, error) {
	var conds []algebra.Expr
	var input algebra.Node = n
	for {
		f, ok := input.(*algebra.Filter)
		if !ok {
			break
		}
		conds = conjuncts(f.Cond, conds)
		input = f.Input
	}
	// EXISTS that can be joined is joined on top of everything else.
	var exists []*algebra.Exists
	rest := conds[:0:0]
	for _, c := range conds {
		if e, ok := c.(*algebra.Exists); ok && p.allowed(ruleExistsToSemiJoin) && semiJoinable(e, input) {
			exists = append(exists, e)
			continue
		}
		rest = append(rest, c)
	}
	if len(exists) > 0 {
		defer p.wishFor(onlyShared(input, exists[0].Pattern))()
	}
	in, err := p.group(input, rest, a, o)
	if err != nil {
		return nil, err
	}
	for _, e := range exists {
		p.use(ruleExistsToSemiJoin)
		kind := Semi
		if e.Not {
			kind = Anti
		}
		if in, err = p.joinWith(kind, p.withGraph(in, a), e.Pattern, nil, nil, a); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// filtered puts a Filter on in.
func (p *planner) filtered(in Node, conds []algebra.Expr, a Active) Node {
	if len(conds) == 0 {
		return in
	}
	for _, c := range conds {
		if hasExists(c) {
			in = p.withGraph(in, a)
			break
		}
	}
	f := &Filter{Input: in, Conds: conds, Active: a}
	ip := in.Properties()
	f.Props = *ip
	f.Certain = ip.Certain.clone()
	f.Cost += ip.Rows * exprCost(conds)
	for _, c := range conds {
		f.Rows *= p.selectivity(c, ip)
		for v := range needed(c) {
			if ip.Has(v) {
				f.Certain[v] = true
			}
		}
	}
	return f
}

// onlyShared returns the variable that the solutions of both share, when it is
// one and surely bound in both.
func onlyShared(l, r algebra.Node) algebra.Var {
	both := intersection(possible(l), possible(r))
	if len(both) != 1 {
		return ""
	}
	for v := range both {
		if certain(l)[v] && certain(r)[v] {
			return v
		}
	}
	return ""
}

// wishFor makes v what rows should ascend by, unless it is empty, until the
// function returned is called.
func (p *planner) wishFor(v algebra.Var) func() {
	old := p.wish
	if v != "" {
		p.wish = v
	}
	return func() { p.wish = old }
}

func (p *planner) leftJoin(n *algebra.LeftJoin, a Active, o *outer) (Node, error) {
	defer p.wishFor(onlyShared(n.Left, n.Right))()
	left, err := p.node(n.Left, a, o.only(certain(n.Left)))
	if err != nil {
		return nil, err
	}
	var conds []algebra.Expr
	right := n.Right
	if n.Cond != nil {
		inRight := certain(n.Right)
		for _, c := range conjuncts(n.Cond, nil) {
			// The merged solution takes these values from the right side.
			if inRight.HasAll(algebra.Vars(c)) && !Volatile(c) && !hasExists(c) && p.use(rulePushConditionIntoOptional) {
				right = &algebra.Filter{Input: right, Cond: c}
				continue
			}
			conds = append(conds, c)
		}
	}
	for _, c := range conds {
		if hasExists(c) {
			left = p.withGraph(left, a)
		}
	}
	return p.joinWith(Left, left, right, conds, nil, a)
}

// joinWith plans the join of a planned left side with a right side in algebra,
// choosing the way by cost.
func (p *planner) joinWith(kind JoinKind, left Node, right algebra.Node, conds []algebra.Expr, domain []algebra.Var, a Active) (Node, error) {
	lp := left.Properties()
	whole, err := p.node(right, a, nil)
	if err != nil {
		return nil, err
	}
	best := Node(p.hashJoin(kind, left, whole, conds, a))
	if h, ok := best.(*HashJoin); ok {
		h.Domain = domain
	}
	if wp := whole.Properties(); len(conds) == 0 && kind != Minus && (kind != Left || oneRun(whole)) &&
		mergeable(kind, lp, wp) && p.allowed(ruleMergeJoin) {
		if mj := p.mergeJoin(kind, left, whole); mj.Properties().Cost < best.Properties().Cost {
			best = mj
		}
	}
	// A single pattern is looked up per row.
	if bgp, ok := right.(*algebra.BGP); ok && len(bgp.Patterns) == 1 && len(conds) == 0 && kind != Minus && p.allowed(ruleIndexJoin) && p.joiner() == nil {
		units, err := p.patternUnits(bgp.Patterns[0], a)
		if err != nil {
			return nil, err
		}
		if len(units) == 1 && units[0].matchable() {
			if ij := p.indexJoin(kind, left, units[0]); ij != nil && ij.Cost < best.Properties().Cost {
				best = ij
			}
		}
	}
	// Otherwise the right side is restricted to what the left side binds.
	shared := intersection(lp.Certain, certain(right))
	if a.Kind == GraphVar && lp.Certain[a.Var] && whole.Properties().Certain[a.Var] {
		shared[a.Var] = true
	}
	// One that shares nothing is gone through for each few rows of the left side,
	// which costs no more than the product does, and is not kept.
	product := kind == Left && len(intersection(possible(right), Set(lp.Vars...))) == 0
	if (len(shared) > 0 || product) && p.mayBind() && lp.Rows < whole.Properties().Cost {
		bj, err := p.bindJoin(kind, left, right, shared, conds, a)
		if err != nil {
			return nil, err
		}
		bj.Domain = domain
		if bj.Cost < best.Properties().Cost {
			best = bj
		}
	}
	return best, nil
}

// oneRun reports whether the rows of n with one key are some of a pattern's, so
// that a merge may hold them all: those of a join may be any number.
func oneRun(n Node) bool {
	switch n := n.(type) {
	case *Scan:
		return true
	case *Filter:
		return oneRun(n.Input)
	}
	return false
}

func (p *planner) union(n *algebra.Union, a Active, o *outer) (Node, error) {
	u := &Union{}
	var flatten func(n algebra.Node) error
	flatten = func(n algebra.Node) error {
		if b, ok := n.(*algebra.Union); ok {
			if err := flatten(b.Left); err != nil {
				return err
			}
			return flatten(b.Right)
		}
		b, err := p.node(n, a, o.only(certain(n)))
		if err != nil {
			return err
		}
		u.Branches = append(u.Branches, b)
		return nil
	}
	if err := flatten(n); err != nil {
		return nil, err
	}
	p.unionProps(u)
	return u, nil
}

func (p *planner) unionProps(u *Union) {
	u.Distinct = make(map[algebra.Var]float64)
	seen := VarSet{}
	for i, b := range u.Branches {
		bp := b.Properties()
		for _, v := range bp.Vars {
			if !seen[v] {
				seen[v] = true
				u.Vars = append(u.Vars, v)
			}
			u.Distinct[v] += bp.distinct(v)
		}
		u.Rows += bp.Rows
		u.Cost += bp.Cost
		if i == 0 {
			u.Certain = bp.Certain.clone()
		} else {
			u.Certain = intersection(u.Certain, bp.Certain)
		}
	}
}

func (p *planner) minus(n *algebra.Minus, a Active, o *outer) (Node, error) {
	defer p.wishFor(onlyShared(n.Left, n.Right))()
	left, err := p.node(n.Left, a, o.only(certain(n.Left)))
	if err != nil {
		return nil, err
	}
	inLeft := possible(n.Left)
	var domain []algebra.Var
	for _, v := range algebra.Binds(n.Right) {
		if inLeft[v] {
			domain = append(domain, v)
		}
	}
	if len(domain) == 0 {
		return left, nil // no solution of the right shares a variable
	}
	left = p.withGraph(left, a)
	sure := intersection(certain(n.Left), certain(n.Right))
	for _, v := range domain {
		if sure[v] && p.use(ruleMinusToAntiJoin) {
			// Each pair shares v, so only compatibility is left to test.
			return p.joinWith(Anti, left, n.Right, nil, nil, a)
		}
	}
	right, err := p.node(n.Right, a, nil)
	if err != nil {
		return nil, err
	}
	j := p.hashJoin(Minus, left, right, nil, a)
	j.Domain = domain
	return j, nil
}

func (p *planner) extend(n *algebra.Extend, a Active, o *outer) (Node, error) {
	in, err := p.node(n.Input, a, o.without(n.Var).only(certain(n.Input)))
	if err != nil {
		return nil, err
	}
	if hasExists(n.Expr) {
		in = p.withGraph(in, a)
	}
	e := &Extend{Input: in, Var: n.Var, Expr: n.Expr, Active: a}
	ip := in.Properties()
	e.Props = *ip
	e.Vars = append(append([]algebra.Var(nil), ip.Vars...), n.Var)
	e.Certain = ip.Certain.clone()
	if certain(n)[n.Var] {
		e.Certain[n.Var] = true
	}
	e.Cost += ip.Rows * exprCost([]algebra.Expr{n.Expr})
	return e, nil
}

func project(in Node, vars []algebra.Var, a Active) Node {
	ip := in.Properties()
	pr := &Project{Input: in}
	pr.Props = *ip
	pr.Vars = append([]algebra.Var(nil), vars...)
	if a.Kind == GraphVar && ip.Has(a.Var) && pr.Column(a.Var) < 0 {
		pr.Vars = append(pr.Vars, a.Var)
	}
	keep := Set(pr.Vars...)
	pr.Certain = intersection(ip.Certain, keep)
	pr.Sorted = nil
	for _, v := range ip.Sorted {
		if !keep[v] {
			break
		}
		pr.Sorted = append(pr.Sorted, v)
	}
	pr.Unique = ip.Unique && keep.HasAll(ip.Vars)
	return pr
}

func (p *planner) distinct(in Node) Node {
	ip := in.Properties()
	if ip.Unique && p.use(ruleDropDistinct) {
		return in
	}
	d := &Distinct{Input: in}
	d.Props = *ip
	d.Unique = true
	n := 1.0
	for _, v := range ip.Vars {
		n *= ip.distinct(v)
	}
	d.Rows = min(ip.Rows, n)
	d.Cost += ip.Rows * 4
	return d
}

func (p *planner) sort(in Node, keys []algebra.OrderKey, limit int64, a Active) (Node, error) {
	for _, k := range keys {
		if hasExists(k.Expr) {
			in = p.withGraph(in, a)
			break
		}
	}
	s := &Sort{Input: in, Keys: keys, Limit: limit, Active: a}
	s.Props = *in.Properties()
	s.Sorted = nil
	s.Cost += s.Rows * 10
	if limit >= 0 {
		s.Rows = min(s.Rows, float64(limit))
	}
	return s, nil
}

// slice plans LIMIT and OFFSET. Above ORDER BY only the first rows are kept
// while sorting; the projection between them changes nothing about that.
func (p *planner) slice(n *algebra.Slice, a Active) (Node, error) {
	input := n.Input
	var vars []algebra.Var
	if pr, ok := input.(*algebra.Project); ok {
		vars, input = pr.Vars, pr.Input
	}
	var in Node
	var err error
	if ob, ok := input.(*algebra.OrderBy); ok && n.Limit >= 0 && n.Offset >= 0 && n.Offset < 1<<30 && n.Limit < 1<<30 && p.use(ruleTopK) {
		if in, err = p.node(ob.Input, a, nil); err != nil {
			return nil, err
		}
		if in, err = p.sort(in, ob.Keys, n.Offset+n.Limit, a); err != nil {
			return nil, err
		}
		if vars != nil {
			in = project(in, vars, a)
		}
	} else if in, err = p.node(n.Input, a, nil); err != nil {
		return nil, err
	}
	s := &Slice{Input: in, Offset: n.Offset, Limit: n.Limit}
	s.Props = *in.Properties()
	if n.Limit >= 0 {
		s.Rows = min(s.Rows, float64(n.Limit))
	}
	return s, nil
}

func (p *planner) groupBy(n *algebra.Group, a Active, o *outer) (Node, error) {
	if c, ok, err := p.countFromDirectory(n, a); ok || err != nil {
		return c, err
	}
	keep := VarSet{}
	for _, k := range n.Keys {
		if v, ok := k.Expr.(algebra.VarExpr); ok && v.Var == k.Var {
			keep[k.Var] = true
		}
	}
	old := p.wish
	p.wish = ""
	if len(n.Keys) == 1 {
		if v, ok := n.Keys[0].Expr.(algebra.VarExpr); ok {
			p.wish = v.Var
		}
	}
	in, err := p.node(n.Input, a, o.only(intersection(keep, certain(n.Input))))
	p.wish = old
	if err != nil {
		return nil, err
	}
	keys := n.Keys
	if a.Kind == GraphVar { // one set of groups per graph
		in = p.withGraph(in, a)
		keys = append(append([]algebra.GroupKey(nil), keys...), algebra.GroupKey{Expr: algebra.VarExpr{Var: a.Var}, Var: a.Var})
	}
	for _, e := range algebra.Exprs(n) {
		if hasExists(e) {
			in = p.withGraph(in, a)
		}
	}
	in = p.groupInOrder(in, n, keys)
	g := &Group{Input: in, Keys: keys, Aggregates: n.Aggregates, Active: a}
	ip := in.Properties()
	g.Certain, g.Distinct, g.Unique = certain(n), ip.Distinct, true
	if a.Kind == GraphVar {
		g.Certain[a.Var] = true
	}
	groups := 1.0
	for _, k := range keys {
		g.Vars = append(g.Vars, k.Var)
		groups *= ip.distinct(k.Var)
	}
	for _, agg := range n.Aggregates {
		g.Vars = append(g.Vars, agg.Var)
	}
	g.Rows = max(1, min(groups, ip.Rows))
	g.Cost = ip.Cost + ip.Rows*float64(3+len(n.Aggregates))
	return g, nil
}

func (p *planner) service(n *algebra.Service, input Node, a Active) (Node, error) {
	if p.env.ServiceOff && !n.Silent {
		return nil, fmt.Errorf("SERVICE is switched off: %w", graph.ErrBadRequest)
	}
	s := &Service{Input: input, Pattern: n, Silent: n.Silent}
	s.Certain = VarSet{}
	seen := VarSet{}
	rows := 1000.0
	if input != nil {
		ip := input.Properties()
		s.Vars, s.Certain, rows = append(s.Vars, ip.Vars...), ip.Certain.clone(), ip.Rows*2
		seen = Set(ip.Vars...)
	}
	for _, v := range algebra.InScope(n) {
		if !seen[v] {
			s.Vars = append(s.Vars, v)
		}
	}
	for v := range certain(n) {
		if !v.IsBlank() && !v.IsInternal() {
			s.Certain[v] = true
		}
	}
	s.Rows, s.Cost = rows, 1e6
	return s, nil
}

// empty returns a plan without rows.
func empty(vars []algebra.Var, note string) *Rows {
	r := &Rows{Note: note}
	r.Vars, r.Certain, r.Unique = vars, Set(vars...), true
	return r
}

// one returns the plan of one empty solution.
func one() *Rows {
	r := &Rows{IDs: [][]graph.ID{{}}}
	r.Rows, r.Certain, r.Unique = 1, VarSet{}, true
	return r
}
