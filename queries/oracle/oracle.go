// Package oracle evaluates the algebra the way the specification defines it,
// over lists of quads and solutions that are maps, with no thought of speed. It
// is what the engine is compared with in tests, shares nothing with it but the
// algebra and the functions on values, and is never tuned.
package oracle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// Solution maps variables to terms.
type Solution map[algebra.Var]rdf.Term

// ErrTooBig ends an evaluation that has grown beyond the bound.
var ErrTooBig = errors.New("oracle: too many solutions")

// Oracle holds an RDF dataset. All terms are folded (graph.FoldTerm), so that
// == is sameTerm.
type Oracle struct {
	Default []rdf.Triple
	Named   map[rdf.Term][]rdf.Triple
	Context *expr.Context
	// Max bounds the solutions of every operator.
	Max int

	made int // variables of paths
}

// New returns an oracle for a dataset; names adds graphs that may be empty.
func New(quads []rdf.Quad, names ...rdf.Term) *Oracle {
	o := &Oracle{Named: make(map[rdf.Term][]rdf.Triple), Context: expr.NewContext(expr.Options{}), Max: 5000}
	for _, n := range names {
		o.Named[n] = nil
	}
	seen := make(map[rdf.Quad]bool)
	for _, q := range quads {
		q.Subject, q.Object = graph.FoldTerm(q.Subject), graph.FoldTerm(q.Object)
		if seen[q] {
			continue
		}
		seen[q] = true
		if q.Graph == nil {
			o.Default = append(o.Default, q.Triple())
		} else {
			o.Named[q.Graph] = append(o.Named[q.Graph], q.Triple())
		}
	}
	return o
}

// Eval is eval(D(G), pattern) of §18.6 with the default graph active.
func (o *Oracle) Eval(n algebra.Node) ([]Solution, error) { return o.eval(o.Default, n) }

func (o *Oracle) eval(g []rdf.Triple, n algebra.Node) ([]Solution, error) {
	out, err := o.operator(g, n)
	if err == nil && len(out) > o.Max {
		err = ErrTooBig
	}
	return out, err
}

func (o *Oracle) operator(g []rdf.Triple, n algebra.Node) ([]Solution, error) {
	switch n := n.(type) {
	case *algebra.BGP:
		return o.bgp(g, n)
	case *algebra.Path:
		return o.path(g, n)
	case *algebra.Join:
		l, r, err := o.both(g, n.Left, n.Right)
		if err != nil {
			return nil, err
		}
		return o.join(l, r)
	case *algebra.LeftJoin:
		return o.leftJoin(g, n)
	case *algebra.Union:
		l, r, err := o.both(g, n.Left, n.Right)
		return append(l, r...), err
	case *algebra.Minus:
		l, r, err := o.both(g, n.Left, n.Right)
		if err != nil {
			return nil, err
		}
		var out []Solution
	next:
		for _, a := range l {
			for _, b := range r {
				if compatible(a, b) && !disjoint(a, b) {
					continue next
				}
			}
			out = append(out, a)
		}
		return out, nil
	case *algebra.Filter:
		in, err := o.eval(g, n.Input)
		if err != nil {
			return nil, err
		}
		var out []Solution
		for _, s := range in {
			ok, err := o.test(g, n.Cond, s)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, s)
			}
		}
		return out, nil
	case *algebra.Extend:
		in, err := o.eval(g, n.Input)
		if err != nil {
			return nil, err
		}
		var out []Solution
		for _, s := range in {
			t := maps.Clone(s)
			v, err := o.value(g, n.Expr, s)
			if expr.Fatal(err) {
				return nil, err
			}
			if err == nil && !v.IsUnbound() {
				t[n.Var] = graph.FoldTerm(v.Term())
			}
			out = append(out, t)
		}
		return out, nil
	case *algebra.Graph:
		return o.graph(n)
	case *algebra.Values:
		var out []Solution
		for _, row := range n.Rows {
			s := Solution{}
			for i, t := range row {
				if t != nil {
					s[n.Vars[i]] = graph.FoldTerm(t)
				}
			}
			out = append(out, s)
		}
		return out, nil
	case *algebra.Group:
		return o.group(g, n)
	case *algebra.OrderBy:
		return o.orderBy(g, n)
	case *algebra.Project:
		in, err := o.eval(g, n.Input)
		if err != nil {
			return nil, err
		}
		var out []Solution
		for _, s := range in {
			t := Solution{}
			for _, v := range n.Vars {
				if x, ok := s[v]; ok {
					t[v] = x
				}
			}
			out = append(out, t)
		}
		return out, nil
	case *algebra.Distinct:
		in, err := o.eval(g, n.Input)
		if err != nil {
			return nil, err
		}
		seen := make(map[string]bool)
		var out []Solution
		for _, s := range in {
			if k := s.Key(); !seen[k] {
				seen[k] = true
				out = append(out, s)
			}
		}
		return out, nil
	case *algebra.Reduced:
		return o.eval(g, n.Input)
	case *algebra.Slice:
		in, err := o.eval(g, n.Input)
		if err != nil {
			return nil, err
		}
		in = in[min(int64(len(in)), max(0, n.Offset)):]
		if n.Limit >= 0 {
			in = in[:min(int64(len(in)), n.Limit)]
		}
		return in, nil
	default:
		return nil, fmt.Errorf("oracle: no definition of %T", n)
	}
}

