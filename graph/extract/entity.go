package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// entity is an actor, a place or an event while a document is being read.
type entity struct {
	claim.Entity
	like    []string // descriptions that may stand for it
	country string   // label of the state it belongs to
	side    int      // in the infobox, from 1
	order   int
	region  bool          // a region or province, no settlement
	used    bool          // a claim or a mention names it
	seen    map[span]bool // mentions noted
	same    *entity       // the entity that this one turned out to be
	whole   bool          // a side as a whole
	members []*entity     // of a side as a whole
	unnamed bool          // described only
}

// real returns the entity that this one stands for.
func (e *entity) real() *entity {
	for e != nil && e.same != nil {
		e = e.same
	}
	return e
}

func (e *entity) actor() bool {
	switch e.Kind {
	case claim.ArmedGroup, claim.StateForce, claim.Government, claim.Organisation, claim.Person, claim.Country, claim.Civilians:
		return true
	}
	return false
}

// fights reports whether the entity may be a side of a fight.
func (e *entity) fights() bool {
	if e.whole {
		return true
	}
	switch e.Kind {
	case claim.ArmedGroup, claim.StateForce, claim.Country, claim.Organisation, claim.Government:
		return true
	}
	return false
}

func (e *entity) place() bool {
	return e.Kind == claim.Place || e.Kind == claim.Country || e.Kind == claim.Installation
}

// state reports whether the entity belongs to the side of a state.
func (e *entity) state() bool {
	return e.Kind == claim.StateForce || e.Kind == claim.Government || e.Kind == claim.Country
}

// folder names the part of an IRI that keeps kinds apart which may share a name.
func folder(k claim.EntityKind) string {
	switch k {
	case claim.Country, claim.Place, claim.Installation:
		return "place/"
	case claim.Person, claim.Anonymous:
		return "person/"
	case claim.Battle, claim.Conflict, claim.Operation:
		return "event/"
	}
	return "actor/"
}

// newEntity adds an entity to the reader, or returns the one that has its IRI.
func (r *reader) newEntity(kind claim.EntityKind, id, label string) *entity {
	iri := claim.Ref(r.x.base + folder(kind) + id)
	if e := r.byIRI[iri]; e != nil {
		return e
	}
	e := &entity{Entity: claim.Entity{IRI: iri, Kind: kind, Label: label}, order: len(r.entities)}
	r.byIRI[iri] = e
	r.entities = append(r.entities, e)
	return e
}

// known returns the entity of a gazetteer entry.
func (r *reader) known(g *gazEntry) *entity {
	e := r.newEntity(g.Kind, g.ID, g.Label)
	if e.Known {
		return e
	}
	e.Known = true
	e.Aliases = append(e.Aliases, g.Aliases...)
	e.like = g.Like
	for _, s := range g.SameAs {
		e.SameAs = append(e.SameAs, claim.Ref(s))
	}
	if g.Kind != claim.Country && g.Kind != claim.Place {
		e.From, e.To = claim.Date(g.From), claim.Date(g.To)
	}
	if g.Kind == claim.Country {
		e.country = g.Label
	} else if g.Of != "" {
		e.country = g.Of
		if c := r.x.gaz.country(g.Of); c != nil {
			owner := r.known(c)
			if g.Kind == claim.Place {
				e.Within = owner.IRI
			} else {
				e.Of = owner.IRI
			}
		}
	}
	return e
}

// unknown makes an entity that is recognised by its form, under its name.
func (r *reader) unknown(kind claim.EntityKind, label string) *entity {
	label = strings.Join(strings.Fields(label), " ")
	if low := strings.TrimPrefix(label, "the "); low != label {
		label = low
	}
	e := r.newEntity(kind, slug(label), label)
	r.learn(label, e)
	return e
}

// learn lets later sentences know a name of an entity.
func (r *reader) learn(name string, e *entity) {
	words := nameWords(name, r.x.lex)
	if len(words) == 0 {
		return
	}
	n := &r.own
	for _, w := range words {
		if n.next == nil {
			n.next = make(map[string]*ownNode)
		}
		c := n.next[w]
		if c == nil {
			c = &ownNode{}
			n.next[w] = c
		}
		n = c
	}
	if n.entity == nil {
		n.entity = e
		n.acronym = len(words) == 1 && strings.ToUpper(name) == name && len(name) <= 6
	}
}

