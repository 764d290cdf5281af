// Package cayleytest opens Cayley's own stores as graphs, for tests that compare
// the answers of different backends.
package cayleytest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/memstore"
	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/cayley/graph/sql/postgres"
	"github.com/cayleygraph/cayley/writer"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
)

// PostgresVariable names the environment variable with the URL of a PostgreSQL
// database in which tests may make schemas of their own.
const PostgresVariable = "BELLIGRAPH_POSTGRES"

// Memstore returns an empty graph in Cayley's memstore.
func Memstore(tb testing.TB) graph.Graph {
	tb.Helper()
	return wrap(tb, memstore.New(), cayley.ForeignOptions{}, func() {})
}

// Postgres is a PostgreSQL database in which each graph has a schema to itself.
// Schemas are emptied and used again, for making one takes long.
type Postgres struct {
	db   *sql.DB
	url  url.URL
	made int

	mu   sync.Mutex
	free []string // schemas
}

// OpenPostgres connects to the database that [PostgresVariable] names, and skips
// the test if there is none. What was made is dropped when the test ends.
func OpenPostgres(tb testing.TB) *Postgres {
	tb.Helper()
	name := os.Getenv(PostgresVariable)
	if name == "" {
		tb.Skipf("no PostgreSQL: set %s to the URL of a database, such as postgres://postgres@127.0.0.1/test?sslmode=disable", PostgresVariable)
	}
	u, err := url.Parse(name)
	if err != nil {
		tb.Fatalf("%s: %v", PostgresVariable, err)
	}
	values := u.Query()
	values.Set("options", "-c synchronous_commit=off")
	u.RawQuery = values.Encode()
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		tb.Fatal(err)
	}
	p := &Postgres{db: db, url: *u}
	tb.Cleanup(func() {
		defer db.Close()
		for _, schema := range p.free {
			if _, err := db.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
				tb.Error(err)
			}
		}
	})
	return p
}

// schema returns an empty schema with Cayley's tables and the URL that leads
// there.
func (p *Postgres) schema(tb testing.TB) (name, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := func(schema string) string {
		u := p.url
		values := u.Query()
		values.Set("search_path", schema)
		u.RawQuery = values.Encode()
		return u.String()
	}
	if n := len(p.free); n > 0 {
		name, p.free = p.free[n-1], p.free[:n-1]
		if _, err := p.db.Exec("TRUNCATE " + name + ".nodes, " + name + ".quads"); err != nil {
			tb.Fatal(err)
		}
		return name, at(name)
	}
	p.made++
	name = fmt.Sprintf("belligraph_%d_%d", os.Getpid(), p.made)
	if _, err := p.db.Exec("CREATE SCHEMA " + name); err != nil {
		tb.Fatal(err)
	}
	if err := csql.Init(postgres.Type, at(name), nil); err != nil {
		tb.Fatal(err)
	}
	return name, at(name)
}

// Graph returns an empty graph. It must be closed before the database's test
// ends.
func (p *Postgres) Graph(tb testing.TB) graph.Graph {
	tb.Helper()
	name, address := p.schema(tb)
	qs, err := csql.New(postgres.Type, address, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return wrap(tb, qs, cayley.ForeignOptions{SQL: true}, func() {
		p.mu.Lock()
		p.free = append(p.free, name)
		p.mu.Unlock()
	})
}

// Pair returns two graphs over the same tables, which fill fills: the first asks
// the database directly, the second through Cayley's iterators. They are closed
// when the test ends.
func (p *Postgres) Pair(tb testing.TB, fill func(*sql.DB)) (direct, iterated graph.Graph) {
	tb.Helper()
	name, address := p.schema(tb)
	db, err := sql.Open("postgres", address)
	if err != nil {
		tb.Fatal(err)
	}
	fill(db)
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
	open := func(o cayley.ForeignOptions, after func()) graph.Graph {
		qs, err := csql.New(postgres.Type, address, nil)
		if err != nil {
			tb.Fatal(err)
		}
		g := wrap(tb, qs, o, after)
		tb.Cleanup(func() { g.Close() })
		return g
	}
	release := func() {
		p.mu.Lock()
		p.free = append(p.free, name)
		p.mu.Unlock()
	}
	return open(cayley.ForeignOptions{SQL: true}, release), open(cayley.ForeignOptions{}, func() {})
}

// Address returns the URL of Cayley's empty tables, which are used again when
// the test has ended.
func (p *Postgres) Address(tb testing.TB) string {
	tb.Helper()
	name, address := p.schema(tb)
	tb.Cleanup(func() {
		p.mu.Lock()
		p.free = append(p.free, name)
		p.mu.Unlock()
	})
	return address
}

// closing is a graph that closes its store too.
type closing struct {
	*cayley.Graph
	close func() error
}

// Close implements graph.Graph.
func (c closing) Close() error { return c.close() }

func wrap(tb testing.TB, qs cgraph.QuadStore, o cayley.ForeignOptions, after func()) graph.Graph {
	tb.Helper()
	w, err := writer.NewSingle(qs, cgraph.IgnoreOpts{})
	if err != nil {
		tb.Fatal(err)
	}
	g := cayley.FromQuadStore(qs, w, o)
	return closing{g, sync.OnceValue(func() error {
		err := g.Close()
		if closeErr := qs.Close(); err == nil {
			err = closeErr
		}
		after()
		return err
	})}
}
