package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/extract"
	"github.com/belligraph/belligraph/graph/extract/source"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

type extractCmd struct {
	Format  string   `enum:"jsonl,nquads,trig,table" default:"nquads" help:"jsonl (a claim a line), nquads, trig or table."`
	Explain bool     `help:"Show for every sentence which rules fired or were held back, and why."`
	Resume  string   `placeholder:"FILE" type:"path" help:"Keep the checksums of what is done in a file; articles that are in it are passed over."`
	Files   []string `arg:"" name:"file" help:"Articles as text, HTML, wikitext or MediaWiki XML dumps, folders and archives of them; - is standard input."`
}

// tableWidth is for terminals that do not tell their width.
const tableWidth = 120

// maxArticle is the most that is read of one article: four times what the
// extractor takes of its plain form, for pages hold more markup than text.
const maxArticle = 64 << 20

// extraction is one run of the command over its inputs.
type extraction struct {
	*extractCmd
	x     *extract.Extractor
	std   *streams
	out   *bufio.Writer
	done  *doneList
	begun time.Time
	next  time.Time // when the next line of progress is due

	read, passed, failed int
	bytes                int64
}

// outputError is a failure to write: nothing that follows can succeed.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

func (c *extractCmd) Run(ctx context.Context, std *streams) error {
	x, err := extract.New(extract.Options{})
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		// What lives is one document; a heap of a few megabytes collected at
		// every doubling took a fifth of the time.
		debug.SetGCPercent(400)
	}
	e := &extraction{extractCmd: c, x: x, std: std, out: newOutput(std.out), begun: time.Now()}
	e.next = e.begun.Add(plainProgress)
	if c.Resume != "" {
		if e.done, err = openDoneList(c.Resume, c.Format+" "+version); err != nil {
			return err
		}
		defer e.done.close()
	}
	for _, name := range c.Files {
		if err = e.path(ctx, name); err != nil {
			break
		}
	}
	if flushed := e.out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return err
	}
	if e.failed > 0 {
		return fmt.Errorf("%d of %d could not be read", e.failed, e.read+e.passed+e.failed)
	}
	return nil
}

// path extracts a file, every file below a directory, or standard input. What
// cannot be read is reported and passed over.
func (e *extraction) path(ctx context.Context, name string) error {
	if name == "-" {
		return e.file(ctx, name)
	}
	return filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			e.fail(file, err)
			if entry != nil && entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case file != name && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return ctx.Err()
		}
		return e.file(ctx, file)
	})
}

// fail reports an input that could not be read.
func (e *extraction) fail(name string, err error) {
	e.failed++
	if text := err.Error(); strings.Contains(text, name) {
		fmt.Fprintf(e.std.err, "%s\n", text)
		return
	}
	fmt.Fprintf(e.std.err, "%s: %v\n", name, err)
}

func (e *extraction) file(ctx context.Context, name string) error {
	in, closeIn, err := openInput(name, e.std)
	if err != nil {
		e.fail(name, err)
		return nil
	}
	defer closeIn()
	err = source.Each(ctx, name, in, func(a source.Article) error {
		err := e.article(ctx, a)
		var broken outputError
		if err == nil || errors.As(err, &broken) || ctx.Err() != nil {
			return err
		}
		e.fail(a.Name, err)
		return nil
	})
	var broken outputError
	if err == nil || errors.As(err, &broken) || ctx.Err() != nil {
		return err
	}
	e.fail(name, err)
	return nil
}

// article extracts one article and writes its claims.
func (e *extraction) article(ctx context.Context, a source.Article) error {
	text, err := io.ReadAll(io.LimitReader(a.Reader, maxArticle))
	if err != nil {
		return err
	}
	var sum string
	if e.done != nil {
		if sum = checksum(text); e.done.has(sum) {
			e.passed++
			return nil
		}
	}
	if err := e.write(ctx, a, bytes.NewReader(text)); err != nil {
		return err
	}
	e.read++
	e.bytes += int64(len(text))
	if e.done != nil {
		// What is noted as done has left the program.
		if err := e.out.Flush(); err != nil {
			return outputError{err}
		}
		if err := e.done.add(sum); err != nil {
			return outputError{err}
		}
	}
	if now := time.Now(); now.After(e.next) {
		e.next = now.Add(plainProgress)
		fmt.Fprintf(e.std.err, "%d articles, %.1f MB, %.1f MB/s\n", e.read, float64(e.bytes)/1e6, float64(e.bytes)/1e6/now.Sub(e.begun).Seconds())
	}
	return nil
}

func (e *extraction) write(ctx context.Context, a source.Article, r io.Reader) error {
	name := a.Name
	if e.Explain {
		return e.explain(ctx, e.x, name, r, e.out)
	}
	ex, err := e.x.Extract(ctx, name, r)
	if err != nil {
		return err
	}
	ex.Document.Revision = a.Revision
	for _, p := range ex.Skipped {
		fmt.Fprintf(e.std.err, "%s:%d:%d: %s\n", name, p.Line, p.Column, p.Message)
	}
	if err := e.encode(ex); err != nil {
		return outputError{err}
	}
	return nil
}

func (e *extraction) encode(ex *claim.Extraction) error {
	switch e.Format {
	case "jsonl":
		return claim.WriteLines(e.out, ex)
	case "table":
		if e.read > 0 {
			fmt.Fprintln(e.out)
		}
		return claim.WriteTable(e.out, ex, tableWidth)
	default:
		format := rdfio.NQuads
		if e.Format == "trig" {
			format = rdfio.TriG
		}
		enc, err := rdfio.NewEncoder(e.out, format, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
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
