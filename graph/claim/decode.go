package claim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// ReadOptions say where a [Reader] looks. The zero value reads the default
// graph, which holds the public sources.
type ReadOptions struct {
	Graph     rdf.Term // a named graph in place of the default graph
	AllGraphs bool     // every graph, private sources included
}

// Reader reads claims back from a graph. It is used by one goroutine and is
// valid as long as its snapshot.
type Reader struct {
	snap  graph.Snapshot
	graph graph.ID
	none  bool // the named graph does not exist
}

// NewReader returns a reader of the snapshot.
func NewReader(snap graph.Snapshot, o ReadOptions) (*Reader, error) {
	r := &Reader{snap: snap, graph: graph.DefaultGraph}
	switch {
	case o.AllGraphs:
		r.graph = graph.Any
	case o.Graph != nil:
		id, ok, err := snap.Lookup(o.Graph)
		if err != nil {
			return nil, err
		}
		r.graph, r.none = id, !ok
	}
	return r, nil
}

// scan calls f with each quad that matches.
func (r *Reader) scan(ctx context.Context, p graph.Pattern, cols graph.Columns, f func(s, p, o graph.ID) error) error {
	if r.none {
		return nil
	}
	p.G = r.graph
	o, ok := graph.BestOrder(p)
	if !ok {
		p.G = graph.Any
	}
	cur, err := r.snap.Scan(ctx, p, o, cols|graph.ColG)
	if err != nil {
		return err
	}
	defer cur.Close()
	at := func(col []graph.ID, bound graph.ID, i int) graph.ID {
		if col == nil {
			return bound
		}
		return col[i]
	}
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			if !ok && b.Cols[graph.G][i] != r.graph {
				continue
			}
			if err := f(at(b.Cols[graph.S], p.S, i), at(b.Cols[graph.P], p.P, i), at(b.Cols[graph.O], p.O, i)); err != nil {
				return err
			}
		}
	}
	return cur.Err()
}

// node is what the graph says of one subject.
type node map[rdf.IRI][]rdf.Term

// node returns the properties of a subject, each sorted, so that what is read
// does not depend on the order of a store.
func (r *Reader) node(ctx context.Context, subject Ref) (node, error) {
	s, ok, err := r.snap.Lookup(rdf.IRI(subject))
	if err != nil || !ok {
		return nil, err
	}
	n := make(node)
	err = r.scan(ctx, graph.Pattern{S: s}, graph.ColP|graph.ColO, func(_, p, o graph.ID) error {
		pt, err := r.snap.Term(p)
		if err != nil {
			return err
		}
		ot, err := r.snap.Term(o)
		if err != nil {
			return err
		}
		if iri, ok := pt.(rdf.IRI); ok && !slices.Contains(n[iri], ot) {
			n[iri] = append(n[iri], ot)
		}
		return nil
	})
	for _, terms := range n {
		slices.SortFunc(terms, func(a, b rdf.Term) int { return strings.Compare(a.String(), b.String()) })
	}
	return n, err
}

// subjects returns the IRIs that have the object as a value of the property,
// sorted.
func (r *Reader) subjects(ctx context.Context, property rdf.IRI, object rdf.Term) ([]Ref, error) {
	p, ok, err := r.snap.Lookup(property)
	if err != nil || !ok {
		return nil, err
	}
	o, ok, err := r.snap.Lookup(object)
	if err != nil || !ok {
		return nil, err
	}
	var out []Ref
	err = r.scan(ctx, graph.Pattern{P: p, O: o}, graph.ColS, func(s, _, _ graph.ID) error {
		t, err := r.snap.Term(s)
		if err != nil {
			return err
		}
		if iri, ok := t.(rdf.IRI); ok {
			out = append(out, Ref(iri))
		}
		return nil
	})
	return sortedRefs(out), err
}

func (n node) ref(p rdf.IRI) Ref {
	for _, t := range n[p] {
		if iri, ok := t.(rdf.IRI); ok {
			return Ref(iri)
		}
	}
	return ""
}

func (n node) refs(p rdf.IRI) []Ref {
	var out []Ref
	for _, t := range n[p] {
		if iri, ok := t.(rdf.IRI); ok {
			out = append(out, Ref(iri))
		}
	}
	return out
}

func (n node) str(p rdf.IRI) string {
	for _, t := range n[p] {
		if l, ok := t.(rdf.Literal); ok {
			return l.Lexical
		}
	}
	return ""
}

func (n node) strs(p rdf.IRI) []string {
	var out []string
	for _, t := range n[p] {
		if l, ok := t.(rdf.Literal); ok {
			out = append(out, l.Lexical)
		}
	}
	return out
}

