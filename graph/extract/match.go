package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// sentence reads one sentence.
func (r *reader) sentence(at span) {
	defer r.explainEnd(at)
	defer func() {
		// A fault of ours in one sentence must not lose the rest of an article.
		if fault := recover(); fault != nil {
			line, column := r.doc.position(at.start)
			r.doc.problem(line, column, "sentence skipped, internal fault: %v", fault)
		}
	}()
	x := r.x
	r.toks = tokenize(r.doc.text, at, x.lex, r.toks)
	toks := r.toks
	if len(toks) == 0 {
		return
	}
	if len(toks) > 400 {
		r.reject(at, "sentence@1", "more than 400 words: not prose")
		return
	}
	r.matchNames(toks)
	x.lex.tagSentence(toks)
	if r.boxed {
		x.presentTense(toks)
	}
	chunks := x.chunks(toks)
	over, taken := r.accordingTo(chunks)
	if len(taken) > 0 {
		kept := make([]chunk, 0, len(chunks))
		for i := range chunks {
			if !taken[i] {
				kept = append(kept, chunks[i])
			}
		}
		chunks = kept
	}
	if headline(x, toks, chunks) {
		chunks = x.chunks(toks)
	}
	r.first = len(r.ex.Claims)
	r.nth++
	clauses := clausesOf(chunks, toks, x)
	if r.explain {
		r.step("%s", describe(chunks, toks))
	}
	s := &sentenceState{r: r, at: at, chunks: chunks, clauses: clauses, over: over, says: make(map[*clause]*voice)}
	if r.lastQuoted {
		s.before = r.lastVoice
	}
	told := r.lastVoice
	r.told = told
	r.lastVoice = nil
	for _, c := range clauses {
		s.hear(c)
	}
	s.trailing()
	s.carry(told)
	for i := range chunks {
		if np := chunks[i].np; chunks[i].kind == chunkNP && np.class == nounPlace && !np.plural && np.num.length == 0 && np.of != nil && len(np.names) == 0 {
			r.what(np, rolePlace) // "in the town of X"
		}
		// Every name is met once, so that later sentences know it.
		if chunks[i].kind == chunkNP && len(chunks[i].np.names) > 0 {
			as := roleNone
			if i > 0 && chunks[i-1].kind == chunkPrep {
				switch chunks[i-1].word {
				case "in", "near", "at", "around", "outside", "towards", "into", "through", "from", "to":
					as = rolePlace
				}
			}
			t := r.what(chunks[i].np, as)
			if e := t.one(); as == rolePlace && e != nil && e.Kind == claim.Place && chunks[i-1].word != "from" && chunks[i-1].word != "to" && chunks[i-1].word != "through" && chunks[i-1].word != "towards" {
				r.lastPlace = e
			}
		}
	}
	for _, c := range clauses {
		s.read(c)
	}
	s.lossPhrases()
	s.nominals()
	s.nominalLosses()
	s.gainsaid()
	r.lastVoice, r.lastQuoted = s.last, false
	for i := range toks {
		r.lastQuoted = r.lastQuoted || toks[i].tag == tagQuote
	}
	if s.last == nil && s.before != nil && r.lastQuoted {
		r.lastVoice = s.before
	}
	if r.explain && len(r.steps) == 0 {
		r.step("no rule fired")
	}
}

// headline takes the noun of a sentence without a verb for the verb that it may
// be, "rebels attack the airport", and reports whether there was one.
func headline(x *Extractor, toks []token, chunks []chunk) bool {
	for i := range chunks {
		if chunks[i].kind == chunkVG {
			return false
		}
	}
	for i := 1; i+1 < len(toks); i++ {
		info := toks[i].info
		if toks[i].tag == tagNoun && info != nil && info.forms&(formBase|formThird) != 0 && len(x.rules.verbs[info.lemma]) > 0 &&
			(toks[i-1].tag == tagName || toks[i-1].tag == tagNoun && toks[i-1].info != nil && toks[i-1].info.plural) && (toks[i+1].tag == tagName || toks[i+1].tag == tagDet) {
			toks[i].tag, toks[i].lemma = tagVerb, info.lemma
			return true
		}
	}
	return false
}

