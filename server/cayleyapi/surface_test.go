package cayleyapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const form = "application/x-www-form-urlencoded; charset=UTF-8"

// small is a graph to ask simple things about.
const small = `<alice> <follows> <bob> .
<bob> <follows> <fred> .
<bob> <status> "cool" <status_graph> .
<bob> <age> "42"^^<http://www.w3.org/2001/XMLSchema#integer> .
<bob> <born> "042"^^<http://www.w3.org/2001/XMLSchema#integer> .
<bob> <active> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<alice> <name> "Ælis"@fr .
`

// TestSurface sends requests as Cayley's clients and pages do. The traps are
// those that the stock UI falls into.
func TestSurface(t *testing.T) {
	tests := []struct {
		name         string
		method, path string
		body         string
		header       []string
		status       int
		contentType  string
		want         string // the whole body, or a part of it with …
	}{
		{"v1 query is text for jQuery", "POST", "/api/v1/query/gizmo", `g.V("<alice>").out("<follows>").all()`, []string{"Content-Type", form}, 200,
			"text/plain; charset=utf-8", `{"result":[{"id":"\u003cbob\u003e"}]}` + "\n"},
		{"v1 query with signs that a form would decode", "POST", "/api/v1/query/gizmo", `g.emit("a+b=c&d%20")`, []string{"Content-Type", form}, 200,
			"text/plain; charset=utf-8", `{"result":["a+b=c\u0026d%20"]}` + "\n"},
		{"v1 query without results is null", "POST", "/api/v1/query/gizmo", `g.V("<nobody>").all()`, nil, 200, "text/plain; charset=utf-8", `{"result":null}` + "\n"},
		{"v1 query with a limit", "POST", "/api/v1/query/gizmo?limit=1", `g.V("<alice>","<bob>").all()`, nil, 200, "text/plain; charset=utf-8", `{"result":[{"id":"\u003calice\u003e"}]}` + "\n"},
		{"v1 query of a number", "POST", "/api/v1/query/gizmo", `g.V("<bob>").out("<age>").all()`, nil, 200, "text/plain; charset=utf-8", `{"result":[{"id":42}]}` + "\n"},
		{"v1 query error", "POST", "/api/v1/query/gizmo", `g.V(`, nil, 400, "application/json; charset=utf-8", `{"error":"SyntaxError: …`},
		{"v1 unknown language", "POST", "/api/v1/query/prolog", `x`, nil, 400, "application/json; charset=utf-8", `{"error":"Unknown query language."}`},
		{"v1 sexp", "POST", "/api/v1/query/sexp", `x`, nil, 400, "application/json; charset=utf-8", `{"error":"HTTP interface is not supported for this query language."}`},
		{"v1 mql", "POST", "/api/v1/query/mql", `[{"id":"<alice>","<follows>":null}]`, nil, 200, "text/plain; charset=utf-8", `{"result":[{"\u003cfollows\u003e":"\u003cbob\u003e","id":"\u003calice\u003e"}]}` + "\n"},
		{"v1 graphql", "POST", "/api/v1/query/graphql", `{nodes(id: <alice>){id}}`, nil, 200, "text/plain; charset=utf-8", `{"data":{"nodes":{"id":"alice"}}}` + "\n"},
		{"v1 graphql error has status 200", "POST", "/api/v1/query/graphql", `{nodes(`, nil, 200, "text/plain; charset=utf-8", `{"data":null,"errors":[{"locations":null,"message":"Syntax Error…`},
		{"v1 query too large", "POST", "/api/v1/query/gizmo", strings.Repeat(" ", 1<<20+1), nil, 413, "application/json; charset=utf-8", `{"error":"request is too large"}`},
		{"v1 shape is text", "POST", "/api/v1/shape/gizmo", `g.V("<alice>").out("<follows>").all()`, []string{"Content-Type", form}, 200, "text/plain; charset=utf-8", `{"links":[{"source":…`},
		{"v1 shape of graphql", "POST", "/api/v1/shape/graphql", `{nodes{id}}`, nil, 400, "application/json; charset=utf-8", `{"error":"HTTP interface is not supported for this query language."}`},
		{"v1 shape error", "POST", "/api/v1/shape/gizmo", `g.V(`, nil, 400, "application/json; charset=utf-8", `{"error":"SyntaxError…`},
		{"v1 write", "POST", "/api/v1/write", `[{"subject":"<a>","predicate":"<b>","object":"c","label":""}]`, []string{"Content-Type", form}, 200, "application/json; charset=utf-8", `{"result":"Successfully wrote 1 quads."}`},
		{"v1 write of half a quad", "POST", "/api/v1/write", `[{"subject":"<a>","predicate":"<b>"}]`, nil, 400, "application/json; charset=utf-8", `{"error":"invalid quad at index 0…`},
		{"v1 write of a word as subject", "POST", "/api/v1/write", `[{"subject":"a","predicate":"<b>","object":"c"}]`, nil, 400, "application/json; charset=utf-8", `{"error":"…angle brackets…`},
		{"v1 write of no JSON", "POST", "/api/v1/write", `subject`, nil, 400, "application/json; charset=utf-8", `{"error":"…`},
		{"v1 delete", "POST", "/api/v1/delete", `[{"subject":"<alice>","predicate":"<follows>","object":"<bob>"}]`, nil, 200, "application/json; charset=utf-8", `{"result":"Successfully deleted 1 quads."}`},
		{"v1 delete of what is not there", "POST", "/api/v1/delete", `[{"subject":"<x>","predicate":"<y>","object":"<z>"}]`, nil, 200, "application/json; charset=utf-8", `{"result":"Successfully deleted 1 quads."}`},
		{"v1 upload without a file", "POST", "/api/v1/write/file/nquad", ``, nil, 400, "application/json; charset=utf-8", `{"error":"Couldn't read file: …`},

		{"v2 query", "POST", "/api/v2/query?lang=gizmo", `g.V("<alice>").out("<follows>").all()`, nil, 200, "application/json", `{"result":[{"id":"<bob>"}]}` + "\n"},
		{"v2 query by GET", "GET", "/api/v2/query?lang=gizmo&qu=g.emit(1)", ``, nil, 200, "application/json", `{"result":[1]}` + "\n"},
		{"v2 query as JSON-LD", "POST", "/api/v2/query?lang=gizmo", `g.V("<alice>").out(["<follows>","<name>"]).all()`, []string{"Accept", "application/ld+json"}, 200,
			"application/ld+json", `…{"id":{"@language":"fr","@value":"Ælis"}}…`},
		{"v2 query prefers by weight", "POST", "/api/v2/query?lang=gizmo", `g.emit(1)`, []string{"Accept", "application/json;q=0.5, application/ld+json"}, 200, "application/ld+json", `{"result":[1]}` + "\n"},
		{"v2 query without a language", "POST", "/api/v2/query", `x`, nil, 400, "application/json; charset=utf-8", `{"error":"query language not specified"}`},
		{"v2 query without text", "GET", "/api/v2/query?lang=gizmo", ``, nil, 400, "application/json; charset=utf-8", `{"error":"query is empty"}`},
		{"v2 read", "GET", "/api/v2/read?sub=<bob>&pred=<follows>,<status>", ``, nil, 200, "application/n-quads",
			"<bob> <follows> <fred> .\n<bob> <status> \"cool\" <status_graph> .\n"},
		{"v2 read keeps lexical forms", "GET", "/api/v2/read?pred=<born>,<active>", ``, nil, 200, "application/n-quads",
			"<bob> <born> \"042\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n<bob> <active> \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n"},
		{"v2 read by label", "GET", "/api/v2/read?label=<status_graph>", ``, nil, 200, "application/n-quads", "<bob> <status> \"cool\" <status_graph> .\n"},
		{"v2 read by subject and label", "GET", "/api/v2/read?sub=<bob>&label=<status_graph>", ``, nil, 200, "application/n-quads", "<bob> <status> \"cool\" <status_graph> .\n"},
		{"v2 read of the unknown", "GET", "/api/v2/read?sub=<nobody>", ``, nil, 200, "application/n-quads", ""},
		{"v2 read as JSON", "GET", "/api/v2/read?format=json&pred=<age>", ``, nil, 200, "application/json",
			"[\n\t" + `{"subject":"\u003cbob\u003e","predicate":"\u003cage\u003e","object":"\"42\"^^\u003chttp://www.w3.org/2001/XMLSchema#integer\u003e"}` + "\n]\n"},
		{"v2 read by Accept", "GET", "/api/v2/read?pred=<name>", ``, []string{"Accept", "application/ld+json"}, 200, "application/ld+json",
			`[{"@id":"alice","name":[{"@language":"fr","@value":"Ælis"}]}]` + "\n"},
		{"v2 read with short IRIs", "GET", "/api/v2/read?iri=short&pred=<age>", ``, nil, 200, "application/n-quads", "<bob> <age> \"42\"^^<xsd:integer> .\n"},
		{"v2 read for a browser", "GET", "/api/v2/read?pred=<name>", ``, []string{"Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"}, 200, "application/n-quads", "<alice> <name> \"Ælis\"@fr .\n"},
		{"v2 read by POST", "POST", "/api/v2/read", `pred=%3Cname%3E`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, "application/n-quads", "<alice> <name> \"Ælis\"@fr .\n"},
		{"v2 write", "POST", "/api/v2/write", "<a> <b> \"01\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n_:x <b> <c> .\n", []string{"Content-Type", "application/n-quads"}, 200,
			"application/json; charset=utf-8", `{"count":2,"result":"Successfully wrote 2 quads."}`},
		{"v2 write of JSON", "POST", "/api/v2/write", `[{"subject":"<a>","predicate":"<b>","object":"c"}]`, []string{"Content-Type", "application/json"}, 200,
			"application/json; charset=utf-8", `{"count":1,"result":"Successfully wrote 1 quads."}`},
		{"v2 write of faulty N-Quads", "POST", "/api/v2/write", "<a> <b> <c> .\n<a> <b> .\n", nil, 400, "application/json; charset=utf-8", `{"error":"n-quads line 2, column 9: …`},
		{"v2 write of what cannot be read", "POST", "/api/v2/write", "<graphml/>", []string{"Content-Type", "application/xml"}, 400, "application/json; charset=utf-8", `{"error":"format is not supported for reading data…`},
		{"v2 write in an unknown encoding", "POST", "/api/v2/write", "x", []string{"Content-Encoding", "br"}, 400, "application/json; charset=utf-8", `{"error":"content encoding…`},
		{"v2 delete", "POST", "/api/v2/delete", "<alice> <follows> <bob> .\n", nil, 200, "application/json; charset=utf-8", `{"count":1,"result":"Successfully deleted 1 quads."}`},
		{"v2 node delete", "POST", "/api/v2/node/delete", "<bob>", nil, 200, "application/json; charset=utf-8", `{"count":1,"result":"Successfully deleted 1 nodes."}`},
		{"v2 node delete of the unknown", "POST", "/api/v2/node/delete", "<nobody>", nil, 404, "application/json; charset=utf-8", `{"error":"node does not exist"}`},
		{"v2 node delete as JSON", "POST", "/api/v2/node/delete", `"<bob>"`, []string{"Content-Type", "application/json"}, 200, "application/json; charset=utf-8", `{"count":1,"result":"Successfully deleted 1 nodes."}`},
		{"v2 node delete of nothing", "POST", "/api/v2/node/delete", `null`, []string{"Content-Type", "application/json"}, 400, "application/json; charset=utf-8", `{"error":"cannot remove nil value"}`},

		{"namespaces", "GET", "/api/v2/namespace-rules", ``, nil, 200, "application/json; charset=utf-8", `[{"prefix":"rdf:","namespace":"http://www.w3.org/1999/02/22-rdf-syntax-ns#"}…]`},
		{"new namespaces", "POST", "/api/v2/namespace-rules", `[{"prefix":"ex:","namespace":"http://example.org/"}]`, nil, 201, "", ""},
		{"a namespace that is no IRI", "POST", "/api/v2/namespace-rules", `[{"prefix":"ex:","namespace":"example"}]`, nil, 400, "application/json; charset=utf-8", `{"error":"rule 1: …`},
		{"a namespace without a prefix", "POST", "/api/v2/namespace-rules", `[{"prefix":"","namespace":"http://example.org/"}]`, nil, 400, "application/json; charset=utf-8", `{"error":"rule 1 has no prefix…`},
		{"namespaces of no JSON", "POST", "/api/v2/namespace-rules", `ex: http://example.org/`, nil, 400, "application/json; charset=utf-8", `{"error":"…`},

		{"gephi", "GET", "/gephi/gs?pred=<follows>&limit=1", ``, nil, 200, "application/stream+json", `{"an":{"0":{"label":"alice","size":20,"x":…"source":"0","label":"\u003cfollows\u003e","pred":"\u003cfollows\u003e","target":"1"}}}` + "\r\n"},
		{"gephi of another mode", "GET", "/gephi/gs?mode=x", ``, nil, 400, "application/json; charset=utf-8", `{"error":"mode is raw or nodes"}`},
		{"document", "GET", "/docs/GizmoAPI", ``, nil, 200, "text/html; charset=utf-8", `…<h1 id="gizmo">Gizmo</h1>…var start = …`},
		{"document of another name", "GET", "/docs/Cookbook", ``, nil, 404, "application/json; charset=utf-8", `{"error":"there is no such document"}`},
		{"preflight", "OPTIONS", "/api/v2/write", ``, []string{"Origin", "http://elsewhere.example"}, 200, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, true, small)
			w := f.request(tt.method, strings.NewReplacer("<", "%3C", ">", "%3E", "(", "%28", ")", "%29").Replace(tt.path), tt.body, tt.header...)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if got := w.Header().Get("Content-Type"); got != tt.contentType {
				t.Errorf("content type %q, want %q", got, tt.contentType)
			}
			if !matches(w.Body.String(), tt.want) {
				t.Errorf("got  %s\nwant %s", w.Body, tt.want)
			}
		})
	}
}

