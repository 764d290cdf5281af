package queries

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// solutions returns the solutions of a query as text, in the order in which they
// come.
func solutions(t *testing.T, e *Engine, query string) []string {
	t.Helper()
	r, err := e.Query(t.Context(), prefix+query, QueryOptions{})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	out := []string{}
	for row, err := range r.Rows() {
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		out = append(out, fmt.Sprint(row))
	}
	return out
}

// acquaintances is a store of people with names and edges, large enough for
// plans in parallel.
func acquaintances(t *testing.T, people int) *store.Store {
	t.Helper()
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	r := rand.New(rand.NewPCG(3, 3))
	person := func(i int) rdf.IRI { return rdf.IRI(fmt.Sprintf("http://x/s%d", i)) }
	_, err = s.Load(t.Context(), []store.Source{{Name: "people", Quads: func(yield func(rdf.Quad, error) bool) {
		for i := range people {
			ok := yield(rdf.Quad{Subject: person(i), Predicate: rdf.IRI("http://x/name"), Object: rdf.NewString(fmt.Sprintf("n%d", r.IntN(people)))}, nil) &&
				yield(rdf.Quad{Subject: person(i), Predicate: rdf.IRI("http://x/age"), Object: rdf.NewTyped(fmt.Sprint(r.IntN(90)), rdf.XSDInteger)}, nil)
			for range 4 {
				ok = ok && yield(rdf.Quad{Subject: person(i), Predicate: rdf.IRI("http://x/knows"), Object: person(r.IntN(people))}, nil)
			}
			if !ok {
				return
			}
		}
	}}}, store.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestParallel compares answers of several goroutines with those of one.
func TestParallel(t *testing.T) {
	s := acquaintances(t, 60_000)
	alone, together := New(s, Options{Workers: -1}), New(s, Options{Workers: 3})
	tests := []struct {
		name, query string
		ordered     bool
	}{
		{"filter counted", `SELECT (COUNT(*) AS ?c) { ?s :knows ?o FILTER(CONTAINS(STR(?o), "77")) }`, false},
		{"merge counted", `SELECT (COUNT(*) AS ?c) { ?s :knows ?o ; :name ?n ; :age ?a FILTER(?a > 20) }`, false},
		{"chain counted", `SELECT (COUNT(*) AS ?c) { ?a :knows ?b . ?b :knows ?c . ?c :age ?n FILTER(?n < 30) }`, false},
		{"hash join counted", `SELECT (COUNT(*) AS ?c) { ?a :name ?n . ?b :name ?n . ?a :age ?x . ?b :age ?y FILTER(?x + ?y > 100) }`, false},
		{"computed values", `SELECT ?k (COUNT(?a) AS ?c) { ?s :name ?n ; :age ?a BIND(SUBSTR(?n, 1, 3) AS ?k) FILTER(STRLEN(?n) > 2) } GROUP BY ?k`, false},
		{"optional", `SELECT ?a (COUNT(?n) AS ?c) { ?s :age ?a OPTIONAL { ?s :name ?n FILTER(CONTAINS(?n, "9")) } } GROUP BY ?a`, false},
		{"columns counted", `SELECT (COUNT(?n) AS ?c) (COUNT(*) AS ?d) { ?s :age ?a OPTIONAL { ?s :name ?n FILTER(CONTAINS(?n, "9")) } }`, false},
		{"sorted", `SELECT ?s ?n { ?s :knows ?o ; :name ?n FILTER(CONTAINS(?n, "99")) } ORDER BY ?n ?s LIMIT 500`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want, got := solutions(t, alone, test.query), solutions(t, together, test.query)
			if !test.ordered {
				slices.Sort(want)
				slices.Sort(got)
			}
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%d solutions, want %d: %.300q, want %.300q", len(got), len(want), got, want)
			}
			x, err := together.Explain(t.Context(), prefix+test.query, QueryOptions{}, true)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(x.Rules, "Parallel") {
				t.Errorf("not in parallel:\n%s", x)
			}
		})
	}
	if n := together.workers.Free(); n != 3 {
		t.Errorf("%d workers are free, want 3", n)
	}
}

// TestCyclesInParallel compares the numbers of triangles and squares that several
// goroutines count with those of one.
func TestCyclesInParallel(t *testing.T) {
	s := acquaintances(t, 3000)
	alone, together := New(s, Options{Workers: -1}), New(s, Options{Workers: 3})
	for _, query := range []string{
		`SELECT (COUNT(*) AS ?n) { ?a :knows ?b . ?b :knows ?c . ?a :knows ?c }`,
		`SELECT (COUNT(*) AS ?n) { ?a :knows ?b . ?b :knows ?c . ?c :knows ?d . ?d :knows ?a }`,
	} {
		want, got := solutions(t, alone, query), solutions(t, together, query)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		x, err := together.Explain(t.Context(), prefix+query, QueryOptions{}, true)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(x.Rules, "TrieJoin") {
			t.Errorf("%s: not variable by variable:\n%s", query, x)
		}
	}
	if n := together.workers.Free(); n != 3 {
		t.Errorf("%d workers are free, want 3", n)
	}
}

// TestParallelEndsEarly ends queries in the middle: nothing is left running.
func TestParallelEndsEarly(t *testing.T) {
	s := acquaintances(t, 60_000)
	e := New(s, Options{Workers: 3, MaxMemory: 1 << 20})
	before := runtime.NumGoroutine()
	const slow = prefix + `SELECT ?a (COUNT(*) AS ?c) { ?s :knows/:knows ?o . ?o :name ?n ; :age ?a FILTER(REGEX(?n, "(1|2)*9$")) } GROUP BY ?a`
	for _, after := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		if r, err := e.Query(ctx, slow, QueryOptions{}); err == nil {
			for _, err := range r.Rows() {
				if err != nil && !strings.Contains(err.Error(), "deadline") {
					t.Error(err)
				}
			}
			r.Close()
		}
		cancel()
	}
	// A bound that one goroutine reaches ends them all.
	if err := drain(e, `SELECT ?s ?n ?o { ?s :knows ?o ; :name ?n FILTER(CONTAINS(?n, "1")) } ORDER BY ?n`, QueryOptions{}); err == nil {
		t.Error("no limit was reached")
	}
	for range 100 {
		if runtime.NumGoroutine() <= before && e.workers.Free() == 3 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before; %d workers are free", runtime.NumGoroutine(), before, e.workers.Free())
}
