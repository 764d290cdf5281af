package claim

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Revision is a document as it stood at one time. The current one has its text
// and claims under the document itself; earlier ones keep their own.
type Revision struct {
	IRI      Ref
	Name     string // as the source numbers it, or the beginning of its checksum
	SHA256   string
	Modified string // as far as the source says it
	Previous Ref    // the revision that it came after
	Current  bool
}

// revisionName is how many digits of the checksum name a revision that its
// source does not number.
const revisionName = 12

func (d *Document) revisionIRI() Ref { return d.IRI + "/revision/" + Ref(slugOf(d.revision())) }

func (d *Document) revision() string {
	return cmp.Or(d.Revision, d.SHA256[:min(revisionName, len(d.SHA256))])
}

// slugOf keeps of a name what an IRI can have.
func slugOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, s)
}

// snapshot is what an earlier revision said.
type snapshot struct {
	Claims   []Claim  `json:"claims"`
	Entities []Entity `json:"entities"`
}

// revise compares an extraction with what the graph holds of its document. When
// that is another revision, it returns the quads that keep it: its text, what it
// said, and what changed. When the extraction is of a revision that came before
// the one that the graph has, past is true, and nothing but these quads is to be
// added.
func (r *Reader) revise(ctx context.Context, ex *Extraction, o EncodeOptions) (quads []rdf.Quad, past bool, err error) {
	d, ok, err := r.Document(ctx, ex.Document.IRI)
	if err != nil || !ok || d.Text == "" || ex.Document.Text == "" || d.SHA256 == "" || ex.Document.SHA256 == "" {
		return nil, false, err
	}
	was, is := d.revisionIRI(), ex.Document.revisionIRI()
	if was == is || d.SHA256 == ex.Document.SHA256 && (d.Revision == "" || ex.Document.Revision == "") {
		return nil, false, nil
	}
	n, err := r.node(ctx, is)
	if err != nil {
		return nil, false, err
	}
	if n.is(ClassRevision) {
		return nil, true, nil // known, and not the current one
	}
	w := newEncoder(o, func(q rdf.Quad) { quads = append(quads, q) })
	if d.Modified != "" && ex.Document.Modified != "" && ex.Document.Modified < d.Modified {
		w.revision(&ex.Document, "", false)
		w.said(is, ex)
		return quads, true, nil
	}
	before, err := r.Extraction(ctx, d.IRI)
	if err != nil {
		return nil, false, err
	}
	w.revision(&d, "", false)
	w.said(was, before)
	w.revision(&ex.Document, was, true)
	es := ex.EntityMap()
	for ref, e := range before.EntityMap() {
		if es[ref] == nil {
			es[ref] = e
		}
	}
	for _, c := range Changes(before, ex) {
		w.change(&c, was, is, d.IRI, es)
	}
	return quads, false, nil
}

// revision writes what is said of a revision.
func (w *encoder) revision(d *Document, previous Ref, now bool) {
	iri := d.revisionIRI()
	w.triple(iri, rdf.RDFType, ClassRevision)
	w.str(iri, rdf.RDFSLabel, d.Title+", revision "+d.revision())
	w.ref(iri, PropSpecializes, d.IRI)
	w.str(iri, PropRevision, d.revision())
	w.str(iri, PropSHA256, d.SHA256)
	w.str(iri, PropModified, d.Modified)
	w.ref(iri, PropRevisionOf, previous)
	if now {
		at := w.o.Now
		if at.IsZero() {
			at = time.Now()
		}
		w.triple(iri, PropLoaded, rdf.NewTyped(at.UTC().Format(time.RFC3339), rdf.XSDDateTime))
	}
}

// said writes the text and the claims of a revision that is not the current one.
func (w *encoder) said(iri Ref, ex *Extraction) {
	if !w.o.NoText {
		w.triple(iri, PropText, rdf.NewLang(ex.Document.Text, ex.Document.Language))
	}
	b, err := json.Marshal(snapshot{ex.Claims, ex.Entities})
	if err == nil { // nothing in a claim fails to marshal
		w.str(iri, PropSnapshot, string(b))
	}
}

// ChangeKind is how a later revision differs from an earlier one in one claim.
type ChangeKind string

// The kinds of changes.
const (
	ClaimAdded     ChangeKind = "added"
	ClaimWithdrawn ChangeKind = "withdrawn"
	ClaimChanged   ChangeKind = "changed"
)

// Change is a difference between two revisions of a document.
type Change struct {
	Kind          ChangeKind
	Before, After *Claim   // nil when there is none
	Fields        []string // of a changed claim: quantity, time, place
}

