package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// spoken reads what a verb of saying has for its object: a denial of defeat, a
// new name for what happened. It reports whether it made a claim.
func (s *sentenceState) spoken(c *clause, outer *voice) bool {
	r := s.r
	v := s.says[c]
	if v == nil {
		return false
	}
	if outer != nil {
		v = stack(append([]*voice{outer}, v))
	}
	lemma := c.vg.lemma
	at := s.span(c)
	if !c.own || c.rel == relGerund || c.rel == relCoord {
		at.start = r.toks[s.chunks[c.at].i].start
	}
	emit := func(rule string, p claim.Proposition, stance claim.Stance) bool {
		if v.unknown || v.claimant == nil {
			r.reject(at, rule, "who says it cannot be resolved")
			return true
		}
		if r.battle != nil {
			p.Event = r.battle.IRI
		}
		w := *v
		if w.class == sayDenies || w.class == sayConcedes {
			w.class = sayReported
		}
		cl := s.emit(rule, c, &w, facts{}, p, at, 0.8)
		for i := r.first; i < len(r.ex.Claims); i++ {
			if d := &r.ex.Claims[i]; d.Rule == cl.Rule && d.Evidence[0] == cl.Evidence[0] && d.Proposition.Text == p.Text {
				d.Stance = stance
			}
		}
		return true
	}
	if r.x.rules.nameAs[lemma] {
		for _, pp := range c.preps {
			if pp.prep == "as" && len(pp.nps) > 0 {
				return emit("characterise-as@1", claim.Proposition{Kind: "characterisation", Text: s.words(pp.nps[0])}, claim.Characterises)
			}
		}
	}
	var quoted *nounPhrase
	for _, np := range c.objs {
		if np.quoted {
			quoted = np
		}
	}
	if (r.x.rules.nameBare[lemma] || v.class == sayReported || v.class == sayClaimed) && quoted != nil && quoted.class == nounEvent {
		return emit("characterise@1", claim.Proposition{Kind: "characterisation", Text: s.words(quoted)}, claim.Characterises)
	}
	if v.class == sayDenies && len(c.objs) > 0 {
		np := c.objs[0]
		switch np.noun {
		case "defeat", "loss":
			p := claim.Proposition{Kind: "outcome", Text: np.noun}
			if v.claimant != nil {
				who := v.claimant
				if v.behalf != nil {
					who = v.behalf
				}
				p.Patient = []claim.Ref{who.IRI}
			}
			return emit("deny-outcome@1", p, claim.Denies)
		case "fighting", "clash":
			return emit("deny-fighting@1", claim.Proposition{Kind: "fighting"}, claim.Denies)
		}
	}
	return false
}

// words returns the words of a phrase without its article and quotation marks.
func (s *sentenceState) words(np *nounPhrase) string {
	toks := s.r.toks
	i, j := np.i, np.j
	for i < j && (toks[i].tag == tagDet || toks[i].tag == tagQuote) {
		i++
	}
	for j > i && toks[j-1].tag == tagQuote {
		j--
	}
	if i >= j {
		return ""
	}
	return strings.Join(strings.Fields(s.r.doc.text[toks[i].start:toks[j-1].end]), " ")
}

// absence reads "there was no fighting or loss of life".
func (s *sentenceState) absence(c *clause, v *voice) bool {
	if !c.there || len(c.objs) == 0 {
		return false
	}
	r := s.r
	no := c.vg.negated
	for _, np := range c.objs {
		no = no || np.det == "no"
	}
	if !no {
		return false
	}
	at := s.span(c)
	if v != nil && v.unknown {
		r.reject(at, "there-was-no@1", "who says it cannot be resolved")
		return true
	}
	made := false
	for _, np := range c.objs {
		kind := ""
		switch {
		case np.noun == "fighting" || np.noun == "combat" || np.noun == "clash" || np.noun == "battle":
			kind = "fighting"
		case np.noun == "casualty" || np.noun == "death" || np.noun == "fatality":
			kind = "lossOfLife"
		case np.noun == "loss":
			for _, p := range c.preps {
				if p.prep == "of" && len(p.nps) > 0 && p.nps[0].noun == "life" {
					kind = "lossOfLife"
				}
			}
		}
		if kind == "" {
			continue
		}
		p := claim.Proposition{Kind: kind}
		if r.battle != nil {
			p.Event = r.battle.IRI
		}
		s.emit("there-was-no@1", c, v, facts{negated: true}, p, at, 0.9)
		made = true
	}
	return made
}

