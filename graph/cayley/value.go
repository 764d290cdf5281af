package cayley

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TripleTermType is the datatype under which Cayley, which knows no triple
// terms, sees them: a typed string whose text is the term's N-Triples form,
// <<( s p o )>>. The datatype is reserved; a literal that really has it, or has
// it followed by any number of "#", is shown to Cayley with one "#" more, so
// that nothing is lost either way.
const TripleTermType = "urn:belligraph:tripleTerm"

// ToValue returns the Cayley value of a term, nil for nil. The mapping is one to
// one, and [ToTerm] is its inverse:
//
//	IRI, blank node               quad.IRI, quad.BNode
//	xsd:string                    quad.String
//	language-tagged               quad.LangString; "ar--rtl" with a direction
//	xsd:integer within int64      quad.Int     } only if the lexical form is the
//	xsd:double                    quad.Float   } one that the native value is
//	xsd:boolean                   quad.Bool    } written back as ("01" stays a
//	xsd:dateTime in UTC           quad.Time    } typed string, digit for digit)
//	any other literal             quad.TypedString
//	triple term                   quad.TypedString, see [TripleTermType]
func ToValue(t rdf.Term) quad.Value {
	switch t := t.(type) {
	case rdf.IRI:
		return quad.IRI(t)
	case rdf.BlankNode:
		return quad.BNode(t)
	case rdf.Triple:
		return quad.TypedString{Value: quad.String(t.String()), Type: TripleTermType}
	case rdf.Literal:
		return literalValue(t)
	default:
		return nil
	}
}

func literalValue(l rdf.Literal) quad.Value {
	switch l.Datatype {
	case rdf.XSDString:
		return quad.String(l.Lexical)
	case rdf.RDFLangString:
		return quad.LangString{Value: quad.String(l.Lexical), Lang: l.Lang}
	case rdf.RDFDirLangString:
		return quad.LangString{Value: quad.String(l.Lexical), Lang: l.Lang + "--" + string(l.Direction)}
	}
	if v := nativeValue(l); v != nil {
		return v
	}
	datatype := quad.IRI(l.Datatype)
	if isTripleTermType(l.Datatype) {
		datatype += "#"
	}
	return quad.TypedString{Value: quad.String(l.Lexical), Type: datatype}
}

// nativeValue returns the native value that is written exactly as l is, nil if
// there is none.
func nativeValue(l rdf.Literal) quad.Value {
	switch l.Datatype {
	case rdf.XSDInteger:
		if n, err := strconv.ParseInt(l.Lexical, 10, 64); err == nil && strconv.FormatInt(n, 10) == l.Lexical {
			return quad.Int(n)
		}
	case rdf.XSDDouble:
		if f, ok := parseDouble(l.Lexical); ok && formatDouble(f) == l.Lexical {
			return quad.Float(f)
		}
	case rdf.XSDBoolean:
		switch l.Lexical {
		case "true":
			return quad.Bool(true)
		case "false":
			return quad.Bool(false)
		}
	case rdf.XSDDateTime:
		if t, err := time.Parse(time.RFC3339Nano, l.Lexical); err == nil && formatTime(t) == l.Lexical {
			return quad.Time(t.UTC())
		}
	}
	return nil
}