// Key returns the solution as text, equal for equal solutions only.
func (s Solution) Key() string {
	var vars []string
	for v := range s {
		vars = append(vars, string(v))
	}
	sort.Strings(vars)
	var b strings.Builder
	for _, v := range vars {
		fmt.Fprintf(&b, "?%s=%s ", v, s[algebra.Var(v)])
	}
	return b.String()
}

func (o *Oracle) both(g []rdf.Triple, l, r algebra.Node) (a, b []Solution, err error) {
	if a, err = o.eval(g, l); err != nil {
		return nil, nil, err
	}
	b, err = o.eval(g, r)
	return a, b, err
}

func compatible(a, b Solution) bool {
	for v, x := range a {
		if y, ok := b[v]; ok && x != y {
			return false
		}
	}
	return true
}

func disjoint(a, b Solution) bool {
	for v := range a {
		if _, ok := b[v]; ok {
			return false
		}
	}
	return true
}

func merge(a, b Solution) Solution {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return m
}

func (o *Oracle) join(l, r []Solution) ([]Solution, error) {
	var out []Solution
	for _, a := range l {
		for _, b := range r {
			if compatible(a, b) {
				out = append(out, merge(a, b))
			}
		}
		if len(out) > o.Max {
			return nil, ErrTooBig
		}
	}
	return out, nil
}

func (o *Oracle) leftJoin(g []rdf.Triple, n *algebra.LeftJoin) ([]Solution, error) {
	l, r, err := o.both(g, n.Left, n.Right)
	if err != nil {
		return nil, err
	}
	var out []Solution
	for _, a := range l {
		found := false
		for _, b := range r {
			if !compatible(a, b) {
				continue
			}
			m := merge(a, b)
			if n.Cond != nil {
				ok, err := o.test(g, n.Cond, m)
				if err != nil {
					return nil, err
				}
				if !ok {
					continue
				}
			}
			found = true
			out = append(out, m)
		}
		if !found {
			out = append(out, a)
		}
		if len(out) > o.Max {
			return nil, ErrTooBig
		}
	}
	return out, nil
}

func (o *Oracle) graph(n *algebra.Graph) ([]Solution, error) {
	switch name := n.Name.(type) {
	case rdf.Term:
		g, ok := o.Named[name]
		if !ok {
			return nil, nil
		}
		return o.eval(g, n.Input)
	case algebra.Var:
		var out []Solution
		for iri, g := range o.Named {
			in, err := o.eval(g, n.Input)
			if err != nil {
				return nil, err
			}
			j, err := o.join(in, []Solution{{name: iri}})
			if err != nil {
				return nil, err
			}
			out = append(out, j...)
		}
		return out, nil
	}
	return nil, fmt.Errorf("oracle: GRAPH %v", n.Name)
}

// bgp finds the solutions of §18.3.1 pattern by pattern. Blank nodes of the
// query are variables, whose values tell solutions apart until projection.
func (o *Oracle) bgp(g []rdf.Triple, n *algebra.BGP) ([]Solution, error) {
	sols := []Solution{{}}
	for _, p := range n.Patterns {
		var next []Solution
		for _, s := range sols {
			for _, t := range g {
				if m, ok := match(s, p, t); ok {
					next = append(next, m)
				}
			}
			if len(next) > o.Max {
				return nil, ErrTooBig
			}
		}
		sols = next
	}
	return sols, nil
}

