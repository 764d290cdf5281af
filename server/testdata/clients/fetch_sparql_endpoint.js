"use strict";
// fetch-sparql-endpoint: the client below Comunica and others.

const { SparqlEndpointFetcher } = require("fetch-sparql-endpoint");
const { check, endpoint, EX, run } = require("./checks");

const collect = async (stream) => {
  const all = [];
  for await (const item of stream) all.push(item);
  return all;
};

run("fetch-sparql-endpoint", async () => {
  for (const method of ["GET", "POST"]) {
    const fetcher = new SparqlEndpointFetcher({ method });
    const rows = await collect(await fetcher.fetchBindings(endpoint, `SELECT ?o { <${EX}alice> <${EX}greeting> ?o }`));
    check(`SELECT by ${method}`, rows.map((r) => r.o.value), ["Grüezi"]);
    check(`language by ${method}`, rows[0].o.language.toLowerCase(), "de-ch");
    check(`ASK by ${method}`, await fetcher.fetchAsk(endpoint, `ASK { <${EX}alice> ?p ?o }`), true);
    check(`CONSTRUCT by ${method}`, (await collect(await fetcher.fetchTriples(endpoint, `CONSTRUCT WHERE { <${EX}alice> ?p ?o }`))).length, 4);
  }
  const fetcher = new SparqlEndpointFetcher();
  await fetcher.fetchUpdate(endpoint, `INSERT DATA { <${EX}fetched> <${EX}p> 1 }`);
  check("update", await fetcher.fetchAsk(endpoint, `ASK { <${EX}fetched> <${EX}p> 1 }`), true);
  const fault = await fetcher.fetchBindings(endpoint, "SELECT * { ?s ?p ?o } LIMIT -1").then(() => "no error", (e) => e.message);
  check("an error for a fault", /400|line 1|Parse/.test(fault), true);
});
