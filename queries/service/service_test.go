package service_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/results"
	"github.com/belligraph/belligraph/queries/service"
)

var _ queries.Loader = (*service.Loader)(nil)

// endpoint answers SPARQL queries over some data, in the format asked for.
func endpoint(t *testing.T, data string) *httptest.Server {
	t.Helper()
	g := memgraph.New()
	t.Cleanup(func() { g.Close() })
	e := queries.New(g, queries.Options{})
	_, err := e.Update(t.Context(), data, queries.UpdateOptions{})
	require.NoError(t, err)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "a query is sent with POST", http.StatusMethodNotAllowed)
			return
		}
		format, err := results.Parse(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			format = results.JSON
		}
		res, err := e.Query(r.Context(), r.PostFormValue("query"), queries.QueryOptions{})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		defer res.Close()
		w.Header().Set("Content-Type", format.ContentType())
		rows, err := results.NewWriter(w, format, res.Vars)
		if err == nil {
			err = res.WriteRows(rows)
		}
		if err == nil {
			err = rows.Close()
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// local allows a test server.
func local(s *httptest.Server) service.Options {
	return service.Options{Allow: []string{s.URL + "/"}, Private: true, Timeout: 5 * time.Second}
}

// ask runs a query over an empty graph that may ask what o allows, and returns
// its rows as text.
func ask(t *testing.T, o service.Options, query string) ([]string, error) {
	t.Helper()
	c, err := service.NewClient(o)
	require.NoError(t, err)
	res, err := queries.New(memgraph.New(), queries.Options{Service: c}).Query(t.Context(), query, queries.QueryOptions{})
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var rows []string
	for row, err := range res.Rows() {
		if err != nil {
			return nil, err
		}
		var cells []string
		for _, term := range row {
			if term == nil {
				cells = append(cells, "-")
			} else {
				cells = append(cells, term.String())
			}
		}
		rows = append(rows, strings.Join(cells, " "))
	}
	return rows, nil
}

func TestServiceInEveryFormat(t *testing.T) {
	s := endpoint(t, `INSERT DATA { <http://x/a> <http://x/p> 1, "two"@en, <http://x/c> . <http://x/b> <http://x/p> 2 }`)
	for _, format := range []string{"json", "xml", "tsv"} {
		t.Run(format, func(t *testing.T) {
			rows, err := ask(t, local(s), `SELECT ?o { VALUES ?s { <http://x/a> <http://x/none> } SERVICE <`+s.URL+"/"+format+`> { ?s <http://x/p> ?o } }`)
			require.NoError(t, err)
			require.ElementsMatch(t, []string{`"1"^^<http://www.w3.org/2001/XMLSchema#integer>`, `"two"@en`, `<http://x/c>`}, rows)
		})
	}
	_, err := ask(t, local(s), `SELECT * { SERVICE <`+s.URL+`/csv> { ?s ?p ?o } }`)
	require.ErrorContains(t, err, "text/csv")
}

// The rows of the query are sent along in batches.
func TestServiceSendsBindings(t *testing.T) {
	var sent []string
	data := endpoint(t, `INSERT DATA { <http://x/7> <http://x/p> "seven" . <http://x/1207> <http://x/p> "more" . <http://x/5000> <http://x/p> "other" }`)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.PostFormValue("query")
		sent = append(sent, q)
		resp, err := http.PostForm(data.URL, map[string][]string{"query": {q}})
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		io.Copy(w, resp.Body)
	})
	var values strings.Builder
	for i := range 1300 {
		fmt.Fprintf(&values, "<http://x/%d> ", i)
	}
	rows, err := ask(t, local(s), `SELECT ?l { VALUES ?s { `+values.String()+`} SERVICE <`+s.URL+`/> { ?s <http://x/p> ?l } }`)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{`"seven"`, `"more"`}, rows)
	require.Greater(t, len(sent), 1, "1300 bindings in one request")
	bindings := 0
	for _, q := range sent {
		bindings += strings.Count(q, "( <http://x/")
	}
	require.Equal(t, 1300, bindings)
}

