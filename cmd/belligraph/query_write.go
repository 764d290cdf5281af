package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/results"
)

// writeResult writes a result in the format of the given name, or without one in
// that which fits where it goes.
func writeResult(w io.Writer, res *queries.Result, name string, terminal bool) error {
	if res.Form == algebra.Construct || res.Form == algebra.Describe {
		return writeGraph(w, res, name)
	}
	if name == "" {
		name = "tsv"
		if terminal || res.Form == algebra.Ask {
			name = "table"
		}
	}
	if name == "table" {
		return writeTable(w, res)
	}
	format, err := results.Parse(name)
	if err != nil {
		return fmt.Errorf("%w: solutions cannot be written as %q; there are table, json, xml, csv, tsv and html", errUsage, name)
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

// writeGraph writes the triples of CONSTRUCT and DESCRIBE.
func writeGraph(w io.Writer, res *queries.Result, name string) error {
	format := rdfio.Turtle
	if name != "" && name != "table" {
		f, err := rdfio.Parse(name)
		if err != nil || !f.Writable() {
			return fmt.Errorf("%w: a graph cannot be written as %q; there are turtle, n-triples, n-quads, trig, json-ld and rdf/xml", errUsage, name)
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

const (
	// maxTableCell is where a cell of a table wraps.
	maxTableCell = 60
	// maxTableRows is how many rows a table shows: it is laid out in memory, and
	// nobody reads more.
	maxTableRows = 10_000
)

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
	prefixes := claim.Prefixes()
	n, more := 0, false
	for row, err := range res.Rows() {
		if err != nil {
			return err
		}
		if n == maxTableRows {
			more = true
			break
		}
		n++
		cells := make(table.Row, len(row))
		for i, term := range row {
			cells[i] = cell(term, prefixes)
		}
		t.AppendRow(cells)
	}
	if len(res.Vars) > 0 {
		if _, err := io.WriteString(w, t.Render()+"\n"); err != nil {
			return err
		}
	}
	last := fmt.Sprintf("%d %s", n, plural(n, "row", "rows"))
	if more {
		last = fmt.Sprintf("the first %d rows; --format tsv writes all of them", n)
	}
	_, err := fmt.Fprintln(w, last)
	return err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// cell is a term as people read it. Unbound is an empty cell.
func cell(t rdf.Term, prefixes map[string]string) string {
	switch t := t.(type) {
	case nil:
		return ""
	case rdf.Literal:
		return printable(t.Lexical)
	case rdf.IRI:
		return printable(shorten(t, prefixes))
	case rdf.Triple:
		return "<<( " + cell(t.Subject, prefixes) + " " + cell(t.Predicate, prefixes) + " " + cell(t.Object, prefixes) + " )>>"
	default:
		return printable(t.String())
	}
}

// shorten returns an IRI as a prefixed name, by the longest namespace that it
// begins with, or as it is.
func shorten(iri rdf.IRI, prefixes map[string]string) string {
	best := ""
	for prefix, ns := range prefixes {
		local, ok := strings.CutPrefix(string(iri), ns)
		if !ok || strings.ContainsAny(local, "/#") {
			continue
		}
		if was, has := prefixes[best]; best == "" || has && (len(ns) > len(was) || len(ns) == len(was) && prefix < best) {
			best = prefix
		}
	}
	if best == "" {
		return string(iri)
	}
	return best + ":" + strings.TrimPrefix(string(iri), prefixes[best])
}

// printable replaces what would steer the terminal rather than be shown. The
// text comes from documents that nobody has checked.
func printable(s string) string {
	if strings.IndexFunc(s, steers) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r':
			return ' '
		case steers(r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// steers reports whether a character is a control character other than a line
// feed, which starts a line of its cell, or changes the direction of writing for
// what follows it.
func steers(r rune) bool {
	return r != '\n' && unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
