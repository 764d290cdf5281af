// Package iri checks and resolves IRIs after RFC 3986 and RFC 3987. Nothing
// here normalises: what is not resolved against a base stays code point for
// code point as it was.
package iri

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrNotAbsolute says that an IRI without a scheme stood where there is no base
// to resolve it.
var ErrNotAbsolute = errors.New("relative IRI without a base IRI")

// Error says which character of an IRI is wrong.
type Error struct {
	IRI     string
	Offset  int // bytes before the fault
	Message string
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("invalid IRI <%s>: %s at byte %d", e.IRI, e.Message, e.Offset)
}

// Reference is an IRI reference split into its components (RFC 3986 §3). The
// Has fields tell an absent component from an empty one.
type Reference struct {
	Scheme, Authority, Path, Query, Fragment string
	HasScheme, HasAuthority                  bool
	HasQuery, HasFragment                    bool
}

// Split returns the components of s without checking their characters.
func Split(s string) Reference {
	var r Reference
	if n := SchemeLen(s); n > 0 {
		r.Scheme, r.HasScheme = s[:n], true
		s = s[n+1:]
	}
	if i := strings.IndexByte(s, '#'); i >= 0 {
		r.Fragment, r.HasFragment = s[i+1:], true
		s = s[:i]
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		r.Query, r.HasQuery = s[i+1:], true
		s = s[:i]
	}
	if strings.HasPrefix(s, "//") {
		s = s[2:]
		r.HasAuthority = true
		i := strings.IndexByte(s, '/')
		if i < 0 {
			i = len(s)
		}
		r.Authority, s = s[:i], s[i:]
	}
	r.Path = s
	return r
}

// String puts the components together again (RFC 3986 §5.3).
func (r Reference) String() string {
	var b strings.Builder
	b.Grow(len(r.Scheme) + len(r.Authority) + len(r.Path) + len(r.Query) + len(r.Fragment) + 5)
	if r.HasScheme {
		b.WriteString(r.Scheme)
		b.WriteByte(':')
	}
	if r.HasAuthority {
		b.WriteString("//")
		b.WriteString(r.Authority)
	}
	b.WriteString(r.Path)
	if r.HasQuery {
		b.WriteByte('?')
		b.WriteString(r.Query)
	}
	if r.HasFragment {
		b.WriteByte('#')
		b.WriteString(r.Fragment)
	}
	return b.String()
}

// SchemeLen returns the length of the scheme that s starts with, without its
// colon, or 0 if s has none.
func SchemeLen[T string | []byte](s T) int {
	if len(s) == 0 || !isAlpha(s[0]) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i
		case isAlpha(c), isDigit(c), c == '+', c == '-', c == '.':
		default:
			return 0
		}
	}
	return 0
}

// IsAbsolute reports whether s starts with a scheme.
func IsAbsolute(s string) bool { return SchemeLen(s) > 0 }

// Base is an absolute IRI that references are resolved against. The zero Base
// resolves absolute IRIs only.
type Base struct {
	ref Reference
	raw string
}

// Parse returns s as a base. It must have a scheme and hold no character that
// an IRI may not hold.
func Parse(s string) (Base, error) {
	if err := CheckChars(s); err != nil {
		return Base{}, err
	}
	if !IsAbsolute(s) {
		return Base{}, &Error{IRI: s, Message: "no scheme"}
	}
	return Base{ref: Split(s), raw: s}, nil
}

// String returns the base as it was parsed.
func (b Base) String() string { return b.raw }

// IsZero reports whether there is no base.
func (b Base) IsZero() bool { return b.raw == "" }

// Resolve returns the IRI that ref stands for (RFC 3986 §5.2, strict). An
// absolute ref is returned unchanged, with any dot segments: only relative IRIs
// are resolved (RDF 1.1 Turtle §6.3), and what a document spells out stays the
// same IRI in all syntaxes.
func (b Base) Resolve(ref string) (string, error) {
	if err := CheckChars(ref); err != nil {
		return "", err
	}
	return b.ResolveChecked(ref)
}

