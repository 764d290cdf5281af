package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/queries/exec"
)

// operation is a query, a question or an update under way.
type operation struct {
	id       string // of its request
	kind     string
	text     string
	hash     string
	client   string
	started  time.Time
	sent     atomic.Int64
	progress exec.Progress
	stop     context.CancelCauseFunc
}

// report is an operation as /admin/queries shows it.
func (op *operation) report(now time.Time) listedOperation {
	p := op.progress.Report()
	return listedOperation{ID: op.id, Kind: op.kind, Hash: op.hash, Text: op.text, Client: op.client,
		Started: op.started, Seconds: now.Sub(op.started).Seconds(), Sent: op.sent.Load(),
		RowsRead: p.RowsRead, RowsMade: p.RowsMade, Memory: p.Memory, PeakMemory: p.PeakMemory, Spilled: p.Spilled}
}

// operations are those under way.
type operations struct {
	mu      sync.Mutex
	running map[*operation]struct{}
}

// queryHash names a query in logs, where its text would be long and may hold
// what is nobody's business.
func queryHash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:6])
}

// beginCayley is begin for the routes of Cayley, which tell their error and get
// the reason for it.
func (s *Server) beginCayley(c *gin.Context, kind, text string) (context.Context, func(error) error) {
	ctx, _, done := s.begin(c, kind, text)
	return ctx, func(err error) error {
		err = whyEnded(ctx, err)
		done(err)
		return err
	}
}

// errKilled is why an operation ended that an administrator stopped.
var errKilled = &statusError{status: http.StatusServiceUnavailable, text: "the query was stopped by an administrator"}

// whyEnded gives the reason of a context that ended in place of its bare error.
func whyEnded(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// operation makes what a handler does an operation with its place in the queue.
// text returns what it was asked.
func (s *Server) operation(kind string, text func(*gin.Context) string, h gin.HandlerFunc) gin.HandlerFunc {
	return s.admitted(func(c *gin.Context) {
		ctx, _, done := s.begin(c, kind, text(c))
		defer done(errAborted)
		c.Request = c.Request.WithContext(ctx)
		h(c)
		switch {
		case c.Writer.Status() < http.StatusInternalServerError:
			done(nil)
		case ctx.Err() != nil:
			done(context.Cause(ctx))
		default:
			done(errAborted)
		}
	})
}

// requestURI is the text of operations that their address says all about.
func requestURI(c *gin.Context) string { return c.Request.URL.RequestURI() }

// keptText bounds what logs and lists show of a query.
const keptText = 4 << 10

// begin notes that an operation starts. Its context ends when somebody stops
// it. done must be called with the error that the operation ended with.
func (s *Server) begin(c *gin.Context, kind, text string) (ctx context.Context, op *operation, done func(error)) {
	ctx, stop := context.WithCancelCause(c.Request.Context())
	op = &operation{
		id: c.GetString(requestIDHeader), kind: kind, text: strings.ToValidUTF8(text[:min(len(text), keptText)], ""),
		hash: queryHash(text), client: c.ClientIP(), started: time.Now(), stop: stop,
	}
	ctx = exec.WithProgress(ctx, &op.progress)
	c.Set(queryHashKey, op.hash)
	s.operations.mu.Lock()
	s.operations.running[op] = struct{}{}
	s.operations.mu.Unlock()
	s.metrics.running.Inc()
	var once sync.Once
	return ctx, op, func(err error) {
		once.Do(func() {
			stop(nil)
			s.operations.mu.Lock()
			delete(s.operations.running, op)
			s.operations.mu.Unlock()
			s.metrics.running.Dec()
			took := time.Since(op.started)
			s.metrics.seconds.WithLabelValues(kind, outcome(err)).Observe(took.Seconds())
			if slow := time.Duration(s.slowQuery.Load()); slow > 0 && took >= slow {
				s.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelWarn, "slow query", slog.String("id", op.id), slog.String("query", op.hash),
					slog.String("kind", kind), slog.Duration("took", took.Round(time.Millisecond)), slog.String("outcome", outcome(err)), slog.String("text", op.text))
			}
		})
	}
}

// queryHashKey is where the hash of a request's query is kept for its log line.
const queryHashKey = "query-hash"

// outcome is the word of metrics for how an operation ended.
func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, errKilled):
		return "killed"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	default:
		return "error"
	}
}

// admin registers what only an administrator may do.
func (s *Server) admin(r gin.IRouter) {
	g := r.Group("/admin", s.onlyAdmin)
	g.GET("/queries", s.listOperations)
	g.DELETE("/queries/:id", s.killOperation)
	s.replication(g)
}

// listedOperation is an operation as the list shows it.
type listedOperation struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Hash    string    `json:"hash"`
	Text    string    `json:"text"`
	Client  string    `json:"client"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Sent    int64     `json:"bytesSent"`

	RowsRead   int64 `json:"rowsRead"`   // from the graph, but for the last few hundred
	RowsMade   int64 `json:"rowsMade"`   // of the result
	Memory     int64 `json:"memory"`     // bytes held now
	PeakMemory int64 `json:"peakMemory"` // bytes held at most
	Spilled    int64 `json:"spilled"`    // bytes written to temporary files
}

// listOperations lists what is under way, the longest first.
func (s *Server) listOperations(c *gin.Context) {
	list, now := []listedOperation{}, time.Now()
	s.operations.mu.Lock()
	for op := range s.operations.running {
		list = append(list, op.report(now))
	}
	s.operations.mu.Unlock()
	slices.SortFunc(list, func(a, b listedOperation) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	_, waiting := s.queue.counts()
	c.JSON(http.StatusOK, gin.H{"queries": list, "waiting": waiting, "places": s.queue.places})
}

// killOperation stops what goes by an id: clients that choose ids may have
// given several operations the same.
func (s *Server) killOperation(c *gin.Context) {
	id, killed := c.Param("id"), 0
	s.operations.mu.Lock()
	for op := range s.operations.running {
		if op.id == id {
			op.stop(errKilled)
			killed++
		}
	}
	s.operations.mu.Unlock()
	if killed == 0 {
		s.fail(c, http.StatusNotFound, "no query with the id "+id+" is running", nil)
		return
	}
	s.log.Info("query killed", "id", id)
	c.Status(http.StatusNoContent)
}
