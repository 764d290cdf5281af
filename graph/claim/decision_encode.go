package claim

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// runDecisions is the run that the claims of people who decide name.
const runDecisions Ref = NSID + "run/decisions"

// Kinds of what people claim when they decide.
var decisionKinds = map[Verdict]string{
	Accept: KindAcceptedClaim, Reject: KindRejectedClaim, Correct: KindCorrectedClaim, Undo: KindUndidDecision,
}

// quads returns the decision as a record of its own: all that is needed to carry
// it out again, and what the person claims by it. For a link this is the link
// itself, or its denial, and stands only as long as the decision does.
func (d *Decision) quads(in rdf.Term, es Entities, holds bool) []rdf.Quad {
	var out []rdf.Quad
	emit := func(q rdf.Quad) { out = append(out, q) }
	w := newEncoder(EncodeOptions{Graph: in}, emit)
	w.triple(d.ID, rdf.RDFType, ClassDecision)
	w.str(d.ID, PropVerdict, string(d.Verdict))
	w.ref(d.ID, PropDecidedBy, Author(d.By))
	w.str(d.ID, PropToken, d.Token)
	w.triple(d.ID, PropCreated, rdf.NewTyped(d.At.UTC().Format(time.RFC3339Nano), rdf.XSDDateTime))
	w.str(d.ID, PropReason, d.Reason)
	w.ref(d.ID, PropDecidesIn, d.Document)
	w.ref(d.ID, PropDecides, d.Target)
	w.str(d.ID, PropAnchor, marshalAnchors(d.Anchors))
	for _, a := range d.Anchors {
		w.str(d.ID, PropExact, a.Exact)
	}
	if d.Found != nil {
		w.str(d.ID, PropFinding, d.Found.json())
	}
	if d.Correction != nil {
		w.str(d.ID, PropCorrection, d.Correction.json())
	}
	w.triple(runDecisions, rdf.RDFType, ClassRun)
	w.str(runDecisions, rdf.RDFSLabel, "Decisions of people")
	w.str(runDecisions, PropRule, "decision@1")

	ex := &Extraction{Document: Document{IRI: d.ID, Title: d.Describe(es)},
		Entities: []Entity{{IRI: Author(d.By), Kind: Person, Label: d.By}}}
	if holds || !d.isLink() {
		ex.Claims = []Claim{d.claim()}
	}
	NewRecordEncoder(in, runDecisions, emit).Encode(ex)
	return out
}

// claim returns what the person claims by the decision.
func (d *Decision) claim() Claim {
	day := Date(d.At.UTC().Format(time.DateOnly))
	c := Claim{
		Proposition: Proposition{Kind: decisionKinds[d.Verdict], Agent: []Ref{Author(d.By)}, Patient: []Ref{d.Target}},
		Claimant:    Author(d.By), Stance: Asserts, Modality: StatedAsFact, Source: sourceRecord, Rule: "decision@1", Confidence: 1,
		SaidOn: Interval{EarliestBegin: day, LatestBegin: day, EarliestEnd: day, LatestEnd: day},
	}
	if d.isLink() {
		c.Proposition = d.Found.Claim.Proposition
		switch d.Verdict {
		case Reject:
			c.Stance = Denies
		case Correct:
			c.Proposition = d.Correction.Claim.Proposition
		}
		c.Proposition.Manner = nil // the reasons of the machine are not those of the person
	}
	if d.Reason != "" {
		c.Proposition.Manner = map[string]string{"reason": d.Reason}
	}
	return c
}

