// RDF4J's SPARQLRepository against an endpoint. Its transactions are updates that
// are collected and sent in one request at commit, and thrown away at rollback.

import java.util.List;
import org.eclipse.rdf4j.common.iteration.Iterations;
import org.eclipse.rdf4j.model.IRI;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.ValueFactory;
import org.eclipse.rdf4j.model.impl.SimpleValueFactory;
import org.eclipse.rdf4j.query.BindingSet;
import org.eclipse.rdf4j.query.GraphQueryResult;
import org.eclipse.rdf4j.query.TupleQuery;
import org.eclipse.rdf4j.query.TupleQueryResult;
import org.eclipse.rdf4j.repository.RepositoryConnection;
import org.eclipse.rdf4j.repository.sparql.SPARQLRepository;

public class RDF4J {
  static final String EX = "http://example.org/";
  static int passed = 0;

  static void check(String name, Object got, Object want) {
    if (!want.equals(got)) {
      throw new AssertionError(name + ": got " + got + ", want " + want);
    }
    passed++;
  }

  public static void main(String[] args) {
    ValueFactory f = SimpleValueFactory.getInstance();
    SPARQLRepository repository = new SPARQLRepository(args[0]);
    repository.init();
    IRI alice = f.createIRI(EX, "alice"), p = f.createIRI(EX, "p"), graph = f.createIRI(EX, "rdf4j/graph");
    try (RepositoryConnection c = repository.getConnection()) {
      TupleQuery q = c.prepareTupleQuery("SELECT ?o { ?who <" + EX + "name> ?o }");
      q.setBinding("who", alice);
      q.setMaxExecutionTime(30);
      try (TupleQueryResult rows = q.evaluate()) {
        List<BindingSet> all = Iterations.asList(rows);
        check("SELECT with a binding", all.size(), 1);
        check("its value", all.get(0).getValue("o").stringValue(), "Alice Müller");
      }
      check("ASK", c.prepareBooleanQuery("ASK { <" + EX + "alice> ?p ?o }").evaluate(), true);
      try (GraphQueryResult triples = c.prepareGraphQuery("CONSTRUCT WHERE { <" + EX + "alice> ?p ?o }").evaluate()) {
        check("CONSTRUCT", Iterations.asList(triples).size(), 4);
      }
      check("getStatements", Iterations.asList(c.getStatements(alice, null, null, false)).size(), 4);
      check("hasStatement", c.hasStatement(alice, f.createIRI(EX, "age"), null, false), true);
      check("contexts", Iterations.asList(c.getContextIDs()).contains(f.createIRI(EX, "graph")), true);

      c.begin();
      c.add(f.createIRI(EX, "rdf4j"), p, f.createLiteral("one"));
      c.add(f.createIRI(EX, "rdf4j"), p, f.createLiteral("two", "en"), graph);
      check("before commit", c.prepareBooleanQuery("ASK { <" + EX + "rdf4j> ?p 'one' }").evaluate(), false);
      c.commit();
      check("after commit", c.prepareBooleanQuery("ASK { <" + EX + "rdf4j> ?p 'one' GRAPH <" + graph + "> { ?s ?q 'two'@en } }").evaluate(), true);

      c.begin();
      c.remove(f.createIRI(EX, "rdf4j"), p, null);
      c.rollback();
      check("after rollback", c.hasStatement(f.createIRI(EX, "rdf4j"), p, f.createLiteral("one"), false), true);

      c.prepareUpdate("DELETE WHERE { GRAPH ?g { <" + EX + "rdf4j> ?p ?o } }").execute();
      check("update", c.size(graph), 0L);
      List<Statement> left = Iterations.asList(c.getStatements(f.createIRI(EX, "rdf4j"), null, null, false));
      check("the rest", left.size(), 1);
    }
    repository.shutDown();
    String version = SPARQLRepository.class.getPackage().getImplementationVersion();
    System.out.println("RDF4J " + (version == null ? "4.3.15" : version) + ": " + passed + " checks passed");
  }
}
