package plan

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// unit is one operand of a join group: patterns, paths, parts of triple terms,
// and whatever else is joined, in no particular order.
type unit struct {
	kind   unitKind
	vars   []algebra.Var // possibly bound
	sure   VarSet        // certainly bound
	active Active

	triple Triple        // of a pattern; the parts of a triple term
	term   algebra.Var   // the triple term taken apart
	nested bool          // which is part of another
	path   *algebra.Path // of a path
	s, o   Pos           // ends of the path

	node Node         // other operands, planned by themselves
	alg  algebra.Node // their algebra, when they may be planned anew as the right side of a BindJoin

	props     *Props               // of a pattern's matches, once asked for
	boundCost map[boundKey]float64 // what a BindJoin with it adds to the cost of its left side
}

// boundKey tells bind joins apart whose right sides are planned alike: by the
// variables bound, and the size of the left side as a power of two.
type boundKey struct {
	vars string
	size int
}

type unitKind uint8

const (
	patternUnit unitKind = iota
	pathUnit
	partsUnit
	nodeUnit
)

// matchable reports whether the unit can be looked up in an index.
func (u *unit) matchable() bool { return u.kind == patternUnit }

// group plans the join of everything below n that joins, with the filters of n.
func (p *planner) group(n algebra.Node, filters []algebra.Expr, a Active, o *outer) (Node, error) {
	g := &joinGroup{p: p, active: a}
	for _, f := range filters {
		g.addFilter(f)
	}
	if err := g.collect(n, a); err != nil {
		return nil, err
	}
	if g.nothing {
		vars := algebra.Binds(n)
		if a.Kind == GraphVar {
			vars = append(vars, a.Var)
		}
		return empty(vars, "a constant of the pattern is not in the graph"), nil
	}
	sure := VarSet{}
	for _, u := range g.units {
		sure = union(sure, u.sure)
	}
	o = o.only(sure)
	g.pushJoin(o)
	if o != nil {
		out := &Outer{Join: o.join, From: o.from}
		out.Vars, out.Certain, out.Unique = o.vars, Set(o.vars...), true
		out.Rows, out.Cost, out.Distinct = o.distinctRows(), o.rows*0.1, o.dist
		g.units = append(g.units, &unit{kind: nodeUnit, vars: o.vars, sure: out.Certain, node: out})
	}
	if len(g.units) == 0 {
		return p.filtered(one(), g.conds(), a), nil
	}
	best, err := g.enumerate()
	if err != nil {
		return nil, err
	}
	return g.finish(best)
}

// joinGroup is a set of operands to be joined in the cheapest order.
type joinGroup struct {
	p       *planner
	active  Active
	units   []*unit
	filters []groupFilter
	nothing bool // a pattern cannot match
}

type groupFilter struct {
	cond algebra.Expr
	vars []algebra.Var
	late bool // only on top of the whole group
}

func (g *joinGroup) addFilter(cond algebra.Expr) {
	f := groupFilter{cond: cond, vars: algebra.Vars(cond)}
	f.late = Volatile(cond) || hasExists(cond) || len(f.vars) == 0 || !g.p.allowed(rulePushFilterIntoJoin)
	g.filters = append(g.filters, f)
}

func (g *joinGroup) conds() []algebra.Expr {
	var out []algebra.Expr
	for _, f := range g.filters {
		out = append(out, f.cond)
	}
	return out
}

// collect adds the operands of n to the group.
func (g *joinGroup) collect(n algebra.Node, a Active) error {
	switch n := n.(type) {
	case *algebra.Join:
		if err := g.collect(n.Left, a); err != nil {
			return err
		}
		return g.collect(n.Right, a)
	case *algebra.BGP:
		for _, t := range n.Patterns {
			units, err := g.p.patternUnits(t, a)
			if err != nil {
				return err
			}
			if units == nil {
				g.nothing = true
			}
			g.units = append(g.units, units...)
		}
		return nil
	case *algebra.Path:
		return g.collectPath(n, a)
	case *algebra.Values:
		rows, err := g.p.values(n)
		if err != nil {
			return err
		}
		g.units = append(g.units, &unit{kind: nodeUnit, vars: rows.Vars, sure: rows.Certain, node: rows})
		return nil
	case *algebra.Filter:
		// The filter may join the group when the group binds its variables as
		// its own input does.
		inner := certain(n.Input)
		conds := conjuncts(n.Cond, nil)
		for _, c := range conds {
			if !inner.HasAll(algebra.Vars(c)) || Volatile(c) || hasExists(c) {
				return g.opaque(n, a)
			}
		}
		if !g.p.use(rulePushFilterIntoJoin) {
			return g.opaque(n, a)
		}
		for _, c := range conds {
			g.addFilter(c)
		}
		return g.collect(n.Input, a)
	case *algebra.Graph:
		return g.collectGraph(n, a)
	case *algebra.Service:
		// A SERVICE takes part as it is; the group may send it bindings.
		node, err := g.p.service(n, nil, a)
		if err != nil {
			return err
		}
		g.units = append(g.units, &unit{kind: nodeUnit, vars: node.Properties().Vars, sure: node.Properties().Certain, node: node, alg: n, active: a})
		return nil
	default:
		return g.opaque(n, a)
	}
}

