package exec

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/belligraph/belligraph/graph"
)

// Spill says where operators put rows that they cannot hold in memory. The zero
// value keeps everything in memory, so that a query that needs more than it may
// hold fails.
type Spill struct {
	Dir string // of temporary files; "" is that of the system
	Max int64  // bytes that the files of one query may take; 0 spills nothing
}

// crowded reports whether an operator that holds so many bytes, and is about to
// need so many more, should move them to disk: when the query has then used half
// of its memory, so that others still find room, and this operator enough of it
// for the move to pay. In perturbed plans a few rows are enough, so that tests
// meet every way of spilling.
func (q *Query) crowded(held, more int64) bool {
	if q.opts.Spill.Max == 0 {
		return false
	}
	if p := q.opts.Perturb; p != 0 {
		return p%3 != 0 && held > int64(p%7)*48
	}
	b := q.budget
	return b.max > 0 && b.used.Load()+more > b.max/2 && held+more > b.max/8
}

// spillFile is a temporary file of blocks of rows. It is written at its end
// only, read at any place, and gone when it is closed or the process dies.
type spillFile struct {
	q   *Query
	f   *os.File
	end int64
	buf []byte
}

// spillBlock is a run of rows in a file, column after column, and then their
// weights where they have any.
type spillBlock struct {
	at       int64
	n        int
	weighted bool
}

func (q *Query) newSpillFile() (*spillFile, error) {
	f, err := os.CreateTemp(q.opts.Spill.Dir, "belligraph-*.spill")
	if err != nil {
		return nil, fmt.Errorf("exec: no temporary file for a query: %w", err)
	}
	// Where the system lets a file without a name be used, nothing is left
	// behind whatever happens; elsewhere close removes it.
	_ = os.Remove(f.Name())
	return &spillFile{q: q, f: f}, nil
}

func (s *spillFile) write(b *Batch) (spillBlock, error) {
	block := spillBlock{at: s.end, n: b.N, weighted: len(b.Weights) > 0}
	size := block.size(len(b.Cols))
	q := s.q
	if q.spilled+size > q.opts.Spill.Max {
		return spillBlock{}, fmt.Errorf("the query needs more than its %d MB of temporary disk space; ask for less at a time, or raise the limit: %w", q.opts.Spill.Max>>20, graph.ErrLimit)
	}
	s.buf = s.buf[:0]
	for _, col := range b.Cols {
		for _, id := range col[:b.N] {
			s.buf = binary.LittleEndian.AppendUint64(s.buf, uint64(id))
		}
	}
	for _, w := range b.Weights {
		s.buf = binary.LittleEndian.AppendUint64(s.buf, uint64(w))
	}
	if _, err := s.f.WriteAt(s.buf, s.end); err != nil {
		return spillBlock{}, fmt.Errorf("exec: temporary file of a query: %w", err)
	}
	s.end += size
	q.spilled += size
	q.spilledEver += size
	q.watch.hasSpilled(size)
	return block, nil
}

// size returns the bytes of a block of so many columns.
func (b spillBlock) size(columns int) int64 {
	if b.weighted {
		columns++
	}
	return int64(b.n) * int64(columns) * 8
}

// read replaces the rows of out, whose width is that of the block.
func (s *spillFile) read(block spillBlock, out *builder) error {
	if err := s.q.ctx.Err(); err != nil {
		return err
	}
	size := int(block.size(len(out.Cols)))
	if cap(s.buf) < size {
		s.buf = make([]byte, size)
	}
	s.buf = s.buf[:size]
	if _, err := s.f.ReadAt(s.buf, block.at); err != nil {
		return fmt.Errorf("exec: temporary file of a query: %w", err)
	}
	out.reset()
	at := 0
	for c := range out.Cols {
		col := out.Cols[c]
		for range block.n {
			col = append(col, graph.ID(binary.LittleEndian.Uint64(s.buf[at:])))
			at += 8
		}
		out.Cols[c] = col
	}
	for ; at < size; at += 8 {
		out.Weights = append(out.Weights, int64(binary.LittleEndian.Uint64(s.buf[at:])))
	}
	out.N = block.n
	return nil
}

func (s *spillFile) close() {
	if s == nil || s.f == nil {
		return
	}
	name := s.f.Name()
	s.f.Close()
	_ = os.Remove(name) // there only where an open file keeps its name
	s.f = nil
	s.q.spilled -= s.end
}

// spillRun is a sequence of rows in a file. Rows that do not fill a block yet
// are in memory.
type spillRun struct {
	file   *spillFile
	blocks []spillBlock
	rows   int
	tail   builder
}

func (s *spillFile) run(width int) *spillRun {
	return &spillRun{file: s, tail: newBuilder(width)}
}

