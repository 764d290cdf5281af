package queries

import (
	"errors"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
)

// errStop ends a run whose consumer wants no more.
var errStop = errors.New("stop")

// template makes quads from solutions (§16.2, and the templates of updates).
// What a solution leaves unbound, or what is no RDF quad, is left out.
type template struct {
	query *exec.Query
	quads []algebra.QuadPattern
	cols  map[algebra.Var]int
	used  []int        // the columns that the quads have variables of
	terms [][]rdf.Term // of the batch at hand, by column
	fresh *graph.BlankNamer
	nodes map[rdf.BlankNode]rdf.BlankNode // of the current solution
}

func newTemplate(q *exec.Query, quads []algebra.QuadPattern, vars []algebra.Var) (*template, error) {
	t := &template{query: q, quads: quads, cols: make(map[algebra.Var]int), fresh: graph.NewBlankNamer(), nodes: make(map[rdf.BlankNode]rdf.BlankNode)}
	for i, v := range vars {
		t.cols[v] = i
	}
	t.terms = make([][]rdf.Term, len(vars))
	for _, p := range quads {
		for _, x := range [4]algebra.PatternTerm{p.S, p.P, p.O, p.G} {
			t.use(x)
		}
	}
	return t, nil
}

// use notes the columns of the variables in a term of the template.
func (t *template) use(p algebra.PatternTerm) {
	switch p := p.(type) {
	case algebra.Var:
		if c, ok := t.cols[p]; ok && !slices.Contains(t.used, c) {
			t.used = append(t.used, c)
		}
	case algebra.TriplePattern:
		t.use(p.S)
		t.use(p.P)
		t.use(p.O)
	}
}

