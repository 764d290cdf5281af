// The conflict in one picture, for the Visualize page.
//
// Every attack, capture, defection and claim of control becomes a small chain
// actor -> relation -> target. The relation stands in its own colour, which
// Cayley's page gives to nodes only: red attacked, purple captured, blue
// defectedTo, orange claimedControl; lighter ones are only reported or inferred.
// Actors are dark, what they act upon is green. Run it on the Query page to see
// the rows that the picture is made of.

var bg = "https://belligraph.org/ontology#";
var label = "<http://www.w3.org/2000/01/rdf-schema#label>";
var colours = {
	attacked: "#c0392b",
	repelled: "#16a085",
	captured: "#8e44ad", reportedCaptured: "#bb8fce",
	defectedTo: "#2471a3", inferredDefectedTo: "#7fb3d5",
	claimedControl: "#e67e22",
	withdrewTo: "#7f8c8d", reportedFledTo: "#b2babb"
};

// nameOf is the label of a node, or the end of its IRI if it has none.
function nameOf(node) {
	var labels = g.V(node).out(label).order().toArray();
	return labels.length > 0 ? labels[0] : node.replace(/[<>]/g, "").replace(/.*[\/#]/, "");
}

for (var relation in colours) {
	var predicate = "<" + bg + relation + ">";
	g.V().tag("source").out(predicate).tag("target").forEach(function(edge) {
		var middle = edge.source + " " + relation + " " + edge.target;
		g.emit({
			source: edge.source, source_label: nameOf(edge.source), source_color: "#2c3e50",
			target: middle, target_label: relation, target_color: colours[relation]
		});
		g.emit({
			source: middle, source_label: relation, source_color: colours[relation],
			target: edge.target, target_label: nameOf(edge.target), target_color: "#1e8449"
		});
	});
}
