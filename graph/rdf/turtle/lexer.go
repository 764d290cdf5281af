package turtle

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
)

// kind is the kind of a token of Turtle or TriG.
type kind uint8

const (
	tokEOF             kind = iota
	tokIRI                  // <…>
	tokName                 // prefix:local
	tokWord                 // a, true, PREFIX …
	tokBlank                // _:label
	tokString               // "…" '…' """…""" '''…'''
	tokLang                 // @en, @en--ltr, and also @prefix
	tokInteger              // 1
	tokDecimal              // 1.5
	tokDouble               // 1e5
	tokDot                  // .
	tokSemicolon            // ;
	tokComma                // ,
	tokOpenBracket          // [
	tokCloseBracket         // ]
	tokOpenParen            // (
	tokCloseParen           // )
	tokOpenBrace            // {
	tokCloseBrace           // }
	tokDatatype             // ^^
	tokOpenReified          // <<
	tokCloseReified         // >>
	tokOpenTriple           // <<(
	tokCloseTriple          // )>>
	tokOpenAnnotation       // {|
	tokCloseAnnotation      // |}
	tokTilde                // ~
)

// keepBehind is how much of a long line is kept before the token being read, to
// be shown in errors.
const keepBehind = 256

// lexer cuts a stream into tokens. The current token lies in buf from pos to
// stop and is good until the next call of next.
//
//	buf: [ … rest of the line | token | unread … ]  . . .
//	                          pos     stop       end
type lexer struct {
	r      io.Reader
	format Format
	max    int

	buf       []byte
	pos, stop int
	end       int
	eof       bool
	base      int64 // offset of buf[0] in the document

	line      int   // of pos
	lineStart int64 // offset of its first byte
	cut       int   // its code points that are no longer in buf

	kind  kind
	flags flags
	split int  // of tokName the index of the colon, of tokLang that of the direction
	long  bool // tokString between three quotes
}

func (lx *lexer) text() []byte { return lx.buf[lx.pos:lx.stop] }

// next moves to the next token.
func (lx *lexer) next() error {
	lx.consume()
	if err := lx.skipSpace(); err != nil {
		return err
	}
	for {
		reach, f := lx.scan()
		if f.is() {
			if f.msg != more || lx.eof {
				return lx.errorAt(f.at, f.msg)
			}
		} else if reach < lx.end || lx.eof {
			return nil
		}
		if err := lx.fill(); err != nil {
			return err
		}
	}
}

// consume moves behind the current token, counting the lines inside it.
func (lx *lexer) consume() {
	if lx.kind == tokString && lx.long {
		for i := lx.pos; i < lx.stop; i++ {
			lx.countLine(i)
		}
	}
	lx.pos = lx.stop
}

// countLine starts a new line behind i if a line ends there.
func (lx *lexer) countLine(i int) {
	switch lx.buf[i] {
	case '\n':
	case '\r':
		if i+1 < lx.end && lx.buf[i+1] == '\n' {
			return
		}
	default:
		return
	}
	lx.line++
	lx.lineStart = lx.base + int64(i) + 1
	lx.cut = 0
}

// skipSpace moves to the first byte of the next token or to the end.
func (lx *lexer) skipSpace() error {
	comment := false
	for {
	scan:
		for lx.pos < lx.end {
			if comment {
				n := bytes.IndexAny(lx.buf[lx.pos:lx.end], "\r\n")
				if n < 0 {
					lx.pos = lx.end
					break
				}
				lx.pos += n
				comment = false
			}
			switch lx.buf[lx.pos] {
			case ' ', '\t':
			case '\r':
				if lx.pos+1 == lx.end && !lx.eof {
					break scan // a line feed might follow
				}
				lx.countLine(lx.pos)
			case '\n':
				lx.countLine(lx.pos)
			case '#':
				comment = true
			default:
				lx.stop = lx.pos
				return nil
			}
			lx.pos++
		}
		lx.stop = lx.pos
		if lx.eof {
			return nil
		}
		if err := lx.fill(); err != nil {
			return err
		}
	}
}

