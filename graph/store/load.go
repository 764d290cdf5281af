package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"golang.org/x/sync/errgroup"
)

// Source is a document to load. Either Reader, Quads or Parts is set.
type Source struct {
	Name    string // in errors
	Reader  io.Reader
	Format  rdfio.Format
	Options rdfio.Options
	Quads   iter.Seq2[rdf.Quad, error]
	// Parts yields the document in pieces that are read on all workers at once.
	// Each passes its quads to emit and returns the error of emit as it is.
	Parts iter.Seq2[Part, error]

	// Graph is where triples of the default graph go; nil leaves them there.
	Graph rdf.Term
	// KeepLabels takes blank nodes by their labels. Otherwise each source has
	// blank nodes of its own, as documents that are merged must.
	KeepLabels bool
}

// Part is a piece of a document that passes its quads to emit.
type Part = func(emit func(rdf.Quad) error) error

// LoadOptions says how to load. The zero value is right for most uses.
type LoadOptions struct {
	// Memory is about how many bytes the load may use; 0 means 2 GiB. Rows
	// beyond it go to a temporary file while sources are read.
	Memory int64
	// TempDir is where temporary files go; "" means beside the store, or the
	// system's directory for a store in memory.
	TempDir string
	// Workers is how many goroutines parse; 0 means one per processor.
	Workers int
	// Lenient drops faulty lines of N-Triples and N-Quads and counts them.
	Lenient bool
	// Progress, when set, is called about twice a second and at the end, always
	// from one goroutine at a time.
	Progress func(LoadProgress)

	rebuild bool // write the store anew however small the load; for tests
}

// LoadProgress is how far a load has come.
type LoadProgress struct {
	Phase   string // "read", "sort", "write" or "done"
	Quads   uint64 // read so far, duplicates included
	Bytes   int64  // of the sources, read so far
	Size    int64  // of the sources; 0 when nobody knows, as the store itself
	Elapsed time.Duration
}

// LoadResult is what a load has done.
type LoadResult struct {
	Read    uint64 // quads read
	Added   uint64 // quads that were new
	Dropped uint64 // faulty lines, see LoadOptions.Lenient
}

const defaultLoadMemory = 2 << 30

// Loads into a store that has quads are committed like any update when they are
// small, absolutely and against what is there; otherwise the store is written
// anew.
const (
	updateRows  = 500_000
	updateShare = 8
)

// Load adds the quads of the sources in one atomic step: all of them or none.
// Terms are sorted with those of the store, so afterwards ids follow string
// order again, unless the load is small for the store and therefore committed
// as an update. Readers are not disturbed; writers wait until the load is done.
func (s *Store) Load(ctx context.Context, sources []Source, o LoadOptions) (LoadResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.folding {
		s.foldDone.Wait()
	}
	if err := s.writable(); err != nil {
		return LoadResult{}, err
	}
	s.drain()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	l := newLoad(s, o)
	defer l.rows.close()
	defer limitMemory(l.o.Memory)()
	if err := l.read(ctx, sources); err != nil {
		return LoadResult{}, err
	}
	result := LoadResult{Read: uint64(l.rows.n), Dropped: l.dropped}
	if l.rows.n == 0 {
		return result, nil
	}
	before := s.head.quads
	if err := s.writable(); err != nil {
		return LoadResult{}, err
	}
	var err error
	if !o.rebuild && before > 0 && l.rows.n <= updateRows && uint64(l.rows.n)*updateShare <= before {
		err = l.update(ctx)
	} else {
		var snap *snapshot
		if snap, err = s.acquire(); err != nil {
			return LoadResult{}, err
		}
		err = l.rebuild(ctx, snap, s.head.seq+1)
		snap.Close()
	}
	if err != nil {
		return LoadResult{}, err
	}
	result.Added = s.head.quads - before
	l.progress("done", true)
	return result, nil
}

// load is a load in progress.
type load struct {
	s       *Store
	o       LoadOptions
	terms   *termSet
	rows    rowSpool
	dropped uint64
	bytes   int64
	start   time.Time
	told    time.Time
}

