// Package rdfxml reads and writes RDF/XML, of RDF 1.1 and RDF 1.2: base
// directions (its:dir), annotations of properties (rdf:annotation,
// rdf:annotationNodeID) and triple terms (rdf:parseType="Triple").
//
// Reading is streaming: the decoder keeps the open elements and, of the
// document's text, only that of an open literal. As rdf:ID must be unique, it
// also remembers the identifiers seen.
package rdfxml
