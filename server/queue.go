package server

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
)

// queue bounds how many queries run at once and how many wait for that. Those
// that wait are served in the order in which they came.
type queue struct {
	places  chan struct{} // holds a token per running query
	waiting atomic.Int64
	limit   int64 // of those waiting
	patient time.Duration
}

// waitersPerPlace is how many may wait per place: more would only be told
// later that there is no time for them.
const waitersPerPlace = 16

func newQueue(places int, patient time.Duration) *queue {
	return &queue{places: make(chan struct{}, places), limit: int64(places) * waitersPerPlace, patient: patient}
}

// admit waits for a place among the running queries. The caller gives it back
// with release.
func (q *queue) admit(c *gin.Context) (release func(), err error) {
	release = func() { <-q.places }
	select {
	case q.places <- struct{}{}:
		return release, nil
	default:
	}
	if q.waiting.Add(1) > q.limit {
		q.waiting.Add(-1)
		return nil, &statusError{status: http.StatusTooManyRequests, retry: 5 * time.Second,
			text: fmt.Sprintf("%d queries are running and %d are waiting, try again later", cap(q.places), q.limit)}
	}
	defer q.waiting.Add(-1)
	ctx := c.Request.Context()
	timer := time.NewTimer(q.patient)
	defer timer.Stop()
	select {
	case q.places <- struct{}{}:
		return release, nil
	case <-timer.C:
		return nil, fmt.Errorf("%w: %d queries are running, and none ended within %s; try again later", graph.ErrLimit, cap(q.places), q.patient)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
