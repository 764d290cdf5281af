package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/zeebo/xxh3"
)

// The terms of a tag are numbered from 0. The first of them are sorted: they
// came with a bulk load and lie in front-coded pages that are searched. The
// others, the tail, came by update: they are numbered as they came, first in
// memory (and in the log), and since the last fold in plain pages; a hash
// table finds them.
//
// A sorted page holds groups of 16 terms:
//
//	24  4         number of groups
//	28  4 each    where the groups start in the page
//	    group     for each term the bytes it shares with the one before (varint,
//	              0 for the first), the length of the rest (varint), the rest
//
// A tail page holds the start of each term, and the end of the last (4 each),
// and then the terms.
const (
	dictGroup     = 16
	dictPageTerms = 1024
	dictPageBytes = 16 << 10
)

// dictPages lists the pages of one tag in number order.
type dictPages struct {
	sorted      []*page
	sortedFirst []string // the first entry of each sorted page
	sortedStart []uint64 // the first number of each, and the end
	tail        []*page
	tailStart   []uint64
}

func (d *dictPages) sortedLen() uint64 {
	if len(d.sortedStart) == 0 {
		return 0
	}
	return d.sortedStart[len(d.sorted)]
}

func (d *dictPages) len() uint64 {
	if len(d.tailStart) > 0 {
		return d.tailStart[len(d.tail)]
	}
	return d.sortedLen()
}

func (d *dictPages) addSorted(p *page, first string, n int) {
	if len(d.sorted) == 0 {
		d.sortedStart = []uint64{0}
	}
	d.sorted = append(d.sorted, p)
	d.sortedFirst = append(d.sortedFirst, first)
	d.sortedStart = append(d.sortedStart, d.sortedStart[len(d.sortedStart)-1]+uint64(n))
}

func (d *dictPages) addTail(p *page, n int) {
	if len(d.tail) == 0 {
		d.tailStart = []uint64{d.sortedLen()}
	}
	d.tail = append(d.tail, p)
	d.tailStart = append(d.tailStart, d.tailStart[len(d.tailStart)-1]+uint64(n))
}

// pageOf returns the index of the page with number n.
func pageOf(start []uint64, n uint64) int {
	return sort.Search(len(start)-1, func(i int) bool { return start[i+1] > n })
}

// appendTo appends entry n to dst.
func (d *dictPages) appendTo(dst []byte, r pageReader, n uint64) ([]byte, error) {
	if n >= d.sortedLen() {
		if n >= d.len() {
			return dst, fmt.Errorf("%w: term %d of %d", graph.ErrCorrupt, n, d.len())
		}
		i := pageOf(d.tailStart, n)
		p, err := d.tail[i].bytes(r)
		if err != nil {
			return dst, err
		}
		return append(dst, tailEntry(p, int(n-d.tailStart[i]))...), nil
	}
	i := pageOf(d.sortedStart, n)
	p, err := d.sorted[i].bytes(r)
	if err != nil {
		return dst, err
	}
	k := int(n - d.sortedStart[i])
	base := len(dst)
	g := openGroup(p, k/dictGroup)
	for k %= dictGroup; ; k-- {
		dst = g.next(dst, base)
		if k == 0 {
			return dst, nil
		}
	}
}

func tailEntry(p []byte, i int) []byte {
	q := p[pageHeader+4*i:]
	return p[binary.LittleEndian.Uint32(q):binary.LittleEndian.Uint32(q[4:])]
}

// groupReader reads the terms of one group.
type groupReader struct{ p []byte }

func openGroup(p []byte, g int) groupReader {
	return groupReader{p[binary.LittleEndian.Uint32(p[pageHeader+4+4*g:]):]}
}

// next replaces the term at dst[base:], empty before the first, by the next one.
func (g *groupReader) next(dst []byte, base int) []byte {
	shared := g.varint()
	n := g.varint()
	dst = append(dst[:base+int(shared)], g.p[:n]...)
	g.p = g.p[n:]
	return dst
}

