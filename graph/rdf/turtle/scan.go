package turtle

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// A fault is a lexical error at an index of the scanned bytes; the zero fault is
// none.
type fault struct {
	at  int
	msg string
}

func (f fault) is() bool { return f.msg != "" }

// more is the message of a fault that says no more than that the bytes ended
// inside a token.
const more = "unexpected end of input"

// flags tell what a scanner met in a token.
type flags uint8

const (
	escaped  flags = 1 << iota // a backslash
	unusual                    // the spelling between the quotes is not the canonical one
	nonASCII                   // a byte of 0x80 or above
)

// Classes of the bytes of quoted strings.
const (
	plainByte = iota
	highByte
	controlByte // canonical N-Triples escapes it
	endByte     // a quote or a line end
	backslash
	nonCharacter // may start U+FFFE or U+FFFF
)

var stringClass = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c == '"', c == '\'', c == '\n', c == '\r':
			t[c] = endByte
		case c == '\\':
			t[c] = backslash
		case c < ' ', c == 0x7f:
			t[c] = controlByte
		case c == 0xef:
			t[c] = nonCharacter
		case c >= utf8.RuneSelf:
			t[c] = highByte
		}
	}
	return t
}()

// scanString scans the rest of a short quoted string from b[i] and returns the
// index of the closing quote.
func scanString(b []byte, i int, quote byte) (int, flags, fault) {
	var fl flags
	start := i
	for i < len(b) {
		c := b[i]
		switch stringClass[c] {
		case plainByte:
			i++
		case highByte:
			fl |= nonASCII
			i++
		case nonCharacter:
			fl |= nonASCII
			if i+2 < len(b) && b[i+1] == 0xbf && b[i+2] >= 0xbe {
				fl |= unusual
			}
			i++
		case controlByte:
			fl |= unusual
			i++
		case backslash:
			n, odd, f := scanEscape(b, i)
			if f.is() {
				return i, fl, f
			}
			fl |= escaped
			if odd {
				fl |= unusual
			}
			i += n
		case endByte:
			if c == quote {
				return i, fl, checkUTF8(b, start, i, fl)
			}
			if c == '\n' || c == '\r' {
				return i, fl, fault{i, "line end inside a quoted string"}
			}
			if c == '"' { // in a string quoted by '
				fl |= unusual
			}
			i++
		}
	}
	return i, fl, fault{i, more}
}

// scanLongString scans the rest of a string between three quotes and returns the
// index of the first closing quote.
func scanLongString(b []byte, i int, quote byte) (int, flags, fault) {
	var fl flags
	start := i
	for i < len(b) {
		switch c := b[i]; {
		case c == quote:
			if i+2 >= len(b) {
				return i, fl, fault{i, more}
			}
			if b[i+1] == quote && b[i+2] == quote {
				return i, fl, checkUTF8(b, start, i, fl)
			}
			i++
		case c == '\\':
			n, _, f := scanEscape(b, i)
			if f.is() {
				return i, fl, f
			}
			fl |= escaped
			i += n
		default:
			if c >= utf8.RuneSelf {
				fl |= nonASCII
			}
			i++
		}
	}
	return i, fl, fault{i, more}
}

func checkUTF8(b []byte, from, to int, fl flags) fault {
	if fl&nonASCII == 0 || utf8.Valid(b[from:to]) {
		return fault{}
	}
	for i := from; i < to; {
		r, n := utf8.DecodeRune(b[i:to])
		if r == utf8.RuneError && n == 1 {
			return fault{i, "not UTF-8"}
		}
		i += n
	}
	return fault{}
}

// scanEscape checks the string escape at b[i] and returns its length and whether
// the canonical form of N-Triples would not write it so.
func scanEscape(b []byte, i int) (n int, odd bool, f fault) {
	if i+1 >= len(b) {
		return 0, false, fault{i, more}
	}
	switch b[i+1] {
	case 't', 'b', 'n', 'r', 'f', '"', '\\':
		return 2, false, fault{}
	case '\'':
		return 2, true, fault{}
	case 'u', 'U':
		_, n, f := scanCodePoint(b, i)
		return n, true, f
	default:
		if c := b[i+1]; ' ' < c && c < utf8.RuneSelf {
			return 0, false, fault{i, fmt.Sprintf("unknown escape \\%c", c)}
		}
		return 0, false, fault{i, "a backslash begins no escape here; to stand for itself it is doubled"}
	}
}

// scanCodePoint reads the \uXXXX or \UXXXXXXXX at b[i].
func scanCodePoint(b []byte, i int) (r rune, n int, f fault) {
	n = 6
	if b[i+1] == 'U' {
		n = 10
	}
	var v uint32
	for j := i + 2; j < i+n; j++ {
		if j >= len(b) {
			return 0, 0, fault{i, more}
		}
		d := hexValue(b[j])
		if d < 0 {
			return 0, 0, fault{i, fmt.Sprintf("\\%c needs %d hexadecimal digits", b[i+1], n-2)}
		}
		v = v<<4 | uint32(d)
	}
	if v > utf8.MaxRune {
		return 0, 0, fault{i, "escape beyond the last code point, U+10FFFF"}
	}
	if 0xD800 <= v && v <= 0xDFFF {
		return 0, 0, fault{i, "escape of a surrogate, which is no character"}
	}
	return rune(v), n, fault{}
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}

