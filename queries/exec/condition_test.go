package exec_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// TestComparisonsByID compares filters on a constant with the same filters
// written so that the values are looked at.
func TestComparisonsByID(t *testing.T) {
	var quads []rdf.Quad
	for i, l := range []rdf.Literal{
		rdf.NewTyped("-2", rdf.XSDInteger), rdf.NewTyped("0", rdf.XSDInteger), rdf.NewTyped("7", rdf.XSDInteger), rdf.NewTyped("07", rdf.XSDInteger),
		rdf.NewTyped("7.0", rdf.XSDDecimal), rdf.NewTyped("7.5", rdf.XSDDecimal), rdf.NewTyped("6.9E0", rdf.XSDDouble),
		rdf.NewTyped("x", rdf.XSDInteger), rdf.NewString("7"), rdf.NewTyped("99999999999999999999", rdf.XSDInteger),
		rdf.NewTyped("2012-02-15", rdf.XSDDate), rdf.NewTyped("2012-02-15Z", rdf.XSDDate), rdf.NewTyped("2012-02-16", rdf.XSDDate),
		rdf.NewTyped("-0001-02-16", rdf.XSDDate), rdf.NewTyped("2012-02-14+14:00", rdf.XSDDate), rdf.NewTyped("2012-02-15T00:00:00", rdf.XSDDateTime),
	} {
		quads = append(quads, rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("http://x/%d", i)), Predicate: rdf.IRI("http://x/p"), Object: l})
	}
	e := queries.New(memgraph.New(quads...), queries.Options{})
	ask := func(cond string) []string {
		r, err := e.Query(context.Background(), "PREFIX xsd: <"+rdf.NSXSD+"> SELECT ?v { ?x <http://x/p> ?v FILTER("+cond+") }", queries.QueryOptions{})
		if err != nil {
			t.Fatalf("%s: %v", cond, err)
		}
		defer r.Close()
		out := []string{}
		for row, err := range r.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, row[0].String())
		}
		slices.Sort(out)
		return out
	}
	for _, op := range []string{"=", "!=", "<", ">", "<=", ">="} {
		for _, k := range []string{"7", "-2", `"2012-02-15"^^xsd:date`, `"2012-02-15Z"^^xsd:date`, "7.0"} {
			byValue := ask("?v " + op + " IF(true, " + k + ", 0)")
			if got := ask("?v " + op + " " + k); !slices.Equal(got, byValue) {
				t.Errorf("?v %s %s: %q, by value %q", op, k, got, byValue)
			}
			byValue = ask("IF(true, " + k + ", 0) " + op + " ?v")
			if got := ask(k + " " + op + " ?v"); !slices.Equal(got, byValue) {
				t.Errorf("%s %s ?v: %q, by value %q", k, op, got, byValue)
			}
		}
	}
}

// TestFunctionsByTag compares functions of a variable, over enough rows for
// their outcomes to be remembered, with the same functions of a computed value.
func TestFunctionsByTag(t *testing.T) {
	var quads []rdf.Quad
	iri := func(format string, n int) rdf.IRI { return rdf.IRI(fmt.Sprintf(format, n)) }
	for i, o := range []rdf.Term{
		rdf.IRI("http://x/o"), rdf.BlankNode("b"), rdf.NewString("fr"), rdf.NewLang("a", "fr"), rdf.NewLang("a", "en"),
		rdf.NewTyped("7", rdf.XSDInteger), rdf.NewTyped("07", rdf.XSDInteger), rdf.NewTyped("x", "http://x/type"), rdf.NewTyped("true", rdf.XSDBoolean),
		rdf.Triple{Subject: rdf.IRI("http://x/s"), Predicate: rdf.IRI("http://x/p"), Object: rdf.IRI("http://x/o")},
	} {
		for n := range 500 {
			quads = append(quads, rdf.Quad{Subject: iri("http://x/%d", n), Predicate: rdf.IRI("http://x/p"), Object: o})
			quads = append(quads, rdf.Quad{Subject: iri("http://x/%d", n), Predicate: iri("http://x/p%d", i), Object: o})
		}
	}
	e := queries.New(memgraph.New(quads...), queries.Options{})
	count := func(cond string) string {
		r, err := e.Query(context.Background(), "SELECT (COUNT(*) AS ?n) { ?x ?p ?v FILTER("+cond+") }", queries.QueryOptions{})
		if err != nil {
			t.Fatalf("%s: %v", cond, err)
		}
		defer r.Close()
		row, _, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		return row[0].String()
	}
	const computed = "IF(BOUND(?x), ?v, 0)" // of two variables
	for _, cond := range []string{
		"isIRI(%s)", "isURI(%s)", "isBlank(%s)", "isLiteral(%s)", `LANG(%s) = "fr"`, `LANG(%s) = ""`, `LANG(%s) != "fr"`,
		"!isIRI(%s)", `COALESCE(LANG(%s), "none") = "none"`, `STR(%s) < "a"`, "isIRI(%s) || RAND() < 2",
	} {
		want := count(fmt.Sprintf(cond, computed))
		if got := count(fmt.Sprintf(cond, "?v")); got != want {
			t.Errorf("%s: %s, computed %s", cond, got, want)
		}
	}
}
