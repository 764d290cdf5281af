package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// matchNames finds the names in a sentence: those of the document itself, those
// of the gazetteer, and others by their capitals.
func (r *reader) matchNames(toks []token) {
	for i := 0; i < len(toks); {
		if toks[i].kind != wordToken {
			i++
			continue
		}
		m := r.nameAt(toks, i)
		if m == nil {
			i++
			continue
		}
		for k := i; k < i+m.length; k++ {
			toks[k].tag = tagName
			toks[k].name = m
		}
		i += m.length
	}
}

func (r *reader) nameAt(toks []token, i int) *nameMatch {
	t := &toks[i]
	if compounded(t.lower) {
		return nil
	}
	capital := isUpperAt(t.text) || articled(t)
	own, ownLen := r.ownName(toks, i)
	g, gLen, _ := r.x.gaz.names.find(toks, i, r.year)
	adj, adjLen, people := r.x.gaz.adjectives.find(toks, i, r.year)
	if !capital && (own == nil || !isUpperAt(toks[i+ownLen-1].text) && ownLen == 1) {
		own = nil
		if g == nil || !hasUpper(toks[i+gLen-1].text) {
			g = nil
		}
		if g == nil && own == nil {
			return nil
		}
	}
	seq := 0
	if capital {
		seq = r.sequence(toks, i)
	}
	// The longest reading wins; the document's own before the gazetteer's.
	switch {
	case own != nil && ownLen >= gLen && ownLen >= seq:
		return &nameMatch{length: ownLen, entity: own}
	case g != nil && gLen >= seq:
		return &nameMatch{length: gLen, entry: g}
	case adj != nil && adjLen >= seq && adjLen >= ownLen:
		return &nameMatch{length: adjLen, entry: adj, adjective: true, plural: people}
	case own != nil && ownLen >= seq:
		return &nameMatch{length: ownLen, entity: own}
	case seq > 0 && g != nil && g.Kind == claim.Country && toks[i+gLen].lower != "–" && toks[i+gLen].lower != "-":
		// "Mali War", "Libya Dawn": a longer name that opens with a country.
		return &nameMatch{length: seq, entry: g, unknown: true}
	case seq > 0 && adj != nil:
		return &nameMatch{length: seq, entry: adj, unknown: true, adjective: false}
	case seq > 0:
		return &nameMatch{length: seq, unknown: true}
	}
	return nil
}

// articled reports whether a word is a name with the Arabic article in small
// letters: "al-Mastouma", "ash-Sham".
func articled(t *token) bool {
	i := strings.IndexByte(t.text, '-')
	return (i == 2 || i == 3) && t.text[0] == 'a' && i+1 < len(t.text) && isUpperAt(t.text[i+1:])
}

func hasUpper(s string) bool { return strings.ToLower(s) != s }

// connectors join the parts of a name when a capital follows.
var connectors = map[string]bool{
	"of": true, "for": true, "the": true, "and": true, "in": true, "de": true, "du": true, "des": true, "la": true, "le": true, "al": true, "el": true,
	"ag": true, "ould": true, "ibn": true, "bin": true, "ben": true, "von": true, "van": true, "der": true, "den": true, "y": true, "da": true, "do": true, "dos": true, "di": true, "del": true, "ul": true, "wal": true, "ad": true, "an": true, "as": true,
}