func TestServiceFaults(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/broken":
			http.Error(w, "the query\x1b[2J is\nnot liked", http.StatusInternalServerError)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>")
		case "/cut":
			w.Header().Set("Content-Type", "application/sparql-results+json")
			io.WriteString(w, `{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://x/a"}}`)
		case "/long":
			w.Header().Set("Content-Type", "text/tab-separated-values")
			io.WriteString(w, "?s\n")
			for range 100_000 {
				io.WriteString(w, "<http://x/a>\n")
			}
		case "/slow":
			w.Header().Set("Content-Type", "text/tab-separated-values")
			io.WriteString(w, "?s\n<http://x/a>\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/outside":
			http.Redirect(w, r, "http://example.org/sparql", http.StatusTemporaryRedirect)
		case "/around":
			http.Redirect(w, r, "/around", http.StatusTemporaryRedirect)
		case "/there":
			http.Redirect(w, r, "/broken", http.StatusTemporaryRedirect)
		case "/boolean":
			w.Header().Set("Content-Type", "application/sparql-results+json")
			io.WriteString(w, `{"head":{},"boolean":true}`)
		}
	})
	o := local(s)
	o.Timeout, o.MaxBytes = 300*time.Millisecond, 100_000
	for _, c := range []struct {
		path, want string
		is         error
	}{
		{"/broken", "500 Internal Server Error: the query [2J is not liked", nil},
		{"/html", `"text/html", which holds no SPARQL results`, nil},
		{"/cut", "SPARQL results (json)", nil},
		{"/long", "longer than 100000 bytes", graph.ErrLimit},
		{"/slow", "no whole answer within 300ms", graph.ErrLimit},
		{"/moved", "has moved to " + s.URL + "/elsewhere", nil},
		{"/outside", "http://example.org/sparql begins with no allowed prefix (--allow-service)", graph.ErrBadRequest},
		{"/around", "more than 5 redirects", nil},
		{"/there", "redirected to " + s.URL + "/broken: answered 500", nil},
		{"/boolean", "a boolean", nil},
	} {
		t.Run(c.path, func(t *testing.T) {
			_, err := ask(t, o, `SELECT * { SERVICE <`+s.URL+c.path+`> { ?s ?p ?o } }`)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "SERVICE <"+s.URL+c.path+">: ")
			var remote *service.Error
			require.ErrorAs(t, err, &remote)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			rows, err := ask(t, o, `SELECT * { SERVICE SILENT <`+s.URL+c.path+`> { ?s ?p ?o } }`)
			require.NoError(t, err, "SILENT")
			require.Equal(t, []string{"- - -"}, rows)
		})
	}
}

// A query that ends takes the request to the endpoint with it.
func TestServiceEndsWithTheQuery(t *testing.T) {
	gone := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/tab-separated-values")
		io.WriteString(w, "?s\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	c, err := service.NewClient(local(s))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	res, err := queries.New(memgraph.New(), queries.Options{Service: c}).Query(ctx, `SELECT * { SERVICE SILENT <`+s.URL+`/> { ?s ?p ?o } }`, queries.QueryOptions{})
	if err == nil {
		for _, rowErr := range res.Rows() {
			err = errors.Join(err, rowErr)
		}
		res.Close()
	}
	require.ErrorIs(t, err, context.DeadlineExceeded)
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the endpoint was left waiting")
	}
}

func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		allow, iri string
		ok         bool
	}{
		{"", "http://example.org/sparql", false},
		{"http://example.org/", "http://example.org/sparql", true},
		{"http://example.org", "http://example.org/sparql", true},
		{"http://example.org", "http://example.org.evil.example/", false},
		{"http://example.org/", "http://example.org:80/sparql", true},
		{"http://example.org/", "http://example.org:8080/sparql", false},
		{"http://example.org/", "https://example.org/sparql", false},
		{"http://EXAMPLE.org/", "http://example.ORG/sparql", true},
		{"http://example.org/data/", "http://example.org/data/x", true},
		{"http://example.org/data/", "http://example.org/data", false},
		{"http://example.org/data/", "http://example.org/data/../admin", false},
		{"http://example.org/data/", "http://example.org/data/%2e%2e/admin", false},
		{"http://example.org/data/", `http://example.org/data/..\admin`, false},
		{"http://example.org/", "http://example.org@evil.example/", false},
		{"http://example.org/", "http://user:word@example.org/", false},
		{"https://", "https://any.example/sparql", true},
		{"https://", "http://any.example/sparql", false},
		{"http://example.org/", "file:///etc/passwd", false},
		{"http://example.org/", "urn:x:y", false},
	} {
		t.Run(c.allow+" "+c.iri, func(t *testing.T) {
			o := service.Options{}
			if c.allow != "" {
				o.Allow = []string{c.allow}
			}
			client, err := service.NewClient(o)
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // nothing is sent
			_, err = client.Query(ctx, rdf.IRI(c.iri), "SELECT * {}")
			require.Error(t, err)
			require.Equal(t, !c.ok, errors.Is(err, graph.ErrBadRequest), "%v", err)
		})
	}
}

func TestFaultyPrefixes(t *testing.T) {
	for _, prefix := range []string{"example.org", "file:///tmp/", "http://u@example.org/", "https:///path", "http://%zz/", "http:x"} {
		_, err := service.NewLoader(service.Options{Allow: []string{prefix}})
		require.Error(t, err, prefix)
	}
}

