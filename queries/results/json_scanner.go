package results

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonScanner reads JSON (RFC 8259) from a stream, value by value. It holds one
// string at a time, of a bounded length, and knows where it is.
type jsonScanner struct {
	r         *bufio.Reader
	maxToken  int
	line      int
	lineStart int64
	offset    int64
	buf       []byte            // the last string
	interned  map[string]string // datatypes and language tags
}

const (
	// maxJSONDepth bounds the nesting of members that are skipped.
	maxJSONDepth = 1000
	// maxInterned bounds the strings that are kept for reuse.
	maxInterned = 1000
)

func newJSONScanner(r io.Reader, maxToken int) *jsonScanner {
	return &jsonScanner{r: bufio.NewReaderSize(r, 64<<10), maxToken: maxToken, line: 1, interned: map[string]string{}}
}

func (s *jsonScanner) fault(format string, args ...any) error {
	return faulty(JSON, s.line, int(s.offset-s.lineStart)+1, s.offset, format, args...)
}

func (s *jsonScanner) readByte() (byte, error) {
	c, err := s.r.ReadByte()
	if err == io.EOF {
		return 0, s.fault("the document ends before the result does")
	}
	if err != nil {
		return 0, err
	}
	s.offset++
	if c == '\n' {
		s.line++
		s.lineStart = s.offset
	}
	return c, nil
}

// peek returns the next byte that is no white space without consuming it.
func (s *jsonScanner) peek() (byte, error) {
	for {
		c, err := s.readByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\n', '\r':
			continue
		}
		s.offset--
		return c, s.r.UnreadByte()
	}
}

// expect consumes c, which must come next.
func (s *jsonScanner) expect(c byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != c {
		return s.fault("expected %c, found %q", c, got)
	}
	_, err = s.readByte()
	return err
}

// atEnd reports whether nothing but white space follows.
func (s *jsonScanner) atEnd() (bool, error) {
	for {
		c, err := s.r.ReadByte()
		switch {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case c != ' ' && c != '\t' && c != '\n' && c != '\r':
			return false, nil
		}
	}
}

// members walks an object: f is called with the cursor before the value of
// each member and must consume it. The key is valid until f reads a string. It
// stops early, within the object, when f says so.
func (s *jsonScanner) members(f func(key []byte) (stop bool, err error)) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	return s.moreMembers(true, f)
}

// moreMembers goes on within an object, first before its first member,
// otherwise after one.
func (s *jsonScanner) moreMembers(first bool, f func(key []byte) (stop bool, err error)) error {
	for ; ; first = false {
		more, err := s.more('}', first)
		if err != nil || !more {
			return err
		}
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if stop, err := f(key); err != nil || stop {
			return err
		}
	}
}

// more moves to the next element before end, or consumes end and returns false.
func (s *jsonScanner) more(end byte, first bool) (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, err
	}
	switch {
	case c == end:
		_, err := s.readByte()
		return false, err
	case first:
		return true, nil
	case c != ',':
		return false, s.fault("expected , or %c, found %q", end, c)
	}
	if _, err := s.readByte(); err != nil {
		return false, err
	}
	if c, err = s.peek(); err == nil && c == end {
		err = s.fault("nothing follows the last comma")
	}
	return true, err
}

// text reads a string; the bytes are valid until the next.
func (s *jsonScanner) text() ([]byte, error) {
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	s.buf = s.buf[:0]
	plain := true
	for {
		// What is buffered is copied up to the next quote, escape or fault.
		if s.r.Buffered() == 0 {
			if _, err := s.r.Peek(1); err == io.EOF {
				return nil, s.fault("the document ends within a string")
			} else if err != nil {
				return nil, err
			}
		}
		chunk, _ := s.r.Peek(s.r.Buffered())
		i := 0
		for i < len(chunk) && chunk[i] != '"' && chunk[i] != '\\' && chunk[i] >= ' ' {
			plain = plain && chunk[i] < utf8.RuneSelf
			i++
		}
		s.buf = append(s.buf, chunk[:i]...)
		_, _ = s.r.Discard(i)
		s.offset += int64(i)
		if len(s.buf) > s.maxToken {
			return nil, s.fault("a string is too long")
		}
		if i == len(chunk) {
			continue
		}
		c, err := s.readByte()
		switch {
		case err != nil:
			return nil, err
		case c == '"':
			if !plain && !utf8.Valid(s.buf) {
				s.buf = []byte(strings.ToValidUTF8(string(s.buf), "\uFFFD"))
			}
			return s.buf, nil
		case c != '\\':
			return nil, s.fault("a control character within a string")
		}
		if err := s.escape(); err != nil {
			return nil, err
		}
	}
}

