"""rdflib's SPARQLStore and SPARQLUpdateStore: graphs that live on the server."""

import rdflib
from rdflib import Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from checks import EX, check, done, endpoint

alice, name = URIRef(EX + "alice"), URIRef(EX + "name")

for method in ["GET", "POST", "POST_FORM"]:
    for form in ["xml", "json", "csv", "tsv"]:
        g = rdflib.Graph(SPARQLStore(endpoint, method=method, returnFormat=form))
        rows = list(g.query(f"SELECT ?o {{ <{EX}alice> <{EX}name> ?o }}"))
        check(f"SELECT by {method} as {form}", [str(r.o) for r in rows], ["Alice Müller"])

g = rdflib.Graph(SPARQLStore(endpoint))
check("value", g.value(alice, name), Literal("Alice Müller"))
check("typed value", g.value(alice, URIRef(EX + "age")), Literal(42))
check("tagged value", g.value(alice, URIRef(EX + "greeting")), Literal("Grüezi", lang="de-CH"))
check("in", (alice, name, Literal("Alice Müller")) in g, True)
check("not in", (alice, name, Literal("Bob")) in g, False)
check("ASK", g.query(f"ASK {{ <{EX}alice> ?p ?o }}").askAnswer, True)
check("CONSTRUCT", len(g.query(f"CONSTRUCT WHERE {{ <{EX}alice> ?p ?o }}").graph), 4)
check("triples", len(list(g.triples((alice, None, None)))), 4)
check("length", len(g) > 0, True)

store = SPARQLUpdateStore(endpoint, endpoint, autocommit=True, method="POST")
d = rdflib.Dataset(store)
named = d.graph(URIRef(EX + "rdflib"))
named.add((alice, name, Literal("rdflib, 'quoted' \"twice\"\n")))
check("added", [str(o) for o in named.objects(alice, name)], ["rdflib, 'quoted' \"twice\"\n"])
named.update(f'DELETE {{ ?s <{EX}name> ?o }} INSERT {{ ?s <{EX}name> "updated" }} WHERE {{ ?s <{EX}name> ?o }}')
check("updated", [str(o) for o in named.objects(alice, name)], ["updated"])
check("the default graph is as it was", g.value(alice, name), Literal("Alice Müller"))
named.remove((alice, None, None))
check("removed", len(named), 0)

remote = rdflib.Graph().parse(endpoint.replace("/sparql", "/rdf-graph-store") + "?default")
check("parse of the graph store", (alice, name, Literal("Alice Müller")) in remote, True)
done("rdflib", rdflib.__version__)
