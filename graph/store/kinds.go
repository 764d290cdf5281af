package store

import (
	"fmt"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// suffixes numbers what follows the texts of tagged and typed literals, their
// languages and datatypes, in the order in which it was met, from 1 on. Others than
// the first 255 have no number: those terms are read whole.
type suffixes struct {
	mu      sync.RWMutex
	numbers map[string]uint8 // by tag and suffix
	list    []string         // likewise, by number; the first is of none
}

func (s *suffixes) number(key []byte) uint8 {
	s.mu.RLock()
	n, ok := s.numbers[string(key)]
	s.mu.RUnlock()
	if ok {
		return n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok = s.numbers[string(key)]; ok || len(s.list) > 255 {
		return n
	}
	if s.numbers == nil {
		s.numbers, s.list = make(map[string]uint8), []string{""}
	}
	n = uint8(len(s.list))
	s.numbers[string(key)] = n
	s.list = append(s.list, string(key))
	return n
}

// suffix returns the suffix of a number.
func (s *suffixes) suffix(n uint8) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return []byte(s.list[n][1:])
}

// suffixNumbers returns the number of the suffix of each term in a sorted page of
// tagged or typed literals. The page keeps them, a byte for each term, once it was
// asked, so that a filter on languages unpacks no text.
func (p *page) suffixNumbers(contents []byte, s *suffixes) ([]uint8, error) {
	if k := p.suffixes.Load(); k != nil {
		return *k, nil
	}
	numbers := make([]uint8, 0, pageCount(contents))
	var entry []byte
	key := []byte{p.what}
	last := uint8(0)
	group := openGroup(contents, 0)
	for len(numbers) < pageCount(contents) {
		entry = group.next(entry, 0)
		_, suffix, _ := cutEntry(entry)
		if suffix == nil {
			return nil, fmt.Errorf("store: %w: dictionary entry %q of tag %d", graph.ErrCorrupt, entry, p.what)
		}
		if string(key[1:]) != string(suffix) || last == 0 {
			key = append(key[:1], suffix...)
			last = s.number(key)
		}
		numbers = append(numbers, last)
	}
	p.suffixes.Store(&numbers)
	return numbers, nil
}

// suffixPlace is a page of which a reader reads suffixes.
type suffixPlace struct {
	start, end uint64 // the numbers in the page
	of         []uint8
}

// ReadKinds implements [graph.KindReader].
func (r *textReader) ReadKinds(ids []graph.ID) ([]uint32, []rdf.Term, error) {
	if err := r.snap.check(); err != nil {
		return nil, nil, err
	}
	r.found = r.found[:0]
	for k, id := range ids {
		kind, err := r.pageKind(id)
		if err != nil {
			return nil, nil, err
		}
		if kind == 0 {
			t, err := r.Read(ids[k : k+1])
			if err != nil {
				return nil, nil, err
			}
			kind = t.Kind[0]
		}
		r.found = append(r.found, kind)
	}
	return r.found, r.out.Kinds, nil
}

// pageKind returns the kind of a term as its page has it, 0 for terms that are in
// no such page and for suffixes without a number.
func (r *textReader) pageKind(id graph.ID) (uint32, error) {
	if id.Tag() != graph.TagLang && id.Tag() != graph.TagTyped {
		return 0, nil
	}
	i := slot(id.Tag())
	d, n, pl := r.snap.v.base.dict[i], id.Payload(), &r.suffixPlaces[i]
	if n < pl.start || n >= pl.end {
		if n >= d.sortedLen() {
			return 0, nil
		}
		k := pageOf(d.sortedStart, n)
		contents, err := d.sorted[k].bytes(r.snap.pages)
		if err != nil {
			return 0, err
		}
		of, err := d.sorted[k].suffixNumbers(contents, &r.snap.s.suffixes)
		if err != nil {
			return 0, err
		}
		*pl = suffixPlace{d.sortedStart[k], d.sortedStart[k+1], of}
	}
	number := pl.of[n-pl.start]
	if kind := r.suffixKinds[number]; kind != 0 || number == 0 {
		return kind, nil
	}
	suffix := r.snap.s.suffixes.suffix(number)
	kind := r.kind(i, suffix)
	if kind == 0 {
		return 0, fmt.Errorf("store: %w: dictionary entry of tag %d ends in %q", graph.ErrCorrupt, id.Tag()>>60, suffix)
	}
	r.suffixKinds[number] = kind
	return kind, nil
}
