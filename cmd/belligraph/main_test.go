package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sampleArticle = "../../data/articles/battle-of-tinzaouaten-2012.txt"

// command runs a command line and returns what it printed.
func command(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &streams{in: strings.NewReader(stdin), out: &out, err: &errs})
	return code, out.String(), errs.String()
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "s.bg")
	turtle := write(t, dir, "one.ttl", "@prefix : <http://x/> .\n:s :p :o .\n")
	faulty := write(t, dir, "faulty.ttl", "@prefix : <http://x/> .\n:s :p\n")
	lines := write(t, dir, "lines.nt", "<http://x/a> <http://x/p> <http://x/b> .\nnot a triple\n<http://x/c> <http://x/p> <http://x/d> .\n")
	binary := write(t, dir, "picture.bin", "\x00\x01\x02\x03\xff\xfe")
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("<http://x/z> <http://x/p> \"zipped\" .\n"))
	z.Close()
	write(t, folder, "zipped.nt.gz", packed.String())
	write(t, folder, "named", "<http://x/n> <http://x/p> <http://x/n> <http://x/g> .\n")

	const pairs = "SELECT ?s ?o { ?s <http://x/p> ?o } ORDER BY ?s"
	for _, tc := range []struct {
		name   string
		stdin  string
		args   []string
		code   int
		stdout []string // each is contained in what is printed
		stderr []string
	}{
		{"no command", "", nil, exitUsage, nil, []string{"expected one of"}},
		{"help", "", []string{"--help"}, exitDone, []string{"load", "serve", "extract", "query", "ask"}, nil},
		{"an unknown flag", "", []string{"stats", "--nope"}, exitUsage, nil, []string{"--nope"}},
		{"version", "", []string{"version"}, exitDone, []string{"belligraph"}, nil},
		{"load an article", "", []string{"load", "--store", store, sampleArticle}, exitDone, []string{"article", "42 claims"}, nil},
		{"load it again", "", []string{"load", "--store", store, sampleArticle}, exitDone, []string{" 0 new"}, nil},
		{"load Turtle", "", []string{"load", "--store", store, turtle}, exitDone, []string{"Turtle: 1 quads, 1 new"}, nil},
		{"load a folder", "", []string{"load", "--store", store, folder}, exitDone, []string{"zipped.nt.gz: N-Triples: 1 quads", "named: N-Quads: 1 quads"}, nil},
		{"load faulty Turtle", "", []string{"load", "--store", store, faulty}, exitFailed, nil, []string{"belligraph: " + faulty + ": Turtle: line 3"}},
		{"faulty lines are errors", "", []string{"load", "--store", store, lines}, exitFailed, nil, []string{"line 2"}},
		{"unless lenient", "", []string{"load", "--store", store, "--lenient", lines}, exitDone, []string{"2 quads"}, []string{"1 lines dropped"}},
		{"load neither article nor RDF", "", []string{"load", "--store", store, binary}, exitFailed, nil, []string{"neither an article nor RDF"}},
		{"load a file that is not there", "", []string{"load", "--store", store, filepath.Join(dir, "absent")}, exitFailed, nil, []string{"absent"}},
		{"load into a faulty graph name", "", []string{"load", "--store", store, "--graph", "no iri", turtle}, exitUsage, nil, []string{"--graph"}},
		{"load into a named graph", "", []string{"load", "--store", store, "--graph", "http://x/private", turtle}, exitDone, []string{"1 new"}, nil},
		{"query", "", []string{"query", "--store", store, pairs}, exitDone, []string{"<http://x/s>\t<http://x/o>", `"zipped"`}, nil},
		{"the named graph is apart", "", []string{"query", "--store", store, "--format", "csv", "SELECT (COUNT(*) AS ?n) { GRAPH <http://x/private> { ?s ?p ?o } }"}, exitDone, []string{"n\r\n1"}, nil},
		{"query as a table", "", []string{"query", "--store", store, "--format", "table", pairs}, exitDone, []string{"│", "zipped", "rows"}, nil},
		{"query from standard input", pairs, []string{"query", "--store", store, "-"}, exitDone, []string{"<http://x/s>"}, nil},
		{"a faulty query", "", []string{"query", "--store", store, "SELECT ?s { ?s ?p }"}, exitFailed, nil, []string{"line 1", "^"}},
		{"an unknown format", "", []string{"query", "--store", store, "--format", "pdf", pairs}, exitUsage, nil, []string{"pdf"}},
		{"ASK", "", []string{"query", "--store", store, "ASK { ?s <http://x/p> ?o }"}, exitDone, []string{"true"}, nil},
		{"CONSTRUCT", "", []string{"query", "--store", store, "--format", "ntriples", "CONSTRUCT { ?o <http://x/q> ?s } WHERE { ?s <http://x/p> ?o FILTER(isIRI(?o)) }"}, exitDone, []string{"<http://x/o> <http://x/q> <http://x/s> ."}, nil},
		{"Gizmo", "", []string{"query", "--store", store, "--lang", "gizmo", `g.V("<http://x/s>").out("<http://x/p>").all()`}, exitDone, []string{"http://x/o"}, nil},
		{"faulty Gizmo", "", []string{"query", "--store", store, "--lang", "gizmo", `g.V(`}, exitFailed, nil, []string{"belligraph:"}},
		{"explain", "", []string{"query", "--store", store, "--explain", pairs}, exitDone, []string{"Scan posg"}, nil},
		{"a store that is not there", "", []string{"query", "--store", filepath.Join(dir, "no.bg"), pairs}, exitFailed, nil, []string{"no.bg"}},
		{"no store", "", []string{"stats"}, exitUsage, nil, []string{"--store"}},
		{"ask", "", []string{"ask", "--store", store, "who attacked tinzaouaten"}, exitDone, []string{"MNLA attacked Tinzaouaten", "was attacked by the rebels"}, nil},
		{"ask what is not understood", "", []string{"ask", "--store", store, "what is love"}, exitFailed, nil, []string{"not understood. Questions that are:"}},
		{"stats", "", []string{"stats", "--store", store, "--top", "1"}, exitDone, []string{"quads", "named graphs  2"}, nil},
		{"dump", "", []string{"dump", "--store", store}, exitDone, []string{"<http://x/n> <http://x/p> <http://x/n> <http://x/g> ."}, nil},
		{"dump a graph", "", []string{"dump", "--store", store, "--format", "turtle", "--graph", "http://x/g"}, exitDone, []string{"<http://x/n>"}, nil},
		{"dump canonically", "", []string{"dump", "--store", store, "--canonical"}, exitDone, []string{"<http://x/n> <http://x/p> <http://x/n> <http://x/g> ."}, nil},
		{"dump canonical Turtle", "", []string{"dump", "--store", store, "--canonical", "--format", "turtle", "--graph", "http://x/g"}, exitUsage, nil, []string{"--canonical writes N-Quads"}},
		{"dump graphs into a format without", "", []string{"dump", "--store", store, "--format", "turtle"}, exitUsage, nil, []string{"named graphs"}},
		{"backup", "", []string{"backup", "--store", store, filepath.Join(dir, "copy.bg")}, exitDone, []string{"copy.bg"}, nil},
		{"backup over a file", "", []string{"backup", "--store", store, turtle}, exitFailed, nil, []string{"exists"}},
		{"check the backup", "", []string{"check", "--store", filepath.Join(dir, "copy.bg")}, exitDone, []string{"sound"}, nil},
		{"compact the backup", "", []string{"compact", "--store", filepath.Join(dir, "copy.bg")}, exitDone, []string{"bytes"}, nil},
		{"the compacted backup answers", "", []string{"ask", "--store", filepath.Join(dir, "copy.bg"), "Who claimed control of Tinzaouaten?"}, exitDone, []string{"Ansar Dine"}, nil},
		{"check what is no store", "", []string{"check", "--store", turtle}, exitFailed, nil, []string{"one.ttl"}},
		{"extract as lines", "", []string{"extract", "--format", "jsonl", sampleArticle}, exitDone, []string{`"kind":"claimedControl"`}, nil},
		{"extract as TriG", "", []string{"extract", "--format", "trig", sampleArticle}, exitDone, []string{"bg:claimant"}, nil},
		{"extract with reasons", "", []string{"extract", "--explain", sampleArticle}, exitDone, []string{"battle-of-tinzaouaten-2012.txt:18:1: On 8 February", "attack@1 fired: attacked"}, nil},
		{"extract from standard input", "= Nothing =\n\nIt rained.\n", []string{"extract", "--format", "jsonl", "-"}, exitDone, nil, nil},
		{"extract from what is no text", "", []string{"extract", binary}, exitFailed, nil, []string{"picture.bin"}},
		{"serve with writes by token and none given", "", []string{"serve", "--store", "", "--writes", "token"}, exitUsage, nil, []string{"BELLIGRAPH_TOKEN"}},
	} {
		t.Setenv("BELLIGRAPH_TOKEN", "")
		code, stdout, stderr := command(t, tc.stdin, tc.args...)
		if code != tc.code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", tc.name, code, tc.code, stdout, stderr)
		}
		for _, want := range tc.stdout {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: the output lacks %q:\n%.2000s", tc.name, want, stdout)
			}
		}
		for _, want := range tc.stderr {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: the errors lack %q:\n%.2000s", tc.name, want, stderr)
			}
		}
	}
}

