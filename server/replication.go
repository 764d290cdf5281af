package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/server/replica"
)

// logSource is a graph that can be copied and followed: the embedded store.
type logSource interface {
	Backup(context.Context, io.Writer) error
	Position() store.Position
	Follow(context.Context, store.Position, int) ([][]byte, error)
	Stats(context.Context) (store.Info, error)
}

// The bounds of one answer with log records: how many bytes, and how long a
// follower waits for news.
const (
	logBytes = 8 << 20
	logWait  = 25 * time.Second
)

// replication registers what replicas and backups read. It is all graphs, the
// private ones too, and therefore the administrator's.
func (s *Server) replication(admin gin.IRouter) {
	admin.GET("/backup", s.sendBackup)
	admin.GET("/log", s.sendLog)
	admin.GET("/store", s.describeStore)
}

// storeOf returns the store behind the graph, and answers when there is none.
func (s *Server) storeOf(c *gin.Context) (logSource, bool) {
	if s.source == nil {
		s.fail(c, http.StatusNotFound, "the graph of this server is not kept in a store", nil)
	}
	return s.source, s.source != nil
}

// sendBackup streams a copy of the store as it is now. A response that breaks
// off is no backup.
func (s *Server) sendBackup(c *gin.Context) {
	source, ok := s.storeOf(c)
	if !ok {
		return
	}
	c.Header("Content-Type", "application/octet-stream")
	c.Header("Content-Disposition", `attachment; filename="backup.bg"`)
	ctx, op, done := s.begin(c, "backup", "backup")
	defer done(errAborted)
	// A backup is as long as it is, but whoever does not take it is dropped.
	out := &timedWriter{Writer: c.Writer, conn: http.NewResponseController(c.Writer), sent: &op.sent}
	err := whyEnded(ctx, source.Backup(ctx, out))
	done(err)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	out.done()
}

// sendLog answers with the log records after a position. Without news it answers
// 204 after a while; when the log does not go on from the position, 410.
func (s *Server) sendLog(c *gin.Context) {
	source, ok := s.storeOf(c)
	if !ok {
		return
	}
	after, err := replica.ParsePosition(c.Query("after"))
	if err != nil {
		s.failWith(c, err)
		return
	}
	ctx, stop := context.WithTimeout(c.Request.Context(), logWait)
	defer stop()
	defer context.AfterFunc(s.stopping, stop)()
	c.Header(replica.PositionHeader, replica.FormatPosition(source.Position()))
	records, err := source.Follow(ctx, after, logBytes)
	switch {
	case errors.Is(err, store.ErrNotInLog):
		s.fail(c, http.StatusGone, "the log does not go on from there; begin with a new backup", nil)
	case err != nil && ctx.Err() != nil:
		c.Status(http.StatusNoContent)
	case err != nil:
		s.failWith(c, err)
	default:
		c.Header("Content-Type", replica.MediaType)
		if err := replica.WriteRecords(c.Writer, records); err != nil {
			s.abortStream(c, err)
		}
	}
}

// describeStore tells how large the store is and how far its log has come.
func (s *Server) describeStore(c *gin.Context) {
	source, ok := s.storeOf(c)
	if !ok {
		return
	}
	info, err := source.Stats(c.Request.Context())
	if err != nil {
		s.failWith(c, err)
		return
	}
	info.Path = "" // of no use to others
	c.JSON(http.StatusOK, gin.H{"position": replica.FormatPosition(source.Position()), "store": info})
}
