package cayley

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	cgraph "github.com/cayleygraph/cayley/graph"

	"github.com/belligraph/belligraph/graph/store"
)

// Backend is the name under which [Register] makes the embedded store known to
// Cayley.
const Backend = "belligraph"

// Register adds the embedded store to Cayley's registry of backends, so that
// Cayley's graph.NewQuadStore and what is built on it can open one by name. The
// address is the path of the file; the option "read_only" opens it for reading.
// Registering again does nothing. Like Cayley's registry it is not for
// concurrent use.
func Register() {
	if cgraph.IsRegistered(Backend) {
		return
	}
	cgraph.RegisterQuadStore(Backend, cgraph.QuadStoreRegistration{
		NewFunc:      openBackend,
		InitFunc:     initBackend,
		IsPersistent: true,
	})
}

func openBackend(path string, opts cgraph.Options) (cgraph.QuadStore, error) {
	readOnly, err := opts.BoolKey("read_only", false)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cayley: %s: %w", path, cgraph.ErrNotInitialized)
	}
	s, err := store.Open(path, store.Options{ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	qs := New(s)
	qs.owned = s
	return qs, nil
}

func initBackend(path string, _ cgraph.Options) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("cayley: %s: %w", path, cgraph.ErrDatabaseExists)
	}
	s, err := store.Open(path, store.Options{})
	if err != nil {
		return err
	}
	return s.Close()
}
