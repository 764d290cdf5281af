package queries

import (
	"context"
	"fmt"
	"testing"

	"github.com/belligraph/belligraph/graph/memgraph"
)

func TestSmoke(t *testing.T) {
	g := memgraph.New()
	e := New(g, Options{})
	ctx := context.Background()
	_, err := e.Update(ctx, `PREFIX : <http://x/> INSERT DATA { :a :p :b . :b :p :c . :c :q 5 . :a :n 7, 8 . GRAPH :g { :a :p :z } }`, UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`SELECT * { ?s :p ?o }`,
		`SELECT * { ?s :p ?o . ?o :p ?z }`,
		`SELECT * { ?s :p ?o OPTIONAL { ?o :q ?z FILTER(?z > 3) } }`,
		`SELECT * { :a :p+ ?o }`,
		`SELECT * { ?a :p* ?o }`,
		`SELECT (SUM(?n) AS ?s) (COUNT(*) AS ?c) { :a :n ?n }`,
		`SELECT * { GRAPH ?g { ?s ?p ?o } }`,
		`SELECT * { { ?s :p ?o } UNION { ?s :q ?o } } ORDER BY DESC(?o) LIMIT 2`,
		`SELECT * { ?s :p ?o FILTER EXISTS { ?o :q ?x } }`,
		`SELECT * { ?s :p ?o MINUS { ?o :q ?x } }`,
		`SELECT * { ?s :n ?o BIND(?o + 1 AS ?w) VALUES ?w { 8 } }`,
	} {
		q = "PREFIX : <http://x/> " + q
		r, err := e.Query(ctx, q, QueryOptions{})
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		fmt.Println(q)
		for row, err := range r.Rows() {
			if err != nil {
				t.Error(err)
			}
			fmt.Println("   ", r.Vars, row)
		}
		r.Close()
		x, _ := e.Explain(ctx, q, QueryOptions{}, true)
		fmt.Println(x)
	}
}
