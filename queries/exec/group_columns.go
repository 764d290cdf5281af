package exec

import (
	"bytes"
	"cmp"
	"math"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// A batch is grouped by the column where no expression is volatile: first the
// group of each row, then aggregate by aggregate. SUM, AVG, MIN and MAX of
// numbers, and MIN and MAX of terms whose ids are in their order, are kept in
// tallies, which go over to the accumulator of the group when a value of another
// kind comes, and in the end; so values are taken in in their order.

// tally is what one group has taken in for one aggregate and not given to its
// accumulator yet.
type tally struct {
	n    int64
	v    int64 // the sum, or the extreme so far
	kind numberKind
	id   graph.ID // the extreme so far where kind is noNumber
	// settled is set once the accumulator has taken in something, and single once
	// that was a double or what columns do not have: rounding depends on the order
	// of additions, so that all further values of a sum go there one by one, as do
	// doubles once it has taken in anything.
	settled, single bool
	text            *textExtreme // the extreme so far where kind is noNumber and id is Any
}

// byColumns reports whether batches may be grouped by the column, and prepares
// the aggregates for that.
func (g *group) byColumns() bool {
	g.vectors = g.q.vectors(g.vars)
	for k, key := range g.n.Keys {
		if plan.Volatile(key.Expr) {
			return false
		}
		var f numeric
		var t textual
		if g.keyCols[k] < 0 {
			if f = g.vectors.computedNumber(key.Expr); f == nil {
				t = g.vectors.computedString(key.Expr)
			}
		}
		g.keyNumbers, g.keyTexts = append(g.keyNumbers, f), append(g.keyTexts, t)
		g.keyIDs = append(g.keyIDs, stringIDs{q: g.q})
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
		case "COUNT":
			if a.def.Distinct && a.col < 0 {
				a.texts = g.vectors.computedString(arg)
			}
		case "SUM", "AVG", "MIN", "MAX":
			if a.def.Distinct {
				break
			}
			switch {
			case a.def.Name == "SUM" || a.def.Name == "AVG":
				a.numbers = g.vectors.numeric(arg)
			case a.col >= 0:
				a.byID = true
			default:
				if a.numbers = g.vectors.computedNumber(arg); a.numbers == nil {
					a.texts = g.vectors.computedString(arg)
				}
			}
		}
	}
	return true
}

