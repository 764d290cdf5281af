"use strict";
// Comunica: the endpoint is recognised by its service description alone.

const { QueryEngine } = require("@comunica/query-sparql");
const { check, endpoint, EX, run } = require("./checks");

run("@comunica/query-sparql", async () => {
  const engine = new QueryEngine();
  for (const source of [endpoint, { type: "sparql", value: endpoint }]) {
    const context = { sources: [source] };
    const how = JSON.stringify(source);
    const rows = await (await engine.queryBindings(`SELECT ?o { <${EX}alice> <${EX}name> ?o }`, context)).toArray();
    check(`SELECT from ${how}`, rows.map((r) => r.get("o").value), ["Alice Müller"]);
    check(`ASK from ${how}`, await engine.queryBoolean(`ASK { <${EX}alice> ?p ?o }`, context), true);
    const quads = await (await engine.queryQuads(`CONSTRUCT WHERE { <${EX}alice> ?p ?o }`, context)).toArray();
    check(`CONSTRUCT from ${how}`, quads.length, 4);
  }
  const context = { sources: [endpoint] };
  const join = `SELECT ?a ?b { ?a <${EX}knows> ?b . ?b <${EX}age> ?n FILTER(?n < 40) } ORDER BY ?a`;
  const rows = await (await engine.queryBindings(join, context)).toArray();
  check("join and filter", rows.map((r) => r.get("b").value), [`${EX}bob`]);
  const graphs = await (await engine.queryBindings(`SELECT ?o { GRAPH <${EX}graph> { ?s ?p ?o } }`, context)).toArray();
  check("named graph", graphs.map((r) => r.get("o").value), ["in a graph"]);
  await engine.queryVoid(`INSERT DATA { <${EX}comunica> <${EX}p> "new" }`, { sources: [endpoint], destination: { type: "sparql", value: endpoint } });
  await engine.invalidateHttpCache();
  check("update", await engine.queryBoolean(`ASK { <${EX}comunica> <${EX}p> "new" }`, context), true);
});
