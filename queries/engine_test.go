package queries

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
)

const prefix = "PREFIX : <http://x/>\n"

// open returns an engine over the quads that an update inserts.
func open(t *testing.T, opts Options, data string) *Engine {
	t.Helper()
	e := New(memgraph.New(), opts)
	if data != "" {
		apply(t, e, "INSERT DATA { "+data+" }")
	}
	return e
}

func apply(t *testing.T, e *Engine, text string) Changes {
	t.Helper()
	c, err := e.Update(context.Background(), prefix+text, UpdateOptions{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

// rows returns the solutions of a query as sorted text, IRIs as local names.
func rows(t *testing.T, e *Engine, query string, opts QueryOptions) []string {
	t.Helper()
	r, err := e.Query(context.Background(), prefix+query, opts)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	out := []string{}
	for row, err := range r.Rows() {
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		var cells []string
		for _, term := range row {
			switch term := term.(type) {
			case nil:
				cells = append(cells, "-")
			case rdf.IRI:
				cells = append(cells, strings.TrimPrefix(string(term), "http://x/"))
			case rdf.Literal:
				cells = append(cells, term.Lexical)
			default:
				cells = append(cells, term.String())
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	slices.Sort(out)
	return out
}

func TestDatasetOptions(t *testing.T) {
	e := open(t, Options{}, `:a :p 1 GRAPH :g1 { :a :p 1 . :b :p 2 } GRAPH :g2 { :c :p 3 }`)
	const query = `SELECT ?x FROM :g2 { ?x :p ?v }`
	if got := rows(t, e, query, QueryOptions{}); !slices.Equal(got, []string{"c"}) {
		t.Errorf("FROM: %q", got)
	}
	override := QueryOptions{Dataset: algebra.Dataset{Explicit: true, Default: []rdf.IRI{"http://x/g1"}}}
	if got := rows(t, e, query, override); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the protocol's dataset does not win: %q", got)
	}
	union := QueryOptions{UnionDefaultGraph: true}
	if got := rows(t, e, `SELECT ?x { ?x :p ?v }`, union); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("union default graph: %q", got)
	}
	if got := rows(t, e, `SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?x ?p ?v } } }`, union); !slices.Equal(got, []string{"3"}) {
		t.Errorf("a triple of two graphs counts twice: %q", got)
	}
}

func TestLimits(t *testing.T) {
	var data strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&data, ":s%d :p :o%d . ", i, i%40)
	}
	e := open(t, Options{}, data.String())
	for name, query := range map[string]string{
		"cross product":   `SELECT (COUNT(DISTINCT *) AS ?n) { ?a :p ?b . ?c :p ?d . ?e :p ?f }`,
		"sorted product":  `SELECT * { ?a :p ?b . ?c :p ?d } ORDER BY ?d`,
		"distinct":        `SELECT DISTINCT ?a ?c { ?a :p ?b . ?c :p ?d }`,
		"grouped product": `SELECT ?a ?c (COUNT(*) AS ?n) { ?a :p ?b . ?c :p ?d } GROUP BY ?a ?c`,
	} {
		t.Run(name+"/memory", func(t *testing.T) {
			err := drain(e, query, QueryOptions{MaxMemory: 1 << 20})
			if !errors.Is(err, graph.ErrLimit) {
				t.Errorf("err = %v", err)
			}
		})
		t.Run(name+"/time", func(t *testing.T) {
			start := time.Now()
			err := drain(e, query, QueryOptions{Timeout: 30 * time.Millisecond})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("err = %v", err)
			}
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("stopped after %s", d)
			}
		})
	}
	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		r, err := e.Query(ctx, prefix+`SELECT * { ?a :p ?b . ?c :p ?d . ?e :p ?f }`, QueryOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, err = range r.Rows() {
			cancel()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("memory is given back", func(t *testing.T) {
		r, err := e.Query(context.Background(), prefix+`SELECT * { ?a :p ?b OPTIONAL { ?c :p ?b FILTER(?c != ?a) } } ORDER BY ?a LIMIT 5`, QueryOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for range r.Rows() {
		}
		r.Close()
		if n := r.query.HeldMemory(); n > 1<<16 {
			t.Errorf("%d bytes are still held", n)
		}
	})
}

func drain(e *Engine, query string, opts QueryOptions) error {
	r, err := e.Query(context.Background(), prefix+query, opts)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, err := range r.Rows() {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestFirstRowsComeEarly asks for a few rows of what would take very long in
// full.
func TestFirstRowsComeEarly(t *testing.T) {
	var data strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&data, ":s%d :p :o%d . ", i, i%3)
	}
	e := open(t, Options{Timeout: 10 * time.Second}, data.String())
	for _, q := range []string{
		`SELECT * { ?a :p ?b . ?c :p ?b . ?d :p ?b . ?e :p ?b } LIMIT 10`,
		`SELECT * { ?a :p ?b OPTIONAL { ?c :p ?b } ?d :p ?b . ?e :p ?b } LIMIT 10`,
		`SELECT * { ?a :p ?b OPTIONAL { ?c :p ?b . ?d :p ?b . ?e :p ?b } } LIMIT 10`,
		`SELECT * { ?a :p ?b OPTIONAL { ?c :p ?b . ?d :p ?b . ?e :p ?b FILTER(?a != ?e) } } LIMIT 10`,
		`SELECT * { ?a :p ?b OPTIONAL { ?c :p ?d . ?e :p ?f } } LIMIT 10`,
		`SELECT * { { ?a :p ?b } UNION { ?a :p ?b . ?c :p ?d . ?e :p ?f } } LIMIT 10`,
	} {
		if err := drain(e, q, QueryOptions{}); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestUpdateIsAtomic(t *testing.T) {
	e := open(t, Options{}, `:a :p 1`)
	_, err := e.Update(context.Background(), prefix+`INSERT DATA { :b :p 2 } ; DELETE DATA { :a :p 1 } ; DROP GRAPH :none`, UpdateOptions{})
	if !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("err = %v", err)
	}
	if got := rows(t, e, `SELECT ?x { ?x :p ?v }`, QueryOptions{}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after a failed request: %q", got)
	}
	c := apply(t, e, `INSERT DATA { :b :p 2 } ; DELETE { ?x :p ?v } INSERT { ?x :was ?v } WHERE { ?x :p ?v } ; DROP SILENT GRAPH :none`)
	if c.Inserted != 3 || c.Deleted != 2 {
		t.Errorf("changes: %+v", c)
	}
	if got := rows(t, e, `SELECT ?x ?v { ?x :was ?v }`, QueryOptions{}); !slices.Equal(got, []string{"a 1", "b 2"}) {
		t.Errorf("an operation did not see the former: %q", got)
	}
}

func TestUpdateBlankNodes(t *testing.T) {
	e := open(t, Options{}, `:a :p 1 . :b :p 2`)
	apply(t, e, `INSERT DATA { _:x :q 1 }`)
	apply(t, e, `INSERT DATA { _:x :q 1 }`)
	apply(t, e, `INSERT { _:n :of ?x ; :val ?v } WHERE { ?x :p ?v }`)
	for query, want := range map[string]string{
		`SELECT (COUNT(*) AS ?n) { ?b :q 1 }`:             "2",
		`SELECT (COUNT(*) AS ?n) { ?b :of ?x ; :val ?v }`: "2",
	} {
		if got := rows(t, e, query, QueryOptions{}); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", query, got)
		}
	}
}

func TestUpdateGraphs(t *testing.T) {
	const data = `:d :p 0 GRAPH :g1 { :a :p 1 } GRAPH :g2 { :b :p 2 }`
	for _, test := range []struct {
		request string
		want    []string
	}{
		{`COPY :g1 TO :g2`, []string{"g1 a", "g2 a"}},
		{`MOVE :g1 TO :g2`, []string{"g2 a"}},
		{`ADD :g1 TO :g2`, []string{"g1 a", "g2 a", "g2 b"}},
		{`ADD DEFAULT TO :g3`, []string{"g1 a", "g2 b", "g3 d"}},
		{`MOVE :g1 TO :g1`, []string{"g1 a", "g2 b"}},
		{`CLEAR GRAPH :g1`, []string{"g2 b"}},
		{`DROP NAMED`, []string{}},
		{`COPY SILENT :none TO :g2`, []string{"g1 a", "g2 b"}},
		{`WITH :g1 DELETE { ?x :p ?v } INSERT { ?x :p 9 } WHERE { ?x :p ?v }`, []string{"g1 a", "g2 b"}},
		{`WITH :g1 INSERT { ?x :p ?v } USING :g2 WHERE { ?x :p ?v }`, []string{"g1 a", "g1 b", "g2 b"}},
		{`INSERT { GRAPH :g1 { ?x :p ?v } } USING NAMED :g2 WHERE { GRAPH ?g { ?x :p ?v } }`, []string{"g1 a", "g1 b", "g2 b"}},
		{`DELETE WHERE { GRAPH ?g { ?x :p 2 } }`, []string{"g1 a"}},
		{`INSERT { GRAPH ?v { ?x :p 1 } ?x ?v 1 . ?v :p ?x } WHERE { ?x :p ?v }`, []string{"g1 a", "g2 b"}},
	} {
		e := open(t, Options{}, data)
		apply(t, e, test.request)
		if got := rows(t, e, `SELECT ?g ?x { GRAPH ?g { ?x :p ?v } }`, QueryOptions{}); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.request, got, test.want)
		}
	}
}

func TestUsingParametersExcludeUsing(t *testing.T) {
	e := open(t, Options{}, `GRAPH :g1 { :a :p 1 }`)
	opts := UpdateOptions{Using: algebra.Dataset{Explicit: true, Default: []rdf.IRI{"http://x/g1"}}}
	if _, err := e.Update(context.Background(), prefix+`WITH :g1 DELETE { ?x :p ?v } WHERE { ?x :p ?v }`, opts); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("err = %v", err)
	}
	if _, err := e.Update(context.Background(), prefix+`INSERT { ?x :p ?v } WHERE { ?x :p ?v }`, opts); err != nil {
		t.Error(err)
	}
	if got := rows(t, e, `SELECT ?x { ?x :p ?v }`, QueryOptions{}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("%q", got)
	}
}

