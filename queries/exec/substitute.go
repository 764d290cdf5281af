package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// substitute replaces variables of a pattern by values (§18.6). The
// specification leaves open what it means where a variable is assigned; there
// the solutions that assign another value are left out: inline data loses the
// rows that disagree, BIND is followed by a comparison. Variables that a
// sub-select does not project are others of the same name.
func substitute(n algebra.Node, values map[algebra.Var]rdf.Term) algebra.Node {
	if len(values) == 0 {
		return n
	}
	s := substitution(values)
	return s.node(n)
}

type substitution map[algebra.Var]rdf.Term

func (s substitution) term(t algebra.PatternTerm) algebra.PatternTerm {
	switch t := t.(type) {
	case algebra.Var:
		if v, ok := s[t]; ok {
			return v
		}
	case algebra.TriplePattern:
		return s.triple(t)
	}
	return t
}

func (s substitution) triple(t algebra.TriplePattern) algebra.TriplePattern {
	return algebra.TriplePattern{S: s.term(t.S), P: s.term(t.P), O: s.term(t.O)}
}

func (s substitution) node(n algebra.Node) algebra.Node {
	switch n := n.(type) {
	case *algebra.BGP:
		out := &algebra.BGP{}
		for _, t := range n.Patterns {
			out.Patterns = append(out.Patterns, s.triple(t))
		}
		return out
	case *algebra.Path:
		return &algebra.Path{S: s.term(n.S), Path: n.Path, O: s.term(n.O)}
	case *algebra.Join:
		return &algebra.Join{Left: s.node(n.Left), Right: s.node(n.Right)}
	case *algebra.LeftJoin:
		return &algebra.LeftJoin{Left: s.node(n.Left), Right: s.node(n.Right), Cond: s.expr(n.Cond)}
	case *algebra.Union:
		return &algebra.Union{Left: s.node(n.Left), Right: s.node(n.Right)}
	case *algebra.Minus:
		return &algebra.Minus{Left: s.node(n.Left), Right: s.node(n.Right)}
	case *algebra.Lateral:
		return &algebra.Lateral{Left: s.node(n.Left), Right: s.node(n.Right)}
	case *algebra.Filter:
		return &algebra.Filter{Input: s.node(n.Input), Cond: s.expr(n.Cond)}
	case *algebra.Extend:
		e := &algebra.Extend{Input: s.node(n.Input), Var: n.Var, Expr: s.expr(n.Expr)}
		if v, ok := s[n.Var]; ok {
			return &algebra.Join{Left: e, Right: &algebra.Values{Vars: []algebra.Var{n.Var}, Rows: [][]rdf.Term{{v}}}}
		}
		return e
	case *algebra.Graph:
		return &algebra.Graph{Name: s.term(n.Name), Input: s.node(n.Input)}
	case *algebra.Service:
		// The request is text; its variables are joined with the values.
		vals := &algebra.Values{Rows: [][]rdf.Term{nil}}
		for _, v := range algebra.InScope(n) {
			if t, ok := s[v]; ok {
				vals.Vars = append(vals.Vars, v)
				vals.Rows[0] = append(vals.Rows[0], t)
			}
		}
		if len(vals.Vars) == 0 {
			return n
		}
		return &algebra.Join{Left: vals, Right: n}
	case *algebra.Values:
		return s.values(n)
	case *algebra.Group:
		out := &algebra.Group{Input: s.node(n.Input)}
		for _, k := range n.Keys {
			out.Keys = append(out.Keys, algebra.GroupKey{Expr: s.expr(k.Expr), Var: k.Var})
		}
		for _, a := range n.Aggregates {
			a.Aggregate.Arg = s.expr(a.Aggregate.Arg)
			out.Aggregates = append(out.Aggregates, a)
		}
		return out
	case *algebra.OrderBy:
		out := &algebra.OrderBy{Input: s.node(n.Input)}
		for _, k := range n.Keys {
			out.Keys = append(out.Keys, algebra.OrderKey{Expr: s.expr(k.Expr), Desc: k.Desc})
		}
		return out
	case *algebra.Project:
		inner := make(substitution)
		for _, v := range n.Vars {
			if t, ok := s[v]; ok {
				inner[v] = t
			}
		}
		if len(inner) == 0 {
			return n
		}
		return &algebra.Project{Input: inner.node(n.Input), Vars: n.Vars}
	case *algebra.Distinct:
		return &algebra.Distinct{Input: s.node(n.Input)}
	case *algebra.Reduced:
		return &algebra.Reduced{Input: s.node(n.Input)}
	case *algebra.Slice:
		return &algebra.Slice{Input: s.node(n.Input), Offset: n.Offset, Limit: n.Limit}
	default:
		return n
	}
}

func (s substitution) values(n *algebra.Values) algebra.Node {
	out := &algebra.Values{Vars: n.Vars}
rows:
	for _, row := range n.Rows {
		for i, v := range n.Vars {
			if t, ok := s[v]; ok && row[i] != nil && graph.FoldTerm(row[i]) != graph.FoldTerm(t) {
				continue rows
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (s substitution) expr(e algebra.Expr) algebra.Expr {
	switch e := e.(type) {
	case algebra.VarExpr:
		if t, ok := s[e.Var]; ok {
			return algebra.ConstExpr{Term: t}
		}
	case *algebra.Call:
		out := &algebra.Call{Op: e.Op, IRI: e.IRI, Distinct: e.Distinct}
		for _, a := range e.Args {
			out.Args = append(out.Args, s.expr(a))
		}
		return out
	case *algebra.Exists:
		return &algebra.Exists{Pattern: s.node(e.Pattern), Not: e.Not}
	}
	return e
}
