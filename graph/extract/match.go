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
	r.first = len(r.ex.Claims)
	clauses := clausesOf(chunks, toks, x)
	if r.explain {
		r.step("%s", describe(chunks, toks))
	}
	s := &sentenceState{r: r, at: at, chunks: chunks, clauses: clauses, over: over, says: make(map[*clause]*voice)}
	if r.lastQuoted {
		s.before = r.lastVoice
	}
	s.carry()
	r.lastVoice = nil
	for _, c := range clauses {
		s.hear(c)
	}
	s.trailing()
	for i := range chunks {
		// Every name is met once, so that later sentences know it.
		if chunks[i].kind == chunkNP && len(chunks[i].np.names) > 0 {
			as := roleNone
			if i > 0 && chunks[i-1].kind == chunkPrep {
				switch chunks[i-1].word {
				case "in", "near", "at", "around", "outside", "towards", "into", "through", "from", "to":
					as = rolePlace
				}
			}
			r.what(chunks[i].np, as)
		}
	}
	for _, c := range clauses {
		s.read(c)
	}
	s.nominalLosses()
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

// sentenceState is what the clauses of a sentence share.
type sentenceState struct {
	r       *reader
	at      span
	chunks  []chunk
	clauses []*clause
	over    []*voice
	says    map[*clause]*voice
	last    *voice
	before  *voice               // of the sentence before, if it was a quotation
	losses  map[*nounPhrase]bool // counted already
}

// carry takes over the speaker of the sentence before when this one goes on
// with also or however and has a pronoun for its subject.
func (s *sentenceState) carry() {
	prev := s.r.lastVoice
	if prev == nil || len(s.over) > 0 || len(s.clauses) == 0 {
		return
	}
	for _, c := range s.clauses {
		if _, ok := s.r.x.rules.says[c.vg.lemma]; ok {
			return
		}
	}
}

// hear notes the voice of a verb of saying.
func (s *sentenceState) hear(c *clause) {
	r := s.r
	class, ok := r.x.rules.says[c.vg.lemma]
	c.word = strings.TrimSpace(c.word)
	if !ok && !r.x.rules.nameAs[c.vg.lemma] && !r.x.rules.nameBare[c.vg.lemma] {
		return
	}
	if c.vg.passive {
		// "was reported to have …": nobody is named.
		if c.rel != relReduced && ok {
			s.says[c] = &voice{unknown: true, class: class}
			for _, p := range c.preps {
				if p.prep == "by" {
					s.says[c] = r.speaker(p.nps, nil, c, s.chunks)
					s.says[c].class = class
				}
			}
		}
		return
	}
	v := r.speaker(c.subj, c.preps, c, s.chunks)
	v.class = class
	v.rule = "says@1"
	if class == sayNone {
		v.class = sayReported
	}
	d := c.date
	for g := c.gov; d == nil && g != nil && r.x.rules.utters[g.vg.lemma]; g = g.gov {
		d = g.date
	}
	if d != nil {
		v.said = r.interval(d, r.anchor)
	}
	// "says in a statement", "said in a report".
	for _, p := range c.preps {
		if p.prep == "in" && len(p.nps) > 0 && p.nps[0].head >= 0 && r.utterance(p.nps[0]) {
			v.utterance = p.nps[0].noun
		}
	}
	s.says[c] = v
	if v.claimant != nil {
		s.last = v
	}
}

// facts says how far a clause is a fact in the eyes of its speaker.
type facts struct {
	planned, negated, unreal bool
	why                      string
}

