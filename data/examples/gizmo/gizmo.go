// Package gizmo embeds example queries in Gizmo, Cayley's JavaScript.
package gizmo

import "embed"

// Files holds the examples, each with a comment that says what it shows.
//
//go:embed *.js
var Files embed.FS
