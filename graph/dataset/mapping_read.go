package dataset

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
)

// mapped reads a row as a mapping has it. Columns that it does not name stay on
// the record.
func (r *recordReader) mapped(m *Mapping) {
	var ids []string
	for _, column := range m.id {
		ids = append(ids, r.mappedText(m, column))
		if ids[len(ids)-1] == "" {
			r.fail(column, "the cell is empty")
		}
	}
	if r.bad != nil {
		return
	}
	id := strings.Join(ids, " ")
	r.begin(id, m.format.name+" "+id)
	if m.event != nil {
		r.mappedEvent(m, m.event, slug(id))
	}
	for i := range m.claims {
		r.mappedClaim(m, &m.claims[i])
	}
	if r.bad != nil {
		return
	}
	for _, column := range r.layout.sorted() {
		if m.used[column] == nil && r.mappedText(m, column) != "" {
			r.keep(column)
		}
	}
}

// mappedText returns a cell, empty when its value means nothing.
func (r *recordReader) mappedText(m *Mapping, column string) string {
	if v := r.cell(column); !slices.Contains(m.missing, v) {
		return v
	}
	return ""
}

// mappedValue returns what the value of a cell stands for. A value that the
// mapping does not know is an error when it knows any.
func (r *recordReader) mappedValue(m *Mapping, v *valueMapping) string {
	if v == nil {
		return ""
	}
	if v.column == "" {
		return v.fixed
	}
	cell := r.mappedText(m, v.column)
	if cell == "" || len(v.values) == 0 {
		return cell
	}
	word, ok := v.values[cell]
	if !ok {
		r.fail(v.column, "the mapping does not say what %q stands for", cell)
	}
	return word
}

func (r *recordReader) mappedEvent(m *Mapping, e *eventMapping, id string) {
	event := r.id("event", id)
	var parts []claim.Proposition
	say := func(p claim.Proposition) {
		p.Event = event
		parts = append(parts, p)
	}
	typed := r.mappedValue(m, e.typed)
	if typed == "" {
		typed = "event"
	}
	say(claim.Proposition{Kind: claim.KindEventType, Text: typed})
	title := typed
	var sides []claim.Ref
	var names []string
	by := make(map[string]claim.Ref) // the one party of a column
	for i := range e.parties {
		refs, labels := r.mappedActors(m, &e.parties[i])
		for k, ref := range refs {
			if !slices.Contains(sides, ref) {
				sides, names = append(sides, ref), append(names, labels[k])
			}
		}
		if len(refs) == 1 {
			by[e.parties[i].column] = refs[0]
		}
	}
	if len(sides) > 0 {
		title = strings.Join(names, " – ")
		say(claim.Proposition{Kind: claim.KindParticipant, Agent: sides, Manner: roleParty})
	}
	if when, ok := r.mappedDate(m, e.date); ok {
		title += ", " + when.Describe()
		say(claim.Proposition{Kind: claim.KindDate, Time: when})
	}
	if place, precision := r.mappedPlace(m, e.place); place != "" {
		p := claim.Proposition{Kind: claim.KindPlace, Place: place}
		if precision != "" {
			p.Manner = map[string]string{"precision": precision}
		}
		say(p)
	}
	if name := r.mappedText(m, e.whole); e.whole != "" && name != "" {
		whole := r.shared(func() claim.Ref {
			return r.entity(claim.Entity{IRI: r.named("conflict", name), Kind: claim.Conflict, Label: name})
		}, "conflict", name)
		parts = append(parts, claim.Proposition{Kind: claim.KindPartOf, Agent: []claim.Ref{event}, Patient: []claim.Ref{whole}})
	}
	r.entity(claim.Entity{IRI: event, Kind: e.kind, Label: title})
	r.say(claim.Compose(parts...))
	r.mappedCounts(m, e, event, sides, by)
}

// mappedCounts says the counts, in the voice of whom the row names.
func (r *recordReader) mappedCounts(m *Mapping, e *eventMapping, event claim.Ref, sides []claim.Ref, by map[string]claim.Ref) {
	var parts []claim.Proposition
	for i := range e.counts {
		c := &e.counts[i]
		q, ok := r.mappedCount(m, c)
		if !ok {
			continue
		}
		p := claim.Proposition{Kind: claim.KindCasualties, Event: event, Quantity: &q}
		if c.metric == "strength" {
			p.Kind = claim.KindStrength
		}
		if q.Party = by[c.party]; q.Party == "" {
			if p.Agent = sides; len(sides) == 0 {
				r.fail(cellOf(c), "the row names nobody of whom %s is", c.metric)
				return
			}
		}
		parts = append(parts, p)
	}
	if r.bad != nil {
		return
	}
	// What is said to be of nobody in particular is a claim apart, and so is
	// strength, which is no loss.
	for len(parts) > 0 {
		same := func(p claim.Proposition) bool { return p.Kind == parts[0].Kind && len(p.Agent) == len(parts[0].Agent) }
		var group, rest []claim.Proposition
		for _, p := range parts {
			if same(p) {
				group = append(group, p)
			} else {
				rest = append(rest, p)
			}
		}
		parts = rest
		r.mappedVoice(m, r.say(claim.Compose(group...)))
	}
}

