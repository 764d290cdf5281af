package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// The room that the heap has to grow in before it is collected: at least
// leastRoom, so that look-ups, which leave little behind, do not keep the
// collector busy; beyond that a quarter of what is alive, where the runtime would
// give as much again. Over the queries of the Wikidata-like graph the anonymous
// memory of the server peaks at 123 MB with it and at 143 MB without.
const (
	leastRoom   = 32 << 20
	roomPerLive = 4 // alive bytes for one of room
)

// paceCollector sets the pace of the garbage collector after each of its cycles
// until the function returned is called. It makes way for whoever else sets it,
// as a bulk load does, for as long as that lasts.
func paceCollector() (stop func()) {
	p := &pacer{before: debug.SetGCPercent(100), percent: 100}
	debug.SetGCPercent(p.percent)
	p.watch()
	return func() {
		p.stopped.Store(true)
		debug.SetGCPercent(p.before)
	}
}

type pacer struct {
	before  int // what it was set to
	percent int // what this one has set it to
	stopped atomic.Bool
}

// cycle is garbage, collected in the next cycle, whose cleanup tells that there
// has been one.
type cycle struct{ _ [16]byte }

func (p *pacer) watch() {
	if !p.stopped.Load() {
		runtime.AddCleanup(new(cycle), func(p *pacer) { p.set(); p.watch() }, p)
	}
}

func (p *pacer) set() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 || p.stopped.Load() {
		return
	}
	want := collectorPercent(sample[0].Value.Uint64())
	if old := debug.SetGCPercent(want); old != p.percent {
		debug.SetGCPercent(old) // another's
		return
	}
	p.percent = want
}

// collectorPercent is the growth at which a heap of which so much is alive is
// collected, in percent.
func collectorPercent(alive uint64) int {
	room := max(leastRoom, alive/roomPerLive)
	return int(min(room*100/max(alive, 1<<20), 1000))
}