// matches compares with a pattern in which … stands for any text.
func matches(got, pattern string) bool {
	parts := strings.Split(pattern, "…")
	if len(parts) == 1 {
		return got == pattern
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) || len(got) < len(first)+len(last) {
		return false
	}
	got = got[len(first) : len(got)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		_, rest, ok := strings.Cut(got, p)
		if !ok {
			return false
		}
		got = rest
	}
	return true
}

// TestNamespaces keeps rules, and has Gizmo find things by them.
func TestNamespaces(t *testing.T) {
	f := newFixture(t, true, "<http://example.org/alice> <http://example.org/knows> <http://example.org/bob> .\n")
	for _, rule := range []string{`[{"prefix":"ex:","namespace":"http://example.com/"}]`, `{"prefix":"ex","namespace":"http://example.org/"}`} {
		if w := f.request("POST", "/api/v2/namespace-rules", rule); w.Code != http.StatusCreated {
			t.Fatalf("%s: %d %s", rule, w.Code, w.Body)
		}
	}
	got := f.request("GET", "/api/v2/namespace-rules", "").Body.String()
	if !strings.Contains(got, `{"prefix":"ex:","namespace":"http://example.org/"}`) || strings.Contains(got, "example.com") {
		t.Errorf("rules: %s", got)
	}
	got = f.request("POST", "/api/v1/query/gizmo", `g.loadNamespaces(); g.V(g.IRI("ex:alice")).out(g.IRI("ex:knows")).all()`).Body.String()
	if got != `{"result":[{"id":"\u003chttp://example.org/bob\u003e"}]}`+"\n" {
		t.Errorf("Gizmo answers %s", got)
	}
}

