package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// sentencesOf cuts a paragraph into sentences by the rules of UAX #29, and joins
// what they cut after an abbreviation, an initial or before a small letter.
func sentencesOf(text string, para span, lex *lexicon) []span {
	body := para.in(text)
	if strings.ContainsAny(body, "\n\r\u2028") {
		// A hard line break in the middle of a sentence is a blank.
		body = strings.NewReplacer("\n", " ", "\r", " ").Replace(body)
	}
	var out []span
	open := false // the last sentence is not ended yet
	it := sentences.FromString(body)
	for it.Next() {
		s := trim(text, span{para.start + it.Start(), para.start + it.End()})
		if s.start >= s.end {
			continue
		}
		r, _ := utf8.DecodeRuneInString(text[s.start:])
		if n := len(out); n > 0 && (open || unicode.IsLower(r) || nationGoesOn(out[n-1].in(text), s.in(text), lex)) {
			out[n-1].end = s.end
		} else {
			out = append(out, s)
		}
		open = endsOpen(s.in(text), lex)
	}
	return out
}

// nationGoesOn reports whether a stretch that ends in "U.S." or the like goes on
// in the next, "U.S. Marines", "U.S. 7th Division": no word that may open a
// sentence follows.
func nationGoesOn(s, next string, lex *lexicon) bool {
	if !strings.HasSuffix(s, "U.S.") && !strings.HasSuffix(s, "U.N.") && !strings.HasSuffix(s, "U.K.") {
		return false
	}
	word, _, _ := strings.Cut(next, " ")
	info := lex.look(fold(strings.TrimRight(word, ",.;:")))
	return info == nil || info.closed == tagNone || info.closed == tagAdj
}

// endsOpen reports whether the point at the end of a stretch is that of an
// abbreviation rather than of a sentence.
func endsOpen(s string, lex *lexicon) bool {
	if !strings.HasSuffix(s, ".") {
		return !strings.ContainsAny(s[max(0, len(s)-4):], ".!?\"”)")
	}
	s = s[:len(s)-1]
	word := s[strings.LastIndexAny(s, " \u00a0(\n")+1:]
	if word == "" {
		return false
	}
	folded := fold(word)
	switch folded {
	case "etc", "u.s", "u.k", "u.n", "no", "al", "jr", "sr", "may", "mar":
		return false
	}
	if lex.abbreviation(folded) && unicode.IsUpper(rune(word[0])) || folded == "e.g" || folded == "i.e" || folded == "approx" || folded == "vs" || folded == "ca" {
		return true
	}
	return utf8.RuneCountInString(word) == 1 && unicode.IsUpper([]rune(word)[0])
}
