"""pandas: a result as a frame, from its address and through SPARQLWrapper."""

import io
import urllib.parse

import pandas
import SPARQLWrapper as sw

from checks import EX, check, done, endpoint

QUERY = f"SELECT ?s ?age {{ ?s <{EX}age> ?age }} ORDER BY ?age"

frame = pandas.read_csv(endpoint + "?" + urllib.parse.urlencode({"query": QUERY, "format": "csv"}))
check("columns", list(frame.columns), ["s", "age"])
check("numbers", (frame["age"].sum(), str(frame["age"].dtype)), (72, "int64"))

client = sw.SPARQLWrapper(endpoint)
client.setQuery(QUERY)
client.setReturnFormat(sw.CSV)
frame = pandas.read_csv(io.BytesIO(client.queryAndConvert()))
check("through SPARQLWrapper", list(frame["s"]), [EX + "bob", EX + "alice"])

client.setReturnFormat(sw.JSON)
frame = pandas.json_normalize(client.queryAndConvert()["results"]["bindings"])
check("from JSON", list(frame["age.value"]), ["30", "42"])
done("pandas", pandas.__version__)
