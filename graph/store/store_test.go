package store

import (
	"path/filepath"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/storetest"
)

func open(t testing.TB, path string, opts Options) *Store {
	t.Helper()
	if opts.Logf == nil {
		opts.Logf = t.Logf
	}
	s, err := Open(path, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestConformance(t *testing.T) {
	for _, tt := range []struct {
		name string
		file bool
		opts Options
	}{
		{"Memory", false, Options{}},
		{"File", true, Options{}},
		{"MemoryFolding", false, Options{FoldRows: 20}},
		{"FileFolding", true, Options{FoldRows: 20}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) graph.Graph {
				path := ""
				if tt.file {
					path = filepath.Join(t.TempDir(), "store")
				}
				return open(t, path, tt.opts)
			})
		})
	}
}
