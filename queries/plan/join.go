package plan

import (
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/belligraph/belligraph/queries/algebra"
)

// The bounds of the search for a join order. Beyond dpUnits operands, or when
// dpSteps joins have been looked at in one group or planSteps in the whole
// query, the order is chosen greedily: planning a star of 25 patterns must not
// take longer than running it.
const (
	bushyUnits = 6
	dpUnits    = 10
	dpSteps    = 3000
	planSteps  = 3000
)

// From cheapFrom operands on a greedy order is taken as it is when its cost is
// below cheapCost, doubled for each further operand, as the time to plan is.
const (
	cheapFrom = 5
	cheapCost = 10_000.0
)

// candidate is a plan for a subset of the operands.
type candidate struct {
	node Node
	cost float64
}

// table holds the plans of one subset: the cheapest, and for each variable the
// cheapest of those that ascend by it, when that costs more.
type table []candidate

// accepts reports whether a plan of this cost and order would be kept.
func (t *table) accepts(cost float64, key algebra.Var) bool {
	for _, c := range *t {
		o := c.node.Properties()
		if o.Cost <= cost && (key == "" || len(o.Sorted) > 0 && o.Sorted[0] == key) {
			return false
		}
	}
	return true
}

func (t *table) add(n Node) {
	if n == nil {
		return
	}
	pr := n.Properties()
	var key algebra.Var
	if len(pr.Sorted) > 0 {
		key = pr.Sorted[0]
	}
	if !t.accepts(pr.Cost, key) {
		return
	}
	*t = slices.DeleteFunc(*t, func(c candidate) bool {
		o := c.node.Properties()
		return o.Cost >= pr.Cost && (len(o.Sorted) == 0 || key == o.Sorted[0])
	})
	*t = append(*t, candidate{n, pr.Cost})
}

// choose returns the cheapest plan, or one that ascends by the variable wished
// for if that costs less more than hashing its rows would.
func (t table) choose(wish algebra.Var) Node {
	best := t.best()
	if best == nil || wish == "" {
		return best
	}
	bp := best.Properties()
	limit := bp.Cost + bp.Rows*costProbe
	for _, c := range t {
		if pr := c.node.Properties(); first(pr.Sorted) == wish && pr.Cost <= limit {
			best, limit = c.node, pr.Cost
		}
	}
	return best
}

func (t table) best() Node {
	var best Node
	for _, c := range t {
		if best == nil || c.cost < best.Properties().Cost {
			best = c.node
		}
	}
	return best
}

// enumerate returns the cheapest join of all operands that it finds.
func (g *joinGroup) enumerate() (Node, error) {
	n, err := g.joined()
	if err != nil || len(g.units) < 2 {
		return n, err
	}
	return g.withTrie(n)
}

// joined returns the cheapest join, two by two, that it finds.
func (g *joinGroup) joined() (Node, error) {
	if len(g.units) == 1 {
		t := g.leaf(0)
		if n := t.choose(g.p.wish); n != nil {
			return n, nil
		}
		return g.greedy()
	}
	if len(g.units) > dpUnits || !g.p.allowed(ruleJoinOrder) || g.p.steps > planSteps {
		return g.greedy()
	}
	if n := len(g.units); n >= cheapFrom {
		// A look-up of a few rows through many patterns would take ten times as
		// long to plan as to run. The estimate bounds what a better order saves.
		quick, err := g.greedy()
		if err == nil && quick.Properties().Cost < cheapCost*float64(int(1)<<(n-cheapFrom)) {
			g.p.use(ruleJoinOrder)
			return quick, nil
		}
	}
	g.p.use(ruleJoinOrder)
	best, err := g.dynamic()
	if err != nil {
		return nil, err
	}
	if best == nil {
		return g.greedy()
	}
	return best, nil
}

// leaf returns the plans of one operand by itself; none for parts of a triple
// term, which need the term or all their variables.
func (g *joinGroup) leaf(i int) table {
	var t table
	switch u := g.units[i]; u.kind {
	case patternUnit:
		for _, n := range g.p.scans(u) {
			t.add(g.applyFilters(n))
			if r := g.ranged(n.(*Scan)); r != nil {
				t.add(r)
			}
		}
	case pathUnit:
		t.add(g.applyFilters(g.p.pathJoin(one(), u)))
	case nodeUnit:
		t.add(g.applyFilters(u.node))
	}
	return t
}

