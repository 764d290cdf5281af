// Package shapes embeds the SHACL shapes of the claim model in Turtle.
package shapes

import _ "embed"

// Turtle is the shapes graph. Each shape bears the name of the check in package
// claim that tests the same rule before anything is written.
//
//go:embed claims.ttl
var Turtle []byte
