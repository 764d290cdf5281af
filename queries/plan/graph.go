package plan

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// namedGraph returns the active graph of GRAPH name, false when the dataset has
// no graph of that name.
func (p *planner) namedGraph(name rdf.Term) (Active, bool, error) {
	id, err := p.env.ID(name)
	if err != nil {
		return Active{}, false, err
	}
	a := Active{Kind: GraphOne, IDs: []graph.ID{id}, Term: name}
	if !p.env.Named.All {
		return a, slices.Contains(p.env.Named.IDs, id), nil
	}
	if id.Tag() == graph.TagLocal {
		return a, false, nil
	}
	if p.estimate(graph.Pattern{G: id}) > 0 {
		return a, true, nil
	}
	found := false
	err = p.env.Snapshot.Graphs(p.ctx, func(g graph.ID) bool {
		found = g == id
		return !found
	})
	return a, found, err
}

// graph plans GRAPH. The graph of a variable name is a column of every scan
// where that means the same as evaluating the pattern once per graph, which is
// the definition (§18.6) and the way of the rest.
func (p *planner) graph(n *algebra.Graph, a Active, o *outer) (Node, error) {
	switch name := n.Name.(type) {
	case rdf.Term:
		inner, ok, err := p.namedGraph(name)
		if err != nil {
			return nil, err
		}
		if !ok {
			return empty(algebra.Binds(n), "the dataset has no such graph"), nil
		}
		return p.node(n.Input, inner, o.only(certain(n.Input)))
	case algebra.Var:
		inner := p.env.Named
		inner.Kind = GraphVar
		// Inside, the variable is not bound to the name yet (a filter on it is
		// an error there), so the name has a variable of its own.
		inner.Var = p.freshVar("graph")
		if !graphPushable(n.Input) || !p.use(ruleGraphAsColumn) {
			each := &EachGraph{Var: inner.Var, Active: inner}
			in, err := p.node(n.Input, Active{Kind: GraphParam, Var: inner.Var}, nil)
			if err != nil {
				return nil, err
			}
			each.Input = in
			each.Props = *in.Properties()
			each.Vars = append(append([]algebra.Var(nil), each.Vars...), inner.Var)
			each.Certain = union(each.Certain, Set(inner.Var))
			each.Sorted = nil
			each.Rows *= p.graphCount(inner)
			each.Cost *= p.graphCount(inner)
			return bind(each, inner.Var, name), nil
		}
		if o != nil {
			inside := o.without(name).only(certain(n.Input))
			for i, v := range o.vars { // what is bound to the name restricts the graphs
				if v != name || possible(n.Input)[name] {
					continue
				}
				if inside == nil {
					inside = &outer{join: o.join, rows: o.rows, dist: o.dist}
				}
				inside.vars = append(inside.vars, inner.Var)
				inside.from = append(inside.from, o.from[i])
			}
			o = inside
		}
		in, err := p.node(n.Input, inner, o)
		if err != nil {
			return nil, err
		}
		return bind(p.withGraph(in, inner), inner.Var, name), nil
	default:
		return nil, errNoJoin
	}
}

// bind renames column from to to, keeping rows whose to agrees.
func bind(in Node, from, to algebra.Var) Node {
	ip := in.Properties()
	b := &Bind{Input: in, From: from, To: to}
	b.Props = *ip
	b.Vars = nil
	b.Certain = ip.Certain.clone()
	delete(b.Certain, from)
	b.Certain[to] = true
	for _, v := range ip.Vars {
		if v != from && v != to {
			b.Vars = append(b.Vars, v)
		}
	}
	b.Vars = append(b.Vars, to)
	b.Sorted = nil
	return b
}

// graphPushable reports whether evaluating n with the graph as a further column
// gives the union of evaluating it per graph, each row with its graph's name.
// A LIMIT counts per graph, and a group without keys exists once per graph even
// when the graph has no match: these are evaluated per graph.
func graphPushable(n algebra.Node) bool {
	ok := true
	algebra.Walk(n, func(n algebra.Node) bool {
		switch n := n.(type) {
		case *algebra.Slice, *algebra.Service, *algebra.Lateral:
			ok = false
		case *algebra.Group:
			ok = ok && len(n.Keys) > 0
		case *algebra.Graph:
			return false // sets its own graph
		}
		for _, e := range algebra.Exprs(n) {
			ok = ok && !Volatile(e)
		}
		return ok
	})
	return ok
}
