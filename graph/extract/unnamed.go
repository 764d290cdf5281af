package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// unnamed makes an actor of a phrase that names nobody: "gunmen", "Chadian
// rebels". It is the document's own, so that the gunmen of two articles are
// never one. Words such as rebels stand for it only where the document has no
// parties that they could stand for; nil where the phrase tells no actor.
func (r *reader) unnamed(np *nounPhrase) *entity {
	words := r.descriptors(np)
	for _, w := range words {
		switch w {
		case "government", "attacker", "assailant", "invader", "besieger", "raider", "defender", "allied", "coalition":
			return nil
		}
	}
	switch np.noun {
	case "gunman", "gunmen":
		// They may be men of a party that the document names.
		if len(r.rebelSide()) > 0 {
			return nil
		}
	case "bandit", "mercenary", "tribesman", "tribesmen", "militiaman", "militiamen", "pirate", "mutineer", "assassin":
	default:
		if len(words) == 0 || len(r.sideEntities()) > 0 {
			return nil
		}
	}
	if np.det == "no" || np.pronoun {
		return nil
	}
	label := r.bare(np)
	if label == "" {
		return nil
	}
	if len(np.names) == 0 {
		// One description, one actor of the document.
		for _, e := range r.entities {
			if e.unnamed && strings.HasSuffix(strings.ToLower(e.Label), strings.ToLower(label)) {
				return e
			}
		}
	}
	title := r.doc.title
	if title == "" {
		title = r.doc.name
	}
	e := r.newEntity(claim.ArmedGroup, slug(title)+"-"+slug(label), label)
	e.unnamed = true
	e.like = append(e.like, words...)
	r.mention(e, r.spanOf(np.i, np.j), "unnamed@1")
	return e
}

// bare returns the words of a phrase without its article and its number.
func (r *reader) bare(np *nounPhrase) string {
	i := np.i
	for i < np.head && (r.toks[i].tag == tagDet || r.toks[i].tag == tagNum || r.toks[i].tag == tagQuote || i < np.i+np.num.length || r.toks[i].kind == numberToken) {
		i++
	}
	return strings.Join(strings.Fields(r.doc.text[r.toks[i].start:r.toks[np.head].end]), " ")
}

// principal returns the country whose forces a document without an infobox
// speaks of, where it is one only: "Syrian government forces", "the Nigerian
// army".
func (r *reader) principal() *gazEntry {
	if r.principalRead {
		return r.principalOf
	}
	r.principalRead = true
	var one *gazEntry
	for _, p := range r.doc.paras {
		for _, s := range sentencesOf(r.doc.text, p.span, r.x.lex) {
			toks := tokenize(r.doc.text, s, r.x.lex, nil)
			for i := range toks {
				if !isUpperAt(toks[i].text) {
					continue
				}
				adj, n, _ := r.x.gaz.adjectives.find(toks, i, r.year)
				if adj == nil {
					continue
				}
				for k := i + n; k < len(toks) && k < i+n+3; k++ {
					info := toks[k].info
					if info == nil {
						break
					}
					if info.noun == nounAuthority || info.noun == nounGroup && (info.also != nounDescriptor) || info.noun == nounFighter || info.noun == nounDescriptor {
						if one != nil && one != adj {
							return nil
						}
						one = adj
						break
					}
					if info.noun == nounNone && info.closed != tagAdj {
						break
					}
				}
			}
		}
	}
	if one == nil {
		one = r.onlyNation()
	}
	r.principalOf = one
	return one
}

// onlyNation returns the country that the title and the first paragraph of a
// text speak of, where it is one only.
func (r *reader) onlyNation() *gazEntry {
	spans := []span{r.doc.titleAt}
	if len(r.doc.paras) > 0 {
		spans = append(spans, r.doc.paras[0].span)
	}
	var one *gazEntry
	for _, s := range spans {
		toks := tokenize(r.doc.text, s, r.x.lex, nil)
		for i := 0; i < len(toks); i++ {
			if !isUpperAt(toks[i].text) {
				continue
			}
			e, n, _ := r.x.gaz.adjectives.find(toks, i, r.year)
			if e == nil {
				if e, n, _ = r.x.gaz.names.find(toks, i, r.year); e == nil || e.Kind != claim.Country {
					continue
				}
			}
			if one != nil && one != e {
				return nil
			}
			one = e
			i += n - 1
		}
	}
	return one
}
