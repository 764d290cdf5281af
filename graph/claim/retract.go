package claim

import (
	"context"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Put makes the graph hold the extraction in place of whatever it held of the
// same document before, and brings up to date what is derived from it together
// with other documents. It returns how many quads the extraction has and how
// many are new. Putting the same extraction again changes nothing; a new
// reading, by new rules or of a new revision, replaces the old one and leaves
// alone what other documents say.
func Put(ctx context.Context, tx graph.Tx, ex *Extraction, o EncodeOptions) (quads, added int, err error) {
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: o.Graph})
	if err != nil {
		return 0, 0, err
	}
	decisions, err := r.Decisions(ctx, ex.Document.IRI)
	if err != nil {
		return 0, 0, err
	}
	ex, lost := ex.settled(decisions, o)
	add := Encode(ex, o)
	same, err := hasRun(tx.Snapshot(), ex, o)
	if err != nil || same {
		return len(add), 0, err
	}
	revisions, past, err := r.revise(ctx, ex, o)
	if err != nil {
		return 0, 0, err
	}
	if past {
		added, err = tx.Insert(revisions...)
		return len(add), added, err
	}
	before, err := connectedTo(ctx, tx.Snapshot(), ex.Document.IRI, o)
	if err != nil {
		return 0, 0, err
	}
	old, err := Retraction(ctx, tx.Snapshot(), ex.Document.IRI, o.Graph)
	if err != nil {
		return 0, 0, err
	}
	if added, err = change(tx, old, append(add, revisions...)); err != nil {
		return 0, 0, err
	}
	if err := markLost(ctx, tx, ex.Document.IRI, lost, o.Graph); err != nil {
		return 0, 0, err
	}
	if o.NoDerived {
		return len(add), added, nil
	}
	stale, fresh, err := rederive(ctx, tx.Snapshot(), ex.Document.IRI, before, false, o)
	if err != nil {
		return 0, 0, err
	}
	more, err := change(tx, stale, fresh)
	return len(add), added + more, err
}

// change takes quads away and adds others; what is in both stays untouched. It
// returns how many were not there before.
func change(tx graph.Tx, remove, add []rdf.Quad) (added int, err error) {
	keep := make(map[rdf.Quad]bool, len(add))
	for _, q := range add {
		keep[q] = true
	}
	remove = slices.DeleteFunc(remove, func(q rdf.Quad) bool { return keep[q] })
	if len(remove) > 0 {
		if _, err := tx.Delete(remove...); err != nil {
			return 0, err
		}
	}
	return tx.Insert(add...)
}

// hasRun reports whether this very import is what the graph holds of the
// document.
func hasRun(snap graph.Snapshot, ex *Extraction, o EncodeOptions) (bool, error) {
	r, err := NewReader(snap, ReadOptions{Graph: o.Graph})
	if err != nil {
		return false, err
	}
	runs, err := r.subjects(context.Background(), PropUsed, rdf.IRI(ex.Document.IRI))
	return err == nil && len(runs) == 1 && runs[0] == ex.runIRI(o), err
}

// Retraction returns the quads that stand in a graph because of one document
// and of nothing else: the document, its runs, claims and spans, and what was
// derived from its claims; the propositions, quantities, times and edges that no
// other claim speaks of. Entities stay, as their descriptions may serve others.
func Retraction(ctx context.Context, snap graph.Snapshot, document Ref, in rdf.Term) ([]rdf.Quad, error) {
	r, err := NewReader(snap, ReadOptions{Graph: in})
	if err != nil {
		return nil, err
	}
	x := &retraction{reader: r, graph: in, gone: make(map[Ref]node)}
	d, err := r.node(ctx, document)
	if err != nil || !d.is(ClassDocument) && !d.is(ClassRecord) {
		return nil, err
	}
	x.gone[document] = d
	runs, err := r.subjects(ctx, PropUsed, rdf.IRI(document))
	if err != nil {
		return nil, err
	}
	below, err := r.subjects(ctx, PropDocument, rdf.IRI(document))
	if err != nil {
		return nil, err
	}
	for _, iri := range sortedRefs(slices.Concat(runs, below)) {
		if err := x.drop(ctx, iri); err != nil {
			return nil, err
		}
	}
	if err := x.dropDerived(ctx, below); err != nil {
		return nil, err
	}
	// What the claims speak of goes when nothing that stays refers to it. The
	// order matters: a quantity stays with its proposition.
	for _, property := range []rdf.IRI{PropProposition, PropEdge, PropQuantity, PropIncludes, PropTime, PropSaidOn} {
		if err := x.orphans(ctx, property); err != nil {
			return nil, err
		}
	}
	return x.quads(ctx)
}

type retraction struct {
	reader *Reader
	graph  rdf.Term
	gone   map[Ref]node
}