func newLoad(s *Store, o LoadOptions) *load {
	if o.Memory <= 0 {
		o.Memory = defaultLoadMemory
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.TempDir == "" {
		o.TempDir = os.TempDir()
		if s.path != "" {
			o.TempDir = filepath.Dir(s.path)
		}
	}
	return &load{s: s, o: o, terms: newTermSet(), start: time.Now(),
		rows: rowSpool{limit: int(o.Memory / 8 / 16), dir: o.TempDir}}
}

const loadGCPercent = 400

// limitMemory makes the garbage collector keep to about so many bytes more than
// are in use now, rather than to twice what is in use, and returns what undoes
// it. An eighth is left for what the collector is late with.
func limitMemory(more int64) func() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	old := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(old, int64(m.Sys-m.HeapReleased)+more-more/8))
	// Below the limit garbage may pile up: what a source makes on its way into
	// batches is short-lived and would otherwise be collected again and again
	// while the table of terms is still small.
	percent := debug.SetGCPercent(loadGCPercent)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(old)
	}
}

func (l *load) progress(phase string, now bool) {
	if l.o.Progress == nil || !now && time.Since(l.told) < 500*time.Millisecond {
		return
	}
	l.told = time.Now()
	l.o.Progress(LoadProgress{Phase: phase, Quads: uint64(l.rows.n), Bytes: l.bytes, Elapsed: time.Since(l.start)})
}

