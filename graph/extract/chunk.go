package extract

import "strings"

// chunk is a piece of a sentence: a noun phrase, a group of verbs, a
// preposition, a date, a mark.
type chunk struct {
	kind chunkKind
	i, j int // tokens, [i,j)
	word string
	np   *nounPhrase
	vg   *verbGroup
	date *dateExpr
}

type chunkKind uint8

const (
	chunkNP chunkKind = iota
	chunkVG
	chunkPrep
	chunkConj
	chunkComma
	chunkSub
	chunkRel
	chunkDate
	chunkAdv
	chunkStop
	chunkAccording
)

// nounPhrase is a noun with what stands before it, or a name.
type nounPhrase struct {
	i, j      int // tokens
	head      int // token of the head noun or name; -1 for a number alone
	class     nounClass
	noun      string // singular of the head noun
	plural    bool
	det       string
	definite  bool
	num       amount
	names     []int // tokens that open a name in the phrase
	title     bool  // a role or rank stands before a name
	pronoun   bool
	possessor *nounPhrase
	parens    [][2]int // brackets after it, tokens inside
	of, from  *nounPhrase
	ofs       []*nounPhrase // further members of the list after of
	quoted    bool
}

// verbGroup is a verb with its auxiliaries.
type verbGroup struct {
	main    int // token of the main verb
	lemma   string
	passive bool
	part    bool // a participle without auxiliary
	ing     bool // a participle of the present without auxiliary
	to      bool // an infinitive
	perfect bool
	modal   string
	negated bool
	be      bool // a form of be alone
	have    bool
	past    bool
}

// chunks cuts the tokens of a sentence into chunks.
func (x *Extractor) chunks(toks []token) []chunk {
	out := make([]chunk, 0, len(toks)/2+4)
	parens := func(np *nounPhrase, j int) int {
		for j < len(toks) && toks[j].tag == tagOpen {
			k := j + 1
			for depth := 1; k < len(toks); k++ {
				if toks[k].tag == tagOpen {
					depth++
				} else if toks[k].tag == tagClose {
					if depth--; depth == 0 {
						break
					}
				}
			}
			if np != nil {
				np.parens = append(np.parens, [2]int{j + 1, min(k, len(toks))})
			}
			j = min(k+1, len(toks))
		}
		return j
	}
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].tag == tagConj && i > 0 && i+2 < len(toks) && toks[i-1].tag == tagAdv && toks[i+1].tag == tagAdv && verbish(toks[i+2].tag) && strings.HasSuffix(toks[i-1].lower, "ly") {
			toks[i].tag = tagAdv // "was quickly and easily taken"
			if t := &toks[i+2]; i > 1 && toks[i-2].tag == tagBe && t.tag == tagVerb && t.info != nil && t.info.forms&formPart != 0 {
				t.tag = tagPart
			}
		}
		switch toks[i].lower {
		case "left":
			switch toks[i+1].lower {
			case "wing", "flank", "bank", "side", "column", "hand":
				toks[i].tag = tagAdj
			}
		case "military":
			if next := toks[i+1].tag; toks[i].tag == tagAdj && next != tagNoun && next != tagAdj && next != tagName && next != tagNum && next != tagPart {
				toks[i].tag = tagNoun // "the military said"
			}
		case "estimated":
			if toks[i+1].lower == "that" {
				toks[i].tag, toks[i].lemma = tagVerb, "estimate"
			}
		}
	}
	for i := 0; i < len(toks); {
		t := &toks[i]
		if t.lower == "according" && i+1 < len(toks) && toks[i+1].lower == "to" {
			out = append(out, chunk{kind: chunkAccording, i: i, j: i + 2})
			i += 2
			continue
		}
		if c, ok := x.idiomChunk(toks, i); ok {
			out = append(out, c)
			i = c.j
			continue
		}
		if c, ok := dateChunk(toks, i); ok {
			out = append(out, c)
			i = c.j
			continue
		}
		switch t.tag {
		case tagQuote:
			i++
			continue
		case tagOpen:
			j := parens(nil, i)
			if n := len(out); n > 0 && out[n-1].kind == chunkNP {
				parens(out[n-1].np, i)
			}
			i = j
			continue
		case tagComma:
			out = append(out, chunk{kind: chunkComma, i: i, j: i + 1, word: ","})
			i++
			continue
		case tagStop, tagClose:
			out = append(out, chunk{kind: chunkStop, i: i, j: i + 1, word: t.text})
			i++
			continue
		}
		if vg, j := x.verbGroupAt(toks, i); vg != nil {
			out = append(out, chunk{kind: chunkVG, i: i, j: j, vg: vg})
			i = parens(nil, j)
			continue
		}
		if n := len(out); n > 0 && out[n-1].kind == chunkNP && t.tag == tagPron && strings.HasSuffix(t.lower, "self") || n > 0 && out[n-1].kind == chunkNP && t.lower == "themselves" && t.tag == tagPron {
			i++ // "the town itself came under attack"
			continue
		}
		if np := x.nounPhraseAt(toks, i); np != nil {
			i = parens(np, np.j)
			out = append(out, chunk{kind: chunkNP, i: np.i, j: np.j, np: np})
			continue
		}
		kind := chunkAdv
		switch t.tag {
		case tagPrep, tagTo:
			kind = chunkPrep
		case tagConj:
			kind = chunkConj
		case tagSub:
			kind = chunkSub
		case tagRel:
			kind = chunkRel
		}
		j := i + 1
		word := t.lower
		if kind == chunkPrep && i+1 < len(toks) && toks[i+1].tag == tagPrep && (word == "out" || word == "because" || word == "up" || word == "away") {
			word += " " + toks[i+1].lower
			j++
		}
		out = append(out, chunk{kind: kind, i: i, j: j, word: word})
		i = j
	}
	for k := 0; k+2 < len(out); k++ {
		if out[k].kind == chunkNP && out[k+1].kind == chunkPrep && out[k+2].kind == chunkNP {
			switch out[k+1].word {
			case "of":
				out[k].np.of = out[k+2].np
				for m := k + 3; m+1 < len(out) && (out[m].kind == chunkComma || out[m].kind == chunkConj) && out[m+1].kind == chunkNP && len(out[m+1].np.names) > 0; m += 2 {
					out[k].np.ofs = append(out[k].np.ofs, out[m+1].np)
				}
			case "from":
				out[k].np.from = out[k+2].np
			case "with":
				if np := out[k].np; (np.class == nounFighter || np.class == nounDescriptor) && len(np.names) == 0 && len(out[k+2].np.names) > 0 && (k == 0 || out[k-1].kind != chunkVG) {
					np.from = out[k+2].np // "rebels with the X Front"
				}
			}
		}
	}
	return out
}

