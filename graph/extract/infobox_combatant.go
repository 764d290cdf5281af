package extract

import (
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// infoboxCombatant makes the parties of a side.
func (r *reader) infoboxCombatant(f field, side int) {
	defer r.explainEnd(f.value)
	var heading span
	for _, it := range items(r.doc.text, f.value) {
		label := it.in(r.doc.text)
		at := it.span
		// "Islamist groups: X": a heading of the list.
		if i := strings.Index(label, ":"); i > 0 {
			heading = trim(r.doc.text, span{at.start, at.start + i})
			at = cleanItem(r.doc.text, span{at.start + i + 1, at.end})
			label = at.in(r.doc.text)
		}
		if i := strings.Index(label, " ("); i > 0 && strings.HasSuffix(label, ")") {
			inner := strings.ToLower(label[i+2 : len(label)-1])
			if strings.HasPrefix(inner, "from ") || strings.HasPrefix(inner, "until ") || strings.HasPrefix(inner, "since ") || strings.HasPrefix(inner, "after ") || strings.HasPrefix(inner, "support") {
				at.end = at.start + i
				label = at.in(r.doc.text)
			}
		}
		if !hasLetter(label) {
			continue
		}
		parts := r.loyal(at)
		if len(parts) == 0 {
			parts = []span{at}
		}
		for _, at := range parts {
			r.party(at, side, heading)
		}
	}
}

// loyal returns the parties of "fighters loyal to X and Y" and "elements of X";
// nil where the words name no party that is known.
func (r *reader) loyal(at span) []span {
	label := at.in(r.doc.text)
	low := strings.ToLower(label)
	rest, known := at, false
	for _, p := range []string{"elements of ", "parts of ", "fighters loyal to ", "forces loyal to ", "troops loyal to ", "militias loyal to ", "militia loyal to "} {
		if strings.HasPrefix(low, p) {
			rest.start += len(p)
			known = strings.Contains(p, "loyal")
		}
	}
	if rest == at {
		return nil
	}
	the := func(s span) span {
		if strings.HasPrefix(s.in(r.doc.text), "the ") {
			s.start += len("the ")
		}
		return s
	}
	one := func(s span) bool {
		e := r.byName(s.in(r.doc.text))
		return e != nil && e.fights()
	}
	rest = the(rest)
	if i := strings.Index(rest.in(r.doc.text), " and "); i > 0 {
		a, b := span{rest.start, rest.start + i}, the(span{rest.start + i + len(" and "), rest.end})
		if (one(a) || one(b)) && isUpperAt(b.in(r.doc.text)) {
			return []span{a, b}
		}
	}
	if known && !one(rest) || !isUpperAt(rest.in(r.doc.text)) && rest.in(r.doc.text)[0] > '9' {
		return nil
	}
	return []span{rest}
}

// party makes one party of a side.
func (r *reader) party(at span, side int, heading span) {
	label := at.in(r.doc.text)
	e := r.combatant(label, at)
	if e == nil {
		r.reject(at, "infobox-combatant@1", "not a name of an actor")
		return
	}
	if e.side == 0 {
		e.side = side
	}
	if heading.end > heading.start {
		e.like = append(e.like, r.describing(heading)...)
		r.headings[side] = heading
	}
	r.mention(e, at, "infobox-combatant@1")
	r.box("infobox-combatant@1", claim.Proposition{Kind: "participant", Agent: []claim.Ref{e.IRI}, Side: side}, at, 0.95)
}

// describing returns the descriptions in a stretch of words.
func (r *reader) describing(at span) []string {
	var out []string
	toks := tokenize(r.doc.text, at, r.x.lex, nil)
	for i := range toks {
		if info := toks[i].info; info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor) {
			out = append(out, info.single)
		}
	}
	return out
}

// sideEntity returns the party that a side's numbers speak of: its one member,
// or the side as a whole; nil where the side has no member.
func (r *reader) sideEntity(side int) *entity {
	var members []*entity
	for _, e := range r.entities {
		if e.side == side && !e.whole {
			members = append(members, e)
		}
	}
	switch len(members) {
	case 0:
		return nil
	case 1:
		return members[0]
	}
	if r.battle == nil {
		return nil
	}
	id := fmt.Sprintf("%s-side-%d", slug(r.battle.Label), side)
	var names []string
	state := false
	for _, m := range members {
		names = append(names, m.Label)
		state = state || m.state()
	}
	label := strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	if len(names) > 4 {
		label = strings.Join(names[:3], ", ") + " and others"
	}
	e := r.newEntity(claim.Organisation, id, label)
	if e.whole {
		return e
	}
	e.whole, e.side, e.members = true, side, members
	for _, m := range members {
		e.like = append(e.like, m.like...)
	}
	if h := r.headings[side]; h.end > h.start {
		e.Aliases = append(e.Aliases, h.in(r.doc.text))
		r.mention(e, h, "infobox-heading@1")
	}
	return e
}

