package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// table compares the reports of one graph, ours first. The ratio of a query is
// the best peer's warm median over ours; a peer whose answer differs from ours
// does not count.
type table struct {
	reports []*report
	shapes  map[string]shape
}

// write prints the table as Markdown.
func (t *table) write(w io.Writer) {
	ours := t.reports[0]
	fmt.Fprintf(w, "Graph %s, %d triples, seed %d; %s; %s.\n", ours.Graph, ours.Triples, ours.Seed, ours.Date.Format("2 January 2006"), ours.Machine)
	fmt.Fprintf(w, "Warm medians in milliseconds. ≠: another answer than ours, which does not count.\n\n")

	t.row(w, "", func(r *report) string { return r.Engine }, "best / ours", "rows", "cold", "first row", "seeks", "MB read")
	t.row(w, "---", func(*report) string { return "---:" }, "---:", "---:", "---:", "---:", "---:", "---:")
	bytes := func(n int64) string {
		if n == 0 {
			return "–"
		}
		return fmt.Sprintf("%d", (n+500_000)/1_000_000)
	}
	t.row(w, "version", func(r *report) string { return r.Version })
	t.row(w, "load, s", func(r *report) string { return fmt.Sprintf("%.1f", r.LoadSeconds) })
	t.row(w, "memory of the load, MB", func(r *report) string { return bytes(r.LoadMemory) })
	t.row(w, "disk, MB", func(r *report) string { return bytes(r.Disk) })
	t.row(w, "memory of the server, MB", func(r *report) string { return bytes(r.Memory) })

	var logs float64
	var count, below int
	worst, worstName := math.Inf(1), ""
	for _, q := range ours.Queries {
		ratio := "–"
		if f, ok := t.ratio(q); ok {
			ratio = fmt.Sprintf("%.2f", f)
			logs += math.Log(f)
			count++
			if f < 1 {
				below++
			}
			if f < worst {
				worst, worstName = f, q.Name
			}
		}
		seeks, read := "–", "–"
		if q.Work != nil {
			seeks = fmt.Sprint(q.Work.Seeks)
			if q.Work.Bytes > 0 {
				read = fmt.Sprintf("%.1f", float64(q.Work.Bytes)/1e6)
			}
		}
		t.row(w, q.Name, func(r *report) string { return t.cell(q, r) }, ratio, fmt.Sprint(q.Rows), milliseconds(q.Cold), milliseconds(q.First), seeks, read)
	}
	if count > 0 {
		fmt.Fprintf(w, "\nAll queries with a peer (%d): geometric mean of the ratios %.2f, %d below 1, the least %.2f (%s).\n",
			count, math.Exp(logs/float64(count)), below, worst, worstName)
	}
}

func (t *table) row(w io.Writer, name string, cell func(*report) string, rest ...string) {
	cells := []string{name}
	for _, r := range t.reports {
		cells = append(cells, cell(r))
	}
	for len(rest) < 6 {
		rest = append(rest, "")
	}
	fmt.Fprintf(w, "| %s |\n", strings.Join(append(cells, rest...), " | "))
}

// cell returns what one engine needed for a query.
func (t *table) cell(ours measured, r *report) string {
	q, ok := r.query(ours.Name)
	switch {
	case !ok:
		return "–"
	case q.Error == errTimeout.Error():
		return "> " + milliseconds(q.Cold)
	case q.Error != "":
		return "failed"
	case r != t.reports[0] && !t.agree(ours, q):
		return milliseconds(q.Warm) + " ≠"
	}
	return milliseconds(q.Warm)
}

// agree reports whether a peer's answer is the same as ours.
func (t *table) agree(ours, q measured) bool {
	if ours.Error != "" || ours.Answer == "" || q.Answer == "" {
		return true // nothing to compare
	}
	if t.shapes[ours.Name].loose {
		return q.Rows == ours.Rows
	}
	return q.Answer == ours.Answer
}

// ratio returns by how much we are faster than the best peer with the same
// answer.
func (t *table) ratio(ours measured) (float64, bool) {
	best := math.Inf(1)
	for _, r := range t.reports[1:] {
		if q, ok := r.query(ours.Name); ok && q.Error == "" && t.agree(ours, q) {
			best = min(best, q.Warm)
		}
	}
	if math.IsInf(best, 1) || ours.Error != "" || ours.Warm <= 0 {
		return 0, false
	}
	return best / ours.Warm, true
}

// milliseconds prints seconds with about three digits.
func milliseconds(seconds float64) string {
	switch ms := seconds * 1000; {
	case ms == 0:
		return "–"
	case ms < 1:
		return fmt.Sprintf("%.3f", ms)
	case ms < 10:
		return fmt.Sprintf("%.2f", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f", ms)
	default:
		return fmt.Sprintf("%.0f", ms)
	}
}

// quantity prints a number with its noun.
func quantity(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
