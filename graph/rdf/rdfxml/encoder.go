package rdfxml

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
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// EncoderOptions change how triples are written.
type EncoderOptions struct {
	// Prefixes maps namespace prefixes to IRIs. They are declared at the root;
	// other namespaces are where they are needed. What XML cannot declare is left
	// out.
	Prefixes map[string]string
}

// Encoder writes triples, those of one subject that come together as one node
// element. It holds back at most what fits its buffer. Without Close the
// document is left without its end tag. It is used by one goroutine.
//
// RDF/XML cannot write all of RDF: predicates must end in an XML name, and
// literals must not hold the control characters that XML lacks. Such triples
// are errors.
type Encoder struct {
	w       io.Writer
	buf     []byte
	err     error
	names   map[string]string // namespace to prefix
	subject rdf.Term          // of the open element
}

const encoderBuffer = 32 << 10

var errClosed = errors.New("rdfxml: encoder is closed")

// NewEncoder returns an encoder that writes a document to w.
func NewEncoder(w io.Writer, o EncoderOptions) *Encoder {
	e := &Encoder{w: w, names: map[string]string{rdf.NSRDF: "rdf"}, buf: make([]byte, 0, encoderBuffer+4096)}
	e.buf = append(e.buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\""+rdf.NSRDF+"\""...)
	for _, prefix := range slices.Sorted(maps.Keys(o.Prefixes)) {
		ns := o.Prefixes[prefix]
		if _, taken := e.names[ns]; taken || !isNCName(prefix) || strings.HasPrefix(strings.ToLower(prefix), "xml") || prefix == "rdf" ||
			!iri.IsAbsolute(ns) || iri.CheckChars(ns) != nil || !isXML(ns) || ns == nsXML {
			continue
		}
		e.names[ns] = prefix
		e.buf = append(e.buf, "\n    xmlns:"+prefix...)
		e.value(ns)
	}
	e.buf = append(e.buf, ">\n"...)
	return e
}

// Encode writes a quad, which must be of the default graph. One that RDF/XML
// cannot express is an rdf.ErrInexpressible and leaves the document as it was;
// an error of the writer is final.
func (e *Encoder) Encode(q rdf.Quad) error {
	if e.err != nil {
		return e.err
	}
	if err := turtle.Check(q); err != nil {
		return err
	}
	if q.Graph != nil {
		return fmt.Errorf("cannot write %s: %w: RDF/XML has no named graphs", q, rdf.ErrInexpressible)
	}
	if err := expressible(q.Triple()); err != nil {
		return fmt.Errorf("cannot write %s: %w: %w", q, rdf.ErrInexpressible, err)
	}
	if q.Subject != e.subject {
		e.endNode()
		e.indent(1)
		e.buf = append(e.buf, "<rdf:Description"...)
		e.reference("about", q.Subject)
		e.buf = append(e.buf, ">\n"...)
		e.subject = q.Subject
	}
	e.property(q.Predicate, q.Object, 2)
	if len(e.buf) >= encoderBuffer {
		return e.Flush()
	}
	return nil
}

// Flush writes out what is buffered.
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
	e.endNode()
	e.buf = append(e.buf, "</rdf:RDF>\n"...)
	if err := e.Flush(); err != nil {
		return err
	}
	e.err = errClosed
	return nil
}

func (e *Encoder) endNode() {
	if e.subject != nil {
		e.indent(1)
		e.buf = append(e.buf, "</rdf:Description>\n"...)
		e.subject = nil
	}
}

func (e *Encoder) indent(n int) {
	for range min(n, 20) {
		e.buf = append(e.buf, "  "...)
	}
}

