// Package exec runs physical plans over one snapshot of a graph.
//
// An operator hands out batches of rows in columns of graph.ID; graph.Any is an
// unbound variable. A batch and its columns belong to the operator that
// returned it and are valid until that operator is asked again: whoever keeps
// rows copies them into a [rows]. Ids are the snapshot's, or local ones made by
// [Terms] for terms that the snapshot does not have; equal ids are the same
// term and different ids are different terms, so joins, DISTINCT and grouping
// never look at a term.
//
// Operators stream unless their meaning forbids it: the table side of a hash
// join, sorting, grouping, and the seen set of DISTINCT are held in memory,
// accounted against the budget of the query, which ends in graph.ErrLimit. Every loop
// over rows or nodes checks the context.
package exec

import (
	"fmt"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
)

// batchRows is the number of rows that operators aim at: enough to spread the
// cost of a call, few enough to stay in the cache of a core.
const batchRows = 1024

// Batch is a run of rows in columns, in the order of the plan's variables.
type Batch struct {
	Cols [][]graph.ID
	N    int
	// Weights tells how many equal rows each row stands for; empty is one each.
	// Only operators whose plan is weighted give them.
	Weights []int64
}

// weight returns how many rows row i stands for.
func (b *Batch) weight(i int) int64 {
	if len(b.Weights) == 0 {
		return 1
	}
	return b.Weights[i]
}

// rows returns how many rows the batch stands for.
func (b *Batch) rows() int64 {
	if len(b.Weights) == 0 {
		return int64(b.N)
	}
	var n int64
	for _, w := range b.Weights {
		n += w
	}
	return n
}

// operator makes the rows of one node of a plan.
type operator interface {
	// next returns the next rows, at least one, or nil at the end.
	next() (*Batch, error)
	// close releases what the operator and its operands hold. It may be called
	// before the end, and more than once.
	close()
}

// seeker is an operator whose rows ascend by their sort variable and that can
// skip to the first row with at least id there. Rows of the last batch count
// as consumed.
type seeker interface {
	seek(id graph.ID)
}

// rows is a table of kept rows.
type rows struct {
	cols [][]graph.ID
	n    int
	// weights are those of Batch, empty when each row stands for itself.
	weights []int64
	budget  *budget
	held    int64
}

func newRows(width int, b *budget) *rows {
	return &rows{cols: make([][]graph.ID, width), budget: b}
}

// add copies all rows of b.
func (r *rows) add(b *Batch) error {
	if err := r.grow(b.N); err != nil {
		return err
	}
	for i := range r.cols {
		r.cols[i] = append(r.cols[i], b.Cols[i][:b.N]...)
	}
	if len(b.Weights) > 0 || len(r.weights) > 0 {
		for len(r.weights) < r.n {
			r.weights = append(r.weights, 1)
		}
		for i := range b.N {
			r.weights = append(r.weights, b.weight(i))
		}
	}
	r.n += b.N
	return nil
}

func (r *rows) grow(n int) error {
	size := int64(n) * int64(len(r.cols)+1) * 8
	r.held += size
	return r.budget.take(size)
}

// batch returns a view of all rows.
func (r *rows) batch() *Batch { return &Batch{Cols: r.cols, N: r.n, Weights: r.weights} }

// release gives the memory back to the budget.
func (r *rows) release() {
	r.budget.give(r.held)
	r.held, r.n, r.weights = 0, 0, nil
	for i := range r.cols {
		r.cols[i] = nil
	}
}

// reset forgets the rows and keeps their room, which is accounted again as it is
// filled.
func (r *rows) reset() {
	r.budget.give(r.held)
	r.held, r.n, r.weights = 0, 0, r.weights[:0]
	for i := range r.cols {
		r.cols[i] = r.cols[i][:0]
	}
}

// slice returns a view of up to batchRows rows from at on, nil at the end.
func (r *rows) slice(at int, b *Batch) *Batch {
	n := min(r.n-at, batchRows)
	if n <= 0 {
		return nil
	}
	b.Cols = b.Cols[:0]
	for _, c := range r.cols {
		b.Cols = append(b.Cols, c[at:at+n])
	}
	b.N = n
	return b
}

// budget is the memory that one query may hold; the goroutines of a query share
// it. A nil budget is unlimited.
type budget struct {
	used, peak atomic.Int64
	max        int64
}

func (b *budget) take(n int64) error {
	if b == nil {
		return nil
	}
	used := b.used.Add(n)
	for peak := b.peak.Load(); used > peak && !b.peak.CompareAndSwap(peak, used); {
		peak = b.peak.Load()
	}
	if b.max > 0 && used > b.max {
		return fmt.Errorf("the query needs more than its %d MB of memory; ask for less at a time, or raise the limit: %w", b.max>>20, graph.ErrLimit)
	}
	return nil
}

func (b *budget) give(n int64) {
	if b != nil {
		b.used.Add(-n)
	}
}

// builder is a batch under construction.
type builder struct {
	Batch
}

// newBuilder returns a builder whose columns grow with what is put into them:
// most queries are look-ups of a few rows, and scans hand on the columns of
// others.
func newBuilder(width int) builder {
	b := builder{}
	b.Cols = make([][]graph.ID, width)
	return b
}

func (b *builder) reset() {
	for i := range b.Cols {
		b.Cols[i] = b.Cols[i][:0]
	}
	b.N, b.Weights = 0, b.Weights[:0]
}

func (b *builder) full() bool { return b.N >= batchRows }

// keep appends the rows of src that sel selects, when both have the same
// columns.
func (b *builder) keep(src *Batch, sel []int32) {
	for c := range b.Cols {
		from := src.Cols[c]
		to := b.Cols[c]
		for _, i := range sel {
			to = append(to, from[i])
		}
		b.Cols[c] = to
	}
	if len(src.Weights) > 0 {
		for _, i := range sel {
			b.Weights = append(b.Weights, src.Weights[i])
		}
	}
	b.N += len(sel)
}
