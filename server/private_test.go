package server

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/export"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/server/tokens"
)

// The test of private graphs compares two servers: one whose store has nothing
// but public quads, and one whose store has the same quads and two private
// graphs in which every term of their own is unique and random. To a reader
// without the right the two must be one and the same, whatever she sends.

const (
	publicGraph = "http://example.org/graph/public"
	mixedGraph  = "http://example.org/graph/mixed"
)

// canaries makes terms that are nowhere else.
type canaries struct {
	random *rand.Rand
	all    []string
}

func (c *canaries) word() string {
	w := fmt.Sprintf("zz%016x", c.random.Uint64())
	c.all = append(c.all, w)
	return w
}

func (c *canaries) iri() rdf.IRI { return rdf.IRI("http://canary.example/" + c.word()) }

// in returns the canaries that occur in a text, in whatever case or encoding
// they may have got there.
func (c *canaries) in(text string) (found []string) {
	text = strings.ToLower(text)
	for _, w := range c.all {
		if strings.Contains(text, w) || strings.Contains(text, hex.EncodeToString([]byte(w))) {
			found = append(found, w)
		}
	}
	return found
}

// secrets are the private quads and their terms by what they are good for in
// requests.
type secrets struct {
	canaries
	quads                                  []rdf.Quad
	graph, second, subject, predicate      rdf.IRI
	object, class, actor, document, person rdf.IRI
	literal                                rdf.Literal
	triple                                 rdf.Triple
}

func newSecrets() *secrets {
	s := &secrets{canaries: canaries{random: rand.New(rand.NewPCG(7, 11))}}
	s.graph, s.second, s.subject, s.predicate, s.object, s.class = s.iri(), s.iri(), s.iri(), s.iri(), s.iri(), s.iri()
	s.actor = rdf.IRI(claim.NSID + "actor/" + s.word())
	s.document = rdf.IRI(claim.NSID + "document/" + s.word())
	s.person = rdf.IRI("https://belligraph.org/id/actor/mnla") // is public as well
	s.literal = rdf.NewString("a secret " + s.word())
	s.triple = rdf.Triple{Subject: s.subject, Predicate: s.predicate, Object: s.object}
	ns := func(name string) rdf.IRI { return rdf.IRI(claim.NS + name) }
	add := func(sub rdf.Term, p rdf.IRI, o rdf.Term) {
		s.quads = append(s.quads, rdf.Quad{Subject: sub, Predicate: p, Object: o, Graph: s.graph})
	}
	add(s.subject, s.predicate, s.object)
	add(s.subject, s.predicate, s.literal)
	add(s.subject, rdf.RDFType, s.class)
	add(s.object, s.predicate, s.subject) // a ring, for paths
	add(s.person, s.predicate, s.actor)   // from a public node to a secret one
	add(s.actor, ns("attacked"), s.person)
	add(s.person, ns("attacked"), s.actor)
	add(s.actor, rdf.RDFType, ns("Actor"))
	add(s.actor, rdf.RDFSLabel, rdf.NewLang("Secret Army "+s.word(), "en"))
	add(s.actor, claim.PropAltLabel, rdf.NewString("SA"+s.word()))
	add(s.person, rdf.RDFSLabel, rdf.NewLang("MNLA "+s.word(), "en"))
	add(s.document, rdf.RDFType, claim.ClassDocument)
	add(s.document, rdf.RDFSLabel, rdf.NewString("Secret report "+s.word()))
	add(s.document, ns("text"), rdf.NewString("Nobody may read "+s.word()))
	add(rdf.BlankNode(s.word()), ns("attacked"), rdf.BlankNode(s.word()))
	reifier := rdf.IRI("http://canary.example/" + s.word())
	add(reifier, rdf.IRI(rdf.NSRDF+"reifies"), s.triple)
	add(reifier, ns("claimant"), s.actor)
	add(reifier, rdf.RDFType, ns("Claim"))
	add(s.subject, rdf.IRI("gephi:inline"), rdf.NewBoolean(true))
	candidate := s.iri() // to be reviewed
	add(candidate, rdf.RDFType, claim.ClassCandidate)
	add(candidate, claim.PropDocument, s.document)
	add(candidate, claim.PropRule, rdf.NewString("rule-"+s.word()+"@1"))
	add(candidate, claim.PropReason, rdf.NewString("nobody may know "+s.word()))
	for i := range 500 { // enough for statistics to show it
		add(s.iri(), ns("attacked"), s.person)
		add(s.iri(), rdf.RDFSLabel, rdf.NewString(s.word()))
		if i%10 == 0 {
			s.quads = append(s.quads, rdf.Quad{Subject: s.iri(), Predicate: s.iri(), Object: rdf.NewString(s.word()), Graph: s.second})
		}
	}
	return s
}