// Changes compares two revisions of one document. A claim that says the same is
// the same, in whatever words and wherever it stands. One of the same kind, about
// the same people and in the same voice, but with another number, time or place,
// is changed.
func Changes(before, after *Extraction) []Change {
	type pairing struct {
		old []*Claim
	}
	olds, news := make([]*Claim, 0, len(before.Claims)), make([]*Claim, 0, len(after.Claims))
	for i := range before.Claims {
		olds = append(olds, &before.Claims[i])
	}
	for i := range after.Claims {
		news = append(news, &after.Claims[i])
	}
	var out []Change
	// match pairs claims that have a key in common, in the order of the texts.
	match := func(key func(*Claim, Ref) string, pair func(a, b *Claim)) {
		byKey := make(map[string]*pairing)
		for _, c := range olds {
			k := key(c, before.Document.IRI)
			if byKey[k] == nil {
				byKey[k] = &pairing{}
			}
			byKey[k].old = append(byKey[k].old, c)
		}
		gone := make(map[*Claim]bool)
		for _, c := range news {
			p := byKey[key(c, after.Document.IRI)]
			if p == nil || len(p.old) == 0 {
				continue
			}
			pair(p.old[0], c)
			gone[p.old[0]], gone[c] = true, true
			p.old = p.old[1:]
		}
		olds = slices.DeleteFunc(olds, func(c *Claim) bool { return gone[c] })
		news = slices.DeleteFunc(news, func(c *Claim) bool { return gone[c] })
	}
	same := func(c *Claim, d Ref) string { return (&Finding{Claim: c}).key(d) }
	match(func(c *Claim, d Ref) string { return same(c, d) + c.Proposition.Time.Lexical() }, func(_, _ *Claim) {})
	changed := func(a, b *Claim) {
		out = append(out, Change{Kind: ClaimChanged, Before: a, After: b, Fields: differing(a, b)})
	}
	match(same, changed)
	match(func(c *Claim, d Ref) string { return looseKey(c, d, true) }, changed)
	match(func(c *Claim, d Ref) string { return looseKey(c, d, false) }, changed)
	for _, c := range olds {
		out = append(out, Change{Kind: ClaimWithdrawn, Before: c})
	}
	for _, c := range news {
		out = append(out, Change{Kind: ClaimAdded, After: c})
	}
	return out
}

// looseKey tells what a claim is about, without its number and time and, as
// asked, its place.
func looseKey(c *Claim, document Ref, place bool) string {
	loose := *c
	p := &loose.Proposition
	if q := p.Quantity; q != nil {
		p.Quantity = &Quantity{Metric: q.Metric, Party: q.Party}
	}
	if !place {
		p.Place = ""
	}
	return (&Finding{Claim: &loose}).key(document)
}

func differing(a, b *Claim) []string {
	var out []string
	p, q := &a.Proposition, &b.Proposition
	number := func(p *Proposition) string {
		if p.Quantity == nil {
			return ""
		}
		return p.Quantity.key()
	}
	if number(p) != number(q) {
		out = append(out, "quantity")
	}
	if p.Time.Lexical() != q.Time.Lexical() {
		out = append(out, "time")
	}
	if p.Place != q.Place {
		out = append(out, "place")
	}
	return out
}

// Describe says in a sentence what changed.
func (c *Change) Describe(es Entities) string {
	switch c.Kind {
	case ClaimAdded:
		return "added: " + c.After.Describe(es)
	case ClaimWithdrawn:
		return "withdrawn: " + c.Before.Describe(es)
	default:
		return strings.Join(c.Fields, ", ") + " changed: " + c.Before.Describe(es) + " → " + c.After.Proposition.Describe(es)
	}
}

