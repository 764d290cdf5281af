package exec_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/expr"
)

// TestSortAgreesWithOrder sorts many terms of all kinds in a store, whose ids
// are partly sorted, and compares with the order of package expr.
func TestSortAgreesWithOrder(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open("", store.Options{FoldRows: 700})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := rand.New(rand.NewPCG(3, 4))
	word := func() string { return fmt.Sprintf("%c%c%d", 'a'+r.IntN(3), 'é'+rune(r.IntN(3)), r.IntN(300)) }
	kinds := []func() rdf.Term{
		func() rdf.Term { return rdf.NewString(word()) },
		func() rdf.Term { return rdf.NewString("a common beginning " + word()) },
		func() rdf.Term { return rdf.NewLang(word(), []string{"en", "fr"}[r.IntN(2)]) },
		func() rdf.Term { return rdf.NewTyped(fmt.Sprint(r.IntN(2000)-1000), rdf.XSDInteger) },
		func() rdf.Term { return rdf.NewTyped(fmt.Sprintf("%d.5", r.IntN(20)), rdf.XSDDecimal) },
		func() rdf.Term { return rdf.IRI("http://x/" + word()) },
		func() rdf.Term { return rdf.NewBoolean(r.IntN(2) == 0) },
		func() rdf.Term { return rdf.NewTyped(fmt.Sprintf("2012-02-%02d", 1+r.IntN(28)), rdf.XSDDate) },
	}
	for _, among := range [][]func() rdf.Term{kinds, kinds[:1], kinds[:3], kinds[2:3], kinds[3:4], kinds[3:5], kinds[5:6]} {
		p := rdf.IRI(fmt.Sprintf("http://x/p%d-%d", len(among), r.Uint32()))
		for range 3 { // the last lot arrives after a fold
			var quads []rdf.Quad
			for range 800 {
				quads = append(quads, rdf.Quad{Subject: rdf.IRI("http://s/" + word()), Predicate: p, Object: among[r.IntN(len(among))]()})
			}
			if err := st.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		e := queries.New(st, queries.Options{})
		for _, key := range []string{"STR(?o)", "LCASE(STR(?o))", "SUBSTR(?o, 2)", "CONCAT(STR(?o), STR(?s))"} {
			for _, limit := range []string{"", " LIMIT 7", " OFFSET 300 LIMIT 100"} {
				const shape = "SELECT ?s ?o { ?s <%s> ?o } ORDER BY DESC(%s) ?s ?o%s"
				got := inOrder(t, st, fmt.Sprintf(shape, string(p), key, limit))
				want := inOrder(t, st, fmt.Sprintf(shape, string(p), "IF(true, "+key+", 0)", limit))
				if !slices.Equal(got, want) {
					t.Errorf("%d kinds, ORDER BY %s%s: %.300v, by values %.300v", len(among), key, limit, got, want)
				}
			}
		}
		var all []string
		for _, direction := range []string{"ASC", "DESC"} {
			for _, limit := range []string{"", " LIMIT 7", " OFFSET 5 LIMIT 40"} {
				q := fmt.Sprintf("SELECT ?s ?o { ?s <%s> ?o } ORDER BY %s(?o) ?s%s", string(p), direction, limit)
				res, err := e.Query(ctx, q, queries.QueryOptions{})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				var last rdf.Term
				for row, err := range res.Rows() {
					if err != nil {
						t.Fatal(err)
					}
					if last != nil {
						if d := expr.Order(expr.FromTerm(last), expr.FromTerm(row[1])); d != 0 && d > 0 == (direction == "ASC") {
							t.Errorf("%s: %s before %s", q, last, row[1])
						}
					}
					last = row[1]
					got = append(got, row[0].String()+" "+row[1].String())
				}
				res.Close()
				switch limit {
				case "":
					all = got
				case " LIMIT 7":
					if !slices.Equal(got, all[:7]) {
						t.Errorf("%s:\ngot  %q\nwant %q", q, got, all[:7])
					}
				default:
					if !slices.Equal(got, all[5:45]) {
						t.Errorf("%s:\ngot  %q\nwant %q", q, got, all[5:45])
					}
				}
			}
		}
	}
}
