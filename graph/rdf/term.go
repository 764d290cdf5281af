// Package rdf holds the terms of the RDF 1.2 abstract syntax and nothing else:
// IRIs, blank nodes, literals, triple terms, and the triples and quads made of
// them. It imports nothing of this project; every other package may import it.
//
// All terms are comparable values: two terms are the same RDF term exactly when
// they are equal with ==, language tags aside (see [Literal]), so a Term may be
// a map key at any depth of nesting.
package rdf

// Kind tells the four kinds of RDF terms apart. The numeric order is the order
// SPARQL 1.1 §15.1 and SPARQL 1.2 give them in ORDER BY.
type Kind uint8

// The kinds of terms, in ORDER BY order.
const (
	KindBlankNode Kind = iota + 1
	KindIRI
	KindLiteral
	KindTriple
)

// Term is an RDF term: [IRI], [BlankNode], [Literal] or [Triple]. A nil Term
// stands for "no term": an unbound value, or the default graph of a [Quad].
type Term interface {
	// Kind returns the kind of the term.
	Kind() Kind
	// String returns the term as N-Triples 1.2 writes it.
	String() string

	term() // seals the interface, so that switches over the four kinds are complete
}

// IRI is an absolute IRI, kept code point for code point and never normalised.
type IRI string

// BlankNode is a blank node; the value is its label without the leading "_:".
// A label means something only inside the document or store that it came from.
type BlankNode string

// Direction is the base direction of a literal (RDF 1.2 §3.3).
type Direction string

// The base directions. The zero value means that a literal has none.
const (
	NoDirection Direction = ""
	LTR         Direction = "ltr"
	RTL         Direction = "rtl"
)

// Literal is an RDF literal. Datatype is never empty: it is xsd:string for
// simple literals, rdf:langString when only Lang is set, rdf:dirLangString when
// Direction is set too. Lang keeps the spelling of its source; the store folds
// case when it compares tags, == does not.
type Literal struct {
	Lexical   string
	Datatype  IRI
	Lang      string
	Direction Direction
}

// Triple is an RDF triple. Used as a Term it is a triple term (RDF 1.2 §3.6).
type Triple struct {
	Subject, Predicate, Object Term
}

// Quad is a triple in a graph. Graph is nil for the default graph.
type Quad struct {
	Subject, Predicate, Object, Graph Term
}

// NewString returns a literal of type xsd:string.
func NewString(lexical string) Literal { return Literal{Lexical: lexical, Datatype: XSDString} }

// NewTyped returns a literal with the given datatype.
func NewTyped(lexical string, datatype IRI) Literal {
	return Literal{Lexical: lexical, Datatype: datatype}
}

// NewLang returns a language-tagged literal; with an empty tag, a simple one.
func NewLang(lexical, lang string) Literal { return NewDirLang(lexical, lang, NoDirection) }

// NewDirLang returns a literal with a language tag and a base direction, either
// of which may be empty; a direction without a tag is dropped, as RDF 1.2 has
// no such literal.
func NewDirLang(lexical, lang string, dir Direction) Literal {
	switch {
	case lang == "":
		return NewString(lexical)
	case dir == NoDirection:
		return Literal{Lexical: lexical, Datatype: RDFLangString, Lang: lang}
	default:
		return Literal{Lexical: lexical, Datatype: RDFDirLangString, Lang: lang, Direction: dir}
	}
}

// NewBoolean returns the canonical xsd:boolean literal of b.
func NewBoolean(b bool) Literal {
	if b {
		return Literal{Lexical: "true", Datatype: XSDBoolean}
	}
	return Literal{Lexical: "false", Datatype: XSDBoolean}
}

// Kind implements Term.
func (IRI) Kind() Kind { return KindIRI }

// Kind implements Term.
func (BlankNode) Kind() Kind { return KindBlankNode }

// Kind implements Term.
func (Literal) Kind() Kind { return KindLiteral }

// Kind implements Term.
func (Triple) Kind() Kind { return KindTriple }

func (IRI) term()       {}
func (BlankNode) term() {}
func (Literal) term()   {}
func (Triple) term()    {}

// String returns <iri>, with the characters that N-Triples forbids escaped.
func (i IRI) String() string { return string(AppendTerm(nil, i)) }

