package server

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
)

// The hostile suite sends a server of its own process what nobody well-meaning
// sends, from one address, while a probe asks it small questions from another.
// The server must answer the probe in time, stay within its memory, and say what
// it thinks of the attack with a status of its own. It is short unless
// BELLIGRAPH_LONG is set.

// hostileServer marks the process that is the server.
const hostileServer = "BELLIGRAPH_HOSTILE_SERVER"

// The bounds of the attacked server. What the process holds beyond its queries
// is its runtime, its graph and what the collector has not got to yet.
const (
	hostileTotal    = 512 << 20
	hostileOverhead = 768 << 20
	hostileTimeout  = 3 * time.Second
)

// TestHostileServer is no test: it is the server of TestHostile.
func TestHostileServer(t *testing.T) {
	if os.Getenv(hostileServer) == "" {
		t.Skip("is run by TestHostile in a process of its own")
	}
	debug.SetMemoryLimit(hostileTotal + hostileOverhead/2) // as "serve" does
	g, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := ingest.New(g, ingest.Options{}).Path(t.Context(), sampleArticle, func(ingest.Report) {}); err != nil {
		t.Fatal(err)
	}
	err = g.Update(t.Context(), func(tx graph.Tx) error {
		for i := range 300 { // a dense graph, for paths and products
			for j := range 20 {
				if _, err := tx.Insert(rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://example.org/n", i)), Predicate: rdf.IRI("http://example.org/p"),
					Object: rdf.IRI(fmt.Sprint("http://example.org/n", (i*7+j*j*13)%300))}); err != nil {
					return err
				}
			}
		}
		_, err := tx.Insert(rdf.Quad{Subject: rdf.IRI("http://example.org/long"), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.NewString(strings.Repeat("a", 100_000))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Graph: g, QueryTimeout: hostileTimeout, QueryMemory: 256 << 20, TotalMemory: hostileTotal,
		Writes: WritesToken, Token: "correct horse battery staple", Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	encrypted := cfg // for HTTP/2
	encrypted.CertFile, encrypted.KeyFile = writeCertificate(t, t.TempDir(), 1)
	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	var addresses []string
	for _, cfg := range []Config{cfg, encrypted} {
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, l.Addr().String())
		serving.Go(func() {
			if err := s.Serve(ctx, l); err != nil {
				t.Error(err)
			}
		})
	}
	fmt.Printf("\nlistening %s\n", strings.Join(addresses, " "))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes it
	stop()
	serving.Wait()
}

// victim is the attacked server and the attacker's way to it.
type victim struct {
	t       *testing.T
	address string
	secure  string // where the same is served over TLS
	pid     int
	scale   int // how much of everything: 1, or 10 in the long form
	dialer  *net.Dialer
	client  *http.Client // the attacker's

	mu       sync.Mutex
	outcomes map[string]int
}

func (v *victim) note(outcome string) {
	v.mu.Lock()
	v.outcomes[outcome]++
	v.mu.Unlock()
}

func (v *victim) dial() (net.Conn, error) { return v.dialer.Dial("tcp", v.address) }

// send sends a request and notes its status.
func (v *victim) send(method, path, contentType string, body io.Reader, pairs ...string) {
	ctx, cancel := context.WithTimeout(v.t.Context(), 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+v.address+path, body)
	if err != nil {
		v.t.Errorf("%s %.100s: %v", method, path, err)
		return
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(pairs); i += 2 {
		req.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := v.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			v.note("hangs")
			return
		}
		v.note("cut")
		return
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		v.note(strconv.Itoa(resp.StatusCode) + ", cut")
		return
	}
	v.note(strconv.Itoa(resp.StatusCode))
}

// queries sends queries, eight at a time.
func (v *victim) queries(texts ...string) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 8)
	for _, text := range texts {
		slots <- struct{}{}
		wg.Go(func() {
			v.send("POST", "/sparql", typeQuery, strings.NewReader(text), "Accept", "text/csv, text/turtle;q=0.5")
			<-slots
		})
	}
	wg.Wait()
}

