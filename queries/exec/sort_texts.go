package exec

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/expr"
)

// sortTexts are the texts of one key of a sorter, by row. Those of a column are
// read when a comparison first needs them, those of a computed key when its rows
// come, since computing them later might give other values.
type sortTexts struct {
	f       textual
	spans   []textSpan
	bytes   []byte
	compact int          // bytes from which on those of rows that are gone are looked for
	values  []expr.Value // of computed keys that are no strings
	ids     stringIDs
}

// textSpan is where a text lies, or the place of a value where kind is noString.
type textSpan struct {
	at   int
	n    uint32
	kind stringKind
}

const textSpanSize = 16

func (t *sortTexts) text(s textSpan) []byte { return t.bytes[s.at : s.at+int(s.n)] }

// extendTexts reads the texts of key k of the rows that have none yet.
func (s *sorter) extendTexts(k int) error {
	t := s.texts[k]
	var view Batch
	for from := len(t.spans); from < s.kept.n; from = len(t.spans) {
		if err := s.q.ctx.Err(); err != nil {
			return err
		}
		b := s.kept.slice(from, &view)
		s.vectors.begin()
		col, err := t.f(b)
		if err != nil {
			return err
		}
		size, coming := len(t.bytes), 0
		for i := range b.N {
			coming += len(col.text[i])
		}
		if size+coming > cap(t.bytes) {
			t.bytes = slices.Grow(t.bytes, size+coming) // doubled, which append does not do
		}
		if from+b.N > cap(t.spans) {
			t.spans = slices.Grow(t.spans, from+b.N)
		}
		for i := range b.N {
			span := textSpan{len(t.bytes), uint32(len(col.text[i])), col.kind[i]}
			switch {
			case span.kind != noString:
				t.bytes = append(t.bytes, col.text[i]...)
			case s.cols[k] < 0:
				s.q.expr.Solution = s.solution + uint64(from+i)
				v, err := s.keys[k](b, i)
				if expr.Fatal(err) {
					return err
				}
				if err != nil {
					v = expr.Value{} // an error sorts as unbound
				}
				span.at = len(t.values)
				t.values = append(t.values, v.Resolve())
				size -= sortValueSize
			}
			t.spans = append(t.spans, span)
		}
		held := int64(len(t.bytes)-size) + int64(b.N)*textSpanSize
		s.held += held
		if err := s.q.budget.take(held); err != nil {
			return err
		}
	}
	return nil
}

// compareTexts compares two rows by key k, if it has texts for both or they are
// computed.
func (s *sorter) compareTexts(a, b int32, k int) (c int, ok bool) {
	t := s.texts[k]
	if len(t.spans) < s.kept.n {
		if err := s.extendTexts(k); err != nil {
			if s.err == nil {
				s.err = err
			}
			return 0, true
		}
	}
	x, y := t.spans[a], t.spans[b]
	if x.kind != noString && y.kind != noString {
		if c := bytes.Compare(t.text(x), t.text(y)); c != 0 || x.kind == y.kind {
			return c, true
		}
	} else if s.cols[k] >= 0 {
		return 0, false
	}
	return expr.Order(s.textValue(t, x), s.textValue(t, y)), true
}

// textValue returns the value of a key.
func (s *sorter) textValue(t *sortTexts, x textSpan) expr.Value {
	if x.kind == noString {
		return t.values[x.at]
	}
	return expr.FromTerm(s.q.tags.term(x.kind, t.text(x)))
}

// keyID returns the id of a computed key.
func (s *sorter) keyID(row int32, k int) (graph.ID, error) {
	t := s.texts[k]
	if t == nil {
		return s.q.Terms.ValueID(s.vals[int(row)*len(s.keys)+k].value)
	}
	x := t.spans[row]
	if x.kind == noString {
		return s.q.Terms.ValueID(t.values[x.at])
	}
	return t.ids.id(x.kind, t.text(x))
}

// moveTexts puts the texts of a row in the place of another.
func (s *sorter) moveTexts(to, from int) {
	for _, t := range s.texts {
		if t != nil && from < len(t.spans) {
			t.spans[to] = t.spans[from]
		}
	}
}

