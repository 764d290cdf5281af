// Package articles embeds the sample article, with its licence beside it.
package articles

import "embed"

// Files holds the sample articles in plain text.
//
//go:embed *.txt
var Files embed.FS
