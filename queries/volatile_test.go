package queries

import (
	"testing"

	"github.com/belligraph/belligraph/graph/memgraph"
)

func TestVolatile(t *testing.T) {
	for query, want := range map[string]bool{
		`SELECT * { ?s ?p ?o }`:                                               false,
		`SELECT * { ?s ?p "NOW()" }`:                                          false,
		`SELECT (UCASE("rand") AS ?x) {}`:                                     false,
		`SELECT (NOW() AS ?x) {}`:                                             true,
		`ASK { FILTER(rand() > 0.5) }`:                                        true,
		`SELECT * { ?s ?p ?o FILTER(?o < STR(NOW())) }`:                       true,
		`SELECT * { ?s ?p ?o } ORDER BY RAND()`:                               true,
		`SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY (UUID())`:              true,
		`SELECT (SUM(RAND()) AS ?n) { ?s ?p ?o }`:                             true,
		`SELECT * { ?s ?p ?o OPTIONAL { ?s ?q ?r FILTER(?r = STRUUID()) } }`:  true,
		`SELECT * { ?s ?p ?o FILTER EXISTS { ?o ?q ?r FILTER(?r < NOW()) } }`: true,
		`SELECT * { { SELECT (BNODE() AS ?b) {} } }`:                          true,
		`CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <x:e> { ?s ?p ?o } }`:         true,
		`DESCRIBE <x:s>`: false,
	} {
		prepared, err := New(memgraph.New(), Options{}).Prepare(query, QueryOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := prepared.Volatile(); got != want {
			t.Errorf("%s: volatile is %v", query, got)
		}
	}
}
