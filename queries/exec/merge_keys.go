package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// mergeKeys joins any number of operators whose rows ascend by the one column
// that they share, bound in all of them. The side with the fewest rows leads:
// the others skip to its keys, and where one of them has none, the leader skips
// in turn. Rows with a key that all have are multiplied out, unless nobody asks
// for a column of them: then they are only counted.
type mergeKeys struct {
	q        *Query
	n        *plan.MergeJoin
	sides    []*mergeSide
	required []*mergeSide // of kind Inner and Semi, the leader first
	anti     []*mergeSide
	optional []*mergeSide
	wide     []*mergeSide // whose rows are multiplied out
	key      graph.ID
	keyOut   int // output column of the key, -1 for none
	floor    graph.ID
	weighted bool
	drop     bool

	active bool // the rows of key are being handed out
	weight int64
	copies int64      // of the current combination still to come
	picked []graph.ID // keys of the rows being picked, see emitBatches
	out    builder
}

// mergeSide is one input: its current batch, the place in it, and the run of
// rows with the current key.
type mergeSide struct {
	op   operator
	sk   seeker
	kind plan.JoinKind
	rows float64 // estimated
	col  int     // of the key
	cols []int   // asked for
	outs []int   // and their output columns

	b    *Batch
	keys []graph.ID
	at   int
	end  int // of the run that begins at at, while inBatches says so
	done bool
	pick []int32 // rows of b that are joined, -1 for none

	run      [][]graph.ID // the columns asked for of the run
	weights  []int64      // of its rows; empty is one each
	n        int          // rows of the run; 0 for an optional side without one
	i        int          // the row of the current combination
	across   [][]graph.ID // holds a run that goes over the end of a batch
	acrossWt []int64
	budget   *budget
	held     int64 // for across
}

func (q *Query) mergeKeys(n *plan.MergeJoin) (operator, error) {
	j := &mergeKeys{q: q, n: n, keyOut: columnOf(n.Vars, n.Key), weighted: n.Weighted, drop: n.Drop, out: newBuilder(len(n.Vars))}
	for _, in := range n.Sides {
		op, err := q.build(in.Node)
		if err != nil {
			j.close()
			return nil, err
		}
		pr := in.Node.Properties()
		s := &mergeSide{op: op, kind: in.Kind, col: pr.Column(n.Key), rows: pr.Rows, budget: q.budget}
		s.sk, _ = op.(seeker)
		j.sides = append(j.sides, s)
		for c, v := range pr.Vars {
			if at := columnOf(n.Vars, v); at >= 0 && v != n.Key && (s.kind == plan.Inner || s.kind == plan.Left) {
				s.cols, s.outs = append(s.cols, c), append(s.outs, at)
			}
		}
		s.run = make([][]graph.ID, len(s.cols))
		s.across = make([][]graph.ID, len(s.cols))
		switch s.kind {
		case plan.Anti:
			j.anti = append(j.anti, s)
		case plan.Left:
			j.optional = append(j.optional, s)
		default:
			j.required = append(j.required, s)
		}
		if len(s.cols) > 0 {
			j.wide = append(j.wide, s)
		}
	}
	slices.SortStableFunc(j.required, func(a, b *mergeSide) int {
		switch {
		case a.rows < b.rows:
			return -1
		case a.rows > b.rows:
			return 1
		}
		return 0
	})
	return j, nil
}

// load makes sure that there is a current row unless the side is done.
func (s *mergeSide) load() error {
	for !s.done && s.at >= len(s.keys) {
		b, err := s.op.next()
		if err != nil {
			return err
		}
		s.at = 0
		if b == nil {
			s.done, s.keys = true, nil
			return nil
		}
		s.b, s.keys = b, b.Cols[s.col][:b.N]
	}
	return nil
}