// ResolveChecked is Resolve for a reference whose characters the caller has
// checked already.
func (b Base) ResolveChecked(ref string) (string, error) {
	if IsAbsolute(ref) {
		return ref, nil
	}
	if b.IsZero() {
		return "", ErrNotAbsolute
	}
	r, t := Split(ref), b.ref
	t.Fragment, t.HasFragment = r.Fragment, r.HasFragment
	switch {
	case r.HasAuthority:
		t.Authority, t.HasAuthority = r.Authority, true
		t.Path = removeDotSegments(r.Path)
		t.Query, t.HasQuery = r.Query, r.HasQuery
	case r.Path == "":
		if r.HasQuery {
			t.Query, t.HasQuery = r.Query, true
		}
	case r.Path[0] == '/':
		t.Path = removeDotSegments(r.Path)
		t.Query, t.HasQuery = r.Query, r.HasQuery
	default:
		t.Path = removeDotSegments(merge(b.ref, r.Path))
		t.Query, t.HasQuery = r.Query, r.HasQuery
	}
	guardPath(&t)
	return t.String(), nil
}

// guardPath keeps a path that begins with two slashes from being read as an
// authority when there is none (RFC 3986 §3.3 forbids such a path).
func guardPath(r *Reference) {
	if !r.HasAuthority && strings.HasPrefix(r.Path, "//") {
		r.Path = "/." + r.Path
	}
}

// merge is RFC 3986 §5.2.3.
func merge(base Reference, path string) string {
	if base.HasAuthority && base.Path == "" {
		return "/" + path
	}
	return base.Path[:strings.LastIndexByte(base.Path, '/')+1] + path
}

// removeDotSegments is RFC 3986 §5.2.4, on a stack of segments.
func removeDotSegments(path string) string {
	if !strings.Contains(path, ".") {
		return path
	}
	out := make([]byte, 0, len(path))
	for path != "" {
		switch {
		case strings.HasPrefix(path, "../"):
			path = path[3:]
		case strings.HasPrefix(path, "./"), strings.HasPrefix(path, "/./"):
			path = path[2:]
		case path == "/.":
			path = "/"
		case strings.HasPrefix(path, "/../"):
			path = path[3:]
			out = dropSegment(out)
		case path == "/..":
			path = "/"
			out = dropSegment(out)
		case path == ".", path == "..":
			path = ""
		default:
			n := strings.IndexByte(path[1:], '/') + 1
			if n == 0 {
				n = len(path)
			}
			out = append(out, path[:n]...)
			path = path[n:]
		}
	}
	return string(out)
}

func dropSegment(out []byte) []byte {
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] == '/' {
			return out[:i]
		}
	}
	return out[:0]
}

// Forbidden reports whether the ASCII character c may stand nowhere in an IRI
// (the characters that the IRIREF terminal of Turtle and SPARQL excludes).
func Forbidden(c byte) bool { return forbidden[c] }

var forbidden = func() (t [256]bool) {
	for c := range 0x21 {
		t[c] = true
	}
	for _, c := range []byte("<>\"{}|^`\\") {
		t[c] = true
	}
	return t
}()

// CheckChars checks that s is UTF-8 without the characters that no IRI
// reference may hold. It is what the grammars of Turtle and SPARQL check, and
// less than Validate.
func CheckChars(s string) error {
	ascii := true
	for i := 0; i < len(s); i++ {
		if forbidden[s[i]] {
			return &Error{IRI: s, Offset: i, Message: fmt.Sprintf("character %q is not allowed", rune(s[i]))}
		}
		if s[i] >= utf8.RuneSelf {
			ascii = false
		}
	}
	if !ascii && !utf8.ValidString(s) {
		return &Error{IRI: s, Message: "not UTF-8"}
	}
	return nil
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// FromPath returns the file IRI of an absolute path with slashes, in which the
// characters that IRIs cannot hold, and ? # %, are percent-encoded.
func FromPath(path string) string {
	const hex = "0123456789ABCDEF"
	b := []byte("file://")
	if !strings.HasPrefix(path, "/") {
		b = append(b, '/') // as in file:///C:/
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case forbidden[c], c == '?', c == '#', c == '%', c >= utf8.RuneSelf:
			b = append(b, '%', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return string(b)
}
