package export

import (
	"errors"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

const nsNanopub = "http://www.nanopub.org/nschema#"

// writeNanopubs writes a nanopublication for each claim, as the guidelines of
// nanopub.net have it: a head, and a graph each for the assertion, where it
// comes from and who publishes it.
//
// What is asserted is that the claimant takes a stance to a proposition, so that
// a denial is published as what it is. The plain triple of the edge stands
// beside it only where the graph asserts it too.
func writeNanopubs(w *writer) error {
	prefixes := claim.Prefixes()
	prefixes["np"] = nsNanopub
	enc, err := rdfio.NewEncoder(w.out, rdfio.TriG, rdfio.EncoderOptions{Prefixes: prefixes})
	if err != nil {
		return err
	}
	n := &nanopubs{writer: w, enc: enc, created: rdf.NewTyped(w.o.Made.UTC().Format(time.RFC3339), rdf.XSDDateTime)}
	err = w.reader.EachClaim(w.ctx, func(s claim.Stated) error {
		if err := n.write(s); err != nil {
			return err
		}
		return w.row()
	})
	if err != nil {
		return err
	}
	return enc.Close()
}

type nanopubs struct {
	*writer
	enc     rdfio.Encoder
	created rdf.Term
}

// publication collects the quads of one nanopublication.
type publication struct {
	enc   rdfio.Encoder
	graph rdf.IRI
	err   error
}

func (p *publication) say(s rdf.Term, predicate rdf.IRI, o rdf.Term) {
	if p.err != nil || o == nil {
		return
	}
	if iri, ok := o.(rdf.IRI); ok && iri == "" {
		return
	}
	err := p.enc.Encode(rdf.Quad{Subject: s, Predicate: predicate, Object: o, Graph: p.graph})
	if !errors.Is(err, rdf.ErrInexpressible) {
		p.err = err
	}
}

func (n *nanopubs) write(s claim.Stated) error {
	base := rdf.IRI(claim.NSID + "nanopub/" + localPart(s.IRI))
	assertion, provenance, info := base+"#assertion", base+"#provenance", base+"#pubinfo"

	p := &publication{enc: n.enc, graph: base + "#Head"}
	p.say(base, rdf.RDFType, rdf.IRI(nsNanopub+"Nanopublication"))
	p.say(base, nsNanopub+"hasAssertion", assertion)
	p.say(base, nsNanopub+"hasProvenance", provenance)
	p.say(base, nsNanopub+"hasPublicationInfo", info)

	p.graph = assertion
	es, err := n.known(s.Claim)
	if err != nil {
		return err
	}
	for _, e := range s.Edges(es) {
		if e.Asserted() {
			t := e.Triple()
			p.say(t.Subject, t.Predicate.(rdf.IRI), t.Object)
		}
	}
	this := rdf.IRI(s.IRI)
	p.say(this, claim.PropStance, rdf.IRI(claim.NSStance+string(s.Stance)))
	p.say(this, claim.PropModality, rdf.IRI(claim.NSModality+string(s.Modality)))
	if s.Negated {
		p.say(this, claim.PropNegated, rdf.NewBoolean(true))
	}
	if err := n.describe(p, this, claim.PropProposition, 0); err != nil {
		return err
	}

	p.graph = provenance
	p.say(assertion, claim.NSProv+"wasAttributedTo", rdf.IRI(s.Claimant))
	p.say(assertion, claim.PropOnBehalfOf, rdf.IRI(s.OnBehalfOf))
	for _, via := range s.Via {
		p.say(assertion, claim.PropVia, rdf.IRI(via))
	}
	p.say(assertion, claim.NSProv+"hadPrimarySource", rdf.IRI(s.Document))
	for _, property := range []rdf.IRI{claim.PropEvidence, claim.PropSaidOn, claim.PropGenerated} {
		for v, err := range n.values(s.IRI, property) {
			if err != nil {
				return err
			}
			p.say(assertion, property, v)
			if node, ok := v.(rdf.IRI); ok && property != claim.PropGenerated {
				if err := n.statementsOf(p, node, 1); err != nil {
					return err
				}
			}
		}
	}
	for _, r := range append([]claim.Ref{s.Claimant, s.OnBehalfOf, s.Document}, s.Via...) {
		name, err := n.name(r)
		if err != nil {
			return err
		}
		if name != "" {
			p.say(rdf.IRI(r), rdf.RDFSLabel, rdf.NewString(name))
		}
	}

	p.graph = info
	p.say(base, claim.NSDcterms+"created", n.created)
	p.say(base, claim.NSDcterms+"creator", rdf.IRI(claim.NSID+"software/belligraph"))
	p.say(base, claim.NSProv+"wasDerivedFrom", this)
	for v, err := range n.values(s.Document, claim.PropLicense) {
		if err != nil {
			return err
		}
		p.say(base, claim.PropLicense, v)
	}
	return p.err
}

// describe says what the values of a property of a thing are, and of what these
// are made.
func (n *nanopubs) describe(p *publication, subject, property rdf.IRI, depth int) error {
	for v, err := range n.values(claim.Ref(subject), property) {
		if err != nil {
			return err
		}
		p.say(subject, property, v)
		if node, ok := v.(rdf.IRI); ok {
			if err := n.statementsOf(p, node, depth+1); err != nil {
				return err
			}
		}
	}
	return p.err
}

func (n *nanopubs) statementsOf(p *publication, subject rdf.IRI, depth int) error {
	for t, err := range n.statements(claim.Ref(subject)) {
		if err != nil {
			return err
		}
		property, ok := t.Predicate.(rdf.IRI)
		if !ok || property == claim.PropMentions {
			continue
		}
		p.say(t.Subject, property, t.Object)
		if node, ok := t.Object.(rdf.IRI); ok && nested[property] && depth < maxNesting {
			if err := n.statementsOf(p, node, depth+1); err != nil {
				return err
			}
		}
	}
	return p.err
}
