package rdf

// Namespaces of the vocabularies that the abstract syntax itself needs.
const (
	NSRDF  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	NSRDFS = "http://www.w3.org/2000/01/rdf-schema#"
	NSXSD  = "http://www.w3.org/2001/XMLSchema#"
	NSOWL  = "http://www.w3.org/2002/07/owl#"
)

// RDF and RDFS terms used throughout the project.
const (
	RDFType          IRI = NSRDF + "type"
	RDFFirst         IRI = NSRDF + "first"
	RDFRest          IRI = NSRDF + "rest"
	RDFNil           IRI = NSRDF + "nil"
	RDFReifies       IRI = NSRDF + "reifies"
	RDFLangString    IRI = NSRDF + "langString"
	RDFDirLangString IRI = NSRDF + "dirLangString"
	RDFStatement     IRI = NSRDF + "Statement"
	RDFSubject       IRI = NSRDF + "subject"
	RDFPredicate     IRI = NSRDF + "predicate"
	RDFObject        IRI = NSRDF + "object"
	RDFSLabel        IRI = NSRDFS + "label"
	RDFSComment      IRI = NSRDFS + "comment"
	RDFSSubClassOf   IRI = NSRDFS + "subClassOf"
)

// The basic encoding of triple terms for syntaxes that lack them, of the draft
// note "RDF 1.2 Interoperability".
const (
	RDFTripleTerm  IRI = NSRDF + "TripleTerm"
	RDFTTSubject   IRI = NSRDF + "ttSubject"
	RDFTTPredicate IRI = NSRDF + "ttPredicate"
	RDFTTObject    IRI = NSRDF + "ttObject"
)

// XML Schema datatypes that SPARQL names.
const (
	XSDString            IRI = NSXSD + "string"
	XSDBoolean           IRI = NSXSD + "boolean"
	XSDInteger           IRI = NSXSD + "integer"
	XSDDecimal           IRI = NSXSD + "decimal"
	XSDFloat             IRI = NSXSD + "float"
	XSDDouble            IRI = NSXSD + "double"
	XSDDateTime          IRI = NSXSD + "dateTime"
	XSDDate              IRI = NSXSD + "date"
	XSDTime              IRI = NSXSD + "time"
	XSDGYear             IRI = NSXSD + "gYear"
	XSDGYearMonth        IRI = NSXSD + "gYearMonth"
	XSDDuration          IRI = NSXSD + "duration"
	XSDDayTimeDuration   IRI = NSXSD + "dayTimeDuration"
	XSDYearMonthDuration IRI = NSXSD + "yearMonthDuration"
	XSDAnyURI            IRI = NSXSD + "anyURI"
)
