package expr

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"github.com/belligraph/belligraph/graph/rdf"
)

const (
	// maxPattern bounds the bytes of a pattern.
	maxPattern = 16 << 10
	// maxPatterns bounds the compiled patterns that one request keeps; a query
	// may compute a new pattern for every row.
	maxPatterns = 256
	// matchTimeout bounds a match by the backtracking engine.
	matchTimeout = 2 * time.Second
)

type patternKey struct{ pattern, flags string }

// pattern is a compiled XPath regular expression. Exactly one of literal, re
// and backtrack is used: literal for patterns without any special character,
// re for regular ones, in linear time, backtrack for those with back-references
// or large repetitions. Beside re, lines is used for texts that end in a newline
// when the pattern asks for starts of lines.
type pattern struct {
	err       error
	isLiteral bool
	literal   string
	re        *regexp.Regexp
	needs     required // by every text that re matches
	backtrack *regexp2.Regexp
	lines     *regexp2.Regexp
	groups    int
	quoted    bool // flag q: the replacement is literal too
}

// pattern returns the compiled pattern, from the cache if it is there. Errors
// are cached too.
func (c *Context) pattern(text, flags string) (*pattern, error) {
	key := patternKey{text, flags}
	if c.lastPattern != nil && c.lastKey == key {
		return c.lastPattern, c.lastPattern.err
	}
	p, ok := c.patterns[key]
	if !ok {
		if c.patterns == nil || len(c.patterns) >= maxPatterns {
			c.patterns = make(map[patternKey]*pattern)
		}
		p = compilePattern(text, flags)
		c.patterns[key] = p
	}
	c.lastKey, c.lastPattern = key, p
	return p, p.err
}

// flags of XPath 3.1 §5.6.2.
type flags struct{ dotAll, multiLine, ignoreCase, spaced, quoted bool }

func parseFlags(s string) (flags, bool) {
	var f flags
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 's':
			f.dotAll = true
		case 'm':
			f.multiLine = true
		case 'i':
			f.ignoreCase = true
		case 'x':
			f.spaced = true
		case 'q':
			f.quoted = true
		default:
			return f, false
		}
	}
	return f, true
}

func compilePattern(text, flagText string) *pattern {
	f, ok := parseFlags(flagText)
	switch {
	case !ok:
		return &pattern{err: errFlags}
	case len(text) > maxPattern || !utf8.ValidString(text):
		return &pattern{err: errPattern}
	}
	special := strings.ContainsAny(text, `.\?*+{}()[]|^$`) || f.spaced
	if !f.ignoreCase && (f.quoted || !special) {
		return &pattern{isLiteral: true, literal: text, quoted: f.quoted}
	}
	t := translator{src: text, flags: f}
	if f.quoted {
		for _, r := range text {
			t.literal(r)
		}
	} else if !t.translate() {
		return &pattern{err: errPattern}
	}
	p := &pattern{groups: t.groups, quoted: f.quoted}
	source := t.out.String()
	exact := source
	if t.lineStart {
		exact = strings.ReplaceAll(source, lineStart, lineStartExact)
	}
	if !t.backReferences && !t.largeRepeat {
		if re, err := regexp.Compile(source); err == nil {
			p.re, p.needs = re, requiredBy(source)
			if !t.lineStart {
				return p
			}
		}
	}
	if repeats(exact) > maxRepeats {
		return &pattern{err: errPattern}
	}
	re, err := regexp2.Compile(exact, regexp2.None)
	switch {
	case err != nil:
		return &pattern{err: errPattern}
	case p.re != nil:
		p.lines = re
	default:
		p.backtrack = re
	}
	re.MatchTimeout = matchTimeout
	return p
}

// engine returns what is to match s: one of the two.
func (p *pattern) engine(s string) (*regexp.Regexp, *regexp2.Regexp) {
	switch {
	case p.lines != nil && strings.HasSuffix(s, "\n"):
		return nil, p.lines
	case p.re != nil:
		return p.re, nil
	}
	return nil, p.backtrack
}

// CheckPattern returns what is wrong with a pattern of REGEX and REPLACE and its
// flags, nil if nothing is. Evaluation makes an expression error of it, which
// hides the reason; for constant patterns it can be told.
func CheckPattern(text, flagText string) error {
	f, ok := parseFlags(flagText)
	t := translator{src: text, flags: f}
	switch {
	case !ok:
		t.fail("the flags are letters out of s, m, i, x and q, not " + strconv.Quote(flagText))
	case len(text) > maxPattern:
		t.fail("the pattern is longer than " + strconv.Itoa(maxPattern) + " bytes")
	case f.quoted || t.translate():
		if err := compilePattern(text, flagText).err; err != nil {
			t.fail("the pattern is too large")
		}
	}
	if t.problem == "" {
		return nil
	}
	return &rdf.SyntaxError{
		Format: "regular expression", Line: 1, Column: utf8.RuneCountInString(text[:t.at]) + 1,
		Offset: int64(t.at), Message: t.problem, Source: text, Caret: t.at,
	}
}

// Matcher returns the test of REGEX for a pattern and flags. It does not keep
// the texts that it is given.
func (c *Context) Matcher(pattern, flags string) (func(string) (bool, error), error) {
	p, err := c.pattern(pattern, flags)
	if err != nil {
		return nil, err
	}
	return p.match, nil
}

// match reports whether the pattern matches somewhere in s.
func (p *pattern) match(s string) (bool, error) {
	if p.isLiteral {
		return strings.Contains(s, p.literal), nil
	}
	if !p.needs.mayMatch(s) {
		return false, nil
	}
	re, backtrack := p.engine(s)
	if re != nil {
		return re.MatchString(s), nil
	}
	ok, err := backtrack.MatchString(s)
	if err != nil {
		return false, errMatchTime
	}
	return ok, nil
}

