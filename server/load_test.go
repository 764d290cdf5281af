package server

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// loadMix is what the clients of a load do, with how often in a hundred.
var loadMix = []struct {
	kind  string
	share int
	ask   func(r *rand.Rand, n int) (method, path, contentType, body string)
}{
	{"look-up", 70, func(r *rand.Rand, n int) (string, string, string, string) {
		return "GET", q(fmt.Sprintf("SELECT * { <http://example.org/s%d> ?p ?o }", r.IntN(n))), "", ""
	}},
	{"question", 10, func(r *rand.Rand, _ int) (string, string, string, string) {
		asked := []string{"Who attacked Tinzaouaten?", "Who claimed control of Tinzaouaten?", "What is denied?"}
		return "GET", "/ask?format=json&q=" + url.QueryEscape(asked[r.IntN(2)]), "", ""
	}},
	{"analytics", 5, func(r *rand.Rand, _ int) (string, string, string, string) {
		return "GET", q(fmt.Sprintf("SELECT ?o (COUNT(*) AS ?n) { ?s <http://example.org/kind> ?o ; <http://example.org/p%d> ?x } GROUP BY ?o ORDER BY DESC(?n) LIMIT 10", r.IntN(5))), "", ""
	}},
	{"page", 5, func(*rand.Rand, int) (string, string, string, string) { return "GET", "/page/actor/mnla", "", "" }},
	{"write", 10, func(r *rand.Rand, n int) (string, string, string, string) {
		// What is written replaces what was there, so that the graph stays as
		// large as it is.
		s := r.IntN(n)
		return "POST", "/update", typeUpdate, fmt.Sprintf("DELETE WHERE { <http://example.org/s%d> <http://example.org/seen> ?x } ; INSERT DATA { <http://example.org/s%d> <http://example.org/seen> %d }", s, s, r.Uint32())
	}},
}

// TestLoad has 16 clients look up, ask, count, and write at once. It is over in
// two seconds unless BELLIGRAPH_LOAD names a duration, such as 10m. With the race
// detector it looks for races in what they do at the same time.
func TestLoad(t *testing.T) {
	length, entities := 2*time.Second, 2000
	if text := os.Getenv("BELLIGRAPH_LOAD"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		entities = 50_000
	}
	g, err := store.Open(filepath.Join(t.TempDir(), "graph"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := ingest.New(g, ingest.Options{}).Path(t.Context(), sampleArticle, func(ingest.Report) {}); err != nil {
		t.Fatal(err)
	}
	err = g.Update(t.Context(), func(tx graph.Tx) error {
		random := rand.New(rand.NewPCG(1, 2))
		for i := range entities {
			s := rdf.IRI(fmt.Sprintf("http://example.org/s%d", i))
			quads := []rdf.Quad{{Subject: s, Predicate: rdf.IRI("http://example.org/kind"), Object: rdf.IRI(fmt.Sprintf("http://example.org/k%d", i%40))}}
			for p := range 5 {
				quads = append(quads, rdf.Quad{Subject: s, Predicate: rdf.IRI(fmt.Sprintf("http://example.org/p%d", p)), Object: rdf.IRI(fmt.Sprintf("http://example.org/s%d", random.IntN(entities)))})
			}
			if _, err := tx.Insert(quads...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Graph: g, Writes: WritesOpen, Private: []string{"http://example.org/private/*"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()

	const clients = 16
	took := make([][][]time.Duration, clients)
	var memory []uint64
	var whole atomic.Int64 // clients that met no error
	var wg sync.WaitGroup
	end := time.Now().Add(length)
	for i := range clients {
		took[i] = make([][]time.Duration, len(loadMix))
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 3))
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for time.Now().Before(end) {
				kind, n := 0, random.IntN(100)
				for n >= loadMix[kind].share {
					n -= loadMix[kind].share
					kind++
				}
				method, path, contentType, body := loadMix[kind].ask(random, entities)
				start := time.Now()
				status, answer, err := send(client, method, "http://"+l.Addr().String()+path, contentType, body)
				if err != nil || status >= 300 {
					t.Errorf("%s: %s %s: %v, status %d: %.300s", loadMix[kind].kind, method, path, err, status, answer)
					return
				}
				took[i][kind] = append(took[i][kind], time.Since(start))
			}
			whole.Add(1)
		})
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for time.Now().Before(end) {
			time.Sleep(length / 20)
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			memory = append(memory, m.HeapAlloc)
		}
	}()
	wg.Wait()
	<-watched
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	requests := 0
	for i := range took {
		for _, of := range took[i] {
			requests += len(of)
		}
	}
	errors := clients - int(whole.Load())
	var report strings.Builder
	fmt.Fprintf(&report, "%d clients for %s on %d processors: %d requests, %.0f a second, %d clients ended by an error\n%-10s %9s %10s %10s %10s\n", clients, length, runtime.GOMAXPROCS(0), requests, float64(requests)/length.Seconds(), errors, "kind", "requests", "median", "p99", "longest")
	for kind := range loadMix {
		var all []time.Duration
		for i := range clients {
			all = append(all, took[i][kind]...)
		}
		if len(all) == 0 {
			continue
		}
		slices.Sort(all)
		fmt.Fprintf(&report, "%-10s %9d %10s %10s %10s\n", loadMix[kind].kind, len(all), all[len(all)/2].Round(10*time.Microsecond),
			all[len(all)*99/100].Round(10*time.Microsecond), all[len(all)-1].Round(10*time.Microsecond))
	}
	fmt.Fprintf(&report, "live heap in MB, every twentieth of the time:")
	for _, m := range memory {
		fmt.Fprintf(&report, " %d", m>>20)
	}
	t.Log(report.String())
	if n := len(memory); n >= 15 && length >= time.Minute {
		early, late := mean(memory[n/4:n/2]), mean(memory[3*n/4:])
		if late > early*5/4+32<<20 {
			t.Errorf("the live heap grew from %d MB to %d MB", early>>20, late>>20)
		}
	}
}

func mean(list []uint64) (m uint64) {
	for _, v := range list {
		m += v
	}
	return m / uint64(len(list))
}

// send sends a request and returns the status and the body of the answer.
func send(client *http.Client, method, address, contentType, body string) (int, string, error) {
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}