// fill reads at least as much again as the token has now, so that a token of n
// bytes is scanned about log n times.
func (lx *lexer) fill() error {
	pending := lx.end - lx.pos
	if pending > lx.max {
		return lx.errorAt(lx.pos, fmt.Sprintf("token longer than %d bytes", lx.max))
	}
	want := max(pending, 1)
	if len(lx.buf)-lx.end < want || lx.pos > len(lx.buf)/2 {
		lx.compact()
	}
	if len(lx.buf)-lx.end < want {
		grown := make([]byte, max(2*len(lx.buf), lx.end+want, 32<<10))
		copy(grown, lx.buf[:lx.end])
		lx.buf = grown
	}
	n, err := io.ReadAtLeast(lx.r, lx.buf[lx.end:], want)
	lx.end += n
	if err == io.EOF || err == io.ErrUnexpectedEOF && n < want {
		// ReadAtLeast makes an unexpected end of a plain one; a reader that says
		// so itself will say it again.
		if err == io.ErrUnexpectedEOF {
			var one [1]byte
			m, again := lx.r.Read(one[:])
			if m > 0 || again != io.EOF {
				return io.ErrUnexpectedEOF
			}
		}
		lx.eof = true
		return nil
	}
	return err
}

// compact drops what lies before the token, but for some of its line.
func (lx *lexer) compact() {
	from := max(int(lx.lineStart-lx.base), 0)
	k := lx.pos
	if from < k {
		k = max(from, k-keepBehind)
		for k < lx.pos && !utf8.RuneStart(lx.buf[k]) {
			k++
		}
		lx.cut += utf8.RuneCount(lx.buf[from:k])
	}
	copy(lx.buf, lx.buf[k:lx.end])
	lx.base += int64(k)
	lx.pos -= k
	lx.stop -= k
	lx.end -= k
}

// scan reads the token at pos. It returns the index up to which it looked: if
// that is the end of the buffer, more input might change the token.
func (lx *lexer) scan() (reach int, f fault) {
	b, i := lx.buf[:lx.end], lx.pos
	if i == len(b) {
		lx.kind, lx.stop = tokEOF, i
		return i, fault{}
	}
	lx.flags, lx.long = 0, false
	switch c := b[i]; c {
	case '<':
		if i+1 < len(b) && b[i+1] == '<' {
			if i+2 < len(b) && b[i+2] == '(' {
				return lx.take(tokOpenTriple, 3)
			}
			return lx.look(tokOpenReified, 2)
		}
		end, fl, f := scanIRI(b, i+1)
		lx.kind, lx.flags, lx.stop = tokIRI, fl, end+1
		return end, f
	case '"', '\'':
		return lx.scanString(b, i, c)
	case '_':
		if i+1 < len(b) && b[i+1] != ':' {
			return i, fault{i, `a blank node starts with "_:"`}
		}
		if i+2 > len(b) {
			return i, fault{i, more}
		}
		end, reach, f := scanBlankLabel(b, i+2)
		lx.kind, lx.stop = tokBlank, end
		return reach, f
	case '@':
		dir, end, f := scanLang(b, i+1)
		lx.kind, lx.split, lx.stop = tokLang, dir, end
		return end + 1, f
	case '.':
		if i+1 < len(b) && isDigit(b[i+1]) {
			return lx.scanNumber(b, i)
		}
		return lx.look(tokDot, 1)
	case '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return lx.scanNumber(b, i)
	case ';':
		return lx.take(tokSemicolon, 1)
	case ',':
		return lx.take(tokComma, 1)
	case '[':
		return lx.take(tokOpenBracket, 1)
	case ']':
		return lx.take(tokCloseBracket, 1)
	case '(':
		return lx.take(tokOpenParen, 1)
	case '~':
		return lx.take(tokTilde, 1)
	case '}':
		return lx.take(tokCloseBrace, 1)
	case '{':
		return lx.choose(b, "{|", tokOpenAnnotation, tokOpenBrace)
	case ')':
		return lx.choose(b, ")>>", tokCloseTriple, tokCloseParen)
	case '^':
		return lx.must(b, "^^", tokDatatype)
	case '>':
		return lx.must(b, ">>", tokCloseReified)
	case '|':
		return lx.must(b, "|}", tokCloseAnnotation)
	default:
		return lx.scanName(b, i)
	}
}

