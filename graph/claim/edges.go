package claim

import (
	"net/url"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Edge is a relation between two entities that a claim speaks of, the shape
// that users of a graph look for: MNLA —attacked→ Tinzaouaten.
type Edge struct {
	Subject   Ref
	Predicate string // local name in the ontology: "attacked"
	Object    Ref
	// Qualifier is empty when the edge is asserted: said in the source's own
	// voice, or conceded. Otherwise it is "reported", "claimed", "inferred",
	// "planned" or "denied", and the edge stands in the graph under the name of
	// [Edge.Property] only, as in inferredDefectedTo.
	Qualifier string

	stem string
	verb string
}

// Property returns the local name of the property that links subject and
// object in the graph: the predicate itself when the edge is asserted, and a
// name such as reportedCaptured or deniedAttacked when it is not. A claim of
// control is asserted as what it is, claimedControl, whoever reports it.
func (e Edge) Property() string {
	if e.Qualifier == "" {
		return e.Predicate
	}
	return e.Qualifier + e.stem
}

// Asserted reports whether the plain edge itself may stand in the graph.
func (e Edge) Asserted() bool { return e.Qualifier == "" }

// Triple returns the plain triple of the edge, which its claims reify whether
// it is asserted or not.
func (e Edge) Triple() rdf.Triple {
	return rdf.Triple{Subject: rdf.IRI(e.Subject), Predicate: rdf.IRI(NS + e.Predicate), Object: rdf.IRI(e.Object)}
}

// IRI returns the identifier of the node that stands for the edge in RDF 1.1.
// It is readable when both ends are: …/id/edge/actor/mnla/attacked/place/ford.
func (e Edge) IRI() Ref {
	s, o := strings.TrimPrefix(string(e.Subject), NSID), strings.TrimPrefix(string(e.Object), NSID)
	if len(s) < len(e.Subject) && len(o) < len(e.Object) {
		return Ref(NSID + "edge/" + s + "/" + e.Predicate + "/" + o)
	}
	return Ref(NSID + "edge/" + hash(url.PathEscape(string(e.Subject))+" "+e.Predicate+" "+url.PathEscape(string(e.Object))))
}

// Edges returns the edges that the claim speaks of, in order. Entities tell
// what lies where; an entity that is not among them lies nowhere.
func (c *Claim) Edges(entities Entities) []Edge {
	out := c.appendEdges(nil, entities)
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b Edge) int { return strings.Compare(string(a.IRI()), string(b.IRI())) })
	return slices.CompactFunc(out, func(a, b Edge) bool { return a == b })
}

// appendEdges appends the edges in any order.
func (c *Claim) appendEdges(out []Edge, entities Entities) []Edge {
	if !c.Proposition.composite() {
		return c.appendSimple(out, entities)
	}
	parts := c.Parts()
	for i := range parts {
		out = parts[i].appendSimple(out, entities)
	}
	return out
}

// appendSimple appends the edges of a claim of a simple proposition.
func (c *Claim) appendSimple(out []Edge, entities Entities) []Edge {
	p := &c.Proposition
	k, kind := info(p.Kind), p.Kind
	if kind == KindCasualties && p.Quantity != nil && (p.Place != "" || len(p.Patient) > 0) {
		// Soldiers who fled or defected somewhere: a movement as well as a loss.
		switch p.Quantity.Metric {
		case "fled", "defected":
			kind = p.Quantity.Metric + "To"
			k = info(kind)
		}
	}
	if k.edge == "" || k.form == noEdge {
		return out
	}
	agents := p.Agent
	if len(agents) == 0 && p.Quantity != nil && p.Quantity.Party != "" && (kind == "fledTo" || kind == "defectedTo") {
		agents = []Ref{p.Quantity.Party}
	}
	qualifier := c.qualifier()
	predicate := k.edge
	if kind == KindClaimedControl && qualifier != "denied" {
		qualifier = "" // that it is claimed is the whole of what the edge says
	}
	if kind == KindControlled && qualifier == "claimed" {
		predicate, qualifier = KindClaimedControl, ""
	}
	link := func(subjects, objects []Ref) {
		for _, s := range subjects {
			for _, o := range objects {
				if s != "" && o != "" && s != o {
					out = append(out, Edge{Subject: s, Predicate: predicate, Object: o, Qualifier: qualifier, stem: k.stem, verb: k.edgeVerb()})
				}
			}
		}
	}
	place := []Ref{p.Place}
	switch k.form {
	case agentPatient:
		if len(p.Patient) > 0 {
			place = p.Patient
		}
		link(agents, place)
	case agentTarget:
		link(agents, p.Patient)
		if len(p.Patient) == 0 || allWithin(entities, p.Patient, p.Place) {
			link(agents, place)
		}
	case agentTerritory:
		switch {
		case p.Quantity != nil: // two camps, ten soldiers, vehicles: not the place itself
			link(agents, p.Patient)
		case len(p.Patient) > 0:
			link(agents, p.Patient)
		default:
			link(agents, place)
		}
	case agentPlace:
		if p.Place == "" {
			place = p.Patient
		}
		link(agents, place)
	case eventAgent:
		link([]Ref{p.Event}, agents)
	case eventPlace:
		link([]Ref{p.Event}, place)
	}
	return out
}

// qualifier tells why the claim's edges are not asserted, or nothing.
func (c *Claim) qualifier() string {
	if c.Stance == Denies || c.Negated {
		return "denied"
	}
	if c.Stance == Concedes && c.Modality != Inferred && c.Modality != Planned {
		return "" // said against one's own interest
	}
	switch c.Modality {
	case Inferred:
		return "inferred"
	case Planned:
		return "planned"
	case ClaimedOnly:
		return "claimed"
	case Reported:
		return "reported"
	default:
		return ""
	}
}

// allWithin reports whether each entity is an installation in the place.
func allWithin(entities Entities, refs []Ref, place Ref) bool {
	for _, r := range refs {
		e := entities[r]
		if e == nil || e.Kind != Installation || e.Within != place {
			return false
		}
	}
	return place != ""
}

// Entities finds entities by IRI.
type Entities map[Ref]*Entity

// EntityMap returns the entities of the extraction by IRI.
func (ex *Extraction) EntityMap() Entities {
	m := make(Entities, len(ex.Entities))
	for i := range ex.Entities {
		m[ex.Entities[i].IRI] = &ex.Entities[i]
	}
	return m
}

// Name returns the label of an entity, or the readable end of its IRI.
func (es Entities) Name(r Ref) string {
	if e := es[r]; e != nil && e.Label != "" {
		return e.Label
	}
	s := string(r)
	return strings.ReplaceAll(s[strings.LastIndexAny(s, "/#")+1:], "-", " ")
}

// Names returns the names of entities.
func (es Entities) Names(refs []Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = es.Name(r)
	}
	return out
}
