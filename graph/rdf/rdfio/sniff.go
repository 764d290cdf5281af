package rdfio

import (
	"bytes"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// SniffBytes is how much of a document Sniff wants to see.
const SniffBytes = 8 << 10

// Sniff guesses the format of a document, not compressed, from its first bytes;
// whole says that there are no more. It is Unknown for what does not begin as
// RDF does. What could be N-Triples is called N-Quads, and what could be Turtle
// TriG, as these read it all the same.
func Sniff(head []byte, whole bool) Format {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte(pquadsMagic)):
		return CayleyPQuads
	case len(text) == 0:
		return Unknown
	case text[0] == '{' || text[0] == '[':
		if f := sniffJSON(text); f != Unknown {
			return f
		}
	case sniffXML(text):
		return RDFXML
	}
	if sniffLines(head, whole) {
		return NQuads
	}
	if sniffTurtle(head, whole) {
		return TriG
	}
	return Unknown
}

// pquadsMagic starts Cayley's binary quads.
const pquadsMagic = "\x00pq\x00"

func sniffJSON(text []byte) Format {
	inner := bytes.TrimLeft(text[1:], " \t\r\n[")
	switch {
	case len(inner) == 0:
		return Unknown
	case inner[0] != '"' && inner[0] != '{' && inner[0] != '}':
		return Unknown // [] and [ :p … ] of Turtle, { :s … } of TriG
	case bytes.Contains(text, []byte(`"@`)):
		return JSONLD
	case bytes.Contains(text, []byte(`"subject"`)) && bytes.Contains(text, []byte(`"predicate"`)):
		return CayleyJSON
	default:
		return Unknown
	}
}

// sniffXML looks for the name of the root element of RDF/XML, after what may
// stand before it.
func sniffXML(text []byte) bool {
	if text[0] != '<' {
		return false
	}
	return bytes.Contains(text, []byte("http://www.w3.org/1999/02/22-rdf-syntax-ns#")) &&
		(bytes.HasPrefix(text, []byte("<?xml")) || bytes.HasPrefix(text, []byte("<!")) || bytes.Contains(text[:min(len(text), 512)], []byte("xmlns")))
}

// sniffLines reports whether all whole lines are N-Quads and at least one is a
// statement.
func sniffLines(head []byte, whole bool) bool {
	if !whole {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	s := turtle.NewLineScanner(head, turtle.NQuads, 1, 0)
	var st turtle.Statement
	for found := false; ; found = true {
		ok, err := s.Next(&st)
		if err != nil {
			return false
		}
		if !ok {
			return found
		}
	}
}

// sniffTurtle reports whether the document begins with at least one directive or
// statement.
func sniffTurtle(head []byte, whole bool) bool {
	d := turtle.NewDecoder(bytes.NewReader(head), turtle.TriG, turtle.Options{Base: "http://localhost/"})
	_, err := d.Decode()
	switch {
	case err == nil:
		return true
	case err == io.EOF:
		return whole && onlyDirectives(head)
	default:
		return len(d.Prefixes()) > 0 && !whole
	}
}

// onlyDirectives tells a document without statements from one of comments, or
// of nothing.
func onlyDirectives(head []byte) bool {
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			return true
		}
	}
	return false
}
