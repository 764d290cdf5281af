package plan

import (
	"slices"

	"github.com/belligraph/belligraph/queries/algebra"
)

// bag tells what the operators above make of equal rows.
type bag uint8

const (
	// everyRow is for operators that take one row at a time.
	everyRow bag = iota
	// weighted rows may stand for several equal ones: a COUNT adds numbers up.
	weighted
	// asSet is below DISTINCT and EXISTS, where one of several equal rows will do.
	asSet
)

// finish makes the last changes to a plan whose joins have been chosen.
func (p *planner) finish(root Node) Node {
	flatten(root)
	if p.allowed(ruleNarrow) {
		narrow(root, Set(root.Properties().Vars...), everyRow, p)
	}
	return root
}

// flatten makes one merge of merges by the same variable: the joins among their
// sides share nothing else, so the order in which they are made is free, and
// the side with the fewest keys can lead all others.
func flatten(n Node) {
	for _, in := range n.Inputs() {
		flatten(in)
	}
	j, ok := n.(*MergeJoin)
	if !ok || len(j.Shared) != 1 {
		return
	}
	var sides []MergeSide
	for i, s := range j.Sides {
		below, ok := s.Node.(*MergeJoin)
		if ok && below.Key == j.Key && len(below.Shared) == 1 && (i == 0 || s.Kind == Inner) {
			sides = append(sides, below.Sides...)
			continue
		}
		sides = append(sides, s)
	}
	j.Sides = sides
}

