package memgraph_test

import (
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T) graph.Graph { return memgraph.New() })
}
