package server

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/server/tokens"
)

// Writes says who may change the graph over HTTP.
type Writes string

// The modes. The zero value is WritesClosed.
const (
	WritesClosed Writes = "closed" // nobody
	WritesToken  Writes = "token"  // whoever presents a token for writing
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

// access decides who may do what.
type access struct {
	writes    Writes
	readToken bool // reading wants a token too
	keeper    *tokens.Keeper
	hosts     map[string]bool
}

// minToken is how long a token that an operator chose must be: shorter ones can
// be tried out.
const minToken = 16

func newAccess(cfg *Config) (*access, error) {
	var fixed []tokens.Token
	for _, t := range []struct {
		name, secret, what string
		wanted             bool
		scopes             []tokens.Scope
	}{
		{"--token-file", cfg.Token, "writes by token want a token", cfg.Writes == WritesToken && cfg.TokenFile == "", []tokens.Scope{tokens.Read, tokens.Write}},
		{"--admin-token-file", cfg.AdminToken, "the administrator's token wants", false, []tokens.Scope{tokens.Read, tokens.Admin}},
	} {
		if t.secret == "" && !t.wanted {
			continue
		}
		if len(t.secret) < minToken {
			return nil, fmt.Errorf("server: %s of at least %d characters", t.what, minToken)
		}
		token, err := tokens.Of(t.secret, tokens.Token{Name: t.name, Scopes: t.scopes})
		if err != nil {
			return nil, err
		}
		fixed = append(fixed, token)
	}
	keeper, err := tokens.NewKeeper(cfg.TokenFile, fixed, cfg.Logger)
	if err != nil {
		return nil, err
	}
	a := &access{writes: cfg.Writes, readToken: cfg.ReadToken, keeper: keeper, hosts: make(map[string]bool)}
	if a.readToken && keeper.Empty() {
		return nil, errors.New("server: reading by token wants a file of tokens")
	}
	for _, h := range cfg.Hosts {
		a.hosts[strings.ToLower(h)] = true
	}
	return a, nil
}

// tokenKey is where the token of a request is kept.
const tokenKey = "token"

// tokenOf returns the token that a request came with, nil if with none that is
// known.
func tokenOf(c *gin.Context) *tokens.Token {
	v, _ := c.Get(tokenKey)
	t, _ := v.(*tokens.Token)
	return t
}

// realms are what a client is told that it has to authenticate for. Browsers
// know Basic only; then the token is the password.
var realms = []string{`Bearer realm="belligraph"`, `Basic realm="belligraph", charset="UTF-8"`}

func challenge(c *gin.Context) {
	for _, r := range realms {
		c.Writer.Header().Add("WWW-Authenticate", r)
	}
}

// authenticate finds the token of a request and with it which private graphs the
// request may see: everything behind it reads the graph through the context.
// Where reading wants a token, requests without end here.
func (s *Server) authenticate(c *gin.Context) {
	a := s.access
	if c.Request.Header.Get("Authorization") != "" && !a.keeper.Empty() {
		secret, _ := bearerToken(c.Request)
		t := a.keeper.Find(secret)
		if t == nil && a.keeper.HasFile() {
			challenge(c)
			s.fail(c, http.StatusUnauthorized, "this token is not known, or not any more", nil)
			return
		}
		if t != nil {
			c.Set(tokenKey, t)
			if rights := t.Rights(); rights.Key() != "" {
				c.Request = c.Request.WithContext(private.With(c.Request.Context(), rights))
			}
		}
	}
	if !a.readToken || tokenOf(c).Can(tokens.Read) {
		return
	}
	switch path := c.Request.URL.Path; {
	case path == "/health", strings.HasPrefix(path, "/health/"), strings.HasPrefix(path, "/assets/"):
	case strings.HasPrefix(path, "/admin/") && tokenOf(c).Can(tokens.Admin):
	case tokenOf(c) != nil:
		s.fail(c, http.StatusForbidden, "this token may not read", nil)
	default:
		challenge(c)
		s.fail(c, http.StatusUnauthorized, "reading needs a token: send it as \"Authorization: Bearer TOKEN\"", nil)
	}
}

// mayWrite returns nil when a request may change the graph, and otherwise the
// status and the reason to answer with.
func (a *access) mayWrite(r *http.Request, t *tokens.Token) (status int, reason string) {
	switch a.writes {
	case WritesOpen:
		if crossSite(r) {
			return http.StatusForbidden, "writes from pages of other sites are refused; use --writes token"
		}
		if fromPage(r) && !a.knownHost(r.Host) {
			return http.StatusForbidden, "writes to the name " + r.Host + " are refused, as it may be another site's; allow it with --host, or use --writes token"
		}
		return 0, ""
	case WritesToken:
		if _, sent := bearerToken(r); !sent {
			return http.StatusUnauthorized, "writing needs a token: send it as \"Authorization: Bearer TOKEN\""
		}
		if !t.Can(tokens.Write) {
			return http.StatusForbidden, "this token may not write"
		}
		if _, _, basic := r.BasicAuth(); basic && crossSite(r) {
			// A browser that was told a password sends it from any page.
			return http.StatusForbidden, "writes from pages of other sites are refused; send the token as Bearer"
		}
		return 0, ""
	default:
		return http.StatusForbidden, "this server is read-only: start it with --writes token or --writes open to allow writing"
	}
}

// fromPage reports whether a browser sent the request for a page: browsers say
// so with everything that could write.
func fromPage(r *http.Request) bool {
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

// knownHost reports whether a name in the header Host cannot be that of another
// site. A page of any site can have its own name resolve to this machine and is
// then, to the browser, of the same origin as the server; addresses and the
// name localhost are no site's.
func (a *access) knownHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil ||
		a.hosts[name] || a.hosts[strings.ToLower(host)]
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

// allowWrite answers a refused write as JSON and reports whether the request
// may go on.
func (s *Server) allowWrite(c *gin.Context) bool {
	status, reason := s.access.mayWrite(c.Request, tokenOf(c))
	if status == 0 {
		return true
	}
	if status == http.StatusUnauthorized {
		challenge(c)
	}
	c.AbortWithStatusJSON(status, gin.H{"error": reason})
	return false
}

// mayWrite reports whether the request may change the graph, and answers it
// when it may not.
func (s *Server) mayWrite(c *gin.Context) bool {
	status, reason := s.access.mayWrite(c.Request, tokenOf(c))
	if status == 0 {
		return true
	}
	if status == http.StatusUnauthorized {
		challenge(c)
	}
	s.fail(c, status, reason, nil)
	return false
}

// onlyAdmin lets only requests with an administrator's token through.
func (s *Server) onlyAdmin(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	if s.access.keeper.Empty() {
		s.fail(c, http.StatusForbidden, "this server has no administrator's token", nil)
		return
	}
	if _, sent := bearerToken(c.Request); !sent {
		challenge(c)
		s.fail(c, http.StatusUnauthorized, "this needs an administrator's token: send it as \"Authorization: Bearer TOKEN\"", nil)
		return
	}
	if !tokenOf(c).Can(tokens.Admin) || crossSite(c.Request) {
		s.fail(c, http.StatusForbidden, "this is no administrator's token", nil)
	}
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

// restrict puts the private graphs of a configuration out of sight of those
// without the right. Everything that answers requests reads cfg.Graph, which
// this replaces; what must see all graphs whoever asks is given the graph
// itself.
func restrict(cfg *Config) error {
	names, err := private.ParseNames(cfg.Private)
	if err != nil {
		return err
	}
	if !names.Empty() {
		cfg.Graph = private.New(cfg.Graph, names)
	}
	return nil
}
