package sparqltest

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley/cayleytest"
	"github.com/belligraph/belligraph/queries"
)

const threePatterns = `PREFIX : <https://example.org/>
SELECT ?fighter ?battle { ?fighter :memberOf ?group . ?group :foughtIn ?battle . ?battle :place <https://example.org/place/3> }`

// TestJoinPushedDown compares a join of three patterns as one statement with the
// same join by a statement per pattern or batch of rows, and with Cayley's
// iterators, than which it must be 20 times faster. BELLIGRAPH_LONG=1 does the
// former over 1,000,000 quads.
func TestJoinPushedDown(t *testing.T) {
	p := cayleytest.OpenPostgres(t)
	for _, tc := range []struct {
		quads    int
		iterated bool // by Cayley too, which takes some statements per row
		times    float64
		long     bool
	}{
		{quads: 2000, iterated: true},
		{quads: 40_000, times: 2},
		{quads: 1_000_000, times: 20, long: true},
	} {
		t.Run(fmt.Sprint(tc.quads), func(t *testing.T) {
			if tc.long && os.Getenv("BELLIGRAPH_LONG") == "" {
				t.Skip("set BELLIGRAPH_LONG=1 to fill a large database")
			}
			direct, iterated := p.Pair(t, func(db *sql.DB) { cayleytest.FillFighters(t, db, tc.quads) })
			answerJoin(t, direct)
			answerJoin(t, direct, "PushJoin") // both have learnt the terms
			joined, fast, x := answerJoin(t, direct)
			for range 5 { // the machine may be busy
				_, took, _ := answerJoin(t, direct)
				fast = min(fast, took)
			}
			apart, slow, _ := answerJoin(t, direct, "PushJoin")
			if joined != apart {
				t.Errorf("answers differ:\njoined %.300s\napart  %.300s", joined, apart)
			}
			if !strings.Contains(x.String(), "GraphJoin") {
				t.Errorf("the join was not pushed down:\n%s", x)
			}
			t.Logf("%s: one statement %s, a statement per pattern or row %s", strings.SplitN(joined, " ", 2)[0], fast, slow)
			if float64(slow) < tc.times*float64(fast) {
				t.Errorf("one statement takes %s, pattern by pattern %s; want %v times less", fast, slow, tc.times)
			}
			if tc.iterated {
				before, slow, _ := answerJoin(t, iterated)
				if before != joined {
					t.Errorf("answers differ:\njoined  %.300s\nby Cayley %.300s", joined, before)
				}
				t.Logf("Cayley's iterators %s", slow)
				if slow < 20*fast {
					t.Errorf("one statement takes %s, Cayley's iterators %s; want 20 times less", fast, slow)
				}
			}
		})
	}
}

// answerJoin runs threePatterns.
func answerJoin(t *testing.T, g graph.Graph, disabled ...string) (answers string, took time.Duration, x *queries.Explanation) {
	t.Helper()
	start := time.Now()
	r, err := queries.New(g, queries.Options{DisabledRules: disabled}).Query(t.Context(), threePatterns, queries.QueryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows := make(map[string]bool)
	for row, err := range r.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows[fmt.Sprint(row)] = true
	}
	return fmt.Sprint(len(rows), " rows: ", rows), time.Since(start), r.Profile()
}
