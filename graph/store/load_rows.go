package store

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"slices"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
	"golang.org/x/sync/errgroup"
)

// rowSpool keeps the rows of a load as terms, in memory up to a limit and in a
// temporary file beyond.
type rowSpool struct {
	mem   [][][4]uint32
	n     int
	limit int // rows to keep in memory
	dir   string
	file  *os.File
	w     *bufio.Writer
}

func (s *rowSpool) add(rows [][4]uint32) error {
	s.n += len(rows)
	if s.file == nil && s.n <= s.limit {
		s.mem = append(s.mem, rows)
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "belligraph-load-*")
		if err != nil {
			return fmt.Errorf("store: spill rows: %w", err)
		}
		s.file, s.w = f, bufio.NewWriterSize(f, 1<<20)
		// The file has no name from now on, so it goes away with the process.
		if err := os.Remove(f.Name()); err != nil {
			return fmt.Errorf("store: spill rows: %w", err)
		}
	}
	var b [16]byte
	for i := range rows {
		for k, t := range rows[i] {
			binary.LittleEndian.PutUint32(b[4*k:], t)
		}
		if _, err := s.w.Write(b[:]); err != nil {
			return fmt.Errorf("store: spill rows: %w", err)
		}
	}
	return nil
}

// spoolRead is how many bytes of the file are read at once.
const spoolRead = 1 << 20

// each calls f for all rows in runs; at is the number of the first row of one.
func (s *rowSpool) each(ctx context.Context, f func(at int, rows [][4]uint32)) error {
	return s.share(ctx, 1, func(_, at int, rows [][4]uint32) { f(at, rows) })
}

// share does what each does with several workers at a time.
func (s *rowSpool) share(ctx context.Context, workers int, f func(worker, at int, rows [][4]uint32)) error {
	starts := make([]int, len(s.mem)+1)
	for i, rows := range s.mem {
		starts[i+1] = starts[i] + len(rows)
	}
	inMemory := starts[len(s.mem)]
	runs := len(s.mem)
	if s.file != nil {
		if err := s.w.Flush(); err != nil {
			return fmt.Errorf("store: spill rows: %w", err)
		}
		runs += (16*(s.n-inMemory) + spoolRead - 1) / spoolRead
	}
	var next atomic.Int64
	work, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		work.Go(func() error {
			var buf []byte
			var rows [][4]uint32
			for i := int(next.Add(1)) - 1; i < runs; i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if i < len(s.mem) {
					f(worker, starts[i], s.mem[i])
					continue
				}
				at := (i - len(s.mem)) * (spoolRead / 16)
				n := min(spoolRead/16, s.n-inMemory-at)
				if buf == nil {
					buf, rows = make([]byte, spoolRead), make([][4]uint32, spoolRead/16)
				}
				if _, err := s.file.ReadAt(buf[:16*n], int64(16*at)); err != nil {
					return fmt.Errorf("store: read spilled rows: %w", err)
				}
				for r := range n {
					for k := range rows[r] {
						rows[r][k] = binary.LittleEndian.Uint32(buf[16*r+4*k:])
					}
				}
				f(worker, inMemory+at, rows[:n])
			}
			return nil
		})
	}
	return work.Wait()
}

// close releases the memory and the file.
func (s *rowSpool) close() {
	s.mem = nil
	if s.file != nil {
		_ = s.file.Close() // a temporary file without a name: nothing is lost
		s.file, s.w = nil, nil
	}
}

// packing says how a quad fits in one 64-bit key: per column, S first, the rank
// of its id among the ids that the column has.
type packing struct {
	shift [4]uint
	mask  [4]uint64
	ids   [4][]graph.ID
}

func (p *packing) rank(key uint64, c graph.Column) uint64 { return key >> p.shift[c] & p.mask[c] }

// bits returns the bits of a key that column c takes: [from, to).
func (p *packing) bits(c graph.Column) (from, to uint) {
	w := uint(0)
	for m := p.mask[c]; m > 0; m >>= 1 {
		w++
	}
	return p.shift[c], p.shift[c] + w
}

