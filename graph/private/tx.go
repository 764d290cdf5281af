package private

import (
	"context"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// transaction is a transaction in which hidden graphs are not there.
type transaction struct {
	graph.Tx
	ctx    context.Context
	filter filter
}

// Snapshot implements graph.Tx. Nothing is remembered from one to the next:
// their versions do not tell them apart.
func (t *transaction) Snapshot() graph.Snapshot {
	s := t.Tx.Snapshot()
	st, err := newState(t.ctx, t.filter, s)
	if err != nil {
		return failed{s, err}
	}
	if len(st.hidden) == 0 {
		return s
	}
	return &snapshot{Snapshot: s, state: st}
}

// Insert implements graph.Tx.
func (t *transaction) Insert(quads ...rdf.Quad) (int, error) {
	var last rdf.Term
	for _, q := range quads {
		if q.Graph == last {
			continue
		}
		if err := t.filter.refuse(q.Graph); err != nil {
			return 0, err
		}
		last = q.Graph
	}
	return t.Tx.Insert(quads...)
}

// Delete implements graph.Tx. Quads of hidden graphs are not there.
func (t *transaction) Delete(quads ...rdf.Quad) (int, error) {
	for i, q := range quads {
		if !t.filter.hides(q.Graph) {
			continue
		}
		kept := append([]rdf.Quad(nil), quads[:i]...)
		for _, q := range quads[i:] {
			if !t.filter.hides(q.Graph) {
				kept = append(kept, q)
			}
		}
		return t.Tx.Delete(kept...)
	}
	return t.Tx.Delete(quads...)
}

// CreateGraph implements graph.Tx.
func (t *transaction) CreateGraph(name rdf.Term) error {
	if err := t.filter.refuse(name); err != nil {
		return err
	}
	return t.Tx.CreateGraph(name)
}

// DropGraph implements graph.Tx. A hidden graph is not there to be dropped.
func (t *transaction) DropGraph(name rdf.Term) error {
	if t.filter.hides(name) {
		return nil
	}
	return t.Tx.DropGraph(name)
}

// failed is a snapshot of which it cannot be told what is hidden: every look at
// it fails.
type failed struct {
	graph.Snapshot
	err error
}

func (f failed) Lookup(rdf.Term) (graph.ID, bool, error)               { return 0, false, f.err }
func (f failed) Term(graph.ID) (rdf.Term, error)                       { return nil, f.err }
func (f failed) Estimate(graph.Pattern) (uint64, bool, error)          { return 0, false, f.err }
func (f failed) Predicates(context.Context, func(graph.ID) bool) error { return f.err }
func (f failed) Graphs(context.Context, func(graph.ID) bool) error     { return f.err }
func (f failed) Len() (uint64, error)                                  { return 0, f.err }
func (f failed) Scan(context.Context, graph.Pattern, graph.Order, graph.Columns) (graph.Cursor, error) {
	return nil, f.err
}
func (f failed) PredicateStats(graph.ID) (graph.PredicateStats, bool, error) {
	return graph.PredicateStats{}, false, f.err
}
