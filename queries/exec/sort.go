package exec

import (
	"cmp"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// sorter is ORDER BY. Keys that are variables are compared by id where ids
// ascend as their values do, and read only where they do not; other keys are
// computed once per row. With a limit only the first rows are kept: when twice
// as many have come in the rest is dropped, and from then on rows beyond the
// last of those kept are not taken in at all. Without one, rows that do not fit
// in memory are sorted in runs on disk, see sort_spill.go.
type sorter struct {
	q      *Query
	n      *plan.Sort
	in     operator
	keys   []evaluator
	cols   []int // keys that are columns, else -1
	bounds [16]graph.ID
	kept   *rows
	vals   []sortValue // by row, then key; nil while ids and texts are enough
	// texts are those of keys that are strings, or may be where they are columns,
	// nil for others.
	texts   []*sortTexts
	vectors *vectors
	// needsValues is set once rows have come that ids alone do not put in order.
	needsValues bool
	held        int64
	order       []int32
	worst       int32 // with a limit: the last row that may be kept, -1 for none
	ready       bool
	err         error
	at          int
	solution    uint64
	out         builder

	file  *spillFile
	runs  []*spillRun
	merge *sortMerge // of the runs
}

// sortValue is the value of a key once it was needed.
type sortValue struct {
	value expr.Value
	text  string // of a string, with or without a language tag
	state uint8
}

const (
	sortUnread uint8 = iota
	sortOther
	sortText
)

// sortValueSize is about what a kept value costs.
const sortValueSize = 128

func (q *Query) sort(n *plan.Sort, in operator) (operator, error) {
	s := &sorter{q: q, n: n, in: in, kept: newRows(len(n.Vars), q.budget), out: newBuilder(len(n.Vars)), worst: -1}
	q.chains++
	s.solution = q.chains << 40
	s.vectors = q.vectors(n.Input.Properties().Vars)
	for tag := graph.TagBlank; tag != 0; tag += 1 << 60 {
		s.bounds[tag>>60] = q.snap.SortedBelow(tag)
	}
	for _, k := range n.Keys {
		f, err := q.compile(k.Expr, n.Input.Properties().Vars, n.Active)
		if err != nil {
			return nil, err
		}
		col := -1
		if v, ok := variableOf(k.Expr); ok {
			col = columnOf(n.Input.Properties().Vars, v)
		}
		s.keys, s.cols = append(s.keys, f), append(s.cols, col)
		var texts *sortTexts
		if t := s.vectors.textual(k.Expr); t != nil && !plan.Volatile(k.Expr) {
			texts = &sortTexts{f: t, ids: stringIDs{q: q}}
		}
		s.texts = append(s.texts, texts)
	}
	return s, nil
}

func (s *sorter) load() error {
	for {
		b, err := s.in.next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		if err := s.q.ctx.Err(); err != nil {
			return err
		}
		from := s.kept.n
		if err := s.kept.add(b); err != nil {
			return err
		}
		if err := s.read(from); err != nil {
			return err
		}
		if s.worst >= 0 {
			s.reject(from)
		}
		if s.n.Limit >= 0 && int64(s.kept.n) > 2*s.n.Limit+batchRows {
			s.cut()
		}
		if s.err != nil {
			return s.err
		}
		if s.q.crowded(s.held+s.kept.held, s.valuesToCome()) {
			if err := s.spill(); err != nil {
				return err
			}
		}
	}
	if len(s.runs) > 0 {
		s.ready = true
		return s.openMerge()
	}
	s.sortRows()
	s.ready = true
	return s.err
}

// read computes the keys of the rows from the given one on that are no columns.
func (s *sorter) read(from int) error {
	computed := false
	for k, c := range s.cols {
		if c >= 0 {
			continue
		}
		if s.texts[k] == nil {
			computed = true
		} else if err := s.extendTexts(k); err != nil {
			return err
		}
	}
	if s.vals == nil && !computed {
		s.lookAhead(from)
		return nil
	}
	if err := s.growValues(); err != nil {
		return err
	}
	b := Batch{Cols: s.kept.cols, N: s.kept.n}
	for i := from; i < s.kept.n && computed; i++ {
		s.q.expr.Solution = s.solution
		s.solution++
		for k, f := range s.keys {
			if s.cols[k] >= 0 || s.texts[k] != nil {
				continue
			}
			v, err := f(&b, i)
			if expr.Fatal(err) {
				return err
			}
			if err != nil {
				v = expr.Value{} // an error sorts as unbound
			}
			s.set(i*len(s.keys)+k, v)
		}
	}
	return nil
}

// lookAhead finds out whether ids alone will not do to sort the rows from the
// given one on.
func (s *sorter) lookAhead(from int) {
	for _, c := range s.cols {
		if c < 0 {
			continue
		}
		for _, id := range s.kept.cols[c][from:] {
			if s.needsValues {
				return
			}
			tag := id.Tag()
			s.needsValues = tag != s.kept.cols[c][0].Tag() ||
				!id.IsInline() && !hasText(id) && (tag != graph.TagIRI || id >= s.bounds[tag>>60])
		}
	}
}

// valuesToCome returns the bytes that sorting will take for the values of keys
// that are not read yet.
func (s *sorter) valuesToCome() int64 {
	if !s.needsValues {
		return 0
	}
	return int64(s.kept.n*len(s.keys)-len(s.vals)) * sortValueSize
}

func (s *sorter) set(at int, v expr.Value) {
	v = v.Resolve()
	sv := sortValue{value: v, state: sortOther}
	if l, ok := v.Term().(rdf.Literal); ok && (l.Lang != "" || l.Datatype == rdf.XSDString) {
		sv.text, sv.state = l.Lexical, sortText
	}
	s.vals[at] = sv
}

// growValues makes room for the values of all rows.
func (s *sorter) growValues() error {
	n := s.kept.n*len(s.keys) - len(s.vals)
	if n <= 0 {
		return nil
	}
	s.vals = append(s.vals, make([]sortValue, n)...)
	s.held += int64(n) * sortValueSize
	return s.q.budget.take(int64(n) * sortValueSize)
}

func (s *sorter) value(row int32, k int) *sortValue {
	if s.vals == nil || len(s.vals) < s.kept.n*len(s.keys) {
		if err := s.growValues(); err != nil && s.err == nil {
			s.err = err
		}
	}
	at := int(row)*len(s.keys) + k
	if s.vals[at].state == sortUnread {
		v, err := s.q.Terms.Value(s.kept.cols[s.cols[k]][row])
		if err != nil && s.err == nil {
			s.err = err
		}
		s.set(at, v)
	}
	return &s.vals[at]
}

// compareKey compares two rows by one key.
func (s *sorter) compareKey(a, b int32, k int) int {
	if c := s.cols[k]; c >= 0 {
		x, y := s.kept.cols[c][a], s.kept.cols[c][b]
		if x == y {
			return 0
		}
		if d, ok := s.q.order(x, y); ok {
			return d
		}
	}
	if c := s.cols[k]; s.texts[k] != nil && (c < 0 || hasText(s.kept.cols[c][a]) && hasText(s.kept.cols[c][b])) {
		if d, ok := s.compareTexts(a, b, k); ok {
			return d
		}
	}
	x, y := s.value(a, k), s.value(b, k)
	if x.state == sortText && y.state == sortText {
		if d := cmp.Compare(x.text, y.text); d != 0 {
			return d
		}
	}
	return expr.Order(x.value, y.value)
}

// hasText reports whether an id is that of a stored string.
func hasText(id graph.ID) bool { return id.Tag() == graph.TagString || id.Tag() == graph.TagLang }

// compare orders rows; those that the keys do not tell apart stay in the order
// in which they came.
func (s *sorter) compare(a, b int32) int {
	for k := range s.keys {
		d := s.compareKey(a, b, k)
		if s.n.Keys[k].Desc {
			d = -d
		}
		if d != 0 {
			return d
		}
	}
	return cmp.Compare(a, b)
}

func (s *sorter) sortRows() {
	s.order = s.order[:0]
	for i := range s.kept.n {
		s.order = append(s.order, int32(i))
	}
	if ranks := s.ranks(); ranks != nil {
		for i, r := range s.sortRanked(ranks) {
			s.order[i] = r.row
		}
	} else {
		slices.SortFunc(s.order, s.compare)
	}
	if s.n.Limit >= 0 && int64(len(s.order)) > s.n.Limit {
		s.order = s.order[:s.n.Limit]
	}
}

// reject drops those of the rows from the given one on that come after the worst
// of the rows that are kept.
func (s *sorter) reject(from int) {
	w := len(s.keys)
	to := from
	for i := from; i < s.kept.n; i++ {
		if s.compare(int32(i), s.worst) > 0 {
			continue
		}
		if to != i {
			for c := range s.kept.cols {
				s.kept.cols[c][to] = s.kept.cols[c][i]
			}
			if s.vals != nil {
				copy(s.vals[to*w:(to+1)*w], s.vals[i*w:(i+1)*w])
			}
			s.moveTexts(to, i)
		}
		to++
	}
	s.shrink(to)
}

// shrink forgets the rows from n on.
func (s *sorter) shrink(n int) {
	w := len(s.keys)
	for c := range s.kept.cols {
		s.kept.cols[c] = s.kept.cols[c][:n]
	}
	size := int64(s.kept.n-n) * int64(8*len(s.kept.cols))
	s.kept.held -= size
	if len(s.vals) > n*w {
		values := int64(len(s.vals)-n*w) * sortValueSize
		s.held -= values
		size += values
		clear(s.vals[n*w:])
		s.vals = s.vals[:n*w]
	}
	texts := s.shrinkTexts(n)
	s.held -= texts
	s.kept.n = n
	s.q.budget.give(size + texts)
}

// cut keeps the first rows, in order.
func (s *sorter) cut() {
	s.sortRows()
	w := len(s.keys)
	if s.vals != nil {
		vals := make([]sortValue, 0, len(s.order)*w)
		for _, i := range s.order {
			vals = append(vals, s.vals[int(i)*w:(int(i)+1)*w]...)
		}
		copy(s.vals, vals)
	}
	s.orderTexts()
	ids := make([]graph.ID, len(s.order))
	for _, col := range s.kept.cols {
		for k, i := range s.order {
			ids[k] = col[i]
		}
		copy(col, ids)
	}
	s.shrink(len(s.order))
	s.worst = int32(len(s.order)) - 1
}

func (s *sorter) next() (*Batch, error) {
	if !s.ready {
		if err := s.load(); err != nil {
			return nil, err
		}
	}
	if s.merge != nil {
		return s.merge.next()
	}
	s.out.reset()
	n := min(len(s.order)-s.at, batchRows)
	if n <= 0 {
		return nil, nil
	}
	s.out.keep(&Batch{Cols: s.kept.cols, N: s.kept.n}, s.order[s.at:s.at+n])
	s.at += n
	return &s.out.Batch, nil
}

func (s *sorter) close() {
	s.in.close()
	s.kept.release()
	s.q.budget.give(s.held)
	s.held, s.vals, s.order = 0, nil, nil
	s.ready, s.merge = true, nil
	s.file.close()
}
