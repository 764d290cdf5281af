package dataset

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

var violence = map[int64]string{1: "state-based violence", 2: "non-state violence", 3: "one-sided violence"}

// ged reads a row of UCDP GED. Time, place, sides, conflict and the estimate of
// all deaths are the coding of UCDP, in its own voice. The deaths by side are
// claims of whom source_original names, when it names somebody, through the
// office or article that the row gives.
func (r *recordReader) ged() {
	number := r.text("id")
	r.begin(number, "UCDP GED event "+number)
	event := r.id("event", slug(number))
	if r.file.oldIDs() { // the numbers were given anew with version 17.1
		event = r.id("event", slug(r.file.Version), slug(number))
	}
	kind := r.number("type_of_violence", 1, 3)

	scope := r.cell("country_id")
	var country claim.Ref
	if name := r.cell("country"); name != "" {
		if scope == "" {
			scope = slug(name)
		}
		country = r.entity(claim.Entity{IRI: r.id("country", slug(scope)), Kind: claim.Country, Label: name})
	}
	a, b := r.gedSide("a", scope, country), r.gedSide("b", scope, country)
	sides := slices.DeleteFunc([]claim.Ref{a, b}, func(s claim.Ref) bool { return s == "" })
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
	}, map[int64]string{1: "exact", 2: "within 25 km", 3: "adm2", 4: "adm1", 5: "fuzzy", 6: "country", 7: "fuzzy"}[prec])

	names := r.rec.Extraction.EntityMap().Names(sides)
	r.entity(claim.Entity{IRI: event, Kind: claim.Incident, Label: strings.Join(names, " – ") + ", " + time.Describe()})
	r.triple(event, propID, rdf.NewString(number))

	r.say(claim.Proposition{Kind: claim.KindEventType, Event: event, Text: violence[kind]})
	r.say(claim.Proposition{Kind: claim.KindDate, Event: event, Time: time})
	if place != "" {
		r.say(claim.Proposition{Kind: claim.KindPlace, Event: event, Place: place, Manner: map[string]string{"precision": wherePrec[prec]}})
	}
	r.say(claim.Proposition{Kind: claim.KindParticipant, Event: event, Agent: sides, Manner: map[string]string{"role": "party"}})
	if conflict := r.numbered("conflict", "conflict_new_id", "conflict_name", claim.Conflict, ""); conflict != "" {
		r.say(claim.Proposition{Kind: claim.KindPartOf, Agent: []claim.Ref{event}, Patient: []claim.Ref{conflict}})
		if dyad := r.numbered("dyad", "dyad_new_id", "dyad_name", claim.Conflict, conflict); dyad != "" {
			r.triple(r.rec.Extraction.Document.IRI, rdf.IRI(nsColumn+"dyad"), rdf.IRI(dyad))
		}
	}

	all := claim.Proposition{Kind: claim.KindCasualties, Event: event, Agent: sides}
	all.Quantity = &claim.Quantity{Metric: "killed", Min: &low, Max: &high, Best: &best, Comparator: claim.Exactly}
	if low != high {
		all.Quantity.Comparator = claim.About
	}
	r.say(all)
	r.gedDeaths(kind, event, a, b, sides, scope)

	for _, office := range list(r.cell("source_office")) {
		r.triple(r.rec.Extraction.Document.IRI, propPrimary, rdf.IRI(r.voice(claim.Media, "media", "", []string{office})))
	}
	r.keep("relid", "active_year", "code_status", "number_of_sources", "source_article", "source_date", "source_headline",
		"where_prec", "where_description", "latitude", "longitude", "priogrid_gid", "region", "event_clarity", "date_prec", "gwnoa", "gwnob")
}

// gedSide describes one side, "a" or "b".
func (r *recordReader) gedSide(side, scope string, country claim.Ref) claim.Ref {
	name := r.cell("side_" + side)
	if name == "" {
		return ""
	}
	number := r.cell("side_" + side + "_new_id")
	e := claim.Entity{Kind: claim.ArmedGroup, Label: name}
	gw := r.cell("gwno" + side)
	switch {
	case strings.EqualFold(name, "civilians"):
		return r.civilians(scope, country)
	case gw != "" || strings.HasPrefix(name, "Government of "):
		e.Kind = claim.Government
		if gw != "" && gw == scope {
			e.Of = country
		}
	}
	if number == "" {
		e.IRI = r.named("actor", name)
		return r.entity(e)
	}
	e.IRI = r.id("actor", slug(number))
	r.triple(e.IRI, propID, rdf.NewString(number))
	return r.entity(e)
}

// civilians are those of the country: the number that stands for civilians in
// every conflict names nobody in particular.
func (r *recordReader) civilians(scope string, country claim.Ref) claim.Ref {
	label := "civilians"
	if country != "" {
		label += " in " + r.rec.Extraction.EntityMap().Name(country)
	}
	return r.entity(claim.Entity{IRI: r.id("civilians", slug(scope+" ")), Kind: claim.Civilians, Label: label})
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
	iri := r.id(class, slug(n))
	r.triple(iri, propID, rdf.NewString(n))
	return r.entity(claim.Entity{IRI: iri, Kind: kind, Label: label, Of: of})
}

// gedDeaths adds the deaths by side. In one-sided violence the zeros of both
// sides are the dataset's rule and nobody's count; a zero of unknown side says
// nothing.
func (r *recordReader) gedDeaths(kind int64, event, a, b claim.Ref, sides []claim.Ref, scope string) {
	var claimant claim.Ref
	if original := list(r.cell("source_original")); len(original) > 0 {
		claimant = r.original(original, a, b, scope)
	}
	offices := list(r.cell("source_office"))
	if len(offices) == 0 {
		offices = list(r.cell("source_article"))
	}
	via := r.voice(claim.Media, "media", "", offices)
	add := func(column string, party claim.Ref, of string) {
		if r.cell(column) == "" {
			return
		}
		n := r.number(column, 0, math.MaxInt64)
		if r.bad != nil || n == 0 && (party == "" || kind == 3 && column != "deaths_civilians") {
			return
		}
		p := claim.Proposition{Kind: claim.KindCasualties, Event: event, Quantity: &claim.Quantity{
			Metric: "killed", Party: party, Min: &n, Max: &n, Comparator: claim.Exactly,
		}}
		if party == "" {
			p.Agent = sides
			p.Manner = map[string]string{"of": of}
		}
		c := r.say(p)
		if claimant != "" {
			c.Claimant, c.Modality = claimant, claim.Reported
		}
		if via != "" && via != claimant {
			c.Via = []claim.Ref{via}
		}
	}
	add("deaths_a", a, "side a")
	add("deaths_b", b, "side b")
	if r.cell("deaths_civilians") != "" {
		add("deaths_civilians", r.civilians(scope, r.countryOf()), "")
	}
	add("deaths_unknown", "", "unknown side")
}

func (r *recordReader) countryOf() claim.Ref {
	for _, e := range r.rec.Extraction.Entities {
		if e.Kind == claim.Country {
			return e.IRI
		}
	}
	return ""
}

// original returns whom source_original names: a side, when it is named
// exactly so, else an anonymous source, one of its country.
func (r *recordReader) original(names []string, a, b claim.Ref, scope string) claim.Ref {
	if len(names) == 1 {
		for side, ref := range map[string]claim.Ref{"side_a": a, "side_b": b} {
			if ref != "" && strings.EqualFold(names[0], r.cell(side)) {
				return ref
			}
		}
	}
	return r.voice(claim.Anonymous, "source", scope, names)
}
