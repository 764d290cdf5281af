package xsd

import (
	"math"
	"strconv"
)

// Duration is a duration of months and seconds, two parts that have no fixed
// relation. Both have the same sign in a value of xsd:duration; an operation
// that would mix the signs fails.
type Duration struct {
	months int64
	secs   Decimal
}

// NewDuration returns a duration of months and seconds, false when their signs
// differ.
func NewDuration(months int64, seconds Decimal) (Duration, bool) {
	if months > 0 && seconds.Sign() < 0 || months < 0 && seconds.Sign() > 0 {
		return Duration{}, false
	}
	return Duration{months, seconds}, true
}

// Months and Seconds return the parts.
func (d Duration) Months() int64    { return d.months }
func (d Duration) Seconds() Decimal { return d.secs }

// parseDuration parses the lexical form of one of the duration types.
func parseDuration(typ Type, s string) (Duration, bool) {
	p := &scanner{s: s}
	neg := p.accept('-')
	if !p.accept('P') {
		return Duration{}, false
	}
	var d Duration
	// step is the index of the next designator allowed, so that they come in
	// order and at most once.
	const dateUnits, timeUnits = "YMD", "HMS"
	units, next, fields, inTime := dateUnits, 0, 0, false
	for !p.done() {
		if !inTime && p.accept('T') {
			inTime, units, next = true, timeUnits, 0
			if p.done() {
				return Duration{}, false
			}
			continue
		}
		start := p.i
		whole := p.digits()
		fraction := p.accept('.')
		if whole == "" || fraction && p.digits() == "" || p.done() {
			return Duration{}, false
		}
		number, unit := p.s[start:p.i], p.s[p.i]
		p.i++
		for next < len(units) && units[next] != unit {
			next++
		}
		if next == len(units) || fraction && !(inTime && unit == 'S') {
			return Duration{}, false
		}
		if !d.addField(number, unit, inTime) {
			return Duration{}, false
		}
		next++
		fields++
	}
	if fields == 0 || typ == YearMonthDuration && (inTime || !onlyMonths(s)) || typ == DayTimeDuration && !noMonths(s) {
		return Duration{}, false
	}
	if neg {
		d = d.neg()
	}
	return d, true
}

// addField adds a designated number to the duration.
func (d *Duration) addField(number string, unit byte, inTime bool) bool {
	if !inTime && unit != 'D' {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return false
		}
		ok := true
		if unit == 'Y' {
			n, ok = mul64(n, 12)
		}
		sum := d.months + n
		d.months = sum
		return ok && sum >= 0
	}
	n, ok := ParseDecimal(number)
	if !ok {
		return false
	}
	size := int64(1)
	switch unit {
	case 'D':
		size = secondsPerDay
	case 'H':
		size = secondsPerHour
	case 'M':
		size = secondsPerMinute
	}
	n, ok1 := n.Mul(DecimalFromInt(size))
	sum, ok2 := d.secs.Add(n)
	d.secs = sum
	return ok1 && ok2
}

// onlyMonths and noMonths look at the designators of a well-formed duration.
func onlyMonths(s string) bool { return !hasAny(s, "DT") }
func noMonths(s string) bool {
	for i := 0; i < len(s) && s[i] != 'T'; i++ {
		if s[i] == 'Y' || s[i] == 'M' {
			return false
		}
	}
	return true
}

func hasAny(s, chars string) bool {
	for i := 0; i < len(s); i++ {
		for j := 0; j < len(chars); j++ {
			if s[i] == chars[j] {
				return true
			}
		}
	}
	return false
}

func (d Duration) neg() Duration { return Duration{-d.months, d.secs.Neg()} }

