// Package server is Belligraph over HTTP: the SPARQL protocol, questions in
// English, linked data, Cayley's own HTTP surface and pages for people. It is
// the only package that knows gin.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/server/cayleyapi"
	"github.com/belligraph/belligraph/server/web"
)

// Config says what to serve and within which bounds. Zero values mean the
// defaults named beside them.
type Config struct {
	Graph graph.Graph

	// UnionDefault makes the default graph of queries without a dataset the
	// union of all graphs rather than the unnamed graph alone.
	UnionDefault bool
	// Writes says who may change the graph, and ReadToken that reading needs a
	// token as well. TokenFile holds tokens, see package tokens; Token is one
	// more for reading and writing, AdminToken one for reading and /admin.
	Writes     Writes
	ReadToken  bool
	TokenFile  string
	Token      string
	AdminToken string
	// Private lists the named graphs, as private.ParseNames reads them, that
	// only the bearers of tokens for them see.
	Private []string
	// Hosts are names of this server that WritesOpen takes writes for, besides
	// addresses and localhost.
	Hosts []string

	QueryTimeout time.Duration // wall time of one query; 60 s
	QueryMemory  int64         // bytes that one query may hold; 1 GiB
	TotalMemory  int64         // bytes that all running queries together may hold; 2 GiB
	QueryDisk    int64         // bytes that the temporary files of one query may take; 0 is none
	TempDir      string        // of temporary files; that of the system
	MaxBody      int64         // bytes of a request body; 64 MiB
	MaxQueryText int64         // bytes of a query; 4 MiB
	MaxHeader    int           // bytes of the line and the headers of a request; 64 KiB
	MaxResult    int64         // bytes of a result; 4 GiB
	Concurrent   int           // queries running at once; 4 per processor
	// ConcurrentPerClient is how many of them one client may have; half of
	// them, so that no client has all.
	ConcurrentPerClient int
	QueueTime           time.Duration // how long a query waits for its turn; 10 s
	MaxConnections      int           // open at once; 16384
	// TrustedProxies are the addresses or blocks of proxies whose
	// X-Forwarded-For is believed to name the client; none by default.
	TrustedProxies []string

	// CertFile and KeyFile hold the certificate for HTTPS and its key; without
	// them the server speaks HTTP.
	CertFile, KeyFile string

	// Service answers SERVICE and Loader LOAD; nil switches them off.
	Service exec.ServiceClient
	Loader  queries.Loader

	SlowQuery time.Duration // queries this long are logged with their text; 0: none

	Logger  *slog.Logger // discards by default
	Version string
}

