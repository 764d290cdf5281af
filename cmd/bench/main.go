// Command bench compares Belligraph with other engines: the same generated
// graph, the same queries, over HTTP, one server at a time, answers compared
// before times. It prints ratios; it is never a test.
//
//	bench generate --graph wiki --triples 5000000 > wiki.nt
//	bench run --graph wiki --url http://127.0.0.1:8080/sparql [--peer NAME=URL ...]
package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Generate generateCmd `cmd:"" help:"Write a generated graph as N-Triples to standard output."`
	Run      runCmd      `cmd:"" help:"Time the queries of a graph against running endpoints."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	k := kong.Parse(&cli{}, kong.Name("bench"), kong.Description("Compares Belligraph with other engines."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	k.FatalIfErrorf(k.Run())
}

type generateCmd struct {
	Graph   string `help:"shop, wiki or conflict." enum:"shop,wiki,conflict" default:"wiki"`
	Triples int    `help:"About how many." default:"1000000"`
	Seed    uint64 `default:"1"`
}

func (c *generateCmd) Run() error { return generate(os.Stdout, c.Graph, c.Triples, c.Seed) }

type runCmd struct {
	Graph   string            `help:"shop, wiki or conflict." enum:"shop,wiki,conflict" default:"wiki"`
	URL     string            `help:"Belligraph's endpoint." default:"http://127.0.0.1:8080/sparql"`
	Peer    map[string]string `help:"Another endpoint that holds the same graph, as NAME=URL; may be repeated."`
	Rounds  int               `help:"Warm runs per query; the median counts." default:"5"`
	Timeout time.Duration     `default:"60s"`
	Only    string            `help:"Only queries whose name contains this."`
}

// endpoint is a server under measurement.
type endpoint struct {
	name, url string
}

// outcome is what one query gave at one endpoint.
type outcome struct {
	first, median time.Duration
	rows          int
	bytes         int64
	answer        [sha256.Size]byte // of the sorted rows
	err           error
}

func (c *runCmd) Run(ctx context.Context) error {
	endpoints := []endpoint{{"belligraph", c.URL}}
	for name, u := range c.Peer {
		endpoints = append(endpoints, endpoint{name, u})
	}
	slices.SortFunc(endpoints[1:], func(a, b endpoint) int { return strings.Compare(a.name, b.name) })

	fmt.Printf("%-42s", "query")
	for _, e := range endpoints {
		fmt.Printf(" %14s", e.name)
	}
	fmt.Printf(" %8s %9s %10s\n", "ratio", "rows", "bytes")
	for _, s := range shapes {
		if s.graph != c.Graph || !strings.Contains(s.name, c.Only) {
			continue
		}
		var outcomes []outcome
		for _, e := range endpoints {
			outcomes = append(outcomes, c.measure(ctx, e, s))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		printRow(s, outcomes)
	}
	return nil
}

// printRow prints one query: medians, the ratio of the best peer to us, and a
// mark where a peer's answer differs from ours.
func printRow(s shape, outcomes []outcome) {
	fmt.Printf("%-42s", s.name)
	ours := outcomes[0]
	var best time.Duration
	for i, o := range outcomes {
		switch {
		case o.err != nil:
			fmt.Printf(" %14s", "failed")
		case i > 0 && ours.err == nil && o.answer != ours.answer:
			fmt.Printf(" %13.4f≠", o.median.Seconds())
		default:
			fmt.Printf(" %14.4f", o.median.Seconds())
			if i > 0 && (best == 0 || o.median < best) {
				best = o.median
			}
		}
	}
	ratio := "-"
	if best > 0 && ours.err == nil {
		ratio = fmt.Sprintf("%.2f", best.Seconds()/ours.median.Seconds())
	}
	fmt.Printf(" %8s %9d %10d", ratio, ours.rows, ours.bytes)
	if ours.err != nil {
		fmt.Printf("  %v", ours.err)
	}
	fmt.Println()
}

// measure runs a query once cold and then warm.
func (c *runCmd) measure(ctx context.Context, e endpoint, s shape) outcome {
	o := c.once(ctx, e, s)
	if o.err != nil {
		return o
	}
	o.first = o.median
	times := make([]time.Duration, 0, c.Rounds)
	for range c.Rounds {
		again := c.once(ctx, e, s)
		if again.err != nil {
			return again
		}
		times = append(times, again.median)
	}
	slices.Sort(times)
	o.median = times[len(times)/2]
	return o
}

// once sends the query and reads the whole answer. Comparing the answers is not
// part of the time.
func (c *runCmd) once(ctx context.Context, e endpoint, s shape) outcome {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, strings.NewReader(url.Values{"query": {s.query}}.Encode()))
	if err != nil {
		return outcome{err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	accept := "text/csv"
	if strings.Contains(s.query, "CONSTRUCT") {
		accept = "application/n-triples"
	}
	req.Header.Set("Accept", accept)
	start := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return outcome{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	took := time.Since(start)
	if err != nil {
		return outcome{err: err}
	}
	if resp.StatusCode != http.StatusOK {
		return outcome{err: errors.New(resp.Status + ": " + strings.TrimSpace(string(body[:min(len(body), 200)])))}
	}
	o := outcome{median: took, bytes: int64(len(body))}
	o.rows, o.answer = digest(string(body), accept == "text/csv")
	return o
}

// digest counts the rows of an answer and hashes them in sorted order, numbers
// in one spelling, so that engines that print 2.50 and 2.5 agree.
func digest(body string, isCSV bool) (int, [sha256.Size]byte) {
	var rows []string
	if isCSV {
		r := csv.NewReader(strings.NewReader(body))
		r.FieldsPerRecord = -1
		records, err := r.ReadAll()
		if err == nil && len(records) > 0 {
			for _, record := range records[1:] {
				for i, field := range record {
					record[i] = spelling(field)
				}
				rows = append(rows, strings.Join(record, "\x00"))
			}
		}
	} else {
		for line := range strings.Lines(body) {
			if line = strings.TrimSpace(line); line != "" {
				rows = append(rows, line)
			}
		}
	}
	slices.Sort(rows)
	h := sha256.New()
	for _, row := range rows {
		io.WriteString(h, row)
		h.Write([]byte{'\n'})
	}
	return len(rows), [sha256.Size]byte(h.Sum(nil))
}

// spelling returns one spelling for equal numbers and the text itself for
// everything else.
func spelling(field string) string {
	var f float64
	if n, err := fmt.Sscanf(field, "%g", &f); n == 1 && err == nil && strings.Trim(field, "0123456789.+-eE") == "" {
		return fmt.Sprintf("%.10g", f)
	}
	return field
}
