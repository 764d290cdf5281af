package plan

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// PushJoin leaves the join of patterns to a graph that joins by itself: over a
// database one statement takes the place of one per pattern or, in an index
// join, per row. The patterns that hang together by variables become one
// operand. Filters and inline data go along as hints and stay in the plan: the
// graph may admit more than they do, as its values compare by other rules.
//
// Counter-example: patterns within EachGraph, whose graph is known only when the
// plan runs, keep their scans.
func (g *joinGroup) pushJoin(o *outer) {
	joiner := g.p.joiner()
	if joiner == nil {
		return
	}
	var rest []*unit
	var patterns []*unit
	for _, u := range g.units {
		if u.kind == patternUnit && u.active.Kind != GraphParam {
			patterns = append(patterns, u)
		} else {
			rest = append(rest, u)
		}
	}
	for len(patterns) > 0 {
		var together []*unit
		together, patterns = component(patterns)
		n := g.graphJoin(together, rest, o)
		rows, ok := joiner.Joins(g.p.ctx, n.Join)
		if !ok {
			rest = append(rest, together...)
			continue
		}
		if n.Outer != nil {
			// Each binding finds a few; nothing is known of how many.
			rows = min(rows, 10*o.distinctRows())
		}
		n.Rows = max(1, rows)
		n.Cost = costStatement + n.Rows*costFetch
		g.p.use(rulePushJoin)
		rest = append(rest, &unit{kind: nodeUnit, vars: n.Vars, sure: n.Certain, node: n})
	}
	g.units = rest
}

// The costs of a statement and of a row of its result, where a row of a scan
// costs one.
const (
	costStatement = 1000
	costFetch     = 4
)

// joiner returns the snapshot when joins may be left to it.
func (p *planner) joiner() graph.Joiner {
	if !p.allowed(rulePushJoin) {
		return nil
	}
	j, _ := p.env.Snapshot.(graph.Joiner)
	return j
}

// component takes from units those that hang together with the first.
func component(units []*unit) (together, rest []*unit) {
	together, rest = units[:1:1], units[1:]
	vars := Set(units[0].vars...)
	for grown := true; grown; {
		grown = false
		var apart []*unit
		for _, u := range rest {
			if !vars.HasAny(u.vars) {
				apart = append(apart, u)
				continue
			}
			together = append(together, u)
			vars = union(vars, Set(u.vars...))
			grown = true
		}
		rest = apart
	}
	return together, rest
}

// graphJoin returns the join of patterns, with what other operands of the group
// tell of their variables.
func (g *joinGroup) graphJoin(patterns, others []*unit, o *outer) *GraphJoin {
	n := &GraphJoin{Join: &graph.Join{}}
	// A solution tells which quads it is made of, and there are no two equal.
	n.Unique, n.Certain, n.Distinct = true, VarSet{}, make(map[algebra.Var]float64)
	number := func(v algebra.Var) int {
		if i := n.Column(v); i >= 0 {
			return i + 1
		}
		n.Vars = append(n.Vars, v)
		n.Certain[v] = true
		n.Join.Columns = append(n.Join.Columns, len(n.Vars))
		return len(n.Vars)
	}
	term := func(p Pos) graph.JoinTerm {
		if p.IsVar() {
			return graph.JoinTerm{Var: number(p.Var)}
		}
		return graph.JoinTerm{ID: p.ID}
	}
	for _, u := range patterns {
		p := graph.JoinPattern{S: term(u.triple[0]), P: term(u.triple[1]), O: term(u.triple[2])}
		if !u.active.All {
			p.Graph.IDs = slices.Clone(u.active.IDs)
			if p.Graph.IDs == nil {
				p.Graph.IDs = []graph.ID{} // no graph, not all
			}
		}
		switch u.active.Kind {
		case GraphMerge:
			p.Graph.Merge = true
		case GraphVar:
			p.Graph.Var = number(u.active.Var)
		}
		n.Join.Patterns = append(n.Join.Patterns, p)
		n.patterns = append(n.patterns, u.triple.String()+u.active.String())
	}
	for _, u := range others {
		if rows, ok := u.node.(*Rows); ok {
			n.Join.Among = append(n.Join.Among, among(n, rows)...)
		}
	}
	for _, f := range g.filters {
		if c, ok := joinCond(f.cond, n); ok && !f.late {
			n.Join.Conds = append(n.Join.Conds, c)
		}
	}
	if o = o.only(Set(n.Vars...)); o != nil {
		n.Outer = &Outer{Join: o.join, From: o.from}
		n.Outer.Vars = o.vars
		for _, v := range o.vars {
			n.Vary = append(n.Vary, n.Column(v)+1)
		}
	}
	return n
}

