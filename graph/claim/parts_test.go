package claim_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func count(n int64) *int64 { return &n }

// breath is what a row says of one event, in parts.
func breath() []claim.Proposition {
	const e, a, b = "x:event", "x:a", "x:b"
	day := claim.Interval{EarliestBegin: "2012-02-07", LatestBegin: "2012-02-07", EarliestEnd: "2012-02-07", LatestEnd: "2012-02-07"}
	return []claim.Proposition{
		{Kind: claim.KindCasualties, Event: e, Quantity: &claim.Quantity{Metric: "killed", Party: a, Min: count(1), Max: count(1), Comparator: claim.Exactly}},
		{Kind: claim.KindCasualties, Event: e, Quantity: &claim.Quantity{Metric: "killed", Party: b, Min: count(2), Max: count(4), Best: count(3), Comparator: claim.About}},
		{Kind: claim.KindDate, Event: e, Time: day},
		{Kind: claim.KindEventType, Event: e, Text: "state-based violence"},
		{Kind: claim.KindParticipant, Event: e, Agent: []claim.Ref{a, b}, Manner: map[string]string{"role": "party"}},
		{Kind: claim.KindPlace, Event: e, Place: "x:town", Manner: map[string]string{"precision": "exact place"}},
		{Kind: claim.KindPartOf, Agent: []claim.Ref{e}, Patient: []claim.Ref{"x:war"}},
	}
}

// TestComposeParts holds that what is composed comes apart as it was, and that
// the order of the parts does not make another proposition.
func TestComposeParts(t *testing.T) {
	parts := breath()
	whole := claim.Compose(parts...)
	if got := whole.Parts(); !reflect.DeepEqual(got, parts) {
		t.Errorf("the parts are\n%+v\nnot\n%+v", got, parts)
	}
	slices.Reverse(parts)
	slices.Reverse(parts[4:6]) // the sides stay in their order
	other := claim.Compose(parts...)
	if whole.IRI() != other.IRI() {
		t.Errorf("the order of parts matters: %s and %s", whole.Key(), other.Key())
	}
	fewer := claim.Compose(breath()[1:]...)
	if whole.IRI() == fewer.IRI() {
		t.Error("a count more or less is the same proposition")
	}
}

// TestRecordRoundTrip holds that a record is read back as it was written, and
// leaves nothing behind but entities when it is taken away.
func TestRecordRoundTrip(t *testing.T) {
	entity := func(iri claim.Ref, kind claim.EntityKind) claim.Entity {
		return claim.Entity{IRI: iri, Kind: kind, Label: string(iri)}
	}
	ex := &claim.Extraction{
		Document: claim.Document{IRI: "x:record", Title: "row 1"},
		Entities: []claim.Entity{
			entity("x:a", claim.Government), entity("x:b", claim.ArmedGroup), entity("x:data", claim.Organisation), entity("x:event", claim.Incident),
			entity("x:officer", claim.Anonymous), entity("x:town", claim.Place), entity("x:war", claim.Conflict),
		},
		Claims: []claim.Claim{
			{Proposition: claim.Compose(breath()[2:]...), Claimant: "x:data", Stance: claim.Asserts, Modality: claim.StatedAsFact, Source: "record", Rule: "row@1", Confidence: 1},
			{Proposition: claim.Compose(breath()[:2]...), Claimant: "x:officer", Via: []claim.Ref{"x:data"}, Stance: claim.Asserts, Modality: claim.Reported, Source: "record", Rule: "row@1", Confidence: 0.5},
		},
	}
	if v := claim.Check(ex); len(v) > 0 {
		t.Fatal(v)
	}
	var quads []rdf.Quad
	w := claim.NewRecordEncoder(nil, "x:run", func(q rdf.Quad) { quads = append(quads, q) })
	w.Encode(ex)
	quads = append(quads, rdf.Quad{Subject: rdf.IRI("x:run"), Predicate: claim.PropRule, Object: rdf.NewString("row@1")})
	for _, v := range claim.CheckQuads(quads) {
		t.Error(v)
	}
	g := memgraph.New()
	defer g.Close()
	ctx := context.Background()
	if err := g.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
		t.Fatal(err)
	}
	snap, err := g.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Extraction(ctx, "x:record")
	if err != nil || len(got.Claims) != 2 {
		t.Fatal(got, err)
	}
	for i := range got.Claims {
		c := &got.Claims[i]
		k := slices.IndexFunc(ex.Claims, func(d claim.Claim) bool { return d.IRI("x:record") == c.IRI("x:record") })
		if k < 0 {
			t.Errorf("a claim was changed: %+v", c)
			continue
		}
		if !reflect.DeepEqual(c.Proposition.Parts(), ex.Claims[k].Proposition.Parts()) || c.Confidence != ex.Claims[k].Confidence || c.Rule != "row@1" {
			t.Errorf("read back\n%+v\nnot\n%+v", *c, ex.Claims[k])
		}
	}
	gone, err := claim.Retraction(ctx, snap, "x:record", nil)
	if err != nil {
		t.Fatal(err)
	}
	left := make(map[rdf.Quad]bool)
	for _, q := range quads {
		left[q] = true
	}
	for _, q := range gone {
		delete(left, q)
	}
	for q := range left {
		switch q.Predicate {
		case rdf.RDFType, rdf.RDFSLabel, claim.PropKnown, claim.PropRule:
		default:
			t.Errorf("left behind: %v", q)
		}
	}
}
