package claim

import (
	"fmt"
	"strings"
	"time"
)

// Days returns the first and the last day of the date: both itself for a day,
// the first and last of a month or a year.
func (d Date) Days() (first, last string, err error) {
	s := string(d)
	year := strings.TrimPrefix(s, "-")
	switch strings.Count(year, "-") {
	case 0:
		if len(year) < 4 || strings.Trim(year, "0123456789") != "" {
			return "", "", fmt.Errorf("claim: %q is not a date", s)
		}
		return s + "-01-01", s + "-12-31", nil
	case 1:
		t, err := time.Parse("2006-01", s)
		if err != nil {
			return "", "", fmt.Errorf("claim: %q is not a date", s)
		}
		return s + "-01", t.AddDate(0, 1, -1).Format(time.DateOnly), nil
	default:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return "", "", fmt.Errorf("claim: %q is not a date", s)
		}
		return s, s, nil
	}
}

// firstDay and lastDay return "" for an unknown or malformed date.
func (d Date) firstDay() string { first, _, _ := d.Days(); return first }
func (d Date) lastDay() string  { _, last, _ := d.Days(); return last }

// disjoint reports whether the two times can share no day. What is unknown is
// disjoint with nothing.
func (i Interval) disjoint(j Interval) bool {
	before := func(a, b Interval) bool {
		end, begin := a.LatestEnd.lastDay(), b.EarliestBegin.firstDay()
		return end != "" && begin != "" && end < begin
	}
	return before(i, j) || before(j, i)
}

// intersect narrows i by j; of disjoint intervals it returns i.
func (i Interval) intersect(j Interval) Interval {
	if j.IsZero() || i.disjoint(j) {
		return i
	}
	if i.IsZero() {
		return j
	}
	out := i
	if j.EarliestBegin.firstDay() > out.EarliestBegin.firstDay() {
		out.EarliestBegin = j.EarliestBegin
	}
	if d := j.LatestBegin.lastDay(); d != "" && (out.LatestBegin == "" || d < out.LatestBegin.lastDay()) {
		out.LatestBegin = j.LatestBegin
	}
	if j.EarliestEnd.firstDay() > out.EarliestEnd.firstDay() {
		out.EarliestEnd = j.EarliestEnd
	}
	if d := j.LatestEnd.lastDay(); d != "" && (out.LatestEnd == "" || d < out.LatestEnd.lastDay()) {
		out.LatestEnd = j.LatestEnd
	}
	return out
}
