package queries

import (
	"io"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/results"
)

// cells writes the terms of batches as the cells of a result format. Texts are
// read from the snapshot a batch at a time and become cells without becoming
// terms; cells that come again are taken from memory.
type cells struct {
	w     results.Writer
	terms *exec.Terms
	texts graph.TextReader

	arena   []byte // all cells in memory, back to back
	slots   []cellSlot
	missing []graph.ID
	at      []int32 // the rows that the missing are of
	spans   [][]cellSpan
}

// cellSpan is where a cell lies in the arena; no cell when both are zero, as the
// arena begins with a byte that is of none.
type cellSpan struct{ from, to uint32 }

type cellSlot struct {
	id   graph.ID
	span cellSpan
}

const (
	// cellSlots is a power of two. The slots of one batch after the other fit
	// into the caches of a processor.
	cellSlots = 1 << 13
	// arenaBytes is where the cells in memory are forgotten.
	arenaBytes = 1 << 20
	// fewRows is a batch for which a table of cells is not worth its making.
	fewRows = 64
)

func newCells(w results.Writer, snap graph.Snapshot, terms *exec.Terms, width int) *cells {
	c, _ := cellPool.Get().(*cells)
	c.w, c.terms, c.texts = w, terms, graph.NewTextReader(snap)
	for len(c.spans) < width {
		c.spans = append(c.spans, nil)
	}
	return c
}

// cellPool holds the cells of results of a few rows.
var cellPool = sync.Pool{New: func() any { return &cells{arena: make([]byte, 1, 4<<10)} }}

// close gives back what others can use. The cells are no longer valid.
func (c *cells) close() {
	if r, ok := c.texts.(io.Closer); ok {
		r.Close()
	}
	c.w, c.terms, c.texts = nil, nil, nil
	if c.slots == nil && cap(c.arena) <= maxPooledArena {
		c.arena = c.arena[:1]
		cellPool.Put(c)
	}
}

// maxPooledArena is more than the cells of fewRows rows mostly take.
const maxPooledArena = 64 << 10

// begin makes room before a batch. Cells of earlier batches are no longer valid.
func (c *cells) begin(rows int) {
	if len(c.arena) > arenaBytes {
		c.arena = c.arena[:1]
		clear(c.slots)
	}
	if c.slots == nil && rows > fewRows {
		c.slots = make([]cellSlot, cellSlots)
	}
}

func (c *cells) slot(id graph.ID) *cellSlot {
	return &c.slots[uint64(id)*0x9E3779B97F4A7C15>>(64-13)]
}

// column makes the cells of one column.
func (c *cells) column(col int, ids []graph.ID) error {
	spans := slices.Grow(c.spans[col][:0], len(ids))[:len(ids)]
	c.spans[col] = spans
	c.missing, c.at = c.missing[:0], c.at[:0]
	for i, id := range ids {
		if id == graph.Any {
			spans[i] = cellSpan{}
			continue
		}
		if i > 0 && id == ids[i-1] {
			spans[i] = cellSpan{0, 1} // as the one before, see below
			continue
		}
		if c.slots != nil {
			if s := c.slot(id); s.id == id {
				spans[i] = s.span
				continue
			}
		}
		c.missing, c.at = append(c.missing, id), append(c.at, int32(i))
	}
	if len(c.missing) > 0 {
		if err := c.read(spans); err != nil {
			return err
		}
	}
	for i := range spans {
		if spans[i] == (cellSpan{0, 1}) {
			spans[i] = spans[i-1]
		}
	}
	return nil
}

// read makes the cells that are not in memory.
func (c *cells) read(spans []cellSpan) error {
	t, err := c.texts.Read(c.missing)
	if err != nil {
		return err
	}
	// One string for all is cheaper than a string each.
	all := string(t.Bytes)
	start := uint32(0)
	for k, id := range c.missing {
		text := all[start:t.Ends[k]]
		start = t.Ends[k]
		from := uint32(len(c.arena))
		if kind := t.Kinds[t.Kind[k]]; kind != nil {
			c.arena = c.w.AppendText(c.arena, text, kind)
		} else {
			term, err := c.terms.Term(id)
			if err != nil {
				return err
			}
			c.arena = c.w.AppendTerm(c.arena, term)
		}
		span := cellSpan{from, uint32(len(c.arena))}
		spans[c.at[k]] = span
		if c.slots != nil {
			*c.slot(id) = cellSlot{id, span}
		}
	}
	return nil
}

// cell returns a cell of the batch at hand, nil when it is unbound.
func (c *cells) cell(col, row int) []byte {
	s := c.spans[col][row]
	if s.to == 0 {
		return nil
	}
	return c.arena[s.from:s.to:s.to]
}
