// Package ui holds the pages of Cayley's own browser UI, unmodified. They are
// not in the repository: copystock copies them out of Cayley's module into
// stock/ before a build, from where they are embedded. Without them the package
// still compiles and says how to get them.
package ui

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
)

//go:generate go run ./internal/copystock

//go:embed all:stock
var files embed.FS

// Absent is what pages say when the UI was not copied before the build.
const Absent = "Cayley's browser UI is not part of this build: run \"make\" to copy it from Cayley's module, and build again."

// ErrAbsent is the error of [Stock.Page] in that case.
var ErrAbsent = errors.New("ui: Cayley's browser UI is not part of this build")

// Stock is Cayley's browser UI.
type Stock struct {
	pages  *template.Template // nil when absent
	static fs.FS
}

// Load parses the pages.
func Load() (*Stock, error) {
	stock, err := fs.Sub(files, "stock")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return load(stock)
}

func load(stock fs.FS) (*Stock, error) {
	static, err := fs.Sub(stock, "static")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	s := &Stock{static: static}
	names, err := fs.Glob(stock, "templates/*")
	if err != nil || len(names) == 0 {
		return s, err
	}
	s.pages, err = template.ParseFS(stock, names...)
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return s, nil
}

// Present reports whether the UI is part of the build.
func (s *Stock) Present() bool { return s.pages != nil }

// Page writes a page: query, query_shape, visualize or write. The error of an
// unknown page is fs.ErrNotExist.
func (s *Stock) Page(w io.Writer, name string) error {
	if !s.Present() {
		return ErrAbsent
	}
	t := s.pages.Lookup(name + ".html")
	if t == nil || strings.ContainsAny(name, "/.") {
		return fmt.Errorf("ui: page %q: %w", name, fs.ErrNotExist)
	}
	return t.Execute(w, nil)
}

// Static is what the pages load from /static/.
func (s *Stock) Static() fs.FS { return s.static }
