package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
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
