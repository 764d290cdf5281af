package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// Writes says who may change the graph over HTTP.
type Writes string

// The modes. The zero value is WritesClosed.
const (
	WritesClosed Writes = "closed" // nobody
	WritesToken  Writes = "token"  // whoever presents the token
	WritesOpen   Writes = "open"   // everybody who can connect
)

// ParseWrites reads the mode from its name; the empty name is closed.
func ParseWrites(name string) (Writes, error) {
	switch w := Writes(name); w {
	case "":
		return WritesClosed, nil
	case WritesClosed, WritesToken, WritesOpen:
		return w, nil
	default:
		return "", fmt.Errorf("server: writes must be closed, token or open, not %q", name)
	}
}

// writeGuard decides on write requests. It holds the token as a hash only.
type writeGuard struct {
	mode      Writes
	tokenHash [sha256.Size]byte
}

// minToken is how long a token must be: shorter ones can be tried out.
const minToken = 16

func newWriteGuard(mode Writes, token string) (*writeGuard, error) {
	if mode == WritesToken && len(token) < minToken {
		return nil, fmt.Errorf("server: writes by token want a token of at least %d characters", minToken)
	}
	return &writeGuard{mode: mode, tokenHash: sha256.Sum256([]byte(token))}, nil
}

// check returns nil when the request may write, and otherwise the status and
// the reason to answer with.
func (g *writeGuard) check(r *http.Request) (status int, reason string) {
	switch g.mode {
	case WritesOpen:
		if crossSite(r) {
			return http.StatusForbidden, "writes from pages of other sites are refused; use --writes token"
		}
		return 0, ""
	case WritesToken:
		token, ok := bearerToken(r)
		if !ok {
			return http.StatusUnauthorized, "writing needs a token: send it as \"Authorization: Bearer TOKEN\""
		}
		hash := sha256.Sum256([]byte(token))
		if subtle.ConstantTimeCompare(hash[:], g.tokenHash[:]) != 1 {
			return http.StatusForbidden, "this token may not write"
		}
		return 0, ""
	default:
		return http.StatusForbidden, "this server is read-only: start it with --writes token or --writes open to allow writing"
	}
}

// crossSite reports whether a browser sent the request for a page of another
// origin. Without this check any page that a user visits could write to a
// server that is open on her own machine.
func crossSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return true
	case "same-origin", "none":
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != r.Host
}

// allow answers a refused write as JSON and reports whether the request may go
// on.
func (g *writeGuard) allow(c *gin.Context) bool {
	status, reason := g.check(c.Request)
	if status == 0 {
		return true
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="belligraph"`)
	}
	c.AbortWithStatusJSON(status, gin.H{"error": reason})
	return false
}

// mayWrite reports whether the request may change the graph, and answers it
// when it may not.
func (s *Server) mayWrite(c *gin.Context) bool {
	status, reason := s.writes.check(c.Request)
	if status == 0 {
		return true
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="belligraph"`)
	}
	s.fail(c, status, reason, nil)
	return false
}

// bearerToken returns the token of the Authorization header, or the password
// of basic authentication, which is all that some clients can send.
func bearerToken(r *http.Request) (string, bool) {
	if _, password, ok := r.BasicAuth(); ok {
		return password, true
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}
