package jsonld

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// EncoderOptions change how quads are written.
type EncoderOptions struct {
	// Prefixes maps namespace prefixes to IRIs. With any, the document is an
	// object with a context of prefixes and a graph, without, an array in
	// expanded form. Names that are schemes of IRIs are left out.
	Prefixes map[string]string
}

// Encoder writes quads as JSON-LD: a node object for each run of quads of one
// graph and subject. It holds back the quads of one node, of at most
// nodeQuads. Literals keep their lexical form, lists are written as the triples
// that they are. Without Close the document is not closed JSON. It is used by
// one goroutine.
type Encoder struct {
	w      io.Writer
	buf    []byte
	err    error
	names  []prefix
	prefix map[string]string // by namespace

	node    []rdf.Quad // of one graph and subject
	graph   rdf.Term   // of the open graph object
	inGraph bool
	comma   bool // before the next object
}

type prefix struct{ name, ns string }

const (
	encoderBuffer = 32 << 10

	// nodeQuads is where a node is cut in two, so that a subject with very many
	// objects does not fill the memory.
	nodeQuads = 10_000
)

var errClosed = errors.New("jsonld: encoder is closed")

// schemes are names that, as prefixes, would change what IRIs of these schemes
// mean.
var schemes = []string{"http", "https", "urn", "mailto", "tag", "file", "ftp", "geo", "data", "did", "info", "doi", "tel", "ni", "ws", "wss", "blob", "about"}

// NewEncoder returns an encoder that writes a document to w.
func NewEncoder(w io.Writer, o EncoderOptions) *Encoder {
	e := &Encoder{w: w, prefix: make(map[string]string), buf: make([]byte, 0, encoderBuffer+4096)}
	for _, name := range slices.Sorted(maps.Keys(o.Prefixes)) {
		ns := o.Prefixes[name]
		if name == "" || strings.ContainsAny(name, ":@/#? \t\"\\") || slices.Contains(schemes, strings.ToLower(name)) ||
			strings.HasPrefix(name, "_") || !iri.IsAbsolute(ns) || iri.CheckChars(ns) != nil {
			continue
		}
		e.names = append(e.names, prefix{name, ns})
		if _, taken := e.prefix[ns]; !taken {
			e.prefix[ns] = name
		}
	}
	if len(e.names) == 0 {
		e.buf = append(e.buf, '[')
		return e
	}
	e.buf = append(e.buf, `{"@context":{`...)
	for i, p := range e.names {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(appendString(e.buf, p.name), `:{"@id":`...)
		e.buf = append(appendString(e.buf, p.ns), `,"@prefix":true}`...)
	}
	e.buf = append(e.buf, `},"@graph":[`...)
	return e
}

// Encode writes a quad. One that JSON-LD cannot express is an
// rdf.ErrInexpressible and leaves the document as it was; an error of the writer
// is final.
func (e *Encoder) Encode(q rdf.Quad) error {
	if e.err != nil {
		return e.err
	}
	if err := turtle.Check(q); err != nil {
		return err
	}
	if err := e.expressible(q); err != nil {
		return fmt.Errorf("cannot write %s: %w: %w", q, rdf.ErrInexpressible, err)
	}
	if len(e.node) > 0 && (e.node[0].Graph != q.Graph || e.node[0].Subject != q.Subject || len(e.node) >= nodeQuads) {
		e.endNode()
		if len(e.buf) >= encoderBuffer {
			if err := e.write(); err != nil {
				return err
			}
		}
	}
	e.node = append(e.node, q)
	return nil
}

func (e *Encoder) expressible(q rdf.Quad) error {
	for _, t := range []rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
		if err := e.unambiguous(t); err != nil {
			return err
		}
	}
	return nil
}

// unambiguous checks that no IRI of a term would be read as a name with one of
// the prefixes.
func (e *Encoder) unambiguous(t rdf.Term) error {
	switch t := t.(type) {
	case rdf.IRI:
		scheme := string(t[:iri.SchemeLen(string(t))])
		if _, short := e.shorten(string(t)); !short && slices.ContainsFunc(e.names, func(p prefix) bool { return p.name == scheme }) {
			return fmt.Errorf("the IRI <%s> would be read as a name with the prefix %s", string(t), scheme)
		}
	case rdf.Literal:
		return e.unambiguous(t.Datatype)
	case rdf.Triple:
		return e.expressible(t.In(nil))
	}
	return nil
}

// Flush writes out what is buffered, but for the node begun last.
func (e *Encoder) Flush() error {
	if e.err != nil {
		return e.err
	}
	return e.write()
}

func (e *Encoder) write() error {
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
	if e.inGraph {
		e.buf = append(e.buf, "]}"...)
	}
	e.buf = append(e.buf, "\n]"...)
	if len(e.names) > 0 {
		e.buf = append(e.buf, '}')
	}
	e.buf = append(e.buf, '\n')
	if err := e.write(); err != nil {
		return err
	}
	e.err = errClosed
	return nil
}

