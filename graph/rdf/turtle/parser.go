package turtle

import (
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// parser decodes Turtle and TriG. It stops after each object of a statement at
// the top, so that a statement of any length is streamed; only what is nested
// in an object is queued.
type parser struct {
	lx     lexer
	trig   bool
	iris   iri.Base
	names  map[string]string
	cache  termCache
	labels rdf.Labels
	depth  int
	limit  int
	queue  []rdf.Quad
	head   int
	buf    []byte
	state  state
	graph  rdf.Term
	inside bool // the braces of a graph
	subj   rdf.Term
	verb   rdf.Term
}

// state tells what the parser reads next.
type state uint8

const (
	atStart     state = iota // before the first token
	atStatement              // a directive, a graph or a subject
	atVerb
	atObject
)

func newParser(r io.Reader, format Format, base iri.Base, o Options) *parser {
	return &parser{
		lx:    lexer{r: r, format: format, max: o.maxToken(), line: 1},
		trig:  format == TriG,
		iris:  base,
		names: make(map[string]string),
		limit: o.maxDepth(),
	}
}

func (p *parser) prefixes() map[string]string { return maps.Clone(p.names) }
func (p *parser) base() string                { return p.iris.String() }
func (p *parser) dropped() Dropped            { return Dropped{} }

func (p *parser) decode() (rdf.Quad, error) {
	for p.head == len(p.queue) {
		p.queue, p.head = p.queue[:0], 0
		if cap(p.queue) > 1<<16 { // one huge object is no reason to keep its room
			p.queue = nil
		}
		if err := p.step(); err != nil {
			return rdf.Quad{}, err
		}
	}
	q := p.queue[p.head]
	p.head++
	return q, nil
}

func (p *parser) step() error {
	switch p.state {
	case atStart:
		p.state = atStatement
		return p.lx.next()
	case atStatement:
		return p.statement()
	case atVerb:
		verb, err := p.parseVerb()
		if err != nil {
			return err
		}
		p.verb, p.state = verb, atObject
		return nil
	default:
		return p.objectStep()
	}
}

func (p *parser) emit(s, v, o rdf.Term) {
	p.queue = append(p.queue, rdf.Quad{Subject: s, Predicate: v, Object: o, Graph: p.graph})
}

// statement reads the start of a statement: a directive wholly, a graph up to
// its brace, triples up to their subject.
func (p *parser) statement() error {
	switch {
	case p.lx.kind == tokEOF:
		if p.inside {
			return p.unexpected("a subject", `"}"`)
		}
		return io.EOF
	case p.inside && p.lx.kind == tokCloseBrace:
		p.inside, p.graph = false, nil
		return p.lx.next()
	case p.inside:
	case p.lx.kind == tokLang:
		return p.atDirective()
	case p.lx.kind == tokWord:
		return p.keyword()
	case p.trig && p.lx.kind == tokOpenBrace:
		p.inside = true
		return p.lx.next()
	}
	first := p.lx.kind
	s, alone, err := p.subject()
	if err != nil {
		return err
	}
	if p.trig && !p.inside && p.lx.kind == tokOpenBrace {
		if first == tokOpenParen || first == tokOpenReified || alone {
			return p.fail("a graph is named by an IRI or a blank node")
		}
		p.graph, p.inside = s, true
		return p.lx.next()
	}
	p.subj, p.state = s, atVerb
	if alone && (p.lx.kind == tokDot || p.inside && p.lx.kind == tokCloseBrace) {
		return p.endStatement()
	}
	return nil
}

// keyword reads the directives of SPARQL's spelling and GRAPH.
func (p *parser) keyword() error {
	word := p.lx.text()
	switch {
	case equalFold(word, "PREFIX"):
		return p.directive(p.prefix, false)
	case equalFold(word, "BASE"):
		return p.directive(p.setBase, false)
	case equalFold(word, "VERSION"):
		return p.directive(p.version, false)
	case p.trig && equalFold(word, "GRAPH"):
		if err := p.lx.next(); err != nil {
			return err
		}
		name, err := p.graphName()
		if err != nil {
			return err
		}
		if p.lx.kind != tokOpenBrace {
			return p.unexpected(`"{"`)
		}
		p.graph, p.inside = name, true
		return p.lx.next()
	}
	return p.unexpected("a subject", "PREFIX", "BASE", "VERSION")
}

func equalFold(b []byte, upper string) bool {
	return len(b) == len(upper) && strings.EqualFold(string(b), upper)
}

func (p *parser) atDirective() error {
	switch string(p.lx.text()) {
	case "@prefix":
		return p.directive(p.prefix, true)
	case "@base":
		return p.directive(p.setBase, true)
	case "@version":
		return p.directive(p.version, true)
	}
	return p.unexpected("a subject", "@prefix", "@base", "@version")
}

func (p *parser) directive(read func() error, dot bool) error {
	if err := p.lx.next(); err != nil {
		return err
	}
	if err := read(); err != nil {
		return err
	}
	if !dot {
		return nil
	}
	if p.lx.kind != tokDot {
		return p.unexpected(`"."`)
	}
	return p.lx.next()
}

func (p *parser) prefix() error {
	if p.lx.kind != tokName || p.lx.split != p.lx.stop-1 {
		return p.unexpected("a prefix ending in a colon")
	}
	name := string(p.lx.buf[p.lx.pos:p.lx.split])
	if err := p.lx.next(); err != nil {
		return err
	}
	if p.lx.kind != tokIRI {
		return p.unexpected("an IRI in < >")
	}
	ns, err := p.resolve()
	if err != nil {
		return err
	}
	p.names[name] = ns
	return p.lx.next()
}

func (p *parser) setBase() error {
	if p.lx.kind != tokIRI {
		return p.unexpected("an IRI in < >")
	}
	s, err := p.resolve()
	if err != nil {
		return err
	}
	base, err := iri.Parse(s)
	if err != nil {
		return p.fail(err.Error())
	}
	p.iris = base
	return p.lx.next()
}

// version reads a version announcement, which changes nothing: all that 1.2 has
// is always read.
func (p *parser) version() error {
	if p.lx.kind != tokString || p.lx.long {
		return p.unexpected("a version in single quotation marks")
	}
	return p.lx.next()
}

func (p *parser) graphName() (rdf.Term, error) {
	switch p.lx.kind {
	case tokIRI, tokName:
		return p.iri()
	case tokBlank:
		return p.blank()
	case tokOpenBracket:
		return p.anonOnly()
	}
	return nil, p.unexpected("an IRI", "a blank node")
}

// subject reads the subject of a statement; alone tells that it says something
// without predicates.
func (p *parser) subject() (s rdf.Term, alone bool, err error) {
	switch p.lx.kind {
	case tokIRI, tokName:
		s, err = p.iri()
	case tokBlank:
		s, err = p.blank()
	case tokOpenBracket:
		return p.propertyList()
	case tokOpenParen:
		s, err = p.collection()
	case tokOpenReified:
		s, err = p.reified()
		alone = true
	default:
		err = p.unexpected("a subject")
	}
	return s, alone, err
}

func (p *parser) parseVerb() (rdf.Term, error) {
	switch p.lx.kind {
	case tokIRI, tokName:
		return p.iri()
	case tokWord:
		if string(p.lx.text()) == "a" {
			return rdf.RDFType, p.lx.next()
		}
	}
	return nil, p.unexpected("a predicate", `"a"`)
}

// objectStep reads one object of a statement at the top with its annotations,
// and what follows it.
func (p *parser) objectStep() error {
	if err := p.object(p.subj, p.verb); err != nil {
		return err
	}
	switch p.lx.kind {
	case tokComma:
		return p.lx.next()
	case tokSemicolon:
		if err := p.skipSemicolons(); err != nil {
			return err
		}
		if p.lx.kind != tokDot && !(p.inside && p.lx.kind == tokCloseBrace) {
			p.state = atVerb
			return nil
		}
	}
	return p.endStatement()
}

func (p *parser) skipSemicolons() error {
	for p.lx.kind == tokSemicolon {
		if err := p.lx.next(); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) endStatement() error {
	p.state = atStatement
	switch {
	case p.lx.kind == tokDot:
		return p.lx.next()
	case p.inside && p.lx.kind == tokCloseBrace:
		return nil // the dot before it may be left out
	case p.inside:
		return p.unexpected(`"."`, `"}"`, `","`, `";"`)
	default:
		return p.unexpected(`"."`, `","`, `";"`)
	}
}

// predicates reads the predicates and objects of s up to the closing token,
// which it leaves.
func (p *parser) predicates(s rdf.Term, closing kind) error {
	for {
		verb, err := p.parseVerb()
		if err != nil {
			return err
		}
		for {
			if err := p.object(s, verb); err != nil {
				return err
			}
			if p.lx.kind != tokComma {
				break
			}
			if err := p.lx.next(); err != nil {
				return err
			}
		}
		if p.lx.kind == tokSemicolon {
			if err := p.skipSemicolons(); err != nil {
				return err
			}
			if p.lx.kind != closing {
				continue
			}
		}
		if p.lx.kind != closing {
			return p.unexpected(kindNames[closing], `","`, `";"`)
		}
		return nil
	}
}

// object reads an object of s and verb with its annotations.
func (p *parser) object(s, verb rdf.Term) error {
	o, err := p.objectTerm()
	if err != nil {
		return err
	}
	p.emit(s, verb, o)
	var reifier rdf.Term // named by the ~ just before, if any
	for {
		switch p.lx.kind {
		case tokTilde:
			if reifier, err = p.reifier(); err != nil {
				return err
			}
			p.emit(reifier, rdf.RDFReifies, rdf.Triple{Subject: s, Predicate: verb, Object: o})
		case tokOpenAnnotation:
			if reifier == nil {
				reifier = p.fresh()
				p.emit(reifier, rdf.RDFReifies, rdf.Triple{Subject: s, Predicate: verb, Object: o})
			}
			if err := p.annotation(reifier); err != nil {
				return err
			}
			reifier = nil
		default:
			return nil
		}
	}
}

func (p *parser) annotation(reifier rdf.Term) error {
	if err := p.enter(); err != nil {
		return err
	}
	if err := p.predicates(reifier, tokCloseAnnotation); err != nil {
		return err
	}
	return p.leave()
}

// reifier reads ~ and the name that may follow it.
func (p *parser) reifier() (rdf.Term, error) {
	if err := p.lx.next(); err != nil {
		return nil, err
	}
	switch p.lx.kind {
	case tokIRI, tokName, tokBlank, tokOpenBracket:
		return p.graphName()
	}
	return p.fresh(), nil
}

func (p *parser) objectTerm() (rdf.Term, error) {
	switch p.lx.kind {
	case tokIRI, tokName:
		return p.iri()
	case tokBlank:
		return p.blank()
	case tokOpenBracket:
		t, _, err := p.propertyList()
		return t, err
	case tokOpenParen:
		return p.collection()
	case tokOpenReified:
		return p.reified()
	case tokOpenTriple:
		return p.tripleTerm()
	default:
		return p.literal("an object")
	}
}

// enter moves over an opening token and checks the depth; leave moves over the
// closing one.
func (p *parser) enter() error {
	if p.depth >= p.limit {
		return p.fail(fmt.Sprintf("nested deeper than %d levels", p.limit))
	}
	p.depth++
	return p.lx.next()
}

func (p *parser) leave() error {
	p.depth--
	return p.lx.next()
}

// propertyList reads [ ] or [ predicates ]; said tells the latter.
func (p *parser) propertyList() (node rdf.Term, said bool, err error) {
	if err := p.enter(); err != nil {
		return nil, false, err
	}
	node = p.fresh()
	if p.lx.kind == tokCloseBracket {
		return node, false, p.leave()
	}
	if err := p.predicates(node, tokCloseBracket); err != nil {
		return nil, false, err
	}
	return node, true, p.leave()
}

// anonOnly reads [ ].
func (p *parser) anonOnly() (rdf.Term, error) {
	if err := p.lx.next(); err != nil {
		return nil, err
	}
	if p.lx.kind != tokCloseBracket {
		return nil, p.unexpected(`"]"`)
	}
	return p.fresh(), p.lx.next()
}

func (p *parser) collection() (rdf.Term, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	var first, last rdf.Term
	for p.lx.kind != tokCloseParen {
		item, err := p.objectTerm()
		if err != nil {
			return nil, err
		}
		node := p.fresh()
		if first == nil {
			first = node
		} else {
			p.emit(last, rdf.RDFRest, node)
		}
		p.emit(node, rdf.RDFFirst, item)
		last = node
	}
	if first == nil {
		return rdf.RDFNil, p.leave()
	}
	p.emit(last, rdf.RDFRest, rdf.RDFNil)
	return first, p.leave()
}

// reified reads << s p o >> with or without a reifier, which it returns.
func (p *parser) reified() (rdf.Term, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	var t rdf.Triple
	var err error
	if p.lx.kind == tokOpenReified {
		t.Subject, err = p.reified()
	} else {
		t.Subject, err = p.graphName()
	}
	if err != nil {
		return nil, err
	}
	if t.Predicate, err = p.parseVerb(); err != nil {
		return nil, err
	}
	if p.lx.kind == tokOpenReified {
		t.Object, err = p.reified()
	} else {
		t.Object, err = p.innerObject()
	}
	if err != nil {
		return nil, err
	}
	var id rdf.Term
	if p.lx.kind == tokTilde {
		if id, err = p.reifier(); err != nil {
			return nil, err
		}
	} else {
		id = p.fresh()
	}
	if p.lx.kind != tokCloseReified {
		return nil, p.unexpected(`">>"`, `"~"`)
	}
	p.emit(id, rdf.RDFReifies, t)
	return id, p.leave()
}

// tripleTerm reads <<( s p o )>>.
func (p *parser) tripleTerm() (rdf.Term, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	var t rdf.Triple
	var err error
	if t.Subject, err = p.graphName(); err != nil {
		return nil, err
	}
	if t.Predicate, err = p.parseVerb(); err != nil {
		return nil, err
	}
	if t.Object, err = p.innerObject(); err != nil {
		return nil, err
	}
	if p.lx.kind != tokCloseTriple {
		return nil, p.unexpected(`")>>"`)
	}
	return t, p.leave()
}

// innerObject reads what may be the object of a triple term.
func (p *parser) innerObject() (rdf.Term, error) {
	switch p.lx.kind {
	case tokIRI, tokName, tokBlank, tokOpenBracket:
		return p.graphName()
	case tokOpenTriple:
		return p.tripleTerm()
	default:
		return p.literal("an IRI, a blank node, a literal or a triple term")
	}
}

func (p *parser) literal(expected string) (rdf.Term, error) {
	switch p.lx.kind {
	case tokString:
		return p.stringLiteral()
	case tokInteger:
		return p.number(rdf.XSDInteger)
	case tokDecimal:
		return p.number(rdf.XSDDecimal)
	case tokDouble:
		return p.number(rdf.XSDDouble)
	case tokWord:
		switch string(p.lx.text()) {
		case "true":
			return rdf.NewBoolean(true), p.lx.next()
		case "false":
			return rdf.NewBoolean(false), p.lx.next()
		}
	}
	return nil, p.unexpected(expected)
}

func (p *parser) number(datatype rdf.IRI) (rdf.Term, error) {
	return rdf.NewTyped(string(p.lx.text()), datatype), p.lx.next()
}

func (p *parser) stringLiteral() (rdf.Term, error) {
	lexical := p.lx.value()
	if err := p.lx.next(); err != nil {
		return nil, err
	}
	switch p.lx.kind {
	case tokLang:
		b, pos := p.lx.buf, p.lx.pos
		lang := p.cache.text(b[pos+1 : p.lx.split])
		dir := rdf.NoDirection
		if p.lx.split < p.lx.stop {
			dir = rdf.Direction(b[p.lx.split+2 : p.lx.stop])
		}
		return rdf.NewDirLang(lexical, lang, dir), p.lx.next()
	case tokDatatype:
		if err := p.lx.next(); err != nil {
			return nil, err
		}
		if p.lx.kind != tokIRI && p.lx.kind != tokName {
			return nil, p.unexpected("a datatype IRI")
		}
		b, err := p.iriBytes()
		if err != nil {
			return nil, err
		}
		dt := p.cache.datatype(b)
		if dt == rdf.RDFLangString || dt == rdf.RDFDirLangString {
			return nil, p.fail("a literal of this type needs a language tag instead")
		}
		return rdf.NewTyped(lexical, dt), p.lx.next()
	default:
		return rdf.NewString(lexical), nil
	}
}

// iri reads an IRI or a prefixed name.
func (p *parser) iri() (rdf.Term, error) {
	b, err := p.iriBytes()
	if err != nil {
		return nil, err
	}
	return p.cache.iri(b), p.lx.next()
}

// iriBytes returns the IRI that the current token, tokIRI or tokName, stands
// for. The bytes hold until the parser moves on.
func (p *parser) iriBytes() ([]byte, error) {
	if p.lx.kind == tokName {
		return p.expand()
	}
	body := p.lx.buf[p.lx.pos+1 : p.lx.stop-1]
	if p.lx.flags&escaped != 0 {
		p.buf = appendUnescaped(p.buf[:0], body)
		body = p.buf
	}
	if iri.SchemeLen(body) > 0 {
		return body, nil
	}
	s, err := p.iris.ResolveChecked(string(body))
	if err != nil {
		return nil, p.fail(err.Error())
	}
	p.buf = append(p.buf[:0], s...)
	return p.buf, nil
}

// resolve is iriBytes as a string.
func (p *parser) resolve() (string, error) {
	b, err := p.iriBytes()
	return string(b), err
}

// expand returns the IRI of a prefixed name.
func (p *parser) expand() ([]byte, error) {
	name := p.lx.buf[p.lx.pos:p.lx.split]
	ns, ok := p.names[string(name)]
	if !ok {
		return nil, p.fail(fmt.Sprintf("prefix %q is not declared", string(name)+":"))
	}
	local := p.lx.buf[p.lx.split+1 : p.lx.stop]
	p.buf = append(p.buf[:0], ns...)
	if p.lx.flags&escaped == 0 {
		p.buf = append(p.buf, local...)
		return p.buf, nil
	}
	for i := 0; i < len(local); i++ {
		if local[i] == '\\' {
			i++
		}
		p.buf = append(p.buf, local[i])
	}
	return p.buf, nil
}

func (p *parser) fresh() rdf.Term { return p.labels.Fresh() }

func (p *parser) blank() (rdf.Term, error) {
	return p.labels.Named(string(p.lx.text()[2:])), p.lx.next()
}

// fail returns an error at the current token.
func (p *parser) fail(msg string) error { return p.lx.errorAt(p.lx.pos, msg) }

func (p *parser) unexpected(expected ...string) error {
	if p.lx.kind == tokEOF {
		return p.lx.errorAt(p.lx.pos, "unexpected end of input", expected...)
	}
	found := kindNames[p.lx.kind]
	switch p.lx.kind {
	case tokWord, tokName:
		found = fmt.Sprintf("%q", clip(p.lx.text()))
	}
	return p.lx.errorAt(p.lx.pos, "unexpected "+found, expected...)
}

// kindNames say what an error calls each kind of token.
var kindNames = [...]string{
	tokEOF:             "end of input",
	tokIRI:             "IRI",
	tokName:            "prefixed name",
	tokWord:            "word",
	tokBlank:           "blank node",
	tokString:          "string",
	tokLang:            "language tag",
	tokInteger:         "number",
	tokDecimal:         "number",
	tokDouble:          "number",
	tokDot:             `"."`,
	tokSemicolon:       `";"`,
	tokComma:           `","`,
	tokOpenBracket:     `"["`,
	tokCloseBracket:    `"]"`,
	tokOpenParen:       `"("`,
	tokCloseParen:      `")"`,
	tokOpenBrace:       `"{"`,
	tokCloseBrace:      `"}"`,
	tokDatatype:        `"^^"`,
	tokOpenReified:     `"<<"`,
	tokCloseReified:    `">>"`,
	tokOpenTriple:      `"<<("`,
	tokCloseTriple:     `")>>"`,
	tokOpenAnnotation:  `"{|"`,
	tokCloseAnnotation: `"|}"`,
	tokTilde:           `"~"`,
}