// addColumns adds the rows of b to their groups.
func (g *group) addColumns(b *Batch, key []graph.ID) error {
	g.vectors.begin()
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
		case a.byID:
			if err := g.addExtremes(b, k, a); err != nil {
				return err
			}
		case a.texts != nil:
			if err := g.addTexts(b, k, a); err != nil {
				return err
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
	keys, texts := make([]*numbers, len(g.keys)), make([]*textColumn, len(g.keys))
	for k, f := range g.keyTexts {
		if f != nil {
			var err error
			if texts[k], err = f(b); err != nil {
				return err
			}
		}
	}
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
			} else if t := texts[k]; t != nil && t.kind[i] != noString {
				var err error
				if id, err = g.keyIDs[k].id(t.kind[i], t.text[i]); err != nil {
					return err
				}
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
		kind, v := n.at(i), n.v[i]
		if kind == noNumber {
			if err := g.settle(at); err != nil {
				return err
			}
			if err := g.add(at, a, b, i); err != nil {
				return err
			}
			g.tallies[at].single = true
			continue
		}
		t := &g.tallies[at]
		if t.n > 0 && t.kind != kind {
			if err := g.settle(at); err != nil {
				return err
			}
		}
		if sums && (t.single || t.settled && kind == isDouble) {
			t.single = true
			if err := expr.AddSum(g.accs[at], kind.value(v), 1); err != nil {
				return err
			}
			continue
		}
		if t.n == 0 {
			*t = tally{n: 1, v: v, kind: kind, settled: t.settled, single: t.single}
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

// addExtremes adds a column to the tallies of aggregate k, MIN or MAX, by ids.
func (g *group) addExtremes(b *Batch, k int, a *aggregate) error {
	want := -1
	if a.def.Name == "MAX" {
		want = 1
	}
	for i, group := range g.rowGroup {
		if group < 0 {
			continue
		}
		at := int(group)*len(g.aggs) + k
		id, t := b.Cols[a.col][i], &g.tallies[at]
		_, ok := g.q.order(id, id)
		if ok && t.n > 0 {
			if c, ok := g.q.order(id, t.id); ok {
				if c == want {
					t.id = id
				}
				continue
			}
			if err := g.settle(at); err != nil {
				return err
			}
		}
		if ok {
			*t = tally{n: 1, id: id}
			continue
		}
		if err := g.settle(at); err != nil {
			return err
		}
		if err := g.add(at, a, b, i); err != nil {
			return err
		}
	}
	return nil
}

// order compares two terms as ORDER BY does where their ids tell: values in them,
// and IRIs and strings that the dictionary has in order.
func (q *Query) order(x, y graph.ID) (c int, ok bool) {
	if c, ok = graph.CompareInline(x, y); ok {
		return c, true
	}
	tag := x.Tag()
	if tag != y.Tag() || tag != graph.TagIRI && tag != graph.TagString {
		return 0, false
	}
	bound := q.sorted[tag>>60]
	if bound == 0 {
		bound = q.snap.SortedBelow(tag)
		q.sorted[tag>>60] = bound
	}
	return cmp.Compare(x, y), x < bound && y < bound
}

// textExtreme is the first or last string of a group.
type textExtreme struct {
	kind stringKind
	text []byte
}

// addTexts adds a column of strings to aggregate k: MIN, MAX, or a DISTINCT one.
func (g *group) addTexts(b *Batch, k int, a *aggregate) error {
	col, err := a.texts(b)
	if err != nil {
		return err
	}
	want := -1
	if a.def.Name == "MAX" {
		want = 1
	}
	for i, group := range g.rowGroup {
		if group < 0 {
			continue
		}
		at := int(group)*len(g.aggs) + k
		kind, text := col.kind[i], col.text[i]
		switch t := &g.tallies[at]; {
		case kind == noString:
			if err := g.settle(at); err != nil {
				return err
			}
			if err := g.add(at, a, b, i); err != nil {
				return err
			}
		case a.def.Distinct:
			isNew, err := g.addToSet(at, kind, text)
			if err != nil {
				return err
			}
			if isNew {
				if err := g.accs[at].Add(expr.Bool(true)); err != nil { // COUNT: any value does
					return err
				}
			}
		case t.n > 0 && t.text.kind == kind:
			if bytes.Compare(text, t.text.text) == want {
				t.text.text = append(t.text.text[:0], text...)
			}
		default:
			if err := g.settle(at); err != nil {
				return err
			}
			*t = tally{n: 1, text: &textExtreme{kind, bytes.Clone(text)}}
		}
	}
	return nil
}

// addToSet adds a string to the set of a DISTINCT aggregate and reports whether it
// is new there.
func (g *group) addToSet(at int, kind stringKind, text []byte) (bool, error) {
	if _, isNew := g.textSets[at].index(g.q.tags.folded[kind], text); !isNew {
		return false, nil
	}
	return true, g.took(int64(len(text) + 24))
}

// settle gives what a tally holds to its accumulator.
func (g *group) settle(at int) error {
	t := &g.tallies[at]
	if t.n == 0 {
		return nil
	}
	held := *t
	*t = tally{settled: true, single: held.single || held.kind == isDouble}
	if held.text != nil {
		return g.q.addText(g.accs[at], held.text.kind, held.text.text)
	}
	if held.kind == noNumber {
		v, err := g.q.Terms.Value(held.id)
		if err != nil {
			return err
		}
		return g.accs[at].Add(v)
	}
	v := held.kind.value(held.v)
	switch g.aggs[at%len(g.aggs)].def.Name {
	case "SUM", "AVG":
		return expr.AddSum(g.accs[at], v, held.n)
	}
	return g.accs[at].Add(v)
}
