package graph

import (
	"math"
	"strconv"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Inlined literals. A literal is inlined only when its lexical form can be
// rebuilt from the payload to the byte, so Inline and InlineTerm are a
// bijection between those literals and the valid inline ids; every other
// literal lives in the dictionary. What is inlined, per datatype:
//
//	xsd:boolean   "true", "false"
//	xsd:integer   0 or [-]digits without leading zeros, |v| < 2^59
//	xsd:decimal   [-]digits[.digits], no needless leading zero, no "-0", at most
//	              7 fraction digits, |v| < 7.2e9; "19.99", "12.50" and "5" all are
//	xsd:double    at most 13 significant digits, decimal exponent -300..300, as
//	              "19.99", "5", "12.50" (up to 7 needless zeros), "1.5E3", "1.5e3",
//	              "1E6", "1e6", "1.5e+06", "1.5E+06"; "INF", "-INF"; never NaN or -0
//	xsd:date      [-]YYYY-MM-DD with no zone, Z, or ±hh:mm (but not -00:00)
//	xsd:gYear     [-]YYYY, zones as for dates
//	xsd:dateTime  [-]YYYY-MM-DDThh:mm:ss[.f], up to 3 fraction digits, 24:00:00
//	              excluded, zones as for dates in quarters of an hour
//
// Inside a tag the payload ascends with the value; literals of equal value
// ("1.5" and "1.50") are neighbours. Dates and times are ordered by the instant
// they start at, those without a zone taken as UTC; booleans false first.
//
// Layouts, most significant bit first (the widths are on disk):
//
//	integer   v + 2^59
//	decimal   57: v * 10^7 + 2^56 | 3: fraction digits written, 0 for no point
//	double     1: not negative | 10: exponent + 512 | 44: digits as d.ddd * 10^12 | 5: form
//	           (everything below the first bit is complemented when negative)
//	date      48: start in minutes since 1970 + 2^47 | 12: zone
//	dateTime  51: milliseconds since 1970 + 2^50 | 2: fraction digits | 7: zone
//	gYear     as date, of January 1
const (
	integerBias  = 1 << 59
	decimalBias  = 1 << 56
	decimalScale = 7
	decimalWhole = decimalBias / 10_000_000 // bound of the digits before the point
	minuteBias   = 1 << 47
	milliBias    = 1 << 50

	doubleDigits       = 13
	doubleMantissaBits = 44
	doubleFormBits     = 5
	doubleExpShift     = doubleMantissaBits + doubleFormBits
	doubleExpBias      = 512
	doubleExpMax       = 300
	doubleExpInf       = 1023 // exponent field of INF
	doubleMagMask      = 1<<59 - 1
)

// The forms of a double. Forms 0 to 7 are plain notation with so many zeros
// beyond the shortest form.
const (
	formSci      = 8  // 1.5E3, 1.0E3: the canonical form of XSD
	formSciLower = 9  // 1.5e3, 1.0e3
	formInt      = 10 // 1E3
	formIntLower = 11 // 1e3
	formC        = 12 // 1.5E+03, 1E-07, as C and Go print
	formCLower   = 13 // 1.5e+03, 1e-07
	maxPlainZero = 7
	maxPlainExp  = 30
)

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Inline returns the id that holds l itself, false when l belongs in the
// dictionary.
func Inline(l rdf.Literal) (ID, bool) {
	if l.Lang != "" || len(l.Lexical) == 0 || len(l.Lexical) > 56 {
		return 0, false
	}
	switch l.Datatype {
	case rdf.XSDBoolean:
		switch l.Lexical {
		case "false":
			return TagBoolean, true
		case "true":
			return TagBoolean | 1, true
		}
		return 0, false
	case rdf.XSDInteger:
		return inlineInteger(l.Lexical)
	case rdf.XSDDecimal:
		return inlineDecimal(l.Lexical)
	case rdf.XSDDouble:
		return inlineDouble(l.Lexical)
	case rdf.XSDDate:
		return inlineDate(l.Lexical)
	case rdf.XSDDateTime:
		return inlineDateTime(l.Lexical)
	case rdf.XSDGYear:
		return inlineYear(l.Lexical)
	}
	return 0, false
}

// InlineTerm returns the literal that id holds, false when id is not a valid
// inline id.
func (id ID) InlineTerm() (rdf.Literal, bool) {
	var buf [64]byte
	b, dt, ok := id.appendInline(buf[:0])
	if !ok {
		return rdf.Literal{}, false
	}
	return rdf.Literal{Lexical: string(b), Datatype: dt}, true
}

// AppendInline appends the lexical form of an inline id to dst without making a
// string; it returns dst as it was and false when id is not a valid inline id.
// [ID.InlineDatatype] tells the datatype.
func (id ID) AppendInline(dst []byte) ([]byte, bool) {
	b, _, ok := id.appendInline(dst)
	if !ok {
		return dst, false
	}
	return b, true
}

// InlineDatatype returns the datatype of inline ids, "" for others.
func (id ID) InlineDatatype() rdf.IRI {
	switch id.Tag() {
	case TagBoolean:
		return rdf.XSDBoolean
	case TagInteger:
		return rdf.XSDInteger
	case TagDecimal:
		return rdf.XSDDecimal
	case TagDouble:
		return rdf.XSDDouble
	case TagDate:
		return rdf.XSDDate
	case TagDateTime:
		return rdf.XSDDateTime
	case TagYear:
		return rdf.XSDGYear
	}
	return ""
}

func (id ID) appendInline(dst []byte) ([]byte, rdf.IRI, bool) {
	ok := true
	switch id.Tag() {
	case TagBoolean:
		switch id.Payload() {
		case 0:
			dst = append(dst, "false"...)
		case 1:
			dst = append(dst, "true"...)
		default:
			ok = false
		}
	case TagInteger:
		if ok = id.Payload() != 0; ok {
			dst = strconv.AppendInt(dst, int64(id.Payload())-integerBias, 10)
		}
	case TagDecimal:
		dst, ok = appendDecimal(dst, id)
	case TagDouble:
		dst, ok = appendDouble(dst, id)
	case TagDate:
		dst, ok = appendDate(dst, id)
	case TagDateTime:
		dst, ok = appendDateTime(dst, id)
	case TagYear:
		dst, ok = appendYear(dst, id)
	default:
		ok = false
	}
	return dst, id.InlineDatatype(), ok
}

// IntegerID returns the id of the canonical xsd:integer of v, false when it is
// too large to be inlined.
func IntegerID(v int64) (ID, bool) {
	if v <= -integerBias || v >= integerBias {
		return 0, false
	}
	return TagInteger | ID(v+integerBias), true
}

// BooleanID returns the id of the canonical xsd:boolean of b.
func BooleanID(b bool) ID {
	if b {
		return TagBoolean | 1
	}
	return TagBoolean
}

// Bool returns the value of an inline xsd:boolean.
func (id ID) Bool() (v, ok bool) { return id.Payload() == 1, id.Tag() == TagBoolean }

// Int64 returns the value of an inline xsd:integer.
func (id ID) Int64() (int64, bool) {
	return int64(id.Payload()) - integerBias, id.Tag() == TagInteger
}

// Decimal returns the value of an inline xsd:decimal as units of 10^-7.
func (id ID) Decimal() (units int64, ok bool) {
	return int64(id.Payload()>>3) - decimalBias, id.Tag() == TagDecimal
}

// Float64 returns the value of an inline xsd:double exactly, and that of an
// inline xsd:integer or xsd:decimal as the nearest float64.
func (id ID) Float64() (float64, bool) {
	switch id.Tag() {
	case TagInteger:
		return float64(int64(id.Payload()) - integerBias), true
	case TagDecimal:
		units := int64(id.Payload()>>3) - decimalBias
		if units > -1<<53 && units < 1<<53 {
			return float64(units) / 1e7, true // both exact, so rounded once
		}
		var buf [32]byte
		f, err := strconv.ParseFloat(string(appendUnits(buf[:0], units, decimalScale)), 64)
		return f, err == nil
	case TagDouble:
		return id.double()
	}
	return 0, false
}

// Days returns the day of an inline xsd:date, counted from 1970-01-01, and its
// zone in minutes east of UTC, [NoZone] without one. The day is the one
// written, not the one in UTC.
func (id ID) Days() (days int64, zone int, ok bool) {
	if id.Tag() != TagDate {
		return 0, 0, false
	}
	minutes, zone := id.minutes()
	return floorDiv(minutes, 24*60), zone, true
}

// UnixMilli returns the instant of an inline xsd:dateTime in milliseconds since
// 1970-01-01T00:00:00Z, and its zone in minutes east of UTC, [NoZone] without
// one; then the instant is as if it were in UTC.
func (id ID) UnixMilli() (milli int64, zone int, ok bool) {
	if id.Tag() != TagDateTime {
		return 0, 0, false
	}
	return int64(id.Payload()>>9) - milliBias, quarterZone(id.Payload() & 127), true
}

// Year returns the year written in an inline xsd:gYear, xsd:date or
// xsd:dateTime.
func (id ID) Year() (int64, bool) {
	switch id.Tag() {
	case TagDate, TagYear:
		minutes, _ := id.minutes()
		y, _, _ := civil(floorDiv(minutes, 24*60))
		return y, true
	case TagDateTime:
		milli, zone, _ := id.UnixMilli()
		if zone != NoZone {
			milli += int64(zone) * 60_000
		}
		y, _, _ := civil(floorDiv(milli, 86_400_000))
		return y, true
	}
	return 0, false
}

// Local returns the day written in an inline xsd:date or xsd:dateTime, counted
// from 1970-01-01, and the milliseconds from its start.
func (id ID) Local() (days, milli int64, ok bool) {
	switch id.Tag() {
	case TagDate:
		minutes, _ := id.minutes()
		return floorDiv(minutes, 24*60), 0, true
	case TagDateTime:
		milli, zone, _ := id.UnixMilli()
		if zone != NoZone {
			milli += int64(zone) * 60_000
		}
		days = floorDiv(milli, 86_400_000)
		return days, milli - days*86_400_000, true
	}
	return 0, 0, false
}

// CivilDate returns the date of a day counted from 1970-01-01.
func CivilDate(days int64) (year, month, day int64) { return civil(days) }

// inlineScale tells, by tag, how far payloads of equal values may differ: their
// lowest bits are the way that a value is written. 64 is for tags whose ids do
// not hold values. zoned masks the zone of dates and times, 0 where there is none.
var inlineScale = [16]struct {
	written uint8
	zoned   ID
}{
	{written: 64}, {written: 64}, {written: 64}, {written: 64}, {written: 64}, {written: 64},
	TagBoolean >> 60: {}, TagInteger >> 60: {}, TagDecimal >> 60: {written: 3}, TagDouble >> 60: {written: doubleFormBits},
	TagDate >> 60: {12, 4095}, TagDateTime >> 60: {9, 127}, TagYear >> 60: {12, 4095},
	13: {written: 64}, 14: {written: 64}, 15: {written: 64},
}

// CompareInline compares the values of two inline ids of one type without
// unpacking them. It is not ok for ids of different tags, nor for dates and times
// of which one has a zone and the other has none.
func CompareInline(x, y ID) (c int, ok bool) {
	scale := &inlineScale[x>>60]
	if x.Tag() != y.Tag() || scale.written == 64 || (x&scale.zoned == zoneNone) != (y&scale.zoned == zoneNone) {
		return 0, false
	}
	x, y = x>>scale.written, y>>scale.written
	if x < y {
		c = -1
	}
	if x > y {
		c = 1
	}
	return c, true
}

// NoZone is the zone of a date or time that has none.
const NoZone = math.MinInt16

// digits reports whether s is one or more ASCII digits.
func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0
}

