package claim

import (
	"cmp"
	"fmt"
	"slices"
)

// Figure is what one claim says of a number: stated, or implied by a rule.
type Figure struct {
	Metric string
	Party  Ref
	Event  Ref
	Min    *int64
	Max    *int64
	Rule   string // empty when stated
	Claim  *Stated
}

// The rules that imply a number.
const (
	// RuleNoLoss reads a denial of any loss of life as zero dead.
	RuleNoLoss = "no-loss-means-zero@1"
	// RuleWholeAccount reads an account that numbers the losses of both sides,
	// its own exactly and without dead, as naming no dead on its own side.
	RuleWholeAccount = "whole-account@1"
)

// figures returns the losses and strengths that are stated with a number, and
// those that follow from other claims.
func (b *Basis) figures() []Figure {
	var out []Figure
	zero := int64(0)
	parties := make(map[Ref][]Ref) // by event: who has losses
	for i := range b.Claims {
		c := &b.Claims[i]
		p := &c.Proposition
		q := p.Quantity
		if q == nil || !asserted(c.Claim) || p.Kind != KindCasualties && p.Kind != KindStrength || q.Min == nil && q.Max == nil {
			continue
		}
		out = append(out, Figure{Metric: q.Metric, Party: q.Party, Event: p.Event, Min: q.Min, Max: q.Max, Claim: c})
		if p.Kind == KindCasualties && !slices.Contains(parties[p.Event], q.Party) {
			parties[p.Event] = append(parties[p.Event], q.Party)
		}
	}
	explicit := len(out)
	for i := range b.Claims {
		c := &b.Claims[i]
		if c.Proposition.Kind == KindLossOfLife && denied(c.Claim) {
			for _, party := range parties[c.Proposition.Event] {
				out = append(out, Figure{Metric: "killed", Party: party, Event: c.Proposition.Event, Min: &zero, Max: &zero, Rule: RuleNoLoss, Claim: c})
			}
		}
	}
	for i := range explicit {
		f := &out[i]
		if b.wholeAccount(out[:explicit], f) {
			out = append(out, Figure{Metric: "killed", Party: f.Party, Event: f.Event, Min: &zero, Max: &zero, Rule: RuleWholeAccount, Claim: f.Claim})
		}
	}
	return out
}

// wholeAccount reports whether f, a number of wounded of the claimant's own
// side, is exact and stands in an account that also numbers the losses of
// another party and has no dead of its own side. An account is what one
// claimant says in one utterance of a document.
func (b *Basis) wholeAccount(figures []Figure, f *Figure) bool {
	c := f.Claim
	if f.Metric != "wounded" || f.Min == nil || f.Max == nil || *f.Min != *f.Max || c.Utterance == "" || b.org(c.Claim) != b.root(f.Party) {
		return false
	}
	other := false
	for i := range figures {
		g := &figures[i]
		d := g.Claim
		if d.Document != c.Document || d.Claimant != c.Claimant || d.Utterance != c.Utterance || g.Event != f.Event || d.Proposition.Kind != KindCasualties {
			continue
		}
		if g.Party == f.Party && g.Metric == "killed" {
			return false
		}
		other = other || g.Party != f.Party
	}
	return other
}

// Envelope spans everything that is said of one number: from the least to the
// greatest, open above when some claim has no upper bound.
type Envelope struct {
	Event, Party Ref
	Metric       string
	Min          *int64 // the least lower bound; nil when no claim has one
	Max          *int64 // the greatest bound that any claim names
	Open         bool   // some claim says "at least" or "more than"
	Claims       []Ref
	Values       []Support
}

// Support tells which claims give a number, so that agreement is seen.
type Support struct {
	Range  string
	Claims []Ref
	Rule   string // the rule that implies it; empty when stated
}

// RuleEnvelope is the rule of [Envelopes].
const RuleEnvelope = "envelope@1"

// Envelopes returns the envelope of each number of each party in each event.
func Envelopes(b *Basis) []Envelope {
	type key struct {
		event, party Ref
		metric       string
	}
	groups := make(map[key][]Figure)
	for _, f := range b.figures() {
		k := key{f.Event, f.Party, f.Metric}
		groups[k] = append(groups[k], f)
	}
	var out []Envelope
	for k, figures := range groups {
		e := Envelope{Event: k.event, Party: k.party, Metric: k.metric}
		for _, f := range figures {
			e.add(f)
		}
		slices.Sort(e.Claims)
		e.Claims = slices.Compact(e.Claims)
		slices.SortFunc(e.Values, func(x, y Support) int { return cmp.Or(cmp.Compare(x.Range, y.Range), cmp.Compare(x.Rule, y.Rule)) })
		out = append(out, e)
	}
	sortEnvelopes(out)
	return out
}

func sortEnvelopes(es []Envelope) {
	slices.SortFunc(es, func(x, y Envelope) int {
		return cmp.Or(cmp.Compare(x.Event, y.Event), cmp.Compare(x.Party, y.Party), cmp.Compare(x.Metric, y.Metric))
	})
}

func (e *Envelope) add(f Figure) {
	e.Claims = append(e.Claims, f.Claim.IRI)
	low := f.Min
	if low == nil { // "at most ten" may be none
		low = new(int64)
	}
	for _, n := range []*int64{low, f.Max} {
		if n == nil {
			continue
		}
		if e.Min == nil || *n < *e.Min {
			e.Min = n
		}
		if e.Max == nil || *n > *e.Max {
			e.Max = n
		}
	}
	e.Open = e.Open || f.Max == nil
	text := rangeText(f.Min, f.Max)
	for i := range e.Values {
		if v := &e.Values[i]; v.Range == text && v.Rule == f.Rule {
			v.Claims = append(v.Claims, f.Claim.IRI)
			slices.Sort(v.Claims)
			return
		}
	}
	e.Values = append(e.Values, Support{Range: text, Claims: []Ref{f.Claim.IRI}, Rule: f.Rule})
}

// Range returns the envelope in short: "10", "0–1", "0–1+" when it is open
// above, "≥ 35" when no claim has an upper bound.
func (e *Envelope) Range() string {
	switch {
	case e.Min == nil:
		return "unknown"
	case e.Open && len(e.Values) == 1:
		return fmt.Sprintf("≥ %d", *e.Min)
	case *e.Min == *e.Max && e.Open:
		return fmt.Sprintf("%d+", *e.Min)
	case *e.Min == *e.Max:
		return fmt.Sprint(*e.Min)
	case e.Open:
		return fmt.Sprintf("%d–%d+", *e.Min, *e.Max)
	default:
		return fmt.Sprintf("%d–%d", *e.Min, *e.Max)
	}
}