func cellOf(c *countMapping) string {
	for _, column := range []string{c.best, c.low, c.high} {
		if column != "" {
			return column
		}
	}
	return ""
}

// mappedVoice makes a claim that of whom the row names as its source.
func (r *recordReader) mappedVoice(m *Mapping, c *claim.Claim) {
	if column := m.said.claimant; column != "" {
		if who := r.voice(claim.Anonymous, "source", "", list(r.mappedText(m, column))); who != "" {
			c.Claimant, c.Modality = who, claim.Reported
		}
	}
	if column := m.said.via; column != "" {
		if via := r.voice(claim.Media, "media", "", list(r.mappedText(m, column))); via != "" && via != c.Claimant {
			c.Via = []claim.Ref{via}
		}
	}
}

// mappedCount reads a number with its bounds; ok is whether the row has any.
func (r *recordReader) mappedCount(m *Mapping, c *countMapping) (q claim.Quantity, ok bool) {
	q = claim.Quantity{Metric: c.metric, Comparator: claim.Exactly}
	number := func(column string) *int64 {
		if column == "" {
			return nil
		}
		v := r.mappedText(m, column)
		if slices.Contains(c.unknown, v) && v != "" {
			q.Comparator, ok = claim.Unknown, true
			return nil
		}
		if v == "" {
			return nil
		}
		n := r.number(column, 0, math.MaxInt64)
		ok = true
		return &n
	}
	low, best, high := number(c.low), number(c.best), number(c.high)
	switch {
	case low == nil && best == nil && high == nil:
		return q, ok
	case low == nil && high == nil && c.low+c.high == "": // a number without bounds
		low, high = best, best
	case low == nil && high == nil:
		low, high, q.Best = best, best, nil
	default:
		q.Best = best
		if low == nil && best != nil {
			low = best
		}
		if high == nil && best != nil {
			high = best
		}
	}
	q.Min, q.Max, q.Comparator = low, high, claim.Exactly
	switch {
	case high == nil:
		q.Comparator = claim.AtLeast
	case low == nil:
		q.Comparator = claim.AtMost
	case *low > *high || q.Best != nil && (*q.Best < *low || *q.Best > *high):
		r.fail(cellOf(c), "%s: the bounds %d to %d do not go together with each other or the estimate", c.metric, *low, *high)
	case *low != *high:
		q.Comparator = claim.About
	default:
		q.Best = nil
	}
	return q, true
}

// mappedActors describes the actors of a column, one or several.
func (r *recordReader) mappedActors(m *Mapping, a *actorMapping) (refs []claim.Ref, names []string) {
	cell := r.mappedText(m, a.column)
	if cell == "" {
		return nil, nil
	}
	kind := claim.EntityKind(r.mappedValue(m, a.kind))
	if kind == "" {
		kind = claim.Organisation
	}
	list := []string{cell}
	if a.split != "" {
		list = strings.Split(cell, a.split)
	}
	for _, name := range list {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		names = append(names, name)
		refs = append(refs, r.shared(func() claim.Ref {
			return r.entity(claim.Entity{IRI: r.named("actor", name), Kind: kind, Label: name})
		}, "actor", name, string(kind)))
	}
	return refs, names
}

