// Package rules embeds the rules and word lists that the extractor compiles.
package rules

import "embed"

// Files holds the YAML files of the rules, the lexicon and the infobox grammar.
//
//go:embed *.yaml
var Files embed.FS
