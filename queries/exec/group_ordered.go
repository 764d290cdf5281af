package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// Where rows with equal keys follow one another, a group is over when the next one
// begins. No table is needed to find groups again, and those that are over come
// out before the rest of the input is read, so that few are held at a time.

// together reports whether rows of in with equal keys are neighbours: when the
// keys, in any order, are what rows ascend by first.
func together(in *plan.Props, keys []algebra.GroupKey) bool {
	if len(keys) == 0 || len(in.Sorted) < len(keys) {
		return false
	}
	seen := plan.VarSet{}
	for _, k := range keys {
		v, ok := k.Expr.(algebra.VarExpr)
		if !ok || seen[v.Var] {
			return false
		}
		seen[v.Var] = true
	}
	for _, v := range in.Sorted[:len(keys)] {
		if !seen[v] {
			return false
		}
	}
	return true
}

// follow returns the number of the last row, adding key as one if it is another.
// A set that was made so finds nothing else.
func (s *seen) follow(key []graph.ID) (int, bool) {
	if s.n > 0 {
		last := s.ids[len(s.ids)-s.width:]
		same := true
		for i, id := range key {
			same = same && last[i] == id
		}
		if same {
			return s.n - 1, false
		}
	}
	s.ids = append(s.ids, key...)
	s.n++
	return s.n - 1, true
}

// leaveBehind lets go of the groups that have come out: all but the last.
func (g *group) leaveBehind() {
	n := g.groups.n - 1
	if n <= 0 {
		return
	}
	s, a := g.groups, len(g.aggs)
	s.ids = s.ids[:copy(s.ids, s.ids[n*s.width:])]
	s.n = 1
	g.counts = g.counts[:copy(g.counts, g.counts[n*a:])]
	if g.values {
		g.accs = g.accs[:copy(g.accs, g.accs[n*a:])]
		g.tallies = g.tallies[:copy(g.tallies, g.tallies[n*a:])]
	}
	if g.distinct {
		g.sets = g.sets[:copy(g.sets, g.sets[n*a:])]
		g.textSets = g.textSets[:copy(g.textSets, g.textSets[n*a:])]
	}
	for k := range g.aggs {
		g.aggs[k].group = k
	}
	size := int64(n) * g.groupSize()
	g.held -= size
	g.made -= size
	g.q.budget.give(size)
	g.at = 0
}
