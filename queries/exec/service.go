package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// ServiceClient asks remote endpoints for SERVICE. It decides which endpoints
// may be asked, and bounds time and size.
type ServiceClient interface {
	Query(ctx context.Context, endpoint rdf.IRI, query string) (Solutions, error)
}

// Solutions is the answer of an endpoint.
type Solutions interface {
	Vars() []algebra.Var
	// Next returns the next solution by variable, nil terms being unbound, and
	// false at the end.
	Next() ([]rdf.Term, bool, error)
	Close() error
}

// serviceBatch is how many bindings are sent with one request.
const serviceBatch = 500

// service asks endpoints. With an input, the bindings of its rows are sent
// along as VALUES and the answers joined with them; blank nodes are never sent,
// they mean nothing elsewhere.
type service struct {
	q     *Query
	n     *plan.Service
	in    operator
	ended bool
	chunk *rows
	at    int
	view  Batch
	p     *prober
	// By endpoint, the rows of the chunk to be joined with its answer.
	pending []servicePart
}

type servicePart struct {
	rows  *rows
	table *rows
}

func (q *Query) service(n *plan.Service) (operator, error) {
	if q.opts.Service == nil && !n.Silent {
		return nil, fmt.Errorf("SERVICE is switched off: %w", graph.ErrBadRequest)
	}
	s := &service{q: q, n: n}
	if n.Input != nil {
		in, err := q.build(n.Input)
		if err != nil {
			return nil, err
		}
		s.in = in
	}
	inVars := s.inputVars()
	var shared []algebra.Var
	for _, v := range s.vars() {
		if columnOf(inVars, v) >= 0 {
			shared = append(shared, v)
		}
	}
	p, err := q.prober(plan.Inner, n.Vars, inVars, s.vars(), shared, nil, nil, plan.Active{})
	if err != nil {
		return nil, err
	}
	s.p = p
	return s, nil
}

func (s *service) inputVars() []algebra.Var {
	if s.n.Input == nil {
		return nil
	}
	return s.n.Input.Properties().Vars
}

// vars are the variables of the pattern asked.
func (s *service) vars() []algebra.Var {
	return algebra.InScope(s.n.Pattern.Input)
}

func (s *service) next() (*Batch, error) {
	for {
		if b, err := s.p.next(); b != nil || err != nil {
			return b, err
		}
		if s.chunk != nil {
			if b := s.chunk.slice(s.at, &s.view); b != nil {
				s.at += b.N
				s.p.start(b)
				continue
			}
			s.chunk.release()
			s.chunk = nil
		}
		if len(s.pending) > 0 {
			part := s.pending[0]
			s.pending = s.pending[1:]
			vars := s.vars()
			shared := make([]int, 0, len(vars))
			inVars := s.inputVars()
			for i, v := range vars {
				if columnOf(inVars, v) >= 0 {
					shared = append(shared, i)
				}
			}
			s.p.use(newJoinTable(part.table, shared))
			s.chunk, s.at = part.rows, 0
			continue
		}
		if s.ended {
			return nil, nil
		}
		if err := s.advance(); err != nil {
			return nil, err
		}
	}
}

// advance reads rows of the input and asks for them.
func (s *service) advance() error {
	chunk := newRows(len(s.inputVars()), s.q.budget)
	if s.in == nil {
		chunk.n, s.ended = 1, true
	}
	for s.in != nil && chunk.n < serviceBatch {
		b, err := s.in.next()
		if err != nil {
			return err
		}
		if b == nil {
			s.ended = true
			break
		}
		if err := chunk.add(b); err != nil {
			return err
		}
	}
	if chunk.n == 0 {
		return nil
	}
	switch name := s.n.Pattern.Name.(type) {
	case rdf.IRI:
		return s.ask(name, chunk)
	case algebra.Var:
		col := columnOf(s.inputVars(), name)
		byEndpoint := make(map[graph.ID]*rows)
		var order []graph.ID
		for i := range chunk.n {
			id := graph.Any
			if col >= 0 {
				id = chunk.cols[col][i]
			}
			part := byEndpoint[id]
			if part == nil {
				part = newRows(len(chunk.cols), s.q.budget)
				byEndpoint[id] = part
				order = append(order, id)
			}
			if err := part.grow(1); err != nil {
				return err
			}
			for c := range chunk.cols {
				part.cols[c] = append(part.cols[c], chunk.cols[c][i])
			}
			part.n++
		}
		chunk.release()
		for _, id := range order {
			t, err := s.q.Terms.Term(id)
			if err != nil {
				return err
			}
			iri, ok := t.(rdf.IRI)
			if !ok {
				if err := s.failed(fmt.Errorf("the endpoint ?%s of SERVICE has no IRI: %w", name, graph.ErrBadRequest), byEndpoint[id]); err != nil {
					return err
				}
				continue
			}
			if err := s.ask(iri, byEndpoint[id]); err != nil {
				return err
			}
		}
		return nil
	default:
		return s.failed(fmt.Errorf("the endpoint of SERVICE must be an IRI: %w", graph.ErrBadRequest), chunk)
	}
}

