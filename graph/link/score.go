package link

import (
	"fmt"
	"math"
)

// Feature is one reason for or against a link.
type Feature struct {
	Name   string  // time, place, parties, deaths, type, density, rivals, others
	Weight float64 // what it adds to the log-odds
	Text   string
}

// A pair is compared in five respects, in each of which it is at one level. A
// level has a weight, what it adds to the log-odds that the two are one event:
// positive where true pairs are found at it more often than others are.
const (
	onTime = iota
	onPlace
	onParties
	onDeaths
	onType
	onDensity
	respects
)

var respectNames = [respects]string{"time", "place", "parties", "deaths", "type", "density"}

// levels are those of a pair, by respect.
type levels [respects]uint8

// Levels of time: how far apart the intervals are, and how wide the wider is.
const (
	sameDay uint8 = iota
	sameDays
	nextDay
	secondDay
	meetWithinDays // up to four
	meetWithinFortnight
	meetWithinMonth
	meetWithinMore
	apartRoughly // not exact, and a day or two apart
	timeLevels
)

// Levels of place: whether the names agree, how far the points are apart, and
// how roughly they are known.
const (
	sameTown uint8 = iota
	sameNameFar
	otherTownNear
	otherTownFar
	aroundSameTown // known to within 30 km
	aroundOtherTown
	aroundNowhere // no name for one of them
	divisionNear
	divisionFar
	regionNear
	regionFar
	noPoint
	acrossBorder
	placeLevels
)

// Levels of parties.
const (
	bothParties uint8 = iota
	bothLoosely       // by acronym, or one went on as the other
	onePartyOthersUnnamed
	onePartyOthersDiffer
	nobodyNamed
	partyLevels
)

// Levels of deaths: how far the estimates differ for the number that died.
const (
	noDeaths uint8 = iota // both say that nobody did
	fewAlike
	fewApart
	someAlike
	someNear
	someApart
	manyAlike
	manyNear
	manyApart
	hugeAlike // thirty and more
	hugeNear
	fewerInPart // of a part of the time, no more than of the whole
	farApart
	deathsUnknown
	deathLevels
)

// Levels of type.
const (
	sameType uint8 = iota
	typesTogether
	typesRarely
	typeUnknown
	typeLevels
)

// Levels of density: how many other events are to be expected by chance, from
// what the same sources report around, in the time in which the two may meet. In
// a quiet town two reports of one month are of one event; in a siege, two of one
// week need not be.
const (
	densityLevels   = 7
	densityUnknown  = densityLevels - 1
	lowestDensity   = 0.04 // expected events at the end of the first level; each further one has three times as many
	densityPerLevel = 3
)

const (
	maxGap     = 2    // days between the intervals of a candidate pair
	baseRadius = 3.0  // km by which gazetteers differ on one town
	maxExcess  = 30.0 // km beyond the radii of a candidate pair
	// borderReach is how far from each other two sources may put an event in
	// two countries: towns of one name face each other across a border.
	borderReach = 25.0
)

// compare returns the levels of two events; ok is false when they cannot be one
// event whatever else is alike.
func (m *matcher) compare(x, y *entry) (l levels, ok bool) {
	a, b := x.Event, y.Event
	if gap(a, b) > maxGap {
		return l, false
	}
	l[onTime] = compareTimes(a, b)
	if l[onPlace], ok = comparePlaces(a, b); !ok {
		return l, false
	}
	if l[onParties], ok = m.compareParties(x, y); !ok {
		return l, false
	}
	l[onDeaths] = compareDeaths(a, b)
	l[onDensity] = densityOf(x, y, l[onPlace])
	l[onType], ok = compareTypes(a.Type, b.Type)
	return l, ok
}

func densityOf(x, y *entry, place uint8) uint8 {
	if x.coarse && y.coarse {
		return densityUnknown
	}
	d := max(x.areaRate, y.areaRate)
	if place == sameTown || place == aroundSameTown {
		d = max(x.townRate, y.townRate)
	}
	expected := float64(d) * float64(max(x.days(), y.days())+1)
	level := uint8(0)
	for bound := lowestDensity; expected > bound && level < densityUnknown-1; bound *= densityPerLevel {
		level++
	}
	return level
}

func compareTimes(a, b *Event) uint8 {
	g, wide := gap(a, b), max(a.days(), b.days())
	switch {
	case g == 0 && wide == 1:
		return sameDay
	case g == 0 && a.From == b.From && a.To == b.To:
		return sameDays
	case g == 1 && wide <= 2:
		return nextDay
	case g == 2 && wide <= 2:
		return secondDay
	case g > 0:
		return apartRoughly
	case wide <= 4:
		return meetWithinDays
	case wide <= 14:
		return meetWithinFortnight
	case wide <= 40:
		return meetWithinMonth
	default:
		return meetWithinMore
	}
}

func comparePlaces(a, b *Event) (uint8, bool) {
	foreign := a.Country != "" && b.Country != "" && a.Country != b.Country
	if !a.HasPoint || !b.HasPoint {
		if !foreign && a.Place != "" && a.Place == b.Place && a.Country == b.Country {
			return aroundSameTown, true
		}
		return noPoint, !foreign
	}
	d := Distance(a.Lat, a.Long, b.Lat, b.Long)
	wide := max(a.Radius, b.Radius)
	reach := baseRadius + math.Hypot(a.Radius, b.Radius)
	if d > reach+maxExcess {
		return 0, false
	}
	if foreign {
		// Nearest is not same: at a border the country decides, unless a source
		// says that the place is at it.
		return acrossBorder, d <= borderReach+wide && (a.Border || b.Border)
	}
	named := a.Place != "" && b.Place != ""
	switch {
	case wide < 5 && named && a.Place == b.Place && d < 15:
		return sameTown, true
	case wide < 5 && named && a.Place == b.Place:
		return sameNameFar, true
	case wide < 5 && d < 6:
		return otherTownNear, true
	case wide < 5:
		return otherTownFar, true
	case wide <= 30 && named && a.Place == b.Place:
		return aroundSameTown, true
	case wide <= 30 && named:
		return aroundOtherTown, true
	case wide <= 30:
		return aroundNowhere, true
	case wide <= 100 && d < wide/2:
		return divisionNear, true
	case wide <= 100:
		return divisionFar, true
	case d < wide/2:
		return regionNear, true
	default:
		return regionFar, true
	}
}

