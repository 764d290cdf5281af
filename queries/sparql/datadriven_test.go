package sparql

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

var rewrite = flag.Bool("rewrite", false, "write what the tests give into the files under testdata")

// testCase is a case of a file under testdata: a line "# name", the input, a
// line "----" and the output, up to an empty line or the next name.
type testCase struct {
	name, input, output string
}

func readCases(t *testing.T, path string) []testCase {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	for _, part := range strings.Split("\n"+string(b), "\n# ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		input, output, _ := strings.Cut(rest+"\n", "----\n")
		cases = append(cases, testCase{name, strings.TrimRight(input, "\n"), strings.TrimRight(output, "\n")})
	}
	if len(cases) == 0 {
		t.Fatalf("%s holds no cases", path)
	}
	return cases
}

// runCases runs the cases of a file, or with -rewrite writes their outputs.
func runCases(t *testing.T, file string, f func(t *testing.T, name, input string) string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	cases := readCases(t, path)
	var out strings.Builder
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := strings.TrimRight(f(t, c.name, c.input), "\n")
			out.WriteString("# " + c.name + "\n" + c.input + "\n----\n" + got + "\n\n")
			if !*rewrite && got != c.output {
				t.Errorf("%s\n---- got\n%s\n---- want\n%s", c.input, got, c.output)
			}
		})
	}
	if *rewrite {
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(out.String(), "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// testOptions save the cases a prologue.
var testOptions = Options{
	Base:     "http://example.org/base/doc",
	Prefixes: map[string]string{"": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
}

// short writes the IRIs of the test cases as in them.
var short = strings.NewReplacer(
	"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "rdf:type",
	"<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>", "rdf:reifies",
	"<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>", "rdf:first",
	"<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>", "rdf:rest",
	"<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>", "rdf:nil",
	"<http://www.w3.org/2001/XMLSchema#", "<xsd:",
	"<http://example.org/", "<:",
)

func TestTranslate(t *testing.T) {
	runCases(t, "translate.txt", func(t *testing.T, _, input string) string {
		q, err := ParseQuery(input, testOptions)
		if err != nil {
			return errorText(t, err)
		}
		a, err := Translate(q)
		if err != nil {
			return errorText(t, err)
		}
		return short.Replace(algebra.FormatQuery(a))
	})
}

func TestTranslateUpdate(t *testing.T) {
	runCases(t, "translate_update.txt", func(t *testing.T, _, input string) string {
		u, err := ParseUpdate(input, testOptions)
		if err != nil {
			return errorText(t, err)
		}
		a, err := TranslateUpdate(u)
		if err != nil {
			return errorText(t, err)
		}
		return short.Replace(algebra.FormatUpdate(a))
	})
}

// TestErrors shows each message as a person sees it. A case whose name begins
// with "update" is an update request.
func TestErrors(t *testing.T) {
	runCases(t, "errors.txt", func(t *testing.T, name, input string) string {
		var err error
		if strings.HasPrefix(name, "update") {
			_, err = ParseUpdate(input, testOptions)
		} else {
			_, err = ParseQuery(input, testOptions)
		}
		if err == nil {
			return "no error"
		}
		return errorText(t, err)
	})
}

func TestPrint(t *testing.T) {
	runCases(t, "print.txt", func(t *testing.T, name, input string) string {
		if strings.HasPrefix(name, "update") {
			u, err := ParseUpdate(input, testOptions)
			if err != nil {
				return errorText(t, err)
			}
			return u.String()
		}
		q, err := ParseQuery(input, testOptions)
		if err != nil {
			return errorText(t, err)
		}
		return q.String()
	})
}

func errorText(t *testing.T, err error) string {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not a syntax error: %v", err)
	}
	return e.Detail()
}

// TestComplete completes at the sign ‸ of each case.
func TestComplete(t *testing.T) {
	runCases(t, "complete.txt", func(t *testing.T, _, input string) string {
		before, after, ok := strings.Cut(input, "‸")
		if !ok {
			t.Fatal("the case has no ‸")
		}
		c := Complete(before+after, len(before), Options{Prefixes: map[string]string{"ex": "http://example.org/"}})
		var prefixes []string
		for _, p := range c.Prefixes {
			if p.Declared {
				prefixes = append(prefixes, p.Name+":")
			} else {
				prefixes = append(prefixes, "("+p.Name+":)")
			}
		}
		var b strings.Builder
		fmt.Fprintf(&b, "typed %q at %d, position %v\n", c.Typed, c.Start, c.Position)
		for _, x := range []struct {
			name string
			list []string
		}{{"keywords", c.Keywords}, {"functions", c.Functions}, {"variables", c.Variables}, {"prefixes", prefixes}} {
			if len(x.list) > 8 {
				x.list = append(x.list[:8:8], fmt.Sprintf("and %d more", len(x.list)-8))
			}
			if len(x.list) > 0 {
				fmt.Fprintf(&b, "%s: %s\n", x.name, strings.Join(x.list, ", "))
			}
		}
		return b.String()
	})
}

func TestFormatKeepsLeadingComments(t *testing.T) {
	got, err := Format("# Who attacked a place?\n#  title: x\n\nselect ?x { ?x ?p ?o } # gone", Options{})
	want := "# Who attacked a place?\n#  title: x\nSELECT ?x\nWHERE {\n  ?x ?p ?o .\n}\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = Format("prefix : <http://a/> clear all", Options{})
	if err != nil || got != "PREFIX : <http://a/>\nCLEAR ALL\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWarnings(t *testing.T) {
	runCases(t, "warnings.txt", func(t *testing.T, _, input string) string {
		q, err := ParseQuery(input, testOptions)
		if err != nil {
			return errorText(t, err)
		}
		var b strings.Builder
		for _, w := range Warnings(q, expr.CheckPattern) {
			b.WriteString(w.Detail() + "\n")
		}
		return b.String()
	})
}

func TestKnownPrefixesAreOffered(t *testing.T) {
	_, err := ParseQuery("SELECT * { ?x conflct:attacked ?y }", Options{Known: map[string]string{"conflict": "http://example.org/conflict#"}})
	if got, want := errorText(t, err), "did you mean conflict:attacked (PREFIX conflict: <http://example.org/conflict#>)?"; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestUnfinished(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                      true,
		"PREFIX : <http://a/>":                  true,
		"SELECT":                                true,
		"SELECT * {":                            true,
		"SELECT * { ?s ?p":                      true,
		"SELECT * { ?s ?p # a comment":          true,
		"SELECT * { ?s ?p (1 2":                 true,
		"SELECT (COUNT(":                        true,
		"SELECT * { ?s ?p \"\"\"on\nmore lines": true,
		"SELECT * { ?s ?p \"one line":           false,
		"SELECT * { ?s ?p ?o ) ":                false,
		"SELEC":                                 false,
		"SELECT ?x { } GROUP BY ?y":             false,
		"SELECT * { ?s nope:x ?o":               false,
	} {
		_, err := ParseQuery(text, Options{})
		var fault *Error
		if !errors.As(err, &fault) || fault.Unfinished() != want {
			t.Errorf("%q: unfinished is not %t: %v", text, want, err)
		}
	}
}
