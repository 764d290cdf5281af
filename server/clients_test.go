package server

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clientsVar names the folder with the clients: a Python environment venv with
// what testdata/clients/requirements.txt lists, the node_modules of
// testdata/clients/package-lock.json, and in java the jars of
// testdata/clients/java/pom.xml. Tests download nothing themselves.
const clientsVar = "BELLIGRAPH_CLIENTS"

// clientData is what the clients ask for.
const clientData = `
<http://example.org/alice> <http://example.org/name> "Alice Müller" ; <http://example.org/age> 42 ;
  <http://example.org/greeting> "Grüezi"@de-CH ; <http://example.org/knows> <http://example.org/bob> .
<http://example.org/bob> <http://example.org/age> 30 .
GRAPH <http://example.org/graph> { <http://example.org/s> <http://example.org/p> "in a graph" }`

// TestClients runs real clients against a real listener. Each script ends with
// a line that says how many checks passed, and with an error otherwise.
func TestClients(t *testing.T) {
	dir := os.Getenv(clientsVar)
	if dir != "" {
		var err error
		if dir, err = filepath.Abs(dir); err != nil {
			t.Fatal(err)
		}
	}
	python := filepath.Join(dir, "venv", "bin", "python")
	nodeModules := filepath.Join(dir, "node_modules")
	for _, tc := range []struct{ script, needs string }{
		{"sparqlwrapper.py", filepath.Join(dir, "venv", "lib", "python*", "site-packages", "SPARQLWrapper")},
		{"rdflib_store.py", filepath.Join(dir, "venv", "lib", "python*", "site-packages", "rdflib")},
		{"pandas_frame.py", filepath.Join(dir, "venv", "lib", "python*", "site-packages", "pandas")},
		{"comunica.js", filepath.Join(nodeModules, "@comunica", "query-sparql")},
		{"fetch_sparql_endpoint.js", filepath.Join(nodeModules, "fetch-sparql-endpoint")},
		{"sparql_http_client.js", filepath.Join(nodeModules, "sparql-http-client")},
		{"java/Jena.java", filepath.Join(dir, "java", "jena-rdfconnection-*.jar")},
		{"java/RDF4J.java", filepath.Join(dir, "java", "rdf4j-repository-sparql-*.jar")},
	} {
		t.Run(tc.script, func(t *testing.T) {
			if dir == "" {
				t.Skipf("%s is not set: it names a folder with venv, node_modules and java, made from testdata/clients", clientsVar)
			}
			if found, err := filepath.Glob(tc.needs); err != nil || len(found) == 0 {
				t.Skipf("%s is not installed", tc.needs)
			}
			command, args := python, []string{tc.script}
			var err error
			switch filepath.Ext(tc.script) {
			case ".js":
				if command, err = exec.LookPath("node"); err != nil {
					t.Skip("node is not installed")
				}
			case ".java": // compiled as it starts, which wants a JDK
				if _, err = exec.LookPath("javac"); err != nil {
					t.Skip("a JDK is not installed")
				}
				command, args = "java", []string{"-Dfile.encoding=UTF-8", "-cp", filepath.Join(dir, "java", "*"), tc.script}
			}
			l, g := listener(t, Config{})
			insert(t, g, clientData)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, command, append(args, l.URL+"/sparql")...)
			cmd.Dir = filepath.Join("testdata", "clients")
			cmd.Env = append(os.Environ(), "NODE_PATH="+nodeModules, "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8", "NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost")
			var out, errors bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errors
			if err := cmd.Run(); err != nil || !strings.Contains(out.String(), "checks passed") {
				t.Fatalf("%v: %s%s", err, out.String(), errors.String())
			}
			fmt.Print("client ", out.String())
		})
	}
}

