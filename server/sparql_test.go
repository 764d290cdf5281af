package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// insert adds data, as within INSERT DATA.
func insert(t testing.TB, g graph.Graph, data string) {
	t.Helper()
	// The text is that of INSERT DATA but for a triple before GRAPH, which
	// needs a full stop nowhere.
	if _, err := queries.New(g, queries.Options{}).Update(context.Background(), "INSERT DATA { "+data+" }", queries.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// fetch sends a request; pairs are headers. The response's body has been read.
func fetch(t testing.TB, l *httptest.Server, method, path, body string, pairs ...string) (string, *http.Response) {
	t.Helper()
	r, err := http.NewRequest(method, l.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "Host" {
			r.Host = pairs[i+1]
		} else if pairs[i+1] != "" {
			r.Header.Set(pairs[i], pairs[i+1])
		}
	}
	resp, err := plainClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), resp
}

const (
	askAll    = "ASK { ?s ?p ?o }"
	selectAll = "SELECT ?o { ?s ?p ?o }"
)

func q(text string) string { return "/sparql?query=" + url.QueryEscape(text) }

// TestProtocol is a request a row: what is sent, the status, the beginning of
// the Content-Type and what the body has in it.
func TestProtocol(t *testing.T) {
	const form, direct, update = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
	l, g := listener(t, Config{MaxBody: 4096, MaxQueryText: 1024})
	insert(t, g, `<http://example.org/s> <http://example.org/p> "default" GRAPH <http://example.org/g> { <http://example.org/s> <http://example.org/p> "named" }`)
	type pairs []string
	for _, tc := range []struct {
		name, method, path, body string
		header                   pairs
		status                   int
		contentType, want        string
	}{
		{"query by GET", "GET", q(askAll), "", nil, 200, "application/sparql-results+json", `"boolean":true`},
		{"with a slash behind", "GET", "/sparql/?query=ASK%7B%7D", "", nil, 200, "application/sparql-results+json", `true`},
		{"at Fuseki's address", "GET", "/query?query=ASK%7B%7D", "", nil, 200, "application/sparql-results+json", `true`},
		{"query by form", "POST", "/sparql", "query=" + url.QueryEscape(selectAll), pairs{"Content-Type", form}, 200, "application/sparql-results+json", `"default"`},
		{"form with charset", "POST", "/sparql", "query=ASK%7B%7D", pairs{"Content-Type", form + "; charset=UTF-8"}, 200, "", "true"},
		{"query directly", "POST", "/sparql", selectAll, pairs{"Content-Type", direct}, 200, "application/sparql-results+json", `"default"`},
		{"query directly with charset", "POST", "/query", selectAll, pairs{"Content-Type", direct + "; charset=utf-8"}, 200, "", `"default"`},
		{"semicolon in the URL as it is", "GET", "/sparql?query=ASK{?s+?p+?o;?p+?o2}", "", nil, 200, "", "true"},
		{"plus is a space, %2B a plus", "GET", "/sparql?query=SELECT+(1%2B1+AS+?x)%7B%7D", "", nil, 200, "", `"2"`},
		{"characters beyond ASCII", "GET", q(`SELECT ("é日" AS ?x) {}`), "", nil, 200, "", "é日"},
		{"byte order mark", "POST", "/sparql", "\ufeffASK {}", pairs{"Content-Type", direct}, 200, "", "true"},
		{"unknown parameters", "GET", q(askAll) + "&queryLn=SPARQL&infer=true&$x=1&timeout=30", "", nil, 200, "", "true"},

		{"update by form", "POST", "/update", "update=" + url.QueryEscape(`INSERT DATA { <x:new> <x:p> 1 }`), pairs{"Content-Type", form}, 200, "text/plain", "1 inserted"},
		{"update directly", "POST", "/sparql", `DELETE DATA { <x:new> <x:p> 1 }`, pairs{"Content-Type", update + "; charset=UTF-8"}, 200, "text/plain", "1 deleted"},
		{"update as a query, where only updates go", "POST", "/update", `INSERT DATA { <x:new> <x:q> 1 } ; DELETE DATA { <x:new> <x:q> 1 }`, pairs{"Content-Type", direct}, 200, "text/plain", "1 inserted, 1 deleted"},
		{"update that changes nothing", "POST", "/sparql", `DELETE DATA { <x:new> <x:p> 1 }`, pairs{"Content-Type", update}, 204, "", ""},
		{"update by GET", "GET", "/sparql?update=CLEAR%20ALL", "", nil, 405, "text/plain", "POST"},
		{"update by HEAD", "HEAD", "/sparql?update=CLEAR%20ALL", "", nil, 405, "text/plain", ""},
		{"update as query", "POST", "/sparql", "CLEAR ALL", pairs{"Content-Type", direct}, 400, "text/plain", "CLEAR"},
		{"query as update", "POST", "/sparql", "ASK {}", pairs{"Content-Type", update}, 400, "text/plain", "ASK"},

		{"two queries", "GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "", nil, 400, "text/plain", "more than one"},
		{"query and update", "POST", "/sparql", "query=ASK%7B%7D&update=CLEAR+ALL", pairs{"Content-Type", form}, 400, "text/plain", "more than one"},
		{"one in the URL, one in the body", "POST", q(askAll), "ASK {}", pairs{"Content-Type", direct}, 400, "text/plain", "already"},
		{"neither", "POST", "/sparql", "format=json", pairs{"Content-Type", form}, 400, "text/plain", "neither"},
		{"no type", "POST", "/sparql", "query=ASK%7B%7D", nil, 415, "text/plain", form},
		{"wrong type", "POST", "/sparql", "ASK {}", pairs{"Content-Type", "text/plain"}, 415, "text/plain", "text/plain is not understood"},
		{"UTF-16", "POST", "/sparql", "A\x00S\x00K\x00 \x00{\x00}\x00", pairs{"Content-Type", direct + "; charset=UTF-16"}, 415, "text/plain", "UTF-8"},
		{"UTF-16 that does not say so", "POST", "/sparql", "\xff\xfeA\x00S\x00", pairs{"Content-Type", direct}, 400, "text/plain", "UTF-8"},
		{"no UTF-8 in a form", "POST", "/sparql", "query=%ff", pairs{"Content-Type", form}, 400, "text/plain", "UTF-8"},
		{"percent sign alone", "GET", "/sparql?query=ASK%", "", nil, 400, "text/plain", "percent"},
		{"method", "PUT", q(askAll), "", nil, 405, "text/plain", "PUT"},
		{"update address by GET", "GET", "/update?query=ASK%7B%7D", "", nil, 405, "text/plain", "GET"},

		{"syntax error with a caret", "GET", q("SELECT * {\n  ?s ?p ?o FILTR(?o)\n}"), "", nil, 400, "text/plain", "line 2, column 12"},
		{"syntax error's caret", "GET", q("SELECT * {\n  ?s ?p ?o FILTR(?o)\n}"), "", nil, 400, "text/plain", "\n           ^"},
		{"as YASGUI asks", "GET", q("SELEC"), "", pairs{"Accept", "application/sparql-results+json,*/*;q=0.9"}, 400, "text/plain", "line 1"},
		{"as problem", "GET", q("ASK {"), "", pairs{"Accept", "application/problem+json"}, 400, "application/problem+json", `"line":1`},
		{"as JSON", "GET", q("ASK {"), "", pairs{"Accept", "application/json"}, 400, "application/problem+json", `"column":5`},
		{"as page", "GET", q("ASK {"), "", pairs{"Accept", "text/html"}, 400, "text/html", "column 5"},
		{"no such path", "GET", "/nowhere", "", nil, 404, "text/plain", "/nowhere"},

		{"default graph", "GET", q(selectAll) + "&default-graph-uri=http%3A%2F%2Fexample.org%2Fg", "", nil, 200, "", `"named"`},
		{"default graph over FROM", "GET", q("SELECT ?o FROM <x:none> { ?s ?p ?o }") + "&default-graph-uri=http%3A%2F%2Fexample.org%2Fg", "", nil, 200, "", `"named"`},
		{"only a named graph leaves the default graph empty", "GET", q(askAll) + "&named-graph-uri=http%3A%2F%2Fexample.org%2Fg", "", nil, 200, "", `false`},
		{"dataset in the URL of a direct POST", "POST", "/sparql?default-graph-uri=http%3A%2F%2Fexample.org%2Fg", selectAll, pairs{"Content-Type", direct}, 200, "", `"named"`},
		{"dataset that is no IRI", "GET", q(askAll) + "&default-graph-uri=here", "", nil, 400, "text/plain", "default-graph-uri"},
		{"empty dataset parameter", "GET", q(selectAll) + "&default-graph-uri=", "", nil, 200, "", `"default"`},
		{"using with a trailing space, as YASGUI sends", "POST", "/sparql", "update=" + url.QueryEscape("INSERT { <x:u> <x:p> ?o } WHERE { ?s <http://example.org/p> ?o }") + "&using-graph-uri=http%3A%2F%2Fexample.org%2Fg+", pairs{"Content-Type", form}, 200, "", "1 inserted"},
		{"using and USING", "POST", "/sparql?using-graph-uri=x%3Ag", "DELETE { ?s ?p ?o } USING <x:h> WHERE { ?s ?p ?o }", pairs{"Content-Type", update}, 400, "text/plain", "USING"},
		{"using and WITH", "POST", "/sparql?using-named-graph-uri=x%3Ag", "WITH <x:h> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", pairs{"Content-Type", update}, 400, "text/plain", "WITH"},
		{"base", "GET", q("SELECT (<a> AS ?x) {}"), "", pairs{"Host", "www.example"}, 200, "", `http://www.example/a`},

		{"anything", "GET", q(askAll), "", pairs{"Accept", "*/*"}, 200, "application/sparql-results+json", ""},
		{"XML", "GET", q(askAll), "", pairs{"Accept", "application/sparql-results+xml"}, 200, "application/sparql-results+xml", "<boolean>"},
		{"rdflib", "GET", q(askAll), "", pairs{"Accept", "application/sparql-results+xml, application/rdf+xml"}, 200, "application/sparql-results+xml", ""},
		{"SPARQLWrapper", "GET", q(askAll) + "&format=json&output=json&results=json", "", pairs{"Accept", "application/sparql-results+json,text/javascript,application/json"}, 200, "application/sparql-results+json", ""},
		{"SPARQLWrapper, N3", "GET", q("CONSTRUCT WHERE { ?s ?p ?o }") + "&format=n3", "", pairs{"Accept", "text/rdf+n3,application/n-triples,application/turtle,application/n3,text/n3,text/turtle"}, 200, "text/", "default"},
		{"weights", "GET", q(selectAll), "", pairs{"Accept", "text/csv;q=0.9, text/tab-separated-values"}, 200, "text/tab-separated-values", "?o"},
		{"nothing that there is", "GET", q(askAll), "", pairs{"Accept", "image/png"}, 406, "text/plain", "application/sparql-results+json"},
		{"a graph as a table", "GET", q("CONSTRUCT WHERE { ?s ?p ?o }"), "", pairs{"Accept", "text/csv"}, 406, "text/plain", "text/turtle"},
		{"format", "GET", q(selectAll) + "&format=csv", "", nil, 200, "text/csv; charset=utf-8", "default\r\n"},
		{"format over a browser's header", "GET", q(selectAll) + "&format=json", "", pairs{"Accept", "text/html,*/*;q=0.8"}, 200, "application/sparql-results+json", ""},
		{"output", "GET", q(selectAll) + "&output=xml", "", nil, 200, "application/sparql-results+xml", ""},
		{"format of a graph", "GET", q("CONSTRUCT WHERE { ?s ?p ?o }") + "&format=nt", "", nil, 200, "application/n-triples", `"default" .`},
		{"graph", "GET", q("DESCRIBE <http://example.org/s>"), "", pairs{"Accept", "*/*"}, 200, "text/turtle; charset=utf-8", "default"},
		{"YASGUI's graph", "GET", q("CONSTRUCT WHERE { ?s ?p ?o }"), "", pairs{"Accept", "application/n-triples,*/*;q=0.9"}, 200, "application/n-triples", ""},
		{"JSON-LD", "GET", q("CONSTRUCT WHERE { ?s ?p ?o }"), "", pairs{"Accept", "application/ld+json"}, 200, "application/ld+json", "default"},
		{"HEAD", "HEAD", q(selectAll), "", pairs{"Accept", "text/csv"}, 200, "text/csv; charset=utf-8", ""},
		{"plan", "GET", q(selectAll) + "&explain=1", "", nil, 200, "text/plain", "Scan"},

		{"query too long", "GET", q("ASK { } #" + strings.Repeat("x", 1200)), "", nil, 413, "text/plain", "1024"},
		{"body too long", "POST", "/sparql", strings.Repeat(" ", 5000), pairs{"Content-Type", direct}, 413, "text/plain", "4096"},
		{"body compressed with what nobody has", "POST", "/sparql", "x", pairs{"Content-Type", direct, "Content-Encoding", "br"}, 415, "text/plain", "gzip"},
		{"body not compressed as it says", "POST", "/sparql", "ASK {}", pairs{"Content-Type", direct, "Content-Encoding", "gzip"}, 400, "text/plain", "gzip"},
		{"what nobody expects", "POST", "/sparql", "ASK {}", pairs{"Content-Type", direct, "Expect", "miracles"}, 417, "", ""},

		{"preflight", "OPTIONS", "/sparql", "", pairs{"Origin", "http://other.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"}, 204, "", ""},
		{"options", "OPTIONS", "/sparql", "", nil, 204, "", ""},
		{"description", "GET", "/sparql", "", pairs{"Accept", "*/*"}, 200, "text/turtle", "sparql-service-description"},
		{"form for people", "GET", "/sparql", "", pairs{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}, 200, "text/html", "<textarea"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body, resp := fetch(t, l, tc.method, tc.path, tc.body, tc.header...)
			if resp.StatusCode != tc.status {
				t.Fatalf("%s %s: status %d, want %d: %s", tc.method, tc.path, resp.StatusCode, tc.status, body)
			}
			if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, tc.contentType) {
				t.Errorf("Content-Type %q, want %q", got, tc.contentType)
			}
			if !strings.Contains(body, tc.want) {
				t.Errorf("%q is not in %s", tc.want, body)
			}
			if tc.status == 405 && resp.Header.Get("Allow") == "" {
				t.Error("no Allow")
			}
			if resp.StatusCode != 417 && resp.Header.Get("Access-Control-Allow-Origin") != "*" { // net/http answers that one itself
				t.Error("pages of other origins cannot read the response")
			}
		})
	}
}

