package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/belligraph/belligraph/graph"
	bolt "go.etcd.io/bbolt"
)

// Backup writes a copy of the store to w that [Open] opens. It is the store at
// one moment; readers and writers go on meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if s.db == nil {
		return s.backupMemory(ctx, w)
	}
	snap, err := s.acquire()
	if err != nil {
		return err
	}
	defer snap.Close()
	if _, err := snap.pages.tx.WriteTo(&contextWriter{ctx, w}); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return nil
}

// backupMemory goes through a file, because a file is what a backup is.
func (s *Store) backupMemory(ctx context.Context, w io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "belligraph-backup-*")
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil && e != nil {
			err = fmt.Errorf("store: backup: %w", e)
		}
	}()
	path := filepath.Join(dir, "store")
	if err := s.Compact(ctx, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(&contextWriter{ctx, w}, f); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return nil
}

// contextWriter fails when its context ends.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// Compact writes the store anew to the file dst, which must not exist: without
// unused space, without terms that no quad uses, and with all terms sorted.
// The store itself stays as it is.
func (s *Store) Compact(ctx context.Context, dst string) (err error) {
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("store: %w: %s exists", graph.ErrBadRequest, dst)
	}
	snap, err := s.acquire()
	if err != nil {
		return err
	}
	defer snap.Close()
	d, err := Open(dst, Options{Logf: s.opts.Logf, MaxSize: s.opts.MaxSize})
	if err != nil {
		return err
	}
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
		if err != nil {
			_ = os.Remove(dst) // what went wrong tells more
		}
	}()
	d.mu.Lock()
	defer d.mu.Unlock()
	l := newLoad(d, LoadOptions{})
	defer l.rows.close()
	return l.rebuild(ctx, snap, max(snap.v.seq, 1))
}

// Info is what [Store.Stats] tells.
type Info struct {
	Path       string
	Quads      uint64
	Graphs     uint64 // named graphs, also empty ones
	Predicates uint64
	Terms      uint64 // in the dictionary, used or not
	Unsorted   uint64 // of these, terms that came by update
	Version    uint64
	FileBytes  int64 // size of the file
	BlockBytes int64 // packed orders
	DictBytes  int64 // dictionary pages
	Blocks     int
	DeltaRows  int    // changed rows that are not folded yet
	LogCommits uint64 // commits that are not folded yet
	Segments   int
}

// Stats describes the store.
func (s *Store) Stats(ctx context.Context) (Info, error) {
	snap, err := s.acquire()
	if err != nil {
		return Info{}, err
	}
	defer snap.Close()
	v := snap.v
	i := Info{Path: s.path, Quads: v.quads, Version: v.seq, DeltaRows: v.delta(), LogCommits: v.seq - v.base.folded}
	v.base.pagesOf(func(p *page) {
		if p.kind == kindBlock {
			i.Blocks++
			i.BlockBytes += int64(p.size)
		} else {
			i.DictBytes += int64(p.size)
		}
	})
	for k := range v.tails {
		i.Terms += v.tails[k].len()
		i.Unsorted += v.tails[k].len() - v.base.dict[k].sortedLen()
	}
	count := func(n *uint64) func(graph.ID) bool {
		return func(graph.ID) bool { *n++; return true }
	}
	if err := snap.Graphs(ctx, count(&i.Graphs)); err != nil {
		return i, err
	}
	if err := snap.Predicates(ctx, count(&i.Predicates)); err != nil {
		return i, err
	}
	if s.db != nil {
		if info, err := os.Stat(s.path); err == nil {
			i.FileBytes = info.Size()
		}
		err = s.db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket(bucketPages).Cursor()
			for k, _ := c.First(); k != nil; k, _ = c.Next() {
				i.Segments++
			}
			return nil
		})
	}
	return i, err
}

// maxProblems bounds the list that Check returns.
const maxProblems = 100

// Check reads the whole store and reports everything that is wrong with it as
// one error, which wraps graph.ErrCorrupt: pages whose checksum fails, rows out
// of order, ids without a term, orders that disagree, and a damaged file
// structure.
func (s *Store) Check(ctx context.Context) error {
	snap, err := s.acquire()
	if err != nil {
		return err
	}
	defer snap.Close()
	c := &checker{snap: snap, v: snap.v}
	if s.db != nil {
		if err := c.file(); err != nil {
			return err
		}
	}
	if err := c.dictionary(ctx); err != nil {
		return err
	}
	if err := c.orders(ctx); err != nil {
		return err
	}
	if len(c.problems) == 0 {
		return nil
	}
	return fmt.Errorf("store: check: %w", errors.Join(c.problems...))
}

type checker struct {
	snap     *snapshot
	v        *version
	problems []error
}

func (c *checker) report(err error) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, err)
	}
}

func (c *checker) wrong(format string, args ...any) {
	c.report(fmt.Errorf("%w: "+format, append([]any{graph.ErrCorrupt}, args...)...))
}

// file walks the buckets and then asks bbolt to check its tree, which bbolt does
// in a goroutine of its own, where a fault cannot be caught; so only a tree
// that can be walked is given to it. bbolt compares the tree with the list of
// free pages as it is at that moment, which is that of the last transaction to
// write; so the tree must be the last one too, and nobody may write meanwhile.
func (c *checker) file() error {
	if err := c.walk(); err != nil {
		c.report(err)
		return nil
	}
	tx := c.snap.pages.tx
	if s := c.snap.s; !s.opts.ReadOnly {
		var err error
		if tx, err = s.db.Begin(true); err != nil {
			return fmt.Errorf("store: check: %w", err)
		}
		defer tx.Rollback() // it has written nothing
	}
	for err := range tx.Check() {
		c.wrong("file structure: %v", err)
	}
	return nil
}

