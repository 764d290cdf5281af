package extract

import (
	"strings"
	"unicode"

	"github.com/belligraph/belligraph/graph/claim"
)

func (r *reader) spanOf(i, j int) span {
	return span{r.toks[i].start, r.toks[j-1].end}
}

func (r *reader) note(ents []*entity, np *nounPhrase, rule string) {
	for _, e := range ents {
		r.mention(e, r.spanOf(np.i, np.j), rule)
	}
}

// what resolves a noun phrase in its place in the sentence.
func (r *reader) what(np *nounPhrase, as role) thing {
	t := r.lookup(np, as)
	t.np, t.noun = np, np.noun
	if len(t.ents) == 1 && len(np.names) > 0 && (np.class == nounFighter || np.class == nounGroup) && t.ents[0].fights() {
		r.byNoun[np.noun] = t.ents[0]
	}
	return t
}

func (r *reader) lookup(np *nounPhrase, as role) thing {
	if np.pronoun {
		return r.pronoun(np, as)
	}
	if np.head < 0 {
		// A number without a noun: people of the party counted last.
		return thing{class: isPeople}
	}
	if r.toks[np.head].tag == tagName {
		return r.named(np, as)
	}
	return r.described(np, as)
}

// pronoun resolves it, they and he to the actor told of last.
func (r *reader) pronoun(np *nounPhrase, as role) thing {
	if as == roleTarget && np.noun == "it" && len(r.lastThing.ents) == 1 {
		r.note(r.lastThing.ents, np, "pronoun@1")
		return thing{class: r.lastThing.class, ents: r.lastThing.ents}
	}
	switch np.noun {
	case "we", "us":
		// Those for whom the one who is quoted speaks.
		if v := r.lastVoice; v != nil && !v.unknown {
			for _, e := range []*entity{v.behalf, v.claimant} {
				if e != nil && e.fights() {
					r.note([]*entity{e}, np, "own-side@1")
					return thing{class: isActor, ents: []*entity{e}}
				}
			}
		}
		return thing{class: isOther}
	case "they", "them", "it":
		if e := r.there; e != nil && np.noun == "they" {
			r.note([]*entity{e}, np, "pronoun@1")
			return thing{class: isActor, ents: []*entity{e}}
		}
		if r.vague {
			return thing{class: isOther} // of a subject that could not be resolved
		}
		e := r.lastSubject
		if e == nil || !e.fights() {
			e = r.lastActor
		}
		if e != nil && (e.fights() || e.Kind == claim.Civilians) {
			r.note([]*entity{e}, np, "pronoun@1")
			return thing{class: isActor, ents: []*entity{e}}
		}
	case "he", "she", "him":
		for k := len(r.entities) - 1; k >= 0; k-- {
			if e := r.entities[k]; e.Kind == claim.Person && e == r.lastSubject {
				r.note([]*entity{e}, np, "pronoun@1")
				return thing{class: isActor, ents: []*entity{e}}
			}
		}
	}
	return thing{class: isOther}
}

// named resolves a phrase whose head is a name.
func (r *reader) named(np *nounPhrase, as role) thing {
	head := np.names[len(np.names)-1]
	m := r.toks[head].name
	if np.title {
		as = rolePerson
	}
	if m.adjective {
		if t, ok := r.sharedHead(np, m); ok {
			return t
		}
		if !m.plural && !(np.det == "the" || np.num.length > 0) {
			return thing{class: isOther}
		}
		// "the French", "430 Italians": the people of a country fight for it.
		if np.num.length > 0 {
			return thing{class: isPeople, ents: r.peopleOf(m.entry)}
		}
		ents := r.peopleOf(m.entry)
		r.note(ents, np, "people@1")
		return thing{class: isActor, ents: ents}
	}
	e := r.nameEntity(r.toks, head, as)
	if e == nil {
		return thing{class: isOther}
	}
	rule := "form@1"
	if e.Known {
		rule = "gazetteer"
	}
	r.mention(e, r.nameSpan(head), rule)
	if np.title && len(np.names) > 1 && e.Kind == claim.Person && e.Of == "" {
		if org := r.nameOrg(np.names[0], np); org != nil {
			e.Of, e.country = org.IRI, org.country
		}
	}
	if np.title && e.Kind == claim.Person && e.Of == "" && len(np.names) == 1 {
		// "rebel leader X".
		if d := r.descriptors(np); len(d) > 0 {
			if ents := r.byDescription(d); len(ents) == 1 {
				e.Of, e.country = ents[0].IRI, ents[0].country
			}
		}
	}
	for _, p := range np.parens {
		r.aliasIn(e, p)
	}
	e = e.real()
	switch e.Kind {
	case claim.Place:
		return thing{class: isPlace, ents: []*entity{e}}
	case claim.Installation:
		return thing{class: isInstallation, ents: []*entity{e}}
	case claim.Country:
		if as == rolePlace {
			return thing{class: isPlace, ents: []*entity{e}}
		}
		return thing{class: isActor, ents: []*entity{e}}
	case claim.Battle, claim.Operation, claim.Conflict:
		return thing{class: isEvent, ents: []*entity{e}}
	}
	return thing{class: isActor, ents: []*entity{e}}
}

