package claim

import (
	"cmp"
	"slices"
)

// Status is what became of a finding.
type Status string

// The statuses. Open candidates wait for a person; Withdrawn is what a later
// revision of the document does not say any more.
const (
	Open         Status = "open"
	WasAccepted  Status = "accepted"
	WasRejected  Status = "rejected"
	WasCorrected Status = "corrected"
	Withdrawn    Status = "withdrawn"
)

// aside is a finding that is not simply a claim.
type aside struct {
	iri      Ref
	status   Status
	finding  Finding
	decision Ref
	stands   bool // as a claim, which says the rest
	made     bool // by a person: there is no finding of a machine behind it
}

// item is a finding while decisions are applied.
type item struct {
	aside
	claim   *Claim // in answers; nil when it is set aside
	by      *item  // what a correction put in its place
	dropped bool   // made by a decision that a later one replaces
}

// settled is what findings and decisions come to.
type settled struct {
	claims []Claim
	aside  []aside
	lost   []Ref // decisions whose words are not in the document any more
}

// settlement applies decisions to the findings in one document.
type settlement struct {
	document Ref
	text     []rune
	items    []*item
	byIRI    map[Ref]*item
	lost     []Ref
}

// settle applies decisions, which must be in the order of time, to findings. It
// depends on nothing else: the same findings and decisions come to the same.
func settle(d *Document, findings []Finding, decisions []Decision) settled {
	s := &settlement{document: d.IRI, byIRI: make(map[Ref]*item, len(findings))}
	for _, f := range findings {
		it := &item{aside: aside{iri: f.IRI(d.IRI), finding: f, status: Open}}
		if f.Reason == "" {
			it.claim, it.status = f.Claim, ""
		}
		if s.byIRI[it.iri] != nil {
			continue // found twice, by two rules: the first counts
		}
		s.byIRI[it.iri] = it
		s.items = append(s.items, it)
	}
	if decisions = standing(decisions); len(decisions) > 0 {
		s.text = []rune(d.Text)
	}
	for i := range decisions {
		s.apply(&decisions[i])
	}
	return s.result()
}

func (s *settlement) apply(d *Decision) {
	it := s.find(d)
	if it != nil {
		it.release()
	}
	switch {
	case d.Verdict == Reject && it != nil:
		if it.made && it.claim != nil {
			it.finding = Finding{Claim: it.claim, Rule: it.claim.Rule}
		}
		it.claim, it.status, it.decision = nil, WasRejected, d.ID
	case d.Verdict == Reject:
		// Nothing to reject: the extractor does not say it any more. If its very
		// words are gone too, it may come back in others.
		if _, ok := s.locate(d); !ok {
			s.lost = append(s.lost, d.ID)
		}
	case d.Verdict == Accept && it != nil && it.finding.Claim != nil:
		c := it.finding.Claim.clone()
		c.Confidence, c.Decision = 1, d.ID
		it.claim, it.status, it.decision = c, WasAccepted, d.ID
	case d.Verdict == Accept:
		s.make(d, d.Found.Claim, nil)
	case d.Verdict == Correct:
		s.make(d, d.Correction.Claim, it)
	}
}

// release takes back what an earlier correction of the item put in its place.
func (it *item) release() {
	by := it.by
	it.by = nil
	if by == nil || by == it {
		return
	}
	if by.made {
		by.claim, by.dropped = nil, true
		return
	}
	by.decision, by.claim, by.status = "", nil, Open
	if by.finding.Reason == "" {
		by.claim, by.status = by.finding.Claim, ""
	}
}

// make puts a claim that a person made in the place of an item; without one it
// stands on the words that the person read.
func (s *settlement) make(d *Decision, said *Claim, it *item) {
	c := said.clone()
	c.Decision, c.Confidence = d.ID, 1
	if d.Verdict == Correct {
		c.Rule = RulePerson
	}
	switch {
	case it != nil && len(it.finding.Evidence()) > 0:
		c.Evidence = slices.Clone(it.finding.Evidence())
	default:
		spans, ok := s.locate(d)
		if !ok {
			s.lost = append(s.lost, d.ID)
			return
		}
		c.Evidence = spans
	}
	iri := c.IRI(s.document)
	if it != nil && it.iri != iri {
		c.Replaces = it.iri
		if it.made && it.claim != nil {
			it.finding = Finding{Claim: it.claim, Rule: it.claim.Rule}
		}
		it.claim, it.status, it.decision = nil, WasCorrected, d.ID
	}
	same := s.byIRI[iri] // the extractor may have found it as well
	if same == nil {
		same = &item{aside: aside{iri: iri, made: true}}
		s.byIRI[iri] = same
		s.items = append(s.items, same)
	}
	same.claim, same.decision, same.status, same.dropped = c, d.ID, WasAccepted, false
	if it != nil {
		it.by = same
	}
	if same == it {
		same.status = WasCorrected
	}
}

