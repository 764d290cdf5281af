package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

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
	if had := len(r.ex.Claims); strings.Count(f.value.in(r.doc.text), " ") > 2 {
		// Told as prose: "rebels capture X, while the army retreats to Y".
		r.boxed = true
		for _, s := range sentencesOf(r.doc.text, f.value, r.x.lex) {
			r.sentence(s)
		}
		r.boxed = false
		if len(r.ex.Claims) > had {
			return
		}
	}
	r.toks = tokenize(r.doc.text, f.value, r.x.lex, r.toks)
	toks := r.toks
	r.matchNames(toks)
	r.x.lex.tagSentence(toks)
	r.x.presentTense(toks)
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
		who := r.what(chunks[i-1].np, roleActor).ents
		for k := i - 2; k > 0 && chunks[k].kind == chunkConj && chunks[k].word == "and" && chunks[k-1].kind == chunkNP; k -= 2 {
			who = append(who, r.what(chunks[k-1].np, roleActor).ents...)
		}
		what := r.what(chunks[i+1].np, rolePlace).one()
		if what == nil || len(who) == 0 || !what.place() {
			break
		}
		agents := refsOf(unique(who))
		slices.Sort(agents)
		p := claim.Proposition{Kind: rl.Kind, Agent: agents, Patient: []claim.Ref{what.IRI}, Place: what.IRI, Time: r.bounds}
		for k := i + 2; k+1 < len(chunks) && (chunks[k].kind == chunkConj || chunks[k].kind == chunkComma) && chunks[k+1].kind == chunkNP; k += 2 {
			// "X capture A, B and four other villages".
			if e := r.what(chunks[k+1].np, rolePlace).one(); e != nil && e.place() && len(chunks[k+1].np.names) > 0 && !slices.Contains(p.Patient, e.IRI) {
				p.Patient = append(p.Patient, e.IRI)
			}
		}
		slices.Sort(p.Patient)
		p.Time.Text = ""
		if !p.Time.IsZero() {
			p.Time.Rule = "of-battle"
		}
		r.box("infobox-territory@1", p, f.value, 0.85)
		return
	}
	r.reject(f.value, "infobox-territory@1", "no capture with a captor")
}

// presentTense takes nouns for the verbs that headlines put in the present: "X
// capture Y", "forces retreat to Z".
func (x *Extractor) presentTense(toks []token) {
	for i := 1; i+1 < len(toks); i++ {
		info := toks[i].info
		if toks[i].tag != tagNoun || info == nil || info.forms&(formBase|formThird) == 0 || len(x.rules.verbs[info.lemma]) == 0 {
			continue
		}
		prev, next := &toks[i-1], &toks[i+1]
		subject := prev.tag == tagName || prev.tag == tagNoun && prev.info != nil && (prev.info.plural || info.forms&formThird != 0)
		if prev.tag == tagConj && i > 1 {
			subject = slices.ContainsFunc(toks[:i], func(t token) bool { return t.tag == tagVerb })
		}
		object := next.tag == tagName || next.tag == tagDet || next.tag == tagAdj || next.lower == "to" || next.lower == "from" || next.lower == "control" || next.lower == "full"
		if subject && object {
			toks[i].tag, toks[i].lemma = tagVerb, info.lemma
		}
	}
}