// document is a loader of one document, which may break off.
type document struct {
	quads []rdf.Quad
	err   error
}

func (d document) Load(context.Context, rdf.IRI) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range d.quads {
			if !yield(q, nil) {
				return
			}
		}
		if d.err != nil {
			yield(rdf.Quad{}, d.err)
		}
	}
}

func TestLoad(t *testing.T) {
	quad := rdf.Quad{Subject: rdf.BlankNode("b"), Predicate: rdf.IRI("http://x/p"), Object: rdf.BlankNode("b")}
	e := open(t, Options{Loader: document{quads: []rdf.Quad{quad}}}, "")
	apply(t, e, `LOAD <http://x/doc> INTO GRAPH :g ; LOAD <http://x/doc> INTO GRAPH :g`)
	if got := rows(t, e, `SELECT (COUNT(*) AS ?n) { GRAPH :g { ?x :p ?x } }`, QueryOptions{}); !slices.Equal(got, []string{"2"}) {
		t.Errorf("blank nodes of two loads: %q", got)
	}
	e = open(t, Options{Loader: document{quads: []rdf.Quad{quad}, err: errors.New("broke off")}}, "")
	apply(t, e, `LOAD SILENT <http://x/doc> ; INSERT DATA { :a :p :a }`)
	if got := rows(t, e, `SELECT (COUNT(*) AS ?n) { ?x :p ?y }`, QueryOptions{}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("a silent LOAD left something behind: %q", got)
	}
	if _, err := e.Update(context.Background(), `LOAD <http://x/doc>`, UpdateOptions{}); err == nil {
		t.Error("a LOAD that broke off succeeded")
	}
	if _, err := open(t, Options{}, "").Update(context.Background(), `LOAD <http://x/doc>`, UpdateOptions{}); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("LOAD is on: %v", err)
	}
}

