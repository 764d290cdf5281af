package oracle

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
)

// pyoxigraphScript answers, line by line, queries over datasets with Oxigraph.
const pyoxigraphScript = `
import json, sys
import pyoxigraph as ox

def term(t):
    if t is None:
        return None
    if isinstance(t, ox.NamedNode):
        return {"iri": t.value}
    if isinstance(t, ox.BlankNode):
        return {"blank": t.value}
    return {"value": t.value, "type": t.datatype.value, "lang": t.language or ""}

for line in sys.stdin:
    task = json.loads(line)
    try:
        store = ox.Store()
        store.extend(ox.parse(task["quads"].encode(), format=ox.RdfFormat.N_QUADS))
        found = store.query(task["query"])
        names = [v.value for v in found.variables]
        answer = {"vars": names, "rows": [[term(s[n]) for n in names] for s in found]}
    except Exception as e:
        answer = {"error": type(e).__name__ + ": " + str(e)}
    print(json.dumps(answer), flush=True)
`

// pyoxigraph is another engine, in another process.
type pyoxigraph struct {
	in  *json.Encoder
	out *bufio.Reader
}

func newPyoxigraph(t *testing.T) *pyoxigraph {
	t.Helper()
	python := cmp.Or(os.Getenv("BELLIGRAPH_PYTHON"), "python3")
	if err := exec.CommandContext(t.Context(), python, "-c", "import pyoxigraph").Run(); err != nil {
		t.Skip("no pyoxigraph for " + python + ": pip install pyoxigraph, or set BELLIGRAPH_PYTHON")
	}
	cmd := exec.Command(python, "-c", pyoxigraphScript) // ends with its input
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Log(err)
		}
	})
	return &pyoxigraph{json.NewEncoder(in), bufio.NewReaderSize(out, 1<<20)}
}

