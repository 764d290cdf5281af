package cayley

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// ForeignOptions bounds what a [Graph] holds in memory.
type ForeignOptions struct {
	// MaxRows is how many quads one scan may collect, 5,000,000 by default.
	// Cayley's stores promise no order, so a scan is collected and sorted.
	MaxRows int
	// SQL says that the store keeps its quads in PostgreSQL or CockroachDB, by
	// Cayley's own packages. Its tables are then asked directly, and joins are
	// left to the database; see [graph.Joiner].
	SQL bool
}

// Graph is any Cayley QuadStore as a graph.Graph, so that SPARQL runs over it.
//
// Terms are numbered as they are met and keep their number while the graph is
// open. Snapshots hold against changes made through this graph; what others
// write to the store shows through, as a Cayley store has no snapshots. Empty
// named graphs, which Cayley does not have, are remembered until it is closed.
type Graph struct {
	qs  cgraph.QuadStore
	w   cgraph.QuadWriter
	max int

	dict foreignTerms

	sql   *sqlStore  // nil unless ForeignOptions.SQL
	sqlMu sync.Mutex // guards what sql knows of aliases

	writing sync.Mutex   // held by the one transaction in progress
	mu      sync.RWMutex // held for reading by scans, for writing by commits
	version uint64
	stats   map[graph.ID]graph.PredicateStats // of this version
	counts  quadCounts                        // of this version
	empty   map[graph.ID]bool                 // graphs recorded by CreateGraph; replaced, not changed
	open    map[*foreignView]bool
	closed  bool
}

var _ graph.Graph = (*Graph)(nil)

// FromQuadStore returns qs as a graph. Without a writer the graph is read-only.
// Closing it closes neither.
func FromQuadStore(qs cgraph.QuadStore, w cgraph.QuadWriter, o ForeignOptions) *Graph {
	if o.MaxRows == 0 {
		o.MaxRows = 5_000_000
	}
	g := &Graph{
		qs: qs, w: w, max: o.MaxRows, version: 1,
		dict:  foreignTerms{ids: make(map[rdf.Term]graph.ID), refs: make(map[any]graph.ID)},
		empty: make(map[graph.ID]bool),
		open:  make(map[*foreignView]bool),
	}
	if s, ok := qs.(*csql.QuadStore); ok && o.SQL {
		g.sql = &sqlStore{qs: s, dict: &g.dict}
	}
	return g
}

// Snapshot implements graph.Graph.
func (g *Graph) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, fmt.Errorf("cayley: %w", graph.ErrClosed)
	}
	v := &foreignView{g: g, version: g.version, empty: g.empty}
	g.open[v] = true
	return v, nil
}

// Close implements graph.Graph.
func (g *Graph) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return nil
}

// foreignTerms numbers the terms of a foreign store.
type foreignTerms struct {
	mu    sync.RWMutex
	ids   map[rdf.Term]graph.ID // keyed by folded term
	refs  map[any]graph.ID      // by the key of Cayley's reference
	terms []rdf.Term            // by payload - 1
}

