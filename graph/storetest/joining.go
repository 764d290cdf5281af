package storetest

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Joining returns g with snapshots that implement [graph.Joiner] in the plainest
// way, by nested loops over all quads. It takes every hint at its word, so that
// a hint that leaves out a wanted solution is found out.
func Joining(g graph.Graph) graph.Graph { return joining{g} }

type joining struct{ graph.Graph }

// Snapshot implements graph.Graph.
func (j joining) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	s, err := j.Graph.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return joiner{s}, nil
}

type joiner struct{ graph.Snapshot }

// Joins implements graph.Joiner.
func (joiner) Joins(context.Context, *graph.Join) (float64, bool) { return 10, true }

// Join implements graph.Joiner.
func (s joiner) Join(ctx context.Context, j *graph.Join) (graph.Solutions, error) {
	out := &solutions{cols: make([][]graph.ID, len(j.Columns))}
	vars := make(map[int]graph.ID)
	var match func(i int) error
	match = func(i int) error {
		if i == len(j.Patterns) {
			if ok, err := s.admits(j, vars); !ok || err != nil {
				return err
			}
			for c, v := range j.Columns {
				out.cols[c] = append(out.cols[c], vars[v])
			}
			out.n++
			return nil
		}
		return s.each(ctx, &j.Patterns[i], vars, func() error { return match(i + 1) })
	}
	return out, match(0)
}

// each calls f with vars bound by each match of a pattern.
func (s joiner) each(ctx context.Context, p *graph.JoinPattern, vars map[int]graph.ID, f func() error) error {
	cur, err := s.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		return err
	}
	defer cur.Close()
	var last [3]graph.ID
	for b := cur.Next(); b != nil; b = cur.Next() {
	rows:
		for i := range b.N {
			q := [4]graph.ID{b.Cols[0][i], b.Cols[1][i], b.Cols[2][i], b.Cols[3][i]}
			switch {
			case p.Graph.IDs != nil && !slices.Contains(p.Graph.IDs, q[3]),
				p.Graph.IDs == nil && !p.Graph.Merge && q[3] == graph.DefaultGraph,
				p.Graph.Merge && last == [3]graph.ID(q[:3]):
				continue
			}
			last = [3]graph.ID(q[:3])
			var bound []int
			for c, t := range []graph.JoinTerm{p.S, p.P, p.O, {Var: p.Graph.Var, ID: q[3]}} {
				have, known := t.ID, t.Var == 0
				if t.Var != 0 {
					have, known = vars[t.Var]
				}
				if !known {
					vars[t.Var] = q[c]
					bound = append(bound, t.Var)
				} else if have != q[c] {
					unbind(vars, bound)
					continue rows
				}
			}
			err := f()
			unbind(vars, bound)
			if err != nil {
				return err
			}
		}
	}
	return cur.Err()
}

func unbind(vars map[int]graph.ID, bound []int) {
	for _, v := range bound {
		delete(vars, v)
	}
}

// admits reports whether the hints of j admit a solution.
func (s joiner) admits(j *graph.Join, vars map[int]graph.ID) (bool, error) {
	for _, a := range j.Among {
		if !slices.Contains(a.IDs, vars[a.Var]) {
			return false, nil
		}
	}
	for _, c := range j.Conds {
		t, err := s.Term(vars[c.Var])
		if err != nil {
			return false, err
		}
		if !meets(t, c) {
			return false, nil
		}
	}
	return true, nil
}

func meets(t rdf.Term, c graph.JoinCond) bool {
	l, isLiteral := t.(rdf.Literal)
	if c.Op <= graph.EqualTo {
		f, err := strconv.ParseFloat(strings.TrimSpace(l.Lexical), 64)
		if !isLiteral || l.IsSimple() || l.Lang != "" || err != nil || math.IsNaN(f) {
			return false
		}
		switch c.Op {
		case graph.AtMost:
			return f <= c.Number
		case graph.AtLeast:
			return f >= c.Number
		default:
			return f == c.Number
		}
	}
	text := l.Lexical
	if i, ok := t.(rdf.IRI); ok {
		text = string(i)
	}
	switch c.Op {
	case graph.Contains:
		return strings.Contains(text, c.Text)
	case graph.StartsWith:
		return strings.HasPrefix(text, c.Text)
	default:
		return strings.HasSuffix(text, c.Text)
	}
}

// solutions are all solutions at once.
type solutions struct {
	cols  [][]graph.ID
	n     int
	given bool
}

// Next implements graph.Solutions.
func (s *solutions) Next() ([][]graph.ID, int) {
	if s.given {
		return nil, 0
	}
	s.given = true
	return s.cols, s.n
}

// Err implements graph.Solutions.
func (s *solutions) Err() error { return nil }

// Close implements graph.Solutions.
func (s *solutions) Close() error { return nil }
