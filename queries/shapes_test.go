package queries

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// people is a graph in which some nodes have many neighbours and most have few.
func people() (quads []rdf.Quad) {
	ex := func(s string) rdf.IRI { return rdf.IRI("http://example.org/" + s) }
	add := func(s, p string, o rdf.Term) {
		quads = append(quads, rdf.Quad{Subject: ex(s), Predicate: ex(p), Object: o})
	}
	for i := range 60 {
		s := fmt.Sprint("n", i)
		add(s, "knows", ex(fmt.Sprint("n", (i*7+1)%60)))
		add(s, "knows", ex("n0"))
		add(s, "name", rdf.NewString(fmt.Sprint("Name ", i%20)))
		add(s, "name", rdf.NewLang(fmt.Sprint("Name ", i%20), "en"))
		add(s, "age", rdf.NewTyped(fmt.Sprint(i%30), rdf.XSDInteger))
		add(s, "lives", ex(fmt.Sprint("c", i%4)))
		if i%3 == 0 {
			add("n0", "likes", ex(s))
		}
	}
	for i := range 4 {
		add(fmt.Sprint("c", i), "in", ex("world"))
	}
	for i := range 3 {
		quads = append(quads, rdf.Quad{Subject: ex("n1"), Predicate: ex("said"), Object: ex(fmt.Sprint("n", i)), Graph: ex(fmt.Sprint("n", i))})
	}
	return quads
}

// shapedQueries are asked with constants in place of the %s.
var shapedQueries = []struct {
	query string
	lists [][]string // of constants, one list for each %s
	kept  bool       // whether plans can be used again
}{
	{`SELECT ?p ?o { %s ?p ?o }`, [][]string{{"<http://example.org/n1>", "ex:n2", "ex:n0", "ex:none", "ex:world"}}, true},
	{`SELECT ?s { ?s ?p %s }`, [][]string{{"ex:n0", "ex:c1", "ex:n5", `"Name 3"`, `"Name 3"@en`, `"Name 3"@EN`, `"none"`, "7"}}, true},
	{`SELECT ?s { ?s ex:lives %s ; ex:name %s }`, [][]string{{"ex:c0", "ex:c1", "ex:c9"}, {`"Name 4"`, `"Name 5"@en`, `"Name 8"`, `"Name 9"`}}, true},
	{`SELECT * { ?s ex:knows %s OPTIONAL { ?s ex:likes %s } FILTER(?s != %s) }`, [][]string{{"ex:n0", "ex:n1"}, {"ex:n3", "ex:n0", "ex:n6"}, {"ex:n1", "ex:n7", "ex:n0"}}, true},
	{`SELECT * { ?s ex:knows ?t FILTER(?t IN (%s, %s)) }`, [][]string{{"ex:n0", "ex:n1", "ex:n8"}, {"ex:n1", "ex:n15", "ex:n22"}}, true},
	{`SELECT * { VALUES ?s { %s %s UNDEF } ?s ex:age ?a }`, [][]string{{"ex:n0", "ex:n1"}, {"ex:n1", "ex:n2", "ex:none"}}, true},
	{`SELECT * { %s ex:knows+ ?t . ?t ex:lives %s }`, [][]string{{"ex:n0", "ex:n4", "ex:n9"}, {"ex:c0", "ex:c2"}}, true},
	{`SELECT ?t { { %s ex:knows ?t } UNION { GRAPH %s { ?t ?p ?o } } }`, [][]string{{"ex:n0", "ex:n1"}, {"ex:n0", "ex:n1", "ex:n9"}}, true},
	{`SELECT ?t { { %[1]s ex:knows ?t } UNION { GRAPH %[1]s { ?t ?p ?o } } }`, [][]string{{"ex:n0", "ex:n1", "ex:n9"}}, true},
	{`SELECT (COUNT(*) AS ?n) { ?s ex:lives %s }`, [][]string{{"ex:c0", "ex:c1", "ex:c3", "ex:world"}}, false},
	{`SELECT (COUNT(*) AS ?n) (SUM(?a) AS ?sum) { ?s ex:lives %s ; ex:age ?a }`, [][]string{{"ex:c0", "ex:c1", "ex:c3", "ex:world"}}, true},
	{`SELECT ?a (COUNT(?s) AS ?n) { ?s ex:lives %s ; ex:age ?a } GROUP BY ?a (?s = %s) HAVING (COUNT(*) < 9) ORDER BY ?a (?a = %s)`, [][]string{{"ex:c0", "ex:c1"}, {"ex:n0", "ex:n1"}, {"ex:n3", "ex:n4"}}, true},
	{`SELECT ?s { ?s %s ?o ; ex:lives %s }`, [][]string{{"ex:knows", "ex:name", "ex:none"}, {"ex:c0", "ex:c1", "ex:c2"}}, true},
	{`SELECT ?s { ?s ex:name ?n FILTER(STRSTARTS(?n, %s)) }`, [][]string{{`"Name 1"`, `"Name 2"`, `"Nam"`}}, true},
	{`SELECT ?s { ?s ex:name ?n FILTER(STR(?s) = STR(%s) || ?n = %s) }`, [][]string{{"ex:n1", "ex:n2"}, {`"Name 1"`, `"Name 2"`}}, true},
	{`SELECT ?s ?i { ?s ex:age ?a BIND(%s AS ?i) FILTER EXISTS { ?s ex:knows %s } }`, [][]string{{"ex:n1", "ex:x"}, {"ex:n0", "ex:n8"}}, true},
	{`SELECT ?s { ?s ex:lives ?c MINUS { ?s ex:knows %s } MINUS { ?s ex:likes %s } }`, [][]string{{"ex:n8", "ex:n1"}, {"ex:n3", "ex:n6"}}, true},
	{`CONSTRUCT { ?s ex:sees %s . %s ex:was ?s } { ?s ex:lives %s }`, [][]string{{"ex:new", "ex:n1"}, {"ex:newer", "ex:n2"}, {"ex:c0", "ex:c1"}}, true},
	{`DESCRIBE %s ?x { ?x ex:likes %s }`, [][]string{{"ex:c1", "ex:n4", "ex:none"}, {"ex:n3", "ex:n6", "ex:n7"}}, true},
	{`DESCRIBE %s`, [][]string{{"ex:c1", "ex:n4", "ex:none"}}, true},
	{`ASK { %s ex:likes %s }`, [][]string{{"ex:n0", "ex:n1"}, {"ex:n3", "ex:n4"}}, true},
	{`SELECT ?x { ?x ex:age ?a . FILTER(?a < %s) }`, [][]string{{"3", "5"}}, true},
	{`SELECT ?x ?l { ?x ex:lives %s ; ex:knows ?y . ?y ex:name ?l { SELECT ?y { ?y ex:age ?a ; ex:lives %s } ORDER BY ?a LIMIT 3 } }`, [][]string{{"ex:c0", "ex:c1"}, {"ex:c2", "ex:c3"}}, true},
	{`SELECT * FROM %s { ?s ?p %s }`, [][]string{{"ex:n0", "ex:n1"}, {"ex:n0", "ex:n1"}}, true},
}

