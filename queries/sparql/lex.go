package sparql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// tokenKind tells tokens apart. Punctuation and words carry their text.
type tokenKind uint8

const (
	tokEOF     tokenKind = iota
	tokPunct             // val is the punctuation
	tokWord              // val is the word in upper case, raw as written
	tokIRI               // val is the reference between < and >, unescaped
	tokPName             // val is the prefix, local the unescaped local part
	tokBlank             // val is the label without _:
	tokVar               // val is the name without ? or $
	tokLang              // val is the tag without @, with its --direction
	tokString            // val is the unescaped content
	tokInteger           // val is the number with its sign, like the next two
	tokDecimal
	tokDouble
)

func (k tokenKind) String() string {
	switch k {
	case tokEOF:
		return "end of input"
	case tokIRI:
		return "IRI"
	case tokPName:
		return "prefixed name"
	case tokBlank:
		return "blank node"
	case tokVar:
		return "variable"
	case tokLang:
		return "language tag"
	case tokString:
		return "string"
	case tokInteger, tokDecimal, tokDouble:
		return "number"
	default:
		return "keyword"
	}
}

type token struct {
	kind       tokenKind
	long       bool // a string in three quotes
	start, end int
	val        string
	local      string
}

// lexer cuts the text into tokens, one at a time. White space and comments
// separate tokens and are dropped. Escapes are decoded inside IRIs, strings and
// local names, where SPARQL 1.2 has them, not before as SPARQL 1.1 did.
type lexer struct {
	text string
	pos  int
	err  *Error
}

func (l *lexer) fail(offset int, hint, format string, args ...any) token {
	if l.err == nil {
		l.err = newError(l.text, offset, fmt.Sprintf(format, args...))
		l.err.Hint = hint
	}
	l.pos = len(l.text)
	return token{kind: tokEOF, start: len(l.text), end: len(l.text)}
}

