// Package backend opens the SQL databases that Cayley keeps its quads in, by the
// names that Cayley's own configuration uses.
package backend

import (
	"database/sql"
	"errors"
	"fmt"

	cgraph "github.com/cayleygraph/cayley/graph"
	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/cayley/graph/sql/postgres"
	"github.com/cayleygraph/cayley/writer"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
)

// The databases.
const (
	Postgres  = postgres.Type
	Cockroach = "cockroach"
)

// Options says how a database is opened.
type Options struct {
	ReadOnly bool
	MaxRows  int // see [cayley.ForeignOptions]
}

// Open opens a database as a graph, which owns the connections. Tables that are
// missing are made, unless it is opened for reading.
func Open(name, address string, o Options) (graph.Graph, error) {
	dialect := name
	switch name {
	case Postgres:
	case Cockroach:
		registerCockroach()
		dialect = cockroachDialect
	default:
		return nil, fmt.Errorf("cayley: %w: there is no backend %q; there are %s and %s", graph.ErrBadRequest, name, Postgres, Cockroach)
	}
	there, err := hasTables(address)
	if err == nil && !there && o.ReadOnly {
		err = fmt.Errorf("the database has no tables of Cayley: %w", graph.ErrBadRequest)
	}
	if err == nil && !there {
		err = csql.Init(dialect, address, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("cayley: %w", err)
	}
	qs, err := csql.New(dialect, address, nil)
	if err != nil {
		return nil, fmt.Errorf("cayley: %w", err)
	}
	var w cgraph.QuadWriter
	if !o.ReadOnly {
		if w, err = writer.NewSingle(qs, cgraph.IgnoreOpts{}); err != nil {
			return nil, errors.Join(fmt.Errorf("cayley: %w", err), qs.Close())
		}
	}
	return &owner{cayley.FromQuadStore(qs, w, cayley.ForeignOptions{SQL: true, MaxRows: o.MaxRows}), qs}, nil
}

// hasTables reports whether Cayley's tables are where the address leads.
func hasTables(address string) (bool, error) {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return false, err
	}
	defer db.Close()
	n := 0
	err = db.QueryRow("SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name IN ('nodes', 'quads')").Scan(&n)
	return n == 2, err
}

// owner closes the connections with the graph.
type owner struct {
	*cayley.Graph
	qs cgraph.QuadStore
}

// Close implements graph.Graph.
func (o *owner) Close() error { return errors.Join(o.Graph.Close(), o.qs.Close()) }
