package exec

import (
	"math"
	"unsafe"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// Numbers are computed by the column: no term is made and no function called per
// row. What does not fit (other types, ill-typed lexical forms, overflow, NaN,
// errors) is left to the evaluator, row by row.

// numberKind tells what a number in a column is.
type numberKind uint8

const (
	noNumber numberKind = iota // ask the evaluator
	isInteger
	isDecimal // in units of 10^-7
	isDouble  // its bits, never those of NaN
)

const decimalUnit = 10_000_000

// numbers is a column of numbers.
type numbers struct {
	all  numberKind   // the kind of every row, noNumber when they differ
	kind []numberKind // of each row, valid when all is noNumber
	v    []int64
}

func (n *numbers) resize(rows int) {
	if cap(n.v) < rows {
		n.kind, n.v = make([]numberKind, rows), make([]int64, rows)
	}
	n.kind, n.v, n.all = n.kind[:rows], n.v[:rows], noNumber
}

// at returns the kind of number i.
func (n *numbers) at(i int) numberKind {
	if n.all != noNumber {
		return n.all
	}
	return n.kind[i]
}

// settleKinds sets all where the rows are of one kind.
func (n *numbers) settleKinds() {
	n.all = noNumber
	if len(n.kind) == 0 {
		return
	}
	for _, k := range n.kind {
		if k != n.kind[0] {
			return
		}
	}
	n.all = n.kind[0]
}

// numeric computes a column of numbers from the rows of a batch. The result is
// valid until the next call.
type numeric func(b *Batch) (*numbers, error)

// numeric returns the fast form of an expression, nil when it has none.
func (v *vectors) numeric(e algebra.Expr) numeric {
	switch e := e.(type) {
	case algebra.VarExpr:
		col := columnOf(v.vars, e.Var)
		if col < 0 {
			return nil
		}
		c := &numberColumn{q: v.q}
		return func(b *Batch) (*numbers, error) {
			err := c.read(b.Cols[col][:b.N])
			return &c.numbers, err
		}
	case algebra.ConstExpr:
		one := constantNumber(e.Term)
		if one.kind == noNumber {
			return nil
		}
		out := &numbers{}
		return func(b *Batch) (*numbers, error) {
			for len(out.v) < b.N {
				out.kind, out.v = append(out.kind, one.kind), append(out.v, one.v)
			}
			return &numbers{one.kind, out.kind[:b.N], out.v[:b.N]}, nil
		}
	case *algebra.Call:
		if e.IRI {
			if e.Op == string(rdf.XSDDouble) && len(e.Args) == 1 {
				return perNumber(v.numeric(e.Args[0]), toDouble)
			}
			return nil
		}
		switch e.Op {
		case "+", "-", "*", "/":
			l, r := v.numeric(e.Args[0]), v.numeric(e.Args[1])
			if l == nil || r == nil {
				return nil
			}
			return arithmetic(e.Op, l, r)
		case "unary-":
			return perNumber(v.numeric(e.Args[0]), negated)
		case "ABS", "CEIL", "FLOOR", "ROUND":
			return perNumber(v.numeric(e.Args[0]), rounding[e.Op])
		case "YEAR", "MONTH", "DAY", "HOURS", "MINUTES":
			if name, ok := variableOf(e.Args[0]); ok && columnOf(v.vars, name) >= 0 {
				return timePart(e.Op, columnOf(v.vars, name))
			}
		case "STRLEN":
			return v.lengths(e.Args[0])
		}
	}
	return nil
}

// computedNumber is numeric for expressions that make a new number, which is
// written in canonical form: a constant or a variable keeps the form it has.
func (v *vectors) computedNumber(e algebra.Expr) numeric {
	if _, ok := e.(*algebra.Call); !ok {
		return nil
	}
	return v.numeric(e)
}

// computedString is textual for expressions that are no variables and constants,
// which have ids.
func (v *vectors) computedString(e algebra.Expr) textual {
	if _, ok := e.(*algebra.Call); !ok {
		return nil
	}
	return v.textual(e)
}

// number is one number of a column.
type number struct {
	kind numberKind
	v    int64
}

// constantNumber returns the number that a term is, of kind noNumber for none.
func constantNumber(t rdf.Term) number {
	l, ok := t.(rdf.Literal)
	if !ok {
		return number{}
	}
	if id, ok := graph.Inline(l); ok {
		var n numbers
		n.resize(1)
		n.readInline([]graph.ID{id}, 0)
		return number{n.kind[0], n.v[0]}
	}
	return parsedNumber(xsd.TypeOf(l.Datatype), l.Lexical)
}

// parsedNumber returns the number of an xsd:integer or xsd:double that ids do not
// hold. Some functions keep the other numeric types as they are, and a decimal of
// this kind has too many digits, so those are the evaluator's.
func parsedNumber(t xsd.Type, lexical string) number {
	if t != xsd.Integer && t != xsd.Double {
		return number{}
	}
	x, ok := xsd.Parse(t, lexical)
	if !ok {
		return number{}
	}
	if t == xsd.Integer {
		if n, ok := x.Decimal().Int64(); ok {
			return number{isInteger, n}
		}
	} else if f := x.Float64(); f == f {
		return number{isDouble, int64(math.Float64bits(f))}
	}
	return number{}
}

// numberColumn reads the numbers of a column of ids.
type numberColumn struct {
	numbers
	q      *Query
	reader graph.TextReader
	ids    []graph.ID
	rows   []int32
	types  []xsd.Type // by kind of the reader
}

// read takes the numbers out of ids, and those of literals that ids do not hold
// out of their texts.
func (c *numberColumn) read(ids []graph.ID) error {
	c.resize(len(ids))
	c.ids, c.rows = c.ids[:0], c.rows[:0]
	for i := 0; i < len(ids); {
		n := c.readInline(ids, i)
		if n == 0 {
			n = 1
			c.kind[i] = noNumber
			if ids[i].Tag() == graph.TagTyped {
				c.ids, c.rows = append(c.ids, ids[i]), append(c.rows, int32(i))
			}
		}
		i += n
	}
	if len(c.ids) == 0 {
		return nil
	}
	return c.readTexts()
}

// readInline reads the ids from the given one on that have its tag, as far as
// they hold numbers, and returns how many these are.
func (n *numbers) readInline(ids []graph.ID, from int) int {
	tag := ids[from].Tag()
	i := from
	var kind numberKind
	switch tag {
	case graph.TagInteger:
		kind = isInteger
		for ; i < len(ids) && ids[i].Tag() == tag; i++ {
			n.v[i], _ = ids[i].Int64()
		}
	case graph.TagDecimal:
		kind = isDecimal
		for ; i < len(ids) && ids[i].Tag() == tag; i++ {
			n.v[i], _ = ids[i].Decimal()
		}
	case graph.TagDouble:
		kind = isDouble
		for ; i < len(ids) && ids[i].Tag() == tag; i++ {
			f, ok := ids[i].Float64()
			if !ok {
				break
			}
			n.v[i] = int64(math.Float64bits(f))
		}
	}
	if from == 0 && i == len(ids) {
		n.all = kind
	}
	for k := from; k < i; k++ {
		n.kind[k] = kind
	}
	return i - from
}

// readTexts reads the numbers that only texts tell.
func (c *numberColumn) readTexts() error {
	if c.reader == nil {
		c.reader = graph.NewTextReader(c.q.snap)
	}
	texts, err := c.reader.Read(c.ids)
	if err != nil {
		return err
	}
	for _, k := range texts.Kinds[len(c.types):] {
		t := xsd.Unknown
		if l, ok := k.(rdf.Literal); ok {
			t = xsd.TypeOf(l.Datatype)
		}
		c.types = append(c.types, t)
	}
	var n number
	for k, row := range c.rows {
		if k == 0 || c.ids[k] != c.ids[k-1] {
			s := texts.Text(k)
			n = parsedNumber(c.types[texts.Kind[k]], unsafe.String(unsafe.SliceData(s), len(s)))
		}
		c.kind[row], c.v[row] = n.kind, n.v
	}
	c.settleKinds()
	return nil
}

// id returns the id of number i when it is an integer that ids hold. No numbers
// have no ids.
func (n *numbers) id(i int) (graph.ID, bool) {
	if n == nil || n.at(i) != isInteger {
		return 0, false
	}
	return graph.IntegerID(n.v[i])
}

// value returns number v of a kind.
func (k numberKind) value(v int64) expr.Value {
	switch k {
	case isInteger:
		return expr.Int(v)
	case isDecimal:
		return expr.FromXSD(xsd.NewDecimalValue(xsd.NewDecimal(v, 7)))
	default:
		return expr.Double(math.Float64frombits(uint64(v)))
	}
}

// less compares two numbers of one kind.
func (k numberKind) less(x, y int64) bool {
	if k == isDouble {
		return math.Float64frombits(uint64(x)) < math.Float64frombits(uint64(y))
	}
	return x < y
}

// float returns number v of a kind as the nearest double.
func (k numberKind) float(v int64) float64 {
	switch k {
	case isInteger:
		return float64(v)
	case isDecimal:
		if v > -1<<53 && v < 1<<53 {
			return float64(v) / decimalUnit // both exact, so rounded once
		}
		return xsd.NewDecimal(v, 7).Float64()
	}
	return math.Float64frombits(uint64(v))
}
