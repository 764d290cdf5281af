package claim

import (
	"slices"
	"strings"
)

// Anchor is where words stand in a document, told by the words themselves, as
// the text quote selector of the Web Annotation model has it: offsets change
// with every revision, and with every better reading of the markup.
type Anchor struct {
	Exact   string `json:"exact,omitempty"`
	Prefix  string `json:"prefix,omitempty"`
	Suffix  string `json:"suffix,omitempty"`
	Section string `json:"section,omitempty"` // the last heading before the words
}

// anchorContext is how many code points before and after the words are kept:
// as many as tell apart what is repeated within a section.
const anchorContext = 32

// AnchorOf returns the anchor of a span of a text.
func AnchorOf(text []rune, s Span) Anchor {
	a := Anchor{Exact: s.Quote}
	if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
		return a
	}
	a.Prefix = string(text[max(0, s.Start-anchorContext):s.Start])
	a.Suffix = string(text[s.End:min(len(text), s.End+anchorContext)])
	a.Section = sectionAt(text, s.Start)
	return a
}

// sectionAt returns the words of the last heading before a place.
func sectionAt(text []rune, at int) string {
	end := at
	for end > 0 {
		start := end
		for start > 0 && text[start-1] != '\n' {
			start--
		}
		line := strings.TrimSpace(string(text[start:end]))
		if len(line) > 2 && line[0] == '=' && line[len(line)-1] == '=' {
			return strings.TrimSpace(strings.Trim(line, "="))
		}
		end = start - 1
	}
	return ""
}

// locate finds the words of the anchor in a text, nearest to how they stood:
// of several places the one with the most of the surroundings, then the first.
func (a *Anchor) locate(text []rune) (Span, bool) {
	exact := []rune(a.Exact)
	if len(exact) == 0 {
		return Span{}, false
	}
	best, score := -1, -1
	for from := 0; from+len(exact) <= len(text); from++ {
		if text[from] != exact[0] || !slices.Equal(text[from:from+len(exact)], exact) {
			continue
		}
		n := commonSuffix(text[:from], []rune(a.Prefix)) + commonPrefix(text[from+len(exact):], []rune(a.Suffix))
		if sectionAt(text, from) == a.Section {
			n += anchorContext / 2
		}
		if n > score {
			best, score = from, n
		}
	}
	if best < 0 {
		return Span{}, false
	}
	return Span{Start: best, End: best + len(exact), Quote: a.Exact}, true
}

func commonPrefix(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// meets reports whether two quotations may be of the same words: one holds the
// other.
func meets(a, b string) bool {
	return a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a))
}
