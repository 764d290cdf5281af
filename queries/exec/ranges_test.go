package exec_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// TestRanges compares scans of ranges of ids with scans of everything, for
// filters on numbers, dates and beginnings of strings, over values in all the
// forms that a literal can have, some added after a fold, and in several graphs.
func TestRanges(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open("", store.Options{FoldRows: 1500})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := rand.New(rand.NewPCG(11, 12))
	xsd := func(lexical, datatype string) rdf.Term {
		return rdf.NewTyped(lexical, rdf.IRI("http://www.w3.org/2001/XMLSchema#"+datatype))
	}
	word := func() string {
		return []string{"bel", "be", "béla", "b", "Bel", "1", "19", "http", "bel\U0010FFFF"}[r.IntN(9)] + fmt.Sprint(r.IntN(30))
	}
	term := func() rdf.Term {
		n := r.IntN(200) - 100
		day := fmt.Sprintf("19%02d-%02d-%02d", 50+r.IntN(3), 1+r.IntN(12), 1+r.IntN(28))
		switch r.IntN(16) {
		case 0, 1:
			return xsd(fmt.Sprint(n), "integer")
		case 2:
			return xsd(fmt.Sprintf("%03d", n), "integer")
		case 3:
			return xsd(fmt.Sprint(n), "int")
		case 4, 5:
			return xsd(fmt.Sprintf("%d.%d", n, r.IntN(100)), "decimal")
		case 6:
			return xsd(fmt.Sprintf("%d.%09d", n, r.IntN(1e9)), "decimal")
		case 7:
			return xsd(fmt.Sprintf("%d.%dE0", n, r.IntN(10)), "double")
		case 8:
			return xsd([]string{"NaN", "INF", "-INF", "1e1", "-0", "0", "5.0E-1"}[r.IntN(7)], "double")
		case 9:
			return xsd(fmt.Sprintf("%d.5", n), "float")
		case 10:
			return xsd(day+[]string{"", "", "Z", "+14:00", "-11:30"}[r.IntN(5)], "date")
		case 11:
			return xsd(day+"T"+[]string{"00:00:00", "23:59:59.999Z", "12:00:00+05:00"}[r.IntN(3)], "dateTime")
		case 12:
			return rdf.NewString(word())
		case 13:
			return rdf.NewLang(word(), []string{"en", "fr"}[r.IntN(2)])
		case 14:
			return rdf.IRI("http://x/" + word())
		}
		return []rdf.Term{rdf.NewBoolean(true), rdf.BlankNode("bel"), xsd("1951", "gYear"), xsd("bel", "integer"), rdf.NewTyped("bel1", "http://x/t")}[r.IntN(5)]
	}
	for range 4 {
		var quads []rdf.Quad
		for i := range 1000 {
			q := rdf.Quad{Subject: rdf.IRI(fmt.Sprintf("http://x/s%d", i)), Predicate: rdf.IRI("http://x/p"), Object: term()}
			if r.IntN(5) == 0 {
				q.Graph = rdf.IRI("http://x/g")
			}
			if i%3 == 0 {
				quads = append(quads, rdf.Quad{Subject: q.Subject, Predicate: rdf.IRI("http://x/q"), Object: q.Object})
			}
			quads = append(quads, q)
		}
		if err := st.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	const date = `"^^<http://www.w3.org/2001/XMLSchema#date>`
	conds := []string{
		`?v > 10`, `?v < -95`, `?v >= 99`, `?v <= -99.5`, `?v = 7`, `7.0 = ?v`, `?v > 1.5E1 && ?v < 20`, `?v < 3 && ?v > 5`, `99.25 < ?v`, `?v = 0`, `?v >= 1.0E12`, `?v > 99999999999999999`,
		`?v > "1951-06-01` + date, `?v <= "1950-02-03` + date, `?v >= "1951-02-01` + date + ` && ?v < "1951-03-01` + date, `?v = "1951-02-01` + date, `?v < "1951-02-01Z` + date,
		`?v < "1950-02-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>`, `?v > "1952-11-01T00:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>`, `?v > "1951"^^<http://www.w3.org/2001/XMLSchema#gYear>`,
		`STRSTARTS(?v, "bel")`, `STRSTARTS(STR(?v), "bel")`, `STRSTARTS(STR(?v), "1")`, `STRSTARTS(STR(?v), "http://x/b")`, `STRSTARTS(?v, "")`, `STRSTARTS(?v, "bé")`, `STRSTARTS(?v, "bel\U0010FFFF")`,
		`REGEX(?v, "^bel")`, `REGEX(STR(?v), "^bel?1")`, `REGEX(?v, "^béla*")`, `REGEX(?v, "^bel|^1")`, `REGEX(?v, "^bel+[0-9]$")`, `REGEX(STR(?v), "^1\\d")`, `REGEX(STR(?v), "^BEL", "i")`, `REGEX(?v, "^b{2}")`, `REGEX(?v, "^é?b")`,
	}
	used := 0
	for _, cond := range conds {
		for _, shape := range []string{
			"SELECT (COUNT(*) AS ?n) { ?s :p ?v FILTER(%s) }", "SELECT ?s ?v { ?s :p ?v FILTER(%s) }", "SELECT ?s { ?s ?p ?v FILTER(%s) }",
			"SELECT ?s ?t { ?s :p ?v . ?t :q ?v FILTER(%s) }", "SELECT ?s ?w { ?s :p ?v ; :q ?w FILTER(%s) }", "SELECT ?s ?v { ?s :q ?w OPTIONAL { ?s :p ?v FILTER(%s) } }",
			"SELECT ?v { GRAPH :g { ?s :p ?v FILTER(%s) } }", "SELECT ?g ?v { GRAPH ?g { ?s :p ?v FILTER(%s) } }",
			"SELECT ?v FROM :g FROM :none { ?s :p ?v FILTER(%s) }",
		} {
			query := fmt.Sprintf(shape, cond)
			got, with := answers(t, st, query)
			if strings.Contains(with, " ranges of ?v") {
				used++
			}
			if want, _ := answers(t, st, query, "FilterToRange"); !slices.Equal(got, want) {
				t.Errorf("%s: %d rows, without ranges %d\n%s", query, len(got), len(want), with)
			}
		}
	}
	if used < 2*len(conds) {
		t.Errorf("ranges were scanned by %d of %d queries only", used, 9*len(conds))
	}
}
