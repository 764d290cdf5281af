package question

import (
	"context"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// engineRunner runs questions on a query engine.
type engineRunner struct {
	engine *queries.Engine
	graph  graph.Graph
	opts   queries.QueryOptions
}

// On returns a runner of the engine, which must be over g. The options bound
// each query; a question asks two or three.
func On(engine *queries.Engine, g graph.Graph, opts queries.QueryOptions) Runner {
	return &engineRunner{engine, g, opts}
}

func (r *engineRunner) Select(ctx context.Context, query string) ([]string, [][]rdf.Term, error) {
	result, err := r.engine.Query(ctx, query, r.opts)
	if err != nil {
		return nil, nil, err
	}
	defer result.Close()
	vars := make([]string, len(result.Vars))
	for i, v := range result.Vars {
		vars[i] = string(v)
	}
	var rows [][]rdf.Term
	for row, err := range result.Rows() {
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, slices.Clone(row))
	}
	return vars, rows, nil
}

func (r *engineRunner) Version(ctx context.Context) (uint64, error) {
	snap, err := r.graph.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	return snap.Version(), nil
}
