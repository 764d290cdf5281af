// Package linktest invents worlds: events, and several observers who report them
// as datasets do, each with its own codes, precisions, names, omissions and
// ways of splitting. What reports what is known, so that links can be counted
// right or wrong.
package linktest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/link"
)

// Options say what world to make.
type Options struct {
	Seed      uint64
	Events    int // that happen
	Observers int // 2 to 4
}

// World is what observers report, and what of it is the same.
type World struct {
	Events []link.Event
	Actors []link.Actor
	// Truth holds the pairs of reports that have a true event in common, each in
	// both orders.
	Truth map[[2]claim.Ref]bool
	Pairs int // in Truth, each once
}

type town struct {
	lat, long float64
	name      string
	division  int
	country   int
	border    bool
}

// group is an actor of the world, with its names as observers spell them.
type group struct {
	country int
	state   bool
	name    string // full
	from    int32
	to      int32
}

type happening struct {
	town     int
	from, to int32
	sides    [2]int // groups; -1 for civilians
	deaths   int64
	kind     link.Type
}

type maker struct {
	r      *rand.Rand
	o      Options
	towns  []town
	groups []group
	by     [][]int // groups of each country that are no state
	events []happening
}

const (
	firstDay = 7000 // in 1989
	years    = 30
)

// New makes a world.
func New(o Options) *World {
	m := &maker{r: rand.New(rand.NewPCG(o.Seed, 0x6265_6c6c)), o: o}
	m.people(max(3, o.Events/2500))
	m.happen()
	return m.observe()
}

var (
	onsets  = strings.Fields("b d f g h j k l m n r s t w z b k m n t s r")
	vowels  = strings.Fields("a e i o u a i a ou ee")
	purpose = strings.Fields("Liberation Unity Defence Freedom Justice Resistance Salvation Renewal")
	bodies  = strings.Fields("Front Movement Army Union Forces Brigade Council")
)