// narrow takes from the operators the columns that nothing above them asks for,
// so that none is decoded, copied or kept for nothing; and lets joins leave out
// or count equal rows where those above do not tell them apart.
//
// Counter-example: below a DISTINCT every column counts, and below SUM a row
// that stands for three is not one.
func narrow(n Node, need VarSet, b bag, p *planner) {
	pr := n.Properties()
	below := func(in Node, asked VarSet, b bag) {
		ip := in.Properties()
		narrow(in, intersection(asked, Set(ip.Vars...)), b, p)
		pr.Weighted = pr.Weighted || ip.Weighted
	}
	switch n := n.(type) {
	case *Scan:
		p.keep(pr, need)
	case *GraphJoin:
		all := pr.Vars
		p.keep(pr, need)
		n.Join.Distinct = b == asSet && len(pr.Vars) < len(all)
		n.Join.Columns = n.Join.Columns[:0]
		for _, v := range pr.Vars {
			n.Join.Columns = append(n.Join.Columns, slices.Index(all, v)+1)
		}
	case *IndexJoin:
		asked := need.clone()
		for _, pos := range n.Triple {
			asked.add(pos.Var)
		}
		asked.add(n.Active.Var)
		if n.Kind == Inner && b == asSet && !need.HasAny(newVars(n.Input, pr.Vars)) && n.Input.Properties().Certain.HasAll(patternVars(n.Triple, n.Active, n.Input)) {
			n.Kind = Semi
		}
		below(n.Input, asked, b)
		p.keep(pr, need)
	case *PathJoin:
		asked := need.clone()
		asked.add(n.S.Var)
		asked.add(n.O.Var)
		asked.add(n.Active.Var)
		below(n.Input, asked, onlySet(b))
		p.keep(pr, need)
	case *HashJoin:
		asked := union(need, Set(n.Shared...))
		asked = union(asked, condVars(n.Cond, n.Active))
		if b == asSet {
			n.existsOnly(need)
		}
		left, right := b, b
		if n.Kind == Semi || n.Kind == Anti || n.Kind == Minus {
			right = asSet
		}
		if len(n.Cond) > 0 {
			left, right = onlySet(left), onlySet(right)
		}
		below(n.Left, asked, left)
		below(n.Right, asked, right)
		p.keep(pr, union(need, condVars(n.Cond, n.Active)))
	case *MergeJoin:
		asked := union(need, Set(n.Shared...))
		pr.Weighted = b == weighted && len(n.Shared) == 1
		n.Drop = b == asSet
		for i, s := range n.Sides {
			side := b
			if i > 0 && (s.Kind == Semi || s.Kind == Anti) {
				side = asSet
			}
			if len(n.Shared) > 1 {
				side = onlySet(side)
			}
			below(s.Node, asked, side)
		}
		p.keep(pr, need)
	case *TrieJoin: // its patterns are read whole
		pr.Weighted = b == weighted
		n.Drop = b == asSet
		p.keep(pr, need)
	case *BindJoin:
		asked := union(need, Set(n.Shared...))
		asked = union(asked, condVars(n.Cond, n.Active))
		left, right := onlySet(b), onlySet(b)
		if n.Kind == Semi || n.Kind == Anti || n.Kind == Minus {
			right = asSet
		}
		below(n.Left, union(asked, pushed(n.Right, n)), left)
		below(n.Right, asked, right)
		p.keep(pr, union(need, condVars(n.Cond, n.Active)))
	case *Filter:
		if anyVolatile(n.Conds) {
			b = everyRow
		}
		below(n.Input, union(need, condVars(n.Conds, n.Active)), b)
		pr.as(n.Input)
	case *Extend:
		conds := []algebra.Expr{n.Expr}
		if anyVolatile(conds) {
			b = everyRow
		}
		asked := union(need, condVars(conds, n.Active))
		delete(asked, n.Var)
		below(n.Input, asked, onlySet(b))
		pr.as(n.Input)
		pr.Vars = append(pr.Vars, n.Var)
	case *Bind:
		asked := need.clone()
		asked.add(n.From)
		asked.add(n.To)
		below(n.Input, asked, onlySet(b))
		pr.as(n.Input)
		pr.Vars = slices.DeleteFunc(pr.Vars, func(v algebra.Var) bool { return v == n.From || v == n.To })
		pr.Vars = append(pr.Vars, n.To)
	case *Union:
		for _, in := range n.Branches {
			below(in, need, onlySet(b))
		}
		p.keep(pr, need)
	case *Project:
		p.keep(pr, need)
		below(n.Input, Set(pr.Vars...), b)
	case *Distinct:
		n.Input = exactly(n.Input, pr.Vars, asSet, p)
	case *Slice:
		below(n.Input, need, everyRow)
		pr.as(n.Input)
	case *Sort:
		var keys []algebra.Expr
		for _, k := range n.Keys {
			keys = append(keys, k.Expr)
		}
		below(n.Input, union(need, condVars(keys, n.Active)), everyRow)
		pr.as(n.Input)
	case *Group:
		asked, how := groupAsks(n)
		below(n.Input, asked, how)
		pr.Weighted = false
	case *EachGraph:
		below(n.Input, need, everyRow)
		pr.as(n.Input)
		pr.Vars = append(pr.Vars, n.Var)
	case *Unfold, *Fold, *Service:
		for _, in := range n.Inputs() {
			below(in, Set(in.Properties().Vars...), everyRow)
		}
	default: // Rows, Outer and GraphNames are read as they are
	}
}

// existsOnly makes a join whose table side adds no column a semi-join.
func (n *HashJoin) existsOnly(need VarSet) {
	table, other := n.Right, n.Left
	if n.BuildLeft {
		table, other = other, table
	}
	tp, op := table.Properties(), other.Properties()
	if n.Kind != Inner || need.HasAny(newVars(other, tp.Vars)) || !op.Certain.HasAll(n.Shared) || !tp.Certain.HasAll(n.Shared) {
		return
	}
	n.Left, n.Right, n.Kind, n.BuildLeft = other, table, Semi, false
}

// onlySet is for operators that do not carry the weights of rows along.
func onlySet(b bag) bag {
	if b == weighted {
		return everyRow
	}
	return b
}

func (s VarSet) add(v algebra.Var) {
	if v != "" {
		s[v] = true
	}
}

