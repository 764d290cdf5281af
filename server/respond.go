package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
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

// fail answers with an error in the representation that the client prefers.
// The detail of cause is shown except for internal errors, which are logged.
func (s *Server) fail(c *gin.Context, status int, title string, cause error) {
	detail := title
	if cause != nil && status != http.StatusInternalServerError {
		detail = cause.Error()
	}
	if status >= 500 && cause != nil {
		s.log.Error("request failed", "id", c.GetString(requestIDHeader), "path", c.Request.URL.Path, "status", status, "error", cause)
	}
	c.Header("Vary", "Accept")
	switch negotiate(c.GetHeader("Accept"), errorTypes) {
	case 1, 2:
		c.Header("Content-Type", "application/problem+json")
		c.AbortWithStatusJSON(status, gin.H{"title": title, "status": status, "detail": detail, "error": detail,
			"requestId": c.GetString(requestIDHeader)})
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
	var tooLarge *http.MaxBytesError
	var known *statusError
	var remote *service.Error
	var syntax *sparql.Error
	switch {
	case errors.As(err, &known):
		s.fail(c, known.status, known.text, nil)
	case errors.As(err, &tooLarge):
		s.fail(c, http.StatusRequestEntityTooLarge, "the request body is too large", err)
	case errors.As(err, &syntax):
		s.fail(c, http.StatusBadRequest, "the request cannot be understood", detailed{syntax})
	case errors.Is(err, graph.ErrBadRequest):
		s.fail(c, http.StatusBadRequest, "the request cannot be understood", err)
	case errors.As(err, &remote):
		s.fail(c, http.StatusBadGateway, "another server failed", err)
	case errors.Is(err, context.DeadlineExceeded):
		c.Header("Retry-After", "60")
		s.fail(c, http.StatusServiceUnavailable, "the query took longer than "+s.cfg.QueryTimeout.String()+" and was stopped", nil)
	case errors.Is(err, context.Canceled):
		c.AbortWithStatus(499) // the client has gone; the status is for the log
	case errors.Is(err, graph.ErrLimit):
		c.Header("Retry-After", "60")
		s.fail(c, http.StatusServiceUnavailable, "a limit was reached", err)
	case errors.Is(err, graph.ErrReadOnly):
		s.fail(c, http.StatusForbidden, "the graph is read-only", err)
	default:
		s.fail(c, http.StatusInternalServerError, "internal error", err)
	}
}

// detailed is a fault of a query with the line it is in, a caret and a hint.
type detailed struct{ fault *sparql.Error }

func (d detailed) Error() string { return d.fault.Detail() }
