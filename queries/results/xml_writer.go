package results

import (
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Namespaces of the XML format.
const (
	nsResults = "http://www.w3.org/2005/sparql-results#"
	nsITS     = "http://www.w3.org/2005/11/its"
	nsXML     = "http://www.w3.org/XML/1998/namespace"
)

const xmlOpen = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
	`<sparql xmlns="` + nsResults + `" xmlns:its="` + nsITS + `" its:version="2.0">` + "\n"

// xmlSyntax is "SPARQL 1.2 Query Results XML Format".
type xmlSyntax struct {
	vars []algebra.Var
	open [][]byte // <binding name="…">
}

func newXML(vars []algebra.Var) *xmlSyntax {
	s := &xmlSyntax{vars: vars}
	for _, v := range vars {
		b := append([]byte(nil), `<binding name="`...)
		b = appendXMLText(b, string(v))
		s.open = append(s.open, append(b, '"', '>'))
	}
	return s
}

func (s *xmlSyntax) head(dst []byte) []byte {
	dst = append(dst, xmlOpen...)
	dst = append(dst, "<head>"...)
	for _, v := range s.vars {
		dst = append(dst, `<variable name="`...)
		dst = appendXMLText(dst, string(v))
		dst = append(dst, `"/>`...)
	}
	return append(dst, "</head>\n<results>\n"...)
}

func (s *xmlSyntax) openRow(dst []byte, _ int64) []byte { return append(dst, "<result>"...) }

func (s *xmlSyntax) cell(dst []byte, col int, _ bool) []byte { return append(dst, s.open[col]...) }

func (s *xmlSyntax) closeCell(dst []byte) []byte  { return append(dst, "</binding>"...) }
func (s *xmlSyntax) gap(dst []byte, _ int) []byte { return dst }
func (s *xmlSyntax) closeRow(dst []byte) []byte   { return append(dst, "</result>\n"...) }

func (s *xmlSyntax) tail(dst []byte, _ int64) []byte {
	return append(dst, "</results>\n</sparql>\n"...)
}

// fail leaves the elements open, so that the document is not well-formed.
func (s *xmlSyntax) fail(dst []byte, message string) []byte {
	dst = append(dst, "\n<incomplete>"...)
	return append(appendXMLText(dst, printable(message)), '\n')
}

func (s *xmlSyntax) boolean(dst []byte, value bool) []byte {
	dst = append(dst, xmlOpen...)
	if value {
		return append(dst, "<head/>\n<boolean>true</boolean>\n</sparql>\n"...)
	}
	return append(dst, "<head/>\n<boolean>false</boolean>\n</sparql>\n"...)
}

func (s *xmlSyntax) iri(dst []byte, t string) []byte {
	dst = append(dst, "<uri>"...)
	dst = appendXMLText(dst, t)
	return append(dst, "</uri>"...)
}

func (s *xmlSyntax) blank(dst []byte, t string) []byte {
	dst = append(dst, "<bnode>"...)
	dst = appendXMLText(dst, t)
	return append(dst, "</bnode>"...)
}

func (s *xmlSyntax) literal(dst []byte, t rdf.Literal) []byte {
	switch {
	case t.Lang != "":
		dst = append(dst, `<literal xml:lang="`...)
		dst = appendXMLText(dst, t.Lang)
		if t.Direction != rdf.NoDirection {
			dst = append(dst, `" its:dir="`...)
			dst = append(dst, t.Direction...)
		}
		dst = append(dst, '"', '>')
	case t.IsSimple():
		dst = append(dst, "<literal>"...)
	default:
		dst = append(dst, `<literal datatype="`...)
		dst = appendXMLText(dst, string(t.Datatype))
		dst = append(dst, '"', '>')
	}
	dst = appendXMLText(dst, t.Lexical)
	return append(dst, "</literal>"...)
}

func (s *xmlSyntax) triple(dst []byte, t rdf.Triple) []byte {
	dst = append(dst, "<triple><subject>"...)
	dst = appendTerm(s, dst, t.Subject)
	dst = append(dst, "</subject><predicate>"...)
	dst = appendTerm(s, dst, t.Predicate)
	dst = append(dst, "</predicate><object>"...)
	dst = appendTerm(s, dst, t.Object)
	return append(dst, "</object></triple>"...)
}

// xmlPlain tells the bytes that stand for themselves in text and attributes.
var xmlPlain = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= ' ' || c == '\n' || c == '\t'
	}
	for _, c := range `<>&"` {
		plain[c] = false
	}
	plain[0xEF] = false // U+FFFE and U+FFFF start with it
	return plain
}()

// appendXMLText escapes s for text and for attributes in double quotes. What
// XML 1.0 cannot hold, control characters and what is not UTF-8, becomes
// U+FFFD; JSON and TSV lose nothing.
func appendXMLText(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if xmlPlain[c] && c < utf8.RuneSelf {
			i++
			continue
		}
		var to string
		size := 1
		switch c {
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		case '&':
			to = "&amp;"
		case '"':
			to = "&quot;"
		case '\r':
			to = "&#xD;" // a bare one would be read as a line feed
		default:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if r >= ' ' && r != 0xFFFE && r != 0xFFFF && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
			to = "\uFFFD"
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, to...)
		i += size
		start = i
	}
	return append(dst, s[start:]...)
}