func (g *groupReader) varint() uint64 {
	if b := g.p[0]; b < 0x80 {
		g.p = g.p[1:]
		return uint64(b)
	}
	v, n := binary.Uvarint(g.p)
	g.p = g.p[n:]
	return v
}

// groupFirst returns the first term of a group in place.
func groupFirst(p []byte, g int) []byte {
	r := openGroup(p, g)
	r.varint()
	n := r.varint()
	return r.p[:n]
}

// search returns the number of the sorted entry with the given identity.
func (d *dictPages) search(r pageReader, tag graph.ID, key []byte, scratch []byte) (n uint64, ok bool, err error) {
	i := sort.Search(len(d.sorted), func(i int) bool { return identity(tag, d.sortedFirst[i]) > string(key) }) - 1
	if i < 0 {
		return 0, false, nil
	}
	p, err := d.sorted[i].bytes(r)
	if err != nil {
		return 0, false, err
	}
	groups := int(binary.LittleEndian.Uint32(p[pageHeader:]))
	g := sort.Search(groups, func(g int) bool { return bytes.Compare(identity(tag, groupFirst(p, g)), key) > 0 }) - 1
	if g < 0 {
		return 0, false, nil
	}
	rd := openGroup(p, g)
	terms := min(dictGroup, pageCount(p)-g*dictGroup)
	buf := scratch[:0]
	for k := range terms {
		buf = rd.next(buf, 0)
		switch c := bytes.Compare(identity(tag, buf), key); {
		case c == 0:
			return d.sortedStart[i] + uint64(g*dictGroup+k), true, nil
		case c > 0:
			return 0, false, nil
		}
	}
	return 0, false, nil
}

// sortedPageWriter packs ascending entries into sorted pages.
type sortedPageWriter struct {
	groups []uint32
	data   []byte
	prev   []byte
	first  string
	n      int
}

// add adds an entry and reports whether the page is full.
func (w *sortedPageWriter) add(e []byte) (full bool) {
	shared := 0
	if w.n == 0 {
		w.first = string(e)
	}
	if w.n%dictGroup == 0 {
		w.groups = append(w.groups, uint32(len(w.data)))
	} else {
		for shared < len(e) && shared < len(w.prev) && e[shared] == w.prev[shared] {
			shared++
		}
	}
	w.data = binary.AppendUvarint(w.data, uint64(shared))
	w.data = binary.AppendUvarint(w.data, uint64(len(e)-shared))
	w.data = append(w.data, e[shared:]...)
	w.prev = append(w.prev[:0], e...)
	w.n++
	return w.n == dictPageTerms || w.n%dictGroup == 0 && len(w.data) >= dictPageBytes
}

// finish returns the page, not sealed yet, and starts the next one.
func (w *sortedPageWriter) finish() (p []byte, first string, n int) {
	p = make([]byte, pageHeader, pageHeader+4+4*len(w.groups)+len(w.data))
	p = binary.LittleEndian.AppendUint32(p, uint32(len(w.groups)))
	start := uint32(pageHeader + 4 + 4*len(w.groups))
	for _, g := range w.groups {
		p = binary.LittleEndian.AppendUint32(p, start+g)
	}
	p = append(p, w.data...)
	first, n = w.first, w.n
	w.groups, w.data, w.prev, w.n = w.groups[:0], w.data[:0], w.prev[:0], 0
	return p, first, n
}

// packTail packs entries into a tail page, as many as fit, and returns how
// many these are.
func packTail(entries []string) (p []byte, n int) {
	size := 0
	for n < len(entries) && n < dictPageTerms && (n == 0 || size+len(entries[n]) <= 2*dictPageBytes) {
		size += len(entries[n])
		n++
	}
	at := pageHeader + 4*(n+1)
	p = make([]byte, pageHeader, at+size)
	for _, e := range entries[:n] {
		p = binary.LittleEndian.AppendUint32(p, uint32(at))
		at += len(e)
	}
	p = binary.LittleEndian.AppendUint32(p, uint32(at))
	for _, e := range entries[:n] {
		p = append(p, e...)
	}
	return p, n
}