// add appends row i of b, followed by more columns.
func (r *spillRun) add(b *Batch, i int, more ...graph.ID) error {
	for c, col := range b.Cols {
		r.tail.Cols[c] = append(r.tail.Cols[c], col[i])
	}
	for k, id := range more {
		c := len(b.Cols) + k
		r.tail.Cols[c] = append(r.tail.Cols[c], id)
	}
	r.tail.weigh(b, i)
	r.tail.N++
	r.rows++
	if r.tail.full() {
		return r.flush()
	}
	return nil
}

// weigh appends the weight of row i of src, before the row is counted, if any row
// so far has one.
func (b *builder) weigh(src *Batch, i int) {
	if len(src.Weights) == 0 && len(b.Weights) == 0 {
		return
	}
	for len(b.Weights) < b.N {
		b.Weights = append(b.Weights, 1)
	}
	b.Weights = append(b.Weights, src.weight(i))
}

// flush writes the rows that are still in memory and lets go of the room.
func (r *spillRun) flush() error {
	if r.tail.N == 0 {
		return nil
	}
	block, err := r.file.write(&r.tail.Batch)
	if err != nil {
		return err
	}
	r.blocks = append(r.blocks, block)
	r.tail.reset()
	return nil
}

// reader returns the rows of r from the first on. Rows must not be added any
// more.
func (r *spillRun) reader() (*spillReader, error) {
	if err := r.flush(); err != nil {
		return nil, err
	}
	return &spillReader{file: r.file, blocks: r.blocks, out: r.tail}, nil
}

// spillReader hands out the rows of a run by the block.
type spillReader struct {
	file   *spillFile
	blocks []spillBlock
	out    builder
}

func (r *spillReader) next() (*Batch, error) {
	if len(r.blocks) == 0 {
		return nil, nil
	}
	if err := r.file.read(r.blocks[0], &r.out); err != nil {
		return nil, err
	}
	r.blocks = r.blocks[1:]
	return &r.out.Batch, nil
}

func (r *spillReader) close() {}

// A row goes to one of 16 partitions by four bits of the hash of its key, and
// to a partition of that by the next four: seven levels part any two keys whose
// hashes differ, and rows that still do not fit have the same key.
const (
	partitionBits   = 4
	partitionCount  = 1 << partitionBits
	partitionLevels = 7
)

// partitions are runs by the hash of a key.
type partitions struct {
	level int
	runs  [partitionCount]*spillRun
}

func (s *spillFile) partitions(width, level int) *partitions {
	p := &partitions{level: level}
	for i := range p.runs {
		p.runs[i] = s.run(width)
	}
	return p
}

// of returns the run for rows with the given key. The bits are the top ones,
// since hash tables of a partition use the low ones.
func (p *partitions) of(key []graph.ID) *spillRun {
	h := uint64(len(key))
	for _, id := range key {
		h = mix(h, id)
	}
	return p.runs[h>>(64-partitionBits*(p.level+1))&(partitionCount-1)]
}

// flush writes what is still in memory.
func (p *partitions) flush() error {
	for _, r := range p.runs {
		if err := r.flush(); err != nil {
			return err
		}
	}
	return nil
}

// inOrder merges runs whose last column ascends, which is left out of the rows
// that it hands out.
type inOrder struct {
	heads []*spillHead
	out   builder
}

// spillHead is a run and the row of it that comes next.
type spillHead struct {
	r  *spillReader
	b  *Batch
	at int
}

// load makes sure that there is a current row; false at the end.
func (h *spillHead) load() (bool, error) {
	for h.b == nil || h.at >= h.b.N {
		b, err := h.r.next()
		if b == nil || err != nil {
			return false, err
		}
		h.b, h.at = b, 0
	}
	return true, nil
}

func newInOrder(runs []*spillRun, width int) (*inOrder, error) {
	m := &inOrder{out: newBuilder(width)}
	for _, run := range runs {
		r, err := run.reader()
		if err != nil {
			return nil, err
		}
		h := &spillHead{r: r}
		ok, err := h.load()
		if err != nil {
			return nil, err
		}
		if ok {
			m.heads = append(m.heads, h)
		}
	}
	return m, nil
}

func (m *inOrder) next() (*Batch, error) {
	m.out.reset()
	width := len(m.out.Cols)
	for len(m.heads) > 0 && !m.out.full() {
		first := 0
		for i, h := range m.heads[1:] {
			if h.b.Cols[width][h.at] < m.heads[first].b.Cols[width][m.heads[first].at] {
				first = i + 1
			}
		}
		h := m.heads[first]
		for c := range width {
			m.out.Cols[c] = append(m.out.Cols[c], h.b.Cols[c][h.at])
		}
		m.out.weigh(h.b, h.at)
		m.out.N++
		h.at++
		ok, err := h.load()
		if err != nil {
			return nil, err
		}
		if !ok {
			m.heads = append(m.heads[:first], m.heads[first+1:]...)
		}
	}
	if m.out.N == 0 {
		return nil, nil
	}
	return &m.out.Batch, nil
}

// width returns the number of columns.
func (r *spillRun) width() int { return len(r.tail.Cols) }
