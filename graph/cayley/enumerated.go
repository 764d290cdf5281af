package cayley

import (
	"context"
	"reflect"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/path"
	"github.com/cayleygraph/cayley/graph/shape"
)

// Cayley's recursive iterator, asked whether it contains a value, shows the tags
// of the value it was asked about before (recursiveContains in v0.7.7 keeps
// them). Scanned from start to end it is right. enumerated answers from a scan,
// pulled as far as each question needs.

// enumeratedShape wraps the shapes of package path that build such iterators.
type enumeratedShape struct{ of shape.Shape }

var pathPackage = reflect.TypeFor[path.Path]().PkgPath()

// enumerate wraps s if it needs that.
func enumerate(s shape.Shape) (shape.Shape, bool) {
	t := reflect.TypeOf(s)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() != pathPackage {
		return s, false
	}
	return enumeratedShape{s}, true
}

// enumerateAll wraps those of the shapes that need it.
func enumerateAll[S ~[]shape.Shape](in S) (S, bool) {
	var out S
	for i, s := range in {
		if w, ok := enumerate(s); ok {
			if out == nil {
				out = append(S(nil), in...)
			}
			out[i] = w
		}
	}
	if out == nil {
		return in, false
	}
	return out, true
}

// BuildIterator implements shape.Shape.
func (s enumeratedShape) BuildIterator(qs cgraph.QuadStore) cgraph.Iterator {
	return cgraph.NewLegacy(&enumerated{cgraph.AsShape(s.of.BuildIterator(qs))}, nil)
}

// Optimize implements shape.Shape.
func (s enumeratedShape) Optimize(r shape.Optimizer) (shape.Shape, bool) {
	of, changed := s.of.Optimize(r)
	if shape.IsNull(of) {
		return nil, true
	}
	s.of = of
	return s, changed
}

// enumerated is its iterator but for Lookup.
type enumerated struct{ cgraph.IteratorShape }

func (it *enumerated) SubIterators() []cgraph.IteratorShape {
	return []cgraph.IteratorShape{it.IteratorShape}
}

func (it *enumerated) Optimize(ctx context.Context) (cgraph.IteratorShape, bool) {
	if opt, ok := it.IteratorShape.Optimize(ctx); ok {
		it.IteratorShape = opt
	}
	return it, false
}

func (it *enumerated) Lookup() cgraph.Index {
	return newEnumeratedIndex(it, true)
}

// newEnumeratedIndex returns an index that enumerates it. Of an iterator that
// yields each value once it reads no further than a question needs.
func newEnumeratedIndex(it cgraph.IteratorShape, unique bool) *enumeratedIndex {
	return &enumeratedIndex{scan: it.Iterate(), unique: unique, seen: make(map[any][]map[string]cgraph.Ref)}
}

type enumeratedIndex struct {
	scan   cgraph.Scanner
	unique bool
	whole  bool                            // all is read
	seen   map[any][]map[string]cgraph.Ref // the tags of each path to a value
	now    cgraph.Ref
	path   int
}

func (x *enumeratedIndex) String() string { return "Enumerated" }

func (x *enumeratedIndex) Result() cgraph.Ref { return x.now }

func (x *enumeratedIndex) Err() error { return x.scan.Err() }

func (x *enumeratedIndex) Close() error { return x.scan.Close() }

func (x *enumeratedIndex) TagResults(dst map[string]cgraph.Ref) {
	if x.now == nil {
		return
	}
	for k, v := range x.seen[x.now.Key()][x.path] {
		dst[k] = v
	}
}

func (x *enumeratedIndex) Contains(ctx context.Context, r cgraph.Ref) bool {
	if r == nil {
		return false
	}
	key := r.Key()
	for !x.whole && (!x.unique || len(x.seen[key]) == 0) {
		if !x.scan.Next(ctx) {
			x.whole = x.scan.Err() == nil
			break
		}
		at := x.scan.Result().Key()
		for more := true; more; more = x.scan.NextPath(ctx) {
			tags := make(map[string]cgraph.Ref)
			x.scan.TagResults(tags)
			x.seen[at] = append(x.seen[at], tags)
		}
	}
	if len(x.seen[key]) == 0 {
		return false
	}
	x.now, x.path = r, 0
	return true
}

func (x *enumeratedIndex) NextPath(context.Context) bool {
	if x.now == nil || x.path+1 >= len(x.seen[x.now.Key()]) {
		return false
	}
	x.path++
	return true
}
