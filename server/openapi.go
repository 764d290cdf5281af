package server

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/export"
	"github.com/belligraph/belligraph/queries/results"
	"github.com/belligraph/belligraph/server/replica"
)

// endpoint documents an operation of the HTTP surface. Lists are of names
// separated by spaces.
type endpoint struct {
	method, path, tag, summary string

	query     string // parameters of the URL's query part, see apiParameters; a "!" marks a required one
	body      string // media types of the body
	produces  string // media types of success
	responses string // statuses
	secured   bool   // wants a token unless the server is open
}

// Media types that operations share. Those of results and graphs are lists of
// what there is.
const (
	inJSON  = "application/json"
	inHTML  = "text/html"
	inPlain = "text/plain"
	inBytes = "application/octet-stream"
)

// apiParameters are the parameters of query parts.
var apiParameters = map[string]struct {
	description string
	repeated    bool
}{
	"query":                 {"A SPARQL query. Without it the endpoint describes itself.", false},
	"default-graph-uri":     {"A graph of which the default graph is made; may be repeated, and is merged.", true},
	"named-graph-uri":       {"A named graph of the dataset; may be repeated.", true},
	"using-graph-uri":       {"A graph of which the default graph of WHERE is made; may be repeated.", true},
	"using-named-graph-uri": {"A named graph for WHERE; may be repeated.", true},
	"format":                {"A format by its short name, such as json, csv or ttl; it goes before the Accept header.", false},
	"explain":               {"Answer with the plan instead; analyze runs the query and counts what each operator did.", false},
	"graph":                 {"The absolute IRI of a graph.", false},
	"default":               {"The default graph; the value does not matter.", false},
	"q":                     {"A question in English.", false},
	"without":               {"Answer as if this source had said nothing, and tell what changes: a claimant, an organisation, a medium, a document or a dataset, by name or IRI.", false},
	"iri":                   {"The absolute IRI of what is to be described.", false},
	"lang":                  {"gizmo, graphql or mql.", false},
	"qu":                    {"The query.", false},
	"queries":               {"A batch of reconciliation queries, as JSON.", false},
	"extend":                {"Entities and the properties whose values are wanted, as JSON.", false},
	"callback":              {"The name of a function that is called with the answer, for clients of version 0.1.", false},
	"type":                  {"A type of entities, such as Place.", false},
	"prefix":                {"How the name begins.", false},
	"id":                    {"The identifier of an entity.", false},
	"limit":                 {"How many results at most.", false},
	"network":               {"Of GEXF and GraphML: relations, attacks or participation.", false},
	"mode":                  {"raw or nodes.", false},
	"status":                {"open (when nothing is said), accepted, rejected, corrected, withdrawn or any.", false},
	"sort":                  {"claim, candidate, link or decision.", false},
	"kind":                  {"A kind of claim, such as captured.", false},
	"document":              {"The IRI of a document.", false},
	"rule":                  {"A rule of the extractor, with or without its version.", false},
	"page":                  {"Which page, from 1.", false},
	"after":                 {"The position of a log, as the header Belligraph-Position gives it.", false},
}

