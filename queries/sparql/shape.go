package sparql

import (
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Shape is what a query has in common with those that differ from it by
// constants only: the tokens, with a number in place of each IRI and each string
// without a datatype. Equal constants have equal numbers, so two queries of one
// shape differ by a one-to-one exchange of constants.
type Shape struct {
	// Key tells shapes apart. It belongs to the Shape and is overwritten by the
	// next [Shape.Read].
	Key []byte
	// Constants are what the numbers stand for.
	Constants []rdf.Term

	prefixes []prefix
}

// prefix is a declaration of the prologue.
type prefix struct{ name, namespace string }

// The bounds of texts that have a shape. Telling constants apart takes time that
// grows with the square of their number.
const (
	maxShapeText      = 16 << 10
	maxShapeConstants = 64
)

// Read makes s the shape of a query, and returns false when the text has none:
// it is long, or cannot be understood token by token. A text with a shape need
// not be a query; it is one if any text of the same shape is.
func (s *Shape) Read(text string, opts Options) bool {
	s.Key, s.Constants, s.prefixes = s.Key[:0], s.Constants[:0], s.prefixes[:0]
	if len(text) > maxShapeText || !utf8.ValidString(text) {
		return false
	}
	l := lexer{text: text}
	t, ok := s.prologue(&l)
	if !ok {
		return false
	}
	for t.kind != tokEOF {
		next := token{}
		switch t.kind {
		case tokIRI:
			if !wholeIRI(t.val) || !s.constant(rdf.IRI(t.val)) {
				return false
			}
		case tokPName:
			namespace, ok := s.namespace(t.val, opts)
			if !ok || !s.constant(rdf.IRI(namespace+t.local)) {
				return false
			}
		case tokString:
			switch next = l.next(); {
			case next.kind == tokPunct && next.val == "^^":
				s.raw(text, t)
			case next.kind != tokLang:
				if !s.constant(rdf.NewString(t.val)) {
					return false
				}
			default:
				if !s.constant(rdf.NewLang(t.val, next.val)) {
					return false
				}
				next = l.next()
			}
		default:
			s.raw(text, t)
		}
		if next == (token{}) {
			next = l.next()
		}
		t = next
	}
	return l.err == nil
}

// prologue reads the declarations, which are part of the shape as they are, and
// returns the token behind them.
func (s *Shape) prologue(l *lexer) (token, bool) {
	for {
		t := l.next()
		if t.kind != tokWord || t.val != "PREFIX" {
			// BASE and VERSION are rare; a relative IRI has no shape anyway.
			return t, t.kind != tokWord || t.val != "BASE" && t.val != "VERSION"
		}
		name, ref := l.next(), l.next()
		if name.kind != tokPName || name.local != "" || ref.kind != tokIRI || !wholeIRI(ref.val) {
			return t, false
		}
		s.raw(l.text, t)
		s.raw(l.text, name)
		s.raw(l.text, ref)
		s.prefixes = append(s.prefixes, prefix{name.val, ref.val})
	}
}

// wholeIRI reports whether a reference is an IRI by itself.
func wholeIRI(s string) bool { return iri.IsAbsolute(s) && iri.CheckChars(s) == nil }

// namespace returns what a prefix stands for; the last declaration counts.
func (s *Shape) namespace(name string, opts Options) (string, bool) {
	for i := len(s.prefixes) - 1; i >= 0; i-- {
		if s.prefixes[i].name == name {
			return s.prefixes[i].namespace, true
		}
	}
	namespace, ok := opts.Prefixes[name]
	return namespace, ok
}

// Tokens are apart by a byte that none of them begins with, and a number begins
// with another one.
const (
	shapeToken  = 0
	shapeNumber = 1
)

func (s *Shape) raw(text string, t token) {
	s.Key = append(append(s.Key, shapeToken), text[t.start:t.end]...)
}

// constant adds a constant, and returns false when there are too many.
func (s *Shape) constant(t rdf.Term) bool {
	n := 0
	for n < len(s.Constants) && s.Constants[n] != t {
		n++
	}
	if n == len(s.Constants) {
		if n == maxShapeConstants {
			return false
		}
		s.Constants = append(s.Constants, t)
	}
	kind := byte('<')
	if l, ok := t.(rdf.Literal); ok {
		kind = '"'
		if l.Lang != "" {
			kind = '@'
		}
	}
	s.Key = append(s.Key, shapeNumber, kind, byte(n))
	return true
}
