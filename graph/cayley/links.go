package cayley

import (
	"context"
	"fmt"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/graph/iterator"

	"github.com/belligraph/belligraph/graph"
)

// links is a set of quads: those that match a pattern, and whose other columns
// hold values that sub-iterators yield. It is what Cayley writes as an And of
// LinksTo iterators, read with one scan per value instead of one per direction.
type links struct {
	fixed    graph.Pattern
	labelled bool // only quads of named graphs
	save     []saved
}

// saved tags the value of a column.
type saved struct {
	col  graph.Column
	tags []string
}

// bind fixes a column; it returns false if it is fixed to another id already.
func (l *links) bind(c graph.Column, id graph.ID) bool {
	var at *graph.ID
	switch c {
	case graph.S:
		at = &l.fixed.S
	case graph.P:
		at = &l.fixed.P
	case graph.O:
		at = &l.fixed.O
	default:
		at = &l.fixed.G
	}
	if *at != graph.Any && *at != id {
		return false
	}
	*at = id
	return true
}

// matches reports whether the quad is in the set, sub-iterators aside.
func (l *links) matches(q *link) bool {
	for c := graph.S; c <= graph.G; c++ {
		if want := l.fixed.Get(c); want != graph.Any && want != q[c] {
			return false
		}
	}
	return !l.labelled || q[graph.G] != graph.DefaultGraph
}

func (l *links) tag(q *link, dst map[string]cgraph.Ref) {
	for _, s := range l.save {
		ref := nodeRef(q[s.col])
		if ref == nil {
			continue
		}
		for _, t := range s.tags {
			dst[t] = ref
		}
	}
}

// sub constrains a column to the values of an iterator.
type sub struct {
	col graph.Column
	it  cgraph.IteratorShape
}

// quads returns an iterator of the quads themselves.
func (l links) quads(b *base, subs []sub) *linksIt {
	return &linksIt{b: b, links: l, subs: subs}
}

// nodes returns an iterator of the values in one column of the quads, once per
// quad.
func (l links) nodes(b *base, subs []sub, col graph.Column) *linksIt {
	if col == graph.G {
		l.labelled = true // the default graph is no value
	}
	return &linksIt{b: b, links: l, subs: subs, col: col, isNode: true}
}

// linksIt iterates over links, or over one column of them.
type linksIt struct {
	b *base
	links
	subs   []sub
	col    graph.Column
	isNode bool

	costs  *cgraph.IteratorCosts // computed once; asking is expensive in deep trees
	driver int                   // sub to start from, -1 for the pattern itself
}

var _ cgraph.IteratorShape = (*linksIt)(nil)

func (it *linksIt) String() string {
	what := "quads"
	if it.isNode {
		what = string("spog"[it.col])
	}
	return fmt.Sprintf("Belligraph(%s of %v)", what, it.fixed)
}

func (it *linksIt) SubIterators() []cgraph.IteratorShape {
	var out []cgraph.IteratorShape
	for _, s := range it.subs {
		out = append(out, s.it)
	}
	return out
}

func (it *linksIt) Optimize(ctx context.Context) (cgraph.IteratorShape, bool) {
	for i := range it.subs {
		if opt, changed := it.subs[i].it.Optimize(ctx); changed {
			it.subs[i].it = opt
			it.costs = nil
		}
	}
	return it, false
}

// The costs of reading, in units of one row from an open scan.
const (
	seekCost = 8 // opening a scan
	fanOut   = 8 // quads per value where nothing is known

	// An iterator is enumerated for lookups when it has at most so many values
	// and that costs no more than so many single questions.
	maxEnumerated    = 20_000
	worthEnumerating = 16
)

// Stats estimates sizes and, in passing, chooses what to drive the scan by.
func (it *linksIt) Stats(ctx context.Context) (cgraph.IteratorCosts, error) {
	if it.costs != nil {
		return *it.costs, nil
	}
	v, err := it.b.acquire(ctx)
	if err != nil {
		return cgraph.IteratorCosts{}, err
	}
	defer it.b.release(v)
	n, exact, err := v.Estimate(it.fixed)
	if err != nil {
		return cgraph.IteratorCosts{}, err
	}
	rows := int64(n)
	contains := int64(0) // cost of asking every sub
	var subs []cgraph.IteratorCosts
	for _, s := range it.subs {
		st, err := s.it.Stats(ctx)
		if err != nil {
			return cgraph.IteratorCosts{}, err
		}
		subs = append(subs, st)
		contains += st.ContainsCost
	}
	it.driver = -1
	best, size := saturate(rows, 1+contains), rows
	for i, st := range subs {
		reached, err := it.reached(v, it.subs[i], st.Size.Size, rows)
		if err != nil {
			return cgraph.IteratorCosts{}, err
		}
		cost := saturate(st.Size.Size, st.NextCost+seekCost) + saturate(reached, 1+contains-st.ContainsCost)
		if cost < best {
			best, it.driver = cost, i
		}
		size = min(size, reached)
	}
	c := cgraph.IteratorCosts{
		NextCost: best/max(size, 1) + 1,
		Size:     cgraph.Size{Size: size, Exact: exact && len(it.subs) == 0 && !it.labelled},
	}
	if it.isNode {
		fan, err := it.fan(v, it.col, rows)
		if err != nil {
			return cgraph.IteratorCosts{}, err
		}
		c.ContainsCost = seekCost + saturate(fan, 1+contains)
	} else {
		c.ContainsCost = 1 + contains
	}
	it.costs = &c
	return c, nil
}

