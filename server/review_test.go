package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/server/browsertest"
)

type reviewed struct {
	Total int
	Next  string
	Items []reviewedItem
}

type reviewedItem struct {
	ID, Sort, Status, Kind, Sentence, Page string
	Value                                  float64
	Evidence                               []struct{ Quote string }
	Fields                                 map[string]string
	Decision                               struct{ ID, By, Verdict, Reason string }
	History                                []struct {
		ID, Verdict string
		Stands      bool
	}
}

func getJSON(t *testing.T, h http.Handler, path string, into any) {
	t.Helper()
	status, body := get(t, h, path, "application/json")
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, status, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// submit posts a body and returns the response.
func submit(h http.Handler, path, contentType, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestReview makes decisions as a program does and looks at the queue, the
// answers and the history after each.
func TestReview(t *testing.T) {
	h := newSample(t, Config{Writes: WritesOpen}).Handler()
	var all reviewed
	getJSON(t, h, "/review?limit=500", &all)
	if all.Total == 0 || all.Total != len(all.Items) {
		t.Fatalf("%d of %d items", len(all.Items), all.Total)
	}
	for i, it := range all.Items {
		if i > 0 && it.Value > all.Items[i-1].Value {
			t.Errorf("item %d is worth more than the one before it", i)
		}
		if it.Sentence == "" || len(it.Evidence) == 0 || it.Status != "open" {
			t.Errorf("%+v", it)
		}
	}
	var paged, second reviewed
	getJSON(t, h, "/review?limit=2", &paged)
	getJSON(t, h, paged.Next, &second)
	if second.Items[0].ID != all.Items[2].ID {
		t.Error("the second page does not go on where the first ends")
	}
	var attacks reviewed
	getJSON(t, h, "/review?sort=claim&kind=attacked&status=any", &attacks)
	if attacks.Total == 0 {
		t.Fatal("the attack that sources date differently is not in the queue")
	}
	target := attacks.Items[0]
	answered := func() int {
		_, body := get(t, h, "/sparql?query="+url.QueryEscape(`SELECT ?c { ?c <https://belligraph.org/ontology#proposition>/<https://belligraph.org/ontology#kind> <https://belligraph.org/ontology/kind/attacked> }`), "text/csv")
		return strings.Count(body, "\n") - 1
	}
	before := answered()
	post := func(body string) []struct{ ID string } {
		t.Helper()
		w := submit(h, "/review/decisions", "application/json", `{"decisions":[`+body+`]}`)
		var out struct{ Decisions []struct{ ID string } }
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return out.Decisions
	}
	made := post(`{"target":"` + target.ID + `","verdict":"reject","by":"A. Reader","reason":"a plan"}`)
	if got := answered(); got != before-1 {
		t.Errorf("%d attacks after one of %d was rejected", got, before)
	}
	var item reviewedItem
	getJSON(t, h, target.Page, &item)
	if item.Status != "rejected" || item.Decision.By != "A. Reader" || item.Decision.Reason != "a plan" || len(item.History) != 1 {
		t.Errorf("%+v", item)
	}
	post(`{"target":"` + made[0].ID + `","verdict":"undo","by":"A. Reader"}`)
	if got := answered(); got != before {
		t.Errorf("%d attacks after the rejection was taken back, %d before", got, before)
	}
	post(`{"target":"` + target.ID + `","verdict":"correct","by":"A. Reader","correction":{"agent":"Ansar Dine","from":"2012-02-06","to":"2012-02-06"}}`)
	status, body := get(t, h, "/ask?q=Who+attacked+Tinzaouaten%3F", "text/plain")
	if status != http.StatusOK || !strings.Contains(body, "Ansar Dine attacked") {
		t.Errorf("the correction is not in the answers: %s", body)
	}
	getJSON(t, h, target.Page, &item)
	if item.Status != "corrected" || len(item.History) != 3 {
		t.Errorf("%+v", item)
	}
	// The decisions carry over to a graph that has the article and nothing else.
	for _, format := range []string{"jsonl", "tsv"} {
		status, file := get(t, h, "/review/decisions?format="+format, "")
		if status != http.StatusOK || strings.Count(file, "\n") < 3 {
			t.Fatalf("%s: %d %s", format, status, file)
		}
		other := newSample(t, Config{Writes: WritesOpen}).Handler()
		media := map[string]string{"jsonl": "application/x-ndjson", "tsv": "text/tab-separated-values"}[format]
		if w := submit(other, "/review/decisions", media, file); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"new":3`) {
			t.Errorf("%s: %d %s", format, w.Code, w.Body)
		}
		if w := submit(other, "/review/decisions", media, file); !strings.Contains(w.Body.String(), `"new":0`) {
			t.Errorf("%s again: %s", format, w.Body)
		}
		if _, body := get(t, other, "/ask?q=Who+attacked+Tinzaouaten%3F", "text/plain"); !strings.Contains(body, "Ansar Dine attacked") {
			t.Errorf("%s: %s", format, body)
		}
	}
	for _, bad := range []string{
		`{"decisions":[{"target":"urn:x","verdict":"accept","by":"A"}]}`,
		`{"decisions":[{"target":"` + target.ID + `","verdict":"maybe","by":"A"}]}`,
		`{"decisions":[{"target":"` + target.ID + `","verdict":"reject"}]}`,
		`{"decisions":[{"target":"` + target.ID + `","verdict":"correct","by":"A","correction":{"agent":"Nobody at all"}}]}`,
		`{"decisions":[{"target":"` + target.ID + `","verdict":"correct","by":"A","correction":{"colour":"red"}}]}`,
		`{"decisions":[]}`, `[]`, `{"decisions":[{"target":"a","verdict":"reject","by":"A","more":1}]}`,
	} {
		if w := submit(h, "/review/decisions", "application/json", bad); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
	}
}

// TestReviewForms sends the forms of the page as a browser does, and as a page of
// another site would have it do.
func TestReviewForms(t *testing.T) {
	h := newSample(t, Config{Writes: WritesOpen}).Handler()
	status, page := get(t, h, "/review?status=any", "text/html")
	id := regexp.MustCompile(`name="target" value="([^"]+)"`).FindStringSubmatch(page)
	if status != http.StatusOK || id == nil {
		t.Fatalf("%d %s", status, page)
	}
	form := url.Values{"target": {id[1]}, "verdict": {"reject"}, "by": {"A. Reader"}, "reason": {"<script>"}, "back": {"/review?status=any"}}.Encode()
	for name, header := range map[string][]string{
		"another origin":             {"Origin", "http://evil.example"},
		"an origin that is not told": {"Origin", "null"},
		"another site":               {"Sec-Fetch-Site", "cross-site"},
	} {
		if w := submit(h, "/review/decisions", typeForm, form, header...); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w := submit(h, "/review/decisions", typeForm, form, "Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin")
	back := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(back, "/review?") || !strings.Contains(back, "done=") {
		t.Fatalf("%d %q %s", w.Code, back, w.Body)
	}
	if _, page = get(t, h, back, "text/html"); !strings.Contains(page, "A. Reader rejected") || !strings.Contains(page, `value="undo"`) || strings.Contains(page, "<script") {
		t.Errorf("the page after it: %s", page)
	}
	elsewhere := url.Values{"target": {id[1]}, "verdict": {"accept"}, "by": {"A"}, "back": {"//evil.example/review"}}.Encode()
	if w := submit(h, "/review/decisions", typeForm, elsewhere); !strings.HasPrefix(w.Header().Get("Location"), "/review") && w.Code != http.StatusBadRequest {
		t.Errorf("the form leads to %q", w.Header().Get("Location"))
	}
	closed := newSample(t, Config{}).Handler()
	if w := submit(closed, "/review/decisions", typeForm, form); w.Code != http.StatusForbidden {
		t.Errorf("a server that is read-only: %d", w.Code)
	}
	if _, page := get(t, closed, "/review", "text/html"); strings.Contains(page, "method=\"post\"") || !strings.Contains(page, "read-only") {
		t.Error("a server that is read-only shows forms")
	}
	guarded := newSample(t, Config{Writes: WritesToken, Token: "a secret of many letters"}).Handler()
	if w := submit(guarded, "/review/decisions", typeForm, form); w.Code != http.StatusUnauthorized || len(w.Header().Values("WWW-Authenticate")) == 0 {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := submit(guarded, "/review/decisions", typeForm, form, "Authorization", "Bearer a secret of many letters"); w.Code != http.StatusSeeOther {
		t.Errorf("with a token: %d %s", w.Code, w.Body)
	}
	_, file := get(t, guarded, "/review/decisions", "")
	if !strings.Contains(file, `"token":"--token-file"`) {
		t.Errorf("by which token is not on record: %s", file)
	}
}

// TestReviewInABrowser decides with the keyboard alone, at the width of a phone.
func TestReviewInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, look := range []struct {
		name    string
		options browsertest.Options
	}{
		{"phone-dark", browsertest.Options{Width: 390, Height: 844, Dark: true}},
		{"desk-light", browsertest.Options{Width: 1440, Height: 900}},
	} {
		t.Run(look.name, func(t *testing.T) {
			page := browsertest.Open(t, newSample(t, Config{Writes: WritesOpen}).Handler(), look.options)
			page.Go("/review?status=any&sort=claim")
			page.WaitFor(`document.querySelector("ol.review h2 a") !== null`)
			page.WaitFor(`document.documentElement.scrollWidth <= innerWidth`)
			page.Shot("review-" + look.name)
			page.Do(`document.querySelector("form.decide input[name=by]").value = "A. Reader"`)
			page.Click(`form.decide button[value=reject]`)
			page.WaitFor(`document.querySelector(".done") !== null && document.querySelector(".done").textContent.includes("A. Reader rejected")`)
			page.Shot("review-done-" + look.name)
			page.Click(`.done button`)
			page.WaitFor(`document.querySelector(".done") !== null && document.querySelector(".done").textContent.includes("took back")`)
			page.Click(`ol.review h2 a`)
			page.WaitFor(`document.querySelector("form.correct") !== null`)
			page.WaitFor(`document.documentElement.scrollWidth <= innerWidth`)
			page.Shot("review-item-" + look.name)
		})
	}
}
