package sparqltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
)

// Vocabularies of the manifests.
const (
	nsQuery  = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
	nsUpdate = "http://www.w3.org/2009/sparql/tests/test-update#"
)

// suites are the folders with evaluation tests. sparql11/entailment needs
// inference, which the engine does not claim; the HTTP suites are run by the
// server.
var suites = []struct {
	name string
	dirs []string
}{
	{"sparql10 evaluation", []string{
		"sparql10/algebra", "sparql10/ask", "sparql10/basic", "sparql10/bnode-coreference", "sparql10/boolean-effective-value",
		"sparql10/bound", "sparql10/cast", "sparql10/construct", "sparql10/dataset", "sparql10/distinct", "sparql10/expr-builtin",
		"sparql10/expr-equals", "sparql10/expr-ops", "sparql10/graph", "sparql10/i18n", "sparql10/open-world", "sparql10/optional",
		"sparql10/optional-filter", "sparql10/reduced", "sparql10/regex", "sparql10/solution-seq", "sparql10/sort",
		"sparql10/triple-match", "sparql10/type-promotion",
	}},
	{"sparql11 aggregates", []string{"sparql11/aggregates"}},
	{"sparql11 bind", []string{"sparql11/bind"}},
	{"sparql11 bindings", []string{"sparql11/bindings"}},
	{"sparql11 cast", []string{"sparql11/cast"}},
	{"sparql11 construct", []string{"sparql11/construct"}},
	{"sparql11 exists", []string{"sparql11/exists"}},
	{"sparql11 functions", []string{"sparql11/functions"}},
	{"sparql11 grouping", []string{"sparql11/grouping"}},
	{"sparql11 negation", []string{"sparql11/negation"}},
	{"sparql11 project-expression", []string{"sparql11/project-expression"}},
	{"sparql11 property-path", []string{"sparql11/property-path"}},
	{"sparql11 subquery", []string{"sparql11/subquery"}},
	{"sparql11 csv-tsv-res", []string{"sparql11/csv-tsv-res"}},
	{"sparql11 json-res", []string{"sparql11/json-res"}},
	{"sparql11 service", []string{"sparql11/service"}},
	{"sparql11 update", []string{
		"sparql11/add", "sparql11/basic-update", "sparql11/clear", "sparql11/copy", "sparql11/delete", "sparql11/delete-data",
		"sparql11/delete-insert", "sparql11/delete-where", "sparql11/drop", "sparql11/move", "sparql11/update-silent",
	}},
	{"sparql12 codepoint-escapes", []string{"sparql12/codepoint-escapes"}},
	{"sparql12 eval-triple-terms", []string{"sparql12/eval-triple-terms"}},
	{"sparql12 expression", []string{"sparql12/expression"}},
	{"sparql12 grouping", []string{"sparql12/grouping"}},
	{"sparql12 lang-basedir", []string{"sparql12/lang-basedir"}},
	{"sparql12 rdf11", []string{"sparql12/rdf11"}},
}

func TestEvaluation(t *testing.T) {
	root := rdftest.Root(t)
	skip, err := skips()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			if b.start != nil {
				b.open = b.start(t)
			}
			for _, s := range suites {
				suite := rdftest.NewSuite(t, s.name+" on "+b.name)
				for _, dir := range s.dirs {
					m, err := rdftest.Load(root, filepath.Join(root, "sparql", filepath.FromSlash(dir), "manifest.ttl"))
					if err != nil {
						t.Fatal(err)
					}
					r := &runner{t: t, m: m, open: b.open, disabled: b.disabled}
					for _, e := range m.Entries {
						run := r.kind(e)
						if run == nil {
							continue
						}
						name := dir + "/" + e.Name
						_, local, _ := strings.Cut(string(e.ID), "#")
						if reason, ok := skip[filepath.Base(dir)+"/"+local]; ok {
							suite.Skip(name, reason)
							continue
						}
						suite.Run(t, name, func() error { return run(e) })
					}
				}
			}
		})
	}
}

// runner runs the tests of one manifest.
type runner struct {
	t        *testing.T
	m        *rdftest.Manifest
	open     func(t *testing.T) graph.Graph
	disabled []string // rules of the planner
}

// kind returns how to run a test, nil for those that are not evaluations.
func (r *runner) kind(e rdftest.Entry) func(rdftest.Entry) error {
	switch {
	case e.HasType("QueryEvaluationTest"), e.HasType("CSVResultFormatTest"):
		return r.query
	case e.HasType("UpdateEvaluationTest"):
		return r.update
	}
	return nil
}

