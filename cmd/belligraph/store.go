package main

import (
	"fmt"
	"os"

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
