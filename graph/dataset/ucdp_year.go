package dataset

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// The yearly datasets of UCDP count years, not events: a conflict (ACD), a pair
// of sides (Dyadic) or a pair of sides without a government (Non-State) in a
// year in which 25 people were killed. Such a year is an entity of its own, part
// of the conflict that events of GED are part of.

var (
	conflictTypes = map[int64]string{
		1: "extrasystemic armed conflict", 2: "interstate armed conflict", 3: "intrastate armed conflict",
		4: "internationalised intrastate armed conflict",
	}
	incompatibilities = map[int64]string{1: "territory", 2: "government", 3: "government and territory"}
	organisations     = map[int64]string{1: "formally organised groups", 2: "supporters", 3: "communal groups"}
)

// Bounds of intensity_level: at least 25, at least 1,000 battle-related deaths
// in the year.
const (
	minorDeaths = 25
	warDeaths   = 1000
)

// conflictYear reads a row of ACD or of Dyadic. All of it is coded by UCDP.
func (r *recordReader) conflictYear() {
	number := r.text("conflict_new_id")
	kind := r.number("type_of_conflict", 1, 4)
	issue := r.number("incompatibility", 1, 3)
	level := r.number("intensity_level", 1, 2)
	if r.bad != nil {
		return
	}
	title := incompatibilityTitle(issue, r.cell("territory_name"))
	if at := r.cell("location"); at != "" {
		title = at + ": " + title
	}
	y := r.beginYear(number, title)
	if y == nil {
		return
	}
	deaths := claim.Quantity{Metric: "killed", Comparator: claim.AtLeast}
	least, most := int64(warDeaths), int64(warDeaths-1)
	if level == 1 {
		least, deaths.Max, deaths.Comparator = minorDeaths, &most, claim.About
	}
	deaths.Min = &least
	r.sayYear(y, conflictTypes[kind], map[string]string{"subtype": incompatibilities[issue]}, &deaths)
	r.keep("territory_name", "cumulative_intensity", "intensity_level", "region", "start_date", "start_prec", "start_date2", "start_prec2",
		"ep_end", "ep_end_date", "ep_end_prec", "gwno_loc", "version")
}

// incompatibilityTitle is how UCDP calls a conflict within its country.
func incompatibilityTitle(issue int64, territory string) string {
	switch {
	case issue == 2 || territory == "" && issue == 1:
		return "Government"
	case issue == 3 && territory != "":
		return "Government, " + territory
	case territory == "":
		return "Government and territory"
	default:
		return territory
	}
}

// nonStateYear reads a row of the Non-State dataset.
func (r *recordReader) nonStateYear() {
	number := r.text("conflict_new_id")
	org := r.number("org", 1, 3)
	low, best, high := r.number("low_fatality_estimate", 0, math.MaxInt64), r.number("best_fatality_estimate", 0, math.MaxInt64),
		r.number("high_fatality_estimate", 0, math.MaxInt64)
	if low > best || best > high {
		r.fail("best_fatality_estimate", "the estimate %d is not between the low %d and the high %d", best, low, high)
	}
	if r.bad != nil {
		return
	}
	y := r.beginYear(number, r.text("side_a_name")+" - "+r.text("side_b_name"))
	if y == nil {
		return
	}
	deaths := claim.Quantity{Metric: "killed", Min: &low, Max: &high, Best: &best, Comparator: claim.Exactly}
	if low != high {
		deaths.Comparator = claim.About
	}
	r.sayYear(y, violence[2], map[string]string{"subtype": organisations[org]}, &deaths)
	r.keep("org", "side_a_components", "side_b_components", "region", "start_date", "start_prec", "start_date2", "start_prec2",
		"ep_end", "ep_end_date", "ep_end_prec", "gwno_location", "version")
}

// conflictInYear is a row of a yearly dataset.
type conflictInYear struct {
	event, whole claim.Ref
	time         claim.Interval
	countries    []claim.Ref
}

