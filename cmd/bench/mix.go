package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const mixName = "explore mix, one client, per mix"

// mixOrder is the order of the queries in one explore mix, by their numbers in
// the Berlin SPARQL Benchmark, use case "explore", version 3.1.
var mixOrder = []int{1, 2, 2, 3, 2, 2, 4, 2, 2, 5, 7, 7, 5, 7, 7, 8, 9, 9, 8, 9, 9, 10, 10, 11, 12}

// mixes are run for each measurement: the first warm up.
const (
	warmMixes     = 20
	measuredMixes = 100
)

// mix runs explore mixes one after the other with random parameters, the same
// for each engine, and gives the seconds of one mix.
func (s *session) mix(ctx context.Context, g *graphFlags) (measured, error) {
	m := measured{Name: mixName}
	list, err := shapes("bsbm")
	if err != nil {
		return m, err
	}
	byNumber := make(map[int]shape)
	for _, q := range list {
		if number, _, ok := strings.Cut(q.name, " "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				byNumber[n] = q
			}
		}
	}
	rng := rand.New(rand.NewPCG(g.Seed, 7))
	var start time.Time
	for i := range warmMixes + measuredMixes {
		if i == warmMixes {
			start = time.Now()
		}
		for _, n := range mixOrder {
			q := byNumber[n]
			q.query = withParameters(q.query, bsbmCounts(g.size()), rng)
			r, err := s.once(ctx, q, true)
			if err != nil {
				m.Error = fmt.Sprintf("query %d: %v", n, err)
				return m, ctx.Err()
			}
			m.Rows += strings.Count(string(r.body), "\n")
		}
	}
	m.Warm = time.Since(start).Seconds() / measuredMixes
	return m, nil
}

var parameter = regexp.MustCompile(`\bb:([A-Za-z]+)([0-9]+)`)

// withParameters gives the entities that a query of the mix names other numbers:
// b:Product1 and b:Product2 stay two products. Features are such that products of
// the type named have them.
func withParameters(query string, c bsbmSize, rng *rand.Rand) string {
	leaf := c.leaf(rng)
	chosen := make(map[string]string)
	return parameter.ReplaceAllStringFunc(query, func(found string) string {
		if chosen[found] != "" {
			return chosen[found]
		}
		kind := parameter.FindStringSubmatch(found)[1]
		n := 0
		switch kind {
		case "Product":
			n = rng.IntN(c.products)
		case "ProductType":
			n = leaf
		case "ProductFeature":
			n = c.feature(leaf, rng)
		case "Offer":
			n = rng.IntN(c.products * 20)
		case "Review":
			n = rng.IntN(c.products * 10)
		case "Country":
			n = rng.IntN(bsbmCountries)
		}
		chosen[found] = "b:" + kind + strconv.Itoa(n)
		return chosen[found]
	})
}
