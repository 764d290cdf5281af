package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// party returns whose people a phrase counts.
func (s *sentenceState) party(t thing) *entity {
	r := s.r
	if e := t.one(); e != nil {
		return e
	}
	if len(t.ents) > 1 {
		return nil
	}
	if t.np == nil {
		return nil
	}
	// "of the MNLA", "on their side", "among the rebels", "from both sides".
	if e := s.partyAfter(t.np); e != nil {
		return e
	}
	if t.np.head < 0 {
		// "The army lost 18 killed": of the one who lost them.
		for _, d := range s.clauses {
			switch d.vg.lemma {
			case "lose", "suffer", "sustain", "incur":
				if len(d.subj) == 1 && s.chunks[d.at].i < t.np.i {
					return s.own(r.what(d.subj[0], roleActor).one())
				}
			}
		}
		if e := s.lossBefore(t.np); e != nil {
			return e
		}
		first := true
		for i := range s.chunks {
			if np := s.chunks[i].np; np != nil && np.i < t.np.i {
				first = false
				if np.class == nounBody && len(np.names) > 0 && np.num.length == 0 {
					return r.sideNamed(np) // "Malian losses amounted to 12 killed"
				}
			}
		}
		if r.partyAt != r.nth && !(first && r.nth-r.partyAt == 1) {
			return nil
		}
	}
	if t.np.head < 0 || t.np.noun == "others" || t.np.noun == "other" {
		return r.lastParty
	}
	return nil
}

// own returns the side that a person's losses are counted for.
func (s *sentenceState) own(e *entity) *entity {
	if e != nil && e.Kind == claim.Person {
		if of := s.r.byIRI[e.Of]; of != nil {
			return of
		}
	}
	return e
}

// joined returns the metric of "killed or wounded" where the words after a verb
// of loss count the same people.
func (s *sentenceState) joined(c *clause, metric string) string {
	k := c.at
	if k+2 >= len(s.chunks) || s.chunks[k+1].kind != chunkConj || s.chunks[k+2].kind != chunkVG {
		return metric
	}
	vg := s.chunks[k+2].vg
	if k+3 < len(s.chunks) && s.chunks[k+3].kind == chunkNP || vg.finite() && !vg.past {
		return metric
	}
	switch other := s.r.x.rules.metrics[s.r.toks[vg.main].lower]; {
	case other == "" || other == metric:
		return metric
	default:
		return metric + "Or" + strings.ToUpper(other[:1]) + other[1:]
	}
}

// partyAfter resolves the party in the phrase after a noun phrase.
func (s *sentenceState) partyAfter(np *nounPhrase) *entity {
	r := s.r
	for i := range s.chunks {
		if s.chunks[i].kind != chunkNP || s.chunks[i].np != np {
			continue
		}
		k := i + 1
		for k+1 < len(s.chunks) && s.chunks[k].kind == chunkConj && s.chunks[k+1].kind == chunkNP && s.chunks[k+1].np.class == nounBody {
			k += 2
		}
		if k+1 >= len(s.chunks) || s.chunks[k].kind != chunkPrep || s.chunks[k+1].kind != chunkNP {
			return nil
		}
		in := s.chunks[k+1].np
		switch s.chunks[k].word {
		case "on", "in", "from", "for":
			if in.noun != "side" && in.noun != "rank" && in.noun != "ranks" {
				if s.chunks[k].word == "from" || s.chunks[k].word == "for" {
					t := r.what(in, roleActor)
					if e := t.one(); e != nil && e.fights() && t.class == isActor {
						return e
					}
				}
				return nil
			}
			if in.det == "their" || in.det == "its" || in.det == "our" {
				if v := r.lastVoice; v != nil && v.claimant != nil {
					if v.behalf != nil {
						return v.behalf
					}
					return v.claimant
				}
				return r.lastSubject
			}
			if len(in.names) > 0 {
				return r.sideNamed(in)
			}
			if k+3 < len(s.chunks) && s.chunks[k+2].kind == chunkPrep && s.chunks[k+2].word == "of" && s.chunks[k+3].kind == chunkNP {
				return r.what(s.chunks[k+3].np, roleActor).one()
			}
			return r.what(in, roleActor).one()
		case "of", "among", "amongst":
			t := r.what(in, roleActor)
			if e := t.one(); e != nil && (t.class == isActor || t.class == isPeople || t.class == isCivilian) {
				return e
			}
		}
		return nil
	}
	return nil
}

// sideNamed resolves "the Malian side".
func (r *reader) sideNamed(np *nounPhrase) *entity {
	m := r.toks[np.names[0]].name
	if m.adjective {
		if ents := r.peopleOf(m.entry); len(ents) == 1 {
			return ents[0]
		}
		return nil
	}
	return r.nameEntity(r.toks, np.names[0], roleActor)
}

