package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// accepts reports whether a rule takes what a phrase speaks of for its patient.
func accepts(classes []string, t thing) bool {
	for _, c := range classes {
		switch {
		case c == "any":
			return true
		case c == string(t.class):
			return true
		case c == "people" && (t.class == isCivilian || t.class == isCaptive):
			return true
		case c == "people" && t.class == isActor && len(t.ents) == 1 && t.ents[0].Kind == claim.Person:
			return true
		case c == "people" && t.class == isActor && t.np != nil && (t.np.class == nounFighter || t.np.class == nounDescriptor || t.np.num.length > 0):
			return true
		case c == "place" && t.class == isActor && len(t.ents) == 1 && t.ents[0].Kind == claim.Country:
			return true
		}
	}
	return false
}

// patients sets patient, place and quantity of a proposition from its objects.
func (s *sentenceState) patients(rl *rule, c *clause, p *claim.Proposition, things []thing) {
	r := s.r
	for _, t := range things {
		switch t.class {
		case isPlace:
			for _, e := range t.ents {
				p.Patient = append(p.Patient, e.IRI)
				if p.Place == "" {
					p.Place = e.IRI
				}
				r.lastPlace = e
			}
			if len(t.ents) == 0 && t.np.num.length > 0 {
				p.Quantity = s.quantity(t.np, "placesCaptured", "")
			}
		case isInstallation, isPosition:
			if t.np.num.length > 0 && (t.np.num.vague || t.np.num.max == nil || *t.np.num.max > 1) {
				p.Quantity = s.quantity(t.np, installationMetric(t.noun, rl.Metric, rl.Kind), "")
			}
			for _, e := range t.ents {
				where := s.whereOf(t.np, c)
				if where != nil {
					e.Within = where.IRI
				}
				r.mention(e, r.spanOf(t.np.i, t.np.j), "installation@1")
				p.Patient = append(p.Patient, e.IRI)
				if p.Place == "" && where != nil {
					p.Place = where.IRI
				}
			}
		case isEquipment:
			metric := t.noun
			switch rl.Metric {
			case "captured":
				metric = equipmentMetric(t.noun, "Captured")
			case "destroyed":
				metric = equipmentMetric(t.noun, "Destroyed")
			}
			var party claim.Ref
			if e := t.one(); e != nil {
				party = e.IRI
			}
			if p.Quantity != nil && t.np.num.length == 0 {
				break // "two tanks and armoured cars"
			}
			if t.np.num.length > 0 {
				p.Quantity = s.quantity(t.np, metric, party)
			} else if t.np.det == "a" || t.np.det == "an" {
				q := s.quantity(t.np, metric, party)
				q.Min, q.Max, q.Comparator = ptr(int64(1)), ptr(int64(1)), claim.Exactly
				p.Quantity = q
			} else if t.np.plural {
				p.Quantity = &claim.Quantity{Metric: metric, Party: party, Min: ptr(int64(2)), Comparator: claim.AtLeast}
			}
			p.Patient = append(p.Patient, refsOf(t.ents)...)
		case isPeople, isCaptive, isCivilian:
			party := s.party(t)
			if t.np.num.length > 0 && rl.Metric != "" {
				p.Quantity = s.quantity(t.np, rl.Metric, refOf(party))
			}
			if party != nil {
				p.Patient = append(p.Patient, party.IRI)
			}
		case isActor, isEvent:
			if t.class == isActor {
				p.Patient = append(p.Patient, refsOf(t.ents)...)
			}
		}
	}
	slices.Sort(p.Patient)
	p.Patient = slices.Compact(p.Patient)
}

func refOf(e *entity) claim.Ref {
	if e == nil {
		return ""
	}
	return e.IRI
}

func installationMetric(noun, metric, kind string) string {
	if metric == "" && (kind == "attacked" || kind == "shelled" || kind == "bombed" || kind == "ambushed" || kind == "besieged") {
		return noun + "s" // two posts were attacked, not taken
	}
	if metric != "" && metric != "captured" {
		return noun + "s" + strings.ToUpper(metric[:1]) + metric[1:]
	}
	switch noun {
	case "camp":
		return "campsCaptured"
	case "base":
		return "basesCaptured"
	case "position", "trench":
		return "positionsCaptured"
	}
	return noun + "sCaptured"
}

func equipmentMetric(noun, suffix string) string {
	switch noun {
	case "pickup", "pick-up", "car", "apc":
		noun = "vehicle"
	case "aircraft", "artillery", "equipment", "ammunition", "weaponry":
		return noun + suffix
	}
	return strings.ReplaceAll(noun, "-", "") + "s" + suffix
}

