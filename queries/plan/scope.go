package plan

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// certain returns the variables that every solution of n binds.
func certain(n algebra.Node) VarSet {
	switch n := n.(type) {
	case *algebra.Join:
		return union(certain(n.Left), certain(n.Right))
	case *algebra.Lateral:
		return union(certain(n.Left), certain(n.Right))
	case *algebra.LeftJoin:
		return certain(n.Left)
	case *algebra.Minus:
		return certain(n.Left)
	case *algebra.Union:
		return intersection(certain(n.Left), certain(n.Right))
	case *algebra.Filter:
		s := certain(n.Input)
		// A filter that is an error on an unbound variable leaves only rows
		// that bind it.
		for _, c := range conjuncts(n.Cond, nil) {
			for v := range needed(c) {
				s[v] = true
			}
		}
		return s
	case *algebra.Extend:
		s := certain(n.Input)
		if c, ok := n.Expr.(algebra.ConstExpr); ok && c.Term != nil {
			s[n.Var] = true
		}
		if v, ok := n.Expr.(algebra.VarExpr); ok && s[v.Var] {
			s[n.Var] = true
		}
		return s
	case *algebra.Graph:
		s := certain(n.Input)
		for _, v := range algebra.TermVars(n.Name) {
			s[v] = true
		}
		return s
	case *algebra.Service:
		if n.Silent {
			return VarSet{} // a failure answers one empty solution
		}
		return union(certain(n.Input), Set(algebra.TermVars(n.Name)...))
	case *algebra.Values:
		s := VarSet{}
		for i, v := range n.Vars {
			bound := len(n.Rows) > 0
			for _, row := range n.Rows {
				bound = bound && row[i] != nil
			}
			if bound {
				s[v] = true
			}
		}
		return s
	case *algebra.Group:
		s, in := VarSet{}, certain(n.Input)
		for _, k := range n.Keys {
			if v, ok := k.Expr.(algebra.VarExpr); ok && in[v.Var] {
				s[k.Var] = true
			}
		}
		for _, a := range n.Aggregates {
			if a.Aggregate.Name == "COUNT" {
				s[a.Var] = true
			}
		}
		return s
	case *algebra.Project:
		return intersection(certain(n.Input), Set(n.Vars...))
	case *algebra.OrderBy:
		return certain(n.Input)
	case *algebra.Distinct:
		return certain(n.Input)
	case *algebra.Reduced:
		return certain(n.Input)
	case *algebra.Slice:
		return certain(n.Input)
	default: // BGP, Path
		return Set(algebra.Binds(n)...)
	}
}

// needed returns variables without which e is an error or false.
func needed(e algebra.Expr) VarSet {
	switch e := e.(type) {
	case algebra.VarExpr:
		return Set(e.Var)
	case *algebra.Call:
		if e.IRI {
			return VarSet{} // a cast or extension; extensions may accept unbound
		}
		switch e.Op {
		case "&&":
			s := VarSet{}
			for _, a := range e.Args {
				s = union(s, needed(a))
			}
			return s
		case "||":
			s := needed(e.Args[0])
			for _, a := range e.Args[1:] {
				s = intersection(s, needed(a))
			}
			return s
		case "BOUND":
			if v, ok := e.Args[0].(algebra.VarExpr); ok {
				return Set(v.Var)
			}
			return VarSet{}
		case "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/",
			"STR", "LANG", "DATATYPE", "STRLEN", "UCASE", "LCASE", "CONTAINS", "STRSTARTS",
			"STRENDS", "REGEX", "YEAR", "MONTH", "DAY", "ISIRI", "ISURI", "ISLITERAL", "ISBLANK",
			"ISNUMERIC", "SAMETERM", "LANGMATCHES":
			s := VarSet{}
			for _, a := range e.Args {
				s = union(s, needed(a))
			}
			return s
		case "in", "not in":
			if len(e.Args) > 1 { // over an empty list the value is not looked at
				return needed(e.Args[0])
			}
		}
	}
	return VarSet{}
}

// conjuncts appends the operands of the outermost && of e to out. A filter on
// a conjunction keeps a row exactly when filters on each conjunct do: && is
// true only when both sides are, whatever is an error.
func conjuncts(e algebra.Expr, out []algebra.Expr) []algebra.Expr {
	if c, ok := e.(*algebra.Call); ok && c.Op == "&&" && !c.IRI {
		for _, a := range c.Args {
			out = conjuncts(a, out)
		}
		return out
	}
	return append(out, e)
}

func conjunction(es []algebra.Expr) algebra.Expr {
	if len(es) == 0 {
		return nil
	}
	e := es[0]
	for _, f := range es[1:] {
		e = &algebra.Call{Op: "&&", Args: []algebra.Expr{e, f}}
	}
	return e
}

// Volatile reports whether evaluating e twice for one row may differ, so that e
// must stay where it is (P22 of every planner's list of traps): RAND() < 0.5
// above a join decides per joined row, below it per row of one side.
func Volatile(e algebra.Expr) bool {
	found := false
	algebra.WalkExpr(e, func(e algebra.Expr) bool {
		if c, ok := e.(*algebra.Call); ok {
			switch {
			case c.IRI:
				// Casts are functions of their argument; nothing is known of
				// other extensions.
				found = found || !strings.HasPrefix(c.Op, rdf.NSXSD)
			case c.Op == "RAND" || c.Op == "UUID" || c.Op == "STRUUID" || c.Op == "BNODE":
				found = true
			}
		}
		if x, ok := e.(*algebra.Exists); ok {
			algebra.Walk(x.Pattern, func(n algebra.Node) bool {
				for _, e := range algebra.Exprs(n) {
					found = found || Volatile(e)
				}
				_, service := n.(*algebra.Service)
				found = found || service
				return !found
			})
		}
		return !found
	})
	return found
}

// hasExists reports whether e holds an EXISTS.
func hasExists(e algebra.Expr) bool {
	found := false
	algebra.WalkExpr(e, func(e algebra.Expr) bool {
		_, ok := e.(*algebra.Exists)
		found = found || ok
		return !found
	})
	return found
}

// possible returns the variables that a solution of n may bind.
func possible(n algebra.Node) VarSet { return Set(algebra.Binds(n)...) }
