package main

import (
	"embed"
	"fmt"
	"strings"
)

// A shape is one benchmark query. Shapes follow those that the published
// benchmarks of the field ask (statistics, stars, chains, trees, cycles,
// OPTIONAL, MINUS, paths, grouping, filters, strings, sorting, exports); the
// texts are our own and fit the generated graphs.
type shape struct {
	graph, name, query string
	// export marks queries whose cost is mostly the serialising of many rows.
	// They are asked for in TSV, and peers that answer in process are left out.
	export bool
	// loose marks queries that have several right answers, such as a LIMIT
	// without ORDER BY; only the number of rows is compared.
	loose bool
}

//go:embed queries/*.rq
var queryFiles embed.FS

// shapes returns the queries of a graph.
func shapes(graph string) ([]shape, error) {
	text, err := queryFiles.ReadFile("queries/" + graph + ".rq")
	if err != nil {
		return nil, fmt.Errorf("bench: no queries for the graph %q", graph)
	}
	return parseShapes(graph, string(text))
}

// parseShapes reads a file of queries: prefixes that all share, and then for
// each query a line "## name | marks" and its text.
func parseShapes(graph, text string) ([]shape, error) {
	prologue, rest, _ := strings.Cut(text, "\n## ")
	var list []shape
	names := make(map[string]bool)
	for section := range strings.SplitSeq(rest, "\n## ") {
		head, query, _ := strings.Cut(section, "\n")
		name, marks, _ := strings.Cut(head, " | ")
		s := shape{graph: graph, name: strings.TrimSpace(name), query: strings.TrimSpace(prologue) + "\n" + strings.TrimSpace(query) + "\n"}
		if strings.TrimSpace(query) == "" || names[s.name] {
			return nil, fmt.Errorf("bench: %s.rq: the query %q has no text or is there twice", graph, s.name)
		}
		names[s.name] = true
		for mark := range strings.FieldsSeq(marks) {
			switch mark {
			case "export":
				s.export = true
			case "loose":
				s.loose = true
			default:
				return nil, fmt.Errorf("bench: %s.rq: the query %q has the unknown mark %q", graph, s.name, mark)
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// construct reports whether the query makes a graph.
func (s shape) construct() bool {
	return strings.Contains(s.query, "CONSTRUCT {") || strings.Contains(s.query, "DESCRIBE ")
}
