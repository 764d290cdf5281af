package store

import (
	"encoding/binary"
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/zeebo/xxh3"
)

// change is what one commit does.
type change struct {
	seq    uint64
	terms  [numDictTags][]string // entries of new terms, in number order
	first  [numDictTags]uint64   // the number of the first of them
	ins    []row                 // SPOG columns
	del    []row
	record []graph.ID // graphs to record, and to forget
	forget []graph.ID
}

// A log record, the value of one key of the log bucket (the key is the number
// of the commit, 8 bytes, big endian):
//
//	0   8  xxh3-64 of everything after it
//	8   8  the checksum of the record before, so that none can go missing
//	16  8  number of the commit
//	24     for each dictionary tag: number of new terms (varint); if any, the
//	       number of the first (varint), and for each the length (varint) and
//	       the bytes of its entry
//	       graphs recorded, graphs forgotten, rows inserted, rows deleted: each
//	       a count (varint) and ids, a row being four
//
// An id is written as a varint with its tag moved to the low bits.
const logHeader = 24

func (c *change) encode(previous uint64) []byte {
	b := make([]byte, logHeader, logHeader+64+len(c.ins)*16+len(c.del)*16)
	binary.LittleEndian.PutUint64(b[8:], previous)
	binary.LittleEndian.PutUint64(b[16:], c.seq)
	for i, terms := range c.terms {
		b = binary.AppendUvarint(b, uint64(len(terms)))
		if len(terms) == 0 {
			continue
		}
		b = binary.AppendUvarint(b, c.first[i])
		for _, e := range terms {
			b = binary.AppendUvarint(b, uint64(len(e)))
			b = append(b, e...)
		}
	}
	for _, ids := range [][]graph.ID{c.record, c.forget} {
		b = binary.AppendUvarint(b, uint64(len(ids)))
		for _, id := range ids {
			b = appendID(b, id)
		}
	}
	for _, rows := range [][]row{c.ins, c.del} {
		b = binary.AppendUvarint(b, uint64(len(rows)))
		for i := range rows {
			for _, id := range rows[i] {
				b = appendID(b, id)
			}
		}
	}
	binary.LittleEndian.PutUint64(b, xxh3.Hash(b[8:]))
	return b
}

func recordSum(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

func appendID(b []byte, id graph.ID) []byte {
	return binary.AppendUvarint(b, uint64(id<<4|id>>60))
}

// recordReader reads the varints of a record; bad is set instead of reading
// beyond its end.
type recordReader struct {
	b   []byte
	bad bool
}

func (r *recordReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads the length of a list whose items take at least one byte each.
func (r *recordReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *recordReader) id() graph.ID {
	v := r.uvarint()
	return graph.ID(v>>4 | v<<60)
}

func (r *recordReader) ids() []graph.ID {
	ids := make([]graph.ID, r.count())
	for i := range ids {
		ids[i] = r.id()
	}
	return ids
}

func (r *recordReader) rows() []row {
	rows := make([]row, r.count())
	for i := range rows {
		for k := range rows[i] {
			rows[i][k] = r.id()
		}
	}
	return rows
}

// decodeChange reads the record of commit seq; previous is the checksum of the
// record before.
func decodeChange(b []byte, seq, previous uint64) (*change, error) {
	if len(b) < logHeader || recordSum(b) != xxh3.Hash(b[8:]) {
		return nil, fmt.Errorf("store: %w: commit %d in the log fails its checksum", graph.ErrCorrupt, seq)
	}
	if got := binary.LittleEndian.Uint64(b[16:]); got != seq {
		return nil, fmt.Errorf("store: %w: the log holds commit %d in the place of %d", graph.ErrCorrupt, got, seq)
	}
	if binary.LittleEndian.Uint64(b[8:]) != previous {
		return nil, fmt.Errorf("store: %w: commit %d in the log does not follow the one before", graph.ErrCorrupt, seq)
	}
	r := recordReader{b: b[logHeader:]}
	c := &change{seq: seq}
	for i := range c.terms {
		n := r.count()
		if n == 0 {
			continue
		}
		c.first[i] = r.uvarint()
		c.terms[i] = make([]string, n)
		for k := range c.terms[i] {
			l := r.count()
			c.terms[i][k] = string(r.b[:l])
			r.b = r.b[l:]
		}
	}
	c.record, c.forget = r.ids(), r.ids()
	c.ins, c.del = r.rows(), r.rows()
	if r.bad || len(r.b) > 0 {
		return nil, fmt.Errorf("store: %w: commit %d in the log is malformed", graph.ErrCorrupt, seq)
	}
	return c, nil
}
