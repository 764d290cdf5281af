package claim

import (
	"strconv"

	"github.com/belligraph/belligraph/graph/rdf"
)

// RecordEncoder writes rows of datasets, of which there are millions. They say
// what articles say in fewer quads: what is equal in all claims of a file stands
// on the run and the file (the rule, the confidence), what is not negated is not
// said to be so, labels that only repeat other quads in words are left out, and
// edges are reified by their claims alone, as RDF 1.2 does it, without the node
// of RDF 1.1.
//
// What rows share, such as actors, quantities and times, is written once in a
// while, not with every row. An encoder is used by one goroutine.
type RecordEncoder struct {
	graph, run rdf.Term
	emit       func(rdf.Quad)

	entities   map[described]struct{}
	quantities map[counted]rdf.Term
	times      map[[4]Date]rdf.Term
}

// maxDescribed bounds each of the tables of what was written lately.
const maxDescribed = 1 << 15

// described is an entity as it was described.
type described struct {
	iri, of, within Ref
	kind            EntityKind
	label           string
}

// counted is the content of a quantity without parts.
type counted struct {
	metric         string
	party          Ref
	min, max, best int64
	has            [3]bool
	comparator     Comparator
}

// NewRecordEncoder returns an encoder of the rows that the run reads.
func NewRecordEncoder(graph rdf.Term, run Ref, emit func(rdf.Quad)) *RecordEncoder {
	return &RecordEncoder{
		graph: graph, run: rdf.IRI(run), emit: emit,
		entities: make(map[described]struct{}), quantities: make(map[counted]rdf.Term), times: make(map[[4]Date]rdf.Term),
	}
}

// Terms that most rows need, made once.
var (
	termType, termLabel          rdf.Term = rdf.RDFType, rdf.RDFSLabel
	termRecord                   rdf.Term = ClassRecord
	termClaim, termProposition   rdf.Term = ClassClaim, ClassProposition
	termEvent, termKnown         rdf.Term = ClassEvent, PropKnown
	termInDocument, termRun      rdf.Term = PropDocument, PropGenerated
	termSays, termClaimant       rdf.Term = PropProposition, PropClaimant
	termStance, termModality     rdf.Term = PropStance, PropModality
	termKind, termAgent, termAt  rdf.Term = PropKind, PropAgent, PropPlace
	termOfEvent, termTime        rdf.Term = PropEvent, PropTime
	termQuantity, termReifies    rdf.Term = PropQuantity, rdf.RDFReifies
	termTrue, termFalse          rdf.Term = rdf.NewBoolean(true), rdf.NewBoolean(false)
	termAsserts, termFact        rdf.Term = rdf.IRI(NSStance + string(Asserts)), rdf.IRI(NSModality + string(StatedAsFact))
	termWhole, termVia           rdf.Term = PropWhole, PropVia
	termTimeText                 rdf.Term = PropTimeText
	termContentText, termWording rdf.Term = PropContent, PropWording
	termTookPlaceAt              rdf.Term = rdf.IRI(NS + "tookPlaceAt")
	termParticipant              rdf.Term = rdf.IRI(NS + "participant")
	termPartOf                   rdf.Term = rdf.IRI(NS + "partOf")
)

var recordKinds = func() map[string]rdf.Term {
	m := make(map[string]rdf.Term)
	for _, k := range Kinds() {
		m[k.Name] = rdf.IRI(NSKind + k.Name)
	}
	return m
}()

func kindTerm(kind string) rdf.Term {
	if t := recordKinds[kind]; t != nil {
		return t
	}
	return rdf.IRI(NSKind + kind)
}

func (w *RecordEncoder) quad(s, p, o rdf.Term) {
	w.emit(rdf.Quad{Subject: s, Predicate: p, Object: o, Graph: w.graph})
}

func (w *RecordEncoder) ref(s, p rdf.Term, o Ref) {
	if o != "" {
		w.quad(s, p, rdf.IRI(o))
	}
}

func (w *RecordEncoder) str(s, p rdf.Term, value string) {
	if value != "" {
		w.quad(s, p, rdf.NewString(value))
	}
}

// Encode writes one row. Of the document it writes what differs from row to
// row; the file that the rows belong to has the rest.
func (w *RecordEncoder) Encode(ex *Extraction) {
	doc := rdf.Term(rdf.IRI(ex.Document.IRI))
	w.quad(doc, termType, termRecord)
	w.str(doc, termLabel, ex.Document.Title)
	for i := range ex.Entities {
		w.entity(&ex.Entities[i])
	}
	for i := range ex.Claims {
		w.claim(doc, ex.Document.IRI, &ex.Claims[i])
	}
}

