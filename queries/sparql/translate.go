package sparql

import (
	"fmt"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Translate returns the query in algebra, after SPARQL 1.1 §18.2. Joins with
// the empty pattern are simplified away; nothing else is.
func Translate(q *Query) (*algebra.Query, error) {
	t := translator{text: q.text}
	out := t.query(q)
	if t.err != nil {
		return nil, t.err
	}
	return out, nil
}

// TranslateUpdate returns the update request in algebra.
func TranslateUpdate(u *Update) (*algebra.Update, error) {
	t := translator{text: u.text}
	out := &algebra.Update{Base: u.Base}
	for _, op := range u.Operations {
		if o := t.operation(&op); o != nil {
			out.Operations = append(out.Operations, o)
		}
	}
	if t.err != nil {
		return nil, t.err
	}
	return out, nil
}

// translator holds the counters of one translation.
type translator struct {
	text   string
	err    error
	blanks int // anonymous nodes made so far
	keys   int // unnamed group keys made so far
	aggs   int // aggregates made so far

	// template makes blank nodes blank nodes rather than variables.
	template bool
	// group is set while expressions over groups are translated.
	group *grouping
}

func (t *translator) fail(pos Pos, format string, args ...any) {
	if t.err == nil {
		t.err = newError(t.text, int(pos), fmt.Sprintf(format, args...))
	}
}

func (t *translator) query(q *Query) *algebra.Query {
	out := &algebra.Query{Form: q.Form, Base: q.Base, Dataset: dataset(q.Dataset)}
	var pattern algebra.Node = &algebra.BGP{}
	if q.Where != nil {
		pattern = t.groupNode(q.Where)
	}
	if q.Form == algebra.Select {
		out.Pattern, out.Vars = t.selection(pattern, &q.Select, &q.Modifiers, q.Values)
		return out
	}
	pattern = t.solutions(pattern, nil, &q.Modifiers, q.Values)
	out.Pattern = t.slice(pattern, &q.Modifiers)
	switch q.Form {
	case algebra.Construct:
		template := q.Template
		if q.Short {
			for _, e := range q.Where.Elements {
				if b, ok := e.(*TriplesBlock); ok {
					template = append(template, b.Triples...)
				}
			}
		}
		out.Template = t.templateQuads([]Quads{{Triples: template}})
		out.Vars = algebra.InScope(pattern)
	case algebra.Describe:
		for _, d := range q.Describe {
			out.Describe = append(out.Describe, t.term(d))
			if v, ok := d.(Var); ok {
				out.Vars = append(out.Vars, algebra.Var(v.Name))
			}
		}
		if q.DescribeAll {
			out.Vars = algebra.InScope(pattern)
			for _, v := range out.Vars {
				out.Describe = append(out.Describe, v)
			}
		}
		if q.Where == nil {
			out.Pattern = nil
			if q.Values != nil {
				out.Pattern = t.values(q.Values)
			}
		}
	}
	return out
}

func dataset(clauses []DatasetClause) algebra.Dataset {
	d := algebra.Dataset{Explicit: len(clauses) > 0}
	for _, c := range clauses {
		if c.Named {
			d.Named = append(d.Named, c.IRI.Value)
		} else {
			d.Default = append(d.Default, c.IRI.Value)
		}
	}
	return d
}

// selection translates a SELECT over its pattern (§18.2.4, §18.2.5) and returns
// the projected variables.
func (t *translator) selection(pattern algebra.Node, sel *SelectClause, m *Modifiers, values *InlineData) (algebra.Node, []algebra.Var) {
	n := t.solutions(pattern, sel, m, values)
	var vars []algebra.Var
	if sel.Star {
		scoped := n
		for {
			o, ok := scoped.(*algebra.OrderBy)
			if !ok {
				break
			}
			scoped = o.Input
		}
		vars = algebra.InScope(scoped)
	} else {
		seen := map[algebra.Var]bool{}
		for _, it := range sel.Items {
			v := algebra.Var(it.Var.Name)
			if !seen[v] {
				seen[v] = true
				vars = append(vars, v)
			}
		}
	}
	n = &algebra.Project{Input: n, Vars: vars}
	switch {
	case sel.Distinct:
		n = &algebra.Distinct{Input: n}
	case sel.Reduced:
		n = &algebra.Reduced{Input: n}
	}
	return t.slice(n, m), vars
}

func (t *translator) slice(n algebra.Node, m *Modifiers) algebra.Node {
	if m.Limit < 0 && m.Offset < 0 {
		return n
	}
	return &algebra.Slice{Input: n, Offset: max(m.Offset, 0), Limit: m.Limit}
}

// solutions translates grouping, HAVING, VALUES, the expressions of SELECT and
// ORDER BY, in this order (§18.2.4.1 to §18.2.5.1).
func (t *translator) solutions(n algebra.Node, sel *SelectClause, m *Modifiers, values *InlineData) algebra.Node {
	outer := t.group
	defer func() { t.group = outer }()
	t.group = nil
	if isGrouped(sel, m) {
		t.group = newGrouping(t, n, m)
	}
	var having []algebra.Expr
	for _, h := range m.Having {
		having = append(having, t.expr(h))
	}
	type extension struct {
		v algebra.Var
		e algebra.Expr
	}
	var extensions []extension
	if sel != nil {
		for _, it := range sel.Items {
			if it.Expr == nil {
				continue
			}
			e := t.expr(it.Expr)
			v := algebra.Var(it.Var.Name)
			extensions = append(extensions, extension{v, e})
			if t.group != nil {
				t.group.visible[v] = true
			}
		}
	}
	var order []algebra.OrderKey
	for _, c := range m.OrderBy {
		order = append(order, algebra.OrderKey{Expr: t.expr(c.Expr), Desc: c.Desc})
	}
	if t.group != nil {
		n = t.group.node
	}
	if len(having) > 0 {
		n = &algebra.Filter{Input: n, Cond: conjunction(having)}
	}
	if values != nil {
		n = join(n, t.values(values))
	}
	for _, x := range extensions {
		n = &algebra.Extend{Input: n, Var: x.v, Expr: x.e}
	}
	if len(order) > 0 {
		n = &algebra.OrderBy{Input: n, Keys: order}
	}
	return n
}

func conjunction(list []algebra.Expr) algebra.Expr {
	out := list[0]
	for _, e := range list[1:] {
		out = &algebra.Call{Op: "&&", Args: []algebra.Expr{out, e}}
	}
	return out
}

// join joins two patterns, leaving out the empty one (§18.2.2.8).
func join(left, right algebra.Node) algebra.Node {
	if isUnit(left) {
		return right
	}
	if isUnit(right) {
		return left
	}
	return &algebra.Join{Left: left, Right: right}
}

func isUnit(n algebra.Node) bool {
	b, ok := n.(*algebra.BGP)
	return ok && len(b.Patterns) == 0
}

// groupNode translates a group with its filters.
func (t *translator) groupNode(g *Group) algebra.Node {
	n, cond := t.groupParts(g)
	if cond != nil {
		return &algebra.Filter{Input: n, Cond: cond}
	}
	return n
}

// groupParts translates a group (§18.2.2.6) and returns its pattern and its
// filters apart, since OPTIONAL makes the filters the condition of the
// LeftJoin. A nil condition stands for no filters.
func (t *translator) groupParts(g *Group) (algebra.Node, algebra.Expr) {
	if s := g.SubSelect; s != nil {
		n, _ := t.selection(t.groupNode(s.Where), &s.Select, &s.Modifiers, s.Values)
		return n, nil
	}
	group := t.group
	t.group = nil
	defer func() { t.group = group }()

	var n algebra.Node = &algebra.BGP{}
	var filters []algebra.Expr
	run := patternRun{t: t}
	flush := func() {
		for _, r := range run.take() {
			n = join(n, r)
		}
	}
	for _, e := range g.Elements {
		switch e := e.(type) {
		case *TriplesBlock:
			run.triples(e.Triples)
			continue
		case *Filter:
			// A filter stands for the whole group wherever it is, so triples
			// before and after it are one pattern.
			filters = append(filters, t.expr(e.Expr))
			continue
		}
		flush()
		switch e := e.(type) {
		case *Optional:
			right, cond := t.groupParts(e.Group)
			n = &algebra.LeftJoin{Left: n, Right: right, Cond: cond}
		case *Minus:
			n = &algebra.Minus{Left: n, Right: t.groupNode(e.Group)}
		case *Bind:
			n = &algebra.Extend{Input: n, Var: algebra.Var(e.Var.Name), Expr: t.expr(e.Expr)}
		case *InlineData:
			n = join(n, t.values(e))
		case *Group:
			n = join(n, t.groupNode(e))
		case *Union:
			u := t.groupNode(e.Alternatives[0])
			for _, a := range e.Alternatives[1:] {
				u = &algebra.Union{Left: u, Right: t.groupNode(a)}
			}
			n = join(n, u)
		case *GraphPattern:
			n = join(n, &algebra.Graph{Name: t.term(e.Name), Input: t.groupNode(e.Group)})
		case *ServicePattern:
			n = join(n, &algebra.Service{
				Name:   t.term(e.Name),
				Input:  t.groupNode(e.Group),
				Silent: e.Silent,
				Query:  groupText(e.Group),
			})
		}
	}
	flush()
	if len(filters) == 0 {
		return n, nil
	}
	return n, conjunction(filters)
}

func (t *translator) values(d *InlineData) algebra.Node {
	v := &algebra.Values{Rows: make([][]rdf.Term, 0, len(d.Rows))}
	for _, x := range d.Vars {
		v.Vars = append(v.Vars, algebra.Var(x.Name))
	}
	for _, row := range d.Rows {
		out := make([]rdf.Term, len(row))
		for i, x := range row {
			if x != nil {
				out[i], _ = t.term(x).(rdf.Term)
			}
		}
		v.Rows = append(v.Rows, out)
	}
	return v
}
