package queries

import (
	"fmt"
	"testing"
)

// TestCounts compares what COUNT says of a pattern, which joins answer without
// making rows, with the number of its solutions, by plans of all kinds.
func TestCounts(t *testing.T) {
	data := spillData(400)
	plain := open(t, Options{}, data)
	for _, pattern := range []string{
		`?s :knows ?o . ?o :name ?n`,
		`?s :knows ?o . ?o :knows ?p . ?p :key ?k`,
		`?s :name ?n ; :knows ?o ; :key ?k`,
		`?a :knows ?o . ?b :knows ?o`,
		`?s :knows ?o OPTIONAL { ?o :key ?k }`,
		`?s :key ?k OPTIONAL { ?s :knows ?o . ?o :key ?l }`,
		`?s :knows ?o FILTER NOT EXISTS { ?o :key ?k }`,
		`?s :knows ?o FILTER EXISTS { ?o :key ?k . ?k :name ?n }`,
		`?s :knows ?o MINUS { ?o :key ?k }`,
		`{ ?s :name ?k } UNION { ?s :key ?k } ?s :knows ?o`,
		`VALUES ?s { :s1 :s2 :s3 :s4 :s5 } ?s :knows ?o . ?p :knows ?o`,
		`?s :knows ?o . ?o :knows ?p FILTER(?s != ?p)`,
		`?s :key ?o . ?o :knows+ ?p`,
	} {
		want := len(solutions(t, plain, `SELECT * { `+pattern+` }`))
		bound := 0
		for _, row := range solutions(t, plain, `SELECT ?k { `+pattern+` }`) {
			if row != "[<nil>]" {
				bound++
			}
		}
		if want == 0 {
			t.Errorf("%s: no solutions", pattern)
		}
		for seed := range uint64(12) {
			e := open(t, Options{PerturbPlans: seed, Workers: int(seed%3) - 1}, data)
			got := solutions(t, e, `SELECT (COUNT(*) AS ?n) (COUNT(?k) AS ?m) { `+pattern+` }`)
			again := solutions(t, e, `SELECT (COUNT(*) AS ?n) { `+pattern+` }`)
			const integer = `"%d"^^<http://www.w3.org/2001/XMLSchema#integer>`
			if s := fmt.Sprintf("["+integer+" "+integer+"]", want, bound); got[0] != s {
				t.Errorf("%s, plan %d: %s, want %s", pattern, seed, got[0], s)
			}
			if s := fmt.Sprintf("["+integer+"]", want); again[0] != s {
				t.Errorf("%s, plan %d: %s, want %s", pattern, seed, again[0], s)
			}
		}
	}
}
