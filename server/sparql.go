package server

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/results"
	"github.com/belligraph/belligraph/server/web"
)

// sparql registers the endpoint of the SPARQL 1.1 Protocol. /query and /update
// are other names of /sparql: clients written for Fuseki use them. Clients that
// put a slash behind get no redirect, as many do not follow one with a body.
func (s *Server) sparql(r gin.IRouter) {
	for _, path := range []string{"/sparql", "/sparql/", "/query", "/query/"} {
		r.GET(path, s.sparqlGet)
		r.HEAD(path, s.sparqlGet)
		r.POST(path, s.sparqlPost)
	}
	for _, path := range []string{"/update", "/update/"} {
		r.POST(path, s.sparqlPost)
	}
}

// protocolRequest is an operation of the SPARQL Protocol (§2): a query or an
// update and the dataset that the protocol names for it.
type protocolRequest struct {
	query, update string
	isUpdate      bool
	dataset       algebra.Dataset
	params        url.Values
}

// statusError is an error that knows its HTTP status.
type statusError struct {
	status int
	text   string
	retry  time.Duration // of Retry-After; zero: none
}

func (e *statusError) Error() string { return e.text }

// Status returns the status for package cayleyapi.
func (e *statusError) Status() int { return e.status }

func badRequest(format string, args ...any) error {
	return &statusError{status: http.StatusBadRequest, text: fmt.Sprintf(format, args...)}
}

func (s *Server) sparqlGet(c *gin.Context) {
	params, err := parseForm(c.Request.URL.RawQuery)
	switch {
	case err != nil:
		s.failWith(c, err)
	case params.Has("update"):
		c.Header("Allow", http.MethodPost)
		s.fail(c, http.StatusMethodNotAllowed, "an update is sent with POST", nil)
	case params.Has("query"):
		s.operate(c, params, "", "")
	default:
		s.sparqlForm(c, params.Get("edit"))
	}
}

// The media types of the bodies of operations.
const (
	typeForm   = "application/x-www-form-urlencoded"
	typeQuery  = "application/sparql-query"
	typeUpdate = "application/sparql-update"
)

const operationTypes = typeForm + ", " + typeQuery + " or " + typeUpdate

func (s *Server) sparqlPost(c *gin.Context) {
	mediaType, typeParams, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil {
		s.fail(c, http.StatusUnsupportedMediaType, "say what the body is: "+operationTypes, nil)
		return
	}
	if mediaType == typeQuery && strings.HasPrefix(c.Request.URL.Path, "/update") {
		mediaType = typeUpdate // sparql-http-client sends its updates as queries
	}
	params, err := parseForm(c.Request.URL.RawQuery)
	if err != nil {
		s.failWith(c, err)
		return
	}
	switch mediaType {
	case typeForm:
	case typeQuery, typeUpdate:
		if params.Has("query") || params.Has("update") {
			s.fail(c, http.StatusBadRequest, "the operation is in the body already; the URL must not hold another", nil)
			return
		}
		if mediaType == typeUpdate && !s.mayWrite(c) {
			return // before the body is sent
		}
	default:
		s.fail(c, http.StatusUnsupportedMediaType, "a body of type "+mediaType+" is not understood; send "+operationTypes, nil)
		return
	}
	body, err := readText(c.Writer, c.Request, typeParams["charset"], s.cfg.MaxBody)
	if err != nil {
		s.failWith(c, err)
		return
	}
	switch mediaType {
	case typeForm:
		form, err := parseForm(body)
		if err != nil {
			s.failWith(c, err)
			return
		}
		for key, values := range form {
			params[key] = append(params[key], values...)
		}
		s.operate(c, params, "", "")
	case typeQuery:
		s.operate(c, params, "query", body)
	case typeUpdate:
		s.operate(c, params, "update", body)
	}
}

// operate reads the parameters of an operation and runs it. kind and text give
// the operation when it was the body itself.
func (s *Server) operate(c *gin.Context, params url.Values, kind, text string) {
	req, err := readOperation(params, kind, text)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if int64(len(req.query)) > s.cfg.MaxQueryText {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("a query may have %d bytes, this one has %d", s.cfg.MaxQueryText, len(req.query)), nil)
		return
	}
	if req.isUpdate {
		s.update(c, req)
		return
	}
	s.query(c, req)
}