// mappedPlace describes the place, no more precisely than it is known, and says
// how precisely that is.
func (r *recordReader) mappedPlace(m *Mapping, p *placeMapping) (place claim.Ref, precision string) {
	if p == nil {
		return "", ""
	}
	known := r.mappedValue(m, p.precision)
	name, country := r.mappedText(m, p.name), r.mappedText(m, p.country)
	lat, long := "", ""
	if r.mappedText(m, p.lat) != "" && r.mappedText(m, p.long) != "" {
		lat, long = r.degrees(p.lat, 90), r.degrees(p.long, 180)
	}
	scope := slug(country)
	var within claim.Ref
	if country != "" {
		within = r.shared(func() claim.Ref {
			return r.entity(claim.Entity{IRI: r.named("country", country), Kind: claim.Country, Label: country})
		}, "country", country)
	}
	if known == "country" {
		return within, "somewhere in the country"
	}
	above := []string{scope}
	for i := len(p.within) - 1; i >= 0; i-- {
		division := r.mappedText(m, p.within[i])
		if division != "" {
			outer := within
			within = r.shared(func() claim.Ref {
				return r.entity(claim.Entity{IRI: r.named("place", append(slices.Clone(above), division)...), Kind: claim.Place, Label: division, Within: outer})
			}, "division", append(slices.Clone(above), division)...)
			above = append(above, division)
		}
		if known == p.within[i] {
			return within, "somewhere in the " + p.within[i]
		}
	}
	if name == "" {
		return within, "somewhere in the country"
	}
	outer := within
	key := append(slices.Clone(above), lat, long, name)
	place = r.shared(func() claim.Ref {
		ref := r.entity(claim.Entity{IRI: r.named("place", key...), Kind: claim.Place, Label: name, Within: outer})
		r.coordinates(ref, lat, long)
		return ref
	}, "place", key...)
	if known != "near" {
		return place, map[string]string{"exact": "exact place"}[known]
	}
	return r.shared(func() claim.Ref {
		return r.entity(claim.Entity{IRI: place + "/near", Kind: claim.Place, Label: "near " + name, Within: outer, Near: []claim.Ref{place}})
	}, "near", key...), "near a known place"
}

// mappedDate reads a time. Its parts are known as precisely as they are written,
// or as a column says.
func (r *recordReader) mappedDate(m *Mapping, d *dateMapping) (claim.Interval, bool) {
	if d == nil {
		return claim.Interval{}, false
	}
	precision := r.mappedValue(m, d.precision)
	a, b, ok := r.mappedDay(m, d, d.from, precision)
	if !ok {
		return claim.Interval{}, false
	}
	i := claim.Interval{EarliestBegin: a, LatestBegin: b, EarliestEnd: a, LatestEnd: b, Rule: "mapping", Text: r.cell(d.from)}
	if precision != "" {
		i.Text += ", precision " + precision
	}
	if d.to == "" {
		return i, true
	}
	c, e, ok := r.mappedDay(m, d, d.to, precision)
	switch {
	case !ok && d.lasting:
		i.EarliestEnd, i.LatestEnd = a, "" // it has not ended as far as the row knows
		return i, true
	case !ok:
		return i, true
	case e < a:
		r.fail(d.to, "the last day %s is before the first, %s", r.cell(d.to), r.cell(d.from))
	}
	i.Text = r.cell(d.from) + " – " + r.cell(d.to)
	if d.lasting {
		i.EarliestEnd, i.LatestEnd = max(a, c), e
	} else {
		i.LatestBegin, i.LatestEnd = e, e
	}
	return i, true
}

// mappedDay returns the days between which the date of a cell lies.
func (r *recordReader) mappedDay(m *Mapping, d *dateMapping, column, precision string) (first, last claim.Date, ok bool) {
	v := r.mappedText(m, column)
	if v == "" {
		return "", "", false
	}
	for _, f := range d.formats {
		t, err := time.Parse(f.layout, v)
		if err != nil {
			continue
		}
		a, b := t, t
		switch max(coarseness[f.precision], coarseness[precision]) {
		case coarseness["week"]:
			a, b = t.AddDate(0, 0, -6), t.AddDate(0, 0, 6)
		case coarseness["month"]:
			a, b = month(t), month(t).AddDate(0, 1, -1)
		case coarseness["year"]:
			a = time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
			b = a.AddDate(1, 0, -1)
		}
		return day(a), day(b), true
	}
	r.fail(column, "%q has none of the forms that the mapping gives", v)
	return "", "", false
}

var coarseness = map[string]int{"day": 0, "week": 1, "month": 2, "year": 3}

// mappedClaim says what links an actor to another or to a place.
func (r *recordReader) mappedClaim(m *Mapping, c *claimMapping) {
	p := claim.Proposition{Kind: c.kind}
	p.Agent, _ = r.mappedActors(m, c.agent)
	if c.patient != nil {
		p.Patient, _ = r.mappedActors(m, c.patient)
	}
	if c.place != nil {
		p.Place, _ = r.mappedPlace(m, c.place)
	}
	if len(p.Agent) == 0 || len(p.Patient) == 0 && p.Place == "" {
		return // the row says nothing of the kind
	}
	p.Time, _ = r.mappedDate(m, c.date)
	said := r.say(p)
	said.Modality, said.Stance = c.modality, c.stance
	r.mappedVoice(m, said)
}
