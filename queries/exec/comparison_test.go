package exec_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// termsOfAllKinds has terms that compare with some of the others and not with
// the rest, equal values written differently among them.
var termsOfAllKinds = []rdf.Term{
	rdf.IRI("http://x/a"), rdf.IRI("http://x/b"), rdf.BlankNode("a"), rdf.BlankNode("b"),
	rdf.NewString("a"), rdf.NewString("b"), rdf.NewString("7"), rdf.NewLang("a", "en"), rdf.NewLang("a", "EN-GB"), rdf.NewLang("b", "en"), rdf.NewDirLang("a", "en", rdf.LTR),
	rdf.NewTyped("7", rdf.XSDInteger), rdf.NewTyped("07", rdf.XSDInteger), rdf.NewTyped("-7", rdf.XSDInteger), rdf.NewTyped("99999999999999999999", rdf.XSDInteger), rdf.NewTyped("x", rdf.XSDInteger),
	rdf.NewTyped("7.0", rdf.XSDDecimal), rdf.NewTyped("7.00", rdf.XSDDecimal), rdf.NewTyped("7.5", rdf.XSDDecimal), rdf.NewTyped("7.123046875", rdf.XSDDecimal),
	rdf.NewTyped("7.0E0", rdf.XSDDouble), rdf.NewTyped("7e0", rdf.XSDDouble), rdf.NewTyped("-7.5", rdf.XSDDouble), rdf.NewTyped("-7.50", rdf.XSDDouble), rdf.NewTyped("NaN", rdf.XSDDouble), rdf.NewTyped("INF", rdf.XSDDouble),
	rdf.NewTyped("0.0", rdf.XSDDouble), rdf.NewTyped("-0.0", rdf.XSDDouble), rdf.NewTyped("3.1415926535897932", rdf.XSDDouble), rdf.NewTyped("7", rdf.NSXSD+"float"), rdf.NewTyped("7", rdf.NSXSD+"byte"),
	rdf.NewBoolean(true), rdf.NewBoolean(false), rdf.NewTyped("1", rdf.XSDBoolean),
	rdf.NewTyped("2012-02-15", rdf.XSDDate), rdf.NewTyped("2012-02-16", rdf.XSDDate), rdf.NewTyped("2012-02-15Z", rdf.XSDDate), rdf.NewTyped("2012-02-15+14:00", rdf.XSDDate), rdf.NewTyped("2012-02-15-00:00", rdf.XSDDate),
	rdf.NewTyped("2012-02-15T10:00:00", rdf.XSDDateTime), rdf.NewTyped("2012-02-15T10:00:00.5", rdf.XSDDateTime), rdf.NewTyped("2012-02-15T10:00:00.500", rdf.XSDDateTime),
	rdf.NewTyped("2012-02-15T10:00:00Z", rdf.XSDDateTime), rdf.NewTyped("2012-02-15T11:00:00+01:00", rdf.XSDDateTime), rdf.NewTyped("2012-02-15T11:00:00.123456+01:00", rdf.XSDDateTime),
	rdf.NewTyped("2012", rdf.XSDGYear), rdf.NewTyped("2013", rdf.XSDGYear), rdf.NewTyped("2012Z", rdf.XSDGYear),
	rdf.NewTyped("P1D", rdf.XSDDayTimeDuration), rdf.NewTyped("a", "http://x/type"), rdf.NewTyped("b", "http://x/type"),
	rdf.Triple{Subject: rdf.IRI("http://x/a"), Predicate: rdf.IRI("http://x/p"), Object: rdf.NewString("a")},
}

// TestComparisons compares every term with every other, with constants and with
// computed terms, also in a store whose dictionary is in order only for a part:
// filters and extremes are decided by ids and numbers, and row by row inside IF.
func TestComparisons(t *testing.T) {
	var quads []rdf.Quad
	for i, o := range termsOfAllKinds {
		s := rdf.IRI(fmt.Sprintf("http://x/s%d", i))
		quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI("http://x/p"), Object: o},
			rdf.Quad{Subject: s, Predicate: rdf.IRI("http://x/k"), Object: rdf.NewTyped(fmt.Sprint(i%5), rdf.XSDInteger)})
	}
	st, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, part := range [][]rdf.Quad{quads[:len(quads)/2], quads[len(quads)/2:]} {
		if err := st.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(part...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	all := "?s :p ?v . ?t :p ?w"
	shapes := []string{
		"SELECT ?s ?t { " + all + " FILTER(%s ?v OP ?w %s) }",
		"SELECT ?s ?t { { " + all + " } UNION { ?s :p ?v } FILTER(%s ?v OP ?w %s) }",
		`SELECT ?s ?t { ` + all + ` BIND(IF(?s = :s3, CONCAT(STR(?v), "x"), ?v) AS ?x) FILTER(%s ?x OP ?w %s) }`,
	}
	for _, k := range []string{"7", "-7.5E0", "7.00", `"a"`, `"new"`, `"a"@en`, `"a"@en-gb`, "<http://x/a>", "<http://x/new>", `"2012-02-15"^^xsd:date`, `"2012-02-15Z"^^xsd:date`,
		`"2012-02-15T10:00:00Z"^^xsd:dateTime`, `"2012"^^xsd:gYear`, "true", `"NaN"^^xsd:double`, `"07"^^xsd:integer`, `"a"^^<http://x/type>`} {
		shapes = append(shapes, "SELECT ?s { ?s :p ?v FILTER(%s ?v OP "+k+" %s) }", "SELECT ?s { ?s :p ?v FILTER(%s "+k+" OP ?v %s) }")
	}
	for _, g := range []graph.Graph{st, memgraph.New(quads...)} {
		for _, shape := range shapes {
			for _, op := range []string{"=", "!=", "<", ">", "<=", ">="} {
				query := func(before, after string) []string {
					rows, _ := answers(t, g, fmt.Sprintf("PREFIX xsd: <"+rdf.NSXSD+">\n"+strings.Replace(shape, "OP", op, 1), before, after))
					return rows
				}
				if got, want := query("", ""), query("IF(true, ", ", false)"); !slices.Equal(got, want) {
					t.Errorf("%s with %s: %.500v, row by row %.500v", shape, op, got, want)
				}
			}
		}
		for _, shape := range []string{
			"SELECT ?k (MIN(%s) AS ?a) (MAX(%s) AS ?b) { ?s :k ?k ; :p ?v } GROUP BY ?k",
			"SELECT (MIN(%s) AS ?a) (MAX(%s) AS ?b) { ?s :p ?v }",
			"SELECT (MIN(%s) AS ?a) (MAX(%s) AS ?b) { ?s :p ?v FILTER(isIRI(?v)) }",
			"SELECT (MIN(%s) AS ?a) (MAX(%s) AS ?b) { { ?s :p ?v } UNION { ?s :k ?k } }",
			"SELECT (MIN(%s) AS ?a) (MAX(%s) AS ?b) { ?s :p ?v FILTER(DATATYPE(?v) = <http://www.w3.org/2001/XMLSchema#string>) }",
		} {
			got, _ := answers(t, g, fmt.Sprintf(shape, "?v", "?v"))
			want, _ := answers(t, g, fmt.Sprintf(shape, "IF(true, ?v, 0)", "IF(true, ?v, 0)"))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, row by row %v", shape, got, want)
			}
		}
	}
}