// property writes a property element with its line end.
func (e *Encoder) property(p, o rdf.Term, depth int) {
	predicate, _ := p.(rdf.IRI)
	ns, local := split(string(predicate))
	prefix, declared := e.names[ns]
	if !declared {
		prefix = "ns"
		for e.taken(prefix) {
			prefix += "_"
		}
	}
	name := prefix + ":" + local
	e.indent(depth)
	e.buf = append(e.buf, '<')
	e.buf = append(e.buf, name...)
	if !declared {
		e.attribute("xmlns:"+prefix, ns)
	}
	switch o := o.(type) {
	case rdf.Literal:
		e.literal(o)
	case rdf.Triple:
		e.attribute("rdf:version", "1.2")
		e.attribute("rdf:parseType", "Triple")
		e.buf = append(e.buf, ">\n"...)
		e.indent(depth + 1)
		e.buf = append(e.buf, "<rdf:Description"...)
		e.reference("about", o.Subject)
		e.buf = append(e.buf, ">\n"...)
		e.property(o.Predicate, o.Object, depth+2)
		e.indent(depth + 1)
		e.buf = append(e.buf, "</rdf:Description>\n"...)
		e.indent(depth)
	default:
		e.reference("resource", o)
		e.buf = append(e.buf, "/>\n"...)
		return
	}
	e.buf = append(e.buf, "</"...)
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, ">\n"...)
}

// taken reports whether a prefix is declared at the root.
func (e *Encoder) taken(prefix string) bool {
	for _, p := range e.names {
		if p == prefix {
			return true
		}
	}
	return false
}

// literal writes what tells the kind of a literal, and its text.
func (e *Encoder) literal(l rdf.Literal) {
	switch {
	case l.Lang != "":
		e.attribute("xml:lang", l.Lang)
		if l.Direction != rdf.NoDirection {
			e.attribute("rdf:version", "1.2")
			e.attribute("xmlns:its", nsITS)
			e.attribute("its:dir", string(l.Direction))
		}
	case !l.IsSimple() && l.Datatype != "":
		e.attribute("rdf:datatype", string(l.Datatype))
	}
	e.buf = append(e.buf, '>')
	e.buf = append(e.buf, textEscaper.Replace(l.Lexical)...)
}

func (e *Encoder) attribute(name, value string) {
	e.buf = append(e.buf, ' ')
	e.buf = append(e.buf, name...)
	e.value(value)
}

func (e *Encoder) value(s string) {
	e.buf = append(e.buf, `="`...)
	e.buf = append(e.buf, attributeEscaper.Replace(s)...)
	e.buf = append(e.buf, '"')
}

// reference writes the attribute that names a node: rdf:about, rdf:resource or,
// for blank nodes, rdf:nodeID. As an XML name does not start with a digit, such
// labels get a _ before them, and so do those that start with one.
func (e *Encoder) reference(attribute string, t rdf.Term) {
	switch t := t.(type) {
	case rdf.IRI:
		e.attribute("rdf:"+attribute, string(t))
	case rdf.BlankNode:
		label := string(t)
		if label[0] == '_' || '0' <= label[0] && label[0] <= '9' {
			label = "_" + label
		}
		e.attribute("rdf:nodeID", label)
	}
}

// expressible tells what keeps a triple from being written.
func expressible(t rdf.Triple) error {
	p, _ := t.Predicate.(rdf.IRI)
	if ns, local := split(string(p)); local == "" || ns == "" {
		return fmt.Errorf("the predicate does not end in an XML name")
	}
	if p == rdf.NSRDF+"li" || isNotProperty(p) {
		return fmt.Errorf("%s means something else as an element", short(p))
	}
	for _, r := range []rdf.Term{t.Subject, t.Predicate, t.Object} {
		if i, ok := r.(rdf.IRI); ok && !isXML(string(i)) {
			return fmt.Errorf("an IRI holds a character that XML lacks")
		}
	}
	switch o := t.Object.(type) {
	case rdf.Literal:
		if !isXML(o.Lexical) || !isXML(string(o.Datatype)) {
			return fmt.Errorf("the literal holds a character that XML lacks")
		}
	case rdf.Triple:
		return expressible(o)
	}
	return nil
}

// split cuts an IRI before the longest XML name that it ends in.
func split(s string) (ns, local string) {
	start := len(s)
	for i := len(s); i > 0; {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !isNameStart(r) && !isNameRest(r) {
			break
		}
		i -= n
		if isNameStart(r) {
			start = i
		}
	}
	if s[:start] == nsXML || s[:start] == "http://www.w3.org/2000/xmlns/" {
		return "", "" // not to be declared
	}
	return s[:start], s[start:]
}

// isXML checks the characters of s against the Char production of XML 1.0.
func isXML(s string) bool {
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}
