package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/belligraph/belligraph/graph"
)

// joins tells how predicates meet: for each two of them how many nodes are a
// subject of both, a subject of one and an object of the other, or an object of
// both; and how many subjects have just which predicates (their characteristic
// sets). Counts of pairs are kept beside the sets because a graph may have more
// sets than are worth keeping, and because sets say nothing of objects.
type joins struct {
	predicates []graph.ID // those that were counted, ascending
	pairs      [joinKinds]map[joinKey]graph.JoinStats
	sets       []characteristicSet // the most frequent ones first
	subjects   uint64              // subjects of all sets, also of those not kept
	changed    uint64              // rows changed since
}

// joinKey is two places in joins.predicates; the first is the smaller one
// unless the kind is joinSO.
type joinKey struct{ a, b uint8 }

// The kinds of meeting: both as subjects, the first as subject and the second
// as object, both as objects. They are on disk.
const (
	joinSS = iota
	joinSO
	joinOO
	joinKinds
)

// characteristicSet counts the subjects that have just these predicates.
type characteristicSet struct {
	predicates []uint8 // places in joins.predicates, ascending
	quads      []uint64
	subjects   uint64
}

const (
	// joinPredicates bounds the predicates that are counted, the most frequent
	// ones: pairs go with its square.
	joinPredicates = 256
	// keptSets and seenSets bound the characteristic sets that are kept, and
	// those that are counted meanwhile.
	keptSets = 4096
	seenSets = 1 << 17
	// recount is the share of the quads, 1/recount, whose change makes a fold
	// count anew, which costs about as much as reading two orders.
	recount = 20
	// knownSubjects is the share of the subjects that the kept sets must have
	// for these to tell of stars; otherwise pairs do.
	knownSubjects = 0.9
)

// place returns the place of a predicate, -1 when it was not counted.
func (j *joins) place(p graph.ID) int {
	if i, ok := slices.BinarySearch(j.predicates, p); ok {
		return i
	}
	return -1
}

// newJoins returns joins of the predicates, ascending, with so many quads each.
func newJoins(predicates []graph.ID, quads func(i int) uint64) *joins {
	if len(predicates) <= joinPredicates {
		return &joins{predicates: predicates}
	}
	places := make([]int, len(predicates))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(quads(b), quads(a)) })
	j := &joins{}
	for _, i := range places[:joinPredicates] {
		j.predicates = append(j.predicates, predicates[i])
	}
	slices.Sort(j.predicates)
	return j
}

// nodeRows are rows of an order that begins with the subject or the object: the
// node of each and the place of its predicate, -1 for one that is not counted.
type nodeRows struct {
	nodes  []graph.ID
	places []int16
}

// nodeReader goes through nodes with the predicates they have.
type nodeReader struct {
	fill   func(*nodeRows) error // replaces the rows by the next ones, none at the end
	rows   nodeRows
	at     int
	node   graph.ID
	has    []int16 // the predicates of the node
	counts [joinPredicates]uint64
}

// next goes to the next node that has a predicate that is counted.
func (r *nodeReader) next() (bool, error) {
	for _, p := range r.has {
		r.counts[p] = 0
	}
	r.has = r.has[:0]
	for {
		if r.at == len(r.rows.nodes) {
			r.at = 0
			if err := r.fill(&r.rows); err != nil {
				return false, err
			}
			if len(r.rows.nodes) == 0 {
				return len(r.has) > 0, nil
			}
		}
		for ; r.at < len(r.rows.nodes); r.at++ {
			p := r.rows.places[r.at]
			if p < 0 {
				continue
			}
			if n := r.rows.nodes[r.at]; n != r.node || len(r.has) == 0 {
				if len(r.has) > 0 {
					return true, nil
				}
				r.node = n
			}
			if r.counts[p] == 0 {
				r.has = append(r.has, p)
			}
			r.counts[p]++
		}
	}
}

// joinCounter counts the meetings of one kind.
type joinCounter [joinPredicates * joinPredicates]graph.JoinStats

func (c *joinCounter) add(a, b int16, rows uint64) {
	s := &c[int(a)*joinPredicates+int(b)]
	s.Nodes++
	s.Rows += rows
}