// sharedHead resolves the first of "French and Malian forces", whose noun stands
// after the last.
func (r *reader) sharedHead(np *nounPhrase, m *nameMatch) (thing, bool) {
	i := np.j
	for i < len(r.toks) && (r.toks[i].tag == tagComma || r.toks[i].tag == tagConj && (r.toks[i].lower == "and" || r.toks[i].lower == "or")) {
		i++
	}
	if i == np.j || i >= len(r.toks) || r.toks[i].tag != tagName && r.toks[i].tag != tagAdj {
		return thing{}, false
	}
	last := r.x.nounPhraseAt(r.toks, i)
	if last == nil || last.head < 0 || r.toks[last.head].tag == tagName {
		return thing{}, false
	}
	if n := len(last.names); n == 0 || last.names[n-1] >= last.head || last.class != nounFighter && last.class != nounGroup || r.hasDescriptor(last) {
		return thing{}, false
	}
	e := r.force(m.entry, r.adjective(m, np.names[len(np.names)-1]), last.noun)
	r.mention(e, r.spanOf(np.i, np.j), "national-force@1")
	if last.class == nounFighter {
		return thing{class: isPeople, ents: []*entity{e}}, true
	}
	return thing{class: isActor, ents: []*entity{e}}, true
}

func (r *reader) nameSpan(i int) span { return r.spanOf(i, i+r.toks[i].name.length) }

// nameOrg returns the organisation that a title belongs to: "MNLA spokesman",
// "French president".
func (r *reader) nameOrg(i int, np *nounPhrase) *entity {
	m := r.toks[i].name
	if m.adjective || m.entry != nil && m.entry.Kind == claim.Country && !m.unknown {
		for k := i; k < np.j; k++ {
			info := r.toks[k].info
			if r.toks[k].tag == tagNoun && info != nil && (info.noun == nounGroup || info.single == "army") {
				return r.force(m.entry, r.adjective(m, i), info.single)
			}
			if r.toks[k].lower == "government" || r.toks[k].lower == "ministry" || r.toks[k].lower == "minister" || r.toks[k].lower == "president" {
				return r.government(m.entry)
			}
		}
		return r.known(m.entry)
	}
	return r.nameEntity(r.toks, i, roleActor)
}

// adjective returns the adjective of a country as the text writes it.
func (r *reader) adjective(m *nameMatch, i int) string {
	if text := r.toks[i].text; m.adjective && (!m.plural || !strings.HasSuffix(text, "s")) {
		return nameText(r.doc.text, r.toks, i)
	}
	return m.entry.Label
}

// aliasIn takes a name in brackets after a name as another name of it.
func (r *reader) aliasIn(e *entity, p [2]int) {
	i, j := p[0], p[1]
	if j-i < 1 || j-i > 5 {
		return
	}
	t := &r.toks[i]
	text := r.doc.text[t.start:r.toks[j-1].end]
	if j-i == 1 && t.kind == wordToken && len(t.text) >= 2 && strings.ToUpper(t.text) == t.text || t.tag == tagName && t.name != nil && t.name.length == j-i && t.name.entity == nil && t.name.entry == nil {
		if other := r.byName(text); other != nil && other != e {
			if e.Known || !other.fights() || !e.fights() || !abbreviates(text, e.Label) {
				return
			}
			// "the X Y Front (XYF)" where XYF was named before.
			other.like = append(other.like, e.like...)
			other.Aliases = append(other.Aliases, e.Label)
			other.Mentions = append(other.Mentions, e.Mentions...)
			e.same, e.like, e.side, e.used = other, nil, 0, false
			e = other
		}
		r.alias(e, text)
		r.mention(e, r.spanOf(i, j), "alias@1")
	}
}

