package queries

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
)

// Explanation is a plan made readable. With Analyzed set it also says what the
// operators did.
type Explanation struct {
	Algebra    string   `json:"algebra,omitempty"`
	Rules      []string `json:"rules,omitempty"`
	Analyzed   bool     `json:"analyzed"`
	PeakMemory int64    `json:"peakMemory,omitempty"` // bytes held by operators at a time
	Spilled    int64    `json:"spilled,omitempty"`    // bytes written to temporary files
	Root       *Step    `json:"plan"`
}

// Step is an operator of a plan.
type Step struct {
	Operator  string        `json:"operator"`
	Estimated float64       `json:"estimatedRows"`
	Cost      float64       `json:"cost"`
	Rows      int64         `json:"rows"`
	Seeks     int64         `json:"seeks,omitempty"`
	BytesRead int64         `json:"bytesRead,omitempty"` // of the graph, packed
	Bytes     int64         `json:"bytes"`               // of the rows
	Time      time.Duration `json:"nanoseconds"`         // operands included
	Inputs    []*Step       `json:"inputs,omitempty"`
}

// Explain returns the plan of a query without running it; with analyze, the
// query is run to its end and the plan says what happened.
func (e *Engine) Explain(ctx context.Context, text string, opts QueryOptions, analyze bool) (*Explanation, error) {
	p, err := e.Prepare(text, opts)
	if err != nil {
		return nil, err
	}
	opts.Profile = analyze
	r, err := p.Run(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if analyze {
		for {
			b, err := r.rows.Next()
			if err != nil {
				return nil, r.explainError(err)
			}
			if b == nil {
				break
			}
		}
	}
	x := r.Profile()
	if q := p.Algebra(); q.Pattern != nil {
		x.Algebra = q.Pattern.String()
	}
	return x, nil
}

func explain(p *plan.Plan, q *exec.Query) *Explanation {
	stats := q.Stats()
	return &Explanation{Rules: p.Rules, Analyzed: stats != nil, PeakMemory: q.PeakMemory(), Spilled: q.Spilled(), Root: step(p.Root, stats)}
}

func step(n plan.Node, stats map[plan.Node]*exec.Stat) *Step {
	pr := n.Properties()
	s := &Step{Operator: n.Describe(), Estimated: finite(pr.Rows), Cost: finite(pr.Cost)}
	if st := stats[n]; st != nil {
		s.Rows, s.Seeks, s.Time = st.Rows, st.Seeks, st.Time
		s.BytesRead, s.Bytes = st.BytesRead, st.Bytes
	}
	for _, in := range n.Inputs() {
		s.Inputs = append(s.Inputs, step(in, stats))
	}
	return s
}

// ForgetReads takes out how many bytes of the graph were read. They are those of
// whole blocks, with what lies between the quads that a reader may see.
func (s *Step) ForgetReads() {
	s.BytesRead = 0
	for _, in := range s.Inputs {
		in.ForgetReads()
	}
}

// finite rounds an estimate; JSON has no infinity.
func finite(f float64) float64 { return math.Round(min(f, 1e15)*10) / 10 }

// String returns the plan as an indented tree, the last operator first.
func (x *Explanation) String() string {
	var b strings.Builder
	if x.Algebra != "" {
		b.WriteString("Algebra:\n" + layout(x.Algebra) + "\n\n")
	}
	b.WriteString("Plan (each operator reads those below it; about so many rows")
	if x.Analyzed {
		b.WriteString(", in fact so many, places looked up, bytes read of the graph and made as rows, in this time with what is below")
	}
	b.WriteString("):\n")
	x.write(&b, x.Root, "")
	b.WriteString("\nWhere\n" + explainWords(x.Root))
	if len(x.Rules) > 0 {
		b.WriteString("\nRules of the planner used: " + strings.Join(x.Rules, ", ") + "\n")
	}
	if x.Analyzed {
		fmt.Fprintf(&b, "Memory held at most: %d kB\n", (x.PeakMemory+1023)/1024)
		if x.Spilled > 0 {
			fmt.Fprintf(&b, "Moved to temporary files: %d kB\n", (x.Spilled+1023)/1024)
		}
	}
	return b.String()
}

func (x *Explanation) write(b *strings.Builder, s *Step, indent string) {
	fmt.Fprintf(b, "%s%s  ~%s rows", indent, s.Operator, count(s.Estimated))
	if x.Analyzed {
		fmt.Fprintf(b, ", %d rows", s.Rows)
		if s.Seeks > 0 {
			fmt.Fprintf(b, ", %d seeks", s.Seeks)
		}
		if s.BytesRead > 0 {
			fmt.Fprintf(b, ", %s read", byteCount(s.BytesRead))
		}
		fmt.Fprintf(b, ", %s made", byteCount(s.Bytes))
		fmt.Fprintf(b, ", %s", s.Time.Round(time.Microsecond))
	}
	b.WriteByte('\n')
	for _, in := range s.Inputs {
		x.write(b, in, indent+"  ")
	}
}

// byteCount prints a size.
func byteCount(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	default:
		return fmt.Sprintf("%d MB", n/1_000_000)
	}
}

// count prints an estimate with no more digits than it is worth.
func count(f float64) string {
	switch {
	case f < 10:
		return fmt.Sprintf("%.2g", f)
	case f < 1e6:
		return fmt.Sprintf("%.0f", f)
	default:
		return fmt.Sprintf("%.2g million", f/1e6)
	}
}
