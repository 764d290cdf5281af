package link

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph/claim"
)

// Verdict is what becomes of a pair.
type Verdict string

// The verdicts. Accepted pairs become links, those under review wait for a
// person, rejected ones are kept as denials when they came near.
const (
	Accepted Verdict = "accepted"
	Review   Verdict = "review"
	Rejected Verdict = "rejected"
)

// Options say where verdicts begin. The zero value is right for most uses.
type Options struct {
	Accept float64 // least score of an accepted pair; 0 is 0.735
	Review float64 // least score of a pair for review; 0 is 0.3
	Keep   float64 // least score before rivals of a rejected pair that is kept; 0 is 0.3
	// Given are decisions of people and imported mappings. They win.
	Given Mappings
}

func (o *Options) defaults() {
	o.Accept = cmp.Or(o.Accept, 0.735)
	o.Review = cmp.Or(o.Review, 0.3)
	o.Keep = cmp.Or(o.Keep, 0.3)
}

// Pair is two events of different sources that may be one, with what speaks for
// and against it. A comes from the source that is first by name, or is the part.
type Pair struct {
	A, B     *Event
	Kind     string // of the link: [KindSameEvent], or [KindPartOf] when A is part of B
	Score    float64
	Verdict  Verdict
	Given    bool // somebody decided it
	Features []Feature
}

// Result is what a run has found.
type Result struct {
	Pairs    []Pair // in the order of their events
	Actors   []Relation
	Compared int // pairs of events that were looked at

	private map[claim.Ref]bool // actors of events in named graphs
}

type matcher struct {
	o       Options
	actors  *actors
	root    []int32 // of actors that go together
	entries []entry
	blocks  blocks
}

// found is a candidate pair while the events are compared.
type found struct {
	a, b  int32
	l     levels
	logit float64
	// With the rivals: the probability, and what they add to the log-odds.
	p, rivals float64
	third     float64 // what other sources add
}

// Match compares events of different sources. Its cost grows about linearly
// with their number.
func Match(ctx context.Context, events []Event, list []Actor, o Options) (*Result, error) {
	o.defaults()
	m := &matcher{o: o, actors: newActors(list, o.Given)}
	m.root = m.actors.roots()
	m.prepare(events)
	if err := m.each(ctx, func(_, i int) { m.density(int32(i)) }); err != nil {
		return nil, err
	}
	pairs, compared, err := m.compareAll(ctx)
	if err != nil {
		return nil, err
	}
	m.compete(pairs)
	m.corroborate(pairs)
	r := &Result{Compared: compared, Actors: m.actors.relations()}
	r.private = make(map[claim.Ref]bool)
	for i := range events {
		for _, a := range events[i].Actors {
			if events[i].Graph != nil {
				r.private[a] = true
			}
		}
	}
	m.decide(pairs, r)
	m.addGiven(r)
	slices.SortFunc(r.Pairs, func(x, y Pair) int { return cmp.Or(cmp.Compare(x.A.IRI, y.A.IRI), cmp.Compare(x.B.IRI, y.B.IRI)) })
	return r, nil
}

// floor is the log-odds below which a pair is not kept while comparing: it can
// no longer become a link, nor a rival that counts.
const floor = -3.0

// eachChunk is how many events a worker takes at a time.
const eachChunk = 512

// each calls f with each event on all processors. Events of one chunk are
// taken in order by one worker.
func (m *matcher) each(ctx context.Context, f func(worker, event int)) error {
	next := make(chan int)
	var wg sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for c := range next {
				for i := c; i < min(len(m.entries), c+eachChunk); i++ {
					f(w, i)
				}
			}
		}()
	}
	for c := 0; c < len(m.entries) && ctx.Err() == nil; c += eachChunk {
		next <- c
	}
	close(next)
	wg.Wait()
	return ctx.Err()
}

// compareAll looks at all candidates.
func (m *matcher) compareAll(ctx context.Context) ([]found, int, error) {
	workers := runtime.GOMAXPROCS(0)
	results := make([][]found, (len(m.entries)+eachChunk-1)/eachChunk)
	compared := make([]int, workers)
	seen := make([][]bool, workers)
	err := m.each(ctx, func(w, i int) {
		if seen[w] == nil {
			seen[w] = make([]bool, len(m.entries))
		}
		x := &m.entries[i]
		m.candidates(int32(i), seen[w], func(j int32) {
			compared[w]++
			l, ok := m.compare(x, &m.entries[j])
			if !ok {
				return
			}
			if logit := l.logit(); logit > floor {
				results[i/eachChunk] = append(results[i/eachChunk], found{a: int32(i), b: j, l: l, logit: logit})
			}
		})
	})
	total := 0
	for _, n := range compared {
		total += n
	}
	return slices.Concat(results...), total, err
}

// compete sets pairs against each other: where an event has several candidates
// in one source, each is the less likely. A part competes for its whole, not
// the whole for its parts: it may have several.
func (m *matcher) compete(pairs []found) {
	type side struct {
		event  int32
		source string
	}
	sum := make(map[side]float64, 2*len(pairs))
	for i := range pairs {
		p := &pairs[i]
		e := math.Exp(p.logit)
		sum[side{p.a, m.entries[p.b].Source}] += e
		sum[side{p.b, m.entries[p.a].Source}] += e
	}
	for i := range pairs {
		p := &pairs[i]
		e := math.Exp(p.logit)
		rivals := func(event, other int32) float64 {
			return math.Log1p(max(0, sum[side{event, m.entries[other].Source}]-e))
		}
		ofA, ofB := rivals(p.a, p.b), rivals(p.b, p.a)
		l := p.logit + rivalsBias
		switch x, y := m.entries[p.a].Event, m.entries[p.b].Event; {
		case isPart(x, y):
			l += rivalsPart*ofA + rivalsWhole*ofB + partShift
		case isPart(y, x):
			l += rivalsPart*ofB + rivalsWhole*ofA + partShift
		default:
			l += rivalsMost*max(ofA, ofB) + rivalsLeast*min(ofA, ofB)
		}
		p.p = sigmoid(l)
		p.rivals = l - p.logit
	}
}

