package exec

import (
	"math/bits"
	"slices"

	"github.com/belligraph/belligraph/graph"
)

// keyedRow is a row and the id that it is sorted by.
type keyedRow struct {
	key graph.ID
	row int32
}

const (
	// radixBits are taken at a time: the counts of so many fit in the first cache.
	radixBits = 11
	// radixRows is from how many rows on counting is cheaper than comparing.
	radixRows = 512
)

// sortKeyed sorts rows, whose numbers ascend, by key and then number. It works by
// counting, from the lowest bits in which keys differ to the highest: ids of one
// kind are near each other, so two or three passes do. It returns the sorted rows
// and room for as many, which together are the slices given.
func sortKeyed(rows, room []keyedRow) (sorted, spare []keyedRow) {
	if len(rows) == 0 {
		return rows, room
	}
	least, most, ascend := rows[0].key, rows[0].key, true
	last := least
	for _, r := range rows {
		least, most = min(least, r.key), max(most, r.key)
		ascend = ascend && last <= r.key
		last = r.key
	}
	if ascend {
		return rows, room
	}
	width := bits.Len64(uint64(most - least))
	if len(rows) < radixRows || width > 4*radixBits {
		slices.SortFunc(rows, func(a, b keyedRow) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return int(a.row - b.row)
		})
		return rows, room
	}
	room = slices.Grow(room[:0], len(rows))[:len(rows)]
	var counts [1 << radixBits]int32
	for shift := 0; shift < width; shift += radixBits {
		clear(counts[:])
		for _, r := range rows {
			counts[uint64(r.key-least)>>shift&(1<<radixBits-1)]++
		}
		sum := int32(0)
		for i, n := range counts {
			counts[i] = sum
			sum += n
		}
		for _, r := range rows {
			at := &counts[uint64(r.key-least)>>shift&(1<<radixBits-1)]
			room[*at] = r
			*at++
		}
		rows, room = room, rows
	}
	return rows, room
}
