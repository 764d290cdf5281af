package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/results"
	"github.com/belligraph/belligraph/queries/sparql"
)

// lineReader reads lines that a person edits.
type lineReader interface {
	// Prompt returns a line, errAborted after Ctrl-C and io.EOF after Ctrl-D.
	Prompt(prompt string) (string, error)
	// Remember adds to the history.
	Remember(text string)
}

// errAborted says that the person gave up the line.
var errAborted = errors.New("aborted")

// repl is the prompt for SPARQL queries. The prefixes of the project are known
// without being declared.
type repl struct {
	cmd    queryCmd // its Format, Explain and Analyze change by commands
	engine *queries.Engine
	lines  lineReader
	std    *streams
	parse  sparql.Options

	text strings.Builder // the query so far
}

// prompt asks for queries on a terminal until the person has had enough.
func (c *queryCmd) prompt(ctx context.Context, g graph.Graph, options queries.Options, std *streams) error {
	options.Prefixes = claim.Prefixes()
	r := &repl{cmd: *c, engine: queries.New(g, options), std: std, parse: sparql.Options{Prefixes: options.Prefixes}}
	t := newTerminal(&completer{repl: r, graph: g})
	defer t.Close()
	// A signal to end finds the terminal in the mode of the editor.
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(end)
	go func() {
		if _, ok := <-end; ok {
			t.Close()
			os.Exit(exitFailed)
		}
	}()
	r.lines = t
	// Ctrl-C ends a query, not the prompt.
	return r.run(context.WithoutCancel(ctx))
}

const (
	firstPrompt = "sparql> "
	nextPrompt  = "     -> "
)

// run reads and runs queries until the input ends.
func (r *repl) run(ctx context.Context) error {
	fmt.Fprintln(r.std.out, "Type a SPARQL query; it may take several lines. Tab completes, .help lists the commands, Ctrl-D leaves.")
	for {
		prompt := firstPrompt
		if r.text.Len() > 0 {
			prompt = nextPrompt
		}
		line, err := r.lines.Prompt(prompt)
		switch {
		case errors.Is(err, errAborted):
			if r.text.Len() == 0 {
				fmt.Fprintln(r.std.out, "Ctrl-D leaves.")
			}
			r.text.Reset()
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(r.std.out)
			return nil
		case err != nil:
			return err
		}
		if word := strings.TrimSpace(line); r.text.Len() == 0 && strings.HasPrefix(word, ".") {
			r.lines.Remember(word)
			if r.command(word) {
				return nil
			}
			continue
		}
		r.text.WriteString(line + "\n")
		text := r.text.String()
		if strings.TrimSpace(text) == "" {
			r.text.Reset()
			continue
		}
		if strings.TrimSpace(line) != "" && r.incomplete(text) {
			continue // an empty line runs what there is
		}
		r.text.Reset()
		r.lines.Remember(text)
		if err := r.answer(ctx, text); err != nil {
			fmt.Fprintln(r.std.err, message(err))
		}
	}
}

// incomplete reports whether a text may be the beginning of a query.
func (r *repl) incomplete(text string) bool {
	_, err := sparql.ParseQuery(text, r.parse)
	var fault *sparql.Error
	return errors.As(err, &fault) && fault.Unfinished()
}

// answer runs a query. Ctrl-C ends it.
func (r *repl) answer(ctx context.Context, text string) error {
	if _, err := sparql.ParseQuery(text, r.parse); err != nil {
		if _, updateErr := sparql.ParseUpdate(text, r.parse); updateErr == nil {
			return errors.New("this is an update; here the graph is only read. Updates are sent to a server: belligraph serve --writes token")
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	err := r.cmd.run(ctx, r.engine, text, r.std)
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

const replHelp = `.explain [off]   show plans instead of answers
.analyze [off]   run queries and show plans with what happened
.format [NAME]   table, json, xml, csv, tsv, html; turtle and others for graphs
.prefixes        the prefixes that need no declaration
.help            this list
.quit            leave, as Ctrl-D does
A query runs as soon as it is complete; an empty line runs it as it is. Ctrl-C
drops the lines typed or stops the query that runs.
`

// command runs a line that begins with a point; it reports whether to leave.
func (r *repl) command(line string) (leave bool) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case ".quit", ".exit":
		return true
	case ".help":
		io.WriteString(r.std.out, replHelp)
	case ".explain":
		r.cmd.Explain, r.cmd.Analyze = rest != "off", false
		r.sayPlans()
	case ".analyze":
		r.cmd.Explain, r.cmd.Analyze = false, rest != "off"
		r.sayPlans()
	case ".format":
		r.format(rest)
	case ".prefixes":
		for _, name := range slices.Sorted(maps.Keys(r.parse.Prefixes)) {
			fmt.Fprintf(r.std.out, "%-10s <%s>\n", name+":", r.parse.Prefixes[name])
		}
	default:
		fmt.Fprintf(r.std.err, "there is no command %s; .help lists them\n", word)
	}
	return false
}

func (r *repl) sayPlans() {
	switch {
	case r.cmd.Explain:
		fmt.Fprintln(r.std.out, "Queries are explained and not run; .explain off runs them again.")
	case r.cmd.Analyze:
		fmt.Fprintln(r.std.out, "Queries are run and their plans shown; .analyze off shows answers again.")
	default:
		fmt.Fprintln(r.std.out, "Queries are run and their answers shown.")
	}
}

func (r *repl) format(name string) {
	_, solutions := results.Parse(name)
	f, graphs := rdfio.Parse(name)
	switch {
	case name == "":
		if name = r.cmd.Format; name == "" {
			name = "table"
		}
		fmt.Fprintln(r.std.out, name)
	case name == "table" || solutions == nil || graphs == nil && f.Writable():
		r.cmd.Format = name
	default:
		fmt.Fprintf(r.std.err, "there is no format %s\n", name)
	}
}
