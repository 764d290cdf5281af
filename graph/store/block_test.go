package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// columnShapes make values of all the kinds that columns have.
var columnShapes = []struct {
	name string
	next func(rng *rand.Rand, i int) graph.ID
}{
	{"constant", func(*rand.Rand, int) graph.ID { return graph.TagIRI | 7 }},
	{"zero and all bits", func(rng *rand.Rand, _ int) graph.ID { return -graph.ID(rng.IntN(2)) }},
	{"any bits", func(rng *rand.Rand, _ int) graph.ID { return graph.ID(rng.Uint64()) }},
	{"dense", func(rng *rand.Rand, _ int) graph.ID { return graph.TagIRI | graph.ID(rng.IntN(5000)) }},
	{"57 bits", func(rng *rand.Rand, _ int) graph.ID { return graph.TagIRI | graph.ID(rng.Uint64N(1<<57)) }},
	{"56 bits", func(rng *rand.Rand, _ int) graph.ID { return graph.TagIRI | graph.ID(rng.Uint64N(1<<56)) }},
	{"long runs", func(_ *rand.Rand, i int) graph.ID { return graph.TagIRI | graph.ID(i/100*1000) }},
	{"short runs", func(_ *rand.Rand, i int) graph.ID { return graph.TagIRI | graph.ID(i/3*1_000_003) }},
	{"runs of two values", func(_ *rand.Rand, i int) graph.ID { return graph.TagIRI | graph.ID(i/700%2) }},
	{"runs with tags", func(_ *rand.Rand, i int) graph.ID { return graph.TagBlank<<(i/900%3) | graph.ID(i/50) }},
	{"prices", func(rng *rand.Rand, _ int) graph.ID {
		id, _ := graph.Inline(rdf.NewTyped(fmt.Sprintf("%d.%02d", rng.IntN(2000)-100, rng.IntN(100)), rdf.XSDDecimal))
		return id
	}},
	{"dates", func(rng *rand.Rand, _ int) graph.ID {
		id, _ := graph.Inline(rdf.NewTyped(fmt.Sprintf("20%02d-%02d-%02d", rng.IntN(100), 1+rng.IntN(12), 1+rng.IntN(28)), rdf.XSDDate))
		return id
	}},
	{"mixed", func(rng *rand.Rand, i int) graph.ID {
		switch rng.IntN(5) {
		case 0:
			return graph.TagBlank | graph.ID(rng.IntN(10))
		case 1:
			id, _ := graph.IntegerID(int64(rng.IntN(1000)) - 500)
			return id
		case 2:
			id, _ := graph.Inline(rdf.NewTyped(fmt.Sprintf("2024-01-%02dT10:00:%02dZ", 1+rng.IntN(28), rng.IntN(60)), rdf.XSDDateTime))
			return id
		}
		return graph.TagIRI | graph.ID(rng.IntN(1<<20))
	}},
	{"every tag", func(rng *rand.Rand, _ int) graph.ID {
		return graph.ID(rng.IntN(16))<<60 | graph.ID(rng.IntN(100))
	}},
	{"two tags, wide", func(rng *rand.Rand, _ int) graph.ID {
		return graph.TagIRI<<rng.IntN(2) | graph.ID(rng.Uint64N(1<<55))
	}},
}

// TestColumns packs columns of every shape and reads them back by index, by
// range and by search.
func TestColumns(t *testing.T) {
	for _, shape := range columnShapes {
		for _, n := range []int{1, 2, 3, 63, 64, 65, 1000, blockRows} {
			t.Run(fmt.Sprintf("%s/%d", shape.name, n), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(n), 1))
				values := make([]graph.ID, n)
				for i := range values {
					values[i] = shape.next(rng, i)
				}
				ascending := slices.Clone(values)
				slices.Sort(ascending)
				var w blockWriter
				p := slices.Clone(w.pack(&[4][]graph.ID{values, ascending, values, ascending}))
				sealPage(p, 1, kindBlock, 0, n)
				var b block
				b.open(p, 0)
				for k, want := range [][]graph.ID{values, ascending} {
					c := b.col(k)
					for i, v := range want {
						if c.at(i) != v {
							t.Fatalf("column %d, value %d: %#x, want %#x", k, i, uint64(c.at(i)), uint64(v))
						}
					}
					for range 50 {
						from := rng.IntN(n + 1)
						to := from + rng.IntN(n+1-from)
						got := make([]graph.ID, to-from)
						if c.decode(from, to, got); !slices.Equal(got, want[from:to]) {
							t.Fatalf("column %d, rows %d to %d differ", k, from, to)
						}
					}
				}
				c := b.col(1)
				for range 200 {
					lo := rng.IntN(n + 1)
					hi := lo + rng.IntN(n+1-lo)
					v := shape.next(rng, rng.IntN(n))
					if rng.IntN(2) == 0 {
						v = ascending[rng.IntN(n)] + graph.ID(rng.IntN(3)) - 1
					}
					want := lo + sort.Search(hi-lo, func(i int) bool { return ascending[lo+i] >= v })
					if got := c.lowerBound(lo, hi, v); got != want {
						t.Fatalf("lowerBound(%d, %d, %#x) = %d, want %d", lo, hi, uint64(v), got, want)
					}
				}
			})
		}
	}
}

// TestPackedSize pins what typical columns cost, so that a change of the
// packing that widens them does not pass unseen.
func TestPackedSize(t *testing.T) {
	for _, tt := range []struct {
		shape string
		most  float64 // bytes per value
	}{{"constant", 0.02}, {"dense", 1.7}, {"long runs", 0.1}, {"prices", 2.3}, {"dates", 2.1}, {"mixed", 3.4}} {
		for _, shape := range columnShapes {
			if shape.name != tt.shape {
				continue
			}
			rng := rand.New(rand.NewPCG(1, 1))
			values := make([]graph.ID, blockRows)
			for i := range values {
				values[i] = shape.next(rng, i)
			}
			var w blockWriter
			size := float64(len(w.pack(&[4][]graph.ID{values, values, values, values}))-blockHeader-blockPad) / 4 / blockRows
			if size > tt.most {
				t.Errorf("%s: %.2f bytes a value, at most %.2f expected", tt.shape, size, tt.most)
			}
		}
	}
}