// beginYear starts the record of a row: the conflict, its year, and where and
// when it was. It returns nil when a cell is at fault.
func (r *recordReader) beginYear(number, title string) *conflictInYear {
	year := r.number("year", 1900, 2200)
	when := r.yearInterval(int(year))
	names, codes := commaList(r.cell("location")), commaList(r.cell("gwno_loc")+r.cell("gwno_location"))
	if r.bad != nil {
		return nil
	}
	id, y := number+"-"+strconv.FormatInt(year, 10), &conflictInYear{time: when}
	dyad := r.cell("dyad_new_id")
	if dyad != "" {
		id = dyad + "-" + strconv.FormatInt(year, 10)
	}
	r.begin(id, r.file.Layout.Dataset+" "+title+", "+strconv.FormatInt(year, 10))
	y.whole = r.id("conflict", slug(number))
	r.shared(func() claim.Ref {
		r.triple(y.whole, propID, rdf.NewString(number))
		return r.entity(claim.Entity{IRI: y.whole, Kind: claim.Conflict, Label: title})
	}, "conflict", number, title)
	if dyad == "" {
		y.event = r.id("conflict", slug(number), strconv.FormatInt(year, 10))
	} else {
		y.event = r.id("dyad", slug(dyad), strconv.FormatInt(year, 10))
		r.triple(r.rec.Extraction.Document.IRI, columnDyad, rdf.IRI(r.shared(func() claim.Ref {
			iri := r.id("dyad", slug(dyad))
			r.triple(iri, propID, rdf.NewString(dyad))
			return r.entity(claim.Entity{IRI: iri, Kind: claim.Conflict, Label: r.sideTitle(), Of: y.whole})
		}, "dyad", dyad, r.sideTitle(), string(y.whole))))
	}
	r.entity(claim.Entity{IRI: y.event, Kind: claim.Conflict, Label: title + ", " + strconv.FormatInt(year, 10)})
	for i, name := range names {
		iri := r.named("country", name)
		if len(codes) == len(names) {
			iri = r.id("country", slug(codes[i]))
		}
		y.countries = append(y.countries, r.shared(func() claim.Ref {
			return r.entity(claim.Entity{IRI: iri, Kind: claim.Country, Label: name})
		}, "country", string(iri), name))
	}
	return y
}

func (r *recordReader) sideTitle() string {
	return r.cell("side_a") + r.cell("side_a_name") + " - " + r.cell("side_b") + r.cell("side_b_name")
}

// sayYear says what the row says: who fought, when, where, how many died.
func (r *recordReader) sayYear(y *conflictInYear, kind string, manner map[string]string, deaths *claim.Quantity) {
	var sides []claim.Ref
	for _, side := range []string{"a", "b"} {
		sides = append(sides, r.yearSides(side, y.countries)...)
	}
	if len(sides) == 0 {
		r.fail("side_a", "neither side has a name")
		return
	}
	parts := []claim.Proposition{
		{Kind: claim.KindEventType, Event: y.event, Text: kind, Manner: manner},
		{Kind: claim.KindDate, Event: y.event, Time: y.time},
		{Kind: claim.KindParticipant, Event: y.event, Agent: sides, Manner: roleParty},
		{Kind: claim.KindPartOf, Agent: []claim.Ref{y.event}, Patient: []claim.Ref{y.whole}},
		{Kind: claim.KindCasualties, Event: y.event, Agent: sides, Quantity: deaths},
	}
	if len(y.countries) > 0 {
		parts = append(parts, claim.Proposition{Kind: claim.KindPlace, Event: y.event, Place: y.countries[0], Manner: gedPrecision[6]})
	}
	r.say(claim.Compose(parts...))
	for i, country := range y.countries {
		if i > 0 {
			r.say(claim.Proposition{Kind: claim.KindPlace, Event: y.event, Place: country, Manner: gedPrecision[6]})
		}
	}
	for _, side := range []string{"a", "b"} {
		var beside []claim.Ref
		names, codes := commaList(r.cell("side_"+side+"_2nd")), commaList(r.cell("gwno_"+side+"_2nd"))
		for i, name := range names {
			gw := ""
			if len(codes) == len(names) {
				gw = codes[i]
			}
			beside = append(beside, r.ucdpActor(name, "", gw, ""))
		}
		if len(beside) > 0 {
			r.say(claim.Proposition{Kind: claim.KindParticipant, Event: y.event, Agent: beside,
				Manner: map[string]string{"role": "party", "beside": r.cell("side_"+side) + r.cell("side_"+side+"_name")}})
		}
	}
}

