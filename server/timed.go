package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
)

// Bounds on slow clients. A body may take bodyTime in all, and a client may be
// silent, or deaf, for silence.
const (
	silence  = 30 * time.Second
	bodyTime = 10 * time.Minute
)

// timedBody drops clients that send their body too slowly.
type timedBody struct {
	io.ReadCloser
	conn *http.ResponseController
	end  time.Time
}

func newTimedBody(w http.ResponseWriter, body io.ReadCloser) *timedBody {
	return &timedBody{ReadCloser: body, conn: http.NewResponseController(w), end: time.Now().Add(bodyTime)}
}

func (b *timedBody) Read(p []byte) (int, error) {
	deadline := time.Now().Add(silence)
	if deadline.After(b.end) {
		deadline = b.end
	}
	// A connection without deadlines, as in tests with a recorder, has no slow
	// client either.
	_ = b.conn.SetReadDeadline(deadline)
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.conn.SetReadDeadline(time.Time{}) // the server watches for the client going away
		err = bodyError(err)
	}
	return n, err
}

// bodyError tells the client's faults from those of the connection: what
// net/http says of malformed chunks has no type of its own.
func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	var network net.Error
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &tooLarge) || errors.As(err, &network) ||
		errors.Is(err, context.Canceled) || errors.Is(err, http.ErrBodyReadAfterClose) {
		return err
	}
	return fmt.Errorf("the request body is malformed: %v: %w", err, graph.ErrBadRequest)
}

// timedWriter ends results that are too long, and streams of HTTP/2 that take
// nothing; other connections end by themselves, see [conn].
type timedWriter struct {
	io.Writer
	conn  *http.ResponseController // nil unless it is a stream of HTTP/2
	sent  *atomic.Int64            // counts what the handler wrote
	limit int64                    // of it; 0 is none
}

func (s *Server) newTimedWriter(c *gin.Context, sent *atomic.Int64) *timedWriter {
	w := &timedWriter{Writer: c.Writer, sent: sent, limit: s.cfg.MaxResult}
	if c.Request.ProtoMajor >= 2 {
		w.conn = http.NewResponseController(c.Writer)
	}
	return w
}

func (w *timedWriter) Write(p []byte) (int, error) {
	if w.limit > 0 && w.sent.Load()+int64(len(p)) > w.limit {
		return 0, fmt.Errorf("%w: the result is longer than the %d bytes that it may have; ask for less with LIMIT", graph.ErrLimit, w.limit)
	}
	if w.conn != nil {
		_ = w.conn.SetWriteDeadline(time.Now().Add(silence))
	}
	n, err := w.Writer.Write(p)
	w.sent.Add(int64(n))
	return n, err
}

// done lifts the deadline for the end of the response.
func (w *timedWriter) done() {
	if w.conn != nil {
		_ = w.conn.SetWriteDeadline(time.Time{})
	}
}
