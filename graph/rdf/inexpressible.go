package rdf

import "errors"

// ErrInexpressible marks the errors of encoders that mean: this quad, though
// perhaps good RDF, is not to be had in this syntax. The document is as it was
// before, so the caller may leave the quad out and go on.
var ErrInexpressible = errors.New("not expressible in this syntax")
