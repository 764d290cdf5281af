// Package gazetteer embeds the names of actors, places and media that the
// extractor knows beforehand: what they are and when, never what they did.
package gazetteer

import "embed"

// Files holds the gazetteer's tables.
//
//go:embed *.yaml *.tsv
var Files embed.FS
