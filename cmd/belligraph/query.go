package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/results"
)

type queryCmd struct {
	storeFlag
	Lang         string        `enum:"sparql,gizmo,graphql,mql" default:"sparql" help:"sparql, gizmo, graphql or mql."`
	Format       string        `help:"table, json, xml, csv, tsv or html; an RDF format for CONSTRUCT and DESCRIBE. The default is a table on a terminal, TSV or Turtle elsewhere." placeholder:"NAME"`
	DefaultGraph string        `enum:"plain,union" default:"plain" help:"What queries without FROM see."`
	Explain      bool          `help:"Print the algebra and the plan instead of running the query."`
	Analyze      bool          `help:"Run the query and print the plan with true rows and times."`
	Timeout      time.Duration `default:"0s" help:"Longest time; 0 is no bound."`
	Limit        int           `default:"0" help:"Most results of a Gizmo, GraphQL or MQL query; 0 is all."`
	Query        string        `arg:"" help:"The query; - reads it from standard input."`
}

func (c *queryCmd) Run(ctx context.Context, std *streams) error {
	text := c.Query
	if text == "-" {
		b, err := io.ReadAll(std.in)
		if err != nil {
			return err
		}
		text = string(b)
	}
	s, err := c.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Lang != "sparql" {
		return c.cayley(ctx, std, s, text)
	}
	engine := queries.New(s, queries.Options{Timeout: c.Timeout, UnionDefaultGraph: c.DefaultGraph == "union"})
	if c.Explain || c.Analyze {
		x, err := engine.Explain(ctx, text, queries.QueryOptions{}, c.Analyze)
		if err != nil {
			return err
		}
		if x.Algebra != "" {
			fmt.Fprintln(std.out, x.Algebra)
		}
		_, err = fmt.Fprint(std.out, x)
		return err
	}
	res, err := engine.Query(ctx, text, queries.QueryOptions{})
	if err != nil {
		return err
	}
	defer res.Close()
	out := newOutput(std.out)
	if err := c.write(out, res, isTerminal(std.out)); err != nil {
		out.Flush()
		return err
	}
	return out.Flush()
}

// write writes a result in the format asked for, or the one that fits where it
// goes.
func (c *queryCmd) write(w io.Writer, res *queries.Result, terminal bool) error {
	switch res.Form {
	case algebra.Construct, algebra.Describe:
		format := rdfio.Turtle
		if c.Format != "" && c.Format != "table" {
			f, err := rdfio.Parse(c.Format)
			if err != nil || !f.Writable() {
				return fmt.Errorf("%w: no RDF format %q to write", errUsage, c.Format)
			}
			format = f
		}
		enc, err := rdfio.NewEncoder(w, format, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
		if err != nil {
			return err
		}
		for q, err := range res.Quads() {
			if err != nil {
				return err
			}
			if err := enc.Encode(q); err != nil {
				return err
			}
		}
		return enc.Close()
	}
	name := c.Format
	if name == "" {
		name = "tsv"
		if terminal {
			name = "table"
		}
		if res.Form == algebra.Ask {
			name = "table"
		}
	}
	if name == "table" {
		return writeTable(w, res)
	}
	format, err := results.Parse(name)
	if err != nil {
		return fmt.Errorf("%w: no result format %q", errUsage, name)
	}
	if res.Form == algebra.Ask {
		return results.WriteBoolean(w, format, res.Answer)
	}
	rows, err := results.NewWriter(w, format, res.Vars)
	if err != nil {
		return err
	}
	if err := res.WriteRows(rows); err != nil {
		rows.Fail(err)
		return err
	}
	return rows.Close()
}

// maxTableCell is where a cell of a table wraps.
const maxTableCell = 60

// writeTable writes a result for people: prefixed names, no quotes around
// literals.
func writeTable(w io.Writer, res *queries.Result) error {
	if res.Form == algebra.Ask {
		_, err := fmt.Fprintln(w, res.Answer)
		return err
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	header := make(table.Row, len(res.Vars))
	configs := make([]table.ColumnConfig, len(res.Vars))
	for i, v := range res.Vars {
		header[i] = string(v)
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: maxTableCell}
	}
	t.Style().Format.Header = 0 // names of variables are shown as they are
	t.SetColumnConfigs(configs)
	t.AppendHeader(header)
	n := 0
	for row, err := range res.Rows() {
		if err != nil {
			return err
		}
		n++
		cells := make(table.Row, len(row))
		for i, term := range row {
			cells[i] = cell(term)
		}
		t.AppendRow(cells)
	}
	if _, err := io.WriteString(w, t.Render()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d %s\n", n, plural(n, "row", "rows"))
	return err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func cell(t rdf.Term) string {
	switch t := t.(type) {
	case nil:
		return ""
	case rdf.Literal:
		return t.Lexical
	case rdf.IRI:
		for prefix, ns := range claim.Prefixes() {
			if local, ok := strings.CutPrefix(string(t), ns); ok && !strings.ContainsAny(local, "/#") {
				return prefix + ":" + local
			}
		}
		return string(t)
	default:
		return t.String()
	}
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
