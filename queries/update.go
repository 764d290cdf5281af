package queries

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
	"github.com/belligraph/belligraph/queries/sparql"
)

// Loader fetches documents for LOAD. It decides what may be fetched, and bounds
// time and size.
type Loader interface {
	Load(ctx context.Context, source rdf.IRI) iter.Seq2[rdf.Quad, error]
}

// UpdateOptions are the settings of one update request. The zero value is the
// engine's.
type UpdateOptions struct {
	Base string
	// Using, when Explicit, is the dataset of the WHERE clauses, as the
	// protocol's using-graph-uri and using-named-graph-uri set it. With a
	// request that has USING or WITH it is an error.
	Using algebra.Dataset
	// Confined lets the request change only Graph, which takes the place of its
	// default graph; an empty Graph is the default graph itself. A request that
	// would change another graph fails with ErrOtherGraph. PATCH of the Graph
	// Store Protocol wants this.
	Confined  bool
	Graph     rdf.IRI
	MaxMemory int64
	Timeout   time.Duration
	Now       time.Time
	Seed      uint64
}

// Changes says what an update request did.
type Changes struct {
	Inserted int // quads that were not there before
	Deleted  int
}

// Update runs an update request as one transaction: each operation sees what
// the former did, and all of them happen or none.
func (e *Engine) Update(ctx context.Context, text string, opts UpdateOptions) (Changes, error) {
	ast, err := sparql.ParseUpdate(text, e.parseOptions(opts.Base))
	if err != nil {
		return Changes{}, err
	}
	request, err := sparql.TranslateUpdate(ast)
	if err != nil {
		return Changes{}, err
	}
	if opts.Confined {
		if request, err = confine(request, opts.Graph); err != nil {
			return Changes{}, err
		}
	}
	if opts.Using.Explicit {
		for _, op := range request.Operations {
			if m, ok := op.(*algebra.Modify); ok && (m.Using.Explicit || m.With != "") {
				return Changes{}, fmt.Errorf("using-graph-uri cannot be combined with USING or WITH in the request: %w", graph.ErrBadRequest)
			}
		}
	}
	if timeout := lesser(e.opts.Timeout, opts.Timeout); timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, &timeoutError{after: timeout})
		defer cancel()
	}
	if opts.Now.IsZero() {
		opts.Now = time.Now() // NOW() is one time for the whole request
	}
	var changes Changes
	err = e.graph.Update(ctx, func(tx graph.Tx) error {
		changes = Changes{} // a graph may run f again
		u := &update{ctx: ctx, engine: e, tx: tx, opts: opts, base: request.Base, changes: &changes}
		for _, op := range request.Operations {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := u.operation(op); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Changes{}, explainError(ctx, err)
	}
	return changes, nil
}

// update runs the operations of one request.
type update struct {
	ctx     context.Context
	engine  *Engine
	tx      graph.Tx
	opts    UpdateOptions
	base    string
	changes *Changes
}

func (u *update) operation(op algebra.Operation) error {
	switch op := op.(type) {
	case *algebra.InsertData:
		return u.insertData(op)
	case *algebra.DeleteData:
		quads, err := ground(op.Quads, nil)
		if err != nil {
			return err
		}
		return u.remove(quads)
	case *algebra.Modify:
		return u.modify(op)
	case *algebra.Load:
		return silence(op.Silent, u.load(op))
	case *algebra.Clear:
		return silence(op.Silent, u.clear(op))
	case *algebra.Create:
		exists, err := u.exists(op.Graph)
		if err != nil {
			return err
		}
		if exists {
			return silence(op.Silent, refuse("CREATE: there is a graph %s already", op.Graph))
		}
		return u.tx.CreateGraph(op.Graph)
	case *algebra.Transfer:
		return silence(op.Silent, u.transfer(op))
	default:
		return fmt.Errorf("update: no operation %T", op)
	}
}

// refused marks the errors that SILENT silences: those found before anything
// was changed. Errors of the graph or the context are never silenced.
type refused struct{ error }

func (e refused) Unwrap() error { return e.error }

func silence(silent bool, err error) error {
	if r, ok := err.(refused); ok {
		if silent {
			return nil
		}
		return r.error
	}
	return err
}

func refuse(format string, args ...any) error {
	return refused{fmt.Errorf(format+": %w", append(args, graph.ErrBadRequest)...)}
}

func (u *update) insert(quads []rdf.Quad) error {
	if len(quads) == 0 {
		return nil
	}
	n, err := u.tx.Insert(quads...)
	u.changes.Inserted += n
	return err
}

func (u *update) remove(quads []rdf.Quad) error {
	if len(quads) == 0 {
		return nil
	}
	n, err := u.tx.Delete(quads...)
	u.changes.Deleted += n
	return err
}

// insertData inserts ground quads. The blank nodes of the request are new
// nodes.
func (u *update) insertData(op *algebra.InsertData) error {
	quads, err := ground(op.Quads, graph.NewBlankNamer())
	if err != nil {
		return err
	}
	return u.insert(quads)
}

// ground turns patterns without variables into quads.
func ground(patterns []algebra.QuadPattern, blank *graph.BlankNamer) ([]rdf.Quad, error) {
	var term func(t algebra.PatternTerm) (rdf.Term, error)
	term = func(t algebra.PatternTerm) (rdf.Term, error) {
		switch t := t.(type) {
		case nil:
			return nil, nil
		case algebra.TriplePattern:
			var parts [3]rdf.Term
			for i, x := range [3]algebra.PatternTerm{t.S, t.P, t.O} {
				var err error
				if parts[i], err = term(x); err != nil {
					return nil, err
				}
			}
			return rdf.Triple{Subject: parts[0], Predicate: parts[1], Object: parts[2]}, nil
		case rdf.Term:
			if blank != nil {
				t = blank.Term(t)
			}
			return t, nil
		default:
			return nil, fmt.Errorf("update: %v in data: %w", t, graph.ErrBadRequest)
		}
	}
	quads := make([]rdf.Quad, 0, len(patterns))
	for _, p := range patterns {
		var q rdf.Quad
		for _, x := range []struct {
			to   *rdf.Term
			from algebra.PatternTerm
		}{{&q.Subject, p.S}, {&q.Predicate, p.P}, {&q.Object, p.O}, {&q.Graph, p.G}} {
			t, err := term(x.from)
			if err != nil {
				return nil, err
			}
			*x.to = t
		}
		if !isTriple(q.Subject, q.Predicate, q.Object) {
			return nil, fmt.Errorf("update: not an RDF triple: %s: %w", q, graph.ErrBadRequest)
		}
		quads = append(quads, q)
	}
	return quads, nil
}

// modify is DELETE/INSERT WHERE: the pattern is evaluated to its end before
// anything changes, then all quads to delete are deleted, then the others
// inserted (§3.1.3 of SPARQL 1.1 Update).
func (u *update) modify(op *algebra.Modify) error {
	snap := u.tx.Snapshot()
	using := op.Using
	if u.opts.Using.Explicit {
		using = u.opts.Using
	}
	ds, err := u.engine.dataset(snap, using, false)
	if err != nil {
		return err
	}
	if op.With != "" && !using.Explicit {
		if ds, err = u.with(snap, op.With); err != nil {
			return err
		}
	}
	q, err := u.engine.newExec(u.ctx, snap, ds, u.base, QueryOptions{MaxMemory: u.opts.MaxMemory, Now: u.opts.Now, Seed: u.opts.Seed})
	if err != nil {
		return err
	}
	p, err := q.Plan(op.Pattern)
	if err != nil {
		return err
	}
	rows, err := q.Run(p.Root)
	if err != nil {
		return err
	}
	defer rows.Close()
	in := func(patterns []algebra.QuadPattern) []algebra.QuadPattern {
		if op.With == "" {
			return patterns
		}
		out := make([]algebra.QuadPattern, len(patterns))
		for i, p := range patterns {
			if p.G == nil {
				p.G = op.With
			}
			out[i] = p
		}
		return out
	}
	deletes, err := newTemplate(q, in(op.Delete), rows.Vars)
	if err != nil {
		return err
	}
	inserts, err := newTemplate(q, in(op.Insert), rows.Vars)
	if err != nil {
		return err
	}
	var del, ins []rdf.Quad
	collect := func(to *[]rdf.Quad) func(rdf.Quad) error {
		return func(q2 rdf.Quad) error {
			*to = append(*to, q2)
			return q.Take(128)
		}
	}
	for {
		b, err := rows.Next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		for _, t := range []*template{deletes, inserts} {
			if err := t.read(b); err != nil {
				return err
			}
		}
		for i := range b.N {
			if err := deletes.each(i, collect(&del)); err != nil {
				return err
			}
			if err := inserts.each(i, collect(&ins)); err != nil {
				return err
			}
		}
	}
	rows.Close() // the snapshot ends with the first change
	if err := u.remove(del); err != nil {
		return err
	}
	return u.insert(ins)
}

// with is the dataset of WITH: the graph is the default graph, and all named
// graphs are there.
func (u *update) with(snap graph.Snapshot, name rdf.IRI) (exec.Dataset, error) {
	ds := exec.WholeDataset()
	id, ok, err := snap.Lookup(name)
	if err != nil {
		return ds, err
	}
	ds.Default = plan.Active{Kind: plan.GraphOne, IDs: []graph.ID{id}, Term: name}
	if !ok {
		ds.Default = plan.Active{Kind: plan.GraphMerge} // of no graphs
	}
	return ds, nil
}

// loadChunk is how many quads LOAD inserts at a time.
const loadChunk = 10_000

func (u *update) load(op *algebra.Load) error {
	if u.engine.opts.Loader == nil {
		return refuse("LOAD is switched off")
	}
	blank := graph.NewBlankNamer()
	var chunk []rdf.Quad
	for q, err := range u.engine.opts.Loader.Load(u.ctx, op.Source) {
		if err != nil {
			if ctxErr := u.ctx.Err(); ctxErr != nil {
				return ctxErr
			}
			return refused{fmt.Errorf("LOAD %s: %w", op.Source, err)}
		}
		q = blank.Quad(q)
		if op.Into != "" {
			q.Graph = op.Into
		}
		chunk = append(chunk, q)
		// A silent LOAD that fails halfway leaves nothing behind, so it holds
		// all of the document; another one fails the whole request.
		if len(chunk) >= loadChunk && !op.Silent {
			if err := u.insert(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return u.insert(chunk)
}

// exists reports whether there is a named graph: one with quads, or a recorded
// empty one.
func (u *update) exists(name rdf.IRI) (bool, error) {
	snap := u.tx.Snapshot()
	id, ok, err := snap.Lookup(name)
	if !ok || err != nil {
		return false, err
	}
	if n, _, err := snap.Estimate(graph.Pattern{G: id}); err != nil || n > 0 {
		return n > 0, err
	}
	found := false
	err = snap.Graphs(u.ctx, func(g graph.ID) bool {
		found = g == id
		return !found
	})
	return found, err
}

func (u *update) clear(op *algebra.Clear) error {
	verb := "CLEAR"
	if op.Drop {
		verb = "DROP"
	}
	switch op.Graph.Kind {
	case algebra.GraphNamed:
		exists, err := u.exists(op.Graph.IRI)
		if err != nil {
			return err
		}
		if !exists {
			return refuse("%s: there is no graph %s", verb, op.Graph.IRI)
		}
		return u.empty(op.Graph.IRI, op.Drop)
	case algebra.GraphDefault:
		return u.empty(nil, false)
	}
	var names []rdf.Term
	snap := u.tx.Snapshot()
	var failed error
	err := snap.Graphs(u.ctx, func(id graph.ID) bool {
		var t rdf.Term
		if t, failed = snap.Term(id); failed == nil {
			names = append(names, t)
		}
		return failed == nil
	})
	if err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	for _, name := range names {
		if err := u.empty(name, op.Drop); err != nil {
			return err
		}
	}
	if op.Graph.Kind == algebra.GraphAll {
		return u.empty(nil, false)
	}
	return nil
}

// empty removes the quads of a graph, and its record with drop. A graph that is
// cleared stays as an empty graph.
func (u *update) empty(name rdf.Term, drop bool) error {
	before, err := u.tx.Snapshot().Len()
	if err != nil {
		return err
	}
	if err := u.tx.DropGraph(name); err != nil {
		return err
	}
	if name != nil && !drop {
		if err := u.tx.CreateGraph(name); err != nil {
			return err
		}
	}
	after, err := u.tx.Snapshot().Len()
	u.changes.Deleted += int(before - after)
	return err
}

// transfer is ADD, MOVE and COPY.
func (u *update) transfer(op *algebra.Transfer) error {
	if op.From == op.To {
		return nil // onto itself: no change
	}
	graphOf := func(r algebra.GraphRef) rdf.Term {
		if r.Kind == algebra.GraphDefault {
			return nil
		}
		return r.IRI
	}
	from, to := graphOf(op.From), graphOf(op.To)
	if from != nil {
		exists, err := u.exists(op.From.IRI)
		if err != nil {
			return err
		}
		if !exists {
			return refuse("%s: there is no graph %s", op.Op, op.From.IRI)
		}
	}
	quads, err := u.quads(from)
	if err != nil {
		return err
	}
	if op.Op != "ADD" {
		if err := u.empty(to, false); err != nil {
			return err
		}
	}
	for i := range quads {
		quads[i].Graph = to
	}
	if err := u.insert(quads); err != nil {
		return err
	}
	if op.Op == "MOVE" {
		return u.empty(from, true)
	}
	return nil
}

// quads returns the quads of a graph.
func (u *update) quads(name rdf.Term) ([]rdf.Quad, error) {
	snap := u.tx.Snapshot()
	p := graph.Pattern{G: graph.DefaultGraph}
	if name != nil {
		id, ok, err := snap.Lookup(name)
		if !ok || err != nil {
			return nil, err
		}
		p.G = id
	}
	c, err := snap.Scan(u.ctx, p, graph.GSPO, graph.ColS|graph.ColP|graph.ColO)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	terms := exec.NewTerms(snap)
	var quads []rdf.Quad
	for b := c.Next(); b != nil; b = c.Next() {
		for i := range b.N {
			var t [3]rdf.Term
			for k := range t {
				if t[k], err = terms.Term(b.Cols[k][i]); err != nil {
					return nil, err
				}
			}
			quads = append(quads, rdf.Quad{Subject: t[0], Predicate: t[1], Object: t[2], Graph: name})
		}
	}
	return quads, c.Err()
}