func (w *RecordEncoder) entity(e *Entity) {
	if e.Kind != Incident {
		d := described{e.IRI, e.Of, e.Within, e.Kind, e.Label}
		if _, ok := w.entities[d]; ok {
			return
		}
		if len(w.entities) >= maxDescribed {
			clear(w.entities)
		}
		w.entities[d] = struct{}{}
	}
	s := rdf.Term(rdf.IRI(e.IRI))
	kind := e.Kind
	if kind == "" {
		kind = Organisation
	}
	w.quad(s, termType, rdf.IRI(NS+string(kind)))
	if kind == Battle || kind == Operation || kind == Conflict || kind == Incident {
		w.quad(s, termType, termEvent)
	}
	w.str(s, termLabel, e.Label)
	for _, a := range e.Aliases {
		if a != e.Label {
			w.quad(s, rdf.Term(PropAltLabel), rdf.NewString(a))
		}
	}
	w.ref(s, rdf.Term(PropOf), e.Of)
	w.ref(s, rdf.Term(PropWithin), e.Within)
	for _, n := range e.Near {
		w.ref(s, rdf.Term(PropNear), n)
	}
	for _, same := range e.SameAs {
		w.ref(s, rdf.Term(PropSameAs), same)
	}
	if day := e.From.firstDay(); day != "" {
		w.quad(s, rdf.Term(PropFrom), rdf.NewTyped(day, rdf.XSDDate))
	}
	if day := e.To.lastDay(); day != "" {
		w.quad(s, rdf.Term(PropTo), rdf.NewTyped(day, rdf.XSDDate))
	}
	switch {
	case e.Known:
		w.quad(s, termKnown, termTrue)
	case kind != Incident: // every row has one, and none is known
		w.quad(s, termKnown, termFalse)
	}
}

func (w *RecordEncoder) claim(doc rdf.Term, document Ref, c *Claim) {
	p := &c.Proposition
	proposition := p.IRI()
	s := rdf.Term(rdf.IRI(c.iri(document, proposition)))
	w.quad(s, termType, termClaim)
	w.quad(s, termInDocument, doc)
	w.quad(s, termRun, w.run)
	w.ref(s, termSays, proposition)
	w.ref(s, termClaimant, c.Claimant)
	w.ref(s, rdf.Term(PropOnBehalfOf), c.OnBehalfOf)
	for _, v := range c.Via {
		w.ref(s, termVia, v)
	}
	if c.Stance == Asserts {
		w.quad(s, termStance, termAsserts)
	} else {
		w.quad(s, termStance, rdf.IRI(NSStance+string(c.Stance)))
	}
	if c.Modality == StatedAsFact {
		w.quad(s, termModality, termFact)
	} else {
		w.quad(s, termModality, rdf.IRI(NSModality+string(c.Modality)))
	}
	if c.Negated {
		w.quad(s, rdf.Term(PropNegated), termTrue)
	}
	if c.Confidence != 1 {
		w.quad(s, rdf.Term(PropConfidence), rdf.NewTyped(decimal(c.Confidence), rdf.XSDDecimal))
	}
	w.ref(s, rdf.Term(PropDecision), c.Decision)
	w.ref(s, rdf.Term(PropReplaces), c.Replaces)
	content := foldWords(p.Text)
	if p.Text != content {
		w.str(s, termWording, p.Text)
	}
	for name, value := range p.Manner {
		w.str(s, mannerTerm(name), value)
	}
	w.str(s, termTimeText, p.Time.Text)
	if said := w.time(c.SaidOn); said != nil {
		w.quad(s, rdf.Term(PropSaidOn), said)
	}
	w.proposition(rdf.IRI(proposition), p)

	if p.Kind == KindCasualties && len(p.Also) == 0 && p.Place == "" && len(p.Patient) == 0 {
		return // a count links nothing
	}
	if c.qualifier() == "" && p.composite() {
		w.plainEdges(s, p)
		return
	}
	for _, e := range c.appendEdges(nil, nil) {
		t := e.Triple()
		w.quad(s, termReifies, t)
		if e.Asserted() {
			w.quad(t.Subject, t.Predicate, t.Object)
			continue
		}
		property := rdf.Term(rdf.IRI(NS + e.Property()))
		w.quad(t.Subject, property, t.Object)
		w.quad(property, rdf.Term(PropQualifies), t.Predicate)
		w.str(property, rdf.Term(PropQualifier), e.Qualifier)
	}
}

