// Package graph defines the graph as users of the library see it: a set of RDF
// quads that is read through consistent snapshots and changed by atomic
// commits. Package store implements it on disk, package memgraph in the
// plainest correct way, package cayley over any Cayley backend; the query
// engine knows these interfaces only.
package graph

import (
	"context"
	"errors"

	"github.com/belligraph/belligraph/graph/rdf"
)

// The families of errors that callers tell apart with errors.Is. Everything
// that a user can cause wraps ErrBadRequest or ErrLimit; ErrCorrupt means that
// the stored bytes cannot be trusted.
var (
	ErrBadRequest = errors.New("bad request")
	ErrLimit      = errors.New("limit exceeded")
	ErrCorrupt    = errors.New("corrupt store")
	ErrReadOnly   = errors.New("graph is read-only")
	ErrClosed     = errors.New("graph is closed")
)

// Graph is a set of quads with snapshots and atomic transactions. All methods
// may be called concurrently.
type Graph interface {
	// Snapshot returns the graph as it is now. It stays as it is, whatever is
	// committed later, until it is closed.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Update runs f in a transaction and commits when f returns nil; the
	// commit is durable when Update returns nil. When f or the commit fails,
	// nothing has changed. Writers take turns; readers are never blocked.
	Update(ctx context.Context, f func(Tx) error) error
	// Close releases the graph. Snapshots must be closed before.
	Close() error
}

// Tx is a transaction in progress. It is used by one goroutine and is invalid
// once the function given to [Graph.Update] returns.
type Tx interface {
	// Snapshot shows the graph with the changes made so far by this
	// transaction. It is invalidated by the next Insert, Delete or CreateGraph
	// and need not be closed.
	Snapshot() Snapshot
	// Insert adds quads; those already there are ignored. It returns how many
	// were new. Blank nodes are taken by label: callers rename labels that
	// come from a document, see [BlankNamer].
	Insert(quads ...rdf.Quad) (int, error)
	// Delete removes quads; those not there are ignored. It returns how many
	// were removed.
	Delete(quads ...rdf.Quad) (int, error)
	// CreateGraph records a named graph that may stay empty; DropGraph removes
	// the record and every quad of the graph, nil being the default graph.
	CreateGraph(name rdf.Term) error
	DropGraph(name rdf.Term) error
}

// Snapshot is a consistent read-only view. Its methods may be called
// concurrently; cursors belong to one goroutine each.
type Snapshot interface {
	// Version grows by at least one with every commit that changes anything.
	Version() uint64

	// Lookup returns the id of a term, false when no quad of the graph can
	// hold it. Inline terms are always found.
	Lookup(t rdf.Term) (ID, bool, error)
	// Term returns the term of a stored or inline id. The strings in it may be
	// kept by the caller.
	Term(id ID) (rdf.Term, error)
	// SortedBelow returns the bound, within a dictionary tag, below which id
	// order is string order.
	SortedBelow(tag ID) ID

	// Scan returns the quads that match p in the order o. The bound components
	// of p must form a prefix of o, otherwise Scan reports an error; see
	// [BestOrder].
	Scan(ctx context.Context, p Pattern, o Order, cols Columns) (Cursor, error)
	// Estimate returns about how many quads match p, exactly so when exact is
	// true. It is cheap: it reads directories and statistics, not quads.
	Estimate(p Pattern) (rows uint64, exact bool, err error)
	// PredicateStats returns what is known of one predicate over all graphs.
	PredicateStats(predicate ID) (PredicateStats, bool, error)
	// Predicates calls f for each predicate in use until f returns false.
	Predicates(ctx context.Context, f func(ID) bool) error
	// Graphs calls f for each named graph, also recorded empty ones, until f
	// returns false.
	Graphs(ctx context.Context, f func(ID) bool) error
	// Len returns the number of quads.
	Len() (uint64, error)

	Close() error
}

// ByteCounter is a cursor that tells how much it has read of what is stored.
type ByteCounter interface {
	// BytesRead returns the bytes of the packed blocks that the cursor has looked
	// into so far, each counted once per visit.
	BytesRead() int64
}

// Versioned is a graph that tells its version without a snapshot.
type Versioned interface {
	// Version returns that of the snapshot that would be taken now.
	Version(ctx context.Context) (uint64, error)
}

// VersionOf returns the version of a graph.
func VersionOf(ctx context.Context, g Graph) (uint64, error) {
	if v, ok := g.(Versioned); ok {
		return v.Version(ctx)
	}
	s, err := g.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	return s.Version(), nil
}

