package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

// lossOf reads "suffered a loss of 6,000 fighters", "sustained casualties of 20
// killed": the number stands in the phrase with "of".
func (s *sentenceState) lossOf(c *clause, v *voice) {
	r := s.r
	switch c.vg.lemma {
	case "suffer", "sustain", "incur", "report", "take":
	default:
		return
	}
	for _, np := range c.objs {
		if np.class != nounBody || np.num.length > 0 || np.of == nil || np.of.num.length == 0 || s.losses[np.of] {
			continue
		}
		switch np.noun {
		case "loss", "casualty":
		default:
			continue
		}
		in := np.of
		metric := "killed"
		if in.class == nounBody {
			if metric = r.x.rules.metrics[in.noun]; metric == "" {
				continue
			}
		} else if in.class == nounCaptive {
			metric = "captured"
		} else if in.class != nounFighter && in.head >= 0 {
			continue
		} else if np.noun == "casualty" {
			metric = "casualties"
		}
		var party *entity
		if len(c.subj) == 1 {
			party = s.own(r.what(c.subj[0], roleActor).one())
		}
		s.count(c, v, in, metric, party, r.spanOf(np.i, in.j), 0.75)
	}
}

// lossBefore returns whose loss the words before a bare number speak of: "the
// Confederates, whose loss was 60 killed", "which cost the assailants 30 killed",
// "were routed with the loss of their guns and 20 killed".
func (s *sentenceState) lossBefore(np *nounPhrase) *entity {
	r := s.r
	at := s.chunkOf(np)
	for k := at - 1; k >= 0; k-- {
		ch := &s.chunks[k]
		switch {
		case ch.kind == chunkStop:
			return nil
		case ch.kind == chunkVG && ch.vg.lemma == "cost" && k+1 < at && s.chunks[k+1].kind == chunkNP:
			if t := r.what(s.chunks[k+1].np, roleActor); t.class == isActor || t.class == isPeople {
				return s.own(t.one())
			}
			return nil
		case ch.kind == chunkNP && (ch.np.noun == "loss" || ch.np.noun == "casualty") && ch.np != np:
			if k > 0 && s.chunks[k-1].kind == chunkRel && s.chunks[k-1].word == "whose" {
				for q := k - 2; q >= 0; q-- {
					if s.chunks[q].kind == chunkNP {
						return s.own(r.what(s.chunks[q].np, roleActor).one())
					}
				}
				return nil
			}
			if k > 0 && s.chunks[k-1].kind == chunkPrep && (s.chunks[k-1].word == "with" || s.chunks[k-1].word == "for") {
				return s.sufferer(k)
			}
			if e := r.tollParty(s, ch.np); e != nil && e.fights() {
				return e
			}
			return nil
		}
	}
	return nil
}

// sufferer returns who the clause around chunk k tells of: whose loss one is
// "with the loss of".
func (s *sentenceState) sufferer(k int) *entity {
	var c *clause
	for _, d := range s.clauses {
		if d.at < k {
			c = d
		}
	}
	if c == nil || len(c.subj) != 1 {
		return nil
	}
	t := s.r.what(c.subj[0], roleActor)
	if t.class == isActor || t.class == isPeople {
		return s.own(t.one())
	}
	if c.subj[0].class == nounEvent {
		// "The assault was repulsed with a loss of 40 men."
		if who := s.whoseDeed(c.subj[0]); len(who) == 1 {
			return who[0]
		}
		if c.subj[0].definite && s.r.lastAttack != nil && c.vg.passive {
			if who := s.r.entitiesOf(s.r.lastAttack.Agent); len(who) == 1 {
				return who[0]
			}
		}
	}
	return nil
}

// lossPhrases reads "with a loss of 500 men", "for the loss of 12 killed", "at a
// cost of 30 dead": the number hangs on a noun that no verb carries.
func (s *sentenceState) lossPhrases() {
	r := s.r
	for i := 1; i < len(s.chunks); i++ {
		np := s.chunks[i].np
		if s.chunks[i].kind != chunkNP || np.noun != "loss" && np.noun != "cost" || np.of == nil || np.of.num.length == 0 || s.losses[np.of] {
			continue
		}
		if prep := &s.chunks[i-1]; prep.kind != chunkPrep || prep.word != "with" && prep.word != "for" && prep.word != "at" {
			continue
		}
		in := np.of
		metric, end := "killed", in.j
		if k := s.chunkOf(in); in.head < 0 {
			if k < 0 || k+1 >= len(s.chunks) || s.chunks[k+1].kind != chunkVG {
				continue
			}
			metric, end = r.x.rules.metrics[r.toks[s.chunks[k+1].vg.main].lower], s.chunks[k+1].j
		} else if in.class == nounBody || in.class == nounCaptive {
			metric = r.x.rules.metrics[in.noun]
		} else if in.class != nounFighter {
			continue
		}
		if metric == "" || metric == "lost" {
			continue
		}
		c := s.clauseAt(i)
		if c == nil {
			continue
		}
		if f := s.factuality(c); f.planned || f.unreal || f.negated {
			continue
		}
		v := r.voiceOf(c, s.over, s.chunks, s.says)
		if v != nil && v.unknown {
			continue
		}
		party := s.sufferer(i)
		if e := r.what(in, roleActor).one(); in.class == nounFighter && e != nil && len(in.names) > 0 {
			party = e
		}
		s.count(c, v, in, metric, party, r.spanOf(np.i, end), 0.75)
	}
}

