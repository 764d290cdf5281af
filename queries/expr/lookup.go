package expr

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// Func computes a value. args holds as many values as the function's arity
// allows; an unbound argument is an expression error like any other wrong one.
// Neither args nor what it holds is kept.
type Func func(c *Context, args []Value) (Value, error)

// Function describes an operator, built-in or cast.
type Function struct {
	// Call evaluates the function. It is nil for the functional forms, whose
	// arguments the caller must evaluate one by one.
	Call Func
	// Min and Max are the numbers of arguments; a negative Max is no bound.
	Min, Max int
	// Volatile functions give a new value per call or per solution: they must
	// not be folded, hoisted or cached.
	Volatile bool
}

func strict(f Func, min, max int) (Function, bool) {
	return Function{Call: f, Min: min, Max: max}, true
}

func volatile(f Func, min, max int) (Function, bool) {
	return Function{Call: f, Min: min, Max: max, Volatile: true}, true
}

func form(min, max int) (Function, bool) { return Function{Min: min, Max: max}, true }

// nsSPARQL is where the SPARQL 1.2 draft names the built-ins as functions.
const nsSPARQL = "http://www.w3.org/ns/sparql#"

// Lookup returns the function that an algebra.Call names: an operator as
// written, the upper-case keyword of a built-in, or with iri the IRI of a cast
// or of a built-in that is no functional form.
func Lookup(op string, iri bool) (Function, bool) {
	if iri {
		if local, ok := strings.CutPrefix(op, nsSPARQL); ok {
			f, ok := builtin(strings.ToUpper(local))
			return f, ok && f.Call != nil
		}
		return cast(rdf.IRI(op))
	}
	if op == "" || op[0] < 'A' || op[0] > 'Z' {
		return operator(op)
	}
	return builtin(op)
}

func operator(op string) (Function, bool) {
	switch op {
	case "=":
		return strict(opEqual, 2, 2)
	case "!=":
		return strict(opNotEqual, 2, 2)
	case "<":
		return strict(opLess, 2, 2)
	case ">":
		return strict(opGreater, 2, 2)
	case "<=":
		return strict(opLessEqual, 2, 2)
	case ">=":
		return strict(opGreaterEqual, 2, 2)
	case "+":
		return strict(opAdd, 2, 2)
	case "-":
		return strict(opSubtract, 2, 2)
	case "*":
		return strict(opMultiply, 2, 2)
	case "/":
		return strict(opDivide, 2, 2)
	case "!":
		return strict(opNot, 1, 1)
	case "unary-":
		return strict(opNegate, 1, 1)
	case "unary+":
		return strict(opPlus, 1, 1)
	case "&&", "||":
		return form(2, -1)
	case "in", "not in":
		return form(1, -1)
	}
	return Function{}, false
}