// casualties makes claims of losses from a clause.
func (s *sentenceState) casualties(rl *rule, c *clause, v *voice, f facts, p claim.Proposition, agents []*nounPhrase, actors []*entity, things []thing, at span) []*claim.Claim {
	r := s.r
	if f.planned {
		r.reject(at, rl.name(), "losses that did not happen: %s", f.why)
		return nil
	}
	if slices.Contains(rl.Patient, "none") {
		things = nil
		for _, np := range agents {
			things = append(things, r.what(np, roleActor))
		}
		if len(agents) == 0 {
			for _, np := range c.subj {
				things = append(things, r.what(np, roleActor))
			}
		}
		actors = nil
	}
	if rl.Party == "agent" {
		return s.lost(rl, c, v, f, p, actors, things, at)
	}
	if len(c.subj) == 1 && !c.vg.passive {
		switch noun := c.subj[0].noun; noun {
		case "war", "conflict", "insurgency", "rebellion", "uprising", "violence", "unrest":
			r.reject(at, rl.name(), "the toll of a whole %s", noun)
			return nil
		}
	}
	var out []*claim.Claim
	for _, t := range things {
		switch t.class {
		case isPeople, isCivilian, isCaptive, isActor:
		default:
			r.step("%s: not people", rl.name())
			continue
		}
		num := t.np.num
		if s.losses[t.np] {
			continue
		}
		if num.length > 0 && t.np.class == nounGroup && t.np.noun != "police" && t.np.noun != "military" {
			r.reject(at, rl.name(), "units are counted, not people")
			continue
		}
		if num.length > 0 && t.one() != nil && len(agents) == 0 && num.max != nil && *num.max > 1 && s.joined(c, rl.Metric) != rl.Metric {
			rl = &rule{ID: rl.ID, Version: rl.Version, Kind: rl.Kind, Metric: s.joined(c, rl.Metric), To: rl.To, ToKind: rl.ToKind}
		} else if t.np.head < 0 && s.joined(c, rl.Metric) != rl.Metric {
			rl = &rule{ID: rl.ID, Version: rl.Version, Kind: rl.Kind, Metric: s.joined(c, rl.Metric), To: rl.To, ToKind: rl.ToKind}
		}
		if num.length == 0 {
			switch {
			case (t.np.det == "a" || t.np.det == "an" || t.np.det == "another" || t.np.det == "one") && !t.np.plural:
				num = exactly(1)
			case t.class == isActor && t.one() != nil && t.one().Kind == claim.Person:
				num = exactly(1)
				if e := r.byIRI[t.one().Of]; e != nil {
					t.ents = []*entity{e}
				} else {
					t.ents = nil
				}
			case t.np.det == "no":
				num = exactly(0)
			default:
				if rl.Metric == "fled" && t.one() != nil && t.one().fights() && !f.negated {
					if cl := s.flight(rl, c, v, f, p, t.one(), at); cl != nil {
						out = append(out, cl)
					}
					continue
				}
				r.reject(at, rl.name(), "losses without a number")
				continue
			}
		}
		party := s.party(t)
		if t.class == isCaptive && rl.Metric == "captured" {
			party = s.party(t)
		}
		q := p
		q.Quantity = &claim.Quantity{Metric: rl.Metric, Party: refOf(party), Min: num.min, Max: num.max, Comparator: num.cmp}
		q.Quantity.Includes = s.includes(c, t.np, rl.Metric, refOf(party))
		if f.negated {
			r.reject(at, rl.name(), "negated losses")
			continue
		}
		confidence := 0.9
		if party == nil {
			confidence = 0.6
			if t.np.noun == "people" || t.np.noun == "person" {
				confidence = 0.75 // nobody's in particular
			}
		}
		q.Agent = nil
		for _, e := range actors {
			if e.fights() {
				q.Agent = append(q.Agent, e.IRI)
			}
		}
		for _, pp := range c.preps {
			if slices.Contains(rl.To, pp.prep) && pp.at > c.at && len(pp.nps) > 0 {
				if e := r.what(pp.nps[0], rolePlace).one(); e != nil && (e.place() || rl.ToKind == "defectedTo") {
					if e.place() {
						q.Place = e.IRI
					}
					if rl.ToKind == "defectedTo" {
						q.Kind, q.Agent, q.Patient = "defectedTo", []claim.Ref{refOf(party)}, []claim.Ref{e.IRI}
						if party == nil {
							q.Agent = nil
						}
					}
				}
			}
		}
		if q.Place == "" {
			if e := s.where(c, t.np); e != nil {
				q.Place = e.IRI
			}
		}
		s.counted(t.np)
		if party != nil || t.np.head >= 0 {
			r.lastParty, r.partyAt = party, r.nth
		}
		out = append(out, s.emit(rl.name(), c, v, f, q, at, confidence))
		if rl.Metric == "defected" && q.Kind == "casualties" {
			s.received(rl, c, v, q, at)
		}
	}
	return out
}

