// One actor and what surrounds it, for the Visualize page: every relation that
// leads out of it to another entity, and out of those once more. Change the IRI
// in the first line to start somewhere else.

var start = "<https://belligraph.org/id/actor/mnla>";
var ontology = "https://belligraph.org/ontology#";
var label = "<http://www.w3.org/2000/01/rdf-schema#label>";

function nameOf(node) {
	var labels = g.V(node).out(label).order().toArray();
	return labels.length > 0 ? labels[0] : node.replace(/[<>]/g, "").replace(/.*[\/#]/, "");
}

function draw(source, colour) {
	var targets = [];
	g.V(source).outPredicates().filter(like("%" + ontology + "%")).forEach(function(p) {
		g.V(source).out(p.id).filter(like("%/id/%")).forEach(function(o) {
			g.emit({
				source: source, source_label: nameOf(source), source_color: colour,
				target: o.id, target_label: nameOf(o.id), target_color: "#e67e22"
			});
			targets.push(o.id);
		});
	});
	return targets;
}

draw(start, "#c0392b").forEach(function(node) { draw(node, "#e67e22"); });
