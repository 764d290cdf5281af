package extract

// clause is a verb with what belongs to it.
type clause struct {
	vg    *verbGroup
	at    int // chunk of the verb
	from  int // first chunk that belongs to it
	to    int // chunk after the last
	subj  []*nounPhrase
	objs  []*nounPhrase
	preps []prepPhrase
	date  *dateExpr
	gov   *clause
	rel   relation
	word  string      // subordinator or preposition that opens it
	own   bool        // has a subject of its own
	takes bool        // the verb takes a clause without "that"
	whom  *nounPhrase // what a relative word stands for that is the object
	there bool        // "there was …"
}

type prepPhrase struct {
	prep string
	nps  []*nounPhrase
	at   int // chunk of the preposition
}

// relation tells how a clause hangs on another.
type relation uint8

const (
	relMain relation = iota
	relCoord
	relInfinitive
	relGerund
	relRelative
	relComplement
	relSub
	relReduced
)

// clausesOf builds the clauses of a chunked sentence from left to right.
func clausesOf(chunks []chunk, toks []token, x *Extractor) []*clause {
	var out []*clause
	var verbs []int
	for i := range chunks {
		if chunks[i].kind == chunkVG {
			verbs = append(verbs, i)
		}
	}
	begin := make([]int, len(verbs)) // where the words of each clause begin
	for n, v := range verbs {
		c := &clause{vg: chunks[v].vg, at: v, from: v}
		c.takes = x.takesClause(c)
		low := 0
		var prev *clause
		if n > 0 {
			low = verbs[n-1] + 1
			prev = out[n-1]
		}
		attach(c, prev, out, chunks, toks, low, x)
		begin[n] = c.from
		out = append(out, c)
	}
	for n, c := range out {
		end := len(chunks)
		if n+1 < len(out) {
			end = max(begin[n+1], c.at+1)
		}
		c.to = end
		c.from = min(c.from, c.at)
		gather(c, chunks, toks)
		if len(c.objs) == 0 && c.whom != nil && !c.vg.passive {
			c.objs = []*nounPhrase{c.whom}
		}
	}
	for _, c := range out {
		// "the city, held by X, on 2 March": the date is of the clause around.
		if (c.rel == relReduced || c.rel == relRelative) && c.gov != nil && c.gov.date == nil && c.date != nil && c.from > 0 && chunks[c.from-1].kind == chunkComma {
			for k := c.at + 1; k+1 < c.to; k++ {
				if chunks[k].kind == chunkComma && chunks[k+1].kind == chunkDate && chunks[k+1].date == c.date && chunks[k+1].date.prep != "" {
					c.gov.date, c.date = c.date, nil
					c.to = k
					break
				}
			}
		}
	}
	if len(out) > 1 && out[0].vg.ing && out[0].gov == nil && len(out[0].subj) == 0 {
		// "Having taken the town, the army …", "After securing the camp, …".
		for _, d := range out[1:] {
			if d.own && d.vg.finite() && d.rel == relMain && len(d.subj) > 0 && d.from > 0 && chunks[d.from-1].kind == chunkComma {
				out[0].gov, out[0].rel = d, relGerund
				if !d.vg.passive {
					out[0].subj = d.subj
				}
				break
			}
		}
	}
	for n := len(out) - 2; n >= 0; n-- {
		// "attacked and captured the town": one object of both verbs.
		c, d := out[n], out[n+1]
		if d.rel == relCoord && !d.own && !c.vg.passive && !d.vg.passive && c.vg.finite() == d.vg.finite() && len(c.objs) == 0 && len(d.objs) > 0 && beside(chunks, c.at, d.at) {
			c.objs = d.objs
			if c.date == nil {
				c.date = d.date
			}
			for _, p := range d.preps {
				if p.at > d.at {
					c.preps = append(c.preps, p)
				}
			}
		}
	}
	return out
}

// beside reports whether only "and" stands between two verbs.
func beside(chunks []chunk, a, b int) bool {
	conj := false
	for k := a + 1; k < b; k++ {
		switch chunks[k].kind {
		case chunkConj:
			conj = true
		case chunkAdv:
		default:
			return false
		}
	}
	return conj
}

