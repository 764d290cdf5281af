package link

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Named is an entity as a search by name finds it.
type Named struct {
	IRI   claim.Ref
	Label string
	Kinds []claim.EntityKind
	Score float64 // of the name asked for, 0 to 1
	names []string
}

// nsGeoNames begins the names of features, which stand for places that have
// names of their own here.
const nsGeoNames = "https://sws.geonames.org/"

// Names finds the entities of a snapshot by name, in any of the spellings that
// [Skeleton] takes for one. It is read only once made.
type Names struct {
	all []Named
	by  map[string][]int // by skeleton and by acronym
	iri map[claim.Ref]int
}

// namedKinds are the kinds of entities that are found by name. Rows of datasets
// are found by their numbers.
var namedKinds = []claim.EntityKind{
	claim.ArmedGroup, claim.StateForce, claim.Government, claim.Organisation, claim.Media, claim.Person, claim.Country, claim.Place,
	claim.Installation, claim.Conflict, claim.Battle, claim.Operation,
}

// NewNames reads the names of all entities that a snapshot shows.
func NewNames(ctx context.Context, snap graph.Snapshot) (*Names, error) {
	r := &reading{ctx: ctx, snap: snap, words: graph.NewWords(snap)}
	kinds, err := r.values(rdf.RDFType)
	if err != nil {
		return nil, err
	}
	names := make(map[graph.ID][]string)
	for _, p := range []rdf.IRI{rdf.RDFSLabel, claim.PropAltLabel} {
		err := r.scan(p, func(s, o, _ graph.ID) { names[s] = append(names[s], r.words.Of(o)) })
		if err != nil {
			return nil, err
		}
	}
	// Names of what is the same elsewhere are names too: GeoNames has a file of
	// them.
	same, err := r.values(claim.PropSameAs)
	if err != nil {
		return nil, err
	}
	for id, others := range same {
		for _, other := range others {
			if len(names[id]) > 0 && len(kinds[other]) > 0 {
				names[id] = append(names[id], names[other]...)
			}
		}
	}
	n := &Names{by: make(map[string][]int), iri: make(map[claim.Ref]int)}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		e := Named{IRI: claim.Ref(r.words.Of(id)), Label: names[id][0], names: names[id]}
		for _, c := range kinds[id] {
			if k := claim.EntityKind(strings.TrimPrefix(r.words.Of(c), claim.NS)); slices.Contains(namedKinds, k) {
				e.Kinds = append(e.Kinds, k)
			}
		}
		if len(e.Kinds) == 0 || strings.HasPrefix(string(e.IRI), nsGeoNames) {
			continue
		}
		at := len(n.all)
		n.all = append(n.all, e)
		n.iri[e.IRI] = at
		for _, name := range e.names {
			for _, key := range []string{Skeleton(name), strings.ToUpper(name)} {
				if list := n.by[key]; key != "" && (len(list) == 0 || list[len(list)-1] != at) {
					n.by[key] = append(list, at)
				}
			}
		}
	}
	return n, nil
}

// Find returns the entities that a name may mean, best first: of a kind, unless
// kind is empty. When none has the name in any spelling, those whose name
// begins with it are returned, with little score.
func (n *Names) Find(name string, kind claim.EntityKind, limit int) []Named {
	found := make(map[int]bool)
	for _, key := range []string{Skeleton(name), strings.ToUpper(name)} {
		for _, at := range n.by[key] {
			found[at] = true
		}
	}
	if prefix := strings.ToLower(name); len(found) < limit && len(prefix) >= 2 {
		for at := range n.all {
			for _, other := range n.all[at].names {
				if strings.HasPrefix(strings.ToLower(other), prefix) {
					found[at] = true
				}
			}
		}
	}
	var out []Named
	for at := range found {
		e := n.all[at]
		if kind != "" && !slices.Contains(e.Kinds, kind) {
			continue
		}
		for _, other := range e.names {
			s := Similarity(name, other)
			if strings.EqualFold(name, other) {
				s = 1
			}
			e.Score = max(e.Score, s)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Named) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.IRI, b.IRI)) })
	return out[:min(len(out), limit)]
}

// Entity returns the entity with an identifier.
func (n *Names) Entity(iri claim.Ref) (Named, bool) {
	at, ok := n.iri[iri]
	if !ok {
		return Named{}, false
	}
	return n.all[at], true
}

// Kinds returns the kinds of entities that are found by name.
func Kinds() []claim.EntityKind { return slices.Clone(namedKinds) }