// readOperation checks the parameters by SPARQL 1.1 Protocol §2.1 and §2.2:
// exactly one operation, and dataset parameters that belong to it. Parameters
// that the protocol does not name are ignored, as clients send their own.
func readOperation(params url.Values, kind, text string) (*protocolRequest, error) {
	req := &protocolRequest{params: params}
	q, u := params["query"], params["update"]
	switch kind {
	case "query":
		q = []string{text}
	case "update":
		u = []string{text}
	}
	switch {
	case len(q)+len(u) == 0:
		return nil, badRequest("the request has neither a query nor an update")
	case len(q)+len(u) > 1:
		return nil, badRequest("the request has more than one query or update")
	}
	defaults, named := "default-graph-uri", "named-graph-uri"
	if req.isUpdate = len(u) == 1; req.isUpdate {
		req.update = u[0]
		defaults, named = "using-graph-uri", "using-named-graph-uri"
	} else {
		req.query = q[0]
	}
	for _, list := range []struct {
		name string
		into *[]rdf.IRI
	}{{defaults, &req.dataset.Default}, {named, &req.dataset.Named}} {
		for _, value := range params[list.name] {
			value = strings.TrimSpace(value)
			if value == "" {
				continue // some editors send the parameter without a value
			}
			if _, err := iri.Parse(value); err != nil {
				return nil, badRequest("%s must be an absolute IRI: %v", list.name, err)
			}
			*list.into = append(*list.into, rdf.IRI(value))
			req.dataset.Explicit = true
		}
	}
	return req, nil
}

// update runs an update request.
func (s *Server) update(c *gin.Context, req *protocolRequest) {
	if !s.mayWrite(c) {
		return
	}
	place, err := s.queue.admit(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer place.release()
	ctx, _, done := s.begin(c, "update", req.update)
	defer done(errAborted)
	changes, err := s.engine.Update(ctx, req.update, queries.UpdateOptions{Base: s.requestBase(c), Using: req.dataset, MaxMemory: place.memory})
	done(err)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if changes == (queries.Changes{}) {
		c.Status(http.StatusNoContent)
		return
	}
	c.String(http.StatusOK, "%d inserted, %d deleted\n", changes.Inserted, changes.Deleted)
}

// query runs a query and streams its result.
func (s *Server) query(c *gin.Context, req *protocolRequest) {
	options := queries.QueryOptions{Base: s.requestBase(c), Dataset: req.dataset}
	prepared, err := s.engine.Prepare(req.query, options)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if how := req.params.Get("explain"); how != "" {
		s.explain(c, req, options, how == "analyze")
		return
	}
	form := prepared.Form()
	write, mediaType, err := s.chooseResult(c, form, req.params)
	if err != nil {
		s.failWith(c, err)
		return
	}
	c.Header("Vary", "Accept, Accept-Encoding")
	c.Header("Content-Type", mediaType)
	if prepared.Volatile() {
		c.Header("Cache-Control", "no-store")
	} else {
		version, err := s.version(c)
		if err != nil {
			s.failQuery(c, err)
			return
		}
		dataset := ""
		if req.dataset.Explicit {
			dataset = fmt.Sprint(req.dataset)
		}
		if notModified(c, s.entityTag(c.Request.Context(), version, req.query, options.Base, dataset, mediaType)) {
			return
		}
	}
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return
	}
	place, err := s.queue.admit(c)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	defer place.release()
	options.MaxMemory = place.memory
	ctx, op, done := s.begin(c, formNames[form], req.query)
	defer done(errAborted)
	res, err := prepared.Run(ctx, options)
	if err != nil {
		done(err)
		s.failQuery(c, err)
		return
	}
	defer res.Close()
	out := s.newTimedWriter(c, &op.sent)
	err = write(out, res)
	done(err)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	out.done()
}

// formNames are the kinds of queries in metrics and lists.
var formNames = map[algebra.QueryForm]string{algebra.Select: "select", algebra.Ask: "ask", algebra.Construct: "construct", algebra.Describe: "describe"}

// errAborted is how an operation ended that panicked.
var errAborted = errors.New("aborted")

// failQuery answers a failed query when nothing has been sent, and otherwise
// breaks the connection.
func (s *Server) failQuery(c *gin.Context, err error) {
	if c.Writer.Written() {
		s.abortStream(c, err)
		return
	}
	for _, name := range []string{"Content-Type", "Content-Disposition", "ETag", "Cache-Control"} {
		c.Writer.Header().Del(name)
	}
	s.failWith(c, err)
}

// writeResult writes a whole result; results that fail are never completed.
type writeResult func(io.Writer, *queries.Result) error

