package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// lookups are the point look-ups of each graph: a query with a %d in it, and
// the numbers that it may hold.
var lookups = map[string]struct {
	query  string
	bounds func(triples int) int
}{
	"wiki":     {"SELECT ?p ?o { <http://wiki.example/entity/Q%d> ?p ?o }", func(n int) int { return n * 10 / 108 }},
	"shop":     {"SELECT ?p ?o { <http://shop.example/order/%d> ?p ?o }", func(n int) int { return n * 10 / 75 }},
	"conflict": {"SELECT ?p ?o { <https://belligraph.org/id/claim/%d> ?p ?o }", func(n int) int { return n / 36 }},
	"bsbm":     {"SELECT ?p ?o { <http://bsbm.example/Product%d> ?p ?o }", func(n int) int { return bsbmCounts(n).products }},
}

// loads measures what is not one query: random point look-ups by one client and
// by sixteen, and the mix of the products graph. The second is given as seconds
// for one look-up, the reciprocal of the rate.
func (s *session) loads(ctx context.Context, g *graphFlags, wanted func(string) bool, note func(measured, error) error) error {
	e, ok := s.server.asker.(*endpoint)
	if !ok {
		return nil // in process, that is another question
	}
	l := lookups[g.Graph]
	requests := func(seed uint64) func() string {
		rng := rand.New(rand.NewPCG(g.Seed, seed))
		return func() string { return fmt.Sprintf(l.query, rng.IntN(l.bounds(g.size()))) }
	}
	for _, load := range []struct {
		name string
		run  func() (float64, error)
	}{
		{"random look-ups, one client", func() (float64, error) {
			times, err := e.sequence(ctx, requests(1), 2000)
			return median(times), err
		}},
		{"random look-ups, 16 clients, per look-up", func() (float64, error) { return e.crowd(ctx, requests, 16, 3*time.Second) }},
	} {
		if !wanted(load.name) {
			continue
		}
		took, err := load.run()
		m := measured{Name: load.name, Warm: took}
		if err != nil {
			m.Error = firstLine(err.Error())
		}
		if err := note(m, ctx.Err()); err != nil {
			return err
		}
	}
	if g.Graph == "bsbm" && wanted(mixName) {
		return note(s.mix(ctx, g))
	}
	return nil
}

// line is a connection over which queries are sent one after the other. It does
// little itself, as it shares the processors with the server.
type line struct {
	conn    net.Conn
	in      *bufio.Reader
	target  *url.URL
	graph   string
	request []byte
}

func (e *endpoint) dial(ctx context.Context) (*line, error) {
	target, err := url.Parse(e.url)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", target.Host)
	if err != nil {
		return nil, err
	}
	l := &line{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), target: target}
	if e.graph != "" {
		l.graph = "&default-graph-uri=" + url.QueryEscape(e.graph)
	}
	return l, nil
}

// get sends a query and reads the whole answer, whose status must be 200.
func (l *line) get(query, accept string) error {
	l.request = fmt.Appendf(l.request[:0], "GET %s?query=%s%s HTTP/1.1\r\nHost: %s\r\nAccept: %s\r\n\r\n",
		l.target.Path, url.QueryEscape(query), l.graph, l.target.Host, accept)
	if _, err := l.conn.Write(l.request); err != nil {
		return err
	}
	resp, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// sequence sends n queries and returns the seconds of each.
func (e *endpoint) sequence(ctx context.Context, next func() string, n int) ([]float64, error) {
	l, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer l.conn.Close()
	times := make([]float64, 0, n)
	for i := range n + n/10 {
		query := next()
		start := time.Now()
		if err := l.get(query, "text/csv"); err != nil {
			return nil, err
		}
		if i >= n/10 { // the first warm up
			times = append(times, time.Since(start).Seconds())
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return times, nil
}

// crowd lets clients send queries without pause for some time and returns the
// seconds per answered query.
func (e *endpoint) crowd(ctx context.Context, requests func(seed uint64) func() string, clients int, during time.Duration) (float64, error) {
	counts, errs := make([]int, clients), make([]error, clients)
	deadline := time.Now().Add(during)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			l, err := e.dial(ctx)
			if err != nil {
				errs[i] = err
				return
			}
			defer l.conn.Close()
			next := requests(uint64(i) + 100)
			for time.Now().Before(deadline) && ctx.Err() == nil {
				if errs[i] = l.get(next(), "text/csv"); errs[i] != nil {
					return
				}
				counts[i]++
			}
		})
	}
	wg.Wait()
	took := time.Since(start).Seconds()
	total := 0
	for _, n := range counts {
		total += n
	}
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	return took / float64(max(1, total)), nil
}
