package cayley

import (
	"context"
	"fmt"
	"sync"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/iterator"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// QuadStore is a Belligraph graph as Cayley sees it. It implements Cayley's
// graph.QuadStore and its shape.Optimizer, through which whole quad patterns
// become one sorted scan.
//
// Cayley allows any value in any place of a quad. A graph that holds RDF only
// refuses quads with a literal for a subject, predicate or label.
type QuadStore struct{ *base }

var _ cgraph.QuadStore = (*QuadStore)(nil)

// base is a QuadStore without the optimizer. Cayley's query-shape page can draw
// only what it has not optimised, so it is given this one.
type base struct {
	g     graph.Graph     // nil when the store is fixed to one snapshot
	ctx   context.Context // also ends every scan; Cayley does not pass contexts everywhere
	owned graph.Graph     // closed with the store
	door  *door           // lets Gizmo sessions out, see gizmo.go

	mu   sync.Mutex
	now  *view
	open map[*cursor]bool // every cursor not closed yet
	shut bool
}

// view is a snapshot that is closed when nobody uses it any more.
type view struct {
	graph.Snapshot
	users int // guarded by base.mu; the base itself is one while the view is current
	owned bool

	once  sync.Once
	nodes int64 // counted once, see base.countNodes
	err   error
}

// New returns a live view of g: each query sees what was last committed to g,
// by whomever. Ids of g must not change while it is open. Closing the store does
// not close g.
func New(g graph.Graph) *QuadStore {
	return &QuadStore{&base{g: g, ctx: context.Background(), open: make(map[*cursor]bool)}}
}

// NewSnapshot returns a read-only store of one snapshot, which the caller closes
// after the store.
func NewSnapshot(s graph.Snapshot) *QuadStore {
	return &QuadStore{newBase(context.Background(), s)}
}

func newBase(ctx context.Context, s graph.Snapshot) *base {
	return &base{ctx: ctx, now: &view{Snapshot: s, users: 1}, open: make(map[*cursor]bool)}
}

// acquire returns the view that a new look at the graph should use. The caller
// releases it.
func (b *base) acquire(ctx context.Context) (*view, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return nil, fmt.Errorf("cayley: %w", graph.ErrClosed)
	}
	if b.g != nil {
		s, err := b.g.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		if b.now != nil && b.now.Version() == s.Version() {
			if err := s.Close(); err != nil {
				return nil, err
			}
		} else {
			b.drop(b.now)
			b.now = &view{Snapshot: s, users: 1, owned: true}
		}
	}
	b.now.users++
	return b.now, nil
}

func (b *base) release(v *view) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(v)
}

// drop gives up one use of v; b.mu is held. The error of closing a snapshot that
// was only read tells nobody anything.
func (b *base) drop(v *view) {
	if v == nil {
		return
	}
	if v.users--; v.users == 0 && v.owned {
		_ = v.Close()
	}
}

