package expr

import (
	"math"

	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// EBV returns the effective boolean value by the SPARQL 1.2 draft §17.2.2:
// booleans, numbers and strings without a language tag have one. It differs
// from SPARQL 1.1 in that ill-typed literals and language-tagged strings are
// errors there, which a FILTER can only tell under a negation.
func EBV(v Value) (bool, error) {
	x := v.x
	switch v.state {
	case unbound:
		return false, errUnbound
	case typed:
	case unparsed:
		if v.typ != xsd.Boolean && !v.typ.IsNumeric() {
			return false, errNoEBV
		}
		var ok bool
		if x, ok = v.XSD(); !ok {
			return false, errIllTyped
		}
	default:
		return false, errNoEBV
	}
	switch {
	case v.typ == xsd.Boolean:
		return x.Bool(), nil
	case v.typ == xsd.String:
		return x.Text() != "", nil
	case v.typ == xsd.Double || v.typ == xsd.Float:
		f := x.Float()
		return f != 0 && !math.IsNaN(f), nil
	case v.typ.IsNumeric():
		return x.Decimal().Sign() != 0, nil
	}
	return false, errNoEBV
}

// Truth is a truth value of SPARQL's three-valued logic (§17.2).
type Truth uint8

// The truth values.
const (
	Error Truth = iota
	False
	True
)

// Test returns the truth of a value, as FILTER and the logical operators see
// it. A fatal err must be looked at before.
func Test(v Value, err error) Truth {
	if err != nil {
		return Error
	}
	b, err := EBV(v)
	switch {
	case err != nil:
		return Error
	case b:
		return True
	}
	return False
}

// And returns t && u: false if either is false, else an error if either is.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == Error || u == Error:
		return Error
	}
	return True
}

// Or returns t || u: true if either is true, else an error if either is.
func (t Truth) Or(u Truth) Truth {
	switch {
	case t == True || u == True:
		return True
	case t == Error || u == Error:
		return Error
	}
	return False
}

// Not returns !t.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Error
}

// Value returns the truth value as a value or an expression error.
func (t Truth) Value() (Value, error) {
	switch t {
	case True:
		return Bool(true), nil
	case False:
		return Bool(false), nil
	}
	return Value{}, errOperand
}

// EqualTruth returns a = b, for IN, which is an "or" over it (§17.4.1.9).
func EqualTruth(a, b Value) Truth {
	eq, err := Equal(a, b)
	switch {
	case err != nil:
		return Error
	case eq:
		return True
	}
	return False
}
