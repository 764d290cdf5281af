package exec

import (
	"errors"

	"github.com/belligraph/belligraph/queries/plan"
)

// hashJoin keeps one side and streams the other. A side that does not fit in
// memory is joined by the partition, see join_hash_spill.go.
type hashJoin struct {
	q         *Query
	n         *plan.HashJoin
	build, in plan.Node
	kept      *rows
	indexed   int64 // bytes of the table over kept
	stream    operator
	p         *prober
	grace     *graceJoin
}

// indexedRow is about what a row costs in a joinTable besides itself: its place in
// the order and two slots of a keyTable. Tables by several columns take less.
const indexedRow = 36

func (q *Query) hashJoin(n *plan.HashJoin) (operator, error) {
	j := &hashJoin{q: q, n: n, build: n.Right, in: n.Left}
	if n.BuildLeft {
		j.build, j.in = n.Left, n.Right
	}
	p, err := q.prober(n.Kind, n.Vars, j.in.Properties().Vars, j.build.Properties().Vars, n.Shared, n.Domain, n.Cond, n.Active)
	if err != nil {
		return nil, err
	}
	p.weighted = n.Weighted
	j.p = p
	return j, nil
}

func (j *hashJoin) open() error {
	t := j.q.tables[j.n]
	if t == nil {
		if err := j.load(true); err != nil || j.grace != nil {
			return err
		}
		t = j.p.table
	} else { // somebody else made it and lets go of it
		j.kept = newRows(0, j.q.budget)
		if len(j.n.Shared) == 0 {
			j.p.useAll(t.rows)
		} else {
			j.p.use(t)
		}
	}
	if t.rows.n == 0 && (j.n.Kind == plan.Inner || j.n.Kind == plan.Semi) {
		// Nothing can join, but a SERVICE on the other side may still fail.
		if !plan.AsksService(j.in) {
			return nil
		}
	}
	var err error
	j.stream, err = j.q.build(j.in)
	return err
}

// load makes the table. When it does not fit it goes to disk, or, if it must not,
// errTooLarge is returned.
func (j *hashJoin) load(spill bool) error {
	op, err := j.q.build(j.build)
	if err != nil {
		return err
	}
	defer op.close()
	j.kept = newRows(len(j.build.Properties().Vars), j.q.budget)
	for {
		b, err := op.next()
		if err != nil {
			return err
		}
		if b == nil {
			return j.index()
		}
		if err := j.kept.add(b); err != nil {
			return err
		}
		if len(j.n.Shared) > 0 && j.q.crowded(j.kept.held, int64(j.kept.n)*indexedRow) {
			if !spill {
				return errTooLarge
			}
			j.grace, err = j.newGrace(op)
			return err
		}
	}
}

// errTooLarge says that a table that goroutines would share does not fit in
// memory.
var errTooLarge = errors.New("exec: table too large to be shared")

// index makes the table of the rows kept.
func (j *hashJoin) index() error {
	if len(j.n.Shared) == 0 {
		j.p.useAll(j.kept)
		return nil
	}
	j.indexed = int64(j.kept.n) * indexedRow
	if err := j.q.budget.take(j.indexed); err != nil {
		return err
	}
	j.p.use(newJoinTable(j.kept, columns(j.build, j.n.Shared)))
	return nil
}

func (j *hashJoin) next() (*Batch, error) {
	if j.kept == nil {
		if err := j.open(); err != nil {
			return nil, err
		}
	}
	if j.grace != nil {
		return j.grace.next()
	}
	if j.stream == nil {
		return nil, nil
	}
	for {
		b, err := j.p.next()
		if b != nil || err != nil {
			return b, err
		}
		in, err := j.stream.next()
		if in == nil || err != nil {
			return nil, err
		}
		j.p.start(in)
	}
}

// count returns the number of rows left; those that are joined by the key alone
// are not made.
func (j *hashJoin) count() (total int64, err error) {
	for {
		b, err := j.next()
		if b == nil || err != nil {
			return total, err
		}
		total += b.rows()
		for j.p.in == nil && j.grace == nil {
			if err := j.q.ctx.Err(); err != nil {
				return total, err
			}
			in, err := j.stream.next()
			if in == nil || err != nil {
				return total, err
			}
			if !j.p.keyed(in) {
				j.p.start(in)
				break
			}
			total += j.p.countKeyed(in)
		}
	}
}

func (j *hashJoin) close() {
	if j.grace != nil {
		j.grace.close()
	}
	j.drop()
	if j.stream != nil {
		j.stream.close()
	}
}

// drop lets go of the rows kept.
func (j *hashJoin) drop() {
	if j.kept != nil {
		j.kept.release()
	}
	j.q.budget.give(j.indexed)
	j.indexed = 0
}
