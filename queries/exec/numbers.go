package exec

import (
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// Numbers are computed by the column where their ids hold them: no term is made
// and no function called per row. What does not fit (other types, ill-typed and
// unusual lexical forms, overflow, errors) is left to the evaluator, row by row.

// numberKind tells what a number in a column is.
type numberKind uint8

const (
	noNumber numberKind = iota // ask the evaluator
	isInteger
	isDecimal // in units of 10^-7
	isDouble  // its bits
	isDay     // a date without a zone, in days; compared only
)

const decimalUnit = 10_000_000

// numbers is a column of numbers.
type numbers struct {
	kind []numberKind
	v    []int64
}

func (n *numbers) resize(rows int) {
	if cap(n.kind) < rows {
		n.kind, n.v = make([]numberKind, rows), make([]int64, rows)
	}
	n.kind, n.v = n.kind[:rows], n.v[:rows]
}

// numeric computes a column of numbers from the rows of a batch. The result is
// valid until the next call.
type numeric func(b *Batch) (*numbers, error)

// numeric returns the fast form of an expression, nil when it has none.
func (q *Query) numeric(e algebra.Expr, vars []algebra.Var) numeric {
	switch e := e.(type) {
	case algebra.VarExpr:
		col := columnOf(vars, e.Var)
		if col < 0 {
			return nil
		}
		out := &numbers{}
		return func(b *Batch) (*numbers, error) {
			out.read(b.Cols[col][:b.N])
			return out, nil
		}
	case algebra.ConstExpr:
		l, ok := e.Term.(rdf.Literal)
		if !ok {
			return nil
		}
		id, ok := graph.Inline(l)
		if !ok {
			return nil
		}
		one := &numbers{}
		one.read([]graph.ID{id})
		if one.kind[0] == noNumber {
			return nil
		}
		out := &numbers{}
		return func(b *Batch) (*numbers, error) {
			for len(out.kind) < b.N {
				out.kind, out.v = append(out.kind, one.kind[0]), append(out.v, one.v[0])
			}
			return &numbers{out.kind[:b.N], out.v[:b.N]}, nil
		}
	case *algebra.Call:
		if e.IRI {
			return nil
		}
		switch e.Op {
		case "+", "-", "*":
			l, r := q.numeric(e.Args[0], vars), q.numeric(e.Args[1], vars)
			if l == nil || r == nil {
				return nil
			}
			return arithmetic(e.Op, l, r)
		case "YEAR":
			if v, ok := variableOf(e.Args[0]); ok && columnOf(vars, v) >= 0 {
				return years(columnOf(vars, v))
			}
		case "STRLEN":
			return q.lengths(e.Args[0], vars)
		}
	}
	return nil
}

// read takes the numbers out of ids.
func (n *numbers) read(ids []graph.ID) {
	n.resize(len(ids))
	for i, id := range ids {
		n.kind[i] = noNumber
		switch id.Tag() {
		case graph.TagInteger:
			n.kind[i], n.v[i] = isInteger, integer(id)
		case graph.TagDecimal:
			n.kind[i] = isDecimal
			n.v[i], _ = id.Decimal()
		case graph.TagDouble:
			if f, ok := id.Float64(); ok && f == f {
				n.kind[i], n.v[i] = isDouble, int64(math.Float64bits(f))
			}
		case graph.TagDate:
			if days, zone, ok := id.Days(); ok && zone == graph.NoZone {
				n.kind[i], n.v[i] = isDay, days
			}
		}
	}
}

// arithmetic computes sums, differences and products of integers and decimals,
// other than products of two decimals, whose digits may be too many.
func arithmetic(op string, left, right numeric) numeric {
	out := &numbers{}
	return func(b *Batch) (*numbers, error) {
		l, err := left(b)
		if err != nil {
			return nil, err
		}
		r, err := right(b)
		if err != nil {
			return nil, err
		}
		out.resize(b.N)
		for i := range b.N {
			x, y, kind := l.v[i], r.v[i], l.kind[i]
			ok := true
			switch {
			case kind == isInteger && r.kind[i] == isInteger:
			case kind == isDecimal && r.kind[i] == isDecimal && op != "*":
			case kind == isInteger && r.kind[i] == isDecimal:
				kind = isDecimal
				if op != "*" {
					x, ok = multiply(x, decimalUnit)
				}
			case kind == isDecimal && r.kind[i] == isInteger:
				if op != "*" {
					y, ok = multiply(y, decimalUnit)
				}
			default:
				ok = false
			}
			var z int64
			if ok {
				switch op {
				case "+":
					z, ok = add(x, y)
				case "-":
					if y == math.MinInt64 {
						ok = false
					} else {
						z, ok = add(x, -y)
					}
				default:
					z, ok = multiply(x, y)
				}
			}
			out.kind[i], out.v[i] = kind, z
			if !ok {
				out.kind[i] = noNumber
			}
		}
		return out, nil
	}
}

// add and multiply report whether the result fits.
func add(x, y int64) (int64, bool) {
	z := x + y
	return z, (z > x) == (y > 0)
}

func multiply(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(magnitude(x)), uint64(magnitude(y)))
	if hi != 0 || lo > math.MaxInt64 || x == math.MinInt64 || y == math.MinInt64 {
		return 0, false
	}
	return x * y, true
}