// What a third source adds: two reports that it reports as one are more likely
// one, two that it tells apart are less so. Set by hand on seeds 1 and 2.
const (
	thirdAgrees    = 0.1
	thirdDisagrees = -2.5
)

// corroborate compares each pair with what sources other than its two have of
// the same event, as far as that is accepted without their help.
func (m *matcher) corroborate(pairs []found) {
	type side struct {
		event  int32
		source string
	}
	partners := make(map[side][]int32)
	sources := make(map[string]bool)
	for i := range m.entries {
		sources[m.entries[i].Source] = true
	}
	if len(sources) < 3 {
		return
	}
	for i := range pairs {
		if p := &pairs[i]; p.p >= m.o.Accept {
			partners[side{p.a, m.entries[p.b].Source}] = append(partners[side{p.a, m.entries[p.b].Source}], p.b)
			partners[side{p.b, m.entries[p.a].Source}] = append(partners[side{p.b, m.entries[p.a].Source}], p.a)
		}
	}
	for i := range pairs {
		p := &pairs[i]
		a, b := m.entries[p.a].Source, m.entries[p.b].Source
		for s := range sources {
			ofA, ofB := partners[side{p.a, s}], partners[side{p.b, s}]
			switch {
			case s == a || s == b || len(ofA) == 0 || len(ofB) == 0:
			case shares(ofA, ofB):
				p.third += thirdAgrees
			default:
				p.third += thirdDisagrees
			}
		}
		if p.third != 0 {
			p.p = sigmoid(p.logit + p.rivals + p.third)
		}
	}
}

// isPart reports whether an event may be a part of what another source reports
// as one event of several days or of a summary.
func isPart(part, whole *Event) bool { return whole.days() > part.days() }

// decide gives each pair its verdict and its kind.
func (m *matcher) decide(pairs []found, r *Result) {
	type side struct {
		event  int32
		source string
	}
	parts := make(map[side]int) // accepted pairs of an event with one source
	for i := range pairs {
		if p := &pairs[i]; p.p >= m.o.Accept {
			parts[side{p.a, m.entries[p.b].Source}]++
			parts[side{p.b, m.entries[p.a].Source}]++
		}
	}
	for i := range pairs {
		p := &pairs[i]
		before := sigmoid(p.logit)
		if p.p < m.o.Review && before < m.o.Keep {
			continue
		}
		x, y := &m.entries[p.a], &m.entries[p.b]
		pair := Pair{A: x.Event, B: y.Event, Kind: KindSameEvent, Score: p.p, Verdict: Rejected, Features: m.explain(x, y, &p.l)}
		pair.Features = append(pair.Features, Feature{"rivals", p.rivals, rivalsText(p.rivals)})
		if p.third != 0 {
			pair.Features = append(pair.Features, Feature{"others", p.third, othersText(p.third)})
		}
		switch {
		case p.p >= m.o.Accept:
			pair.Verdict = Accepted
		case p.p >= m.o.Review:
			pair.Verdict = Review
		}
		wholeA, wholeB := parts[side{p.a, y.Source}] > 1, parts[side{p.b, x.Source}] > 1
		switch {
		case wholeB && !wholeA && isPart(x.Event, y.Event):
			pair.Kind = KindPartOf
		case wholeA && !wholeB && isPart(y.Event, x.Event):
			pair.Kind = KindPartOf
			pair.A, pair.B = pair.B, pair.A
		default:
			if k := pairKey(x.Event, y.Event); k[0] != x.IRI {
				pair.A, pair.B = pair.B, pair.A
			}
		}
		if d, ok := m.o.Given.Of(x.IRI, y.IRI); ok {
			pair.Given, pair.Verdict = true, Accepted
			switch {
			case d.Denied:
				pair.Verdict = Rejected
			case d.Kind != "":
				pair.Kind = d.Kind
				if _, as := m.o.Given[[2]claim.Ref{pair.A.IRI, pair.B.IRI}]; !as {
					pair.A, pair.B = pair.B, pair.A // which is part of which is decided too
				}
			}
		}
		r.Pairs = append(r.Pairs, pair)
	}
}

func rivalsText(weight float64) string {
	if weight > 1 {
		return "no other candidate that counts"
	}
	return "other candidates in the same source"
}

func othersText(weight float64) string {
	if weight > 0 {
		return "a third source has both as one"
	}
	return "a third source tells them apart"
}

// addGiven adds the decisions on pairs that the comparison did not find.
func (m *matcher) addGiven(r *Result) {
	if len(m.o.Given) == 0 {
		return
	}
	by := make(map[claim.Ref]*Event, len(m.entries))
	for i := range m.entries {
		by[m.entries[i].IRI] = m.entries[i].Event
	}
	have := make(map[[2]claim.Ref]bool)
	for _, p := range r.Pairs {
		have[[2]claim.Ref{p.A.IRI, p.B.IRI}], have[[2]claim.Ref{p.B.IRI, p.A.IRI}] = true, true
	}
	for k, d := range m.o.Given {
		a, b := by[k[0]], by[k[1]]
		if a == nil || b == nil || have[k] {
			continue
		}
		p := Pair{A: a, B: b, Kind: cmp.Or(d.Kind, KindSameEvent), Verdict: Accepted, Given: true}
		if d.Denied {
			p.Verdict = Rejected
		}
		r.Pairs = append(r.Pairs, p)
	}
}