// take accepts a token that no further input could change.
func (lx *lexer) take(k kind, n int) (int, fault) {
	lx.kind, lx.stop = k, lx.pos+n
	return lx.pos, fault{}
}

// look accepts a token that the byte after it might have changed.
func (lx *lexer) look(k kind, n int) (int, fault) {
	lx.kind, lx.stop = k, lx.pos+n
	return lx.stop, fault{}
}

// choose accepts the token written long or, failing that, its first byte.
func (lx *lexer) choose(b []byte, long string, k, short kind) (int, fault) {
	rest := b[lx.pos:]
	if bytes.HasPrefix(rest, []byte(long)) {
		return lx.take(k, len(long))
	}
	if len(rest) < len(long) && long[:len(rest)] == string(rest) {
		lx.kind, lx.stop = short, lx.pos+1
		return len(b), fault{}
	}
	return lx.take(short, 1)
}

func (lx *lexer) must(b []byte, text string, k kind) (int, fault) {
	rest := b[lx.pos:]
	if bytes.HasPrefix(rest, []byte(text)) {
		return lx.take(k, len(text))
	}
	if len(rest) < len(text) && !lx.eof {
		return lx.pos, fault{lx.pos, more}
	}
	return lx.pos, fault{lx.pos, fmt.Sprintf("unexpected %q; only %q exists", text[:1], text)}
}

func (lx *lexer) scanString(b []byte, i int, quote byte) (int, fault) {
	lx.kind = tokString
	if i+2 >= len(b) && !lx.eof {
		return i, fault{i, more}
	}
	if i+2 < len(b) && b[i+1] == quote && b[i+2] == quote {
		end, fl, f := scanLongString(b, i+3, quote)
		if f.msg == more && lx.eof {
			f = fault{i, "string is not closed by " + string([]byte{quote, quote, quote})}
		}
		lx.flags, lx.long, lx.stop = fl, true, end+3
		return end, f
	}
	end, fl, f := scanString(b, i+1, quote)
	if f.msg == more && lx.eof {
		f = fault{i, "string is not closed by " + string(quote)}
	}
	lx.flags, lx.stop = fl, end+1
	return end, f
}

// value returns the text of the current tokString.
func (lx *lexer) value() string {
	q := 1
	if lx.long {
		q = 3
	}
	b := lx.buf[lx.pos+q : lx.stop-q]
	if lx.flags&escaped != 0 {
		return string(appendUnescaped(make([]byte, 0, len(b)), b))
	}
	return string(b)
}

// scanNumber scans a number from b[i], a digit, a sign, or a dot before a digit.
func (lx *lexer) scanNumber(b []byte, i int) (int, fault) {
	start := i
	if b[i] == '+' || b[i] == '-' {
		i++
	}
	whole := i
	i = skipDigits(b, i)
	lx.kind, lx.stop = tokInteger, i
	hasWhole := i > whole
	if i < len(b) && b[i] == '.' {
		j := skipDigits(b, i+1)
		if j > i+1 {
			lx.kind, lx.stop = tokDecimal, j
			i = j
		} else if hasWhole && skipExponent(b, j) > j {
			i = j // "1.e5"
		}
	}
	if hasWhole || lx.kind == tokDecimal {
		if j := skipExponent(b, i); j > i {
			lx.kind, lx.stop = tokDouble, j
		}
		return lx.stop + 3, fault{} // ".e+" is the longest to decide over
	}
	if i+1 >= len(b) && !lx.eof {
		return i, fault{start, more}
	}
	return i, fault{start, "a sign must be followed by a number"}
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i
}

// skipExponent returns the end of the exponent at i, or i if there is none.
func skipExponent(b []byte, i int) int {
	j := i
	if j >= len(b) || b[j]|0x20 != 'e' {
		return i
	}
	if j++; j < len(b) && (b[j] == '+' || b[j] == '-') {
		j++
	}
	if end := skipDigits(b, j); end > j {
		return end
	}
	return i
}

