package expr

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf/xsd"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Accumulator computes one aggregate of one group (SPARQL 1.1 §18.5.1). The
// caller evaluates the argument per solution and calls Add with a value that is
// bound, or AddError when it is an error or unbound; for COUNT(*) it calls Add
// once per solution with any value. DISTINCT is the caller's: it calls Add once
// per distinct value.
type Accumulator interface {
	// Add takes a value in. An error is fatal: the query must end.
	Add(v Value) error
	// AddError takes in a solution for which the argument has no value.
	AddError()
	// Merge takes in what another accumulator of the same aggregate holds, as
	// if its values had been added after those of this one.
	Merge(other Accumulator) error
	// Result returns the value; an expression error leaves it unbound.
	Result() (Value, error)
	// Size estimates the bytes held beyond a few dozen.
	Size() int
}

// NewAccumulator returns an empty accumulator of an aggregate, nil for a name
// that is none of the seven of SPARQL.
func NewAccumulator(c *Context, a algebra.Aggregate) Accumulator {
	switch a.Name {
	case "COUNT":
		return &count{star: a.Arg == nil}
	case "SUM":
		return &sum{total: xsd.NewInteger(0)}
	case "AVG":
		return &sum{total: xsd.NewInteger(0), mean: true}
	case "MIN":
		return &extreme{sign: -1}
	case "MAX":
		return &extreme{sign: 1}
	case "SAMPLE":
		return &sample{}
	case "GROUP_CONCAT":
		sep := " "
		if a.HasSep {
			sep = a.Separator
		}
		return &concat{separator: sep, limit: c.maxString}
	}
	return nil
}

// count is COUNT. Values that are errors are not counted, solutions are.
type count struct {
	n    int64
	star bool
}

func (a *count) Add(Value) error { a.n++; return nil }

func (a *count) AddError() {
	if a.star {
		a.n++
	}
}

func (a *count) Merge(other Accumulator) error {
	a.n += other.(*count).n
	return nil
}

func (a *count) Result() (Value, error) { return Int(a.n), nil }
func (a *count) Size() int              { return 0 }

// sum is SUM and AVG: an error or a value that is no number makes the whole
// group's result an error (§18.5.1.3).
type sum struct {
	total xsd.Value
	n     int64
	mean  bool
	err   error
}

func (a *sum) Add(v Value) error {
	if a.err != nil {
		return nil
	}
	x, ok := v.XSD()
	if !ok || !x.Type().IsNumeric() && !x.Type().IsDuration() {
		a.err = errOperand
		return nil
	}
	a.add(x)
	a.n++
	return nil
}

// AddSum takes n values in, given their sum, a number. The accumulator is of SUM
// or AVG.
func AddSum(a Accumulator, total Value, n int64) error {
	s := a.(*sum)
	if err := s.Add(total); err != nil {
		return err
	}
	s.n += n - 1
	return nil
}

// add adds to the total. Durations are summed too, which SPARQL leaves open;
// the zero that a sum starts from is dropped before the first of them.
func (a *sum) add(x xsd.Value) {
	if a.n == 0 && x.Type().IsDuration() {
		a.total = x
		return
	}
	total, ok := xsd.Add(a.total, x)
	if !ok {
		a.err = errRange
		return
	}
	a.total = total
}

func (a *sum) AddError() {
	if a.err == nil {
		a.err = errOperand
	}
}

func (a *sum) Merge(other Accumulator) error {
	b := other.(*sum)
	switch {
	case a.err != nil || b.n == 0 && b.err == nil:
	case b.err != nil:
		a.err = b.err
	default:
		a.add(b.total)
		a.n += b.n
	}
	return nil
}

func (a *sum) Result() (Value, error) {
	switch {
	case a.err != nil:
		return Value{}, a.err
	case !a.mean || a.n == 0:
		return FromXSD(a.total), nil
	}
	mean, ok := xsd.Div(a.total, xsd.NewInteger(a.n))
	if !ok {
		return Value{}, errRange
	}
	return FromXSD(mean), nil
}

func (a *sum) Size() int { return 0 }

// extreme is MIN or MAX by Order, the first or last value as ORDER BY has them
// (§18.5.1.5, §18.5.1.6). Of equal values the first stays. That order puts errors
// and unbound values before all others (§15.1): they are never the maximum, and
// leave no minimum.
type extreme struct {
	best   Value
	sign   int
	failed bool
}

func (a *extreme) Add(v Value) error {
	v = v.Resolve()
	if a.best.state == unbound || Order(v, a.best)*a.sign > 0 {
		a.best = v
	}
	return nil
}

func (a *extreme) AddError() { a.failed = true }

func (a *extreme) Merge(other Accumulator) error {
	b := other.(*extreme)
	a.failed = a.failed || b.failed
	if b.best.state != unbound {
		return a.Add(b.best)
	}
	return nil
}

func (a *extreme) Result() (Value, error) {
	switch {
	case a.failed && a.sign < 0:
		return Value{}, errOperand
	case a.best.state == unbound:
		return Value{}, errUnbound
	}
	return a.best, nil
}

func (a *extreme) Size() int { return a.best.size() }

// sample is SAMPLE: the first value that is not an error.
type sample struct{ v Value }

func (a *sample) Add(v Value) error {
	if a.v.state == unbound {
		a.v = v
	}
	return nil
}

func (a *sample) AddError() {}

func (a *sample) Merge(other Accumulator) error { return a.Add(other.(*sample).v) }

func (a *sample) Result() (Value, error) {
	if a.v.state == unbound {
		return Value{}, errUnbound
	}
	return a.v, nil
}

func (a *sample) Size() int { return a.v.size() }

// size estimates the bytes that a value holds outside itself.
func (v Value) size() int {
	switch v.state {
	case unbound:
		return 0
	case typed:
		if v.term == nil {
			return len(v.x.Text())
		}
	case triple:
		return len(v.term.String())
	}
	s, _ := v.Lexical()
	return len(s) + 64 // the interface value
}

// concat is GROUP_CONCAT: the strings of literals and IRIs; an error or a term
// without a string makes the result an error.
type concat struct {
	b         strings.Builder
	separator string
	limit     int
	n         int
	err       error
}

func (a *concat) Add(v Value) error {
	s, ok := v.Lexical()
	if !ok {
		a.AddError()
		return nil
	}
	return a.append(s)
}

func (a *concat) append(s string) error {
	if a.err != nil {
		return nil
	}
	if a.b.Len()+len(a.separator)+len(s) > a.limit {
		return errTooLong
	}
	if a.n > 0 {
		a.b.WriteString(a.separator)
	}
	a.b.WriteString(s)
	a.n++
	return nil
}

// AddError makes the result an error and lets go of what was gathered.
func (a *concat) AddError() {
	if a.err == nil {
		a.err = errOperand
		a.b = strings.Builder{}
	}
}

func (a *concat) Merge(other Accumulator) error {
	b := other.(*concat)
	switch {
	case b.err != nil:
		a.AddError()
		return nil
	case b.n == 0:
		return nil
	}
	if err := a.append(b.b.String()); err != nil {
		return err
	}
	a.n += b.n - 1
	return nil
}

func (a *concat) Result() (Value, error) {
	if a.err != nil {
		return Value{}, a.err
	}
	return String(a.b.String()), nil
}

func (a *concat) Size() int { return a.b.Cap() }
