package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/sparql"
)

// completer proposes words at the prompt: what the grammar allows, and IRIs of
// the graph.
type completer struct {
	repl  *repl
	graph graph.Graph

	version uint64
	known   *vocabulary // of that version; read when first needed
}

// vocabulary are IRIs of a graph, sorted, by the position in which they occur.
type vocabulary struct{ predicates, graphs, nodes []string }

const (
	// maxProposals is how many IRIs are proposed at a time.
	maxProposals = 60
	// maxVocabulary and vocabularyTime bound the reading of a large graph;
	// completion then knows a part of it.
	maxVocabulary  = 50_000
	vocabularyTime = 500 * time.Millisecond
)

// complete implements liner.WordCompleter; pos counts characters.
func (c *completer) complete(line string, pos int) (head string, proposals []string, tail string) {
	runes := []rune(line)
	before, tail := string(runes[:pos]), string(runes[pos:])
	if c.repl.text.Len() == 0 && strings.HasPrefix(strings.TrimSpace(before), ".") {
		return "", commandsLike(strings.TrimSpace(before)), tail
	}
	text := c.repl.text.String() + before
	found := sparql.Complete(text+tail, len(text), c.repl.parse)
	start := found.Start - c.repl.text.Len()
	if start < 0 {
		return before, nil, tail // inside a string that began on another line
	}
	for _, k := range found.Keywords {
		if !strings.HasPrefix(tail, " ") {
			k += " " // so that the next word can be typed at once
		}
		proposals = append(proposals, k)
	}
	for _, f := range found.Functions {
		proposals = append(proposals, f+"(")
	}
	for _, v := range found.Variables {
		if v = "?" + v; strings.HasPrefix(v, found.Typed) && v != found.Typed {
			proposals = append(proposals, v)
		}
	}
	iris := c.iris(found)
	if len(iris) == 0 && !strings.Contains(found.Typed, ":") {
		for _, p := range found.Prefixes {
			if p.Declared {
				proposals = append(proposals, p.Name+":")
			}
		}
	}
	return before[:start], append(proposals, iris...), tail
}

func commandsLike(typed string) []string {
	var out []string
	for line := range strings.Lines(replHelp) {
		if word, _, _ := strings.Cut(line, " "); strings.HasPrefix(word, ".") && strings.HasPrefix(word, typed) {
			out = append(out, word)
		}
	}
	return out
}

// iris returns IRIs of the graph for a word that begins one.
func (c *completer) iris(found sparql.Completion) []string {
	if found.Position == sparql.PositionNone {
		return nil
	}
	var begin string // of the IRI
	var spell func(iri string) string
	if typed, ok := strings.CutPrefix(found.Typed, "<"); ok {
		begin, spell = typed, func(iri string) string { return "<" + iri + ">" }
	} else if prefix, local, ok := strings.Cut(found.Typed, ":"); ok {
		for _, p := range found.Prefixes {
			if p.Name == prefix && p.Declared {
				begin = p.Namespace + local
				spell = func(iri string) string {
					rest := strings.TrimPrefix(iri, p.Namespace)
					if strings.ContainsFunc(rest, notInName) {
						return "<" + iri + ">"
					}
					return prefix + ":" + rest
				}
			}
		}
	}
	if spell == nil {
		return nil
	}
	known := c.vocabulary()
	from := known.nodes
	switch found.Position {
	case sparql.PositionPredicate:
		from = known.predicates
	case sparql.PositionGraph:
		from = known.graphs
	}
	var out []string
	i, _ := slices.BinarySearch(from, begin)
	for ; i < len(from) && strings.HasPrefix(from[i], begin) && len(out) < maxProposals; i++ {
		out = append(out, spell(from[i]))
	}
	return out
}

// notInName reports whether a character needs an escape in a local name.
func notInName(r rune) bool {
	return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// vocabulary reads the IRIs of the graph, or gives what was read before.
func (c *completer) vocabulary() *vocabulary {
	ctx, cancel := context.WithTimeout(context.Background(), vocabularyTime)
	defer cancel()
	s, err := c.graph.Snapshot(ctx)
	if err != nil {
		return &vocabulary{}
	}
	defer s.Close()
	if c.known != nil && c.version == s.Version() {
		return c.known
	}
	known := &vocabulary{}
	add := func(list *[]string) func(graph.ID) bool {
		return func(id graph.ID) bool {
			if t, err := s.Term(id); err == nil {
				if iri, ok := t.(rdf.IRI); ok {
					*list = append(*list, string(iri))
				}
			}
			return len(*list) < maxVocabulary
		}
	}
	// What cannot be read is not proposed; the query itself will say why.
	_ = s.Predicates(ctx, add(&known.predicates))
	_ = s.Graphs(ctx, add(&known.graphs))
	for _, column := range []graph.Column{graph.S, graph.O} {
		eachOf(ctx, s, column, add(&known.nodes))
	}
	for _, list := range []*[]string{&known.predicates, &known.graphs, &known.nodes} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	c.known, c.version = known, s.Version()
	return known
}

// eachOf calls f for the different ids of a column until f returns false.
func eachOf(ctx context.Context, s graph.Snapshot, column graph.Column, f func(graph.ID) bool) {
	order := graph.SPOG
	if column == graph.O {
		order = graph.OSPG
	}
	cursor, err := s.Scan(ctx, graph.Pattern{}, order, graph.AllCols)
	if err != nil {
		return
	}
	defer cursor.Close()
	last := graph.Any
	for b := cursor.Next(); b != nil; b = cursor.Next() {
		for _, id := range b.Cols[column][:b.N] {
			if id != last && !f(id) {
				return
			}
			last = id
		}
	}
}
