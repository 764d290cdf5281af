package expr

import (
	"regexp"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

func call(t testing.TB, c *Context, op string, args ...Value) (Value, error) {
	t.Helper()
	f, ok := Lookup(op, false)
	if !ok {
		t.Fatalf("no function %s", op)
	}
	return f.Call(c, args)
}

// TestLookup names every keyword of SPARQL 1.1 and of the 1.2 draft.
func TestLookup(t *testing.T) {
	keywords := `STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND
		CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER
		YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384
		SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX
		SUBSTR REPLACE LANGDIR STRLANGDIR HASLANG HASLANGDIR TRIPLE SUBJECT PREDICATE OBJECT
		ISTRIPLE SAMEVALUE ADJUST`
	for _, k := range strings.Fields(keywords) {
		if _, ok := Lookup(k, false); !ok {
			t.Errorf("no function %s", k)
		}
	}
	for _, op := range []string{"=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "!", "&&", "||", "in", "not in", "unary-", "unary+"} {
		if _, ok := Lookup(op, false); !ok {
			t.Errorf("no operator %s", op)
		}
	}
	for _, name := range []string{"", "str", "NOSUCH", "%"} {
		if _, ok := Lookup(name, false); ok {
			t.Errorf("there is a function %q", name)
		}
	}
	if _, ok := Lookup("http://example/f", true); ok {
		t.Error("there is a function http://example/f")
	}
	if f, ok := Lookup("http://www.w3.org/ns/sparql#sameValue", true); !ok || f.Call == nil {
		t.Error("the built-ins have no IRIs")
	}
	if _, ok := Lookup("http://www.w3.org/ns/sparql#if", true); ok {
		t.Error("a functional form can be called by IRI")
	}
}

// TestVolatile is SPARQL 1.1 §17.4.2.9, §17.4.4.5, §17.4.5.1: NOW is constant,
// the others are new with every call.
func TestVolatile(t *testing.T) {
	c := NewContext(Options{})
	for _, op := range []string{"RAND", "UUID", "STRUUID", "BNODE"} {
		f, _ := Lookup(op, false)
		if !f.Volatile {
			t.Errorf("%s is not volatile", op)
		}
		a, err1 := call(t, c, op)
		b, err2 := call(t, c, op)
		if err1 != nil || err2 != nil || a.Term() == b.Term() {
			t.Errorf("%s gives %v and %v", op, a.Term(), b.Term())
		}
	}
	a, _ := call(t, c, "NOW")
	b, _ := call(t, c.Fork(), "NOW")
	if a.Term() != b.Term() {
		t.Errorf("NOW gives %v and %v", a.Term(), b.Term())
	}
	if f, _ := Lookup("NOW", false); f.Volatile {
		t.Error("NOW is volatile")
	}
}

// TestBlankScope: one label is one node within a solution, another in the next,
// on whatever goroutine the solution is evaluated.
func TestBlankScope(t *testing.T) {
	c := NewContext(Options{})
	fork := c.Fork()
	node := func(c *Context, solution uint64, label string) rdf.Term {
		c.Solution = solution
		v, err := call(t, c, "BNODE", String(label))
		if err != nil || v.Kind() != rdf.KindBlankNode {
			t.Fatalf("BNODE: %v %v", v.Term(), err)
		}
		return v.Term()
	}
	first := node(c, 1, "a")
	if node(c, 1, "b") == first || node(c, 2, "a") == first {
		t.Error("different labels or solutions share a node")
	}
	if node(c, 1, "a") != first || node(fork, 1, "a") != first {
		t.Error("one label of one solution names two nodes")
	}
	if node(NewContext(Options{}), 1, "a") == first {
		t.Error("two requests share a node")
	}
	if _, err := call(t, c, "BNODE", Int(1)); err == nil {
		t.Error("BNODE(1) has a value")
	}
}

func TestSeed(t *testing.T) {
	draw := func(c *Context) string {
		a, _ := call(t, c, "RAND")
		b, _ := call(t, c, "UUID")
		return a.Term().String() + b.Term().String()
	}
	if a, b := draw(NewContext(Options{Seed: 7})), draw(NewContext(Options{Seed: 7})); a != b {
		t.Errorf("one seed gives %s and %s", a, b)
	}
	if a, b := draw(NewContext(Options{})), draw(NewContext(Options{})); a == b {
		t.Errorf("two requests draw the same: %s", a)
	}
}

func TestUUIDForm(t *testing.T) {
	c := NewContext(Options{})
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for range 100 {
		v, _ := call(t, c, "STRUUID")
		if s, _ := v.Lexical(); !form.MatchString(s) {
			t.Errorf("%q is no UUID of version 4", s)
		}
	}
	v, _ := call(t, c, "UUID")
	if s, _ := v.Lexical(); !form.MatchString(strings.TrimPrefix(s, "urn:uuid:")) || v.Kind() != rdf.KindIRI {
		t.Errorf("UUID gives %v", v.Term())
	}
	r, _ := call(t, c, "RAND")
	if x, _ := r.XSD(); x.Float() < 0 || x.Float() >= 1 {
		t.Errorf("RAND gives %v", r.Term())
	}
}

// TestLimits: a string that grows too long ends the query, it does not become
// an expression error.
func TestLimits(t *testing.T) {
	c := NewContext(Options{MaxString: 64})
	long := String(strings.Repeat("ß", 30))
	for _, row := range []struct {
		op   string
		args []Value
	}{
		{"CONCAT", []Value{long, long}},
		{"ENCODE_FOR_URI", []Value{long}},
		{"REPLACE", []Value{long, String("ß"), String("$0$0")}},
		{"REPLACE", []Value{long, String("(ß)"), String("$1$1")}},
	} {
		if _, err := call(t, c, row.op, row.args...); !Fatal(err) {
			t.Errorf("%s: %v is not fatal", row.op, err)
		}
	}
	if v, err := call(t, c, "CONCAT", String("a"), String("b")); err != nil || v.Term() != rdf.Term(rdf.NewString("ab")) {
		t.Errorf("a short string: %v %v", v.Term(), err)
	}
}

// TestPatternLimits: no pattern hangs, whatever the text.
func TestPatternLimits(t *testing.T) {
	c := NewContext(Options{})
	text := String(strings.Repeat("a", 2000) + "b")
	// The linear engine takes what ruins backtracking ones.
	if v, err := call(t, c, "REGEX", text, String("^(a+)+$")); err != nil || v.Term() != rdf.Term(rdf.NewBoolean(false)) {
		t.Errorf("nested quantifiers: %v %v", v.Term(), err)
	}
	if _, err := call(t, c, "REGEX", text, String(strings.Repeat("a", maxPattern+1))); err == nil || Fatal(err) {
		t.Errorf("pattern too long: %v", err)
	}
	if _, err := call(t, c, "REGEX", text, String(strings.Repeat("(", 300)+strings.Repeat(")", 300))); err == nil || Fatal(err) {
		t.Errorf("groups nested too deep: %v", err)
	}
	if v, err := call(t, c, "REGEX", String(strings.Repeat("a", 1500)), String("^a{1500}$")); err != nil || v.Term() != rdf.Term(rdf.NewBoolean(true)) {
		t.Errorf("1500 repetitions: %v %v", v.Term(), err)
	}
	for i := range 3 * maxPatterns {
		if _, err := call(t, c, "REGEX", text, String(strings.Repeat("x", 1+i%300)+".")); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.patterns) > maxPatterns {
		t.Errorf("%d patterns are kept", len(c.patterns))
	}
	if testing.Short() {
		return
	}
	// A back-reference that backtracks without end is stopped.
	_, err := call(t, c, "REGEX", String(strings.Repeat("a", 40)+"b"), String(`^(a*)*(a*)*(a*)*\1\2\3c$`))
	if err != nil && !Fatal(err) {
		t.Errorf("endless backtracking: %v", err)
	}
}

// TestTruth is the table of SPARQL 1.1 §17.2.
func TestTruth(t *testing.T) {
	T, F, E := True, False, Error
	for _, row := range []struct{ a, b, or, and Truth }{
		{T, T, T, T}, {T, F, T, F}, {F, T, T, F}, {F, F, F, F},
		{T, E, T, E}, {E, T, T, E}, {F, E, E, F}, {E, F, E, F}, {E, E, E, E},
	} {
		if got := row.a.Or(row.b); got != row.or {
			t.Errorf("%d || %d = %d, want %d", row.a, row.b, got, row.or)
		}
		if got := row.a.And(row.b); got != row.and {
			t.Errorf("%d && %d = %d, want %d", row.a, row.b, got, row.and)
		}
	}
	if T.Not() != F || F.Not() != T || E.Not() != E {
		t.Error("! is wrong")
	}
	if _, err := E.Value(); err == nil || Fatal(err) {
		t.Errorf("the value of an error: %v", err)
	}
	if Test(Int(0), nil) != F || Test(Int(1), nil) != T || Test(Value{}, nil) != E || Test(Int(1), errOperand) != E {
		t.Error("Test is wrong")
	}
	// IN is "or" over "=": 2 IN (error, 2) is true, 3 IN (error, 2) an error.
	if EqualTruth(Int(2), Value{}).Or(EqualTruth(Int(2), Int(2))) != T || EqualTruth(Int(3), Value{}).Or(EqualTruth(Int(3), Int(2))) != E {
		t.Error("IN is wrong")
	}
}

// TestCheckPattern: what is wrong is named, with its place.
func TestCheckPattern(t *testing.T) {
	for _, row := range []struct{ pattern, flags, want string }{
		{"a+b", "", ""},
		{"a+b", "zi", "the flags are letters"},
		{"ab(c", "", "column 5: a group is not closed"},
		{"ab)c", "", "column 3: no group is open"},
		{"é*+", "", "column 3: a repetition cannot be repeated"},
		{"*a", "", "column 1: there is nothing to repeat"},
		{`\bfoo\b`, "", "XPath has no such escape"},
		{"(?i)foo", "", "XPath knows no group"},
		{"a{3,1}", "", "a count is"},
		{"[a", "", "not a character class"},
		{`(a)\2`, "", "a reference to a group"},
		{"(a", "q", ""},
		{"a]", "", "column 2: a bracket that closes nothing"},
	} {
		err := CheckPattern(row.pattern, row.flags)
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%q %q: %v", row.pattern, row.flags, err)
		case row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%q %q: got %v, want %q", row.pattern, row.flags, err, row.want)
		}
		// It agrees with evaluation.
		_, err2 := call(t, NewContext(Options{}), "REGEX", String("x"), String(row.pattern), String(row.flags))
		if (err == nil) != (err2 == nil) {
			t.Errorf("%q %q: checked %v, evaluated %v", row.pattern, row.flags, err, err2)
		}
	}
}

// FuzzPattern: no pattern crashes the translation, checking agrees with
// compiling, and what compiles matches without an engine's syntax error.
func FuzzPattern(f *testing.F) {
	for _, seed := range []string{`^a.*b$`, `[a-z-[aeiou]]+`, `(a|b)\1{2,3}?`, `\p{IsGreek}\P{Lu}[\w\-]`, `a{1001}`, `[^\s\S]`, `[-a]`} {
		f.Add(seed, "", "abc")
		f.Add(seed, "ix", "äöü")
	}
	f.Fuzz(func(t *testing.T, pattern, flags, text string) {
		if len(pattern) > 200 || len(text) > 200 {
			return
		}
		p := compilePattern(pattern, flags)
		if err := CheckPattern(pattern, flags); (err == nil) != (p.err == nil) {
			t.Fatalf("%q %q: checked %v, compiled %v", pattern, flags, err, p.err)
		}
		if p.err != nil {
			return
		}
		if _, err := p.match(text); err != nil && !Fatal(err) {
			t.Fatalf("%q on %q: %v", pattern, text, err)
		}
	})
}
