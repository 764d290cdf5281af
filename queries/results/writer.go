package results

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Writer writes one result. Rows are buffered and written in blocks; Flush
// passes on what there is. A Writer is used by one goroutine. After an error
// every method returns the same error.
//
// A result ends with exactly one of Close, which completes it, and Fail, which
// makes sure that nobody takes it for complete.
type Writer interface {
	// WriteRow writes a solution, in the order of the variables; nil is
	// unbound. The row is not kept.
	WriteRow(row []rdf.Term) error
	// AppendTerm appends a term as this format writes it in a cell, and
	// WriteEncoded writes a row of such cells; nil is unbound. Callers that
	// see the same terms again and again encode each once. AppendText is
	// AppendTerm for callers that hold the text of a term apart from its kind,
	// which is an IRI, blank node or literal whose own text does not count.
	AppendTerm(dst []byte, t rdf.Term) []byte
	AppendText(dst []byte, text string, kind rdf.Term) []byte
	WriteEncoded(row [][]byte) error
	// Rows returns how many rows were written.
	Rows() int64
	// Flush writes what is buffered.
	Flush() error
	// Close completes the result and flushes it. The underlying writer stays
	// open.
	Close() error
	// Fail ends the result as incomplete: it is never well-formed, and says
	// why where the format leaves room for it. It returns an error only if
	// writing fails. Over HTTP the response must be aborted as well.
	Fail(cause error) error
}

// syntax is what the formats differ in. Its methods append to dst.
type syntax interface {
	head(dst []byte) []byte
	openRow(dst []byte, row int64) []byte
	// cell opens a bound cell; first is set for the first bound one of its row.
	// gap stands for an unbound one.
	cell(dst []byte, col int, first bool) []byte
	iri(dst []byte, t string) []byte
	blank(dst []byte, label string) []byte
	literal(dst []byte, t rdf.Literal) []byte
	triple(dst []byte, t rdf.Triple) []byte
	closeCell(dst []byte) []byte
	gap(dst []byte, col int) []byte
	closeRow(dst []byte) []byte
	tail(dst []byte, rows int64) []byte
	fail(dst []byte, message string) []byte
	boolean(dst []byte, value bool) []byte
}

func newSyntax(f Format, vars []algebra.Var) (syntax, error) {
	switch f {
	case JSON:
		return newJSON(vars), nil
	case XML:
		return newXML(vars), nil
	case CSV:
		return &csvSyntax{vars: vars}, nil
	case TSV:
		return &tsvSyntax{vars: vars}, nil
	case HTML:
		return &htmlSyntax{vars: vars}, nil
	}
	return nil, fmt.Errorf("results: no writer for format %d", f)
}

// NewWriter returns a writer of a SELECT result with the given variables.
func NewWriter(w io.Writer, f Format, vars []algebra.Var) (Writer, error) {
	s, err := newSyntax(f, vars)
	if err != nil {
		return nil, err
	}
	out := &writer{w: w, syntax: s, width: len(vars), block: blocks.Get().(*[]byte)}
	out.buf = s.head((*out.block)[:0])
	return out, nil
}

// blocks holds the buffers of results that have ended: most results are a few
// rows, for which making and clearing a buffer would cost more than all else.
var blocks = sync.Pool{New: func() any {
	b := make([]byte, 0, bufferSize+bufferSize/4)
	return &b
}}

// WriteBoolean writes the result of an ASK query.
func WriteBoolean(w io.Writer, f Format, value bool) error {
	s, err := newSyntax(f, nil)
	if err != nil {
		return err
	}
	_, err = w.Write(s.boolean(nil, value))
	return err
}

// bufferSize is how much is gathered before it is written.
const bufferSize = 64 << 10

var (
	errRowWidth = errors.New("results: row and variables differ in number")
	errEnded    = errors.New("results: the result has ended")
)

type writer struct {
	w      io.Writer
	syntax syntax
	width  int
	rows   int64
	buf    []byte
	block  *[]byte // the buffer as it came from blocks, until the end
	err    error
}

func (w *writer) Rows() int64 { return w.rows }

func (w *writer) AppendTerm(dst []byte, t rdf.Term) []byte { return appendTerm(w.syntax, dst, t) }

func (w *writer) AppendText(dst []byte, text string, kind rdf.Term) []byte {
	switch t := kind.(type) {
	case rdf.IRI:
		return w.syntax.iri(dst, text)
	case rdf.BlankNode:
		return w.syntax.blank(dst, text)
	case rdf.Literal:
		t.Lexical = text
		return w.syntax.literal(dst, t)
	}
	return dst
}

func appendTerm(s syntax, dst []byte, t rdf.Term) []byte {
	switch t := t.(type) {
	case rdf.IRI:
		return s.iri(dst, string(t))
	case rdf.BlankNode:
		return s.blank(dst, string(t))
	case rdf.Literal:
		return s.literal(dst, t)
	case rdf.Triple:
		return s.triple(dst, t)
	}
	return dst
}

func (w *writer) WriteRow(row []rdf.Term) error {
	if w.err != nil {
		return w.err
	}
	if len(row) != w.width {
		return errRowWidth
	}
	b, first := w.syntax.openRow(w.buf, w.rows), true
	for i, t := range row {
		if t == nil {
			b = w.syntax.gap(b, i)
			continue
		}
		b = w.syntax.cell(b, i, first)
		b = appendTerm(w.syntax, b, t)
		b = w.syntax.closeCell(b)
		first = false
	}
	return w.endRow(b)
}

func (w *writer) WriteEncoded(row [][]byte) error {
	if w.err != nil {
		return w.err
	}
	if len(row) != w.width {
		return errRowWidth
	}
	b, first := w.syntax.openRow(w.buf, w.rows), true
	for i, c := range row {
		if c == nil {
			b = w.syntax.gap(b, i)
			continue
		}
		b = w.syntax.cell(b, i, first)
		b = append(b, c...)
		b = w.syntax.closeCell(b)
		first = false
	}
	return w.endRow(b)
}

func (w *writer) endRow(b []byte) error {
	w.buf = w.syntax.closeRow(b)
	w.rows++
	if len(w.buf) >= bufferSize {
		return w.Flush()
	}
	return nil
}

func (w *writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if len(w.buf) == 0 {
		return nil
	}
	_, w.err = w.w.Write(w.buf)
	w.buf = w.buf[:0]
	if cap(w.buf) > 16*bufferSize { // one huge row must not be kept for good
		w.buf = make([]byte, 0, bufferSize+bufferSize/4)
	}
	return w.err
}

func (w *writer) Close() error { return w.end(w.syntax.tail(w.buf, w.rows)) }

func (w *writer) Fail(cause error) error {
	if w.err != nil {
		return w.err
	}
	message := "unknown error"
	if cause != nil {
		message = cause.Error()
	}
	return w.end(w.syntax.fail(w.buf, message))
}

func (w *writer) end(b []byte) error {
	if w.err != nil {
		return w.err
	}
	w.buf = b
	err := w.Flush()
	if err == nil {
		w.err = errEnded
	}
	if *w.block = w.buf[:0]; cap(w.buf) <= 2*bufferSize {
		blocks.Put(w.block)
	}
	w.buf, w.block = nil, nil
	return err
}

// printable returns an error message on one line, for the ends of broken
// results.
func printable(message string) string {
	const limit = 500
	out := make([]rune, 0, min(len(message), limit))
	for _, r := range message {
		if len(out) == limit {
			break
		}
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}