// dynamic finds the best order by dynamic programming over subsets: joins of a
// subset with one more operand, and, for few operands, of two subsets. It
// returns nil when the search is cut off.
func (g *joinGroup) dynamic() (Node, error) {
	n := len(g.units)
	tables := make([]table, 1<<n)
	for i := range g.units {
		tables[1<<i] = g.leaf(i)
	}
	steps := 0
	full := 1<<n - 1
	for mask := 1; mask <= full; mask++ {
		if bits.OnesCount(uint(mask)) < 2 {
			continue
		}
		if err := g.p.ctx.Err(); err != nil {
			return nil, err
		}
		for pass := 0; pass < 2 && len(tables[mask]) == 0; pass++ {
			connectedOnly := pass == 0 // Cartesian products only when there is no other way
			for i, u := range g.units {
				rest := mask &^ (1 << i)
				if mask&(1<<i) == 0 || len(tables[rest]) == 0 {
					continue
				}
				for _, c := range tables[rest] {
					if connectedOnly && !connected(c.node, u) {
						continue
					}
					steps++
					g.extend(&tables[mask], c.node, i, tables[1<<i])
				}
			}
			if n <= bushyUnits {
				for sub := (mask - 1) & mask; sub > mask^sub; sub = (sub - 1) & mask {
					other := mask ^ sub
					if bits.OnesCount(uint(sub)) < 2 || bits.OnesCount(uint(other)) < 2 {
						continue
					}
					for _, l := range tables[sub] {
						for _, r := range tables[other] {
							if connectedOnly && !sharesVar(l.node, r.node) {
								continue
							}
							steps++
							g.joinPlans(&tables[mask], l.node, r.node)
						}
					}
				}
			}
		}
		if steps > dpSteps || g.p.steps > planSteps+dpSteps {
			return nil, nil
		}
	}
	return tables[full].choose(g.p.wish), nil
}

// greedy starts with the cheapest operand and goes on with the join that adds
// least. Of what is joined so far it keeps a plan per order, so that a star is
// merged whichever order its cheapest operand comes in.
func (g *joinGroup) greedy() (Node, error) {
	left := make([]int, len(g.units))
	leaves := make([]table, len(g.units))
	for i := range left {
		left[i] = i
		leaves[i] = g.leaf(i)
	}
	inOrder := !g.p.allowed(ruleJoinOrder)
	var cur table
	for len(left) > 0 {
		if err := g.p.ctx.Err(); err != nil {
			return nil, err
		}
		var best table
		bestAt := -1
		bestScore := 0.0
		for pass := 0; pass < 2 && best == nil; pass++ {
			for at, i := range left {
				var t table
				if cur == nil {
					t = leaves[i]
				} else {
					if pass == 0 && !connected(cur[0].node, g.units[i]) {
						continue
					}
					for _, c := range cur {
						g.extend(&t, c.node, i, leaves[i])
					}
				}
				n := t.best()
				if n == nil {
					continue
				}
				pr := n.Properties()
				score := pr.Cost + pr.Rows*2
				if best == nil || score < bestScore {
					best, bestAt, bestScore = t, at, score
				}
				if inOrder {
					break
				}
			}
		}
		if best == nil {
			// Only parts of triple terms are left and none of them is bound:
			// cannot be, since the pattern that holds the term is an operand.
			return nil, errNoJoin
		}
		cur = best
		left = slices.Delete(left, bestAt, bestAt+1)
	}
	return cur.choose(g.p.wish), nil
}

func connected(n Node, u *unit) bool {
	pr := n.Properties()
	for _, v := range u.vars {
		if pr.Has(v) {
			return true
		}
	}
	return false
}

func sharesVar(l, r Node) bool {
	lp, rp := l.Properties(), r.Properties()
	for _, v := range rp.Vars {
		if lp.Has(v) {
			return true
		}
	}
	return false
}