// find returns what a decision is about: the finding itself, by its identifier;
// the same content in the same words elsewhere in the text, or in words that
// hold or are held by those; and, but for a rejection, another content in the
// very same words, if there is only one of its kind: there a person knows better
// than a new rule, while a new rule may well have mended what was rejected.
func (s *settlement) find(d *Decision) *item {
	if it := s.byIRI[d.Target]; it != nil && !it.dropped {
		return it
	}
	if len(d.Anchors) == 0 && len(d.Found.Evidence()) == 0 { // of a row
		return s.only(func(it *item) bool {
			return len(it.finding.Evidence()) == 0 && it.finding.key(s.document) == d.Found.key(d.Document)
		})
	}
	key := d.Found.key(d.Document)
	quote := d.quote()
	sameContent := func(it *item) bool { return it.finding.key(s.document) == key }
	words := func(it *item) string {
		if e := it.finding.Evidence(); len(e) > 0 {
			return e[0].Quote
		}
		return ""
	}
	if it := s.nearest(d, func(it *item) bool { return words(it) == quote && sameContent(it) }); it != nil {
		return it
	}
	if it := s.nearest(d, func(it *item) bool { return meets(words(it), quote) && sameContent(it) }); it != nil {
		return it
	}
	if d.Verdict == Reject {
		return nil
	}
	return s.only(func(it *item) bool {
		return words(it) == quote && it.finding.kind() == d.Found.kind() && it.status != WasCorrected
	})
}

func (d *Decision) quote() string {
	if len(d.Anchors) > 0 {
		return d.Anchors[0].Exact
	}
	if e := d.Found.Evidence(); len(e) > 0 {
		return e[0].Quote
	}
	return ""
}

// only returns the item that matches, if there is just one.
func (s *settlement) only(match func(*item) bool) *item {
	var found *item
	for _, it := range s.items {
		if !match(it) {
			continue
		}
		if found != nil {
			return nil
		}
		found = it
	}
	return found
}

// nearest returns the matching item whose surroundings are most like those of
// the decision. What an earlier decision was about comes last: of two equal
// sentences each has a decision of its own.
func (s *settlement) nearest(d *Decision, match func(*item) bool) *item {
	var best *item
	score := -1
	for _, it := range s.items {
		if !match(it) {
			continue
		}
		n := 0
		if e := it.finding.Evidence(); len(e) > 0 && len(d.Anchors) > 0 {
			at := AnchorOf(s.text, e[0])
			n = commonSuffix([]rune(at.Prefix), []rune(d.Anchors[0].Prefix)) + commonPrefix([]rune(at.Suffix), []rune(d.Anchors[0].Suffix))
			if at.Section == d.Anchors[0].Section {
				n += anchorContext / 2
			}
			n *= 2
		}
		if it.decision == "" {
			n++
		}
		if n > score || n == score && it.iri < best.iri {
			best, score = it, n
		}
	}
	return best
}

// locate finds the words of a decision in the text; a row has none to find.
func (s *settlement) locate(d *Decision) ([]Span, bool) {
	if len(d.Anchors) == 0 {
		return nil, len(d.Found.Evidence()) == 0
	}
	var out []Span
	for i := range d.Anchors {
		at, ok := d.Anchors[i].locate(s.text)
		if !ok {
			return nil, false
		}
		out = append(out, at)
	}
	return out, true
}

func (s *settlement) result() settled {
	var r settled
	made := false
	for _, it := range s.items {
		if it.dropped {
			continue
		}
		if it.claim != nil {
			r.claims = append(r.claims, *it.claim)
			made = made || it.made
		}
		if it.claim == nil || it.decision != "" {
			it.stands = it.claim != nil
			r.aside = append(r.aside, it.aside)
		}
	}
	if made {
		slices.SortStableFunc(r.claims, func(a, b Claim) int { return cmp.Compare(a.start(), b.start()) })
	}
	r.lost = s.lost
	return r
}

// settled returns the extraction as decisions have it.
func (ex *Extraction) settled(decisions []Decision, o EncodeOptions) (*Extraction, []Ref) {
	s := settle(&ex.Document, ex.findings(), decisions)
	out := *ex
	out.Claims, out.aside, out.run = s.claims, s.aside, ex.runIRI(o)
	if out.aside == nil {
		out.aside = []aside{}
	}
	have := ex.EntityMap()
	out.Entities = slices.Clone(ex.Entities)
	for i := range decisions {
		for _, f := range []*Finding{decisions[i].Found, decisions[i].Correction} {
			if f == nil {
				continue
			}
			for k := range f.Entities {
				if e := &f.Entities[k]; have[e.IRI] == nil && out.refersTo(e.IRI) {
					have[e.IRI] = e
					out.Entities = append(out.Entities, *e)
				}
			}
		}
	}
	return &out, s.lost
}

// refersTo reports whether a claim refers to the entity.
func (ex *Extraction) refersTo(r Ref) bool {
	return slices.ContainsFunc(ex.Claims, func(c Claim) bool { return c.Decision != "" && slices.Contains(c.Refers(), r) })
}
