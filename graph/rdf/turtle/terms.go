package turtle

import (
	"bytes"

	"github.com/zeebo/xxh3"

	"github.com/belligraph/belligraph/graph/rdf"
)

// TermOf returns the term whose canonical N-Triples form, as a [Statement] holds
// it, is b. It trusts the form; [ParseTerm] is for text from elsewhere.
func TermOf(b []byte) rdf.Term {
	t, _ := termOf(b, nil)
	return t
}

// ParseTerm returns the term that s spells in N-Triples 1.2.
func ParseTerm(s string) (rdf.Term, error) {
	sc := NewLineScanner([]byte(s), NTriples, 1, 0)
	b, i, ok := sc.object(sc.skipSpace(0))
	if !ok || !sc.rest(i) {
		return nil, sc.fail()
	}
	return TermOf(b), nil
}

// termOf returns the term at the start of b and what follows it.
func termOf(b []byte, cache *termCache) (rdf.Term, []byte) {
	switch {
	case b[0] == '_':
		end := bytes.IndexByte(b, ' ')
		if end < 0 {
			end = len(b)
		}
		return cache.blank(b[2:end]), b[end:]
	case b[0] == '"':
		return literalOf(b, cache)
	case b[1] != '<':
		end := bytes.IndexByte(b, '>')
		return cache.iri(b[1:end]), b[end+1:]
	default:
		var t rdf.Triple
		b = b[len("<<( "):]
		t.Subject, b = termOf(b, cache)
		t.Predicate, b = termOf(b[1:], cache)
		t.Object, b = termOf(b[1:], cache)
		return t, b[len(" )>>"):]
	}
}

func literalOf(b []byte, cache *termCache) (rdf.Term, []byte) {
	end, fl, _ := scanString(b, 1, '"')
	var lexical string
	if fl&escaped != 0 {
		lexical = string(appendUnescaped(make([]byte, 0, end), b[1:end]))
	} else {
		lexical = string(b[1:end])
	}
	b = b[end+1:]
	switch {
	case len(b) > 0 && b[0] == '@':
		dir, end, _ := scanLang(b, 1)
		lang := cache.text(b[1:dir])
		if dir < end {
			return rdf.NewDirLang(lexical, lang, rdf.Direction(b[dir+2:end])), b[end:]
		}
		return rdf.NewLang(lexical, lang), b[end:]
	case len(b) > 0 && b[0] == '^':
		end := bytes.IndexByte(b, '>')
		return rdf.NewTyped(lexical, cache.datatype(b[3:end])), b[end+1:]
	default:
		return rdf.NewString(lexical), b
	}
}

// termCache remembers the terms made last, so that what repeats in a document,
// predicates and datatypes above all, is allocated once. Each slot forgets what
// it held when another text falls on it; the nil cache remembers nothing.
type termCache struct {
	slots [1024]cacheSlot
}

type cacheSlot struct {
	text string
	iri  rdf.Term // nil if only the text was asked for
}

// maxCached keeps long texts, which rarely repeat, from being held.
const maxCached = 256

func (c *termCache) slot(b []byte) *cacheSlot {
	s := &c.slots[xxh3.Hash(b)%uint64(len(c.slots))]
	if s.text != string(b) || s.text == "" {
		*s = cacheSlot{text: string(b)}
	}
	return s
}

func (c *termCache) iri(b []byte) rdf.Term {
	if c == nil || len(b) > maxCached {
		return rdf.IRI(b)
	}
	s := c.slot(b)
	if s.iri == nil {
		s.iri = rdf.IRI(s.text)
	}
	return s.iri
}

func (c *termCache) datatype(b []byte) rdf.IRI { return rdf.IRI(c.text(b)) }

func (c *termCache) text(b []byte) string {
	if c == nil || len(b) > maxCached {
		return string(b)
	}
	return c.slot(b).text
}

func (c *termCache) blank(b []byte) rdf.Term { return rdf.BlankNode(b) }
