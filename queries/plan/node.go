// Package plan turns the algebra of a query into a physical plan for one
// snapshot of a graph: rewrites of the algebra that keep its meaning
// (rule_*.go, one named rule with its reason and its counter-example each),
// the order of joins by statistics (join.go, cost.go), and the choice of
// operators (planner.go). A plan is a tree of [Node]; package exec runs it and
// [Explain] prints it. Nothing here reads quads.
//
// Rows of a plan are columns of graph.ID, where graph.Any is an unbound
// variable. Every join therefore means compatibility (SPARQL 1.1 §18.3), not
// equality; [Props.Certain] tells the columns that are bound in every row, on
// which the two are the same.
package plan

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Node is a physical operator.
type Node interface {
	// Properties returns what the planner knows of the rows of the operator.
	Properties() *Props
	// Inputs returns the operands, left before right.
	Inputs() []Node
	// Describe returns the operator and its arguments in one line.
	Describe() string
}

// Props is what is known of the rows of an operator.
type Props struct {
	Vars     []algebra.Var // the columns
	Certain  VarSet        // columns that are bound in every row
	Rows     float64       // estimated
	Cost     float64       // estimated, operands included; a scanned row is 1
	Distinct map[algebra.Var]float64
	// Sorted are certain columns by whose ids rows ascend, most significant
	// first.
	Sorted []algebra.Var
	// Unique is set when no two rows are equal.
	Unique bool
	// Weighted is set when a row may stand for several equal ones, of which its
	// batch tells the number; see narrow.go.
	Weighted bool
}

// Properties implements Node.
func (p *Props) Properties() *Props { return p }

// Column returns the index of the column of v, -1 when there is none.
func (p *Props) Column(v algebra.Var) int {
	for i, w := range p.Vars {
		if v == w {
			return i
		}
	}
	return -1
}

// Has reports whether v is a column.
func (p *Props) Has(v algebra.Var) bool { return p.Column(v) >= 0 }

// distinct returns about how many values v takes.
func (p *Props) distinct(v algebra.Var) float64 {
	if d, ok := p.Distinct[v]; ok {
		return max(1, min(d, p.Rows))
	}
	return max(1, p.Rows)
}

// VarSet is a set of variables. A nil set is empty.
type VarSet map[algebra.Var]bool

// Set returns the set of vars.
func Set(vars ...algebra.Var) VarSet {
	s := make(VarSet, len(vars))
	for _, v := range vars {
		s[v] = true
	}
	return s
}

// HasAll reports whether all vars are in s.
func (s VarSet) HasAll(vars []algebra.Var) bool {
	for _, v := range vars {
		if !s[v] {
			return false
		}
	}
	return true
}

// HasAny reports whether one of vars is in s.
func (s VarSet) HasAny(vars []algebra.Var) bool {
	for _, v := range vars {
		if s[v] {
			return true
		}
	}
	return false
}

func (s VarSet) clone() VarSet {
	c := make(VarSet, len(s))
	for v := range s {
		c[v] = true
	}
	return c
}

func union(a, b VarSet) VarSet {
	c := a.clone()
	for v := range b {
		c[v] = true
	}
	return c
}

func intersection(a, b VarSet) VarSet {
	c := make(VarSet)
	for v := range a {
		if b[v] {
			c[v] = true
		}
	}
	return c
}

// Pos is a position of a scanned pattern: a variable, or else a constant.
type Pos struct {
	Var  algebra.Var
	ID   graph.ID
	Term rdf.Term
}

// IsVar reports whether the position is a variable.
func (p Pos) IsVar() bool { return p.Var != "" }

// Triple is a scanned pattern: subject, predicate, object.
type Triple [3]Pos

// GraphKind tells how the active graph of an operator is made.
type GraphKind uint8

// The kinds of active graphs.
const (
	// GraphOne is the single graph IDs[0].
	GraphOne GraphKind = iota
	// GraphMerge is the RDF merge of the graphs IDs; of all graphs when All is
	// set. A triple in two of them is one triple.
	GraphMerge
	// GraphVar is each of the named graphs IDs, or each named graph when All is
	// set, and Var is bound to its name.
	GraphVar
	// GraphParam is the single graph that the enclosing EachGraph is at.
	GraphParam
)

