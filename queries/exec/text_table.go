package exec

import "github.com/zeebo/xxh3"

// textTable is a set of strings, numbered as they come. Their texts are kept one
// after the other.
type textTable struct {
	heads []int32 // by hash: string + 1
	next  []int32 // by string: the next one of the same bucket + 1
	tails []uint32
	kinds []stringKind
	ends  []int
	bytes []byte
	n     int
}

// index returns the number of a string, adding it if it is new.
func (t *textTable) index(kind stringKind, text []byte) (int, bool) {
	if t.n >= len(t.heads)*3/4 {
		t.rehash()
	}
	h := xxh3.HashSeed(text, uint64(kind))
	slot := h & uint64(len(t.heads)-1)
	for r := t.heads[slot]; r != 0; r = t.next[r-1] {
		if t.tails[r-1] == uint32(h>>32) && t.is(int(r-1), kind, text) {
			return int(r - 1), false
		}
	}
	t.bytes = append(t.bytes, text...)
	t.ends, t.kinds = append(t.ends, len(t.bytes)), append(t.kinds, kind)
	t.next, t.tails = append(t.next, t.heads[slot]), append(t.tails, uint32(h>>32))
	t.n++
	t.heads[slot] = int32(t.n)
	return t.n - 1, true
}

// is reports whether string i is the given one.
func (t *textTable) is(i int, kind stringKind, text []byte) bool {
	return t.kinds[i] == kind && string(t.text(i)) == string(text)
}

func (t *textTable) text(i int) []byte {
	from := 0
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.bytes[from:t.ends[i]]
}

func (t *textTable) rehash() {
	t.heads = make([]int32, max(64, 2*len(t.heads)))
	mask := uint64(len(t.heads) - 1)
	for i := range t.n {
		slot := xxh3.HashSeed(t.text(i), uint64(t.kinds[i])) & mask
		t.next[i] = t.heads[slot]
		t.heads[slot] = int32(i + 1)
	}
}
