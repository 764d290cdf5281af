package linktest_test

import (
	"os"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/link/linktest"
)

func match(t testing.TB, w *linktest.World) *link.Result {
	t.Helper()
	r, err := link.Match(t.Context(), w.Events, w.Actors, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPrecisionRecall measures links on worlds that took no part in the making
// of the weights, which are of seeds 1 to 4, nor of the thresholds, for which
// seeds 101 to 103 were looked at.
func TestPrecisionRecall(t *testing.T) {
	for observers := 2; observers <= 4; observers++ {
		var all linktest.Score
		for _, seed := range []uint64{201, 202, 203} {
			w := linktest.New(linktest.Options{Seed: seed, Events: 4000, Observers: observers})
			r := match(t, w)
			s := w.Measure(r)
			count := map[link.Verdict]int{}
			for _, p := range r.Pairs {
				count[p.Verdict]++
			}
			t.Logf("seed %d, %d observers: %d reports, %d true pairs; accepted %d, review %d, near misses %d; precision %.3f, recall %.3f",
				seed, observers, len(w.Events), w.Pairs, count[link.Accepted], count[link.Review], count[link.Rejected], s.Precision, s.Recall)
			all.Accepted, all.Right, all.Pairs = all.Accepted+s.Accepted, all.Right+s.Right, all.Pairs+s.Pairs
		}
		precision, recall := float64(all.Right)/float64(all.Accepted), float64(all.Right)/float64(all.Pairs)
		t.Logf("%d observers: precision %.3f, recall %.3f of %d pairs", observers, precision, recall, all.Pairs)
		if precision < 0.95 || recall < 0.85 {
			t.Errorf("%d observers: precision %.3f, recall %.3f; want 0.95 and 0.85", observers, precision, recall)
		}
	}
}

// TestGrowth holds that the number of comparisons grows with the number of
// events, not with its square; with BELLIGRAPH_LONG=1 up to 400,000 reports.
func TestGrowth(t *testing.T) {
	sizes := []int{2_500, 5_000, 10_000}
	if os.Getenv("BELLIGRAPH_LONG") != "" {
		sizes = append(sizes, 50_000, 215_000)
	}
	least := 0.0
	for _, n := range sizes {
		w := linktest.New(linktest.Options{Seed: 204, Events: n, Observers: 3})
		start := time.Now()
		r := match(t, w)
		each := float64(r.Compared) / float64(len(w.Events))
		if least == 0 {
			least = each
		}
		s := w.Measure(r)
		t.Logf("%d reports: %.2f comparisons each, %v; precision %.3f, recall %.3f", len(w.Events), each, time.Since(start).Round(time.Millisecond), s.Precision, s.Recall)
		if each > 2*least {
			t.Errorf("%d reports need %.1f comparisons each, fewer needed %.1f", len(w.Events), each, least)
		}
	}
}

// TestSameWorld holds that a seed makes the same world and the same links.
func TestSameWorld(t *testing.T) {
	o := linktest.Options{Seed: 7, Events: 300, Observers: 2}
	a, b := linktest.New(o), linktest.New(o)
	ra, rb := match(t, a), match(t, b)
	if len(ra.Pairs) == 0 || len(ra.Pairs) != len(rb.Pairs) {
		t.Fatalf("%d and %d pairs", len(ra.Pairs), len(rb.Pairs))
	}
	for i := range ra.Pairs {
		if x, y := ra.Pairs[i], rb.Pairs[i]; x.A.IRI != y.A.IRI || x.B.IRI != y.B.IRI || x.Score != y.Score || x.Kind != y.Kind {
			t.Fatalf("pair %d differs: %v–%v %v and %v–%v %v", i, x.A.IRI, x.B.IRI, x.Score, y.A.IRI, y.B.IRI, y.Score)
		}
	}
}
