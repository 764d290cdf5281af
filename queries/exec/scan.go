package exec

import (
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// matcher scans one pattern in its active graph, with some positions bound to
// ids that only the running query knows.
type matcher struct {
	q       *Query
	triple  plan.Triple
	active  plan.Active
	allowed map[graph.ID]bool // graphs of GraphVar and GraphMerge; nil is all
	equal   [][2]graph.Column // positions that hold the same variable

	cursor  graph.Cursor
	cols    graph.Columns
	inGraph graph.ID // the graph to filter by, Any for none
	dedup   bool
	last    [3]graph.ID
	hasLast bool
	sel     []int32
	until   graph.ID // with ending, the first id of column lead that is too far
	lead    graph.Column
	ending  bool
	view    graph.Batch
	seen    int // rows that nobody who looks on has been told of

	stat *Stat // of the operator, nil when nothing is counted
	read int64 // bytes of the open scan that stat has been told of
}

func (q *Query) matcher(t plan.Triple, a plan.Active) *matcher {
	m := &matcher{q: q, triple: t, active: a}
	names := [4]algebra.Var{t[0].Var, t[1].Var, t[2].Var}
	if a.Kind == plan.GraphVar {
		names[3] = a.Var
	}
	for i := graph.S; i <= graph.G; i++ {
		for j := graph.S; j < i; j++ {
			if names[i] != "" && names[i] == names[j] {
				m.equal = append(m.equal, [2]graph.Column{j, i})
			}
		}
	}
	if (a.Kind == plan.GraphVar || a.Kind == plan.GraphMerge) && !a.All {
		m.allowed = make(map[graph.ID]bool, len(a.IDs))
		for _, id := range a.IDs {
			m.allowed[id] = true
		}
	}
	return m
}

// column returns the column of the pattern that holds v, false for none.
func (m *matcher) column(v algebra.Var) (graph.Column, bool) {
	for i, pos := range m.triple {
		if pos.Var == v {
			return graph.Column(i), true
		}
	}
	if m.active.Kind == plan.GraphVar && m.active.Var == v {
		return graph.G, true
	}
	return 0, false
}

// open starts a scan. bound overrides the variables of the pattern by column,
// Any leaving them free. want are the columns that the caller reads. order is
// used when it fits; NumOrders lets the matcher choose. It returns false when
// nothing can match.
func (m *matcher) open(bound [4]graph.ID, order graph.Order, want graph.Columns) (bool, error) {
	p := graph.Pattern{S: bound[0], P: bound[1], O: bound[2]}
	ids := [3]*graph.ID{&p.S, &p.P, &p.O}
	for i, pos := range m.triple {
		if !pos.IsVar() {
			*ids[i] = pos.ID
		}
		if ids[i].Tag() == graph.TagLocal {
			return false, nil
		}
	}
	m.inGraph, m.dedup, m.hasLast = graph.Any, false, false
	switch m.active.Kind {
	case plan.GraphOne, plan.GraphParam:
		id, _ := m.q.one(m.active)
		if id.Tag() == graph.TagLocal {
			return false, nil
		}
		if !m.q.onlyDefault || id != graph.DefaultGraph {
			p.G = id
		}
	case plan.GraphVar:
		if id := bound[graph.G]; id != graph.Any {
			if id.Tag() == graph.TagLocal || id == graph.DefaultGraph || m.allowed != nil && !m.allowed[id] {
				return false, nil
			}
			p.G = id
		}
	case plan.GraphMerge:
		m.dedup = true
	}
	if order == graph.NumOrders {
		o, ok := graph.BestOrder(p)
		if !ok {
			m.inGraph, p.G = p.G, graph.Any
		}
		order = o
	} else if _, all := p.BoundPrefix(order); !all {
		m.inGraph, p.G = p.G, graph.Any
	}
	if m.dedup {
		if order >= graph.GSPO { // equal triples must be neighbours
			order = graph.SPOG
		}
		want |= graph.ColS | graph.ColP | graph.ColO
		if m.allowed != nil {
			want |= graph.ColG
		}
	}
	if m.inGraph != graph.Any || m.active.Kind == plan.GraphVar {
		want |= graph.ColG
	}
	for _, e := range m.equal {
		want |= 1<<e[0] | 1<<e[1]
	}
	m.cols = want
	if want == 0 {
		m.cols = graph.ColS // a cursor may need a column to count rows by
	}
	var err error
	m.cursor, err = m.q.snap.Scan(m.q.ctx, p, order, m.cols)
	if m.stat != nil {
		m.stat.Seeks++
		m.read = 0
	}
	return err == nil, err
}

// count tells the profile how much of the graph has been read.
func (m *matcher) count() {
	if c, ok := m.cursor.(graph.ByteCounter); ok {
		read := c.BytesRead()
		m.stat.BytesRead += read - m.read
		m.read = read
	}
}

// toldRows is how many rows a matcher reads before it says so: look-ups of a row
// each must not meet at one counter.
const toldRows = 256

// next returns the next quads and which of them match; a nil selection is all.
func (m *matcher) next() (*graph.Batch, []int32, error) {
	for {
		b := m.cursor.Next()
		if m.stat != nil {
			m.count()
		}
		if b == nil {
			return nil, nil, m.cursor.Err()
		}
		if m.seen += b.N; m.seen >= toldRows {
			m.q.watch.hasRead(m.seen)
			m.seen = 0
		}
		if m.ending {
			if b = m.before(b); b == nil {
				return nil, nil, nil
			}
		}
		if m.inGraph == graph.Any && !m.dedup && len(m.equal) == 0 && m.active.Kind != plan.GraphVar {
			return b, nil, nil
		}
		m.sel = m.sel[:0]
		for i := range b.N {
			if m.accept(b, i) {
				m.sel = append(m.sel, int32(i))
			}
		}
		if len(m.sel) > 0 {
			return b, m.sel, nil
		}
	}
}

// cut restricts an open scan to the ids of its first free column between from
// and, when it is not Any, to.
func (m *matcher) cut(lead graph.Column, from, to graph.ID) {
	if from != graph.Any {
		m.cursor.Seek(from)
	}
	m.lead, m.until, m.ending = lead, to, to != graph.Any
}

// before returns the rows of b that are not too far, nil when there are none.
func (m *matcher) before(b *graph.Batch) *graph.Batch {
	lead := b.Cols[m.lead]
	if lead[b.N-1] < m.until {
		return b
	}
	n, _ := slices.BinarySearch(lead[:b.N], m.until)
	if n == 0 {
		return nil
	}
	m.view = *b
	m.view.N = n
	return &m.view
}

func (m *matcher) accept(b *graph.Batch, i int) bool {
	if m.inGraph != graph.Any && b.Cols[graph.G][i] != m.inGraph {
		return false
	}
	if m.active.Kind == plan.GraphVar && b.Cols[graph.G][i] == graph.DefaultGraph {
		return false
	}
	if m.allowed != nil && !m.allowed[b.Cols[graph.G][i]] {
		return false
	}
	for _, e := range m.equal {
		if b.Cols[e[0]][i] != b.Cols[e[1]][i] {
			return false
		}
	}
	if m.dedup {
		t := [3]graph.ID{b.Cols[0][i], b.Cols[1][i], b.Cols[2][i]}
		if m.hasLast && t == m.last {
			return false
		}
		m.last, m.hasLast = t, true
	}
	return true
}

func (m *matcher) close() {
	if m.cursor != nil {
		m.cursor.Close()
		m.cursor = nil
	}
}

// scan hands out the matches of a pattern.
type scan struct {
	m      *matcher
	n      *plan.Scan
	from   []graph.Column // by output column
	opened bool
	empty  bool
	out    Batch
	chosen [][]graph.ID // rows of a batch; out may also show those of the cursor

	ranges []plan.IDRange // still to be read, when the plan has some
	by     graph.Column   // their column
	b      *graph.Batch   // the batch that is being cut to the ranges
	sel    []int32
	at     int // in b, or in sel
	cut    []int32
}

func (q *Query) scan(n *plan.Scan) (operator, error) {
	s := &scan{m: q.matcher(n.Triple, n.Active), n: n, out: Batch{Cols: make([][]graph.ID, len(n.Vars))}, chosen: make([][]graph.ID, len(n.Vars))}
	for _, v := range n.Vars {
		c, _ := s.m.column(v)
		s.from = append(s.from, c)
	}
	if q.stats != nil {
		s.m.stat = q.stat(n)
	}
	return s, nil
}

func (s *scan) open() error {
	if s.opened {
		return nil
	}
	s.opened = true
	var want graph.Columns
	for _, c := range s.from {
		want |= 1 << c
	}
	span := s.m.q.span
	var lead graph.Column
	if span = span.of(s.n); span != nil {
		lead = leadingColumn(s.n)
		want |= 1 << lead
	}
	if s.n.Ranges != nil {
		s.ranges = s.n.Ranges
		s.by, _ = s.m.column(s.n.By)
		want |= 1 << s.by
	}
	ok, err := s.m.open([4]graph.ID{}, s.n.Order, want)
	s.empty = !ok
	if ok && err == nil && span != nil {
		s.m.cut(lead, span.from, span.to)
	}
	return err
}

func (s *scan) next() (*Batch, error) {
	if err := s.open(); err != nil || s.empty {
		return nil, err
	}
	var b *graph.Batch
	var sel []int32
	var err error
	if s.n.Ranges != nil {
		b, sel, err = s.within()
	} else {
		b, sel, err = s.m.next()
	}
	if b == nil || err != nil {
		return nil, err
	}
	if sel == nil {
		for i, c := range s.from {
			s.out.Cols[i] = b.Cols[c]
		}
		s.out.N = b.N
		return &s.out, nil
	}
	for i, c := range s.from {
		out, in := s.chosen[i][:0], b.Cols[c]
		for _, r := range sel {
			out = append(out, in[r])
		}
		s.chosen[i], s.out.Cols[i] = out, out
	}
	s.out.N = len(sel)
	return &s.out, nil
}

// within returns the next quads whose ids are in the ranges. It skips from the
// end of one to the beginning of the next.
func (s *scan) within() (*graph.Batch, []int32, error) {
	for len(s.ranges) > 0 {
		r := s.ranges[0]
		if s.b == nil {
			s.m.cursor.Seek(r.From)
			var err error
			if s.b, s.sel, err = s.m.next(); s.b == nil || err != nil {
				s.ranges = nil
				return nil, nil, err
			}
			s.at = 0
		}
		ids, n := s.b.Cols[s.by], s.b.N
		if s.sel != nil {
			n = len(s.sel)
		}
		s.cut = s.cut[:0]
		for ; s.at < n; s.at++ {
			i := int32(s.at)
			if s.sel != nil {
				i = s.sel[s.at]
			}
			if ids[i] > r.To {
				break
			}
			if ids[i] >= r.From {
				s.cut = append(s.cut, i)
			}
		}
		b := s.b
		if s.at < n {
			s.ranges = s.ranges[1:]
			if len(s.ranges) > 0 && b.Cols[s.by][b.N-1] < s.ranges[0].From {
				s.b = nil // the next range is beyond the batch
			}
		} else {
			s.b = nil
		}
		if len(s.cut) == b.N {
			return b, nil, nil
		}
		if len(s.cut) > 0 {
			return b, s.cut, nil
		}
	}
	return nil, nil, nil
}

func (s *scan) seek(id graph.ID) {
	if s.open() == nil && !s.empty {
		// Rows of the batch that is being cut are not consumed yet.
		if s.b != nil && s.b.Cols[s.by][s.b.N-1] >= id {
			return
		}
		s.b = nil
		s.m.cursor.Seek(id)
	}
}

func (s *scan) close() { s.m.close() }

// indexJoin looks a pattern up for each row of its input.
type indexJoin struct {
	q  *Query
	n  *plan.IndexJoin
	in operator
	m  *matcher

	bind   [4]int // input column of each pattern column, -1 when it is free
	fromIn []int
	from   []int // pattern column by output column, -1 for none
	want   graph.Columns

	b     *Batch
	row   int
	open  bool
	any   bool // the current row has a match
	key   [4]graph.ID
	quads *graph.Batch
	sel   []int32
	at    int
	out   builder

	sorted *sortedLookup // nil where it does not apply
	inRun  bool          // it has the current batch
}

func (q *Query) indexJoin(n *plan.IndexJoin, in operator) (operator, error) {
	j := &indexJoin{q: q, n: n, in: in, m: q.matcher(n.Triple, n.Active), out: newBuilder(len(n.Vars))}
	if q.stats != nil {
		j.m.stat = q.stat(n)
	}
	vars := n.Input.Properties().Vars
	for c := graph.S; c <= graph.G; c++ {
		j.bind[c] = -1
		var v algebra.Var
		if c < graph.G {
			v = n.Triple[c].Var
		} else if n.Active.Kind == plan.GraphVar {
			v = n.Active.Var
		}
		if v != "" {
			j.bind[c] = columnOf(vars, v)
		}
	}
	for _, v := range n.Vars {
		in, c := columnOf(vars, v), -1
		if col, ok := j.m.column(v); ok {
			c = int(col)
			if in < 0 || !n.Input.Properties().Certain[v] {
				j.want |= 1 << col
			}
		}
		j.fromIn, j.from = append(j.fromIn, in), append(j.from, c)
	}
	var err error
	j.sorted, err = q.sortedLookup(j)
	return j, err
}

// load makes sure that there is a current batch; false at the end of the input.
func (j *indexJoin) load() (bool, error) {
	if j.b != nil {
		return true, nil
	}
	b, err := j.in.next()
	if b == nil || err != nil {
		return false, err
	}
	if j.inRun = j.sorted != nil && b.N >= j.q.sortedRows(); j.inRun {
		if b, err = j.sorted.gather(b); err != nil {
			return false, err
		}
		j.sorted.start(b)
	}
	j.b, j.row = b, 0
	return true, nil
}

func (j *indexJoin) next() (*Batch, error) {
	j.out.reset()
	for !j.out.full() {
		ok, err := j.load()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if err := j.fill(); err != nil {
			return nil, err
		}
		// What is ready goes out before the next batch of the input is asked
		// for, so that first rows come early.
		if j.b == nil && j.out.N > 0 {
			break
		}
	}
	if j.out.N == 0 {
		return nil, nil
	}
	return &j.out.Batch, nil
}

// count returns the number of rows left; those that are looked up in order are not
// made.
func (j *indexJoin) count() (total int64, err error) {
	for {
		ok, err := j.load()
		if !ok || err != nil {
			return total, err
		}
		if j.inRun && j.sorted.i < 0 {
			n, err := j.sorted.count()
			if err != nil {
				return total, err
			}
			total += n
			j.b = nil
			if err := j.q.ctx.Err(); err != nil {
				return total, err
			}
			continue
		}
		j.out.reset()
		if err := j.fill(); err != nil {
			return total, err
		}
		total += j.out.rows()
	}
}

// fill joins rows of the current batch until the output is full or they are
// done.
func (j *indexJoin) fill() error {
	if err := j.q.ctx.Err(); err != nil {
		return err
	}
	if j.inRun {
		done, err := j.sorted.fill()
		if done {
			j.b = nil
		}
		return err
	}
	for j.row < j.b.N {
		if !j.open {
			for c, col := range j.bind {
				j.key[c] = graph.Any
				if col >= 0 {
					j.key[c] = j.b.Cols[col][j.row]
				}
			}
			ok, err := j.m.open(j.key, graph.NumOrders, j.want)
			if err != nil {
				return err
			}
			if !ok {
				j.miss()
				j.row++
				continue
			}
			j.open, j.any, j.quads = true, false, nil
		}
		done, err := j.match()
		if err != nil {
			return err
		}
		if !done {
			return nil // the output is full
		}
		j.m.close()
		j.open = false
		if !j.any {
			j.miss()
		}
		j.row++
		if j.out.full() {
			break
		}
	}
	if j.row >= j.b.N {
		j.b = nil
	}
	return nil
}

// miss handles a row without a match.
func (j *indexJoin) miss() {
	if j.n.Kind == plan.Left || j.n.Kind == plan.Anti {
		j.emit(nil, 0)
	}
}

// match emits the matches of the current row; false when the output is full.
func (j *indexJoin) match() (bool, error) {
	for {
		if j.quads == nil {
			b, sel, err := j.m.next()
			if err != nil {
				return false, err
			}
			if b == nil {
				return true, nil
			}
			j.quads, j.sel, j.at = b, sel, 0
		}
		n := j.quads.N
		if j.sel != nil {
			n = len(j.sel)
		}
		for ; j.at < n; j.at++ {
			if j.out.full() {
				return false, nil
			}
			j.any = true
			i := j.at
			if j.sel != nil {
				i = int(j.sel[j.at])
			}
			switch j.n.Kind {
			case plan.Semi:
				j.emit(nil, 0)
				return true, nil
			case plan.Anti:
				return true, nil
			}
			j.emit(j.quads, i)
		}
		j.quads = nil
	}
}

func (j *indexJoin) emit(quads *graph.Batch, i int) {
	for c := range j.out.Cols {
		id := graph.Any
		if in := j.fromIn[c]; in >= 0 {
			id = j.b.Cols[in][j.row]
		}
		if id == graph.Any && quads != nil && j.from[c] >= 0 {
			id = quads.Cols[j.from[c]][i]
		}
		j.out.Cols[c] = append(j.out.Cols[c], id)
	}
	if j.n.Weighted {
		j.out.Weights = append(j.out.Weights, j.b.weight(j.row))
	}
	j.out.N++
}

func (j *indexJoin) close() {
	if j.sorted != nil {
		j.sorted.close()
	}
	j.m.close()
	j.in.close()
}

// nodesOf returns whether a term is a subject or an object of a graph, which is
// what a zero-length path between variables can match (§18.1.7).
func (q *Query) isNode(id graph.ID, a plan.Active, g graph.ID) (bool, error) {
	for _, c := range []graph.Column{graph.S, graph.O} {
		var bound [4]graph.ID
		bound[c], bound[graph.G] = id, g
		found, err := q.exists(bound, a)
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}

func (q *Query) exists(bound [4]graph.ID, a plan.Active) (bool, error) {
	m := q.matcher(plan.Triple{{Var: ".s"}, {Var: ".p"}, {Var: ".o"}}, a)
	ok, err := m.open(bound, graph.NumOrders, 0)
	if !ok || err != nil {
		return false, err
	}
	defer m.close()
	b, _, err := m.next()
	return b != nil, err
}

// nodes returns the subjects and objects of a graph.
func (q *Query) nodes(a plan.Active, g graph.ID) ([]graph.ID, error) {
	m := q.matcher(plan.Triple{{Var: ".s"}, {Var: ".p"}, {Var: ".o"}}, a)
	var bound [4]graph.ID
	bound[graph.G] = g
	ok, err := m.open(bound, graph.NumOrders, graph.ColS|graph.ColO)
	if !ok || err != nil {
		return nil, err
	}
	defer m.close()
	set := make(map[graph.ID]bool)
	var held int64
	for {
		b, sel, err := m.next()
		if err != nil {
			return nil, err
		}
		if b == nil {
			break
		}
		before := len(set)
		if sel == nil {
			for i := range b.N {
				set[b.Cols[graph.S][i]], set[b.Cols[graph.O][i]] = true, true
			}
		} else {
			for _, i := range sel {
				set[b.Cols[graph.S][i]], set[b.Cols[graph.O][i]] = true, true
			}
		}
		size := int64(len(set)-before) * 32
		held += size
		if err := q.budget.take(size); err != nil {
			return nil, err
		}
	}
	out := make([]graph.ID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	q.budget.give(held)
	return out, nil
}