// addNode counts the predicates of a node with each other.
func (c *joinCounter) addNode(r *nodeReader) {
	for _, a := range r.has {
		n := r.counts[a]
		for _, b := range r.has {
			if a <= b {
				c.add(a, b, n*r.counts[b])
			}
		}
	}
}

func (c *joinCounter) pairs() map[joinKey]graph.JoinStats {
	m := map[joinKey]graph.JoinStats{}
	for i, s := range c {
		if s.Nodes > 0 {
			m[joinKey{uint8(i / joinPredicates), uint8(i % joinPredicates)}] = s
		}
	}
	return m
}

// countSubjects counts what concerns subjects alone.
func (j *joins) countSubjects(r *nodeReader) error {
	c := new(joinCounter)
	index := map[string]int{}
	var sets []characteristicSet
	var key []byte
	for {
		ok, err := r.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		j.subjects++
		slices.Sort(r.has)
		c.addNode(r)
		key = key[:0]
		for _, p := range r.has {
			key = append(key, byte(p))
		}
		i, ok := index[string(key)]
		if !ok {
			if len(sets) == seenSets {
				continue
			}
			i = len(sets)
			index[string(key)] = i
			sets = append(sets, characteristicSet{predicates: slices.Clone(key), quads: make([]uint64, len(key))})
		}
		set := &sets[i]
		set.subjects++
		for k, p := range r.has {
			set.quads[k] += r.counts[p]
		}
	}
	slices.SortFunc(sets, func(a, b characteristicSet) int {
		return cmp.Or(cmp.Compare(b.subjects, a.subjects), slices.Compare(a.predicates, b.predicates))
	})
	j.sets = slices.Clone(sets[:min(len(sets), keptSets)])
	j.pairs[joinSS] = c.pairs()
	return nil
}

// countObjects counts objects with each other and with subjects.
func (j *joins) countObjects(subjects, objects *nodeReader) error {
	so, oo := new(joinCounter), new(joinCounter)
	more, err := subjects.next()
	for err == nil {
		var ok bool
		if ok, err = objects.next(); !ok {
			break
		}
		oo.addNode(objects)
		for more && err == nil && subjects.node < objects.node {
			more, err = subjects.next()
		}
		if more && subjects.node == objects.node {
			for _, a := range subjects.has {
				for _, b := range objects.has {
					so.add(a, b, subjects.counts[a]*objects.counts[b])
				}
			}
		}
	}
	j.pairs[joinSO], j.pairs[joinOO] = so.pairs(), oo.pairs()
	return err
}

// keyRows fills node rows from the sorted keys of a load.
func (p *packing) keyRows(ctx context.Context, keys []uint64, c graph.Column, places []int16) func(*nodeRows) error {
	shift, mask, ids := p.shift[c], p.mask[c], p.ids[c]
	ps, pm := p.shift[graph.P], p.mask[graph.P]
	return func(r *nodeRows) error {
		n := min(len(keys), blockRows)
		r.nodes, r.places = r.nodes[:0], r.places[:0]
		for _, k := range keys[:n] {
			r.nodes = append(r.nodes, ids[k>>shift&mask])
			r.places = append(r.places, places[k>>ps&pm])
		}
		keys = keys[n:]
		return ctx.Err()
	}
}

// newJoins returns joins of the predicates of a load, and their places by rank.
func (p *packing) newJoins(keys []uint64) (j *joins, places []int16) {
	quads := make([]uint64, len(p.ids[graph.P]))
	if len(quads) > joinPredicates {
		for _, k := range keys {
			quads[p.rank(k, graph.P)]++
		}
	}
	j = newJoins(p.ids[graph.P], func(i int) uint64 { return quads[i] })
	places = make([]int16, len(quads))
	for rank, id := range p.ids[graph.P] {
		places[rank] = int16(j.place(id))
	}
	return j, places
}

