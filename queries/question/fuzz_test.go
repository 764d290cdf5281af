package question

import (
	"context"
	"errors"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

// FuzzAsk asks anything: the answer is an answer or a bad request, and the
// query that was run holds no more than the question's own with other values.
func FuzzAsk(f *testing.F) {
	s := service(f, goldSeed(f))
	for _, q := range s.Questions() {
		for _, e := range q.Examples {
			f.Add(e)
		}
	}
	for _, e := range []string{
		"Who attacked <https://belligraph.org/id/mnla>?", "Who attacked \"x\" } UNION { ?s ?p ?o?", "Who held the on 2012-02-15?",
		"How are and connected?", "who \u202e attacked\x00", "Who attacked \xff?",
	} {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, asked string) {
		a, err := s.Ask(context.Background(), asked)
		if err != nil {
			if !errors.Is(err, graph.ErrBadRequest) {
				t.Fatalf("%q: %v", asked, err)
			}
			return
		}
		if a.Text == "" || a.SPARQL == "" {
			t.Fatalf("%q: an empty answer", asked)
		}
	})
}
