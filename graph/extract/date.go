package extract

import (
	"fmt"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
)

// dateExpr is a date as a sentence gives it, not resolved yet.
type dateExpr struct {
	length   int // tokens
	prep     string
	from, to day        // to is zero for one date
	relative string     // rule of a relative date
	shift    int        // days from the anchor
	on       claim.Date // a relative date once it is resolved
}

// day is a date with zeros for what is not given.
type day struct{ year, month, day int }

func (d day) isZero() bool { return d == day{} }

func (d day) iso() claim.Date {
	switch {
	case d.year == 0:
		return ""
	case d.month == 0:
		return claim.Date(fmt.Sprintf("%04d", d.year))
	case d.day == 0:
		return claim.Date(fmt.Sprintf("%04d-%02d", d.year, d.month))
	}
	return claim.Date(fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day))
}

func (d day) plus(n int) day {
	if d.day == 0 {
		return day{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day+n, 0, 0, 0, 0, time.UTC)
	return day{t.Year(), int(t.Month()), t.Day()}
}

// weekday returns the day of the week, Sunday being 0.
func (d day) weekday() int {
	return int(time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Weekday())
}

func parseISO(s claim.Date) day {
	var d day
	fmt.Sscanf(string(s), "%d-%d-%d", &d.year, &d.month, &d.day)
	return d
}

// first and last return the days at the ends of a date that may be a month or a
// year.
func (d day) first() day {
	if d.month == 0 {
		return day{d.year, 1, 1}
	}
	if d.day == 0 {
		return day{d.year, d.month, 1}
	}
	return d
}

func (d day) last() day {
	if d.month == 0 {
		return day{d.year, 12, 31}
	}
	if d.day == 0 {
		t := time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC)
		return day{d.year, d.month, t.Day()}
	}
	return d
}

type dateReader struct {
	toks []token
	i    int
}

func (r *dateReader) word(k int) string {
	if r.i+k < len(r.toks) {
		return r.toks[r.i+k].lower
	}
	return ""
}

func (r *dateReader) dayNumber(k int) int {
	if r.i+k >= len(r.toks) || r.toks[r.i+k].kind != numberToken || len(strings.TrimRight(r.toks[r.i+k].text, "stndrh")) > 2 {
		return 0
	}
	n, ok := parseFigure(strings.TrimRight(r.toks[r.i+k].text, "stndrh"))
	if !ok || n < 1 || n > 31 {
		return 0
	}
	return int(n)
}

func (r *dateReader) yearNumber(k int) int {
	if r.i+k >= len(r.toks) || r.toks[r.i+k].kind != numberToken || len(r.toks[r.i+k].text) != 4 {
		return 0
	}
	n, ok := parseFigure(r.toks[r.i+k].text)
	if !ok || n < 1000 || n > 2100 {
		return 0
	}
	return int(n)
}

func (r *dateReader) month(k int) int {
	if r.i+k >= len(r.toks) || r.toks[r.i+k].info == nil || !isUpperAt(r.toks[r.i+k].text) {
		return 0
	}
	return r.toks[r.i+k].info.month
}

func isDash(w string) bool {
	return w == "–" || w == "-" || w == "—" || w == "−" || w == "to" || w == "until" || w == "and" || w == "through" || w == "till" || w == "‒" || w == "/"
}

