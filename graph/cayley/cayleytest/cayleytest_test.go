package cayleytest_test

import (
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley/cayleytest"
	"github.com/belligraph/belligraph/graph/storetest"
)

// TestPostgresGraph runs the conformance suite of graphs over PostgreSQL.
func TestPostgresGraph(t *testing.T) {
	p := cayleytest.OpenPostgres(t)
	storetest.Run(t, func(t *testing.T) graph.Graph { return p.Graph(t) })
}