// idiomChunk reads a fixed phrase.
func (x *Extractor) idiomChunk(toks []token, i int) (chunk, bool) {
	for _, p := range x.lex.idioms[toks[i].lower] {
		if i+len(p.words) > len(toks) {
			continue
		}
		ok := true
		for k, w := range p.words {
			if toks[i+k].lower != w {
				ok = false
				break
			}
		}
		if !ok {
			continue
		}
		c := chunk{kind: chunkAdv, i: i, j: i + len(p.words), word: strings.Join(p.words, " ")}
		if p.prep {
			c.kind = chunkPrep
		} else if amountAt(toks, i).length > 0 {
			continue // "at least ten"
		}
		return c, true
	}
	return chunk{}, false
}

// dateChunk reads a date with its preposition.
func dateChunk(toks []token, i int) (chunk, bool) {
	prep, k := "", i
	if toks[i].lower == "as" && i+2 < len(toks) && toks[i+1].lower == "of" && dateAt(toks, i+2) != nil {
		prep, k = "by", i+2
	} else if w := toks[i].lower; w == "on" || w == "in" || w == "by" || w == "from" || w == "since" || w == "until" || w == "till" || w == "during" || w == "between" || w == "of" || w == "after" || w == "before" || w == "through" || w == "late" || w == "early" || w == "mid" || w == "dated" {
		prep = w
		k++
		for k < len(toks) && (toks[k].info != nil && (toks[k].info.noun == nounTime && toks[k].lower != "day" || toks[k].lower == "late" || toks[k].lower == "early" || toks[k].lower == "the" || toks[k].lower == "of" || toks[k].lower == "on" || toks[k].lower == "mid" || toks[k].lower == "about")) && k < i+5 {
			if relativeAt(toks, k) != nil || toks[k].lower == "the" && dateAt(toks, k) != nil {
				break
			}
			k++
		}
		if k < len(toks) && weekday(toks[k].lower) {
			k++
			if k+1 < len(toks) && toks[k].tag == tagComma && dateAt(toks, k+1) != nil {
				k++
			}
		}
	} else if weekday(w) && i+1 < len(toks) {
		k++
		if toks[k].tag == tagComma && k+1 < len(toks) && dateAt(toks, k+1) != nil {
			k++
		}
	}
	if k >= len(toks) && (k == i || !weekday(toks[k-1].lower)) {
		return chunk{}, false
	}
	if k >= len(toks) {
		return chunk{kind: chunkDate, i: i, j: k, date: &dateExpr{prep: prep, relative: "weekday", shift: weekdayNumber(toks[k-1].lower)}}, true
	}
	d := dateAt(toks, k)
	if d == nil {
		if d = relativeAt(toks, k); d != nil && d.relative == "next-day" && toks[k].lower != "the" && prep == "" && k > i {
			d = nil
		}
	}
	if d == nil && k > i && weekday(toks[k-1].lower) {
		// "on Sunday", "late Tuesday": a day before that of the report.
		d = &dateExpr{relative: "weekday", shift: weekdayNumber(toks[k-1].lower)}
		if toks[k].info != nil && toks[k].info.noun == nounTime {
			d.length = 1 // "early on Thursday morning"
		}
	}
	if d == nil && weekday(toks[k].lower) && (prep == "" || prep == "on" || prep == "late" || prep == "early") {
		d = &dateExpr{relative: "weekday", shift: weekdayNumber(toks[k].lower), length: 1}
		if k+1 < len(toks) && toks[k+1].info != nil && toks[k+1].info.noun == nounTime {
			d.length = 2 // "on Sunday night"
		}
	}
	if d == nil && (prep == "in" || prep == "since" || prep == "during" || prep == "by" || prep == "of" || prep == "from" || prep == "until") && k == i+1 {
		r := &dateReader{toks, k}
		if y := r.yearNumber(0); y > 0 && (k+1 >= len(toks) || !startsNoun(toks, k+1) || toks[k+1].kind == markToken || toks[k+1].tag == tagDet || toks[k+1].tag == tagRel || toks[k+1].lower == "that") {
			d = &dateExpr{length: 1, from: day{year: y}}
		}
	}
	if d == nil {
		return chunk{}, false
	}
	if d.relative == "" && d.from.day == 0 && d.from.year == 0 && prep == "" {
		return chunk{}, false // a month's name alone is no date ("May")
	}
	d.prep = prep
	j := k + d.length
	if prep == "between" && d.relative == "" && d.to.isZero() && j+1 < len(toks) && toks[j].lower == "and" {
		if e := dateAt(toks, j+1); e != nil && e.to.isZero() && (e.from.day > 0) == (d.from.day > 0) {
			d.to = e.from
			if d.from.year == 0 {
				d.from.year = d.to.year
			}
			j += 1 + e.length
		}
	}
	return chunk{kind: chunkDate, i: i, j: j, date: d}, true
}

