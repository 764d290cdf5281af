// Package ingest puts files of any kind into a graph: articles and rows of
// datasets and mappings become claims, RDF in every syntax becomes quads, all compressed or
// not. What a file is, it tells by its name and its content; nobody has to say.
package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/extract"
	"github.com/belligraph/belligraph/graph/extract/markup"
	"github.com/belligraph/belligraph/graph/extract/source"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/belligraph/belligraph/graph/store"
)

// Options say how files are read. The zero value is right for most uses.
type Options struct {
	// Graph receives the claims of articles and datasets and the RDF that names
	// no graph of its own; nil is the default graph, and for a dataset that may
	// not be passed on a graph of its own, see [dataset.GraphACLED].
	Graph rdf.Term
	// Base resolves relative IRIs of RDF files; empty is the file's own URL.
	Base string
	// Lenient drops faulty lines of N-Triples and N-Quads and counts them.
	Lenient bool
	// Extractor reads articles; nil makes one from the embedded data when the
	// first article comes.
	Extractor *extract.Extractor
	// Memory bounds what a bulk load may use, see store.LoadOptions.
	Memory int64
	// Progress, when set, is told about twice a second how far a bulk load is.
	Progress func(store.LoadProgress)
	// Rows, when set, is told how far a dataset is after each commit.
	Rows func(dataset.Result)
	// Mapping, when set, says how tables are read: every file is one.
	Mapping *dataset.Mapping
	// Decoders reads formats that rdfio leaves to others.
	Decoders map[rdfio.Format]func(io.Reader) (rdfio.QuadReader, error)
}

// Report tells what became of one file.
type Report struct {
	Name   string
	Kind   Kind
	Format rdfio.Format // of RDF

	Claims   int // found in an article, or made of rows
	Rejected int // candidates that did not become claims
	Quads    int // read, or made of the claims
	New      int // not in the graph before
	Problems []claim.Problem
	Dropped  turtle.Dropped
	Dataset  dataset.Result // of a dataset: which, and how many rows
	// Members are the files of an archive that are no articles, each with a
	// report of its own; what stands above is of its articles.
	Members  []Report
	Articles int
}

// Kind is what a file holds.
type Kind string

// The kinds of files.
const (
	Article Kind = "article"
	RDF     Kind = "RDF"
	Dataset Kind = "dataset"
	// Mappings are links between things of different sources, in SSSOM.
	Mappings Kind = "mappings"
)

// ErrUnknown says that a file is nothing that is known here.
var ErrUnknown = fmt.Errorf("%w: neither an article nor RDF nor a dataset", graph.ErrBadRequest)

// Loader puts files into one graph. It is used by one goroutine.
type Loader struct {
	graph graph.Graph
	opts  Options
	input *input // the file that is being loaded, if it is one
}

// New returns a loader for g.
func New(g graph.Graph, o Options) *Loader { return &Loader{graph: g, opts: o} }

// Path loads a file, every file below a directory, or standard input for "-".
// Each article and RDF file is one transaction: it is loaded whole or not at
// all. A dataset is committed in parts and may be loaded again. done is
// called after each. A file that fails ends the call; those before it stay.
func (l *Loader) Path(ctx context.Context, path string, done func(Report)) error {
	if path == "-" {
		return l.reader(ctx, "standard input", os.Stdin, done)
	}
	return filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != path && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return ctx.Err()
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		in := &input{Reader: f, size: info.Size()}
		l.input = in
		defer func() { l.input = nil }()
		return l.reader(ctx, name, in, done)
	})
}

// input counts what has been read of a file, compressed or not.
type input struct {
	io.Reader
	read atomic.Int64
	size int64
}

func (in *input) Read(b []byte) (int, error) {
	n, err := in.Reader.Read(b)
	in.read.Add(int64(n))
	return n, err
}

// progress returns what tells of a bulk load, nil when nobody listens.
func (l *Loader) progress() func(store.LoadProgress) {
	in := l.input
	if l.opts.Progress == nil || in == nil {
		return l.opts.Progress
	}
	return func(p store.LoadProgress) {
		p.Bytes, p.Size = in.read.Load(), in.size
		l.opts.Progress(p)
	}
}

func (l *Loader) reader(ctx context.Context, name string, r io.Reader, done func(Report)) error {
	report, err := l.Reader(ctx, name, r)
	switch {
	case err == nil:
	case strings.HasPrefix(err.Error(), name+": "):
		return err // a bulk load names its sources itself
	default:
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, member := range report.Members {
		done(member)
	}
	if report.Articles > 0 || len(report.Members) == 0 {
		done(report)
	}
	return nil
}

// Reader loads one document. The name helps to tell what it is and appears in
// the report.
func (l *Loader) Reader(ctx context.Context, name string, r io.Reader) (Report, error) {
	content, err := rdfio.Decompress(r)
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
	}
	defer content.Close()
	buffered := bufio.NewReaderSize(content, rdfio.SniffBytes)
	head, err := buffered.Peek(rdfio.SniffBytes)
	if err != nil && err != io.EOF {
		return Report{}, fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
	}
	if source.Several(head) {
		return l.articles(ctx, name, r, buffered)
	}
	kind, format := Recognise(name, head, err == io.EOF)
	if l.opts.Mapping != nil {
		kind = Dataset
	}
	return l.load(ctx, name, kind, format, buffered)
}

