package plan

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// The rules, by the names that EXPLAIN shows and that options disable. With any
// set of them disabled a query has the same answers.
const (
	ruleJoinOrder                 = "JoinOrder"
	ruleIndexJoin                 = "IndexJoin"
	ruleMergeJoin                 = "MergeJoin"
	ruleTrieJoin                  = "TrieJoin"
	ruleBindJoin                  = "BindJoin"
	rulePushFilterIntoJoin        = "PushFilterIntoJoin"
	ruleFilterToRange             = "FilterToRange"
	rulePushFilterIntoUnion       = "PushFilterIntoUnion"
	rulePushFilterIntoOptional    = "PushFilterIntoOptional"
	rulePushFilterIntoExtend      = "PushFilterIntoExtend"
	rulePushConditionIntoOptional = "PushConditionIntoOptional"
	ruleOptionalToJoin            = "OptionalToJoin"
	ruleHoistOptional             = "HoistOptional"
	ruleEqualToValues             = "EqualToValues"
	ruleExistsToSemiJoin          = "ExistsToSemiJoin"
	ruleMinusToAntiJoin           = "MinusToAntiJoin"
	ruleGraphAsColumn             = "GraphAsColumn"
	ruleFoldTripleTerm            = "FoldTripleTerm"
	ruleTopK                      = "TopK"
	ruleDropDistinct              = "DropDistinct"
	ruleCountFromDirectory        = "CountFromDirectory"
	ruleGroupInOrder              = "GroupInOrder"
	ruleNarrow                    = "Narrow"
	rulePushJoin                  = "PushJoin"
	ruleParallel                  = "Parallel"
)

// Rules lists the rules.
func Rules() []string {
	return []string{
		ruleJoinOrder, ruleIndexJoin, ruleMergeJoin, ruleTrieJoin, ruleBindJoin,
		rulePushFilterIntoJoin, ruleFilterToRange, rulePushFilterIntoUnion, rulePushFilterIntoOptional, rulePushFilterIntoExtend,
		rulePushConditionIntoOptional, ruleOptionalToJoin, ruleHoistOptional, ruleEqualToValues,
		ruleExistsToSemiJoin, ruleMinusToAntiJoin, ruleGraphAsColumn, ruleFoldTripleTerm,
		ruleTopK, ruleDropDistinct, ruleCountFromDirectory, ruleGroupInOrder, ruleNarrow,
		rulePushJoin, ruleParallel,
	}
}

