package extract

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
)

// TestRules runs the tests that stand beside each rule in the data. The
// sentence is the lead of an article without an infobox. A test wants one of
//
//	kind(agents; patients)     names or a star for any; "not " and "planned " before
//	casualties metric min..max
//	nothing at all
func TestRules(t *testing.T) {
	x := newExtractor(t)
	for _, rl := range x.rules.all {
		if len(rl.Tests) == 0 {
			t.Errorf("rule %s has no test", rl.ID)
		}
		for _, tc := range rl.Tests {
			t.Run(rl.ID+"/"+tc.Text, func(t *testing.T) {
				ex, steps, err := x.Explain(context.Background(), "test", strings.NewReader("= Battle of Testing =\n\n"+tc.Text+"\n"))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, c := range ex.Claims {
					got = append(got, shorthand(ex, &c))
				}
				if tc.Want == "" && len(got) == 0 {
					return
				}
				if !slices.ContainsFunc(got, func(g string) bool { return fits(tc.Want, g) }) {
					t.Errorf("got %q, want %q; steps: %v", got, tc.Want, steps)
				}
			})
		}
	}
}

// shorthand writes a claim in the form of the rules' tests.
func shorthand(ex *claim.Extraction, c *claim.Claim) string {
	p := &c.Proposition
	var b strings.Builder
	if c.Negated {
		b.WriteString("not ")
	}
	if c.Modality == claim.Planned {
		b.WriteString("planned ")
	}
	if p.Kind == "casualties" {
		fmt.Fprintf(&b, "casualties %s %s..%s", p.Quantity.Metric, bound(p.Quantity.Min), bound(p.Quantity.Max))
		return b.String()
	}
	patient := p.Patient
	if len(patient) == 0 && p.Place != "" {
		patient = []claim.Ref{p.Place}
	}
	if p.Place != "" && (strings.HasSuffix(p.Kind, "To") || strings.HasSuffix(p.Kind, "From")) && p.Kind != "surrenderedTo" {
		patient = []claim.Ref{p.Place}
	}
	fmt.Fprintf(&b, "%s(%s; %s)", p.Kind, labels(ex, p.Agent), labels(ex, patient))
	return b.String()
}

func bound(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func labels(ex *claim.Extraction, refs []claim.Ref) string {
	var out []string
	for _, ref := range refs {
		for _, e := range ex.Entities {
			if e.IRI == ref {
				out = append(out, e.Label)
			}
		}
	}
	return strings.Join(out, ", ")
}

// fits compares a wanted form, in which a star stands for any words.
func fits(want, got string) bool {
	parts := strings.Split(want, "*")
	if len(parts) == 1 {
		return want == got
	}
	if !strings.HasPrefix(got, parts[0]) {
		return false
	}
	got = got[len(parts[0]):]
	for _, p := range parts[1:] {
		i := strings.Index(got, p)
		if i < 0 {
			return false
		}
		got = got[i+len(p):]
	}
	return got == ""
}
