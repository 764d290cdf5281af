package extract

import (
	"slices"
	"strings"
	"unicode"

	"github.com/belligraph/belligraph/graph/claim"
)

// thing is what a noun phrase speaks of.
type thing struct {
	class thingClass
	ents  []*entity
	noun  string
	np    *nounPhrase
}

type thingClass string

const (
	isNothing      thingClass = ""
	isActor        thingClass = "actor"
	isPeople       thingClass = "people"
	isCivilian     thingClass = "civilian"
	isCaptive      thingClass = "captive"
	isPlace        thingClass = "place"
	isInstallation thingClass = "installation"
	isPosition     thingClass = "position"
	isEquipment    thingClass = "equipment"
	isEvent        thingClass = "event"
	isBody         thingClass = "body"
	isOther        thingClass = "other"
)

func (t thing) one() *entity {
	if len(t.ents) == 1 {
		return t.ents[0]
	}
	return nil
}

func refsOf(ents []*entity) []claim.Ref {
	var out []claim.Ref
	for _, e := range ents {
		out = append(out, e.IRI)
	}
	return out
}

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
	case "they", "them", "it":
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
	if e.Kind == claim.Place || e.Kind == claim.Country {
		r.lastPlace = e
	}
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
	if m.adjective && !m.plural {
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
	if j-i == 1 && t.kind == wordToken && len(t.text) >= 2 && strings.ToUpper(t.text) == t.text && len(e.words) != 1 || t.tag == tagName && t.name != nil && t.name.length == j-i && t.name.entity == nil && t.name.entry == nil {
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

// peopleOf returns the side of a country.
func (r *reader) peopleOf(country *gazEntry) []*entity {
	var force *entity
	for _, e := range r.entities {
		if e.side == 0 || !r.x.gaz.sameNation(e.country, country.Label) || e.Kind != claim.StateForce && e.Kind != claim.Country {
			continue
		}
		if e.Kind == claim.Country {
			return []*entity{e}
		}
		if force == nil {
			force = e
		}
	}
	if force != nil {
		return []*entity{force}
	}
	return []*entity{r.known(country)}
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
	owner := r.owner(np)
	switch class {
	case nounFighter, nounDescriptor, nounGroup:
		ents, rule := r.fighters(np)
		if owner != nil && (class != nounDescriptor) && owner.fights() && len(np.names) == 0 {
			ents, rule = []*entity{owner}, "possessive@1"
		}
		if len(ents) == 0 && np.definite && np.num.length == 0 {
			if e := r.byNoun[np.noun].real(); e != nil {
				ents, rule = []*entity{e}, "same-noun@1"
			} else if e := r.bySuffix(np.noun); e != nil {
				ents, rule = []*entity{e}, "same-noun@1"
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
	if np.noun == "people" {
		return thing{class: isPeople}
	}
	if np.noun == "others" || np.noun == "other" {
		return thing{class: isPeople}
	}
	return thing{class: isOther}
}

// ofName resolves a noun by the name in the phrase with of or from after it.
func (r *reader) ofName(np *nounPhrase, class, also nounClass) (thing, bool) {
	of := np.of
	if of == nil && (class == nounFighter || class == nounGroup || class == nounDescriptor) {
		of = np.from
	}
	if of == nil || of.head < 0 || r.toks[of.head].tag != tagName {
		return thing{}, false
	}
	m := r.toks[of.head].name
	country := m.entry != nil && m.entry.Kind == claim.Country && !m.unknown && !m.adjective
	switch class {
	case nounPlace, nounInstallation:
		if class == nounInstallation && np.plural {
			return thing{}, false
		}
		if class == nounInstallation || np.plural || np.num.length > 0 && !np.plural {
			return thing{}, false
		}
		switch np.noun {
		case "town", "city", "village", "commune", "settlement", "locality", "island", "port", "hamlet", "capital", "municipality", "oasis", "district", "province", "region", "suburb", "bridge", "valley":
			e := r.nameEntity(r.toks, of.head, rolePlace)
			if e != nil && (e.Kind == claim.Place) {
				r.mention(e, r.nameSpan(of.head), "form@1")
				r.lastPlace = e
				return thing{class: isPlace, ents: []*entity{e}}, true
			}
		}
	case nounAuthority:
		if country {
			e := r.government(m.entry)
			r.mention(e, r.spanOf(np.i, of.j), "national-government@1")
			return thing{class: isActor, ents: []*entity{e}}, true
		}
	case nounFighter, nounGroup, nounDescriptor:
		if r.hasDescriptor(np) || also == nounDescriptor {
			if country {
				return thing{}, false
			}
			if e := r.nameEntity(r.toks, of.head, roleActor); e != nil && (e.Kind == claim.ArmedGroup || e.Kind == claim.StateForce || e.side > 0 && e.fights()) {
				for _, p := range of.parens {
					r.aliasIn(e, p)
				}
				e = e.real()
				r.mention(e, r.spanOf(np.i, np.j), "member@1")
				return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
			}
			return thing{}, false
		}
		if country {
			e := r.force(m.entry, m.entry.Label, np.noun)
			if ents := r.peopleOf(m.entry); len(ents) == 1 && ents[0].side > 0 {
				e = ents[0]
			}
			r.mention(e, r.spanOf(np.i, of.j), "national-force@1")
			return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
		}
		if e := r.nameEntity(r.toks, of.head, roleActor); e != nil && e.fights() && (e.side > 0 || e.Known) {
			return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
		}
	}
	return thing{}, false
}

// bySuffix returns the one actor whose name ends in a noun: "the militia" of the
// X militia.
func (r *reader) bySuffix(noun string) *entity {
	var out *entity
	for _, e := range r.entities {
		if e.fights() && !e.whole && e.used && strings.HasSuffix(fold(e.Label), " "+noun) {
			if out != nil {
				return nil
			}
			out = e
		}
	}
	return out
}

// owner resolves the possessor of a phrase: "the MNLA's fighters", "its base".
func (r *reader) owner(np *nounPhrase) *entity {
	if np.possessor != nil {
		return r.what(np.possessor, roleActor).one()
	}
	switch np.det {
	case "its", "their":
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
		return thing{class: isEquipment, ents: []*entity{e}}, true
	case nounPlace:
		if e.place() {
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

// descriptors returns the words of a phrase that describe a side.
func (r *reader) descriptors(np *nounPhrase) []string {
	var out []string
	for k := np.i; k < np.j; k++ {
		info := r.toks[k].info
		if r.toks[k].tag == tagName {
			continue
		}
		if info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor) {
			out = append(out, info.single)
			continue
		}
		switch w := r.toks[k].lower; w {
		case "rebel", "separatist", "islamist", "jihadist", "jihadi", "loyalist", "republican", "royalist", "nationalist", "communist", "insurgent", "militant", "revolutionary", "opposition", "guerrilla", "tuareg":
			out = append(out, w)
		case "government", "governmental", "pro-government", "state":
			out = append(out, "government")
		case "allied", "coalition":
			out = append(out, w)
		}
	}
	return out
}

func (r *reader) hasDescriptor(np *nounPhrase) bool {
	for _, d := range r.descriptors(np) {
		if d != "government" {
			return true
		}
	}
	return false
}

// near lists descriptions that texts use for one another.
var nearWords = map[string][]string{
	"insurgent": {"rebel", "militant", "guerrilla"}, "rebel": {"insurgent", "separatist", "guerrilla", "revolutionary"}, "militant": {"islamist", "jihadist", "insurgent", "terrorist", "rebel"},
	"guerrilla": {"rebel", "insurgent"}, "guerilla": {"rebel", "insurgent", "guerrilla"}, "islamist": {"jihadist"}, "jihadist": {"islamist"}, "jihadi": {"islamist", "jihadist"},
	"terrorist": {"militant", "jihadist", "islamist"}, "revolutionary": {"rebel"}, "opposition": {"rebel"}, "insurgency": {"insurgent", "rebel"}, "secessionist": {"separatist", "rebel"},
}

// byDescription returns the side of the fight that descriptions stand for: the
// one actor, or the actors of the one side, to whom they fit.
func (r *reader) byDescription(words []string) []*entity {
	for _, w := range words {
		switch w {
		case "attacker", "assailant", "invader", "besieger", "raider":
			if r.lastAttack != nil {
				return r.entitiesOf(r.lastAttack.Agent)
			}
			return nil
		case "defender":
			if r.lastAttack != nil {
				var out []*entity
				for _, e := range r.entitiesOf(r.lastAttack.Patient) {
					if e.fights() {
						out = append(out, e)
					}
				}
				if len(out) == 0 {
					out = r.opponents(r.entitiesOf(r.lastAttack.Agent))
				}
				return out
			}
			return nil
		}
	}
	fitting := func(words ...string) []*entity {
		var out []*entity
		for _, e := range r.entities {
			if e.fights() && !e.whole && !e.state() && (e.side > 0 || e.used) && slices.ContainsFunc(e.like, func(l string) bool { return slices.Contains(words, l) }) {
				out = append(out, e)
			}
		}
		return out
	}
	var found []*entity
	for _, w := range words {
		if w == "government" {
			return r.stateSide()
		}
		if found = fitting(w); len(found) == 0 {
			found = fitting(nearWords[w]...)
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 && len(words) > 0 {
		// The one side that is not a state's.
		found = r.rebelSide()
	}
	return r.narrow(found)
}

// narrow keeps one actor, or the combatants of one side.
func (r *reader) narrow(found []*entity) []*entity {
	if len(found) <= 1 {
		return found
	}
	var fighting []*entity
	for _, e := range found {
		if e.side > 0 {
			fighting = append(fighting, e)
		}
	}
	if len(fighting) == 0 {
		// Those that the text told of last.
		if r.lastActor != nil {
			for _, e := range found {
				if e == r.lastActor {
					return []*entity{e}
				}
			}
		}
		return nil
	}
	for _, e := range fighting[1:] {
		if e.side != fighting[0].side {
			return nil
		}
	}
	if e := r.sideEntity(fighting[0].side); e != nil {
		return []*entity{e}
	}
	return nil
}

func (r *reader) sideEntities() map[int][]*entity {
	sides := make(map[int][]*entity)
	for _, e := range r.entities {
		if e.side > 0 && e.fights() && !e.whole {
			sides[e.side] = append(sides[e.side], e)
		}
	}
	return sides
}

// nationalSides returns the one side whose forces belong to a country that is
// known, where others only call themselves an army; -1 for none or several.
func (r *reader) nationalSides(sides map[int][]*entity) int {
	one := -1
	for _, n := range sortedKeys(sides) {
		for _, e := range sides[n] {
			if e.state() && e.country != "" {
				if one >= 0 && one != n {
					return -1
				}
				one = n
			}
		}
	}
	return one
}

// rebelSide returns the one side without a state.
func (r *reader) rebelSide() []*entity {
	sides := r.sideEntities()
	national := r.nationalSides(sides)
	var out []*entity
	for _, n := range sortedKeys(sides) {
		state := false
		for _, e := range sides[n] {
			state = state || e.state() && (national < 0 || national == n)
		}
		if !state {
			if out != nil {
				return nil
			}
			out = sides[n]
		}
	}
	if out == nil && len(sides) == 0 {
		for _, e := range r.entities {
			if e.Kind == claim.ArmedGroup && e.used {
				out = append(out, e)
			}
		}
		if len(out) != 1 {
			return nil
		}
	}
	return out
}

// stateSide returns the one side that is a state's.
func (r *reader) stateSide() []*entity {
	sides := r.sideEntities()
	national := r.nationalSides(sides)
	var out []*entity
	for _, n := range sortedKeys(sides) {
		var states []*entity
		for _, e := range sides[n] {
			if e.state() && (national < 0 || national == n) {
				states = append(states, e)
			}
		}
		if len(states) > 0 {
			if out != nil {
				return nil
			}
			out = states
		}
	}
	if len(sides) == 0 {
		for _, e := range r.entities {
			if e.Kind == claim.StateForce && e.used {
				out = append(out, e)
			}
		}
	}
	if len(out) > 1 {
		// An army rather than its state.
		for _, e := range out {
			if e.Kind == claim.StateForce {
				return []*entity{e}
			}
		}
		return out[:1]
	}
	return out
}

// opponents returns the actors of the other side where there are two.
func (r *reader) opponents(of []*entity) []*entity {
	sides := r.sideEntities()
	if len(sides) != 2 || len(of) == 0 || of[0].side == 0 {
		return nil
	}
	for _, n := range sortedKeys(sides) {
		if n != of[0].side {
			if e := r.sideEntity(n); e != nil {
				return []*entity{e}
			}
		}
	}
	return nil
}

func (r *reader) entitiesOf(refs []claim.Ref) []*entity {
	var out []*entity
	for _, ref := range refs {
		if e := r.byIRI[ref]; e != nil {
			out = append(out, e)
		}
	}
	return out
}

// fighters resolves soldiers, rebels, the army without a name before them.
func (r *reader) fighters(np *nounPhrase) ([]*entity, string) {
	if words := r.descriptors(np); len(words) > 0 {
		return r.byDescription(words), "role@1"
	}
	switch np.noun {
	case "soldier", "troop", "army", "serviceman", "servicemen", "garrison", "military", "trooper", "police", "policeman", "gendarme", "navy", "air-force", "regular", "conscript", "officer":
		if v := r.lastVoice; v != nil && v.speaking && v.claimant != nil && v.claimant.country != "" {
			if c := r.x.gaz.country(v.claimant.country); c != nil {
				return r.peopleForce(c), "own-force@1"
			}
		}
		if s := r.stateSide(); len(s) == 1 {
			return s, "state-side@1"
		}
		// Of several states, the one told of last.
		if np.noun == "army" || np.noun == "troop" || np.noun == "soldier" {
			if r.lastActor != nil && r.lastActor.Kind == claim.StateForce && np.definite {
				return []*entity{r.lastActor}, "last-force@1"
			}
		}
	case "force", "unit", "column", "contingent", "detachment", "side", "rank", "group", "fighter", "man", "men":
		if np.definite && np.det != "their" && np.det != "its" && (np.noun == "group" || np.noun == "force") && r.lastActor != nil && r.lastActor.fights() && np.num.length == 0 && !np.plural {
			return []*entity{r.lastActor}, "last-actor@1"
		}
	}
	return nil, ""
}

// peopleForce returns the force of a country that the text knows.
func (r *reader) peopleForce(c *gazEntry) []*entity {
	for _, e := range r.entities {
		if e.Kind == claim.StateForce && e.country == c.Label && e.side > 0 {
			return []*entity{e}
		}
	}
	for _, e := range r.entities {
		if e.Kind == claim.StateForce && e.country == c.Label {
			return []*entity{e}
		}
	}
	return r.peopleOf(c)
}

// governments resolves "the government", "the authorities".
func (r *reader) governments(np *nounPhrase) []*entity {
	var found []*entity
	for _, e := range r.entities {
		if e.Kind == claim.Government && e.used {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found
	}
	if s := r.stateSide(); len(s) == 1 && s[0].country != "" {
		if c := r.x.gaz.country(s[0].country); c != nil {
			return []*entity{r.government(c)}
		}
	}
	return nil
}

// placeNoun resolves "the town", "the commune of X".
func (r *reader) placeNoun(np *nounPhrase) thing {
	if np.plural && np.of != nil && np.num.length == 0 {
		// "the towns of A and B".
		var ents []*entity
		for _, of := range append([]*nounPhrase{np.of}, np.ofs...) {
			if of.head < 0 || r.toks[of.head].tag != tagName {
				continue
			}
			if e := r.nameEntity(r.toks, of.head, rolePlace); e != nil && e.Kind == claim.Place {
				r.mention(e, r.nameSpan(of.head), "form@1")
				ents = append(ents, e)
			}
		}
		return thing{class: isPlace, ents: ents}
	}
	if np.plural && np.definite && np.num.length == 0 {
		if e := r.placeWith(r.toks[np.head].lower); e != nil {
			r.note([]*entity{e}, np, "definite-place@1")
			return thing{class: isPlace, ents: []*entity{e}}
		}
	}
	if np.num.length > 0 && (np.num.max == nil || *np.num.max > 1) || np.plural {
		return thing{class: isPlace}
	}
	if !np.definite {
		return thing{class: isPlace}
	}
	for k := np.i; k < np.head; k++ {
		switch r.toks[k].lower {
		case "largest", "biggest", "second", "third", "fourth", "latter", "former", "other", "next", "neighbouring", "neighboring", "nearby", "nearest", "smaller", "larger", "second-largest":
			return thing{class: isPlace} // another than the one told of
		}
	}
	switch np.noun {
	case "town", "city", "village", "commune", "settlement", "locality", "oasis", "hamlet", "municipality", "area":
		e := r.place
		if r.lastPlace != nil && r.lastPlace.Kind == claim.Place {
			e = r.lastPlace
		}
		if e != nil {
			r.note([]*entity{e}, np, "definite-place@1")
			return thing{class: isPlace, ents: []*entity{e}}
		}
	}
	if e := r.placeWith(np.noun); e != nil {
		r.note([]*entity{e}, np, "definite-place@1")
		return thing{class: isPlace, ents: []*entity{e}}
	}
	return thing{class: isPlace}
}

// placeWith returns the place told of whose name holds a noun: "the pass" of
// Odrin Pass.
func (r *reader) placeWith(noun string) *entity {
	for _, e := range []*entity{r.lastPlace, r.place} {
		if e != nil && (strings.HasSuffix(fold(e.Label), " "+noun) || strings.HasPrefix(fold(e.Label), noun+" ")) {
			return e
		}
	}
	return nil
}

// installation makes the base, outpost or camp that a phrase speaks of, in the
// place that the sentence gives it.
func (r *reader) installation(np *nounPhrase) thing {
	if e := r.placeWith(np.noun); e != nil && np.definite && !np.plural && len(np.names) == 0 {
		r.note([]*entity{e}, np, "definite-place@1")
		return thing{class: isPlace, ents: []*entity{e}}
	}
	if np.definite && !np.plural && len(np.names) == 0 && np.num.length == 0 {
		var same *entity
		for _, e := range r.entities {
			if e.Kind == claim.Installation && e.used && strings.HasSuffix(" "+fold(e.Label), " "+np.noun) {
				same = e
			}
		}
		if same != nil {
			r.note([]*entity{same}, np, "same-noun@1")
			return thing{class: isInstallation, ents: []*entity{same}}
		}
	}
	class := isInstallation
	if np.noun == "position" || np.noun == "trench" {
		class = isPosition
	}
	where := r.place
	if n := len(np.names); n > 0 {
		if e := r.nameEntity(r.toks, np.names[n-1], roleNone); e != nil && e.Kind == claim.Place {
			where = e
		} else if e == nil {
			// "Amachach military base": a name of its own.
			label := strings.Join(strings.Fields(r.doc.text[r.toks[np.names[0]].start:r.toks[np.head].end]), " ")
			e := r.unknown(claim.Installation, label)
			if r.place != nil && e.Within == "" {
				e.Within = r.place.IRI
			}
			return thing{class: isInstallation, ents: []*entity{e}}
		}
	} else if r.lastPlace != nil && r.lastPlace.Kind == claim.Place {
		where = r.lastPlace
	}
	i := np.i
	for i < np.head && (r.toks[i].tag == tagDet || r.toks[i].tag == tagQuote || i < np.i+np.num.length) {
		i++
	}
	label := strings.Join(strings.Fields(r.doc.text[r.toks[i].start:r.toks[np.head].end]), " ")
	id := slug(label)
	if where != nil {
		id = slug(where.Label) + "-" + id
	}
	e := r.newEntity(claim.Installation, id, label)
	if where != nil {
		e.Within = where.IRI
	}
	return thing{class: class, ents: []*entity{e}}
}
