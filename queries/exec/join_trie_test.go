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
	"github.com/belligraph/belligraph/queries/plan"
)

// TestCycles compares joins variable by variable with joins two by two, on
// cycles of several shapes with and without other patterns, over edges with hubs
// in the default graph and in others, some of them added after a fold.
func TestCycles(t *testing.T) {
	ctx := context.Background()
	st, err := store.Open("", store.Options{FoldRows: 900})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r := rand.New(rand.NewPCG(9, 10))
	node := func() rdf.Term {
		n := r.IntN(60)
		if r.IntN(3) == 0 {
			n = r.IntN(4)
		}
		return rdf.IRI(fmt.Sprintf("http://x/n%d", n))
	}
	for range 3 {
		var quads []rdf.Quad
		for range 350 {
			q := rdf.Quad{Subject: node(), Predicate: rdf.IRI("http://x/" + []string{"p", "q", "r"}[r.IntN(3)]), Object: node()}
			if r.IntN(6) == 0 {
				q.Graph = rdf.IRI(fmt.Sprintf("http://x/g%d", r.IntN(2)))
			}
			if r.IntN(20) == 0 {
				q.Object = rdf.NewString("text")
			}
			quads = append(quads, q)
		}
		if err := st.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{
		"?x :p ?y . ?y :q ?z . ?x :r ?z", "?x :p ?y . ?y :p ?z . ?z :p ?x", "?x :p ?y . ?y :p ?z . ?x :p ?z . ?x :q ?k",
		"?x :p ?y . ?x :q ?y", "?x :p ?y . ?y :p ?x", "?x :p ?y . ?x :q ?y . ?y :r ?x",
		"?x :p ?y . ?y :q ?z . ?z :p ?w . ?w :q ?x", "?x :p ?y . ?z :p ?y . ?z :q ?w . ?x :q ?w",
		"?x :p ?y . ?y :q ?z . ?x :r ?z FILTER (?x != ?z)", "?x :p ?y . ?y :q ?z . ?x :r ?z OPTIONAL { ?z :q ?o }",
		"?x :p ?y . ?y :q ?z . ?x :r ?z . ?x :p ?w . ?w :q ?z", "?x :p ?y . ?y :q ?z . ?x :r ?z . ?u :p ?v . ?v :p ?u",
		"GRAPH :g0 { ?x :p ?y . ?y :q ?z . ?x :r ?z }", "GRAPH ?g { ?x :p ?y . ?x :q ?y }",
	} {
		used := false
		for _, shape := range []string{
			"SELECT (COUNT(*) AS ?n) { %s }", "SELECT ?x ?y { %s }", "SELECT DISTINCT ?y { %s }", "SELECT * { %s }",
			"SELECT ?x (COUNT(*) AS ?n) { %s } GROUP BY ?x", "SELECT ?y (COUNT(DISTINCT ?x) AS ?n) { %s } GROUP BY ?y", "SELECT (COUNT(?z) AS ?n) { %s }",
		} {
			query := fmt.Sprintf(shape, pattern)
			// Without the other ways of joining the cost leaves no choice.
			got, with := answers(t, st, query, "IndexJoin", "MergeJoin", "BindJoin")
			used = used || strings.Contains(with, "TrieJoin")
			for _, disabled := range [][]string{{"TrieJoin"}, {}, plan.Rules()} {
				if want, _ := answers(t, st, query, disabled...); !slices.Equal(got, want) {
					t.Errorf("%s: %d rows, without %v %d\n%s", query, len(got), disabled, len(want), with)
				}
			}
		}
		if !used && !strings.Contains(pattern, "?g") {
			t.Errorf("%s: is never joined variable by variable", pattern)
		}
	}
}
