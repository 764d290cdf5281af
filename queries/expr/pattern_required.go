package expr

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// required are strings of which every match of a pattern holds one, so that most
// texts need not be given to the automaton. Folded ones are in lower case and stand
// for any case. The zero value requires nothing.
type required struct {
	any []requiredText
}

type requiredText struct {
	text string
	fold bool
	// other is set for folded texts that a letter outside ASCII may be part of: k
	// folds with the Kelvin sign and s with the long s.
	other bool
}

// maxRequired bounds the strings that are looked for in every text.
const maxRequired = 8

// requiredBy returns what a Go expression requires, as far as it is plain to see.
func requiredBy(source string) required {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return required{}
	}
	return requiredIn(re.Simplify())
}

func requiredIn(re *syntax.Regexp) required {
	switch re.Op {
	case syntax.OpLiteral:
		t := requiredText{text: string(re.Rune)}
		if re.Flags&syntax.FoldCase != 0 {
			t.fold = true
			t.text = strings.ToLower(t.text)
			for _, r := range re.Rune {
				if r >= utf8.RuneSelf {
					return required{}
				}
			}
			t.other = strings.ContainsAny(t.text, "ks")
		}
		return required{[]requiredText{t}}
	case syntax.OpCapture, syntax.OpPlus:
		return requiredIn(re.Sub[0])
	case syntax.OpConcat:
		var best required
		for _, sub := range re.Sub {
			if r := requiredIn(sub); r.length() > best.length() {
				best = r
			}
		}
		return best
	case syntax.OpAlternate:
		var all required
		for _, sub := range re.Sub {
			r := requiredIn(sub)
			if r.length() == 0 || len(all.any)+len(r.any) > maxRequired {
				return required{}
			}
			all.any = append(all.any, r.any...)
		}
		return all
	}
	return required{}
}

// length returns the length of the shortest of the strings, 0 when nothing is
// required.
func (r required) length() int {
	n := 0
	for i, t := range r.any {
		if i == 0 || len(t.text) < n {
			n = len(t.text)
		}
	}
	return n
}

// mayMatch reports whether s has one of the strings, or may have.
func (r required) mayMatch(s string) bool {
	if len(r.any) == 0 {
		return true
	}
	for i := range r.any {
		t := &r.any[i]
		if !t.fold {
			if strings.Contains(s, t.text) {
				return true
			}
		} else if containsFold(s, t.text) || t.other && !isASCII(s) {
			return true
		}
	}
	return false
}

// containsFold reports whether s has lower, which is ASCII in lower case, in any
// case.
func containsFold(s, lower string) bool {
	if lower == "" {
		return true
	}
	first := lower[0]
	fold := byte(0)
	if 'a' <= first && first <= 'z' {
		fold = 'a' - 'A'
	}
scan:
	for i := 0; i+len(lower) <= len(s); i++ {
		if s[i]|fold != first {
			continue
		}
		for k := 1; k < len(lower); k++ {
			c := s[i+k]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c != lower[k] {
				continue scan
			}
		}
		return true
	}
	return false
}
