// Package turtle reads and writes the line formats N-Triples and N-Quads and
// the grammars Turtle and TriG, of RDF 1.1 and RDF 1.2 alike.
//
// A [Decoder] turns a document of any of the four into quads one by one, an
// [Encoder] does the reverse. Who wants N-Triples or N-Quads at the speed of
// the disk and no terms uses [LineScanner] on chunks from a [ChunkReader]: it
// yields each term as the bytes of its canonical N-Triples form.
//
// All four share the scanning of terminals in scan.go. Nothing here recurses
// deeper than Options.MaxDepth or keeps more of the input than one token, one
// line, or, for Turtle and TriG, the quads of one object of a statement.
package turtle
