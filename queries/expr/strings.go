package expr

import (
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// text is a string literal of SPARQL: an xsd:string, or a string with a
// language tag and perhaps a base direction (§17.4.3.1).
type text struct {
	s    string
	lang string
	dir  rdf.Direction
}

// text returns the string of a string literal.
func (v Value) text() (text, bool) {
	switch {
	case v.state == typed && v.typ == xsd.String:
		return text{s: v.x.Text()}, true
	case v.state == tagged:
		l := v.literal()
		return text{l.Lexical, l.Lang, l.Direction}, true
	}
	return text{}, false
}

// with returns s with the language tag and direction of t.
func (t text) with(s string) Value { return Lang(s, t.lang, t.dir) }

func (t text) sameTag(u text) bool { return equalFold(t.lang, u.lang) && t.dir == u.dir }

// pair returns two compatible arguments (§17.4.3.1.2): the second has no
// language tag, or both have the same one and the same direction.
func pair(a []Value) (x, y text, err error) {
	x, okX := a[0].text()
	y, okY := a[1].text()
	switch {
	case !okX || !okY:
		return x, y, operandError(a)
	case y.lang != "" && !x.sameTag(y):
		return x, y, errLanguage
	}
	return x, y, nil
}

func fnConcat(c *Context, a []Value) (Value, error) {
	var first text
	total, same := 0, true
	for i, v := range a {
		t, ok := v.text()
		if !ok {
			return Value{}, operandError(a)
		}
		if i == 0 {
			first = t
		}
		same = same && t.sameTag(first)
		total += len(t.s)
	}
	if err := c.tooLong(total); err != nil {
		return Value{}, err
	}
	var b strings.Builder
	b.Grow(total)
	for _, v := range a {
		t, _ := v.text()
		b.WriteString(t.s)
	}
	if same {
		return first.with(b.String()), nil
	}
	return String(b.String()), nil
}

func fnStrLen(_ *Context, a []Value) (Value, error) {
	t, ok := a[0].text()
	if !ok {
		return Value{}, operandError(a)
	}
	return Int(int64(utf8.RuneCountInString(t.s))), nil
}

// fnSubstr is fn:substring: the characters at positions p, counted from 1, with
// round(start) ≤ p < round(start) + round(length), in doubles. NaN keeps none.
func fnSubstr(_ *Context, a []Value) (Value, error) {
	t, ok := a[0].text()
	if !ok {
		return Value{}, operandError(a)
	}
	start, ok := roundedDouble(a[1])
	if !ok {
		return Value{}, operandError(a[1:])
	}
	end := math.Inf(1)
	if len(a) == 3 {
		length, ok := roundedDouble(a[2])
		if !ok {
			return Value{}, operandError(a[2:])
		}
		end = start + length
	}
	if !(start < end) { // also for NaN
		return t.with(""), nil
	}
	from := runeOffset(t.s, start-1)
	to := from + runeOffset(t.s[from:], end-math.Max(start, 1))
	return t.with(t.s[from:to]), nil
}

// roundedDouble is fn:round of a number as a double.
func roundedDouble(v Value) (float64, bool) {
	x, ok := v.number()
	if !ok {
		return 0, false
	}
	r, ok := xsd.Round(x)
	return r.Float64(), ok
}

// runeOffset returns the offset of the n-th character of s, counted from 0; the
// ends of s for numbers beyond.
func runeOffset(s string, n float64) int {
	switch {
	case n <= 0:
		return 0
	case n >= float64(len(s)):
		return len(s)
	}
	k := int(n)
	for i := range s {
		if k == 0 {
			return i
		}
		k--
	}
	return len(s)
}

// Case mapping is Unicode's full and language-independent one (fn:upper-case),
// so ß becomes SS.
func fnUcase(c *Context, a []Value) (Value, error) {
	return mapCase(c, a, strings.ToUpper, func() cases.Caser { return cases.Upper(language.Und) })
}

func fnLcase(c *Context, a []Value) (Value, error) {
	return mapCase(c, a, strings.ToLower, func() cases.Caser {
		return cases.Lower(language.Und, cases.HandleFinalSigma(true))
	})
}

func mapCase(c *Context, a []Value, ascii func(string) string, full func() cases.Caser) (Value, error) {
	t, ok := a[0].text()
	if !ok {
		return Value{}, operandError(a)
	}
	if isASCII(t.s) {
		return t.with(ascii(t.s)), nil
	}
	s := full().String(t.s)
	if err := c.tooLong(len(s)); err != nil {
		return Value{}, err
	}
	return t.with(s), nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func fnStrStarts(_ *Context, a []Value) (Value, error) {
	x, y, err := pair(a)
	return Bool(err == nil && strings.HasPrefix(x.s, y.s)), err
}

func fnStrEnds(_ *Context, a []Value) (Value, error) {
	x, y, err := pair(a)
	return Bool(err == nil && strings.HasSuffix(x.s, y.s)), err
}

func fnContains(_ *Context, a []Value) (Value, error) {
	x, y, err := pair(a)
	return Bool(err == nil && strings.Contains(x.s, y.s)), err
}

func fnStrBefore(_ *Context, a []Value) (Value, error) {
	x, y, err := pair(a)
	if err != nil {
		return Value{}, err
	}
	before, _, found := strings.Cut(x.s, y.s)
	if !found {
		return String(""), nil
	}
	return x.with(before), nil
}

func fnStrAfter(_ *Context, a []Value) (Value, error) {
	x, y, err := pair(a)
	if err != nil {
		return Value{}, err
	}
	_, after, found := strings.Cut(x.s, y.s)
	if !found {
		return String(""), nil
	}
	return x.with(after), nil
}

// fnEncodeForURI escapes every octet that RFC 3986 does not call unreserved.
func fnEncodeForURI(c *Context, a []Value) (Value, error) {
	t, ok := a[0].text()
	if !ok {
		return Value{}, operandError(a)
	}
	escapes := 0
	for i := 0; i < len(t.s); i++ {
		if !unreserved(t.s[i]) {
			escapes++
		}
	}
	if escapes == 0 {
		return String(t.s), nil
	}
	if err := c.tooLong(len(t.s) + 2*escapes); err != nil {
		return Value{}, err
	}
	const upperHex = "0123456789ABCDEF"
	b := make([]byte, 0, len(t.s)+2*escapes)
	for i := 0; i < len(t.s); i++ {
		if ch := t.s[i]; unreserved(ch) {
			b = append(b, ch)
		} else {
			b = append(b, '%', upperHex[ch>>4], upperHex[ch&15])
		}
	}
	return String(string(b)), nil
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~'
}
