package cayley

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func parseQuads(t testing.TB, text string) []rdf.Quad {
	t.Helper()
	var quads []rdf.Quad
	err := readAll(context.Background(), NewNQuadsReader(strings.NewReader(text)).Read, func(qs []rdf.Quad) error {
		quads = append(quads, qs...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return quads
}

const people = `
<alice> <follows> <bob> .
<bob> <follows> <fred> .
<bob> <status> "cool" <status_graph> .
<charlie> <follows> <bob> .
<charlie> <follows> <dani> .
<dani> <follows> <bob> .
<dani> <follows> <greg> .
<dani> <status> "cool" <status_graph> .
<emily> <follows> <fred> .
<fred> <follows> <greg> .
<greg> <status> "cool" <status_graph> .
<greg> <age> "42"^^<http://www.w3.org/2001/XMLSchema#integer> .
<fred> <age> "042"^^<http://www.w3.org/2001/XMLSchema#integer> .
<greg> <born> "1970-01-02T03:04:05Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
<greg> <name> "Gregor"@de .
`

func TestQuery(t *testing.T) {
	g := memgraph.New(parseQuads(t, people)...)
	tests := []struct {
		name, lang, query string
		options           QueryOptions
		want              string // JSON of the rows
	}{
		{"out", Gizmo, `g.V("<alice>").out("<follows>").all()`, QueryOptions{}, `[{"id":"<bob>"}]`},
		{"capitals", Gizmo, `graph.Vertex("<alice>").Out("<follows>").All()`, QueryOptions{}, `[{"id":"<bob>"}]`},
		{"in with tag", Gizmo, `g.V("<greg>").in("<follows>").tag("who").out("<status>").all()`, QueryOptions{}, `[{"id":"cool","who":"<dani>"}]`},
		{"labels", Gizmo, `g.V("<greg>").labels().all()`, QueryOptions{}, `[{"id":"<status_graph>"}]`},
		{"label context", Gizmo, `g.V("<greg>").labelContext("<status_graph>").out("<status>").all()`, QueryOptions{}, `[{"id":"cool"}]`},
		{"number", Gizmo, `g.V("<greg>").out("<age>").all()`, QueryOptions{}, `[{"id":42}]`},
		{"number by value", Gizmo, `g.V(42).in("<age>").all()`, QueryOptions{}, `[{"id":"<greg>"}]`},
		{"comparison", Gizmo, `g.V().has("<age>", gt(40)).all()`, QueryOptions{}, `[{"id":"<greg>"}]`},
		{"language string", Gizmo, `g.V(lang("Gregor","de")).in("<name>").all()`, QueryOptions{}, `[{"id":"<greg>"}]`},
		{"time", Gizmo, `g.V("<greg>").out("<born>").all()`, QueryOptions{}, `[{"id":"1970-01-02T03:04:05Z"}]`},
		{"linked data", Gizmo, `g.V("<alice>").out("<follows>").all()`, QueryOptions{Linked: true}, `[{"id":{"@id":"bob"}}]`},
		{"unknown node", Gizmo, `g.V("<nobody>").all()`, QueryOptions{}, `null`},
		{"inline value that is in no quad", Gizmo, `g.V(43).all()`, QueryOptions{}, `null`},
		{"limit", Gizmo, `g.V().all()`, QueryOptions{Limit: 1}, `[{"id":"<alice>"}]`},
		{"emit", Gizmo, `g.emit({a: [1, "x"]})`, QueryOptions{}, `[{"a":[1,"x"]}]`},
		{"count", Gizmo, `g.emit(g.V().out("<follows>").count())`, QueryOptions{}, `[8]`},
		{"to array", Gizmo, `g.emit(g.V("<dani>").out("<follows>").order().toArray())`, QueryOptions{}, `[["<bob>","<greg>"]]`},
		{"for each", Gizmo, `g.V("<alice>").out("<follows>").forEach(function(d) { g.emit(d.id) })`, QueryOptions{}, `["<bob>"]`},
		{"follow", Gizmo, `var m = g.M().out("<follows>").out("<follows>"); g.V("<alice>").follow(m).all()`, QueryOptions{}, `[{"id":"<fred>"}]`},
		{"recursive", Gizmo, `g.V("<alice>").followRecursive("<follows>").order().all()`, QueryOptions{}, `[{"id":"<bob>"},{"id":"<fred>"},{"id":"<greg>"}]`},
		{"except", Gizmo, `g.V("<charlie>").out("<follows>").except(g.V("<bob>")).all()`, QueryOptions{}, `[{"id":"<dani>"}]`},
		{"predicates", Gizmo, `g.V("<greg>").outPredicates().order().all()`, QueryOptions{}, `[{"id":"<age>"},{"id":"<born>"},{"id":"<name>"},{"id":"<status>"}]`},
		{"edges to draw", Gizmo, `g.V("<alice>").tag("source").out("<follows>").tag("target").all()`, QueryOptions{}, `[{"id":"<bob>","source":"<alice>","target":"<bob>"}]`},
		{"mql", MQL, `[{"id": "<alice>", "<follows>": null}]`, QueryOptions{}, `[{"<follows>":"<bob>","id":"<alice>"}]`},
		{"graphql", GraphQL, `{ nodes(id: <alice>) { id, follows { id } } }`, QueryOptions{}, `[{"nodes":{"follows":{"id":"bob"},"id":"alice"}}]`},
		{"graphql time", GraphQL, `{ nodes(id: <greg>) { born } }`, QueryOptions{}, `[{"nodes":{"born":"1970-01-02T03:04:05Z"}}]`},
	}
	for _, tt := range tests {
		t.Run(tt.lang+" "+tt.name, func(t *testing.T) {
			a, err := Query(t.Context(), g, tt.lang, tt.query, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(a.Rows())
			if err != nil {
				t.Fatal(err)
			}
			if unescaped := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(got)); unescaped != tt.want {
				t.Errorf("got  %s\nwant %s", unescaped, tt.want)
			}
		})
	}
}

// TestBadQuery holds queries that fail, some of which would end the process if
// Cayley ran them by itself.
func TestBadQuery(t *testing.T) {
	g := memgraph.New(parseQuads(t, people)...)
	tests := []struct{ name, lang, query, message string }{
		{"syntax", Gizmo, `g.V(`, "SyntaxError"},
		{"unknown name", Gizmo, `nothing.all()`, "nothing is not defined"},
		{"thrown", Gizmo, `throw new Error("mine")`, "mine"},
		{"tag is no string", Gizmo, `g.V("<alice>").out("<follows>", 5).all()`, "expected string"},
		{"irreversible", Gizmo, `g.V("<alice>").followR(g.M().labels()).all()`, "not implemented"},
		{"endless recursion", Gizmo, `function f() { f() } f()`, ""},
		{"endless recursion through Go", Gizmo, `function f() { [1].map(f) } f()`, ""},
		{"huge string", Gizmo, `"x".repeat(1e9)`, "too large"},
		{"huge array", Gizmo, `new Array(4e9).fill(0)`, ""},
		{"buffer", Gizmo, `new ArrayBuffer(1e12)`, "not defined"},
		{"runs itself", Gizmo, `belligraphRun()`, "not defined"},
		{"mql syntax", MQL, `[{`, "unexpected end"},
		{"graphql syntax", GraphQL, `{ nodes(`, "Syntax Error"},
		{"language", "sparkle", `x`, "unknown query language"},
	}
	for _, tt := range tests {
		t.Run(tt.lang+" "+tt.name, func(t *testing.T) {
			a, err := Query(t.Context(), g, tt.lang, tt.query, QueryOptions{})
			if err == nil {
				t.Fatalf("no error, but %v", a.Rows())
			}
			if !strings.Contains(err.Error(), tt.message) {
				t.Errorf("error %q does not say %q", err, tt.message)
			}
			if !errors.Is(err, graph.ErrBadRequest) {
				t.Errorf("error %q is not the request's own", err)
			}
		})
	}
}

func TestQueryIsStopped(t *testing.T) {
	g := memgraph.New(parseQuads(t, people)...)
	tests := []struct {
		name, query string
		memory      uint64
		want        error
	}{
		{"endless loop", `while (true) {}`, 0, context.DeadlineExceeded},
		{"endless emitting", `while (true) { g.emit("x") }`, 0, context.DeadlineExceeded},
		{"loop in a callback", `g.V().forEach(function(d) { while (true) {} })`, 0, context.DeadlineExceeded},
		{"caught", `while (true) { try { while (true) {} } catch (e) {} }`, 0, context.DeadlineExceeded},
		{"backtracking", `/^(?=((a+)+)$)b/.test("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"); while (true) {}`, 0, context.DeadlineExceeded},
		{"memory", `var a = []; while (true) { a.push({x: [1, 2, 3]}) }`, 64 << 20, graph.ErrLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limit := 200 * time.Millisecond
			if tt.memory > 0 {
				limit = time.Minute
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			start := time.Now()
			_, err := Query(ctx, g, Gizmo, tt.query, QueryOptions{Memory: tt.memory})
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("stopped only after %v", d)
			}
			if _, err := Shape(ctx, g, Gizmo, tt.query, QueryOptions{Memory: tt.memory}); err == nil {
				t.Error("the shape of an endless script was found")
			}
		})
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestShape(t *testing.T) {
	g := memgraph.New(parseQuads(t, people)...)
	for _, tt := range []struct{ lang, query string }{
		{Gizmo, `g.V("<alice>").out("<follows>").tag("x").in("<follows>").all()`},
		{MQL, `[{"id": "<alice>", "<follows>": null}]`},
	} {
		t.Run(tt.lang, func(t *testing.T) {
			out, err := Shape(t.Context(), g, tt.lang, tt.query, QueryOptions{})
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(out)
			if err != nil {
				t.Fatal(err)
			}
			var s struct {
				Nodes []struct {
					ID         int
					IsLinkNode bool `json:"is_link_node"`
					IsFixed    bool `json:"is_fixed"`
				}
				Links []struct {
					LinkNode int `json:"link_node"`
				}
			}
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			isLink := make(map[int]bool)
			for _, n := range s.Nodes {
				isLink[n.ID] = n.IsLinkNode
			}
			if len(s.Links) == 0 {
				t.Errorf("no links in %s", data)
			}
			for _, l := range s.Links {
				if !isLink[l.LinkNode] {
					t.Errorf("link node %d is none in %s", l.LinkNode, data)
				}
			}
		})
	}
	if _, err := Shape(t.Context(), g, GraphQL, `{ nodes { id } }`, QueryOptions{}); err == nil {
		t.Error("GraphQL has a shape")
	}
}
