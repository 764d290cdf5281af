package rdfio

import (
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/rdf/rdfxml"
)

// newTree returns a reader of the formats that are trees of their own kind.
func newTree(r io.Reader, format Format, o Options) (QuadReader, error) {
	if format == RDFXML {
		return rdfxml.NewDecoder(r, rdfxml.Options{Base: o.Base, MaxDepth: o.MaxDepth}), nil
	}
	return nil, fmt.Errorf("rdfio: %s is not read yet", format)
}

func newTreeEncoder(w io.Writer, format Format, o EncoderOptions) (Encoder, error) {
	if format == RDFXML {
		return rdfxml.NewEncoder(w, rdfxml.EncoderOptions{Prefixes: o.Prefixes}), nil
	}
	return nil, fmt.Errorf("rdfio: %s is not written yet", format)
}
