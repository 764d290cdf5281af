// Command bench compares Belligraph with other engines: the same generated
// graph, the same queries, one server at a time, answers compared before times.
// It prints ratios; it is never a test.
//
//	bench run --graph wiki                  all engines that are found
//	bench run --graph wiki --only triangle  some of the queries
//	bench table --graph wiki                what was measured before
//	bench generate --graph wiki > wiki.nt   the data alone
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Run      runCmd      `cmd:"" default:"withargs" help:"Load, query, compare."`
	Load     loadCmd     `cmd:"" help:"Write the graph and load it into the engines, without queries."`
	Table    tableCmd    `cmd:"" help:"Print what was measured before."`
	Queries  queriesCmd  `cmd:"" help:"Print the queries of a graph."`
	Generate generateCmd `cmd:"" help:"Write a generated graph as N-Triples to standard output."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli{}, kong.Name("bench"), kong.Description("Compares Belligraph with other engines."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	k.FatalIfErrorf(k.Run())
}

// graphFlags say which graph.
type graphFlags struct {
	Graph   string `help:"shop, wiki, conflict or bsbm." enum:"shop,wiki,conflict,bsbm" default:"wiki"`
	Triples int    `help:"About how many; by default as many as the published figures are for."`
	Seed    uint64 `help:"Of the random numbers." default:"1"`
}

var usualSizes = map[string]int{"shop": 10_000_000, "wiki": 5_400_000, "conflict": 5_000_000, "bsbm": 3_400_000}

func (g *graphFlags) size() int {
	if g.Triples == 0 {
		return usualSizes[g.Graph]
	}
	return g.Triples
}

type generateCmd struct{ graphFlags }

func (c *generateCmd) Run() error { return generate(os.Stdout, c.Graph, c.size(), c.Seed) }

type queriesCmd struct {
	Graph string `help:"shop, wiki, conflict or bsbm." enum:"shop,wiki,conflict,bsbm" default:"wiki"`
	Only  string `help:"Only queries whose name contains this."`
}

func (c *queriesCmd) Run() error {
	list, err := shapes(c.Graph)
	if err != nil {
		return err
	}
	for _, s := range list {
		if strings.Contains(s.name, c.Only) {
			fmt.Printf("## %s\n%s\n", s.name, s.query)
		}
	}
	return nil
}

// workFlags say where and with whom to measure.
type workFlags struct {
	graphFlags
	places
	Dir     string   `help:"Where data, stores and reports are kept." default:"run/bench" env:"BENCH_DIR"`
	Engines []string `help:"Only these, of belligraph, oxigraph, fuseki, virtuoso and maplib; by default all that are found." placeholder:"NAME,…"`
	Reload  bool     `help:"Load stores anew."`
}

// paths of the files of a graph.
func (c *workFlags) base() string {
	return filepath.Join(c.Dir, fmt.Sprintf("%s-%d-%d", c.Graph, c.size(), c.Seed))
}
func (c *workFlags) data() string                 { return c.base() + ".nt" }
func (c *workFlags) store(engine string) string   { return filepath.Join(c.base(), engine) }
func (c *workFlags) results(engine string) string { return filepath.Join(c.base(), engine+".json") }

// prepare writes the data and loads them into a store of the engine, unless
// that was done before.
func (c *workFlags) prepare(ctx context.Context, e engine) (*report, error) {
	if err := c.writeData(); err != nil {
		return nil, err
	}
	r, err := readReport(c.results(e.name()))
	if err != nil {
		return nil, err
	}
	dir := c.store(e.name())
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 && !c.Reload && r.Engine != "" {
		return r, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	version, err := e.find(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%s loads %s\n", e.name(), c.data())
	*r = report{Engine: e.name(), Version: version, Graph: c.Graph, Triples: c.size(), Seed: c.Seed, Machine: machine(), Date: time.Now(), Queries: r.Queries}
	start := time.Now()
	if r.LoadMemory, err = e.load(ctx, c.data(), dir); err != nil {
		return nil, err
	}
	r.LoadSeconds = time.Since(start).Seconds()
	if r.Disk, err = sizeOnDisk(dir); err != nil {
		return nil, err
	}
	return r, r.write(c.results(e.name()))
}

func (c *workFlags) writeData() (err error) {
	path, err := filepath.Abs(c.data())
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "writing %s\n", path)
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := generate(f, c.Graph, c.size(), c.Seed); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

type loadCmd struct{ workFlags }

func (c *loadCmd) Run(ctx context.Context) error {
	var err error
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return err
	}
	chosen, err := c.choose(ctx, c.Engines)
	if err != nil {
		return err
	}
	for _, e := range chosen {
		r, err := c.prepare(ctx, e)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %.1f s, %d MB on disk\n", e.name(), r.LoadSeconds, r.Disk/1e6)
	}
	return nil
}

type runCmd struct {
	workFlags
	Rounds  int           `help:"Warm runs per query; the median counts." default:"7"`
	Timeout time.Duration `help:"How long a query is waited for." default:"30s"`
	Only    string        `help:"Only queries whose name contains this."`
	Missing bool          `help:"Only queries that were not measured before."`
	URL     string        `help:"Measure the server at this endpoint as belligraph, rather than starting one."`
}

func (c *runCmd) Run(ctx context.Context) error {
	var err error
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return err
	}
	list, err := shapes(c.Graph)
	if err != nil {
		return err
	}
	chosen, err := c.choose(ctx, c.Engines)
	if err != nil {
		return err
	}
	for _, e := range chosen {
		if err := c.engine(ctx, e, list); err != nil {
			return fmt.Errorf("%s: %w", e.name(), err)
		}
	}
	return printTable(os.Stdout, &c.workFlags, c.Only)
}

// engine measures one engine. What was measured is kept even when a later query
// fails.
func (c *runCmd) engine(ctx context.Context, e engine, list []shape) (err error) {
	s := &session{engine: e, data: c.data(), dir: c.store(e.name()), rounds: c.Rounds, timeout: c.Timeout}
	var r *report
	if c.URL != "" && e.name() == "belligraph" {
		r = &report{Engine: e.name(), Graph: c.Graph, Triples: c.size(), Seed: c.Seed, Machine: machine()}
		s.server = &server{process: new(process), asker: &endpoint{url: c.URL}}
	} else {
		if r, err = c.prepare(ctx, e); err != nil {
			return err
		}
		if err := forget(s.dir); err != nil {
			return err
		}
		if err := s.restart(ctx); err != nil {
			return err
		}
		defer s.close()
		if r.Version, err = e.find(ctx); err != nil {
			return err
		}
	}
	r.Date = time.Now()
	if a, ok := s.server.asker.(*inProcess); ok {
		r.LoadSeconds = a.loaded.Seconds()
	}
	note := func(m measured, err error) error {
		if err == nil {
			fmt.Fprintf(os.Stderr, "%-12s %-48s %10s ms  %s\n", e.name(), m.Name, milliseconds(m.Warm), m.Error)
			r.set(m)
		}
		return err
	}
	defer func() {
		if s.server != nil && s.server.process.cmd != nil {
			r.Memory = max(r.Memory, s.server.peakMemory())
		}
		err = errors.Join(err, r.write(c.results(e.name())))
	}()
	wanted := func(name string) bool {
		_, done := r.query(name)
		return strings.Contains(name, c.Only) && !(c.Missing && done)
	}
	for _, q := range list {
		if !wanted(q.name) {
			continue
		}
		if err := note(s.measure(ctx, q)); err != nil {
			return err
		}
	}
	return s.loads(ctx, &c.graphFlags, wanted, note)
}

type tableCmd struct {
	workFlags
	Only string `help:"Only queries whose name contains this."`
}

func (c *tableCmd) Run() error { return printTable(os.Stdout, &c.workFlags, c.Only) }

// printTable compares all reports on a graph that there are.
func printTable(w *os.File, c *workFlags, only string) error {
	list, err := shapes(c.Graph)
	if err != nil {
		return err
	}
	t := &table{shapes: make(map[string]shape)}
	for _, s := range list {
		t.shapes[s.name] = s
	}
	for _, e := range c.engines() {
		r, err := readReport(c.results(e.name()))
		if err != nil {
			return err
		}
		if r.Engine == "" {
			continue
		}
		r.Queries = slices.DeleteFunc(r.Queries, func(m measured) bool { return !strings.Contains(m.Name, only) })
		t.reports = append(t.reports, r)
	}
	if len(t.reports) == 0 {
		return fmt.Errorf("bench: nothing was measured of %s", c.base())
	}
	t.write(w)
	return nil
}