func (l *lexer) skipSpace() {
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch {
		case isSpace(c):
			l.pos++
		case c == '#':
			for l.pos < len(l.text) && l.text[l.pos] != '\n' && l.text[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

// at returns the byte n places on, 0 past the end.
func (l *lexer) at(n int) byte {
	if l.pos+n < len(l.text) {
		return l.text[l.pos+n]
	}
	return 0
}

func (l *lexer) punct(start int, s string) token {
	l.pos = start + len(s)
	return token{kind: tokPunct, start: start, end: l.pos, val: s}
}

// next returns the next token. After an error it returns the end of the input.
func (l *lexer) next() token {
	l.skipSpace()
	start := l.pos
	if start >= len(l.text) {
		return token{kind: tokEOF, start: start, end: start}
	}
	c := l.text[start]
	switch c {
	case '{':
		if l.at(1) == '|' {
			return l.punct(start, "{|")
		}
		return l.punct(start, "{")
	case '}', '(', '[', ']', ';', ',', '*', '/', '=', '~':
		return l.punct(start, l.text[start:start+1])
	case ')':
		if l.at(1) == '>' && l.at(2) == '>' {
			return l.punct(start, ")>>")
		}
		return l.punct(start, ")")
	case '|':
		switch l.at(1) {
		case '|':
			return l.punct(start, "||")
		case '}':
			return l.punct(start, "|}")
		}
		return l.punct(start, "|")
	case '&':
		if l.at(1) == '&' {
			return l.punct(start, "&&")
		}
		return l.fail(start, "write && for a logical and", "unexpected character '&'")
	case '^':
		if l.at(1) == '^' {
			return l.punct(start, "^^")
		}
		return l.punct(start, "^")
	case '!':
		if l.at(1) == '=' {
			return l.punct(start, "!=")
		}
		return l.punct(start, "!")
	case '>':
		switch l.at(1) {
		case '=':
			return l.punct(start, ">=")
		case '>':
			return l.punct(start, ">>")
		}
		return l.punct(start, ">")
	case '<':
		return l.less(start)
	case '?', '$':
		return l.variable(start)
	case '"', '\'':
		return l.str(start, c)
	case '@':
		return l.langTag(start)
	case '_':
		if l.at(1) == ':' {
			return l.blank(start)
		}
	case '+', '-':
		if d := l.at(1); isDigit(rune(d)) || d == '.' && isDigit(rune(l.at(2))) {
			return l.number(start)
		}
		return l.punct(start, l.text[start:start+1])
	case '.':
		if isDigit(rune(l.at(1))) {
			return l.number(start)
		}
		return l.punct(start, ".")
	case ':':
		return l.pname(start, "")
	}
	if isDigit(rune(c)) {
		return l.number(start)
	}
	r, n := utf8.DecodeRuneInString(l.text[start:])
	if r == utf8.RuneError && n <= 1 {
		return l.fail(start, "", "the text is not valid UTF-8")
	}
	if isPNCharsBase(r) {
		return l.word(start)
	}
	return l.fail(start, characterHint(r), "unexpected character %q", r)
}

func characterHint(r rune) string {
	switch r {
	case '“', '”', '„', '«', '»':
		return `write strings in straight quotes, "like this"`
	case '‘', '’', '`':
		return "write strings in straight quotes, 'like this'"
	case '−', '–', '—':
		return "write the minus sign as -"
	case '≤':
		return "write <="
	case '≥':
		return "write >="
	case '≠':
		return "write !="
	case '%':
		return "SPARQL has no remainder operator"
	case '\\':
		return "escapes are only allowed in strings, IRIs and local names"
	case 0xA0, 0x2003, 0x2009, 0x202F, 0x3000:
		return "it is a special space; replace it by an ordinary one"
	case 0xFEFF, 0x200B:
		return "it is invisible; delete it"
	}
	return ""
}

// less reads what starts with <: an IRI when one can be closed, otherwise an
// operator.
func (l *lexer) less(start int) token {
	i := start + 1
	escaped := false
	for i < len(l.text) {
		c := l.text[i]
		if c == '>' {
			raw := l.text[start+1 : i]
			l.pos = i + 1
			if escaped {
				v, bad, why := unescape(raw, false)
				if bad >= 0 {
					return l.fail(start+1+bad, "", "%s", why)
				}
				raw = v
			}
			return token{kind: tokIRI, start: start, end: l.pos, val: raw}
		}
		if c == '\\' && i+1 < len(l.text) && (l.text[i+1] == 'u' || l.text[i+1] == 'U') {
			escaped = true
			i += 2
			continue
		}
		if c < 0x80 && !isIRIChar(rune(c)) {
			break
		}
		i++
	}
	switch {
	case l.at(1) == '<' && l.at(2) == '(':
		return l.punct(start, "<<(")
	case l.at(1) == '<':
		return l.punct(start, "<<")
	case l.at(1) == '=':
		return l.punct(start, "<=")
	}
	// An IRI that was not closed, or that holds what IRIs must not, is told
	// as such rather than as a misplaced comparison.
	if next := l.at(1); isLetter(next) {
		rest := l.text[start+1 : i]
		if strings.HasPrefix(rest, "http:") || strings.HasPrefix(rest, "https:") || strings.HasPrefix(rest, "urn:") {
			if i >= len(l.text) || isSpace(l.text[i]) {
				return l.fail(start, "close it with >; a space in an IRI is written %20", "this IRI is not closed")
			}
			return l.fail(i, "percent-encode it", "the character %q is not allowed in an IRI", rune(l.text[i]))
		}
	}
	return l.punct(start, "<")
}

func (l *lexer) variable(start int) token {
	i := start + 1
	for i < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[i:])
		if !isVarChar(r) || i == start+1 && !isPNCharsU(r) && !isDigit(r) {
			break
		}
		i += n
	}
	if i == start+1 {
		if l.text[start] == '?' {
			return l.punct(start, "?") // the path operator
		}
		return l.fail(start, "", "a variable needs a name after '$'")
	}
	l.pos = i
	return token{kind: tokVar, start: start, end: i, val: l.text[start+1 : i]}
}

func (l *lexer) str(start int, quote byte) token {
	long := l.at(1) == quote && l.at(2) == quote
	if !long && l.at(1) == quote {
		l.pos = start + 2
		return token{kind: tokString, start: start, end: l.pos}
	}
	i := start + 1
	if long {
		i = start + 3
	}
	body := i
	escaped := false
	for i < len(l.text) {
		c := l.text[i]
		switch {
		case c == '\\':
			escaped = true
			i += 2
			continue
		case c == quote && !long:
			return l.finishString(start, body, i, i+1, escaped, false)
		case c == quote && i+2 < len(l.text) && l.text[i+1] == quote && l.text[i+2] == quote:
			return l.finishString(start, body, i, i+3, escaped, true)
		case !long && (c == '\n' || c == '\r'):
			return l.fail(start, `close it on the same line, or use three quotes, """…""", for text over several lines`,
				"this string is not closed")
		}
		i++
	}
	q := string(quote)
	if long {
		q = strings.Repeat(q, 3)
	}
	t := l.fail(start, "close it with "+q, "this string is not closed")
	l.err.unfinished = long
	return t
}

func (l *lexer) finishString(start, body, bodyEnd, end int, escaped, long bool) token {
	l.pos = end
	val := l.text[body:bodyEnd]
	if escaped {
		v, bad, why := unescape(val, true)
		if bad >= 0 {
			return l.fail(body+bad, "", "%s", why)
		}
		val = v
	}
	return token{kind: tokString, long: long, start: start, end: end, val: val}
}

// unescape decodes \u and \U escapes and, in strings, the others. When an
// escape is wrong it returns its offset and what is wrong with it.
func unescape(s string, str bool) (val string, bad int, why string) {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		c := s[i]
		if c != '\\' {
			j := strings.IndexByte(s[i:], '\\')
			if j < 0 {
				j = len(s) - i
			}
			b.WriteString(s[i : i+j])
			i += j
			continue
		}
		if i+1 >= len(s) {
			return "", i, "an escape is cut off"
		}
		e := s[i+1]
		if e == 'u' || e == 'U' {
			n := 4
			if e == 'U' {
				n = 8
			}
			var r rune
			for k := range n {
				if i+2+k >= len(s) || !isHex(s[i+2+k]) {
					return "", i, fmt.Sprintf("\\%c needs %d hexadecimal digits", e, n)
				}
				if k > 0 || n == 4 || s[i+2] == '0' {
					r = r<<4 | rune(hexValue(s[i+2+k]))
				} else {
					return "", i, "the escape is beyond the last Unicode character"
				}
			}
			if 0xD800 <= r && r <= 0xDFFF {
				return "", i, "the escape is a surrogate, which is not a character; write characters beyond U+FFFF as \\U and eight digits"
			}
			if r > utf8.MaxRune {
				return "", i, "the escape is beyond the last Unicode character"
			}
			if !str && !isIRIChar(r) {
				return "", i, fmt.Sprintf("the escape stands for %q, which is not allowed in an IRI", r)
			}
			b.WriteRune(r)
			i += 2 + n
			continue
		}
		if !str {
			return "", i, "only \\u and \\U escapes are allowed in an IRI"
		}
		switch e {
		case 't':
			b.WriteByte('\t')
		case 'b':
			b.WriteByte('\b')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 'f':
			b.WriteByte('\f')
		case '\\', '"', '\'':
			b.WriteByte(e)
		default:
			r, _ := utf8.DecodeRuneInString(s[i+1:])
			return "", i, fmt.Sprintf("\\%c is not an escape; write \\\\ for a backslash", r)
		}
		i += 2
	}
	return b.String(), -1, ""
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}

