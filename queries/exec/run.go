package exec

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// Options are what a query runs with besides its plan. The zero value is usable.
type Options struct {
	Expr *expr.Context // nil: a fresh one
	// MaxMemory bounds the bytes that operators hold; zero is no bound.
	MaxMemory int64
	// Spill is where rows go that do not fit into half of MaxMemory.
	Spill Spill
	// Service answers SERVICE; nil makes it an error.
	Service ServiceClient
	// Disabled names rules of the planner that are not used.
	Disabled map[string]bool
	// Perturb is as in plan.Env, for tests.
	Perturb uint64
	// Profile counts rows and time per operator.
	Profile bool
	// Workers are the goroutines that queries may use besides their own; nil is
	// none.
	Workers *Workers
}

// Dataset is the RDF dataset of a query over a snapshot.
type Dataset struct {
	Default plan.Active
	Named   plan.Active // of kind GraphVar
}

// WholeDataset is the dataset of a query without FROM: the default graph of the
// snapshot and all its named graphs.
func WholeDataset() Dataset {
	return Dataset{
		Default: plan.Active{Kind: plan.GraphOne, IDs: []graph.ID{graph.DefaultGraph}},
		Named:   plan.Active{Kind: plan.GraphVar, All: true},
	}
}

// Query is the evaluation of patterns over one snapshot. It belongs to one
// goroutine.
type Query struct {
	ctx     context.Context
	snap    graph.Snapshot
	Terms   *Terms
	opts    Options
	expr    *expr.Context
	dataset Dataset
	budget  *budget
	watch   *Progress // nil when nobody looks on
	// Bytes in temporary files now, and written to them so far.
	spilled, spilledEver int64
	stats                map[plan.Node]*Stat

	onlyDefault bool
	tags        *stringTags                   // of columns of strings
	sorted      [16]graph.ID                  // by tag: SortedBelow, 0 while it was not needed
	span        *span                         // of the parallel operator that this is a fork for
	tables      map[*plan.HashJoin]*joinTable // made once for all ranges of it
	chains      uint64                        // numberings of solutions given out
	params      map[algebra.Var]graph.ID      // the graphs that EachGraph operators are at
	outer       map[*plan.BindJoin]*rows      // the bindings pushed into right sides
	outerVars   map[*plan.BindJoin][]algebra.Var
}

// Stat is what one operator did.
type Stat struct {
	Rows    int64
	Batches int64
	Seeks   int64 // places looked up in the graph or skipped to
	// BytesRead are those of the packed blocks of the graph that it looked into,
	// Bytes those of the rows that it made.
	BytesRead, Bytes int64
	Time             time.Duration // operands included
}

// New returns an evaluation over a snapshot, which the caller keeps open and
// closes.
func New(ctx context.Context, snap graph.Snapshot, ds Dataset, opts Options) (*Query, error) {
	q := &Query{
		ctx: ctx, snap: snap, opts: opts, expr: opts.Expr, dataset: ds,
		budget: &budget{max: opts.MaxMemory},
		tags:   &stringTags{},
	}
	if q.expr == nil {
		q.expr = expr.NewContext(expr.Options{})
	}
	if opts.Profile {
		q.stats = make(map[plan.Node]*Stat)
	}
	q.watch = progressOf(ctx)
	q.watch.begin(q.budget)
	q.Terms = newTerms(snap, q.budget)
	n, err := snap.Len()
	if err != nil {
		return nil, err
	}
	inDefault, exact, err := snap.Estimate(graph.Pattern{G: graph.DefaultGraph})
	if err != nil {
		return nil, err
	}
	q.onlyDefault = exact && inDefault == n
	return q, nil
}

// Plan plans a pattern over the dataset's default graph.
func (q *Query) Plan(n algebra.Node) (*plan.Plan, error) { return q.planIn(n, q.dataset.Default) }

func (q *Query) planIn(n algebra.Node, active plan.Active) (*plan.Plan, error) {
	return plan.Build(q.ctx, n, plan.Env{
		Snapshot: q.snap, ID: q.Terms.ID,
		Default: active, Named: q.dataset.Named,
		Disabled: q.opts.Disabled, Perturb: q.opts.Perturb, ServiceOff: q.opts.Service == nil,
	})
}

// Run starts a plan. The rows must be closed.
func (q *Query) Run(n plan.Node) (*Rows, error) {
	op, err := q.build(n)
	if err != nil {
		return nil, err
	}
	return &Rows{op: op, Vars: n.Properties().Vars, watch: q.watch}, nil
}

// Stats returns what the operators did, when Options.Profile is set.
func (q *Query) Stats() map[plan.Node]*Stat { return q.stats }

// PeakMemory returns the most bytes that operators held at a time.
func (q *Query) PeakMemory() int64 { return q.budget.peak.Load() }

// Rows is a running plan.
type Rows struct {
	Vars  []algebra.Var
	op    operator
	watch *Progress
}

// Next returns the next rows, at least one, or nil at the end. The batch is
// valid until the next call.
func (r *Rows) Next() (*Batch, error) {
	b, err := r.op.next()
	if b != nil {
		r.watch.hasMade(b.N)
	}
	return b, err
}

// Close ends the plan.
func (r *Rows) Close() { r.op.close() }

// build makes the operators of a plan. It is called again for the parts that
// run several times.
func (q *Query) build(n plan.Node) (operator, error) {
	op, err := q.operator(n)
	if err != nil || q.stats == nil {
		return op, err
	}
	st := q.stat(n)
	if s, ok := op.(seeker); ok {
		return &profiledSeeker{profiled{op: op, stat: st}, s}, nil
	}
	return &profiled{op: op, stat: st}, nil
}