// parseUint reads at most 18 digits.
func parseUint(s string) (int64, bool) {
	if len(s) > 18 || !digits(s) {
		return 0, false
	}
	var v int64
	for i := 0; i < len(s); i++ {
		v = v*10 + int64(s[i]-'0')
	}
	return v, true
}

// cutSign removes a leading minus.
func cutSign(s string) (rest string, negative bool) {
	if len(s) > 0 && s[0] == '-' {
		return s[1:], true
	}
	return s, false
}

// canonicalInt reads digits without needless leading zeros.
func canonicalInt(s string) (int64, bool) {
	if len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	return parseUint(s)
}

func inlineInteger(s string) (ID, bool) {
	s, negative := cutSign(s)
	v, ok := canonicalInt(s)
	if !ok || negative && v == 0 {
		return 0, false
	}
	if negative {
		v = -v
	}
	return IntegerID(v)
}

// splitPoint cuts a plain decimal number at its point. A point must have digits
// on both sides.
func splitPoint(s string) (whole, fraction string, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			return s[:i], s[i+1:], i > 0 && i+1 < len(s)
		}
	}
	return s, "", len(s) > 0
}

func inlineDecimal(s string) (ID, bool) {
	s, negative := cutSign(s)
	ws, fs, ok := splitPoint(s)
	if !ok || len(fs) > decimalScale {
		return 0, false
	}
	w, ok := canonicalInt(ws)
	if !ok || w >= decimalWhole {
		return 0, false
	}
	units := w * pow10[decimalScale]
	if fs != "" {
		f, ok := parseUint(fs)
		if !ok {
			return 0, false
		}
		units += f * pow10[decimalScale-len(fs)]
	}
	if negative {
		if units == 0 {
			return 0, false
		}
		units = -units
	}
	return TagDecimal | ID(units+decimalBias)<<3 | ID(len(fs)), true
}

func appendDecimal(dst []byte, id ID) ([]byte, bool) {
	units, _ := id.Decimal()
	fd := int(id.Payload() & 7)
	const limit = decimalWhole * 10_000_000
	if units%pow10[decimalScale-fd] != 0 || units >= limit || units <= -limit {
		return dst, false
	}
	return appendUnits(dst, units, fd), true
}

// appendUnits writes units of 10^-7 with fd fraction digits.
func appendUnits(dst []byte, units int64, fd int) []byte {
	if units < 0 {
		dst = append(dst, '-')
		units = -units
	}
	dst = strconv.AppendInt(dst, units/pow10[decimalScale], 10)
	if fd > 0 {
		dst = append(dst, '.')
		dst = appendPadded(dst, units%pow10[decimalScale]/pow10[decimalScale-fd], fd)
	}
	return dst
}

// appendPadded writes v with at least width digits.
func appendPadded(dst []byte, v int64, width int) []byte {
	for w := width - 1; w > 0 && v < pow10[w]; w-- {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, v, 10)
}
