package graph

import "context"

// Joiner is a snapshot that can match several patterns in one step: one over a
// database that plans and joins by itself. The query engine asks it for whole
// basic graph patterns and falls back on [Snapshot.Scan] where it declines.
type Joiner interface {
	Snapshot
	// Joins reports whether j can be answered with exactly the solutions that
	// scans would give, and about how many there are.
	Joins(ctx context.Context, j *Join) (rows float64, ok bool)
	// Join returns the solutions of j, in no particular order. It may be called
	// again after Joins has agreed, as long as the snapshot is open.
	Join(ctx context.Context, j *Join) (Solutions, error)
}

// Join is a conjunction of quad patterns. Variables are numbered from one.
// Patterns that share none multiply.
type Join struct {
	Patterns []JoinPattern
	// Columns are the variables that are wanted. Each solution is given, also
	// when those columns tell several apart no longer, unless Distinct is set:
	// then one of several with equal columns will do.
	Columns  []int
	Distinct bool
	// Among restricts variables to some ids, and Conds by their values. Both
	// only spare work: what they admit is looked at again by whoever asked, and
	// a Joiner may ignore them.
	Among []JoinAmong
	Conds []JoinCond
}

// JoinPattern is one pattern of a [Join].
type JoinPattern struct {
	S, P, O JoinTerm
	Graph   JoinGraph
}

// JoinTerm is a variable or, when Var is zero, a term.
type JoinTerm struct {
	Var int
	ID  ID
}

// JoinGraph is where a pattern matches: in one graph, in the merge of several,
// in which equal triples are one, or in each of several, whose name is then the
// value of a variable. Of several graphs, nil IDs are all: for a merge with the
// default graph, otherwise without it.
type JoinGraph struct {
	Merge bool
	Var   int
	IDs   []ID // one without Merge and Var
}

// JoinAmong is a list of values of a variable.
type JoinAmong struct {
	Var int
	IDs []ID
}

// JoinCond is a condition that the value of a variable meets in every solution
// that is wanted.
type JoinCond struct {
	Var int
	Op  JoinOp
	// Number is the operand of comparisons: the value is a number that compares
	// so after both were rounded to a double. Text is the operand of the others,
	// which speak of the lexical form of a literal or the characters of an IRI.
	Number float64
	Text   string
}

// JoinOp is a condition.
type JoinOp uint8

// The conditions.
const (
	AtMost JoinOp = iota
	AtLeast
	EqualTo
	Contains
	StartsWith
	EndsWith
)

// Solutions are those of a [Join]. They are used by one goroutine and must be
// closed.
type Solutions interface {
	// Next returns the next solutions, at least one, by column of the join, or
	// nil at the end or on an error, which Err then reports. The slices are
	// valid until the next call.
	Next() (columns [][]ID, n int)
	Err() error
	Close() error
}