// yearSides describes one side, which may be several actors with a number each.
// Names hold commas; where they and the numbers do not go together, the side is
// one actor.
func (r *recordReader) yearSides(side string, countries []claim.Ref) []claim.Ref {
	name := r.cell("side_"+side) + r.cell("side_"+side+"_name")
	if name == "" {
		return nil
	}
	numbers, gws := commaList(r.cell("side_"+side+"_new_id")), commaList(r.cell("gwno_"+side))
	names := commaList(name)
	if len(names) != len(numbers) {
		names, numbers = []string{name}, []string{strings.Join(numbers, "-")}
	}
	var of claim.Ref
	if len(countries) == 1 && side == "a" {
		of = countries[0]
	}
	out := make([]claim.Ref, 0, len(names))
	for i, n := range names {
		gw := ""
		if len(gws) == len(names) {
			gw = gws[i]
		}
		ref := r.ucdpActor(n, numbers[i], gw, of)
		if len(names) == 1 {
			r.alias(ref, r.cell("side_"+side+"_name_fulltext"))
			r.alias(ref, r.cell("side_"+side+"_name_mothertongue"))
		}
		out = append(out, ref)
	}
	return out
}

// alias adds another name of an entity.
func (r *recordReader) alias(ref claim.Ref, name string) {
	if name != "" && name != "n/a" {
		r.shared(func() claim.Ref {
			r.triple(ref, claim.PropAltLabel, rdf.NewString(name))
			return ref
		}, "alias", string(ref), name)
	}
}

// commaList splits the lists of the yearly datasets.
func commaList(cell string) []string {
	var out []string
	for _, v := range strings.Split(cell, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// yearInterval bounds the fighting of a year. start_date is the first death of
// the conflict, start_date2 the day by which an episode had 25 dead: the
// fighting of its year began no later. An episode that ended did so on
// ep_end_date. Of any other year only the year is known.
func (r *recordReader) yearInterval(year int) claim.Interval {
	first, last := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	from, by, until, end := first, last, first, last
	text := "year " + strconv.Itoa(year)
	bound := func(column, precision string) (time.Time, time.Time, bool) {
		if r.cell(column) == "" {
			return first, last, false
		}
		day, prec := r.date(column), int64(5)
		if r.cell(precision) != "" && r.cell(precision) != "0" {
			prec = r.number(precision, 1, 5)
		}
		if day.Year() != year {
			return first, last, false
		}
		a, b := yearlyBounds(day, prec)
		text += ", " + column + " " + r.cell(column) + ", " + precision + " " + strconv.FormatInt(prec, 10)
		return latest(a, first), earliest(b, last), true
	}
	if a, b, ok := bound("start_date", "start_prec"); ok {
		from, by = a, b
	}
	if _, b, ok := bound("start_date2", "start_prec2"); ok {
		by = earliest(by, b)
	}
	until = from
	if r.cell("ep_end") == "1" {
		if a, b, ok := bound("ep_end_date", "ep_end_prec"); ok {
			until, end = latest(a, from), b
		}
	}
	return claim.Interval{
		EarliestBegin: day(from), LatestBegin: day(earliest(by, end)), EarliestEnd: day(until), LatestEnd: day(end), Rule: "conflict-year", Text: text,
	}
}

// yearlyBounds returns the days between which a date of a yearly dataset lies.
// What a precision of 2 means has changed between codebooks, from a week to a
// known month: both are allowed for.
func yearlyBounds(day time.Time, prec int64) (time.Time, time.Time) {
	switch prec {
	case 1:
		return day, day
	case 2, 3:
		return earliest(month(day), day.AddDate(0, 0, -6)), latest(month(day).AddDate(0, 1, -1), day.AddDate(0, 0, 6))
	default:
		return time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC), time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC)
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
