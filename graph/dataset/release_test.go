package dataset_test

import (
	"bytes"
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

// releases returns two releases of GED: in the second, event 900001 has another
// date, place and estimate, event 900005 is gone, and 900006 is new.
func releases(t *testing.T) (older, newer []byte) {
	t.Helper()
	older = fixture(t, fixtureGED)
	lines := strings.SplitAfter(string(older), "\n")
	lines[1] = strings.NewReplacer("2012-02-07 00:00:00.000", "2012-02-08 00:00:00.000", "Tinzaouaten town", "Tinzawaten",
		",1,2,0,0,3,5,2,", ",1,2,0,0,3,6,2,").Replace(lines[1])
	added := strings.Replace(lines[5], "900005", "900006", 1)
	if len(lines) < 6 || added == lines[5] {
		t.Fatal("the fixture has changed")
	}
	lines[5] = added
	return older, []byte(strings.Join(lines, ""))
}

func load(t *testing.T, g graph.Graph, name string, content []byte) dataset.Result {
	t.Helper()
	res, err := dataset.Import(t.Context(), g, name, bytes.NewReader(content), dataset.Options{})
	if err != nil || res.Faulty > 0 {
		t.Fatal(res, err)
	}
	return res
}

// TestSupersede holds that a new release takes the place of the older one,
// whichever is loaded first: records of both stay, edges and names are today's.
func TestSupersede(t *testing.T) {
	older, newer := releases(t)
	var graphs [2][]rdf.Quad
	for i, order := range [][]string{{"ged241.csv", "ged251.csv"}, {"ged251.csv", "ged241.csv"}} {
		g := memgraph.New()
		defer g.Close()
		var last dataset.Result
		for _, name := range order {
			content := older
			if name == "ged251.csv" {
				content = newer
			}
			last = load(t, g, name, content)
		}
		if last.Superseded != 6 { // five rows and their file
			t.Errorf("%v: %d superseded", order, last.Superseded)
		}
		all := quads(t, g)
		graphs[i] = all
		for _, v := range claim.CheckQuads(all) {
			t.Error(v)
		}
		has := func(subject, predicate, object string) int {
			n := 0
			for _, q := range all {
				if strings.Contains(q.Subject.String(), subject) && strings.Contains(q.Predicate.String(), predicate) && strings.Contains(q.Object.String(), object) {
					n++
				}
			}
			return n
		}
		for _, want := range []struct {
			subject, predicate, object string
			n                          int
		}{
			{"record/ucdp-ged/24-1/900001/", "supersededBy", "record/ucdp-ged/25-1/900001/", 1},
			{"record/ucdp-ged/24-1/900002/", "supersededBy", "record/ucdp-ged/25-1/900002/", 1},
			{"record/ucdp-ged/24-1/900005/", "supersededBy", "dataset/ucdp-ged/", 1},
			{"record/ucdp-ged/25-1/", "supersededBy", "", 0},
			{"ucdp/event/900001>", "tookPlaceAt", "tinzawaten", 1},
			{"ucdp/event/900001>", "tookPlaceAt", "tinzaouaten-town", 0},
			{"ucdp/event/900005>", "ontology#participant", "", 0}, // gone
			{"ucdp/event/900006>", "ontology#participant", "", 2},
			{"ucdp/event/900001>", "rdf-schema#label", "2012-02-08", 1},
			{"ucdp/event/900001>", "rdf-schema#label", "2012-02-07", 0},
			{"ucdp/event/900001>", "rdf-schema#label", "", 1},
		} {
			if got := has(want.subject, want.predicate, want.object); got != want.n {
				t.Errorf("%v: %d quads %s %s %s, want %d", order, got, want.subject, want.predicate, want.object, want.n)
			}
		}
		if again := load(t, g, order[0], map[string][]byte{"ged241.csv": older, "ged251.csv": newer}[order[0]]); again.New != 0 || !again.Already {
			t.Errorf("again: %+v", again)
		}
	}
	if a, b := graphs[0], graphs[1]; len(a) != len(b) {
		t.Errorf("%d quads in one order, %d in the other", len(a), len(b))
	}
}

// TestNotSuperseded holds that a monthly release leaves another alone, and that
// a row that an extract lacks is not gone.
func TestNotSuperseded(t *testing.T) {
	older, newer := releases(t)
	for _, names := range [][2]string{{"GEDEvent_v25_0_1.csv", "GEDEvent_v25_0_2.csv"}} {
		g := memgraph.New()
		load(t, g, names[0], older)
		if res := load(t, g, names[1], newer); res.Superseded != 0 {
			t.Errorf("%v: %d superseded", names, res.Superseded)
		}
		g.Close()
	}
	g := memgraph.New()
	defer g.Close()
	load(t, g, "mali.csv", older)
	if res := load(t, g, "mali-new.csv", newer); res.Superseded != 1 { // the row that changed
		t.Errorf("%d superseded", res.Superseded)
	}
	if res := load(t, g, "mali.csv", older); !res.Already || res.New != 0 {
		t.Errorf("the older extract again: %+v", res)
	}
	if res := load(t, g, "ged251.csv", append(older, '\n')); res.Superseded != 0 {
		t.Errorf("a release says nothing to an extract of nobody knows which: %+v", res)
	}
}

// TestDiff holds what two releases do not share, by row and column, in whatever
// layout they come.
func TestDiff(t *testing.T) {
	older, newer := releases(t)
	diff := func(old, latest []byte) (dataset.Comparison, []string) {
		t.Helper()
		var out []string
		c, err := dataset.Diff(t.Context(), "ged241.csv", bytes.NewReader(old), "ged251.csv", bytes.NewReader(latest), nil, func(c dataset.Change) error {
			s := fmt.Sprintf("%s %s %d %d", c.What, c.ID, c.OldLine, c.NewLine)
			for _, v := range c.Columns {
				s += fmt.Sprintf("; %s: %s → %s", v.Name, v.Old, v.New)
			}
			out = append(out, s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return c, out
	}
	c, got := diff(older, newer)
	want := []string{
		"changed 900001 2 2; date_end: 2012-02-07 → 2012-02-08; date_start: 2012-02-07 → 2012-02-08; high: 5 → 6; where_coordinates: Tinzaouaten town → Tinzawaten",
		"added 900006 0 6", "removed 900005 6 0",
	}
	if !slices.Equal(got, want) || c.Same != 3 || c.Added != 1 || c.Removed != 1 || c.Changed != 1 || c.Old.Version != "24.1" || c.New.Version != "25.1" {
		t.Errorf("%+v\n%s", c, strings.Join(got, "\n"))
	}
	if c, got := diff(fixture(t, "GEDEvent_v24_0_1-no-header.csv"), older); len(got) != 0 || c.Same != 5 {
		t.Errorf("without a header: %+v\n%s", c, strings.Join(got, "\n"))
	}
	if c, _ := diff(fixture(t, "ged181.csv"), older); len(c.OnlyNew) == 0 || c.Changed+c.Same == 0 {
		t.Errorf("42 and 49 columns: %+v", c)
	}
	if c, got := diff(append(older, "1,2\n"...), newer); c.Faulty != 1 || len(c.Problems) != 1 || len(got) != 3 {
		t.Errorf("a faulty row: %+v", c)
	}
	if _, err := dataset.Diff(t.Context(), "a", bytes.NewReader(older), "b", bytes.NewReader(fixture(t, "acled-2023.csv")), nil, nil); err == nil {
		t.Error("GED and ACLED were compared")
	}
}
