package exec

import (
	"maps"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
)

// mix spreads the bits of an id over a hash. The constants are those of
// wyhash's finaliser; inline ids of neighbouring values differ in low bits
// only, dictionary ids are dense, so the top bits of the product are used.
func mix(h uint64, id graph.ID) uint64 {
	hi, lo := bits.Mul64(h^uint64(id), 0x9E3779B97F4A7C15)
	return hi ^ lo ^ 0xD6E8FEB86659FD93
}

// seen is a set of rows of ids. The rows are kept one after the other, and found
// by linear probing: a slot has the hash of a row besides its number, so that
// another row is rarely looked at, and growing looks at none.
type seen struct {
	width int
	slots []uint64 // a hash in the upper half, row + 1 in the lower; 0 is free
	ids   []graph.ID
	n     int
}

// seenSlots is how many slots a set begins with.
const seenSlots = 64

func newSeen(width int) *seen { return &seen{width: width, slots: make([]uint64, seenSlots)} }

// add adds a row and reports whether it is new.
func (s *seen) add(key []graph.ID) bool {
	_, isNew := s.index(key)
	return isNew
}

// index returns the number of a row, adding it if it is new.
func (s *seen) index(key []graph.ID) (int, bool) {
	at, row := s.search(key)
	if row >= 0 {
		return row, false
	}
	s.ids = append(s.ids, key...)
	s.n++
	s.slots[at] = hashOf(key)<<32 | uint64(s.n)
	if 2*s.n > len(s.slots) {
		s.grow()
	}
	return s.n - 1, true
}

// find returns the number of a row that is in the set.
func (s *seen) find(key []graph.ID) (int, bool) {
	_, row := s.search(key)
	return max(row, 0), row >= 0
}

// search returns the slot and the number of a row, or the free slot where it would
// be and -1.
func (s *seen) search(key []graph.ID) (slot uint64, row int) {
	mask := uint64(len(s.slots) - 1)
	h := hashOf(key)
next:
	for at := h & mask; ; at = (at + 1) & mask {
		v := s.slots[at]
		if v == 0 {
			return at, -1
		}
		if v>>32 != h {
			continue
		}
		row := int(uint32(v)) - 1
		from := row * s.width
		for i, id := range key {
			if s.ids[from+i] != id {
				continue next
			}
		}
		return at, row
	}
}

// hashOf returns the hash of a row, of 32 bits.
func hashOf(key []graph.ID) uint64 {
	h := uint64(len(key))
	for _, id := range key {
		h = mix(h, id)
	}
	return (h ^ h>>32) & 0xFFFFFFFF
}

func (s *seen) grow() {
	old := s.slots
	s.slots = make([]uint64, 4*len(old))
	mask := uint64(len(s.slots) - 1)
	for _, v := range old {
		if v == 0 {
			continue
		}
		at := v >> 32 & mask
		for s.slots[at] != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = v
	}
}

// row returns row i.
func (s *seen) row(i int) []graph.ID { return s.ids[i*s.width : (i+1)*s.width] }

// index is a hash index of kept rows by some columns.
type index struct {
	rows  *rows
	cols  []int
	heads []int32
	next  []int32
}

func newIndex(r *rows, members []int32, cols []int) *index {
	size := 16
	for size < len(members)*4/3 {
		size *= 2
	}
	x := &index{rows: r, cols: cols, heads: make([]int32, size), next: make([]int32, r.n)}
	mask := uint64(size - 1)
	// Backwards, so that a bucket lists its rows in order.
	for i := len(members) - 1; i >= 0; i-- {
		row := members[i]
		h := uint64(len(cols))
		for _, c := range cols {
			h = mix(h, r.cols[c][row])
		}
		x.next[row] = x.heads[h&mask]
		x.heads[h&mask] = row + 1
	}
	return x
}

// first returns the first row of the bucket of key, plus one.
func (x *index) first(key []graph.ID) int32 {
	h := uint64(len(key))
	for _, id := range key {
		h = mix(h, id)
	}
	return x.heads[h&uint64(len(x.heads)-1)]
}

// joinTable is one side of a join, kept, and indexed by the columns that it
// shares with the other. Rows are grouped by which of these columns are bound:
// two rows are compatible when they agree on the columns that both bind, so a
// probe looks into each group by the columns bound on both sides. Almost always
// there is one group, and everything is bound.
type joinTable struct {
	rows   *rows
	shared []int     // columns of rows, in the order of the join's shared variables
	byKey  *keyTable // when one column is shared and bound in all rows

	grouping sync.Once // as tables may be shared by goroutines
	groups   []*maskGroup
}