// read parses all sources and numbers their terms.
func (l *load) read(ctx context.Context, sources []Source) error {
	for i := range sources {
		src := &sources[i]
		out := make(chan *batch, l.o.Workers)
		ctx, cancel := context.WithCancelCause(ctx)
		p := &parsing{ctx: ctx, out: out, graph: src.Graph, name: sourceName(src, i), lenient: l.o.Lenient || src.Options.Lenient}
		if !src.KeepLabels {
			var b [8]byte
			rand.Read(b[:]) // documented never to fail
			p.prefix = "b" + hex.EncodeToString(b[:]) + "x"
		}
		var err error
		go func() {
			defer close(out)
			err = p.parse(src, l.o.Workers)
		}()
		for b := range out {
			l.bytes += b.bytes
			if ctx.Err() != nil {
				continue
			}
			if e := l.add(l.terms.merge(b)); e != nil {
				cancel(e)
			}
			l.progress("read", false)
		}
		cause := context.Cause(ctx)
		cancel(nil)
		l.dropped += p.dropped.Load()
		if err == nil {
			err = cause
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *load) add(rows [][4]uint32) error {
	const most = 1<<32 - 1<<20
	if l.terms.len() > most {
		return fmt.Errorf("store: %w: more than %d terms", graph.ErrLimit, most)
	}
	return l.rows.add(rows)
}

// update commits the rows as one transaction. It is called with mu held.
func (l *load) update(ctx context.Context) error {
	s := l.s
	t, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer t.end()
	ids := make([]graph.ID, l.terms.len()) // 0: not looked up yet; no term has the id 0
	var id func(term uint32) (graph.ID, error)
	id = func(term uint32) (graph.ID, error) {
		if ids[term] != 0 {
			return ids[term], nil
		}
		ref := graph.ID(l.terms.refs[term])
		i := ref
		if slot(ref.Tag()) >= 0 {
			e := l.terms.entry(term)
			if ref.Tag() == graph.TagTriple {
				var parts [3]graph.ID
				for k, p := range l.terms.triple(term) {
					if parts[k], err = id(p); err != nil {
						return 0, err
					}
				}
				e = appendTripleEntry(nil, parts[0], parts[1], parts[2])
			}
			if i, _, err = t.entryID(ref.Tag(), e, true); err != nil {
				return 0, err
			}
		}
		ids[term] = i
		return i, nil
	}
	var failure error
	err = l.rows.each(ctx, func(_ int, rows [][4]uint32) {
		for i := range rows {
			var r row
			for k, term := range rows[i] {
				if r[k], err = id(term); err != nil && failure == nil {
					failure = err
				}
			}
			if failure != nil {
				return
			}
			if _, err := t.set(&r, true); err != nil {
				failure = err
				return
			}
		}
	})
	if err == nil {
		err = failure
	}
	if err != nil {
		return err
	}
	c := s.enqueue(t)
	if c == nil {
		return nil
	}
	s.drain()
	return c.err
}

// rebuild writes a new base of what a snapshot shows and the rows of the load,
// as version seq. It is called with mu held.
func (l *load) rebuild(ctx context.Context, from *snapshot, seq uint64) error {
	s := l.s
	graphs, err := l.addVersion(ctx, from)
	if err != nil {
		return err
	}
	k := &pageSink{s: s, ctx: ctx}
	k.inBackground()
	b, recorded, err := l.build(ctx, k, graphs)
	if e := k.finish(); err == nil {
		err = e
	}
	if err != nil {
		return l.abandon(k, err)
	}
	b.folded = seq
	var replaced []uint64
	s.head.base.pagesOf(func(p *page) { replaced = append(replaced, p.id) })
	v := &version{seq: seq, base: b, quads: b.quads, graphs: recorded, index: newTailIndex(), predicates: &predicateMemo{}}
	for i := range v.tails {
		v.tails[i].first = b.dict[i].len()
	}
	garbage := s.retire(k.written, replaced)
	if s.db != nil {
		sum := newHistory()
		if err = s.swapFile(b, recorded, sum, garbage); err == nil {
			s.flushMu.Lock()
			s.lastSum = sum
			s.flushMu.Unlock()
		}
	}
	if err == nil {
		err = s.publish(v)
		s.feed.news()
	}
	if err != nil {
		s.fail(err)
		return err
	}
	if s.db != nil {
		// The load is durable by now and readers see it, so it has not failed when
		// this does. Opening the file again removes what is left.
		if err := s.remove(garbage, seq); err != nil {
			s.fail(err)
		}
	}
	return nil
}

// publish shows a version with a new dictionary. It is called with mu held.
func (s *Store) publish(v *version) error {
	var r *filePages
	if s.db != nil {
		tx, err := s.db.Begin(false)
		if err != nil {
			return fmt.Errorf("store: begin: %w", err)
		}
		defer func() { _ = tx.Rollback() }() // cannot fail the first time
		r = &filePages{tx: tx}
	}
	if err := v.indexTails(r); err != nil {
		return err
	}
	s.head = v
	s.current.Store(v)
	return nil
}

// abandon removes the pages of a load that has failed.
func (l *load) abandon(k *pageSink, err error) error {
	if l.s.db == nil || len(k.written) == 0 {
		return err
	}
	var ids []uint64
	for _, g := range k.written {
		ids = append(ids, g.first)
	}
	if e := l.s.remove(ids, l.s.head.base.folded); e != nil {
		l.s.fail(e)
	}
	return err
}

// addVersion adds what a snapshot shows and returns the recorded graphs as
// terms. Terms that no quad uses are left behind.
func (l *load) addVersion(ctx context.Context, snap *snapshot) ([]uint32, error) {
	v := snap.v
	var known [numDictTags][]uint32 // terms plus one by number
	for i := range known {
		known[i] = make([]uint32, v.tails[i].len())
	}
	var buf []byte
	var term func(id graph.ID) (uint32, error)
	term = func(id graph.ID) (uint32, error) {
		i := slot(id.Tag())
		if i < 0 {
			return l.terms.addInline(id), nil
		}
		n := id.Payload()
		if n >= uint64(len(known[i])) {
			return 0, fmt.Errorf("store: %w: id %#x is beyond the dictionary", graph.ErrCorrupt, uint64(id))
		}
		if t := known[i][n]; t > 0 {
			return t - 1, nil
		}
		var err error
		if buf, err = v.entry(buf[:0], snap.pages, id); err != nil {
			return 0, err
		}
		var t uint32
		if id.Tag() == graph.TagTriple {
			if t, err = l.addStoredTriple(slices.Clone(buf), term); err != nil {
				return 0, err
			}
		} else {
			t = l.terms.addEntry(id.Tag(), buf, entryFingerprint(id.Tag(), identity(id.Tag(), buf)), true)
		}
		known[i][n] = t + 1
		return t, nil
	}
	c, err := snap.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for b := c.Next(); b != nil; b = c.Next() {
		rows := make([][4]uint32, b.N)
		for i := range rows {
			for k := range rows[i] {
				if rows[i][k], err = term(b.Cols[k][i]); err != nil {
					return nil, err
				}
			}
		}
		if err := l.add(rows); err != nil {
			return nil, err
		}
		l.progress("read", false)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	graphs := make([]uint32, len(v.graphs))
	for i, g := range v.graphs {
		if graphs[i], err = term(g); err != nil {
			return nil, err
		}
	}
	return graphs, nil
}

func (l *load) addStoredTriple(e []byte, term func(graph.ID) (uint32, error)) (uint32, error) {
	if len(e) != 24 {
		return 0, fmt.Errorf("store: %w: triple term of %d bytes", graph.ErrCorrupt, len(e))
	}
	var parts [3]uint32
	for k := range parts {
		var err error
		if parts[k], err = term(graph.ID(binary.BigEndian.Uint64(e[8*k:]))); err != nil {
			return 0, err
		}
	}
	return l.terms.addTriple(parts), nil
}

// build numbers the terms, sorts the rows and writes all pages.
func (l *load) build(ctx context.Context, k *pageSink, graphs []uint32) (*base, []graph.ID, error) {
	l.progress("sort", true)
	n := l.terms.number()
	b := &base{}
	recorded := make([]graph.ID, len(graphs))
	for i, g := range graphs {
		recorded[i] = n.ids[g]
	}
	slices.Sort(recorded)
	var p *packing
	var keys, tmp []uint64
	read := l.rows.n
	sortRows := func() (err error) {
		if p, keys, err = packRows(ctx, &l.rows, n); err != nil {
			return err
		}
		l.rows.close()
		tmp = make([]uint64, len(keys))
		keys, tmp = p.sortAll(keys, tmp)
		return nil
	}
	var err error
	if int64(read)*16 <= l.o.Memory/4 {
		// Terms and keys together are a small part of the memory.
		var work errgroup.Group
		work.Go(sortRows)
		err = l.writeDict(ctx, b, n, k)
		if e := work.Wait(); err == nil {
			err = e
		}
		l.terms, n = nil, nil
	} else {
		if err = l.writeDict(ctx, b, n, k); err == nil {
			l.terms = nil
			err = sortRows()
		}
		n = nil
	}
	if err != nil {
		return nil, nil, err
	}
	b.quads = uint64(len(keys))
	l.progress("write", true)
	if err := l.writeOrders(ctx, b, p, keys, tmp, k); err != nil {
		return nil, nil, err
	}
	l.rows.n = read
	return b, recorded, nil
}

// writeOrders writes the blocks of all orders. Each is a stable sort of another
// one by a single column.
func (l *load) writeOrders(ctx context.Context, b *base, p *packing, spog, tmp []uint64, k *pageSink) error {
	named := slices.ContainsFunc(p.ids[graph.G], func(g graph.ID) bool { return g != graph.DefaultGraph })
	stats := map[graph.ID]*graph.PredicateStats{}
	stat := func(pr graph.ID) *graph.PredicateStats {
		if stats[pr] == nil {
			stats[pr] = &graph.PredicateStats{}
		}
		return stats[pr]
	}
	j, places := p.newJoins(spog)
	nodes := func(keys []uint64, c graph.Column) *nodeReader {
		return &nodeReader{fill: p.keyRows(ctx, keys, c, places)}
	}
	write := func(o graph.Order, keys []uint64) (err error) {
		b.orders[o], err = p.writeOrder(ctx, o, keys, k)
		return err
	}
	subjects := func(a, t []uint64) error {
		if err := write(graph.SPOG, spog); err != nil {
			return err
		}
		if err := j.countSubjects(nodes(spog, graph.S)); err != nil {
			return err
		}
		copy(a, spog)
		a, t = p.sortColumn(a, t, graph.P)
		if err := write(graph.PSOG, a); err != nil {
			return err
		}
		p.countPairs(a, graph.S, func(pr graph.ID, rows, distinct uint64) {
			st := stat(pr)
			st.Quads, st.DistinctSubjects = rows, distinct
		})
		if !named {
			return nil
		}
		copy(a, spog)
		a, _ = p.sortColumn(a, t, graph.G)
		return write(graph.GSPO, a)
	}
	distinctObjects := map[graph.ID]uint64{}
	objects := func(a, t []uint64) error {
		copy(a, spog)
		a, t = p.sortColumn(a, t, graph.O)
		if err := write(graph.OSPG, a); err != nil {
			return err
		}
		if err := j.countObjects(nodes(spog, graph.S), nodes(a, graph.O)); err != nil {
			return err
		}
		a, t = p.sortColumn(a, t, graph.P)
		if err := write(graph.POSG, a); err != nil {
			return err
		}
		p.countPairs(a, graph.O, func(pr graph.ID, _, distinct uint64) { distinctObjects[pr] = distinct })
		if !named {
			return nil
		}
		a, _ = p.sortColumn(a, t, graph.G)
		return write(graph.GPOS, a)
	}
	arrays := func() []uint64 { return make([]uint64, len(spog)) }
	if int64(len(spog))*8*5 <= l.o.Memory/2 {
		var wg sync.WaitGroup
		var err error
		wg.Add(1)
		a, t := arrays(), arrays()
		go func() {
			defer wg.Done()
			err = objects(a, t)
		}()
		e := subjects(arrays(), tmp)
		wg.Wait()
		if e == nil {
			e = err
		}
		if e != nil {
			return e
		}
	} else {
		a := arrays()
		if err := subjects(a, tmp); err != nil {
			return err
		}
		if err := objects(a, tmp); err != nil {
			return err
		}
	}
	if !named {
		b.aliasGraphOrders()
	}
	b.joins = j
	b.stats = &statistics{}
	for pr := range stats {
		b.stats.predicates = append(b.stats.predicates, pr)
	}
	slices.Sort(b.stats.predicates)
	for _, pr := range b.stats.predicates {
		stats[pr].DistinctObjects = distinctObjects[pr]
		b.stats.stats = append(b.stats.stats, *stats[pr])
	}
	return nil
}

// writeDict writes the dictionary pages.
func (l *load) writeDict(ctx context.Context, b *base, n *numbering, k *pageSink) error {
	for i, tag := range dictTags {
		d := &dictPages{}
		b.dict[i] = d
		sorted := n.dict[i]
		var tail []uint32
		if tag == graph.TagTriple {
			sorted, tail = sorted[:n.sortedTriples], sorted[n.sortedTriples:]
		}
		var w sortedPageWriter
		var buf []byte
		flush := func() error {
			if w.n == 0 {
				return nil
			}
			p, first, terms := w.finish()
			pg, err := k.addShared(p, kindDictSorted, byte(tag>>60), terms)
			if err == nil {
				d.addSorted(pg, first, terms)
			}
			return err
		}
		for _, term := range sorted {
			e := l.terms.entry(term)
			if tag == graph.TagTriple {
				buf = l.terms.tripleEntry(n, buf[:0], term)
				e = buf
			}
			if w.add(e) {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
		var entries []string
		for _, term := range tail {
			entries = append(entries, string(l.terms.tripleEntry(n, buf[:0], term)))
		}
		for len(entries) > 0 {
			p, terms := packTail(entries)
			pg, err := k.addShared(p, kindDictTail, byte(tag>>60), terms)
			if err != nil {
				return err
			}
			d.addTail(pg, terms)
			entries = entries[terms:]
		}
	}
	return nil
}
