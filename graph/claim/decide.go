package claim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Decide records decisions and carries them out: what they reject leaves the
// answers, what they accept enters them, what they correct is replaced, and what
// was derived is derived anew. Decisions that are there already change nothing.
// They may come before the document that they are about; they hold for every
// reading of it, see [Put]. It returns how many were new.
//
// Each decision must be signed, see [Decision.Sign].
func Decide(ctx context.Context, tx graph.Tx, decisions []Decision, in rdf.Term) (added int, err error) {
	decisions = slices.Clone(decisions)
	inTime(decisions) // what is taken back comes before what takes it back
	var documents []Ref
	links := make(map[Ref]bool)
	for i := range decisions {
		d := &decisions[i]
		if err := d.check(); err != nil {
			return 0, err
		}
		r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: in})
		if err != nil {
			return 0, err
		}
		if _, there, err := r.Decision(ctx, d.ID); err != nil || there {
			if err != nil {
				return 0, err
			}
			continue
		}
		about := d
		if d.Verdict == Undo {
			undone, ok, err := r.Decision(ctx, d.Target)
			if err != nil {
				return 0, err
			}
			if !ok {
				return 0, fmt.Errorf("claim: there is no decision %s to take back: %w", d.Target, graph.ErrBadRequest)
			}
			for undone.Verdict == Undo {
				if undone, ok, err = r.Decision(ctx, undone.Target); err != nil || !ok {
					return 0, fmt.Errorf("claim: what %s took back is not there: %w", d.Target, graph.ErrBadRequest)
				}
			}
			about = &undone
		}
		es, err := r.namesOf(ctx, d)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Insert(d.quads(in, es, false)...); err != nil {
			return 0, err
		}
		added++
		if about.isLink() {
			links[about.Target] = true
		} else {
			documents = append(documents, about.Document)
		}
	}
	for _, document := range sortedRefs(documents) {
		if err := resettle(ctx, tx, document, EncodeOptions{Graph: in}); err != nil {
			return 0, err
		}
	}
	for target := range links {
		if err := resettleLink(ctx, tx, target, in); err != nil {
			return 0, err
		}
	}
	return added, nil
}

// NewDecision returns a decision about a claim, candidate or link as the graph
// has it now, or, with [Undo], about a decision. What is left to the caller is
// who decides, when and why, and the correction.
func (r *Reader) NewDecision(ctx context.Context, target Ref, v Verdict) (Decision, error) {
	d := Decision{Verdict: v, Target: target}
	if v == Undo {
		about, ok, err := r.Decision(ctx, target)
		if err == nil && !ok {
			err = fmt.Errorf("claim: there is no decision %s: %w", target, graph.ErrBadRequest)
		}
		d.Document = about.Document
		return d, err
	}
	f, document, ok, err := r.Finding(ctx, target)
	if err != nil {
		return d, err
	}
	if !ok {
		// A link that was decided about stands as what somebody said.
		past, err := r.History(ctx, target)
		if err != nil {
			return d, err
		}
		for _, p := range past {
			if p.Target == target && p.Found != nil {
				d.Document, d.Found, d.Anchors = p.Document, p.Found, p.Anchors
				return d, nil
			}
		}
		return d, fmt.Errorf("claim: there is no claim or candidate %s: %w", target, graph.ErrBadRequest)
	}
	d.Document, d.Found = document, &f
	evidence := f.Evidence()
	if len(evidence) == 0 {
		return d, nil
	}
	doc, _, err := r.Document(ctx, document)
	if err != nil {
		return d, err
	}
	text := []rune(doc.Text)
	for _, s := range evidence {
		d.Anchors = append(d.Anchors, AnchorOf(text, s))
	}
	return d, nil
}

// namesOf reads the entities that a decision speaks of.
func (r *Reader) namesOf(ctx context.Context, d *Decision) (Entities, error) {
	es := make(Entities)
	for _, f := range []*Finding{d.Found, d.Correction} {
		if f == nil {
			continue
		}
		for i := range f.Entities {
			es[f.Entities[i].IRI] = &f.Entities[i]
		}
		if f.Claim == nil {
			continue
		}
		for _, ref := range f.Claim.Refers() {
			if err := r.name(ctx, ref, es); err != nil {
				return nil, err
			}
		}
	}
	return es, nil
}

// name adds an entity, or a document by its title, to those whose names are
// known.
func (r *Reader) name(ctx context.Context, ref Ref, es Entities) error {
	if es[ref] != nil {
		return nil
	}
	e, _, err := r.Entity(ctx, ref)
	if err == nil && e.Label != "" {
		es[ref] = &e
	}
	return err
}

// Resettle carries out all decisions about documents of which the graph may have
// been given claims without regard to them, as bulk loads of datasets give them.
func Resettle(ctx context.Context, tx graph.Tx, in rdf.Term) error {
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: in})
	if err != nil {
		return err
	}
	all, err := r.Decisions(ctx, "")
	if err != nil {
		return err
	}
	var documents []Ref
	for i := range all {
		if !all[i].isLink() {
			documents = append(documents, all[i].Document)
		}
	}
	for _, d := range sortedRefs(documents) {
		if err := resettle(ctx, tx, d, EncodeOptions{Graph: in}); err != nil {
			return err
		}
	}
	return nil
}

