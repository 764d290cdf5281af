package sparql

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Options tune parsing. The zero value is SPARQL as specified, without a base.
type Options struct {
	// Base resolves relative IRIs until the text sets its own BASE. Without
	// either a relative IRI is an error.
	Base string
	// Prefixes are known without being declared; a declaration in the text
	// wins. The keys have no colon.
	Prefixes map[string]string
	// Known are prefixes that have to be declared, like all, but that messages
	// and completion offer beside the well-known ones, such as those of the
	// data at hand.
	Known map[string]string
}

// Limits that keep every later stage, which walks the tree recursively, within
// a modest stack: planning a level of a property path takes some 11 KB of it,
// and a Go program dies when a stack reaches 1 GB. No query written by a person
// comes near them.
const (
	// maxDepth bounds the nesting of groups, expressions, paths and terms as
	// they are written.
	maxDepth = 1000
	// maxHeight bounds the height of the tree that the text becomes, in which
	// also what stands side by side is nested: each operator of a chain and
	// each element of a group is one level.
	maxHeight = 10_000
)

// ParseQuery parses a query. The error is an [*Error].
func ParseQuery(text string, opts Options) (*Query, error) {
	p, err := newParser(text, opts)
	if err != nil {
		return nil, err
	}
	q := p.query()
	if p.err != nil {
		return nil, p.err
	}
	return q, nil
}

// ParseUpdate parses an update request. The error is an [*Error].
func ParseUpdate(text string, opts Options) (*Update, error) {
	p, err := newParser(text, opts)
	if err != nil {
		return nil, err
	}
	u := p.update()
	if p.err != nil {
		return nil, p.err
	}
	return u, nil
}

// parser is a recursive-descent parser with one token of lookahead. The first
// error sticks: it turns the current token into the end of the input, at which
// every loop of the grammar stops, so that the methods need not return errors.
type parser struct {
	lex  lexer
	tok  token
	prev token
	err  *Error
	text string

	// want collects what would have been accepted in place of tok.
	want []string

	depth    int
	high     int // height of what was parsed last
	steps    int // steps of the path being parsed
	paths    int // height that the paths of the block of triples add up to
	base     iri.Base
	prefixes map[string]string
	known    map[string]string // Options.Known
	labels   map[string]int    // blank node label → the basic graph pattern it is in
	bgp      int               // number of the basic graph pattern being read
	nextBGP  int
	where    place
	scope    *scope
	aggs     aggregateState

	// For Complete: what was expected where the text ends, with undeclared
	// prefixes and IRIs that do not resolve let through.
	completing bool
	wantAtEnd  []string
	aggsAtEnd  aggregateState
}

// place tells which terms the context forbids.
type place uint8

const (
	inPattern       place = iota
	inTemplate            // CONSTRUCT and INSERT templates: paths are not allowed
	inDeleteClause        // neither paths nor blank nodes
	inData                // neither paths nor variables
	inDeleteData          // neither paths, variables nor blank nodes
	inTriplesOnly         // CONSTRUCT WHERE: no paths
	inDeletePattern       // DELETE WHERE: neither paths nor blank nodes
)

func (w place) allowsPaths() bool     { return w == inPattern }
func (w place) allowsVariables() bool { return w != inData && w != inDeleteData }
func (w place) allowsBlanks() bool {
	return w != inDeleteClause && w != inDeleteData && w != inDeletePattern
}

func (w place) String() string {
	switch w {
	case inTemplate:
		return "a template"
	case inDeleteClause:
		return "a DELETE template"
	case inData:
		return "INSERT DATA"
	case inDeleteData:
		return "DELETE DATA"
	case inTriplesOnly:
		return "CONSTRUCT WHERE"
	case inDeletePattern:
		return "DELETE WHERE"
	default:
		return "a pattern"
	}
}

func newParser(text string, opts Options) (*parser, error) {
	if !utf8.ValidString(text) {
		at := 0
		for at < len(text) {
			r, n := utf8.DecodeRuneInString(text[at:])
			if r == utf8.RuneError && n <= 1 {
				break
			}
			at += n
		}
		return nil, newError(text, at, "the text is not valid UTF-8")
	}
	p := &parser{text: text, lex: lexer{text: text}, prefixes: map[string]string{}, known: opts.Known, labels: map[string]int{}}
	if strings.HasPrefix(text, "\uFEFF") {
		p.lex.pos = len("\uFEFF")
	}
	for k, v := range opts.Prefixes {
		p.prefixes[k] = v
	}
	if opts.Base != "" {
		base, err := iri.Parse(opts.Base)
		if err != nil {
			return nil, newError(text, 0, fmt.Sprintf("the base %q given with the request is not an absolute IRI", opts.Base))
		}
		p.base = base
	}
	p.scope = newScope(nil)
	p.advance()
	return p, nil
}

