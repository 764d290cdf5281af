package turtle

import (
	"fmt"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Check tells why no RDF syntax could write a quad so that it is read back as
// it is: a term where RDF has none of its kind, a relative IRI, a character that
// an IRI or a blank node label cannot hold, text that is not UTF-8. It returns
// nil for all that the decoders yield, and else an rdf.ErrInexpressible.
func Check(q rdf.Quad) error {
	if err := checkTriple(q.Subject, q.Predicate, q.Object); err != nil {
		return fmt.Errorf("cannot write %s: %w: %w", q, rdf.ErrInexpressible, err)
	}
	if q.Graph != nil {
		if err := checkResource(q.Graph, "graph name"); err != nil {
			return fmt.Errorf("cannot write %s: %w: %w", q, rdf.ErrInexpressible, err)
		}
	}
	return nil
}

func checkTriple(s, p, o rdf.Term) error {
	if err := checkResource(s, "subject"); err != nil {
		return err
	}
	i, ok := p.(rdf.IRI)
	if !ok {
		return fmt.Errorf("the predicate is no IRI")
	}
	if err := checkIRI(i); err != nil {
		return err
	}
	switch o := o.(type) {
	case rdf.Literal:
		return checkLiteral(o)
	case rdf.Triple:
		return checkTriple(o.Subject, o.Predicate, o.Object)
	default:
		return checkResource(o, "object")
	}
}

func checkResource(t rdf.Term, role string) error {
	switch t := t.(type) {
	case rdf.IRI:
		return checkIRI(t)
	case rdf.BlankNode:
		if end, _, f := scanBlankLabel([]byte(t), 0); f.is() || end != len(t) {
			return fmt.Errorf("%q is no label of a blank node", string(t))
		}
		return nil
	case nil:
		return fmt.Errorf("there is no %s", role)
	default:
		return fmt.Errorf("the %s is neither an IRI nor a blank node", role)
	}
}

func checkIRI(i rdf.IRI) error {
	if !iri.IsAbsolute(string(i)) {
		return fmt.Errorf("the IRI <%s> is not absolute", string(i))
	}
	return iri.CheckChars(string(i))
}

func checkLiteral(l rdf.Literal) error {
	if !utf8.ValidString(l.Lexical) {
		return fmt.Errorf("the literal is not UTF-8")
	}
	if l.Lang == "" {
		switch l.Datatype {
		case rdf.XSDString, "":
			return nil
		case rdf.RDFLangString, rdf.RDFDirLangString:
			return fmt.Errorf("a literal of type %s has no language tag", l.Datatype)
		default:
			return checkIRI(l.Datatype)
		}
	}
	if dir, end, f := scanLang([]byte(l.Lang), 0); f.is() || dir != end || end != len(l.Lang) {
		return fmt.Errorf("%q is no language tag", l.Lang)
	}
	switch l.Direction {
	case rdf.NoDirection, rdf.LTR, rdf.RTL:
		return nil
	default:
		return fmt.Errorf("%q is no base direction", string(l.Direction))
	}
}
