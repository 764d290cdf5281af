package jsonld_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/jsonld"
)

func readAll(input, base string) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	for q, err := range jsonld.NewDecoder(strings.NewReader(input), jsonld.Options{Base: base}).All() {
		if err != nil {
			return nil, err
		}
		quads = append(quads, q)
	}
	return quads, nil
}

// documents are read as the quads beside them; those marked plain never meet
// json-gold, and must mean the same as if they did.
var documents = []struct {
	name, input string
	want        []string
}{
	{"expanded", `[{"@id":"x:s","@type":["x:T"],"x:p":[{"@value":"a"},{"@value":"b","@language":"en-GB"},{"@id":"x:o"}]}]`, []string{
		`<x:s> <` + rdf.NSRDF + `type> <x:T> .`, `<x:s> <x:p> "a" .`, `<x:s> <x:p> "b"@en-GB .`, `<x:s> <x:p> <x:o> .`}},
	{"scalars instead of arrays", `{"@id":"x:s","x:p":"a","x:q":{"@id":"_:b"},"x:r":true}`, []string{
		`<x:s> <x:p> "a" .`, `<x:s> <x:q> _:b .`, `<x:s> <x:r> "true"^^<` + rdf.NSXSD + `boolean> .`}},
	{"numbers", `{"@id":"x:s","x:p":[1,-0,1.0,1.5,1e3,1e21,-1.5e-7,123456789012345678901,0.1]}`, []string{
		`<x:s> <x:p> "1"^^<` + rdf.NSXSD + `integer> .`, `<x:s> <x:p> "0"^^<` + rdf.NSXSD + `integer> .`,
		`<x:s> <x:p> "1"^^<` + rdf.NSXSD + `integer> .`, `<x:s> <x:p> "1.5E0"^^<` + rdf.NSXSD + `double> .`,
		`<x:s> <x:p> "1000"^^<` + rdf.NSXSD + `integer> .`, `<x:s> <x:p> "1.0E21"^^<` + rdf.NSXSD + `double> .`,
		`<x:s> <x:p> "-1.5E-7"^^<` + rdf.NSXSD + `double> .`, `<x:s> <x:p> "123456789012345678901"^^<` + rdf.NSXSD + `integer> .`,
		`<x:s> <x:p> "1.0E-1"^^<` + rdf.NSXSD + `double> .`}},
	{"base direction", `{"@id":"x:s","x:p":{"@value":"a","@language":"ar","@direction":"rtl"}}`, []string{`<x:s> <x:p> "a"@ar--rtl .`}},
	{"base direction of a context", `{"@context":{"@direction":"rtl","@language":"ar","p":"x:p"},"@id":"x:s","p":"a"}`, []string{`<x:s> <x:p> "a"@ar--rtl .`}},
	{"direction without a language", `{"@id":"x:s","x:p":{"@value":"a","@direction":"rtl"}}`, []string{`<x:s> <x:p> "a" .`}},
	{"list", `{"@id":"x:s","x:p":{"@list":["a",{"@list":[]}]}}`, []string{
		`_:genid1 <` + rdf.NSRDF + `first> "a" .`, `_:genid1 <` + rdf.NSRDF + `rest> _:genid2 .`,
		`_:genid2 <` + rdf.NSRDF + `first> <` + rdf.NSRDF + `nil> .`, `_:genid2 <` + rdf.NSRDF + `rest> <` + rdf.NSRDF + `nil> .`,
		`<x:s> <x:p> _:genid1 .`}},
	{"reverse", `{"@id":"x:s","@reverse":{"x:p":[{"@id":"x:o"}]}}`, []string{`<x:o> <x:p> <x:s> .`}},
	{"graphs", `[{"@id":"x:g","@graph":[{"@id":"x:s","x:p":"a"}]},{"@graph":{"@id":"x:s","x:p":"b"}}]`, []string{
		`<x:s> <x:p> "a" <x:g> .`, `<x:s> <x:p> "b" _:genid1 .`}},
	{"default graph", `{"@graph":[{"@id":"x:s","x:p":"a"}]}`, []string{`<x:s> <x:p> "a" .`}},
	{"JSON literal", `{"@context":{"@version":1.1,"p":{"@id":"x:p","@type":"@json"}},"@id":"x:s","p":{"b":[1.0,1e30,"\u00e9\n"],"a":null}}`, []string{
		`<x:s> <x:p> "{\"a\":null,\"b\":[1,1e+30,\"é\\n\"]}"^^<` + rdf.NSRDF + `JSON> .`}},
	{"relative IRIs", `{"@id":"s","x:p":{"@id":"../o"}}`, []string{`<http://b/a/s> <x:p> <http://b/o> .`}},
	{"labels", `[{"@id":"_:genid1","x:p":{}},{"@id":"_:a b","x:p":{"@id":"_:a b"}}]`, []string{
		`_:xgenid1 <x:p> _:genid1 .`, `_:genid2 <x:p> _:genid2 .`}},
	{"triple term", `{"@id":"x:s","x:p":{"@type":"` + rdf.NSRDF + `TripleTerm","` + rdf.NSRDF + `ttSubject":{"@id":"_:a"},"` + rdf.NSRDF + `ttPredicate":{"@id":"x:q"},"` + rdf.NSRDF + `ttObject":"b"}}`,
		[]string{`<x:s> <x:p> <<( _:a <x:q> "b" )>> .`}},
	{"named triple term", `{"@id":"x:s","x:p":{"@id":"x:t","@type":"` + rdf.NSRDF + `TripleTerm","` + rdf.NSRDF + `ttObject":"b"}}`,
		[]string{`<x:t> <` + rdf.NSRDF + `type> <` + rdf.NSRDF + `TripleTerm> .`, `<x:t> <` + rdf.NSRDF + `ttObject> "b" .`, `<x:s> <x:p> <x:t> .`}},
	{"terms without meaning", `{"@context":{"p":"x:p"},"@id":"x:s","p":"a","q":"b"}`, []string{`<x:s> <x:p> "a" .`}},
	{"nothing", `[]`, nil},
	{"free-floating", `["a",{"@value":"b"},{"@id":"x:s"}]`, nil},
}