// resettle brings the claims of a document in line with the decisions about it.
// Only what a decision changes is touched.
func resettle(ctx context.Context, tx graph.Tx, document Ref, o EncodeOptions) error {
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: o.Graph})
	if err != nil {
		return err
	}
	n, err := r.node(ctx, document)
	if err != nil || !n.is(ClassDocument) && !n.is(ClassRecord) {
		return err // not loaded yet: the decisions wait for it
	}
	isRecord := !n.is(ClassDocument)
	d, _, err := r.Document(ctx, document)
	if err != nil {
		return err
	}
	findings, err := r.findings(ctx, document)
	if err != nil {
		return err
	}
	decisions, err := r.Decisions(ctx, document)
	if err != nil {
		return err
	}
	want := settle(&d, findings, decisions)
	var before []Ref
	if !isRecord {
		if before, err = connectedTo(ctx, tx.Snapshot(), document, o); err != nil {
			return err
		}
	}
	x := &retraction{reader: r, graph: o.Graph, gone: make(map[Ref]node)}
	ex, err := x.differing(ctx, &d, &want, decisions)
	if err != nil {
		return err
	}
	if len(ex.Claims)+len(ex.aside)+len(x.gone) > 0 {
		if err := x.replace(ctx, tx, ex, isRecord, o); err != nil {
			return err
		}
		if !isRecord {
			stale, fresh, err := rederive(ctx, tx.Snapshot(), document, before, true, o)
			if err != nil {
				return err
			}
			if _, err := change(tx, stale, fresh); err != nil {
				return err
			}
		}
	}
	return markLost(ctx, tx, document, want.lost, o.Graph)
}

// differing drops the nodes of a document that are not as they should be and
// returns those that should be there in their place.
func (x *retraction) differing(ctx context.Context, d *Document, want *settled, decisions []Decision) (*Extraction, error) {
	type state struct {
		claim              bool
		decision, replaces Ref
		status             Status
	}
	now := make(map[Ref]state)
	below, err := x.reader.subjects(ctx, PropDocument, rdf.IRI(d.IRI))
	if err != nil {
		return nil, err
	}
	ex := &Extraction{Document: *d}
	for _, iri := range below {
		n, err := x.reader.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		if n.is(ClassClaim) || n.is(ClassCandidate) {
			now[iri] = state{n.is(ClassClaim), n.ref(PropDecision), n.ref(PropReplaces), Status(n.str(PropStatus))}
			if ex.run == "" {
				ex.run = n.ref(PropGenerated)
			}
		}
	}
	should := make(map[Ref]state)
	claims := make(map[Ref]*Claim)
	asides := make(map[Ref]*aside)
	for i := range want.claims {
		c := &want.claims[i]
		iri := c.IRI(d.IRI)
		claims[iri] = c
		should[iri] = state{claim: true, decision: c.Decision, replaces: c.Replaces}
	}
	for i := range want.aside {
		a := &want.aside[i]
		asides[a.iri] = a
		should[a.iri] = state{a.stands, a.decision, should[a.iri].replaces, a.status}
	}
	var gone []Ref
	for iri, s := range now {
		if should[iri] != s {
			gone = append(gone, iri)
			if err := x.drop(ctx, iri); err != nil {
				return nil, err
			}
		}
	}
	if err := x.dropDerived(ctx, gone); err != nil {
		return nil, err
	}
	refs := make(map[Ref]bool)
	described := make(Entities)
	for iri, s := range should {
		if was, ok := now[iri]; ok && was == s {
			continue
		}
		if c := claims[iri]; c != nil {
			ex.Claims = append(ex.Claims, *c)
			for _, r := range c.Refers() {
				refs[r] = true
			}
		}
		if a := asides[iri]; a != nil {
			ex.aside = append(ex.aside, *a)
			for k := range a.finding.Entities {
				described[a.finding.Entities[k].IRI] = &a.finding.Entities[k]
			}
			if a.finding.Claim != nil && !a.stands {
				for _, r := range a.finding.Claim.Refers() {
					refs[r] = true
				}
			}
		}
	}
	for i := range decisions {
		if f := decisions[i].Correction; f != nil {
			for k := range f.Entities {
				described[f.Entities[k].IRI] = &f.Entities[k]
			}
		}
	}
	delete(refs, d.IRI)
	if err := x.reader.addEntities(ctx, ex, refs, nil); err != nil {
		return nil, err
	}
	have := ex.EntityMap()
	for _, iri := range slices.Sorted(maps.Keys(described)) {
		if have[iri] == nil && refs[iri] {
			ex.Entities = append(ex.Entities, *described[iri])
		}
	}
	slices.SortFunc(ex.Claims, func(a, b Claim) int { return strings.Compare(string(a.IRI(d.IRI)), string(b.IRI(d.IRI))) })
	slices.SortFunc(ex.aside, func(a, b aside) int { return strings.Compare(string(a.iri), string(b.iri)) })
	return ex, nil
}