func (l *lexer) langTag(start int) token {
	i := start + 1
	for i < len(l.text) && isLetter(l.text[i]) {
		i++
	}
	if i == start+1 {
		return l.fail(start, `a tag follows its string, as in "Mali"@en`, "'@' must be followed by a language tag")
	}
	for i+1 < len(l.text) && l.text[i] == '-' && (isLetter(l.text[i+1]) || isDigit(rune(l.text[i+1]))) {
		i++
		for i < len(l.text) && (isLetter(l.text[i]) || isDigit(rune(l.text[i]))) {
			i++
		}
	}
	if strings.HasPrefix(l.text[i:], "--") {
		j := i + 2
		for j < len(l.text) && isLetter(l.text[j]) {
			j++
		}
		if dir := l.text[i+2 : j]; dir != "ltr" && dir != "rtl" {
			return l.fail(i+2, "", "the base direction of a string is ltr or rtl")
		}
		i = j
	}
	l.pos = i
	return token{kind: tokLang, start: start, end: i, val: l.text[start+1 : i]}
}

func (l *lexer) blank(start int) token {
	i := start + 2
	end := i
	for i < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[i:])
		if i == start+2 && !isPNCharsU(r) && !isDigit(r) || !isPNChars(r) && r != '.' {
			break
		}
		i += n
		if r != '.' {
			end = i
		}
	}
	if end == start+2 {
		return l.fail(start, "", "a blank node needs a label after '_:'")
	}
	l.pos = end
	return token{kind: tokBlank, start: start, end: end, val: l.text[start+2 : end]}
}

