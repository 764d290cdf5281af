package main

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// TestGraphs generates each graph small and reads it as N-Triples: the same
// seed gives the same bytes, another one others, about as many statements as
// asked for, hardly any of them twice.
func TestGraphs(t *testing.T) {
	const n = 40_000
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			write := func(seed uint64) []byte {
				var b bytes.Buffer
				require.NoError(t, generate(&b, g.name, n, seed))
				return b.Bytes()
			}
			text := write(1)
			require.Equal(t, sha256.Sum256(text), sha256.Sum256(write(1)), "the same seed")
			require.NotEqual(t, sha256.Sum256(text), sha256.Sum256(write(2)), "another seed")

			statements, predicates := make(map[rdf.Quad]bool), make(map[rdf.Term]bool)
			total := 0
			require.NoError(t, readTriples(text, func(q rdf.Quad) {
				total++
				statements[q], predicates[q.Predicate] = true, true
			}))
			require.InEpsilon(t, n, total, 0.2)
			require.InEpsilon(t, total, len(statements), 0.01, "statements that differ")
			if g.name == "wiki" {
				require.Len(t, predicates, 49)
			}
		})
	}
	require.Error(t, generate(io.Discard, "no such graph", n, 1))
}

func readTriples(text []byte, emit func(rdf.Quad)) error {
	for q, err := range turtle.NewDecoder(bytes.NewReader(text), turtle.NTriples, turtle.Options{}).All() {
		if err != nil {
			return err
		}
		emit(q)
	}
	return nil
}
