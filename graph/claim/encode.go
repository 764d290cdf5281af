package claim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/rdf"
)

// EncodeOptions say how an extraction is written as RDF.
type EncodeOptions struct {
	// Graph holds the quads of the import; nil is the default graph, where
	// public sources live. A private source gets a named graph.
	Graph rdf.Term
	// Software names the extractor and its rule version in the run; empty is
	// "belligraph". It takes part in the identifier of the run, so that a new
	// version makes a new run.
	Software string
	// AssertReported also asserts the plain edges of claims that a source
	// reports without distance ("according to X"). By default these stand in
	// the graph qualified, as reportedCaptured.
	AssertReported bool
	// NoText leaves the full text of the document out; spans keep their quotes.
	NoText bool
	// NoDerived leaves out what the rules of [Derive] find in this extraction.
	NoDerived bool
	// Now is when a revision is noted to have come; zero is the present.
	Now time.Time
}

// Encode returns the extraction as quads, the same for the same input. The
// order is that of the extraction: document, run, entities, claims, derived.
func Encode(ex *Extraction, o EncodeOptions) []rdf.Quad {
	var quads []rdf.Quad
	EncodeTo(ex, o, func(q rdf.Quad) { quads = append(quads, q) })
	return quads
}

// EncodeTo calls emit for each quad of the extraction, each quad once.
func EncodeTo(ex *Extraction, o EncodeOptions, emit func(rdf.Quad)) {
	if ex.aside == nil {
		ex, _ = ex.settled(nil, o)
	}
	w := newEncoder(o, emit)
	w.document(ex)
	for i := range ex.Entities {
		w.entity(&ex.Entities[i])
	}
	es := ex.EntityMap()
	for i := range ex.Claims {
		w.claim(&ex.Claims[i], es)
	}
	for i := range ex.aside {
		w.aside(&ex.aside[i], es)
	}
	if !o.NoDerived {
		w.derived(Derive(View(ex)), es)
	}
}

// EncodeDerived writes what was derived from claims of one or more documents.
func EncodeDerived(d Derived, es Entities, o EncodeOptions) []rdf.Quad {
	var quads []rdf.Quad
	w := newEncoder(o, func(q rdf.Quad) { quads = append(quads, q) })
	w.derived(d, es)
	return quads
}

// encoder writes quads and remembers the shared nodes that it has described.
type encoder struct {
	emit func(rdf.Quad)
	o    EncodeOptions
	doc  Ref
	run  rdf.IRI
	lang string
	done map[rdf.Triple]bool // triples written, as nodes are shared
}

func newEncoder(o EncodeOptions, emit func(rdf.Quad)) *encoder {
	o.Software = o.software()
	return &encoder{emit: emit, o: o, done: make(map[rdf.Triple]bool)}
}

func (w *encoder) triple(s Ref, p rdf.IRI, o rdf.Term) {
	t := rdf.Triple{Subject: rdf.IRI(s), Predicate: p, Object: o}
	if w.done[t] {
		return
	}
	w.done[t] = true
	w.emit(t.In(w.o.Graph))
}

// once reports whether the node is new and, if so, gives it its type. The
// callers describe a node fully when it is new, so the rest may be skipped.
func (w *encoder) once(s Ref, class rdf.IRI) bool {
	if w.done[rdf.Triple{Subject: rdf.IRI(s), Predicate: rdf.RDFType, Object: class}] {
		return false
	}
	w.triple(s, rdf.RDFType, class)
	return true
}

func (w *encoder) ref(s Ref, p rdf.IRI, o Ref) {
	if o != "" {
		w.triple(s, p, rdf.IRI(o))
	}
}

func (w *encoder) str(s Ref, p rdf.IRI, value string) {
	if value != "" {
		w.triple(s, p, rdf.NewString(value))
	}
}

func (w *encoder) integer(s Ref, p rdf.IRI, n int64) {
	w.triple(s, p, rdf.NewTyped(strconv.FormatInt(n, 10), rdf.XSDInteger))
}

