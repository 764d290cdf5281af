package expr

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/queries/algebra"
)

// aggregateRows: the values of a group, "error" for a solution in which the
// argument is an error, and what the aggregate gives (SPARQL 1.1 §18.5.1).
var aggregateRows = []struct {
	aggregate, values, want string
}{
	{"COUNT", "", "0"},
	{"COUNT", "1 1 :a", "3"},
	{"COUNT", "1 error 2", "2"},
	{"COUNT *", "1 error 2", "3"},
	{"SUM", "", "0"},
	{"SUM", "1 2 3", "6"},
	{"SUM", "1 2.50", "3.5"},
	{"SUM", "0.5 0.5", `"1"^^xsd:decimal`},
	{"SUM", "1 1e0", `"2.0E0"^^xsd:double`},
	{"SUM", "9223372036854775807 1", "9223372036854775808"},
	{"SUM", `"1"^^xsd:byte "127"^^xsd:byte`, "128"},
	{"SUM", "1 error", "error"},
	{"SUM", "error 1", "error"},
	{"SUM", `1 "a"`, "error"},
	{"SUM", "1 :a 2", "error"},
	{"SUM", "1 _:b", "error"},
	{"SUM", `"x"^^xsd:integer`, "error"},
	{"SUM", `"PT1H"^^xsd:dayTimeDuration "PT30M"^^xsd:dayTimeDuration`, `"PT1H30M"^^xsd:dayTimeDuration`},
	{"SUM", `"PT1H"^^xsd:dayTimeDuration 1`, "error"},
	{"SUM", `1 "PT1H"^^xsd:dayTimeDuration`, "error"},
	{"AVG", "", "0"},
	{"AVG", "1 2 3 4", "2.5"},
	{"AVG", "1 3", `"2"^^xsd:decimal`},
	{"AVG", "1 1 2", "1.333333333333333333"},
	{"AVG", "1e0 2", `"1.5E0"^^xsd:double`},
	{"AVG", "1 error", "error"},
	{"AVG", `"PT1H"^^xsd:dayTimeDuration "PT30M"^^xsd:dayTimeDuration`, `"PT45M"^^xsd:dayTimeDuration`},
	{"MIN", "", "error"},
	{"MIN", "3 1.0 2", "1.0"},
	{"MIN", "1 1.0", "1"},
	{"MIN", "1 error", "error"},
	{"MIN", "error 1", "error"},
	{"MIN", "error", "error"},
	{"MIN", `1 _:b "a"`, "_:b"},
	{"MAX", "", "error"},
	{"MAX", "3 1.0 2e0", "3"},
	{"MAX", `1 _:b "a" :i`, "1"},
	{"MAX", `"2000-01-01"^^xsd:date "2001-01-01"^^xsd:date`, `"2001-01-01"^^xsd:date`},
	{"MAX", "1 error", "1"},
	{"MAX", "error 01", `"01"^^xsd:integer`},
	{"SAMPLE", "", "error"},
	{"SAMPLE", "error 7 8", "7"},
	{"GROUP_CONCAT", "", `""`},
	{"GROUP_CONCAT", `"a" "b"`, `"a b"`},
	{"GROUP_CONCAT ,", `"a" "b"@en 1 :i`, `"a,b,1,http://example/i"`},
	{"GROUP_CONCAT ,", `"" "" "a"`, `",,a"`},
	{"GROUP_CONCAT", `"a" error "b"`, "error"},
	{"GROUP_CONCAT", `"a" _:b`, "error"},
}

func parseAggregate(s string) algebra.Aggregate {
	name, rest, _ := strings.Cut(s, " ")
	a := algebra.Aggregate{Name: name, Arg: algebra.VarExpr{Var: "x"}}
	switch {
	case rest == "*":
		a.Arg = nil
	case rest != "":
		a.Separator, a.HasSep = rest, true
	}
	return a
}

