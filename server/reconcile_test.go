package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestReconcile goes through the service as OpenRefine does: the manifest, a
// batch as a form, a search for entities and a preview; then as the 1.0 draft
// has it. Keys are those of the published examples of the API.
func TestReconcile(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	decode := func(body string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(body), into); err != nil {
			t.Fatalf("%v: %.300s", err, body)
		}
	}
	post := func(path, kind, body string) string {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", "http://127.0.0.1:3333")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("POST %s: %d %v: %.300s", path, w.Code, w.Header(), w.Body)
		}
		return w.Body.String()
	}
	var manifest struct {
		Versions                           []string
		Name, IdentifierSpace, SchemaSpace string
		DefaultTypes                       []struct{ ID, Name string }
		View, Preview                      struct{ URL string }
		Suggest                            struct {
			Entity struct {
				URL  string `json:"service_url"`
				Path string `json:"service_path"`
			}
		}
	}
	_, body := get(t, h, "/reconcile", "application/json")
	decode(body, &manifest)
	if len(manifest.Versions) == 0 || manifest.Name == "" || manifest.IdentifierSpace == "" || manifest.SchemaSpace == "" ||
		!strings.Contains(manifest.View.URL, "{{id}}") || !strings.Contains(manifest.Preview.URL, "{{id}}") || len(manifest.DefaultTypes) == 0 {
		t.Errorf("the manifest lacks something: %s", body)
	}
	type candidate struct {
		ID, Name string
		Score    float64
		Match    bool
		Type     []struct{ ID, Name string }
	}
	var answer map[string]struct{ Result []candidate }
	batch := `{"q0":{"query":"Tin Zaouatine","type":"Place","limit":3},"q1":{"query":"Ansar Dine"},"q2":{"query":"Ansar Eddine","type":["ArmedGroup"]},"q3":{"query":"no such name"}}`
	decode(post("/reconcile", "application/x-www-form-urlencoded", url.Values{"queries": {batch}}.Encode()), &answer)
	for id, want := range map[string]string{"q0": "Tinzaouaten", "q1": "Ansar Dine", "q2": "Ansar Dine"} {
		if r := answer[id].Result; len(r) == 0 || r[0].Name != want || r[0].Score <= 80 || len(r[0].Type) == 0 {
			t.Errorf("%s: %+v, want %s first", id, r, want)
		}
	}
	if r := answer["q1"].Result; len(r) == 0 || !r[0].Match {
		t.Errorf("the very name is no match: %+v", r)
	}
	if r, ok := answer["q3"]; !ok || len(r.Result) != 0 {
		t.Errorf("an unknown name: %+v", r)
	}
	var suggested struct{ Result []struct{ ID, Name string } }
	_, body = get(t, h, manifest.Suggest.Entity.Path+"?prefix=tinz", "application/json")
	decode(body, &suggested)
	if len(suggested.Result) == 0 || suggested.Result[0].Name != "Tinzaouaten" {
		t.Errorf("suggested: %s", body)
	}
	if status, page := get(t, h, "/reconcile/preview?id="+url.QueryEscape(answer["q1"].Result[0].ID), "text/html"); status != http.StatusOK || !strings.Contains(page, "Ansar Dine") {
		t.Errorf("the preview: %d %s", status, page)
	}
	var matched struct {
		Results []struct{ Candidates []candidate }
	}
	decode(post("/reconcile/match", "application/json", `{"queries":[{"type":"ArmedGroup","conditions":[{"matchType":"name","propertyValue":"MNLA"}]}]}`), &matched)
	if len(matched.Results) != 1 || len(matched.Results[0].Candidates) == 0 || matched.Results[0].Candidates[0].Name != "MNLA" {
		t.Errorf("%+v", matched)
	}
}