func (w *encoder) date(s Ref, p rdf.IRI, day string) {
	if day != "" {
		w.triple(s, p, rdf.NewTyped(day, rdf.XSDDate))
	}
}

func (w *encoder) document(ex *Extraction) {
	d := &ex.Document
	w.doc, w.lang = d.IRI, d.Language
	w.triple(d.IRI, rdf.RDFType, ClassDocument)
	w.str(d.IRI, rdf.RDFSLabel, d.Title)
	w.str(d.IRI, PropTitle, d.Title)
	w.str(d.IRI, PropLanguage, d.Language)
	w.str(d.IRI, PropOrigin, d.Source)
	w.str(d.IRI, PropRevision, d.Revision)
	w.str(d.IRI, PropModified, d.Modified)
	w.str(d.IRI, PropPublisher, d.Publisher)
	w.str(d.IRI, PropSHA256, d.SHA256)
	if isIRI(d.Licence) {
		w.triple(d.IRI, PropLicense, rdf.IRI(d.Licence))
	} else {
		w.str(d.IRI, PropLicense, d.Licence)
	}
	if !w.o.NoText && d.Text != "" {
		w.triple(d.IRI, PropText, rdf.NewLang(d.Text, d.Language))
	}
	run := ex.runIRI(w.o)
	w.run = rdf.IRI(run)
	w.triple(run, rdf.RDFType, ClassRun)
	w.str(run, rdf.RDFSLabel, "Import of "+d.Title+" by "+w.o.Software)
	w.ref(run, PropUsed, d.IRI)
	w.str(run, PropSoftware, w.o.Software)
}

// runIRI names the run for what went in and what came out, so that the same
// import is the same run whenever it happens.
func (ex *Extraction) runIRI(o EncodeOptions) Ref {
	if ex.run != "" {
		return ex.run
	}
	var k content
	k.add("document", string(ex.Document.IRI))
	k.add("sha256", ex.Document.SHA256)
	k.add("software", o.software())
	if o.AssertReported {
		k.add("option", "assert reported")
	}
	found := make([]Ref, len(ex.Claims))
	for i := range ex.Claims {
		found[i] = ex.Claims[i].IRI(ex.Document.IRI)
	}
	k.refs("claim", found)
	for _, r := range ex.Rejected {
		f := Finding{Claim: r.Claim, Rule: r.Rule, Reason: r.Reason, Span: r.Span}
		k.add("candidate", string(f.IRI(ex.Document.IRI)))
	}
	// What is known of the entities takes part too: a better gazetteer makes
	// another run of the same claims.
	for i := range ex.Entities {
		e := &ex.Entities[i]
		k.add("entity", string(e.IRI)+" "+string(e.Kind)+" "+e.Label+" "+strings.Join(e.Aliases, "|"))
	}
	return Ref(NSID + "run/" + hash(k.String()))
}

func (o EncodeOptions) software() string {
	if o.Software == "" {
		return "belligraph"
	}
	return o.Software
}

func isIRI(s string) bool {
	return strings.Contains(s, ":") && !strings.ContainsAny(s, " <>\"{}|^`\\")
}

func (w *encoder) entity(e *Entity) {
	kind := e.Kind
	if kind == "" {
		kind = Organisation
	}
	w.triple(e.IRI, rdf.RDFType, rdf.IRI(NS+string(kind)))
	if kind == Battle || kind == Operation || kind == Conflict || kind == Incident {
		w.triple(e.IRI, rdf.RDFType, ClassEvent)
	}
	w.str(e.IRI, rdf.RDFSLabel, e.Label)
	for _, a := range e.Aliases {
		if a != e.Label {
			w.str(e.IRI, PropAltLabel, a)
		}
	}
	w.ref(e.IRI, PropOf, e.Of)
	w.ref(e.IRI, PropWithin, e.Within)
	for _, n := range e.Near {
		w.ref(e.IRI, PropNear, n)
	}
	for _, s := range e.SameAs {
		w.ref(e.IRI, PropSameAs, s)
	}
	if day := e.From.firstDay(); day != "" {
		w.triple(e.IRI, PropFrom, rdf.NewTyped(day, rdf.XSDDate))
	}
	if day := e.To.lastDay(); day != "" {
		w.triple(e.IRI, PropTo, rdf.NewTyped(day, rdf.XSDDate))
	}
	w.triple(e.IRI, PropKnown, rdf.NewBoolean(e.Known))
	for _, m := range e.Mentions {
		s := w.span(m.Span)
		w.ref(s, PropMentions, e.IRI)
		w.str(s, PropResolvedBy, m.Rule)
	}
}

