package exec

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/belligraph/belligraph/graph"
)

// firstsAtATime is how many values of the first variable a goroutine takes: few,
// as one of them may stand for much of the work.
const firstsAtATime = 32

// fork returns a join over the same tries, with places of its own.
func (j *trieJoin) fork() *trieJoin {
	f := *j
	f.value, f.place = slices.Clone(j.value), slices.Clone(j.place)
	f.cursor = make([][]int32, len(j.cursor))
	for l, c := range j.cursor {
		f.cursor[l] = slices.Clone(c)
	}
	return &f
}

// countFrom returns the number of solutions for the values of the first variable
// from j.at on. Goroutines that are free take some of them each: solutions of
// different values have nothing to do with each other.
func (j *trieJoin) countFrom() (int64, error) {
	firsts := j.firsts()[j.at:]
	j.at += len(firsts)
	extra := 0
	if len(firsts) > firstsAtATime {
		extra = j.q.opts.Workers.take(min(maxWorkers, len(firsts)/firstsAtATime))
		defer j.q.opts.Workers.give(extra)
	}
	var total, turn atomic.Int64
	var panicked atomic.Pointer[any]
	var wait sync.WaitGroup
	for range extra {
		f := j.fork()
		wait.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					panicked.Store(&r)
				}
			}()
			total.Add(f.countShare(firsts, &turn))
		})
	}
	n := j.countShare(firsts, &turn)
	wait.Wait()
	if r := panicked.Load(); r != nil {
		panic(fmt.Sprintf("exec: in a goroutine of a query: %v", *r))
	}
	return n + total.Load(), j.q.ctx.Err()
}

// countShare counts the solutions for values that nobody else has taken.
func (j *trieJoin) countShare(firsts []graph.ID, turn *atomic.Int64) (n int64) {
	for j.q.ctx.Err() == nil {
		to := int(turn.Add(firstsAtATime))
		from := to - firstsAtATime
		if from >= len(firsts) {
			break
		}
		for _, id := range firsts[from:min(to, len(firsts))] {
			if j.enter(0, id) {
				n += j.solutions(1, false)
			}
		}
	}
	return n
}
