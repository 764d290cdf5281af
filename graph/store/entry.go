package store

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Dictionary entries. Each dictionary tag holds byte strings whose byte order
// is the order of their lexical forms:
//
//	blank    label
//	IRI      the IRI
//	string   lexical form
//	lang     escaped lexical form 00 00 tag in lower case 00 direction 00 spelling
//	typed    escaped lexical form 00 00 datatype
//	triple   ids of subject, predicate, object, 8 bytes each, big endian
//
// Escaping writes each byte 00 as 00 01, which keeps the order and leaves 00 00
// free to end the lexical form. Language tags are compared without regard to
// case (ASCII), so everything up to and with the last 00 of a lang entry
// identifies the term; the spelling that was stored first follows when it is
// not the lower-case one. A datatype of the list below is one byte, others
// follow a space.
var dictTags = [...]graph.ID{graph.TagBlank, graph.TagIRI, graph.TagString, graph.TagLang, graph.TagTyped, graph.TagTriple}

const numDictTags = len(dictTags)

// slot returns the place of a dictionary tag in dictTags, -1 for other tags.
func slot(tag graph.ID) int {
	switch {
	case tag >= graph.TagBlank && tag <= graph.TagTyped:
		return int(tag>>60) - 1
	case tag == graph.TagTriple:
		return numDictTags - 1
	}
	return -1
}

// shortDatatypes are on disk: names may be added at the end, up to 31.
var shortDatatypes = [...]rdf.IRI{
	"", rdf.XSDBoolean, rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDFloat, rdf.XSDDouble, rdf.XSDDateTime, rdf.XSDDate,
	rdf.XSDTime, rdf.XSDGYear, rdf.XSDGYearMonth, rdf.XSDDuration, rdf.XSDDayTimeDuration, rdf.XSDYearMonthDuration,
	rdf.XSDAnyURI, rdf.NSXSD + "int", rdf.NSXSD + "long", rdf.NSXSD + "short", rdf.NSXSD + "byte",
	rdf.NSXSD + "nonNegativeInteger", rdf.NSXSD + "positiveInteger", rdf.NSXSD + "unsignedInt",
	rdf.NSXSD + "unsignedLong", rdf.NSXSD + "token", rdf.NSXSD + "hexBinary", rdf.NSXSD + "base64Binary",
	"http://www.opengis.net/ont/geosparql#wktLiteral", rdf.NSRDF + "XMLLiteral", rdf.NSRDF + "HTML", rdf.NSRDF + "JSON",
	rdf.NSXSD + "gMonthDay", rdf.NSXSD + "dateTimeStamp",
}

func shortDatatype(dt rdf.IRI) int {
	for i, d := range shortDatatypes[1:] {
		if d == dt {
			return i + 1
		}
	}
	return 0
}

// appendEntry appends the entry of an IRI, blank node or literal.
func appendEntry(dst []byte, t rdf.Term) ([]byte, graph.ID, error) {
	switch t := t.(type) {
	case rdf.IRI:
		return append(dst, t...), graph.TagIRI, nil
	case rdf.BlankNode:
		return append(dst, t...), graph.TagBlank, nil
	case rdf.Literal:
		switch {
		case t.Lang != "":
			if strings.IndexByte(t.Lang, 0) >= 0 || t.Direction != rdf.NoDirection && t.Direction != rdf.LTR && t.Direction != rdf.RTL {
				return dst, 0, fmt.Errorf("%w: language tag %q--%s", graph.ErrBadRequest, t.Lang, t.Direction)
			}
			dst = append(appendEscaped(dst, t.Lexical), 0, 0)
			lower := true
			for i := 0; i < len(t.Lang); i++ {
				c := t.Lang[i]
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
					lower = false
				}
				dst = append(dst, c)
			}
			dst = append(dst, 0)
			dst = append(append(dst, t.Direction...), 0)
			if !lower {
				dst = append(dst, t.Lang...)
			}
			return dst, graph.TagLang, nil
		case t.Datatype == rdf.XSDString:
			return append(dst, t.Lexical...), graph.TagString, nil
		case t.Datatype == "":
			return dst, 0, fmt.Errorf("%w: literal %q without datatype", graph.ErrBadRequest, t.Lexical)
		default:
			dst = append(appendEscaped(dst, t.Lexical), 0, 0)
			if n := shortDatatype(t.Datatype); n > 0 {
				return append(dst, byte(n)), graph.TagTyped, nil
			}
			return append(append(dst, ' '), t.Datatype...), graph.TagTyped, nil
		}
	}
	return dst, 0, fmt.Errorf("%w: no term", graph.ErrBadRequest)
}

func appendTripleEntry(dst []byte, s, p, o graph.ID) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(s))
	dst = binary.BigEndian.AppendUint64(dst, uint64(p))
	return binary.BigEndian.AppendUint64(dst, uint64(o))
}

func appendEscaped(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(append(dst, s[:i]...), 0, 1)
		s = s[i+1:]
	}
}

// cutEscaped reads an escaped lexical form and what follows it.
func cutEscaped(e string) (lexical, rest string, ok bool) {
	i := strings.IndexByte(e, 0)
	if i < 0 || i+1 >= len(e) {
		return "", "", false
	}
	if e[i+1] == 0 {
		return e[:i], e[i+2:], true
	}
	var b strings.Builder
	for {
		b.WriteString(e[:i])
		if i+1 >= len(e) {
			return "", "", false
		}
		if e[i+1] == 0 {
			return b.String(), e[i+2:], true
		}
		b.WriteByte(0)
		e = e[i+2:]
		if i = strings.IndexByte(e, 0); i < 0 {
			return "", "", false
		}
	}
}

// identity returns the part of an entry that tells the term from all others.
func identity[T ~string | ~[]byte](tag graph.ID, e T) T {
	if tag != graph.TagLang {
		return e
	}
	i := len(e)
	for i > 0 && e[i-1] != 0 {
		i--
	}
	return e[:i]
}

// parseEntry returns the term of an entry. Triples are left to the caller, who
// can look up their components.
func parseEntry(tag graph.ID, e string) (rdf.Term, error) {
	switch tag {
	case graph.TagIRI:
		return rdf.IRI(e), nil
	case graph.TagBlank:
		return rdf.BlankNode(e), nil
	case graph.TagString:
		return rdf.NewString(e), nil
	case graph.TagLang:
		lexical, rest, ok := cutEscaped(e)
		if !ok {
			break
		}
		lang, rest, ok1 := strings.Cut(rest, "\x00")
		dir, spelling, ok2 := strings.Cut(rest, "\x00")
		if !ok1 || !ok2 || lang == "" {
			break
		}
		if spelling != "" {
			lang = spelling
		}
		return rdf.NewDirLang(lexical, lang, rdf.Direction(dir)), nil
	case graph.TagTyped:
		lexical, dt, ok := cutEscaped(e)
		if !ok || dt == "" {
			break
		}
		if dt[0] == ' ' {
			return rdf.NewTyped(lexical, rdf.IRI(dt[1:])), nil
		}
		if int(dt[0]) < len(shortDatatypes) && len(dt) == 1 {
			return rdf.NewTyped(lexical, shortDatatypes[dt[0]]), nil
		}
	}
	return nil, fmt.Errorf("%w: dictionary entry %q of tag %d", graph.ErrCorrupt, e, tag>>60)
}
