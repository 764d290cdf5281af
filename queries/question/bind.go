package question

import (
	"fmt"
	"slices"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/queries/sparql"
)

// Bind returns the query with the parameters bound to the given terms; those
// without a term stay open. The values go into the syntax tree and are written
// by its printer, so that no value can change the query around it.
func (q *Question) Bind(values map[string][]rdf.Term) (*sparql.Query, error) {
	ast, err := sparql.ParseQuery(q.SPARQL, sparql.Options{})
	if err != nil {
		return nil, err
	}
	for name, terms := range values {
		if q.Param(name) == nil {
			return nil, fmt.Errorf("question: %s has no parameter %s", q.Name, name)
		}
		var rows [][]sparql.Term
		for _, t := range terms {
			term, err := syntaxTerm(t)
			if err != nil {
				return nil, fmt.Errorf("question: %s: %w", name, err)
			}
			rows = append(rows, []sparql.Term{term})
		}
		bind(ast.Where, name, rows)
	}
	for i := range q.Params {
		if name := q.Params[i].Name; len(values[name]) == 0 {
			bind(ast.Where, name, [][]sparql.Term{})
		}
	}
	return ast, nil
}

// syntaxTerm returns a term as the syntax tree holds it.
func syntaxTerm(t rdf.Term) (sparql.Term, error) {
	switch t := t.(type) {
	case rdf.IRI:
		if _, err := iri.Parse(string(t)); err != nil {
			return nil, err
		}
		return sparql.IRI{Value: t}, nil
	case rdf.Literal:
		l := &sparql.Literal{Value: t}
		if t.Lang == "" && !t.IsSimple() {
			l.Datatype = &sparql.IRI{Value: t.Datatype}
		}
		return l, nil
	default:
		return nil, fmt.Errorf("%v cannot be the value of a parameter", t)
	}
}

// bind replaces the rows of each VALUES block of the variable alone, in this
// group and those within it, and returns how many there are. An empty list of
// rows removes the block, which leaves the variable open; nil only counts.
func bind(g *sparql.Group, name string, rows [][]sparql.Term) int {
	if g == nil {
		return 0
	}
	n := 0
	if g.SubSelect != nil {
		n += bind(g.SubSelect.Where, name, rows)
	}
	defer func() {
		g.Elements = slices.DeleteFunc(g.Elements, func(e sparql.Element) bool {
			d, ok := e.(*sparql.InlineData)
			return ok && rows != nil && len(rows) == 0 && len(d.Vars) == 1 && d.Vars[0].Name == name
		})
	}()
	for _, e := range g.Elements {
		switch e := e.(type) {
		case *sparql.InlineData:
			if len(e.Vars) == 1 && e.Vars[0].Name == name {
				n++
				if rows != nil {
					e.Rows = rows
				}
			}
		case *sparql.Group:
			n += bind(e, name, rows)
		case *sparql.Optional:
			n += bind(e.Group, name, rows)
		case *sparql.Minus:
			n += bind(e.Group, name, rows)
		case *sparql.GraphPattern:
			n += bind(e.Group, name, rows)
		case *sparql.Union:
			for _, a := range e.Alternatives {
				n += bind(a, name, rows)
			}
		}
	}
	return n
}