func graphOf(t *testing.T, e *Engine, query string) []string {
	t.Helper()
	r, err := e.Query(context.Background(), prefix+query, QueryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := []string{}
	for q, err := range r.Quads() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ReplaceAll(q.String(), "http://x/", ""))
	}
	slices.Sort(out)
	return out
}

func TestConstruct(t *testing.T) {
	e := open(t, Options{}, `:a :p 1 . :b :p 1 . :b :q :c`)
	for query, want := range map[string][]string{
		`CONSTRUCT { ?v :of ?x . :all :has ?v . ?x :q2 ?c } WHERE { ?x :p ?v OPTIONAL { ?x :q ?c } }`: {`<all> <has> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .`, `<b> <q2> <c> .`},
		`CONSTRUCT WHERE { ?x :q ?y }`: {`<b> <q> <c> .`},
	} {
		if got := graphOf(t, e, query); !slices.Equal(got, want) {
			t.Errorf("%s: %q", query, got)
		}
	}
	if got := graphOf(t, e, `CONSTRUCT { _:n :of ?x ; :and ?x } WHERE { ?x :p ?v }`); len(got) != 4 {
		t.Errorf("blank nodes of a template: %q", got)
	}
}

func TestDescribe(t *testing.T) {
	e := open(t, Options{}, `:a :p _:n , :b . _:n :q _:m . _:m :q _:n . :b :p 1 . _:r <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> <<( :a :p :b )>> ; :source :s`)
	got := graphOf(t, e, `DESCRIBE :a`)
	if len(got) != 6 {
		t.Errorf("DESCRIBE :a: %q", got)
	}
	if got := graphOf(t, e, `DESCRIBE ?x { ?x :p 1 }`); !slices.Equal(got, []string{`<b> <p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .`}) {
		t.Errorf("DESCRIBE ?x: %q", got)
	}
}