// drop takes away a node with the nodes that are parts of it: those whose IRI
// continues its own.
func (x *retraction) drop(ctx context.Context, iri Ref) error {
	if x.gone[iri] != nil {
		return ctx.Err()
	}
	n, err := x.reader.node(ctx, iri)
	if err != nil {
		return err
	}
	x.gone[iri] = n
	for _, values := range n {
		for _, v := range values {
			if part, ok := v.(rdf.IRI); ok && strings.HasPrefix(string(part), string(iri)+"/") {
				if err := x.drop(ctx, Ref(part)); err != nil {
					return err
				}
			}
		}
	}
	// The cells of a chain are parts of the claim, not of each other.
	for cell := n.ref(PropChain); cell != "" && cell != Ref(rdf.RDFNil); {
		c, err := x.reader.node(ctx, cell)
		if err != nil {
			return err
		}
		x.gone[cell] = c
		next := c.ref(rdf.RDFRest)
		if x.gone[next] != nil {
			break // a cycle in foreign data
		}
		cell = next
	}
	return nil
}

// dropDerived takes away what was derived from any of the claims.
func (x *retraction) dropDerived(ctx context.Context, claims []Ref) error {
	for _, c := range claims {
		derived, err := x.reader.subjects(ctx, PropFromClaim, rdf.IRI(c))
		if err != nil {
			return err
		}
		for _, iri := range derived {
			if err := x.drop(ctx, iri); err != nil {
				return err
			}
		}
	}
	return nil
}

// orphans drops the values of the property, in what is gone, to which nothing
// that stays refers.
func (x *retraction) orphans(ctx context.Context, property rdf.IRI) error {
	var candidates []Ref
	for _, n := range x.gone {
		candidates = append(candidates, n.refs(property)...)
	}
	for _, iri := range sortedRefs(candidates) {
		used, err := x.used(ctx, iri)
		if err != nil {
			return err
		}
		if !used {
			if err := x.drop(ctx, iri); err != nil {
				return err
			}
		}
	}
	return nil
}

// used reports whether something that stays refers to the node.
func (x *retraction) used(ctx context.Context, iri Ref) (bool, error) {
	id, ok, err := x.reader.snap.Lookup(rdf.IRI(iri))
	if err != nil || !ok {
		return false, err
	}
	used := false
	err = x.reader.scan(ctx, graph.Pattern{O: id}, graph.ColS, func(s, _, _ graph.ID) error {
		t, err := x.reader.snap.Term(s)
		if err != nil {
			return err
		}
		if subject, ok := t.(rdf.IRI); !ok || x.gone[Ref(subject)] == nil {
			used = true
		}
		return nil
	})
	return used, err
}

// quads returns all that is said of the nodes that are gone, and the plain and
// qualified edges that no remaining claim puts in the graph.
func (x *retraction) quads(ctx context.Context) ([]rdf.Quad, error) {
	var out []rdf.Quad
	edges := make(map[rdf.Triple]bool)
	for iri, n := range x.gone {
		for p, values := range n {
			for _, v := range values {
				out = append(out, rdf.Quad{Subject: rdf.IRI(iri), Predicate: p, Object: v, Graph: x.graph})
			}
		}
		for _, v := range n[rdf.RDFReifies] {
			if t, ok := v.(rdf.Triple); ok {
				edges[t] = true
			}
		}
	}
	for t := range edges {
		stale, err := x.staleEdges(ctx, t)
		if err != nil {
			return nil, err
		}
		out = append(out, stale...)
	}
	slices.SortFunc(out, func(a, b rdf.Quad) int { return strings.Compare(a.String(), b.String()) })
	return out, nil
}

// staleEdges returns the triples that stand for an edge, plain and qualified,
// but for those of the claims that remain.
func (x *retraction) staleEdges(ctx context.Context, t rdf.Triple) ([]rdf.Quad, error) {
	claims, err := x.reader.subjects(ctx, rdf.RDFReifies, t)
	if err != nil {
		return nil, err
	}
	keep := make(map[rdf.IRI]bool)
	for _, iri := range claims {
		if x.gone[iri] != nil {
			continue
		}
		c, document, ok, err := x.reader.Claim(ctx, iri)
		if err != nil || !ok {
			return nil, err
		}
		ex, err := x.entitiesOf(ctx, &c, document)
		if err != nil {
			return nil, err
		}
		for _, e := range c.Edges(ex) {
			if e.Triple() == t {
				keep[rdf.IRI(NS+e.Property())] = true
			}
		}
	}
	subject, ok := t.Subject.(rdf.IRI)
	if !ok {
		return nil, nil
	}
	properties := []Ref{}
	if p, ok := t.Predicate.(rdf.IRI); ok {
		if properties, err = x.reader.subjects(ctx, PropQualifies, p); err != nil {
			return nil, err
		}
		properties = append(properties, Ref(p))
	}
	n, err := x.reader.node(ctx, Ref(subject))
	if err != nil {
		return nil, err
	}
	var out []rdf.Quad
	for _, p := range properties {
		if !keep[rdf.IRI(p)] && slices.Contains(n[rdf.IRI(p)], t.Object) {
			out = append(out, rdf.Quad{Subject: subject, Predicate: rdf.IRI(p), Object: t.Object, Graph: x.graph})
		}
	}
	return out, nil
}

// entitiesOf reads the entities that decide which edges a claim has.
func (x *retraction) entitiesOf(ctx context.Context, c *Claim, document Ref) (Entities, error) {
	es := make(Entities)
	for _, r := range c.Refers() {
		if r == document {
			continue
		}
		e, ok, err := x.reader.Entity(ctx, r)
		if err != nil {
			return nil, err
		}
		if ok {
			es[r] = &e
		}
	}
	return es, nil
}