// Close implements Cayley's graph.QuadStore. It closes cursors that Cayley's
// iterators left open, so it must not be called while a query runs.
func (b *base) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return nil
	}
	b.shut = true
	var first error
	for c := range b.open {
		if err := c.rows.Close(); err != nil && first == nil {
			first = err
		}
		b.drop(c.view)
	}
	b.open = nil
	b.drop(b.now)
	b.now = nil
	if b.owned != nil {
		if err := b.owned.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// node is Cayley's reference to a value: the id of its term.
type node graph.ID

// Key implements Cayley's graph.Ref.
func (n node) Key() any { return n }

// link is Cayley's reference to a quad.
type link [4]graph.ID // indexed by graph.Column

// Key implements Cayley's graph.Ref.
func (l link) Key() any { return l }

// nodeRef returns the reference to id, nil for the default graph, which has no
// value.
func nodeRef(id graph.ID) cgraph.Ref {
	if id == graph.Any || id == graph.DefaultGraph {
		return nil
	}
	return node(id)
}

// column returns the column of a direction.
func column(d quad.Direction) graph.Column {
	switch d {
	case quad.Subject:
		return graph.S
	case quad.Predicate:
		return graph.P
	case quad.Object:
		return graph.O
	default:
		return graph.G
	}
}

// idOf returns the id behind a reference to a value.
func (b *base) idOf(r cgraph.Ref) (graph.ID, bool) {
	switch r := r.(type) {
	case node:
		return graph.ID(r), true
	case cgraph.PreFetchedValue:
		if n, ok := b.ValueOf(r.NameOf()).(node); ok {
			return graph.ID(n), true
		}
	}
	return 0, false
}

// ValueOf implements Cayley's graph.Namer. It returns nil for values that no
// quad holds.
func (b *base) ValueOf(v quad.Value) cgraph.Ref {
	if b.door != nil && v == doorKey {
		return cgraph.PreFetched(b.door)
	}
	t, err := ToTerm(v)
	if err != nil || t == nil {
		return nil
	}
	ctx := context.Background()
	s, err := b.acquire(ctx)
	if err != nil {
		return nil
	}
	defer b.release(s)
	id, ok, err := s.Lookup(t)
	if err != nil || !ok {
		return nil
	}
	// A dictionary may know terms that are in no quad any more, and inline
	// terms are always known.
	if in, err := occurs(ctx, s, id); err != nil || !in {
		return nil
	}
	return node(id)
}

// NameOf implements Cayley's graph.Namer.
func (b *base) NameOf(r cgraph.Ref) quad.Value {
	if r == nil {
		return nil
	}
	if p, ok := r.(cgraph.PreFetchedValue); ok {
		return p.NameOf()
	}
	n, ok := r.(node)
	if !ok {
		return nil
	}
	return ToValue(b.term(graph.ID(n)))
}

// term returns the term of an id, nil if the graph does not know it.
func (b *base) term(id graph.ID) rdf.Term {
	b.mu.Lock()
	v := b.now
	if v != nil {
		v.users++
	}
	b.mu.Unlock()
	if v != nil {
		t, err := v.Term(id)
		b.release(v)
		if err == nil || b.g == nil {
			return t
		}
	}
	v, err := b.acquire(context.Background()) // the id may be newer than the view
	if err != nil {
		return nil
	}
	defer b.release(v)
	if t, err := v.Term(id); err == nil {
		return t
	}
	return nil
}

// Quad implements Cayley's graph.QuadIndexer.
func (b *base) Quad(r cgraph.Ref) quad.Quad {
	l, ok := r.(link)
	if !ok {
		return quad.Quad{}
	}
	q := quad.Quad{
		Subject: ToValue(b.term(l[graph.S])), Predicate: ToValue(b.term(l[graph.P])),
		Object: ToValue(b.term(l[graph.O])),
	}
	if l[graph.G] != graph.DefaultGraph {
		q.Label = ToValue(b.term(l[graph.G]))
	}
	return q
}

// QuadDirection implements Cayley's graph.QuadIndexer.
func (b *base) QuadDirection(r cgraph.Ref, d quad.Direction) cgraph.Ref {
	l, ok := r.(link)
	if !ok {
		return nil
	}
	return nodeRef(l[column(d)])
}

// QuadIterator implements Cayley's graph.QuadIndexer.
func (b *base) QuadIterator(d quad.Direction, r cgraph.Ref) cgraph.Iterator {
	id, ok := b.idOf(r)
	if !ok {
		return iterator.NewNull()
	}
	var l links
	l.bind(column(d), id)
	return cgraph.NewLegacy(l.quads(b, nil), nil)
}

// QuadIteratorSize implements Cayley's graph.QuadIndexer.
func (b *base) QuadIteratorSize(ctx context.Context, d quad.Direction, r cgraph.Ref) (cgraph.Size, error) {
	id, ok := b.idOf(r)
	if !ok {
		return cgraph.Size{Exact: true}, nil
	}
	var l links
	l.bind(column(d), id)
	return b.estimate(ctx, l.fixed)
}

func (b *base) estimate(ctx context.Context, p graph.Pattern) (cgraph.Size, error) {
	v, err := b.acquire(ctx)
	if err != nil {
		return cgraph.Size{}, err
	}
	defer b.release(v)
	n, exact, err := v.Estimate(p)
	return cgraph.Size{Size: int64(n), Exact: exact}, err
}

// NodesAllIterator implements Cayley's graph.QuadStore.
func (b *base) NodesAllIterator() cgraph.Iterator {
	return cgraph.NewLegacy(&allNodes{b}, nil)
}

// QuadsAllIterator implements Cayley's graph.QuadStore.
func (b *base) QuadsAllIterator() cgraph.Iterator {
	return cgraph.NewLegacy(links{}.quads(b, nil), nil)
}

// Stats implements Cayley's graph.QuadStore. Counting nodes exactly reads the
// whole graph once per version.
func (b *base) Stats(ctx context.Context, exact bool) (cgraph.Stats, error) {
	v, err := b.acquire(ctx)
	if err != nil {
		return cgraph.Stats{}, err
	}
	defer b.release(v)
	quads, err := v.Len()
	if err != nil {
		return cgraph.Stats{}, err
	}
	st := cgraph.Stats{
		Nodes: cgraph.Size{Size: int64(quads)},
		Quads: cgraph.Size{Size: int64(quads), Exact: true},
	}
	if exact {
		v.once.Do(func() { v.nodes, v.err = countNodes(ctx, v) })
		if v.err != nil {
			return cgraph.Stats{}, v.err
		}
		st.Nodes = cgraph.Size{Size: v.nodes, Exact: true}
	}
	return st, nil
}