// raw sends bytes and notes the statuses of what comes back.
func (v *victim) raw(text string) {
	c, err := v.dial()
	if err != nil {
		v.note("refused")
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(3 * time.Second))
	_, _ = io.WriteString(c, text) // the server may have closed already
	var statuses []string
	in := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			break
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		statuses = append(statuses, strconv.Itoa(resp.StatusCode))
		if resp.Close {
			break
		}
	}
	if len(statuses) == 0 {
		statuses = []string{"closed"}
	}
	v.note(strings.Join(statuses, "+"))
}

// hold opens connections, sends each a beginning, and keeps them for a while,
// sending a little more now and then.
func (v *victim) hold(connections int, beginning, more string, length time.Duration) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 64) // connecting at a time
	end := time.Now().Add(length)
	for range connections {
		wg.Go(func() {
			slots <- struct{}{}
			c, err := v.dial()
			<-slots
			if err != nil {
				v.note("refused")
				return
			}
			defer c.Close()
			_, err = io.WriteString(c, beginning)
			for err == nil && time.Now().Before(end) {
				time.Sleep(min(time.Second, time.Until(end)+time.Millisecond))
				if more != "" {
					_, err = io.WriteString(c, more)
				}
			}
			if err != nil {
				v.note("closed by the server")
				return
			}
			v.note("held")
		})
	}
	wg.Wait()
}

// attack is a row of the suite. only lists the outcomes that are right.
type attack struct {
	name string
	only string
	run  func(*victim)
}