func (c *Config) setDefaults() {
	if c.QueryTimeout == 0 {
		c.QueryTimeout = time.Minute
	}
	if c.QueryMemory == 0 {
		c.QueryMemory = 1 << 30
	}
	if c.MaxBody == 0 {
		c.MaxBody = 64 << 20
	}
	if c.MaxQueryText == 0 {
		c.MaxQueryText = 4 << 20
	}
	if c.Concurrent == 0 {
		c.Concurrent = 4 * runtime.GOMAXPROCS(0)
	}
	if c.ConcurrentPerClient == 0 {
		c.ConcurrentPerClient = max(1, c.Concurrent/2)
	}
	if c.TotalMemory == 0 {
		c.TotalMemory = 2 << 30
	}
	if c.MaxHeader == 0 {
		c.MaxHeader = 64 << 10
	}
	if c.MaxResult == 0 {
		c.MaxResult = 4 << 30
	}
	if c.MaxConnections == 0 {
		c.MaxConnections = 16384
	}
	if c.QueueTime == 0 {
		c.QueueTime = 10 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// Server answers HTTP requests about one graph.
type Server struct {
	cfg        Config
	log        *slog.Logger
	pages      *web.Pages
	access     *access
	bulk       bulkLoader // of the graph itself; nil if it has none
	source     logSource  // likewise
	router     *gin.Engine
	engine     *queries.Engine
	questions  questionServices
	reconciler reconciler
	reviews    reviewQueues
	homes      homeCache
	queue      *queue
	metrics    *metrics

	operations operations
	slowQuery  atomic.Int64    // a time.Duration, see SetSlowQuery
	stopping   context.Context // done when the server is asked to end
	stop       context.CancelFunc

	void  voidCache
	epoch [16]byte // see entityTag
}

// New returns a server over cfg.Graph, which the caller closes after the
// server has stopped.
func New(cfg Config) (*Server, error) {
	cfg.setDefaults()
	pages, err := web.New()
	if err != nil {
		return nil, err
	}
	access, err := newAccess(&cfg)
	if err != nil {
		return nil, err
	}
	bulk, _ := cfg.Graph.(bulkLoader)
	source, _ := cfg.Graph.(logSource)
	if err := restrict(&cfg); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cfg.Logger, pages: pages, access: access, bulk: bulk, source: source,
		queue: newQueue(&cfg), epoch: newEpoch(),
		engine: queries.New(cfg.Graph, queries.Options{
			MaxMemory:         cfg.QueryMemory,
			Spill:             exec.Spill{Dir: cfg.TempDir, Max: cfg.QueryDisk},
			Timeout:           cfg.QueryTimeout,
			UnionDefaultGraph: cfg.UnionDefault,
			Service:           cfg.Service,
			Loader:            cfg.Loader,
			Known:             claim.Prefixes(),
		})}
	s.SetSlowQuery(cfg.SlowQuery)
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.operations.running = make(map[*operation]struct{})
	s.metrics = newMetrics(s)
	if err := s.questions.load(s.engine, s.cfg.Graph); err != nil {
		return nil, err
	}
	if s.router, err = s.routes(); err != nil {
		return nil, err
	}
	return s, nil
}

// maxStreams is how many requests one connection of HTTP/2 may have open.
const maxStreams = 100

// SetSlowQuery changes from which time on queries are logged with their text.
func (s *Server) SetSlowQuery(d time.Duration) { s.slowQuery.Store(int64(d)) }

// Handler returns the server's routes.
func (s *Server) Handler() http.Handler { return s.router }

// Serve answers requests on l until ctx is done; then it lets running requests
// finish for up to ten seconds. It returns nil after such an orderly end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// Requests get a context that outlives the shutdown signal, so that those
	// under way are finished rather than cut.
	requests, cutRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer cutRequests()
	h := &http.Server{
		Handler:           s.router,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    s.cfg.MaxHeader,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	bounded := newListener(l, s.cfg.MaxConnections, s.log)
	if s.cfg.CertFile != "" || s.cfg.KeyFile != "" {
		cert, err := newCertificate(s.cfg.CertFile, s.cfg.KeyFile, s.log)
		if err != nil {
			return err
		}
		h.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get}
		h.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: maxStreams}
		go func() { failed <- h.ServeTLS(bounded, "", "") }()
	} else {
		go func() { failed <- h.Serve(bounded) }()
	}
	select {
	case err := <-failed:
		return fmt.Errorf("server: %w", err)
	case <-ctx.Done():
	}
	s.stop() // those who wait for news need not be waited for
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := h.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests were still running after ten seconds and are cut")
		cutRequests()
		err = h.Close()
	}
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// routes builds the router. gin's own logger and recovery are not used: they
// print to standard output and know nothing of streams.
func (s *Server) routes() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	gin.DefaultWriter = io.Discard
	r := gin.New()
	r.HandleMethodNotAllowed = true
	// Anybody can send X-Forwarded-For; by it a client would choose its own
	// place in the queue.
	if err := r.SetTrustedProxies(s.cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("server: proxies: %w", err)
	}
	r.Use(requestID, logRequests(s.log), s.metrics.count, recoverPanics(s.log), secureHeaders, crossOrigin, compress(), s.checkHost, s.authenticate)

	r.GET("/", s.home)
	s.sparql(r)
	s.graphStore(r)
	s.describeService(r)
	s.admin(r)
	s.apiDescription(r)
	r.GET("/metrics", s.metrics.handler())
	s.linked(r)
	s.questionRoutes(r)
	s.exportRoutes(r)
	s.reconcileRoutes(r)
	s.reviewRoutes(r)
	s.health(r)
	if err := cayleyapi.Register(r, cayleyapi.Deps{
		Graph:        s.cfg.Graph,
		WriteGuard:   s.allowWrite,
		Admit:        s.admitCayley,
		Begin:        s.beginCayley,
		Timed:        func(w http.ResponseWriter, b io.ReadCloser) io.ReadCloser { return newTimedBody(w, b) },
		QueryTimeout: s.cfg.QueryTimeout,
		QueryMemory:  uint64(s.cfg.QueryMemory),
		MaxUpload:    s.cfg.MaxBody,
		Generalized:  true, // words as subjects are how Cayley's own examples write
		Page:         s.framed,
	}); err != nil {
		return nil, err
	}
	r.GET("/guide", s.guide)
	r.GET("/guide/*name", s.guide)
	r.StaticFS("/assets", http.FS(web.Assets()))

	r.NoRoute(func(c *gin.Context) { s.fail(c, http.StatusNotFound, "there is nothing at "+c.Request.URL.Path, nil) })
	r.NoMethod(s.noMethod)
	return r, nil
}

// noMethod answers methods that a path does not have; gin has set Allow. An
// OPTIONS request asks just for that.
func (s *Server) noMethod(c *gin.Context) {
	if c.Request.Method == http.MethodOptions {
		c.Header("Allow", c.Writer.Header().Get("Allow")+", "+http.MethodOptions)
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return
	}
	s.fail(c, http.StatusMethodNotAllowed, c.Request.Method+" is not allowed here", nil)
}