// keep drops the columns that are not needed.
func (p *planner) keep(pr *Props, need VarSet) {
	vars := make([]algebra.Var, 0, len(pr.Vars))
	for _, v := range pr.Vars {
		if need[v] {
			vars = append(vars, v)
		}
	}
	if len(vars) == len(pr.Vars) {
		return
	}
	p.use(ruleNarrow)
	pr.Vars, pr.Unique = vars, false
	pr.Certain = intersection(pr.Certain, need)
	for i, v := range pr.Sorted {
		if !need[v] {
			pr.Sorted = pr.Sorted[:i]
			break
		}
	}
}

// as gives an operator the columns of its operand.
func (p *Props) as(in Node) {
	ip := in.Properties()
	if len(p.Vars) != len(ip.Vars) {
		p.Unique = p.Unique && ip.Unique
	}
	p.Vars = slices.Clone(ip.Vars)
	for i, v := range p.Sorted {
		if !ip.Has(v) {
			p.Sorted = p.Sorted[:i]
			break
		}
	}
}

// exactly narrows in to vars, and drops what it has beyond them.
func exactly(in Node, vars []algebra.Var, b bag, p *planner) Node {
	narrow(in, Set(vars...), b, p)
	if ip := in.Properties(); !slices.Equal(ip.Vars, vars) {
		return project(in, vars, Active{})
	}
	return in
}

// newVars returns those of vars that are no columns of in.
func newVars(in Node, vars []algebra.Var) []algebra.Var {
	var out []algebra.Var
	for _, v := range vars {
		if !in.Properties().Has(v) {
			out = append(out, v)
		}
	}
	return out
}

// patternVars returns the variables of a pattern that are columns of in.
func patternVars(t Triple, a Active, in Node) []algebra.Var {
	var out []algebra.Var
	for _, v := range []algebra.Var{t[0].Var, t[1].Var, t[2].Var, a.Var} {
		if in.Properties().Has(v) {
			out = append(out, v)
		}
	}
	return out
}

// condVars returns the variables that expressions read, and the graph that
// EXISTS among them is evaluated in.
func condVars(conds []algebra.Expr, a Active) VarSet {
	s := VarSet{}
	for _, c := range conds {
		for _, v := range algebra.Vars(c) {
			s[v] = true
		}
	}
	if len(conds) > 0 {
		s.add(a.Var)
	}
	return s
}

func anyVolatile(es []algebra.Expr) bool {
	return slices.ContainsFunc(es, Volatile)
}

// pushed returns the columns of the left side of j that leaves of its right
// side read.
func pushed(n Node, j *BindJoin) VarSet {
	s := VarSet{}
	if o, ok := n.(*Outer); ok && o.Join == j {
		return Set(o.From...)
	}
	for _, in := range n.Inputs() {
		s = union(s, pushed(in, j))
	}
	return s
}

// groupAsks returns the columns that a Group reads, and what it makes of equal
// rows.
func groupAsks(n *Group) (VarSet, bag) {
	var es []algebra.Expr
	for _, k := range n.Keys {
		es = append(es, k.Expr)
	}
	counts, sets := true, true
	all := false
	for _, b := range n.Aggregates {
		agg := b.Aggregate
		_, isVar := agg.Arg.(algebra.VarExpr)
		switch {
		case agg.Arg == nil && agg.Distinct:
			all = true
		case agg.Arg != nil:
			es = append(es, agg.Arg)
		}
		isSet := agg.Distinct || agg.Name == "MIN" || agg.Name == "MAX" || agg.Name == "SAMPLE"
		sets = sets && isSet
		counts = counts && (isSet || agg.Name == "COUNT" && (agg.Arg == nil || isVar))
	}
	asked := condVars(es, n.Active)
	if all {
		asked = Set(n.Input.Properties().Vars...)
	}
	switch {
	case anyVolatile(es):
		return asked, everyRow
	case sets:
		return asked, asSet
	case counts:
		return asked, weighted
	}
	return asked, everyRow
}
