// Package extract reads articles about battles and turns them into claims: who
// says that whom attacked, captured or lost what, when, where, and in which
// words. It works by rules that are data and know nothing of any article. A
// reading has these stages, a file each:
//
//	read, document    bytes to title, infobox fields and paragraphs
//	sentence, token   UAX #29 sentences, words with their offsets
//	gazetteer, names  names of actors and places, known or by form
//	tag, chunk        parts of speech, noun phrases and verb groups
//	clause            subjects, objects and how clauses hang together
//	attribute         who says it: a stack of claimants per clause
//	resolve           which entity a phrase stands for
//	match, losses     clause patterns to claims
//	infobox           fields to claims
//
// It is better silent than wrong: a candidate whose actors cannot be resolved
// becomes a [claim.Rejected] with its reason.
//
// HTML pages and wikitext are read too: package markup gives their plain form,
// which is then the text of the document.
package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	gazdata "github.com/belligraph/belligraph/data/gazetteer"
	ruledata "github.com/belligraph/belligraph/data/rules"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/extract/markup"
)

// Options say what an [Extractor] knows and how much it reads.
type Options struct {
	// Rules and Gazetteer replace the embedded data; nil takes the embedded.
	Rules, Gazetteer fs.FS
	// Base is the IRI below which entities get theirs; empty takes claim.NSID.
	Base string
	// MaxBytes bounds the text of one document; what lies beyond is skipped and
	// said so. 0 means 16 MiB.
	MaxBytes int
	// MinConfidence is the least confidence of a claim; candidates below it are
	// rejected. 0 means 0.5.
	MinConfidence float64
}

// Extractor turns articles into claims. It is safe for concurrent use.
type Extractor struct {
	base          string
	maxBytes      int
	minConfidence float64
	lex           *lexicon
	gaz           *gazetteer
	rules         *ruleSet
}

// New compiles the gazetteer and the rules.
func New(o Options) (*Extractor, error) {
	if o.Rules == nil {
		o.Rules = ruledata.Files
	}
	if o.Gazetteer == nil {
		o.Gazetteer = gazdata.Files
	}
	if o.Base == "" {
		o.Base = claim.NSID
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 16 << 20
	}
	if o.MinConfidence == 0 {
		o.MinConfidence = 0.5
	}
	lex, err := loadLexicon(o.Rules)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	rules, err := loadRules(o.Rules, lex)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	gaz, err := loadGazetteer(o.Gazetteer, lex)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return &Extractor{base: o.Base, maxBytes: o.MaxBytes, minConfidence: o.MinConfidence, lex: lex, gaz: gaz, rules: rules}, nil
}

// Extract reads one article. The name is where it was read from; it stands in
// for a missing title. An error means that the input is no text at all; parts
// that could not be read are in Skipped.
func (x *Extractor) Extract(ctx context.Context, name string, r io.Reader) (*claim.Extraction, error) {
	ex, _, err := x.read(ctx, name, r, false)
	return ex, err
}

func (x *Extractor) read(ctx context.Context, name string, in io.Reader, explain bool) (*claim.Extraction, []Explanation, error) {
	text, problems, err := readText(name, in, x.maxBytes)
	if err != nil {
		return nil, nil, err
	}
	doc := parse(name, text)
	doc.headline()
	doc.problems = append(problems, doc.problems...)
	rd := newReader(x, doc, explain)
	if err := rd.run(ctx); err != nil {
		return nil, nil, err
	}
	return rd.finish(), rd.explained, nil
}

// reader is the state of reading one document.
type reader struct {
	x        *Extractor
	doc      *document
	docRef   claim.Ref
	ex       *claim.Extraction
	entities []*entity
	byIRI    map[claim.Ref]*entity
	own      ownNode
	toks     []token

	battle *entity
	place  *entity // where the battle took place
	within *gazEntry
	year   int
	bounds claim.Interval // of the battle
	// headings of the lists of parties in the infobox, by side
	headings map[int]span

	// What the text told last.
	anchor      day
	lastSubject *entity
	lastActor   *entity
	nth         int   // of the sentence
	actorAt     int   // the sentence that told of lastActor
	vague       bool  // the last subject could not be resolved
	lastThing   thing // a place that was the last subject
	lastPlace   *entity
	placeOf     map[string]*entity // the place that a noun last introduced
	lastParty   *entity
	partyAt     int // the sentence that told of lastParty
	lastAttack  *claim.Proposition
	byNoun      map[string]*entity // whom a noun named last
	lastVoice   *voice
	told        *voice  // who spoke in the sentence before
	report      day     // when the report was written, by its dateline
	there       *entity // whom "they" means in a clause with where
	boxed       bool    // the sentence stands in the infobox
	// The country of principal, once it was looked for.
	principalRead bool
	principalOf   *gazEntry
	lastQuoted    bool // the sentence before held a quotation
	first         int  // the first claim of the sentence

	explain   bool
	explained []Explanation
	steps     []string
}

