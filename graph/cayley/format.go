package cayley

import (
	"context"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/dot"
	"github.com/cayleygraph/quad/gml"
	"github.com/cayleygraph/quad/graphml"
	"github.com/cayleygraph/quad/json"
	"github.com/cayleygraph/quad/jsonld"
	"github.com/cayleygraph/quad/pquads"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// Format is one of the formats in which Cayley exchanges quads.
type Format struct {
	Name   string   // Cayley's name of it
	Ext    []string // file extensions with their dots
	MIME   []string // media types, the one to send first
	Binary bool

	read  func(io.Reader) func() (rdf.Quad, error)
	write func(io.Writer) quadWriter
	node  func([]byte) (rdf.Term, error)
}

// quadWriter writes quads in a format.
type quadWriter interface {
	Write(rdf.Quad) error
	Close() error
}

// Formats returns Cayley's formats in order of their names.
func Formats() []Format {
	return []Format{
		{
			Name: "gml", Ext: []string{".gml"},
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return gml.NewWriter(w) }),
		},
		{
			Name: "graphml", Ext: []string{".graphml"}, MIME: []string{"application/xml"},
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return graphml.NewWriter(w) }),
		},
		{
			Name: "graphviz", Ext: []string{".gv", ".dot"},
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return dot.NewWriter(w) }),
		},
		{
			Name: "json", Ext: []string{".json"}, MIME: []string{"application/json"},
			read:  cayleyReader(func(r io.Reader) quad.ReadCloser { return json.NewReader(r) }),
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return json.NewWriter(w) }),
			node:  cayleyNode("json"),
		},
		{
			Name: "json-stream", MIME: []string{"application/x-json-stream"},
			read:  cayleyReader(func(r io.Reader) quad.ReadCloser { return json.NewStreamReader(r) }),
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return json.NewStreamWriter(w) }),
		},
		{
			Name: "jsonld", Ext: []string{".jsonld"}, MIME: []string{"application/ld+json"},
			// Cayley's own reader would fetch the contexts that a document names.
			read:  readJSONLD,
			write: cayleyWriter(func(w io.Writer) quad.WriteCloser { return jsonld.NewWriter(w) }),
		},
		{
			Name: "nquads", Ext: []string{".nq", ".nt"}, MIME: []string{"application/n-quads", "application/n-triples"},
			read:  func(r io.Reader) func() (rdf.Quad, error) { return NewNQuadsReader(r).Read },
			write: func(w io.Writer) quadWriter { return &nquadsWriter{w: w} },
			node:  func(data []byte) (rdf.Term, error) { return parseTerm(string(data)) },
		},
		{
			Name: "pquads", Ext: []string{".pq"}, MIME: []string{pquads.ContentType, "application/octet-stream"}, Binary: true,
			read:  cayleyReader(func(r io.Reader) quad.ReadCloser { return pquads.NewReader(r, pquads.DefaultMaxSize) }),
			write: func(w io.Writer) quadWriter { return nativeWriter{pquads.NewWriter(w, nil)} },
			node:  cayleyNode("pquads"),
		},
	}
}

// DefaultFormat is the format where none is asked for.
const DefaultFormat = "nquads"

// FormatByName returns the format of that name.
func FormatByName(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// FormatByMIME returns the format of a media type, parameters aside.
func FormatByMIME(mediaType string) (Format, bool) {
	if t, _, err := mime.ParseMediaType(mediaType); err == nil {
		mediaType = t
	}
	for _, f := range Formats() {
		if slices.Contains(f.MIME, strings.ToLower(mediaType)) {
			return f, true
		}
	}
	return Format{}, false
}

// CanRead reports whether quads can be read in the format.
func (f Format) CanRead() bool { return f.read != nil }

// CanWrite reports whether quads can be written in the format.
func (f Format) CanWrite() bool { return f.write != nil }

// HasNodes reports whether single values can be read in the format.
func (f Format) HasNodes() bool { return f.node != nil }

// Read gives each the quads of a document in runs, which each must not keep.
// Blank nodes keep their labels, as in Cayley a label means the same node
// everywhere.
func (f Format) Read(ctx context.Context, r io.Reader, each func([]rdf.Quad) error) error {
	if f.read == nil {
		return fmt.Errorf("cayley: the format %s cannot be read: %w", f.Name, graph.ErrBadRequest)
	}
	in := &markedReader{r: r}
	err := readAll(ctx, f.read(in), each)
	if err != nil && in.err != nil && in.err != io.EOF {
		return in.err // it is the transport that failed, not the document
	}
	return err
}

// markedReader remembers the error of its reader.
type markedReader struct {
	r   io.Reader
	err error
}

func (m *markedReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil {
		m.err = err
	}
	return n, err
}

// Node reads one value.
func (f Format) Node(data []byte) (rdf.Term, error) {
	if f.node == nil {
		return nil, fmt.Errorf("cayley: the format %s has no single values: %w", f.Name, graph.ErrBadRequest)
	}
	t, err := f.node(data)
	if err != nil {
		return nil, badRequest(err)
	}
	return t, nil
}

// IRIStyle says how IRIs of well-known vocabularies are written.
type IRIStyle string

// The styles.
const (
	IRIAsIs  IRIStyle = ""
	IRIShort IRIStyle = "short" // <rdf:type>
	IRIFull  IRIStyle = "full"  // <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>
)

// QuadWriter writes a document.
type QuadWriter struct {
	w   quadWriter
	iri IRIStyle
}

// NewWriter returns a writer of a document to w.
func (f Format) NewWriter(w io.Writer, iri IRIStyle) (*QuadWriter, error) {
	if f.write == nil {
		return nil, fmt.Errorf("cayley: the format %s cannot be written: %w", f.Name, graph.ErrBadRequest)
	}
	return &QuadWriter{f.write(w), iri}, nil
}

// Write writes a quad.
func (w *QuadWriter) Write(q rdf.Quad) error {
	if w.iri != IRIAsIs {
		for _, t := range []*rdf.Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
			*t = w.styled(*t)
		}
	}
	return w.w.Write(q)
}

