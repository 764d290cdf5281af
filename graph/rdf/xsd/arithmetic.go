package xsd

import "math"

// Add returns a + b: numbers, a point in time and a duration in either order,
// or two durations (XPath 3.1 §4.2, §8.4, §9.7). It fails for other types and
// when the result is out of range.
func Add(a, b Value) (Value, bool) {
	switch {
	case a.typ.IsNumeric() && b.typ.IsNumeric():
		return addNumeric(a, b)
	case a.typ.IsTemporal() && b.typ.IsDuration():
		return shift(a, b.Duration(), b.typ)
	case a.typ.IsDuration() && b.typ.IsTemporal():
		return shift(b, a.Duration(), a.typ)
	case a.typ.IsDuration() && b.typ.IsDuration():
		d, ok := a.Duration().add(b.Duration())
		return NewDurationValue(commonDuration(a.typ, b.typ), d), ok
	}
	return Value{}, false
}

func addNumeric(a, b Value) (Value, bool) {
	switch t := widest(a.typ, b.typ); t {
	case Double:
		return NewDouble(a.Float64() + b.Float64()), true
	case Float:
		return NewFloat(a.Float32() + b.Float32()), true
	default:
		d, ok := a.dec.Add(b.dec)
		return Value{typ: t, dec: d}, ok
	}
}

// Sub returns a - b: numbers, a point in time less a duration, two points of
// one type, or two durations. The difference of two points exists only when
// both have a time zone or neither has.
func Sub(a, b Value) (Value, bool) {
	switch {
	case a.typ.IsNumeric() && b.typ.IsNumeric():
		switch t := widest(a.typ, b.typ); t {
		case Double:
			return NewDouble(a.Float64() - b.Float64()), true
		case Float:
			return NewFloat(a.Float32() - b.Float32()), true
		default:
			d, ok := a.dec.Sub(b.dec)
			return Value{typ: t, dec: d}, ok
		}
	case a.typ.IsTemporal() && b.typ.IsDuration():
		return shift(a, b.Duration().neg(), b.typ)
	case a.typ.IsTemporal() && b.typ.IsTemporal():
		return difference(a, b)
	case a.typ.IsDuration() && b.typ.IsDuration():
		d, ok := a.Duration().add(b.Duration().neg())
		return NewDurationValue(commonDuration(a.typ, b.typ), d), ok
	}
	return Value{}, false
}

// Mul returns a × b: numbers, or a duration and a number in either order.
func Mul(a, b Value) (Value, bool) {
	switch {
	case a.typ.IsNumeric() && b.typ.IsNumeric():
		switch t := widest(a.typ, b.typ); t {
		case Double:
			return NewDouble(a.Float64() * b.Float64()), true
		case Float:
			return NewFloat(a.Float32() * b.Float32()), true
		default:
			d, ok := a.dec.Mul(b.dec)
			return Value{typ: t, dec: d}, ok
		}
	case a.typ.IsDuration() && b.typ.IsNumeric():
		factor, ok := exactNumber(b)
		if !ok {
			return Value{}, false
		}
		d, ok := a.Duration().scale(factor.Mul)
		return NewDurationValue(a.typ, d), ok
	case a.typ.IsNumeric() && b.typ.IsDuration():
		return Mul(b, a)
	}
	return Value{}, false
}

// Div returns a / b: numbers, a duration by a number, or two durations of one
// ordered type. Integers divide to a decimal. Division by zero fails but for
// floats and doubles.
func Div(a, b Value) (Value, bool) {
	switch {
	case a.typ.IsNumeric() && b.typ.IsNumeric():
		switch widest(a.typ, b.typ) {
		case Double:
			return NewDouble(a.Float64() / b.Float64()), true
		case Float:
			return NewFloat(a.Float32() / b.Float32()), true
		default:
			d, ok := a.dec.Quo(b.dec)
			return NewDecimalValue(d), ok
		}
	case a.typ.IsDuration() && b.typ.IsNumeric():
		divisor, ok := exactNumber(b)
		if !ok || divisor.Sign() == 0 {
			return Value{}, false
		}
		d, ok := a.Duration().scale(func(x Decimal) (Decimal, bool) { return x.Quo(divisor) })
		return NewDurationValue(a.typ, d), ok
	case a.typ == YearMonthDuration && b.typ == YearMonthDuration:
		d, ok := DecimalFromInt(a.bits).Quo(DecimalFromInt(b.bits))
		return NewDecimalValue(d), ok
	case a.typ == DayTimeDuration && b.typ == DayTimeDuration:
		d, ok := a.dec.Quo(b.dec)
		return NewDecimalValue(d), ok
	}
	return Value{}, false
}

// Neg returns -a for numbers and durations.
func Neg(a Value) (Value, bool) {
	switch {
	case a.typ == Double:
		return NewDouble(-a.Float()), true
	case a.typ == Float:
		return NewFloat(-float32(a.Float())), true
	case a.typ.IsNumeric():
		return Value{typ: widest(a.typ, a.typ), dec: a.dec.Neg()}, true
	case a.typ.IsDuration():
		return NewDurationValue(a.typ, a.Duration().neg()), true
	}
	return Value{}, false
}

// Abs, Ceil, Floor and Round are the functions of XPath 3.1 §4.4 on numbers;
// they keep the type, derived integer types becoming xsd:integer.
func Abs(a Value) (Value, bool)   { return perNumber(a, Decimal.Abs, math.Abs) }
func Ceil(a Value) (Value, bool)  { return perNumber(a, Decimal.Ceil, math.Ceil) }
func Floor(a Value) (Value, bool) { return perNumber(a, Decimal.Floor, math.Floor) }
func Round(a Value) (Value, bool) { return perNumber(a, Decimal.Round, roundFloat) }

func perNumber(a Value, dec func(Decimal) Decimal, float func(float64) float64) (Value, bool) {
	switch {
	case a.typ == Double:
		return NewDouble(float(a.Float())), true
	case a.typ == Float:
		return NewFloat(float32(float(a.Float()))), true
	case a.typ.IsNumeric():
		return Value{typ: widest(a.typ, a.typ), dec: dec(a.dec)}, true
	}
	return Value{}, false
}

// exactNumber returns a finite number as a decimal.
func exactNumber(v Value) (Decimal, bool) {
	if v.typ >= Float {
		return DecimalFromFloat(v.Float())
	}
	return v.dec, true
}

func commonDuration(a, b Type) Type {
	if a == b {
		return a
	}
	return DurationType
}

// shift adds a duration to a point in time. A date takes no part of a day, a
// time no months and no days; the g types take nothing.
func shift(p Value, d Duration, typ Type) (Value, bool) {
	t := p.Temporal()
	switch p.typ {
	case DateTimeType, DateTimeStamp, Date:
		t, ok := t.add(d)
		return NewTemporal(p.typ.Primitive(), t), ok
	case Time:
		if typ != DayTimeDuration {
			return Value{}, false
		}
		t, ok := t.addSeconds(d.secs)
		return NewTemporal(Time, t), ok
	}
	return Value{}, false
}

// difference subtracts two points of one type.
func difference(a, b Value) (Value, bool) {
	if a.typ.Primitive() != b.typ.Primitive() || a.typ >= GYear {
		return Value{}, false
	}
	t, u := a.Temporal(), b.Temporal()
	if (t.zone == noZone) != (u.zone == noZone) {
		return Value{}, false
	}
	s, ok := t.instant(0).Sub(u.instant(0))
	return NewDurationValue(DayTimeDuration, Duration{secs: s}), ok
}