func (r *runner) read(file rdf.Term) ([]rdf.Quad, error) {
	path, err := r.m.File(file)
	if err != nil {
		return nil, err
	}
	return readQuads(path, r.m.IRI(path))
}

func (r *runner) text(file rdf.Term) (text, base string, err error) {
	path, err := r.m.File(file)
	if err != nil {
		return "", "", err
	}
	b, err := os.ReadFile(path)
	return string(b), r.m.IRI(path), err
}

// dataset reads the data of an action or a result: the default graph from data,
// and named graphs.
func (r *runner) dataset(node rdf.Term, ns rdf.IRI) ([]rdf.Quad, error) {
	g := r.m.Graph
	var quads []rdf.Quad
	add := func(file, name rdf.Term) error {
		more, err := r.read(file)
		if err != nil {
			return err
		}
		blank := graph.NewBlankNamer()
		for _, q := range more {
			q = blank.Quad(q)
			if name != nil {
				q.Graph = name
			}
			quads = append(quads, q)
		}
		return nil
	}
	for _, file := range g.Objects(node, ns+"data") {
		if err := add(file, nil); err != nil {
			return nil, err
		}
	}
	for _, named := range g.Objects(node, ns+"graphData") {
		file, name := named, named
		if f := g.Object(named, ns+"graph"); f != nil {
			file, name = f, rdf.IRI(g.Text(named, rdf.RDFSLabel))
		}
		if err := add(file, name); err != nil {
			return nil, err
		}
	}
	return quads, nil
}

// load opens a graph with the data of an action, empty named graphs included.
func (r *runner) load(node rdf.Term, ns rdf.IRI) (graph.Graph, error) {
	quads, err := r.dataset(node, ns)
	if err != nil {
		return nil, err
	}
	g := r.open(r.t)
	err = g.Update(context.Background(), func(tx graph.Tx) error {
		for _, named := range r.m.Graph.Objects(node, ns+"graphData") {
			name := named
			if r.m.Graph.Object(named, ns+"graph") != nil {
				name = rdf.IRI(r.m.Graph.Text(named, rdf.RDFSLabel))
			}
			if err := tx.CreateGraph(name); err != nil {
				return err
			}
		}
		_, err := tx.Insert(quads...)
		return err
	})
	return g, err
}

