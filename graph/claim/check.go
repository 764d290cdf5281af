package claim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Violation is a breach of the claim model. Rule names the check; the shapes in
// data/shapes bear the same names.
type Violation struct {
	Rule    string
	Subject Ref // the claim, entity or edge at fault
	Message string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Rule, v.Subject, v.Message) }

// Check tests an extraction against the rules of the model before it is
// written. No violation means that what [Encode] writes passes the shapes.
func Check(ex *Extraction) []Violation {
	var out []Violation
	runes := []rune(ex.Document.Text)
	es := ex.EntityMap()
	report := func(rule string, subject Ref, format string, args ...any) {
		out = append(out, Violation{rule, subject, fmt.Sprintf(format, args...)})
	}
	if ex.Document.IRI == "" {
		report("document-iri", "", "the document has no IRI")
	}
	checkSpan := func(subject Ref, s Span) {
		switch {
		case s.Start < 0 || s.End <= s.Start || len(runes) > 0 && s.End > len(runes):
			report("span-bounds", subject, "span %d-%d lies outside the text of %d code points", s.Start, s.End, len(runes))
		case len(runes) > 0 && string(runes[s.Start:s.End]) != s.Quote:
			report("span-quote", subject, "the text at %d-%d reads %q, not %q", s.Start, s.End, string(runes[s.Start:s.End]), s.Quote)
		}
	}
	known := func(subject Ref, role string, refs ...Ref) {
		for _, r := range refs {
			if r != "" && r != ex.Document.IRI && es[r] == nil {
				report("entity-described", subject, "%s %s is not described", role, r)
			}
		}
	}
	for i := range ex.Entities {
		e := &ex.Entities[i]
		if e.Label == "" {
			report("entity-label", e.IRI, "no label")
		}
		if !entityKinds[e.Kind] {
			report("entity-kind", e.IRI, "%q is not a kind of entity", e.Kind)
		}
		for _, m := range e.Mentions {
			checkSpan(e.IRI, m.Span)
		}
		known(e.IRI, "related entity", append([]Ref{e.Of, e.Within}, e.Near...)...)
	}
	for i := range ex.Claims {
		c := &ex.Claims[i]
		iri := c.IRI(ex.Document.IRI)
		p := &c.Proposition
		if len(c.Evidence) == 0 && c.Source != "record" {
			report("claim-evidence", iri, "no evidence and no record")
		}
		for _, s := range c.Evidence {
			checkSpan(iri, s)
		}
		if c.Claimant == "" {
			report("claim-claimant", iri, "no claimant")
		}
		if stanceVerbs[c.Stance] == "" {
			report("claim-stance", iri, "%q is not a stance", c.Stance)
		}
		if !slices.Contains([]Modality{StatedAsFact, Reported, ClaimedOnly, Inferred, Planned}, c.Modality) {
			report("claim-modality", iri, "%q is not a modality", c.Modality)
		}
		if c.Rule == "" {
			report("claim-rule", iri, "no rule")
		}
		if c.Confidence < 0 || c.Confidence > 1 {
			report("claim-confidence", iri, "confidence %g is not between 0 and 1", c.Confidence)
		}
		if p.Kind == "" {
			report("proposition-kind", iri, "the proposition has no kind")
		}
		known(iri, "claimant", c.Claimant, c.OnBehalfOf)
		known(iri, "link of the chain", c.Via...)
		known(iri, "agent", p.Agent...)
		known(iri, "patient", p.Patient...)
		known(iri, "place or event", p.Place, p.Event)
		for _, d := range []Date{
			p.Time.EarliestBegin, p.Time.LatestBegin, p.Time.EarliestEnd, p.Time.LatestEnd,
			c.SaidOn.EarliestBegin, c.SaidOn.LatestBegin, c.SaidOn.EarliestEnd, c.SaidOn.LatestEnd,
		} {
			if _, _, err := d.Days(); d != "" && err != nil {
				report("interval-date", iri, "%v", err)
			}
		}
		known(iri, "whole", p.Whole)
		quantities := p.Counts
		if p.Quantity != nil {
			quantities = append([]Quantity{*p.Quantity}, p.Counts...)
		}
		for k := range quantities {
			q := &quantities[k]
			checkQuantity(q, iri, report)
			if q.Party == "" && len(p.Agent) == 0 {
				report("quantity-party", iri, "the quantity of %s has no party, and nobody does it", q.Metric)
			}
			known(iri, "party", q.Party)
		}
	}
	return out
}

func checkQuantity(q *Quantity, subject Ref, report func(string, Ref, string, ...any)) {
	if q.Metric == "" {
		report("quantity-metric", subject, "the quantity has no metric")
	}
	if q.Min == nil && q.Max == nil && q.Comparator != Unknown {
		report("quantity-number", subject, "the quantity of %s has neither a number nor a stated unknown", q.Metric)
	}
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		report("quantity-order", subject, "the least number %d is above the greatest %d", *q.Min, *q.Max)
	}
	for i := range q.Includes {
		checkQuantity(&q.Includes[i], subject, report)
	}
}

// CheckQuads tests written quads: every plain edge of the ontology between two
// entities is reified by a claim, and a plain edge that is not asserted by any
// claim does not stand. Quads of all graphs are taken together.
func CheckQuads(quads []rdf.Quad) []Violation {
	reified := make(map[rdf.Triple]bool)
	qualifies := make(map[rdf.IRI]rdf.IRI)
	entity := make(map[rdf.Term]bool)
	for _, q := range quads {
		switch q.Predicate {
		case rdf.RDFReifies:
			if t, ok := q.Object.(rdf.Triple); ok {
				reified[t] = true
			}
		case PropQualifies:
			if o, ok := q.Object.(rdf.IRI); ok {
				qualifies[q.Subject.(rdf.IRI)] = o
			}
		case rdf.RDFType:
			if o, ok := q.Object.(rdf.IRI); ok && entityKinds[EntityKind(strings.TrimPrefix(string(o), NS))] {
				entity[q.Subject] = true
			}
		}
	}
	var out []Violation
	for _, q := range quads {
		p, ok := q.Predicate.(rdf.IRI)
		if !ok || !strings.HasPrefix(string(p), NS) || !entity[q.Subject] || !entity[q.Object] {
			continue
		}
		switch p {
		case PropOf, PropWithin, PropNear:
			continue // descriptions of entities, from the gazetteer or the text's apposition
		}
		plain := q.Triple()
		if base, ok := qualifies[p]; ok {
			plain.Predicate = base
		}
		if !reified[plain] {
			out = append(out, Violation{"edge-claimed", Ref(q.Subject.(rdf.IRI)), fmt.Sprintf("no claim speaks of the edge %s", q.Triple())})
		}
	}
	return out
}

// Check tells what a proposition lacks or has too much of to be written: a kind,
// or the metric and the number of a quantity.
func (p *Proposition) Check() error {
	var faults []string
	if p.Kind == "" {
		faults = append(faults, "it has no kind")
	}
	if p.Quantity != nil {
		checkQuantity(p.Quantity, "", func(_ string, _ Ref, format string, args ...any) {
			faults = append(faults, fmt.Sprintf(format, args...))
		})
		if p.Quantity.Party == "" && len(p.Agent) == 0 {
			faults = append(faults, "the quantity has no party, and nobody does it")
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("claim: %s: %w", strings.Join(faults, "; "), graph.ErrBadRequest)
}