// compareParties matches the sides of two events one to one. Parties are sides
// in no order. Two events whose named sides have nothing in common are two
// events, however near.
func (m *matcher) compareParties(x, y *entry) (uint8, bool) {
	if len(x.actors) == 0 || len(y.actors) == 0 {
		return nobodyNamed, true
	}
	matched, least := 0, 1.0
	var used [8]bool
	for _, p := range x.actors {
		best, at := 0.0, -1
		for k, q := range y.actors {
			if k < len(used) && !used[k] {
				if s := m.actors.strength(p, q); s > best {
					best, at = s, k
				}
			}
		}
		if at >= 0 {
			used[at] = true
			matched++
			least = min(least, best)
		}
	}
	left := min(len(x.actors), len(y.actors)) - matched // named sides of both that found nobody
	switch {
	case matched == 0:
		return 0, false
	case matched >= 2 && least >= 0.85:
		return bothParties, true
	case matched >= 2:
		return bothLoosely, true
	case left == 0:
		return onePartyOthersUnnamed, true
	default:
		return onePartyOthersDiffer, true
	}
}

func compareDeaths(a, b *Event) uint8 {
	if !a.HasDeaths || !b.HasDeaths {
		return deathsUnknown
	}
	least, most := min(a.High, b.High), max(a.High, b.High)
	apart := float64(max(0, a.Low-b.High, b.Low-a.High))
	ratio := math.Log((apart + float64(least) + 0.5) / (float64(least) + 0.5))
	switch {
	case most == 0:
		return noDeaths
	case ratio > 0.3 && (a.days() < b.days() && a.High < b.High || b.days() < a.days() && b.High < a.High):
		return fewerInPart
	case ratio > 1.6:
		return farApart
	case least >= 30 && ratio < 0.15:
		return hugeAlike
	case least >= 30 && ratio < 0.6:
		return hugeNear
	case most < 3 && ratio < 0.1:
		return fewAlike
	case most < 3:
		return fewApart
	case most < 10 && ratio < 0.1:
		return someAlike
	case most < 10 && ratio < 0.6:
		return someNear
	case most < 10:
		return someApart
	case ratio < 0.15:
		return manyAlike
	case ratio < 0.6:
		return manyNear
	default:
		return manyApart
	}
}

func compareTypes(a, b Type) (uint8, bool) {
	if a == AnyType || b == AnyType {
		return typeUnknown, true
	}
	if a == b {
		return sameType, true
	}
	pair := func(x, y Type) bool { return a == x && b == y || a == y && b == x }
	switch {
	case pair(Remote, Fight):
		return typesTogether, true
	case pair(Remote, Civilians), pair(Fight, Civilians), pair(Protest, Civilians), pair(Strategic, Fight):
		return typesRarely, true
	default:
		return 0, false
	}
}

func (l *levels) logit() float64 {
	sum := bias
	for i, at := range l {
		sum += weights[i][at]
	}
	return sum
}

func sigmoid(l float64) float64 { return 1 / (1 + math.Exp(-l)) }

// explain puts the levels of a pair in words.
func (m *matcher) explain(x, y *entry, l *levels) []Feature {
	a, b := x.Event, y.Event
	out := make([]Feature, 0, respects+1)
	for i, at := range l {
		var text string
		switch i {
		case onTime:
			text = fmt.Sprintf("they meet; known to within %d and %d days", a.days(), b.days())
			if g := gap(a, b); g > 0 {
				text = fmt.Sprintf("%d days apart; known to within %d and %d days", g, a.days(), b.days())
			}
		case onPlace:
			text = "no points to compare"
			if a.HasPoint && b.HasPoint {
				text = fmt.Sprintf("%.1f km apart; known to within %.0f and %.0f km", Distance(a.Lat, a.Long, b.Lat, b.Long), a.Radius, b.Radius)
			}
			switch {
			case at == acrossBorder:
				text += "; across a border"
			case a.Place != "" && a.Place == b.Place:
				text += "; one name"
			case a.Place != "" && b.Place != "":
				text += "; different names"
			}
		case onParties:
			text = [partyLevels]string{"both sides agree", "both sides agree, not quite by name", "one side agrees, the other is not named by both",
				"one side agrees, the other does not", "one of them names nobody"}[at]
		case onDeaths:
			text = "the number of dead is not given"
			if at != deathsUnknown {
				text = fmt.Sprintf("%d–%d and %d–%d killed", a.Low, a.High, b.Low, b.High)
			}
		case onDensity:
			text = fmt.Sprintf("events around: level %d of %d", at, densityUnknown)
			if at == densityUnknown {
				text = "how many events there were around is not known"
			}
		case onType:
			text = [typeLevels]string{"one kind of violence", "kinds of violence that go together", "kinds of violence that rarely go together", "the kind is not given"}[at]
		}
		out = append(out, Feature{respectNames[i], weights[i][at], text})
	}
	return out
}
