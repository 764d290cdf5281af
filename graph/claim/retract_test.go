package claim_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// put imports an extraction in place of what the graph has of its document.
func put(t *testing.T, g *memgraph.Graph, ex *claim.Extraction, in rdf.Term) (added int) {
	t.Helper()
	ctx := context.Background()
	err := g.Update(ctx, func(tx graph.Tx) error {
		var err error
		_, added, err = claim.Put(ctx, tx, ex, claim.EncodeOptions{Graph: in})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func lines(t *testing.T, g *memgraph.Graph) []string {
	t.Helper()
	ctx := context.Background()
	snap, err := g.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	cur, err := snap.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	defer cur.Close()
	var out []string
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			var q [4]rdf.Term
			for c := range q {
				if id := b.Cols[c][i]; id != graph.DefaultGraph {
					if q[c], err = snap.Term(id); err != nil {
						t.Fatal(err)
					}
				}
			}
			out = append(out, rdf.Quad{Subject: q[0], Predicate: q[1], Object: q[2], Graph: q[3]}.String())
		}
	}
	if err := cur.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// other is a second document that says some of what the seed says, and not all
// in the same voice.
func other(t *testing.T) *claim.Extraction {
	ex, _ := seed(t)
	old := ex.Document.IRI
	ex.Document.IRI = claim.NSID + "document/second"
	ex.Document.Title = "Second report"
	ex.Claims = slices.Clone(ex.Claims[10:25])
	for i := range ex.Claims {
		c := &ex.Claims[i]
		if c.Claimant == old {
			c.Claimant = claim.NSID + "reuters"
			c.Modality = claim.Reported
		}
	}
	return ex
}

func TestPut(t *testing.T) {
	for name, in := range map[string]rdf.Term{"default graph": nil, "named graph": rdf.IRI("https://example.org/private")} {
		t.Run(name, func(t *testing.T) {
			ex, _ := seed(t)
			g := memgraph.New()
			defer g.Close()
			put(t, g, other(t), in)
			onlyOther := lines(t, g)
			put(t, g, ex, in)
			both := lines(t, g)

			if added := put(t, g, ex, in); added != 0 || !slices.Equal(lines(t, g), both) {
				t.Errorf("the same import again added %d quads", added)
			}
			fewer, _ := seed(t)
			fewer.Claims = fewer.Claims[:5]
			put(t, g, fewer, in)
			put(t, g, ex, in)
			if got := lines(t, g); !slices.Equal(got, both) {
				t.Errorf("after another reading and back the graph differs: %s", difference(got, both))
			}

			// Without claims, nothing but entities is left of the first document.
			empty, _ := seed(t)
			empty.Claims = nil
			put(t, g, empty, in)
			var left []string
			rest := lines(t, g)
			for _, l := range rest {
				if _, found := slices.BinarySearch(onlyOther, l); !found && strings.Contains(l, "/claim/") {
					left = append(left, l)
				}
			}
			if len(left) > 0 {
				t.Errorf("left of the removed claims:\n\t%s", strings.Join(left, "\n\t"))
			}
			for _, l := range onlyOther {
				if _, found := slices.BinarySearch(rest, l); !found {
					t.Fatalf("the other document lost %s", l)
				}
			}
			var quads []rdf.Quad
			quads = append(quads, claim.Encode(other(t), claim.EncodeOptions{Graph: in})...)
			for _, v := range claim.CheckQuads(quads) {
				t.Error(v)
			}
			plain := "<https://belligraph.org/id/mnla> <https://belligraph.org/ontology#attacked> <https://belligraph.org/id/tinzaouaten>"
			if slices.ContainsFunc(rest, func(l string) bool { return strings.HasPrefix(l, plain) }) {
				t.Error("the edge that only the removed document asserted still stands")
			}
			if !slices.ContainsFunc(rest, func(l string) bool {
				return strings.HasPrefix(l, strings.Replace(plain, "attacked", "reportedAttacked", 1))
			}) {
				t.Error("the edge that the other document reports is gone")
			}
		})
	}
}

func difference(got, want []string) string {
	var b strings.Builder
	for _, l := range got {
		if !slices.Contains(want, l) {
			b.WriteString("\n\t+ " + l)
		}
	}
	for _, l := range want {
		if !slices.Contains(got, l) {
			b.WriteString("\n\t- " + l)
		}
	}
	return b.String()
}
