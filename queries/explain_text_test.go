package queries

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/store"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"(bgp (triple ?s ?p ?o))", "(bgp (triple ?s ?p ?o))"},
		{`(filter (= ?a "x ) ( \\\" <") (bgp (triple ?a <http://example.org/a-long-predicate> ?b) (triple ?b <http://example.org/a-long-predicate> ?c)))`,
			`(filter
  (= ?a "x ) ( \\\" <")
  (bgp
    (triple ?a <http://example.org/a-long-predicate> ?b)
    (triple ?b <http://example.org/a-long-predicate> ?c)))`},
		{"?x", "?x"},
		{"", ""},
		{"(a (b", "(a (b"},
	} {
		require.Equal(t, c.want, layout(c.in))
		require.Equal(t, strings.Fields(c.in), strings.Fields(layout(c.in)), "nothing is lost")
	}
}

// Every word of a plan is explained.
func TestExplainWords(t *testing.T) {
	g := memgraph.New()
	for _, s := range []string{"a", "b", "c"} {
		for _, p := range []string{"p", "q"} {
			for _, o := range []string{"a", "b", "d"} {
				require.NoError(t, g.Update(t.Context(), func(tx graph.Tx) error {
					_, err := tx.Insert(rdf.Quad{Subject: rdf.IRI("http://x/" + s), Predicate: rdf.IRI("http://x/" + p), Object: rdf.IRI("http://x/" + o)})
					return err
				}))
			}
		}
	}
	e := New(g, Options{})
	for _, q := range []string{
		"SELECT * { ?a :p ?b . ?b :q ?c . ?c :p ?d }",
		"SELECT * { ?a :p ?b OPTIONAL { ?b :q ?c } OPTIONAL { ?b :q ?d FILTER(?d != ?a) } }",
		"SELECT * { ?a :p ?b MINUS { ?b :q ?c } FILTER EXISTS { ?b :p ?d } FILTER NOT EXISTS { ?b :p+ :d } }",
		"SELECT * { { ?a :p ?b } UNION { ?c :q ?d } ?e :q/:p ?f }",
		"SELECT * { { SELECT ?a (COUNT(*) AS ?n) { ?a :p* ?b } GROUP BY ?a } { SELECT DISTINCT ?c { ?c :q ?d } } }",
		"SELECT * { GRAPH ?g { ?a :p ?b } OPTIONAL { GRAPH ?g { {?a :q ?c} UNION {?c :q ?a} } } } ORDER BY ?a",
		"SELECT REDUCED ?a { VALUES (?a ?b) { (:a UNDEF) (UNDEF :b) } ?a :p ?b BIND(?a AS ?z) BIND(STR(?a) AS ?y) } ORDER BY ?a LIMIT 3",
		"SELECT * { ?a :p <<( ?x :p ?y )>> . <<( ?x :q ?y )>> ?p ?o } LIMIT 2 OFFSET 1",
		"SELECT * { { ?a :p ?b } MINUS { ?a :q ?b OPTIONAL { ?b :p ?c } } { ?c :p ?d OPTIONAL { ?d :q ?e } } }",
	} {
		x, err := e.Explain(t.Context(), "PREFIX : <http://x/> "+q, QueryOptions{}, false)
		require.NoError(t, err, q)
		text := x.String()
		_, words, ok := strings.Cut(text, "\nWhere\n")
		require.True(t, ok)
		for line := range strings.Lines(words) {
			if strings.TrimSpace(line) == "" {
				break
			}
			require.Greater(t, len(strings.Fields(line)), 3, "%s\n%s", q, text)
		}
	}
}

// TestExplainBytes: what reads the graph says how much, and each operator how much
// its rows take.
func TestExplainBytes(t *testing.T) {
	g, err := store.Open(filepath.Join(t.TempDir(), "g"), store.Options{})
	require.NoError(t, err)
	defer g.Close()
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "<http://x/%d> <http://x/p> <http://x/%d> .\n", i, i/2)
	}
	_, err = g.Load(t.Context(), []store.Source{{Name: "x.nt", Reader: strings.NewReader(text.String()), Format: rdfio.NTriples}}, store.LoadOptions{})
	require.NoError(t, err)
	x, err := New(g, Options{}).Explain(t.Context(), `SELECT ?a ?c { ?a <http://x/p> ?b . ?b <http://x/p> ?c }`, QueryOptions{}, true)
	require.NoError(t, err)
	reads := int64(0)
	var walk func(s *Step)
	walk = func(s *Step) {
		require.Positive(t, s.Rows, s.Operator)
		require.Zero(t, s.Bytes%(8*s.Rows), s.Operator)
		require.Positive(t, s.Bytes, s.Operator)
		if strings.HasPrefix(s.Operator, "Scan") || strings.HasPrefix(s.Operator, "IndexJoin") {
			require.Positive(t, s.Seeks, s.Operator)
			require.Positive(t, s.BytesRead, s.Operator)
		}
		reads += s.BytesRead
		for _, in := range s.Inputs {
			walk(in)
		}
	}
	walk(x.Root)
	require.Positive(t, reads)
	require.Contains(t, x.String(), " read, ")
}