// nominal reads an event told by a noun: "led to the capture of the commune by
// MNLA rebels".
func (s *sentenceState) nominal(c *clause, v *voice) []*claim.Claim {
	r := s.r
	lemma := c.vg.lemma
	supports, performs := r.x.rules.supports[lemma], r.x.rules.performs[lemma]
	if c.vg.be && len(c.subj) == 1 && len(c.objs) > 0 && !c.vg.negated {
		// "The battle was a raid on the town by X": what it was.
		t := c.subj[0]
		supports = t.pronoun && t.noun == "it" || t.class == nounEvent || t.head >= 0 && r.toks[t.head].tag == tagName && r.what(t, roleNone).class == isEvent
		if !s.hasBy(c) {
			return nil
		}
	}
	if !supports && !performs || c.vg.passive && !performs {
		return nil
	}
	nps := append([]*nounPhrase(nil), c.objs...)
	if c.vg.passive {
		nps = append(nps, c.subj...)
	} else if len(nps) == 0 && len(c.preps) > 0 && c.preps[0].at == c.at+1 {
		nps = append(nps, c.preps[0].nps...)
	}
	for _, np := range nps {
		for _, rl := range s.eventRules(np) {
			if out := s.nominalRule(rl, c, v, np, performs); out != nil {
				return out
			}
		}
	}
	return nil
}

func (s *sentenceState) hasBy(c *clause) bool {
	for _, p := range c.preps {
		if p.prep == "by" {
			return true
		}
	}
	return false
}

func (s *sentenceState) nominalRule(rl *rule, c *clause, v *voice, np *nounPhrase, performs bool) []*claim.Claim {
	r := s.r
	at := s.span(c)
	f := s.factuality(c)
	if f.unreal || f.planned || f.negated || np.det == "no" {
		r.reject(at, rl.name()+"/noun", "not told as a fact: %s", f.why)
		return []*claim.Claim{}
	}
	if v != nil && v.unknown {
		return nil
	}
	p := claim.Proposition{Kind: rl.Kind, Time: s.when(c)}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	var things []thing
	var actors []*entity
	found := false
	for i := range s.chunks {
		if s.chunks[i].kind != chunkNP || s.chunks[i].np != np {
			continue
		}
		for k := i + 1; k+1 < len(s.chunks) && s.chunks[k].kind == chunkPrep && s.chunks[k+1].kind == chunkNP; k += 2 {
			in := s.chunks[k+1].np
			switch s.chunks[k].word {
			case "of", "on", "against", "upon", "at", "in":
				if s.chunks[k].word == "in" && rl.Kind != "suicideBombed" && !slices.Contains(rl.Target, "in") {
					continue
				}
				if t := r.what(in, roleTarget); accepts(rl.Patient, t) && !found {
					things, found = append(things, t), true
				}
			case "by":
				actors = append(actors, r.what(in, roleActor).ents...)
			}
		}
	}
	if s.nouns == nil {
		s.nouns = make(map[*nounPhrase]bool)
	}
	s.nouns[np] = true
	if len(things) == 0 && np.possessor == nil && performs && (rl.Kind == "attacked") && c.rel == relCoord && c.gov != nil && len(c.gov.objs) == 1 {
		// "surrounded the town and began an attack".
		if t := r.what(c.gov.objs[0], roleTarget); t.class == isPlace || t.class == isInstallation {
			things = append(things, t)
		}
	}
	if len(things) == 0 && performs {
		// "launched an offensive to retake the city".
		for _, d := range s.clauses {
			if d.gov == c && d.rel == relInfinitive && len(d.objs) == 1 {
				if t := r.what(d.objs[0], roleTarget); t.class == isPlace || t.class == isInstallation {
					things = append(things, t)
					break
				}
			}
		}
	}
	if performs && len(actors) == 0 {
		agents, _, _ := s.roles(c)
		for _, a := range agents {
			if t := r.what(a, roleActor); t.class == isActor || t.class == isPeople {
				actors = append(actors, t.ents...)
			}
		}
		if len(actors) == 0 {
			return nil
		}
	}
	if len(things) == 0 {
		return nil
	}
	p.Agent = refsOf(unique(actors))
	s.patients(rl, c, &p, things)
	if len(p.Patient) == 0 && p.Place == "" {
		return nil
	}
	if rl.ID == "repel" {
		s.fromPlace(np, &p)
	}
	// "The battle led to …": of the battle.
	if p.Time.IsZero() && len(c.subj) > 0 && c.subj[0].class == nounEvent && (c.subj[0].noun == "battle" || c.subj[0].noun == "siege" || c.subj[0].noun == "fighting") && c.subj[0].definite && !r.bounds.IsZero() {
		p.Time = r.bounds
		p.Time.Text, p.Time.Rule = "", "of-battle"
	}
	return []*claim.Claim{s.emit(rl.name()+"/noun", c, v, f, p, at, 0.85)}
}
