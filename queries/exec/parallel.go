package exec

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// Workers is the number of goroutines that all queries together may use besides
// their own. A query takes those that are free when it starts, so one query alone
// has all cores and many have one each.
type Workers struct{ free atomic.Int64 }

// NewWorkers returns n free workers.
func NewWorkers(n int) *Workers {
	w := &Workers{}
	w.free.Store(int64(n))
	return w
}

// take takes up to n workers and returns how many it got.
func (w *Workers) take(n int) int {
	if w == nil {
		return 0
	}
	for {
		free := w.free.Load()
		got := min(int64(n), free)
		if got <= 0 {
			return 0
		}
		if w.free.CompareAndSwap(free, free-got) {
			return int(got)
		}
	}
}

// Free returns how many workers are free.
func (w *Workers) Free() int { return int(w.free.Load()) }

func (w *Workers) give(n int) {
	if w != nil {
		w.free.Add(int64(n))
	}
}

// parallel evaluates its operand in ranges of one variable. Each goroutine has a
// fork of the query and takes the next range when it is done with one; rows are
// handed out in the order of the ranges, so those of a range that is ahead of its
// turn wait, up to aheadBatches of them.
type parallel struct {
	q       *Query
	n       *plan.Parallel
	started bool
	serial  operator // when there is nothing to gain

	joins  []*hashJoin // whose tables the ranges share
	ranges []*spanRows
	turn   atomic.Int64 // the next range to be worked on
	at     int          // the range being handed out
	last   *Batch       // handed out last
	cancel context.CancelFunc
	wait   sync.WaitGroup
	forks  []*Query
	panics atomic.Pointer[any]
}

const (
	// rangesPerWorker keeps goroutines busy although ranges take unequally long.
	rangesPerWorker = 16
	// maxWorkers of one operator: more than this many rows ahead cost more memory
	// than the cores are worth.
	maxWorkers   = 16
	aheadBatches = 32
)

// spanRows is a range and the rows of it.
type spanRows struct {
	from, to graph.ID // from Any to Any, where Any is no bound
	out      chan *Batch
	counts   []int64
	err      error // valid when out is closed
}

// span is the range that a fork of a query works on.
type span struct {
	n        *plan.Parallel
	from, to graph.ID
}

// of returns the span if it cuts the scan, else nil.
func (s *span) of(n *plan.Scan) *span {
	if s != nil {
		for _, c := range s.n.Scans {
			if c == n {
				return s
			}
		}
	}
	return nil
}

func (q *Query) parallel(n *plan.Parallel) operator { return &parallel{q: q, n: n} }

// fork returns a query over the same snapshot for another goroutine.
func (q *Query) fork(ctx context.Context) *Query {
	f := *q
	f.ctx = ctx
	f.Terms = q.Terms.fork()
	f.expr = q.expr.Fork()
	f.params = maps.Clone(q.params)
	f.tags = &stringTags{}
	f.outer = make(map[*plan.BindJoin]*rows)
	f.outerVars = make(map[*plan.BindJoin][]algebra.Var)
	f.spilled, f.spilledEver = 0, 0
	f.opts.Spill = Spill{} // what is below a parallel operator streams
	f.opts.Workers = nil
	if q.stats != nil {
		f.stats = make(map[plan.Node]*Stat)
	}
	return &f
}

