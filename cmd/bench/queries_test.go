package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
)

// TestQueries asks every query of every graph over a small instance: all are
// understood, and few find nothing.
func TestQueries(t *testing.T) {
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			var text bytes.Buffer
			require.NoError(t, generate(&text, g.name, 20_000, 1))
			var quads []rdf.Quad
			require.NoError(t, readTriples(text.Bytes(), func(q rdf.Quad) { quads = append(quads, q) }))
			data := memgraph.New(quads...)
			defer data.Close()
			engine := queries.New(data, queries.Options{})
			list, err := shapes(g.name)
			require.NoError(t, err)
			require.NotEmpty(t, list)
			var empty []string
			for _, s := range list {
				r, err := engine.Query(context.Background(), s.query, queries.QueryOptions{})
				require.NoError(t, err, s.name)
				n := 0
				if s.construct() {
					for _, err := range r.Quads() {
						require.NoError(t, err, s.name)
						n++
					}
				} else {
					for _, err := range r.Rows() {
						require.NoError(t, err, s.name)
						n++
					}
				}
				require.NoError(t, r.Close())
				if n == 0 {
					empty = append(empty, s.name)
				}
			}
			// The entities that the texts name may be outside of a small graph.
			require.LessOrEqual(t, len(empty), len(list)/2, "without an answer: %s", strings.Join(empty, ", "))
		})
	}
}

func TestParseShapes(t *testing.T) {
	list, err := parseShapes("g", "PREFIX : <http://x/>\n\n## one\nSELECT 1\n## two | export loose\nSELECT\n  2\n")
	require.NoError(t, err)
	require.Equal(t, []shape{
		{graph: "g", name: "one", query: "PREFIX : <http://x/>\nSELECT 1\n"},
		{graph: "g", name: "two", query: "PREFIX : <http://x/>\nSELECT\n  2\n", export: true, loose: true},
	}, list)
	for name, text := range map[string]string{
		"no text":      "\n## one\n## two\nASK {}\n",
		"twice":        "\n## one\nASK {}\n## one\nASK {}\n",
		"unknown mark": "\n## one | slow\nASK {}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseShapes("g", text)
			require.Error(t, err)
		})
	}
}

// TestWithParameters draws parameters for a query of the mix.
func TestWithParameters(t *testing.T) {
	c := bsbmCounts(1_000_000)
	const query = "SELECT * { b:Product1 v:x b:Product2 . b:Product1 v:y b:ProductType1, b:Country3 }"
	out := withParameters(query, c, rand.New(rand.NewPCG(1, 1)))
	require.Equal(t, out, withParameters(query, c, rand.New(rand.NewPCG(1, 1))))
	require.NotEqual(t, query, out)
	words := strings.Fields(out)
	require.Equal(t, words[3], words[7], "the same product stays the same")
	require.NotEqual(t, words[3], words[5], "and two stay two")
	require.True(t, strings.HasPrefix(words[9], "b:ProductType"))
}