// factuality follows a clause to the sentence's top and collects what takes its
// reality away.
func (s *sentenceState) factuality(c *clause) facts {
	var f facts
	x := s.r.x
	own := func(v *verbGroup) {
		if v.negated {
			f.negated = !f.negated
		}
		switch v.modal {
		case "would", "will", "shall", "can", "could", "should", "may", "might", "must", "cannot":
			f.planned, f.why = true, "modal "+v.modal
		}
	}
	own(c.vg)
	for k := c; k.gov != nil; k = k.gov {
		g := k.gov
		if k.rel == relSub && (k.word == "if" || k.word == "unless" || k.word == "whether" || k.word == "until" && false) {
			f.unreal, f.why = true, "condition with "+k.word
		}
		if k.rel == relGerund && k.word == "without" {
			f.negated, f.why = true, "without"
		}
		if k.rel == relGerund && (k.word == "of" || k.word == "for" || k.word == "from" || k.word == "in") && k == c {
			switch g.vg.lemma {
			case "prevent", "stop", "avoid", "accuse", "suspect", "keep", "discourage":
				f.unreal, f.why = true, "below "+g.vg.lemma
			}
		}
		if k.rel == relInfinitive {
			switch x.lex.infinitive[g.vg.lemma] {
			case infinitivePlanned:
				f.planned, f.why = true, "infinitive of "+g.vg.lemma
			case infinitiveFailed:
				f.negated, f.why = true, "infinitive of "+g.vg.lemma
			case infinitiveResolved, infinitiveFact:
				if s.intended(k) {
					f.planned, f.why = true, "infinitive of a noun"
				}
				if g.vg.negated {
					f.negated = !f.negated
				}
			default:
				if _, ok := x.rules.says[g.vg.lemma]; !ok && g.vg.lemma != "be" && g.vg.lemma != "have" {
					if c.vg.perfect && !s.intended(k) {
						break
					}
					// "came to attack", "advanced to capture": a purpose.
					f.planned, f.why = true, "purpose after "+g.vg.lemma
				} else if g.vg.lemma == "be" {
					f.planned, f.why = true, "be to"
				}
			}
			if m := g.vg.modal; m == "would" || m == "could" || m == "may" || m == "might" || m == "will" || m == "should" {
				f.planned, f.why = true, "modal "+m
			}
		}
		if k.rel == relCoord && g.vg.modal != "" && k.vg.modal == "" && !k.vg.finite() {
			f.planned, f.why = true, "modal "+g.vg.modal
		}
	}
	return f
}

// scare reports whether the quotation around a verb holds a word or two only.
func (s *sentenceState) scare(c *clause) bool {
	n := 0
	for k := c.vg.main; k < len(s.r.toks) && s.r.toks[k].quote; k++ {
		n++
	}
	for k := c.vg.main - 1; k >= 0 && s.r.toks[k].quote; k-- {
		n++
	}
	return n <= 3
}

// trailing takes a verb of saying at the end, ", he added", ", said X", for the
// voice over all that stands before it.
func (s *sentenceState) trailing() {
	if len(s.clauses) < 2 {
		return
	}
	c := s.clauses[len(s.clauses)-1]
	v := s.says[c]
	if v == nil || c.vg.passive {
		return
	}
	for _, d := range s.clauses {
		if d.gov == c {
			return
		}
	}
	k := c.at - 1
	if c.own && len(c.subj) > 0 && len(c.objs) == 0 {
		k = c.from - 1
	} else if len(c.objs) > 0 && (!c.own || s.r.toks[s.chunks[c.at].i].start > 0 && c.rel != relMain) {
		// ", said police spokesman X": the speaker stands after the verb.
		if k >= 0 && s.chunks[k].kind == chunkComma {
			w := s.r.speaker(c.objs, c.preps, c, s.chunks)
			w.class, w.rule = v.class, "said-after@1"
			if w.class == sayNone {
				w.class = sayReported
			}
			v = w
			s.says[c] = v
		}
	}
	for k >= 0 && s.chunks[k].kind == chunkAdv {
		k--
	}
	if k < 1 || s.chunks[k].kind != chunkComma {
		return
	}
	if c.own && len(c.objs) > 0 {
		return
	}
	for _, d := range s.clauses[:len(s.clauses)-1] {
		if s.says[d] != nil {
			return
		}
	}
	s.over = append(s.over, v)
	delete(s.says, c)
	s.last = v
	c.gov, c.rel = nil, relMain
}