func newReader(x *Extractor, doc *document, explain bool) *reader {
	title := doc.title
	if title == "" {
		title = doc.name
	}
	sum := sha256.Sum256([]byte(doc.text))
	r := &reader{x: x, doc: doc, byIRI: make(map[claim.Ref]*entity), headings: make(map[int]span), byNoun: make(map[string]*entity), explain: explain}
	r.docRef = claim.Ref(x.base + "document/" + slug(title))
	r.entities = make([]*entity, 0, 32)
	r.ex = &claim.Extraction{Claims: make([]claim.Claim, 0, 16+len(doc.text)/60), Document: claim.Document{
		IRI: r.docRef, Title: title, Language: "en", Text: doc.text,
		SHA256: hex.EncodeToString(sum[:]), Source: doc.name,
	}}
	return r
}

// run reads the infobox and then the prose, sentence by sentence.
func (r *reader) run(ctx context.Context) error {
	r.readInfobox()
	r.readDateline()
	for _, p := range r.doc.paras {
		if err := ctx.Err(); err != nil {
			return err
		}
		if skippedSection(p.section) {
			continue
		}
		if !opensQuoted(p.in(r.doc.text)) {
			r.lastVoice = nil
		}
		for _, s := range sentencesOf(r.doc.text, p.span, r.x.lex) {
			r.sentence(s)
		}
	}
	return nil
}

// opensQuoted reports whether a paragraph begins with a quotation mark: it may go
// on with the words of the speaker before.
func opensQuoted(s string) bool {
	return strings.HasPrefix(s, "\"") || strings.HasPrefix(s, "“")
}

// skippedSection reports whether a section holds lists of sources and links
// rather than prose.
func skippedSection(s string) bool {
	switch fold(s) {
	case "references", "notes", "see also", "external links", "sources", "bibliography", "further reading", "citations", "footnotes", "gallery", "works cited":
		return true
	}
	return false
}

// finish orders what was found.
func (r *reader) finish() *claim.Extraction {
	ex := r.ex
	used := make(map[claim.Ref]bool)
	note := func(refs ...claim.Ref) {
		for _, ref := range refs {
			if ref != "" {
				used[ref] = true
			}
		}
	}
	// Who a speaker speaks for may be told only later.
	all := make([]*claim.Claim, 0, len(ex.Claims)+len(ex.Rejected))
	for i := range ex.Claims {
		all = append(all, &ex.Claims[i])
	}
	for i := range ex.Rejected {
		if c := ex.Rejected[i].Claim; c != nil {
			all = append(all, c)
		}
	}
	for _, c := range all {
		if e := r.byIRI[c.Claimant]; e != nil && c.OnBehalfOf == "" && (e.Kind == claim.Person || e.Kind == claim.Anonymous) && e.Of != e.IRI {
			c.OnBehalfOf = e.Of
		}
	}
	slices.SortStableFunc(ex.Claims, func(a, b claim.Claim) int {
		if d := a.Evidence[0].Start - b.Evidence[0].Start; d != 0 {
			return d
		}
		return a.Evidence[0].End - b.Evidence[0].End
	})
	for i := range ex.Claims {
		c := &ex.Claims[i]
		p := &c.Proposition
		note(c.Claimant, c.OnBehalfOf, p.Place, p.Event)
		note(c.Via...)
		note(p.Agent...)
		note(p.Patient...)
		if p.Quantity != nil {
			note(p.Quantity.Party)
		}
	}
	if r.battle != nil {
		note(r.battle.IRI)
	}
	for changed := true; changed; {
		changed = false
		for _, e := range r.entities {
			if !e.used && !used[e.IRI] {
				continue
			}
			for _, ref := range append([]claim.Ref{e.Of, e.Within, e.IRI}, e.Near...) {
				if ref != "" && !used[ref] {
					used[ref], changed = true, true
				}
			}
		}
	}
	for _, e := range r.entities {
		if used[e.IRI] {
			slices.Sort(e.Aliases)
			e.Aliases = slices.Compact(e.Aliases)
			slices.SortFunc(e.Mentions, func(a, b claim.Mention) int { return a.Span.Start - b.Span.Start })
			ex.Entities = append(ex.Entities, e.Entity)
		}
	}
	slices.SortFunc(ex.Entities, func(a, b claim.Entity) int { return strings.Compare(string(a.IRI), string(b.IRI)) })
	slices.SortStableFunc(ex.Rejected, func(a, b claim.Rejected) int { return a.Span.Start - b.Span.Start })
	for i := range ex.Rejected {
		ex.Rejected[i].Entities = r.describe(ex.Rejected[i].Claim)
	}
	ex.Skipped = r.doc.problems
	return ex
}

