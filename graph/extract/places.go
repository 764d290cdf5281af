package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// ofName resolves a noun by the name in the phrase with of or from after it.
func (r *reader) ofName(np *nounPhrase, class, also nounClass) (thing, bool) {
	of := np.of
	if of == nil && (class == nounFighter || class == nounGroup || class == nounDescriptor) {
		of = np.from
	}
	if of != nil && of != np && of.class == nounGroup && len(of.names) > 0 && len(np.names) == 0 && (class == nounFighter || class == nounDescriptor) {
		// "rebels from the Islamist X group".
		if t := r.what(of, roleActor); t.class == isActor && len(t.ents) == 1 && t.ents[0].fights() {
			return thing{class: actorOrPeople(np, class), ents: t.ents}, true
		}
	}
	if of == nil || of.head < 0 || r.toks[of.head].tag != tagName {
		return thing{}, false
	}
	m := r.toks[of.head].name
	country := m.entry != nil && m.entry.Kind == claim.Country && !m.unknown && !m.adjective
	switch class {
	case nounPlace, nounInstallation:
		if class == nounInstallation && !np.plural && np.num.length == 0 && (np.noun == "fortress" || np.noun == "fort" || np.noun == "citadel" || np.noun == "castle" || np.noun == "port" || np.noun == "harbour" || np.noun == "harbor") {
			if e := r.nameEntity(r.toks, of.head, rolePlace); e != nil && e.Kind == claim.Place {
				r.mention(e, r.nameSpan(of.head), "form@1")
				return thing{class: isPlace, ents: []*entity{e}}, true
			}
		}
		if class == nounInstallation && np.plural {
			return thing{}, false
		}
		if class == nounInstallation || np.plural || np.num.length > 0 && !np.plural {
			return thing{}, false
		}
		switch np.noun {
		case "town", "city", "village", "commune", "settlement", "locality", "island", "port", "hamlet", "municipality", "oasis", "district", "province", "region", "suburb", "bridge", "valley":
			e := r.nameEntity(r.toks, of.head, rolePlace)
			if e != nil && (e.Kind == claim.Place) {
				r.mention(e, r.nameSpan(of.head), "form@1")
				if r.placeOf == nil {
					r.placeOf = make(map[string]*entity)
				}
				r.placeOf[np.noun] = e
				if np.noun != "province" && np.noun != "region" && np.noun != "district" {
					r.lastPlace = e
				}
				return thing{class: isPlace, ents: []*entity{e}}, true
			}
		}
	case nounAuthority:
		if country {
			e := r.government(m.entry)
			r.mention(e, r.spanOf(np.i, of.j), "national-government@1")
			return thing{class: isActor, ents: []*entity{e}}, true
		}
	case nounFighter, nounGroup, nounDescriptor:
		if r.hasDescriptor(np) || also == nounDescriptor {
			if country {
				return thing{}, false
			}
			if e := r.nameEntity(r.toks, of.head, roleActor); e != nil && (e.Kind == claim.ArmedGroup || e.Kind == claim.StateForce || e.side > 0 && e.fights()) {
				for _, p := range of.parens {
					r.aliasIn(e, p)
				}
				e = e.real()
				r.mention(e, r.spanOf(np.i, np.j), "member@1")
				return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
			}
			return thing{}, false
		}
		if country {
			e := r.force(m.entry, m.entry.Label, np.noun)
			if ents := r.peopleOf(m.entry); len(ents) == 1 && ents[0].side > 0 {
				e = ents[0]
			}
			r.mention(e, r.spanOf(np.i, of.j), "national-force@1")
			return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
		}
		if e := r.nameEntity(r.toks, of.head, roleActor); e != nil && e.fights() && (e.side > 0 || e.Known || e.Kind == claim.ArmedGroup || e.Kind == claim.StateForce) {
			return thing{class: actorOrPeople(np, class), ents: []*entity{e}}, true
		}
	}
	return thing{}, false
}

