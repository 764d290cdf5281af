package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// benchTriples is the size of the benchmark graph; BELLIGRAPH_BENCH_TRIPLES
// overrides it.
func benchTriples() int {
	if n, err := strconv.Atoi(os.Getenv("BELLIGRAPH_BENCH_TRIPLES")); err == nil {
		return n
	}
	return 1_000_000
}

// shop writes an e-commerce graph of about n triples as N-Triples: customers,
// products and orders with prices, dates and names.
func shop(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.nt")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	rng := rand.New(rand.NewPCG(1, 2))
	const ns = "http://shop.example/"
	done := 0
	line := func(s, p, o string) {
		fmt.Fprintf(w, "<%s%s> <%s%s> %s .\n", ns, s, ns, p, o)
		done++
	}
	iri := func(s string) string { return "<" + ns + s + ">" }
	customers, products := n/50, n/100
	for i := range products {
		s := "product/" + strconv.Itoa(i)
		fmt.Fprintf(w, "<%s%s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <%sProduct> .\n", ns, s, ns)
		line(s, "name", fmt.Sprintf("\"Product %d of line %d\"@en", i, rng.IntN(400)))
		line(s, "price", fmt.Sprintf("\"%d.%02d\"^^<http://www.w3.org/2001/XMLSchema#decimal>", 1+rng.IntN(900), rng.IntN(100)))
		line(s, "category", iri("category/"+strconv.Itoa(int(200*rng.Float64()*rng.Float64()))))
		done++
	}
	for i := range customers {
		s := "customer/" + strconv.Itoa(i)
		fmt.Fprintf(w, "<%s%s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <%sCustomer> .\n", ns, s, ns)
		line(s, "name", fmt.Sprintf("\"Customer Name %d\"", i))
		line(s, "email", fmt.Sprintf("\"customer%d@mail%d.example\"", i, i%40))
		line(s, "country", iri("country/"+strconv.Itoa(rng.IntN(200))))
		line(s, "joined", fmt.Sprintf("\"20%02d-%02d-%02d\"^^<http://www.w3.org/2001/XMLSchema#date>", rng.IntN(25), 1+rng.IntN(12), 1+rng.IntN(28)))
		done++
	}
	for i := 0; done < n; i++ {
		s := "order/" + strconv.Itoa(i)
		fmt.Fprintf(w, "<%s%s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <%sOrder> .\n", ns, s, ns)
		line(s, "customer", iri("customer/"+strconv.Itoa(rng.IntN(customers))))
		line(s, "product", iri("product/"+strconv.Itoa(int(float64(products)*rng.Float64()*rng.Float64()))))
		line(s, "quantity", fmt.Sprintf("\"%d\"^^<http://www.w3.org/2001/XMLSchema#integer>", 1+rng.IntN(10)))
		line(s, "placed", fmt.Sprintf("\"2024-%02d-%02dT%02d:%02d:%02dZ\"^^<http://www.w3.org/2001/XMLSchema#dateTime>", 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(24), rng.IntN(60), rng.IntN(60)))
		line(s, "total", fmt.Sprintf("\"%d.%02d\"^^<http://www.w3.org/2001/XMLSchema#decimal>", 1+rng.IntN(5000), rng.IntN(100)))
		done++
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return path
}

// cpuSeconds is the processor time used so far: on a shared machine it tells
// more than the clock.
func cpuSeconds() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

// perOp reports the processor time of a benchmark; call the result at its end.
func perOp(b *testing.B) func() {
	cpu := cpuSeconds()
	return func() { b.ReportMetric((cpuSeconds()-cpu)/float64(b.N)*1e9, "cpu-ns/op") }
}

func peakMB() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Maxrss) / 1024
}

func loadShop(b testing.TB, path string) *Store {
	b.Helper()
	s := open(b, path, Options{})
	f, err := os.Open(shop(b, benchTriples()))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	start, cpu := time.Now(), cpuSeconds()
	phase, phaseStart := "", start
	res, err := s.Load(context.Background(), []Source{{Reader: f, Format: rdfio.NTriples}}, LoadOptions{Progress: func(p LoadProgress) {
		if p.Phase != phase {
			if phase != "" {
				b.Logf("%s took %v", phase, time.Since(phaseStart).Round(time.Millisecond))
			}
			phase, phaseStart = p.Phase, time.Now()
		}
	}})
	if err != nil {
		b.Fatal(err)
	}
	wall, cpu := time.Since(start).Seconds(), cpuSeconds()-cpu
	info, _ := s.Stats(context.Background())
	n := float64(info.Quads)
	b.Logf("loaded %d: %.0fk triples/s, %.2f s of clock, %.2f s of processor, peak %.0f MB", res.Added, n/wall/1000, wall, cpu, peakMB())
	b.Logf("%.2f B/triple blocks, %.2f dictionary, %.2f file; %d terms; %d blocks", float64(info.BlockBytes)/n, float64(info.DictBytes)/n, float64(info.FileBytes)/n, info.Terms, info.Blocks)
	return s
}

// BenchmarkLoad loads the graph once, whatever b.N is; it prints what it
// measures.
func BenchmarkLoad(b *testing.B) {
	s := loadShop(b, filepath.Join(b.TempDir(), "store"))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
	}
}

