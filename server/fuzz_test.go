package server

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/memgraph"
)

// FuzzRequest sends the router whatever net/http takes for a request. Nothing
// may be answered with 500, panic, or go on for long; a write may fail or
// succeed.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /sparql?query=ASK%7B%7D&default-graph-uri=x:g HTTP/1.1\r\nHost: x\r\nAccept: text/csv;q=0.1, */*\r\nAccept-Encoding: zstd, gzip\r\n\r\n",
		"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-update\r\nContent-Length: 34\r\n\r\nINSERT DATA { <x:s> <x:p> <x:o> . }",
		"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: 14\r\n\r\nquery=ASK%7B%7D",
		"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
		"PUT /rdf-graph-store?graph=x:g HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\nContent-Length: 19\r\n\r\n<x:s> <x:p> <x:o> .",
		"POST /rdf-graph-store HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 99\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.nt\"\r\n\r\n<x:s> <x:p> <x:o> .\r\n--b--\r\n",
		"PATCH /rdf-graph-store/g HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-update\r\nContent-Length: 9\r\n\r\nCLEAR ALL",
		"DELETE /rdf-graph-store?default HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\n\r\n",
		"GET /id/actor/mnla HTTP/1.1\r\nHost: x\r\nAccept: text/turtle\r\n\r\n",
		"GET /data/actor/mnla.jsonld HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /describe?iri=x:s&format=rdf HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /ask?q=Who+attacked+Tinzaouaten%3F HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /.well-known/void HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
		"POST /api/v1/query/gizmo?limit=3 HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\ng.V().all()",
		"POST /api/v1/query/gizmo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n",
		"POST /api/v2/namespace-rules HTTP/1.1\r\nHost: x\r\nContent-Length: 39\r\n\r\n{\"prefix\":\"a\",\"namespace\":\"http://a/b\"}",
		"GET /.well-known/void HTTP/1.1\r\nHost: x\xfd\r\n\r\n",
		"GET /sparql HTTP/1.1\r\nHost: [::1]:80\r\nAccept: text/turtle\r\n\r\n",
		"GET /sparql HTTP/1.1\r\nHost: x:y:z]\r\nAccept: text/turtle\r\n\r\n",
		"POST /api/v1/query/mql HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n[{\"id\": null}]",
		"POST /api/v1/query/graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{ nodes { id } } ",
		"POST /api/v1/write HTTP/1.1\r\nHost: x\r\nContent-Length: 46\r\n\r\n[{\"subject\":\"a\",\"predicate\":\"b\",\"object\":\"c\"}]",
		"POST /api/v2/write HTTP/1.1\r\nHost: x\r\nContent-Type: application/n-quads\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
		"GET /api/v2/read?sub=a,b&format=graphml HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /gephi/gs?mode=nodes&limit=5 HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS /sparql HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\nAccess-Control-Request-Method: POST\r\n\r\n",
		"GET /admin/queries HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eDp5\r\n\r\n",
		"GET /static/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /assets/%2e%2e/%2e%2e/web.go HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1,2-3\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	var logged lockedBuffer
	s, err := New(Config{Graph: memgraph.New(), Writes: WritesOpen, Private: []string{"x:private*"}, QueryTimeout: time.Second, QueryMemory: 64 << 20,
		MaxBody: 1 << 20, Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			t.Skip("is no request")
		}
		r.RemoteAddr = "192.0.2.1:1"
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		w := httptest.NewRecorder()
		done := make(chan any, 1)
		go func() {
			defer func() { done <- recover() }()
			s.Handler().ServeHTTP(w, r.WithContext(ctx))
		}()
		select {
		case p := <-done:
			if p != nil && p != http.ErrAbortHandler {
				t.Fatalf("panic: %v", p)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no answer")
		}
		if w.Code == http.StatusInternalServerError {
			t.Fatalf("status 500: %s\n%s", w.Body, logged.String())
		}
	})
}