// loadNamed loads the files that the dataset clause of a query names.
func (r *runner) loadNamed(g graph.Graph, d algebra.Dataset) error {
	for _, iri := range append(append([]rdf.IRI(nil), d.Default...), d.Named...) {
		quads, err := r.read(iri)
		if err != nil {
			return err
		}
		err = g.Update(context.Background(), func(tx graph.Tx) error {
			snap := tx.Snapshot()
			if id, ok, err := snap.Lookup(iri); err != nil {
				return err
			} else if ok {
				if n, _, err := snap.Estimate(graph.Pattern{G: id}); n > 0 || err != nil {
					return err // named twice: loaded already
				}
			}
			blank := graph.NewBlankNamer()
			for _, q := range quads {
				q = blank.Quad(q)
				q.Graph = iri
				if _, err := tx.Insert(q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) query(e rdftest.Entry) error {
	g, err := r.load(e.Action, nsQuery)
	if err != nil {
		return err
	}
	defer g.Close()
	text, base, err := r.text(r.m.Graph.Object(e.Action, nsQuery+"query"))
	if err != nil {
		return err
	}
	endpoints, err := r.endpoints(e.Action)
	if err != nil {
		return err
	}
	engine := queries.New(g, queries.Options{Service: endpoints, DisabledRules: r.disabled})
	opts := queries.QueryOptions{Base: base}
	p, err := engine.Prepare(text, opts)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	if len(r.m.Graph.Objects(e.Action, nsQuery+"data"))+len(r.m.Graph.Objects(e.Action, nsQuery+"graphData")) == 0 {
		if err := r.loadNamed(g, p.Algebra().Dataset); err != nil {
			return err
		}
	}
	path, err := r.m.File(e.Result)
	if err != nil {
		return err
	}
	want, err := readAnswer(path, r.m.IRI(path))
	if err != nil {
		return err
	}
	got, err := run(p, opts)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	if !endsInOrder(p.Algebra().Pattern) {
		want.ordered = false
	}
	lax := r.m.Graph.Object(e.ID, rdftest.NSManifest+"resultCardinality") == rdf.Term(rdf.IRI(rdftest.NSManifest+"LaxCardinality"))
	if err := compare(got, want, lax); err != nil {
		x, xerr := engine.Explain(context.Background(), text, opts, false)
		return fmt.Errorf("%w\n%s\n%v%v", err, text, x, xerr)
	}
	return nil
}

// endsInOrder reports whether the solutions of n have an order.
func endsInOrder(n algebra.Node) bool {
	for {
		switch m := n.(type) {
		case *algebra.OrderBy:
			return true
		case *algebra.Project:
			n = m.Input
		case *algebra.Slice:
			n = m.Input
		case *algebra.Distinct:
			n = m.Input
		case *algebra.Reduced:
			n = m.Input
		default:
			return false
		}
	}
}

// run runs a query to its end.
func run(p *queries.Prepared, opts queries.QueryOptions) (*answer, error) {
	r, err := p.Run(context.Background(), opts)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	switch r.Form {
	case algebra.Ask:
		return &answer{boolean: &r.Answer}, nil
	case algebra.Construct, algebra.Describe:
		a := &answer{isGraph: true}
		for q, err := range r.Quads() {
			if err != nil {
				return nil, err
			}
			a.quads = append(a.quads, q)
		}
		return a, nil
	}
	a := &answer{vars: r.Vars}
	for row, err := range r.Rows() {
		if err != nil {
			return nil, err
		}
		a.rows = append(a.rows, append([]rdf.Term(nil), row...))
	}
	return a, nil
}

func (r *runner) update(e rdftest.Entry) error {
	g, err := r.load(e.Action, nsUpdate)
	if err != nil {
		return err
	}
	defer g.Close()
	text, base, err := r.text(r.m.Graph.Object(e.Action, nsUpdate+"request"))
	if err != nil {
		return err
	}
	engine := queries.New(g, queries.Options{Loader: noDocuments{}, DisabledRules: r.disabled})
	if _, err := engine.Update(context.Background(), text, queries.UpdateOptions{Base: base}); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	want, err := r.dataset(e.Result, nsUpdate)
	if err != nil {
		return err
	}
	got, err := allQuads(g)
	if err != nil {
		return err
	}
	if !canon.Isomorphic(got, want) {
		return fmt.Errorf("datasets differ:\n%s\n%s", canon.Difference(got, want), text)
	}
	return nil
}

func allQuads(g graph.Graph) ([]rdf.Quad, error) {
	ctx := context.Background()
	s, err := g.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	c, err := s.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var out []rdf.Quad
	for b := c.Next(); b != nil; b = c.Next() {
		for i := range b.N {
			var t [4]rdf.Term
			for k := range t {
				if id := b.Cols[k][i]; id != graph.DefaultGraph {
					if t[k], err = s.Term(id); err != nil {
						return nil, err
					}
				}
			}
			out = append(out, rdf.Quad{Subject: t[0], Predicate: t[1], Object: t[2], Graph: t[3]})
		}
	}
	return out, c.Err()
}

// noDocuments is a loader that finds nothing.
type noDocuments struct{}

func (noDocuments) Load(_ context.Context, source rdf.IRI) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		yield(rdf.Quad{}, fmt.Errorf("no document <%s>", source))
	}
}

// endpoints answers SERVICE from the data that a test gives to each endpoint.
type endpoints map[rdf.IRI]*queries.Engine

func (r *runner) endpoints(action rdf.Term) (endpoints, error) {
	out := make(endpoints)
	for _, node := range r.m.Graph.Objects(action, nsQuery+"serviceData") {
		g, err := r.load(node, nsQuery)
		if err != nil {
			return nil, err
		}
		name, _ := r.m.Graph.Object(node, nsQuery+"endpoint").(rdf.IRI)
		out[name] = queries.New(g, queries.Options{Service: out})
	}
	return out, nil
}

func (s endpoints) Query(ctx context.Context, endpoint rdf.IRI, query string) (exec.Solutions, error) {
	e, ok := s[endpoint]
	if !ok {
		return nil, errors.New("no such endpoint")
	}
	r, err := e.Query(ctx, query, queries.QueryOptions{})
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, query)
	}
	return solutions{r}, nil
}

type solutions struct{ *queries.Result }

func (s solutions) Vars() []algebra.Var { return s.Result.Vars }

var _ io.Closer = solutions{}
