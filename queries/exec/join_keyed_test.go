package exec

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

func TestKeyTable(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	made := func(n int, key func(i int) graph.ID) []graph.ID {
		keys := make([]graph.ID, n)
		for i := range keys {
			keys[i] = key(i)
		}
		return keys
	}
	tests := []struct {
		name  string
		keys  []graph.ID
		way   string
		order bool
	}{
		{"one row", []graph.ID{graph.TagIRI + 7}, "distance", false},
		{"dense, ascending", made(500, func(i int) graph.ID { return graph.TagIRI + graph.ID(i/3) }), "distance", false},
		{"dense, at random", made(500, func(int) graph.ID { return graph.TagIRI + graph.ID(random.IntN(900)) }), "distance", true},
		{"further apart, ascending", made(500, func(i int) graph.ID { return graph.TagIRI + graph.ID(100*(i/3)) }), "bitmap", false},
		{"further apart, at random", made(500, func(int) graph.ID { return graph.TagIRI + graph.ID(random.IntN(60_000)) }), "bitmap", true},
		{"sparse, ascending", made(500, func(i int) graph.ID { return graph.TagIRI + graph.ID(i/3)<<40 }), "slots", false},
		{"sparse, at random", made(500, func(int) graph.ID { return graph.TagIRI + graph.ID(random.IntN(100))<<40 }), "slots", true},
		{"of several kinds", made(500, func(int) graph.ID { return graph.ID(1+random.IntN(7))<<60 + graph.ID(random.IntN(50)) }), "slots", true},
		{"all the same", made(500, func(int) graph.ID { return graph.TagInteger }), "distance", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := newKeyTable(test.keys)
			way := "distance"
			switch {
			case table.words != nil:
				way = "bitmap"
			case table.slots != nil:
				way = "slots"
			}
			if way != test.way {
				t.Errorf("found by %s, want %s", way, test.way)
			}
			if order := table.order != nil; order != test.order {
				t.Errorf("with an order of its own: %v, want %v", order, test.order)
			}
			want := make(map[graph.ID][]int32)
			for i, id := range test.keys {
				want[id] = append(want[id], int32(i))
			}
			near := made(200, func(i int) graph.ID { return test.keys[i%len(test.keys)] + graph.ID(random.IntN(5)) - 2 })
			for _, id := range append(near, test.keys...) {
				from, to := table.run(id)
				var got []int32
				for at := from; at < to; at++ {
					row := at
					if table.order != nil {
						row = table.order[at]
					}
					got = append(got, row)
				}
				if !slices.Equal(got, want[id]) {
					t.Fatalf("rows with %x: %v, want %v", uint64(id), got, want[id])
				}
			}
		})
	}
	if newKeyTable([]graph.ID{graph.TagIRI, graph.Any}) != nil {
		t.Error("a table was made of rows of which one is unbound")
	}
}
