package cayley

import (
	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/iterator"
	"github.com/cayleygraph/cayley/graph/shape"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
)

var _ shape.Optimizer = (*QuadStore)(nil)

// OptimizeShape implements Cayley's shape.Optimizer: selections of quads and of
// the values in one direction of them become pattern scans.
func (qs *QuadStore) OptimizeShape(s shape.Shape) (shape.Shape, bool) {
	switch s := s.(type) {
	case shape.Quads:
		if ns, ok := qs.fromQuads(s); ok {
			return ns, true
		}
	case shape.NodesFrom:
		if q, ok := s.Quads.(linksShape); ok && !q.isNode && s.Dir != quad.Any {
			q.isNode, q.col = true, column(s.Dir)
			return q, true
		}
		if u, ok := s.Quads.(shape.Union); ok {
			return qs.distribute(s.Dir, u)
		}
	case shape.QuadsAction:
		return qs.fromAction(s), true
	case shape.Intersect:
		return enumerateAll(s)
	case shape.IntersectOpt:
		var ok bool
		s.Sub, ok = enumerateAll(s.Sub)
		return s, ok
	}
	return s, false
}

// linksShape is the shape that builds a linksIt.
type linksShape struct {
	links  links
	subs   []subShape
	col    graph.Column
	isNode bool
}

type subShape struct {
	col graph.Column
	s   shape.Shape
}

// BuildIterator implements shape.Shape.
func (s linksShape) BuildIterator(store cgraph.QuadStore) cgraph.Iterator {
	qs, ok := cgraph.Unwrap(store).(interface{ under() *base })
	if !ok {
		return iterator.NewError(errForeignShape)
	}
	b := qs.under()
	var subs []sub
	for _, sb := range s.subs {
		subs = append(subs, sub{sb.col, cgraph.AsShape(sb.s.BuildIterator(store))})
	}
	if s.isNode {
		return cgraph.NewLegacy(s.links.nodes(b, subs, s.col), nil)
	}
	return cgraph.NewLegacy(s.links.quads(b, subs), nil)
}

func (b *base) under() *base { return b }

// Optimize implements shape.Shape.
func (s linksShape) Optimize(r shape.Optimizer) (shape.Shape, bool) {
	changed := false
	for i, sb := range s.subs {
		ns, ok := sb.s.Optimize(r)
		if shape.IsNull(ns) {
			return nil, true
		}
		if !ok {
			continue
		}
		if !changed {
			s.subs = append([]subShape(nil), s.subs...)
			changed = true
		}
		s.subs[i].s = ns
	}
	return s, changed
}

// distribute turns the values in a direction of a union of quads into the union
// of the values.
func (qs *QuadStore) distribute(d quad.Direction, quads shape.Union) (shape.Shape, bool) {
	out := make(shape.Union, len(quads))
	for i, q := range quads {
		out[i], _ = qs.OptimizeShape(shape.NodesFrom{Dir: d, Quads: q})
	}
	return out, true
}

// fromQuads turns a conjunction of filters into a scan. It declines when there
// is nothing to gain, so that a shape that is optimal already stays itself.
func (qs *QuadStore) fromQuads(s shape.Quads) (shape.Shape, bool) {
	if len(s) == 0 {
		return s, false
	}
	var out linksShape
	for _, f := range s {
		if f.Dir == quad.Any {
			return s, false
		}
		col := column(f.Dir)
		if ref, ok := shape.One(f.Values); ok {
			id, ok := qs.idOf(ref)
			if !ok || !out.links.bind(col, id) {
				return nil, true
			}
			continue
		}
		values := f.Values
		if sv, ok := values.(shape.Save); ok {
			if _, all := sv.From.(shape.AllNodes); all {
				out.links.save = append(out.links.save, saved{col, sv.Tags})
				values = sv.From
			}
		}
		if _, all := values.(shape.AllNodes); all {
			if col == graph.G {
				out.links.labelled = true
			}
			continue
		}
		values, _ = enumerate(values)
		out.subs = append(out.subs, subShape{col, values})
	}
	return out, true
}

func (qs *QuadStore) fromAction(s shape.QuadsAction) shape.Shape {
	out := linksShape{isNode: true, col: column(s.Result)}
	for d, ref := range s.Filter {
		id, ok := qs.idOf(ref)
		if !ok || !out.links.bind(column(d), id) {
			return nil
		}
	}
	for d, tags := range s.Save {
		out.links.save = append(out.links.save, saved{column(d), tags})
		if d == quad.Label {
			out.links.labelled = true
		}
	}
	return out
}