// chooseResult chooses the format of a result: by the parameter format where it
// names one that fits, then by the Accept header.
func (s *Server) chooseResult(c *gin.Context, form algebra.QueryForm, params url.Values) (writeResult, string, error) {
	if form == algebra.Construct || form == algebra.Describe {
		formats, types := graphTypes()
		if f, err := rdfio.Parse(params.Get("format")); err == nil && f.Writable() {
			return graphWriter(f), contentType(f.MediaType()), nil
		}
		i := negotiate(c.GetHeader("Accept"), types)
		if i < 0 {
			return nil, "", &statusError{status: http.StatusNotAcceptable, text: "graphs are available as " + strings.Join(types, ", ")}
		}
		return graphWriter(formats[i]), contentType(types[i]), nil
	}
	for _, name := range []string{"format", "output", "results"} {
		if name != "format" && !acceptsAnything(c.GetHeader("Accept")) {
			break // older names count only where the header says nothing
		}
		if !params.Has(name) {
			continue
		}
		if f, err := results.Parse(params.Get(name)); err == nil {
			return solutionWriter(f, form), f.ContentType(), nil
		}
	}
	formats, types := solutionTypes()
	// The registered type of each format comes before its aliases, so that an
	// alias wins only when a client asks for it.
	i := negotiate(c.GetHeader("Accept"), types)
	if i < 0 {
		return nil, "", &statusError{status: http.StatusNotAcceptable, text: "results are available as " + strings.Join(types, ", ")}
	}
	mediaType := formats[i].ContentType()
	if types[i] != formats[i].MediaType() {
		mediaType = contentType(types[i])
	}
	return solutionWriter(formats[i], form), mediaType, nil
}

// solutionTypes are the formats of SELECT and ASK with every media type that
// names them.
var solutionTypes = sync.OnceValues(func() (formats []results.Format, types []string) {
	for _, f := range results.Formats() {
		for _, t := range f.MediaTypes() {
			types, formats = append(types, t), append(formats, f)
		}
	}
	return formats, types
})

// graphTypes are the formats of CONSTRUCT and DESCRIBE with every media type
// that names them, Turtle first.
func graphTypes() (formats []rdfio.Format, types []string) {
	all, _ := dataFormats()
	for _, f := range all {
		for _, t := range f.MediaTypes() {
			formats, types = append(formats, f), append(types, t)
		}
	}
	return formats, types
}

func acceptsAnything(header string) bool {
	return strings.TrimSpace(header) == "" || strings.HasPrefix(strings.TrimSpace(header), "*/*")
}

// solutionWriter writes SELECT and ASK results.
func solutionWriter(f results.Format, form algebra.QueryForm) writeResult {
	return func(w io.Writer, res *queries.Result) error {
		if form == algebra.Ask {
			return results.WriteBoolean(w, f, res.Answer)
		}
		rows, err := results.NewWriter(w, f, res.Vars)
		if err != nil {
			return err
		}
		if err := res.WriteRows(rows); err != nil {
			return err // what is buffered is not sent: the answer is the error
		}
		return rows.Close()
	}
}

// graphWriter writes CONSTRUCT and DESCRIBE results.
func graphWriter(f rdfio.Format) writeResult {
	return func(w io.Writer, res *queries.Result) error {
		enc, err := rdfio.NewEncoder(w, f, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
		if err != nil {
			return err
		}
		for q, err := range res.Quads() {
			if err != nil {
				return err
			}
			if err := enc.Encode(q); err != nil {
				return err
			}
		}
		return enc.Close()
	}
}

// explain answers with the plan of a query instead of its result.
func (s *Server) explain(c *gin.Context, req *protocolRequest, options queries.QueryOptions, analyze bool) {
	kind := negotiate(c.GetHeader("Accept"), []string{"text/plain", "text/html", "application/json"})
	c.Header("Vary", "Accept")
	c.Header("Cache-Control", "no-store")
	place, err := s.queue.admit(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer place.release()
	options.MaxMemory = place.memory
	ctx, _, done := s.begin(c, "explain", req.query)
	defer done(errAborted)
	x, err := s.engine.Explain(ctx, req.query, options, analyze)
	err = whyEnded(ctx, err)
	done(err)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if _, hides := s.cfg.Graph.(*private.Graph); hides && !private.Of(ctx).All {
		x.Root.ForgetReads() // the blocks hold what is private as well
	}
	if kind == 2 {
		c.JSON(http.StatusOK, x)
		return
	}
	c.String(http.StatusOK, "%s", x)
}

// sparqlForm answers GET /sparql without a query: the form for people, the
// service description for programs (SPARQL 1.1 Service Description §2).
func (s *Server) sparqlForm(c *gin.Context, query string) {
	formats, types := graphTypes()
	c.Header("Vary", "Accept, Accept-Encoding")
	i := negotiate(c.GetHeader("Accept"), append(slices.Clone(types), "text/html"))
	switch {
	case i < 0:
		s.fail(c, http.StatusNotAcceptable, "the service description is available as "+strings.Join(types, ", "), nil)
	case i == len(types):
		if query == "" {
			query = queryExamples[0].Query
		}
		s.render(c, http.StatusOK, web.PageSPARQL, web.SPARQL{Query: query, Examples: queryExamples})
	default:
		s.serviceDescription(c, formats[i], types[i])
	}
}