// texts returns a query with each choice of constants.
func texts(query string, lists [][]string) []string {
	choices := [][]any{nil}
	for _, list := range lists {
		var longer [][]any
		for _, c := range choices {
			for _, s := range list {
				longer = append(longer, append(slices.Clone(c), s))
			}
		}
		choices = longer
	}
	var out []string
	for _, c := range choices {
		out = append(out, "PREFIX ex: <http://example.org/>\n"+fmt.Sprintf(query, c...))
	}
	return out
}

func answer(t *testing.T, e *Engine, text string) string {
	t.Helper()
	r, err := e.Query(context.Background(), text, QueryOptions{})
	if err != nil {
		return "error: " + err.Error()
	}
	defer r.Close()
	var rows []string
	if r.template != nil || r.describe != nil {
		for q, err := range r.Quads() {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, fmt.Sprint(q))
		}
	} else {
		rows = append(rows, fmt.Sprint(r.Answer))
		for row, err := range r.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, fmt.Sprint(r.Vars, row))
		}
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

// TestShapes asks queries that differ by constants of an engine that remembers
// and of engines that do not, before and after a change of the graph.
func TestShapes(t *testing.T) {
	file, err := store.Open(filepath.Join(t.TempDir(), "g"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, g := range map[string]graph.Graph{"memgraph": memgraph.New(), "store": file} {
		t.Run(name, func(t *testing.T) {
			e := New(g, Options{})
			for round, quads := range [][]rdf.Quad{people(), {{Subject: rdf.IRI("http://example.org/none"), Predicate: rdf.IRI("http://example.org/lives"), Object: rdf.IRI("http://example.org/c1")}}} {
				if err := g.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
					t.Fatal(err)
				}
				for _, q := range shapedQueries {
					for range 3 {
						for _, text := range texts(q.query, q.lists) {
							if got, want := answer(t, e, text), answer(t, New(g, Options{}), text); got != want {
								t.Fatalf("round %d: %s\ngot\n%s\nwant\n%s", round, text, got, want)
							}
						}
					}
					text := texts(q.query, q.lists)[0]
					p, err := e.Prepare(text, QueryOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if p.shape == nil {
						t.Errorf("%s: no shape", text)
						continue
					}
					if kept := len(p.shape.plans) > 0 && !p.shape.refused; kept != q.kept {
						t.Errorf("%s: plans are kept: %v, refused: %v", text, len(p.shape.plans) > 0, p.shape.refused)
					}
				}
			}
		})
	}
}

// TestShapesConcurrently shares plans among goroutines.
func TestShapesConcurrently(t *testing.T) {
	g := memgraph.New(people()...)
	e := New(g, Options{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, q := range shapedQueries {
				for range 3 {
					for _, text := range texts(q.query, q.lists) {
						if got := answer(t, e, text); strings.HasPrefix(got, "error") {
							t.Error(got)
						}
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestShapesForget fills the memory for shapes.
func TestShapesForget(t *testing.T) {
	e := New(memgraph.New(people()...), Options{})
	for i := range 2000 {
		text := fmt.Sprintf(`SELECT ?v%d { ?v%d ?p <http://example.org/n1> FILTER(STRLEN(STR(?p)) < 10000 && "%s" != "") }`, i, i, strings.Repeat("x", 7000))
		for range 3 {
			answer(t, e, text)
		}
		if e.shapes.bytes > maxShapeBytes+(1<<20) {
			t.Fatalf("%d bytes are kept", e.shapes.bytes)
		}
	}
	if n := len(e.shapes.known); n == 0 || n > 200 {
		t.Errorf("%d shapes are kept", n)
	}
}
