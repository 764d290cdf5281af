package claim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// DisagreementType tells in what claims differ.
type DisagreementType string

// The types of disagreement.
const (
	Polarity          DisagreementType = "polarity"           // one denies what the other asserts
	NumericDisjoint   DisagreementType = "numeric-disjoint"   // the numbers cannot both be right
	NumericOverlap    DisagreementType = "numeric-overlap"    // different numbers that can both be right
	Temporal          DisagreementType = "temporal"           // one thing, two times
	OutcomeDispute    DisagreementType = "outcome"            // who won, or what the end is called
	ControlDispute    DisagreementType = "control"            // two holders of one place
	RoleDispute       DisagreementType = "role"               // who did it to whom
	SelfContradiction DisagreementType = "self-contradiction" // one organisation against itself
)

// Disagreement is a finding that claims do not go together, or, for a
// numeric-overlap, that they differ and yet may. It names the rule, the reason
// and the claims of either side.
type Disagreement struct {
	Type   DisagreementType
	Rule   string
	About  string // what is at issue, in a few words
	Reason string
	// Organisation is the one that contradicts itself.
	Organisation Ref
	A, B         []Ref // the claims of the two sides, in order
}

// Contradictory reports whether the sides cannot both be right.
func (d *Disagreement) Contradictory() bool { return d.Type != NumericOverlap }

// Claims returns the claims of both sides.
func (d *Disagreement) Claims() []Ref { return sortedRefs(slices.Concat(d.A, d.B)) }

// IRI returns the identifier of the disagreement, made from its rule and claims.
func (d *Disagreement) IRI() Ref {
	var k content
	k.add("rule", d.Rule)
	k.add("about", d.About)
	k.refs("a", d.A)
	k.refs("b", d.B)
	return Ref(NSID + "disagreement/" + hash(k.String()))
}

// disagreementRule is a rule: an id with a version, the reason it gives unless
// a finding has its own, and what finds it among the claims of a battle.
type disagreementRule struct {
	id     string
	reason string
	find   func(*Basis) []Disagreement
}

var disagreementRules = []disagreementRule{
	{"denied-proposition@1", "the same proposition is asserted by one and denied by the other", deniedProposition},
	{"denied-fighting@1", "fighting is denied, and acts that are fighting are asserted of the same battle", deniedFighting},
	{"denied-loss@1", "any loss of life is denied, and dead are counted in the same battle", deniedLoss},
	{"numbers@1", "", numbers},
	{"attack-date@1", "the lead dates the attack otherwise than the body of the text does", attackDate},
	{"statement-date@1", "a statement of the same claimant on the same battle bears two dates", statementDate},
	{"outcome-relabelled@1", "one side's success is stated, and the other side denies defeat or calls it otherwise", outcomeRelabelled},
	{"victor@1", "different victors are named for the same battle", twoVictors},
	{"attacker-swapped@1", "each of two parties is said by another claimant to have attacked the other", attackerSwapped},
}

// ruleControlContested looks at the spells of control, which run beyond battles.
var ruleControlContested = disagreementRule{
	id: "control-contested@1", reason: "one holder is derived from a capture with no loss stated, and another claims control",
}

// applyRule names the rule in what it found.
func applyRule(r disagreementRule, found []Disagreement) []Disagreement {
	for i := range found {
		d := &found[i]
		d.Rule = r.id
		if d.Reason == "" {
			d.Reason = r.reason
		}
		d.A, d.B = sortedRefs(d.A), sortedRefs(d.B)
	}
	return found
}

// disagreements applies the rules and then the one that finds, among all
// contradictions, those of an organisation with itself.
func disagreements(b *Basis) []Disagreement {
	var out []Disagreement
	for _, r := range disagreementRules {
		out = append(out, applyRule(r, r.find(b))...)
	}
	return append(out, selfContradictions(b, out)...)
}

func sortDisagreements(ds []Disagreement) {
	slices.SortFunc(ds, func(x, y Disagreement) int {
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.About, y.About), cmp.Compare(x.IRI(), y.IRI()))
	})
}

