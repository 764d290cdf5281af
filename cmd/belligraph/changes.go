package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

type changesCmd struct {
	reviewFlags
	From     string `help:"The earlier revision; the one before the later, unless it is given." placeholder:"REVISION"`
	To       string `help:"The later revision; the current one, unless it is given." placeholder:"REVISION"`
	List     bool   `help:"List the revisions."`
	Format   string `enum:"text,json" default:"text" help:"text, or json: a change a line."`
	Document string `arg:"" help:"The document: its IRI, or its title."`
}

func (c *changesCmd) Run(ctx context.Context, std *streams) error {
	return c.read(ctx, func(snap graph.Snapshot, in rdf.Term) error {
		r, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
		if err != nil {
			return err
		}
		document, err := r.DocumentCalled(ctx, c.Document)
		if err != nil {
			return err
		}
		revisions, err := r.Revisions(ctx, document)
		if err != nil {
			return err
		}
		out := newOutput(std.out)
		if c.List {
			for _, v := range revisions {
				state := ""
				if v.Current {
					state = "  current"
				}
				fmt.Fprintf(out, "%s  %s%s\n", v.Name, v.Modified, state)
			}
			return out.Flush()
		}
		from, to, err := c.pair(revisions)
		if err != nil {
			return err
		}
		before, err := r.At(ctx, document, from)
		if err != nil {
			return err
		}
		after, err := r.At(ctx, document, to)
		if err != nil {
			return err
		}
		if err := c.print(out, before, after, from, to); err != nil {
			return err
		}
		return out.Flush()
	})
}

// pair finds the two revisions to compare.
func (c *changesCmd) pair(revisions []claim.Revision) (from, to claim.Revision, err error) {
	if len(revisions) < 2 {
		return from, to, fmt.Errorf("%w: only one revision of %s was loaded", graph.ErrBadRequest, c.Document)
	}
	find := func(name string) (int, error) {
		for i, v := range revisions {
			if v.Name == name || string(v.IRI) == name || len(name) >= 6 && strings.HasPrefix(v.SHA256, name) {
				return i, nil
			}
		}
		return 0, fmt.Errorf("%w: %s has no revision %s; --list shows those that it has", graph.ErrBadRequest, c.Document, name)
	}
	last := len(revisions) - 1
	for i, v := range revisions {
		if v.Current {
			last = i
		}
	}
	if c.To != "" {
		if last, err = find(c.To); err != nil {
			return from, to, err
		}
	}
	first := max(0, last-1)
	if c.From != "" {
		if first, err = find(c.From); err != nil {
			return from, to, err
		}
	}
	return revisions[first], revisions[last], nil
}

func (c *changesCmd) print(out io.Writer, before, after *claim.Extraction, from, to claim.Revision) error {
	es := after.EntityMap()
	for ref, e := range before.EntityMap() {
		if es[ref] == nil {
			es[ref] = e
		}
	}
	changes := claim.Changes(before, after)
	quote := func(c *claim.Claim) string {
		if c == nil || len(c.Evidence) == 0 {
			return ""
		}
		return strings.Join(strings.Fields(c.Evidence[0].Quote), " ")
	}
	says := func(c *claim.Claim) string {
		if c == nil {
			return ""
		}
		return c.Proposition.Describe(es)
	}
	if c.Format == "json" {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		for _, ch := range changes {
			if err := enc.Encode(map[string]any{
				"from": from.Name, "to": to.Name, "change": ch.Kind, "fields": ch.Fields, "before": says(ch.Before), "after": says(ch.After),
				"beforeQuote": quote(ch.Before), "afterQuote": quote(ch.After),
			}); err != nil {
				return err
			}
		}
		return nil
	}
	fmt.Fprintf(out, "%s → %s: %d changes\n", from.Name, to.Name, len(changes))
	for _, ch := range changes {
		switch ch.Kind {
		case claim.ClaimAdded:
			fmt.Fprintf(out, "+ %s\n    “%s”\n", says(ch.After), quote(ch.After))
		case claim.ClaimWithdrawn:
			fmt.Fprintf(out, "- %s\n    “%s”\n", says(ch.Before), quote(ch.Before))
		default:
			fmt.Fprintf(out, "~ %s → %s (%s)\n    “%s” → “%s”\n", says(ch.Before), says(ch.After), strings.Join(ch.Fields, ", "), quote(ch.Before), quote(ch.After))
		}
	}
	return nil
}
