package xsd

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strings"
)

// Value is a value of one of the types. It is passed by value; only numbers
// beyond 18 digits lie outside it. The zero Value has type Unknown and is not
// a value.
type Value struct {
	dec  Decimal // numbers; the seconds of points in time and durations
	bits int64   // booleans, the bits of floats and doubles, months
	str  string  // strings, IRIs, the octets of binary values
	zone int16   // of points in time
	typ  Type
}

// NewString returns an xsd:string.
func NewString(s string) Value { return Value{typ: String, str: s} }

// NewBoolean returns an xsd:boolean.
func NewBoolean(b bool) Value {
	if b {
		return Value{typ: Boolean, bits: 1}
	}
	return Value{typ: Boolean}
}

// NewInteger returns an xsd:integer.
func NewInteger(n int64) Value { return Value{typ: Integer, dec: Decimal{coef: n}} }

// NewIntegerFrom returns the integer part of d as an xsd:integer.
func NewIntegerFrom(d Decimal) Value { return Value{typ: Integer, dec: d.Trunc()} }

// NewDecimalValue returns an xsd:decimal.
func NewDecimalValue(d Decimal) Value { return Value{typ: DecimalType, dec: d} }

// NewDouble returns an xsd:double.
func NewDouble(f float64) Value { return Value{typ: Double, bits: int64(math.Float64bits(f))} }

// NewFloat returns an xsd:float.
func NewFloat(f float32) Value {
	return Value{typ: Float, bits: int64(math.Float64bits(float64(f)))}
}

// NewTemporal returns a value of a type on the time line; fields that the type
// does not have are dropped.
func NewTemporal(typ Type, t DateTime) Value {
	t = t.truncate(typ)
	return Value{typ: typ, dec: t.secs, zone: t.zone}
}

// NewDurationValue returns a value of a duration type; the part that the type
// does not have is dropped.
func NewDurationValue(typ Type, d Duration) Value {
	switch typ {
	case YearMonthDuration:
		d.secs = Decimal{}
	case DayTimeDuration:
		d.months = 0
	}
	return Value{typ: typ, dec: d.secs, bits: d.months}
}

// Type returns the type of the value.
func (v Value) Type() Type { return v.typ }

// Bool, Decimal, Float, Temporal, Duration and Text return the value as its
// type holds it; they mean nothing for other types.
func (v Value) Bool() bool         { return v.bits != 0 }
func (v Value) Decimal() Decimal   { return v.dec }
func (v Value) Float() float64     { return math.Float64frombits(uint64(v.bits)) }
func (v Value) Temporal() DateTime { return DateTime{v.dec, v.zone} }
func (v Value) Duration() Duration { return Duration{v.bits, v.dec} }
func (v Value) Text() string       { return v.str }

// Float64 returns any numeric value as the nearest double.
func (v Value) Float64() float64 {
	if v.typ == Float || v.typ == Double {
		return v.Float()
	}
	return v.dec.Float64()
}

// Float32 returns any numeric value as the nearest float.
func (v Value) Float32() float32 {
	if v.typ == Float || v.typ == Double {
		return float32(v.Float())
	}
	return v.dec.Float32()
}

// Trim applies the facet whiteSpace="collapse" as far as lexical forms without
// inner white space need it.
func Trim(s string) string {
	if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' {
		return s
	}
	return strings.Trim(s, " \t\r\n")
}

// Parse returns the value of a lexical form, false when the form is not one of
// the type.
func Parse(typ Type, lexical string) (Value, bool) {
	switch typ {
	case Unknown:
		return Value{}, false
	case String:
		return NewString(lexical), true
	case AnyURI:
		return Value{typ: AnyURI, str: Trim(lexical)}, true
	}
	s := Trim(lexical)
	switch {
	case typ.IsInteger():
		d, ok := ParseInteger(s)
		if !ok || !inRange(typ, d) {
			return Value{}, false
		}
		return Value{typ: typ, dec: d}, true
	case typ.IsTemporal():
		t, ok := parseTemporal(typ, s)
		return Value{typ: typ, dec: t.secs, zone: t.zone}, ok
	case typ.IsDuration():
		d, ok := parseDuration(typ, s)
		return Value{typ: typ, dec: d.secs, bits: d.months}, ok
	}
	switch typ {
	case Boolean:
		switch s {
		case "true", "1":
			return NewBoolean(true), true
		case "false", "0":
			return NewBoolean(false), true
		}
	case DecimalType:
		d, ok := ParseDecimal(s)
		return Value{typ: DecimalType, dec: d}, ok
	case Double:
		f, ok := parseFloat(s, 64)
		return NewDouble(f), ok
	case Float:
		f, ok := parseFloat(s, 32)
		return NewFloat(float32(f)), ok
	case HexBinary:
		b, err := hex.DecodeString(s)
		return Value{typ: HexBinary, str: string(b)}, err == nil
	case Base64Binary:
		compact := strings.Map(dropSpace, s)
		b, err := base64.StdEncoding.Strict().DecodeString(compact)
		return Value{typ: Base64Binary, str: string(b)}, err == nil
	}
	return Value{}, false
}

func dropSpace(r rune) rune {
	if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
		return -1
	}
	return r
}

// Append appends the canonical lexical form: that of XML Schema 1.1, except
// that points in time keep their time zone.
func (v Value) Append(dst []byte) []byte {
	switch {
	case v.typ.IsInteger() || v.typ == DecimalType:
		return v.dec.Append(dst)
	case v.typ.IsTemporal():
		return v.Temporal().append(dst, v.typ)
	case v.typ.IsDuration():
		return v.Duration().append(dst, v.typ)
	}
	switch v.typ {
	case Boolean:
		if v.Bool() {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Double:
		return appendFloat(dst, v.Float(), 64)
	case Float:
		return appendFloat(dst, v.Float(), 32)
	case HexBinary:
		return append(dst, strings.ToUpper(hex.EncodeToString([]byte(v.str)))...)
	case Base64Binary:
		return base64.StdEncoding.AppendEncode(dst, []byte(v.str))
	}
	return append(dst, v.str...)
}

// String returns the canonical lexical form.
func (v Value) String() string {
	switch v.typ {
	case String, AnyURI:
		return v.str
	case Boolean:
		if v.Bool() {
			return "true"
		}
		return "false"
	}
	var buf [48]byte
	return string(v.Append(buf[:0]))
}

// XPathString returns the value cast to xs:string, which writes floats and
// doubles of middling size without an exponent (XPath 3.1 §19.1.2.2).
func (v Value) XPathString() string {
	if v.typ == Float || v.typ == Double {
		return formatXPathFloat(v.Float(), v.floatBits())
	}
	return v.String()
}

func (v Value) floatBits() int {
	if v.typ == Float {
		return 32
	}
	return 64
}
