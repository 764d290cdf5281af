package queries

import "strings"

// layoutWidth is where lines of laid out algebra end, as far as they can.
const layoutWidth = 88

// layout puts an S-expression on lines: what does not fit on one has each
// operand that is itself a form on a line of its own, indented.
func layout(s string) string {
	var b strings.Builder
	node, _ := readForm(s)
	node.write(&b, 0)
	return b.String()
}

// form is a parenthesised list or, without parts, a word.
type form struct {
	text  string // the whole of it
	parts []form
}

// readForm reads a form and returns what follows it.
func readForm(s string) (form, string) {
	if !strings.HasPrefix(s, "(") {
		n := wordLength(s)
		return form{text: s[:n]}, s[n:]
	}
	var f form
	rest := s[1:]
	for rest != "" && rest[0] != ')' {
		if rest[0] == ' ' || rest[0] == '\n' {
			rest = rest[1:]
			continue
		}
		var part form
		before := len(rest)
		if part, rest = readForm(rest); len(rest) == before {
			break
		}
		f.parts = append(f.parts, part)
	}
	if rest != "" {
		rest = rest[1:]
	}
	f.text = s[:len(s)-len(rest)]
	return f, rest
}

// wordLength is the length of the word that s begins with, in which strings and
// IRIs may hold anything.
func wordLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ', '\n', ')':
			return i
		case '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '<':
			if end := strings.IndexAny(s[i:], "> "); end > 0 && s[i+end] == '>' {
				i += end
			}
		}
	}
	return len(s)
}

func (f form) write(b *strings.Builder, indent int) {
	if f.parts == nil || indent+len(f.text) <= layoutWidth {
		b.WriteString(f.text)
		return
	}
	b.WriteByte('(')
	onLine := true
	for i, p := range f.parts {
		// The operands of an operator: its subforms come last, after short ones
		// that say how it works.
		onLine = onLine && (i == 0 || p.parts == nil || !p.isOperator())
		switch {
		case i == 0:
		case onLine:
			b.WriteByte(' ')
		default:
			b.WriteString("\n" + strings.Repeat(" ", indent+2))
		}
		p.write(b, indent+2)
	}
	b.WriteByte(')')
}

// isOperator reports whether a form is an operator with its operands rather than
// a list of variables or of bindings.
func (f form) isOperator() bool {
	return len(f.parts) > 1 && f.parts[0].parts == nil && !strings.HasPrefix(f.parts[0].text, "?")
}

// glossary says what the operators of a plan do, by the word that they begin
// with. The sort order of a scan or join is that of the index it reads.
var glossary = []struct{ word, does string }{
	{"Scan", "reads the triples that match a pattern, from the index of that order (s, p, o, g: subject, predicate, object, graph)"},
	{"Rows", "gives solutions that are known before the query runs"},
	{"Graphs", "gives the names of the graphs"},
	{"Path", "follows a property path from each solution"},
	{"Bindings", "gives the solutions of the side above that is being tried"},
	{"Filter", "keeps the solutions for which the condition holds"},
	{"Bind", "adds a variable with the value of an expression"},
	{"Name", "gives a variable another name"},
	{"TakeApart", "gives the parts of a triple term"},
	{"FindTerm", "finds the triple term with these parts"},
	{"Union", "gives the solutions of all sides"},
	{"EachGraph", "runs what is below once for each graph"},
	{"Service", "asks another SPARQL endpoint"},
	{"Project", "keeps these variables only"},
	{"Distinct", "drops repeated solutions"},
	{"Sort", "sorts all solutions"},
	{"Top", "keeps the first so many of an order"},
	{"Slice", "stops after LIMIT and skips OFFSET"},
	{"Parallel", "evaluates what is below for several ranges of a variable at the same time"},
	{"Group", "gathers the solutions with the same keys and computes aggregates"},
}

// Joins are named for how they find matches and for what they do with them.
var (
	joinMethods = map[string]string{
		"Index": "matches are looked up in an index of the graph",
		"Hash":  "matches are looked up in a table made of one side",
		"Cross": "the sides have no variable in common that is always bound",
		"Merge": "both sides come in the same order",
		"Trie":  "one variable after the other is given the values that all sides have for it",
		"Bind":  "the second side is run anew for batches of the first",
	}
	joinKinds = map[string]string{
		"Join":     "joins solutions",
		"LeftJoin": "joins solutions and keeps those of the first side without a match (OPTIONAL)",
		"SemiJoin": "keeps the solutions of the first side that have a match (EXISTS)",
		"AntiJoin": "keeps the solutions of the first side that have no match (NOT EXISTS)",
		"Minus":    "removes the solutions of the first side that a solution of the second is compatible with (MINUS)",
	}
)

// describeJoin says what a join does, "" if the word names none.
func describeJoin(word string) string {
	for method, how := range joinMethods {
		if does, ok := joinKinds[strings.TrimPrefix(word, method)]; ok {
			return does + "; " + how
		}
	}
	return ""
}

// explainWords returns what the operators used do, a line each.
func explainWords(root *Step) string {
	type entry struct{ word, does string }
	var entries []entry
	used := make(map[string]bool)
	var collect func(s *Step)
	collect = func(s *Step) {
		word, _, _ := strings.Cut(s.Operator, " ")
		if !used[word] {
			used[word] = true
			does := describeJoin(word)
			for _, g := range glossary {
				if g.word == word {
					does = g.does
				}
			}
			entries = append(entries, entry{word, does})
		}
		for _, in := range s.Inputs {
			collect(in)
		}
	}
	collect(root)
	width := 0
	for _, e := range entries {
		width = max(width, len(e.word))
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString("  " + e.word + strings.Repeat(" ", width-len(e.word)) + "  " + e.does + "\n")
	}
	return b.String()
}