// reached estimates how many rows of the pattern the values of a sub-iterator
// lead to. For a few fixed values the graph is asked about each.
func (it *linksIt) reached(v *view, s sub, values, rows int64) (int64, error) {
	const few = 64
	inner := cgraph.AsLegacy(s.it)
	for { // tags do not change the values
		tagger, ok := inner.(cgraph.Tagger)
		if !ok || len(tagger.SubIterators()) != 1 {
			break
		}
		inner = tagger.SubIterators()[0]
	}
	if fixed, ok := inner.(*iterator.Fixed); ok && len(fixed.Values()) <= few {
		total := int64(0)
		for _, ref := range fixed.Values() {
			bound := it.links
			id, ok := it.b.idOf(ref)
			if !ok || !bound.bind(s.col, id) {
				continue
			}
			n, _, err := v.Estimate(bound.fixed)
			if err != nil {
				return 0, err
			}
			total += int64(n)
		}
		return total, nil
	}
	fan, err := it.fan(v, s.col, rows)
	return saturate(values, fan), err
}

// fan estimates how many of the rows of the pattern have one given value in a
// column.
func (it *linksIt) fan(v *view, col graph.Column, rows int64) (int64, error) {
	if it.fixed.Get(col) != graph.Any {
		return rows, nil
	}
	if it.fixed.P != graph.Any && it.fixed.S == graph.Any && it.fixed.O == graph.Any {
		st, ok, err := v.PredicateStats(it.fixed.P)
		if err != nil {
			return 0, err
		}
		if ok && col == graph.S {
			return int64(st.Quads/max(st.DistinctSubjects, 1)) + 1, nil
		}
		if ok && col == graph.O {
			return int64(st.Quads/max(st.DistinctObjects, 1)) + 1, nil
		}
	}
	return min(rows, fanOut), nil
}

// saturate multiplies without overflow.
func saturate(a, b int64) int64 {
	const most = 1 << 60
	if a > 0 && b > most/a {
		return most
	}
	return a * b
}

func (it *linksIt) result(q *link) cgraph.Ref {
	if it.isNode {
		return nodeRef(q[it.col])
	}
	return *q
}

func (it *linksIt) Iterate() cgraph.Scanner {
	// Without statistics the pattern drives, which is always right.
	if _, err := it.Stats(context.Background()); err != nil {
		it.driver = -1
	}
	s := &linksScan{it: it}
	for i, sb := range it.subs {
		if i == it.driver {
			s.driver, s.driverCol = sb.it.Iterate(), sb.col
		} else {
			s.checks = append(s.checks, check{sb.col, sb.it.Lookup()})
		}
	}
	if s.driver == nil {
		s.rows = newRows(it.b, it.fixed)
	}
	return s
}

// Lookup answers question by question, or, where the values are few and a
// question is expensive, from an enumeration of them.
func (it *linksIt) Lookup() cgraph.Index {
	if st, err := it.Stats(context.Background()); err == nil && it.isNode && len(it.subs) > 0 &&
		st.Size.Size <= maxEnumerated && saturate(st.Size.Size, st.NextCost) <= saturate(st.ContainsCost, worthEnumerating) {
		return newEnumeratedIndex(it, false)
	}
	s := &linksIndex{it: it}
	for _, sb := range it.subs {
		s.checks = append(s.checks, check{sb.col, sb.it.Lookup()})
	}
	return s
}

// check is a sub-iterator that is asked about the rows of a scan.
type check struct {
	col graph.Column
	in  cgraph.Index
}

type checks []check

// all reports whether every check admits the quad.
func (cs checks) all(ctx context.Context, q *link) (bool, error) {
	for _, c := range cs {
		ref := nodeRef(q[c.col])
		if ref == nil {
			return false, nil
		}
		if !c.in.Contains(ctx, ref) {
			return false, c.in.Err()
		}
	}
	return true, nil
}

func (cs checks) tag(dst map[string]cgraph.Ref) {
	for _, c := range cs {
		c.in.TagResults(dst)
	}
}

