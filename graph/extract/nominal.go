package extract

import (
	"slices"

	"github.com/belligraph/belligraph/graph/claim"
)

// fromPlace sets the place of "the ousting of the rebels from the town".
func (s *sentenceState) fromPlace(np *nounPhrase, p *claim.Proposition) {
	i := s.chunkOf(np)
	for k := i + 1; i >= 0 && p.Place == "" && k+1 < len(s.chunks) && s.chunks[k].kind == chunkPrep && s.chunks[k+1].kind == chunkNP; k += 2 {
		if s.chunks[k].word != "from" {
			continue
		}
		if e := s.r.what(s.chunks[k+1].np, rolePlace).one(); e != nil && e.place() {
			p.Place = e.IRI
		}
	}
}

// chunkOf returns the chunk of a noun phrase, -1 for none.
func (s *sentenceState) chunkOf(np *nounPhrase) int {
	return slices.IndexFunc(s.chunks, func(c chunk) bool { return c.np == np })
}

// nominals reads the nouns of events that no verb carries: "after the capture of
// the town by the rebels", "French airstrikes on the camp". Only a noun that
// has both the one who acts and the one who suffers tells enough.
func (s *sentenceState) nominals() {
	for i := range s.chunks {
		np := s.chunks[i].np
		if s.chunks[i].kind != chunkNP || np.head < 0 || s.nouns[np] || np.det == "no" || np.det == "any" {
			continue
		}
		if clashNouns[np.noun] && s.nounOfClash(i) {
			continue
		}
		for _, rl := range s.eventRules(np) {
			if s.nounAlone(rl, i) {
				break
			}
		}
	}
}

// nounAlone applies a rule to the noun in chunk i and reports whether it made a
// claim.
func (s *sentenceState) nounAlone(rl *rule, i int) bool {
	r := s.r
	np := s.chunks[i].np
	c := s.clauseAt(i)
	if c == nil || !s.happened(c, i) {
		return false
	}
	if rl.Moves {
		return s.nounOfMove(rl, c, i)
	}
	var things []thing
	var actors []*entity
	end := i + 1
	for k := i + 1; k+1 < len(s.chunks); k++ {
		if s.chunks[k].kind == chunkDate && k+1 < len(s.chunks) && s.chunks[k+1].kind == chunkPrep {
			continue
		}
		if s.chunks[k].kind != chunkPrep || s.chunks[k+1].kind != chunkNP {
			break
		}
		in := s.chunks[k+1].np
		switch s.chunks[k].word {
		case "of", "on", "against", "upon", "at":
			if t := r.what(in, roleTarget); len(things) == 0 && accepts(rl.Patient, t) {
				things = append(things, t)
				end = k + 2
			}
		case "by":
			if t := r.what(in, roleActor); t.class == isActor || t.class == isPeople {
				actors = append(actors, t.ents...)
				end = k + 2
			}
		}
		k++
	}
	if len(actors) == 0 {
		actors = s.whoseDeed(np)
	}
	if len(actors) == 0 && np.possessor == nil && !c.vg.passive && i > c.at && s.chunks[i-1].kind == chunkPrep && (s.chunks[i-1].word == "in" || s.chunks[i-1].word == "during") && len(c.subj) == 1 {
		// "killed ten in an attack on the post": of the one who killed them.
		switch c.vg.lemma {
		case "kill", "wound", "injure", "destroy", "capture", "seize":
			if t := r.what(c.subj[0], roleActor); t.class == isActor || t.class == isPeople {
				actors = t.ents
			}
		}
	}
	if len(things) == 0 || len(actors) == 0 {
		return false
	}
	v := s.voiceAt(c, i)
	if v != nil && v.unknown {
		return false
	}
	p := claim.Proposition{Kind: rl.Kind}
	if k := end; k < len(s.chunks) && s.chunks[k].kind == chunkDate {
		p.Time = r.timeOf(s.chunks[k].date)
		end++
	}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	p.Agent = refsOf(unique(actors))
	s.patients(rl, c, &p, things)
	if len(p.Patient) == 0 && p.Place == "" || slices.ContainsFunc(p.Patient, func(ref claim.Ref) bool { return slices.Contains(p.Agent, ref) }) {
		return false
	}
	at := span{r.toks[s.chunks[i].i].start, r.toks[s.chunks[end-1].j-1].end}
	s.emit(rl.name()+"/noun", c, v, facts{}, p, at, 0.75)
	return true
}

// clashNouns are the nouns of fights that have two sides.
var clashNouns = map[string]bool{
	"clash": true, "skirmish": true, "fighting": true, "firefight": true, "gunbattle": true, "gun-battle": true,
	"shootout": true, "battle": true, "combat": true, "engagement": true,
}