// TestJenaCommands runs what Jena has for the command line: rsparql and rupdate.
func TestJenaCommands(t *testing.T) {
	jars := filepath.Join(os.Getenv(clientsVar), "java")
	if found, err := filepath.Glob(filepath.Join(jars, "jena-cmds-*.jar")); err != nil || len(found) == 0 {
		t.Skipf("%s: jena-cmds is not in the folder java that it names", clientsVar)
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not installed")
	}
	if jars, err = filepath.Abs(jars); err != nil {
		t.Fatal(err)
	}
	l, g := listener(t, Config{})
	insert(t, g, clientData)
	service := "--service=" + l.URL + "/sparql"
	run := func(args ...string) (string, error) {
		cmd := exec.Command(java, append([]string{"-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", filepath.Join(jars, "*")}, args...)...)
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	passed := 0
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"SELECT as text", []string{"arq.rsparql", service, "SELECT ?o { <http://example.org/alice> <http://example.org/name> ?o }"}, `| "Alice Müller" |`},
		{"SELECT as CSV", []string{"arq.rsparql", service, "--results=CSV", "SELECT ?s { ?s <http://example.org/age> ?n } ORDER BY ?n"}, "http://example.org/bob\nhttp://example.org/alice\n"},
		{"ASK", []string{"arq.rsparql", service, "ASK { ?s ?p 42 }"}, "Yes"},
		{"CONSTRUCT", []string{"arq.rsparql", service, "--results=NT", "CONSTRUCT WHERE { <http://example.org/bob> ?p ?o }"},
			`<http://example.org/bob> <http://example.org/age> "30"^^<http://www.w3.org/2001/XMLSchema#integer> .`},
		{"update", []string{"arq.rupdate", service, "INSERT DATA { <http://example.org/rupdate> <http://example.org/p> 'new' }"}, ""},
		{"what was updated", []string{"arq.rsparql", service, "ASK { <http://example.org/rupdate> ?p 'new' }"}, "Yes"},
	} {
		out, err := run(tc.args...)
		if err != nil || !strings.Contains(strings.ReplaceAll(out, "\r", ""), tc.want) {
			t.Errorf("%s: %q is not in %s: %v", tc.name, tc.want, out, err)
			continue
		}
		passed++
	}
	if out, err := run("arq.rsparql", service, "SELECT * { ?s ?p"); err == nil {
		t.Errorf("a faulty query: no error, and %s", out)
	}
	fmt.Printf("client rsparql, rupdate: %d checks passed\n", passed)
}

// TestCurl runs the commands that a person types.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	l, g := listener(t, Config{})
	insert(t, g, clientData)
	file := filepath.Join(t.TempDir(), "data.ttl")
	if err := os.WriteFile(file, []byte("@prefix ex: <http://example.org/> .\nex:s ex:p \"uploaded\" .\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const name = "SELECT ?o { <http://example.org/alice> <http://example.org/name> ?o }"
	graph := l.URL + graphStorePath + "?graph=http://example.org/curl"
	passed := 0
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"form", []string{"--data-urlencode", "query=" + name, l.URL + "/sparql"}, `"Alice Müller"`},
		{"URL", []string{"-G", "--data-urlencode", "query=" + name, "-H", "Accept: text/csv", l.URL + "/sparql"}, "o\r\nAlice Müller\r\n"},
		{"unescaped URL", []string{"-g", l.URL + "/sparql?query=ASK{?s+?p+?o;?p+?x}"}, "true"},
		{"direct", []string{"-H", "Content-Type: application/sparql-query", "--data-binary", name, l.URL + "/sparql"}, `"Alice Müller"`},
		{"compressed", []string{"--compressed", "-G", "--data-urlencode", "query=" + name, l.URL + "/sparql"}, `"Alice Müller"`},
		{"head", []string{"-I", l.URL + "/sparql?query=ASK%7B%7D"}, "200 OK"},
		{"fault", []string{"--data-urlencode", "query=SELECT * {", l.URL + "/sparql"}, "line 1, column 10"},
		{"update", []string{"--data-urlencode", "update=INSERT DATA { <x:a> <x:b> 1 }", l.URL + "/sparql"}, "1 inserted"},
		{"upload", []string{"-T", file, graph}, "created"},
		{"download", []string{graph}, `"uploaded"`},
		{"multipart", []string{"-F", "file=@" + file + ";type=text/turtle", l.URL + graphStorePath + "?graph=http://example.org/form"}, "created"},
		{"delete", []string{"-X", "DELETE", graph}, "deleted"},
		{"gone", []string{"-w", "%{http_code}", graph}, "404"},
	} {
		out, err := exec.Command(curl, append([]string{"-sS", "--noproxy", "*"}, tc.args...)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), tc.want) {
			t.Errorf("%s: %q is not in %s: %v", tc.name, tc.want, out, err)
			continue
		}
		passed++
	}
	fmt.Printf("client curl: %d checks passed\n", passed)
}
