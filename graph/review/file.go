package review

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// columns are those of decisions as tab-separated values. What was found, what
// it was corrected to and where the words stand are JSON in their cells.
var columns = []string{"verdict", "by", "at", "reason", "document", "target", "quote", "anchors", "found", "correction", "token"}

// Format is how decisions are written.
type Format string

// The formats: an object of JSON a line, or tab-separated values.
const (
	JSONL Format = "jsonl"
	TSV   Format = "tsv"
)

// maxLine bounds a decision in a file; a quoted paragraph fits many times.
const maxLine = 4 << 20

// Export writes all decisions of a graph in the order of time.
func Export(ctx context.Context, w io.Writer, snap graph.Snapshot, in rdf.Term, f Format) (int, error) {
	r, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
	if err != nil {
		return 0, err
	}
	all, err := r.Decisions(ctx, "")
	if err != nil {
		return 0, err
	}
	return len(all), Write(w, all, f)
}

// Write writes decisions.
func Write(w io.Writer, all []claim.Decision, f Format) error {
	b := bufio.NewWriter(w)
	if f == JSONL {
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		for i := range all {
			if err := enc.Encode(&all[i]); err != nil {
				return err
			}
		}
		return b.Flush()
	}
	out := csv.NewWriter(b)
	out.Comma = '\t'
	if err := out.Write(columns); err != nil {
		return err
	}
	for i := range all {
		row, err := rowOf(&all[i])
		if err != nil {
			return err
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return b.Flush()
}

func rowOf(d *claim.Decision) ([]string, error) {
	cell := func(v any, there bool) (string, error) {
		if !there {
			return "", nil
		}
		b, err := json.Marshal(v)
		return string(b), err
	}
	anchors, err := cell(d.Anchors, len(d.Anchors) > 0)
	if err != nil {
		return nil, err
	}
	found, err := cell(d.Found, d.Found != nil)
	if err != nil {
		return nil, err
	}
	correction, err := cell(d.Correction, d.Correction != nil)
	if err != nil {
		return nil, err
	}
	quote := ""
	if len(d.Anchors) > 0 {
		quote = d.Anchors[0].Exact
	}
	return []string{string(d.Verdict), d.By, d.At.UTC().Format(time.RFC3339Nano), d.Reason, string(d.Document), string(d.Target), quote, anchors, found, correction, d.Token}, nil
}

// ReadFile reads decisions in either format, told apart by their first byte. A line
// that cannot be read is reported and left out.
func ReadFile(r io.Reader, report func(claim.Problem)) ([]claim.Decision, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(1)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if head[0] == '{' {
		return readLines(b, report)
	}
	return readRows(b, report)
}

func readLines(r io.Reader, report func(claim.Problem)) ([]claim.Decision, error) {
	var out []claim.Decision
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxLine)
	for n := 1; s.Scan(); n++ {
		if strings.TrimSpace(s.Text()) == "" {
			continue
		}
		var d claim.Decision
		if err := json.Unmarshal(s.Bytes(), &d); err != nil {
			report(claim.Problem{Line: n, Column: 1, Message: err.Error()})
			continue
		}
		d.Sign()
		out = append(out, d)
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return out, fmt.Errorf("review: a line of more than %d bytes: %w", maxLine, graph.ErrLimit)
	}
	return out, s.Err()
}

func readRows(r io.Reader, report func(claim.Problem)) ([]claim.Decision, error) {
	in := csv.NewReader(r)
	in.Comma = '\t'
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("review: %w: %w", err, graph.ErrBadRequest)
	}
	at := make(map[string]int, len(head))
	for i, name := range head {
		at[strings.TrimSpace(name)] = i
	}
	for _, name := range []string{"verdict", "by", "at", "document", "target"} {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("review: there is no column %q, so these are no decisions: %w", name, graph.ErrBadRequest)
		}
	}
	var out []claim.Decision
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		line, column := 0, 1
		if err == nil {
			line, column = in.FieldPos(0)
			var d claim.Decision
			if d, err = decisionOf(row, at); err == nil {
				out = append(out, d)
				continue
			}
		} else if bad := new(csv.ParseError); errors.As(err, &bad) {
			line, column = bad.Line, bad.Column
		} else {
			return out, err
		}
		report(claim.Problem{Line: line, Column: column, Message: err.Error()})
	}
}

func decisionOf(row []string, at map[string]int) (claim.Decision, error) {
	cell := func(name string) string {
		if i, ok := at[name]; ok && i < len(row) {
			return row[i]
		}
		return ""
	}
	d := claim.Decision{
		Verdict: claim.Verdict(cell("verdict")), By: cell("by"), Reason: cell("reason"),
		Document: claim.Ref(cell("document")), Target: claim.Ref(cell("target")), Token: cell("token"),
	}
	var err error
	if d.At, err = time.Parse(time.RFC3339, cell("at")); err != nil {
		return d, fmt.Errorf("at: %q is not a time as 2026-11-28T09:00:00Z", cell("at"))
	}
	for name, into := range map[string]any{"anchors": &d.Anchors, "found": &d.Found, "correction": &d.Correction} {
		if s := cell(name); s != "" {
			if err := json.Unmarshal([]byte(s), into); err != nil {
				return d, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	d.Sign()
	return d, nil
}

// Import puts decisions into a graph and carries them out. Those that are there
// already are left alone. A decision that cannot be carried out ends the import,
// and nothing of it is kept.
func Import(ctx context.Context, g graph.Graph, all []claim.Decision, in rdf.Term) (added int, err error) {
	err = g.Update(ctx, func(tx graph.Tx) error {
		added, err = claim.Decide(ctx, tx, all, in)
		return err
	})
	return added, err
}
