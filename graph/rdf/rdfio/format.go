// Package rdfio is the one door to all RDF syntaxes: it tells them apart by
// media type, file name or content, undoes compression, and reads and writes
// quads. The syntaxes themselves live in packages turtle, rdfxml and jsonld.
package rdfio

import (
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
)

// Format is a syntax for RDF datasets or graphs.
type Format uint8

// The formats. Cayley's own two are read only, and only if Options.Decoders
// tells how.
const (
	Unknown Format = iota
	NTriples
	NQuads
	Turtle
	TriG
	RDFXML
	JSONLD
	CayleyJSON
	CayleyPQuads
)

// description holds what there is to know about a format.
type description struct {
	name       string
	mediaTypes []string // the first is the registered one
	extensions []string // the first is the usual one
	short      []string // further names that people type
	graphs     bool     // has named graphs
	writable   bool
}

var descriptions = [...]description{
	Unknown: {name: "unknown format"},
	NTriples: {
		name:       "N-Triples",
		mediaTypes: []string{"application/n-triples", "text/plain", "text/ntriples", "text/x-ntriples", "application/x-ntriples"},
		extensions: []string{".nt", ".ntriples"},
		short:      []string{"n-triples"},
		writable:   true,
	},
	NQuads: {
		name:       "N-Quads",
		mediaTypes: []string{"application/n-quads", "text/x-nquads", "text/nquads", "application/nquads", "application/x-nquads"},
		extensions: []string{".nq", ".nquads"},
		short:      []string{"n-quads", "quads"},
		graphs:     true,
		writable:   true,
	},
	Turtle: {
		name:       "Turtle",
		mediaTypes: []string{"text/turtle", "application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3", "application/n3"},
		extensions: []string{".ttl", ".turtle", ".n3"},
		writable:   true,
	},
	TriG: {
		name:       "TriG",
		mediaTypes: []string{"application/trig", "application/x-trig", "text/trig"},
		extensions: []string{".trig"},
		graphs:     true,
		writable:   true,
	},
	RDFXML: {
		name:       "RDF/XML",
		mediaTypes: []string{"application/rdf+xml", "application/xml", "text/xml"},
		extensions: []string{".rdf", ".xml", ".owl", ".rdfs"},
		short:      []string{"rdfxml", "rdf/xml", "rdf-xml"},
		writable:   true,
	},
	JSONLD: {
		name:       "JSON-LD",
		mediaTypes: []string{"application/ld+json", "application/json", "application/x-json+ld"},
		extensions: []string{".jsonld", ".json"},
		short:      []string{"json-ld"},
		graphs:     true,
		writable:   true,
	},
	CayleyJSON: {
		name:       "Cayley JSON",
		mediaTypes: []string{"application/x-cayley-json"},
		extensions: []string{".quads.json"},
		short:      []string{"cayley-json"},
		graphs:     true,
	},
	CayleyPQuads: {
		name:       "Cayley pquads",
		mediaTypes: []string{"application/x-protobuf"},
		extensions: []string{".pq", ".pquads"},
		graphs:     true,
	},
}

// Formats returns all formats, in the order in which a server prefers them.
func Formats() []Format {
	return []Format{Turtle, NTriples, NQuads, TriG, JSONLD, RDFXML, CayleyJSON, CayleyPQuads}
}

func (f Format) describe() *description {
	if int(f) >= len(descriptions) {
		return &descriptions[Unknown]
	}
	return &descriptions[f]
}

// String returns the name of the format, as in "N-Quads".
func (f Format) String() string { return f.describe().name }

// MediaType returns the registered media type, without parameters.
func (f Format) MediaType() string {
	if m := f.describe().mediaTypes; len(m) > 0 {
		return m[0]
	}
	return "application/octet-stream"
}

// MediaTypes returns all media types that name the format, the registered one
// first.
func (f Format) MediaTypes() []string { return slices.Clone(f.describe().mediaTypes) }

// Extension returns the usual file name extension with its dot.
func (f Format) Extension() string {
	if e := f.describe().extensions; len(e) > 0 {
		return e[0]
	}
	return ""
}

// Extensions returns all file name extensions, the usual one first.
func (f Format) Extensions() []string { return slices.Clone(f.describe().extensions) }

// Graphs reports whether the format can hold named graphs.
func (f Format) Graphs() bool { return f.describe().graphs }

// Writable reports whether there is an Encoder for the format.
func (f Format) Writable() bool { return f.describe().writable }

// ByMediaType returns the format of a media type, whose parameters and case are
// ignored.
func ByMediaType(mediaType string) (Format, bool) {
	essence, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		essence, _, _ = strings.Cut(mediaType, ";")
		essence = strings.ToLower(strings.TrimSpace(essence))
	}
	for f := range descriptions {
		if slices.Contains(descriptions[f].mediaTypes, essence) {
			return Format(f), true
		}
	}
	return Unknown, false
}

// ByFileName returns the format that the extension of a file name stands for,
// after that of a compression has been taken off.
func ByFileName(name string) (Format, bool) {
	name = strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	for _, ext := range compressedExtensions {
		if s, ok := strings.CutSuffix(name, ext); ok {
			name = s
			break
		}
	}
	best, length := Unknown, 0
	for f, d := range descriptions {
		for _, ext := range d.extensions {
			if strings.HasSuffix(name, ext) && len(ext) > length {
				best, length = Format(f), len(ext)
			}
		}
	}
	return best, best != Unknown
}

// Parse returns the format that a person or a URL parameter means: a media type,
// an extension with or without its dot, or a name such as "turtle" or "RDF/XML".
func Parse(s string) (Format, error) {
	if f, ok := ByMediaType(s); ok {
		return f, nil
	}
	word := strings.ToLower(strings.TrimSpace(s))
	for f, d := range descriptions {
		if f == int(Unknown) {
			continue
		}
		if strings.ToLower(d.name) == word || slices.Contains(d.short, word) ||
			slices.Contains(d.extensions, word) || slices.Contains(d.extensions, "."+word) {
			return Format(f), nil
		}
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, strings.TrimPrefix(f.Extension(), "."))
	}
	return Unknown, fmt.Errorf("rdfio: no RDF format is called %q; known are %s", s, strings.Join(names, ", "))
}

// essence returns a media type without parameters, in lower case.
func essence(mediaType string) string {
	s, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(s))
}

// vagueName reports whether a file name's extension is shared with formats that
// are no RDF, or are another format.
func vagueName(name string) bool {
	name = strings.ToLower(name)
	for _, ext := range compressedExtensions {
		name = strings.TrimSuffix(name, ext)
	}
	return strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".quads.json") || strings.HasSuffix(name, ".xml")
}