// advance moves on to the next token.
func (p *parser) advance() {
	p.prev = p.tok
	p.want = p.want[:0]
	if p.err != nil {
		return
	}
	p.tok = p.lex.next()
	if p.lex.err != nil {
		p.stop(p.lex.err)
	}
}

func (p *parser) stop(err *Error) {
	if p.err == nil {
		p.err = err
		if p.tok.kind == tokEOF {
			p.wantAtEnd = slices.Clone(p.want)
			p.aggsAtEnd = p.aggs
		}
	}
	p.tok = token{kind: tokEOF, start: len(p.text), end: len(p.text)}
}

// failAt reports a fault at pos that is not about what was expected.
func (p *parser) failAt(pos Pos, hint, format string, args ...any) {
	if p.err != nil {
		return
	}
	e := newError(p.text, int(pos), fmt.Sprintf(format, args...))
	e.Hint = hint
	p.stop(e)
}

// unexpected reports that the current token cannot stand here: everything that
// was tried at it goes into the message.
func (p *parser) unexpected() {
	if p.err != nil {
		return
	}
	var expected []string
	for _, w := range p.want {
		if !slices.Contains(expected, w) {
			expected = append(expected, w)
		}
	}
	found := p.found()
	message := "unexpected " + found
	if len(expected) > 0 {
		message = "expected " + orList(expected) + ", found " + found
	}
	at := p.tok.start
	if p.tok.kind == tokEOF {
		// Point just after the last token rather than after trailing space.
		at = max(p.prev.end, 0)
	}
	e := newError(p.text, at, message)
	e.Expected = expected
	e.Hint = p.hint(expected)
	e.unfinished = p.tok.kind == tokEOF
	p.stop(e)
}

// found describes the current token.
func (p *parser) found() string {
	switch p.tok.kind {
	case tokEOF:
		return "the end of the text"
	case tokPunct:
		return "'" + p.tok.val + "'"
	case tokString:
		return "a string"
	default:
		raw := p.text[p.tok.start:p.tok.end]
		if len(raw) > 60 {
			cut := 60
			for !utf8.RuneStart(raw[cut]) {
				cut--
			}
			raw = raw[:cut] + "…"
		}
		return raw
	}
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// enter counts nesting and reports whether it is within the limit; the caller
// leaves with p.depth--.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.failAt(Pos(p.tok.start), "", "the query is nested more than %d levels deep", maxDepth)
		return false
	}
	return p.err == nil
}

// rise sets the height of what was parsed to one more than the higher of h and
// what was parsed last, and returns it.
func (p *parser) rise(h int) int {
	p.high = max(h, p.high) + 1
	p.checkHeight(p.high)
	return p.high
}

func (p *parser) checkHeight(h int) {
	if h > maxHeight {
		p.failAt(Pos(p.tok.start), "", "the query is too long here: more than %d operators, steps or groups build on each other", maxHeight)
	}
}

// is reports whether the current token is the punctuation s.
func (p *parser) is(s string) bool {
	if p.tok.kind == tokPunct && p.tok.val == s {
		return true
	}
	p.want = append(p.want, quoted(s))
	return false
}

// isOp is is for operators, which messages name together.
func (p *parser) isOp(s string) bool {
	if p.tok.kind == tokPunct && p.tok.val == s {
		return true
	}
	p.wantOnce(operatorWant)
	return false
}

// wantOnce notes that w was expected unless it was noted last.
func (p *parser) wantOnce(w string) {
	if n := len(p.want); n == 0 || p.want[n-1] != w {
		p.want = append(p.want, w)
	}
}

// quoted returns the name of a punctuation in messages.
func quoted(s string) string {
	switch s {
	case "{":
		return "'{'"
	case "}":
		return "'}'"
	case "(":
		return "'('"
	case ")":
		return "')'"
	case ".":
		return "'.'"
	case ";":
		return "';'"
	case ",":
		return "','"
	default:
		return "'" + s + "'"
	}
}

// take consumes the punctuation s if it is next.
func (p *parser) take(s string) bool {
	if p.is(s) {
		p.advance()
		return true
	}
	return false
}

// need consumes the punctuation s or fails.
func (p *parser) need(s string) bool {
	if p.take(s) {
		return true
	}
	p.unexpected()
	return false
}

// needClose consumes the closing bracket of the one opened at open, or says
// which one was left open.
func (p *parser) needClose(s string, open Pos) bool {
	if p.take(s) {
		return true
	}
	if p.tok.kind == tokEOF && p.err == nil {
		opener := p.text[open:min(int(open)+1, len(p.text))]
		if strings.HasPrefix(p.text[open:], "<<(") {
			opener = "<<("
		} else if strings.HasPrefix(p.text[open:], "<<") {
			opener = "<<"
		} else if strings.HasPrefix(p.text[open:], "{|") {
			opener = "{|"
		}
		p.failAt(open, "", "this '%s' is not closed by '%s'", opener, s)
		p.err.unfinished = true
		return false
	}
	mismatch := p.tok.kind == tokPunct && (p.tok.val == ")" || p.tok.val == "}" || p.tok.val == "]")
	failed := p.err != nil
	p.unexpected()
	if mismatch && !failed && p.err.Hint == "" {
		at := newError(p.text, int(open), "")
		p.err.Hint = fmt.Sprintf("the '%c' of line %d, column %d is still open", p.text[open], at.Line, at.Column)
	}
	return false
}

