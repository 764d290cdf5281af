package results

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// csvSyntax is the CSV of "SPARQL 1.1 Query Results CSV and TSV Formats": the
// text of each term, quoted after RFC 4180 where needed, lines ending in CRLF.
// The kind of a term and the datatype of a literal are lost.
type csvSyntax struct{ vars []algebra.Var }

func (s *csvSyntax) head(dst []byte) []byte {
	for i, v := range s.vars {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, v...)
	}
	return append(dst, '\r', '\n')
}

func (s *csvSyntax) openRow(dst []byte, _ int64) []byte { return dst }

func (s *csvSyntax) cell(dst []byte, col int, _ bool) []byte { return s.gap(dst, col) }

func (s *csvSyntax) gap(dst []byte, col int) []byte {
	if col > 0 {
		dst = append(dst, ',')
	}
	return dst
}

func (s *csvSyntax) closeCell(dst []byte) []byte       { return dst }
func (s *csvSyntax) closeRow(dst []byte) []byte        { return append(dst, '\r', '\n') }
func (s *csvSyntax) tail(dst []byte, _ int64) []byte   { return dst }
func (s *csvSyntax) boolean(dst []byte, v bool) []byte { return appendBool(dst, v, "\r\n") }

// fail ends in a quote that is never closed.
func (s *csvSyntax) fail(dst []byte, message string) []byte {
	dst = append(dst, `"INCOMPLETE RESULT: `...)
	return append(dst, strings.ReplaceAll(printable(message), `"`, `'`)...)
}

func appendBool(dst []byte, v bool, end string) []byte {
	if v {
		return append(append(dst, "true"...), end...)
	}
	return append(append(dst, "false"...), end...)
}

func (s *csvSyntax) iri(dst []byte, t string) []byte          { return appendCSV(dst, t) }
func (s *csvSyntax) blank(dst []byte, t string) []byte        { return append(append(dst, '_', ':'), t...) }
func (s *csvSyntax) literal(dst []byte, t rdf.Literal) []byte { return appendCSV(dst, t.Lexical) }
func (s *csvSyntax) triple(dst []byte, t rdf.Triple) []byte   { return appendCSV(dst, t.String()) }

// appendCSV quotes what needs it. The empty string is quoted too, so that it
// differs from an unbound cell.
func appendCSV(dst []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			dst = append(dst, s[start:i+1]...)
			dst = append(dst, '"')
			start = i + 1
		}
	}
	return append(append(dst, s[start:]...), '"')
}

// tsvSyntax is the TSV of the same specification: terms as SPARQL and Turtle
// write them, so that nothing is lost.
type tsvSyntax struct{ vars []algebra.Var }

func (s *tsvSyntax) head(dst []byte) []byte {
	for i, v := range s.vars {
		if i > 0 {
			dst = append(dst, '\t')
		}
		dst = append(dst, '?')
		dst = append(dst, v...)
	}
	return append(dst, '\n')
}

func (s *tsvSyntax) openRow(dst []byte, _ int64) []byte { return dst }

func (s *tsvSyntax) cell(dst []byte, col int, _ bool) []byte { return s.gap(dst, col) }

func (s *tsvSyntax) gap(dst []byte, col int) []byte {
	if col > 0 {
		dst = append(dst, '\t')
	}
	return dst
}

func (s *tsvSyntax) closeCell(dst []byte) []byte       { return dst }
func (s *tsvSyntax) closeRow(dst []byte) []byte        { return append(dst, '\n') }
func (s *tsvSyntax) tail(dst []byte, _ int64) []byte   { return dst }
func (s *tsvSyntax) boolean(dst []byte, v bool) []byte { return appendBool(dst, v, "\n") }

// fail ends in a line that is no term.
func (s *tsvSyntax) fail(dst []byte, message string) []byte {
	dst = append(dst, "!incomplete result: "...)
	return append(append(dst, printable(message)...), '\n')
}

func (s *tsvSyntax) iri(dst []byte, t string) []byte   { return appendIRI(dst, t) }
func (s *tsvSyntax) blank(dst []byte, t string) []byte { return append(append(dst, '_', ':'), t...) }

func (s *tsvSyntax) literal(dst []byte, t rdf.Literal) []byte {
	switch t.Datatype {
	case rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble:
		if numeralType(t.Lexical) == t.Datatype {
			return append(dst, t.Lexical...)
		}
	}
	dst = appendQuoted(dst, t.Lexical)
	switch {
	case t.Lang != "":
		dst = append(dst, '@')
		dst = append(dst, t.Lang...)
		if t.Direction != rdf.NoDirection {
			dst = append(dst, '-', '-')
			dst = append(dst, t.Direction...)
		}
	case !t.IsSimple():
		dst = append(dst, '^', '^')
		dst = appendIRI(dst, string(t.Datatype))
	}
	return dst
}

func (s *tsvSyntax) triple(dst []byte, t rdf.Triple) []byte {
	dst = append(dst, "<<( "...)
	dst = appendTerm(s, dst, t.Subject)
	dst = append(dst, ' ')
	dst = appendTerm(s, dst, t.Predicate)
	dst = append(dst, ' ')
	dst = appendTerm(s, dst, t.Object)
	return append(dst, " )>>"...)
}

// numeralType returns the datatype of a bare number in SPARQL and Turtle, the
// empty IRI if s is none.
func numeralType(s string) rdf.IRI {
	i := 0
	digits := func() int {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i - start
	}
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	whole := digits()
	if i == len(s) {
		if whole == 0 {
			return ""
		}
		return rdf.XSDInteger
	}
	fraction, point := 0, false
	if s[i] == '.' {
		point = true
		i++
		fraction = digits()
	}
	if i == len(s) {
		if fraction == 0 {
			return ""
		}
		return rdf.XSDDecimal
	}
	if whole+fraction == 0 || point && fraction == 0 || s[i] != 'e' && s[i] != 'E' {
		return ""
	}
	i++
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if digits() == 0 || i < len(s) {
		return ""
	}
	return rdf.XSDDouble
}

// The characters that must be escaped in <…> and in "…".
var iriSpecial, quotedSpecial = func() (iri, quoted [256]bool) {
	for c := range 0x20 {
		iri[c], quoted[c] = true, true
	}
	for _, c := range " <>\"{}|^`\\" {
		iri[c] = true
	}
	quoted['"'], quoted['\\'], quoted[0x7f] = true, true, true
	return iri, quoted
}()

const upperHex = "0123456789ABCDEF"

func appendIRI(dst []byte, s string) []byte {
	dst = append(dst, '<')
	start := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; iriSpecial[c] {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
			start = i + 1
		}
	}
	return append(append(dst, s[start:]...), '>')
}

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !quotedSpecial[c] {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}
