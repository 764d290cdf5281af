package xsd

import "strconv"

// scanner reads the lexical forms of dates, times and durations.
type scanner struct {
	s string
	i int
}

func (p *scanner) done() bool { return p.i == len(p.s) }

// accept consumes c if it comes next.
func (p *scanner) accept(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

// digits returns the run of digits that comes next.
func (p *scanner) digits() string {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.s[start:p.i]
}

// two reads exactly two digits.
func (p *scanner) two() (int, bool) {
	if p.i+2 > len(p.s) {
		return 0, false
	}
	a, b := p.s[p.i]-'0', p.s[p.i+1]-'0'
	if a > 9 || b > 9 {
		return 0, false
	}
	p.i += 2
	return int(a)*10 + int(b), true
}

// year reads at least four digits, more only without leading zeros.
func (p *scanner) year() (int64, bool) {
	neg := p.accept('-')
	d := p.digits()
	if len(d) < 4 || len(d) > 4 && d[0] == '0' {
		return 0, false
	}
	y, err := strconv.ParseInt(d, 10, 64)
	if err != nil || y > maxYear {
		return 0, false
	}
	if neg {
		y = -y
	}
	return y, true
}

// seconds reads two digits and an optional fraction.
func (p *scanner) seconds() (Decimal, bool) {
	start := p.i
	n, ok := p.two()
	if !ok {
		return Decimal{}, false
	}
	if !p.accept('.') {
		return DecimalFromInt(int64(n)), true
	}
	if p.digits() == "" {
		return Decimal{}, false
	}
	return ParseDecimal(p.s[start:p.i])
}

// zone reads an optional time zone.
func (p *scanner) zone() (minutes int, has, ok bool) {
	if p.done() {
		return 0, false, true
	}
	if p.accept('Z') {
		return 0, true, true
	}
	sign := 1
	if p.accept('-') {
		sign = -1
	} else if !p.accept('+') {
		return 0, false, false
	}
	h, okH := p.two()
	colon := p.accept(':')
	m, okM := p.two()
	if !okH || !colon || !okM || m > 59 || h*60+m > maxZone {
		return 0, false, false
	}
	return sign * (h*60 + m), true, true
}

// parseTemporal parses the lexical form of a type on the time line.
func parseTemporal(typ Type, s string) (DateTime, bool) {
	p := &scanner{s: s}
	year, month, day := int64(refYear), refMonth, refDay
	var hour, minute int
	var second Decimal
	ok := true
	dash := func(n int) {
		for range n {
			ok = ok && p.accept('-')
		}
	}
	field := func(dst *int) {
		n, got := p.two()
		ok = ok && got
		*dst = n
	}
	yearField := func() {
		y, got := p.year()
		ok = ok && got
		year = y
	}
	clock := func() {
		field(&hour)
		ok = ok && p.accept(':')
		field(&minute)
		ok = ok && p.accept(':')
		if ok {
			second, ok = p.seconds()
		}
	}
	switch typ {
	case DateTimeType, DateTimeStamp:
		yearField()
		dash(1)
		field(&month)
		dash(1)
		field(&day)
		ok = ok && p.accept('T')
		clock()
	case Date:
		yearField()
		dash(1)
		field(&month)
		dash(1)
		field(&day)
	case Time:
		clock()
	case GYear:
		yearField()
		month, day = 1, 1
	case GYearMonth:
		yearField()
		dash(1)
		field(&month)
		day = 1
	case GMonthDay:
		dash(2)
		field(&month)
		dash(1)
		field(&day)
	case GDay:
		dash(3)
		field(&day)
	case GMonth:
		dash(2)
		field(&month)
		day = 1
	default:
		return DateTime{}, false
	}
	if !ok {
		return DateTime{}, false
	}
	zone, has, ok := p.zone()
	if !ok || !p.done() || typ == DateTimeStamp && !has {
		return DateTime{}, false
	}
	t, ok := NewDateTime(year, month, day, hour, minute, second, zone, has)
	if ok && typ == Time { // 24:00:00 is 00:00:00
		t = t.truncate(Time)
	}
	return t, ok
}

// append appends the canonical form of the point as a value of the type. The
// time zone is kept, not moved to UTC, as XPath casts to xs:string do.
func (t DateTime) append(dst []byte, typ Type) []byte {
	year, month, day := t.Date()
	switch typ {
	case DateTimeType, DateTimeStamp:
		dst = appendDate(dst, year, month, day)
		dst = append(dst, 'T')
		dst = t.appendClock(dst)
	case Date:
		dst = appendDate(dst, year, month, day)
	case Time:
		dst = t.appendClock(dst)
	case GYear:
		dst = appendYear(dst, year)
	case GYearMonth:
		dst = appendYear(dst, year)
		dst = append(dst, '-')
		dst = appendPadded(dst, uint64(month), 2)
	case GMonthDay:
		dst = append(dst, '-', '-')
		dst = appendPadded(dst, uint64(month), 2)
		dst = append(dst, '-')
		dst = appendPadded(dst, uint64(day), 2)
	case GDay:
		dst = append(dst, '-', '-', '-')
		dst = appendPadded(dst, uint64(day), 2)
	case GMonth:
		dst = append(dst, '-', '-')
		dst = appendPadded(dst, uint64(month), 2)
	}
	return appendZone(dst, t.zone)
}

func appendYear(dst []byte, year int64) []byte {
	if year < 0 {
		dst = append(dst, '-')
		year = -year
	}
	return appendPadded(dst, uint64(year), 4)
}

func appendDate(dst []byte, year int64, month, day int) []byte {
	dst = appendYear(dst, year)
	dst = append(dst, '-')
	dst = appendPadded(dst, uint64(month), 2)
	dst = append(dst, '-')
	return appendPadded(dst, uint64(day), 2)
}

func (t DateTime) appendClock(dst []byte) []byte {
	hour, minute, second := t.Clock()
	dst = appendPadded(dst, uint64(hour), 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, uint64(minute), 2)
	dst = append(dst, ':')
	if second.Cmp(DecimalFromInt(10)) < 0 {
		dst = append(dst, '0')
	}
	return second.Append(dst)
}

// ZoneString returns the time zone as it is written, "" without one. Both
// +00:00 and Z are Z, for the value is the same.
func (t DateTime) ZoneString() string { return string(appendZone(nil, t.zone)) }

// appendZone appends nothing, Z, or ±hh:mm.
func appendZone(dst []byte, zone int16) []byte {
	switch {
	case zone == noZone:
		return dst
	case zone == 0:
		return append(dst, 'Z')
	case zone < 0:
		dst = append(dst, '-')
		zone = -zone
	default:
		dst = append(dst, '+')
	}
	dst = appendPadded(dst, uint64(zone/60), 2)
	dst = append(dst, ':')
	return appendPadded(dst, uint64(zone%60), 2)
}
