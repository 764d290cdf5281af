package extract

import (
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// peopleOf returns the side of a country.
func (r *reader) peopleOf(country *gazEntry) []*entity {
	var force *entity
	for _, e := range r.entities {
		if e.side == 0 || !r.x.gaz.sameNation(e.country, country.Label) || e.Kind != claim.StateForce && e.Kind != claim.Country {
			continue
		}
		if e.Kind == claim.Country {
			return []*entity{e}
		}
		if force == nil {
			force = e
		}
	}
	if force != nil {
		return []*entity{force}
	}
	return []*entity{r.known(country)}
}

// bySuffix returns the one actor whose name ends in a noun: "the militia" of the
// X militia.
func (r *reader) bySuffix(noun string) *entity {
	var out *entity
	for _, e := range r.entities {
		if e.fights() && !e.whole && e.used && strings.HasSuffix(fold(e.Label), " "+noun) {
			if out != nil {
				return nil
			}
			out = e
		}
	}
	return out
}

// descriptors returns the words of a phrase that describe a side.
func (r *reader) descriptors(np *nounPhrase) []string {
	var out []string
	for k := np.i; k < np.j; k++ {
		info := r.toks[k].info
		if r.toks[k].tag == tagName {
			continue
		}
		if info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor) {
			out = append(out, info.single)
			continue
		}
		switch w := r.toks[k].lower; w {
		case "rebel", "separatist", "islamist", "jihadist", "jihadi", "loyalist", "republican", "royalist", "nationalist", "communist", "insurgent", "militant", "revolutionary", "opposition", "guerrilla", "tuareg":
			out = append(out, w)
		case "government", "governmental", "pro-government", "state", "security", "regime":
			out = append(out, "government")
		case "allied", "coalition":
			out = append(out, w)
		default:
			if strings.HasPrefix(w, "pro-") || strings.HasPrefix(w, "anti-") {
				out = append(out, w)
			}
		}
	}
	return out
}

func (r *reader) hasDescriptor(np *nounPhrase) bool {
	for _, d := range r.descriptors(np) {
		if d != "government" {
			return true
		}
	}
	return false
}

// near lists descriptions that texts use for one another.
var nearWords = map[string][]string{
	"insurgent": {"rebel", "militant", "guerrilla"}, "rebel": {"insurgent", "separatist", "guerrilla", "revolutionary", "opposition"}, "militant": {"islamist", "jihadist", "insurgent", "terrorist", "rebel"},
	"guerrilla": {"rebel", "insurgent"}, "guerilla": {"rebel", "insurgent", "guerrilla"}, "islamist": {"jihadist"}, "jihadist": {"islamist"}, "jihadi": {"islamist", "jihadist"},
	"terrorist": {"militant", "jihadist", "islamist"}, "revolutionary": {"rebel"}, "opposition": {"rebel"}, "insurgency": {"insurgent", "rebel"}, "secessionist": {"separatist", "rebel"},
}