// point reads one date without what surrounds it.
func (r *dateReader) point() (day, int) {
	k := 0
	if r.word(0) == "the" && r.dayNumber(1) > 0 && (r.word(2) == "of" && r.month(3) > 0) {
		d := day{month: r.month(3), day: r.dayNumber(1)}
		k = 4
		if r.word(4) == "," && r.yearNumber(5) > 0 {
			k = 5
		}
		if y := r.yearNumber(k); y > 0 {
			d.year = y
			k++
		}
		return d, k
	}
	if r.word(0) == "the" && r.i > 0 {
		// "on the 15th": of the month told of last.
		if d := r.dayNumber(1); d > 0 && !isDigit(rune(r.toks[r.i+1].text[len(r.toks[r.i+1].text)-1])) {
			switch before := r.toks[r.i-1].lower; before {
			case "on", "until", "by", "from", "to", "and":
				if r.i+2 >= len(r.toks) || !startsNoun(r.toks, r.i+2) && r.toks[r.i+2].tag != tagName && r.word(2) != "of" {
					return day{day: d}, 2
				}
			}
		}
	}
	if d := r.dayNumber(0); d > 0 {
		of := 0
		if r.word(1) == "of" {
			of = 1
		}
		if m := r.month(1 + of); m > 0 {
			k = 2 + of
			out := day{month: m, day: d}
			switch {
			case r.yearNumber(k) > 0:
				out.year = r.yearNumber(k)
				k++
			case r.word(k) == "," && r.yearNumber(k+1) > 0:
				out.year = r.yearNumber(k + 1)
				k += 2
			}
			return out, k
		}
	}
	if m := r.month(0); m > 0 {
		if d := r.dayNumber(1); d > 0 {
			out := day{month: m, day: d}
			k = 2
			switch {
			case r.word(2) == "," && r.yearNumber(3) > 0:
				out.year = r.yearNumber(3)
				k = 4
			case r.yearNumber(2) > 0:
				out.year = r.yearNumber(2)
				k = 3
			}
			return out, k
		}
		of := 0
		if r.word(1) == "of" {
			of = 1
		}
		if y := r.yearNumber(1 + of); y > 0 {
			return day{year: y, month: m}, 2 + of
		}
		if r.word(1) == "," && r.yearNumber(2) > 0 {
			return day{year: r.yearNumber(2), month: m}, 3
		}
		return day{month: m}, 1
	}
	// 2012-02-07
	if y := r.yearNumber(0); y > 0 && r.word(1) == "-" && r.dayNumber(2) > 0 && r.word(3) == "-" && r.dayNumber(4) > 0 {
		return day{y, r.dayNumber(2), r.dayNumber(4)}, 5
	}
	return day{}, 0
}

// read reads a date or a range at token i. bare allows a date that stands
// without a preposition.
func dateAt(toks []token, i int) *dateExpr {
	if t := &toks[i]; t.kind == markToken || t.kind == wordToken && (t.info == nil || t.info.month == 0) && t.lower != "the" {
		return nil
	}
	r := &dateReader{toks, i}
	// 7–8 February 2012
	if a := r.dayNumber(0); a > 0 && isDash(r.word(1)) && r.word(1) != "and" || a > 0 && r.word(1) == "and" {
		if b := r.dayNumber(2); b > 0 && r.month(3) > 0 {
			r.i += 2
			to, l := r.point()
			from := day{to.year, to.month, a}
			if to.day > 0 && a < to.day {
				return &dateExpr{length: l + 2, from: from, to: to}
			}
			r.i -= 2
		}
	}
	// February 7–8, 2012
	if m := r.month(0); m > 0 && r.dayNumber(1) > 0 && isDash(r.word(2)) && r.dayNumber(3) > 0 && r.month(4) == 0 {
		from, to := day{0, m, r.dayNumber(1)}, day{0, m, r.dayNumber(3)}
		k := 4
		if r.word(4) == "," && r.yearNumber(5) > 0 {
			from.year, to.year, k = r.yearNumber(5), r.yearNumber(5), 6
		} else if y := r.yearNumber(4); y > 0 {
			from.year, to.year, k = y, y, 5
		}
		return &dateExpr{length: k, from: from, to: to}
	}
	from, l := r.point()
	if l > 0 {
		e := &dateExpr{length: l, from: from}
		if isDash(r.word(l)) && r.word(l) != "and" {
			r.i += l + 1
			to, l2 := r.point()
			if l2 > 0 && (to.day > 0) == (from.day > 0) {
				if from.year == 0 {
					from.year = to.year
					if to.year != 0 && (from.month > to.month) {
						from.year--
					}
				}
				if to.year == 0 {
					to.year = from.year
				}
				e.from, e.to, e.length = from, to, l+1+l2
			} else if d := r.dayNumber(0); l2 == 0 && d > 0 && from.day > 0 && d > from.day {
				e.to, e.length = day{from.year, from.month, d}, l+2
			}
			r.i = i
		}
		return e
	}
	return nil
}

