// Package private hides named graphs from those who may not see them.
//
// [Graph] is a graph.Graph in front of another. Which graphs it shows depends
// on the [Rights] in the context that a snapshot is taken with, so whoever
// reads through it can forget nothing: without rights nothing private is there.
// What is hidden is as absent as if it had never been inserted: its quads, its
// name, the terms that only it holds, and its share in every count, estimate
// and statistic. Three things are not kept secret: the version, which grows
// with every commit; the time that a scan takes to pass by hidden quads; and
// that a name is one of the private ones, which whoever tries to write there is
// told.
package private

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Rights say which private graphs somebody may see and, if she may write at
// all, write. The zero value is none of them.
type Rights struct {
	All    bool
	Graphs Names
	key    string
}

// NewRights returns the right to see the private graphs of a list as
// [ParseNames] reads it.
func NewRights(list []string) (Rights, error) {
	names, err := ParseNames(list)
	if err != nil || names.Empty() {
		return Rights{}, err
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return Rights{Graphs: names, key: strings.Join(slices.Compact(sorted), "\n")}, nil
}

// Everything is the right to see every graph.
func Everything() Rights { return Rights{All: true, key: "*"} }

// Key tells rights apart: what was made for one reader may be shown to another
// whose rights have the same key.
func (r Rights) Key() string { return r.key }

type rightsKey struct{}

// With returns a context that carries rights, in place of those it carried.
func With(ctx context.Context, r Rights) context.Context {
	return context.WithValue(ctx, rightsKey{}, r)
}

// Of returns the rights that a context carries, none by default.
func Of(ctx context.Context) Rights {
	r, _ := ctx.Value(rightsKey{}).(Rights)
	return r
}

// Graph shows another graph to each reader as far as her rights go.
type Graph struct {
	inner graph.Graph
	names Names // of the private graphs

	mu     sync.Mutex
	states map[string]*state // the latest of each rights' key
}

var _ graph.Graph = (*Graph)(nil)

// New returns a graph in front of g in which the named graphs are private.
// Closing it closes g.
func New(g graph.Graph, names Names) *Graph {
	return &Graph{inner: g, names: names, states: make(map[string]*state)}
}

// Close implements graph.Graph.
func (g *Graph) Close() error { return g.inner.Close() }

// MayWrite returns the error of writing into a graph, nil being the default
// graph, without the right to see it.
func (g *Graph) MayWrite(ctx context.Context, name rdf.Term) error {
	return g.filter(Of(ctx)).refuse(name)
}

// Snapshot implements graph.Graph.
func (g *Graph) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	s, err := g.inner.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	f := g.filter(Of(ctx))
	if f.shows() {
		return s, nil
	}
	st, err := g.state(ctx, f, s)
	if err != nil {
		_ = s.Close() // the first error says more
		return nil, err
	}
	if len(st.hidden) == 0 {
		return s, nil
	}
	return &snapshot{Snapshot: s, state: st}, nil
}

// Version implements graph.Versioned: what is hidden does not change it.
func (g *Graph) Version(ctx context.Context) (uint64, error) {
	return graph.VersionOf(ctx, g.inner)
}

// maxStates bounds the kinds of readers whose statistics are remembered.
const maxStates = 64

// state returns what is known of the part of a snapshot that f shows.
func (g *Graph) state(ctx context.Context, f filter, s graph.Snapshot) (*state, error) {
	g.mu.Lock()
	st := g.states[f.rights.key]
	g.mu.Unlock()
	if st != nil && st.version == s.Version() {
		return st, nil
	}
	st, err := newState(ctx, f, s)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.states[f.rights.key]
	if old != nil && old.version == st.version {
		return old, nil // another reader was faster
	}
	if old == nil && len(g.states) >= maxStates {
		clear(g.states)
	}
	if old == nil || old.version < st.version {
		g.states[f.rights.key] = st
	}
	return st, nil
}

// Update implements graph.Graph. The transaction shows what the rights in ctx
// show, and refuses to write into what they do not.
func (g *Graph) Update(ctx context.Context, f func(graph.Tx) error) error {
	filter := g.filter(Of(ctx))
	if filter.shows() {
		return g.inner.Update(ctx, f)
	}
	return g.inner.Update(ctx, func(tx graph.Tx) error {
		return f(&transaction{ctx: ctx, Tx: tx, filter: filter})
	})
}
