package link

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/belligraph/belligraph/graph/claim"
)

// Actor is one who takes part in events, as one source names it.
type Actor struct {
	IRI     claim.Ref
	Source  string
	Kind    claim.EntityKind
	Names   []string
	Country string // key of the country that it belongs to, see [CountryKey]
	// From and To bound the time in which the name means the actor, in days;
	// zero is open.
	From, To int32
}

// Relation is how two actors of different sources go together.
type Relation struct {
	A, B     claim.Ref
	Strength float64 // 1 for one and the same
	Kind     string  // of the link: [KindCorresponds] or [KindSucceeded]; empty when they are apart
	Reason   string
}

// Kinds of links, as the ontology names them.
const (
	KindSameEvent   = claim.KindReportsSameEvent
	KindPartOf      = claim.KindPartOfReported
	KindCorresponds = claim.KindCorrespondsTo
	KindSucceeded   = claim.KindSucceededBy
)

// actorKeys are the keys under which an actor meets others.
type actorKeys struct {
	skeletons map[string]bool // of its full names
	acronyms  map[string]bool // in capitals
	state     string          // of governments and their forces: the country
	generic   bool            // names nobody: "Unidentified Armed Group", civilians, rioters
}

var genericWords = []string{"unidentified", "unknown", "unarmed", "civilian", "protester", "rioter", "non renseigné", "private security"}

// stateForms are how sources name governments and their forces, each before the
// name of the country.
var stateForms = []string{"government of ", "military forces of ", "police forces of ", "armed forces of ", "army of ", "gouvernement du ", "gouvernement de ", "forces armées de ", "mutiny of military forces of "}

// keys returns the keys of an actor.
func (a *Actor) keys() actorKeys {
	k := actorKeys{skeletons: make(map[string]bool), acronyms: make(map[string]bool)}
	if a.Kind == claim.Civilians {
		k.generic = true
	}
	for _, name := range a.Names {
		lower := strings.ToLower(name)
		for _, g := range genericWords {
			if strings.HasPrefix(lower, g) {
				k.generic = true
			}
		}
		state := false
		for _, form := range stateForms {
			if rest, ok := strings.CutPrefix(lower, form); ok {
				k.state, state = CountryKey(rest), true
			}
		}
		if state {
			continue
		}
		acronym, full, both := strings.Cut(name, ": ")
		if both && isAcronym(acronym) {
			k.addAcronym(acronym)
			name = full
		}
		if i := strings.LastIndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
			if in := name[i+1 : len(name)-1]; isAcronym(in) {
				k.addAcronym(in)
			}
		}
		if isAcronym(name) {
			k.addAcronym(name)
			continue
		}
		if s := Skeleton(name); len(s) >= 4 {
			k.skeletons[s] = true
		}
		if in := initials(name); len(in) >= 3 {
			k.addAcronym(in)
		}
	}
	if (a.Kind == claim.Government || a.Kind == claim.StateForce) && k.state == "" {
		k.state = a.Country
	}
	return k
}

// addAcronym adds an acronym and, of a longer one, its letters in order: French
// and English set the same words in another order, as in MNLA.
func (k *actorKeys) addAcronym(s string) {
	k.acronyms[s] = true
	if letters := []rune(s); len(letters) >= 4 {
		slices.Sort(letters)
		k.acronyms["letters "+string(letters)] = true
	}
}

// isAcronym reports whether the name is one word of capitals, and perhaps
// digits.
func isAcronym(s string) bool {
	upper := 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsDigit(r), r == '-':
		default:
			return false
		}
	}
	return upper >= 2 && len(s) <= 12
}

