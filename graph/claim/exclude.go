package claim

import (
	"context"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Exclude takes claims out of a graph, as if nobody had made them: with them go
// what was derived from them and what only they speak of, and what rests on the
// claims that stay is derived anew. It is for suppositions; decisions of people
// about claims are made by [Decide], which can be taken back.
func Exclude(ctx context.Context, tx graph.Tx, claims []Ref, in rdf.Term) error {
	o := EncodeOptions{Graph: in}
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: in})
	if err != nil {
		return err
	}
	x := &retraction{reader: r, graph: in, gone: make(map[Ref]node)}
	var documents []Ref
	for _, c := range claims {
		if err := x.drop(ctx, c); err != nil {
			return err
		}
		if d := x.gone[c].ref(PropDocument); d != "" && !slices.Contains(documents, d) {
			documents = append(documents, d)
		}
	}
	// Nothing is derived from rows.
	before := make(map[Ref][]Ref)
	for _, d := range documents {
		n, err := r.node(ctx, d)
		if err != nil {
			return err
		}
		if !n.is(ClassDocument) {
			continue
		}
		if before[d], err = connectedTo(ctx, tx.Snapshot(), d, o); err != nil {
			return err
		}
		before[d] = append(before[d], d)
	}
	if err := x.dropDerived(ctx, claims); err != nil {
		return err
	}
	for _, property := range []rdf.IRI{PropProposition, PropEdge, PropQuantity, PropIncludes, PropTime, PropSaidOn} {
		if err := x.orphans(ctx, property); err != nil {
			return err
		}
	}
	old, err := x.quads(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Delete(old...); err != nil {
		return err
	}
	done := make(map[Ref]bool)
	for _, d := range documents {
		if before[d] == nil || done[d] {
			continue
		}
		for _, other := range before[d] {
			done[other] = true // derived anew together
		}
		stale, fresh, err := rederive(ctx, tx.Snapshot(), d, before[d], true, o)
		if err != nil {
			return err
		}
		if _, err := change(tx, stale, fresh); err != nil {
			return err
		}
	}
	return nil
}

// ClaimsFrom returns the claims that come from a source: that it makes, that are
// made on its behalf, that reached us through it, or that stand in it. A source
// is an actor, a medium, a document, a file of rows, or whoever publishes it.
func (r *Reader) ClaimsFrom(ctx context.Context, source Ref) ([]Ref, error) {
	var out []Ref
	for _, property := range []rdf.IRI{PropClaimant, PropOnBehalfOf, PropVia} {
		found, err := r.subjects(ctx, property, rdf.IRI(source))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	files, err := r.subjects(ctx, PropPublisher, rdf.IRI(source))
	if err != nil {
		return nil, err
	}
	documents := append(files, source)
	for _, file := range slices.Clone(documents) {
		rows, err := r.subjects(ctx, NSDcterms+"isPartOf", rdf.IRI(file))
		if err != nil {
			return nil, err
		}
		documents = append(documents, rows...)
	}
	for _, d := range documents {
		found, err := r.subjects(ctx, PropDocument, rdf.IRI(d))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	var claims []Ref
	for _, c := range sortedRefs(out) {
		n, err := r.node(ctx, c)
		if err != nil {
			return nil, err
		}
		if n.is(ClassClaim) {
			claims = append(claims, c)
		}
	}
	return claims, nil
}
