// Package link finds which events, actors and places of different sources are
// the same, and says why. Events are compared by time, place and parties, each
// only as precisely as its source knows it; a [Pair] has a score, the features
// that make it up, and a verdict. Nothing is merged: what is found becomes claims
// of links, never owl:sameAs, beside which decisions of people stand and win.
//
// [Read] takes events out of a graph, [Match] compares them, [Claims] makes
// claims of the result. The package never reads files.
package link
