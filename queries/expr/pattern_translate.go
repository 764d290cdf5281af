package expr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// translator rewrites a regular expression of XPath 3.1 §5.6.1, which extends
// that of XML Schema, into the syntax that both engines share. The grammar is
// taken strictly: what XPath does not define is an invalid pattern, even where
// an engine would give it a meaning.
type translator struct {
	src    string
	i      int
	flags  flags
	out    strings.Builder
	groups int
	open   []int // numbers of the groups being read; 0 for non-capturing ones

	backReferences bool
	largeRepeat    bool
	lineStart      bool // a ^ stands for the start of a line

	problem string // why the pattern is invalid, found before byte at
	at      int
}

// fail notes the first reason why the pattern is invalid.
func (t *translator) fail(problem string) bool {
	if t.problem == "" {
		t.problem, t.at = problem, t.i
	}
	return false
}

const (
	// maxRepeat bounds the counts in {n,m}; the linear engine takes 1000.
	maxRepeat       = 10000
	maxLinearRepeat = 1000
	maxNesting      = 200
)

func (t *translator) done() bool { return t.i >= len(t.src) }

func (t *translator) peek() byte {
	if t.done() {
		return 0
	}
	return t.src[t.i]
}

func (t *translator) next() rune {
	r, size := utf8.DecodeRuneInString(t.src[t.i:])
	t.i += size
	return r
}

// skipSpace skips white space under flag x; within classes it counts.
func (t *translator) skipSpace() {
	for t.flags.spaced && !t.done() && strings.IndexByte(" \t\r\n", t.peek()) >= 0 {
		t.i++
	}
}

// translate reports whether the pattern is valid; the translation is in out.
func (t *translator) translate() bool {
	for {
		t.skipSpace()
		if t.done() {
			return len(t.open) == 0 || t.fail("a group is not closed")
		}
		switch t.peek() {
		case '|':
			t.i++
			t.out.WriteByte('|')
			continue
		case '(':
			if !t.openGroup() {
				return false
			}
			continue
		case ')':
			if len(t.open) == 0 {
				return t.fail("no group is open here")
			}
			t.i++
			t.open = t.open[:len(t.open)-1]
			t.out.WriteByte(')')
		case '^':
			t.i++
			t.anchor(`\A`, lineStart)
			t.lineStart = t.flags.multiLine
		case '$':
			t.i++
			t.anchor(`\z`, `(?m:$)`)
		default:
			if !t.atom() {
				return false
			}
		}
		if !t.quantifier() {
			return false
		}
	}
}

// lineStart is the start of a line as both engines know it, and lineStartExact as
// XPath does: not after a newline that ends the text. The linear engine cannot
// look ahead.
const (
	lineStart      = `(?m:^)`
	lineStartExact = `(?:\A|(?m:^)(?!\z))`
)

func (t *translator) anchor(whole, line string) {
	if t.flags.multiLine {
		t.out.WriteString(line)
	} else {
		t.out.WriteString(whole)
	}
}

func (t *translator) openGroup() bool {
	t.i++
	if len(t.open) >= maxNesting {
		return t.fail("groups nest too deep")
	}
	if strings.HasPrefix(t.src[t.i:], "?:") {
		t.i += 2
		t.open = append(t.open, 0)
		t.out.WriteString("(?:")
		return true
	}
	if t.peek() == '?' {
		return t.fail("XPath knows no group that starts with (? but (?:")
	}
	t.groups++
	t.open = append(t.open, t.groups)
	t.out.WriteByte('(')
	return true
}

// atom translates one character, class or escape.
func (t *translator) atom() bool {
	switch c := t.next(); c {
	case '.':
		if t.flags.dotAll {
			t.out.WriteString(`(?s:.)`)
		} else {
			t.out.WriteString(`[^\n\r]`)
		}
	case '[':
		set, ok := t.class(0)
		if !ok {
			return t.fail("not a character class")
		}
		set.write(&t.out)
	case '\\':
		return t.escape()
	case '?', '*', '+', '{':
		t.i--
		return t.fail("there is nothing to repeat")
	case '}', ']':
		t.i--
		return t.fail("a bracket that closes nothing must be escaped with \\")
	default:
		t.literal(c)
	}
	return true
}

