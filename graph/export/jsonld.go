package export

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// nested are the properties whose values are written out within the claim, as
// they belong to it. Of every other thing only its label is.
var nested = map[rdf.IRI]bool{
	claim.PropProposition: true, claim.PropTime: true, claim.PropSaidOn: true, claim.PropQuantity: true, claim.PropIncludes: true,
	claim.PropEvidence: true, claim.PropChain: true, claim.PropEdge: true, rdf.RDFRest: true,
}

// maxNesting is far deeper than what claims are made of; it ends circles in
// foreign data.
const maxNesting = 16

// writeJSONLD writes one document: a context and a list of claims. What it says
// are triples of the graph, and no others. JSON-LD 1.1 has no triple terms; the
// edges of rows, which have no other form, are not in it.
func writeJSONLD(w *writer) error {
	j := &jsonld{writer: w, prefixes: claim.Prefixes()}
	j.names = slices.Sorted(maps.Keys(j.prefixes))
	w.out.WriteString(`{"@context":`)
	if err := writeJSON(w.out, j.prefixes); err != nil {
		return err
	}
	w.out.WriteString(`,"@graph":[`)
	err := w.reader.EachClaim(w.ctx, func(s claim.Stated) error {
		if w.Rows > 0 {
			w.out.WriteByte(',')
		}
		w.out.WriteByte('\n')
		node, err := j.node(s.IRI, 0)
		if err != nil {
			return err
		}
		if err := writeJSON(w.out, node); err != nil {
			return err
		}
		return w.row()
	})
	if err != nil {
		return err
	}
	_, err = w.out.WriteString("\n]}\n")
	return err
}

type jsonld struct {
	*writer
	prefixes map[string]string
	names    []string // of the prefixes, sorted
}

// node returns a node object with all that the graph says of the subject.
func (j *jsonld) node(subject claim.Ref, depth int) (map[string]any, error) {
	node := map[string]any{"@id": j.compact(string(subject))}
	for t, err := range j.statements(subject) {
		if err != nil {
			return nil, err
		}
		p, ok := t.Predicate.(rdf.IRI)
		if !ok {
			continue
		}
		if p == rdf.RDFType {
			if class, ok := t.Object.(rdf.IRI); ok {
				list, _ := node["@type"].([]any)
				node["@type"] = append(list, j.compact(string(class)))
			}
			continue
		}
		value, err := j.value(p, t.Object, depth)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		key := j.compact(string(p))
		list, _ := node[key].([]any)
		node[key] = append(list, value)
	}
	return node, nil
}

// value returns a value of a property, nil for what JSON-LD cannot say.
func (j *jsonld) value(p rdf.IRI, t rdf.Term, depth int) (any, error) {
	switch t := t.(type) {
	case rdf.IRI:
		r := claim.Ref(t)
		if nested[p] && depth < maxNesting && t != rdf.RDFNil {
			return j.node(r, depth+1)
		}
		ref := map[string]any{"@id": j.compact(string(t))}
		e, err := j.entity(r)
		if err != nil {
			return nil, err
		}
		if e.Label != "" && e.Kind != "" {
			ref["rdfs:label"] = e.Label
		}
		return ref, nil
	case rdf.Literal:
		switch {
		case t.Lang != "":
			return map[string]any{"@value": t.Lexical, "@language": t.Lang}, nil
		case t.IsSimple():
			return t.Lexical, nil
		case t.Datatype == rdf.XSDBoolean && (t.Lexical == "true" || t.Lexical == "false"):
			return t.Lexical == "true", nil
		case t.Datatype == rdf.XSDInteger:
			// A number as a program's number, when it comes back the same.
			if n, err := strconv.ParseInt(t.Lexical, 10, 53); err == nil && strconv.FormatInt(n, 10) == t.Lexical {
				return n, nil
			}
		}
		return map[string]any{"@value": t.Lexical, "@type": j.compact(string(t.Datatype))}, nil
	default:
		return nil, nil
	}
}

// compact shortens an IRI by a prefix. The rest must not make it look like an
// IRI with an authority.
func (j *jsonld) compact(iri string) string {
	best := ""
	for _, name := range j.names {
		if ns := j.prefixes[name]; len(ns) > len(j.prefixes[best]) && strings.HasPrefix(iri, ns) && !strings.HasPrefix(iri[len(ns):], "//") {
			best = name
		}
	}
	if best == "" {
		return iri
	}
	return best + ":" + iri[len(j.prefixes[best]):]
}
