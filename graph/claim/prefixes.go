package claim

import "github.com/belligraph/belligraph/graph/rdf"

// Prefixes returns the namespace prefixes that the RDF form uses, for writers
// of Turtle and for query editors.
func Prefixes() map[string]string {
	return map[string]string{
		"bg":       NS,
		"kind":     NSKind,
		"metric":   NSMetric,
		"stance":   NSStance,
		"modality": NSModality,
		"manner":   NSManner,
		"dis":      NSType,
		"role":     NSRole,
		"id":       NSID,
		"prov":     NSProv,
		"skos":     NSSkos,
		"dcterms":  NSDcterms,
		"rdf":      rdf.NSRDF,
		"rdfs":     rdf.NSRDFS,
		"owl":      rdf.NSOWL,
		"xsd":      rdf.NSXSD,
	}
}