func (l *lexer) number(start int) token {
	i := start
	if c := l.text[i]; c == '+' || c == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(l.text) && isDigit(rune(l.text[i])) {
			i++
		}
		return i > from
	}
	exponent := func() bool {
		j := i
		if j >= len(l.text) || l.text[j]|0x20 != 'e' {
			return false
		}
		j++
		if j < len(l.text) && (l.text[j] == '+' || l.text[j] == '-') {
			j++
		}
		if j >= len(l.text) || !isDigit(rune(l.text[j])) {
			return false
		}
		i = j
		digits()
		return true
	}
	kind := tokInteger
	whole := digits()
	if i < len(l.text) && l.text[i] == '.' {
		dot := i
		i++
		fraction := digits()
		switch {
		case (whole || fraction) && exponent():
			kind = tokDouble
		case fraction:
			kind = tokDecimal
		default:
			i = dot // "1." is an integer and the end of a triple
		}
	} else if exponent() {
		kind = tokDouble
	}
	l.pos = i
	return token{kind: kind, start: start, end: i, val: l.text[start:i]}
}

// word reads a keyword or, when a colon follows, a prefixed name.
func (l *lexer) word(start int) token {
	i := start
	for i < len(l.text) {
		r, n := rune(l.text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(l.text[i:])
		}
		if !isPNChars(r) && r != '.' {
			break
		}
		i += n
	}
	if i < len(l.text) && l.text[i] == ':' && l.text[i-1] != '.' {
		return l.pname(start, l.text[start:i])
	}
	i = start
	for i < len(l.text) {
		c := l.text[i]
		if !isLetter(c) && !isDigit(rune(c)) && c != '_' {
			break
		}
		i++
	}
	if i == start {
		r, _ := utf8.DecodeRuneInString(l.text[start:])
		return l.fail(start, "", "unexpected character %q", r)
	}
	l.pos = i
	return token{kind: tokWord, start: start, end: i, val: strings.ToUpper(l.text[start:i])}
}

// pname reads the local part of a prefixed name from the colon on.
func (l *lexer) pname(start int, prefix string) token {
	body := start + len(prefix) + 1
	i, end := body, body
	escaped := false
	for i < len(l.text) {
		c := l.text[i]
		switch {
		case c == '\\':
			if i+1 >= len(l.text) || !isLocalEscape(l.text[i+1]) {
				return l.fail(i, "", "only punctuation can be escaped in a prefixed name, as in ex:a\\,b")
			}
			escaped = true
			i += 2
			end = i
			continue
		case c == '%':
			if i+2 >= len(l.text) || !isHex(l.text[i+1]) || !isHex(l.text[i+2]) {
				return l.fail(i, "write \\% for the character itself", "%% must be followed by two hexadecimal digits in a prefixed name")
			}
			i += 3
			end = i
			continue
		case c == ':':
			i++
			end = i
			continue
		case c == '.' && i > body:
			i++
			continue
		}
		r, n := rune(c), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(l.text[i:])
		}
		if i == body && !isPNCharsU(r) && !isDigit(r) || i > body && !isPNChars(r) {
			break
		}
		i += n
		end = i
	}
	l.pos = end
	local := l.text[body:end]
	if escaped {
		local = unescapeLocal(local)
	}
	return token{kind: tokPName, start: start, end: end, val: prefix, local: local}
}

func unescapeLocal(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