// endpoints returns the documented surface: all routes but HEAD, which stands
// beside each GET, OPTIONS, and paths with a slash behind.
func endpoints() []endpoint {
	var resultTypes []string
	for _, f := range results.Formats() {
		resultTypes = append(resultTypes, f.MediaType())
	}
	_, rdfTypes := dataFormats()
	rdfTypes = rdfTypes[:len(rdfTypes)-1]
	graphs, answers := strings.Join(rdfTypes, " "), strings.Join(append(resultTypes, rdfTypes...), " ")
	const (
		read, write = "200 304 400 406 429 503", "200 204 400 401 403 413 415 429 503"
		dataset     = "default-graph-uri named-graph-uri using-graph-uri using-named-graph-uri format explain"
		operation   = typeForm + " " + typeQuery + " " + typeUpdate
		quads       = "application/n-quads application/trig application/ld+json"
	)
	list := []endpoint{
		{"GET", "/", "pages", "The front page", "", "", inHTML, "200", false},
		{"GET", "/ask", "questions", "Answer a question in English", "q! without format", "", inJSON + " " + inHTML + " " + inPlain, "200 400 406 503", false},
		{"GET", "/questions", "questions", "The named questions and their parameters", "", "", inJSON + " " + inHTML, "200", false},
		{"GET", "/questions/{name}", "questions", "Answer a named question; its parameters are those of the URL", "without format", "", inJSON + " " + inHTML + " " + inPlain, "200 400 404 406 503", false},

		{"GET", "/export", "exports", "The formats to export to", "", "", inJSON + " " + inHTML, "200", false},
		{"GET", "/export/{file}", "exports", "The claims of a graph as a file for other tools", "graph network", "", exportTypes(), "200 400 404 503", false},

		{"GET", "/reconcile", "reconciliation", "The manifest of the Reconciliation Service API, the candidates of a batch, or values of entities", "queries extend callback", "", inJSON, "200 400 413 503", false},
		{"POST", "/reconcile", "reconciliation", "The candidates of a batch of names, or values of entities", "", typeForm, inJSON, "200 400 413 503", false},
		{"POST", "/reconcile/match", "reconciliation", "The candidates of a batch, as the 1.0 draft has it", "", inJSON, inJSON, "200 400 413 503", false},
		{"GET", "/reconcile/suggest/type", "reconciliation", "Types of entities whose names begin so", "prefix", "", inJSON, "200 400", false},
		{"GET", "/reconcile/suggest/property", "reconciliation", "Properties whose names begin so", "prefix", "", inJSON, "200 400", false},
		{"POST", "/reconcile/extend", "reconciliation", "Values of entities, as the 1.0 draft has it", "", inJSON, inJSON, "200 400 413 503", false},
		{"GET", "/reconcile/extend/propose", "reconciliation", "The properties by which entities of a type may be extended", "type limit", "", inJSON, "200 400", false},
		{"GET", "/reconcile/suggest/entity", "reconciliation", "Entities whose names begin so", "prefix", "", inJSON, "200 503", false},
		{"GET", "/reconcile/preview", "reconciliation", "A small page about an entity", "id", "", inHTML, "200 404 503", false},

		{"GET", "/review", "review", "What a person should look at, the most valuable first", "status sort kind document rule graph page limit", "", inJSON + " " + inHTML, "200 400 406 503", false},
		{"GET", "/review/item", "review", "One claim, candidate or link with its history", "id! graph", "", inJSON + " " + inHTML, "200 400 404 406 503", false},
		{"GET", "/review/decisions", "review", "All decisions of people, to be shared", "format graph", "", typeLines + " " + typeTSV, "200 400 406 503", false},
		{"POST", "/review/decisions", "review", "Accept, reject, correct or undo; or take over decisions made elsewhere", "graph", inJSON + " " + typeForm + " " + typeLines + " " + typeTSV, inJSON, "200 303 400 401 403 413 415 503", true},

		{"GET", "/rdf-graph-store", "graph store", "Read a graph, or the whole dataset as quads", "graph default format", "", graphs + " application/n-quads", read + " 404", false},
		{"PUT", "/rdf-graph-store", "graph store", "Replace a graph in one step", "graph default", graphs, inPlain, write + " 201 405 412", true},
		{"POST", "/rdf-graph-store", "graph store", "Add to a graph, make a new one, or add quads to their graphs", "graph default", graphs + " " + quads + " multipart/form-data", inPlain, write + " 201 412", true},
		{"PATCH", "/rdf-graph-store", "graph store", "Change a graph by a SPARQL update", "graph default", typeUpdate, inPlain, write + " 405 422", true},
		{"DELETE", "/rdf-graph-store", "graph store", "Drop a graph", "graph default", "", inPlain, "200 401 403 404 405 412", true},

		{"GET", "/.well-known/void", "description", "The dataset in VoID", "format", "", graphs, "200 304 406", false},
		{"GET", "/.well-known/sparql", "description", "The dataset in VoID, which names the endpoint", "format", "", graphs, "200 304 406", false},

		{"GET", "/id/{path}", "linked data", "A thing: leads to its page or its data", "", "", "", "303 406", false},
		{"GET", "/page/{path}", "linked data", "The page about a thing", "", "", inHTML, "200 404", false},
		{"GET", "/data/{path}", "linked data", "A thing as RDF; the extension names the format", "", "", graphs, "200 404", false},
		{"GET", "/document/{path}", "linked data", "A document: leads to its page", "", "", "", "303", false},
		{"GET", "/describe", "linked data", "Whatever an IRI names", "iri! format", "", inHTML + " " + graphs, "200 400 404 406", false},

		{"GET", "/guide", "pages", "The guide", "", "", inHTML, "200", false},
		{"GET", "/guide/{name}", "pages", "A document of the guide", "", "", inHTML, "200 404", false},
		{"GET", "/assets/{filepath}", "pages", "Styles and pictures of the pages", "", "", "", "200 404", false},
		{"GET", "/static/{path}", "pages", "Scripts and styles of Cayley's own UI", "", "", "", "200 404", false},
		{"GET", "/ui/{page}", "pages", "Cayley's own UI", "", "", inHTML, "200 404", false},
		{"GET", "/docs/{page}", "pages", "Documents of Cayley's UI", "", "", inHTML, "200 404", false},

		{"POST", "/api/v1/query/{lang}", "Cayley", "Run a query", "limit", inPlain, inJSON, "200 400 413 503", false},
		{"POST", "/api/v1/shape/{lang}", "Cayley", "The shape of a query", "", inPlain, inJSON, "200 400 413 503", false},
		{"POST", "/api/v1/write", "Cayley", "Add quads", "", inJSON, inJSON, "200 400 401 403 413", true},
		{"POST", "/api/v1/write/file/nquad", "Cayley", "Add N-Quads from a file", "", "multipart/form-data", inJSON, "200 400 401 403 413", true},
		{"POST", "/api/v1/delete", "Cayley", "Delete quads", "", inJSON, inJSON, "200 400 401 403 413", true},
		{"GET", "/api/v2/query", "Cayley", "Run a query", "lang! qu limit", "", inJSON, "200 400 503", false},
		{"POST", "/api/v2/query", "Cayley", "Run a query", "lang! limit", inPlain, inJSON, "200 400 413 503", false},
		{"GET", "/api/v2/read", "Cayley", "Read quads", "format", "", quads, "200 400 503", false},
		{"POST", "/api/v2/read", "Cayley", "Read quads", "format", typeForm, quads, "200 400 503", false},
		{"GET", "/api/v2/formats", "Cayley", "Formats of reading and writing", "", "", inJSON, "200", false},
		{"POST", "/api/v2/write", "Cayley", "Add quads", "format", quads, inJSON, "200 400 401 403 413", true},
		{"POST", "/api/v2/delete", "Cayley", "Delete quads", "format", quads, inJSON, "200 400 401 403 413", true},
		{"POST", "/api/v2/node/delete", "Cayley", "Delete all quads of a node", "", inPlain, inJSON, "200 400 401 403 413", true},
		{"GET", "/api/v2/namespace-rules", "Cayley", "The prefixes that shorten IRIs", "", "", inJSON, "200 503", false},
		{"POST", "/api/v2/namespace-rules", "Cayley", "Keep prefixes in the graph: {prefix, namespace}, or a list of them", "", inJSON, "", "201 400 401 403 413", true},
		{"GET", "/gephi/gs", "Cayley", "The graph as Gephi's stream", "limit mode", "", inJSON, "200", false},

		{"GET", "/health", "operation", "For checks: the server answers", "", "", "", "204", false},
		{"GET", "/health/live", "operation", "For checks: the process runs", "", "", inPlain, "200", false},
		{"GET", "/health/ready", "operation", "For checks: the graph can be read", "", "", inPlain, "200 503", false},
		{"GET", "/version", "operation", "The version of the program", "", "", inJSON, "200", false},
		{"GET", "/metrics", "operation", "Metrics for Prometheus", "", "", inPlain, "200", false},
		{"GET", "/admin/queries", "operation", "What is running", "", "", inJSON, "200 401 403", true},
		{"DELETE", "/admin/queries/{id}", "operation", "Stop a query", "", "", "", "204 401 403 404", true},
		{"GET", "/admin/backup", "operation", "A copy of the store, as a file", "", "", inBytes, "200 401 403 404", true},
		{"GET", "/admin/log", "operation", "The commits after a position, for replicas", "after!", "", replica.MediaType, "200 204 400 401 403 404 410", true},
		{"GET", "/admin/store", "operation", "The size of the store and the position of its log", "", "", inJSON, "200 401 403 404", true},
		{"GET", "/openapi.json", "description", "This description", "", "", inJSON, "200", false},
		{"GET", "/openapi", "description", "This description as a page", "", "", inHTML, "200", false},
	}
	for _, path := range []string{"/sparql", "/query"} {
		list = append(list,
			endpoint{"GET", path, "SPARQL", "Run a query, or describe the service", "query " + dataset, "", answers, read + " 405", false},
			endpoint{"POST", path, "SPARQL", "Run a query or an update", dataset, operation, answers + " " + inPlain, read + " 204 401 403 413 415", true})
	}
	list = append(list, endpoint{"POST", "/update", "SPARQL", "Run an update", dataset, operation, inPlain, write, true})
	for _, e := range list {
		if e.path == graphStorePath {
			e.path, e.summary, e.query = graphStorePath+"/{path}", e.summary+", by its own address", strings.TrimPrefix(strings.TrimPrefix(e.query, "graph default"), " ")
			list = append(list, e)
		}
	}
	return list
}

