package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// distinct drops rows seen before. The others come out as they come in, also
// when they are too many to be remembered: ORDER BY is below DISTINCT (§18.2.5).
//
// When memory is short the set of rows seen stays as it is. Rows that are not in
// it are numbered and moved to partitions on disk; in the end each partition is
// rid of duplicates by itself, and what is left is merged by number.
type distinct struct {
	q    *Query
	n    *plan.Distinct
	in   operator
	seen *seen
	key  []graph.ID
	held int64
	sel  []int32
	out  builder
	// plain is the batch at hand without weights: each row comes out once.
	plain Batch

	file  *spillFile
	parts *partitions // once memory was short
	count graph.ID    // of rows moved
	rest  *inOrder    // what is left of them
}

func (q *Query) distinct(n *plan.Distinct, in operator) (operator, error) {
	w := len(n.Vars)
	return &distinct{q: q, n: n, in: in, seen: newSeen(w), key: make([]graph.ID, w), out: newBuilder(w)}, nil
}

func (d *distinct) next() (*Batch, error) {
	for d.rest == nil {
		b, err := d.in.next()
		if err != nil {
			return nil, err
		}
		if b == nil {
			if d.parts == nil {
				return nil, nil
			}
			if err := d.finish(); err != nil {
				return nil, err
			}
			break
		}
		if err := d.q.ctx.Err(); err != nil {
			return nil, err
		}
		if d.parts != nil {
			if err := d.moveOut(b); err != nil {
				return nil, err
			}
			continue
		}
		d.sel = d.sel[:0]
		for i := range b.N {
			for c := range d.key {
				d.key[c] = b.Cols[c][i]
			}
			if d.seen.add(d.key) {
				d.sel = append(d.sel, int32(i))
			}
		}
		if len(d.sel) == 0 {
			continue
		}
		if err := d.took(len(d.sel)); err != nil {
			return nil, err
		}
		if d.q.crowded(d.held, 0) && len(d.key) > 0 {
			if d.file, err = d.q.newSpillFile(); err != nil {
				return nil, err
			}
			d.parts = d.file.partitions(len(d.key)+1, 0)
		}
		if d.plain.Cols, d.plain.N = b.Cols, b.N; len(d.sel) == b.N {
			return &d.plain, nil
		}
		d.out.reset()
		d.out.keep(&d.plain, d.sel)
		return &d.out.Batch, nil
	}
	return d.rest.next()
}

// took accounts n more rows that are remembered.
func (d *distinct) took(n int) error {
	size := int64(n) * int64(8*len(d.key)+12)
	d.held += size
	return d.q.budget.take(size)
}

// forget lets go of the rows seen.
func (d *distinct) forget() {
	d.q.budget.give(d.held)
	d.held, d.seen = 0, newSeen(len(d.key))
}

// moveOut moves the rows of b that were not seen to disk.
func (d *distinct) moveOut(b *Batch) error {
	d.plain.Cols, d.plain.N = b.Cols, b.N
	for i := range b.N {
		for c := range d.key {
			d.key[c] = b.Cols[c][i]
		}
		if _, ok := d.seen.find(d.key); ok {
			continue
		}
		d.count++
		if err := d.parts.of(d.key).add(&d.plain, i, d.count); err != nil {
			return err
		}
	}
	return nil
}

// finish removes the duplicates from the rows on disk. What was seen before they
// were moved is not among them.
func (d *distinct) finish() error {
	d.forget()
	type pending struct {
		run   *spillRun
		level int
	}
	var todo []pending
	push := func(p *partitions) error {
		if err := p.flush(); err != nil {
			return err
		}
		for _, r := range p.runs {
			if r.rows > 0 {
				todo = append(todo, pending{r, p.level + 1})
			}
		}
		return nil
	}
	if err := push(d.parts); err != nil {
		return err
	}
	w := len(d.key)
	var done []*spillRun
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r, err := p.run.reader()
		if err != nil {
			return err
		}
		out := d.file.run(w + 1)
		var deeper *partitions
		for {
			b, err := r.next()
			if err != nil {
				return err
			}
			if b == nil {
				break
			}
			for i := range b.N {
				for c := range d.key {
					d.key[c] = b.Cols[c][i]
				}
				if deeper != nil {
					if _, ok := d.seen.find(d.key); !ok {
						if err := deeper.of(d.key).add(b, i); err != nil {
							return err
						}
					}
					continue
				}
				if !d.seen.add(d.key) {
					continue
				}
				if err := d.took(1); err != nil {
					return err
				}
				if err := out.add(b, i); err != nil {
					return err
				}
				if p.level < partitionLevels && d.q.crowded(d.held, 0) {
					deeper = d.file.partitions(w+1, p.level)
				}
			}
		}
		d.forget()
		if err := out.flush(); err != nil {
			return err
		}
		done = append(done, out)
		if deeper != nil {
			if err := push(deeper); err != nil {
				return err
			}
		}
	}
	d.parts = nil
	rest, err := newInOrder(done, w)
	d.rest = rest
	return err
}

func (d *distinct) close() {
	d.in.close()
	d.q.budget.give(d.held)
	d.held, d.seen, d.rest = 0, nil, nil
	d.file.close()
}
