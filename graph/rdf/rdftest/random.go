package rdftest

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Random says what random datasets may hold, for syntaxes that lack something.
type Random struct {
	Graphs      bool // named graphs
	TripleTerms bool
	XML         bool // only what XML can express
}

// Quads returns a generator of datasets with awkward literals, IRIs, labels and
// nested triple terms. Few distinct terms are drawn, so that subjects and
// predicates repeat.
func (r Random) Quads() *rapid.Generator[[]rdf.Quad] {
	return rapid.Custom(func(t *rapid.T) []rdf.Quad {
		iris := rapid.SliceOfN(r.iri(), 2, 6).Draw(t, "iris")
		predicates := rapid.SliceOfN(r.predicate(), 1, 4).Draw(t, "predicates")
		blanks := rapid.SliceOfN(r.blank(), 1, 4).Draw(t, "blanks")
		resource := rapid.Custom(func(t *rapid.T) rdf.Term {
			if rapid.Bool().Draw(t, "blank") {
				return rapid.SampledFrom(blanks).Draw(t, "node")
			}
			return rapid.SampledFrom(iris).Draw(t, "iri")
		})
		var object func(depth int) *rapid.Generator[rdf.Term]
		object = func(depth int) *rapid.Generator[rdf.Term] {
			return rapid.Custom(func(t *rapid.T) rdf.Term {
				switch k := rapid.IntRange(0, 9).Draw(t, "kind"); {
				case k == 0 && r.TripleTerms && depth < 4:
					return rdf.Triple{
						Subject:   resource.Draw(t, "subject"),
						Predicate: rapid.SampledFrom(predicates).Draw(t, "predicate"),
						Object:    object(depth+1).Draw(t, "object"),
					}
				case k < 6:
					return r.literal().Draw(t, "literal")
				default:
					return resource.Draw(t, "resource")
				}
			})
		}
		n := rapid.IntRange(0, 12).Draw(t, "size")
		quads := make([]rdf.Quad, 0, n)
		for range n {
			q := rdf.Quad{
				Subject:   resource.Draw(t, "subject"),
				Predicate: rapid.SampledFrom(predicates).Draw(t, "predicate"),
				Object:    object(0).Draw(t, "object"),
			}
			if r.Graphs && rapid.IntRange(0, 2).Draw(t, "named") == 0 {
				q.Graph = resource.Draw(t, "graph")
			}
			quads = append(quads, q)
		}
		return quads
	})
}

func (r Random) iri() *rapid.Generator[rdf.Term] {
	return rapid.Map(rapid.OneOf(
		rapid.SampledFrom([]string{
			"http://example.org/", "http://example.org/a", "http://example.org/ns#x", "http://example.org/ns#",
			"urn:x:y", "tag:a", "http://example.org/a/../b/./c", "http://example.org//x", "http://ex.org/?q=a&b='c'#f",
			"http://example.org/ns#a.b", "http://example.org/ns#.a", "http://example.org/ns#a.", "http://example.org/ns#-a",
			"http://example.org/ns#1a", "http://example.org/ns#%41", "http://example.org/ns#a%", "http://example.org/ns#a,b",
			"http://example.org/ns#é", "http://example.org/\u4e2d\u6587", "http://example.org/\U0001F600", "mailto:a@b.c",
			"scheme:!$%25&'()*+,-./0123456789:/@AZ_az~?#", rdf.NSRDF + "type", rdf.NSRDF + "nil", rdf.NSXSD + "integer",
			"http://[::1]:80/", "x:", "ex:a", "http://example.org/ns#a:b", "http://example.org/ns#_", "http://example.org/ns#·",
		}),
		rapid.Map(rapid.StringMatching(`[a-zA-Z0-9._~:/?#@!$&'()*+,;=%-]{0,12}`), func(s string) string { return "http://example.org/ns#" + s }),
	), func(s string) rdf.Term { return rdf.IRI(s) })
}

func (r Random) predicate() *rapid.Generator[rdf.Term] {
	if !r.XML {
		return r.iri()
	}
	return rapid.Map(rapid.SampledFrom([]string{
		"http://example.org/ns#p", "http://example.org/ns#q.r-s_t", "http://example.org/12é", "urn:x:y", rdf.NSRDF + "type",
		rdf.NSRDF + "_1", "http://example.org/p/q", rdf.NSRDF + "reifies", "tag:a", "http://example.org/ns#", "http://example.org/xml",
	}), func(s string) rdf.Term { return rdf.IRI(s) }).Filter(func(t rdf.Term) bool { return !strings.HasSuffix(t.String(), "#>") })
}

func (r Random) blank() *rapid.Generator[rdf.Term] {
	return rapid.Map(rapid.OneOf(
		rapid.SampledFrom([]string{"a", "genid1", "xgenid1", "xxgenid2", "0", "_", "_0", "a.b", "a-", "é", "b\u00b7", "\u4e2d", "genid", "1.2"}),
		rapid.StringMatching(`[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,4}[a-zA-Z0-9_-])?`),
	), func(s string) rdf.Term { return rdf.BlankNode(s) })
}

func (r Random) literal() *rapid.Generator[rdf.Term] {
	lexical := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", " ", "a", "\"", "'", "\\", "\n", "\r", "\r\n", "\t", "\x00", "\x01\x08\x0b\x0c\x1f", "\x7f", "\ufffe\uffff", "\ufeff",
			"a\"\"\"b", "'''", "\\u0041", "]]>", "<a>&amp;</a>", "--", "@en", "^^", ".", "{|", "\U0001F600", "e\u0301", "\u2028\u2029",
			"1", "-1", "+01", "1.", ".5", "1.5", "-0.0", "1e5", "1.E+3", ".5e-2", "1e", "true", "false", "TRUE", "\u00a0x\u0085",
		}),
		rapid.String(),
	)
	datatype := rapid.SampledFrom([]rdf.IRI{
		rdf.XSDString, rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble, rdf.XSDBoolean, rdf.XSDDateTime, rdf.NSRDF + "XMLLiteral",
		rdf.NSRDF + "JSON", rdf.NSRDF + "HTML", "http://example.org/ns#dt", "urn:dt",
	})
	lang := rapid.SampledFrom([]string{"en", "EN", "en-GB", "de-CH-1996", "x-private", "ar"})
	g := rapid.Custom(func(t *rapid.T) rdf.Term {
		s := lexical.Draw(t, "lexical")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			dir := rapid.SampledFrom([]rdf.Direction{rdf.NoDirection, rdf.LTR, rdf.RTL}).Draw(t, "direction")
			return rdf.NewDirLang(s, lang.Draw(t, "lang"), dir)
		case 1:
			return rdf.NewString(s)
		default:
			return rdf.NewTyped(s, datatype.Draw(t, "datatype"))
		}
	})
	if !r.XML {
		return g
	}
	return g.Filter(func(t rdf.Term) bool {
		l, _ := t.(rdf.Literal)
		return strings.IndexFunc(l.Lexical, func(r rune) bool {
			return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
		}) < 0
	})
}
