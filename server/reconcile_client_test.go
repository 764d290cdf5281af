package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// shape is what the schemas of the reconciliation API ask of an answer: keys
// that must be there, and the shape of the value of each key, required or not.
// "*" stands for every key or every element of a list.
type shape struct {
	kind     string // object, list, string, number, boolean; "" is anything
	required []string
	keys     map[string]*shape
	each     *shape // of the values of an object or the elements of a list
}

var (
	text, number, boolean = &shape{kind: "string"}, &shape{kind: "number"}, &shape{kind: "boolean"}
	named                 = &shape{kind: "object", required: []string{"id", "name"}, keys: map[string]*shape{"id": text, "name": text}}
	serviceShape          = &shape{kind: "object", required: []string{"service_url", "service_path"}, keys: map[string]*shape{"service_url": text, "service_path": text}}

	manifestShape = &shape{kind: "object", required: []string{"versions", "name", "identifierSpace", "schemaSpace"}, keys: map[string]*shape{
		"versions": {kind: "list", each: text}, "name": text, "identifierSpace": text, "schemaSpace": text,
		"defaultTypes": {kind: "list", each: named}, "batchSize": number,
		"view":    {kind: "object", required: []string{"url"}, keys: map[string]*shape{"url": text}},
		"preview": {kind: "object", required: []string{"url", "width", "height"}, keys: map[string]*shape{"url": text, "width": number, "height": number}},
		"suggest": {kind: "object", keys: map[string]*shape{"entity": serviceShape, "type": serviceShape, "property": serviceShape}},
		"extend": {kind: "object", required: []string{"propose_properties"}, keys: map[string]*shape{
			"propose_properties": serviceShape,
			"property_settings": {kind: "list", each: &shape{kind: "object", required: []string{"name", "label", "type", "default"}, keys: map[string]*shape{
				"name": text, "label": text, "type": text, "help_text": text, "default": number,
			}}},
		}},
	}}
	candidateShape = &shape{kind: "object", required: []string{"id", "name", "score"}, keys: map[string]*shape{
		"id": text, "name": text, "score": number, "match": boolean, "type": {kind: "list", each: named},
		"features": {kind: "list", each: &shape{kind: "object", required: []string{"id", "value"}, keys: map[string]*shape{"id": text, "value": number}}},
	}}
	batchShape = &shape{kind: "object", each: &shape{kind: "object", required: []string{"result"}, keys: map[string]*shape{
		"result": {kind: "list", each: candidateShape},
	}}}
	matchShape = &shape{kind: "object", required: []string{"results"}, keys: map[string]*shape{"results": {kind: "list", each: &shape{
		kind: "object", required: []string{"candidates"}, keys: map[string]*shape{"candidates": {kind: "list", each: candidateShape}},
	}}}}
	suggestShape = &shape{kind: "object", required: []string{"result"}, keys: map[string]*shape{"result": {kind: "list", each: named}}}
	proposeShape = &shape{kind: "object", required: []string{"properties"}, keys: map[string]*shape{"type": text, "limit": number, "properties": {kind: "list", each: named}}}
	valuesShape  = &shape{kind: "list", each: &shape{kind: "object", keys: map[string]*shape{
		"id": text, "name": text, "str": text, "int": number, "float": number, "date": text, "bool": boolean,
	}}}
	extendShape = &shape{kind: "object", required: []string{"meta", "rows"}, keys: map[string]*shape{
		"meta": {kind: "list", each: named}, "rows": {kind: "object", each: &shape{kind: "object", each: valuesShape}},
	}}
	extendDraftShape = &shape{kind: "object", required: []string{"meta", "rows"}, keys: map[string]*shape{
		"meta": {kind: "list", each: named}, "rows": {kind: "list", each: &shape{kind: "object", required: []string{"id", "properties"}, keys: map[string]*shape{
			"id": text, "properties": {kind: "list", each: &shape{kind: "object", required: []string{"id", "values"}, keys: map[string]*shape{"id": text, "values": valuesShape}}},
		}}},
	}}
)

// faults returns where a value does not have the shape.
func (s *shape) faults(at string, v any) []string {
	if s == nil {
		return nil
	}
	kind := map[bool]string{true: "boolean"}[false]
	switch v.(type) {
	case map[string]any:
		kind = "object"
	case []any:
		kind = "list"
	case string:
		kind = "string"
	case float64:
		kind = "number"
	case bool:
		kind = "boolean"
	}
	if kind != s.kind {
		return []string{fmt.Sprintf("%s is a %s, not a %s", at, kind, s.kind)}
	}
	var out []string
	if object, ok := v.(map[string]any); ok {
		for _, key := range s.required {
			if _, ok := object[key]; !ok {
				out = append(out, at+" lacks "+key)
			}
		}
		for key, value := range object {
			below, known := s.keys[key]
			if !known {
				below = s.each
			}
			if s.keys != nil && !known && s.each == nil && !slices.Contains([]string{"description", "notable", "broader"}, key) {
				out = append(out, at+" has an unknown key "+key)
			}
			out = append(out, below.faults(at+"."+key, value)...)
		}
	}
	if list, ok := v.([]any); ok {
		for i, value := range list {
			out = append(out, s.each.faults(fmt.Sprintf("%s[%d]", at, i), value)...)
		}
	}
	return out
}

