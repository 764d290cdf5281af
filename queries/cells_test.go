package queries

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/queries/results"
)

// TestWriteRows compares what WriteRows writes with the rows written term by
// term: terms of all kinds, repeated, unbound and computed, in few rows and in
// several batches.
func TestWriteRows(t *testing.T) {
	disk, err := store.Open(filepath.Join(t.TempDir(), "s.bg"), store.Options{})
	require.NoError(t, err)
	defer disk.Close()
	var data strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&data, ":s%d :label \"label %d\"@en ; :class :c%d ; :n %d ; :d \"200%d-01-02\"^^xsd:date ; :u \"x%d\"^^:type .\n", i, i*7919%3000, i%5, i%40, i%10, i%7)
	}
	data.WriteString(`_:b :label "with \"quotes\", commas\tand\nlines" . :s1 :label "مرحبا"@ar--rtl . :s2 :says <<( :a :b "c" )>> . :s3 :n 1.5, 2e0, true .`)
	for name, g := range map[string]graph.Graph{"memory": memgraph.New(), "disk": disk} {
		e := New(g, Options{Prefixes: map[string]string{"xsd": "http://www.w3.org/2001/XMLSchema#"}})
		apply(t, e, "INSERT DATA { "+data.String()+" }")
		for _, query := range []string{
			"SELECT * { ?s ?p ?o }",
			"SELECT ?o ?nothing ?s { ?s :class ?o }",
			"SELECT ?s ?l ?x { ?s :label ?l OPTIONAL { ?s :says ?x } }",
			"SELECT ?s ?y { ?s :n ?n BIND(CONCAT(\"<\", STR(?n + 1), \">\") AS ?y) }",
			"SELECT ?p ?o { :s3 ?p ?o }",
			"SELECT * { }",
		} {
			for _, f := range results.Formats() {
				t.Run(fmt.Sprintf("%s/%s/%s", name, f, query), func(t *testing.T) {
					write := func(run func(*Result, results.Writer) error) string {
						r, err := e.Query(context.Background(), prefix+query, QueryOptions{})
						require.NoError(t, err)
						defer r.Close()
						var b bytes.Buffer
						w, err := results.NewWriter(&b, f, r.Vars)
						require.NoError(t, err)
						require.NoError(t, run(r, w))
						require.NoError(t, w.Close())
						return b.String()
					}
					want := write(func(r *Result, w results.Writer) error {
						for row, err := range r.Rows() {
							if err != nil {
								return err
							}
							if err := w.WriteRow(row); err != nil {
								return err
							}
						}
						return nil
					})
					require.Equal(t, want, write((*Result).WriteRows))
				})
			}
		}
	}
}

// TestConstructOnce makes triples that come again in each of the ways in which
// they can: by ids, by terms, and as triple terms made and found.
func TestConstructOnce(t *testing.T) {
	e := open(t, Options{}, `:a :p "x"@en, "x"@EN, 1, 01 ; :q :b . :b :p 1 ; :q :a . :r :reifies <<( :a :p 1 )>> . GRAPH :g1 { :a :g 1 } GRAPH :g2 { :a :g 1 }`)
	for query, want := range map[string]int{
		`CONSTRUCT { ?s :p ?o } { ?s :p ?o }`:                                                                     4, // tags differ in case only
		`CONSTRUCT { :x :y ?o } { ?s :p ?o }`:                                                                     3,
		`CONSTRUCT { :x :y :z . :x :y "l"@en . :x :y "l"@EN } { ?s :p ?o }`:                                       2,
		`CONSTRUCT { ?s :y ?s . ?t :y ?t } { ?s :q ?t }`:                                                          2,
		`CONSTRUCT { [] :y ?o } { ?s :p ?o FILTER(ISNUMERIC(?o)) }`:                                               3,
		`CONSTRUCT { _:n :y ?o . _:n :y ?o } { ?s :q ?o }`:                                                        2,
		`CONSTRUCT { :x :y ?t . :x :y <<( ?s ?p ?o )>> } { ?r :reifies ?t . ?s ?p ?o FILTER(?s = :a && ?o = 1) }`: 2,
		`CONSTRUCT { ?s :y ?missing . ?s :y ?o } { ?s :q ?o }`:                                                    2,
		`CONSTRUCT { ?o :y ?s } { ?s :q ?o }`:                                                                     2,
		`CONSTRUCT { ?s :y ?s } { ?s :p ?o }`:                                                                     2,
		`CONSTRUCT { ?s :y ?n } { GRAPH ?g { ?s :g ?n } }`:                                                        1, // in two graphs
		`CONSTRUCT { ?s :y ?n } FROM :g1 FROM :g2 { ?s :g ?n }`:                                                   1,
		`CONSTRUCT { ?s :y :z } { ?s :p [] }`:                                                                     2,
		`CONSTRUCT { ?o :y :z } { ?s :p ?o }`:                                                                     0, // no literal is a subject
	} {
		t.Run(query, func(t *testing.T) {
			r, err := e.Query(context.Background(), prefix+query, QueryOptions{})
			require.NoError(t, err)
			defer r.Close()
			var quads []string
			for q, err := range r.Quads() {
				require.NoError(t, err)
				quads = append(quads, q.String())
			}
			require.Len(t, quads, want, strings.Join(quads, "\n"))
		})
	}
}
