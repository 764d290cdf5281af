package link

import (
	"math"

	"github.com/belligraph/belligraph/graph/claim"
)

// entry is an event prepared for comparison.
type entry struct {
	*Event
	actors []int32 // named parties, by number
	vague  bool    // a party is not named
	coarse bool    // place or time is known so roughly that cells would not find it
	// Other events of the source a day, around and in the same town.
	areaRate, townRate float32
}

// Blocks. Events whose place is known to within fineRadius and whose time to
// within fineDays lie in cells of half a degree and a week, and are compared
// with what lies in the cells around. The others lie in blocks of a country, a
// month and a party. The number of comparisons then grows with the number of
// events, as long as the density of events in time and space stays.
const (
	fineRadius = 30.0
	fineDays   = 35
	cellDegree = 0.5
	cellDays   = 7
	blockDays  = 30
	maxBlock   = 3000 // events of one block that one event is compared with
)

type cell struct{ x, y, t int16 }

type block struct {
	country string
	month   int16
	actor   int32
}

type blocks struct {
	fine   map[cell][]int32
	coarse map[block][]int32
}

func floorDiv(a, b int32) int16 { return int16(math.Floor(float64(a) / float64(b))) }

// prepare numbers the parties of the events and puts them in blocks.
func (m *matcher) prepare(events []Event) {
	m.entries = make([]entry, len(events))
	m.blocks = blocks{make(map[cell][]int32), make(map[block][]int32)}
	for i := range events {
		e := &m.entries[i]
		e.Event = &events[i]
		e.vague = len(e.Actors) < 2
		for _, r := range e.Actors {
			n, ok := m.actors.number[r]
			if !ok || m.actors.keys[n].generic {
				e.vague = true
				continue
			}
			e.actors = append(e.actors, n)
		}
		e.coarse = !e.HasPoint || e.Radius > fineRadius || e.days() > fineDays
		if !e.coarse {
			for t := floorDiv(e.From, cellDays); t <= floorDiv(e.To, cellDays); t++ {
				c := cell{cellOf(e.Long), cellOf(e.Lat), t}
				m.blocks.fine[c] = append(m.blocks.fine[c], int32(i))
			}
			continue
		}
		m.eachBlock(e, 0, func(b block) { m.blocks.coarse[b] = append(m.blocks.coarse[b], int32(i)) })
	}
}

// densitySpan is how many weeks before and after an event its surroundings are
// looked at, densityMost how many events are counted.
const (
	densitySpan = 4
	densityMost = 200
)

// density counts what the source of an event reports around it.
func (m *matcher) density(i int32) {
	e := &m.entries[i]
	if e.coarse {
		return
	}
	area, town := 0, 0
	x, y, t := cellOf(e.Long), cellOf(e.Lat), floorDiv(e.From, cellDays)
	for dx := int16(-1); dx <= 1; dx++ {
		for dy := int16(-1); dy <= 1; dy++ {
			for dt := int16(-densitySpan); dt <= densitySpan && area < densityMost; dt++ {
				for _, j := range m.blocks.fine[cell{x + dx, y + dy, t + dt}] {
					o := &m.entries[j]
					if j == i || o.Source != e.Source || len(e.actors) > 0 && len(o.actors) > 0 && !shares(e.actors, o.actors) {
						continue
					}
					area++
					if o.Place == e.Place && e.Place != "" {
						town++
					}
				}
			}
		}
	}
	const days = (2*densitySpan + 1) * cellDays
	e.areaRate, e.townRate = float32(area)/days, float32(town)/days
}

func shares(a, b []int32) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

func cellOf(degrees float64) int16 { return int16(math.Floor(degrees / cellDegree)) }

// eachBlock calls f with the blocks of an event whose time is widened by some
// days. A government fights in most events of its country and is used only
// where nobody else is named.
func (m *matcher) eachBlock(e *entry, widen int32, f func(block)) {
	keys := make([]int32, 0, 4)
	for _, n := range e.actors {
		if m.actors.keys[n].state == "" {
			keys = append(keys, m.root[n])
		}
	}
	if len(keys) == 0 {
		for _, n := range e.actors {
			keys = append(keys, m.root[n])
		}
	}
	if len(keys) == 0 {
		keys = append(keys, -1)
	}
	for t := floorDiv(e.From-widen, blockDays); t <= floorDiv(e.To+widen, blockDays); t++ {
		for _, k := range keys {
			f(block{e.Country, t, k})
		}
	}
}

// candidates calls f with each event that the event may be, once each. seen has
// room for all events and is left as it was.
func (m *matcher) candidates(i int32, seen []bool, f func(j int32)) {
	e := &m.entries[i]
	var found []int32
	look := func(list []int32, both bool) {
		for _, j := range list[:min(len(list), maxBlock)] {
			if both && j <= i || seen[j] || m.entries[j].Source == e.Source {
				continue
			}
			seen[j] = true
			found = append(found, j)
		}
	}
	if !e.coarse {
		reach := (baseRadius + maxExcess + 1.5*fineRadius) / 111
		wide := reach / max(0.1, math.Cos(e.Lat*math.Pi/180))
		for x := cellOf(e.Long - wide); x <= cellOf(e.Long+wide); x++ {
			for y := cellOf(e.Lat - reach); y <= cellOf(e.Lat+reach); y++ {
				for t := floorDiv(e.From-maxGap, cellDays); t <= floorDiv(e.To+maxGap, cellDays); t++ {
					look(m.blocks.fine[cell{x, y, t}], true)
				}
			}
		}
	}
	m.eachBlock(e, maxGap, func(b block) { look(m.blocks.coarse[b], e.coarse) })
	for _, j := range found {
		seen[j] = false
		f(j)
	}
}

// roots joins actors that go together, so that they meet in one block.
func (a *actors) roots() []int32 {
	parent := make([]int32, len(a.list))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(n int32) int32 {
		for parent[n] != n {
			parent[n] = parent[parent[n]]
			n = parent[n]
		}
		return n
	}
	for pair := range a.related {
		if x, y := find(pair[0]), find(pair[1]); x != y {
			parent[max(x, y)] = min(x, y)
		}
	}
	for i := range parent {
		parent[i] = find(int32(i))
	}
	return parent
}

// pairKey orders the two ends of a pair by source and name.
func pairKey(a, b *Event) [2]claim.Ref {
	if a.Source > b.Source || a.Source == b.Source && a.IRI > b.IRI {
		a, b = b, a
	}
	return [2]claim.Ref{a.IRI, b.IRI}
}
