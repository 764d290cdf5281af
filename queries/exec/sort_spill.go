package exec

import (
	"container/heap"

	"github.com/belligraph/belligraph/graph"
)

// spill moves the rows that are kept, sorted, to a run on disk. Keys that are no
// columns follow the columns of the row, as ids, since computing them again might
// give other values (RAND, BNODE).
func (s *sorter) spill() error {
	s.sortRows()
	if s.err != nil {
		return s.err
	}
	if s.file == nil {
		var err error
		if s.file, err = s.q.newSpillFile(); err != nil {
			return err
		}
	}
	run := s.file.run(len(s.kept.cols) + s.computed())
	b := Batch{Cols: s.kept.cols, N: s.kept.n}
	var more []graph.ID
	for _, row := range s.order {
		more = more[:0]
		for k, c := range s.cols {
			if c >= 0 {
				continue
			}
			id, err := s.keyID(row, k)
			if err != nil {
				return err
			}
			more = append(more, id)
		}
		if err := run.add(&b, int(row), more...); err != nil {
			return err
		}
	}
	if err := run.flush(); err != nil {
		return err
	}
	s.runs = append(s.runs, run)
	s.shrink(0)
	s.worst = -1
	return nil
}

// computed returns the number of keys that are no columns.
func (s *sorter) computed() int {
	n := 0
	for _, c := range s.cols {
		if c < 0 {
			n++
		}
	}
	return n
}

// sortMerge merges the runs of a sorter. The next row of each run is a row of
// the sorter's table, so that rows are compared as they are when they all fit;
// the number of the run decides between equal ones, and runs are in the order in
// which their rows came.
type sortMerge struct {
	s     *sorter
	heads []spillHead // by run
	order []int32     // a heap of the runs that have rows left
	left  int64       // rows that may still come out, negative for all
}

// openMerge spills the last rows too and begins to merge.
func (s *sorter) openMerge() error {
	if s.kept.n > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	// From here on the table has a row per run, and all keys are columns.
	at := len(s.kept.cols)
	for k, c := range s.cols {
		if c < 0 {
			s.cols[k] = at
			at++
		}
	}
	clear(s.texts)
	s.kept.release()
	s.kept = newRows(at, s.q.budget)
	if err := s.kept.grow(len(s.runs)); err != nil {
		return err
	}
	s.kept.n = len(s.runs)
	for c := range s.kept.cols {
		s.kept.cols[c] = make([]graph.ID, len(s.runs))
	}
	m := &sortMerge{s: s, heads: make([]spillHead, len(s.runs)), left: s.n.Limit}
	for i, run := range s.runs {
		r, err := run.reader()
		if err != nil {
			return err
		}
		m.heads[i].r = r
		ok, err := m.load(int32(i))
		if err != nil {
			return err
		}
		if ok {
			m.order = append(m.order, int32(i))
		}
	}
	heap.Init(m)
	s.merge = m
	return s.err
}

// load puts the current row of a run into the table; false when the run is done.
func (m *sortMerge) load(run int32) (bool, error) {
	h := &m.heads[run]
	if ok, err := h.load(); !ok || err != nil {
		return false, err
	}
	for c, col := range m.s.kept.cols {
		col[run] = h.b.Cols[c][h.at]
	}
	if w := len(m.s.keys); len(m.s.vals) >= (int(run)+1)*w {
		clear(m.s.vals[int(run)*w : (int(run)+1)*w])
	}
	return true, nil
}

func (m *sortMerge) next() (*Batch, error) {
	s := m.s
	s.out.reset()
	for len(m.order) > 0 && m.left != 0 && !s.out.full() {
		run := m.order[0]
		for c := range s.out.Cols {
			s.out.Cols[c] = append(s.out.Cols[c], s.kept.cols[c][run])
		}
		s.out.N++
		m.left--
		m.heads[run].at++
		ok, err := m.load(run)
		if err != nil {
			return nil, err
		}
		if ok {
			heap.Fix(m, 0)
		} else {
			heap.Pop(m)
		}
	}
	if s.err != nil || s.out.N == 0 {
		return nil, s.err
	}
	return &s.out.Batch, nil
}

// Len, Less, Swap, Push and Pop make the runs a heap; see container/heap.
func (m *sortMerge) Len() int           { return len(m.order) }
func (m *sortMerge) Less(i, j int) bool { return m.s.compare(m.order[i], m.order[j]) < 0 }
func (m *sortMerge) Swap(i, j int)      { m.order[i], m.order[j] = m.order[j], m.order[i] }
func (m *sortMerge) Push(x any)         { m.order = append(m.order, x.(int32)) }
func (m *sortMerge) Pop() any {
	last := len(m.order) - 1
	x := m.order[last]
	m.order = m.order[:last]
	return x
}