// countJoins counts the joins of a snapshot, whose predicates are known.
func countJoins(ctx context.Context, snap *snapshot, st *statistics) (*joins, error) {
	j := newJoins(st.predicates, func(i int) uint64 { return st.stats[i].Quads })
	places := map[graph.ID]int16{}
	for i, p := range j.predicates {
		places[p] = int16(i)
	}
	rows := func(o graph.Order, col graph.Column) (func(*nodeRows) error, error) {
		c, err := snap.Scan(ctx, graph.Pattern{}, o, 1<<col|graph.ColP)
		if err != nil {
			return nil, err
		}
		return func(r *nodeRows) error {
			r.nodes, r.places = r.nodes[:0], r.places[:0]
			batch := c.Next()
			if batch == nil {
				return c.Err()
			}
			r.nodes = append(r.nodes, batch.Cols[col]...)
			last, place := graph.Any, int16(-1)
			for _, p := range batch.Cols[graph.P] {
				if p != last {
					n, ok := places[p]
					if !ok {
						n = -1
					}
					last, place = p, n
				}
				r.places = append(r.places, place)
			}
			return nil
		}, nil
	}
	subjects, err := rows(graph.SPOG, graph.S)
	if err != nil {
		return nil, err
	}
	if err := j.countSubjects(&nodeReader{fill: subjects}); err != nil {
		return nil, err
	}
	if subjects, err = rows(graph.SPOG, graph.S); err != nil {
		return nil, err
	}
	objects, err := rows(graph.OSPG, graph.O)
	if err != nil {
		return nil, err
	}
	return j, j.countObjects(&nodeReader{fill: subjects}, &nodeReader{fill: objects})
}

// foldJoins returns the joins after a fold, which the snapshot shows before it:
// the old ones, or new ones when enough has changed since these were counted.
func foldJoins(ctx context.Context, snap *snapshot, st *statistics, changed uint64) (*joins, error) {
	old := snap.v.base.joins
	if old == nil || (old.changed+changed)*recount >= snap.v.quads {
		return countJoins(ctx, snap, st)
	}
	j := *old
	j.changed += changed
	return &j, nil
}

// JoinStats implements [graph.JoinStatistics].
func (n *snapshot) JoinStats(p graph.ID, pc graph.Column, q graph.ID, qc graph.Column) (graph.JoinStats, bool) {
	j := n.v.base.joins
	if j == nil {
		return graph.JoinStats{}, false
	}
	a, b := j.place(p), j.place(q)
	if a < 0 || b < 0 {
		return graph.JoinStats{}, false
	}
	var kind int
	switch {
	case pc == graph.S && qc == graph.S:
		kind, a, b = joinSS, min(a, b), max(a, b)
	case pc == graph.O && qc == graph.O:
		kind, a, b = joinOO, min(a, b), max(a, b)
	case pc == graph.S && qc == graph.O:
		kind = joinSO
	case pc == graph.O && qc == graph.S:
		kind, a, b = joinSO, b, a
	default:
		return graph.JoinStats{}, false
	}
	return j.pairs[kind][joinKey{uint8(a), uint8(b)}], true
}

// StarStats implements [graph.JoinStatistics].
func (n *snapshot) StarStats(predicates []graph.ID) (graph.StarStats, bool) {
	j := n.v.base.joins
	if j == nil || len(predicates) == 0 {
		return graph.StarStats{}, false
	}
	places := make([]uint8, len(predicates))
	for i, p := range predicates {
		k := j.place(p)
		if k < 0 {
			return graph.StarStats{}, false
		}
		places[i] = uint8(k)
	}
	slices.Sort(places)
	known := uint64(0)
	for i := range j.sets {
		known += j.sets[i].subjects
	}
	if float64(known) >= knownSubjects*float64(j.subjects) {
		s := j.starOfSets(places)
		scale := float64(j.subjects) / float64(max(known, 1))
		s.Subjects, s.Rows = s.Subjects*scale, s.Rows*scale
		if s.Subjects > 0 || known == j.subjects {
			return s, true
		}
	}
	return j.starOfPairs(places), true
}

// starOfSets adds up the sets that have all of the predicates.
func (j *joins) starOfSets(places []uint8) (s graph.StarStats) {
	for i := range j.sets {
		set := &j.sets[i]
		rows, k := float64(set.subjects), 0
		for _, p := range places {
			for k < len(set.predicates) && set.predicates[k] < p {
				k++
			}
			if k == len(set.predicates) || set.predicates[k] != p {
				rows = 0
				break
			}
			rows *= float64(set.quads[k]) / float64(set.subjects)
		}
		if rows > 0 {
			s.Subjects += float64(set.subjects)
			s.Rows += rows
		}
	}
	return s
}

