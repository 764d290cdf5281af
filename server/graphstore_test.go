package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

// TestGraphStore is a request a row, in order, over one store.
func TestGraphStore(t *testing.T) {
	l, g := listener(t, Config{MaxBody: 1 << 20})
	insert(t, g, `<http://example.org/s> <http://example.org/p> "default"`)
	const (
		one    = graphStorePath + "?graph=http%3A%2F%2Fexample.org%2Fone"
		direct = graphStorePath + "/person/1.ttl"
		turtle = "text/turtle"
	)
	type pairs []string
	for _, tc := range []struct {
		name, method, path, body string
		header                   pairs
		status                   int
		want                     string
	}{
		{"nothing there yet", "GET", one, "", nil, 404, "http://example.org/one"},
		{"nothing to delete", "DELETE", one, "", nil, 404, ""},
		{"only if it is there", "PUT", one, "<s> <p> 0 .", pairs{"Content-Type", turtle, "If-Match", "*"}, 412, ""},
		{"create", "PUT", one, `<s> <p> 1 . _:b <http://example.org/q> _:b .`, pairs{"Content-Type", turtle}, 201, "2 statements"},
		{"relative IRIs are the graph's", "GET", one, "", pairs{"Accept", "application/n-triples"}, 200, `<http://example.org/s> <http://example.org/p> "1"`},
		{"only if it is new", "PUT", one, "<s> <p> 0 .", pairs{"Content-Type", turtle, "If-None-Match", "*"}, 412, ""},
		{"add", "POST", one, `<s> <p> 1, 2 .`, pairs{"Content-Type", turtle + "; charset=utf-8"}, 200, "1 statements"},
		{"both are there", "GET", one, "", pairs{"Accept", "application/n-triples"}, 200, `"2"`},
		{"a fault changes nothing", "PUT", one, "<s> <p> 3 .\n<s> <p .", pairs{"Content-Type", turtle}, 400, "line 2"},
		{"and shows the place", "POST", one, "<s> <p> 3 .\n<s> <p .", pairs{"Content-Type", turtle}, 400, "^"},
		{"the graph is as before", "GET", one, "", pairs{"Accept", "application/n-triples"}, 200, `"2"`},
		{"replace", "PUT", one, `{"@id": "http://example.org/s", "http://example.org/p": "json"}`, pairs{"Content-Type", "application/ld+json"}, 204, ""},
		{"as Turtle", "GET", one, "", nil, 200, `"json"`},
		{"as RDF/XML", "GET", one, "", pairs{"Accept", "application/rdf+xml"}, 200, "rdf:RDF"},
		{"by parameter", "GET", one + "&format=nt", "", pairs{"Accept", "text/html"}, 200, `"json" .`},
		{"as nothing that there is", "GET", one, "", pairs{"Accept", "image/png"}, 406, turtle},
		{"nothing of the graph before", "GET", one, "", pairs{"Accept", "application/n-triples"}, 200, `<http://example.org/s> <http://example.org/p> "json" .`},
		{"the default graph is another", "GET", graphStorePath + "?default", "", nil, 200, `"default"`},
		{"head", "HEAD", one, "", nil, 200, ""},
		{"head of nothing", "HEAD", graphStorePath + "?graph=x:none", "", nil, 404, ""},
		{"empty graph", "PUT", graphStorePath + "?graph=x:empty", "", pairs{"Content-Type", turtle}, 201, ""},
		{"which is there", "GET", graphStorePath + "?graph=x:empty", "", nil, 200, ""},

		{"patch", "PATCH", one, `PREFIX ex: <http://example.org/> DELETE { ?s ex:p ?o } INSERT { ?s ex:p "patched" } WHERE { ?s ex:p ?o }`, pairs{"Content-Type", typeUpdate}, 200, "1 inserted, 1 deleted"},
		{"patched", "GET", one, "", nil, 200, `"patched"`},
		{"and only there", "GET", graphStorePath + "?default", "", nil, 200, `"default"`},
		{"patch of another graph", "PATCH", one, `INSERT DATA { GRAPH <x:other> { <x:s> <x:p> 1 } }`, pairs{"Content-Type", typeUpdate}, 422, "other graphs"},
		{"patch of all", "PATCH", one, `CLEAR ALL`, pairs{"Content-Type", typeUpdate}, 422, ""},
		{"patch with a fault", "PATCH", one, `INSERT`, pairs{"Content-Type", typeUpdate}, 400, "line 1"},
		{"patch that is none", "PATCH", one, `<s> <p> 1 .`, pairs{"Content-Type", turtle}, 415, typeUpdate},

		{"direct", "PUT", direct, `<> <http://example.org/p> "direct" .`, pairs{"Content-Type", turtle, "Host", "www.example"}, 201, ""},
		{"direct, read", "GET", direct, "", pairs{"Accept", "application/n-triples", "Host", "www.example"}, 200, `<http://www.example/rdf-graph-store/person/1.ttl> <http://example.org/p> "direct"`},
		{"the same by its name", "GET", graphStorePath + "?graph=http://www.example/rdf-graph-store/person/1.ttl", "", nil, 200, `"direct"`},
		{"another host is another graph", "GET", direct, "", pairs{"Host", "other.example"}, 404, ""},
		{"direct and by parameter", "GET", direct + "?default", "", nil, 400, "already"},

		{"form with two files", "POST", graphStorePath + "?graph=x:form", "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.ttl\"\r\n\r\n<x:a> <x:p> _:b .\r\n--b\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\nContent-Type: application/n-triples\r\n\r\n<x:a> <x:p> _:b .\r\n--b--\r\n", pairs{"Content-Type", "multipart/form-data; boundary=b"}, 201, "2 statements"},
		{"form that ends early", "POST", graphStorePath + "?graph=x:form", "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.ttl\"\r\n\r\n<x:a> <x:p> 1 .", pairs{"Content-Type", "multipart/form-data; boundary=b"}, 400, ""},
		{"form without its boundary", "POST", graphStorePath + "?graph=x:form", "--b\r\n", pairs{"Content-Type", "multipart/form-data"}, 400, "form"},

		{"curl -T sends no type", "PUT", graphStorePath + "?graph=x:curl", "@prefix x: <http://example.org/> .\nx:s x:p x:o .\n", nil, 201, "1 statements"},
		{"curl -d sends a wrong one", "POST", one, "<x:s> <x:p> 1 .", pairs{"Content-Type", typeForm}, 415, turtle},
		{"no type and nothing known", "PUT", one, "hello", nil, 415, "Content-Type"},
		{"another encoding", "PUT", one, "<x:s> <x:p> 1 .", pairs{"Content-Type", "text/turtle; charset=iso-8859-1"}, 415, "UTF-8"},
		{"too long", "PUT", one, strings.Repeat("#", 1<<20+1), pairs{"Content-Type", turtle}, 413, "1048576"},

		{"quads in one graph", "PUT", one, "<x:s> <x:p> <x:o> <x:g> .", pairs{"Content-Type", "application/n-quads"}, 400, "<x:g>"},
		{"quads in the store", "POST", graphStorePath, "<x:s> <x:p> <x:o> <x:g> .\n<x:s> <x:p> <x:d> .", pairs{"Content-Type", "application/n-quads"}, 200, "2 statements"},
		{"went where they said", "GET", graphStorePath + "?graph=x:g", "", nil, 200, "<x:o>"},
		{"the whole dataset", "GET", graphStorePath, "", nil, 200, "<x:s> <x:p> <x:o> <x:g> .\n"},
		{"the whole dataset, the default graph", "GET", graphStorePath, "", nil, 200, "<x:s> <x:p> <x:d> .\n"},
		{"the whole dataset as TriG", "GET", graphStorePath, "", pairs{"Accept", "application/trig"}, 200, "{"},
		{"the whole dataset as triples", "GET", graphStorePath, "", pairs{"Accept", "text/turtle"}, 406, "application/n-quads"},
		{"all of it cannot be put", "PUT", graphStorePath, "", pairs{"Content-Type", "application/n-quads"}, 405, "?default"},
		{"nor deleted", "DELETE", graphStorePath, "", nil, 405, "?default"},

		{"no IRI", "GET", graphStorePath + "?graph=here", "", nil, 400, "absolute"},
		{"two graphs", "GET", graphStorePath + "?graph=x:a&graph=x:b", "", nil, 400, "more than one"},
		{"a graph and the default", "GET", graphStorePath + "?graph=x:a&default", "", nil, 400, "more than one"},

		{"delete", "DELETE", one, "", nil, 200, "http://example.org/one"},
		{"deleted", "GET", one, "", nil, 404, ""},
		{"delete the default graph", "DELETE", graphStorePath + "?default", "", nil, 200, ""},
		{"which is there all the same", "GET", graphStorePath + "?default", "", pairs{"Accept", "application/n-triples"}, 200, ""},
		{"and new when it is put", "PUT", graphStorePath + "?default", "<x:s> <x:p> 1 .", pairs{"Content-Type", turtle}, 201, ""},
		{"replaced the next time", "PUT", graphStorePath + "?default", "<x:s> <x:p> 1 .", pairs{"Content-Type", turtle}, 204, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body, resp := fetch(t, l, tc.method, tc.path, tc.body, tc.header...)
			if resp.StatusCode != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%s %s: status %d, want %d; %q in %s", tc.method, tc.path, resp.StatusCode, tc.status, tc.want, body)
			}
			if tc.status == 405 && resp.Header.Get("Allow") == "" {
				t.Error("no Allow")
			}
		})
	}
}

