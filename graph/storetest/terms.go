package storetest

import (
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// AwkwardTerms returns terms that are easily confused or mangled. No two of
// them are the same term.
func AwkwardTerms() []rdf.Term {
	ex := func(s string) rdf.IRI { return rdf.IRI("http://example.org/" + s) }
	terms := []rdf.Term{
		ex("a"), ex("A"), ex("a/"), ex("a#"), ex("a%20b"), ex("a%20B"), ex("é"), ex("e\u0301"), ex("😀"), rdf.IRI("urn:x"), rdf.IRI("x:"),
		rdf.BlankNode("a"), rdf.BlankNode("b0"), rdf.BlankNode("http://example.org/a"),
		rdf.NewString(""), rdf.NewString("a"), rdf.NewString("A"), rdf.NewString(" a"), rdf.NewString("a "), rdf.NewString("http://example.org/a"),
		rdf.NewString("\x00"), rdf.NewString("a\x00"), rdf.NewString("\n\r\t\"\\'"), rdf.NewString("é"), rdf.NewString("e\u0301"), rdf.NewString("\U0010FFFF"),
		rdf.NewString("1"), rdf.NewString("true"), rdf.NewString(strings.Repeat("long ", 3_000)), rdf.NewString(strings.Repeat("long ", 3_000) + "x"),
		rdf.NewLang("a", "en"), rdf.NewLang("a", "en-GB"), rdf.NewLang("a", "de"), rdf.NewLang("A", "en"), rdf.NewLang("", "en"), rdf.NewLang("a\x00en", "en"), rdf.NewLang("a\x00", "en"),
		rdf.NewDirLang("a", "en", rdf.LTR), rdf.NewDirLang("a", "en", rdf.RTL),
		rdf.NewBoolean(true), rdf.NewBoolean(false), rdf.NewTyped("1", rdf.XSDBoolean), rdf.NewTyped("maybe", rdf.XSDBoolean),
		rdf.NewTyped("", ex("dt")), rdf.NewTyped("a", ex("dt")), rdf.NewTyped("a", ex("dt2")), rdf.NewTyped("a\x00b", ex("dt")), rdf.NewTyped("a", rdf.XSDAnyURI),
	}
	for _, n := range []string{"0", "00", "-0", "+0", "1", "01", "+1", "-1", "1.0", "1.00", "1.", ".5", "0.5", "1e0", "1E0", "1.0E0", "INF", "-INF", "NaN", "",
		"576460752303423487", "576460752303423488", "-576460752303423487", "-576460752303423488", "123456789012345678901234567890", "19.99", "12.50", "12.5", "0.00000001"} {
		for _, dt := range []rdf.IRI{rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble, rdf.XSDFloat} {
			terms = append(terms, rdf.NewTyped(n, dt))
		}
	}
	for _, d := range []string{"2012-02-07", "2012-02-07Z", "2012-02-07+00:00", "2012-02-07-00:00", "2012-02-07+14:00", "2012-02-30", "-0044-03-15", "12012-02-07", "2012"} {
		terms = append(terms, rdf.NewTyped(d, rdf.XSDDate), rdf.NewTyped(d, rdf.XSDGYear))
	}
	for _, d := range []string{"2024-01-01T10:00:00Z", "2024-01-01T10:00:00", "2024-01-01T10:00:00.0Z", "2024-01-01T10:00:00.123456Z", "2024-01-01T11:00:00+01:00", "2024-01-01T24:00:00Z", "2024-01-01"} {
		terms = append(terms, rdf.NewTyped(d, rdf.XSDDateTime))
	}
	inner := rdf.Triple{Subject: ex("s"), Predicate: ex("p"), Object: rdf.NewLang("a", "en")}
	terms = append(terms, inner,
		rdf.Triple{Subject: ex("s"), Predicate: ex("p"), Object: rdf.NewTyped("1", rdf.XSDInteger)},
		rdf.Triple{Subject: rdf.BlankNode("s"), Predicate: ex("p"), Object: inner},
		rdf.Triple{Subject: rdf.BlankNode("s"), Predicate: ex("p"), Object: rdf.Triple{Subject: ex("s"), Predicate: ex("p"), Object: inner}})
	return terms
}

// Quads returns n different quads of a small graph, some of them in named
// graphs, with shared subjects, predicates and objects. The same seed gives the
// same quads, and the first quads do not depend on n.
func Quads(n int, seed uint64) []rdf.Quad {
	x := seed*0x9E3779B97F4A7C15 + 1
	next := func(k int) int {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		return int(x>>33) % k
	}
	seen := map[rdf.Quad]bool{}
	var quads []rdf.Quad
	for len(quads) < n {
		q := rdf.Quad{
			Subject:   rdf.IRI(fmt.Sprintf("http://example.org/s%d", next(n/4+2))),
			Predicate: rdf.IRI(fmt.Sprintf("http://example.org/p%d", next(7)*next(3))),
		}
		switch next(6) {
		case 0:
			q.Object = rdf.NewTyped(fmt.Sprint(next(n)), rdf.XSDInteger)
		case 1:
			q.Object = rdf.NewString(fmt.Sprintf("name %d", next(n)))
		case 2:
			q.Object = rdf.NewLang(fmt.Sprintf("label %d", next(n)), []string{"en", "fr"}[next(2)])
		case 3:
			q.Object = rdf.NewTyped(fmt.Sprintf("%d.%02d", next(1000), next(100)), rdf.XSDDecimal)
		default:
			q.Object = rdf.IRI(fmt.Sprintf("http://example.org/s%d", next(n/4+2)))
		}
		if next(3) == 0 {
			q.Graph = rdf.IRI(fmt.Sprintf("http://example.org/g%d", next(3)))
		}
		if next(10) == 0 {
			q.Subject = rdf.BlankNode(fmt.Sprintf("b%d", next(n/4+2)))
		}
		if !seen[q] {
			seen[q] = true
			quads = append(quads, q)
		}
	}
	return quads
}