// Active is the active graph of an operator.
type Active struct {
	Kind GraphKind
	IDs  []graph.ID
	All  bool
	Var  algebra.Var // of GraphVar; for GraphParam the key of the parameter
	Term rdf.Term    // of GraphOne, for printing
}

// JoinKind tells which rows a join operator makes.
type JoinKind uint8

// The kinds of joins.
const (
	Inner JoinKind = iota
	Left           // LeftJoin, §18.5
	Semi           // rows of the left with a compatible row on the right
	Anti           // rows of the left with none
	Minus          // §18.5: rows of the left without a compatible row that shares a bound variable
)

var kindNames = [...]string{"Join", "LeftJoin", "SemiJoin", "AntiJoin", "Minus"}

// String returns the name of the kind.
func (k JoinKind) String() string { return kindNames[k] }

// MergeSide is an input of a MergeJoin, and how it is joined with those before
// it: Inner, Left, Semi or Anti.
type MergeSide struct {
	Node Node
	Kind JoinKind
}

// The operators.
type (
	// Rows is inline data. Without variables it is that many empty solutions.
	Rows struct {
		Props
		IDs  [][]graph.ID // by row
		Note string       // what rewrite computed it, if any
	}

	// Outer reads the distinct bindings that the enclosing BindJoin pushes in.
	Outer struct {
		Props
		Join *BindJoin
		From []algebra.Var // the columns of the left side that Vars are
	}

	// Scan reads the matches of one pattern in index order.
	Scan struct {
		Props
		Triple Triple
		Active Active
		Order  graph.Order
		// Ranges, ascending, are the only ids of the first variable that need be
		// looked at; nil is all. By is that variable.
		Ranges []IDRange
		By     algebra.Var
	}

	// GraphJoin is the join of several patterns, left to a graph that joins by
	// itself. Vars are the columns of Join in their order.
	GraphJoin struct {
		Props
		Join  *graph.Join
		Outer *Outer // bindings by which it may restrict itself; nil for none
		Vary  []int  // the variables of Join that Outer's columns are

		patterns []string // for printing
	}

	// GraphNames lists the named graphs of Active.
	GraphNames struct {
		Props
		Active Active
	}

	// IndexJoin looks the matches of a pattern up for each row of Input, taking
	// what the row binds as constants.
	IndexJoin struct {
		Props
		Input  Node
		Triple Triple
		Active Active
		Kind   JoinKind // Inner, Left, Semi or Anti
	}

	// PathJoin evaluates a property path for each row of Input.
	PathJoin struct {
		Props
		Input  Node
		S, O   Pos
		Path   algebra.PathExpr
		Active Active
	}

	// Unfold takes apart the triple terms in column Term of Input.
	Unfold struct {
		Props
		Input Node
		Term  algebra.Var
		Parts Triple
	}

	// Fold binds Term to the stored triple term made of Parts, which are all
	// bound; rows without one are dropped.
	Fold struct {
		Props
		Input Node
		Term  algebra.Var
		Parts Triple
		// Nested terms are parts of other triple terms, so that they need not be
		// stored by themselves.
		Nested bool
	}

	// HashJoin joins by a hash table of Right; of Left when BuildLeft is set,
	// which Inner joins may choose.
	HashJoin struct {
		Props
		Left, Right Node
		Kind        JoinKind
		Shared      []algebra.Var  // compared
		Domain      []algebra.Var  // of Minus: the variables that §18.5 looks at
		Cond        []algebra.Expr // of Left
		BuildLeft   bool
		Active      Active // for EXISTS in Cond
	}

	// MergeJoin joins inputs that ascend by Key, certain in all of them: the
	// first with the second, the outcome with the third, and so on. Key is all
	// that the sides share, unless there are two, joined as Inner, whose shared
	// variables are Shared.
	MergeJoin struct {
		Props
		Sides  []MergeSide
		Key    algebra.Var
		Shared []algebra.Var
		Drop   bool // rows equal to others may be left out
	}

	// TrieJoin joins patterns between two variables, of which each ascends by its
	// variables in the order of Order: it binds one variable after the other to
	// the values that all patterns with it have.
	TrieJoin struct {
		Props
		Atoms []*Scan
		Order []algebra.Var
		Drop  bool // rows equal to others may be left out
	}

	// BindJoin evaluates Right once per batch of Left, restricted by Outer
	// leaves to the bindings of Pushed in that batch.
	BindJoin struct {
		Props
		Left, Right Node
		Kind        JoinKind
		Shared      []algebra.Var
		Domain      []algebra.Var
		Cond        []algebra.Expr
		Active      Active
	}

	// Filter keeps the rows for which all Conds are true.
	Filter struct {
		Props
		Input  Node
		Conds  []algebra.Expr
		Active Active // for EXISTS
	}

	// Extend binds Var to Expr.
	Extend struct {
		Props
		Input  Node
		Var    algebra.Var
		Expr   algebra.Expr
		Active Active
	}

	// Bind gives column From the name To as well, keeping compatible rows.
	Bind struct {
		Props
		Input    Node
		From, To algebra.Var
	}

	// Union is the rows of all Branches.
	Union struct {
		Props
		Branches []Node
	}

	// EachGraph evaluates Input once per named graph, whose name is Var.
	EachGraph struct {
		Props
		Input  Node
		Var    algebra.Var
		Active Active
	}

	// Service asks a remote endpoint.
	Service struct {
		Props
		Input   Node // the rows whose bindings are sent along; nil for none
		Pattern *algebra.Service
		Silent  bool
	}

	// Project keeps Vars.
	Project struct {
		Props
		Input Node
	}

	// Distinct drops equal rows.
	Distinct struct {
		Props
		Input Node
	}

	// Sort sorts; with Limit ≥ 0 it keeps the first Limit rows only.
	Sort struct {
		Props
		Input  Node
		Keys   []algebra.OrderKey
		Limit  int64
		Active Active
	}

	// Slice keeps Limit rows after Offset; a negative limit is none.
	Slice struct {
		Props
		Input         Node
		Offset, Limit int64
	}

	// Parallel evaluates Input in ranges of By, several at a time, and gives
	// their rows in order. Scans are cut to the range; Joins make their tables
	// once for all ranges.
	Parallel struct {
		Props
		Input Node
		By    algebra.Var
		Scans []*Scan
		Joins []*HashJoin
	}

	// Group groups and aggregates.
	Group struct {
		Props
		Input      Node
		Keys       []algebra.GroupKey
		Aggregates []algebra.BoundAggregate
		Active     Active
	}
)

