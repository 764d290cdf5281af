package claim_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func reader(t testing.TB, o claim.ReadOptions, quads ...rdf.Quad) *claim.Reader {
	t.Helper()
	g := memgraph.New(quads...)
	snap, err := g.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { snap.Close(); g.Close() })
	r, err := claim.NewReader(snap, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rich adds to the seed what its gold does not use: manners, open dates,
// chains of several links, wordings in capitals.
func rich(t testing.TB) *claim.Extraction {
	ex, _ := seed(t)
	c := ex.Claims[len(ex.Claims)-1]
	c.Via = []claim.Ref{claim.NSID + "reuters", claim.NSID + "ansar-dine"}
	c.Proposition.Manner = map[string]string{"reason": "Tactical Reasons", "duration": "several hours"}
	c.Proposition.Time = claim.Interval{EarliestBegin: "2012-02", LatestBegin: "2012-03-01", LatestEnd: "2012", Text: "spring", Rule: "season"}
	c.Proposition.Text = "Strategic  Retreat"
	c.Proposition.Side = 2
	c.Stance = claim.Concedes
	c.Negated = true
	c.Confidence = 0.625
	ex.Claims = append(ex.Claims, c)
	return ex
}

func TestRoundTrip(t *testing.T) {
	ex := rich(t)
	for name, g := range map[string]rdf.Term{"default graph": nil, "named graph": rdf.IRI("https://example.org/private")} {
		quads := claim.Encode(ex, claim.EncodeOptions{Graph: g})
		r := reader(t, claim.ReadOptions{Graph: g}, quads...)
		got, err := r.Extraction(context.Background(), ex.Document.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Document, ex.Document) {
			t.Errorf("%s: document: got %+v", name, got.Document)
		}
		if !reflect.DeepEqual(got.Entities, ex.Entities) {
			t.Errorf("%s: entities: got %+v\nwant %+v", name, got.Entities, ex.Entities)
		}
		if len(got.Claims) != len(ex.Claims) {
			t.Fatalf("%s: %d claims, want %d", name, len(got.Claims), len(ex.Claims))
		}
		byIRI := make(map[claim.Ref]claim.Claim)
		for _, c := range got.Claims {
			byIRI[c.IRI(ex.Document.IRI)] = c
		}
		for _, c := range ex.Claims {
			if d := byIRI[c.IRI(ex.Document.IRI)]; !reflect.DeepEqual(d, c) {
				t.Errorf("%s: got %+v\nwant %+v", name, d, c)
			}
		}
		if again := claim.Encode(got, claim.EncodeOptions{Graph: g}); !sameQuads(again, quads) {
			t.Errorf("%s: what was read encodes otherwise", name)
		}
		other := reader(t, claim.ReadOptions{Graph: rdf.IRI("https://example.org/absent")}, quads...)
		if docs, err := other.Documents(context.Background()); err != nil || len(docs) > 0 {
			t.Errorf("%s: an absent graph has documents %v, %v", name, docs, err)
		}
	}
}

// sameQuads compares without regard to order.
func sameQuads(a, b []rdf.Quad) bool {
	lines := func(quads []rdf.Quad) []string {
		var out []string
		for _, q := range quads {
			out = append(out, q.String())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(lines(a), lines(b))
}

func TestChecksPassOnSeed(t *testing.T) {
	ex := rich(t)
	for _, v := range claim.Check(ex) {
		t.Error(v)
	}
	for _, v := range claim.CheckQuads(claim.Encode(ex, claim.EncodeOptions{})) {
		t.Error(v)
	}
}

func TestChecksFail(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for rule, breach := range map[string]func(*claim.Extraction){
		"document-iri":     func(ex *claim.Extraction) { ex.Document.IRI = "" },
		"span-bounds":      func(ex *claim.Extraction) { ex.Claims[0].Evidence[0].End = 1 << 20 },
		"span-quote":       func(ex *claim.Extraction) { ex.Claims[0].Evidence[0].Start++ },
		"claim-evidence":   func(ex *claim.Extraction) { ex.Claims[0].Evidence = nil },
		"claim-claimant":   func(ex *claim.Extraction) { ex.Claims[0].Claimant = "" },
		"claim-stance":     func(ex *claim.Extraction) { ex.Claims[0].Stance = "shrugs" },
		"claim-modality":   func(ex *claim.Extraction) { ex.Claims[0].Modality = "" },
		"claim-rule":       func(ex *claim.Extraction) { ex.Claims[0].Rule = "" },
		"claim-confidence": func(ex *claim.Extraction) { ex.Claims[0].Confidence = 2 },
		"proposition-kind": func(ex *claim.Extraction) { ex.Claims[0].Proposition.Kind = "" },
		"entity-described": func(ex *claim.Extraction) { ex.Claims[0].Proposition.Agent = []claim.Ref{"e:nobody"} },
		"entity-label":     func(ex *claim.Extraction) { ex.Entities[0].Label = "" },
		"entity-kind":      func(ex *claim.Extraction) { ex.Entities[0].Kind = "Unicorn" },
		"interval-date":    func(ex *claim.Extraction) { ex.Claims[0].Proposition.Time.LatestEnd = "2012-02-31" },
		"quantity-metric": func(ex *claim.Extraction) {
			ex.Claims[0].Proposition.Quantity = &claim.Quantity{Party: claim.NSID + "mali", Min: n(1)}
		},
		"quantity-party": func(ex *claim.Extraction) {
			ex.Claims[0].Proposition.Agent = nil
			ex.Claims[0].Proposition.Quantity = &claim.Quantity{Metric: "killed", Min: n(1)}
		},
		"quantity-number": func(ex *claim.Extraction) {
			ex.Claims[0].Proposition.Quantity = &claim.Quantity{Metric: "killed", Party: claim.NSID + "mali"}
		},
		"quantity-order": func(ex *claim.Extraction) {
			ex.Claims[0].Proposition.Quantity = &claim.Quantity{Metric: "killed", Party: claim.NSID + "mali", Min: n(2), Max: n(1)}
		},
	} {
		ex, _ := seed(t)
		breach(ex)
		if !slices.ContainsFunc(claim.Check(ex), func(v claim.Violation) bool { return v.Rule == rule }) {
			t.Errorf("%s: not found among %v", rule, claim.Check(ex))
		}
	}
}

func TestEdgeWithoutClaim(t *testing.T) {
	ex, _ := seed(t)
	quads := claim.Encode(ex, claim.EncodeOptions{})
	quads = append(quads, rdf.Quad{Subject: rdf.IRI(claim.NSID + "ansar-dine"), Predicate: rdf.IRI(claim.NS + "attacked"), Object: rdf.IRI(claim.NSID + "mnla")})
	vs := claim.CheckQuads(quads)
	if len(vs) != 1 || vs[0].Rule != "edge-claimed" {
		t.Errorf("got %v", vs)
	}
}