func weekdayNumber(w string) int {
	for n, d := range []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		if d == w {
			return n
		}
	}
	return 0
}

func weekday(w string) bool {
	switch w {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday":
		return true
	}
	return false
}

// verbGroupAt reads auxiliaries and a main verb at token i.
func (x *Extractor) verbGroupAt(toks []token, i int) (*verbGroup, int) {
	vg := &verbGroup{main: -1}
	var be, started, gerund bool
	last := i
	j := i
	for ; j < len(toks); j++ {
		t := &toks[j]
		switch t.tag {
		case tagTo:
			if started {
				goto done
			}
			vg.to, started = true, true
			continue
		case tagModal:
			if started && !vg.negated {
				goto done
			}
			vg.modal, started = t.lower, true
			if t.lower == "cannot" {
				vg.negated = true
			}
			continue
		case tagDo:
			started = true
			vg.main, vg.lemma, last = j, "do", j+1
			continue
		case tagHave:
			if be {
				goto done
			}
			started, vg.perfect = true, true
			gerund = gerund || t.lower == "having"
			vg.main, vg.lemma, vg.have, last = j, "have", true, j+1
			continue
		case tagBe:
			started, be = true, true
			gerund = gerund || t.lower == "being" && j == i
			vg.main, vg.lemma, vg.be, last = j, "be", true, j+1
			continue
		case tagNeg:
			if !started && (j+1 >= len(toks) || toks[j+1].tag != tagTo && toks[j+1].tag != tagIng && toks[j+1].tag != tagVerb && toks[j+1].tag != tagPart) {
				if !started && j == i {
					return nil, i
				}
			}
			vg.negated, started = true, true
			continue
		case tagAdv:
			if !started {
				// An adverb opens a group only before a verb.
				k := j
				for k < len(toks) && (toks[k].tag == tagAdv || toks[k].tag == tagNeg) {
					k++
				}
				if k < len(toks) && (toks[k].tag == tagVerb || toks[k].tag == tagPart || toks[k].tag == tagIng) && k-j < 3 {
					continue
				}
				return nil, i
			}
			if last == j && vg.main >= 0 && j+1 < len(toks) && !verbish(toks[j+1].tag) && toks[j+1].tag != tagAdv && toks[j+1].tag != tagNeg {
				goto done
			}
			continue
		case tagVerb, tagBase, tagPart, tagIng:
			if started && t.tag == tagVerb && (vg.main >= 0 && (be || vg.have)) {
				goto done
			}
			wasBe, wasHave := be, vg.have
			vg.main, vg.lemma = j, t.lemma
			if vg.lemma == "" {
				vg.lemma = t.lower
			}
			vg.be, vg.have = false, false
			switch t.tag {
			case tagPart:
				if wasBe {
					vg.passive = true
				} else if !wasHave {
					vg.passive, vg.part = true, true
				}
			case tagIng:
				vg.ing = !wasBe
			case tagVerb:
				vg.past = true
			}
			vg.ing = vg.ing || gerund
			j++
			j = x.phraseAt(toks, j, vg)
			return vg, j
		}
		break
	}
done:
	if vg.main < 0 {
		return nil, i
	}
	return vg, x.phraseAt(toks, last, vg)
}

