package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/results"
)

// Client asks SPARQL endpoints. It may be used concurrently.
type Client struct{ guard *guard }

var _ exec.ServiceClient = (*Client)(nil)

// NewClient returns a client that asks the endpoints that o allows.
func NewClient(o Options) (*Client, error) {
	g, err := newGuard(o.withDefaults(30*time.Second, 64<<20), "--allow-service")
	if err != nil {
		return nil, err
	}
	return &Client{g}, nil
}

// acceptResults asks for the formats that keep terms whole; CSV does not.
const acceptResults = "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.5"

// Query sends a SELECT query to an endpoint by POST, as a form (SPARQL 1.1
// Protocol §2.1.2), which every endpoint understands. The answer is read while
// it arrives and must be closed.
func (c *Client) Query(ctx context.Context, endpoint rdf.IRI, query string) (exec.Solutions, error) {
	resp, err := c.guard.fetch(ctx, http.MethodPost, endpoint, acceptResults,
		"application/x-www-form-urlencoded", url.Values{"query": {query}}.Encode())
	if err != nil {
		return nil, err
	}
	fail := func(err error) (exec.Solutions, error) {
		resp.Body.Close()
		return nil, failed(resp, err)
	}
	format, ok := results.ByMediaType(mediaType(resp))
	if !ok || format == results.HTML || format == results.CSV {
		return fail(fmt.Errorf("answered with %q, which holds no SPARQL results", mediaType(resp)))
	}
	r, err := results.NewReader(resp.Body, format, results.ReaderOptions{MaxToken: int(min(c.guard.opts.MaxBytes, 16<<20))})
	if err != nil {
		return fail(err)
	}
	if _, isBoolean := r.Boolean(); isBoolean {
		return fail(errors.New("answered a SELECT query with a boolean"))
	}
	return &solutions{Reader: r, resp: resp}, nil
}

// solutions is an answer being read.
type solutions struct {
	results.Reader
	resp *http.Response
}

// Vars implements exec.Solutions.
func (s *solutions) Vars() []algebra.Var { return s.Reader.Vars() }

// Next implements exec.Solutions.
func (s *solutions) Next() ([]rdf.Term, bool, error) {
	row, err := s.Reader.Next()
	switch {
	case err == nil:
		return row, true, nil
	case err == io.EOF:
		return nil, false, nil
	}
	return nil, false, failed(s.resp, err)
}

// Close implements exec.Solutions.
func (s *solutions) Close() error { return s.resp.Body.Close() }