// deniedProposition compares the stances on each proposition.
func deniedProposition(b *Basis) []Disagreement {
	type sides struct{ yes, no []Stated }
	by := make(map[string]*sides)
	var keys []string
	for _, c := range b.Claims {
		k := c.Proposition.Key()
		if by[k] == nil {
			by[k] = &sides{}
			keys = append(keys, k)
		}
		switch {
		case denied(c.Claim):
			by[k].no = append(by[k].no, c)
		case asserted(c.Claim):
			by[k].yes = append(by[k].yes, c)
		}
	}
	var out []Disagreement
	for _, k := range keys {
		if s := by[k]; len(s.yes) > 0 && len(s.no) > 0 {
			out = append(out, Disagreement{Type: Polarity, About: s.yes[0].Proposition.Describe(b.Entities), A: iris(s.yes), B: iris(s.no)})
		}
	}
	return out
}

// deniedFighting sets a denial of any fighting against attacks and the like.
func deniedFighting(b *Basis) []Disagreement {
	return b.deniedWhole(KindFighting, "fighting", func(c *Stated) bool { return info(c.Proposition.Kind).fighting })
}

// deniedLoss sets a denial of any loss of life against counts of dead.
func deniedLoss(b *Basis) []Disagreement {
	return b.deniedWhole(KindLossOfLife, "loss of life", func(c *Stated) bool {
		q := c.Proposition.Quantity
		return c.Proposition.Kind == KindCasualties && q != nil && q.Metric == "killed" && q.Min != nil && *q.Min > 0
	})
}

func (b *Basis) deniedWhole(kind, about string, implies func(*Stated) bool) []Disagreement {
	var out []Disagreement
	for i := range b.Claims {
		no := &b.Claims[i]
		if no.Proposition.Kind != kind || !denied(no.Claim) {
			continue
		}
		var yes []Stated
		for j := range b.Claims {
			if c := &b.Claims[j]; stated(c.Claim) && implies(c) && sameEvent(no, c) {
				yes = append(yes, *c)
			}
		}
		if len(yes) > 0 {
			out = append(out, Disagreement{Type: Polarity, About: about, A: iris(yes), B: []Ref{no.IRI}})
		}
	}
	return out
}

// families joins metrics that count the same people under different names: a
// soldier who defected and one who fled have both left their force.
var families = map[string]string{"defected": "left the force", "fled": "left the force"}

// numbers compares what different accounts say of one number. Two numbers of
// the same voice in the same part of a document are not compared: they are
// mostly parts of one total. Nor are numbers of different days.
func numbers(b *Basis) []Disagreement {
	type key struct {
		event, party Ref
		family       string
	}
	groups := make(map[key][]Figure)
	var keys []key
	for _, f := range b.figures() {
		if f.Rule == RuleNoLoss || f.Party == "" {
			continue // the denial itself is set against the dead by denied-loss
		}
		k := key{f.Event, f.Party, cmp.Or(families[f.Metric], f.Metric)}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], f)
	}
	var out []Disagreement
	for _, k := range keys {
		out = append(out, compareFigures(b, b.Entities.Name(k.party)+" "+words(k.family), groups[k])...)
	}
	return out
}

// compareFigures makes at most one disagreement of each type from the figures
// of one number: side A has the least lower bound, side B all that differ.
func compareFigures(b *Basis, about string, figures []Figure) []Disagreement {
	slices.SortStableFunc(figures, func(x, y Figure) int { return cmp.Compare(low(x), low(y)) })
	var disjoint, overlap [2][]Ref
	values := make(map[string]bool)
	for i := range figures {
		for j := i + 1; j < len(figures); j++ {
			x, y := &figures[i], &figures[j]
			if !comparableFigures(b, x, y) {
				continue
			}
			side := &overlap
			switch {
			case x.Max != nil && *x.Max < low(*y):
				side = &disjoint
			case low(*x) == low(*y) && equalMax(x.Max, y.Max):
				continue
			}
			side[0], side[1] = append(side[0], x.Claim.IRI), append(side[1], y.Claim.IRI)
			values[x.text()], values[y.text()] = true, true
		}
	}
	ranges := make([]string, 0, len(values))
	for v := range values {
		ranges = append(ranges, v)
	}
	slices.Sort(ranges)
	said := strings.Join(ranges, " against ")
	var out []Disagreement
	if len(disjoint[0]) > 0 {
		out = append(out, Disagreement{Type: NumericDisjoint, About: about, Reason: "numbers that exclude each other: " + said, A: disjoint[0], B: without(disjoint[1], disjoint[0])})
	}
	if len(overlap[0]) > 0 && len(disjoint[0]) == 0 {
		out = append(out, Disagreement{Type: NumericOverlap, About: about, Reason: "different numbers that may both be right: " + said, A: overlap[0], B: without(overlap[1], overlap[0])})
	}
	return slices.DeleteFunc(out, func(d Disagreement) bool { return len(d.B) == 0 })
}

