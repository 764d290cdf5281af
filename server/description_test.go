package server

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
)

// fetchGraph gets a path as RDF.
func fetchGraph(base, path, accept string) (*rdftest.Graph, error) {
	r, err := http.NewRequest(http.MethodGet, base+path, nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := plainClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %s", resp.StatusCode, body)
	}
	quads, err := parseGraph(string(body), resp.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	g := &rdftest.Graph{}
	for _, q := range quads {
		g.Add(q.Triple())
	}
	return g, nil
}

// sdSchema gives the domain and the range of the properties of the vocabulary,
// as its schema does; a range without a class is left empty.
var sdSchema = map[rdf.IRI][2]rdf.IRI{
	"endpoint": {"Service", ""}, "feature": {"Service", "Feature"}, "defaultEntailmentRegime": {"Service", ""},
	"entailmentRegime": {"NamedGraph", ""}, "defaultSupportedEntailmentProfile": {"Service", ""}, "supportedEntailmentProfile": {"NamedGraph", ""},
	"extensionFunction": {"Service", "Function"}, "extensionAggregate": {"Service", "Aggregate"}, "languageExtension": {"Service", ""},
	"supportedLanguage": {"Service", "Language"}, "propertyFeature": {"Service", ""}, "defaultDataset": {"Service", "Dataset"},
	"availableGraphs": {"Service", "GraphCollection"}, "resultFormat": {"Service", ""}, "inputFormat": {"Service", ""},
	"defaultGraph": {"Dataset", "Graph"}, "namedGraph": {"GraphCollection", "NamedGraph"}, "name": {"NamedGraph", ""}, "graph": {"NamedGraph", "Graph"},
}

// sdInstances are the individuals that the schema itself declares.
var sdInstances = map[rdf.IRI][]rdf.IRI{
	"Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
	"Feature":  {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"},
}

// conforms checks statements of the vocabulary against its schema.
func conforms(quads []rdf.Quad) error {
	g := &rdftest.Graph{}
	for _, q := range quads {
		g.Add(q.Triple())
	}
	is := func(t rdf.Term, class rdf.IRI) bool {
		if class == "" {
			return true
		}
		for _, i := range sdInstances[class] {
			if t == rdf.Term(nsSD+i) {
				return true
			}
		}
		for _, c := range g.Objects(t, rdf.RDFType) {
			if c == rdf.Term(nsSD+class) || class == "GraphCollection" && c == rdf.Term(rdf.IRI(nsSD+"Dataset")) {
				return true
			}
		}
		return false
	}
	for _, q := range quads {
		p, _ := q.Predicate.(rdf.IRI)
		local, ok := strings.CutPrefix(string(p), nsSD)
		if !ok {
			continue
		}
		want, ok := sdSchema[rdf.IRI(local)]
		if !ok {
			return fmt.Errorf("there is no property sd:%s", local)
		}
		if !is(q.Subject, want[0]) {
			return fmt.Errorf("%s: the subject is not known to be of sd:%s", q, want[0])
		}
		if _, literal := q.Object.(rdf.Literal); literal || !is(q.Object, want[1]) {
			return fmt.Errorf("%s: the object is not known to be of sd:%s", q, want[1])
		}
	}
	return nil
}

// TestServiceDescriptionSuite runs the three tests of service-description,
// which the manifest only names.
func TestServiceDescriptionSuite(t *testing.T) {
	root := rdftest.Root(t)
	suite := rdftest.NewSuite(t, "sparql11 service-description")
	m, err := rdftest.Load(root, filepath.Join(root, "sparql", "sparql11", "service-description", "manifest.ttl"))
	if err != nil {
		t.Fatal(err)
	}
	l, g := listener(t, Config{})
	insert(t, g, `<x:s> a <x:C> GRAPH <http://example.org/g> { <x:s> <x:p> 1 }`)
	accepts := []string{"", "*/*"}
	for _, f := range rdfio.Formats() {
		if f.Writable() {
			accepts = append(accepts, f.MediaType())
		}
	}
	for i := range m.Entries {
		name := localName(m.Entries[i].ID)
		suite.Run(t, name, func() error {
			for _, accept := range accepts {
				body, resp := fetch(t, l, http.MethodGet, "/sparql", "", "Accept", accept)
				quads, err := parseGraph(body, resp.Header.Get("Content-Type"))
				if err != nil {
					return fmt.Errorf("Accept: %s: %w", accept, err)
				}
				switch name {
				case "returns-rdf":
				case "has-endpoint-triple":
					graph := &rdftest.Graph{}
					for _, q := range quads {
						graph.Add(q.Triple())
					}
					services := graph.Subjects(nsSD+"endpoint", rdf.IRI(l.URL+"/sparql"))
					if len(services) != 1 || graph.Object(services[0], rdf.RDFType) != rdf.Term(rdf.IRI(nsSD+"Service")) {
						err = fmt.Errorf("no sd:endpoint %s/sparql of a service", l.URL)
					}
				case "conforms-to-schema":
					err = conforms(quads)
				default:
					err = fmt.Errorf("unknown test")
				}
				if err != nil {
					return fmt.Errorf("Accept: %s: %w", accept, err)
				}
			}
			return nil
		})
	}
}

func TestServiceDescriptionSaysWhatHolds(t *testing.T) {
	for _, tc := range []struct {
		name          string
		cfg           Config
		updates       bool
		inDefault     string
		unionByDesign bool
	}{
		{"open", Config{}, true, "1", false},
		{"closed", Config{Writes: WritesClosed}, false, "1", false},
		{"union", Config{UnionDefault: true}, true, "3", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l, graph := listener(t, tc.cfg)
			insert(t, graph, `<x:s> a <x:C> GRAPH <http://example.org/g> { <x:s> <x:p> 1, 2 }`)
			g, err := fetchGraph(l.URL, "/sparql", "")
			if err != nil {
				t.Fatal(err)
			}
			service := g.Subjects(nsSD+"endpoint", rdf.IRI(l.URL+"/sparql"))[0]
			has := func(p, o rdf.IRI) bool {
				for _, t := range g.Objects(service, nsSD+p) {
					if t == rdf.Term(nsSD+o) {
						return true
					}
				}
				return false
			}
			if has("supportedLanguage", "SPARQL11Update") != tc.updates {
				t.Errorf("updates: %v, want %v", !tc.updates, tc.updates)
			}
			if has("feature", "UnionDefaultGraph") != tc.unionByDesign {
				t.Errorf("union: %v, want %v", !tc.unionByDesign, tc.unionByDesign)
			}
			dataset := g.Object(service, nsSD+"defaultDataset")
			if n := g.Text(g.Object(dataset, nsSD+"defaultGraph"), nsVoID+"triples"); n != tc.inDefault {
				t.Errorf("default graph of %s triples, want %s", n, tc.inDefault)
			}
			named := g.Object(dataset, nsSD+"namedGraph")
			if g.Object(named, nsSD+"name") != rdf.Term(rdf.IRI("http://example.org/g")) || g.Text(g.Object(named, nsSD+"graph"), nsVoID+"triples") != "2" {
				t.Errorf("named graph %v", g.Object(named, nsSD+"name"))
			}
		})
	}
}

func TestVoID(t *testing.T) {
	l, graph := listener(t, Config{})
	insert(t, graph, `<x:a> a <x:C>; <x:p> 1, 2 . <x:b> a <x:C>, <x:D>; <x:p> 2`)
	g, err := fetchGraph(l.URL, "/.well-known/void", "application/n-triples")
	if err != nil {
		t.Fatal(err)
	}
	dataset := rdf.IRI(l.URL + "/.well-known/void#dataset")
	for p, want := range map[rdf.IRI]string{"triples": "6", "properties": "2", "classes": "2"} {
		if got := g.Text(dataset, nsVoID+p); got != want {
			t.Errorf("void:%s %s, want %s", p, got, want)
		}
	}
	class := g.Subjects(nsVoID+"class", rdf.IRI("x:C"))
	if len(class) != 1 || g.Text(class[0], nsVoID+"entities") != "2" {
		t.Errorf("partition of x:C: %v", class)
	}
	property := g.Subjects(nsVoID+"property", rdf.IRI("x:p"))
	if len(property) != 1 || g.Text(property[0], nsVoID+"triples") != "3" || g.Text(property[0], nsVoID+"distinctSubjects") != "2" || g.Text(property[0], nsVoID+"distinctObjects") != "2" {
		t.Errorf("partition of x:p: %v", property)
	}
	insert(t, graph, `<x:c> a <x:D>`)
	if g, err = fetchGraph(l.URL, "/.well-known/void", "text/turtle"); err != nil || g.Text(dataset, nsVoID+"triples") != "7" {
		t.Errorf("after a change: %s triples, %v", g.Text(dataset, nsVoID+"triples"), err)
	}
}
