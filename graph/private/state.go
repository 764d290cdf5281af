package private

import (
	"context"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Bounds of what is counted where no directory has the figure. What is found
// before the bound depends on visible quads alone, so an estimate tells nothing
// of hidden ones.
const (
	countRows  = 10_000 // rows counted for an estimate
	sampleRows = 4096   // rows read for the statistics of a predicate
	// sumGraphs is up to how many hidden graphs are subtracted one by one.
	sumGraphs = 64
	// knownTerms bounds the terms remembered as visible or not.
	knownTerms = 1 << 16
)

// state is what is known of the visible part of one version of a graph. Its
// figures are made when first asked for.
type state struct {
	version uint64
	hidden  []graph.ID // ascending

	mu         sync.Mutex
	quads      *uint64
	stats      map[graph.ID]*graph.PredicateStats // nil: the predicate is not there
	known      map[graph.ID]bool                  // whether a term is visible
	components map[graph.ID]bool                  // of visible triple terms; nil: not gathered yet
}

// newState finds the hidden graphs of a snapshot.
func newState(ctx context.Context, f filter, s graph.Snapshot) (*state, error) {
	st := &state{version: s.Version(), stats: make(map[graph.ID]*graph.PredicateStats), known: make(map[graph.ID]bool)}
	if len(f.private.prefixes) == 0 {
		for name := range f.private.exact {
			if !f.hides(name) {
				continue
			}
			id, ok, err := s.Lookup(name)
			if err != nil {
				return nil, err
			}
			if ok {
				st.hidden = append(st.hidden, id)
			}
		}
	} else {
		var failed error
		err := s.Graphs(ctx, func(id graph.ID) bool {
			var name rdf.Term
			if name, failed = s.Term(id); failed == nil && f.hides(name) {
				st.hidden = append(st.hidden, id)
			}
			return failed == nil
		})
		if err == nil {
			err = failed
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(st.hidden)
	return st, nil
}

// hides reports whether a graph is hidden.
func (st *state) hides(g graph.ID) bool {
	if len(st.hidden) == 1 {
		return st.hidden[0] == g
	}
	_, found := slices.BinarySearch(st.hidden, g)
	return found
}
