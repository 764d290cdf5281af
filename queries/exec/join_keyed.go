package exec

import (
	"math/bits"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// keyTable finds the rows that have an id in one column, which is bound in all of
// them. Rows with one id are a run of order, so that a probe looks at one place
// and finds all of them, and how many they are.
//
// Ids of a dictionary are dense, so the ids of a side often lie closer together
// than the slots of a hash table would. Then the place of an id is its distance
// from the least one; or, where they lie further apart, how many smaller ones a
// bitmap has, of which a probe that finds nothing reads one bit. Otherwise slots
// are searched by linear probing.
type keyTable struct {
	order []int32 // rows by key, in their order for each; nil: rows ascend by key

	base  graph.ID
	start []int32 // by place: the run ends where the next one starts
	words []rankWord

	slots []keySlot // instead of start; a power of two, at most half of them taken
	shift uint
}

// rankWord is a part of a bitmap and the number of bits set before it.
type rankWord struct {
	bits uint64
	rank int32
}

type keySlot struct {
	key      graph.ID // Any is none
	from, to int32
}

// denseKeys and sparseKeys return up to how many ids, from the least to the
// greatest, so many rows are found by their distance, or by a bitmap: as many as
// make the table as large as one of slots would be.
func denseKeys(rows int) uint64  { return 8*uint64(rows) + 1024 }
func sparseKeys(rows int) uint64 { return 128 * uint64(rows) }

// newKeyTable returns the table of some rows by their keys, nil when there is an
// unbound one.
func newKeyTable(keys []graph.ID) *keyTable {
	if len(keys) == 0 {
		return nil
	}
	least, most := keys[0], keys[0]
	ascend := true
	last := keys[0]
	for _, id := range keys {
		least, most = min(least, id), max(most, id)
		ascend = ascend && last <= id
		last = id
	}
	if least == graph.Any {
		return nil
	}
	t := &keyTable{base: least}
	switch span := uint64(most - least); {
	case span < denseKeys(len(keys)):
		t.start = make([]int32, span+2)
	case span < sparseKeys(len(keys)):
		t.start = make([]int32, t.rank(keys, span)+1)
	default:
		t.fillSlots(keys, ascend)
		return t
	}
	for _, id := range keys {
		t.start[t.place(id)+1]++
	}
	sum := int32(0)
	for i, n := range t.start {
		sum += n
		t.start[i] = sum
	}
	if ascend {
		return t
	}
	t.order = make([]int32, len(keys))
	// Each start is moved to the end of its run, which is where the next one
	// starts, and then all of them by one place.
	for row, id := range keys {
		at := &t.start[t.place(id)]
		t.order[*at] = int32(row)
		*at++
	}
	copy(t.start[1:], t.start)
	t.start[0] = 0
	return t
}

// rank makes the bitmap and returns how many different keys there are.
func (t *keyTable) rank(keys []graph.ID, span uint64) int32 {
	t.words = make([]rankWord, span/64+1)
	for _, id := range keys {
		i := uint64(id - t.base)
		t.words[i/64].bits |= 1 << (i % 64)
	}
	n := int32(0)
	for i := range t.words {
		w := &t.words[i]
		w.rank = n
		n += int32(bits.OnesCount64(w.bits))
	}
	return n
}

// place returns the place of an id among the starts, -1 for one that no row has.
func (t *keyTable) place(id graph.ID) int {
	i := uint64(id - t.base)
	if t.words == nil {
		if i >= uint64(len(t.start)-1) {
			return -1
		}
		return int(i)
	}
	if i/64 >= uint64(len(t.words)) {
		return -1
	}
	w, bit := &t.words[i/64], uint64(1)<<(i%64)
	if w.bits&bit == 0 {
		return -1
	}
	return int(w.rank) + bits.OnesCount64(w.bits&(bit-1))
}

func (t *keyTable) fillSlots(keys []graph.ID, ascend bool) {
	size := bits.Len(uint(2*len(keys) - 1))
	t.slots, t.shift = make([]keySlot, 1<<size), uint(64-size)
	if ascend {
		for row, id := range keys {
			s := t.slot(id)
			if s.key != id {
				s.key, s.from = id, int32(row)
			}
			s.to = int32(row + 1)
		}
		return
	}
	for _, id := range keys {
		s := t.slot(id)
		s.key = id
		s.to++
	}
	sum := int32(0)
	for i := range t.slots {
		s := &t.slots[i]
		n := s.to
		s.from, s.to = sum, sum
		sum += n
	}
	t.order = make([]int32, len(keys))
	for row, id := range keys {
		s := t.slot(id)
		t.order[s.to] = int32(row)
		s.to++
	}
}

// slot returns the slot of a key, or the free one where it would be.
func (t *keyTable) slot(id graph.ID) *keySlot {
	mask := uint64(len(t.slots) - 1)
	for i := mix(0, id) >> t.shift; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.key == id || s.key == graph.Any {
			return s
		}
	}
}