// placeNoun resolves "the town", "the commune of X".
func (r *reader) placeNoun(np *nounPhrase) thing {
	if np.plural && np.of != nil && np.num.length == 0 {
		// "the towns of A and B".
		var ents []*entity
		for _, of := range append([]*nounPhrase{np.of}, np.ofs...) {
			if of.head < 0 || r.toks[of.head].tag != tagName {
				continue
			}
			if e := r.nameEntity(r.toks, of.head, rolePlace); e != nil && e.Kind == claim.Place {
				r.mention(e, r.nameSpan(of.head), "form@1")
				ents = append(ents, e)
			}
		}
		return thing{class: isPlace, ents: ents}
	}
	if np.plural && np.definite && np.num.length == 0 {
		if e := r.placeWith(r.toks[np.head].lower); e != nil {
			r.note([]*entity{e}, np, "definite-place@1")
			return thing{class: isPlace, ents: []*entity{e}}
		}
	}
	if np.num.length > 0 && (np.num.max == nil || *np.num.max > 1) || np.plural {
		return thing{class: isPlace}
	}
	if !np.definite {
		return thing{class: isPlace}
	}
	for k := np.i; k < np.head; k++ {
		switch r.toks[k].lower {
		case "largest", "biggest", "second", "third", "fourth", "latter", "former", "other", "next", "neighbouring", "neighboring", "nearby", "nearest", "smaller", "larger", "second-largest":
			return thing{class: isPlace} // another than the one told of
		}
	}
	switch np.noun {
	case "town", "city", "village", "commune", "settlement", "locality", "oasis", "hamlet", "municipality", "area", "place":
		e := r.place
		if r.lastPlace != nil && r.lastPlace.Kind == claim.Place {
			e = r.lastPlace
		}
		if e != nil && e.region && e != r.place {
			e = r.place
		}
		if own := r.placeOf[np.noun]; own != nil && own != e {
			// "the town" is the one that was called a town, not the city after it.
			for noun, other := range r.placeOf {
				if other == e && noun != np.noun {
					e = own
					break
				}
			}
		}
		if e != nil && !r.landform(e) {
			r.note([]*entity{e}, np, "definite-place@1")
			return thing{class: isPlace, ents: []*entity{e}}
		}
	}
	if e := r.placeWith(np.noun); e != nil {
		r.note([]*entity{e}, np, "definite-place@1")
		return thing{class: isPlace, ents: []*entity{e}}
	}
	switch np.noun {
	case "district", "quarter", "suburb", "neighborhood", "neighbourhood", "hill", "ridge", "hilltop", "crossroads", "road", "highway", "area", "border":
		if e := r.partOfPlace(np); e != nil {
			return thing{class: isPlace, ents: []*entity{e}}
		}
	}
	return thing{class: isPlace}
}

// partOfPlace makes a place of "the residential district", which lies in the
// place told of; nil where no word says which it is.
func (r *reader) partOfPlace(np *nounPhrase) *entity {
	within := r.place
	if r.lastPlace != nil && r.lastPlace.Kind == claim.Place {
		within = r.lastPlace
	}
	label := r.bare(np)
	if within == nil || np.head == np.i || !strings.Contains(label, " ") || len(np.names) > 0 {
		return nil
	}
	e := r.newEntity(claim.Place, slug(within.Label)+"-"+slug(label), label)
	e.Within = within.IRI
	r.mention(e, r.spanOf(np.i, np.j), "description@1")
	return e
}

// landform reports whether the name of a place says that it is no settlement: a
// pass, a plain, a river.
func (r *reader) landform(e *entity) bool {
	words := nameWords(e.Label, r.x.lex)
	if n := len(words); n > 1 {
		switch words[n-1] {
		case "city", "town", "village", "plain", "plains":
			return words[n-1] == "plain" || words[n-1] == "plains"
		}
		switch words[0] {
		case "lake", "mount", "cape", "river":
			return true
		case "port", "new", "san", "santa", "saint", "st", "el", "ain", "tin":
			return false
		}
	}
	return typeOf(words) == claim.Place
}

// placeWith returns the place told of whose name holds a noun: "the pass" of
// Odrin Pass.
func (r *reader) placeWith(noun string) *entity {
	for _, e := range []*entity{r.lastPlace, r.place} {
		if e != nil && (strings.HasSuffix(fold(e.Label), " "+noun) || strings.HasPrefix(fold(e.Label), noun+" ")) {
			return e
		}
	}
	return nil
}

// installation makes the base, outpost or camp that a phrase speaks of, in the
// place that the sentence gives it.
func (r *reader) installation(np *nounPhrase) thing {
	if e := r.placeWith(np.noun); e != nil && np.definite && !np.plural && len(np.names) == 0 {
		r.note([]*entity{e}, np, "definite-place@1")
		return thing{class: isPlace, ents: []*entity{e}}
	}
	if np.definite && !np.plural && len(np.names) == 0 && np.num.length == 0 {
		var same *entity
		for _, e := range r.entities {
			if e.Kind == claim.Installation && e.used && strings.HasSuffix(" "+fold(e.Label), " "+np.noun) {
				same = e
			}
		}
		if same != nil {
			r.note([]*entity{same}, np, "same-noun@1")
			return thing{class: isInstallation, ents: []*entity{same}}
		}
	}
	class := isInstallation
	if np.noun == "position" || np.noun == "trench" {
		class = isPosition
	}
	where := r.place
	if n := len(np.names); n > 0 {
		if e := r.nameEntity(r.toks, np.names[n-1], roleNone); e != nil && e.Kind == claim.Place {
			where = e
		} else if e == nil {
			// "Amachach military base": a name of its own.
			label := strings.Join(strings.Fields(r.doc.text[r.toks[np.names[0]].start:r.toks[np.head].end]), " ")
			e := r.unknown(claim.Installation, label)
			if r.place != nil && e.Within == "" {
				e.Within = r.place.IRI
			}
			return thing{class: isInstallation, ents: []*entity{e}}
		}
	} else if r.lastPlace != nil && r.lastPlace.Kind == claim.Place {
		where = r.lastPlace
	}
	i := np.i
	for i < np.head && (r.toks[i].tag == tagDet || r.toks[i].tag == tagQuote || i < np.i+np.num.length) {
		i++
	}
	label := strings.Join(strings.Fields(r.doc.text[r.toks[i].start:r.toks[np.head].end]), " ")
	id := slug(label)
	if where != nil {
		id = slug(where.Label) + "-" + id
	}
	e := r.newEntity(claim.Installation, id, label)
	if where != nil {
		e.Within = where.IRI
	}
	return thing{class: class, ents: []*entity{e}}
}
