package store

import "github.com/belligraph/belligraph/graph"

// Splits implements graph.Splitter: the cuts are at first rows of blocks.
func (n *snapshot) Splits(p graph.Pattern, o graph.Order, parts int) ([]graph.ID, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	key, k, err := prefix(p, o)
	if err != nil || k >= 4 {
		return nil, err
	}
	x := n.v.base.orders[o]
	var b block
	from, to, err := x.span(n.pages, &key, k, &b)
	if err != nil {
		return nil, err
	}
	blocks := to.block - from.block
	parts = min(parts, blocks)
	var out []graph.ID
	for i := 1; i < parts; i++ {
		// The block after from is the first whose first row belongs to the span.
		id := x.first[from.block+i*blocks/parts][k]
		if len(out) == 0 || id > out[len(out)-1] {
			out = append(out, id)
		}
	}
	return out, nil
}
