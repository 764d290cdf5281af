package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

// voice is who speaks in a clause, through whom, when and how.
type voice struct {
	claimant  *entity // nil for the document
	behalf    *entity
	via       []*entity // nearest to us first
	utterance string
	said      claim.Interval
	class     sayClass
	speaking  bool // the claimant was named in this very sentence
	unknown   bool // somebody speaks who cannot be resolved
	rule      string
}

// speaker resolves a noun phrase as one who speaks: a person, an organisation,
// or the author of a report.
func (r *reader) speaker(nps []*nounPhrase, preps []prepPhrase, c *clause, chunks []chunk) *voice {
	if len(nps) == 0 {
		return &voice{unknown: true}
	}
	np := nps[0]
	for _, o := range nps {
		if o.i < np.i {
			np = o // of several the first
		}
	}
	v := &voice{speaking: true, class: sayReported}
	if told := r.told; np.pronoun && told != nil && told.claimant != nil && !told.unknown {
		// ", he added": the speaker of the sentence before.
		k := told.claimant.Kind
		if (np.noun == "he" || np.noun == "she") && (k == claim.Person || k == claim.Anonymous) {
			v.claimant = told.claimant
			r.behalf(v)
			return v
		}
	}
	if np.head >= 0 && r.toks[np.head].tag == tagNoun && (np.class == nounUtterance || r.utterance(np)) {
		v.utterance = np.noun
		if e := r.author(np, preps, chunks); e != nil {
			v.claimant = e
			r.behalf(v)
			return v
		}
		if told := r.told; np.definite && told != nil && told.claimant != nil && !told.unknown {
			v.claimant = told.claimant // "the statement added"
			r.behalf(v)
			return v
		}
		v.unknown = true
		return v
	}
	if np.head >= 0 && r.toks[np.head].tag == tagName {
		t := r.what(np, rolePerson)
		if len(t.ents) == 1 {
			v.claimant = t.ents[0]
			// "X, a spokesman of Y": an apposition after the name.
			if k := asideAfter(chunks, np); k > 0 && v.claimant.Kind == claim.Person && (chunks[k].np.class == nounSpeaker || r.titled(chunks[k].np)) {
				r.apposition(v.claimant, chunks, k)
			}
			r.behalf(v)
			return v
		}
		v.unknown = true
		return v
	}
	if np.class == nounSpeaker || np.head >= 0 && r.toks[np.head].tag == tagNoun && r.titled(np) {
		// "A spokesman of Y, X, said": the name is in the aside.
		if k := asideAfter(chunks, np); k > 0 && chunks[k].np.head >= 0 && r.toks[chunks[k].np.head].tag == tagName {
			if e := r.what(chunks[k].np, rolePerson).one(); e != nil && e.Kind == claim.Person {
				if org := r.ofPhrase(np, preps, chunks); org != nil && e.Of == "" {
					e.Of, e.country = org.IRI, org.country
				} else if len(np.names) > 0 && e.Of == "" {
					if org := r.nameOrg(np.names[0], np); org != nil {
						e.Of, e.country = org.IRI, org.country
					}
				}
				v.claimant = e
				r.behalf(v)
				return v
			}
		}
		t := r.what(np, roleActor)
		if len(t.ents) == 1 {
			v.claimant = t.ents[0]
		} else {
			v.claimant = r.anonymous(np)
			if e := r.ofPhrase(np, preps, chunks); e != nil {
				v.claimant.Of, v.claimant.country = e.IRI, e.country
			} else if d := r.descriptors(np); len(d) > 0 && v.claimant.Of == "" {
				if ents := r.byDescription(d); len(ents) == 1 {
					v.claimant.Of, v.claimant.country = ents[0].IRI, ents[0].country
				}
			}
		}
		r.behalf(v)
		return v
	}
	t := r.what(np, roleActor)
	if np.class == nounFighter && !np.plural && np.num.length == 0 && (np.det == "a" || np.det == "an" || np.det == "another" || np.det == "one") {
		// "an army officer": one of them, without a name.
		v.claimant = r.anonymous(np)
		if len(t.ents) == 1 && v.claimant.Of == "" {
			v.claimant.Of, v.claimant.country = t.ents[0].IRI, t.ents[0].country
		}
		r.behalf(v)
		return v
	}
	if len(t.ents) == 1 {
		v.claimant = t.ents[0]
		r.behalf(v)
		return v
	}
	if np.class == nounMedia {
		v.claimant = r.anonymous(np)
		return v
	}
	if np.class == nounCivilian || len(t.ents) == 0 && np.possessor == nil && (np.class == nounAuthority || np.class == nounDescriptor || np.noun == "army" || np.noun == "police" || np.noun == "militia" || np.noun == "navy" || np.noun == "garrison" || np.noun == "rebel") {
		v.claimant = r.anonymous(np)
		return v
	}
	v.unknown = true
	return v
}

