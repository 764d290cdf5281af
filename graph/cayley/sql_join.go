package cayley

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	csql "github.com/cayleygraph/cayley/graph/sql"

	"github.com/belligraph/belligraph/graph"
)

var _ graph.Joiner = (*foreignView)(nil)

// maxAmong bounds the lists that go into a statement.
const maxAmong = 10_000

// Joins implements [graph.Joiner]. The store must be SQL, say the same as the
// snapshot, and have no value twice: then a term is a hash, the default graph
// is NULL, a solution is a combination of rows, and an equijoin of hashes is the
// join of the algebra, with the same duplicates.
func (v *foreignView) Joins(ctx context.Context, j *graph.Join) (rows float64, ok bool) {
	if v.g.sql == nil || !v.unchanged() || !v.g.distinctTerms(ctx) {
		return 0, false
	}
	st, err := v.g.joinStatement(j)
	if err != nil || st == nil {
		return 0, false
	}
	return v.g.sql.estimate(ctx, st), true
}

// unchanged reports whether the store is what the snapshot shows.
func (v *foreignView) unchanged() bool {
	v.g.mu.RLock()
	defer v.g.mu.RUnlock()
	return len(v.overlay) == 0
}

// distinctTerms reports whether different values of the store are different
// terms.
func (g *Graph) distinctTerms(ctx context.Context) bool {
	g.sqlMu.Lock()
	defer g.sqlMu.Unlock()
	a := &g.sql.aliased
	if a.fresh(time.Now()) {
		return !a.found
	}
	start := time.Now()
	found, err := g.sql.findAliases(ctx)
	if err != nil {
		return false
	}
	*a = aliasCheck{known: true, found: found, at: time.Now(), took: time.Since(start)}
	return !found
}

// forgetTerms makes the next join look for aliases again.
func (g *Graph) forgetTerms() {
	if g.sql == nil {
		return
	}
	g.sqlMu.Lock()
	g.sql.aliased.known = false
	g.sqlMu.Unlock()
}

// Join implements [graph.Joiner]. The statement sees the store as it is when it
// starts, which is while commits wait; afterwards they go on.
func (v *foreignView) Join(ctx context.Context, j *graph.Join) (graph.Solutions, error) {
	st, err := v.g.joinStatement(j)
	if err != nil {
		return nil, err
	}
	v.g.mu.RLock()
	defer v.g.mu.RUnlock()
	if len(v.overlay) > 0 || st == nil {
		return &nestedJoin{ctx: ctx, v: v, j: j, cols: make([][]graph.ID, max(1, len(j.Columns)))}, nil
	}
	rows, err := v.g.sql.query(ctx, st)
	if err != nil {
		return nil, err
	}
	return newHashRows(ctx, v.g.sql, rows, max(1, len(j.Columns))), nil
}

// joinStatement returns the one statement that answers j, nil when there is
// none.
func (g *Graph) joinStatement(j *graph.Join) (*statement, error) {
	b := &joinBuilder{g: g, first: make(map[int]string), st: newStatement("")}
	for i := range j.Patterns {
		if err := b.pattern(i, &j.Patterns[i]); err != nil {
			return nil, err
		}
	}
	for _, a := range j.Among {
		if err := b.among(a); err != nil {
			return nil, err
		}
	}
	for i, c := range j.Conds {
		b.cond(i, c)
	}
	columns := make([]string, 0, len(j.Columns))
	for _, v := range j.Columns {
		column, ok := b.first[v]
		if !ok {
			return nil, fmt.Errorf("cayley: variable %d of a join is in none of its patterns", v)
		}
		columns = append(columns, column)
	}
	if len(columns) == 0 {
		columns = []string{"NULL::bytea"}
	}
	b.st.add("SELECT ")
	if j.Distinct {
		b.st.add("DISTINCT ")
	}
	b.st.add(strings.Join(columns, ", "), " FROM ", strings.Join(b.from, ", "))
	if len(b.where) > 0 {
		b.st.add(" WHERE ", strings.Join(b.where, " AND "))
	}
	return b.st, nil
}

// joinBuilder writes the parts of a statement as it goes through a join.
type joinBuilder struct {
	g     *Graph
	st    *statement
	from  []string
	where []string
	first map[int]string // a column with the value of each variable
}

