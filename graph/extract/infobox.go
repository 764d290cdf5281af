package extract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// readInfobox turns the fields of the infobox into claims of the document. The
// order of the fields means nothing, so that date, place and parties are read
// before what needs them.
func (r *reader) readInfobox() {
	r.battleEntity()
	fields := r.doc.infobox
	get := func(key string) (field, bool) {
		for _, f := range fields {
			if f.key == key {
				return f, true
			}
		}
		return field{}, false
	}
	if f, ok := get("date"); ok {
		r.infoboxDate(f)
	}
	if r.year == 0 {
		r.year = r.yearFromText()
	}
	for _, key := range []string{"place", "location"} {
		if f, ok := get(key); ok {
			r.infoboxPlace(f)
			break
		}
	}
	if f, ok := get("partof"); ok {
		r.infoboxPartOf(f)
	}
	for _, f := range fields {
		if n := sideOf(f.key, "combatant"); n > 0 {
			r.infoboxCombatant(f, n)
		}
	}
	if f, ok := get("perpetrators"); ok {
		r.infoboxCombatant(f, 1)
	}
	r.recoverSides()
	for _, f := range fields {
		if n := sideOf(f.key, "units"); n > 0 {
			r.infoboxUnits(f, n)
		}
		if n := sideOf(f.key, "commander"); n > 0 {
			r.infoboxCommanders(f, n)
		}
	}
	for _, key := range []string{"result", "status"} {
		if f, ok := get(key); ok {
			r.infoboxResult(f)
			break
		}
	}
	if f, ok := get("territory"); ok {
		r.infoboxTerritory(f)
	}
	for _, f := range fields {
		if n := sideOf(f.key, "strength"); n > 0 {
			r.infoboxStrength(f, n)
		}
		if n := sideOf(f.key, "casualties"); n > 0 {
			r.infoboxCasualties(f, n)
		}
		switch f.key {
		case "fatalities":
			r.infoboxToll(f, "killed")
		case "injuries":
			r.infoboxToll(f, "wounded")
		}
	}
}

// sideOf returns the number after a key's stem.
func sideOf(key, stem string) int {
	if len(key) == len(stem)+1 && strings.HasPrefix(key, stem) && key[len(stem)] >= '1' && key[len(stem)] <= '9' {
		return int(key[len(stem)] - '0')
	}
	return 0
}

// battleEntity makes the event that the document is about, if its title or its
// infobox names one.
func (r *reader) battleEntity() {
	d := r.doc
	conflict, title := "", d.title
	hasBox := false
	for _, f := range d.infobox {
		switch f.key {
		case "conflict":
			conflict = f.value.in(d.text)
		case "title":
			title = f.value.in(d.text)
		case "fatalities", "perpetrators", "casualties3",
			"combatant1", "combatant2", "casualties1", "casualties2", "strength1", "strength2", "result":
			hasBox = true
		}
	}
	if d.title != "" {
		title = d.title
	}
	words := nameWords(strings.SplitN(title, " (", 2)[0], r.x.lex)
	kind := typeOf(words)
	if kind != claim.Battle && kind != claim.Operation && kind != claim.Conflict {
		kind = claim.Battle
	}
	if conflict == "" && !hasBox && typeOf(words) != claim.Battle && typeOf(words) != claim.Operation {
		return
	}
	label := title
	if label == "" {
		label = conflict
	}
	if label == "" {
		return
	}
	e := r.newEntity(kind, slug(label), label)
	e.used = true
	r.battle = e
	r.learn(label, e)
	if i := strings.Index(label, " ("); i > 0 {
		r.alias(e, label[:i])
	}
	if conflict != "" {
		r.alias(e, conflict)
	}
	if d.title != "" {
		r.mention(e, d.titleAt, "title@1")
	}
}

