package question

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// entity is an entity of the graph as questions name it.
type entity struct {
	iri   rdf.IRI
	label string
	kind  claim.EntityKind
	of    rdf.IRI
}

// Index finds entities by what people call them. It is built from one state of
// the graph and never changes.
type Index struct {
	byIRI  map[rdf.IRI]*entity
	byName map[string][]*entity // by folded label, alias and the end of the IRI
	names  []string             // sorted, for suggestions
}

const indexQuery = `PREFIX bg: <` + claim.NS + `>
PREFIX skos: <` + claim.NSSkos + `>
PREFIX rdfs: <` + rdf.NSRDFS + `>
SELECT ?entity ?label ?alias ?type ?of WHERE {
    ?entity bg:known ?known ; rdfs:label ?label ; a ?type .
    OPTIONAL { ?entity skos:altLabel ?alias }
    OPTIONAL { ?entity bg:of ?of }
}`

// BuildIndex reads the entities of the graph.
func BuildIndex(ctx context.Context, run Runner) (*Index, error) {
	_, rows, err := run.Select(ctx, indexQuery)
	if err != nil {
		return nil, err
	}
	x := &Index{byIRI: make(map[rdf.IRI]*entity), byName: make(map[string][]*entity)}
	for _, row := range rows {
		iri, ok := row[0].(rdf.IRI)
		if !ok {
			continue
		}
		e := x.byIRI[iri]
		if e == nil {
			e = &entity{iri: iri, label: text(row[1])}
			x.byIRI[iri] = e
			x.add(e.label, e)
			s := string(iri)
			x.add(s[strings.LastIndexAny(s, "/#")+1:], e)
		}
		if t, ok := row[3].(rdf.IRI); ok && t != claim.ClassEvent {
			e.kind = claim.EntityKind(strings.TrimPrefix(string(t), claim.NS))
		}
		if of, ok := row[4].(rdf.IRI); ok {
			e.of = of
		}
		x.add(text(row[1]), e)
		x.add(text(row[2]), e)
	}
	for name, es := range x.byName {
		slices.SortFunc(es, func(a, b *entity) int { return cmp.Compare(a.iri, b.iri) })
		x.names = append(x.names, name)
	}
	slices.Sort(x.names)
	return x, nil
}

func (x *Index) add(name string, e *entity) {
	name = withoutArticle(foldText(name))
	if name != "" && !slices.Contains(x.byName[name], e) {
		x.byName[name] = append(x.byName[name], e)
	}
}

// forceWords and governmentWords are what follows a nation's adjective when its
// army or its government is meant.
var (
	forceWords      = []string{"soldiers", "soldier", "troops", "forces", "army", "military", "armed forces", "army soldiers", "army troops", "men", "servicemen"}
	governmentWords = []string{"government", "authorities", "officials", "state", "government officials"}
	sideWords       = []string{"side", "fighters", "rebels", "soldiers", "troops", "forces", "men", "group", "members", "combatants"}
)

// find returns the entities that go by a name, most exact reading first.
func (x *Index) find(name string) []*entity {
	name = withoutArticle(foldText(name))
	if es := x.byName[name]; len(es) > 0 {
		return es
	}
	if es := x.byName[strings.TrimSuffix(name, " s")]; len(es) > 0 { // MNLA's
		return es
	}
	// "Malian soldiers", "the Algerian authorities", "the Malian side".
	if nation, rest, ok := strings.Cut(name, " "); ok {
		if country := x.country(nation); country != nil {
			switch {
			case slices.Contains(forceWords, rest):
				return x.belonging(country, claim.StateForce)
			case slices.Contains(governmentWords, rest):
				return x.belonging(country, claim.Government)
			case rest == "side":
				return []*entity{country}
			}
		}
	}
	// "MNLA fighters", "Ansar Dine's men".
	for _, w := range sideWords {
		if group, ok := strings.CutSuffix(name, " "+w); ok {
			if es := x.byName[strings.TrimSuffix(group, " s")]; len(es) > 0 {
				return es
			}
		}
	}
	if c := x.country(name); c != nil { // "the Malians"
		return []*entity{c}
	}
	return nil
}

// country returns the country whose adjective the word looks like: it shares
// all but the last letter of the name and adds little.
func (x *Index) country(adjective string) *entity {
	var best *entity
	for _, e := range x.byIRI {
		if e.kind != claim.Country {
			continue
		}
		name := foldText(e.label)
		stem := name[:max(len(name)-1, 0)]
		if len(name) >= 4 && strings.HasPrefix(adjective, stem) && len(adjective) <= len(name)+3 && (best == nil || e.iri < best.iri) {
			best = e
		}
	}
	return best
}

func (x *Index) belonging(country *entity, kind claim.EntityKind) []*entity {
	var out []*entity
	for _, e := range x.byIRI {
		if e.kind == kind && e.of == country.iri {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entity) int { return cmp.Compare(a.iri, b.iri) })
	return out
}

// suggest returns the labels of entities whose names come near.
func (x *Index) suggest(name string) []string {
	name = withoutArticle(foldText(name))
	type near struct {
		label string
		d     int
	}
	var found []near
	for _, n := range x.names {
		d := distance(name, n)
		switch {
		case strings.HasPrefix(n, name) || strings.Contains(" "+n+" ", " "+name+" "):
			d = min(d, 1)
		case d > max(1, len(name)/4):
			continue
		}
		for _, e := range x.byName[n] {
			found = append(found, near{e.label, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Or(cmp.Compare(a.d, b.d), strings.Compare(a.label, b.label)) })
	var out []string
	for _, f := range found {
		if !slices.Contains(out, f.label) && len(out) < 5 {
			out = append(out, f.label)
		}
	}
	return out
}

// text returns the words of a literal, the IRI of an IRI, nothing for nil.
func text(t rdf.Term) string {
	switch t := t.(type) {
	case rdf.Literal:
		return t.Lexical
	case rdf.IRI:
		return string(t)
	case nil:
		return ""
	default:
		return t.String()
	}
}