// asideAfter returns the chunk of the noun phrase between commas after a phrase
// and what belongs to it, 0 for none.
func asideAfter(chunks []chunk, np *nounPhrase) int {
	for i := range chunks {
		if chunks[i].kind != chunkNP || chunks[i].np != np {
			continue
		}
		k := i + 1
		for k+1 < len(chunks) && chunks[k].kind == chunkPrep && chunks[k+1].kind == chunkNP {
			k += 2
		}
		if k+1 < len(chunks) && chunks[k].kind == chunkComma && chunks[k+1].kind == chunkNP {
			return k + 1
		}
		return 0
	}
	return 0
}

func (r *reader) utterance(np *nounPhrase) bool {
	info := r.toks[np.head].info
	return info != nil && (info.noun == nounUtterance || info.also == nounUtterance)
}

// behalf sets for whom a person or a source speaks.
func (r *reader) behalf(v *voice) {
	if v.claimant == nil || v.claimant.Of == "" {
		return
	}
	if k := v.claimant.Kind; k == claim.Person || k == claim.Anonymous {
		v.behalf = r.byIRI[v.claimant.Of]
	}
}

// author returns whose a report or a statement is: "a Malian government
// statement", "the report released by the MNLA", "a statement of X".
func (r *reader) author(np *nounPhrase, preps []prepPhrase, chunks []chunk) *entity {
	if np.possessor != nil {
		return r.what(np.possessor, roleActor).one()
	}
	if n := len(np.names); n > 0 {
		i := np.names[n-1]
		m := r.toks[i].name
		if m.entry != nil && m.entry.Kind == claim.Country && !m.unknown {
			for k := i; k < np.head; k++ {
				info := r.toks[k].info
				if info != nil && r.toks[k].tag == tagNoun && info.noun == nounAuthority {
					e := r.government(m.entry)
					r.mention(e, r.spanOf(i, k+1), "national-government@1")
					return e
				}
				if info != nil && r.toks[k].tag == tagNoun && info.noun == nounGroup || r.toks[k].lower == "military" {
					e := r.force(m.entry, r.adjective(m, i), "army")
					r.mention(e, r.spanOf(i, k+1), "national-force@1")
					return e
				}
			}
			return r.known(m.entry)
		}
		return r.nameEntity(r.toks, i, roleActor)
	}
	for k := np.i; k < np.head; k++ {
		if info := r.toks[k].info; info != nil && r.toks[k].tag == tagNoun && info.noun == nounAuthority {
			if g := r.governments(np); len(g) == 1 {
				return g[0]
			}
		}
	}
	return r.ofPhrase(np, preps, chunks)
}

// ofPhrase returns the actor in the phrase with by, of or from that follows a
// noun phrase.
func (r *reader) ofPhrase(np *nounPhrase, preps []prepPhrase, chunks []chunk) *entity {
	for i := range chunks {
		if chunks[i].kind != chunkNP || chunks[i].np != np {
			continue
		}
		for k := i + 1; k+1 < len(chunks) && k <= i+3; k++ {
			switch chunks[k].kind {
			case chunkVG:
				if !r.x.rules.utters[chunks[k].vg.lemma] {
					return nil
				}
			case chunkPrep:
				if w := chunks[k].word; (w == "by" || w == "of" || w == "from" || w == "for") && chunks[k+1].kind == chunkNP {
					return r.what(chunks[k+1].np, roleActor).one()
				}
			case chunkDate:
			default:
				return nil
			}
		}
	}
	return nil
}

