package dataset

import (
	"math"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

var violence = map[int64]string{1: "state-based violence", 2: "non-state violence", 3: "one-sided violence"}

// ged reads a row of UCDP GED. Time, place, sides, conflict and the estimate of
// all deaths are the coding of UCDP, in its own voice: one claim of five kinds.
// The deaths by side are one claim of whom source_original names, when it names
// somebody, through the office or article that the row gives.
func (r *recordReader) ged() {
	number := r.text("id")
	r.begin(number, "UCDP GED event "+number)
	event := r.id("event", slug(number))
	if r.file.oldIDs() { // the numbers were given anew with version 17.1
		event = r.id("event", slug(r.file.Version), slug(number))
	}
	kind := r.number("type_of_violence", 1, 3)

	scope, country := r.gedCountry()
	a, nameA := r.gedSide("a", scope, country)
	b, nameB := r.gedSide("b", scope, country)
	sides, names := make([]claim.Ref, 0, 2), nameA
	if a != "" {
		sides = append(sides, a)
	}
	if b != "" {
		sides = append(sides, b)
		names = strings.TrimPrefix(names+" – "+nameB, " – ")
	}
	if len(sides) == 0 {
		r.fail("side_a", "neither side has a name")
	}

	start, end := r.date("date_start"), r.date("date_end")
	if r.bad == nil && end.Before(start) {
		r.fail("date_end", "the last possible date %s is before the first, %s", r.cell("date_end"), r.cell("date_start"))
	}
	datePrec := int64(5)
	if _, ok := r.column("date_prec"); ok {
		datePrec = r.number("date_prec", 1, 5)
	}
	prec := r.number("where_prec", 1, 7)
	lat, long := r.degrees("latitude", 90), r.degrees("longitude", 180)
	low, best, high := r.number("low", 0, math.MaxInt64), r.number("best", 0, math.MaxInt64), r.number("high", 0, math.MaxInt64)
	if low > best || best > high {
		r.fail("best", "the estimate %d is not between the low %d and the high %d", best, low, high)
	}
	if r.bad != nil {
		return
	}

	time := gedInterval(start, end, datePrec)
	time.Text = r.cell("date_start") + " – " + r.cell("date_end") + ", date_prec " + strconv.FormatInt(datePrec, 10)
	place := r.area(spot{
		scope: scope, country: country, name: r.cell("where_coordinates"), adm1: r.cell("adm_1"), adm2: r.cell("adm_2"), lat: lat, long: long,
	}, gedAreas[prec])

	r.entity(claim.Entity{IRI: event, Kind: claim.Incident, Label: names + ", " + time.Describe()})
	r.triple(event, propID, rdf.NewString(number))

	parts := make([]claim.Proposition, 0, 6)
	parts = append(parts, claim.Proposition{Kind: claim.KindEventType, Event: event, Text: violence[kind]},
		claim.Proposition{Kind: claim.KindDate, Event: event, Time: time},
		claim.Proposition{Kind: claim.KindParticipant, Event: event, Agent: sides, Manner: roleParty})
	if place != "" {
		parts = append(parts, claim.Proposition{Kind: claim.KindPlace, Event: event, Place: place, Manner: gedPrecision[prec]})
	}
	if conflict := r.numbered("conflict", "conflict_new_id", "conflict_name", claim.Conflict, ""); conflict != "" {
		parts = append(parts, claim.Proposition{Kind: claim.KindPartOf, Agent: []claim.Ref{event}, Patient: []claim.Ref{conflict}})
		if dyad := r.numbered("dyad", "dyad_new_id", "dyad_name", claim.Conflict, conflict); dyad != "" {
			r.triple(r.rec.Extraction.Document.IRI, columnDyad, rdf.IRI(dyad))
		}
	}
	all := claim.Quantity{Metric: "killed", Min: &low, Max: &high, Best: &best, Comparator: claim.Exactly}
	if low != high {
		all.Comparator = claim.About
	}
	parts = append(parts, claim.Proposition{Kind: claim.KindCasualties, Event: event, Agent: sides, Quantity: &all})
	r.say(claim.Compose(parts...))
	r.gedDeaths(kind, event, a, b, sides, scope, country)

	for _, office := range list(r.cell("source_office")) {
		r.triple(r.rec.Extraction.Document.IRI, propPrimary, rdf.IRI(r.voice(claim.Media, "media", "", []string{office})))
	}
	r.keep("relid", "active_year", "code_status", "number_of_sources", "source_article", "source_date", "source_headline",
		"where_description", "priogrid_gid", "event_clarity")
	if prec > 2 { // else they are the place's
		r.keep("latitude", "longitude")
	}
}

const columnDyad rdf.IRI = nsColumn + "dyad"

// gedAreas tells how precisely each code of where_prec places an event.
var gedAreas = map[int64]string{1: "exact", 2: "within 25 km", 3: "adm2", 4: "adm1", 5: "fuzzy", 6: "country", 7: "fuzzy"}

// Qualifications that rows share. They are read only.
var (
	roleParty    = map[string]string{"role": "party"}
	gedPrecision = manners("precision", wherePrec)
)

// manners returns a qualification for each code.
func manners(name string, words map[int64]string) map[int64]map[string]string {
	m := make(map[int64]map[string]string, len(words))
	for code, word := range words {
		m[code] = map[string]string{name: word}
	}
	return m
}

// gedCountry describes the country of the event and returns what tells apart
// places of equal name.
func (r *recordReader) gedCountry() (scope string, country claim.Ref) {
	scope = r.cell("country_id")
	name := r.cell("country")
	if name == "" {
		return scope, ""
	}
	if scope == "" {
		scope = slug(name)
	}
	return scope, r.shared(func() claim.Ref {
		iri := r.entity(claim.Entity{IRI: r.id("country", slug(scope)), Kind: claim.Country, Label: name})
		if region := r.cell("region"); region != "" {
			r.triple(iri, nsColumn+"region", rdf.NewString(region))
		}
		return iri
	}, "country", scope, name, r.cell("region"))
}

// gedSide describes one side, "a" or "b".
func (r *recordReader) gedSide(side, scope string, country claim.Ref) (claim.Ref, string) {
	name := r.cell("side_" + side)
	if name == "" {
		return "", ""
	}
	if strings.EqualFold(name, "civilians") {
		return r.civilians(scope, country)
	}
	number, gw := r.cell("side_"+side+"_new_id"), r.cell("gwno"+side)
	of := country
	if gw == "" || gw != scope {
		of = ""
	}
	return r.ucdpActor(name, number, gw, of), name
}

// ucdpActor describes an actor by its number, or by its name when the dataset
// gives no number. What has a number of Gleditsch and Ward, gw, is a state.
func (r *recordReader) ucdpActor(name, number, gw string, of claim.Ref) claim.Ref {
	return r.shared(func() claim.Ref {
		e := claim.Entity{Kind: claim.ArmedGroup, Label: name}
		if gw != "" || strings.HasPrefix(name, "Government of ") {
			e.Kind, e.Of = claim.Government, of
		}
		if number == "" {
			e.IRI = r.named("actor", name)
			return r.entity(e)
		}
		e.IRI = r.id("actor", slug(number))
		r.triple(e.IRI, propID, rdf.NewString(number))
		if gw != "" {
			r.triple(e.IRI, nsColumn+"gwno", rdf.NewString(gw))
		}
		return r.entity(e)
	}, "actor", number, name, gw, string(of))
}

// civilians are those of the country: the number that stands for civilians in
// every conflict names nobody in particular.
func (r *recordReader) civilians(scope string, country claim.Ref) (claim.Ref, string) {
	label := "civilians"
	if name := r.cell("country"); name != "" {
		label += " in " + name
	}
	return r.shared(func() claim.Ref {
		return r.entity(claim.Entity{IRI: r.id("civilians", slug(scope+" ")), Kind: claim.Civilians, Label: label})
	}, "civilians", scope, label), label
}

// numbered describes a conflict or dyad by its number.
func (r *recordReader) numbered(class, number, name string, kind claim.EntityKind, of claim.Ref) claim.Ref {
	n := r.cell(number)
	if n == "" {
		return ""
	}
	label := r.cell(name)
	if label == "" {
		label = class + " " + n
	}
	return r.shared(func() claim.Ref {
		iri := r.id(class, slug(n))
		r.triple(iri, propID, rdf.NewString(n))
		return r.entity(claim.Entity{IRI: iri, Kind: kind, Label: label, Of: of})
	}, class, n, label, string(of))
}

// gedDeaths adds the deaths by side. In one-sided violence the zeros of both
// sides are the dataset's rule and nobody's count; a zero of unknown side says
// nothing.
func (r *recordReader) gedDeaths(kind int64, event, a, b claim.Ref, sides []claim.Ref, scope string, country claim.Ref) {
	parts := make([]claim.Proposition, 0, 4)
	counts := make([]int64, 4)
	add := func(i int, column string, party claim.Ref) {
		if r.cell(column) == "" {
			return
		}
		counts[i] = r.number(column, 0, math.MaxInt64)
		if r.bad != nil || counts[i] == 0 && (party == "" || kind == 3 && column != "deaths_civilians") {
			return
		}
		p := claim.Proposition{Kind: claim.KindCasualties, Event: event, Quantity: &claim.Quantity{
			Metric: "killed", Party: party, Min: &counts[i], Max: &counts[i], Comparator: claim.Exactly,
		}}
		if party == "" {
			p.Agent, p.Manner = sides, ofUnknownSide
		}
		parts = append(parts, p)
	}
	add(0, "deaths_a", a)
	add(1, "deaths_b", b)
	if r.cell("deaths_civilians") != "" {
		civilians, _ := r.civilians(scope, country)
		add(2, "deaths_civilians", civilians)
	}
	add(3, "deaths_unknown", "")
	if len(parts) == 0 || r.bad != nil {
		return
	}
	c := r.say(claim.Compose(parts...))
	if original := list(r.cell("source_original")); len(original) > 0 {
		c.Claimant, c.Modality = r.original(original, a, b, scope), claim.Reported
	}
	offices := list(r.cell("source_office"))
	if len(offices) == 0 {
		offices = list(r.cell("source_article"))
	}
	if via := r.voice(claim.Media, "media", "", offices); via != "" && via != c.Claimant {
		c.Via = []claim.Ref{via}
	}
}

var ofUnknownSide = map[string]string{"of": "unknown side"}

// original returns whom source_original names: a side, when it is named
// exactly so, else an anonymous source, one of its country.
func (r *recordReader) original(names []string, a, b claim.Ref, scope string) claim.Ref {
	if len(names) == 1 {
		switch {
		case a != "" && strings.EqualFold(names[0], r.cell("side_a")):
			return a
		case b != "" && strings.EqualFold(names[0], r.cell("side_b")):
			return b
		}
	}
	return r.voice(claim.Anonymous, "source", scope, names)
}
