package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// A generator writes about n triples of one kind of graph as N-Triples, the
// same bytes for the same n and seed.
type generator struct {
	name, about string
	write       func(w *triples, n int, rng *rand.Rand)
}

var generators = []generator{
	{"shop", "customers, products and orders of an online shop", shop},
	{"wiki", "a Wikidata-like graph: Zipf predicates and nodes, a class tree, part-of chains, labels in languages", wiki},
	{"conflict", "claims about armed conflict in Belligraph's own model", conflict},
}

// generate writes the named graph to w.
func generate(w io.Writer, name string, n int, seed uint64) error {
	for _, g := range generators {
		if g.name != name {
			continue
		}
		t := &triples{w: bufio.NewWriterSize(w, 1<<20)}
		g.write(t, n, rand.New(rand.NewPCG(seed, 0x62656c6c69)))
		return t.w.Flush()
	}
	return fmt.Errorf("bench: no graph %q", name)
}

// triples writes statements and counts them. Terms are given in N-Triples form.
type triples struct {
	w *bufio.Writer
	n int
}

func (t *triples) add(s, p, o string) {
	t.w.WriteString(s)
	t.w.WriteByte(' ')
	t.w.WriteString(p)
	t.w.WriteByte(' ')
	t.w.WriteString(o)
	t.w.WriteString(" .\n")
	t.n++
}

const (
	rdfType    = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
	rdfsLabel  = "<http://www.w3.org/2000/01/rdf-schema#label>"
	subClassOf = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
	xsd        = "http://www.w3.org/2001/XMLSchema#"
)

func iri(parts ...any) string { return "<" + fmt.Sprint(parts...) + ">" }

func node(ns string, i int) string { return "<" + ns + strconv.Itoa(i) + ">" }

func text(s string) string { return strconv.Quote(s) } // the words used are ASCII

func tagged(s, lang string) string { return strconv.Quote(s) + "@" + lang }

func typed(lexical, datatype string) string { return `"` + lexical + `"^^<` + xsd + datatype + `>` }

func integer(i int) string { return typed(strconv.Itoa(i), "integer") }

func price(cents int) string { return typed(fmt.Sprintf("%d.%02d", cents/100, cents%100), "decimal") }

