package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Batch sets out[i] to the term of ids[i], nil for graph.Any. The texts of all
// terms that are not remembered are read at once and share one string, so they
// live as long as any of them.
func (d *Terms) Batch(ids []graph.ID, out []rdf.Term) error {
	if d.texts == nil {
		d.texts = graph.NewTextReader(d.snap)
	}
	d.pending, d.pendingAt = d.pending[:0], d.pendingAt[:0]
	for i, id := range ids {
		switch tag := id.Tag(); {
		case i > 0 && id == ids[i-1]:
			out[i] = nil // as the one before, see below
			continue
		case tag == graph.TagNone || tag == graph.TagLocal || tag == graph.TagTriple || id.IsInline():
			t, err := d.Term(id)
			if err != nil {
				return err
			}
			out[i] = t
			continue
		}
		if t := d.terms.get(id); t != nil {
			out[i] = t
			continue
		}
		d.pending, d.pendingAt = append(d.pending, id), append(d.pendingAt, int32(i))
	}
	if len(d.pending) > 0 {
		texts, err := d.texts.Read(d.pending)
		if err != nil {
			return err
		}
		all, start := string(texts.Bytes), uint32(0)
		for k, id := range d.pending {
			text := all[start:texts.Ends[k]]
			start = texts.Ends[k]
			var t rdf.Term
			switch kind := texts.Kinds[texts.Kind[k]].(type) {
			case rdf.IRI:
				t = rdf.IRI(text)
			case rdf.BlankNode:
				t = rdf.BlankNode(text)
			case rdf.Literal:
				kind.Lexical = text
				t = kind
			}
			out[d.pendingAt[k]] = t
			d.terms.put(id, t)
		}
	}
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			out[i] = out[i-1]
		}
	}
	return nil
}

// RowSet is a set of rows of ids that belongs to a query, whose memory it takes.
type RowSet struct {
	seen *seen
	q    *Query
}

// NewRowSet returns an empty set of rows of the given width.
func (q *Query) NewRowSet(width int) *RowSet { return &RowSet{seen: newSeen(width), q: q} }

// Add adds a row, which is not kept, and reports whether it is new.
func (s *RowSet) Add(row []graph.ID) (bool, error) {
	if !s.seen.add(row) {
		return false, nil
	}
	return true, s.q.budget.take(int64(8*len(row) + 12))
}