// to goes forward to the first row whose key is at least id.
func (s *mergeSide) to(id graph.ID) error {
	for !s.done {
		keys := s.keys[s.at:]
		if n := len(keys); n > 0 && keys[n-1] >= id {
			// Gallop: the row is often near.
			lo, step := 0, 1
			for lo+step < n && keys[lo+step] < id {
				lo += step
				step *= 2
			}
			hi := min(lo+step, n-1)
			if keys[lo] >= id {
				hi = lo
			}
			for lo < hi {
				m := int(uint(lo+hi) >> 1)
				if keys[m] < id {
					lo = m + 1
				} else {
					hi = m
				}
			}
			s.at += lo
			return nil
		}
		s.at = len(s.keys)
		if s.sk != nil {
			s.sk.seek(id)
		}
		if err := s.load(); err != nil {
			return err
		}
		if !s.done && s.keys[0] >= id {
			return nil
		}
	}
	return nil
}

// has reports whether the current row has the key; the side must be at or
// beyond it.
func (s *mergeSide) has(key graph.ID) bool { return s.at < len(s.keys) && s.keys[s.at] == key }

// count goes past the rows with the current key and returns how many there are.
func (s *mergeSide) count(key graph.ID) (int64, error) {
	var total int64
	for {
		i := s.at
		for i < len(s.keys) && s.keys[i] == key {
			i++
		}
		if len(s.b.Weights) == 0 {
			total += int64(i - s.at)
		} else {
			for _, w := range s.b.Weights[s.at:i] {
				total += w
			}
		}
		s.at = i
		if i < len(s.keys) || s.done {
			return total, nil
		}
		if err := s.load(); err != nil {
			return 0, err
		}
		if s.done || s.keys[0] != key {
			return total, nil
		}
	}
}

// take makes the rows with the current key the run, and goes past them.
func (s *mergeSide) take(key graph.ID) error {
	i := s.at + 1
	for i < len(s.keys) && s.keys[i] == key {
		i++
	}
	from := s.at
	s.n, s.i, s.at = i-from, 0, i
	s.weights = nil
	if i < len(s.keys) {
		for k, c := range s.cols {
			s.run[k] = s.b.Cols[c][from:i]
		}
		if len(s.b.Weights) > 0 {
			s.weights = s.b.Weights[from:i]
		}
		return nil
	}
	// The run may go on in the next batch, which overwrites this one.
	for k := range s.across {
		s.across[k] = s.across[k][:0]
	}
	s.acrossWt = s.acrossWt[:0]
	for {
		for k, c := range s.cols {
			s.across[k] = append(s.across[k], s.b.Cols[c][from:i]...)
		}
		for r := from; r < i; r++ {
			s.acrossWt = append(s.acrossWt, s.b.weight(r))
		}
		if size := int64(8 * (len(s.cols) + 1) * cap(s.acrossWt)); size > s.held {
			if err := s.budget.take(size - s.held); err != nil {
				return err
			}
			s.held = size
		}
		if i < len(s.keys) {
			break
		}
		if err := s.load(); err != nil {
			return err
		}
		if s.done || s.keys[0] != key {
			break
		}
		for from, i = 0, 1; i < len(s.keys) && s.keys[i] == key; {
			i++
		}
		s.at = i
	}
	copy(s.run, s.across)
	s.n, s.weights = len(s.acrossWt), s.acrossWt
	return nil
}

// align finds the next key that all required sides have and no anti side has.
func (j *mergeKeys) align() (bool, error) {
	lead := j.required[0]
	if err := lead.load(); err != nil {
		return false, err
	}
next:
	for !lead.done {
		key := lead.keys[lead.at]
		if key < j.floor {
			if err := lead.to(j.floor); err != nil {
				return false, err
			}
			continue
		}
		for _, s := range j.required[1:] {
			if s.has(key) {
				continue
			}
			if err := s.to(key); err != nil {
				return false, err
			}
			if s.done {
				return false, nil
			}
			if k := s.keys[s.at]; k != key {
				if err := lead.to(k); err != nil {
					return false, err
				}
				continue next
			}
		}
		for _, s := range j.anti {
			if !s.has(key) {
				if err := s.to(key); err != nil {
					return false, err
				}
			}
			if s.has(key) {
				if _, err := lead.count(key); err != nil {
					return false, err
				}
				if err := lead.load(); err != nil {
					return false, err
				}
				continue next
			}
		}
		for _, s := range j.optional {
			if !s.has(key) {
				if err := s.to(key); err != nil {
					return false, err
				}
			}
		}
		j.key = key
		return true, nil
	}
	return false, nil
}