// rewrite applies the rewrites of the algebra from the leaves up, each until it
// no longer applies.
func (p *planner) rewrite(n algebra.Node) algebra.Node {
	n = mapChildren(n, p.rewrite)
	for range 100 { // each rewrite moves an operator down; the bound is a fuse
		changed := false
		for _, r := range []struct {
			name  string
			apply func(algebra.Node) (algebra.Node, bool)
		}{
			{rulePushFilterIntoUnion, pushFilterIntoUnion},
			{ruleOptionalToJoin, optionalToJoin},
			{rulePushFilterIntoOptional, pushFilterIntoOptional},
			{rulePushFilterIntoExtend, pushFilterIntoExtend},
			{ruleHoistOptional, hoistOptional},
			{ruleEqualToValues, equalToValues},
		} {
			if !p.allowed(r.name) {
				continue
			}
			if m, ok := r.apply(n); ok {
				p.use(r.name)
				// The operator that moved down may go on moving.
				n = mapChildren(m, p.rewrite)
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	return n
}

// mapChildren returns n with f applied to its operands.
func mapChildren(n algebra.Node, f func(algebra.Node) algebra.Node) algebra.Node {
	switch n := n.(type) {
	case *algebra.Join:
		return &algebra.Join{Left: f(n.Left), Right: f(n.Right)}
	case *algebra.LeftJoin:
		return &algebra.LeftJoin{Left: f(n.Left), Right: f(n.Right), Cond: n.Cond}
	case *algebra.Union:
		return &algebra.Union{Left: f(n.Left), Right: f(n.Right)}
	case *algebra.Minus:
		return &algebra.Minus{Left: f(n.Left), Right: f(n.Right)}
	case *algebra.Lateral:
		return &algebra.Lateral{Left: f(n.Left), Right: f(n.Right)}
	case *algebra.Filter:
		return &algebra.Filter{Input: f(n.Input), Cond: n.Cond}
	case *algebra.Extend:
		return &algebra.Extend{Input: f(n.Input), Var: n.Var, Expr: n.Expr}
	case *algebra.Graph:
		return &algebra.Graph{Name: n.Name, Input: f(n.Input)}
	case *algebra.Group:
		return &algebra.Group{Input: f(n.Input), Keys: n.Keys, Aggregates: n.Aggregates}
	case *algebra.OrderBy:
		return &algebra.OrderBy{Input: f(n.Input), Keys: n.Keys}
	case *algebra.Project:
		return &algebra.Project{Input: f(n.Input), Vars: n.Vars}
	case *algebra.Distinct:
		return &algebra.Distinct{Input: f(n.Input)}
	case *algebra.Reduced:
		return &algebra.Reduced{Input: f(n.Input)}
	case *algebra.Slice:
		return &algebra.Slice{Input: f(n.Input), Offset: n.Offset, Limit: n.Limit}
	default: // leaves; SERVICE is sent as it was written
		return n
	}
}

// splitFilter divides the conjuncts of a filter by a test.
func splitFilter(f *algebra.Filter, test func(algebra.Expr) bool) (yes, no []algebra.Expr) {
	for _, c := range conjuncts(f.Cond, nil) {
		if test(c) {
			yes = append(yes, c)
		} else {
			no = append(no, c)
		}
	}
	return yes, no
}

func filterOf(n algebra.Node, conds []algebra.Expr) algebra.Node {
	if len(conds) == 0 {
		return n
	}
	return &algebra.Filter{Input: n, Cond: conjunction(conds)}
}

// pushFilterIntoUnion: a filter over a union filters each branch, since each
// solution comes from one of them unchanged.
//
// Counter-example: FILTER(RAND() < 0.5) may move too, as it is evaluated once
// per solution either way; a filter never moves into the right side of a MINUS,
// where solutions are counted against others.
func pushFilterIntoUnion(n algebra.Node) (algebra.Node, bool) {
	f, ok := n.(*algebra.Filter)
	if !ok {
		return n, false
	}
	u, ok := f.Input.(*algebra.Union)
	if !ok {
		return n, false
	}
	return &algebra.Union{
		Left:  &algebra.Filter{Input: u.Left, Cond: f.Cond},
		Right: &algebra.Filter{Input: u.Right, Cond: f.Cond},
	}, true
}

// pushFilterIntoOptional: a filter over a LeftJoin filters its left side, when
// it reads only variables that every solution of the left side binds.
//
// Counter-example: { {?x :p ?v} UNION {?x :q ?w} OPTIONAL {?x :r ?v} FILTER(?v > 1) }:
// the left side may leave ?v to the right side.
func pushFilterIntoOptional(n algebra.Node) (algebra.Node, bool) {
	f, ok := n.(*algebra.Filter)
	if !ok {
		return n, false
	}
	lj, ok := f.Input.(*algebra.LeftJoin)
	if !ok {
		return n, false
	}
	inLeft := certain(lj.Left)
	down, stay := splitFilter(f, func(c algebra.Expr) bool {
		return inLeft.HasAll(algebra.Vars(c)) && !Volatile(c)
	})
	if len(down) == 0 {
		return n, false
	}
	return filterOf(&algebra.LeftJoin{Left: filterOf(lj.Left, down), Right: lj.Right, Cond: lj.Cond}, stay), true
}

// pushFilterIntoExtend: a filter that does not read the new variable may go
// before the BIND, which keeps every solution.
//
// Counter-example: { ?x :p ?v BIND(?v*2 AS ?w) FILTER(?w > 4) }.
func pushFilterIntoExtend(n algebra.Node) (algebra.Node, bool) {
	f, ok := n.(*algebra.Filter)
	if !ok {
		return n, false
	}
	e, ok := f.Input.(*algebra.Extend)
	if !ok || Volatile(e.Expr) {
		return n, false
	}
	down, stay := splitFilter(f, func(c algebra.Expr) bool {
		return !Set(algebra.Vars(c)...)[e.Var] && !Volatile(c)
	})
	if len(down) == 0 {
		return n, false
	}
	return filterOf(&algebra.Extend{Input: filterOf(e.Input, down), Var: e.Var, Expr: e.Expr}, stay), true
}

// optionalToJoin: a LeftJoin under a filter that drops every row in which the
// right side is missing is a join; so is its condition a filter.
//
// Counter-example: FILTER(!BOUND(?w)) and FILTER(COALESCE(?w, 0) > 1) keep such
// rows. With ?v also bound on the left, FILTER(?v > 1) drops nothing for want
// of the right side.
func optionalToJoin(n algebra.Node) (algebra.Node, bool) {
	f, ok := n.(*algebra.Filter)
	if !ok {
		return n, false
	}
	lj, ok := f.Input.(*algebra.LeftJoin)
	if !ok {
		return n, false
	}
	inLeft := possible(lj.Left)
	for _, c := range conjuncts(f.Cond, nil) {
		for v := range needed(c) {
			if !inLeft[v] {
				var j algebra.Node = &algebra.Join{Left: lj.Left, Right: lj.Right}
				if lj.Cond != nil {
					j = &algebra.Filter{Input: j, Cond: lj.Cond}
				}
				return &algebra.Filter{Input: j, Cond: f.Cond}, true
			}
		}
	}
	return n, false
}

// hoistOptional: in a join of a LeftJoin with something else the other operand
// may be joined first, so that one join order covers all required patterns. It
// must not bind any variable that the OPTIONAL may bind or reads, unless the
// left side surely binds it.
//
// Counter-example: { ?x :p ?y OPTIONAL {?x :q ?z} ?z :r ?w }: joined first, the
// last pattern would choose ?z for the OPTIONAL.
func hoistOptional(n algebra.Node) (algebra.Node, bool) {
	j, ok := n.(*algebra.Join)
	if !ok {
		return n, false
	}
	for _, swap := range []bool{false, true} {
		l, r := j.Left, j.Right
		if swap {
			l, r = r, l
		}
		lj, ok := l.(*algebra.LeftJoin)
		if !ok || hasService(r) {
			continue
		}
		inLeft := certain(lj.Left)
		touched := Set(algebra.Mentions(lj.Right)...)
		if lj.Cond != nil {
			touched = union(touched, Set(algebra.Vars(lj.Cond)...))
		}
		legal := lj.Cond == nil || !Volatile(lj.Cond)
		for v := range possible(r) {
			legal = legal && (inLeft[v] || !touched[v])
		}
		if !legal {
			continue
		}
		return &algebra.LeftJoin{Left: &algebra.Join{Left: lj.Left, Right: r}, Right: lj.Right, Cond: lj.Cond}, true
	}
	return n, false
}

func hasService(n algebra.Node) bool {
	found := false
	algebra.Walk(n, func(n algebra.Node) bool {
		_, ok := n.(*algebra.Service)
		found = found || ok
		return !found
	})
	return found
}

// equalToValues: FILTER(?x = <iri>) and FILTER(?x IN (<a>, <b>)) are joins with
// the IRIs as data, when ?x is surely bound; on IRIs "=" is sameTerm, and
// against other terms it is false.
//
// Counter-example: FILTER(?x = 1) also holds for 1.0 and 01; and where ?x may
// be unbound, a join would bind it.
func equalToValues(n algebra.Node) (algebra.Node, bool) {
	f, ok := n.(*algebra.Filter)
	if !ok {
		return n, false
	}
	var values *algebra.Values
	_, stay := splitFilter(f, func(c algebra.Expr) bool {
		if values != nil {
			return false
		}
		v, iris, ok := equalIRIs(c)
		if !ok || !certain(f.Input)[v] {
			return false
		}
		values = &algebra.Values{Vars: []algebra.Var{v}}
		seen := make(map[rdf.Term]bool)
		for _, iri := range iris {
			if !seen[iri] {
				seen[iri] = true
				values.Rows = append(values.Rows, []rdf.Term{iri})
			}
		}
		return true
	})
	if values == nil {
		return n, false
	}
	return filterOf(&algebra.Join{Left: values, Right: f.Input}, stay), true
}

func equalIRIs(e algebra.Expr) (algebra.Var, []rdf.Term, bool) {
	c, ok := e.(*algebra.Call)
	if !ok || c.IRI {
		return "", nil, false
	}
	iri := func(e algebra.Expr) (rdf.Term, bool) {
		k, ok := e.(algebra.ConstExpr)
		if !ok {
			return nil, false
		}
		i, ok := k.Term.(rdf.IRI)
		return i, ok
	}
	switch c.Op {
	case "=", "SAMETERM":
		for i := range 2 {
			v, isVar := c.Args[i].(algebra.VarExpr)
			if t, ok := iri(c.Args[1-i]); ok && isVar {
				return v.Var, []rdf.Term{t}, true
			}
		}
	case "in":
		v, isVar := c.Args[0].(algebra.VarExpr)
		if !isVar || len(c.Args) < 2 {
			return "", nil, false
		}
		var out []rdf.Term
		for _, a := range c.Args[1:] {
			t, ok := iri(a)
			if !ok {
				return "", nil, false
			}
			out = append(out, t)
		}
		return v.Var, out, true
	}
	return "", nil, false
}

// noteCount marks the rows of countFromDirectory.
const noteCount = "count from the directory"

// countFromDirectory answers SELECT (COUNT(*) AS ?n) over one pattern of
// different variables from the counts that the graph keeps, when they are
// exact.
//
// Counter-example: { ?x :p ?x } counts only some quads of the predicate, and
// over a merge of graphs equal triples count once.
func (p *planner) countFromDirectory(n *algebra.Group, a Active) (Node, bool, error) {
	if len(n.Keys) > 0 || len(n.Aggregates) != 1 || a.Kind != GraphOne {
		return nil, false, nil
	}
	agg := n.Aggregates[0]
	bgp, ok := n.Input.(*algebra.BGP)
	if !ok || len(bgp.Patterns) != 1 || agg.Aggregate.Name != "COUNT" || agg.Aggregate.Distinct {
		return nil, false, nil
	}
	if agg.Aggregate.Arg != nil { // COUNT(?x) of a variable that is always bound
		v, ok := agg.Aggregate.Arg.(algebra.VarExpr)
		if !ok || !possible(bgp)[v.Var] {
			return nil, false, nil
		}
	}
	units, err := p.patternUnits(bgp.Patterns[0], a)
	if err != nil || len(units) != 1 || len(repeated(units[0].triple)) > 0 {
		return nil, false, err
	}
	withGraph, _ := Resolve(units[0].triple, a, p.onlyDefault)
	rows, exact, err := p.env.Snapshot.Estimate(withGraph)
	if err != nil || !exact || !p.use(ruleCountFromDirectory) {
		return nil, false, err
	}
	id, ok := graph.IntegerID(int64(rows))
	if !ok {
		return nil, false, nil
	}
	r := &Rows{IDs: [][]graph.ID{{id}}, Note: noteCount}
	r.Vars, r.Certain, r.Unique, r.Rows, r.Cost = []algebra.Var{agg.Var}, Set(agg.Var), true, 1, 1
	return r, true, nil
}

// groupInOrder makes the scan below a Group ascend by the key, or by what
// COUNT(DISTINCT ?x) counts, so that equal values are neighbours and need not
// be looked up, and read no column that the Group does not ask for.
//
// Counter-example: in (COUNT(DISTINCT *) AS ?n) every column counts.
func (p *planner) groupInOrder(in Node, n *algebra.Group, keys []algebra.GroupKey) Node {
	scan, ok := in.(*Scan)
	if !ok || !p.allowed(ruleGroupInOrder) {
		return in
	}
	asked := VarSet{}
	var by algebra.Var
	for i, k := range keys {
		if v, ok := k.Expr.(algebra.VarExpr); ok && i == 0 {
			by = v.Var
		}
		for _, v := range algebra.Vars(k.Expr) {
			asked[v] = true
		}
		if hasExists(k.Expr) {
			return in
		}
	}
	for _, b := range n.Aggregates {
		arg := b.Aggregate.Arg
		if arg == nil {
			if b.Aggregate.Distinct {
				return in
			}
			continue
		}
		if hasExists(arg) {
			return in
		}
		if v, ok := arg.(algebra.VarExpr); ok && b.Aggregate.Distinct && by == "" && len(keys) == 0 {
			by = v.Var
		}
		for _, v := range algebra.Vars(arg) {
			asked[v] = true
		}
	}
	best := scan
	for _, way := range p.scans(&unit{kind: patternUnit, triple: scan.Triple, active: scan.Active, vars: scan.Vars, sure: scan.Certain}) {
		s := way.(*Scan)
		if by != "" && len(s.Sorted) > 0 && s.Sorted[0] == by && s.Cost <= 2*scan.Cost {
			best = s
			break
		}
	}
	if best == scan && asked.HasAll(scan.Vars) {
		return in
	}
	p.use(ruleGroupInOrder)
	s := *best
	s.Vars, s.Unique = nil, false
	for _, v := range best.Vars {
		if asked[v] {
			s.Vars = append(s.Vars, v)
		}
	}
	s.Certain = intersection(s.Certain, asked)
	for i, v := range s.Sorted {
		if !asked[v] {
			s.Sorted = s.Sorted[:i]
			break
		}
	}
	return &s
}
