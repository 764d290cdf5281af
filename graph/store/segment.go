package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
	bolt "go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"
)

// segment counts the pages of one segment of the file and those in use.
type segment struct {
	first       uint64
	total, live int
}

// segments lists the segments of the file by their first page. It belongs to
// whoever folds or loads.
type segments []*segment

// of returns the segment with the page.
func (l segments) of(id uint64) *segment {
	i, ok := slices.BinarySearchFunc(l, id, func(s *segment, id uint64) int {
		switch {
		case s.first < id:
			return -1
		case s.first > id:
			return 1
		}
		return 0
	})
	if !ok {
		i--
	}
	if i < 0 {
		return nil
	}
	return l[i]
}

// sparse reports whether so few pages of its segment are in use that a page had
// better move out, so that the segment can go.
func (l segments) sparse(id uint64) bool {
	s := l.of(id)
	return s != nil && s.live*5 <= s.total*2
}

// pagesOf calls f for every page of a base.
func (b *base) pagesOf(f func(*page)) {
	for _, x := range b.orders {
		if x.alias {
			continue
		}
		for _, p := range x.pages {
			f(p)
		}
	}
	for _, d := range b.dict {
		for _, p := range d.sorted {
			f(p)
		}
		for _, p := range d.tail {
			f(p)
		}
	}
}

// countSegments lists the segments of the file.
func (s *Store) countSegments(pages *bolt.Bucket, b *base) error {
	c := pages.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(k) != 8 || v != nil || pages.Bucket(k) == nil {
			return fmt.Errorf("%w: %q among the segments", graph.ErrCorrupt, k)
		}
		s.segments = append(s.segments, &segment{first: binary.BigEndian.Uint64(k), total: int(pages.Bucket(k).Sequence())})
	}
	var err error
	b.pagesOf(func(p *page) {
		if g := s.segments.of(p.id); g != nil {
			g.live++
		} else if err == nil {
			err = fmt.Errorf("%s: %w: its segment is missing", p, graph.ErrCorrupt)
		}
	})
	return err
}

// pageSink writes new pages to the file, or keeps them in memory.
type pageSink struct {
	mu      sync.Mutex
	s       *Store
	ctx     context.Context
	pending []pendingPage
	size    int
	written segments
	writer  *errgroup.Group // nil when add writes itself
	failed  atomic.Bool
}

type pendingPage struct {
	id    uint64
	bytes []byte
}

// segmentBytes is the size of a segment: small enough that writers do not wait
// long for its transaction.
const segmentBytes = 4 << 20

var keySegment = []byte("pages")

// add takes over b, which is complete but for its header.
func (k *pageSink) add(b []byte, kind, what byte, n int) (*page, error) {
	id := k.s.nextPage
	k.s.nextPage++
	sealPage(b, id, kind, what, n)
	p := newPage(id, kind, what, len(b))
	if k.s.db == nil {
		p.addr.Store(&b[0])
		return p, nil
	}
	k.pending = append(k.pending, pendingPage{id, b})
	k.size += len(b)
	if k.size >= segmentBytes {
		return p, k.flush()
	}
	return p, nil
}

// addShared is add for several goroutines and for bytes that stay the
// caller's.
func (k *pageSink) addShared(b []byte, kind, what byte, n int) (*page, error) {
	own := slices.Clone(b)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.add(own, kind, what, n)
}

// move copies a page to a new id.
func (k *pageSink) move(r pageReader, p *page) (*page, error) {
	b, err := p.bytes(r)
	if err != nil {
		return nil, err
	}
	return k.add(slices.Clone(b), p.kind, p.what, pageCount(b))
}

// flush writes the pending pages as one segment.
func (k *pageSink) flush() (err error) {
	if err := k.ctx.Err(); err != nil {
		return err
	}
	if len(k.pending) == 0 {
		return nil
	}
	pages, size := k.pending, k.size
	k.pending, k.size = nil, 0
	k.written = append(k.written, &segment{first: pages[0].id, total: len(pages), live: len(pages)})
	if k.writer == nil {
		return k.write(pages, size)
	}
	k.writer.Go(func() error { return k.write(pages, size) })
	if k.failed.Load() {
		return k.writer.Wait()
	}
	return nil
}

// inBackground makes the sink write beside those who add pages; finish waits
// for it. Loads use it; a fold has nothing else to do meanwhile.
func (k *pageSink) inBackground() {
	k.writer = &errgroup.Group{}
	k.writer.SetLimit(3) // one writes, two wait with their pages
}

func (k *pageSink) finish() error {
	err := k.flush()
	if k.writer != nil {
		if e := k.writer.Wait(); err == nil {
			err = e
		}
	}
	return err
}

func (k *pageSink) write(pages []pendingPage, size int) (err error) {
	defer func() {
		if err != nil {
			k.failed.Store(true)
		}
	}()
	defer recoverCorruption(&err)()
	err = k.s.db.Update(func(tx *bolt.Tx) error {
		seg, err := tx.Bucket(bucketPages).CreateBucket(pageKey(pages[0].id))
		if err != nil {
			return err
		}
		if err := seg.Put(keySegment, k.blob(pages, size)); err != nil {
			return err
		}
		return seg.SetSequence(uint64(len(pages)))
	})
	if err != nil {
		return fmt.Errorf("store: write pages: %w", err)
	}
	return nil
}

// blob returns pages as the value of a segment: where each starts,
// and where the last ends (4 bytes each), and then the pages.
func (k *pageSink) blob(pages []pendingPage, size int) []byte {
	at := 4 * (len(pages) + 1)
	// bbolt keeps small buckets inside the page of their parent, where they
	// would move with it.
	b := make([]byte, 0, max(at+size, k.s.db.Info().PageSize/2))
	for _, p := range pages {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		at += len(p.bytes)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	for _, p := range pages {
		b = append(b, p.bytes...)
	}
	return b[:cap(b)]
}

// pageIn returns page id of a segment, nil when it is not in it.
func pageIn(segment *bolt.Bucket, first, id uint64) []byte {
	b := segment.Get(keySegment)
	n, i := segment.Sequence(), id-first
	if i >= n || uint64(len(b)) < 4*(n+1) {
		return nil
	}
	from, to := binary.LittleEndian.Uint32(b[4*i:]), binary.LittleEndian.Uint32(b[4*i+4:])
	if from > to || int64(to) > int64(len(b)) {
		return nil
	}
	return b[from:to:to]
}

// retire counts replaced pages out, adds the new segments, and returns the
// segments that are empty now.
func (s *Store) retire(written segments, replaced []uint64) (empty []uint64) {
	s.segments = append(s.segments, written...)
	for _, id := range replaced {
		if g := s.segments.of(id); g != nil {
			g.live--
		}
	}
	s.segments = slices.DeleteFunc(s.segments, func(g *segment) bool {
		if g.live <= 0 {
			empty = append(empty, g.first)
		}
		return g.live <= 0
	})
	return empty
}