// received draws from "defected and were retrieved by the authorities of X" that
// they went over to X: inferred, never stated.
func (s *sentenceState) received(rl *rule, c *clause, v *voice, p claim.Proposition, at span) {
	r := s.r
	for _, d := range s.clauses {
		if d.gov != c || d.rel != relCoord || !d.vg.passive {
			continue
		}
		ok := false
		for _, k := range r.x.rules.verbs[d.vg.lemma] {
			ok = ok || k.Kind == "retrieved"
		}
		if !ok {
			continue
		}
		for _, pp := range d.preps {
			if pp.prep != "by" || len(pp.nps) == 0 {
				continue
			}
			e := r.what(pp.nps[0], roleActor).one()
			if e == nil || e.country == "" {
				continue
			}
			country := r.known(r.x.gaz.country(e.country))
			q := p
			q.Kind, q.Patient, q.Place = "defectedTo", []claim.Ref{country.IRI}, country.IRI
			if p.Quantity.Party != "" {
				q.Agent = []claim.Ref{p.Quantity.Party}
			}
			quantity := *p.Quantity
			q.Quantity = &quantity
			whole := span{at.start, s.span(d).end}
			cl := s.emit("defected-and-retrieved@1", c, v, facts{}, q, whole, 0.6)
			for i := r.first; i < len(r.ex.Claims); i++ {
				if r.ex.Claims[i].Rule == cl.Rule && r.ex.Claims[i].Evidence[0] == cl.Evidence[0] {
					r.ex.Claims[i].Modality = claim.Inferred
				}
			}
		}
	}
}

// lost reads "lost ten men".
func (s *sentenceState) lost(rl *rule, c *clause, v *voice, f facts, p claim.Proposition, actors []*entity, things []thing, at span) []*claim.Claim {
	r := s.r
	if len(actors) != 1 || f.negated {
		r.reject(at, rl.name(), "who lost them cannot be resolved")
		return nil
	}
	var out []*claim.Claim
	for _, t := range things {
		if t.np.num.length == 0 && !t.np.plural && (t.np.det == "a" || t.np.det == "an" || t.np.det == "another") && t.class != isActor {
			t.np.num = exactly(1)
		}
		if t.np.num.length == 0 || t.class == isCaptive {
			r.reject(at, rl.name(), "losses without a number")
			continue
		}
		q := p
		q.Quantity = s.quantity(t.np, rl.Metric, refOf(s.own(actors[0])))
		s.counted(t.np)
		r.lastParty, r.partyAt = s.own(actors[0]), r.nth
		out = append(out, s.emit(rl.name(), c, v, f, q, at, 0.8))
	}
	return out
}

func (s *sentenceState) counted(np *nounPhrase) {
	if s.losses == nil {
		s.losses = make(map[*nounPhrase]bool)
	}
	s.losses[np] = true
}

// includes reads "(including an officer)" after a count.
func (s *sentenceState) includes(c *clause, np *nounPhrase, metric string, party claim.Ref) []claim.Quantity {
	r := s.r
	toks := r.toks
	read := func(i, end int) []claim.Quantity {
		if i+1 >= end || toks[i].lower != "including" && toks[i].lower != "among" {
			return nil
		}
		a := amountAt(toks[:end], i+1)
		k := i + 1 + a.length
		if a.length == 0 && (toks[i+1].lower == "a" || toks[i+1].lower == "an" || toks[i+1].lower == "one") {
			a, k = exactly(1), i+2
		}
		if a.min == nil || k >= end || toks[k].info == nil || toks[k].info.noun == nounNone {
			return nil
		}
		return []claim.Quantity{{Metric: metric, Party: party, Min: a.min, Max: a.max, Comparator: a.cmp}}
	}
	for _, p := range np.parens {
		if q := read(p[0], p[1]); q != nil {
			return q
		}
	}
	for k := s.chunks[c.at].i; k < len(toks) && k < s.chunks[c.at].j+4; k++ {
		if toks[k].tag == tagOpen {
			return read(k+1, len(toks))
		}
		if toks[k].lower == "including" {
			return read(k, len(toks))
		}
	}
	return nil
}

