package exec

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

func TestSortKeyed(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	var rows, room []keyedRow
	for _, n := range []int{0, 1, 2, 100, radixRows, 5000} {
		for _, span := range []int64{1, 2, 3000, 1 << 22, 1 << 43, 1 << 62} {
			for _, base := range []graph.ID{0, graph.TagIRI + 12345} {
				t.Run(fmt.Sprintf("%d rows within %d from %x", n, span, uint64(base)), func(t *testing.T) {
					rows = rows[:0]
					for i := range n {
						rows = append(rows, keyedRow{base + graph.ID(random.Int64N(span)), int32(i)})
					}
					want := slices.Clone(rows)
					slices.SortStableFunc(want, func(a, b keyedRow) int { return cmp.Compare(a.key, b.key) })
					rows, room = sortKeyed(rows, room)
					if !slices.Equal(rows, want) {
						t.Error("not the order of a stable sort by key")
					}
				})
			}
		}
	}
}
