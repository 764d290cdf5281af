package extract

import "strings"

// tagSentence gives each token its part of speech. Names must be matched first:
// a token with a name is a name.
func (l *lexicon) tagSentence(toks []token) {
	for i := 0; i < len(toks); i++ {
		t := &toks[i]
		if t.tag == tagName {
			continue
		}
		switch t.kind {
		case markToken:
			t.tag = markTag(t.text)
			continue
		case numberToken:
			t.tag = tagNum
			continue
		}
		prev := previous(toks, i)
		t.tag = l.wordTag(toks, i, prev)
	}
}

func markTag(s string) tag {
	switch s {
	case ",":
		return tagComma
	case "(", "[":
		return tagOpen
	case ")", "]":
		return tagClose
	case `"`, "“", "”", "«", "»", "'", "‘", "’":
		return tagQuote
	case "%", "+", "-", "/", "&", "–", "—":
		return tagStop
	}
	return tagStop
}

// previous returns the index of the last token before i that is neither an
// adverb nor a quotation mark, or -1.
func previous(toks []token, i int) int {
	for j := i - 1; j >= 0; j-- {
		if toks[j].tag != tagAdv && toks[j].tag != tagQuote && toks[j].tag != tagNeg {
			return j
		}
	}
	return -1
}

func tagAt(toks []token, i int) tag {
	if i < 0 || i >= len(toks) {
		return tagNone
	}
	return toks[i].tag
}

// startsNoun reports whether the token at i may open or continue a noun phrase.
func startsNoun(toks []token, i int) bool {
	if i >= len(toks) {
		return false
	}
	t := &toks[i]
	if t.kind == numberToken || t.tag == tagName {
		return true
	}
	if t.kind == markToken {
		return t.text == `"` || t.text == "“"
	}
	if t.info == nil {
		return true
	}
	return t.info.is(tagDet) || t.info.is(tagAdj) || t.info.is(tagPron) || t.info.noun != nounNone || t.info.isNum || t.info.vague
}

func (l *lexicon) wordTag(toks []token, i, prev int) tag {
	t := &toks[i]
	info := t.info
	pt := tagAt(toks, prev)
	if compounded(t.lower) {
		return tagAdj
	}
	if info == nil {
		return l.guess(toks, i, pt)
	}
	next := i + 1
	if next < len(toks) && toks[next].kind == wordToken && toks[next].info.is(tagAdv) && next+1 < len(toks) {
		next++
	}
	switch t.lower {
	case "to":
		k := i + 1
		for k < len(toks)-1 && toks[k].info.is(tagAdv) && (toks[k].info.forms == 0) {
			k++
		}
		if k < len(toks) && toks[k].tag != tagName && toks[k].info != nil && toks[k].info.forms&formBase != 0 && !isUpperAt(toks[k].text) {
			return tagTo
		}
		if k < len(toks) && toks[k].info.is(tagBe) || k < len(toks) && toks[k].info.is(tagHave) {
			return tagTo
		}
		return tagPrep
	case "that":
		if pt == tagVerb || pt == tagPart || pt == tagBase || pt == tagIng || pt == tagComma {
			if pt == tagComma {
				return tagRel
			}
			return tagSub
		}
		if pt == tagNoun || pt == tagName || pt == tagClose || pt == tagTo {
			if prev >= 0 && toks[prev].info != nil && toks[prev].info.also == nounUtterance || prev >= 0 && toks[prev].info != nil && toks[prev].info.noun == nounUtterance {
				return tagSub
			}
			if next < len(toks) && (toks[next].info.is(tagBe) || toks[next].info.is(tagHave) || toks[next].info.is(tagModal) || toks[next].info != nil && toks[next].info.forms&(formPast|formThird) != 0) {
				return tagRel
			}
			return tagSub
		}
		return tagDet
	case "her", "his", "its", "their":
		return tagDet
	case "am":
		if prev < 0 || toks[prev].lower != "i" {
			return tagAdv // the hour
		}
	case "'s":
		return tagPoss
	case "so":
		return tagAdv
	case "last", "first", "next", "early", "late", "further", "less", "more", "most", "both":
		if t.lower == "both" || t.lower == "more" || t.lower == "most" || t.lower == "less" {
			return tagDet
		}
		if pt == tagDet || pt == tagNum {
			return tagAdj
		}
		if t.lower == "last" && startsNoun(toks, i+1) {
			return tagAdj
		}
		if t.lower == "first" || t.lower == "last" || t.lower == "further" || t.lower == "early" || t.lower == "late" {
			return tagAdv
		}
	case "like":
		return tagPrep
	}
	if info.closed == tagBe || info.closed == tagHave || info.closed == tagDo || info.closed == tagModal {
		if info.closed == tagModal && (t.lower == "may" || t.lower == "will" || t.lower == "might") && (pt == tagDet || isUpperAt(t.text) && i > 0) {
			return tagNoun
		}
		if (t.lower == "may" || t.lower == "might") && pt == tagNum {
			return tagNoun
		}
		return info.closed
	}
	if info.isNum || info.vague && info.closed == tagNone {
		return tagNum
	}
	verb := info.forms != 0 && !info.notVb
	if !verb && info.forms&formIng != 0 && prev >= 0 && toks[prev].info != nil && pt != tagNoun && startsNoun(toks, i+1) && toks[i+1].lower != "of" {
		switch toks[prev].info.lemma {
		case "begin", "start", "continue", "stop", "resume", "cease":
			t.lemma = info.lemma // "began bombing the town"
			return tagIng
		}
	}
	if verb {
		if v := l.verbTag(toks, i, prev, pt, next); v != tagNone {
			return v
		}
	}
	if info.closed != tagNone && (info.closed != tagAdj || info.noun == nounNone) {
		if info.closed == tagAdj && info.noun == nounNone {
			return tagAdj
		}
		if info.closed == tagAdv && info.noun != nounNone && (pt == tagDet || pt == tagAdj) {
			return tagNoun
		}
		return info.closed
	}
	if info.noun != nounNone {
		// "rebel forces", "separatist leader": a noun before a noun stays a
		// noun; chunks take it as a modifier.
		return tagNoun
	}
	if info.month > 0 {
		return tagNoun
	}
	if info.title {
		return tagNoun
	}
	if info.notVb {
		if strings.HasSuffix(t.lower, "ed") && startsNoun(toks, i+1) {
			return tagAdj
		}
		return tagNoun
	}
	if verb && info.forms&(formPast|formPart|formIng) == 0 {
		return tagNoun
	}
	return l.guess(toks, i, pt)
}