// byDescription returns the side of the fight that descriptions stand for: the
// one actor, or the actors of the one side, to whom they fit.
func (r *reader) byDescription(words []string) []*entity {
	for _, w := range words {
		if ents := r.follows(w); len(ents) > 0 {
			return ents
		}
		switch w {
		case "attacker", "assailant", "invader", "besieger", "raider":
			if r.lastAttack != nil {
				return r.entitiesOf(r.lastAttack.Agent)
			}
			return nil
		case "defender":
			if r.lastAttack != nil {
				var out []*entity
				for _, e := range r.entitiesOf(r.lastAttack.Patient) {
					if e.fights() {
						out = append(out, e)
					}
				}
				if len(out) == 0 {
					out = r.opponents(r.entitiesOf(r.lastAttack.Agent))
				}
				return out
			}
			return nil
		}
	}
	fitting := func(words ...string) []*entity {
		var out []*entity
		for _, e := range r.entities {
			if e.fights() && !e.whole && !e.state() && (e.side > 0 || e.used) && slices.ContainsFunc(e.like, func(l string) bool { return slices.Contains(words, l) }) {
				out = append(out, e)
			}
		}
		return out
	}
	var found []*entity
	for _, w := range words {
		if w == "government" {
			return r.stateSide()
		}
		if w == "loyalist" && len(fitting(w)) == 0 {
			return r.stateSide()
		}
		if found = fitting(w); len(found) == 0 {
			found = fitting(nearWords[w]...)
			if w == "rebel" && len(r.sideEntities()) == 0 {
				// A group that is known for something else is no rebel yet.
				found = slices.DeleteFunc(found, func(e *entity) bool { return e.Known })
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 && len(words) > 0 {
		// The one side that is not a state's.
		found = r.rebelSide()
		if len(r.sideEntities()) == 0 {
			found = slices.DeleteFunc(slices.Clone(found), func(e *entity) bool {
				return e.Known && len(e.like) > 0 || e.unnamed && len(e.like) > 0 && !slices.ContainsFunc(e.like, func(l string) bool {
					return slices.Contains(words, l) || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(nearWords[w], l) })
				})
			})
		}
	}
	return r.narrow(found)
}

// narrow keeps one actor, or the combatants of one side.
func (r *reader) narrow(found []*entity) []*entity {
	if len(found) <= 1 {
		return found
	}
	var fighting []*entity
	for _, e := range found {
		if e.side > 0 {
			fighting = append(fighting, e)
		}
	}
	if len(fighting) == 0 {
		// Those that the text told of last.
		if r.lastActor != nil {
			for _, e := range found {
				if e == r.lastActor {
					return []*entity{e}
				}
			}
		}
		return nil
	}
	for _, e := range fighting[1:] {
		if e.side != fighting[0].side {
			return nil
		}
	}
	if e := r.sideEntity(fighting[0].side); e != nil {
		return []*entity{e}
	}
	return nil
}

func (r *reader) sideEntities() map[int][]*entity {
	sides := make(map[int][]*entity)
	for _, e := range r.entities {
		if e.side > 0 && e.fights() && !e.whole {
			sides[e.side] = append(sides[e.side], e)
		}
	}
	return sides
}

// nationalSides returns the one side whose forces belong to a country that is
// known, where others only call themselves an army; -1 for none or several.
func (r *reader) nationalSides(sides map[int][]*entity) int {
	one := -1
	for _, n := range sortedKeys(sides) {
		for _, e := range sides[n] {
			if e.state() && e.country != "" {
				if one >= 0 && one != n {
					return -1
				}
				one = n
			}
		}
	}
	return one
}

// rebelWords are descriptions by which a side calls itself, or is called, one
// that fights its own state.
var rebelWords = []string{"rebel", "opposition", "separatist", "insurgent", "guerrilla", "revolutionary", "secessionist", "islamist", "jihadist", "militant", "mutineer", "partisan"}

// rebels reports whether an actor is described as one that fights a state.
func (e *entity) rebels() bool {
	return slices.ContainsFunc(e.like, func(l string) bool { return slices.Contains(rebelWords, l) })
}

// stateSides returns the members of each side that are a state's, of the sides
// that may be meant by "the government": where several are, that of the country
// in which the battle took place, then the one that no rebels stand on.
func (r *reader) stateSides() map[int][]*entity {
	sides := r.sideEntities()
	national := r.nationalSides(sides)
	states := make(map[int][]*entity)
	for n, members := range sides {
		for _, e := range members {
			if e.state() && (national < 0 || national == n) {
				states[n] = append(states[n], e)
			}
		}
	}
	if len(states) > 1 && r.within != nil {
		home := make(map[int][]*entity)
		for n, members := range states {
			for _, e := range members {
				if r.x.gaz.sameNation(e.country, r.within.Label) && !e.rebels() {
					home[n] = append(home[n], e)
				}
			}
		}
		if len(home) > 0 {
			states = home
		}
	}
	if len(states) > 1 {
		for n := range states {
			if slices.ContainsFunc(sides[n], (*entity).rebels) {
				delete(states, n)
			}
		}
	}
	return states
}

// rebelSide returns the one side that is not a state's: the one with rebels on
// it, or the other than the state's.
func (r *reader) rebelSide() []*entity {
	sides := r.sideEntities()
	if len(sides) == 0 {
		var out []*entity
		for _, e := range r.entities {
			if e.Kind == claim.ArmedGroup && (e.used || e.unnamed) && !strings.HasPrefix(e.Label, "-") {
				out = append(out, e)
			}
		}
		if len(out) != 1 {
			return nil
		}
		return out
	}
	states := r.stateSides()
	var out []*entity
	for _, n := range sortedKeys(sides) {
		if states[n] != nil {
			continue
		}
		if out != nil {
			out = nil
			break
		}
		out = sides[n]
	}
	if out != nil && (len(sides) < 3 || slices.ContainsFunc(out, (*entity).rebels)) {
		return out
	}
	for _, n := range sortedKeys(sides) {
		if slices.ContainsFunc(sides[n], (*entity).rebels) {
			if out != nil {
				return nil
			}
			out = sides[n]
		}
	}
	return out
}

// stateSide returns the one side that is a state's.
func (r *reader) stateSide() []*entity {
	sides := r.sideEntities()
	states := r.stateSides()
	var out []*entity
	if len(states) == 1 {
		for _, members := range states {
			out = members
		}
	}
	if len(sides) == 0 {
		for _, e := range r.entities {
			if e.Kind == claim.StateForce && e.used {
				out = append(out, e)
			}
		}
		if len(out) == 0 {
			if c := r.principal(); c != nil {
				return []*entity{r.force(c, r.firstAdjective(c), "force")}
			}
		}
	}
	if len(out) > 1 {
		// An army rather than its state.
		for _, e := range out {
			if e.Kind == claim.StateForce {
				return []*entity{e}
			}
		}
		return out[:1]
	}
	return out
}

// follows returns the side of "pro-X" or of those loyal to X, where X commands
// it; for "anti-X" the other.
func (r *reader) follows(word string) []*entity {
	prefix, name, ok := strings.Cut(word, "-")
	if !ok || prefix != "pro" && prefix != "anti" {
		return nil
	}
	if name == "government" || name == "regime" {
		if prefix == "pro" {
			return r.stateSide()
		}
		return r.rebelSide()
	}
	for _, e := range r.entities {
		if e.side > 0 && e.fights() && !e.whole && strings.Contains(" "+fold(e.Label)+" ", " "+word+" ") {
			return []*entity{e}
		}
	}
	for _, e := range r.entities {
		words := strings.Fields(fold(e.Label))
		if len(words) == 0 || words[len(words)-1] != name && words[0] != name {
			continue
		}
		side := e.side
		if of := r.byIRI[e.Of]; e.Kind == claim.Person && of != nil {
			side = of.side
		}
		if side == 0 {
			continue
		}
		if prefix == "anti" {
			side = 3 - side
		}
		if of := r.sideEntity(side); side > 0 && of != nil {
			return []*entity{of}
		}
	}
	return nil
}

// firstAdjective returns the adjective of a country, or its name.
func (r *reader) firstAdjective(c *gazEntry) string {
	if a := r.x.gaz.nations[c.Label]; len(a) > 0 {
		return a[0]
	}
	return c.Label
}

// opponents returns the actors of the other side where there are two.
func (r *reader) opponents(of []*entity) []*entity {
	sides := r.sideEntities()
	if len(sides) != 2 || len(of) == 0 || of[0].side == 0 {
		return nil
	}
	for _, n := range sortedKeys(sides) {
		if n != of[0].side {
			if e := r.sideEntity(n); e != nil {
				return []*entity{e}
			}
		}
	}
	return nil
}

func (r *reader) entitiesOf(refs []claim.Ref) []*entity {
	var out []*entity
	for _, ref := range refs {
		if e := r.byIRI[ref]; e != nil {
			out = append(out, e)
		}
	}
	return out
}

// fighters resolves soldiers, rebels, the army without a name before them.
func (r *reader) fighters(np *nounPhrase) ([]*entity, string) {
	if words := r.descriptors(np); len(words) > 0 {
		return r.byDescription(words), "role@1"
	}
	switch np.noun {
	case "soldier", "troop", "army", "serviceman", "servicemen", "garrison", "military", "trooper", "police", "policeman", "gendarme", "navy", "air-force", "regular", "conscript", "officer":
		if v := r.lastVoice; v != nil && v.speaking && v.claimant != nil && v.claimant.country != "" {
			if c := r.x.gaz.country(v.claimant.country); c != nil {
				return r.peopleForce(c), "own-force@1"
			}
		}
		if s := r.stateSide(); len(s) == 1 {
			return s, "state-side@1"
		}
		// Of several states, the one told of last.
		if np.noun == "army" || np.noun == "troop" || np.noun == "soldier" {
			if r.lastActor != nil && r.lastActor.Kind == claim.StateForce && np.definite {
				return []*entity{r.lastActor}, "last-force@1"
			}
		}
	case "force", "unit", "column", "contingent", "detachment", "side", "rank", "group", "fighter", "man", "men":
		if np.definite && np.plural && np.noun == "fighter" && np.possessor == nil && len(np.names) == 0 {
			if s := r.rebelSide(); len(s) == 1 {
				return s, "rebel-side@1"
			}
		}
		if np.noun == "group" && np.definite && len(np.names) == 0 && np.possessor == nil && !np.plural && r.nth-r.actorAt > 1 {
			if s := r.rebelSide(); len(s) == 1 {
				return s, "rebel-side@1"
			}
		}
		if np.definite && np.det != "their" && np.det != "its" && (np.noun == "group" || np.noun == "force") && r.lastActor != nil && r.lastActor.fights() && np.num.length == 0 && !np.plural && r.nth-r.actorAt <= 1 {
			return []*entity{r.lastActor}, "last-actor@1"
		}
	}
	return nil, ""
}

// peopleForce returns the force of a country that the text knows.
func (r *reader) peopleForce(c *gazEntry) []*entity {
	for _, e := range r.entities {
		if e.Kind == claim.StateForce && e.country == c.Label && e.side > 0 {
			return []*entity{e}
		}
	}
	for _, e := range r.entities {
		if e.Kind == claim.StateForce && e.country == c.Label {
			return []*entity{e}
		}
	}
	return r.peopleOf(c)
}

// governments resolves "the government", "the authorities".
func (r *reader) governments(np *nounPhrase) []*entity {
	var found []*entity
	for _, e := range r.entities {
		if e.Kind == claim.Government && e.used {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found
	}
	if s := r.stateSide(); len(s) == 1 && s[0].country != "" {
		if c := r.x.gaz.country(s[0].country); c != nil {
			return []*entity{r.government(c)}
		}
	}
	return nil
}
