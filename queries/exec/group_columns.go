package exec

import (
	"math"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// A batch is grouped by the column where no expression is volatile: first the
// group of each row, then aggregate by aggregate. SUM, AVG, MIN and MAX of
// numbers that ids hold are kept in tallies, which go over to the accumulator of
// the group when a value of another kind comes, and in the end; so values are
// taken in in their order.

// tally is what one group has taken in for one aggregate and not given to its
// accumulator yet.
type tally struct {
	n    int64
	v    int64    // the sum, or the extreme so far
	id   graph.ID // of the extreme, Any when it was computed
	kind numberKind
}

// byColumns reports whether batches may be grouped by the column, and prepares
// the aggregates for that.
func (g *group) byColumns() bool {
	for k, key := range g.n.Keys {
		if plan.Volatile(key.Expr) {
			return false
		}
		var f numeric
		if g.keyCols[k] < 0 {
			f = g.q.numeric(key.Expr, g.vars)
		}
		g.keyNumbers = append(g.keyNumbers, f)
	}
	for k := range g.aggs {
		a := &g.aggs[k]
		arg := g.n.Aggregates[k].Aggregate.Arg
		if arg == nil {
			continue
		}
		if plan.Volatile(arg) {
			return false
		}
		switch a.def.Name {
		case "SUM", "AVG", "MIN", "MAX":
			if !a.def.Distinct {
				a.numbers = g.q.numeric(arg, g.vars)
			}
		}
	}
	return true
}

// addColumns adds the rows of b to their groups.
func (g *group) addColumns(b *Batch, key []graph.ID) error {
	if len(g.keys) > 0 {
		if err := g.groupsOf(b, key); err != nil {
			return err
		}
	} else {
		g.rowGroup = g.rowGroup[:0]
		for range b.N {
			g.rowGroup = append(g.rowGroup, 0)
		}
	}
	for k := range g.aggs {
		a := &g.aggs[k]
		switch {
		case a.count && !a.def.Distinct && !a.ordered:
			for i, at := range g.rowGroup {
				if at >= 0 && (a.col < 0 || b.Cols[a.col][i] != graph.Any) {
					g.counts[int(at)*len(g.aggs)+k] += b.weight(i)
				}
			}
		case a.numbers != nil:
			if err := g.addNumbers(b, k, a); err != nil {
				return err
			}
		default:
			for i, at := range g.rowGroup {
				if at < 0 {
					continue
				}
				if err := g.add(int(at)*len(g.aggs)+k, a, b, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// groupsOf finds the group of each row, -1 for rows that have been put off.
func (g *group) groupsOf(b *Batch, key []graph.ID) error {
	g.rowGroup = g.rowGroup[:0]
	keys := make([]*numbers, len(g.keys))
	for k, f := range g.keyNumbers {
		if f != nil {
			var err error
			if keys[k], err = f(b); err != nil {
				return err
			}
		}
	}
	last := -1
	for i := range b.N {
		same := last >= 0
		for k, f := range g.keys {
			id := graph.Any
			if c := g.keyCols[k]; c >= 0 {
				id = b.Cols[c][i]
			} else if n, ok := keys[k].id(i); ok {
				id = n
			} else {
				v, err := f(b, i)
				if expr.Fatal(err) {
					return err
				}
				if err == nil { // an error leaves the key unbound
					if id, err = g.q.Terms.ValueID(v); err != nil {
						return err
					}
				}
			}
			same = same && key[k] == id
			key[k] = id
		}
		if !same {
			at, ok, err := g.groupOf(b, i, key)
			if err != nil {
				return err
			}
			if last = at; !ok {
				last = -1
			}
		}
		g.rowGroup = append(g.rowGroup, int32(last))
	}
	return nil
}

// addNumbers adds a column of numbers to the tallies of aggregate k.
func (g *group) addNumbers(b *Batch, k int, a *aggregate) error {
	n, err := a.numbers(b)
	if err != nil {
		return err
	}
	sums := a.def.Name == "SUM" || a.def.Name == "AVG"
	largest := a.def.Name == "MAX"
	for i, group := range g.rowGroup {
		if group < 0 {
			continue
		}
		at := int(group)*len(g.aggs) + k
		kind, v := n.kind[i], n.v[i]
		if kind == noNumber || kind == isDay {
			if err := g.settle(at); err != nil {
				return err
			}
			if err := g.add(at, a, b, i); err != nil {
				return err
			}
			continue
		}
		t := &g.tallies[at]
		if t.n > 0 && t.kind != kind {
			if err := g.settle(at); err != nil {
				return err
			}
		}
		if t.n == 0 {
			*t = tally{n: 1, v: v, kind: kind}
			if a.col >= 0 {
				t.id = b.Cols[a.col][i]
			}
			continue
		}
		if !sums {
			t.n++
			better := kind.less(v, t.v)
			if largest {
				better = kind.less(t.v, v)
			}
			if better {
				t.v = v
				if a.col >= 0 {
					t.id = b.Cols[a.col][i]
				}
			}
			continue
		}
		sum, ok := add(t.v, v)
		if kind == isDouble {
			sum, ok = int64(math.Float64bits(math.Float64frombits(uint64(t.v))+math.Float64frombits(uint64(v)))), true
		}
		if !ok {
			if err := g.settle(at); err != nil {
				return err
			}
			sum = v
		}
		t.v, t.kind = sum, kind
		t.n++
	}
	return nil
}

// settle gives what a tally holds to its accumulator.
func (g *group) settle(at int) error {
	t := &g.tallies[at]
	if t.n == 0 {
		return nil
	}
	n, v := t.n, t.kind.value(t.v)
	id := t.id
	*t = tally{}
	switch g.aggs[at%len(g.aggs)].def.Name {
	case "SUM", "AVG":
		return expr.AddSum(g.accs[at], v, n)
	}
	if id != graph.Any {
		var err error
		if v, err = g.q.Terms.Value(id); err != nil {
			return err
		}
	}
	return g.accs[at].Add(v)
}