type maskGroup struct {
	mask    uint64 // shared columns that are bound
	members []int32

	// indexes are by the columns compared. They are made when one is first
	// asked for, and tables may be shared by goroutines, so the map is replaced
	// and never changed.
	indexes atomic.Pointer[map[uint64]*index]
	making  sync.Mutex
}

func newJoinTable(r *rows, shared []int) *joinTable {
	t := &joinTable{rows: r, shared: shared}
	if len(shared) == 1 {
		t.byKey = newKeyTable(r.cols[shared[0]][:r.n])
	}
	return t
}

// grouped returns the groups, which are made when they are first asked for.
func (t *joinTable) grouped() []*maskGroup {
	t.grouping.Do(t.group)
	return t.groups
}

func (t *joinTable) group() {
	r, shared := t.rows, t.shared
	full := uint64(1)<<len(shared) - 1
	byMask := make(map[uint64]*maskGroup)
	var last *maskGroup
	for i := range r.n {
		mask := full
		for j, c := range shared {
			if r.cols[c][i] == graph.Any {
				mask &^= 1 << j
			}
		}
		if last == nil || last.mask != mask {
			g := byMask[mask]
			if g == nil {
				g = &maskGroup{mask: mask}
				byMask[mask] = g
				t.groups = append(t.groups, g)
			}
			last = g
		}
		last.members = append(last.members, int32(i))
	}
}

// index returns the index of the group by the shared columns in mask.
func (t *joinTable) index(g *maskGroup, mask uint64) *index {
	if x := g.made(mask); x != nil {
		return x
	}
	g.making.Lock()
	defer g.making.Unlock()
	if x := g.made(mask); x != nil {
		return x
	}
	var cols []int
	for j, c := range t.shared {
		if mask>>j&1 == 1 {
			cols = append(cols, c)
		}
	}
	x := newIndex(t.rows, g.members, cols)
	indexes := map[uint64]*index{mask: x}
	if old := g.indexes.Load(); old != nil {
		maps.Copy(indexes, *old)
	}
	g.indexes.Store(&indexes)
	return x
}

// made returns the index of the group by the columns in mask, nil when there is
// none yet.
func (g *maskGroup) made(mask uint64) *index {
	if m := g.indexes.Load(); m != nil {
		return (*m)[mask]
	}
	return nil
}

// matches runs over the rows of a table that are compatible with one row.
type matches struct {
	t    *joinTable
	key  []graph.ID // of the probing row, by shared column
	mask uint64

	linear bool   // the table is a few rows that are simply gone through
	domain uint64 // of Minus: one of these must be bound on both sides; else 0
	group  int
	at     int32 // next row to look at + 1
	cols   []int // columns compared with want
	want   []graph.ID
	x      *index

	keyed    bool // the rows are a run of the table's order
	from, to int32
}

// start begins with the probing row whose shared columns are m.key.
func (m *matches) start() {
	m.mask = 0
	for j, id := range m.key {
		if id != graph.Any {
			m.mask |= 1 << j
		}
	}
	m.group, m.at, m.x = -1, 0, nil
	if m.keyed = !m.linear && m.t.byKey != nil && m.mask == 1 && m.domain&^1 == 0; m.keyed {
		m.from, m.to = m.t.byKey.run(m.key[0])
	}
}

// next returns the next compatible row, -1 at the end.
func (m *matches) next() int {
	if m.linear {
		return m.nextLinear()
	}
	if m.keyed {
		if m.from == m.to {
			return -1
		}
		row := int(m.from)
		if order := m.t.byKey.order; order != nil {
			row = int(order[row])
		}
		m.from++
		return row
	}
	for {
	chain:
		for m.at != 0 {
			row := int(m.at - 1)
			m.at = m.x.next[row]
			for i, c := range m.cols {
				if m.t.rows.cols[c][row] != m.want[i] {
					continue chain
				}
			}
			return row
		}
		m.group++
		groups := m.t.grouped()
		if m.group >= len(groups) {
			return -1
		}
		g := groups[m.group]
		both := g.mask & m.mask
		if m.domain != 0 && both&m.domain == 0 {
			continue
		}
		m.x = m.t.index(g, both)
		m.cols = m.x.cols
		m.want = m.want[:0]
		for j, id := range m.key {
			if both>>j&1 == 1 {
				m.want = append(m.want, id)
			}
		}
		m.at = m.x.first(m.want)
	}
}

func (m *matches) nextLinear() int {
next:
	for int(m.at) < m.t.rows.n {
		row := int(m.at)
		m.at++
		if len(m.key) > 1 {
			for j, c := range m.t.shared {
				id := m.t.rows.cols[c][row]
				if id != m.key[j] && id != graph.Any && m.key[j] != graph.Any {
					continue next
				}
			}
		}
		return row
	}
	return -1
}
