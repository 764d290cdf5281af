package export

import (
	"bufio"
	"fmt"
	"strconv"
)

// writeGEXF writes a dynamic network in GEXF 1.2, which Gephi and others read.
// The spell of a node or an edge is the widest time that it may have had: what
// is known more exactly stands in its attributes.
func writeGEXF(w *writer) error { return writeNetwork(w, &gexf{out: w.out}) }

type gexf struct{ out *bufio.Writer }

var (
	gexfNodeAttributes = []string{"kind", "latitude", "longitude"}
	gexfEdgeAttributes = []string{
		"predicate", "qualifier", "claim", "claimant", "document", "quote", "begin_earliest", "begin_latest", "end_earliest", "end_latest", "events",
	}
)

func (g *gexf) begin(n Network) {
	direction := "directed"
	if n == Participation {
		direction = "undirected"
	}
	fmt.Fprintf(g.out, `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
<meta><creator>Belligraph</creator><description>%s of a graph of claims</description></meta>
<graph mode="dynamic" timeformat="date" defaultedgetype="%s">
`, n, direction)
	for _, class := range []string{"node", "edge"} {
		names := gexfNodeAttributes
		if class == "edge" {
			names = gexfEdgeAttributes
		}
		fmt.Fprintf(g.out, `<attributes class="%s" mode="static">`, class)
		for i, name := range names {
			kind := "string"
			if name == "latitude" || name == "longitude" {
				kind = "double"
			}
			fmt.Fprintf(g.out, `<attribute id="%d" title="%s" type="%s"/>`, i, name, kind)
		}
		g.out.WriteString("</attributes>\n")
	}
	g.out.WriteString("<nodes>\n")
}

func (g *gexf) node(n *node) {
	fmt.Fprintf(g.out, `<node id="%s" label="%s">`, escaped(n.id), escaped(n.label))
	values := []string{n.kind, "", ""}
	if n.at != nil {
		values[1], values[2] = degrees(n.at.lat), degrees(n.at.long)
	}
	g.values(values)
	g.spell(n.first, n.last)
	g.out.WriteString("</node>\n")
}

func (g *gexf) betweenNodesAndEdges() { g.out.WriteString("</nodes>\n<edges>\n") }

func (g *gexf) edge(e *edge) {
	fmt.Fprintf(g.out, `<edge id="%s" source="%s" target="%s" label="%s" weight="%d">`, escaped(e.id), escaped(e.source), escaped(e.target), escaped(e.label), e.weight)
	g.values([]string{e.predicate, e.qualifier, e.claim, e.claimant, e.document, e.quote, e.days[0], e.days[1], e.days[2], e.days[3], e.rests})
	g.spell(e.first(), e.last())
	g.out.WriteString("</edge>\n")
}

func (g *gexf) end() { g.out.WriteString("</edges>\n</graph>\n</gexf>\n") }

func (g *gexf) values(values []string) {
	g.out.WriteString("<attvalues>")
	for i, v := range values {
		if v != "" {
			g.out.WriteString(`<attvalue for="` + strconv.Itoa(i) + `" value="` + escaped(v) + `"/>`)
		}
	}
	g.out.WriteString("</attvalues>")
}

// spell writes a time. A bound that nobody knows is left out, which readers
// take as without a bound.
func (g *gexf) spell(first, last string) {
	if first == "" && last == "" {
		return
	}
	g.out.WriteString("<spells><spell")
	if first != "" {
		g.out.WriteString(` start="` + first + `"`)
	}
	if last != "" {
		g.out.WriteString(` end="` + last + `"`)
	}
	g.out.WriteString("/></spells>")
}
