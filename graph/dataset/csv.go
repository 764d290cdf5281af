package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/belligraph/belligraph/graph/claim"
)

// maxRecord bounds a row. The longest of the published files have some tens of
// kilobytes of source articles; a quote that is never closed must not swallow
// the rest of the file.
const maxRecord = 256 << 10

// table reads delimited rows as RFC 4180 has them. Unlike encoding/csv it goes
// on after an unclosed quote at the next line, and holds no more than a row.
type table struct {
	r     *bufio.Reader
	comma byte
	bare  bool   // quotes mean nothing
	max   int    // bytes of a row
	line  int    // of the next line to be read, from one
	back  []byte // lines to be read again, after an unclosed quote
	buf   []byte
	bytes int64
}

func newTable(r io.Reader, comma byte) *table {
	return &table{r: bufio.NewReaderSize(r, 64<<10), comma: comma, max: maxRecord, line: 1}
}

// cells is one row. Cells that are missing at its end are empty.
type cells struct {
	text   string // the row as it stands
	line   int
	indent int  // of the first line: the row begins after so many code points
	bare   bool // quotes mean nothing
	value  []string
	start  []int // offsets in text
}

func (c *cells) blank() bool {
	return len(c.value) == 0 || len(c.value) == 1 && strings.TrimSpace(c.value[0]) == ""
}

// at returns the line and the column of an offset, in code points from one.
func (c *cells) at(offset int) (line, column int) {
	before := c.text[:min(offset, len(c.text))]
	line = c.line + strings.Count(before, "\n")
	if line == c.line {
		column = c.indent
	}
	return line, column + 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

func (c *cells) problem(offset int, message string) *claim.Problem {
	line, column := c.at(offset)
	return &claim.Problem{Line: line, Column: column, Message: message}
}

// readLine appends a line with its end to buf. A line beyond the bound is cut;
// the rest of it is skipped.
func (t *table) readLine() error {
	if len(t.back) > 0 {
		n := bytes.IndexByte(t.back, '\n') + 1
		if n == 0 {
			n = len(t.back)
		}
		t.buf = append(t.buf, t.back[:n]...)
		t.back = t.back[n:]
		return nil
	}
	start := len(t.buf)
	for {
		part, err := t.r.ReadSlice('\n')
		t.bytes += int64(len(part))
		if len(t.buf) <= t.max {
			t.buf = append(t.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(t.buf) > start:
			return nil
		default:
			return err
		}
	}
}

// next returns the next row, not yet split into cells, or a problem and no row,
// or io.EOF at the end.
func (t *table) next() (*cells, *claim.Problem, error) {
	t.buf = t.buf[:0]
	if err := t.readLine(); err != nil {
		return nil, nil, err
	}
	row := &cells{line: t.line, bare: t.bare}
	first := len(t.buf)
	quotes := 0
	if !t.bare {
		quotes = bytes.Count(t.buf, []byte{'"'})
	}
	for quotes%2 == 1 {
		if len(t.buf) > t.max {
			break
		}
		have := len(t.buf)
		if err := t.readLine(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		quotes += bytes.Count(t.buf[have:], []byte{'"'})
	}
	if quotes%2 == 1 || len(t.buf) > t.max {
		t.back = append(bytes.Clone(t.buf[first:]), t.back...)
		t.line++
		row.text = string(t.buf[:first])
		if quotes%2 == 1 {
			return nil, row.problem(strings.LastIndexByte(row.text, '"'), "this quote is never closed"), nil
		}
		return nil, row.problem(t.max, "the row is too long"), nil
	}
	t.line += bytes.Count(t.buf, []byte{'\n'})
	row.text = text(t.buf)
	if row.line == 1 {
		row.text = strings.TrimPrefix(row.text, "\ufeff")
	}
	return row, nil, nil
}

// split returns the next row in cells.
func (t *table) split() (*cells, *claim.Problem, error) {
	row, problem, err := t.next()
	if row != nil {
		if problem = row.split(t.comma, 0); problem != nil {
			row = nil
		}
	}
	return row, problem, err
}

// text returns the bytes as UTF-8; older files are in Windows-1252.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// split cuts the text into cells, of which about width are expected.
func (c *cells) split(comma byte, width int) *claim.Problem {
	s := strings.TrimRight(c.text, "\r\n")
	c.value, c.start = make([]string, 0, width), make([]int, 0, width)
	for at := 0; ; {
		c.start = append(c.start, at)
		if at < len(s) && s[at] == '"' && !c.bare {
			end := at + 1
			doubled := false
			for end < len(s) {
				if s[end] != '"' {
					end++
				} else if end+1 < len(s) && s[end+1] == '"' {
					doubled = true
					end += 2
				} else {
					break
				}
			}
			value := s[at+1 : min(end, len(s))]
			if doubled {
				value = strings.ReplaceAll(value, `""`, `"`)
			}
			c.value = append(c.value, value)
			at = end + 1
			if at >= len(s) {
				return nil
			}
			if s[at] != comma {
				return c.problem(at, "a quoted cell goes on after its closing quote")
			}
			at++
			continue
		}
		n := strings.IndexByte(s[at:], comma)
		if n < 0 {
			c.value = append(c.value, s[at:])
			return nil
		}
		c.value = append(c.value, s[at:at+n])
		at += n + 1
	}
}

// list splits a cell that joins several values by semicolons. Values may be
// quoted within the cell, and then hold semicolons themselves.
func list(cell string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	add := func() {
		if v := strings.TrimSpace(b.String()); v != "" {
			out = append(out, v)
		}
		b.Reset()
	}
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			add()
		default:
			b.WriteByte(c)
		}
	}
	if quoted { // a stray quote binds nothing together
		out = nil
		for _, v := range strings.Split(strings.ReplaceAll(cell, `"`, ""), ";") {
			if v = strings.TrimSpace(v); v != "" {
				out = append(out, v)
			}
		}
		return out
	}
	add()
	return out
}
