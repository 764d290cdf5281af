package oracle

import (
	"fmt"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// element is a member of the list that a set function is applied to; §18.5.1
// keeps errors, unbound variables among them, as members.
type element struct {
	v   expr.Value
	err error
}

// aggregate is Aggregation of §18.5.1 for one group.
func (o *Oracle) aggregate(g []rdf.Triple, a algebra.Aggregate, members []Solution) (expr.Value, error) {
	if a.Arg == nil {
		return countSolutions(members, a.Distinct), nil
	}
	var list []element
	seen := make(map[string]bool)
	for _, s := range members {
		v, err := o.value(g, a.Arg, s)
		if expr.Fatal(err) {
			return v, err
		}
		if err == nil && v.IsUnbound() {
			err = expr.ErrType
		}
		key := "error"
		if err == nil {
			key = graph.FoldTerm(v.Term()).String()
		}
		if a.Distinct && seen[key] {
			continue
		}
		seen[key] = true
		list = append(list, element{v, err})
	}
	switch a.Name {
	case "COUNT":
		return count(list), nil
	case "SUM":
		return o.sum(list)
	case "AVG":
		return o.average(list)
	case "MIN":
		return first(list, 1)
	case "MAX":
		return first(list, -1)
	case "SAMPLE":
		return sample(list)
	}
	return expr.Value{}, fmt.Errorf("oracle: no definition of %s", a.Name)
}

// countSolutions is COUNT(*): of solutions, which bind variables only.
func countSolutions(members []Solution, distinct bool) expr.Value {
	seen := make(map[string]bool)
	n := int64(0)
	for _, s := range members {
		visible := Solution{}
		for v, t := range s {
			if !v.IsBlank() && !v.IsInternal() {
				visible[v] = t
			}
		}
		if !distinct || !seen[visible.Key()] {
			n++
		}
		seen[visible.Key()] = true
	}
	return expr.Int(n)
}

func count(list []element) expr.Value {
	n := int64(0)
	for _, e := range list {
		if e.err == nil {
			n++
		}
	}
	return expr.Int(n)
}

// sum adds from the last to the first, as the definition does.
func (o *Oracle) sum(list []element) (expr.Value, error) {
	total := expr.Int(0)
	for _, e := range slices.Backward(list) {
		if e.err != nil {
			return expr.Value{}, e.err
		}
		var err error
		if total, err = o.apply("+", e.v, total); err != nil {
			return total, err
		}
	}
	return total, nil
}

// average is Sum by Count, or 0 of nothing. Of nothing but errors the definition
// has 0 as well, since Count leaves errors out; here it is an error, as Sum is.
func (o *Oracle) average(list []element) (expr.Value, error) {
	if len(list) == 0 {
		return expr.Int(0), nil
	}
	total, err := o.sum(list)
	if err != nil {
		return total, err
	}
	return o.apply("/", total, count(list))
}

func (o *Oracle) apply(operator string, args ...expr.Value) (expr.Value, error) {
	f, _ := expr.Lookup(operator, false)
	return f.Call(o.Context, args)
}

// first is the first of the list in the order of ORDER BY, or in its reverse.
// Errors come before everything else (§15.1).
func first(list []element, sign int) (expr.Value, error) {
	if len(list) == 0 {
		return expr.Value{}, expr.ErrType
	}
	order := func(a, b element) int {
		switch {
		case a.err != nil && b.err != nil:
			return 0
		case a.err != nil:
			return -sign
		case b.err != nil:
			return sign
		}
		return sign * expr.Order(a.v, b.v)
	}
	slices.SortStableFunc(list, order)
	return list[0].v, list[0].err
}

// sample is any member; the first that is no error.
func sample(list []element) (expr.Value, error) {
	for _, e := range list {
		if e.err == nil {
			return e.v, nil
		}
	}
	return expr.Value{}, expr.ErrType
}