// append appends the canonical form (XML Schema 1.1 §3.3.6.2).
func (d Duration) append(dst []byte, typ Type) []byte {
	if d.months < 0 || d.secs.Sign() < 0 {
		dst = append(dst, '-')
		d = d.neg()
	}
	dst = append(dst, 'P')
	if y := d.months / 12; y != 0 {
		dst = append(strconv.AppendInt(dst, y, 10), 'Y')
	}
	if m := d.months % 12; m != 0 {
		dst = append(strconv.AppendInt(dst, m, 10), 'M')
	}
	if d.secs.Sign() == 0 {
		switch {
		case d.months != 0:
			return dst
		case typ == YearMonthDuration:
			return append(dst, '0', 'M')
		}
		return append(dst, "T0S"...)
	}
	day := DecimalFromInt(secondsPerDay)
	q, _ := d.secs.Quo(day)
	days := q.Floor()
	whole, _ := days.Mul(day)
	rest, _ := d.secs.Sub(whole)
	// The quotient was rounded; step back if that carried it over.
	if rest.Sign() < 0 {
		days, _ = days.Sub(DecimalFromInt(1))
		rest, _ = rest.Add(day)
	}
	if days.Sign() != 0 {
		dst = append(days.Append(dst), 'D')
	}
	if rest.Sign() == 0 {
		return dst
	}
	dst = append(dst, 'T')
	floor := rest.Floor()
	n, _ := floor.Int64()
	if h := n / secondsPerHour; h != 0 {
		dst = append(strconv.AppendInt(dst, h, 10), 'H')
	}
	if m := n / secondsPerMinute % 60; m != 0 {
		dst = append(strconv.AppendInt(dst, m, 10), 'M')
	}
	fraction, _ := rest.Sub(floor)
	second, _ := DecimalFromInt(n % secondsPerMinute).Add(fraction)
	if second.Sign() != 0 {
		dst = append(second.Append(dst), 'S')
	}
	return dst
}

// add returns d + e, false when the signs of the parts would differ.
func (d Duration) add(e Duration) (Duration, bool) {
	months := d.months + e.months
	if (months > d.months) != (e.months > 0) && e.months != 0 {
		return Duration{}, false
	}
	secs, ok := d.secs.Add(e.secs)
	if !ok {
		return Duration{}, false
	}
	return NewDuration(months, secs)
}

// scale multiplies both parts; months round to the nearest, halves up.
func (d Duration) scale(f func(Decimal) (Decimal, bool)) (Duration, bool) {
	m, ok1 := f(DecimalFromInt(d.months))
	s, ok2 := f(d.secs)
	months, ok3 := m.Round().Int64()
	if !ok1 || !ok2 || !ok3 || months == math.MinInt64 {
		return Duration{}, false
	}
	return NewDuration(months, s)
}

// Compare compares by XML Schema 1.1 §3.3.6.1: by adding both to four dates;
// when these disagree the order is undetermined.
func (d Duration) Compare(e Duration) (int, bool) {
	if d.months == e.months {
		return d.secs.Cmp(e.secs), true
	}
	if c := d.secs.Cmp(e.secs); c == 0 {
		if d.months < e.months {
			return -1, true
		}
		return 1, true
	}
	refs := [4]struct {
		year  int64
		month int
	}{{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}}
	first := 0
	for i, ref := range refs {
		t := DateTime{DecimalFromInt(daysFromCivil(ref.year, ref.month, 1) * secondsPerDay), 0}
		a, ok1 := t.add(d)
		b, ok2 := t.add(e)
		if !ok1 || !ok2 {
			return 0, false
		}
		c := a.secs.Cmp(b.secs)
		if i > 0 && c != first {
			return 0, false
		}
		first = c
	}
	return first, true
}

// Equal reports whether both parts are equal.
func (d Duration) Equal(e Duration) bool { return d.months == e.months && d.secs.Cmp(e.secs) == 0 }

// order compares in a total order that Compare agrees with where it is
// determined: by length with months of 30.436875 days, then by months.
func (d Duration) order(e Duration) int {
	if c := d.length().Cmp(e.length()); c != 0 {
		return c
	}
	switch {
	case d.months < e.months:
		return -1
	case d.months > e.months:
		return 1
	}
	return 0
}

func (d Duration) length() Decimal {
	const secondsPerMonth = 2629746 // of 400 Gregorian years
	m, ok := DecimalFromInt(d.months).Mul(DecimalFromInt(secondsPerMonth))
	if !ok {
		return d.secs
	}
	s, ok := m.Add(d.secs)
	if !ok {
		return m
	}
	return s
}
