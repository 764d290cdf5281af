package main

import (
	"bufio"
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
	Format   string            `enum:"text,json" default:"text" help:"text or json."`
	SPARQL   bool              `name:"sparql" help:"Print the query that was run as well."`
	Named    string            `help:"A question by its name instead of English: see docs/questions.md." placeholder:"NAME"`
	Set      map[string]string `short:"p" help:"A parameter of the named question, in words; may be repeated." placeholder:"PARAM=VALUE"`
	Without  string            `help:"Answer with and without this source, and tell what changes." placeholder:"SOURCE"`
	Question string            `arg:"" optional:"" help:"A question in English, in quotes."`
}

func (c *askCmd) Run(ctx context.Context, std *streams) error {
	if (c.Named == "") == (c.Question == "") {
		return fmt.Errorf("%w: ask in English, or with --named NAME", errUsage)
	}
	if c.Named == "" && len(c.Set) > 0 {
		return fmt.Errorf("%w: --set is for --named", errUsage)
	}
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
	service := question.NewService(loaded, question.On(engine, s, queries.QueryOptions{}))
	out := newOutput(std.out)
	if c.Without != "" {
		var change *question.Change
		if c.Named != "" {
			change, err = service.RunWithout(ctx, c.Named, c.Set, c.Without)
		} else {
			change, err = service.AskWithout(ctx, c.Question, c.Without)
		}
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printJSON(out, change)
		}
		fmt.Fprintln(out, change.Text())
		return out.Flush()
	}
	var answer *question.Answer
	if c.Named != "" {
		answer, err = service.Run(ctx, c.Named, c.Set)
	} else {
		answer, err = service.Ask(ctx, c.Question)
	}
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(out, answer)
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

// printJSON writes a value for people and programs to read.
func printJSON(out *bufio.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return out.Flush()
}
