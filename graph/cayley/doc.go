// Package cayley joins Belligraph and Cayley in both directions. [New] and
// [NewSnapshot] show a graph.Graph or one snapshot of it to Cayley as a
// QuadStore; [FromQuadStore] shows any Cayley QuadStore to Belligraph as a
// graph.Graph; [Query] runs Gizmo, GraphQL and MQL, the languages of Cayley's
// own packages, over a graph.
//
// It is the only package that imports Cayley, so nothing of Cayley's types
// reaches the server: [Query], [Format] and [ParseValue] speak of rdf terms and
// JSON. Values and terms correspond one to one, see [ToValue].
package cayley
