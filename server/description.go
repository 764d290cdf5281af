package server

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries/results"
)

const (
	nsSD         = "http://www.w3.org/ns/sparql-service-description#"
	nsFormats    = "http://www.w3.org/ns/formats/"
	nsEntailment = "http://www.w3.org/ns/entailment/"
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

// description gathers the statements of a description.
type description struct {
	quads []rdf.Quad
	seen  map[rdf.Quad]bool
}

func (d *description) add(s rdf.Term, p rdf.IRI, o rdf.Term) {
	d.quads = append(d.quads, rdf.Quad{Subject: s, Predicate: p, Object: o})
}

// once is add for what may have been added before.
func (d *description) once(s rdf.Term, p rdf.IRI, o rdf.Term) {
	q := rdf.Quad{Subject: s, Predicate: p, Object: o}
	if d.seen == nil {
		d.seen = make(map[rdf.Quad]bool)
	}
	if !d.seen[q] {
		d.seen[q] = true
		d.quads = append(d.quads, q)
	}
}

// sendDescription answers with what describe says of the graph as it is now.
func (s *Server) sendDescription(c *gin.Context, format rdfio.Format, mediaType string, describe func(*description, *datasetStats)) {
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer snap.Close()
	c.Header("Vary", "Accept, Accept-Encoding")
	if notModified(c, s.entityTag(ctx, snap.Version(), s.requestBase(c), mediaType)) {
		return
	}
	stats, err := s.stats(ctx, snap)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	var d description
	describe(&d, stats)
	c.Header("Content-Type", mediaType)
	enc, err := rdfio.NewEncoder(c.Writer, format, rdfio.EncoderOptions{Prefixes: map[string]string{
		"sd": nsSD, "void": nsVoID, "dcterms": nsDCT, "foaf": nsFOAF, "formats": nsFormats}})
	for _, q := range d.quads {
		if err == nil {
			err = enc.Encode(q)
		}
	}
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		s.failQuery(c, err)
	}
}

// serviceDescription describes the endpoint by SPARQL 1.1 Service Description.
// Only what holds is said: FROM, for one, reads nothing from the network.
func (s *Server) serviceDescription(c *gin.Context, f rdfio.Format, mediaType string) {
	endpoint, origin := rdf.IRI(s.requestBase(c)), s.origin(c)
	s.sendDescription(c, f, contentType(mediaType), func(d *description, stats *datasetStats) {
		service, dataset := rdf.BlankNode("service"), rdf.BlankNode("dataset")
		d.add(service, rdf.RDFType, rdf.IRI(nsSD+"Service"))
		d.add(service, nsSD+"endpoint", endpoint)
		d.add(service, nsSD+"supportedLanguage", rdf.IRI(nsSD+"SPARQL10Query"))
		d.add(service, nsSD+"supportedLanguage", rdf.IRI(nsSD+"SPARQL11Query"))
		if s.cfg.Writes != WritesClosed && s.cfg.Writes != "" {
			d.add(service, nsSD+"supportedLanguage", rdf.IRI(nsSD+"SPARQL11Update"))
		}
		if s.cfg.UnionDefault {
			d.add(service, nsSD+"feature", rdf.IRI(nsSD+"UnionDefaultGraph"))
		}
		d.add(service, nsSD+"feature", rdf.IRI(nsSD+"EmptyGraphs"))
		if s.cfg.Service != nil {
			d.add(service, nsSD+"feature", rdf.IRI(nsSD+"BasicFederatedQuery"))
		}
		d.add(service, nsSD+"defaultEntailmentRegime", rdf.IRI(nsEntailment+"Simple"))
		formats, _ := dataFormats()
		for _, format := range formats {
			if name, ok := formatIRIs[format.MediaType()]; ok {
				d.once(service, nsSD+"resultFormat", name)
				d.once(service, nsSD+"inputFormat", name)
			}
		}
		for _, format := range results.Formats() {
			if name, ok := formatIRIs[format.MediaType()]; ok {
				d.once(service, nsSD+"resultFormat", name)
			}
		}
		d.add(service, nsSD+"defaultDataset", dataset)
		d.add(dataset, rdf.RDFType, rdf.IRI(nsSD+"Dataset"))
		d.add(dataset, rdf.RDFType, rdf.IRI(nsVoID+"Dataset"))
		d.add(dataset, nsVoID+"triples", count(stats.triples))
		d.add(dataset, rdf.IRI(rdf.NSRDFS+"seeAlso"), rdf.IRI(origin+"/.well-known/void"))
		inDefault := stats.inDefault
		if s.cfg.UnionDefault {
			inDefault = stats.triples
		}
		unnamed := rdf.BlankNode("default")
		d.add(dataset, nsSD+"defaultGraph", unnamed)
		d.add(unnamed, rdf.RDFType, rdf.IRI(nsSD+"Graph"))
		d.add(unnamed, nsVoID+"triples", count(inDefault))
		for i, g := range stats.named {
			if _, ok := g.term.(rdf.IRI); !ok {
				continue // a graph named by a blank node cannot be asked for
			}
			n := strconv.Itoa(i)
			named, content := rdf.BlankNode("named"+n), rdf.BlankNode("graph"+n)
			d.add(dataset, nsSD+"namedGraph", named)
			d.add(named, rdf.RDFType, rdf.IRI(nsSD+"NamedGraph"))
			d.add(named, nsSD+"name", g.term)
			d.add(named, nsSD+"graph", content)
			d.add(content, rdf.RDFType, rdf.IRI(nsSD+"Graph"))
			d.add(content, nsVoID+"triples", count(g.triples))
		}
	})
}

// origin is the address of this server as the client knows it.
func (s *Server) origin(c *gin.Context) string {
	if c.Request.TLS != nil {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// requestBase is the base IRI of a request without BASE: the address it was
// sent to (SPARQL 1.1 Protocol §2.1 leaves this to RFC 3986 §5.1.3).
func (s *Server) requestBase(c *gin.Context) string {
	return s.origin(c) + c.Request.URL.EscapedPath()
}
