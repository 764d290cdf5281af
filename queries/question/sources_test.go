package question

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// chronicle is an invented document, in the terms of the model, of what the
// sample article and the rows of datasets do not tell: an alliance that broke,
// captures of one place by two groups, and a battle that no dataset has.
func chronicle() *claim.Extraction {
	const id = claim.NSID
	day := func(d claim.Date) claim.Interval {
		return claim.Interval{EarliestBegin: d, LatestBegin: d, EarliestEnd: d, LatestEnd: d}
	}
	ex := &claim.Extraction{
		Document: claim.Document{IRI: id + "document/chronicle", Title: "Invented chronicle", Language: "en", Text: "An invented chronicle."},
		Entities: []claim.Entity{
			{IRI: id + "actor/mnla", Kind: claim.ArmedGroup, Label: "MNLA", Known: true},
			{IRI: id + "actor/ansar-dine", Kind: claim.ArmedGroup, Label: "Ansar Dine", Known: true},
			{IRI: id + "place/mali", Kind: claim.Country, Label: "Mali", Known: true},
			{IRI: id + "place/kidal-region", Kind: claim.Place, Label: "Kidal Region", Within: id + "place/mali", Known: true},
			{IRI: id + "place/aguelhok", Kind: claim.Place, Label: "Aguelhok", Within: id + "place/kidal-region", Known: true},
			{IRI: id + "place/tin-zaouatine", Kind: claim.Place, Label: "Tin Zaouatine", Within: id + "place/algeria", Known: true},
			{IRI: id + "event/battle-of-aguelhok", Kind: claim.Battle, Label: "Battle of Aguelhok"},
			{IRI: id + "conflict/tuareg-rebellion-2012", Kind: claim.Conflict, Label: "Tuareg rebellion (2012)"},
		},
	}
	say := func(p claim.Proposition) {
		n := len(ex.Claims)
		ex.Claims = append(ex.Claims, claim.Claim{
			Proposition: p, Claimant: ex.Document.IRI, Stance: claim.Asserts, Modality: claim.StatedAsFact, Source: "prose",
			Evidence: []claim.Span{{Start: n, End: n + 2, Quote: "An invented chronicle."[n : n+2]}}, Rule: "invented@1", Confidence: 1,
		})
	}
	mnla, ansar, at := []claim.Ref{id + "actor/mnla"}, []claim.Ref{id + "actor/ansar-dine"}, claim.Ref(id+"place/aguelhok")
	say(claim.Proposition{Kind: "alliedWith", Agent: mnla, Patient: ansar, Time: day("2012-03-01")})
	say(claim.Proposition{Kind: claim.KindAttacked, Agent: ansar, Patient: mnla, Place: at, Time: day("2012-06-26")})
	say(claim.Proposition{Kind: claim.KindCaptured, Agent: mnla, Place: at, Time: day("2012-01-25")})
	say(claim.Proposition{Kind: claim.KindCaptured, Agent: ansar, Place: at, Time: day("2012-03-11")})
	battle := claim.Ref(id + "event/battle-of-aguelhok")
	say(claim.Proposition{Kind: claim.KindPlace, Event: battle, Place: at})
	say(claim.Proposition{Kind: claim.KindDate, Event: battle, Time: day("2012-01-24")})
	say(claim.Proposition{Kind: claim.KindParticipant, Event: battle, Agent: mnla})
	say(claim.Proposition{Kind: claim.KindParticipant, Event: battle, Agent: ansar})
	return ex
}