// ownNode is a node of the trie of names that a document itself introduces.
type ownNode struct {
	next    map[string]*ownNode
	entity  *entity
	acronym bool
}

func (r *reader) ownName(toks []token, i int) (*entity, int) {
	n := &r.own
	var best *entity
	length := 0
	for j := i; j < len(toks); j++ {
		c := n.next[toks[j].lower]
		if c == nil {
			break
		}
		n = c
		if n.entity != nil && (!n.acronym || strings.ToUpper(toks[j].text) == toks[j].text) {
			best, length = n.entity.real(), j-i+1
		}
	}
	return best, length
}

func (r *reader) alias(e *entity, name string) {
	if name != e.Label && !slices.Contains(e.Aliases, name) {
		e.Aliases = append(e.Aliases, name)
	}
	r.learn(name, e)
}

// mention records where a text speaks of an entity.
func (r *reader) mention(e *entity, at span, rule string) {
	e.used = true
	if e.seen == nil {
		e.seen = make(map[span]bool)
	}
	if e.seen[at] {
		return
	}
	e.seen[at] = true
	s := r.span(at)
	e.Mentions = append(e.Mentions, claim.Mention{Span: s, Rule: rule})
}

// span turns a stretch in bytes into one in code points with its words.
func (r *reader) span(at span) claim.Span {
	return claim.Span{Start: r.doc.offsets.at(at.start), End: r.doc.offsets.at(at.end), Quote: at.in(r.doc.text)}
}

// government returns the government of a country.
func (r *reader) government(country *gazEntry) *entity {
	e := r.newEntity(claim.Government, "government-of-"+country.ID, "Government of "+country.Label)
	if e.Of == "" {
		e.Of, e.country, e.Known = r.known(country).IRI, country.Label, true
		e.like = append(e.like, "government")
	}
	return e
}

// force returns the force of a country of which a text speaks under a head noun
// such as army, troops or soldiers: the combatant of that country, else its
// army, else the country itself where that is the combatant.
func (r *reader) force(country *gazEntry, adjective, noun string) *entity {
	exact := ""
	switch noun {
	case "army", "navy", "air force", "air-force", "gendarmerie", "police", "airforce", "legion", "guard", "marine", "fleet", "cavalry":
		exact = noun
	}
	var combatant, any *entity
	for _, e := range r.entities {
		if !r.x.gaz.sameNation(e.country, country.Label) || e.Kind != claim.StateForce && e.Kind != claim.Country {
			continue
		}
		if exact != "" && exact != "army" && !strings.HasSuffix(fold(e.Label), exact) {
			continue
		}
		if e.side > 0 && (combatant == nil || e.Kind == claim.StateForce && combatant.Kind == claim.Country) {
			combatant = e
		}
		if e.Kind == claim.StateForce && (any == nil || strings.HasSuffix(e.Label, "Army")) {
			any = e
		}
	}
	if combatant != nil {
		return combatant
	}
	if any != nil && exact == "" {
		return any
	}
	label := adjective + " Army"
	switch exact {
	case "", "army":
	case "air-force", "air force", "airforce":
		label = adjective + " Air Force"
	default:
		label = adjective + " " + strings.ToUpper(exact[:1]) + exact[1:]
	}
	if exact == "" {
		label = adjective + " forces"
		if any != nil {
			return any
		}
	}
	e := r.newEntity(claim.StateForce, slug(label), label)
	e.Of, e.country, e.Known = r.known(country).IRI, country.Label, true
	r.learn(label, e)
	return e
}