func (w *QuadWriter) styled(t rdf.Term) rdf.Term {
	style := func(iri rdf.IRI) rdf.IRI {
		if w.iri == IRIShort {
			return rdf.IRI(quad.IRI(iri).Short())
		}
		return rdf.IRI(quad.IRI(iri).Full())
	}
	switch t := t.(type) {
	case rdf.IRI:
		return style(t)
	case rdf.Literal:
		if !t.IsSimple() && t.Lang == "" {
			t.Datatype = style(t.Datatype)
		}
		return t
	case rdf.Triple:
		return rdf.Triple{Subject: w.styled(t.Subject), Predicate: w.styled(t.Predicate), Object: w.styled(t.Object)}
	default:
		return t
	}
}

// Close writes what belongs at the end.
func (w *QuadWriter) Close() error { return w.w.Close() }

// nquadsWriter writes N-Quads with the terms as they are; Cayley's own writer
// writes booleans as "True".
type nquadsWriter struct {
	w   io.Writer
	buf []byte
}

func (w *nquadsWriter) Write(q rdf.Quad) error {
	w.buf = append(rdf.AppendQuad(w.buf, q), '\n')
	if len(w.buf) < 32<<10 {
		return nil
	}
	return w.Close()
}

func (w *nquadsWriter) Close() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// plainWriter writes through a writer of Cayley's, literals as typed strings.
type plainWriter struct{ w quad.WriteCloser }

func cayleyWriter(open func(io.Writer) quad.WriteCloser) func(io.Writer) quadWriter {
	return func(w io.Writer) quadWriter { return plainWriter{open(w)} }
}

func (w plainWriter) Write(q rdf.Quad) error {
	cq := ToQuad(q)
	for _, d := range quad.Directions {
		if l, ok := termOf(q, d).(rdf.Literal); ok && nativeValue(l) != nil {
			cq.Set(d, quad.TypedString{Value: quad.String(l.Lexical), Type: quad.IRI(l.Datatype)})
		}
	}
	_, err := w.w.WriteQuads([]quad.Quad{cq})
	return err
}

func (w plainWriter) Close() error { return w.w.Close() }

func termOf(q rdf.Quad, d quad.Direction) rdf.Term {
	switch d {
	case quad.Subject:
		return q.Subject
	case quad.Predicate:
		return q.Predicate
	case quad.Object:
		return q.Object
	default:
		return q.Graph
	}
}

// nativeWriter writes through a writer of Cayley's that has native values.
type nativeWriter struct{ w quad.WriteCloser }

func (w nativeWriter) Write(q rdf.Quad) error {
	_, err := w.w.WriteQuads([]quad.Quad{ToQuad(q)})
	return err
}

func (w nativeWriter) Close() error { return w.w.Close() }

func cayleyReader(open func(io.Reader) quad.ReadCloser) func(io.Reader) func() (rdf.Quad, error) {
	return func(r io.Reader) func() (rdf.Quad, error) {
		in := open(r)
		return func() (rdf.Quad, error) {
			q, err := in.ReadQuad()
			if err == io.EOF {
				if cerr := in.Close(); cerr != nil {
					err = cerr
				}
				return rdf.Quad{}, err
			}
			if err != nil {
				return rdf.Quad{}, badRequest(err)
			}
			return FromQuad(q)
		}
	}
}

func cayleyNode(format string) func([]byte) (rdf.Term, error) {
	return func(data []byte) (rdf.Term, error) {
		v, err := quad.FormatByName(format).UnmarshalValue(data)
		if err != nil {
			return nil, err
		}
		return ToTerm(v)
	}
}

func readJSONLD(r io.Reader) func() (rdf.Quad, error) {
	d, err := rdfio.NewDecoder(r, rdfio.JSONLD, rdfio.Options{})
	if err != nil {
		return func() (rdf.Quad, error) { return rdf.Quad{}, err }
	}
	return func() (rdf.Quad, error) {
		q, err := d.Decode()
		if err != nil && err != io.EOF {
			err = badRequest(err)
		}
		return q, err
	}
}
