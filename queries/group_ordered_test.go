package queries

import (
	"slices"
	"testing"
)

// TestGroupsInOrder compares groups whose rows follow one another, of which there
// are far more than come out at a time, with the same groups by a key that does
// not ascend: what an expression makes of it.
func TestGroupsInOrder(t *testing.T) {
	e := open(t, Options{}, spillData(8000))
	tests := []struct{ name, pattern, aggregates string }{
		{"rows counted", `?s :knows ?o`, `(COUNT(*) AS ?n)`},
		{"values counted, some unbound", `?s :name ?m OPTIONAL { ?s :key ?k }`, `(COUNT(?k) AS ?n)`},
		{"two counts", `?s :knows ?o OPTIONAL { ?s :key ?k }`, `(COUNT(?k) AS ?n) (COUNT(?o) AS ?m)`},
		{"sums, extremes and averages", `?s :name ?m OPTIONAL { ?s :key ?k }`, `(SUM(?k) AS ?sum) (MIN(?k) AS ?least) (MAX(?m) AS ?most) (AVG(?k) AS ?avg)`},
		{"different values that ascend", `?s :knows ?o`, `(COUNT(DISTINCT ?o) AS ?n)`},
		{"different values that do not", `?s :knows ?o . ?o :name ?m`, `(COUNT(DISTINCT ?m) AS ?n) (COUNT(*) AS ?all)`},
		{"texts", `?s :name ?m`, `(GROUP_CONCAT(?m) AS ?text)`},
		{"no group", `?s :nothing ?o`, `(COUNT(*) AS ?n)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := solutions(t, e, `SELECT ?s `+test.aggregates+` { `+test.pattern+` } GROUP BY ?s`)
			want := solutions(t, e, `SELECT (?g AS ?s) `+test.aggregates+` { `+test.pattern+` } GROUP BY (COALESCE(?s, 1) AS ?g)`)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%d groups in order are not the %d others", len(got), len(want))
			}
		})
	}
}
