package sparqltest

import (
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley/cayleytest"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/graph/storetest"
	"github.com/belligraph/belligraph/queries/plan"
)

// backends are the graphs that every suite is run over.
var backends = []struct {
	name string
	open func(t *testing.T) graph.Graph
	// disabled are the planner's rules that are not used.
	disabled []string
	// start, in place of open, returns it, or skips where something is missing.
	start func(t *testing.T) func(t *testing.T) graph.Graph
}{
	{name: "memgraph", open: func(*testing.T) graph.Graph { return memgraph.New() }},
	{name: "memgraph without rules", open: func(*testing.T) graph.Graph { return memgraph.New() }, disabled: plan.Rules()},
	{name: "memgraph that joins", open: func(*testing.T) graph.Graph { return storetest.Joining(memgraph.New()) }},
	{name: "store", open: func(t *testing.T) graph.Graph {
		s, err := store.Open("", store.Options{FoldRows: 4})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}},
	{name: "Cayley memstore", open: func(t *testing.T) graph.Graph { return cayleytest.Memstore(t) }},
	{name: "Cayley PostgreSQL", start: func(t *testing.T) func(*testing.T) graph.Graph {
		p := cayleytest.OpenPostgres(t)
		return func(t *testing.T) graph.Graph { return p.Graph(t) }
	}},
}