func TestDumpsAreEqual(t *testing.T) {
	dir := t.TempDir()
	var dumps []string
	for _, name := range []string{"a.bg", "b.bg"} {
		store := filepath.Join(dir, name)
		if code, _, stderr := command(t, "", "load", "--store", store, sampleArticle); code != exitDone {
			t.Fatal(stderr)
		}
		_, dump, _ := command(t, "", "dump", "--store", store)
		dumps = append(dumps, dump)
	}
	if dumps[0] != dumps[1] || len(dumps[0]) < 10_000 {
		t.Errorf("two loads of one article dump differently, or next to nothing: %d and %d bytes", len(dumps[0]), len(dumps[1]))
	}
}

// TestCanonicalDump: the same dataset under other labels, in another order and
// syntax, is the same bytes.
func TestCanonicalDump(t *testing.T) {
	dir := t.TempDir()
	var dumps []string
	for name, text := range map[string]string{
		"a.nq":   "_:x <http://x/p> _:y .\n_:y <http://x/p> \"1\"@EN <http://x/g> .\n_:y <http://x/q> <<( _:x <http://x/p> _:y )>> .\n",
		"b.trig": "@prefix : <http://x/> .\n:g { _:x :p '1'@en }\n_:x :q <<( _:y :p _:x )>> . _:y :p _:x .",
	} {
		file, store := filepath.Join(dir, name), filepath.Join(dir, name+".bg")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := command(t, "", "load", "--store", store, file); code != exitDone {
			t.Fatal(out, errs)
		}
		code, out, errs := command(t, "", "dump", "--store", store, "--canonical")
		if code != exitDone {
			t.Fatal(errs)
		}
		dumps = append(dumps, out)
	}
	if dumps[0] != dumps[1] || !strings.Contains(dumps[0], "_:c14n0") || strings.Count(dumps[0], "\n") != 3 {
		t.Errorf("got\n%s\nand\n%s", dumps[0], dumps[1])
	}
}
