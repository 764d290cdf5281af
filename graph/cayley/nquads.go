package cayley

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// This file reads N-Quads as Cayley does, which is more than the W3C grammar:
// relative IRIs as in <alice>, bare words, and any term in any place. Data
// written for Cayley, its own sample files among them, needs that. Unlike
// Cayley's reader it keeps lexical forms ("01"^^xsd:integer stays "01"), reads
// triple terms and base directions, and says where a line is wrong.

// maxLine bounds one statement of an N-Quads document.
const maxLine = 16 << 20

// NQuadsReader reads Cayley's dialect of N-Quads.
type NQuadsReader struct {
	in   *bufio.Scanner
	line int
}

// NewNQuadsReader returns a reader of r.
func NewNQuadsReader(r io.Reader) *NQuadsReader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), maxLine)
	return &NQuadsReader{in: s}
}

// Read returns the next quad, io.EOF at the end.
func (r *NQuadsReader) Read() (rdf.Quad, error) {
	for r.in.Scan() {
		r.line++
		p := termParser{src: r.in.Text()}
		q, ok, err := p.statement()
		if err != nil {
			return rdf.Quad{}, &nquadsError{line: r.line, column: utf8.RuneCountInString(p.src[:min(p.pos, len(p.src))]) + 1, source: p.src, err: err}
		}
		if ok {
			return q, nil
		}
	}
	if err := r.in.Err(); err != nil {
		if err == bufio.ErrTooLong {
			return rdf.Quad{}, fmt.Errorf("n-quads line %d is longer than %d bytes: %w", r.line+1, maxLine, graph.ErrLimit)
		}
		return rdf.Quad{}, err
	}
	return rdf.Quad{}, io.EOF
}

// nquadsError is a syntax error with its place.
type nquadsError struct {
	line, column int
	source       string
	err          error
}

func (e *nquadsError) Error() string {
	const width = 60 // source shown on each side of the fault
	from := max(0, e.column-1-width)
	runes := []rune(e.source)
	shown := string(runes[min(from, len(runes)):min(len(runes), e.column+width)])
	return fmt.Sprintf("n-quads line %d, column %d: %v\n%s\n%s^", e.line, e.column, e.err,
		strings.ReplaceAll(shown, "\t", " "), strings.Repeat(" ", e.column-1-from))
}

func (e *nquadsError) Unwrap() error { return graph.ErrBadRequest }

// termParser reads terms from one line.
type termParser struct {
	src   string
	pos   int
	depth int
}

// maxDepth bounds the nesting of triple terms.
const maxDepth = 64

func parseTerm(s string) (rdf.Term, error) {
	p := termParser{src: s}
	p.space()
	t, err := p.term()
	if err == nil {
		if p.space(); p.pos < len(p.src) {
			err = fmt.Errorf("unexpected text after the term")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cayley: %v in %q: %w", err, s, graph.ErrBadRequest)
	}
	return t, nil
}

// statement reads one statement; ok is false for a blank or comment line.
func (p *termParser) statement() (q rdf.Quad, ok bool, err error) {
	if p.space(); p.end() {
		return q, false, nil
	}
	for _, to := range []*rdf.Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
		if to == &q.Graph && (p.end() || p.src[p.pos] == '.') {
			break
		}
		if *to, err = p.term(); err != nil {
			return q, false, err
		}
		p.space()
	}
	if !strings.HasPrefix(p.src[p.pos:], ".") {
		return q, false, fmt.Errorf("expected '.' at the end of the statement")
	}
	p.pos++
	if p.space(); !p.end() {
		return q, false, fmt.Errorf("expected nothing but a comment after '.'")
	}
	return q, true, nil
}

func (p *termParser) space() {
	for p.pos < len(p.src) && strings.IndexByte(" \t\r\n", p.src[p.pos]) >= 0 {
		p.pos++
	}
}

// end reports whether the line or what matters of it is read.
func (p *termParser) end() bool { return p.pos >= len(p.src) || p.src[p.pos] == '#' }

func (p *termParser) term() (rdf.Term, error) {
	rest := p.src[p.pos:]
	switch {
	case rest == "":
		return nil, fmt.Errorf("expected a term")
	case strings.HasPrefix(rest, "<<("):
		return p.triple()
	case rest[0] == '<':
		iri, err := p.iri()
		return iri, err
	case strings.HasPrefix(rest, "_:"):
		n := strings.IndexAny(rest, " \t")
		if n < 0 {
			n = len(rest)
		}
		for n > 2 && rest[n-1] == '.' { // a label does not end in a full stop
			n--
		}
		if n == 2 {
			return nil, fmt.Errorf("expected a blank node label")
		}
		p.pos += n
		return rdf.BlankNode(rest[2:n]), nil
	case rest[0] == '"':
		return p.literal()
	default:
		n := strings.IndexAny(rest, " \t\"<>.#")
		if n < 0 {
			n = len(rest)
		}
		if n == 0 {
			return nil, fmt.Errorf("expected a term, found %q", rest[0])
		}
		p.pos += n
		return rdf.NewString(rest[:n]), nil
	}
}

