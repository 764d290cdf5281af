package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/zeebo/xxh3"
)

// fingerprint is a 128-bit hash that stands for a term while loading.
type fingerprint [2]uint64

func entryFingerprint(tag graph.ID, identity []byte) fingerprint {
	h := xxh3.Hash128Seed(identity, uint64(tag))
	return fingerprint{h.Hi, h.Lo}
}

func inlineFingerprint(id graph.ID) fingerprint {
	// The high word is one that no hash is likely to have; the id tells the rest.
	return fingerprint{0x9E3779B97F4A7C15, uint64(id)}
}

func tripleFingerprint(parts [3]uint32) fingerprint {
	return fingerprint{0xC2B2AE3D27D4EB4F ^ uint64(parts[2]), uint64(parts[0])<<32 | uint64(parts[1])}
}

// termSet numbers the distinct terms of a load in the order they come. Entries
// lie in an arena of chunks; an open-addressing table finds terms by
// fingerprint alone.
type termSet struct {
	refs  []uint64 // per term the inline id itself, or its tag and the place of its entry
	arena arena
	table []tableSegment
}

// tableSegment is a part of the table that grows by itself, so that growing
// never needs much memory at once.
type tableSegment struct {
	slots []tableSlot
	used  int
}

// tableSlot is a term plus one, 0 for a free slot, and 96 bits of its
// fingerprint. The segment tells six more; two of a billion terms have the same
// with a probability of 10^-13, and what a slot takes decides how many terms fit
// in memory.
type tableSlot struct {
	low        uint64
	high, term uint32
}

const (
	tableSegments = 64 // a power of two
	firstSlots    = 256
)

// slot returns where to look for a fingerprint first.
func (s *tableSegment) slot(low uint64) int {
	k, _ := bits.Mul64(low, uint64(len(s.slots)))
	return int(k)
}

// grow keeps the segment from 5/16 to 5/8 full: fuller ones are slow to search.
func (s *tableSegment) grow() {
	old := s.slots
	s.slots = make([]tableSlot, max(firstSlots, 2*len(old)))
	for _, x := range old {
		if x.term != 0 {
			k := s.slot(x.low)
			for s.slots[k].term != 0 {
				if k++; k == len(s.slots) {
					k = 0
				}
			}
			s.slots[k] = x
		}
	}
}

// arena keeps byte strings, each with its length before it.
type arena struct {
	chunks [][]byte
	size   int64
}

const arenaChunk = 1 << 20

// add returns the place of a copy of b: the chunk and the offset in it.
func (a *arena) add(b []byte) uint64 {
	need := len(b) + binary.MaxVarintLen32
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last])-len(a.chunks[last]) < need {
		a.chunks = append(a.chunks, make([]byte, 0, max(arenaChunk, need)))
		a.size += int64(max(arenaChunk, need))
		last++
	}
	at := len(a.chunks[last])
	a.chunks[last] = append(binary.AppendUvarint(a.chunks[last], uint64(len(b))), b...)
	return uint64(last)<<32 | uint64(at)
}

func (a *arena) get(place uint64) []byte {
	b := a.chunks[place>>32][uint32(place):]
	if n := int(b[0]); n < 0x80 {
		return b[1 : 1+n]
	}
	n, k := binary.Uvarint(b)
	return b[k : k+int(n)]
}

func newTermSet() *termSet {
	t := &termSet{table: make([]tableSegment, tableSegments)}
	t.refs = append(t.refs, uint64(graph.DefaultGraph)) // term 0
	return t
}

func (t *termSet) len() int { return len(t.refs) }

// find returns the term with the fingerprint; when there is none, a new one,
// whose ref the caller appends.
func (t *termSet) find(f fingerprint) (term uint32, isNew bool) {
	// Inline ids differ in few bits, so the low word alone is no hash.
	f[1] ^= f[0]
	f[1] *= 0x9FB21C651E98DF25
	f[1] ^= f[1] >> 32
	f[1] *= 0x9FB21C651E98DF25
	s := &t.table[(f[0]^f[1])%tableSegments]
	if 8*s.used >= 5*len(s.slots) {
		s.grow()
	}
	low, high := f[1], uint32(f[0]>>32)
	for k := s.slot(low); ; {
		x := &s.slots[k]
		switch {
		case x.term == 0:
			s.used++
			*x = tableSlot{low, high, uint32(len(t.refs) + 1)}
			return uint32(len(t.refs)), true
		case x.low == low && x.high == high:
			return x.term - 1, false
		}
		if k++; k == len(s.slots) {
			k = 0
		}
	}
}

func (t *termSet) addInline(id graph.ID) uint32 {
	if id == graph.DefaultGraph {
		return 0
	}
	term, isNew := t.find(inlineFingerprint(id))
	if isNew {
		t.refs = append(t.refs, uint64(id))
	}
	return term
}

