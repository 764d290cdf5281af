package main

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// shop writes customers, products and orders in the proportion 2 : 1 : 10.
func shop(t *triples, n int, rng *rand.Rand) {
	const ns = "http://shop.example/"
	p := func(name string) string { return iri(ns + "ontology/" + name) }
	orders := max(10, n*10/(10*6+2*5+1*5))
	customers, products := max(4, orders/5), max(2, orders/10)
	countries := []string{"ML", "DZ", "NE", "FR", "DE", "US", "BR", "IN", "JP", "ZA"}
	pickCountry := zipf(rng, 1.2, 1, len(countries))
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
	pickProduct, pickCustomer := zipf(rng, 1.05, 1, products), zipf(rng, 1.02, 1, customers)
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