// quoted returns who says the words in quotation marks around a clause: the
// speaker of the sentence.
func (s *sentenceState) quoted(c *clause) *voice {
	for _, d := range s.clauses {
		if v := s.says[d]; v != nil && !s.r.toks[d.vg.main].quote {
			return stack(append(append([]*voice(nil), s.over...), v))
		}
	}
	// A quotation that goes on from the sentence before.
	return s.before
}

// intended reports whether an infinitive hangs on a noun such as attempt or
// order that stands before it.
func (s *sentenceState) intended(c *clause) bool {
	for k := c.at - 1; k > 0 && k > c.at-8; k-- {
		switch s.chunks[k].kind {
		case chunkNP:
			if s.r.x.lex.intent[s.chunks[k].np.noun] {
				return true
			}
		case chunkPrep, chunkAdv, chunkDate:
		default:
			return false
		}
	}
	return false
}

// read applies the rules to one clause.
func (s *sentenceState) read(c *clause) {
	r := s.r
	v := r.voiceOf(c, s.over, s.chunks, s.says)
	if v == nil && r.toks[c.vg.main].quote && s.says[c] == nil && !s.scare(c) {
		if v = s.quoted(c); v == nil {
			r.step("inside a quotation without a speaker")
			return
		}
	}
	r.lastVoiceIs(v)
	if s.spoken(c, v) {
		s.advance(c, v, nil)
		return
	}
	if s.absence(c, v) {
		return
	}
	claims := s.fire(c, v)
	if len(claims) == 0 {
		claims = s.nominal(c, v)
	}
	s.advance(c, v, claims)
}

// lastVoiceIs lets the resolver know who speaks.
func (r *reader) lastVoiceIs(v *voice) {
	r.lastVoice = v
	if v == nil {
		r.lastVoice = nil
	}
}

// advance moves what the text told last on.
func (s *sentenceState) advance(c *clause, v *voice, claims []*claim.Claim) {
	r := s.r
	if _, says := s.says[c]; !says && !(r.x.rules.utters[c.vg.lemma]) && c.date != nil {
		r.tell(r.interval(c.date, r.anchor))
	} else if says && c.date != nil && c.date.relative == "" {
		if d := r.interval(c.date, r.anchor); c.date.from.year != 0 {
			r.tell(d)
		}
	}
	if v := s.says[c]; v != nil && v.claimant != nil && v.claimant.Kind == claim.Person {
		r.lastSubject = v.claimant
	}
	if len(c.subj) > 0 && c.own && !c.subj[0].pronoun {
		r.lastThing = thing{}
		if t := r.what(c.subj[0], roleTarget); t.class == isPlace || t.class == isInstallation {
			r.lastThing = t
		}
	}
	if len(c.subj) > 0 && c.own {
		if e := r.what(c.subj[0], roleActor).one(); e != nil && e.actor() {
			r.lastSubject = e
			if e.fights() {
				r.lastActor = e
			}
		}
	}
	for _, cl := range claims {
		p := &cl.Proposition
		if len(p.Agent) == 1 && p.Kind != "casualties" {
			if e := r.byIRI[p.Agent[0]]; e != nil && e.fights() {
				r.lastActor = e
			}
		}
		switch p.Kind {
		case "attacked", "ambushed", "besieged":
			if !cl.Negated && cl.Modality != claim.Planned {
				q := *p
				r.lastAttack = &q
			}
		}
	}
}