func TestBlankNodesOfDocumentsStayApart(t *testing.T) {
	l, _ := listener(t, Config{})
	for range 2 {
		fetch(t, l, http.MethodPost, graphStorePath+"?default", "_:b <x:p> 1 .", "Content-Type", "text/turtle")
	}
	if body, _ := fetch(t, l, http.MethodGet, q("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <x:p> 1 }")+"&format=csv", ""); body != "n\r\n2\r\n" {
		t.Errorf("%q", body)
	}
}

func TestNewGraph(t *testing.T) {
	l, _ := listener(t, Config{})
	_, resp := fetch(t, l, http.MethodPost, graphStorePath, "<> <x:p> 1 .", "Content-Type", "text/turtle")
	location := resp.Header.Get("Location")
	path, ok := strings.CutPrefix(location, l.URL)
	if resp.StatusCode != http.StatusCreated || !ok {
		t.Fatalf("status %d, Location %q", resp.StatusCode, location)
	}
	body, resp := fetch(t, l, http.MethodGet, path, "", "Accept", "application/n-triples")
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(body, "<"+location+">") {
		t.Errorf("status %d: %s", resp.StatusCode, body)
	}
	_, resp = fetch(t, l, http.MethodPost, graphStorePath, "<> <x:p", "Content-Type", "text/turtle")
	if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" {
		t.Errorf("a fault: status %d, Location %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

// TestReplaceIsAtomic reads a graph while it is replaced again and again: a
// reader sees all of one document.
func TestReplaceIsAtomic(t *testing.T) {
	l, _ := listener(t, Config{})
	const path, rows = graphStorePath + "?graph=x:g", 200
	document := func(version int) string {
		var b strings.Builder
		for i := range rows {
			fmt.Fprintf(&b, "<x:s%d> <x:p> \"%d\" .\n", i, version)
		}
		return b.String()
	}
	fetch(t, l, http.MethodPut, path, document(0), "Content-Type", "application/n-triples")
	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				body, resp := fetch(t, l, http.MethodGet, path, "", "Accept", "application/n-triples")
				lines := strings.Split(strings.TrimSpace(body), "\n")
				version := lines[0][strings.IndexByte(lines[0], '"'):]
				for _, line := range lines {
					if resp.StatusCode != http.StatusOK || len(lines) != rows || !strings.HasSuffix(line, version) {
						t.Errorf("status %d, %d lines, %s among %s", resp.StatusCode, len(lines), line, version)
						return
					}
				}
			}
		})
	}
	for version := range 30 {
		fetch(t, l, http.MethodPut, path, document(version+1), "Content-Type", "application/n-triples")
	}
	stop()
	readers.Wait()
}