// yearFromText returns the first year in the lead.
func (r *reader) yearFromText() int {
	for _, p := range r.doc.paras {
		if !p.lead {
			break
		}
		toks := tokenize(r.doc.text, p.span, r.x.lex, nil)
		for i := range toks {
			if d := dateAt(toks, i); d != nil && d.from.year != 0 {
				return d.from.year
			}
		}
	}
	title := tokenize(r.doc.title, span{0, len(r.doc.title)}, r.x.lex, nil)
	for i := range title {
		if y := (&dateReader{title, i}).yearNumber(0); y != 0 {
			return y
		}
	}
	return 0
}

// box makes a claim of the infobox.
func (r *reader) box(rule string, p claim.Proposition, at span, confidence float64) *claim.Claim {
	if p.Event == "" && r.battle != nil && p.Kind != "partOf" {
		p.Event = r.battle.IRI
	}
	c := claim.Claim{
		Proposition: p, Claimant: r.docRef, Stance: claim.Asserts, Modality: claim.StatedAsFact,
		Source: "infobox", Evidence: []claim.Span{r.span(at)}, Rule: rule, Confidence: confidence,
	}
	r.ex.Claims = append(r.ex.Claims, c)
	r.step("%s fired: %s", rule, p.Kind)
	return &r.ex.Claims[len(r.ex.Claims)-1]
}

func (r *reader) infoboxDate(f field) {
	defer r.explainEnd(f.value)
	toks := tokenize(r.doc.text, f.value, r.x.lex, nil)
	for i := range toks {
		d := dateAt(toks, i)
		if d == nil {
			if y := (&dateReader{toks, i}).yearNumber(0); y > 0 {
				d = &dateExpr{length: 1, from: day{year: y}}
				r2 := &dateReader{toks, i + 2}
				if i+2 < len(toks) && isDash(toks[i+1].lower) && r2.yearNumber(0) > y {
					d.to, d.length = day{year: r2.yearNumber(0)}, 3
				}
			}
		}
		if d == nil || d.from.year == 0 {
			continue
		}
		d.prep = ""
		iv := r.interval(d, day{})
		at := span{toks[i].start, toks[i+d.length-1].end}
		iv.Text = at.in(r.doc.text)
		p := claim.Proposition{Kind: "date", Time: iv}
		r.bounds, r.year = iv, d.from.year
		r.anchor = day{year: d.from.year}
		if d.from.month > 0 && d.from.day == 0 {
			r.anchor.month = d.from.month
		}
		if r.battle != nil {
			r.box("infobox-date@1", p, at, 0.98)
		}
		return
	}
	r.reject(f.value, "infobox-date@1", "no date with a year")
}

// infoboxPlace reads "Town, Region, Country": the first part is the place, the
// last may be the country.
func (r *reader) infoboxPlace(f field) {
	defer r.explainEnd(f.value)
	value := f.value.in(r.doc.text)
	if value == "" {
		return
	}
	first := f.value
	if i := strings.IndexByte(value, ','); i > 0 {
		first.end = first.start + i
	}
	first = trim(r.doc.text, first)
	label := first.in(r.doc.text)
	for _, p := range []string{"north of ", "south of ", "east of ", "west of ", "northeast of ", "northwest of ", "southeast of ", "southwest of ", "outside of ", "outside ", "near ", "in ", "around ", "at ", "off ", "between ", "the ", "vicinity of "} {
		if len(label) > len(p) && strings.EqualFold(label[:len(p)], p) {
			first.start += len(p)
			label = first.in(r.doc.text)
		}
	}
	toks := tokenize(r.doc.text, f.value, r.x.lex, nil)
	var country *gazEntry
	for i := range toks {
		if g, _, _ := r.x.gaz.names.find(toks, i, 0); g != nil && g.Kind == claim.Country {
			country = g
		}
	}
	var e *entity
	if g := r.byName(label); g != nil && (g.Kind == claim.Country || g.Kind == claim.Place) {
		e = g
	} else {
		e = r.unknown(claim.Place, label)
		if i := strings.Index(label, " ("); i > 0 {
			r.alias(e, label[:i])
		}
	}
	if country != nil && e.Kind == claim.Place && e.Within == "" {
		e.Within = r.known(country).IRI
		e.country = country.Label
		r.within = country
	}
	r.place = e
	r.mention(e, first, "infobox-place@1")
	if r.battle != nil {
		r.box("infobox-place@1", claim.Proposition{Kind: "place", Place: e.IRI}, f.value, 0.97)
	}
}

