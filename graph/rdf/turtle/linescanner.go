package turtle

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// DefaultMaxDepth is how deep terms, collections and property lists may nest
// unless Options say otherwise.
const DefaultMaxDepth = 1000

// A Statement is one line of N-Triples or N-Quads. Each term is the bytes that
// [rdf.AppendTerm] would write for it, so equal terms are equal bytes and the
// first byte tells the kind: < an IRI, _ a blank node, " a literal, and << a
// triple term. Graph is nil in the default graph. The bytes belong to the
// scanner or to its input and hold until the next call of Next.
type Statement struct {
	Subject, Predicate, Object, Graph []byte
}

// LineScanner reads statements of N-Triples or N-Quads from a piece of a
// document that begins and ends at line ends. Scanners share nothing: the
// pieces of one document may be scanned at the same time.
type LineScanner struct {
	format   Format
	data     []byte
	pos      int   // the next unread byte
	start    int   // of the current line
	line     int   // number of the current line
	base     int64 // offset of data in the document
	maxDepth int
	scratch  []byte // canonical spellings of the current statement
	plain    []byte // unescaped text, used and forgotten within a term
	fault    fault
	expected []string
}

// NewLineScanner returns a scanner of chunk. The format is NTriples or NQuads;
// firstLine and offset tell where in the document the chunk starts (1 and 0 for
// a whole one) and appear in errors only.
func NewLineScanner(chunk []byte, format Format, firstLine int, offset int64) *LineScanner {
	s := &LineScanner{format: format, maxDepth: DefaultMaxDepth}
	s.Reset(chunk, firstLine, offset)
	return s
}

// Reset makes the scanner read another chunk, keeping its buffers.
func (s *LineScanner) Reset(chunk []byte, firstLine int, offset int64) {
	s.data, s.pos, s.start, s.line, s.base = chunk, 0, 0, firstLine, offset
}

// Line returns the number of the line that Next read last.
func (s *LineScanner) Line() int { return s.line }

// Next reads the next statement into st. It returns false at the end of the
// chunk. An error is a *rdf.SyntaxError and costs no more than its line: the
// next call goes on with the line after it.
func (s *LineScanner) Next(st *Statement) (bool, error) {
	s.scratch = s.scratch[:0]
	for {
		i := s.skipSpace(s.pos)
		if i >= len(s.data) {
			s.pos = i
			return false, nil
		}
		switch s.data[i] {
		case '\n', '\r':
			s.endLine(i)
			continue
		case '#':
			s.endLine(s.lineEnd(i))
			continue
		case 'V':
			if !s.version(i) {
				return false, s.fail()
			}
			continue
		}
		if !s.statement(st, i) {
			return false, s.fail()
		}
		return true, nil
	}
}

func (s *LineScanner) skipSpace(i int) int {
	for i < len(s.data) && (s.data[i] == ' ' || s.data[i] == '\t') {
		i++
	}
	return i
}

func (s *LineScanner) lineEnd(i int) int {
	for i < len(s.data) && s.data[i] != '\n' && s.data[i] != '\r' {
		i++
	}
	return i
}

// endLine moves behind the line end at i.
func (s *LineScanner) endLine(i int) {
	if i < len(s.data) {
		if s.data[i] == '\r' && i+1 < len(s.data) && s.data[i+1] == '\n' {
			i++
		}
		i++
		s.line++
	}
	s.pos, s.start = i, i
}

// rest expects nothing more than a comment up to the line end. The line end
// itself is left for the next call, so that errors and Line name this line.
func (s *LineScanner) rest(i int) bool {
	i = s.skipSpace(i)
	if i < len(s.data) {
		switch s.data[i] {
		case '\n', '\r':
		case '#':
			i = s.lineEnd(i)
		default:
			return s.unexpected(i, "the end of the line")
		}
	}
	s.pos = i
	return true
}

// version reads VERSION "1.2" from i.
func (s *LineScanner) version(i int) bool {
	const word = "VERSION"
	if !bytes.HasPrefix(s.data[i:], []byte(word)) {
		return s.unexpected(i, "a subject")
	}
	i = s.skipSpace(i + len(word))
	if i >= len(s.data) || s.data[i] != '"' {
		return s.unexpected(i, "a version in quotes")
	}
	end, _, f := scanString(s.data, i+1, '"')
	if f.is() {
		return s.set(f)
	}
	return s.rest(end + 1)
}

