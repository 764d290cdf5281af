package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a mark of a sentence.
type token struct {
	span
	text  string
	lower string // folded: lower case without accents
	kind  tokenKind
	info  *wordInfo // from the lexicon; nil for an unknown word
	tag   tag
	lemma string
	quote bool // inside quotation marks
	paren int  // depth of brackets
	name  *nameMatch
}

type tokenKind uint8

const (
	wordToken tokenKind = iota
	numberToken
	markToken
)

// tokenize cuts a stretch of text into tokens. A possessive 's and a plus sign
// after a number stand alone; apostrophes and hyphens inside a word belong to
// it; a number keeps its thousands commas.
func tokenize(text string, at span, lex *lexicon, buf []token) []token {
	toks := buf[:0]
	if cap(toks) == 0 {
		// A word and its blank are six bytes on the average; marks add some.
		toks = make([]token, 0, (at.end-at.start)/5+4)
	}
	quoted, depth := false, 0
	for i := at.start; i < at.end; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:at.end])
		}
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' {
			i += size
			continue
		}
		start := i
		switch {
		case isDigit(r):
			i = endOfNumber(text, i, at.end)
			if i < at.end && isLetterAt(text, i) && !ordinalSuffix(text[i:at.end]) {
				i = endOfWord(text, i, at.end, lex)
				toks = append(toks, token{span: span{start, i}, kind: wordToken})
				break
			}
			if i+1 < at.end && text[i] == '-' && isLetterAt(text, i+1) && !isUpperAt(text[i+1:]) {
				i = endOfWord(text, i+1, at.end, lex) // 24-hour
				toks = append(toks, token{span: span{start, i}, kind: wordToken})
				break
			}
			toks = append(toks, token{span: span{start, i}, kind: numberToken})
			if i < at.end && ordinalSuffix(text[i:at.end]) {
				i += 2
				toks[len(toks)-1].end = i
			}
		case unicode.IsLetter(r) || unicode.IsMark(r):
			i = endOfWord(text, i, at.end, lex)
			if w := text[start:i]; len(w) > 2 && (strings.HasSuffix(w, "'s") || strings.HasSuffix(w, "’s")) && w != "Ra's" && w != "Ra’s" {
				cut := i - len("s") - 1
				if w[len(w)-2] != '\'' {
					cut = i - len("’s")
				}
				toks = append(toks, token{span: span{start, cut}, kind: wordToken}, token{span: span{cut, i}, kind: wordToken})
				toks[len(toks)-2].quote, toks[len(toks)-2].paren = quoted, depth
				break
			}
			toks = append(toks, token{span: span{start, i}, kind: wordToken})
		default:
			i += size
			if r == '.' && strings.HasPrefix(text[i:at.end], "..") {
				i += 2
			}
			toks = append(toks, token{span: span{start, i}, kind: markToken})
		}
		t := &toks[len(toks)-1]
		t.text = text[t.start:t.end]
		if t.kind == markToken {
			switch t.text {
			case `"`:
				quoted = !quoted
			case "“", "«":
				quoted = true
			case "”", "»":
				quoted = false
			case "(", "[":
				depth++
			case ")", "]":
				if depth > 0 {
					depth--
				}
			}
		}
		t.quote, t.paren = quoted, depth
	}
	for i := range toks {
		t := &toks[i]
		t.text = text[t.start:t.end]
		t.lower = fold(t.text)
		if t.kind == wordToken {
			t.info = lex.look(t.lower)
		}
	}
	return toks
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetterAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r)
}

func ordinalSuffix(s string) bool {
	if len(s) < 2 || len(s) > 2 && unicode.IsLetter(rune(s[2])) {
		return false
	}
	switch s[:2] {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// endOfNumber returns where the number at i ends: digits, with commas before
// groups of three and one decimal point.
func endOfNumber(text string, i, end int) int {
	for i < end && isDigit(rune(text[i])) {
		i++
	}
	for i+3 < end+0 && text[i] == ',' && digits(text, i+1, end) == 3 {
		i += 4
	}
	if i+1 < end && text[i] == '.' && isDigit(rune(text[i+1])) {
		i++
		for i < end && isDigit(rune(text[i])) {
			i++
		}
	}
	return i
}

// digits counts the digits from i on.
func digits(text string, i, end int) int {
	n := 0
	for i+n < end && isDigit(rune(text[i+n])) {
		n++
	}
	return n
}

// endOfWord returns where the word at i ends.
func endOfWord(text string, i, end int, lex *lexicon) int {
	start := i
	for i < end {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:end])
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			i += size
		case (r == '\'' || r == '’' || r == '-' || r == 'ʼ') && i+size < end && i > start && isWordAt(text, i+size):
			i += size
		case r == '.' && i > start:
			word := text[start:i]
			if lex.abbreviation(fold(word)) || initials(word) {
				i += size
				if i < end && isLetterAt(text, i) && strings.Contains(word, ".") || i < end && isLetterAt(text, i) && utf8.RuneCountInString(word) == 1 {
					continue
				}
			}
			return i
		default:
			return i
		}
	}
	return i
}

func isWordAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// initials reports whether a word is one capital letter, or capitals with
// points between.
func initials(w string) bool {
	want := true
	for _, r := range w {
		if want != (r != '.') || want && !unicode.IsUpper(r) {
			return false
		}
		want = !want
	}
	return w != ""
}

// fold returns a text in lower case, with accents and typographic apostrophes
// taken off; it is the form in which names and words are compared.
func fold(s string) string {
	simple := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			simple = false
			break
		}
	}
	if simple {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			b.WriteByte(byte(r))
			continue
		}
		if unicode.IsMark(r) {
			continue
		}
		if p, ok := plainLetters[r]; ok {
			b.WriteString(p)
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// plainLetters maps letters with accents to those without.
var plainLetters = letters(map[string]string{
	"a": "àáâãäåāăąÀÁÂÃÄÅĀĂĄạảấầẩẫậắằẳẵặ", "ae": "æÆ", "c": "çćčĉċÇĆČ", "d": "ďđĐð", "e": "èéêëēĕėęěÈÉÊËĒĖĘĚếềểễệẻẽẹ",
	"g": "ğģġǧĞ", "h": "ħḥḤ", "i": "ìíîïīĭįıÌÍÎÏĪİỉịĩ", "k": "ķ", "l": "łľĺļŁ", "n": "ñńňņÑ", "o": "òóôõöøōŏőÒÓÔÕÖØŌőốồổỗộơớờởỡợ", "oe": "œŒ",
	"r": "řŕ", "s": "śşšșŚŞŠȘṣṢ", "ss": "ß", "t": "ťţțṭṬ", "u": "ùúûüūŭůűųÙÚÛÜŪŮưứừửữự", "w": "ŵ", "y": "ýÿŷÝỳỷỹ", "z": "źżžŹŻŽẓ",
	"'": "’ʼ‘ʿʾ", "-": "‐‑",
})

func letters(table map[string]string) map[rune]string {
	m := make(map[rune]string)
	for plain, variants := range table {
		for _, r := range variants {
			m[r] = plain
		}
	}
	return m
}