// publicStore holds the sample article and two named graphs. A part of the
// private quads is there before it, so that ids do not tell either.
func publicStore(t *testing.T, s *secrets) graph.Graph {
	t.Helper()
	g, err := store.Open(filepath.Join(t.TempDir(), "graph"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	put := func(quads ...rdf.Quad) {
		if err := g.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	half := 0
	if s != nil {
		half = len(s.quads) / 2
		put(s.quads[:half]...)
	}
	if err := ingest.New(g, ingest.Options{}).Path(context.Background(), sampleArticle, func(ingest.Report) {}); err != nil {
		t.Fatal(err)
	}
	insert(t, g, `GRAPH <`+publicGraph+`> { <http://example.org/s> <http://example.org/p> "named" , <http://example.org/o> . <http://example.org/o> <http://example.org/p> <http://example.org/s> }
		GRAPH <`+mixedGraph+`> { <http://example.org/s> <http://example.org/p> "mixed" . <https://belligraph.org/id/actor/mnla> <https://belligraph.org/ontology#attacked> <http://example.org/o> }`)
	if err := g.Fold(context.Background()); err != nil { // exact statistics
		t.Fatal(err)
	}
	if s != nil {
		put(s.quads[half:]...)
	}
	return g
}

// request is one row of the test.
type request struct {
	method, path, body string
	header             []string
	shows              bool // somebody with the right sees a canary
	unordered          bool // lines may come in any order, or positions are random
}

// readRequests are the requests of a reader, in every form that there is.
func readRequests(s *secrets) (list []request) {
	get := func(path string, shows bool, header ...string) {
		list = append(list, request{method: "GET", path: path, shows: shows, header: header})
	}
	post := func(path, contentType, body string, shows bool) {
		list = append(list, request{method: "POST", path: path, body: body, shows: shows, header: []string{"Content-Type", contentType}})
	}
	esc := url.QueryEscape
	iri := func(i rdf.IRI) string { return "<" + string(i) + ">" }
	bg := "PREFIX bg: <https://belligraph.org/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
	mnla := iri(s.person)

	// Names are looked up in what the reader sees.
	batch := `{"q0":{"query":"Secret Army"},"q1":{"query":"MNLA"},"q2":{"query":"secret"}}`
	get("/reconcile", false)
	get("/reconcile?queries="+esc(batch), false)
	post("/reconcile", typeForm, "queries="+esc(batch), false)
	post("/reconcile/match", "application/json", `{"queries":[{"conditions":[{"matchType":"name","propertyValue":"Secret Army"}]}]}`, false)
	for _, prefix := range []string{"secret", "MNLA", "SA"} {
		get("/reconcile/suggest/entity?prefix="+prefix, false)
	}
	get("/reconcile/suggest/type?prefix=a", false)
	get("/reconcile/suggest/property?prefix=n", false)
	get("/reconcile/extend/propose?type=ArmedGroup", false)
	for _, id := range []rdf.IRI{s.actor, s.person, s.document} {
		wanted := `{"ids":["` + string(id) + `"],"properties":[{"id":"label"},{"id":"type"},{"id":"correspondsTo"}]}`
		post("/reconcile", typeForm, "extend="+esc(wanted), false)
		post("/reconcile/extend", "application/json", wanted, false)
		get("/reconcile/preview?id="+esc(string(id)), false)
	}

	// What is to be reviewed, and what was decided.
	for _, graph := range []string{"", "&graph=" + esc(string(s.graph)), "&graph=" + esc(string(s.second)), "&graph=" + esc(publicGraph)} {
		shows := strings.HasSuffix(graph, esc(string(s.graph)))
		get("/review?status=any"+graph, shows, "Accept", "application/json")
		get("/review?status=any"+graph, shows, "Accept", "text/html")
		get("/review?document="+esc(string(s.document))+graph, false)
		get("/review?kind=attacked&rule=x"+graph, false)
		get("/review/decisions?format=tsv"+graph, false)
		get("/review/decisions?format=jsonl"+graph, false)
		for _, id := range []rdf.IRI{s.actor, s.document, s.subject, "http://canary.example/reifier"} {
			get("/review/item?id="+esc(string(id))+graph, false)
			get("/review/item?id="+esc(string(id))+graph, false, "Accept", "text/html")
		}
	}

	// Queries: whether a term is a secret one that is there or one that is
	// nowhere must make no difference either, so each goes with both.
	type query struct {
		text  string
		shows bool
	}
	queries := []query{
		{`SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o`, false},
		{`SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o`, true},
		{`SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g`, true},
		{`SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g`, true},
		{`SELECT (COUNT(*) AS ?n) { ?s ?p ?o }`, false},
		{`SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }`, false},
		{`SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }`, false},
		{`SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g`, true},
		{`SELECT (COUNT(DISTINCT ?p) AS ?n) { GRAPH ?g { ?s ?p ?o } }`, false},
		{`SELECT DISTINCT ?p { GRAPH ?g { ?s ?p ?o } } ORDER BY ?p`, true},
		{`SELECT DISTINCT ?c { GRAPH ?g { ?s a ?c } } ORDER BY ?c`, true},
		{bg + `SELECT * { GRAPH ?g { ?s bg:attacked ?o } } ORDER BY ?g ?s ?o`, true},
		{bg + `SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s bg:attacked ?o } }`, false},
		{bg + `SELECT * { GRAPH ?g { ` + mnla + ` ?p ?o } } ORDER BY ?g ?p ?o`, true},
		{bg + `SELECT * { GRAPH ?g { ?s ?p ` + mnla + ` } } ORDER BY ?g ?s ?p LIMIT 50`, true},
		{bg + `SELECT * { GRAPH ?g { ` + mnla + ` (bg:attacked|!bg:attacked)+ ?x } } ORDER BY ?g ?x`, true},
		{bg + `SELECT * { ` + mnla + ` bg:attacked* ?x } ORDER BY ?x`, false},
		{bg + `SELECT * { GRAPH ?g { ?x ^bg:attacked/bg:attacked ?y } } ORDER BY ?g ?x ?y LIMIT 50`, true},
		{bg + `SELECT ?l { GRAPH ?g { ?s rdfs:label ?l FILTER(CONTAINS(LCASE(STR(?l)), "secret")) } } ORDER BY ?l`, true},
		{bg + `SELECT ?l { GRAPH ?g { ?s rdfs:label ?l FILTER(STRSTARTS(STR(?l), "Secret")) } } ORDER BY ?l`, true},
		{bg + `SELECT (MAX(?l) AS ?m) { GRAPH ?g { ?s rdfs:label ?l } }`, true},
		{bg + `SELECT (GROUP_CONCAT(?l; separator="|") AS ?m) { { SELECT ?l { GRAPH ?g { ?s rdfs:label ?l } } ORDER BY ?l } }`, true},
		{bg + `SELECT * { GRAPH ?g { ?r rdf:reifies ?t } } ORDER BY ?g ?r ?t`, true},
		{bg + `SELECT * { GRAPH ?g { ?r rdf:reifies <<( ?a ?b ?c )>> } } ORDER BY ?g ?r`, true},
		{bg + `ASK { GRAPH ?g { ?s rdfs:label "` + s.literal.Lexical + `" } }`, false},
		{`CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }`, true},
		{`CONSTRUCT { ?g <http://example.org/n> ?n } { SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g }`, true},
		{`DESCRIBE ` + mnla, false},
		{`DESCRIBE ?s { GRAPH ?g { ?s ?p ?o } }`, true},
		{`SELECT * { { GRAPH ?g { ?s ?p ?o } } MINUS { GRAPH <` + publicGraph + `> { ?s ?p ?o } } } ORDER BY ?g ?s ?p ?o`, true},
		{`SELECT * { ?s a ?c FILTER EXISTS { GRAPH ?g { ?x ?y ?s } } } ORDER BY ?s ?c`, false},
		{`SELECT * { ?s a ?c FILTER NOT EXISTS { GRAPH ?g { ?s ?y ?z } } } ORDER BY ?s ?c`, false},
		{`SELECT * { ?s a ?c OPTIONAL { GRAPH ?g { ?x ?y ?s } } } ORDER BY ?s ?c ?g ?x ?y`, true},
	}
	for _, term := range []rdf.IRI{s.graph, s.second, s.subject, s.predicate, s.object, s.class, s.actor, s.document, "http://nowhere.example/x"} {
		there := term != "http://nowhere.example/x"
		i := iri(term)
		queries = append(queries,
			query{`SELECT * { GRAPH ?g { ` + i + ` ?p ?o } } ORDER BY ?g ?p ?o`, false},
			query{`SELECT * { GRAPH ` + i + ` { ?s ?p ?o } } ORDER BY ?s ?p ?o`, term == s.graph || term == s.second},
			query{`SELECT * { GRAPH ?g { ?s ` + i + ` ?o } } ORDER BY ?g ?s ?o`, term == s.predicate},
			query{`SELECT (COUNT(*) AS ?n) { GRAPH ` + i + ` { ?s ?p ?o } }`, false},
			query{`SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ` + i + ` } }`, false},
			query{`SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ` + i + ` ?o } }`, false},
			query{`ASK { GRAPH ` + i + ` {} }`, false},
			query{`ASK { GRAPH ?g { ` + i + ` ?p ?o } }`, false},
			query{`ASK { GRAPH ?g { ?s a ` + i + ` } }`, false},
			query{`DESCRIBE ` + i, false},
			query{`SELECT * FROM ` + i + ` { ?s ?p ?o } ORDER BY ?s ?p ?o`, term == s.graph || term == s.second},
			query{`SELECT * FROM <` + publicGraph + `> FROM ` + i + ` { ?s ?p ?o } ORDER BY ?s ?p ?o`, term == s.graph || term == s.second},
			query{`SELECT (COUNT(*) AS ?n) FROM ` + i + ` { ?s ?p ?o }`, false},
			query{`SELECT * FROM NAMED ` + i + ` { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s ?p ?o`, term == s.graph || term == s.second},
			query{`SELECT * FROM NAMED ` + i + ` { GRAPH ?g {} }`, there && false},
			query{`SELECT * { GRAPH ?g { ` + i + ` ` + iri(s.predicate) + `+ ?x } } ORDER BY ?x`, false},
			query{`SELECT * { GRAPH ` + i + ` { ?x (<http://example.org/p>|!<http://example.org/p>)+ ?y } } ORDER BY ?x ?y LIMIT 40`, term == s.graph || term == s.second},
			query{`SELECT * { VALUES ?x { ` + i + ` <http://example.org/s> <http://example.org/o> } GRAPH ?g { ?x ?p ?o } } ORDER BY ?x ?g ?p ?o`, false},
			query{`SELECT ?x { VALUES ?x { ` + i + ` <http://example.org/s> <http://example.org/o> } }`, false},
			query{`SELECT DISTINCT ?x { VALUES ?x { ` + i + ` <http://example.org/s> ` + i + ` } }`, false},
			query{`SELECT * { BIND(IRI("` + string(term) + `") AS ?x) { SELECT DISTINCT ?x { GRAPH ?g { ?x ?p ?o } } } }`, false},
			query{bg + `SELECT * { GRAPH ?g { ?r rdf:reifies <<( ` + i + ` ?b ?c )>> } }`, false},
		)
	}
	for _, q := range queries {
		echoes := s.in(q.text) != nil // the reader's own words may come back
		shows := q.shows && !echoes
		get("/sparql?query="+esc(q.text), shows, "Accept", "text/tab-separated-values, text/turtle;q=0.9")
		get("/sparql?explain=1&query="+esc(q.text), false)
		get("/sparql?explain=1&query="+esc(q.text), false, "Accept", "application/json")
	}
	for i, q := range queries[:len(queries)/4] {
		get("/sparql?explain=analyze&query="+esc(q.text), false)
		accept := []string{"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/html"}[i%4]
		get("/sparql?query="+esc(q.text), false, "Accept", accept+", */*;q=0.1")
		post("/query", typeQuery, q.text, q.shows && s.in(q.text) == nil)
		post("/sparql", typeForm, "query="+esc(q.text), false)
		list = append(list, request{method: "HEAD", path: "/sparql?query=" + esc(q.text)})
	}
	all := esc(`SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o`)
	allNamed := esc(`SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o`)
	for _, g := range []rdf.IRI{s.graph, s.second, s.subject, publicGraph, "http://nowhere.example/x"} {
		e := esc(string(g))
		secret := g == s.graph || g == s.second
		get("/sparql?query="+all+"&default-graph-uri="+e, secret)
		get("/sparql?query="+allNamed+"&named-graph-uri="+e, secret)
		get("/sparql?query="+all+"&default-graph-uri="+esc(publicGraph)+"&default-graph-uri="+e, secret)
		get("/sparql?query="+esc("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")+"&default-graph-uri="+e, false)
		get(graphStorePath+"?graph="+e, secret)
		get(graphStorePath+"?graph="+e, secret, "Accept", "application/n-triples")
		list = append(list, request{method: "HEAD", path: graphStorePath + "?graph=" + e})
		get(graphStorePath+"?graph="+e, false, "If-None-Match", "*")
	}
	get(graphStorePath, true, "Accept", "application/n-quads")
	get(graphStorePath, true, "Accept", "application/trig")
	get(graphStorePath+"?default", false, "Accept", "application/n-triples")
	get(graphStorePath+"/"+s.word(), false)

	for _, accept := range []string{"text/turtle", "application/n-triples", "application/ld+json", "text/html"} {
		get("/sparql", accept != "text/html", "Accept", accept)
		get("/.well-known/void", accept != "text/html", "Accept", accept)
		get("/.well-known/sparql", false, "Accept", accept)
		get("/", false, "Accept", accept)
	}
	get("/questions/who-attacked?target="+esc("Secret Army"), false)
	for _, path := range []string{"/sparql/", "/query/"} {
		post(path, typeQuery, `SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g`, true)
	}
	for _, path := range []string{"/query", "/query/", "/sparql/"} {
		get(path, true, "Accept", "application/n-triples")
	}
	get("/openapi.json", false)
	get("/openapi", false)
	get("/guide", false)
	get("/guide/model", false)
	get("/version", false)
	get("/health", false)
	get("/health/live", false)
	get("/health/ready", false)
	get("/questions", false)
	get("/questions", false, "Accept", "text/html")

	for _, format := range []string{"json", "html", "text"} {
		for _, q := range []string{
			"Who attacked Tinzaouaten?", "Whom did the MNLA attack?", "Who attacked the MNLA?", "What happened in Secret Army " + s.all[3] + "?",
			"Who attacked Secret Army?", "Whom did SA attack?", "Who is Secret Army?", "Who claimed control of Tinzaouaten?", "What does Secret report say?",
		} {
			get("/ask?format="+format+"&q="+esc(q), false)
		}
	}
	for _, id := range []string{"actor/mnla", strings.TrimPrefix(string(s.actor), claim.NSID), strings.TrimPrefix(string(s.document), claim.NSID), "actor/nobody"} {
		get("/id/"+id, false)
		get("/id/"+id, false, "Accept", "text/turtle")
		get("/page/"+id, false)
		get("/document/"+strings.TrimPrefix(id, "document/"), false)
		for _, ext := range []string{".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld"} {
			get("/data/"+id+ext, false)
		}
	}
	for _, i := range []rdf.IRI{s.subject, s.object, s.graph, s.predicate, s.actor, "http://example.org/s", "http://nowhere.example/x"} {
		get("/describe?iri="+esc(string(i)), false)
		get("/describe?format=nt&iri="+esc(string(i)), false)
	}

	// Cayley. Its own notation is <iri>.
	for _, term := range []rdf.IRI{s.subject, s.predicate, s.object, s.actor, s.graph, "http://nowhere.example/x", s.person} {
		i := iri(term)
		gizmo := []string{
			`g.V("` + i + `").all()`, `g.V("` + i + `").out().all()`, `g.V("` + i + `").in().all()`, `g.V("` + i + `").both().all()`,
			`g.V("` + i + `").outPredicates().all()`, `g.V("` + i + `").inPredicates().all()`, `g.V("` + i + `").labels().all()`,
			`g.V("` + i + `").followRecursive("<https://belligraph.org/ontology#attacked>").all()`, `g.emit(g.V("` + i + `").out().count())`,
			`g.V().has("` + i + `").all()`, `g.V("` + i + `").labelContext("` + iri(s.graph) + `").out().all()`, `g.V().tag("x").out("` + i + `").all()`,
		}
		for _, text := range gizmo {
			post("/api/v1/query/gizmo", "text/plain", text, false)
			post("/api/v1/shape/gizmo", "text/plain", text, false)
			post("/api/v2/query?lang=gizmo", "text/plain", text, false)
			get("/api/v2/query?lang=gizmo&qu="+esc(text), false, "Accept", "application/ld+json")
		}
		post("/api/v1/query/graphql", "text/plain", `{ nodes(id: `+i+`) { id, out: <https://belligraph.org/ontology#attacked> { id } } }`, false)
		post("/api/v1/query/mql", "text/plain", `[{"id":"`+i+`","<https://belligraph.org/ontology#attacked>":[]}]`, false)
		post("/api/v1/shape/mql", "text/plain", `[{"id":"`+i+`","<https://belligraph.org/ontology#attacked>":[]}]`, false)
		for _, name := range []string{"sub", "pred", "obj", "label"} {
			get("/api/v2/read?format=nquads&"+name+"="+esc(i), false)
			get("/gephi/gs?"+name+"="+esc(i), false)
		}
		get("/api/v2/read?format=nquads&sub="+esc(iri(s.subject)+","+i+","+mnla), false)
		get("/gephi/gs?mode=nodes&sub="+esc(i), false)
	}
	for _, text := range []string{`g.V().all()`, `g.emit(g.V().count())`, `g.V().out().count()`, `g.V().getLimit(500)`, `g.V().labels().unique().all()`, `g.V().outPredicates().unique().all()`} {
		post("/api/v1/query/gizmo?limit=-1", "text/plain", text, strings.HasSuffix(text, "l()"))
		post("/api/v1/shape/gizmo", "text/plain", text, false)
	}
	post("/api/v1/query/mql?limit=-1", "text/plain", `[{"id":null,"<https://belligraph.org/ontology#attacked>":null}]`, true)
	post("/api/v1/query/graphql", "text/plain", `{ nodes { id, label: <http://www.w3.org/2000/01/rdf-schema#label> } }`, true)
	for _, f := range []string{"nquads", "jsonld", "json", "graphviz", "graphml", "gml"} {
		get("/api/v2/read?format="+f, true)
	}
	post("/api/v2/read", typeForm, "format=nquads", true)
	get("/api/v2/formats", false)
	get("/api/v2/namespace-rules", false)
	get("/gephi/gs?limit=-1", true)
	get("/gephi/gs?mode=nodes&limit=-1", true)
	for _, page := range []string{"query", "query_shape", "visualize", "write"} {
		get("/ui/"+page, false)
	}
	get("/docs/gizmo", false)
	get("/assets/belligraph.css", false)
	get("/static/js/nothing.js", false)
	for _, f := range export.Formats() {
		get("/export/"+f.File, false)
		get("/export/"+f.Name+"?graph="+esc(string(publicGraph)), false)
		for _, g := range []rdf.IRI{s.graph, s.second, "http://nowhere.example/x"} {
			get("/export/"+f.File+"?graph="+esc(string(g)), g == s.graph && slices.Contains([]string{"claims", "jsonld", "nanopub"}, f.Name))
		}
	}
	get("/export/network.gexf?network=participation", false)
	get("/export/network.graphml?network=attacks", false)
	get("/export", false)
	for _, source := range []string{"Ansar Dine", string(s.actor), string(s.document), "Secret report", "http://nowhere.example/x"} {
		get("/ask?q="+esc("Who claimed control of Tinzaouaten?")+"&without="+esc(source), false)
		get("/questions/envelopes?without="+esc(source), false)
	}
	get("/metrics", false)
	for _, path := range []string{"/admin/queries", "/admin/backup", "/admin/log", "/admin/store"} {
		get(path, false)
	}
	list = append(list, request{method: "DELETE", path: "/admin/queries/x"})
	for i, r := range list {
		// Terms are numbered as they come, so rows that nobody sorts may come in
		// another order.
		list[i].unordered = !strings.Contains(r.path, "explain=") && !strings.Contains(r.path+r.body, "ORDER")
	}
	return list
}

// writeRequests are the requests of a writer who does not see the private
// graphs, in the order in which they are sent.
func writeRequests(s *secrets) (list []request) {
	update := func(text string) {
		list = append(list, request{method: "POST", path: "/update", body: text, header: []string{"Content-Type", typeUpdate}})
	}
	i := func(term rdf.IRI) string { return "<" + string(term) + ">" }
	for _, g := range []rdf.IRI{s.graph, s.second, s.subject, "http://nowhere.example/x"} {
		update(`INSERT { GRAPH <http://example.org/stolen> { ?s ?p ?o } } WHERE { GRAPH ` + i(g) + ` { ?s ?p ?o } }`)
		update(`INSERT { GRAPH <http://example.org/stolen> { ?s ?p ?o } } USING ` + i(g) + ` WHERE { ?s ?p ?o }`)
		update(`INSERT { GRAPH <http://example.org/stolen> { ?s ?p ?o } } USING NAMED ` + i(g) + ` WHERE { GRAPH ?g { ?s ?p ?o } }`)
		update(`WITH ` + i(g) + ` DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }`)
		for _, verb := range []string{"COPY", "ADD", "MOVE", "COPY SILENT", "ADD SILENT", "MOVE SILENT"} {
			update(verb + ` ` + i(g) + ` TO <http://example.org/stolen>`)
		}
		update(`CLEAR GRAPH ` + i(g))
		update(`DROP GRAPH ` + i(g))
		update(`CLEAR SILENT GRAPH ` + i(g))
		update(`DROP SILENT GRAPH ` + i(g))
		update(`DELETE DATA { GRAPH ` + i(g) + ` { ` + i(s.subject) + ` ` + i(s.predicate) + ` ` + i(s.object) + ` } }`)
		update(`DELETE WHERE { GRAPH ` + i(g) + ` { ?s ?p ?o } }`)
		list = append(list, request{method: "POST", path: "/update?using-graph-uri=" + url.QueryEscape(string(g)), body: `INSERT { GRAPH <http://example.org/stolen> { ?s ?p ?o } } WHERE { ?s ?p ?o }`, header: []string{"Content-Type", typeUpdate}})
		list = append(list, request{method: "DELETE", path: graphStorePath + "?graph=" + url.QueryEscape(string(g))})
		list = append(list, request{method: "POST", path: "/api/v2/node/delete", body: i(g), header: []string{"Content-Type", "application/n-quads"}})
	}
	update(`INSERT { GRAPH <http://example.org/stolen> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }`)
	update(`DELETE { GRAPH ?g { ?s <http://example.org/p> ?o } } INSERT { ?s <http://example.org/q> ?o } WHERE { GRAPH ?g { ?s <http://example.org/p> ?o } }`)
	quad := fmt.Sprintf("%s %s %s %s .\n", i(s.subject), i(s.predicate), i(s.object), i(s.graph))
	list = append(list,
		request{method: "POST", path: "/api/v2/namespace-rules", body: fmt.Sprintf(`[{"prefix":"private","namespace":%q}]`, s.subject), header: []string{"Content-Type", "application/json"}},
		request{method: "POST", path: "/api/v2/delete", body: quad, header: []string{"Content-Type", "application/n-quads"}},
		request{method: "POST", path: "/api/v1/delete", body: fmt.Sprintf(`[{"subject":%q,"predicate":%q,"object":%q,"label":%q}]`, i(s.subject), i(s.predicate), i(s.object), i(s.graph))},
	)
	upload := "--x\r\nContent-Disposition: form-data; name=\"NQuadFile\"; filename=\"f\"\r\n\r\n<http://example.org/u> <http://example.org/p> \"u\" .\r\n--x--\r\n"
	list = append(list, request{method: "POST", path: "/api/v1/write/file/nquad", body: upload, header: []string{"Content-Type", "multipart/form-data; boundary=x"}})
	list = append(list, request{method: "POST", path: "/update/", body: `INSERT DATA { <x:a> <x:b> 1 }`, header: []string{"Content-Type", typeUpdate}})
	for _, method := range []string{"PUT", "POST", "PATCH", "DELETE"} {
		r := request{method: method, path: graphStorePath + "/direct", body: `<x:a> <x:b> 1 .`, header: []string{"Content-Type", "text/turtle"}}
		if method == "PATCH" {
			r.body, r.header = `INSERT { ?s ?p ?o } WHERE { GRAPH `+i(s.graph)+` { ?s ?p ?o } }`, []string{"Content-Type", typeUpdate}
		}
		list = append(list, r)
	}
	for _, graph := range []string{"", "?graph=" + url.QueryEscape(string(s.graph))} {
		for _, target := range []rdf.IRI{s.subject, s.actor, s.document} {
			list = append(list,
				request{method: "POST", path: "/review/decisions" + graph, header: []string{"Content-Type", "application/json"},
					body: `{"decisions":[{"target":"` + string(target) + `","verdict":"reject","by":"A"}]}`},
				request{method: "POST", path: "/review/decisions" + graph, header: []string{"Content-Type", typeForm},
					body: "verdict=correct&by=A&agent=Secret+Army&target=" + url.QueryEscape(string(target)) + "&graph=" + url.QueryEscape(string(s.graph))})
		}
	}
	update(`CLEAR NAMED`)
	update(`DROP NAMED`)
	return list
}

// refusedRequests would write into a private graph. They are refused whether
// there is such a graph or not.
func refusedRequests(s *secrets) []request {
	g := url.QueryEscape(string(s.graph))
	quad := "<http://example.org/a> <http://example.org/b> \"x\" <" + string(s.graph) + "> .\n"
	return []request{
		{method: "POST", path: "/update", body: `INSERT DATA { GRAPH <` + string(s.graph) + `> { <x:a> <x:b> <x:c> } }`, header: []string{"Content-Type", typeUpdate}},
		{method: "POST", path: "/update", body: `CREATE GRAPH <` + string(s.graph) + `>`, header: []string{"Content-Type", typeUpdate}},
		{method: "POST", path: "/update", body: `COPY DEFAULT TO <` + string(s.graph) + `>`, header: []string{"Content-Type", typeUpdate}},
		{method: "PUT", path: graphStorePath + "?graph=" + g, body: `<x:a> <x:b> <x:c> .`, header: []string{"Content-Type", "text/turtle"}},
		{method: "POST", path: graphStorePath + "?graph=" + g, body: `<x:a> <x:b> <x:c> .`, header: []string{"Content-Type", "text/turtle"}},
		{method: "POST", path: graphStorePath, body: quad, header: []string{"Content-Type", "application/n-quads"}},
		{method: "PATCH", path: graphStorePath + "?graph=" + g, body: `INSERT DATA { <x:a> <x:b> <x:c> }`, header: []string{"Content-Type", typeUpdate}},
		{method: "POST", path: "/api/v2/write", body: quad, header: []string{"Content-Type", "application/n-quads"}},
		{method: "POST", path: "/api/v1/write", body: `[{"subject":"a","predicate":"b","object":"c","label":"<` + string(s.graph) + `>"}]`},
	}
}

// answer is what came back, without what differs from request to request.
type answered struct {
	status int
	text   string
}

// changing are parts of responses that differ each time.
var changing = regexp.MustCompile(`"requestId":"[^"]*"|"(x|y)":-?[0-9.e-]+|[0-9-]+T[0-9:]+Z|"(an|cn|ae)":\{"q?[0-9a-f]+"|"(source|target)":"[0-9a-f]+"|[0-9.]+ ?(ns|µs|us|ms|s)\b|"(time|seconds|nanoseconds|Time)":[0-9.e-]+`)

func ask(t *testing.T, h http.Handler, r request, authorization string) answered {
	t.Helper()
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
	req.Host = "127.0.0.1:8080"
	for i := 0; i < len(r.header); i += 2 {
		req.Header.Set(r.header[i], r.header[i+1])
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	var b strings.Builder
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(w.Header()))
	for name := range w.Header() {
		if name != "X-Request-Id" && name != "Etag" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, w.Header()[name])
	}
	text := changing.ReplaceAllString(string(body), "…")
	if strings.Contains(r.path, "format=g") { // GraphML and its like number the nodes
		text = regexp.MustCompile(`\bn?[0-9]+\b`).ReplaceAllString(text, "n")
	}
	if r.unordered {
		text = sortedPieces(text)
	}
	return answered{w.Code, b.String() + "\n" + text}
}

// sortedPieces puts the lines of a text and the parts of its JSON lists into an
// order of their own.
func sortedPieces(text string) string {
	pieces := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r\t {}[](),;.&|", r) })
	slices.Sort(pieces)
	return strings.Join(pieces, "\n")
}

// leaks checks one request against both servers.
func leaks(t *testing.T, s *secrets, r request, bare, guarded answered) {
	t.Helper()
	asked := r.path + r.body
	if u, err := url.QueryUnescape(r.path); err == nil {
		asked += u
	}
	for _, w := range s.in(guarded.text) {
		if !strings.Contains(strings.ToLower(asked), w) {
			t.Errorf("%s %s %.200s\ngives the secret %s away:\n%.2000s", r.method, r.path, r.body, w, guarded.text)
			return
		}
	}
	if strings.HasPrefix(r.path, "/metrics") {
		return // the size of the process and the version are no secret
	}
	if bare != guarded {
		at := 0
		for at < min(len(bare.text), len(guarded.text)) && bare.text[at] == guarded.text[at] {
			at++
		}
		from := max(0, at-200)
		t.Errorf("%s %s %.200s %q\nwithout the private graph: %d …%.600s\n\nwith it: %d …%.600s", r.method, r.path, r.body, r.header, bare.status, bare.text[from:], guarded.status, guarded.text[from:])
	}
}

// routesAsked returns the routes of a server that no request of the lists
// reaches.
func routesNotAsked(s *Server, lists ...[]request) (missing []string) {
	reached := make(map[string]bool)
	r := s.router
	for _, route := range r.Routes() {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`[:*]\w+`).ReplaceAllString(route.Path, ".*") + "$")
		for _, list := range lists {
			for _, q := range list {
				path, _, _ := strings.Cut(q.path, "?")
				if q.method == route.Method && pattern.MatchString(path) {
					reached[route.Method+route.Path] = true
				}
			}
		}
	}
	for _, route := range r.Routes() {
		if route.Method == http.MethodOptions || route.Method == http.MethodHead || reached[route.Method+route.Path] {
			continue
		}
		missing = append(missing, route.Method+" "+route.Path)
	}
	return missing
}