func (r *reader) infoboxPartOf(f field) {
	defer r.explainEnd(f.value)
	// "the X War, War of the Y": each a conflict of its own.
	parts := items(r.doc.text, f.value)
	for _, it := range parts {
		words := nameWords(it.in(r.doc.text), r.x.lex)
		if len(words) > 0 && words[0] == "the" {
			words = words[1:]
		}
		if k := typeOf(words); k != claim.Conflict && k != claim.Operation && k != claim.Battle && !(len(words) > 2 && words[0] == "war") {
			parts = nil
			break
		}
	}
	if len(parts) < 2 {
		parts = []item{{span: f.value}}
	}
	for _, it := range parts {
		r.partOf(it.span)
	}
}

func (r *reader) partOf(at span) {
	label := strings.TrimSpace(at.in(r.doc.text))
	if label == "" || r.battle == nil {
		return
	}
	for _, p := range []string{"the ", "The "} {
		if strings.HasPrefix(label, p) {
			label = label[len(p):]
		}
	}
	kind := claim.Conflict
	if k := typeOf(nameWords(label, r.x.lex)); k == claim.Battle || k == claim.Operation {
		kind = k
	}
	e := r.newEntity(kind, slug(label), label)
	if e == r.battle {
		return
	}
	r.learn(label, e)
	if i := strings.Index(label, " ("); i > 0 {
		r.learn(label[:i], e)
	}
	r.mention(e, at, "infobox@1")
	r.box("infobox-partof@1", claim.Proposition{Kind: "partOf", Agent: []claim.Ref{r.battle.IRI}, Patient: []claim.Ref{e.IRI}}, at, 0.97)
}

// item is a member of a value's list.
type item struct {
	span
	depth int
}

// items cuts a value at commas, list marks and rules, but not inside brackets
// nor inside a figure.
func items(text string, at span) []item {
	var out []item
	depth, brackets := 0, 0
	start := at.start
	flush := func(end int) {
		s := cleanItem(text, span{start, end})
		if s.start < s.end {
			out = append(out, item{s, depth})
		}
	}
	for i := at.start; i < at.end; i++ {
		rest := text[i:at.end]
		switch {
		case strings.HasPrefix(rest, "()"):
			flush(i)
			start, depth = i+2, 0
			i++
		case text[i] == '(' || text[i] == '[':
			brackets++
		case text[i] == ')' || text[i] == ']':
			brackets = max(0, brackets-1)
		case brackets > 0 && strings.IndexByte(rest, ')') >= 0:
		case text[i] == ',' && (strings.HasPrefix(rest, ", or,") || strings.HasPrefix(rest, ", or ")):
			i += len(", or") - 1
			if i+1 < at.end && text[i+1] == ',' {
				i++
			}
		case text[i] == ',' && !(i > at.start && isDigit(rune(text[i-1])) && digits(text, i+1, at.end) == 3):
			flush(i)
			start, depth = i+1, 0
		case text[i] == ';' || text[i] == '\n':
			flush(i)
			start, depth = i+1, 0
		case strings.HasPrefix(rest, "----"):
			flush(i)
			for i < at.end && text[i] == '-' {
				i++
			}
			start, depth = i, 0
			i--
		case text[i] == '<':
			if end := strings.IndexByte(rest, '>'); end > 0 {
				flush(i)
				i += end
				start, depth = i+1, 0
			}
		case text[i] == '*':
			flush(i)
			n := 0
			for i+n < at.end && text[i+n] == '*' {
				n++
			}
			// A mark of a footnote is glued to its word.
			i += n - 1
			start, depth = i+1, n-1
		}
	}
	flush(at.end)
	return out
}

