package algebra

import "strings"

// sexp is an s-expression: an atom or a list.
type sexp struct {
	atom   string
	items  []sexp
	width  int // of the items on one line, without the parentheses
	isList bool
}

func atom(s string) sexp { return sexp{atom: s, width: len(s)} }

func list(name string, items ...sexp) sexp {
	s := sexp{isList: true}
	s.add(atom(name))
	for _, i := range items {
		s.add(i)
	}
	return s
}

func pair(a, b sexp) sexp {
	s := sexp{isList: true}
	s.add(a)
	s.add(b)
	return s
}

func (s *sexp) add(item sexp) {
	if len(s.items) > 0 {
		s.width++
	}
	s.items = append(s.items, item)
	s.width += item.flatWidth()
}

func (s *sexp) flatWidth() int {
	if s.isList {
		return s.width + 2
	}
	return s.width
}

func flat(s sexp) string {
	var b strings.Builder
	b.Grow(s.flatWidth())
	s.writeFlat(&b)
	return b.String()
}

func (s *sexp) writeFlat(b *strings.Builder) {
	if !s.isList {
		b.WriteString(s.atom)
		return
	}
	b.WriteByte('(')
	for i := range s.items {
		if i > 0 {
			b.WriteByte(' ')
		}
		s.items[i].writeFlat(b)
	}
	b.WriteByte(')')
}

// The line length that pretty aims at, and the depth at which it stops to
// indent further, which keeps the text of very deep trees linear in their size.
const (
	prettyWidth = 78
	prettyDepth = 40
)

func pretty(s sexp) string {
	var b strings.Builder
	s.writePretty(&b, 0)
	return b.String()
}

func (s *sexp) writePretty(b *strings.Builder, depth int) {
	if !s.isList || 2*min(depth, prettyDepth)+s.flatWidth() <= prettyWidth {
		s.writeFlat(b)
		return
	}
	b.WriteByte('(')
	first := true
	broken := false
	for i := range s.items {
		item := &s.items[i]
		// The name, and short operands straight after it, share the first
		// line; from the first nested operator on each has its own.
		if !broken && (i == 0 || !item.isList || (i == 1 && item.flatWidth() <= 50 && !isOperator(item))) {
			if !first {
				b.WriteByte(' ')
			}
			item.writePretty(b, depth+1)
			first = false
			continue
		}
		broken = true
		b.WriteByte('\n')
		for range min(depth+1, prettyDepth) {
			b.WriteString("  ")
		}
		item.writePretty(b, depth+1)
	}
	b.WriteByte(')')
}

// isOperator tells (bgp …) from a list of operands such as (?x ?y).
func isOperator(s *sexp) bool {
	if len(s.items) == 0 || s.items[0].isList {
		return false
	}
	switch s.items[0].atom {
	case "bgp", "path", "join", "leftjoin", "union", "minus", "lateral", "filter", "extend", "graph",
		"service", "values", "group", "order", "project", "distinct", "reduced", "slice", "triple",
		"template", "dataset", "insert", "delete", "insertdata", "deletedata", "modify":
		return true
	}
	return false
}
