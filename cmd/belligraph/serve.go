package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/queries/service"
	"github.com/belligraph/belligraph/server"
	"github.com/belligraph/belligraph/server/replica"
)

type serveCmd struct {
	graphFlag
	networkFlags
	Config       string        `help:"File of settings in YAML or JSON, named as flags are. Flags go before the environment, the environment before the file; --slow-query is BELLIGRAPH_SLOW_QUERY and slow-query." env:"BELLIGRAPH_CONFIG" placeholder:"PATH"`
	AllowLoad    []string      `help:"Let LOAD fetch documents that begin with this IRI; may be repeated." placeholder:"PREFIX" sep:"none"`
	Listen       string        `default:"127.0.0.1:8080" help:"Address to listen on."`
	Writes       string        `enum:"closed,token,open" default:"closed" help:"Who may change the graph over HTTP: closed (nobody), token (whoever presents one for writing), open (everybody)."`
	Reads        string        `enum:"open,token" default:"open" help:"Who may read over HTTP: open (everybody) or token (whoever presents one for reading)."`
	Tokens       string        `help:"File of tokens that \"belligraph token\" keeps." env:"BELLIGRAPH_TOKENS" placeholder:"PATH"`
	TokenFile    string        `help:"File with one token for reading and writing; the variable BELLIGRAPH_TOKEN does as well." placeholder:"PATH"`
	Private      []string      `default:"https://belligraph.org/id/graph/acled" help:"Named graph that only tokens for it show: an IRI, or the beginning of some and \"*\"; may be repeated. \"none\" for none." placeholder:"IRI" sep:"none"`
	Host         []string      `help:"Name of this server that --writes open takes writes from pages for, besides addresses and localhost; may be repeated." placeholder:"NAME" sep:"none"`
	DefaultGraph string        `enum:"plain,union" default:"plain" help:"What queries without FROM see: plain (the default graph) or union (all graphs)."`
	Timeout      time.Duration `default:"60s" help:"Longest time of one query."`
	Memory       int64         `default:"1073741824" help:"Bytes that one query may hold."`
	Disk         int64         `default:"8589934592" help:"Bytes that the temporary files of one query may take when it does not fit in memory; 0 makes none."`
	TempDir      string        `help:"Folder of temporary files, that of the system if none is given." type:"existingdir" placeholder:"PATH"`
	MaxBody      int64         `default:"67108864" help:"Most bytes of a request body."`
	MaxHeader    int           `default:"65536" help:"Most bytes of the line and the headers of a request."`
	MaxResult    int64         `default:"4294967296" help:"Most bytes of a result."`
	TotalMemory  int64         `default:"2147483648" help:"Bytes that all running queries together may hold."`
	Concurrent   int           `help:"Queries that run at once; 4 per processor by default." placeholder:"N"`
	PerClient    int           `name:"concurrent-per-client" help:"Queries of one client that run at once; half of all by default." placeholder:"N"`
	QueueTime    time.Duration `default:"10s" help:"How long a query waits for its turn."`
	Connections  int           `name:"max-connections" default:"16384" help:"Connections that may be open at once."`
	TrustedProxy []string      `help:"Address or block of a proxy whose X-Forwarded-For names the client; may be repeated." placeholder:"CIDR" sep:"none"`
	TLSCert      string        `name:"tls-cert" help:"File with the certificate for HTTPS, read again when it changes." placeholder:"PATH"`
	TLSKey       string        `name:"tls-key" help:"File with the key of --tls-cert." placeholder:"PATH"`
	SlowQuery    time.Duration `default:"10s" help:"Log queries that take this long with their text; 0 logs none."`
	AdminFile    string        `name:"admin-token-file" help:"File with the token that lets its bearer list and stop queries at /admin/queries; the variable BELLIGRAPH_ADMIN_TOKEN does as well. Without a token nobody may." placeholder:"PATH"`
	Follow       string        `help:"Serve a copy of another server's store, for reading: its address. The copy is the file of --store, and is kept up to date." placeholder:"URL"`
	FollowFile   string        `name:"follow-token-file" help:"File with an administrator's token of that server; the variable BELLIGRAPH_FOLLOW_TOKEN does as well." placeholder:"PATH"`
	Quiet        bool          `help:"Log warnings and errors only."`
	LogFormat    string        `enum:"text,json" default:"text" help:"Form of the log: text (a line of key=value pairs) or json (a line of JSON)."`
	Files        []string      `arg:"" optional:"" name:"file" help:"Articles or RDF to load first."`
}

