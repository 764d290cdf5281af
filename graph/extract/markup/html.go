package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fromHTML returns the plain form of a page: the first heading is the title, a
// table of the class infobox the infobox, and paragraphs, headings and members of
// lists the body. What frames a page (menus, scripts, captions) is left out.
func fromHTML(src string) string {
	root, err := html.Parse(strings.NewReader(src))
	if err != nil {
		return ""
	}
	p := &page{title: title(root)}
	top := root
	for _, id := range []string{"mw-content-text", "bodyContent", "content"} {
		if n := find(root, func(n *html.Node) bool { return attribute(n, "id") == id }); n != nil {
			top = n
			break
		}
	}
	if top == root {
		for _, tag := range []atom.Atom{atom.Article, atom.Main} {
			if n := find(root, func(n *html.Node) bool { return n.DataAtom == tag }); n != nil {
				top = n
				break
			}
		}
	}
	if box := find(top, isInfobox); box != nil {
		p.infobox(box)
	}
	p.walk(top)
	return p.String()
}

func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && ok(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if m := find(c, ok); m != nil {
			return m
		}
	}
	return nil
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func isInfobox(n *html.Node) bool {
	return n.DataAtom == atom.Table && strings.Contains(" "+attribute(n, "class")+" ", "infobox")
}

// title returns the first heading, or the title of the page without the name of
// its site.
func title(root *html.Node) string {
	if h := find(root, func(n *html.Node) bool { return n.DataAtom == atom.H1 }); h != nil {
		if t := squeeze(words(h)); t != "" {
			return t
		}
	}
	if h := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Title }); h != nil {
		t := squeeze(words(h))
		for _, sep := range []string{" - Wikipedia", " — Wikipedia", " | ", " – "} {
			if i := strings.Index(t, sep); i > 0 {
				t = t[:i]
			}
		}
		return t
	}
	return ""
}

// skipped reports whether an element frames the page rather than tells.
func skipped(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Nav, atom.Footer, atom.Header, atom.Aside, atom.Figure, atom.Figcaption, atom.Form, atom.Noscript, atom.Button, atom.Select, atom.Svg, atom.Table, atom.Iframe, atom.Template:
		return true
	}
	class := " " + attribute(n, "class") + " "
	for _, c := range []string{" reference ", " mw-editsection ", " navbox ", " toc ", " hatnote ", " reflist ", " thumb ", " metadata ", " noprint ", " sidebar ", " catlinks ", " mw-jump-link "} {
		if strings.Contains(class, c) {
			return true
		}
	}
	return attribute(n, "id") == "toc" || attribute(n, "hidden") != "" || attribute(n, "role") == "navigation"
}

// walk writes the paragraphs below a node.
func (p *page) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || skipped(c) {
			continue
		}
		switch c.DataAtom {
		case atom.P, atom.Blockquote, atom.Dd:
			if t := squeeze(words(c)); t != "" {
				p.body.WriteString(t + "\n\n")
			}
		case atom.Li:
			if t := squeeze(words(c)); t != "" {
				p.body.WriteString("* " + t + "\n")
			}
		case atom.H2, atom.H3, atom.H4:
			if t := squeeze(words(c)); t != "" {
				marks := strings.Repeat("=", int(c.Data[1]-'0'))
				p.body.WriteString("\n" + marks + t + marks + "\n")
			}
		default:
			p.walk(c)
		}
	}
}

// words returns the text below a node without notes.
func words(n *html.Node) string {
	var b strings.Builder
	var add func(*html.Node)
	add = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type == html.ElementNode && !skipped(c) && !(c.DataAtom == atom.Sup && strings.HasPrefix(squeeze(words(c)), "[")):
				if c.DataAtom == atom.Br || c.DataAtom == atom.Li || c.DataAtom == atom.Div || c.DataAtom == atom.P {
					b.WriteByte('\n')
				}
				if c.DataAtom == atom.Hr {
					b.WriteString("\n----\n")
				}
				add(c)
				if c.DataAtom == atom.Li || c.DataAtom == atom.Div || c.DataAtom == atom.P {
					b.WriteByte('\n')
				}
			}
		}
	}
	add(n)
	return b.String()
}

// cell returns the text of a cell as one line.
func cell(n *html.Node) string {
	var items []string
	for l := range strings.Lines(words(n)) {
		l = squeeze(l)
		if l == "----" && len(items) > 0 {
			items[len(items)-1] += " ----"
			continue
		}
		items = append(items, strings.TrimSuffix(l, ","))
	}
	return strings.ReplaceAll(list(items), " ----, ", " ---- ")
}

// sections are the headings of an infobox of a battle, with the key of the cells
// below them.
var sections = map[string]string{
	"belligerents": "Combatant", "combatants": "Combatant", "commanders and leaders": "Commander", "commanders": "Commander", "units involved": "Units",
	"strength": "Strength", "casualties and losses": "Casualties", "casualties": "Casualties",
}

// rowKeys are the headings beside a cell.
var rowKeys = map[string]string{
	"date": "Date", "location": "Place", "place": "Place", "result": "Result", "status": "Status", "territorial changes": "Territory",
	"deaths": "Fatalities", "injured": "Injuries", "perpetrators": "Perpetrators", "perpetrator": "Perpetrators", "attack type": "Type", "target": "Target",
}

// infobox reads the rows of a table.
func (p *page) infobox(table *html.Node) {
	add := func(key, value string) {
		if value != "" {
			p.box = append(p.box, entry{key, value})
		}
	}
	add("Conflict", p.title)
	section := ""
	var rows func(*html.Node)
	rows = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Tr {
				if c.Type == html.ElementNode && c.DataAtom != atom.Th {
					rows(c)
				}
				continue
			}
			var heads, cells []string
			var nested *html.Node
			for k := c.FirstChild; k != nil; k = k.NextSibling {
				switch k.DataAtom {
				case atom.Th:
					heads = append(heads, cell(k))
				case atom.Td:
					if t := find(k, func(n *html.Node) bool { return n.DataAtom == atom.Table }); t != nil {
						nested = t
					}
					cells = append(cells, cell(k))
				}
			}
			switch {
			case nested != nil && len(cells) == 1:
				rows(nested)
			case len(heads) == 1 && len(cells) == 1:
				if key := rowKeys[strings.ToLower(heads[0])]; key != "" {
					add(key, cells[0])
				}
			case len(heads) == 1 && len(cells) == 0:
				section = sections[strings.ToLower(heads[0])]
			case len(heads) == 0 && len(cells) > 0:
				switch {
				case section != "":
					for i, v := range cells {
						key := section + string(rune('1'+i))
						if len(cells) == 1 && section == "Casualties" {
							key = section + "3" // a total below both sides
						}
						add(key, v)
					}
				case len(cells) == 1:
					if rest, ok := strings.CutPrefix(cells[0], "Part of "); ok {
						add("Partof", rest)
					}
				}
			}
		}
	}
	rows(table)
}
