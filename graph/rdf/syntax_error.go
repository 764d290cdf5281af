package rdf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// SyntaxError says where and why a document could not be read. Every reader
// under graph/rdf returns it for faults of the document; faults of the
// underlying reader are returned as they are.
type SyntaxError struct {
	Format   string   // the syntax, as in "Turtle"
	Line     int      // 1 is the first line; 0 if the reader cannot tell
	Column   int      // 1 is the first code point of the line; 0 if the reader cannot tell
	Offset   int64    // bytes from the start of the document
	Message  string   // what is wrong, without a position
	Expected []string // what could have stood there, if a token was unexpected
	Source   string   // the line, or the part of it round the fault
	Caret    int      // the bytes of Source before the fault
}

// Error returns the position and the reason, then the source line and a caret
// under the fault if the source is known.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	b.WriteString(e.Short())
	if e.Source == "" {
		return b.String()
	}
	caret := min(e.Caret, len(e.Source))
	b.WriteString("\n  ")
	b.WriteString(strings.ToValidUTF8(e.Source, "\uFFFD"))
	b.WriteString("\n  ")
	for _, r := range e.Source[:caret] {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", runewidth.RuneWidth(r)))
	}
	b.WriteByte('^')
	return b.String()
}

// Short returns the error on one line, without the source.
func (e *SyntaxError) Short() string {
	msg := e.Message
	if len(e.Expected) > 0 {
		msg += "; expected " + joinOr(e.Expected)
	}
	switch {
	case e.Line == 0 && e.Format == "":
		return msg
	case e.Line == 0:
		return e.Format + ": " + msg
	default:
		return fmt.Sprintf("%s: line %d, column %d: %s", e.Format, e.Line, e.Column, msg)
	}
}

func joinOr(words []string) string {
	switch n := len(words); n {
	case 1:
		return words[0]
	case 2:
		return words[0] + " or " + words[1]
	default:
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
}

// excerptBytes bounds what a SyntaxError shows of a long line, on each side of
// the fault.
const excerptBytes = 70

// SetSource takes the excerpt and the column from the bytes of the line before
// and after the fault. before may be cut at its start when the line is long;
// skipped is the number of code points cut off.
func (e *SyntaxError) SetSource(before, after []byte, skipped int) {
	e.Column = skipped + utf8.RuneCount(before) + 1
	if n := len(before) - excerptBytes; n > 0 {
		for n < len(before) && !utf8.RuneStart(before[n]) {
			n++
		}
		before = before[n:]
	}
	for i, c := range after {
		if c == '\n' || c == '\r' {
			after = after[:i]
			break
		}
	}
	if len(after) > excerptBytes {
		n := excerptBytes
		for n > 0 && !utf8.RuneStart(after[n]) {
			n--
		}
		after = after[:n]
	}
	e.Source = string(before) + strings.TrimRight(string(after), " \t")
	e.Caret = len(before)
}
