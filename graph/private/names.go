package private

import (
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Names is a set of graph names: IRIs, and IRIs that end in "*", which stand
// for all names that begin with what is before it. "*" alone is every named
// graph. The zero value is empty.
type Names struct {
	exact    map[rdf.IRI]bool
	prefixes []string
}

// ParseNames reads a set of names.
func ParseNames(list []string) (Names, error) {
	n := Names{exact: make(map[rdf.IRI]bool)}
	for _, name := range list {
		prefix, open := strings.CutSuffix(name, "*")
		if open {
			n.prefixes = append(n.prefixes, prefix)
			continue
		}
		if _, err := iri.Parse(name); err != nil {
			return Names{}, fmt.Errorf("the graph %q must be an absolute IRI, or the beginning of one and \"*\": %v: %w", name, err, graph.ErrBadRequest)
		}
		n.exact[rdf.IRI(name)] = true
	}
	return n, nil
}

// Has reports whether a graph is in the set. Graphs whose name is no IRI are in
// it only with "*".
func (n Names) Has(name rdf.Term) bool {
	if name == nil {
		return false // the default graph has no name
	}
	i, ok := name.(rdf.IRI)
	if ok && n.exact[i] {
		return true
	}
	for _, p := range n.prefixes {
		if p == "" || ok && strings.HasPrefix(string(i), p) {
			return true
		}
	}
	return false
}

// Empty reports whether no graph can be in the set.
func (n Names) Empty() bool { return len(n.exact) == 0 && len(n.prefixes) == 0 }
