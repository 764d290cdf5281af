// Package canon gives the blank nodes of a dataset labels that depend on the
// dataset alone (RDF Dataset Canonicalization, RDFC-1.0), writes canonical
// N-Quads, and decides whether two datasets are isomorphic.
//
// RDFC-1.0 knows no triple terms. Here a blank node inside a triple term counts
// as mentioned by the quad; on datasets without triple terms the result is that
// of the specification.
package canon

import (
	"errors"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// ErrTooHard says that a dataset is built so that labelling or comparing it
// would take work beyond the limit, as poisoned datasets are.
var ErrTooHard = errors.New("canon: dataset too symmetric to be handled within the limit of work")

// AppendTerm appends t in canonical N-Quads: as [rdf.AppendTerm] does, with
// language tags in lower case.
func AppendTerm(dst []byte, t rdf.Term) []byte { return rdf.AppendTerm(dst, foldTags(t)) }

// AppendQuad appends q and a line feed in canonical N-Quads. Blank node labels
// stay as they are.
func AppendQuad(dst []byte, q rdf.Quad) []byte {
	q.Object = foldTags(q.Object)
	return append(rdf.AppendQuad(dst, q), '\n')
}

// foldTags puts language tags, which RDF compares without regard to case, in
// lower case.
func foldTags(t rdf.Term) rdf.Term {
	switch t := t.(type) {
	case rdf.Literal:
		t.Lang = strings.ToLower(t.Lang)
		return t
	case rdf.Triple:
		t.Object = foldTags(t.Object)
		return t
	default:
		return t
	}
}

// eachBlank calls f for each blank node in a term, telling its way there: the
// position of the term itself, then s or o for each triple term entered.
func eachBlank(t rdf.Term, position string, f func(b rdf.BlankNode, position string)) {
	switch t := t.(type) {
	case rdf.BlankNode:
		f(t, position)
	case rdf.Triple:
		eachBlank(t.Subject, position+"s", f)
		eachBlank(t.Object, position+"o", f)
	}
}

// relabel returns t with its blank nodes replaced.
func relabel(t rdf.Term, f func(rdf.BlankNode) rdf.BlankNode) rdf.Term {
	switch t := t.(type) {
	case rdf.BlankNode:
		return f(t)
	case rdf.Triple:
		return rdf.Triple{Subject: relabel(t.Subject, f), Predicate: t.Predicate, Object: relabel(t.Object, f)}
	default:
		return t
	}
}

func relabelQuad(q rdf.Quad, f func(rdf.BlankNode) rdf.BlankNode) rdf.Quad {
	q.Subject, q.Object = relabel(q.Subject, f), relabel(q.Object, f)
	if q.Graph != nil {
		q.Graph = relabel(q.Graph, f)
	}
	return q
}