// cleanItem takes remnants of images and marks off the ends of an item.
func cleanItem(text string, s span) span {
	for {
		s = trim(text, s)
		v := s.in(text)
		switch {
		case v == "":
			return s
		case strings.IndexByte(":;*|,\"'•", v[0]) >= 0:
			s.start++
			continue
		case strings.HasPrefix(v, "border|"):
			s.start += len("border|")
			continue
		case strings.HasSuffix(v, "\"") && strings.Count(v, "\"")%2 == 1 || strings.HasSuffix(v, "*") || strings.HasSuffix(v, ":"):
			s.end--
			continue
		}
		// 25px X, 25pxX
		if n := digits(text, s.start, s.end); n > 0 && strings.HasPrefix(text[s.start+n:s.end], "px") {
			s.start += n + 2
			continue
		}
		return s
	}
}

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
		e := r.combatant(label, at)
		if e == nil {
			r.reject(at, "infobox-combatant@1", "not a name of an actor")
			continue
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

func hasLetter(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) >= 0
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
	e := r.unknown(kind, name)
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

// infoboxResult reads "X victory": the victor is a party.
func (r *reader) infoboxResult(f field) {
	defer r.explainEnd(f.value)
	value := f.value.in(r.doc.text)
	if value == "" || r.battle == nil {
		return
	}
	p := claim.Proposition{Kind: "result", Text: value}
	for _, e := range r.victors(f.value) {
		p.Agent = append(p.Agent, e.IRI)
	}
	r.box("infobox-result@1", p, f.value, 0.95)
}

// victors returns the parties before the word victory in a result.
func (r *reader) victors(at span) []*entity {
	low := fold(at.in(r.doc.text))
	end := strings.Index(low, "victory")
	if end < 0 {
		return nil
	}
	if len(low) != at.end-at.start {
		// Folding may shorten; look for the word itself.
		end = strings.Index(strings.ToLower(at.in(r.doc.text)), "victory")
		if end < 0 {
			return nil
		}
	}
	toks := tokenize(r.doc.text, span{at.start, at.start + end}, r.x.lex, nil)
	var out []*entity
	for i := 0; i < len(toks); i++ {
		if e, n := r.ownName(toks, i); e != nil && e.fights() {
			out = append(out, e)
			i += n - 1
			continue
		}
		if g, n, _ := r.x.gaz.names.find(toks, i, r.year); g != nil {
			if e := r.known(g); e.fights() {
				out = append(out, e)
			}
			i += n - 1
			continue
		}
		if list := r.compound(&toks[i]); len(list) > 0 {
			for _, g := range list {
				out = append(out, r.peopleOf(g)...)
			}
			continue
		}
		if g, n, _ := r.x.gaz.adjectives.find(toks, i, r.year); g != nil {
			if i+n < len(toks) && toks[i+n].lower == "government" {
				if s := r.stateSide(); len(s) > 0 {
					out = append(out, s...)
					i += n
					continue
				}
			}
			out = append(out, r.peopleOf(g)...)
			i += n - 1
			continue
		}
		if info := toks[i].info; info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor || toks[i].lower == "government") {
			w := info.single
			if toks[i].lower == "government" {
				w = "government"
			}
			out = append(out, r.byDescription([]string{w})...)
		}
	}
	return unique(out)
}

// compound returns the countries of "French-Malian" or "Franco-Malian".
func (r *reader) compound(t *token) []*gazEntry {
	if t.kind != wordToken || !strings.Contains(t.lower, "-") {
		return nil
	}
	var out []*gazEntry
	for _, part := range strings.Split(t.lower, "-") {
		g := r.x.gaz.prefixes[part]
		if g == nil {
			g, _, _ = r.x.gaz.adjectives.find([]token{{lower: part}}, 0, r.year)
		}
		if g == nil {
			return nil
		}
		out = append(out, g)
	}
	return out
}

