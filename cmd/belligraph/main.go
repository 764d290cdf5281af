// Command belligraph turns documents about armed conflict into a graph and
// answers questions about it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker; see the Makefile.
var version = "unknown"

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line. Every command lies in a file of its name.
type cli struct {
	Load    loadCmd    `cmd:"" help:"Load articles and RDF into a store."`
	Serve   serveCmd   `cmd:"" help:"Serve a store over HTTP."`
	Config  configCmd  `cmd:"" help:"Show the configuration of a server."`
	Extract extractCmd `cmd:"" help:"Print the claims that articles make."`
	Diff    diffCmd    `cmd:"" help:"Tell which rows and values two releases of a dataset do not share."`
	Link    linkCmd    `cmd:"" help:"Find which events and actors of different sources are the same."`
	Review  reviewCmd  `cmd:"" help:"Accept, reject and correct what was found."`
	Changes changesCmd `cmd:"" help:"Show what changed between two revisions of a document."`
	Query   queryCmd   `cmd:"" help:"Run a query in SPARQL, Gizmo, GraphQL or MQL."`
	Ask     askCmd     `cmd:"" help:"Answer a question in English."`
	Export  exportCmd  `cmd:"" help:"Write the claims for other tools: CSV, GeoJSON, GEXF, …"`
	Dump    dumpCmd    `cmd:"" help:"Write the whole graph as RDF."`
	Backup  backupCmd  `cmd:"" help:"Copy a store while it may be in use."`
	Check   checkCmd   `cmd:"" help:"Verify every checksum and invariant of a store."`
	Compact compactCmd `cmd:"" help:"Rewrite a store to its smallest size."`
	Stats   statsCmd   `cmd:"" help:"Describe what a store holds."`
	Token   tokenCmd   `cmd:"" help:"Make, list and revoke the tokens of a server."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// streams are the standard streams, replaced in tests.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errUsage marks errors that come from how a command was called.
var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], &streams{os.Stdin, os.Stdout, os.Stderr}))
}

// arguments are those of the command line, for a command that reads them again.
type arguments []string

// configured returns the options by which kong reads the environment and the
// configuration file of a command line.
func configured(args []string) ([]kong.Option, error) {
	options := []kong.Option{kong.PostBuild(variables)}
	file, err := findConfig(args)
	if err != nil {
		return nil, err
	}
	if file != nil {
		options = append(options, kong.Resolvers(file))
	}
	return options, nil
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, std *streams) int {
	exited, code := false, exitDone
	options, err := configured(args)
	if err != nil {
		fmt.Fprintln(std.err, "belligraph:", err)
		return exitUsage
	}
	parser, err := kong.New(&cli{}, append(options,
		kong.Name("belligraph"),
		kong.Description("A knowledge graph of armed conflict that keeps who said what."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(c int) { exited, code = true, c }), // by --help
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Bind(arguments(args)),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
	if err != nil {
		fmt.Fprintln(std.err, "belligraph:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(std.err, "belligraph: %v\nTry: belligraph --help\n", err)
		return exitUsage
	}
	switch err := k.Run(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		fmt.Fprintln(std.err, "belligraph:", err)
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(std.err, "belligraph: interrupted")
		return exitFailed
	default:
		fmt.Fprintln(std.err, "belligraph:", message(err))
		return exitFailed
	}
}