// typeOf guesses the kind of a name from its last or first word; none if the
// form says nothing.
func typeOf(words []string) claim.EntityKind {
	if len(words) == 0 {
		return ""
	}
	last := words[len(words)-1]
	first := words[0]
	switch first {
	case "operation":
		if len(words) > 1 {
			return claim.Operation
		}
	case "battle", "siege", "raid", "fall", "capture", "bombardment", "ambush", "assault", "skirmish", "sack", "relief":
		if len(words) > 2 && words[1] == "of" {
			return claim.Battle
		}
	case "second", "first", "third", "fourth":
		if len(words) > 3 && (words[1] == "battle" || words[1] == "siege") {
			return claim.Battle
		}
	case "fort", "camp", "mount", "lake", "port", "cape", "san", "santa", "saint", "st", "el", "new", "ain", "tin":
		if len(words) > 1 && !actorHead(last) {
			if first == "fort" || first == "camp" {
				return claim.Installation
			}
			return claim.Place
		}
	case "jund", "jabhat", "liwa", "jaysh", "jaish", "katibat", "kataib", "kata'ib", "ansar", "harakat", "hizb", "hezb", "ahrar", "saraya", "lashkar", "laskar", "jamaat", "jama'at", "jamaah", "fatah", "faylaq", "tahrik", "tehrik", "asaib", "asa'ib", "suqour", "suquor", "ajnad", "firqat", "harkat", "mujahideen":
		if len(words) > 1 && last != "camp" {
			return claim.ArmedGroup
		}
	case "ministry":
		return claim.Government
	case "army", "forces", "movement", "front", "union", "brigade", "battalion", "party", "league", "group", "militia", "army's":
		if len(words) > 2 {
			return claim.ArmedGroup
		}
	}
	if len(words) < 2 {
		return ""
	}
	for i, w := range words {
		// The head of "Movement for the Liberation of X" stands before its
		// preposition.
		if i > 0 && (w == "of" || w == "for" || w == "in") {
			if k := typeOf(words[:i]); k != "" {
				return k
			}
			if i == 1 && actorHead(first) {
				return claim.ArmedGroup
			}
			break
		}
	}
	if last == "army" {
		for _, w := range words {
			switch w {
			case "liberation", "resistance", "revolutionary", "people's", "salvation", "lord's", "white", "islamic", "volunteer", "rebel", "patriotic", "republican", "free", "freedom", "national-liberation":
				return claim.ArmedGroup
			}
		}
	}
	switch last {
	case "army", "navy", "airforce", "gendarmerie", "police", "corps", "fleet", "marines":
		return claim.StateForce
	case "force":
		if len(words) > 1 && words[len(words)-2] == "air" {
			return claim.StateForce
		}
		return claim.ArmedGroup
	case "front", "movement", "brigade", "brigades", "battalion", "battalions", "militia", "militias", "group", "faction", "guards", "guard", "regiment", "division", "forces", "legion", "column", "company", "squadron", "fighters", "rebels", "tigers", "alliance", "coalition", "insurgents", "mujahideen", "militants", "unit", "katiba", "command":
		return claim.ArmedGroup
	case "government", "ministry", "administration", "authorities", "regime", "junta", "parliament", "cabinet":
		return claim.Government
	case "war", "wars", "rebellion", "conflict", "uprising", "revolution", "campaign", "insurgency", "offensive", "crisis", "revolt", "invasion", "intervention", "insurrection":
		return claim.Conflict
	case "news", "times", "agency", "radio", "television", "tv", "post", "herald", "journal", "gazette", "telegraph", "tribune", "magazine", "observer":
		return claim.Media
	case "river", "valley", "province", "region", "district", "mountains", "mountain", "island", "islands", "hill", "hills", "city", "town", "village", "lake", "desert", "pass", "bridge", "road", "street", "square", "county", "peninsula", "governorate", "oblast", "bay", "beach", "creek", "border", "highway", "cercle", "state", "ridge", "plateau", "gulf", "sea", "coast", "forest":
		return claim.Place
	case "airport", "base", "airbase", "barracks", "fort", "fortress", "castle", "citadel", "prison", "outpost", "camp", "airfield", "palace", "hospital", "station", "refinery", "embassy", "garrison", "redoubt", "headquarters":
		return claim.Installation
	case "treaty", "agreement", "accord", "accords", "pact", "convention":
		return claim.EntityKind("-")
	}
	return ""
}

func actorHead(w string) bool {
	switch w {
	case "army", "front", "movement", "brigade", "battalion", "militia", "group", "force", "forces", "regiment", "division", "party", "union", "league", "alliance", "coalition", "organization", "organisation", "council":
		return true
	}
	return false
}