// verbTag decides whether a word that may be a verb is one here.
func (l *lexicon) verbTag(toks []token, i, prev int, pt tag, next int) tag {
	t := &toks[i]
	info := t.info
	t.lemma = info.lemma
	nounish := info.noun != nounNone
	capital := isUpperAt(t.text)
	nextNoun := next < len(toks) && (startsNoun(toks, next))
	nextTag := tagNone
	if next < len(toks) {
		nextTag = toks[next].tag
	}
	switch {
	case info.forms&formBase != 0 && (pt == tagTo || pt == tagModal || pt == tagDo):
		return tagBase
	case pt == tagBe && info.forms&formPart != 0:
		return tagPart
	case pt == tagBe && info.forms&formIng != 0:
		return tagIng
	case pt == tagHave && info.forms&formPart != 0 && !(info.forms&formBase != 0 && nounish):
		return tagPart
	}
	if info.noun == nounBody && info.forms&formPart != 0 {
		// "dead and injured", "the wounded".
		if pt == tagConj && prev > 0 && toks[prev-1].info != nil && toks[prev-1].info.noun == nounBody && toks[prev-1].tag != tagPart && !(next < len(toks) && toks[next].lower == "by") {
			return tagNoun
		}
		if pt == tagNum && !nextNoun && prev == i-1 {
			return tagPart
		}
	}
	if info.forms&(formPast|formPart) != 0 {
		isAdjective := (pt == tagDet || pt == tagAdj || pt == tagNum || pt == tagPoss || pt == tagPrep || pt == tagName && prev == i-1 && toks[prev].name != nil && toks[prev].name.adjective && !l.ruled[info.lemma]) &&
			next == i+1 && nextNoun && (nextTag == tagName || toks[next].kind == wordToken && !toks[next].info.is(tagDet) && !toks[next].info.is(tagPron) && !toks[next].info.isNumber() || toks[next].kind == numberToken && pt == tagDet)
		if isAdjective && pt == tagName && (toks[prev].name.plural && strings.HasSuffix(toks[prev].lower, "ns") || prev > 0 && toks[prev-1].lower == "the" && toks[next].info.is(tagAdj) && toks[next].info.noun == nounNone) {
			isAdjective = false // "the British sustained heavy losses"
		}
		if info.forms&formPast == 0 && pt != tagComma {
			// taken, begun, driven: a participle without an auxiliary.
			if isAdjective && !(pt == tagNum) {
				return tagAdj
			}
			return tagPart
		}
		if isAdjective && (pt != tagNum || !l.phrasal(toks, i)) {
			return tagAdj
		}
		if pt == tagDet && (nounish || !nextNoun) {
			if nounish {
				return tagNoun
			}
			return tagAdj
		}
		if info.forms&formBase != 0 && nounish && !(pt == tagName || pt == tagNoun || pt == tagPron || pt == tagClose || pt == tagConj || pt == tagComma || pt == tagRel) {
			return tagNoun
		}
		if capital && i == 0 && nextNoun && nextTag != tagName && (next < len(toks) && !toks[next].info.is(tagDet)) {
			return tagAdj
		}
		return tagVerb
	}
	if info.forms&formIng != 0 {
		if info.closed == tagAdj && next == i+1 && nextNoun && next < len(toks) && !toks[next].info.is(tagDet) {
			return tagAdj
		}
		if nounish && (pt == tagDet || pt == tagAdj) || pt == tagPoss {
			return tagNoun
		}
		if (pt == tagDet || pt == tagNum) && nextNoun && next == i+1 && toks[next].kind == wordToken && !toks[next].info.is(tagDet) {
			return tagAdj
		}
		if pt == tagDet || pt == tagAdj {
			return tagNoun
		}
		if pt == tagPrep && nounish && !nextNoun {
			return tagNoun
		}
		if nounish && (i == 0 || pt == tagNoun && !nextNoun || pt == tagConj && prev > 0 && tagAt(toks, prev-1) == tagNoun && !nextNoun) {
			return tagNoun
		}
		return tagIng
	}
	// Base forms and forms in -s: verbs of speech in the present; others are
	// nouns unless a pronoun stands before.
	if pt == tagPron && !nounish {
		return tagVerb
	}
	subject := pt == tagName || pt == tagNoun || pt == tagPron || pt == tagClose || pt == tagComma || pt == tagRel || pt == tagNum
	if subject && l.speech(info.lemma) && !capital {
		follows := next >= len(toks) || toks[next].kind == numberToken || toks[next].tag == tagName || toks[next].kind == markToken && (toks[next].text == `"` || toks[next].text == "“") ||
			toks[next].info.is(tagDet) || toks[next].info.is(tagPron) || toks[next].info.isNumber() || toks[next].lower == "that" || toks[next].lower == "to" ||
			toks[next].lower == "in" && !nounish || toks[next].lower == "as"
		if follows && (info.forms&formThird != 0 || prev >= 0 && (toks[prev].info != nil && toks[prev].info.plural || pt == tagPron || pt == tagRel || pt == tagName)) {
			return tagVerb
		}
	}
	if nounish {
		return tagNoun
	}
	if pt == tagDet || pt == tagAdj {
		return tagNoun
	}
	if info.closed != tagNone {
		return tagNone
	}
	if subject && info.forms&formThird != 0 && !capital && nextNoun {
		return tagVerb
	}
	return tagNoun
}

