package plan

import (
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// semiJoinable reports whether FILTER [NOT] EXISTS over input keeps the same
// solutions as a semi-join (an anti-join) with its pattern.
//
// EXISTS is substitution (§18.6): the values of the solution replace the
// variables everywhere in the pattern. A join restricts the solutions of the
// pattern instead. The two agree when each replaced variable is surely bound on
// both sides and wherever the pattern reads it, the operand below has bound it.
//
// Counter-example: FILTER EXISTS { ?x :q ?w { FILTER(?v = 1) } } with ?v from
// outside: substituted, the inner filter has a value; joined, it is an error.
func semiJoinable(e *algebra.Exists, input algebra.Node) bool {
	replaced := intersection(possible(input), Set(algebra.Mentions(e.Pattern)...))
	if len(replaced) == 0 {
		// Uncorrelated: evaluated once, and the answer remembered.
		return false
	}
	vars := make([]algebra.Var, 0, len(replaced))
	for v := range replaced {
		vars = append(vars, v)
	}
	return certain(input).HasAll(vars) && certain(e.Pattern).HasAll(vars) && transparent(e.Pattern, replaced)
}

// transparent reports whether substituting values for vars in n gives the
// solutions of n that have these values.
func transparent(n algebra.Node, vars VarSet) bool {
	reads := func(e algebra.Expr, from VarSet) bool {
		for _, v := range algebra.Vars(e) {
			if vars[v] && !from[v] {
				return false
			}
		}
		return true
	}
	switch n := n.(type) {
	case *algebra.BGP:
		return true
	case *algebra.Path:
		// A zero-length path from a constant also matches a term that is not in
		// the graph; from a variable it does not.
		return !zeroLength(n.Path) || !vars.HasAny(algebra.Binds(n))
	case *algebra.Values:
		return true
	case *algebra.Join:
		return transparent(n.Left, vars) && transparent(n.Right, vars)
	case *algebra.Union:
		return transparent(n.Left, vars) && transparent(n.Right, vars)
	case *algebra.LeftJoin:
		left := certain(n.Left)
		for v := range vars {
			if !left[v] && Set(algebra.Mentions(n.Right)...)[v] {
				return false
			}
		}
		if n.Cond != nil && (Volatile(n.Cond) || !reads(n.Cond, left)) {
			return false
		}
		return transparent(n.Left, vars) && transparent(n.Right, vars)
	case *algebra.Minus:
		return transparent(n.Left, vars) && !vars.HasAny(algebra.Mentions(n.Right))
	case *algebra.Filter:
		return !Volatile(n.Cond) && reads(n.Cond, certain(n.Input)) && transparent(n.Input, vars)
	case *algebra.Extend:
		return !vars[n.Var] && !Volatile(n.Expr) && reads(n.Expr, certain(n.Input)) && transparent(n.Input, vars)
	case *algebra.Graph:
		if v, ok := n.Name.(algebra.Var); ok && vars[v] && Set(algebra.Mentions(n.Input)...)[v] {
			return false
		}
		_, term := n.Name.(rdf.Term)
		_, isVar := n.Name.(algebra.Var)
		return (term || isVar) && transparent(n.Input, vars)
	case *algebra.Project:
		return transparent(n.Input, intersection(vars, Set(n.Vars...)))
	case *algebra.Distinct:
		return transparent(n.Input, vars)
	case *algebra.Reduced:
		return transparent(n.Input, vars)
	case *algebra.OrderBy:
		return transparent(n.Input, vars)
	default: // SERVICE, GROUP BY, LIMIT
		return false
	}
}

// zeroLength reports whether a path has a match of length zero.
func zeroLength(p algebra.PathExpr) bool {
	switch p := p.(type) {
	case algebra.PathZeroOrMore, algebra.PathZeroOrOne:
		return true
	case algebra.PathOneOrMore:
		return zeroLength(p.Path)
	case algebra.PathInverse:
		return zeroLength(p.Path)
	case algebra.PathSeq:
		return zeroLength(p.Left) || zeroLength(p.Right)
	case algebra.PathAlt:
		return zeroLength(p.Left) || zeroLength(p.Right)
	default:
		return false
	}
}