func (p *termParser) triple() (rdf.Term, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("triple terms are nested more than %d deep", maxDepth)
	}
	p.pos += len("<<(")
	var t rdf.Triple
	for _, to := range []*rdf.Term{&t.Subject, &t.Predicate, &t.Object} {
		p.space()
		var err error
		if *to, err = p.term(); err != nil {
			return nil, err
		}
	}
	p.space()
	if !strings.HasPrefix(p.src[p.pos:], ")>>") {
		return nil, fmt.Errorf("expected ')>>'")
	}
	p.pos += len(")>>")
	p.depth--
	return t, nil
}

func (p *termParser) iri() (rdf.IRI, error) {
	n := strings.IndexAny(p.src[p.pos:], "> \t")
	if n < 0 || p.src[p.pos+n] != '>' {
		return "", fmt.Errorf("expected '>' at the end of the IRI")
	}
	raw := p.src[p.pos+1 : p.pos+n]
	s, bad, err := unescape(raw, false)
	if err != nil {
		p.pos += 1 + bad
		return "", err
	}
	if s == "" {
		return "", fmt.Errorf("an IRI is not empty")
	}
	p.pos += n + 1
	return rdf.IRI(s), nil
}

func (p *termParser) literal() (rdf.Term, error) {
	start := p.pos + 1
	end := start
	for end < len(p.src) && p.src[end] != '"' {
		if p.src[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.src) {
		return nil, fmt.Errorf("expected '\"' at the end of the literal")
	}
	lexical, bad, err := unescape(p.src[start:end], true)
	if err != nil {
		p.pos = start + bad
		return nil, err
	}
	p.pos = end + 1
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "^^<"):
		p.pos += len("^^")
		datatype, err := p.iri()
		if err != nil {
			return nil, err
		}
		return typedTermOf(lexical, datatype)
	case strings.HasPrefix(rest, "@"):
		n := 1
		for n < len(rest) && (rest[n] == '-' || '0' <= rest[n] && rest[n] <= '9' || 'a' <= rest[n]|0x20 && rest[n]|0x20 <= 'z') {
			n++
		}
		tag := rest[1:n]
		if tag == "" || tag[0] == '-' {
			return nil, fmt.Errorf("expected a language tag after '@'")
		}
		p.pos += n
		tag, dir, has := strings.Cut(tag, "--")
		if has && dir != string(rdf.LTR) && dir != string(rdf.RTL) {
			return nil, fmt.Errorf("the base direction is ltr or rtl, not %q", dir)
		}
		return rdf.NewDirLang(lexical, tag, rdf.Direction(dir)), nil
	default:
		return rdf.NewString(lexical), nil
	}
}

func typedTermOf(lexical string, datatype rdf.IRI) (rdf.Term, error) {
	if datatype == rdf.RDFLangString || datatype == rdf.RDFDirLangString {
		return nil, fmt.Errorf("a literal of type %s needs a language tag", datatype)
	}
	return rdf.NewTyped(lexical, datatype), nil
}

// unescape resolves the escapes of N-Quads; bad is where the first bad one is.
func unescape(s string, literal bool) (out string, bad int, err error) {
	if !strings.Contains(s, `\`) {
		return s, 0, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		digits := 0
		if i+1 < len(s) {
			switch s[i+1] {
			case 'u':
				digits = 4
			case 'U':
				digits = 8
			}
		}
		if digits > 0 && i+2+digits <= len(s) {
			n, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32)
			if err != nil || n > utf8.MaxRune || 0xd800 <= n && n < 0xe000 {
				return "", i, fmt.Errorf("bad escape %q", s[i:i+2+digits])
			}
			b.WriteRune(rune(n))
			i += 2 + digits
			continue
		}
		k := -1
		if literal && i+1 < len(s) {
			k = strings.IndexByte(`tbnrf"'\`, s[i+1])
		}
		if k < 0 {
			return "", i, fmt.Errorf("bad escape %q", s[i:min(i+2, len(s))])
		}
		b.WriteByte("\t\b\n\r\f\"'\\"[k])
		i += 2
	}
	return b.String(), 0, nil
}

// readAll gives f the quads of next in runs until io.EOF.
func readAll(ctx context.Context, next func() (rdf.Quad, error), f func([]rdf.Quad) error) error {
	const run = 1000
	quads := make([]rdf.Quad, 0, run)
	for {
		q, err := next()
		if err == nil {
			quads = append(quads, q)
			if len(quads) < run {
				continue
			}
		} else if err != io.EOF {
			return err
		}
		if cerr := ctx.Err(); cerr != nil {
			return cerr
		}
		if len(quads) > 0 {
			if ferr := f(quads); ferr != nil {
				return ferr
			}
			quads = quads[:0]
		}
		if err == io.EOF {
			return nil
		}
	}
}