// phrasal reports whether the participle at i opens a fixed phrase such as
// "taken prisoner".
func (l *lexicon) phrasal(toks []token, i int) bool {
	if i+1 >= len(toks) {
		return false
	}
	switch toks[i+1].lower {
	case "prisoner", "prisoners", "hostage", "captive":
		return true
	}
	return false
}

// speech reports whether a verb is one of saying; such verbs are told in the
// present too.
func (l *lexicon) speech(lemma string) bool { return l.says[lemma] }

// guess tags a word that the lexicon does not know.
func (l *lexicon) guess(toks []token, i int, pt tag) tag {
	t := &toks[i]
	w := t.lower
	if isUpperAt(t.text) && i > 0 {
		return tagNoun
	}
	switch {
	case strings.HasSuffix(w, "ly") && len(w) > 4:
		return tagAdv
	case strings.HasSuffix(w, "ed") && len(w) > 4 && (t.info == nil || !t.info.notVb):
		next := i + 1
		if pt == tagBe || pt == tagHave {
			return tagPart
		}
		if (pt == tagDet || pt == tagAdj || pt == tagNum || pt == tagPoss || pt == tagPrep) && startsNoun(toks, next) && toks[next].kind == wordToken && !toks[next].info.is(tagDet) {
			return tagAdj
		}
		if pt == tagDet {
			return tagNoun
		}
		if strings.Contains(w, "-") {
			return tagAdj
		}
		return tagVerb
	case strings.HasSuffix(w, "ing") && len(w) > 5 && (t.info == nil || !t.info.notVb):
		if pt == tagBe {
			return tagIng
		}
		if pt == tagDet || pt == tagAdj || strings.Contains(w, "-") {
			if startsNoun(toks, i+1) && toks[i+1].kind == wordToken && !toks[i+1].info.is(tagDet) {
				return tagAdj
			}
			return tagNoun
		}
		return tagIng
	}
	return tagNoun
}
