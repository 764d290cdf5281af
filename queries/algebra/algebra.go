// Package algebra holds the SPARQL algebra of SPARQL 1.1 §18 and the draft of
// SPARQL 1.2: the one logical form of a query. Package sparql translates the
// syntax into it, package plan chooses how to evaluate it. Trees are sealed,
// immutable once built, and print as s-expressions through String, the form
// that EXPLAIN, logs and golden tests show.
package algebra

import "github.com/belligraph/belligraph/graph/rdf"

// Node is an operator of the algebra. The set of operators is closed.
type Node interface {
	String() string
	node()
}

// Var is a variable, without "?" or "$". Blank nodes of a query are variables
// too: their names start with "_:", which no query can write, and they are
// never visible in results.
type Var string

// PatternTerm is a position of a pattern or template: an [rdf.Term], a [Var],
// or a [TriplePattern] standing for a triple term that holds variables. In
// templates an rdf.BlankNode is a blank node to be made per solution.
type PatternTerm interface{}

// TriplePattern is a triple of pattern terms.
type TriplePattern struct {
	S, P, O PatternTerm
}

// QuadPattern is a triple pattern in a graph; G is nil for the default graph of
// the operation that holds it.
type QuadPattern struct {
	TriplePattern
	G PatternTerm
}

// BGP is a basic graph pattern (§18.3). The empty one has one empty solution.
type BGP struct{ Patterns []TriplePattern }

// Path is a property path pattern (§18.4) that could not be written as a BGP.
type Path struct {
	S    PatternTerm
	Path PathExpr
	O    PatternTerm
}

// Join, LeftJoin, Union, Minus are the binary operators of §18.5. A nil Cond of
// a LeftJoin is true.
type (
	Join     struct{ Left, Right Node }
	LeftJoin struct {
		Left, Right Node
		Cond        Expr
	}
	Union struct{ Left, Right Node }
	Minus struct{ Left, Right Node }
	// Lateral evaluates Right once per solution of Left, with its values
	// substituted. The translation never emits it; rewrites may.
	Lateral struct{ Left, Right Node }
)

// Filter keeps the solutions for which Cond has the effective boolean value
// true.
type Filter struct {
	Input Node
	Cond  Expr
}

// Extend binds Var to Expr, leaving it unbound on an error.
type Extend struct {
	Input Node
	Var   Var
	Expr  Expr
}

// Graph evaluates Input with the named graph Name, an rdf.Term or a Var, active.
type Graph struct {
	Name  PatternTerm
	Input Node
}

// Service evaluates Input at the endpoint Name. Source is the text of the group
// as written, for messages; the request is printed from Input's syntax by
// package sparql and carried in Query.
type Service struct {
	Name   PatternTerm
	Input  Node
	Silent bool
	// Query is the group graph pattern in SPARQL syntax, with every prefixed
	// name and relative IRI written out.
	Query string
}

// Values is inline data. A nil term is UNDEF.
type Values struct {
	Vars []Var
	Rows [][]rdf.Term
}

// Group groups Input by Keys and computes Aggregates per group (§18.5.1). With
// no keys there is exactly one group, also over no solutions.
type Group struct {
	Input      Node
	Keys       []GroupKey
	Aggregates []BoundAggregate
}

// GroupKey is one key of GROUP BY. Expr is a VarExpr for a plain variable.
// Var names the column; keys that the query does not name get names that start
// with ".", which no query can write.
type GroupKey struct {
	Expr Expr
	Var  Var
}

// BoundAggregate is an aggregate and the variable that it binds, named with a
// leading ".".
type BoundAggregate struct {
	Var       Var
	Aggregate Aggregate
}

// Aggregate is COUNT, SUM, MIN, MAX, AVG, SAMPLE, GROUP_CONCAT, or the IRI of
// an extension aggregate. A nil Arg means COUNT(*).
type Aggregate struct {
	Name      string // upper-case keyword, or an IRI
	Distinct  bool
	Arg       Expr
	Separator string // of GROUP_CONCAT
	HasSep    bool
}

// OrderBy sorts. Slice keeps Limit rows after Offset; Limit is negative for
// none.
type (
	OrderBy struct {
		Input Node
		Keys  []OrderKey
	}
	OrderKey struct {
		Expr Expr
		Desc bool
	}
	Project struct {
		Input Node
		Vars  []Var
	}
	Distinct struct{ Input Node }
	Reduced  struct{ Input Node }
	Slice    struct {
		Input         Node
		Offset, Limit int64
	}
)

func (*BGP) node()      {}
func (*Path) node()     {}
func (*Join) node()     {}
func (*LeftJoin) node() {}
func (*Union) node()    {}
func (*Minus) node()    {}
func (*Lateral) node()  {}
func (*Filter) node()   {}
func (*Extend) node()   {}
func (*Graph) node()    {}
func (*Service) node()  {}
func (*Values) node()   {}
func (*Group) node()    {}
func (*OrderBy) node()  {}
func (*Project) node()  {}
func (*Distinct) node() {}
func (*Reduced) node()  {}
func (*Slice) node()    {}

