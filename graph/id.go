package graph

// ID stands for an RDF term inside the engine. The top four bits are the tag,
// the other sixty the payload:
//
//	63  60 59                                                           0
//	+-----+-------------------------------------------------------------+
//	| tag | payload: dictionary number, or the value itself if inlined  |
//	+-----+-------------------------------------------------------------+
//
// Tags ascend in the order that SPARQL's ORDER BY gives the kinds of terms:
// nothing, blank nodes, IRIs, literals, triple terms. Inside a tag that inlines
// values the payload is order-preserving. Inside a dictionary tag ids follow
// string order (Unicode code points) only below the snapshot's sorted bound,
// see [Snapshot.SortedBelow]; terms that arrived by update are numbered above
// it in order of arrival.
//
// One term has exactly one ID within a snapshot, so equality of ids is
// sameTerm. Ids are on disk: tags may be added, never changed.
type ID uint64

// The tags.
const (
	TagNone     ID = iota << 60 // Any and DefaultGraph
	TagBlank                    // blank node, dictionary
	TagIRI                      // IRI, dictionary
	TagString                   // xsd:string, dictionary
	TagLang                     // rdf:langString, rdf:dirLangString, dictionary
	TagTyped                    // every other literal that is not inlined, dictionary
	TagBoolean                  // xsd:boolean "true" or "false", inlined
	TagInteger                  // xsd:integer in canonical form, |v| < 2^59, inlined
	TagDecimal                  // xsd:decimal, inlined when it fits (see inline.go)
	TagDouble                   // xsd:double, inlined when it fits
	TagDate                     // xsd:date in canonical form, inlined when it fits
	TagDateTime                 // xsd:dateTime in canonical form, inlined when it fits
	TagYear                     // xsd:gYear in canonical form, inlined
	_                           // free
	TagTriple                   // triple term, dictionary
	TagLocal                    // a term computed by one query; never stored
	TagMask     ID = 15 << 60
	PayloadMask ID = 1<<60 - 1
)

const (
	// Any is the wildcard in a [Pattern] and the unbound value in a row.
	Any ID = 0
	// DefaultGraph is the graph component of quads in the default graph.
	DefaultGraph ID = 1
)

// Tag returns the tag bits of id, in place.
func (id ID) Tag() ID { return id & TagMask }

// Payload returns the payload of id.
func (id ID) Payload() uint64 { return uint64(id & PayloadMask) }

// IsInline reports whether the term is in the id itself, so that no dictionary
// is needed to read it.
func (id ID) IsInline() bool { return id.Tag() >= TagBoolean && id.Tag() <= TagYear }

// IsLiteral reports whether a stored id stands for a literal. It must not be
// asked of local ids.
func (id ID) IsLiteral() bool { return id.Tag() >= TagString && id.Tag() <= TagYear }