// An allowed name that leads to this machine is refused when it is dialled.
func TestPrivateAddresses(t *testing.T) {
	reached := false
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached = true })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	for _, base := range []string{s.URL + "/", "http://localhost:" + port + "/"} {
		_, err := ask(t, service.Options{Allow: []string{base}}, `SELECT * { SERVICE <`+base+`> { ?s ?p ?o } }`)
		require.ErrorIs(t, err, graph.ErrBadRequest)
		require.ErrorContains(t, err, "private network or of this machine")
	}
	require.False(t, reached)
}

func load(t *testing.T, o service.Options, iri string) ([]string, error) {
	t.Helper()
	l, err := service.NewLoader(o)
	require.NoError(t, err)
	var out []string
	for q, err := range l.Load(t.Context(), rdf.IRI(iri)) {
		if err != nil {
			return out, err
		}
		out = append(out, q.String())
	}
	return out, nil
}

func zip(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

func TestLoad(t *testing.T) {
	turtle := []byte("<a> <http://x/p> <b>, 1 .\n")
	var s *httptest.Server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		send := func(mediaType string, body []byte) {
			w.Header().Set("Content-Type", mediaType)
			w.Write(body)
		}
		switch r.URL.Path {
		case "/d/typed":
			send("text/turtle; charset=utf-8", turtle)
		case "/d/named.ttl":
			send("application/octet-stream", turtle)
		case "/d/packed.ttl.gz":
			send("application/gzip", zip(t, turtle))
		case "/d/twice.ttl.gz":
			send("application/gzip", zip(t, zip(t, turtle)))
		case "/d/bomb.ttl.gz":
			send("application/gzip", zip(t, []byte(strings.Repeat("# nothing\n", 100_000))))
		case "/d/moved":
			http.Redirect(w, r, "/d/typed", http.StatusSeeOther)
		case "/d/away":
			http.Redirect(w, r, "/other/typed", http.StatusSeeOther)
		case "/d/faulty":
			send("text/turtle", []byte("<a> <http://x/p> 1 .\n<a> <http://x/p> oops .\n"))
		case "/d/context":
			send("application/ld+json", []byte(`{"@context": "`+s.URL+`/d/context.jsonld", "@id": "a", "p": "v"}`))
		case "/d/foreign":
			send("application/ld+json", []byte(`{"@context": "`+s.URL+`/other/context.jsonld", "@id": "a", "p": "v"}`))
		case "/d/context.jsonld", "/other/context.jsonld":
			send("application/ld+json", []byte(`{"@context": {"p": "http://x/p"}}`))
		default:
			http.NotFound(w, r)
		}
	})
	o := local(s)
	o.Allow = []string{s.URL + "/d/"}
	o.MaxBytes = 10_000
	quads := func(base string) []string {
		return []string{
			"<" + s.URL + base + "a> <http://x/p> <" + s.URL + base + "b> .",
			"<" + s.URL + base + `a> <http://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .`,
		}
	}
	for _, c := range []struct {
		path string
		want []string
		err  string
	}{
		{"/d/typed", quads("/d/"), ""},
		{"/d/named.ttl", quads("/d/"), ""},
		{"/d/packed.ttl.gz", quads("/d/"), ""},
		{"/d/moved", quads("/d/"), ""},
		{"/d/context", []string{"<" + s.URL + `/d/a> <http://x/p> "v" .`}, ""},
		{"/d/twice.ttl.gz", nil, "compressed twice"},
		{"/d/bomb.ttl.gz", nil, "longer than 10000 bytes"},
		{"/d/away", nil, "begins with no allowed prefix (--allow-load)"},
		{"/d/faulty", nil, "line 2"},
		{"/d/foreign", nil, "no allowed prefix"},
		{"/d/none", nil, "404 Not Found: 404 page not found"},
		{"/other/typed", nil, "no allowed prefix"},
	} {
		t.Run(c.path, func(t *testing.T) {
			got, err := load(t, o, s.URL+c.path)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	l, err := service.NewLoader(o)
	require.NoError(t, err)
	g := memgraph.New()
	e := queries.New(g, queries.Options{Loader: l})
	changes, err := e.Update(t.Context(), `LOAD <`+s.URL+`/d/typed> INTO GRAPH <http://x/g>`, queries.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, 2, changes.Inserted)
	_, err = e.Update(t.Context(), `INSERT DATA { <http://x/a> <http://x/p> 3 } ; LOAD <`+s.URL+`/d/faulty>`, queries.UpdateOptions{})
	require.ErrorContains(t, err, "LOAD <"+s.URL+"/d/faulty>: ")
	changes, err = e.Update(t.Context(), `LOAD SILENT <`+s.URL+`/d/faulty>`, queries.UpdateOptions{})
	require.NoError(t, err)
	require.Zero(t, changes.Inserted, "a request that fails leaves nothing behind")
}
