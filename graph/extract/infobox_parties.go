package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// recoverSides finds the parties of a side whose names were lost with their
// flags: in the result, in the strength, or in the first sentence of the lead.
func (r *reader) recoverSides() {
	if r.battle == nil {
		return
	}
	present := make(map[int]bool)
	for _, f := range r.doc.infobox {
		for _, stem := range []string{"combatant", "strength", "casualties", "commander", "units"} {
			if n := sideOf(f.key, stem); n > 0 && n < 3 {
				present[n] = true
			}
		}
	}
	if !present[1] && !present[2] {
		return
	}
	missing := func(side int) bool {
		for _, e := range r.entities {
			if e.side == side {
				return false
			}
		}
		return true
	}
	add := func(e *entity, side int, at span, rule string, confidence float64) {
		if e.side != 0 {
			return
		}
		e.side = side
		r.mention(e, at, rule)
		r.box(rule, claim.Proposition{Kind: "participant", Agent: []claim.Ref{e.IRI}, Side: side}, at, confidence)
	}
	// "1,000 Malian troops, 400 French troops" names the nations of a side.
	for _, f := range r.doc.infobox {
		n := sideOf(f.key, "strength")
		if n == 0 {
			n = sideOf(f.key, "units")
		}
		if n == 0 || n > 2 || !missing(n) {
			continue
		}
		for _, it := range items(r.doc.text, f.value) {
			toks := tokenize(r.doc.text, it.span, r.x.lex, nil)
			for i := range toks {
				g, l, _ := r.x.gaz.adjectives.find(toks, i, r.year)
				if g == nil || i+l >= len(toks) {
					continue
				}
				info := toks[i+l].info
				if info == nil || info.noun != nounFighter && info.noun != nounGroup {
					continue
				}
				at := span{toks[i].start, toks[i+l-1].end}
				add(r.known(g), n, at, "party-by-strength@1", 0.75)
			}
		}
	}
	// "French-Malian victory": the victors are the side that has no name, if the
	// other has one.
	for _, f := range r.doc.infobox {
		if f.key != "result" && f.key != "status" {
			continue
		}
		for side := 1; side <= 2; side++ {
			if !missing(side) || missing(3-side) {
				continue
			}
			for _, e := range r.victors(f.value) {
				if e.side == 0 && e.fights() {
					add(e, side, f.value, "party-by-result@1", 0.75)
				}
			}
		}
	}
	if missing(1) || missing(2) {
		r.sidesFromLead(missing, add)
	}
}

// sidesFromLead reads "was fought between X and Y" in the first sentence.
func (r *reader) sidesFromLead(missing func(int) bool, add func(*entity, int, span, string, float64)) {
	for _, p := range r.doc.paras {
		if !p.lead {
			return
		}
		for n, s := range sentencesOf(r.doc.text, p.span, r.x.lex) {
			if n > 1 {
				return
			}
			r.toks = tokenize(r.doc.text, s, r.x.lex, r.toks)
			toks := r.toks
			r.matchNames(toks)
			r.x.lex.tagSentence(toks)
			chunks := r.x.chunks(toks)
			for i := range chunks {
				if chunks[i].kind != chunkPrep || chunks[i].word != "between" {
					continue
				}
				var first, second []*nounPhrase
				part := &first
				for k := i + 1; k < len(chunks); k++ {
					ch := chunks[k]
					if ch.kind == chunkNP {
						if prev := chunks[k-1]; prev.kind == chunkPrep && prev.word != "between" && prev.word != "against" {
							if prev.word == "of" && len(*part) > 0 {
								*part = append((*part)[:len(*part)-1], ch.np)
							}
							continue
						}
						*part = append(*part, ch.np)
						continue
					}
					if ch.kind == chunkConj && ch.word == "and" || ch.kind == chunkPrep && ch.word == "against" {
						if part == &first && len(first) > 0 {
							part = &second
							continue
						}
						continue
					}
					if ch.kind == chunkPrep {
						continue
					}
					break
				}
				a, b := r.partiesOf(first), r.partiesOf(second)
				if len(a) == 0 || len(b) == 0 {
					return
				}
				taken := func(list []*entity) int {
					for _, e := range list {
						if e.side > 0 {
							return e.side
						}
					}
					return 0
				}
				sa, sb := taken(a), taken(b)
				if sa == 0 && sb > 0 {
					sa = 3 - sb
				} else if sb == 0 && sa > 0 {
					sb = 3 - sa
				} else if sa == 0 && sb == 0 && missing(1) && missing(2) {
					sa, sb = 1, 2
				}
				if sa == sb || sa < 1 || sb < 1 {
					return
				}
				for _, e := range a {
					if missing(sa) || e.side == 0 && sa > 0 {
						add(e, sa, s, "party-by-lead@1", 0.7)
					}
				}
				for _, e := range b {
					if missing(sb) || e.side == 0 && sb > 0 {
						add(e, sb, s, "party-by-lead@1", 0.7)
					}
				}
				return
			}
		}
		return
	}
}

func (r *reader) partiesOf(nps []*nounPhrase) []*entity {
	var out []*entity
	for _, np := range nps {
		if np.head < 0 || len(np.names) == 0 {
			continue
		}
		for _, e := range r.what(np, roleActor).ents {
			if e.fights() {
				out = append(out, e)
			}
		}
	}
	return unique(out)
}