// answer returns the solutions of a query as keys.
func (p *pyoxigraph) answer(quads []rdf.Quad, query string) ([]string, error) {
	if err := p.in.Encode(map[string]string{"quads": text(quads), "query": query}); err != nil {
		return nil, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	type cell struct {
		IRI   *rdf.IRI
		Blank *rdf.BlankNode
		Value string
		Type  rdf.IRI
		Lang  string
	}
	var a struct {
		Error string
		Vars  []algebra.Var
		Rows  [][]*cell
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, refusal(a.Error)
	}
	out := make([]string, len(a.Rows))
	for i, row := range a.Rows {
		s := Solution{}
		for k, c := range row {
			switch {
			case c == nil:
			case c.IRI != nil:
				s[a.Vars[k]] = *c.IRI
			case c.Blank != nil:
				s[a.Vars[k]] = *c.Blank
			case c.Lang != "":
				s[a.Vars[k]] = graph.FoldTerm(rdf.NewLang(c.Value, c.Lang))
			default:
				s[a.Vars[k]] = rdf.NewTyped(c.Value, c.Type)
			}
		}
		out[i] = s.Key()
	}
	return out, nil
}

// refusal is a query that the other engine does not run.
type refusal string

func (r refusal) Error() string { return string(r) }

// TestAgainstPyoxigraph compares the engine with Oxigraph on random pairs of a
// dataset and a query. The generator leaves out what the two are known not to
// agree about; docs/differences.md says what that is and who is right.
// BELLIGRAPH_LONG=1 runs more; for BELLIGRAPH_SEED see extent.
func TestAgainstPyoxigraph(t *testing.T) {
	pairs, first, last := extent(t, shortPyoxigraph, longPyoxigraph)
	other := newPyoxigraph(t)
	compared, refused, rows, failed, tried := 0, 0, 0, 0, first
	for seed := first; compared < pairs && seed <= last; seed++ {
		tried = seed
		r := NewRandom(seed)
		r.Portable = true
		quads, query := r.Quads(), r.Query()
		n, err := other.compare(quads, query)
		var no refusal
		switch {
		case errors.Is(err, ErrTooBig), errors.Is(err, graph.ErrBadRequest):
			continue
		case errors.As(err, &no):
			refused++
			if refused > pairs/20 {
				t.Fatalf("seed %d: pyoxigraph refuses too much: %v\n%s", seed, err, query)
			}
			continue
		}
		compared++
		rows += n
		if err != nil {
			failed++
			quads, query = other.minimise(quads, query)
			_, err = other.compare(quads, query)
			t.Errorf("seed %d:\n%s\n%s\n%v", seed, text(quads), query, err)
			if failed >= maxDifferences {
				break
			}
		}
	}
	fmt.Printf("pyoxigraph: %d pairs of seeds %d to %d, %d solutions in all, %d refused by it, %d disagreements\n", compared, first, tried, rows, refused, failed)
}

const maxDifferences = 20

// TestDifferences shows what docs/differences.md says of Oxigraph: that the
// engine agrees with the oracle, and that Oxigraph answers otherwise. When it
// does so no longer, the entry can go.
func TestDifferences(t *testing.T) {
	other := newPyoxigraph(t)
	for _, c := range differences(t) {
		t.Run(c.name, func(t *testing.T) {
			quads := readQuads(t, c.data)
			if _, err := compare(quads, Prologue+c.query, 1); err != nil {
				t.Errorf("engine and oracle disagree: %v", err)
			}
			if _, err := other.compare(quads, Prologue+c.query); err == nil {
				t.Errorf("Oxigraph agrees by now")
			}
		})
	}
}

type difference struct{ name, data, query string }

// differences reads the pairs of a dataset and a query from the document: in
// each section a block of Turtle and one of SPARQL.
func differences(t *testing.T) []difference {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, document, _ := strings.Cut(string(b), "\n## Oxigraph")
	var all []difference
	for i, section := range strings.Split(document, "\n### ") {
		if i == 0 {
			continue
		}
		name, rest, _ := strings.Cut(section, "\n")
		d := difference{name: name}
		for fence, into := range map[string]*string{"```turtle\n": &d.data, "```sparql\n": &d.query} {
			_, after, ok := strings.Cut(rest, fence)
			if *into, _, _ = strings.Cut(after, "```"); !ok {
				t.Fatalf("%s: no block %s", name, fence)
			}
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		t.Fatal("the document has no differences")
	}
	return all
}

func readQuads(t *testing.T, data string) []rdf.Quad {
	t.Helper()
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(strings.NewReader("PREFIX : <http://x/>\n"+data), turtle.TriG, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	return quads
}

// compare runs a query both ways and returns the number of solutions.
func (p *pyoxigraph) compare(quads []rdf.Quad, query string) (int, error) {
	g := memgraph.New(quads...)
	prepared, err := queries.New(g, queries.Options{}).Prepare(query, queries.QueryOptions{})
	if err != nil {
		return 0, err
	}
	whole, limit, offset := prepared.Algebra().Pattern, int64(-1), int64(0)
	if s, ok := whole.(*algebra.Slice); ok {
		// Of solutions that the order does not tell apart each engine may choose:
		// all are compared.
		whole, limit, offset = s.Input, s.Limit, s.Offset
	}
	if sols, err := New(quads).Eval(whole); err != nil {
		return 0, err // as a bound of time for both
	} else if limit >= 0 || offset > 0 {
		want := make([]string, len(sols))
		for i, s := range sols {
			want[i] = s.Key()
		}
		got, err := p.answer(quads, query)
		if err != nil {
			return 0, err
		}
		return len(got), agree(got, want, offset, limit)
	}
	got, _, err := engine(g, query, nil, 0)
	if err != nil {
		return 0, err
	}
	theirs, err := p.answer(quads, query)
	if err != nil {
		return 0, err
	}
	return len(got), agree(keys(got), theirs, 0, -1)
}

// minimise is as the function of this name.
func (p *pyoxigraph) minimise(quads []rdf.Quad, query string) ([]rdf.Quad, string) {
	return shrink(quads, query, func(q []rdf.Quad, text string) bool {
		_, err := p.compare(q, text)
		var no refusal
		return err != nil && !errors.As(err, &no) && !errors.Is(err, ErrTooBig) && !errors.Is(err, graph.ErrBadRequest)
	})
}
