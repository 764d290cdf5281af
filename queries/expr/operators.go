package expr

import (
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

func opEqual(_ *Context, a []Value) (Value, error) {
	eq, err := Equal(a[0], a[1])
	return Bool(eq), err
}

func opNotEqual(_ *Context, a []Value) (Value, error) {
	eq, err := Equal(a[0], a[1])
	return Bool(!eq), err
}

func opLess(_ *Context, a []Value) (Value, error) {
	o, err := Compare(a[0], a[1])
	return Bool(o == xsd.Less), err
}

func opGreater(_ *Context, a []Value) (Value, error) {
	o, err := Compare(a[0], a[1])
	return Bool(o == xsd.Greater), err
}

func opLessEqual(_ *Context, a []Value) (Value, error) {
	o, err := Compare(a[0], a[1])
	return Bool(o == xsd.Less || o == xsd.Equal), err
}

func opGreaterEqual(_ *Context, a []Value) (Value, error) {
	o, err := Compare(a[0], a[1])
	return Bool(o == xsd.Greater || o == xsd.Equal), err
}

func opNot(_ *Context, a []Value) (Value, error) {
	b, err := EBV(a[0])
	return Bool(!b), err
}

// binary evaluates an arithmetic operator. The operators of the xsd package
// fail both for operands of other types and for results out of range; which it
// was is only worth finding out for the message.
func arithmetic(a []Value, op func(x, y xsd.Value) (xsd.Value, bool)) (Value, error) {
	x, okX := a[0].XSD()
	y, okY := a[1].XSD()
	if !okX || !okY {
		return Value{}, operandError(a)
	}
	r, ok := op(x, y)
	if !ok {
		if x.Type().IsNumeric() && y.Type().IsNumeric() {
			return Value{}, errRange
		}
		return Value{}, errOperand
	}
	return FromXSD(r), nil
}

func operandError(a []Value) error {
	for _, v := range a {
		switch {
		case v.state == unbound:
			return errUnbound
		case v.typ != xsd.Unknown:
			if _, ok := v.XSD(); !ok {
				return errIllTyped
			}
		}
	}
	return errOperand
}

func opAdd(_ *Context, a []Value) (Value, error)      { return arithmetic(a, xsd.Add) }
func opSubtract(_ *Context, a []Value) (Value, error) { return arithmetic(a, xsd.Sub) }
func opMultiply(_ *Context, a []Value) (Value, error) { return arithmetic(a, xsd.Mul) }

func opDivide(_ *Context, a []Value) (Value, error) {
	v, err := arithmetic(a, xsd.Div)
	if err == errRange {
		if y, _ := a[1].number(); y.Decimal().Sign() == 0 {
			return Value{}, errDivision
		}
	}
	return v, err
}

func opNegate(_ *Context, a []Value) (Value, error) { return unary(a[0], xsd.Neg) }

func opPlus(_ *Context, a []Value) (Value, error) {
	x, ok := a[0].number()
	if !ok {
		return Value{}, operandError(a)
	}
	return FromXSD(x), nil
}

// unary evaluates a function of one number.
func unary(v Value, f func(xsd.Value) (xsd.Value, bool)) (Value, error) {
	x, ok := v.XSD()
	if ok {
		x, ok = f(x)
	}
	if !ok {
		return Value{}, operandError([]Value{v})
	}
	return FromXSD(x), nil
}

func fnAbs(_ *Context, a []Value) (Value, error)   { return unary(a[0], xsd.Abs) }
func fnCeil(_ *Context, a []Value) (Value, error)  { return unary(a[0], xsd.Ceil) }
func fnFloor(_ *Context, a []Value) (Value, error) { return unary(a[0], xsd.Floor) }
func fnRound(_ *Context, a []Value) (Value, error) { return unary(a[0], xsd.Round) }

func fnRand(c *Context, _ []Value) (Value, error) { return Double(c.random.Float64()), nil }
