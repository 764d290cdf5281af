package claim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
)

func readNow(t *testing.T, g graph.Graph) *claim.Reader {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { snap.Close() })
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRevisions holds that a later revision takes the place of an earlier one,
// which stays to be seen with what it said and what changed, and that either
// again changes nothing.
func TestRevisions(t *testing.T) {
	killed := func(quote string, n int64) claim.Claim {
		return says(quote, claim.KindCasualties, "", func(c *claim.Claim) {
			c.Proposition.Agent = nil
			c.Proposition.Quantity = &claim.Quantity{Metric: "killed", Party: red, Min: &n, Max: &n, Comparator: claim.Exactly}
		})
	}
	a := report("Red attacked Ford. Red lost 24 men. Blue repelled them.", says("Red attacked Ford", claim.KindAttacked, red, to(ford)), killed("Red lost 24 men", 24),
		says("Blue repelled them", "repelled", blue, to(red)))
	b := report("In May, Red attacked Ford. Red lost 31 men. Red captured Ford.", says("Red attacked Ford", claim.KindAttacked, red, to(ford)), killed("Red lost 31 men", 31),
		says("Red captured Ford", claim.KindCaptured, red, at(ford)))
	a.Document.SHA256, b.Document.SHA256 = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"
	g := memgraph.New()
	put(t, g, a, nil)
	if revisions, err := readNow(t, g).Revisions(t.Context(), "e:doc"); err != nil || len(revisions) != 0 {
		t.Errorf("one revision alone: %+v, %v", revisions, err)
	}
	put(t, g, b, nil)
	claims, _ := state(t, g)
	if want := []string{"Red attacked Ford", "Red captured Ford", "Red: 31 killed"}; !slices.Equal(claims, want) {
		t.Errorf("claims %q, want %q", claims, want)
	}
	r := readNow(t, g)
	revisions, err := r.Revisions(t.Context(), "e:doc")
	if err != nil || len(revisions) != 2 || revisions[0].Current || !revisions[1].Current || revisions[1].Previous != revisions[0].IRI {
		t.Fatalf("%+v, %v", revisions, err)
	}
	before, err := r.At(t.Context(), "e:doc", revisions[0])
	if err != nil || before.Document.Text != a.Document.Text {
		t.Fatal(before, err)
	}
	after, err := r.At(t.Context(), "e:doc", revisions[1])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range claim.Changes(before, after) {
		got = append(got, c.Describe(newWar().ex.EntityMap()))
	}
	want := []string{"quantity changed: e:doc says: Red: 24 killed → Red: 31 killed", "withdrawn: e:doc says: Blue repelled Red", "added: e:doc says: Red captured Ford"}
	if !slices.Equal(got, want) {
		t.Errorf("changes\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	withdrawn, err := r.Candidates(t.Context(), revisions[0].IRI)
	if err != nil || len(withdrawn) != 2 {
		t.Errorf("%d claims are marked as withdrawn, %v", len(withdrawn), err)
	}
	for _, iri := range withdrawn {
		if status, _, _, err := r.Aside(t.Context(), iri); err != nil || status != claim.Withdrawn {
			t.Errorf("%s is %q, %v", iri, status, err)
		}
	}
	was := lines(t, g)
	for name, ex := range map[string]*claim.Extraction{"the later": b, "the earlier": a} {
		if _, added := putCounted(t, g, ex); added != 0 {
			t.Errorf("%s revision again adds %d quads", name, added)
		}
	}
	if now := lines(t, g); !slices.Equal(was, now) {
		t.Errorf("revisions again: %s", difference(now, was))
	}
	// New rules read the current revision anew, and leave the past alone.
	better := *b
	better.Claims = append(slices.Clone(b.Claims), says("In May", claim.KindFighting, red))
	better.Claims[3].Evidence = []claim.Span{spanOf(b.Document.Text, "In May")}
	put(t, g, &better, nil)
	if revisions, err := readNow(t, g).Revisions(t.Context(), "e:doc"); err != nil || len(revisions) != 2 {
		t.Errorf("a new reading is a revision: %+v, %v", revisions, err)
	}
}
