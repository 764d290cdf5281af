package server

import (
	"bytes"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TestLinksets holds that the description of a service counts the links of its
// data by property and by the sources at both ends.
func TestLinksets(t *testing.T) {
	s := newSample(t, Config{})
	for _, name := range []string{"geonames-ML.txt", "wikidata-entities.json"} {
		content, err := os.ReadFile("../graph/dataset/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dataset.Import(t.Context(), s.cfg.Graph, name, bytes.NewReader(content), dataset.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	l := httptest.NewServer(s.Handler())
	defer l.Close()
	g, err := fetchGraph(l.URL, "/.well-known/void", "text/turtle")
	if err != nil {
		t.Fatal(err)
	}
	document := l.URL + "/.well-known/void"
	for _, want := range []struct{ node, property, value string }{
		{"#links-sameAs-geonames-geonames-elsewhere", "triples", "5"},
		{"#links-sameAs-geonames-geonames-elsewhere", "linkPredicate", string(claim.PropSameAs)},
		{"#links-sameAs-geonames-geonames-elsewhere", "objectsTarget", document + "#source-geonames-elsewhere"},
		{"#links-sameAs-geonames-geonames-elsewhere", "subjectsTarget", document + "#source-geonames"},
		{"#links-succeededBy-wikidata-wikidata", "triples", "1"},
		{"#source-wikidata-elsewhere", "uriSpace", "http://www.wikidata.org/entity/"},
		{"#source-geonames", "uriSpace", claim.NSID + "geonames/"},
	} {
		got := g.Text(rdf.IRI(document+want.node), rdf.IRI(nsVoID+want.property))
		if iri, ok := g.Object(rdf.IRI(document+want.node), rdf.IRI(nsVoID+want.property)).(rdf.IRI); ok {
			got = string(iri)
		}
		if got != want.value {
			t.Errorf("%s void:%s is %q, want %q", want.node, want.property, got, want.value)
		}
	}
}
