package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
)

// queue bounds how many operations run at once, how many of them are one
// client's, how many wait, and the memory of all that run. Whoever has the
// fewest running is served first, so that a client with many requests delays
// itself and not others; those of one client are served in order.
type queue struct {
	places    int           // running at once
	perClient int           // of them for one client
	limit     int           // waiting, of all clients; half of it for one
	patient   time.Duration // how long one waits
	memory    int64         // of all that run

	mu      sync.Mutex
	running int
	waiting int
	granted int64 // of memory
	clients map[string]*clientLine
}

// clientLine is what one client has running and waiting.
type clientLine struct {
	running int
	waiting []*waiter
}

type waiter struct {
	since time.Time
	place *place
	ready chan struct{} // closed when place is set
}

// waitersPerPlace is how many may wait per place: more would only be told
// later that there is no time for them.
const waitersPerPlace = 16

func newQueue(cfg *Config) *queue {
	return &queue{
		places: cfg.Concurrent, perClient: cfg.ConcurrentPerClient, limit: cfg.Concurrent * waitersPerPlace,
		patient: cfg.QueueTime, memory: cfg.TotalMemory, clients: make(map[string]*clientLine),
	}
}

// place is a place among the running operations. It is given back with release,
// once or more often.
type place struct {
	q      *queue
	client string
	memory int64 // that the operation may hold
	once   sync.Once
}

// counts returns how many operations run and how many wait.
func (q *queue) counts() (running, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running, q.waiting
}

// clientOf names who sent a request: the bearer of a token or an address.
func clientOf(c *gin.Context) string {
	if t := tokenOf(c); t != nil {
		return "token " + t.Name
	}
	return c.ClientIP()
}

// admit waits for a place.
func (q *queue) admit(c *gin.Context) (*place, error) {
	return q.enter(c.Request.Context(), clientOf(c))
}

func (q *queue) enter(ctx context.Context, client string) (*place, error) {
	q.mu.Lock()
	line := q.clients[client]
	if line == nil {
		line = &clientLine{}
		q.clients[client] = line
	}
	if q.running < q.places && line.running < q.perClient && len(line.waiting) == 0 {
		p := q.take(client, line)
		q.mu.Unlock()
		return p, nil
	}
	if q.waiting >= q.limit || len(line.waiting) >= max(1, q.limit/2) {
		err := &statusError{status: http.StatusTooManyRequests, retry: 5 * time.Second, text: fmt.Sprintf(
			"%d queries are running and %d are waiting, %d and %d of them yours; try again later", q.running, q.waiting, line.running, len(line.waiting))}
		q.mu.Unlock()
		return nil, err
	}
	w := &waiter{since: time.Now(), ready: make(chan struct{})}
	line.waiting = append(line.waiting, w)
	q.waiting++
	q.mu.Unlock()

	timer := time.NewTimer(q.patient)
	defer timer.Stop()
	var err error
	select {
	case <-w.ready:
		return w.place, nil
	case <-timer.C:
		err = errWaited
	case <-ctx.Done():
		err = ctx.Err()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-w.ready: // in the meantime
		return w.place, nil
	default:
	}
	for i, other := range line.waiting {
		if other == w {
			line.waiting = append(line.waiting[:i], line.waiting[i+1:]...)
			break
		}
	}
	q.waiting--
	q.forget(client, line)
	if errors.Is(err, errWaited) {
		if line.running >= q.perClient {
			err = fmt.Errorf("%w: %d of your queries are running, as many as one client may have at once, and none ended within %s; try again later", graph.ErrLimit, line.running, q.patient)
		} else {
			err = fmt.Errorf("%w: %d queries are running, and none ended within %s; try again later", graph.ErrLimit, q.running, q.patient)
		}
	}
	return nil, err
}

// errWaited says that a waiter has lost patience.
var errWaited = errors.New("waited in vain")

// take gives a client a place; q.mu is held.
func (q *queue) take(client string, line *clientLine) *place {
	line.running++
	q.running++
	return q.grant(client)
}

// leastShare is the part of an even share of the memory that every operation
// gets, even the last.
const leastShare = 4

// grant makes the place of a client that was just counted as running; q.mu is
// held.
// The first operations get much memory and later ones less, so that all
// together never get more than there is: half of what is not needed to give the
// places still free their least.
func (q *queue) grant(client string) *place {
	least := q.memory / int64(q.places) / leastShare
	free := q.memory - q.granted
	spare := max(0, free-least*int64(q.places-q.running+1))
	p := &place{q: q, client: client, memory: least + spare/2}
	q.granted += p.memory
	return p
}

// release gives the place back, to whoever is next.
func (p *place) release() { p.once.Do(p.leave) }

func (p *place) leave() {
	q := p.q
	q.mu.Lock()
	defer q.mu.Unlock()
	line := q.clients[p.client]
	line.running--
	q.running--
	q.granted -= p.memory
	q.forget(p.client, line)
	for q.running < q.places {
		client, line := q.next()
		if line == nil {
			return
		}
		w := line.waiting[0]
		line.waiting = line.waiting[1:]
		q.waiting--
		w.place = q.take(client, line)
		close(w.ready)
	}
}

// next returns who is to be served: of the clients that may have more, one with
// the fewest running; of those, the one whose first has waited longest.
func (q *queue) next() (client string, best *clientLine) {
	for name, line := range q.clients {
		if len(line.waiting) == 0 || line.running >= q.perClient {
			continue
		}
		if best == nil || line.running < best.running ||
			line.running == best.running && line.waiting[0].since.Before(best.waiting[0].since) {
			client, best = name, line
		}
	}
	return client, best
}

// forget drops a client that has nothing.
func (q *queue) forget(client string, line *clientLine) {
	if line.running == 0 && len(line.waiting) == 0 {
		delete(q.clients, client)
	}
}

// admitted lets a handler run when it has a place, for routes that need no more
// than that.
func (s *Server) admitted(h gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		p, err := s.queue.admit(c)
		if err != nil {
			s.failWith(c, err)
			return
		}
		defer p.release()
		h(c)
	}
}

// admitCayley is admit for the routes of Cayley. It answers the request when
// there is no place.
func (s *Server) admitCayley(c *gin.Context) (memory uint64, release func(), ok bool) {
	p, err := s.queue.admit(c)
	if err != nil {
		s.failWith(c, err)
		return 0, nil, false
	}
	return uint64(min(p.memory, s.cfg.QueryMemory)), p.release, true
}