// openRefine does what OpenRefine does with a service, and checks the shape of
// each answer.
type openRefine struct {
	t    *testing.T
	base string
}

func (o *openRefine) read(resp *http.Response, err error, s *shape, into any) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	var value any
	if err := json.NewDecoder(resp.Body).Decode(&value); err != nil || resp.StatusCode != http.StatusOK {
		o.t.Fatalf("%s: %s, %v, %v", resp.Request.URL, resp.Status, err, value)
	}
	if resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		o.t.Errorf("%s may not be read from elsewhere: %v", resp.Request.URL, resp.Header)
	}
	for _, fault := range s.faults("answer", value) {
		o.t.Errorf("%s: %s", resp.Request.URL, fault)
	}
	again, _ := json.Marshal(value)
	if err := json.Unmarshal(again, into); err != nil {
		o.t.Fatal(err)
	}
}

func (o *openRefine) get(path string, s *shape, into any) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.base+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Origin", "http://127.0.0.1:3333")
	resp, err := http.DefaultClient.Do(r)
	o.read(resp, err, s, into)
}

func (o *openRefine) post(path, kind, body string, s *shape, into any) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.base+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Origin", "http://127.0.0.1:3333")
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	o.read(resp, err, s, into)
}

type refineManifest struct {
	BatchSize int
	Suggest   map[string]struct {
		URL  string `json:"service_url"`
		Path string `json:"service_path"`
	}
	Extend struct {
		Propose struct {
			URL  string `json:"service_url"`
			Path string `json:"service_path"`
		} `json:"propose_properties"`
	}
}

// TestOpenRefine adds the service, guesses types from a column, reconciles it in
// batches, asks for suggestions, and adds columns from what was found.
func TestOpenRefine(t *testing.T) {
	srv := httptest.NewServer(newSample(t, Config{}).Handler())
	defer srv.Close()
	o := &openRefine{t, srv.URL}
	var m refineManifest
	o.get("/reconcile", manifestShape, &m)

	column := []string{"Tin Zaouatine", "Ansar Eddine", "MNLA", "Algeria", "nobody of this name"}
	queries := make(map[string]any)
	for i, name := range column {
		queries[fmt.Sprintf("q%d", i)] = map[string]any{"query": name, "limit": 3}
	}
	queries["q2"] = map[string]any{"query": "MNLA", "type": "ArmedGroup", "type_strict": "should",
		"properties": []any{map[string]any{"pid": "type", "v": "armed group"}}}
	form, _ := json.Marshal(queries)
	var found map[string]struct {
		Result []struct {
			ID, Name string
			Score    float64
			Features []struct {
				ID    string
				Value float64
			}
		}
	}
	o.post("/reconcile", "application/x-www-form-urlencoded", url.Values{"queries": {string(form)}}.Encode(), batchShape, &found)
	ids := make([]string, len(column))
	for i, want := range []string{"Tinzaouaten", "Ansar Dine", "MNLA", "Algeria", ""} {
		r := found[fmt.Sprintf("q%d", i)].Result
		if want == "" {
			if len(r) != 0 {
				t.Errorf("%s: %+v", column[i], r)
			}
			continue
		}
		if len(r) == 0 || r[0].Name != want {
			t.Fatalf("%s: %+v", column[i], r)
		}
		ids[i] = r[0].ID
	}
	if f := found["q2"].Result[0].Features; len(f) != 2 || f[1].ID != "type" || f[1].Value != 100 {
		t.Errorf("what the property adds: %+v", f)
	}

	var suggestions struct{ Result []struct{ ID, Name string } }
	for what, prefix := range map[string]string{"entity": "tinz", "type": "arm", "property": "wiki"} {
		service := m.Suggest[what]
		if service.URL != srv.URL {
			t.Errorf("suggest of %s is at %s, not %s", what, service.URL, srv.URL)
		}
		o.get(service.Path+"?prefix="+prefix, suggestShape, &suggestions)
		if len(suggestions.Result) == 0 {
			t.Errorf("nothing suggested for %s %s", what, prefix)
		}
	}

	var proposed struct{ Properties []struct{ ID string } }
	o.get(m.Extend.Propose.Path+"?type=Place&limit=20", proposeShape, &proposed)
	if !slices.ContainsFunc(proposed.Properties, func(p struct{ ID string }) bool { return p.ID == "within" }) ||
		slices.ContainsFunc(proposed.Properties, func(p struct{ ID string }) bool { return p.ID == "validFrom" }) {
		t.Errorf("proposed for places: %+v", proposed)
	}

	request, _ := json.Marshal(map[string]any{"ids": []string{ids[2], ids[3], "https://example.org/nobody"}, "properties": []any{
		map[string]any{"id": "type"}, map[string]any{"id": "altLabel", "settings": map[string]any{"limit": "1"}}, map[string]any{"id": "wikidata"},
	}})
	type value struct{ ID, Name, Str string }
	var extended struct {
		Meta []struct{ ID, Name string }
		Rows map[string]map[string][]value
	}
	o.post("/reconcile", "application/x-www-form-urlencoded", url.Values{"extend": {string(request)}}.Encode(), extendShape, &extended)
	if len(extended.Meta) != 3 || len(extended.Rows) != 3 {
		t.Fatalf("%+v", extended)
	}
	if v := extended.Rows[ids[2]]["type"]; len(v) != 1 || v[0].ID != "ArmedGroup" {
		t.Errorf("the type of the MNLA: %+v", v)
	}
	if v := extended.Rows[ids[2]]["altLabel"]; len(v) != 1 {
		t.Errorf("one other name was asked for: %+v", v)
	}
	if v := extended.Rows[ids[3]]["wikidata"]; len(v) != 1 || v[0].Str != "Q262" {
		t.Errorf("Algeria in Wikidata: %+v", v)
	}
	if v, ok := extended.Rows["https://example.org/nobody"]["type"]; !ok || len(v) != 0 {
		t.Errorf("an entity that is not here: %+v", v)
	}

	var draft struct {
		Rows []struct {
			ID         string
			Properties []struct {
				ID     string
				Values []value
			}
		}
	}
	o.post("/reconcile/extend", "application/json", string(request), extendDraftShape, &draft)
	if len(draft.Rows) != 3 || draft.Rows[1].ID != ids[3] || draft.Rows[1].Properties[2].Values[0].Str != "Q262" {
		t.Errorf("%+v", draft)
	}
	var matched struct {
		Results []struct{ Candidates []struct{ Name string } }
	}
	o.post("/reconcile/match", "application/json", `{"queries":[{"type":"ArmedGroup","limit":2,"conditions":[
		{"matchType":"name","propertyValue":"Ansar Eddine"},{"matchType":"property","propertyId":"type","propertyValue":"armed group"}]}]}`, matchShape, &matched)
	if len(matched.Results) != 1 || len(matched.Results[0].Candidates) == 0 || matched.Results[0].Candidates[0].Name != "Ansar Dine" {
		t.Errorf("%+v", matched)
	}
}