func TestAllow(t *testing.T) {
	l, _ := listener(t, Config{})
	for path, want := range map[string][]string{
		"/sparql":                       {"GET", "HEAD", "POST"},
		"/update":                       {"POST"},
		graphStorePath + "?default":     {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"},
		graphStorePath + "/a/graph.ttl": {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"},
	} {
		_, resp := fetch(t, l, http.MethodOptions, path, "")
		for _, m := range append(want, "OPTIONS") {
			if !strings.Contains(resp.Header.Get("Allow"), m) {
				t.Errorf("%s: Allow %q without %s", path, resp.Header.Get("Allow"), m)
			}
		}
	}
}

func TestPreflightAllowsWhatClientsSend(t *testing.T) {
	l, _ := listener(t, Config{})
	_, resp := fetch(t, l, http.MethodOptions, "/sparql", "", "Origin", "http://other.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type, authorization")
	allowed := strings.ToLower(resp.Header.Get("Access-Control-Allow-Headers"))
	for _, h := range []string{"content-type", "authorization", "accept", "if-none-match"} {
		if !strings.Contains(allowed, h) {
			t.Errorf("%s is not allowed: %q", h, allowed)
		}
	}
	if resp.Header.Get("Access-Control-Allow-Methods") == "" {
		t.Error("no methods")
	}
	_, resp = fetch(t, l, http.MethodGet, q(askAll), "", "Origin", "http://other.example")
	for _, h := range []string{"ETag", "Link", "X-Request-Id", "Retry-After"} {
		if !strings.Contains(resp.Header.Get("Access-Control-Expose-Headers"), h) {
			t.Errorf("%s is not exposed", h)
		}
	}
}

func TestEntityTags(t *testing.T) {
	l, g := listener(t, Config{})
	insert(t, g, `<x:s> <x:p> 1`)
	tag := func(path string, pairs ...string) string {
		t.Helper()
		_, resp := fetch(t, l, http.MethodGet, path, "", pairs...)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", path, resp.StatusCode)
		}
		return resp.Header.Get("ETag")
	}
	first := tag(q(selectAll))
	if first == "" || tag(q(selectAll)) != first {
		t.Fatalf("the tag is not steady: %q", first)
	}
	for name, other := range map[string]string{
		"another query":  tag(q(askAll)),
		"another format": tag(q(selectAll), "Accept", "text/csv"),
		"a dataset":      tag(q(selectAll) + "&default-graph-uri=x%3Ag"),
		"another base":   tag("/query?query=" + url.QueryEscape(selectAll)),
	} {
		if other == first || other == "" {
			t.Errorf("%s has the tag %q", name, other)
		}
	}
	for _, header := range []string{first, strings.TrimPrefix(first, "W/"), `"x", ` + first, "*"} {
		body, resp := fetch(t, l, http.MethodGet, q(selectAll), "", "If-None-Match", header)
		if resp.StatusCode != http.StatusNotModified || body != "" || resp.Header.Get("ETag") != first || !strings.Contains(resp.Header.Get("Vary"), "Accept") {
			t.Errorf("If-None-Match: %s: status %d, headers %v, body %q", header, resp.StatusCode, resp.Header, body)
		}
	}
	if _, resp := fetch(t, l, http.MethodGet, q(selectAll), "", "If-None-Match", `"another"`); resp.StatusCode != http.StatusOK {
		t.Errorf("another tag: status %d", resp.StatusCode)
	}
	_, head := fetch(t, l, http.MethodHead, q(selectAll), "")
	if head.Header.Get("ETag") != first {
		t.Errorf("HEAD has the tag %q", head.Header.Get("ETag"))
	}
	for _, vary := range []string{"Accept", "Accept-Encoding"} {
		if !strings.Contains(head.Header.Get("Vary"), vary) {
			t.Errorf("Vary: %s", head.Header.Get("Vary"))
		}
	}
	insert(t, g, `<x:s> <x:p> 2`)
	if _, resp := fetch(t, l, http.MethodGet, q(selectAll), "", "If-None-Match", first); resp.StatusCode != http.StatusOK || resp.Header.Get("ETag") == first {
		t.Errorf("after a change: status %d, tag %q", resp.StatusCode, resp.Header.Get("ETag"))
	}
	if got := tag(q("SELECT (NOW() AS ?t) {}")); got != "" {
		t.Errorf("a query with NOW has the tag %q", got)
	}
	if other, _ := listener(t, Config{Graph: g}); true {
		_, resp := fetch(t, other, http.MethodGet, q(selectAll), "")
		if resp.Header.Get("ETag") == tag(q(selectAll)) {
			t.Error("another process has the same tags")
		}
	}
}

// TestCompressedResponses compares what comes through each coding.
func TestCompressedResponses(t *testing.T) {
	l, g := listener(t, Config{})
	fill(t, g, 2000)
	plain, _ := fetch(t, l, http.MethodGet, q(selectAll+" ORDER BY ?o"), "", "Accept-Encoding", "identity")
	for _, tc := range []struct{ accept, want string }{
		{"gzip", "gzip"}, {"zstd", "zstd"}, {"gzip, deflate, br, zstd", "zstd"}, {"gzip;q=1.0, zstd;q=0.5", "gzip"}, {"*", "zstd"},
		{"zstd;q=0, *", "gzip"}, {"br", ""}, {"", ""}, {"gzip;q=0", ""}, {"x-gzip", "gzip"}, {"identity", ""},
	} {
		r, _ := http.NewRequest(http.MethodGet, l.URL+q(selectAll+" ORDER BY ?o"), nil)
		r.Header["Accept-Encoding"] = []string{tc.accept}
		resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Content-Encoding"); got != tc.want {
			t.Errorf("Accept-Encoding: %s: coding %q, want %q", tc.accept, got, tc.want)
		}
		if v := resp.Header.Values("Vary"); len(v) != 1 || v[0] != "Accept, Accept-Encoding" {
			t.Errorf("Accept-Encoding: %s: Vary %q", tc.accept, v)
		}
		var from io.Reader = resp.Body
		switch tc.want {
		case "gzip":
			from, err = gzip.NewReader(resp.Body)
		case "zstd":
			from, err = zstd.NewReader(resp.Body)
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(from)
		resp.Body.Close()
		if err != nil || string(body) != plain {
			t.Errorf("Accept-Encoding: %s: %d bytes, want %d: %v", tc.accept, len(body), len(plain), err)
		}
	}
	if body, resp := fetch(t, l, http.MethodGet, q(askAll), "", "Accept-Encoding", "gzip"); resp.Header.Get("Content-Encoding") != "" || !strings.Contains(body, "true") {
		t.Errorf("a short response is compressed with %q", resp.Header.Get("Content-Encoding"))
	}
}

// fill adds n triples with objects of some length.
func fill(t testing.TB, g graph.Graph, n int) {
	t.Helper()
	err := g.Update(context.Background(), func(tx graph.Tx) error {
		for i := range n {
			q := rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("http://example.org/subject/%d", i)), Predicate: rdf.IRI("http://example.org/p"),
				Object: rdf.NewString(fmt.Sprintf("the object with number %06d", i))}
			if _, err := tx.Insert(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCompressedRequests(t *testing.T) {
	l, _ := listener(t, Config{MaxBody: 10_000})
	pack := func(coding, text string) string {
		var b bytes.Buffer
		var w io.WriteCloser = gzip.NewWriter(&b)
		if coding == "zstd" {
			w, _ = zstd.NewWriter(&b)
		}
		io.WriteString(w, text)
		w.Close()
		return b.String()
	}
	for _, coding := range []string{"gzip", "zstd"} {
		body, resp := fetch(t, l, http.MethodPost, "/sparql", pack(coding, "ASK {}"), "Content-Type", typeQuery, "Content-Encoding", coding)
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, "true") {
			t.Errorf("%s: status %d: %s", coding, resp.StatusCode, body)
		}
		body, resp = fetch(t, l, http.MethodPost, "/sparql", pack(coding, "ASK {} #"+strings.Repeat(" ", 1_000_000)), "Content-Type", typeQuery, "Content-Encoding", coding)
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a %s bomb: status %d: %s", coding, resp.StatusCode, body)
		}
	}
}

// slowGraph is a graph whose scans wait at a gate and then may fail.
type slowGraph struct {
	graph.Graph
	after   int // batches that come freely
	gate    <-chan struct{}
	err     error
	started chan struct{} // receives when a scan comes to the gate
	stopped chan struct{} // receives when a scan ends because of its context
}

func (g *slowGraph) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	s, err := g.Graph.Snapshot(ctx)
	return &slowSnapshot{s, g}, err
}

type slowSnapshot struct {
	graph.Snapshot
	g *slowGraph
}

func (s *slowSnapshot) Scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (graph.Cursor, error) {
	c, err := s.Snapshot.Scan(ctx, p, o, cols)
	return &slowCursor{Cursor: c, g: s.g, ctx: ctx}, err
}

type slowCursor struct {
	graph.Cursor
	g   *slowGraph
	ctx context.Context
	n   int
	err error
}

func (c *slowCursor) Next() *graph.Batch {
	if c.n++; c.n > c.g.after {
		notify(c.g.started)
		select {
		case <-c.g.gate:
			if c.err = c.g.err; c.err != nil {
				return nil
			}
		case <-c.ctx.Done():
			c.err = c.ctx.Err()
			notify(c.g.stopped)
			return nil
		}
	}
	return c.Cursor.Next()
}

func (c *slowCursor) Err() error {
	if c.err != nil {
		return c.err
	}
	return c.Cursor.Err()
}

func notify(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func newSlowGraph(t testing.TB, rows, after int, gate <-chan struct{}, err error) *slowGraph {
	m := memgraph.New()
	fill(t, m, rows)
	return &slowGraph{Graph: m, after: after, gate: gate, err: err, started: make(chan struct{}, 1), stopped: make(chan struct{}, 1)}
}

// TestFailureMidway fails a scan after the first rows were sent: no client may
// take the response for a whole one, in whatever format and coding.
func TestFailureMidway(t *testing.T) {
	open := make(chan struct{})
	close(open)
	g := newSlowGraph(t, 20_000, 4, open, errors.New("the disk is gone"))
	l, _ := listener(t, Config{Graph: g})
	for _, tc := range []struct{ query, accept, coding string }{
		{selectAll, "application/sparql-results+json", "identity"},
		{selectAll, "text/csv", "identity"},
		{selectAll, "text/csv", "gzip"},
		{selectAll, "text/tab-separated-values", "zstd"},
		{"CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", "identity"},
		{"CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", "gzip"},
	} {
		r, _ := http.NewRequest(http.MethodGet, l.URL+q(tc.query), nil)
		r.Header.Set("Accept", tc.accept)
		r.Header.Set("Accept-Encoding", tc.coding)
		resp, err := (&http.Transport{}).RoundTrip(r)
		if err != nil {
			continue // cut before anything arrived
		}
		n, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode == http.StatusOK {
			t.Errorf("%s as %s in %s: a clean end after %d bytes", tc.query, tc.accept, tc.coding, n)
		}
	}
}

// TestFailureBeforeTheFirstByte gets an error in words, without the headers of
// the answer that did not come.
func TestFailureBeforeTheFirstByte(t *testing.T) {
	open := make(chan struct{})
	close(open)
	l, _ := listener(t, Config{Graph: newSlowGraph(t, 10, 0, open, errors.New("the disk is gone"))})
	body, resp := fetch(t, l, http.MethodGet, q(selectAll), "")
	if resp.StatusCode != http.StatusInternalServerError || resp.Header.Get("ETag") != "" || strings.Contains(body, "disk") || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("status %d, headers %v: %s", resp.StatusCode, resp.Header, body)
	}
}

func TestTimeout(t *testing.T) {
	g := newSlowGraph(t, 10, 0, nil, nil)
	l, _ := listener(t, Config{Graph: g, QueryTimeout: 50 * time.Millisecond})
	body, resp := fetch(t, l, http.MethodGet, q(selectAll), "")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, "50ms") {
		t.Errorf("status %d, Retry-After %q: %s", resp.StatusCode, resp.Header.Get("Retry-After"), body)
	}
}

