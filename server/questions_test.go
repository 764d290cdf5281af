package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestQuestionsOverHTTP asks every question by name and each of its examples in
// English. The golden answers are those of package question; here each must
// come with rows, words of the source and the query that was run.
func TestQuestionsOverHTTP(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	var list struct {
		Questions []struct {
			Name     string
			URL      string
			Examples []string
		}
	}
	status, body := get(t, h, "/questions", "application/json")
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v: %.300s", status, err, body)
	}
	if len(list.Questions) < 11 {
		t.Fatalf("only %d questions", len(list.Questions))
	}
	for _, q := range list.Questions {
		paths := []string{q.URL}
		for _, example := range q.Examples {
			paths = append(paths, "/ask?q="+url.QueryEscape(example))
		}
		for _, path := range paths {
			status, body := get(t, h, path, "application/json")
			var answer struct {
				Question, Text, SPARQL string
				Rows                   []map[string]any
				Evidence               []struct{ Quote string }
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
				t.Errorf("GET %s: status %d, %v: %.300s", path, status, err, body)
				continue
			}
			if answer.Question == "" || answer.Text == "" || !strings.Contains(answer.SPARQL, "SELECT") || len(answer.Rows) == 0 {
				t.Errorf("GET %s: incomplete: %.600s", path, body)
			}
			words := 0
			for _, e := range answer.Evidence {
				if e.Quote != "" {
					words++
				}
			}
			if words == 0 {
				t.Errorf("GET %s: no words of the source: %.600s", path, body)
			}
		}
	}
}
