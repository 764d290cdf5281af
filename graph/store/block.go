package store

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sort"

	"github.com/belligraph/belligraph/graph"
	"github.com/zeebo/xxh3"
)

// A page is the unit of storage: a packed block of rows or a piece of the
// dictionary. All integers are little endian.
//
//	0   8  xxh3-64 of everything after it
//	8   8  page id, unique in the store and never used again
//	16  1  kind
//	17  1  block: order; dictionary: tag
//	18  2  zero
//	20  4  number of rows or terms
//	24     contents
//
// A block goes on with the offsets of its four columns, most significant
// column of its order first, the columns, and eight zero bytes so that any
// packed value can be read with one eight-byte load:
//
//	24  16  4 column offsets
//
// A column is a header, possibly the ends of its runs, and packed values:
//
//	0   1  encoding: 0 constant, 1 frame of reference, 2 frames by tag; +4 runs
//	1   1  width of a packed value in bits, at most 56, or 64
//	2   1  bits of a packed value that choose the frame
//	3   1  number of frames
//	4   4  number of values (rows, or runs)
//	8      frames, each the base (8) and the factor (8) of its values;
//	       a constant has one frame whose base is the value
//	       with runs: the row after the end of each run (2 each)
//	       packed values, least significant bit first
//
// A value is base + factor * packed. The factor is what all differences to the
// base have in common: prices written with two digits, whole seconds and days
// differ by large round steps that would otherwise cost their bits in every
// row. Values can be read by index, so look-ups search the packed bytes.
const (
	pageHeader  = 24
	blockHeader = pageHeader + 16
	blockPad    = 8
	blockRows   = 4096

	kindBlock      = 1
	kindDictSorted = 2
	kindDictTail   = 3

	encConstant = 0
	encFrame    = 1
	encFrames   = 2
	encRuns     = 4

	maxFrames = 16
)

// row is a quad in the column order of some sort order.
type row [4]graph.ID

