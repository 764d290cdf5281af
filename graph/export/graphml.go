package export

import (
	"bufio"
	"fmt"
)

// writeGraphML writes the network in GraphML. It has no notion of time: bounds
// are attributes.
func writeGraphML(w *writer) error { return writeNetwork(w, &graphml{out: w.out}) }

type graphml struct{ out *bufio.Writer }

var (
	graphmlNodeKeys = []string{"label", "kind", "begin", "end", "latitude", "longitude"}
	graphmlEdgeKeys = []string{
		"label", "predicate", "qualifier", "claim", "claimant", "document", "quote", "begin_earliest", "begin_latest", "end_earliest", "end_latest", "weight", "events",
	}
)

func (g *graphml) begin(n Network) {
	g.out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`)
	for _, of := range []struct {
		what string
		keys []string
	}{{"node", graphmlNodeKeys}, {"edge", graphmlEdgeKeys}} {
		for _, key := range of.keys {
			kind := "string"
			switch key {
			case "latitude", "longitude":
				kind = "double"
			case "weight":
				kind = "int"
			}
			fmt.Fprintf(g.out, `<key id="%s_%s" for="%s" attr.name="%s" attr.type="%s"/>`+"\n", of.what, key, of.what, key, kind)
		}
	}
	direction := "directed"
	if n == Participation {
		direction = "undirected"
	}
	fmt.Fprintf(g.out, `<graph id="belligraph" edgedefault="%s">`+"\n", direction)
}

func (g *graphml) node(n *node) {
	fmt.Fprintf(g.out, `<node id="%s">`, escaped(n.id))
	lat, long := "", ""
	if n.at != nil {
		lat, long = degrees(n.at.lat), degrees(n.at.long)
	}
	g.data("node", graphmlNodeKeys, []string{n.label, n.kind, n.first, n.last, lat, long})
	g.out.WriteString("</node>\n")
}

func (g *graphml) betweenNodesAndEdges() {}

func (g *graphml) edge(e *edge) {
	fmt.Fprintf(g.out, `<edge id="%s" source="%s" target="%s">`, escaped(e.id), escaped(e.source), escaped(e.target))
	g.data("edge", graphmlEdgeKeys, []string{
		e.label, e.predicate, e.qualifier, e.claim, e.claimant, e.document, e.quote, e.days[0], e.days[1], e.days[2], e.days[3], fmt.Sprint(e.weight), e.rests,
	})
	g.out.WriteString("</edge>\n")
}

func (g *graphml) end() { g.out.WriteString("</graph>\n</graphml>\n") }

func (g *graphml) data(what string, keys, values []string) {
	for i, v := range values {
		if v != "" {
			g.out.WriteString(`<data key="` + what + "_" + keys[i] + `">` + escaped(v) + "</data>")
		}
	}
}