func (n node) integer(p rdf.IRI) *int64 {
	s := n.str(p)
	if s == "" {
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return &v
}

func (n node) is(class rdf.IRI) bool { return slices.Contains(n[rdf.RDFType], rdf.Term(class)) }

// local returns the end of an IRI value below a namespace.
func (n node) local(p rdf.IRI, ns string) string { return strings.TrimPrefix(string(n.ref(p)), ns) }

// Documents returns the documents in the graph, in order.
func (r *Reader) Documents(ctx context.Context) ([]Ref, error) {
	return r.subjects(ctx, rdf.RDFType, ClassDocument)
}

// Document reads a document; ok is false when there is none by that IRI.
func (r *Reader) Document(ctx context.Context, iri Ref) (d Document, ok bool, err error) {
	n, err := r.node(ctx, iri)
	if err != nil || !n.is(ClassDocument) && !n.is(ClassRecord) {
		return Document{}, false, err
	}
	d = Document{
		IRI: iri, Title: n.str(PropTitle), Language: n.str(PropLanguage), Text: n.str(PropText), SHA256: n.str(PropSHA256),
		Source: n.str(PropOrigin), Revision: n.str(PropRevision), Modified: n.str(PropModified), Publisher: n.str(PropPublisher),
		Licence: cmp.Or(n.str(PropLicense), string(n.ref(PropLicense))),
	}
	return d, true, nil
}

// Extraction reads back all that the graph holds of a document: the inverse of
// [Encode], but for what rejects and could not read. Claims come in the order
// of their evidence, lists of roles in the order of their IRIs.
func (r *Reader) Extraction(ctx context.Context, document Ref) (*Extraction, error) {
	d, ok, err := r.Document(ctx, document)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("claim: no document %s: %w", document, graph.ErrBadRequest)
	}
	ex := &Extraction{Document: d}
	inDocument, err := r.subjects(ctx, PropDocument, rdf.IRI(document))
	if err != nil {
		return nil, err
	}
	entities := make(map[Ref]bool)
	mentions := make(map[Ref][]Mention)
	for _, iri := range inDocument {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := r.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		switch {
		case n.is(ClassClaim):
			c, err := r.claim(ctx, n)
			if err != nil {
				return nil, fmt.Errorf("claim: %s: %w", iri, err)
			}
			ex.Claims = append(ex.Claims, c)
			for _, e := range c.Refers() {
				entities[e] = true
			}
		case n.is(ClassSpan):
			for _, e := range n.refs(PropMentions) {
				entities[e] = true
				mentions[e] = append(mentions[e], Mention{Span: n.span(), Rule: n.str(PropResolvedBy)})
			}
		}
	}
	slices.SortStableFunc(ex.Claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.start(), b.start()), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.IRI(document), b.IRI(document)))
	})
	if err := r.addEntities(ctx, ex, entities, mentions); err != nil {
		return nil, err
	}
	return ex, nil
}

// addEntities reads the entities and those they lead to, such as the country
// that a place lies in.
func (r *Reader) addEntities(ctx context.Context, ex *Extraction, want map[Ref]bool, mentions map[Ref][]Mention) error {
	var queue []Ref
	for e := range want {
		queue = append(queue, e)
	}
	slices.Sort(queue)
	for i := 0; i < len(queue); i++ {
		e, ok, err := r.Entity(ctx, queue[i])
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		e.Mentions = mentions[e.IRI]
		slices.SortFunc(e.Mentions, func(a, b Mention) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
		})
		ex.Entities = append(ex.Entities, e)
		for _, next := range append([]Ref{e.Of, e.Within}, e.Near...) {
			if next != "" && !want[next] {
				want[next] = true
				queue = append(queue, next)
			}
		}
	}
	slices.SortFunc(ex.Entities, func(a, b Entity) int { return cmp.Compare(a.IRI, b.IRI) })
	return nil
}

func (c *Claim) start() int {
	if len(c.Evidence) == 0 {
		return 0
	}
	return c.Evidence[0].Start
}

// Refers returns all entities that the claim refers to.
func (c *Claim) Refers() []Ref {
	p := &c.Proposition
	out := slices.Concat([]Ref{c.Claimant, c.OnBehalfOf, p.Place, p.Event}, c.Via, p.Agent, p.Patient)
	if p.Quantity != nil {
		out = append(out, p.Quantity.Party)
	}
	for i := range p.Counts {
		out = append(out, p.Counts[i].Party)
	}
	out = append(out, p.Whole)
	return slices.DeleteFunc(sortedRefs(out), func(r Ref) bool { return r == "" })
}