// opaque adds n as one operand planned by itself.
func (g *joinGroup) opaque(n algebra.Node, a Active) error {
	node, err := g.p.node(n, a, nil)
	if err != nil {
		return err
	}
	pr := node.Properties()
	g.units = append(g.units, &unit{kind: nodeUnit, vars: pr.Vars, sure: pr.Certain, node: node, alg: n, active: a})
	return nil
}

// collectGraph lets the patterns of a GRAPH join with those outside it.
func (g *joinGroup) collectGraph(n *algebra.Graph, a Active) error {
	joinable := true
	algebra.Walk(n.Input, func(n algebra.Node) bool {
		switch n := n.(type) {
		case *algebra.Join:
		case *algebra.BGP:
			joinable = joinable && len(n.Patterns) > 0
		default:
			joinable = false
		}
		return joinable
	})
	if !joinable {
		return g.opaque(n, a)
	}
	switch name := n.Name.(type) {
	case algebra.Var:
		inner := g.p.env.Named
		inner.Var = name
		return g.collect(n.Input, inner)
	case rdf.Term:
		inner, ok, err := g.p.namedGraph(name)
		if err != nil {
			return err
		}
		if !ok {
			g.nothing = true
			return nil
		}
		return g.collect(n.Input, inner)
	default:
		return g.opaque(n, a)
	}
}

// patternUnits returns the operands that a triple pattern becomes: the pattern
// itself, and for each triple term with variables in it, its parts. It returns
// nil when nothing can match.
func (p *planner) patternUnits(t algebra.TriplePattern, a Active) ([]*unit, error) {
	var units []*unit
	main := &unit{kind: patternUnit, active: a}
	ok, err := p.triple(t, &main.triple, &units, false)
	if err != nil || !ok {
		return nil, err
	}
	main.setVars(main.triple)
	if a.Kind == GraphVar {
		main.addVar(a.Var)
	}
	return append([]*unit{main}, units...), nil
}

func (u *unit) setVars(t Triple) {
	u.sure = VarSet{}
	for _, pos := range t {
		if pos.IsVar() {
			u.addVar(pos.Var)
		}
	}
}

func (u *unit) addVar(v algebra.Var) {
	if u.sure == nil {
		u.sure = VarSet{}
	}
	if !u.sure[v] {
		u.sure[v] = true
		u.vars = append(u.vars, v)
	}
}

// triple fills out with the positions of t and adds the units of nested triple
// terms. It returns false when a constant cannot be stored.
func (p *planner) triple(t algebra.TriplePattern, out *Triple, units *[]*unit, nested bool) (bool, error) {
	for i, x := range [3]algebra.PatternTerm{t.S, t.P, t.O} {
		switch x := x.(type) {
		case algebra.Var:
			out[i] = Pos{Var: x}
		case algebra.TriplePattern:
			if ground, ok := groundTriple(x); ok {
				pos, err := p.constant(ground)
				if err != nil {
					return false, err
				}
				out[i] = pos
				break
			}
			v := p.freshVar("term")
			out[i] = Pos{Var: v}
			parts := &unit{kind: partsUnit, term: v, nested: nested}
			ok, err := p.triple(x, &parts.triple, units, true)
			if err != nil || !ok {
				return false, err
			}
			parts.setVars(parts.triple)
			parts.addVar(v)
			*units = append(*units, parts)
		case rdf.Term:
			pos, err := p.constant(x)
			if err != nil {
				return false, err
			}
			out[i] = pos
		}
		if !out[i].IsVar() && !nested && out[i].ID.Tag() == graph.TagLocal {
			return false, nil
		}
	}
	return true, nil
}

// groundTriple returns the triple term of a pattern without variables.
func groundTriple(t algebra.TriplePattern) (rdf.Triple, bool) {
	var parts [3]rdf.Term
	for i, x := range [3]algebra.PatternTerm{t.S, t.P, t.O} {
		switch x := x.(type) {
		case algebra.TriplePattern:
			g, ok := groundTriple(x)
			if !ok {
				return rdf.Triple{}, false
			}
			parts[i] = g
		case rdf.Term:
			parts[i] = x
		default:
			return rdf.Triple{}, false
		}
	}
	return rdf.Triple{Subject: parts[0], Predicate: parts[1], Object: parts[2]}, true
}

// isTerm reports whether a triple may be a term: substitution (§18.6) puts
// literals where RDF has none, and a path of length zero must not give out what
// comes of it.
func isTerm(t rdf.Triple) bool {
	switch t.Subject.(type) {
	case rdf.IRI, rdf.BlankNode:
	default:
		return false
	}
	if _, ok := t.Predicate.(rdf.IRI); !ok {
		return false
	}
	object, nested := t.Object.(rdf.Triple)
	return !nested || isTerm(object)
}

