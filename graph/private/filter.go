package private

import (
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// filter decides on names for one reader.
type filter struct {
	private Names
	rights  Rights
}

func (g *Graph) filter(r Rights) filter { return filter{g.names, r} }

// shows reports whether nothing can be hidden.
func (f filter) shows() bool { return f.rights.All || f.private.Empty() }

// hides reports whether the reader may not see a graph.
func (f filter) hides(name rdf.Term) bool {
	return !f.rights.All && f.private.Has(name) && !f.rights.Graphs.Has(name)
}

// refuse returns an error if the reader may not write into a graph.
func (f filter) refuse(name rdf.Term) error {
	if f.hides(name) {
		return fmt.Errorf("the graph %s is not open to you: %w", name, graph.ErrReadOnly)
	}
	return nil
}
