package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/exec"
)

// graphStorePath is the graph store itself; what lies below it are graphs that
// go by their address.
const graphStorePath = "/rdf-graph-store"

// graphStore registers the SPARQL 1.1 Graph Store HTTP Protocol. A graph is
// named by ?graph=IRI or ?default, or by its own address below the store's. The
// store without a graph is the whole dataset when it is read; a document posted
// to it becomes a new graph, or goes to the graphs that it names itself.
func (s *Server) graphStore(r gin.IRouter) {
	for _, path := range []string{graphStorePath, graphStorePath + "/*path"} {
		r.GET(path, s.getGraph)
		r.HEAD(path, s.getGraph)
		r.PUT(path, s.putGraph)
		r.POST(path, s.postGraph)
		r.DELETE(path, s.deleteGraph)
		r.PATCH(path, s.patchGraph)
	}
}

// graphTarget is what a request of the graph store is about.
type graphTarget struct {
	whole bool    // the dataset
	name  rdf.IRI // empty: the default graph
}

// term returns the name of the graph, nil for the default graph.
func (t graphTarget) term() rdf.Term {
	if t.name == "" {
		return nil
	}
	return t.name
}

func (t graphTarget) String() string {
	switch {
	case t.whole:
		return "the dataset"
	case t.name == "":
		return "the default graph"
	default:
		return "the graph " + string(t.name)
	}
}

// graphTarget reads which graph a request means (§4 of the protocol). The
// parameter graph is decoded once, as any parameter, and not normalised.
func (s *Server) graphTarget(c *gin.Context) (graphTarget, error) {
	params, err := parseForm(c.Request.URL.RawQuery)
	if err != nil {
		return graphTarget{}, err
	}
	names := params["graph"]
	direct := strings.Trim(c.Param("path"), "/") != ""
	switch {
	case len(names) > 1, len(names) == 1 && params.Has("default"):
		return graphTarget{}, badRequest("the request names more than one graph")
	case direct && (len(names) > 0 || params.Has("default")):
		return graphTarget{}, badRequest("the address is that of a graph already; use graph and default with %s alone", graphStorePath)
	case direct:
		return graphTarget{name: rdf.IRI(s.requestBase(c))}, nil
	case params.Has("default"):
		return graphTarget{}, nil
	case len(names) == 0:
		return graphTarget{whole: true}, nil
	}
	if _, err := iri.Parse(names[0]); err != nil {
		return graphTarget{}, badRequest("graph must be an absolute IRI: %v", err)
	}
	return graphTarget{name: rdf.IRI(names[0])}, nil
}

// oneGraph is graphTarget for operations that are about one graph.
func (s *Server) oneGraph(c *gin.Context) (graphTarget, bool) {
	t, err := s.graphTarget(c)
	switch {
	case err != nil:
		s.failWith(c, err)
	case t.whole:
		c.Header("Allow", "GET, HEAD, POST, OPTIONS")
		s.fail(c, http.StatusMethodNotAllowed, c.Request.Method+" is for one graph: name it with ?graph=IRI or ?default", nil)
	default:
		return t, true
	}
	return t, false
}

// graphExists returns the id of a graph and whether there is such a graph: one
// with quads or a recorded empty one. The default graph always exists.
func graphExists(ctx context.Context, snap graph.Snapshot, name rdf.Term) (graph.ID, bool, error) {
	if name == nil {
		return graph.DefaultGraph, true, nil
	}
	id, ok, err := snap.Lookup(name)
	if !ok || err != nil {
		return id, false, err
	}
	if n, exact, err := snap.Estimate(graph.Pattern{G: id}); err != nil || exact && n > 0 {
		return id, n > 0, err
	}
	found := false
	err = snap.Graphs(ctx, func(g graph.ID) bool {
		found = g == id
		return !found
	})
	return id, found, err
}

