package expr

import (
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

func fnNow(c *Context, _ []Value) (Value, error) { return c.now, nil }

// field returns the point in time of an argument whose type has the field, as
// has says.
func field(a []Value, has func(xsd.Type) bool) (xsd.DateTime, error) {
	if !a[0].typ.IsTemporal() || !has(a[0].typ) {
		return xsd.DateTime{}, operandError(a)
	}
	x, ok := a[0].XSD()
	if !ok {
		return xsd.DateTime{}, errIllTyped
	}
	return x.Temporal(), nil
}

// SPARQL defines the accessors on xsd:dateTime; they work on every type that
// has the field, as XPath's do.

func hasYear(t xsd.Type) bool {
	return t <= xsd.Date || t == xsd.GYear || t == xsd.GYearMonth
}

func hasMonth(t xsd.Type) bool {
	return t <= xsd.Date || t == xsd.GYearMonth || t == xsd.GMonthDay || t == xsd.GMonth
}

func hasDay(t xsd.Type) bool {
	return t <= xsd.Date || t == xsd.GMonthDay || t == xsd.GDay
}

func hasClock(t xsd.Type) bool { return t != xsd.Date && t <= xsd.Time }

func hasZone(xsd.Type) bool { return true }

func fnYear(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasYear)
	if err != nil {
		return Value{}, err
	}
	year, _, _ := t.Date()
	return Int(year), nil
}

func fnMonth(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasMonth)
	if err != nil {
		return Value{}, err
	}
	_, month, _ := t.Date()
	return Int(int64(month)), nil
}

func fnDay(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasDay)
	if err != nil {
		return Value{}, err
	}
	_, _, day := t.Date()
	return Int(int64(day)), nil
}

func fnHours(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasClock)
	if err != nil {
		return Value{}, err
	}
	hour, _, _ := t.Clock()
	return Int(int64(hour)), nil
}

func fnMinutes(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasClock)
	if err != nil {
		return Value{}, err
	}
	_, minute, _ := t.Clock()
	return Int(int64(minute)), nil
}

func fnSeconds(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasClock)
	if err != nil {
		return Value{}, err
	}
	_, _, second := t.Clock()
	return FromXSD(xsd.NewDecimalValue(second)), nil
}

// fnTimezone gives the time zone as a dayTimeDuration, an error without one.
func fnTimezone(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasZone)
	if err != nil {
		return Value{}, err
	}
	minutes, ok := t.Zone()
	if !ok {
		return Value{}, errOperand
	}
	d, _ := xsd.NewDuration(0, xsd.DecimalFromInt(int64(minutes)*60))
	return FromXSD(xsd.NewDurationValue(xsd.DayTimeDuration, d)), nil
}

// fnTZ gives the time zone as it is written, "" without one.
func fnTZ(_ *Context, a []Value) (Value, error) {
	t, err := field(a, hasZone)
	if err != nil {
		return Value{}, err
	}
	return String(t.ZoneString()), nil
}

// fnAdjust is the ADJUST of the SEP-0002 proposal: the same instant in another
// time zone, given as a dayTimeDuration; without one the time zone is dropped.
func fnAdjust(_ *Context, a []Value) (Value, error) {
	t, ok := a[0].XSD()
	if !ok {
		return Value{}, operandError(a)
	}
	minutes, has := 0, len(a) == 2
	if has {
		z, ok := a[1].XSD()
		if !ok || z.Type() != xsd.DayTimeDuration {
			return Value{}, operandError(a[1:])
		}
		m, ok := z.Duration().Seconds().Quo(xsd.DecimalFromInt(60))
		n, whole := m.Int64()
		if !ok || !whole || n < -14*60 || n > 14*60 {
			return Value{}, errRange
		}
		minutes = int(n)
	}
	r, ok := xsd.AdjustZone(t, minutes, has)
	if !ok {
		return Value{}, errOperand
	}
	return FromXSD(r), nil
}
