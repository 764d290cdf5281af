package results

import (
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// jsonSyntax is "SPARQL 1.2 Query Results JSON Format".
type jsonSyntax struct {
	vars []algebra.Var
	keys [][]byte // "name":
}

func newJSON(vars []algebra.Var) *jsonSyntax {
	s := &jsonSyntax{vars: vars}
	for _, v := range vars {
		s.keys = append(s.keys, append(appendJSONString(nil, string(v)), ':'))
	}
	return s
}

func (s *jsonSyntax) head(dst []byte) []byte {
	dst = append(dst, `{"head":{"vars":[`...)
	for i, v := range s.vars {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, string(v))
	}
	return append(dst, `]},"results":{"bindings":[`...)
}

func (s *jsonSyntax) openRow(dst []byte, row int64) []byte {
	if row > 0 {
		dst = append(dst, ',')
	}
	return append(dst, '\n', '{')
}

func (s *jsonSyntax) cell(dst []byte, col int, first bool) []byte {
	if !first {
		dst = append(dst, ',')
	}
	return append(dst, s.keys[col]...)
}

func (s *jsonSyntax) closeCell(dst []byte) []byte  { return dst }
func (s *jsonSyntax) gap(dst []byte, _ int) []byte { return dst }
func (s *jsonSyntax) closeRow(dst []byte) []byte   { return append(dst, '}') }

func (s *jsonSyntax) tail(dst []byte, _ int64) []byte { return append(dst, "\n]}}\n"...) }

// fail leaves the array open, so that no parser accepts the document.
func (s *jsonSyntax) fail(dst []byte, message string) []byte {
	dst = append(dst, "\n!incomplete: "...)
	return append(append(dst, printable(message)...), '\n')
}

func (s *jsonSyntax) boolean(dst []byte, value bool) []byte {
	if value {
		return append(dst, "{\"head\":{},\"boolean\":true}\n"...)
	}
	return append(dst, "{\"head\":{},\"boolean\":false}\n"...)
}

func (s *jsonSyntax) iri(dst []byte, t string) []byte {
	dst = append(dst, `{"type":"uri","value":`...)
	dst = appendJSONString(dst, t)
	return append(dst, '}')
}

func (s *jsonSyntax) blank(dst []byte, t string) []byte {
	dst = append(dst, `{"type":"bnode","value":`...)
	dst = appendJSONString(dst, t)
	return append(dst, '}')
}

func (s *jsonSyntax) literal(dst []byte, t rdf.Literal) []byte {
	dst = append(dst, `{"type":"literal","value":`...)
	dst = appendJSONString(dst, t.Lexical)
	switch {
	case t.Lang != "":
		dst = append(dst, `,"xml:lang":`...)
		dst = appendJSONString(dst, t.Lang)
		if t.Direction != rdf.NoDirection {
			dst = append(dst, `,"its:dir":`...)
			dst = appendJSONString(dst, string(t.Direction))
		}
	case !t.IsSimple():
		dst = append(dst, `,"datatype":`...)
		dst = appendJSONString(dst, string(t.Datatype))
	}
	return append(dst, '}')
}

func (s *jsonSyntax) triple(dst []byte, t rdf.Triple) []byte {
	dst = append(dst, `{"type":"triple","value":{"subject":`...)
	dst = appendTerm(s, dst, t.Subject)
	dst = append(dst, `,"predicate":`...)
	dst = appendTerm(s, dst, t.Predicate)
	dst = append(dst, `,"object":`...)
	dst = appendTerm(s, dst, t.Object)
	dst = append(dst, '}')
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// jsonPlain tells the bytes that stand for themselves in a JSON string, the
// rest of UTF-8 being checked apart.
var jsonPlain = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\' && c != 0x7f
	}
	return plain
}()

// appendJSONString appends s in quotes; bytes that are not UTF-8 become U+FFFD.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if jsonPlain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			start = i
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