// packRows returns the keys of all rows. It fails when they take more than 64
// bits, which needs tens of millions of subjects and objects in thousands of
// graphs.
func packRows(ctx context.Context, rows *rowSpool, n *numbering) (*packing, []uint64, error) {
	words := (len(n.ids) + 63) / 64
	var used [sortWorkers][4][]uint64 // a bit for each term in a column
	for w := range used {
		for c := range used[w] {
			used[w][c] = make([]uint64, words)
		}
	}
	err := rows.share(ctx, sortWorkers, func(worker, _ int, rows [][4]uint32) {
		u := &used[worker]
		for i := range rows {
			for c, t := range rows[i] {
				u[c][t>>6] |= 1 << (t & 63)
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	p := &packing{}
	var ranks [4][]uint32
	var work errgroup.Group
	work.SetLimit(sortWorkers)
	for c := range ranks {
		work.Go(func() error {
			count := 0
			in := used[0][c]
			for i := range in {
				for w := range used[1:] {
					in[i] |= used[1+w][c][i]
				}
				count += bits.OnesCount64(in[i])
			}
			ranks[c], p.ids[c] = make([]uint32, len(n.ids)), make([]graph.ID, 0, count)
			for _, t := range n.order {
				if in[t>>6]>>(t&63)&1 == 1 {
					ranks[c][t] = uint32(len(p.ids[c]))
					p.ids[c] = append(p.ids[c], n.ids[t])
				}
			}
			return nil
		})
	}
	_ = work.Wait() // nothing in it can fail
	used = [sortWorkers][4][]uint64{}
	shift := uint(0)
	for c := 3; c >= 0; c-- {
		w := width(len(p.ids[c]))
		p.shift[c], p.mask[c] = shift, 1<<w-1
		shift += w
	}
	if shift > 64 {
		return nil, nil, fmt.Errorf("store: %w: %d subjects, %d predicates, %d objects and %d graphs are too many to load at once",
			graph.ErrLimit, len(p.ids[0]), len(p.ids[1]), len(p.ids[2]), len(p.ids[3]))
	}
	keys := make([]uint64, rows.n)
	err = rows.share(ctx, sortWorkers, func(_, at int, rows [][4]uint32) {
		out := keys[at : at+len(rows)]
		for i := range rows {
			r := &rows[i]
			out[i] = uint64(ranks[0][r[0]])<<p.shift[0] | uint64(ranks[1][r[1]])<<p.shift[1] |
				uint64(ranks[2][r[2]])<<p.shift[2] | uint64(ranks[3][r[3]])<<p.shift[3]
		}
	})
	return p, keys, err
}

// sortAll sorts keys by all their bits and drops repeated ones. tmp is as long as
// keys; both are returned, tmp as long as what is left.
func (p *packing) sortAll(keys, tmp []uint64) (sorted, other []uint64) {
	if len(keys) == 0 {
		return keys, tmp
	}
	from, _ := p.bits(graph.G)
	_, to := p.bits(graph.S)
	if len(keys) < sortParallel {
		keys, tmp = radixSort(keys, tmp, from, to)
		keys = slices.Compact(keys)
		return keys, tmp[:len(keys)]
	}
	// Two workers each take the keys on one side of a value in the middle.
	var sample [255]uint64
	for i := range sample {
		sample[i] = keys[i*(len(keys)/len(sample))]
	}
	slices.Sort(sample[:])
	middle := sample[len(sample)/2]
	below := 0
	for _, k := range keys {
		if k < middle {
			below++
		}
	}
	var halves [2][]uint64
	var work errgroup.Group
	for side := range halves {
		work.Go(func() error {
			part := tmp[:below]
			if side == 1 {
				part = tmp[below:]
			}
			n := 0
			for _, k := range keys {
				if (k >= middle) == (side == 1) {
					part[n] = k
					n++
				}
			}
			halves[side] = part
			return nil
		})
	}
	_ = work.Wait() // nothing in it can fail
	for side := range halves {
		work.Go(func() error {
			part, scratch := halves[side], keys[:below]
			if side == 1 {
				scratch = keys[below:]
			}
			if len(part) == 0 {
				return nil
			}
			part, scratch = radixSort(part, scratch, from, to)
			// Both sides end in the same array.
			if &part[0] != &tmp[side*below] {
				copy(scratch, part)
				part = scratch
			}
			halves[side] = slices.Compact(part)
			return nil
		})
	}
	_ = work.Wait() // nothing in it can fail
	n := len(halves[0])
	n += copy(tmp[n:], halves[1])
	return tmp[:n], keys[:n]
}

// radixSort sorts keys by their bits [from, to), keeping the order of keys that
// agree in these, and returns the sorted keys and the other array.
func radixSort(keys, tmp []uint64, from, to uint) (sorted, other []uint64) {
	const most = 11
	for from < to {
		passes := (to - from + most - 1) / most
		w := (to - from + passes - 1) / passes
		var count [1 << most]int
		mask := uint64(1)<<w - 1
		for _, k := range keys {
			count[k>>from&mask]++
		}
		if count[keys[0]>>from&mask] < len(keys) {
			sum := 0
			for i, n := range count[:mask+1] {
				count[i] = sum
				sum += n
			}
			for _, k := range keys {
				d := k >> from & mask
				tmp[count[d]] = k
				count[d]++
			}
			keys, tmp = tmp, keys
		}
		from += w
	}
	return keys, tmp
}

// sortColumn sorts keys by one column.
func (p *packing) sortColumn(keys, tmp []uint64, c graph.Column) (sorted, other []uint64) {
	if len(keys) == 0 {
		return keys, tmp
	}
	from, to := p.bits(c)
	return radixSort(keys, tmp, from, to)
}

// writeOrder writes the blocks of one order from keys sorted in it.
func (p *packing) writeOrder(ctx context.Context, o graph.Order, keys []uint64, sink *pageSink) (*index, error) {
	x := &index{order: o}
	var w blockWriter
	var cols [4][]graph.ID
	for k := range cols {
		cols[k] = make([]graph.ID, blockRows)
	}
	for chunk := range slices.Chunk(keys, blockRows) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var part [4][]graph.ID
		var first row
		for k, c := range o.Columns() {
			part[k] = cols[k][:len(chunk)]
			shift, mask, ids := p.shift[c], p.mask[c], p.ids[c]
			for i, key := range chunk {
				part[k][i] = ids[key>>shift&mask]
			}
			first[k] = part[k][0]
		}
		pg, err := sink.addShared(w.pack(&part), kindBlock, byte(o), len(chunk))
		if err != nil {
			return nil, err
		}
		x.add(first, len(chunk), pg)
	}
	return x, nil
}

// countPairs calls f for each predicate with its rows and its distinct values
// of column c; keys are sorted by predicate and then by c.
func (p *packing) countPairs(keys []uint64, c graph.Column, f func(predicate graph.ID, rows, distinct uint64)) {
	for i := 0; i < len(keys); {
		pr := p.rank(keys[i], graph.P)
		start, distinct, last := i, uint64(0), ^uint64(0)
		for ; i < len(keys) && p.rank(keys[i], graph.P) == pr; i++ {
			if v := p.rank(keys[i], c); v != last {
				distinct++
				last = v
			}
		}
		f(p.ids[graph.P][pr], uint64(i-start), distinct)
	}
}