// sequence returns how many tokens a name has that begins with the capital at
// token i, 0 for none.
func (r *reader) sequence(toks []token, i int) int {
	t := &toks[i]
	if t.info != nil && (t.info.month > 0 || weekday(t.lower)) && !strings.Contains(t.text, "-") {
		return 0
	}
	if weekday(t.lower) {
		return 0
	}
	if t.info != nil && t.info.title && !(i+1 < len(toks) && toks[i+1].lower == "of") {
		return 0
	}
	start := i == 0 || toks[i-1].kind == markToken && (toks[i-1].text == `"` || toks[i-1].text == "“" || toks[i-1].text == "." || toks[i-1].text == ":")
	if t.info != nil && (t.info.closed != tagNone && t.info.closed != tagAdj || t.info.isNum || t.info.vague) {
		// "In Amenas", "Am Dam": a capital within the sentence, and another after.
		if t.lower != "al" && t.lower != "el" && !(!start && (t.info.closed == tagPrep || t.info.closed == tagBe || t.info.closed == tagAdv || t.lower == "an" || t.lower == "as") && i+1 < len(toks) && toks[i+1].kind == wordToken && isUpperAt(toks[i+1].text) && toks[i+1].info == nil && t.text != strings.ToUpper(t.text)) {
			return 0
		}
	}
	if start && t.info == nil && i+1 < len(toks) && toks[i+1].lower == "of" && !isOrgWord(t.lower) {
		return 0 // "Parts of", "Remains of"
	}
	if start && t.info != nil {
		// A common word at the head of a sentence is a name only if others
		// with capitals follow: "Operation Serval", "National Guard".
		if i+1 >= len(toks) || toks[i+1].kind != wordToken || !isUpperAt(toks[i+1].text) && toks[i+1].lower != "of" {
			return 0
		}
		if t.info.forms != 0 && t.info.noun == nounNone && t.info.closed == tagNone {
			return 0
		}
	}
	j := i + 1
	describes := t.info != nil && (t.info.noun == nounDescriptor || t.info.also == nounDescriptor || t.info.closed == tagAdj)
	if isOrgWord(t.lower) && i+2 < len(toks) && (toks[i+1].lower == "of" || toks[i+1].lower == "for") && isUpperAt(toks[i+2].text) {
		describes = false // "the Coalition of Patriots for Change"
	}
	if describes && (i+1 >= len(toks) || toks[i+1].kind != wordToken || !isUpperAt(toks[i+1].text)) {
		return 0
	}
	orgHead := isOrgWord(t.lower)
	for j < len(toks) {
		w := &toks[j]
		if w.kind == markToken {
			// Mohamud "Adde" Muse
			if (w.text == `"` || w.text == "“") && j+3 < len(toks) && toks[j+1].kind == wordToken && isUpperAt(toks[j+1].text) && (toks[j+2].text == `"` || toks[j+2].text == "”") && toks[j+3].kind == wordToken && isUpperAt(toks[j+3].text) && toks[j+3].info == nil {
				j += 4
				continue
			}
			// Algeria–Mali
			if (w.text == "–" || w.text == "-") && j+1 < len(toks) && j == i+1 && isUpperAt(toks[j+1].text) && toks[j+1].kind == wordToken && w.start == toks[j-1].end && w.end == toks[j+1].start {
				j += 2
				continue
			}
			break
		}
		if w.kind == numberToken {
			break
		}
		if isUpperAt(w.text) || articled(w) {
			if w.info != nil && (w.info.month > 0 || weekday(w.lower)) {
				break
			}
			// A person's or an office's title begins a new name.
			if w.info != nil && w.info.title && j > i && !orgHead {
				break
			}
			orgHead = orgHead || isOrgWord(w.lower)
			j++
			continue
		}
		if connectors[w.lower] && j+1 < len(toks) {
			k := j + 1
			for k < len(toks) && connectors[toks[k].lower] && k < j+3 {
				k++
			}
			if k < len(toks) && toks[k].kind == wordToken && isUpperAt(toks[k].text) && !(toks[k].info != nil && toks[k].info.month > 0) {
				if english := w.lower == "of" || w.lower == "for" || w.lower == "the" || w.lower == "and" || w.lower == "in" || w.lower == "an" || w.lower == "as"; english {
					if !orgHead || w.lower == "in" && !partyName(toks, i, j) || (w.lower == "the" && toks[j-1].lower != "of" && toks[j-1].lower != "for") || w.lower == "and" && !(j+2 < len(toks)) || w.lower == "an" || w.lower == "as" || w.lower == "and" {
						break
					}
					// "the Army of Mali" is one name; "the Army in Mali" is not.
				}
				j = k + 1
				continue
			}
		}
		break
	}
	// "Tuareg rebellion": a conflict's head in small letters.
	if j < len(toks) && toks[j].kind == wordToken && (toks[j].lower == "rebellion" || toks[j].lower == "conflict" || toks[j].lower == "war" || toks[j].lower == "uprising" || toks[j].lower == "insurgency" || toks[j].lower == "campaign" || toks[j].lower == "crisis" || toks[j].lower == "revolution") && j-i <= 3 {
		if g, n, _ := r.x.gaz.adjectives.find(toks, i, 0); g == nil || n < j-i {
			j++
		}
	}
	return j - i
}