// addEntry adds a dictionary entry. When the term is there in another spelling,
// the spelling of an entry that is kept wins.
func (t *termSet) addEntry(tag graph.ID, e []byte, f fingerprint, keep bool) uint32 {
	term, isNew := t.find(f)
	if isNew {
		t.refs = append(t.refs, uint64(tag)|t.arena.add(e))
	} else if keep && tag == graph.TagLang {
		t.refs[term] = uint64(tag) | t.arena.add(e)
	}
	return term
}

// addTriple adds a triple term of terms of the set.
func (t *termSet) addTriple(parts [3]uint32) uint32 {
	term, isNew := t.find(tripleFingerprint(parts))
	if isNew {
		var e [12]byte
		for i, p := range parts {
			binary.LittleEndian.PutUint32(e[4*i:], p)
		}
		t.refs = append(t.refs, uint64(graph.TagTriple)|t.arena.add(e[:]))
	}
	return term
}

func (t *termSet) tag(term uint32) graph.ID { return graph.ID(t.refs[term]).Tag() }

// entry returns the entry of a dictionary term.
func (t *termSet) entry(term uint32) []byte {
	return t.arena.get(graph.ID(t.refs[term]).Payload())
}

func (t *termSet) triple(term uint32) (parts [3]uint32) {
	e := t.entry(term)
	for i := range parts {
		parts[i] = binary.LittleEndian.Uint32(e[4*i:])
	}
	return parts
}

// numbering gives the terms of a set their ids.
type numbering struct {
	ids   []graph.ID // by term
	order []uint32   // terms in ascending order of id
	dict  [numDictTags][]uint32
	// sorted is how many of the triple terms, the first, are sorted: those
	// that hold no other triple term.
	sortedTriples int
}

// number sorts the terms and numbers them. The table of the set is gone
// afterwards. tripleEntry of the numbering gives the entries of triple terms.
func (t *termSet) number() *numbering {
	t.table = nil
	n := &numbering{ids: make([]graph.ID, len(t.refs))}
	var items [numDictTags][]sortItem
	var counts [numDictTags]int
	for _, r := range t.refs {
		if i := slot(graph.ID(r).Tag()); i >= 0 {
			counts[i]++
		}
	}
	for i := range items[:numDictTags-1] {
		items[i] = make([]sortItem, 0, counts[i])
	}
	var inline, triples []uint32
	for term, r := range t.refs {
		switch i := slot(graph.ID(r).Tag()); {
		case i < 0:
			n.ids[term] = graph.ID(r)
			inline = append(inline, uint32(term))
		case i == numDictTags-1:
			triples = append(triples, uint32(term))
		default:
			items[i] = append(items[i], sortItem{term: uint32(term)})
		}
	}
	s := sorter{set: t, limit: make(chan struct{}, sortWorkers-1)}
	s.limit <- struct{}{}
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		inline = t.sortInline(inline)
		<-s.limit
	}()
	for i := range items[:numDictTags-1] {
		s.sort(items[i], 0, true)
	}
	s.wait.Wait()
	for i, tag := range dictTags[:numDictTags-1] {
		n.dict[i] = make([]uint32, len(items[i]))
		for k, it := range items[i] {
			n.dict[i][k] = it.term
			n.ids[it.term] = tag | graph.ID(k)
		}
		items[i] = nil
	}
	t.numberTriples(n, triples)
	n.order = make([]uint32, 0, len(t.refs))
	k := 0
	for ; k < len(inline) && n.ids[inline[k]].Tag() < graph.TagBlank; k++ {
		n.order = append(n.order, inline[k])
	}
	for _, d := range n.dict[:numDictTags-1] {
		n.order = append(n.order, d...)
	}
	n.order = append(n.order, inline[k:]...)
	n.order = append(n.order, n.dict[numDictTags-1]...)
	return n
}

// sortInline sorts terms that are inline ids.
func (t *termSet) sortInline(terms []uint32) []uint32 {
	items := make([]sortItem, len(terms))
	for i, term := range terms {
		items[i] = sortItem{t.refs[term], term}
	}
	slices.SortFunc(items, func(a, b sortItem) int { return cmp.Compare(a.key, b.key) })
	for i, it := range items {
		terms[i] = it.term
	}
	return terms
}

