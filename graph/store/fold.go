package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/belligraph/belligraph/graph"
)

// A fold merges the delta into the base:
//
//  1. The runs are frozen; commits go on into new ones.
//  2. Blocks that the frozen runs touch are merged and packed anew, and the
//     tail terms packed, beside readers and writers. The new pages go to the
//     file in small transactions under ids that nothing refers to yet.
//  3. One small transaction replaces the root and the directories.
//  4. Segments that are not used any more and the log records are removed in
//     small transactions.
//     Readers of the old base hold older transactions, so the space is not
//     used again before they are done.
//
// Killed at any point, the file opens with either the old or the new base, and
// the rest is cleaned up.

// Fold merges all changes into the packed blocks now and returns when that is
// done.
func (s *Store) Fold(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.folding {
		s.foldDone.Wait()
	}
	if err := s.writable(); err != nil {
		return err
	}
	if len(s.head.runs) == 0 && s.head.seq == s.head.base.folded {
		return nil
	}
	s.startFold()
	for s.folding {
		s.foldDone.Wait()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.writable()
}

// startFold is called with mu held.
func (s *Store) startFold() {
	if s.folding || s.ctx.Err() != nil {
		return
	}
	s.folding = true
	s.background.Add(1)
	go func() {
		defer s.background.Done()
		start := time.Now()
		rows, err := s.fold(s.ctx)
		switch {
		case err == nil:
			s.logf("store: folded %d changed rows in %v", rows, time.Since(start).Round(time.Millisecond))
		case s.ctx.Err() == nil:
			s.fail(fmt.Errorf("fold: %w", err))
		}
		s.mu.Lock()
		s.folding = false
		s.foldDone.Broadcast()
		s.mu.Unlock()
	}()
}

// fold does the work of a fold and returns how many rows it has merged.
func (s *Store) fold(ctx context.Context) (rows int, err error) {
	// Freeze. The page ids are the folder's alone while folding is set.
	s.mu.Lock()
	s.drain()
	if err := s.writable(); err != nil {
		s.mu.Unlock()
		return 0, err
	}
	frozen := *s.head
	frozen.predicates = &predicateMemo{}
	frozen.frozen, frozen.active = frozen.runs, nil
	frozen.setRuns()
	s.head = &frozen
	s.current.Store(&frozen)
	sum := s.lastSum
	s.mu.Unlock()

	snap, err := s.acquire()
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	merged := newRun(nil, nil)
	for _, r := range frozen.frozen {
		merged = mergeRuns(r, merged)
	}
	k := &pageSink{s: s, ctx: ctx}
	b, replaced, err := s.foldBase(ctx, snap, &frozen, merged, k)
	if err == nil {
		err = k.finish()
	}
	if err != nil {
		s.unfreeze()
		return 0, err
	}
	garbage := s.retire(k.written, replaced)
	if err := s.swap(b, &frozen, sum, garbage); err != nil {
		return 0, err
	}
	snap.Close()
	if s.db != nil {
		if err := s.remove(garbage, b.folded); err != nil {
			return 0, err
		}
	}
	return merged.size(), nil
}

// unfreeze puts the frozen runs back when a fold has been given up.
func (s *Store) unfreeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drain()
	v := *s.head
	v.predicates = &predicateMemo{}
	v.frozen, v.active = nil, v.runs
	s.head = &v
	if s.failure.Load() == nil {
		s.current.Store(&v)
	}
}

// foldBase makes the base with the frozen changes in it, and lists the pages
// that it does not use any more.
func (s *Store) foldBase(ctx context.Context, snap *snapshot, frozen *version, merged *run, k *pageSink) (b *base, replaced []uint64, err error) {
	old := frozen.base
	b = &base{folded: frozen.seq, quads: frozen.quads}
	named := !old.orders[graph.GSPO].alias
	for i := range merged.orders[graph.SPOG].ins {
		named = named || merged.orders[graph.SPOG].ins[i][3] != graph.DefaultGraph
	}
	for o := range graph.NumOrders {
		if o >= graph.GSPO && !named {
			continue
		}
		w := &indexWriter{index: &index{order: o}, sink: k}
		gone, err := w.fold(ctx, snap, old.orders[o], merged)
		if err != nil {
			return nil, nil, err
		}
		b.orders[o] = w.index
		replaced = append(replaced, gone...)
	}
	if !named {
		b.aliasGraphOrders()
	}
	for i, d := range old.dict {
		gone, err := b.foldDict(i, d, snap, frozen.tails[i].entries, k)
		if err != nil {
			return nil, nil, err
		}
		replaced = append(replaced, gone...)
	}
	if b.stats, err = old.stats.fold(ctx, snap, old, merged); err != nil {
		return nil, nil, err
	}
	b.joins, err = foldJoins(ctx, &snapshot{s: s, v: frozen, pages: snap.pages}, b.stats, uint64(merged.size()))
	return b, replaced, err
}

