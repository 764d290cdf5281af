package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestCollectorPercent(t *testing.T) {
	for _, c := range []struct {
		alive uint64
		want  int
	}{{0, 1000}, {1 << 20, 1000}, {16 << 20, 200}, {64 << 20, 50}, {128 << 20, 25}, {4 << 30, 25}} {
		if got := collectorPercent(c.alive); got != c.want {
			t.Errorf("%d bytes alive: %d%%, not %d%%", c.alive, got, c.want)
		}
	}
}

// TestPaceCollector: the pace follows the heap, and makes way for another.
func TestPaceCollector(t *testing.T) {
	percent := func() int { p := debug.SetGCPercent(100); debug.SetGCPercent(p); return p }
	before := percent()
	stop := paceCollector()
	defer stop()
	heap := make([]byte, 256<<20)
	await := func(want int) {
		t.Helper()
		got := 0
		for range 100 {
			runtime.GC()
			time.Sleep(5 * time.Millisecond) // cleanups run beside
			if got = percent(); got == want {
				return
			}
		}
		t.Fatalf("the pace is %d%%, not %d%%", got, want)
	}
	await(25)
	runtime.KeepAlive(heap)
	debug.SetGCPercent(70)
	for range 3 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	await(70)
	debug.SetGCPercent(25)
	stop()
	if got := percent(); got != before {
		t.Errorf("afterwards the pace is %d%%, not %d%%", got, before)
	}
}