// parseValues reads the values of a row; false stands for an error.
func parseValues(t testing.TB, s string) (values []Value, ok []bool) {
	r := termReader{s: s}
	for r.space(); r.i < len(r.s); r.space() {
		if strings.HasPrefix(r.s[r.i:], "error") {
			r.word()
			values, ok = append(values, Value{}), append(ok, false)
			continue
		}
		term, err := r.term()
		if err != nil {
			t.Fatal(err)
		}
		values, ok = append(values, FromTerm(term)), append(ok, true)
	}
	return values, ok
}

func accumulate(t testing.TB, a Accumulator, values []Value, ok []bool) {
	for i, v := range values {
		if !ok[i] {
			a.AddError()
			continue
		}
		if err := a.Add(v); err != nil {
			t.Fatal(err)
		}
	}
}

func result(a Accumulator) string {
	v, err := a.Result()
	if err != nil {
		return "error"
	}
	return v.Term().String()
}

func TestAggregates(t *testing.T) {
	c := testContext()
	for _, row := range aggregateRows {
		t.Run(row.aggregate+" "+row.values, func(t *testing.T) {
			want := "error"
			if row.want != "error" {
				r := termReader{s: row.want}
				term, err := r.term()
				if err != nil {
					t.Fatal(err)
				}
				want = term.String()
			}
			values, ok := parseValues(t, row.values)
			// In one go, and merged from every split: the answer is the same.
			for split := 0; split <= len(values); split++ {
				left := NewAccumulator(c, parseAggregate(row.aggregate))
				right := NewAccumulator(c, parseAggregate(row.aggregate))
				accumulate(t, left, values[:split], ok[:split])
				accumulate(t, right, values[split:], ok[split:])
				if err := left.Merge(right); err != nil {
					t.Fatal(err)
				}
				if got := result(left); got != want {
					t.Errorf("merged after %d: got %s, want %s", split, got, want)
				}
			}
		})
	}
	if NewAccumulator(c, algebra.Aggregate{Name: "MEDIAN"}) != nil {
		t.Error("an unknown aggregate has an accumulator")
	}
}

func TestMergeRandom(t *testing.T) {
	c := testContext()
	gen := genTerm()
	names := []string{"COUNT", "COUNT *", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT ;"}
	rapid.Check(t, func(t *rapid.T) {
		var values []Value
		var ok []bool
		for _, term := range rapid.SliceOfN(gen, 0, 6).Draw(t, "terms") {
			values, ok = append(values, FromTerm(term)), append(ok, term != nil)
		}
		split := rapid.IntRange(0, len(values)).Draw(t, "split")
		for _, name := range names {
			add := func(a Accumulator, from, to int) {
				for i := from; i < to; i++ {
					if !ok[i] {
						a.AddError()
					} else if err := a.Add(values[i]); err != nil {
						t.Fatal(err)
					}
				}
			}
			whole := NewAccumulator(c, parseAggregate(name))
			add(whole, 0, len(values))
			left, right := NewAccumulator(c, parseAggregate(name)), NewAccumulator(c, parseAggregate(name))
			add(left, 0, split)
			add(right, split, len(values))
			if err := left.Merge(right); err != nil {
				t.Fatal(err)
			}
			if a, b := result(whole), result(left); a != b && !strings.Contains(a, "E") { // float sums depend on the order
				t.Fatalf("%s of %v split at %d: %s and %s", name, values, split, a, b)
			}
		}
	})
}

// GROUP_CONCAT that grows too long ends the query.
func TestGroupConcatLimit(t *testing.T) {
	c := NewContext(Options{MaxString: 100})
	a := NewAccumulator(c, algebra.Aggregate{Name: "GROUP_CONCAT"})
	var err error
	for i := 0; i < 20 && err == nil; i++ {
		err = a.Add(String(fmt.Sprintf("item %05d", i)))
	}
	if !Fatal(err) || errors.Is(err, ErrType) {
		t.Errorf("got %v, want a fatal error", err)
	}
	if a.Size() == 0 {
		t.Error("the size of what was gathered is 0")
	}
}
