package question

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/claim/claimtest"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/queries"
)

func service(t testing.TB, ex *claim.Extraction) *Service {
	t.Helper()
	g := memgraph.New(claim.Encode(ex, claim.EncodeOptions{})...)
	t.Cleanup(func() { g.Close() })
	return NewService(load(t), On(queries.New(g, queries.Options{}), g, queries.QueryOptions{}))
}

func goldSeed(t testing.TB) *claim.Extraction {
	t.Helper()
	ex, err := claimtest.Extraction()
	if err != nil {
		t.Fatal(err)
	}
	return ex
}

func TestExamples(t *testing.T) {
	s := service(t, goldSeed(t))
	for _, q := range s.Questions() {
		for _, e := range q.Examples {
			start := time.Now()
			a, err := s.Ask(context.Background(), e)
			if err != nil {
				t.Errorf("%s: %v", e, err)
				continue
			}
			if a.Question != q.Name {
				t.Errorf("%s: taken as %s", e, a.Question)
			}
			t.Logf("%s (%s, %d rows, %s)\n%s\n", e, a.Question, len(a.Rows), time.Since(start).Round(time.Millisecond), strings.ReplaceAll(a.Text, ". ", ".\n"))
		}
	}
}