// Identified is a snapshot that can be told from others, so that what was worked
// out from one is of use for the next.
type Identified interface {
	// Identity returns a comparable value. Snapshots with equal identities show
	// the same quads under the same ids and give the same answers and estimates.
	// A value that is kept keeps nothing else in memory. It is nil for a
	// snapshot that cannot be told.
	Identity() any
}

// Identity returns the identity of a snapshot, nil when it has none.
func Identity(s Snapshot) any {
	if i, ok := s.(Identified); ok {
		return i.Identity()
	}
	return nil
}

// PredicateStats describes the quads of one predicate.
type PredicateStats struct {
	Quads            uint64 // quads with this predicate
	DistinctSubjects uint64 // distinct subjects among them, estimated after updates
	DistinctObjects  uint64 // distinct objects among them, estimated after updates
}

// Pattern is a quad of ids in which Any stands for every term. In the graph
// component Any means every graph, the default graph included.
type Pattern struct {
	S, P, O, G ID
}

// Order is one of the sort orders of quads, named for its columns from the most
// significant on. The graph is last unless it is first.
type Order uint8

// The sort orders. A graph must offer all of them; one without an index for an
// order sorts.
const (
	SPOG Order = iota
	POSG
	OSPG
	PSOG
	GSPO
	GPOS
	NumOrders
)

// Column is a component of a quad.
type Column uint8

// The columns of a quad.
const (
	S Column = iota
	P
	O
	G
)

var orderColumns = [NumOrders][4]Column{
	SPOG: {S, P, O, G},
	POSG: {P, O, S, G},
	OSPG: {O, S, P, G},
	PSOG: {P, S, O, G},
	GSPO: {G, S, P, O},
	GPOS: {G, P, O, S},
}

// Columns returns the columns of o from the most significant on.
func (o Order) Columns() [4]Column { return orderColumns[o] }

// String returns the name of the order in lower case, as in "posg".
func (o Order) String() string {
	if o >= NumOrders {
		return "invalid order"
	}
	var b [4]byte
	for i, c := range orderColumns[o] {
		b[i] = "spog"[c]
	}
	return string(b[:])
}

// Get returns component c of the pattern.
func (p Pattern) Get(c Column) ID {
	switch c {
	case S:
		return p.S
	case P:
		return p.P
	case O:
		return p.O
	default:
		return p.G
	}
}

// BoundPrefix returns how many leading columns of o the pattern binds, and
// whether these are all that it binds.
func (p Pattern) BoundPrefix(o Order) (n int, all bool) {
	cols := o.Columns()
	for n < 4 && p.Get(cols[n]) != Any {
		n++
	}
	for _, c := range cols[n:] {
		if p.Get(c) != Any {
			return n, false
		}
	}
	return n, true
}

// BestOrder returns an order whose prefix is the bound components of p. When
// the graph is bound together with some but not all other components, there
// may be none with the graph in its prefix; then ok is false and o is the best
// order for p without its graph, which the caller filters.
func BestOrder(p Pattern) (o Order, ok bool) {
	for o := SPOG; o < NumOrders; o++ {
		if _, all := p.BoundPrefix(o); all {
			return o, true
		}
	}
	free := p
	free.G = Any
	for o := SPOG; o < NumOrders; o++ {
		if _, all := free.BoundPrefix(o); all {
			return o, false
		}
	}
	return SPOG, false
}

// Columns is a set of columns: those that a scan must decode.
type Columns uint8

// Sets of columns.
const (
	ColS    Columns = 1 << S
	ColP    Columns = 1 << P
	ColO    Columns = 1 << O
	ColG    Columns = 1 << G
	AllCols         = ColS | ColP | ColO | ColG
)

// Has reports whether c is in the set.
func (cs Columns) Has(c Column) bool { return cs>>c&1 == 1 }

// Batch is a run of rows in columns. Columns that were not asked for are nil;
// the others have N entries. The slices belong to the cursor, which may count on
// what it has put in them: they are read only, and valid until its next call.
type Batch struct {
	Cols [4][]ID // indexed by Column
	N    int
}

// Cursor runs over the rows of a scan in ascending order. A cursor is used by
// one goroutine and must be closed.
type Cursor interface {
	// Next returns the next rows, at least one, or nil at the end or on an
	// error, which Err then reports. It checks the context of the scan.
	Next() *Batch
	// Seek skips forward to the first row whose first free column (the first
	// column of the order after the bound prefix) is at least id. It never
	// goes back: rows before the current position stay skipped. The batch last
	// returned by Next counts as consumed.
	Seek(id ID)
	// Err returns the error that ended the cursor, nil at a normal end.
	Err() error
	Close() error
}
