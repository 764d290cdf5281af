package question

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// foldText reduces a text to lower-case words of letters and digits with single
// spaces between them, accents and apostrophes dropped, so that "Ansar Dîne's"
// and "ansar dine s" meet. A hyphen between digits stays, for dates.
func foldText(s string) string {
	var b strings.Builder
	gap := false
	rs := []rune(norm.NFKD.String(s))
	for i, r := range rs {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		case r == '-' && i > 0 && i+1 < len(rs) && unicode.IsDigit(rs[i-1]) && unicode.IsDigit(rs[i+1]):
			b.WriteRune(r)
		case (r == '\'' || r == '’') && i+2 < len(rs) && unicode.IsLetter(rs[i+1]) && unicode.IsLetter(rs[i+2]):
			// Within a name, as in Sid'Ahmed; "MNLA's" becomes two words.
		default:
			gap = true
		}
	}
	return b.String()
}

// withoutArticle drops a leading article of a folded text.
func withoutArticle(s string) string {
	for _, a := range []string{"the ", "a ", "an "} {
		if t, ok := strings.CutPrefix(s, a); ok {
			return t
		}
	}
	return s
}

// distance is the number of letters to insert, drop, change or swap to make b
// of a (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	prev2, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(y)]
}
