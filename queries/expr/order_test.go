package expr

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// awkward are lexical forms per datatype between which orders go wrong: equal
// values in different forms, values that meet after promotion, values with and
// without time zones, and forms that are not of the type.
var awkward = map[rdf.IRI][]string{
	rdf.XSDInteger:                {"0", "-0", "1", "01", "9007199254740992", "9007199254740993", "-9007199254740993", "99999999999999999999", "x"},
	rdf.XSDDecimal:                {"0.0", "1.0", "0.1", "9007199254740992.5", "9007199254740993.0", "0.1000000000000000055511151231257827021181583404541015625", "1e0"},
	rdf.XSDFloat:                  {"0.1", "1", "16777216", "NaN", "INF", "-INF", "-0"},
	rdf.XSDDouble:                 {"0.1", "1", "9007199254740992", "1e300", "NaN", "INF", "-INF", "-0"},
	rdf.NSXSD + "byte":            {"1", "-1", "200"},
	rdf.XSDBoolean:                {"true", "1", "false", "TRUE"},
	rdf.XSDDateTime:               {"2000-01-01T00:00:00", "2000-01-01T00:00:00Z", "2000-01-01T01:00:00+01:00", "1999-12-31T12:00:00Z", "1999-12-31T24:00:00", "2000-13-01T00:00:00"},
	rdf.XSDDate:                   {"2000-01-01", "2000-01-01Z", "2000-01-01+14:00", "1999-12-31-14:00"},
	rdf.XSDTime:                   {"00:00:00", "24:00:00", "00:00:00Z", "23:00:00-01:00"},
	rdf.XSDGYear:                  {"2000", "1999Z", "-0001"},
	rdf.XSDDuration:               {"P1M", "P30D", "P31D", "P1Y", "P365D", "P366D", "PT0S", "-P1M"},
	rdf.XSDDayTimeDuration:        {"P1D", "PT24H", "PT0S"},
	rdf.XSDYearMonthDuration:      {"P12M", "P1Y", "P0M"},
	rdf.NSXSD + "hexBinary":       {"00", "ff", "FF", "0"},
	rdf.XSDString:                 {"", "a", "A", "é", "𝄞"},
	"http://example/unknown":      {"a", "b", "1"},
	"http://example/unknown#more": {"a", "1"},
}

func genLiteral() *rapid.Generator[rdf.Term] {
	var types []rdf.IRI
	for t := range awkward {
		types = append(types, t)
	}
	slices.Sort(types)
	return rapid.Custom(func(t *rapid.T) rdf.Term {
		if rapid.IntRange(0, 5).Draw(t, "tagged") == 0 {
			lang := rapid.SampledFrom([]string{"en", "EN", "fr"}).Draw(t, "lang")
			dir := rapid.SampledFrom([]rdf.Direction{"", rdf.LTR, rdf.RTL}).Draw(t, "dir")
			return rdf.NewDirLang(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "text"), lang, dir)
		}
		datatype := rapid.SampledFrom(types).Draw(t, "datatype")
		return rdf.NewTyped(rapid.SampledFrom(awkward[datatype]).Draw(t, "lexical"), datatype)
	})
}

func genTerm() *rapid.Generator[rdf.Term] {
	simple := rapid.OneOf(genLiteral(), genLiteral(), genLiteral(),
		rapid.SampledFrom([]rdf.Term{rdf.IRI("http://example/a"), rdf.IRI("http://example/b"), rdf.BlankNode("a"), rdf.BlankNode("b")}))
	triple := rapid.Custom(func(t *rapid.T) rdf.Term {
		return rdf.Triple{Subject: rdf.IRI("http://example/s"), Predicate: rdf.IRI("http://example/p"), Object: simple.Draw(t, "object")}
	})
	return rapid.OneOf(rapid.Just[rdf.Term](nil), simple, simple, simple, simple, triple)
}

// TestOrderIsTotal checks that Order is a total preorder and that it agrees
// with the operators wherever these give an answer.
func TestOrderIsTotal(t *testing.T) {
	gen := genTerm()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := FromTerm(gen.Draw(t, "a")), FromTerm(gen.Draw(t, "b")), FromTerm(gen.Draw(t, "c"))
		if Order(a, a) != 0 {
			t.Fatalf("%v is not equal to itself", a.Term())
		}
		ab, ba, bc, ac := Order(a, b), Order(b, a), Order(b, c), Order(a, c)
		if ab != -ba {
			t.Fatalf("not antisymmetric: %v %v: %d and %d", a.Term(), b.Term(), ab, ba)
		}
		if ab <= 0 && bc <= 0 && (ac > 0 || ac == 0 && (ab < 0 || bc < 0)) {
			t.Fatalf("not transitive: %v %v %v: %d %d %d", a.Term(), b.Term(), c.Term(), ab, bc, ac)
		}
		if got := Order(a.Resolve(), b); got != ab {
			t.Fatalf("Resolve changes the order of %v and %v from %d to %d", a.Term(), b.Term(), ab, got)
		}
		// Floats promote before they compare, exact values do not: there the
		// operators and the order may differ.
		if o, err := Compare(a, b); err == nil && (o == xsd.Less || o == xsd.Greater) && !inexact(a) && !inexact(b) {
			if int(o) != ab {
				t.Fatalf("%v and %v compare as %d but order as %d", a.Term(), b.Term(), o, ab)
			}
		}
		if SameTerm(a, b) && ab != 0 {
			t.Fatalf("%v is the same as %v but orders as %d", a.Term(), b.Term(), ab)
		}
	})
}

