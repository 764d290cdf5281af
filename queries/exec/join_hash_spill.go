package exec

import (
	"fmt"
	"maps"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// graceJoin is a hash join whose table does not fit in memory. Both sides are
// moved to partitions on disk by the columns that are compared, and partitions
// with the same number are joined one after the other; one that still does not
// fit is parted again.
//
// A row of the table in which a compared column is unbound may join with rows of
// every partition: such rows stay in memory and take part in each. Streamed rows
// in which a column is unbound are joined afterwards, for each set of columns
// that they bind, with partitions of the table by just these columns; those that
// bind none are joined with all of the table, as much of it at a time as fits.
//
// Where the plan counts on the order of the streamed side its rows are numbered,
// the numbers go through the join as one more column, and joined rows are merged
// by them in the end.
type graceJoin struct {
	j       *hashJoin
	file    *spillFile
	ordered bool
	p       *prober
	inVars  []algebra.Var // of the streamed side, with the number

	build  []*spillRun // all rows of the table that are not loose
	loose  *rows       // rows of the table with an unbound column
	masks  map[uint64]*spillRun
	todo   []gracePending
	opened int          // pairs of partitions so far
	in     *spillReader // the streamed side of the pair at hand
	cross  *crossing    // of streamed rows without a bound column

	rest *inOrder // when ordered: all joined rows
}

// gracePending is a pair of partitions to be joined, and the rows of the table
// that join with any.
type gracePending struct {
	build, in *spillRun
	level     int
	mask      uint64 // shared columns by which rows were parted
	loose     *rows
}

// crossing goes through the table for rows that join with all of it.
type crossing struct {
	in    *spillRun
	build []*spillRun // still to be read
	r     *spillReader
	loose bool // the loose rows are done
}

// graceNumber is the column of the number of a streamed row.
const graceNumber = algebra.Var(".number")

// newGrace moves the rows kept so far, the rest of rest, and the streamed side
// to disk.
func (j *hashJoin) newGrace(rest operator) (*graceJoin, error) {
	g := &graceJoin{
		j: j, p: j.p, ordered: len(j.n.Sorted) > 0, inVars: j.in.Properties().Vars,
		loose: newRows(len(j.build.Properties().Vars), j.q.budget), masks: make(map[uint64]*spillRun),
	}
	var err error
	if g.file, err = j.q.newSpillFile(); err != nil {
		return nil, err
	}
	if err := g.part(rest); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *graceJoin) part(rest operator) error {
	j := g.j
	n := j.n
	if g.ordered {
		g.inVars = append(append([]algebra.Var(nil), g.inVars...), graceNumber)
		out := append(append([]algebra.Var(nil), n.Vars...), graceNumber)
		var err error
		if g.p, err = j.q.prober(n.Kind, out, g.inVars, j.build.Properties().Vars, n.Shared, n.Domain, n.Cond, n.Active); err != nil {
			return err
		}
		g.p.weighted = n.Weighted
	}
	full := uint64(1)<<len(n.Shared) - 1
	build := g.file.partitions(len(j.build.Properties().Vars), 0)
	cols := columns(j.build, n.Shared)
	if err := spread(build, j.kept.batch(), cols, full, g.keepLoose(g.loose)); err != nil {
		return err
	}
	j.kept.release()
	if err := spreadAll(build, rest, cols, full, g.keepLoose(g.loose)); err != nil {
		return err
	}
	g.build = build.runs[:]
	stream, err := j.q.build(j.in)
	if err != nil {
		return err
	}
	defer stream.close()
	if g.ordered {
		stream = &numbered{in: stream}
	}
	in := g.file.partitions(len(g.inVars), 0)
	if err := spreadAll(in, stream, columns(j.in, n.Shared), full, g.moveLoose); err != nil {
		return err
	}
	if err := g.push(build, in, full, g.loose); err != nil {
		return err
	}
	return g.partMasks()
}

// numbered adds a column with the number of each row.
type numbered struct {
	in  operator
	n   graph.ID
	col []graph.ID
	out Batch
}

func (o *numbered) next() (*Batch, error) {
	b, err := o.in.next()
	if b == nil || err != nil {
		return nil, err
	}
	o.col = o.col[:0]
	for range b.N {
		o.n++
		o.col = append(o.col, o.n)
	}
	o.out.Cols = append(append(o.out.Cols[:0], b.Cols...), o.col)
	o.out.N, o.out.Weights = b.N, b.Weights
	return &o.out, nil
}

func (o *numbered) close() { o.in.close() }

// keepLoose returns what is done with a row of the table that is in no partition.
func (g *graceJoin) keepLoose(to *rows) func(*Batch, int, uint64) error {
	return func(b *Batch, i int, _ uint64) error {
		one := Batch{N: 1}
		if len(b.Weights) > 0 {
			one.Weights = b.Weights[i : i+1]
		}
		for _, col := range b.Cols {
			one.Cols = append(one.Cols, col[i:i+1])
		}
		return to.add(&one)
	}
}

// moveLoose puts a streamed row that is in no partition to those that bind the
// same columns.
func (g *graceJoin) moveLoose(b *Batch, i int, mask uint64) error {
	r := g.masks[mask]
	if r == nil {
		r = g.file.run(len(g.inVars))
		g.masks[mask] = r
	}
	return r.add(b, i)
}

// spread puts the rows of b into partitions by the columns in mask, and gives
// those in which one of these is unbound to loose with the columns that are not.
func spread(p *partitions, b *Batch, cols []int, mask uint64, loose func(*Batch, int, uint64) error) error {
	key := make([]graph.ID, 0, len(cols))
	for i := range b.N {
		key = key[:0]
		bound := uint64(0)
		for k, c := range cols {
			if mask>>k&1 == 1 && b.Cols[c][i] != graph.Any {
				key = append(key, b.Cols[c][i])
				bound |= 1 << k
			}
		}
		var err error
		if bound == mask {
			err = p.of(key).add(b, i)
		} else {
			err = loose(b, i, bound)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func spreadAll(p *partitions, in batches, cols []int, mask uint64, loose func(*Batch, int, uint64) error) error {
	for {
		b, err := in.next()
		if b == nil || err != nil {
			return err
		}
		if err := spread(p, b, cols, mask, loose); err != nil {
			return err
		}
	}
}

// batches is what an operator and a reader of a run have in common.
type batches interface {
	next() (*Batch, error)
}

// partMasks prepares the joins of the streamed rows with unbound columns.
func (g *graceJoin) partMasks() error {
	j := g.j
	buildCols, inCols := columns(j.build, j.n.Shared), columns(j.in, j.n.Shared)
	for _, mask := range slices.Sorted(maps.Keys(g.masks)) {
		run := g.masks[mask]
		if err := run.flush(); err != nil {
			return err
		}
		if mask == 0 {
			g.cross = &crossing{in: run, build: g.build}
			continue
		}
		loose := newRows(len(j.build.Properties().Vars), j.q.budget)
		build := g.file.partitions(len(loose.cols), 0)
		for _, r := range g.build {
			if err := g.spreadRun(build, r, buildCols, mask, g.keepLoose(loose)); err != nil {
				return err
			}
		}
		if err := spread(build, g.loose.batch(), buildCols, mask, g.keepLoose(loose)); err != nil {
			return err
		}
		in := g.file.partitions(len(g.inVars), 0)
		if err := g.spreadRun(in, run, inCols, mask, nil); err != nil {
			return err
		}
		if err := g.push(build, in, mask, loose); err != nil {
			return err
		}
	}
	return nil
}

func (g *graceJoin) spreadRun(p *partitions, run *spillRun, cols []int, mask uint64, loose func(*Batch, int, uint64) error) error {
	r, err := run.reader()
	if err != nil {
		return err
	}
	return spreadAll(p, r, cols, mask, loose)
}

func (g *graceJoin) push(build, in *partitions, mask uint64, loose *rows) error {
	if err := build.flush(); err != nil {
		return err
	}
	if err := in.flush(); err != nil {
		return err
	}
	for i := range build.runs {
		if in.runs[i].rows > 0 { // every kind of join makes rows of streamed ones
			g.todo = append(g.todo, gracePending{build.runs[i], in.runs[i], build.level + 1, mask, loose})
		}
	}
	return nil
}

// open goes on to the next pair of partitions; false when there is none.
func (g *graceJoin) open() (bool, error) {
	j := g.j
	for len(g.todo) > 0 {
		p := g.todo[len(g.todo)-1]
		g.todo = g.todo[:len(g.todo)-1]
		g.clear()
		r, err := p.build.reader()
		if err != nil {
			return false, err
		}
		fits := true
		for fits {
			b, err := r.next()
			if err != nil {
				return false, err
			}
			if b == nil {
				break
			}
			if err := j.kept.add(b); err != nil {
				return false, fmt.Errorf("%d rows with one key: %w", j.kept.n, err)
			}
			fits = p.level >= partitionLevels || !j.q.crowded(j.kept.held, int64(j.kept.n)*indexedRow)
		}
		if !fits {
			j.kept.release()
			if err := g.again(p); err != nil {
				return false, err
			}
			continue
		}
		if err := j.kept.add(p.loose.batch()); err != nil {
			return false, err
		}
		return true, g.start(p.in, g.j.n.Kind)
	}
	if g.cross != nil {
		return g.openCross()
	}
	return false, nil
}

// clear lets go of the table at hand.
func (g *graceJoin) clear() {
	g.j.drop()
	g.j.kept = newRows(len(g.j.build.Properties().Vars), g.j.q.budget)
}

// start begins to join a run with the rows kept.
func (g *graceJoin) start(in *spillRun, kind plan.JoinKind) error {
	if err := g.j.index(); err != nil {
		return err
	}
	g.p.kind = kind
	g.p.use(g.j.p.table)
	g.opened++
	var err error
	g.in, err = in.reader()
	return err
}

// again parts a pair of partitions by the next bits of the hash.
func (g *graceJoin) again(p gracePending) error {
	build := g.file.partitions(p.build.width(), p.level)
	in := g.file.partitions(p.in.width(), p.level)
	if err := g.spreadRun(build, p.build, columns(g.j.build, g.j.n.Shared), p.mask, nil); err != nil {
		return err
	}
	if err := g.spreadRun(in, p.in, columns(g.j.in, g.j.n.Shared), p.mask, nil); err != nil {
		return err
	}
	return g.push(build, in, p.mask, p.loose)
}

// openCross joins the streamed rows that bind no compared column with the next
// part of the table; false at its end. They are compatible with every row of it,
// and there is one, since it did not fit in memory.
func (g *graceJoin) openCross() (bool, error) {
	x := g.cross
	n := g.j.n
	g.clear()
	switch n.Kind {
	case plan.Anti:
		g.cross = nil
		return false, nil
	case plan.Minus: // no variable is shared: all stay
		g.cross = nil
		return true, g.start(x.in, plan.Minus)
	case plan.Left:
		if len(n.Cond) > 0 {
			return false, fmt.Errorf("an OPTIONAL with a condition and variables that may be unbound does not fit in memory; ask for less at a time, or raise the limit: %w", graph.ErrLimit)
		}
	}
	if err := g.fill(x); err != nil {
		return false, err
	}
	if g.j.kept.n == 0 {
		g.cross = nil
		return false, nil
	}
	kind := plan.Inner
	if n.Kind == plan.Semi { // one match is enough
		kind, g.cross = plan.Semi, nil
	}
	return true, g.start(x.in, kind)
}

// fill keeps as many of the next rows of the table as fit.
func (g *graceJoin) fill(x *crossing) error {
	j := g.j
	if !x.loose {
		x.loose = true
		if err := j.kept.add(g.loose.batch()); err != nil {
			return err
		}
	}
	for j.kept.n == 0 || !j.q.crowded(j.kept.held, int64(j.kept.n)*indexedRow) {
		if x.r == nil {
			if len(x.build) == 0 {
				return nil
			}
			var err error
			if x.r, err = x.build[0].reader(); err != nil {
				return err
			}
			x.build = x.build[1:]
		}
		b, err := x.r.next()
		if err != nil {
			return err
		}
		if b == nil {
			x.r = nil
			continue
		}
		if err := j.kept.add(b); err != nil {
			return err
		}
	}
	return nil
}

func (g *graceJoin) next() (*Batch, error) {
	if !g.ordered {
		return g.joined()
	}
	if g.rest == nil {
		// A run holds the rows of one pair, whose streamed rows ascend by number.
		var runs []*spillRun
		var run *spillRun
		of := 0
		for {
			b, err := g.joined()
			if err != nil {
				return nil, err
			}
			if b == nil {
				break
			}
			if of != g.opened {
				of = g.opened
				run = g.file.run(len(b.Cols))
				runs = append(runs, run)
			}
			for i := range b.N {
				if err := run.add(b, i); err != nil {
					return nil, err
				}
			}
		}
		var err error
		if g.rest, err = newInOrder(runs, len(g.j.n.Vars)); err != nil {
			return nil, err
		}
	}
	return g.rest.next()
}

// joined returns the next joined rows, by partition.
func (g *graceJoin) joined() (*Batch, error) {
	for {
		if g.in == nil {
			if ok, err := g.open(); !ok || err != nil {
				return nil, err
			}
		}
		b, err := g.p.next()
		if b != nil || err != nil {
			return b, err
		}
		in, err := g.in.next()
		if err != nil {
			return nil, err
		}
		if in == nil {
			g.in = nil
			continue
		}
		g.p.start(in)
	}
}

func (g *graceJoin) close() {
	g.loose.release()
	g.file.close()
}