// literal translates a character that stands for itself, under flag i for its
// case variants too.
func (t *translator) literal(r rune) {
	if t.flags.ignoreCase {
		if variants := caseVariants()[r]; variants != nil {
			variants.write(&t.out)
			return
		}
	}
	writeLiteral(&t.out, r)
}

// escape translates an escape outside a class, the backslash being read.
func (t *translator) escape() bool {
	if t.done() {
		return t.fail("nothing follows the last \\")
	}
	if c := t.peek(); c >= '1' && c <= '9' {
		return t.backReference()
	}
	if r, ok := singleEscape(t.peek()); ok {
		t.i++
		t.literal(r)
		return true
	}
	set, ok := t.classEscape()
	if !ok {
		return t.fail("XPath has no such escape")
	}
	set.write(&t.out)
	return true
}

// backReference translates \N. It takes as many digits as name a group that
// has been opened; the group must be closed already.
func (t *translator) backReference() bool {
	n := int(t.src[t.i] - '0')
	t.i++
	for !t.done() && t.peek() >= '0' && t.peek() <= '9' && n*10+int(t.peek()-'0') <= t.groups {
		n = n*10 + int(t.peek()-'0')
		t.i++
	}
	if n > t.groups {
		return t.fail("a reference to a group that does not come before it")
	}
	for _, open := range t.open {
		if open == n {
			return t.fail("a reference to the group that it is in")
		}
	}
	t.backReferences = true
	if t.flags.ignoreCase {
		t.out.WriteString(`(?i:\` + strconv.Itoa(n) + `)`)
	} else {
		t.out.WriteString(`(?:\` + strconv.Itoa(n) + `)`)
	}
	return true
}

// quantifier translates the quantifier after an atom, if there is one.
func (t *translator) quantifier() bool {
	t.skipSpace()
	switch t.peek() {
	case '?', '*', '+':
		t.out.WriteByte(t.peek())
		t.i++
	case '{':
		if !t.repeat() {
			return false
		}
	default:
		return true
	}
	t.skipSpace()
	if t.peek() == '?' {
		t.i++
		t.out.WriteByte('?')
	}
	t.skipSpace()
	return t.done() || strings.IndexByte("?*+{", t.peek()) < 0 || t.fail("a repetition cannot be repeated without a group")
}

// repeat translates {n}, {n,} or {n,m}.
func (t *translator) repeat() bool {
	end := strings.IndexByte(t.src[t.i:], '}')
	if end < 0 {
		return t.fail("a { without its }")
	}
	body := t.src[t.i+1 : t.i+end]
	if t.flags.spaced {
		body = strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n", r) {
				return -1
			}
			return r
		}, body)
	}
	t.i += end + 1
	low, high, ranged := strings.Cut(body, ",")
	n, ok := repeatCount(low)
	m := n
	if ok && ranged && high != "" {
		m, ok = repeatCount(high)
	}
	if !ok || m < n {
		return t.fail("a count is {n}, {n,} or {n,m} with n ≤ m ≤ " + strconv.Itoa(maxRepeat))
	}
	t.largeRepeat = t.largeRepeat || n > maxLinearRepeat || m > maxLinearRepeat
	t.out.WriteString("{" + strconv.Itoa(n))
	if ranged {
		t.out.WriteByte(',')
		if high != "" {
			t.out.WriteString(strconv.Itoa(m))
		}
	}
	t.out.WriteByte('}')
	return true
}

func repeatCount(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= maxRepeat
}

// class reads a character class expression after its "[":
//
//	[a-z-[aeiou]]   [^\s,;]   [-+]   [\p{Lu}\d_]
//
// Flag i adds the case variants of characters and ranges before anything is
// negated or subtracted, and none to escapes: [^q] does not match Q, and \p{Lu}
// matches capitals only (XPath 3.1 §5.6.2).
func (t *translator) class(depth int) (runeSet, bool) {
	if depth > maxNesting {
		return nil, false
	}
	var set runeSet
	negated := false
	if t.peek() == '^' {
		negated = true
		t.i++
	}
	for first := true; ; first = false {
		if t.done() {
			return nil, false
		}
		if t.peek() == ']' {
			if first {
				return nil, false
			}
			t.i++
			return finish(set, nil, negated), true
		}
		if strings.HasPrefix(t.src[t.i:], "-[") && !first {
			t.i += 2
			minus, ok := t.class(depth + 1)
			if !ok || t.peek() != ']' {
				return nil, false
			}
			t.i++
			return finish(set, minus, negated), true
		}
		rest := t.src[t.i:]
		if rest[0] == '-' && !first && !strings.HasPrefix(rest, "-]") && !strings.HasPrefix(rest, "--[") {
			return nil, false // a hyphen stands for itself only at the ends
		}
		item, low, isRune, ok := t.classItem()
		if !ok {
			return nil, false
		}
		// A hyphen makes a range unless it ends the class or starts a
		// subtraction.
		rest = t.src[t.i:]
		if isRune && strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "-]") &&
			!strings.HasPrefix(rest, "-[") && !strings.HasPrefix(rest, "--[") {
			t.i++
			_, high, isRune, ok := t.classItem()
			if !ok || !isRune || high < low {
				return nil, false
			}
			set = t.withVariants(set, low, high)
			continue
		}
		if isRune {
			set = t.withVariants(set, low, low)
			continue
		}
		set = append(set, item...)
	}
}

// withVariants appends a range of characters, under flag i with their case
// variants.
func (t *translator) withVariants(set runeSet, low, high rune) runeSet {
	set = append(set, low, high)
	if !t.flags.ignoreCase {
		return set
	}
	if low == high {
		return append(set, caseVariants()[low]...)
	}
	for r, variants := range caseVariants() {
		if low <= r && r <= high {
			set = append(set, variants...)
		}
	}
	return set
}

func finish(set, minus runeSet, negated bool) runeSet {
	set = set.normal()
	if negated {
		set = set.complement()
	}
	if minus != nil {
		set = set.complement()
		set = append(set, minus...).normal().complement()
	}
	return set
}

// classItem reads one character or escape within a class.
func (t *translator) classItem() (set runeSet, r rune, isRune, ok bool) {
	if t.done() {
		return nil, 0, false, false
	}
	r = t.next()
	switch r {
	case '[', ']':
		return nil, 0, false, false
	case '\\':
		if t.done() {
			return nil, 0, false, false
		}
		if r, ok := singleEscape(t.peek()); ok {
			t.i++
			return runeSet{r, r}, r, true, true
		}
		set, ok = t.classEscape()
		return set, 0, false, ok
	}
	return runeSet{r, r}, r, true, true
}

// singleEscape returns the character of an escape like \n or \(.
func singleEscape(c byte) (rune, bool) {
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case '\\', '|', '.', '?', '*', '+', '(', ')', '{', '}', '-', '[', ']', '^', '$':
		return rune(c), true
	}
	return 0, false
}

// classEscape reads \s \i \c \d \w, their complements, and \p{…} \P{…}.
func (t *translator) classEscape() (runeSet, bool) {
	c := t.src[t.i]
	t.i++
	var set runeSet
	switch c {
	case 's', 'S':
		set = runeSet{'\t', '\n', '\r', '\r', ' ', ' '}
	case 'i', 'I':
		set = nameStart
	case 'c', 'C':
		set = append(append(runeSet(nil), nameStart...), nameMore...).normal()
	case 'd', 'D':
		set = categorySet("Nd")
	case 'w', 'W': // all but punctuation, separators and others
		set = append(append(append(categorySet("P"), categorySet("Z")...), categorySet("C")...), categorySet("Cn")...).normal().complement()
	case 'p', 'P':
		var ok bool
		if set, ok = t.property(); !ok {
			return nil, false
		}
	default:
		return nil, false
	}
	if c >= 'A' && c <= 'Z' {
		set = set.complement()
	}
	return set, true
}

// categories are those of XML Schema 1.1 part 2, appendix G.4.2.2.
const categories = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn "

// property reads {Lu} or {IsBasicLatin}.
func (t *translator) property() (runeSet, bool) {
	end := strings.IndexByte(t.src[t.i:], '}')
	if t.peek() != '{' || end < 0 {
		return nil, false
	}
	name := t.src[t.i+1 : t.i+end]
	t.i += end + 1
	if block, ok := strings.CutPrefix(name, "Is"); ok {
		return blockSet(block)
	}
	if len(name) > 2 || !strings.Contains(categories, " "+name+" ") {
		return nil, false
	}
	return categorySet(name), true
}

// writeLiteral writes a character that stands for itself in both engines.
func writeLiteral(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf && strings.IndexByte(`\.+*?()|[]{}^$#-`, byte(r)) >= 0 {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}
