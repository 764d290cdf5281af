package dataset_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

const (
	fixtureDump     = "wikidata-20260601-dump.json"
	fixtureEntities = "wikidata-entities.json"
	fixtureFtM      = "entities.ftm.json"
)

// TestObjects compares the claims of records of JSON, by what they say.
func TestObjects(t *testing.T) {
	const battle = "Wikidata says: Battle of Goumakoura "
	for _, tc := range []struct {
		name, file string
		row        int
		want       []string
	}{
		{"Wikidata: a battle", fixtureDump, 0, []string{
			battle + `was "battle" [subtype Q178561]`,
			battle + `took place 2012-02-08`,
			battle + `took place from 2012-01-31`,
			`Wikidata says: Q900000002 took part in Battle of Goumakoura [role party]`,
			`Wikidata says: Q900000003 took part in Battle of Goumakoura [role party]`,
			`Q900000006 through Wikidata denies: Q900000003 took part in Battle of Goumakoura [reported] [role party]`,
			`Wikidata says: Q900000008 took part in Battle of Goumakoura [reported] [role party]`,
			battle + `took place at Q900000004`,
			battle + `took place at Q912 [precision somewhere in the country]`,
			battle + `is part of Q900000005`,
			`Wikidata says: Q900000002: 1 killed`,
			`Wikidata says: Q900000003: 2–5 killed [best 3]`,
			`Wikidata says: : unknown wounded [of Q900000002, Q900000003]`,
			battle + `had the result "victory" [reported]`,
		}},
		{"Wikidata: a group", fixtureDump, 1, []string{
			`Wikidata says: Invented Movement was succeeded by Q900000007`,
			`Wikidata says: Invented Movement took part in Q900000005 [role party]`,
		}},
		{"Wikidata: a place", fixtureDump, 2, []string{`Wikidata says: described as "place"`}},
		{"FollowTheMoney: a group", fixtureFtM, 1, []string{`invented_sanctions says: described as "organization"`}},
		{"FollowTheMoney: a member", fixtureFtM, 3, []string{`invented_sanctions says: inv person was a member of inv group, from 2012-01-01 [role spokesman]`}},
		{"FollowTheMoney: an heir", fixtureFtM, 4, []string{`invented_sanctions says: inv group was succeeded by inv heir, 2014-10-01 to 2014-10-31`}},
		{"FollowTheMoney: an event known to the month", fixtureFtM, 5, []string{
			`invented_events says: Clash at Tinzaouaten took place 2012-02-01 to 2012-02-29`,
			`invented_events says: inv group took part in Clash at Tinzaouaten [role party]`,
			`invented_events says: Clash at Tinzaouaten took place at Tinzaouaten`,
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			records, problems := read(t, tc.file, fixture(t, tc.file))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got := say(records[tc.row])
			for _, w := range tc.want {
				if !slices.Contains(got, w) {
					t.Errorf("missing: %s\nin:\n%s", w, strings.Join(got, "\n"))
				}
			}
			for _, v := range claim.Check(&records[tc.row].Extraction) {
				if v.Rule != "entity-label" { // their own records name them
					t.Error(v)
				}
			}
		})
	}
}

