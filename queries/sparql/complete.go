package sparql

import (
	"maps"
	"slices"
	"strings"
)

// Position is the part that a term plays at a place of a query.
type Position uint8

// The positions. PositionNone stands for places where no term may stand, and
// for those inside strings and comments.
const (
	PositionNone Position = iota
	PositionSubject
	PositionPredicate
	PositionObject
	PositionGraph      // the name of a graph
	PositionExpression // anywhere in an expression
	PositionIRI        // another place for an IRI, as after SERVICE
)

// String returns the name of the position in lower case.
func (p Position) String() string {
	return [...]string{"none", "subject", "predicate", "object", "graph", "expression", "iri"}[p]
}

// Completion is what may stand at a place of a query or update. It knows no
// data: with Position and Typed a caller looks up terms of its graph.
type Completion struct {
	// Start is where the word being typed starts; a proposal replaces the text
	// from there to the place asked for. Typed is that word.
	Start int
	Typed string
	// Position tells what a term here would be.
	Position Position
	// Keywords and Functions are those that may stand here and begin with
	// Typed, in any case of letters. Functions include aggregates where these
	// are allowed.
	Keywords, Functions []string
	// Variables are the names used anywhere in the text, in order of appearance,
	// if a variable may stand here.
	Variables []string
	// Prefixes are those that begin with Typed, if an IRI may stand here:
	// declared ones first, then well-known ones that would have to be declared.
	Prefixes []KnownPrefix
}

// KnownPrefix is a prefix with its namespace. Declared tells whether it can be
// used as the text stands.
type KnownPrefix struct {
	Name, Namespace string
	Declared        bool
}

// Complete tells what may stand at the byte offset in text, which may be
// incomplete and may go on after the offset. When the text before the offset
// is wrong, every keyword is offered.
func Complete(text string, offset int, opts Options) Completion {
	offset = min(max(offset, 0), len(text))
	start, inside := wordStart(text, offset)
	c := Completion{Start: start, Typed: text[start:offset]}
	if inside {
		return c
	}
	p, err := newParser(text[:start], opts)
	if err != nil {
		return c
	}
	p.completing = true
	if isUpdate(text) {
		p.update()
	} else {
		p.query()
	}
	want := p.wantAtEnd
	if p.err == nil {
		want = p.want
	}
	c.fill(p, want)
	if c.Typed == "" || c.Typed[0] == '?' || c.Typed[0] == '$' {
		if slices.ContainsFunc(want, isVariableWant) {
			c.Variables = variablesOf(text, start)
		}
	}
	if c.Position != PositionNone && !strings.ContainsAny(c.Typed, "?$<\"'") {
		c.Prefixes = knownPrefixes(p, c.Typed)
	}
	return c
}

// isVariableWant reports whether what was expected includes variables.
func isVariableWant(w string) bool {
	switch w {
	case tokVar.String(), "triples", "predicate", "object", exprWant:
		return true
	}
	return false
}

// wordStart returns where the word that ends at offset starts, and whether the
// offset is inside a string or comment, where nothing can be completed.
func wordStart(text string, offset int) (start int, inside bool) {
	l := lexer{text: text[:offset]}
	for {
		l.skipSpace()
		if l.pos >= offset {
			// Inside a comment unless its line has ended.
			line := text[lineStart(text, offset):offset]
			return offset, strings.Contains(line, "#") && inComment(text[:offset])
		}
		at := l.pos
		t := l.next()
		if l.err != nil {
			return at, text[at] == '"' || text[at] == '\''
		}
		if t.kind == tokPunct && t.val == "<" && !strings.ContainsAny(text[at:offset], " \t\r\n>") {
			return at, false // an IRI being typed
		}
		if t.end == offset {
			switch {
			case t.kind == tokWord, t.kind == tokPName, t.kind == tokVar, t.kind == tokBlank:
				return at, false
			case t.kind == tokPunct && (t.val == "?" || t.val == "$"):
				return at, false
			}
			return offset, false
		}
	}
}

// inComment reports whether the end of text is inside a comment.
func inComment(text string) bool {
	l := lexer{text: text}
	for l.err == nil {
		before := l.pos
		l.skipSpace()
		if l.pos >= len(text) {
			gap := text[before:]
			i := strings.LastIndexAny(gap, "\r\n")
			return strings.Contains(gap[i+1:], "#")
		}
		l.next()
	}
	return false
}

// fill derives keywords, functions and the position from what the parser would
// have accepted.
func (c *Completion) fill(p *parser, want []string) {
	if want == nil && p.err != nil {
		want = append(slices.Clone(keywords), exprWant)
		c.Position = PositionNone
	} else {
		c.Position = positionOf(p, want)
	}
	add := func(list *[]string, w string) {
		if len(w) >= len(c.Typed) && strings.EqualFold(w[:len(c.Typed)], c.Typed) && !slices.Contains(*list, w) {
			*list = append(*list, w)
		}
	}
	for _, w := range want {
		switch {
		case w == exprWant || w == "function call":
			for _, n := range builtinNames() {
				if !isAggregate(n) || p.aggsAtEnd.allowed && !p.aggsAtEnd.inside {
					add(&c.Functions, spelling(n))
				}
			}
			add(&c.Keywords, "EXISTS")
			add(&c.Keywords, "NOT EXISTS")
			if w == exprWant {
				add(&c.Keywords, "true")
				add(&c.Keywords, "false")
			}
		case w == operatorWant:
			add(&c.Keywords, "IN")
			add(&c.Keywords, "NOT IN")
		case w == "predicate":
			add(&c.Keywords, "a")
		case isLetter(w[0]) && strings.ToUpper(w) == w && w != "IRI":
			add(&c.Keywords, w)
		}
	}
}

func positionOf(p *parser, want []string) Position {
	has := func(w string) bool { return slices.Contains(want, w) }
	switch {
	case has("object"):
		return PositionObject
	case has("predicate") || has("'!'"):
		return PositionPredicate
	case has("triples"):
		return PositionSubject
	case has(exprWant):
		return PositionExpression
	case has("IRI"):
		switch p.prev.val {
		case "GRAPH", "FROM", "NAMED", "USING", "WITH", "INTO", "TO":
			if p.prev.kind == tokWord {
				return PositionGraph
			}
		}
		return PositionIRI
	default:
		return PositionNone
	}
}

// variablesOf returns the variables of a text but for the one at skip.
func variablesOf(text string, skip int) []string {
	var out []string
	seen := map[string]bool{}
	l := lexer{text: text}
	for {
		t := l.next()
		if t.kind == tokEOF {
			return out
		}
		if t.kind == tokVar && t.start != skip && !seen[t.val] {
			seen[t.val] = true
			out = append(out, t.val)
		}
	}
}

func knownPrefixes(p *parser, typed string) []KnownPrefix {
	typed, _, local := strings.Cut(typed, ":")
	var out []KnownPrefix
	names := slices.Sorted(maps.Keys(p.prefixes))
	match := func(n string) bool {
		if local {
			return n == typed
		}
		return len(n) >= len(typed) && strings.EqualFold(n[:len(typed)], typed)
	}
	for _, n := range names {
		if match(n) {
			out = append(out, KnownPrefix{n, p.prefixes[n], true})
		}
	}
	for _, n := range p.knownNames() {
		if _, declared := p.prefixes[n]; !declared && match(n) {
			ns, _ := p.knownNamespace(n)
			out = append(out, KnownPrefix{n, ns, false})
		}
	}
	return out
}