// remote answers SERVICE by another engine and remembers what it was asked.
type remote struct {
	e     *Engine
	asked *[]string
	err   error
}

func (s remote) Query(ctx context.Context, _ rdf.IRI, query string) (exec.Solutions, error) {
	*s.asked = append(*s.asked, query)
	if s.err != nil {
		return nil, s.err
	}
	r, err := s.e.Query(ctx, query, QueryOptions{})
	return remoteRows{r}, err
}

type remoteRows struct{ *Result }

func (r remoteRows) Vars() []algebra.Var { return r.Result.Vars }

func TestService(t *testing.T) {
	var asked []string
	there := open(t, Options{}, `:a :name "A" . :b :name "B" . :z :name "Z"`)
	here := open(t, Options{Service: remote{e: there, asked: &asked}}, `:a :p 1 . :b :p 2 . _:n :p 3`)
	got := rows(t, here, `SELECT ?x ?n { ?x :p ?v SERVICE <http://there/> { ?x :name ?n } }`, QueryOptions{})
	if !slices.Equal(got, []string{"a A", "b B"}) {
		t.Errorf("%q", got)
	}
	for _, q := range asked {
		if strings.Contains(q, "_:") {
			t.Errorf("a blank node was sent: %s", q)
		}
	}
	got = rows(t, here, `SELECT ?v ?n { ?x :p ?v FILTER(isIRI(?x)) OPTIONAL { SERVICE <http://there/> { ?x :name ?n } } }`, QueryOptions{})
	if !slices.Equal(got, []string{"1 A", "2 B"}) {
		t.Errorf("in OPTIONAL: %q", got)
	}
	broken := open(t, Options{Service: remote{asked: &asked, err: errors.New("down")}}, `:a :p 1`)
	if got := rows(t, broken, `SELECT ?v ?n { ?x :p ?v SERVICE SILENT <http://there/> { ?x :name ?n } }`, QueryOptions{}); !slices.Equal(got, []string{"1 -"}) {
		t.Errorf("a silent failure: %q", got)
	}
	if err := drain(broken, `SELECT * { ?x :none ?v SERVICE <http://there/> { ?x :name ?n } }`, QueryOptions{}); err != nil {
		t.Logf("asked although nothing is to be joined: %v", err)
	}
	if err := drain(broken, `SELECT * { ?x :p ?v SERVICE <http://there/> { ?x :name ?n } }`, QueryOptions{}); err == nil {
		t.Error("a failure passed for an answer")
	}
	if err := drain(open(t, Options{}, ""), `SELECT * { SERVICE <http://there/> { ?x :name ?n } }`, QueryOptions{}); !errors.Is(err, graph.ErrBadRequest) {
		t.Errorf("SERVICE is on: %v", err)
	}
}

func TestExplain(t *testing.T) {
	e := open(t, Options{}, `:a :p 1 . :b :p 2`)
	x, err := e.Explain(context.Background(), prefix+`SELECT ?x { ?x :p ?v FILTER(?v > 1) }`, QueryOptions{}, true)
	if err != nil {
		t.Fatal(err)
	}
	text := x.String()
	for _, want := range []string{"(filter (> ?v 1)", "Scan posg", "2 rows", "1 rows", "PushFilterIntoJoin"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestSnapshotsAreClosed runs queries that fail in every way.
func TestSnapshotsAreClosed(t *testing.T) {
	g := &countingGraph{Graph: memgraph.New(rdf.Quad{Subject: rdf.IRI("http://x/a"), Predicate: rdf.IRI("http://x/p"), Object: rdf.NewTyped("1", rdf.XSDInteger)})}
	e := New(g, Options{})
	for _, q := range []string{`SELECT * { ?x :p ?v }`, `SELECT * {`, `ASK { ?x :p ?v }`, `SELECT * { SERVICE <http://x/> { ?x :p ?v } }`, `CONSTRUCT WHERE { ?x :p ?v }`, `DESCRIBE :a`} {
		drain(e, q, QueryOptions{})
		drain(e, q, QueryOptions{MaxMemory: 1})
	}
	if g.open != 0 {
		t.Errorf("%d snapshots are open", g.open)
	}
}

type countingGraph struct {
	graph.Graph
	open int
}

func (g *countingGraph) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	s, err := g.Graph.Snapshot(ctx)
	if err == nil {
		g.open++
	}
	return &countingSnapshot{s, g}, err
}

type countingSnapshot struct {
	graph.Snapshot
	g *countingGraph
}

func (s *countingSnapshot) Close() error { s.g.open--; return s.Snapshot.Close() }