// extend adds to t the ways of joining plan l with operand i.
func (g *joinGroup) extend(t *table, l Node, i int, leaf table) {
	g.p.steps++
	u := g.units[i]
	applied := l.Properties().Certain
	add := func(n Node) {
		if n != nil {
			// The operand has not been filtered by itself in any of these ways.
			t.add(g.applyFilters(n, applied))
		}
	}
	switch u.kind {
	case partsUnit:
		add(g.p.parts(l, u))
		return
	case patternUnit:
		if g.p.allowed(ruleIndexJoin) {
			add(g.p.indexJoinIf(l, u, t))
		}
	case pathUnit:
		add(g.p.pathJoin(l, u))
	case nodeUnit:
		if svc, ok := u.alg.(*algebra.Service); ok {
			if n, err := g.p.service(svc, l, u.active); err == nil {
				add(n)
			}
			return
		}
		for _, r := range leaf {
			g.joinPlans(t, l, r.node)
		}
		if u.alg != nil && g.p.mayBind() && l.Properties().Rows < u.node.Properties().Cost {
			if shared := intersection(l.Properties().Certain, u.sure); len(shared) > 0 {
				add(g.extendBound(*t, l, u, shared))
			}
		}
		return
	}
	for _, r := range leaf {
		g.joinPlans(t, l, r.node)
	}
}

// extendBound returns the bind join of plan l with operand u, or nil when it
// would not be the cheapest way. It plans the operand anew, which for a union
// of groups costs more than all else in the search; so what it adds to the cost
// of l is remembered by the variables bound and the size of l, and only a plan
// that promises to win is made again.
func (g *joinGroup) extendBound(t table, l Node, u *unit, shared VarSet) Node {
	lp := l.Properties()
	key := boundKey{size: math.Ilogb(max(1, lp.Rows))}
	for _, v := range slices.Sorted(maps.Keys(shared)) {
		key.vars += string(v) + " "
	}
	if adds, known := u.boundCost[key]; known {
		for _, c := range t {
			if lp.Cost+adds >= c.cost {
				return nil
			}
		}
	}
	bj, err := g.p.bindJoin(Inner, l, u.alg, shared, nil, u.active)
	if err != nil {
		return nil
	}
	if u.boundCost == nil {
		u.boundCost = make(map[boundKey]float64)
	}
	u.boundCost[key] = bj.Cost - lp.Cost
	return bj
}

// joinPlans adds the joins of two plans.
func (g *joinGroup) joinPlans(t *table, l, r Node) {
	g.p.steps++
	lp, rp := l.Properties(), r.Properties()
	add := func(n Node) { t.add(g.applyFilters(n, lp.Certain, rp.Certain)) }
	rows := lp.Rows * fanOut(lp, rp)
	// A plan that costs too much is not even made.
	cost, order := hashCost(lp, rp, rows)
	if g.p.random != nil || t.accepts(cost, first(order)) {
		add(g.p.hashJoin(Inner, l, r, nil, g.active))
	}
	if mergeable(Inner, lp, rp) && g.p.allowed(ruleMergeJoin) &&
		(g.p.random != nil || t.accepts(mergeCost(lp, rp, rows), lp.Sorted[0])) {
		add(g.p.mergeJoin(Inner, l, r))
	}
}

// applyFilters puts on n the filters whose variables it binds and that none of
// its operands, which bind the sets of certain variables given, has applied.
func (g *joinGroup) applyFilters(n Node, operands ...VarSet) Node {
	var conds []algebra.Expr
	sure := n.Properties().Certain
next:
	for _, f := range g.filters {
		if f.late || !sure.HasAll(f.vars) {
			continue
		}
		for _, s := range operands {
			if s.HasAll(f.vars) {
				continue next
			}
		}
		conds = append(conds, f.cond)
	}
	if len(conds) == 0 {
		return n
	}
	g.p.use(rulePushFilterIntoJoin)
	return g.p.filtered(n, conds, g.active)
}

// finish puts the filters that had to wait on top.
func (g *joinGroup) finish(n Node) (Node, error) {
	var late []algebra.Expr
	sure := VarSet{}
	for _, u := range g.units {
		sure = union(sure, u.sure)
	}
	for _, f := range g.filters {
		if f.late || !sure.HasAll(f.vars) {
			late = append(late, f.cond)
		}
	}
	return g.p.filtered(n, late, g.active), nil
}

func first(vars []algebra.Var) algebra.Var {
	if len(vars) == 0 {
		return ""
	}
	return vars[0]
}
