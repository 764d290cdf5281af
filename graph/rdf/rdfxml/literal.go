package rdfxml

import (
	"cmp"
	"encoding/xml"
	"slices"
	"strings"
)

// xmlLiteral builds the text of an rdf:XMLLiteral in exclusive canonical XML
// with comments: a namespace is declared where it is first used.
type xmlLiteral struct {
	b     strings.Builder
	open  []rendered
	scope scope // what has been declared in the literal
}

// rendered is an open element of a literal.
type rendered struct {
	name     string
	bindings int // declarations outside the element
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// start writes a start tag, whose names are prefixes and local names as in the
// source; lookup tells what the prefixes stand for.
func (l *xmlLiteral) start(e xml.StartElement, lookup func(prefix string) string) {
	el := rendered{name: qualified(e.Name), bindings: len(l.scope.undo)}
	var prefixes []string // declared here
	use := func(prefix string) {
		if ns := lookup(prefix); prefix != "xml" && ns != l.scope.ns[prefix] {
			l.scope.bind(prefix, ns)
			prefixes = append(prefixes, prefix)
		}
	}
	use(e.Name.Space)
	type attribute struct{ ns, local, name, value string }
	var attrs []attribute
	for _, a := range e.Attr {
		if isDeclaration(a.Name) {
			continue
		}
		ns := ""
		if a.Name.Space != "" {
			use(a.Name.Space)
			ns = lookup(a.Name.Space)
		}
		attrs = append(attrs, attribute{ns, a.Name.Local, qualified(a.Name), a.Value})
	}
	slices.SortFunc(attrs, func(a, b attribute) int {
		return cmp.Or(strings.Compare(a.ns, b.ns), strings.Compare(a.local, b.local))
	})
	l.b.WriteString("<" + el.name)
	slices.Sort(prefixes)
	for _, p := range prefixes {
		name := "xmlns"
		if p != "" {
			name += ":" + p
		}
		l.attribute(name, l.scope.ns[p])
	}
	for _, a := range attrs {
		l.attribute(a.name, a.value)
	}
	l.b.WriteByte('>')
	l.open = append(l.open, el)
}

var (
	attributeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
	textEscaper      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
)

func (l *xmlLiteral) attribute(name, value string) {
	l.b.WriteString(" " + name + `="`)
	attributeEscaper.WriteString(&l.b, value)
	l.b.WriteByte('"')
}

func (l *xmlLiteral) end() {
	last := len(l.open) - 1
	l.b.WriteString("</" + l.open[last].name + ">")
	l.scope.unbind(l.open[last].bindings)
	l.open = l.open[:last]
}

func (l *xmlLiteral) text(s []byte) { textEscaper.WriteString(&l.b, string(s)) }

func (l *xmlLiteral) comment(s []byte) { l.b.WriteString("<!--" + string(s) + "-->") }

func (l *xmlLiteral) instruction(p xml.ProcInst) {
	l.b.WriteString("<?" + p.Target)
	if len(p.Inst) > 0 {
		l.b.WriteString(" " + string(p.Inst))
	}
	l.b.WriteString("?>")
}

func isDeclaration(n xml.Name) bool {
	return n.Space == "xmlns" || n.Space == "" && n.Local == "xmlns"
}