// isWord reports whether the current token is the keyword w, in upper case.
func (p *parser) isWord(w string) bool {
	if p.tok.kind == tokWord && p.tok.val == w {
		return true
	}
	p.want = append(p.want, w)
	return false
}

// peekWord is isWord without noting that w was expected.
func (p *parser) peekWord(w string) bool { return p.tok.kind == tokWord && p.tok.val == w }

func (p *parser) takeWord(w string) bool {
	if p.isWord(w) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) needWord(w string) bool {
	if p.takeWord(w) {
		return true
	}
	p.unexpected()
	return false
}

// isKind reports whether the current token is of the kind k.
func (p *parser) isKind(k tokenKind) bool {
	if p.tok.kind == k {
		return true
	}
	p.want = append(p.want, k.String())
	return false
}

// isA reports whether the current token is the keyword a, which alone is
// written in lower case.
func (p *parser) isA() bool {
	return p.tok.kind == tokWord && p.text[p.tok.start:p.tok.end] == "a"
}

// isIRI reports whether an IRI is next in either spelling.
func (p *parser) isIRI() bool {
	if p.tok.kind == tokIRI || p.tok.kind == tokPName {
		return true
	}
	p.want = append(p.want, "IRI")
	return false
}

// iri parses an IRI or prefixed name.
func (p *parser) iri() IRI {
	if !p.isIRI() {
		p.unexpected()
		return IRI{}
	}
	t := p.tok
	out := IRI{Pos: Pos(t.start), Text: p.text[t.start:t.end]}
	if t.kind == tokIRI {
		out.Value = p.resolve(t)
	} else {
		ns, ok := p.prefixes[t.val]
		if !ok && !p.completing {
			p.unknownPrefix(t)
			return IRI{}
		}
		out.Value = rdf.IRI(ns + t.local)
	}
	p.advance()
	return out
}

// resolve returns the absolute IRI of an IRIREF token.
func (p *parser) resolve(t token) rdf.IRI {
	s, err := p.base.Resolve(t.val)
	if err != nil && p.completing {
		return rdf.IRI(t.val)
	}
	if err != nil {
		if p.base.IsZero() && !iri.IsAbsolute(t.val) {
			p.failAt(Pos(t.start), "write the whole IRI, or declare BASE <…>", "the IRI <%s> is relative and there is no base to resolve it", t.val)
		} else {
			p.failAt(Pos(t.start), "", "the IRI <%s> is malformed: %v", t.val, err)
		}
		return ""
	}
	return rdf.IRI(s)
}

// iriRef parses an IRI that must be written in angle brackets, as declarations
// demand.
func (p *parser) iriRef() IRI {
	if p.tok.kind != tokIRI {
		p.want = append(p.want, "IRI in angle brackets")
		p.unexpected()
		return IRI{}
	}
	return p.iri()
}

func (p *parser) variable() Var {
	if !p.isKind(tokVar) {
		p.unexpected()
		return Var{}
	}
	v := Var{Pos: Pos(p.tok.start), Name: p.tok.val}
	p.advance()
	return v
}

// prologue parses BASE, PREFIX and VERSION declarations.
func (p *parser) prologue() []Declaration {
	var out []Declaration
	for {
		pos := Pos(p.tok.start)
		switch {
		case p.takeWord("PREFIX"):
			if p.tok.kind != tokPName || p.tok.local != "" {
				p.want = append(p.want, "a prefix with its colon, as in ex:")
				p.unexpected()
				return out
			}
			name := p.tok.val
			p.advance()
			ref := p.iriRef()
			p.prefixes[name] = string(ref.Value)
			out = append(out, Declaration{Pos: pos, Kind: DeclPrefix, Prefix: name, IRI: ref})
		case p.takeWord("BASE"):
			ref := p.iriRef()
			if p.err != nil {
				return out
			}
			base, err := iri.Parse(string(ref.Value))
			if err != nil {
				p.failAt(ref.Pos, "", "a base must be an absolute IRI: %v", err)
				return out
			}
			p.base = base
			out = append(out, Declaration{Pos: pos, Kind: DeclBase, IRI: ref})
		case p.takeWord("VERSION"):
			if p.tok.kind != tokString || p.tok.long {
				p.want = append(p.want, `a version in single quotes or double quotes, as in "1.2"`)
				p.unexpected()
				return out
			}
			out = append(out, Declaration{Pos: pos, Kind: DeclVersion, Text: p.tok.val})
			p.advance()
		default:
			return out
		}
	}
}
