package sparql

import (
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Pos is a byte offset in the text of a query.
type Pos int

// Query is a parsed query. IRIs in it are resolved and prefixed names expanded;
// the spelling of the source is kept beside them for the printer.
type Query struct {
	Prologue []Declaration
	Form     algebra.QueryForm
	Select   SelectClause // of SELECT
	// Template is the template of CONSTRUCT. Short is CONSTRUCT WHERE { … },
	// whose pattern, one block of triples, is the template too.
	Template    []Triples
	Short       bool
	Describe    []Term // of DESCRIBE; with DescribeAll it is DESCRIBE *
	DescribeAll bool
	Dataset     []DatasetClause
	Where       *Group // nil for a DESCRIBE without pattern
	Modifiers
	Values *InlineData // VALUES after the modifiers, or nil
	Base   string      // base IRI at the end of the prologue

	text string
}

// Update is a parsed update request: operations, each with the declarations
// before it. Trailing holds declarations after the last operation.
type Update struct {
	Operations []Operation
	Trailing   []Declaration
	Base       string

	text string
}

// DeclKind tells the declarations of a prologue apart.
type DeclKind uint8

// The declarations.
const (
	DeclBase DeclKind = iota
	DeclPrefix
	DeclVersion
)

// Declaration is BASE, PREFIX or VERSION.
type Declaration struct {
	Pos    Pos
	Kind   DeclKind
	Prefix string // of PREFIX, without the colon
	IRI    IRI    // of BASE and PREFIX
	Text   string // of VERSION
}

// DatasetClause is FROM or FROM NAMED; in updates USING or USING NAMED.
type DatasetClause struct {
	IRI   IRI
	Named bool
}

// SelectClause is what stands between SELECT and the pattern.
type SelectClause struct {
	Pos               Pos
	Distinct, Reduced bool
	Star              bool
	Items             []SelectItem
}

// SelectItem is a variable, or with an expression (expression AS variable).
type SelectItem struct {
	Expr Expr // nil for a plain variable
	Var  Var
}

// Modifiers are the solution modifiers but for DISTINCT and REDUCED.
type Modifiers struct {
	GroupBy []GroupCondition
	Having  []Expr
	OrderBy []OrderCondition
	// Limit and Offset are negative when absent.
	Limit, Offset int64
}

// GroupCondition is one key of GROUP BY. As has an empty name when the key is
// not given one.
type GroupCondition struct {
	Expr Expr
	As   Var
}

// OrderCondition is one key of ORDER BY.
type OrderCondition struct {
	Expr Expr
	Desc bool
}

// Group is a group graph pattern, { … }. It holds either elements or, in
// SubSelect, one sub-query.
type Group struct {
	Pos       Pos
	Elements  []Element
	SubSelect *SubSelect
}

// SubSelect is a SELECT inside a group.
type SubSelect struct {
	Select SelectClause
	Where  *Group
	Modifiers
	Values *InlineData
}

// Element is a part of a group: [TriplesBlock], [Filter], [Bind], [Optional],
// [Minus], [GraphPattern], [ServicePattern], [Union], [InlineData] or a nested
// [Group]. The set is closed.
type Element interface{ element() }

type (
	// TriplesBlock is a run of triples.
	TriplesBlock struct{ Triples []Triples }
	// Filter is FILTER.
	Filter struct {
		Pos  Pos
		Expr Expr
	}
	// Bind is BIND(expression AS variable).
	Bind struct {
		Pos  Pos
		Expr Expr
		Var  Var
	}
	// Optional is OPTIONAL { … }.
	Optional struct{ Group *Group }
	// Minus is MINUS { … }.
	Minus struct{ Group *Group }
	// GraphPattern is GRAPH name { … }.
	GraphPattern struct {
		Name  Term
		Group *Group
	}
	// ServicePattern is SERVICE name { … }. Source is the group as written.
	ServicePattern struct {
		Silent bool
		Name   Term
		Group  *Group
		Source string
	}
	// Union is { … } UNION { … }, with at least two alternatives.
	Union struct{ Alternatives []*Group }
	// InlineData is VALUES. A nil term is UNDEF. Single tells VALUES ?x { … }
	// from VALUES (?x) { (…) }.
	InlineData struct {
		Pos    Pos
		Vars   []Var
		Rows   [][]Term
		Single bool
	}
)

func (*TriplesBlock) element()   {}
func (*Filter) element()         {}
func (*Bind) element()           {}
func (*Optional) element()       {}
func (*Minus) element()          {}
func (*GraphPattern) element()   {}
func (*ServicePattern) element() {}
func (*Union) element()          {}
func (*InlineData) element()     {}
func (*Group) element()          {}

// Triples is a subject with its properties. Properties may be empty when the
// subject says something by itself: a reified triple, a list, [ … ].
type Triples struct {
	Subject    Term
	Properties []Property
}

// Property is a verb with its objects.
type Property struct {
	Verb    Path // a PathTerm for a plain predicate or a variable
	Objects []Object
}

// Object is an object with the annotations of its triple.
type Object struct {
	Term        Term
	Annotations []Annotation
}

// Annotation is a reifier, ~ or ~ name, or a block {| … |}.
type Annotation struct {
	Pos     Pos
	Reifier Term // nil in a block and in a bare ~
	Block   []Property
}

// IsBlock reports whether the annotation is {| … |}.
func (a Annotation) IsBlock() bool { return len(a.Block) > 0 }

// Term is a term of a pattern, template or expression: [Var], [IRI],
// [Literal], [BlankNode], [Collection], [PropertyList], [TripleTerm] or
// [ReifiedTriple]. The set is closed.
type Term interface {
	// Position returns where the term starts.
	Position() Pos
	term()
}

type (
	// Var is a variable; Name has no ? or $.
	Var struct {
		Pos  Pos
		Name string
	}
	// IRI is an IRI. Text is the source's spelling: <reference> or pre:local.
	IRI struct {
		Pos   Pos
		Value rdf.IRI
		Text  string
	}
	// Literal is a literal. Bare tells 1 and true from "1"^^xsd:integer;
	// Datatype is the source's datatype IRI, if it wrote one.
	Literal struct {
		Pos      Pos
		Value    rdf.Literal
		Bare     bool
		Datatype *IRI
	}
	// BlankNode is _:label or, with an empty label, [].
	BlankNode struct {
		Pos   Pos
		Label string
	}
	// Collection is ( … ); the empty one is rdf:nil.
	Collection struct {
		Pos   Pos
		Items []Term
	}
	// PropertyList is [ … ] with properties.
	PropertyList struct {
		Pos        Pos
		Properties []Property
	}
	// TripleTerm is <<( s p o )>>.
	TripleTerm struct {
		Pos     Pos
		S, P, O Term
	}
	// ReifiedTriple is << s p o ~ reifier >>; Reifier is nil for one without a
	// name.
	ReifiedTriple struct {
		Pos     Pos
		S, P, O Term
		Reifier Term
	}
)

// Position implements Term.
func (t Var) Position() Pos { return t.Pos }

// Position implements Term.
func (t IRI) Position() Pos { return t.Pos }

// Position implements Term.
func (t *Literal) Position() Pos { return t.Pos }

// Position implements Term.
func (t BlankNode) Position() Pos { return t.Pos }

// Position implements Term.
func (t *Collection) Position() Pos { return t.Pos }

// Position implements Term.
func (t *PropertyList) Position() Pos { return t.Pos }

// Position implements Term.
func (t *TripleTerm) Position() Pos { return t.Pos }

// Position implements Term.
func (t *ReifiedTriple) Position() Pos { return t.Pos }

func (Var) term()            {}
func (IRI) term()            {}
func (*Literal) term()       {}
func (BlankNode) term()      {}
func (*Collection) term()    {}
func (*PropertyList) term()  {}
func (*TripleTerm) term()    {}
func (*ReifiedTriple) term() {}

// Path is a property path. The set is closed.
type Path interface{ path() }

type (
	// PathTerm is a predicate: an [IRI] or, standing alone as a verb, a [Var].
	PathTerm struct{ Term Term }
	// PathInverse is ^path.
	PathInverse struct{ Path Path }
	// PathSequence is path/path.
	PathSequence struct{ Left, Right Path }
	// PathAlternative is path|path.
	PathAlternative struct{ Left, Right Path }
	// PathRepeat is path* or path+ or path?.
	PathRepeat struct {
		Path Path
		Op   byte
	}
	// PathNegated is !iri or !(iri|^iri|…).
	PathNegated struct{ Items []NegatedItem }
	// NegatedItem is a member of a negated property set.
	NegatedItem struct {
		IRI     IRI
		Inverse bool
	}
)

func (PathTerm) path()         {}
func (*PathInverse) path()     {}
func (*PathSequence) path()    {}
func (*PathAlternative) path() {}
func (*PathRepeat) path()      {}
func (*PathNegated) path()     {}

// Expr is an expression. The set is closed.
type Expr interface{ expr() }

type (
	// TermExpr is a variable, IRI, literal or triple term.
	TermExpr struct{ Term Term }
	// Binary is left op right.
	Binary struct {
		Pos         Pos // of the operator
		Op          string
		Left, Right Expr
	}
	// Unary is !x, -x or +x.
	Unary struct {
		Pos Pos
		Op  string
		X   Expr
	}
	// In is x IN (…) or x NOT IN (…).
	In struct {
		Pos  Pos
		X    Expr
		Not  bool
		List []Expr
	}
	// Call is a call of a built-in function, Name in upper case, or with an
	// empty Name of the function Func.
	Call struct {
		Pos      Pos
		Name     string
		Func     IRI
		Distinct bool
		Args     []Expr
	}
	// Aggregate is COUNT, SUM, MIN, MAX, AVG, SAMPLE or GROUP_CONCAT. Arg is
	// nil for COUNT(*).
	Aggregate struct {
		Pos       Pos
		Name      string
		Distinct  bool
		Arg       Expr
		HasSep    bool
		Separator string
	}
	// Exists is EXISTS { … } or NOT EXISTS { … }.
	Exists struct {
		Pos   Pos
		Not   bool
		Group *Group
	}
)

func (TermExpr) expr()   {}
func (*Binary) expr()    {}
func (*Unary) expr()     {}
func (*In) expr()        {}
func (*Call) expr()      {}
func (*Aggregate) expr() {}
func (*Exists) expr()    {}

// Operation is an operation of an update request with the declarations before
// it. Exactly one of the pointers is set.
type Operation struct {
	Pos        Pos
	Prologue   []Declaration
	Base       string // base IRI in force
	Data       *DataOperation
	Modify     *Modify
	Management *Management
}

// DataOperation is INSERT DATA or DELETE DATA.
type DataOperation struct {
	Delete bool
	Quads  []Quads
}

// Modify is DELETE … INSERT … WHERE, or with Short DELETE WHERE, whose template
// is its pattern.
type Modify struct {
	With                 *IRI
	HasDelete, HasInsert bool
	Delete, Insert       []Quads
	Using                []DatasetClause
	Short                bool
	Where                *Group // nil when Short
}

// Quads is triples of one graph; Graph is nil for the default graph.
type Quads struct {
	Graph   Term
	Triples []Triples
}

// Management is LOAD, CLEAR, DROP, CREATE, ADD, MOVE or COPY.
type Management struct {
	Op     string
	Silent bool
	Source IRI      // of LOAD
	Into   *IRI     // of LOAD
	Graph  GraphRef // of CLEAR, DROP and CREATE; the source of the others
	To     GraphRef // the target of ADD, MOVE and COPY
}

// GraphRef is GRAPH iri, DEFAULT, NAMED or ALL.
type GraphRef struct {
	Kind algebra.GraphRefKind
	IRI  IRI
}