func (w *encoder) span(s Span) Ref {
	iri := s.IRI(w.doc)
	if w.once(iri, ClassSpan) {
		w.ref(iri, PropDocument, w.doc)
		w.integer(iri, PropStart, int64(s.Start))
		w.integer(iri, PropEnd, int64(s.End))
		w.str(iri, PropQuote, s.Quote)
	}
	return iri
}

func (w *encoder) interval(i Interval) Ref {
	if i.IsZero() {
		return ""
	}
	iri := i.IRI()
	if w.once(iri, ClassInterval) {
		w.str(iri, rdf.RDFSLabel, i.Describe())
		w.str(iri, PropLexical, i.Lexical())
		w.date(iri, PropEarliestBegin, i.EarliestBegin.firstDay())
		w.date(iri, PropLatestBegin, i.LatestBegin.lastDay())
		w.date(iri, PropEarliestEnd, i.EarliestEnd.firstDay())
		w.date(iri, PropLatestEnd, i.LatestEnd.lastDay())
	}
	return iri
}

func (w *encoder) quantity(q *Quantity, es Entities) Ref {
	iri := q.IRI()
	if w.once(iri, ClassQuantity) {
		w.str(iri, rdf.RDFSLabel, q.Describe())
		w.triple(iri, PropMetric, rdf.IRI(NSMetric+q.Metric))
		w.ref(iri, PropParty, q.Party)
		if q.Min != nil {
			w.integer(iri, PropMin, *q.Min)
		}
		if q.Max != nil {
			w.integer(iri, PropMax, *q.Max)
		}
		if q.Best != nil {
			w.integer(iri, PropBest, *q.Best)
		}
		w.str(iri, PropComparator, string(q.Comparator))
		for i := range q.Includes {
			w.ref(iri, PropIncludes, w.quantity(&q.Includes[i], es))
		}
	}
	return iri
}

func (w *encoder) proposition(p *Proposition, es Entities) Ref {
	iri := p.IRI()
	if !w.once(iri, ClassProposition) {
		return iri
	}
	w.str(iri, rdf.RDFSLabel, p.Describe(es))
	w.triple(iri, PropKind, rdf.IRI(NSKind+p.Kind))
	for _, k := range p.Also {
		w.triple(iri, PropKind, rdf.IRI(NSKind+k))
	}
	for _, a := range p.Agent {
		w.ref(iri, PropAgent, a)
	}
	for _, a := range p.Patient {
		w.ref(iri, PropPatient, a)
	}
	w.ref(iri, PropPlace, p.Place)
	w.ref(iri, PropEvent, p.Event)
	w.ref(iri, PropTime, w.interval(p.Time))
	if p.Quantity != nil {
		w.ref(iri, PropQuantity, w.quantity(p.Quantity, es))
	}
	for i := range p.Counts {
		w.ref(iri, PropQuantity, w.quantity(&p.Counts[i], es))
	}
	w.ref(iri, PropWhole, p.Whole)
	w.str(iri, PropContent, foldWords(p.Text))
	return iri
}

