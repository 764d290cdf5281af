package extract

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
)

// TestPages reads one battle as wikitext and as an HTML page: the claims are
// those of the plain article, with the words that stand in the page, and nothing
// is read from menus, tables, notes or templates.
func TestPages(t *testing.T) {
	want := []string{
		"partOf infobox the Karsami rebellion", "date infobox 3 May 2004", "place infobox Karsam, Chad", "result infobox Chadian victory",
		"participant infobox Chadian Army", "participant infobox Karsam Liberation Front", "commanded infobox Idriss Moro", "commanded infobox Adam Tolka",
		"strength infobox 400", "strength infobox 150–200", "casualties infobox 4 killed", "casualties infobox 11 wounded", "casualties infobox 23 killed", "casualties infobox 9 captured",
		"attacked prose On 3 May 2004, fighters of the Karsam Liberation Front (KLF) attacked the town of Karsam", "repelled prose The Chadian Army repelled the attack",
		"casualties prose Four soldiers were killed", "casualties prose eleven were wounded", "retreatedTo prose The rebels retreated to Sudan",
	}
	x := newExtractor(t)
	for _, name := range []string{"page.wiki", "page.html"} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile("markup/testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			ex, err := x.Extract(context.Background(), name, strings.NewReader(string(b)))
			if err != nil {
				t.Fatal(err)
			}
			checkSpans(t, ex)
			var got []string
			for _, c := range ex.Claims {
				got = append(got, c.Proposition.Kind+" "+c.Source+" "+c.Evidence[0].Quote)
			}
			for _, w := range want {
				if name == "page.wiki" {
					w = strings.Replace(strings.Replace(w, "date infobox 3 May 2004", "date infobox 2004-05-03", 1), "infobox Adam Tolka", "infobox Adam Tolka KIA", 1)
				}
				if !slices.ContainsFunc(got, func(g string) bool { return g == w || strings.HasPrefix(w, "retreatedTo") && strings.HasPrefix(g, w) }) {
					t.Errorf("no claim %q", w)
				}
			}
			for _, g := range got {
				if strings.Contains(g, "nothing") || strings.Contains(g, "menu") || strings.Contains(g, "footer") || strings.Contains(g, "{{") || strings.Contains(g, "[[") || strings.Contains(g, "<") {
					t.Errorf("claim %q of what is no text of the article", g)
				}
			}
			if t.Failed() {
				t.Logf("text:\n%s\nclaims:\n%s", ex.Document.Text, strings.Join(got, "\n"))
			}
		})
	}
}

// TestReport reads a report with a headline and a dateline: the headline is the
// title, and a weekday is the last of its name before the day of the report.
func TestReport(t *testing.T) {
	text := "Rebels seize Karsam\n\nNDJAMENA, May 6, 2004 (Reuters) - Rebels captured the town of Karsam on Monday, a Chadian army spokesman said.\n\n" +
		"Chadian soldiers recaptured Karsam late Wednesday.\n"
	ex, err := newExtractor(t).Extract(context.Background(), "report.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	checkSpans(t, ex)
	if ex.Document.Title != "Rebels seize Karsam" {
		t.Errorf("title %q", ex.Document.Title)
	}
	dates := make(map[string]claim.Date)
	for _, c := range ex.Claims {
		dates[c.Proposition.Kind] = c.Proposition.Time.EarliestBegin
		if strings.Contains(c.Evidence[0].Quote, "NDJAMENA") || strings.Contains(c.Evidence[0].Quote, "Reuters") {
			t.Errorf("the dateline is evidence: %q", c.Evidence[0].Quote)
		}
	}
	if dates["captured"] != "2004-05-03" || dates["retook"] != "2004-05-05" || len(ex.Claims) != 2 {
		t.Errorf("dates %v of %d claims, want captured on 2004-05-03 and retook on 2004-05-05", dates, len(ex.Claims))
	}
}
