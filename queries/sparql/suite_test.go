package sparql

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// syntaxSuites are the folders with syntax tests.
var syntaxSuites = []struct {
	name string
	dirs []string
}{
	{"sparql10 syntax", []string{"sparql10/syntax-sparql1", "sparql10/syntax-sparql2", "sparql10/syntax-sparql3", "sparql10/syntax-sparql4", "sparql10/syntax-sparql5"}},
	{"sparql11 syntax-query", []string{"sparql11/syntax-query"}},
	{"sparql11 syntax-update-1", []string{"sparql11/syntax-update-1"}},
	{"sparql11 syntax-update-2", []string{"sparql11/syntax-update-2"}},
	{"sparql11 syntax-fed", []string{"sparql11/syntax-fed"}},
	{"sparql11 syntax tests elsewhere", []string{"sparql11/aggregates", "sparql11/grouping", "sparql11/construct", "sparql11/delete", "sparql11/delete-insert", "sparql11/delete-data", "sparql11/delete-where", "sparql11/bind", "sparql11/bindings", "sparql11/exists", "sparql11/negation", "sparql11/subquery", "sparql11/project-expression", "sparql11/property-path", "sparql11/basic-update"}},
	{"sparql12 codepoint-escapes syntax", []string{"sparql12/codepoint-escapes"}},
	{"sparql12 lang-basedir syntax", []string{"sparql12/lang-basedir"}},
	{"sparql12 syntax", []string{"sparql12/syntax"}},
	{"sparql12 syntax-triple-terms-negative", []string{"sparql12/syntax-triple-terms-negative"}},
	{"sparql12 syntax-triple-terms-positive", []string{"sparql12/syntax-triple-terms-positive"}},
	{"sparql12 version", []string{"sparql12/version"}},
}

// The namespaces in which manifests name the file of a query and an update.
const (
	nsQuery  = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
	nsUpdate = "http://www.w3.org/2009/sparql/tests/test-update#"
)

func TestSyntaxSuites(t *testing.T) {
	root := rdftest.Root(t)
	for _, s := range syntaxSuites {
		suite := rdftest.NewSuite(t, s.name)
		for _, dir := range s.dirs {
			m, err := rdftest.Load(root, filepath.Join(root, "sparql", filepath.FromSlash(dir), "manifest.ttl"))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range m.Entries {
				kind := syntaxKind(e)
				if kind == "" {
					continue
				}
				suite.Run(t, dir+"/"+e.Name, func() error { return syntaxTest(m, e, kind) })
			}
		}
	}
}

// syntaxKind returns the local name of the type of a syntax test, "" for others.
func syntaxKind(e rdftest.Entry) string {
	for _, t := range e.Types {
		if _, local, _ := strings.Cut(string(t), "#"); strings.Contains(local, "SyntaxTest") {
			return local
		}
	}
	return ""
}

func syntaxTest(m *rdftest.Manifest, e rdftest.Entry, kind string) error {
	file, err := m.File(e.Action)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	base, _ := e.Action.(rdf.IRI)
	err = parseAny(string(b), filepath.Ext(file) == ".ru", string(base))
	if strings.HasPrefix(kind, "Positive") {
		return err
	}
	if err == nil {
		return errors.New("accepted")
	}
	var syntax *Error
	if !errors.As(err, &syntax) || !errors.Is(err, graph.ErrBadRequest) {
		return fmt.Errorf("not a syntax error: %w", err)
	}
	if os.Getenv("SHOW_ERRORS") != "" {
		fmt.Printf("%s\n%s\n\n", e.Name, syntax.Detail())
	}
	return nil
}

// TestEverySuiteQuery takes every query and update that any manifest of the
// suites names but the negative syntax tests: each parses, translates, and
// prints as a text that is a fixed point and means the same.
func TestEverySuiteQuery(t *testing.T) {
	suite := rdftest.NewSuite(t, "sparql queries of all suites, printed and parsed again")
	for _, file := range suiteFiles(t) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		suite.Run(t, filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func() error {
			return parseAny(string(b), filepath.Ext(file) == ".ru", "http://example.org/base")
		})
	}
}

// suiteFiles returns the files of all queries and updates that manifests name,
// but for those that must not parse.
func suiteFiles(t testing.TB) []string {
	t.Helper()
	root := rdftest.Root(t)
	negative := map[string]bool{}
	var files []string
	err := filepath.WalkDir(filepath.Join(root, "sparql"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Name() != "manifest.ttl" {
			return err
		}
		m, err := rdftest.Load(root, path)
		if err != nil {
			return err
		}
		for _, e := range m.Entries {
			for _, x := range []rdf.Term{e.Action, m.Graph.Object(e.Action, nsQuery+"query"), m.Graph.Object(e.Action, nsUpdate+"request")} {
				if _, ok := x.(rdf.IRI); !ok {
					continue
				}
				file, err := m.File(x)
				if ext := filepath.Ext(file); err != nil || ext != ".rq" && ext != ".ru" {
					continue
				}
				files = append(files, file)
				if strings.HasPrefix(syntaxKind(e), "Negative") {
					negative[file] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	return slices.DeleteFunc(files, func(f string) bool { return negative[f] })
}

// parseAny parses and translates a text, and checks that printing is a fixed
// point and changes nothing.
func parseAny(text string, update bool, base string) error {
	opts := Options{Base: base}
	if update {
		u, err := ParseUpdate(text, opts)
		if err != nil {
			return err
		}
		a, err := TranslateUpdate(u)
		if err != nil {
			return err
		}
		again, err := ParseUpdate(u.String(), opts)
		if err != nil {
			return fmt.Errorf("printed as\n%s\nwhich does not parse: %v", u, err)
		}
		b, err := TranslateUpdate(again)
		if err != nil {
			return err
		}
		return same(u.String(), again.String(), a.String(), b.String())
	}
	q, err := ParseQuery(text, opts)
	if err != nil {
		return err
	}
	a, err := Translate(q)
	if err != nil {
		return err
	}
	for _, w := range Warnings(q, expr.CheckPattern) {
		if w.Offset >= len(text) || w.Message == "" {
			return fmt.Errorf("a warning at %d: %s", w.Offset, w.Message)
		}
	}
	if err := servicesParse(a.Pattern); err != nil {
		return err
	}
	again, err := ParseQuery(q.String(), opts)
	if err != nil {
		return fmt.Errorf("printed as\n%s\nwhich does not parse: %v", q, err)
	}
	b, err := Translate(again)
	if err != nil {
		return err
	}
	return same(q.String(), again.String(), a.String(), b.String())
}

func same(text1, text2, algebra1, algebra2 string) error {
	if text1 != text2 {
		return fmt.Errorf("printing is not a fixed point:\n%s\n----\n%s", text1, text2)
	}
	if algebra1 != algebra2 {
		return fmt.Errorf("printing changes the meaning:\n%s\n----\n%s\n----\n%s", text1, algebra1, algebra2)
	}
	return nil
}

// servicesParse checks that the text sent to a service stands by itself.
func servicesParse(n algebra.Node) error {
	var err error
	algebra.Walk(n, func(n algebra.Node) bool {
		if s, ok := n.(*algebra.Service); ok && err == nil {
			_, err = ParseQuery("SELECT * "+s.Query, Options{})
			if err != nil {
				err = fmt.Errorf("service text %s: %v", s.Query, err)
			}
		}
		return err == nil
	})
	return err
}