func day(rng *rand.Rand, from, days int) string {
	return typed(time.Date(from, 1, 1+rng.IntN(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "date")
}

// zipf returns numbers below n whose frequency falls with their rank.
func zipf(rng *rand.Rand, s float64, n int) func() int {
	z := rand.NewZipf(rng, s, 1, uint64(n-1))
	return func() int { return int(z.Uint64()) }
}

var syllables = []string{"ka", "ri", "to", "men", "sa", "lu", "dor", "ne", "vi", "ash", "bel", "gra", "ti", "zo", "un", "mar", "os", "ely", "qua", "fen"}

// word returns a pronounceable word of two to four syllables.
func word(rng *rand.Rand) string {
	var s string
	for range 2 + rng.IntN(3) {
		s += syllables[rng.IntN(len(syllables))]
	}
	return s
}

// words returns n words separated by spaces.
func words(rng *rand.Rand, n int) string {
	s := word(rng)
	for range n - 1 {
		s += " " + word(rng)
	}
	return s
}

// shop writes customers, products and orders in the proportion 2 : 1 : 10.
func shop(t *triples, n int, rng *rand.Rand) {
	const ns = "http://shop.example/"
	p := func(name string) string { return iri(ns, "ontology/", name) }
	orders := max(10, n*10/(10*6+2*5+1*5))
	customers, products := max(4, orders/5), max(2, orders/10)
	countries := []string{"ML", "DZ", "NE", "FR", "DE", "US", "BR", "IN", "JP", "ZA"}
	pickCountry := zipf(rng, 1.2, len(countries))
	for i := range customers {
		c := node(ns+"customer/", i)
		t.add(c, rdfType, p("Customer"))
		t.add(c, p("name"), text(words(rng, 2)))
		t.add(c, p("email"), text(word(rng)+strconv.Itoa(i)+"@mail.example"))
		t.add(c, p("country"), text(countries[pickCountry()]))
		t.add(c, p("since"), day(rng, 2015, 3650))
	}
	categories := max(5, products/2000)
	for i := range products {
		q := node(ns+"product/", i)
		t.add(q, rdfType, p("Product"))
		t.add(q, p("title"), text(words(rng, 3)))
		t.add(q, p("category"), node(ns+"category/", rng.IntN(categories)))
		t.add(q, p("price"), price(100+rng.IntN(50000)))
		if rng.IntN(2) == 0 {
			t.add(q, p("rating"), price(100+rng.IntN(401)))
		}
	}
	pickProduct, pickCustomer := zipf(rng, 1.05, products), zipf(rng, 1.02, customers)
	for i := range orders {
		o := node(ns+"order/", i)
		t.add(o, rdfType, p("Order"))
		t.add(o, p("customer"), node(ns+"customer/", pickCustomer()))
		t.add(o, p("product"), node(ns+"product/", pickProduct()))
		t.add(o, p("quantity"), integer(1+rng.IntN(9)))
		t.add(o, p("total"), price(100+rng.IntN(200000)))
		t.add(o, p("placed"), typed(time.Date(2024, 1, 1, 0, 0, rng.IntN(63072000), 0, time.UTC).Format("2006-01-02T15:04:05Z"), "dateTime"))
	}
}

// wiki writes items with labels, classes from a tree, part-of chains, dates,
// numbers and Zipf-distributed links.
func wiki(t *triples, n int, rng *rand.Rand) {
	const ns = "http://wiki.example/"
	p := func(i int) string { return iri(ns, "prop/P", i) }
	items := max(100, n/11)
	classes := max(20, items/500)
	item := func(i int) string { return iri(ns, "entity/Q", i) }
	class := func(i int) string { return iri(ns, "class/C", i) }
	instanceOf, partOf, born, population, height := p(31), p(361), p(569), p(1082), p(2048)
	for i := 1; i < classes; i++ {
		t.add(class(i), subClassOf, class(rng.IntN(i)))
		t.add(class(i), rdfsLabel, tagged(words(rng, 1), "en"))
	}
	pickClass, pickItem, pickPredicate := zipf(rng, 1.1, classes), zipf(rng, 1.05, items), zipf(rng, 1.2, 40)
	languages := []string{"en", "fr", "ar", "de"}
	for i := range items {
		it := item(i)
		t.add(it, instanceOf, class(pickClass()))
		for _, lang := range languages[:1+rng.IntN(2)] {
			t.add(it, rdfsLabel, tagged(words(rng, 1+rng.IntN(3)), lang))
		}
		if i > 0 && rng.IntN(5) < 2 {
			t.add(it, partOf, item(max(0, i-1-rng.IntN(50))))
		}
		if rng.IntN(2) == 0 {
			t.add(it, born, day(rng, 1900, 45000))
		}
		if rng.IntN(2) == 0 {
			t.add(it, population, integer(rng.IntN(10_000_000)))
		}
		if rng.IntN(4) == 0 {
			t.add(it, height, typed(strconv.FormatFloat(rng.Float64()*9000, 'E', 4, 64), "double"))
		}
		for range 2 + rng.IntN(8) {
			t.add(it, p(1000+pickPredicate()), item(pickItem()))
		}
	}
}

// conflict writes events, claims about them with chains and quantities, and the
// plain edges.
func conflict(t *triples, n int, rng *rand.Rand) {
	const ns, onto = "https://belligraph.org/id/", "https://belligraph.org/ontology#"
	bg := func(name string) string { return iri(onto, name) }
	claims := max(50, n/12)
	actors, places := max(20, claims/400), max(20, claims/100)
	kinds := []string{"attacked", "captured", "repelled", "withdrewTo", "claimedControl", "defectedTo", "shelled", "ambushed"}
	metrics := []string{"killed", "wounded", "captured", "fled"}
	stances := []string{"asserts", "asserts", "asserts", "asserts", "denies", "characterises"}
	pickActor, pickPlace, pickKind := zipf(rng, 1.1, actors), zipf(rng, 1.05, places), zipf(rng, 1.3, len(kinds))
	for i := range actors {
		a := node(ns+"actor/", i)
		t.add(a, rdfType, bg([]string{"ArmedGroup", "StateForce", "Government"}[i%3]))
		t.add(a, rdfsLabel, tagged(words(rng, 2)+" "+strconv.Itoa(i), "en"))
	}
	for i := range places {
		q := node(ns+"place/", i)
		t.add(q, rdfType, bg("Place"))
		t.add(q, rdfsLabel, tagged(word(rng)+strconv.Itoa(i), "en"))
	}
	for i := range claims {
		c, prop := node(ns+"claim/", i), node(ns+"proposition/", rng.IntN(claims))
		kind := kinds[pickKind()]
		agent, place := node(ns+"actor/", pickActor()), node(ns+"place/", pickPlace())
		t.add(c, rdfType, bg("Claim"))
		t.add(c, bg("proposition"), prop)
		t.add(c, bg("claimant"), node(ns+"actor/", pickActor()))
		t.add(c, bg("stance"), bg(stances[rng.IntN(len(stances))]))
		t.add(c, bg("saidOn"), day(rng, 2010, 5400))
		t.add(c, bg("quote"), tagged(words(rng, 8), "en"))
		t.add(prop, rdfType, bg(kind))
		t.add(prop, bg("agent"), agent)
		t.add(prop, bg("place"), place)
		t.add(agent, bg(kind), place)
		if rng.IntN(2) == 0 {
			t.add(prop, bg("metric"), text(metrics[rng.IntN(len(metrics))]))
			t.add(prop, bg("minimum"), integer(rng.IntN(400)))
		}
	}
}