// id returns the id of a term, giving it one if need be.
func (d *foreignTerms) id(t rdf.Term) graph.ID {
	if l, ok := t.(rdf.Literal); ok {
		if id, ok := graph.Inline(l); ok {
			return id
		}
	}
	key := graph.FoldTerm(t)
	d.mu.RLock()
	id, ok := d.ids[key]
	d.mu.RUnlock()
	if ok {
		return id
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if id, ok := d.ids[key]; ok {
		return id
	}
	d.terms = append(d.terms, t)
	id = dictionaryTag(t) | graph.ID(len(d.terms))
	d.ids[key] = id
	return id
}

func (d *foreignTerms) find(t rdf.Term) (graph.ID, bool) {
	if l, ok := t.(rdf.Literal); ok {
		if id, ok := graph.Inline(l); ok {
			return id, true
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok := d.ids[graph.FoldTerm(t)]
	return id, ok
}

func (d *foreignTerms) term(id graph.ID) (rdf.Term, error) {
	if l, ok := id.InlineTerm(); ok {
		return l, nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	n := id.Payload()
	if id.Tag() == graph.TagNone || id.Tag() == graph.TagLocal || n == 0 || n > uint64(len(d.terms)) {
		return nil, fmt.Errorf("cayley: no term with id %#x: %w", uint64(id), graph.ErrCorrupt)
	}
	return d.terms[n-1], nil
}

func dictionaryTag(t rdf.Term) graph.ID {
	switch t := t.(type) {
	case rdf.BlankNode:
		return graph.TagBlank
	case rdf.IRI:
		return graph.TagIRI
	case rdf.Triple:
		return graph.TagTriple
	case rdf.Literal:
		switch {
		case t.Lang != "":
			return graph.TagLang
		case t.IsSimple():
			return graph.TagString
		}
	}
	return graph.TagTyped
}

// errNoValue says that a store does not give the value of one of its nodes; a
// QuadStore has no other way to say that it failed.
var errNoValue = errors.New("cayley: the store gives no value for one of its nodes")

// ofRef returns the id of one of the store's references; a nil or, in an SQL
// store, an invalid reference is the default graph's.
func (g *Graph) ofRef(r cgraph.Ref) (graph.ID, error) {
	if r == nil {
		return graph.DefaultGraph, nil
	}
	if hash, ok := r.(interface{ Valid() bool }); ok && !hash.Valid() {
		return graph.DefaultGraph, nil
	}
	key := r.Key()
	g.dict.mu.RLock()
	id, ok := g.dict.refs[key]
	g.dict.mu.RUnlock()
	if ok {
		return id, nil
	}
	v := g.qs.NameOf(r)
	if v == nil {
		return 0, errNoValue
	}
	t, err := ToTerm(v)
	if err != nil {
		return 0, err
	}
	id = g.dict.id(t)
	g.dict.mu.Lock()
	g.dict.refs[key] = id
	g.dict.mu.Unlock()
	return id, nil
}

// refsOf returns the store's references to a term. A number can be there both
// as a native value and as a typed string.
func (g *Graph) refsOf(t rdf.Term) ([]cgraph.Ref, error) {
	var refs []cgraph.Ref
	add := func(v quad.Value) error {
		r, ok := g.find(v)
		if !ok || slices.ContainsFunc(refs, func(o cgraph.Ref) bool { return o.Key() == r.Key() }) {
			return nil
		}
		// Cayley's stores take times for equal that differ below the second.
		id, err := g.ofRef(r)
		if have, ok := g.dict.find(t); err == nil && ok && have == id {
			refs = append(refs, r)
		}
		return err
	}
	if err := add(ToValue(t)); err != nil {
		return nil, err
	}
	if l, ok := t.(rdf.Literal); ok && nativeValue(l) != nil {
		if err := add(typedString(l)); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// find returns the store's reference to a value that it holds. An SQL store has
// a reference to every value.
func (g *Graph) find(v quad.Value) (cgraph.Ref, bool) {
	r := g.qs.ValueOf(v)
	return r, r != nil && g.qs.NameOf(r) != nil
}

func typedString(l rdf.Literal) quad.TypedString {
	return quad.TypedString{Value: quad.String(l.Lexical), Type: quad.IRI(l.Datatype)}
}

// storedValue is the value by which a term is written to a foreign store. A time
// with a fraction goes in as a typed string, since a quad.Time would lose it.
func storedValue(t rdf.Term) quad.Value {
	v := ToValue(t)
	if at, ok := v.(quad.Time); ok && time.Time(at).Nanosecond() != 0 {
		return typedString(t.(rdf.Literal))
	}
	return v
}

func storedQuad(q rdf.Quad) quad.Quad {
	return quad.Quad{
		Subject: storedValue(q.Subject), Predicate: storedValue(q.Predicate),
		Object: storedValue(q.Object), Label: storedValue(q.Graph),
	}
}

// errRows is the error of a scan that would collect too much.
func (g *Graph) errRows() error {
	return fmt.Errorf("cayley: a scan collects more than %d quads of the foreign store: %w", g.max, graph.ErrLimit)
}

// collect returns the quads of the store that match p and are not in hidden. The
// caller holds g.mu for reading.
func (g *Graph) collect(ctx context.Context, p graph.Pattern, hidden map[link]bool) (rows []link, err error) {
	if g.sql != nil {
		return g.collectSQL(ctx, p, hidden)
	}
	its, err := g.iterators(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, it := range its {
			if cerr := it.Close(); cerr != nil && err == nil {
				err = cerr
			}
		}
	}()
	n := 0
	for _, it := range its {
		for it.Next(ctx) {
			if n++; n%1024 == 0 {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
			}
			ref := it.Result()
			var l link
			ok := true
			for c, d := range []quad.Direction{quad.Subject, quad.Predicate, quad.Object, quad.Label} {
				if l[c], err = g.ofRef(g.qs.QuadDirection(ref, d)); err != nil {
					return nil, err
				}
				if want := p.Get(graph.Column(c)); want != graph.Any && want != l[c] {
					ok = false
					break
				}
			}
			if !ok {
				continue
			}
			if _, changed := hidden[l]; changed {
				continue
			}
			if len(rows) == g.max {
				return nil, g.errRows()
			}
			rows = append(rows, l)
		}
		if err := it.Err(); err != nil {
			return nil, err
		}
	}
	return rows, ctx.Err()
}

// iterators returns iterators that together yield all that may match p: those
// of the direction with the fewest quads.
func (g *Graph) iterators(ctx context.Context, p graph.Pattern) ([]cgraph.Iterator, error) {
	var (
		best     []cgraph.Ref
		bestDir  quad.Direction
		bestSize int64 = -1
	)
	for c, d := range []quad.Direction{quad.Subject, quad.Predicate, quad.Object, quad.Label} {
		refs, size, bound, err := g.bound(ctx, d, p.Get(graph.Column(c)))
		if err != nil {
			return nil, err
		}
		if bound && (bestSize < 0 || size < bestSize) {
			best, bestDir, bestSize = refs, d, size
		}
	}
	if bestSize < 0 {
		return []cgraph.Iterator{g.qs.QuadsAllIterator()}, nil
	}
	var its []cgraph.Iterator
	for _, r := range best {
		its = append(its, g.qs.QuadIterator(bestDir, r))
	}
	return its, nil
}

// bound returns the references of a bound component and how many quads they
// have in that direction. The default graph cannot be looked up in Cayley.
func (g *Graph) bound(ctx context.Context, d quad.Direction, id graph.ID) (refs []cgraph.Ref, size int64, bound bool, err error) {
	if id == graph.Any || id == graph.DefaultGraph {
		return nil, 0, false, nil
	}
	t, err := g.dict.term(id)
	if err != nil {
		return nil, 0, false, err
	}
	if refs, err = g.refsOf(t); err != nil {
		return nil, 0, false, err
	}
	for _, r := range refs {
		s, err := g.qs.QuadIteratorSize(ctx, d, r)
		if err != nil {
			return nil, 0, false, err
		}
		size += s.Size
	}
	return refs, size, true, nil
}

// Update implements graph.Graph.
func (g *Graph) Update(ctx context.Context, f func(graph.Tx) error) error {
	if g.w == nil {
		return fmt.Errorf("cayley: %w: no QuadWriter was given", graph.ErrReadOnly)
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	g.mu.RLock()
	closed, empty, version := g.closed, g.empty, g.version
	g.mu.RUnlock()
	if closed {
		return fmt.Errorf("cayley: %w", graph.ErrClosed)
	}
	tx := &foreignTx{ctx: ctx, view: &foreignView{g: g, version: version, overlay: make(map[link]bool), empty: empty}}
	if err := f(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return g.commit(tx.view)
}

// asStored returns the quad in the values that the store holds it by, which are
// not those it would be written with if something else wrote it.
func (g *Graph) asStored(l link, q rdf.Quad) (quad.Quad, error) {
	its, err := g.iterators(context.Background(), graph.Pattern{S: l[graph.S], P: l[graph.P], O: l[graph.O], G: l[graph.G]})
	if err != nil {
		return quad.Quad{}, err
	}
	found := storedQuad(q)
	for _, it := range its {
		for it.Next(context.Background()) {
			cq := g.qs.Quad(it.Result())
			if have, err := FromQuad(cq); err == nil && have == q {
				found = cq
				break
			}
		}
		if err := errors.Join(it.Err(), it.Close()); err != nil {
			return quad.Quad{}, err
		}
	}
	return found, nil
}

// commit applies the changes that the overlay of v holds.
func (g *Graph) commit(v *foreignView) error {
	deltas := cgraph.NewTransactionN(len(v.overlay))
	aliases := false
	for l, in := range v.overlay {
		q, err := l.quad(v)
		if err != nil {
			return err
		}
		if in {
			stored := storedQuad(q)
			aliases = aliases || mayAlias(stored)
			deltas.AddQuad(stored)
			continue
		}
		stored, err := g.asStored(l, q)
		if err != nil {
			return err
		}
		g.remember(l, stored)
		deltas.RemoveQuad(stored)
	}
	if aliases {
		defer g.forgetTerms()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(v.overlay) == 0 && !v.recorded {
		return nil
	}
	if len(v.overlay) > 0 {
		if err := g.w.ApplyTransaction(deltas); err != nil {
			var de *cgraph.DeltaError
			if errors.As(err, &de) {
				return fmt.Errorf("cayley: %w", err)
			}
			return err
		}
	}
	for s := range g.open {
		if s.overlay == nil {
			s.overlay = make(map[link]bool, len(v.overlay))
		}
		for l, in := range v.overlay {
			if _, known := s.overlay[l]; !known {
				s.overlay[l] = !in
			}
		}
	}
	g.empty = v.empty
	g.stats, g.counts = nil, quadCounts{}
	g.version++
	return nil
}

// mayAlias reports whether a quad holds a value that another value of the store
// may be the same term as.
func mayAlias(q quad.Quad) bool {
	for _, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
		switch v := v.(type) {
		case nil, quad.IRI, quad.BNode:
		case quad.String:
			if strings.ContainsRune(string(v), 0) || strings.Contains(string(v), `\x00`) {
				return true // Cayley escapes the former as the latter
			}
		default:
			return true
		}
	}
	return false
}

// remember keeps the ids of a quad's values, which the store may forget with
// the quad while a statement that has read their hashes is under way.
func (g *Graph) remember(l link, q quad.Quad) {
	if g.sql == nil {
		return
	}
	g.dict.mu.Lock()
	defer g.dict.mu.Unlock()
	for c, v := range []quad.Value{q.Subject, q.Predicate, q.Object, q.Label} {
		if v != nil {
			g.dict.refs[g.qs.ValueOf(v).Key()] = l[c]
		}
	}
}
