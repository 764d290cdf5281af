package exec

import (
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// group computes GROUP BY and the aggregates. Groups come out in the order in
// which they were first met, as long as they fit in memory; see group_spill.go.
type group struct {
	q          *Query
	n          *plan.Group
	in         operator
	keys       []evaluator
	keyCols    []int // keys that are columns, else -1
	aggs       []aggregate
	width      int // columns of in
	groups     *seen
	accs       []expr.Accumulator // by group, then aggregate; nil for counts
	counts     []int64            // likewise
	sets       []*seen            // of DISTINCT aggregates, likewise
	values     bool               // an aggregate is no count: there are accs and tallies
	distinct   bool               // there are sets
	held       int64
	made       int64 // of held, for the groups themselves
	sizes      int64
	grows      bool  // an aggregate holds more the more it has seen
	totals     bool  // nothing but COUNT(*) and COUNT(?x) over everything
	runs       bool  // a column is the key, and rows of groups are counted
	bound      []int // by aggregate: the column that has to be bound for a row to count, else -1
	steps      bool  // nothing but one ordered aggregate over everything
	columns    bool  // batches are grouped by the column
	inOrder    bool  // rows of a group follow one another, see group_ordered.go
	vars       []algebra.Var
	tallies    []tally // by group, then aggregate
	rowGroup   []int32 // of the rows of a batch
	vectors    *vectors
	keyNumbers []numeric // keys that are computed by the column, else nil
	keyTexts   []textual // likewise
	keyIDs     []stringIDs
	textSets   []*textTable // of DISTINCT aggregates: the strings, by group, then aggregate
	loaded     bool
	at         int
	solution   uint64
	out        builder

	file  *spillFile
	parts *partitions    // once memory was short: rows of groups not in memory
	todo  []groupPending // partitions still to be grouped
	level int            // of the partition that is being grouped
}

type aggregate struct {
	def   algebra.Aggregate
	count bool      // COUNT, of rows or of a column: no value is needed
	eval  evaluator // nil: COUNT(*)
	col   int       // argument that is a column, else -1
	all   []int     // columns of COUNT(DISTINCT *)
	// ordered is set for COUNT(DISTINCT ?x) when groups follow one another and
	// ?x ascends in each, so that the last one is all that need be remembered.
	ordered bool
	last    graph.ID
	group   int
	numbers numeric // the argument, where it is computed by the column
	byID    bool    // MIN or MAX of a column, by ids
	texts   textual // the argument, likewise
}

// ascends reports whether rows of in with equal keys are neighbours and ascend
// by v.
func ascends(in *plan.Props, keys []algebra.GroupKey, v algebra.Var) bool {
	if len(in.Sorted) <= len(keys) || in.Sorted[len(keys)] != v {
		return false
	}
	for _, s := range in.Sorted[:len(keys)] {
		found := false
		for _, k := range keys {
			e, ok := k.Expr.(algebra.VarExpr)
			found = found || ok && e.Var == s
		}
		if !found {
			return false
		}
	}
	return true
}

func (q *Query) group(n *plan.Group, in operator) (operator, error) {
	g := &group{q: q, n: n, in: in, groups: newSeen(len(n.Keys)), out: newBuilder(len(n.Vars))}
	q.chains++
	g.solution = q.chains << 40
	vars := n.Input.Properties().Vars
	distinctFirst := q.distinctFirst(n)
	if distinctFirst != nil {
		p := &plan.Project{Input: n.Input}
		p.Props = *n.Input.Properties()
		p.Vars, vars = distinctFirst, distinctFirst
		var err error
		if g.in, err = q.project(p, in); err != nil {
			return nil, err
		}
		if g.in, err = q.distinct(&plan.Distinct{Input: p, Props: p.Props}, g.in); err != nil {
			return nil, err
		}
	}
	g.width = len(vars)
	for _, k := range n.Keys {
		col := -1
		if v, ok := k.Expr.(algebra.VarExpr); ok {
			col = columnOf(vars, v.Var)
		}
		f, err := q.compile(k.Expr, vars, n.Active)
		if err != nil {
			return nil, err
		}
		g.keys, g.keyCols = append(g.keys, f), append(g.keyCols, col)
	}
	for _, b := range n.Aggregates {
		a := aggregate{def: b.Aggregate, col: -1}
		if distinctFirst != nil {
			a.def.Distinct = false
		}
		if b.Aggregate.Arg == nil {
			for i, v := range vars {
				if !v.IsBlank() && !v.IsInternal() {
					a.all = append(a.all, i)
				}
			}
		} else {
			if v, ok := b.Aggregate.Arg.(algebra.VarExpr); ok {
				a.col = columnOf(vars, v.Var)
			}
			f, err := q.compile(b.Aggregate.Arg, vars, n.Active)
			if err != nil {
				return nil, err
			}
			a.eval = f
		}
		if expr.NewAccumulator(q.expr, a.def) == nil {
			return nil, fmt.Errorf("no aggregate %s: %w", a.def.Name, graph.ErrBadRequest)
		}
		a.count = a.def.Name == "COUNT" && (a.eval == nil || a.col >= 0)
		if a.count && a.def.Distinct && a.col >= 0 {
			a.ordered = ascends(n.Input.Properties(), n.Keys, vars[a.col])
		}
		g.grows = g.grows || a.def.Name == "GROUP_CONCAT"
		g.values = g.values || !a.count
		g.distinct = g.distinct || a.def.Distinct && !a.ordered
		g.aggs = append(g.aggs, a)
	}
	counts := true // rows alone
	for _, a := range g.aggs {
		rows := a.eval == nil || a.col >= 0 && n.Input.Properties().Certain[vars[a.col]]
		counts = counts && a.count && rows && !a.def.Distinct
	}
	g.totals = len(g.keys) == 0
	for k, a := range g.aggs {
		g.totals = g.totals && a.count && !a.def.Distinct
		if a.col >= 0 && n.Input.Properties().Certain[vars[a.col]] {
			g.bound = append(g.bound, -1)
		} else {
			g.bound = append(g.bound, g.aggs[k].col)
		}
	}
	g.runs = counts && len(g.keys) == 1 && g.keyCols[0] >= 0
	g.steps = len(g.keys) == 0 && len(g.aggs) == 1 && g.aggs[0].ordered
	g.vars = vars
	g.columns = !g.grows && g.byColumns()
	g.inOrder = distinctFirst == nil && !g.grows && together(n.Input.Properties(), n.Keys)
	return g, nil
}

// distinctFirst returns the columns that matter when all keys are columns and the
// only aggregate is a DISTINCT one of a column, or of all of them: then the rows are rid of
// duplicates first, in one table that can spill, and not in a set for each group.
// It returns nil otherwise.
func (q *Query) distinctFirst(n *plan.Group) []algebra.Var {
	if len(n.Aggregates) != 1 || !n.Aggregates[0].Aggregate.Distinct {
		return nil
	}
	in := n.Input.Properties()
	var exprs []algebra.Expr
	if arg := n.Aggregates[0].Aggregate.Arg; arg != nil {
		exprs = append(exprs, arg)
	} else {
		for _, v := range in.Vars {
			if !v.IsBlank() && !v.IsInternal() {
				exprs = append(exprs, algebra.VarExpr{Var: v})
			}
		}
	}
	if len(exprs) == 0 {
		return nil
	}
	var out []algebra.Var
	for _, k := range n.Keys {
		exprs = append(exprs, k.Expr)
	}
	for _, e := range exprs {
		v, ok := variableOf(e)
		if !ok || in.Column(v) < 0 {
			return nil
		}
		if columnOf(out, v) < 0 {
			out = append(out, v)
		}
	}
	if ascends(in, n.Keys, out[0]) {
		return nil // the last value is all that need be remembered
	}
	return out
}

// newGroup makes room for a group. It is accounted with the others of its batch.
func (g *group) newGroup() {
	for _, a := range g.aggs {
		g.counts = append(g.counts, 0)
		if g.values {
			var acc expr.Accumulator
			if !a.count {
				acc = expr.NewAccumulator(g.q.expr, a.def)
			}
			g.accs = append(g.accs, acc)
			g.tallies = append(g.tallies, tally{})
		}
		if g.distinct {
			var set *seen
			if a.def.Distinct && !a.ordered {
				set = newSeen(max(1, len(a.all)))
			}
			g.sets = append(g.sets, set)
			var texts *textTable
			if set != nil && a.texts != nil {
				texts = &textTable{}
			}
			g.textSets = append(g.textSets, texts)
		}
	}
}

// account takes the memory of groups made since it was last asked.
func (g *group) account() error {
	size := int64(g.groups.n)*g.groupSize() - g.made
	g.made += size
	return g.took(size)
}

// groupSize returns about how many bytes a group takes.
func (g *group) groupSize() int64 { return int64(64 + 8*len(g.keys) + 128*len(g.aggs)) }

// number returns the number of the group of a key, and whether it is new.
func (g *group) number(key []graph.ID) (int, bool) {
	if g.inOrder {
		return g.groups.follow(key)
	}
	return g.groups.index(key)
}

func (g *group) load() error {
	if g.inOrder {
		g.leaveBehind()
	}
	key := make([]graph.ID, len(g.keys))
	if len(g.keys) == 0 { // one group, also over nothing
		g.groups.add(key)
		g.newGroup()
	}
	if g.totals {
		n, err := countColumns(g.in, g.bound)
		copy(g.counts, n)
		g.loaded = err == nil
		return err
	}
	for {
		b, err := g.in.next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if err := g.q.ctx.Err(); err != nil {
			return err
		}
		switch {
		case g.runs:
			err = g.addRuns(b.Cols[g.keyCols[0]][:b.N], b)
		case g.steps:
			g.addSteps(b.Cols[g.aggs[0].col][:b.N])
		case g.columns:
			err = g.addColumns(b, key)
		default:
			err = g.addRows(b, key)
		}
		if err != nil {
			return err
		}
		if err := g.account(); err != nil {
			return err
		}
		if g.inOrder {
			if g.groups.n > batchRows {
				return nil
			}
			continue
		}
		if err := g.relieve(); err != nil {
			return err
		}
	}
	g.loaded = true
	return g.queueParts()
}

// ready returns how many groups are complete.
func (g *group) ready() int {
	if g.loaded {
		return g.groups.n
	}
	return max(0, g.groups.n-1)
}

// addRows adds the rows of b to their groups. key is room for one.
func (g *group) addRows(b *Batch, key []graph.ID) error {
	for i := range b.N {
		g.q.expr.Solution = g.solution
		g.solution++
		at := 0
		if len(key) > 0 {
			for k, f := range g.keys {
				if c := g.keyCols[k]; c >= 0 {
					key[k] = b.Cols[c][i]
					continue
				}
				v, err := f(b, i)
				if expr.Fatal(err) {
					return err
				}
				key[k] = graph.Any // an error leaves the key unbound
				if err == nil {
					if key[k], err = g.q.Terms.ValueID(v); err != nil {
						return err
					}
				}
			}
			var ok bool
			var err error
			if at, ok, err = g.groupOf(b, i, key); err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		for k := range g.aggs {
			if err := g.add(at*len(g.aggs)+k, &g.aggs[k], b, i); err != nil {
				return err
			}
		}
	}
	// What accumulators hold (GROUP_CONCAT) is asked for now and then.
	if g.grows && len(g.accs) <= 1024 {
		size := int64(0)
		for _, a := range g.accs {
			if a != nil {
				size += int64(a.Size())
			}
		}
		if err := g.q.budget.take(size - g.sizes); err != nil {
			return err
		}
		g.sizes = size
	}
	return nil
}

// groupOf returns the group of a row, which is made if need be, and false when
// the row has been put off because memory is short.
func (g *group) groupOf(b *Batch, i int, key []graph.ID) (int, bool, error) {
	if g.parts != nil {
		at, ok := g.groups.find(key)
		if !ok {
			return 0, false, g.putOff(b, i, key)
		}
		return at, true, nil
	}
	at, isNew := g.number(key)
	if isNew {
		g.newGroup()
	}
	return at, true, nil
}

// addRuns counts rows by their key, equal neighbours at once.
func (g *group) addRuns(keys []graph.ID, b *Batch) error {
	for i := 0; i < len(keys); {
		n := i + 1
		for n < len(keys) && keys[n] == keys[i] {
			n++
		}
		at, isNew := g.number(keys[i : i+1])
		if isNew {
			g.newGroup()
		}
		rows := int64(n - i)
		if len(b.Weights) > 0 {
			rows = 0
			for _, w := range b.Weights[i:n] {
				rows += w
			}
		}
		for k := range g.aggs {
			g.counts[at*len(g.aggs)+k] += rows
		}
		i = n
	}
	return nil
}

// addSteps counts the different ids of a column that ascends.
func (g *group) addSteps(ids []graph.ID) {
	a := &g.aggs[0]
	last, n := a.last, int64(0)
	for _, id := range ids {
		if id != last {
			n++
		}
		last = id
	}
	a.last = last
	g.counts[0] += n
}

func (g *group) add(at int, a *aggregate, b *Batch, i int) error {
	var acc expr.Accumulator
	if g.values {
		acc = g.accs[at]
	}
	var set *seen
	if g.distinct {
		set = g.sets[at]
	}
	if a.eval == nil {
		if set != nil {
			var key [16]graph.ID
			row := key[:0]
			for _, c := range a.all {
				row = append(row, b.Cols[c][i])
			}
			if len(row) == 0 {
				row = append(row, graph.Any)
			}
			if !set.add(row) {
				return nil
			}
			g.counts[at]++
			return g.took(int64(8*len(row) + 12))
		}
		g.counts[at] += b.weight(i)
		return nil
	}
	if a.col >= 0 && b.Cols[a.col][i] == graph.Any {
		if !a.count {
			acc.AddError()
		}
		return nil
	}
	if a.ordered {
		if id := b.Cols[a.col][i]; id != a.last || at != a.group {
			a.last, a.group = id, at
			g.counts[at]++
		}
		return nil
	}
	if a.count {
		if set != nil {
			if !set.add(b.Cols[a.col][i : i+1]) {
				return nil
			}
			g.counts[at]++
			return g.took(20)
		}
		g.counts[at] += b.weight(i)
		return nil
	}
	v, err := a.eval(b, i)
	if expr.Fatal(err) {
		return err
	}
	if err != nil || v.IsUnbound() {
		acc.AddError()
		return nil
	}
	if l, ok := isString(v.Term()); ok && set != nil && a.texts != nil {
		kind := g.q.tags.of(l)
		if isNew, err := g.addToSet(at, kind, []byte(l.Lexical)); !isNew || err != nil {
			return err
		}
		return acc.Add(v)
	}
	if set != nil {
		var id graph.ID
		if a.col >= 0 {
			id = b.Cols[a.col][i]
		} else if id, err = g.q.Terms.ValueID(v); err != nil {
			return err
		}
		if !set.add([]graph.ID{id}) {
			return nil
		}
		if err := g.took(20); err != nil {
			return err
		}
	}
	return acc.Add(v)
}

func (g *group) took(n int64) error {
	g.held += n
	return g.q.budget.take(n)
}

func (g *group) next() (*Batch, error) {
	for !g.loaded && g.at >= g.ready() {
		if err := g.load(); err != nil {
			return nil, err
		}
	}
	g.out.reset()
	for g.loaded && g.at >= g.groups.n && len(g.todo) > 0 {
		if err := g.nextPart(); err != nil {
			return nil, err
		}
	}
	for ready := g.ready(); g.at < ready && !g.out.full(); g.at++ {
		for k, id := range g.groups.row(g.at) {
			g.out.Cols[k] = append(g.out.Cols[k], id)
		}
		for k := range g.aggs {
			id, err := g.result(g.at*len(g.aggs)+k, &g.aggs[k])
			if err != nil {
				return nil, err
			}
			c := len(g.keys) + k
			g.out.Cols[c] = append(g.out.Cols[c], id)
		}
		g.out.N++
	}
	if g.out.N == 0 {
		return nil, nil
	}
	return &g.out.Batch, nil
}

// result returns the value of an aggregate, Any for one that is an error.
func (g *group) result(at int, a *aggregate) (graph.ID, error) {
	if a.count {
		if id, ok := graph.IntegerID(g.counts[at]); ok {
			return id, nil
		}
		return g.q.Terms.ValueID(expr.Int(g.counts[at]))
	}
	if err := g.settle(at); err != nil {
		return graph.Any, err
	}
	v, err := g.accs[at].Result()
	if expr.Fatal(err) {
		return graph.Any, err
	}
	if err != nil {
		return graph.Any, nil
	}
	return g.q.Terms.ValueID(v)
}

func (g *group) close() {
	g.in.close()
	g.forget()
	g.file.close()
}
