// Package queries is the front door of the query engine: SPARQL text in,
// solutions, graphs or changes out, over any graph.Graph.
//
// [Engine.Query] parses (package sparql), translates (algebra), plans for the
// current snapshot (plan) and starts running (exec); a [Result] is read while
// it is computed and must be closed, which releases its snapshot. An update
// request is one transaction. Errors come in three families: what the caller
// asked wrongly wraps graph.ErrBadRequest, what would take too much wraps
// graph.ErrLimit or is the context's error, and a store that cannot be trusted
// wraps graph.ErrCorrupt.
package queries

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
	"github.com/belligraph/belligraph/queries/sparql"
)

// Options are the settings of an engine. The zero value is safe: no limits but
// the caller's context, no access to the network.
type Options struct {
	// MaxMemory bounds the bytes that the operators of one query hold, Timeout
	// its time; zero is no bound. A query may ask for less, not for more.
	MaxMemory int64
	Timeout   time.Duration
	// Spill is where operators put rows that do not fit in MaxMemory.
	Spill exec.Spill
	// Workers is the number of goroutines that all queries together may use
	// besides one each; zero is one fewer than there are processors, less is none.
	Workers int
	// Prefixes are known to all queries without being declared.
	Prefixes map[string]string
	// Known are prefixes that have to be declared but that messages about
	// undeclared ones propose.
	Known map[string]string
	// UnionDefaultGraph makes the default graph of queries that name no
	// dataset the merge of all graphs.
	UnionDefaultGraph bool
	// Service answers SERVICE and Loader LOAD; nil switches them off.
	Service exec.ServiceClient
	Loader  Loader
	// DisabledRules names rules of the planner that are not used; see
	// plan.Rules. Answers do not depend on it.
	DisabledRules []string
	// PerturbPlans, when it is not zero, seeds random changes of the planner's
	// costs. Answers do not depend on it; it is for tests.
	PerturbPlans uint64
}

// Engine answers queries over one graph. It may be used concurrently.
type Engine struct {
	graph    graph.Graph
	opts     Options
	disabled map[string]bool
	workers  *exec.Workers
	shapes   *shapes
}

// New returns an engine over g, which the caller closes after all results.
func New(g graph.Graph, opts Options) *Engine {
	e := &Engine{graph: g, opts: opts, disabled: make(map[string]bool), shapes: newShapes()}
	if opts.Workers == 0 {
		opts.Workers = runtime.GOMAXPROCS(0) - 1
	}
	e.workers = exec.NewWorkers(max(0, opts.Workers))
	for _, r := range opts.DisabledRules {
		e.disabled[r] = true
	}
	return e
}

// Over returns an engine over another graph with the same bounds and workers.
func (e *Engine) Over(g graph.Graph) *Engine {
	other := *e
	other.graph, other.shapes = g, newShapes()
	return &other
}

// QueryOptions are the settings of one query. The zero value is the engine's.
type QueryOptions struct {
	// Base resolves relative IRIs until the text sets a base.
	Base string
	// Dataset, when Explicit, overrides the dataset that the text names, as the
	// SPARQL protocol's default-graph-uri and named-graph-uri do.
	Dataset algebra.Dataset
	// MaxMemory and Timeout bound the query further; zero adds no bound.
	MaxMemory int64
	Timeout   time.Duration
	// UnionDefaultGraph is as in Options, for this query.
	UnionDefaultGraph bool
	// Now and Seed fix NOW() and the random functions; zero values do not.
	Now  time.Time
	Seed uint64
	// Profile counts what each operator does; see [Result.Profile].
	Profile bool
}

// Prepared is a query that is known to be one. It may be run many times and
// concurrently.
type Prepared struct {
	engine *Engine
	text   string
	base   string

	// Of a query like others before it: what they have in common, and the
	// constants. It is parsed only when that does not do.
	shape *shape
	terms []rdf.Term

	once   sync.Once
	parsed *sparql.Query
	query  *algebra.Query
	err    error
}

