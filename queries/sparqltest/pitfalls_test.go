package sparqltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
)

// pitfall is a case of testdata/pitfalls.txt: what engines are known to get
// wrong, with the answer that the specification gives. After the dataset, in
// TriG, each case has a name, requests with a line "then" between them, a line
// "----", and the solutions or triples of the last request, sorted unless it
// sorts them. "error:" and a word stand for an error that holds the word. A line
// "fails" after an update says that it does, and "option" before the last
// request sets the dataset of the protocol.
type pitfall struct {
	name    string
	updates []string
	fails   []bool
	options queries.QueryOptions
	query   string
	want    []string
	err     string
}

const pitfallPrologue = "PREFIX : <http://x/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"

func readPitfalls(t *testing.T) (data string, all []pitfall) {
	t.Helper()
	b, err := os.ReadFile("testdata/pitfalls.txt")
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(b), "\n# ")
	data = strings.TrimPrefix(head, "data\n")
	for _, part := range strings.Split(rest, "\n# ") {
		var p pitfall
		p.name, part, _ = strings.Cut(part, "\n")
		input, output, ok := strings.Cut(part, "\n----\n")
		if !ok {
			t.Fatalf("%s: no line ----", p.name)
		}
		requests := strings.Split(input, "\nthen\n")
		for _, u := range requests[:len(requests)-1] {
			u, fails := strings.CutSuffix(u, "\nfails")
			p.updates, p.fails = append(p.updates, u), append(p.fails, fails)
		}
		p.query = requests[len(requests)-1]
		if option, ok := strings.CutPrefix(p.query, "option "); ok {
			option, p.query, _ = strings.Cut(option, "\n")
			name, value, _ := strings.Cut(option, "=")
			graphs := []rdf.IRI{rdf.IRI("http://x/" + strings.TrimPrefix(value, ":"))}
			switch name {
			case "union-default-graph":
				p.options.UnionDefaultGraph = true
			case "default-graph":
				p.options.Dataset = algebra.Dataset{Explicit: true, Default: graphs}
			case "named-graph":
				p.options.Dataset = algebra.Dataset{Explicit: true, Named: graphs}
			default:
				t.Fatalf("%s: no option %s", p.name, name)
			}
		}
		output = strings.TrimSpace(output)
		if word, ok := strings.CutPrefix(output, "error:"); ok {
			p.err = strings.TrimSpace(word)
		} else if output != "" {
			p.want = strings.Split(output, "\n")
		}
		all = append(all, p)
	}
	return data, all
}

// TestPitfalls runs every case over every backend, with and without the rules of
// the planner.
func TestPitfalls(t *testing.T) {
	data, all := readPitfalls(t)
	quads := pitfallQuads(t, data)
	there := memgraph.New(pitfallQuads(t, `:a :name "A" . :b :name "B" . :z :name "Z" .`)...)
	service := endpoints{"http://there/": queries.New(there, queries.Options{})}
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			if b.start != nil {
				b.open = b.start(t)
			}
			for _, p := range all {
				t.Run(p.name, func(t *testing.T) {
					g := b.open(t)
					defer g.Close()
					if err := g.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err }); err != nil {
						t.Fatal(err)
					}
					e := queries.New(g, queries.Options{Service: service, Loader: noDocuments{}, DisabledRules: b.disabled})
					p.run(t, e)
				})
			}
		})
	}
}

// TestPitfallsDocumented holds docs/conformance.md to their number.
func TestPitfallsDocumented(t *testing.T) {
	_, all := readPitfalls(t)
	b, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("| all %d | all %[1]d |", len(all)); !strings.Contains(string(b), want) {
		t.Errorf("docs/conformance.md has no %q", want)
	}
}

func pitfallQuads(t *testing.T, data string) []rdf.Quad {
	t.Helper()
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(strings.NewReader(pitfallPrologue+data), turtle.TriG, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	return quads
}

func (p pitfall) run(t *testing.T, e *queries.Engine) {
	got, err := p.answer(e)
	switch {
	case p.err != "" || err != nil:
		if err == nil {
			t.Errorf("no error but %q, want one with %q", got, p.err)
		} else if p.err == "" || !strings.Contains(err.Error(), p.err) {
			t.Errorf("error %v, want %q", err, p.err)
		}
	case !slices.Equal(got, p.want):
		t.Errorf("%s\ngot:\n%s\nwant:\n%s", p.query, strings.Join(got, "\n"), strings.Join(p.want, "\n"))
	}
}

func (p pitfall) answer(e *queries.Engine) ([]string, error) {
	ctx := context.Background()
	for i, u := range p.updates {
		_, err := e.Update(ctx, pitfallPrologue+u, queries.UpdateOptions{})
		if p.fails[i] {
			if !errors.Is(err, graph.ErrBadRequest) {
				return nil, fmt.Errorf("the update did not fail as it should: %v", err)
			}
		} else if err != nil {
			return nil, err
		}
	}
	r, err := e.Prepare(pitfallPrologue+p.query, p.options)
	if err != nil {
		return nil, err
	}
	a, err := run(r, p.options)
	if err != nil {
		return nil, err
	}
	var out []string
	add := func(terms ...rdf.Term) {
		var cells []string
		for _, t := range terms {
			cells = append(cells, pitfallTerm(t))
		}
		out = append(out, strings.Join(cells, " "))
	}
	for _, row := range a.rows {
		add(row...)
	}
	for _, q := range a.quads {
		add(q.Subject, q.Predicate, q.Object)
	}
	if a.boolean != nil {
		out = append(out, fmt.Sprint(*a.boolean))
	}
	if !endsInOrder(r.Algebra().Pattern) {
		slices.Sort(out)
	}
	return out, nil
}

// pitfallTerm writes a term as short as the cases do, blank nodes without label.
func pitfallTerm(t rdf.Term) string {
	l, ok := t.(rdf.Literal)
	switch {
	case t == nil:
		return "-"
	case t.Kind() == rdf.KindBlankNode:
		return "_:"
	case ok && (l.Datatype == rdf.XSDInteger || l.Datatype == rdf.XSDDecimal || l.Datatype == rdf.XSDBoolean):
		return l.Lexical
	case ok && l.Datatype != rdf.XSDString && l.Lang == "":
		return l.Lexical + "^^" + strings.TrimPrefix(string(l.Datatype), rdf.NSXSD)
	}
	s := t.String()
	for _, prefix := range []struct{ iri, name string }{{"<http://x/", ":"}, {"<" + rdf.NSXSD, "xsd:"}} {
		for {
			before, after, ok := strings.Cut(s, prefix.iri)
			if !ok {
				break
			}
			local, after, _ := strings.Cut(after, ">")
			s = before + prefix.name + local + after
		}
	}
	return s
}