func (m *maker) word(syllables int) string {
	var b strings.Builder
	for range syllables {
		b.WriteString(onsets[m.r.IntN(len(onsets))])
		b.WriteString(vowels[m.r.IntN(len(vowels))])
	}
	if m.r.IntN(3) == 0 {
		b.WriteString("n")
	}
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

// people makes countries with towns and groups. Neighbouring countries share a
// border, with towns of one name on both sides now and then.
func (m *maker) people(countries int) {
	m.by = make([][]int, countries)
	for c := range countries {
		lat, long := -20+8*float64(c%6), -10+9*float64(c/6)
		center := make([][2]float64, 8)
		for d := range center {
			center[d] = [2]float64{lat + 7*m.r.Float64(), long + 8*m.r.Float64()}
		}
		for i := range 60 {
			d := m.r.IntN(len(center))
			t := town{lat: center[d][0] + 0.5*m.r.NormFloat64(), long: center[d][1] + 0.5*m.r.NormFloat64(), name: m.word(2 + m.r.IntN(2)), division: d, country: c}
			if i%20 == 0 && c > 0 { // faces a town of the same name
				other := m.towns[60*(c-1)+m.r.IntN(60)]
				t.lat, t.long, t.name, t.border = other.lat+0.05, other.long+0.05, other.name, true
			}
			m.towns = append(m.towns, t)
		}
		m.groups = append(m.groups, group{country: c, state: true, name: country(c)})
		for range 3 + m.r.IntN(5) {
			from := int32(firstDay + m.r.IntN(365*years-2000))
			g := group{country: c, name: m.word(2) + " " + bodies[m.r.IntN(len(bodies))] + " for " + purpose[m.r.IntN(len(purpose))], from: from, to: from + 1500 + int32(m.r.IntN(4000))}
			m.by[c] = append(m.by[c], len(m.groups))
			m.groups = append(m.groups, g)
		}
	}
}

// country names are as different as those of the world are.
func country(c int) string {
	return "Land" + string(rune('b'+c%20)) + string(rune('d'+c/20%16)) + string(rune('k'+c/320%10)) + "ia"
}

// happen makes campaigns: events follow each other near in time and space,
// between the same sides, which is what makes them hard to tell apart.
func (m *maker) happen() {
	for len(m.events) < m.o.Events {
		c := m.r.IntN(len(m.by))
		g := m.by[c][m.r.IntN(len(m.by[c]))]
		state := m.stateOf(c)
		sides := [2]int{state, g}
		if m.r.IntN(6) == 0 {
			sides[0] = m.by[c][m.r.IntN(len(m.by[c]))]
			if sides[0] == g {
				sides[0] = state
			}
		}
		day := m.groups[g].from + int32(m.r.IntN(int(m.groups[g].to-m.groups[g].from)))
		base := 60*c + m.r.IntN(60)
		for range 1 + m.r.IntN(25) {
			day += int32(m.r.ExpFloat64() * 8)
			at := base
			if m.r.IntN(3) > 0 { // elsewhere in the division
				for range 5 {
					if k := 60*c + m.r.IntN(60); m.towns[k].division == m.towns[base].division {
						at = k
						break
					}
				}
			}
			e := happening{town: at, from: day, to: day, sides: sides, deaths: int64(m.r.ExpFloat64() * m.r.ExpFloat64() * 8), kind: link.Fight}
			switch m.r.IntN(10) {
			case 0, 1:
				e.kind = link.Remote
			case 2, 3:
				e.kind = link.Civilians
				e.sides = [2]int{sides[m.r.IntN(2)], -1}
			}
			if m.r.IntN(8) == 0 {
				e.to += 1 + int32(m.r.IntN(3))
			}
			m.events = append(m.events, e)
		}
	}
	m.events = m.events[:m.o.Events]
}

func (m *maker) stateOf(c int) int {
	for i := range m.groups {
		if m.groups[i].country == c && m.groups[i].state {
			return i
		}
	}
	return 0
}

// observer is how one source reports.
type observer struct {
	name     string
	coverage float64 // of events with ten dead; less of those with none
	onlyDead bool    // counts nothing without a death
	splits   bool    // a row for each day of an event
	merges   float64 // of campaigns in a town reported as one summary
	exact    float64 // of times known to the day
	late     float64 // of days put one day late
	place    [4]float64
	jitter   float64 // km
	style    int     // of names
	noise    float64 // of counts
	vague    float64 // of sides not named
}

func (m *maker) observers() []observer {
	all := []observer{
		{name: "a", coverage: 0.85, onlyDead: true, merges: 0.04, exact: 0.78, late: 0.05, place: [4]float64{0.62, 0.15, 0.13, 0.08}, jitter: 1.5, style: 0, noise: 0.2, vague: 0.01},
		{name: "b", coverage: 0.9, splits: true, exact: 0.85, late: 0.08, place: [4]float64{0.75, 0.15, 0, 0.1}, jitter: 2.5, style: 1, noise: 0.35, vague: 0.05},
		{name: "c", coverage: 0.55, exact: 0.9, late: 0.03, place: [4]float64{0.85, 0.1, 0, 0.05}, jitter: 4, style: 2, noise: 0.5, vague: 0.03},
		{name: "d", coverage: 0.4, exact: 0.6, late: 0.1, place: [4]float64{0.5, 0.2, 0.2, 0.1}, jitter: 2, style: 1, noise: 0.6, vague: 0.1},
	}
	return all[:min(max(m.o.Observers, 2), 4)]
}

// observe lets each observer report.
func (m *maker) observe() *World {
	w := &World{Truth: make(map[[2]claim.Ref]bool)}
	reports := make([][]claim.Ref, len(m.events)) // of each event
	source := make(map[claim.Ref]string)
	for _, o := range m.observers() {
		refs := m.actors(w, &o)
		n := 0
		report := func(of []int, from, to int32, deaths int64) {
			e := m.report(&o, refs, m.events[of[0]], from, to, deaths)
			e.IRI = claim.Ref(fmt.Sprintf("w:%s/%d", o.name, n))
			n++
			w.Events = append(w.Events, e)
			source[e.IRI] = o.name
			for _, i := range of {
				reports[i] = append(reports[i], e.IRI)
			}
		}
		for i := 0; i < len(m.events); i++ {
			e := m.events[i]
			chance := o.coverage * (0.55 + 0.45*min(1, math.Log1p(float64(e.deaths))/math.Log(10)))
			if o.onlyDead && e.deaths == 0 || m.r.Float64() > chance {
				continue
			}
			switch {
			case o.merges > 0 && m.r.Float64() < o.merges && i+1 < len(m.events) && m.events[i+1].town == e.town && m.events[i+1].sides == e.sides && m.events[i+1].from-e.to < 12:
				report([]int{i, i + 1}, e.from, m.events[i+1].to, e.deaths+m.events[i+1].deaths)
				i++
			case o.splits && e.to > e.from:
				for d := e.from; d <= e.to; d++ {
					report([]int{i}, d, d, e.deaths/int64(e.to-e.from+1))
				}
			default:
				report([]int{i}, e.from, e.to, e.deaths)
			}
		}
	}
	for _, refs := range reports {
		for i, a := range refs {
			for _, b := range refs[i+1:] {
				if source[a] != source[b] && !w.Truth[[2]claim.Ref{a, b}] {
					w.Truth[[2]claim.Ref{a, b}], w.Truth[[2]claim.Ref{b, a}] = true, true
					w.Pairs++
				}
			}
		}
	}
	m.r.Shuffle(len(w.Events), func(i, j int) { w.Events[i], w.Events[j] = w.Events[j], w.Events[i] })
	return w
}

// actors describes the groups as the observer names them and returns their
// references.
func (m *maker) actors(w *World, o *observer) []claim.Ref {
	refs := make([]claim.Ref, len(m.groups)+1)
	for i, g := range m.groups {
		a := link.Actor{IRI: claim.Ref(fmt.Sprintf("w:%s/actor/%d", o.name, i)), Source: o.name, Kind: claim.ArmedGroup, Country: link.CountryKey(country(g.country))}
		switch {
		case g.state && o.style == 0:
			a.Kind, a.Names = claim.Government, []string{"Government of " + g.name}
		case g.state:
			a.Kind, a.Names = claim.StateForce, []string{fmt.Sprintf("Military Forces of %s (19%d-)", g.name, 60+m.r.IntN(39))}
		case o.style == 1:
			a.Names = []string{acronym(g.name) + ": " + g.name}
		case o.style == 2:
			a.Names = []string{respell(m.r, g.name)}
		default:
			a.Names = []string{g.name}
		}
		refs[i] = a.IRI
		w.Actors = append(w.Actors, a)
	}
	nobody := link.Actor{IRI: claim.Ref("w:" + o.name + "/actor/nobody"), Source: o.name, Kind: claim.Civilians, Names: []string{"Civilians"}}
	w.Actors = append(w.Actors, nobody)
	refs[len(m.groups)] = nobody.IRI
	return refs
}

func acronym(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(name) {
		if word[0] >= 'A' && word[0] <= 'Z' {
			b.WriteByte(word[0])
		}
	}
	return b.String()
}

// respell writes a name as another language's reporters would.
func respell(r *rand.Rand, name string) string {
	for _, change := range [][2]string{{"ou", "w"}, {"ee", "i"}, {"j", "dj"}, {"k", "q"}} {
		if r.IntN(2) == 0 {
			name = strings.ReplaceAll(name, change[0], change[1])
		}
	}
	return name
}

// report is one row of an observer.
func (m *maker) report(o *observer, refs []claim.Ref, h happening, from, to int32, deaths int64) link.Event {
	t := m.towns[h.town]
	e := link.Event{Source: o.name, Country: link.CountryKey(country(t.country)), Border: t.border, Type: h.kind, From: from, To: to}
	if m.r.Float64() < o.late {
		e.From, e.To = e.From+1, e.To+1
	}
	if m.r.Float64() > o.exact {
		switch m.r.IntN(6) {
		case 0, 1, 2:
			e.From, e.To = e.From-int32(m.r.IntN(4)), e.To+int32(m.r.IntN(4))
		case 3, 4:
			e.From, e.To = e.From-6, e.To+6
		default:
			e.From = e.From - e.From%30
			e.To = max(e.To, e.From+30)
		}
	}
	e.HasPoint, e.Lat, e.Long, e.Place = true, t.lat, t.long, link.Skeleton(respell(m.r, t.name))
	p := m.r.Float64()
	switch {
	case p < o.place[0]:
	case p < o.place[0]+o.place[1]:
		e.Radius = 25
		e.Lat, e.Long = e.Lat+0.08*m.r.NormFloat64(), e.Long+0.08*m.r.NormFloat64()
	case p < o.place[0]+o.place[1]+o.place[2]:
		e.Radius, e.Place = 60, ""
		e.Lat, e.Long = e.Lat+0.25*m.r.NormFloat64(), e.Long+0.25*m.r.NormFloat64()
	case p < o.place[0]+o.place[1]+o.place[2]+o.place[3]:
		e.Radius, e.Place = 150, ""
		e.Lat, e.Long = e.Lat+0.6*m.r.NormFloat64(), e.Long+0.6*m.r.NormFloat64()
	default:
		e.HasPoint, e.Place = false, ""
	}
	e.Lat, e.Long = e.Lat+o.jitter/111*m.r.NormFloat64(), e.Long+o.jitter/111*m.r.NormFloat64()
	for _, s := range h.sides {
		if s < 0 || m.r.Float64() < o.vague {
			s = len(m.groups)
		}
		e.Actors = append(e.Actors, refs[s])
	}
	n := int64(float64(deaths)*math.Exp(o.noise*m.r.NormFloat64()) + 0.5)
	if o.onlyDead {
		n = max(n, 1)
	}
	e.HasDeaths, e.Low, e.High = true, n, n
	if o.style == 0 {
		e.Low, e.High = n-n/5, n+n/3+int64(m.r.IntN(2))
	}
	if e.Type == link.Fight && m.r.IntN(12) == 0 {
		e.Type = link.Remote
	}
	return e
}

// Score counts right and wrong links.
type Score struct {
	Accepted, Right, Pairs int
	Precision, Recall      float64
}

// Measure compares accepted pairs with the truth.
func (w *World) Measure(r *link.Result) Score {
	s := Score{Pairs: w.Pairs}
	for _, p := range r.Pairs {
		if p.Verdict != link.Accepted {
			continue
		}
		s.Accepted++
		if w.Truth[[2]claim.Ref{p.A.IRI, p.B.IRI}] {
			s.Right++
		}
	}
	s.Precision, s.Recall = float64(s.Right)/float64(max(1, s.Accepted)), float64(s.Right)/float64(max(1, s.Pairs))
	return s
}
