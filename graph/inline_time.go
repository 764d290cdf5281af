package graph

import "strconv"

// Zones: 0 means none, 1 means Z, and then the offset in minutes (in quarters
// of an hour for xsd:dateTime) from the most western on. "+00:00" has its own
// code, "-00:00" is left to the dictionary.
const (
	zoneNone    = 0
	zoneZ       = 1
	zoneLimit   = 14 * 60
	minuteZone0 = 2 + zoneLimit
	quarter0    = 2 + zoneLimit/15
)

// cutZone removes the zone from the end of a date or time. The zone is NoZone
// without one; z tells "Z" from "+00:00".
func cutZone(s string) (rest string, zone int, z, ok bool) {
	n := len(s)
	if n > 1 && s[n-1] == 'Z' {
		return s[:n-1], 0, true, true
	}
	if n <= 6 || s[n-3] != ':' || s[n-6] != '+' && s[n-6] != '-' {
		return s, NoZone, false, true
	}
	h, ok1 := parseUint(s[n-5 : n-3])
	m, ok2 := parseUint(s[n-2:])
	zone = int(h)*60 + int(m)
	if !ok1 || !ok2 || m > 59 || zone > zoneLimit || zone == 0 && s[n-6] == '-' {
		return s, 0, false, false
	}
	if s[n-6] == '-' {
		zone = -zone
	}
	return s[:n-6], zone, false, true
}

func appendZone(dst []byte, zone int, z bool) []byte {
	switch {
	case zone == NoZone:
		return dst
	case z:
		return append(dst, 'Z')
	case zone < 0:
		dst = append(dst, '-')
		zone = -zone
	default:
		dst = append(dst, '+')
	}
	dst = appendPadded(dst, int64(zone/60), 2)
	dst = append(dst, ':')
	return appendPadded(dst, int64(zone%60), 2)
}

func zoneCode(zone int, z bool, unit, zero int) ID {
	switch {
	case zone == NoZone:
		return zoneNone
	case z:
		return zoneZ
	default:
		return ID(zone/unit + zero)
	}
}

// readDate reads [-]YYYY-MM-DD.
func readDate(s string) (days int64, ok bool) {
	s, negative := cutSign(s)
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := parseUint(s[:4])
	m, ok2 := parseUint(s[5:7])
	d, ok3 := parseUint(s[8:])
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 || negative && y == 0 {
		return 0, false
	}
	if negative {
		y = -y
	}
	if d > daysIn(y, m) {
		return 0, false
	}
	return daysFromCivil(y, m, d), true
}

func appendCivil(dst []byte, y, m, d int64) []byte {
	dst = appendCivilYear(dst, y)
	dst = append(dst, '-')
	dst = appendPadded(dst, m, 2)
	dst = append(dst, '-')
	return appendPadded(dst, d, 2)
}

func appendCivilYear(dst []byte, y int64) []byte {
	if y < 0 {
		dst = append(dst, '-')
		y = -y
	}
	return appendPadded(dst, y, 4)
}

func inlineDate(s string) (ID, bool) {
	s, zone, z, ok := cutZone(s)
	if !ok {
		return 0, false
	}
	days, ok := readDate(s)
	if !ok {
		return 0, false
	}
	return TagDate | minuteID(days, zone, z), true
}

func minuteID(days int64, zone int, z bool) ID {
	minutes := days * 24 * 60
	if zone != NoZone {
		minutes -= int64(zone)
	}
	return ID(minutes+minuteBias)<<12 | zoneCode(zone, z, 1, minuteZone0)
}

// minutes returns the local start of a date or year in minutes since 1970.
func (id ID) minutes() (minutes int64, zone int) {
	minutes = int64(id.Payload()>>12) - minuteBias
	switch code := int(id.Payload() & 4095); code {
	case zoneNone:
		return minutes, NoZone
	case zoneZ:
		return minutes, 0
	default:
		zone = code - minuteZone0
		return minutes + int64(zone), zone
	}
}

// localDay returns the day of an inline date or year, and whether the payload
// is one that minuteID makes.
func (id ID) localDay() (days int64, zone int, z, ok bool) {
	minutes, zone := id.minutes()
	code := id.Payload() & 4095
	days = floorDiv(minutes, 24*60)
	return days, zone, code == zoneZ, days*24*60 == minutes && code <= minuteZone0+zoneLimit
}

func appendDate(dst []byte, id ID) ([]byte, bool) {
	days, zone, z, ok := id.localDay()
	y, m, d := civil(days)
	if !ok || y < -9999 || y > 9999 {
		return dst, false
	}
	return appendZone(appendCivil(dst, y, m, d), zone, z), true
}