// TestReconcileCallback holds that clients of 0.1 get a script, for names of
// functions alone, and one query as text.
func TestReconcileCallback(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	for _, path := range []string{
		"/reconcile?callback=jsonp1", "/reconcile?callback=a.b.c&queries=" + url.QueryEscape(`{"q0":{"query":"MNLA"}}`),
		"/reconcile/suggest/type?prefix=pl&callback=f", "/reconcile?callback=f&query=MNLA",
	} {
		name := strings.TrimPrefix(path[strings.Index(path, "callback="):], "callback=")
		name, _, _ = strings.Cut(name, "&")
		status, body := get(t, h, path, "*/*")
		inside := strings.TrimSuffix(strings.TrimPrefix(body, "/**/"+name+"("), ");")
		if status != http.StatusOK || len(inside) != len(body)-len(name)-7 || !json.Valid([]byte(inside)) {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	for _, name := range []string{"alert(1)//", "a-b", "1a", "<script>"} {
		if status, body := get(t, h, "/reconcile?callback="+url.QueryEscape(name), "*/*"); status != http.StatusBadRequest {
			t.Errorf("%s: %d %.100s", name, status, body)
		}
	}
}

// TestReconcileLimits holds that what is too much or unknown is refused.
func TestReconcileLimits(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	post := func(path, kind, body string) int {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	many := make(map[string]any)
	var ids []string
	for i := range 1 + max(reconcileBatch, extendBatch) {
		many[fmt.Sprint("q", i)] = map[string]string{"query": "MNLA"}
		ids = append(ids, fmt.Sprint("https://example.org/", i))
	}
	batch, _ := json.Marshal(many)
	list, _ := json.Marshal(map[string]any{"ids": ids, "properties": []any{}})
	const form, inJSON = "application/x-www-form-urlencoded", "application/json"
	for _, tc := range []struct {
		path, kind, body string
		want             int
	}{
		{"/reconcile", form, url.Values{"queries": {string(batch)}}.Encode(), http.StatusRequestEntityTooLarge},
		{"/reconcile", form, url.Values{"extend": {string(list)}}.Encode(), http.StatusRequestEntityTooLarge},
		{"/reconcile/extend", inJSON, string(list), http.StatusRequestEntityTooLarge},
		{"/reconcile", form, "queries=%7B", http.StatusBadRequest},
		{"/reconcile", form, "extend=%7B", http.StatusBadRequest},
		{"/reconcile", form, "", http.StatusBadRequest},
		{"/reconcile/extend", inJSON, `{"ids":[],"properties":[{"id":"nothing"}]}`, http.StatusBadRequest},
		{"/reconcile/match", inJSON, `[]`, http.StatusBadRequest},
	} {
		if got := post(tc.path, tc.kind, tc.body); got != tc.want {
			t.Errorf("%s %.60s: %d, want %d", tc.path, tc.body, got, tc.want)
		}
	}
}