// infoboxUnits reads the units of a side.
func (r *reader) infoboxUnits(f field, side int) {
	defer r.explainEnd(f.value)
	for _, it := range items(r.doc.text, f.value) {
		label := it.in(r.doc.text)
		if !hasLetter(label) || strings.HasPrefix(fold(label), "no specific") || isUnknown(label) {
			continue
		}
		e := r.byName(label)
		if e == nil {
			e = r.unknown(claim.ArmedGroup, label)
			if p := r.sideParty(side); p != nil {
				e.Of, e.country = p.IRI, p.country
				if p.state() {
					e.Kind = claim.StateForce
				}
			}
		}
		r.mention(e, it.span, "infobox-unit@1")
		r.box("infobox-unit@1", claim.Proposition{Kind: "participant", Agent: []claim.Ref{e.IRI}, Side: side, Manner: map[string]string{"as": "unit"}}, it.span, 0.85)
	}
}

// fates are glued to the names of commanders.
var fates = []struct{ mark, fate string }{
	{"KIA", "killed"}, {"WIA", "wounded"}, {"POW", "captured"}, {"MIA", "missing"}, {"DOW", "died of wounds"}, {"†", "killed"}, {"Surrendered", "surrendered"}, {"(surrendered)", "surrendered"}, {"(POW)", "captured"}, {"(WIA)", "wounded"}, {"(KIA)", "killed"}, {"Executed", "executed"},
}

// infoboxCommanders reads who commanded a side, with the fate glued to the name.
func (r *reader) infoboxCommanders(f field, side int) {
	defer r.explainEnd(f.value)
	text := r.doc.text
	for _, it := range items(text, f.value) {
		at := it.span
		if v := at.in(text); strings.HasPrefix(v, "(") && strings.HasSuffix(v, ")") {
			continue // the office of the one before
		}
		if i := strings.Index(at.in(text), ":"); i > 0 {
			at = cleanItem(text, span{at.start + i + 1, at.end})
		}
		manner := make(map[string]string)
		for {
			v := strings.TrimRight(at.in(text), " ")
			cut := false
			for _, m := range fates {
				if strings.HasSuffix(v, m.mark) && len(v) >= len(m.mark) {
					manner["fate"] = m.fate
					at.end = at.start + len(v) - len(m.mark)
					at = trim(text, at)
					cut = true
				}
			}
			if i := strings.LastIndex(v, " ("); !cut && i > 0 && strings.HasSuffix(v, ")") {
				manner["note"] = v[i+2 : len(v)-1]
				at.end = at.start + i
				cut = true
			}
			if !cut {
				break
			}
		}
		label := at.in(text)
		if !hasLetter(label) || isUnknown(label) {
			continue
		}
		if !isUpperAt(label) && !strings.Contains(label, " ") {
			continue
		}
		if e := r.byName(label); e != nil && e.Kind != claim.Person {
			continue
		}
		full := label
		label = r.withoutRank(label)
		if e := r.byName(label); e != nil && e.Kind != claim.Person {
			continue
		}
		e := r.unknown(claim.Person, label)
		if full != label {
			r.alias(e, full)
		}
		party := r.sideEntity(side)
		if party != nil && e.Of == "" {
			e.Of, e.country = party.IRI, party.country
		}
		if w := strings.Fields(label); len(w) > 1 {
			// A part of the name stands for the person later in the text.
			for _, part := range w[1:] {
				if isUpperAt(part) && len(part) > 3 && r.byName(part) == nil {
					r.learn(part, e)
				}
			}
		}
		r.mention(e, at, "infobox-commander@1")
		p := claim.Proposition{Kind: "commanded", Agent: []claim.Ref{e.IRI}, Side: side}
		if party != nil {
			p.Patient = []claim.Ref{party.IRI}
		}
		if len(manner) > 0 {
			p.Manner = manner
		}
		r.box("infobox-commander@1", p, it.span, 0.9)
	}
}

// withoutRank takes ranks off a name of which two words remain.
func (r *reader) withoutRank(label string) string {
	words := strings.Fields(label)
	for len(words) > 2 {
		info := r.x.lex.look(strings.TrimSuffix(fold(words[0]), "."))
		if info == nil || !info.title {
			break
		}
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// infoboxToll reads the fatalities and injuries of an attack.
func (r *reader) infoboxToll(f field, metric string) {
	defer r.explainEnd(f.value)
	p := claim.Proposition{Kind: "casualties"}
	if isUnknown(f.value.in(r.doc.text)) {
		p.Quantity = &claim.Quantity{Metric: metric, Comparator: claim.Unknown}
		r.box("infobox-toll@1", p, f.value, 0.95)
		return
	}
	toks := tokenize(r.doc.text, f.value, r.x.lex, nil)
	a := amountAt(toks, 0)
	if a.length == 0 {
		r.reject(f.value, "infobox-toll@1", "no number")
		return
	}
	p.Quantity = &claim.Quantity{Metric: metric, Min: a.min, Max: a.max, Comparator: a.cmp}
	r.box("infobox-toll@1", p, f.value, 0.95)
}
