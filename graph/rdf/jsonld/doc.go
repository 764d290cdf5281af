// Package jsonld reads and writes JSON-LD 1.1.
//
// Contexts are processed by json-gold; what becomes of an expanded document is
// decided here, so that base directions are kept, as literals of RDF 1.2.
// Remote contexts are errors unless the caller gives a loader. Documents that
// use neither contexts nor terms, such as those that the Encoder writes without
// prefixes, are read directly.
//
// A document is held in memory as text, of bounded size. If it is an array, its
// members are processed one by one; an object is one tree.
//
// JSON-LD 1.1 has no triple terms. They are written in the basic encoding of the
// draft note "RDF 1.2 Interoperability", as a node without an @id of type
// rdf:TripleTerm with rdf:ttSubject, rdf:ttPredicate and rdf:ttObject, where the
// term stands. The Decoder takes exactly such a node, in such a place, for a
// triple term again.
package jsonld