// exportTypes are the media types of exports.
func exportTypes() string {
	var types []string
	for _, f := range export.Formats() {
		types = append(types, f.MediaType)
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), " ")
}

// object is a JSON object.
type object = map[string]any

// openAPI returns the description of the surface by OpenAPI 3.1.
func openAPI(version string) object {
	paths := object{}
	for _, e := range endpoints() {
		item, ok := paths[e.path].(object)
		if !ok {
			item = object{}
			paths[e.path] = item
		}
		item[strings.ToLower(e.method)] = e.describe()
	}
	text := object{"schema": object{"type": "string"}}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Belligraph", "version": version,
			"description": "A knowledge graph of armed conflict: SPARQL, questions in English, linked data, and Cayley's API.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"paths": paths,
		"components": object{
			"securitySchemes": object{
				"token": object{"type": "http", "scheme": "bearer"},
				"basic": object{"type": "http", "scheme": "basic", "description": "The token as the password, under any name."},
			},
			"schemas": object{"Problem": object{"type": "object", "properties": object{
				"title": object{"type": "string"}, "status": object{"type": "integer"}, "detail": object{"type": "string"},
				"line": object{"type": "integer"}, "column": object{"type": "integer"}, "requestId": object{"type": "string"}}}},
			"responses": object{"Problem": object{"description": "What is wrong, for people, with the place of a fault.",
				"content": object{inPlain: text, "application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}},
		},
	}
}

// describe returns the Operation Object.
func (e endpoint) describe() object {
	op := object{"summary": e.summary, "tags": []string{e.tag}, "operationId": e.id()}
	parameters := []object{}
	for segment := range strings.SplitSeq(e.path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			parameters = append(parameters, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, name := range strings.Fields(e.query) {
		name, required := strings.CutSuffix(name, "!")
		p := apiParameters[name]
		schema := object{"type": "string"}
		if p.repeated {
			schema = object{"type": "array", "items": schema}
		}
		parameters = append(parameters, object{"name": name, "in": "query", "required": required, "description": p.description, "schema": schema})
	}
	if len(parameters) > 0 {
		op["parameters"] = parameters
	}
	if e.body != "" {
		op["requestBody"] = object{"required": true, "content": contentOf(e.body)}
	}
	responses := object{}
	for _, status := range strings.Fields(e.responses) {
		code, _ := strconv.Atoi(status)
		switch {
		case code >= 400:
			responses[status] = object{"$ref": "#/components/responses/Problem"}
		case code == http.StatusOK && e.produces != "":
			responses[status] = object{"description": http.StatusText(code), "content": contentOf(e.produces)}
		default:
			responses[status] = object{"description": http.StatusText(code)}
		}
	}
	op["responses"] = responses
	if e.secured {
		op["security"] = []object{{"token": []string{}}, {"basic": []string{}}, {}}
	}
	return op
}

// id returns a name for the operation that programs can use.
func (e endpoint) id() string {
	var b strings.Builder
	b.WriteString(strings.ToLower(e.method))
	for word := range strings.FieldsFuncSeq(e.path, func(r rune) bool { return strings.ContainsRune("/{}.-_", r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if strings.Contains(e.path, "{") {
		b.WriteString("Item")
	}
	return b.String()
}

func contentOf(types string) object {
	content := object{}
	for _, t := range strings.Fields(types) {
		content[t] = object{}
	}
	return content
}

// apiDescription registers the description of the surface.
func (s *Server) apiDescription(r gin.IRouter) {
	r.GET("/openapi.json", func(c *gin.Context) { c.JSON(http.StatusOK, openAPI(s.cfg.Version)) })
	page := template.Must(template.New("api").Parse(apiPage))
	r.GET("/openapi", func(c *gin.Context) {
		var b strings.Builder
		if err := page.Execute(&b, endpointTable()); err != nil {
			s.fail(c, http.StatusInternalServerError, "the page cannot be made", err)
			return
		}
		s.framed(c, "HTTP interface", template.HTML(b.String()))
	})
}

// shownEndpoint is an endpoint on the page.
type shownEndpoint struct{ Method, Path, Summary, Parameters, Body, Produces string }

func endpointTable() (groups []struct {
	Tag  string
	List []shownEndpoint
}) {
	for _, tag := range []string{"SPARQL", "graph store", "questions", "review", "exports", "linked data", "description", "Cayley", "operation", "pages"} {
		var list []shownEndpoint
		for _, e := range endpoints() {
			if e.tag == tag {
				list = append(list, shownEndpoint{e.method, e.path, e.summary, strings.ReplaceAll(e.query, "!", ""), e.body, e.produces})
			}
		}
		groups = append(groups, struct {
			Tag  string
			List []shownEndpoint
		}{tag, list})
	}
	return groups
}

// apiPage shows the surface to people.
const apiPage = `<h1>HTTP interface</h1>
<p>For programs: <a href="/openapi.json">OpenAPI 3.1</a>. What writes wants a token unless the server is open.</p>
{{range .}}<h2>{{.Tag}}</h2>
<table><thead><tr><th>Request</th><th>What it does</th><th>Parameters</th></tr></thead><tbody>
{{range .List}}<tr><td><code>{{.Method}} {{.Path}}</code></td><td>{{.Summary}}</td><td>{{.Parameters}}</td></tr>
{{end}}</tbody></table>
{{end}}`
