package exec

import (
	"time"

	"github.com/belligraph/belligraph/graph"
)

// counter is an operator that can say how many rows are left without making
// them.
type counter interface {
	count() (int64, error)
}

// columnCounter is an operator that can say in how many of the rows left each of
// some columns is bound, -1 standing for the rows themselves, without handing
// them on.
type columnCounter interface {
	countColumns(cols []int) ([]int64, error)
}

func countRows(op operator) (int64, error) {
	if c, ok := op.(counter); ok {
		return c.count()
	}
	var n int64
	for {
		b, err := op.next()
		if b == nil || err != nil {
			return n, err
		}
		n += b.rows()
	}
}

func countColumns(op operator, cols []int) ([]int64, error) {
	counts := make([]int64, len(cols))
	rowsOnly := true
	for _, c := range cols {
		rowsOnly = rowsOnly && c < 0
	}
	if rowsOnly {
		n, err := countRows(op)
		for k := range counts {
			counts[k] = n
		}
		return counts, err
	}
	if c, ok := op.(columnCounter); ok {
		return c.countColumns(cols)
	}
	for {
		b, err := op.next()
		if b == nil || err != nil {
			return counts, err
		}
		for k, c := range cols {
			if c < 0 {
				counts[k] += b.rows()
				continue
			}
			for i, id := range b.Cols[c][:b.N] {
				if id != graph.Any {
					counts[k] += b.weight(i)
				}
			}
		}
	}
}

func (p *profiled) countColumns(cols []int) ([]int64, error) {
	start := time.Now()
	counts, err := countColumns(p.op, append([]int{-1}, cols...))
	p.stat.Time += time.Since(start)
	if err != nil {
		return nil, err
	}
	p.stat.Rows += counts[0]
	return counts[1:], nil
}