// String returns _:label.
func (b BlankNode) String() string { return "_:" + string(b) }

// String returns the literal in quotes with its tag or datatype; xsd:string is
// left out.
func (l Literal) String() string { return string(AppendTerm(nil, l)) }

// String returns the triple term, <<( s p o )>>.
func (t Triple) String() string { return string(AppendTerm(nil, t)) }

// String returns the quad as one N-Quads line without its line end.
func (q Quad) String() string { return string(AppendQuad(nil, q)) }

// Triple returns the quad's triple.
func (q Quad) Triple() Triple { return Triple{q.Subject, q.Predicate, q.Object} }

// In returns the triple as a quad of graph g; nil is the default graph.
func (t Triple) In(g Term) Quad { return Quad{t.Subject, t.Predicate, t.Object, g} }

// IsSimple reports whether the literal is a plain xsd:string.
func (l Literal) IsSimple() bool { return l.Datatype == XSDString }

// AppendTerm appends the N-Triples 1.2 form of t to dst: the canonical form of
// "RDF 1.2 N-Triples" §4, in which only what must be escaped is escaped. It
// departs from that form in one point: a language tag keeps its spelling, where
// the canonical form has it in lower case (package canon writes that).
func AppendTerm(dst []byte, t Term) []byte {
	switch t := t.(type) {
	case IRI:
		dst = append(dst, '<')
		dst = appendIRIBody(dst, string(t))
		return append(dst, '>')
	case BlankNode:
		dst = append(dst, '_', ':')
		return append(dst, t...)
	case Literal:
		dst = append(dst, '"')
		dst = AppendEscaped(dst, t.Lexical)
		dst = append(dst, '"')
		if t.Lang != "" {
			dst = append(dst, '@')
			dst = append(dst, t.Lang...)
			if t.Direction != NoDirection {
				dst = append(dst, '-', '-')
				dst = append(dst, t.Direction...)
			}
			return dst
		}
		if t.Datatype != XSDString && t.Datatype != "" {
			dst = append(dst, '^', '^')
			dst = AppendTerm(dst, t.Datatype)
		}
		return dst
	case Triple:
		dst = append(dst, "<<( "...)
		dst = AppendTerm(dst, t.Subject)
		dst = append(dst, ' ')
		dst = AppendTerm(dst, t.Predicate)
		dst = append(dst, ' ')
		dst = AppendTerm(dst, t.Object)
		return append(dst, " )>>"...)
	default:
		return dst
	}
}

// AppendQuad appends q as an N-Quads statement ending in " ." without a line
// end.
func AppendQuad(dst []byte, q Quad) []byte {
	dst = AppendTerm(dst, q.Subject)
	dst = append(dst, ' ')
	dst = AppendTerm(dst, q.Predicate)
	dst = append(dst, ' ')
	dst = AppendTerm(dst, q.Object)
	if q.Graph != nil {
		dst = append(dst, ' ')
		dst = AppendTerm(dst, q.Graph)
	}
	return append(dst, ' ', '.')
}

const upperHex = "0123456789ABCDEF"

// forbiddenInIRI tells which ASCII characters N-Triples cannot write in an IRI.
var forbiddenInIRI = func() (t [256]bool) {
	for c := range 0x21 {
		t[c] = true
	}
	for _, c := range []byte("<>\"{}|^`\\") {
		t[c] = true
	}
	return t
}()

func appendIRIBody(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !forbiddenInIRI[c] {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// AppendEscaped appends a lexical form as canonical N-Triples writes it between
// quotes: escaped are ", \, control characters, DEL, and the noncharacters
// U+FFFE and U+FFFF, each in its shortest form.
func AppendEscaped[T ~string | ~[]byte](dst []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f && c != 0xef {
			continue
		}
		if c == 0xef { // U+FFFE and U+FFFF are EF BF BE and EF BF BF
			if i+2 < len(s) && s[i+1] == 0xbf && s[i+2] >= 0xbe {
				dst = append(dst, s[start:i]...)
				dst = append(dst, '\\', 'u', 'F', 'F', 'F', upperHex[s[i+2]&15])
				i += 2
				start = i + 1
			}
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
		}
	}
	return append(dst, s[start:]...)
}
