package claim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
)

// Verdict is what a person makes of a finding.
type Verdict string

// The verdicts. Accept makes a claim of a candidate and vouches for a claim;
// Reject takes it out of the answers; Correct puts another in its place; Undo
// takes back a decision.
const (
	Accept  Verdict = "accept"
	Reject  Verdict = "reject"
	Correct Verdict = "correct"
	Undo    Verdict = "undo"
)

// Decision is what a person decided about one finding: who, when, why, and about
// which words, so that it is found again when the document is read anew. A
// decision is never changed; a later one about the same finding goes before it.
type Decision struct {
	ID       Ref       `json:"id"` // made from the rest, see [Decision.Sign]
	Verdict  Verdict   `json:"verdict"`
	By       string    `json:"by"`
	Token    string    `json:"token,omitempty"` // the name of the token that it was sent with
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
	Document Ref       `json:"document"`
	Target   Ref       `json:"target"` // the claim or candidate; of Undo, the decision
	Anchors  []Anchor  `json:"anchors,omitempty"`

	Found      *Finding `json:"found,omitempty"`      // as it was when it was decided about
	Correction *Finding `json:"correction,omitempty"` // of Correct: what the words say indeed
}

// RulePerson is the rule of claims that a person made.
const RulePerson = "person@1"

// Sign gives the decision the identifier that belongs to its content. Times are
// kept to the microsecond: of two decisions on one claim the later counts, and
// programs make many in a second.
func (d *Decision) Sign() {
	d.At = d.At.UTC().Truncate(time.Microsecond)
	var k content
	k.add("verdict", string(d.Verdict))
	k.add("by", d.By)
	k.add("at", d.At.Format(time.RFC3339Nano))
	k.add("reason", d.Reason)
	k.add("document", string(d.Document))
	k.add("target", string(d.Target))
	if d.Correction != nil {
		k.add("correction", d.Correction.json())
	}
	d.ID = k.hashed("decision/")
}

// check tells what is missing for the decision to be carried out.
func (d *Decision) check() error {
	fault := ""
	switch {
	case strings.TrimSpace(d.By) == "":
		fault = "nobody is named who decides"
	case d.At.IsZero():
		fault = "the time is missing"
	case d.Target == "" || d.Document == "":
		fault = "it is about nothing"
	case d.Verdict == Undo:
	case d.Found == nil:
		fault = "what was found is missing"
	case d.Verdict == Accept && d.Found.Claim == nil:
		fault = "what this candidate says is not known: correct it instead, by saying it"
	case d.Verdict == Correct && (d.Correction == nil || d.Correction.Claim == nil || d.Correction.Claim.Proposition.Kind == ""):
		fault = "the correction is missing"
	case d.Verdict == Correct && d.Correction.Claim.Claimant == "":
		fault = "the correction has no claimant"
	case !slices.Contains([]Verdict{Accept, Reject, Correct}, d.Verdict):
		fault = fmt.Sprintf("%q is not a verdict: it is accept, reject, correct or undo", d.Verdict)
	}
	if fault != "" {
		return fmt.Errorf("claim: a decision about %s: %s: %w", d.Target, fault, graph.ErrBadRequest)
	}
	return nil
}

// isLink reports whether the decision is about a link between sources.
func (d *Decision) isLink() bool { return d.Found != nil && IsLinkKind(d.Found.kind()) }

// IsLinkKind reports whether a kind is that of a link between sources, of which
// people say themselves whether it holds.
func IsLinkKind(kind string) bool {
	switch kind {
	case KindReportsSameEvent, KindPartOfReported, KindCorrespondsTo, KindSucceededBy:
		return true
	}
	return false
}

// Author returns the identifier of a person who decides, made from the name.
func Author(name string) Ref {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-")
	if slug == "" {
		slug = hash(name) // in no Latin letters
	}
	return Ref(NSID + "author/" + slug)
}

// inTime sorts decisions by time; those of one moment by identifier, so that
// the outcome does not depend on the order in which they came.
func inTime(ds []Decision) {
	slices.SortFunc(ds, func(a, b Decision) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
}

// standing returns the decisions that hold: neither undone nor undoing. They
// must be in the order of time. An undoing may itself be undone.
func standing(ds []Decision) []Decision {
	undone := make(map[Ref]bool)
	for _, d := range slices.Backward(ds) {
		if d.Verdict == Undo && !undone[d.ID] {
			undone[d.Target] = true
		}
	}
	var out []Decision
	for _, d := range ds {
		if d.Verdict != Undo && !undone[d.ID] {
			out = append(out, d)
		}
	}
	return out
}

// Describe says in a sentence what was decided.
func (d *Decision) Describe(es Entities) string {
	verb := map[Verdict]string{Accept: "accepted", Reject: "rejected", Correct: "corrected", Undo: "took back a decision"}[d.Verdict]
	s := d.By + " " + verb
	if d.Found != nil {
		s += ": " + d.Found.Describe(es)
	}
	if d.Correction != nil {
		s += " → " + d.Correction.Describe(es)
	}
	return s
}

func marshalAnchors(as []Anchor) string {
	if len(as) == 0 {
		return ""
	}
	b, err := json.Marshal(as)
	if err != nil {
		return "" // strings always marshal
	}
	return string(b)
}