func verbish(t tag) bool {
	return t == tagVerb || t == tagBase || t == tagPart || t == tagIng || t == tagBe || t == tagHave
}

// phraseAt widens a verb to the longest fixed phrase that begins with it, such
// as "took (full) control of", and returns the token after it.
func (x *Extractor) phraseAt(toks []token, j int, vg *verbGroup) int {
	best, bestWords := j, ""
	for _, p := range x.rules.phrases[vg.lemma] {
		k, ok := j, true
		for n, w := range p.words {
			for n > 0 || k == j {
				if k < len(toks) && p.words[n] != toks[k].lower && k+1 < len(toks) && (toks[k].tag == tagAdj || toks[k].tag == tagDet || toks[k].tag == tagAdv || toks[k].tag == tagQuote || n > 0 && p.words[n-1] == "under" && toks[k].tag == tagNoun) && k < j+4 && toks[k].tag != tagName {
					k++
					continue
				}
				break
			}
			if k >= len(toks) || toks[k].lower != w && !(toks[k].info != nil && toks[k].info.single == w) {
				ok = false
				break
			}
			k++
		}
		if ok && k > best {
			best, bestWords = k, strings.Join(p.words, " ")
		}
	}
	if best > j {
		vg.lemma += " " + bestWords
	}
	return best
}

