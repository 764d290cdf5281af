package cayley

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/iterator"
	"github.com/cayleygraph/cayley/query"
	"github.com/cayleygraph/cayley/query/graphql"
	"github.com/cayleygraph/cayley/query/mql"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
)

// The query languages.
const (
	Gizmo   = "gizmo"
	GraphQL = "graphql"
	MQL     = "mql"
)

// Languages returns the languages that [Query] knows.
func Languages() []string { return []string{Gizmo, GraphQL, MQL} }

// ErrLanguage marks a language that is not one of [Languages].
var ErrLanguage = errors.New("unknown query language")

// QueryOptions bounds a query. Its zero value is usable.
type QueryOptions struct {
	// Limit is the number of results to stop after, 0 for no limit. GraphQL
	// does not know it: its queries carry their own.
	Limit int
	// Linked makes Gizmo write values as JSON-LD does, {"@id": …} and
	// {"@value": …}; otherwise IRIs are "<iri>" and literals native.
	Linked bool
	// Memory is by how many bytes the process may grow while the query runs,
	// 1 GiB by default. It is the process that is measured, because the
	// JavaScript engine does not count what a script holds.
	Memory uint64
}

// Answer holds the results of a query as Cayley encodes them to JSON.
type Answer struct {
	Results []any // of Gizmo and MQL; nil without results
	Data    any   // of GraphQL
}

// Rows returns the results one by one, whatever the language.
func (a *Answer) Rows() []any {
	if a.Data != nil {
		return []any{a.Data}
	}
	return a.Results
}

// Query runs a query over the current state of g through Cayley's own packages.
// It ends when ctx does. Errors of the query itself wrap graph.ErrBadRequest.
func Query(ctx context.Context, g graph.Graph, lang, text string, o QueryOptions) (*Answer, error) {
	var a Answer
	err := session(ctx, g, lang, o, func(s *running) error {
		switch lang {
		case Gizmo:
			return s.gizmo(text, o, &a)
		case GraphQL:
			return s.graphql(text, &a)
		default:
			return s.mql(text, o, &a)
		}
	})
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// Shape returns the drawing of a query that Cayley's query-shape page shows:
// "nodes" and "links". GraphQL has none.
func Shape(ctx context.Context, g graph.Graph, lang, text string, o QueryOptions) (any, error) {
	if lang == GraphQL {
		return nil, fmt.Errorf("cayley: GraphQL queries have no shape: %w", graph.ErrBadRequest)
	}
	var out any
	err := session(ctx, g, lang, o, func(s *running) (err error) {
		qs := drawnStore{s.qs.base}
		if lang == Gizmo {
			out, err = s.gizmoShape(qs, text)
			return err
		}
		out, err = mql.NewSession(qs).ShapeOf(text)
		return badRequest(err)
	})
	return out, err
}

// drawnStore is a store whose plans show every link: it does not optimise, and
// a lookup of a fixed value is the LinksTo iterator that the drawing knows.
type drawnStore struct{ *base }

// QuadIterator implements Cayley's graph.QuadIndexer.
func (d drawnStore) QuadIterator(dir quad.Direction, r cgraph.Ref) cgraph.Iterator {
	return iterator.NewLinksTo(d.base, iterator.NewFixed(r), dir)
}

// running is a query under way.
type running struct {
	ctx     context.Context
	stop    context.CancelCauseFunc
	qs      *QuadStore
	pending chan struct{} // closed when nothing of the query runs any more; nil if already so
}

// patience is how long a stopped script may take to notice.
const patience = 2 * time.Second

// session opens a snapshot, runs f over it and closes it when nothing can read
// it any more. Panics inside Cayley, which has them for some malformed queries,
// become errors.
func session(ctx context.Context, g graph.Graph, lang string, o QueryOptions, f func(*running) error) (err error) {
	switch lang {
	case Gizmo, GraphQL, MQL:
	default:
		return fmt.Errorf("cayley: %w: %q: %w", ErrLanguage, lang, graph.ErrBadRequest)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	snap, err := g.Snapshot(ctx)
	if err != nil {
		return err
	}
	s := &running{}
	s.ctx, s.stop = context.WithCancelCause(ctx)
	s.qs = &QuadStore{newBase(s.ctx, snap)}
	unwatch := s.watchMemory(o.Memory)
	defer func() {
		if x := recover(); x != nil {
			err = panicError(x)
		}
		unwatch()
		cause := context.Cause(s.ctx)
		s.stop(nil)
		if cause != nil {
			err = fmt.Errorf("cayley: query stopped: %w", cause)
		}
		cerr := s.finish(snap)
		if err == nil {
			err = cerr
		}
	}()
	return f(s)
}

// finish closes the snapshot, in the background if a script does not stop.
func (s *running) finish(snap graph.Snapshot) error {
	release := func() error {
		return errors.Join(s.qs.Close(), snap.Close())
	}
	if s.pending == nil {
		return release()
	}
	select {
	case <-s.pending:
		return release()
	case <-time.After(patience):
		go func() {
			<-s.pending
			_ = release() // the query has been answered with its error
		}()
		return nil
	}
}

func panicError(x any) error {
	if err, ok := x.(error); ok {
		return fmt.Errorf("cayley: query failed: %v: %w", err, graph.ErrBadRequest)
	}
	return fmt.Errorf("cayley: query failed: %v: %w", x, graph.ErrBadRequest)
}

// badRequest marks an error as the query's own, unless it says more already.
func badRequest(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, graph.ErrBadRequest), errors.Is(err, graph.ErrLimit), errors.Is(err, graph.ErrCorrupt),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	default:
		return queryError{err}
	}
}

// queryError shows the message of Cayley's error and nothing more.
type queryError struct{ err error }

func (e queryError) Error() string   { return e.err.Error() }
func (e queryError) Unwrap() []error { return []error{e.err, graph.ErrBadRequest} }

func (s *running) mql(text string, o QueryOptions, a *Answer) error {
	it, err := mql.NewSession(s.qs).Execute(s.ctx, text, query.Options{Collation: query.JSON, Limit: o.Limit})
	if err != nil {
		return badRequest(err)
	}
	defer it.Close()
	for it.Next(s.ctx) {
		a.Results = append(a.Results, it.Result())
	}
	return badRequest(it.Err())
}

func (s *running) graphql(text string, a *Answer) error {
	q, err := graphql.Parse(strings.NewReader(text))
	if err != nil {
		return badRequest(err)
	}
	data, err := q.Execute(s.ctx, s.qs)
	if err != nil {
		return badRequest(err)
	}
	a.Data = jsonValue(data)
	return nil
}

// jsonValue replaces the times in a GraphQL answer, which would be encoded as
// empty objects, by their text.
func jsonValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = jsonValue(e)
		}
	case []map[string]any:
		for _, e := range v {
			jsonValue(e)
		}
	case []any:
		for i, e := range v {
			v[i] = jsonValue(e)
		}
	case quad.Time:
		return formatTime(time.Time(v))
	}
	return v
}
