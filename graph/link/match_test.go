package link_test

import (
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/link"
)

// day counts from 1970-01-01.
func day(year, month, d int) int32 {
	days := [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
	n := (year-1970)*365 + (year-1969)/4 + days[month-1] + d - 1
	if year%4 == 0 && month > 2 {
		n++
	}
	return int32(n)
}

var people = []link.Actor{
	{IRI: "ucdp/actor/72", Source: "ucdp", Kind: claim.Government, Names: []string{"Government of Mali"}},
	{IRI: "ucdp/actor/1158", Source: "ucdp", Kind: claim.ArmedGroup, Names: []string{"CMA"}},
	{IRI: "ucdp/actor/65", Source: "ucdp", Kind: claim.Government, Names: []string{"Government of Algeria"}},
	{IRI: "ucdp/actor/mujao", Source: "ucdp", Kind: claim.ArmedGroup, Names: []string{"MUJAO"}},
	{IRI: "ucdp/actor/jnim", Source: "ucdp", Kind: claim.ArmedGroup, Names: []string{"JNIM"}},
	{IRI: "acled/actor/mnla", Source: "acled", Kind: claim.ArmedGroup, Names: []string{"MNLA: National Movement for the Liberation of Azawad"}},
	{IRI: "acled/actor/army", Source: "acled", Kind: claim.StateForce, Names: []string{"Military Forces of Mali (2002-2012)"}},
	{IRI: "acled/actor/army-2020", Source: "acled", Kind: claim.StateForce, Names: []string{"Military Forces of Mali (2021-)"}},
	{IRI: "acled/actor/jnim", Source: "acled", Kind: claim.ArmedGroup, Names: []string{"JNIM: Group for Support of Islam and Muslims"}},
	{IRI: "mnla", Source: "article", Kind: claim.ArmedGroup, Names: []string{"MNLA", "National Movement for the Liberation of Azawad"}},
	{IRI: "malian-army", Source: "article", Kind: claim.StateForce, Names: []string{"Malian Army"}, Country: link.CountryKey("Mali")},
}

// successor is what an imported mapping says: UCDP codes the MNLA of 2012 under
// an alliance of 2014.
func successor() link.Mappings {
	return link.Mappings{
		{"acled/actor/mnla", "ucdp/actor/1158"}: {Kind: link.KindSucceeded, By: "a researcher"},
		{"mnla", "ucdp/actor/1158"}:             {Kind: link.KindSucceeded, By: "a researcher"},
	}
}

func event(iri claim.Ref, source string, from, to int32, lat, long, radius float64, country string, actors ...claim.Ref) link.Event {
	return link.Event{
		IRI: iri, Source: source, From: from, To: to, HasPoint: true, Lat: lat, Long: long, Radius: radius,
		Place: link.Skeleton("Tinzaouaten"), Country: link.CountryKey(country), Border: true, Actors: actors,
	}
}

func withDeaths(e link.Event, low, high int64, t link.Type) link.Event {
	e.HasDeaths, e.Low, e.High, e.Type = true, low, high, t
	return e
}

// battles are the seed's battle as three sources have it, and its homonyms.
func battles() []link.Event {
	return []link.Event{
		event("seed", "article", day(2012, 2, 7), day(2012, 2, 8), 19.94861, 2.96778, 0, "Mali", "malian-army", "mnla"),
		withDeaths(event("ucdp/event/1", "ucdp", day(2012, 2, 7), day(2012, 2, 8), 19.96278, 2.88278, 0, "Mali", "ucdp/actor/72", "ucdp/actor/1158"), 1, 3, link.Fight),
		withDeaths(event("acled/event/MLI1", "acled", day(2012, 2, 7), day(2012, 2, 7), 19.9625, 2.8575, 0, "Mali", "acled/actor/mnla", "acled/actor/army"), 1, 1, link.Fight),
		withDeaths(event("acled/event/MLI2", "acled", day(2012, 2, 8), day(2012, 2, 8), 19.9625, 2.8575, 0, "Mali", "acled/actor/mnla", "acled/actor/army"), 1, 1, link.Fight),
		// The fight of 2012 on the Algerian side of the town, between others.
		withDeaths(event("ucdp/event/dz", "ucdp", day(2012, 2, 8), day(2012, 2, 8), 19.95333, 2.96667, 0, "Algeria", "ucdp/actor/65", "ucdp/actor/mujao"), 2, 2, link.Fight),
		// July 2024.
		withDeaths(event("ucdp/event/2024", "ucdp", day(2024, 7, 25), day(2024, 7, 27), 19.96278, 2.88278, 0, "Mali", "ucdp/actor/72", "ucdp/actor/jnim"), 40, 90, link.Fight),
		withDeaths(event("acled/event/MLI3", "acled", day(2024, 7, 27), day(2024, 7, 27), 19.9625, 2.8575, 0, "Mali", "acled/actor/jnim", "acled/actor/army-2020"), 50, 50, link.Fight),
	}
}

// TestMeasuredEvents holds what is known of the battle of the seed: points that
// lie 9 and 12 km apart, across a border from each other; rows by day against one
// of two days; an alliance named before it was founded; and three events of one
// name that are not it.
func TestMeasuredEvents(t *testing.T) {
	events := battles()
	r, err := link.Match(t.Context(), events, people, link.Options{Given: successor()})
	if err != nil {
		t.Fatal(err)
	}
	type pair [2]claim.Ref
	verdicts := make(map[pair]link.Pair)
	for _, p := range r.Pairs {
		verdicts[pair{p.A.IRI, p.B.IRI}], verdicts[pair{p.B.IRI, p.A.IRI}] = p, p
	}
	for _, want := range []struct {
		a, b claim.Ref
		kind string
	}{
		{"seed", "ucdp/event/1", link.KindSameEvent},
		{"acled/event/MLI1", "ucdp/event/1", link.KindPartOf},
		{"acled/event/MLI2", "ucdp/event/1", link.KindPartOf},
		{"acled/event/MLI1", "seed", link.KindPartOf},
		{"acled/event/MLI2", "seed", link.KindPartOf},
		{"acled/event/MLI3", "ucdp/event/2024", link.KindSameEvent},
	} {
		p, ok := verdicts[pair{want.a, want.b}]
		if !ok || p.Verdict != link.Accepted || p.Kind != want.kind || want.kind == link.KindPartOf && p.A.IRI != want.a {
			t.Errorf("%s and %s: %s %s by %.2f (%s – %s) %+v", want.a, want.b, p.Kind, p.Verdict, p.Score, refOf(p.A), refOf(p.B), p.Features)
		}
		delete(verdicts, pair{want.a, want.b})
		delete(verdicts, pair{want.b, want.a})
	}
	for k, p := range verdicts {
		if p.Verdict == link.Accepted {
			t.Errorf("%s and %s are not one: %.2f %+v", k[0], k[1], p.Score, p.Features)
		}
	}
}

func refOf(e *link.Event) claim.Ref {
	if e == nil {
		return ""
	}
	return e.IRI
}

// TestGiven holds that what people decide wins over any score.
func TestGiven(t *testing.T) {
	given := successor()
	given[[2]claim.Ref{"ucdp/event/1", "seed"}] = link.Mapping{Kind: link.KindSameEvent, Denied: true, By: "a researcher"}
	given[[2]claim.Ref{"seed", "ucdp/event/dz"}] = link.Mapping{Kind: link.KindSameEvent, By: "a researcher"}
	events := battles()
	r, err := link.Match(t.Context(), events, people, link.Options{Given: given})
	if err != nil {
		t.Fatal(err)
	}
	denied, accepted := false, false
	for _, p := range r.Pairs {
		is := func(a, b claim.Ref) bool { return p.A.IRI == a && p.B.IRI == b || p.A.IRI == b && p.B.IRI == a }
		denied = denied || is("seed", "ucdp/event/1") && p.Given && p.Verdict == link.Rejected
		accepted = accepted || is("seed", "ucdp/event/dz") && p.Given && p.Verdict == link.Accepted
	}
	if !denied || !accepted {
		t.Errorf("denied %v, accepted %v", denied, accepted)
	}
	for _, ex := range link.Claims(r, events) {
		for _, c := range ex.Claims {
			if c.Proposition.Agent[0] == "seed" && c.Proposition.Patient[0] == "ucdp/event/1" || c.Proposition.Agent[0] == "ucdp/event/1" && c.Proposition.Patient[0] == "seed" {
				t.Error("a link that was decided is claimed again")
			}
		}
	}
}

// TestMeasuredActors holds which actors go together and which only sound alike.
func TestMeasuredActors(t *testing.T) {
	group := func(name string, names ...string) link.Actor {
		return link.Actor{IRI: claim.Ref(name), Kind: claim.ArmedGroup, Names: append([]string{name}, names...)}
	}
	mali2012 := group("Ansar Dine")
	mali2012.From, mali2012.To = day(2011, 12, 1), day(2017, 3, 2)
	legal := group("Ancar Dine")
	legal.Kind = claim.Organisation
	later := group("Ansar Dine")
	later.From = day(2018, 1, 1)
	state := func(kind claim.EntityKind, name, country string) link.Actor {
		return link.Actor{IRI: claim.Ref(name), Kind: kind, Names: []string{name}, Country: link.CountryKey(country)}
	}
	for _, tc := range []struct {
		name string
		a, b link.Actor
		same bool
	}{
		{"a French spelling", mali2012, group("Ansar Eddine"), true},
		{"with the article", mali2012, group("Ansar al-Din"), true},
		{"in Arabic", mali2012, group("أنصار الدين"), true},
		{"an English spelling", mali2012, group("Ancar Deen"), true},
		{"the legal movement", mali2012, legal, false},
		{"another time", mali2012, later, false},
		{"Ansaru", mali2012, group("Ansaru"), false},
		{"Ansarul Islam", mali2012, group("Ansarul Islam"), false},
		{"an acronym and its words", group("MNLA"), group("National Movement for the Liberation of Azawad"), true},
		{"an acronym before its words", group("AQIM: Al Qaeda in the Islamic Maghreb"), group("AQIM"), true},
		{"a government and its forces", state(claim.Government, "Government of Mali", ""), state(claim.StateForce, "Military Forces of Mali (2002-2012)", ""), true},
		{"an army by its country", state(claim.StateForce, "Malian Army", "Mali"), state(claim.Government, "Government of Mali", ""), true},
		{"governments of two countries", state(claim.Government, "Government of Mali", ""), state(claim.Government, "Government of Algeria", ""), false},
		{"nobody in particular", group("Unidentified Armed Group (Mali)"), group("Unidentified Armed Group (Mali)"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := link.CompareActors(&tc.a, &tc.b)
			if got := r.Kind != ""; got != tc.same || r.Reason == "" {
				t.Errorf("%v by %.2f: %s", got, r.Strength, r.Reason)
			}
		})
	}
}

// TestLineage holds that what somebody says of predecessor and successor holds of
// the names that other sources give them, and of no others.
func TestLineage(t *testing.T) {
	actor := func(iri claim.Ref, source string, names ...string) link.Actor {
		return link.Actor{IRI: iri, Source: source, Kind: claim.ArmedGroup, Names: names}
	}
	actors := []link.Actor{
		actor("wikidata/Q1", "wikidata", "Invented Movement of the North"), actor("wikidata/Q2", "wikidata", "Grand Coordination of the North"),
		actor("acled/actor/1", "acled", "Invented Movement of the North"), actor("ucdp/actor/2", "ucdp", "Grand Coordination of the North"),
		actor("ucdp/actor/3", "ucdp", "Somebody Else Entirely"),
	}
	day := event("acled/event/1", "acled", day(2012, 2, 7), day(2012, 2, 7), 19.96, 2.88, 0, "Mali", "acled/actor/1", "ucdp/actor/3")
	r, err := link.Match(t.Context(), []link.Event{day}, actors, link.Options{Given: link.Mappings{
		{"wikidata/Q1", "wikidata/Q2"}: {Kind: link.KindSucceeded, By: "Wikidata"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, a := range r.Actors {
		if a.Kind != link.KindSucceeded {
			continue
		}
		if a.A == "ucdp/actor/3" || a.B == "ucdp/actor/3" {
			t.Errorf("%+v", a)
		}
		found = found || a.A == "acled/actor/1" && a.B == "ucdp/actor/2" && a.Reason == "follows from what Wikidata says of Invented Movement of the North and Grand Coordination of the North"
	}
	if !found {
		t.Errorf("the names of datasets do not follow: %+v", r.Actors)
	}
}