// accordingTo reads the "according to" of a sentence, the outermost first, and
// returns the chunks that it took.
func (r *reader) accordingTo(chunks []chunk) ([]*voice, map[int]bool) {
	var out []*voice
	taken := make(map[int]bool)
	for i := range chunks {
		if chunks[i].kind != chunkAccording || i+1 >= len(chunks) || chunks[i+1].kind != chunkNP {
			continue
		}
		v := r.speaker([]*nounPhrase{chunks[i+1].np}, nil, nil, chunks)
		v.rule = "according-to@1"
		j := i + 2
		for j < len(chunks) && chunks[j].kind != chunkComma {
			if chunks[j].kind == chunkVG && !(chunks[j].vg.part || chunks[j].vg.passive || chunks[j].vg.past) {
				break
			}
			if chunks[j].kind == chunkDate {
				v.said = r.interval(chunks[j].date, r.anchor)
			}
			j++
		}
		// "according to X, a spokesman of Y, …"
		if v.claimant != nil && v.claimant.Kind == claim.Person && j+1 < len(chunks) && chunks[j].kind == chunkComma && chunks[j+1].kind == chunkNP && (chunks[j+1].np.class == nounSpeaker || chunks[j+1].np.noun == "officer" || chunks[j+1].np.noun == "member" || r.titled(chunks[j+1].np)) {
			r.apposition(v.claimant, chunks, j+1)
			r.behalf(v)
			j += 2
			for j < len(chunks) && chunks[j].kind != chunkComma {
				j++
			}
		}
		for k := i; k < j; k++ {
			taken[k] = true
		}
		if j < len(chunks) && chunks[j].kind == chunkComma {
			taken[j] = true
		}
		if i > 0 && chunks[i-1].kind == chunkComma {
			taken[i-1] = true
		}
		out = append(out, v)
	}
	return out, taken
}

func (r *reader) titled(np *nounPhrase) bool {
	if np.head < 0 {
		return false
	}
	info := r.toks[np.head].info
	return info != nil && info.title
}

// apposition takes the organisation of "X, a spokesman of Y" for the person X.
func (r *reader) apposition(person *entity, chunks []chunk, at int) {
	np := chunks[at].np
	var org *entity
	if len(np.names) > 0 {
		org = r.nameOrg(np.names[0], np)
	} else {
		org = r.ofPhrase(np, nil, chunks)
	}
	if org != nil && person.Of == "" {
		person.Of, person.country = org.IRI, org.country
	}
}

// stack merges voices, outermost first, into the one of the innermost speaker.
func stack(voices []*voice) *voice {
	if len(voices) == 0 {
		return nil
	}
	v := *voices[len(voices)-1]
	v.via = nil
	for _, o := range voices[:len(voices)-1] {
		if o.claimant != nil && o.claimant != v.claimant {
			v.via = append(v.via, o.claimant)
		}
		if o.unknown {
			v.unknown = true
		}
		if v.utterance == "" && o.claimant == v.claimant {
			v.utterance = o.utterance
		}
	}
	return &v
}

// voiceOf returns who speaks in a clause: the voices over the sentence, then
// those of the verbs of saying that it hangs on.
func (r *reader) voiceOf(c *clause, over []*voice, chunks []chunk, says map[*clause]*voice) *voice {
	var inner []*voice
	for k := c; k != nil; {
		g := k.gov
		if g == nil {
			break
		}
		if v := says[g]; v != nil && (k.rel == relComplement || k.rel == relInfinitive || k.rel == relGerund) {
			inner = append(inner, v)
		}
		k = g
	}
	voices := append([]*voice(nil), over...)
	for i := len(inner) - 1; i >= 0; i-- {
		voices = append(voices, inner[i])
	}
	return stack(voices)
}
