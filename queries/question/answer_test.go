package question

import (
	"context"
	"encoding/json"
	"testing"
)

func TestAnswerJSON(t *testing.T) {
	s := service(t, extracted(t))
	a, err := s.Ask(context.Background(), "How many Malian soldiers were wounded?")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Asked, Question, Title, Text, SPARQL string
		Parameters                           map[string]struct {
			Label string
			IRIs  []string
		}
		Rows     []map[string]any
		Evidence []Evidence
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Question != "losses" || got.Asked == "" || got.Text == "" || got.SPARQL == "" || got.Parameters["metric"].Label != "wounded" {
		t.Errorf("got %s", b)
	}
	if len(got.Rows) != 2 || got.Rows[0]["min"] != 2.0 || got.Rows[1]["quote"] != "5 were wounded" || len(got.Evidence) != 2 {
		t.Errorf("rows %v, evidence %v", got.Rows, got.Evidence)
	}
}