func magnitude(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}

// years is YEAR of a column.
func years(col int) numeric {
	out := &numbers{}
	return func(b *Batch) (*numbers, error) {
		out.resize(b.N)
		var last graph.ID
		for i, id := range b.Cols[col][:b.N] {
			if id == last && i > 0 {
				out.kind[i], out.v[i] = out.kind[i-1], out.v[i-1]
				continue
			}
			last = id
			out.kind[i] = noNumber
			if tag := id.Tag(); tag == graph.TagDate || tag == graph.TagDateTime {
				out.v[i], _ = id.Year()
				out.kind[i] = isInteger
			}
		}
		return out, nil
	}
}

// lengths is STRLEN of a column, or of STR of one.
func (q *Query) lengths(e algebra.Expr, vars []algebra.Var) numeric {
	used := algebra.Vars(e)
	if len(used) != 1 || columnOf(vars, used[0]) < 0 {
		return nil
	}
	t := &textCondition{q: q, v: used[0]}
	arg := t.argument(e)
	if arg == nil {
		return nil
	}
	col := columnOf(vars, used[0])
	var reader graph.TextReader
	out := &numbers{}
	return func(b *Batch) (*numbers, error) {
		out.resize(b.N)
		if reader == nil {
			reader = graph.NewTextReader(q.snap)
		}
		texts, err := reader.Read(b.Cols[col][:b.N])
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			out.kind[i] = noNumber
			if texts.Kind[i] == 0 {
				continue
			}
			if s, u := arg(texts.Text(i), t.kind(texts, texts.Kind[i])); u == expr.True {
				out.kind[i], out.v[i] = isInteger, int64(utf8.RuneCount(s))
			}
		}
		return out, nil
	}
}

// id returns the id of number i when it is an integer that ids hold. No numbers
// have no ids.
func (n *numbers) id(i int) (graph.ID, bool) {
	if n == nil || n.kind[i] != isInteger {
		return 0, false
	}
	return graph.IntegerID(n.v[i])
}

// compareNumbers is a comparison of two expressions that are computed by the
// column.
type compareNumbers struct {
	left, right numeric
	op          string
}

// compareNumbers returns the fast form of a comparison, nil when it has none or
// when ids alone decide it.
func (q *Query) compareNumbers(op string, args []algebra.Expr, vars []algebra.Var) *compareNumbers {
	if mirrored[op] == "" {
		return nil
	}
	l, r := q.numeric(args[0], vars), q.numeric(args[1], vars)
	if l == nil || r == nil {
		return nil
	}
	return &compareNumbers{l, r, op}
}

// filter keeps of sel, in place, the rows for which the comparison holds; other
// decides rows with operands that do not compare as numbers of one kind.
func (c *compareNumbers) filter(b *Batch, sel []int32, other func(*Batch, int32) (bool, error)) ([]int32, error) {
	l, err := c.left(b)
	if err != nil {
		return nil, err
	}
	r, err := c.right(b)
	if err != nil {
		return nil, err
	}
	out := sel[:0]
	for _, i := range sel {
		kind := l.kind[i]
		var holds bool
		if kind == noNumber || kind != r.kind[i] {
			if holds, err = other(b, i); err != nil {
				return nil, err
			}
		} else {
			x, y := l.v[i], r.v[i]
			less, more := kind.less(x, y), kind.less(y, x)
			switch c.op {
			case "=":
				holds = !less && !more
			case "!=":
				holds = less || more
			case "<":
				holds = less
			case ">":
				holds = more
			case "<=":
				holds = !more
			default:
				holds = !less
			}
		}
		if holds {
			out = append(out, i)
		}
	}
	return out, nil
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