// relativeDates are the phrases that set a date against the day last told of.
var relativeDates = []struct {
	words []string
	rule  string
	shift int
}{
	{[]string{"the", "next", "day"}, "next-day", 1},
	{[]string{"the", "following", "day"}, "next-day", 1},
	{[]string{"next", "day"}, "next-day", 1},
	{[]string{"the", "next", "morning"}, "next-day", 1},
	{[]string{"the", "following", "morning"}, "next-day", 1},
	{[]string{"the", "next", "evening"}, "next-day", 1},
	{[]string{"the", "following", "evening"}, "next-day", 1},
	{[]string{"the", "following", "night"}, "next-day", 1},
	{[]string{"the", "next", "night"}, "next-day", 1},
	{[]string{"the", "day", "after"}, "next-day", 1},
	{[]string{"a", "day", "later"}, "days-later", 1},
	{[]string{"one", "day", "later"}, "days-later", 1},
	{[]string{"the", "same", "day"}, "same-day", 0},
	{[]string{"that", "same", "day"}, "same-day", 0},
	{[]string{"that", "day"}, "same-day", 0},
	{[]string{"the", "same", "evening"}, "same-day", 0},
	{[]string{"that", "evening"}, "same-day", 0},
	{[]string{"that", "morning"}, "same-day", 0},
	{[]string{"that", "afternoon"}, "same-day", 0},
	{[]string{"that", "night"}, "same-day", 0},
	{[]string{"the", "same", "night"}, "same-day", 0},
	{[]string{"later", "that", "day"}, "same-day", 0},
	{[]string{"the", "previous", "day"}, "day-before", -1},
	{[]string{"the", "day", "before"}, "day-before", -1},
	{[]string{"a", "day", "earlier"}, "day-before", -1},
	{[]string{"the", "day", "before"}, "day-before", -1},
	{[]string{"the", "previous", "night"}, "day-before", -1},
}

// relativeAt reads a relative date at token i.
func relativeAt(toks []token, i int) *dateExpr {
	switch toks[i].lower {
	case "yesterday", "today", "tonight":
		d := &dateExpr{length: 1, relative: "of-report"}
		if toks[i].lower == "yesterday" {
			d.shift = -1
		}
		if i+1 < len(toks) && toks[i+1].info != nil && toks[i+1].info.noun == nounTime {
			d.length = 2
		}
		return d
	case "the", "next", "a", "one", "that", "later":
	default:
		if toks[i].kind != numberToken && !toks[i].info.isNumber() {
			return nil
		}
	}
	for _, p := range relativeDates {
		if i+len(p.words) > len(toks) {
			continue
		}
		ok := true
		for k, w := range p.words {
			if toks[i+k].lower != w {
				ok = false
				break
			}
		}
		if ok {
			return &dateExpr{length: len(p.words), relative: p.rule, shift: p.shift}
		}
	}
	// two days later
	if n, l, vague := integerAt(toks, i); l > 0 && !vague && n < 60 && i+l+1 < len(toks) {
		w := toks[i+l].lower
		if (w == "days" || w == "day" || w == "weeks" || w == "week") && (toks[i+l+1].lower == "later" || toks[i+l+1].lower == "afterwards") {
			if strings.HasPrefix(w, "week") {
				n *= 7
			}
			return &dateExpr{length: l + 2, relative: "days-later", shift: int(n)}
		}
	}
	return nil
}