// entityKinds are the classes by which a node is known to be an entity.
var entityKinds = map[EntityKind]bool{
	ArmedGroup: true, StateForce: true, Government: true, Organisation: true, Media: true, Person: true, Anonymous: true,
	Civilians: true, Country: true, Place: true, Installation: true, Conflict: true, Battle: true, Operation: true, Incident: true,
}

// Entity reads an entity without its mentions; ok is false when there is none
// by that IRI.
func (r *Reader) Entity(ctx context.Context, iri Ref) (e Entity, ok bool, err error) {
	n, err := r.node(ctx, iri)
	if err != nil {
		return Entity{}, false, err
	}
	e = Entity{
		IRI: iri, Label: n.str(rdf.RDFSLabel), Aliases: n.strs(PropAltLabel), Of: n.ref(PropOf), Within: n.ref(PropWithin),
		Near: n.refs(PropNear), SameAs: n.refs(PropSameAs), Known: n.str(PropKnown) == "true", From: Date(n.str(PropFrom)), To: Date(n.str(PropTo)),
	}
	for _, t := range n.refs(rdf.RDFType) {
		if k := EntityKind(strings.TrimPrefix(string(t), NS)); entityKinds[k] {
			e.Kind, ok = k, true
		}
	}
	return e, ok, nil
}

// Claim reads one claim and the document it stands in; ok is false when there
// is none by that IRI.
func (r *Reader) Claim(ctx context.Context, iri Ref) (c Claim, document Ref, ok bool, err error) {
	n, err := r.node(ctx, iri)
	if err != nil || !n.is(ClassClaim) {
		return Claim{}, "", false, err
	}
	c, err = r.claim(ctx, n)
	return c, n.ref(PropDocument), err == nil, err
}

// EdgeClaims returns the claims that speak of an edge, asserted or not.
func (r *Reader) EdgeClaims(ctx context.Context, edge rdf.Triple) ([]Ref, error) {
	return r.subjects(ctx, rdf.RDFReifies, edge)
}

func (n node) span() Span {
	var s Span
	if v := n.integer(PropStart); v != nil {
		s.Start = int(*v)
	}
	if v := n.integer(PropEnd); v != nil {
		s.End = int(*v)
	}
	s.Quote = n.str(PropQuote)
	return s
}

