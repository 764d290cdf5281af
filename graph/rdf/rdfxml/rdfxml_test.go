package rdfxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/rdfxml"
)

const open = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">`

// faults are documents with one fault each and the whole error.
var faults = []struct{ name, input, want string }{
	{"end tag of another element", open + "\n <e:T>\n  <e:p>x</e:q></e:T>", `
RDF/XML: line 3, column 9: </e:q> closes <e:p>
    <e:p>x</e:q></e:T>
          ^`},
	{"relative without a base", open + "\n <e:T rdf:about='a'/></rdf:RDF>", `
RDF/XML: line 2, column 2: relative IRI without a base IRI
   <e:T rdf:about='a'/></rdf:RDF>
   ^`},
	{"prefix", open + "\n <x:T/>", `
RDF/XML: line 2, column 2: prefix "x" is not declared
   <x:T/>
   ^`},
	{"text among properties", open + "\n <e:T>text</e:T>", `
RDF/XML: line 2, column 7: text "text" is not allowed here
   <e:T>text</e:T>
        ^`},
	{"text and element", open + "\n <e:T><e:p>text<e:T/></e:p></e:T>", `
RDF/XML: line 2, column 16: a property holds text and an element
   <e:T><e:p>text<e:T/></e:p></e:T>
                 ^`},
	{"two elements", open + "\n <e:T><e:p><e:T/><e:T/></e:p></e:T>", `
RDF/XML: line 2, column 18: a property holds more than one element
   <e:T><e:p><e:T/><e:T/></e:p></e:T>
                   ^`},
	{"cut off", open + "\n <e:T>", `
RDF/XML: line 2, column 7: unexpected end of input; expected </e:T>
   <e:T>
        ^`},
	{"identifier twice", open + "\n<e:T rdf:ID='a' xml:base='http://b'/>\n<e:T rdf:ID='a' xml:base='http://b'/>", `
RDF/XML: line 3, column 1: rdf:ID "a" stands twice
  <e:T rdf:ID='a' xml:base='http://b'/>
  ^`},
	{"attribute without a namespace", open + "<e:T a='b'/></rdf:RDF>", `
RDF/XML: line 1, column 86: attribute a has no namespace
  rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"><e:T a='b'/></rdf:RDF>
                                                                        ^`},
	{"resource on a node", open + "\n<e:T rdf:resource='x:y'/></rdf:RDF>", `
RDF/XML: line 2, column 1: rdf:resource is not allowed on a node element; did you mean rdf:about?
  <e:T rdf:resource='x:y'/></rdf:RDF>
  ^`},
	{"entity", open + "\n<e:T><e:p>&x;</e:p></e:T></rdf:RDF>", `
RDF/XML: line 2, column 14: invalid character entity &x;
  <e:T><e:p>&x;</e:p></e:T></rdf:RDF>
               ^`},
	{"nothing", "", `
RDF/XML: line 1, column 1: the document has no element`},
	{"two roots", "<a xmlns='x:y'/><b xmlns='x:y'/>", `
RDF/XML: line 1, column 17: element <b> after the end of the document
  <a xmlns='x:y'/><b xmlns='x:y'/>
                  ^`},
}