// ToTerm returns the term of a Cayley value, nil for nil. It fails on values
// that no term corresponds to, such as a malformed triple term.
func ToTerm(v quad.Value) (rdf.Term, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case quad.IRI:
		return rdf.IRI(v), nil
	case quad.BNode:
		return rdf.BlankNode(v), nil
	case quad.String:
		return rdf.NewString(string(v)), nil
	case quad.LangString:
		if tag, dir, ok := strings.Cut(v.Lang, "--"); ok && (dir == string(rdf.LTR) || dir == string(rdf.RTL)) {
			return rdf.NewDirLang(string(v.Value), tag, rdf.Direction(dir)), nil
		}
		return rdf.NewLang(string(v.Value), v.Lang), nil
	case quad.TypedString:
		return typedTerm(v)
	case quad.Int:
		return rdf.NewTyped(strconv.FormatInt(int64(v), 10), rdf.XSDInteger), nil
	case quad.Float:
		return rdf.NewTyped(formatDouble(float64(v)), rdf.XSDDouble), nil
	case quad.Bool:
		return rdf.NewBoolean(bool(v)), nil
	case quad.Time:
		return rdf.NewTyped(formatTime(time.Time(v)), rdf.XSDDateTime), nil
	case quad.TypedStringer:
		return typedTerm(v.TypedString())
	default:
		return nil, fmt.Errorf("cayley: no RDF term for a value of type %T: %w", v, graph.ErrBadRequest)
	}
}

func typedTerm(v quad.TypedString) (rdf.Term, error) {
	switch datatype := rdf.IRI(v.Type); {
	case datatype == "" || datatype == rdf.XSDString:
		return rdf.NewString(string(v.Value)), nil
	case datatype == rdf.RDFLangString || datatype == rdf.RDFDirLangString:
		return nil, fmt.Errorf("cayley: a literal of type %s needs a language tag: %w", datatype, graph.ErrBadRequest)
	case datatype == TripleTermType:
		t, err := parseTerm(string(v.Value))
		if err != nil {
			return nil, err
		}
		if _, ok := t.(rdf.Triple); !ok {
			return nil, fmt.Errorf("cayley: not a triple term: %s: %w", v.Value, graph.ErrBadRequest)
		}
		return t, nil
	case isTripleTermType(datatype):
		return rdf.NewTyped(string(v.Value), datatype[:len(datatype)-1]), nil
	default:
		return rdf.NewTyped(string(v.Value), datatype), nil
	}
}

// isTripleTermType reports whether d is the reserved datatype with any number
// of escapes.
func isTripleTermType(d rdf.IRI) bool {
	rest, ok := strings.CutPrefix(string(d), TripleTermType)
	return ok && strings.Trim(rest, "#") == ""
}

// ToQuad returns the Cayley form of q; the default graph has a nil label.
func ToQuad(q rdf.Quad) quad.Quad {
	return quad.Quad{
		Subject: ToValue(q.Subject), Predicate: ToValue(q.Predicate),
		Object: ToValue(q.Object), Label: ToValue(q.Graph),
	}
}

// FromQuad returns the RDF form of q.
func FromQuad(q quad.Quad) (out rdf.Quad, err error) {
	for _, part := range []struct {
		to   *rdf.Term
		from quad.Value
	}{{&out.Subject, q.Subject}, {&out.Predicate, q.Predicate}, {&out.Object, q.Object}, {&out.Graph, q.Label}} {
		if *part.to, err = ToTerm(part.from); err != nil {
			return rdf.Quad{}, err
		}
	}
	if out.Subject == nil || out.Predicate == nil || out.Object == nil {
		return rdf.Quad{}, fmt.Errorf("cayley: quad without a subject, predicate or object: %w", graph.ErrBadRequest)
	}
	return out, nil
}

// ParseValue reads a term in the notation of Cayley's JSON interfaces: <iri>,
// _:label, "text"@lang, "text"^^<datatype>, and anything else as plain text. An
// empty string is no term. Unlike the N-Quads notation it has no escapes.
func ParseValue(s string) (rdf.Term, error) {
	if strings.HasPrefix(s, "<<(") {
		return parseTerm(s)
	}
	return ToTerm(quad.StringToValue(s))
}

// formatDouble writes the canonical form of XML Schema 1.1 §3.3.5: one digit
// before the point, at least one after it, no plus signs.
func formatDouble(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "INF"
	case math.IsInf(f, -1):
		return "-INF"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent) // FormatFloat writes a decimal integer
	return mantissa + "E" + strconv.Itoa(n)
}

func parseDouble(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// formatTime writes a time in UTC with as many fractional digits as it needs.
func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
