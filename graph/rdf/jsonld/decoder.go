package jsonld

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/piprate/json-gold/ld"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Options change how a document is read.
type Options struct {
	// Base is the IRI that relative IRIs are resolved against. Without one, what
	// they are part of is dropped, as JSON-LD 1.1 API §8.1 says.
	Base string

	// LoadContext fetches the JSON document of a remote context. If it is nil,
	// remote contexts are errors.
	LoadContext func(iri string) ([]byte, error)

	// MaxDocument bounds the size of the document and of remote contexts in
	// bytes; 0 means 256 MiB.
	MaxDocument int64

	// MaxDepth bounds the nesting of the document; 0 means 1,000.
	MaxDepth int
}

// Decoder reads quads. It is used by one goroutine.
type Decoder struct {
	r        io.Reader
	o        Options
	base     iri.Base
	text     []byte
	members  *json.Decoder // of the array at the top, nil if it is an object
	started  bool
	expanded bool // json-gold has made what is being processed
	loaded   map[string]any
	labels   rdf.Labels
	odd      map[string]rdf.BlankNode
	queue    []rdf.Quad
	head     int
	err      error
}

// NewDecoder returns a decoder of the document that r holds.
func NewDecoder(r io.Reader, o Options) *Decoder {
	if o.MaxDocument <= 0 {
		o.MaxDocument = 256 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 1000
	}
	d := &Decoder{r: r, o: o, loaded: make(map[string]any), odd: make(map[string]rdf.BlankNode)}
	if o.Base != "" {
		d.base, d.err = iri.Parse(o.Base)
	}
	return d
}

// Decode returns the next quad, or io.EOF after the last one. Faults of the
// document are *rdf.SyntaxError. Once it has failed it goes on failing.
func (d *Decoder) Decode() (rdf.Quad, error) {
	for d.head == len(d.queue) {
		d.queue, d.head = d.queue[:0], 0
		if d.err == nil {
			d.err = d.step()
		}
		if d.err != nil {
			return rdf.Quad{}, d.err
		}
	}
	q := d.queue[d.head]
	d.head++
	return q, nil
}

// All returns the quads in order. An error is the last thing that it yields.
func (d *Decoder) All() iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for {
			q, err := d.Decode()
			if err == io.EOF {
				return
			}
			if !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// step processes the document, or the next member of the array that it is.
func (d *Decoder) step() error {
	if !d.started {
		d.started = true
		return d.start()
	}
	if d.members == nil || !d.members.More() {
		return io.EOF
	}
	from := d.members.InputOffset()
	var member any
	if err := d.members.Decode(&member); err != nil {
		return d.jsonError(err)
	}
	if err := d.process(member); err != nil {
		return d.errorAt(skipSpace(d.text, from), err.Error())
	}
	return nil
}

func (d *Decoder) start() error {
	text, err := io.ReadAll(io.LimitReader(d.r, d.o.MaxDocument+1))
	if err != nil {
		return err
	}
	if int64(len(text)) > d.o.MaxDocument {
		return fmt.Errorf("JSON-LD: document larger than %d bytes", d.o.MaxDocument)
	}
	d.text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if at, deep := tooDeep(d.text, d.o.MaxDepth); deep {
		return d.errorAt(at, fmt.Sprintf("nested deeper than %d levels", d.o.MaxDepth))
	}
	dec := json.NewDecoder(bytes.NewReader(d.text))
	dec.UseNumber()
	if !json.Valid(d.text) {
		var v any
		return d.jsonError(json.Unmarshal(d.text, &v))
	}
	if at := skipSpace(d.text, 0); d.text[at] == '[' {
		d.members = dec
		_, err := dec.Token()
		return err
	}
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return d.jsonError(err)
	}
	if _, ok := doc.(map[string]any); !ok {
		return d.errorAt(skipSpace(d.text, 0), "a JSON-LD document is an object or an array")
	}
	if err := d.process(doc); err != nil {
		return d.errorAt(skipSpace(d.text, 0), err.Error())
	}
	return nil
}

func skipSpace(b []byte, i int64) int64 {
	for i < int64(len(b)) && strings.IndexByte(" \t\r\n,", b[i]) >= 0 {
		i++
	}
	return i
}

// tooDeep returns where a JSON text nests deeper than limit.
func tooDeep(b []byte, limit int) (at int64, deep bool) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			if depth++; depth > limit {
				return int64(i), true
			}
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		}
	}
	return 0, false
}

// jsonError gives an error of package json its place.
func (d *Decoder) jsonError(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return d.errorAt(max(e.Offset-1, 0), e.Error())
	}
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return d.errorAt(int64(len(d.text)), "unexpected end of JSON input")
	}
	return err
}

func (d *Decoder) errorAt(at int64, msg string) error {
	at = min(at, int64(len(d.text)))
	start := int64(bytes.LastIndexByte(d.text[:at], '\n') + 1)
	e := &rdf.SyntaxError{
		Format:  "JSON-LD",
		Line:    bytes.Count(d.text[:start], []byte{'\n'}) + 1,
		Offset:  at,
		Message: msg,
	}
	e.SetSource(d.text[start:at], d.text[at:], 0)
	return e
}

// process queues the quads of an object at the top of the document.
func (d *Decoder) process(v any) error {
	if d.expanded = !isPlain(v); !d.expanded {
		return d.top(v)
	}
	if d.members != nil {
		v = []any{v} // an object with only @graph in an array is a graph without a name
	}
	expanded, err := d.expand(v)
	if err != nil {
		return err
	}
	for _, node := range expanded {
		if err := d.top(node); err != nil {
			return err
		}
	}
	return nil
}

// expand runs the expansion algorithm. Documents that json-gold does not survive
// are errors like others.
func (d *Decoder) expand(v any) (expanded []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the document cannot be processed: %v", r)
		}
	}()
	o := ld.NewJsonLdOptions(d.o.Base)
	o.DocumentLoader = d
	expanded, err = ld.NewJsonLdProcessor().Expand(contextNumbers(v, false), o)
	if e, ok := errors.AsType[*ld.JsonLdError](err); ok {
		return nil, errors.New(describe(e))
	}
	return expanded, err
}

func describe(e *ld.JsonLdError) string {
	msg := string(e.Code)
	switch details := e.Details.(type) {
	case nil:
	case *ld.JsonLdError:
		msg += ": " + describe(details)
	default:
		msg += fmt.Sprintf(": %v", details)
	}
	return msg
}

// contextNumbers turns the numbers within contexts into the float64 that
// json-gold wants there; elsewhere they stay as written.
func contextNumbers(v any, inside bool) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = contextNumbers(value, inside || key == "@context")
		}
	case []any:
		for i, value := range v {
			v[i] = contextNumbers(value, inside)
		}
	case json.Number:
		if f, err := v.Float64(); inside && err == nil {
			return f
		}
	}
	return v
}

// LoadDocument implements the loader that json-gold asks for remote contexts.
func (d *Decoder) LoadDocument(u string) (*ld.RemoteDocument, error) {
	doc, ok := d.loaded[u]
	if !ok {
		if d.o.LoadContext == nil {
			return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, fmt.Sprintf("remote contexts are not allowed, and <%s> is one", u))
		}
		text, err := d.o.LoadContext(u)
		if err != nil {
			return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, err)
		}
		if _, deep := tooDeep(text, d.o.MaxDepth); deep || int64(len(text)) > d.o.MaxDocument {
			return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, "too large or nested too deeply")
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, err)
		}
		d.loaded[u] = doc
	}
	return &ld.RemoteDocument{DocumentURL: u, Document: doc}, nil
}