// load loads a document of a known kind.
func (l *Loader) load(ctx context.Context, name string, kind Kind, format rdfio.Format, r io.Reader) (Report, error) {
	switch kind {
	case Article:
		return l.article(ctx, source.Article{Name: name, Reader: r})
	case RDF:
		return l.rdf(ctx, name, format, r)
	case Dataset:
		return l.dataset(ctx, name, r)
	case Mappings:
		res, err := link.ImportSSSOM(ctx, l.graph, name, r, l.opts.Graph)
		return Report{Name: name, Kind: kind, Claims: res.Mappings, Quads: res.Quads, New: res.New, Problems: res.Problems}, err
	default:
		return Report{}, ErrUnknown
	}
}

// Recognise tells what a document is by its name and its first bytes; whole
// says that these are all. The name decides where its extension is that of an
// RDF syntax; otherwise the content does, and what is plain text and no RDF is
// taken for an article.
func Recognise(name string, head []byte, whole bool) (Kind, rdfio.Format) {
	if format, ok := rdfio.ByFileName(name); ok {
		if _, rows := dataset.Recognise(head, whole); rows && format == rdfio.JSONLD {
			return Dataset, rdfio.Unknown // entities in JSON are called .json as well
		}
		if format == rdfio.JSONLD && rdfio.Sniff(head, whole) == rdfio.CayleyJSON {
			format = rdfio.CayleyJSON // Cayley calls its own .json as well
		}
		return RDF, format
	}
	if link.RecogniseSSSOM(head) {
		return Mappings, rdfio.Unknown
	}
	if looksLikeArticle(head) {
		return Article, rdfio.Unknown
	}
	if _, ok := dataset.Recognise(head, whole); ok {
		return Dataset, rdfio.Unknown
	}
	if format := rdfio.Sniff(head, whole); format != rdfio.Unknown {
		return RDF, format
	}
	if looksLikeText(head, whole) {
		return Article, rdfio.Unknown
	}
	return "", rdfio.Unknown
}

// looksLikeArticle reports whether the text begins as articles do: with a
// heading between equals signs or with an infobox.
func looksLikeArticle(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	line, _, _ := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimSpace(line)
	return len(line) > 2 && line[0] == '=' && line[len(line)-1] == '=' ||
		bytes.HasPrefix(line, []byte("Infobox")) || markup.Recognise(string(head)) != markup.Plain
}

// looksLikeText reports whether head is UTF-8 without control characters. A
// code point cut at the end of head does not count against it.
func looksLikeText(head []byte, whole bool) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 {
			return !whole && !utf8.FullRune(head)
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		head = head[size:]
	}
	return true
}

// articles extracts the articles of an archive or a dump, a transaction each, and
// reports their sum; other files of an archive are loaded as what they are. An
// article that is no text is a problem of the report, not
// the end of the others.
func (l *Loader) articles(ctx context.Context, name string, whole, rest io.Reader) (Report, error) {
	sum := Report{Name: name, Kind: Article}
	in := rest
	if _, ok := whole.(io.ReaderAt); ok {
		if f, ok := whole.(io.Seeker); ok {
			if _, err := f.Seek(0, io.SeekStart); err == nil {
				in = whole // a zip archive is read by its index
			}
		}
	}
	err := source.Each(ctx, name, in, func(a source.Article) error {
		if a.Title == "" { // a file, not a page
			content := bufio.NewReaderSize(a.Reader, rdfio.SniffBytes)
			head, err := content.Peek(rdfio.SniffBytes)
			if err != nil && err != io.EOF {
				return err
			}
			kind, format := Recognise(a.Name, head, err == io.EOF)
			if l.opts.Mapping != nil {
				kind = Dataset
			}
			if kind == "" {
				sum.Problems = append(sum.Problems, claim.Problem{Message: a.Name + ": " + ErrUnknown.Error()})
				return nil
			}
			if a.Reader = content; kind != Article {
				member, err := l.load(ctx, a.Name, kind, format, content)
				if err == nil {
					sum.Members = append(sum.Members, member)
				}
				return err
			}
		}
		sum.Articles++
		one, err := l.article(ctx, a)
		var bad *extract.InputError
		if errors.As(err, &bad) {
			sum.Problems = append(sum.Problems, claim.Problem{Line: bad.Line, Column: bad.Column, Message: a.Name + ": " + bad.Reason})
			return nil
		}
		sum.Claims += one.Claims
		sum.Rejected += one.Rejected
		sum.Quads += one.Quads
		sum.New += one.New
		sum.Problems = append(sum.Problems, one.Problems...)
		return err
	})
	return sum, err
}

