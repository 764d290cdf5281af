package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

type diffCmd struct {
	Mapping string `help:"Read the files as tables, as this mapping in YAML says." placeholder:"FILE"`
	Format  string `default:"text" enum:"text,jsonl" help:"text or jsonl: a change a line."`
	Summary bool   `help:"Print only how many rows changed, and in which columns."`
	Old     string `arg:"" help:"The older release, also compressed."`
	New     string `arg:"" help:"The newer release of the same dataset."`
}

func (c *diffCmd) Run(ctx context.Context, std *streams) error {
	var mapping *dataset.Mapping
	if c.Mapping != "" {
		content, err := os.ReadFile(c.Mapping)
		if err != nil {
			return err
		}
		if mapping, err = dataset.ParseMapping(c.Mapping, content); err != nil {
			return err
		}
	}
	var files [2]*os.File
	for i, name := range []string{c.Old, c.New} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		files[i] = f
	}
	old, err := rdfio.Decompress(files[0])
	if err != nil {
		return fmt.Errorf("%s: %w", c.Old, err)
	}
	defer old.Close()
	latest, err := rdfio.Decompress(files[1])
	if err != nil {
		return fmt.Errorf("%s: %w", c.New, err)
	}
	defer latest.Close()
	out := bufio.NewWriter(std.out)
	columns := make(map[string]int)
	result, err := dataset.Diff(ctx, c.Old, old, c.New, latest, mapping, func(change dataset.Change) error {
		for _, column := range change.Columns {
			columns[column.Name]++
		}
		if c.Summary {
			return nil
		}
		return c.print(out, change)
	})
	for _, p := range result.Problems {
		fmt.Fprintf(std.err, "%d:%d: %s\n", p.Line, p.Column, p.Message)
	}
	if err != nil {
		return err
	}
	if c.Format == "text" {
		fmt.Fprintf(out, "%s %s, %s: %d rows added, %d removed, %d changed, %d the same, %d faulty\n", result.New.Layout.Dataset,
			release(result.Old), release(result.New), result.Added, result.Removed, result.Changed, result.Same, result.Faulty)
		if c.Summary {
			for _, name := range mostFirst(columns) {
				fmt.Fprintf(out, "%8d %s\n", columns[name], name)
			}
		}
		for _, only := range []struct {
			names []string
			which string
		}{{result.OnlyOld, c.Old}, {result.OnlyNew, c.New}} {
			if len(only.names) > 0 {
				fmt.Fprintf(out, "only in %s, not compared: %s\n", only.which, strings.Join(only.names, ", "))
			}
		}
	}
	return out.Flush()
}

func (c *diffCmd) print(out *bufio.Writer, change dataset.Change) error {
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(change)
	}
	switch change.What {
	case "added":
		fmt.Fprintf(out, "+ %s (line %d)\n", change.ID, change.NewLine)
	case "removed":
		fmt.Fprintf(out, "- %s (line %d)\n", change.ID, change.OldLine)
	default:
		fmt.Fprintf(out, "~ %s (lines %d, %d)\n", change.ID, change.OldLine, change.NewLine)
		for _, column := range change.Columns {
			fmt.Fprintf(out, "    %s: %q → %q\n", column.Name, column.Old, column.New)
		}
	}
	return nil
}

// release names a release for people.
func release(f *dataset.File) string {
	if f.Version == "" {
		return f.Name
	}
	return f.Version
}

// mostFirst returns the names in order of their numbers, the greatest first.
func mostFirst(numbers map[string]int) []string {
	names := make([]string, 0, len(numbers))
	for name := range numbers {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(numbers[b], numbers[a]), cmp.Compare(a, b)) })
	return names
}
