// Package markup turns pages in markup into the plain form that the extractor
// reads: a title between equals signs, an infobox of `- Key: value` lines, and
// paragraphs below headings. The result is the text of the document: offsets of
// evidence count its code points, not those of the markup.
package markup

import (
	"path"
	"strings"
)

// Kind is a markup language.
type Kind string

// The kinds that are known; Plain stands for everything else.
const (
	Plain    Kind = ""
	HTML     Kind = "HTML"
	Wikitext Kind = "MediaWiki wikitext"
)

// sniffBytes is how much of a text tells what it is: a page may open with a
// licence in a comment or with maintenance templates.
const sniffBytes = 4096

// Recognise tells in which markup a text is.
func Recognise(text string) Kind {
	head := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(text[:min(len(text), sniffBytes)], "\ufeff")))
	switch {
	case strings.HasPrefix(head, "<!doctype html"), strings.HasPrefix(head, "<html"), strings.HasPrefix(head, "<!--") && strings.Contains(head, "<html"),
		strings.HasPrefix(head, "<?xml") && strings.Contains(head, "<html"):
		return HTML
	case strings.Contains(head, "{{infobox"), strings.HasPrefix(head, "{{"), strings.HasPrefix(head, "'''"),
		strings.Contains(head, "[[") && strings.Contains(head, "]]") && (strings.Contains(head, "'''") || strings.Contains(head, "<ref") || strings.Contains(head, "{{")):
		return Wikitext
	}
	return Plain
}

// Text returns the plain form of a page in a markup, and what is plain as it is.
// The name stands in for a title that the page does not give.
func Text(kind Kind, name, text string) string {
	switch kind {
	case HTML:
		return fromHTML(text)
	case Wikitext:
		return FromWikitext(titleOf(name), text)
	}
	return text
}

// titleOf makes a title of a file's name: "Battle_of_X.wiki" is "Battle of X".
func titleOf(name string) string {
	base := path.Base(strings.ReplaceAll(name, "\\", "/"))
	if i := strings.LastIndexByte(base, '.'); i > 0 && len(base)-i <= 10 {
		base = base[:i]
	}
	if base == "-" || base == "." || base == "/" || base == "standard input" {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(base, "_", " "))
}

// squeeze makes one blank of every run of blanks and trims the ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// page writes the plain form of a page.
type page struct {
	title string
	box   []entry
	body  strings.Builder
}

type entry struct{ key, value string }

func (p *page) String() string {
	var out strings.Builder
	if p.title != "" {
		out.WriteString("= " + p.title + " =\n\n")
	}
	if len(p.box) > 0 {
		out.WriteString("Infobox\n")
		for _, e := range p.box {
			out.WriteString("- " + e.key + ": " + e.value + "\n")
		}
		out.WriteString("\n")
	}
	out.WriteString(p.body.String())
	return out.String()
}

// list joins the members of a list as the plain form does.
func list(items []string) string {
	var kept []string
	for _, it := range items {
		if it = squeeze(it); it != "" {
			kept = append(kept, it)
		}
	}
	return strings.Join(kept, ", ")
}
