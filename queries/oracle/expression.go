package oracle

import (
	"fmt"
	"maps"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// test is whether a filter keeps a solution.
func (o *Oracle) test(g []rdf.Triple, e algebra.Expr, s Solution) (bool, error) {
	v, err := o.value(g, e, s)
	if expr.Fatal(err) {
		return false, err
	}
	return expr.Test(v, err) == expr.True, nil
}

// value evaluates an expression over a solution (§17).
func (o *Oracle) value(g []rdf.Triple, e algebra.Expr, s Solution) (expr.Value, error) {
	switch e := e.(type) {
	case algebra.VarExpr:
		return expr.FromTerm(s[e.Var]), nil
	case algebra.ConstExpr:
		return expr.FromTerm(e.Term), nil
	case *algebra.Exists:
		sols, err := o.eval(g, substitute(e.Pattern, s))
		return expr.Bool((len(sols) > 0) != e.Not), err
	case *algebra.Call:
		return o.call(g, e, s)
	}
	return expr.Value{}, fmt.Errorf("oracle: no value of %T", e)
}

func (o *Oracle) call(g []rdf.Triple, e *algebra.Call, s Solution) (expr.Value, error) {
	arg := func(i int) (expr.Value, error) { return o.value(g, e.Args[i], s) }
	truth := func(i int) (expr.Truth, error) {
		v, err := arg(i)
		if expr.Fatal(err) {
			return expr.Error, err
		}
		return expr.Test(v, err), nil
	}
	if !e.IRI {
		switch e.Op {
		case "&&", "||":
			t, err := truth(0)
			if err != nil {
				return expr.Value{}, err
			}
			for i := range e.Args[1:] {
				u, err := truth(i + 1)
				if err != nil {
					return expr.Value{}, err
				}
				if e.Op == "&&" {
					t = t.And(u)
				} else {
					t = t.Or(u)
				}
			}
			return t.Value()
		case "in", "not in":
			v, err := arg(0)
			if err != nil {
				return v, err
			}
			t := expr.False
			for i := range e.Args[1:] {
				u := expr.Error
				w, err := arg(i + 1)
				if expr.Fatal(err) {
					return w, err
				}
				if err == nil {
					u = expr.EqualTruth(v, w)
				}
				t = t.Or(u)
			}
			if e.Op == "not in" {
				t = t.Not()
			}
			return t.Value()
		case "BOUND":
			v, err := arg(0)
			return expr.Bool(!v.IsUnbound()), err
		case "IF":
			v, err := arg(0)
			if err != nil {
				return v, err
			}
			b, err := expr.EBV(v)
			if err != nil {
				return v, err
			}
			if b {
				return arg(1)
			}
			return arg(2)
		case "COALESCE":
			for i := range e.Args {
				v, err := arg(i)
				if expr.Fatal(err) {
					return v, err
				}
				if err == nil && !v.IsUnbound() {
					return v, nil
				}
			}
			return expr.Value{}, expr.ErrType
		}
	}
	f, ok := expr.Lookup(e.Op, e.IRI)
	if !ok {
		return expr.Value{}, expr.ErrType
	}
	var args []expr.Value
	for i := range e.Args {
		v, err := arg(i)
		if err != nil {
			return v, err
		}
		args = append(args, v)
	}
	return f.Call(o.Context, args)
}

// substitute is the substitution of §18.6. Where a variable of the solution is
// assigned in the pattern, solutions that assign another value are left out.
func substitute(n algebra.Node, s Solution) algebra.Node {
	sub := func(n algebra.Node) algebra.Node { return substitute(n, s) }
	switch n := n.(type) {
	case *algebra.BGP:
		b := &algebra.BGP{}
		for _, t := range n.Patterns {
			b.Patterns = append(b.Patterns, substituteTriple(t, s))
		}
		return b
	case *algebra.Path:
		return &algebra.Path{S: substituteTerm(n.S, s), Path: n.Path, O: substituteTerm(n.O, s)}
	case *algebra.Join:
		return &algebra.Join{Left: sub(n.Left), Right: sub(n.Right)}
	case *algebra.LeftJoin:
		lj := &algebra.LeftJoin{Left: sub(n.Left), Right: sub(n.Right)}
		if n.Cond != nil {
			lj.Cond = substituteExpr(n.Cond, s)
		}
		return lj
	case *algebra.Union:
		return &algebra.Union{Left: sub(n.Left), Right: sub(n.Right)}
	case *algebra.Minus:
		return &algebra.Minus{Left: sub(n.Left), Right: sub(n.Right)}
	case *algebra.Filter:
		return &algebra.Filter{Input: sub(n.Input), Cond: substituteExpr(n.Cond, s)}
	case *algebra.Extend:
		var out algebra.Node = &algebra.Extend{Input: sub(n.Input), Var: n.Var, Expr: substituteExpr(n.Expr, s)}
		if t, ok := s[n.Var]; ok {
			out = &algebra.Join{Left: out, Right: &algebra.Values{Vars: []algebra.Var{n.Var}, Rows: [][]rdf.Term{{t}}}}
		}
		return out
	case *algebra.Graph:
		return &algebra.Graph{Name: substituteTerm(n.Name, s), Input: sub(n.Input)}
	case *algebra.Values:
		v := &algebra.Values{Vars: n.Vars}
		for _, row := range n.Rows {
			keep := true
			for i, x := range n.Vars {
				if t, ok := s[x]; ok && row[i] != nil && graph.FoldTerm(row[i]) != t {
					keep = false
				}
			}
			if keep {
				v.Rows = append(v.Rows, row)
			}
		}
		return v
	case *algebra.Group:
		out := &algebra.Group{Input: sub(n.Input)}
		for _, k := range n.Keys {
			out.Keys = append(out.Keys, algebra.GroupKey{Expr: substituteExpr(k.Expr, s), Var: k.Var})
		}
		for _, a := range n.Aggregates {
			if a.Aggregate.Arg != nil {
				a.Aggregate.Arg = substituteExpr(a.Aggregate.Arg, s)
			}
			out.Aggregates = append(out.Aggregates, a)
		}
		return out
	case *algebra.OrderBy:
		return &algebra.OrderBy{Input: sub(n.Input), Keys: n.Keys} // order does not matter for existence
	case *algebra.Project:
		inner := maps.Clone(s)
		visible := make(map[algebra.Var]bool)
		for _, v := range n.Vars {
			visible[v] = true
		}
		for v := range inner {
			if !visible[v] {
				delete(inner, v)
			}
		}
		return &algebra.Project{Input: substitute(n.Input, inner), Vars: n.Vars}
	case *algebra.Distinct:
		return &algebra.Distinct{Input: sub(n.Input)}
	case *algebra.Reduced:
		return &algebra.Reduced{Input: sub(n.Input)}
	case *algebra.Slice:
		return &algebra.Slice{Input: sub(n.Input), Offset: n.Offset, Limit: n.Limit}
	}
	return n
}

func substituteTerm(t algebra.PatternTerm, s Solution) algebra.PatternTerm {
	switch t := t.(type) {
	case algebra.Var:
		if x, ok := s[t]; ok {
			return x
		}
	case algebra.TriplePattern:
		return ground(substituteTriple(t, s))
	}
	return t
}

// ground returns a pattern of a triple term whose variables have all been
// substituted as the term that it now is: it ends a path as any other term does
// (§18.4). With a literal as its subject it is no term and matches none.
func ground(t algebra.TriplePattern) algebra.PatternTerm {
	subject, ok := t.S.(rdf.Term)
	if ok && (subject.Kind() == rdf.KindIRI || subject.Kind() == rdf.KindBlankNode) {
		if predicate, ok := t.P.(rdf.IRI); ok {
			if object, ok := t.O.(rdf.Term); ok {
				return rdf.Triple{Subject: subject, Predicate: predicate, Object: object}
			}
		}
	}
	return t
}

func substituteTriple(t algebra.TriplePattern, s Solution) algebra.TriplePattern {
	return algebra.TriplePattern{S: substituteTerm(t.S, s), P: substituteTerm(t.P, s), O: substituteTerm(t.O, s)}
}

func substituteExpr(e algebra.Expr, s Solution) algebra.Expr {
	switch e := e.(type) {
	case algebra.VarExpr:
		if t, ok := s[e.Var]; ok {
			return algebra.ConstExpr{Term: t}
		}
	case *algebra.Call:
		c := &algebra.Call{Op: e.Op, IRI: e.IRI, Distinct: e.Distinct}
		for _, a := range e.Args {
			c.Args = append(c.Args, substituteExpr(a, s))
		}
		return c
	case *algebra.Exists:
		return &algebra.Exists{Pattern: substitute(e.Pattern, s), Not: e.Not}
	}
	return e
}
