package sparql

import (
	"strconv"

	"github.com/belligraph/belligraph/queries/algebra"
)

// grouping translates expressions over groups: aggregates become variables
// that the Group binds (§18.2.4.1).
type grouping struct {
	node    *algebra.Group
	visible map[algebra.Var]bool   // keys, and names given in SELECT so far
	made    map[string]algebra.Var // aggregates by their printed form
}

// isGrouped reports whether a query groups its solutions: by GROUP BY, or all
// into one because it uses an aggregate. HAVING alone is a filter.
func isGrouped(sel *SelectClause, m *Modifiers) bool {
	if len(m.GroupBy) > 0 || anyAggregate(m.Having) {
		return true
	}
	if sel != nil {
		for _, it := range sel.Items {
			if it.Expr != nil && hasAggregate(it.Expr) {
				return true
			}
		}
	}
	for _, c := range m.OrderBy {
		if hasAggregate(c.Expr) {
			return true
		}
	}
	return false
}

func hasAggregate(e Expr) bool {
	switch e := e.(type) {
	case *Aggregate:
		return true
	case *Binary:
		return hasAggregate(e.Left) || hasAggregate(e.Right)
	case *Unary:
		return hasAggregate(e.X)
	case *In:
		return hasAggregate(e.X) || anyAggregate(e.List)
	case *Call:
		return anyAggregate(e.Args)
	}
	return false
}

func anyAggregate(list []Expr) bool {
	for _, e := range list {
		if hasAggregate(e) {
			return true
		}
	}
	return false
}

func newGrouping(t *translator, input algebra.Node, m *Modifiers) *grouping {
	g := &grouping{
		node:    &algebra.Group{Input: input},
		visible: map[algebra.Var]bool{},
		made:    map[string]algebra.Var{},
	}
	for _, c := range m.GroupBy {
		e := t.expr(c.Expr)
		v := algebra.Var(c.As.Name)
		if v == "" {
			if x, ok := e.(algebra.VarExpr); ok {
				v = x.Var
			} else {
				v = algebra.Var(".key" + strconv.Itoa(t.keys))
				t.keys++
			}
		}
		if g.visible[v] {
			continue // GROUP BY ?x ?x
		}
		g.visible[v] = true
		g.node.Keys = append(g.node.Keys, algebra.GroupKey{Expr: e, Var: v})
	}
	return g
}

// aggregate returns the variable of an aggregate. Equal aggregates are
// computed once, unless they would differ each time.
func (t *translator) aggregate(a algebra.Aggregate) algebra.Expr {
	key := a.String()
	if v, ok := t.group.made[key]; ok {
		return algebra.VarExpr{Var: v}
	}
	v := algebra.Var(".agg" + strconv.Itoa(t.aggs))
	t.aggs++
	if a.Arg == nil || !isVolatile(a.Arg) {
		t.group.made[key] = v
	}
	t.group.node.Aggregates = append(t.group.node.Aggregates, algebra.BoundAggregate{Var: v, Aggregate: a})
	return algebra.VarExpr{Var: v}
}

// isVolatile reports whether two evaluations of e over the same solution may
// differ.
func isVolatile(e algebra.Expr) bool {
	volatile := false
	algebra.WalkExpr(e, func(e algebra.Expr) bool {
		if c, ok := e.(*algebra.Call); ok {
			switch c.Op {
			case "RAND", "UUID", "STRUUID", "BNODE":
				volatile = true
			}
			volatile = volatile || c.IRI
		}
		return !volatile
	})
	return volatile
}

func (t *translator) expr(e Expr) algebra.Expr {
	switch e := e.(type) {
	case TermExpr:
		return t.termExpr(e.Term)
	case *Binary:
		return &algebra.Call{Op: e.Op, Args: []algebra.Expr{t.expr(e.Left), t.expr(e.Right)}}
	case *Unary:
		op := e.Op
		if op != "!" {
			op = "unary" + op
		}
		return &algebra.Call{Op: op, Args: []algebra.Expr{t.expr(e.X)}}
	case *In:
		op := "in"
		if e.Not {
			op = "not in"
		}
		return &algebra.Call{Op: op, Args: append([]algebra.Expr{t.expr(e.X)}, t.exprs(e.List)...)}
	case *Call:
		if e.Name == "" {
			return &algebra.Call{Op: string(e.Func.Value), IRI: true, Distinct: e.Distinct, Args: t.exprs(e.Args)}
		}
		return &algebra.Call{Op: canonicalName(e.Name), Args: t.exprs(e.Args)}
	case *Aggregate:
		return t.setFunction(e)
	case *Exists:
		group := t.group
		t.group = nil
		x := &algebra.Exists{Pattern: t.groupNode(e.Group), Not: e.Not}
		t.group = group
		return x
	default:
		t.fail(0, "internal: unknown expression %T", e)
		return algebra.VarExpr{}
	}
}

// canonicalName folds the two spellings of the functions on IRIs.
func canonicalName(name string) string {
	switch name {
	case "URI":
		return "IRI"
	case "ISURI":
		return "ISIRI"
	default:
		return name
	}
}

func (t *translator) exprs(list []Expr) []algebra.Expr {
	out := make([]algebra.Expr, 0, len(list))
	for _, e := range list {
		out = append(out, t.expr(e))
	}
	return out
}

func (t *translator) setFunction(e *Aggregate) algebra.Expr {
	if t.group == nil {
		t.fail(e.Pos, "the aggregate %s cannot stand here", e.Name)
		return algebra.VarExpr{}
	}
	a := algebra.Aggregate{Name: e.Name, Distinct: e.Distinct, HasSep: e.HasSep, Separator: e.Separator}
	if e.Arg != nil {
		group := t.group
		t.group = nil // the argument is over solutions, not groups
		a.Arg = t.expr(e.Arg)
		t.group = group
	}
	return t.aggregate(a)
}

// termExpr translates a term of an expression. Over groups a variable that is
// not a key stands for a sample of its values (§18.2.4.1).
func (t *translator) termExpr(x Term) algebra.Expr {
	switch x := x.(type) {
	case Var:
		v := algebra.Var(x.Name)
		if t.group != nil && !t.group.visible[v] {
			return t.aggregate(algebra.Aggregate{Name: "SAMPLE", Arg: algebra.VarExpr{Var: v}})
		}
		return algebra.VarExpr{Var: v}
	case IRI:
		return algebra.ConstExpr{Term: x.Value}
	case *Literal:
		return algebra.ConstExpr{Term: x.Value}
	case *TripleTerm:
		return &algebra.Call{Op: "TRIPLE", Args: []algebra.Expr{t.termExpr(x.S), t.termExpr(x.P), t.termExpr(x.O)}}
	default:
		t.fail(x.Position(), "internal: unexpected term %T in an expression", x)
		return algebra.VarExpr{}
	}
}