// isEmpty reports whether a graph has no quads.
func isEmpty(ctx context.Context, snap graph.Snapshot, id graph.ID) (bool, error) {
	cur, err := snap.Scan(ctx, graph.Pattern{G: id}, graph.GSPO, graph.ColS)
	if err != nil {
		return false, err
	}
	defer cur.Close()
	return cur.Next() == nil, cur.Err()
}

// getGraph answers GET and HEAD.
func (s *Server) getGraph(c *gin.Context) {
	target, err := s.graphTarget(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	format, mediaType, err := chooseGraphFormat(c, target.whole)
	if err != nil {
		s.failWith(c, err)
		return
	}
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer snap.Close()
	pattern := graph.Pattern{}
	if !target.whole {
		id, ok, err := graphExists(ctx, snap, target.term())
		if err != nil {
			s.failWith(c, err)
			return
		}
		if !ok {
			s.fail(c, http.StatusNotFound, "there is no graph "+string(target.name), nil)
			return
		}
		pattern.G = id
	}
	c.Header("Vary", "Accept, Accept-Encoding")
	c.Header("Content-Type", mediaType)
	if notModified(c, s.entityTag(ctx, snap.Version(), target.String(), mediaType)) {
		return
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
	ctx, op, done := s.begin(c, "graph read", target.String())
	defer done(errAborted)
	out := s.newTimedWriter(c, &op.sent)
	err = whyEnded(ctx, writeQuads(ctx, out, format, snap, pattern, target.whole))
	done(err)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	out.done()
}

// chooseGraphFormat chooses the format of a graph, or of the whole dataset when
// it has to have room for named graphs.
func chooseGraphFormat(c *gin.Context, named bool) (rdfio.Format, string, error) {
	formats, types := graphTypes()
	if named {
		formats, types = nil, nil
		for _, f := range []rdfio.Format{rdfio.NQuads, rdfio.TriG, rdfio.JSONLD} {
			for _, t := range f.MediaTypes() {
				formats, types = append(formats, f), append(types, t)
			}
		}
	}
	if f, err := rdfio.Parse(c.Query("format")); err == nil && f.Writable() && (f.Graphs() || !named) {
		return f, contentType(f.MediaType()), nil
	}
	i := negotiate(c.GetHeader("Accept"), types)
	if i < 0 {
		return 0, "", &statusError{status: http.StatusNotAcceptable, text: "available are " + strings.Join(types, ", ")}
	}
	return formats[i], contentType(types[i]), nil
}

// writeQuads writes the quads that match the pattern; named says whether with
// the names of their graphs.
func writeQuads(ctx context.Context, w io.Writer, format rdfio.Format, snap graph.Snapshot, pattern graph.Pattern, named bool) error {
	enc, err := rdfio.NewEncoder(w, format, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
	if err != nil {
		return err
	}
	cols := graph.ColS | graph.ColP | graph.ColO
	if named {
		cols = graph.AllCols
	}
	cur, err := snap.Scan(ctx, pattern, graph.GSPO, cols)
	if err != nil {
		return err
	}
	defer cur.Close()
	terms := exec.NewTerms(snap)
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			var t [4]rdf.Term
			for col := range t {
				if col == int(graph.G) && (!named || b.Cols[col][i] == graph.DefaultGraph) {
					continue
				}
				if t[col], err = terms.Term(b.Cols[col][i]); err != nil {
					return err
				}
			}
			if err := enc.Encode(rdf.Quad{Subject: t[0], Predicate: t[1], Object: t[2], Graph: t[3]}); err != nil {
				return err
			}
		}
	}
	if err := cur.Err(); err != nil {
		return err
	}
	return enc.Close()
}

// putGraph replaces a graph, in one step: others see the old one or the new.
func (s *Server) putGraph(c *gin.Context) {
	if !s.mayWrite(c) {
		return
	}
	target, ok := s.oneGraph(c)
	if !ok {
		return
	}
	s.write(c, target, true)
}

// postGraph adds to a graph. Posted to the store itself, a document becomes a
// new graph with an address of its own, unless it can name graphs: then its
// quads go where they say.
func (s *Server) postGraph(c *gin.Context) {
	if !s.mayWrite(c) {
		return
	}
	target, err := s.graphTarget(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	s.write(c, target, false)
}

// write runs PUT and POST.
func (s *Server) write(c *gin.Context, target graphTarget, replace bool) {
	docs, err := s.upload(c.Writer, c.Request)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer docs.Close()
	if target.whole && !docs.graphs() {
		base, _, _ := strings.Cut(s.requestBase(c), graphStorePath)
		target = graphTarget{name: rdf.IRI(base + graphStorePath + "/" + newGraphName())}
		c.Header("Location", string(target.name))
	}
	place, err := s.queue.admit(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer place.release()
	ctx, _, done := s.begin(c, "graph write", target.String())
	defer done(errAborted)
	w := graphWrite{server: s, ctx: ctx, target: target, docs: docs, replace: replace,
		base: s.requestBase(c), onlyIf: preconditions(c)}
	if target.name != "" {
		w.base = string(target.name)
	}
	err = whyEnded(ctx, w.run())
	done(err)
	if err != nil {
		c.Writer.Header().Del("Location")
		s.failWith(c, err)
		return
	}
	switch {
	case !w.existed:
		c.String(http.StatusCreated, "created with %d statements\n", w.inserted)
	case replace:
		c.Status(http.StatusNoContent)
	default:
		c.String(http.StatusOK, "%d statements were new\n", w.inserted)
	}
}

// deleteGraph drops a graph.
func (s *Server) deleteGraph(c *gin.Context) {
	if !s.mayWrite(c) {
		return
	}
	target, ok := s.oneGraph(c)
	if !ok {
		return
	}
	ctx, onlyIf := c.Request.Context(), preconditions(c)
	err := s.cfg.Graph.Update(ctx, func(tx graph.Tx) error {
		_, exists, err := graphExists(ctx, tx.Snapshot(), target.term())
		if err != nil {
			return err
		}
		if err := onlyIf.check(exists); err != nil {
			return err
		}
		if !exists {
			return &statusError{status: http.StatusNotFound, text: "there is no graph " + string(target.name)}
		}
		return tx.DropGraph(target.term())
	})
	if err != nil {
		s.failWith(c, err)
		return
	}
	c.String(http.StatusOK, "deleted %s\n", target)
}

// patchGraph applies a SPARQL update to one graph, which is its default graph
// (§5.7). One that would change another graph is refused as a whole.
func (s *Server) patchGraph(c *gin.Context) {
	c.Header("Accept-Patch", typeUpdate)
	if !s.mayWrite(c) {
		return
	}
	target, ok := s.oneGraph(c)
	if !ok {
		return
	}
	mediaType, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || mediaType != typeUpdate {
		s.fail(c, http.StatusUnsupportedMediaType, "a patch is an update of type "+typeUpdate, nil)
		return
	}
	text, err := readText(c.Writer, c.Request, params["charset"], s.cfg.MaxBody)
	if err != nil {
		s.failWith(c, err)
		return
	}
	place, err := s.queue.admit(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer place.release()
	ctx, _, done := s.begin(c, "update", text)
	defer done(errAborted)
	changes, err := s.engine.Update(ctx, text, queries.UpdateOptions{Base: s.requestBase(c), Confined: true, Graph: target.name, MaxMemory: place.memory})
	done(err)
	if errors.Is(err, queries.ErrOtherGraph) {
		s.fail(c, http.StatusUnprocessableEntity, "a patch of "+target.String()+" may not change other graphs", nil)
		return
	}
	if err != nil {
		s.failWith(c, err)
		return
	}
	c.String(http.StatusOK, "%d inserted, %d deleted\n", changes.Inserted, changes.Deleted)
}
