package extract

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDebug prints what the stages make of the file in $EXTRACT_DEBUG.
func TestDebug(t *testing.T) {
	name := os.Getenv("EXTRACT_DEBUG")
	if name == "" {
		t.Skip("EXTRACT_DEBUG names no file to take apart")
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	x := newExtractor(t)
	ex, steps, err := x.Explain(context.Background(), name, strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	ents := make(map[string]string)
	for _, e := range ex.Entities {
		ents[string(e.IRI)] = e.Label
	}
	for _, s := range steps {
		fmt.Printf("\n%d-%d %s\n", s.Span.Start, s.Span.End, s.Span.Quote)
		for _, st := range s.Steps {
			fmt.Println("    ", st)
		}
		for _, c := range ex.Claims {
			if c.Evidence[0].Start >= s.Span.Start && c.Evidence[0].End <= s.Span.End {
				p := c.Proposition
				fmt.Printf("   => %s agent=%v patient=%v place=%v time=%s", p.Kind, p.Agent, p.Patient, p.Place, p.Time.Lexical())
				if q := p.Quantity; q != nil {
					fmt.Printf(" q=%s of %s %s", q.Metric, q.Party, q.Comparator)
					if q.Min != nil {
						fmt.Printf(" min %d", *q.Min)
					}
					if q.Max != nil {
						fmt.Printf(" max %d", *q.Max)
					}
				}
				fmt.Printf(" by=%s behalf=%s via=%v %s %s neg=%v %q conf=%.2f\n", c.Claimant, c.OnBehalfOf, c.Via, c.Stance, c.Modality, c.Negated, p.Text, c.Confidence)
			}
		}
	}
}
