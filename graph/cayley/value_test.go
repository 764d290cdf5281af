package cayley

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/quad"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// TestTermsSurvive turns terms into values and back.
func TestTermsSurvive(t *testing.T) {
	terms := append(storetest.AwkwardTerms(),
		rdf.NewTyped("<<( <a> <b> <c> )>>", TripleTermType), rdf.NewTyped("x", TripleTermType+"#"),
		rdf.NewTyped("x", TripleTermType+"##"), rdf.NewTyped("x", TripleTermType+"#a"))
	seen := make(map[quad.Value]rdf.Term)
	for _, term := range terms {
		v := ToValue(term)
		back, err := ToTerm(v)
		if err != nil || back != term {
			t.Errorf("%s became %#v and then %v (%v)", term, v, back, err)
		}
		if other, ok := seen[v]; ok {
			t.Errorf("%s and %s are both %#v", term, other, v)
		}
		seen[v] = term
	}
}

func TestValuesSurvive(t *testing.T) {
	for _, v := range []quad.Value{
		quad.IRI("a"), quad.BNode("b"), quad.String("c\n\"d\""), quad.LangString{Value: "e", Lang: "fr"},
		quad.Int(0), quad.Int(-5), quad.Int(math.MaxInt64), quad.Int(math.MinInt64), quad.Float(1.5), quad.Float(-1e300), quad.Float(0),
		quad.Float(math.Inf(1)), quad.Bool(true), quad.Bool(false), quad.Time(time.Date(2012, 2, 7, 1, 2, 3, 456, time.UTC)),
		quad.TypedString{Value: "01", Type: quad.IRI(rdf.XSDInteger)}, quad.TypedString{Value: "10", Type: "int"},
		quad.TypedString{Value: "1.50", Type: quad.IRI(rdf.XSDDouble)}, quad.TypedString{Value: "2012-02-07", Type: quad.IRI(rdf.XSDDate)},
	} {
		term, err := ToTerm(v)
		if err != nil {
			t.Errorf("%v: %v", v, err)
			continue
		}
		if back := ToValue(term); back != v {
			t.Errorf("%#v became %s and then %#v", v, term, back)
		}
	}
	for _, v := range []quad.Value{
		quad.TypedString{Value: "no triple", Type: TripleTermType}, quad.TypedString{Value: "<a>", Type: TripleTermType},
		quad.TypedString{Value: "x", Type: quad.IRI(rdf.RDFLangString)},
	} {
		if term, err := ToTerm(v); !errors.Is(err, graph.ErrBadRequest) {
			t.Errorf("%#v became %v (%v)", v, term, err)
		}
	}
}

// TestNQuadsReader reads statements one by one; want is the statement as we
// write it, or the error after "!".
func TestNQuadsReader(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"relative", `<alice> <follows> <bob> .`, `<alice> <follows> <bob> .`},
		{"label", `<a> <b> "c" <g> .`, `<a> <b> "c" <g> .`},
		{"words, as Cayley allows", `alice follows bob .`, `"alice" "follows" "bob" .`},
		{"blank nodes", `_:a <b> _:c.d .`, `_:a <b> _:c.d .`},
		{"blank node before the full stop", `<a> <b> _:c.`, `<a> <b> _:c .`},
		{"tight", `<a><b><c>.`, `<a> <b> <c> .`},
		{"comment", `<a> <b> <c> . # said`, `<a> <b> <c> .`},
		{"lexical form", `<a> <b> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .`, `<a> <b> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .`},
		{"language", `<a> <b> "c"@en-GB .`, `<a> <b> "c"@en-GB .`},
		{"direction", `<a> <b> "c"@ar--rtl .`, `<a> <b> "c"@ar--rtl .`},
		{"escapes", `<\u0061> <b> "\t\"\\\u00e9\U0001F600" .`, `<a> <b> "\t\"\\é😀" .`},
		{"triple term", `<a> <b> <<( <c> <d> "e"@fr )>> .`, `<a> <b> <<( <c> <d> "e"@fr )>> .`},
		{"no end", `<a> <b> <c>`, `!line 1, column 12: expected '.'`},
		{"open IRI", `<a> <b .`, `!column 5: expected '>'`},
		{"open literal", `<a> <b> "c .`, `!column 9: expected '"'`},
		{"bad escape", `<a> <b> "\q" .`, `!column 10: bad escape "\\q"`},
		{"surrogate", `<a> <b> "\uD800" .`, `!bad escape`},
		{"too few", `<a> <b> .`, `!column 9: expected a term`},
		{"too many", `<a> <b> <c> <d> <e> .`, `!column 17: expected '.'`},
		{"tag", `<a> <b> "c"@ .`, `!expected a language tag`},
		{"nothing", ` # only a comment`, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := NewNQuadsReader(strings.NewReader(tt.line)).Read()
			switch {
			case tt.want == "":
				if err != io.EOF {
					t.Errorf("got %s, %v", q, err)
				}
			case tt.want[0] == '!':
				if err == nil || !errors.Is(err, graph.ErrBadRequest) || !strings.Contains(err.Error(), tt.want[1:]) {
					t.Errorf("got %s, %v, want the error %s", q, err, tt.want[1:])
				}
			case err != nil || q.String() != tt.want:
				t.Errorf("got %s, %v, want %s", q, err, tt.want)
			}
		})
	}
}

