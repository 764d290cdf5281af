// Package rdftest finds the W3C test suites and reads their manifests. It is
// for tests only, those of the syntaxes here and of SPARQL above.
package rdftest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// Namespaces of the manifests.
const (
	NSManifest = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
	NSRDFTest  = "http://www.w3.org/ns/rdftest#"
)

// assumedBase is where the suites live on the web. Manifests and tests are read
// as if they came from there, as their expected results assume.
const assumedBase = "https://w3c.github.io/rdf-tests/"

// Root returns the folder that holds the suites' folders rdf and sparql: that
// which RDF_TESTS names, or shared/w3c beside the repository. Without it the
// test is skipped, telling how to get it.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, ok := findRoot(tb)
	if !ok {
		tb.Skip("W3C test suites not found: clone https://github.com/w3c/rdf-tests and set RDF_TESTS to its folder")
	}
	return dir
}

func findRoot(tb testing.TB) (dir string, ok bool) {
	tb.Helper()
	dir = os.Getenv("RDF_TESTS")
	if dir == "" {
		repository, err := repositoryRoot()
		if err != nil {
			tb.Fatal(err)
		}
		dir = filepath.Join(repository, "..", "shared", "w3c")
	}
	_, err := os.Stat(filepath.Join(dir, "rdf"))
	return dir, err == nil
}

// repositoryRoot returns the nearest folder above the working one with a go.mod.
func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("rdftest: no go.mod above the working folder")
		}
		dir = up
	}
}

// Manifest is a manifest with those that it includes.
type Manifest struct {
	Root    string // the folder that Root returned
	Graph   *Graph // the statements of all the manifests
	Entries []Entry
}

// Entry is one test.
type Entry struct {
	ID       rdf.IRI
	Name     string
	Types    []rdf.IRI // of rdf:type, such as rdft:TestTurtleEval
	Action   rdf.Term  // the IRI of a file, or a node that says more
	Result   rdf.Term  // nil if the test has none
	Approval rdf.IRI   // "" if not stated
	Manifest string    // the file that lists it
}

// HasType reports whether the entry is of a type, given by its local name.
func (e *Entry) HasType(local string) bool {
	for _, t := range e.Types {
		if strings.HasSuffix(string(t), "#"+local) {
			return true
		}
	}
	return false
}

// Load reads the manifest at path, below root, and those that it includes.
func Load(root, path string) (*Manifest, error) {
	m := &Manifest{Root: root, Graph: &Graph{}}
	return m, m.load(path, make(map[string]bool))
}

func (m *Manifest) load(path string, seen map[string]bool) error {
	if seen[path] {
		return nil
	}
	seen[path] = true
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	base := m.IRI(path)
	g := &Graph{}
	rename := func(t rdf.Term) rdf.Term { // blank nodes of other manifests are others
		if b, ok := t.(rdf.BlankNode); ok {
			return b + rdf.BlankNode(fmt.Sprintf("-%d", len(seen)))
		}
		return t
	}
	for q, err := range turtle.NewDecoder(f, turtle.Turtle, turtle.Options{Base: base}).All() {
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		t := rdf.Triple{Subject: rename(q.Subject), Predicate: q.Predicate, Object: rename(q.Object)}
		g.Add(t)
		m.Graph.Add(t)
	}
	for _, node := range g.Subjects(rdf.RDFType, rdf.IRI(NSManifest+"Manifest")) {
		for _, list := range g.Objects(node, NSManifest+"include") {
			for _, included := range g.List(list) {
				file, err := m.File(included)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				if err := m.load(file, seen); err != nil {
					return err
				}
			}
		}
		for _, list := range g.Objects(node, NSManifest+"entries") {
			for _, t := range g.List(list) {
				e := Entry{
					Name:     g.Text(t, NSManifest+"name"),
					Action:   g.Object(t, NSManifest+"action"),
					Result:   g.Object(t, NSManifest+"result"),
					Manifest: path,
				}
				e.ID, _ = t.(rdf.IRI)
				for _, typ := range g.Objects(t, rdf.RDFType) {
					if typ, ok := typ.(rdf.IRI); ok {
						e.Types = append(e.Types, typ)
					}
				}
				for _, p := range []rdf.IRI{NSRDFTest + "approval", "http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#approval"} {
					if a, ok := g.Object(t, p).(rdf.IRI); ok {
						e.Approval = a
					}
				}
				m.Entries = append(m.Entries, e)
			}
		}
	}
	return nil
}