// nounOfClash reads "fighting between the army and the rebels", "were killed in
// clashes with the rebels": who fought whom.
func (s *sentenceState) nounOfClash(i int) bool {
	r := s.r
	c := s.clauseAt(i)
	if c == nil || i+2 >= len(s.chunks) || s.chunks[i+1].kind != chunkPrep || s.chunks[i+2].kind != chunkNP || !s.happened(c, i) || c.vg.lemma == "fight" {
		return false
	}
	side := func(np *nounPhrase) []*entity {
		t := r.what(np, roleActor)
		if t.class != isActor && t.class != isPeople {
			return nil
		}
		for _, e := range t.ents {
			if !e.fights() {
				return nil
			}
		}
		return t.ents
	}
	var one, other []*entity
	end := i + 3
	switch s.chunks[i+1].word {
	case "between":
		one = side(s.chunks[i+2].np)
		for k := i + 3; k+1 < len(s.chunks) && k < i+8; k++ {
			if s.chunks[k].kind == chunkConj && s.chunks[k].word == "and" && s.chunks[k+1].kind == chunkNP {
				other, end = side(s.chunks[k+1].np), k+2
				break
			}
			if s.chunks[k].kind != chunkPrep && s.chunks[k].kind != chunkNP {
				break
			}
		}
	case "with":
		if i == 0 || s.chunks[i-1].kind != chunkPrep || s.chunks[i-1].word != "in" && s.chunks[i-1].word != "during" && s.chunks[i-1].word != "after" || len(c.subj) != 1 {
			return false
		}
		one, other = side(c.subj[0]), side(s.chunks[i+2].np)
	}
	if len(one) == 0 || len(other) == 0 || one[0] == other[0] {
		return false
	}
	v := s.voiceAt(c, i)
	if v != nil && v.unknown {
		return false
	}
	p := claim.Proposition{Kind: "clashedWith", Agent: refsOf(unique(one)), Patient: refsOf(unique(other)), Time: s.when(c)}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	if e := s.where(c, nil); e != nil {
		p.Place = e.IRI
	}
	at := span{r.toks[s.chunks[i].i].start, r.toks[s.chunks[end-1].j-1].end}
	s.emit("clash@1/noun", c, v, facts{}, p, at, 0.75)
	return true
}

// nounOfMove reads "the withdrawal of the rebels from the town", "the army's
// retreat to the river": who moves is of it, the place stands behind from or to.
func (s *sentenceState) nounOfMove(rl *rule, c *clause, i int) bool {
	r := s.r
	np := s.chunks[i].np
	actors := s.whoseDeed(np)
	p := claim.Proposition{Kind: rl.Kind}
	end := i + 1
	for k := i + 1; k+1 < len(s.chunks) && s.chunks[k].kind == chunkPrep && s.chunks[k+1].kind == chunkNP; k += 2 {
		in, prep := s.chunks[k+1].np, s.chunks[k].word
		switch {
		case (prep == "of" || prep == "by") && len(actors) == 0:
			if t := r.what(in, roleActor); t.class == isActor || t.class == isPeople {
				actors, end = t.ents, k+2
			}
		case slices.Contains(rl.From, prep) || slices.Contains(rl.To, prep):
			e := r.what(in, rolePlace).one()
			if e == nil || !e.place() || p.Place != "" {
				continue
			}
			p.Place, end = e.IRI, k+2
			if slices.Contains(rl.To, prep) {
				p.Kind = rl.Kind + "To"
			} else if rl.Kind == "withdrew" {
				p.Kind = "withdrewFrom"
			}
		}
	}
	if len(actors) != 1 || !actors[0].fights() && actors[0].Kind != claim.Person || p.Place == "" && (rl.Kind != "retreated" || i <= c.at || !r.x.rules.supports[c.vg.lemma] && c.vg.lemma != "force") {
		return false
	}
	v := s.voiceAt(c, i)
	if v != nil && v.unknown {
		return false
	}
	p.Agent = refsOf(actors)
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	if end < len(s.chunks) && s.chunks[end].kind == chunkDate {
		p.Time = r.timeOf(s.chunks[end].date)
		end++
	}
	at := span{r.toks[s.chunks[i].i].start, r.toks[s.chunks[end-1].j-1].end}
	s.emit(rl.name()+"/noun", c, v, facts{}, p, at, 0.75)
	return true
}

// whoseDeed returns who acts by the words before the noun of an event: "the
// rebels' attack", "French airstrikes", "a government offensive".
func (s *sentenceState) whoseDeed(np *nounPhrase) []*entity {
	r := s.r
	if np.possessor != nil {
		if t := r.what(np.possessor, roleActor); t.class == isActor || t.class == isPeople {
			return t.ents
		}
		return nil
	}
	if n := len(np.names); n > 0 && np.names[n-1] < np.head {
		m := r.toks[np.names[n-1]].name
		if m.entry != nil && m.entry.Kind == claim.Country && !m.unknown {
			if r.hasDescriptor(np) {
				return r.byDescription(r.descriptors(np))
			}
			return r.peopleOf(m.entry)
		}
		if e := r.nameEntity(r.toks, np.names[n-1], roleActor); e != nil && e.fights() {
			return []*entity{e}
		}
		return nil
	}
	if words := r.descriptors(np); len(words) > 0 && words[0] != "attacker" {
		return r.byDescription(words)
	}
	for k := np.i; k < np.head; k++ {
		switch r.toks[k].lower {
		case "army", "military", "police", "navy":
			return r.stateSide()
		}
	}
	return nil
}

