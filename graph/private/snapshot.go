package private

import (
	"context"
	"weak"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// snapshot is a snapshot without its hidden graphs, of which there is at least
// one. Version, Term and Close are those of the whole: the ids that a reader can
// ask with come from what she was shown. What a snapshot may offer beyond
// graph.Snapshot is offered here only if it tells of given ids alone: a range of
// the dictionary would tell how many hidden terms lie in it.
type snapshot struct {
	graph.Snapshot
	state *state
}

// identity is that of the whole, and of the part of it that is shown.
type identity struct {
	whole any
	state weak.Pointer[state]
}

// Identity implements graph.Identified.
func (s *snapshot) Identity() any {
	if whole := graph.Identity(s.Snapshot); whole != nil {
		return identity{whole, weak.Make(s.state)}
	}
	return nil
}

// SortedBelow implements graph.Snapshot: nothing is said of the order of the
// dictionary, so that nobody looks for ranges in it.
func (s *snapshot) SortedBelow(tag graph.ID) graph.ID { return tag.Tag() }

// TextReader implements graph.TextSource.
func (s *snapshot) TextReader() graph.TextReader { return graph.NewTextReader(s.Snapshot) }

// Lookup implements graph.Snapshot. A term that visible quads do not hold, not
// even within a triple term, is not found.
func (s *snapshot) Lookup(t rdf.Term) (graph.ID, bool, error) {
	id, ok, err := s.Snapshot.Lookup(t)
	if err != nil || !ok || id.IsInline() {
		return id, ok, err
	}
	if ok, err = s.visible(id); err != nil || !ok {
		return 0, false, err
	}
	return id, true, nil
}

// visible reports whether a visible quad holds a term.
func (s *snapshot) visible(id graph.ID) (bool, error) {
	s.state.mu.Lock()
	found, known := s.state.known[id]
	s.state.mu.Unlock()
	if known {
		return found, nil
	}
	patterns := []graph.Pattern{{S: id}, {O: id}, {P: id}, {G: id}}
	if id.IsLiteral() {
		patterns = []graph.Pattern{{O: id}, {S: id}, {P: id}, {G: id}} // where Cayley's quads may have one
	}
	for _, p := range patterns {
		n, _, err := s.count(context.Background(), p, 1)
		if err != nil {
			return false, err
		}
		if found = n > 0; found {
			break
		}
	}
	if !found {
		parts, err := s.components()
		if err != nil {
			return false, err
		}
		found = parts[id]
		if !found {
			if found, err = s.recorded(id); err != nil {
				return false, err
			}
		}
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if len(s.state.known) >= knownTerms {
		clear(s.state.known)
	}
	s.state.known[id] = found
	return found, nil
}

// recorded reports whether a term names a visible graph without quads.
func (s *snapshot) recorded(id graph.ID) (found bool, err error) {
	err = s.Graphs(context.Background(), func(g graph.ID) bool {
		found = g == id
		return !found
	})
	return found, err
}

// components returns the ids of what the visible triple terms are made of, at
// any depth. Triple terms follow all others in the order of ids, so only quads
// with one are read, once per version.
func (s *snapshot) components() (map[graph.ID]bool, error) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.state.components != nil {
		return s.state.components, nil
	}
	parts := make(map[graph.ID]bool)
	var add func(t rdf.Term) error
	add = func(t rdf.Term) error {
		triple, ok := t.(rdf.Triple)
		if !ok {
			return nil
		}
		for _, part := range [3]rdf.Term{triple.Subject, triple.Predicate, triple.Object} {
			id, ok, err := s.Snapshot.Lookup(part)
			if err != nil {
				return err
			}
			if ok && !parts[id] {
				parts[id] = true
				if err := add(part); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, o := range []graph.Order{graph.OSPG, graph.SPOG} {
		col := o.Columns()[0]
		c, err := s.Scan(context.Background(), graph.Pattern{}, o, 1<<col)
		if err != nil {
			return nil, err
		}
		c.Seek(graph.TagTriple)
		last := graph.Any
		for b := c.Next(); b != nil && err == nil; b = c.Next() {
			for _, id := range b.Cols[col][:b.N] {
				if id == last || id.Tag() != graph.TagTriple {
					continue
				}
				last = id
				var t rdf.Term
				if t, err = s.Term(id); err == nil {
					err = add(t)
				}
				if err != nil {
					break
				}
			}
		}
		if err == nil {
			err = c.Err()
		}
		if cerr := c.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, err
		}
	}
	s.state.components = parts
	return parts, nil
}

// Scan implements graph.Snapshot.
func (s *snapshot) Scan(ctx context.Context, p graph.Pattern, o graph.Order, cols graph.Columns) (graph.Cursor, error) {
	switch {
	case p.G == graph.Any:
		c, err := s.Snapshot.Scan(ctx, p, o, cols|graph.ColG)
		if err != nil {
			return nil, err
		}
		return newCursor(c, s.state, o, cols), nil
	case s.state.hides(p.G):
		c, err := s.Snapshot.Scan(ctx, p, o, cols) // its errors are those of any graph
		if err != nil {
			return nil, err
		}
		return nothing{c}, nil
	default:
		return s.Snapshot.Scan(ctx, p, o, cols)
	}
}

// Estimate implements graph.Snapshot.
func (s *snapshot) Estimate(p graph.Pattern) (uint64, bool, error) {
	if p.G != graph.Any {
		if s.state.hides(p.G) {
			return 0, true, nil
		}
		n, exact, err := s.Snapshot.Estimate(p)
		if err != nil || exact {
			return n, exact, err
		}
		return s.count(context.Background(), p, countRows)
	}
	if p == (graph.Pattern{}) {
		n, err := s.Len()
		return n, err == nil, err
	}
	n, ok, err := s.subtract(p)
	if err != nil || ok {
		return n, ok, err
	}
	return s.count(context.Background(), p, countRows)
}

// subtract returns the number of visible quads by the directories; ok is false
// when these do not tell.
func (s *snapshot) subtract(p graph.Pattern) (n uint64, ok bool, err error) {
	if len(s.state.hidden) > sumGraphs {
		return 0, false, nil
	}
	n, ok, err = s.Snapshot.Estimate(p)
	for _, g := range s.state.hidden {
		if err != nil || !ok || n == 0 {
			return n, ok, err
		}
		var hidden uint64
		p.G = g
		if hidden, ok, err = s.Snapshot.Estimate(p); hidden > n {
			return 0, false, err
		}
		n -= hidden
	}
	return n, ok, err
}

// count counts visible quads up to a bound; exact tells whether that is all.
func (s *snapshot) count(ctx context.Context, p graph.Pattern, bound uint64) (n uint64, exact bool, err error) {
	order, ok := graph.BestOrder(p)
	onlyGraph := p.G
	if !ok {
		p.G = graph.Any
	} else {
		onlyGraph = graph.Any
	}
	c, err := s.Scan(ctx, p, order, graph.ColG)
	if err != nil {
		return 0, false, err
	}
	defer c.Close()
	for b := c.Next(); b != nil; b = c.Next() {
		if onlyGraph == graph.Any {
			n += uint64(b.N)
		} else {
			for _, g := range b.Cols[graph.G][:b.N] {
				if g == onlyGraph {
					n++
				}
			}
		}
		if n >= bound {
			return bound, false, nil
		}
	}
	return n, true, c.Err()
}

// Len implements graph.Snapshot.
func (s *snapshot) Len() (uint64, error) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.state.quads != nil {
		return *s.state.quads, nil
	}
	n, ok, err := s.subtract(graph.Pattern{})
	if err == nil && !ok {
		n, _, err = s.count(context.Background(), graph.Pattern{}, 1<<63)
	}
	if err == nil {
		s.state.quads = &n
	}
	return n, err
}

// Predicates implements graph.Snapshot.
func (s *snapshot) Predicates(ctx context.Context, f func(graph.ID) bool) error {
	var failed error
	err := s.Snapshot.Predicates(ctx, func(id graph.ID) bool {
		n, _, err := s.Estimate(graph.Pattern{P: id})
		if err != nil {
			failed = err
			return false
		}
		return n == 0 || f(id)
	})
	if err == nil {
		err = failed
	}
	return err
}

// Graphs implements graph.Snapshot.
func (s *snapshot) Graphs(ctx context.Context, f func(graph.ID) bool) error {
	return s.Snapshot.Graphs(ctx, func(id graph.ID) bool { return s.state.hides(id) || f(id) })
}

// PredicateStats implements graph.Snapshot. A predicate that hidden graphs use
// as well has the statistics of a sample of its visible quads.
func (s *snapshot) PredicateStats(predicate graph.ID) (graph.PredicateStats, bool, error) {
	s.state.mu.Lock()
	st, known := s.state.stats[predicate]
	s.state.mu.Unlock()
	if !known {
		var err error
		if st, err = s.sample(predicate); err != nil {
			return graph.PredicateStats{}, false, err
		}
		s.state.mu.Lock()
		s.state.stats[predicate] = st
		s.state.mu.Unlock()
	}
	if st == nil {
		return graph.PredicateStats{}, false, nil
	}
	return *st, true, nil
}

func (s *snapshot) sample(predicate graph.ID) (*graph.PredicateStats, error) {
	p := graph.Pattern{P: predicate}
	quads, _, err := s.Estimate(p)
	if err != nil || quads == 0 {
		return nil, err
	}
	all, exact, err := s.Snapshot.Estimate(p)
	if err != nil {
		return nil, err
	}
	if exact && all == quads {
		st, _, err := s.Snapshot.PredicateStats(predicate)
		return &st, err
	}
	st := &graph.PredicateStats{Quads: quads}
	if st.DistinctSubjects, err = s.distinct(p, graph.PSOG, graph.S, quads); err != nil {
		return nil, err
	}
	st.DistinctObjects, err = s.distinct(p, graph.POSG, graph.O, quads)
	return st, err
}

// distinct returns about how many values a column has, by those among the first
// rows of an order that it ascends in.
func (s *snapshot) distinct(p graph.Pattern, o graph.Order, col graph.Column, quads uint64) (uint64, error) {
	c, err := s.Scan(context.Background(), p, o, 1<<col)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	rows, values, last := uint64(0), uint64(0), graph.Any
	for b := c.Next(); b != nil; b = c.Next() {
		for _, id := range b.Cols[col][:b.N] {
			if id != last {
				last = id
				values++
			}
			if rows++; rows == sampleRows {
				return max(1, values*quads/rows), nil
			}
		}
	}
	return max(1, values), c.Err()
}