// finite reports whether a verb group has a tense.
func (v *verbGroup) finite() bool { return !v.to && !v.ing && !v.part }

// attach finds the subject of a clause and its tie to the clauses before.
func attach(c *clause, prev *clause, before []*clause, chunks []chunk, toks []token, low int, x *Extractor) {
	v := c.at
	p := v - 1
	skipAdv := func() {
		for p >= low && (chunks[p].kind == chunkAdv) {
			p--
		}
	}
	skipAdv()
	lastFinite := func() *clause {
		for k := len(before) - 1; k >= 0; k-- {
			if before[k].vg.finite() && before[k].rel != relRelative {
				return before[k]
			}
		}
		return nil
	}
	share := func(g *clause, rel relation) {
		c.gov, c.rel = g, rel
		if g != nil {
			c.subj = g.subj
			if g.vg.passive && rel != relCoord && rel != relGerund && rel != relInfinitive {
				c.subj = nil
			}
		}
	}
	switch {
	case c.vg.to:
		g := prev
		share(g, relInfinitive)
		c.from = v
		// "asked the soldiers to leave": the object acts.
		if g != nil && x.lex.infinitive[g.vg.lemma] == infinitivePlanned || g != nil && (g.vg.lemma == "force" || g.vg.lemma == "compel" || g.vg.lemma == "cause") {
			if p >= low && chunks[p].kind == chunkNP && !g.vg.passive {
				c.subj = []*nounPhrase{chunks[p].np}
			}
		}
		return
	case c.vg.ing:
		c.from = v
		if p >= low && chunks[p].kind == chunkPrep {
			c.word = chunks[p].word
			c.from = p
			p--
		} else if p >= low && chunks[p].kind == chunkSub {
			c.word = chunks[p].word
			c.from = p
		} else if p-1 >= low && chunks[p].kind == chunkNP && chunks[p-1].kind == chunkPrep && chunks[p-1].word == "with" && prev != nil {
			// "with the town being retaken by Y", "with X capturing Y".
			c.subj, c.own, c.rel, c.gov, c.from, c.word = []*nounPhrase{chunks[p].np}, true, relSub, prev, p, "as"
			return
		} else if p >= low && chunks[p].kind == chunkNP && prev == nil {
			// "soldiers guarding the town": a relative clause cut short.
			c.subj, c.rel, c.own = subjectAt(chunks, p, low, c, prev), relReduced, true
			c.from = v
			return
		} else if p >= low && chunks[p].kind == chunkNP && prev != nil && chunks[p].np.class == nounFighter && p-1 >= low {
			c.subj, c.rel, c.own, c.gov = []*nounPhrase{chunks[p].np}, relReduced, true, prev
			return
		}
		g := prev
		if g != nil && (g.rel == relReduced || g.rel == relRelative) && p >= low && chunks[p].kind == chunkComma {
			if f := lastFinite(); f != nil {
				g = f
			}
		}
		share(g, relGerund)
		return
	}
	// A tense or a participle.
	if p >= low && chunks[p].kind == chunkRel && chunks[p].word == "that" && prev != nil && prev.takes && p-1 == low && chunks[low].kind == chunkNP && len(chunks[low].np.names) > 0 {
		// "told the agency that there were …"
		c.rel, c.gov, c.from = relComplement, prev, p+1
		return
	}
	if p >= low && chunks[p].kind == chunkRel {
		c.rel, c.gov, c.from = relRelative, prev, p
		q := p - 1
		for q >= low && (chunks[q].kind == chunkComma || chunks[q].kind == chunkPrep) {
			q--
		}
		if q >= low && chunks[q].kind == chunkNP {
			c.subj = subjectAt(chunks, q, max(low, q), c, prev)
			if chunks[q].np.class == nounPlace || chunks[q].np.class == nounNone {
				// "the town of X, which …": the head before "of".
				if q-2 >= 0 && chunks[q-1].kind == chunkPrep && chunks[q-1].word == "of" && chunks[q-2].kind == chunkNP {
					c.subj = []*nounPhrase{chunks[q-2].np}
				}
			}
			c.from = p
		} else if prev != nil && q < low && len(prev.objs) > 0 {
			c.subj = prev.objs
		}
		return
	}
	conj := false
	if p >= low && chunks[p].kind == chunkConj {
		conj = true
	} else if p >= low && (chunks[p].kind == chunkDate) && p-1 >= low && chunks[p-1].kind == chunkConj {
		conj = true
		p--
	}
	if conj && prev != nil {
		c.from = v
		c.word = chunks[p].word
		g := prev
		// A verb with a tense goes with the last one that has a tense.
		for k := len(before) - 1; k >= 0; k-- {
			b := before[k]
			if b.vg.finite() == c.vg.finite() && b.vg.to == c.vg.to && b.vg.ing == c.vg.ing || c.vg.part && b.vg.passive {
				g = b
				break
			}
		}
		if _, says := x.rules.says[c.vg.lemma]; says && !g.takes && c.word == "and" {
			// "said the group was behind it and said that …": of one speaker.
			for k := g; k != nil; k = k.gov {
				if k.takes && k.vg.finite() && k.rel != relRelative {
					g = k
					break
				}
			}
		}
		c.rel, c.gov, c.subj = relCoord, g, g.subj
		if next := v + 1; g.vg.passive && c.vg.past && !c.vg.passive && c.vg.modal == "" && next < len(chunks) && chunks[next].kind == chunkPrep && chunks[next].word == "by" && (g == prev || prev.gov == g) {
			c.vg.passive = true // "were surrounded and attacked by"
		}
		if g.vg.passive && !c.vg.passive && c.vg.past && g.rel == relReduced && g.gov != nil {
			c.gov, c.subj = g.gov, g.gov.subj
		}
		return
	}
	if next := v + 1; p-1 >= low && chunks[p].kind == chunkComma && chunks[p-1].kind == chunkNP && c.vg.past && !c.vg.passive && next < len(chunks) && chunks[next].kind == chunkPrep && chunks[next].word == "by" && prev != nil && !x.rules.inverse[c.vg.lemma] && toks[c.vg.main].info != nil && toks[c.vg.main].info.forms&formPart != 0 && !datedComma(chunks, p) {
		// "attacked the city, held by X": the participle of what it holds.
		c.vg.passive, c.vg.part = true, true
		c.subj = []*nounPhrase{chunks[p-1].np}
		c.rel, c.gov, c.from = relReduced, prev, v
		return
	}
	if p >= low && chunks[p].kind == chunkComma {
		// Between two commas stands an aside; before it the subject.
		q := p - 1
		for q >= low && chunks[q].kind != chunkComma {
			q--
		}
		if q > low && q >= 0 && chunks[q].kind == chunkComma && chunks[q-1].kind == chunkNP && !datedComma(chunks, q) {
			p = q - 1
		} else if prev != nil && (prev.rel == relReduced || prev.rel == relRelative) && len(prev.subj) > 0 {
			c.subj, c.own, c.from = prev.subj, true, v
			if prev.gov != nil {
				c.gov, c.rel = prev.gov.gov, prev.gov.rel
				if prev.gov.rel == relMain || prev.gov.rel == relCoord {
					c.rel, c.gov = relMain, nil
				}
			}
			return
		} else if b := openRelative(before); b != nil && c.vg.finite() {
			// "An officer, who asked not to be named, said".
			c.subj, c.own, c.from = b.subj, true, v
			return
		} else if k := prevFrom(prev); prev != nil && prev.vg.ing && lastFinite() == nil && k >= 2 && chunks[k-1].kind == chunkComma && chunks[k-2].kind == chunkNP {
			// "The BBC, citing officials, reported".
			c.subj, c.own, c.from = subjectAt(chunks, k-2, 0, c, nil), true, v
			return
		} else if prev != nil && c.vg.finite() {
			c.rel, c.gov, c.from = relCoord, lastFinite(), v
			if c.gov != nil {
				c.subj = c.gov.subj
			}
			return
		}
	}
	if next := v + 1; p-1 >= low && chunks[p].kind == chunkComma && chunks[p-1].kind == chunkNP && (c.vg.part || c.vg.past && (prev == nil || next < len(chunks) && chunks[next].kind == chunkPrep && chunks[next].word == "by")) && !datedComma(chunks, p) {
		// "The garrison, led by X, …"
		c.vg.passive, c.vg.part = true, true
		c.subj = subjectAt(chunks, p-1, low, c, prev)
		c.rel, c.gov, c.from = relReduced, prev, v
		return
	}
	if p < low || chunks[p].kind != chunkNP {
		// "the town, captured on 5 May, …" or a verb that begins the sentence.
		if p >= low && chunks[p].kind == chunkSub && c.vg.part {
			c.rel, c.gov, c.word, c.from = relSub, prev, chunks[p].word, p
			return
		}
		if p >= low && chunks[p].kind == chunkDate && p-1 >= low && chunks[p-1].kind == chunkNP {
			p--
		} else {
			c.rel, c.gov, c.from = relReduced, prev, v
			if prev != nil && prev.rel == relRelative {
				c.rel = relCoord
				c.subj = prev.subj
			}
			if n := len(before); n > 0 && c.vg.finite() && p < low && len(before[n-1].subj) > 0 && (before[n-1].rel == relReduced || before[n-1].rel == relRelative) {
				c.subj, c.rel, c.gov, c.own = before[n-1].subj, relMain, nil, true
				if g := before[n-1].gov; g != nil {
					c.rel, c.gov = g.rel, g.gov
				}
			}
			return
		}
	}
	if prev != nil && prev.rel == relReduced && prev.vg.ing && len(prev.subj) > 0 && adjoins(chunks, p, low) {
		// "soldiers fleeing the town abandoned it".
		c.subj, c.own, c.from = prev.subj, true, v
		if prev.gov != nil {
			c.rel, c.gov = relCoord, prev.gov
		}
		return
	}
	if prev != nil && prev.rel == relReduced && prev.vg.part && len(prev.subj) > 0 && c.vg.finite() && closes(chunks, p, low, prev.gov == nil) {
		// "fighters disguised as pilgrims entered the town".
		c.subj, c.own, c.from = prev.subj, true, v
		if prev.gov != nil {
			c.gov, c.rel = prev.gov, relSub
			if prev.gov.rel == relMain && prev.gov.gov == nil {
				c.word = "when"
			}
		}
		return
	}
	if (c.vg.past && !c.vg.passive || c.vg.passive && !c.vg.part) && (adjoins(chunks, p, low) || prev != nil && prev.rel == relRelative && closes(chunks, p, low, false)) {
		// "A column that had been sent to relieve the camp retreated".
		for k := len(before) - 1; k >= 0; k-- {
			b := before[k]
			if b.rel == relRelative && len(b.subj) > 0 && !x.takesClause(prev) {
				c.subj, c.own, c.from = b.subj, true, v
				return
			}
			if b.vg.finite() {
				break
			}
		}
	}
	// A participle after a noun, with what did it, is a relative clause cut
	// short; so is one before another verb of the same subject.
	reduced := false
	if !chunks[p].np.pronoun && (c.vg.part || c.vg.past && !c.vg.passive) {
		if next := v + 1; next < len(chunks) && chunks[next].kind == chunkPrep && chunks[next].word == "by" && !x.rules.inverse[c.vg.lemma] {
			reduced = true
		} else if c.vg.part && chunks[p].np.num.length == 0 {
			reduced = true
		} else if c.vg.past && !c.vg.part && laterVerb(chunks, v) {
			reduced = true
		} else if prev != nil && prev.vg.lemma != "be" && c.vg.past && adjoins(chunks, p, low) && !x.takesClause(prev) {
			// The noun is the object of the verb right before it.
			reduced = true
		}
		if reduced {
			c.vg.passive, c.vg.part = true, true
		}
	}
	c.subj = subjectAt(chunks, p, low, c, prev)
	c.own = true
	if np := chunks[p].np; c.vg.part && np.head < 0 && np.num.length > 0 && p-1 >= low && chunks[p-1].kind == chunkPrep && chunks[p-1].word == "of" {
		// "was driven off with the loss of 12 killed": the number is all its own.
		c.subj, c.from = []*nounPhrase{np}, p
	}
	if reduced {
		c.rel, c.gov, c.from = relReduced, prev, v
		// Inside the object of the verb before, or the subject of the next.
		c.subj = []*nounPhrase{chunks[p].np}
		return
	}
	tie(c, prev, before, chunks, low, x)
}

