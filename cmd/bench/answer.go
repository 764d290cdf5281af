package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
)

// digest counts the rows of an answer and hashes them in sorted order, each
// value in one spelling, so that engines that print 2.50 and 2.5 or quote
// differently agree.
func digest(r reply) (rows int, hash string) {
	var lines []string
	switch {
	case strings.Contains(r.media, "json"):
		lines = []string{strconv.FormatBool(strings.Contains(strings.ReplaceAll(string(r.body), " ", ""), `"boolean":true`))}
	case strings.Contains(r.media, "tab-separated"):
		lines = dataLines(string(r.body), func(line string) []string { return strings.Split(line, "\t") })
	case strings.Contains(r.media, "csv"):
		in := csv.NewReader(strings.NewReader(string(r.body)))
		in.FieldsPerRecord = -1
		records, err := in.ReadAll()
		if err != nil {
			return 0, "unreadable"
		}
		for i, record := range records {
			if i > 0 {
				lines = append(lines, spellings(record))
			}
		}
	default: // a graph
		for line := range strings.Lines(string(r.body)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != '@' {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		io.WriteString(h, line)
		h.Write([]byte{'\n'})
	}
	return len(lines), hex.EncodeToString(h.Sum(nil)[:8])
}

// dataLines returns the lines behind the first, which names the variables.
func dataLines(body string, split func(string) []string) []string {
	var lines []string
	first := true
	for line := range strings.Lines(body) {
		if !first {
			lines = append(lines, spellings(split(strings.TrimRight(line, "\r\n"))))
		}
		first = false
	}
	return lines
}

func spellings(record []string) string {
	out := make([]string, len(record))
	for i, field := range record {
		out[i] = spelling(field)
	}
	return strings.Join(out, "\x00")
}

// spelling returns the bare value of a field that may be an RDF term in
// Turtle's syntax or the value alone, and one spelling for equal numbers.
func spelling(field string) string {
	if len(field) > 1 && field[0] == '<' && field[len(field)-1] == '>' {
		return field[1 : len(field)-1]
	}
	if len(field) > 1 && field[0] == '"' {
		if end := strings.LastIndexByte(field, '"'); end > 0 {
			field = field[1:end]
		}
	}
	if field != "" && strings.Trim(field, "0123456789.+-eE") == "" {
		if f, err := strconv.ParseFloat(field, 64); err == nil {
			return strconv.FormatFloat(f, 'g', 10, 64)
		}
	}
	return field
}