// PathExpr is a property path expression.
type PathExpr interface {
	String() string
	path()
}

// The property path expressions of §18.2.2.3. PathNegated holds the forward
// and the inverse predicates of a negated property set.
type (
	PathLink       struct{ IRI rdf.IRI }
	PathInverse    struct{ Path PathExpr }
	PathSeq        struct{ Left, Right PathExpr }
	PathAlt        struct{ Left, Right PathExpr }
	PathZeroOrMore struct{ Path PathExpr }
	PathOneOrMore  struct{ Path PathExpr }
	PathZeroOrOne  struct{ Path PathExpr }
	PathNegated    struct {
		Forward, Inverse       []rdf.IRI
		HasForward, HasInverse bool
	}
)

func (PathLink) path()       {}
func (PathInverse) path()    {}
func (PathSeq) path()        {}
func (PathAlt) path()        {}
func (PathZeroOrMore) path() {}
func (PathOneOrMore) path()  {}
func (PathZeroOrOne) path()  {}
func (PathNegated) path()    {}

// Expr is an expression over one solution.
type Expr interface {
	String() string
	expr()
}

// The expressions. Call covers operators and functions alike: Op is the
// operator as written ("+", "=", "&&", "!", "unary-", "in", "not in"), the
// upper-case keyword of a built-in ("STRLEN"), or the IRI of a function or cast
// when IRI is true. For "in" and "not in" Args[0] is the tested value.
type (
	VarExpr struct{ Var Var }
	// ConstExpr is a term. A triple term that holds variables is a Call of
	// TRIPLE.
	ConstExpr struct{ Term rdf.Term }
	Call      struct {
		Op       string
		IRI      bool
		Distinct bool
		Args     []Expr
	}
	// Exists is EXISTS, or NOT EXISTS when Not is set, by substitution of the
	// current solution (§18.6).
	Exists struct {
		Pattern Node
		Not     bool
	}
)

func (VarExpr) expr()   {}
func (ConstExpr) expr() {}
func (*Call) expr()     {}
func (*Exists) expr()   {}

// QueryForm is the form of a query.
type QueryForm uint8

// The query forms.
const (
	Select QueryForm = iota
	Ask
	Construct
	Describe
)

// Dataset is FROM and FROM NAMED. Explicit is set when the query has either, so
// that an empty list is an empty default graph or no named graphs.
type Dataset struct {
	Explicit bool
	Default  []rdf.IRI
	Named    []rdf.IRI
}

// Query is a query in algebra. Pattern includes the solution modifiers.
type Query struct {
	Form     QueryForm
	Pattern  Node
	Vars     []Var         // visible variables of the result, in order
	Template []QuadPattern // of CONSTRUCT
	Describe []PatternTerm // of DESCRIBE: IRIs and variables
	Dataset  Dataset
	Base     string // base IRI in force at the end of the prologue, for IRI()
}

// Update is a request of SPARQL Update: its operations in order.
type Update struct {
	Operations []Operation
	Base       string
}

// Operation is one operation of an update request.
type Operation interface {
	String() string
	operation()
}

// GraphRefKind tells what a graph management operation refers to.
type GraphRefKind uint8

// The graph references of SPARQL Update.
const (
	GraphNamed GraphRefKind = iota
	GraphDefault
	GraphAllNamed
	GraphAll
)

// GraphRef is GRAPH iri, DEFAULT, NAMED or ALL.
type GraphRef struct {
	Kind GraphRefKind
	IRI  rdf.IRI
}

// The operations of SPARQL 1.1 Update §3. InsertData and DeleteData hold ground
// quads but for blank nodes in InsertData. Modify covers DELETE WHERE, and both
// templates with WITH and USING.
type (
	InsertData struct{ Quads []QuadPattern }
	DeleteData struct{ Quads []QuadPattern }
	Modify     struct {
		With    rdf.IRI // empty: none
		Using   Dataset
		Delete  []QuadPattern
		Insert  []QuadPattern
		Pattern Node
		Base    string // base IRI in force, for IRI()
	}
	Load struct {
		Source rdf.IRI
		Into   rdf.IRI // empty: the default graph
		Silent bool
	}
	Clear struct {
		Graph  GraphRef
		Silent bool
		Drop   bool // DROP rather than CLEAR
	}
	Create struct {
		Graph  rdf.IRI
		Silent bool
	}
	// Transfer is ADD, MOVE or COPY.
	Transfer struct {
		Op       string // "ADD", "MOVE", "COPY"
		From, To GraphRef
		Silent   bool
	}
)

func (*InsertData) operation() {}
func (*DeleteData) operation() {}
func (*Modify) operation()     {}
func (*Load) operation()       {}
func (*Clear) operation()      {}
func (*Create) operation()     {}
func (*Transfer) operation()   {}
