package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
)

func testQueue(places, perClient int) *queue {
	return newQueue(&Config{Concurrent: places, ConcurrentPerClient: perClient, QueueTime: time.Minute, TotalMemory: 1 << 30})
}

func enter(t *testing.T, q *queue, client string) *place {
	t.Helper()
	p, err := q.enter(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFairQueue: the greedy one has filled the places and the line; others are
// served before the rest of its requests.
func TestFairQueue(t *testing.T) {
	q := testQueue(2, 2)
	running := []*place{enter(t, q, "greedy"), enter(t, q, "greedy")}
	var mu sync.Mutex
	var order []string
	var served sync.WaitGroup
	places := make(chan *place, 10)
	for i, client := range []string{"greedy", "greedy", "greedy", "modest", "shy"} {
		served.Go(func() {
			p, err := q.enter(context.Background(), client)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, client)
			mu.Unlock()
			places <- p
		})
		for {
			if _, waiting := q.counts(); waiting == i+1 {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	running[0].release()
	(<-places).release()
	(<-places).release()
	running[1].release()
	for range 3 {
		(<-places).release()
	}
	served.Wait()
	if got := strings.Join(order, " "); got != "modest shy greedy greedy greedy" {
		t.Errorf("served in the order %s", got)
	}
	if running, waiting := q.counts(); running != 0 || waiting != 0 || len(q.clients) != 0 || q.granted != 0 {
		t.Errorf("%d run, %d wait, %d clients, %d bytes", running, waiting, len(q.clients), q.granted)
	}
}

// TestPlacesOfOneClient: one client never has all the places.
func TestPlacesOfOneClient(t *testing.T) {
	q := testQueue(4, 3)
	q.patient = 10 * time.Millisecond
	for range 3 {
		defer enter(t, q, "greedy").release()
	}
	if _, err := q.enter(t.Context(), "greedy"); !errors.Is(err, graph.ErrLimit) || !strings.Contains(err.Error(), "3 of your queries") {
		t.Errorf("a fourth: %v", err)
	}
	enter(t, q, "modest").release()
}

// TestQueueIsBounded: who would wait in vain is told so at once.
func TestQueueIsBounded(t *testing.T) {
	q := testQueue(1, 1)
	defer enter(t, q, "one").release()
	ctx, cancel := context.WithCancel(t.Context())
	var gone sync.WaitGroup
	for i := range q.limit {
		gone.Go(func() {
			if _, err := q.enter(ctx, []string{"one", "two", "three"}[i%3]); !errors.Is(err, context.Canceled) {
				t.Errorf("a waiter ended with %v", err)
			}
		})
	}
	for {
		if _, waiting := q.counts(); waiting == q.limit {
			break
		}
		time.Sleep(time.Millisecond)
	}
	var refused *statusError
	if _, err := q.enter(ctx, "four"); !errors.As(err, &refused) || refused.status != http.StatusTooManyRequests {
		t.Errorf("one too many: %v", err)
	}
	cancel()
	gone.Wait()
	if _, waiting := q.counts(); waiting != 0 {
		t.Errorf("%d still wait", waiting)
	}
}

// TestMemoryOfAll: whatever comes and goes, what is granted never exceeds the
// whole, and nobody gets less than the least.
func TestMemoryOfAll(t *testing.T) {
	q := testQueue(8, 8)
	var held []*place
	for round := range 100 {
		if len(held) == 8 || len(held) > 0 && round%3 == 2 {
			i := (round * 7) % len(held)
			held[i].release()
			held = slices.Delete(held, i, i+1)
		} else {
			held = append(held, enter(t, q, "c"))
		}
		sum := int64(0)
		for _, p := range held {
			sum += p.memory
			if p.memory < q.memory/8/leastShare {
				t.Fatalf("round %d: a place has %d bytes", round, p.memory)
			}
		}
		if sum > q.memory || sum != q.granted {
			t.Fatalf("round %d: %d bytes of %d granted, %d counted", round, sum, q.memory, q.granted)
		}
	}
}

func BenchmarkQueue(b *testing.B) {
	q := testQueue(8, 8)
	for b.Loop() {
		p, err := q.enter(b.Context(), "c")
		if err != nil {
			b.Fatal(err)
		}
		p.release()
	}
}
