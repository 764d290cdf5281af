package markup

import (
	"os"
	"testing"
	"unicode/utf8"
)

// TestRecognise tells markup from text that only looks like it.
func TestRecognise(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Kind
	}{
		{"= Battle of X =\n\nInfobox\n- Conflict: Battle of X\n", Plain},
		{"The army (see [1]) attacked X.", Plain},
		{"<!DOCTYPE html><html><body>x</body></html>", HTML},
		{"\ufeff<html><p>x</p></html>", HTML},
		{"{{Infobox military conflict\n| conflict = X\n}}", Wikitext},
		{"'''The Battle of X''' was fought.", Wikitext},
		{"The '''[[Battle of X]]''' was fought.", Wikitext},
		{"@prefix bg: <https://example.org/> .", Plain},
	} {
		if got := Recognise(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

// TestWikitextInfobox unfolds the templates that values hold.
func TestWikitextInfobox(t *testing.T) {
	for _, tc := range []struct{ value, want string }{
		{"{{flagicon|Mali}} [[Malian Army]]", "Malian Army"},
		{"{{flag|Mali}}<br />{{flagcountry|France}}", "Mali, France"},
		{"{{plainlist|\n* [[A]]\n* [[B|C]]\n}}", "A, C"},
		{"{{ubl|10 killed|{{nowrap|5 wounded}}}}", "10 killed, 5 wounded"},
		{"[[X]] {{KIA}}{{efn|Shot by {{nowrap|a sniper}}.}}", "X KIA"},
		{"10 killed<ref>{{cite news|title=T}}</ref>", "10 killed"},
		{"'''Total''': 20<hr>5 tanks", "Total: 20 ---- 5 tanks"},
		{"{{start date|2012|2|7}}", "2012-02-07"},
		{"150&ndash;200", "150–200"},
		{"{{unknown template|a|b}}100", "100"},
	} {
		got := FromWikitext("T", "{{Infobox military conflict\n| strength1 = "+tc.value+"\n}}")
		want := "= T =\n\nInfobox\n- Strength1: " + tc.want + "\n\n"
		if got != want {
			t.Errorf("%q: got %q, want %q", tc.value, got, want)
		}
	}
}

// FuzzText looks for pages that break the conversion.
func FuzzText(f *testing.F) {
	for _, name := range []string{"testdata/page.wiki", "testdata/page.html"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("{{Infobox x|a={{b|[[c|{{d}}]]}}|=}}{{[[}}]]{|\n|}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{HTML, Wikitext} {
			if out := Text(kind, "name", text); utf8.ValidString(text) && !utf8.ValidString(out) {
				t.Errorf("%s: %q is not UTF-8", kind, out)
			}
		}
	})
}
