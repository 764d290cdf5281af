package expr

import (
	"cmp"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// Equal is the operator "=" (SPARQL 1.1 §17.3, §17.4.1.7). Literals of known
// types compare by value, and are unequal when their value spaces differ. A
// literal of an unknown type, or an ill-typed one, equals itself; against any
// other literal without a language tag there is no telling, which is an error.
// A literal with a language tag equals nothing but itself: no other datatype has
// its values (sparql10/open-world, open-eq-08 and 10). Triple terms are equal
// when their parts are.
func Equal(a, b Value) (bool, error) {
	switch {
	case a.state == unbound || b.state == unbound:
		return false, errUnbound
	case a.state == triple && b.state == triple:
		return equalTriples(a.term.(rdf.Triple), b.term.(rdf.Triple))
	case a.state < tagged || b.state < tagged:
		return a.state == resource && b.state == resource && a.term == b.term, nil
	}
	if a.state == tagged || b.state == tagged {
		if a.state == b.state {
			return sameTerm(a.term, b.term), nil
		}
		return false, nil
	}
	x, okX := a.XSD()
	y, okY := b.XSD()
	if okX && okY {
		equal, ok := xsd.EqualValues(x, y)
		if !ok {
			return false, errIncomparable
		}
		return equal, nil
	}
	if SameTerm(a, b) {
		return true, nil
	}
	return false, errIncomparable
}

func equalTriples(a, b rdf.Triple) (bool, error) {
	t := EqualTruth(FromTerm(a.Subject), FromTerm(b.Subject)).
		And(EqualTruth(FromTerm(a.Predicate), FromTerm(b.Predicate))).
		And(EqualTruth(FromTerm(a.Object), FromTerm(b.Object)))
	if t == Error {
		return false, errIncomparable
	}
	return t == True, nil
}

// Compare is what the operators < > <= >= decide by: numbers, strings,
// booleans, points in time, durations and binary values, each among
// themselves, and triple terms part by part (SPARQL 1.2 draft). The result is
// Unordered for NaN, with which all four are false; whatever cannot be compared
// is an error.
func Compare(a, b Value) (xsd.Ordering, error) {
	if a.state == typed && b.state == typed && a.typ.IsInteger() && b.typ.IsInteger() {
		return xsd.Ordering(a.x.Decimal().Cmp(b.x.Decimal())), nil // the commonest case, without copies
	}
	if a.state == unbound || b.state == unbound {
		return xsd.Undetermined, errUnbound
	}
	if a.state == triple && b.state == triple {
		return compareTriples(a.term.(rdf.Triple), b.term.(rdf.Triple))
	}
	if !xsd.Comparable(a.typ, b.typ) {
		return xsd.Undetermined, errIncomparable
	}
	x, okX := a.XSD()
	y, okY := b.XSD()
	if !okX || !okY {
		return xsd.Undetermined, errIncomparable
	}
	o := xsd.Compare(x, y)
	if o == xsd.Undetermined {
		return o, errIncomparable
	}
	return o, nil
}

// compareTriples compares by the first parts that are not equal; these must be
// comparable.
func compareTriples(a, b rdf.Triple) (xsd.Ordering, error) {
	parts := [3][2]rdf.Term{{a.Subject, b.Subject}, {a.Predicate, b.Predicate}, {a.Object, b.Object}}
	for _, p := range parts {
		x, y := FromTerm(p[0]), FromTerm(p[1])
		equal, err := Equal(x, y)
		if err != nil {
			return xsd.Undetermined, err
		}
		if !equal {
			return Compare(x, y)
		}
	}
	return xsd.Equal, nil
}

// Order compares any two values for ORDER BY, MIN and MAX in a total preorder:
// unbound, blank nodes, IRIs, literals, triple terms (SPARQL 1.1 §15.1 and the
// 1.2 draft). Literals order by group: strings with and without language tag
// together, booleans, numbers, points in time by type, durations, binary
// values; unknown and ill-typed ones last, by lexical form and datatype. Values
// that "=" holds equal compare as 0, so that a second sort key decides.
func Order(a, b Value) int {
	if ka, kb := a.Kind(), b.Kind(); ka != kb {
		return cmp.Compare(ka, kb)
	}
	switch a.state {
	case unbound:
		return 0
	case resource:
		return compareResources(a.term, b.term)
	case triple:
		return orderTriples(a.term.(rdf.Triple), b.term.(rdf.Triple))
	}
	ga, x := a.group()
	gb, y := b.group()
	switch {
	case ga != gb:
		return cmp.Compare(ga, gb)
	case ga == groupValue:
		return xsd.Order(x, y)
	}
	l, m := a.literal(), b.literal()
	if c := strings.Compare(l.Lexical, m.Lexical); c != 0 {
		return c
	}
	if ga == groupText {
		if c := compareFold(l.Lang, m.Lang); c != 0 {
			return c
		}
		return strings.Compare(string(l.Direction), string(m.Direction))
	}
	return strings.Compare(string(l.Datatype), string(m.Datatype))
}

// The groups of literals.
const (
	groupText = iota
	groupValue
	groupOpaque
)

func (v Value) group() (int, xsd.Value) {
	if v.state == tagged || v.typ == xsd.String {
		return groupText, v.x
	}
	if x, ok := v.XSD(); ok {
		return groupValue, x
	}
	return groupOpaque, xsd.Value{}
}

// compareResources compares two terms of one kind, IRIs or blank nodes.
func compareResources(a, b rdf.Term) int {
	switch a := a.(type) {
	case rdf.IRI:
		b, _ := b.(rdf.IRI)
		return strings.Compare(string(a), string(b))
	case rdf.BlankNode:
		b, _ := b.(rdf.BlankNode)
		return strings.Compare(string(a), string(b))
	}
	return 0
}

func orderTriples(a, b rdf.Triple) int {
	if c := Order(FromTerm(a.Subject), FromTerm(b.Subject)); c != 0 {
		return c
	}
	if c := Order(FromTerm(a.Predicate), FromTerm(b.Predicate)); c != 0 {
		return c
	}
	return Order(FromTerm(a.Object), FromTerm(b.Object))
}

func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}