// read reads the terms of a batch, whose rows are then given to quad.
func (t *template) read(b *exec.Batch) error {
	for _, c := range t.used {
		t.terms[c] = slices.Grow(t.terms[c][:0], b.N)[:b.N]
		if err := t.query.Terms.Batch(b.Cols[c][:b.N], t.terms[c]); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for the quads of one solution of the batch that was read.
func (t *template) each(row int, f func(rdf.Quad) error) error {
	clear(t.nodes)
	for i := range t.quads {
		q, ok := t.quad(i, row)
		if !ok {
			continue
		}
		if err := f(q); err != nil {
			return err
		}
	}
	return nil
}

// quad makes a quad of a solution, false when it is none.
func (t *template) quad(i, row int) (q rdf.Quad, ok bool) {
	p := &t.quads[i]
	q.Subject, q.Predicate, q.Object = t.term(p.S, row), t.term(p.P, row), t.term(p.O, row)
	if p.G != nil {
		switch q.Graph = t.term(p.G, row); q.Graph.(type) {
		case rdf.IRI, rdf.BlankNode:
		default:
			return q, false
		}
	}
	return q, isTriple(q.Subject, q.Predicate, q.Object)
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

func (t *template) term(p algebra.PatternTerm, row int) rdf.Term {
	switch p := p.(type) {
	case algebra.Var:
		c, ok := t.cols[p]
		if !ok {
			return nil
		}
		return t.terms[c][row]
	case rdf.BlankNode:
		n, ok := t.nodes[p]
		if !ok {
			n = t.fresh.Fresh()
			t.nodes[p] = n
		}
		return n
	case algebra.TriplePattern:
		var parts [3]rdf.Term
		for i, x := range [3]algebra.PatternTerm{p.S, p.P, p.O} {
			parts[i] = t.term(x, row)
		}
		if !isTriple(parts[0], parts[1], parts[2]) {
			return nil
		}
		return rdf.Triple{Subject: parts[0], Predicate: parts[1], Object: parts[2]}
	case rdf.Triple:
		// A triple term with blank nodes of the template in it.
		return t.term(algebra.TriplePattern{S: p.Subject, P: p.Predicate, O: p.Object}, row)
	case rdf.Term:
		return p
	default:
		return nil
	}
}

// makesEachOnce reports whether no two solutions of a CONSTRUCT can make the same
// triple: the solutions of triple patterns over one graph differ, and a template
// of one triple with all their variables keeps them apart. With a variable left
// out of the template, as ?o is in
//
//	CONSTRUCT { ?s :x :y } { ?s :p ?o }
//
// solutions that differ make the same triple; so they may with two triples in
// the template, and where a blank node of the pattern is a variable in disguise.
func makesEachOnce(q *algebra.Query, ds exec.Dataset) bool {
	bgp, ok := q.Pattern.(*algebra.BGP)
	if !ok || len(q.Template) != 1 || q.Template[0].G != nil || ds.Default.Kind != plan.GraphOne {
		return false
	}
	t := q.Template[0]
	for _, p := range bgp.Patterns {
		for _, x := range [3]algebra.PatternTerm{p.S, p.P, p.O} {
			switch x := x.(type) {
			case algebra.Var:
				if x != t.S && x != t.P && x != t.O {
					return false
				}
			case rdf.IRI, rdf.Literal:
			default:
				return false
			}
		}
	}
	return true
}

// construct calls yield for each triple, once. Triples whose terms are variables
// and constants are told apart by ids, which is faster than by terms.
func (r *Result) construct(yield func(rdf.Quad, error) bool) error {
	t := r.template
	known := newTripleSet(r.query)
	makers, err := t.idMakers()
	if err != nil {
		return err
	}
	for {
		b, err := r.rows.Next()
		if b == nil || err != nil {
			return err
		}
		if err := t.read(b); err != nil {
			return err
		}
		for row := range b.N {
			clear(t.nodes)
			for i := range t.quads {
				q, ok := t.quad(i, row)
				if !ok {
					continue
				}
				isNew := true
				switch m := makers[i]; {
				case r.once:
				case m != nil:
					isNew, err = known.addIDs(m, b, row)
				default:
					isNew, err = known.addQuad(q)
				}
				if err != nil {
					return err
				}
				if isNew && !yield(q, nil) {
					return errStop
				}
			}
		}
	}
}

// idMaker tells where the ids of a triple of the template come from: from
// columns, or where these are negative from constants.
type idMaker struct {
	cols [3]int
	ids  [3]graph.ID
}

// idMakers returns the makers of the template's triples. There is none for a
// triple with a fresh blank node, which is like no other; and none at all when
// the template has graphs or triple terms, as a triple term that is made and
// one that is found are the same term.
func (t *template) idMakers() ([]*idMaker, error) {
	makers := make([]*idMaker, len(t.quads))
	for i, p := range t.quads {
		if p.G != nil {
			return make([]*idMaker, len(t.quads)), nil
		}
		m := &idMaker{}
		for k, x := range [3]algebra.PatternTerm{p.S, p.P, p.O} {
			switch x := x.(type) {
			case algebra.Var:
				m.cols[k] = t.cols[x] // there, as else the template makes no triple
			case rdf.IRI, rdf.Literal:
				m.cols[k] = -1
				id, err := t.query.Terms.ID(x.(rdf.Term))
				if err != nil {
					return nil, err
				}
				m.ids[k] = id
			case rdf.BlankNode:
				m = nil
			default:
				return make([]*idMaker, len(t.quads)), nil
			}
			if m == nil {
				break
			}
		}
		makers[i] = m
	}
	return makers, nil
}

// tripleSet holds the triples that a CONSTRUCT has given, by ids or by terms.
type tripleSet struct {
	query *exec.Query
	ids   *exec.RowSet
	quads map[rdf.Quad]bool
}

func newTripleSet(q *exec.Query) *tripleSet {
	return &tripleSet{query: q, ids: q.NewRowSet(3), quads: make(map[rdf.Quad]bool)}
}

func (s *tripleSet) addIDs(m *idMaker, b *exec.Batch, row int) (bool, error) {
	ids := m.ids
	for k, c := range m.cols {
		if c >= 0 {
			ids[k] = b.Cols[c][row]
		}
	}
	return s.ids.Add(ids[:])
}

func (s *tripleSet) addQuad(q rdf.Quad) (bool, error) {
	key := foldQuad(q)
	if s.quads[key] {
		return false, nil
	}
	s.quads[key] = true
	return true, s.query.Take(200)
}

func foldQuad(q rdf.Quad) rdf.Quad {
	if l, ok := q.Object.(rdf.Literal); ok && l.Lang == "" {
		return q
	}
	q.Object = graph.FoldTerm(q.Object)
	return q
}