func (c *serveCmd) Run(ctx context.Context, std *streams, args arguments) (err error) {
	writes, err := server.ParseWrites(c.Writes)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	token, err := c.token()
	if err != nil {
		return err
	}
	admin, err := secret(c.AdminFile, "BELLIGRAPH_ADMIN_TOKEN")
	if err != nil {
		return err
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	loader, err := service.NewLoader(service.Options{Allow: c.AllowLoad, Private: c.AllowPrivate})
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	level := new(slog.LevelVar)
	level.Set(c.level())
	logger := c.logger(std.err, level)
	var s graph.Graph
	if c.Follow != "" {
		var stop func() error
		if s, ctx, stop, err = c.follow(ctx, logger); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	} else if s, err = c.openGraph(); err != nil {
		return err
	}
	defer func() {
		if closeErr := s.Close(); err == nil {
			err = closeErr
		}
	}()
	if len(c.Files) > 0 {
		if err := loadFiles(ctx, s, ingest.Options{Decoders: cayley.Decoders()}, c.Files, std.out, std.err); err != nil {
			return err
		}
	}
	h, err := server.New(server.Config{
		Graph:        s,
		UnionDefault: c.DefaultGraph == "union",
		Writes:       writes,
		ReadToken:    c.Reads == "token",
		TokenFile:    c.Tokens,
		Token:        token,
		Private:      c.private(),
		Hosts:        c.Host,
		QueryTimeout: c.Timeout,
		QueryMemory:  c.Memory,
		QueryDisk:    c.Disk,
		TempDir:      c.TempDir,
		MaxBody:      c.MaxBody,
		MaxHeader:    c.MaxHeader,
		MaxResult:    c.MaxResult,
		TotalMemory:  c.TotalMemory,
		Concurrent:   c.Concurrent,
		QueueTime:    c.QueueTime,
		CertFile:     c.TLSCert,
		KeyFile:      c.TLSKey,

		ConcurrentPerClient: c.PerClient,
		MaxConnections:      c.Connections,
		TrustedProxies:      c.TrustedProxy,

		SlowQuery:  c.SlowQuery,
		AdminToken: admin,
		Service:    client,
		Loader:     loader,
		Logger:     logger,
		Version:    version,
	})
	if err != nil {
		return err
	}
	c.limitMemory()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	if !loopback(l.Addr()) && writes == server.WritesOpen {
		fmt.Fprintf(std.err, "warning: %s can be reached from other machines and everybody may write; use --writes token\n", l.Addr())
	} else if !loopback(l.Addr()) {
		var without []string
		if c.TLSCert == "" {
			without = append(without, "without encryption")
		}
		if c.Reads != "token" {
			without = append(without, "for reading without a token")
		}
		if len(without) > 0 {
			fmt.Fprintf(std.err, "warning: %s can be reached from other machines, %s\n", l.Addr(), strings.Join(without, " and "))
		}
	}
	if os.Getenv("GOGC") == "" {
		defer paceCollector()()
	}
	defer reloadOn(syscall.SIGHUP, logger, func() error { return reload(args, level, h) })()
	notify(logger, "READY=1")
	context.AfterFunc(ctx, func() { notify(logger, "STOPPING=1") })
	printAddresses(std.out, l.Addr(), c.TLSCert != "")
	return h.Serve(ctx, l)
}

// beyondQueries is the memory that a server may take besides that of its graph
// and its queries: requests, what is on its way to clients, the runtime.
const beyondQueries = 512 << 20

// limitMemory has the collector run before what queries have dropped adds up to
// more than the process should have, and give it back to the system. The graph
// is what there is before the first request; twice of it lets it grow. GOMEMLIMIT
// goes before.
func (c *serveCmd) limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" || c.TotalMemory <= 0 {
		return
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(2*int64(m.HeapAlloc) + c.TotalMemory + beyondQueries)
}

// logger writes the log.
func (c *serveCmd) logger(w io.Writer, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// level is how much is logged.
func (c *serveCmd) level() slog.Level {
	if c.Quiet {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// follow starts to follow another server and returns the copy once there is one,
// a context that ends when it cannot be followed any more, and what ends the
// following and tells why it ended.
func (c *serveCmd) follow(ctx context.Context, logger *slog.Logger) (graph.Graph, context.Context, func() error, error) {
	switch {
	case c.Writes != string(server.WritesClosed) || len(c.Files) > 0:
		return nil, nil, nil, fmt.Errorf("%w: a copy takes its content from --follow alone, without --writes and files", errUsage)
	case c.Backend != "store" || c.Store == "":
		return nil, nil, nil, fmt.Errorf("%w: --follow wants the file of the copy, --store PATH", errUsage)
	}
	token, err := secret(c.FollowFile, "BELLIGRAPH_FOLLOW_TOKEN")
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := replica.New(replica.Options{Primary: c.Follow, Token: token, Path: c.Store, Logger: logger})
	if err != nil {
		return nil, nil, nil, err
	}
	if err := r.Start(ctx); err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- r.Run(ctx)
		cancel()
	}()
	return r, ctx, func() error { cancel(); return <-ended }, nil
}

// token reads the single token where one is needed.
func (c *serveCmd) token() (string, error) {
	if c.Writes != string(server.WritesToken) && c.Reads != "token" {
		return "", nil
	}
	token, err := secret(c.TokenFile, "BELLIGRAPH_TOKEN")
	if token != "" || c.Tokens != "" || err != nil {
		return token, err
	}
	return "", fmt.Errorf("%w: --writes token and --reads token need --tokens, --token-file or BELLIGRAPH_TOKEN", errUsage)
}

// private returns the private graphs.
func (c *serveCmd) private() []string {
	if len(c.Private) == 1 && c.Private[0] == "none" {
		return nil
	}
	return c.Private
}

// secret reads a secret from a file, or from a variable when no file is named.
func secret(file, variable string) (string, error) {
	if file == "" {
		return os.Getenv(variable), nil
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// printAddresses says where to look, in the order in which a newcomer would.
func printAddresses(w io.Writer, a net.Addr, encrypted bool) {
	scheme := "http://"
	if encrypted {
		scheme = "https://"
	}
	base := scheme + a.String()
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		base = fmt.Sprintf("%s127.0.0.1:%d", scheme, tcp.Port)
	}
	fmt.Fprintf(w, `
Belligraph is serving. Open
  %[1]s/                 the graph, and questions in English
  %[1]s/ui/visualize     the conflict drawn, in Cayley's own UI
  %[1]s/ui/query         Gizmo, GraphQL and MQL
  %[1]s/sparql           SPARQL, for people and programs
  %[1]s/guide            the guide
Stop with Ctrl-C.
`, base)
}
