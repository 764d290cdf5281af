package dataset

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Options say how a file is imported. The zero value is right for most uses.
type Options struct {
	// Graph receives the records; nil is the default graph, and for ACLED
	// [GraphACLED].
	Graph rdf.Term
	// Version is that of the release; empty is guessed from the name.
	Version string
	// Mapping says how a table is read that is of no dataset known here.
	Mapping *Mapping
	// Progress is called after each commit, or as often in a bulk load.
	Progress func(Result)
	// Bulk, when set, loads the parts of a large file in one atomic step, much
	// faster than by transactions, and returns how many quads were new. Parts
	// may be read at the same time; each passes its quads to emit. An error of
	// any part ends the load, and is returned.
	Bulk func(ctx context.Context, parts iter.Seq2[Part, error]) (added int, err error)
	// CommitQuads is about how many quads go into a transaction; 0 is 20,000.
	CommitQuads int
}

// Result tells what became of a file, or has so far.
type Result struct {
	File   *File
	Rows   int // read
	Faulty int // left out
	Claims int
	Quads  int // made of the rows, less descriptions that repeat each other
	New    int // not in the graph before
	// Superseded is how many rows and files of older releases this one takes the
	// place of.
	Superseded int
	Already    bool
	Problems   []claim.Problem // of faulty rows, the first of them
}

// Part is some rows of a file as quads.
type Part = func(emit func(rdf.Quad) error) error

// maxProblems bounds the list of problems, not their count.
const maxProblems = 1000

const defaultCommit = 20_000

// ErrLayout says that a file is of no dataset that is known here.
var ErrLayout = fmt.Errorf("%w: no dataset that is known here", graph.ErrBadRequest)

// Import puts a file into a graph, in transactions of bounded size or, when it
// is large and the options tell how, by a bulk load. Names are made of content,
// so rows that are there already add nothing: an import that was interrupted is simply done again, and a file that was read to its end
// before, by the same version of this package, is not read again.
func Import(ctx context.Context, g graph.Graph, name string, r io.Reader, o Options) (Result, error) {
	spooled, sum, err := spool(r)
	if err != nil {
		return Result{}, err
	}
	defer spooled.Close()
	head := make([]byte, headBytes)
	n, err := io.ReadFull(spooled, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return Result{}, err
	}
	layout, ok := Recognise(head[:n], n < headBytes)
	if m := o.Mapping; m != nil {
		if layout, err = m.Layout(head[:n]); err != nil {
			return Result{}, err
		}
		o.Version = cmp.Or(o.Version, m.release)
	} else if !ok {
		return Result{}, ErrLayout
	}
	if private := layout.format.private; o.Graph == nil && private != "" {
		o.Graph = private
	}
	if o.CommitQuads <= 0 {
		o.CommitQuads = defaultCommit
	}
	if size, err := spooled.Seek(0, io.SeekEnd); err != nil {
		return Result{}, err
	} else if size < bulkBytes {
		o.Bulk = nil
	}
	if _, err := spooled.Seek(0, io.SeekStart); err != nil {
		return Result{}, err
	}
	im := &importer{graph: g, o: o}
	im.result.File = NewFile(name, o.Version, sum, layout)
	return im.run(ctx, spooled)
}

// bulkBytes is the least size of a file for which a bulk load is worth while:
// some thousands of rows.
const bulkBytes = 1 << 20

// headBytes is how much of a file is looked at to tell its layout.
const headBytes = 64 << 10

type importer struct {
	graph   graph.Graph
	o       Options
	workers sync.Pool // of *worker

	mu     sync.Mutex // guards what follows
	result Result
}

// worker turns rows into quads. One worker reads many parts, one after another.
type worker struct {
	reader  *recordReader
	encoder *claim.RecordEncoder
	emit    func(rdf.Quad) error
	err     error // of emit
	quads   int
}

func (im *importer) newWorker() *worker {
	w := &worker{reader: newRecordReader(im.result.File)}
	w.reader.lean = true
	w.encoder = claim.NewRecordEncoder(im.o.Graph, im.result.File.run(), w.pass)
	return w
}

// pass hands a quad on, unless an earlier one was refused.
func (w *worker) pass(q rdf.Quad) {
	w.quads++
	if w.err == nil {
		w.err = w.emit(q)
	}
}