// article extracts the claims of an article and commits them.
func (l *Loader) article(ctx context.Context, a source.Article) (Report, error) {
	if l.opts.Extractor == nil {
		x, err := extract.New(extract.Options{})
		if err != nil {
			return Report{}, err
		}
		l.opts.Extractor = x
	}
	ex, err := l.opts.Extractor.Extract(ctx, a.Name, a.Reader)
	if err != nil {
		return Report{}, err
	}
	ex.Document.Revision, ex.Document.Modified = a.Revision, a.Modified
	report := Report{Name: a.Name, Kind: Article, Claims: len(ex.Claims), Rejected: len(ex.Rejected), Problems: ex.Skipped}
	err = l.graph.Update(ctx, func(tx graph.Tx) error {
		// What an earlier reading of the document left is replaced.
		report.Quads, report.New, err = claim.Put(ctx, tx, ex, claim.EncodeOptions{Graph: l.opts.Graph})
		return err
	})
	return report, err
}

// bulkLoader is a graph that loads much data faster than by a transaction, and
// as atomically. The embedded store is one.
type bulkLoader interface {
	Load(ctx context.Context, sources []store.Source, o store.LoadOptions) (store.LoadResult, error)
}

// bulk loads RDF by the bulk loader of the graph.
func (l *Loader) bulk(ctx context.Context, to bulkLoader, name string, format rdfio.Format, r io.Reader) (Report, error) {
	source := store.Source{Name: name, Graph: l.opts.Graph}
	if format == rdfio.NTriples || format == rdfio.NQuads {
		source.Reader, source.Format = r, format // parsed in parallel
	} else {
		dec, err := rdfio.Open(r, rdfio.Source{Format: format, Name: name}, l.readOptions(name))
		if err != nil {
			return Report{}, fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
		}
		defer dec.Close()
		source.Quads, format = dec.All(), dec.Format()
	}
	result, err := to.Load(ctx, []store.Source{source}, store.LoadOptions{Memory: l.opts.Memory, Progress: l.progress()})
	return Report{Name: name, Kind: RDF, Format: format, Quads: int(result.Read), New: int(result.Added)}, err
}

// readOptions are the options of the decoder of a file.
func (l *Loader) readOptions(name string) rdfio.Options {
	base := l.opts.Base
	if base == "" {
		if abs, err := filepath.Abs(name); err == nil {
			base = iri.FromPath(filepath.ToSlash(abs))
		}
	}
	return rdfio.Options{Base: base, Lenient: l.opts.Lenient, Decoders: l.opts.Decoders}
}

// dataset imports a file of rows.
func (l *Loader) dataset(ctx context.Context, name string, r io.Reader) (Report, error) {
	o := dataset.Options{Graph: l.opts.Graph, Progress: l.opts.Rows, Mapping: l.opts.Mapping}
	if to, ok := l.graph.(bulkLoader); ok {
		o.Bulk = func(ctx context.Context, parts iter.Seq2[dataset.Part, error]) (int, error) {
			result, err := to.Load(ctx, []store.Source{{Name: name, Parts: parts, KeepLabels: true}},
				store.LoadOptions{Memory: l.opts.Memory, Progress: l.progress()})
			return int(result.Added), err
		}
	}
	res, err := dataset.Import(ctx, l.graph, name, r, o)
	if err == nil && res.New > 0 {
		// Rows go past the decisions about them, which are few.
		err = l.graph.Update(ctx, func(tx graph.Tx) error {
			for _, in := range []rdf.Term{l.opts.Graph, dataset.GraphACLED} {
				if err := claim.Resettle(ctx, tx, in); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return Report{
		Name: name, Kind: Dataset, Claims: res.Claims, Quads: res.Quads, New: res.New, Problems: res.Problems, Dataset: res,
	}, err
}

// insertBatch is how many quads go to a transaction at a time: enough that the
// call costs nothing, few enough that they stay in the cache.
const insertBatch = 1024

// rdf reads RDF and commits it as one transaction.
func (l *Loader) rdf(ctx context.Context, name string, format rdfio.Format, r io.Reader) (Report, error) {
	// What a bulk load drops it counts only; a lenient load lists it.
	if to, ok := l.graph.(bulkLoader); ok && !l.opts.Lenient {
		return l.bulk(ctx, to, name, format, r)
	}
	dec, err := rdfio.Open(r, rdfio.Source{Format: format, Name: name}, l.readOptions(name))
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
	}
	defer dec.Close()
	report := Report{Name: name, Kind: RDF, Format: dec.Format()}
	blanks := graph.NewBlankNamer()
	err = l.graph.Update(ctx, func(tx graph.Tx) error {
		batch := make([]rdf.Quad, 0, insertBatch)
		flush := func() error {
			n, err := tx.Insert(batch...)
			report.New += n
			batch = batch[:0]
			return err
		}
		for {
			q, err := dec.Decode()
			if errors.Is(err, io.EOF) {
				return flush()
			}
			if err != nil {
				return fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
			}
			report.Quads++
			if q.Graph == nil {
				q.Graph = l.opts.Graph
			}
			batch = append(batch, blanks.Quad(q))
			if len(batch) < insertBatch {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := flush(); err != nil {
				return err
			}
		}
	})
	report.Dropped = dec.Dropped()
	return report, err
}
