package rdfio

import (
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// Encoder writes quads. Close finishes the document, without which it is
// recognisably unfinished in all formats but the line formats; it does not close
// the writer. A quad that the format cannot express is an error of Encode that
// leaves the document as it was.
type Encoder interface {
	Encode(q rdf.Quad) error
	Flush() error
	Close() error
}

// EncoderOptions change how documents are written.
type EncoderOptions struct {
	// Prefixes maps namespace prefixes to IRIs.
	Prefixes map[string]string

	// Version announces RDF 1.2 in the formats of the Turtle family.
	Version bool
}

// NewEncoder returns an encoder that writes a document to w.
func NewEncoder(w io.Writer, format Format, o EncoderOptions) (Encoder, error) {
	switch format {
	case NTriples, NQuads, Turtle, TriG:
		return turtle.NewEncoder(w, family(format), turtle.EncoderOptions{Prefixes: o.Prefixes, Version: o.Version}), nil
	case RDFXML, JSONLD:
		return newTreeEncoder(w, format, o), nil
	default:
		return nil, fmt.Errorf("rdfio: %s is not written", format)
	}
}