// foldDict adds tail terms to the pages of a tag. The last tail page is packed
// again with them when it is not full.
func (b *base) foldDict(i int, d *dictPages, snap *snapshot, entries []string, k *pageSink) (replaced []uint64, err error) {
	nd := &dictPages{sortedFirst: d.sortedFirst, sortedStart: d.sortedStart}
	b.dict[i] = nd
	keep := func(p *page) (*page, error) {
		if !k.s.segments.sparse(p.id) {
			return p, nil
		}
		replaced = append(replaced, p.id)
		return k.move(snap.pages, p)
	}
	for _, p := range d.sorted {
		if p, err = keep(p); err != nil {
			return nil, err
		}
		nd.sorted = append(nd.sorted, p)
	}
	for j, p := range d.tail {
		n := int(d.tailStart[j+1] - d.tailStart[j])
		if j+1 == len(d.tail) && len(entries) > 0 && n < dictPageTerms && p.size < dictPageBytes {
			old, err := p.bytes(snap.pages)
			if err != nil {
				return nil, err
			}
			all := make([]string, n, n+len(entries))
			for t := range all {
				all[t] = string(tailEntry(old, t))
			}
			entries = append(all, entries...)
			replaced = append(replaced, p.id)
			break
		}
		if p, err = keep(p); err != nil {
			return nil, err
		}
		nd.addTail(p, n)
	}
	for len(entries) > 0 {
		p, n := packTail(entries)
		pg, err := k.add(p, kindDictTail, byte(dictTags[i]>>60), n)
		if err != nil {
			return nil, err
		}
		nd.addTail(pg, n)
		entries = entries[n:]
	}
	return replaced, nil
}

// swap makes b the base of the file and of all versions.
func (s *Store) swap(b *base, frozen *version, sum uint64, garbage []uint64) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drain()
	if err := s.writable(); err != nil {
		return err
	}
	if s.db != nil {
		if err := s.swapFile(b, frozen.graphs, sum, garbage); err != nil {
			return err
		}
	}
	v := *s.head
	v.predicates = &predicateMemo{}
	v.base, v.frozen = b, nil
	v.setRuns()
	for i := range v.tails {
		done := b.dict[i].len() - v.tails[i].first
		v.tails[i] = tailTerms{first: b.dict[i].len(), entries: slices.Clone(v.tails[i].entries[done:])}
	}
	s.head = &v
	s.current.Store(&v)
	return nil
}

func (s *Store) swapFile(b *base, graphs []graph.ID, sum uint64, garbage []uint64) (err error) {
	defer recoverCorruption(&err)()
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	list := make([]byte, 0, 8*len(garbage))
	for _, id := range garbage {
		list = binary.LittleEndian.AppendUint64(list, id)
	}
	err = tx.Bucket(bucketMeta).Put(keyGarbage, list)
	if err == nil {
		err = writeRoot(tx, b, graphs, sum, s.nextPage)
	}
	if err != nil {
		_ = tx.Rollback() // the first error tells more
		return err
	}
	b.tx = tx.ID()
	previous := s.foldTx.Swap(int64(b.tx))
	if err := tx.Commit(); err != nil {
		s.foldTx.Store(previous)
		return fmt.Errorf("store: write the root: %w", err)
	}
	return nil
}

// indexWriter builds the index of one order from ascending rows.
type indexWriter struct {
	index *index
	sink  *pageSink
	cols  [4][]graph.ID
	pack  blockWriter
}

func (w *indexWriter) pending() int { return len(w.cols[0]) }

func (w *indexWriter) add(r *row) {
	for k := range w.cols {
		w.cols[k] = append(w.cols[k], r[k])
	}
}

// emit writes the first n pending rows as one block.
func (w *indexWriter) emit(n int) error {
	var part [4][]graph.ID
	var first row
	for k := range part {
		part[k] = w.cols[k][:n]
		first[k] = part[k][0]
	}
	p, err := w.sink.add(slices.Clone(w.pack.pack(&part)), kindBlock, byte(w.index.order), n)
	if err != nil {
		return err
	}
	w.index.add(first, n, p)
	for k := range w.cols {
		w.cols[k] = w.cols[k][:copy(w.cols[k], w.cols[k][n:])]
	}
	return nil
}

