// Package results writes and reads the results of SELECT and ASK queries in the
// formats of SPARQL 1.1 and 1.2: JSON, XML, CSV and TSV, and writes them as an
// HTML page for people.
//
// Everything streams: a [Writer] holds one buffer, a [Reader] one row. A result
// that was cut short never looks complete, see [Writer.Fail].
package results

import (
	"fmt"
	"strings"
)

// Format is a format of results.
type Format uint8

// The formats.
const (
	JSON Format = iota + 1
	XML
	CSV
	TSV
	HTML
)

// description is what the world calls a format. The first media type is the
// one that it is sent as, the others are taken for it.
type description struct {
	name       string
	extension  string
	charset    bool // whether the Content-Type needs charset=utf-8
	mediaTypes []string
	aliases    []string
}

var descriptions = [...]description{
	0: {name: "unknown"},
	JSON: {"json", ".srj", false,
		[]string{"application/sparql-results+json", "application/json", "text/javascript", "application/x-sparqlstar-results+json"},
		[]string{"srj", "sparql-results+json"}},
	XML: {"xml", ".srx", false,
		[]string{"application/sparql-results+xml", "application/xml", "text/xml", "application/x-sparqlstar-results+xml"},
		[]string{"srx", "sparql-results+xml", "sparql"}},
	CSV: {"csv", ".csv", true,
		[]string{"text/csv"}, nil},
	TSV: {"tsv", ".tsv", true,
		[]string{"text/tab-separated-values", "text/x-tab-separated-values", "application/x-sparqlstar-results+tsv"},
		nil},
	HTML: {"html", ".html", true,
		[]string{"text/html", "application/xhtml+xml"},
		[]string{"htm"}},
}

func (f Format) describe() *description {
	if int(f) < len(descriptions) {
		return &descriptions[f]
	}
	return &descriptions[0]
}

// Formats returns the formats in the order in which they are preferred when a
// client accepts anything.
func Formats() []Format { return formats[:] }

var formats = [...]Format{JSON, XML, CSV, TSV, HTML}

// String returns the short name: json, xml, csv, tsv or html.
func (f Format) String() string { return f.describe().name }

// Extension returns the file name extension with its point.
func (f Format) Extension() string { return f.describe().extension }

// MediaTypes returns the media types that stand for the format, its own first.
func (f Format) MediaTypes() []string { return f.describe().mediaTypes }

// MediaType returns the media type that the format is sent as.
func (f Format) MediaType() string {
	if m := f.MediaTypes(); len(m) > 0 {
		return m[0]
	}
	return ""
}

// ContentType returns the value of the Content-Type header.
func (f Format) ContentType() string {
	if f.describe().charset {
		return f.MediaType() + "; charset=utf-8"
	}
	return f.MediaType()
}

// ByMediaType returns the format that a media type stands for; parameters after
// ";" are ignored.
func ByMediaType(mediaType string) (Format, bool) {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	mediaType = strings.TrimSpace(mediaType)
	for _, f := range Formats() {
		for _, m := range f.MediaTypes() {
			if strings.EqualFold(m, mediaType) {
				return f, true
			}
		}
	}
	return 0, false
}

// ByFileName returns the format that the extension of a file name stands for.
func ByFileName(name string) (Format, bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return 0, false
	}
	return byName(name[i+1:])
}

// byName looks up a short name or alias.
func byName(name string) (Format, bool) {
	for _, f := range Formats() {
		d := f.describe()
		if strings.EqualFold(name, d.name) {
			return f, true
		}
		for _, a := range d.aliases {
			if strings.EqualFold(name, a) {
				return f, true
			}
		}
	}
	return 0, false
}

// Parse returns the format named by a short name, as clients write in
// format=json and output=csv, or by a media type.
func Parse(s string) (Format, error) {
	if f, ok := byName(s); ok {
		return f, nil
	}
	if f, ok := ByMediaType(s); ok {
		return f, nil
	}
	return 0, fmt.Errorf("results: unknown format %q; known are json, xml, csv, tsv and html", s)
}