// Decision reads a decision; ok is false when there is none by that IRI.
func (r *Reader) Decision(ctx context.Context, iri Ref) (d Decision, ok bool, err error) {
	n, err := r.node(ctx, iri)
	if err != nil || !n.is(ClassDecision) {
		return d, false, err
	}
	d = Decision{
		ID: iri, Verdict: Verdict(n.str(PropVerdict)), Token: n.str(PropToken), Reason: n.str(PropReason),
		Document: n.ref(PropDecidesIn), Target: n.ref(PropDecides),
	}
	by, err := r.node(ctx, n.ref(PropDecidedBy))
	if err != nil {
		return d, false, err
	}
	d.By = by.str(rdf.RDFSLabel)
	if d.At, err = time.Parse(time.RFC3339, n.str(PropCreated)); err != nil {
		return d, false, fmt.Errorf("claim: %s: %w", iri, err)
	}
	if s := n.str(PropAnchor); s != "" {
		if err := json.Unmarshal([]byte(s), &d.Anchors); err != nil {
			return d, false, fmt.Errorf("claim: %s: %w", iri, err)
		}
	}
	for _, x := range []struct {
		property rdf.IRI
		into     **Finding
	}{{PropFinding, &d.Found}, {PropCorrection, &d.Correction}} {
		s := n.str(x.property)
		if s == "" {
			continue
		}
		f, err := parseFinding(s)
		if err != nil {
			return d, false, fmt.Errorf("claim: %s: %w", iri, err)
		}
		*x.into = &f
	}
	return d, true, nil
}

// Decisions returns the decisions about findings in a document, in the order of
// time; those about all documents for the empty one.
func (r *Reader) Decisions(ctx context.Context, document Ref) ([]Decision, error) {
	var iris []Ref
	var err error
	if document == "" {
		iris, err = r.subjects(ctx, rdf.RDFType, ClassDecision)
	} else {
		iris, err = r.subjects(ctx, PropDecidesIn, rdf.IRI(document))
	}
	if err != nil {
		return nil, err
	}
	return r.decisions(ctx, iris)
}

// History returns the decisions about one claim, candidate or link and those
// that took them back, in the order of time. What was corrected leads on to what
// was decided about the correction, and back.
func (r *Reader) History(ctx context.Context, target Ref) ([]Decision, error) {
	seen := map[Ref]bool{target: true}
	var iris []Ref
	for queue := []Ref{target}; len(queue) > 0; queue = queue[1:] {
		about, err := r.subjects(ctx, PropDecides, rdf.IRI(queue[0]))
		if err != nil {
			return nil, err
		}
		n, err := r.node(ctx, queue[0])
		if err != nil {
			return nil, err
		}
		after, err := r.subjects(ctx, PropReplaces, rdf.IRI(queue[0]))
		if err != nil {
			return nil, err
		}
		if d := n.ref(PropDecision); d != "" {
			about = append(about, d)
		}
		for _, d := range about {
			if !seen[d] {
				seen[d] = true
				iris = append(iris, d)
				queue = append(queue, d)
			}
		}
		for _, other := range append(after, n.refs(PropReplaces)...) {
			if !seen[other] {
				seen[other] = true
				queue = append(queue, other)
			}
		}
	}
	return r.decisions(ctx, iris)
}

func (r *Reader) decisions(ctx context.Context, iris []Ref) ([]Decision, error) {
	var out []Decision
	for _, iri := range sortedRefs(iris) {
		d, ok, err := r.Decision(ctx, iri)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, d)
		}
	}
	inTime(out)
	return out, nil
}

// Standing returns which of the decisions hold: they are neither undone nor do
// they undo.
func Standing(ds []Decision) map[Ref]bool {
	inTime(ds)
	m := make(map[Ref]bool)
	for _, d := range standing(ds) {
		m[d.ID] = true
	}
	return m
}

