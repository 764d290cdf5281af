package ui

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAbsent(t *testing.T) {
	s, err := load(fstest.MapFS{"README.md": {Data: []byte("# none")}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Present() {
		t.Error("pages are present")
	}
	if err := s.Page(&bytes.Buffer{}, "query"); !errors.Is(err, ErrAbsent) {
		t.Errorf("page: %v", err)
	}
	if _, err := s.Static().Open("favicon.ico"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("static file: %v", err)
	}
}

func TestPages(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if !s.Present() {
		t.Skip(Absent)
	}
	for page, want := range map[string]string{"query": "cayley_query.js", "query_shape": "cayley_shape.js", "visualize": "cayley_visualize.js", "write": "cayley_write.js"} {
		var b bytes.Buffer
		if err := s.Page(&b, page); err != nil || !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "sbVisualize") {
			t.Errorf("%s: %v, %d bytes", page, err, b.Len())
		}
	}
	for _, page := range []string{"", "sidebar", "query.html", "../query", "head"} {
		if err := s.Page(&bytes.Buffer{}, page); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("page %q: %v", page, err)
		}
	}
}