// combatant returns the entity of a party's name.
func (r *reader) combatant(label string, at span) *entity {
	if e := r.byName(label); e != nil {
		if e.fights() {
			return e
		}
		if e.Kind == claim.Place {
			return nil
		}
		return e
	}
	// "Kingdom of X" where X is a country that is known.
	for _, p := range []string{"Kingdom of ", "Republic of ", "State of ", "Empire of ", "Principality of ", "Islamic Republic of ", "Federal Republic of "} {
		if c := r.x.gaz.country(strings.TrimPrefix(label, p)); strings.HasPrefix(label, p) && c != nil && c.valid(r.year) {
			e := r.known(c)
			r.alias(e, label)
			return e
		}
	}
	toks := tokenize(r.doc.text, at, r.x.lex, nil)
	if len(toks) == 0 || !isUpperAt(toks[0].text) && toks[0].kind != numberToken && !strings.HasPrefix(toks[0].text, "al-") {
		if len(toks) > 3 {
			return nil
		}
	}
	words := make([]string, 0, len(toks))
	for i := range toks {
		words = append(words, toks[i].lower)
	}
	adj, n, _ := r.x.gaz.adjectives.find(toks, 0, 0)
	if adj == nil {
		if g, l, _ := r.x.gaz.names.find(toks, 0, 0); g != nil && g.Kind == claim.Country && l < len(toks) {
			adj, n = g, l
		}
	}
	kind := typeOf(words)
	if adj == nil && len(words) > 3 && (words[0] == "armed" || words[0] == "army" || words[0] == "military" || words[0] == "forces" || words[0] == "navy" || words[1] == "army") {
		// "Armed Forces of the Libyan Arab Jamahiriya", "National Army of Colombia".
		for k := 1; k < len(words); k++ {
			g, _, _ := r.x.gaz.adjectives.find(toks, k, 0)
			if g == nil {
				g, _, _ = r.x.gaz.names.find(toks, k, 0)
			}
			if g != nil && g.Kind == claim.Country && (words[k-1] == "of" || words[k-1] == "the") {
				e := r.newEntity(claim.StateForce, slug(label), label)
				e.Of, e.country = r.known(g).IRI, g.Label
				r.learn(label, e)
				return e
			}
		}
	}
	if adj != nil && n < len(words) {
		switch last := words[len(words)-1]; last {
		case "army", "forces", "navy", "military", "police", "gendarmerie", "troops", "corps", "force", "guard", "soldiers", "division", "regiment", "brigade", "marines", "legion":
			e := r.newEntity(claim.StateForce, slug(label), label)
			e.Of, e.country = r.known(adj).IRI, adj.Label
			r.learn(label, e)
			return e
		case "government", "ministry", "authorities", "administration":
			return r.government(adj)
		}
	}
	if kind == "" {
		kind = claim.Organisation
		for _, w := range words {
			switch w {
			case "rebels", "insurgents", "militants", "separatists", "islamists", "jihadists", "guerrillas", "tribesmen", "fighters", "militia", "militias", "rebel", "tribe", "clan", "loyalists":
				kind = claim.ArmedGroup
			case "kingdom", "empire", "republic", "sultanate", "emirate", "duchy", "state", "khanate", "dynasty", "confederacy":
				kind = claim.Country
			}
		}
	}
	switch kind {
	case claim.Place, claim.Installation, claim.Battle, claim.Operation, claim.Conflict, claim.Media:
		kind = claim.Organisation
	}
	// "National Liberation Front (NLF)"
	name, alias := label, ""
	if i := strings.Index(label, " ("); i > 0 && strings.HasSuffix(label, ")") {
		name, alias = label[:i], label[i+2:len(label)-1]
		if e := r.byName(name); e != nil && e.fights() {
			return e
		}
	}
	if short := acronymOf(name); short != "" && alias == "" {
		name, alias = short, name
	}
	e := r.unknown(kind, name)
	if alias != "" && len(alias) > len(name) {
		r.alias(e, alias)
	}
	if alias != "" && strings.ToUpper(alias) == alias {
		r.alias(e, alias)
	}
	e.like = append(e.like, likeWords(words)...)
	for _, w := range words {
		if info := r.x.lex.look(w); info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor) {
			e.like = append(e.like, info.single)
		}
	}
	if kind == claim.Country {
		e.country = e.Label
	}
	if kind == claim.StateForce && r.within != nil && e.country == "" {
		e.country = ""
	}
	return e
}

// acronymOf returns the short name in "XYZ rebels"; nothing where the words are
// not an acronym with a common noun.
func acronymOf(label string) string {
	short, noun, ok := strings.Cut(label, " ")
	if !ok || len(short) < 3 || short != strings.ToUpper(short) || short == strings.ToLower(short) {
		return ""
	}
	switch noun {
	case "rebels", "fighters", "forces", "militants", "insurgents", "guerrillas", "militia", "soldiers", "troops", "militiamen":
		return short
	}
	return ""
}
