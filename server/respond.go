package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/service"
	"github.com/belligraph/belligraph/queries/sparql"
	"github.com/belligraph/belligraph/server/web"
)

// render answers with a page. The page is made in memory first, so that a
// failing template gives an error page and not half a page.
func (s *Server) render(c *gin.Context, status int, page string, data any) {
	var body bytes.Buffer
	if err := s.pages.Render(&body, page, data); err != nil {
		s.log.Error("page", "page", page, "error", err)
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
}

// errorTypes are the representations of an error, in order of preference.
var errorTypes = []string{"text/plain", "application/problem+json", "application/json", "text/html"}

// detailed is an error that can show the place of a fault with a caret.
type detailed interface {
	error
	Detail() string
}

// fail answers with an error in the representation that the client prefers.
// The detail of cause is shown except for internal errors, which are logged.
func (s *Server) fail(c *gin.Context, status int, title string, cause error) {
	detail := title
	if cause != nil && status != http.StatusInternalServerError {
		detail = cause.Error()
		if d, ok := errors.AsType[detailed](cause); ok {
			detail = d.Detail()
		}
	}
	if status >= 500 && cause != nil {
		s.log.Error("request failed", "id", c.GetString(requestIDHeader), "path", c.Request.URL.Path, "status", status, "error", cause)
	}
	if w, ok := c.Writer.(interface{ discard() }); ok {
		w.discard() // what of another answer was not sent yet
	}
	c.Header("Vary", "Accept")
	switch negotiate(c.GetHeader("Accept"), errorTypes) {
	case 1, 2:
		problem := gin.H{"title": title, "status": status, "detail": detail, "error": detail, "requestId": c.GetString(requestIDHeader)}
		if e, ok := errors.AsType[*sparql.Error](cause); ok {
			problem["error"], problem["line"], problem["column"] = e.Error(), e.Line, e.Column
		}
		c.Header("Content-Type", "application/problem+json")
		c.AbortWithStatusJSON(status, problem)
	case 3:
		c.Abort()
		s.render(c, status, web.PageError, web.Error{Title: title, Detail: detail})
	default:
		c.Abort()
		c.Data(status, "text/plain; charset=utf-8", []byte(detail+"\n"))
	}
}

// failWith answers with the status that belongs to the family of err.
func (s *Server) failWith(c *gin.Context, err error) {
	err = whyEnded(c.Request.Context(), err)
	if known, ok := errors.AsType[*statusError](err); ok {
		if known.retry > 0 {
			c.Header("Retry-After", strconv.Itoa(int(known.retry.Seconds())))
		}
		s.fail(c, known.status, known.text, nil)
		return
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("the request body is too large: it may have %d bytes", tooLarge.Limit), nil)
		return
	}
	if _, ok := errors.AsType[*service.Error](err); ok && !errors.Is(err, graph.ErrBadRequest) {
		s.fail(c, http.StatusBadGateway, "another server failed", err)
		return
	}
	if _, ok := errors.AsType[*rdf.SyntaxError](err); ok {
		s.fail(c, http.StatusBadRequest, "the document cannot be read", err)
		return
	}
	switch {
	case errors.Is(err, graph.ErrBadRequest):
		s.fail(c, http.StatusBadRequest, "the request cannot be understood", err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.fail(c, http.StatusRequestTimeout, "the request body came too slowly", nil)
	case errors.Is(err, context.DeadlineExceeded):
		c.Header("Retry-After", "60")
		s.fail(c, http.StatusServiceUnavailable, "the query took longer than "+s.cfg.QueryTimeout.String()+" and was stopped", nil)
	case errors.Is(err, context.Canceled):
		c.AbortWithStatus(499) // the client has gone; the status is for the log
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.fail(c, http.StatusBadRequest, "the request body ended early", nil)
	case errors.Is(err, graph.ErrLimit):
		c.Header("Retry-After", "60")
		s.fail(c, http.StatusServiceUnavailable, "a limit was reached", err)
	case errors.Is(err, graph.ErrReadOnly):
		s.fail(c, http.StatusForbidden, "the graph is read-only", err)
	case errors.Is(err, graph.ErrClosed):
		c.Header("Retry-After", "60")
		s.fail(c, http.StatusServiceUnavailable, "the server is going down", nil)
	default:
		s.fail(c, http.StatusInternalServerError, "internal error", err)
	}
}