func without(refs, drop []Ref) []Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool { return slices.Contains(drop, r) })
}

// text returns the bounds, and how they are known when nobody states them.
func (f *Figure) text() string {
	s := rangeText(f.Min, f.Max)
	if f.Rule == RuleWholeAccount {
		s += " (an account of the losses of both sides names none)"
	}
	return s
}

func low(f Figure) int64 {
	if f.Min == nil {
		return 0
	}
	return *f.Min
}

func equalMax(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// comparableFigures reports whether two figures are accounts of the same number by
// different voices, or by one voice in the infobox and in the prose.
func comparableFigures(b *Basis, x, y *Figure) bool {
	c, d := x.Claim, y.Claim
	if c.IRI == d.IRI || c.Proposition.Time.disjoint(d.Proposition.Time) {
		return false
	}
	return c.Claimant != d.Claimant || c.Document != d.Document || c.Source != d.Source
}

// attackDate compares the day on which the lead puts an attack with the day on
// which the body puts the first attack of the same agent on the same target.
// The date of the infobox stands with whichever side it agrees with.
func attackDate(b *Basis) []Disagreement {
	var out []Disagreement
	for i := range b.Claims {
		lead := &b.Claims[i]
		p := &lead.Proposition
		if p.Kind != KindAttacked || !stated(lead.Claim) || !lead.Lead || lead.Source == "infobox" || p.Time.EarliestBegin == "" {
			continue
		}
		var first []Stated
		for j := range b.Claims {
			c := &b.Claims[j]
			q := &c.Proposition
			if q.Kind != KindAttacked || !stated(c.Claim) || c.Lead || c.Document != lead.Document || !sameEvent(lead, c) ||
				q.Time.EarliestBegin == "" || !equalRefs(p.Agent, q.Agent) || !b.sameTarget(p, q) {
				continue
			}
			if len(first) > 0 && q.Time.EarliestBegin < first[0].Proposition.Time.EarliestBegin {
				first = nil
			}
			if len(first) == 0 || q.Time.EarliestBegin == first[0].Proposition.Time.EarliestBegin {
				first = append(first, *c)
			}
		}
		if len(first) == 0 || !p.Time.disjoint(first[0].Proposition.Time) {
			continue
		}
		d := Disagreement{Type: Temporal, About: "day of the attack", A: []Ref{lead.IRI}, B: iris(first)}
		for j := range b.Claims {
			c := &b.Claims[j]
			if c.Proposition.Kind != KindDate || c.Document != lead.Document || !sameEvent(lead, c) {
				continue
			}
			switch c.Proposition.Time.EarliestBegin {
			case p.Time.EarliestBegin:
				d.A = append(d.A, c.IRI)
			case first[0].Proposition.Time.EarliestBegin:
				d.B = append(d.B, c.IRI)
			}
		}
		out = append(out, d)
	}
	return out
}

// sameTarget reports whether two acts are done to the same thing, or in the
// same place.
func (b *Basis) sameTarget(p, q *Proposition) bool {
	targets := func(p *Proposition) []Ref {
		out := slices.Clone(p.Patient)
		if p.Place != "" {
			out = append(out, p.Place)
		}
		for _, r := range p.Patient {
			if e := b.Entities[r]; e != nil && e.Kind == Installation && e.Within != "" {
				out = append(out, e.Within)
			}
		}
		return out
	}
	return overlaps(targets(p), targets(q))
}

// statementDate compares the days on which one claimant is said to have made a
// statement about one battle.
func statementDate(b *Basis) []Disagreement {
	type key struct {
		claimant, event Ref
		utterance       string
	}
	groups := make(map[key][]Stated)
	var keys []key
	for _, c := range b.Claims {
		if c.Utterance == "" || c.SaidOn.IsZero() || c.Claimant == c.Document {
			continue
		}
		k := key{c.Claimant, c.Proposition.Event, c.Utterance}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], c)
	}
	var out []Disagreement
	for _, k := range keys {
		g := groups[k]
		var a, o []Stated
		for _, c := range g {
			if c.SaidOn.disjoint(g[0].SaidOn) {
				o = append(o, c)
			} else {
				a = append(a, c)
			}
		}
		if len(o) > 0 {
			out = append(out, Disagreement{Type: Temporal, About: fmt.Sprintf("day of the %s of %s", k.utterance, b.Entities.Name(k.claimant)), A: iris(a), B: iris(o)})
		}
	}
	return out
}

