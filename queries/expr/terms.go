package expr

import (
	"encoding/hex"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

func fnStr(_ *Context, a []Value) (Value, error) {
	if a[0].typ == xsd.String {
		return a[0], nil
	}
	s, ok := a[0].Lexical()
	if !ok {
		return Value{}, operandError(a)
	}
	return String(s), nil
}

func fnLang(_ *Context, a []Value) (Value, error) {
	if !a[0].IsLiteral() {
		return Value{}, operandError(a)
	}
	if a[0].state != tagged {
		return String(""), nil
	}
	return String(a[0].literal().Lang), nil
}

func fnLangDir(_ *Context, a []Value) (Value, error) {
	if !a[0].IsLiteral() {
		return Value{}, operandError(a)
	}
	if a[0].state != tagged {
		return String(""), nil
	}
	return String(string(a[0].literal().Direction)), nil
}

func fnHasLang(_ *Context, a []Value) (Value, error) {
	if a[0].state == unbound {
		return Value{}, errUnbound
	}
	return Bool(a[0].state == tagged), nil
}

func fnHasLangDir(_ *Context, a []Value) (Value, error) {
	if a[0].state == unbound {
		return Value{}, errUnbound
	}
	return Bool(a[0].state == tagged && a[0].literal().Direction != rdf.NoDirection), nil
}

// fnLangMatches is basic filtering of RFC 4647 §3.3.1.
func fnLangMatches(_ *Context, a []Value) (Value, error) {
	tag, ok1 := a[0].simple()
	rng, ok2 := a[1].simple()
	if !ok1 || !ok2 {
		return Value{}, operandError(a)
	}
	if rng == "*" {
		return Bool(tag != ""), nil
	}
	return Bool(len(tag) >= len(rng) && rng != "" && equalFold(tag[:len(rng)], rng) &&
		(len(tag) == len(rng) || tag[len(rng)] == '-')), nil
}

// simple returns the text of an xsd:string.
func (v Value) simple() (string, bool) {
	return v.x.Text(), v.state == typed && v.typ == xsd.String
}

func fnDatatype(_ *Context, a []Value) (Value, error) {
	switch v := a[0]; {
	case !v.IsLiteral():
		return Value{}, operandError(a)
	case v.term == nil:
		return IRI(v.typ.IRI()), nil
	default:
		return IRI(v.literal().Datatype), nil
	}
}

func fnIRI(c *Context, a []Value) (Value, error) {
	if a[0].state == resource {
		if _, ok := a[0].term.(rdf.IRI); ok {
			return a[0], nil
		}
	}
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	s, err := c.base.Resolve(s)
	if err != nil {
		return Value{}, errIRI
	}
	return IRI(rdf.IRI(s)), nil
}

func fnBlank(c *Context, a []Value) (Value, error) {
	if len(a) == 0 {
		return FromTerm(c.freshBlank()), nil
	}
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	return FromTerm(c.scopedBlank(s)), nil
}

func fnStrDT(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok || a[1].Kind() != rdf.KindIRI {
		return Value{}, operandError(a)
	}
	datatype, _ := a[1].term.(rdf.IRI)
	if datatype == rdf.RDFLangString || datatype == rdf.RDFDirLangString {
		return Value{}, errOperand // no such literal without a tag
	}
	return FromTerm(rdf.NewTyped(s, datatype)), nil
}

func fnStrLang(_ *Context, a []Value) (Value, error) {
	s, ok1 := a[0].simple()
	lang, ok2 := a[1].simple()
	if !ok1 || !ok2 || !validLang(lang) {
		return Value{}, operandError(a)
	}
	return Lang(s, lang, rdf.NoDirection), nil
}

func fnStrLangDir(_ *Context, a []Value) (Value, error) {
	s, ok1 := a[0].simple()
	lang, ok2 := a[1].simple()
	dir, ok3 := a[2].simple()
	if !ok1 || !ok2 || !ok3 || !validLang(lang) {
		return Value{}, operandError(a)
	}
	switch d := rdf.Direction(dir); d {
	case rdf.LTR, rdf.RTL:
		return Lang(s, lang, d), nil
	}
	return Value{}, errOperand
}

// validLang reports whether s is a language tag by the grammar of Turtle and
// SPARQL, letters and then parts of letters and digits, each of at most eight
// as BCP 47 has it.
func validLang(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if part == "" || len(part) > 8 {
			return false
		}
		for j := 0; j < len(part); j++ {
			c := lower(part[j])
			if (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// uuid returns a random UUID of RFC 9562 version 4.
func (c *Context) uuid() string {
	var raw [16]byte
	hi, lo := c.random.Uint64(), c.random.Uint64()
	for i := range 8 {
		raw[i], raw[8+i] = byte(hi>>(8*i)), byte(lo>>(8*i))
	}
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:], raw[:4])
	text[8] = '-'
	hex.Encode(text[9:], raw[4:6])
	text[13] = '-'
	hex.Encode(text[14:], raw[6:8])
	text[18] = '-'
	hex.Encode(text[19:], raw[8:10])
	text[23] = '-'
	hex.Encode(text[24:], raw[10:])
	return string(text[:])
}

func fnUUID(c *Context, _ []Value) (Value, error) { return IRI(rdf.IRI("urn:uuid:" + c.uuid())), nil }

func fnStrUUID(c *Context, _ []Value) (Value, error) { return String(c.uuid()), nil }

func fnSameTerm(_ *Context, a []Value) (Value, error) {
	if a[0].state == unbound || a[1].state == unbound {
		return Value{}, errUnbound
	}
	return Bool(SameTerm(a[0], a[1])), nil
}

// fnSameValue is "=" of the SPARQL 1.2 draft but for NaN, which is the same
// value as itself.
func fnSameValue(_ *Context, a []Value) (Value, error) {
	if SameTerm(a[0], a[1]) {
		return Bool(true), nil
	}
	return opEqual(nil, a)
}

func isKind(a []Value, k rdf.Kind) (Value, error) {
	if a[0].state == unbound {
		return Value{}, errUnbound
	}
	return Bool(a[0].Kind() == k), nil
}

func fnIsIRI(_ *Context, a []Value) (Value, error)     { return isKind(a, rdf.KindIRI) }
func fnIsBlank(_ *Context, a []Value) (Value, error)   { return isKind(a, rdf.KindBlankNode) }
func fnIsLiteral(_ *Context, a []Value) (Value, error) { return isKind(a, rdf.KindLiteral) }
func fnIsTriple(_ *Context, a []Value) (Value, error)  { return isKind(a, rdf.KindTriple) }

func fnIsNumeric(_ *Context, a []Value) (Value, error) {
	if a[0].state == unbound {
		return Value{}, errUnbound
	}
	_, ok := a[0].number()
	return Bool(ok), nil
}

// fnTriple makes a triple term; the subject must be an IRI or blank node, the
// predicate an IRI, the object any term.
func fnTriple(_ *Context, a []Value) (Value, error) {
	if a[0].state == unbound || a[1].state == unbound || a[2].state == unbound {
		return Value{}, errUnbound
	}
	if a[0].state != resource || a[1].Kind() != rdf.KindIRI {
		return Value{}, errTriple
	}
	return FromTerm(rdf.Triple{Subject: a[0].term, Predicate: a[1].term, Object: a[2].Term()}), nil
}

func part(a []Value, f func(rdf.Triple) rdf.Term) (Value, error) {
	if a[0].state != triple {
		return Value{}, operandError(a)
	}
	t, _ := a[0].term.(rdf.Triple)
	return FromTerm(f(t)), nil
}

func fnSubject(_ *Context, a []Value) (Value, error) {
	return part(a, func(t rdf.Triple) rdf.Term { return t.Subject })
}

func fnPredicate(_ *Context, a []Value) (Value, error) {
	return part(a, func(t rdf.Triple) rdf.Term { return t.Predicate })
}

func fnObject(_ *Context, a []Value) (Value, error) {
	return part(a, func(t rdf.Triple) rdf.Term { return t.Object })
}
