package private

import "github.com/belligraph/belligraph/graph"

// cursor leaves out the rows of hidden graphs.
type cursor struct {
	graph.Cursor
	state  *state
	cols   graph.Columns // that the reader asked for
	graphs bool          // the rows ascend by graph first
	out    graph.Batch
	kept   [4][]graph.ID
}

func newCursor(c graph.Cursor, st *state, o graph.Order, cols graph.Columns) *cursor {
	return &cursor{Cursor: c, state: st, cols: cols, graphs: o.Columns()[0] == graph.G}
}

// BytesRead implements graph.ByteCounter.
func (c *cursor) BytesRead() int64 {
	if b, ok := c.Cursor.(graph.ByteCounter); ok {
		return b.BytesRead()
	}
	return 0
}

// Next implements graph.Cursor.
func (c *cursor) Next() *graph.Batch {
	for {
		b := c.Cursor.Next()
		if b == nil {
			return nil
		}
		graphs := b.Cols[graph.G][:b.N]
		first := 0
		for first < len(graphs) && !c.state.hides(graphs[first]) {
			first++
		}
		if first == b.N {
			c.out = *b
			if !c.cols.Has(graph.G) {
				c.out.Cols[graph.G] = nil
			}
			return &c.out
		}
		c.out = graph.Batch{}
		for col := range c.kept {
			if !c.cols.Has(graph.Column(col)) {
				continue
			}
			kept, from := append(c.kept[col][:0], b.Cols[col][:first]...), b.Cols[col]
			for i := first; i < b.N; i++ {
				if !c.state.hides(graphs[i]) {
					kept = append(kept, from[i])
				}
			}
			c.kept[col], c.out.Cols[col] = kept, kept
		}
		c.out.N = first
		for _, g := range graphs[first:] {
			if !c.state.hides(g) {
				c.out.N++
			}
		}
		if last := graphs[b.N-1]; c.graphs && c.state.hides(last) {
			c.Seek(last + 1) // past the rest of the graph
		}
		if c.out.N > 0 {
			return &c.out
		}
	}
}

// nothing is a cursor over no rows.
type nothing struct{ graph.Cursor }

func (nothing) Next() *graph.Batch { return nil }
func (nothing) Seek(graph.ID)      {}
func (nothing) Err() error         { return nil }
