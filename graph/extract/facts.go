package extract

// facts says how far a clause is a fact in the eyes of its speaker.
type facts struct {
	planned, negated, unreal bool
	why                      string
}

// factuality follows a clause to the sentence's top and collects what takes its
// reality away.
func (s *sentenceState) factuality(c *clause) facts {
	var f facts
	x := s.r.x
	own := func(v *verbGroup) {
		if v.negated {
			f.negated = !f.negated
		}
		switch v.modal {
		case "would", "will", "shall", "can", "could", "should", "may", "might", "must", "cannot":
			f.planned, f.why = true, "modal "+v.modal
		}
	}
	own(c.vg)
	for k := c; k.gov != nil; k = k.gov {
		g := k.gov
		if k.rel == relSub && (k.word == "if" || k.word == "unless" || k.word == "whether") {
			f.unreal, f.why = true, "condition with "+k.word
		}
		if k.rel == relGerund && k.at < g.at && (g.vg.modal == "could" || g.vg.modal == "would" || g.vg.modal == "might") && g.vg.perfect {
			f.unreal, f.why = true, "what could have been"
		}
		if k.rel == relGerund && k.word == "without" {
			f.negated, f.why = true, "without"
		}
		if k.rel == relGerund && (k.word == "of" || k.word == "for" || k.word == "from" || k.word == "in") && k == c {
			switch g.vg.lemma {
			case "prevent", "stop", "avoid", "accuse", "suspect", "keep", "discourage":
				f.unreal, f.why = true, "below "+g.vg.lemma
			}
		}
		if k.rel == relInfinitive && k.at > 0 && s.r.toks[s.chunks[k.at].i].tag == tagTo && s.chunks[k.at].i > 0 && s.r.toks[s.chunks[k.at].i-1].lower == "enough" {
			f.unreal, f.why = true, "enough to"
		}
		if k.rel == relInfinitive {
			switch x.lex.infinitive[g.vg.lemma] {
			case infinitivePlanned:
				f.planned, f.why = true, "infinitive of "+g.vg.lemma
			case infinitiveFailed:
				f.negated, f.why = true, "infinitive of "+g.vg.lemma
			case infinitiveResolved, infinitiveFact:
				if s.intended(k) {
					f.planned, f.why = true, "infinitive of a noun"
				}
				if g.vg.negated {
					f.negated = !f.negated
				}
			default:
				if to := s.chunks[k.at].i; to > 0 && s.r.toks[to-1].lower == "able" && !g.vg.negated {
					break // "were able to enter the fort"
				}
				if s.intended(k) && s.attempted(k) {
					f.planned, f.why = true, "what an attempt aimed at"
					break
				}
				if _, ok := x.rules.says[g.vg.lemma]; !ok && g.vg.lemma != "be" && g.vg.lemma != "have" {
					if c.vg.perfect && !s.intended(k) {
						break
					}
					// "came to attack", "advanced to capture": a purpose.
					f.planned, f.why = true, "purpose after "+g.vg.lemma
				} else if g.vg.lemma == "be" {
					f.planned, f.why = true, "be to"
				}
			}
			if m := g.vg.modal; m == "would" || m == "could" || m == "may" || m == "might" || m == "will" || m == "should" {
				f.planned, f.why = true, "modal "+m
			}
		}
		if k.rel == relCoord && g.vg.modal != "" && k.vg.modal == "" && !k.vg.finite() {
			f.planned, f.why = true, "modal "+g.vg.modal
		}
	}
	return f
}

// intended reports whether an infinitive hangs on a noun such as attempt or
// order that stands before it.
func (s *sentenceState) intended(c *clause) bool {
	for k := c.at - 1; k > 0 && k > c.at-8; k-- {
		switch s.chunks[k].kind {
		case chunkNP:
			if s.r.x.lex.intent[s.chunks[k].np.noun] {
				return true
			}
		case chunkPrep, chunkAdv, chunkDate:
		default:
			return false
		}
	}
	return false
}

// attempted reports whether an infinitive hangs on the noun attempt, effort or
// bid: what was tried is told by the verb around it.
func (s *sentenceState) attempted(c *clause) bool {
	for k := c.at - 1; k > 0 && k > c.at-8; k-- {
		if s.chunks[k].kind == chunkNP {
			switch s.chunks[k].np.noun {
			case "attempt", "effort", "bid":
				return true
			}
		}
	}
	return false
}
