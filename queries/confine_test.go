package queries_test

import (
	"context"
	"errors"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// TestConfinedUpdate runs requests confined to a graph and looks at what they
// changed: the graph itself or, when refused, nothing.
func TestConfinedUpdate(t *testing.T) {
	const name = rdf.IRI("http://example.org/g")
	for _, tc := range []struct {
		name, update string
		in           rdf.IRI
		refused      bool
		want         string // an ASK
	}{
		{name: "data", update: `INSERT DATA { <x:s> <x:p> 1 }`, in: name,
			want: `ASK { GRAPH <http://example.org/g> { <x:s> <x:p> 1 } FILTER NOT EXISTS { <x:s> <x:p> 1 } }`},
		{name: "data of the graph by name", update: `INSERT DATA { GRAPH <http://example.org/g> { <x:s> <x:p> 1 } }`, in: name,
			want: `ASK { GRAPH <http://example.org/g> { <x:s> <x:p> 1 } }`},
		{name: "data of another graph", update: `INSERT DATA { GRAPH <x:other> { <x:s> <x:p> 1 } }`, in: name, refused: true},
		{name: "delete", update: `DELETE DATA { <x:in> <x:p> "here" }`, in: name,
			want: `ASK { <x:in> <x:p> "default" FILTER NOT EXISTS { GRAPH <http://example.org/g> { <x:in> ?p ?o } } }`},
		{name: "modify sees the graph as default", update: `INSERT { ?s <x:copy> ?o } WHERE { ?s <x:p> ?o }`, in: name,
			want: `ASK { GRAPH <http://example.org/g> { <x:in> <x:copy> "here" } FILTER NOT EXISTS { ?s <x:copy> "default" } FILTER NOT EXISTS { GRAPH ?g { ?s <x:copy> "default" } } }`},
		{name: "modify may read others", update: `INSERT { ?s <x:copy> ?o } WHERE { GRAPH <x:third> { ?s <x:p> ?o } }`, in: name,
			want: `ASK { GRAPH <http://example.org/g> { <x:in> <x:copy> "third" } }`},
		{name: "a graph by variable", update: `INSERT { GRAPH ?g { ?s <x:copy> ?o } } WHERE { GRAPH ?g { ?s <x:p> ?o } }`, in: name, refused: true},
		{name: "with another", update: `WITH <x:third> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }`, in: name, refused: true},
		{name: "clear default", update: `CLEAR DEFAULT`, in: name,
			want: `ASK { <x:in> <x:p> "default" FILTER NOT EXISTS { GRAPH <http://example.org/g> { ?s ?p ?o } } }`},
		{name: "clear all", update: `CLEAR ALL`, in: name, refused: true},
		{name: "drop another", update: `DROP GRAPH <x:third>`, in: name, refused: true},
		{name: "drop default where there is none", update: `DROP DEFAULT`, in: "x:none", want: `ASK { <x:in> <x:p> "default" }`},
		{name: "add", update: `ADD <x:third> TO DEFAULT`, in: name, want: `ASK { GRAPH <http://example.org/g> { <x:in> <x:p> "third", "here" } }`},
		{name: "move away", update: `MOVE DEFAULT TO <x:third>`, in: name, refused: true},
		{name: "move here", update: `MOVE <x:third> TO DEFAULT`, in: name, refused: true},
		{name: "create another", update: `CREATE GRAPH <x:new>`, in: name, refused: true},
		{name: "one of several", update: `INSERT DATA { <x:s> <x:p> 1 } ; CLEAR GRAPH <x:third>`, in: name, refused: true},
		{name: "default graph only", update: `INSERT DATA { <x:s> <x:p> 1 }`, want: `ASK { <x:s> <x:p> 1 }`},
		{name: "default graph, with another", update: `INSERT DATA { GRAPH <x:third> { <x:s> <x:p> 1 } }`, refused: true},
		{name: "default graph, with", update: `WITH <x:third> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }`, refused: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := memgraph.New()
			e := queries.New(g, queries.Options{})
			ctx := context.Background()
			_, err := e.Update(ctx, `INSERT DATA { <x:in> <x:p> "default" GRAPH <http://example.org/g> { <x:in> <x:p> "here" } GRAPH <x:third> { <x:in> <x:p> "third" } }`, queries.UpdateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = e.Update(ctx, tc.update, queries.UpdateOptions{Confined: true, Graph: tc.in})
			if tc.refused {
				if !errors.Is(err, queries.ErrOtherGraph) || !errors.Is(err, graph.ErrBadRequest) {
					t.Fatalf("error %v, want ErrOtherGraph", err)
				}
				tc.want = `ASK { <x:in> <x:p> "default" GRAPH <http://example.org/g> { <x:in> <x:p> "here" } GRAPH <x:third> { <x:in> <x:p> "third" } FILTER NOT EXISTS { ?s <x:p> 1 } }`
			} else if err != nil {
				t.Fatal(err)
			}
			r, err := e.Query(ctx, tc.want, queries.QueryOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if !r.Answer {
				t.Errorf("after %s, false: %s", tc.update, tc.want)
			}
		})
	}
}
