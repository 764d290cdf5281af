package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/sparql"
)

// script types the lines given to it; "^C" is Ctrl-C, the end Ctrl-D.
type script struct {
	lines      []string
	prompts    []string
	remembered []string
}

func (s *script) Prompt(prompt string) (string, error) {
	s.prompts = append(s.prompts, prompt)
	if len(s.lines) == 0 {
		return "", io.EOF
	}
	line := s.lines[0]
	s.lines = s.lines[1:]
	if line == "^C" {
		return "", errAborted
	}
	return line, nil
}

func (s *script) Remember(text string) { s.remembered = append(s.remembered, historyLines(text)...) }

func sampleQuads() []rdf.Quad {
	iri := func(s string) rdf.IRI { return rdf.IRI(claim.NS + s) }
	return []rdf.Quad{
		{Subject: iri("Clash"), Predicate: rdf.RDFType, Object: iri("Event")},
		{Subject: iri("Claim"), Predicate: iri("title"), Object: rdf.NewString("a \x1b[31mred\x1b[0m word")},
		{Subject: iri("Clash"), Predicate: iri("title"), Object: rdf.NewString("the clash"), Graph: rdf.IRI("http://x/graph")},
	}
}

func newRepl(g graph.Graph, lines ...string) (r *repl, out, errs *bytes.Buffer) {
	out, errs = new(bytes.Buffer), new(bytes.Buffer)
	options := queries.Options{Prefixes: claim.Prefixes()}
	return &repl{
		cmd:    queryCmd{Format: "tsv"},
		engine: queries.New(g, options), lines: &script{lines: lines},
		std: &streams{out: out, err: errs}, parse: sparql.Options{Prefixes: options.Prefixes},
	}, out, errs
}

func TestPrompt(t *testing.T) {
	g := memgraph.New(sampleQuads()...)
	for _, c := range []struct {
		name     string
		lines    []string
		out, err string // parts of what is printed
	}{
		{"one line", []string{"SELECT ?x { ?x a bg:Event }"}, "?x\n<" + claim.NS + "Clash>\n", ""},
		{"several lines", []string{"SELECT ?x {", "", "?x a bg:Event # no } here", "}"}, "", "line 1, column 11: this '{' is not closed"},
		{"several lines without a gap", []string{"SELECT ?x {", "?x a bg:Event # no } here", "}"}, "?x\n<" + claim.NS + "Clash>\n", ""},
		{"an empty line runs what there is", []string{"SELECT ?x {", ""}, "", "this '{' is not closed by '}'\nSELECT ?x {\n          ^"},
		{"a fault goes back to the first prompt", []string{"SELEC ?x {", "ASK {}"}, "true", "did you mean SELECT?"},
		{"given up", []string{"SELECT ?x {", "^C", "ASK {}"}, "true", ""},
		{"a warning", []string{"SELECT ?y { ?x a bg:Event }"}, "?y\n", "warning: line 1, column 8: nothing binds ?y here"},
		{"an update", []string{"CLEAR ALL"}, "", "this is an update"},
		{"unfinished update", []string{"INSERT DATA { ?x"}, "", "expected"},
		{"explain", []string{".explain", "SELECT ?x { ?x a bg:Event }"}, "Scan posg", ""},
		{"analyze", []string{".analyze", "SELECT ?x { ?x a bg:Event }", ".analyze off", "ASK {}"}, "in fact so many", ""},
		{"explain and back", []string{".explain", ".explain off", "SELECT ?x { ?x a bg:Event }"}, "<" + claim.NS + "Clash>\n", ""},
		{"format", []string{".format csv", ".format", "SELECT ?x { ?x a bg:Event }"}, "csv\nx\r\n" + claim.NS + "Clash\r\n", ""},
		{"unknown format", []string{".format nope"}, "", "there is no format nope"},
		{"table", []string{".format table", "SELECT ?x ?t { ?x bg:title ?t }"}, "bg:Claim │ a \uFFFD[31mred\uFFFD[0m word", ""},
		{"prefixes", []string{".prefixes"}, "bg:        <" + claim.NS + ">", ""},
		{"help", []string{".help"}, ".quit", ""},
		{"unknown command", []string{".hlep"}, "", "there is no command .hlep; .help lists them"},
		{"a graph", []string{".format turtle", "DESCRIBE bg:Clash"}, "bg:Clash", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, out, errs := newRepl(g, c.lines...)
			require.NoError(t, r.run(context.Background()))
			require.Contains(t, out.String(), c.out)
			if c.err == "" {
				require.Empty(t, errs.String())
			}
			require.Contains(t, errs.String(), c.err)
		})
	}
}

func TestQuit(t *testing.T) {
	r, out, _ := newRepl(memgraph.New(), ".quit", "ASK {}")
	require.NoError(t, r.run(context.Background()))
	require.NotContains(t, out.String(), "true")
}

func TestHistoryKeepsMeaning(t *testing.T) {
	r, _, _ := newRepl(memgraph.New(), "SELECT ?x {", "  ?x a <http://x/#y>", "}", "ASK { # all", "}", ".help")
	require.NoError(t, r.run(context.Background()))
	require.Equal(t, []string{"SELECT ?x { ?x a <http://x/#y> }", "ASK { # all", "}", ".help"}, r.lines.(*script).remembered)
}

func TestHistoryFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	require.Equal(t, filepath.Join(dir, "belligraph", "history"), historyFile())
	t.Setenv("XDG_STATE_HOME", "relative")
	t.Setenv("HOME", dir)
	require.Equal(t, filepath.Join(dir, ".local", "state", "belligraph", "history"), historyFile())
}