// start decides how many goroutines there are and begins. With columns to count,
// rows are counted by these and not kept.
func (p *parallel) start(counted []int) error {
	counting := counted != nil
	p.started = true
	extra := 0
	cuts, err := p.cuts()
	if err != nil {
		return err
	}
	if len(cuts) > 0 {
		extra = p.q.opts.Workers.take(min(maxWorkers, len(cuts)))
	}
	if extra > 0 {
		ok, err := p.tables()
		if err != nil || !ok {
			p.q.opts.Workers.give(extra)
			extra = 0
		}
		if err != nil {
			return err
		}
	}
	if extra == 0 {
		p.serial, err = p.q.build(p.n.Input)
		return err
	}
	tables := maps.Clone(p.q.tables)
	if tables == nil {
		tables = make(map[*plan.HashJoin]*joinTable)
	}
	for _, j := range p.joins {
		tables[j.n] = j.p.table
	}
	from := graph.Any
	for _, to := range append(cuts, graph.Any) {
		p.ranges = append(p.ranges, &spanRows{from: from, to: to, out: make(chan *Batch, aheadBatches)})
		from = to
	}
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(p.q.ctx)
	workers := extra
	if !counting {
		// The query's own goroutine waits for rows most of the time.
		workers++
	}
	for range workers {
		f := p.q.fork(ctx)
		f.tables = tables
		p.forks = append(p.forks, f)
	}
	var left atomic.Int64
	left.Store(int64(extra))
	for _, f := range p.forks {
		p.wait.Go(func() {
			p.work(f, counted)
			if left.Add(-1) >= 0 {
				p.q.opts.Workers.give(1)
			}
		})
	}
	if counting {
		f := p.q.fork(ctx)
		f.tables = tables
		p.forks = append(p.forks, f)
		p.work(f, counted)
	}
	return nil
}

// cuts returns the ids at which the operand is cut.
func (p *parallel) cuts() ([]graph.ID, error) {
	if p.q.opts.Workers == nil {
		return nil, nil
	}
	// The largest scan is cut into equal parts.
	var scan *plan.Scan
	for _, s := range p.n.Scans {
		if scan == nil || s.Rows > scan.Rows {
			scan = s
		}
	}
	var pattern graph.Pattern
	for i, id := range []*graph.ID{&pattern.S, &pattern.P, &pattern.O} {
		if pos := scan.Triple[i]; !pos.IsVar() {
			*id = pos.ID
			if pos.ID.Tag() == graph.TagLocal {
				return nil, nil
			}
		}
	}
	if p.q.opts.Perturb != 0 {
		return p.everyFew(scan, pattern)
	}
	s, ok := p.q.snap.(graph.Splitter)
	if !ok {
		return nil, nil
	}
	if g, _ := p.q.one(scan.Active); !p.q.onlyDefault || g != graph.DefaultGraph {
		pattern.G = g
	}
	if _, all := pattern.BoundPrefix(scan.Order); !all {
		pattern.G = graph.Any
	}
	return s.Splits(pattern, scan.Order, rangesPerWorker*(1+int(min(maxWorkers, p.q.opts.Workers.free.Load()))))
}

// everyFew cuts at every third id, so that tests with few rows meet many ranges.
func (p *parallel) everyFew(n *plan.Scan, pattern graph.Pattern) ([]graph.ID, error) {
	m := p.q.matcher(n.Triple, n.Active)
	lead := leadingColumn(n)
	ok, err := m.open([4]graph.ID{}, n.Order, 1<<lead)
	if !ok || err != nil {
		return nil, err
	}
	defer m.close()
	var cuts []graph.ID
	last, seen := graph.Any, 0
	for {
		b, _, err := m.next()
		if b == nil || err != nil {
			return cuts, err
		}
		for _, id := range b.Cols[lead][:b.N] {
			if id != last {
				last = id
				if seen++; seen%3 == 0 {
					cuts = append(cuts, id)
				}
			}
		}
	}
}

// leadingColumn returns the column by which the rows of a scan ascend: the first
// free one of its order. A variable that stands in two columns leads in that one.
func leadingColumn(n *plan.Scan) graph.Column {
	for _, c := range n.Order.Columns() {
		if c != graph.G && n.Triple[c].IsVar() {
			return c
		}
	}
	return graph.G
}

// tables makes the tables that the ranges share; false when one does not fit.
func (p *parallel) tables() (bool, error) {
	for _, n := range p.n.Joins {
		op, err := p.q.hashJoin(n)
		if err != nil {
			return false, err
		}
		j := op.(*hashJoin)
		p.joins = append(p.joins, j)
		switch err := j.load(false); {
		case errors.Is(err, errTooLarge):
			p.drop()
			return false, nil
		case err != nil:
			return false, err
		}
	}
	return true, nil
}

// drop lets go of the shared tables.
func (p *parallel) drop() {
	for _, j := range p.joins {
		j.close()
	}
	p.joins = nil
}