// stat returns the counters of an operator.
func (q *Query) stat(n plan.Node) *Stat {
	st := q.stats[n]
	if st == nil {
		st = &Stat{}
		q.stats[n] = st
	}
	return st
}

// add adds what another goroutine counted; times add up, as processor time does.
func (s *Stat) add(o *Stat) {
	s.Rows += o.Rows
	s.Batches += o.Batches
	s.Seeks += o.Seeks
	s.BytesRead += o.BytesRead
	s.Bytes += o.Bytes
	s.Time += o.Time
}

// idBytes is the size of a value in a row.
const idBytes = 8

type profiled struct {
	op   operator
	stat *Stat
}

func (p *profiled) next() (*Batch, error) {
	start := time.Now()
	b, err := p.op.next()
	p.stat.Time += time.Since(start)
	if b != nil {
		p.stat.Rows += int64(b.N)
		p.stat.Bytes += int64(b.N*len(b.Cols)) * idBytes
		p.stat.Batches++
	}
	return b, err
}

func (p *profiled) close() { p.op.close() }

func (p *profiled) count() (int64, error) {
	start := time.Now()
	n, err := countRows(p.op)
	p.stat.Time += time.Since(start)
	p.stat.Rows += n
	return n, err
}

type profiledSeeker struct {
	profiled
	s seeker
}

func (p *profiledSeeker) seek(id graph.ID) {
	p.stat.Seeks++
	p.s.seek(id)
}

func (q *Query) operator(n plan.Node) (operator, error) {
	switch n := n.(type) {
	case *plan.Rows:
		return q.inlineRows(n.IDs, len(n.Vars))
	case *plan.Outer:
		return q.outerRows(n)
	case *plan.Scan:
		return q.scan(n)
	case *plan.GraphJoin:
		return q.graphJoin(n)
	case *plan.GraphNames:
		return q.graphNames(n)
	case *plan.IndexJoin:
		return with(q, n.Input, func(in operator) (operator, error) { return q.indexJoin(n, in) })
	case *plan.PathJoin:
		return with(q, n.Input, func(in operator) (operator, error) { return q.pathJoin(n, in) })
	case *plan.Unfold:
		return with(q, n.Input, func(in operator) (operator, error) { return q.unfold(n, in) })
	case *plan.Fold:
		return with(q, n.Input, func(in operator) (operator, error) { return q.fold(n, in) })
	case *plan.HashJoin:
		return q.hashJoin(n)
	case *plan.MergeJoin:
		return q.mergeJoin(n)
	case *plan.TrieJoin:
		return q.trieJoin(n)
	case *plan.BindJoin:
		return with(q, n.Left, func(in operator) (operator, error) { return q.bindJoin(n, in) })
	case *plan.Filter:
		return with(q, n.Input, func(in operator) (operator, error) { return q.filter(n, in) })
	case *plan.Extend:
		return with(q, n.Input, func(in operator) (operator, error) { return q.extend(n, in) })
	case *plan.Bind:
		return with(q, n.Input, func(in operator) (operator, error) { return q.bind(n, in) })
	case *plan.Union:
		return q.union(n)
	case *plan.EachGraph:
		return q.eachGraph(n)
	case *plan.Service:
		return q.service(n)
	case *plan.Project:
		return with(q, n.Input, func(in operator) (operator, error) { return q.project(n, in) })
	case *plan.Distinct:
		return with(q, n.Input, func(in operator) (operator, error) { return q.distinct(n, in) })
	case *plan.Sort:
		return with(q, n.Input, func(in operator) (operator, error) { return q.sort(n, in) })
	case *plan.Slice:
		return with(q, n.Input, func(in operator) (operator, error) { return q.slice(n, in) })
	case *plan.Parallel:
		return q.parallel(n), nil
	case *plan.Group:
		return with(q, n.Input, func(in operator) (operator, error) { return q.group(n, in) })
	default:
		return nil, fmt.Errorf("exec: no operator for %T", n)
	}
}

// with builds an operand and then the operator over it, closing the former when
// the latter fails.
func with(q *Query, input plan.Node, f func(operator) (operator, error)) (operator, error) {
	in, err := q.build(input)
	if err != nil {
		return nil, err
	}
	op, err := f(in)
	if err != nil {
		in.close()
		return nil, err
	}
	return op, nil
}

// columns returns the positions of vars among the columns of n; -1 for none.
func columns(n plan.Node, vars []algebra.Var) []int {
	out := make([]int, len(vars))
	for i, v := range vars {
		out[i] = n.Properties().Column(v)
	}
	return out
}

// graphs returns the named graphs of an active graph of kind GraphVar.
func (q *Query) graphs(a plan.Active) ([]graph.ID, error) {
	var ids []graph.ID
	if a.All {
		err := q.snap.Graphs(q.ctx, func(id graph.ID) bool { ids = append(ids, id); return true })
		slices.Sort(ids)
		return ids, err
	}
	// A name listed that the graph does not have is an empty graph, but a
	// graph that nothing is known of is no graph.
	ids = append(ids, a.IDs...)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// term is a shorthand for messages.
func (q *Query) term(id graph.ID) rdf.Term {
	t, err := q.Terms.Term(id)
	if err != nil {
		return nil
	}
	return t
}

// Take accounts memory that the caller keeps for the query.
func (q *Query) Take(n int64) error { return q.budget.take(n) }

// Spilled returns the bytes that operators have moved to disk so far.
func (q *Query) Spilled() int64 { return q.spilledEver }

// HeldMemory returns the bytes that operators hold now.
func (q *Query) HeldMemory() int64 { return q.budget.used.Load() }