// TestPrivateGraphs: to somebody without the right a server with private graphs
// is the same as one without.
func TestPrivateGraphs(t *testing.T) {
	for _, union := range []bool{false, true} {
		t.Run(fmt.Sprintf("union=%v", union), func(t *testing.T) {
			s := newSecrets()
			token, secret, err := tokens.New(tokens.Token{Name: "insider", Scopes: []tokens.Scope{tokens.Read}, Graphs: []string{string(s.graph), string(s.second)}})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "tokens.json")
			if err := tokens.WriteFile(file, []tokens.Token{token}); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			cfg := Config{Writes: WritesOpen, UnionDefault: union, TokenFile: file}
			cfg.Graph = publicStore(t, nil)
			cfg.Private = []string{string(s.graph), string(s.second)}
			bare, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			whole := publicStore(t, s)
			cfg.Graph = whole
			guarded, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			reads, writes, refused := readRequests(s), writeRequests(s), refusedRequests(s)
			if missing := routesNotAsked(guarded, reads, writes, refused); len(missing) > 0 && !union {
				t.Errorf("no request of this test reaches %s: add what a curious reader would send there", strings.Join(missing, ", "))
			}
			if union { // the forms that the default graph makes a difference to
				reads = slices.DeleteFunc(reads, func(r request) bool {
					return !strings.HasPrefix(r.path, "/sparql") || strings.Contains(r.path, "GRAPH")
				})
			}
			shown := 0
			for _, r := range reads {
				leaks(t, s, r, ask(t, bare.Handler(), r, ""), ask(t, guarded.Handler(), r, ""))
				if t.Failed() {
					return
				}
				if !r.shows {
					continue
				}
				if insider := ask(t, guarded.Handler(), r, "Bearer "+secret); s.in(insider.text) == nil {
					t.Errorf("%s %s %s shows nothing secret to somebody with the right: %.300s", r.method, r.path, r.body, insider.text)
				}
				// What was made for the one must not be kept for the other.
				leaks(t, s, r, ask(t, bare.Handler(), r, ""), ask(t, guarded.Handler(), r, ""))
				shown++
			}
			for _, r := range refused {
				for what, srv := range map[string]*Server{"without": bare, "with": guarded} {
					if a := ask(t, srv.Handler(), r, ""); a.status != http.StatusForbidden {
						t.Errorf("%s %s %s, %s the private graph: %d %s", r.method, r.path, r.body, what, a.status, a.text)
					}
				}
			}
			for _, r := range writes {
				leaks(t, s, r, ask(t, bare.Handler(), r, ""), ask(t, guarded.Handler(), r, ""))
			}
			dump := request{method: "GET", path: graphStorePath, header: []string{"Accept", "application/n-quads"}, unordered: true}
			leaks(t, s, dump, ask(t, bare.Handler(), dump, ""), ask(t, guarded.Handler(), dump, ""))
			snap, err := whole.Snapshot(private.With(context.Background(), private.Everything()))
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			kept := uint64(0)
			for _, g := range []rdf.IRI{s.graph, s.second} {
				if id, ok, _ := snap.Lookup(g); ok {
					n, _, _ := snap.Estimate(graph.Pattern{G: id})
					kept += n
				}
			}
			if int(kept) != len(s.quads) {
				t.Errorf("of %d private quads %d are left", len(s.quads), kept)
			}
			if found := s.in(log.String()); found != nil {
				t.Errorf("the log holds %s", found)
			}
			t.Logf("%d requests to read, %d of them shown to an insider, %d to write, %d refused; %d secret words", len(reads), shown, len(writes), len(refused), len(s.all))
		})
	}
}
