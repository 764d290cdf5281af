package plan_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/belligraph/belligraph/graph/storetest"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/plan"
)

var rewrite = flag.Bool("rewrite", false, "write the plans into testdata/rules.txt; read the difference before committing it")

// TestRules reads testdata/rules.txt: after the data, cases of a line with what
// is expected, a query, "----" and its plan. expect=Rule demands that the rule is
// used, expect-not=Rule that it is not; and with the rule disabled, as with all
// of them, the answers are the same. PushJoin is tested over a graph that joins.
func TestRules(t *testing.T) {
	const path = "testdata/rules.txt"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(string(b), "\n\n")
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(strings.NewReader(sections[0]), turtle.TriG, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	// Enough of something for the joins that pay on many rows.
	for i := range 500 {
		n := func(i int) rdf.Term { return rdf.IRI(fmt.Sprintf("http://x/n%d", i%500)) }
		t := rdf.Triple{Subject: n(i), Predicate: rdf.IRI("http://x/m1"), Object: n(i * 7)}
		quads = append(quads, t.In(nil),
			rdf.Quad{Subject: n(i), Predicate: rdf.IRI("http://x/m2"), Object: n(i * 11)},
			rdf.Quad{Subject: n(i), Predicate: rdf.IRI("http://x/num"), Object: rdf.NewTyped(fmt.Sprint(i), rdf.XSDInteger)},
			rdf.Quad{Subject: n(i + 1), Predicate: rdf.IRI("http://x/about"), Object: t})
	}
	plain := memgraph.New(quads...)
	out := []string{sections[0]}
	tested := make(map[string]bool)
	for _, s := range sections[1:] {
		head, rest, _ := strings.Cut(strings.TrimSpace(s), "\n")
		query, want, _ := strings.Cut(rest, "\n----")
		verb, rule, ok := strings.Cut(head, "=")
		if !ok || verb != "expect" && verb != "expect-not" || !slices.Contains(plan.Rules(), rule) {
			t.Fatalf("no rule in %q", head)
		}
		text := "PREFIX : <http://x/>\n" + query
		g := graph.Graph(plain)
		if rule == "PushJoin" {
			g = storetest.Joining(g)
		}
		answers := func(disabled ...string) (rows []string, x *queries.Explanation) {
			r, err := queries.New(g, queries.Options{DisabledRules: disabled}).Query(context.Background(), text, queries.QueryOptions{})
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			defer r.Close()
			for row, err := range r.Rows() {
				if err != nil {
					t.Fatalf("%s: %v", query, err)
				}
				rows = append(rows, fmt.Sprint(row))
			}
			slices.Sort(rows)
			return rows, r.Profile()
		}
		on, x := answers()
		used := slices.Contains(x.Rules, rule)
		if used != (verb == "expect") {
			t.Errorf("%s: the rule %s was used: %v; used were %v", query, rule, used, x.Rules)
		}
		tested[verb+rule] = true
		if got, _ := answers(rule); !slices.Equal(got, on) {
			t.Errorf("%s:\nwith %s    %v\nwithout %s %v", query, rule, on, rule, got)
		}
		if got, _ := answers(plan.Rules()...); !slices.Equal(got, on) {
			t.Errorf("%s:\nwith rules    %v\nwithout rules %v", query, on, got)
		}
		_, tree, _ := strings.Cut(x.String(), "):\n")
		tree, _, _ = strings.Cut(strings.TrimSpace(tree), "\n\n")
		if tree != strings.TrimSpace(want) && !*rewrite {
			t.Errorf("%s: plan\n%s\nwant\n%s", query, tree, want)
		}
		out = append(out, head+"\n"+query+"\n----\n"+tree)
	}
	for _, r := range plan.Rules() {
		if !tested["expect"+r] {
			t.Errorf("no test expects the rule %s", r)
		}
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(strings.Join(out, "\n\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlanningIsBounded plans a long chain and a wide star.
func TestPlanningIsBounded(t *testing.T) {
	g := memgraph.New(rdf.Quad{Subject: rdf.IRI("http://x/a"), Predicate: rdf.IRI("http://x/p"), Object: rdf.IRI("http://x/b")})
	e := queries.New(g, queries.Options{})
	for _, shape := range []string{"?x%[1]d :p ?x%[2]d . ", "?x :p ?y%[1]d . ", "OPTIONAL { ?x%[1]d :p ?x%[2]d } ", "{ ?x%[1]d :p ?x%[2]d } UNION { ?x%[1]d :q ?x%[2]d } "} {
		var b strings.Builder
		for i := range 25 {
			fmt.Fprintf(&b, strings.ReplaceAll(shape, "%[2]d", fmt.Sprint(i+1)), i)
		}
		n := testing.AllocsPerRun(1, func() {
			if _, err := e.Explain(context.Background(), "PREFIX : <http://x/> SELECT * { "+b.String()+"}", queries.QueryOptions{}, false); err != nil {
				t.Error(err)
			}
		})
		t.Logf("%s: %.0f allocations", shape, n)
		if n > 200_000 {
			t.Errorf("%s: planning made %.0f allocations", shape, n)
		}
	}
}