// change writes a change, and what is withdrawn by it as a candidate under the
// revision that said it last.
func (w *encoder) change(c *Change, was, is, document Ref, es Entities) {
	var k content
	k.add("kind", string(c.Kind))
	before, after := Ref(""), Ref("")
	if c.Before != nil {
		before = c.Before.IRI(document)
	}
	if c.After != nil {
		after = c.After.IRI(document)
	}
	k.add("before", string(before))
	k.add("after", string(after))
	node := is + "/change/" + Ref(hash(k.String()))
	w.triple(node, rdf.RDFType, ClassChange)
	w.str(node, rdf.RDFSLabel, c.Describe(es))
	w.ref(node, PropChangeIn, is)
	w.ref(node, PropChangeOf, document)
	w.str(node, PropChangeKind, string(c.Kind))
	for _, f := range c.Fields {
		w.str(node, PropChangedField, f)
	}
	if c.After != nil {
		w.ref(node, PropAfter, after)
		w.str(node, PropAfterText, c.After.Proposition.Describe(es))
		w.quoteOf(node, PropAfterQuote, c.After)
	}
	if c.Before == nil {
		return
	}
	w.str(node, PropBeforeText, c.Before.Proposition.Describe(es))
	w.quoteOf(node, PropBeforeQuote, c.Before)
	withdrawn := was + "/claim/" + before[strings.LastIndexByte(string(before), '/')+1:]
	w.ref(node, PropBefore, withdrawn)
	doc := w.doc
	w.doc = was
	f := Finding{Claim: c.Before, Rule: c.Before.Rule}
	w.triple(withdrawn, rdf.RDFType, ClassCandidate)
	w.str(withdrawn, rdf.RDFSLabel, c.Before.Describe(es))
	w.ref(withdrawn, PropDocument, was)
	for _, s := range c.Before.Evidence {
		w.ref(withdrawn, PropEvidence, w.span(s))
	}
	w.str(withdrawn, PropRule, c.Before.Rule)
	w.triple(withdrawn, PropConfidence, rdf.NewTyped(decimal(c.Before.Confidence), rdf.XSDDecimal))
	w.str(withdrawn, PropStatus, string(Withdrawn))
	w.ref(withdrawn, PropWithdrawnIn, is)
	w.str(withdrawn, PropFinding, f.json())
	w.doc = doc
}

func (w *encoder) quoteOf(node Ref, p rdf.IRI, c *Claim) {
	if len(c.Evidence) > 0 {
		w.str(node, p, c.Evidence[0].Quote)
	}
}

// Revisions returns the revisions of a document, the oldest first; none when only
// one is known.
func (r *Reader) Revisions(ctx context.Context, document Ref) ([]Revision, error) {
	iris, err := r.subjects(ctx, PropSpecializes, rdf.IRI(document))
	if err != nil || len(iris) == 0 {
		return nil, err
	}
	d, _, err := r.Document(ctx, document)
	if err != nil {
		return nil, err
	}
	var out []Revision
	depth := make(map[Ref]int)
	previous := make(map[Ref]Ref)
	for _, iri := range iris {
		n, err := r.node(ctx, iri)
		if err != nil {
			return nil, err
		}
		if !n.is(ClassRevision) {
			continue
		}
		v := Revision{IRI: iri, Name: n.str(PropRevision), SHA256: n.str(PropSHA256), Modified: n.str(PropModified), Previous: n.ref(PropRevisionOf)}
		v.Current = iri == d.revisionIRI()
		previous[iri] = v.Previous
		out = append(out, v)
	}
	for _, v := range out {
		for at := v.IRI; previous[at] != "" && depth[v.IRI] < len(out); at = previous[at] {
			depth[v.IRI]++
		}
	}
	slices.SortFunc(out, func(a, b Revision) int {
		if a.Modified != "" && b.Modified != "" && a.Modified != b.Modified {
			return cmp.Compare(a.Modified, b.Modified)
		}
		return cmp.Or(cmp.Compare(depth[a.IRI], depth[b.IRI]), cmp.Compare(a.IRI, b.IRI))
	})
	return out, nil
}

// At reads what a document said in a revision.
func (r *Reader) At(ctx context.Context, document Ref, v Revision) (*Extraction, error) {
	if v.Current {
		return r.Extraction(ctx, document)
	}
	n, err := r.node(ctx, v.IRI)
	if err != nil {
		return nil, err
	}
	var s snapshot
	if err := json.Unmarshal([]byte(n.str(PropSnapshot)), &s); err != nil {
		return nil, fmt.Errorf("claim: what %s said cannot be read: %w", v.IRI, err)
	}
	return &Extraction{Document: Document{IRI: document, Text: n.str(PropText), SHA256: v.SHA256, Revision: v.Name, Modified: v.Modified}, Claims: s.Claims, Entities: s.Entities}, nil
}

// DocumentCalled returns the document with an IRI, or with a title that only one
// has.
func (r *Reader) DocumentCalled(ctx context.Context, name string) (Ref, error) {
	if _, ok, err := r.Document(ctx, Ref(name)); err != nil || ok {
		return Ref(name), err
	}
	titled, err := r.subjects(ctx, PropTitle, rdf.NewString(name))
	if err != nil {
		return "", err
	}
	switch len(titled) {
	case 1:
		return titled[0], nil
	case 0:
		return "", fmt.Errorf("claim: there is no document %q: %w", name, graph.ErrBadRequest)
	default:
		return "", fmt.Errorf("claim: several documents are called %q: %v: %w", name, titled, graph.ErrBadRequest)
	}
}
