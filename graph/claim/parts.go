package claim

import (
	"cmp"
	"slices"
)

// Compose makes one proposition of the parts that a row of a dataset says of
// one event: what is equal in all, and what each adds. Parts that say the same
// thing of different values, such as two places, do not go together; it is for
// the importer not to ask for that.
func Compose(parts ...Proposition) Proposition {
	var p Proposition
	var kinds []string
	for i := range parts {
		part := &parts[i]
		switch part.Kind {
		case "":
			continue
		case KindPartOf:
			p.Whole = part.Patient[0]
			continue
		case KindEventType:
			p.Text = part.Text
		case KindDate:
			p.Time = part.Time
		case KindPlace:
			p.Place = part.Place
		}
		kinds = append(kinds, part.Kind)
		p.Event = part.Event
		for _, a := range part.Agent {
			if !slices.Contains(p.Agent, a) {
				p.Agent = append(p.Agent, a)
			}
		}
		for name, value := range part.Manner {
			if p.Manner == nil {
				p.Manner = make(map[string]string, 4)
			}
			p.Manner[name] = value
		}
		if part.Quantity != nil {
			p.Counts = append(p.Counts, *part.Quantity)
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	p.Kind, p.Also = kinds[0], kinds[1:]
	p.Counts = inOrder(p.Counts)
	if len(p.Counts) > 0 {
		p.Quantity, p.Counts = &p.Counts[0], p.Counts[1:]
	}
	return p
}

// inOrder sorts quantities by whose and of what they are.
func inOrder(qs []Quantity) []Quantity {
	slices.SortStableFunc(qs, func(a, b Quantity) int {
		return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.Metric, b.Metric))
	})
	return qs
}

// composite reports whether the proposition says more than one thing.
func (p *Proposition) composite() bool {
	return len(p.Also) > 0 || len(p.Counts) > 0 || p.Whole != ""
}

// Parts returns the simple propositions that the proposition is made of: itself,
// unless it is what a row says in one breath.
func (p *Proposition) Parts() []Proposition {
	if !p.composite() {
		return []Proposition{*p}
	}
	manner := func(names ...string) map[string]string {
		var m map[string]string
		for _, n := range names {
			if v := p.Manner[n]; v != "" {
				if m == nil {
					m = make(map[string]string)
				}
				m[n] = v
			}
		}
		return m
	}
	var out []Proposition
	for _, kind := range append([]string{p.Kind}, p.Also...) {
		part := Proposition{Kind: kind, Event: p.Event}
		switch kind {
		case KindEventType:
			part.Text, part.Manner = p.Text, manner("subtype")
		case KindDate:
			part.Time = p.Time
		case KindPlace:
			part.Place, part.Manner = p.Place, manner("precision")
		case KindParticipant:
			part.Agent, part.Manner = p.Agent, manner("role", "beside")
		case KindCasualties, KindStrength:
			add := func(q *Quantity) {
				counted := part
				counted.Quantity = q
				if q.Party == "" {
					counted.Agent, counted.Manner = p.Agent, manner("of")
				}
				out = append(out, counted)
			}
			if p.Quantity != nil {
				add(p.Quantity)
			}
			for i := range p.Counts {
				add(&p.Counts[i])
			}
			continue
		default:
			part = *p
			part.Kind, part.Also, part.Counts, part.Whole = kind, nil, nil, ""
		}
		out = append(out, part)
	}
	if p.Whole != "" {
		out = append(out, Proposition{Kind: KindPartOf, Agent: []Ref{p.Event}, Patient: []Ref{p.Whole}})
	}
	return out
}

// Parts returns the claim once for each part of what it says.
func (c *Claim) Parts() []Claim {
	if !c.Proposition.composite() {
		return []Claim{*c}
	}
	parts := c.Proposition.Parts()
	out := make([]Claim, len(parts))
	for i := range parts {
		out[i] = *c
		out[i].Proposition = parts[i]
	}
	return out
}
