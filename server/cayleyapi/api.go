// Package cayleyapi is the HTTP surface of Cayley v0.7.7: its first and second
// API, the Gephi stream, the documents and the stock pages, so that clients and
// the browser UI written for Cayley work unmodified. Where the original answers
// 200 to a request that failed, this answers the status that the failure has;
// the body is {"error": …} in either case.
package cayleyapi

import (
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/server/ui"
)

// Deps is what the routes need. Zero values mean the defaults named beside them.
type Deps struct {
	Graph graph.Graph

	// WriteGuard reports whether a request may change the graph. It may answer
	// the request itself when it may not. Nil refuses all writes.
	WriteGuard func(*gin.Context) bool

	// Admit waits until a request may run and says how much memory it may take.
	// It answers the request itself when it may not. Nil admits all at once.
	Admit func(*gin.Context) (memory uint64, release func(), ok bool)

	// Begin notes that a query, an update or a read of a kind begins, and says in
	// which context. What it returns is called with the error at the end, and
	// returns the reason of that error. Nil notes nothing.
	Begin func(c *gin.Context, kind, text string) (ctx context.Context, done func(error) error)

	// Timed bounds the time that a body may take to arrive; nil does not.
	Timed func(http.ResponseWriter, io.ReadCloser) io.ReadCloser

	// Generalized admits quads that RDF does not have, such as with a string for
	// a subject. Cayley does; what holds them can not be dumped as RDF.
	Generalized bool

	QueryTimeout time.Duration // wall time of a query; 30 s, Cayley's default
	QueryMemory  uint64        // by how much the process may grow during a query; 1 GiB
	MaxQuery     int64         // bytes of a query or of quads as JSON; 1 MiB, as in Cayley
	MaxUpload    int64         // bytes of uploaded quads, also once decompressed; 64 MiB

	// Page shows a document in the frame of the site; nil uses a plain frame.
	Page func(c *gin.Context, title string, body template.HTML)
}

func (d *Deps) setDefaults() {
	if d.QueryTimeout == 0 {
		d.QueryTimeout = 30 * time.Second
	}
	if d.MaxQuery == 0 {
		d.MaxQuery = 1 << 20
	}
	if d.MaxUpload == 0 {
		d.MaxUpload = 64 << 20
	}
}

// api answers the requests.
type api struct {
	Deps
	stock *ui.Stock
}

// resultLimit is the number of results of a query that names no limit. The
// second API has no other.
const resultLimit = 100

// Register adds the routes. It leaves GET / to the caller: the stock query page
// is at /ui/query, see [FromStockUI].
func Register(r gin.IRouter, d Deps) error {
	d.setDefaults()
	stock, err := ui.Load()
	if err != nil {
		return err
	}
	a := &api{Deps: d, stock: stock}
	g := r.Group("", crossOrigin)

	g.POST("/api/v1/query/:lang", a.queryV1)
	g.POST("/api/v1/shape/:lang", a.shapeV1)
	g.POST("/api/v1/write", a.guarded, a.writeV1)
	g.POST("/api/v1/write/file/nquad", a.guarded, a.uploadV1)
	g.POST("/api/v1/delete", a.guarded, a.deleteV1)

	g.GET("/api/v2/query", a.queryV2)
	g.POST("/api/v2/query", a.queryV2)
	g.GET("/api/v2/read", a.read)
	g.POST("/api/v2/read", a.read)
	g.GET("/api/v2/formats", a.formats)
	g.POST("/api/v2/write", a.guarded, a.writeV2)
	g.POST("/api/v2/delete", a.guarded, a.deleteV2)
	g.POST("/api/v2/node/delete", a.guarded, a.deleteNode)

	g.GET("/api/v2/namespace-rules", a.namespaces)
	g.POST("/api/v2/namespace-rules", a.guarded, a.addNamespaces)

	g.GET("/gephi/gs", a.gephi)

	for _, path := range []string{"/api/v1/*path", "/api/v2/*path", "/gephi/gs"} {
		g.OPTIONS(path, func(c *gin.Context) { c.Status(http.StatusOK) })
	}

	for path, page := range map[string]gin.HandlerFunc{"/docs/:page": a.document, "/ui/:page": a.page, "/static/*path": a.static} {
		r.GET(path, page)
		r.HEAD(path, page)
	}
	return nil
}