// plainEdges writes the edges of what a row says in one breath, as
// [Claim.Edges] has them.
func (w *RecordEncoder) plainEdges(claim rdf.Term, p *Proposition) {
	event := rdf.Term(rdf.IRI(p.Event))
	edge := func(property rdf.Term, object Ref) {
		if object == "" {
			return
		}
		t := rdf.Triple{Subject: event, Predicate: property, Object: rdf.IRI(object)}
		w.quad(claim, termReifies, t)
		w.quad(t.Subject, t.Predicate, t.Object)
	}
	for i := -1; i < len(p.Also); i++ {
		kind := p.Kind
		if i >= 0 {
			kind = p.Also[i]
		}
		switch kind {
		case KindPlace:
			edge(termTookPlaceAt, p.Place)
		case KindParticipant:
			for _, a := range p.Agent {
				edge(termParticipant, a)
			}
		}
	}
	edge(termPartOf, p.Whole)
}

// mannerTerms are the manners that rows have.
var mannerTerms = map[string]rdf.Term{
	"role": rdf.IRI(NSManner + "role"), "precision": rdf.IRI(NSManner + "precision"), "subtype": rdf.IRI(NSManner + "subtype"),
	"of": rdf.IRI(NSManner + "of"), "beside": rdf.IRI(NSManner + "beside"),
}

func mannerTerm(name string) rdf.Term {
	if t := mannerTerms[name]; t != nil {
		return t
	}
	return rdf.IRI(NSManner + name)
}

func (w *RecordEncoder) proposition(s rdf.Term, p *Proposition) {
	w.quad(s, termType, termProposition)
	w.quad(s, termKind, kindTerm(p.Kind))
	for _, k := range p.Also {
		w.quad(s, termKind, kindTerm(k))
	}
	for _, a := range p.Agent {
		w.ref(s, termAgent, a)
	}
	for _, a := range p.Patient {
		w.ref(s, rdf.Term(PropPatient), a)
	}
	w.ref(s, termAt, p.Place)
	w.ref(s, termOfEvent, p.Event)
	w.ref(s, termWhole, p.Whole)
	if t := w.time(p.Time); t != nil {
		w.quad(s, termTime, t)
	}
	if p.Quantity != nil {
		w.quad(s, termQuantity, w.quantity(p.Quantity))
	}
	for i := range p.Counts {
		w.quad(s, termQuantity, w.quantity(&p.Counts[i]))
	}
	w.str(s, termContentText, foldWords(p.Text))
}

func (w *RecordEncoder) time(i Interval) rdf.Term {
	if i.IsZero() {
		return nil
	}
	key := [4]Date{i.EarliestBegin, i.LatestBegin, i.EarliestEnd, i.LatestEnd}
	if t := w.times[key]; t != nil {
		return t
	}
	if len(w.times) >= maxDescribed {
		clear(w.times)
	}
	s := rdf.Term(rdf.IRI(i.IRI()))
	w.times[key] = s
	w.quad(s, termType, rdf.Term(ClassInterval))
	w.str(s, termLabel, i.Describe())
	w.str(s, rdf.Term(PropLexical), i.Lexical())
	date := func(p rdf.IRI, day string) {
		if day != "" {
			w.quad(s, p, rdf.NewTyped(day, rdf.XSDDate))
		}
	}
	date(PropEarliestBegin, i.EarliestBegin.firstDay())
	date(PropLatestBegin, i.LatestBegin.lastDay())
	date(PropEarliestEnd, i.EarliestEnd.firstDay())
	date(PropLatestEnd, i.LatestEnd.lastDay())
	return s
}

func (q *Quantity) counted() (counted, bool) {
	k := counted{metric: q.Metric, party: q.Party, comparator: q.Comparator}
	for i, n := range []*int64{q.Min, q.Max, q.Best} {
		if n == nil {
			continue
		}
		k.has[i] = true
		*[]*int64{&k.min, &k.max, &k.best}[i] = *n
	}
	return k, len(q.Includes) == 0
}

func (w *RecordEncoder) quantity(q *Quantity) rdf.Term {
	key, simple := q.counted()
	if t := w.quantities[key]; simple && t != nil {
		return t
	}
	if len(w.quantities) >= maxDescribed {
		clear(w.quantities)
	}
	s := rdf.Term(rdf.IRI(q.IRI()))
	if simple {
		w.quantities[key] = s
	}
	w.quad(s, termType, rdf.Term(ClassQuantity))
	w.str(s, termLabel, q.Describe())
	w.quad(s, rdf.Term(PropMetric), rdf.IRI(NSMetric+q.Metric))
	w.ref(s, rdf.Term(PropParty), q.Party)
	integer := func(p rdf.IRI, n *int64) {
		if n != nil {
			w.quad(s, p, rdf.NewTyped(strconv.FormatInt(*n, 10), rdf.XSDInteger))
		}
	}
	integer(PropMin, q.Min)
	integer(PropMax, q.Max)
	integer(PropBest, q.Best)
	w.str(s, rdf.Term(PropComparator), string(q.Comparator))
	for i := range q.Includes {
		w.quad(s, rdf.Term(PropIncludes), w.quantity(&q.Includes[i]))
	}
	return s
}
