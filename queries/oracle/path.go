package oracle

import (
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// path evaluates a property path pattern by the cases of §18.4.
func (o *Oracle) path(g []rdf.Triple, n *algebra.Path) ([]Solution, error) {
	switch p := n.Path.(type) {
	case algebra.PathLink:
		return o.bgp(g, &algebra.BGP{Patterns: []algebra.TriplePattern{{S: n.S, P: p.IRI, O: n.O}}})
	case algebra.PathInverse:
		return o.path(g, &algebra.Path{S: n.O, Path: p.Path, O: n.S})
	case algebra.PathSeq:
		mid := o.fresh()
		l, err := o.path(g, &algebra.Path{S: n.S, Path: p.Left, O: mid})
		if err != nil {
			return nil, err
		}
		r, err := o.path(g, &algebra.Path{S: mid, Path: p.Right, O: n.O})
		if err != nil {
			return nil, err
		}
		out, err := o.join(l, r)
		for _, s := range out {
			delete(s, mid)
		}
		return out, err
	case algebra.PathAlt:
		l, err := o.path(g, &algebra.Path{S: n.S, Path: p.Left, O: n.O})
		if err != nil {
			return nil, err
		}
		r, err := o.path(g, &algebra.Path{S: n.S, Path: p.Right, O: n.O})
		return append(l, r...), err
	case algebra.PathNegated:
		var out []Solution
		for _, t := range g {
			if p.HasForward && !has(p.Forward, t.Predicate) {
				s := Solution{}
				if matchTerm(s, n.S, t.Subject) && matchTerm(s, n.O, t.Object) {
					out = append(out, s)
				}
			}
			if p.HasInverse && !has(p.Inverse, t.Predicate) {
				s := Solution{}
				if matchTerm(s, n.S, t.Object) && matchTerm(s, n.O, t.Subject) {
					out = append(out, s)
				}
			}
		}
		return out, nil
	}
	return o.closure(g, n)
}

func has(list []rdf.IRI, t rdf.Term) bool {
	for _, i := range list {
		if rdf.Term(i) == t {
			return true
		}
	}
	return false
}

// fresh returns a variable that nothing else uses. It is removed again before
// anyone sees it.
func (o *Oracle) fresh() algebra.Var {
	o.made++
	return algebra.Var(fmt.Sprintf("_:oracle%d", o.made))
}

// closure evaluates ZeroOrOnePath, ZeroOrMorePath and OneOrMorePath, whose
// solutions are sets.
func (o *Oracle) closure(g []rdf.Triple, n *algebra.Path) ([]Solution, error) {
	sConst, sIsConst := n.S.(rdf.Term)
	oConst, oIsConst := n.O.(rdf.Term)
	var pairs [][2]rdf.Term
	switch {
	case sIsConst:
		s := graph.FoldTerm(sConst)
		for _, e := range o.ends(g, s, n.Path) {
			pairs = append(pairs, [2]rdf.Term{s, e})
		}
	case oIsConst:
		e := graph.FoldTerm(oConst)
		for _, s := range o.ends(g, e, algebra.PathInverse{Path: n.Path}) {
			pairs = append(pairs, [2]rdf.Term{s, e})
		}
	default:
		for _, s := range nodes(g) {
			for _, e := range o.ends(g, s, n.Path) {
				pairs = append(pairs, [2]rdf.Term{s, e})
			}
		}
	}
	var out []Solution
	for _, p := range pairs {
		s := Solution{}
		if matchTerm(s, n.S, p[0]) && matchTerm(s, n.O, p[1]) {
			out = append(out, s)
		}
	}
	return out, nil
}

// nodes are the subjects and objects of a graph.
func nodes(g []rdf.Triple) []rdf.Term {
	seen := make(map[rdf.Term]bool)
	var out []rdf.Term
	for _, t := range g {
		for _, x := range []rdf.Term{t.Subject, t.Object} {
			if !seen[x] {
				seen[x] = true
				out = append(out, x)
			}
		}
	}
	return out
}

// ends is the set of nodes that a path leads to from x.
func (o *Oracle) ends(g []rdf.Triple, x rdf.Term, p algebra.PathExpr) []rdf.Term {
	seen := make(map[rdf.Term]bool)
	var out []rdf.Term
	add := func(ts ...rdf.Term) {
		for _, t := range ts {
			if !seen[t] {
				seen[t] = true
				out = append(out, t)
			}
		}
	}
	switch p := p.(type) {
	case algebra.PathLink:
		for _, t := range g {
			if t.Subject == x && t.Predicate == rdf.Term(p.IRI) {
				add(t.Object)
			}
		}
	case algebra.PathInverse:
		add(o.starts(g, x, p.Path)...)
	case algebra.PathSeq:
		for _, m := range o.ends(g, x, p.Left) {
			add(o.ends(g, m, p.Right)...)
		}
	case algebra.PathAlt:
		add(o.ends(g, x, p.Left)...)
		add(o.ends(g, x, p.Right)...)
	case algebra.PathNegated:
		for _, t := range g {
			if p.HasForward && t.Subject == x && !has(p.Forward, t.Predicate) {
				add(t.Object)
			}
			if p.HasInverse && t.Object == x && !has(p.Inverse, t.Predicate) {
				add(t.Subject)
			}
		}
	case algebra.PathZeroOrOne:
		add(x)
		add(o.ends(g, x, p.Path)...)
	case algebra.PathZeroOrMore:
		add(x)
		for i := 0; i < len(out); i++ {
			add(o.ends(g, out[i], p.Path)...)
		}
	case algebra.PathOneOrMore:
		add(o.ends(g, x, p.Path)...)
		for i := 0; i < len(out); i++ {
			add(o.ends(g, out[i], p.Path)...)
		}
	}
	return out
}

// starts is the set of nodes from which a path leads to x: the ends of the path
// walked backwards.
func (o *Oracle) starts(g []rdf.Triple, x rdf.Term, p algebra.PathExpr) []rdf.Term {
	switch p := p.(type) {
	case algebra.PathLink:
		var out []rdf.Term
		for _, t := range g {
			if t.Object == x && t.Predicate == rdf.Term(p.IRI) {
				out = append(out, t.Subject)
			}
		}
		return out
	case algebra.PathInverse:
		return o.ends(g, x, p.Path)
	case algebra.PathSeq:
		return o.ends(g, x, algebra.PathSeq{Left: algebra.PathInverse{Path: p.Right}, Right: algebra.PathInverse{Path: p.Left}})
	case algebra.PathAlt:
		return o.ends(g, x, algebra.PathAlt{Left: algebra.PathInverse{Path: p.Left}, Right: algebra.PathInverse{Path: p.Right}})
	case algebra.PathNegated:
		return o.ends(g, x, algebra.PathNegated{Forward: p.Inverse, HasForward: p.HasInverse, Inverse: p.Forward, HasInverse: p.HasForward})
	case algebra.PathZeroOrOne:
		return o.ends(g, x, algebra.PathZeroOrOne{Path: algebra.PathInverse(p)})
	case algebra.PathZeroOrMore:
		return o.ends(g, x, algebra.PathZeroOrMore{Path: algebra.PathInverse(p)})
	case algebra.PathOneOrMore:
		return o.ends(g, x, algebra.PathOneOrMore{Path: algebra.PathInverse(p)})
	}
	return nil
}
