package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A reply is what an engine answered to a query, and when.
type reply struct {
	took  time.Duration // from the sending of the query to the last byte
	first time.Duration // to the first row
	media string
	body  []byte
}

// An asker answers queries. The bodies of replies are kept when keep is set;
// otherwise they are read and dropped, as far as that is possible.
type asker interface {
	ask(ctx context.Context, s shape, keep bool) (reply, error)
}

// endpoint is a SPARQL endpoint over HTTP.
type endpoint struct {
	url   string
	graph string // default-graph-uri, for engines that hold graphs of their own
}

// client keeps its connection, so that no answer pays for a handshake.
var client = &http.Client{Transport: &http.Transport{
	DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	MaxIdleConnsPerHost: 4,
	DisableCompression:  true,
	ReadBufferSize:      64 << 10,
}}

func accepted(s shape) string {
	switch {
	case s.construct():
		return "application/n-triples"
	case s.export:
		return "text/tab-separated-values"
	case strings.Contains(s.query, "ASK {"):
		return "application/sparql-results+json"
	}
	return "text/csv"
}

func (e *endpoint) form(query string) url.Values {
	form := url.Values{"query": {query}}
	if e.graph != "" {
		form.Set("default-graph-uri", e.graph)
	}
	return form
}

func (e *endpoint) request(ctx context.Context, s shape) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, strings.NewReader(e.form(s.query).Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", accepted(s))
	return req, nil
}

func (e *endpoint) ask(ctx context.Context, s shape, keep bool) (reply, error) {
	req, err := e.request(ctx, s)
	if err != nil {
		return reply{}, err
	}
	start := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	r := reply{media: resp.Header.Get("Content-Type")}
	var kept bytes.Buffer
	var total, lines int
	buf := make([]byte, 256<<10)
	for {
		n, err := resp.Body.Read(buf)
		if lines < 2 {
			if lines += bytes.Count(buf[:n], []byte{'\n'}); lines >= 2 {
				r.first = time.Since(start)
			}
		}
		total += n
		if keep || resp.StatusCode != http.StatusOK {
			kept.Write(buf[:n])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return reply{}, err
		}
	}
	r.took = time.Since(start)
	if resp.StatusCode != http.StatusOK {
		return reply{}, errors.New(resp.Status + ": " + firstLine(kept.String()))
	}
	if r.first == 0 {
		r.first = r.took
	}
	r.body = kept.Bytes()
	return r, nil
}

// firstLine returns the beginning of a message, for tables.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if r := []rune(s); len(r) > 160 {
		s = string(r[:160]) + "…"
	}
	return strings.TrimSpace(s)
}