// initials returns the first letters of the words of a name that are written
// with a capital.
func initials(name string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' }) {
		if r := []rune(w)[0]; unicode.IsUpper(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CountryKey returns the key of a country's name: its skeleton without years and
// forms of state.
func CountryKey(name string) string {
	if i := strings.IndexAny(name, "(["); i > 0 {
		name = name[:i]
	}
	var words []string
	for _, w := range strings.Fields(Fold(name)) {
		switch w {
		case "republis", "republik", "demosratis", "islamis", "kingdom", "state", "states", "federal", "dr":
			continue
		}
		words = append(words, w)
	}
	return skeleton(strings.Join(words, " "))
}

// Mapping is what somebody said of two actors, places or events.
type Mapping struct {
	Kind   string // of the link
	Denied bool
	By     string
}

// Mappings are the decisions that go before any comparison, by pair.
type Mappings map[[2]claim.Ref]Mapping

// Of returns what was said of two, in either order.
func (m Mappings) Of(a, b claim.Ref) (Mapping, bool) {
	if d, ok := m[[2]claim.Ref{a, b}]; ok {
		return d, true
	}
	d, ok := m[[2]claim.Ref{b, a}]
	return d, ok
}

// compatible tells whether kinds of actors may be one: an armed group is never
// a religious organisation of its name, and civilians are nobody in particular.
func compatible(a, b claim.EntityKind) bool {
	class := func(k claim.EntityKind) int {
		switch k {
		case claim.ArmedGroup:
			return 1
		case claim.Government, claim.StateForce:
			return 2
		case claim.Civilians:
			return 3
		case claim.Organisation:
			return 4
		default:
			return 0
		}
	}
	x, y := class(a), class(b)
	return x == y || x == 0 || y == 0
}

// overlap reports whether two spans of time meet; zero bounds are open.
func overlap(fromA, toA, fromB, toB int32) bool {
	return (toA == 0 || fromB == 0 || fromB <= toA) && (toB == 0 || fromA == 0 || fromA <= toB)
}

// actors compares all actors of a run once, so that events compare numbers.
type actors struct {
	list   []Actor
	keys   []actorKeys
	number map[claim.Ref]int32
	// related holds the strength of pairs that go together in some way, less
	// number first.
	related map[[2]int32]Relation
}

// maxBucket bounds how many actors may share a key before it tells nothing.
const maxBucket = 200

func newActors(list []Actor, given Mappings) *actors {
	a := &actors{list: list, number: make(map[claim.Ref]int32, len(list)), related: make(map[[2]int32]Relation)}
	buckets := make(map[string][]int32)
	for i := range list {
		n := int32(i)
		a.number[list[i].IRI] = n
		k := list[i].keys()
		a.keys = append(a.keys, k)
		if k.generic {
			continue
		}
		if k.state != "" {
			buckets["state "+k.state] = append(buckets["state "+k.state], n)
		}
		for s := range k.skeletons {
			buckets["name "+s] = append(buckets["name "+s], n)
		}
		for s := range k.acronyms {
			buckets["acronym "+s] = append(buckets["acronym "+s], n)
		}
	}
	for _, b := range buckets {
		if len(b) > maxBucket {
			continue
		}
		for i, x := range b {
			for _, y := range b[i+1:] {
				a.relate(x, y, given)
			}
		}
	}
	for pair, m := range given {
		x, okX := a.number[pair[0]]
		y, okY := a.number[pair[1]]
		if !okX || !okY || m.Denied {
			continue
		}
		strength := 1.0
		if m.Kind == KindSucceeded {
			strength = successorStrength
		}
		a.related[ordered(x, y)] = Relation{A: pair[0], B: pair[1], Strength: strength, Kind: m.Kind, Reason: "said by " + m.By}
	}
	a.succeed(given)
	return a
}

// succeed lets what is said of two actors hold of those that correspond to them:
// when Wikidata says that one group went on as another, the group's name in one
// dataset precedes the other's in another.
func (a *actors) succeed(given Mappings) {
	same := make(map[int32][]int32)
	for pair, r := range a.related {
		if r.Kind == KindCorresponds && r.Strength >= reliableName {
			same[pair[0]] = append(same[pair[0]], pair[1])
			same[pair[1]] = append(same[pair[1]], pair[0])
		}
	}
	for _, list := range same {
		slices.Sort(list)
	}
	pairs := slices.SortedFunc(maps.Keys(given), func(p, q [2]claim.Ref) int { return slices.Compare(p[:], q[:]) })
	for _, pair := range pairs {
		m := given[pair]
		x, okX := a.number[pair[0]]
		y, okY := a.number[pair[1]]
		if m.Kind != KindSucceeded || m.Denied || !okX || !okY {
			continue
		}
		for _, before := range append([]int32{x}, same[x]...) {
			for _, after := range append([]int32{y}, same[y]...) {
				_, done := a.related[ordered(before, after)]
				said, told := given.Of(a.list[before].IRI, a.list[after].IRI)
				if before == after || done || told && said.Denied {
					continue
				}
				a.related[ordered(before, after)] = Relation{A: a.list[before].IRI, B: a.list[after].IRI, Strength: successorStrength, Kind: KindSucceeded,
					Reason: fmt.Sprintf("follows from what %s says of %s and %s", m.By, a.name(x), a.name(y))}
			}
		}
	}
}

// reliableName is the least strength of a correspondence on which others rest.
const reliableName = 0.85

func (a *actors) name(n int32) string {
	if names := a.list[n].Names; len(names) > 0 {
		return names[0]
	}
	return string(a.list[n].IRI)
}

// successorStrength is what it says for two events that one names a predecessor
// or a member of the alliance that the other names: datasets write names of
// later years into earlier rows.
const successorStrength = 0.8

func ordered(x, y int32) [2]int32 {
	if x > y {
		x, y = y, x
	}
	return [2]int32{x, y}
}

func (a *actors) relate(x, y int32, given Mappings) {
	if _, done := a.related[ordered(x, y)]; done || x == y {
		return
	}
	if m, ok := given.Of(a.list[x].IRI, a.list[y].IRI); ok && m.Denied {
		return
	}
	if r := compareActors(&a.list[x], &a.list[y], &a.keys[x], &a.keys[y]); r.Strength > 0 {
		a.related[ordered(x, y)] = r
	}
}

// CompareActors tells how two actors go together by name, kind, country and
// time.
func CompareActors(a, b *Actor) Relation {
	ka, kb := a.keys(), b.keys()
	return compareActors(a, b, &ka, &kb)
}

func compareActors(a, b *Actor, ka, kb *actorKeys) Relation {
	r := Relation{A: a.IRI, B: b.IRI}
	switch {
	case ka.generic || kb.generic:
		r.Reason = "one of them names nobody in particular"
		return r
	case !compatible(a.Kind, b.Kind):
		r.Reason = fmt.Sprintf("a %s is not a %s", a.Kind, b.Kind)
		return r
	case !overlap(a.From, a.To, b.From, b.To):
		r.Reason = "they were not there at one time"
		return r
	case ka.state != "" || kb.state != "":
		if ka.state != "" && ka.state == kb.state {
			r.Strength, r.Kind, r.Reason = 1, KindCorresponds, "the government of one country and its forces"
		} else {
			r.Reason = "governments of different countries"
		}
		return r
	}
	sameCountry := a.Country == "" || b.Country == "" || a.Country == b.Country
	shared := func(x, y map[string]bool) string {
		var both []string
		for k := range x {
			if y[k] {
				both = append(both, k)
			}
		}
		// The longest exact one; the same letters in another order only for want
		// of it.
		rank := func(s string) int {
			if strings.HasPrefix(s, "letters ") {
				return 1
			}
			return 2 * len(s)
		}
		return slices.MaxFunc(append(both, ""), func(p, q string) int { return cmp.Or(cmp.Compare(rank(p), rank(q)), cmp.Compare(p, q)) })
	}
	similar := 0.0
	for _, x := range a.Names {
		for _, y := range b.Names {
			similar = max(similar, Similarity(x, y))
		}
	}
	skeleton, acronym := shared(ka.skeletons, kb.skeletons), shared(ka.acronyms, kb.acronyms)
	switch {
	case skeleton != "" && similar >= 0.84 && sameCountry:
		r.Strength = min(1, 0.6+0.4*similar)
		r.Reason = fmt.Sprintf("one skeleton, %s; letters %.2f alike", skeleton, similar)
	case acronym != "" && sameCountry && len(acronym) >= 3:
		r.Strength = 0.9
		r.Reason = "one acronym, " + acronym
		if letters, ok := strings.CutPrefix(acronym, "letters "); ok {
			r.Strength, r.Reason = 0.85, "acronyms of the same letters, "+letters
		}
	case skeleton != "" && similar >= 0.84:
		r.Strength = 0.5
		r.Reason = "one name in different countries"
	default:
		r.Reason = fmt.Sprintf("different names; letters %.2f alike", similar)
		return r
	}
	r.Kind = KindCorresponds
	return r
}

// strength returns how far two actors are one, 1 for an actor with itself.
func (a *actors) strength(x, y int32) float64 {
	if x == y {
		return 1
	}
	return a.related[ordered(x, y)].Strength
}

// Relations returns all pairs of actors of different sources that go together,
// in order.
func (a *actors) relations() []Relation {
	var out []Relation
	for pair, r := range a.related {
		if a.list[pair[0]].Source != a.list[pair[1]].Source && r.Kind != "" {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y Relation) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}
