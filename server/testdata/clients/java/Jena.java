// Jena's RDFConnection and QueryExecutionHTTP against an
// endpoint: queries of all forms, updates, and graphs by the graph store protocol.

import java.util.ArrayList;
import java.util.List;
import org.apache.jena.query.QuerySolution;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdfconnection.RDFConnection;
import org.apache.jena.rdfconnection.RDFConnectionRemote;
import org.apache.jena.sparql.exec.http.QueryExecutionHTTP;

public class Jena {
  static final String EX = "http://example.org/";
  static int passed = 0;

  static void check(String name, Object got, Object want) {
    if (!want.equals(got)) {
      throw new AssertionError(name + ": got " + got + ", want " + want);
    }
    passed++;
  }

  public static void main(String[] args) {
    String endpoint = args[0];
    String store = endpoint.replaceAll("/sparql$", "/rdf-graph-store");
    try (RDFConnection c = RDFConnectionRemote.newBuilder().destination(store)
        .queryEndpoint(endpoint).updateEndpoint(endpoint).gspEndpoint(store).build()) {
      List<String> names = new ArrayList<>();
      c.querySelect("SELECT ?o { <" + EX + "alice> <" + EX + "name> ?o }",
          (QuerySolution row) -> names.add(row.getLiteral("o").getLexicalForm()));
      check("SELECT", names, List.of("Alice Müller"));
      check("ASK", c.queryAsk("ASK { <" + EX + "alice> ?p ?o }"), true);
      check("CONSTRUCT", c.queryConstruct("CONSTRUCT WHERE { <" + EX + "alice> ?p ?o }").size(), 4L);
      check("DESCRIBE", c.queryDescribe("DESCRIBE <" + EX + "bob>").isEmpty(), false);

      c.update("INSERT DATA { <" + EX + "jena> <" + EX + "p> 'new' }");
      check("update", c.queryAsk("ASK { <" + EX + "jena> <" + EX + "p> 'new' }"), true);

      Model m = ModelFactory.createDefaultModel();
      m.createResource(EX + "s").addProperty(m.createProperty(EX + "p"), "put by Jena");
      c.put(EX + "jena/graph", m);
      check("PUT", c.fetch(EX + "jena/graph").isIsomorphicWith(m), true);
      Model more = ModelFactory.createDefaultModel();
      more.createResource(EX + "s").addProperty(more.createProperty(EX + "q"), more.createTypedLiteral(7));
      c.load(EX + "jena/graph", more);
      check("POST", c.fetch(EX + "jena/graph").size(), 2L);
      c.delete(EX + "jena/graph");
      check("DELETE", c.queryAsk("ASK { GRAPH <" + EX + "jena/graph> { ?s ?p ?o } }"), false);
      check("dataset", c.fetchDataset().getDefaultModel().isEmpty(), false);
    }
    try (QueryExecutionHTTP q = QueryExecutionHTTP.create().endpoint(endpoint)
        .query("SELECT ?s { ?s <" + EX + "age> ?n } ORDER BY ?n").acceptHeader("application/sparql-results+xml")
        .postQuery().build()) {
      check("XML by POST", q.execSelect().next().getResource("s").getURI(), EX + "bob");
    }
    System.out.println("Jena " + org.apache.jena.Jena.VERSION + ": " + passed + " checks passed");
  }
}