func partyName(toks []token, i, j int) bool {
	switch toks[j-1].lower {
	case "jihad", "unity", "oneness", "qaeda", "qaida":
		return true
	}
	return false
}

// isOrgWord reports whether a capitalised word may head a name that goes on with
// "of" or "for".
func isOrgWord(w string) bool {
	switch w {
	case "movement", "front", "army", "battle", "siege", "republic", "ministry", "union", "kingdom", "forces", "council", "party", "group", "organization", "organisation", "coalition", "alliance", "congress", "league", "gulf", "province", "university", "bay", "house", "order", "force", "brigade", "brigades", "committee", "liberation", "duchy", "empire", "department", "treaty", "coordination", "signatories", "popular", "people's", "governorate", "fall", "capture", "defense", "defence", "sons", "soldiers", "legion", "state", "emirate", "congo", "democratic", "jihad", "war", "islamic", "guard", "guards", "tribe", "arch", "strait":
		return true
	}
	return false
}

// nameWordsOf returns the folded words of the name at token i.
func nameText(text string, toks []token, i int) string {
	m := toks[i].name
	return text[toks[i].start:toks[i+m.length-1].end]
}

// role says in which place of a sentence a name of unknown kind stands.
type role uint8

const (
	roleNone role = iota
	roleActor
	rolePlace
	rolePerson
	roleAgent  // of a deed: an actor, whatever the form
	roleTarget // of an attack or a capture: a place unless the form says otherwise
)

// personCalled returns the one person of the document whose name holds a shorter
// one as whole words: "Alula" and "Ras Alula" of Ras Alula Engida.
func (r *reader) personCalled(short string) *entity {
	var same *entity
	for _, e := range r.entities {
		if e.Kind != claim.Person || len(e.Label) <= len(short) {
			continue
		}
		if i := strings.Index(e.Label, short); i < 0 || i > 0 && e.Label[i-1] != ' ' || i+len(short) < len(e.Label) && e.Label[i+len(short)] != ' ' {
			continue
		}
		if e = e.real(); same != nil && same != e {
			return nil
		}
		same = e
	}
	return same
}

