package turtle

import (
	"bytes"
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
)

// DefaultMaxToken bounds the bytes of one line of a line format and of one token
// of Turtle and TriG unless Options say otherwise.
const DefaultMaxToken = 64 << 20

// Chunk is a run of whole lines of a document.
type Chunk struct {
	Data   []byte
	Line   int   // number of the first line
	Offset int64 // bytes before the chunk
}

// ChunkReader cuts a document of a line format into chunks of whole lines for
// LineScanner. It is used by one goroutine; its chunks may go to many.
type ChunkReader struct {
	r      io.Reader
	rest   []byte // the unfinished last line of the chunk before
	line   int
	offset int64
	max    int
	err    error
}

// NewChunkReader returns a reader of chunks of r.
func NewChunkReader(r io.Reader) *ChunkReader {
	return &ChunkReader{r: r, line: 1, max: DefaultMaxToken}
}

// Next fills buf, which the caller may have from an earlier chunk it is done
// with, and returns the whole lines that it holds; it grows only if a single
// line does not fit. A Read that returns less than fits ends the chunk at the
// last whole line, so that slow streams are not held up. The error is io.EOF
// after the last chunk.
func (c *ChunkReader) Next(buf []byte) (Chunk, error) {
	if c.err != nil {
		return Chunk{}, c.err
	}
	if cap(buf) < 4096 {
		buf = make([]byte, 64<<10)
	}
	buf = buf[:cap(buf)]
	if len(c.rest) > len(buf)/2 {
		buf = make([]byte, 2*len(c.rest)+4096)
	}
	n := copy(buf, c.rest)
	c.rest = c.rest[:0]
	empty := 0
	for {
		m, err := c.r.Read(buf[n:])
		seen := n
		n += m
		if err != nil {
			c.err = err
			if err != io.EOF {
				return c.cut(buf, lastLineEnd(buf[:n]))
			}
			if n == 0 {
				return Chunk{}, io.EOF
			}
			return c.cut(buf[:n], n)
		}
		if end := lastLineEnd(buf[seen:n]); end > 0 {
			c.rest = append(c.rest, buf[seen+end:n]...)
			return c.cut(buf, seen+end)
		}
		if m == 0 {
			if empty++; empty > 100 {
				c.err = io.ErrNoProgress
				return Chunk{}, c.err
			}
			continue
		}
		empty = 0
		if n < len(buf) {
			continue
		}
		if n >= c.max {
			e := &rdf.SyntaxError{Format: "line format", Line: c.line, Column: 1, Offset: c.offset,
				Message: fmt.Sprintf("line longer than %d bytes", c.max)}
			e.SetSource(nil, buf[:200], 0)
			c.err = e
			return Chunk{}, c.err
		}
		grown := make([]byte, 2*len(buf))
		copy(grown, buf)
		buf = grown
	}
}

func (c *ChunkReader) cut(buf []byte, n int) (Chunk, error) {
	if n == 0 {
		return Chunk{}, c.err
	}
	chunk := Chunk{Data: buf[:n], Line: c.line, Offset: c.offset}
	c.line += countLines(chunk.Data)
	c.offset += int64(n)
	return chunk, nil
}

// lastLineEnd returns the length of b up to its last line end, or 0. A carriage
// return counts only where no line feed can follow it.
func lastLineEnd(b []byte) int {
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	if len(b) < 2 {
		return 0
	}
	return bytes.LastIndexByte(b[:len(b)-1], '\r') + 1
}

// countLines counts the line ends of b as LineScanner does.
func countLines(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	if bytes.IndexByte(b, '\r') >= 0 {
		n += bytes.Count(b, []byte{'\r'}) - bytes.Count(b, []byte("\r\n"))
	}
	return n
}
