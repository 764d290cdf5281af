package xsd

import "math"

// integerRange holds the bounds of a derived integer type; nil is unbounded.
type integerRange struct{ min, max *Decimal }

func dec(n int64) *Decimal { return &Decimal{coef: n} }

// inRange reports whether an integer is a value of the integer type.
func inRange(t Type, d Decimal) bool {
	r := rangeOf(t)
	return (r.min == nil || d.Cmp(*r.min) >= 0) && (r.max == nil || d.Cmp(*r.max) <= 0)
}

func rangeOf(t Type) integerRange {
	switch t {
	case NonPositiveInteger:
		return integerRange{nil, dec(0)}
	case NegativeInteger:
		return integerRange{nil, dec(-1)}
	case Long:
		return integerRange{dec(math.MinInt64), dec(math.MaxInt64)}
	case Int:
		return integerRange{dec(math.MinInt32), dec(math.MaxInt32)}
	case Short:
		return integerRange{dec(math.MinInt16), dec(math.MaxInt16)}
	case Byte:
		return integerRange{dec(math.MinInt8), dec(math.MaxInt8)}
	case NonNegativeInteger:
		return integerRange{dec(0), nil}
	case UnsignedLong:
		limit, _ := ParseInteger("18446744073709551615")
		return integerRange{dec(0), &limit}
	case UnsignedInt:
		return integerRange{dec(0), dec(math.MaxUint32)}
	case UnsignedShort:
		return integerRange{dec(0), dec(math.MaxUint16)}
	case UnsignedByte:
		return integerRange{dec(0), dec(math.MaxUint8)}
	case PositiveInteger:
		return integerRange{dec(1), nil}
	}
	return integerRange{}
}

// Cast returns v as a value of another type by the casting table of XPath 3.1
// §19.1, false where the table says no or the value does not fit.
func Cast(v Value, to Type) (Value, bool) {
	switch {
	case v.typ == Unknown || to == Unknown:
		return Value{}, false
	case v.typ == to:
		return v, true
	case v.typ == String:
		return Parse(to, v.str)
	case to == String:
		return NewString(v.XPathString()), true
	case to.IsInteger():
		return castInteger(v, to)
	case to.IsTemporal() && v.typ.IsTemporal():
		return castTemporal(v, to)
	case to.IsDuration() && v.typ.IsDuration():
		return NewDurationValue(to, v.Duration()), true
	}
	numeric := v.typ.IsNumeric()
	switch to {
	case Boolean:
		switch {
		case v.typ >= Float && numeric:
			f := v.Float()
			return NewBoolean(f != 0 && !math.IsNaN(f)), true
		case numeric:
			return NewBoolean(v.dec.Sign() != 0), true
		}
	case DecimalType:
		d, ok := castNumber(v)
		return NewDecimalValue(d), ok
	case Double:
		switch {
		case numeric:
			return NewDouble(v.Float64()), true
		case v.typ == Boolean:
			return NewDouble(float64(v.bits)), true
		}
	case Float:
		switch {
		case numeric:
			return NewFloat(v.Float32()), true
		case v.typ == Boolean:
			return NewFloat(float32(v.bits)), true
		}
	case HexBinary, Base64Binary:
		if v.typ == HexBinary || v.typ == Base64Binary {
			return Value{typ: to, str: v.str}, true
		}
	}
	return Value{}, false
}

// castNumber returns a number or boolean as an exact decimal.
func castNumber(v Value) (Decimal, bool) {
	switch {
	case v.typ == Boolean:
		return DecimalFromInt(v.bits), true
	case v.typ.IsNumeric():
		return exactNumber(v)
	}
	return Decimal{}, false
}

func castInteger(v Value, to Type) (Value, bool) {
	d, ok := castNumber(v)
	if !ok {
		return Value{}, false
	}
	d = d.Trunc()
	return Value{typ: to, dec: d}, inRange(to, d)
}

// castTemporal casts between points in time: fields may be dropped, and a date
// becomes the start of its day; nothing else is made up.
func castTemporal(v Value, to Type) (Value, bool) {
	from := v.typ.Primitive()
	if to == DateTimeStamp && v.zone == noZone {
		return Value{}, false
	}
	switch {
	case from == to.Primitive():
	case from == DateTimeType:
	case from == Date && to != Time:
	default:
		return Value{}, false
	}
	return NewTemporal(to, v.Temporal()), true
}

// AdjustZone returns a dateTime, date or time in another time zone, given in
// minutes; without one, has being false, the time zone is dropped
// (fn:adjust-dateTime-to-timezone).
func AdjustZone(v Value, minutes int, has bool) (Value, bool) {
	if v.typ < DateTimeType || v.typ > Time {
		return Value{}, false
	}
	zone := int16(noZone)
	if has {
		if minutes < -maxZone || minutes > maxZone {
			return Value{}, false
		}
		zone = int16(minutes)
	}
	if v.typ == DateTimeStamp {
		v.typ = DateTimeType
	}
	return NewTemporal(v.typ, v.Temporal().in(zone)), true
}
