package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

// lossOf reads "suffered a loss of 6,000 fighters", "sustained casualties of 20
// killed": the number stands in the phrase with "of".
func (s *sentenceState) lossOf(c *clause, v *voice) {
	r := s.r
	switch c.vg.lemma {
	case "suffer", "sustain", "incur", "report", "take":
	default:
		return
	}
	for _, np := range c.objs {
		if np.class != nounBody || np.num.length > 0 || np.of == nil || np.of.num.length == 0 || s.losses[np.of] {
			continue
		}
		switch np.noun {
		case "loss", "casualty":
		default:
			continue
		}
		in := np.of
		metric := "killed"
		if in.class == nounBody {
			if metric = r.x.rules.metrics[in.noun]; metric == "" {
				continue
			}
		} else if in.class != nounFighter && in.head >= 0 {
			continue
		} else if np.noun == "casualty" {
			metric = "casualties"
		}
		var party *entity
		if len(c.subj) == 1 {
			party = s.own(r.what(c.subj[0], roleActor).one())
		}
		s.count(c, v, in, metric, party, r.spanOf(np.i, in.j), 0.75)
	}
}

// toll reads "rebel losses stood at 10 dead", "the death toll rose to 45".
func (s *sentenceState) toll(c *clause, v *voice) {
	r := s.r
	if len(c.subj) != 1 || c.vg.passive {
		return
	}
	np := c.subj[0]
	metric := ""
	switch np.noun {
	case "toll":
		metric = "killed"
		for k := np.i; k < np.head; k++ {
			if r.toks[k].lower == "casualty" {
				metric = "casualties"
			}
		}
	case "loss", "casualty":
		metric = "casualties"
	case "dead", "death", "fatality":
		metric = "killed"
	case "wounded", "injured":
		metric = "wounded"
	case "claim", "estimate", "figure", "report", "account":
		// "claims of casualties by X were 71 dead"
		if np.of == nil || np.of.noun != "casualty" && np.of.noun != "loss" {
			return
		}
		metric = "casualties"
		for _, p := range c.preps {
			if p.prep == "by" && p.at < c.at && v == nil {
				if w := r.speaker(p.nps, nil, c, s.chunks); !w.unknown {
					w.class, v = sayClaimed, w
				}
			}
		}
		np = np.of
	default:
		return
	}
	var counts []*nounPhrase
	switch c.vg.lemma {
	case "stand", "rise", "amount", "climb", "come", "increase", "grow":
		for _, p := range c.preps {
			if p.at > c.at && (p.prep == "at" || p.prep == "to") {
				counts = append(counts, p.nps...)
			}
		}
	case "be", "number", "total", "reach", "include", "exceed":
		counts = c.objs
	default:
		return
	}
	party := r.tollParty(s, np)
	for k, in := range counts {
		if in.num.length == 0 || s.losses[in] {
			continue
		}
		m := metric
		end := in.j
		if in.head >= 0 && in.class == nounBody {
			if w := r.x.rules.metrics[in.noun]; w != "" {
				m = w
			}
		} else if in.head >= 0 && in.class != nounFighter && in.noun != "people" && in.noun != "person" {
			continue
		}
		// "300 killed": the participle stands as a verb of its own.
		if i := s.chunkOf(in); in.head < 0 && i >= 0 && i+1 < len(s.chunks) && s.chunks[i+1].kind == chunkVG {
			if w := r.x.rules.metrics[r.toks[s.chunks[i+1].vg.main].lower]; w != "" {
				m, end = w, s.chunks[i+1].j
			}
		}
		for i := in.i; in.head >= 0 && i < in.head; i++ {
			if w := r.x.rules.metrics[r.toks[i].lower]; w != "" && r.toks[i].tag != tagName {
				m = w // "ten dead militiamen"
			}
		}
		if i := s.chunkOf(in); in.class == nounFighter && i >= 0 && i+1 < len(s.chunks) && (s.chunks[i+1].kind == chunkVG || s.chunks[i+1].kind == chunkAdv) {
			if w := r.x.rules.metrics[r.toks[s.chunks[i+1].i].lower]; w != "" {
				m, end = w, s.chunks[i+1].j // "71 soldiers dead"
			}
		}
		if in.class == nounFighter {
			if e := r.what(in, roleActor).one(); e != nil {
				party = e
			}
		}
		if m == "casualties" && k > 0 {
			continue
		}
		at := r.spanOf(np.i, end)
		if k > 0 {
			at = r.spanOf(in.i, end)
		}
		s.count(c, v, in, m, party, at, 0.75)
	}
}

// tollParty returns whose losses a phrase such as "the government casualties",
// "rebel losses", "losses of the army" speaks of.
func (r *reader) tollParty(s *sentenceState, np *nounPhrase) *entity {
	if np.possessor != nil {
		return r.what(np.possessor, roleActor).one()
	}
	if len(np.names) > 0 {
		return r.sideNamed(np)
	}
	switch np.det {
	case "their", "its":
		return r.owner(np)
	}
	if words := r.descriptors(np); len(words) > 0 {
		if ents := r.byDescription(words); len(ents) == 1 {
			return ents[0]
		}
	}
	for k := np.i; k < np.head; k++ {
		switch r.toks[k].lower {
		case "civilian":
			return r.newEntity(claim.Civilians, "civilians", "civilians")
		case "army", "military", "police", "navy", "troop":
			if s := r.stateSide(); len(s) == 1 {
				return s[0]
			}
		}
	}
	return s.partyAfter(np)
}

// count makes a claim of a number of losses.
func (s *sentenceState) count(c *clause, v *voice, np *nounPhrase, metric string, party *entity, at span, confidence float64) {
	r := s.r
	if party == nil {
		confidence -= 0.15
	}
	p := claim.Proposition{Kind: "casualties", Quantity: s.quantity(np, metric, refOf(party))}
	if r.battle != nil {
		p.Event = r.battle.IRI
	}
	s.counted(np)
	if party != nil {
		r.lastParty, r.partyAt = party, r.nth
	}
	s.emit("toll@1", c, v, facts{}, p, at, confidence)
}
