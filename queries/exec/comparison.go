package exec

import (
	"bytes"
	"cmp"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// comparison is one of = != < > <= >= over whole batches. Two variables, or one
// and a constant, are compared by their ids first, then by the numbers of their
// columns; what neither decides is left to the evaluator, row by row.
type comparison struct {
	// holds tells for less, equal and greater whether the comparison is true;
	// equality tells apart = and != , which also compare what has no order.
	holds    [3]bool
	equality bool
	ids      [2]idOperand
	byID     bool
	// numeric operands, nil where an operand has no numbers.
	left, right numeric
	// texts are operands that are strings without a language tag, likewise.
	texts    [2]textual
	vectors  *vectors
	outcomes []int8 // of the rows of a selection: 0 less, 1 equal, 2 greater, -1 not decided
}

// idOperand is an operand with an id: a column, or a constant where col is
// negative.
type idOperand struct {
	col int
	id  graph.ID
}

var comparisonHolds = map[string][3]bool{
	"=": {false, true, false}, "!=": {true, false, true}, "<": {true, false, false},
	">": {false, false, true}, "<=": {true, true, false}, ">=": {false, true, true},
}

// comparison returns the fast form of a call, nil when it has none.
func (q *Query) comparison(call *algebra.Call, vars []algebra.Var) *comparison {
	holds, ok := comparisonHolds[call.Op]
	if !ok || call.IRI {
		return nil
	}
	c := &comparison{holds: holds, equality: call.Op == "=" || call.Op == "!="}
	c.byID = true
	for i, e := range call.Args {
		c.ids[i], ok = q.idOperand(e, vars)
		c.byID = c.byID && ok
	}
	if c.byID && c.ids[0].col < 0 && c.ids[1].col < 0 {
		return nil // two constants
	}
	c.vectors = q.vectors(vars)
	if c.left = c.vectors.numeric(call.Args[0]); c.left != nil {
		c.right = c.vectors.numeric(call.Args[1])
	}
	if c.right == nil {
		if c.texts[0] = c.vectors.textual(call.Args[0]); c.texts[0] != nil {
			c.texts[1] = c.vectors.textual(call.Args[1])
		}
	}
	if !c.byID && c.right == nil && c.texts[1] == nil {
		return nil
	}
	return c
}

// idOperand returns the operand that an expression is, false for others. A
// constant that the graph does not have stands under an id that no term has.
func (q *Query) idOperand(e algebra.Expr, vars []algebra.Var) (idOperand, bool) {
	if v, ok := variableOf(e); ok {
		col := columnOf(vars, v)
		return idOperand{col: col}, col >= 0
	}
	k, ok := e.(algebra.ConstExpr)
	if !ok {
		return idOperand{}, false
	}
	if _, isTriple := k.Term.(rdf.Triple); isTriple {
		return idOperand{}, false
	}
	if l, isLiteral := k.Term.(rdf.Literal); isLiteral {
		if id, ok := graph.Inline(l); ok {
			return idOperand{-1, id}, true
		}
	}
	id, ok, err := q.snap.Lookup(k.Term)
	if err != nil {
		return idOperand{}, false
	}
	if ok {
		return idOperand{-1, id}, true
	}
	switch t := k.Term.(type) {
	case rdf.IRI:
		id = graph.TagIRI
	case rdf.Literal:
		switch {
		case t.Lang != "":
			id = graph.TagLang
		case t.Datatype == rdf.XSDString:
			id = graph.TagString
		default:
			return idOperand{}, false
		}
	default:
		return idOperand{}, false
	}
	return idOperand{-1, id | graph.PayloadMask}, true
}

// compareIDs compares two terms by their ids: 0, 1 or 2 for less, equal and
// greater, and for unequal ones that have no order 0; -1 when ids do not decide.
// Terms that are computed have ids of their own, so nothing is decided of them.
func compareIDs(x, y graph.ID, equality bool) int {
	if c, ok := graph.CompareInline(x, y); ok {
		return c + 1
	}
	if !equality {
		return -1
	}
	tx, ty := x.Tag(), y.Tag()
	switch {
	case tx == graph.TagNone || ty == graph.TagNone || tx == graph.TagLocal || ty == graph.TagLocal:
		return -1
	case tx <= graph.TagLang && tx != graph.TagString || ty <= graph.TagLang && ty != graph.TagString || tx == ty && tx == graph.TagString:
		// IRIs, blank nodes and literals with a language tag equal themselves and
		// nothing else, and among strings so does each (§17.4.1.7).
		if x == y {
			return 1
		}
		return 0
	}
	return -1
}

// filter keeps of sel, in place, the rows for which the comparison holds; other
// decides rows that neither ids nor numbers decide.
func (c *comparison) filter(b *Batch, sel []int32, other func(*Batch, int32) (bool, error)) ([]int32, error) {
	c.outcomes = c.outcomes[:0]
	left := len(sel) // rows to be decided
	if c.byID {
		left = c.compareIDs(b, sel)
	} else {
		for range sel {
			c.outcomes = append(c.outcomes, -1)
		}
	}
	if 2*left > b.N {
		c.vectors.begin()
		var err error
		switch {
		case c.right != nil:
			err = c.compareNumbers(b, sel)
		case c.texts[1] != nil:
			err = c.compareTexts(b, sel)
		}
		if err != nil {
			return nil, err
		}
	}
	n := 0
	for k, i := range sel {
		holds := false
		if o := c.outcomes[k]; o >= 0 {
			holds = c.holds[o]
		} else {
			var err error
			if holds, err = other(b, i); err != nil {
				return nil, err
			}
		}
		sel[n] = i
		if holds {
			n++
		}
	}
	return sel[:n], nil
}

// compareIDs compares by ids and returns how many rows these do not decide.
func (c *comparison) compareIDs(b *Batch, sel []int32) (left int) {
	x, y := c.ids[0], c.ids[1]
	var xs, ys []graph.ID
	if x.col >= 0 {
		xs = b.Cols[x.col]
	}
	if y.col >= 0 {
		ys = b.Cols[y.col]
	}
	for _, i := range sel {
		if xs != nil {
			x.id = xs[i]
		}
		if ys != nil {
			y.id = ys[i]
		}
		o := compareIDs(x.id, y.id, c.equality)
		if o < 0 {
			left++
		}
		c.outcomes = append(c.outcomes, int8(o))
	}
	return left
}

// compareNumbers compares the rows without an outcome by the numbers of both
// operands. A double meets another number as a double, as XPath promotes it.
func (c *comparison) compareNumbers(b *Batch, sel []int32) error {
	l, err := c.left(b)
	if err != nil {
		return err
	}
	r, err := c.right(b)
	if err != nil {
		return err
	}
	if l.all == isInteger && r.all == isInteger || l.all == isDecimal && r.all == isDecimal {
		for k, i := range sel {
			if c.outcomes[k] < 0 {
				c.outcomes[k] = int8(1 + cmp.Compare(l.v[i], r.v[i]))
			}
		}
		return nil
	}
	for k, i := range sel {
		kl, kr := l.at(int(i)), r.at(int(i))
		switch {
		case c.outcomes[k] >= 0 || kl == noNumber || kr == noNumber:
		case kl == isDouble || kr == isDouble:
			x, y := kl.float(l.v[i]), kr.float(r.v[i])
			switch {
			case x < y:
				c.outcomes[k] = 0
			case x > y:
				c.outcomes[k] = 2
			default:
				c.outcomes[k] = 1
			}
		case kl == kr:
			c.outcomes[k] = int8(1 + cmp.Compare(l.v[i], r.v[i]))
		}
	}
	return nil
}

// compareTexts compares the rows without an outcome by the texts of both operands,
// where these are plain strings.
func (c *comparison) compareTexts(b *Batch, sel []int32) error {
	var cols [2]*textColumn
	for k, f := range c.texts {
		var err error
		if cols[k], err = f(b); err != nil {
			return err
		}
	}
	for k, i := range sel {
		if c.outcomes[k] < 0 && cols[0].kind[i] == plainString && cols[1].kind[i] == plainString {
			c.outcomes[k] = int8(1 + bytes.Compare(cols[0].text[i], cols[1].text[i]))
		}
	}
	return nil
}
