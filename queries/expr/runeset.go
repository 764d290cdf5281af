package expr

import (
	"slices"
	"strings"
	"unicode"
)

// runeSet is a set of characters as pairs of first and last; normal ones are
// sorted and do not touch.
type runeSet []rune

const (
	surrogateMin = 0xD800
	surrogateMax = 0xDFFF
)

// normal sorts the pairs and joins those that touch or overlap.
func (s runeSet) normal() runeSet {
	type span struct{ low, high rune }
	spans := make([]span, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		spans = append(spans, span{s[i], s[i+1]})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.low - b.low) })
	out := make(runeSet, 0, len(s))
	for _, x := range spans {
		if n := len(out); n > 0 && x.low <= out[n-1]+1 {
			out[n-1] = max(out[n-1], x.high)
			continue
		}
		out = append(out, x.low, x.high)
	}
	return out
}

// complement returns the characters not in a normal set.
func (s runeSet) complement() runeSet {
	out := make(runeSet, 0, len(s)+2)
	next := rune(0)
	for i := 0; i+1 < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// write writes the set as a class that both engines read. Surrogates, which no
// string holds, are left out, as a class cannot name them.
func (s runeSet) write(b *strings.Builder) {
	var body strings.Builder
	put := func(low, high rune) {
		if low > high {
			return
		}
		writeLiteral(&body, low)
		if high > low {
			body.WriteByte('-')
			writeLiteral(&body, high)
		}
	}
	for i := 0; i+1 < len(s); i += 2 {
		low, high := s[i], s[i+1]
		if high < surrogateMin || low > surrogateMax {
			put(low, high)
			continue
		}
		put(low, surrogateMin-1)
		put(surrogateMax+1, high)
	}
	if body.Len() == 0 { // a class that matches nothing
		b.WriteString(`[^\x00-` + string(unicode.MaxRune) + `]`)
		return
	}
	b.WriteByte('[')
	b.WriteString(body.String())
	b.WriteByte(']')
}

// categorySet returns a general category of Unicode; Cn is what no other has.
func categorySet(name string) runeSet {
	if name == "Cn" {
		var assigned runeSet
		for _, c := range []string{"L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Cs", "Co"} {
			assigned = append(assigned, tableSet(unicode.Categories[c])...)
		}
		return assigned.normal().complement()
	}
	return tableSet(unicode.Categories[name]).normal()
}

func tableSet(t *unicode.RangeTable) runeSet {
	var s runeSet
	add := func(low, high, stride rune) {
		if stride == 1 {
			s = append(s, low, high)
			return
		}
		for r := low; r <= high; r += stride {
			s = append(s, r, r)
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return s
}

// nameStart is \i, NameStartChar of XML 1.0; nameMore is what \c adds to it.
var (
	nameStart = runeSet{
		':', ':', 'A', 'Z', '_', '_', 'a', 'z', 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x2FF, 0x370, 0x37D,
		0x37F, 0x1FFF, 0x200C, 0x200D, 0x2070, 0x218F, 0x2C00, 0x2FEF, 0x3001, 0xD7FF,
		0xF900, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0xEFFFF,
	}
	nameMore = runeSet{'-', '.', '0', '9', 0xB7, 0xB7, 0x300, 0x36F, 0x203F, 0x2040}
)
