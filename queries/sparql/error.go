package sparql

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/belligraph/belligraph/graph"
)

// Error is a fault in a query or an update request. It wraps
// [graph.ErrBadRequest].
type Error struct {
	// Line and Column, both from 1, and Offset, in bytes from 0, tell where the
	// fault is. Columns count characters.
	Line, Column, Offset int
	// Source is the line of the fault. Of a very long line it is the part
	// around the fault, with an ellipsis where it was cut.
	Source string
	// Message says what is wrong, in one sentence without a full stop.
	Message string
	// Expected lists what could have stood there, when that is known.
	Expected []string
	// Hint names a remedy; it may be empty.
	Hint string

	caret      int // bytes of Source before the fault
	unfinished bool
}

// Unfinished reports whether nothing is wrong with the text but that it ends too
// early: it may be the beginning of a correct one.
func (e *Error) Unfinished() bool { return e.unfinished }

// Error returns the message with its position on one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap returns graph.ErrBadRequest.
func (e *Error) Unwrap() error { return graph.ErrBadRequest }

// Caret returns the source line and below it a caret under the fault, placed
// for a terminal: wide characters count two columns, tabs are kept.
func (e *Error) Caret() string {
	var b strings.Builder
	b.WriteString(e.Source)
	b.WriteByte('\n')
	for _, r := range e.Source[:min(e.caret, len(e.Source))] {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		for range runewidth.RuneWidth(r) {
			b.WriteByte(' ')
		}
	}
	b.WriteByte('^')
	return b.String()
}

// Detail returns the message, the source with its caret and the hint on lines
// of their own, for people.
func (e *Error) Detail() string {
	s := fmt.Sprintf("line %d, column %d: %s\n%s", e.Line, e.Column, e.Message, e.Caret())
	if e.Hint != "" {
		s += "\nhint: " + e.Hint
	}
	return s
}

// The part of a long line that an error shows on either side of the fault.
const errorContext = 100

// newError places an error at offset in text.
func newError(text string, offset int, message string) *Error {
	offset = min(max(offset, 0), len(text))
	start := lineStart(text, offset)
	end := len(text)
	if i := strings.IndexAny(text[offset:], "\r\n"); i >= 0 {
		end = offset + i
	}
	e := &Error{
		Line:    1 + countLines(text[:start]),
		Column:  1 + utf8.RuneCountInString(text[start:offset]),
		Offset:  offset,
		Message: message,
	}
	before, after := text[start:offset], text[offset:end]
	if len(before) > errorContext {
		before = before[len(before)-errorContext:]
		for len(before) > 0 && !utf8.RuneStart(before[0]) {
			before = before[1:]
		}
		before = "…" + before
	}
	if len(after) > errorContext {
		after = after[:errorContext]
		for r, n := utf8.DecodeLastRuneInString(after); r == utf8.RuneError && n == 1; r, n = utf8.DecodeLastRuneInString(after) {
			after = after[:len(after)-1]
		}
		after += "…"
	}
	e.Source = strings.ToValidUTF8(before+after, "\uFFFD")
	e.caret = len(strings.ToValidUTF8(before, "\uFFFD"))
	return e
}

// lineStart returns the offset of the first byte of the line that holds offset.
// A line ends with LF, CR, or both.
func lineStart(text string, offset int) int {
	i := strings.LastIndexAny(text[:offset], "\r\n") + 1
	if i == offset && i > 0 && text[i-1] == '\r' && i < len(text) && text[i] == '\n' {
		// Between CR and LF is the end of the line, not the start of one.
		return lineStart(text, i-1)
	}
	return i
}

// countLines counts the line ends in s.
func countLines(s string) int {
	n := strings.Count(s, "\n")
	for i := strings.IndexByte(s, '\r'); i >= 0; {
		if i+1 == len(s) || s[i+1] != '\n' {
			n++
		}
		j := strings.IndexByte(s[i+1:], '\r')
		if j < 0 {
			break
		}
		i += 1 + j
	}
	return n
}
