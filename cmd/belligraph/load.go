package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/store"
)

type loadCmd struct {
	graphFlag
	Graph   string   `help:"Load into this named graph instead of the default graph, for sources that are not public." placeholder:"IRI"`
	Memory  int64    `default:"2147483648" help:"Bytes that a bulk load may use; rows beyond go to a temporary file."`
	Lenient bool     `help:"Drop faulty lines of N-Triples and N-Quads, and say which."`
	Mapping string   `help:"Read the files as tables, as this mapping in YAML says." placeholder:"FILE"`
	Files   []string `arg:"" name:"file" help:"Articles, datasets (UCDP, ACLED, Wikidata, GeoNames, FollowTheMoney), mappings (SSSOM) or RDF, also compressed, or folders of them; - is standard input."`
}

func (c *loadCmd) Run(ctx context.Context, std *streams) (err error) {
	options := ingest.Options{Lenient: c.Lenient, Memory: c.Memory, Decoders: cayley.Decoders()}
	options.Progress = showProgress(std.err, isTerminal(std.err))
	if c.Graph != "" {
		if _, err := iri.Parse(c.Graph); err != nil {
			return fmt.Errorf("%w: --graph: %w", errUsage, err)
		}
		options.Graph = rdf.IRI(c.Graph)
	}
	if c.Mapping != "" {
		content, err := os.ReadFile(c.Mapping)
		if err != nil {
			return err
		}
		if options.Mapping, err = dataset.ParseMapping(c.Mapping, content); err != nil {
			return err
		}
	}
	s, err := c.openGraph()
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := s.Close(); err == nil {
			err = closeErr
		}
	}()
	return loadFiles(ctx, s, options, c.Files, std.out, std.err)
}

// plainProgress is how often a line tells of a load where there is no terminal.
const plainProgress = 10 * time.Second

// readShare is the part of a bulk load that is spent reading, as measured with
// files of ten million quads; the rest goes into sorting and writing.
const readShare = 0.55

// showProgress keeps one line of a terminal up to date; elsewhere it prints a
// line now and then.
func showProgress(w io.Writer, terminal bool) func(store.LoadProgress) {
	var read, next time.Duration // how long reading has taken; when the next line is due
	return func(p store.LoadProgress) {
		if p.Phase == "read" {
			read = p.Elapsed
		}
		switch {
		case terminal && p.Phase == "done":
			fmt.Fprint(w, "\r\x1b[K")
		case terminal:
			fmt.Fprintf(w, "\r%s\x1b[K", progressLine(p, read))
		case p.Elapsed < next:
		case p.Phase == "done":
			next = 0
		default:
			if p.Elapsed >= plainProgress {
				fmt.Fprintln(w, progressLine(p, read))
			}
			next = p.Elapsed.Truncate(plainProgress) + plainProgress
		}
	}
}

// progressLine says how far a load is, and how long it will go on if the size
// of the source is known.
func progressLine(p store.LoadProgress, read time.Duration) string {
	line := fmt.Sprintf("%s: %d quads", p.Phase, p.Quads)
	if p.Phase == "read" {
		line += fmt.Sprintf(", %.2f million/s", float64(p.Quads)/max(p.Elapsed.Seconds(), 0.001)/1e6)
	}
	if p.Size <= 0 || p.Bytes <= 0 || p.Elapsed < time.Second {
		return line
	}
	done := min(float64(p.Bytes)/float64(p.Size), 1)
	total := float64(read) / done / readShare
	if p.Phase == "read" {
		line += fmt.Sprintf(", %.0f%% of the file", 100*done)
	}
	if left := time.Duration(total) - p.Elapsed; left >= time.Second {
		line += fmt.Sprintf(", about %v left", left.Round(time.Second))
	}
	return line
}

// loadFiles loads files into g and reports each in a line on out; what was
// skipped inside them goes to problems.
func loadFiles(ctx context.Context, g graph.Graph, o ingest.Options, files []string, out, problems io.Writer) error {
	loader := ingest.New(g, o)
	for _, file := range files {
		start := time.Now()
		err := loader.Path(ctx, file, func(r ingest.Report) {
			printReport(out, problems, r, time.Since(start))
			start = time.Now()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func printReport(out, problems io.Writer, r ingest.Report, took time.Duration) {
	for _, p := range r.Problems {
		fmt.Fprintf(problems, "%s:%d:%d: %s\n", r.Name, p.Line, p.Column, p.Message)
	}
	for _, e := range r.Dropped.First {
		fmt.Fprintf(problems, "%s: dropped: %v\n", r.Name, e)
	}
	if n := r.Dropped.Count; n > 0 {
		fmt.Fprintf(problems, "%s: %d lines dropped\n", r.Name, n)
	}
	what := r.Format.String()
	switch d := r.Dataset; {
	case r.Kind == ingest.Article:
		what = fmt.Sprintf("article, %d claims, %d candidates set aside", r.Claims, r.Rejected)
	case r.Kind == ingest.Mappings:
		what = fmt.Sprintf("SSSOM, %d mappings", r.Claims)
	case r.Kind == ingest.Dataset && d.Already:
		what = d.File.Layout.Dataset + ", loaded before"
	case r.Kind == ingest.Dataset:
		what = fmt.Sprintf("%s (%s), %d rows, %d faulty, %d claims", d.File.Layout.Dataset, d.File.Layout.Generation, d.Rows, d.Faulty, r.Claims)
		if d.Superseded > 0 {
			what += fmt.Sprintf(", %d rows and files of older releases superseded", d.Superseded)
		}
	}
	rate := ""
	if s := took.Seconds(); s >= 1 {
		rate = fmt.Sprintf(", %.0f quads/s", float64(r.Quads)/s)
	}
	fmt.Fprintf(out, "%s: %s: %d quads, %d new (%s%s)\n", r.Name, what, r.Quads, r.New, took.Round(time.Millisecond), rate)
}