// starOfPairs takes each predicate, from the rarest on, to depend on that one
// of those before with which it meets least.
func (j *joins) starOfPairs(places []uint8) (s graph.StarStats) {
	pairs := j.pairs[joinSS]
	own := func(p uint8) float64 { return float64(pairs[joinKey{p, p}].Nodes) }
	slices.SortStableFunc(places, func(a, b uint8) int { return cmp.Compare(own(a), own(b)) })
	s.Subjects = own(places[0])
	s.Rows = s.Subjects
	for i, p := range places {
		if i > 0 && p != places[i-1] {
			share := 1.0
			for _, q := range places[:i] {
				share = min(share, float64(pairs[joinKey{min(p, q), max(p, q)}].Nodes)/max(own(q), 1))
			}
			s.Subjects *= share
			s.Rows *= share
		}
		s.Rows *= j.multiplicity(p)
	}
	return s
}

// multiplicity returns the quads of a predicate per subject.
func (j *joins) multiplicity(p uint8) float64 {
	quads, subjects := uint64(0), uint64(0)
	for i := range j.sets {
		if k, ok := slices.BinarySearch(j.sets[i].predicates, p); ok {
			quads += j.sets[i].quads[k]
			subjects += j.sets[i].subjects
		}
	}
	return float64(quads) / float64(max(subjects, 1))
}

// The joins on disk, as varints but for the ids (8 bytes each): the number of
// predicates and these; per kind the number of pairs and for each its two
// predicates, nodes and rows, in order; the number of sets and for each the
// number of its predicates, these, the quads of each, and its subjects; all
// subjects; the changed rows.
func (j *joins) append(dst []byte) []byte {
	if j == nil {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(len(j.predicates)))
	dst = appendIDs(dst, j.predicates)
	for _, pairs := range j.pairs {
		dst = binary.AppendUvarint(dst, uint64(len(pairs)))
		keys := make([]joinKey, 0, len(pairs))
		for k := range pairs {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(x, y joinKey) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
		for _, k := range keys {
			dst = append(dst, k.a, k.b)
			dst = binary.AppendUvarint(dst, pairs[k].Nodes)
			dst = binary.AppendUvarint(dst, pairs[k].Rows)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(j.sets)))
	for i := range j.sets {
		set := &j.sets[i]
		dst = binary.AppendUvarint(dst, uint64(len(set.predicates)))
		dst = append(dst, set.predicates...)
		for _, n := range set.quads {
			dst = binary.AppendUvarint(dst, n)
		}
		dst = binary.AppendUvarint(dst, set.subjects)
	}
	dst = binary.AppendUvarint(dst, j.subjects)
	return binary.AppendUvarint(dst, j.changed)
}

// readJoins returns nil for the empty part of a store that has none, which is
// what older versions wrote.
func readJoins(b []byte) (*joins, error) {
	if len(b) == 0 {
		return nil, nil
	}
	bad := fmt.Errorf("%w: the statistics of joins are malformed", graph.ErrCorrupt)
	r := recordReader{b: b}
	take := func(n int) []byte {
		if n > len(r.b) {
			r.bad, r.b = true, nil
			return make([]byte, n)
		}
		taken := r.b[:n]
		r.b = r.b[n:]
		return taken
	}
	j := &joins{}
	n := r.count()
	if n > joinPredicates {
		return nil, bad
	}
	for ids := take(8 * n); len(ids) > 0; ids = ids[8:] {
		j.predicates = append(j.predicates, graph.ID(binary.LittleEndian.Uint64(ids)))
	}
	for kind := range j.pairs {
		j.pairs[kind] = map[joinKey]graph.JoinStats{}
		for range r.count() {
			k := take(2)
			j.pairs[kind][joinKey{k[0], k[1]}] = graph.JoinStats{Nodes: r.uvarint(), Rows: r.uvarint()}
		}
	}
	for range r.count() {
		set := characteristicSet{predicates: slices.Clone(take(min(r.count(), joinPredicates)))}
		for range set.predicates {
			set.quads = append(set.quads, r.uvarint())
		}
		set.subjects = max(r.uvarint(), 1)
		j.sets = append(j.sets, set)
	}
	j.subjects, j.changed = r.uvarint(), r.uvarint()
	if r.bad || len(r.b) > 0 {
		return nil, bad
	}
	return j, nil
}
