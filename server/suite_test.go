package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/queries/results"
)

// The W3C HTTP suites are run as real requests to a real listener. Their paths
// /sparql/ and /gsp are mapped to ours, and requests say that they are for
// www.example, as the graphs of the suites are named.
const (
	suiteHost = "www.example"

	nsHTTP        = "http://www.w3.org/2011/http#"
	nsStatus      = "http://www.w3.org/2011/http-statusCodes#"
	nsContent     = "http://www.w3.org/2011/content#"
	nsTestUpdate  = "http://www.w3.org/2009/sparql/tests/test-update#"
	deprecatedDir = "http-rdf-update"
)

// suiteSkips are the tests that are not run, with the reason.
var suiteSkips = map[string]string{
	deprecatedDir + "/get_of_post__existing_graph": "deprecated and wrong: its expected graph has neither what the PUT nor what the POST before it wrote, " +
		"and contradicts get_of_post__multipart_formdata; graph-store-protocol/post_get_post_get is the test that replaced it",
}

// listener starts a server over an empty store for everybody to write to.
func listener(t testing.TB, cfg Config) (*httptest.Server, graph.Graph) {
	t.Helper()
	if cfg.Graph == nil {
		s, err := store.Open("", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		cfg.Graph = s
	}
	if cfg.Writes == "" {
		cfg.Writes = WritesOpen
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l := httptest.NewServer(s.Handler())
	t.Cleanup(l.Close)
	return l, cfg.Graph
}

// loadFile puts a file of the suites into a graph.
func loadFile(t testing.TB, g graph.Graph, path string, into rdf.Term) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := rdfio.Open(f, rdfio.Source{Name: path}, rdfio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = g.Update(context.Background(), func(tx graph.Tx) error {
		for q, err := range d.All() {
			if err != nil {
				return err
			}
			q.Graph = into
			if _, err := tx.Insert(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// plainClient does not follow redirects: what the server answers counts.
var plainClient = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// exchange is one request of a suite and what is expected of its response.
type exchange struct {
	method, path string
	header       http.Header
	body         []byte

	statuses    []string // "200", or "2xx"
	contentType string
	content     string // a graph of the type contentType
	boolean     string
	format      string // "boolean", "tabular" or "RDF"
}

// do sends the request to the listener at base and checks the response, whose
// Location it returns.
func (x *exchange) do(base string) (location string, err error) {
	r, err := http.NewRequest(x.method, base+x.path, bytes.NewReader(x.body))
	if err != nil {
		return "", err
	}
	r.Host = suiteHost
	for k, v := range x.header {
		r.Header[k] = v
	}
	resp, err := plainClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	status := fmt.Sprint(resp.StatusCode)
	if !slices.ContainsFunc(x.statuses, func(want string) bool { return status == want || status[:1]+"xx" == want }) {
		return "", fmt.Errorf("%s %s: status %s, want %s: %s", x.method, x.path, status, strings.Join(x.statuses, " or "), body)
	}
	if err := x.check(resp, body); err != nil {
		return "", fmt.Errorf("%s %s: %w", x.method, x.path, err)
	}
	return resp.Header.Get("Location"), nil
}

func (x *exchange) check(resp *http.Response, body []byte) error {
	got := resp.Header.Get("Content-Type")
	if x.contentType != "" && got != x.contentType {
		return fmt.Errorf("content type %q, want %q", got, x.contentType)
	}
	if x.content != "" {
		have, err := parseGraph(string(body), got)
		if err != nil {
			return err
		}
		want, err := parseGraph(x.content, x.contentType)
		if err != nil {
			return err
		}
		if !canon.Isomorphic(have, want) {
			return fmt.Errorf("graphs differ:\n%s", canon.Difference(have, want))
		}
	}
	if x.format == "RDF" {
		if _, err := parseGraph(string(body), got); err != nil {
			return err
		}
		return nil
	}
	if x.format == "" && x.boolean == "" {
		return nil
	}
	f, ok := results.ByMediaType(got)
	if !ok || f == results.HTML {
		return fmt.Errorf("content type %q is not that of a result", got)
	}
	r, err := results.NewReader(bytes.NewReader(body), f, results.ReaderOptions{})
	if err != nil {
		return err
	}
	answer, isBoolean := r.Boolean()
	if isBoolean != (x.format == "boolean") {
		return fmt.Errorf("the result is not %s: %s", x.format, body)
	}
	if x.boolean != "" && fmt.Sprint(answer) != x.boolean {
		return fmt.Errorf("answer %v, want %s", answer, x.boolean)
	}
	return nil
}

// parseGraph reads a graph of a media type.
func parseGraph(text, contentType string) ([]rdf.Quad, error) {
	f, ok := rdfio.ByMediaType(contentType)
	if !ok {
		return nil, fmt.Errorf("%q is no type of RDF", contentType)
	}
	d, err := rdfio.NewDecoder(strings.NewReader(text), f, rdfio.Options{Base: "http://" + suiteHost + "/"})
	if err != nil {
		return nil, err
	}
	var quads []rdf.Quad
	for q, err := range d.All() {
		if err != nil {
			return nil, err
		}
		quads = append(quads, q)
	}
	return quads, nil
}

// exchanges reads the requests of a test.
func exchanges(m *rdftest.Manifest, e *rdftest.Entry) []*exchange {
	g := m.Graph
	var list []*exchange
	for _, node := range g.List(g.Object(e.Action, nsHTTP+"requests")) {
		x := &exchange{method: g.Text(node, nsHTTP+"methodName"), path: g.Text(node, nsHTTP+"absolutePath"), header: http.Header{}}
		for _, h := range g.List(g.Object(node, nsHTTP+"headers")) {
			x.header.Set(g.Text(h, nsHTTP+"fieldName"), g.Text(h, nsHTTP+"fieldValue"))
		}
		if b := g.Object(node, nsHTTP+"body"); b != nil {
			x.body = encode(g.Text(b, nsContent+"chars"), g.Text(b, nsContent+"characterEncoding"))
		}
		resp := g.Object(node, nsHTTP+"resp")
		for _, s := range g.Objects(resp, rdftest.NSManifest+"expectedStatus") {
			x.statuses = append(x.statuses, statusOf(s))
		}
		for _, h := range g.List(g.Object(resp, nsHTTP+"headers")) {
			x.contentType = g.Text(h, nsHTTP+"fieldValue") // the suites expect no other header
		}
		if b := g.Object(resp, nsHTTP+"body"); b != nil {
			x.content = g.Text(b, nsContent+"chars")
		}
		x.boolean = g.Text(resp, rdftest.NSManifest+"expectedBoolean")
		x.format = g.Text(resp, rdftest.NSManifest+"expectedFormat")
		list = append(list, x)
	}
	return list
}

// statusOf turns a name such as hts:Created or hts:StatusCode2xx into a number.
func statusOf(t rdf.Term) string {
	i, _ := t.(rdf.IRI)
	name := strings.TrimPrefix(string(i), nsStatus)
	if class, ok := strings.CutPrefix(name, "StatusCode"); ok {
		return class
	}
	return map[string]string{"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}[name]
}

func encode(text, encoding string) []byte {
	if encoding != "UTF-16" {
		return []byte(text)
	}
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}

// mapPath puts our paths for those of the suites.
func mapPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "/sparql/"); ok {
		return "/sparql" + rest
	}
	if rest, ok := strings.CutPrefix(path, "/gsp"); ok {
		return graphStorePath + rest
	}
	return path
}

func TestHTTPSuites(t *testing.T) {
	root := rdftest.Root(t)
	for _, dir := range []string{"protocol", "graph-store-protocol"} {
		t.Run(dir, func(t *testing.T) {
			suite := rdftest.NewSuite(t, "sparql11 "+dir)
			m, err := rdftest.Load(root, filepath.Join(root, "sparql", "sparql11", dir, "manifest.ttl"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range m.Entries {
				e := &m.Entries[i]
				name := dir + "/" + localName(e.ID)
				if reason, ok := suiteSkips[name]; ok {
					suite.Skip(name, reason)
					continue
				}
				suite.Run(t, localName(e.ID), func() error {
					l, g := listener(t, Config{})
					for _, data := range m.Graph.Objects(e.ID, nsTestUpdate+"graphData") {
						file, err := m.File(m.Graph.Object(data, nsTestUpdate+"graph"))
						if err != nil {
							return err
						}
						loadFile(t, g, file, rdf.IRI(m.Graph.Text(data, rdf.RDFSLabel)))
					}
					list := exchanges(m, e)
					if len(list) == 0 {
						return fmt.Errorf("the test has no requests")
					}
					location := ""
					for _, x := range list {
						x.path = strings.ReplaceAll(mapPath(x.path), "$LOCATION$", location)
						if len(x.statuses) == 0 {
							return fmt.Errorf("%s %s: no status is expected", x.method, x.path)
						}
						got, err := x.do(l.URL)
						if err != nil {
							return err
						}
						if got != "" {
							location = got
						}
					}
					return nil
				})
			}
		})
	}
}

func localName(i rdf.IRI) string { return string(i[strings.LastIndexByte(string(i), '#')+1:]) }

// openStatement is a statement of the deprecated suite that lacks its full stop,
// without which it is no Turtle.
var openStatement = regexp.MustCompile(`(?m)^(<[^>\n]*> [^\n]*")$`)

// TestDeprecatedGraphStoreSuite runs http-rdf-update, whose tests are HTTP
// messages in prose and build on each other.
func TestDeprecatedGraphStoreSuite(t *testing.T) {
	root := rdftest.Root(t)
	suite := rdftest.NewSuite(t, "sparql11 "+deprecatedDir)
	m, err := rdftest.Load(root, filepath.Join(root, "sparql", "sparql11", deprecatedDir, "manifest.ttl"))
	if err != nil {
		t.Fatal(err)
	}
	l, g := listener(t, Config{})
	// The suite deletes a graph that none of its tests has made.
	err = g.Update(context.Background(), func(tx graph.Tx) error {
		return tx.CreateGraph(rdf.IRI("http://" + suiteHost + graphStorePath + "/person/2.ttl"))
	})
	if err != nil {
		t.Fatal(err)
	}
	newPath := ""
	for i := range m.Entries {
		e := &m.Entries[i]
		name := deprecatedDir + "/" + localName(e.ID)
		if reason, ok := suiteSkips[name]; ok {
			suite.Skip(name, reason)
			continue
		}
		suite.Run(t, localName(e.ID), func() error {
			x, err := proseExchange(m, e, newPath)
			if err != nil {
				return err
			}
			location, err := x.do(l.URL)
			if u, parseErr := url.Parse(location); parseErr == nil && location != "" {
				newPath = u.Path
			}
			return err
		})
	}
}

// proseExchange reads the messages that a comment shows as Markdown.
func proseExchange(m *rdftest.Manifest, e *rdftest.Entry, newPath string) (*exchange, error) {
	for _, t := range m.Graph.Objects(e.ID, rdf.RDFSComment) {
		text := t.(rdf.Literal).Lexical
		if !strings.Contains(text, "#### Request") {
			continue
		}
		for old, replacement := range map[string]string{"$HOST$": suiteHost, "$NEWPATH$": newPath} {
			text = strings.ReplaceAll(text, old, replacement)
		}
		text = strings.ReplaceAll(text, "/$GRAPHSTORE$", graphStorePath)
		text = strings.ReplaceAll(text, "$GRAPHSTORE$", graphStorePath)
		text = regexp.MustCompile(`(?m)^    `).ReplaceAllString(text, "")
		request, response, _ := strings.Cut(strings.TrimSpace(text), "#### Response")
		request = strings.TrimSpace(strings.TrimPrefix(request, "#### Request"))
		line, header, body := message(request)
		x := &exchange{header: header}
		if n, _ := fmt.Sscanf(line, "%s %s", &x.method, &x.path); n != 2 {
			return nil, fmt.Errorf("no request in %q", line)
		}
		x.header.Del("Host")
		body = openStatement.ReplaceAllString(body, "$1 .")
		if strings.HasPrefix(header.Get("Content-Type"), "multipart/") {
			body = strings.ReplaceAll(body, "\n", "\r\n")
		}
		x.body = []byte(body)
		line, header, x.content = message(strings.TrimSpace(response))
		x.statuses = []string{strings.Fields(line)[0]}
		x.contentType = header.Get("Content-Type")
		return x, nil
	}
	return nil, fmt.Errorf("the test has no request")
}

// message splits an HTTP message.
func message(text string) (line string, header http.Header, body string) {
	head, body, _ := strings.Cut(text, "\n\n")
	line, fields, _ := strings.Cut(head, "\n")
	header = http.Header{}
	for field := range strings.Lines(fields) {
		name, value, _ := strings.Cut(field, ":")
		header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return line, header, body
}