// TestWikidataForms holds that an entity says the same in a dump and in an
// answer of the API, that properties and films are left out, and that the claims
// know their statements and references.
func TestWikidataForms(t *testing.T) {
	dump, _ := read(t, fixtureDump, fixture(t, fixtureDump))
	entities, problems := read(t, fixtureEntities, fixture(t, fixtureEntities))
	if len(dump) != 3 || len(entities) != 2 || len(problems) > 0 {
		t.Fatalf("%d records in the dump, %d among the entities, %v", len(dump), len(entities), problems)
	}
	for i := range entities {
		if a, b := say(dump[i]), say(entities[i]); !slices.Equal(a, b) {
			t.Errorf("the dump says\n%s\nthe API\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
	found := func(r *dataset.Record, property rdf.IRI, object string) bool {
		return slices.ContainsFunc(r.Quads, func(q rdf.Triple) bool {
			return q.Predicate == rdf.Term(property) && strings.Contains(q.Object.String(), object)
		})
	}
	for _, want := range []struct {
		row              int
		property, object string
	}{
		{0, claim.NSDcterms + "identifier", "Q900000001$00000002-"},
		{0, string(claim.PropRevision), "2200000001"},
		{0, claim.NSProv + "hadPrimarySource", "wikidata/reference/"},
		{0, claim.NSDcterms + "source", "https://news.example/2012/02/clash"},
		{0, "https://schema.org/about", "wikidata/Q900000001"},
		{0, "https://belligraph.org/ontology/column/rank", "deprecated"},
		{0, "https://belligraph.org/ontology/column/P3831", "entity/Q900000008"},
		{1, claim.NS + "validFrom", "2011-10-16"},
		{1, claim.NS + "validTo", "2014-12-31"},
		{2, "http://www.w3.org/2003/01/geo/wgs84_pos#lat", "19.96278"},
	} {
		if !found(dump[want.row], rdf.IRI(want.property), want.object) {
			t.Errorf("record %d has no %s %s", want.row, want.property, want.object)
		}
	}
	if found(dump[0], "http://www.w3.org/2003/01/geo/wgs84_pos#lat", "19.9625") {
		t.Error("the point of an event is no place's")
	}
	if e := dump[2].Extraction.EntityMap()[claim.NSID+"wikidata/Q900000004"]; e == nil ||
		!slices.Contains(e.SameAs, "https://sws.geonames.org/99000001/") || !slices.Contains(e.Aliases, "ⵜⵉⵏⵣⴰⵡⴰⵜⴰⵏ") {
		t.Errorf("%+v", e)
	}
}

// TestFaultyObjects holds that an object that cannot be read is reported where
// it breaks, and that the others are read.
func TestFaultyObjects(t *testing.T) {
	for _, tc := range []struct {
		name, file, from, to string
		line, column, left   int
		want                 string
	}{
		{"a broken line", fixtureDump, `"lastrevid":2200000002,`, `"lastrevid":22000000 02,`, 4, 70, 2, "invalid character"},
		{"a wrong type", fixtureDump, `"lastrevid":2200000002,`, `"lastrevid":"new",`, 4, 0, 2, "lastrevid: a string where int64 was expected"},
		{"no date", fixtureFtM, `"2014-10"`, `"autumn"`, 5, 1, 5, `date: "autumn" is not a date`},
		{"a link to nobody", fixtureFtM, `"member": ["inv-person"], `, ``, 4, 1, 5, "the Membership lacks member or organization"},
		{"a broken answer", fixtureEntities, `"success": 1`, `"success": `, 818, 5, 2, "not JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			content := fixture(t, tc.file)
			broken := bytes.Replace(content, []byte(tc.from), []byte(tc.to), 1)
			if bytes.Equal(content, broken) {
				t.Fatal("nothing was broken")
			}
			records, problems := read(t, tc.file, broken)
			if len(problems) != 1 || len(records) != tc.left || !strings.Contains(problems[0].Message, tc.want) {
				t.Fatalf("%d records, problems %v", len(records), problems)
			}
			if p := problems[0]; tc.line > 0 && p.Line != tc.line || tc.column > 0 && p.Column != tc.column {
				t.Errorf("%d:%d: %s", p.Line, p.Column, p.Message)
			}
		})
	}
}

// TestImportObjects holds that records of JSON are put into a graph whole, keep
// to the model, and add nothing a second time.
func TestImportObjects(t *testing.T) {
	for _, file := range []string{fixtureDump, fixtureEntities, fixtureFtM} {
		t.Run(file, func(t *testing.T) {
			g := memgraph.New()
			defer g.Close()
			first, err := dataset.Import(t.Context(), g, file, bytes.NewReader(fixture(t, file)), dataset.Options{})
			if err != nil || first.Rows < 2 || first.New == 0 {
				t.Fatal(first, err)
			}
			for _, v := range claim.CheckQuads(quads(t, g)) {
				t.Error(v)
			}
			again, err := dataset.Import(t.Context(), g, file, bytes.NewReader(fixture(t, file)), dataset.Options{})
			if err != nil || !again.Already || again.New != 0 {
				t.Error(again, err)
			}
			other, err := dataset.Import(t.Context(), g, file, bytes.NewReader(append(fixture(t, file), '\n')), dataset.Options{})
			if err != nil || other.Already || other.New > 40 {
				t.Error(other, err)
			}
		})
	}
}
