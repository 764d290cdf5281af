// Package expr evaluates the operators and functions of SPARQL over single
// values: [Value] in, [Value] out. It holds the operator mapping of SPARQL 1.1
// §17.3 and of the 1.2 draft, effective boolean values, ORDER BY order, the
// built-ins and casts, and the accumulators of the aggregates.
//
// It knows neither storage nor solutions. The caller compiles expressions,
// reads variables, and evaluates the functional forms (BOUND, IF, COALESCE,
// &&, ||, IN, NOT IN, EXISTS), for which [Truth] has the three-valued logic.
//
// An expression error is an error for which errors.Is(err, [ErrType]) holds:
// it removes a row from a FILTER and leaves a BIND unbound. Any other error
// must end the query; [Fatal] tells them apart cheaply.
package expr

import (
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// Value is a value of an expression: an RDF term whose typed value is parsed
// when it is asked for, or a computed value whose term is made when it is asked
// for. It is passed by value and making one from a number does not allocate.
// The zero Value is unbound.
type Value struct {
	term  rdf.Term // nil for a computed value of a known type
	x     xsd.Value
	typ   xsd.Type // type of a literal of form typed or unparsed
	state state
}

type state uint8

const (
	unbound  state = iota
	resource       // IRI or blank node: term
	triple         // triple term: term
	tagged         // literal with a language tag: term
	typed          // literal with value x; term may be nil
	unparsed       // literal of type typ, not parsed yet: term
	opaque         // literal of an unknown type, or ill-typed: term
)

// FromTerm returns the value of a term; nil is unbound.
func FromTerm(t rdf.Term) Value {
	switch l := t.(type) { // t itself stays the interface value, not to be made anew
	case nil:
		return Value{}
	case rdf.Literal:
		return fromLiteral(l, t)
	case rdf.Triple:
		return Value{term: t, state: triple}
	default:
		return Value{term: t, state: resource}
	}
}

// fromLiteral takes the literal twice, as itself and as the interface value it
// came in, so that no new one is allocated.
func fromLiteral(l rdf.Literal, t rdf.Term) Value {
	switch {
	case l.Lang != "":
		return Value{term: t, state: tagged}
	case l.Datatype == rdf.XSDString:
		return Value{term: t, x: xsd.NewString(l.Lexical), typ: xsd.String, state: typed}
	}
	if typ := xsd.TypeOf(l.Datatype); typ != xsd.Unknown {
		return Value{term: t, typ: typ, state: unparsed}
	}
	return Value{term: t, state: opaque}
}

// FromXSD returns a computed value, whose term will be the canonical literal.
func FromXSD(x xsd.Value) Value {
	if x.Type() == xsd.Unknown {
		return Value{}
	}
	return Value{x: x, typ: x.Type(), state: typed}
}

// Bool, Int, Double and String return computed values of these types.
func Bool(b bool) Value      { return FromXSD(xsd.NewBoolean(b)) }
func Int(n int64) Value      { return FromXSD(xsd.NewInteger(n)) }
func Double(f float64) Value { return FromXSD(xsd.NewDouble(f)) }
func String(s string) Value  { return FromXSD(xsd.NewString(s)) }

// IRI returns the value of an IRI.
func IRI(iri rdf.IRI) Value { return Value{term: iri, state: resource} }

// Lang returns a string with a language tag and a base direction, each of which
// may be empty.
func Lang(s, lang string, dir rdf.Direction) Value {
	if lang == "" {
		return String(s)
	}
	return Value{term: rdf.NewDirLang(s, lang, dir), state: tagged}
}

// IsUnbound reports whether there is no value.
func (v Value) IsUnbound() bool { return v.state == unbound }

// Kind returns the kind of the term, 0 when unbound.
func (v Value) Kind() rdf.Kind {
	switch v.state {
	case unbound:
		return 0
	case resource, triple:
		return v.term.Kind()
	}
	return rdf.KindLiteral
}

// IsLiteral reports whether the value is a literal.
func (v Value) IsLiteral() bool { return v.state >= tagged }

// Term returns the term of the value, nil when unbound.
func (v Value) Term() rdf.Term {
	if v.term == nil && v.state == typed {
		return rdf.Literal{Lexical: v.x.String(), Datatype: v.typ.IRI()}
	}
	return v.term
}

// literal returns the value as a literal; it must be one.
func (v Value) literal() rdf.Literal {
	if v.term == nil {
		return rdf.Literal{Lexical: v.x.String(), Datatype: v.typ.IRI()}
	}
	l, _ := v.term.(rdf.Literal)
	return l
}

// Lexical returns the lexical form of a literal, the text of an IRI, and
// whether the value is one of these.
func (v Value) Lexical() (string, bool) {
	switch v.state {
	case typed:
		if v.typ == xsd.String {
			return v.x.Text(), true
		}
		return v.literal().Lexical, true
	case tagged, unparsed, opaque:
		return v.literal().Lexical, true
	case resource:
		iri, ok := v.term.(rdf.IRI)
		return string(iri), ok
	}
	return "", false
}

// XSD returns the typed value of a literal of a known type, false for anything
// else and for ill-typed literals.
func (v Value) XSD() (xsd.Value, bool) {
	switch v.state {
	case typed:
		return v.x, true
	case unparsed:
		return xsd.Parse(v.typ, v.literal().Lexical)
	}
	return xsd.Value{}, false
}

// Resolve returns the same value with its lexical form parsed, for values that
// are looked at many times: constants and sort keys.
func (v Value) Resolve() Value {
	if v.state != unparsed {
		return v
	}
	if x, ok := v.XSD(); ok {
		v.x, v.state = x, typed
	} else {
		v.state = opaque
	}
	return v
}

// isNumeric reports whether the value is a well-formed number, and returns it.
func (v Value) number() (xsd.Value, bool) {
	if !v.typ.IsNumeric() {
		return xsd.Value{}, false
	}
	return v.XSD()
}

// SameTerm reports whether both are the same RDF term; language tags compare
// without regard to case. Nothing is the same as an unbound value.
func SameTerm(a, b Value) bool {
	if a.state == unbound || b.state == unbound {
		return false
	}
	if a.state == typed && b.state == typed && a.typ == xsd.String && b.typ == xsd.String {
		return a.x.Text() == b.x.Text()
	}
	return sameTerm(a.Term(), b.Term())
}

func sameTerm(a, b rdf.Term) bool {
	switch a := a.(type) {
	case rdf.Literal:
		b, ok := b.(rdf.Literal)
		return ok && a.Lexical == b.Lexical && a.Datatype == b.Datatype &&
			a.Direction == b.Direction && equalFold(a.Lang, b.Lang)
	case rdf.Triple:
		b, ok := b.(rdf.Triple)
		return ok && sameTerm(a.Subject, b.Subject) && sameTerm(a.Predicate, b.Predicate) && sameTerm(a.Object, b.Object)
	}
	return a == b
}

// equalFold compares language tags, which are ASCII.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