// infoboxTerritory reads "X captured from Y": who captured it follows from the
// result.
func (r *reader) infoboxTerritory(f field) {
	defer r.explainEnd(f.value)
	if f.value.start == f.value.end || r.battle == nil {
		return
	}
	r.toks = tokenize(r.doc.text, f.value, r.x.lex, r.toks)
	toks := r.toks
	r.matchNames(toks)
	r.x.lex.tagSentence(toks)
	// Headlines tell in the present: "X capture Y".
	for i := 1; i+1 < len(toks); i++ {
		if info := toks[i].info; toks[i].tag == tagNoun && info != nil && info.forms&(formBase|formThird) != 0 && len(r.x.rules.verbs[info.lemma]) > 0 &&
			(toks[i-1].tag == tagName || toks[i-1].tag == tagNoun) && (toks[i+1].tag == tagName || toks[i+1].tag == tagDet) {
			toks[i].tag, toks[i].lemma = tagVerb, info.lemma
		}
	}
	chunks := r.x.chunks(toks)
	for i := 1; i < len(chunks); i++ {
		if chunks[i].kind != chunkVG || chunks[i-1].kind != chunkNP {
			continue
		}
		if !chunks[i].vg.passive && i+1 < len(chunks) && chunks[i+1].kind == chunkNP {
			r.infoboxCapture(f, chunks, i)
			return
		}
		var rl *rule
		for _, k := range r.x.rules.verbs[chunks[i].vg.lemma] {
			if k.Kind == "captured" || k.Kind == "retook" {
				rl = k
				break
			}
		}
		if rl == nil {
			continue
		}
		place := r.what(chunks[i-1].np, rolePlace).one()
		if place == nil {
			break
		}
		p := claim.Proposition{Kind: rl.Kind, Patient: []claim.Ref{place.IRI}, Place: place.IRI}
		rule := "infobox-territory@1"
		for k := i + 1; k+1 < len(chunks); k++ {
			if chunks[k].kind == chunkPrep && chunks[k].word == "by" && chunks[k+1].kind == chunkNP {
				p.Agent = refsOf(r.what(chunks[k+1].np, roleActor).ents)
			}
			if chunks[k].kind == chunkPrep && chunks[k].word == "from" && chunks[k+1].kind == chunkNP {
				r.what(chunks[k+1].np, roleActor)
			}
		}
		if len(p.Agent) == 0 {
			for _, g := range r.doc.infobox {
				if g.key == "result" || g.key == "status" {
					p.Agent = refsOf(r.victors(g.value))
					rule = "infobox-territory-by-result@1"
				}
			}
		}
		if len(p.Agent) == 0 {
			break
		}
		slices.Sort(p.Agent)
		p.Time = r.bounds
		p.Time.Text = ""
		if !p.Time.IsZero() {
			p.Time.Rule = "of-battle"
		}
		r.box(rule, p, f.value, 0.85)
		return
	}
	r.reject(f.value, "infobox-territory@1", "no capture with a captor")
}

// infoboxCapture reads "X capture Y" in a territory.
func (r *reader) infoboxCapture(f field, chunks []chunk, i int) {
	for _, rl := range r.x.rules.verbs[chunks[i].vg.lemma] {
		if rl.Kind != "captured" && rl.Kind != "retook" {
			continue
		}
		who := r.what(chunks[i-1].np, roleActor)
		what := r.what(chunks[i+1].np, rolePlace).one()
		if what == nil || len(who.ents) == 0 || !what.place() {
			break
		}
		p := claim.Proposition{Kind: rl.Kind, Agent: refsOf(who.ents), Patient: []claim.Ref{what.IRI}, Place: what.IRI, Time: r.bounds}
		p.Time.Text = ""
		if !p.Time.IsZero() {
			p.Time.Rule = "of-battle"
		}
		r.box("infobox-territory@1", p, f.value, 0.85)
		return
	}
	r.reject(f.value, "infobox-territory@1", "no capture with a captor")
}