// scanName scans a prefixed name or a word from b[i].
func (lx *lexer) scanName(b []byte, i int) (int, fault) {
	end, f := scanPrefix(b, i)
	if f.is() {
		return end, f
	}
	if end == len(b) && !lx.eof {
		return end, fault{end, more}
	}
	if end < len(b) && b[end] == ':' {
		if end > i && b[end-1] == '.' {
			return end, fault{end - 1, "a prefix must not end in a dot"}
		}
		lx.kind, lx.split = tokName, end
		stop, reach, fl, f := scanLocal(b, end+1)
		lx.flags, lx.stop = fl, stop
		return reach, f
	}
	reach := end
	for end > i && b[end-1] == '.' {
		end--
	}
	if end == i {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i, fault{i, "not UTF-8"}
		}
		return i, fault{i, fmt.Sprintf("unexpected character %q", r)}
	}
	lx.kind, lx.stop = tokWord, end
	return reach, fault{}
}

// scanPrefix scans a PN_PREFIX with any dots from b[i].
func scanPrefix(b []byte, i int) (int, fault) {
	start := i
	for i < len(b) {
		c := b[i]
		if c < utf8.RuneSelf {
			if nameByte[c]&nameFirst != 0 || i > start && (nameByte[c]&nameRest != 0 || c == '.') {
				i++
				continue
			}
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b[i:]) {
				return i, fault{i, more}
			}
			break
		}
		if !isNameStart(r) && (i == start || !isNameRest(r)) {
			break
		}
		i += n
	}
	return i, fault{}
}

// scanLocal scans a PN_LOCAL, which may be empty, from b[i].
func scanLocal(b []byte, i int) (end, reach int, fl flags, f fault) {
	start, last := i, i // last is the end without trailing dots
	for i < len(b) {
		c := b[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 { // not the U+FFFD that a name may hold
				if !utf8.FullRune(b[i:]) {
					return i, len(b), fl, fault{i, more}
				}
				return i, i, fl, fault{i, "not UTF-8"}
			}
			if !isNameStart(r) && (i == start || !isNameRest(r)) {
				return last, i, fl, fault{}
			}
			i += n
		case nameByte[c]&labelFirst != 0, c == ':', c == '-' && i > start:
			i++
		case c == '.' && i > start:
			i++
			continue
		case c == '%':
			if i+2 >= len(b) {
				return i, len(b), fl, fault{i, more}
			}
			if hexValue(b[i+1]) < 0 || hexValue(b[i+2]) < 0 {
				return i, i, fl, fault{i, "% must be followed by two hexadecimal digits"}
			}
			i += 3
		case c == '\\':
			if i+1 >= len(b) {
				return i, len(b), fl, fault{i, more}
			}
			if bytes.IndexByte([]byte("_~.-!$&'()*+,;=/?#@%"), b[i+1]) < 0 {
				return i, i, fl, fault{i, "this character cannot be escaped in a name"}
			}
			fl |= escaped
			i += 2
		default:
			return last, i, fl, fault{}
		}
		last = i
	}
	return last, i, fl, fault{}
}

// errorAt returns an error at buf[i], which is not before the current token.
func (lx *lexer) errorAt(i int, msg string, expected ...string) error {
	i = min(i, lx.end)
	line, start, cut := lx.line, int(lx.lineStart-lx.base), lx.cut
	for j := lx.pos; j < i; j++ {
		if lx.buf[j] == '\n' || lx.buf[j] == '\r' && !(j+1 < lx.end && lx.buf[j+1] == '\n') {
			line++
			start, cut = j+1, 0
		}
	}
	e := &rdf.SyntaxError{
		Format:   lx.format.String(),
		Line:     line,
		Offset:   lx.base + int64(i),
		Message:  msg,
		Expected: expected,
	}
	e.SetSource(lx.buf[max(start, 0):i], lx.buf[i:lx.end], cut)
	return e
}
