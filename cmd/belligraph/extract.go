package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/extract"
	"github.com/belligraph/belligraph/graph/extract/source"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

type extractCmd struct {
	Format  string   `enum:"jsonl,nquads,trig,table" default:"nquads" help:"jsonl (a claim a line), nquads, trig or table."`
	Explain bool     `help:"Show for every sentence which rules fired or were held back, and why."`
	Files   []string `arg:"" name:"file" help:"Articles as text, HTML, wikitext or MediaWiki XML dumps, folders and archives of them; - is standard input."`
}

// tableWidth is for terminals that do not tell their width.
const tableWidth = 120

func (c *extractCmd) Run(ctx context.Context, std *streams) error {
	x, err := extract.New(extract.Options{})
	if err != nil {
		return err
	}
	out := newOutput(std.out)
	for i, name := range c.Files {
		if err := c.path(ctx, x, name, i > 0, std, out); err != nil {
			out.Flush()
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return out.Flush()
}

// path extracts a file, every file below a directory, or standard input.
func (c *extractCmd) path(ctx context.Context, x *extract.Extractor, name string, more bool, std *streams, out io.Writer) error {
	if name == "-" {
		return c.file(ctx, x, name, more, std, out)
	}
	return filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file != name && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return ctx.Err()
		}
		defer func() { more = true }()
		return c.file(ctx, x, file, more, std, out)
	})
}

func (c *extractCmd) file(ctx context.Context, x *extract.Extractor, name string, more bool, std *streams, out io.Writer) error {
	in, closeIn, err := openInput(name, std)
	if err != nil {
		return err
	}
	defer closeIn()
	return source.Each(ctx, name, in, func(a source.Article) error {
		defer func() { more = true }()
		return c.article(ctx, x, a, more, std, out)
	})
}

// article extracts one article and writes its claims.
func (c *extractCmd) article(ctx context.Context, x *extract.Extractor, a source.Article, more bool, std *streams, out io.Writer) error {
	name := a.Name
	if c.Explain {
		return c.explain(ctx, x, name, a.Reader, out)
	}
	ex, err := x.Extract(ctx, name, a.Reader)
	if err != nil {
		return err
	}
	ex.Document.Revision = a.Revision
	for _, p := range ex.Skipped {
		fmt.Fprintf(std.err, "%s:%d:%d: %s\n", name, p.Line, p.Column, p.Message)
	}
	switch c.Format {
	case "jsonl":
		return claim.WriteLines(out, ex)
	case "table":
		if more {
			fmt.Fprintln(out)
		}
		return claim.WriteTable(out, ex, tableWidth)
	default:
		format := rdfio.NQuads
		if c.Format == "trig" {
			format = rdfio.TriG
		}
		enc, err := rdfio.NewEncoder(out, format, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
		if err != nil {
			return err
		}
		for _, q := range claim.Encode(ex, claim.EncodeOptions{}) {
			if err := enc.Encode(q); err != nil {
				return err
			}
		}
		return enc.Close()
	}
}

func (c *extractCmd) explain(ctx context.Context, x *extract.Extractor, name string, r io.Reader, out io.Writer) error {
	ex, explained, err := x.Explain(ctx, name, r)
	if err != nil {
		return err
	}
	lines := newLineIndex(ex.Document.Text)
	for _, e := range explained {
		line, column := lines.position(e.Span.Start)
		fmt.Fprintf(out, "%s:%d:%d: %s\n", name, line, column, strings.Join(strings.Fields(e.Span.Quote), " "))
		for _, step := range e.Steps {
			fmt.Fprintf(out, "    %s\n", step)
		}
	}
	return nil
}

// lineIndex finds lines and columns of offsets in code points.
type lineIndex struct{ starts []int }

func newLineIndex(text string) *lineIndex {
	x := &lineIndex{starts: []int{0}}
	n := 0
	for _, r := range text {
		n++
		if r == '\n' {
			x.starts = append(x.starts, n)
		}
	}
	return x
}

// position returns the line and column, both from one, of a code point.
func (x *lineIndex) position(offset int) (line, column int) {
	line = sort.SearchInts(x.starts, offset+1)
	return line, offset - x.starts[line-1] + 1
}

// openInput opens a file, or standard input for "-".
func openInput(name string, std *streams) (io.Reader, func() error, error) {
	if name == "-" {
		return std.in, func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}
