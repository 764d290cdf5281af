package queries

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/exec"
)

// spillData is a table of people, with keys of every kind of literal, some of
// them missing, and edges between them.
func spillData(n int) string {
	r := rand.New(rand.NewPCG(7, 7))
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ":s%d :name \"n%d\" ; :knows :s%d, :s%d . ", i, r.IntN(n), r.IntN(n), r.IntN(n))
		switch r.IntN(5) {
		case 0:
			fmt.Fprintf(&b, ":s%d :key \"k%d\"@en . ", i, r.IntN(n))
		case 1:
			fmt.Fprintf(&b, ":s%d :key %d . ", i, r.IntN(n))
		case 2:
			fmt.Fprintf(&b, ":s%d :key %d.5 . ", i, r.IntN(n))
		case 3:
			fmt.Fprintf(&b, ":s%d :key :s%d . ", i, r.IntN(n))
		}
	}
	return b.String()
}

// TestSpill runs queries that need far more memory than they may hold: answers
// are those of memory without bound, in the same order where there is one.
func TestSpill(t *testing.T) {
	const people = 20000
	data := spillData(people)
	dir := t.TempDir()
	free := open(t, Options{}, data)
	bound := open(t, Options{MaxMemory: 1 << 20, Spill: exec.Spill{Dir: dir, Max: 1 << 30}}, data)
	tests := []struct {
		name, query string
		ordered     bool
	}{
		{"order by a mixed key", `SELECT ?s ?k { ?s :name ?n OPTIONAL { ?s :key ?k } } ORDER BY ?k ?s`, true},
		{"order by descending strings", `SELECT ?n ?s { ?s :name ?n } ORDER BY DESC(?n) ?s`, true},
		{"order by an expression", `SELECT ?s ?n { ?s :name ?n } ORDER BY (<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?n, 2)) / 100) DESC(STRLEN(?n)) ?s`, true},
		{"order by, then distinct", `SELECT DISTINCT ?n ?o { ?s :name ?n ; :knows ?o } ORDER BY ?n DESC(?o)`, true},
		{"order by with a large limit", `SELECT ?n ?s { ?s :name ?n } ORDER BY ?n ?s LIMIT 18000 OFFSET 500`, true},
		{"distinct", `SELECT DISTINCT ?n ?m { ?s :name ?n ; :knows/:name ?m }`, false},
		{"group", `SELECT ?o (COUNT(*) AS ?c) (MIN(?n) AS ?least) (SUM(?k) AS ?sum) { ?s :knows ?o ; :name ?n OPTIONAL { ?s :key ?k } } GROUP BY ?o`, false},
		{"group by an expression", `SELECT ?e (COUNT(?k) AS ?c) { ?s :name ?n OPTIONAL { ?s :key ?k } } GROUP BY (<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?n, 2)) AS ?e)`, false},
		{"count distinct", `SELECT (COUNT(DISTINCT *) AS ?c) { ?s :knows ?o }`, false},
		{"count distinct by group", `SELECT ?o (COUNT(DISTINCT ?n) AS ?c) { ?s :knows ?o ; :name ?n } GROUP BY ?o`, false},
		{"sum distinct by group", `SELECT ?o (SUM(DISTINCT ?k) AS ?c) { ?s :knows ?o OPTIONAL { ?s :key ?k } } GROUP BY ?o`, false},
		{"hash join", `SELECT ?a ?b { { ?a :knows ?o . ?o :name ?n BIND(<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?n, 2)) AS ?k) } { ?b :name ?m BIND(<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?m, 2)) AS ?k) } }`, false},
		{"hash join with unbound rows", `SELECT ?a ?b { { ?a :knows ?o . ?o :name ?n BIND(<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?n, 2)) AS ?k) } { { ?b :name ?m BIND(<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?m, 2)) AS ?k) } UNION { ?b :name "n1" } } }`, false},
		{"left join", `SELECT ?s ?n ?m { { SELECT DISTINCT ?s ?n { ?s :name ?n } } OPTIONAL { SELECT DISTINCT ?s ?m { ?s :key ?k . ?x :knows ?s ; :name ?m } } }`, false},
		{"minus", `SELECT ?s ?n { ?s :name ?n MINUS { SELECT DISTINCT ?s ?q { ?x :knows ?s ; :key ?k . ?s :knows ?q } } }`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := solutions(t, free, test.query)
			got := solutions(t, bound, test.query)
			if !test.ordered {
				slices.Sort(want)
				slices.Sort(got)
			}
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
				for i := range min(len(got), len(want)) {
					if got[i] != want[i] {
						t.Fatalf("row %d is %s, want %s", i, got[i], want[i])
					}
				}
			}
			x, err := bound.Explain(t.Context(), prefix+test.query, QueryOptions{}, true)
			if err != nil {
				t.Fatal(err)
			}
			if x.Spilled == 0 {
				t.Errorf("nothing was moved to disk:\n%s", x)
			}
		})
	}
	t.Run("disk bound", func(t *testing.T) {
		e := open(t, Options{MaxMemory: 1 << 20, Spill: exec.Spill{Dir: dir, Max: 100 << 10}}, data)
		err := drain(e, tests[1].query, QueryOptions{})
		if !errors.Is(err, graph.ErrLimit) || !strings.Contains(err.Error(), "disk") {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("no folder", func(t *testing.T) {
		e := open(t, Options{MaxMemory: 1 << 20, Spill: exec.Spill{Dir: dir + "/none", Max: 1 << 30}}, data)
		if err := drain(e, tests[1].query, QueryOptions{}); err == nil {
			t.Error("no error")
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v %v", left, err)
	}
}
