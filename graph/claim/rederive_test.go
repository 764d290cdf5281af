package claim_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// titled gives a war's document a name of its own. The claims of the document
// itself become those of the new name.
func (w *war) titled(name string) *claim.Extraction {
	iri := claim.Ref(claim.NSID + "document/" + name)
	for i := range w.ex.Claims {
		if c := &w.ex.Claims[i]; c.Claimant == w.ex.Document.IRI {
			c.Claimant = iri
		}
	}
	w.ex.Document.IRI, w.ex.Document.Title, w.ex.Document.SHA256 = iri, name, name
	return &w.ex
}

// library is three documents on one battle, one on another that speaks of the
// same place, and one that has nothing to do with them.
func library() []*claim.Extraction {
	elsewhere := func(c *claim.Claim) { c.Proposition.Event = "e:other" }
	return []*claim.Extraction{
		newWar().lost(red, "killed", 5, 5).add(claim.KindCaptured, red, to(ford), on("2001-01-01")).titled("a"),
		newWar().lost(red, "killed", 7, 7).add(claim.KindFighting, "", by("e:bluegov"), denies).titled("b"),
		newWar().add(claim.KindAttacked, red, to(ford), on("2001-01-01")).lost(red, "killed", 5, 9).titled("c"),
		newWar().add(claim.KindClaimedControl, blue, at(ford), on("2001-02-01"), by(blue), onlyClaimed, elsewhere).titled("d"),
		newWar().lost(blue, "killed", 1, 1, func(c *claim.Claim) { c.Proposition.Event = "e:third" }).titled("e"),
	}
}

// TestPutInAnyOrder holds that the graph does not depend on the order in which
// documents came, nor on readings that were replaced on the way, and that what
// is derived is derived over the documents together.
func TestPutInAnyOrder(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	var want []string
	for round := range 12 {
		docs := library()
		order := rnd.Perm(len(docs))
		g := memgraph.New()
		for _, i := range order {
			if round > 0 && rnd.IntN(2) == 0 {
				// An earlier reading that found less.
				earlier := library()[i]
				earlier.Claims = earlier.Claims[:len(earlier.Claims)-1]
				put(t, g, earlier, nil)
			}
			put(t, g, docs[i], nil)
			if rnd.IntN(3) == 0 {
				put(t, g, docs[rnd.IntN(len(docs))], nil)
			}
		}
		for _, d := range docs {
			put(t, g, d, nil)
		}
		got := lines(t, g)
		if round == 0 {
			want = got
		} else if !slices.Equal(got, want) {
			t.Errorf("round %d, order %v: %s", round, order, difference(got, want))
		}
		g.Close()
	}
	together := claim.Derive(claim.View(library()...))
	var derived []string
	for _, q := range claim.EncodeDerived(together, claim.View(library()...).Entities, claim.EncodeOptions{}) {
		derived = append(derived, q.String())
	}
	for _, l := range derived {
		if _, found := slices.BinarySearch(want, l); !found {
			t.Errorf("not in the graph: %s", l)
		}
	}
	var types []string
	for _, d := range together.Disagreements {
		types = append(types, string(d.Type))
	}
	if got := strings.Join(types, " "); got != "control numeric-disjoint polarity" {
		t.Errorf("disagreements between documents: %s", got)
	}
}

func TestPutLeavesForeignQuads(t *testing.T) {
	foreign := rdf.Quad{Subject: rdf.IRI("e:red"), Predicate: rdf.IRI("e:likes"), Object: rdf.NewString("tea")}
	g := memgraph.New(foreign)
	defer g.Close()
	for _, d := range library() {
		put(t, g, d, nil)
		d.Claims = nil
		put(t, g, d, nil)
	}
	snap, err := g.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if !slices.Contains(lines(t, g), foreign.String()) {
		t.Error("a quad that is not ours is gone")
	}
	id, ok, err := snap.Lookup(claim.ClassClaim)
	if err != nil {
		t.Fatal(err)
	}
	if n, _, err := snap.Estimate(graph.Pattern{O: id}); ok && (err != nil || n > 0) {
		t.Errorf("%d claims are left, %v", n, err)
	}
}