func TestClientThatLeavesStopsItsQuery(t *testing.T) {
	g := newSlowGraph(t, 10, 0, nil, nil)
	l, _ := listener(t, Config{Graph: g})
	ctx, leave := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() {
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, l.URL+"/sparql", strings.NewReader(selectAll))
		r.Header.Set("Content-Type", typeQuery)
		_, err := plainClient.Do(r)
		failed <- err
	}()
	wait(t, g.started, "the query does not start")
	leave()
	wait(t, g.stopped, "the query goes on without its client")
	if err := <-failed; err == nil {
		t.Error("no error at the client")
	}
}

func wait(t testing.TB, ch <-chan struct{}, otherwise string) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(10 * time.Second):
		t.Fatal(otherwise)
	}
}

// TestQueue fills the places and looks at who waits, who is told to come back
// and who is sent away at once.
func TestQueue(t *testing.T) {
	gate := make(chan struct{})
	g := newSlowGraph(t, 10, 0, gate, nil)
	l, _ := listener(t, Config{Graph: g, Concurrent: 1, QueueTime: 300 * time.Millisecond})
	statuses := make(chan *http.Response, 64)
	request := func() {
		resp, err := plainClient.Get(l.URL + q(selectAll))
		if err == nil {
			resp.Body.Close()
		}
		statuses <- resp
	}
	go request()
	wait(t, g.started, "the query does not start")
	const others = waitersPerPlace + 4
	for range others {
		go request()
	}
	counts := map[int]int{}
	for range others {
		resp := <-statuses
		if resp == nil {
			t.Fatal("no response")
		}
		counts[resp.StatusCode]++
		if resp.Header.Get("Retry-After") == "" {
			t.Errorf("status %d without Retry-After", resp.StatusCode)
		}
	}
	const mayWait = waitersPerPlace / 2 // of one client
	if counts[http.StatusTooManyRequests] != others-mayWait || counts[http.StatusServiceUnavailable] != mayWait {
		t.Errorf("statuses %v", counts)
	}
	close(gate)
	if resp := <-statuses; resp == nil || resp.StatusCode != http.StatusOK {
		t.Errorf("the first query: %v", resp)
	}
	if body, resp := fetch(t, l, http.MethodGet, q(selectAll), ""); resp.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d: %s", resp.StatusCode, body)
	}
}

