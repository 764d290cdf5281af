package store

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

// TestSortAll sorts more keys than one worker takes alone.
func TestSortAll(t *testing.T) {
	p := &packing{shift: [4]uint{40, 24, 4, 0}, mask: [4]uint64{1<<20 - 1, 1<<16 - 1, 1<<20 - 1, 1<<4 - 1}}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tt := range []struct {
		name string
		n    int
		key  func() uint64
	}{
		{"few", 1000, rng.Uint64},
		{"many", 3 * sortParallel, rng.Uint64},
		{"repeated", 3 * sortParallel, func() uint64 { return rng.Uint64N(5000) << 20 }},
		{"one", 2 * sortParallel, func() uint64 { return 7 }},
		{"two", 2 * sortParallel, func() uint64 { return rng.Uint64N(2) << 59 }},
		{"almost one", 2 * sortParallel, func() uint64 { return 5 - min(rng.Uint64N(10_000), 1) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keys := make([]uint64, tt.n)
			for i := range keys {
				keys[i] = tt.key() & (1<<60 - 1)
			}
			want := slices.Clone(keys)
			slices.Sort(want)
			want = slices.Compact(want)
			got, other := p.sortAll(keys, make([]uint64, len(keys)))
			if !slices.Equal(got, want) {
				t.Errorf("%d keys sort to %d, want %d, or in another order", tt.n, len(got), len(want))
			}
			if len(other) != len(got) || &other[0] == &got[0] {
				t.Errorf("the other array has %d keys", len(other))
			}
		})
	}
}

// TestRowSpool reads rows back that are partly in memory and partly in a file,
// with one worker and with several.
func TestRowSpool(t *testing.T) {
	s := rowSpool{limit: 50_000, dir: t.TempDir()}
	defer s.close()
	const batch, batches = 10_007, 20
	for i := range batches {
		rows := make([][4]uint32, batch)
		for k := range rows {
			rows[k] = [4]uint32{uint32(i*batch + k), 1, 2, 3}
		}
		if err := s.add(rows); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil || len(s.mem) == 0 {
		t.Fatal("the rows are all in one place")
	}
	for _, workers := range []int{1, 3} {
		var mu sync.Mutex
		seen := make([]bool, batch*batches)
		err := s.share(context.Background(), workers, func(worker, at int, rows [][4]uint32) {
			mu.Lock()
			defer mu.Unlock()
			for i, r := range rows {
				if r != [4]uint32{uint32(at + i), 1, 2, 3} || seen[at+i] {
					t.Errorf("worker %d reads row %d as %d", worker, at+i, r)
				}
				seen[at+i] = true
			}
		})
		if err != nil || slices.Contains(seen, false) {
			t.Errorf("%d workers miss rows: %v", workers, err)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.each(cancelled, func(int, [][4]uint32) {}); err == nil {
		t.Error("reading goes on after a cancel")
	}
}

// TestKeyRows checks that the rows of joins come with the nodes of their keys.
func TestKeyRows(t *testing.T) {
	p := &packing{shift: [4]uint{8, 4, 0, 0}, mask: [4]uint64{15, 15, 15, 0}}
	p.ids[graph.S] = []graph.ID{graph.TagIRI, graph.TagIRI | 5}
	fill := p.keyRows(context.Background(), []uint64{0x000, 0x012, 0x112}, graph.S, []int16{0, -1})
	var r nodeRows
	if err := fill(&r); err != nil || !slices.Equal(r.nodes, []graph.ID{graph.TagIRI, graph.TagIRI, graph.TagIRI | 5}) || !slices.Equal(r.places, []int16{0, -1, -1}) {
		t.Errorf("rows %#x %d, %v", r.nodes, r.places, err)
	}
	if err := fill(&r); err != nil || len(r.nodes) != 0 {
		t.Errorf("%d rows after the end, %v", len(r.nodes), err)
	}
}
