package main

import (
	"fmt"
	"os"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley/backend"
	"github.com/belligraph/belligraph/graph/store"
)

// storeFlag names the store of a command.
type storeFlag struct {
	Store string `help:"File of the store; empty is a store in memory." env:"BELLIGRAPH_STORE" placeholder:"PATH"`
}

// open opens the store for writing and makes the file if there is none.
func (f storeFlag) open() (*store.Store, error) {
	return store.Open(f.Store, store.Options{})
}

// openExisting opens a store that must be there: reading from a file that a
// misspelt path would create anew helps nobody.
func (f storeFlag) openExisting() (*store.Store, error) {
	if f.Store == "" {
		return nil, fmt.Errorf("%w: name the store with --store PATH", errUsage)
	}
	if _, err := os.Stat(f.Store); err != nil {
		return nil, err
	}
	return store.Open(f.Store, store.Options{ReadOnly: true})
}

// graphFlag names the graph of a command that does not care where it is kept.
type graphFlag struct {
	storeFlag
	Backend string `enum:"store,postgres,cockroach" default:"store" env:"BELLIGRAPH_BACKEND" help:"Where the graph is kept: store (the file of --store), or Cayley's tables in a PostgreSQL or CockroachDB at --address."`
	Address string `env:"BELLIGRAPH_ADDRESS" help:"URL of the database, such as postgres://user@host/name; in the variable it is not seen by others." placeholder:"URL"`
}

// openGraph opens the graph for writing and makes it if there is none.
func (f graphFlag) openGraph() (graph.Graph, error) {
	if f.Backend == "store" {
		return f.open()
	}
	return f.connect(false)
}

// openToRead opens a graph that must be there.
func (f graphFlag) openToRead() (graph.Graph, error) {
	if f.Backend == "store" {
		return f.openExisting()
	}
	return f.connect(true)
}

func (f graphFlag) connect(readOnly bool) (graph.Graph, error) {
	switch {
	case f.Address == "":
		return nil, fmt.Errorf("%w: --backend %s wants --address URL", errUsage, f.Backend)
	case f.Store != "":
		return nil, fmt.Errorf("%w: --store names a file, and --backend %s has none", errUsage, f.Backend)
	}
	return backend.Open(f.Backend, f.Address, backend.Options{ReadOnly: readOnly})
}
