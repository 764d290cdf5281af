package plan

import (
	"math"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Costs of a TrieJoin, and its bounds: all of its patterns are held in memory,
// and all orders of its variables are looked at.
const (
	costTrieRow  = 3.0 // loading a row
	costTrieStep = 2.0 // a value tried
	maxTrieRows  = 1 << 24
	maxTrieVars  = 6
	maxTrieAtoms = 8
)

// edge returns the two variables of a pattern with a constant predicate between
// them, in a single graph.
func (u *unit) edge() (s, o algebra.Var, ok bool) {
	if u.kind != patternUnit || u.active.Kind != GraphOne || u.triple[1].IsVar() {
		return "", "", false
	}
	s, o = u.triple[0].Var, u.triple[2].Var
	return s, o, s != "" && o != "" && s != o
}

// cyclicCore returns the operands that form cycles: patterns between two
// variables each of which at least two of them share. Joined two by two, the
// intermediate results of a cycle can be much larger than its solutions.
func (g *joinGroup) cyclicCore() []int {
	var core []int
	degree := make(map[algebra.Var]int)
	for i, u := range g.units {
		if s, o, ok := u.edge(); ok {
			core = append(core, i)
			degree[s]++
			degree[o]++
		}
	}
	for changed := true; changed; {
		changed = false
		for at, i := range core {
			s, o, _ := g.units[i].edge()
			if degree[s] < 2 || degree[o] < 2 {
				degree[s]--
				degree[o]--
				core = slices.Delete(core, at, at+1)
				changed = true
				break
			}
		}
	}
	if len(core) == 0 {
		return nil
	}
	// One connected part of it.
	s, _, _ := g.units[core[0]].edge()
	reached := Set(s)
	for changed := true; changed; {
		changed = false
		for _, i := range core {
			s, o, _ := g.units[i].edge()
			if reached[s] != reached[o] {
				reached[s], reached[o] = true, true
				changed = true
			}
		}
	}
	core = slices.DeleteFunc(core, func(i int) bool {
		s, _, _ := g.units[i].edge()
		return !reached[s]
	})
	if len(reached) > maxTrieVars || len(core) > maxTrieAtoms {
		return nil
	}
	return core
}

// trieJoin returns the join of the operands of a cyclic core, variable by
// variable in the cheapest order; nil when they are too large.
func (g *joinGroup) trieJoin(core []int) *TrieJoin {
	var units []*unit
	var vars []algebra.Var
	seen := VarSet{}
	reads := make(map[[2]graph.ID]bool)
	total := 0.0
	for _, i := range core {
		u := g.units[i]
		units = append(units, u)
		if read := [2]graph.ID{u.triple[1].ID, u.active.IDs[0]}; !reads[read] {
			reads[read] = true
			total += g.p.unitProps(u).Rows
		}
		for _, v := range u.vars {
			if !seen[v] {
				seen[v] = true
				vars = append(vars, v)
			}
		}
	}
	if total > maxTrieRows {
		return nil
	}
	best := math.Inf(1)
	var order []algebra.Var
	rows := 0.0
	bound := VarSet{}
	var search func(chosen []algebra.Var, size, cost float64)
	search = func(chosen []algebra.Var, size, cost float64) {
		if cost >= best {
			return
		}
		if len(chosen) == len(vars) {
			best, order, rows = cost, slices.Clone(chosen), size
			return
		}
		for _, v := range vars {
			if bound[v] {
				continue
			}
			tried, kept, ok := g.p.trieStep(units, bound, v)
			if !ok {
				continue
			}
			bound[v] = true
			search(append(chosen, v), size*kept, cost+size*tried*costTrieStep)
			delete(bound, v)
		}
	}
	search(nil, 1, total*costTrieRow)
	if order == nil {
		return nil
	}
	j := &TrieJoin{Order: order}
	rank := make(map[algebra.Var]int)
	for i, v := range order {
		rank[v] = i
	}
	for _, u := range units {
		s, o, _ := u.edge()
		want := []algebra.Var{s, o}
		if rank[o] < rank[s] {
			want = []algebra.Var{o, s}
		}
		found := false
		for _, n := range g.p.scans(u) {
			if scan := n.(*Scan); slices.Equal(scan.Sorted, want) {
				scan.Vars = want
				j.Atoms = append(j.Atoms, scan)
				found = true
				break
			}
		}
		if !found {
			return nil
		}
	}
	j.Vars, j.Certain, j.Sorted, j.Unique = order, Set(order...), order, true
	j.Rows = max(1, rows)
	j.Cost = g.p.jitter(best + rows*costOut)
	j.Distinct = make(map[algebra.Var]float64)
	for _, v := range order {
		for _, u := range units {
			if d := g.p.unitProps(u).distinct(v); u.sure[v] && (j.Distinct[v] == 0 || d < j.Distinct[v]) {
				j.Distinct[v] = min(d, j.Rows)
			}
		}
	}
	return j
}

// trieStep returns about how many values of v are tried, and how many of them
// kept, for one choice of values of the bound variables; false when no pattern
// leads to v from these.
func (p *planner) trieStep(units []*unit, bound VarSet, v algebra.Var) (tried, kept float64, ok bool) {
	tried, kept = math.Inf(1), 1
	domain := math.Inf(1)
	var fans []float64
	for _, u := range units {
		if !u.sure[v] {
			continue
		}
		pr := p.unitProps(u)
		domain = min(domain, pr.distinct(v))
		s, o, _ := u.edge()
		other := s
		if other == v {
			other = o
		}
		if bound[other] {
			fans = append(fans, pr.Rows/pr.distinct(other))
		}
	}
	if len(bound) == 0 {
		return domain, domain, true
	}
	for _, f := range fans {
		tried = min(tried, max(1, f))
		kept *= f / domain
	}
	return tried, kept * domain, len(fans) > 0
}

// withTrie returns the cheaper of best and a plan in which the cyclic core of
// the group is joined variable by variable.
//
// Counter-example: a path has no core; and the patterns of GRAPH ?g are joined
// two by two, as a third variable would be in each of them.
func (g *joinGroup) withTrie(best Node) (Node, error) {
	if best == nil || !g.p.allowed(ruleTrieJoin) {
		return best, nil
	}
	core := g.cyclicCore()
	if core == nil {
		return best, nil
	}
	trie := g.trieJoin(core)
	if trie == nil || trie.Cost >= best.Properties().Cost {
		return best, nil
	}
	rest := &joinGroup{p: g.p, active: g.active, filters: g.filters}
	for i, u := range g.units {
		if !slices.Contains(core, i) {
			rest.units = append(rest.units, u)
		}
	}
	rest.units = append(rest.units, &unit{kind: nodeUnit, vars: trie.Vars, sure: trie.Certain, node: trie})
	n, err := rest.joined()
	if err != nil || n == nil || n.Properties().Cost >= best.Properties().Cost {
		return best, nil
	}
	return n, nil
}