func (cs checks) nextPath(ctx context.Context) (bool, error) {
	for _, c := range cs {
		if c.in.NextPath(ctx) {
			return true, nil
		}
		if err := c.in.Err(); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (cs checks) close() error {
	var first error
	for _, c := range cs {
		if err := c.in.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// linksScan lists the quads, either from the pattern or from the values of one
// sub-iterator.
type linksScan struct {
	it     *linksIt
	checks checks
	rows   *rows
	now    link
	err    error

	// With a driver, the paths by which it reached its current value are
	// remembered, as each of them leads to every quad of that value.
	driver    cgraph.Scanner
	driverCol graph.Column
	paths     []map[string]cgraph.Ref
	path      int  // the one that the current result shows
	whole     bool // paths holds all of them
}

func (s *linksScan) String() string { return s.it.String() }

func (s *linksScan) Result() cgraph.Ref { return s.it.result(&s.now) }

func (s *linksScan) Err() error { return s.err }

func (s *linksScan) TagResults(dst map[string]cgraph.Ref) {
	s.it.tag(&s.now, dst)
	s.checks.tag(dst)
	if s.driver != nil {
		for k, v := range s.paths[s.path] {
			dst[k] = v
		}
	}
}

func (s *linksScan) Next(ctx context.Context) bool {
	for s.err == nil {
		if s.rows == nil && !s.drive(ctx) {
			return false
		}
		if !s.rows.read(ctx, &s.now) {
			s.err = s.rows.err
			if s.driver == nil {
				return false
			}
			s.rows = nil
			continue
		}
		if !s.it.matches(&s.now) {
			continue
		}
		ok, err := s.checks.all(ctx, &s.now)
		if err != nil {
			s.err = err
			return false
		}
		if ok {
			s.path = 0
			return true
		}
	}
	return false
}

// drive opens the scan of the driver's next value.
func (s *linksScan) drive(ctx context.Context) bool {
	for s.driver.Next(ctx) {
		id, ok := s.it.b.idOf(s.driver.Result())
		if !ok {
			continue
		}
		bound := s.it.links
		if !bound.bind(s.driverCol, id) {
			continue
		}
		s.paths, s.path, s.whole = s.paths[:0], 0, false
		s.remember()
		s.rows = newRows(s.it.b, bound.fixed)
		return true
	}
	if s.err = s.driver.Err(); s.err == nil {
		s.err = ctx.Err()
	}
	return false
}

// remember keeps the tags of the driver's current path.
func (s *linksScan) remember() {
	m := make(map[string]cgraph.Ref)
	s.driver.TagResults(m)
	if len(m) == 0 {
		m = nil
	}
	s.paths = append(s.paths, m)
}

func (s *linksScan) NextPath(ctx context.Context) bool {
	if s.err != nil {
		return false
	}
	if s.driver != nil {
		if s.path+1 == len(s.paths) && !s.whole {
			if s.driver.NextPath(ctx) {
				s.remember()
			} else {
				s.whole = true
				if s.err = s.driver.Err(); s.err != nil {
					return false
				}
			}
		}
		if s.path+1 < len(s.paths) {
			s.path++
			return true
		}
	}
	ok, err := s.checks.nextPath(ctx)
	if err != nil {
		s.err = err
	}
	return ok
}

func (s *linksScan) Close() error {
	err := s.checks.close()
	if s.rows != nil {
		if cerr := s.rows.close(); err == nil {
			err = cerr
		}
	}
	if s.driver != nil {
		if cerr := s.driver.Close(); err == nil {
			err = cerr
		}
	}
	return err
}

// linksIndex answers whether a quad, or a value in the result column of one, is
// in the set.
type linksIndex struct {
	it     *linksIt
	checks checks
	rows   *rows
	now    link
	err    error
}

func (s *linksIndex) String() string { return s.it.String() }

func (s *linksIndex) Result() cgraph.Ref { return s.it.result(&s.now) }

func (s *linksIndex) Err() error { return s.err }

func (s *linksIndex) TagResults(dst map[string]cgraph.Ref) {
	s.it.tag(&s.now, dst)
	s.checks.tag(dst)
}

func (s *linksIndex) Contains(ctx context.Context, r cgraph.Ref) bool {
	if s.err != nil {
		return false
	}
	if !s.it.isNode {
		l, ok := r.(link)
		if !ok || !s.it.matches(&l) {
			return false
		}
		if ok, s.err = s.checks.all(ctx, &l); ok {
			s.now = l
		}
		return ok
	}
	if s.rows != nil {
		if s.err = s.rows.close(); s.err != nil {
			return false
		}
		s.rows = nil
	}
	id, ok := s.it.b.idOf(r)
	if !ok {
		return false
	}
	bound := s.it.links
	if !bound.bind(s.it.col, id) {
		return false
	}
	s.rows = newRows(s.it.b, bound.fixed)
	return s.next(ctx)
}

// next moves to the next quad that holds the value asked about.
func (s *linksIndex) next(ctx context.Context) bool {
	var l link
	for s.rows.read(ctx, &l) {
		if !s.it.matches(&l) {
			continue
		}
		ok, err := s.checks.all(ctx, &l)
		if err != nil {
			s.err = err
			return false
		}
		if ok {
			s.now = l
			return true
		}
	}
	s.err = s.rows.err
	return false
}

func (s *linksIndex) NextPath(ctx context.Context) bool {
	if s.err != nil {
		return false
	}
	ok, err := s.checks.nextPath(ctx)
	if err != nil {
		s.err = err
		return false
	}
	return ok || s.it.isNode && s.rows != nil && s.next(ctx)
}

func (s *linksIndex) Close() error {
	err := s.checks.close()
	if s.rows != nil {
		if cerr := s.rows.close(); err == nil {
			err = cerr
		}
	}
	return err
}