// next begins an object on a new line.
func (e *Encoder) next() {
	if e.comma {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(e.buf, '\n')
	e.comma = true
}

// endNode writes the node held back:
//
//	{"@id":…,"@type":[…],"p":[{…},{…}]}
func (e *Encoder) endNode() {
	if len(e.node) == 0 {
		return
	}
	if g := e.node[0].Graph; g != e.graph {
		if e.inGraph {
			e.buf = append(e.buf, "]}"...)
		}
		e.inGraph, e.graph = g != nil, g
		if e.inGraph {
			e.next()
			e.buf = append(e.buf, `{"@id":`...)
			e.reference(g)
			e.buf = append(e.buf, `,"@graph":[`...)
			e.comma = false
		}
	}
	e.next()
	e.buf = append(e.buf, `{"@id":`...)
	e.reference(e.node[0].Subject)
	slices.SortStableFunc(e.node, func(a, b rdf.Quad) int {
		return strings.Compare(key(a), key(b))
	})
	for i := 0; i < len(e.node); {
		k := key(e.node[i])
		e.buf = append(e.buf, ',')
		e.key(k)
		e.buf = append(e.buf, ":["...)
		for j := i; i < len(e.node) && key(e.node[i]) == k; i++ {
			if i > j {
				e.buf = append(e.buf, ',')
			}
			if k == "@type" {
				e.reference(e.node[i].Object)
			} else {
				e.value(e.node[i].Object)
			}
		}
		e.buf = append(e.buf, ']')
	}
	e.buf = append(e.buf, '}')
	e.node = e.node[:0]
}

// key returns the key that holds a quad's object: its predicate, or @type for
// types that are IRIs or blank nodes.
func key(q rdf.Quad) string {
	p, _ := q.Predicate.(rdf.IRI)
	if k := q.Object.Kind(); p == rdf.RDFType && (k == rdf.KindIRI || k == rdf.KindBlankNode) {
		return "@type"
	}
	return string(p)
}

func (e *Encoder) key(k string) {
	if k == "@type" {
		e.buf = append(e.buf, `"@type"`...)
		return
	}
	e.iri(k)
}

// shorten returns prefix:local for an IRI, if a prefix fits.
func (e *Encoder) shorten(s string) (string, bool) {
	if len(e.names) == 0 {
		return s, false
	}
	if i := strings.LastIndexAny(s, "#/:") + 1; i > 0 {
		if name, ok := e.prefix[s[:i]]; ok && i < len(s) {
			return name + ":" + s[i:], true
		}
	}
	for _, p := range e.names {
		if local, ok := strings.CutPrefix(s, p.ns); ok && local != "" && !strings.HasPrefix(local, "//") {
			return p.name + ":" + local, true
		}
	}
	return s, false
}

func (e *Encoder) iri(s string) {
	s, _ = e.shorten(s)
	e.buf = appendString(e.buf, s)
}

func (e *Encoder) reference(t rdf.Term) {
	switch t := t.(type) {
	case rdf.IRI:
		e.iri(string(t))
	case rdf.BlankNode:
		e.buf = appendString(e.buf, "_:"+string(t))
	}
}

func (e *Encoder) value(t rdf.Term) {
	if t, ok := t.(rdf.Triple); ok {
		e.tripleTerm(t)
		return
	}
	l, ok := t.(rdf.Literal)
	if !ok {
		e.buf = append(e.buf, `{"@id":`...)
		e.reference(t)
		e.buf = append(e.buf, '}')
		return
	}
	e.buf = append(e.buf, `{"@value":`...)
	e.buf = appendString(e.buf, l.Lexical)
	switch {
	case l.Lang != "":
		e.buf = append(e.buf, `,"@language":`...)
		e.buf = appendString(e.buf, l.Lang)
		if l.Direction != rdf.NoDirection {
			e.buf = append(e.buf, `,"@direction":`...)
			e.buf = appendString(e.buf, string(l.Direction))
		}
	case !l.IsSimple() && l.Datatype != "":
		e.buf = append(e.buf, `,"@type":`...)
		e.iri(string(l.Datatype))
	}
	e.buf = append(e.buf, '}')
}

// tripleTerm writes the basic encoding of a triple term.
func (e *Encoder) tripleTerm(t rdf.Triple) {
	e.buf = append(e.buf, `{"@type":[`...)
	e.iri(string(rdf.RDFTripleTerm))
	e.buf = append(e.buf, ']')
	for _, part := range []struct {
		key  rdf.IRI
		term rdf.Term
	}{{rdf.RDFTTSubject, t.Subject}, {rdf.RDFTTPredicate, t.Predicate}, {rdf.RDFTTObject, t.Object}} {
		e.buf = append(e.buf, ',')
		e.iri(string(part.key))
		e.buf = append(e.buf, ":["...)
		e.value(part.term)
		e.buf = append(e.buf, ']')
	}
	e.buf = append(e.buf, '}')
}
