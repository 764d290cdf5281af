package extract

import (
	"strings"
)

// item is a member of a value's list.
type item struct {
	span
	depth int
}

// items cuts a value at commas, list marks and rules, but not inside brackets
// nor inside a figure.
func items(text string, at span) []item {
	var out []item
	depth, brackets := 0, 0
	start := at.start
	flush := func(end int) {
		s := cleanItem(text, span{start, end})
		if s.start < s.end {
			out = append(out, item{s, depth})
		}
	}
	for i := at.start; i < at.end; i++ {
		rest := text[i:at.end]
		switch {
		case strings.HasPrefix(rest, "()"):
			flush(i)
			start, depth = i+2, 0
			i++
		case text[i] == '(' || text[i] == '[':
			brackets++
		case text[i] == ')' || text[i] == ']':
			brackets = max(0, brackets-1)
		case brackets > 0 && strings.IndexByte(rest, ')') >= 0:
		case text[i] == ',' && (strings.HasPrefix(rest, ", or,") || strings.HasPrefix(rest, ", or ")):
			i += len(", or") - 1
			if i+1 < at.end && text[i+1] == ',' {
				i++
			}
		case text[i] == ',' && !(i > at.start && isDigit(rune(text[i-1])) && digits(text, i+1, at.end) == 3):
			flush(i)
			start, depth = i+1, 0
		case text[i] == ';' || text[i] == '\n':
			flush(i)
			start, depth = i+1, 0
		case strings.HasPrefix(rest, "----"):
			flush(i)
			for i < at.end && text[i] == '-' {
				i++
			}
			start, depth = i, 0
			i--
		case text[i] == '<':
			if end := strings.IndexByte(rest, '>'); end > 0 {
				flush(i)
				i += end
				start, depth = i+1, 0
			}
		case text[i] == '*':
			flush(i)
			n := 0
			for i+n < at.end && text[i+n] == '*' {
				n++
			}
			// A mark of a footnote is glued to its word.
			i += n - 1
			start, depth = i+1, n-1
		}
	}
	flush(at.end)
	return out
}

// cleanItem takes remnants of images and marks off the ends of an item.
func cleanItem(text string, s span) span {
	for {
		s = trim(text, s)
		v := s.in(text)
		switch {
		case v == "":
			return s
		case strings.IndexByte(":;*|,\"'•", v[0]) >= 0:
			s.start++
			continue
		case strings.HasPrefix(v, "border|"):
			s.start += len("border|")
			continue
		case strings.HasSuffix(v, "\"") && strings.Count(v, "\"")%2 == 1 || strings.HasSuffix(v, "*") || strings.HasSuffix(v, ":"):
			s.end--
			continue
		}
		if strings.HasPrefix(v, "link ") && s.start > 0 && text[s.start-1] == '|' {
			s.start += len("link ")
			continue
		}
		// 22x20px X
		if n := digits(text, s.start, s.end); n > 0 && s.start+n < s.end && text[s.start+n] == 'x' {
			if m := digits(text, s.start+n+1, s.end); m > 0 && strings.HasPrefix(text[s.start+n+1+m:s.end], "px") {
				s.start += n + 1 + m + 2
				continue
			}
		}
		// 25px X, 25pxX
		if n := digits(text, s.start, s.end); n > 0 && strings.HasPrefix(text[s.start+n:s.end], "px") {
			s.start += n + 2
			continue
		}
		return s
	}
}

func hasLetter(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) >= 0
}