// fire tries the rules of a clause's verb.
func (s *sentenceState) fire(c *clause, v *voice) []*claim.Claim {
	rules := s.r.x.rules.verbs[c.vg.lemma]
	if word := s.particle(c); word != "" {
		if more := s.r.x.rules.verbs[c.vg.lemma+" "+word]; len(more) > 0 {
			rules = more
		}
	}
	for _, rl := range rules {
		if out, done := s.try(rl, c, v); done {
			return out
		}
	}
	return nil
}

// particle returns the word of a phrasal verb that stands behind its object:
// "drove the garrison out of the town".
func (s *sentenceState) particle(c *clause) string {
	if c.vg.passive || len(c.objs) == 0 {
		return ""
	}
	last := c.objs[len(c.objs)-1]
	for k := c.at + 1; k < c.to; k++ {
		if s.chunks[k].kind != chunkNP || s.chunks[k].np != last || k+1 >= len(s.chunks) {
			continue
		}
		switch ch := s.chunks[k+1]; ch.word {
		case "out", "back", "off":
			return ch.word
		case "out of":
			return "out"
		}
	}
	return ""
}

// roles are the deep subject and object of a clause.
func (s *sentenceState) roles(c *clause) (agents, patients []*nounPhrase, by bool) {
	if !c.vg.passive {
		return c.subj, c.objs, false
	}
	for _, p := range c.preps {
		if p.prep == "by" && p.at > c.at {
			nps := p.nps
			for _, q := range c.preps {
				if q.prep == "by" && q.at > p.at && q.at >= 1 && s.chunks[q.at-1].kind == chunkPrep && s.chunks[q.at-1].word == "as well as" {
					nps = append(slices.Clone(nps), q.nps...)
				}
			}
			return nps, c.subj, true
		}
	}
	return nil, c.subj, false
}

