package dataset_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func mission(t *testing.T) *dataset.Mapping {
	t.Helper()
	m, err := dataset.ParseMapping("mission.yaml", fixture(t, "mission.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMapping compares the claims of rows that a mapping reads, by what they say.
func TestMapping(t *testing.T) {
	m := mission(t)
	content := fixture(t, "mission.csv")
	l, err := m.Layout(content)
	if err != nil {
		t.Fatal(err)
	}
	var records []*dataset.Record
	err = dataset.Read(t.Context(), bytes.NewReader(content), dataset.NewFile("mission.csv", "", strings.Repeat("0", 64), l),
		func(r *dataset.Record) error { records = append(records, r); return nil }, func(p claim.Problem) { t.Error(p) })
	if err != nil || len(records) != 3 {
		t.Fatal(len(records), err)
	}
	const first = "Armed forces of Mali – MNLA – Ansar Dine, 2012-02-07 to 2012-02-08"
	const second = "Armed forces of Mali – MNLA, 2012-02-01 to 2012-02-29"
	const third = "Armed forces of Mali – MNLA, 2012-01-01 to 2012-12-31"
	for i, want := range [][]string{
		{
			`Invented Mission says: ` + first + ` was "armed clash"`,
			`Invented Mission says: ` + first + ` took place 2012-02-07 to 2012-02-08`,
			`Invented Mission says: ` + first + ` took place at Tinzaouaten [precision exact place]`,
			`Invented Mission says: Armed forces of Mali, MNLA, Ansar Dine took part in ` + first + ` [role party]`,
			`Invented Mission says: ` + first + ` is part of Northern campaign`,
			`a sergeant says: Armed forces of Mali: 1–5 killed [reported] [best 2]`,
			`a sergeant says: : unknown wounded [reported] [of Armed forces of Mali, MNLA, Ansar Dine]`,
			`a sergeant says: MNLA controlled Tinzaouaten, 2012-02-08 [reported]`,
		},
		{
			`Invented Mission says: ` + second + ` took place at Abeibara [precision somewhere in the cercle]`,
			`Invented Mission says: Armed forces of Mali: 3 killed`,
			`Invented Mission says: : 4 wounded [of Armed forces of Mali, MNLA]`,
		},
		{
			`Invented Mission says: ` + third + ` took place 2012-01-01 to 2012-12-31`,
			`Invented Mission says: ` + third + ` took place at Kidal [precision somewhere in the region]`,
			`a villager says: Armed forces of Mali: ≥ 2 killed [reported]`,
		},
	} {
		got := say(records[i])
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("missing: %s\nin:\n%s", w, strings.Join(got, "\n"))
			}
		}
		for _, v := range claim.Check(&records[i].Extraction) {
			t.Error(v)
		}
	}
	if !slices.ContainsFunc(records[0].Quads, func(q rdf.Triple) bool {
		return q.Predicate == rdf.Term(rdf.IRI("https://belligraph.org/ontology/column/remarks")) && q.Object == rdf.Term(rdf.NewString("heard twice"))
	}) {
		t.Error("a column that the mapping does not name is lost")
	}
}

// TestMappedImport holds that faulty rows are reported while the rest goes on,
// and that rows that were read before add nothing.
func TestMappedImport(t *testing.T) {
	g := memgraph.New()
	defer g.Close()
	o := dataset.Options{Mapping: mission(t)}
	content := bytes.Replace(fixture(t, "mission.csv"), []byte("R-2;AMB;02/2012"), []byte("R-2;AMB;autumn"), 1)
	res, err := dataset.Import(t.Context(), g, "mission.csv", bytes.NewReader(content), o)
	if err != nil || res.Rows != 2 || res.Faulty != 1 || res.File.Version != "2026-05" {
		t.Fatal(res, err)
	}
	if p := res.Problems[0]; p.Line != 3 || p.Column != 9 || !strings.Contains(p.Message, "none of the forms") {
		t.Error(p)
	}
	for _, v := range claim.CheckQuads(quads(t, g)) {
		t.Error(v)
	}
	if again, err := dataset.Import(t.Context(), g, "mission.csv", bytes.NewReader(content), o); err != nil || !again.Already {
		t.Error(again, err)
	}
}

// TestFaultyMappings holds that what is wrong with a mapping is said where it is.
func TestFaultyMappings(t *testing.T) {
	const good = "dataset: D\nid: a\nevent:\n  date: b\n"
	if _, err := dataset.ParseMapping("m", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, text, want string }{
		{"no YAML", "a: [b", "m:1:1: "},
		{"nothing", "", "m:1:1: the mapping is empty"},
		{"an unknown key", good + "  plaice: c\n", `m:5:3: "plaice" is no key here; there are counts, date, kind,`},
		{"twice", good + "id: b\n", `m:5:1: "id" is here twice`},
		{"no id", "dataset: D\nevent: {date: b}\n", "m:1:1: the mapping needs an id"},
		{"a form of no date", "dataset: D\nid: a\nevent:\n  date: {column: b, format: dd/mm/yy}\n", `m:4:29: "dd/mm/yy" is no form of dates`},
		{"a metric that nobody knows", good + "  parties: [c]\n  counts:\n    - {metric: deaths, best: d}\n", `m:7:16: "deaths" is none of strength, killed`},
		{"a count of nobody", good + "  counts:\n    - {metric: killed, best: d}\n", "m:4:3: a count needs parties"},
		{"a party that is none", good + "  parties: [c]\n  counts: [{metric: killed, party: e, best: d}]\n", `m:6:36: "e" is no column of the parties`},
		{"a kind of no actor", good + "  parties: [{column: c, kind: Rebels}]\n", `m:5:31: "Rebels" is none of ArmedGroup`},
		{"an event as a claim", "dataset: D\nid: a\nclaims: [{kind: participant, agent: b, patient: c}]\n", `m:3:17: "participant" is none of`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := dataset.ParseMapping("m", []byte(tc.text))
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) || !errors.Is(err, graph.ErrBadRequest) {
				t.Errorf("%v, want %s…", err, tc.want)
			}
		})
	}
	m, err := dataset.ParseMapping("m", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Layout([]byte("a,c\n1,2\n")); fmt.Sprint(err) != `m:4:9: the file has no column "b"; it has a, c` {
		t.Error(err)
	}
}