// multiply returns how many rows the key stands for by the sides whose columns
// nobody asks for, all of them with every, and goes past these.
func (j *mergeKeys) multiply(every bool) (int64, error) {
	weight := int64(1)
	for _, s := range j.sides {
		if s.kind == plan.Anti || s.kind == plan.Semi || len(s.cols) > 0 && !every || !s.has(j.key) {
			continue // a semi-join skips the rest of its run with the next key
		}
		n, err := s.count(j.key)
		if err != nil {
			return 0, err
		}
		weight *= n
	}
	return weight, nil
}

// open takes the runs of the current key.
func (j *mergeKeys) open() error {
	for _, s := range j.wide {
		if s.kind == plan.Left && !s.has(j.key) {
			s.n, s.i, s.weights = 0, 0, nil
			continue
		}
		if err := s.take(j.key); err != nil {
			return err
		}
	}
	var err error
	j.weight, err = j.multiply(false)
	j.active, j.copies = true, 0
	return err
}

func (j *mergeKeys) next() (*Batch, error) {
	if err := j.q.ctx.Err(); err != nil {
		return nil, err
	}
	j.out.reset()
	for !j.out.full() {
		if j.active {
			j.emit()
			continue
		}
		if j.emitBatches(); j.out.full() {
			break
		}
		found, err := j.align()
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		if err := j.open(); err != nil {
			return nil, err
		}
	}
	if j.out.N == 0 {
		return nil, nil
	}
	return &j.out.Batch, nil
}

// emit hands out rows of the current key until there are no more or the batch
// is full.
func (j *mergeKeys) emit() {
	for !j.out.full() {
		if j.copies == 0 {
			j.copies = j.combination()
		}
		n := j.copies
		switch {
		case j.drop:
			n = 1
		case j.weighted:
			j.out.Weights = append(j.out.Weights, n)
			n = 1
		default:
			n = min(n, int64(batchRows-j.out.N))
			j.copies -= n
		}
		for range n {
			j.row()
		}
		if j.copies > 0 && !j.weighted && !j.drop {
			return // the batch is full
		}
		j.copies = 0
		if !j.step() {
			j.active = false
			return
		}
	}
}

// combination returns how many rows the current rows of the runs stand for.
func (j *mergeKeys) combination() int64 {
	w := j.weight
	for _, s := range j.wide {
		if len(s.weights) > 0 {
			w *= s.weights[s.i]
		}
	}
	return w
}

func (j *mergeKeys) row() {
	if c := j.keyOut; c >= 0 {
		j.out.Cols[c] = append(j.out.Cols[c], j.key)
	}
	for _, s := range j.wide {
		for k, c := range s.outs {
			id := graph.Any
			if s.n > 0 {
				id = s.run[k][s.i]
			}
			j.out.Cols[c] = append(j.out.Cols[c], id)
		}
	}
	j.out.N++
}

// step goes to the next combination of rows of the runs, false when that was
// the last.
func (j *mergeKeys) step() bool {
	for k := len(j.wide) - 1; k >= 0; k-- {
		s := j.wide[k]
		if s.i++; s.i < s.n {
			return true
		}
		s.i = 0
	}
	return false
}

// count returns the number of rows left without making them.
func (j *mergeKeys) count() (int64, error) {
	var total int64
	for j.active {
		j.out.reset()
		j.emit()
		total += j.out.Batch.rows()
	}
	for {
		for range batchRows {
			total += j.countBatches()
			found, err := j.align()
			if !found || err != nil {
				return total, err
			}
			n, err := j.multiply(true)
			if err != nil {
				return total, err
			}
			total += n
		}
		if err := j.q.ctx.Err(); err != nil {
			return total, err
		}
	}
}

func (j *mergeKeys) seek(id graph.ID) {
	if id > j.floor {
		j.floor = id
	}
	if j.active && j.key < id {
		j.active = false
	}
}

func (j *mergeKeys) close() {
	for _, s := range j.sides {
		s.op.close()
		s.budget.give(s.held)
		s.held, s.across, s.acrossWt = 0, make([][]graph.ID, len(s.cols)), nil
	}
}
