package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sort"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TextReader implements [graph.TextSource].
func (n *snapshot) TextReader() graph.TextReader {
	r, _ := textReaders.Get().(*textReader)
	r.snap = n
	return r
}

// textReaders holds those that were closed, with their buffers and the kinds they
// have met, which are the same in all stores.
var textReaders = sync.Pool{New: func() any {
	return &textReader{out: graph.Texts{Kinds: []rdf.Term{nil}}, kinds: map[string]uint32{}}
}}

// The bounds of what a closed reader may hold.
const (
	maxPooledKinds = 256
	maxPooledText  = 64 << 10
)

// Close implements [io.Closer]. The reader must not be used after it.
func (r *textReader) Close() error {
	if r.snap == nil || len(r.out.Kinds) > maxPooledKinds || cap(r.out.Bytes) > maxPooledText {
		return nil
	}
	r.snap = nil
	for i := range r.places {
		r.places[i] = textPlace{entry: r.places[i].entry[:0]}
	}
	textReaders.Put(r)
	return nil
}

// textReader reads entries without making terms of them. Per tag it stands at a
// place in the sorted pages, so that ascending ids unpack each group once.
type textReader struct {
	snap   *snapshot
	out    graph.Texts
	kinds  map[string]uint32 // by the tag and what follows the lexical form
	key    []byte
	last   [numDictTags]lastKind
	places [numDictTags]textPlace

	// Of ReadKinds.
	suffixPlaces [numDictTags]suffixPlace
	suffixKinds  [256]uint32 // by number
	found        []uint32
}

// lastKind is the kind of the entry of a tag that was read last: neighbours
// mostly have the same language or datatype.
type lastKind struct {
	suffix []byte
	kind   uint32
}

// textPlace is a place in the sorted pages of a tag.
type textPlace struct {
	page       []byte
	start, end uint64 // the numbers in the page
	group      groupReader
	next       uint64 // the number that the group reader reads next
	entry      []byte // the entry of number next-1
}

func (r *textReader) Read(ids []graph.ID) (*graph.Texts, error) {
	if r.snap == nil {
		return nil, fmt.Errorf("store: %w: the reader has been closed", graph.ErrClosed)
	}
	if err := r.snap.check(); err != nil {
		return nil, err
	}
	t := &r.out
	t.Reset()
	for _, id := range ids {
		if id.IsInline() {
			if err := r.inline(id); err != nil {
				return nil, err
			}
			continue
		}
		i := slot(id.Tag())
		if i < 0 || id.Tag() == graph.TagTriple {
			t.Close(0)
			continue
		}
		e, err := r.entry(i, id)
		if err != nil {
			return nil, err
		}
		switch id.Tag() {
		case graph.TagBlank, graph.TagIRI, graph.TagString:
			t.Bytes = append(t.Bytes, e...)
			t.Close(r.kind(i, nil))
		default:
			lexical, suffix, escaped := cutEntry(e)
			if suffix == nil {
				return nil, fmt.Errorf("store: %w: dictionary entry %q of tag %d", graph.ErrCorrupt, e, id.Tag()>>60)
			}
			if escaped {
				t.Bytes = appendUnescaped(t.Bytes, lexical)
			} else {
				t.Bytes = append(t.Bytes, lexical...)
			}
			kind := r.kind(i, suffix)
			if kind == 0 {
				return nil, fmt.Errorf("store: %w: dictionary entry %q of tag %d", graph.ErrCorrupt, e, id.Tag()>>60)
			}
			t.Close(kind)
		}
	}
	return t, nil
}

func (r *textReader) inline(id graph.ID) (err error) {
	b, ok := id.AppendInline(r.out.Bytes)
	if !ok {
		return fmt.Errorf("store: %w: inline id %#x", graph.ErrCorrupt, uint64(id))
	}
	r.out.Bytes = b
	var key [1]byte
	key[0] = byte(id.Tag() >> 60)
	kind, ok := r.kinds[string(key[:])]
	if !ok {
		kind = r.addKind(string(key[:]), rdf.Literal{Datatype: id.InlineDatatype()})
	}
	r.out.Close(kind)
	return nil
}

func (r *textReader) addKind(key string, t rdf.Term) uint32 {
	kind := uint32(len(r.out.Kinds))
	r.out.Kinds = append(r.out.Kinds, t)
	r.kinds[key] = kind
	return kind
}

// kind returns the kind of an entry by what follows its lexical form, 0 when
// nothing may end so.
func (r *textReader) kind(i int, suffix []byte) uint32 {
	if l := &r.last[i]; l.kind != 0 && string(l.suffix) == string(suffix) {
		return l.kind
	}
	r.key = append(append(r.key[:0], byte(dictTags[i]>>60)), suffix...)
	kind, ok := r.kinds[string(r.key)]
	if !ok {
		// The suffix alone is the entry of the term without its text.
		t, err := parseEntry(dictTags[i], string(suffix))
		if err != nil {
			return 0
		}
		kind = r.addKind(string(r.key), t)
	}
	r.last[i] = lastKind{append(r.last[i].suffix[:0], suffix...), kind}
	return kind
}