// attacks are the rows.
var attacks = append([]attack{
	{"deep nesting", "400 413", func(v *victim) {
		n := 20_000 * v.scale
		v.queries("SELECT * "+strings.Repeat("{", n)+strings.Repeat("}", n),
			"SELECT * { FILTER("+strings.Repeat("(", n)+"1"+strings.Repeat(")", n)+") }",
			"SELECT * { FILTER("+strings.Repeat("!", n)+"1) }",
			"SELECT * { ?s "+strings.Repeat("(", n)+"<x:p>"+strings.Repeat(")", n)+" ?o }",
			"SELECT * { "+strings.Repeat("OPTIONAL {", n)+strings.Repeat("}", n)+" }",
			"SELECT * { ?s ?p "+strings.Repeat("[ <x:p> ", n)+strings.Repeat("]", n)+" }",
			"SELECT * { ?s ?p "+strings.Repeat("( ", n)+strings.Repeat(")", n)+" }",
			"SELECT * { ?s ?p "+strings.Repeat("<<( <x:s> <x:p> ", n)+"1"+strings.Repeat(")>>", n)+" }")
	}},
	{"long flat queries", "200 400 503", func(v *victim) {
		v.queries("SELECT * { "+strings.Repeat("?s ?p ?o . ", 10_000)+"} LIMIT 1",
			"SELECT * { "+strings.Repeat("{ ?s ?p ?o } UNION ", 5_000)+"{} } LIMIT 1",
			"SELECT * { FILTER(1"+strings.Repeat(" + 1", 50_000)+" > 0) }",
			"SELECT * { FILTER(false"+strings.Repeat(" || false", 50_000)+") }")
	}},
	{"10 MB query", "413", func(v *victim) {
		v.queries("ASK { ?s ?p \"" + strings.Repeat("x", 10<<20) + "\" }")
	}},
	{"VALUES of 100,000 terms", "200", func(v *victim) {
		var b strings.Builder
		b.WriteString("SELECT (COUNT(*) AS ?n) { VALUES ?s {")
		for i := range 100_000 {
			fmt.Fprintf(&b, " <x:%d>", i)
		}
		b.WriteString(" } OPTIONAL { ?s ?p ?o } }")
		v.queries(b.String())
	}},
	{"exponential paths", "200 503", func(v *victim) {
		p := "<http://example.org/p>"
		v.queries("SELECT (COUNT(*) AS ?n) { ?a ((("+p+"*)*)*)* ?b . ?b ("+p+"/"+p+"?/"+p+"*)+ ?c }",
			"SELECT (COUNT(*) AS ?n) { ?a "+strings.Repeat(p+"/", 30)+p+" ?b }",
			"SELECT (COUNT(*) AS ?n) { ?a "+strings.Repeat("("+p+"|^"+p+")/", 12)+p+" ?b }",
			"SELECT (COUNT(*) AS ?n) { ?a !(<x:a>|^<x:b>)* ?b . ?c !(<x:a>|^<x:b>)* ?d }")
	}},
	{"regular expression bombs", "200 400 503", func(v *victim) {
		of := func(pattern string) string {
			return `SELECT (COUNT(*) AS ?n) { <http://example.org/long> ?p ?o FILTER(REGEX(?o, "` + pattern + `")) }`
		}
		v.queries(of("^(a+)+$"), of("(a|aa)+b"), of("^(([a-z])+.)+[A-Z]([a-z])+$"), of("(a{1,1000}){1,1000}"), of("((((a?){100}){100}){100}){100}"),
			of(strings.Repeat("(a?", 5000)+strings.Repeat(")", 5000)),
			`SELECT (STRLEN(REPLACE(?o, "a", "`+strings.Repeat("b", 10_000)+`")) AS ?n) { <http://example.org/long> ?p ?o }`)
	}},
	{"cartesian products", "503 200, cut", func(v *victim) {
		v.queries("SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
			"CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f }",
			"SELECT ?a { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?f = ?c && ?g != ?d) } }",
			"SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
	}},
	{"zip bombs", "413", func(v *victim) {
		var bomb bytes.Buffer
		z, _ := gzip.NewWriterLevel(&bomb, gzip.BestCompression) // the level is a valid one
		zeros := make([]byte, 1<<20)
		for range 200 * v.scale {
			_, _ = z.Write(zeros)
		}
		z.Close()
		for _, to := range []struct{ path, contentType string }{{"/sparql", typeQuery}, {graphStorePath + "?default", "text/turtle"}, {"/api/v2/write", "application/n-quads"}} {
			v.send("POST", to.path, to.contentType, bytes.NewReader(bomb.Bytes()), "Content-Encoding", "gzip", "Authorization", "Bearer correct horse battery staple")
		}
	}},
	{"Gizmo that never ends", "503 400 429", func(v *victim) {
		var wg sync.WaitGroup
		for _, text := range []string{"while(true){}", "var a=[];while(true){a.push(new Array(100000).join('x')+a.length)}", "function f(){return f()+f()};f()",
			"g.V().both().both().both().both().both().all()", "for(;;){g.emit(1)}", "var s='x';while(true){s+=s}"} {
			wg.Go(func() { v.send("POST", "/api/v1/query/gizmo?limit=-1", "text/plain", strings.NewReader(text)) })
		}
		wg.Wait()
	}},
	{"deep JSON for Cayley", "400 413 200", func(v *victim) {
		n := 100_000 * min(v.scale, 4)
		v.send("POST", "/api/v1/query/mql", "text/plain", strings.NewReader(strings.Repeat(`[{"a":`, n/10)+"1"))
		v.send("POST", "/api/v1/query/mql", "text/plain", strings.NewReader(strings.Repeat("[", n)+strings.Repeat("]", n)))
		v.send("POST", "/api/v1/query/graphql", "text/plain", strings.NewReader("{ nodes "+strings.Repeat("{ a ", n/10)+strings.Repeat("}", n/10)+" }"))
	}},
	{"slowloris", "held; closed by the server", func(v *victim) {
		v.hold(200*v.scale, "GET /sparql HTTP/1.1\r\nHost: x\r\nX: ", "y", time.Duration(2+v.scale)*time.Second)
	}},
	{"slow bodies", "held", func(v *victim) {
		v.hold(100*v.scale, "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100000\r\n\r\nASK", " ", 2*time.Second)
	}},
	{"half-closed uploads", "400 408 closed", func(v *victim) {
		for range 20 * v.scale {
			c, err := v.dial()
			if err != nil {
				v.note("refused")
				continue
			}
			_, _ = io.WriteString(c, "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100000\r\n\r\nASK {")
			_ = c.(*net.TCPConn).CloseWrite()
			_ = c.SetReadDeadline(time.Now().Add(3 * time.Second))
			if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				resp.Body.Close()
				v.note(strconv.Itoa(resp.StatusCode))
			} else {
				v.note("closed")
			}
			c.Close()
		}
	}},
	{"readers that take nothing", "held; closed by the server", func(v *victim) {
		v.hold(20*v.scale, "GET "+graphStorePath+" HTTP/1.1\r\nHost: x\r\nAccept: application/n-quads\r\n\r\n"+
			"GET /sparql?query="+url.QueryEscape("SELECT * { ?a ?b ?c . ?d ?e ?f }")+" HTTP/1.1\r\nHost: x\r\n\r\n", "", 3*time.Second)
	}},
	{"1,000 or 10,000 connections", "held", func(v *victim) {
		v.hold(1000*v.scale, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "", 2*time.Second)
	}},
	{"text that is no UTF-8", "303 400 404 405 415", func(v *victim) {
		for _, p := range []string{"/sparql?query=%ff%fe", "/id/%ff", "/page/%c0%af..%c0%af", "/data/%ed%a0%80.ttl", "/describe?iri=http://x/%ff", graphStorePath + "?graph=http://x/%ff", "/ask?q=%ff%ff"} {
			v.send("GET", p, "", nil)
		}
		v.send("POST", "/sparql", typeQuery, strings.NewReader("ASK { ?s ?p \"\xff\xfe\" }"))
		v.send("POST", "/api/v1/query/gizmo", "text/plain", strings.NewReader("g.V(\"\xff\").all("))
		v.raw("GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	}},
	{"smuggled requests", "400 501 closed 400+400", func(v *victim) {
		inner := "GET /admin/queries HTTP/1.1\r\nHost: x\r\n\r\n"
		head := "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
		for _, h := range []string{
			"Content-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}" + inner,
			"Content-Length: 5, 6\r\n\r\nASK {}" + inner,
			"Content-Length: -1\r\n\r\n" + inner,
			"Content-Length: +6\r\n\r\nASK {}" + inner,
			"Content-Length: 0x6\r\n\r\nASK {}" + inner,
			"Content-Length: 6\r\nTransfer-Encoding: xchunked\r\n\r\nASK {}" + inner,
			"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + inner,
			"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
			"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + inner,
			"X: a\r\n\tTransfer-Encoding: chunked\x00\r\n\r\n0\r\n\r\n" + inner,
			"Content Length: 6\r\n\r\nASK {}" + inner,
			"Host: y\r\n\r\n" + inner,
		} {
			v.raw(head + h)
		}
	}},
	{"huge headers", "431 400 closed", func(v *victim) {
		v.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n")
		v.raw("GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: a\r\n", 200_000) + "\r\n")
		v.raw("GET /?" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n")
		v.raw(strings.Repeat("A", 1<<20))
	}},
	{"chunks out of order", "400 413 closed", func(v *victim) {
		head := "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
		for _, chunks := range []string{"ffffffffffffffff\r\nASK {}\r\n0\r\n\r\n", "-6\r\nASK {}\r\n0\r\n\r\n", "fffffffffffffffff\r\n", "6;" + strings.Repeat("x", 1<<17) + "\r\nASK {}\r\n0\r\n\r\n",
			"6\nASK {}0\n\n", "\r\n\r\n\r\n", strings.Repeat("1\r\n \r\n", 100_000) + "zz\r\n"} {
			v.raw(head + chunks)
		}
	}},
	{"many parameters and ranges", "400 406 413 431 200", func(v *victim) {
		v.send("POST", "/sparql", typeForm, strings.NewReader("query=ASK%7B%7D"+strings.Repeat("&a=1", 100_000)))
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, "&p%d=1", i)
		}
		v.send("POST", "/sparql", typeForm, strings.NewReader("query=ASK%7B%7D"+b.String()))
		v.send("GET", "/sparql?query=ASK%7B%7D", "", nil, "Accept", strings.Repeat("a/b;q=0.1,", 5000))
		v.send("GET", "/assets/belligraph.css", "", nil, "Range", "bytes="+strings.Repeat("0-,", 10_000)+"0-")
		v.send("GET", "/api/v2/read?sub="+strings.Repeat("a,", 20_000), "", nil)
	}},
}, streamAttacks...)

// probe asks the server small things until ctx ends and returns how long each
// took.
func probe(ctx context.Context, t *testing.T, address string) (took []time.Duration) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	paths := []string{q("SELECT * { <http://example.org/n1> ?p ?o }"), "/health/ready", q("ASK { <https://belligraph.org/id/actor/mnla> ?p ?o }")}
	for i := 0; ctx.Err() == nil; i++ {
		start := time.Now()
		status, body, err := send(client, "GET", "http://"+address+paths[i%len(paths)], "", "")
		if err != nil || status != http.StatusOK {
			t.Errorf("the probe gets status %d, %v: %.200s", status, err, body)
		}
		took = append(took, time.Since(start))
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	slices.Sort(took)
	return took
}

// resident returns the memory of a process and the most that it ever had, zero
// where the system does not tell.
func resident(pid int) (now, peak int64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			now = n << 10
		case "VmHWM:":
			peak = n << 10
		}
	}
	return now, peak
}

