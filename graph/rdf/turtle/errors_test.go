package turtle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// faults are documents with one fault each; the error must be as written, in
// full with source and caret.
var faults = []struct {
	name   string
	format turtle.Format
	input  string
	want   string
}{
	{"literal for a subject", turtle.NTriples, "<http://a/s> <http://a/p> 1 .\n", `
N-Triples: line 1, column 27: unexpected '1'; expected an IRI in < >, a blank node, a literal or "<<("
  <http://a/s> <http://a/p> 1 .
                            ^`},
	{"second line", turtle.NTriples, "# c\r\n\t<http://a/s> <http://a/p> \"x\n", `
N-Triples: line 2, column 30: line end inside a quoted string
  	<http://a/s> <http://a/p> "x
  	                            ^`},
	{"relative IRI", turtle.NQuads, "<s> <http://a/p> <http://a/o> .", `
N-Quads: line 1, column 1: N-Quads needs absolute IRIs, and this one has no scheme
  <s> <http://a/p> <http://a/o> .
  ^`},
	{"two statements on a line", turtle.NTriples, "_:a <x:p> _:b . _:a <x:p> _:b .", `
N-Triples: line 1, column 17: unexpected blank node; expected the end of the line
  _:a <x:p> _:b . _:a <x:p> _:b .
                  ^`},
	{"wide characters before the fault", turtle.NTriples, "_:a <x:p> \"中文é\\q\" .", `
N-Triples: line 1, column 15: unknown escape \q
  _:a <x:p> "中文é\q" .
                  ^`},
	{"reified triple in N-Triples", turtle.NTriples, "<< <x:s> <x:p> <x:o> >> <x:p> <x:o> .", `
N-Triples: line 1, column 1: unexpected reified triple; expected an IRI in < > or a blank node
  << <x:s> <x:p> <x:o> >> <x:p> <x:o> .
  ^`},
	{"unknown prefix", turtle.Turtle, "@prefix a: <x:> .\nb:s a:p a:o .", `
Turtle: line 2, column 1: prefix "b:" is not declared
  b:s a:p a:o .
  ^`},
	{"missing dot", turtle.Turtle, "<x:s> <x:p> <x:o>\n<x:s> <x:p> <x:o> .", `
Turtle: line 2, column 1: unexpected IRI; expected ".", "," or ";"
  <x:s> <x:p> <x:o> .
  ^`},
	{"fault in a long string", turtle.Turtle, "<x:s> <x:p> \"\"\"one\ntwo \\x\n\"\"\" .", `
Turtle: line 2, column 5: unknown escape \x
  two \x
      ^`},
	{"after a long string", turtle.Turtle, "<x:s> <x:p> \"\"\"one\ntwo\"\"\" <x:o> .", `
Turtle: line 2, column 8: unexpected IRI; expected ".", "," or ";"
  two""" <x:o> .
         ^`},
	{"open string", turtle.Turtle, "<x:s> <x:p> \"\"\"one\ntwo", `
Turtle: line 1, column 13: string is not closed by """
  <x:s> <x:p> """one
              ^`},
	{"open graph", turtle.TriG, "<x:g> { <x:s> <x:p> <x:o>", `
TriG: line 1, column 26: unexpected end of input; expected ".", "}", "," or ";"
  <x:g> { <x:s> <x:p> <x:o>
                           ^`},
	{"list for a graph", turtle.TriG, "(1) { <x:s> <x:p> <x:o> }", `
TriG: line 1, column 5: a graph is named by an IRI or a blank node
  (1) { <x:s> <x:p> <x:o> }
      ^`},
	{"graph in Turtle", turtle.Turtle, "<x:g> { <x:s> <x:p> <x:o> }", `
Turtle: line 1, column 7: unexpected "{"; expected a predicate or "a"
  <x:g> { <x:s> <x:p> <x:o> }
        ^`},
	{"empty annotation", turtle.Turtle, "<x:s> <x:p> <x:o> {| |} .", `
Turtle: line 1, column 22: unexpected "|}"; expected a predicate or "a"
  <x:s> <x:p> <x:o> {| |} .
                       ^`},
	{"base direction", turtle.Turtle, "<x:s> <x:p> \"x\"@en--up .", `
Turtle: line 1, column 19: the base direction of a language tag is --ltr or --rtl
  <x:s> <x:p> "x"@en--up .
                    ^`},
	{"space in an IRI", turtle.Turtle, "<x:s> <x:p q> <x:o> .", `
Turtle: line 1, column 11: character ' ' is not allowed in an IRI
  <x:s> <x:p q> <x:o> .
            ^`},
	{"name not UTF-8", turtle.Turtle, "PREFIX : <x:> :a\x9c :p 1 .", `
Turtle: line 1, column 17: not UTF-8
  PREFIX : <x:> :a` + "\ufffd" + ` :p 1 .
                  ^`},
	{"relative without a base", turtle.Turtle, "<x:s> <p> <x:o> .", `
Turtle: line 1, column 7: relative IRI without a base IRI
  <x:s> <p> <x:o> .
        ^`},
}