// tailTerms are the tail terms of a tag that are not in pages yet. Versions
// share the array behind entries; only the writer appends to it, beyond what
// any version sees.
type tailTerms struct {
	first   uint64
	entries []string
}

func (t *tailTerms) len() uint64 { return t.first + uint64(len(t.entries)) }

// tailIndex finds the tail terms of all versions by hash, including those of
// commits that readers do not see yet; they recognise these by their numbers.
type tailIndex struct {
	mu   sync.RWMutex
	ids  map[uint64]graph.ID
	more map[uint64][]graph.ID // the others with the same hash
}

func newTailIndex() *tailIndex {
	return &tailIndex{ids: map[uint64]graph.ID{}, more: map[uint64][]graph.ID{}}
}

func tailHash(tag graph.ID, key []byte) uint64 { return xxh3.HashSeed(key, uint64(tag)) }

func (x *tailIndex) add(hash uint64, id graph.ID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, ok := x.ids[hash]; ok {
		x.more[hash] = append(x.more[hash], id)
	} else {
		x.ids[hash] = id
	}
}

// candidates calls f for the ids with the hash until it returns false.
func (x *tailIndex) candidates(hash uint64, f func(graph.ID) bool) {
	x.mu.RLock()
	id, ok := x.ids[hash]
	more := x.more[hash]
	x.mu.RUnlock()
	if !ok || !f(id) {
		return
	}
	for _, id := range more {
		if !f(id) {
			return
		}
	}
}

// The list of dictionary pages of a tag on disk: sorted and tail pages (4
// each), then per page its id (8), size (4), terms (4), and for sorted pages
// the length of the first entry (4) and the entry.
func (d *dictPages) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(d.sorted)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(d.tail)))
	for i, p := range d.sorted {
		dst = appendPageRef(dst, p, d.sortedStart[i+1]-d.sortedStart[i])
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(d.sortedFirst[i])))
		dst = append(dst, d.sortedFirst[i]...)
	}
	for i, p := range d.tail {
		dst = appendPageRef(dst, p, d.tailStart[i+1]-d.tailStart[i])
	}
	return dst
}

func appendPageRef(dst []byte, p *page, n uint64) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, p.id)
	dst = binary.LittleEndian.AppendUint32(dst, p.size)
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}

func readDictPages(tag graph.ID, b []byte) (*dictPages, error) {
	bad := fmt.Errorf("%w: list of dictionary pages of tag %d", graph.ErrCorrupt, tag>>60)
	if len(b) < 8 {
		return nil, bad
	}
	d := &dictPages{}
	sorted, tail := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	b = b[8:]
	for range sorted {
		if len(b) < 20 {
			return nil, bad
		}
		n := int(binary.LittleEndian.Uint32(b[16:]))
		if len(b) < 20+n {
			return nil, bad
		}
		d.addSorted(newPage(binary.LittleEndian.Uint64(b), kindDictSorted, byte(tag>>60), int(binary.LittleEndian.Uint32(b[8:]))),
			string(b[20:20+n]), int(binary.LittleEndian.Uint32(b[12:])))
		b = b[20+n:]
	}
	for range tail {
		if len(b) < 16 {
			return nil, bad
		}
		d.addTail(newPage(binary.LittleEndian.Uint64(b), kindDictTail, byte(tag>>60), int(binary.LittleEndian.Uint32(b[8:]))),
			int(binary.LittleEndian.Uint32(b[12:])))
		b = b[16:]
	}
	if len(b) > 0 {
		return nil, bad
	}
	return d, nil
}
