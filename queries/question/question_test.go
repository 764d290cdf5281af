package question

import (
	"testing"

	"github.com/belligraph/belligraph/data/questions"
)

func load(t testing.TB) []*Question {
	t.Helper()
	qs, err := Load(questions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return qs
}

func TestLoad(t *testing.T) {
	qs := load(t)
	if len(qs) < 11 {
		t.Errorf("%d questions", len(qs))
	}
	for _, q := range qs {
		if len(q.patterns) == 0 || len(q.Examples) == 0 || q.Description == "" {
			t.Errorf("%s lacks patterns, examples or a description", q.Name)
		}
	}
}