// outcomeWords are the words with which an end is named or renamed. Other
// characterisations say nothing of who won.
var outcomeWords = []string{
	"retreat", "withdraw", "pull back", "pullback", "pull-back", "redeploy", "reposition", "regroup",
	"victory", "defeat", "success", "failure", "repulse", "abandon", "evacuat", "stalemate", "tactical", "strategic",
}

func isOutcome(text string) bool {
	text = foldWords(text)
	return slices.ContainsFunc(outcomeWords, func(w string) bool { return strings.Contains(text, w) })
}

// outcomeRelabelled sets results and captures of a place by one side against
// the other side's denial of defeat or its own word for what happened.
func outcomeRelabelled(b *Basis) []Disagreement {
	type won struct {
		side   Ref
		claims []Stated
	}
	byEvent := make(map[Ref][]won)
	var events []Ref
	for i := range b.Claims {
		c := &b.Claims[i]
		p := &c.Proposition
		if !stated(c.Claim) || len(p.Agent) == 0 {
			continue
		}
		if p.Kind != KindResult && !(p.Kind == KindCaptured && len(b.territory(p)) > 0) {
			continue
		}
		if byEvent[p.Event] == nil {
			events = append(events, p.Event)
		}
		side := b.root(p.Agent[0])
		ws := byEvent[p.Event]
		at := slices.IndexFunc(ws, func(w won) bool { return w.side == side })
		if at < 0 {
			at = len(ws)
			ws = append(ws, won{side: side})
		}
		ws[at].claims = append(ws[at].claims, *c)
		byEvent[p.Event] = ws
	}
	var out []Disagreement
	for _, event := range events {
		for _, w := range byEvent[event] {
			var against []Stated
			for i := range b.Claims {
				c := &b.Claims[i]
				p := &c.Proposition
				if !sameEvent(c, &w.claims[0]) || b.org(c.Claim) == w.side || c.Claimant == c.Document {
					continue
				}
				switch {
				case (p.Kind == KindOutcome || p.Kind == KindResult) && denied(c.Claim) && !b.names(p, w.side),
					c.Stance == Characterises && isOutcome(p.Text):
					against = append(against, *c)
				}
			}
			if len(against) > 0 {
				out = append(out, Disagreement{Type: OutcomeDispute, About: "outcome", A: iris(w.claims), B: iris(against)})
			}
		}
	}
	return out
}

// names reports whether the side is among those to whom the proposition gives
// its outcome, so that a denial of it is not a denial of their success.
func (b *Basis) names(p *Proposition, side Ref) bool {
	return slices.ContainsFunc(slices.Concat(p.Agent, p.Patient), func(r Ref) bool { return b.root(r) == side })
}

// twoVictors compares the victors that results name.
func twoVictors(b *Basis) []Disagreement {
	var out []Disagreement
	for i := range b.Claims {
		x := &b.Claims[i]
		if x.Proposition.Kind != KindResult || !asserted(x.Claim) || len(x.Proposition.Agent) == 0 {
			continue
		}
		for j := i + 1; j < len(b.Claims); j++ {
			y := &b.Claims[j]
			if y.Proposition.Kind == KindResult && asserted(y.Claim) && len(y.Proposition.Agent) > 0 && sameEvent(x, y) &&
				!overlaps(x.Proposition.Agent, y.Proposition.Agent) {
				out = append(out, Disagreement{Type: OutcomeDispute, About: "victor", A: []Ref{x.IRI}, B: []Ref{y.IRI}})
			}
		}
	}
	return out
}