// Inputs implements Node.
func (n *Rows) Inputs() []Node       { return nil }
func (n *Outer) Inputs() []Node      { return nil }
func (n *Scan) Inputs() []Node       { return nil }
func (n *GraphJoin) Inputs() []Node  { return nil }
func (n *GraphNames) Inputs() []Node { return nil }
func (n *IndexJoin) Inputs() []Node  { return []Node{n.Input} }
func (n *PathJoin) Inputs() []Node   { return []Node{n.Input} }
func (n *Unfold) Inputs() []Node     { return []Node{n.Input} }
func (n *Fold) Inputs() []Node       { return []Node{n.Input} }
func (n *HashJoin) Inputs() []Node   { return []Node{n.Left, n.Right} }
func (n *MergeJoin) Inputs() []Node {
	in := make([]Node, len(n.Sides))
	for i, s := range n.Sides {
		in[i] = s.Node
	}
	return in
}
func (n *TrieJoin) Inputs() []Node {
	in := make([]Node, len(n.Atoms))
	for i, s := range n.Atoms {
		in[i] = s
	}
	return in
}
func (n *BindJoin) Inputs() []Node  { return []Node{n.Left, n.Right} }
func (n *Filter) Inputs() []Node    { return []Node{n.Input} }
func (n *Extend) Inputs() []Node    { return []Node{n.Input} }
func (n *Bind) Inputs() []Node      { return []Node{n.Input} }
func (n *Union) Inputs() []Node     { return n.Branches }
func (n *EachGraph) Inputs() []Node { return []Node{n.Input} }
func (n *Service) Inputs() []Node {
	if n.Input == nil {
		return nil
	}
	return []Node{n.Input}
}
func (n *Project) Inputs() []Node  { return []Node{n.Input} }
func (n *Distinct) Inputs() []Node { return []Node{n.Input} }
func (n *Sort) Inputs() []Node     { return []Node{n.Input} }
func (n *Slice) Inputs() []Node    { return []Node{n.Input} }
func (n *Parallel) Inputs() []Node { return []Node{n.Input} }
func (n *Group) Inputs() []Node    { return []Node{n.Input} }