// cutEntry cuts an entry of a tagged or typed literal before the 00 00 that ends
// its lexical form; the suffix is nil when nothing does.
func cutEntry(e []byte) (lexical, suffix []byte, escaped bool) {
	for from := 0; ; {
		k := bytes.IndexByte(e[from:], 0)
		if k < 0 || from+k+1 >= len(e) {
			return nil, nil, false
		}
		at := from + k
		if e[at+1] == 0 {
			return e[:at], e[at:], escaped
		}
		escaped = true
		from = at + 2
	}
}

// appendUnescaped undoes appendEscaped.
func appendUnescaped(dst, e []byte) []byte {
	for {
		i := bytes.IndexByte(e, 0)
		if i < 0 {
			return append(dst, e...)
		}
		dst = append(dst, e[:i+1]...)
		e = e[i+2:]
	}
}

// entry returns the entry of a term, valid until the next call for its tag.
func (r *textReader) entry(i int, id graph.ID) (e []byte, err error) {
	d, n, pl := r.snap.v.base.dict[i], id.Payload(), &r.places[i]
	if n >= d.sortedLen() {
		*pl = textPlace{entry: pl.entry}
		pl.entry, err = r.snap.entry(pl.entry[:0], id)
		return pl.entry, err
	}
	if n >= pl.start && n+1 == pl.next {
		return pl.entry, nil
	}
	if n < pl.start || n >= pl.end {
		k := pageOf(d.sortedStart, n)
		p, err := d.sorted[k].bytes(r.snap.pages)
		if err != nil {
			return nil, err
		}
		*pl = textPlace{page: p, start: d.sortedStart[k], end: d.sortedStart[k+1], entry: pl.entry}
	}
	if g := (n - pl.start) / dictGroup; pl.next <= pl.start || n < pl.next || (pl.next-pl.start)/dictGroup < g {
		pl.group, pl.next = openGroup(pl.page, int(g)), pl.start+g*dictGroup
		pl.entry = pl.entry[:0]
	}
	// Groups follow each other, and the first term of a group shares nothing
	// with the one before it, so reading goes on from one into the next.
	for ; pl.next <= n; pl.next++ {
		pl.entry = pl.group.next(pl.entry, 0)
	}
	return pl.entry, nil
}

// TextBound implements [graph.TextIndex].
func (n *snapshot) TextBound(tag graph.ID, text string) (graph.ID, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	tag = tag.Tag()
	i := slot(tag)
	if i < 0 || tag == graph.TagTriple {
		return tag, nil
	}
	key := []byte(text)
	if tag == graph.TagLang || tag == graph.TagTyped {
		key = appendEscaped(nil, text)
	}
	k, err := n.v.base.dict[i].bound(n.pages, key)
	return tag | graph.ID(k), err
}

// bound returns the number of the first sorted entry that is not below key.
func (d *dictPages) bound(r pageReader, key []byte) (uint64, error) {
	i := sort.Search(len(d.sorted), func(i int) bool { return d.sortedFirst[i] >= string(key) })
	if i == 0 {
		return 0, nil
	}
	i-- // the page before may hold it
	p, err := d.sorted[i].bytes(r)
	if err != nil {
		return 0, err
	}
	groups := int(binary.LittleEndian.Uint32(p[pageHeader:]))
	g := max(sort.Search(groups, func(g int) bool { return bytes.Compare(groupFirst(p, g), key) >= 0 })-1, 0)
	rd := openGroup(p, g)
	terms := min(dictGroup, pageCount(p)-g*dictGroup)
	var scratch [256]byte
	e := scratch[:0]
	for k := range terms {
		if e = rd.next(e, 0); bytes.Compare(e, key) >= 0 {
			return d.sortedStart[i] + uint64(g*dictGroup+k), nil
		}
	}
	return d.sortedStart[i] + uint64(g*dictGroup+terms), nil
}

// CountRange implements [graph.RangeCounter].
func (n *snapshot) CountRange(p graph.Pattern, o graph.Order, from, to graph.ID) (uint64, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	key, k, err := prefix(p, o)
	if err != nil {
		return 0, err
	}
	if k == 4 {
		return 0, fmt.Errorf("store: %w: no column of %s is free", graph.ErrBadRequest, o)
	}
	if from >= to {
		return 0, nil
	}
	var b block
	x := n.v.base.orders[o]
	lo, hi := key, key
	lo[k], hi[k] = from, to
	start, err := x.seek(n.pages, &lo, k+1, &b)
	if err != nil {
		return 0, err
	}
	end, err := x.seek(n.pages, &hi, k+1, &b)
	if err != nil {
		return 0, err
	}
	rows := int64(x.rank(end)) - int64(x.rank(start))
	for _, run := range n.v.runs {
		s := run.sorted(o)
		rows += int64(searchRows(s.ins, &hi, k+1) - searchRows(s.ins, &lo, k+1))
		rows -= int64(searchRows(s.del, &hi, k+1) - searchRows(s.del, &lo, k+1))
	}
	return uint64(max(rows, 0)), nil
}
