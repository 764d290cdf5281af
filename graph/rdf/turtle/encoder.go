package turtle

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// EncoderOptions change how quads are written.
type EncoderOptions struct {
	// Prefixes maps namespace prefixes to IRIs, for Turtle and TriG. They are
	// declared at the start. What cannot be a prefix or an absolute IRI is left
	// out.
	Prefixes map[string]string

	// Version announces RDF 1.2 at the start. Readers of RDF 1.1 fail there.
	Version bool
}

// Encoder writes quads. It holds back at most what fits its buffer; Turtle and
// TriG are grouped by graph, subject and predicate as far as the quads come in
// that order. Without Close, a Turtle or TriG document is left unfinished, so
// that it cannot be taken for a whole one. It is used by one goroutine.
type Encoder struct {
	w      io.Writer
	format Format
	buf    []byte
	err    error
	names  *namespaces

	started bool
	open    bool // a statement is unfinished
	braces  bool // a graph is unfinished
	last    rdf.Quad
}

// encoderBuffer is when the buffer is written out.
const encoderBuffer = 32 << 10

var errClosed = errors.New("turtle: encoder is closed")

// NewEncoder returns an encoder that writes a document to w.
func NewEncoder(w io.Writer, format Format, o EncoderOptions) *Encoder {
	e := &Encoder{w: w, format: format, buf: make([]byte, 0, encoderBuffer+4096)}
	if format < NTriples || format > TriG {
		e.err = errors.New("turtle: " + format.String())
		return e
	}
	if o.Version {
		e.buf = append(e.buf, "VERSION \"1.2\"\n"...)
	}
	if !format.Lines() {
		e.names = newNamespaces(o.Prefixes)
		for _, p := range e.names.sorted {
			e.buf = append(e.buf, "@prefix "...)
			e.buf = append(e.buf, p.name...)
			e.buf = append(e.buf, ": "...)
			e.buf = rdf.AppendTerm(e.buf, rdf.IRI(p.iri))
			e.buf = append(e.buf, " .\n"...)
		}
	}
	return e
}

// Encode writes a quad. One that RDF or the format cannot express is an
// rdf.ErrInexpressible and leaves the document as it was; an error of the writer
// is final.
func (e *Encoder) Encode(q rdf.Quad) error {
	if e.err != nil {
		return e.err
	}
	if err := Check(q); err != nil {
		return err
	}
	if q.Graph != nil && !e.format.Graphs() {
		return fmt.Errorf("cannot write %s: %w: %s has no named graphs", q, rdf.ErrInexpressible, e.format)
	}
	if e.format.Lines() {
		e.buf = append(rdf.AppendQuad(e.buf, q), '\n')
	} else {
		e.statement(q)
	}
	if len(e.buf) >= encoderBuffer {
		return e.Flush()
	}
	return nil
}

// Flush writes out what is buffered. An unfinished statement stays unfinished.
func (e *Encoder) Flush() error {
	if e.err != nil {
		return e.err
	}
	if len(e.buf) > 0 {
		if _, err := e.w.Write(e.buf); err != nil {
			e.err = err
			return err
		}
		e.buf = e.buf[:0]
	}
	return nil
}

// Close finishes the document and flushes it. It does not close the writer.
func (e *Encoder) Close() error {
	if e.err != nil {
		if errors.Is(e.err, errClosed) {
			return nil
		}
		return e.err
	}
	e.endGraph()
	if err := e.Flush(); err != nil {
		return err
	}
	e.err = errClosed
	return nil
}

func (e *Encoder) endStatement() {
	if e.open {
		e.buf = append(e.buf, " .\n"...)
		e.open = false
	}
}

func (e *Encoder) endGraph() {
	e.endStatement()
	if e.braces {
		e.buf = append(e.buf, "}\n"...)
		e.braces = false
	}
}

// statement adds a quad to the open statement or begins another:
//
//	ex:g {
//	    ex:s ex:p ex:o , ex:o2 ;
//	        ex:q ex:r .
//	}
func (e *Encoder) statement(q rdf.Quad) {
	same := e.started && e.last.Graph == q.Graph
	if !same {
		e.endGraph()
		if len(e.buf) > 0 || e.started {
			e.buf = append(e.buf, '\n')
		}
		if q.Graph != nil {
			e.term(q.Graph)
			e.buf = append(e.buf, " {\n"...)
			e.braces = true
		}
	}
	indent := ""
	if e.braces {
		indent = "    "
	}
	switch {
	case same && e.open && e.last.Subject == q.Subject && e.last.Predicate == q.Predicate:
		e.buf = append(e.buf, " , "...)
	case same && e.open && e.last.Subject == q.Subject:
		e.buf = append(e.buf, " ;\n    "...)
		e.buf = append(e.buf, indent...)
		e.predicate(q.Predicate)
	default:
		e.endStatement()
		e.buf = append(e.buf, indent...)
		e.term(q.Subject)
		e.buf = append(e.buf, ' ')
		e.predicate(q.Predicate)
	}
	e.term(q.Object)
	e.started, e.open, e.last = true, true, q
}

