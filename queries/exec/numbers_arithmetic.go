package exec

import (
	"math"
	"math/bits"
)

// arithmetic computes an operator of two columns: of integers and decimals
// exactly, where the result fits, of doubles, and of a double with either. A
// product of two decimals and most quotients of exact numbers have more digits
// than a column; they are the evaluator's.
func arithmetic(op string, left, right numeric) numeric {
	out, wide := &numbers{}, &numbers{}
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
		if l.all == isDouble && r.all != noNumber {
			r = wide.doubles(r)
		} else if r.all == isDouble && l.all != noNumber {
			l = wide.doubles(l)
		}
		switch {
		case l.all == isInteger && r.all == isInteger && out.integers(op, l.v, r.v):
			out.all = isInteger
		case l.all == isDouble && r.all == isDouble && out.floats(op, l.v, r.v):
			out.all = isDouble
		default:
			for i := range b.N {
				out.kind[i], out.v[i] = operate(op, number{l.at(i), l.v[i]}, number{r.at(i), r.v[i]})
			}
		}
		return out, nil
	}
}

// doubles sets n to the column r, whose rows are of one kind, as doubles.
func (n *numbers) doubles(r *numbers) *numbers {
	if r.all == isDouble {
		return r
	}
	n.resize(len(r.v))
	n.all = isDouble
	for i, v := range r.v {
		n.v[i] = int64(math.Float64bits(r.all.float(v)))
	}
	return n
}

// integers computes sums, differences and products; false when one does not fit.
func (n *numbers) integers(op string, x, y []int64) bool {
	x, y = x[:len(n.v)], y[:len(n.v)]
	fits := true
	switch op {
	case "+":
		for i := range n.v {
			var ok bool
			n.v[i], ok = add(x[i], y[i])
			fits = fits && ok
		}
	case "-":
		for i := range n.v {
			z := x[i] - y[i]
			n.v[i] = z
			fits = fits && (z < x[i]) == (y[i] > 0)
		}
	case "*":
		for i := range n.v {
			if a, b := x[i], y[i]; a == int64(int32(a)) && b == int64(int32(b)) {
				n.v[i] = a * b
				continue
			}
			var ok bool
			n.v[i], ok = multiply(x[i], y[i])
			fits = fits && ok
		}
	default:
		return false
	}
	return fits
}

// floats computes an operator of doubles; false when a result is no number.
func (n *numbers) floats(op string, x, y []int64) bool {
	x, y = x[:len(n.v)], y[:len(n.v)]
	ok := true
	for i := range n.v {
		a, b := math.Float64frombits(uint64(x[i])), math.Float64frombits(uint64(y[i]))
		z := operateDoubles(op, a, b)
		ok = ok && z == z
		n.v[i] = int64(math.Float64bits(z))
	}
	return ok
}

func operateDoubles(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	}
	return x / y
}

// operate computes an operator of two numbers; noNumber when it does not fit.
func operate(op string, l, r number) (numberKind, int64) {
	x, y, kind := l.v, r.v, l.kind
	ok := true
	switch {
	case kind == noNumber || r.kind == noNumber:
		return noNumber, 0
	case kind == isDouble || r.kind == isDouble:
		z := operateDoubles(op, kind.float(x), r.kind.float(y))
		if z != z {
			return noNumber, 0
		}
		return isDouble, int64(math.Float64bits(z))
	case op == "/":
		return divide(l, r)
	case kind == isInteger && r.kind == isInteger:
	case kind == isDecimal && r.kind == isDecimal:
		ok = op != "*"
	case kind == isInteger:
		kind = isDecimal
		if op != "*" {
			x, ok = multiply(x, decimalUnit)
		}
	default:
		if op != "*" {
			y, ok = multiply(y, decimalUnit)
		}
	}
	var z int64
	if ok {
		switch op {
		case "+":
			z, ok = add(x, y)
		case "-":
			z = x - y
			ok = (z < x) == (y > 0)
		default:
			z, ok = multiply(x, y)
		}
	}
	if !ok {
		return noNumber, 0
	}
	return kind, z
}

// divide returns the quotient of two exact numbers, a decimal, when seven
// fraction digits hold it.
func divide(l, r number) (numberKind, int64) {
	x, y := l.v, r.v
	ok := true
	if l.kind == r.kind || l.kind == isInteger {
		x, ok = multiply(x, decimalUnit)
	}
	if l.kind == isInteger && r.kind == isDecimal && ok {
		x, ok = multiply(x, decimalUnit)
	}
	if !ok || y == 0 || x%y != 0 {
		return noNumber, 0
	}
	return isDecimal, x / y
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

// unaryNumber is a function of one number, by its kind.
type unaryNumber struct {
	integer, decimal func(int64) (int64, bool)
	double           func(float64) float64
	toDouble         bool // of exact numbers too
}

func same(v int64) (int64, bool) { return v, true }

var (
	negated  = &unaryNumber{integer: negative, decimal: negative, double: func(f float64) float64 { return -f }}
	toDouble = &unaryNumber{double: func(f float64) float64 { return f }, toDouble: true}
	// rounding are the functions of XPath 3.1 §4.4.
	rounding = map[string]*unaryNumber{
		"ABS":   {integer: absolute, decimal: absolute, double: math.Abs},
		"CEIL":  {integer: same, decimal: func(v int64) (int64, bool) { return floorUnits(v, decimalUnit-1) }, double: math.Ceil},
		"FLOOR": {integer: same, decimal: func(v int64) (int64, bool) { return floorUnits(v, 0) }, double: math.Floor},
		"ROUND": {integer: same, decimal: func(v int64) (int64, bool) { return floorUnits(v, decimalUnit/2) }, double: roundDouble},
	}
)

func negative(v int64) (int64, bool) { return -v, v != math.MinInt64 }
func absolute(v int64) (int64, bool) { return magnitude(v), v != math.MinInt64 }

// floorUnits returns the largest whole number that is not above v plus more, all
// in units of a decimal.
func floorUnits(v, more int64) (int64, bool) {
	v, ok := add(v, more)
	if !ok || v < math.MinInt64+decimalUnit {
		return 0, false
	}
	rest := v % decimalUnit
	if rest < 0 {
		rest += decimalUnit
	}
	return v - rest, true
}

// roundDouble is fn:round: halves go towards positive infinity, and a zero keeps
// its sign.
func roundDouble(f float64) float64 {
	r := math.Floor(f)
	if f-r >= 0.5 {
		r++
	}
	if r == 0 {
		return math.Copysign(0, f)
	}
	return r
}

// perNumber computes a function of a column, nil for none.
func perNumber(arg numeric, f *unaryNumber) numeric {
	if arg == nil {
		return nil
	}
	out := &numbers{}
	return func(b *Batch) (*numbers, error) {
		n, err := arg(b)
		if err != nil {
			return nil, err
		}
		out.resize(b.N)
		if n.all == isDouble {
			out.all = isDouble
			for i, v := range n.v {
				out.v[i] = int64(math.Float64bits(f.double(math.Float64frombits(uint64(v)))))
			}
			return out, nil
		}
		for i, v := range n.v {
			kind, ok := n.at(i), true
			switch {
			case kind == noNumber:
			case kind == isDouble || f.toDouble:
				v = int64(math.Float64bits(f.double(kind.float(v))))
				kind = isDouble
			case kind == isInteger:
				v, ok = f.integer(v)
			default:
				v, ok = f.decimal(v)
			}
			if !ok {
				kind = noNumber
			}
			out.kind[i], out.v[i] = kind, v
		}
		out.settleKinds()
		return out, nil
	}
}
