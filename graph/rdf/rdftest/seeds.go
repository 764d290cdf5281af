package rdftest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Seeds calls add with the content of the suites' files of the given extensions,
// the large ones left out. Without the suites it does nothing, as the seeds of
// the tables remain.
func Seeds(f *testing.F, add func(data []byte), extensions ...string) {
	f.Helper()
	root, ok := findRoot(f)
	if !ok {
		return
	}
	err := filepath.WalkDir(filepath.Join(root, "rdf"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains(extensions, filepath.Ext(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && len(data) < 4096 {
			add(data)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}
