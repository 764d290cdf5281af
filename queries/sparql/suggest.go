package sparql

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// wellKnown are the namespaces offered when a prefix was not declared.
var wellKnown = map[string]string{
	"rdf":     "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"rdfs":    "http://www.w3.org/2000/01/rdf-schema#",
	"xsd":     "http://www.w3.org/2001/XMLSchema#",
	"owl":     "http://www.w3.org/2002/07/owl#",
	"skos":    "http://www.w3.org/2004/02/skos/core#",
	"skosxl":  "http://www.w3.org/2008/05/skos-xl#",
	"sh":      "http://www.w3.org/ns/shacl#",
	"prov":    "http://www.w3.org/ns/prov#",
	"foaf":    "http://xmlns.com/foaf/0.1/",
	"dc":      "http://purl.org/dc/elements/1.1/",
	"dct":     "http://purl.org/dc/terms/",
	"dcterms": "http://purl.org/dc/terms/",
	"dcat":    "http://www.w3.org/ns/dcat#",
	"void":    "http://rdfs.org/ns/void#",
	"vann":    "http://purl.org/vocab/vann/",
	"time":    "http://www.w3.org/2006/time#",
	"geo":     "http://www.opengis.net/ont/geosparql#",
	"geof":    "http://www.opengis.net/def/function/geosparql/",
	"sf":      "http://www.opengis.net/ont/sf#",
	"wgs84":   "http://www.w3.org/2003/01/geo/wgs84_pos#",
	"gn":      "http://www.geonames.org/ontology#",
	"schema":  "http://schema.org/",
	"wd":      "http://www.wikidata.org/entity/",
	"wdt":     "http://www.wikidata.org/prop/direct/",
	"p":       "http://www.wikidata.org/prop/",
	"ps":      "http://www.wikidata.org/prop/statement/",
	"pq":      "http://www.wikidata.org/prop/qualifier/",
	"dbr":     "http://dbpedia.org/resource/",
	"dbo":     "http://dbpedia.org/ontology/",
	"sd":      "http://www.w3.org/ns/sparql-service-description#",
	"fn":      "http://www.w3.org/2005/xpath-functions#",
	"org":     "http://www.w3.org/ns/org#",
	"sem":     "http://semanticweb.cs.vu.nl/2009/11/sem/",
	"oa":      "http://www.w3.org/ns/oa#",
	"nif":     "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
}

// unknownPrefix reports a prefixed name whose prefix nothing declares.
func (p *parser) unknownPrefix(t token) {
	hint := ""
	names := make([]string, 0, len(p.prefixes))
	for n := range p.prefixes {
		names = append(names, n)
	}
	slices.Sort(names)
	ns, known := p.knownNamespace(t.val)
	similar := nearest(t.val, names, false)
	switch {
	case known:
		hint = fmt.Sprintf("add PREFIX %s: <%s> at the top", t.val, ns)
	case similar != "":
		hint = fmt.Sprintf("did you mean %s:%s?", similar, t.local)
	case t.val == "":
		hint = "add PREFIX : <…> at the top"
	default:
		hint = fmt.Sprintf("add PREFIX %s: <…> at the top", t.val)
	}
	if name := p.nearestKnown(t.val); name != "" && !known && similar == "" {
		ns, _ := p.knownNamespace(name)
		hint = fmt.Sprintf("did you mean %s:%s (PREFIX %s: <%s>)?", name, t.local, name, ns)
	}
	p.failAt(Pos(t.start), hint, "the prefix %q is not declared", t.val+":")
}

// knownNamespace returns the namespace commonly meant by a prefix.
func (p *parser) knownNamespace(prefix string) (string, bool) {
	if ns, ok := p.known[prefix]; ok {
		return ns, true
	}
	ns, ok := wellKnown[prefix]
	return ns, ok
}

// knownNames returns the prefixes that knownNamespace knows, sorted.
func (p *parser) knownNames() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(p.known)), maps.Keys(wellKnown))
	slices.Sort(names)
	return slices.Compact(names)
}

// nearestKnown returns the known prefix that prefix is a slip of, "" for none;
// very short prefixes resemble too many, unless they are the data's own.
func (p *parser) nearestKnown(prefix string) string {
	if own := nearest(prefix, slices.Sorted(maps.Keys(p.known)), false); own != "" || len(prefix) < 3 {
		return own
	}
	names := slices.DeleteFunc(p.knownNames(), func(n string) bool { return len(n) < 3 })
	return nearest(prefix, names, false)
}

