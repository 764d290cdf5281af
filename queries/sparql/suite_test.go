package sparql

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// suiteRoot returns the folder of the W3C suites: $RDF_TESTS, or the one beside
// the repository.
func suiteRoot(t testing.TB) string {
	t.Helper()
	root := os.Getenv("RDF_TESTS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "w3c")
	}
	if _, err := os.Stat(filepath.Join(root, "sparql")); err != nil {
		t.Skip("the W3C suite is not there: clone https://github.com/w3c/rdf-tests and set RDF_TESTS to its folder")
	}
	return root
}

type suiteTest struct {
	name, kind, file string
}

var manifestEntry = regexp.MustCompile(`(?s)(?:^|\n):?(\S+)\s+(?:rdf:type|a)\s+mf:(\w+Test\w*)\s*;.*?mf:action\s+(?:<([^>]+)>|\[\s*(?:qt:query|ut:request)\s+<([^>]+)>)`)

// syntaxTests reads the syntax tests of a manifest.
func syntaxTests(t *testing.T, dir string) []suiteTest {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "manifest.ttl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []suiteTest
	for _, m := range manifestEntry.FindAllStringSubmatch(string(b), -1) {
		if strings.Contains(m[2], "SyntaxTest") {
			out = append(out, suiteTest{name: m[1], kind: m[2], file: filepath.Join(dir, m[3])})
		}
	}
	return out
}

var syntaxSuites = []struct {
	name string
	dirs []string
}{
	{"sparql10 syntax", []string{"sparql10/syntax-sparql1", "sparql10/syntax-sparql2", "sparql10/syntax-sparql3", "sparql10/syntax-sparql4", "sparql10/syntax-sparql5"}},
	{"sparql11 syntax-query", []string{"sparql11/syntax-query"}},
	{"sparql11 syntax-update-1", []string{"sparql11/syntax-update-1"}},
	{"sparql11 syntax-update-2", []string{"sparql11/syntax-update-2"}},
	{"sparql11 syntax-fed", []string{"sparql11/syntax-fed"}},
	{"sparql11 aggregates", []string{"sparql11/aggregates"}},
	{"sparql11 grouping", []string{"sparql11/grouping"}},
	{"sparql11 construct", []string{"sparql11/construct"}},
	{"sparql11 delete", []string{"sparql11/delete"}},
	{"sparql11 delete-insert", []string{"sparql11/delete-insert"}},
	{"sparql11 others", []string{"sparql11/bind", "sparql11/bindings", "sparql11/exists", "sparql11/negation", "sparql11/subquery", "sparql11/project-expression", "sparql11/property-path", "sparql11/basic-update"}},
	{"sparql12 codepoint-escapes", []string{"sparql12/codepoint-escapes"}},
	{"sparql12 grouping", []string{"sparql12/grouping"}},
	{"sparql12 lang-basedir", []string{"sparql12/lang-basedir"}},
	{"sparql12 syntax", []string{"sparql12/syntax"}},
	{"sparql12 syntax-triple-terms-negative", []string{"sparql12/syntax-triple-terms-negative"}},
	{"sparql12 syntax-triple-terms-positive", []string{"sparql12/syntax-triple-terms-positive"}},
	{"sparql12 version", []string{"sparql12/version"}},
}

func TestSyntaxSuites(t *testing.T) {
	root := filepath.Join(suiteRoot(t), "sparql")
	for _, s := range syntaxSuites {
		passed, failed := 0, 0
		for _, dir := range s.dirs {
			for _, test := range syntaxTests(t, filepath.Join(root, dir)) {
				b, err := os.ReadFile(test.file)
				if err != nil {
					t.Fatal(err)
				}
				err = parseAny(string(b), strings.Contains(test.kind, "Update"), "http://example/base")
				positive := strings.HasPrefix(test.kind, "Positive")
				if positive == (err == nil) {
					passed++
					continue
				}
				failed++
				t.Errorf("%s: %s: %v\n%s", s.name, test.name, err, b)
			}
		}
		t.Logf("%s: %d passed, %d failed, 0 skipped", s.name, passed, failed)
	}
}

// parseAny parses and translates a text.
func parseAny(text string, update bool, base string) error {
	if update {
		u, err := ParseUpdate(text, Options{Base: base})
		if err != nil {
			return err
		}
		_, err = TranslateUpdate(u)
		return err
	}
	q, err := ParseQuery(text, Options{Base: base})
	if err != nil {
		return err
	}
	_, err = Translate(q)
	return err
}
