package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/data/questions"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/question"
)

type askCmd struct {
	graphFlag
	Format   string `enum:"text,json" default:"text" help:"text or json."`
	SPARQL   bool   `name:"sparql" help:"Print the query that was run as well."`
	Question string `arg:"" help:"A question in English, in quotes."`
}

func (c *askCmd) Run(ctx context.Context, std *streams) error {
	s, err := c.openToRead()
	if err != nil {
		return err
	}
	defer s.Close()
	loaded, err := question.Load(questions.Files)
	if err != nil {
		return err
	}
	engine := queries.New(s, queries.Options{})
	answer, err := question.NewService(loaded, question.On(engine, s, queries.QueryOptions{})).Ask(ctx, c.Question)
	if err != nil {
		return err
	}
	out := newOutput(std.out)
	if c.Format == "json" {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(answer); err != nil {
			return err
		}
		return out.Flush()
	}
	fmt.Fprintln(out, answer.Text)
	for _, e := range answer.Evidence {
		who := e.ClaimantLabel
		if e.OnBehalfOf != "" {
			who += " for " + e.OnBehalfOf
		}
		if e.Via != "" {
			who += " through " + e.Via
		}
		if e.Quote != "" {
			fmt.Fprintf(out, "  %s [%d–%d]: “%s”\n", who, e.Start, e.End, strings.Join(strings.Fields(e.Quote), " "))
		} else {
			fmt.Fprintf(out, "  %s\n", who)
		}
	}
	if c.SPARQL {
		fmt.Fprintf(out, "\n%s\n", answer.SPARQL)
	}
	return out.Flush()
}
