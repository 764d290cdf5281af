package exec

import (
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// evaluator computes an expression for row i of a batch. Errors are expression
// errors unless expr.Fatal says otherwise.
type evaluator func(b *Batch, i int) (expr.Value, error)

// compiler turns expressions into evaluators over rows of known columns.
type compiler struct {
	q      *Query
	vars   []algebra.Var
	active plan.Active
}

func (q *Query) compile(e algebra.Expr, vars []algebra.Var, a plan.Active) (evaluator, error) {
	c := compiler{q: q, vars: vars, active: a}
	return c.expr(e)
}

func (c *compiler) expr(e algebra.Expr) (evaluator, error) {
	switch e := e.(type) {
	case algebra.VarExpr:
		return c.variable(e.Var), nil
	case algebra.ConstExpr:
		v := expr.FromTerm(e.Term).Resolve()
		return func(*Batch, int) (expr.Value, error) { return v, nil }, nil
	case *algebra.Call:
		return c.call(e)
	case *algebra.Exists:
		x, err := c.q.exist(e, c.vars, c.active)
		if err != nil {
			return nil, err
		}
		return func(b *Batch, i int) (expr.Value, error) {
			found, err := x.holds(b, i)
			return expr.Bool(found), err
		}, nil
	default:
		return nil, fmt.Errorf("exec: no evaluator for %T", e)
	}
}

// variable reads a column; an unbound variable is the zero value, and the
// function that wants a value makes it an error.
func (c *compiler) variable(v algebra.Var) evaluator {
	col := columnOf(c.vars, v)
	if col < 0 {
		return func(*Batch, int) (expr.Value, error) { return expr.Value{}, nil }
	}
	terms := c.q.Terms
	return func(b *Batch, i int) (expr.Value, error) { return terms.Value(b.Cols[col][i]) }
}

func (c *compiler) all(es []algebra.Expr) ([]evaluator, error) {
	out := make([]evaluator, len(es))
	for i, e := range es {
		f, err := c.expr(e)
		if err != nil {
			return nil, err
		}
		out[i] = f
	}
	return out, nil
}

func (c *compiler) call(e *algebra.Call) (evaluator, error) {
	f, ok := expr.Lookup(e.Op, e.IRI)
	if !ok {
		if e.IRI {
			// Calling an unknown function is an error of the expression
			// (§17.6), not of the query.
			err := fmt.Errorf("no function <%s>: %w", e.Op, expr.ErrType)
			return func(*Batch, int) (expr.Value, error) { return expr.Value{}, err }, nil
		}
		return nil, fmt.Errorf("exec: no function %s", e.Op)
	}
	if len(e.Args) < f.Min || f.Max >= 0 && len(e.Args) > f.Max {
		return nil, fmt.Errorf("%s does not take %d arguments: %w", e.Op, len(e.Args), graph.ErrBadRequest)
	}
	args, err := c.all(e.Args)
	if err != nil {
		return nil, err
	}
	if f.Call == nil {
		return c.form(e, args)
	}
	ctx := c.q.expr
	switch len(args) {
	case 1:
		var buf [1]expr.Value
		call := func(b *Batch, i int) (expr.Value, error) {
			v, err := args[0](b, i)
			if err != nil {
				return v, err
			}
			buf[0] = v
			return f.Call(ctx, buf[:])
		}
		if v, ok := variableOf(e.Args[0]); ok && columnOf(c.vars, v) >= 0 && answeredByTag[e.Op] && !e.IRI {
			return byTag(e.Op, columnOf(c.vars, v), call), nil
		}
		return call, nil
	case 2:
		var buf [2]expr.Value
		return func(b *Batch, i int) (expr.Value, error) {
			x, err := args[0](b, i)
			if err != nil {
				return x, err
			}
			y, err := args[1](b, i)
			if err != nil {
				return y, err
			}
			buf[0], buf[1] = x, y
			return f.Call(ctx, buf[:])
		}, nil
	}
	return func(b *Batch, i int) (expr.Value, error) {
		vals := make([]expr.Value, len(args))
		for k, a := range args {
			v, err := a(b, i)
			if err != nil {
				return v, err
			}
			vals[k] = v
		}
		return f.Call(ctx, vals)
	}, nil
}

// answeredByTag are functions of a variable that the tag of an id may answer,
// so that its term is not read.
var answeredByTag = map[string]bool{"ISIRI": true, "ISURI": true, "ISBLANK": true, "ISLITERAL": true, "LANG": true}

// byTag evaluates such a function, by call where the tag does not tell.
func byTag(op string, col int, call evaluator) evaluator {
	yes, no, empty := expr.Bool(true), expr.Bool(false), expr.String("")
	return func(b *Batch, i int) (expr.Value, error) {
		id := b.Cols[col][i]
		tag := id.Tag()
		if tag == graph.TagNone || tag == graph.TagLocal {
			return call(b, i)
		}
		var is bool
		switch op {
		case "LANG":
			if id.IsLiteral() && tag != graph.TagLang {
				return empty, nil
			}
			return call(b, i)
		case "ISBLANK":
			is = tag == graph.TagBlank
		case "ISLITERAL":
			is = id.IsLiteral()
		default:
			is = tag == graph.TagIRI
		}
		if is {
			return yes, nil
		}
		return no, nil
	}
}

// form compiles the functional forms (§17.4.1), which decide which of their
// arguments they evaluate and what an error among them means.
func (c *compiler) form(e *algebra.Call, args []evaluator) (evaluator, error) {
	switch e.Op {
	case "&&", "||":
		and := e.Op == "&&"
		return func(b *Batch, i int) (expr.Value, error) {
			t := expr.False
			if and {
				t = expr.True
			}
			for _, a := range args {
				v, err := a(b, i)
				if expr.Fatal(err) {
					return v, err
				}
				u := expr.Test(v, err)
				if and {
					if t = t.And(u); t == expr.False {
						break
					}
				} else if t = t.Or(u); t == expr.True {
					break
				}
			}
			return t.Value()
		}, nil
	case "in", "not in":
		not := e.Op == "not in"
		return func(b *Batch, i int) (expr.Value, error) {
			v, err := args[0](b, i)
			if err != nil {
				return v, err
			}
			t := expr.False
			for _, a := range args[1:] {
				w, err := a(b, i)
				if expr.Fatal(err) {
					return w, err
				}
				u := expr.Error
				if err == nil {
					u = expr.EqualTruth(v, w)
				}
				if t = t.Or(u); t == expr.True {
					break
				}
			}
			if not {
				t = t.Not()
			}
			return t.Value()
		}, nil
	case "BOUND":
		return func(b *Batch, i int) (expr.Value, error) {
			v, err := args[0](b, i)
			return expr.Bool(!v.IsUnbound()), err
		}, nil
	case "IF":
		return func(b *Batch, i int) (expr.Value, error) {
			v, err := args[0](b, i)
			if err != nil {
				return v, err
			}
			t, err := expr.EBV(v)
			if err != nil {
				return expr.Value{}, err
			}
			if t {
				return args[1](b, i)
			}
			return args[2](b, i)
		}, nil
	case "COALESCE":
		return func(b *Batch, i int) (expr.Value, error) {
			for _, a := range args {
				v, err := a(b, i)
				if expr.Fatal(err) {
					return v, err
				}
				if err == nil && !v.IsUnbound() {
					return v, nil
				}
			}
			return expr.Value{}, errNoValue
		}, nil
	}
	return nil, fmt.Errorf("exec: no functional form %s", e.Op)
}

var errNoValue = fmt.Errorf("no argument of COALESCE has a value: %w", expr.ErrType)

// condition is a filter expression.
type condition struct {
	eval evaluator
	// A condition on one column and nothing else is remembered per id, as long
	// as no other id takes its slot: only is the column, -1 for other ones.
	only    int
	asked   int
	memo    []outcome
	text    *textCondition // decides by texts, nil where it cannot
	compare *comparison    // decides by ids and numbers, nil where it cannot
}

type outcome struct {
	id   graph.ID
	true bool
}

// memoSlots is the number of outcomes remembered, a power of two.
const memoSlots = 1 << 12

func (q *Query) condition(e algebra.Expr, vars []algebra.Var, a plan.Active) (*condition, error) {
	f, err := q.compile(e, vars, a)
	if err != nil {
		return nil, err
	}
	c := &condition{eval: f, only: -1}
	if used := algebra.Vars(e); len(used) == 1 && !plan.Volatile(e) && !mentionsExists(e) {
		if c.only = columnOf(vars, used[0]); c.only >= 0 {
			c.text = q.textCondition(c, e, used[0])
		}
	}
	if call, ok := e.(*algebra.Call); ok && c.text == nil {
		c.compare = q.comparison(call, vars)
	}
	return c, nil
}

// mirrored has the comparisons, with their operands exchanged.
var mirrored = map[string]string{"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// filter keeps of sel the rows for which the condition is true; an error is not
// true.
func (c *condition) filter(b *Batch, sel []int32) ([]int32, error) {
	if c.text != nil && c.text.useful(len(sel)) {
		return c.text.filter(b, sel)
	}
	if c.compare != nil {
		return c.compare.filter(b, sel, c.holdsFor)
	}
	out := sel[:0]
	for _, i := range sel {
		holds, err := c.holdsFor(b, i)
		if err != nil {
			return nil, err
		}
		if holds {
			out = append(out, i)
		}
	}
	return out, nil
}

// holdsFor evaluates the condition for one row, or remembers its outcome.
func (c *condition) holdsFor(b *Batch, i int32) (bool, error) {
	var slot *outcome
	if c.only >= 0 {
		if slot = c.remembered(b.Cols[c.only][i]); slot != nil && slot.id != graph.Any {
			return slot.true, nil
		}
	}
	v, err := c.eval(b, int(i))
	if expr.Fatal(err) {
		return false, err
	}
	holds := expr.Test(v, err) == expr.True
	if slot != nil {
		slot.id, slot.true = b.Cols[c.only][i], holds
	}
	return holds, nil
}

// remembered returns the outcome for id, one without an id where it is still to
// be filled in, nil where nothing is remembered. The first rows are not.
func (c *condition) remembered(id graph.ID) *outcome {
	if c.memo == nil {
		if c.asked++; c.asked < memoSlots/4 {
			return nil
		}
		c.memo = make([]outcome, memoSlots)
	}
	slot := &c.memo[mix(0, id)&(memoSlots-1)]
	if slot.id != id {
		*slot = outcome{}
	}
	return slot
}

// mentionsExists reports whether e depends on more than its variables.
func mentionsExists(e algebra.Expr) bool {
	found := false
	algebra.WalkExpr(e, func(e algebra.Expr) bool {
		_, ok := e.(*algebra.Exists)
		found = found || ok
		return !found
	})
	return found
}

// extend computes a column.
type extend struct {
	q       *Query
	in      operator
	eval    evaluator
	copy    int // column that is simply copied, or -1
	vectors *vectors
	numbers numeric // the column where it is computed as one, else nil
	texts   textual // likewise
	ids     stringIDs
	base    uint64 // number of the first solution
	n       uint64
	col     []graph.ID
	out     Batch
}

func (q *Query) extend(n *plan.Extend, in operator) (operator, error) {
	e := &extend{q: q, in: in, copy: -1}
	vars := n.Input.Properties().Vars
	if v, ok := n.Expr.(algebra.VarExpr); ok {
		e.copy = columnOf(vars, v.Var)
	}
	var err error
	if e.eval, err = q.compile(n.Expr, vars, n.Active); err != nil {
		return nil, err
	}
	if e.copy < 0 {
		e.vectors, e.ids.q = q.vectors(vars), q
		if e.numbers = e.vectors.computedNumber(n.Expr); e.numbers == nil {
			e.texts = e.vectors.computedString(n.Expr)
		}
	}
	// BNODE("label") gives one blank node per solution (§17.4.2.9): the BINDs
	// and SELECT expressions of one solution are a chain of Extends and number
	// it alike.
	op := in
	if p, ok := op.(*profiled); ok {
		op = p.op
	}
	if below, ok := op.(*extend); ok {
		e.base = below.base
	} else {
		q.chains++
		e.base = q.chains << 40
	}
	return e, nil
}

func (e *extend) next() (*Batch, error) {
	b, err := e.in.next()
	if b == nil || err != nil {
		return nil, err
	}
	if err := e.q.ctx.Err(); err != nil {
		return nil, err
	}
	e.col = e.col[:0]
	if e.copy >= 0 {
		e.col = append(e.col, b.Cols[e.copy][:b.N]...)
	} else {
		var numbers *numbers
		var texts *textColumn
		e.vectors.begin()
		if e.numbers != nil {
			if numbers, err = e.numbers(b); err != nil {
				return nil, err
			}
		}
		if e.texts != nil {
			if texts, err = e.texts(b); err != nil {
				return nil, err
			}
		}
		for i := range b.N {
			if id, ok := numbers.id(i); ok {
				e.col = append(e.col, id)
				continue
			}
			if texts != nil && texts.kind[i] != noString {
				id, err := e.ids.id(texts.kind[i], texts.text[i])
				if err != nil {
					return nil, err
				}
				e.col = append(e.col, id)
				continue
			}
			e.q.expr.Solution = e.base + e.n + uint64(i)
			id := graph.Any
			v, err := e.eval(b, i)
			if expr.Fatal(err) {
				return nil, err
			}
			if err == nil {
				if id, err = e.q.Terms.ValueID(v); err != nil {
					return nil, err
				}
			}
			e.col = append(e.col, id)
		}
	}
	e.n += uint64(b.N)
	e.out.Cols = append(append(e.out.Cols[:0], b.Cols...), e.col)
	e.out.N = b.N
	return &e.out, nil
}

func (e *extend) close() { e.in.close() }

// exist evaluates EXISTS by substitution (§18.6): the values of a solution
// replace the variables of the pattern, which is then evaluated in the active
// graph of the filter. The answer is remembered per distinct values.
type exist struct {
	q       *Query
	n       *algebra.Exists
	active  plan.Active
	graph   int // column of the active graph's name, -1 when it is fixed
	vars    []algebra.Var
	cols    []int
	key     []graph.ID
	seen    *seen
	answers []bool
	pure    bool
}

func (q *Query) exist(n *algebra.Exists, vars []algebra.Var, a plan.Active) (*exist, error) {
	x := &exist{q: q, n: n, active: a, graph: -1, pure: true}
	for _, v := range algebra.Mentions(n.Pattern) {
		if c := columnOf(vars, v); c >= 0 {
			x.vars, x.cols = append(x.vars, v), append(x.cols, c)
		}
	}
	width := len(x.cols)
	if a.Kind == plan.GraphVar {
		x.graph = columnOf(vars, a.Var)
		width++
	}
	if a.Kind == plan.GraphParam {
		width++
	}
	x.key, x.seen = make([]graph.ID, width), newSeen(width)
	algebra.Walk(n.Pattern, func(n algebra.Node) bool {
		_, service := n.(*algebra.Service)
		for _, e := range algebra.Exprs(n) {
			x.pure = x.pure && !plan.Volatile(e)
		}
		x.pure = x.pure && !service
		return true
	})
	return x, nil
}

func (x *exist) holds(b *Batch, i int) (bool, error) {
	for k, c := range x.cols {
		x.key[k] = b.Cols[c][i]
	}
	active := x.active
	if len(x.key) > len(x.cols) {
		var g graph.ID
		if x.graph >= 0 {
			g = b.Cols[x.graph][i]
		} else {
			g = x.q.params[x.active.Var]
		}
		x.key[len(x.cols)] = g
		active = plan.Active{Kind: plan.GraphOne, IDs: []graph.ID{g}, Term: x.q.term(g)}
	}
	row := 0
	if x.pure {
		var isNew bool
		if row, isNew = x.seen.index(x.key); !isNew {
			return x.answers[row], nil
		}
	}
	found, err := x.evaluate(active)
	if err != nil {
		return false, err
	}
	found = found != x.n.Not
	if x.pure {
		x.answers = append(x.answers, found)
		if err := x.q.budget.take(int64(len(x.key)*8 + 16)); err != nil {
			return false, err
		}
	}
	return found, nil
}

func (x *exist) evaluate(active plan.Active) (bool, error) {
	values := make(map[algebra.Var]rdf.Term, len(x.vars))
	for k, v := range x.vars {
		t, err := x.q.Terms.Term(x.key[k])
		if err != nil {
			return false, err
		}
		if t != nil {
			values[v] = t
		}
	}
	p, err := x.q.planIn(substitute(x.n.Pattern, values), active)
	if err != nil {
		return false, err
	}
	op, err := x.q.build(p.Root)
	if err != nil {
		return false, err
	}
	defer op.close()
	b, err := op.next()
	return b != nil, err
}

// variableOf returns the variable that an expression is.
func variableOf(e algebra.Expr) (algebra.Var, bool) {
	v, ok := e.(algebra.VarExpr)
	return v.Var, ok
}
