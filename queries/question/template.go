package question

import (
	"fmt"
	"slices"
	"strings"
)

// template is a sentence with places for values.
type template struct {
	parts []part
}

// part is a text, a value or an optional run of parts.
type part struct {
	text     string
	variable string
	gather   bool   // {v*}
	optional []part // [ … ]
}

func parseTemplate(s string) (template, error) {
	parts, rest, err := parseParts(s, false)
	if err == nil && rest != "" {
		err = fmt.Errorf("template %q: ] without [", s)
	}
	return template{parts}, err
}

func parseParts(s string, nested bool) (parts []part, rest string, err error) {
	for s != "" {
		at := strings.IndexAny(s, "{[]")
		if at < 0 {
			at = len(s)
		}
		if at > 0 {
			parts = append(parts, part{text: s[:at]})
			s = s[at:]
			continue
		}
		switch s[0] {
		case '{':
			name, after, ok := strings.Cut(s[1:], "}")
			if !ok {
				return nil, "", fmt.Errorf("template: { without }")
			}
			p := part{variable: strings.TrimSuffix(name, "*")}
			p.gather = p.variable != name
			parts = append(parts, p)
			s = after
		case '[':
			inner, after, err := parseParts(s[1:], true)
			if err != nil {
				return nil, "", err
			}
			if !strings.HasPrefix(after, "]") {
				return nil, "", fmt.Errorf("template: [ without ]")
			}
			parts = append(parts, part{optional: inner})
			s = after[1:]
		default: // ]
			if !nested {
				return nil, s, nil
			}
			return parts, s, nil
		}
	}
	return parts, "", nil
}

// say fills the template. Values that are gathered become a mark that joins
// them later; ok is false when a value outside of brackets is missing.
func (t template) say(value func(string) (string, bool)) (sentence string, gathered string, ok bool) {
	var b strings.Builder
	ok = say(&b, t.parts, value, &gathered)
	return b.String(), gathered, ok
}

// gatherMark stands in a sentence for values still to be gathered. It is a
// noncharacter, which no text of a graph holds.
const gatherMark = "\uffff"

func say(b *strings.Builder, parts []part, value func(string) (string, bool), gathered *string) bool {
	for _, p := range parts {
		switch {
		case p.optional != nil:
			var inner strings.Builder
			if say(&inner, p.optional, value, gathered) {
				b.WriteString(inner.String())
			}
		case p.variable == "":
			b.WriteString(p.text)
		case p.gather:
			v, ok := value(p.variable)
			if !ok {
				return false
			}
			*gathered = v
			b.WriteString(gatherMark)
		default:
			v, ok := value(p.variable)
			if !ok {
				return false
			}
			b.WriteString(v)
		}
	}
	return true
}

// sentences says the template for each row and joins rows that differ in the
// gathered value only, in the order of their first row.
func (t template) sentences(rows int, value func(row int, variable string) (string, bool)) []string {
	var order []string
	values := make(map[string][]string)
	for i := range rows {
		s, v, ok := t.say(func(name string) (string, bool) { return value(i, name) })
		if !ok {
			continue
		}
		if _, seen := values[s]; !seen {
			order = append(order, s)
			values[s] = nil
		}
		if v != "" && !slices.Contains(values[s], v) {
			values[s] = append(values[s], v)
		}
	}
	out := make([]string, len(order))
	for i, s := range order {
		out[i] = strings.ReplaceAll(s, gatherMark, list(values[s]))
	}
	return out
}

// maxListed is how many values a sentence names; the rows have them all.
const maxListed = 8

// list joins values as English does: "a", "a and b", "a, b and c", "a, b and 9
// more".
func list(values []string) string {
	if n := len(values); n > maxListed {
		values = append(slices.Clone(values[:maxListed-1]), fmt.Sprintf("%d more", n-maxListed+1))
	}
	switch n := len(values); n {
	case 0:
		return ""
	case 1:
		return values[0]
	default:
		return strings.Join(values[:n-1], ", ") + " and " + values[n-1]
	}
}
