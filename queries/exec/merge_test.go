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
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/plan"
)

// answers runs a query without some rules and returns its rows, sorted, and its
// plan.
func answers(t *testing.T, g graph.Graph, query string, disabled ...string) ([]string, string) {
	t.Helper()
	r, err := queries.New(g, queries.Options{DisabledRules: disabled}).Query(context.Background(), "PREFIX : <http://x/>\n"+query, queries.QueryOptions{})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	var rows []string
	for row, err := range r.Rows() {
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		rows = append(rows, fmt.Sprint(row))
	}
	slices.Sort(rows)
	return rows, r.Profile().String()
}

// TestMergeAcrossBatches joins predicates whose runs of one subject or object
// are longer than a batch of a scan, in a store with changes that are not
// folded yet, and compares with the answers of hash joins.
func TestMergeAcrossBatches(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open("", store.Options{FoldRows: 50_000})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := rand.New(rand.NewPCG(1, 2))
	node := func(s string, i int) rdf.Term { return rdf.IRI(fmt.Sprintf("http://x/%s%d", s, i)) }
	add := func(p string, n, hubs, subjects int) {
		var quads []rdf.Quad
		for i := range n {
			s := node("n", r.IntN(subjects))
			if i < hubs { // subjects with many values
				s = node("n", i%2)
			}
			quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI("http://x/" + p), Object: node("v", i)})
		}
		if err := st.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	add("a", 14_000, 9_000, 1500)
	add("b", 2_000, 0, 1200)
	add("c", 2_000, 16, 1000)
	add("d", 700, 0, 2500)
	add("a", 500, 0, 4000)
	for _, query := range []string{
		"SELECT (COUNT(*) AS ?n) { ?x :a ?a ; :c ?c }",
		"SELECT (COUNT(*) AS ?n) { ?x :a ?a ; :b ?b ; :c ?c ; :d ?d }",
		"SELECT (COUNT(?c) AS ?n) (COUNT(*) AS ?m) { ?x :a ?a OPTIONAL { ?x :c ?c } }",
		"SELECT ?x (COUNT(*) AS ?n) { ?x :a ?a OPTIONAL { ?x :c ?c } } GROUP BY ?x",
		"SELECT ?a { ?x :a ?a ; :d ?d }",
		"SELECT ?a ?c { ?x :a ?a ; :d ?d OPTIONAL { ?x :c ?c } }",
		"SELECT ?b ?d { ?x :a ?a ; :b ?b OPTIONAL { ?x :d ?d } FILTER NOT EXISTS { ?x :c ?c } }",
		"SELECT ?x ?a { ?x :a ?a MINUS { ?x :b ?b } FILTER EXISTS { ?x :c ?c } }",
		"SELECT ?x { ?x :a ?a MINUS { ?x :c ?c } MINUS { ?x :d ?d } }",
		"SELECT DISTINCT ?x ?d { ?x :a ?a ; :c ?c ; :d ?d }",
		"SELECT (COUNT(*) AS ?n) { ?x :a ?a ; :b ?b . ?x :c ?c FILTER (?c != ?a) }",
		"SELECT ?v (COUNT(*) AS ?n) { ?x :a ?v . ?y :b ?v } GROUP BY ?v",
		"SELECT (COUNT(*) AS ?n) { ?x :c ?a . ?x :c ?b ; :d ?d }",
	} {
		got, with := answers(t, st, query, "IndexJoin")
		want, without := answers(t, st, query, "MergeJoin", "Narrow", "IndexJoin", "JoinOrder")
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, without merges %d\n%s", query, len(got), len(want), with)
		}
		if !strings.Contains(with, "MergeJoin") || strings.Contains(without, "MergeJoin") {
			t.Errorf("%s: the plans do not differ as they should:\n%s\n%s", query, with, without)
		}
		if none, _ := answers(t, st, query, plan.Rules()...); !slices.Equal(got, none) {
			t.Errorf("%s: %d rows, without rules %d", query, len(got), len(none))
		}
	}
}