// whereOf returns the place in the phrase right after a noun phrase.
func (s *sentenceState) whereOf(np *nounPhrase, c *clause) *entity {
	for i := range s.chunks {
		if s.chunks[i].kind != chunkNP || s.chunks[i].np != np {
			continue
		}
		for k := i + 1; k+1 < len(s.chunks) && k <= i+5; k++ {
			ch := s.chunks[k]
			if ch.kind == chunkPrep && ch.word == "of" && s.chunks[k+1].kind == chunkNP {
				// "the palace of Justice" names no place unless it is known.
				in := s.chunks[k+1].np
				if len(in.names) > 0 && s.r.toks[in.names[0]].name.unknown && s.r.byName(nameText(s.r.doc.text, s.r.toks, in.names[0])) == nil {
					k++
					continue
				}
			}
			if ch.kind == chunkPrep && (ch.word == "in" || ch.word == "at" || ch.word == "near" || ch.word == "of" || ch.word == "outside") && s.chunks[k+1].kind == chunkNP {
				t := s.r.what(s.chunks[k+1].np, rolePlace)
				if e := t.one(); e != nil && e.Kind == claim.Place {
					return e
				}
				k++
				continue
			}
			break
		}
	}
	if e := s.where(c, np); e != nil && e.Kind == claim.Place {
		return e
	}
	return nil
}

// quantity turns the number of a phrase into a quantity.
func (s *sentenceState) quantity(np *nounPhrase, metric string, party claim.Ref) *claim.Quantity {
	return &claim.Quantity{Metric: metric, Party: party, Min: np.num.min, Max: np.num.max, Comparator: np.num.cmp}
}

// repelled finds whose attack it was that was repelled.
func (s *sentenceState) repelled(p *claim.Proposition, things []thing, at span) {
	r := s.r
	for _, t := range things {
		if t.class != isEvent {
			continue
		}
		if len(t.np.names) > 0 {
			if e := r.nameEntity(r.toks, t.np.names[0], roleActor); e != nil && e.fights() {
				p.Patient = []claim.Ref{e.IRI}
			} else if m := r.toks[t.np.names[0]].name; m.adjective {
				p.Patient = refsOf(r.peopleOf(m.entry))
			}
		} else if e := r.owner(t.np); e != nil && !slices.Contains(p.Agent, e.IRI) {
			p.Patient = []claim.Ref{e.IRI}
		} else if words := r.descriptors(t.np); len(words) > 0 && words[0] != "attacker" {
			p.Patient = refsOf(r.byDescription(words))
		}
		if last := r.lastAttack; last != nil {
			agents := r.entitiesOf(last.Agent)
			if len(p.Patient) == 0 && len(agents) > 0 && !slices.Contains(p.Agent, agents[0].IRI) {
				p.Patient = last.Agent
			}
			if p.Time.IsZero() && t.np.definite && slices.Equal(p.Patient, last.Agent) {
				p.Time = last.Time
				if !p.Time.IsZero() {
					p.Time.Rule = "event-reference"
				}
			}
		}
		if len(p.Patient) == 0 {
			p.Patient = refsOf(r.opponents(r.entitiesOf(p.Agent)))
		}
	}
	p.Patient = slices.DeleteFunc(p.Patient, func(ref claim.Ref) bool { return slices.Contains(p.Agent, ref) })
}

// movement sets the destination or the origin of a withdrawal.
func (s *sentenceState) movement(rl *rule, c *clause, p *claim.Proposition) {
	r := s.r
	for _, pp := range c.preps {
		if pp.at < c.at || len(pp.nps) == 0 {
			continue
		}
		to, from := slices.Contains(rl.To, pp.prep), slices.Contains(rl.From, pp.prep)
		if !to && !from {
			continue
		}
		as := rolePlace
		if rl.ToKind == "surrenderedTo" {
			as = roleActor
		}
		t := r.what(pp.nps[0], as)
		e := t.one()
		if e == nil {
			continue
		}
		if rl.ToKind != "" {
			if to && rl.ToKind == "surrenderedTo" && e.actor() {
				p.Kind, p.Patient = rl.ToKind, []claim.Ref{e.IRI}
			}
			continue
		}
		if !e.place() {
			continue
		}
		if to && e.Kind == claim.Place && pp.prep != "across" && pp.prep != "over" {
			r.lastPlace = e
		}
		base := p.Kind
		if to && (base == "withdrew" || base == "retreated") {
			p.Kind, p.Place = base+"To", e.IRI
		} else if from && base == "withdrew" {
			p.Kind, p.Place = base+"From", e.IRI
			if p.Patient == nil {
				p.Patient = nil
			}
		} else if from && base == "retreated" {
			p.Place = e.IRI
		}
	}
}
