package graph

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// FoldTerm returns t with the language tags in it, at any depth, in lower case.
// Folded terms are equal with == exactly when the terms are the same RDF term
// (RDF 1.2 §3.3 compares tags without regard to case), so they are the keys of
// every dictionary.
func FoldTerm(t rdf.Term) rdf.Term {
	switch t := t.(type) {
	case rdf.Literal:
		if t.Lang != "" {
			t.Lang = strings.ToLower(t.Lang)
		}
		return t
	case rdf.Triple:
		return rdf.Triple{Subject: FoldTerm(t.Subject), Predicate: FoldTerm(t.Predicate), Object: FoldTerm(t.Object)}
	default:
		return t
	}
}
