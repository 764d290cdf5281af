package server

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/rdf/iri"
)

const requestIDHeader = "X-Request-Id"

// requestID gives each request an id, the client's own when it sends a sane
// one, and returns it in the response, so that a person's report and the log
// can be joined.
func requestID(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !saneRequestID(id) {
		// An id has to be unlike others and need not be a secret.
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], rand.Uint64())
		id = hex.EncodeToString(b[:])
	}
	c.Set(requestIDHeader, id)
	c.Header(requestIDHeader, id)
}

// checkHost refuses a header Host that no IRI can be made of: relative IRIs are
// resolved against it. net/http looks at it by itself in HTTP/1.1 only.
func (s *Server) checkHost(c *gin.Context) {
	if !saneHost(c.Request.Host) {
		s.fail(c, http.StatusBadRequest, "the header Host is malformed", nil)
	}
}

func saneHost(host string) bool {
	for i := range len(host) {
		switch b := host[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '.', b == '-', b == ':':
		default:
			_, err := iri.Parse("http://" + host + "/")
			return err == nil && !strings.ContainsAny(host, "/?#@")
		}
	}
	return true
}

func saneRequestID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return true
}

// logRequests writes one structured line per request.
func logRequests(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		defer func() { // a handler may break its connection, which is logged as well
			if !log.Enabled(c.Request.Context(), slog.LevelInfo) {
				return
			}
			attrs := []slog.Attr{
				slog.String("id", c.GetString(requestIDHeader)),
				slog.String("method", c.Request.Method),
				slog.String("path", c.Request.URL.Path),
				slog.Int("status", c.Writer.Status()),
				slog.Int("bytes", max(0, c.Writer.Size())),
				slog.Duration("took", time.Since(start).Round(10*time.Microsecond)),
			}
			if hash := c.GetString(queryHashKey); hash != "" {
				attrs = append(attrs, slog.String("query", hash))
			}
			log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request", attrs...)
		}()
		c.Next()
	}
}

// recoverPanics answers 500 when a handler panics before its first byte, and
// breaks the connection otherwise, so that a cut response never looks whole.
func recoverPanics(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(r) // a handler's own way to break the connection
			}
			log.Error("panic", "id", c.GetString(requestIDHeader), "path", c.Request.URL.Path,
				"panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			if c.Writer.Written() {
				panic(http.ErrAbortHandler)
			}
			c.AbortWithStatusJSON(http.StatusInternalServerError, gin.H{"error": "internal error"})
		}()
		c.Next()
	}
}

// contentSecurity keeps pages to this origin. Inline styles are those of result
// tables; the stock pages of Cayley set a policy of their own, as they need
// more.
const contentSecurity = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// secureHeaders sets the headers that every response carries, among them those
// that let any page read: reading is public, and writing asks for a token that a
// browser does not send by itself.
func secureHeaders(c *gin.Context) {
	h := c.Writer.Header()
	maps.Copy(h, sharedHeaders)
	if c.Request.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// sharedHeaders are those whose values no response changes in place: setting a
// header replaces its list, and adding to one that is full copies it.
var sharedHeaders = http.Header{
	"X-Content-Type-Options":        {"nosniff"},
	"X-Frame-Options":               {"DENY"},
	"Referrer-Policy":               {"no-referrer"},
	"Content-Security-Policy":       {contentSecurity},
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"ETag, Link, Location, Retry-After, X-Request-Id"},
}

// crossOrigin answers preflights, which go no further.
func crossOrigin(c *gin.Context) {
	h := c.Writer.Header()
	if c.Request.Method == http.MethodOptions && c.GetHeader("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Content-Encoding, If-None-Match, X-Request-Id")
		h.Set("Access-Control-Max-Age", "86400")
		c.AbortWithStatus(http.StatusNoContent)
	}
}