// nameEntity returns the entity of the name at token i, nil if its kind cannot
// be told.
func (r *reader) nameEntity(toks []token, i int, as role) *entity {
	m := toks[i].name
	if m.entity != nil {
		return m.entity.real()
	}
	if m.entry != nil && !m.unknown {
		m.entity = r.known(m.entry)
		return m.entity
	}
	label := nameText(r.doc.text, toks, i)
	label = strings.Join(strings.Fields(label), " ")
	var words []string
	for k := i; k < i+m.length; k++ {
		words = append(words, toks[k].lower)
	}
	kind := typeOf(words)
	if kind == "-" {
		return nil
	}
	if e := r.byInitials(m, label); e != nil {
		r.alias(e, label)
		m.entity = e
		return e
	}
	if kind == "" && as != rolePlace && m.length <= 2 {
		if e := r.personCalled(label); e != nil {
			r.alias(e, label)
			m.entity = e
			return e
		}
	}
	if kind == "" {
		switch as {
		case rolePlace, roleTarget:
			if m.length <= 3 || as == rolePlace {
				kind = claim.Place
			}
		case rolePerson:
			kind = claim.Person
		case roleAgent:
			kind = r.agentKind(toks, i, label)
		case roleActor:
			if m.length == 1 && len(label) >= 2 && len(label) <= 8 && strings.ToUpper(label) == label {
				kind = claim.ArmedGroup
			}
		}
	}
	if kind == "" {
		return nil
	}
	if strings.Contains(label, "–") && kind == claim.Place {
		return nil
	}
	if m.entry != nil && m.entry.Kind == claim.Country && kind == claim.ArmedGroup {
		// "Malian Armed Forces", "French Foreign Legion": a state's unless it
		// names itself otherwise.
		last := words[len(words)-1]
		if last == "forces" || last == "corps" || last == "guard" || last == "guards" || last == "legion" || last == "division" || last == "regiment" || last == "brigade" || last == "battalion" || last == "force" {
			kind = claim.StateForce
		}
	}
	e := r.unknown(kind, label)
	if m.entry != nil && m.entry.Kind == claim.Country && (kind == claim.StateForce || kind == claim.Government) {
		e.Of, e.country = r.known(m.entry).IRI, m.entry.Label
	} else if m.entry != nil && m.entry.Kind == claim.Country && e.country == "" && kind == claim.ArmedGroup {
		e.country = ""
	}
	e.like = append(e.like, likeWords(words)...)
	m.entity = e
	return e
}

// likeWords returns the descriptions that a name itself gives.
func likeWords(words []string) []string {
	var out []string
	for _, w := range words {
		switch w {
		case "liberation", "revolutionary", "rebels", "rebel", "resistance":
			out = append(out, "rebel")
		case "islamic", "islamist", "jihad", "sharia":
			out = append(out, "islamist")
		case "militia":
			out = append(out, "militia")
		case "communist", "people's":
			out = append(out, "communist")
		}
	}
	return out
}

// compounded reports whether a word is an adjective made of a name:
// "al-Qaida-linked", "US-backed".
func compounded(w string) bool {
	i := strings.LastIndexByte(w, '-')
	if i < 2 {
		return false
	}
	switch w[i+1:] {
	case "linked", "backed", "affiliated", "allied", "aligned", "led", "held", "controlled", "based", "occupied", "inspired", "trained", "supported", "dominated", "speaking", "born", "ruled", "funded", "sponsored", "administered", "made", "built":
		return true
	}
	return false
}

// agentKind types a name that nothing is known of but that it does what sides of
// a fight do: a person by two plain words, else an organisation. A single word at
// the head of a sentence may be any word.
func (r *reader) agentKind(toks []token, i int, label string) claim.EntityKind {
	m := toks[i].name
	if m.length == 1 {
		if strings.ToUpper(label) == label && len(label) > 1 {
			return claim.ArmedGroup
		}
		if i == 0 || len(label) < 4 {
			return ""
		}
		return claim.Organisation
	}
	plain := m.length <= 3
	for k := i; k < i+m.length; k++ {
		if toks[k].info != nil || !isUpperAt(toks[k].text) || strings.Contains(toks[k].text, "-") {
			plain = false
		}
	}
	if plain {
		return claim.Person
	}
	return claim.Organisation
}

// byInitials returns the one actor of the document whose name has the initials
// of an acronym: "TFG" of the Transitional Federal Government. The letters must be
// all of its words, in order.
func (r *reader) byInitials(m *nameMatch, label string) *entity {
	if m.length != 1 || len(label) < 3 || len(label) > 7 || strings.ToUpper(label) != label {
		return nil
	}
	var one *entity
	for _, e := range r.entities {
		if !e.fights() || e.whole || e.Label == label {
			continue
		}
		var initials strings.Builder
		for w := range strings.FieldsSeq(e.Label) {
			if isUpperAt(w) {
				initials.WriteByte(w[0])
			}
		}
		if initials.String() == label {
			if one != nil {
				return nil
			}
			one = e
		}
	}
	return one
}