// span returns the words of a clause.
func (s *sentenceState) span(c *clause) span {
	from, to := c.from, c.to
	for to-1 > c.at {
		k := s.chunks[to-1].kind
		if k == chunkComma || k == chunkConj || k == chunkSub || k == chunkRel || k == chunkPrep || k == chunkStop || k == chunkAdv || k == chunkAccording {
			to--
			continue
		}
		break
	}
	for from < c.at {
		k := s.chunks[from].kind
		if k == chunkComma || k == chunkConj || k == chunkSub || k == chunkStop {
			from++
			continue
		}
		break
	}
	if c.rel == relInfinitive && c.gov != nil && c.gov.own && s.r.x.lex.infinitive[c.gov.vg.lemma] != infinitiveNone {
		from = min(from, c.gov.from)
	}
	toks := s.r.toks
	end := toks[s.chunks[to-1].j-1].end
	start := toks[s.chunks[from].i].start
	if c.own && len(c.subj) > 0 && c.rel != relReduced {
		start = min(start, toks[c.subj[0].i].start)
	}
	// Brackets that belong to the last phrase.
	if j := s.chunks[to-1].j; j < len(toks) && toks[j].tag == tagOpen {
		for k := j; k < len(toks); k++ {
			if toks[k].tag == tagClose {
				if to == len(s.chunks) || s.chunks[to].i > k {
					end = toks[k].end
				}
				break
			}
		}
	}
	return span{start, end}
}

// when returns the time of a clause: its own date, or that of the clause whose
// time it shares.
func (s *sentenceState) when(c *clause) claim.Interval {
	for k := c; k != nil; k = k.gov {
		if k.date != nil && !(k.date.prep == "of" || k.date.prep == "since" && k != c) {
			if s.says[k] != nil && k != c {
				return claim.Interval{}
			}
			return s.r.timeOf(k.date)
		}
		if k.rel == relComplement || k.rel == relSub && k.word != "as" || k.rel == relRelative {
			return claim.Interval{}
		}
	}
	return claim.Interval{}
}

func (r *reader) timeOf(d *dateExpr) claim.Interval { return r.interval(d, r.anchor) }

// place returns where a clause happens: the first phrase with in, at, near.
func (s *sentenceState) where(c *clause, skip *nounPhrase) *entity {
	for k := c; k != nil; k = k.gov {
		for _, p := range k.preps {
			switch p.prep {
			case "in", "at", "near", "around", "outside", "inside", "within", "on":
			default:
				continue
			}
			for _, np := range p.nps {
				if np == skip || np.class == nounEvent || np.class == nounUtterance || np.class == nounTime {
					continue
				}
				t := s.r.what(np, rolePlace)
				if e := t.one(); e != nil && (t.class == isPlace || e.Kind == claim.Place || e.Kind == claim.Country) {
					return e
				}
			}
		}
		if k.rel != relCoord && k.rel != relInfinitive && k.rel != relGerund || k.rel == relCoord {
			break
		}
	}
	return nil
}

// fire tries the rules of a clause's verb.
func (s *sentenceState) fire(c *clause, v *voice) []*claim.Claim {
	rules := s.r.x.rules.verbs[c.vg.lemma]
	for _, rl := range rules {
		if out, done := s.try(rl, c, v); done {
			return out
		}
	}
	return nil
}

// roles are the deep subject and object of a clause.
func (s *sentenceState) roles(c *clause) (agents, patients []*nounPhrase, by bool) {
	if !c.vg.passive {
		return c.subj, c.objs, false
	}
	for _, p := range c.preps {
		if p.prep == "by" && p.at > c.at {
			return p.nps, c.subj, true
		}
	}
	return nil, c.subj, false
}

