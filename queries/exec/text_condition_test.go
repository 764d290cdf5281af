package exec_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// TestTextConditions compares filters that are decided by texts with the same
// filters inside IF, which are evaluated row by row: over terms of all kinds,
// loaded and added, in a store and in memory.
func TestTextConditions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		s := ""
		for range r.IntN(4) {
			s += []string{"bel", "Gra", "ti", "é", "ß", "n", "x.y", "BEL"}[r.IntN(8)]
		}
		return s
	}
	term := func() rdf.Term {
		switch r.IntN(12) {
		case 0:
			return rdf.IRI("http://x/" + fmt.Sprint(r.IntN(50)))
		case 1:
			return rdf.BlankNode("bel" + fmt.Sprint(r.IntN(20)))
		case 2:
			return rdf.NewTyped(fmt.Sprint(r.IntN(40)), rdf.XSDInteger)
		case 3:
			return rdf.NewTyped("0"+fmt.Sprint(r.IntN(40)), rdf.XSDInteger)
		case 4:
			return rdf.NewTyped(word(), "http://x/type")
		case 5:
			return rdf.NewTyped("2012-02-15", rdf.XSDDate)
		case 6:
			return rdf.NewBoolean(r.IntN(2) == 0)
		case 7:
			return rdf.Triple{Subject: rdf.IRI("http://x/a"), Predicate: rdf.IRI("http://x/p"), Object: rdf.NewString(word())}
		case 8, 9:
			return rdf.NewString(word())
		case 10:
			return rdf.NewDirLang(word(), "ar", rdf.RTL)
		}
		return rdf.NewLang(word(), []string{"en", "fr", "EN", "en-GB"}[r.IntN(4)])
	}
	quads := func(n int) []rdf.Quad {
		var out []rdf.Quad
		for range n {
			out = append(out, rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("http://x/s%d", r.IntN(200))), Predicate: rdf.IRI("http://x/p"), Object: term()})
		}
		return out
	}
	st, err := store.Open("", store.Options{FoldRows: 700})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var all []rdf.Quad
	for range 3 {
		lot := quads(500)
		all = append(all, lot...)
		if err := st.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(lot...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, cond := range []string{
		`LANG(?v) = "en"`, `LANG(?v) != "fr"`, `LANGMATCHES(LANG(?v), "en")`, `LANG(?v) = "" && isLiteral(?v)`,
		`isIRI(?v)`, `!isLiteral(?v)`, `isBlank(?v) || isIRI(?v)`, `DATATYPE(?v) = <http://x/type>`, `hasLangdir(?v)`, `langdir(?v) = "rtl"`,
		`CONTAINS(?v, "bel")`, `CONTAINS(STR(?v), "x")`, `STRSTARTS(?v, "bel")`, `STRENDS(STR(?v), "ti")`, `!CONTAINS(?v, "")`,
		`CONTAINS(LCASE(?v), "bel")`, `CONTAINS(UCASE(STR(?v)), "BEL")`, `STRSTARTS(LCASE(STR(?v)), "http")`,
		`REGEX(?v, "^bel.*ti$")`, `REGEX(STR(?v), "x\\.y|gra", "i")`, `REGEX(?v, "(bel)+n")`, `REGEX(?v, "bel", "q")`, `REGEX(?v, "b|ti")`, `REGEX(?v, "(")`,
		`REGEX(?v, "(bel){1,2}(Gra)?ti")`, `REGEX(STR(?v), "a$")`,
		`STRLEN(?v) > 5`, `3 >= STRLEN(STR(?v))`, `STRLEN(?v) = 4`, `STRLEN(?v) < 2.5`,
		`CONTAINS(?v, "bel") && LANG(?v) = "en"`, `CONTAINS(?v, "bel") || isIRI(?v)`, `!(CONTAINS(?v, "bel") || STRLEN(?v) > 3)`,
		`STRSTARTS(?v, "bel"@en)`, `CONTAINS(?v, 1)`,
	} {
		for _, g := range []graph.Graph{st, memgraph.New(all...)} {
			for _, shape := range []string{
				"SELECT ?s ?v { ?s :p ?v FILTER(%s) }",
				"SELECT ?v (COUNT(*) AS ?n) { ?s :p ?v FILTER(%s) } GROUP BY ?v",
				"SELECT ?s ?v ?w { ?s :p ?w OPTIONAL { ?s :p ?v FILTER(%s) } FILTER(?w < 5) }",
			} {
				got, _ := answers(t, g, fmt.Sprintf(shape, cond))
				want, _ := answers(t, g, fmt.Sprintf(shape, "IF(true, "+cond+", 1)"))
				if !slices.Equal(got, want) {
					t.Errorf("%T "+shape+": %d rows, by value %d", g, cond, len(got), len(want))
				}
			}
		}
	}
}
