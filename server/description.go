package server

import (
	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries/results"
)

const (
	nsSD      = "http://www.w3.org/ns/sparql-service-description#"
	nsFormats = "http://www.w3.org/ns/formats/"
)

// formatIRIs are the names that the W3C gives to formats.
var formatIRIs = map[string]rdf.IRI{
	rdfio.NTriples.MediaType(): nsFormats + "N-Triples",
	rdfio.NQuads.MediaType():   nsFormats + "N-Quads",
	rdfio.Turtle.MediaType():   nsFormats + "Turtle",
	rdfio.TriG.MediaType():     nsFormats + "TriG",
	rdfio.RDFXML.MediaType():   nsFormats + "RDF_XML",
	rdfio.JSONLD.MediaType():   nsFormats + "JSON-LD",
	results.JSON.MediaType():   nsFormats + "SPARQL_Results_JSON",
	results.XML.MediaType():    nsFormats + "SPARQL_Results_XML",
	results.CSV.MediaType():    nsFormats + "SPARQL_Results_CSV",
	results.TSV.MediaType():    nsFormats + "SPARQL_Results_TSV",
}

// serviceDescription describes the endpoint by SPARQL 1.1 Service Description.
func (s *Server) serviceDescription(c *gin.Context, f rdfio.Format, mediaType string) {
	sd := func(name string) rdf.IRI { return rdf.IRI(nsSD + name) }
	service, dataset, defaultGraph := rdf.BlankNode("service"), rdf.BlankNode("dataset"), rdf.BlankNode("default")
	var quads []rdf.Quad
	add := func(subject rdf.Term, predicate rdf.IRI, object rdf.Term) {
		quads = append(quads, rdf.Quad{Subject: subject, Predicate: predicate, Object: object})
	}
	add(service, rdf.RDFType, sd("Service"))
	add(service, sd("endpoint"), rdf.IRI(s.requestBase(c)))
	add(service, sd("supportedLanguage"), sd("SPARQL11Query"))
	if s.cfg.Writes != WritesClosed {
		add(service, sd("supportedLanguage"), sd("SPARQL11Update"))
	}
	if s.cfg.UnionDefault {
		add(service, sd("feature"), sd("UnionDefaultGraph"))
	}
	add(service, sd("feature"), sd("EmptyGraphs"))
	formats, _ := dataFormats()
	for _, format := range formats {
		if name, ok := formatIRIs[format.MediaType()]; ok {
			add(service, sd("resultFormat"), name)
			add(service, sd("inputFormat"), name)
		}
	}
	for _, format := range results.Formats() {
		if name, ok := formatIRIs[format.MediaType()]; ok {
			add(service, sd("resultFormat"), name)
		}
	}
	add(service, sd("defaultDataset"), dataset)
	add(dataset, rdf.RDFType, sd("Dataset"))
	add(dataset, sd("defaultGraph"), defaultGraph)
	add(defaultGraph, rdf.RDFType, sd("Graph"))

	c.Header("Content-Type", contentType(mediaType))
	enc, err := rdfio.NewEncoder(c.Writer, f, rdfio.EncoderOptions{Prefixes: map[string]string{"sd": nsSD}})
	if err != nil {
		s.failWith(c, err)
		return
	}
	for _, q := range quads {
		if err := enc.Encode(q); err != nil {
			s.abortStream(c, err)
		}
	}
	if err := enc.Close(); err != nil {
		s.abortStream(c, err)
	}
}
