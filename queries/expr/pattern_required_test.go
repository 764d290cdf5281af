package expr

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestRequired(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`mar.sa|fenti`, "mar fenti"}, {`(?i)mar.sa|fenti`, "mar/i fenti/i"}, {`a*b*`, ""}, {`(abc)+d?`, "abc"}, {`x|y*`, ""}, {`(?i)kits`, "kits/i!"},
		{`(?i)ÄB`, ""}, {`^bel.*ti$`, "bel"}, {`foo(bar|quux)`, "foo"}, {`f(bar|quux)`, "bar quux"}, {`a|b|c.d|e|f|g|h|i|j|k|l|mn`, ""}, {`[ab]cde`, "cde"},
	} {
		var got []string
		for _, r := range requiredBy(c.pattern).any {
			s := r.text
			if r.fold {
				s += "/i"
			}
			if r.other {
				s += "!"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s requires %q, want %q", c.pattern, s, c.want)
		}
	}
}

// TestRequiredLosesNothing compares patterns with and without looking for what
// they require, over texts of letters that fold in unusual ways.
func TestRequiredLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "A", "k", "K", "\u212a", "s", "S", "ſ", "ß", "é", "É", "@", "`", " ", "x"}
	for range 20_000 {
		word := func(n int) string {
			s := ""
			for range n {
				s += letters[r.IntN(len(letters))]
			}
			return s
		}
		source := word(1+r.IntN(2)) + []string{"", ".", "|", "*", "+"}[r.IntN(5)] + word(1+r.IntN(2))
		if r.IntN(2) == 0 {
			source = "(?i)" + source
		}
		text := word(r.IntN(7))
		if regexp.MustCompile(source).MatchString(text) && !requiredBy(source).mayMatch(text) {
			t.Fatalf("%q matches %q", source, text)
		}
	}
}
