package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/claim/claimtest"
)

// goldRows reads the gold beside an invented article: the form of claimtest,
// with the words of the evidence in place of offsets. A row without a claimant
// or a stance is asserted by the document.
func goldRows(t *testing.T, name, text, gold string) []claimtest.Row {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(gold) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		i := strings.IndexByte(line, '"')
		j := strings.Index(line, `" | `)
		if i < 0 || j < i {
			t.Fatalf("%s: no quotation in %q", name, line)
		}
		quote := line[i+1 : j]
		body := text
		if box, prose, ok := strings.Cut(text, "\n\n"); ok && strings.Contains(line[:i], "prose") {
			// The words of the prose stand after the infobox.
			if k := strings.Index(prose, "\n\n"); strings.HasPrefix(prose, "Infobox") && k >= 0 {
				body = strings.Repeat("\x00", len(box)+2+k) + prose[k:]
			}
		}
		at := strings.Index(body, quote)
		if at < 0 {
			t.Fatalf("%s: the text does not hold %q", name, quote)
		}
		start := utf8.RuneCountInString(text[:at])
		rest := line[j+1:]
		if !strings.Contains(rest, "claimant=") {
			rest += "; claimant=Doc"
		}
		if !strings.Contains(rest, "stance=") {
			rest += "; stance=asserts"
		}
		fmt.Fprintf(&out, "%s %d-%d %s\n", line[:i], start, start+utf8.RuneCountInString(quote), rest)
	}
	rows, err := claimtest.Parse(out.String())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}

// floors are the least precision and recall that the invented articles may give,
// by source and in total. They are raised when the rules get better.
var floors = map[string]struct{ precision, recall float64 }{
	"infobox": {0.98, 0.98},
	"prose":   {0.97, 0.94},
}

// TestInvented reads every invented article and prints precision and recall per
// kind. The articles are about battles that never were, written to cover what
// real articles do to an extractor; each has gold coded before it was run.
func TestInvented(t *testing.T) {
	x := newExtractor(t)
	names, err := filepath.Glob("testdata/invented/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	totals := map[string]map[string]claimtest.Count{"infobox": {}, "prose": {}}
	var missing, extra []string
	claimants, claimantsRight := 0, 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		gold, err := os.ReadFile(strings.TrimSuffix(name, ".txt") + ".gold")
		if err != nil {
			t.Fatal(err)
		}
		ex, err := x.Extract(context.Background(), filepath.Base(name), strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		checkSpans(t, ex)
		rows := goldRows(t, name, string(b), string(gold))
		for source, total := range totals {
			part := *ex
			part.Claims = nil
			for _, c := range ex.Claims {
				if c.Source == source {
					part.Claims = append(part.Claims, c)
				}
			}
			var want []claimtest.Row
			for _, r := range rows {
				if r.Source == source {
					want = append(want, r)
				}
			}
			rep := claimtest.Measure(want, &part)
			for kind, c := range rep.ByKind {
				s := total[kind]
				s.Gold, s.Found, s.Right, s.Exact = s.Gold+c.Gold, s.Found+c.Found, s.Right+c.Right, s.Exact+c.Exact
				total[kind] = s
			}
			for _, m := range rep.Missing {
				missing = append(missing, filepath.Base(name)+" "+m)
			}
			for _, m := range rep.Extra {
				extra = append(extra, filepath.Base(name)+" "+m)
			}
			// Claimants: of the rows found when the claimant is left open, how
			// many have the right one.
			for i := range want {
				open := make(map[string][]string)
				for k, v := range want[i].Want {
					if k != "claimant" && k != "behalf" && k != "via" && k != "stance" && k != "modality" && k != "said" {
						open[k] = v
					}
				}
				want[i].Want = open
			}
			loose := claimtest.Measure(want, &part)
			claimants += loose.Total.Right
			claimantsRight += min(rep.Total.Right, loose.Total.Right)
		}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, source := range []string{"infobox", "prose"} {
		fmt.Fprintf(w, "%s\tgold\tfound\tright\tprecision\trecall\tF1\n", source)
		var all claimtest.Count
		line := func(kind string, c claimtest.Count) {
			p, r := c.Precision(), c.Recall()
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\n", kind, c.Gold, c.Found, c.Right, p, r, 2*p*r/max(p+r, 1e-9))
		}
		for _, kind := range sortedKeys(totals[source]) {
			c := totals[source][kind]
			line(kind, c)
			all.Gold, all.Found, all.Right = all.Gold+c.Gold, all.Found+c.Found, all.Right+c.Right
		}
		line("all", all)
		if f := floors[source]; all.Precision() < f.precision || all.Recall() < f.recall {
			t.Errorf("%s: precision %.3f, recall %.3f; the floors are %.2f and %.2f", source, all.Precision(), all.Recall(), f.precision, f.recall)
		}
	}
	w.Flush()
	t.Logf("%d invented articles\n%s", len(names), out.String())
	t.Logf("claimant right: %d of %d", claimantsRight, claimants)
	if float64(claimantsRight) < 0.95*float64(claimants) {
		t.Error("the claimant is right in fewer than 95 of 100")
	}
	slices.Sort(missing)
	slices.Sort(extra)
	for _, m := range missing {
		t.Logf("missing %s", m)
	}
	for _, m := range extra {
		t.Logf("extra %s", m)
	}
}