func (e *Encoder) predicate(t rdf.Term) {
	if t == rdf.Term(rdf.RDFType) {
		e.buf = append(e.buf, 'a')
	} else {
		e.term(t)
	}
	e.buf = append(e.buf, ' ')
}

func (e *Encoder) term(t rdf.Term) { e.buf = e.names.appendTerm(e.buf, t) }

// appendTerm appends a term as Turtle writes it.
func (n *namespaces) appendTerm(dst []byte, t rdf.Term) []byte {
	switch t := t.(type) {
	case rdf.IRI:
		return n.appendIRI(dst, string(t))
	case rdf.Literal:
		if bare(t) {
			return append(dst, t.Lexical...)
		}
		if t.Lang != "" || t.Datatype == rdf.XSDString || t.Datatype == "" {
			return rdf.AppendTerm(dst, t)
		}
		dst = append(dst, '"')
		dst = rdf.AppendEscaped(dst, t.Lexical)
		dst = append(dst, `"^^`...)
		return n.appendIRI(dst, string(t.Datatype))
	case rdf.Triple:
		dst = append(dst, "<<( "...)
		dst = append(n.appendTerm(dst, t.Subject), ' ')
		dst = append(n.appendTerm(dst, t.Predicate), ' ')
		dst = n.appendTerm(dst, t.Object)
		return append(dst, " )>>"...)
	default:
		return rdf.AppendTerm(dst, t)
	}
}

// bare reports whether a literal may be written without quotes.
func bare(l rdf.Literal) bool {
	s := l.Lexical
	switch l.Datatype {
	case rdf.XSDBoolean:
		return s == "true" || s == "false"
	case rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble:
	default:
		return false
	}
	if s == "" || len(s) > 64 {
		return false
	}
	unsigned := s
	if s[0] == '+' || s[0] == '-' {
		unsigned = s[1:]
	}
	b := []byte(unsigned)
	whole := skipDigits(b, 0)
	i := whole
	fraction := 0
	dot := i < len(b) && b[i] == '.'
	if dot {
		i = skipDigits(b, i+1)
		fraction = i - whole - 1
	}
	switch l.Datatype {
	case rdf.XSDInteger:
		return whole > 0 && whole == len(b)
	case rdf.XSDDecimal:
		return fraction > 0 && i == len(b)
	default:
		end := skipExponent(b, i)
		return whole+fraction > 0 && end > i && end == len(b)
	}
}

// namespaces shortens IRIs.
type namespaces struct {
	sorted []namespace
	byIRI  map[string]string // of those that end in # or /, the name
	odd    []namespace       // the others, longest first
}

type namespace struct{ name, iri string }

func newNamespaces(prefixes map[string]string) *namespaces {
	n := &namespaces{byIRI: make(map[string]string)}
	for _, name := range slices.Sorted(maps.Keys(prefixes)) {
		ns := namespace{name, prefixes[name]}
		end, f := scanPrefix([]byte(name), 0)
		if f.is() || end != len(name) || strings.HasSuffix(name, ".") || !iri.IsAbsolute(ns.iri) || iri.CheckChars(ns.iri) != nil {
			continue
		}
		n.sorted = append(n.sorted, ns)
		if strings.HasSuffix(ns.iri, "#") || strings.HasSuffix(ns.iri, "/") {
			if _, taken := n.byIRI[ns.iri]; !taken {
				n.byIRI[ns.iri] = name
			}
		} else {
			n.odd = append(n.odd, ns)
		}
	}
	slices.SortStableFunc(n.odd, func(a, b namespace) int { return len(b.iri) - len(a.iri) })
	return n
}

func (n *namespaces) appendIRI(dst []byte, s string) []byte {
	if n != nil {
		if i := strings.LastIndexAny(s, "#/") + 1; i > 0 {
			if name, ok := n.byIRI[s[:i]]; ok && plainLocal(s[i:]) {
				return append(append(append(dst, name...), ':'), s[i:]...)
			}
		}
		for _, ns := range n.odd {
			if local, ok := strings.CutPrefix(s, ns.iri); ok && plainLocal(local) {
				return append(append(append(dst, ns.name...), ':'), local...)
			}
		}
	}
	return rdf.AppendTerm(dst, rdf.IRI(s))
}

// plainLocal reports whether s is a local name that needs no escapes.
func plainLocal(s string) bool {
	for i, r := range s {
		switch {
		case r >= utf8.RuneSelf:
			if !isNameStart(r) && (i == 0 || !isNameRest(r)) {
				return false
			}
		case nameByte[r]&labelFirst != 0:
		case i > 0 && (r == '-' || r == '.' && i < len(s)-1):
		default:
			return false
		}
	}
	return true
}
