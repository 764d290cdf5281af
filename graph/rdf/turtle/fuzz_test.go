package turtle_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

var formats = []turtle.Format{turtle.NTriples, turtle.NQuads, turtle.Turtle, turtle.TriG}

// FuzzDecode checks for any input and format that reading it whole and in pieces
// gives the same quads and the same error at the same place, that errors say
// where, that what was read can be written and reads back the same, and that
// whatever is N-Triples or N-Quads is Turtle or TriG.
func FuzzDecode(f *testing.F) {
	for i, ext := range []string{".nt", ".nq", ".ttl", ".trig"} {
		rdftest.Seeds(f, func(data []byte) { f.Add(uint8(i), data) }, ext)
	}
	for _, c := range faults {
		f.Add(uint8(slices.Index(formats, c.format)), []byte(c.input))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		format := formats[int(which)%len(formats)]
		quads, err := decode(bytes.NewReader(data), format)
		again, errAgain := decode(iotest.OneByteReader(bytes.NewReader(data)), format)
		if !slices.Equal(quads, again) || !sameError(err, errAgain) {
			t.Fatalf("%s read in pieces differs: %v and %v, %v and %v", format, quads, again, err, errAgain)
		}
		again, errAgain = decode(iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(data))), format)
		if !slices.Equal(quads, again) || !sameError(err, errAgain) {
			t.Fatalf("%s read by halves differs: %v and %v", format, err, errAgain)
		}
		if err != nil {
			e, ok := errors.AsType[*rdf.SyntaxError](err)
			if !ok || e.Line < 1 || e.Column < 1 || e.Caret > len(e.Source) || e.Message == "" || e.Offset > int64(len(data)) {
				t.Fatalf("error without a place: %#v", err)
			}
			_ = err.Error()
		}
		back := reread(t, format, quads)
		if len(back) != len(quads) {
			t.Fatalf("%s: %d quads read back as %d", format, len(quads), len(back))
		}
		if err == nil && format.Lines() {
			wider := turtle.Turtle
			if format == turtle.NQuads {
				return // TriG has another shape
			}
			if _, err := decode(bytes.NewReader(data), wider); err != nil {
				t.Fatalf("N-Triples, but not Turtle: %v", err)
			}
		}
	})
}

func decode(r io.Reader, format turtle.Format) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(r, format, turtle.Options{Base: "http://base.example/x/y"}).All() {
		if err != nil {
			return quads, err
		}
		quads = append(quads, q)
	}
	return quads, nil
}

func sameError(a, b error) bool {
	x, ok := errors.AsType[*rdf.SyntaxError](a)
	y, ok2 := errors.AsType[*rdf.SyntaxError](b)
	if !ok || !ok2 {
		return a == b
	}
	return x.Line == y.Line && x.Column == y.Column && x.Offset == y.Offset && x.Message == y.Message
}

func reread(t *testing.T, format turtle.Format, quads []rdf.Quad) []rdf.Quad {
	t.Helper()
	var b bytes.Buffer
	e := turtle.NewEncoder(&b, format, turtle.EncoderOptions{Prefixes: map[string]string{"": "http://base.example/x/", "e": "http://example/"}})
	for _, q := range quads {
		if err := e.Encode(q); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := decode(&b, format)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	label := strings.NewReplacer("_:x", "_:", "_:genid", "_:") // made-up labels get an x when read
	for i := range back {
		if label.Replace(back[i].String()) != label.Replace(quads[i].String()) && !strings.Contains(quads[i].String(), "genid") {
			t.Fatalf("%s was read back as %s", quads[i], back[i])
		}
	}
	return back
}
