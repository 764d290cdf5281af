package claim

import (
	"strconv"

	"github.com/belligraph/belligraph/graph/rdf"
)

func (w *encoder) derived(d Derived, es Entities) {
	for i := range d.Events {
		w.event(&d.Events[i], es)
	}
	for i := range d.Spells {
		w.spell(&d.Spells[i], es)
	}
	for i := range d.Envelopes {
		w.envelope(&d.Envelopes[i], es)
	}
	for i := range d.Disagreements {
		w.disagreement(&d.Disagreements[i])
	}
}

// basis writes what every derived node has: type, label, rule and claims. It
// names no run, since its claims may come from several.
func (w *encoder) basis(iri Ref, class rdf.IRI, label, rule, reason string, claims []Ref) {
	w.triple(iri, rdf.RDFType, class)
	w.str(iri, rdf.RDFSLabel, label)
	w.str(iri, PropDerivationRule, rule)
	w.str(iri, PropReason, reason)
	for _, c := range claims {
		w.ref(iri, PropFromClaim, c)
	}
}

func (w *encoder) event(e *Event, es Entities) {
	iri := e.IRI()
	w.basis(iri, ClassEvent, e.Describe(es), RuleSameEvent, "", e.Claims)
	w.triple(iri, PropKind, rdf.IRI(NSKind+e.Kind))
	w.ref(iri, PropSubEventOf, e.Whole)
	w.ref(iri, PropPlace, e.Place)
	w.ref(iri, PropTime, w.interval(e.Time))
	w.str(iri, PropStatus, e.Status)
	if e.Quantity != nil {
		w.ref(iri, PropQuantity, w.quantity(e.Quantity, es))
	}
	for i, p := range e.Participations {
		node := iri + Ref("/participation/"+strconv.Itoa(i+1))
		w.ref(iri, PropParticipation, node)
		w.triple(node, rdf.RDFType, ClassParticipation)
		w.ref(node, PropParticipant, p.Actor)
		w.triple(node, PropRole, rdf.IRI(NSRole+p.Role))
	}
}

func (w *encoder) spell(s *ControlSpell, es Entities) {
	var k content
	k.add("rule", s.Rule)
	k.add("place", string(s.Place))
	k.add("holder", string(s.Holder))
	k.refs("claim", s.Claims)
	iri := Ref(NSID + "control/" + hash(k.String()))
	label := es.Name(s.Holder) + " held " + es.Name(s.Place) + " from " + s.Since.Describe() + " (" + s.Status + ")"
	w.basis(iri, ClassControlSpell, label, s.Rule, s.Reason, s.Claims)
	w.ref(iri, PropPlace, s.Place)
	w.ref(iri, PropHolder, s.Holder)
	w.str(iri, PropStatus, s.Status)
	w.ref(iri, PropTime, w.interval(s.Since))
	w.date(iri, PropSince, s.Since.day())
	if s.Until != "" {
		w.date(iri, PropUntil, s.Until.firstDay())
	}
}

func (w *encoder) envelope(e *Envelope, es Entities) {
	var k content
	k.add("event", string(e.Event))
	k.add("party", string(e.Party))
	k.add("metric", e.Metric)
	k.refs("claim", e.Claims)
	iri := Ref(NSID + "envelope/" + hash(k.String()))
	w.basis(iri, ClassEnvelope, es.Name(e.Party)+": "+e.Range()+" "+words(e.Metric), RuleEnvelope, "", e.Claims)
	w.ref(iri, PropEvent, e.Event)
	w.ref(iri, PropParty, e.Party)
	w.triple(iri, PropMetric, rdf.IRI(NSMetric+e.Metric))
	w.str(iri, PropRange, e.Range())
	if e.Min != nil {
		w.integer(iri, PropMin, *e.Min)
	}
	if e.Max != nil && !(e.Open && len(e.Values) == 1) {
		w.integer(iri, PropMax, *e.Max)
	}
	w.triple(iri, PropOpen, rdf.NewBoolean(e.Open))
	for i, v := range e.Values {
		node := iri + Ref("/value/"+strconv.Itoa(i+1))
		w.ref(iri, NS+"value", node)
		w.str(node, rdf.RDFSLabel, v.Range)
		w.str(node, PropDerivationRule, v.Rule)
		for _, c := range v.Claims {
			w.ref(node, PropFromClaim, c)
		}
	}
}

func (w *encoder) disagreement(d *Disagreement) {
	iri := d.IRI()
	w.basis(iri, ClassDisagreement, string(d.Type)+": "+d.About, d.Rule, d.Reason, d.Claims())
	w.triple(iri, PropDisagreement, rdf.IRI(NSType+string(d.Type)))
	w.triple(iri, PropContradictory, rdf.NewBoolean(d.Contradictory()))
	w.ref(iri, NS+"organisation", d.Organisation)
	for _, c := range d.A {
		w.ref(iri, PropSideA, c)
	}
	for _, c := range d.B {
		w.ref(iri, PropSideB, c)
	}
}