// Finding reads back what was found under an identifier, and in which document:
// a claim, a candidate, or what a decision left of either. ok is false when
// there is nothing.
func (r *Reader) Finding(ctx context.Context, iri Ref) (f Finding, document Ref, ok bool, err error) {
	n, err := r.node(ctx, iri)
	if err != nil || !n.is(ClassClaim) && !n.is(ClassCandidate) {
		return f, "", false, err
	}
	document = n.ref(PropDocument)
	switch s := n.str(PropFinding); {
	case s != "":
		f, err = parseFinding(s)
	case n.is(ClassClaim):
		var c Claim
		c, err = r.claim(ctx, n)
		f = Finding{Claim: &c, Rule: c.Rule}
	default:
		f = Finding{Rule: n.str(PropRule), Reason: n.str(PropReason)}
		for _, s := range n.refs(PropEvidence) {
			sn, err := r.node(ctx, s)
			if err != nil {
				return f, document, false, err
			}
			f.Span = sn.span()
		}
	}
	return f, document, err == nil, err
}

// Aside reads the state of a finding: what became of it, by which decision, and
// why it is no claim.
func (r *Reader) Aside(ctx context.Context, iri Ref) (status Status, decision Ref, reason string, err error) {
	n, err := r.node(ctx, iri)
	return Status(n.str(PropStatus)), n.ref(PropDecision), n.str(PropReason), err
}

// findings reads back what the extractor found in a document, before anybody
// decided about it.
func (r *Reader) findings(ctx context.Context, document Ref) ([]Finding, error) {
	below, err := r.subjects(ctx, PropDocument, rdf.IRI(document))
	if err != nil {
		return nil, err
	}
	var claims, candidates []Finding
	for _, iri := range below {
		n, err := r.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		s := n.str(PropFinding)
		switch {
		case s != "" && (n.is(ClassClaim) || n.is(ClassCandidate)):
			f, err := parseFinding(s)
			if err != nil {
				return nil, fmt.Errorf("%w: %s: %w", graph.ErrCorrupt, iri, err)
			}
			if f.Reason == "" {
				claims = append(claims, f)
			} else {
				candidates = append(candidates, f)
			}
		case n.is(ClassClaim) && n.ref(PropDecision) == "":
			c, err := r.claim(ctx, n)
			if err != nil {
				return nil, fmt.Errorf("claim: %s: %w", iri, err)
			}
			claims = append(claims, Finding{Claim: &c, Rule: c.Rule})
		}
	}
	return append(claims, candidates...), nil
}

// aside writes what is no claim, or, of one that stands by a decision, what it
// was before.
func (w *encoder) aside(a *aside, es Entities) {
	if !a.stands {
		w.triple(a.iri, rdf.RDFType, ClassCandidate)
		w.str(a.iri, rdf.RDFSLabel, a.finding.Describe(es))
		w.ref(a.iri, PropDocument, w.doc)
		w.triple(a.iri, PropGenerated, w.run)
		for _, s := range a.finding.Evidence() {
			w.ref(a.iri, PropEvidence, w.span(s))
		}
		w.str(a.iri, PropRule, a.finding.Rule)
		if c := a.finding.Claim; c != nil {
			w.triple(a.iri, PropConfidence, rdf.NewTyped(decimal(c.Confidence), rdf.XSDDecimal))
		}
		w.str(a.iri, PropReason, a.finding.Reason)
		w.ref(a.iri, PropDecision, a.decision)
	}
	w.str(a.iri, PropStatus, string(a.status))
	if !a.made {
		w.str(a.iri, PropFinding, a.finding.json())
	}
}

// Candidates returns what stands beside the claims of a document, in order.
func (r *Reader) Candidates(ctx context.Context, document Ref) ([]Ref, error) {
	below, err := r.subjects(ctx, PropDocument, rdf.IRI(document))
	if err != nil {
		return nil, err
	}
	var out []Ref
	for _, iri := range below {
		n, err := r.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		if n.is(ClassCandidate) {
			out = append(out, iri)
		}
	}
	return out, nil
}

// Lost returns the decisions about words that a document does not have any more.
func (r *Reader) Lost(ctx context.Context, document Ref) ([]Ref, error) {
	return r.subjects(ctx, PropLostIn, rdf.IRI(document))
}
