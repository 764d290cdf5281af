package xsd

import "math"

// DateTime is a point on the time line of XML Schema 1.1: seconds since the
// start of year 1 in the proleptic Gregorian calendar, by the local clock, and
// an optional time zone. Dates, times and the g types are points too, with the
// missing fields filled from 1972-12-31, the reference date of XPath.
type DateTime struct {
	secs Decimal // local clock
	zone int16   // minutes east of UTC, or noZone
}

const (
	noZone  = math.MinInt16
	maxZone = 14 * 60

	secondsPerMinute = 60
	secondsPerHour   = 3600
	secondsPerDay    = 86400

	// maxYear bounds years so that seconds fit an int64 with room to add.
	maxYear = 999_999_999

	// maxFraction bounds the fraction digits of seconds, far below maxDigits,
	// so that arithmetic on points in time cannot run out of digits.
	maxFraction = 1000
)

// The reference date that fills the fields a type does not have. Its year is a
// leap year, so that --02-29 exists.
const (
	refYear  = 1972
	refMonth = 12
	refDay   = 31
)

// daysFromCivil counts the days from 0001-01-01 to the given day. Months are
// counted from March, so that the leap day ends the year.
func daysFromCivil(year int64, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := int64((153*(month-3)+2)/5 + day - 1)
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 306 // 306 days from 0000-03-01 to 0001-01-01
}

// civilFromDays inverts daysFromCivil.
func civilFromDays(days int64) (year int64, month, day int) {
	days += 306
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy-(153*mp+2)/5) + 1
	month = int(mp) + 3
	year = yoe + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func isLeap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysInMonth(year int64, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// NewDateTime returns the point with the given fields, false when they name no
// day or time. zone is in minutes and ignored unless hasZone is set.
func NewDateTime(year int64, month, day, hour, minute int, second Decimal, zone int, hasZone bool) (DateTime, bool) {
	if year > maxYear || year < -maxYear || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) {
		return DateTime{}, false
	}
	if minute < 0 || minute > 59 || second.Sign() < 0 || second.Cmp(DecimalFromInt(60)) >= 0 || second.fraction() > maxFraction {
		return DateTime{}, false
	}
	if hour < 0 || hour > 24 || hour == 24 && (minute != 0 || second.Sign() != 0) {
		return DateTime{}, false
	}
	t := DateTime{zone: noZone}
	if hasZone {
		if zone < -maxZone || zone > maxZone {
			return DateTime{}, false
		}
		t.zone = int16(zone)
	}
	whole := daysFromCivil(year, month, day)*secondsPerDay + int64(hour)*secondsPerHour + int64(minute)*secondsPerMinute
	t.secs, _ = DecimalFromInt(whole).Add(second)
	return t, true
}

// Zone returns the time zone in minutes east of UTC, false when there is none.
func (t DateTime) Zone() (minutes int, ok bool) { return int(t.zone), t.zone != noZone }

// clock splits the point into whole days and the second of the day.
func (t DateTime) clock() (days int64, whole int64, fraction Decimal) {
	floor, dropped := t.secs.floor()
	n, _ := floor.Int64()
	days = floorDiv(n, secondsPerDay)
	if dropped {
		fraction, _ = t.secs.Sub(floor)
	}
	return days, n - days*secondsPerDay, fraction
}

// Date returns the calendar fields of the local clock.
func (t DateTime) Date() (year int64, month, day int) {
	days, _, _ := t.clock()
	return civilFromDays(days)
}

// Clock returns the time of day by the local clock.
func (t DateTime) Clock() (hour, minute int, second Decimal) {
	_, n, fraction := t.clock()
	second, _ = DecimalFromInt(n % secondsPerMinute).Add(fraction)
	return int(n / secondsPerHour), int(n / secondsPerMinute % 60), second
}

// instant returns the seconds on the UTC time line, taking zone where the point
// has none.
func (t DateTime) instant(zone int) Decimal {
	if t.zone != noZone {
		zone = int(t.zone)
	}
	if zone == 0 {
		return t.secs
	}
	s, _ := t.secs.Add(DecimalFromInt(-int64(zone) * secondsPerMinute))
	return s
}

