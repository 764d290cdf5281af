// Who attacked whom or what, for the Visualize page: tags alone are enough.
// Attackers are dark blue and what they attacked is orange, Cayley's defaults.

var label = "<http://www.w3.org/2000/01/rdf-schema#label>";

g.V().tag("source").saveOpt(label, "source_label")
	.out("<https://belligraph.org/ontology#attacked>").tag("target").saveOpt(label, "target_label")
	.all();