// abbreviates reports whether a short name is made of the initials of a long
// one. The order may be that of another language (MNLA), so that two letters in
// three are enough.
func abbreviates(short, long string) bool {
	initials := make(map[rune]int)
	for _, w := range strings.FieldsFunc(long, func(c rune) bool { return c == ' ' || c == '-' }) {
		initials[unicode.ToUpper([]rune(w)[0])]++
	}
	hits, n := 0, 0
	for _, c := range short {
		n++
		if initials[c] > 0 {
			initials[c]--
			hits++
		}
	}
	return n > 1 && hits*3 >= n*2
}

func (r *reader) byName(name string) *entity {
	toks := tokenize(name, span{0, len(name)}, r.x.lex, nil)
	e, n := r.ownName(toks, 0)
	if e != nil && n == len(toks) {
		return e
	}
	g, n, _ := r.x.gaz.names.find(toks, 0, r.year)
	if g != nil && n == len(toks) {
		return r.known(g)
	}
	return nil
}

// described resolves a phrase whose head is a common noun.
func (r *reader) described(np *nounPhrase, as role) thing {
	info := r.toks[np.head].info
	class := np.class
	also := nounNone
	if info != nil {
		also = info.also
	}
	// A name before the noun: "Malian soldiers", "MNLA rebels", "Kidal garrison".
	if n := len(np.names); n > 0 {
		if t, ok := r.qualified(np, np.names[n-1], class, also); ok {
			return t
		}
	}
	// "government forces of Mali", "troops from France", "the town of X".
	if t, ok := r.ofName(np, class, also); ok {
		return t
	}
	switch np.noun {
	case "part", "half", "majority", "rest", "portion", "remnant", "element", "much", "most", "bulk", "amount", "quantity", "number", "concentration", "mass", "wave", "handful", "survivor", "member", "all":
		if np.of != nil && np.num.length == 0 && np.of != np {
			return r.what(np.of, as) // "a part of the Malian troops"
		}
	}
	if class == nounGroup && len(np.names) == 0 && np.of != nil && np.of != np && (np.of.class == nounFighter || np.of.class == nounDescriptor) && len(r.descriptors(np)) == 0 {
		// "three columns of Chadian soldiers": whose soldiers they are.
		if t := r.what(np.of, as); (t.class == isActor || t.class == isPeople) && len(t.ents) > 0 {
			return thing{class: isActor, ents: t.ents}
		}
	}
	owner := r.owner(np)
	switch class {
	case nounFighter, nounDescriptor, nounGroup:
		ents, rule := r.fighters(np)
		if owner != nil && (class != nounDescriptor) && (owner.fights() || owner.Kind == claim.Person && np.noun != "convoy" && np.noun != "patrol") && len(np.names) == 0 {
			ents, rule = []*entity{owner}, "possessive@1"
		}
		if len(ents) == 0 && np.definite && np.num.length == 0 {
			if e := r.byNoun[np.noun].real(); e != nil {
				ents, rule = []*entity{e}, "same-noun@1"
			} else if e := r.bySuffix(np.noun); e != nil {
				ents, rule = []*entity{e}, "same-noun@1"
			}
		}
		if len(ents) == 0 && len(np.names) == 0 && owner == nil && np.possessor == nil {
			if e := r.unnamed(np); e != nil {
				ents, rule = []*entity{e}, "unnamed@1"
			}
		}
		if len(ents) > 0 {
			r.note(ents, np, rule)
		}
		if class == nounGroup || np.num.length == 0 && (np.plural || class == nounDescriptor) {
			if class == nounFighter && np.num.length == 0 && also != nounDescriptor {
				return thing{class: isPeople, ents: ents}
			}
			if class == nounGroup && len(ents) == 0 && (np.noun == "convoy" || np.noun == "patrol") {
				if np.possessor != nil && len(np.possessor.names) > 0 {
					// "the minister X's convoy": told by whose it is.
					label := strings.Join(strings.Fields(r.doc.text[r.toks[np.possessor.names[0]].start:r.toks[np.head].end]), " ")
					e := r.newEntity(claim.ArmedGroup, slug(label), label)
					e.unnamed = true
					return thing{class: isActor, ents: []*entity{e}}
				}
				return thing{class: isPosition}
			}
			return thing{class: isActor, ents: ents}
		}
		return thing{class: isPeople, ents: ents}
	case nounCivilian:
		if np.noun == "people" {
			return thing{class: isPeople}
		}
		e := r.newEntity(claim.Civilians, "civilians", "civilians")
		r.mention(e, r.spanOf(np.i, np.j), "description@1")
		return thing{class: isCivilian, ents: []*entity{e}}
	case nounCaptive:
		return thing{class: isCaptive}
	case nounBody:
		return thing{class: isBody}
	case nounAuthority:
		ents := r.governments(np)
		r.note(ents, np, "description@1")
		return thing{class: isActor, ents: ents}
	case nounPlace:
		return r.placeNoun(np)
	case nounInstallation:
		return r.installation(np)
	case nounEquipment:
		if owner != nil {
			return thing{class: isEquipment, ents: []*entity{owner}}
		}
		return thing{class: isEquipment}
	case nounEvent:
		return thing{class: isEvent}
	}
	if np.noun == "people" || class == nounSpeaker && (np.num.length > 0 || np.plural) && as == roleTarget {
		return thing{class: isPeople}
	}
	if np.noun == "others" || np.noun == "other" {
		return thing{class: isPeople}
	}
	return thing{class: isOther}
}

