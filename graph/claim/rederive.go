package claim

import (
	"context"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// rederive returns the derived quads that no longer hold, and those that hold
// now, after a document has changed. Disagreements, envelopes and events are
// derived anew over all documents that speak of the same battles; control over
// all documents that speak of who held the same places. Before are the
// documents that were so connected before the change. A document that stands
// alone needs nothing when it was put whole: what is derived from it came with
// it. When only some of its claims changed, it needs it as well.
func rederive(ctx context.Context, snap graph.Snapshot, document Ref, before []Ref, alone bool, o EncodeOptions) (stale, fresh []rdf.Quad, err error) {
	w, others, err := connected(ctx, snap, append(before, document), o)
	if err != nil || !alone && len(w.order)+len(others) <= 1 {
		return nil, nil, err
	}
	r, about := w.reader, w.extractions()
	places := controlPlaces(View(about...))

	basis := View(about...)
	d := Derive(basis)
	d.Spells = nil
	d.Disagreements = slices.DeleteFunc(d.Disagreements, func(d Disagreement) bool { return d.Type == ControlDispute })
	whole := View(append(about, others...)...)
	for _, s := range ControlSpells(whole) {
		if places[s.Place] {
			d.Spells = append(d.Spells, s)
		}
	}
	d.Disagreements = append(d.Disagreements, applyRule(ruleControlContested, controlContested(whole, d.Spells))...)
	fresh = EncodeDerived(d, whole.Entities, o)

	x := &retraction{reader: r, graph: o.Graph, gone: make(map[Ref]node)}
	if err := x.dropDerived(ctx, iris(basis.Claims)); err != nil {
		return nil, nil, err
	}
	for _, s := range d.Spells {
		if err := x.dropControl(ctx, s.Claims); err != nil {
			return nil, nil, err
		}
	}
	stale, err = x.quads(ctx)
	return stale, fresh, err
}

// connected reads the documents and all that battles connect with them, and
// apart from these the further ones that speak of control of the same places.
func connected(ctx context.Context, snap graph.Snapshot, documents []Ref, o EncodeOptions) (*world, []*Extraction, error) {
	r, err := NewReader(snap, ReadOptions{Graph: o.Graph})
	if err != nil {
		return nil, nil, err
	}
	w := &world{reader: r, read: make(map[Ref]*Extraction)}
	if err := w.reach(ctx, documents); err != nil {
		return nil, nil, err
	}
	others, err := w.holders(ctx, controlPlaces(View(w.extractions()...)))
	return w, others, err
}

// connectedTo returns the documents, itself aside, with which a document shares
// derivations.
func connectedTo(ctx context.Context, snap graph.Snapshot, document Ref, o EncodeOptions) ([]Ref, error) {
	w, others, err := connected(ctx, snap, []Ref{document}, o)
	if err != nil {
		return nil, err
	}
	var out []Ref
	for _, d := range w.order {
		if d != document {
			out = append(out, d)
		}
	}
	for _, ex := range others {
		out = append(out, ex.Document.IRI)
	}
	return out, nil
}

// world holds the documents that were read for a derivation.
type world struct {
	reader *Reader
	read   map[Ref]*Extraction
	order  []Ref
}

func (w *world) extractions() []*Extraction {
	out := make([]*Extraction, 0, len(w.order))
	for _, d := range sortedRefs(w.order) {
		out = append(out, w.read[d])
	}
	return out
}

// reach reads the documents and all that are connected to them by battles that
// both speak of.
func (w *world) reach(ctx context.Context, queue []Ref) error {
	events := make(map[Ref]bool)
	for len(queue) > 0 {
		d := queue[0]
		queue = queue[1:]
		if w.read[d] != nil {
			continue
		}
		if _, ok, err := w.reader.Document(ctx, d); err != nil || !ok {
			if err != nil {
				return err
			}
			continue // not there, or not yet
		}
		ex, err := w.reader.Extraction(ctx, d)
		if err != nil {
			return err
		}
		w.read[d] = ex
		w.order = append(w.order, d)
		for i := range ex.Claims {
			e := ex.Claims[i].Proposition.Event
			if e == "" || events[e] {
				continue
			}
			events[e] = true
			propositions, err := w.reader.subjects(ctx, PropEvent, rdf.IRI(e))
			if err != nil {
				return err
			}
			docs, err := w.reader.documentsOf(ctx, PropProposition, propositions)
			if err != nil {
				return err
			}
			queue = append(queue, docs...)
		}
	}
	return nil
}

// documentsOf returns the documents of the claims that have one of the objects
// as a value of the property.
func (r *Reader) documentsOf(ctx context.Context, property rdf.IRI, objects []Ref) ([]Ref, error) {
	var out []Ref
	for _, o := range objects {
		claims, err := r.subjects(ctx, property, rdf.IRI(o))
		if err != nil {
			return nil, err
		}
		for _, c := range claims {
			n, err := r.node(ctx, c)
			if err != nil {
				return nil, err
			}
			if d := n.ref(PropDocument); d != "" {
				out = append(out, d)
			}
		}
	}
	return sortedRefs(out), nil
}

// controlPlaces returns the places of whose control the claims speak.
func controlPlaces(b *Basis) map[Ref]bool {
	places := make(map[Ref]bool)
	for _, s := range ControlSpells(b) {
		places[s.Place] = true
	}
	return places
}

// holders reads the further documents on whose claims the control of the places
// rests.
func (w *world) holders(ctx context.Context, places map[Ref]bool) ([]*Extraction, error) {
	var out []*Extraction
	seen := make(map[Ref]bool)
	for place := range places {
		spells, err := w.reader.subjects(ctx, PropPlace, rdf.IRI(place))
		if err != nil {
			return nil, err
		}
		for _, s := range spells {
			n, err := w.reader.node(ctx, s)
			if err != nil {
				return nil, err
			}
			if !n.is(ClassControlSpell) {
				continue
			}
			for _, c := range n.refs(PropFromClaim) {
				cn, err := w.reader.node(ctx, c)
				if err != nil {
					return nil, err
				}
				d := cn.ref(PropDocument)
				if d == "" || w.read[d] != nil || seen[d] {
					continue
				}
				seen[d] = true
				ex, err := w.reader.Extraction(ctx, d)
				if err != nil {
					return nil, err
				}
				out = append(out, ex)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Extraction) int {
		if a.Document.IRI < b.Document.IRI {
			return -1
		}
		return 1
	})
	return out, nil
}

// dropControl takes away the control spells and disputes of control that rest
// on any of the claims.
func (x *retraction) dropControl(ctx context.Context, claims []Ref) error {
	for _, c := range claims {
		derived, err := x.reader.subjects(ctx, PropFromClaim, rdf.IRI(c))
		if err != nil {
			return err
		}
		for _, iri := range derived {
			n, err := x.reader.node(ctx, iri)
			if err != nil {
				return err
			}
			if n.is(ClassControlSpell) || n.ref(PropDisagreement) == Ref(NSType+string(ControlDispute)) {
				if err := x.drop(ctx, iri); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