// manySources is a graph of the sample article, the chronicle, two releases of
// UCDP GED, rows of ACLED in their private graph, a few points, what a person
// says of links, and the links that are found. union shows the private graph.
func manySources(t testing.TB, union bool) *Service {
	t.Helper()
	ctx := context.Background()
	g := memgraph.New()
	t.Cleanup(func() { g.Close() })
	ged, err := os.ReadFile("../../graph/dataset/testdata/GEDEvent_v25_1.csv")
	if err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(t.TempDir(), "GEDEvent_v26_1.csv")
	if err := os.WriteFile(later, bytes.Replace(ged, []byte(",1,2,0,0,3,5,2,432,"), []byte(",1,4,0,0,5,7,4,432,"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"../../data/articles/battle-of-tinzaouaten-2012.txt", "../../graph/dataset/testdata/GEDEvent_v25_1.csv", later, "../../graph/dataset/testdata/acled-2023.csv",
	} {
		if err := ingest.New(g, ingest.Options{}).Path(ctx, path, func(ingest.Report) {}); err != nil {
			t.Fatal(err)
		}
	}
	for _, dead := range []string{"Twelve", "Fifteen"} { // an article in two revisions
		text := "= Battle of Kelm =\n\nOn 3 May 1931 the Free Front attacked Kelm. " + dead + " soldiers were killed.\n"
		if _, err := ingest.New(g, ingest.Options{}).Reader(ctx, "kelm.txt", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open("../../graph/link/testdata/mali.sssom.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	said, err := link.ReadSSSOM(file, "mali", func(p claim.Problem) { t.Error(p) })
	if err != nil {
		t.Fatal(err)
	}
	point := func(place, lat, long string) []rdf.Quad {
		const geo = "http://www.w3.org/2003/01/geo/wgs84_pos#"
		s := rdf.IRI(claim.NSID + "place/" + place)
		return []rdf.Quad{
			{Subject: s, Predicate: rdf.IRI(geo + "lat"), Object: rdf.NewTyped(lat, rdf.XSDDecimal)},
			{Subject: s, Predicate: rdf.IRI(geo + "long"), Object: rdf.NewTyped(long, rdf.XSDDecimal)},
		}
	}
	err = g.Update(ctx, func(tx graph.Tx) error {
		if _, _, err := claim.Put(ctx, tx, link.Decisions("mali", strings.Repeat("0", 64), said), claim.EncodeOptions{NoDerived: true}); err != nil {
			return err
		}
		if _, _, err := claim.Put(ctx, tx, chronicle(), claim.EncodeOptions{}); err != nil {
			return err
		}
		// The points of the reference: nine kilometres apart, across the border.
		_, err := tx.Insert(append(point("tinzaouaten", "19.96278", "2.88278"), point("tin-zaouatine", "19.95333", "2.96667")...)...)
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
	engine := queries.New(g, queries.Options{UnionDefaultGraph: union})
	return NewService(load(t), On(engine, g, queries.QueryOptions{}))
}

// acrossSources are the questions that need several sources, as asked in English
// and by name, with words that the answer must hold and must not.
var acrossSources = []struct {
	ask    string
	name   string
	params map[string]string
	says   []string
	not    []string
}{
	{
		"Which places were claimed by two or more armed groups within 60 days?", "contested-places", map[string]string{"days": "60"},
		[]string{"Tinzaouaten: MNLA on 2012-02-08, Ansar Dine 41 days later, on 2012-03-20.", "Aguelhok: MNLA on 2012-01-25, Ansar Dine 46 days later"}, nil,
	},
	{
		"Which places were claimed by two armed groups within 45 days?", "contested-places", map[string]string{"days": "45"},
		[]string{"Tinzaouaten"}, []string{"Aguelhok"},
	},
	{
		"What was the timeline of control in Kidal Region between 2012-01-01 and 2012-06-30?", "control-timeline", map[string]string{"region": "Kidal Region", "begin": "2012-01-01", "finish": "2012-06-30"},
		[]string{"Aguelhok: nobody known to hold it from 2012-01-01 to 2012-01-25", "Aguelhok: held by MNLA from 2012-01-25 to 2012-03-11.", "Aguelhok: held by Ansar Dine from 2012-03-11 to 2012-06-30."},
		[]string{"Tinzaouaten", "disputed"},
	},
	{
		"What is the timeline of control in Mali?", "control-timeline", map[string]string{"region": "Mali"},
		[]string{"Tinzaouaten: held by MNLA from 2012-02-08 to 2012-06-30, disputed by Ansar Dine"}, nil,
	},
	{
		"Which movements crossed the border between Mali and Algeria?", "border-crossings", map[string]string{"a": "Mali", "b": "Algeria", "km": "50"},
		[]string{"2012-02: Malian Army withdrew to Algeria (Battle of Tinzaouaten (2012), within 50 km", "fled to Algeria"}, nil,
	},
	{
		"Which movements crossed from Mali to Algeria within 5 km?", "border-crossings", map[string]string{"km": "5"},
		[]string{"No movement from Mali to Algeria"}, nil,
	},
	{
		"Who was allied with MNLA and later fought it?", "turned-allies", map[string]string{"group": "MNLA"},
		[]string{"Ansar Dine was allied with MNLA on 2012-03-01", "Ansar Dine attacked MNLA on 2012-06-26"}, nil,
	},
	{
		"Which UCDP and ACLED rows describe the Battle of Tinzaouaten (2012)?", "rows-of-battle", nil,
		[]string{"UCDP GED event 900001 reports a part of Battle of Tinzaouaten (2012): 2012-02-07, Tinzaouaten town, 2–5 killed", "4–7 killed", "the text has 2012-02-07 to 2012-02-08, Tinzaouaten", "Malian Army 1 killed"}, []string{"900002"},
	},
	{
		"Which battles are missing from UCDP?", "missing-from-ucdp", nil,
		[]string{"Battle of Aguelhok (2012-01-24) is in no row of UCDP"}, []string{"Tinzaouaten (2012)"},
	},
	{
		"Who bridges the clusters per quarter?", "bridges", nil,
		[]string{"2012 Q1: MNLA took part with 2 others, and 1 shortest ways between others lead through it"}, nil,
	},
	{
		"Who speaks for the MNLA?", "speakers", map[string]string{"organisation": "MNLA"},
		[]string{"Hama Ag Sid'Ahmed speaks for MNLA on Battle of Tinzaouaten (2012)", "MNLA speaks for MNLA"}, nil,
	},
	{
		"How often does each side count its own losses?", "own-losses", nil,
		[]string{"MNLA: 3 claims of its own losses, 3 of others’, ratio 1", "Mali: 2 claims of its own losses, 0 of others’, all its own"}, nil,
	},
	{
		"Where did captured or fleeing soldiers end up?", "destinations", nil,
		[]string{"fled to Algeria, according to MNLA", "withdrew to Algeria", "were retrieved by", "defected to Algeria (inferred; nobody says so)"}, nil,
	},
	{
		"Which conclusions about control change without Ansar Dine?", "control-without", map[string]string{"source": "Ansar Dine"},
		[]string{"Falls away: Ansar Dine held Tinzaouaten from 2012-03-20 (claimed)."}, []string{"MNLA held Tinzaouaten"},
	},
	{
		"If claims by Invented chronicle are excluded, which conclusions about control change?", "control-without", map[string]string{"source": claim.NSID + "document/chronicle"},
		[]string{"Falls away: MNLA held Aguelhok from 2012-01-25 (derived)."}, []string{"Tinzaouaten"},
	},
	{
		"Which events belong to the lineage of MNLA?", "lineage", map[string]string{"actor": "MNLA"},
		[]string{"CMA is of the lineage of MNLA, according to A. Researcher.", "CMA took part in 4 events", "MNLA took part in 2 events: Battle of Aguelhok and Battle of Tinzaouaten (2012)"}, nil,
	},
	{
		"Who says how many were killed in the Battle of Tinzaouaten (2012)?", "compare", map[string]string{"metric": "killed"},
		[]string{"1, according to Government of Mali through Reuters", "0, according to unnamed official Malian source (implied)", "all, killed: 2–7; 2–5 (best 3), according to UCDP GED (reports a part)"}, []string{"wounded", "Ganda Iso", "outlier), 2–5"},
	},
	{
		"What changed between releases?", "releases", nil,
		[]string{"only UCDP GED 25.1 says", "only UCDP GED 26.1 says", "4–7 killed"}, nil,
	},
}

func TestAcrossSources(t *testing.T) {
	ctx, s := context.Background(), manySources(t, false)
	for _, g := range acrossSources {
		asked, err := s.Ask(ctx, g.ask)
		if err != nil && !strings.Contains(g.ask, "chronicle") {
			t.Errorf("%s: %v", g.ask, err)
			continue
		}
		named, err := s.Run(ctx, g.name, g.params)
		if err != nil {
			t.Errorf("%s: %v", g.name, err)
			continue
		}
		for how, a := range map[string]*Answer{"asked": asked, "named": named} {
			if a == nil {
				continue
			}
			if a.Question != g.name {
				t.Errorf("%s: taken as %s", g.ask, a.Question)
			}
			for _, w := range g.says {
				if !strings.Contains(a.Text, w) {
					t.Errorf("%s (%s): %q is not in\n%s", g.ask, how, w, a.Text)
				}
			}
			for _, w := range g.not {
				if strings.Contains(a.Text, w) {
					t.Errorf("%s (%s): %q is in\n%s", g.ask, how, w, a.Text)
				}
			}
			if len(a.Rows) > 0 && len(a.Evidence) == 0 {
				t.Errorf("%s: rows rest on no claim", g.ask)
			}
		}
	}
}

// TestPrivateRows: rows of a private graph are in the answers of those who see
// it, and of nobody else.
func TestPrivateRows(t *testing.T) {
	for union, want := range map[bool]bool{false: false, true: true} {
		a, err := manySources(t, union).Run(context.Background(), "rows-of-battle", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(a.Text, "ACLED"); got != want {
			t.Errorf("seen %v: %s", union, a.Text)
		}
	}
}

// TestWithout drops a source and looks at what falls, what is derived anew, and
// what stays.
func TestWithout(t *testing.T) {
	ctx, s := context.Background(), manySources(t, false)
	for _, tc := range []struct {
		ask, source string
		gone, new   []string
	}{
		{"Who held Tinzaouaten on 21 March 2012?", "Ansar Dine", []string{"Ansar Dine claimed to hold Tinzaouaten", "Control is disputed"}, nil},
		{"What is the envelope of each casualty number?", "MNLA", []string{"Malian Army: 2–5 wounded", "≥ 35 fled"}, []string{"Malian Army: 2 wounded"}},
		{"What is the timeline of control in Kidal Region?", "Invented chronicle", []string{"Aguelhok: held by MNLA"}, []string{"Nothing in the graph tells who controlled"}},
		{"What did the Malian side deny, concede or re-label?", "Reuters", nil, nil},
		{"How many Malian soldiers were killed?", "Reuters", []string{"through Reuters"}, []string{"Malian Army: 1 killed, according to the article"}},
		{"Which UCDP and ACLED rows describe the Battle of Tinzaouaten (2012)?", "UCDP GED 26.1", []string{"4–7 killed"}, nil},
	} {
		c, err := s.AskWithout(ctx, tc.ask, tc.source)
		if err != nil {
			t.Errorf("%s without %s: %v", tc.ask, tc.source, err)
			continue
		}
		gone, added := strings.Join(c.Gone, "\n"), strings.Join(c.New, "\n")
		for _, w := range tc.gone {
			if !strings.Contains(gone, w) {
				t.Errorf("%s without %s: %q is not gone: %s", tc.ask, tc.source, w, c.Text())
			}
		}
		for _, w := range tc.new {
			if !strings.Contains(added, w) {
				t.Errorf("%s without %s: %q is not new: %s", tc.ask, tc.source, w, c.Text())
			}
		}
		if len(tc.gone) == 0 && gone != "" || len(tc.new) == 0 && added != "" && tc.source != "Ansar Dine" || c.Claims == 0 {
			t.Errorf("%s without %s (%d claims): %s", tc.ask, tc.source, c.Claims, c.Text())
		}
	}
	var unknown *UnknownValueError
	if _, err := s.RunWithout(ctx, "who-held", nil, "Ansar Din"); !errors.As(err, &unknown) || len(unknown.Suggestions) == 0 {
		t.Errorf("a misspelt source: %v", err)
	}
	if a, err := s.Ask(ctx, "Who claimed control of Tinzaouaten?"); err != nil || len(a.Rows) == 0 {
		t.Errorf("the graph itself has changed: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	s := manySources(t, false)
	for _, words := range []string{"many", "-1", "1e3", "99999999999999", "60 OR 1=1"} {
		_, err := s.Run(context.Background(), "contested-places", map[string]string{"days": words})
		if !errors.Is(err, graph.ErrBadRequest) || !strings.Contains(err.Error(), "whole number") {
			t.Errorf("%s: %v", words, err)
		}
	}
	open, err := s.Run(context.Background(), "contested-places", map[string]string{"days": ""})
	if err != nil || len(open.Rows) == 0 {
		t.Errorf("without a bound: %v", err)
	}
}

// TestComparison: who agrees with whom, what all span, and who is out.
func TestComparison(t *testing.T) {
	vars := []string{"side", "counted", "low", "best", "high", "claim", "claimant", "claimantLabel"}
	row := func(who, low, high string) []rdf.Term {
		r := []rdf.Term{rdf.NewString("s"), rdf.NewString("killed"), nil, nil, nil, rdf.IRI("x:" + who), rdf.IRI("y:" + who), rdf.NewString(who)}
		if low != "" {
			r[2] = rdf.NewTyped(low, rdf.XSDInteger)
		}
		if high != "" {
			r[4] = rdf.NewTyped(high, rdf.XSDInteger)
		}
		return r
	}
	for name, tc := range map[string]struct {
		rows     [][]rdf.Term
		envelope string
		agrees   string // of the first
		outliers string
	}{
		"one out":             {[][]rdf.Term{row("a", "3", "5"), row("b", "5", "5"), row("c", "40", "40")}, "3–40", "b", "c"},
		"two cannot tell":     {[][]rdf.Term{row("a", "3", "3"), row("b", "9", "9")}, "3–9", "", ""},
		"three apart":         {[][]rdf.Term{row("a", "1", "1"), row("b", "2", "2"), row("c", "3", "3")}, "1–3", "", ""},
		"open above":          {[][]rdf.Term{row("a", "35", ""), row("b", "37", "37"), row("c", "2", "2")}, "2–37+", "b", "c"},
		"at most":             {[][]rdf.Term{row("a", "", "4"), row("b", "3", "3")}, "0–4", "b", ""},
		"unknown agrees not":  {[][]rdf.Term{row("a", "", ""), row("b", "3", "3"), row("c", "3", "3")}, "3", "", ""},
		"one voice is no two": {[][]rdf.Term{row("a", "3", "3"), row("b", "9", "9"), row("b", "9", "10")}, "3–10", "", ""},
	} {
		out, rows, err := comparison(context.Background(), vars, tc.rows)
		if err != nil {
			t.Fatal(err)
		}
		at := make(map[string]int)
		for i, v := range out {
			at[v] = i
		}
		var outliers []string
		for _, r := range rows {
			if text(r[at["outlier"]]) == "true" {
				outliers = append(outliers, text(r[at["claimantLabel"]]))
			}
		}
		if e, a := text(rows[0][at["envelope"]]), text(rows[0][at["agreesWith"]]); e != tc.envelope || a != tc.agrees || strings.Join(outliers, " ") != tc.outliers {
			t.Errorf("%s: envelope %s, the first agrees with %q, outliers %v", name, e, a, outliers)
		}
	}
}

// TestBetweenness: a star, a ring of four and two triangles with a bridge.
func TestBetweenness(t *testing.T) {
	for name, tc := range map[string]struct {
		neighbours [][]int
		want       []float64
	}{
		"star":      {[][]int{{1, 2, 3}, {0}, {0}, {0}}, []float64{3, 0, 0, 0}},
		"ring":      {[][]int{{1, 3}, {0, 2}, {1, 3}, {2, 0}}, []float64{0.5, 0.5, 0.5, 0.5}},
		"triangles": {[][]int{{1, 2}, {0, 2}, {0, 1, 3}, {2, 4, 5}, {3, 5}, {3, 4}}, []float64{0, 0, 6, 6, 0, 0}},
	} {
		got, err := betweenness(context.Background(), tc.neighbours)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("%s: %v, want %v", name, got, tc.want)
				break
			}
		}
	}
}