// flush writes full blocks, and with all set the rest, in blocks of about the
// same size.
func (w *indexWriter) flush(all bool) error {
	for w.pending() >= 2*blockRows {
		if err := w.emit(blockRows); err != nil {
			return err
		}
	}
	if !all {
		return nil
	}
	if n := w.pending(); n > blockRows {
		if err := w.emit((n + 1) / 2); err != nil {
			return err
		}
	}
	if n := w.pending(); n > 0 {
		return w.emit(n)
	}
	return nil
}

// fold merges changes into the blocks of x. Blocks without changes are taken
// over as they are, unless x is an alias, whose blocks belong to another order.
func (w *indexWriter) fold(ctx context.Context, snap *snapshot, x *index, changes *run) (replaced []uint64, err error) {
	var d deltaIter
	d.init([]*run{changes}, w.index.order, &row{}, 0)
	d.advance()
	var b block
	for i, p := range x.pages {
		last := i+1 == len(x.pages)
		touched := x.alias || d.ok && (last || d.head.less(&x.first[i+1]))
		// A block that is nearly empty takes in the next one.
		if !touched && (w.pending() == 0 || w.pending() >= blockRows/4) {
			if err := w.flush(true); err != nil {
				return nil, err
			}
			if w.sink.s.segments.sparse(p.id) {
				replaced = append(replaced, p.id)
				if p, err = w.sink.move(snap.pages, p); err != nil {
					return nil, err
				}
			}
			w.index.add(x.first[i], x.count(i), p)
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := x.openBlock(snap.pages, i, &b); err != nil {
			return nil, err
		}
		if !x.alias {
			replaced = append(replaced, p.id)
		}
		for from := 0; from < b.n; {
			to := b.n
			if d.ok {
				to = b.lowerBound(from, b.n, &d.head, 4)
			}
			w.copyRows(&b, from, to)
			if from = to; from == b.n {
				break
			}
			same := b.row(from) == d.head
			if same {
				from++
			}
			if d.w > 0 {
				w.add(&d.head)
			}
			d.advance()
		}
		for d.ok && (last || d.head.less(&x.first[i+1])) {
			if d.w > 0 {
				w.add(&d.head)
			}
			d.advance()
		}
		if err := w.flush(false); err != nil {
			return nil, err
		}
	}
	for ; d.ok; d.advance() {
		if d.w > 0 {
			w.add(&d.head)
		}
		if err := w.flush(false); err != nil {
			return nil, err
		}
	}
	return replaced, w.flush(true)
}

func (w *indexWriter) copyRows(b *block, from, to int) {
	if from == to {
		return
	}
	for k := range w.cols {
		n := len(w.cols[k])
		w.cols[k] = slices.Grow(w.cols[k], to-from)[:n+to-from]
		b.col(k).decode(from, to, w.cols[k][n:])
	}
}

// fold returns the statistics after the changes. They are exact: for each
// pair of a changed predicate and subject (or object), the rows of the pair are
// counted before and after.
func (s *statistics) fold(ctx context.Context, snap *snapshot, old *base, changes *run) (*statistics, error) {
	counts := map[graph.ID]*graph.PredicateStats{}
	for i, p := range s.predicates {
		st := s.stats[i]
		counts[p] = &st
	}
	var b block
	for _, o := range []graph.Order{graph.PSOG, graph.POSG} {
		var d deltaIter
		d.init([]*run{changes}, o, &row{}, 0)
		for d.advance(); d.ok; {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			key, net := d.head, int64(0)
			for d.ok && d.head.comparePrefix(&key, 2) == 0 {
				net += int64(d.w)
				d.advance()
			}
			from, to, err := old.orders[o].span(snap.pages, &key, 2, &b)
			if err != nil {
				return nil, err
			}
			before := int64(old.orders[o].rank(to) - old.orders[o].rank(from))
			st := counts[key[0]]
			if st == nil {
				st = &graph.PredicateStats{}
				counts[key[0]] = st
			}
			var gained uint64
			switch after := before + net; {
			case before == 0 && after > 0:
				gained = 1
			case before > 0 && after == 0:
				gained = ^uint64(0)
			}
			if o == graph.PSOG {
				st.Quads += uint64(net)
				st.DistinctSubjects += gained
			} else {
				st.DistinctObjects += gained
			}
		}
	}
	n := &statistics{}
	for p := range counts {
		n.predicates = append(n.predicates, p)
	}
	slices.Sort(n.predicates)
	n.predicates = slices.DeleteFunc(n.predicates, func(p graph.ID) bool { return counts[p].Quads == 0 })
	for _, p := range n.predicates {
		n.stats = append(n.stats, *counts[p])
	}
	return n, nil
}
