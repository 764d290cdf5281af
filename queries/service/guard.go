// Package service is the engine's way to the network: [Client] asks SPARQL
// endpoints for SERVICE, [Loader] fetches documents for LOAD.
//
// Both go through one guard. Nothing may be fetched unless its IRI begins with
// an allowed prefix; a host whose address is not public is refused when it is
// dialled, after its name was resolved, so that neither a name nor a redirect
// leads inside; and time and size are bounded.
package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Options say what may be fetched. The zero value allows nothing.
type Options struct {
	// Allow lists what may be fetched, each entry an http or https IRI that
	// other IRIs may begin with. Scheme, host and port must be the same; one
	// without a host, such as "https://", stands for every host.
	Allow []string
	// Private lets addresses of private networks and of this machine be
	// reached, where an allowed IRI leads there.
	Private bool
	// Timeout bounds one request to the end of its answer; 0 means 30 seconds
	// for SERVICE and 10 minutes for LOAD.
	Timeout time.Duration
	// MaxBytes bounds an answer, after decompression; 0 means 64 MiB for
	// SERVICE and 1 GiB for LOAD.
	MaxBytes int64
}

// The bounds of what is fetched.
const (
	dialTimeout    = 10 * time.Second
	maxRedirects   = 5
	maxHeaderBytes = 64 << 10
	// maxComplaint is how much of a failed endpoint's answer an error quotes.
	maxComplaint = 300
)

// Error says that a server did not give what was asked of it. Who asked names
// the IRI asked for; the message adds an address only if it is another.
type Error struct {
	Redirected string // where the request was led; empty if nowhere else
	Status     int    // of HTTP; 0 where there was no answer
	Err        error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Redirected != "" {
		return "redirected to " + e.Redirected + ": " + e.Err.Error()
	}
	return e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// errRefused marks what the guard does not let through.
var errRefused = fmt.Errorf("not allowed: %w", graph.ErrBadRequest)

// guard fetches what its options allow.
type guard struct {
	allow  []*url.URL
	flag   string // that allows more, for messages
	opts   Options
	client *http.Client
}

// newGuard checks the options.
func newGuard(o Options, flag string) (*guard, error) {
	g := &guard{opts: o, flag: flag}
	for _, prefix := range o.Allow {
		u, err := url.Parse(prefix)
		switch {
		case err != nil:
			return nil, fmt.Errorf("service: allowed prefix %q: %w", prefix, err)
		case u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
			return nil, fmt.Errorf("service: allowed prefix %q: it must begin with http:// or https://", prefix)
		case u.User != nil || u.Fragment != "":
			return nil, fmt.Errorf("service: allowed prefix %q: it must have neither a user nor a fragment", prefix)
		case u.Host == "" && u.Path != "":
			return nil, fmt.Errorf("service: allowed prefix %q: it has a path but no host", prefix)
		}
		g.allow = append(g.allow, u)
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		return g.permitAddress(address)
	}}
	g.client = &http.Client{
		Transport: &http.Transport{
			// No Proxy: a proxy of the environment would resolve names beyond
			// the reach of the guard.
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxConnsPerHost:        8,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			if req.Method != via[0].Method {
				// A query sent with POST would be lost.
				return fmt.Errorf("the endpoint has moved to %s; name that one", req.URL)
			}
			return g.permit(req.URL)
		},
	}
	return g, nil
}

