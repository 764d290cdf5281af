package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

const bsbmNS = "http://bsbm.example/"

const bsbmCountries = 10

// bsbmSize counts the entities of a graph of products.
type bsbmSize struct{ products, types, leaves, features int }

// bsbmCounts returns how many entities a graph of about n triples has. A product
// brings twenty offers and ten reviews, which make 340 triples.
func bsbmCounts(n int) bsbmSize {
	c := bsbmSize{products: max(20, n/340)}
	c.types = max(5, c.products/60)
	c.leaves = c.types - (c.types+2)/4 // in a heap with four children each
	c.features = max(40, c.products/2)
	return c
}

// leaf picks a product type without subtypes.
func (c bsbmSize) leaf(rng *rand.Rand) int { return c.types - 1 - rng.IntN(c.leaves) }

// feature picks one of the thirty features that products of a type have.
func (c bsbmSize) feature(leaf int, rng *rand.Rand) int { return (leaf*30 + rng.IntN(30)) % c.features }

// bsbm writes a graph of products after the Berlin SPARQL Benchmark: a tree of
// product types with features, producers, products, vendors, offers, persons
// and reviews, in that benchmark's proportions.
func bsbm(t *triples, n int, rng *rand.Rand) {
	v := func(name string) string { return iri(bsbmNS + "vocab/" + name) }
	id := func(kind string, i int) string { return node(bsbmNS+kind, i) }
	described := func(s string) {
		t.add(s, rdfsLabel, text(words(rng, 1+rng.IntN(3))))
		t.add(s, v("comment"), text(words(rng, 10+rng.IntN(20))))
	}
	c := bsbmCounts(n)
	products, types, features := c.products, c.types, c.features
	producers, vendors, persons := max(2, products/45), max(2, products/95), max(5, products/2)

	// The types are a tree in which each has four children.
	ancestors := make([][]int, types)
	for i := range types {
		t.add(id("ProductType", i), rdfType, v("ProductType"))
		described(id("ProductType", i))
		ancestors[i] = []int{i}
		if i > 0 {
			parent := (i - 1) / 4
			t.add(id("ProductType", i), subClassOf, id("ProductType", parent))
			ancestors[i] = append(ancestors[i], ancestors[parent]...)
		}
	}
	for i := range features {
		t.add(id("ProductFeature", i), rdfType, v("ProductFeature"))
		described(id("ProductFeature", i))
	}
	for i := range producers {
		t.add(id("Producer", i), rdfType, v("Producer"))
		described(id("Producer", i))
		t.add(id("Producer", i), v("homepage"), iri("http://www.producer"+strconv.Itoa(i)+".example/"))
		t.add(id("Producer", i), v("country"), id("Country", rng.IntN(bsbmCountries)))
	}
	for i := range products {
		p := id("Product", i)
		kind := c.leaf(rng)
		t.add(p, rdfType, v("Product"))
		for _, a := range ancestors[kind] {
			t.add(p, rdfType, id("ProductType", a))
		}
		described(p)
		t.add(p, v("producer"), id("Producer", rng.IntN(producers)))
		seen := make(map[int]bool)
		for range 9 + rng.IntN(16) {
			if f := c.feature(kind, rng); !seen[f] {
				seen[f] = true
				t.add(p, v("productFeature"), id("ProductFeature", f))
			}
		}
		for k := range 5 {
			if k < 3 || rng.IntN(2) == 0 {
				t.add(p, v("productPropertyNumeric"+strconv.Itoa(k+1)), integer(1+rng.IntN(2000)))
				t.add(p, v("productPropertyTextual"+strconv.Itoa(k+1)), text(words(rng, 3+rng.IntN(10))))
			}
		}
	}
	for i := range vendors {
		t.add(id("Vendor", i), rdfType, v("Vendor"))
		described(id("Vendor", i))
		t.add(id("Vendor", i), v("homepage"), iri("http://www.vendor"+strconv.Itoa(i)+".example/"))
		t.add(id("Vendor", i), v("country"), id("Country", rng.IntN(bsbmCountries)))
	}
	for i := range products * 20 {
		o := id("Offer", i)
		t.add(o, rdfType, v("Offer"))
		t.add(o, v("product"), id("Product", rng.IntN(products)))
		t.add(o, v("vendor"), id("Vendor", rng.IntN(vendors)))
		t.add(o, v("price"), typed(fmt.Sprintf("%d.%02d", 5+rng.IntN(9995), rng.IntN(100)), "decimal"))
		t.add(o, v("validFrom"), day(rng, 2008, 90))
		t.add(o, v("validTo"), day(rng, 2008, 180))
		t.add(o, v("deliveryDays"), integer(1+rng.IntN(14)))
		t.add(o, v("offerWebpage"), iri("http://www.vendor.example/offers/"+strconv.Itoa(i)))
		t.add(o, v("publisher"), id("Vendor", rng.IntN(vendors)))
	}
	for i := range persons {
		t.add(id("Person", i), rdfType, v("Person"))
		t.add(id("Person", i), v("name"), text(words(rng, 2)))
		t.add(id("Person", i), v("mbox"), text(word(rng)+strconv.Itoa(i)+"@mail.example"))
		t.add(id("Person", i), v("country"), id("Country", rng.IntN(bsbmCountries)))
	}
	languages := []string{"en", "de", "fr", "es", "ja", "ru"}
	for i := range products * 10 {
		r := id("Review", i)
		t.add(r, rdfType, v("Review"))
		t.add(r, v("reviewFor"), id("Product", rng.IntN(products)))
		t.add(r, v("reviewer"), id("Person", rng.IntN(persons)))
		t.add(r, v("reviewDate"), day(rng, 2007, 500))
		t.add(r, v("title"), text(words(rng, 4+rng.IntN(6))))
		t.add(r, v("text"), tagged(words(rng, 30+rng.IntN(60)), languages[rng.IntN(len(languages))]))
		for k := range 4 {
			if rng.IntN(10) < 7 {
				t.add(r, v("rating"+strconv.Itoa(k+1)), integer(1+rng.IntN(10)))
			}
		}
	}
}
