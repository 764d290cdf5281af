package queries

import (
	"fmt"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/exec"
)

// TestProgress looks on while queries run.
func TestProgress(t *testing.T) {
	g := memgraph.New()
	const rows = 20_000
	err := g.Update(t.Context(), func(tx graph.Tx) error {
		for i := range rows {
			if _, err := tx.Insert(rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://example.org/", i)), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.NewTyped(fmt.Sprint(i*7919%rows), rdf.XSDInteger)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, query string
		least       exec.ProgressReport
	}{
		{"scan", "SELECT * { ?s ?p ?o }", exec.ProgressReport{RowsRead: 1, RowsMade: 1}},
		{"sort", "SELECT * { ?s ?p ?o } ORDER BY ?o", exec.ProgressReport{RowsRead: rows - 256, RowsMade: 1, Memory: rows * 8, PeakMemory: rows * 8}},
		{"group", "SELECT ?e (COUNT(*) AS ?n) { ?s ?p ?o . ?s ?q ?o } GROUP BY (?o + 1 AS ?e)", exec.ProgressReport{RowsRead: rows, RowsMade: 1, PeakMemory: rows * 8}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var p exec.Progress
			if r := p.Report(); r != (exec.ProgressReport{}) {
				t.Fatalf("before the query: %+v", r)
			}
			res, err := New(g, Options{}).Query(exec.WithProgress(t.Context(), &p), tc.query, QueryOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			if _, ok, err := res.Next(); !ok || err != nil {
				t.Fatal(ok, err)
			}
			r := p.Report()
			if r.RowsRead < tc.least.RowsRead || r.RowsMade < tc.least.RowsMade || r.RowsMade > rows || r.Memory < tc.least.Memory || r.PeakMemory < tc.least.PeakMemory {
				t.Errorf("after the first row: %+v, want at least %+v", r, tc.least)
			}
		})
	}
}
