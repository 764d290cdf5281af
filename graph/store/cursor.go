package store

import (
	"context"

	"github.com/belligraph/belligraph/graph"
)

// The first batch of a scan is small, because many scans want few rows, and
// later ones grow to a whole block.
const (
	firstBatch = 128
	maxBatch   = blockRows
	farSeek    = 1024 // rows skipped after which batches begin small again
)

// cursor merges the packed blocks of one order with the delta. It decodes only
// the columns asked for, into slices that it uses again.
type cursor struct {
	ctx   context.Context
	snap  *snapshot
	x     *index
	order graph.Order
	cols  graph.Columns
	key   row // the bound prefix
	n     int // its length
	pos   position
	end   position
	blk   block
	open  int // the block that blk shows, -1 for none
	delta deltaIter
	batch graph.Batch
	buf   [4][]graph.ID // by position in the order
	fill  [4]fill
	size  int
	// unpacked are all columns of the rows that are being merged.
	unpacked [4][]graph.ID
	err      error
	done     bool
	read     int64 // bytes of the blocks opened
}

// fill remembers that a buffer starts with n copies of v, so that constant
// columns are written once.
type fill struct {
	v graph.ID
	n int
}

func (c *cursor) Err() error { return c.err }

func (c *cursor) Close() error {
	c.done = true
	c.snap = nil
	return nil
}

func (c *cursor) fail(err error) *graph.Batch {
	c.err, c.done = err, true
	return nil
}

// atEnd reports whether the base has no more rows.
func (c *cursor) atEnd() bool {
	return c.pos.block > c.end.block || c.pos.block == c.end.block && c.pos.row >= c.end.row
}

// blockEnd returns the row at which the scan leaves the current block.
func (c *cursor) blockEnd() int {
	if c.pos.block == c.end.block {
		return c.end.row
	}
	return c.x.count(c.pos.block)
}

func (c *cursor) load() error {
	if c.open == c.pos.block {
		return nil
	}
	if err := c.x.openBlock(c.snap.pages, c.pos.block, &c.blk); err != nil {
		return err
	}
	c.open = c.pos.block
	c.read += int64(len(c.blk.p))
	return nil
}

// BytesRead implements [graph.ByteCounter].
func (c *cursor) BytesRead() int64 { return c.read }

func (c *cursor) Next() *graph.Batch {
	if c.done {
		return nil
	}
	if err := c.ctx.Err(); err != nil {
		return c.fail(err)
	}
	if err := c.snap.check(); err != nil {
		return c.fail(err)
	}
	n := 0
	for n == 0 {
		if c.atEnd() {
			n = c.appendDelta(nil, 0)
			if n == 0 {
				c.done = true
				return nil
			}
			break
		}
		if err := c.load(); err != nil {
			return c.fail(err)
		}
		to := min(c.blockEnd(), c.pos.row+c.size)
		if c.deltaBeyond(to) {
			n = to - c.pos.row
			c.decode(c.pos.row, to, 0)
			c.pos.row = to
		} else {
			n = c.merge(to)
		}
		if c.pos.row == c.x.count(c.pos.block) {
			c.pos = position{c.pos.block + 1, 0}
		}
	}
	c.size = min(c.size*4, maxBatch)
	for k, col := range c.order.Columns() {
		if c.cols.Has(col) {
			c.batch.Cols[col] = c.buf[k][:n]
		}
	}
	c.batch.N = n
	return &c.batch
}

// deltaBeyond reports whether no change concerns the rows of the current block
// up to row to.
func (c *cursor) deltaBeyond(to int) bool {
	if !c.delta.ok {
		return true
	}
	last := c.blk.row(to - 1)
	return last.less(&c.delta.head)
}

// sparseChanges is how many changes among the rows of a block are looked up in
// the packed columns. Beyond these it is cheaper to unpack all four columns.
const sparseChanges = 4

// merge fills the batch with rows of the current block up to row to and the
// changes among them.
func (c *cursor) merge(to int) (n int) {
	changes := 0
	for c.pos.row < to && n < c.size {
		j := to
		if c.delta.ok {
			if changes++; changes > sparseChanges {
				return c.mergeUnpacked(to, n)
			}
			j = c.blk.lowerBound(c.pos.row, to, &c.delta.head, 4)
		}
		j = min(j, c.pos.row+c.size-n)
		if j > c.pos.row {
			c.decode(c.pos.row, j, n)
			n += j - c.pos.row
			c.pos.row = j
		}
		if j == to || n == c.size {
			return n
		}
		r := c.blk.row(j)
		if c.delta.w < 0 {
			if r == c.delta.head {
				c.pos.row++
			}
			c.delta.advance()
			continue
		}
		if r == c.delta.head {
			c.delta.advance()
			continue
		}
		n = c.appendDelta(&r, n)
	}
	return n
}

