package link

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// scripts spell letters of Arabic and Tifinagh as the Latin spellings of names
// have them.
var scripts = map[rune]string{
	'ا': "a", 'أ': "a", 'إ': "i", 'آ': "a", 'ٱ': "a", 'ب': "b", 'ت': "t", 'ث': "t", 'ج': "j", 'ح': "h", 'خ': "k", 'د': "d", 'ذ': "d",
	'ر': "r", 'ز': "z", 'س': "s", 'ش': "sh", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'ع': "", 'غ': "g", 'ف': "f", 'ق': "k", 'ك': "k",
	'ل': "l", 'م': "m", 'ن': "n", 'ه': "h", 'و': "w", 'ي': "i", 'ى': "a", 'ة': "a", 'ء': "", 'ؤ': "w", 'ئ': "i", 'پ': "p", 'چ': "sh", 'گ': "g", 'ڤ': "f",
	'ⴰ': "a", 'ⴱ': "b", 'ⴳ': "g", 'ⴷ': "d", 'ⴹ': "d", 'ⴻ': "e", 'ⴼ': "f", 'ⴽ': "k", 'ⵀ': "h", 'ⵃ': "h", 'ⵄ': "", 'ⵅ': "k", 'ⵇ': "k",
	'ⵉ': "i", 'ⵊ': "j", 'ⵍ': "l", 'ⵎ': "m", 'ⵏ': "n", 'ⵓ': "u", 'ⵔ': "r", 'ⵕ': "r", 'ⵖ': "g", 'ⵙ': "s", 'ⵚ': "s", 'ⵛ': "sh", 'ⵜ': "t",
	'ⵟ': "t", 'ⵡ': "w", 'ⵢ': "i", 'ⵣ': "z", 'ⵥ': "z",
	'ß': "ss", 'æ': "ae", 'œ': "e", 'ø': "o", 'ł': "l", 'đ': "d", 'ı': "i",
}

// digraphs are spellings of one sound in French and English transcriptions.
// Longer ones come first.
var digraphs = strings.NewReplacer(
	"tch", "j", "sch", "sh", "dj", "j", "ch", "sh", "th", "t", "dh", "d", "gh", "g", "kh", "k", "ph", "f", "ou", "w", "oo", "u", "ee", "i",
	"q", "k", "ck", "k", "c", "s", "x", "ks", "y", "i", "v", "w",
)

// particles do not tell names apart.
var particles = map[string]bool{
	"al": true, "el": true, "ed": true, "ad": true, "as": true, "es": true, "ash": true, "ag": true, "wld": true, "ibn": true, "bin": true, "ben": true,
	"the": true, "of": true, "and": true, "for": true, "in": true, "de": true, "des": true, "du": true, "la": true, "le": true, "les": true, "l": true,
	"d": true, "et": true, "ez": true, "wal": true,
}

// Fold returns a name in plain Latin letters as the spellings of several
// languages share them, its words apart by spaces: without marks, particles and
// what stands in brackets.
func Fold(name string) string {
	if i := strings.IndexByte(name, '('); i > 0 {
		if j := strings.IndexByte(name[i:], ')'); j > 0 {
			name = name[:i] + " " + name[i+j+1:]
		}
	}
	var b strings.Builder
	arabic := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		if s, ok := scripts[r]; ok {
			arabic = arabic || r >= 0x600 && r < 0x700
			b.WriteString(s)
			continue
		}
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == 'ʼ', r == 'ʿ', r == '`':
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(digraphs.Replace(b.String()))
	out := words[:0]
	for _, w := range words {
		if arabic {
			w = strings.TrimPrefix(w, "al")
		}
		// The article grows into a word that begins with its consonant: Eddine,
		// Essalam.
		if len(w) > 4 && (w[0] == 'e' || w[0] == 'a') && w[1] == w[2] {
			w = w[2:]
		}
		if w != "" && !particles[w] {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// Skeleton returns the consonants of a name without doubled ones and spaces: a
// key under which spellings of one name meet, and some names that are not the
// same. Digits stay.
func Skeleton(name string) string { return skeleton(Fold(name)) }

func skeleton(folded string) string {
	var b strings.Builder
	last := byte(0)
	for i := range len(folded) {
		c := folded[i]
		switch c {
		case 'a', 'e', 'i', 'o', 'u', ' ':
			if c == ' ' {
				last = 0
			}
			continue
		}
		if c != last {
			b.WriteByte(c)
		}
		last = c
	}
	return b.String()
}

// Similarity is that of Jaro and Winkler between the letters of two names, from
// 0 to 1. It alone decides nothing: true pairs and false friends overlap.
func Similarity(a, b string) float64 {
	return jaroWinkler(strings.ReplaceAll(Fold(a), " ", ""), strings.ReplaceAll(Fold(b), " ", ""))
}

func jaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	window := max(max(len(x), len(y))/2-1, 0)
	usedX, usedY := make([]bool, len(x)), make([]bool, len(y))
	matches := 0
	for i := range x {
		for j := max(0, i-window); j < min(len(y), i+window+1); j++ {
			if !usedY[j] && x[i] == y[j] {
				usedX[i], usedY[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	transposed, j := 0, 0
	for i := range x {
		if !usedX[i] {
			continue
		}
		for !usedY[j] {
			j++
		}
		if x[i] != y[j] {
			transposed++
		}
		j++
	}
	m := float64(matches)
	jaro := (m/float64(len(x)) + m/float64(len(y)) + (m-float64(transposed)/2)/m) / 3
	prefix := 0
	for prefix < min(4, len(x), len(y)) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}