func TestFaults(t *testing.T) {
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			var err error
			for _, err = range turtle.NewDecoder(strings.NewReader(c.input), c.format, turtle.Options{}).All() {
			}
			if err == nil {
				t.Fatal("accepted")
			}
			if got := "\n" + err.Error(); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// TestLongLine checks that an error deep in a long line shows only what is round
// it, with the right column.
func TestLongLine(t *testing.T) {
	for _, format := range formats {
		long := "_:a <x:p> \"" + strings.Repeat("é", 300_000) + "\" ! ."
		_, err := decode(strings.NewReader(long), format)
		e, ok := errors.AsType[*rdf.SyntaxError](err)
		if !ok || e.Line != 1 || e.Column != 300_014 || len(e.Source) > 200 || e.Source[e.Caret] != '!' {
			t.Errorf("%s: %.300v", format, err)
		}
	}
}

func TestLenient(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "<http://a/%d> <http://a/p> \"x\" .\n", i)
		if i%10 == 0 {
			b.WriteString("<http://a/s> <p> \"broken \\q\" .\r\n")
		}
	}
	b.WriteString("<http://a/s> <http://a/p> ") // cut off
	d := turtle.NewDecoder(strings.NewReader(b.String()), turtle.NTriples, turtle.Options{Lenient: true, MaxDropped: 5})
	n := 0
	for _, err := range d.All() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	dropped := d.Dropped()
	if n != 1000 || dropped.Count != 101 || len(dropped.First) != 5 || dropped.First[1].Line != 13 {
		t.Errorf("read %d, dropped %d, listed %d: %v", n, dropped.Count, len(dropped.First), dropped.First)
	}
}

// TestDepth checks that nesting is bounded by an error, at any depth.
func TestDepth(t *testing.T) {
	for _, c := range []struct {
		name         string
		format       turtle.Format
		start, open  string
		inner, close string
	}{
		{"triple terms in N-Triples", turtle.NTriples, "<x:s> <x:p> ", "<<( <x:s> <x:p> ", "<x:o>", " )>>"},
		{"triple terms", turtle.Turtle, "<x:s> <x:p> ", "<<( <x:s> <x:p> ", "<x:o>", " )>>"},
		{"reified triples", turtle.Turtle, "<x:s> <x:p> ", "<< <x:s> <x:p> ", "<x:o>", " >>"},
		{"reified subjects", turtle.Turtle, "", "<< ", "<x:o>", " <x:p> <x:o> >>"},
		{"collections", turtle.TriG, "<x:s> <x:p> ", "(", "", ")"},
		{"property lists", turtle.TriG, "<x:s> <x:p> ", "[ <x:p> ", "1", "]"},
		{"annotations", turtle.TriG, "<x:s> ", "<x:p> <x:o> {| ", "<x:p> <x:o>", " |}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nested := func(n int) string {
				return c.start + strings.Repeat(c.open, n) + c.inner + strings.Repeat(c.close, n) + " .\n"
			}
			if _, err := decode(strings.NewReader(nested(1000)), c.format); err != nil {
				t.Errorf("1,000 levels: %.200v", err)
			}
			for _, n := range []int{1001, 1_000_000} {
				if _, err := decode(strings.NewReader(nested(n)), c.format); err == nil || !strings.Contains(err.Error(), "deeper") {
					t.Errorf("%d levels: %.200v", n, err)
				}
			}
		})
	}
}

// TestTokenLimit checks that no token can fill the memory.
func TestTokenLimit(t *testing.T) {
	for _, format := range formats {
		endless := io.MultiReader(strings.NewReader("<x:s> <x:p> \""), zeros{})
		var err error
		for _, err = range turtle.NewDecoder(endless, format, turtle.Options{MaxToken: 1 << 20}).All() {
		}
		if err == nil || !strings.Contains(err.Error(), "longer than") {
			t.Errorf("%s: %.200v", format, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// TestReaderError checks that errors of the reader come through, after the
// statements before them.
func TestReaderError(t *testing.T) {
	broken := errors.New("broken")
	for _, format := range formats {
		r := io.MultiReader(strings.NewReader("<x:s> <x:p> <x:o> .\n<x:s> <x:q> <x:o> .\n<x:s> "), errReader{broken})
		quads, err := decode(r, format)
		if !errors.Is(err, broken) || len(quads) != 2 {
			t.Errorf("%s: %d quads, %v", format, len(quads), err)
		}
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestEncoderRefuses(t *testing.T) {
	s, p := rdf.IRI("x:s"), rdf.IRI("x:p")
	for name, q := range map[string]rdf.Quad{
		"literal subject":      {Subject: rdf.NewString("a"), Predicate: p, Object: s},
		"blank predicate":      {Subject: s, Predicate: rdf.BlankNode("b"), Object: s},
		"no object":            {Subject: s, Predicate: p},
		"relative IRI":         {Subject: rdf.IRI("a"), Predicate: p, Object: s},
		"space in an IRI":      {Subject: rdf.IRI("x:a b"), Predicate: p, Object: s},
		"label with a space":   {Subject: rdf.BlankNode("a b"), Predicate: p, Object: s},
		"literal not UTF-8":    {Subject: s, Predicate: p, Object: rdf.NewString("\xff")},
		"malformed tag":        {Subject: s, Predicate: p, Object: rdf.NewLang("a", "e n")},
		"tag missing":          {Subject: s, Predicate: p, Object: rdf.NewTyped("a", rdf.RDFLangString)},
		"subject triple":       {Subject: rdf.Triple{Subject: s, Predicate: p, Object: s}, Predicate: p, Object: s},
		"literal in a triple":  {Subject: s, Predicate: p, Object: rdf.Triple{Subject: rdf.NewString("a"), Predicate: p, Object: s}},
		"literal graph":        {Subject: s, Predicate: p, Object: s, Graph: rdf.NewString("a")},
		"named graph, triples": {Subject: s, Predicate: p, Object: s, Graph: s},
	} {
		var b bytes.Buffer
		e := turtle.NewEncoder(&b, turtle.NTriples, turtle.EncoderOptions{})
		if err := e.Encode(q); !errors.Is(err, rdf.ErrInexpressible) {
			t.Errorf("%s: %v", name, err)
		}
		if err := e.Close(); err != nil || b.Len() > 0 {
			t.Errorf("%s left %q, %v", name, b.String(), err)
		}
	}
}
