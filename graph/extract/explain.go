package extract

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// Explanation tells what the rules did with one sentence or infobox field.
type Explanation struct {
	Span  claim.Span
	Steps []string // which rule fired, or was suppressed and why
}

// Explain extracts an article and tells for each sentence which rules fired or
// were suppressed.
func (x *Extractor) Explain(ctx context.Context, name string, r io.Reader) (*claim.Extraction, []Explanation, error) {
	return x.read(ctx, name, r, true)
}

func (r *reader) step(format string, args ...any) {
	if r.explain {
		r.steps = append(r.steps, fmt.Sprintf(format, args...))
	}
}

func (r *reader) explainEnd(at span) {
	if r.explain {
		r.explained = append(r.explained, Explanation{Span: r.span(at), Steps: r.steps})
		r.steps = nil
	}
}

// reject notes a candidate that did not become a claim.
func (r *reader) reject(at span, rule, format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	r.ex.Rejected = append(r.ex.Rejected, claim.Rejected{Span: r.span(at), Rule: rule, Reason: reason})
	r.step("%s suppressed: %s", rule, reason)
}

// describe shows the chunks of a sentence in one line.
func describe(chunks []chunk, toks []token) string {
	names := [...]string{"NP", "VG", "P", "&", ",", "SUB", "REL", "DATE", "ADV", ".", "ACC"}
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(names[c.kind])
		b.WriteByte('[')
		for k := c.i; k < c.j; k++ {
			if k > c.i {
				b.WriteByte(' ')
			}
			b.WriteString(toks[k].text)
		}
		if c.vg != nil {
			fmt.Fprintf(&b, ": %s", c.vg.lemma)
			if c.vg.passive {
				b.WriteString(" passive")
			}
		}
		b.WriteString("] ")
	}
	return strings.TrimSpace(b.String())
}