func (s *LineScanner) statement(st *Statement, i int) bool {
	var ok bool
	if st.Subject, i, ok = s.subject(i); !ok {
		return false
	}
	if st.Predicate, i, ok = s.iri(s.skipSpace(i), wantPredicate); !ok {
		return false
	}
	if st.Object, i, ok = s.object(s.skipSpace(i)); !ok {
		return false
	}
	st.Graph = nil
	i = s.skipSpace(i)
	if s.format == NQuads && i < len(s.data) && (s.data[i] == '<' || s.data[i] == '_') {
		if st.Graph, i, ok = s.subject(i); !ok {
			return false
		}
		i = s.skipSpace(i)
	}
	if i >= len(s.data) || s.data[i] != '.' {
		if s.format == NQuads && st.Graph == nil {
			return s.unexpected(i, "a graph name", `"."`)
		}
		return s.unexpected(i, `"."`)
	}
	return s.rest(i + 1)
}

func (s *LineScanner) subject(i int) ([]byte, int, bool) {
	if i < len(s.data) && s.data[i] == '_' {
		return s.blank(i)
	}
	return s.iri(i, wantSubject)
}

// What could have stood in the place of an IRI. They are variables so that the
// calls that never fail do not make them anew.
var (
	wantSubject   = []string{"an IRI in < >", "a blank node"}
	wantPredicate = []string{"a predicate IRI in < >"}
	wantObject    = []string{"an IRI in < >", "a blank node", "a literal", `"<<("`}
	wantDatatype  = []string{"a datatype IRI in < >"}
)

var httpScheme = []byte("<http:")

// iri reads the IRI at i.
func (s *LineScanner) iri(i int, expected []string) ([]byte, int, bool) {
	if i >= len(s.data) || s.data[i] != '<' || i+1 < len(s.data) && s.data[i+1] == '<' {
		return nil, i, s.unexpected(i, expected...)
	}
	end, fl, f := scanIRI(s.data, i+1)
	if f.is() {
		return nil, i, s.set(f)
	}
	tok := s.data[i : end+1]
	if fl&escaped != 0 {
		from := len(s.scratch)
		s.scratch = appendUnescaped(s.scratch, tok)
		tok = s.scratch[from:len(s.scratch):len(s.scratch)]
	}
	if !bytes.HasPrefix(tok, httpScheme) && iri.SchemeLen(tok[1:]) == 0 {
		return nil, i, s.set(fault{i, s.format.String() + " needs absolute IRIs, and this one has no scheme"})
	}
	return tok, end + 1, true
}

func (s *LineScanner) blank(i int) ([]byte, int, bool) {
	if i+1 >= len(s.data) || s.data[i+1] != ':' {
		return nil, i, s.set(fault{i, `a blank node starts with "_:"`})
	}
	end, _, f := scanBlankLabel(s.data, i+2)
	if f.is() {
		return nil, i, s.set(f)
	}
	return s.data[i:end], end, true
}

// object reads any term at i.
func (s *LineScanner) object(i int) ([]byte, int, bool) {
	if i < len(s.data) {
		switch s.data[i] {
		case '"':
			return s.literal(i)
		case '_':
			return s.blank(i)
		case '<':
			if i+1 < len(s.data) && s.data[i+1] == '<' {
				from := len(s.scratch)
				i, ok := s.tripleTerm(i, 1)
				return s.scratch[from:len(s.scratch):len(s.scratch)], i, ok
			}
		}
	}
	return s.iri(i, wantObject)
}

// literal reads the literal at i.
func (s *LineScanner) literal(i int) ([]byte, int, bool) {
	end, fl, f := scanString(s.data, i+1, '"')
	if f.is() {
		return nil, i, s.set(f)
	}
	closing := end
	end++
	suffix := s.skipSpace(end)
	if suffix >= len(s.data) || s.data[suffix] != '@' && s.data[suffix] != '^' {
		if fl&unusual == 0 {
			return s.data[i:end], end, true
		}
		return s.rewriteLiteral(i+1, closing, nil, nil), end, true
	}
	if s.data[suffix] == '@' {
		_, stop, f := scanLang(s.data, suffix+1)
		if f.is() {
			return nil, i, s.set(f)
		}
		if fl&unusual == 0 && suffix == end {
			return s.data[i:stop], stop, true
		}
		return s.rewriteLiteral(i+1, closing, s.data[suffix:stop], nil), stop, true
	}
	if suffix+1 >= len(s.data) || s.data[suffix+1] != '^' {
		return nil, i, s.unexpected(suffix, `"^^"`)
	}
	from := s.skipSpace(suffix + 2)
	mark := len(s.scratch)
	datatype, stop, ok := s.iri(from, wantDatatype)
	if !ok {
		return nil, i, false
	}
	switch name := datatype[1 : len(datatype)-1]; string(name) {
	case string(rdf.XSDString):
		if fl&unusual == 0 {
			return s.data[i : closing+1], stop, true
		}
		return s.rewriteLiteral(i+1, closing, nil, nil), stop, true
	case string(rdf.RDFLangString):
		return nil, i, s.set(fault{from, "a literal of type rdf:langString needs a language tag"})
	case string(rdf.RDFDirLangString):
		return nil, i, s.set(fault{from, "a literal of type rdf:dirLangString needs a language tag and a base direction"})
	}
	if fl&unusual == 0 && suffix == end && from == suffix+2 && len(s.scratch) == mark {
		return s.data[i:stop], stop, true
	}
	return s.rewriteLiteral(i+1, closing, nil, datatype), stop, true
}