// nominalLosses reads counted nouns of loss that stand below a verb of report:
// "mentions both dead and injured in the ranks of the MNLA", "against a single
// wounded soldier on their side".
func (s *sentenceState) nominalLosses() {
	r := s.r
	for _, c := range s.clauses {
		v := s.says[c]
		inner := r.voiceOf(c, s.over, s.chunks, s.says)
		report := r.x.rules.reporting[c.vg.lemma]
		if v != nil {
			v = stack(append(slices.Clone(s.over), v))
		} else {
			v = inner
		}
		if v != nil && v.unknown {
			continue
		}
		r.lastVoiceIs(v)
		if f := s.factuality(c); f.planned || f.unreal || f.negated {
			continue
		}
		if report {
			s.bodies(c, v, c.objs)
			s.lossOf(c, v)
		}
		s.toll(c, v)
		for _, p := range c.preps {
			if p.prep == "against" || (p.prep == "with" || p.prep == "for") && report || p.prep == "at" && report {
				s.bodies(c, v, p.nps)
			}
		}
	}
}

// bodies makes claims of noun phrases that count the dead or the wounded.
func (s *sentenceState) bodies(c *clause, v *voice, nps []*nounPhrase) {
	r := s.r
	both := false
	for _, np := range nps {
		if s.losses[np] || np.head < 0 {
			continue
		}
		metric := ""
		if np.class == nounBody {
			metric = r.x.rules.metrics[np.noun]
			if metric == "" {
				metric = r.x.rules.metrics[r.toks[np.head].lower]
			}
		} else {
			for k := np.i; k < np.head; k++ {
				if m := r.x.rules.metrics[r.toks[k].lower]; m != "" && r.toks[k].tag != tagName {
					metric = m
				}
			}
			if np.class != nounFighter && np.class != nounCivilian && np.noun != "people" {
				metric = ""
			}
		}
		if np.class == nounCaptive {
			metric = "captured"
		}
		if metric == "" || metric == "casualties" || metric == "lost" {
			continue
		}
		both = both || np.det == "both"
		num := np.num
		if num.length == 0 {
			switch {
			case np.det == "a" && !np.plural:
				num = exactly(1)
			case both:
				num = amount{min: ptr(int64(1)), cmp: claim.AtLeast}
			case np.det == "no":
				continue
			default:
				continue
			}
		}
		t := r.what(np, roleActor)
		party := t.one()
		if e := s.partyAfter(np); e != nil {
			party = e
		}
		if party == nil && np.class == nounBody && len(np.names) > 0 {
			party = r.sideNamed(np)
		}
		confidence := 0.8
		if party == nil {
			confidence = 0.55
		}
		p := claim.Proposition{Kind: "casualties", Quantity: &claim.Quantity{Metric: metric, Party: refOf(party), Min: num.min, Max: num.max, Comparator: num.cmp}}
		if r.battle != nil {
			p.Event = r.battle.IRI
		}
		first, last := nps[0], nps[len(nps)-1]
		at := span{r.toks[first.i].start, r.toks[last.j-1].end}
		if !both {
			at = r.spanOf(np.i, np.j)
		}
		if e := s.partyEnd(last); e > 0 {
			at.end = r.toks[e-1].end
		}
		s.counted(np)
		r.lastParty, r.partyAt = party, r.nth
		s.emit("counted-loss@1", c, v, facts{}, p, at, confidence)
	}
}

// partyEnd returns the token after the phrase that names the party of a loss.
func (s *sentenceState) partyEnd(np *nounPhrase) int {
	for i := range s.chunks {
		if s.chunks[i].kind != chunkNP || s.chunks[i].np != np {
			continue
		}
		end := 0
		for k := i + 1; k+1 < len(s.chunks) && s.chunks[k].kind == chunkPrep && s.chunks[k+1].kind == chunkNP; k += 2 {
			if w := s.chunks[k].word; w == "on" || w == "in" || w == "of" || w == "among" || w == "from" {
				end = s.chunks[k+1].j
				continue
			}
			break
		}
		return end
	}
	return 0
}

// flight reads "the soldiers fled towards X": a movement, for nobody is counted.
func (s *sentenceState) flight(rl *rule, c *clause, v *voice, f facts, p claim.Proposition, who *entity, at span) *claim.Claim {
	r := s.r
	p.Kind, p.Agent = "retreated", []claim.Ref{who.IRI}
	for _, pp := range c.preps {
		if pp.at < c.at || len(pp.nps) == 0 || !slices.Contains(rl.To, pp.prep) {
			continue
		}
		t := r.what(pp.nps[0], rolePlace)
		if e := t.one(); e != nil && e.place() {
			p.Kind, p.Place = rl.ToKind, e.IRI
			if t.class == isInstallation {
				p.Patient = []claim.Ref{e.IRI}
				if e.Within != "" {
					p.Place = e.Within
				}
			}
		}
	}
	if p.Kind == "retreated" {
		r.reject(at, rl.name(), "a flight to nowhere named")
		return nil
	}
	return s.emit(rl.name(), c, v, f, p, at, 0.85)
}