// replace writes the claims and candidates of an extraction in the place of what
// was dropped.
func (x *retraction) replace(ctx context.Context, tx graph.Tx, ex *Extraction, isRecord bool, o EncodeOptions) error {
	for _, property := range []rdf.IRI{PropProposition, PropEdge, PropQuantity, PropIncludes, PropTime, PropSaidOn, PropEvidence} {
		if err := x.orphans(ctx, property); err != nil {
			return err
		}
	}
	for iri, n := range x.gone {
		if n.is(ClassSpan) && len(n[PropMentions]) > 0 {
			delete(x.gone, iri) // the words stand for somebody, whatever is claimed
		}
	}
	remove, err := x.quads(ctx)
	if err != nil {
		return err
	}
	var add []rdf.Quad
	w := newEncoder(o, func(q rdf.Quad) { add = append(add, q) })
	w.doc, w.run, w.lang = ex.Document.IRI, rdf.IRI(ex.run), ex.Document.Language
	es := ex.EntityMap()
	if isRecord {
		rows := NewRecordEncoder(o.Graph, ex.run, func(q rdf.Quad) { add = append(add, q) })
		rows.Encode(ex)
	} else {
		for i := range ex.Entities {
			if e := &ex.Entities[i]; e.IRI != ex.Document.IRI {
				w.entity(e)
			}
		}
		for i := range ex.Claims {
			w.claim(&ex.Claims[i], es)
		}
	}
	for i := range ex.aside {
		w.aside(&ex.aside[i], es)
	}
	_, err = change(tx, remove, add)
	return err
}

// resettleLink brings a link between sources in line with the decisions about
// it. While one stands, it is the claim of the person who decided; when none
// does, that of the link finder again.
func resettleLink(ctx context.Context, tx graph.Tx, target Ref, in rdf.Term) error {
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: in})
	if err != nil {
		return err
	}
	iris, err := r.subjects(ctx, PropDecides, rdf.IRI(target))
	if err != nil {
		return err
	}
	for _, d := range iris { // those that undo point to what they undo
		undoing, err := r.subjects(ctx, PropDecides, rdf.IRI(d))
		if err != nil {
			return err
		}
		for len(undoing) > 0 {
			iris = append(iris, undoing...)
			next := undoing
			undoing = nil
			for _, u := range next {
				more, err := r.subjects(ctx, PropDecides, rdf.IRI(u))
				if err != nil {
					return err
				}
				undoing = append(undoing, more...)
			}
		}
	}
	all, err := r.decisions(ctx, iris)
	if err != nil {
		return err
	}
	x := &retraction{reader: r, graph: in, gone: make(map[Ref]node)}
	drop := []Ref{target}
	for i := range all {
		if all[i].isLink() {
			c := all[i].claim()
			drop = append(drop, c.IRI(all[i].ID))
		}
	}
	for _, iri := range drop {
		if err := x.drop(ctx, iri); err != nil {
			return err
		}
	}
	for _, property := range []rdf.IRI{PropProposition, PropQuantity, PropTime, PropSaidOn} {
		if err := x.orphans(ctx, property); err != nil {
			return err
		}
	}
	remove, err := x.quads(ctx)
	if err != nil {
		return err
	}
	var add []rdf.Quad
	if holding := standing(all); len(holding) > 0 {
		d := &holding[len(holding)-1]
		es, err := r.namesOf(ctx, d)
		if err != nil {
			return err
		}
		add = d.quads(in, es, true)
	} else if len(all) > 0 && all[0].isLink() {
		d := &all[0]
		run := d.Document + "/run"
		w := NewRecordEncoder(in, run, func(q rdf.Quad) { add = append(add, q) })
		w.claim(rdf.IRI(d.Document), d.Document, d.Found.Claim)
	}
	_, err = change(tx, remove, add)
	return err
}

// markLost notes which decisions about a document are about words that it does
// not have any more, for somebody to look at.
func markLost(ctx context.Context, tx graph.Tx, document Ref, lost []Ref, in rdf.Term) error {
	r, err := NewReader(tx.Snapshot(), ReadOptions{Graph: in})
	if err != nil {
		return err
	}
	old, err := r.subjects(ctx, PropLostIn, rdf.IRI(document))
	if err != nil || len(old)+len(lost) == 0 {
		return err
	}
	mark := func(refs []Ref) (out []rdf.Quad) {
		for _, d := range refs {
			out = append(out, rdf.Quad{Subject: rdf.IRI(d), Predicate: PropLostIn, Object: rdf.IRI(document), Graph: in})
		}
		return out
	}
	_, err = change(tx, mark(old), mark(lost))
	return err
}