// run returns the part of order that has the rows of id, which is not Any.
func (t *keyTable) run(id graph.ID) (from, to int32) {
	if t.start != nil {
		i := t.place(id)
		if i < 0 {
			return 0, 0
		}
		return t.start[i], t.start[i+1]
	}
	s := t.slot(id)
	return s.from, s.to
}

// keyed reports whether the rows of in can be joined by the column: when nothing
// but one variable is shared, and it is bound on both sides. Then all kinds of
// joins compare for equality, and what Minus asks for, a variable that both sides
// bind, is given.
func (p *prober) keyed(in *Batch) bool {
	if len(p.conds) > 0 || p.m.linear || p.table.byKey == nil || p.kind == plan.Minus && p.domain == 0 {
		return false
	}
	for _, id := range in.Cols[p.sharedIn[0]][:in.N] {
		if id == graph.Any {
			return false
		}
	}
	return true
}

// byKey joins rows until the output is full or the input is done. Rows are first
// chosen and then copied by the column.
func (p *prober) byKey() {
	t := p.table.byKey
	keys := p.in.Cols[p.sharedIn[0]]
	p.pickIn, p.pickTable = p.pickIn[:0], p.pickTable[:0]
	for p.row < p.in.N && len(p.pickIn) < batchRows {
		if !p.started {
			p.from, p.to = t.run(keys[p.row])
			p.started = true
			if p.kind != plan.Inner && (p.kind != plan.Left || p.from == p.to) {
				if p.kind == plan.Left || (p.from < p.to) == (p.kind == plan.Semi) {
					p.pick(-1, 1)
				}
				p.to = p.from
			}
		}
		if p.adds && p.from < p.to {
			p.pick(-1, p.weightOf(p.from, p.to))
			p.from = p.to
		}
		for p.from < p.to && len(p.pickIn) < batchRows {
			at := p.from
			if t.order != nil {
				at = t.order[at]
			}
			p.pick(at, p.weightOf(p.from, p.from+1))
			p.from++
		}
		if p.from == p.to {
			p.row++
			p.started = false
		}
	}
	for c := range p.out.Cols {
		if from := p.fromIn[c]; from >= 0 {
			p.out.Cols[c] = appendPicked(p.out.Cols[c], p.in.Cols[from], p.pickIn)
		} else {
			p.out.Cols[c] = appendPicked(p.out.Cols[c], p.table.rows.cols[p.fromTable[c]], p.pickTable)
		}
	}
	p.out.N = len(p.pickIn)
}

// pick chooses the current row, with row at of the table unless that is -1.
func (p *prober) pick(at int32, weight int64) {
	p.pickIn = append(p.pickIn, int32(p.row))
	p.pickTable = append(p.pickTable, at)
	if p.weighted {
		p.out.Weights = append(p.out.Weights, weight*p.in.weight(p.row))
	}
}

// weightOf returns how many rows a part of the table's order stands for.
func (p *prober) weightOf(from, to int32) int64 {
	weights := p.table.rows.weights
	if len(weights) == 0 {
		return int64(to - from)
	}
	total := int64(0)
	for ; from < to; from++ {
		at := from
		if order := p.table.byKey.order; order != nil {
			at = order[at]
		}
		total += weights[at]
	}
	return total
}

// countKeyed returns how many rows those of in, which are keyed, are joined to.
func (p *prober) countKeyed(in *Batch) (total int64) {
	t := p.table.byKey
	for i, id := range in.Cols[p.sharedIn[0]][:in.N] {
		from, to := t.run(id)
		n := int64(0)
		switch {
		case p.kind == plan.Inner:
			n = p.weightOf(from, to)
		case p.kind == plan.Left:
			n = 1
			if from < to {
				n = p.weightOf(from, to)
			}
		case (from < to) == (p.kind == plan.Semi):
			n = 1
		}
		total += n * in.weight(i)
	}
	return total
}

// appendPicked appends the rows of a column that are picked, Any for -1.
func appendPicked(dst, col []graph.ID, pick []int32) []graph.ID {
	for _, i := range pick {
		id := graph.Any
		if i >= 0 {
			id = col[i]
		}
		dst = append(dst, id)
	}
	return dst
}
