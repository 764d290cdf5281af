package main

// A shape is one benchmark query. Shapes follow those that the published
// benchmarks of the field ask (statistics, stars, chains, cycles, OPTIONAL,
// MINUS, paths, grouping, filters, strings, sorting, exports); the texts are
// our own and fit the generated graphs.
type shape struct {
	graph, name, query string
	// export marks queries whose cost is mostly the serialising of many rows.
	export bool
}

const shopPrefix = "PREFIX : <http://shop.example/ontology/>\n"

const wikiPrefix = `PREFIX p: <http://wiki.example/prop/>
PREFIX q: <http://wiki.example/entity/>
PREFIX c: <http://wiki.example/class/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
`

const conflictPrefix = "PREFIX bg: <https://belligraph.org/ontology#>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"

var shapes = []shape{
	{graph: "shop", name: "count all", query: `SELECT (COUNT(*) AS ?n) { ?s ?p ?o }`},
	{graph: "shop", name: "group and sum, top 20", query: shopPrefix + `SELECT ?c (SUM(?t) AS ?sum) { ?o :customer ?c ; :total ?t } GROUP BY ?c ORDER BY DESC(?sum) LIMIT 20`},
	{graph: "shop", name: "join of three, top 50", query: shopPrefix + `SELECT ?name ?title ?total { ?o :customer ?c ; :product ?p ; :total ?total . ?c :name ?name . ?p :title ?title } ORDER BY DESC(?total) LIMIT 50`},
	{graph: "shop", name: "optional and group", query: shopPrefix + `SELECT ?cat (COUNT(?o) AS ?n) (AVG(?r) AS ?avg) { ?p :category ?cat . ?o :product ?p . OPTIONAL { ?p :rating ?r } } GROUP BY ?cat ORDER BY DESC(?n) LIMIT 20`},

	{graph: "wiki", name: "predicates counted", query: `SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n)`},
	{graph: "wiki", name: "distinct subjects", query: `SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }`},
	{graph: "wiki", name: "distinct objects", query: `SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }`},
	{graph: "wiki", name: "star of 2", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P569 ?a ; p:P1082 ?b }`},
	{graph: "wiki", name: "star of 5", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P31 ?k ; p:P569 ?a ; p:P1082 ?b ; p:P1000 ?c ; p:P1001 ?d }`},
	{graph: "wiki", name: "chain of 2", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P361 ?y . ?y p:P1002 ?z }`},
	{graph: "wiki", name: "chain of 3 through classes", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P361 ?y . ?y p:P31 ?k . ?k rdfs:subClassOf ?l }`},
	{graph: "wiki", name: "object-object join", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P1003 ?z . ?y p:P1004 ?z }`},
	{graph: "wiki", name: "triangle", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P1000 ?y . ?y p:P1001 ?z . ?x p:P1002 ?z }`},
	{graph: "wiki", name: "square", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P1003 ?y . ?y p:P1004 ?z . ?x p:P1005 ?w . ?w p:P1006 ?z }`},
	{graph: "wiki", name: "two-column join", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P1000 ?y . ?x p:P1001 ?y }`},
	{graph: "wiki", name: "optional", query: wikiPrefix + `SELECT (COUNT(?b) AS ?n) { ?x p:P31 ?k OPTIONAL { ?x p:P1082 ?b } }`},
	{graph: "wiki", name: "minus", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P31 ?k MINUS { ?x p:P1082 ?b } }`},
	{graph: "wiki", name: "not exists", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P31 ?k FILTER NOT EXISTS { ?x p:P1082 ?b } }`},
	{graph: "wiki", name: "exists", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P31 ?k FILTER EXISTS { ?x p:P1082 ?b } }`},
	{graph: "wiki", name: "union", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { { ?x p:P569 ?v } UNION { ?x p:P1082 ?v } }`},
	{graph: "wiki", name: "path to a fixed node", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P361+ q:Q5 }`},
	{graph: "wiki", name: "type and subclass path to a class", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P31/rdfs:subClassOf* c:C1 }`},
	{graph: "wiki", name: "class closure, both ends free", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x rdfs:subClassOf+ ?y }`},
	{graph: "wiki", name: "group, many groups", query: wikiPrefix + `SELECT ?y (COUNT(*) AS ?n) { ?x p:P1000 ?y } GROUP BY ?y ORDER BY DESC(?n) LIMIT 10`},
	{graph: "wiki", name: "group, few groups", query: wikiPrefix + `SELECT ?k (COUNT(*) AS ?n) { ?x p:P31 ?k } GROUP BY ?k ORDER BY DESC(?n) LIMIT 10`},
	{graph: "wiki", name: "group by class with average and maximum", query: wikiPrefix + `SELECT ?k (AVG(?b) AS ?avg) (MAX(?b) AS ?max) { ?x p:P31 ?k ; p:P1082 ?b } GROUP BY ?k`},
	{graph: "wiki", name: "numeric range", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P1082 ?b FILTER(?b > 1000000 && ?b < 2000000) }`},
	{graph: "wiki", name: "date range", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x p:P569 ?d FILTER(?d >= "1950-01-01"^^xsd:date && ?d < "1960-01-01"^^xsd:date) }`},
	{graph: "wiki", name: "language filter", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x rdfs:label ?l FILTER(LANG(?l) = "fr") }`},
	{graph: "wiki", name: "anchored regex", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x rdfs:label ?l FILTER(REGEX(STR(?l), "^bel.*ti$")) }`},
	{graph: "wiki", name: "contains", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x rdfs:label ?l FILTER(CONTAINS(STR(?l), "grati")) }`},
	{graph: "wiki", name: "prefix", query: wikiPrefix + `SELECT (COUNT(*) AS ?n) { ?x rdfs:label ?l FILTER(STRSTARTS(STR(?l), "bel")) }`},
	{graph: "wiki", name: "sum of lengths", query: wikiPrefix + `SELECT (SUM(STRLEN(?l)) AS ?n) { ?x rdfs:label ?l }`},
	{graph: "wiki", name: "sum of arithmetic", query: wikiPrefix + `SELECT (SUM(?b * 2 + 1) AS ?n) { ?x p:P1082 ?b }`},
	{graph: "wiki", name: "order by number, limit", query: wikiPrefix + `SELECT ?x ?b { ?x p:P1082 ?b } ORDER BY DESC(?b) LIMIT 10`},
	{graph: "wiki", name: "order by string, deep offset", query: wikiPrefix + `SELECT ?l { ?x rdfs:label ?l } ORDER BY ?l OFFSET 100000 LIMIT 10`},
	{graph: "wiki", name: "export labels", export: true, query: wikiPrefix + `SELECT ?x ?l { ?x rdfs:label ?l }`},
	{graph: "wiki", name: "construct", export: true, query: wikiPrefix + `CONSTRUCT { ?y p:hasPart ?x } { ?x p:P361 ?y }`},
	{graph: "wiki", name: "look-up by subject", query: wikiPrefix + `SELECT ?p ?o { q:Q77 ?p ?o }`},
	{graph: "wiki", name: "look-up by object", query: wikiPrefix + `SELECT ?s ?p { ?s ?p q:Q777 }`},

	{graph: "conflict", name: "who attacked where, by claimant", query: conflictPrefix + `SELECT ?a ?place ?who { ?c bg:proposition ?q ; bg:claimant ?who . ?q a bg:attacked ; bg:agent ?a ; bg:place ?place } LIMIT 1000`},
	{graph: "conflict", name: "places disputed by two groups", query: conflictPrefix + `SELECT ?place (COUNT(DISTINCT ?a) AS ?n) { ?a bg:claimedControl ?place } GROUP BY ?place HAVING(COUNT(DISTINCT ?a) > 1) ORDER BY DESC(?n) LIMIT 20`},
	{graph: "conflict", name: "killed per claimant", query: conflictPrefix + `SELECT ?who (SUM(?k) AS ?sum) { ?q bg:metric "killed" ; bg:minimum ?k . ?c bg:proposition ?q ; bg:claimant ?who } GROUP BY ?who ORDER BY DESC(?sum) LIMIT 20`},
	{graph: "conflict", name: "denied and asserted", query: conflictPrefix + `SELECT (COUNT(*) AS ?n) { ?c bg:proposition ?q ; bg:stance bg:denies . ?d bg:proposition ?q ; bg:stance bg:asserts }`},
	{graph: "conflict", name: "said in a year", query: conflictPrefix + `SELECT (COUNT(*) AS ?n) { ?c bg:saidOn ?d FILTER(?d >= "2012-01-01"^^xsd:date && ?d < "2013-01-01"^^xsd:date) }`},
}
