// Package questions embeds the named questions: SPARQL queries with a header of
// comments that gives title, parameters, English patterns and the sentence of
// the answer. Package question explains the header.
package questions

import "embed"

// Files holds the questions.
//
//go:embed *.rq
var Files embed.FS
