"use strict";
// sparql-http-client: queries by each of its operations, updates, and the graph
// store.

const { check, endpoint, EX, load, run } = require("./checks");

run("sparql-http-client", async () => {
  const { default: StreamClient } = await load("sparql-http-client");
  const { default: ParsingClient } = await import(require("node:url").pathToFileURL(require("node:path").join(process.env.NODE_PATH, "sparql-http-client/ParsingClient.js")).href);
  const urls = { endpointUrl: endpoint, updateUrl: endpoint.replace("/sparql", "/update"), storeUrl: endpoint.replace("/sparql", "/rdf-graph-store") };
  const client = new ParsingClient(urls);
  for (const operation of ["get", "postUrlencoded", "postDirect"]) {
    const rows = await client.query.select(`SELECT ?o { <${EX}alice> <${EX}name> ?o }`, { operation });
    check(`SELECT by ${operation}`, rows.map((r) => r.o.value), ["Alice Müller"]);
    check(`ASK by ${operation}`, await client.query.ask(`ASK { <${EX}alice> ?p ?o }`, { operation }), true);
    check(`CONSTRUCT by ${operation}`, (await client.query.construct(`CONSTRUCT WHERE { <${EX}alice> ?p ?o }`, { operation })).size, 4);
  }
  for (const operation of ["postUrlencoded", "postDirect"]) {
    await client.query.update(`INSERT DATA { <${EX}shc> <${EX}p> "${operation}" }`, { operation });
    check(`update by ${operation}`, await client.query.ask(`ASK { <${EX}shc> <${EX}p> "${operation}" }`), true);
  }

  const store = new StreamClient(urls).store;
  const graph = client.factory.namedNode(`${EX}shc`);
  const read = async () => {
    const quads = [];
    for await (const quad of store.get(graph)) quads.push(quad);
    return quads;
  };
  const { Readable } = require("node:stream");
  const quad = (object) => client.factory.quad(graph, graph, client.factory.literal(object), graph);
  await store.put(Readable.from([quad("one")]), { graph });
  check("put", (await read()).map((q) => q.object.value), ["one"]);
  await store.post(Readable.from([quad("two")]), { graph });
  check("post", (await read()).length, 2);
});
