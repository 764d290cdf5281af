package claim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Finding is what an extractor found at one place of a document: a claim, or a
// candidate that it did not dare to make one. Its JSON is kept in the graph
// wherever the finding is not simply a claim, so that what people decided can be
// taken back and is taken over when the document is read again.
type Finding struct {
	Claim    *Claim   `json:"claim,omitempty"`    // nil: what it would say is not known
	Entities []Entity `json:"entities,omitempty"` // that the claim refers to and the graph may lack
	Rule     string   `json:"rule,omitempty"`
	Reason   string   `json:"reason,omitempty"` // why it is no claim; empty: it is one
	Span     Span     `json:"span,omitzero"`    // of a candidate without a claim
}

// findings returns all that an extraction found: its claims, then its
// candidates.
func (ex *Extraction) findings() []Finding {
	out := make([]Finding, 0, len(ex.Claims)+len(ex.Rejected))
	for i := range ex.Claims {
		out = append(out, Finding{Claim: &ex.Claims[i], Rule: ex.Claims[i].Rule})
	}
	for _, r := range ex.Rejected {
		out = append(out, Finding{Claim: r.Claim, Entities: r.Entities, Rule: r.Rule, Reason: r.Reason, Span: r.Span})
	}
	return out
}

// IRI returns the identifier of the finding: that of the claim which it is or
// would be.
func (f *Finding) IRI(document Ref) Ref {
	if f.Claim != nil {
		return f.Claim.IRI(document)
	}
	var k content
	k.add("document", string(document))
	k.add("rule", ruleName(f.Rule))
	k.add("reason", f.Reason)
	k.add("evidence", fmt.Sprintf("%d-%d", f.Span.Start, f.Span.End))
	return k.hashed("claim/")
}

// Evidence returns the words that the finding rests on; a row of a dataset has
// none.
func (f *Finding) Evidence() []Span {
	switch {
	case f.Claim != nil && len(f.Claim.Evidence) > 0:
		return f.Claim.Evidence
	case f.Span.End > 0:
		return []Span{f.Span}
	default:
		return nil
	}
}

// key says what is found, apart from where: two findings that share it say the
// same of the same people, places and numbers in the same voice. Times are left
// out, since a better rule often knows a time better, and so are words.
func (f *Finding) key(document Ref) string {
	var k content
	if f.Claim == nil {
		k.add("rule", ruleName(f.Rule))
		k.add("reason", f.Reason)
		return k.String()
	}
	p := f.Claim.Proposition
	p.Time, p.Text, p.Manner, p.Side = Interval{}, "", nil, 0
	if p.Kind == KindCharacterisation || p.Kind == KindResult || p.Kind == KindOutcome {
		p.Text = f.Claim.Proposition.Text // is all that it says
	}
	k.add("proposition", p.Key())
	if f.Claim.Claimant != document {
		k.add("claimant", string(f.Claim.Claimant))
	}
	if denied(f.Claim) {
		k.add("denied", "true")
	}
	return k.String()
}

// kind returns the kind of what is found, empty when it is not known.
func (f *Finding) kind() string {
	if f.Claim == nil {
		return ""
	}
	return f.Claim.Proposition.Kind
}

// Describe returns the finding as a sentence.
func (f *Finding) Describe(es Entities) string {
	if f.Claim == nil {
		return f.Reason
	}
	if len(f.Entities) > 0 {
		all := make(Entities, len(es)+len(f.Entities))
		for i := range f.Entities {
			all[f.Entities[i].IRI] = &f.Entities[i]
		}
		for r, e := range es {
			all[r] = e
		}
		es = all
	}
	return f.Claim.Describe(es)
}

// ruleName returns the name of a rule without its version.
func ruleName(rule string) string {
	name, _, _ := strings.Cut(rule, "@")
	return name
}

func (f *Finding) json() string {
	b, err := json.Marshal(f)
	if err != nil {
		return "" // nothing in a finding fails to marshal
	}
	return string(b)
}

func parseFinding(s string) (Finding, error) {
	var f Finding
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		return f, fmt.Errorf("claim: a finding cannot be read: %w", err)
	}
	return f, nil
}

// clone returns a claim that shares nothing that is changed in place.
func (c *Claim) clone() *Claim {
	out := *c
	out.Evidence = slices.Clone(c.Evidence)
	return &out
}