func TestCompletion(t *testing.T) {
	g := memgraph.New(sampleQuads()...)
	for _, c := range []struct {
		before, line string // lines before, and the line up to the cursor
		head         string
		want         string // among the proposals
		not          string
	}{
		{"", "SEL", "", "SELECT", "CONSTRUCT"},
		{"", "SELECT (COU", "SELECT (", "COUNT(", "CONCAT("},
		{"SELECT * {\n", "?event a ?kind FILTER(?k", "?event a ?kind FILTER(", "?kind", "?event"},
		{"SELECT * {\n", "?x bg:t", "?x ", "bg:title", "bg:Event"},
		{"SELECT * {\n", "?x a bg:E", "?x a ", "bg:Event", "bg:Clash"},
		{"SELECT * {\n", "bg:Cla", "", "bg:Clash", "bg:title"},
		{"SELECT * {\n", "?x a b", "?x a ", "bg:", "rdf:"},
		{"SELECT * {\n", "GRAPH <http://x/", "GRAPH ", "<http://x/graph>", ""},
		{"SELECT * {\n", "?x <" + claim.NS + "ti", "?x ", "<" + claim.NS + "title>", ""},
		{"", ".ex", "", ".explain", ".help"},
		{"SELECT * { ?x ?y \"\"\"", "SEL", "SEL", "", "SELECT"},
		{"", "SELECT ?é (COU", "SELECT ?é (", "COUNT(", ""},
	} {
		t.Run(c.before+c.line, func(t *testing.T) {
			r, _, _ := newRepl(g)
			r.text.WriteString(c.before)
			comp := &completer{repl: r, graph: g}
			head, proposals, tail := comp.complete(c.line+" }", len([]rune(c.line)))
			require.Equal(t, c.head, head)
			require.Equal(t, " }", tail)
			if c.want != "" {
				require.Contains(t, proposals, c.want)
			}
			if c.not != "" {
				require.NotContains(t, proposals, c.not)
			}
		})
	}
}

// TestCompletedKeyword is followed by a space, so that the next word can be typed.
func TestCompletedKeyword(t *testing.T) {
	r, _, _ := newRepl(memgraph.New())
	_, proposals, _ := (&completer{repl: r, graph: memgraph.New()}).complete("SEL", 3)
	require.Equal(t, []string{"SELECT "}, proposals)
}

// query runs "belligraph query" over a store with the sample.
func query(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.bg")
	s, err := store.Open(file, store.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Update(t.Context(), func(tx graph.Tx) error {
		_, err := tx.Insert(sampleQuads()...)
		return err
	}))
	require.NoError(t, s.Close())
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"query", "--store", file}, args...), &streams{strings.NewReader(in), &o, &e})
	return code, o.String(), e.String()
}

func TestQueryInAPipe(t *testing.T) {
	for _, c := range []struct {
		name, in string
		args     []string
		code     int
		out, err string
	}{
		{"argument", "", []string{"SELECT * { ?x a ?y }"}, exitDone, "?x\t?y\n<" + claim.NS + "Clash>\t<" + claim.NS + "Event>\n", ""},
		{"standard input", "ASK { ?x a ?y }", nil, exitDone, "true\n", ""},
		{"dash", "ASK { ?x a ?y }", []string{"-"}, exitDone, "true\n", ""},
		{"nothing", "", nil, exitUsage, "", "give a query as argument or on standard input"},
		{"undeclared prefix", "", []string{"ASK { ?x bg:title ?y }"}, exitFailed, "", "hint: add PREFIX bg: <" + claim.NS + "> at the top"},
		{"misspelt prefix", "", []string{"ASK { ?x bgg:title ?y }"}, exitFailed, "", "hint: did you mean bg:title (PREFIX bg: <" + claim.NS + ">)?"},
		{"misspelt keyword", "", []string{"SELECT * { ?x a ?y FLITER(?y) }"}, exitFailed, "", "hint: did you mean FILTER?"},
		{"ungrouped", "", []string{"SELECT ?x (COUNT(*) AS ?n) { ?x a ?y } GROUP BY ?y"}, exitFailed, "", "hint: add it to GROUP BY, or take one value with SAMPLE(?x)"},
		{"pattern", "", []string{`SELECT * { ?x a ?y FILTER REGEX(STR(?y), "[") }`}, exitDone, "?x\t?y\n", "warning: line 1, column 44: this regular expression is wrong"},
		{"service off", "", []string{"SELECT * { SERVICE <http://example.org/> { ?x a ?y } }"}, exitFailed, "?x\t?y\n!incomplete result: SERVICE <http://example.org/>: http://example.org/ begins with no allowed prefix (--allow-service): not allowed: bad request\n", "begins with no allowed prefix (--allow-service)"},
		{"faulty prefix", "", []string{"--allow-service", "example.org", "ASK {}"}, exitUsage, "", "must begin with http://"},
		{"private", "", []string{"--format", "table", "--allow-service", "http://127.0.0.1:1/", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?x a ?y } }"}, exitFailed, "", "--allow-private"},
		{"format", "", []string{"--format", "nope", "SELECT * {}"}, exitUsage, "", `cannot be written as "nope"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := query(t, c.in, c.args...)
			require.Equal(t, c.code, code, errs)
			require.Equal(t, c.out, out)
			require.Contains(t, errs, c.err)
		})
	}
}

func TestNotATerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	require.False(t, isTerminal(null))
	require.False(t, isTerminal(new(bytes.Buffer)))
}
