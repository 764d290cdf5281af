package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const adminToken = "an administrator's own secret"

// lockedBuffer is a buffer that a logger and a test may share.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestAdminStopsAQuery lists a query that hangs, stops it, and finds it in the
// metrics and in the logs.
func TestAdminStopsAQuery(t *testing.T) {
	var logged lockedBuffer
	g := newSlowGraph(t, 10, 0, nil, nil)
	l, _ := listener(t, Config{Graph: g, AdminToken: adminToken, SlowQuery: time.Nanosecond, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	type answer struct {
		status int
		body   string
	}
	for _, path := range []string{q(selectAll), graphStorePath + "?default"} {
		answers := make(chan answer, 1)
		go func() {
			body, resp := fetch(t, l, http.MethodGet, path, "", "X-Request-Id", "the-slow-one")
			answers <- answer{resp.StatusCode, body}
		}()
		wait(t, g.started, "the query does not start")
		body, resp := fetch(t, l, http.MethodGet, "/admin/queries", "", "Authorization", "Bearer "+adminToken)
		var list struct {
			Queries []listedOperation `json:"queries"`
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil || resp.StatusCode != http.StatusOK || len(list.Queries) != 1 || list.Queries[0].ID != "the-slow-one" {
			t.Fatalf("status %d: %s", resp.StatusCode, body)
		}
		if _, resp := fetch(t, l, http.MethodDelete, "/admin/queries/another", "", "Authorization", "Bearer "+adminToken); resp.StatusCode != http.StatusNotFound {
			t.Errorf("stopping what does not run: status %d", resp.StatusCode)
		}
		if _, resp := fetch(t, l, http.MethodDelete, "/admin/queries/the-slow-one", "", "Authorization", "Bearer "+adminToken); resp.StatusCode != http.StatusNoContent {
			t.Errorf("stopping: status %d", resp.StatusCode)
		}
		if a := <-answers; a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "stopped by an administrator") {
			t.Errorf("%s: status %d: %s", path, a.status, a.body)
		}
	}
	body, _ := fetch(t, l, http.MethodGet, "/metrics", "")
	for _, want := range []string{
		`belligraph_operation_seconds_count{kind="select",outcome="killed"} 1`, `belligraph_operation_seconds_count{kind="graph read",outcome="killed"} 1`,
		"belligraph_operations_running 0", "belligraph_quads 10", "go_goroutines",
		`belligraph_http_requests_total{method="GET",route="/sparql",status="503"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in the metrics", want)
		}
	}
	for _, want := range []string{"slow query", "query=" + queryHash(selectAll), selectAll, "outcome=killed", "id=the-slow-one"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("%s is not in the log: %s", want, logged.String())
		}
	}
}

// TestOtherOperations looks for what is no SPARQL in the list, the metrics and the
// log, and stops a script of Cayley.
func TestOtherOperations(t *testing.T) {
	var logged lockedBuffer
	l, _ := listener(t, Config{AdminToken: adminToken, Logger: slog.New(slog.NewJSONHandler(&logged, nil))})
	const asked, script = "Who attacked Tinzaouaten?", "while (true) {}"
	fetch(t, l, http.MethodGet, "/ask?q="+url.QueryEscape(asked), "")
	fetch(t, l, http.MethodGet, "/questions/who-attacked", "")
	fetch(t, l, http.MethodGet, q("ASK {}")+"&explain=1", "")
	fetch(t, l, http.MethodGet, "/api/v2/read", "")
	answer := make(chan string, 1)
	go func() {
		body, resp := fetch(t, l, http.MethodPost, "/api/v1/query/gizmo", script)
		answer <- resp.Status + " " + body
	}()
	var list struct {
		Queries []listedOperation `json:"queries"`
	}
	for end := time.Now().Add(10 * time.Second); len(list.Queries) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		body, _ := fetch(t, l, http.MethodGet, "/admin/queries", "", "Authorization", "Bearer "+adminToken)
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
	if len(list.Queries) != 1 || list.Queries[0].Kind != "gizmo" || list.Queries[0].Text != script {
		t.Fatalf("running are %+v", list.Queries)
	}
	fetch(t, l, http.MethodDelete, "/admin/queries/"+list.Queries[0].ID, "", "Authorization", "Bearer "+adminToken)
	if got := <-answer; !strings.HasPrefix(got, "503") || !strings.Contains(got, "stopped by an administrator") {
		t.Errorf("the script: %s", got)
	}
	body, _ := fetch(t, l, http.MethodGet, "/metrics", "")
	for _, want := range []string{`kind="question",outcome="ok"} 2`, `kind="gizmo",outcome="killed"} 1`, `kind="explain",outcome="ok"} 1`, `kind="read",outcome="ok"} 1`} {
		if !strings.Contains(body, "belligraph_operation_seconds_count{"+want) {
			t.Errorf("%s is not in the metrics:\n%s", want, body)
		}
	}
	hashes := make(map[string]string)
	for line := range strings.Lines(logged.String()) {
		var entry struct{ Msg, Path, ID, Query string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if entry.Msg == "request" && entry.ID == "" {
			t.Errorf("no id: %s", line)
		}
		hashes[entry.Path] = entry.Query
	}
	for path, text := range map[string]string{"/ask": asked, "/questions/who-attacked": "/questions/who-attacked", "/sparql": "ASK {}", "/api/v1/query/gizmo": script, "/api/v2/read": "/api/v2/read"} {
		if hashes[path] != queryHash(text) {
			t.Errorf("%s is logged with the hash %q, not %q", path, hashes[path], queryHash(text))
		}
	}
}

func TestAdminIsGuarded(t *testing.T) {
	open, _ := listener(t, Config{AdminToken: adminToken})
	closed, _ := listener(t, Config{})
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		path := "/admin/queries"
		if method == http.MethodDelete {
			path += "/x"
		}
		if _, resp := fetch(t, open, method, path, ""); resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a token: status %d", method, resp.StatusCode)
		}
		if _, resp := fetch(t, open, method, path, "", "Authorization", "Bearer wrong"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s with a wrong token: status %d", method, resp.StatusCode)
		}
		if _, resp := fetch(t, open, method, path, "", "Authorization", "Bearer "+adminToken, "Sec-Fetch-Site", "cross-site"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site: status %d", method, resp.StatusCode)
		}
		if _, resp := fetch(t, closed, method, path, "", "Authorization", "Bearer "); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s where there is no token: status %d", method, resp.StatusCode)
		}
	}
	if _, err := New(Config{AdminToken: "short"}); err == nil {
		t.Error("a short token was accepted")
	}
}
