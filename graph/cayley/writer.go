package cayley

import (
	"context"
	"errors"
	"fmt"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

var errForeignShape = errors.New("cayley: a shape optimised for a Belligraph store was given to another one")

// ApplyDeltas implements Cayley's graph.QuadStore: one transaction, all or
// nothing. Errors of single quads are Cayley's *graph.DeltaError.
func (b *base) ApplyDeltas(deltas []cgraph.Delta, opts cgraph.IgnoreOpts) error {
	if b.g == nil {
		return fmt.Errorf("cayley: %w", graph.ErrReadOnly)
	}
	return b.g.Update(context.Background(), func(tx graph.Tx) error {
		for _, d := range deltas {
			if err := applyDelta(tx, d, opts); err != nil {
				return &cgraph.DeltaError{Delta: d, Err: err}
			}
		}
		return nil
	})
}

func applyDelta(tx graph.Tx, d cgraph.Delta, opts cgraph.IgnoreOpts) error {
	q, err := FromQuad(d.Quad)
	if err != nil {
		return err
	}
	switch d.Action {
	case cgraph.Add:
		n, err := tx.Insert(q)
		if err == nil && n == 0 && !opts.IgnoreDup {
			return cgraph.ErrQuadExists
		}
		return err
	case cgraph.Delete:
		n, err := tx.Delete(q)
		if err == nil && n == 0 && !opts.IgnoreMissing {
			return cgraph.ErrQuadNotExist
		}
		return err
	default:
		return cgraph.ErrInvalidAction
	}
}

// NewQuadWriter implements Cayley's graph.QuadStore. Each WriteQuads is one
// transaction; duplicates are ignored.
func (b *base) NewQuadWriter() (quad.WriteCloser, error) {
	if b.g == nil {
		return nil, fmt.Errorf("cayley: %w", graph.ErrReadOnly)
	}
	return batchWriter{b.g}, nil
}

type batchWriter struct{ g graph.Graph }

func (w batchWriter) WriteQuad(q quad.Quad) error {
	_, err := w.WriteQuads([]quad.Quad{q})
	return err
}

func (w batchWriter) WriteQuads(quads []quad.Quad) (int, error) {
	terms := make([]rdf.Quad, len(quads))
	for i, q := range quads {
		var err error
		if terms[i], err = FromQuad(q); err != nil {
			return 0, &cgraph.DeltaError{Delta: cgraph.Delta{Quad: q, Action: cgraph.Add}, Err: err}
		}
	}
	err := w.g.Update(context.Background(), func(tx graph.Tx) error {
		_, err := tx.Insert(terms...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(quads), nil
}

func (w batchWriter) Close() error { return nil }

// Writer is a Cayley graph.QuadWriter over a graph. Cayley's own writer works
// as well; this one also removes a node in one transaction.
type Writer struct {
	qs   *base
	opts cgraph.IgnoreOpts
}

var _ cgraph.QuadWriter = (*Writer)(nil)

// NewWriter returns a writer of g.
func NewWriter(g graph.Graph, opts cgraph.IgnoreOpts) *Writer {
	return &Writer{qs: New(g).base, opts: opts}
}

// NewHandle returns the pair of store and writer that most of Cayley's functions
// take. Duplicates are ignored, missing quads reported, as is Cayley's default.
func NewHandle(g graph.Graph) *cgraph.Handle {
	return &cgraph.Handle{QuadStore: New(g), QuadWriter: NewWriter(g, cgraph.IgnoreOpts{IgnoreDup: true})}
}

// AddQuad implements Cayley's graph.QuadWriter.
func (w *Writer) AddQuad(q quad.Quad) error { return w.AddQuadSet([]quad.Quad{q}) }

// AddQuadSet implements Cayley's graph.QuadWriter. A quad that occurs twice in
// the set is no duplicate.
func (w *Writer) AddQuadSet(quads []quad.Quad) error {
	tx := cgraph.NewTransactionN(len(quads))
	for _, q := range quads {
		tx.AddQuad(q)
	}
	return w.ApplyTransaction(tx)
}

// RemoveQuad implements Cayley's graph.QuadWriter.
func (w *Writer) RemoveQuad(q quad.Quad) error {
	return w.qs.ApplyDeltas([]cgraph.Delta{{Quad: q, Action: cgraph.Delete}}, w.opts)
}

// ApplyTransaction implements Cayley's graph.QuadWriter.
func (w *Writer) ApplyTransaction(tx *cgraph.Transaction) error {
	return w.qs.ApplyDeltas(tx.Deltas, w.opts)
}

// RemoveNode implements Cayley's graph.QuadWriter.
func (w *Writer) RemoveNode(v quad.Value) error {
	t, err := ToTerm(v)
	if err != nil {
		return err
	}
	if t == nil {
		return cgraph.ErrNodeNotExists
	}
	n, err := RemoveNode(context.Background(), w.qs.g, t)
	if err == nil && n == 0 {
		return cgraph.ErrNodeNotExists
	}
	return err
}

// Close implements Cayley's graph.QuadWriter.
func (w *Writer) Close() error { return w.qs.Close() }

// RemoveNode removes every quad that has t for its subject, predicate, object or
// graph, in one transaction, and returns how many there were. Quads that only
// mention t inside a triple term stay.
func RemoveNode(ctx context.Context, g graph.Graph, t rdf.Term) (removed int, err error) {
	err = g.Update(ctx, func(tx graph.Tx) error {
		removed = 0
		for {
			quads, err := quadsWith(ctx, tx.Snapshot(), t, 10_000)
			if err != nil || len(quads) == 0 {
				return err
			}
			n, err := tx.Delete(quads...)
			if err != nil {
				return err
			}
			removed += n
		}
	})
	return removed, err
}

// quadsWith returns up to limit quads that hold t in some place, possibly the
// same quad twice.
func quadsWith(ctx context.Context, s graph.Snapshot, t rdf.Term, limit int) ([]rdf.Quad, error) {
	id, ok, err := s.Lookup(t)
	if err != nil || !ok {
		return nil, err
	}
	b := NewSnapshot(s).base
	defer b.Close()
	var out []rdf.Quad
	for _, p := range []graph.Pattern{{S: id}, {P: id}, {O: id}, {G: id}} {
		r := newRows(b, p)
		var l link
		for len(out) < limit && r.read(ctx, &l) {
			q, err := l.quad(s)
			if err != nil {
				return nil, err
			}
			out = append(out, q)
		}
		if r.err != nil {
			return nil, r.err
		}
		if err := r.close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quad returns the terms of a link.
func (l link) quad(s graph.Snapshot) (q rdf.Quad, err error) {
	for c, to := range []*rdf.Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
		if l[c] == graph.DefaultGraph {
			continue
		}
		if *to, err = s.Term(l[c]); err != nil {
			return rdf.Quad{}, err
		}
	}
	return q, nil
}
