package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

// reason keeps "for tactical reasons" and "after several hours".
func (s *sentenceState) reason(c *clause, p *claim.Proposition) {
	for _, pp := range c.preps {
		if pp.at < c.at || len(pp.nps) == 0 {
			continue
		}
		np := pp.nps[0]
		switch {
		case pp.prep == "for" && (np.noun == "reason" || np.noun == "reasons"):
			s.manner(p, "reason", np)
		case pp.prep == "after" && np.class == nounTime:
			s.manner(p, "duration", np)
		}
	}
}

func (s *sentenceState) manner(p *claim.Proposition, key string, np *nounPhrase) {
	if p.Manner == nil {
		p.Manner = make(map[string]string)
	}
	p.Manner[key] = s.r.spanOf(np.i, np.j).in(s.r.doc.text)
}

// emit makes the claim of a proposition in the voice of its speaker.
func (s *sentenceState) emit(rule string, c *clause, v *voice, f facts, p claim.Proposition, at span, confidence float64) *claim.Claim {
	r := s.r
	cl := claim.Claim{
		Proposition: p, Claimant: r.docRef, Stance: claim.Asserts, Modality: claim.StatedAsFact,
		Source: "prose", Rule: rule, Confidence: confidence, Evidence: []claim.Span{r.span(at)},
	}
	if r.boxed {
		cl.Source = "infobox"
		if cl.Proposition.Time.IsZero() && !r.bounds.IsZero() {
			cl.Proposition.Time = r.bounds
			cl.Proposition.Time.Text, cl.Proposition.Time.Rule = "", "of-battle"
		}
	}
	if v != nil && v.claimant != nil {
		cl.Claimant, cl.Utterance, cl.SaidOn, cl.Modality = v.claimant.IRI, v.utterance, v.said, claim.Reported
		v.claimant.used = true
		if v.behalf != nil {
			cl.OnBehalfOf = v.behalf.IRI
		}
		cl.Via = refsOf(v.via)
		switch v.class {
		case sayClaimed:
			cl.Modality = claim.ClaimedOnly
		case sayDenies:
			cl.Stance = claim.Denies
		case sayConcedes:
			cl.Stance = claim.Concedes
		}
	}
	if v != nil && v.claimant == nil && !v.unknown {
		cl.Modality = claim.Reported // "it was reported that …", by nobody named
		cl.Confidence -= 0.2
	}
	if f.planned {
		cl.Modality = claim.Planned
		cl.Confidence -= 0.1
	}
	if f.negated {
		if v != nil && v.claimant != nil && cl.Stance == claim.Asserts {
			cl.Stance = claim.Denies
		} else {
			cl.Negated = true
		}
	}
	if c != nil && s.hedged(c) {
		cl.Confidence -= 0.2
		if cl.Modality == claim.StatedAsFact {
			cl.Modality = claim.ClaimedOnly
		}
	}
	if cl.Confidence < r.x.minConfidence {
		r.reject(at, rule, "confidence %.2f is below %.2f", cl.Confidence, r.x.minConfidence)
		kept := cl
		r.ex.Rejected[len(r.ex.Rejected)-1].Claim = &kept
		return &cl
	}
	for i := r.first; i < len(r.ex.Claims); i++ {
		if d := &r.ex.Claims[i]; d.Evidence[0] == cl.Evidence[0] && d.Claimant == cl.Claimant && d.Proposition.Key() == cl.Proposition.Key() {
			return &cl
		}
	}
	r.ex.Claims = append(r.ex.Claims, cl)
	r.step("%s fired: %s", rule, p.Kind)
	return &cl
}

// hedged reports whether a clause says reportedly or allegedly.
func (s *sentenceState) hedged(c *clause) bool {
	for k := s.chunks[c.from].i; k < len(s.r.toks) && k <= s.chunks[c.at].j; k++ {
		switch s.r.toks[k].lower {
		case "reportedly", "allegedly", "apparently", "supposedly":
			return true
		}
	}
	return false
}