func (r *Reader) claim(ctx context.Context, n node) (Claim, error) {
	c := Claim{
		Claimant: n.ref(PropClaimant), OnBehalfOf: n.ref(PropOnBehalfOf), Utterance: n.str(PropUtterance),
		Stance: Stance(n.local(PropStance, NSStance)), Modality: Modality(n.local(PropModality, NSModality)),
		Negated: n.str(PropNegated) == "true", Source: n.str(PropSource), Rule: n.str(PropRule),
		Decision: n.ref(PropDecision), Replaces: n.ref(PropReplaces),
	}
	var err error
	if c.Source == "" { // a row's claim says only what differs from row to row
		c.Source, c.Confidence = sourceRecord, 1
		run, err := r.node(ctx, n.ref(PropGenerated))
		if err != nil {
			return c, err
		}
		c.Rule = run.str(PropRule)
	}
	if s := n.str(PropConfidence); s != "" {
		if c.Confidence, err = strconv.ParseFloat(s, 64); err != nil {
			return c, err
		}
	}
	if c.Via, err = r.via(ctx, n); err != nil {
		return c, err
	}
	if c.SaidOn, err = r.interval(ctx, n.ref(PropSaidOn)); err != nil {
		return c, err
	}
	c.SaidOn.Text, c.SaidOn.Rule = n.str(PropSaidText), n.str(PropSaidRule)
	for _, s := range n.refs(PropEvidence) {
		sn, err := r.node(ctx, s)
		if err != nil {
			return c, err
		}
		c.Evidence = append(c.Evidence, sn.span())
	}
	slices.SortFunc(c.Evidence, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	if c.Proposition, err = r.proposition(ctx, n.ref(PropProposition)); err != nil {
		return c, err
	}
	p := &c.Proposition
	p.Text, p.Time.Text, p.Time.Rule = cmp.Or(n.str(PropWording), p.Text), n.str(PropTimeText), n.str(PropTimeRule)
	if v := n.integer(PropSide); v != nil {
		p.Side = int(*v)
	}
	for property, values := range n {
		name, ok := strings.CutPrefix(string(property), NSManner)
		if l, isLiteral := values[0].(rdf.Literal); ok && isLiteral {
			if p.Manner == nil {
				p.Manner = make(map[string]string)
			}
			p.Manner[name] = l.Lexical
		}
	}
	return c, nil
}

// via reads the chain of a claim in order, without the document at its head.
func (r *Reader) via(ctx context.Context, n node) ([]Ref, error) {
	var out []Ref
	cell := n.ref(PropChain)
	if cell == "" { // a record's claim has a chain only where there is an order to tell
		return n.refs(PropVia), nil
	}
	for range 64 { // far deeper than any chain; guards against a cycle in foreign data
		if cell == "" || cell == Ref(rdf.RDFNil) {
			break
		}
		c, err := r.node(ctx, cell)
		if err != nil {
			return nil, err
		}
		if link := c.ref(rdf.RDFFirst); link != n.ref(PropDocument) {
			out = append(out, link)
		}
		cell = c.ref(rdf.RDFRest)
	}
	return out, nil
}

func (r *Reader) interval(ctx context.Context, iri Ref) (Interval, error) {
	if iri == "" {
		return Interval{}, nil
	}
	n, err := r.node(ctx, iri)
	if err != nil {
		return Interval{}, err
	}
	return ParseInterval(n.str(PropLexical))
}

func (r *Reader) proposition(ctx context.Context, iri Ref) (Proposition, error) {
	n, err := r.node(ctx, iri)
	if err != nil {
		return Proposition{}, err
	}
	p := Proposition{
		Kind: n.local(PropKind, NSKind), Agent: n.refs(PropAgent), Patient: n.refs(PropPatient),
		Place: n.ref(PropPlace), Event: n.ref(PropEvent), Whole: n.ref(PropWhole), Text: n.str(PropContent),
	}
	if kinds := n.refs(PropKind); len(kinds) > 1 {
		for _, k := range kinds[1:] {
			p.Also = append(p.Also, strings.TrimPrefix(string(k), NSKind))
		}
	}
	if p.Time, err = r.interval(ctx, n.ref(PropTime)); err != nil {
		return p, err
	}
	for _, iri := range n.refs(PropQuantity) {
		q, err := r.quantity(ctx, iri, 0)
		if err != nil {
			return p, err
		}
		p.Counts = append(p.Counts, *q)
	}
	if inOrder(p.Counts); len(p.Counts) > 0 {
		p.Quantity, p.Counts = &p.Counts[0], slices.Clip(p.Counts[1:])
	}
	if len(p.Counts) == 0 {
		p.Counts = nil
	}
	return p, nil
}

func (r *Reader) quantity(ctx context.Context, iri Ref, depth int) (*Quantity, error) {
	n, err := r.node(ctx, iri)
	if err != nil {
		return nil, err
	}
	q := &Quantity{
		Metric: n.local(PropMetric, NSMetric), Party: n.ref(PropParty), Min: n.integer(PropMin), Max: n.integer(PropMax), Best: n.integer(PropBest),
		Comparator: Comparator(n.str(PropComparator)),
	}
	if depth > 8 {
		return q, nil // a cycle in foreign data; ours are one deep
	}
	for _, part := range n.refs(PropIncludes) {
		in, err := r.quantity(ctx, part, depth+1)
		if err != nil {
			return nil, err
		}
		q.Includes = append(q.Includes, *in)
	}
	return q, nil
}

// ClaimsOf returns the claims that say a proposition, in order.
func (r *Reader) ClaimsOf(ctx context.Context, proposition Ref) ([]Claim, error) {
	iris, err := r.subjects(ctx, PropProposition, rdf.IRI(proposition))
	if err != nil {
		return nil, err
	}
	out := make([]Claim, 0, len(iris))
	for _, iri := range iris {
		n, err := r.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		c, err := r.claim(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// OfKind returns the claims whose proposition is of a kind, in order.
func (r *Reader) OfKind(ctx context.Context, kind string) ([]Ref, error) {
	propositions, err := r.subjects(ctx, PropKind, rdf.IRI(NSKind+kind))
	if err != nil {
		return nil, err
	}
	var out []Ref
	for _, p := range propositions {
		claims, err := r.subjects(ctx, PropProposition, rdf.IRI(p))
		if err != nil {
			return nil, err
		}
		out = append(out, claims...)
	}
	return sortedRefs(out), nil
}

// Named returns the entities that have just this name, as their label or as an
// alias.
func (r *Reader) Named(ctx context.Context, name string) ([]Ref, error) {
	var out []Ref
	for _, property := range []rdf.IRI{rdf.RDFSLabel, PropAltLabel} {
		iris, err := r.subjects(ctx, property, rdf.NewString(name))
		if err != nil {
			return nil, err
		}
		for _, iri := range iris {
			if _, ok, err := r.Entity(ctx, iri); err != nil {
				return nil, err
			} else if ok {
				out = append(out, iri)
			}
		}
	}
	return sortedRefs(out), nil
}

// Label returns what people call a thing, empty when the graph does not say.
func (r *Reader) Label(ctx context.Context, iri Ref) (string, error) {
	n, err := r.node(ctx, iri)
	return n.str(rdf.RDFSLabel), err
}