// controlContested finds claims of control on a day on which another holder is
// derived.
func controlContested(b *Basis, spells []ControlSpell) []Disagreement {
	byPlace := make(map[Ref][]ControlSpell)
	for _, s := range spells {
		byPlace[s.Place] = append(byPlace[s.Place], s)
	}
	var out []Disagreement
	for _, claimed := range spells {
		if claimed.Status != "claimed" {
			continue
		}
		for _, held := range HeldOn(byPlace[claimed.Place], claimed.Place, claimed.Since.day()) {
			if held.Holder == claimed.Holder || held.Status == "claimed" && held.Holder > claimed.Holder {
				continue // itself, or the same pair seen from the other side
			}
			out = append(out, Disagreement{
				Type:  ControlDispute,
				About: fmt.Sprintf("control of %s on %s", b.Entities.Name(claimed.Place), claimed.Since.Describe()),
				A:     claimed.Claims, B: held.Claims,
			})
		}
	}
	return out
}

// attackerSwapped finds attacks of X on Y and of Y on X told by different
// claimants of the same time and battle.
func attackerSwapped(b *Basis) []Disagreement {
	var out []Disagreement
	for i := range b.Claims {
		x := &b.Claims[i]
		p := &x.Proposition
		if p.Kind != KindAttacked || !asserted(x.Claim) || !b.actors(p.Patient) || len(p.Patient) == 0 || len(p.Agent) == 0 {
			continue
		}
		for j := i + 1; j < len(b.Claims); j++ {
			y := &b.Claims[j]
			q := &y.Proposition
			if q.Kind == KindAttacked && asserted(y.Claim) && x.Claimant != y.Claimant && sameEvent(x, y) && !p.Time.disjoint(q.Time) &&
				equalRefs(p.Agent, q.Patient) && equalRefs(p.Patient, q.Agent) {
				out = append(out, Disagreement{Type: RoleDispute, About: "who attacked whom", A: []Ref{x.IRI}, B: []Ref{y.IRI}})
			}
		}
	}
	return out
}

// RuleSelfContradiction finds, among contradictions, claims of one organisation
// on both sides.
const RuleSelfContradiction = "one-organisation@1"

func selfContradictions(b *Basis, found []Disagreement) []Disagreement {
	byIRI := make(map[Ref]*Stated, len(b.Claims))
	for i := range b.Claims {
		byIRI[b.Claims[i].IRI] = &b.Claims[i]
	}
	figures := b.figures()
	var out []Disagreement
	for _, d := range found {
		if d.Type != Polarity && d.Type != NumericDisjoint && d.Type != RoleDispute {
			continue
		}
		pairs := make(map[Ref]*Disagreement)
		var orgs []Ref
		for _, a := range slices.Concat(d.A, d.B) {
			for _, o := range d.B {
				x, y := byIRI[a], byIRI[o]
				org := b.org(x.Claim)
				if a == o || org != b.org(y.Claim) || x.Claimant == x.Document || y.Claimant == y.Document || !against(figures, d, x, y) {
					continue
				}
				if pairs[org] == nil {
					pairs[org] = &Disagreement{
						Type: SelfContradiction, Rule: RuleSelfContradiction, About: d.About, Organisation: org,
						Reason: b.Entities.Name(org) + " on both sides: " + d.Reason,
					}
					orgs = append(orgs, org)
				}
				p := pairs[org]
				p.A, p.B = append(p.A, a), append(p.B, o)
			}
		}
		for _, org := range orgs {
			p := pairs[org]
			p.A = sortedRefs(p.A)
			p.B = without(sortedRefs(p.B), p.A)
			if len(p.B) > 0 {
				out = append(out, *p)
			}
		}
	}
	return out
}

// against reports whether the two claims themselves exclude each other; a
// disagreement may have several claims on a side.
func against(figures []Figure, d Disagreement, x, y *Stated) bool {
	if d.Type != NumericDisjoint {
		return slices.Contains(d.A, x.IRI)
	}
	for _, f := range figures {
		for _, g := range figures {
			if f.Claim.IRI == x.IRI && g.Claim.IRI == y.IRI && f.Party == g.Party && f.Metric == g.Metric &&
				(f.Max != nil && *f.Max < low(g) || g.Max != nil && *g.Max < low(f)) {
				return true
			}
		}
	}
	return false
}