func (p *planner) constant(t rdf.Term) (Pos, error) {
	id, err := p.env.ID(t)
	return Pos{ID: id, Term: t}, err
}

// position returns the position of a path end, adding parts for triple terms
// with variables.
func (p *planner) position(x algebra.PatternTerm, units *[]*unit) (Pos, bool, error) {
	switch x := x.(type) {
	case algebra.Var:
		return Pos{Var: x}, true, nil
	case rdf.Term:
		pos, err := p.constant(x)
		return pos, true, err
	case algebra.TriplePattern:
		if ground, ok := groundTriple(x); ok {
			pos, err := p.constant(ground)
			return pos, isTerm(ground), err
		}
		v := p.freshVar("term")
		parts := &unit{kind: partsUnit, term: v}
		ok, err := p.triple(x, &parts.triple, units, true)
		parts.setVars(parts.triple)
		parts.addVar(v)
		*units = append(*units, parts)
		return Pos{Var: v}, ok, err
	default:
		return Pos{}, false, nil
	}
}

// collectPath adds a path. Only the closures are evaluated as paths: links,
// sequences, alternatives, inverses and negated sets are patterns, whose
// duplicates count (§18.4), just as those of joins and unions do.
func (g *joinGroup) collectPath(n *algebra.Path, a Active) error {
	switch path := n.Path.(type) {
	case algebra.PathLink:
		return g.collect(&algebra.BGP{Patterns: []algebra.TriplePattern{{S: n.S, P: path.IRI, O: n.O}}}, a)
	case algebra.PathInverse:
		return g.collectPath(&algebra.Path{S: n.O, Path: path.Path, O: n.S}, a)
	case algebra.PathSeq:
		mid := g.p.freshVar("path")
		if err := g.collectPath(&algebra.Path{S: n.S, Path: path.Left, O: mid}, a); err != nil {
			return err
		}
		return g.collectPath(&algebra.Path{S: mid, Path: path.Right, O: n.O}, a)
	case algebra.PathAlt:
		return g.opaque(&algebra.Union{
			Left:  &algebra.Path{S: n.S, Path: path.Left, O: n.O},
			Right: &algebra.Path{S: n.S, Path: path.Right, O: n.O},
		}, a)
	case algebra.PathNegated:
		var both algebra.Node
		if path.HasForward || !path.HasInverse {
			both = g.p.negated(n.S, path.Forward, n.O)
		}
		if path.HasInverse {
			inverse := g.p.negated(n.O, path.Inverse, n.S)
			if both == nil {
				both = inverse
			} else {
				return g.opaque(&algebra.Union{Left: both, Right: inverse}, a)
			}
		}
		return g.collect(both, a)
	}
	u := &unit{kind: pathUnit, active: a, path: n}
	var parts []*unit
	var ok bool
	var err error
	if u.s, ok, err = g.p.position(n.S, &parts); err != nil {
		return err
	}
	if !ok {
		g.nothing = true
	}
	if u.o, ok, err = g.p.position(n.O, &parts); err != nil {
		return err
	}
	if !ok {
		g.nothing = true
	}
	for _, pos := range []Pos{u.s, u.o} {
		if pos.IsVar() {
			u.addVar(pos.Var)
		}
	}
	if a.Kind == GraphVar {
		u.addVar(a.Var)
	}
	g.units = append(append(g.units, u), parts...)
	return nil
}

// negated returns the pattern of one direction of a negated property set.
func (p *planner) negated(s algebra.PatternTerm, not []rdf.IRI, o algebra.PatternTerm) algebra.Node {
	v := p.freshVar("pred")
	bgp := &algebra.BGP{Patterns: []algebra.TriplePattern{{S: s, P: v, O: o}}}
	if len(not) == 0 {
		return bgp
	}
	args := []algebra.Expr{algebra.VarExpr{Var: v}}
	for _, iri := range not {
		args = append(args, algebra.ConstExpr{Term: iri})
	}
	return &algebra.Filter{Input: bgp, Cond: &algebra.Call{Op: "not in", Args: args}}
}

// values turns inline data into ids.
func (p *planner) values(n *algebra.Values) (*Rows, error) {
	r := &Rows{}
	r.Vars = n.Vars
	r.Certain = certain(n)
	r.Distinct = make(map[algebra.Var]float64)
	distinct := make([]map[graph.ID]bool, len(n.Vars))
	for i := range distinct {
		distinct[i] = make(map[graph.ID]bool)
	}
	for _, row := range n.Rows {
		ids := make([]graph.ID, len(row))
		for i, t := range row {
			if t == nil {
				continue
			}
			id, err := p.env.ID(t)
			if err != nil {
				return nil, err
			}
			ids[i] = id
			distinct[i][id] = true
		}
		r.IDs = append(r.IDs, ids)
	}
	for i, v := range n.Vars {
		r.Distinct[v] = float64(len(distinct[i]))
	}
	r.Rows = float64(len(r.IDs))
	r.Cost = r.Rows * 0.1
	return r, nil
}