func (im *importer) run(ctx context.Context, r io.Reader) (Result, error) {
	res := &im.result
	done, err := im.done(ctx)
	if err != nil || done {
		res.Already = done
		if err == nil {
			err = im.supersede(ctx)
		}
		return *res, err
	}
	parts := im.parts(ctx, r)
	if im.o.Bulk != nil {
		res.New, err = im.o.Bulk(ctx, parts)
	} else {
		err = im.transactions(ctx, parts)
	}
	if err == nil {
		err = im.supersede(ctx)
	}
	slices.SortFunc(res.Problems, func(a, b claim.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	res.Problems = res.Problems[:min(len(res.Problems), maxProblems)]
	return *res, err
}

// transactions commits the parts in transactions of bounded size.
func (im *importer) transactions(ctx context.Context, parts iter.Seq2[Part, error]) error {
	var batch []rdf.Quad
	commit := func() error {
		if len(batch) == 0 {
			return nil
		}
		added := 0
		err := im.graph.Update(ctx, func(tx graph.Tx) (err error) {
			added, err = tx.Insert(batch...)
			return err
		})
		if err != nil {
			return err
		}
		im.result.New += added
		batch = batch[:0]
		im.progress()
		return nil
	}
	emit := func(q rdf.Quad) error {
		batch = append(batch, q)
		if len(batch) < im.o.CommitQuads {
			return nil
		}
		return commit()
	}
	for part, err := range parts {
		if err == nil {
			err = part(emit)
		}
		if err != nil {
			return err
		}
	}
	return commit()
}

// partRows is how many rows are read at a time by one worker: enough that
// handing them over costs nothing.
const partRows = 256

// parts cuts the file into parts: first what describes it, then its rows, at the
// end that it was read whole.
func (im *importer) parts(ctx context.Context, r io.Reader) iter.Seq2[Part, error] {
	f := im.result.File
	passAll := func(triples ...rdf.Triple) Part {
		return func(emit func(rdf.Quad) error) error {
			for _, t := range triples {
				if err := emit(t.In(im.o.Graph)); err != nil {
					return err
				}
			}
			im.mu.Lock()
			im.result.Quads += len(triples)
			im.mu.Unlock()
			return nil
		}
	}
	return func(yield func(Part, error) bool) {
		if !yield(passAll(f.describe()...), nil) {
			return
		}
		source := f.rows(r)
		var pending sync.WaitGroup
		for ended := false; !ended; {
			var rows []*cells
			for len(rows) < partRows && !ended {
				row, bad, err := source.next()
				switch {
				case errors.Is(err, io.EOF):
					ended = true
				case err == nil:
					err = ctx.Err()
					fallthrough
				default:
					if err != nil {
						yield(nil, err)
						return
					}
					if bad != nil {
						im.problem(*bad)
					} else {
						rows = append(rows, row)
					}
				}
			}
			pending.Add(1)
			part := func(emit func(rdf.Quad) error) error {
				defer pending.Done()
				return im.part(rows, emit)
			}
			if !yield(part, nil) {
				return
			}
		}
		// How many rows there were is known when all are read.
		yield(func(emit func(rdf.Quad) error) error {
			pending.Wait()
			im.mu.Lock()
			n := im.result.Rows
			im.mu.Unlock()
			return passAll(rdf.Triple{Subject: rdf.IRI(f.run()), Predicate: propRows, Object: rdf.NewTyped(strconv.Itoa(n), rdf.XSDInteger)})(emit)
		}, nil)
	}
}

// part reads some rows.
func (im *importer) part(rows []*cells, emit func(rdf.Quad) error) error {
	w, _ := im.workers.Get().(*worker)
	if w == nil {
		w = im.newWorker()
	}
	w.emit, w.err, w.quads = emit, nil, 0
	var read, claims int
	for _, row := range rows {
		rec, bad := w.reader.read(row)
		if bad != nil {
			im.problem(*bad)
			continue
		}
		if rec == nil {
			continue
		}
		read++
		claims += len(rec.Extraction.Claims)
		w.encoder.Encode(&rec.Extraction)
		for _, t := range rec.Quads {
			w.pass(t.In(im.o.Graph))
		}
		if w.err != nil {
			return w.err
		}
	}
	im.mu.Lock()
	im.result.Rows += read
	im.result.Claims += claims
	im.result.Quads += w.quads
	if im.o.Bulk != nil {
		im.progress()
	}
	im.mu.Unlock()
	w.emit = nil
	im.workers.Put(w)
	return nil
}

// problem notes what is wrong with a row. Of very many, those that come first
// in the file are kept.
func (im *importer) problem(p claim.Problem) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.result.Faulty++
	if len(im.result.Problems) < 2*maxProblems {
		im.result.Problems = append(im.result.Problems, p)
	}
}

func (im *importer) progress() {
	if im.o.Progress != nil {
		im.o.Progress(im.result)
	}
}

// done reports whether the graph holds the whole file, read by this version.
func (im *importer) done(ctx context.Context) (bool, error) {
	snap, err := im.graph.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	defer snap.Close()
	p := graph.Pattern{G: graph.DefaultGraph}
	terms := []struct {
		term rdf.Term
		id   *graph.ID
	}{{rdf.IRI(im.result.File.run()), &p.S}, {propRows, &p.P}, {im.o.Graph, &p.G}}
	for _, t := range terms {
		if t.term == nil {
			continue
		}
		id, ok, err := snap.Lookup(t.term)
		if err != nil || !ok {
			return false, err
		}
		*t.id = id
	}
	order, _ := graph.BestOrder(p)
	cursor, err := snap.Scan(ctx, p, order, graph.ColO)
	if err != nil {
		return false, err
	}
	defer cursor.Close()
	found := cursor.Next() != nil
	return found, cursor.Err()
}

// spoolMemory is how much of a file is kept in memory; a larger one goes to a
// temporary file, since its checksum is needed before its first row.
const spoolMemory = 4 << 20

type spooledFile interface {
	io.ReadSeeker
	io.Closer
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

type onDisk struct{ *os.File }

func (f onDisk) Close() error {
	return errors.Join(f.File.Close(), os.Remove(f.Name()))
}

// spool reads a file to its end, to be read again from its start, and returns
// its checksum.
func spool(r io.Reader) (spooledFile, string, error) {
	h := sha256.New()
	r = io.TeeReader(r, h)
	small, err := io.ReadAll(io.LimitReader(r, spoolMemory))
	if err != nil {
		return nil, "", err
	}
	if len(small) < spoolMemory {
		return inMemory{bytes.NewReader(small)}, hex.EncodeToString(h.Sum(nil)), nil
	}
	f, err := os.CreateTemp("", "belligraph-rows-*")
	if err != nil {
		return nil, "", err
	}
	out := onDisk{f}
	if _, err = f.Write(small); err == nil {
		_, err = io.Copy(f, r)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, "", errors.Join(err, out.Close())
	}
	return out, hex.EncodeToString(h.Sum(nil)), nil
}