// work takes ranges until there are none. A panic is kept for the goroutine of
// the query, whose caller expects it.
func (p *parallel) work(f *Query, counted []int) {
	defer func() {
		if r := recover(); r != nil {
			p.panics.Store(&r)
			p.cancel()
		}
	}()
	for {
		i := int(p.turn.Add(1)) - 1
		if i >= len(p.ranges) {
			return
		}
		s := p.ranges[i]
		f.span = &span{n: p.n, from: s.from, to: s.to}
		s.err = p.run(f, s, counted)
		close(s.out)
		if s.err != nil {
			return
		}
	}
}

func (p *parallel) run(f *Query, s *spanRows, counted []int) error {
	op, err := f.build(p.n.Input)
	if err != nil {
		return err
	}
	defer op.close()
	if counted != nil {
		s.counts, err = countColumns(op, counted)
		return err
	}
	for {
		b, err := op.next()
		if b == nil || err != nil {
			return err
		}
		c := &Batch{N: b.N, Cols: make([][]graph.ID, len(b.Cols))}
		if err := f.budget.take(c.size()); err != nil {
			return err
		}
		ids := make([]graph.ID, 0, b.N*len(b.Cols))
		for k, col := range b.Cols {
			ids = append(ids, col[:b.N]...)
			c.Cols[k] = ids[k*b.N:]
		}
		c.Weights = append(c.Weights, b.Weights...)
		select {
		case s.out <- c:
		case <-f.ctx.Done():
			f.budget.give(c.size())
			return f.ctx.Err()
		}
	}
}

// size returns about how many bytes a batch takes.
func (b *Batch) size() int64 { return int64(b.N) * int64(len(b.Cols)+1) * 8 }

func (p *parallel) next() (*Batch, error) {
	if !p.started {
		if err := p.start(nil); err != nil {
			return nil, err
		}
	}
	if p.serial != nil {
		return p.serial.next()
	}
	if p.last != nil {
		p.q.budget.give(p.last.size())
		p.last = nil
	}
	for p.at < len(p.ranges) {
		s := p.ranges[p.at]
		var b *Batch
		var ok bool
		select {
		case b, ok = <-s.out:
		case <-p.q.ctx.Done():
			return nil, p.q.ctx.Err()
		case <-p.forks[0].ctx.Done(): // a goroutine panicked
			p.rethrow()
			return nil, p.forks[0].ctx.Err()
		}
		if ok {
			p.last = b
			return b, nil
		}
		if s.err != nil {
			return nil, s.err
		}
		p.at++
	}
	p.finish()
	return nil, nil
}

// count returns the number of rows, which no goroutine keeps.
func (p *parallel) count() (int64, error) {
	n, err := p.countColumns([]int{-1})
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// countColumns implements columnCounter.
func (p *parallel) countColumns(cols []int) ([]int64, error) {
	if p.started {
		return countColumns(struct{ operator }{p}, cols)
	}
	if err := p.start(cols); err != nil {
		return nil, err
	}
	if p.serial != nil {
		return countColumns(p.serial, cols)
	}
	p.finish()
	p.rethrow()
	total := make([]int64, len(cols))
	for _, s := range p.ranges {
		if s.err != nil {
			return nil, s.err
		}
		for k, n := range s.counts {
			total[k] += n
		}
	}
	return total, p.q.ctx.Err()
}

// finish waits for the goroutines and adds up what their operators did.
func (p *parallel) finish() {
	p.wait.Wait()
	for _, f := range p.forks {
		for n, st := range f.stats {
			p.q.stat(n).add(st)
		}
	}
	p.forks = nil
	p.rethrow()
}

// rethrow goes on with the panic of a goroutine in that of the query.
func (p *parallel) rethrow() {
	if r := p.panics.Swap(nil); r != nil {
		panic(fmt.Sprintf("exec: in a goroutine of a query: %v", *r))
	}
}

func (p *parallel) close() {
	if p.serial != nil {
		p.serial.close()
		p.serial = nil
	}
	if p.cancel != nil {
		p.cancel()
		p.finish()
		if p.last != nil {
			p.q.budget.give(p.last.size())
			p.last = nil
		}
		for ; p.at < len(p.ranges); p.at++ {
			s := p.ranges[p.at]
			for len(s.out) > 0 {
				p.q.budget.give((<-s.out).size())
			}
		}
		p.cancel = nil
	}
	p.drop()
}