var countedMetrics = map[string]bool{"killed": true, "wounded": true, "captured": true}

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
			}
		}
		if len(agents) == 0 || c.vg.passive {
			return nil, false
		}
	}
	if slices.Contains(rl.Patient, "none") && c.vg.passive && c.vg.part {
		agents, patients = c.subj, nil
	}
	// "two others wounded": a participle that stands alone is passive.
	if !c.vg.passive && len(patients) == 0 && !slices.Contains(rl.Patient, "none") && len(agents) > 0 && len(rl.Target) == 0 && rl.Kind == "casualties" && !c.vg.to && !c.vg.ing && c.own {
		agents, patients = nil, c.subj
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
	agentKnown := len(agents) > 0
	plain := make([]*nounPhrase, 0, len(agents))
	for _, np := range agents {
		as := roleActor
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
	if !agentKnown && rl.Agent == "optional" && (rl.Kind == "attacked" || rl.Kind == "captured") && f.planned {
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
	if rl.ID == "repel" {
		s.repelled(&p, things, at)
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
				p.Quantity = s.quantity(t.np, installationMetric(t.noun), "")
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

func installationMetric(noun string) string {
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

// reason keeps "for tactical reasons" and "after several hours".
func (s *sentenceState) reason(c *clause, p *claim.Proposition) {
	for _, pp := range c.preps {
		if pp.at < c.at || len(pp.nps) == 0 {
			continue
		}
		np := pp.nps[0]
		switch {
		case pp.prep == "for" && (np.noun == "reason" || np.noun == "reasons"):
			s.manner(p, "reason", np)
		case pp.prep == "after" && np.class == nounTime:
			s.manner(p, "duration", np)
		}
	}
}

func (s *sentenceState) manner(p *claim.Proposition, key string, np *nounPhrase) {
	if p.Manner == nil {
		p.Manner = make(map[string]string)
	}
	p.Manner[key] = s.r.spanOf(np.i, np.j).in(s.r.doc.text)
}

// emit makes the claim of a proposition in the voice of its speaker.
func (s *sentenceState) emit(rule string, c *clause, v *voice, f facts, p claim.Proposition, at span, confidence float64) *claim.Claim {
	r := s.r
	cl := claim.Claim{
		Proposition: p, Claimant: r.docRef, Stance: claim.Asserts, Modality: claim.StatedAsFact,
		Source: "prose", Rule: rule, Confidence: confidence, Evidence: []claim.Span{r.span(at)},
	}
	if v != nil && v.claimant != nil {
		cl.Claimant, cl.Utterance, cl.SaidOn, cl.Modality = v.claimant.IRI, v.utterance, v.said, claim.Reported
		v.claimant.used = true
		if v.behalf != nil {
			cl.OnBehalfOf = v.behalf.IRI
		}
		cl.Via = refsOf(v.via)
		switch v.class {
		case sayClaimed:
			cl.Modality = claim.ClaimedOnly
		case sayDenies:
			cl.Stance = claim.Denies
		case sayConcedes:
			cl.Stance = claim.Concedes
		}
	}
	if f.planned {
		cl.Modality = claim.Planned
		cl.Confidence -= 0.1
	}
	if f.negated {
		if v != nil && v.claimant != nil && cl.Stance == claim.Asserts {
			cl.Stance = claim.Denies
		} else {
			cl.Negated = true
		}
	}
	if c != nil && s.hedged(c) {
		cl.Confidence -= 0.2
		if cl.Modality == claim.StatedAsFact {
			cl.Modality = claim.ClaimedOnly
		}
	}
	if cl.Confidence < r.x.minConfidence {
		r.reject(at, rule, "confidence %.2f is below %.2f", cl.Confidence, r.x.minConfidence)
		return &cl
	}
	for i := r.first; i < len(r.ex.Claims); i++ {
		if d := &r.ex.Claims[i]; d.Evidence[0] == cl.Evidence[0] && d.Claimant == cl.Claimant && d.Proposition.Key() == cl.Proposition.Key() {
			return &cl
		}
	}
	r.ex.Claims = append(r.ex.Claims, cl)
	r.step("%s fired: %s", rule, p.Kind)
	return &cl
}

// hedged reports whether a clause says reportedly or allegedly.
func (s *sentenceState) hedged(c *clause) bool {
	for k := s.chunks[c.from].i; k < len(s.r.toks) && k <= s.chunks[c.at].j; k++ {
		switch s.r.toks[k].lower {
		case "reportedly", "allegedly", "apparently", "supposedly":
			return true
		}
	}
	return false
}
