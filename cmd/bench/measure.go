package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// errTimeout is the outcome of a query that was not waited for.
var errTimeout = errors.New("timeout")

// session measures the queries of one graph with one engine.
type session struct {
	engine    engine
	data, dir string
	rounds    int
	timeout   time.Duration
	server    *server
}

// restart starts the engine, or starts it anew after a query that it would
// otherwise go on computing.
func (s *session) restart(ctx context.Context) error {
	s.close()
	var err error
	s.server, err = s.engine.start(ctx, s.data, s.dir)
	return err
}

func (s *session) close() {
	if s.server != nil {
		s.server.stop()
		s.server = nil
	}
}

// measure runs a query cold and then warm. Slow queries get fewer rounds.
func (s *session) measure(ctx context.Context, q shape) (measured, error) {
	m := measured{Name: q.name}
	first, err := s.once(ctx, q, true)
	if err != nil {
		if ctx.Err() != nil {
			return m, ctx.Err()
		}
		m.Cold, m.Error = first.took.Seconds(), err.Error()
		if errors.Is(err, errTimeout) {
			return m, s.restart(ctx)
		}
		return m, nil
	}
	m.Cold, m.Bytes = first.took.Seconds(), len(first.body)
	m.Rows, m.Answer = digest(first)
	rounds := s.rounds
	if m.Cold > 5 {
		rounds = 1
	} else if m.Cold > 0.5 {
		rounds = min(rounds, 3)
	}
	var took, firstRow []float64
	for range rounds {
		r, err := s.once(ctx, q, false)
		if err != nil {
			m.Error = err.Error()
			if errors.Is(err, errTimeout) {
				return m, s.restart(ctx)
			}
			return m, ctx.Err()
		}
		took, firstRow = append(took, r.took.Seconds()), append(firstRow, r.first.Seconds())
	}
	m.Warm, m.First = median(took), median(firstRow)
	if e, ok := s.server.asker.(*endpoint); ok && s.engine.name() == "belligraph" && !q.construct() {
		m.Work, err = e.analyze(ctx, q)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: no analysis: %v\n", q.name, err)
		}
	}
	return m, nil
}

func (s *session) once(ctx context.Context, q shape, keep bool) (reply, error) {
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	r, err := s.server.ask(bounded, q, keep)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return reply{took: s.timeout}, errTimeout
	}
	return r, err
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// effort is what our own EXPLAIN ANALYZE says that a query cost.
type effort struct {
	Rows  int64 `json:"rows"` // of all operators
	Seeks int64 `json:"seeks"`
	Bytes int64 `json:"bytes,omitempty"`
}

// analyze asks our own server what it does for a query.
func (e *endpoint) analyze(ctx context.Context, q shape) (*effort, error) {
	form := e.form(q.query)
	form.Set("explain", "analyze")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	type step struct {
		Rows, Seeks, Bytes int64
		Inputs             []json.RawMessage
	}
	var plan struct{ Plan json.RawMessage }
	if err := json.Unmarshal(body, &plan); err != nil {
		return nil, err
	}
	var sum effort
	for open := []json.RawMessage{plan.Plan}; len(open) > 0; {
		var s step
		if err := json.Unmarshal(open[0], &s); err != nil {
			return nil, err
		}
		sum.Rows, sum.Seeks, sum.Bytes = sum.Rows+s.Rows, sum.Seeks+s.Seeks, sum.Bytes+s.Bytes
		open = append(open[1:], s.Inputs...)
	}
	return &sum, nil
}