func TestFaults(t *testing.T) {
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAll([]byte(c.input), "")
			if err == nil {
				t.Fatal("accepted")
			}
			if got := "\n" + err.Error(); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// documents are read as the triples beside them, beyond what the suites test.
var documents = []struct {
	name, input string
	want        []string
}{
	{"entities", `<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/"><!ENTITY f '&e;f&#x41;'>]><a xmlns="x:" rdf:about="&f;" xmlns:rdf="` + rdf.NSRDF + `"/>`,
		[]string{`<http://e/fA> <` + rdf.NSRDF + `type> <x:a> .`}},
	{"Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a xmlns='x:'><p>\xe9</p></a>",
		[]string{`_:genid1 <` + rdf.NSRDF + `type> <x:a> .`, `_:genid1 <x:p> "é" .`}},
	{"UTF-16", utf16("<?xml version='1.0' encoding='UTF-16'?><a xmlns='x:'><p>é</p></a>"),
		[]string{`_:genid1 <` + rdf.NSRDF + `type> <x:a> .`, `_:genid1 <x:p> "é" .`}},
	{"labels", open + `<rdf:Description rdf:nodeID="genid1"><e:p rdf:nodeID="a."/><e:p rdf:nodeID="a."/><e:p rdf:parseType="Resource"/></rdf:Description></rdf:RDF>`,
		[]string{`_:xgenid1 <http://e/p> _:genid1 .`, `_:xgenid1 <http://e/p> _:genid1 .`, `_:xgenid1 <http://e/p> _:genid2 .`}},
	{"literal with comments and instructions", open + `<rdf:Description rdf:about="x:s"><e:p rdf:parseType="Literal">a<!-- b --><?c d?>&lt;<e:b f="&quot;&#9;" e:a=''/></e:p></rdf:Description></rdf:RDF>`,
		[]string{`<x:s> <http://e/p> "a<!-- b --><?c d?>&lt;<e:b xmlns:e=\"http://e/\" f=\"&quot;&#x9;\" e:a=\"\"></e:b>"^^<` + rdf.NSRDF + `XMLLiteral> .`}},
	{"language put off", `<a xmlns="x:" xml:lang="en"><p>x</p><p xml:lang="">y</p></a>`,
		[]string{`_:genid1 <` + rdf.NSRDF + `type> <x:a> .`, `_:genid1 <x:p> "x"@en .`, `_:genid1 <x:p> "y" .`}},
}

func utf16(s string) string {
	b := []byte{0xfe, 0xff}
	for _, r := range s {
		b = append(b, byte(r>>8), byte(r))
	}
	return string(b)
}

func TestDocuments(t *testing.T) {
	for _, c := range documents {
		t.Run(c.name, func(t *testing.T) {
			quads, err := readAll([]byte(c.input), "")
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

func TestDepth(t *testing.T) {
	nested := func(n int) string {
		return open + strings.Repeat("<e:T><e:p>", n) + strings.Repeat("</e:p></e:T>", n) + "</rdf:RDF>"
	}
	if _, err := readAll([]byte(nested(999)), ""); err != nil {
		t.Errorf("999 levels: %v", err)
	}
	for _, n := range []int{1001, 200_000} {
		if _, err := readAll([]byte(nested(n)), ""); err == nil || !strings.Contains(err.Error(), "deeper") {
			t.Errorf("%d levels: %v", n, err)
		}
	}
}

// TestEntitiesBounded feeds entities of entities of entities, and one that is
// used very often.
func TestEntitiesBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("<!DOCTYPE a [<!ENTITY e0 'xxxxxxxxxx'>")
	for i := range 20 {
		fmt.Fprintf(&b, "<!ENTITY e%d '%s'>", i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	b.WriteString("]><a xmlns='x:'><p>&e20;</p></a>")
	often := "<!DOCTYPE a [<!ENTITY e '" + strings.Repeat("x", 100_000) + "'>]><a xmlns='x:'><p>" + strings.Repeat("&e;", 100_000) + "</p></a>"
	for _, doc := range []string{b.String(), often} {
		if _, err := readAll([]byte(doc), ""); err == nil || !strings.Contains(err.Error(), "expand") {
			t.Errorf("%.200v", err)
		}
	}
}

func TestReaderError(t *testing.T) {
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader(open+`<e:T rdf:about="x:s"/>`), iotest.ErrReader(broken))
	n := 0
	var err error
	for _, err = range rdfxml.NewDecoder(r, rdfxml.Options{}).All() {
		if err == nil {
			n++
		}
	}
	if n != 1 || !errors.Is(err, broken) {
		t.Errorf("%d triples, %v", n, err)
	}
}

func TestEncoderRefuses(t *testing.T) {
	s, p := rdf.IRI("x:s"), rdf.IRI("x:p")
	for name, q := range map[string]rdf.Quad{
		"predicate without a name":  {Subject: s, Predicate: rdf.IRI("http://e/1"), Object: s},
		"rdf:li":                    {Subject: s, Predicate: rdf.IRI(rdf.NSRDF + "li"), Object: s},
		"control character":         {Subject: s, Predicate: p, Object: rdf.NewString("\x01")},
		"named graph":               {Subject: s, Predicate: p, Object: s, Graph: s},
		"predicate of a triple":     {Subject: s, Predicate: p, Object: rdf.Triple{Subject: s, Predicate: rdf.IRI("http://e/1"), Object: s}},
		"literal subject":           {Subject: rdf.NewString("a"), Predicate: p, Object: s},
		"noncharacter in a literal": {Subject: s, Predicate: p, Object: rdf.NewString("\uffff")},
	} {
		var b bytes.Buffer
		e := rdfxml.NewEncoder(&b, rdfxml.EncoderOptions{})
		if err := e.Encode(q); !errors.Is(err, rdf.ErrInexpressible) {
			t.Errorf("%s: %v", name, err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if quads, err := readAll(b.Bytes(), ""); len(quads) != 0 || err != nil {
			t.Errorf("%s left %v, %v", name, quads, err)
		}
	}
}

// FuzzDecode checks that reading whole and by the byte is the same, that errors
// have a place, and that what was read can be written, unless XML lacks it, and
// reads back.
func FuzzDecode(f *testing.F) {
	rdftest.Seeds(f, func(data []byte) { f.Add(data) }, ".rdf")
	for _, c := range faults {
		f.Add([]byte(c.input))
	}
	for _, c := range documents {
		f.Add([]byte(c.input))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		quads, err := readAll(data, "http://base.example/x")
		var again []rdf.Quad
		var errAgain error
		for q, err := range rdfxml.NewDecoder(iotest.OneByteReader(bytes.NewReader(data)), rdfxml.Options{Base: "http://base.example/x"}).All() {
			if err != nil {
				again, errAgain = nil, err
				break
			}
			again = append(again, q)
		}
		if !slices.Equal(quads, again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("read by the byte differs: %v and %v", err, errAgain)
		}
		if err != nil {
			if e, ok := errors.AsType[*rdf.SyntaxError](err); !ok || e.Line < 1 || e.Caret > len(e.Source) {
				t.Fatalf("error without a place: %#v", err)
			}
			_ = err.Error()
			return
		}
		var b bytes.Buffer
		e := rdfxml.NewEncoder(&b, rdfxml.EncoderOptions{Prefixes: map[string]string{"e": "http://e/"}})
		written := 0
		for _, q := range quads {
			switch err := e.Encode(q); {
			case err == nil:
				written++
			case !errors.Is(err, rdf.ErrInexpressible):
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		back, err := readAll(b.Bytes(), "")
		if err != nil || len(back) != written {
			t.Fatalf("%d triples written, %d read back: %v\n%s", written, len(back), err, b.Bytes())
		}
	})
}