func builtin(name string) (Function, bool) {
	switch name {
	case "BOUND":
		return form(1, 1)
	case "IF":
		return form(3, 3)
	case "COALESCE":
		return form(0, -1)

	case "STR":
		return strict(fnStr, 1, 1)
	case "LANG":
		return strict(fnLang, 1, 1)
	case "LANGDIR":
		return strict(fnLangDir, 1, 1)
	case "LANGMATCHES":
		return strict(fnLangMatches, 2, 2)
	case "HASLANG":
		return strict(fnHasLang, 1, 1)
	case "HASLANGDIR":
		return strict(fnHasLangDir, 1, 1)
	case "DATATYPE":
		return strict(fnDatatype, 1, 1)
	case "IRI", "URI":
		return strict(fnIRI, 1, 1)
	case "BNODE":
		return volatile(fnBlank, 0, 1)
	case "STRDT":
		return strict(fnStrDT, 2, 2)
	case "STRLANG":
		return strict(fnStrLang, 2, 2)
	case "STRLANGDIR":
		return strict(fnStrLangDir, 3, 3)
	case "UUID":
		return volatile(fnUUID, 0, 0)
	case "STRUUID":
		return volatile(fnStrUUID, 0, 0)
	case "SAMETERM":
		return strict(fnSameTerm, 2, 2)
	case "SAMEVALUE":
		return strict(fnSameValue, 2, 2)
	case "ISIRI", "ISURI":
		return strict(fnIsIRI, 1, 1)
	case "ISBLANK":
		return strict(fnIsBlank, 1, 1)
	case "ISLITERAL":
		return strict(fnIsLiteral, 1, 1)
	case "ISNUMERIC":
		return strict(fnIsNumeric, 1, 1)
	case "ISTRIPLE":
		return strict(fnIsTriple, 1, 1)
	case "TRIPLE":
		return strict(fnTriple, 3, 3)
	case "SUBJECT":
		return strict(fnSubject, 1, 1)
	case "PREDICATE":
		return strict(fnPredicate, 1, 1)
	case "OBJECT":
		return strict(fnObject, 1, 1)

	case "CONCAT":
		return strict(fnConcat, 0, -1)
	case "STRLEN":
		return strict(fnStrLen, 1, 1)
	case "SUBSTR":
		return strict(fnSubstr, 2, 3)
	case "UCASE":
		return strict(fnUcase, 1, 1)
	case "LCASE":
		return strict(fnLcase, 1, 1)
	case "STRSTARTS":
		return strict(fnStrStarts, 2, 2)
	case "STRENDS":
		return strict(fnStrEnds, 2, 2)
	case "CONTAINS":
		return strict(fnContains, 2, 2)
	case "STRBEFORE":
		return strict(fnStrBefore, 2, 2)
	case "STRAFTER":
		return strict(fnStrAfter, 2, 2)
	case "ENCODE_FOR_URI":
		return strict(fnEncodeForURI, 1, 1)
	case "REGEX":
		return strict(fnRegex, 2, 3)
	case "REPLACE":
		return strict(fnReplace, 3, 4)

	case "MD5":
		return strict(fnMD5, 1, 1)
	case "SHA1":
		return strict(fnSHA1, 1, 1)
	case "SHA256":
		return strict(fnSHA256, 1, 1)
	case "SHA384":
		return strict(fnSHA384, 1, 1)
	case "SHA512":
		return strict(fnSHA512, 1, 1)

	case "NOW":
		return strict(fnNow, 0, 0)
	case "YEAR":
		return strict(fnYear, 1, 1)
	case "MONTH":
		return strict(fnMonth, 1, 1)
	case "DAY":
		return strict(fnDay, 1, 1)
	case "HOURS":
		return strict(fnHours, 1, 1)
	case "MINUTES":
		return strict(fnMinutes, 1, 1)
	case "SECONDS":
		return strict(fnSeconds, 1, 1)
	case "TIMEZONE":
		return strict(fnTimezone, 1, 1)
	case "TZ":
		return strict(fnTZ, 1, 1)
	case "ADJUST":
		return strict(fnAdjust, 1, 2)

	case "ABS":
		return strict(fnAbs, 1, 1)
	case "CEIL":
		return strict(fnCeil, 1, 1)
	case "FLOOR":
		return strict(fnFloor, 1, 1)
	case "ROUND":
		return strict(fnRound, 1, 1)
	case "RAND":
		return volatile(fnRand, 0, 0)
	}
	return Function{}, false
}

// cast returns the constructor function of a datatype (SPARQL 1.1 §17.5).
func cast(iri rdf.IRI) (Function, bool) {
	t := xsd.TypeOf(iri)
	if t == xsd.Unknown {
		return Function{}, false
	}
	return strict(func(_ *Context, a []Value) (Value, error) { return Cast(a[0], t) }, 1, 1)
}

// Cast casts a value to a datatype by the casting table of XPath. IRIs cast to
// strings only.
func Cast(v Value, to xsd.Type) (Value, error) {
	switch v.state {
	case unbound:
		return Value{}, errUnbound
	case resource:
		if iri, ok := v.term.(rdf.IRI); ok {
			switch to {
			case xsd.String:
				return String(string(iri)), nil
			case xsd.AnyURI:
				x, _ := xsd.Parse(xsd.AnyURI, string(iri))
				return FromXSD(x), nil
			}
		}
		return Value{}, errCast
	}
	x, ok := v.XSD()
	if ok {
		x, ok = xsd.Cast(x, to)
	}
	if !ok {
		return Value{}, errCast
	}
	return FromXSD(x), nil
}