// gauge returns a number of the server's metrics.
func gauge(t *testing.T, address, name string) float64 {
	_, text, err := send(http.DefaultClient, "GET", "http://"+address+"/metrics", "", "")
	if err != nil {
		t.Error(err)
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, _ := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return n
		}
	}
	return -1
}

// TestHostile runs the suite and prints its table.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the better part of a minute")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileServer$")
	cmd.Env = append(os.Environ(), hostileServer+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	out := bufio.NewReader(stdout)
	var address, secure string
	for address == "" {
		line, err := out.ReadString('\n')
		if err != nil {
			t.Fatalf("the server does not start: %v\n%s", err, stderr.String())
		}
		if addresses, ok := strings.CutPrefix(strings.TrimSpace(line), "listening "); ok {
			address, secure, _ = strings.Cut(addresses, " ")
		}
	}
	scale, bound := 1, 2*time.Second // beside all other tests
	if os.Getenv("BELLIGRAPH_LONG") != "" {
		// Alone on a machine with two processors, which the attacker shares, all
		// stay within 100 ms but those that follow the resets of HTTP/2, with up to
		// 190 ms.
		scale, bound = 10, 250*time.Millisecond
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-32s %7s %7s %8s %6s %6s %6s  %s\n", "attack", "took", "median", "p99", "MB", "heap", "gor.", "outcomes")
	run := func(t *testing.T, a attack) {
		v := &victim{t: t, address: address, secure: secure, pid: cmd.Process.Pid, scale: scale, outcomes: make(map[string]int),
			dialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, Timeout: 10 * time.Second}}
		transport := &http.Transport{DialContext: v.dialer.DialContext, DisableCompression: true}
		v.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		ctx, stop := context.WithCancel(t.Context())
		probed := make(chan []time.Duration)
		go func() { probed <- probe(ctx, t, address) }()
		start := time.Now()
		a.run(v)
		took := time.Since(start)
		time.Sleep(max(0, 300*time.Millisecond-took))
		stop()
		latencies := <-probed
		transport.CloseIdleConnections()
		p99 := latencies[len(latencies)*99/100]
		now, peak := resident(v.pid)
		heap, goroutines := gauge(t, address, "go_memstats_heap_alloc_bytes"), gauge(t, address, "go_goroutines")
		var outcomes []string
		for o, n := range v.outcomes {
			outcomes = append(outcomes, fmt.Sprintf("%d× %s", n, o))
			allowed := strings.Contains(a.only, ";") && slices.Contains(strings.Split(a.only, "; "), o) || slices.Contains(strings.Fields(a.only), o) || a.only == o || strings.HasSuffix(a.only, " "+o)
			if !allowed {
				t.Errorf("%s: %d× %s, which is none of %s", a.name, n, o, a.only)
			}
		}
		slices.Sort(outcomes)
		fmt.Fprintf(&table, "%-32s %7s %7s %8s %6d %6.0f %6.0f  %s\n", a.name, took.Round(10*time.Millisecond), latencies[len(latencies)/2].Round(100*time.Microsecond),
			p99.Round(100*time.Microsecond), now>>20, heap/(1<<20), goroutines, strings.Join(outcomes, ", "))
		if p99 > bound {
			t.Errorf("%s: the probe's p99 is %s, more than %s", a.name, p99, bound)
		}
		if peak > hostileTotal+hostileOverhead {
			t.Fatalf("%s: the server has had %d MB", a.name, peak>>20)
		}
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { run(t, a) })
	}
	_, peak := resident(cmd.Process.Pid)
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	if strings.Contains(stderr.String(), "panic") {
		t.Errorf("the server has panicked:\n%.4000s", stderr.String())
	}
	t.Logf("most memory ever: %d MB\n%s", peak>>20, table.String())
}