// ownForce are the nouns of what a country fights with: "Borduria's army".
var ownForce = map[string]bool{
	"army": true, "military": true, "force": true, "troop": true, "soldier": true, "navy": true, "police": true,
	"air-force": true, "airforce": true, "marine": true, "gendarmerie": true, "garrison": true, "cavalry": true, "infantry": true,
}

// owner resolves the possessor of a phrase: "the MNLA's fighters", "its base".
func (r *reader) owner(np *nounPhrase) *entity {
	if np.possessor != nil {
		e := r.what(np.possessor, roleActor).one()
		if e != nil && (np.class == nounFighter || np.class == nounGroup) {
			switch e.Kind {
			case claim.Person:
				// "Harlan's men": the side that he fights for, or else his own.
				if of := r.byIRI[e.Of]; of != nil && of.fights() {
					return of
				}
			case claim.Country:
				if c := r.x.gaz.country(e.Label); c != nil && ownForce[np.noun] {
					return r.force(c, r.firstAdjective(c), np.noun)
				}
			}
		}
		return e
	}
	switch np.det {
	case "his", "her":
		// "his men": those of the side that he fights for.
		if e := r.lastSubject; e != nil && e.Kind == claim.Person && (np.class == nounFighter || np.class == nounGroup) {
			if of := r.byIRI[e.Of]; of != nil && of.fights() {
				return of
			}
			return e
		}
	case "its", "their", "our":
		if v := r.lastVoice; v != nil && v.speaking {
			if v.behalf != nil && v.behalf.fights() {
				return v.behalf
			}
			if v.claimant != nil && v.claimant.fights() {
				return v.claimant
			}
		}
		if r.lastSubject != nil && r.lastSubject.fights() {
			return r.lastSubject
		}
	}
	return nil
}