// permit reports whether an address may be fetched.
func (g *guard) permit(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "" {
		return fmt.Errorf("%s is not an http or https address: %w", u, errRefused)
	}
	if u.User != nil {
		return fmt.Errorf("an address must not hold a user: %w", errRefused)
	}
	for _, segment := range strings.Split(u.Path, "/") {
		// Servers disagree on what is inside a folder once such segments are
		// there, so that no prefix could be trusted.
		if segment == "." || segment == ".." || strings.Contains(segment, `\`) {
			return fmt.Errorf("%s has a path with %q: %w", u, segment, errRefused)
		}
	}
	for _, a := range g.allow {
		if a.Scheme != u.Scheme {
			continue
		}
		if a.Host == "" {
			return nil
		}
		if strings.EqualFold(a.Hostname(), u.Hostname()) && port(a) == port(u) && strings.HasPrefix(rest(u), rest(a)) {
			return nil
		}
	}
	return fmt.Errorf("%s begins with no allowed prefix (%s): %w", u, g.flag, errRefused)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// rest is what follows the host.
func rest(u *url.URL) string {
	s := u.EscapedPath()
	if s == "" {
		s = "/"
	}
	if u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	return s
}

// permitAddress reports whether a resolved address may be dialled.
func (g *guard) permitAddress(address string) error {
	if g.opts.Private {
		return nil
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, errRefused)
	}
	if !public(ap.Addr()) {
		return fmt.Errorf("%s is an address of a private network or of this machine (--allow-private): %w", ap.Addr(), errRefused)
	}
	return nil
}

// notPublic are the blocks of IANA's special-purpose registries that netip has
// no method for. The IPv6 ones that carry an IPv4 address are refused whole.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address belongs to the public Internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a.WithZone("")) {
			return false
		}
	}
	return true
}

// fetch sends a request and returns its answer, of status 200, whose body is
// bounded. The caller closes the body, which ends the request.
func (g *guard) fetch(ctx context.Context, method string, source rdf.IRI, accept, contentType, body string) (*http.Response, error) {
	u, err := url.Parse(string(source))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, graph.ErrBadRequest)
	}
	u.Fragment, u.RawFragment = "", ""
	if err := g.permit(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, g.opts.Timeout,
		fmt.Errorf("no whole answer within %s: %w", g.opts.Timeout, graph.ErrLimit))
	req, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(body))
	if err != nil {
		cancel()
		return nil, &Error{Err: err}
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "Belligraph")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := g.client.Do(req)
	if err != nil {
		err = reason(ctx, err)
		cancel()
		return nil, &Error{Err: err}
	}
	resp.Body = &bounded{ctx: ctx, cancel: cancel, body: resp.Body, left: g.opts.MaxBytes, max: g.opts.MaxBytes}
	if resp.StatusCode != http.StatusOK {
		said := complaint(resp)
		resp.Body.Close()
		return nil, failed(resp, errors.New("answered "+resp.Status+said))
	}
	return resp, nil
}

// failed returns an error about an answer.
func failed(resp *http.Response, err error) error {
	e := &Error{Status: resp.StatusCode, Err: err}
	if resp.Request.Response != nil { // the redirect that led here
		e.Redirected = resp.Request.URL.String()
	}
	return e
}

// reason takes the request that net/http repeats off an error and puts the
// bound that was met in place of a bare context error.
func reason(ctx context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// complaint quotes the start of an answer that says in text what went wrong.
func complaint(resp *http.Response) string {
	if t := mediaType(resp); t != "text/plain" && t != "application/problem+json" && t != "application/json" {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, maxComplaint))
	said := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(b), ""), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if said == "" {
		return ""
	}
	return ": " + said
}

func mediaType(resp *http.Response) string {
	t, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// bounded is the body of an answer.
type bounded struct {
	ctx       context.Context
	cancel    context.CancelFunc
	body      io.ReadCloser
	left, max int64
}

// Read fails once more has come than may.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.body.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	if b.left < 0 {
		return 0, tooLong(b.max)
	}
	if err != nil && err != io.EOF {
		err = reason(b.ctx, err)
	}
	return n, err
}

// Close ends the request.
func (b *bounded) Close() error {
	b.cancel()
	return b.body.Close()
}

func tooLong(limit int64) error {
	return fmt.Errorf("the answer is longer than %d bytes: %w", limit, graph.ErrLimit)
}

func (o Options) withDefaults(timeout time.Duration, size int64) Options {
	if o.Timeout <= 0 {
		o.Timeout = timeout
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = size
	}
	return o
}
