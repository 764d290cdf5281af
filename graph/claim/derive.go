package claim

import (
	"slices"
	"strings"
)

// Stated is a claim with its identifier and the document that it stands in.
type Stated struct {
	IRI      Ref
	Document Ref
	Lead     bool // before the first section of its document, or in its infobox
	*Claim
}

// Basis is what derivations rest on: claims of one or more documents and the
// entities they speak of. It is read only.
type Basis struct {
	Claims   []Stated
	Entities Entities
}

// View returns the basis of the given extractions. Entities that several of
// them describe are taken from the first.
func View(exs ...*Extraction) *Basis {
	b := &Basis{Entities: make(Entities)}
	for _, ex := range exs {
		body := leadEnd(ex.Document.Text)
		for i := range ex.Claims {
			c := &ex.Claims[i]
			s := Stated{IRI: c.IRI(ex.Document.IRI), Document: ex.Document.IRI, Claim: c}
			s.Lead = c.Source == "infobox" || len(c.Evidence) > 0 && c.Evidence[0].Start < body
			b.Claims = append(b.Claims, s)
		}
		for r, e := range ex.EntityMap() {
			if b.Entities[r] == nil {
				b.Entities[r] = e
			}
		}
	}
	// The same claim may be found twice, by two rules or in two reads.
	slices.SortStableFunc(b.Claims, func(x, y Stated) int { return strings.Compare(string(x.Document), string(y.Document)) })
	seen := make(map[Ref]bool, len(b.Claims))
	b.Claims = slices.DeleteFunc(b.Claims, func(s Stated) bool {
		dup := seen[s.IRI]
		seen[s.IRI] = true
		return dup
	})
	b.Claims = apart(b.Claims)
	return b
}

// apart puts the parts of what rows say in place of the whole: the rules compare
// simple propositions.
func apart(claims []Stated) []Stated {
	if !slices.ContainsFunc(claims, func(s Stated) bool { return s.Proposition.composite() }) {
		return claims
	}
	out := make([]Stated, 0, len(claims))
	for _, s := range claims {
		parts := s.Parts()
		for i := range parts {
			part := s
			part.Claim = &parts[i]
			out = append(out, part)
		}
	}
	return out
}

// leadEnd returns the code point at which the first section heading starts.
func leadEnd(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "==") {
			return n
		}
		n += len([]rune(line))
	}
	return n
}

// Derived is what named rules find in a basis. Nothing of it is a claim: each
// part names its rule, its reason and the claims that it rests on.
type Derived struct {
	Disagreements []Disagreement
	Spells        []ControlSpell
	Envelopes     []Envelope
	Events        []Event
}

// Derive applies every rule. The result depends on the basis alone.
func Derive(b *Basis) Derived {
	d := Derived{Spells: ControlSpells(b)}
	for _, part := range b.parts() {
		d.Envelopes = append(d.Envelopes, Envelopes(part)...)
		d.Events = append(d.Events, Events(part)...)
		d.Disagreements = append(d.Disagreements, disagreements(part)...)
	}
	d.Disagreements = append(d.Disagreements, applyRule(ruleControlContested, controlContested(b, d.Spells))...)
	sortEnvelopes(d.Envelopes)
	sortEvents(d.Events)
	sortDisagreements(d.Disagreements)
	return d
}

// parts splits the basis into parts that have nothing to do with each other but
// control of places, which is compared over all: documents that speak of a
// common battle are in one part. Rules that compare each claim with each other
// one then take time in the size of a battle's coverage, not of the graph.
func (b *Basis) parts() []*Basis {
	parent := make(map[Ref]Ref)
	find := func(r Ref) Ref {
		for parent[r] != "" {
			r = parent[r]
		}
		return r
	}
	join := func(x, y Ref) {
		if x, y = find(x), find(y); x != y {
			parent[max(x, y)] = min(x, y)
		}
	}
	for i := range b.Claims {
		if e := b.Claims[i].Proposition.Event; e != "" {
			join(b.Claims[i].Document, e)
		}
	}
	at := make(map[Ref]*Basis)
	var out []*Basis
	for i := range b.Claims {
		r := find(b.Claims[i].Document)
		if at[r] == nil {
			at[r] = &Basis{Entities: b.Entities}
			out = append(out, at[r])
		}
		at[r].Claims = append(at[r].Claims, b.Claims[i])
	}
	return out
}

// org returns the side that a claimant speaks for: the organisation it speaks
// on behalf of, or itself, followed up from persons, offices and forces to the
// state or group they belong to.
func (b *Basis) org(c *Claim) Ref {
	r := c.OnBehalfOf
	if r == "" {
		r = c.Claimant
	}
	return b.root(r)
}

// root follows an entity up to the state or group it belongs to. An armed
// group is never followed: its patrons are not itself.
func (b *Basis) root(r Ref) Ref {
	for range 8 { // deeper than any chain of offices; guards against a cycle
		e := b.Entities[r]
		if e == nil || e.Of == "" {
			return r
		}
		switch e.Kind {
		case Person, Anonymous, Government, StateForce, Installation:
			r = e.Of
		default:
			return r
		}
	}
	return r
}

// asserted reports whether the claim puts its proposition forward, with
// whatever distance.
func asserted(c *Claim) bool {
	return (c.Stance == Asserts || c.Stance == Concedes) && !c.Negated && c.Modality != Planned
}

// stated reports whether the claim puts its proposition forward as what
// happened: asserted, and neither inferred nor merely claimed.
func stated(c *Claim) bool {
	return asserted(c) && c.Modality != Inferred && c.Modality != ClaimedOnly
}

// denied reports whether the claim says that its proposition does not hold.
func denied(c *Claim) bool { return c.Stance == Denies || c.Negated && c.Stance == Asserts }

// sameEvent reports whether two propositions may speak of the same battle: an
// event that is not known may be any within the same document.
func sameEvent(x, y *Stated) bool {
	a, b := x.Proposition.Event, y.Proposition.Event
	if a == "" || b == "" {
		return x.Document == y.Document
	}
	return a == b
}

// territory returns the places whose control the claim speaks of, nothing when
// it speaks of things or people.
func (b *Basis) territory(p *Proposition) []Ref {
	if p.Quantity != nil {
		return nil
	}
	var out []Ref
	for _, r := range p.Patient {
		if e := b.Entities[r]; e != nil && e.Kind == Place {
			out = append(out, r)
		}
	}
	if len(p.Patient) == 0 || len(out) == 0 && b.actors(p.Patient) {
		if p.Place != "" {
			out = append(out, p.Place)
		}
	}
	return out
}

// actors reports whether all entities are people or organisations, so that
// "captured from the army" speaks of the place and not of the army.
func (b *Basis) actors(refs []Ref) bool {
	for _, r := range refs {
		e := b.Entities[r]
		if e == nil {
			return false
		}
		switch e.Kind {
		case Place, Installation, Country, Conflict, Battle, Operation:
			return false
		}
	}
	return true
}

func iris(claims []Stated) []Ref {
	out := make([]Ref, len(claims))
	for i := range claims {
		out[i] = claims[i].IRI
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func equalRefs(a, b []Ref) bool { return slices.Equal(sortedRefs(a), sortedRefs(b)) }

func overlaps(a, b []Ref) bool {
	return slices.ContainsFunc(a, func(r Ref) bool { return slices.Contains(b, r) })
}
