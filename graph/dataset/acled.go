package dataset

import (
	"math"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// acled reads a row of ACLED, of any generation. All of it is said by ACLED;
// what it read stands on the record as primary sources.
func (r *recordReader) acled() {
	number := r.text("event_id_cnty")
	r.begin(number, "ACLED event "+number)
	event := r.id("event", slug(number))

	var country claim.Ref
	scope := slug(r.cell("country"))
	if name := r.cell("country"); name != "" {
		country = r.shared(func() claim.Ref {
			iri := r.entity(claim.Entity{IRI: r.id("country", scope), Kind: claim.Country, Label: name})
			for _, column := range []string{"iso", "iso3", "gwno_acled"} {
				if v := r.cell(column); v != "" {
					r.triple(iri, rdf.IRI(nsColumn+column), rdf.NewString(v))
				}
			}
			return iri
		}, "country", name, r.cell("iso"), r.cell("iso3"), r.cell("gwno_acled"))
	}
	date := r.date("event_date")
	timePrec := r.number("time_precision", 1, 3)
	geoPrec := r.number("geo_precision", 1, 3)
	lat, long := r.degrees("latitude", 90), r.degrees("longitude", 180)
	killed := r.number("fatalities", 0, math.MaxInt64)
	kind, sub := acledType(r.text("event_type"), r.cell("sub_event_type"))
	r.text("actor1")
	if r.bad != nil {
		return
	}

	var sides []claim.Ref
	var names []string
	for _, n := range []string{"1", "2"} {
		if name := r.cell("actor" + n); name != "" {
			sides, names = append(sides, r.acledActor(name, r.cell("inter"+n))), append(names, name)
		}
	}
	time := acledInterval(date, timePrec)
	time.Text = r.cell("event_date") + ", time_precision " + strconv.FormatInt(timePrec, 10)
	place := r.area(spot{
		scope: scope, country: country, name: r.cell("location"), adm1: r.cell("admin1"), adm2: r.cell("admin2"), lat: lat, long: long,
	}, map[int64]string{1: "exact", 2: "surroundings", 3: "adm1"}[geoPrec])

	r.entity(claim.Entity{IRI: event, Kind: claim.Incident, Label: strings.Join(names, " – ") + ", " + time.Describe()})
	r.triple(event, propID, rdf.NewString(number))

	parts := make([]claim.Proposition, 0, 5)
	typed := claim.Proposition{Kind: claim.KindEventType, Event: event, Text: kind}
	if sub != "" {
		typed.Manner = map[string]string{"subtype": sub}
	}
	parts = append(parts, typed, claim.Proposition{Kind: claim.KindDate, Event: event, Time: time},
		claim.Proposition{Kind: claim.KindParticipant, Event: event, Agent: sides, Manner: roleParty},
		claim.Proposition{Kind: claim.KindCasualties, Event: event, Agent: sides, Quantity: &claim.Quantity{
			Metric: "killed", Min: &killed, Max: &killed, Comparator: claim.Exactly,
		}})
	if place != "" {
		parts = append(parts, claim.Proposition{Kind: claim.KindPlace, Event: event, Place: place, Manner: acledPrecision[geoPrec]})
	}
	r.say(claim.Compose(parts...))
	for i, n := range []string{"1", "2"} {
		var beside []claim.Ref
		for _, name := range list(r.cell("assoc_actor_" + n)) {
			beside = append(beside, r.acledActor(name, ""))
		}
		if len(beside) > 0 && i < len(sides) {
			r.say(claim.Proposition{Kind: claim.KindParticipant, Event: event, Agent: beside,
				Manner: map[string]string{"role": "party", "beside": r.cell("actor" + n)}})
		}
	}

	doc := r.rec.Extraction.Document.IRI
	for _, source := range list(r.cell("source")) {
		r.triple(doc, propPrimary, rdf.IRI(r.voice(claim.Media, "media", "", []string{source})))
	}
	for _, tag := range list(r.cell("tags")) {
		r.triple(doc, rdf.IRI(nsColumn+"tags"), rdf.NewString(tag))
	}
	r.keep("data_id", "event_id_no_cnty", "time_precision", "disorder_type", "event_type", "sub_event_type", "interaction",
		"civilian_targeting", "region", "admin3", "latitude", "longitude", "geo_precision", "source_scale", "notes", "timestamp")
}

// inter maps the kinds of actors, in the numbers of older files and the words
// of newer ones.
var inter = map[string]claim.EntityKind{
	"1": claim.StateForce, "state forces": claim.StateForce,
	"2": claim.ArmedGroup, "rebel group": claim.ArmedGroup, "rebel groups": claim.ArmedGroup,
	"3": claim.ArmedGroup, "political militia": claim.ArmedGroup, "political militias": claim.ArmedGroup,
	"4": claim.ArmedGroup, "identity militia": claim.ArmedGroup, "identity militias": claim.ArmedGroup,
	"7": claim.Civilians, "civilians": claim.Civilians,
}

// acledActor describes an actor. ACLED numbers none: the name, with the years
// of a regime in it, is the key.
func (r *recordReader) acledActor(name, code string) claim.Ref {
	return r.shared(func() claim.Ref {
		e := claim.Entity{IRI: r.named("actor", name), Kind: inter[strings.ToLower(code)], Label: name}
		if e.Kind == "" {
			switch {
			case strings.HasPrefix(name, "Civilians"):
				e.Kind = claim.Civilians
			case strings.HasPrefix(name, "Government of "):
				e.Kind = claim.Government
			case strings.HasPrefix(name, "Military Forces of "), strings.HasPrefix(name, "Police Forces of "):
				e.Kind = claim.StateForce
			default:
				e.Kind = claim.Organisation
			}
		}
		return r.entity(e)
	}, "actor", name, code)
}

var acledPrecision = manners("precision", geoPrecision)

// acledTypes gives event types of before 2019 today's names.
var acledTypes = map[string][2]string{
	"battle-no change of territory":              {"Battles", "Armed clash"},
	"battle-government regains territory":        {"Battles", "Government regains territory"},
	"battle-non-state actor overtakes territory": {"Battles", "Non-state actor overtakes territory"},
	"remote violence":                            {"Explosions/Remote violence", ""},
	"riots/protests":                             {"Riots/Protests", ""},
	"strategic development":                      {"Strategic developments", ""},
	"headquarters or base established":           {"Strategic developments", "Headquarters or base established"},
	"non-violent transfer of territory":          {"Strategic developments", "Non-violent transfer of territory"},
	"violence against civilians":                 {"Violence against civilians", ""},
}

func acledType(kind, sub string) (string, string) {
	if today, ok := acledTypes[strings.ToLower(strings.Join(strings.Fields(kind), " "))]; ok {
		if sub == "" {
			sub = today[1]
		}
		return today[0], sub
	}
	return kind, sub
}