// numberTriples numbers triple terms level by level, because their entries hold
// the ids of what they are made of.
func (t *termSet) numberTriples(n *numbering, triples []uint32) {
	if len(triples) == 0 {
		return
	}
	deeper := map[uint32]int{} // levels above the first
	deepest := 1
	for _, term := range triples { // parts come before what they are part of
		level := 1
		for _, p := range t.triple(term) {
			if t.tag(p) == graph.TagTriple {
				level = max(level, max(deeper[p], 1)+1)
			}
		}
		if level > 1 {
			deeper[term] = level
			deepest = max(deepest, level)
		}
	}
	type item struct {
		parts [3]graph.ID
		term  uint32
	}
	d := &n.dict[numDictTags-1]
	for level := 1; level <= deepest; level++ {
		from := len(*d)
		part := make([]item, 0, len(triples)-len(*d))
		for _, term := range triples {
			if deepest == 1 || max(deeper[term], 1) == level {
				p := t.triple(term)
				part = append(part, item{[3]graph.ID{n.ids[p[0]], n.ids[p[1]], n.ids[p[2]]}, term})
			}
		}
		slices.SortFunc(part, func(a, b item) int {
			for i := range a.parts {
				if x, y := a.parts[i], b.parts[i]; x != y {
					if x < y {
						return -1
					}
					return 1
				}
			}
			return 0
		})
		for k := range part {
			*d = append(*d, part[k].term)
			n.ids[part[k].term] = graph.TagTriple | graph.ID(from+k)
		}
		if level == 1 {
			n.sortedTriples = len(part)
		}
	}
}

// tripleEntry returns the dictionary entry of a triple term.
func (t *termSet) tripleEntry(n *numbering, dst []byte, term uint32) []byte {
	p := t.triple(term)
	return appendTripleEntry(dst, n.ids[p[0]], n.ids[p[1]], n.ids[p[2]])
}

// sortItem is a term while its tag is sorted, with eight bytes of its entry at
// the current depth, so that most comparisons stay in the array.
type sortItem struct {
	key  uint64
	term uint32
}

// sorter sorts entries by multikey quicksort, eight bytes at a time: entries
// share long prefixes, which a comparison sort would read again and again.
type sorter struct {
	set   *termSet
	limit chan struct{}
	wait  sync.WaitGroup
}

const (
	sortWorkers  = 2
	sortParallel = 1 << 15
	sortSmall    = 24
)

func (s *sorter) load(a []sortItem, depth int) {
	for i := range a {
		e := s.set.entry(a[i].term)
		a[i].key = keyAt(e, depth)
	}
}

// keyAt returns eight bytes of e as a number, zero after its end.
func keyAt(e []byte, depth int) uint64 {
	if depth >= len(e) {
		return 0
	}
	e = e[depth:]
	if len(e) >= 8 {
		return binary.BigEndian.Uint64(e)
	}
	var k uint64
	for i, c := range e {
		k |= uint64(c) << (56 - 8*i)
	}
	return k
}

// sort sorts items that are equal before depth. load tells that the keys have
// to be read first.
func (s *sorter) sort(a []sortItem, depth int, load bool) {
	for {
		if len(a) < 2 {
			return
		}
		if len(a) <= sortSmall {
			s.insertion(a, depth)
			return
		}
		if load {
			s.load(a, depth)
		}
		pivot := medianKey(a)
		lt, i, gt := 0, 0, len(a)
		for i < gt {
			switch k := a[i].key; {
			case k < pivot:
				a[lt], a[i] = a[i], a[lt]
				lt++
				i++
			case k > pivot:
				gt--
				a[gt], a[i] = a[i], a[gt]
			default:
				i++
			}
		}
		s.spawn(a[:lt], depth)
		s.spawn(a[gt:], depth)
		a = a[lt:gt]
		depth += 8
		load = true
		if pivot&0xFF == 0 && s.ended(a, depth) {
			// They differ in zero bytes at their ends only.
			slices.SortFunc(a, func(x, y sortItem) int { return len(s.set.entry(x.term)) - len(s.set.entry(y.term)) })
			return
		}
	}
}

func (s *sorter) ended(a []sortItem, depth int) bool {
	for i := range a {
		if len(s.set.entry(a[i].term)) > depth {
			return false
		}
	}
	return true
}

// spawn sorts a part whose keys are loaded, on another goroutine if it is large
// and one is free.
func (s *sorter) spawn(a []sortItem, depth int) {
	if len(a) > sortParallel {
		select {
		case s.limit <- struct{}{}:
			s.wait.Add(1)
			go func() {
				defer s.wait.Done()
				s.sort(a, depth, false)
				<-s.limit
			}()
			return
		default:
		}
	}
	s.sort(a, depth, false)
}

func (s *sorter) insertion(a []sortItem, depth int) {
	for i := 1; i < len(a); i++ {
		x := a[i]
		e := s.set.entry(x.term)
		j := i
		for j > 0 {
			o := s.set.entry(a[j-1].term)
			if bytes.Compare(o[min(depth, len(o)):], e[min(depth, len(e)):]) <= 0 {
				break
			}
			a[j] = a[j-1]
			j--
		}
		a[j] = x
	}
}

func medianKey(a []sortItem) uint64 {
	x, y, z := a[len(a)/4].key, a[len(a)/2].key, a[len(a)-1-len(a)/4].key
	if x > y {
		x, y = y, x
	}
	if y > z {
		y = max(x, z)
	}
	return y
}

// width returns how many bits count up to n values.
func width(n int) uint {
	if n <= 1 {
		return 0
	}
	return uint(bits.Len(uint(n - 1)))
}