func BenchmarkShop(b *testing.B) {
	ctx := context.Background()
	s := loadShop(b, filepath.Join(b.TempDir(), "store"))
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer snap.Close()
	scan := func(b *testing.B, p graph.Pattern, o graph.Order, cols graph.Columns) {
		n := 0
		cpu := cpuSeconds()
		for b.Loop() {
			c, err := snap.Scan(ctx, p, o, cols)
			if err != nil {
				b.Fatal(err)
			}
			for x := c.Next(); x != nil; x = c.Next() {
				n += x.N
			}
			c.Close()
		}
		b.ReportMetric(float64(n)/(cpuSeconds()-cpu)/1e6, "Mrows/cpu-s")
	}
	for o := range graph.GSPO {
		b.Run("scan/"+o.String(), func(b *testing.B) { scan(b, graph.Pattern{}, o, graph.AllCols) })
	}
	b.Run("scan/posg/S", func(b *testing.B) { scan(b, graph.Pattern{}, graph.POSG, graph.ColS) })
	total, _, _ := snap.Lookup(rdf.IRI("http://shop.example/total"))
	b.Run("scan/prefix/P", func(b *testing.B) { scan(b, graph.Pattern{P: total}, graph.PSOG, graph.ColS|graph.ColO) })
	rng := rand.New(rand.NewPCG(5, 6))
	orders := benchTriples() / 8
	var subjects []graph.ID
	for range 4096 {
		id, ok, err := snap.Lookup(rdf.IRI("http://shop.example/order/" + strconv.Itoa(rng.IntN(orders))))
		if err != nil || !ok {
			continue
		}
		subjects = append(subjects, id)
	}
	b.Run("point/sp", func(b *testing.B) {
		defer perOp(b)()
		i := 0
		for b.Loop() {
			c, err := snap.Scan(ctx, graph.Pattern{S: subjects[i%len(subjects)], P: total}, graph.SPOG, graph.ColO)
			if err != nil || c.Next() == nil {
				b.Fatal(err)
			}
			c.Close()
			i++
		}
	})
	b.Run("point/estimate", func(b *testing.B) {
		defer perOp(b)()
		i := 0
		for b.Loop() {
			if n, _, _ := snap.Estimate(graph.Pattern{S: subjects[i%len(subjects)], P: total}); n != 1 {
				b.Fatal(n)
			}
			i++
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		defer perOp(b)()
		for b.Loop() {
			x, err := s.Snapshot(ctx)
			if err != nil {
				b.Fatal(err)
			}
			x.Close()
		}
	})
	b.Run("term", func(b *testing.B) {
		defer perOp(b)()
		i := 0
		for b.Loop() {
			if _, err := snap.Term(subjects[i%len(subjects)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("lookup", func(b *testing.B) {
		names := make([]rdf.Term, 1024)
		for i := range names {
			names[i] = rdf.IRI("http://shop.example/order/" + strconv.Itoa(rng.IntN(orders)))
		}
		b.ResetTimer()
		defer perOp(b)()
		i := 0
		for b.Loop() {
			snap.Lookup(names[i%len(names)])
			i++
		}
	})
}

// BenchmarkCommits measures small durable commits.
func BenchmarkCommits(b *testing.B) {
	for _, tt := range []struct{ clients, size int }{{1, 1}, {8, 1}, {1, 100}, {8, 100}} {
		b.Run(fmt.Sprintf("clients=%d/size=%d", tt.clients, tt.size), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "store"), Options{})
			defer s.Close()
			var next atomic.Int64
			cpu := cpuSeconds()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range tt.clients {
				wg.Add(1)
				go func() {
					defer wg.Done()
					quads := make([]rdf.Quad, tt.size)
					for {
						n := int(next.Add(1))
						if n > b.N {
							return
						}
						for i := range quads {
							k := n*tt.size + i
							quads[i] = rdf.Quad{Subject: rdf.IRI("http://example.org/s" + strconv.Itoa(k/10)), Predicate: rdf.IRI("http://example.org/p" + strconv.Itoa(k%10)),
								Object: rdf.NewTyped(strconv.Itoa(k), rdf.XSDInteger)}
						}
						if err := s.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
							b.Error(err)
							return
						}
					}
				}()
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
			b.ReportMetric(float64(b.N*tt.size)/b.Elapsed().Seconds(), "triples/s")
			b.ReportMetric((cpuSeconds()-cpu)/float64(b.N)*1e6, "cpu-µs/commit")
		})
	}
}

// BenchmarkDelta scans with and without 100,000 changed rows that are not
// folded yet, spread over the whole graph.
func BenchmarkDelta(b *testing.B) {
	ctx := context.Background()
	s := loadShop(b, "")
	defer s.Close()
	s.opts.FoldRows = 1 << 30
	orders := benchTriples() / 8
	scan := func(name string) {
		for _, o := range []graph.Order{graph.SPOG, graph.POSG} {
			b.Run(fmt.Sprintf("scan/%s/%s", o, name), func(b *testing.B) {
				snap, err := s.Snapshot(ctx)
				if err != nil {
					b.Fatal(err)
				}
				defer snap.Close()
				n, cpu := 0, cpuSeconds()
				for b.Loop() {
					c, err := snap.Scan(ctx, graph.Pattern{}, o, graph.AllCols)
					if err != nil {
						b.Fatal(err)
					}
					for x := c.Next(); x != nil; x = c.Next() {
						n += x.N
					}
					c.Close()
				}
				b.ReportMetric(float64(n)/(cpuSeconds()-cpu)/1e6, "Mrows/cpu-s")
			})
		}
	}
	scan("clean")
	rng := rand.New(rand.NewPCG(9, 9))
	for range 100 {
		quads := make([]rdf.Quad, 1000)
		for i := range quads {
			quads[i] = rdf.Quad{Subject: rdf.IRI("http://shop.example/order/" + strconv.Itoa(rng.IntN(orders))), Predicate: rdf.IRI("http://shop.example/quantity"),
				Object: rdf.NewTyped(strconv.Itoa(100+rng.IntN(1e6)), rdf.XSDInteger)}
		}
		if err := s.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
			b.Fatal(err)
		}
	}
	scan("delta=100k")
}