func fnRegex(c *Context, a []Value) (Value, error) {
	t, okT := a[0].text()
	source, okP := a[1].simple()
	flagText, okF := "", true
	if len(a) == 3 {
		flagText, okF = a[2].simple()
	}
	if !okT || !okP || !okF {
		return Value{}, operandError(a)
	}
	p, err := c.pattern(source, flagText)
	if err != nil {
		return Value{}, err
	}
	ok, err := p.match(t.s)
	return Bool(ok), err
}

// fnReplace is fn:replace (XPath 3.1 §5.6.4).
func fnReplace(c *Context, a []Value) (Value, error) {
	t, okT := a[0].text()
	source, okP := a[1].simple()
	by, okR := a[2].simple()
	flagText, okF := "", true
	if len(a) == 4 {
		flagText, okF = a[3].simple()
	}
	if !okT || !okP || !okR || !okF {
		return Value{}, operandError(a)
	}
	p, r, err := c.replacement(source, by, flagText)
	if err != nil {
		return Value{}, err
	}
	out, err := p.replace(c, c.scratch[:0], t.s, r)
	c.scratch = out[:0]
	if err != nil {
		return Value{}, err
	}
	return t.with(string(out)), nil
}

// replacement returns the compiled pattern and replacement of REPLACE.
func (c *Context) replacement(source, by, flagText string) (*pattern, replacement, error) {
	p, err := c.pattern(source, flagText)
	if err != nil {
		return nil, nil, err
	}
	if empty, err := p.match(""); err != nil || empty {
		if err == nil {
			err = errEmptyMatch
		}
		return nil, nil, err
	}
	r, ok := parseReplacement(by, p.groups, p.quoted)
	if !ok {
		return nil, nil, errReplacement
	}
	return p, r, nil
}

// Replacer returns REPLACE for a pattern, a replacement and flags: it appends what
// becomes of a text, which it does not keep, to dst.
func (c *Context) Replacer(source, by, flags string) (func(dst []byte, s string) ([]byte, error), error) {
	p, r, err := c.replacement(source, by, flags)
	if err != nil {
		return nil, err
	}
	return func(dst []byte, s string) ([]byte, error) { return p.replace(c, dst, s, r) }, nil
}

// replacement is a replacement string in pieces: a literal, then the group
// inserted after it, -1 for none.
type replacement []struct {
	literal string
	group   int
}

// parseReplacement reads $N, \$ and \\. A number takes as many digits as give a
// group that exists; a first digit too large is an empty string.
func parseReplacement(s string, groups int, quoted bool) (replacement, bool) {
	var r replacement
	var lit strings.Builder
	push := func(group int) {
		r = append(r, struct {
			literal string
			group   int
		}{lit.String(), group})
		lit.Reset()
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted || c != '\\' && c != '$':
			lit.WriteByte(c)
		case i+1 == len(s):
			return nil, false
		case c == '\\':
			i++
			if s[i] != '\\' && s[i] != '$' {
				return nil, false
			}
			lit.WriteByte(s[i])
		default:
			i++
			if s[i] < '0' || s[i] > '9' {
				return nil, false
			}
			n := int(s[i] - '0')
			for i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' && n*10+int(s[i+1]-'0') <= groups {
				i++
				n = n*10 + int(s[i]-'0')
			}
			if n <= groups {
				push(n)
			}
		}
	}
	push(-1)
	return r, true
}

// replace appends s to b with every match replaced.
func (p *pattern) replace(c *Context, b []byte, s string, r replacement) ([]byte, error) {
	last, start := 0, len(b)
	// emit copies up to a match and inserts the replacement; group returns the
	// text of a group of the match.
	emit := func(start, end int, group func(int) string) error {
		b = append(b, s[last:start]...)
		for _, piece := range r {
			b = append(b, piece.literal...)
			if piece.group >= 0 {
				b = append(b, group(piece.group)...)
			}
		}
		last = end
		return c.tooLong(len(b) - start)
	}
	re, backtrack := p.engine(s)
	switch {
	case p.isLiteral:
		for {
			i := strings.Index(s[last:], p.literal)
			if i < 0 {
				break
			}
			start := last + i
			if err := emit(start, start+len(p.literal), func(int) string { return p.literal }); err != nil {
				return b, err
			}
		}
	case re != nil:
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			err := emit(m[0], m[1], func(n int) string {
				if 2*n+1 >= len(m) || m[2*n] < 0 {
					return ""
				}
				return s[m[2*n]:m[2*n+1]]
			})
			if err != nil {
				return b, err
			}
		}
	default:
		// The backtracking engine counts in characters; matches come in order,
		// so offsets are found by walking on from the last one.
		offset, runes := 0, 0
		advance := func(to int) int {
			for ; runes < to; runes++ {
				_, size := utf8.DecodeRuneInString(s[offset:])
				offset += size
			}
			return offset
		}
		m, err := backtrack.FindStringMatch(s)
		for ; m != nil && err == nil; m, err = backtrack.FindNextMatch(m) {
			start := advance(m.Index)
			end := advance(m.Index + m.Length)
			err := emit(start, end, func(n int) string {
				g := m.GroupByNumber(n)
				if g == nil {
					return ""
				}
				return g.String()
			})
			if err != nil {
				return b, err
			}
		}
		if err != nil {
			return b, errMatchTime
		}
	}
	b = append(b, s[last:]...)
	if last == 0 {
		return b, nil // nothing was made longer
	}
	return b, c.tooLong(len(b) - start)
}