// crossOrigin lets pages of any origin use the API, as Cayley does, unless the
// server around it has decided already.
func crossOrigin(c *gin.Context) {
	h := c.Writer.Header()
	if origin := c.GetHeader("Origin"); origin != "" && h.Get("Access-Control-Allow-Origin") == "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE")
		h.Set("Access-Control-Allow-Headers", "Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization")
		h.Add("Vary", "Origin")
	}
}

// guarded lets only requests through that may write, when it is their turn: what
// they bring is held in memory from its first byte on.
func (a *api) guarded(c *gin.Context) {
	if a.WriteGuard != nil && a.WriteGuard(c) {
		_, release, ok := a.admit(c)
		if !ok {
			c.Abort()
			return
		}
		defer release()
		done := a.begin(c, "write", c.Request.URL.Path)
		defer done(errFailed)
		c.Next()
		if c.Writer.Status() < http.StatusBadRequest {
			_ = done(nil)
		}
		return
	}
	if !c.Writer.Written() {
		c.AbortWithStatusJSON(http.StatusForbidden, gin.H{"error": "Database is read-only."})
	}
	c.Abort()
}

// fail answers {"error": …}.
func fail(c *gin.Context, status int, message string) {
	c.AbortWithStatusJSON(status, gin.H{"error": message})
}

// failWith answers with the status that belongs to the family of err.
func failWith(c *gin.Context, err error) {
	if ctx := c.Request.Context(); errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = context.Cause(ctx) // an administrator may have ended it
	}
	var tooLarge *http.MaxBytesError
	var known interface {
		error
		Status() int
	}
	switch {
	case errors.As(err, &known):
		fail(c, known.Status(), err.Error())
	case errors.As(err, &tooLarge):
		fail(c, http.StatusRequestEntityTooLarge, "request is too large")
	case errors.Is(err, errTooLarge):
		fail(c, http.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, io.ErrUnexpectedEOF):
		fail(c, http.StatusBadRequest, "the request body ended early")
	case errors.Is(err, os.ErrDeadlineExceeded):
		fail(c, http.StatusRequestTimeout, "the request body came too slowly")
	case errors.Is(err, graph.ErrBadRequest):
		fail(c, http.StatusBadRequest, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		fail(c, http.StatusServiceUnavailable, "the query took too long and was stopped")
	case errors.Is(err, context.Canceled):
		c.AbortWithStatus(499) // the client has gone; the status is for the log
	case errors.Is(err, graph.ErrLimit):
		fail(c, http.StatusServiceUnavailable, err.Error())
	case errors.Is(err, graph.ErrReadOnly):
		fail(c, http.StatusForbidden, err.Error())
	default:
		_ = c.Error(err) // for the log of the server around us
		fail(c, http.StatusInternalServerError, "internal error")
	}
}

var errTooLarge = errors.New("the data is too large")

// admit makes a request take its turn, once its body has been read. It answers
// the request when that has no place.
func (a *api) admit(c *gin.Context) (memory uint64, release func(), ok bool) {
	if a.Admit == nil {
		return a.QueryMemory, func() {}, true
	}
	return a.Admit(c)
}

// begin notes that something begins and gives the request its context; see
// Deps.Begin.
func (a *api) begin(c *gin.Context, kind, text string) (done func(error) error) {
	if a.Begin == nil {
		return func(err error) error { return err }
	}
	ctx, done := a.Begin(c, kind, text)
	c.Request = c.Request.WithContext(ctx)
	return done
}

// errFailed is how something ended that was answered with an error already, or
// that panicked.
var errFailed = errors.New("failed")

// body returns the request body up to max bytes.
func (a *api) body(c *gin.Context, max int64) ([]byte, error) {
	return io.ReadAll(a.timed(c, http.MaxBytesReader(c.Writer, c.Request.Body, max)))
}

func (a *api) timed(c *gin.Context, body io.ReadCloser) io.ReadCloser {
	if a.Timed == nil {
		return body
	}
	return a.Timed(c.Writer, body)
}

// encode returns v as Cayley writes JSON, with a line end.
func encode(v any, escapeHTML bool) ([]byte, error) {
	var b jsonBuffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	err := enc.Encode(v)
	return b, err
}

// jsonBuffer is the least that json.NewEncoder writes to.
type jsonBuffer []byte

func (b *jsonBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
