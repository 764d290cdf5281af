package claim

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// WriteTable writes the claims for people to read in a terminal: what is said,
// by whom and how, and the words that say it. Width is the width of the
// terminal in columns; zero is 120.
func WriteTable(w io.Writer, ex *Extraction, width int) error {
	if width <= 0 {
		width = 120
	}
	es := ex.EntityMap()
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options.SeparateRows = true
	t.AppendHeader(table.Row{"claim", "claimant", "stance", "words", "at"})
	for i := range ex.Claims {
		c := &ex.Claims[i]
		var quotes, at []string
		for _, s := range c.Evidence {
			quotes = append(quotes, s.Quote)
			at = append(at, fmt.Sprintf("%d-%d", s.Start, s.End))
		}
		claimant := es.Name(c.Claimant)
		if c.Claimant == ex.Document.IRI {
			claimant = "the document"
		}
		if c.OnBehalfOf != "" && c.OnBehalfOf != c.Claimant {
			claimant += " for " + es.Name(c.OnBehalfOf)
		}
		if len(c.Via) > 0 {
			claimant += " through " + strings.Join(es.Names(c.Via), ", ")
		}
		if !c.SaidOn.IsZero() {
			claimant += ", " + c.SaidOn.Describe()
		}
		stance := string(c.Stance)
		if c.Modality != StatedAsFact {
			stance += ", " + words(string(c.Modality))
		}
		t.AppendRow(table.Row{c.Proposition.Describe(es), claimant, stance, strings.Join(quotes, " … "), strings.Join(at, " ")})
	}
	// Five columns share what sixteen columns of rules leave; offsets and
	// stances need a fixed room.
	room := max(width-16-12-16, 40)
	wrap := text.WrapSoft
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 1, WidthMax: room * 2 / 5, WidthMaxEnforcer: wrap},
		{Number: 2, WidthMax: room / 5, WidthMaxEnforcer: wrap},
		{Number: 3, WidthMax: 16, WidthMaxEnforcer: wrap},
		{Number: 4, WidthMax: room * 2 / 5, WidthMaxEnforcer: wrap},
		{Number: 5, WidthMax: 12},
	})
	if _, err := fmt.Fprintf(w, "%s\n%s\n%d claims, %d candidates rejected, %d problems\n",
		ex.Document.Title, t.Render(), len(ex.Claims), len(ex.Rejected), len(ex.Skipped)); err != nil {
		return err
	}
	for _, p := range ex.Skipped {
		if _, err := fmt.Fprintf(w, "%d:%d: %s\n", p.Line, p.Column, p.Message); err != nil {
			return err
		}
	}
	return nil
}