// anyOf returns the condition that column is one of the terms.
func (b *joinBuilder) anyOf(column string, ids []graph.ID) (string, error) {
	var list hashList
	null := false
	for _, id := range ids {
		if id == graph.DefaultGraph {
			null = true
			continue
		}
		if id.Tag() == graph.TagLocal {
			continue // of the query alone: no row has it
		}
		hashes, err := b.g.hashes(id)
		if err != nil {
			return "", err
		}
		list = append(list, hashes...)
	}
	cond := ""
	switch len(list) {
	case 0:
		if null {
			return column + " IS NULL", nil
		}
		return "false", nil
	case 1:
		cond = column + " = " + b.st.arg(csql.NodeHash{ValueHash: list[0]})
	default:
		cond = column + " = ANY(" + b.st.arg(list) + "::bytea[])"
	}
	if null {
		return "(" + cond + " OR " + column + " IS NULL)", nil
	}
	return cond, nil
}

// pattern adds a pattern as one more mention of quads. The merge of graphs is a
// subquery without duplicates, into which the constants go along.
func (b *joinBuilder) pattern(i int, p *graph.JoinPattern) error {
	table := "q" + strconv.Itoa(i)
	var inner []string // conditions of constants, for the subquery of a merge
	for c, t := range []graph.JoinTerm{p.S, p.P, p.O} {
		if t.Var != 0 {
			b.variable(t.Var, table+"."+hashColumns[c])
			continue
		}
		cond, err := b.anyOf("q."+hashColumns[c], []graph.ID{t.ID})
		if err != nil {
			return err
		}
		inner = append(inner, cond)
	}
	switch {
	case p.Graph.IDs != nil:
		cond, err := b.anyOf("q.label_hash", p.Graph.IDs)
		if err != nil {
			return err
		}
		inner = append(inner, cond)
	case !p.Graph.Merge:
		inner = append(inner, "q.label_hash IS NOT NULL")
	}
	if p.Graph.Merge {
		where := ""
		if len(inner) > 0 {
			where = " WHERE " + strings.Join(inner, " AND ")
		}
		b.from = append(b.from, "(SELECT DISTINCT q.subject_hash, q.predicate_hash, q.object_hash FROM quads q"+where+") "+table)
		return nil
	}
	b.from = append(b.from, "quads "+table)
	for _, cond := range inner {
		b.where = append(b.where, strings.ReplaceAll(cond, "q.", table+"."))
	}
	if v := p.Graph.Var; v != 0 {
		b.variable(v, table+".label_hash")
	}
	return nil
}

func (b *joinBuilder) variable(v int, column string) {
	if other, ok := b.first[v]; ok {
		b.where = append(b.where, other+" = "+column)
		return
	}
	b.first[v] = column
}

func (b *joinBuilder) among(a graph.JoinAmong) error {
	column, ok := b.first[a.Var]
	if !ok || len(a.IDs) > maxAmong {
		return nil
	}
	cond, err := b.anyOf(column, a.IDs)
	if err == nil {
		b.where = append(b.where, cond)
	}
	return err
}

// comparisons are the operators of SQL for those of a join.
var comparisons = map[graph.JoinOp]string{graph.AtMost: "<=", graph.AtLeast: ">=", graph.EqualTo: "="}

// cond adds a condition on the value of a variable. Values of which a column
// says too little to decide pass: typed strings in comparisons of numbers,
// native values where text is looked for.
func (b *joinBuilder) cond(i int, c graph.JoinCond) {
	column, ok := b.first[c.Var]
	if !ok {
		return
	}
	n := "n" + strconv.Itoa(i)
	test := ""
	if op, ok := comparisons[c.Op]; ok {
		arg := b.st.arg(float(c.Number)) + "::float8"
		test = n + ".value_int::float8 " + op + " " + arg + " OR " + n + ".value_float " + op + " " + arg +
			" OR " + n + ".datatype IS NOT NULL OR " + n + ".value IS NOT NULL"
	} else {
		if strings.ContainsAny(c.Text, "\x00") || strings.Contains(c.Text, `\x00`) {
			return // Cayley escapes it
		}
		like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(c.Text)
		switch c.Op {
		case graph.Contains:
			like = "%" + like + "%"
		case graph.StartsWith:
			like += "%"
		case graph.EndsWith:
			like = "%" + like
		default:
			return
		}
		test = n + ".value_string IS NULL OR " + n + ".value_string LIKE " + b.st.arg(csql.StringVal(like))
	}
	b.from = append(b.from, "nodes "+n)
	b.where = append(b.where, n+".hash = "+column, "("+test+")")
}

// guessedRows is the size of a result that the database does not estimate.
const guessedRows = 1000