// failed answers one empty solution when the SERVICE is silent (§3.1 of SPARQL
// 1.1 Federated Query).
func (s *service) failed(err error, in *rows) error {
	if !s.n.Silent || s.q.ctx.Err() != nil || errors.Is(err, graph.ErrLimit) && s.q.budget.used.Load() > s.q.budget.max && s.q.budget.max > 0 {
		return err
	}
	table := newRows(len(s.vars()), s.q.budget)
	table.n = 1
	for i := range table.cols {
		table.cols[i] = []graph.ID{graph.Any}
	}
	s.pending = append(s.pending, servicePart{rows: in, table: table})
	return nil
}

// ask sends the request for some rows.
func (s *service) ask(endpoint rdf.IRI, in *rows) error {
	if s.q.opts.Service == nil {
		return s.failed(fmt.Errorf("SERVICE is switched off: %w", graph.ErrBadRequest), in)
	}
	values, err := s.values(in)
	if err != nil {
		return err
	}
	table, err := s.answer(endpoint, "SELECT * WHERE {\n"+s.n.Pattern.Query+"\n"+values+"}")
	if err != nil {
		return s.failed(fmt.Errorf("SERVICE %s: %w", endpoint, err), in)
	}
	s.pending = append(s.pending, servicePart{rows: in, table: table})
	return nil
}

func (s *service) answer(endpoint rdf.IRI, query string) (*rows, error) {
	sols, err := s.q.opts.Service.Query(s.q.ctx, endpoint, query)
	if err != nil {
		return nil, err
	}
	defer sols.Close()
	vars := s.vars()
	table := newRows(len(vars), s.q.budget)
	from := make([]int, len(vars))
	for i, v := range vars {
		from[i] = columnOf(sols.Vars(), v)
	}
	blank := graph.NewBlankNamer()
	for {
		if err := s.q.ctx.Err(); err != nil {
			return nil, err
		}
		row, ok, err := sols.Next()
		if err != nil {
			table.release()
			return nil, err
		}
		if !ok {
			return table, nil
		}
		if err := table.grow(1); err != nil {
			return nil, err
		}
		for i, c := range from {
			id := graph.Any
			if c >= 0 && row[c] != nil {
				if id, err = s.q.Terms.ID(blank.Term(row[c])); err != nil {
					return nil, err
				}
			}
			table.cols[i] = append(table.cols[i], id)
		}
		table.n++
	}
}

// values returns a VALUES clause with the distinct bindings of in for the
// variables of the pattern, "" when there is nothing useful to send.
func (s *service) values(in *rows) (string, error) {
	vars := s.inputVars()
	var cols []int
	var send []algebra.Var
next:
	for _, v := range s.vars() {
		c := columnOf(vars, v)
		if c < 0 || v.IsBlank() || v.IsInternal() {
			continue
		}
		for _, id := range in.cols[c] {
			if id == graph.Any {
				continue next // UNDEF would match anything: leave the variable out
			}
			t, err := s.q.Terms.Term(id)
			if err != nil {
				return "", err
			}
			if hasBlank(t) {
				continue next
			}
		}
		cols, send = append(cols, c), append(send, v)
	}
	if len(cols) == 0 {
		return "", nil
	}
	var b strings.Builder
	b.WriteString("VALUES (")
	for _, v := range send {
		b.WriteString(" ?" + string(v))
	}
	b.WriteString(" ) {\n")
	done := newSeen(len(cols))
	key := make([]graph.ID, len(cols))
	for i := range in.n {
		for k, c := range cols {
			key[k] = in.cols[c][i]
		}
		if !done.add(key) {
			continue
		}
		b.WriteString("(")
		for _, id := range key {
			t, err := s.q.Terms.Term(id)
			if err != nil {
				return "", err
			}
			b.WriteString(" " + t.String())
		}
		b.WriteString(" )\n")
	}
	b.WriteString("}\n")
	return b.String(), nil
}

func hasBlank(t rdf.Term) bool {
	switch t := t.(type) {
	case rdf.BlankNode:
		return true
	case rdf.Triple:
		return hasBlank(t.Subject) || hasBlank(t.Object)
	}
	return false
}

func (s *service) close() {
	if s.in != nil {
		s.in.close()
	}
	if s.chunk != nil {
		s.chunk.release()
	}
	for _, p := range s.pending {
		p.rows.release()
		p.table.release()
	}
	s.pending = nil
}
