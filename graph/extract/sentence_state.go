package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

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
	nouns   map[*nounPhrase]bool // nouns of events that were read
}

// carry takes over the speaker of the sentence before when this one goes on with
// also or further and has a pronoun for its subject, and nobody else speaks.
func (s *sentenceState) carry(told *voice) {
	if told == nil || told.claimant == nil || len(s.over) > 0 || len(s.says) > 0 || len(s.clauses) == 0 {
		if len(s.over) > 0 && s.last == nil {
			s.last = stack(s.over)
		}
		return
	}
	c := s.clauses[0]
	if len(c.subj) == 0 || !c.subj[0].pronoun {
		return
	}
	for k := 0; k < s.chunks[c.at].j; k++ {
		if s.r.x.rules.carries[s.r.toks[k].lower] {
			v := *told
			v.rule = "carried@1"
			s.over = []*voice{&v}
			s.r.step("carried@1: the speaker of the sentence before goes on")
			return
		}
	}
}

// plainReport are the verbs that in the passive tell what the document itself
// takes from others: "it was reported that …".
var plainReport = map[string]bool{"report": true, "confirm": true, "announce": true, "note": true, "state": true, "record": true, "say": true}

// hear notes the voice of a verb of saying.
func (s *sentenceState) hear(c *clause) {
	r := s.r
	class, ok := r.x.rules.says[c.vg.lemma]
	if !ok && !r.x.rules.nameAs[c.vg.lemma] && !r.x.rules.nameBare[c.vg.lemma] {
		return
	}
	if c.vg.passive {
		// "was reported to have …": nobody is named.
		if c.rel != relReduced && ok {
			s.says[c] = &voice{unknown: !plainReport[c.vg.lemma], class: class}
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
	c, last := s.clauses[len(s.clauses)-1], len(s.clauses)-1
	if s.says[c] == nil && !(c.vg.ing && (c.vg.lemma == "cite" || c.vg.lemma == "quote")) {
		// ", the army said, adding that …", "The rebels, the army said, …": the
		// speaker stands between commas.
		for n := last - 1; n > 0; n-- {
			d := s.clauses[n]
			k := d.at + 1
			if k < len(s.chunks) && s.chunks[k].kind == chunkDate {
				k++
			}
			if s.says[d] != nil && !d.vg.passive && d.own && len(d.subj) > 0 && len(d.objs) == 0 && d.from > 0 && s.chunks[d.from-1].kind == chunkComma && k < len(s.chunks) && s.chunks[k].kind == chunkComma {
				c, last = d, n
				break
			}
		}
	}
	var cited *voice
	if d := s.clauses[max(0, last-1)]; c.vg.ing && len(s.clauses) > 2 && s.says[d] != nil && len(c.objs) > 0 {
		switch c.vg.lemma {
		case "cite", "quote":
			// ", the agency reported, citing an official": the official through
			// the agency.
			if w := s.r.speaker(c.objs, c.preps, c, s.chunks); w.claimant != nil && !w.unknown {
				w.class, w.rule = sayReported, "citing@1"
				cited, c, last = w, d, last-1
			}
		}
	}
	v := s.says[c]
	if v == nil || c.vg.passive {
		return
	}
	for n, d := range s.clauses {
		if d.gov == c && n <= last {
			return
		}
	}
	k := c.at - 1
	told := c.own && len(c.subj) > 0 && (c.vg.lemma == "tell" || c.vg.lemma == "inform")
	if c.own && len(c.subj) > 0 && len(c.objs) == 0 || told {
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
	if c.own && len(c.objs) > 0 && !told {
		return
	}
	for _, d := range s.clauses[:last] {
		if s.says[d] != nil {
			return
		}
	}
	s.over = append(s.over, v)
	delete(s.says, c)
	s.last = v
	if cited != nil {
		s.over = append(s.over, cited)
		s.last = stack(s.over)
	}
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
	r.there = nil
	if c.word == "where" && c.gov != nil && !c.gov.vg.passive {
		// "pushed the rebels back to the camp, where they came under siege".
		for _, o := range c.gov.objs {
			if t := r.what(o, roleActor); (t.class == isActor || t.class == isPeople) && t.one() != nil {
				r.there = t.one()
			}
		}
	}
	if s.spoken(c, v) {
		s.advance(c, v, nil)
		return
	}
	if s.absence(c, v) {
		return
	}
	claims := s.fire(c, v)
	if len(claims) == 0 {
		claims = s.under(c, v)
	}
	if len(claims) == 0 {
		claims = s.nominal(c, v)
	}
	s.advance(c, v, claims)
}

// lastVoiceIs lets the resolver know who speaks.
func (r *reader) lastVoiceIs(v *voice) { r.lastVoice = v }

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
	if r.lastThing.np == nil && len(claims) > 0 && len(c.objs) == 1 && !c.objs[0].pronoun && !c.vg.passive {
		// "took the airport, but the army recaptured it".
		if t := r.what(c.objs[0], roleTarget); (t.class == isPlace || t.class == isInstallation) && len(t.ents) == 1 {
			r.lastThing = t
		}
	}
	if len(claims) > 0 && len(r.lastThing.ents) == 0 && !c.vg.passive {
		// "launched an offensive on the town, recapturing it".
		if p := claims[len(claims)-1].Proposition; len(p.Patient) == 1 {
			if e := r.byIRI[p.Patient[0]]; e != nil && e.place() && e.Kind != claim.Country {
				class := isPlace
				if e.Kind == claim.Installation {
					class = isInstallation
				}
				r.lastThing = thing{class: class, ents: []*entity{e}}
			}
		}
	}
	if len(c.subj) > 0 && c.own && !c.subj[0].pronoun && s.says[c] == nil {
		switch t := r.what(c.subj[0], roleActor); t.class {
		case isActor, isPeople, isCivilian, isCaptive:
			r.vague = len(t.ents) == 0
		case isOther:
			r.vague = c.subj[0].plural
		}
	}
	if len(c.subj) > 0 && c.own {
		if e := r.what(c.subj[0], roleActor).one(); e != nil && e.actor() {
			r.lastSubject = e
			if e.fights() {
				r.lastActor, r.actorAt = e, r.nth
			}
		}
	}
	for _, cl := range claims {
		p := &cl.Proposition
		if len(p.Agent) == 1 && p.Kind != "casualties" {
			if e := r.byIRI[p.Agent[0]]; e != nil && e.fights() {
				r.lastActor, r.actorAt = e, r.nth
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
	for k := c.at + 1; k < to; k++ {
		if s.chunks[k].kind == chunkStop && (s.chunks[k].word == ":" || s.chunks[k].word == ";") {
			to = k
		}
	}
	for to-1 > c.at {
		k := s.chunks[to-1].kind
		if k == chunkComma || k == chunkConj || k == chunkSub || k == chunkRel || k == chunkPrep || k == chunkStop || k == chunkAdv || k == chunkAccording {
			to--
			continue
		}
		break
	}
	if n := to - 1; n-1 > c.at && s.chunks[n].kind == chunkNP && s.chunks[n].np.class == nounUtterance && s.chunks[n-1].kind == chunkComma {
		to = n - 1 // ", a claim denied by X"
	}
	for from < c.at {
		k := s.chunks[from].kind
		if k == chunkComma || k == chunkConj || k == chunkSub || k == chunkStop || k == chunkDate && s.chunks[from].date.prep == "of" {
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
		if k == c && c.date == nil && s.says[c] == nil {
			// "beat back an attempt to take the town on 2 March".
			for _, d := range s.clauses {
				if d.gov == c && d.rel == relInfinitive && d.date != nil && d.date.prep == "on" && s.intended(d) {
					return s.r.timeOf(d.date)
				}
			}
		}
		if k.rel == relComplement || k.rel == relSub && k.word != "as" && k.word != "when" || k.rel == relRelative {
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
		if k.rel != relInfinitive && k.rel != relGerund {
			break
		}
	}
	return nil
}

// gainsaid adds the denial of ", a claim denied by X" to what the sentence told
// before it.
func (s *sentenceState) gainsaid() {
	r := s.r
	for n, c := range s.clauses {
		if n == 0 || !c.vg.passive || r.x.rules.says[c.vg.lemma] != sayDenies || len(c.subj) != 1 || c.subj[0].class != nounUtterance || len(r.ex.Claims) == r.first {
			continue
		}
		i := 0
		for ; i < len(s.chunks) && s.chunks[i].np != c.subj[0]; i++ {
		}
		if i == 0 || i == len(s.chunks) || s.chunks[i-1].kind != chunkComma && s.chunks[i-1].kind != chunkRel {
			continue
		}
		for _, p := range c.preps {
			if p.prep != "by" || p.at < c.at {
				continue
			}
			v := r.speaker(p.nps, nil, c, s.chunks)
			if v.unknown || v.claimant == nil {
				continue
			}
			v.class = sayDenies
			told := r.ex.Claims[len(r.ex.Claims)-1]
			if told.Claimant == v.claimant.IRI {
				continue
			}
			at := span{r.toks[c.subj[0].i].start, s.span(c).end}
			s.emit("gainsaid@1", c, v, facts{}, told.Proposition, at, 0.8)
		}
	}
}

// under reads "had been under rebel control": who held a place.
func (s *sentenceState) under(c *clause, v *voice) []*claim.Claim {
	r := s.r
	switch c.vg.lemma {
	case "be", "remain", "stay":
	default:
		return nil
	}
	if len(c.subj) == 0 || v != nil && v.unknown {
		return nil
	}
	for _, p := range c.preps {
		if p.prep != "under" || p.at < c.at || len(p.nps) != 1 || p.nps[0].noun != "control" {
			continue
		}
		np := p.nps[0]
		var held []*entity
		switch {
		case np.possessor != nil:
			held = r.what(np.possessor, roleActor).ents
		case np.of != nil:
			held = r.what(np.of, roleActor).ents
		case len(np.names) > 0 && r.toks[np.names[0]].name.adjective:
			held = r.peopleOf(r.toks[np.names[0]].name.entry)
		case len(np.names) > 0:
			if e := r.nameEntity(r.toks, np.names[0], roleActor); e != nil {
				held = []*entity{e}
			}
		default:
			held = r.byDescription(r.descriptors(np))
		}
		var places []*entity
		for _, o := range c.subj {
			if t := r.what(o, roleTarget); t.class == isPlace || t.class == isInstallation {
				places = append(places, t.ents...)
			}
		}
		f := s.factuality(c)
		if len(held) != 1 || !held[0].fights() || len(places) != 1 || f.unreal || f.planned {
			r.reject(s.span(c), "under-control@1", "who held what cannot be resolved")
			return nil
		}
		q := claim.Proposition{Kind: "controlled", Agent: refsOf(held), Patient: refsOf(places), Time: s.when(c)}
		if places[0].Kind == claim.Place {
			q.Place = places[0].IRI
		}
		if r.battle != nil {
			q.Event = r.battle.IRI
		}
		return []*claim.Claim{s.emit("under-control@1", c, v, f, q, s.span(c), 0.8)}
	}
	return nil
}