// hint finds a remedy for the current token, of which expected might have
// stood in its place.
func (p *parser) hint(expected []string) string {
	t := p.tok
	switch t.kind {
	case tokWord:
		raw := p.text[t.start:t.end]
		var words []string
		for _, w := range expected {
			switch {
			case w == exprWant:
				words = append(words, builtinNames()...)
				words = append(words, "EXISTS", "NOT", "TRUE", "FALSE")
			case w == strings.ToUpper(w) && isLetter(w[0]):
				words = append(words, strings.Fields(w)...)
			}
		}
		if n := nearest(t.val, words, true); n != "" && n != t.val {
			return "did you mean " + n + "?"
		}
		if t.val == "A" && raw != "a" {
			return "the short form of rdf:type is a lower-case a"
		}
		if slices.Contains(expected, operatorWant) {
			switch t.val {
			case "AND":
				return "write &&"
			case "OR":
				return "write ||"
			}
		}
		if (slices.Contains(expected, "IRI") || slices.Contains(expected, "object")) && !isKeyword(t.val) {
			return fmt.Sprintf("write ?%s for a variable, \"%s\" for a string, or a prefixed name such as :%s", raw, raw, raw)
		}
	case tokPunct:
		switch t.val {
		case "=":
			if p.prev.kind == tokPunct && p.prev.val == "=" {
				return "SPARQL compares with a single ="
			}
		case ".":
			if slices.Contains(expected, "PREFIX") {
				return "declarations do not end with a full stop"
			}
		case ";":
			if slices.Contains(expected, "the end of the query") {
				return "a query does not end with a semicolon"
			}
		case "}":
			if slices.Contains(expected, "the end of the query") {
				return "there is one '}' too many"
			}
		case "{":
			if slices.Contains(expected, "DISTINCT") {
				return "name variables, or write SELECT * for all"
			}
		case ")":
			if slices.Contains(expected, "AS") {
				return "give the result a name, as in (COUNT(*) AS ?n)"
			}
		case "<":
			if slices.Contains(expected, "IRI") || slices.Contains(expected, "object") {
				return "an IRI is written <…>, without spaces, quotes or braces in it"
			}
		}
	case tokIRI:
		if strings.ContainsAny(t.val, "?&$") && slices.Contains(expected, operatorWant) {
			return "put spaces around < and >: together they read as an IRI"
		}
	case tokLang:
		if t.val == "prefix" || t.val == "base" {
			return "write " + strings.ToUpper(t.val) + ", without @ before it and full stop after it"
		}
	case tokEOF:
		if slices.Contains(expected, "USING") {
			return "an update ends in WHERE { … }; to delete what a pattern matches write DELETE WHERE { … }"
		}
	}
	return ""
}

// isKeyword reports whether w, in upper case, has a meaning somewhere in SPARQL.
func isKeyword(w string) bool {
	_, ok := builtins[w]
	return ok || isAggregate(w) || slices.Contains(keywords, w)
}

// keywords are the words of the grammar that are not functions, sorted.
var keywords = []string{
	"ADD", "ALL", "AS", "ASC", "ASK", "BASE", "BIND", "BY", "CLEAR", "CONSTRUCT", "COPY", "CREATE", "DATA",
	"DEFAULT", "DELETE", "DESC", "DESCRIBE", "DISTINCT", "DROP", "EXISTS", "FALSE", "FILTER", "FROM", "GRAPH",
	"GROUP", "HAVING", "IN", "INSERT", "INTO", "LIMIT", "LOAD", "MINUS", "MOVE", "NAMED", "NOT", "OFFSET",
	"OPTIONAL", "ORDER", "PREFIX", "REDUCED", "SELECT", "SEPARATOR", "SERVICE", "SILENT", "TO", "TRUE", "UNDEF",
	"UNION", "USING", "VALUES", "VERSION", "WHERE", "WITH",
}

// nearest returns the word most like w, or "" when none is near: within one
// slip for short words, two for longer ones. A slip is a letter too many, too
// few, wrong, or swapped with its neighbour. With fold, case does not matter.
func nearest(w string, words []string, fold bool) string {
	if fold {
		w = strings.ToUpper(w)
	}
	best, bestDistance := "", 3
	switch {
	case len(w) <= 1:
		return ""
	case len(w) <= 4:
		bestDistance = 2
	}
	for _, c := range words {
		cand := c
		if fold {
			cand = strings.ToUpper(c)
		}
		if len(cand)-len(w) > 2 || len(w)-len(cand) > 2 || len(cand) < 2 {
			continue
		}
		// Of equally near words one of the same length is likelier: letters
		// get swapped more often than lost.
		d := distance(w, cand)
		if d < bestDistance || d == bestDistance && best != "" && len(best) != len(w) && len(cand) == len(w) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the Damerau-Levenshtein distance in its restricted form.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