func inlineYear(s string) (ID, bool) {
	s, zone, z, ok := cutZone(s)
	if !ok {
		return 0, false
	}
	s, negative := cutSign(s)
	y, ok := parseUint(s)
	if !ok || len(s) != 4 || negative && y == 0 {
		return 0, false
	}
	if negative {
		y = -y
	}
	return TagYear | minuteID(daysFromCivil(y, 1, 1), zone, z), true
}

func appendYear(dst []byte, id ID) ([]byte, bool) {
	days, zone, z, ok := id.localDay()
	y, m, d := civil(days)
	if !ok || m != 1 || d != 1 || y < -9999 || y > 9999 {
		return dst, false
	}
	return appendZone(appendCivilYear(dst, y), zone, z), true
}

func inlineDateTime(s string) (ID, bool) {
	s, zone, z, ok := cutZone(s)
	if !ok || zone != NoZone && zone%15 != 0 {
		return 0, false
	}
	date := 10
	if len(s) > 0 && s[0] == '-' {
		date = 11
	}
	if len(s) < date+9 || s[date] != 'T' {
		return 0, false
	}
	days, ok := readDate(s[:date])
	if !ok {
		return 0, false
	}
	t := s[date+1:]
	if t[2] != ':' || t[5] != ':' {
		return 0, false
	}
	h, ok1 := parseUint(t[:2])
	m, ok2 := parseUint(t[3:5])
	sec, ok3 := parseUint(t[6:8])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	milli := ((days*24+h)*60+m)*60_000 + sec*1000
	fd := 0
	if fraction := t[8:]; fraction != "" {
		fd = len(fraction) - 1
		if fraction[0] != '.' || fd < 1 || fd > 3 {
			return 0, false
		}
		f, ok := parseUint(fraction[1:])
		if !ok {
			return 0, false
		}
		milli += f * pow10[3-fd]
	}
	if zone != NoZone {
		milli -= int64(zone) * 60_000
	}
	return TagDateTime | ID(milli+milliBias)<<9 | ID(fd)<<7 | zoneCode(zone, z, 15, quarter0), true
}

// quarterZone returns the zone of a dateTime in minutes.
func quarterZone(code uint64) int {
	switch code {
	case zoneNone:
		return NoZone
	case zoneZ:
		return 0
	default:
		return (int(code) - quarter0) * 15
	}
}

func appendDateTime(dst []byte, id ID) ([]byte, bool) {
	milli, zone, _ := id.UnixMilli()
	code := id.Payload() & 127
	fd := int(id.Payload() >> 7 & 3)
	if code > quarter0+zoneLimit/15 {
		return dst, false
	}
	if zone != NoZone {
		milli += int64(zone) * 60_000
	}
	days := floorDiv(milli, 86_400_000)
	y, m, d := civil(days)
	rest := milli - days*86_400_000
	fraction := rest % 1000
	if y < -9999 || y > 9999 || fraction%pow10[3-fd] != 0 {
		return dst, false
	}
	dst = appendCivil(dst, y, m, d)
	dst = append(dst, 'T')
	dst = appendPadded(dst, rest/3_600_000, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, rest/60_000%60, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, rest/1000%60, 2)
	if fd > 0 {
		dst = append(dst, '.')
		dst = appendPadded(dst, fraction/pow10[3-fd], fd)
	}
	return appendZone(dst, zone, code == zoneZ), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func daysIn(y, m int64) int64 {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// daysFromCivil counts the days from 1970-01-01 in the proleptic Gregorian
// calendar. A year is taken to begin in March, so that the leap day is its
// last.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return era*146_097 + yoe*365 + yoe/4 - yoe/100 + doy - 719_468
}

// civil is the inverse of daysFromCivil.
func civil(days int64) (y, m, d int64) {
	days += 719_468
	era := floorDiv(days, 146_097)
	doe := days - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	y = yoe + era*400
	if m = mp + 3; m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}

// FormatDays returns the day as YYYY-MM-DD, for messages and histograms.
func FormatDays(days int64) string {
	y, m, d := civil(days)
	return string(appendCivil(make([]byte, 0, 12), y, m, d))
}

// FormatYear returns the year as xsd:gYear writes it.
func FormatYear(y int64) string {
	if y > 9999 || y < -9999 {
		return strconv.FormatInt(y, 10)
	}
	return string(appendCivilYear(make([]byte, 0, 6), y))
}
