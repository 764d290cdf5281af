package extract

import (
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
	if r.place == nil {
		r.titlePlace()
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
	label = strings.TrimPrefix(strings.TrimPrefix(label, "the "), "The ")
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
