package algebra

// Children returns the operands of n, left before right. Patterns inside
// EXISTS are not operands: see [Exprs].
func Children(n Node) []Node {
	switch n := n.(type) {
	case *Join:
		return []Node{n.Left, n.Right}
	case *LeftJoin:
		return []Node{n.Left, n.Right}
	case *Union:
		return []Node{n.Left, n.Right}
	case *Minus:
		return []Node{n.Left, n.Right}
	case *Lateral:
		return []Node{n.Left, n.Right}
	case *Filter:
		return []Node{n.Input}
	case *Extend:
		return []Node{n.Input}
	case *Graph:
		return []Node{n.Input}
	case *Service:
		return []Node{n.Input}
	case *Group:
		return []Node{n.Input}
	case *OrderBy:
		return []Node{n.Input}
	case *Project:
		return []Node{n.Input}
	case *Distinct:
		return []Node{n.Input}
	case *Reduced:
		return []Node{n.Input}
	case *Slice:
		return []Node{n.Input}
	default: // BGP, Path, Values
		return nil
	}
}

// Exprs returns the expressions that n itself evaluates, the arguments of
// aggregates included.
func Exprs(n Node) []Expr {
	switch n := n.(type) {
	case *LeftJoin:
		if n.Cond != nil {
			return []Expr{n.Cond}
		}
	case *Filter:
		return []Expr{n.Cond}
	case *Extend:
		return []Expr{n.Expr}
	case *Group:
		var out []Expr
		for _, k := range n.Keys {
			out = append(out, k.Expr)
		}
		for _, a := range n.Aggregates {
			if a.Aggregate.Arg != nil {
				out = append(out, a.Aggregate.Arg)
			}
		}
		return out
	case *OrderBy:
		var out []Expr
		for _, k := range n.Keys {
			out = append(out, k.Expr)
		}
		return out
	}
	return nil
}

// Walk calls f for n and, while f returns true, for its operands, parents
// first. It does not enter the patterns of EXISTS.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	for _, c := range Children(n) {
		Walk(c, f)
	}
}

// WalkExpr calls f for e and, while f returns true, for its arguments, parents
// first. It does not enter the patterns of EXISTS.
func WalkExpr(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	if c, ok := e.(*Call); ok {
		for _, a := range c.Args {
			WalkExpr(a, f)
		}
	}
}