// nounPhraseAt reads a noun phrase at token i, nil for none.
func (x *Extractor) nounPhraseAt(toks []token, i int) *nounPhrase {
	np := &nounPhrase{i: i, head: -1}
	t := &toks[i]
	if t.tag == tagPron {
		np.pronoun, np.head, np.j, np.noun = true, i, i+1, t.lower
		np.plural = t.lower == "they" || t.lower == "them"
		return np
	}
	j := i
	numbered := func(k int) bool {
		if np.num.length > 0 || np.head >= 0 || toks[k].tag == tagName {
			return false
		}
		if a := amountAt(toks, k); a.length > 0 {
			// A figure that is a year or part of a name is no amount.
			np.num = a
			j = k + a.length
			if j < len(toks) && toks[j].lower == "of" && (a.vague) && j+1 < len(toks) && (toks[j+1].info.is(tagDet) || startsNoun(toks, j+1)) {
				j++
				if toks[j].info.is(tagDet) {
					np.det, np.definite = toks[j].lower, true
					j++
				}
			}
			return true
		}
		return false
	}
	if !numbered(i) && t.tag == tagPrep {
		return nil
	}
loop:
	for j < len(toks) {
		t := &toks[j]
		if np.head >= 0 && weekday(t.lower) && isUpperAt(t.text) {
			break // "troops Thursday captured"
		}
		switch t.tag {
		case tagDet:
			if np.det != "" && np.det != "all" && np.det != "both" && np.det != "other" || np.head >= 0 {
				if !(t.lower == "other" || t.lower == "others") || np.head >= 0 {
					if numbered(j) {
						continue
					}
					break loop
				}
			}
			if numbered(j) {
				continue
			}
			np.det = t.lower
			switch t.lower {
			case "the", "this", "that", "these", "those", "its", "their", "his", "her", "all", "both":
				np.definite = true
			}
			j++
		case tagNum:
			if np.head >= 0 {
				break loop
			}
			if !numbered(j) {
				j++
			}
		case tagAdj:
			if np.head >= 0 {
				// "forces loyal to": an adjective after the head ends it,
				// unless a noun follows as in "army special forces".
				if j+1 >= len(toks) || toks[j+1].tag != tagNoun && toks[j+1].tag != tagAdj || toks[np.head].tag == tagName && !toks[np.head].name.adjective {
					if !(toks[np.head].tag == tagName && j+1 < len(toks) && toks[j+1].tag == tagNoun) {
						break loop
					}
				}
			}
			j++
		case tagNoun:
			if np.title {
				break loop
			}
			if np.head >= 0 && (t.lower == "number" || t.lower == "no.") && j+1 < len(toks) && toks[j+1].kind == numberToken {
				j += 2 // "the military camp number 1"
				continue
			}
			np.head = j
			j++
		case tagName:
			if np.head >= 0 && toks[np.head].tag == tagNoun {
				info := toks[np.head].info
				if info == nil || !(info.title || info.noun == nounSpeaker || info.also == nounSpeaker || info.noun == nounMedia || info.noun == nounEvent || info.noun == nounPlace || info.noun == nounGroup || info.noun == nounEquipment || info.noun == nounInstallation || info.noun == nounFighter) {
					break loop
				}
				if (info.noun == nounPlace || info.noun == nounInstallation || info.noun == nounEvent) && t.name.actor() {
					break loop // "the village ISIL attacked"
				}
				np.title = (info.title || info.noun == nounSpeaker) && !t.name.adjective
			} else if np.head >= 0 && toks[np.head].tag == tagName && !toks[np.head].name.adjective && np.head != j && !np.title {
				// Two names side by side: "Malian Army" is one; others only if
				// the first is a country or an actor that qualifies.
				np.head = j
			}
			np.names = append(np.names, j)
			np.head = j
			j += t.name.length
		case tagPoss:
			if np.head < 0 {
				break loop
			}
			np.j = j
			owner := *np
			j++
			*np = nounPhrase{i: i, head: -1, possessor: &owner, definite: true}
			if j < len(toks) && toks[j].tag != tagNoun && toks[j].tag != tagAdj && toks[j].tag != tagName && toks[j].tag != tagNum {
				*np = owner
				np.j = j
				return np
			}
		case tagQuote:
			// A short quotation inside a phrase: a "strategic retreat".
			if j+1 < len(toks) && (toks[j+1].tag == tagAdj || toks[j+1].tag == tagNoun || toks[j+1].tag == tagName) && np.head < 0 {
				np.quoted = true
				j++
				continue
			}
			break loop
		default:
			break loop
		}
	}
	if np.head < 0 && np.num.length == 0 {
		// An adjective or a determiner alone: "the wounded", "others".
		if j > i && (np.det == "other" || np.det == "others" || np.definite || np.det == "both") {
			last := &toks[j-1]
			if last.tag == tagAdj && last.info != nil && last.info.noun != nounNone || last.lower == "others" {
				np.head = j - 1
			}
		}
		if np.head < 0 {
			if j > i && toks[j-1].tag == tagAdj && toks[j-1].info != nil && toks[j-1].info.noun != nounNone {
				np.head = j - 1
			} else if j > i && np.possessor != nil {
				np.head = j - 1
			} else {
				return nil
			}
		}
	}
	if np.head < 0 && j > i && toks[j-1].tag == tagAdj && toks[j-1].info != nil && toks[j-1].info.noun != nounNone {
		np.head = j - 1
	}
	np.j = j
	if np.quoted && j < len(toks) && toks[j].tag == tagQuote {
		np.j = j + 1
	}
	if np.head >= 0 && toks[np.head].tag != tagName {
		if info := toks[np.head].info; info != nil {
			np.class, np.noun, np.plural = info.noun, info.single, info.plural
		}
		if np.noun == "" {
			np.noun = toks[np.head].lower
			if strings.HasSuffix(np.noun, "s") {
				np.plural = true
			}
		}
	}
	if np.num.length > 0 && np.num.max != nil && *np.num.max > 1 || np.num.vague {
		np.plural = true
	}
	return np
}