func (w *encoder) claim(c *Claim, es Entities) {
	iri := c.IRI(w.doc)
	if !w.once(iri, ClassClaim) {
		return
	}
	p := &c.Proposition
	w.str(iri, rdf.RDFSLabel, c.Describe(es))
	w.ref(iri, PropDocument, w.doc)
	w.triple(iri, PropGenerated, w.run)
	w.ref(iri, PropProposition, w.proposition(p, es))
	w.ref(iri, PropClaimant, c.Claimant)
	w.ref(iri, PropOnBehalfOf, c.OnBehalfOf)
	for _, v := range c.Via {
		w.ref(iri, PropVia, v)
	}
	w.chain(iri, c)
	w.str(iri, PropUtterance, c.Utterance)
	w.ref(iri, PropSaidOn, w.interval(c.SaidOn))
	w.triple(iri, PropStance, rdf.IRI(NSStance+string(c.Stance)))
	w.triple(iri, PropModality, rdf.IRI(NSModality+string(c.Modality)))
	w.triple(iri, PropNegated, rdf.NewBoolean(c.Negated))
	w.str(iri, PropSource, c.Source)
	for _, s := range c.Evidence {
		w.ref(iri, PropEvidence, w.span(s))
	}
	w.str(iri, PropRule, c.Rule)
	w.triple(iri, PropConfidence, rdf.NewTyped(decimal(c.Confidence), rdf.XSDDecimal))
	w.ref(iri, PropDecision, c.Decision)
	w.ref(iri, PropReplaces, c.Replaces)

	// What belongs to this wording of the proposition, not to its content.
	if p.Side > 0 {
		w.integer(iri, PropSide, int64(p.Side))
	}
	w.str(iri, PropWording, p.Text)
	for _, name := range slices.Sorted(maps.Keys(p.Manner)) {
		w.str(iri, rdf.IRI(NSManner+name), p.Manner[name])
	}
	w.str(iri, PropTimeText, p.Time.Text)
	w.str(iri, PropTimeRule, p.Time.Rule)
	w.str(iri, PropSaidText, c.SaidOn.Text)
	w.str(iri, PropSaidRule, c.SaidOn.Rule)

	for _, e := range c.Edges(es) {
		w.edge(iri, e, es)
	}
}

// chain writes through whom the claim reached us as an RDF list, nearest to us
// first. The document heads it unless it is itself the claimant.
func (w *encoder) chain(iri Ref, c *Claim) {
	links := c.Via
	if c.Claimant != w.doc {
		links = append([]Ref{w.doc}, c.Via...)
	}
	if len(links) == 0 {
		return
	}
	cell := func(n int) Ref { return iri + Ref("/chain/"+strconv.Itoa(n+1)) }
	w.ref(iri, PropChain, cell(0))
	for i, l := range links {
		w.ref(cell(i), rdf.RDFFirst, l)
		if i+1 < len(links) {
			w.ref(cell(i), rdf.RDFRest, cell(i+1))
		} else {
			w.triple(cell(i), rdf.RDFRest, rdf.RDFNil)
		}
	}
}

// edge writes the edge that a claim speaks of: the plain or the qualified
// triple, the RDF 1.2 reifier (the claim itself) and the RDF 1.1 node.
func (w *encoder) edge(claim Ref, e Edge, es Entities) {
	t := e.Triple()
	w.triple(claim, rdf.RDFReifies, t)
	node := e.IRI()
	w.ref(claim, PropEdge, node)
	if w.once(node, ClassEdge) {
		w.triple(node, rdf.RDFType, rdf.RDFStatement)
		w.triple(node, rdf.RDFSubject, t.Subject)
		w.triple(node, rdf.RDFPredicate, t.Predicate)
		w.triple(node, rdf.RDFObject, t.Object)
		w.str(node, PropVerb, e.verb)
		w.str(node, rdf.RDFSLabel, es.Name(e.Subject)+" "+e.verb+" "+es.Name(e.Object))
	}
	if w.o.AssertReported && e.Qualifier == "reported" {
		e.Qualifier = ""
	}
	property := rdf.IRI(NS + e.Property())
	w.triple(e.Subject, property, t.Object)
	if !e.Asserted() {
		w.triple(Ref(property), PropQualifies, t.Predicate)
		w.str(Ref(property), PropQualifier, e.Qualifier)
	}
}

// decimal writes a confidence with the least digits, as xsd:decimal has it.
func decimal(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
