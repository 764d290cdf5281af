package queries

import (
	"errors"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
)

// errStop ends a run whose consumer wants no more.
var errStop = errors.New("stop")

// template makes quads from solutions (§16.2, and the templates of updates).
// What a solution leaves unbound, or what is no RDF quad, is left out.
type template struct {
	query *exec.Query
	quads []algebra.QuadPattern
	cols  map[algebra.Var]int
	fresh *graph.BlankNamer
	nodes map[rdf.BlankNode]rdf.BlankNode // of the current solution
}

func newTemplate(q *exec.Query, quads []algebra.QuadPattern, vars []algebra.Var) (*template, error) {
	t := &template{query: q, quads: quads, cols: make(map[algebra.Var]int), fresh: graph.NewBlankNamer(), nodes: make(map[rdf.BlankNode]rdf.BlankNode)}
	for i, v := range vars {
		t.cols[v] = i
	}
	return t, nil
}

// each calls f for the quads of one solution.
func (t *template) each(b *exec.Batch, row int, f func(rdf.Quad) error) error {
	clear(t.nodes)
	for _, p := range t.quads {
		var q rdf.Quad
		var err error
		if q.Subject, err = t.term(p.S, b, row); err != nil {
			return err
		}
		if q.Predicate, err = t.term(p.P, b, row); err != nil {
			return err
		}
		if q.Object, err = t.term(p.O, b, row); err != nil {
			return err
		}
		if p.G != nil {
			if q.Graph, err = t.term(p.G, b, row); err != nil {
				return err
			}
			switch q.Graph.(type) {
			case rdf.IRI, rdf.BlankNode:
			default:
				continue
			}
		}
		if !isTriple(q.Subject, q.Predicate, q.Object) {
			continue
		}
		if err := f(q); err != nil {
			return err
		}
	}
	return nil
}

// isTriple reports whether the terms make a triple of RDF 1.2.
func isTriple(s, p, o rdf.Term) bool {
	switch s.(type) {
	case rdf.IRI, rdf.BlankNode:
	default:
		return false
	}
	_, ok := p.(rdf.IRI)
	return ok && o != nil
}

func (t *template) term(p algebra.PatternTerm, b *exec.Batch, row int) (rdf.Term, error) {
	switch p := p.(type) {
	case algebra.Var:
		c, ok := t.cols[p]
		if !ok {
			return nil, nil
		}
		return t.query.Terms.Term(b.Cols[c][row])
	case rdf.BlankNode:
		n, ok := t.nodes[p]
		if !ok {
			n = t.fresh.Fresh()
			t.nodes[p] = n
		}
		return n, nil
	case algebra.TriplePattern:
		var parts [3]rdf.Term
		for i, x := range [3]algebra.PatternTerm{p.S, p.P, p.O} {
			var err error
			if parts[i], err = t.term(x, b, row); err != nil {
				return nil, err
			}
		}
		if !isTriple(parts[0], parts[1], parts[2]) {
			return nil, nil
		}
		return rdf.Triple{Subject: parts[0], Predicate: parts[1], Object: parts[2]}, nil
	case rdf.Triple:
		// A triple term with blank nodes of the template in it.
		return t.term(algebra.TriplePattern{S: p.Subject, P: p.Predicate, O: p.Object}, b, row)
	case rdf.Term:
		return p, nil
	default:
		return nil, nil
	}
}

// construct calls yield for each triple, once.
func (r *Result) construct(yield func(rdf.Quad, error) bool) error {
	seen := make(map[rdf.Quad]bool)
	for {
		b, err := r.rows.Next()
		if b == nil || err != nil {
			return err
		}
		for i := range b.N {
			err := r.template.each(b, i, func(q rdf.Quad) error {
				key := foldQuad(q)
				if seen[key] {
					return nil
				}
				seen[key] = true
				if !yield(q, nil) {
					return errStop
				}
				return r.query.Take(200)
			})
			if err != nil {
				return err
			}
		}
	}
}

func foldQuad(q rdf.Quad) rdf.Quad {
	if l, ok := q.Object.(rdf.Literal); ok && l.Lang == "" {
		return q
	}
	q.Object = graph.FoldTerm(q.Object)
	return q
}