// Compare compares two points by XML Schema 1.1 §3.3.7: a point without a time
// zone lies somewhere within 14 hours of its clock, so its order against a
// point with one may be undetermined.
func (t DateTime) Compare(u DateTime) (int, bool) {
	switch hasT, hasU := t.zone != noZone, u.zone != noZone; {
	case hasT == hasU:
		return t.instant(0).Cmp(u.instant(0)), true
	case hasT:
		i := t.instant(0)
		if i.Cmp(u.instant(maxZone)) < 0 {
			return -1, true
		}
		if i.Cmp(u.instant(-maxZone)) > 0 {
			return 1, true
		}
		return 0, false
	default:
		c, ok := u.Compare(t)
		return -c, ok
	}
}

// order compares in a total order that Compare agrees with where it is
// determined: by instant as if points without a zone were in UTC, those
// without a zone first.
func (t DateTime) order(u DateTime) int {
	if c := t.instant(0).Cmp(u.instant(0)); c != 0 {
		return c
	}
	switch hasT, hasU := t.zone != noZone, u.zone != noZone; {
	case hasT == hasU:
		return 0
	case hasT:
		return 1
	}
	return -1
}

// addSeconds moves the point, false when it leaves the years we hold.
func (t DateTime) addSeconds(s Decimal) (DateTime, bool) {
	secs, ok := t.secs.Add(s)
	if !ok || secs.fraction() > maxFraction {
		return t, false
	}
	const limit = (maxYear + 1) * 366 * secondsPerDay
	if secs.Cmp(DecimalFromInt(limit)) > 0 || secs.Cmp(DecimalFromInt(-limit)) < 0 {
		return t, false
	}
	t.secs = secs
	year, _, _ := t.Date()
	return t, year <= maxYear && year >= -maxYear
}

// addMonths moves the point by calendar months; a day that the month does not
// have becomes its last (XML Schema 1.1 part 2 §E.3.3).
func (t DateTime) addMonths(months int64) (DateTime, bool) {
	if months == 0 {
		return t, true
	}
	if months > 24*maxYear || months < -24*maxYear {
		return t, false
	}
	year, month, day := t.Date()
	m := year*12 + int64(month-1) + months
	year, month = floorDiv(m, 12), int(m-floorDiv(m, 12)*12)+1
	if year > maxYear || year < -maxYear {
		return t, false
	}
	day = min(day, daysInMonth(year, month))
	days, _, _ := t.clock()
	return t.addSeconds(DecimalFromInt((daysFromCivil(year, month, day) - days) * secondsPerDay))
}

// add moves the point by a duration: months first, then seconds.
func (t DateTime) add(d Duration) (DateTime, bool) {
	t, ok := t.addMonths(d.months)
	if !ok || d.secs.Sign() == 0 {
		return t, ok
	}
	return t.addSeconds(d.secs)
}

// in returns the same instant by the clock of another zone; a point without a
// zone keeps its clock (fn:adjust-dateTime-to-timezone).
func (t DateTime) in(zone int16) DateTime {
	if t.zone != noZone && zone != noZone {
		t.secs, _ = t.secs.Add(DecimalFromInt(int64(zone-t.zone) * secondsPerMinute))
	}
	t.zone = zone
	return t
}

// truncate drops the fields that values of the type do not have.
func (t DateTime) truncate(typ Type) DateTime {
	year, month, day := t.Date()
	days, whole, fraction := t.clock()
	switch typ {
	case Date:
		t.secs = DecimalFromInt(days * secondsPerDay)
		return t
	case Time:
		secs := daysFromCivil(refYear, refMonth, refDay)*secondsPerDay + whole
		t.secs, _ = DecimalFromInt(secs).Add(fraction)
		return t
	case GYear:
		month, day = 1, 1
	case GYearMonth:
		day = 1
	case GMonthDay:
		year = refYear
	case GDay:
		year, month = refYear, refMonth
	case GMonth:
		year, day = refYear, 1
	default:
		return t
	}
	t.secs = DecimalFromInt(daysFromCivil(year, month, day) * secondsPerDay)
	return t
}
