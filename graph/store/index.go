package store

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/belligraph/belligraph/graph"
)

// page is the place of a page. The address of its bytes is remembered after
// the first reader has checked them: pages are never written again nor moved
// (see file.go), and a reader's transaction keeps the file from reusing theirs,
// so the address is good for every reader of a base that has the page; see
// Store.acquire. In a store in memory the address is all there is.
type page struct {
	id   uint64
	size uint32
	kind byte
	what byte // order or tag
	addr atomic.Pointer[byte]
	// suffixes are the numbers of those of a sorted page, once it was asked for them.
	suffixes atomic.Pointer[[]uint8]
}

// pageReader reads pages by id; bytes are valid until the reader is closed.
type pageReader interface {
	readPage(id uint64) ([]byte, error)
}

func newPage(id uint64, kind, what byte, size int) *page {
	return &page{id: id, size: uint32(size), kind: kind, what: what}
}

// bytes returns the checked contents of the page.
func (p *page) bytes(r pageReader) ([]byte, error) {
	if a := p.addr.Load(); a != nil {
		return unsafe.Slice(a, int(p.size)), nil
	}
	b, err := r.readPage(p.id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	if err := verifyPage(b, p.id, int(p.size), p.kind, p.what); err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	p.addr.Store(&b[0])
	return b, nil
}

// String names the page for people who have to repair a file.
func (p *page) String() string {
	switch p.kind {
	case kindBlock:
		return fmt.Sprintf("store: block %d of order %s", p.id, graph.Order(p.what))
	default:
		return fmt.Sprintf("store: dictionary page %d of tag %d", p.id, p.what)
	}
}

// index is the directory of one sort order: its blocks in row order with the
// first row of each, and the rows before each.
//
// While all quads are in the default graph, the orders that begin with the
// graph are not stored: SPOG with the graph put in front is GSPO. Such an index
// is an alias and shares the pages of the other.
type index struct {
	order graph.Order
	alias bool
	first []row
	rows  []uint64 // rows before block i; one more entry for the total
	pages []*page
}

func (x *index) len() uint64 {
	if len(x.rows) == 0 {
		return 0
	}
	return x.rows[len(x.rows)-1]
}

func (x *index) add(first row, n int, p *page) {
	if len(x.rows) == 0 {
		x.rows = append(x.rows, 0)
	}
	x.first = append(x.first, first)
	x.pages = append(x.pages, p)
	x.rows = append(x.rows, x.rows[len(x.rows)-1]+uint64(n))
}

// aliasOf returns the index that x is with its last column, the graph, in
// front.
func aliasOf(o graph.Order, x *index) *index {
	a := &index{order: o, alias: true, pages: x.pages, rows: x.rows, first: make([]row, len(x.first))}
	for i, f := range x.first {
		a.first[i] = row{f[3], f[0], f[1], f[2]}
	}
	return a
}

// count returns the number of rows of block i.
func (x *index) count(i int) int { return int(x.rows[i+1] - x.rows[i]) }

// position is a place between rows: before row `row` of block `block`.
type position struct{ block, row int }

func (x *index) rank(p position) uint64 {
	if p.block >= len(x.pages) {
		return x.len()
	}
	return x.rows[p.block] + uint64(p.row)
}

// candidate returns the block, at or after from, in which the first row not
// below the n-column key lies or begins: the last block whose first row is
// below the key, or block from.
func (x *index) candidate(from int, key *row, n int) int {
	lo, hi := from, len(x.first) // the block before hi is not below the key
	if from > 0 {
		// Gallop: most searches end near where the last one did.
		for step := 1; lo+step < hi; step *= 2 {
			if x.first[lo+step].comparePrefix(key, n) >= 0 {
				hi = lo + step
				break
			}
			lo += step
		}
	}
	for lo++; lo < hi; {
		m := int(uint(lo+hi) >> 1)
		if x.first[m].comparePrefix(key, n) < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo - 1
}

// seek returns the position of the first row that is not below the first n
// columns of key. b is scratch space in which the last block looked at stays
// open.
func (x *index) seek(r pageReader, key *row, n int, b *block) (position, error) {
	if len(x.pages) == 0 {
		return position{}, nil
	}
	i := x.candidate(0, key, n)
	if i == 0 && x.first[0].comparePrefix(key, n) >= 0 {
		return position{}, nil
	}
	if err := x.openBlock(r, i, b); err != nil {
		return position{}, err
	}
	j := b.lowerBound(0, b.n, key, n)
	if j == b.n {
		return position{i + 1, 0}, nil
	}
	return position{i, j}, nil
}

func (x *index) openBlock(r pageReader, i int, b *block) error {
	p, err := x.pages[i].bytes(r)
	if err != nil {
		return err
	}
	rotate := 0
	if x.alias {
		rotate = 3
	}
	b.open(p, rotate)
	if b.n != x.count(i) {
		return fmt.Errorf("%s: %w: %d rows, the directory says %d", x.pages[i], graph.ErrCorrupt, b.n, x.count(i))
	}
	return nil
}

// successor returns the key just above every row that starts with the first n
// columns of key, and how many of its columns count; ok is false when there is
// none.
func successor(key row, n int) (next row, m int, ok bool) {
	for n > 0 {
		if key[n-1] != ^graph.ID(0) {
			key[n-1]++
			return key, n, true
		}
		n--
	}
	return key, 0, false
}

// span returns the positions between which the rows with the n-column prefix
// of key lie.
func (x *index) span(r pageReader, key *row, n int, b *block) (from, to position, err error) {
	end := position{len(x.pages), 0}
	if n == 0 || len(x.pages) == 0 {
		return position{}, end, nil
	}
	i := x.candidate(0, key, n)
	if err := x.openBlock(r, i, b); err != nil {
		return from, to, err
	}
	lo, hi := b.span(0, b.n, key, n)
	after := position{i + 1, 0}
	if from = (position{i, lo}); lo == b.n {
		from = after
	}
	if hi < b.n {
		return from, position{i, hi}, nil
	}
	if i+1 == len(x.pages) || x.first[i+1].comparePrefix(key, n) > 0 {
		return from, after, nil
	}
	next, m, ok := successor(*key, n)
	if !ok {
		return from, end, nil
	}
	to, err = x.seek(r, &next, m, b)
	return from, to, err
}

// The directory of an order on disk: the number of blocks (4), then per block
// the page id (8), its size (4), its rows (4) and its first row (4 × 8).
const directoryEntry = 8 + 4 + 4 + 32

func (x *index) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(x.pages)))
	for i, p := range x.pages {
		dst = binary.LittleEndian.AppendUint64(dst, p.id)
		dst = binary.LittleEndian.AppendUint32(dst, p.size)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x.count(i)))
		for _, v := range x.first[i] {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	}
	return dst
}

func readIndex(o graph.Order, b []byte) (*index, error) {
	x := &index{order: o}
	if len(b) < 4 || len(b) != 4+int(binary.LittleEndian.Uint32(b))*directoryEntry {
		return nil, fmt.Errorf("%w: directory of order %s has %d bytes", graph.ErrCorrupt, o, len(b))
	}
	for b = b[4:]; len(b) > 0; b = b[directoryEntry:] {
		var first row
		for i := range first {
			first[i] = graph.ID(binary.LittleEndian.Uint64(b[16+8*i:]))
		}
		x.add(first, int(binary.LittleEndian.Uint32(b[12:])),
			newPage(binary.LittleEndian.Uint64(b), kindBlock, byte(o), int(binary.LittleEndian.Uint32(b[8:]))))
	}
	return x, nil
}
