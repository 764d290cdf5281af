package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

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
	// Progress is called after each commit, or as often in a bulk load.
	Progress func(Result)
	// Bulk, when set, loads the quads of a large file in one atomic step, much
	// faster than by transactions, and returns how many were new. It must not
	// let go on what fails.
	Bulk func(ctx context.Context, quads iter.Seq2[rdf.Quad, error]) (added int, err error)
	// CommitQuads is about how many quads go into a transaction; 0 is 20,000.
	CommitQuads int
}

// Result tells what became of a file, or has so far.
type Result struct {
	File     *File
	Rows     int // read
	Faulty   int // left out
	Claims   int
	Quads    int // made of the rows, less descriptions that repeat each other
	New      int // not in the graph before
	Already  bool
	Problems []claim.Problem // of faulty rows, the first of them
}

// maxProblems bounds the list of problems, not their count.
const maxProblems = 1000

const defaultCommit = 20_000

// ErrLayout says that a file is of no dataset that is known here.
var ErrLayout = fmt.Errorf("%w: neither UCDP GED nor ACLED", graph.ErrBadRequest)

// Import puts a file into a graph, in transactions of bounded size or, when it
// is large and the options tell how, by a bulk load. Names are made of content, so rows that are there already add nothing: an import that
// was interrupted is simply done again, and a file that was read to its end
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
	if !ok {
		return Result{}, ErrLayout
	}
	if o.Graph == nil && layout.Dataset == ACLED {
		o.Graph = GraphACLED
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
	im := &importer{graph: g, o: o, seen: make(map[rdf.Quad]struct{})}
	im.result.File = NewFile(name, o.Version, sum, layout)
	return im.run(ctx, spooled)
}

// bulkBytes is the least size of a file for which a bulk load is worth while:
// some thousands of rows.
const bulkBytes = 1 << 20

// headBytes is how much of a file is looked at to tell its layout.
const headBytes = 64 << 10

type importer struct {
	graph  graph.Graph
	o      Options
	result Result
	batch  []rdf.Quad
	// seen holds shared quads written lately, so that the description of an
	// actor is not made a thousand times.
	seen map[rdf.Quad]struct{}
}

// maxSeen bounds the memory of what was written lately.
const maxSeen = 1 << 17

func (im *importer) run(ctx context.Context, r io.Reader) (Result, error) {
	res := &im.result
	done, err := im.done(ctx)
	if err != nil || done {
		res.Already = done
		return *res, err
	}
	if im.o.Bulk == nil {
		if err := im.rows(ctx, r, func() error { return im.commit(ctx) }); err != nil {
			return *res, err
		}
		return *res, im.commit(ctx)
	}
	res.New, err = im.o.Bulk(ctx, func(yield func(rdf.Quad, error) bool) {
		pass := func() error {
			for _, q := range im.batch {
				if !yield(q, nil) {
					return errStopped
				}
			}
			im.batch = im.batch[:0]
			im.progress()
			return nil
		}
		err := im.rows(ctx, r, pass)
		if err == nil {
			err = pass()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(rdf.Quad{}, err)
		}
	})
	return *res, err
}

// errStopped says that the bulk load wants no more quads.
var errStopped = errors.New("dataset: stopped")

// rows reads the file to its end and calls flush whenever enough quads are
// gathered; the last of them are left to the caller.
func (im *importer) rows(ctx context.Context, r io.Reader, flush func() error) error {
	f, res := im.result.File, &im.result
	for _, t := range f.describe() {
		im.add(t.In(im.o.Graph))
	}
	eo := claim.EncodeOptions{Graph: im.o.Graph, Record: f.run(), NoText: true, NoDerived: true}
	err := Read(ctx, r, f, func(rec *Record) error {
		res.Rows++
		res.Claims += len(rec.Extraction.Claims)
		claim.EncodeTo(&rec.Extraction, eo, im.add)
		for _, t := range rec.Quads {
			im.add(t.In(im.o.Graph))
		}
		if len(im.batch) < im.o.CommitQuads {
			return nil
		}
		return flush()
	}, func(p claim.Problem) {
		res.Faulty++
		if len(res.Problems) < maxProblems {
			res.Problems = append(res.Problems, p)
		}
	})
	if err != nil {
		return err
	}
	im.add(rdf.Triple{Subject: rdf.IRI(f.run()), Predicate: propRows, Object: rdf.NewTyped(strconv.Itoa(res.Rows), rdf.XSDInteger)}.In(im.o.Graph))
	return nil
}

// shared are the beginnings of the names of things that many rows speak of.
var shared = []string{
	"quantity/", "time/", "dataset/", "ucdp/actor/", "ucdp/country/", "ucdp/place/", "ucdp/area/", "ucdp/conflict/", "ucdp/dyad/",
	"ucdp/media/", "ucdp/source/", "ucdp/civilians/", "acled/actor/", "acled/country/", "acled/place/", "acled/area/", "acled/media/",
}

func (im *importer) add(q rdf.Quad) {
	if s, ok := q.Subject.(rdf.IRI); ok {
		name, ours := strings.CutPrefix(string(s), claim.NSID)
		repeats := !ours
		for _, prefix := range shared {
			repeats = repeats || strings.HasPrefix(name, prefix)
		}
		if repeats {
			if _, ok := im.seen[q]; ok {
				return
			}
			if len(im.seen) >= maxSeen {
				clear(im.seen)
			}
			im.seen[q] = struct{}{}
		}
	}
	im.result.Quads++
	im.batch = append(im.batch, q)
}

func (im *importer) commit(ctx context.Context) error {
	if len(im.batch) == 0 {
		return nil
	}
	added := 0
	err := im.graph.Update(ctx, func(tx graph.Tx) error {
		n, err := tx.Insert(im.batch...)
		added = n
		return err
	})
	if err != nil {
		return err
	}
	im.result.New += added
	im.batch = im.batch[:0]
	im.progress()
	return nil
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
