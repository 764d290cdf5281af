// Package export writes the claims of a graph in the formats of other tools:
// tables, maps, networks, nanopublications, entities of FollowTheMoney and
// mappings. It streams: what it holds in memory does not grow with the graph.
//
// It reads one graph, the default graph unless another is named, through the
// snapshot it is given. Whoever may not see a private graph has a snapshot that
// does not hold it, see package private.
package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Format is a format to export to.
type Format struct {
	Name      string // as users write it: "geojson"
	File      string // a name for the file, with its extension
	MediaType string
	Title     string // for people
	About     string // what is in it and who reads it, in a sentence
	write     func(*writer) error
}

// Formats returns the formats in the order in which people are shown them.
func Formats() []Format {
	return []Format{
		{"claims", "claims.csv", "text/csv", "Claims, CSV", "a row for everything that somebody says: who, through whom, what, when, how many, in which words", writeClaims},
		{"parties", "parties.csv", "text/csv", "Events × parties, CSV", "a row for each party of each event, with its role and the range of its losses", writeParties},
		{"geojson", "events.geojson", "application/geo+json", "GeoJSON", "events and spells of control, for QGIS and geopandas; an event without a known point has no geometry", writeGeoJSON},
		{"gexf", "network.gexf", "application/gexf+xml", "GEXF", "a network in time, for Gephi: entities, and an edge for each claim of a relation, with its spell", writeGEXF},
		{"graphml", "network.graphml", "application/graphml+xml", "GraphML", "the same network for yEd, Cytoscape, igraph and networkx", writeGraphML},
		{"jsonld", "claims.jsonld", "application/ld+json", "JSON-LD", "claims with what they say, their times, numbers and words, as linked data", writeJSONLD},
		{"nanopub", "nanopubs.trig", "application/trig", "Nanopublications, TriG", "a nanopublication for each claim: assertion, provenance, publication", writeNanopubs},
		{"ftm", "entities.ftm.json", "application/x-ndjson", "FollowTheMoney", "actors, places and events as entities of FollowTheMoney, one JSON object a line", writeFTM},
		{"sssom", "links.sssom.tsv", "text/tab-separated-values", "SSSOM", "the links between sources, accepted and denied, as a mapping set", writeSSSOM},
	}
}

// ByName returns the format of that name or file name.
func ByName(name string) (Format, bool) {
	formats := Formats()
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name || f.File == name })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// Names returns the names of the formats.
func Names() []string {
	var out []string
	for _, f := range Formats() {
		out = append(out, f.Name)
	}
	return out
}

// Network says what the nodes and edges of a network are.
type Network string

// The networks. In each an edge names the claims or events that it rests on.
const (
	// Relations has all entities and an edge for each relation that a claim
	// speaks of, asserted or not: which of the two an attribute tells.
	Relations Network = "relations"
	// Attacks is the part of Relations that says who attacked, shelled, bombed,
	// ambushed or besieged whom. Datasets never say so.
	Attacks Network = "attacks"
	// Participation joins two actors who took part in the same events, whatever
	// side they were on. Edges have no direction; their weight is how many
	// events there are.
	Participation Network = "participation"
)

// Networks lists the networks.
func Networks() []Network { return []Network{Relations, Attacks, Participation} }

// Options say what to export. The zero value is the default graph.
type Options struct {
	Graph   rdf.Term // a named graph in place of the default graph
	Network Network  // of GEXF and GraphML; Relations by default
	// Made is when the export is made, which nanopublications must say; the
	// zero value is now.
	Made time.Time
}

// Report tells what was written.
type Report struct {
	Rows int // rows, features, edges, claims or entities, as the format has it
	Left int // what the format has no form for and was left out
}

// Write writes what the snapshot holds in the format.
func Write(ctx context.Context, out io.Writer, snap graph.Snapshot, f Format, o Options) (Report, error) {
	if o.Network == "" {
		o.Network = Relations
	}
	if !slices.Contains(Networks(), o.Network) {
		return Report{}, fmt.Errorf("export: there is no network %q; there are relations, attacks and participation: %w", o.Network, graph.ErrBadRequest)
	}
	if o.Made.IsZero() {
		o.Made = time.Now()
	}
	s, err := newSource(ctx, snap, o.Graph)
	if err != nil {
		return Report{}, fmt.Errorf("export: %w", err)
	}
	b := bufio.NewWriterSize(out, 64<<10)
	w := &writer{source: s, out: b, o: o}
	if err := f.write(w); err != nil {
		return w.Report, fmt.Errorf("export: %s: %w", f.Name, err)
	}
	return w.Report, b.Flush()
}

// writer writes one export.
type writer struct {
	*source
	out *bufio.Writer // remembers its first error, which the flush returns
	o   Options
	Report
}

// row counts a row and reports whether to go on: it looks at the context from
// time to time, as scans of little ones do not.
func (w *writer) row() error {
	w.Rows++
	if w.Rows%256 == 0 {
		return w.ctx.Err()
	}
	return nil
}

// joined puts values in one cell.
func joined(values []string) string { return strings.Join(values, "; ") }
