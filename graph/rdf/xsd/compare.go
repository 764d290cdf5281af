package xsd

import (
	"cmp"
	"math"
	"strings"
)

// Ordering is the outcome of comparing two values.
type Ordering int8

// The outcomes. Unordered is the relation of NaN to any number: every
// comparison but != is false. Undetermined means that there is no answer: the
// types do not compare, or a time zone is missing.
const (
	Less         Ordering = -1
	Equal        Ordering = 0
	Greater      Ordering = 1
	Unordered    Ordering = 2
	Undetermined Ordering = 3
)

func ordering(c int, ok bool) Ordering {
	if !ok {
		return Undetermined
	}
	return Ordering(c)
}

// Compare compares two values as XPath's eq and lt do. Numbers are promoted to
// the wider type first, so an integer meets a double as a double.
func Compare(a, b Value) Ordering {
	ta, tb := a.typ, b.typ
	switch {
	case ta.IsNumeric() && tb.IsNumeric():
		return compareNumeric(a, b)
	case ta.IsTemporal() && tb.IsTemporal():
		if ta.Primitive() != tb.Primitive() {
			return Undetermined
		}
		return ordering(a.Temporal().Compare(b.Temporal()))
	case ta.IsDuration() && tb.IsDuration():
		return ordering(a.Duration().Compare(b.Duration()))
	case ta != tb:
		return Undetermined
	}
	switch ta {
	case Boolean:
		return Ordering(cmp.Compare(a.bits, b.bits))
	case String, AnyURI, HexBinary, Base64Binary:
		return Ordering(strings.Compare(a.str, b.str))
	}
	return Undetermined
}

func compareNumeric(a, b Value) Ordering {
	switch widest(a.typ, b.typ) {
	case Double:
		return compareFloat(a.Float64(), b.Float64())
	case Float:
		return compareFloat(float64(a.Float32()), float64(b.Float32()))
	}
	return Ordering(a.dec.Cmp(b.dec))
}

func compareFloat(x, y float64) Ordering {
	switch {
	case x < y:
		return Less
	case x > y:
		return Greater
	case x == y:
		return Equal
	}
	return Unordered
}

// widest returns the type that two numeric types are promoted to.
func widest(a, b Type) Type {
	if a < DecimalType {
		a = Integer
	}
	if b < DecimalType {
		b = Integer
	}
	return max(a, b) // Integer < DecimalType < Float < Double
}

// EqualValues reports whether two values are equal; ok is false when that
// cannot be told. Values of different value spaces are not equal.
func EqualValues(a, b Value) (equal, ok bool) {
	if a.typ == Unknown || b.typ == Unknown {
		return false, false
	}
	if a.typ.IsDuration() && b.typ.IsDuration() {
		return a.Duration().Equal(b.Duration()), true
	}
	if !Comparable(a.typ, b.typ) {
		return false, true
	}
	switch Compare(a, b) {
	case Equal:
		return true, true
	case Undetermined:
		return false, false
	}
	return false, true
}

// Comparable reports whether values of the two types lie in one value space.
func Comparable(a, b Type) bool {
	return a.IsNumeric() && b.IsNumeric() || a.Primitive() == b.Primitive()
}

// class groups the types whose values Order compares with each other, in the
// order that Order gives the groups.
func class(t Type) int {
	switch {
	case t.IsNumeric():
		return int(Integer)
	default:
		return int(t.Primitive())
	}
}

// Order compares any two values in a total preorder, for ORDER BY: it agrees
// with Compare wherever that determines an order, puts NaN before all numbers,
// compares numbers exactly, takes UTC for missing time zones, and sets values
// of different value spaces apart.
func Order(a, b Value) int {
	ca, cb := class(a.typ), class(b.typ)
	if ca != cb {
		return cmp.Compare(ca, cb)
	}
	switch {
	case a.typ.IsNumeric():
		return orderNumeric(a, b)
	case a.typ.IsTemporal():
		return a.Temporal().order(b.Temporal())
	case a.typ.IsDuration():
		return a.Duration().order(b.Duration())
	case a.typ == Boolean:
		return cmp.Compare(a.bits, b.bits)
	}
	return strings.Compare(a.str, b.str)
}

// orderNumeric compares the exact values, which unlike comparison after
// promotion is transitive.
func orderNumeric(a, b Value) int {
	fa, fb := a.typ >= Float, b.typ >= Float
	switch {
	case fa && fb:
		return cmp.Compare(a.Float(), b.Float())
	case fa:
		return -orderFloat(b.dec, a.Float())
	case fb:
		return orderFloat(a.dec, b.Float())
	}
	return a.dec.Cmp(b.dec)
}

func orderFloat(d Decimal, f float64) int {
	switch {
	case math.IsNaN(f), math.IsInf(f, -1):
		return 1
	case math.IsInf(f, 1):
		return -1
	}
	return d.cmpFloat(f)
}
