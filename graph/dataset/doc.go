// Package dataset reads datasets about conflicts, row by row, into the model of
// package claim, in the layouts in which they have been published: those of
// UCDP and ACLED. Each row is a record, a document of its own, whose values are
// claims: when and where, who took part, how many were killed. Codes of
// precision become intervals and areas, never false points, and the sides of a
// row are parties: no dataset says who attacked.
//
// A row is read whole or not at all. What cannot be read is reported with its
// line and column, and the rest goes on. Memory does not grow with the file.
//
// [Recognise] tells a layout by the head of a file, [Read] turns rows into
// extractions, [Import] puts them into a graph.
package dataset
