package cayley

import (
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/belligraph/belligraph/graph"
)

const (
	defaultMemory = 1 << 30
	watchInterval = 10 * time.Millisecond
)

// watchMemory stops the query when the process has grown by more than limit
// bytes since now. The function it returns ends the watch.
func (s *running) watchMemory(limit uint64) (unwatch func()) {
	if limit == 0 {
		limit = defaultMemory
	}
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	inUse := func() uint64 {
		metrics.Read(samples)
		return samples[0].Value.Uint64() + samples[1].Value.Uint64()
	}
	before := inUse()
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(watchInterval)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-s.ctx.Done():
				return
			case <-tick.C:
				if now := inUse(); now > before && now-before > limit {
					s.stop(fmt.Errorf("the query took more than %d MiB of memory: %w", limit>>20, graph.ErrLimit))
					return
				}
			}
		}
	}()
	return func() { close(done) }
}