// Prepare parses a query, unless it differs from earlier ones by constants only.
func (e *Engine) Prepare(text string, opts QueryOptions) (*Prepared, error) {
	p := &Prepared{engine: e, text: text, base: opts.Base}
	var learn bool
	p.shape, p.terms, learn = e.shapes.find(text, opts, e.parseOptions(opts.Base))
	if p.shape != nil {
		return p, nil
	}
	q, err := p.parse()
	if err == nil && learn {
		p.shape, p.terms = e.shapes.learn(text, opts, e.parseOptions(opts.Base), q)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// parse parses and translates the query once.
func (p *Prepared) parse() (*algebra.Query, error) {
	p.once.Do(func() {
		if p.parsed, p.err = sparql.ParseQuery(p.text, p.engine.parseOptions(p.base)); p.err == nil {
			p.query, p.err = sparql.Translate(p.parsed)
		}
	})
	return p.query, p.err
}

func (e *Engine) parseOptions(base string) sparql.Options {
	return sparql.Options{Base: base, Prefixes: e.opts.Prefixes, Known: e.opts.Known}
}

// Warnings tells what in the query is allowed but hardly meant; see
// [sparql.Warnings].
func (p *Prepared) Warnings() []*sparql.Error {
	if _, err := p.parse(); err != nil {
		return nil
	}
	return sparql.Warnings(p.parsed, expr.CheckPattern)
}

// Algebra returns the query in algebra. It must not be changed. What was prepared
// can be parsed: a text that is like a query but for constants is one.
func (p *Prepared) Algebra() *algebra.Query {
	q, _ := p.parse()
	return q
}

// Form returns the form of the query.
func (p *Prepared) Form() algebra.QueryForm { return p.like().Form }

// Volatile reports whether the result of the query can change while the graph
// does not: because of a function, or of what another endpoint says.
func (p *Prepared) Volatile() bool {
	if p.shape != nil {
		return p.shape.volatile
	}
	return volatile(p.query)
}

// like returns the query or, when it has not been parsed, one that differs from
// it by constants.
func (p *Prepared) like() *algebra.Query {
	if p.shape != nil {
		return p.shape.query
	}
	return p.query
}

// Query prepares and runs a query. The result must be closed.
func (e *Engine) Query(ctx context.Context, text string, opts QueryOptions) (*Result, error) {
	p, err := e.Prepare(text, opts)
	if err != nil {
		return nil, err
	}
	return p.Run(ctx, opts)
}

// Run runs a prepared query over the graph as it is now. The result must be
// closed.
func (p *Prepared) Run(ctx context.Context, opts QueryOptions) (*Result, error) {
	e := p.engine
	timeout := lesser(e.opts.Timeout, opts.Timeout)
	cancel := context.CancelFunc(func() {})
	if timeout > 0 {
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, &timeoutError{after: timeout})
	}
	snap, err := e.graph.Snapshot(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	like := p.like()
	r := &Result{ctx: ctx, cancel: cancel, snap: snap, Form: like.Form, Vars: like.Vars}
	if err := r.start(e, p, opts); err != nil {
		r.Close()
		return nil, r.explainError(err)
	}
	return r, nil
}

// lesser returns the smaller of two bounds of which zero is none.
func lesser[T int64 | time.Duration](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// timeoutError is why the context of a query ended. It is a deadline to
// errors.Is, as for a deadline of the caller's.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string {
	return fmt.Sprintf("the query took longer than the %s it may take", e.after)
}
func (e *timeoutError) Unwrap() error { return context.DeadlineExceeded }

// newExec starts the evaluation of a query over a snapshot.
func (e *Engine) newExec(ctx context.Context, snap graph.Snapshot, ds exec.Dataset, base string, opts QueryOptions) (*exec.Query, error) {
	return exec.New(ctx, snap, ds, exec.Options{
		Expr:      expr.NewContext(expr.Options{Now: opts.Now, Base: base, Seed: opts.Seed}),
		MaxMemory: lesser(e.opts.MaxMemory, opts.MaxMemory),
		Spill:     e.opts.Spill,
		Workers:   e.workers,
		Service:   e.opts.Service,
		Disabled:  e.disabled,
		Profile:   opts.Profile,
		Perturb:   e.opts.PerturbPlans,
	})
}

// dataset returns what a dataset clause means over a snapshot (§13.2). Without
// one it is the graph's own dataset.
func (e *Engine) dataset(snap graph.Snapshot, d algebra.Dataset, union bool) (exec.Dataset, error) {
	ds := exec.WholeDataset()
	if !d.Explicit {
		if union || e.opts.UnionDefaultGraph {
			ds.Default = plan.Active{Kind: plan.GraphMerge, All: true}
		}
		return ds, nil
	}
	ids := func(names []rdf.IRI) ([]graph.ID, error) {
		var out []graph.ID
		seen := make(map[graph.ID]bool)
		for _, n := range names {
			id, ok, err := snap.Lookup(n)
			if err != nil {
				return nil, err
			}
			if ok && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		return out, nil
	}
	defaults, err := ids(d.Default)
	if err != nil {
		return ds, err
	}
	named, err := ids(d.Named)
	if err != nil {
		return ds, err
	}
	ds.Default = plan.Active{Kind: plan.GraphMerge, IDs: defaults}
	if len(d.Default) == 1 && len(defaults) == 1 {
		ds.Default = plan.Active{Kind: plan.GraphOne, IDs: defaults, Term: d.Default[0]}
	}
	ds.Named = plan.Active{Kind: plan.GraphVar, IDs: named}
	return ds, nil
}

// explainError gives the reason of an ended context in place of its bare error.
func explainError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
	}
	return err
}