// FuzzNQuadsReader checks that what is read is written so that it reads the same.
func FuzzNQuadsReader(f *testing.F) {
	f.Add(`<a> <b> "c"@en <g> .`)
	f.Add(`_:a <b> <<( <c> <d> "\u00e9"^^<f> )>> . # x`)
	f.Add(`alice follows bob .`)
	f.Fuzz(func(t *testing.T, line string) {
		q, err := NewNQuadsReader(strings.NewReader(line)).Read()
		if err != nil {
			return
		}
		again, err := NewNQuadsReader(strings.NewReader(q.String())).Read()
		if err != nil || again != q {
			t.Errorf("%q was read as %s and then as %s (%v)", line, q, again, err)
		}
	})
}

func TestRegister(t *testing.T) {
	Register()
	Register()
	path := filepath.Join(t.TempDir(), "movies.bg")
	if _, err := cgraph.NewQuadStore(Backend, path, nil); !errors.Is(err, cgraph.ErrNotInitialized) {
		t.Errorf("opening what is not there: %v", err)
	}
	if err := cgraph.InitQuadStore(Backend, path, nil); err != nil {
		t.Fatal(err)
	}
	if err := cgraph.InitQuadStore(Backend, path, nil); !errors.Is(err, cgraph.ErrDatabaseExists) {
		t.Errorf("initialising again: %v", err)
	}
	qs, err := cgraph.NewQuadStore(Backend, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := cgraph.NewQuadWriter("single", qs, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := quad.Make(quad.IRI("a"), quad.IRI("b"), "c", nil)
	if err := w.AddQuad(q); err != nil {
		t.Fatal(err)
	}
	if err := qs.Close(); err != nil {
		t.Fatal(err)
	}
	qs, err = cgraph.NewQuadStore(Backend, path, cgraph.Options{"read_only": true})
	if err != nil {
		t.Fatal(err)
	}
	defer qs.Close()
	st, err := qs.Stats(context.Background(), true)
	if err != nil || st.Quads.Size != 1 || st.Nodes.Size != 3 {
		t.Errorf("stats %+v, %v", st, err)
	}
}

// TestLeftOpen closes a store with iterators that nobody closed.
func TestLeftOpen(t *testing.T) {
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			g := b.open(t)
			if err := g.Update(t.Context(), func(tx graph.Tx) error {
				_, err := tx.Insert(parseQuads(t, people)...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			qs := New(g)
			for range 10 {
				it := qs.QuadsAllIterator()
				if !it.Next(t.Context()) {
					t.Fatal("there are no quads")
				}
			}
			if err := qs.Close(); err != nil {
				t.Fatal(err)
			}
			if err := g.Close(); err != nil { // the store waits for open snapshots
				t.Fatal(err)
			}
		})
	}
}

func TestRemoveNode(t *testing.T) {
	g := memgraph.New(parseQuads(t, people+"<x> <bob> <bob> <bob> .\n")...)
	n, err := RemoveNode(t.Context(), g, rdf.IRI("bob"))
	if err != nil || n != 6 {
		t.Errorf("removed %d, %v", n, err)
	}
	if n, err = RemoveNode(t.Context(), g, rdf.IRI("bob")); err != nil || n != 0 {
		t.Errorf("removed %d again, %v", n, err)
	}
}
