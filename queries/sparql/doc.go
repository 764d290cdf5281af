// Package sparql reads SPARQL: a lexer, a syntax tree with positions, a parser,
// a printer, and the translation of queries and updates into package algebra.
// The language is SPARQL 1.1 Query and Update whole, with what the drafts of
// SPARQL 1.2 add: triple terms, reified triples, annotations, base directions,
// VERSION, and their functions.
//
// [ParseQuery] and [ParseUpdate] give a [Query] or [Update]; their String prints
// text that parses to the same tree. [Translate] and [TranslateUpdate] follow
// SPARQL 1.1 §18.2 to the letter and optimise nothing. Every fault is an
// [*Error] that knows its line, column and, mostly, a remedy; [Warnings] tells
// what is allowed but hardly meant. [Complete] tells an editor what may stand at
// a place, [Format] lays text out.
//
// Where the versions differ the package follows 1.2: \u escapes are decoded in
// IRIs and strings only, not anywhere in the text, and in a grouped query AS
// may give a name that only the pattern under the grouping uses. Nesting is
// limited to 1000 levels, what builds on each other side by side, such as the
// operators of a chain and the elements of a group, to 10,000, so that no text
// exhausts the stack of this package or of those that walk its trees; time and
// memory are linear in the text.
//
// The package knows no data and evaluates nothing.
package sparql