// toll reads "rebel losses stood at 10 dead", "the death toll rose to 45".
func (s *sentenceState) toll(c *clause, v *voice) {
	r := s.r
	if len(c.subj) != 1 || c.vg.passive {
		return
	}
	np := c.subj[0]
	metric := ""
	switch np.noun {
	case "toll":
		metric = "killed"
		for k := np.i; k < np.head; k++ {
			if r.toks[k].lower == "casualty" {
				metric = "casualties"
			}
		}
	case "loss", "casualty":
		metric = "casualties"
	case "dead", "death", "fatality":
		metric = "killed"
	case "wounded", "injured":
		metric = "wounded"
	case "claim", "estimate", "figure", "report", "account":
		// "claims of casualties by X were 71 dead"
		if np.of == nil || np.of.noun != "casualty" && np.of.noun != "loss" {
			return
		}
		metric = "casualties"
		for _, p := range c.preps {
			if p.prep == "by" && p.at < c.at && v == nil {
				if w := r.speaker(p.nps, nil, c, s.chunks); !w.unknown {
					w.class, v = sayClaimed, w
				}
			}
		}
		np = np.of
	default:
		return
	}
	var counts []*nounPhrase
	switch c.vg.lemma {
	case "stand", "rise", "amount", "climb", "come", "increase", "grow":
		for _, p := range c.preps {
			if p.at > c.at && (p.prep == "at" || p.prep == "to") {
				counts = append(counts, p.nps...)
			}
		}
	case "be", "number", "total", "reach", "include", "exceed":
		counts = c.objs
	default:
		return
	}
	party := r.tollParty(s, np)
	for k, in := range counts {
		if in.num.length == 0 || s.losses[in] {
			continue
		}
		m := metric
		end := in.j
		if in.head >= 0 && in.class == nounBody {
			if w := r.x.rules.metrics[in.noun]; w != "" {
				m = w
			}
		} else if in.head >= 0 && in.class != nounFighter && in.noun != "people" && in.noun != "person" {
			continue
		}
		// "300 killed": the participle stands as a verb of its own.
		if i := s.chunkOf(in); in.head < 0 && i >= 0 && i+1 < len(s.chunks) && s.chunks[i+1].kind == chunkVG {
			if w := r.x.rules.metrics[r.toks[s.chunks[i+1].vg.main].lower]; w != "" {
				m, end = w, s.chunks[i+1].j
			}
		}
		for i := in.i; in.head >= 0 && i < in.head; i++ {
			if w := r.x.rules.metrics[r.toks[i].lower]; w != "" && r.toks[i].tag != tagName {
				m = w // "ten dead militiamen"
			}
		}
		if i := s.chunkOf(in); in.class == nounFighter && i >= 0 && i+1 < len(s.chunks) && (s.chunks[i+1].kind == chunkVG || s.chunks[i+1].kind == chunkAdv) {
			if w := r.x.rules.metrics[r.toks[s.chunks[i+1].i].lower]; w != "" {
				m, end = w, s.chunks[i+1].j // "71 soldiers dead"
			}
		}
		if in.class == nounFighter {
			if e := r.what(in, roleActor).one(); e != nil {
				party = e
			}
		}
		if m == "casualties" && k > 0 {
			continue
		}
		at := r.spanOf(np.i, end)
		if k > 0 {
			at = r.spanOf(in.i, end)
		}
		s.count(c, v, in, m, party, at, 0.75)
	}
}

// tollParty returns whose losses a phrase such as "the government casualties",
// "rebel losses", "losses of the army" speaks of.
func (r *reader) tollParty(s *sentenceState, np *nounPhrase) *entity {
	if np.possessor != nil {
		return r.what(np.possessor, roleActor).one()
	}
	if len(np.names) > 0 {
		return r.sideNamed(np)
	}
	switch np.det {
	case "their", "its":
		return r.owner(np)
	}
	if words := r.descriptors(np); len(words) > 0 {
		if ents := r.byDescription(words); len(ents) == 1 {
			return ents[0]
		}
	}
	for k := np.i; k < np.head; k++ {
		switch r.toks[k].lower {
		case "civilian":
			return r.newEntity(claim.Civilians, "civilians", "civilians")
		case "army", "military", "police", "navy", "troop":
			if s := r.stateSide(); len(s) == 1 {
				return s[0]
			}
		}
	}
	return s.partyAfter(np)
}

// count makes a claim of a number of losses.
func (s *sentenceState) count(c *clause, v *voice, np *nounPhrase, metric string, party *entity, at span, confidence float64) {
	r := s.r
	if party == nil {
		confidence -= 0.15
	}
	p := claim.Proposition{Kind: "casualties", Quantity: s.quantity(np, metric, refOf(party))}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	s.counted(np)
	if party != nil {
		r.lastParty, r.partyAt = party, r.nth
	}
	s.emit("toll@1", c, v, facts{}, p, at, confidence)
}
