package claim

import (
	"cmp"
	"slices"
	"strings"
)

// Event is something that happened within a battle, as derived from the claims
// that speak of it: an attack, its repulse, a capture, a withdrawal. A battle
// of several days is a sequence of them.
type Event struct {
	Kind           string
	Whole          Ref // the battle it is part of
	Participations []Participation
	Place          Ref
	Time           Interval
	// Quantity is what was taken or who moved, when a number is given.
	Quantity *Quantity
	// Status is "stated" when some claim states the event, and otherwise how
	// the best of its claims puts it: "reported", "claimed" or "inferred".
	Status string
	Claims []Ref
}

// Participation is the role of an actor in an event. Direction lives here.
type Participation struct {
	Actor Ref
	Role  string
}

// RuleSameEvent is the rule by which claims are taken to speak of one event.
const RuleSameEvent = "same-event@1"

// Events returns the events within battles, ordered by battle and time. Two
// claims speak of one event when kind, agents and patients are equal, the
// places do not differ, and the times are not disjoint. Claims of different
// days make different events, even where a rule finds that they disagree on
// the day of one: which is right is not for the graph to say.
func Events(b *Basis) []Event {
	var out []Event
	for i := range b.Claims {
		c := &b.Claims[i]
		p := &c.Proposition
		if !asserted(c.Claim) || !info(p.Kind).event || len(p.Agent)+len(p.Patient) == 0 {
			continue
		}
		e := Event{Kind: p.Kind, Whole: p.Event, Participations: p.participations(), Place: p.Place, Time: p.Time, Quantity: p.Quantity, Status: status(c.Claim), Claims: []Ref{c.IRI}}
		at := slices.IndexFunc(out, func(o Event) bool { return o.same(&e) })
		if at < 0 {
			out = append(out, e)
			continue
		}
		o := &out[at]
		o.Time = o.Time.intersect(e.Time)
		o.Place = cmp.Or(o.Place, e.Place)
		o.Status = max(o.Status, e.Status) // the names of the statuses are in the order of their strength
		o.Claims = sortedRefs(append(o.Claims, c.IRI))
	}
	sortEvents(out)
	return out
}

func sortEvents(es []Event) {
	slices.SortStableFunc(es, func(x, y Event) int {
		return cmp.Or(cmp.Compare(x.Whole, y.Whole), cmp.Compare(x.Time.day(), y.Time.day()))
	})
}

func (e *Event) same(o *Event) bool {
	return e.Kind == o.Kind && e.Whole == o.Whole && (e.Place == "" || o.Place == "" || e.Place == o.Place) &&
		slices.Equal(e.Participations, o.Participations) && !e.Time.disjoint(o.Time) &&
		(e.Quantity == nil) == (o.Quantity == nil) && (e.Quantity == nil || e.Quantity.key() == o.Quantity.key())
}

func status(c *Claim) string {
	switch {
	case c.Proposition.Kind == KindClaimedControl || c.Modality == ClaimedOnly:
		return "claimed"
	case c.Modality == Inferred:
		return "inferred"
	case c.Modality == Reported && c.Stance != Concedes:
		return "reported"
	default:
		return "stated"
	}
}

// participations returns who takes part in what the proposition speaks of, in
// which role, in order.
func (p *Proposition) participations() []Participation {
	k := info(p.Kind)
	var out []Participation
	for _, r := range p.Agent {
		out = append(out, Participation{r, cmp.Or(k.role, "party")})
	}
	for _, r := range p.Patient {
		out = append(out, Participation{r, cmp.Or(k.counter, "party")})
	}
	slices.SortFunc(out, func(x, y Participation) int {
		return cmp.Or(strings.Compare(x.Role, y.Role), strings.Compare(string(x.Actor), string(y.Actor)))
	})
	return slices.Compact(out)
}

// IRI returns the identifier of the event, made from the claims that speak of
// it.
func (e *Event) IRI() Ref {
	var k content
	k.add("kind", e.Kind)
	k.refs("claim", e.Claims)
	return Ref(NSID + "event/" + hash(k.String()))
}

// Describe returns the event as a short sentence.
func (e *Event) Describe(es Entities) string {
	p := Proposition{Kind: e.Kind, Place: e.Place, Time: e.Time, Quantity: e.Quantity}
	k := info(e.Kind)
	for _, x := range e.Participations {
		if x.Role == cmp.Or(k.role, "party") && !slices.Contains(p.Agent, x.Actor) {
			p.Agent = append(p.Agent, x.Actor)
		} else {
			p.Patient = append(p.Patient, x.Actor)
		}
	}
	return p.Describe(es)
}
