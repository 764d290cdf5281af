package plan

import (
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// String returns the position as a query writes it.
func (p Pos) String() string {
	if p.IsVar() {
		return "?" + string(p.Var)
	}
	return shortTerm(p.Term)
}

// shortTerm shortens IRIs to their last part, which is what a reader looks for.
func shortTerm(t rdf.Term) string {
	if t == nil {
		return "UNDEF"
	}
	iri, ok := t.(rdf.IRI)
	if !ok {
		return t.String()
	}
	if i := strings.LastIndexAny(string(iri), "/#:"); i >= 0 && i+1 < len(iri) {
		return "<…" + string(iri[i:]) + ">"
	}
	return iri.String()
}

// String returns the pattern as a query writes it.
func (t Triple) String() string { return t[0].String() + " " + t[1].String() + " " + t[2].String() }

// String names the active graph; "" is the default graph by itself.
func (a Active) String() string {
	switch a.Kind {
	case GraphOne:
		if a.Term == nil {
			return ""
		}
		return " in " + shortTerm(a.Term)
	case GraphMerge:
		if a.All {
			return " in the merge of all graphs"
		}
		return fmt.Sprintf(" in the merge of %d graphs", len(a.IDs))
	case GraphVar:
		return " in ?" + string(a.Var)
	default:
		return " in each ?" + string(a.Var)
	}
}

func varList(vars []algebra.Var) string {
	s := make([]string, len(vars))
	for i, v := range vars {
		s[i] = "?" + string(v)
	}
	return strings.Join(s, " ")
}

func exprList(es []algebra.Expr) string {
	s := make([]string, len(es))
	for i, e := range es {
		s[i] = e.String()
	}
	return strings.Join(s, " && ")
}

// Describe implements Node.
func (n *Rows) Describe() string {
	s := fmt.Sprintf("Rows %d", len(n.IDs))
	if len(n.Vars) > 0 {
		s += " of " + varList(n.Vars)
	}
	if n.Note != "" {
		s += " (" + n.Note + ")"
	}
	return s
}

// Describe implements Node.
func (n *Outer) Describe() string { return "Bindings of " + varList(n.Vars) }

// Describe implements Node.
func (n *Scan) Describe() string {
	return "Scan " + n.Order.String() + "  " + n.Triple.String() + n.Active.String() + rangeNote(n.By, n.Ranges)
}

// Describe implements Node.
func (n *GraphJoin) Describe() string {
	s := "GraphJoin  " + strings.Join(n.patterns, " . ")
	if hints := len(n.Join.Among) + len(n.Join.Conds); hints > 0 {
		s += fmt.Sprintf("  with %d hints", hints)
	}
	if n.Outer != nil {
		s += "  for the bindings of " + varList(n.Outer.Vars)
	}
	return s
}

// Describe implements Node.
func (n *GraphNames) Describe() string { return "Graphs ?" + string(n.Active.Var) }

// Describe implements Node.
func (n *IndexJoin) Describe() string {
	return "Index" + n.Kind.String() + "  " + n.Triple.String() + n.Active.String()
}

// Describe implements Node.
func (n *PathJoin) Describe() string {
	return "Path  " + n.S.String() + " " + n.Path.String() + " " + n.O.String() + n.Active.String()
}

// Describe implements Node.
func (n *Unfold) Describe() string {
	return "TakeApart  ?" + string(n.Term) + " = <<( " + n.Parts.String() + " )>>"
}

// Describe implements Node.
func (n *Fold) Describe() string {
	return "FindTerm  ?" + string(n.Term) + " = <<( " + n.Parts.String() + " )>>"
}

// Describe implements Node.
func (n *HashJoin) Describe() string {
	s := "Hash" + n.Kind.String()
	if len(n.Shared) == 0 {
		s = "Cross" + n.Kind.String()
	}
	return joined(s, n.Shared, n.Cond)
}

// Describe implements Node.
func (n *MergeJoin) Describe() string {
	s := joined("MergeJoin", n.Shared, nil)
	var kinds []string
	plain := true
	for _, side := range n.Sides[1:] {
		kinds = append(kinds, side.Kind.String())
		plain = plain && side.Kind == Inner
	}
	if !plain {
		s += ": " + strings.Join(kinds, ", ")
	}
	return s
}

// Describe implements Node.
func (n *TrieJoin) Describe() string { return "TrieJoin by " + varList(n.Order) }

// Describe implements Node.
func (n *BindJoin) Describe() string { return joined("Bind"+n.Kind.String(), n.Shared, n.Cond) }

func joined(s string, on []algebra.Var, cond []algebra.Expr) string {
	if len(on) > 0 {
		s += " on " + varList(on)
	}
	if len(cond) > 0 {
		s += " if " + exprList(cond)
	}
	return s
}

// Describe implements Node.
func (n *Filter) Describe() string { return "Filter " + exprList(n.Conds) }

// Describe implements Node.
func (n *Extend) Describe() string { return "Bind ?" + string(n.Var) + " = " + n.Expr.String() }

// Describe implements Node.
func (n *Bind) Describe() string { return "Name ?" + string(n.To) + " = ?" + string(n.From) }

// Describe implements Node.
func (n *Union) Describe() string { return "Union" }

// Describe implements Node.
func (n *EachGraph) Describe() string { return "EachGraph ?" + string(n.Var) }

// Describe implements Node.
func (n *Service) Describe() string {
	switch name := n.Pattern.Name.(type) {
	case algebra.Var:
		return "Service ?" + string(name)
	case rdf.Term:
		return "Service " + name.String()
	}
	return "Service"
}

// Describe implements Node.
func (n *Project) Describe() string { return "Project " + varList(n.Vars) }

// Describe implements Node.
func (n *Distinct) Describe() string { return "Distinct" }

// Describe implements Node.
func (n *Sort) Describe() string {
	s := "Sort by"
	if n.Limit >= 0 {
		s = fmt.Sprintf("Top %d by", n.Limit)
	}
	for _, k := range n.Keys {
		s += " " + k.Expr.String()
		if k.Desc {
			s += " descending"
		}
	}
	return s
}

// Describe implements Node.
func (n *Slice) Describe() string {
	s := "Slice"
	if n.Offset > 0 {
		s += fmt.Sprintf(" from %d", n.Offset)
	}
	if n.Limit >= 0 {
		s += fmt.Sprintf(" at most %d", n.Limit)
	}
	return s
}

// Describe implements Node.
func (n *Parallel) Describe() string { return "Parallel in ranges of ?" + string(n.By) }

// Describe implements Node.
func (n *Group) Describe() string {
	s := "Group"
	for _, k := range n.Keys {
		s += " by " + k.Expr.String()
	}
	for _, a := range n.Aggregates {
		s += " " + a.Aggregate.String()
	}
	return s
}
