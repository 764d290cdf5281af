package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/export"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

const acledGraph rdf.IRI = "https://belligraph.org/id/graph/acled"

// sources is a graph of the sample article, rows of UCDP GED, rows of ACLED in
// their private graph, what a person says of links, and the links.
func sources(t testing.TB) *memgraph.Graph {
	t.Helper()
	ctx := context.Background()
	g := memgraph.New()
	t.Cleanup(func() { g.Close() })
	for _, path := range []string{
		"../../data/articles/battle-of-tinzaouaten-2012.txt", "../dataset/testdata/GEDEvent_v25_1.csv", "../dataset/testdata/acled-2023.csv",
	} {
		if err := ingest.New(g, ingest.Options{}).Path(ctx, path, func(ingest.Report) {}); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open("../link/testdata/mali.sssom.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	said, err := link.ReadSSSOM(file, "mali", func(p claim.Problem) { t.Error(p) })
	if err != nil {
		t.Fatal(err)
	}
	err = g.Update(ctx, func(tx graph.Tx) error {
		_, _, err := claim.Put(ctx, tx, link.Decisions("mali", strings.Repeat("0", 64), said), claim.EncodeOptions{NoDerived: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := g.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	in, err := link.Read(ctx, snap)
	if err != nil {
		t.Fatal(err)
	}
	r, err := link.Match(ctx, in.Events, in.Actors, link.Options{Accept: 0.735, Review: 0.3, Given: in.Given})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := link.Put(ctx, g, link.Claims(r, in.Events)); err != nil {
		t.Fatal(err)
	}
	return g
}

// exported writes a format and returns its bytes.
func exported(t testing.TB, g graph.Graph, name string, o export.Options) ([]byte, export.Report) {
	t.Helper()
	f, ok := export.ByName(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	o.Made = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	r, err := export.Write(t.Context(), &out, snap, f, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.Bytes(), r
}

// table reads CSV into rows by column.
func table(t testing.TB, b []byte) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := make(map[string]string)
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

func where(rows []map[string]string, conditions ...string) []map[string]string {
	return slices.DeleteFunc(slices.Clone(rows), func(r map[string]string) bool {
		for i := 0; i < len(conditions); i += 2 {
			if r[conditions[i]] != conditions[i+1] {
				return true
			}
		}
		return false
	})
}

// TestClaims: numbers keep their range, times their four points, claims their
// chain and their words.
func TestClaims(t *testing.T) {
	b, r := exported(t, sources(t), "claims", export.Options{})
	rows := table(t, b)
	if len(rows) != r.Rows || r.Rows < 60 {
		t.Fatalf("%d rows, reported %d", len(rows), r.Rows)
	}
	wounded := where(rows, "metric", "wounded", "via_labels", "Reuters")
	if len(wounded) != 1 {
		t.Fatalf("%d rows of wounded through Reuters", len(wounded))
	}
	w := wounded[0]
	if w["claimant_label"] != "Government of Mali" || w["low"] != "2" || w["high"] != "2" || w["said_from"] != "2012-02-08" || !strings.Contains(w["quote"], "two injured") && !strings.Contains(w["quote"], "wounded") {
		t.Errorf("%v", w)
	}
	fled := where(rows, "metric", "fled")
	if len(fled) != 1 || fled[0]["low"] != "35" || fled[0]["high"] != "" || fled[0]["comparator"] != ">" {
		t.Errorf("more than 34 fled: %v", fled)
	}
	ged := where(rows, "source", "record", "kind", "casualties", "document", "https://belligraph.org/id/ucdp/ged/900002")
	if len(ged) == 0 {
		ged = where(rows, "source", "record", "kind", "casualties")
	}
	i := slices.IndexFunc(ged, func(r map[string]string) bool { return r["best"] == "3" })
	if i < 0 || ged[i]["low"] != "2" || ged[i]["high"] != "5" {
		t.Errorf("the range of the rows is not low 2, best 3, high 5: %v", ged)
	}
	uncertain := where(rows, "source", "record", "kind", "date", "begin_earliest", "2012-02-07", "end_latest", "2012-02-09")
	if len(uncertain) != 1 || uncertain[0]["begin_latest"] != "2012-02-09" || uncertain[0]["end_earliest"] != "2012-02-07" {
		t.Errorf("a day within three is no interval: %v", uncertain)
	}
	for _, r := range where(rows, "kind", "place", "place_label", "Kidal region") {
		if r["latitude"] != "" {
			t.Error("a division has a point")
		}
	}
}

// TestParties: an event has a row for each party and role, and one for what is
// counted of all.
func TestParties(t *testing.T) {
	b, _ := exported(t, sources(t), "parties", export.Options{})
	rows := table(t, b)
	mali := where(rows, "event_label", "Battle of Tinzaouaten (2012)", "party_label", "Malian Army")
	if len(mali) != 1 || mali[0]["killed_low"] != "1" || mali[0]["killed_high"] != "1" || mali[0]["wounded_low"] != "2" || mali[0]["wounded_high"] != "5" || mali[0]["wounded_best"] != "" ||
		mali[0]["fled_low"] != "35" || mali[0]["fled_high"] != "" || mali[0]["strength_best"] != "50" {
		t.Errorf("%v", mali)
	}
	all := where(rows, "class", "Incident", "role", "all", "killed_best", "3")
	if len(all) == 0 || all[0]["killed_low"] != "2" || all[0]["killed_high"] != "5" || all[0]["party"] != "" {
		t.Errorf("%v", all)
	}
	if attackers := where(rows, "class", "Event", "kind", "attacked", "role", "attacker", "party_label", "MNLA"); len(attackers) == 0 {
		t.Error("the derived attack has no attacker")
	}
	for _, r := range where(rows, "class", "Incident") {
		if r["role"] == "attacker" {
			t.Errorf("a row of a dataset has an attacker: %v", r)
		}
	}
}

func TestGeoJSON(t *testing.T) {
	b, r := exported(t, sources(t), "geojson", export.Options{})
	var c struct {
		Features []struct {
			Geometry *struct {
				Coordinates [2]float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	points, without, spells := 0, 0, 0
	for _, f := range c.Features {
		switch {
		case f.Properties["feature"] == "control":
			spells++
		case f.Geometry != nil:
			points++
			if f.Geometry.Coordinates != [2]float64{2.88278, 19.96278} {
				t.Errorf("%v", f)
			}
		default:
			without++
		}
		if f.Properties["place_label"] == "Kidal region" && f.Geometry != nil {
			t.Errorf("an area has a point: %v", f)
		}
	}
	if points == 0 || without == 0 || spells == 0 || len(c.Features) != r.Rows {
		t.Errorf("%d points, %d without, %d spells, %d features, %d rows", points, without, spells, len(c.Features), r.Rows)
	}
}

// TestNetworks: every edge has both its nodes, spells are intervals, and each
// network has the edges that it says.
func TestNetworks(t *testing.T) {
	g := sources(t)
	type attvalue struct {
		For   string `xml:"for,attr"`
		Value string `xml:"value,attr"`
	}
	type element struct {
		ID     string     `xml:"id,attr"`
		Source string     `xml:"source,attr"`
		Target string     `xml:"target,attr"`
		Label  string     `xml:"label,attr"`
		Weight int        `xml:"weight,attr"`
		Values []attvalue `xml:"attvalues>attvalue"`
		Spells []struct {
			Start string `xml:"start,attr"`
			End   string `xml:"end,attr"`
		} `xml:"spells>spell"`
	}
	read := func(n export.Network) (nodes, edges []element) {
		b, r := exported(t, g, "gexf", export.Options{Network: n})
		var doc struct {
			Graph struct {
				Nodes []element `xml:"nodes>node"`
				Edges []element `xml:"edges>edge"`
			} `xml:"graph"`
		}
		if err := xml.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		ids := make(map[string]bool)
		for _, n := range doc.Graph.Nodes {
			ids[n.ID] = true
		}
		seen := make(map[string]bool)
		for _, e := range doc.Graph.Edges {
			if !ids[e.Source] || !ids[e.Target] || seen[e.ID] {
				t.Errorf("%s: edge %s hangs or is there twice", n, e.ID)
			}
			seen[e.ID] = true
		}
		left := 0
		if n == export.Relations {
			left = 1 // a person denies that a row reports what no source of this graph names
		}
		if len(doc.Graph.Edges) != r.Rows || r.Left != left {
			t.Errorf("%s: %d edges, %d written, %d left out", n, len(doc.Graph.Edges), r.Rows, r.Left)
		}
		ml, _ := exported(t, g, "graphml", export.Options{Network: n})
		if got := bytes.Count(ml, []byte("<edge ")); got != len(doc.Graph.Edges) {
			t.Errorf("%s: GraphML has %d edges, GEXF %d", n, got, len(doc.Graph.Edges))
		}
		return doc.Graph.Nodes, doc.Graph.Edges
	}
	_, relations := read(export.Relations)
	control := slices.IndexFunc(relations, func(e element) bool { return e.Label == "claimedControl" })
	if control < 0 || len(relations[control].Spells) != 1 || relations[control].Spells[0].Start != "2012-03-20" {
		t.Errorf("the claim of control has no spell: %+v", relations)
	}
	if !slices.ContainsFunc(relations, func(e element) bool {
		return e.Label == "inferredDefectedTo" && slices.Contains(e.Values, attvalue{"1", "inferred"})
	}) {
		t.Error("the inferred defection is not told from what is asserted")
	}
	_, attacks := read(export.Attacks)
	for _, e := range attacks {
		if !strings.Contains(strings.ToLower(e.Label), "attacked") {
			t.Errorf("%s among attacks", e.Label)
		}
	}
	if len(attacks) == 0 {
		t.Error("no attacks")
	}
	nodes, together := read(export.Participation)
	for _, n := range nodes {
		if n.Values[0].Value == "Incident" || n.Values[0].Value == "Place" {
			t.Errorf("%s in a network of actors", n.ID)
		}
	}
	i := slices.IndexFunc(together, func(e element) bool {
		return e.Source == "https://belligraph.org/id/ucdp/actor/1158" && e.Target == "https://belligraph.org/id/ucdp/actor/72"
	})
	if i < 0 || together[i].Weight != 3 || len(strings.Fields(together[i].Values[len(together[i].Values)-1].Value)) != 3 {
		t.Errorf("two actors of three events: %+v", together)
	}
}

// TestJSONLD: what it says are triples of the graph, and every claim is in it.
func TestJSONLD(t *testing.T) {
	g := sources(t)
	b, r := exported(t, g, "jsonld", export.Options{})
	there := triples(t, g)
	dec, err := rdfio.NewDecoder(bytes.NewReader(b), rdfio.JSONLD, rdfio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	claims := 0
	for {
		q, err := dec.Decode()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if q.Predicate == rdf.RDFType && q.Object == claim.ClassClaim {
			claims++
		}
		if !there[q.Triple()] {
			t.Fatalf("not in the graph: %s", q)
		}
	}
	if claims != r.Rows {
		t.Errorf("%d claims, %d written", claims, r.Rows)
	}
}

// triples are those of the default graph.
func triples(t testing.TB, g graph.Graph) map[rdf.Triple]bool {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	cur, err := snap.Scan(t.Context(), graph.Pattern{G: graph.DefaultGraph}, graph.GSPO, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	defer cur.Close()
	out := make(map[rdf.Triple]bool)
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			var terms [3]rdf.Term
			for c := range terms {
				if terms[c], err = snap.Term(b.Cols[c][i]); err != nil {
					t.Fatal(err)
				}
			}
			out[rdf.Triple{Subject: terms[0], Predicate: terms[1], Object: terms[2]}] = true
		}
	}
	return out
}

// TestNanopubs: a denial asserts no edge.
func TestNanopubs(t *testing.T) {
	b, r := exported(t, sources(t), "nanopub", export.Options{})
	dec, err := rdfio.NewDecoder(bytes.NewReader(b), rdfio.TriG, rdfio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	graphs := make(map[string]int)
	heads := 0
	for {
		q, err := dec.Decode()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name, part, _ := strings.Cut(string(q.Graph.(rdf.IRI)), "#")
		graphs[part]++
		if q.Object == rdf.IRI("http://www.nanopub.org/nschema#Nanopublication") {
			heads++
		}
		if p := string(q.Predicate.(rdf.IRI)); part == "assertion" && p == claim.NS+"deniedAttacked" {
			t.Errorf("%s asserts %s", name, q)
		}
	}
	if heads != r.Rows || len(graphs) != 4 {
		t.Errorf("%d heads of %d, graphs %v", heads, r.Rows, graphs)
	}
}

// TestPrivateStaysApart: of a named graph nothing is exported but to who names
// it.
func TestPrivateStaysApart(t *testing.T) {
	g := sources(t)
	for _, f := range export.Formats() {
		if b, _ := exported(t, g, f.Name, export.Options{}); bytes.Contains(b, []byte("id/acled/event")) || bytes.Contains(b, []byte("MLI900")) || len(b) == 0 {
			t.Errorf("%s holds rows of a private graph", f.Name)
		}
		if b, r := exported(t, g, f.Name, export.Options{Graph: acledGraph}); r.Rows == 0 || !bytes.Contains(b, []byte("acled")) {
			t.Errorf("%s of the private graph has %d rows", f.Name, r.Rows)
		}
		if _, r := exported(t, g, f.Name, export.Options{Graph: rdf.IRI("http://example.org/none")}); r.Rows != 0 {
			t.Errorf("%s of no graph has %d rows", f.Name, r.Rows)
		}
	}
}

// TestCancelled: a long export ends when its context does.
func TestCancelled(t *testing.T) {
	g := sources(t)
	snap, err := g.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range export.Formats() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := export.Write(ctx, io.Discard, snap, f, export.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if _, err := export.Write(t.Context(), io.Discard, snap, export.Formats()[3], export.Options{Network: "enemies"}); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("an unknown network: %v", err)
	}
}
