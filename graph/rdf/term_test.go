package rdf_test

import (
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

func TestAppendQuad(t *testing.T) {
	s, p := rdf.IRI("http://e/s"), rdf.IRI("http://e/p")
	for _, c := range []struct {
		quad rdf.Quad
		want string
	}{
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.NewString("a")}, `<http://e/s> <http://e/p> "a" .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.Literal{Lexical: "a"}}, `<http://e/s> <http://e/p> "a" .`},
		{rdf.Quad{Subject: rdf.BlankNode("b"), Predicate: p, Object: s, Graph: rdf.BlankNode("g")}, `_:b <http://e/p> <http://e/s> _:g .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.NewLang("a", "en-GB")}, `<http://e/s> <http://e/p> "a"@en-GB .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.NewDirLang("a", "ar", rdf.RTL)}, `<http://e/s> <http://e/p> "a"@ar--rtl .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.NewBoolean(true)}, `<http://e/s> <http://e/p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.NewString("\"\\\b\t\n\f\r\x00\x1f\x7f\u0080é\U0001F600\ufffe\uffff\ufffd\uf000")},
			`<http://e/s> <http://e/p> "\"\\\b\t\n\f\r\u0000\u001F\u007F` + "\u0080é\U0001F600" + `\uFFFE\uFFFF` + "\ufffd\uf000" + `" .`},
		{rdf.Quad{Subject: rdf.IRI("a b<>\"{}|^`\\\x00é"), Predicate: p, Object: s},
			`<a\u0020b\u003C\u003E\u0022\u007B\u007D\u007C\u005E\u0060\u005C\u0000é> <http://e/p> <http://e/s> .`},
		{rdf.Quad{Subject: s, Predicate: p, Object: rdf.Triple{Subject: s, Predicate: p, Object: rdf.Triple{Subject: rdf.BlankNode("b"), Predicate: p, Object: rdf.NewString("a")}}},
			`<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> <<( _:b <http://e/p> "a" )>> )>> .`},
	} {
		if got := c.quad.String(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestTermsAreMapKeys(t *testing.T) {
	a := rdf.Triple{Subject: rdf.IRI("x:s"), Predicate: rdf.IRI("x:p"), Object: rdf.Triple{Subject: rdf.IRI("x:s"), Predicate: rdf.IRI("x:p"), Object: rdf.NewLang("a", "en")}}
	b := rdf.Triple{Subject: rdf.IRI("x:s"), Predicate: rdf.IRI("x:p"), Object: rdf.Triple{Subject: rdf.IRI("x:s"), Predicate: rdf.IRI("x:p"), Object: rdf.NewLang("a", "en")}}
	m := map[rdf.Term]int{a: 1}
	if m[b] != 1 || m[rdf.IRI("x:s")] != 0 || m[rdf.BlankNode("x:s")] != 0 {
		t.Error("equal terms are other keys, or others the same")
	}
}

func TestLabels(t *testing.T) {
	var l rdf.Labels
	for label, want := range map[string]rdf.BlankNode{
		"a": "a", "genid": "xgenid", "genid1": "xgenid1", "xgenid1": "xxgenid1", "xx": "xx", "genid1a": "genid1a", "ygenid1": "ygenid1",
	} {
		if got := l.Named(label); got != want {
			t.Errorf("Named(%q) = %q, want %q", label, got, want)
		}
	}
	if a, b := l.Fresh(), l.Fresh(); a != "genid1" || b != "genid2" {
		t.Errorf("Fresh gave %q and %q", a, b)
	}
}

func TestSyntaxError(t *testing.T) {
	e := &rdf.SyntaxError{Format: "Turtle", Line: 2, Message: "unexpected x", Expected: []string{"a", "b", "c"}}
	e.SetSource([]byte("\t中é"), []byte("x \nnext line"), 0)
	if got, want := e.Error(), "Turtle: line 2, column 4: unexpected x; expected a, b or c\n  \t中éx\n  \t   ^"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (&rdf.SyntaxError{Message: "m"}).Error(); got != "m" {
		t.Errorf("without a place: %q", got)
	}
	if got := (&rdf.SyntaxError{Format: "F", Message: "m", Expected: []string{"a"}}).Error(); got != "F: m; expected a" {
		t.Errorf("without a line: %q", got)
	}
}