func TestWritesAreClosed(t *testing.T) {
	f := newFixture(t, false, small)
	for _, path := range []string{"/api/v1/write", "/api/v1/write/file/nquad", "/api/v1/delete", "/api/v2/write", "/api/v2/delete", "/api/v2/node/delete", "/api/v2/namespace-rules"} {
		w := f.request("POST", path, `[{"subject":"<a>","predicate":"<b>","object":"c"}]`)
		if w.Code != http.StatusForbidden || w.Body.String() != `{"error":"Database is read-only."}` {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if !f.has(t, `<alice> <follows> <bob> .`) || f.has(t, `<a> <b> "c" .`) {
		t.Error("the graph has changed")
	}
}

func TestUpload(t *testing.T) {
	const line = `<a> <b> "c" .` + "\n"
	zip := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, s); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	tests := []struct {
		name, field, content string
		status               int
		written              bool
	}{
		{"plain", "NQuadFile", line, 200, true},
		{"gzip", "NQuadFile", zip(line), 200, true},
		{"another field", "file", line, 400, false},
		{"faulty after a good line", "NQuadFile", line + "<a> <b>\n", 400, false},
		{"too large once decompressed", "NQuadFile", zip(line + strings.Repeat("# nothing\n", 1<<18)), 413, false},
		{"too large", "NQuadFile", line + strings.Repeat("# nothing\n", 1<<18), 413, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, true, small)
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			part, err := m.CreateFormFile(tt.field, "quads.nq")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(part, tt.content); err != nil {
				t.Fatal(err)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			w := f.request("POST", "/api/v1/write/file/nquad?block_size=10", b.String(), "Content-Type", m.FormDataContentType())
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if f.has(t, line) != tt.written {
				t.Errorf("written: %v", !tt.written)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	f := newFixture(t, true, small)
	w := f.request("GET", "/api/v2/read?pred=%3Cname%3E", "", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("headers %v", w.Header())
	}
	packed := w.Body.String()
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || string(plain) != "<alice> <name> \"Ælis\"@fr .\n" {
		t.Errorf("read %q, %v", plain, err)
	}
	// What was read can be deleted as it is: upstream ignores the encoding here.
	w = f.request("POST", "/api/v2/delete", packed, "Content-Encoding", "gzip")
	if w.Code != http.StatusOK || f.has(t, `<alice> <name> "Ælis"@fr .`) {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := f.request("POST", "/api/v2/write", "no gzip", "Content-Encoding", "gzip"); w.Code != http.StatusBadRequest {
		t.Errorf("broken gzip: %d %s", w.Code, w.Body)
	}
}

// TestRoundTrip reads everything in each format that can also be written, and
// writes it into an empty graph.
func TestRoundTrip(t *testing.T) {
	for _, format := range []string{"nquads", "json", "json-stream", "pquads"} {
		t.Run(format, func(t *testing.T) {
			from := newFixture(t, true, small)
			w := from.request("GET", "/api/v2/read?format="+format, "")
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			to := newFixture(t, true, "")
			contentType := w.Header().Get("Content-Type")
			if w := to.request("POST", "/api/v2/write", w.Body.String(), "Content-Type", contentType); w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			want := strings.SplitAfter(from.request("GET", "/api/v2/read", "").Body.String(), "\n")
			got := strings.SplitAfter(to.request("GET", "/api/v2/read", "").Body.String(), "\n")
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%swant\n%s", strings.Join(got, ""), strings.Join(want, ""))
			}
		})
	}
}

func TestFormats(t *testing.T) {
	f := newFixture(t, false, small)
	var formats []struct {
		ID                         string
		Read, Write, Nodes, Binary bool
		Ext, Mime                  []string
	}
	if err := json.Unmarshal(f.request("GET", "/api/v2/formats", "").Body.Bytes(), &formats); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range formats {
		ids = append(ids, f.ID)
		if f.ID == "nquads" && (!f.Read || !f.Write || !f.Nodes || f.Mime[0] != "application/n-quads") {
			t.Errorf("nquads: %+v", f)
		}
	}
	if want := []string{"gml", "graphml", "graphviz", "json", "json-stream", "jsonld", "nquads", "pquads"}; !slices.Equal(ids, want) {
		t.Errorf("formats %v, want %v", ids, want)
	}
}

func TestGephiNodes(t *testing.T) {
	f := newFixture(t, false, `
<alice> <rdf:type> <Person> .
<alice> <schema:name> "Alice" .
<alice> <age> "42"^^<http://www.w3.org/2001/XMLSchema#integer> .
<alice> <gephi:x> "1.5"^^<http://www.w3.org/2001/XMLSchema#double> .
<alice> <follows> <bob> .
<alice> <nick> "Al" .
<nick> <gephi:inline> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
`)
	w := f.request("GET", "/gephi/gs?mode=nodes", "")
	nodes, edges := make(map[string]map[string]any), 0
	for line := range strings.SplitAfterSeq(w.Body.String(), "\n") {
		if line == "" {
			continue
		}
		if !strings.HasSuffix(line, "\r\n") {
			t.Fatalf("line end of %q", line)
		}
		var e struct {
			An, Cn map[string]map[string]any
			Ae     map[string]map[string]string
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		for id, n := range e.An {
			nodes[id] = n
		}
		for id, n := range e.Cn {
			nodes[id] = n
		}
		for _, edge := range e.Ae {
			edges++
			if edge["label"] != "<follows>" {
				t.Errorf("edge %v", edge)
			}
		}
	}
	alice := nodes["0"]
	want := map[string]any{"label": "Alice", "<rdf:type>": "<Person>", "<age>": "42", "x": 1.5, "<nick>": "Al", "size": 20.0, "<schema:name>": "Alice"}
	for k, v := range want {
		if alice[k] != v {
			t.Errorf("%s is %v, want %v", k, alice[k], v)
		}
	}
	if edges != 1 || len(nodes) != 2 {
		t.Errorf("%d nodes, %d edges:\n%s", len(nodes), edges, w.Body)
	}
}