// IRI returns the IRI that a file of the suites has on the web, which is the
// base IRI for reading it.
func (m *Manifest) IRI(path string) string {
	rel, err := filepath.Rel(m.Root, path)
	if err != nil {
		return ""
	}
	return assumedBase + filepath.ToSlash(rel)
}

// File returns the path of the file that an IRI of a manifest names.
func (m *Manifest) File(t rdf.Term) (string, error) {
	i, ok := t.(rdf.IRI)
	rel, below := strings.CutPrefix(string(i), assumedBase)
	if !ok || !below || strings.Contains(rel, "..") {
		return "", fmt.Errorf("rdftest: %v is not a file of the suites", t)
	}
	return filepath.Join(m.Root, filepath.FromSlash(rel)), nil
}

// Graph is a set of triples to be looked up.
type Graph struct {
	objects  map[[2]rdf.Term][]rdf.Term
	subjects map[[2]rdf.Term][]rdf.Term
}

// Add adds a triple.
func (g *Graph) Add(t rdf.Triple) {
	if g.objects == nil {
		g.objects = make(map[[2]rdf.Term][]rdf.Term)
		g.subjects = make(map[[2]rdf.Term][]rdf.Term)
	}
	sp, po := [2]rdf.Term{t.Subject, t.Predicate}, [2]rdf.Term{t.Predicate, t.Object}
	g.objects[sp] = append(g.objects[sp], t.Object)
	g.subjects[po] = append(g.subjects[po], t.Subject)
}

// Objects returns the objects of a subject and predicate, in document order.
func (g *Graph) Objects(s rdf.Term, p rdf.IRI) []rdf.Term { return g.objects[[2]rdf.Term{s, p}] }

// Subjects returns the subjects of a predicate and object, in document order.
func (g *Graph) Subjects(p rdf.IRI, o rdf.Term) []rdf.Term { return g.subjects[[2]rdf.Term{p, o}] }

// Object returns the first object of a subject and predicate, or nil.
func (g *Graph) Object(s rdf.Term, p rdf.IRI) rdf.Term {
	if o := g.Objects(s, p); len(o) > 0 {
		return o[0]
	}
	return nil
}

// Text returns the lexical form of the first literal, or "".
func (g *Graph) Text(s rdf.Term, p rdf.IRI) string {
	l, _ := g.Object(s, p).(rdf.Literal)
	return l.Lexical
}

// List returns the members of the collection that starts at head.
func (g *Graph) List(head rdf.Term) []rdf.Term {
	var members []rdf.Term
	for n := 0; head != nil && head != rdf.Term(rdf.RDFNil) && n < 1e6; n++ {
		members = append(members, g.Object(head, rdf.RDFFirst))
		head = g.Object(head, rdf.RDFRest)
	}
	return members
}

// Suite counts the outcomes of a suite and prints them as one line.
type Suite struct {
	name                    string
	mu                      sync.Mutex
	passed, failed, skipped int
	skips                   []string // names
}

// NewSuite returns a suite whose line is printed when the test ends. Its counts
// must be those of docs/conformance.md, which must name what is skipped.
func NewSuite(tb testing.TB, name string) *Suite {
	s := &Suite{name: name}
	tb.Cleanup(func() {
		fmt.Printf("%s: %d passed, %d failed, %d skipped\n", s.name, s.passed, s.failed, s.skipped)
		documented(tb, s.name, s.passed+s.failed+s.skipped, s.skips)
	})
	return s
}

// Run runs one test as a subtest. It passes if the function returns nil.
func (s *Suite) Run(t *testing.T, name string, test func() error) {
	t.Helper()
	ok := t.Run(name, func(t *testing.T) {
		t.Helper()
		if err := test(); err != nil {
			t.Error(err)
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok {
		s.passed++
	} else {
		s.failed++
	}
}

// Skip counts a test that is not run and says why.
func (s *Suite) Skip(name, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skipped++
	s.skips = append(s.skips, name)
	fmt.Printf("%s: skipped %s: %s\n", s.name, name, reason)
}

// Counts returns the outcomes so far.
func (s *Suite) Counts() (passed, failed, skipped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passed, s.failed, s.skipped
}