// escape reads what follows a backslash.
func (s *jsonScanner) escape() error {
	c, err := s.readByte()
	if err != nil {
		return err
	}
	switch c {
	case '"', '\\', '/':
		s.buf = append(s.buf, c)
	case 'b':
		s.buf = append(s.buf, '\b')
	case 'f':
		s.buf = append(s.buf, '\f')
	case 'n':
		s.buf = append(s.buf, '\n')
	case 'r':
		s.buf = append(s.buf, '\r')
	case 't':
		s.buf = append(s.buf, '\t')
	case 'u':
		r, err := s.hex4()
		if err != nil {
			return err
		}
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if next, err := s.r.Peek(2); err == nil && next[0] == '\\' && next[1] == 'u' {
				_, _ = s.r.Discard(2)
				s.offset += 2
				if low, err = s.hex4(); err != nil {
					return err
				}
			}
			pair := utf16.DecodeRune(r, low)
			s.buf = utf8.AppendRune(s.buf, pair)
			if pair == utf8.RuneError && low >= 0 && !utf16.IsSurrogate(low) {
				s.buf = utf8.AppendRune(s.buf, low)
			}
			return nil
		}
		s.buf = utf8.AppendRune(s.buf, r)
	default:
		return s.fault("there is no escape \\%c", c)
	}
	return nil
}

func (s *jsonScanner) hex4() (rune, error) {
	var r rune
	for range 4 {
		c, err := s.readByte()
		if err != nil {
			return 0, err
		}
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || c < '0' {
			return 0, s.fault("\\u needs four hexadecimal digits")
		}
		r = r<<4 | rune(d)
	}
	return r, nil
}

// word reads true, false, null or a number.
func (s *jsonScanner) word() (string, error) {
	if _, err := s.peek(); err != nil {
		return "", err
	}
	s.buf = s.buf[:0]
	for {
		next, err := s.r.Peek(1)
		if err != nil && err != io.EOF {
			return "", err
		}
		if len(next) == 0 || strings.IndexByte("{}[],:\" \t\r\n", next[0]) >= 0 {
			break
		}
		if len(s.buf) > 1000 {
			return "", s.fault("a number is too long")
		}
		c, err := s.readByte()
		if err != nil {
			return "", err
		}
		s.buf = append(s.buf, c)
	}
	if !json.Valid(s.buf) {
		return "", s.fault("expected a value")
	}
	return string(s.buf), nil
}

// skip consumes a value of any kind.
func (s *jsonScanner) skip(depth int) error {
	if depth > maxJSONDepth {
		return s.fault("values nest too deep")
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return s.members(func([]byte) (bool, error) { return false, s.skip(depth + 1) })
	case '[':
		return s.elements(func() error { return s.skip(depth + 1) })
	case '"':
		_, err = s.text()
	default:
		_, err = s.word()
	}
	return err
}

// elements walks an array: f must consume one element.
func (s *jsonScanner) elements(f func() error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.more(']', first)
		if err != nil || !more {
			return err
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// intern returns b as a string, the same one for the same bytes.
func (s *jsonScanner) intern(b []byte) string {
	if x, ok := s.interned[string(b)]; ok {
		return x
	}
	x := string(b)
	if len(s.interned) < maxInterned {
		s.interned[x] = x
	}
	return x
}
