package claim

import (
	"context"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// EachClaim calls f with every claim of the graph, one at a time and each once,
// in the order of their ids, until f returns an error.
func (r *Reader) EachClaim(ctx context.Context, f func(Stated) error) error {
	return r.eachOf(ctx, ClassClaim, func(iri Ref) error {
		s, ok, err := r.stated(ctx, iri)
		if err != nil || !ok {
			return err
		}
		return f(s)
	})
}

// EachEntity calls f with every entity of the graph, without mentions, one at a
// time and each once, ordered by kind, until f returns an error.
func (r *Reader) EachEntity(ctx context.Context, f func(*Entity) error) error {
	kinds := make([]EntityKind, 0, len(entityKinds))
	for k := range entityKinds {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		err := r.eachOf(ctx, rdf.IRI(NS+string(kind)), func(iri Ref) error {
			e, ok, err := r.Entity(ctx, iri)
			if err != nil || !ok || e.Kind != kind { // of two kinds, it comes with the other
				return err
			}
			return f(&e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EachDerivedEvent calls f with the name of every event that was derived from
// claims, and with what it is part of.
func (r *Reader) EachDerivedEvent(ctx context.Context, f func(*Event, Ref) error) error {
	return r.eachOf(ctx, ClassEvent, func(iri Ref) error {
		n, err := r.node(ctx, iri)
		if err != nil || n.str(PropDerivationRule) == "" {
			return err
		}
		e := &Event{
			Kind: n.local(PropKind, NSKind), Whole: n.ref(PropSubEventOf), Place: n.ref(PropPlace),
			Status: n.str(PropStatus), Claims: n.refs(PropFromClaim),
		}
		if e.Time, err = r.interval(ctx, n.ref(PropTime)); err != nil {
			return err
		}
		if q := n.ref(PropQuantity); q != "" {
			if e.Quantity, err = r.quantity(ctx, q, 0); err != nil {
				return err
			}
		}
		for _, p := range n.refs(PropParticipation) {
			pn, err := r.node(ctx, p)
			if err != nil {
				return err
			}
			e.Participations = append(e.Participations, Participation{Actor: pn.ref(PropParticipant), Role: pn.local(PropRole, NSRole)})
		}
		return f(e, iri)
	})
}

// EachSpell calls f with every spell of control.
func (r *Reader) EachSpell(ctx context.Context, f func(*ControlSpell, Ref) error) error {
	return r.eachOf(ctx, ClassControlSpell, func(iri Ref) error {
		n, err := r.node(ctx, iri)
		if err != nil {
			return err
		}
		s := &ControlSpell{
			Place: n.ref(PropPlace), Holder: n.ref(PropHolder), Status: n.str(PropStatus), Until: Date(n.str(PropUntil)),
			Rule: n.str(PropDerivationRule), Reason: n.str(PropReason), Claims: n.refs(PropFromClaim),
		}
		if s.Since, err = r.interval(ctx, n.ref(PropTime)); err != nil {
			return err
		}
		return f(s, iri)
	})
}

// ClaimsOn returns the claims whose propositions are about an event, in order.
func (r *Reader) ClaimsOn(ctx context.Context, event Ref) ([]Stated, error) {
	propositions, err := r.subjects(ctx, PropEvent, rdf.IRI(event))
	if err != nil {
		return nil, err
	}
	var out []Stated
	for _, p := range propositions {
		claims, err := r.subjects(ctx, PropProposition, rdf.IRI(p))
		if err != nil {
			return nil, err
		}
		for _, c := range claims {
			s, ok, err := r.stated(ctx, c)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

func (r *Reader) stated(ctx context.Context, iri Ref) (Stated, bool, error) {
	c, document, ok, err := r.Claim(ctx, iri)
	return Stated{IRI: iri, Document: document, Claim: &c}, ok, err
}

// eachOf calls f with the instances of a class while the scan over them stands.
func (r *Reader) eachOf(ctx context.Context, class rdf.IRI, f func(Ref) error) error {
	p, ok, err := r.snap.Lookup(rdf.RDFType)
	if err != nil || !ok {
		return err
	}
	o, ok, err := r.snap.Lookup(class)
	if err != nil || !ok {
		return err
	}
	last := graph.Any
	return r.scan(ctx, graph.Pattern{P: p, O: o}, graph.ColS, func(s, _, _ graph.ID) error {
		if s == last { // in two graphs
			return nil
		}
		last = s
		t, err := r.snap.Term(s)
		if err != nil {
			return err
		}
		if iri, ok := t.(rdf.IRI); ok {
			return f(Ref(iri))
		}
		return nil
	})
}