// orderTexts puts the texts in the order of the sorted rows. Those of a column that
// are not all read yet are read again when they are needed.
func (s *sorter) orderTexts() {
	for _, t := range s.texts {
		if t == nil {
			continue
		}
		if len(t.spans) < s.kept.n {
			t.spans = t.spans[:0]
			continue
		}
		spans := make([]textSpan, 0, len(s.order))
		for _, i := range s.order {
			spans = append(spans, t.spans[i])
		}
		copy(t.spans, spans)
	}
}

// shrinkTexts forgets the texts of the rows from n on, and returns the memory that
// this gives back.
func (s *sorter) shrinkTexts(n int) (size int64) {
	for _, t := range s.texts {
		if t == nil || len(t.spans) <= n {
			continue
		}
		size += int64(len(t.spans)-n) * textSpanSize
		t.spans = t.spans[:n]
		if n > 0 && len(t.bytes) < t.compact {
			continue
		}
		kept := make([]byte, 0, len(t.bytes)/2)
		for i, x := range t.spans {
			if x.kind != noString {
				t.spans[i].at = len(kept)
				kept = append(kept, t.text(x)...)
			}
		}
		size += int64(len(t.bytes) - len(kept))
		t.bytes, t.compact = kept, max(1<<16, 2*len(kept))
	}
	return size
}

// ranked is a row with the first eight bytes of its first key, which mostly
// decide without a look at the key itself.
type ranked struct {
	rank uint64
	row  int32
}

// ranks returns the rows with their ranks when the first key of each is a
// string that is compared as one, else nil.
func (s *sorter) ranks() []ranked {
	t, c := s.texts[0], s.cols[0]
	if t == nil || s.kept.n < 1000 || c >= 0 && !s.unsortedStrings(c) {
		return nil
	}
	if err := s.extendTexts(0); err != nil {
		if s.err == nil {
			s.err = err
		}
		return nil
	}
	out := make([]ranked, s.kept.n)
	for i, x := range t.spans {
		if x.kind == noString {
			return nil
		}
		var head [8]byte
		copy(head[:], t.text(x))
		out[i] = ranked{rank: binary.BigEndian.Uint64(head[:]), row: int32(i)}
		if s.n.Keys[0].Desc {
			out[i].rank = ^out[i].rank
		}
	}
	return out
}

// unsortedStrings reports whether a column has nothing but strings, and some whose
// ids do not tell their order.
func (s *sorter) unsortedStrings(col int) bool {
	sorted := 0
	for _, id := range s.kept.cols[col] {
		switch id.Tag() {
		case graph.TagLang:
		case graph.TagString:
			if id < s.bounds[graph.TagString>>60] {
				sorted++
			}
		default:
			return false
		}
	}
	return sorted < s.kept.n
}

// sortRanked sorts rows by their ranks, digit by digit from the lowest on, and
// those of equal rank by their keys.
func (s *sorter) sortRanked(rows []ranked) []ranked {
	const bits, digits = 11, 6
	var counts [digits][1 << bits]uint32
	for _, r := range rows {
		for d := range digits {
			counts[d][r.rank>>(bits*d)&(1<<bits-1)]++
		}
	}
	to := make([]ranked, len(rows))
	for d := range digits {
		count := &counts[d]
		if count[rows[0].rank>>(bits*d)&(1<<bits-1)] == uint32(len(rows)) {
			continue // all the same
		}
		at := uint32(0)
		for i, n := range count {
			count[i] = at
			at += n
		}
		for _, r := range rows {
			k := r.rank >> (bits * d) & (1<<bits - 1)
			to[count[k]] = r
			count[k]++
		}
		rows, to = to, rows
	}
	for from := 0; from < len(rows); {
		end := from + 1
		for end < len(rows) && rows[end].rank == rows[from].rank {
			end++
		}
		if end-from > 1 {
			slices.SortFunc(rows[from:end], func(a, b ranked) int { return s.compare(a.row, b.row) })
		}
		from = end
	}
	return rows
}
