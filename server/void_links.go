package server

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// linkset is what of a dataset links things of one source to those of another
// by one property.
type linkset struct {
	property       rdf.IRI
	subject, other string // the spaces that the IRIs of both sides lie in
	triples        uint64
	more           bool // there are links that were not counted
}

// linkProperties are the properties that say that things of different sources
// go together.
var linkProperties = []rdf.IRI{
	claim.PropSameAs, claim.NS + claim.KindCorrespondsTo, claim.NS + claim.KindSucceededBy,
	claim.NS + claim.KindReportsSameEvent, claim.NS + claim.KindPartOfReported,
}

// linkSpaces are the spaces of datasets elsewhere, with their names.
var linkSpaces = []struct{ space, title string }{
	{"http://www.wikidata.org/entity/", "Wikidata"}, {"https://sws.geonames.org/", "GeoNames"}, {"http://dbpedia.org/resource/", "DBpedia"},
}

// sourceTitles are the names of sources by the first part of the identifiers
// that their things have here.
var sourceTitles = map[string]string{
	"ucdp": "UCDP", "acled": "ACLED", "wikidata": "Wikidata, as claims", "geonames": "GeoNames, as claims", "ftm": "FollowTheMoney, as claims",
}

// maxLinks bounds how many links of one property are looked at; a store with the
// features of GeoNames has millions.
const maxLinks = 200_000

// spaceOf returns the space that an IRI lies in: of what is named here, that of
// its source.
func spaceOf(iri string) string {
	if rest, ok := strings.CutPrefix(iri, claim.NSID); ok {
		if source, _, ok := strings.Cut(rest, "/"); ok && sourceTitles[source] != "" {
			return claim.NSID + source + "/"
		}
		return claim.NSID
	}
	for _, s := range linkSpaces {
		if strings.HasPrefix(iri, s.space) {
			return s.space
		}
	}
	return ""
}

// readLinks counts the links between sources.
func (d *datasetStats) readLinks(ctx context.Context, snap graph.Snapshot) error {
	for _, property := range linkProperties {
		id, ok, err := snap.Lookup(property)
		if err != nil {
			return err
		}
		if ok {
			if err := d.readLinksBy(ctx, snap, property, id); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(d.links, func(a, b linkset) int {
		return cmp.Or(cmp.Compare(b.triples, a.triples), cmp.Compare(a.property, b.property), cmp.Compare(a.subject, b.subject), cmp.Compare(a.other, b.other))
	})
	return nil
}

func (d *datasetStats) readLinksBy(ctx context.Context, snap graph.Snapshot, property rdf.IRI, id graph.ID) error {
	cur, err := snap.Scan(ctx, graph.Pattern{P: id}, graph.PSOG, graph.ColS|graph.ColO)
	if err != nil {
		return err
	}
	defer cur.Close()
	counts := make(map[[2]string]uint64)
	space := func(id graph.ID) (string, error) {
		t, err := snap.Term(id)
		iri, _ := t.(rdf.IRI)
		return spaceOf(string(iri)), err
	}
	n, more := 0, false
	for b := cur.Next(); b != nil && !more; b = cur.Next() {
		for i := range b.N {
			if n++; n > maxLinks {
				more = true
				break
			}
			subject, err := space(b.Cols[graph.S][i])
			if err != nil {
				return err
			}
			other, err := space(b.Cols[graph.O][i])
			if err != nil {
				return err
			}
			if subject != "" && other != "" {
				counts[[2]string{subject, other}]++
			}
		}
	}
	for spaces, triples := range counts {
		d.links = append(d.links, linkset{property, spaces[0], spaces[1], triples, more})
	}
	return cur.Err()
}

// describeLinks adds the linksets to the description of a dataset, and the
// sources that they link as datasets.
func (d *description) describeLinks(document string, dataset rdf.Term, links []linkset) {
	described := map[string]bool{claim.NSID: true}
	source := func(space string) rdf.Term {
		if space == claim.NSID {
			return dataset
		}
		name, here := strings.CutPrefix(strings.TrimSuffix(space, "/"), claim.NSID)
		title := sourceTitles[name]
		for _, s := range linkSpaces {
			if s.space == space {
				name, title, here = strings.ToLower(s.title)+"-elsewhere", s.title, false
			}
		}
		node := rdf.IRI(document + "#source-" + name)
		if !described[space] {
			described[space] = true
			d.add(node, rdf.RDFType, rdf.IRI(nsVoID+"Dataset"))
			d.add(node, nsDCT+"title", rdf.NewString(title))
			d.add(node, nsVoID+"uriSpace", rdf.NewString(space))
			if here {
				d.add(dataset, nsVoID+"subset", node)
			}
		}
		return node
	}
	for _, l := range links {
		subject, object := source(l.subject), source(l.other)
		local := string(l.property)[strings.LastIndexAny(string(l.property), "#/")+1:]
		node := rdf.IRI(document + "#links-" + local + "-" + spaceName(l.subject) + "-" + spaceName(l.other))
		d.add(dataset, nsVoID+"subset", node)
		d.add(node, rdf.RDFType, rdf.IRI(nsVoID+"Linkset"))
		d.add(node, nsVoID+"linkPredicate", l.property)
		d.add(node, nsVoID+"subjectsTarget", subject)
		d.add(node, nsVoID+"objectsTarget", object)
		if !l.more { // else the number would be too small
			d.add(node, nsVoID+"triples", count(l.triples))
		}
	}
}

// spaceName is a space as a part of an identifier.
func spaceName(space string) string {
	if space == claim.NSID {
		return "articles"
	}
	if name, ok := strings.CutPrefix(space, claim.NSID); ok {
		return strings.TrimSuffix(name, "/")
	}
	for _, s := range linkSpaces {
		if s.space == space {
			return strings.ToLower(s.title) + "-elsewhere"
		}
	}
	return "other"
}
