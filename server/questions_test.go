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
	// The sample alone has no answer to these; their own tests have sources that do.
	unanswered := map[string]bool{"turned-allies": true, "rows-of-battle": true, "releases": true, "revision-changes": true}
	// These rest on claims of an infobox, or on links, as a whole.
	wordless := map[string]bool{"bridges": true, "lineage": true}
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
			if answer.Question == "" || answer.Text == "" || !strings.Contains(answer.SPARQL, "SELECT") || len(answer.Rows) == 0 && !unanswered[q.Name] {
				t.Errorf("GET %s: incomplete: %.600s", path, body)
			}
			words := 0
			for _, e := range answer.Evidence {
				if e.Quote != "" {
					words++
				}
			}
			if words == 0 && !unanswered[q.Name] && !wordless[q.Name] {
				t.Errorf("GET %s: no words of the source: %.600s", path, body)
			}
		}
	}
}

// TestWithoutOverHTTP asks what changes without a source, in each form.
func TestWithoutOverHTTP(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	path := "/questions/who-held?date=2012-03-21&without=" + url.QueryEscape("Ansar Dine")
	status, body := get(t, h, path, "application/json")
	var change struct {
		Source        struct{ Label string }
		Claims        int
		With, Without struct{ Text string }
		Gone, New     []string
	}
	if err := json.Unmarshal([]byte(body), &change); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v: %.300s", status, err, body)
	}
	if change.Source.Label != "Ansar Dine" || change.Claims != 1 || len(change.Gone) != 2 || len(change.New) != 0 ||
		!strings.Contains(change.With.Text, "disputed") || strings.Contains(change.Without.Text, "disputed") {
		t.Errorf("%+v", change)
	}
	if _, page := get(t, h, path, "text/html"); !strings.Contains(page, "Without Ansar Dine") || !strings.Contains(page, "<del>Ansar Dine claimed to hold") {
		t.Errorf("the page: %.2000s", page)
	}
	if _, text := get(t, h, path, "text/plain"); !strings.Contains(text, "\n- Ansar Dine claimed to hold Tinzaouaten") {
		t.Errorf("the text: %s", text)
	}
	if status, body := get(t, h, "/questions/who-held?without=Nobody", "application/json"); status != http.StatusBadRequest || !strings.Contains(body, "Nobody") {
		t.Errorf("an unknown source: %d %s", status, body)
	}
	if _, page := get(t, h, "/ask?q="+url.QueryEscape("Who claimed control of Tinzaouaten?"), "text/html"); !strings.Contains(page, "&amp;without=https%3a%2f%2fbelligraph.org%2fid%2factor%2fansar-dine") &&
		!strings.Contains(page, "&amp;without=https%3A%2F%2Fbelligraph.org%2Fid%2Factor%2Fansar-dine") {
		t.Errorf("the page offers no source to leave out: %.3000s", page)
	}
}