func inexact(v Value) bool {
	if v.state == triple {
		o := v.term.(rdf.Triple).Object
		return inexact(FromTerm(o))
	}
	return v.typ == xsd.Float || v.typ == xsd.Double
}

// TestOrderKinds is SPARQL 1.1 §15.1 and its extension by the 1.2 draft, in
// ascending order; values on one line are equal.
func TestOrderKinds(t *testing.T) {
	typed := func(s string, t rdf.IRI) rdf.Term { return rdf.NewTyped(s, t) }
	lines := [][]rdf.Term{
		{nil},
		{rdf.BlankNode("a")},
		{rdf.BlankNode("b")},
		{rdf.IRI("http://a")},
		{rdf.IRI("http://b")},
		{rdf.NewString("")},
		{rdf.NewString("B")},
		{rdf.NewString("a")},
		{rdf.NewLang("a", "en"), rdf.NewLang("a", "EN")},
		{rdf.NewLang("a", "fr")},
		{rdf.NewString("b")},
		{typed("false", rdf.XSDBoolean), typed("0", rdf.XSDBoolean)},
		{typed("true", rdf.XSDBoolean)},
		{typed("NaN", rdf.XSDDouble), typed("NaN", rdf.XSDFloat)},
		{typed("-INF", rdf.XSDDouble)},
		{typed("-1", rdf.XSDInteger), typed("-1.0", rdf.XSDDecimal), typed("-1e0", rdf.XSDDouble)},
		{typed("0.1", rdf.XSDDecimal)},
		{typed("0.1", rdf.XSDDouble)},
		{typed("0.1", rdf.XSDFloat)},
		{typed("9007199254740992", rdf.XSDDouble)},
		{typed("9007199254740993", rdf.XSDInteger)},
		{typed("INF", rdf.XSDFloat)},
		{typed("1999-12-31T23:59:59", rdf.XSDDateTime)},
		{typed("2000-01-01T00:00:00", rdf.XSDDateTime)},
		{typed("2000-01-01T00:00:00Z", rdf.XSDDateTime), typed("2000-01-01T01:00:00+01:00", rdf.XSDDateTime)},
		{typed("2000-01-01", rdf.XSDDate)},
		{typed("P30D", rdf.XSDDuration)},
		{typed("P1M", rdf.XSDDuration)},
		{typed("P31D", rdf.XSDDuration)},
		{typed("a", "http://example/t")},
		{typed("a", "http://example/u")},
		{typed("x", rdf.XSDInteger)},
		{rdf.Triple{Subject: rdf.IRI("http://a"), Predicate: rdf.IRI("http://p"), Object: typed("9", rdf.XSDInteger)}},
		{rdf.Triple{Subject: rdf.IRI("http://a"), Predicate: rdf.IRI("http://p"), Object: typed("10", rdf.XSDInteger)}},
	}
	for i, x := range lines {
		for j, y := range lines {
			for _, a := range x {
				for _, b := range y {
					if got, want := Order(FromTerm(a), FromTerm(b)), cmp.Compare(i, j); got != want {
						t.Errorf("Order(%v, %v) = %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

// TestEqualIsSymmetric holds for the operators whatever they are given.
func TestEqualIsSymmetric(t *testing.T) {
	gen := genTerm()
	rapid.Check(t, func(t *rapid.T) {
		a, b := FromTerm(gen.Draw(t, "a")), FromTerm(gen.Draw(t, "b"))
		eq, err := Equal(a, b)
		qe, rre := Equal(b, a)
		if eq != qe || (err == nil) != (rre == nil) {
			t.Fatalf("%v = %v: %v %v and %v %v", a.Term(), b.Term(), eq, err, qe, rre)
		}
		if SameTerm(a, b) && err == nil && !eq && !nan(a) {
			t.Fatalf("%v is the same term but not equal", a.Term())
		}
		if eq && Order(a, b) != 0 && !inexact(a) && !inexact(b) {
			t.Fatalf("%v = %v but they order as %d", a.Term(), b.Term(), Order(a, b))
		}
		o, err := Compare(a, b)
		p, rre := Compare(b, a)
		if (err == nil) != (rre == nil) || err == nil && (o != p && o != -p || o == p && (o == xsd.Less || o == xsd.Greater)) {
			t.Fatalf("%v and %v compare as %d %v and as %d %v", a.Term(), b.Term(), o, err, p, rre)
		}
	})
}

func nan(v Value) bool {
	if v.state == triple {
		return nan(FromTerm(v.term.(rdf.Triple).Object))
	}
	x, ok := v.XSD()
	return ok && (x.Type() == xsd.Double || x.Type() == xsd.Float) && math.IsNaN(x.Float())
}
