package rdfio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// ErrUnknownFormat says that neither the caller nor the content told the format
// of a document.
var ErrUnknownFormat = errors.New("rdfio: unknown RDF format")

// QuadReader yields quads until io.EOF.
type QuadReader interface {
	Decode() (rdf.Quad, error)
}

// Options change how documents are read. The zero value is strict and never
// touches the network.
type Options struct {
	// Base is the IRI that relative IRIs are resolved against.
	Base string

	// Lenient drops faulty lines of N-Triples and N-Quads, counting them.
	Lenient bool

	// MaxDropped is how many dropped lines Dropped lists; 0 means 100.
	MaxDropped int

	// MaxDepth bounds nesting; 0 means 1,000.
	MaxDepth int

	// MaxToken bounds a line or token in bytes; 0 means 64 MiB. A JSON-LD
	// document, which is read as a whole, is bounded by MaxDocument instead.
	MaxToken int

	// MaxDocument bounds the size of a JSON-LD document; 0 means 256 MiB.
	MaxDocument int64

	// LoadContext fetches the JSON document of a remote JSON-LD context. If it is
	// nil, remote contexts are errors.
	LoadContext func(iri string) ([]byte, error)

	// Decoders tells how to read formats that this package does not know
	// itself, CayleyJSON and CayleyPQuads. The reader is not compressed.
	Decoders map[Format]func(io.Reader) (QuadReader, error)
}

// Decoder reads quads from a document of any format. It is used by one
// goroutine.
type Decoder struct {
	format Format
	src    QuadReader
	err    error
	close  func() error
}

// NewDecoder returns a decoder of r, which is not compressed.
func NewDecoder(r io.Reader, format Format, o Options) (*Decoder, error) {
	r, err := skipMark(r)
	if err != nil {
		return nil, err
	}
	d := &Decoder{format: format}
	if make, ok := o.Decoders[format]; ok {
		d.src, err = make(r)
		return d, err
	}
	switch format {
	case NTriples, NQuads, Turtle, TriG:
		d.src = turtle.NewDecoder(r, family(format), turtle.Options{
			Base: o.Base, Lenient: o.Lenient, MaxDropped: o.MaxDropped, MaxDepth: o.MaxDepth, MaxToken: o.MaxToken,
		})
	case RDFXML, JSONLD:
		d.src = newTree(r, format, o)
	case CayleyJSON, CayleyPQuads:
		err = fmt.Errorf("rdfio: no decoder of %s was given", format)
	default:
		err = ErrUnknownFormat
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// skipMark skips the byte order mark that some programs put before UTF-8.
func skipMark(r io.Reader) (io.Reader, error) {
	b, ok := r.(*bufio.Reader)
	if !ok {
		b = bufio.NewReaderSize(r, 64<<10)
	}
	head, err := b.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(head) == "\xef\xbb\xbf" {
		b.Discard(3)
	}
	return b, nil
}

// Source says what is known about a document before it is read. All of it may be
// empty.
type Source struct {
	Format    Format // if it is known for sure
	MediaType string
	Name      string // of the file, or a URL
}

// Open returns a decoder of r, which may be compressed. The format is that of
// the source, of its media type or of its name, in this order; else, and where
// these are vague (text/plain, JSON, XML), that of the content. Close frees
// what the decoder holds and does not close r.
func Open(r io.Reader, src Source, o Options) (*Decoder, error) {
	content, err := Decompress(r)
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(content, 64<<10)
	format, err := identify(b, src)
	if err == nil {
		var d *Decoder
		if d, err = NewDecoder(b, format, o); err == nil {
			d.close = content.Close
			return d, nil
		}
	}
	content.Close()
	return nil, err
}

func identify(b *bufio.Reader, src Source) (Format, error) {
	if src.Format != Unknown {
		return src.Format, nil
	}
	told, ok := ByMediaType(src.MediaType)
	sure := ok && src.MediaType != "" && told.MediaType() == essence(src.MediaType)
	if !ok {
		if told, ok = ByFileName(src.Name); ok {
			sure = !vagueName(src.Name)
		}
	}
	if sure {
		return told, nil
	}
	head, err := b.Peek(SniffBytes)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return Unknown, err
	}
	if f := Sniff(head, err == io.EOF); f != Unknown {
		if told == Turtle && (f == TriG || f == NQuads) {
			return told, nil // the guess is only the wider of the two
		}
		return f, nil
	}
	if ok {
		return told, nil
	}
	if len(bytes.TrimSpace(head)) == 0 && err == io.EOF {
		return NQuads, nil // nothing, in any format
	}
	return Unknown, fmt.Errorf("%w: neither name, media type nor content tells it", ErrUnknownFormat)
}

// Format returns the format being read.
func (d *Decoder) Format() Format { return d.format }

// Decode returns the next quad, or io.EOF after the last one. Once it has failed
// it goes on failing.
func (d *Decoder) Decode() (rdf.Quad, error) {
	if d.err != nil {
		return rdf.Quad{}, d.err
	}
	q, err := d.src.Decode()
	if err != nil {
		d.err = err
		return rdf.Quad{}, err
	}
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

// Prefixes returns the namespace prefixes that the document has declared up to
// now.
func (d *Decoder) Prefixes() map[string]string {
	if p, ok := d.src.(interface{ Prefixes() map[string]string }); ok {
		return p.Prefixes()
	}
	return nil
}

// Dropped returns what has been left out up to now because of Options.Lenient.
func (d *Decoder) Dropped() turtle.Dropped {
	if p, ok := d.src.(interface{ Dropped() turtle.Dropped }); ok {
		return p.Dropped()
	}
	return turtle.Dropped{}
}

// Close frees what Open made. A decoder of NewDecoder need not be closed.
func (d *Decoder) Close() error {
	if d.close == nil {
		return nil
	}
	return d.close()
}

func family(f Format) turtle.Format {
	switch f {
	case NTriples:
		return turtle.NTriples
	case NQuads:
		return turtle.NQuads
	case Turtle:
		return turtle.Turtle
	default:
		return turtle.TriG
	}
}