// rewriteLiteral appends the canonical spelling of a literal to the scratch
// buffer: the string between from and to, then the tag with its @ or the
// datatype in its < >.
func (s *LineScanner) rewriteLiteral(from, to int, tag, datatype []byte) []byte {
	mark := len(s.scratch)
	s.plain = appendUnescaped(s.plain[:0], s.data[from:to])
	s.scratch = append(s.scratch, '"')
	s.scratch = rdf.AppendEscaped(s.scratch, s.plain)
	s.scratch = append(s.scratch, '"')
	s.scratch = append(s.scratch, tag...)
	if datatype != nil {
		s.scratch = append(s.scratch, '^', '^')
		s.scratch = append(s.scratch, datatype...)
	}
	return s.scratch[mark:len(s.scratch):len(s.scratch)]
}

// tripleTerm appends the triple term at i to the scratch buffer.
func (s *LineScanner) tripleTerm(i, depth int) (int, bool) {
	if i+2 >= len(s.data) || s.data[i+2] != '(' {
		return i, s.set(fault{i, s.format.String() + " has no reified triples; a triple term is written <<( s p o )>>"})
	}
	if depth > s.maxDepth {
		return i, s.set(fault{i, fmt.Sprintf("triple terms nest deeper than %d levels", s.maxDepth)})
	}
	s.scratch = append(s.scratch, "<<( "...)
	mark := len(s.scratch)
	tok, i, ok := s.subject(s.skipSpace(i + 3))
	if !ok {
		return i, false
	}
	mark = s.join(mark, tok)
	if tok, i, ok = s.iri(s.skipSpace(i), wantPredicate); !ok {
		return i, false
	}
	mark = s.join(mark, tok)
	i = s.skipSpace(i)
	if i+1 < len(s.data) && s.data[i] == '<' && s.data[i+1] == '<' {
		if i, ok = s.tripleTerm(i, depth+1); !ok {
			return i, false
		}
		s.scratch = append(s.scratch, ' ')
	} else {
		if tok, i, ok = s.object(i); !ok {
			return i, false
		}
		s.join(mark, tok)
	}
	i = s.skipSpace(i)
	if !bytes.HasPrefix(s.data[i:], []byte(")>>")) {
		return i, s.unexpected(i, `")>>"`)
	}
	s.scratch = append(s.scratch, ")>>"...)
	return i + 3, true
}

// join puts a term of a triple term at mark in the scratch buffer, in place of
// whatever reading it has left there, and returns the new end. The term may
// itself lie behind mark.
func (s *LineScanner) join(mark int, tok []byte) int {
	s.scratch = append(append(s.scratch[:mark], tok...), ' ')
	return len(s.scratch)
}

func (s *LineScanner) set(f fault) bool {
	s.fault, s.expected = f, nil
	return false
}

func (s *LineScanner) unexpected(i int, expected ...string) bool {
	s.fault, s.expected = fault{i, "unexpected " + s.describe(i)}, expected
	return false
}

// describe names what stands at i.
func (s *LineScanner) describe(i int) string {
	if i >= len(s.data) {
		return "end of input"
	}
	switch c := s.data[i]; c {
	case '\n', '\r':
		return "end of the line"
	case '"':
		return "literal"
	case '<':
		if bytes.HasPrefix(s.data[i:], []byte("<<(")) {
			return "triple term"
		}
		if bytes.HasPrefix(s.data[i:], []byte("<<")) {
			return "reified triple"
		}
		return "IRI"
	case '_':
		return "blank node"
	default:
		r, _ := utf8.DecodeRune(s.data[i:])
		return fmt.Sprintf("%q", r)
	}
}

// fail turns the fault into an error and skips the line.
func (s *LineScanner) fail() error {
	at := min(s.fault.at, len(s.data))
	end := s.lineEnd(at)
	e := &rdf.SyntaxError{
		Format:   s.format.String(),
		Line:     s.line,
		Offset:   s.base + int64(at),
		Message:  s.fault.msg,
		Expected: s.expected,
	}
	e.SetSource(s.data[s.start:at], s.data[at:end], 0)
	s.pos = end
	return e
}
