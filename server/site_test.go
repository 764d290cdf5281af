package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/docs"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/server/browsertest"
	"github.com/belligraph/belligraph/server/ui"
)

const sampleArticle = "../data/articles/battle-of-tinzaouaten-2012.txt"

// newSample returns a server over a store in memory that holds the sample.
func newSample(t testing.TB, cfg Config) *Server {
	t.Helper()
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := ingest.New(s, ingest.Options{}).Path(context.Background(), sampleArticle, func(ingest.Report) {}); err != nil {
		t.Fatal(err)
	}
	cfg.Graph = s
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get requests a path with an Accept header and returns status and body.
func get(t testing.TB, h http.Handler, path, accept string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestPagesSayWhatTheyShould(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	for _, tc := range []struct {
		name, path string
		status     int
		want       []string
	}{
		{"front page", "/", 200, []string{"Who attacked Tinzaouaten?", "MNLA", "captured", "claimed control", "disagree"}},
		{"an answer", "/ask?q=Who+attacked+Tinzaouaten%3F", 200, []string{"MNLA attacked Tinzaouaten", "was attacked by the rebels", "SELECT"}},
		{"a question that is not understood", "/ask?q=What+is+love%3F", 400, []string{"not understood", "/ask?q="}},
		{"the questions", "/questions", 200, []string{"/questions/who-attacked"}},
		{"a named question", "/questions/claimed-control", 200, []string{"Ansar Dine"}},
		{"the query form", "/sparql", 200, []string{"<textarea", "SELECT"}},
		{"an entity", "/page/actor/mnla", 200, []string{"MNLA", "Claimed", `<mark>to have captured several vehicles</mark>`, `/page/document/battle-of-tinzaouaten-2012#t`, "National Movement for the Liberation of Azawad"}},
		{"the document with its evidence", "/page/document/battle-of-tinzaouaten-2012", 200, []string{"<mark id=\"t", "strategic retreat", `<sup><a href="#c1"`, `id="c1"`}},
		{"a term of the ontology in use", "/describe?iri=https%3A%2F%2Fbelligraph.org%2Fontology%23ArmedGroup", 200, []string{"Referred to by", "MNLA"}},
		{"nothing there", "/page/actor/nobody", 404, []string{"holds nothing"}},
		{"no such route", "/nowhere", 404, []string{"nothing at /nowhere"}},
		{"the guide", "/guide", 200, []string{"<h1"}},
		{"architecture", "/guide/architecture", 200, []string{"One query"}},
		{"no path leads out of the guide", "/guide/..%2fgo", 404, []string{"no such document"}},
	} {
		status, body := get(t, h, tc.path, "text/html")
		if status != tc.status {
			t.Errorf("%s: GET %s: status %d, want %d: %s", tc.name, tc.path, status, tc.status, body)
		}
		for _, want := range tc.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: GET %s lacks %q", tc.name, tc.path, want)
			}
		}
	}
}

func TestExamplesRun(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	for _, example := range queryExamples {
		status, body := get(t, h, "/sparql?query="+url.QueryEscape(example.Query), "text/csv,text/turtle")
		if status != http.StatusOK || strings.Count(body, "\n") < 2 {
			t.Errorf("%s: status %d, answer:\n%s", example.Title, status, body)
		}
	}
}

// TestPagesInABrowser shows each page in both themes and widths; the test fails
// on script errors, outside requests and sideways scrolling.
func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser four times")
	}
	h := newSample(t, Config{}).Handler()
	for _, look := range []struct {
		name    string
		options browsertest.Options
	}{
		{"phone light", browsertest.Options{Width: 390, Height: 844}},
		{"phone dark", browsertest.Options{Width: 390, Height: 844, Dark: true}},
		{"desk light", browsertest.Options{Width: 1440, Height: 900}},
		{"desk dark", browsertest.Options{Width: 1440, Height: 900, Dark: true}},
	} {
		t.Run(look.name, func(t *testing.T) {
			page := browsertest.Open(t, h, look.options)
			for _, path := range []string{"/", "/ask?q=Who+attacked+Tinzaouaten%3F", "/questions", "/sparql",
				"/page/actor/mnla", "/page/document/battle-of-tinzaouaten-2012", "/guide"} {
				page.Go(path)
				page.WaitFor(`document.querySelector("main h1") !== null`)
				page.WaitFor(fmt.Sprintf(`document.documentElement.scrollWidth <= %d`, look.options.Width))
				page.Shot(strings.ReplaceAll(look.name+" "+strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(path), " ", "-"))
			}
		})
	}
}

// gizmoOfGuide returns the script that the guide tells people to paste.
func gizmoOfGuide(t *testing.T) string {
	t.Helper()
	guide, err := docs.Files.ReadFile("guide.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(guide), "```js\n")
	script, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the guide has no script")
	}
	return script
}

func TestGuideDrawsTheConflict(t *testing.T) {
	h := newSample(t, Config{}).Handler()
	script := gizmoOfGuide(t)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/query/gizmo", strings.NewReader(script))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct {
		Result []map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	colours := make(map[string]string)
	for _, row := range answer.Result {
		colours[row["target_label"]] = row["target_color"]
	}
	seen := make(map[string]string)
	for _, relation := range []string{"attacked", "captured", "inferredDefectedTo", "claimedControl"} {
		colour := colours[relation]
		if colour == "" {
			t.Errorf("%s is not drawn", relation)
		}
		if other := seen[colour]; other != "" {
			t.Errorf("%s and %s share a colour", relation, other)
		}
		seen[colour] = relation
	}
	if testing.Short() {
		return
	}
	if stock, err := ui.Load(); err != nil || !stock.Present() {
		t.Skip(ui.Absent)
	}
	page := browsertest.Open(t, h, browsertest.Options{Height: 1500})
	page.Go("/ui/visualize")
	page.Do("editor.setValue(" + strconv.Quote(script) + ")")
	page.Click("#run_button")
	page.WaitFor(`window.sigmaGraph && window.sigmaGraph.graph.nodes().length > 6`)
	page.WaitFor(`document.querySelectorAll("#visualize canvas").length > 0`)
	time.Sleep(4 * time.Second) // the layout moves; the picture is for people
	page.Shot("guide-visualize")
}