// among returns the values that inline data leaves to the variables of n.
func among(n *GraphJoin, rows *Rows) (lists []graph.JoinAmong) {
	for c, v := range rows.Vars {
		if !n.Certain[v] || !rows.Certain[v] {
			continue
		}
		a := graph.JoinAmong{Var: n.Column(v) + 1, IDs: make([]graph.ID, 0, len(rows.IDs))}
		for _, row := range rows.IDs {
			a.IDs = append(a.IDs, row[c])
		}
		slices.Sort(a.IDs)
		a.IDs = slices.Compact(a.IDs)
		lists = append(lists, a)
	}
	return lists
}

// mirrored are the comparisons with their sides exchanged.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}

// joinCond returns a condition that holds wherever e is true, when there is one
// that a graph may know how to use. Strict comparisons become weak ones, since
// numbers are rounded to doubles, which keeps their order but may make them
// equal.
func joinCond(e algebra.Expr, n *GraphJoin) (graph.JoinCond, bool) {
	call, ok := e.(*algebra.Call)
	if !ok || call.IRI || len(call.Args) != 2 {
		return graph.JoinCond{}, false
	}
	op, left, right := call.Op, call.Args[0], call.Args[1]
	if _, constant := left.(algebra.ConstExpr); constant {
		if op, ok = mirrored[op]; !ok {
			return graph.JoinCond{}, false
		}
		left, right = right, left
	}
	var c graph.JoinCond
	switch op {
	case "<", "<=":
		c.Op = graph.AtMost
	case ">", ">=":
		c.Op = graph.AtLeast
	case "=":
		c.Op = graph.EqualTo
	case "CONTAINS":
		c.Op = graph.Contains
	case "STRSTARTS":
		c.Op = graph.StartsWith
	case "STRENDS":
		c.Op = graph.EndsWith
	default:
		return c, false
	}
	text := c.Op >= graph.Contains
	if str, ok := left.(*algebra.Call); ok && text && str.Op == "STR" && !str.IRI {
		left = str.Args[0]
	}
	v, ok := left.(algebra.VarExpr)
	if !ok || !n.Certain[v.Var] {
		return c, false
	}
	c.Var = n.Column(v.Var) + 1
	k, ok := right.(algebra.ConstExpr)
	if !ok {
		return c, false
	}
	l, ok := k.Term.(rdf.Literal)
	if !ok {
		return c, false
	}
	if text {
		c.Text = l.Lexical
		return c, l.IsSimple() || l.Lang != ""
	}
	c.Number, ok = finiteNumber(l)
	return c, ok
}

// finiteNumber returns the value of a numeric literal, rounded to a double.
func finiteNumber(l rdf.Literal) (float64, bool) {
	switch l.Datatype {
	case rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble:
	default:
		return 0, false
	}
	if strings.Trim(l.Lexical, "+-.0123456789eE") != "" {
		return 0, false // the digits alone tell whether it is a number
	}
	f, err := strconv.ParseFloat(l.Lexical, 64)
	return f, err == nil && !math.IsInf(f, 0)
}
