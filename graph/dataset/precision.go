package dataset

import (
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
)

var dateForms = []string{
	time.DateOnly, "2006-01-02 15:04:05.000", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	"02-January-2006", "2-January-2006", "02 January 2006", "2 January 2006", "02-Jan-2006", "2-Jan-06", "2/1/2006",
}

// date reads a day in one of the forms that releases have used. Of numbers
// between slashes the day comes first.
func (r *recordReader) date(name string) time.Time {
	v := r.text(name)
	if v == "" {
		return time.Time{}
	}
	if t, ok := r.days[v]; ok {
		return t
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, v); err == nil {
			if len(r.days) >= maxRemembered {
				clear(r.days)
			}
			r.days[v] = t
			return t
		}
	}
	r.fail(name, "%q is not a date", v)
	return time.Time{}
}

func day(t time.Time) claim.Date { return claim.Date(t.Format(time.DateOnly)) }

// between is a time that began and ended within bounds: that is all that is
// known. Of a single day it is that day.
func between(first, last time.Time, rule string) claim.Interval {
	a, b := day(first), day(last)
	return claim.Interval{EarliestBegin: a, LatestBegin: b, EarliestEnd: a, LatestEnd: b, Rule: rule}
}

// gedInterval turns date_start, date_end and date_prec into an interval. The
// dates are the earliest and latest possible ones. Where they name one day
// although the code says that the day is not known, the code decides:
//
//	1  the day is known           2  within two to six days
//	3  the week is known          4  the month, or 8 to 30 days
//	5  more than a month, to a year
func gedInterval(start, end time.Time, prec int64) claim.Interval {
	if prec > 1 && start.Equal(end) {
		switch prec {
		case 2, 3:
			return between(start.AddDate(0, 0, -6), end.AddDate(0, 0, 6), "date_prec widened")
		case 4:
			return between(month(start), month(start).AddDate(0, 1, -1), "date_prec widened")
		default:
			year := time.Date(start.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
			return between(year, year.AddDate(1, 0, -1), "date_prec widened")
		}
	}
	return between(start, end, "date_prec")
}

func month(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

// acledInterval turns event_date and time_precision into an interval: 1 is the
// day; 2 a week in which the day was put somewhere; 3 a month.
func acledInterval(date time.Time, prec int64) claim.Interval {
	switch prec {
	case 1:
		return between(date, date, "time_precision")
	case 2:
		return between(date.AddDate(0, 0, -6), date.AddDate(0, 0, 6), "time_precision")
	default:
		return between(month(date), month(date).AddDate(0, 1, -1), "time_precision")
	}
}

// wherePrec says in words what a code of where_prec means.
var wherePrec = map[int64]string{
	1: "exact place", 2: "within 25 km of a known place", 3: "somewhere in the second-order division",
	4: "somewhere in the first-order division", 5: "along a line or in a fuzzy area", 6: "somewhere in the country",
	7: "in international waters or airspace",
}

// geoPrecision says in words what a code of geo_precision means.
var geoPrecision = map[int64]string{
	1: "exact place", 2: "near a known place", 3: "somewhere in the first-order division",
}

// spot is where a row puts its event.
type spot struct {
	scope      string // tells apart places of equal name, such as the country's number
	country    claim.Ref
	name       string // of the place itself
	adm1, adm2 string
	lat, long  string
}

// area describes where a row puts its event, no more precisely than it is
// known. exact means the named place itself, near its surroundings; 2, 1 and 0
// are the orders of division in which it lies, 0 being the country. Where the
// division has no name, the next larger one is meant. Only a named place gets
// the coordinates of the row: those of an area are but its centre.
func (r *recordReader) area(s spot, precision string) claim.Ref {
	return r.shared(func() claim.Ref { return r.makeArea(s, precision) },
		"area", s.scope, string(s.country), s.name, s.adm1, s.adm2, s.lat, s.long, precision)
}

func (r *recordReader) makeArea(s spot, precision string) claim.Ref {
	within := s.country
	division := func(name string, above ...string) {
		if name == "" {
			return
		}
		within = r.entity(claim.Entity{
			IRI: r.named("place", append(append([]string{s.scope}, above...), name)...), Kind: claim.Place, Label: name, Within: within,
		})
	}
	switch precision {
	case "country":
		return within
	case "adm1":
		division(s.adm1)
		return within
	}
	division(s.adm1)
	division(s.adm2, s.adm1)
	if precision == "adm2" || s.name == "" {
		return within
	}
	if precision == "fuzzy" {
		return r.entity(claim.Entity{IRI: r.named("area", s.scope, s.adm1, s.adm2, s.name), Kind: claim.Place, Label: s.name, Within: within})
	}
	place := r.entity(claim.Entity{
		IRI: r.named("place", s.scope, s.adm1, s.adm2, s.lat, s.long, s.name), Kind: claim.Place, Label: s.name, Within: within,
	})
	r.coordinates(place, s.lat, s.long)
	if precision == "exact" {
		return place
	}
	return r.entity(claim.Entity{
		IRI: place + "/" + claim.Ref(strings.ReplaceAll(precision, " ", "-")), Kind: claim.Place, Label: precision + " of " + s.name,
		Within: s.country, Near: []claim.Ref{place},
	})
}
