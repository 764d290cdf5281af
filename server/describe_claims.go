package server

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/server/web"
)

// rolesInPropositions are the properties by which a proposition speaks of an
// entity.
var rolesInPropositions = []rdf.Term{claim.PropAgent, claim.PropPatient, claim.PropPlace, claim.PropEvent}

// statedClaim is a claim with where it stands.
type statedClaim struct {
	ref, document claim.Ref
	claim         claim.Claim
}

// start is where the first words of the claim are in its document.
func (s *statedClaim) start() int {
	if len(s.claim.Evidence) == 0 {
		return 0
	}
	return s.claim.Evidence[0].Start
}

// claimsAbout returns the claims that speak of a term or are made by it, those
// that affirm apart from those that deny. For a claim these are all claims of
// its proposition. in holds the quads that point to the term.
func (d *describer) claimsAbout(subject rdf.IRI, in []rdf.Quad) ([]web.Claims, error) {
	refs := []claim.Ref{claim.Ref(subject)}
	propositions := []rdf.Term{subject}
	proposition, err := d.value(subject, claim.PropProposition)
	if err != nil {
		return nil, err
	}
	if proposition != nil {
		propositions = append(propositions, proposition)
	}
	for _, q := range in {
		switch {
		case slices.Contains(rolesInPropositions, q.Predicate):
			propositions = append(propositions, q.Subject)
		case q.Predicate == claim.PropClaimant || q.Predicate == claim.PropEdge:
			refs = append(refs, refOf(q.Subject)...)
		}
	}
	for _, p := range propositions {
		err := d.scan(nil, claim.PropProposition, p, func(q rdf.Quad) bool {
			refs = append(refs, refOf(q.Subject)...)
			return len(refs) < maxPageClaims
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(refs)
	var stated []statedClaim
	for _, ref := range slices.Compact(refs) {
		c, document, ok, err := d.reader.Claim(d.ctx, ref)
		if err != nil {
			return nil, err
		}
		if ok {
			stated = append(stated, statedClaim{ref, document, c})
		}
	}
	slices.SortStableFunc(stated, func(a, b statedClaim) int {
		return cmp.Or(cmp.Compare(a.document, b.document), cmp.Compare(a.start(), b.start()))
	})
	return d.forAndAgainst(stated)
}

// forAndAgainst puts claims in words, in the two groups in which people weigh
// them. Numbers go through both.
func (d *describer) forAndAgainst(stated []statedClaim) ([]web.Claims, error) {
	groups := []web.Claims{{Title: "Claimed"}, {Title: "Denied"}}
	n := 0
	for i := range groups {
		for k := range stated {
			c := &stated[k]
			if against := c.claim.Stance == claim.Denies || c.claim.Negated; against != (i == 1) {
				continue
			}
			w, err := d.claim(c)
			if err != nil {
				return nil, err
			}
			n++
			w.Number = n
			groups[i].List = append(groups[i].List, w)
		}
	}
	return slices.DeleteFunc(groups, func(g web.Claims) bool { return len(g.List) == 0 }), nil
}

func refOf(t rdf.Term) []claim.Ref {
	if i, ok := t.(rdf.IRI); ok {
		return []claim.Ref{claim.Ref(i)}
	}
	return nil
}

// claim puts a claim in words.
func (d *describer) claim(stated *statedClaim) (web.Claim, error) {
	c := &stated.claim
	p := &c.Proposition
	for _, r := range append(c.Refers(), stated.document) {
		if err := d.learn(r); err != nil {
			return web.Claim{}, err
		}
	}
	w := web.Claim{
		Sentence: p.Describe(d.names), Stance: string(c.Stance), Modality: string(c.Modality),
		ModalityText: spaced(string(c.Modality)),
		Claimant:     d.names.Name(c.Claimant), Via: strings.Join(d.names.Names(c.Via), ", "),
		When: c.SaidOn.Describe(), Href: href(rdf.IRI(stated.ref)),
	}
	if c.OnBehalfOf != "" && c.OnBehalfOf != c.Claimant {
		w.Claimant += ", for " + d.names.Name(c.OnBehalfOf)
	}
	if stated.document != "" && c.Claimant != stated.document {
		w.Document = d.names.Name(stated.document)
	}
	for _, s := range c.Evidence {
		e, err := d.evidence(stated.document, s)
		if err != nil {
			return web.Claim{}, err
		}
		w.Evidence = append(w.Evidence, e)
	}
	return w, nil
}

// evidenceContext is how many code points of the text are shown before and
// after a quotation at most.
const evidenceContext = 160

// evidence shows a quotation within its sentence, as the document has it.
func (d *describer) evidence(document claim.Ref, s claim.Span) (web.Evidence, error) {
	e := web.Evidence{Quote: s.Quote}
	if document == "" {
		return e, nil
	}
	text, ok := d.texts[document]
	if !ok {
		v, err := d.value(rdf.IRI(document), claim.PropText)
		if err != nil {
			return e, err
		}
		if l, ok := v.(rdf.Literal); ok {
			text = []rune(l.Lexical)
		}
		d.texts[document] = text
	}
	if s.Start < 0 || s.Start >= s.End || s.End > len(text) || string(text[s.Start:s.End]) != s.Quote {
		return e, nil // the text is not there, or not the one that was read
	}
	e.Before, e.After = around(text, s.Start, s.End)
	e.Href = href(rdf.IRI(document)) + "#" + spanID(s.Start)
	return e, nil
}

// around returns the rest of the sentence, or of the line, before and after a
// stretch of text.
func around(text []rune, start, end int) (before, after string) {
	from := start
	for from > 0 && start-from < evidenceContext && !endsSentence(text, from-1) {
		from--
	}
	to := end
	for to < len(text) && to-end < evidenceContext && text[to] != '\n' {
		to++
		if endsSentence(text, to-1) {
			break
		}
	}
	if from > 0 && start-from == evidenceContext {
		for from < start && !unicode.IsSpace(text[from]) {
			from++
		}
		before = "…"
	}
	before += strings.TrimLeftFunc(string(text[from:start]), unicode.IsSpace)
	if to-end == evidenceContext {
		for to > end && !unicode.IsSpace(text[to-1]) {
			to--
		}
		return before, string(text[end:to]) + "…"
	}
	return before, string(text[end:to])
}

// endsSentence reports whether a sentence or a line ends with text[i]. A point
// between letters or digits, or after a single capital, ends none.
func endsSentence(text []rune, i int) bool {
	switch text[i] {
	case '\n':
		return true
	case '.', '!', '?':
	default:
		return false
	}
	if i+1 < len(text) && !unicode.IsSpace(text[i+1]) {
		return false
	}
	return i < 1 || !unicode.IsUpper(text[i-1]) || i >= 2 && unicode.IsLetter(text[i-2])
}

// spanID names the place in a document's page where evidence begins.
func spanID(start int) string { return fmt.Sprintf("t%d", start) }

// learn makes the name of an entity known to d.names. A document goes by its
// label as well, as it is the claimant of what it states itself.
func (d *describer) learn(r claim.Ref) error {
	if r == "" || d.names[r] != nil {
		return nil
	}
	label, err := d.label(rdf.IRI(r))
	if err != nil {
		return err
	}
	d.names[r] = &claim.Entity{IRI: r, Label: label}
	return nil
}

// document returns the claims of a document in the order of the text, and the
// text with every piece of evidence marked and numbered as the claims are.
func (d *describer) document(ref claim.Ref) ([]web.Claims, []web.Piece, error) {
	ex, err := d.reader.Extraction(d.ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	text := []rune(ex.Document.Text)
	d.texts[ref] = text
	list := web.Claims{Title: "Claims"}
	var spans []markedSpan
	for i := range ex.Claims {
		c := &statedClaim{ex.Claims[i].IRI(ref), ref, ex.Claims[i]}
		w, err := d.claim(c)
		if err != nil {
			return nil, nil, err
		}
		w.Number = i + 1
		note := web.Note{Number: w.Number, Title: w.Sentence, Href: fmt.Sprintf("#c%d", w.Number)}
		for k := range w.Evidence {
			e := &w.Evidence[k]
			e.Before, e.After = "", "" // the text is on the same page
			if u, err := url.Parse(e.Href); err == nil && u.Fragment != "" {
				e.Href = "#" + u.Fragment
			}
		}
		if len(list.List) < maxPageClaims {
			list.List = append(list.List, w)
		} else {
			note.Href = w.Href
		}
		for _, s := range c.claim.Evidence {
			spans = append(spans, markedSpan{s.Start, s.End, note})
		}
	}
	if len(list.List) == 0 {
		return nil, mark(text, spans), nil
	}
	return []web.Claims{list}, mark(text, spans), nil
}

// markedSpan is a stretch of text in code points and the claim it bears out.
type markedSpan struct {
	start, end int
	note       web.Note
}

// mark cuts text at the borders of spans. A piece in any span is marked, and the
// notes of a span stand behind its last piece. Spans that do not lie within the
// text are left out.
func mark(text []rune, spans []markedSpan) []web.Piece {
	borders := []int{0, len(text)}
	covered := make([]int, len(text)+1) // how many spans begin, less how many end, at each place
	begins, ends := make(map[int]bool), make(map[int][]web.Note)
	for _, s := range spans {
		if s.start < 0 || s.start >= s.end || s.end > len(text) {
			continue
		}
		borders = append(borders, s.start, s.end)
		covered[s.start]++
		covered[s.end]--
		begins[s.start] = true
		if notes := ends[s.end]; len(notes) == 0 || notes[len(notes)-1] != s.note {
			ends[s.end] = append(notes, s.note)
		}
	}
	slices.Sort(borders)
	borders = slices.Compact(borders)
	var pieces []web.Piece
	depth := 0
	for i := 1; i < len(borders); i++ {
		from, to := borders[i-1], borders[i]
		depth += covered[from]
		piece := web.Piece{Text: string(text[from:to]), Marked: depth > 0, Notes: ends[to]}
		if begins[from] {
			piece.ID = spanID(from)
		}
		pieces = append(pieces, piece)
	}
	return pieces
}
