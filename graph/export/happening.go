package export

import (
	"cmp"
	"slices"

	"github.com/belligraph/belligraph/graph/claim"
)

// happening is an event with what all claims together say of it.
type happening struct {
	iri     claim.Ref
	label   string
	class   string // Battle, Incident, …; Event when it is derived
	kind    string // of a derived event: attacked, captured, …
	whole   claim.Ref
	place   claim.Ref
	time    claim.Interval
	parties []party
	counts  []count // sorted by party and metric
	claims  []claim.Ref
	sources []claim.Ref // the documents of the claims
}

// party is an actor with its role.
type party struct {
	actor claim.Ref
	role  string
}

// count is the range that all claims of one number of one party span.
type count struct {
	party  claim.Ref
	of     string // who is counted when the party is not known: "unknown side"
	metric string
	low    *int64
	high   *int64 // nil when some claim has no upper bound
	best   *int64 // the estimate that sources prefer, when they agree on it
	claims int
	open   bool
	split  bool // estimates differ
}

// eachHappening calls f with the events that claims speak of, one at a time:
// those that sources name, then those that rules derive.
func (s *source) eachHappening(f func(*happening) error) error {
	err := s.reader.EachEntity(s.ctx, func(e *claim.Entity) error {
		switch e.Kind {
		case claim.Battle, claim.Incident, claim.Operation, claim.Conflict:
		default:
			return nil
		}
		claims, err := s.reader.ClaimsOn(s.ctx, e.IRI)
		if err != nil || len(claims) == 0 {
			return err
		}
		h := &happening{iri: e.IRI, label: e.Label, class: string(e.Kind)}
		for _, c := range claims {
			h.add(c)
		}
		h.finish()
		return f(h)
	})
	if err != nil {
		return err
	}
	return s.reader.EachDerivedEvent(s.ctx, func(e *claim.Event, iri claim.Ref) error {
		h := &happening{iri: iri, class: "Event", kind: e.Kind, whole: e.Whole, place: e.Place, time: e.Time, claims: e.Claims}
		es := make(claim.Entities)
		for _, p := range e.Participations {
			h.parties = append(h.parties, party{p.Actor, p.Role})
			actor, err := s.entity(p.Actor)
			if err != nil {
				return err
			}
			es[p.Actor] = actor
		}
		if e.Place != "" {
			place, err := s.entity(e.Place)
			if err != nil {
				return err
			}
			es[e.Place] = place
		}
		h.label = e.Describe(es)
		if q := e.Quantity; q != nil {
			h.count(q, "", len(e.Claims))
		}
		for _, iri := range e.Claims {
			_, document, ok, err := s.reader.Claim(s.ctx, iri)
			if err != nil {
				return err
			}
			if ok {
				h.sources = append(h.sources, document)
			}
		}
		h.finish()
		return f(h)
	})
}

// add takes in one claim. What is denied or planned says nothing of what
// happened.
func (h *happening) add(s claim.Stated) {
	h.claims = append(h.claims, s.IRI)
	h.sources = append(h.sources, s.Document)
	if s.Stance == claim.Denies || s.Negated || s.Modality == claim.Planned {
		return
	}
	parts := s.Parts()
	for i := range parts {
		p := &parts[i].Proposition
		switch p.Kind {
		case claim.KindPlace:
			h.place = cmp.Or(h.place, p.Place)
		case claim.KindDate:
			h.time = widest(h.time, p.Time)
		case claim.KindParticipant:
			for _, a := range p.Agent {
				h.parties = append(h.parties, party{a, cmp.Or(p.Manner["role"], "party")})
			}
		case claim.KindPartOf:
			if len(p.Patient) > 0 {
				h.whole = cmp.Or(h.whole, p.Patient[0])
			}
		case claim.KindCasualties, claim.KindStrength:
			if p.Quantity != nil {
				h.count(p.Quantity, p.Manner["of"], 1)
			}
		}
	}
}

// count widens the range of a number.
func (h *happening) count(q *claim.Quantity, of string, claims int) {
	if q.Min == nil && q.Max == nil {
		return // a stated unknown has no range
	}
	i := slices.IndexFunc(h.counts, func(c count) bool { return c.party == q.Party && c.of == of && c.metric == q.Metric })
	if i < 0 {
		h.counts = append(h.counts, count{party: q.Party, of: of, metric: q.Metric})
		i = len(h.counts) - 1
	}
	c := &h.counts[i]
	first := c.claims == 0
	c.claims += claims
	low := q.Min
	if low == nil {
		low = new(int64)
	}
	if c.low == nil || *low < *c.low {
		c.low = low
	}
	switch {
	case q.Max == nil:
		c.open, c.high = true, nil
	case !c.open && (c.high == nil || *q.Max > *c.high):
		c.high = q.Max
	}
	best := q.Best
	if best == nil && q.Min != nil && q.Max != nil && *q.Min == *q.Max {
		best = q.Min
	}
	switch {
	case best == nil || first && c.best == nil:
		c.best = best
		c.split = best == nil
	case c.split || *c.best != *best:
		c.best, c.split = nil, true
	}
}

// finish puts parties and numbers in order. Whoever has losses is a party.
func (h *happening) finish() {
	for _, c := range h.counts {
		if c.party != "" && !slices.ContainsFunc(h.parties, func(p party) bool { return p.actor == c.party }) {
			h.parties = append(h.parties, party{c.party, "counted"})
		}
	}
	slices.SortFunc(h.parties, func(a, b party) int {
		return cmp.Or(cmp.Compare(a.actor, b.actor), cmp.Compare(a.role, b.role))
	})
	h.parties = slices.Compact(h.parties)
	slices.SortFunc(h.counts, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.party, b.party), cmp.Compare(a.of, b.of), cmp.Compare(a.metric, b.metric))
	})
	for _, refs := range []*[]claim.Ref{&h.claims, &h.sources} {
		slices.Sort(*refs)
		*refs = slices.Compact(*refs)
	}
}

// counted returns a number of a party, nil when nobody counts it.
func (h *happening) counted(party claim.Ref, of, metric string) *count {
	for i := range h.counts {
		if c := &h.counts[i]; c.party == party && c.of == of && c.metric == metric {
			return c
		}
	}
	return nil
}

// widest spans both intervals. Where one of them does not know a point, the
// other tells.
func widest(a, b claim.Interval) claim.Interval {
	if a.IsZero() {
		return b
	}
	if b.IsZero() {
		return a
	}
	earlier := func(x, y claim.Date) claim.Date {
		fx, _, _ := x.Days()
		fy, _, _ := y.Days()
		if fx == "" || fy != "" && fx <= fy {
			return x
		}
		return y
	}
	later := func(x, y claim.Date) claim.Date {
		_, lx, _ := x.Days()
		_, ly, _ := y.Days()
		if lx == "" || ly != "" && lx >= ly {
			return x
		}
		return y
	}
	return claim.Interval{
		EarliestBegin: earlier(a.EarliestBegin, b.EarliestBegin), LatestBegin: later(a.LatestBegin, b.LatestBegin),
		EarliestEnd: earlier(a.EarliestEnd, b.EarliestEnd), LatestEnd: later(a.LatestEnd, b.LatestEnd),
	}
}