// describe returns what a claim refers to, with what that in turn belongs to: of
// a candidate the document may speak nowhere else.
func (r *reader) describe(c *claim.Claim) []claim.Entity {
	if c == nil {
		return nil
	}
	var out []claim.Entity
	queue := c.Refers()
	seen := make(map[claim.Ref]bool)
	for i := 0; i < len(queue); i++ {
		e := r.byIRI[queue[i]]
		if e == nil || seen[queue[i]] {
			continue
		}
		seen[queue[i]] = true
		d := e.Entity
		d.Mentions = nil
		out = append(out, d)
		queue = append(append(queue, e.Of, e.Within), e.Near...)
	}
	slices.SortFunc(out, func(a, b claim.Entity) int { return strings.Compare(string(a.IRI), string(b.IRI)) })
	return out
}

// readText reads at most limit bytes of UTF-8 text.
func readText(name string, in io.Reader, limit int) (string, []claim.Problem, error) {
	b, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	if err != nil {
		return "", nil, fmt.Errorf("extract: %s: %w", name, err)
	}
	var problems []claim.Problem
	if len(b) > limit {
		b = b[:limit]
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		if n := len(b); n > 0 && b[n-1] >= utf8.RuneSelf {
			b = b[:n-1]
		}
		line, column := lineColumn(b, len(b))
		problems = append(problems, claim.Problem{Line: line, Column: column, Message: fmt.Sprintf("the text goes on beyond %d bytes; the rest was skipped", limit)})
	}
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c == 0 {
				line, column := lineColumn(b, i)
				return "", nil, &InputError{Name: name, Line: line, Column: column, Reason: "a zero byte: this is not a text"}
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			line, column := lineColumn(b, i)
			return "", nil, &InputError{Name: name, Line: line, Column: column, Reason: fmt.Sprintf("byte 0x%02X is not UTF-8", c), Source: lineOf(b, i)}
		}
		i += size
	}
	if len(strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff"))) == 0 {
		return "", nil, &InputError{Name: name, Line: 1, Column: 1, Reason: "the text is empty"}
	}
	if text := string(b); strings.Contains(text[:min(len(text), 512)], "<mediawiki") {
		return "", nil, &InputError{Name: name, Line: 1, Column: 1, Reason: "this is a dump of many pages; cut it into its pages first"}
	}
	text := string(b)
	if kind := markup.Recognise(text); kind != markup.Plain {
		if text = markup.Text(kind, name, text); strings.TrimSpace(text) == "" {
			return "", nil, &InputError{Name: name, Line: 1, Column: 1, Reason: "the page of " + string(kind) + " holds no text"}
		}
	}
	return text, problems, nil
}

// InputError says where an input stops being a text.
type InputError struct {
	Name         string
	Line, Column int
	Reason       string
	Source       string // the line up to the fault
}

func (e *InputError) Error() string {
	s := fmt.Sprintf("extract: %s:%d:%d: %s", e.Name, e.Line, e.Column, e.Reason)
	if e.Source != "" {
		s += "\n\t" + e.Source + "\n\t" + strings.Repeat(" ", utf8.RuneCountInString(e.Source)) + "^"
	}
	return s
}

func lineColumn(b []byte, at int) (line, column int) {
	line, start := 1, 0
	for i := 0; i < at; i++ {
		if b[i] == '\n' {
			line++
			start = i + 1
		}
	}
	return line, utf8.RuneCount(b[start:at]) + 1
}

// lineOf returns the words of the line before a fault, at most 60 bytes.
func lineOf(b []byte, at int) string {
	start := at
	for start > 0 && b[start-1] != '\n' && at-start < 60 {
		start--
	}
	for start < at && !utf8.RuneStart(b[start]) {
		start++
	}
	return string(b[start:at])
}
