package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// An engine is a system under measurement.
type engine interface {
	name() string
	// find returns the version of the engine, or why it cannot run here.
	find(ctx context.Context) (version string, err error)
	// load brings an N-Triples file into a store in dir, which is empty. It
	// returns the most memory it took, zero when that is not known.
	load(ctx context.Context, data, dir string) (peak int64, err error)
	// start serves the store in dir. Engines without a store read data.
	start(ctx context.Context, data, dir string) (*server, error)
}

// server is an engine that answers.
type server struct {
	*process
	asker
}

// errNotFound is why an engine is left out of a comparison.
var errNotFound = errors.New("not found")

// places say where the engines are.
type places struct {
	Belligraph string `help:"Our own program." default:"bin/belligraph" env:"BELLIGRAPH"`
	Oxigraph   string `help:"Oxigraph's program." default:"oxigraph" env:"OXIGRAPH"`
	Java       string `help:"The Java that runs Fuseki." default:"java" env:"JAVA"`
	Jena       string `help:"Folder with jena-fuseki-server-V.jar and jena-cmds-V.jar; by default Maven's repository is searched." env:"JENA_JARS" placeholder:"DIR"`
	Virtuoso   string `help:"Virtuoso's server." default:"virtuoso-t" env:"VIRTUOSO"`
	Isql       string `help:"Virtuoso's command line." default:"isql-vt" env:"ISQL"`
	Python     string `help:"A Python that can import maplib." default:"python3" env:"MAPLIB_PYTHON"`
}

// engines returns all engines, ours first.
func (p *places) engines() []engine {
	return []engine{
		&belligraph{program: p.Belligraph},
		&oxigraph{program: p.Oxigraph},
		&fuseki{java: p.Java, jars: p.Jena},
		&virtuoso{program: p.Virtuoso, isql: p.Isql},
		&maplib{python: p.Python},
	}
}

// choose returns the engines of that name, or all that are found.
func (p *places) choose(ctx context.Context, names []string) ([]engine, error) {
	all := p.engines()
	for _, name := range names {
		if !slices.ContainsFunc(all, func(e engine) bool { return e.name() == name }) {
			return nil, fmt.Errorf("bench: no engine %q", name)
		}
	}
	var chosen []engine
	for _, e := range all {
		if len(names) > 0 && !slices.Contains(names, e.name()) {
			continue
		}
		version, err := e.find(ctx)
		switch {
		case err == nil:
			fmt.Fprintf(os.Stderr, "%s %s\n", e.name(), version)
			chosen = append(chosen, e)
		case len(names) > 0 || !errors.Is(err, errNotFound):
			return nil, fmt.Errorf("bench: %s: %w", e.name(), err)
		default:
			fmt.Fprintf(os.Stderr, "%s: %v\n", e.name(), err)
		}
	}
	return chosen, nil
}

// program finds a program by name or path.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: no program %s", errNotFound, name)
	}
	return filepath.Abs(path)
}

// versionOf returns the first line that a program prints.
func versionOf(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s: %v", errNotFound, name, err)
	}
	return strings.TrimPrefix(firstLine(string(out)), filepath.Base(name)+" "), nil
}

// belligraph is ourselves.
type belligraph struct{ program string }

func (*belligraph) name() string { return "belligraph" }

func (b *belligraph) find(ctx context.Context) (string, error) {
	path, err := program(b.program)
	if err != nil {
		return "", err
	}
	b.program = path
	return versionOf(ctx, path, "version")
}

func (b *belligraph) load(ctx context.Context, data, dir string) (int64, error) {
	return command(ctx, dir, b.program, "load", "--store", filepath.Join(dir, "store.bg"), data)
}

func (b *belligraph) start(ctx context.Context, _, dir string) (*server, error) {
	return serveHTTP(ctx, b.name(), dir, "/sparql", func(address string) *exec.Cmd {
		return exec.Command(b.program, "serve", "--quiet", "--store", filepath.Join(dir, "store.bg"), "--listen", address)
	})
}

// serveHTTP starts a server on a free port and waits until it answers.
func serveHTTP(ctx context.Context, name, dir, path string, cmd func(address string) *exec.Cmd) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	p, err := spawn(dir, name, cmd(address))
	if err != nil {
		return nil, err
	}
	e := &endpoint{url: "http://" + address + path}
	if err := p.ready(ctx, e); err != nil {
		p.stop()
		return nil, err
	}
	return &server{process: p, asker: e}, nil
}

// oxigraph is https://github.com/oxigraph/oxigraph, its command-line server.
type oxigraph struct{ program string }

func (*oxigraph) name() string { return "oxigraph" }

func (o *oxigraph) find(ctx context.Context) (string, error) {
	path, err := program(o.program)
	if err != nil {
		return "", err
	}
	o.program = path
	return versionOf(ctx, path, "--version")
}

func (o *oxigraph) load(ctx context.Context, data, dir string) (int64, error) {
	return command(ctx, dir, o.program, "load", "--location", dir, "--file", data)
}

func (o *oxigraph) start(ctx context.Context, _, dir string) (*server, error) {
	return serveHTTP(ctx, o.name(), filepath.Dir(dir), "/query", func(address string) *exec.Cmd {
		return exec.Command(o.program, "serve-read-only", "--location", dir, "--bind", address)
	})
}