func TestWriteRoutesAreGuarded(t *testing.T) {
	l, g := listener(t, Config{Writes: WritesToken, Token: "correct horse battery staple"})
	insert(t, g, `GRAPH <x:g> { <x:s> <x:p> 1 }`)
	for _, tc := range []struct{ method, path, contentType, body string }{
		{"POST", "/sparql", typeUpdate, "CLEAR ALL"},
		{"POST", "/update", typeForm, "update=CLEAR+ALL"},
		{"PUT", graphStorePath + "?graph=x:g", "text/turtle", ""},
		{"POST", graphStorePath + "?graph=x:g", "text/turtle", "<x:s> <x:p> 2 ."},
		{"POST", graphStorePath, "text/turtle", "<x:s> <x:p> 2 ."},
		{"DELETE", graphStorePath + "?graph=x:g", "", ""},
		{"PATCH", graphStorePath + "?graph=x:g", typeUpdate, "CLEAR DEFAULT"},
	} {
		body, resp := fetch(t, l, tc.method, tc.path, tc.body, "Content-Type", tc.contentType, "Accept", "application/problem+json")
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" || !json.Valid([]byte(body)) {
			t.Errorf("%s %s without a token: status %d: %s", tc.method, tc.path, resp.StatusCode, body)
		}
		_, resp = fetch(t, l, tc.method, tc.path, tc.body, "Content-Type", tc.contentType, "Authorization", "Bearer wrong")
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s with a wrong token: status %d", tc.method, tc.path, resp.StatusCode)
		}
	}
	if body, resp := fetch(t, l, http.MethodGet, q("ASK { GRAPH <x:g> { <x:s> <x:p> 1 } }"), ""); resp.StatusCode != http.StatusOK || !strings.Contains(body, "true") {
		t.Errorf("the graph has changed: %s", body)
	}
	if _, resp := fetch(t, l, http.MethodDelete, graphStorePath+"?graph=x:g", "", "Authorization", "Bearer correct horse battery staple"); resp.StatusCode != http.StatusOK {
		t.Errorf("with the token: status %d", resp.StatusCode)
	}
}

// TestExpectContinue sends the headers of an upload alone: who may not write
// is told so before the body is sent, who may is asked for it.
func TestExpectContinue(t *testing.T) {
	for mode, want := range map[Writes]string{WritesClosed: "HTTP/1.1 403", WritesOpen: "HTTP/1.1 100"} {
		l, _ := listener(t, Config{Writes: mode})
		conn, err := net.Dial("tcp", l.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(conn, "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", typeUpdate)
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			t.Errorf("writes %s: %q, %v", mode, line, err)
		}
	}
}

// TestStreamIsNotHeldBack reads the first rows of a compressed result while
// the query is still running.
func TestStreamIsNotHeldBack(t *testing.T) {
	gate := make(chan struct{})
	g := newSlowGraph(t, 60_000, 40, gate, nil)
	l, _ := listener(t, Config{Graph: g})
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		r, _ := http.NewRequest(http.MethodGet, l.URL+q(selectAll), nil)
		r.Header.Set("Accept-Encoding", coding)
		resp, err := (&http.Transport{}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
			t.Errorf("%s: %d bytes, then %v", coding, n, err)
		}
		resp.Body.Close()
	}
	close(gate)
}
