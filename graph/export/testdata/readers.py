"""Opens an export with a reader that others wrote: readers.py FORMAT FILE.

Each check ends with a line that says what was read; anything that is not as it
should be is an error."""
import sys


def claims(path):
    import pandas

    t = pandas.read_csv(path)
    assert len(t) > 60 and t.claim.notna().all() and t.claimant.notna().all(), t
    fled = t[t.metric == "fled"].iloc[0]
    assert fled.low == 35 and pandas.isna(fled.high), fled
    days = pandas.to_datetime(t.begin_earliest.dropna())
    assert days.min().year == 2012 and (t.low.dropna() <= t.high[t.low.notna()].fillna(10**9)).all()
    return f"pandas: {len(t)} rows, {t.claim.nunique()} claims"


def parties(path):
    import pandas

    t = pandas.read_csv(path)
    best = t[t.killed_best.notna() & t.killed_low.notna() & t.killed_high.notna()]
    assert len(best) > 0 and (best.killed_low <= best.killed_best).all() and (best.killed_best <= best.killed_high).all()
    return f"pandas: {len(t)} rows, {t.event.nunique()} events"


def geojson(path):
    import geopandas
    import pyogrio

    t = geopandas.read_file(path)
    info = pyogrio.read_info(path)  # GDAL
    assert info["driver"] == "GeoJSON" and info["features"] == len(t)
    points = t[t.geometry.notna()]
    assert (points.geometry.geom_type == "Point").all() and len(points) and t.geometry.isna().any()
    assert abs(points.geometry.iloc[0].y - 19.96278) < 1e-9 and t.crs.to_epsg() == 4326
    assert points.killed_low.max() <= points.killed_high.max()
    return f"GDAL {pyogrio.__gdal_version_string__}: {len(t)} features, {len(points)} points"


def gexf(path):
    import networkx

    g = networkx.read_gexf(path)
    assert g.is_directed() and g.is_multigraph()
    spells = [d["spells"] for _, _, d in g.edges(data=True) if d.get("spells")]
    assert ("2012-03-20", "2012-03-20") in [s for list_ in spells for s in list_], spells
    assert all(d["claim"] for _, _, d in g.edges(data=True))
    return f"networkx: {g.number_of_nodes()} nodes, {g.number_of_edges()} edges, {len(spells)} with a spell"


def graphml(path):
    import networkx

    g = networkx.read_graphml(path)
    assert g.is_directed() and g.is_multigraph() and all(d["claim"] for _, _, d in g.edges(data=True))
    mnla = g.nodes["https://belligraph.org/id/actor/mnla"]
    assert mnla["label"] == "MNLA" and mnla["kind"] == "ArmedGroup", mnla
    return f"networkx: {g.number_of_nodes()} nodes, {g.number_of_edges()} edges"


def jsonld(path):
    import json

    import pyld
    import rdflib

    with open(path, encoding="utf-8") as f:
        quads = pyld.jsonld.to_rdf(json.load(f))["@default"]
    rows = {(q["subject"]["value"], q["predicate"]["value"], q["object"]["value"]) for q in quads}
    g = rdflib.Graph().parse(path, format="json-ld")
    assert len(rows) == len({(str(s), str(p), str(o)) for s, p, o in g}), (len(rows), len(g))
    claims_ = set(g.subjects(rdflib.RDF.type, rdflib.URIRef("https://belligraph.org/ontology#Claim")))
    assert all(g.value(c, rdflib.URIRef("https://belligraph.org/ontology#claimant")) for c in claims_)
    return f"pyld and rdflib: {len(g)} triples, {len(claims_)} claims"


def nanopub(path):
    import nanopub as np
    import rdflib

    all_ = rdflib.Dataset()
    all_.parse(path, format="trig")
    ns = rdflib.Namespace("http://www.nanopub.org/nschema#")
    pubs = sorted({s for s, _, _, _ in all_.quads((None, rdflib.RDF.type, ns.Nanopublication, None))})
    for pub in pubs[:20] + pubs[-20:]:
        one = rdflib.ConjunctiveGraph() if not hasattr(rdflib, "Dataset") else rdflib.Dataset()
        for part in ("Head", "assertion", "provenance", "pubinfo"):
            name = rdflib.URIRef(f"{pub}#{part}")
            for t in all_.graph(name):
                one.graph(name).add(t)
        n = np.Nanopub(rdf=one, conf=np.NanopubConf())
        assert len(n.assertion) and len(n.provenance) and len(n.pubinfo), pub
        assert n.is_valid, pub
    return f"nanopub: {len(pubs)} nanopublications"


def ftm(path):
    from followthemoney import model

    schemata = {}
    with open(path, encoding="utf-8") as f:
        import json

        for line in f:
            data = json.loads(line)
            e = model.get_proxy(data, cleaned=False)
            model.get(data["schema"]).validate(data)
            for name, values in data["properties"].items():
                prop = e.schema.get(name)
                assert prop is not None, (e.schema.name, name)
                for v in values:
                    assert prop.type.clean(v, proxy=e) is not None, (e.schema.name, name, v)
            schemata[e.schema.name] = schemata.get(e.schema.name, 0) + 1
    assert schemata["Event"] and schemata["Organization"] and schemata["Address"], schemata
    return f"followthemoney: {schemata}"


def sssom(path):
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    msdf = parse_sssom_table(path)
    validate(msdf)
    assert len(msdf.df) > 2 and (msdf.df.predicate_modifier == "Not").any()
    return f"sssom: {len(msdf.df)} mappings"


if __name__ == "__main__":
    print(globals()[sys.argv[1]](sys.argv[2]))