func TestDocuments(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			quads, err := readAll(c.input, "http://b/a/c")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, q := range quads {
				got = append(got, q.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

var faults = []struct{ name, input, want string }{
	{"no JSON", "{\"@id\": \"x:s\",\n  \"x:p\" 1}", `
JSON-LD: line 2, column 9: invalid character '1' after object key
    "x:p" 1}
          ^`},
	{"cut off", `[{"@id":"x:s"}`, `
JSON-LD: line 1, column 14: unexpected end of JSON input
  [{"@id":"x:s"}
               ^`},
	{"scalar", ` 1`, `
JSON-LD: line 1, column 2: a JSON-LD document is an object or an array
   1
   ^`},
	{"remote context", `{"@context": "http://example.org/c"}`, `
JSON-LD: line 1, column 1: loading remote context failed: dereferencing a URL did not result in a valid JSON-LD context (http://example.org/c): loading document failed: remote contexts are not allowed, and <http://example.org/c> is one
  {"@context": "http://example.org/c"}
  ^`},
	{"second member", "[{\"@id\":\"x:s\"},\n {\"@id\":5}]", `
JSON-LD: line 2, column 2: invalid @id value: value of @id must be a string
   {"@id":5}]
   ^`},
}

func TestFaults(t *testing.T) {
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAll(c.input, "")
			if err == nil {
				t.Fatal("accepted")
			}
			if got := "\n" + err.Error(); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
	for _, n := range []int{1001, 1_000_000} {
		deep := strings.Repeat(`{"x:p":[`, n) + strings.Repeat(`]}`, n)
		if _, err := readAll(deep, ""); err == nil || !strings.Contains(err.Error(), "deeper") {
			t.Errorf("%d levels: %.200v", n, err)
		}
	}
	d := jsonld.NewDecoder(strings.NewReader(`[   ]`), jsonld.Options{MaxDocument: 3})
	if _, err := d.Decode(); err == nil || err == io.EOF {
		t.Errorf("too large: %v", err)
	}
}

func TestRemoteContext(t *testing.T) {
	calls := 0
	load := func(iri string) ([]byte, error) {
		if calls++; iri != "http://example.org/c" {
			return nil, errors.New("unexpected " + iri)
		}
		return []byte(`{"@context":{"@version":1.1,"p":"x:p"}}`), nil
	}
	doc := `[{"@context":"http://example.org/c","@id":"x:s","p":"a"},{"@context":"http://example.org/c","@id":"x:s","p":"b"}]`
	n := 0
	for _, err := range jsonld.NewDecoder(strings.NewReader(doc), jsonld.Options{LoadContext: load}).All() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 || calls != 1 {
		t.Errorf("%d quads, %d calls", n, calls)
	}
}

// TestEncoderBounded writes a subject with very many objects and checks that it
// is not held back whole, and that the document is one JSON value to the end.
func TestEncoderBounded(t *testing.T) {
	for _, prefixes := range []map[string]string{nil, {"e": "http://e/"}} {
		var b bytes.Buffer
		e := jsonld.NewEncoder(&b, jsonld.EncoderOptions{Prefixes: prefixes})
		const n = 100_000
		for i := range n {
			q := rdf.Quad{Subject: rdf.IRI("http://e/s"), Predicate: rdf.IRI("http://e/p"), Object: rdf.NewString(fmt.Sprint(i))}
			if err := e.Encode(q); err != nil {
				t.Fatal(err)
			}
		}
		if b.Len() == 0 {
			t.Error("nothing was written before Close")
		}
		if json.Valid(b.Bytes()) {
			t.Error("an unfinished document is JSON")
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b.Bytes()) {
			t.Error("the document is no JSON")
		}
		if quads, err := readAll(b.String(), ""); len(quads) != n || err != nil {
			t.Errorf("%d quads, %v", len(quads), err)
		}
	}
}

func TestEncoderRefuses(t *testing.T) {
	s, p := rdf.IRI("x:s"), rdf.IRI("x:p")
	e := jsonld.NewEncoder(io.Discard, jsonld.EncoderOptions{Prefixes: map[string]string{"ex": "http://e/"}})
	for name, q := range map[string]rdf.Quad{
		"in a triple term":           {Subject: s, Predicate: p, Object: rdf.Triple{Subject: s, Predicate: p, Object: rdf.IRI("ex:a")}},
		"IRI like a name":            {Subject: s, Predicate: p, Object: rdf.IRI("ex:a")},
		"datatype like a name":       {Subject: s, Predicate: p, Object: rdf.NewTyped("a", "ex:a")},
		"blank node for a predicate": {Subject: s, Predicate: rdf.BlankNode("p"), Object: s},
	} {
		if err := e.Encode(q); !errors.Is(err, rdf.ErrInexpressible) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode checks that no input hangs or panics, that errors have a place, and
// that what was read can be written and reads back.
func FuzzDecode(f *testing.F) {
	for _, c := range documents {
		f.Add([]byte(c.input))
	}
	for _, c := range faults {
		f.Add([]byte(c.input))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		quads, err := readAll(string(data), "http://b/a/c")
		if err != nil {
			if e, ok := errors.AsType[*rdf.SyntaxError](err); !ok || e.Line < 1 || e.Caret > len(e.Source) {
				t.Fatalf("error without a place: %#v", err)
			}
			return
		}
		var b bytes.Buffer
		e := jsonld.NewEncoder(&b, jsonld.EncoderOptions{})
		for _, q := range quads {
			if err := e.Encode(q); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if back, err := readAll(b.String(), ""); err != nil || len(back) != len(quads) {
			t.Fatalf("%d quads written, %d read back: %v\n%s", len(quads), len(back), err, b.Bytes())
		}
	})
}
