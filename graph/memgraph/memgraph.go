// Package memgraph is the plainest correct graph.Graph: a dictionary of terms
// and sorted slices of quads, copied when they change. It is the graph of small
// data sets, of tests, and the measure for the other implementations; it is
// never tuned. The embedded graph for real data is package store.
package memgraph

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Graph is an in-memory graph. The zero value is not usable; see [New].
type Graph struct {
	dict dictionary

	writing sync.Mutex // held by the one transaction in progress
	mu      sync.RWMutex
	now     *view // replaced as a whole by each commit
	closed  bool

	generalized bool
}

// New returns a graph of the given quads.
func New(quads ...rdf.Quad) *Graph {
	g := &Graph{}
	g.dict.ids = make(map[rdf.Term]graph.ID)
	g.now = newView(&g.dict, 1, nil, nil)
	if len(quads) > 0 {
		// Inserting into memory cannot fail under a background context.
		if err := g.Update(context.Background(), func(tx graph.Tx) error {
			_, err := tx.Insert(quads...)
			return err
		}); err != nil {
			panic(fmt.Sprintf("memgraph: inserting into an empty graph: %v", err))
		}
	}
	return g
}

// NewGeneralized returns an empty graph that holds generalized RDF (RDF 1.1
// Concepts §7): any term in any place. Cayley's data model is of that kind.
func NewGeneralized() *Graph {
	g := New()
	g.generalized = true
	return g
}

// Snapshot implements graph.Graph.
func (g *Graph) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return nil, fmt.Errorf("memgraph: %w", graph.ErrClosed)
	}
	return g.now, nil
}

// Update implements graph.Graph.
func (g *Graph) Update(ctx context.Context, f func(graph.Tx) error) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.RLock()
	base, closed := g.now, g.closed
	g.mu.RUnlock()
	if closed {
		return fmt.Errorf("memgraph: %w", graph.ErrClosed)
	}
	tx := &tx{
		base: base, view: base,
		generalized: g.generalized,
		change:      make(map[quad]bool),
		graphs:      make(map[graph.ID]bool),
	}
	if err := f(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	next := tx.current()
	if next == base {
		return nil
	}
	g.mu.Lock()
	g.now = next
	g.mu.Unlock()
	return nil
}

// Close implements graph.Graph.
func (g *Graph) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return nil
}

// tx collects changes against base; view is base with the changes when they
// were last looked at.
type tx struct {
	base   *view
	view   *view
	change map[quad]bool     // true: inserted, false: deleted; only real changes
	graphs map[graph.ID]bool // recorded graphs, likewise
	dirty  bool

	generalized bool
}

// Snapshot implements graph.Tx.
func (t *tx) Snapshot() graph.Snapshot { return t.current() }

func (t *tx) current() *view {
	if !t.dirty {
		return t.view
	}
	t.dirty = false
	if len(t.change) == 0 && len(t.graphs) == 0 {
		t.view = t.base
		return t.view
	}
	var quads, added []quad
	for q, in := range t.change {
		if in {
			added = append(added, q)
		}
	}
	slices.SortFunc(added, compareIn(graph.SPOG))
	base := t.base.sorted(graph.SPOG)
	quads = make([]quad, 0, len(base)+len(added))
	for _, q := range base {
		if _, deleted := t.change[q]; deleted {
			continue
		}
		for len(added) > 0 && compareIn(graph.SPOG)(added[0], q) < 0 {
			quads = append(quads, added[0])
			added = added[1:]
		}
		quads = append(quads, q)
	}
	quads = append(quads, added...)
	recorded := make(map[graph.ID]bool)
	for id := range t.base.recorded {
		recorded[id] = true
	}
	for id, in := range t.graphs {
		if in {
			recorded[id] = true
		} else {
			delete(recorded, id)
		}
	}
	t.view = newView(t.base.dict, t.base.version+1, quads, recorded)
	return t.view
}

// has reports whether q is in the graph as changed so far.
func (t *tx) has(q quad) bool {
	if in, changed := t.change[q]; changed {
		return in
	}
	_, found := slices.BinarySearchFunc(t.base.sorted(graph.SPOG), q, compareIn(graph.SPOG))
	return found
}

// set makes q be there or not and reports whether that changed anything.
func (t *tx) set(q quad, in bool) bool {
	if t.has(q) == in {
		return false
	}
	if _, changed := t.change[q]; changed {
		delete(t.change, q) // back to what base says
	} else {
		t.change[q] = in
	}
	t.dirty = true
	return true
}

// Insert implements graph.Tx.
func (t *tx) Insert(quads ...rdf.Quad) (int, error) {
	n := 0
	for _, q := range quads {
		if err := checkQuad(q, t.generalized); err != nil {
			return n, err
		}
		ids := quad{t.base.dict.intern(q.Subject), t.base.dict.intern(q.Predicate), t.base.dict.intern(q.Object), graph.DefaultGraph}
		if q.Graph != nil {
			ids[graph.G] = t.base.dict.intern(q.Graph)
		}
		if t.set(ids, true) {
			n++
		}
	}
	return n, nil
}

// checkQuad refuses quads that RDF 1.2 does not have; of generalized ones, only
// incomplete quads.
func checkQuad(q rdf.Quad, generalized bool) error {
	if generalized && q.Subject != nil && q.Predicate != nil && q.Object != nil {
		return nil
	}
	ok := isTriple(q.Triple())
	switch q.Graph.(type) {
	case nil, rdf.IRI, rdf.BlankNode:
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("memgraph: not an RDF quad: %s: %w", q, graph.ErrBadRequest)
	}
	return nil
}

func isTriple(t rdf.Triple) bool {
	switch t.Subject.(type) {
	case rdf.IRI, rdf.BlankNode:
	default:
		return false
	}
	if _, isIRI := t.Predicate.(rdf.IRI); !isIRI {
		return false
	}
	if inner, ok := t.Object.(rdf.Triple); ok {
		return isTriple(inner)
	}
	return t.Object != nil
}

// Delete implements graph.Tx.
func (t *tx) Delete(quads ...rdf.Quad) (int, error) {
	n := 0
next:
	for _, q := range quads {
		ids := quad{3: graph.DefaultGraph}
		for i, term := range []rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
			if term == nil {
				continue
			}
			id, ok := t.base.dict.find(term)
			if !ok {
				continue next
			}
			ids[i] = id
		}
		if t.set(ids, false) {
			n++
		}
	}
	return n, nil
}

// CreateGraph implements graph.Tx.
func (t *tx) CreateGraph(name rdf.Term) error {
	id := t.base.dict.intern(name)
	t.graphs[id] = true
	t.dirty = true
	return nil
}

// DropGraph implements graph.Tx.
func (t *tx) DropGraph(name rdf.Term) error {
	id := graph.DefaultGraph
	if name != nil {
		found, ok := t.base.dict.find(name)
		if !ok {
			return nil
		}
		id = found
		t.graphs[id] = false
		t.dirty = true
	}
	for _, q := range t.current().sorted(graph.SPOG) {
		if q[graph.G] == id {
			t.set(q, false)
		}
	}
	return nil
}