// adjoins reports whether the phrase that ends at chunk p runs back to the chunk
// at low without a break.
func adjoins(chunks []chunk, p, low int) bool {
	for p-2 >= low && chunks[p-1].kind == chunkPrep && !clauseWord(chunks[p-1].word) && chunks[p-2].kind == chunkNP {
		p -= 2
	}
	return p == low
}

// closes reports whether what stands between a participle that ends before chunk
// low and the verb after chunk p are its prepositional phrases only; and tells
// whether "led by X and Y" may be one of them.
func closes(chunks []chunk, p, low int, and bool) bool {
	if low >= len(chunks) || chunks[low].kind != chunkPrep || clauseWord(chunks[low].word) && chunks[low].word != "as" {
		return false
	}
	for k := low; k <= p; k++ {
		switch chunks[k].kind {
		case chunkPrep, chunkNP:
			if k > low && chunks[k].kind == chunkNP && chunks[k-1].kind == chunkNP {
				return false
			}
		case chunkConj:
			if !and {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// takesClause reports whether the verb of a clause takes a clause without "that".
func (x *Extractor) takesClause(c *clause) bool {
	_, ok := x.rules.says[c.vg.lemma]
	return ok || c.vg.lemma == "believe" || c.vg.lemma == "think"
}

// openRelative returns the relative clause whose antecedent still waits for its
// verb: nothing with a tense stands beside it.
func openRelative(before []*clause) *clause {
	for k := len(before) - 1; k >= 0; k-- {
		if before[k].rel == relRelative && len(before[k].subj) > 0 {
			for _, b := range before[:k] {
				if b.vg.finite() {
					return nil
				}
			}
			return before[k]
		}
		if before[k].vg.finite() {
			return nil
		}
	}
	return nil
}

func prevFrom(prev *clause) int {
	if prev == nil {
		return 0
	}
	return prev.from
}

// laterVerb reports whether another verb with a tense follows without a subject
// of its own, so that the one at v is a participle.
func laterVerb(chunks []chunk, v int) bool {
	for k := v + 1; k < len(chunks); k++ {
		switch chunks[k].kind {
		case chunkNP:
			if k > v+1 && chunks[k-1].kind == chunkPrep {
				continue
			}
			return false
		case chunkPrep, chunkDate, chunkAdv:
			continue
		case chunkVG:
			return chunks[k].vg.finite()
		default:
			return false
		}
	}
	return false
}

// datedComma reports whether the comma at q closes an opening date or phrase.
func datedComma(chunks []chunk, q int) bool {
	if chunks[q-1].kind == chunkDate {
		return true
	}
	// "In Gao, rebels …": a preposition opens what the comma closes.
	k := q - 1
	for k >= 0 && (chunks[k].kind == chunkNP || chunks[k].kind == chunkDate || chunks[k].kind == chunkAdv) {
		k--
	}
	return k >= 0 && (chunks[k].kind == chunkPrep || chunks[k].kind == chunkAccording) && (k == 0 || chunks[k-1].kind != chunkNP)
}

// subjectAt collects the noun phrases of a subject whose last is at chunk p, and
// sets where the clause begins.
func subjectAt(chunks []chunk, p, low int, c *clause, prev *clause) []*nounPhrase {
	head := func(p int) int {
		if p-3 >= low && chunks[p-1].kind == chunkPrep && chunks[p-2].kind == chunkAdv && chunks[p-3].kind == chunkNP {
			switch chunks[p-2].word {
			case "loyal", "faithful", "opposed", "hostile", "close", "sympathetic":
				p -= 3 // "pilots loyal to X"
			}
		}
		for p-2 >= low && chunks[p-1].kind == chunkPrep && (chunks[p-2].kind == chunkNP) && !clauseWord(chunks[p-1].word) && !(chunks[p-2].np.pronoun) {
			p -= 2
		}
		return p
	}
	first := head(p)
	// "residents in A and B said": both names stand within the phrase.
	for first-3 >= low && chunks[first-1].kind == chunkConj && chunks[first-2].kind == chunkNP && pureName(chunks[first].np) && pureName(chunks[first-2].np) {
		k := first - 3
		switch chunks[k].word {
		case "in", "at", "near", "around", "of", "between", "from":
		default:
			k = -1
		}
		if k < 1 || chunks[k].kind != chunkPrep {
			break
		}
		k--
		if chunks[k].kind == chunkAdv && k-1 >= low {
			k--
		}
		if chunks[k].kind != chunkNP || k < low || pureName(chunks[k].np) {
			break
		}
		first = head(k)
	}
	list := []*nounPhrase{chunks[first].np}
	start := first
	if first-1 >= low && chunks[first-1].kind == chunkPrep && !clauseWord(chunks[first-1].word) {
		c.from = first
		return list
	}
	// A and B; A, B and C.
	if q := first - 1; q-1 >= low && chunks[q].kind == chunkConj && (chunks[q].word == "and" || chunks[q].word == "or") && chunks[q-1].kind == chunkNP && (chunks[first].np.num.length == 0 || (prev == nil || prev.takes) && chunks[q-1].np.num.length > 0) {
		second := head(q - 1)
		var heads []*nounPhrase
		heads = append(heads, chunks[second].np)
		k := second - 1
		for k-1 >= low && chunks[k].kind == chunkComma && chunks[k-1].kind == chunkNP {
			k2 := head(k - 1)
			if k2-1 >= low && (chunks[k2-1].kind == chunkPrep || chunks[k2-1].kind == chunkNP) {
				break
			}
			if k2 == low && prev != nil && c.takes && !prev.takes {
				break // "killing ten, the group and an officer said"
			}
			heads = append(heads, chunks[k2].np)
			second = k2
			k = k2 - 1
		}
		open := k < low && (prev == nil || prev.takes) || k >= low && (chunks[k].kind == chunkSub || chunks[k].kind == chunkRel || chunks[k].kind == chunkComma || chunks[k].kind == chunkDate || chunks[k].kind == chunkConj || chunks[k].kind == chunkAdv)
		if k >= low && chunks[k].kind == chunkPrep && clauseWord(chunks[k].word) {
			open = true
		}
		if open {
			list = append(list, heads...)
			start = second
		}
	}
	c.from = start
	return list
}

// clauseWord reports whether a preposition may also open a clause.
func clauseWord(w string) bool {
	switch w {
	case "after", "before", "as", "since", "until", "till", "than":
		return true
	}
	return false
}

// tie decides what a clause with a subject of its own is to those before it.
func tie(c *clause, prev *clause, before []*clause, chunks []chunk, low int, x *Extractor) {
	// "…, but the next day the army fled": the date is of this clause.
	k := c.from - 1
	if k >= low && chunks[k].kind == chunkComma {
		k--
	}
	if k-1 >= low && chunks[k].kind == chunkDate && (chunks[k-1].kind == chunkConj || chunks[k-1].kind == chunkStop) {
		c.from = k
	}
	k = c.from - 1
	for k >= low && (chunks[k].kind == chunkAdv || chunks[k].kind == chunkDate || chunks[k].kind == chunkComma) {
		if chunks[k].kind == chunkComma && k-1 >= low && chunks[k-1].kind != chunkDate && chunks[k-1].kind != chunkAdv && chunks[k-1].kind != chunkSub && chunks[k-1].kind != chunkConj && chunks[k-1].kind != chunkRel {
			break
		}
		if chunks[k].kind == chunkComma && k-1 < low && prev != nil && !prev.takes {
			break // a verb ends before the comma
		}
		k--
	}
	var says *clause
	for n := len(before) - 1; n >= 0; n-- {
		if _, ok := x.rules.says[before[n].vg.lemma]; ok {
			says = before[n]
			break
		}
	}
	if k < low {
		if prev != nil {
			// Directly after a verb: what a speaker says, or a clause that
			// the verb takes.
			c.gov, c.rel = prev, relComplement
			if _, ok := x.rules.says[prev.vg.lemma]; !ok {
				c.rel = relSub
			}
		}
		return
	}
	ch := chunks[k]
	if (ch.kind == chunkRel || ch.kind == chunkSub && ch.word == "that" && (says == nil || says != prev)) && (ch.word == "that" || ch.word == "which" || ch.word == "whom") {
		// "the town, which the rebels captured".
		q := k - 1
		if q > 0 && chunks[q].kind == chunkComma {
			q--
		}
		if q >= 0 && chunks[q].kind == chunkNP && chunks[q].np.class != nounUtterance && !chunks[q].np.pronoun && (says == nil || k-1 > says.at+1) {
			if q-2 >= 0 && chunks[q-1].kind == chunkPrep && chunks[q-1].word == "of" && chunks[q-2].kind == chunkNP && (chunks[q-2].np.class == nounPlace || chunks[q-2].np.class == nounInstallation) {
				q -= 2
			}
			if np := chunks[q].np; len(np.names) == 0 && (np.det == "a" || np.det == "an") && q-2 >= 0 && chunks[q-1].kind == chunkComma && chunks[q-2].kind == chunkNP && pureName(chunks[q-2].np) {
				q -= 2 // "X, a village which the rebels had seized"
			}
			c.gov, c.rel, c.whom = prev, relRelative, chunks[q].np
			return
		}
	}
	switch {
	case ch.kind == chunkSub && ch.word == "that", ch.kind == chunkRel && ch.word == "that":
		c.gov, c.rel = prev, relComplement
		if says != nil {
			c.gov = says
		}
		c.from = min(c.from, k+1)
	case ch.kind == chunkSub || ch.kind == chunkPrep && clauseWord(ch.word):
		c.gov, c.rel, c.word = prev, relSub, ch.word
	case ch.kind == chunkRel:
		c.gov, c.rel = prev, relRelative
	case ch.kind == chunkConj || ch.kind == chunkComma || ch.kind == chunkStop:
		c.word = ch.word
		if prev == nil {
			return
		}
		if ch.kind == chunkComma {
			// "After X lost the town and retreated, Y took it": the main clause.
			root := prev
			for root.gov != nil {
				root = root.gov
			}
			if root.rel == relSub && root.word != "" {
				for _, b := range before {
					if b.gov == nil && b == root {
						root.gov = c
						return
					}
				}
			}
		}
		g := prev
		for g.gov != nil && (g.rel == relInfinitive || g.rel == relGerund || g.rel == relReduced || g.rel == relRelative || g.rel == relSub) {
			g = g.gov
		}
		if !g.vg.finite() && g.gov == nil && g.rel != relReduced {
			// "After running out of supplies, the garrison …"
			return
		}
		c.gov, c.rel = g, relCoord
		if ch.kind == chunkStop && ch.word == ";" || ch.word == "but" || ch.word == "while" || ch.word == "yet" {
			// Another voice: the reach of a speaker ends here.
			for c.gov != nil && (c.gov.rel == relComplement || c.gov.rel == relCoord) {
				c.gov = c.gov.gov
			}
			c.rel = relCoord
			if c.gov == nil {
				c.rel = relMain
			}
		}
	default:
		if prev != nil && says == prev {
			c.gov, c.rel = prev, relComplement
		} else if prev != nil {
			c.gov, c.rel = prev, relCoord
		}
	}
}

// gather collects objects, prepositional phrases and the date of a clause.
func gather(c *clause, chunks []chunk, toks []token) {
	renamed := false // an apposition stood after the object
	list := func(i int) ([]*nounPhrase, int) {
		nps := []*nounPhrase{chunks[i].np}
		for i+1 < c.to {
			k := i + 1
			if k < c.to && chunks[k].kind == chunkComma && k+1 < c.to && chunks[k+1].kind == chunkConj {
				k++
			}
			if k+1 < c.to && (chunks[k].kind == chunkConj && (chunks[k].word == "and" || chunks[k].word == "or") || chunks[k].kind == chunkComma) && chunks[k+1].kind == chunkNP {
				if chunks[k].kind == chunkComma && len(chunks[i].np.names) > 0 && renames(chunks[k+1].np) {
					renamed = true
					return nps, k + 1
				}
				if chunks[k].kind == chunkComma && !moreInList(chunks, k+1, c.to) {
					return nps, i
				}
				nps = append(nps, chunks[k+1].np)
				i = k + 1
				continue
			}
			// A phrase with "of" between members belongs to the one before.
			break
		}
		return nps, i
	}
	open := true
	for i := c.at + 1; i < c.to; i++ {
		ch := chunks[i]
		switch ch.kind {
		case chunkNP:
			nps, end := list(i)
			if open && len(c.objs) == 0 {
				c.objs = nps
			} else if i > 0 && (chunks[i-1].kind == chunkConj) && len(c.objs) > 0 && !renamed {
				c.objs = append(c.objs, nps...)
			}
			i = end
		case chunkPrep:
			if i+1 < c.to && chunks[i+1].kind == chunkNP {
				nps, end := list(i + 1)
				c.preps = append(c.preps, prepPhrase{prep: ch.word, nps: nps, at: i})
				if open && len(c.objs) > 0 && (ch.word == "along with" || ch.word == "together with" || ch.word == "as well as") {
					c.objs = append(c.objs, nps...)
				}
				if len(c.objs) == 0 && ch.word != "of" {
					open = false
				}
				i = end
			}
		case chunkDate:
			if c.date == nil {
				c.date = ch.date
			}
		case chunkComma, chunkStop:
			open = false
		}
	}
	for i := c.from; i < c.at; i++ {
		if chunks[i].kind == chunkDate && c.date == nil && !(i > c.from && chunks[i].date.prep == "of") {
			c.date = chunks[i].date
		}
		if chunks[i].kind == chunkPrep && i+1 < c.at && chunks[i+1].kind == chunkNP {
			c.preps = append(c.preps, prepPhrase{prep: chunks[i].word, nps: []*nounPhrase{chunks[i+1].np}, at: i})
		}
	}
	// What opens the sentence before the subject: a date, a place.
	for i := c.from - 1; i >= 0 && c.own && (c.rel == relMain); i-- {
		if chunks[i].kind == chunkDate && c.date == nil && !verbBefore(chunks, i) {
			c.date = chunks[i].date
			if !verbBefore(chunks, c.at) {
				c.from = i
			}
		}
	}
	if c.vg.be && len(c.subj) == 0 && c.at > 0 && chunks[c.at-1].kind == chunkAdv && chunks[c.at-1].word == "there" {
		c.there = true
		c.from = c.at - 1
	} else if c.vg.be && c.at > 0 && chunks[c.at-1].kind == chunkAdv && chunks[c.at-1].word == "there" {
		c.there = true
		c.subj = nil
		c.from = c.at - 1
	}
}

// renames reports whether a phrase after a name and a comma says what the named
// place is: "Fada, the capital of the region and …".
func renames(np *nounPhrase) bool {
	if np.det != "the" && np.det != "a" && np.det != "an" && np.possessor == nil || len(np.names) > 0 || np.num.length > 0 {
		return false
	}
	switch np.noun {
	case "capital", "stronghold", "hub", "seat", "hometown":
		return true
	case "city", "town", "village", "port", "settlement":
		return np.of == nil
	}
	return false
}

// verbBefore reports whether a verb stands before chunk i.
func verbBefore(chunks []chunk, i int) bool {
	for k := 0; k < i; k++ {
		if chunks[k].kind == chunkVG {
			return true
		}
	}
	return false
}

// moreInList reports whether after the noun phrase at i a list goes on to "and".
func moreInList(chunks []chunk, i, end int) bool {
	for k := i + 1; k+1 < end; k++ {
		switch chunks[k].kind {
		case chunkNP, chunkComma:
			continue
		case chunkPrep:
			if chunks[k].word == "of" {
				continue
			}
			return false
		case chunkConj:
			return chunks[k].word == "and" && chunks[k+1].kind == chunkNP
		default:
			return false
		}
	}
	return false
}

// pureName reports whether a phrase is a name and nothing else.
func pureName(np *nounPhrase) bool {
	return len(np.names) == 1 && np.names[0] == np.i && np.head == np.i && !np.title
}