func (r *row) compare(o *row) int {
	for i := range r {
		if r[i] != o[i] {
			if r[i] < o[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func (r *row) less(o *row) bool { return r.compare(o) < 0 }

// sealPage fills in the header of a page that is otherwise complete.
func sealPage(p []byte, id uint64, kind, what byte, n int) {
	binary.LittleEndian.PutUint64(p[8:], id)
	p[16], p[17], p[18], p[19] = kind, what, 0, 0
	binary.LittleEndian.PutUint32(p[20:], uint32(n))
	binary.LittleEndian.PutUint64(p, xxh3.Hash(p[8:]))
}

// verifyPage checks that p is the page that the directory says it is.
func verifyPage(p []byte, id uint64, size int, kind, what byte) error {
	switch {
	case len(p) != size:
		return fmt.Errorf("%w: page %d has %d bytes, not %d", graph.ErrCorrupt, id, len(p), size)
	case len(p) < pageHeader || binary.LittleEndian.Uint64(p) != xxh3.Hash(p[8:]):
		return fmt.Errorf("%w: page %d fails its checksum", graph.ErrCorrupt, id)
	case binary.LittleEndian.Uint64(p[8:]) != id || p[16] != kind || p[17] != what:
		return fmt.Errorf("%w: page %d holds page %d of kind %d/%d, not %d/%d",
			graph.ErrCorrupt, id, binary.LittleEndian.Uint64(p[8:]), p[16], p[17], kind, what)
	}
	return nil
}

func pageCount(p []byte) int { return int(binary.LittleEndian.Uint32(p[20:])) }

// column reads one packed column in place.
type column struct {
	enc    byte
	width  uint
	tbits  uint
	n      int // values: rows or runs
	mask   uint64
	base   uint64
	factor uint64
	frames []byte
	ends   []byte
	data   []byte
}

// openColumn parses the header of column i of block p.
func (c *column) open(p []byte, i int) {
	q := p[binary.LittleEndian.Uint32(p[pageHeader+4*i:]):]
	c.enc, c.width, c.tbits = q[0], uint(q[1]), uint(q[2])
	nf := int(q[3])
	c.n = int(binary.LittleEndian.Uint32(q[4:]))
	c.mask = 1<<c.width - 1
	if c.width == 64 {
		c.mask = ^uint64(0)
	}
	c.base = binary.LittleEndian.Uint64(q[8:])
	c.factor = binary.LittleEndian.Uint64(q[16:])
	c.frames = q[8 : 8+16*nf]
	q = q[8+16*nf:]
	c.ends = nil
	if c.enc&encRuns != 0 {
		c.ends = q[:2*c.n]
		q = q[2*c.n:]
	}
	c.data = q
}

// packed returns packed value i.
func (c *column) packed(i int) uint64 {
	bit := uint(i) * c.width
	return binary.LittleEndian.Uint64(c.data[bit>>3:]) >> (bit & 7) & c.mask
}

// value returns value i, which is a run's when the column has runs.
func (c *column) value(i int) graph.ID {
	switch c.enc &^ encRuns {
	case encConstant:
		return graph.ID(c.base)
	case encFrame:
		return graph.ID(c.base + c.factor*c.packed(i))
	default:
		v := c.packed(i)
		f := c.frames[v&(1<<c.tbits-1)*16:]
		return graph.ID(binary.LittleEndian.Uint64(f) + v>>c.tbits*binary.LittleEndian.Uint64(f[8:]))
	}
}

func (c *column) end(run int) int { return int(binary.LittleEndian.Uint16(c.ends[2*run:])) }

// run returns the run that row i is in.
func (c *column) run(i int) int {
	lo, hi := 0, c.n
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if c.end(m) <= i {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// at returns the value of row i.
func (c *column) at(i int) graph.ID {
	if c.ends != nil {
		i = c.run(i)
	}
	return c.value(i)
}

// lowerBound returns the first row in [lo, hi) whose value is at least v, hi
// when there is none. The rows must ascend in this column.
func (c *column) lowerBound(lo, hi int, v graph.ID) int {
	if lo >= hi {
		return lo
	}
	if c.enc == encConstant {
		if graph.ID(c.base) >= v {
			return lo
		}
		return hi
	}
	if c.ends != nil {
		rlo, rhi := c.run(lo), c.run(hi-1)+1
		r := c.lowerValue(rlo, rhi, v)
		if r == rlo {
			return lo
		}
		if r == rhi {
			return hi
		}
		return c.end(r - 1)
	}
	return c.lowerValue(lo, hi, v)
}

func (c *column) lowerValue(lo, hi int, v graph.ID) int {
	switch c.enc &^ encRuns {
	case encConstant:
		if graph.ID(c.base) >= v {
			return lo
		}
		return hi
	case encFrame:
		if uint64(v) <= c.base {
			return lo
		}
		target := uint64(v) - c.base
		if c.factor > 1 {
			target = (target-1)/c.factor + 1
		}
		for lo < hi {
			m := int(uint(lo+hi) >> 1)
			if c.packed(m) < target {
				lo = m + 1
			} else {
				hi = m
			}
		}
		return lo
	default:
		for lo < hi {
			m := int(uint(lo+hi) >> 1)
			if c.value(m) < v {
				lo = m + 1
			} else {
				hi = m
			}
		}
		return lo
	}
}

// decode writes the values of rows [from, to) to dst.
func (c *column) decode(from, to int, dst []graph.ID) {
	dst = dst[:to-from]
	if c.ends != nil {
		r := c.run(from)
		for i := from; i < to; r++ {
			end := min(c.end(r), to)
			v := c.value(r)
			run := dst[i-from : end-from]
			for k := range run {
				run[k] = v
			}
			i = end
		}
		return
	}
	switch c.enc {
	case encConstant:
		v := graph.ID(c.base)
		for k := range dst {
			dst[k] = v
		}
	case encFrame:
		base, factor, mask, width, data := c.base, c.factor, c.mask, c.width, c.data
		bit := uint(from) * width
		if factor == 1 {
			for k := range dst {
				dst[k] = graph.ID(base + binary.LittleEndian.Uint64(data[bit>>3:])>>(bit&7)&mask)
				bit += width
			}
			return
		}
		for k := range dst {
			dst[k] = graph.ID(base + factor*(binary.LittleEndian.Uint64(data[bit>>3:])>>(bit&7)&mask))
			bit += width
		}
	default:
		var base, factor [maxFrames]uint64
		for f := 0; f < len(c.frames)/16; f++ {
			base[f] = binary.LittleEndian.Uint64(c.frames[16*f:])
			factor[f] = binary.LittleEndian.Uint64(c.frames[16*f+8:])
		}
		mask, width, data, tbits := c.mask, c.width, c.data, c.tbits
		tmask := uint64(1)<<tbits - 1
		bit := uint(from) * width
		for k := range dst {
			v := binary.LittleEndian.Uint64(data[bit>>3:]) >> (bit & 7) & mask
			f := v & tmask & (maxFrames - 1)
			dst[k] = graph.ID(base[f] + v>>tbits*factor[f])
			bit += width
		}
	}
}

// block reads a packed block in place. A column is opened when it is first
// asked for: look-ups often need one or two.
type block struct {
	n      int
	p      []byte
	rotate int // 3 for an alias: column i is stored as column i+3 mod 4
	opened [4]bool
	cols   [4]column
}

func (b *block) open(p []byte, rotate int) {
	b.n, b.p, b.rotate, b.opened = pageCount(p), p, rotate, [4]bool{}
}

func (b *block) col(i int) *column {
	if !b.opened[i] {
		b.cols[i].open(b.p, (i+b.rotate)&3)
		b.opened[i] = true
	}
	return &b.cols[i]
}

func (b *block) row(i int) row {
	return row{b.col(0).at(i), b.col(1).at(i), b.col(2).at(i), b.col(3).at(i)}
}

// lowerBound returns the first row in [lo, hi) that is not below the first n
// columns of key.
func (b *block) lowerBound(lo, hi int, key *row, n int) int {
	for i := 0; i < n; i++ {
		c := b.col(i)
		lo = c.lowerBound(lo, hi, key[i])
		if lo == hi || c.at(lo) != key[i] {
			return lo
		}
		if i+1 < n && key[i] != ^graph.ID(0) {
			hi = c.lowerBound(lo, hi, key[i]+1)
		}
	}
	return lo
}

// span returns the rows in [lo, hi) that start with the first n columns of key;
// when there are none, an empty range at the place where they would be.
func (b *block) span(lo, hi int, key *row, n int) (int, int) {
	for i := 0; i < n; i++ {
		c := b.col(i)
		lo = c.lowerBound(lo, hi, key[i])
		if lo == hi || c.at(lo) != key[i] {
			return lo, lo
		}
		if key[i] != ^graph.ID(0) {
			hi = c.lowerBound(lo, hi, key[i]+1)
		}
	}
	return lo, hi
}

// blockWriter packs blocks. It keeps its buffers.
type blockWriter struct {
	buf  []byte
	vals []graph.ID
	ends []uint16
}

// pack returns the block of the given columns, all of the same length, not
// sealed yet. The bytes are valid until the next call.
func (w *blockWriter) pack(cols *[4][]graph.ID) []byte {
	w.buf = append(w.buf[:0], make([]byte, blockHeader)...)
	for i, c := range cols {
		binary.LittleEndian.PutUint32(w.buf[pageHeader+4*i:], uint32(len(w.buf)))
		w.packColumn(c)
	}
	w.buf = append(w.buf, make([]byte, blockPad)...)
	return w.buf
}

// shape is how a list of values is to be packed.
type shape struct {
	enc    byte
	width  int
	tbits  int
	base   [maxFrames]uint64
	factor [maxFrames]uint64
	tag    [maxFrames]graph.ID
	n      int
}

func (w *blockWriter) packColumn(vals []graph.ID) {
	runs := 1
	for i := 1; i < len(vals); i++ {
		if vals[i] != vals[i-1] {
			runs++
		}
	}
	if runs == 1 {
		w.header(encConstant, 0, 0, 1, len(vals))
		w.frame(uint64(vals[0]), 1)
		return
	}
	s := shapeOf(vals)
	if runs*(s.width+16)*5 < len(vals)*s.width*4 {
		w.vals, w.ends = w.vals[:0], w.ends[:0]
		for i, v := range vals {
			if i == 0 || v != vals[i-1] {
				w.vals = append(w.vals, v)
				w.ends = append(w.ends, uint16(i))
			}
		}
		w.ends = append(w.ends, uint16(len(vals)))
		w.shapeHeader(&s, s.enc|encRuns, runs)
		for _, e := range w.ends[1:] {
			w.buf = binary.LittleEndian.AppendUint16(w.buf, e)
		}
		w.packValues(&s, w.vals)
		return
	}
	w.shapeHeader(&s, s.enc, len(vals))
	w.packValues(&s, vals)
}

func (w *blockWriter) header(enc byte, width, tbits, frames, n int) {
	w.buf = append(w.buf, enc, byte(width), byte(tbits), byte(frames))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(n))
}

func (w *blockWriter) frame(base, factor uint64) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, base)
	w.buf = binary.LittleEndian.AppendUint64(w.buf, factor)
}

func (w *blockWriter) shapeHeader(s *shape, enc byte, n int) {
	w.header(enc, s.width, s.tbits, s.n, n)
	for f := range s.n {
		w.frame(s.base[f], s.factor[f])
	}
}

// stepped reports whether values of a tag tend to lie on a coarse grid, so that
// looking for a common factor is worth its divisions.
func stepped(tag graph.ID) bool { return tag >= graph.TagDecimal && tag <= graph.TagYear }

// shapeOf chooses between one frame for all values and one frame per tag,
// whichever has fewer bits.
func shapeOf(vals []graph.ID) shape {
	var lo, hi, gcd [16]uint64
	var seen uint16
	for _, v := range vals {
		t := v >> 60
		u := uint64(v)
		if seen>>t&1 == 0 {
			seen |= 1 << t
			lo[t], hi[t] = u, u
		} else if u < lo[t] {
			lo[t] = u
		} else if u > hi[t] {
			hi[t] = u
		}
	}
	tags := bits.OnesCount16(seen)
	grid := false
	for t := range 16 {
		gcd[t] = 1
		if seen>>t&1 == 1 && stepped(graph.ID(t)<<60) {
			gcd[t], grid = 0, true
		}
	}
	if grid {
		for _, v := range vals {
			t := v >> 60
			if g := gcd[t]; g != 1 {
				if d := uint64(v) - lo[t]; g == 0 || d%g != 0 {
					gcd[t] = commonFactor(g, d)
				}
			}
		}
	}
	var s shape
	first := bits.TrailingZeros16(seen)
	last := 15 - bits.LeadingZeros16(seen)
	if tags == 1 {
		f := max(gcd[first], 1)
		s.enc, s.n = encFrame, 1
		s.base[0], s.factor[0] = lo[first], f
		s.width = packedWidth((hi[first] - lo[first]) / f)
		return s
	}
	plain := packedWidth(hi[last] - lo[first])
	s.enc = encFrames
	for t := range 16 {
		if seen>>t&1 == 0 {
			continue
		}
		f := max(gcd[t], 1)
		s.tag[s.n], s.base[s.n], s.factor[s.n] = graph.ID(t), lo[t], f
		s.width = max(s.width, bits.Len64((hi[t]-lo[t])/f))
		s.n++
	}
	s.tbits = bits.Len(uint(s.n - 1))
	s.width += s.tbits
	if s.width > 56 || s.width >= plain {
		return shape{enc: encFrame, n: 1, width: plain, base: [maxFrames]uint64{lo[first]}, factor: [maxFrames]uint64{1}}
	}
	return s
}

// packedWidth returns the width for values up to max: a value wider than 56
// bits cannot be read with one load at any bit, so it takes all 64.
func packedWidth(max uint64) int {
	n := bits.Len64(max)
	if n > 56 {
		return 64
	}
	return n
}

func commonFactor(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (w *blockWriter) packValues(s *shape, vals []graph.ID) {
	var frameOf [16]uint64
	for f := range s.n {
		frameOf[s.tag[f]] = uint64(f)
	}
	var acc uint64
	var used uint
	width := uint(s.width)
	for _, v := range vals {
		var code uint64
		if s.enc == encFrame {
			code = uint64(v) - s.base[0]
			if s.factor[0] > 1 {
				code /= s.factor[0]
			}
		} else {
			f := frameOf[v>>60]
			code = uint64(v) - s.base[f]
			if s.factor[f] > 1 {
				code /= s.factor[f]
			}
			code = code<<uint(s.tbits) | f
		}
		acc |= code << used
		if used+width >= 64 {
			w.buf = binary.LittleEndian.AppendUint64(w.buf, acc)
			acc = 0
			if used > 0 {
				acc = code >> (64 - used)
			}
			used = used + width - 64
		} else {
			used += width
		}
	}
	for ; used > 0; used -= min(used, 8) {
		w.buf = append(w.buf, byte(acc))
		acc >>= 8
	}
}

// searchRows returns the first index in rows, ascending, that is not below the
// first n columns of key.
func searchRows(rows []row, key *row, n int) int {
	return sort.Search(len(rows), func(i int) bool { return rows[i].comparePrefix(key, n) >= 0 })
}

func (r *row) comparePrefix(o *row, n int) int {
	for i := range n {
		if r[i] != o[i] {
			if r[i] < o[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}
