package claim

import (
	"cmp"
	"slices"
)

// ControlSpell says that a holder had a place from some day on, as derived
// from captures or as claimed by the holder. It is a conclusion, not a claim.
type ControlSpell struct {
	Place  Ref
	Holder Ref
	Status string   // "derived" or "claimed"
	Since  Interval // the time of the capture, or the day of the claim
	// Until is the day before which it ended: the place was taken by another
	// or given up. Empty is open: no end is stated.
	Until  Date
	Rule   string
	Reason string
	Claims []Ref
}

// The rules of control.
const (
	RuleControlByCapture = "control-by-capture@1"
	RuleControlClaimed   = "control-claimed@1"
)

// ControlSpells derives who held what since when. A stated capture of a place
// with a known time starts a spell of the captor; captures by the same captor
// that may be the same one support each other and narrow its time; the spell
// ends when another captures the place. A claim of control starts a claimed
// spell and ends nothing: that the claimant took the place is not stated.
func ControlSpells(b *Basis) []ControlSpell {
	var spells []ControlSpell
	ofPlace := make(map[Ref][]int) // indices into spells
	add := func(s ControlSpell, from Ref) {
		for _, i := range ofPlace[s.Place] {
			t := &spells[i]
			if t.Holder == s.Holder && t.Status == s.Status && !t.Since.disjoint(s.Since) {
				t.Since = t.Since.intersect(s.Since)
				t.Claims = append(t.Claims, from)
				return
			}
		}
		s.Claims = []Ref{from}
		ofPlace[s.Place] = append(ofPlace[s.Place], len(spells))
		spells = append(spells, s)
	}
	for i := range b.Claims {
		c := &b.Claims[i]
		p := &c.Proposition
		if !asserted(c.Claim) {
			continue
		}
		s := ControlSpell{Since: p.Time}
		switch {
		case p.Kind == KindClaimedControl || p.Kind == KindControlled:
			s.Status, s.Rule = "claimed", RuleControlClaimed
			s.Reason = "the holder is said to claim or to have control"
			if s.Since.IsZero() {
				s.Since = c.SaidOn
			}
		case (p.Kind == KindCaptured || p.Kind == "retook") && stated(c.Claim):
			s.Status, s.Rule = "derived", RuleControlByCapture
			s.Reason = "the holder captured the place and no loss of it is stated"
		default:
			continue
		}
		if s.Since.EarliestBegin == "" && s.Since.LatestEnd == "" {
			continue
		}
		places := b.territory(p)
		if s.Status == "claimed" && p.Place != "" {
			places = []Ref{p.Place}
		}
		for _, place := range places {
			for _, holder := range p.Agent {
				s.Place, s.Holder = place, holder
				add(s, c.IRI)
			}
		}
	}
	slices.SortFunc(spells, func(x, y ControlSpell) int {
		return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.Since.day(), y.Since.day()),
			cmp.Compare(x.Status, y.Status), cmp.Compare(x.Holder, y.Holder))
	})
	for i := range spells {
		s := &spells[i]
		slices.Sort(s.Claims)
		// The spells of a place lie together, ordered by time.
		for j := i + 1; j < len(spells) && spells[j].Place == s.Place; j++ {
			t := &spells[j]
			if s.Status == "derived" && t.Status == "derived" && s.Holder != t.Holder &&
				t.Since.day() > s.Since.day() && (s.Until == "" || t.Since.EarliestBegin.firstDay() < s.Until.firstDay()) {
				s.Until = Date(t.Since.day())
				s.Reason = "the holder captured the place; another captured it later"
			}
		}
	}
	return spells
}

// day returns the day by which what happened in the interval had happened.
func (i Interval) day() string {
	if i.LatestEnd != "" {
		return i.LatestEnd.lastDay()
	}
	return i.EarliestBegin.firstDay()
}

// HeldOn returns the spells of a place that cover a day. More than one holder
// among them means that control is disputed.
func HeldOn(spells []ControlSpell, place Ref, day string) []ControlSpell {
	var out []ControlSpell
	for _, s := range spells {
		if s.Place == place && s.Since.day() <= day && (s.Until == "" || day < s.Until.firstDay()) {
			out = append(out, s)
		}
	}
	return out
}
