package dataset_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

const fixtureGED = "GEDEvent_v25_1.csv"

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read returns the records and problems of a file.
func read(t testing.TB, name string, content []byte) ([]*dataset.Record, []claim.Problem) {
	t.Helper()
	l, ok := dataset.Recognise(content, true)
	if !ok {
		t.Fatalf("%s is not recognised", name)
	}
	var records []*dataset.Record
	var problems []claim.Problem
	err := dataset.Read(context.Background(), bytes.NewReader(content), dataset.NewFile(name, "", strings.Repeat("0", 64), l),
		func(r *dataset.Record) error { records = append(records, r); return nil },
		func(p claim.Problem) { problems = append(problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	return records, problems
}

// say returns the claims of a record, one in a line: who says what, how, and
// through whom, with what qualifies it.
func say(r *dataset.Record) []string {
	es := r.Extraction.EntityMap()
	var out []string
	for _, c := range simple(r) {
		s := c.Describe(es)
		if c.Modality != claim.StatedAsFact {
			s += " [" + string(c.Modality) + "]"
		}
		if q := c.Proposition.Quantity; q != nil {
			if q.Best != nil {
				s += fmt.Sprintf(" [best %d]", *q.Best)
			}
			if q.Party == "" {
				s += " [of " + strings.Join(es.Names(c.Proposition.Agent), ", ") + "]"
			}
		}
		for _, m := range []string{"role", "precision", "of", "subtype", "beside"} {
			if v := c.Proposition.Manner[m]; v != "" {
				s += " [" + m + " " + v + "]"
			}
		}
		out = append(out, s)
	}
	return out
}

// simple returns the claims of a record apart.
func simple(r *dataset.Record) []claim.Claim {
	var out []claim.Claim
	for i := range r.Extraction.Claims {
		out = append(out, r.Extraction.Claims[i].Parts()...)
	}
	return out
}

// TestClaims compares the claims of rows of the fixtures, by what they say.
func TestClaims(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		row        int
		want       []string
	}{
		{"GED: an exact day and place, a named officer", fixtureGED, 0, []string{
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 was "state-based violence"`,
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 took place 2012-02-07`,
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 took place at Tinzaouaten town [precision exact place]`,
			`UCDP GED says: Government of Mali, CMA took part in Government of Mali – CMA, 2012-02-07 [role party]`,
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 is part of Mali: Azawad`,
			`UCDP GED says: : 2–5 killed [best 3] [of Government of Mali, CMA]`,
			`Malian army officer through Invented Wire says: Government of Mali: 1 killed [reported]`,
			`Malian army officer through Invented Wire says: CMA: 2 killed [reported]`,
			`Malian army officer through Invented Wire says: civilians in Mali: 0 killed [reported]`,
		}},
		{"GED: a side speaks through two media, near a place", fixtureGED, 1, []string{
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 to 2012-02-09 took place 2012-02-07 to 2012-02-09`,
			`UCDP GED says: Government of Mali – CMA, 2012-02-07 to 2012-02-09 took place at within 25 km of Tinzaouaten town [precision within 25 km of a known place]`,
			`CMA through Invented Wire; Another Agency says: CMA: 2 killed [reported]`,
		}},
		{"GED: one day given, a month known; a division; nobody named", fixtureGED, 2, []string{
			`UCDP GED says: Government of Mali – CMA, 2012-02-01 to 2012-02-29 took place 2012-02-01 to 2012-02-29`,
			`UCDP GED says: Government of Mali – CMA, 2012-02-01 to 2012-02-29 took place at Kidal region [precision somewhere in the first-order division]`,
			`UCDP GED says: Government of Mali: 1 killed`,
		}},
		{"GED: one-sided violence", fixtureGED, 3, []string{
			`UCDP GED says: Government of Mali – civilians in Mali, 2012-01-01 to 2012-12-31 was "one-sided violence"`,
			`UCDP GED says: Government of Mali – civilians in Mali, 2012-01-01 to 2012-12-31 took place at Mali [precision somewhere in the country]`,
			`Malian army officer through Invented Wire says: civilians in Mali: 4 killed [reported]`,
			`Malian army officer through Invented Wire says: : 1 killed [reported] [of Government of Mali, civilians in Mali] [of unknown side]`,
		}},
		{"GED: two voices that the row does not tell apart", fixtureGED, 4, []string{
			`UCDP GED says: Ganda Iso – CMA, 2012-03-05 to 2012-03-11 took place at Abeibara cercle [precision somewhere in the second-order division]`,
			`residents; a hospital worker through Invented Wire says: : 7 killed [reported] [of Ganda Iso, CMA] [of unknown side]`,
		}},
		{"ACD: an episode within a year", "ucdp-prio-acd-251.csv", 0, []string{
			`UCDP/PRIO ACD says: Mali: Azawad, 2012 was "intrastate armed conflict" [subtype territory]`,
			`UCDP/PRIO ACD says: Mali: Azawad, 2012 took place 2012-01-01 to 2012-04-06`,
			`UCDP/PRIO ACD says: Government of Mali, CMA took part in Mali: Azawad, 2012 [role party]`,
			`UCDP/PRIO ACD says: Mali: Azawad, 2012 is part of Mali: Azawad`,
			`UCDP/PRIO ACD says: Mali: Azawad, 2012 took place at Mali [precision somewhere in the country]`,
			`UCDP/PRIO ACD says: : 25–999 killed [of Government of Mali, CMA]`,
		}},
		{"ACD: a side of two actors", "ucdp-prio-acd-251.csv", 1, []string{
			`UCDP/PRIO ACD says: Government of Mali, Ansar Dine, Military faction (Red Berets) took part in Mali: Government, 2012 [role party]`,
		}},
		{"ACD: who stands beside a side", "ucdp-prio-acd-251.csv", 2, []string{
			`UCDP/PRIO ACD says: Government of Chad, Government of France took part in Mali: Government, 2013 [role party] [beside Government of Mali]`,
		}},
		{"ACD: a war in two countries", "ucdp-prio-acd-251.csv", 3, []string{
			`UCDP/PRIO ACD says: Eritrea, Ethiopia: Badme, 1999 took place at Eritrea [precision somewhere in the country]`,
			`UCDP/PRIO ACD says: Eritrea, Ethiopia: Badme, 1999 took place at Ethiopia [precision somewhere in the country]`,
			`UCDP/PRIO ACD says: : ≥ 1000 killed [of Government of Eritrea, Government of Ethiopia]`,
		}},
		{"Dyadic", "ucdp-dyadic-251.csv", 0, []string{
			`UCDP Dyadic says: Mali: Azawad, 2012 took place 2012-01-17 to 2012-12-31`,
			`UCDP Dyadic says: Mali: Azawad, 2012 is part of Mali: Azawad`,
		}},
		{"Non-State: bounds of an estimate", "ucdp-nonstate-211.csv", 1, []string{
			`UCDP Non-State says: Ganda Iso - CMA, 2012 was "non-state violence" [subtype formally organised groups]`,
			`UCDP Non-State says: Ganda Iso - CMA, 2012 took place 2012-03-15 to 2012-03-25`,
			`UCDP Non-State says: : 31–35 killed [best 31] [of Ganda Iso, CMA]`,
		}},
		{"Non-State: a name with a comma is one actor", "ucdp-nonstate-211.csv", 2, []string{
			`UCDP Non-State says: Birom, Fulani, Hausa took part in Birom - Fulani, Hausa, 2010 [role party]`,
		}},
		{"ACLED 2023", "acled-2023.csv", 0, []string{
			`ACLED says: MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-07 was "Battles" [subtype Armed clash]`,
			`ACLED says: MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-07 took place at Tinzaouaten [precision exact place]`,
			`ACLED says: MNLA: National Movement for the Liberation of Azawad, Military Forces of Mali (2002-2012) took part in MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-07 [role party]`,
			`ACLED says: Police Forces of Mali (2002-2012), GATIA: Invented Allies took part in MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-07 [role party] [beside Military Forces of Mali (2002-2012)]`,
			`ACLED says: : 3 killed [of MNLA: National Movement for the Liberation of Azawad, Military Forces of Mali (2002-2012)]`,
		}},
		{"ACLED 2023: a week, near a place", "acled-2023.csv", 1, []string{
			`ACLED says: MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-02 to 2012-02-14 took place 2012-02-02 to 2012-02-14`,
			`ACLED says: MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-02 to 2012-02-14 took place at surroundings of Tinzaouaten [precision near a known place]`,
		}},
		{"ACLED 2015: an old type, a month, a division", "acled-2015.csv", 1, []string{
			`ACLED says: MNLA: National Movement for the Liberation of Azawad – Military Forces of Mali (2002-2012), 2012-02-02 to 2012-02-14 was "Battles" [subtype Non-state actor overtakes territory]`,
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
			for _, c := range simple(records[tc.row]) {
				if c.Proposition.Kind == claim.KindAttacked {
					t.Error("neither dataset says who attacked")
				}
			}
			if tc.name == "GED: one-sided violence" && strings.Contains(strings.Join(got, "\n"), "Government of Mali: 0 killed") {
				t.Error("the zeros of one-sided violence are nobody's count")
			}
		})
	}
}

// TestLayouts holds that each layout is told from the others, and that the
// same rows say the same in each.
func TestLayouts(t *testing.T) {
	for _, tc := range []struct {
		file, dataset, generation, same string
		header                          bool
	}{
		{fixtureGED, dataset.GED, "49 columns", fixtureGED, true},
		{"GEDEvent_v24_0_1-no-header.csv", dataset.GED, "49 columns without a header", fixtureGED, false},
		{"ged181.csv", dataset.GED, "42 columns", fixtureGED, true},
		{"ged-42-no-header.csv", dataset.GED, "42 columns without a header", fixtureGED, false},
		{"ged-41.csv", dataset.GED, "41 columns", fixtureGED, true},
		{"ucdp-prio-acd-251.csv", dataset.ACD, "28 columns", "ucdp-prio-acd-251.csv", true},
		{"ucdp-dyadic-251.csv", dataset.Dyadic, "25 columns", "ucdp-dyadic-251.csv", true},
		{"ucdp-nonstate-211.csv", dataset.NonState, "32 columns", "ucdp-nonstate-211.csv", true},
		{"acled-2015.csv", dataset.ACLED, "of 2015, in capitals", "acled-2023.csv", true},
		{"acled-2016.csv", dataset.ACLED, "of 2016", "acled-2023.csv", true},
		{"acled-2019.csv", dataset.ACLED, "of 2019", "acled-2023.csv", true},
		{"acled-2023.csv", dataset.ACLED, "of 2023", "acled-2023.csv", true},
	} {
		t.Run(tc.file, func(t *testing.T) {
			content := fixture(t, tc.file)
			l, ok := dataset.Recognise(content, true)
			if !ok || l.Dataset != tc.dataset || l.Generation != tc.generation || l.Header != tc.header {
				t.Fatalf("recognised %v as %s (%s), header %v", ok, l.Dataset, l.Generation, l.Header)
			}
			got, problems := read(t, tc.file, content)
			want, _ := read(t, tc.same, fixture(t, tc.same))
			if len(problems) > 0 || len(got) != len(want) {
				t.Fatalf("%d records, want %d; %v", len(got), len(want), problems)
			}
			for i := range got {
				a, b := say(got[i]), say(want[i])
				if tc.dataset == dataset.ACLED && i == 0 && strings.HasPrefix(tc.generation, "of 201") && tc.generation != "of 2019" {
					a, b = a[1:], b[1:] // the older types have no subtype for an armed clash's attack
				}
				if i != 2 && !slices.Equal(a, b) {
					t.Errorf("row %d says\n%s\nnot\n%s", i, strings.Join(a, "\n"), strings.Join(b, "\n"))
				}
			}
		})
	}
}

func TestNotADataset(t *testing.T) {
	for _, text := range []string{
		"", "id,year\n1,2012\n", "Tinzaouaten, a town, was attacked, it says, on 7 February.\n",
		strings.Repeat("a,", 48) + "a\n", strings.Repeat("1,", 48) + "1\n", "<a> <b> <c> .\n",
	} {
		if l, ok := dataset.Recognise([]byte(text), true); ok {
			t.Errorf("%.40q is taken for %s", text, l.Dataset)
		}
	}
}

// edit returns the fixture with one cell of its first row changed.
func edit(t testing.TB, file, column, value string) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(fixture(t, file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("no column %s", column)
	}
	rows[1][at] = value
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFaultyRows holds that a row that cannot be read is reported where it is
// at fault, and that the others are read.
func TestFaultyRows(t *testing.T) {
	for _, tc := range []struct{ file, column, value, want string }{
		{fixtureGED, "id", "", "id: the cell is empty"},
		{fixtureGED, "date_start", "7 Feb", `date_start: "7 Feb" is not a date`},
		{fixtureGED, "date_end", "2012-01-01", "date_end: the last possible date 2012-01-01 is before the first"},
		{fixtureGED, "date_prec", "6", "date_prec: 6 is not between 1 and 5"},
		{fixtureGED, "where_prec", "exact", `where_prec: "exact" is not a whole number`},
		{fixtureGED, "type_of_violence", "4", "type_of_violence: 4 is not between 1 and 3"},
		{fixtureGED, "best", "9", "best: the estimate 9 is not between the low 2 and the high 5"},
		{fixtureGED, "deaths_a", "-1", "deaths_a: -1 is not between"},
		{fixtureGED, "latitude", "91.5", "latitude: 91.5 lies outside ±90 degrees"},
		{"ucdp-prio-acd-251.csv", "year", "MMXII", `year: "MMXII" is not a whole number`},
		{"ucdp-prio-acd-251.csv", "start_date2", "January", `start_date2: "January" is not a date`},
		{"ucdp-prio-acd-251.csv", "intensity_level", "3", "intensity_level: 3 is not between 1 and 2"},
		{"ucdp-nonstate-211.csv", "low_fatality_estimate", "99", "best_fatality_estimate: the estimate 42 is not between the low 99 and the high 42"},
		{"acled-2023.csv", "event_date", "soon", `event_date: "soon" is not a date`},
		{"acled-2023.csv", "geo_precision", "0", "geo_precision: 0 is not between 1 and 3"},
		{"acled-2023.csv", "fatalities", "many", `fatalities: "many" is not a whole number`},
		{"acled-2023.csv", "actor1", "", "actor1: the cell is empty"},
	} {
		t.Run(tc.column, func(t *testing.T) {
			records, problems := read(t, tc.file, edit(t, tc.file, tc.column, tc.value))
			all, _ := read(t, tc.file, fixture(t, tc.file))
			if len(problems) != 1 || len(records) != len(all)-1 {
				t.Fatalf("%d records of %d, problems %v", len(records), len(all), problems)
			}
			p := problems[0]
			if p.Line != 2 || !strings.HasPrefix(p.Message, tc.want) {
				t.Errorf("%d:%d: %s", p.Line, p.Column, p.Message)
			}
		})
	}
}

// TestBrokenLines holds that rows that are not even rows do not hide others.
func TestBrokenLines(t *testing.T) {
	lines := strings.SplitAfter(string(fixture(t, fixtureGED)), "\n")
	for _, tc := range []struct {
		name, line   string
		line1, cell1 int
		want         string
	}{
		{"too few cells", "1,2,3\n", 3, 5, "the row has 3 cells, not 49"},
		{"an unclosed quote", `1,"2,3` + "\n", 3, 3, "this quote is never closed"},
		{"words after a quote", `1,"2"3,4` + "\n", 3, 6, "a quoted cell goes on after its closing quote"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			content := strings.Join(slices.Insert(slices.Clone(lines), 2, tc.line), "")
			records, problems := read(t, fixtureGED, []byte(content))
			if len(problems) != 1 || len(records) != 5 {
				t.Fatalf("%d records, problems %v", len(records), problems)
			}
			if p := problems[0]; p.Line != tc.line1 || p.Column != tc.cell1 || p.Message != tc.want {
				t.Errorf("%d:%d: %s", p.Line, p.Column, p.Message)
			}
		})
	}
}

// quads returns all quads of a graph.
func quads(t testing.TB, g graph.Graph) []rdf.Quad {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	cursor, err := snap.Scan(t.Context(), graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	var out []rdf.Quad
	for b := cursor.Next(); b != nil; b = cursor.Next() {
		for i := range b.N {
			var terms [4]rdf.Term
			for c := range terms {
				if id := b.Cols[c][i]; id != graph.DefaultGraph {
					if terms[c], err = snap.Term(id); err != nil {
						t.Fatal(err)
					}
				}
			}
			out = append(out, rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2], Graph: terms[3]})
		}
	}
	if err := cursor.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImport(t *testing.T) {
	for _, file := range []string{fixtureGED, "acled-2023.csv", "ucdp-prio-acd-251.csv", "ucdp-dyadic-251.csv", "ucdp-nonstate-211.csv"} {
		t.Run(file, func(t *testing.T) {
			g := memgraph.New()
			defer g.Close()
			load := func(o dataset.Options, content []byte) dataset.Result {
				t.Helper()
				res, err := dataset.Import(t.Context(), g, file, bytes.NewReader(content), o)
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			commits := 0
			first := load(dataset.Options{CommitQuads: 100, Progress: func(dataset.Result) { commits++ }}, fixture(t, file))
			if first.Rows < 2 || first.Faulty != 0 || first.New == 0 || commits < 2 {
				t.Fatalf("%+v after %d commits", first, commits)
			}
			all := quads(t, g)
			if len(all) != first.New {
				t.Errorf("%d quads in the graph, %d new", len(all), first.New)
			}
			for _, v := range claim.CheckQuads(all) {
				t.Error(v)
			}
			for _, q := range all {
				if private := q.Graph == rdf.Term(dataset.GraphACLED); private != (file == "acled-2023.csv") {
					t.Fatalf("%v in the wrong graph", q)
				}
			}
			if again := load(dataset.Options{}, fixture(t, file)); !again.Already || again.New != 0 {
				t.Errorf("the second import: %+v", again)
			}
			// The same rows in another file, so that they are read again, and in
			// another order, as after an interruption.
			other := load(dataset.Options{}, append(fixture(t, file), '\n'))
			const fileAndRun = 12
			if other.Already || other.New > fileAndRun+2*other.Rows+5*other.Claims/2 {
				t.Errorf("the same rows in another file: %+v", other)
			}
		})
	}
}

// TestModel holds what the package claim asks of every extraction.
func TestModel(t *testing.T) {
	for _, file := range []string{
		fixtureGED, "ged-41.csv", "acled-2023.csv", "acled-2015.csv", "ucdp-prio-acd-251.csv", "ucdp-dyadic-251.csv", "ucdp-nonstate-211.csv",
	} {
		records, _ := read(t, file, fixture(t, file))
		for _, r := range records {
			for _, v := range claim.Check(&r.Extraction) {
				t.Errorf("%s: %v", file, v)
			}
		}
	}
}

// TestInterrupted holds that an import that broke off adds what is missing when
// it is done again, and nothing else.
func TestInterrupted(t *testing.T) {
	whole, broken := memgraph.New(), memgraph.New()
	defer whole.Close()
	defer broken.Close()
	content := fixture(t, fixtureGED)
	if _, err := dataset.Import(t.Context(), whole, fixtureGED, bytes.NewReader(content), dataset.Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := dataset.Import(ctx, broken, fixtureGED, bytes.NewReader(content), dataset.Options{CommitQuads: 200, Progress: func(dataset.Result) { cancel() }})
	if err == nil {
		t.Fatal("a cancelled import went on")
	}
	part := len(quads(t, broken))
	res, err := dataset.Import(t.Context(), broken, fixtureGED, bytes.NewReader(content), dataset.Options{})
	if err != nil || res.Already {
		t.Fatal(res, err)
	}
	a, b := quads(t, whole), quads(t, broken)
	if part == 0 || part >= len(a) || len(a) != len(b) || res.New != len(a)-part {
		t.Errorf("%d quads, then %d new, make %d; want %d", part, res.New, len(b), len(a))
	}
}

// TestThroughput prints how many rows a second go into a store on disk, 20,000
// of them with BELLIGRAPH_LONG=1. It asserts nothing about time.
func TestThroughput(t *testing.T) {
	n := 4_000
	if os.Getenv("BELLIGRAPH_LONG") != "" {
		n = 20_000
	}
	content := generated(t, n)
	s, err := store.Open(filepath.Join(t.TempDir(), "rows.bg"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	start := time.Now()
	records := 0
	l, _ := dataset.Recognise(content, true)
	err = dataset.Read(t.Context(), bytes.NewReader(content), dataset.NewFile("ged251.csv", "", strings.Repeat("0", 64), l),
		func(*dataset.Record) error { records++; return nil }, func(p claim.Problem) { t.Error(p) })
	if err != nil {
		t.Fatal(err)
	}
	reading := time.Since(start)
	start = time.Now()
	res, err := dataset.Import(t.Context(), s, "ged251.csv", bytes.NewReader(content), dataset.Options{
		Bulk: func(ctx context.Context, parts iter.Seq2[dataset.Part, error]) (int, error) {
			result, err := s.Load(ctx, []store.Source{{Parts: parts, KeepLabels: true}}, store.LoadOptions{})
			return int(result.Added), err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	if res.Rows != n || records != n {
		t.Errorf("%d rows read, %d stored, of %d", records, res.Rows, n)
	}
	t.Logf("%d rows of %d bytes: %.0f rows/s read into records; %.0f rows/s into the store: %d quads, %.0f a row, %.0f quads/s",
		n, len(content)/n, float64(n)/reading.Seconds(), float64(n)/took.Seconds(), res.Quads, float64(res.Quads)/float64(n), float64(res.Quads)/took.Seconds())
}

// generated returns n rows of GED made from the fixture's, with numbers, days
// and places of their own.
func generated(t testing.TB, n int) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(fixture(t, fixtureGED))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(rows[0])
	for i := range n {
		row := slices.Clone(rows[1+i%(len(rows)-1)])
		row[at("id")] = fmt.Sprint(100_000 + i)
		if row[at("date_prec")] == "1" {
			d := time.Date(1990, 1, 1+i%12_000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			row[at("date_start")], row[at("date_end")] = d, d
		}
		row[at("where_coordinates")] = fmt.Sprintf("Place %d", i%5_000)
		w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

// TestVersion holds how releases are read from the names of their files.
func TestVersion(t *testing.T) {
	for name, want := range map[string]string{
		"GEDEvent_v25_1.csv": "25.1", "data/GEDEvent_v24_0_1.csv": "24.0.1", "ged231-csv.csv": "23.1", "ged251.csv": "25.1",
		"GEDEvent_v21_0_3.csv": "21.0.3", "rows.csv": "", "managed12.csv": "",
	} {
		if got := dataset.NewFile(name, "", strings.Repeat("0", 64), dataset.Layout{Dataset: dataset.GED}).Version; got != want {
			t.Errorf("%s is taken for release %q, not %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"ucdp-prio-acd-251.csv": "25.1", "UcdpPrioConflict_v25_1.csv": "25.1", "acd.csv": "",
	} {
		if got := dataset.NewFile(name, "", strings.Repeat("0", 64), dataset.Layout{Dataset: dataset.ACD}).Version; got != want {
			t.Errorf("%s is taken for release %q, not %q", name, got, want)
		}
	}
}

// TestOldNumbers holds that events of releases before 17.1, which were numbered
// otherwise, are not taken for later ones of the same number.
func TestOldNumbers(t *testing.T) {
	event := func(version string) claim.Ref {
		content := fixture(t, "ged181.csv")
		l, _ := dataset.Recognise(content, true)
		var out claim.Ref
		err := dataset.Read(t.Context(), bytes.NewReader(content), dataset.NewFile("x.csv", version, strings.Repeat("0", 64), l),
			func(r *dataset.Record) error { out = r.Extraction.Claims[0].Proposition.Event; return nil }, func(claim.Problem) {})
		if err != nil || out == "" {
			t.Fatal(out, err)
		}
		return out
	}
	if event("25.1") != event("18.1") || event("5.0") == event("25.1") {
		t.Error(event("5.0"), event("18.1"), event("25.1"))
	}
}
