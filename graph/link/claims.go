package link

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Linker is who claims the links that this package finds, and rule how: a new
// rule takes the place of an older one's links.
const (
	Linker claim.Ref = claim.NSID + "software/belligraph-link"
	rule             = "link@1"
)

// Claims makes claims of what was found, by the graph that they belong to: links
// of a private source stand in its graph. Accepted pairs are asserted, pairs for
// review inferred, near misses denied. What somebody has decided is left to
// what he said.
func Claims(r *Result, events []Event) map[rdf.Term]*claim.Extraction {
	in := make(map[claim.Ref]rdf.Term)
	for i := range events {
		for _, a := range events[i].Actors {
			if events[i].Graph != nil {
				in[a] = events[i].Graph
			}
		}
	}
	out := make(map[rdf.Term]*claim.Extraction)
	add := func(g rdf.Term, c claim.Claim) {
		if out[g] == nil {
			out[g] = &claim.Extraction{
				Document: claim.Document{IRI: documentOf(g), Title: "Links found by " + rule},
				Entities: []claim.Entity{{IRI: Linker, Kind: claim.Organisation, Label: "Belligraph link finder", Known: true}},
			}
		}
		c.Claimant, c.Rule, c.Source = Linker, rule, "record"
		out[g].Claims = append(out[g].Claims, c)
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		if p.Given {
			continue
		}
		c := claim.Claim{
			Proposition: claim.Proposition{Kind: p.Kind, Agent: []claim.Ref{p.A.IRI}, Patient: []claim.Ref{p.B.IRI}, Manner: reasons(p.Features)},
			Stance:      claim.Asserts, Modality: claim.StatedAsFact, Confidence: round(p.Score),
		}
		switch p.Verdict {
		case Review:
			c.Modality = claim.Inferred
		case Rejected:
			c.Stance = claim.Denies
			c.Confidence = round(1 - p.Score)
		}
		g := p.A.Graph
		if g == nil {
			g = p.B.Graph
		}
		add(g, c)
	}
	for _, a := range r.Actors {
		if strings.HasPrefix(a.Reason, "said by ") {
			continue
		}
		c := claim.Claim{
			Proposition: claim.Proposition{Kind: a.Kind, Agent: []claim.Ref{a.A}, Patient: []claim.Ref{a.B}, Manner: map[string]string{"reason": a.Reason}},
			Stance:      claim.Asserts, Modality: claim.StatedAsFact, Confidence: round(a.Strength),
		}
		if a.Strength < 0.85 {
			c.Modality = claim.Inferred
		}
		g := in[a.A]
		if g == nil {
			g = in[a.B]
		}
		add(g, c)
	}
	return out
}

// documentOf names the list of links of a graph.
func documentOf(g rdf.Term) claim.Ref {
	if g == nil {
		return claim.NSID + "document/links"
	}
	sum := sha256.Sum256([]byte(g.String()))
	return claim.Ref(claim.NSID + "document/links-" + hex.EncodeToString(sum[:6]))
}

// reasons puts features in the manner of a proposition, so that each can be
// asked for. They are no part of what the proposition says.
func reasons(fs []Feature) map[string]string {
	m := make(map[string]string, len(fs))
	for _, f := range fs {
		m[f.Name] = fmt.Sprintf("%+.2f: %s", f.Weight, f.Text)
	}
	return m
}

func round(f float64) float64 {
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'f', 3, 64), 64)
	return f
}

// Put writes the claims into a graph in place of those of an earlier run. It
// returns how many quads were added and removed; a run that finds what is there
// changes nothing.
func Put(ctx context.Context, g graph.Graph, claims map[rdf.Term]*claim.Extraction) (added, removed int, err error) {
	err = g.Update(ctx, func(tx graph.Tx) error {
		graphs := []rdf.Term{nil}
		if err := tx.Snapshot().Graphs(ctx, func(id graph.ID) bool {
			t, e := tx.Snapshot().Term(id)
			if e == nil {
				graphs = append(graphs, t)
			}
			return true
		}); err != nil {
			return err
		}
		for in := range claims {
			if !slices.Contains(graphs, in) {
				graphs = append(graphs, in)
			}
		}
		for _, in := range graphs {
			a, r, err := replace(ctx, tx, in, claims[in])
			if err != nil {
				return err
			}
			added, removed = added+a, removed+r
		}
		return nil
	})
	return added, removed, err
}

// replace makes the links of one graph those of the extraction.
func replace(ctx context.Context, tx graph.Tx, in rdf.Term, ex *claim.Extraction) (added, removed int, err error) {
	old, err := claim.Retraction(ctx, tx.Snapshot(), documentOf(in), in)
	if err != nil {
		return 0, 0, err
	}
	keep := make(map[rdf.Quad]bool)
	var quads []rdf.Quad
	if ex != nil {
		quads = encode(in, ex)
		for _, q := range quads {
			keep[q] = true
		}
	}
	old = slices.DeleteFunc(old, func(q rdf.Quad) bool { return keep[q] })
	if removed, err = tx.Delete(old...); err != nil {
		return 0, 0, err
	}
	added, err = tx.Insert(quads...)
	return added, removed, err
}

// encode writes the claims as rows are written: there may be hundreds of
// thousands.
func encode(in rdf.Term, ex *claim.Extraction) []rdf.Quad {
	run := documentOf(in) + "/run"
	var quads []rdf.Quad
	w := claim.NewRecordEncoder(in, run, func(q rdf.Quad) { quads = append(quads, q) })
	w.Encode(ex)
	for _, t := range []rdf.Triple{
		{Subject: rdf.IRI(run), Predicate: rdf.RDFType, Object: claim.ClassRun},
		{Subject: rdf.IRI(run), Predicate: rdf.RDFSLabel, Object: rdf.NewString("Search for links by " + rule)},
		{Subject: rdf.IRI(run), Predicate: claim.PropRule, Object: rdf.NewString(rule)},
		{Subject: rdf.IRI(run), Predicate: claim.PropUsed, Object: rdf.IRI(documentOf(in))},
	} {
		quads = append(quads, t.In(in))
	}
	return quads
}

// Best returns the pairs of a verdict by falling score.
func (r *Result) Best(v Verdict) []Pair {
	var out []Pair
	for _, p := range r.Pairs {
		if p.Verdict == v {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Pair) int { return cmp.Compare(b.Score, a.Score) })
	return out
}
