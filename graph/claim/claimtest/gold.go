// Package claimtest measures extractions against gold coded by hand. A gold
// file holds one claim a line in the format that seed.txt explains; [Parse]
// reads it, [Measure] matches it with an extraction one to one and counts
// precision and recall per kind, [Compare] fails a test on every miss.
package claimtest

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// Row is one claim of a gold file.
type Row struct {
	ID         string
	Optional   bool // may be found but need not be
	Source     string
	Start, End int
	Want       map[string][]string // accepted values by key; absent keys are not compared
}

// Kind returns the first accepted kind, under which the row is counted.
func (r Row) Kind() string { return r.Want["kind"][0] }

//go:embed seed.txt
var seed string

// Seed returns the gold of the seed article, the Battle of Tinzaouaten (2012).
func Seed() []Row {
	rows, err := Parse(seed)
	if err != nil {
		panic("claimtest: seed.txt: " + err.Error()) // an embedded file of ours; a test parses it
	}
	return rows
}

// keys are those that a gold line may use.
var keys = map[string]bool{
	"kind": true, "agent": true, "patient": true, "place": true, "date": true, "side": true,
	"metric": true, "party": true, "min": true, "max": true, "comparator": true, "includes": true,
	"claimant": true, "behalf": true, "via": true, "said": true, "stance": true, "modality": true,
	"negated": true, "text": true,
}

// Parse reads a gold file. Empty lines and lines that start with # are skipped.
func Parse(text string) ([]Row, error) {
	var rows []Row
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		row, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w\n\t%s", n, err, line)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func parseRow(line string) (Row, error) {
	parts := strings.SplitN(line, "|", 3)
	if len(parts) != 3 {
		return Row{}, fmt.Errorf("want id | source start-end | key=value; …")
	}
	id := strings.TrimSpace(parts[0])
	row := Row{ID: id, Optional: strings.HasSuffix(id, "?"), Want: make(map[string][]string)}
	source, span, ok := strings.Cut(strings.TrimSpace(parts[1]), " ")
	if !ok {
		return Row{}, fmt.Errorf("no offsets after the source")
	}
	row.Source = source
	start, end, ok := strings.Cut(strings.TrimSpace(span), "-")
	if !ok {
		return Row{}, fmt.Errorf("offsets %q are not start-end", span)
	}
	var err error
	if row.Start, err = strconv.Atoi(start); err != nil {
		return Row{}, err
	}
	if row.End, err = strconv.Atoi(end); err != nil {
		return Row{}, err
	}
	for field := range strings.SplitSeq(parts[2], ";") {
		key, value, ok := strings.Cut(strings.TrimSpace(field), "=")
		if !ok || !keys[key] {
			return Row{}, fmt.Errorf("%q is not a known key=value", strings.TrimSpace(field))
		}
		for v := range strings.SplitSeq(value, " / ") {
			row.Want[key] = append(row.Want[key], strings.TrimSpace(v))
		}
	}
	if row.Want["kind"] == nil {
		return Row{}, fmt.Errorf("no kind")
	}
	return row, nil
}
