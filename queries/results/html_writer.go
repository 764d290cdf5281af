package results

import (
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// htmlSyntax writes a page that needs nothing from anywhere: a table whose
// header cells name their columns, language and direction marked on the text,
// web addresses as links.
type htmlSyntax struct{ vars []algebra.Var }

const htmlOpen = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Query result</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.4 system-ui, sans-serif; margin: 1.5rem }
table { border-collapse: collapse }
caption { text-align: start; font-weight: 600; padding: .5rem 0 }
th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: start; vertical-align: top; overflow-wrap: anywhere }
thead th { position: sticky; top: 0; background: Canvas }
small { opacity: .75 }
.error { border: 2px solid #c00; padding: .5rem 1rem }
</style>
</head>
<body>
<main>
`

const htmlClose = "</main>\n</body>\n</html>\n"

func (s *htmlSyntax) head(dst []byte) []byte {
	dst = append(dst, htmlOpen...)
	dst = append(dst, "<table>\n<caption>Query result</caption>\n<thead><tr>"...)
	for _, v := range s.vars {
		dst = append(dst, `<th scope="col">`...)
		dst = appendXMLText(dst, string(v))
		dst = append(dst, "</th>"...)
	}
	return append(dst, "</tr></thead>\n<tbody>\n"...)
}

func (s *htmlSyntax) openRow(dst []byte, _ int64) []byte { return append(dst, "<tr>"...) }

func (s *htmlSyntax) cell(dst []byte, _ int, _ bool) []byte { return append(dst, "<td>"...) }

func (s *htmlSyntax) closeCell(dst []byte) []byte  { return append(dst, "</td>"...) }
func (s *htmlSyntax) gap(dst []byte, _ int) []byte { return append(dst, "<td></td>"...) }
func (s *htmlSyntax) closeRow(dst []byte) []byte   { return append(dst, "</tr>\n"...) }

func (s *htmlSyntax) tail(dst []byte, rows int64) []byte {
	dst = append(dst, "</tbody>\n</table>\n<p>"...)
	dst = strconv.AppendInt(dst, rows, 10)
	if rows == 1 {
		dst = append(dst, " row</p>\n"...)
	} else {
		dst = append(dst, " rows</p>\n"...)
	}
	return append(dst, htmlClose...)
}

// fail shows the error; the page is not closed.
func (s *htmlSyntax) fail(dst []byte, message string) []byte {
	dst = append(dst, "</tbody>\n</table>\n<p class=\"error\" role=\"alert\"><strong>This result is incomplete.</strong> "...)
	return append(appendXMLText(dst, printable(message)), "</p>\n"...)
}

func (s *htmlSyntax) boolean(dst []byte, value bool) []byte {
	dst = append(dst, htmlOpen...)
	dst = append(dst, "<p>The answer is <strong>"...)
	dst = appendBool(dst, value, "</strong>.</p>\n")
	return append(dst, htmlClose...)
}

func (s *htmlSyntax) iri(dst []byte, t string) []byte {
	if strings.HasPrefix(t, "http://") || strings.HasPrefix(t, "https://") {
		dst = append(dst, `<a href="`...)
		dst = appendXMLText(dst, t)
		dst = append(dst, `">`...)
		dst = appendXMLText(dst, t)
		return append(dst, "</a>"...)
	}
	return appendXMLText(dst, t)
}

func (s *htmlSyntax) blank(dst []byte, t string) []byte {
	return appendXMLText(append(dst, '_', ':'), t)
}

func (s *htmlSyntax) literal(dst []byte, t rdf.Literal) []byte {
	switch {
	case t.Lang != "":
		dst = append(dst, `<span lang="`...)
		dst = appendXMLText(dst, t.Lang)
		dst = append(dst, `" dir="`...)
		if t.Direction == rdf.NoDirection {
			dst = append(dst, "auto"...)
		} else {
			dst = append(dst, t.Direction...)
		}
		dst = append(dst, `">`...)
		dst = appendXMLText(dst, t.Lexical)
		dst = append(dst, "</span> <small>"...)
		dst = appendXMLText(dst, t.Lang)
		return append(dst, "</small>"...)
	case t.IsSimple():
		return appendXMLText(dst, t.Lexical)
	}
	dst = appendXMLText(dst, t.Lexical)
	dst = append(dst, " <small>"...)
	name := string(t.Datatype)
	if local, ok := strings.CutPrefix(name, rdf.NSXSD); ok {
		name = local
	}
	dst = appendXMLText(dst, name)
	return append(dst, "</small>"...)
}

func (s *htmlSyntax) triple(dst []byte, t rdf.Triple) []byte {
	dst = append(dst, "&lt;&lt;( "...)
	dst = appendTerm(s, dst, t.Subject)
	dst = append(dst, ' ')
	dst = appendTerm(s, dst, t.Predicate)
	dst = append(dst, ' ')
	dst = appendTerm(s, dst, t.Object)
	return append(dst, " )&gt;&gt;"...)
}
