package claimtest

import (
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
)

func TestSeedParses(t *testing.T) {
	rows, err := Parse(seed)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, r := range rows {
		if seen[r.ID] {
			t.Errorf("%s occurs twice", r.ID)
		}
		seen[r.ID] = true
		if r.Start >= r.End || r.End > 2138 {
			t.Errorf("%s: offsets %d-%d", r.ID, r.Start, r.End)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no columns":  "P1 prose 1-2 kind=x",
		"no offsets":  "P1 | prose | kind=x",
		"bad offsets": "P1 | prose 12 | kind=x",
		"unknown key": "P1 | prose 1-2 | kind=x; colour=red",
		"no kind":     "P1 | prose 1-2 | agent=x",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMeasure(t *testing.T) {
	gold, err := Parse(`
P1 | prose 0-10 | kind=attacked; agent=The Blues; patient=Old Fort / Ford; date=2001-01-01; claimant=Doc
P2 | prose 0-10 | kind=attacked; agent=Blue Front
P3 | prose 20-30 | kind=casualties; metric=killed; min=35; max=-
P4? | prose 40-50 | kind=date
`)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(35)
	day := claim.Interval{EarliestBegin: "2001-01-01", LatestBegin: "2001-01-01", EarliestEnd: "2001-01-01", LatestEnd: "2001-01-01"}
	attack := func(agent claim.Ref, when claim.Interval) claim.Claim {
		return claim.Claim{
			Proposition: claim.Proposition{Kind: "attacked", Agent: []claim.Ref{agent}, Place: "e:ford", Time: when},
			Claimant:    "e:doc", Source: "prose", Evidence: []claim.Span{{Start: 0, End: 10}},
		}
	}
	ex := &claim.Extraction{
		Document: claim.Document{IRI: "e:doc"},
		Entities: []claim.Entity{
			{IRI: "e:blue", Label: "Blue Front", Aliases: []string{"the Blués"}},
			{IRI: "e:ford", Label: "Ford"},
		},
		Claims: []claim.Claim{
			attack("e:blue", day),
			attack("e:blue", claim.Interval{}),
			{Proposition: claim.Proposition{Kind: "casualties", Quantity: &claim.Quantity{Metric: "killed", Min: &n, Max: &n}}, Source: "prose", Evidence: []claim.Span{{Start: 25, End: 29}}},
		},
	}
	r := Measure(gold, ex)
	if got, want := r.ByKind["attacked"], (Count{Gold: 2, Found: 2, Right: 2, Exact: 2}); got != want {
		t.Errorf("attacked: got %+v, want %+v", got, want)
	}
	if got, want := r.Total, (Count{Gold: 3, Found: 3, Right: 2, Exact: 2}); got != want {
		t.Errorf("total: got %+v, want %+v", got, want)
	}
	if len(r.Missing) != 1 || !strings.Contains(r.Missing[0], "P3") || !strings.Contains(r.Missing[0], "wrong: max: 35") {
		t.Errorf("missing: %q", r.Missing)
	}
	if len(r.Extra) != 1 || !strings.Contains(r.Extra[0], "casualties prose 25-29") {
		t.Errorf("extra: %q", r.Extra)
	}
}
