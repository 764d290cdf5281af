package queries

import (
	"context"
	"fmt"
	"iter"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
	"github.com/belligraph/belligraph/queries/results"
)

// Result is the answer to a query, computed while it is read. It belongs to one
// goroutine and must be closed.
type Result struct {
	Form algebra.QueryForm
	Vars []algebra.Var // of SELECT
	// Answer is the answer to ASK.
	Answer bool

	ctx    context.Context
	cancel context.CancelFunc
	snap   graph.Snapshot
	query  *exec.Query
	plan   *plan.Plan
	rows   *exec.Rows
	cols   []int // of rows, by variable; -1 for one that is never bound
	closed bool

	batch *exec.Batch
	at    int
	row   []rdf.Term

	template *template  // of CONSTRUCT
	once     bool       // see makesEachOnce
	describe *describer // of DESCRIBE
}

func (r *Result) start(e *Engine, p *Prepared, opts QueryOptions) error {
	q := p.like()
	d := q.Dataset
	if opts.Dataset.Explicit {
		d = opts.Dataset
	}
	ds, err := e.dataset(r.snap, d, opts.UnionDefaultGraph)
	if err != nil {
		return err
	}
	if r.query, err = e.newExec(r.ctx, r.snap, ds, q.Base, opts); err != nil {
		return err
	}
	if err := r.makePlan(e, p, opts); err != nil {
		return err
	}
	if r.rows, err = r.query.Run(r.plan.Root); err != nil {
		return err
	}
	for _, v := range r.Vars {
		r.cols = append(r.cols, r.plan.Root.Properties().Column(v))
	}
	quads, resources := q.Template, q.Describe
	if p.shape != nil && len(quads)+len(resources) > 0 {
		quads, resources = p.shape.exchangeTerms(p.terms)
	}
	switch q.Form {
	case algebra.Ask:
		b, err := r.rows.Next()
		if err != nil {
			return err
		}
		r.Answer = b != nil
	case algebra.Construct:
		r.template, err = newTemplate(r.query, quads, r.rows.Vars)
		r.once = makesEachOnce(q, ds)
	case algebra.Describe:
		r.describe, err = newDescriber(r, ds, resources)
	}
	return err
}

// makePlan plans the query, or takes the plan of one like it.
func (r *Result) makePlan(e *Engine, p *Prepared, opts QueryOptions) error {
	var place *variantPlace
	if p.shape != nil && !opts.Profile && !opts.Dataset.Explicit {
		var err error
		if r.plan, place, err = p.shape.plan(r.snap, p.terms); r.plan != nil || err != nil {
			return err
		}
	}
	q, err := p.parse()
	if err != nil {
		return err
	}
	pattern := q.Pattern
	if pattern == nil { // DESCRIBE <iri>
		pattern = &algebra.BGP{}
	}
	if r.plan, err = r.query.Plan(pattern); err == nil && place != nil {
		e.shapes.keep(place, r.plan)
	}
	return err
}

// Next returns the next solution of a SELECT in the order of Vars, nil terms
// being unbound, and false at the end. The slice is valid until the next call.
func (r *Result) Next() ([]rdf.Term, bool, error) {
	for r.batch == nil || r.at >= r.batch.N {
		b, err := r.rows.Next()
		if b == nil || err != nil {
			return nil, false, r.explainError(err)
		}
		r.batch, r.at = b, 0
	}
	if len(r.row) < len(r.cols) {
		r.row = make([]rdf.Term, len(r.cols))
	}
	for i, c := range r.cols {
		r.row[i] = nil
		if c >= 0 {
			t, err := r.query.Terms.Term(r.batch.Cols[c][r.at])
			if err != nil {
				return nil, false, err
			}
			r.row[i] = t
		}
	}
	r.at++
	return r.row[:len(r.cols)], true, nil
}

// Rows runs over the solutions of a SELECT; see [Result.Next]. It ends after
// the first error.
func (r *Result) Rows() iter.Seq2[[]rdf.Term, error] {
	return func(yield func([]rdf.Term, error) bool) {
		for {
			row, ok, err := r.Next()
			if err != nil {
				yield(nil, err)
				return
			}
			if !ok || !yield(row, nil) {
				return
			}
		}
	}
}

// Quads runs over the triples of a CONSTRUCT or DESCRIBE, each once; the graph
// of a quad is set only where a template sets it. It ends after the first
// error.
func (r *Result) Quads() iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		var err error
		switch {
		case r.template != nil:
			err = r.construct(yield)
		case r.describe != nil:
			err = r.describe.run(yield)
		default:
			err = fmt.Errorf("the query makes no graph: %w", graph.ErrBadRequest)
		}
		if err != nil && err != errStop {
			yield(rdf.Quad{}, r.explainError(err))
		}
	}
}

// WriteRows writes the solutions of a SELECT to w, which it neither completes
// nor fails.
func (r *Result) WriteRows(w results.Writer) error {
	c := newCells(w, r.snap, r.query.Terms, len(r.cols))
	defer c.close()
	row := make([][]byte, len(r.cols))
	for {
		b, err := r.rows.Next()
		if err != nil {
			return r.explainError(err)
		}
		if b == nil {
			return nil
		}
		c.begin(b.N)
		for k, col := range r.cols {
			if col < 0 {
				continue
			}
			if err := c.column(k, b.Cols[col][:b.N]); err != nil {
				return r.explainError(err)
			}
		}
		for i := range b.N {
			for k, col := range r.cols {
				if col >= 0 {
					row[k] = c.cell(k, i)
				}
			}
			if err := w.WriteEncoded(row); err != nil {
				return err
			}
		}
	}
}

// Plan returns the physical plan.
func (r *Result) Plan() *plan.Plan { return r.plan }

// Profile returns the plan with what its operators have done so far, when
// QueryOptions.Profile is set.
func (r *Result) Profile() *Explanation {
	return explain(r.plan, r.query)
}

func (r *Result) explainError(err error) error { return explainError(r.ctx, err) }

// Close ends the query and releases its snapshot. It may be called more than
// once and before the end.
func (r *Result) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.rows != nil {
		r.rows.Close()
	}
	err := r.snap.Close()
	r.cancel()
	return err
}