// qualified resolves a noun with a name before it.
func (r *reader) qualified(np *nounPhrase, i int, class, also nounClass) (thing, bool) {
	m := r.toks[i].name
	isCountry := m.entry != nil && m.entry.Kind == claim.Country && (!m.unknown)
	if isCountry {
		switch class {
		case nounFighter, nounGroup:
			if also == nounDescriptor || class == nounGroup && (np.noun == "movement" || np.noun == "militia" || np.noun == "group" || np.noun == "faction") || r.hasDescriptor(np) {
				if ents := r.byDescription(r.descriptors(np)); len(ents) > 0 {
					r.note(ents, np, "role@1")
					return thing{class: actorOrPeople(np, class), ents: ents}, true
				}
				if e := r.unnamed(np); e != nil {
					return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
				}
				return thing{class: isOther}, true
			}
			e := r.force(m.entry, r.adjective(m, i), np.noun)
			r.mention(e, r.spanOf(np.i, np.j), "national-force@1")
			if class == nounFighter {
				return thing{class: isPeople, ents: []*entity{e}}, true
			}
			return thing{class: isActor, ents: []*entity{e}}, true
		case nounDescriptor:
			if ents := r.byDescription(r.descriptors(np)); len(ents) > 0 {
				r.note(ents, np, "role@1")
				return thing{class: isActor, ents: ents}, true
			}
			if e := r.unnamed(np); e != nil {
				return thing{class: isActor, ents: []*entity{e}}, true
			}
			return thing{class: isOther}, true
		case nounAuthority:
			e := r.government(m.entry)
			r.mention(e, r.spanOf(np.i, np.j), "national-government@1")
			return thing{class: isActor, ents: []*entity{e}}, true
		case nounSpeaker:
			e := r.anonymous(np)
			e.Of, e.country = r.known(m.entry).IRI, m.entry.Label
			return thing{class: isOther, ents: []*entity{e}}, true
		case nounCivilian:
			c := r.newEntity(claim.Civilians, m.entry.ID+"-civilians", r.adjective(m, i)+" civilians")
			c.Of = r.known(m.entry).IRI
			return thing{class: isCivilian, ents: []*entity{c}}, true
		case nounEquipment:
			return thing{class: isEquipment, ents: r.peopleOf(m.entry)}, true
		}
		return thing{}, false
	}
	as := roleActor
	if class == nounPlace {
		as = rolePlace
	}
	e := r.nameEntity(r.toks, i, as)
	if e == nil {
		if m.unknown && m.length == 1 && (class == nounFighter || class == nounGroup || class == nounDescriptor || class == nounEquipment || class == nounAuthority) {
			if r.hasDescriptor(np) || also == nounDescriptor {
				if ents := r.byDescription(r.descriptors(np)); len(ents) > 0 {
					r.note(ents, np, "role@1")
					return thing{class: actorOrPeople(np, class), ents: ents}, true
				}
			}
			return r.people(np, i, class)
		}
		return thing{}, false
	}
	r.mention(e, r.nameSpan(i), "form@1")
	switch class {
	case nounFighter, nounDescriptor, nounGroup:
		if e.fights() {
			r.mention(e, r.spanOf(np.i, np.j), "member@1")
			return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
		}
	case nounEquipment:
		if !e.fights() || e.side == 0 && strings.ContainsAny(e.Label, "0123456789") {
			return thing{class: isEquipment}, true // "T-55 tanks": a make
		}
		return thing{class: isEquipment, ents: []*entity{e}}, true
	case nounPlace:
		if e.place() {
			switch np.noun {
			case "region", "province", "district", "governorate", "state", "valley", "desert", "county", "territory", "peninsula":
				e.region = true
			}
			return thing{class: isPlace, ents: []*entity{e}}, true
		}
	case nounSpeaker:
		a := r.anonymous(np)
		a.Of, a.country = e.IRI, e.country
		return thing{class: isOther, ents: []*entity{a}}, true
	case nounAuthority:
		if e.fights() {
			return thing{class: isActor, ents: []*entity{e}}, true
		}
	}
	return thing{}, false
}

// people resolves "Xian soldiers" for an X that is in no table: the actor whose
// name begins with that word, else a force of its own.
func (r *reader) people(np *nounPhrase, i int, class nounClass) (thing, bool) {
	word := r.toks[i].lower
	var e *entity
	for _, o := range r.entities {
		if o.fights() && (strings.HasPrefix(fold(o.Label), word+" ") || fold(o.Label) == word) && (e == nil || o.side > 0 && e.side == 0) {
			e = o
		}
	}
	if e == nil {
		noun := "forces"
		kind := claim.Organisation
		switch {
		case class == nounDescriptor || r.hasDescriptor(np):
			noun, kind = strings.ToLower(r.toks[np.head].text), claim.ArmedGroup
		case class == nounAuthority:
			noun, kind = strings.ToLower(r.toks[np.head].text), claim.Government
		case class == nounGroup:
			switch np.noun {
			case "brigade", "battalion", "regiment", "division", "militia", "corps", "movement", "group", "front", "faction", "legion", "guard", "squadron", "company", "cavalry", "column", "police", "gang":
				noun = np.noun
			}
		}
		e = r.newEntity(kind, slug(r.toks[i].text+" "+noun), r.toks[i].text+" "+noun)
		if d := r.descriptors(np); len(d) > 0 {
			e.like = append(e.like, d...)
		}
	}
	r.mention(e, r.spanOf(np.i, np.j), "people-by-form@1")
	if class == nounEquipment {
		return thing{class: isEquipment, ents: []*entity{e}}, true
	}
	return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
}

func actorOrPeople(np *nounPhrase, class nounClass) thingClass {
	if np.num.length > 0 || class == nounFighter && np.det == "a" {
		return isPeople
	}
	return isActor
}

// anonymous makes a speaker without a name.
func (r *reader) anonymous(np *nounPhrase) *entity {
	i := np.i
	for i < np.head && (r.toks[i].tag == tagDet || r.toks[i].tag == tagNum) {
		i++
	}
	label := strings.Join(strings.Fields(r.doc.text[r.toks[i].start:r.toks[np.head].end]), " ")
	e := r.newEntity(claim.Anonymous, slug(label), label)
	r.mention(e, r.spanOf(np.i, np.j), "anonymous@1")
	return e
}
