package rdfio

import (
	"io"

	"github.com/belligraph/belligraph/graph/rdf/jsonld"
	"github.com/belligraph/belligraph/graph/rdf/rdfxml"
)

// newTree returns a reader of RDF/XML or JSON-LD.
func newTree(r io.Reader, format Format, o Options) QuadReader {
	if format == RDFXML {
		return rdfxml.NewDecoder(r, rdfxml.Options{Base: o.Base, MaxDepth: o.MaxDepth})
	}
	return jsonld.NewDecoder(r, jsonld.Options{
		Base: o.Base, LoadContext: o.LoadContext, MaxDocument: o.MaxDocument, MaxDepth: o.MaxDepth,
	})
}

// newTreeEncoder returns a writer of RDF/XML or JSON-LD.
func newTreeEncoder(w io.Writer, format Format, o EncoderOptions) Encoder {
	if format == RDFXML {
		return rdfxml.NewEncoder(w, rdfxml.EncoderOptions{Prefixes: o.Prefixes})
	}
	return jsonld.NewEncoder(w, jsonld.EncoderOptions{Prefixes: o.Prefixes})
}