// appendUnescaped appends b, whose escapes were checked by a scanner, with the
// escapes replaced by what they stand for.
func appendUnescaped(dst, b []byte) []byte {
	start := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		dst = append(dst, b[start:i]...)
		n := 2
		switch c := b[i+1]; c {
		case 't':
			dst = append(dst, '\t')
		case 'b':
			dst = append(dst, '\b')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 'f':
			dst = append(dst, '\f')
		case 'u', 'U':
			var r rune
			r, n, _ = scanCodePoint(b, i)
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
		i += n - 1
		start = i + 1
	}
	return append(dst, b[start:]...)
}

// scanIRI scans the rest of an IRIREF from b[i] and returns the index of its >.
func scanIRI(b []byte, i int) (int, flags, fault) {
	var fl flags
	start := i
	for i < len(b) {
		if i+8 <= len(b) {
			n := plainIRIBytes(binary.LittleEndian.Uint64(b[i:]))
			if i += n; n == 8 {
				continue
			}
		}
		c := b[i]
		if c >= utf8.RuneSelf {
			fl |= nonASCII
			i++
			continue
		}
		if !iri.Forbidden(c) {
			i++
			continue
		}
		switch c {
		case '>':
			return i, fl, checkUTF8(b, start, i, fl)
		case '\\':
			if i+1 >= len(b) {
				return i, fl, fault{i, more}
			}
			if b[i+1] != 'u' && b[i+1] != 'U' {
				return i, fl, fault{i, "only \\u and \\U escapes are allowed in an IRI"}
			}
			r, n, f := scanCodePoint(b, i)
			if f.is() {
				return i, fl, f
			}
			if r < utf8.RuneSelf && iri.Forbidden(byte(r)) {
				return i, fl, fault{i, fmt.Sprintf("character %q is not allowed in an IRI, escaped or not", r)}
			}
			fl |= escaped
			i += n
		case '\n', '\r':
			return i, fl, fault{i, "line end inside an IRI; is its > missing?"}
		default:
			return i, fl, fault{i, fmt.Sprintf("character %q is not allowed in an IRI", rune(c))}
		}
	}
	return i, fl, fault{i, more}
}

// plainIRIBytes returns how many of the eight bytes of w, from the lowest on, are
// ASCII and allowed in an IRI. It also stops at "!", "~" and DEL, which are
// allowed but rare: eight bytes at a time take a third of the time of a look
// into a table for each.
func plainIRIBytes(w uint64) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	zero := func(x uint64) uint64 { return (x - ones) &^ x } // high bit: the byte is 0, or a lower one is
	stop := (w - 0x23*ones) &^ w                             // up to the quote
	stop |= zero((w | 0x02*ones) ^ 0x3E*ones)                // < >
	stop |= zero((w | 0x02*ones) ^ 0x5E*ones)                // \ ^
	stop |= zero(w ^ 0x60*ones)                              // `
	stop |= w + 0x05*ones                                    // from { on
	stop = (stop | w) & high
	return bits.TrailingZeros64(stop) >> 3
}

// scanBlankLabel scans a blank node label from b[i], after its "_:". It returns
// the end of the label and the index up to which it looked.
func scanBlankLabel(b []byte, i int) (end, reach int, f fault) {
	start := i
	for i < len(b) {
		c := b[i]
		if c < utf8.RuneSelf {
			switch {
			case nameByte[c]&nameRest != 0 && (i > start || nameByte[c]&labelFirst != 0):
				i++
				continue
			case c == '.' && i > start:
				i++
				continue
			}
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b[i:]) {
				return i, len(b), fault{i, more}
			}
			return i, i, fault{i, "not UTF-8"}
		}
		if !isNameStart(r) && (i == start || !isNameRest(r)) {
			break
		}
		i += n
	}
	reach = i
	for i > start && b[i-1] == '.' {
		i--
	}
	if i == start {
		if reach == len(b) {
			return i, reach, fault{i, more}
		}
		return i, reach, fault{i, "a blank node needs a label of letters, digits, _, - and inner dots after _:"}
	}
	return i, reach, fault{}
}

// maxSubtag is the length that BCP 47 allows a part of a language tag.
const maxSubtag = 8

// scanLang scans a language tag with an optional base direction from b[i], after
// its @. dir is the index of the "--", or end if there is none.
func scanLang(b []byte, i int) (dir, end int, f fault) {
	for part := 0; ; part++ {
		from := i
		for i < len(b) && (isLetter(b[i]) || part > 0 && isDigit(b[i])) {
			i++
		}
		if i == len(b) && i == from {
			return i, i, fault{i, more}
		}
		switch {
		case i == from && part == 0:
			return i, i, fault{i, "a language tag starts with a letter"}
		case i == from:
			return i, i, fault{i, "empty part of a language tag"}
		case i-from > maxSubtag:
			return i, i, fault{from, fmt.Sprintf("a part of a language tag has at most %d characters", maxSubtag)}
		}
		if i >= len(b) || b[i] != '-' {
			return i, i, fault{}
		}
		if i+1 < len(b) && b[i+1] == '-' {
			break
		}
		i++
	}
	dir = i
	i += 2
	for i < len(b) && isLetter(b[i]) {
		i++
	}
	if d := string(b[dir+2 : i]); d != "ltr" && d != "rtl" {
		if i == len(b) {
			return dir, i, fault{i, more}
		}
		return dir, i, fault{dir, "the base direction of a language tag is --ltr or --rtl"}
	}
	return dir, i, fault{}
}

func clip(b []byte) string {
	if len(b) > 20 {
		return string(b[:20]) + "…"
	}
	return string(b)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