// voiceAt returns who tells of the noun in chunk i of a clause: what stands after
// a verb of saying is said by its subject.
func (s *sentenceState) voiceAt(c *clause, i int) *voice {
	if s.says[c] != nil && i > c.at {
		return stack(append(slices.Clone(s.over), s.says[c]))
	}
	return s.r.voiceOf(c, s.over, s.chunks, s.says)
}

// clauseAt returns the clause that a chunk belongs to.
func (s *sentenceState) clauseAt(i int) *clause {
	var best *clause
	for _, c := range s.clauses {
		if i >= c.from && i < c.to && (best == nil || c.from >= best.from) {
			best = c
		}
	}
	return best
}

// happened reports whether an event named in a clause is told as one that took
// place: the clause is a fact, and neither its verb nor a noun before speaks of
// an intention.
func (s *sentenceState) happened(c *clause, i int) bool {
	if f := s.factuality(c); f.planned || f.negated || f.unreal {
		return false
	}
	lex := s.r.x.lex
	if i > c.at {
		switch c.vg.lemma {
		case "prevent", "avoid", "fear", "expect", "await", "anticipate", "consider", "oppose", "propose", "suggest", "rule-out", "accuse", "blame":
			return false
		}
		if k := lex.infinitive[c.vg.lemma]; k == infinitivePlanned || k == infinitiveFailed {
			return false
		}
	}
	for k := i - 1; k > 0 && k >= i-3; k-- {
		switch {
		case s.chunks[k].kind == chunkNP && lex.intent[s.chunks[k].np.noun] && s.chunks[k].np.noun != "operation" && s.chunks[k].np.noun != "offensive" && s.chunks[k].np.noun != "campaign":
			return false
		case s.chunks[k].kind == chunkPrep && (s.chunks[k].word == "without" || s.chunks[k].word == "against" || s.chunks[k].word == "for" || s.chunks[k].word == "despite"):
			return s.chunks[k].word == "despite"
		case s.chunks[k].kind == chunkVG || s.chunks[k].kind == chunkComma:
			return true
		}
	}
	return true
}

// exploded reads "a car bomb exploded at a checkpoint" and "a bomber detonated
// his explosives": who set it off is not said, and a suicide is told by the word.
func (s *sentenceState) exploded(rl *rule, c *clause, v *voice, at span) ([]*claim.Claim, bool) {
	r := s.r
	bomb, suicide := false, false
	for _, np := range append(slices.Clone(c.subj), c.objs...) {
		switch np.noun {
		case "bomb", "car-bomb", "truck-bomb", "ied", "explosive", "landmine", "mine", "grenade", "vest", "device", "belt":
			bomb = true
		}
		for k := np.i; k < np.j; k++ {
			switch w := r.toks[k].lower; w {
			case "suicide", "suicide-bomber", "bomber":
				suicide = true
			}
		}
	}
	if !bomb {
		return nil, false
	}
	f := s.factuality(c)
	if f.planned || f.negated || f.unreal || v != nil && v.unknown {
		r.reject(at, rl.name(), "not told as a fact: %s", f.why)
		return nil, true
	}
	p := claim.Proposition{Kind: rl.Kind, Time: s.when(c)}
	if suicide {
		p.Kind = "suicideBombed"
	}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	if e := s.where(c, nil); e != nil {
		p.Place = e.IRI
	}
	for _, pp := range c.preps {
		switch pp.prep {
		case "in", "at", "near", "outside", "inside":
			if t := r.what(pp.nps[0], rolePlace); p.Place == "" && (t.class == isInstallation || t.class == isPlace) {
				s.patients(rl, c, &p, []thing{t})
			}
		}
	}
	if p.Place == "" && len(p.Patient) == 0 {
		r.reject(at, rl.name(), "where it was cannot be resolved")
		return nil, true
	}
	return []*claim.Claim{s.emit(rl.name(), c, v, f, p, at, 0.8)}, true
}

// eventRules returns the rules of the noun of an event; a word before it may
// tell another: an air strike bombs, a mortar attack shells.
func (s *sentenceState) eventRules(np *nounPhrase) []*rule {
	x := s.r.x
	rules := x.rules.nouns[np.noun]
	switch np.noun {
	case "bombing", "attack", "strike", "raid", "assault", "bomb", "fire":
	default:
		return rules
	}
	for k := np.i; k < np.head; k++ {
		switch s.r.toks[k].lower {
		case "suicide":
			return x.rules.nouns["suicide-bombing"]
		case "air", "aerial", "drone", "bombing":
			return x.rules.nouns["airstrike"]
		case "mortar", "artillery", "rocket", "missile":
			return x.rules.nouns["shelling"]
		}
	}
	if np.noun == "strike" || np.noun == "bomb" || np.noun == "fire" {
		return nil
	}
	return rules
}
