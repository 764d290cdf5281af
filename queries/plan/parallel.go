package plan

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
)

// parallelCost is the cost from which an operand is worth several cores: about a
// millisecond of one.
const parallelCost = 300_000

// parallel lets the operands of Group and Sort, which wait for all their rows
// anyway, be evaluated in ranges of one variable on several cores.
//
// Counter-example: below LIMIT few of the rows may be wanted, and a range that is
// worked on ahead of its turn is worked on for nothing; and RAND() is a sequence,
// which has no ranges.
func (p *planner) parallel(n Node) {
	switch n := n.(type) {
	case *Group:
		copies := 4.0
		if len(n.Keys) == 0 && onlyCounts(n.Aggregates) {
			copies = 1
		}
		n.Input = p.inRanges(n.Input, copies)
	case *Sort:
		n.Input = p.inRanges(n.Input, 4)
	}
	for _, in := range n.Inputs() {
		p.parallel(in)
	}
}

// onlyCounts reports whether all aggregates are numbers of rows, or of those in
// which a variable is bound, which goroutines count without handing rows over.
func onlyCounts(aggregates []algebra.BoundAggregate) bool {
	for _, b := range aggregates {
		a := b.Aggregate
		if _, isVar := a.Arg.(algebra.VarExpr); a.Name != "COUNT" || a.Distinct || a.Arg != nil && !isVar {
			return false
		}
	}
	return true
}

// inRanges puts a Parallel above n where that is possible and pays: where n costs
// enough, and at least so many times what a copy of its rows does.
func (p *planner) inRanges(n Node, copies float64) Node {
	pr := n.Properties()
	if !p.allowed(ruleParallel) {
		return n
	}
	if p.random != nil {
		if p.random.IntN(2) == 0 {
			return n
		}
	} else if pr.Cost < parallelCost || pr.Cost < copies*pr.Rows {
		return n
	}
	par := &Parallel{Input: n}
	var ok bool
	if par.By, ok = leading(n); !ok || !par.cut(n) {
		return n
	}
	par.Props = *pr
	return par
}

// leading returns the variable by whose ranges n can be evaluated: the first free
// one of the index that its rows come from.
func leading(n Node) (algebra.Var, bool) {
	switch n := n.(type) {
	case *Scan:
		for _, c := range n.Order.Columns() {
			if c == graph.G {
				continue // bound: see cut
			}
			if pos := n.Triple[c]; pos.IsVar() {
				return pos.Var, true
			}
		}
	case *MergeJoin:
		return n.Key, true
	case *HashJoin:
		return leading(n.streamed())
	case *Filter:
		return leading(n.Input)
	case *Extend:
		return leading(n.Input)
	case *Project:
		return leading(n.Input)
	case *IndexJoin:
		return leading(n.Input)
	}
	return "", false
}

// streamed returns the side whose rows go by, and table the other one.
func (n *HashJoin) streamed() Node {
	if n.BuildLeft {
		return n.Right
	}
	return n.Left
}

// Table returns the side of which a table is made.
func (n *HashJoin) Table() Node {
	if n.BuildLeft {
		return n.Left
	}
	return n.Right
}

// cut collects the scans that have to be cut to a range of By so that n has the
// rows of that range, and the joins whose tables all ranges share. It returns
// false when n has no such scans.
func (par *Parallel) cut(n Node) bool {
	if by, ok := leading(n); !ok || by != par.By {
		return false
	}
	switch n := n.(type) {
	case *Scan:
		par.Scans = append(par.Scans, n)
		return n.Active.Kind == GraphOne
	case *MergeJoin:
		for _, s := range n.Sides {
			if !par.cut(s.Node) {
				return false
			}
		}
		return true
	case *HashJoin:
		par.Joins = append(par.Joins, n)
		return steady(n.Cond) && !AsksService(n.Table()) && par.cut(n.streamed())
	case *Filter:
		return steady(n.Conds) && par.cut(n.Input)
	case *Extend:
		return steady([]algebra.Expr{n.Expr}) && n.Var != par.By && par.cut(n.Input)
	case *Project:
		return par.cut(n.Input)
	case *IndexJoin:
		return par.cut(n.Input)
	}
	return false
}

// steady reports whether expressions have the same values wherever and whenever
// they are evaluated, and need no pattern for it.
func steady(es []algebra.Expr) bool {
	for _, e := range es {
		if hasExists(e) {
			return false
		}
	}
	return !anyVolatile(es)
}

// AsksService reports whether running n asks remote endpoints, whose failures are
// failures of the query.
func AsksService(n Node) bool {
	if _, ok := n.(*Service); ok {
		return true
	}
	for _, in := range n.Inputs() {
		if AsksService(in) {
			return true
		}
	}
	return false
}