// TestLargeUpload adds a document that is held in a file and goes through the
// store's loader.
func TestLargeUpload(t *testing.T) {
	l, g := listener(t, Config{})
	insert(t, g, `GRAPH <x:g> { <x:old> <x:p> 1 }`)
	var b strings.Builder
	const rows = 9000
	filler := strings.Repeat("long ", 800)
	for i := range rows {
		fmt.Fprintf(&b, "<x:s%d> <x:p> \"%s%d\" .\n", i, filler, i)
	}
	if b.Len() < bulkFrom {
		t.Fatalf("the document has only %d bytes", b.Len())
	}
	body, resp := fetch(t, l, http.MethodPost, graphStorePath+"?graph=x:g", b.String(), "Content-Type", "application/n-triples")
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, fmt.Sprint(rows)) {
		t.Fatalf("status %d: %s", resp.StatusCode, body)
	}
	if body, _ := fetch(t, l, http.MethodGet, q("SELECT (COUNT(*) AS ?n) { GRAPH <x:g> { ?s ?p ?o } }")+"&format=csv", ""); body != fmt.Sprintf("n\r\n%d\r\n", rows+1) {
		t.Errorf("%q", body)
	}
	broken := b.String() + "<x:s> <x:p .\n"
	if body, resp := fetch(t, l, http.MethodPost, graphStorePath+"?graph="+string(rdf.IRI("x:h")), broken, "Content-Type", "application/n-triples"); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, fmt.Sprintf("line %d", rows+1)) {
		t.Errorf("a fault: status %d: %s", resp.StatusCode, body)
	}
	if _, resp := fetch(t, l, http.MethodHead, graphStorePath+"?graph=x:h", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after the fault: status %d", resp.StatusCode)
	}
}
