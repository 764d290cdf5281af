package sparql

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
)

// TestNestingIsBounded gives the parser what would exhaust the stack of one that
// recurses without looking: each must end in an error, not in a crash.
func TestNestingIsBounded(t *testing.T) {
	const n = 100_000
	many := func(s string) string { return strings.Repeat(s, n) }
	for _, test := range []struct{ name, text string }{
		{"parentheses", "SELECT * { FILTER(" + many("(") + "1" + many(")") + ") }"},
		{"groups", "SELECT * " + many("{") + many("}")},
		{"optionals", "SELECT * {" + many("OPTIONAL {") + many("}") + "}"},
		{"sub-queries", many("SELECT * {") + many("}")},
		{"negations", "SELECT * { FILTER(" + many("!") + "?x) }"},
		{"calls", "SELECT * { FILTER(" + many("STR(") + "1" + many(")") + ") }"},
		{"exists", "SELECT * { " + many("FILTER EXISTS {") + many("}") + "}"},
		{"lists", "SELECT * { ?s ?p " + many("(") + many(")") + "}"},
		{"property lists", "SELECT * { ?s ?p " + many("[ ?p ") + many("]") + "}"},
		{"triple terms", "SELECT * { ?s ?p " + many("<<( ?s ?p ") + "1" + many(")>>") + "}"},
		{"reified triples", "SELECT * { ?s ?p " + many("<< ?s ?p ") + "1" + many(">>") + "}"},
		{"annotations", "SELECT * { ?s ?p ?o " + many("{| ?p ?o ") + many("|}") + "}"},
		{"paths", "SELECT * { ?s " + many("(") + "<http://p>" + many(")") + " ?o }"},
		{"unclosed parentheses", "SELECT * { FILTER(" + many("(")},
		{"minus signs", "SELECT * { FILTER(" + many("-") + "1) }"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseQuery(test.text, Options{})
			if !errors.Is(err, graph.ErrBadRequest) {
				t.Fatalf("error is %v", err)
			}
			if len(err.Error()) > 2000 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

// TestLongTextsAreLinear parses, translates and prints texts of about 1 MB, in
// the long run 10 MB. Were anything quadratic, they would take hours.
func TestLongTextsAreLinear(t *testing.T) {
	size := 1 << 20
	if os.Getenv("BELLIGRAPH_LONG") == "1" {
		size = 10 << 20
	}
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	values := func(n int) string {
		var b strings.Builder
		b.WriteString("SELECT * { VALUES ?x {")
		for i := range n {
			fmt.Fprintf(&b, " <http://example.org/item/%d>", i)
		}
		b.WriteString(" } ?x ?p ?o }")
		return b.String()
	}
	for _, test := range []struct {
		name, text string
		ok         bool
	}{
		{"values", values(100_000), true},
		{"triples", "SELECT * { " + repeat("?s <http://p> 'some text' . ") + "}", true},
		{"objects", "SELECT * { ?s <http://p> " + repeat("1 , ") + " 1 }", true},
		{"in", "SELECT * { FILTER(?x IN (" + repeat("1.5 , ") + " 1)) }", true},
		{"a long string", "SELECT * { ?s ?p '" + repeat("text ") + "' }", true},
		{"a string of escapes", "SELECT * { ?s ?p '" + repeat(`\u00e9\n`) + "' }", true},
		{"a long IRI", "SELECT * { ?s ?p <http://example.org/" + repeat("path/") + "> }", true},
		{"a comment", "SELECT * {} #" + repeat("comment "), true},
		{"a list", "SELECT * { ?s ?p (" + repeat("1 ") + ") }", true},
		{"unions within the limit", "SELECT * { {}" + strings.Repeat(" UNION {}", maxHeight-10) + " }", true},
		{"disjunctions within the limit", "SELECT * { FILTER(?x" + strings.Repeat(" || ?x", maxHeight-10) + ") }", true},
		{"a path within the limit", "SELECT * { ?s <http://p>" + strings.Repeat("/<http://p>", maxHeight/4) + " ?o }", true},
		{"variables", "SELECT " + variables(500_000) + " {}", true},
		{"a sum beyond the limit", "SELECT * { FILTER(1" + strings.Repeat("+1", maxHeight) + ") }", false},
		{"elements beyond the limit", "SELECT * {" + strings.Repeat("{} ", maxHeight+1) + "}", false},
		{"a path times its objects", "SELECT * { ?s <http://p>" + strings.Repeat("/<http://p>", 1000) + strings.Repeat(" 1 ,", 1000) + " 1 }", false},
		{"many paths", "SELECT * {" + strings.Repeat("?s <http://p>* ?o . ", maxHeight) + "}", false},
		{"many expressions in SELECT", "SELECT" + strings.Repeat(" (1 AS ?x)", maxHeight+1) + " {}", false},
		{"chains in chains", "SELECT * { FILTER(" + strings.Repeat("(", 900) + "1" + strings.Repeat(strings.Repeat("+1", 20)+")", 900) + ") }", false},
		{"unions in optional parts", "SELECT * {" + strings.Repeat("{ OPTIONAL ", 400) + strings.Repeat("{} UNION {} ", 1) + strings.Repeat("}"+strings.Repeat(" OPTIONAL {}", 30), 400) + "}", false},
		{"less-than signs", "SELECT * { FILTER(?x " + repeat("< a") + ") }", false},
		{"open IRIs", "SELECT * { ?s ?p " + repeat("<http://a"), false},
		{"dots", "SELECT * { " + repeat("a.") + "}", false},
		{"an unclosed string", "SELECT * { ?s ?p '''" + repeat("text "), false},
		{"lines, then an error", "SELECT * { " + repeat("\n"), false},
		{"carriage returns, then an error", "SELECT * { " + repeat("\r"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			q, err := ParseQuery(test.text, Options{})
			if (err == nil) != test.ok {
				t.Fatalf("error is %v", err)
			}
			if err == nil {
				if _, err := Translate(q); err != nil {
					t.Fatal(err)
				}
				if n := len(q.String()); n > 8*len(test.text) {
					t.Errorf("printed in %d bytes", n)
				}
			}
			t.Logf("%d MB in %v", len(test.text)>>20, time.Since(start).Round(time.Millisecond))
		})
	}
}

func variables(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "?v%d ", i)
	}
	return b.String()
}

// TestMemoryIsAFewTimesTheText measures what stays allocated for a syntax tree.
func TestMemoryIsAFewTimesTheText(t *testing.T) {
	text := "SELECT * { " + strings.Repeat("?subject <http://example.org/predicate> 'some text' . ", 100_000) + "}"
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	q, err := ParseQuery(text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	ratio := float64(after.HeapAlloc-before.HeapAlloc) / float64(len(text))
	t.Logf("the tree takes %.1f times the text", ratio)
	if ratio > 15 {
		t.Errorf("the tree takes %.1f times the text", ratio)
	}
	runtime.KeepAlive(q)
}