// try applies one rule; done tells that it took the clause, with or without a
// claim.
func (s *sentenceState) try(rl *rule, c *clause, v *voice) (out []*claim.Claim, done bool) {
	r := s.r
	at := s.span(c)
	agents, patients, by := s.roles(c)
	if len(rl.Inverse) > 0 {
		// "the town fell to the rebels": the subject suffers, the phrase acts.
		agents, patients = nil, c.subj
		for i := range c.preps {
			if slices.Contains(rl.Inverse, c.preps[i].prep) && c.preps[i].at > c.at {
				agents = c.preps[i].nps
				break // not "of" in "to a force under the command of X"
			}
		}
		if len(agents) == 0 && strings.HasSuffix(c.vg.lemma, " of") {
			agents = c.objs // "came under the control of X"
		}
		if len(agents) == 0 && rl.Agent == "required" || c.vg.passive {
			return nil, false
		}
	}
	if rl.Needs && !slices.ContainsFunc(c.preps, func(p prepPhrase) bool { return p.at > c.at && slices.Contains(rl.From, p.prep) }) {
		return nil, false
	}
	if rl.ID == "explode" {
		return s.exploded(rl, c, v, at)
	}
	if slices.Contains(rl.Patient, "none") && c.vg.passive && c.vg.part {
		agents, patients = c.subj, nil
	}
	// "two others wounded": a participle that stands alone is passive.
	if !c.vg.passive && len(patients) == 0 && !slices.Contains(rl.Patient, "none") && len(agents) > 0 && len(rl.Target) == 0 && (rl.Kind == "casualties" || rl.Kind == "destroyed" && r.what(agents[0], roleTarget).class == isEquipment && len(c.preps) == 0) && !c.vg.to && !c.vg.ing && c.own {
		agents, patients = nil, c.subj
	}
	for _, p := range c.preps {
		// "took them by surprise".
		if len(p.nps) == 1 && (p.nps[0].noun == "surprise" || p.nps[0].noun == "storm" && rl.Kind != "captured") && p.at > c.at && !c.vg.passive {
			r.reject(at, rl.name(), "null pattern %q", p.prep+" "+p.nps[0].noun)
			return nil, rl.Kind != "captured" || p.nps[0].noun == "surprise"
		}
	}
	for _, o := range patients {
		if o.noun != "" && slices.Contains(rl.Null, o.noun) && len(o.names) == 0 {
			r.reject(at, rl.name(), "null pattern %q", o.noun)
			return nil, true
		}
	}
	// The object of a rule that reaches its patient by a preposition.
	var patientPrep *prepPhrase
	if len(patients) == 0 || len(rl.Target) > 0 && !c.vg.passive {
		for i := range c.preps {
			if slices.Contains(rl.Target, c.preps[i].prep) && c.preps[i].at > c.at {
				patientPrep = &c.preps[i]
				patients = patientPrep.nps
				break
			}
		}
	}
	if rl.Counted && !slices.ContainsFunc(c.subj, func(np *nounPhrase) bool { return np.num.length > 0 || np.det == "a" }) {
		return nil, false
	}
	var things []thing
	for _, np := range patients {
		t := r.what(np, roleTarget)
		if len(t.ents) == 0 && np.definite && (t.class == isPlace || t.class == isInstallation) {
			// "The provincial capital, the city of X, fell".
			if k := asideAfter(s.chunks, np); k > 0 {
				if aside := r.what(s.chunks[k].np, roleTarget); len(aside.ents) == 1 && (aside.class == isPlace || aside.class == isInstallation) {
					t = aside
				}
			}
		}
		if !accepts(rl.Patient, t) {
			continue
		}
		things = append(things, t)
	}
	if len(things) == 0 && !slices.Contains(rl.Patient, "none") {
		if len(patients) > 0 {
			r.step("%s: the object does not fit", rl.name())
		}
		return nil, false
	}
	if slices.Contains(rl.Patient, "none") && len(things) == 0 && len(patients) > 0 && patientPrep == nil && len(c.objs) > 0 && !c.vg.passive && rl.Kind != "casualties" {
		if !(rl.ID == "retreat" || rl.ID == "withdraw") {
			return nil, false
		}
	}
	var actors []*entity
	if by && len(agents) == 1 {
		// "evacuated by helicopter", "killed by a mine": an instrument.
		if t := r.what(agents[0], roleActor); t.class == isEquipment && len(t.ents) == 0 || t.class == isEvent {
			agents = nil
		}
	}
	if len(agents) == 1 && rl.Agent == "optional" && (rl.Kind == "bombed" || rl.Kind == "shelled") {
		if t := r.what(agents[0], roleActor); t.class == isEquipment && len(t.ents) == 0 {
			agents = nil // "helicopters bombed": whose is not said
		}
	}
	agentKnown := len(agents) > 0
	plain := make([]*nounPhrase, 0, len(agents))
	for _, np := range agents {
		as := roleAgent
		t := r.what(np, as)
		if rl.Agents == "person" && len(t.ents) == 0 {
			t = r.what(np, rolePerson)
		}
		switch t.class {
		case isActor, isPeople, isCivilian:
			actors = append(actors, t.ents...)
			plain = append(plain, np)
		case isEvent:
			// "The attack killed ten": the event's own agent, if known.
		case isEquipment:
			actors = append(actors, t.ents...)
		case isPlace, isInstallation:
			if rl.ID == "surrender" {
				actors = append(actors, t.ents...) // "the town surrendered"
			}
		}
	}
	f := s.factuality(c)
	if f.unreal {
		r.reject(at, rl.name(), "not told as a fact: %s", f.why)
		return nil, true
	}
	if f.planned && f.why != "" && strings.HasPrefix(f.why, "modal") && f.why != "modal would" && f.why != "modal will" {
		if !(f.why == "modal could" && f.negated) {
			r.reject(at, rl.name(), "not told as a fact: %s", f.why)
			return nil, true
		}
		f.planned = false
	}
	if f.planned && c.rel == relInfinitive && c.gov != nil && r.x.rules.performs[c.gov.vg.lemma] && s.intended(c) {
		r.reject(at, rl.name(), "what an attack aimed at")
		return nil, true
	}
	if f.planned && c.rel == relInfinitive && c.gov != nil && s.intended(c) && s.attempted(c) {
		r.reject(at, rl.name(), "what an attempt aimed at")
		return nil, true
	}
	if v != nil && v.unknown {
		r.reject(at, rl.name(), "who says it cannot be resolved")
		return nil, true
	}
	p := claim.Proposition{Kind: rl.Kind, Time: s.when(c)}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	if rl.Kind == "casualties" {
		return s.casualties(rl, c, v, f, p, plain, actors, things, at), true
	}
	if rl.Agent == "required" && len(actors) == 0 {
		r.reject(at, rl.name(), "who did it cannot be resolved")
		return nil, true
	}
	if !agentKnown && rl.Agent != "required" && f.planned {
		r.reject(at, rl.name(), "a plan without an agent")
		return nil, true
	}
	if agentKnown && len(actors) == 0 && rl.Kind != "destroyed" && rl.Agent != "any" {
		r.reject(at, rl.name(), "who did it cannot be resolved")
		return nil, true
	}
	p.Agent = refsOf(unique(actors))
	s.patients(rl, c, &p, things)
	if p.Place == "" && len(p.Patient) == 0 && len(things) > 0 && p.Quantity == nil {
		if things[0].class != isEvent {
			r.reject(at, rl.name(), "to whom or what it was done cannot be resolved")
			return nil, true
		}
	}
	if rl.Kind == "repelled" {
		s.repelled(&p, things, at)
		for _, pp := range c.preps {
			if p.Place == "" && pp.at > c.at && len(pp.nps) > 0 && (pp.prep == "from" || pp.prep == "out of" || pp.prep == "of" && strings.HasSuffix(c.vg.lemma, " out") || pp.prep == "of" && s.particle(c) == "out") {
				if t := r.what(pp.nps[0], rolePlace); t.class == isPlace && len(t.ents) == 1 {
					p.Place = t.ents[0].IRI
				}
			}
		}
	}
	if rl.ID == "leave" && (c.vg.ing || c.vg.passive || c.at+2 < c.to && s.chunks[c.at+2].kind == chunkNP) {
		return nil, true // "leaving X the only town"
	}
	if rl.ID == "leave" && slices.ContainsFunc(actors, func(e *entity) bool { return !e.fights() }) {
		r.reject(at, rl.name(), "a person's journey")
		return nil, true
	}
	if rl.Kind == "withdrew" {
		// "withdrew its garrison": its own people.
		p.Patient = slices.DeleteFunc(p.Patient, func(ref claim.Ref) bool { return slices.Contains(p.Agent, ref) })
	}
	if slices.ContainsFunc(p.Patient, func(ref claim.Ref) bool { return slices.Contains(p.Agent, ref) }) {
		r.reject(at, rl.name(), "agent and patient are the same")
		return nil, true
	}
	if rl.Moves || rl.ToKind != "" || len(rl.To) > 0 {
		s.movement(rl, c, &p)
	}
	if p.Place == "" {
		if e := s.where(c, nil); e != nil {
			p.Place = e.IRI
		}
	}
	if rl.Kind == "controlled" && v != nil && v.class == sayClaimed && v.claimant != nil && slices.Contains(p.Agent, v.claimant.IRI) {
		p.Kind = "claimedControl"
		if p.Time.IsZero() {
			p.Time = v.said
		}
	}
	if rl.ID == "command" && v == nil && !f.negated && len(actors) == 1 && len(p.Patient) == 1 && actors[0].Kind == claim.Person && actors[0].Of == "" {
		if e := r.byIRI[p.Patient[0]]; e != nil && e.fights() {
			actors[0].Of, actors[0].country = e.IRI, e.country
		}
	}
	s.reason(c, &p)
	return []*claim.Claim{s.emit(rl.name(), c, v, f, p, at, 0.9)}, true
}

func unique(list []*entity) []*entity {
	var out []*entity
	for _, e := range list {
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}
