package extract

import "github.com/belligraph/belligraph/graph/claim"

// interval resolves a date against the day told of last and the year of the
// battle.
func (r *reader) interval(d *dateExpr, anchor day) claim.Interval {
	if d == nil {
		return claim.Interval{}
	}
	if d.relative == "weekday" {
		on := r.weekdayBefore(d.shift).iso()
		if on == "" {
			return claim.Interval{}
		}
		return claim.Interval{EarliestBegin: on, LatestBegin: on, EarliestEnd: on, LatestEnd: on, Rule: d.relative}
	}
	if d.relative == "of-report" {
		on := r.report.plus(d.shift).iso()
		if on == "" {
			return claim.Interval{}
		}
		return claim.Interval{EarliestBegin: on, LatestBegin: on, EarliestEnd: on, LatestEnd: on, Rule: d.relative}
	}
	if d.relative != "" {
		if anchor.day == 0 {
			return claim.Interval{}
		}
		// The same words mean the same day for every clause of the sentence.
		if d.on == "" {
			d.on = anchor.plus(d.shift).iso()
		}
		on := d.on
		return claim.Interval{EarliestBegin: on, LatestBegin: on, EarliestEnd: on, LatestEnd: on, Rule: d.relative}
	}
	from, to, rule := d.from, d.to, "explicit"
	for _, x := range []*day{&from, &to} {
		if x.day > 0 && x.month == 0 {
			if anchor.month == 0 {
				return claim.Interval{}
			}
			x.month, x.year = anchor.month, anchor.year
		}
	}
	year := func(x *day) {
		if x.year == 0 && !x.isZero() {
			x.year, rule = r.yearFor(*x, anchor), "context-year"
		}
	}
	year(&from)
	year(&to)
	if from.year == 0 {
		return claim.Interval{}
	}
	if to.isZero() {
		to = from
	}
	i := claim.Interval{Rule: rule}
	i.EarliestBegin, i.LatestBegin = from.iso(), from.iso()
	i.EarliestEnd, i.LatestEnd = to.iso(), to.iso()
	if from.day == 0 {
		// A month or a year: some time within it.
		i.EarliestBegin, i.LatestEnd = from.first().iso(), to.last().iso()
		i.LatestBegin, i.EarliestEnd = to.last().iso(), from.first().iso()
	}
	switch d.prep {
	case "since":
		i.EarliestEnd, i.LatestEnd = "", ""
	case "until", "till":
		i.EarliestBegin, i.LatestBegin = "", ""
	case "before":
		return claim.Interval{}
	case "after":
		return claim.Interval{}
	}
	return i
}

// yearFor returns the year of a date without one: that of the battle, or of the
// day told of last; across a new year the one that comes nearer.
func (r *reader) yearFor(d, anchor day) int {
	year := anchor.year
	if year == 0 {
		year = r.year
	}
	if year == 0 {
		return 0
	}
	if anchor.month >= 11 && d.month <= 2 {
		return year + 1
	}
	if anchor.month > 0 && anchor.month <= 2 && d.month >= 11 {
		return year - 1
	}
	return year
}

// tell moves the day told of last.
func (r *reader) tell(i claim.Interval) {
	if i.EarliestEnd != "" && len(i.EarliestEnd) == len("2006-01-02") && i.EarliestBegin == i.LatestBegin {
		r.anchor = parseISO(i.EarliestEnd)
	} else if b, e := parseISO(i.EarliestBegin), parseISO(i.LatestEnd); b.year == e.year && b.month != 0 && b.month == e.month {
		// A month of a year; a year alone is often a look back.
		r.anchor = day{year: b.year, month: b.month}
	}
}
