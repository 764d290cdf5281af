// Package ontology embeds the ontology of Belligraph in Turtle.
package ontology

import _ "embed"

// Turtle is the ontology: classes, properties, and the concept schemes of
// kinds, metrics, stances, modalities, roles and disagreements.
//
//go:embed belligraph.ttl
var Turtle []byte