func match(s Solution, p algebra.TriplePattern, t rdf.Triple) (Solution, bool) {
	m := maps.Clone(s)
	ok := matchTerm(m, p.S, t.Subject) && matchTerm(m, p.P, t.Predicate) && matchTerm(m, p.O, t.Object)
	return m, ok
}

// matchTerm matches one position, adding to s.
func matchTerm(s Solution, p algebra.PatternTerm, t rdf.Term) bool {
	switch p := p.(type) {
	case algebra.Var:
		if old, ok := s[p]; ok {
			return old == t
		}
		s[p] = t
		return true
	case algebra.TriplePattern:
		x, ok := t.(rdf.Triple)
		return ok && matchTerm(s, p.S, x.Subject) && matchTerm(s, p.P, x.Predicate) && matchTerm(s, p.O, x.Object)
	case rdf.Term:
		return graph.FoldTerm(p) == t
	}
	return false
}

func (o *Oracle) orderBy(g []rdf.Triple, n *algebra.OrderBy) ([]Solution, error) {
	in, err := o.eval(g, n.Input)
	if err != nil {
		return nil, err
	}
	return o.sorted(g, in, n.Keys)
}

// sorted sorts solutions; those that the keys do not tell apart stay as they are.
func (o *Oracle) sorted(g []rdf.Triple, in []Solution, by []algebra.OrderKey) ([]Solution, error) {
	keys := make(map[string][]expr.Value)
	for _, s := range in {
		var ks []expr.Value
		for _, k := range by {
			v, err := o.value(g, k.Expr, s)
			if expr.Fatal(err) {
				return nil, err
			}
			if err != nil {
				v = expr.Value{}
			}
			ks = append(ks, v)
		}
		keys[s.Key()] = ks
	}
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b Solution) int {
		x, y := keys[a.Key()], keys[b.Key()]
		for i := range x {
			d := expr.Order(x[i], y[i])
			if by[i].Desc {
				d = -d
			}
			if d != 0 {
				return d
			}
		}
		return 0
	})
	return out, nil
}

// InOrder reports whether solutions are in the order that a query asks for, as
// far as they show it: they must still have the variables of its keys.
func (o *Oracle) InOrder(n algebra.Node, sols []Solution) (bool, error) {
	visible := make(map[algebra.Var]bool)
	for {
		switch m := n.(type) {
		case *algebra.Distinct:
			n = m.Input
			continue
		case *algebra.Reduced:
			n = m.Input
			continue
		case *algebra.Project:
			for _, v := range m.Vars {
				visible[v] = true
			}
			n = m.Input
			continue
		}
		break
	}
	order, ok := n.(*algebra.OrderBy)
	if !ok {
		return true, nil
	}
	for _, k := range order.Keys {
		for _, v := range algebra.Vars(k.Expr) {
			if !visible[v] {
				return true, nil
			}
		}
	}
	sorted, err := o.sorted(o.Default, sols, order.Keys)
	if err != nil {
		return false, err
	}
	for i := range sols {
		if sols[i].Key() != sorted[i].Key() {
			return false, nil
		}
	}
	return true, nil
}

func (o *Oracle) group(g []rdf.Triple, n *algebra.Group) ([]Solution, error) {
	in, err := o.eval(g, n.Input)
	if err != nil {
		return nil, err
	}
	type group struct {
		key     Solution
		members []Solution
	}
	groups := make(map[string]*group)
	var order []*group
	if len(n.Keys) == 0 {
		all := &group{key: Solution{}, members: in}
		order = append(order, all)
	} else {
		for _, s := range in {
			key := Solution{}
			for _, k := range n.Keys {
				v, err := o.value(g, k.Expr, s)
				if expr.Fatal(err) {
					return nil, err
				}
				if err == nil && !v.IsUnbound() {
					key[k.Var] = graph.FoldTerm(v.Term())
				}
			}
			gr := groups[key.Key()]
			if gr == nil {
				gr = &group{key: key}
				groups[key.Key()] = gr
				order = append(order, gr)
			}
			gr.members = append(gr.members, s)
		}
	}
	var out []Solution
	for _, gr := range order {
		s := gr.key
		for _, a := range n.Aggregates {
			v, err := o.aggregate(g, a.Aggregate, gr.members)
			if expr.Fatal(err) {
				return nil, err
			}
			if err == nil && !v.IsUnbound() {
				s[a.Var] = graph.FoldTerm(v.Term())
			}
		}
		out = append(out, s)
	}
	return out, nil
}
