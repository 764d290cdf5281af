package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// bindJoin takes windows of rows of the left side and evaluates the right side
// for the bindings of each. Rows come out in the order of the left side.
//
// Windows grow as long as the right side stays small, so that the first rows
// come soon and the cost of starting the right side is spread. A right side
// that outgrows its limit is dropped and asked again for a smaller window; the
// right side of a single row is not kept at all but streamed. Memory is thus
// bounded whatever the right side is.
type bindJoin struct {
	q       *Query
	n       *plan.BindJoin
	left    operator
	ended   bool
	size    int  // of the next window
	service bool // the right side asks endpoints, which are not asked twice

	chunk    *rows // of the left side
	from, to int   // the window in it
	at       int   // next row of the window to probe with
	view     Batch
	window   rows
	kept     *rows // the right side of the window
	p        *prober

	stream  operator // the right side of a window of one row, while it lasts
	matched bool     // that row has a match
	seen    int      // rows of stream
}

const (
	firstWindow  = 64
	maxWindow    = 1 << 16
	windowGrowth = 8
)

// rightLimit is how many rows of a right side are kept for n rows of the left:
// few in perturbed plans, so that tests meet every way of joining.
func (j *bindJoin) rightLimit(n int) int {
	if p := j.q.opts.Perturb; p != 0 {
		return int(p % 8)
	}
	return 1<<14 + 16*n
}

func (q *Query) bindJoin(n *plan.BindJoin, left operator) (operator, error) {
	lv, rv := n.Left.Properties().Vars, n.Right.Properties().Vars
	p, err := q.prober(n.Kind, n.Vars, lv, rv, n.Shared, n.Domain, n.Cond, n.Active)
	if err != nil {
		return nil, err
	}
	return &bindJoin{q: q, n: n, left: left, size: firstWindow, service: plan.AsksService(n.Right), p: p}, nil
}

func (j *bindJoin) next() (*Batch, error) {
	for {
		b, err := j.p.next()
		if err != nil {
			return nil, err
		}
		if b != nil {
			if j.stream == nil {
				return b, nil
			}
			j.matched = true
			switch j.n.Kind {
			case plan.Anti, plan.Minus:
				j.endStream()
				continue
			case plan.Semi:
				j.endStream()
			}
			return b, nil
		}
		switch {
		case j.stream != nil:
			err = j.follow()
		case j.at < j.to:
			j.probe()
		case j.ended && (j.chunk == nil || j.to >= j.chunk.n):
			return nil, nil
		default:
			err = j.advance()
		}
		if err != nil {
			return nil, err
		}
	}
}

// probe joins the next rows of the window with the right side kept for it.
func (j *bindJoin) probe() {
	n := min(j.to-j.at, batchRows)
	j.view.Cols = j.view.Cols[:0]
	for _, c := range j.chunk.cols {
		j.view.Cols = append(j.view.Cols, c[j.at:j.at+n])
	}
	j.view.N = n
	j.at += n
	j.p.start(&j.view)
}

// advance goes on to the next window and reads or opens its right side.
func (j *bindJoin) advance() error {
	j.drop()
	j.from = j.to
	if j.chunk == nil || j.from >= j.chunk.n {
		if err := j.read(); err != nil || j.chunk.n == 0 {
			return err
		}
	}
	for {
		j.to = min(j.from+j.size, j.chunk.n)
		j.at = j.from
		j.window = rows{n: j.to - j.from}
		for _, c := range j.chunk.cols {
			j.window.cols = append(j.window.cols, c[j.from:j.to])
		}
		if j.q.outer == nil {
			j.q.outer, j.q.outerVars = make(map[*plan.BindJoin]*rows), make(map[*plan.BindJoin][]algebra.Var)
		}
		j.q.outer[j.n], j.q.outerVars[j.n] = &j.window, j.n.Left.Properties().Vars
		right, err := j.q.build(j.n.Right)
		if err != nil {
			return err
		}
		if j.window.n == 1 && !j.service {
			j.stream, j.matched, j.seen = right, false, 0
			return nil
		}
		fits, err := j.keep(right)
		right.close()
		if err != nil {
			return err
		}
		if fits {
			j.p.use(newJoinTable(j.kept, columns(j.n.Right, j.n.Shared)))
			j.grow(j.kept.n)
			return nil
		}
		j.drop()
		j.size = max(1, j.window.n/windowGrowth)
	}
}

// read takes the next rows of the left side.
func (j *bindJoin) read() error {
	if j.chunk != nil {
		j.chunk.release()
	}
	j.chunk = newRows(len(j.n.Left.Properties().Vars), j.q.budget)
	j.from, j.to, j.at = 0, 0, 0
	for j.chunk.n < j.size {
		b, err := j.left.next()
		if err != nil {
			return err
		}
		if b == nil {
			j.ended = true
			break
		}
		if err := j.chunk.add(b); err != nil {
			return err
		}
	}
	return nil
}

// keep reads the right side of a window; false when it is too large.
func (j *bindJoin) keep(right operator) (bool, error) {
	j.kept = newRows(len(j.n.Right.Properties().Vars), j.q.budget)
	limit := j.rightLimit(j.window.n)
	for {
		b, err := right.next()
		if b == nil || err != nil {
			return true, err
		}
		if err := j.kept.add(b); err != nil {
			return false, err
		}
		if j.kept.n > limit && !j.service {
			return false, nil
		}
	}
}

// grow enlarges the windows to come when, at the rate of the last one, their
// right sides will be kept whole.
func (j *bindJoin) grow(right int) {
	next := min(j.size*windowGrowth, maxWindow)
	if j.service || right/j.window.n <= j.rightLimit(next)/next {
		j.size = next
	}
}

// follow joins the single row of the window with the next rows of its right
// side. While the stream lasts the prober looks for matches only.
func (j *bindJoin) follow() error {
	b, err := j.stream.next()
	if err != nil {
		return err
	}
	if b == nil {
		j.endStream()
		if !j.matched && j.n.Kind != plan.Inner && j.n.Kind != plan.Semi {
			j.join(&rows{cols: make([][]graph.ID, len(j.n.Right.Properties().Vars))}, j.n.Kind)
		}
		return nil
	}
	j.seen += b.N
	kind := plan.Inner
	if j.n.Kind != plan.Left {
		kind = j.n.Kind
	}
	if kind == plan.Anti || kind == plan.Minus {
		kind = plan.Semi
	}
	j.join(&rows{cols: b.Cols, n: b.N}, kind)
	return nil
}

// join gives the prober the single row of the window and rows of the right
// side.
func (j *bindJoin) join(right *rows, kind plan.JoinKind) {
	j.p.kind = kind
	j.p.use(newJoinTable(right, columns(j.n.Right, j.n.Shared)))
	if j.n.Kind == plan.Minus {
		j.p.m.domain = j.p.domain
	}
	j.at = j.from
	j.probe()
}

func (j *bindJoin) endStream() {
	j.stream.close()
	j.stream, j.p.kind, j.at = nil, j.n.Kind, j.to
	j.grow(j.seen)
}

// drop lets go of the right side.
func (j *bindJoin) drop() {
	if j.kept != nil {
		j.kept.release()
		j.kept = nil
	}
}

func (j *bindJoin) close() {
	j.drop()
	if j.stream != nil {
		j.stream.close()
		j.stream = nil
	}
	if j.chunk != nil {
		j.chunk.release()
		j.chunk = nil
	}
	delete(j.q.outer, j.n)
	j.left.close()
}
