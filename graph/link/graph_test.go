package link_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// sources returns a graph with the fixtures of two datasets.
func sources(t *testing.T) graph.Graph {
	t.Helper()
	g := memgraph.New()
	t.Cleanup(func() { g.Close() })
	for _, name := range []string{"GEDEvent_v25_1.csv", "acled-2023.csv", "ucdp-prio-acd-251.csv"} {
		content, err := os.ReadFile(filepath.Join("..", "dataset", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dataset.Import(t.Context(), g, name, bytes.NewReader(content), dataset.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func find(t *testing.T, g graph.Graph) (*link.Input, *link.Result) {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	in, err := link.Read(t.Context(), snap)
	if err != nil {
		t.Fatal(err)
	}
	r, err := link.Match(t.Context(), in.Events, in.Actors, link.Options{Given: in.Given})
	if err != nil {
		t.Fatal(err)
	}
	return in, r
}

// decide puts the mappings of the fixture into the graph.
func decide(t *testing.T, g graph.Graph) {
	t.Helper()
	content, err := os.ReadFile("testdata/mali.sssom.tsv")
	if err != nil {
		t.Fatal(err)
	}
	claims, err := link.ReadSSSOM(bytes.NewReader(content), "mali", func(p claim.Problem) { t.Errorf("%d: %s", p.Line, p.Message) })
	if err != nil || len(claims) != 3 {
		t.Fatal(claims, err)
	}
	err = g.Update(t.Context(), func(tx graph.Tx) error {
		_, _, err := claim.Put(t.Context(), tx, link.Decisions("mali", "00", claims), claim.EncodeOptions{NoDerived: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDatasets holds what rows of two datasets become for the linker, and that
// links of a private source stay in its graph.
func TestDatasets(t *testing.T) {
	g := sources(t)
	in, r := find(t, g)
	bySource := map[string]int{}
	for _, e := range in.Events {
		bySource[e.Source]++
		if e.Country != link.CountryKey("Mali") || len(e.Actors) == 0 || !e.HasDeaths || e.To < e.From {
			t.Errorf("%+v", e)
		}
		if (e.Source == "acled") != (e.Graph == rdf.Term(dataset.GraphACLED)) {
			t.Errorf("%s is in the graph %v", e.IRI, e.Graph)
		}
	}
	if bySource["ucdp"] != 5 || bySource["acled"] != 3 {
		t.Errorf("%v", bySource)
	}
	for in := range link.Claims(r, in.Events) {
		if in == nil {
			t.Error("a link of private rows is public")
		}
	}
	var public bytes.Buffer
	if n, err := link.WriteSSSOM(&public, r, link.SSSOM{}); err != nil || strings.Contains(public.String(), "acled/") {
		t.Errorf("%d, %v: private links are published:\n%s", n, err, public.String())
	}
}

// TestPutAgain holds that links replace those of an earlier run, that a run that
// finds the same changes nothing, and that decisions survive it.
func TestPutAgain(t *testing.T) {
	g := sources(t)
	put := func() (added, removed int, r *link.Result) {
		in, r := find(t, g)
		added, removed, err := link.Put(context.Background(), g, link.Claims(r, in.Events))
		if err != nil {
			t.Fatal(err)
		}
		return added, removed, r
	}
	if added, removed, _ := put(); added == 0 || removed != 0 {
		t.Fatalf("%d added, %d removed", added, removed)
	}
	if added, removed, _ := put(); added != 0 || removed != 0 {
		t.Errorf("the same links again: %d added, %d removed", added, removed)
	}
	decide(t, g)
	_, removed, r := put()
	if removed == 0 {
		t.Error("what the decisions change is still there")
	}
	linked := false
	for _, p := range r.Pairs {
		linked = linked || p.Verdict == link.Accepted && strings.HasPrefix(string(p.B.IRI), claim.NSID+"ucdp/event/90000")
	}
	if !linked {
		t.Error("the alliance named before its time still keeps the rows apart")
	}
	if added, removed, _ := put(); added != 0 || removed != 0 {
		t.Errorf("decisions again: %d added, %d removed", added, removed)
	}
}

// TestSSSOM holds that what is written is read back as the same decisions.
func TestSSSOM(t *testing.T) {
	g := sources(t)
	decide(t, g)
	_, r := find(t, g)
	var out bytes.Buffer
	n, err := link.WriteSSSOM(&out, r, link.SSSOM{Private: true})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	claims, err := link.ReadSSSOM(bytes.NewReader(out.Bytes()), "again", func(p claim.Problem) { t.Errorf("%d: %s", p.Line, p.Message) })
	if err != nil || len(claims) != n {
		t.Fatalf("%d of %d rows read: %v\n%s", len(claims), n, err, out.String())
	}
}

func TestFaultySSSOM(t *testing.T) {
	const head = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
	for _, tc := range []struct{ name, text, want string }{
		{"no IRI", head + "mnla\tskos:closeMatch\tbg:x\tj\t\n", "must be IRIs"},
		{"another predicate", head + "bg:a\trdfs:seeAlso\tbg:b\tj\t\n", "is no link"},
		{"a confidence of two", head + "bg:a\tskos:closeMatch\tbg:b\tj\t2\n", "confidence"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []claim.Problem
			claims, err := link.ReadSSSOM(strings.NewReader(tc.text), "x", func(p claim.Problem) { got = append(got, p) })
			if err != nil || len(claims) != 0 || len(got) != 1 || got[0].Line != 2 || !strings.Contains(got[0].Message, tc.want) {
				t.Errorf("%v %v %v", claims, got, err)
			}
		})
	}
	if _, err := link.ReadSSSOM(strings.NewReader("a\tb\n"), "x", nil); err == nil {
		t.Error("a file without the columns of SSSOM was read")
	}
}
