package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/service"
	"github.com/belligraph/belligraph/queries/sparql"
)

type queryCmd struct {
	graphFlag
	networkFlags
	Lang         string        `enum:"sparql,gizmo,graphql,mql" default:"sparql" help:"sparql, gizmo, graphql or mql."`
	Format       string        `help:"table, json, xml, csv, tsv or html; an RDF format for CONSTRUCT and DESCRIBE. The default is a table on a terminal, TSV or Turtle elsewhere." placeholder:"NAME"`
	DefaultGraph string        `enum:"plain,union" default:"plain" help:"What queries without FROM see."`
	Explain      bool          `help:"Print the algebra and the plan instead of running the query."`
	Analyze      bool          `help:"Run the query and print the plan with true rows, seeks, bytes and times."`
	Timeout      time.Duration `default:"0s" help:"Longest time; 0 is no bound."`
	Limit        int           `default:"0" help:"Most results of a Gizmo, GraphQL or MQL query; 0 is all."`
	Query        string        `arg:"" optional:"" help:"The query; without one, or with -, it is read from standard input, and on a terminal asked for."`
}

// networkFlags say what queries may fetch.
type networkFlags struct {
	AllowService []string `help:"Let SERVICE ask endpoints that begin with this IRI; may be repeated." placeholder:"PREFIX" sep:"none"`
	AllowPrivate bool     `help:"Let SERVICE and LOAD reach private networks and this machine."`
}

func (f networkFlags) client() (*service.Client, error) {
	c, err := service.NewClient(service.Options{Allow: f.AllowService, Private: f.AllowPrivate})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return c, nil
}

func (c *queryCmd) Run(ctx context.Context, std *streams) error {
	text := c.Query
	prompt := text == "" && c.Lang == "sparql" && isTerminal(std.in) && isTerminal(std.out)
	if (text == "" || text == "-") && !prompt {
		b, err := io.ReadAll(std.in)
		if err != nil {
			return err
		}
		if text = string(b); strings.TrimSpace(text) == "" {
			return fmt.Errorf("%w: give a query as argument or on standard input", errUsage)
		}
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	s, err := c.openToRead()
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Lang != "sparql" {
		return c.cayley(ctx, std, s, text)
	}
	options := queries.Options{
		Timeout: c.Timeout, UnionDefaultGraph: c.DefaultGraph == "union",
		Service: client, Known: claim.Prefixes(),
	}
	if prompt {
		return c.prompt(ctx, s, options, std)
	}
	return c.run(ctx, queries.New(s, options), text, std)
}

// run runs a SPARQL query and prints warnings and the result, or the plan.
func (c *queryCmd) run(ctx context.Context, engine *queries.Engine, text string, std *streams) error {
	prepared, err := engine.Prepare(text, queries.QueryOptions{})
	if err != nil {
		return err
	}
	for _, w := range prepared.Warnings() {
		fmt.Fprintln(std.err, "warning:", w.Detail())
	}
	if c.Explain || c.Analyze {
		x, err := engine.Explain(ctx, text, queries.QueryOptions{}, c.Analyze)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(std.out, x)
		return err
	}
	res, err := prepared.Run(ctx, queries.QueryOptions{})
	if err != nil {
		return err
	}
	defer res.Close()
	out := newOutput(std.out)
	if err := writeResult(out, res, c.Format, isTerminal(std.out)); err != nil {
		return errors.Join(err, out.Flush())
	}
	return out.Flush()
}

// message is what a person is told of an error: of a fault in a query also the
// line with a caret and what helps.
func message(err error) string {
	var fault *sparql.Error
	if errors.As(err, &fault) {
		return fault.Detail()
	}
	return err.Error()
}

// cayley runs a query in one of Cayley's languages and prints a result a line.
func (c *queryCmd) cayley(ctx context.Context, std *streams, g graph.Graph, text string) error {
	if c.Explain || c.Analyze {
		return fmt.Errorf("%w: plans are shown of SPARQL only", errUsage)
	}
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	answer, err := cayley.Query(ctx, g, c.Lang, text, cayley.QueryOptions{Limit: c.Limit})
	if err != nil {
		return err
	}
	out := newOutput(std.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, row := range answer.Rows() {
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return out.Flush()
}
