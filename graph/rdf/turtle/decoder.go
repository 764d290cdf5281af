package turtle

import (
	"errors"
	"io"
	"iter"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Options change how a document is read. The zero value is strict.
type Options struct {
	// Base is the IRI that relative IRIs of Turtle and TriG are resolved
	// against until the document sets its own. Without one they are errors.
	Base string

	// Lenient makes a faulty line of N-Triples or N-Quads cost only itself: it
	// is counted in Dropped. Turtle and TriG end at the first fault regardless.
	Lenient bool

	// MaxDropped is how many dropped lines are kept to be listed; 0 means 100.
	MaxDropped int

	// MaxDepth is how deep triple terms, collections, property lists and
	// annotations may nest; 0 means DefaultMaxDepth.
	MaxDepth int

	// MaxToken is the greatest size in bytes of a line or a token; 0 means
	// DefaultMaxToken.
	MaxToken int
}

func (o Options) maxDepth() int { return orDefault(o.MaxDepth, DefaultMaxDepth) }
func (o Options) maxToken() int { return orDefault(o.MaxToken, DefaultMaxToken) }

func orDefault(v, def int) int {
	if v <= 0 {
		return def
	}
	return v
}

// Dropped tells what a lenient decoder left out.
type Dropped struct {
	Count int                // all dropped lines
	First []*rdf.SyntaxError // the first of them, at most Options.MaxDropped
}

// Decoder reads quads from a document. It is used by one goroutine.
//
// Labels of blank nodes are kept as they are in the document, but for a label of
// Turtle or TriG that has the form of those the decoder makes up for unlabelled
// nodes (genid1, genid2, …), which gets an x before it.
type Decoder struct {
	src source
	err error
}

// source is what the two families of decoders implement.
type source interface {
	decode() (rdf.Quad, error)
	prefixes() map[string]string
	base() string
	dropped() Dropped
}

// NewDecoder returns a decoder of the document that r holds.
func NewDecoder(r io.Reader, format Format, o Options) *Decoder {
	if format.Lines() {
		return &Decoder{src: newLineDecoder(r, format, o)}
	}
	if format != Turtle && format != TriG {
		return &Decoder{err: errors.New("turtle: " + format.String())}
	}
	d := &Decoder{}
	var base iri.Base
	if o.Base != "" {
		var err error
		if base, err = iri.Parse(o.Base); err != nil {
			d.err = err
			return d
		}
	}
	d.src = newParser(r, format, base, o)
	return d
}

// Decode returns the next quad. The error is io.EOF after the last one, a
// *rdf.SyntaxError for a fault of the document, or that of the reader. Once it
// has failed it goes on failing.
func (d *Decoder) Decode() (rdf.Quad, error) {
	if d.err != nil {
		return rdf.Quad{}, d.err
	}
	q, err := d.src.decode()
	if err != nil {
		d.err = err
		return rdf.Quad{}, err
	}
	return q, nil
}

// All returns the quads of the document in order. An error is the last thing
// that it yields.
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
// now, in their last meaning. It is the caller's to keep.
func (d *Decoder) Prefixes() map[string]string {
	if d.src == nil {
		return nil
	}
	return d.src.prefixes()
}

// Base returns the base IRI in force, or "".
func (d *Decoder) Base() string {
	if d.src == nil {
		return ""
	}
	return d.src.base()
}

// Dropped returns what has been left out up to now because of Options.Lenient.
func (d *Decoder) Dropped() Dropped {
	if d.src == nil {
		return Dropped{}
	}
	return d.src.dropped()
}

// lineDecoder decodes N-Triples and N-Quads chunk by chunk.
type lineDecoder struct {
	chunks  *ChunkReader
	scanner *LineScanner
	buf     []byte
	lenient bool
	keep    int
	drops   Dropped
	cache   termCache
}

func newLineDecoder(r io.Reader, format Format, o Options) *lineDecoder {
	d := &lineDecoder{
		chunks:  NewChunkReader(r),
		scanner: NewLineScanner(nil, format, 1, 0),
		lenient: o.Lenient,
		keep:    orDefault(o.MaxDropped, 100),
	}
	d.chunks.max = o.maxToken()
	d.scanner.maxDepth = o.maxDepth()
	return d
}

func (d *lineDecoder) decode() (rdf.Quad, error) {
	var st Statement
	for {
		ok, err := d.scanner.Next(&st)
		switch {
		case ok:
			return d.quad(&st), nil
		case err == nil:
			chunk, err := d.chunks.Next(d.buf)
			if err != nil {
				return rdf.Quad{}, err
			}
			d.buf = chunk.Data
			d.scanner.Reset(chunk.Data, chunk.Line, chunk.Offset)
		case !d.lenient:
			return rdf.Quad{}, err
		default:
			d.drops.Count++
			if e, ok := errors.AsType[*rdf.SyntaxError](err); ok && len(d.drops.First) < d.keep {
				d.drops.First = append(d.drops.First, e)
			}
		}
	}
}

func (d *lineDecoder) quad(st *Statement) (q rdf.Quad) {
	q.Subject, _ = termOf(st.Subject, &d.cache)
	q.Predicate, _ = termOf(st.Predicate, &d.cache)
	q.Object, _ = termOf(st.Object, &d.cache)
	if st.Graph != nil {
		q.Graph, _ = termOf(st.Graph, &d.cache)
	}
	return q
}

func (d *lineDecoder) prefixes() map[string]string { return nil }
func (d *lineDecoder) base() string                { return "" }
func (d *lineDecoder) dropped() Dropped            { return d.drops }
