package main

import (
	"math/rand/v2"
	"strconv"
)

const wikiNS = "http://wiki.example/"

func property(i int) string { return node(wikiNS+"prop/P", i) }

// The properties of the Wikidata-like graph bear Wikidata's numbers where it
// has the like; those from 2100 and from 5000 on are our own.
var (
	instanceOf, subclassOf, partOf        = property(31), property(279), property(361)
	born, died, birthplace                = property(569), property(570), property(19)
	citizenship, occupation, sex          = property(27), property(106), property(21)
	population, elevation, country, coord = property(1082), property(2044), property(17), property(625)
	published, author, genre              = property(577), property(50), property(136)
	workLanguage, workTitle               = property(364), property(1476)
	founded, founder, seat, employees     = property(571), property(112), property(159), property(1128)
	mass, image, website, borders         = property(2067), property(18), property(856), property(47)
	knows                                 = property(1000)
	hubs                                  = [3]string{property(2100), property(2101), property(2102)}
)

// The kinds of items, which decide what is said about them: statements about
// one item depend on each other, as they do in every real graph.
const (
	person = iota
	place
	work
	organisation
)

func itemKind(i int) int {
	switch i % 20 {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		return person
	case 8, 9, 10, 11, 12, 13, 14:
		return place
	case 15, 16, 17:
		return work
	}
	return organisation
}

// wikiGraph is the Wikidata-like graph while it is written.
type wikiGraph struct {
	*triples
	rng            *rand.Rand
	items, classes int
}

func (g *wikiGraph) item(i int) string  { return node(wikiNS+"entity/Q", i) }
func (g *wikiGraph) class(i int) string { return node(wikiNS+"class/C", i) }

// chance is true with the given probability.
func (g *wikiGraph) chance(percent int) bool { return g.rng.IntN(100) < percent }

// popular returns a function that picks items with Zipf's frequencies. The
// ranks are strewn over the numbers of the items, as popularity has nothing to
// do with the order of the identifiers.
func (g *wikiGraph) popular(s, v float64) func() int {
	rank := zipf(g.rng, s, v, g.items)
	return func() int { return rank() * 7919 % g.items }
}

// wiki writes about n statements in 49 predicates: a class tree, items of four
// kinds with labels in four languages, part-of chains, dates, numbers, a graph
// of acquaintances rich in triangles, three predicates around hubs, neighbours
// in both directions and a tail of rare predicates.
func wiki(t *triples, n int, rng *rand.Rand) {
	g := &wikiGraph{triples: t, rng: rng, items: max(100, n*10/108)}
	g.classes = max(20, g.items/280)
	g.classTree()
	g.entities()
	g.acquaintances()
	g.hubTriangles()
	g.neighbours()
}

// classTree writes classes, one in ten with a second parent.
func (g *wikiGraph) classTree() {
	for i := 1; i < g.classes; i++ {
		parent := g.rng.IntN(i)
		g.add(g.class(i), subclassOf, g.class(parent))
		if second := g.rng.IntN(i); second != parent && g.chance(10) {
			g.add(g.class(i), subclassOf, g.class(second))
		}
		g.add(g.class(i), rdfsLabel, tagged(words(g.rng, 1), "en"))
	}
}

// labels writes one to three labels, four in three of one language.
func (g *wikiGraph) labels(it string, kind int) {
	n := 1 + g.rng.IntN(3)
	if kind == person {
		n = 2
	}
	if g.chance(92) {
		g.add(it, rdfsLabel, tagged(words(g.rng, n), "en"))
	} else {
		g.add(it, rdfsLabel, tagged(accented(g.rng, n), "fr"))
	}
	switch r := g.rng.IntN(100); {
	case r < 12:
		g.add(it, rdfsLabel, tagged(accented(g.rng, n), "fr"))
	case r < 24:
		g.add(it, rdfsLabel, tagged(words(g.rng, n), "de"))
	case r < 33:
		g.add(it, rdfsLabel, tagged(arabic(g.rng, n), "ar"))
	}
	if g.chance(20) {
		g.add(it, "<http://www.w3.org/2004/02/skos/core#altLabel>", tagged(words(g.rng, 1+n), "en"))
	}
}

