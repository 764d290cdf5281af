"""SPARQLWrapper: every return format that it knows, queries and updates."""

import SPARQLWrapper as sw
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from checks import EX, check, done, endpoint

SELECT = f"SELECT ?o {{ <{EX}alice> <{EX}name> ?o }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{EX}alice> ?p ?o }}"


def client(query, form=None, method=sw.GET, request=sw.URLENCODED):
    c = sw.SPARQLWrapper(endpoint)
    c.setQuery(query)
    c.setMethod(method)
    c.setRequestMethod(request)
    if form:
        c.setReturnFormat(form)
    return c


for method, request in [(sw.GET, sw.URLENCODED), (sw.POST, sw.URLENCODED), (sw.POST, sw.POSTDIRECTLY)]:
    rows = client(SELECT, sw.JSON, method, request).queryAndConvert()["results"]["bindings"]
    check(f"JSON by {method}, {request}", [r["o"]["value"] for r in rows], ["Alice Müller"])
check("XML, the default", client(SELECT).queryAndConvert().getElementsByTagName("literal")[0].firstChild.data, "Alice Müller")
check("CSV", client(SELECT, sw.CSV).queryAndConvert().decode(), "o\r\nAlice Müller\r\n")
check("TSV", client(SELECT, sw.TSV).queryAndConvert().decode(), '?o\n"Alice Müller"\n')
check("ASK", client(f"ASK {{ <{EX}alice> ?p ?o }}", sw.JSON).queryAndConvert()["boolean"], True)
for form in [sw.TURTLE, sw.N3, sw.RDFXML, sw.JSONLD, None]:
    result = client(CONSTRUCT, form).queryAndConvert()
    if isinstance(result, bytes):
        import rdflib

        result = rdflib.Graph().parse(data=result, format="turtle")
    check(f"CONSTRUCT as {form}", len(result), 4)
check("DESCRIBE", len(client(f"DESCRIBE <{EX}bob>", sw.RDFXML).queryAndConvert()) > 0, True)

dataset = client("SELECT ?o { ?s ?p ?o }", sw.JSON)
dataset.addDefaultGraph(EX + "graph")
check("default graph", [r["o"]["value"] for r in dataset.queryAndConvert()["results"]["bindings"]], ["in a graph"])

for request in [sw.URLENCODED, sw.POSTDIRECTLY]:
    client(f'INSERT DATA {{ <{EX}new> <{EX}p> "{request}" }}', None, sw.POST, request).query()
    ask = client(f'ASK {{ <{EX}new> <{EX}p> "{request}" }}', sw.JSON)
    check(f"update, {request}", ask.queryAndConvert()["boolean"], True)
try:
    client("SELECT * {", sw.JSON).query()
    check("an error for a fault", False, True)
except QueryBadFormed as e:
    check("the error says where", "line 1, column 10" in str(e), True)
done("SPARQLWrapper", sw.__version__)