// estimate asks the database how many rows it expects, in the form that
// PostgreSQL answers; CockroachDB's differs, and the guess is taken.
func (s *sqlStore) estimate(ctx context.Context, st *statement) float64 {
	explain := newStatement("EXPLAIN (FORMAT JSON) ").add(st.text.String())
	explain.args = st.args
	var text []byte
	if s.qs.QueryRow(ctx, explain).Scan(&text) != nil {
		return guessedRows
	}
	var plans []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if json.Unmarshal(text, &plans) != nil || len(plans) == 0 {
		return guessedRows
	}
	return max(1, plans[0].Plan.Rows)
}

// nestedJoin is a join by nested loops of scans, a batch at a time: for the rare
// snapshot that a commit came upon between planning and running.
type nestedJoin struct {
	ctx   context.Context
	v     *foreignView
	j     *graph.Join
	stack []loop
	vars  map[int]graph.ID
	begun bool
	cols  [][]graph.ID
	err   error
}

// loop is the loop over one pattern.
type loop struct {
	pattern int
	rows    []link
	at      int
	bound   []int // the variables that the current row binds
}

// Next implements [graph.Solutions].
func (it *nestedJoin) Next() ([][]graph.ID, int) {
	if it.err != nil {
		return nil, 0
	}
	for i := range it.cols {
		it.cols[i] = it.cols[i][:0]
	}
	if !it.begun {
		it.begun, it.vars = true, make(map[int]graph.ID)
		it.push()
	}
	n := 0
	for n < hashBatch && len(it.stack) > 0 && it.err == nil {
		top := &it.stack[len(it.stack)-1]
		for _, v := range top.bound {
			delete(it.vars, v)
		}
		top.bound = top.bound[:0]
		if top.at == len(top.rows) {
			it.stack = it.stack[:len(it.stack)-1]
			continue
		}
		row := top.rows[top.at]
		top.at++
		if !it.match(top, row) {
			continue
		}
		if len(it.stack) < len(it.j.Patterns) {
			it.push()
			continue
		}
		for c, v := range it.j.Columns {
			it.cols[c] = append(it.cols[c], it.vars[v])
		}
		if len(it.j.Columns) == 0 {
			it.cols[0] = append(it.cols[0], graph.DefaultGraph)
		}
		n++
	}
	if it.err != nil || n == 0 {
		return nil, 0
	}
	return it.cols, n
}

// push opens the loop over the pattern, of those left, with most bound.
func (it *nestedJoin) push() {
	best, most := -1, -1
	for i := range it.j.Patterns {
		if slices.ContainsFunc(it.stack, func(l loop) bool { return l.pattern == i }) {
			continue
		}
		n := 0
		for _, t := range []graph.JoinTerm{it.j.Patterns[i].S, it.j.Patterns[i].P, it.j.Patterns[i].O} {
			if t.Var == 0 || it.vars[t.Var] != graph.Any {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	p := &it.j.Patterns[best]
	var q graph.Pattern
	for _, part := range []struct {
		at *graph.ID
		t  graph.JoinTerm
	}{{&q.S, p.S}, {&q.P, p.P}, {&q.O, p.O}, {&q.G, graph.JoinTerm{Var: p.Graph.Var}}} {
		*part.at = part.t.ID
		if part.t.Var != 0 {
			*part.at = it.vars[part.t.Var]
		}
	}
	if !p.Graph.Merge && p.Graph.Var == 0 {
		q.G = p.Graph.IDs[0]
	}
	rows, err := it.v.rows(it.ctx, q, graph.SPOG)
	if err != nil {
		it.err = err
		return
	}
	rows = slices.DeleteFunc(rows, func(l link) bool {
		if p.Graph.IDs != nil {
			return !slices.Contains(p.Graph.IDs, l[graph.G])
		}
		return !p.Graph.Merge && l[graph.G] == graph.DefaultGraph
	})
	if p.Graph.Merge {
		rows = slices.CompactFunc(rows, func(a, b link) bool { return [3]graph.ID(a[:3]) == [3]graph.ID(b[:3]) })
	}
	it.stack = append(it.stack, loop{pattern: best, rows: rows})
}

// match binds the variables of a loop to a row; it returns false when one of
// them has another value.
func (it *nestedJoin) match(l *loop, row link) bool {
	p := &it.j.Patterns[l.pattern]
	for c, t := range []graph.JoinTerm{p.S, p.P, p.O, {Var: p.Graph.Var}} {
		if t.Var == 0 {
			continue
		}
		if have := it.vars[t.Var]; have != graph.Any {
			if have != row[c] {
				return false
			}
			continue
		}
		it.vars[t.Var] = row[c]
		l.bound = append(l.bound, t.Var)
	}
	return true
}

// Err implements [graph.Solutions].
func (it *nestedJoin) Err() error { return it.err }

// Close implements [graph.Solutions].
func (it *nestedJoin) Close() error { return nil }