// mergeUnpacked goes on with merge, in front of whose rows n are in the batch.
// The batch may become larger than others, so that a block makes one batch.
func (c *cursor) mergeUnpacked(to, n int) int {
	m := to - c.pos.row
	for k := range c.unpacked {
		if len(c.unpacked[k]) < m {
			c.unpacked[k] = make([]graph.ID, max(m, min(c.size, maxBatch)))
		}
		c.blk.col(k).decode(c.pos.row, to, c.unpacked[k])
	}
	most := max(c.size, n+m+m/2)
	columns := c.order.Columns()
	for k, col := range columns {
		if c.cols.Has(col) {
			c.buffer(k, most)
			c.fill[k].n = min(c.fill[k].n, n)
		}
	}
	i := 0
	for i < m && n < most {
		j := m
		if c.delta.ok {
			j = c.searchUnpacked(i, m)
		}
		if j = min(j, i+most-n); j > i {
			for k, col := range columns {
				if c.cols.Has(col) {
					copy(c.buf[k][n:], c.unpacked[k][i:j])
				}
			}
			n += j - i
			i = j
			continue
		}
		head := &c.delta.head
		same := c.unpacked[0][i] == head[0] && c.unpacked[1][i] == head[1] && c.unpacked[2][i] == head[2] && c.unpacked[3][i] == head[3]
		switch {
		case same && c.delta.w < 0:
			i++
		case !same && c.delta.w > 0:
			for k, col := range columns {
				if c.cols.Has(col) {
					c.buf[k][n] = head[k]
				}
			}
			n++
		}
		c.delta.advance()
	}
	c.pos.row += i
	return n
}

// searchUnpacked returns the first unpacked row in [lo, hi) that is not below
// the next change, which is mostly near.
func (c *cursor) searchUnpacked(lo, hi int) int {
	u0, u1, u2, u3 := c.unpacked[0], c.unpacked[1], c.unpacked[2], c.unpacked[3]
	head := &c.delta.head
	below := func(i int) bool {
		switch {
		case u0[i] != head[0]:
			return u0[i] < head[0]
		case u1[i] != head[1]:
			return u1[i] < head[1]
		case u2[i] != head[2]:
			return u2[i] < head[2]
		}
		return u3[i] < head[3]
	}
	step := 1
	for lo+step <= hi && below(lo+step-1) {
		lo += step
		step *= 2
	}
	for hi = min(hi, lo+step); lo < hi; {
		m := int(uint(lo+hi) >> 1)
		if below(m) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// appendDelta adds inserted rows below the limit to the batch, of which n rows
// are filled.
func (c *cursor) appendDelta(limit *row, n int) int {
	for c.delta.ok && n < c.size && (limit == nil || c.delta.head.less(limit)) && (limit == nil || c.delta.w > 0) {
		if c.delta.w > 0 {
			for k, col := range c.order.Columns() {
				if c.cols.Has(col) {
					b := c.buffer(k, n+1)
					b[n] = c.delta.head[k]
					if f := &c.fill[k]; f.n <= n || f.v != b[n] {
						f.n = min(f.n, n)
					}
				}
			}
			n++
		}
		c.delta.advance()
	}
	return n
}

// buffer returns the buffer of column k with room for n values.
func (c *cursor) buffer(k, n int) []graph.ID {
	if len(c.buf[k]) < n {
		grown := make([]graph.ID, max(n, min(2*len(c.buf[k]), maxBatch), min(c.size, maxBatch)))
		copy(grown, c.buf[k])
		c.buf[k] = grown
	}
	return c.buf[k]
}

// decode writes rows [from, to) of the current block to the batch from row at
// on.
func (c *cursor) decode(from, to, at int) {
	n := at + to - from
	for k, col := range c.order.Columns() {
		if !c.cols.Has(col) {
			continue
		}
		dst := c.buffer(k, n)[at:n]
		f := &c.fill[k]
		v, constant := graph.ID(0), false
		switch {
		case k < c.n:
			v, constant = c.key[k], true
		case c.blk.col(k).enc == encConstant:
			v, constant = graph.ID(c.blk.col(k).base), true
		}
		switch {
		case !constant:
			f.n = min(f.n, at)
			c.blk.col(k).decode(from, to, dst)
		case f.n >= at && (f.v == v || at == 0 && f.n == 0):
			for i := f.n; i < n; i++ {
				c.buf[k][i] = v
			}
			f.v, f.n = v, max(f.n, n)
		default:
			for i := range dst {
				dst[i] = v
			}
			if at == 0 {
				f.v, f.n = v, n
			} else {
				f.n = min(f.n, at)
			}
		}
	}
}

func (c *cursor) Seek(id graph.ID) {
	if c.done || c.n == 4 || c.snap.closed.Load() {
		return // Next reports what is wrong
	}
	key := c.key
	key[c.n] = id
	n := c.n + 1
	if c.delta.ok {
		c.delta.seek(&key, n)
	}
	if c.atEnd() {
		return
	}
	from := c.x.rank(c.pos)
	defer func() {
		// Who skips far wants few rows from each place.
		if c.x.rank(c.pos) > from+farSeek {
			c.size = firstBatch
		}
	}()
	if c.open != c.pos.block || c.x.first[c.pos.block].comparePrefix(&key, n) < 0 {
		next := c.x.candidate(c.pos.block, &key, n)
		if next > c.end.block || next == c.end.block && c.end.row == 0 {
			c.pos = c.end
			return
		}
		if next > c.pos.block {
			c.pos = position{next, 0}
		}
	}
	if c.open != c.pos.block && c.pos.row == 0 && c.x.first[c.pos.block].comparePrefix(&key, n) >= 0 {
		return
	}
	if err := c.load(); err != nil {
		c.fail(err)
		return
	}
	// The rows from here on share the prefix, so only the sought column counts.
	// Most seeks go a short way: gallop before searching.
	end, col := c.blockEnd(), c.blk.col(c.n)
	lo, hi := c.pos.row, end
	if col.ends == nil {
		for step := 8; lo+step < end; step *= 4 {
			if col.value(lo+step) >= id {
				hi = lo + step
				break
			}
			lo += step
		}
	}
	c.pos.row = col.lowerBound(lo, hi, id)
	if c.pos.row == c.x.count(c.pos.block) {
		c.pos = position{c.pos.block + 1, 0}
	}
}
