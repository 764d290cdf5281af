package queries

import "github.com/belligraph/belligraph/queries/algebra"

// volatileFunctions give another value each time, whatever the graph.
var volatileFunctions = map[string]bool{"NOW": true, "RAND": true, "UUID": true, "STRUUID": true, "BNODE": true}

// volatile reports whether the result of a query can change while the graph
// does not: because of a function, or of what another endpoint says.
func volatile(q *algebra.Query) bool {
	found := false
	var node func(algebra.Node)
	expr := func(e algebra.Expr) bool {
		switch e := e.(type) {
		case *algebra.Call:
			found = found || volatileFunctions[e.Op]
		case *algebra.Exists:
			node(e.Pattern)
		}
		return !found
	}
	node = func(n algebra.Node) {
		algebra.Walk(n, func(n algebra.Node) bool {
			if _, ok := n.(*algebra.Service); ok {
				found = true
			}
			for _, e := range algebra.Exprs(n) {
				algebra.WalkExpr(e, expr)
			}
			return !found
		})
	}
	if q.Pattern != nil {
		node(q.Pattern)
	}
	return found
}