func (c *checker) walk() (err error) {
	defer recoverCorruption(&err)()
	tx := c.snap.pages.tx
	for _, name := range [][]byte{bucketMeta, bucketLog, bucketPages} {
		b := tx.Bucket(name)
		err := b.ForEach(func(k, v []byte) error {
			if v != nil {
				return nil
			}
			return b.Bucket(k).ForEach(func(_, _ []byte) error { return nil })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dictionary checks that sorted pages ascend, that entries are well formed and
// that each can be found.
func (c *checker) dictionary(ctx context.Context) error {
	for i, d := range c.v.base.dict {
		tag := dictTags[i]
		var last []byte
		for k, pg := range d.sorted {
			if err := ctx.Err(); err != nil {
				return err
			}
			p, err := pg.bytes(c.snap.pages)
			if err != nil {
				c.report(err)
				last = nil
				continue
			}
			if want := int(d.sortedStart[k+1] - d.sortedStart[k]); pageCount(p) != want {
				c.wrong("%s has %d terms, not %d", pg, pageCount(p), want)
				continue
			}
			var buf []byte
			for n := range pageCount(p) {
				if n%dictGroup == 0 {
					buf = buf[:0]
				}
				g := openGroup(p, n/dictGroup)
				buf = buf[:0]
				for range n%dictGroup + 1 {
					buf = g.next(buf, 0)
				}
				if n == 0 && string(buf) != d.sortedFirst[k] {
					c.wrong("%s does not begin as the directory says", pg)
				}
				if last != nil && string(identity(tag, last)) >= string(identity(tag, buf)) {
					c.wrong("%s: term %d is out of order", pg, n)
				}
				last = append(last[:0], buf...)
				c.entry(tag, buf)
			}
		}
		for n := d.sortedLen(); n < c.v.tails[i].len(); n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			id := tag | graph.ID(n)
			e, err := c.v.entry(nil, c.snap.pages, id)
			if err != nil {
				c.report(err)
				if pg := d.tailPage(n); pg >= 0 {
					n = d.tailStart[pg+1] - 1
				}
				continue
			}
			c.entry(tag, e)
			if found, ok, err := c.v.find(c.snap.pages, tag, identity(tag, e)); err != nil {
				c.report(err)
			} else if !ok || found != id {
				c.wrong("term %#x is not found by its text", uint64(id))
			}
		}
	}
	return nil
}

// tailPage returns the tail page with number n, -1 when it is in none.
func (d *dictPages) tailPage(n uint64) int {
	if len(d.tail) == 0 || n < d.tailStart[0] || n >= d.tailStart[len(d.tail)] {
		return -1
	}
	return pageOf(d.tailStart, n)
}

func (c *checker) entry(tag graph.ID, e []byte) {
	if tag != graph.TagTriple {
		if _, err := parseEntry(tag, string(e)); err != nil {
			c.report(err)
		}
		return
	}
	if len(e) != 24 {
		c.wrong("triple term of %d bytes", len(e))
		return
	}
	for ; len(e) > 0; e = e[8:] {
		if id := graph.ID(binary.BigEndian.Uint64(e)); !c.known(id) {
			c.wrong("a triple term holds id %#x, which is no term", uint64(id))
		}
	}
}

func (c *checker) known(id graph.ID) bool {
	if id.IsInline() {
		_, ok := id.InlineTerm()
		return ok
	}
	i := slot(id.Tag())
	return i >= 0 && id.Payload() < c.v.tails[i].len()
}

// orders checks every block, and that all orders hold the same quads: the sums
// of the hashes of their quads must agree.
func (c *checker) orders(ctx context.Context) error {
	var sums [graph.NumOrders]uint64
	bad := false
	for o, x := range c.v.base.orders {
		order := graph.Order(o)
		cols := order.Columns()
		var last row
		var b block
		for i, pg := range x.pages {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := x.openBlock(c.snap.pages, i, &b); err != nil {
				c.report(err)
				bad = true
				last = row{}
				continue
			}
			for k := range b.n {
				r := b.row(k)
				if k == 0 && r != x.first[i] {
					c.wrong("%s does not begin as the directory says", pg)
				}
				if !last.less(&r) {
					c.wrong("%s: row %d is out of order", pg, k)
				}
				last = r
				var q row
				for j, col := range cols {
					q[col] = r[j]
				}
				for j, id := range q {
					if !(c.known(id) || j == 3 && id == graph.DefaultGraph) {
						c.wrong("%s: row %d holds id %#x, which is no term", pg, k, uint64(id))
					}
				}
				sums[o] += q.hash()
			}
		}
		if x.len() != c.v.base.quads {
			c.wrong("order %s has %d rows of %d", order, x.len(), c.v.base.quads)
		}
	}
	for o, sum := range sums {
		if sum != sums[0] && !bad {
			c.wrong("order %s holds other quads than order %s", graph.Order(o), graph.SPOG)
		}
	}
	return nil
}

// hash mixes the ids of a quad.
func (r *row) hash() uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, id := range r {
		h ^= uint64(id)
		h *= 0xFF51AFD7ED558CCD
		h ^= h >> 32
	}
	return h
}
