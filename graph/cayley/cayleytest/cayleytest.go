// Package cayleytest opens Cayley's own stores as graphs, for tests that compare
// the answers of different backends.
package cayleytest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
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
	return wrap(tb, memstore.New(), func() {})
}

// SkipWithoutPostgres skips a test if no database is named.
func SkipWithoutPostgres(tb testing.TB) {
	tb.Helper()
	if os.Getenv(PostgresVariable) == "" {
		tb.Skipf("no PostgreSQL: set %s to the URL of a database, such as postgres://postgres@127.0.0.1/test?sslmode=disable", PostgresVariable)
	}
}

var schemas atomic.Int64

// Postgres returns an empty graph in a schema of its own of the database that
// [PostgresVariable] names, which goes when the graph is closed.
func Postgres(tb testing.TB) graph.Graph {
	tb.Helper()
	SkipWithoutPostgres(tb)
	u, err := url.Parse(os.Getenv(PostgresVariable))
	if err != nil {
		tb.Fatalf("%s: %v", PostgresVariable, err)
	}
	db, err := sql.Open("postgres", u.String())
	if err != nil {
		tb.Fatal(err)
	}
	schema := fmt.Sprintf("belligraph_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := db.ExecContext(tb.Context(), "CREATE SCHEMA "+schema); err != nil {
		tb.Fatal(err)
	}
	values := u.Query()
	values.Set("search_path", schema)
	u.RawQuery = values.Encode()
	if err := csql.Init(postgres.Type, u.String(), nil); err != nil {
		tb.Fatal(err)
	}
	qs, err := csql.New(postgres.Type, u.String(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return wrap(tb, qs, func() {
		if _, err := db.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			tb.Error(err)
		}
		db.Close()
	})
}

// closing is a graph that closes its store too.
type closing struct {
	*cayley.Graph
	close func() error
}

// Close implements graph.Graph.
func (c closing) Close() error { return c.close() }

func wrap(tb testing.TB, qs cgraph.QuadStore, after func()) graph.Graph {
	tb.Helper()
	w, err := writer.NewSingle(qs, cgraph.IgnoreOpts{})
	if err != nil {
		tb.Fatal(err)
	}
	g := cayley.FromQuadStore(qs, w, cayley.ForeignOptions{})
	return closing{g, sync.OnceValue(func() error {
		err := g.Close()
		if closeErr := qs.Close(); err == nil {
			err = closeErr
		}
		after()
		return err
	})}
}