// entities writes the items and what is said about each alone.
func (g *wikiGraph) entities() {
	rng := g.rng
	pickClass := zipf(rng, 1.1, 1, g.classes/4)
	anyItem, anyPlace := g.popular(1.05, 4), g.popular(1.08, 12)
	countries := zipf(rng, 1.15, 2, 200)
	occupations, genres, languages := zipf(rng, 1.2, 3, 900), zipf(rng, 1.3, 2, 150), zipf(rng, 1.4, 1, 60)
	tail := zipf(rng, 1.3, 1, 17)
	toItem := func(it, p string, i int) { g.add(it, p, g.item(i)) }
	for i := range g.items {
		it, kind := g.item(i), itemKind(i)
		class := pickClass()*4 + kind
		g.add(it, instanceOf, g.class(class))
		if other := pickClass() * 4; g.chance(10) && other != class {
			g.add(it, instanceOf, g.class(other))
		}
		g.labels(it, kind)
		if i > 0 && i%4 != 3 && g.chance(80) {
			whole := max(0, i-1-rng.IntN(60))
			if whole%4 == 3 {
				whole--
			}
			toItem(it, partOf, whole)
		}
		if g.chance(50) {
			g.add(it, mass, integer(rng.IntN(1_000_000)))
		}
		if g.chance(30) {
			g.add(it, image, text(word(rng)+"_"+word(rng)+strconv.Itoa(i)+".jpg"))
		}
		if g.chance(10) {
			g.add(it, website, iri("https://"+word(rng)+".example/"+word(rng)))
		}
		switch kind {
		case person:
			if g.chance(95) {
				g.add(it, born, day(rng, 1850, 55000))
			}
			if g.chance(40) {
				g.add(it, died, day(rng, 1900, 45000))
			}
			if g.chance(80) {
				toItem(it, birthplace, anyPlace())
			}
			toItem(it, citizenship, countries()*20+8)
			first := occupations()
			toItem(it, occupation, first)
			if second := occupations(); second != first && g.chance(35) {
				toItem(it, occupation, second)
			}
			toItem(it, sex, 6+rng.IntN(2))
		case place:
			if g.chance(90) {
				g.add(it, population, integer(int(rng.ExpFloat64()*80_000)))
			}
			if g.chance(50) {
				g.add(it, elevation, typed(strconv.FormatFloat(rng.Float64()*5000, 'E', 4, 64), "double"))
			}
			toItem(it, country, countries()*20+8)
			if g.chance(80) {
				g.add(it, coord, text("Point("+strconv.FormatFloat(rng.Float64()*360-180, 'f', 4, 64)+" "+strconv.FormatFloat(rng.Float64()*180-90, 'f', 4, 64)+")"))
			}
		case work:
			if g.chance(90) {
				g.add(it, published, day(rng, 1900, 45000))
			}
			first := anyItem()
			toItem(it, author, first)
			if second := anyItem(); second != first && g.chance(30) {
				toItem(it, author, second)
			}
			firstGenre := genres()
			toItem(it, genre, firstGenre*20+15)
			if second := genres(); second != firstGenre && g.chance(50) {
				toItem(it, genre, second*20+15)
			}
			toItem(it, workLanguage, languages()*20+19)
			g.add(it, workTitle, tagged(words(rng, 2+rng.IntN(4)), []string{"en", "fr", "de"}[rng.IntN(3)]))
		case organisation:
			if g.chance(80) {
				g.add(it, founded, day(rng, 1800, 73000))
			}
			if g.chance(50) {
				toItem(it, founder, anyItem())
			}
			if g.chance(90) {
				toItem(it, seat, anyPlace())
			}
			toItem(it, country, countries()*20+8)
			if g.chance(70) {
				g.add(it, employees, integer(1+int(rng.ExpFloat64()*900)))
			}
		}
		used := [17]bool{}
		for range rng.IntN(4) {
			if p := tail(); !used[p] {
				used[p] = true
				toItem(it, property(5000+p), anyItem())
			}
		}
	}
}

// acquaintances writes a directed graph of six edges per ten items, among an
// eighth of the items. A third of the edges closes a triangle.
func (g *wikiGraph) acquaintances() {
	nodes := max(10, g.items/8)
	target := zipf(g.rng, 1.1, 20, nodes)
	type edge struct{ from, to int }
	var edges []edge
	out := make([][]int32, nodes)
	known := make(map[edge]bool)
	for tries := 0; len(edges) < g.items*6/10 && tries < g.items*3; tries++ {
		e := edge{g.rng.IntN(nodes), target() * 7919 % nodes}
		if len(edges) > nodes && g.chance(35) {
			first := edges[g.rng.IntN(len(edges))]
			if next := out[first.to]; len(next) > 0 {
				e = edge{first.from, int(next[g.rng.IntN(len(next))])}
			}
		}
		if e.from == e.to || known[e] {
			continue
		}
		known[e] = true
		edges = append(edges, e)
		out[e.from] = append(out[e.from], int32(e.to))
		g.add(g.item(e.from*8), knows, g.item(e.to*8))
	}
}

// hubTriangles writes three predicates of few statements whose ends crowd at a
// few nodes, where a join of two of them is large and the third decides.
func (g *wikiGraph) hubTriangles() {
	n := max(20, g.items/25)
	spoke, hub := zipf(g.rng, 1.05, 30, n), zipf(g.rng, 1.2, 2, max(10, n/200))
	known := make(map[[3]int]bool)
	add := func(p, from, to int) {
		if k := [3]int{p, from, to}; !known[k] {
			known[k] = true
			g.add(g.item(from), hubs[p], g.item(to))
		}
	}
	for range n {
		add(0, spoke()*3+1, hub()*5+2)
		add(1, hub()*5+2, spoke()*7%n+3)
		add(2, spoke()*3+1, spoke()*7%n+3)
	}
}

// neighbours writes the border of places with their neighbours, in both
// directions: the one relation with cycles everywhere. Places form islands of
// up to forty.
func (g *wikiGraph) neighbours() {
	for start := 8; start+40 < g.items; start += 200 {
		size := 2 + g.rng.IntN(39)
		for i := 1; i < size; i++ {
			a, b := start+i*5, start+g.rng.IntN(i)*5
			g.add(g.item(a), borders, g.item(b))
			g.add(g.item(b), borders, g.item(a))
		}
	}
}
