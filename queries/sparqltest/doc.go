// Package sparqltest runs the evaluation tests of the W3C SPARQL suites through
// the engine, over each implementation of graph.Graph, and compares results as
// the manifests ask. It holds nothing but tests. What is skipped, and why, is
// listed in skips.txt.
package sparqltest
