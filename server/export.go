package server

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/export"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/server/web"
)

// exportRoutes registers the exports: a page that lists them, and a file each.
func (s *Server) exportRoutes(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Handle(method, "/export", s.listExports)
		r.Handle(method, "/export/:file", s.export)
	}
}

func (s *Server) listExports(c *gin.Context) {
	c.Header("Vary", "Accept")
	if negotiate(c.GetHeader("Accept"), []string{"application/json", "text/html"}) == 1 {
		page := web.Exports{}
		for _, f := range export.Formats() {
			page.Formats = append(page.Formats, web.Export{Name: f.Name, File: f.File, Title: f.Title, About: f.About})
		}
		s.render(c, http.StatusOK, web.PageExport, page)
		return
	}
	type listed struct {
		Name      string `json:"name"`
		Title     string `json:"title"`
		About     string `json:"about"`
		MediaType string `json:"mediaType"`
		URL       string `json:"url"`
	}
	var all []listed
	for _, f := range export.Formats() {
		all = append(all, listed{f.Name, f.Title, f.About, f.MediaType, "/export/" + f.File})
	}
	c.JSON(http.StatusOK, gin.H{"exports": all, "networks": export.Networks()})
}

// export streams one file. It reads the default graph or the one that graph
// names; of a graph that the reader may not see it says what it says of one that
// is not there.
func (s *Server) export(c *gin.Context) {
	f, ok := export.ByName(c.Param("file"))
	if !ok {
		s.fail(c, http.StatusNotFound, "there is no export "+c.Param("file")+"; there are "+strings.Join(export.Names(), ", "), nil)
		return
	}
	o := export.Options{Network: export.Network(c.Query("network"))}
	if name := c.Query("graph"); name != "" {
		if _, err := iri.Parse(name); err != nil {
			s.fail(c, http.StatusBadRequest, "the parameter graph must be an absolute IRI", err)
			return
		}
		o.Graph = rdf.IRI(name)
	}
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer snap.Close()
	if _, ok, err := graphExists(ctx, snap, o.Graph); err != nil || !ok {
		if err == nil {
			s.fail(c, http.StatusNotFound, "there is no graph "+c.Query("graph"), nil)
		} else {
			s.failWith(c, err)
		}
		return
	}
	c.Header("Content-Type", contentType(f.MediaType))
	c.Header("Content-Disposition", `attachment; filename="`+f.File+`"`)
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
	ctx, op, done := s.begin(c, "export", c.Request.URL.RequestURI())
	defer done(errAborted)
	out := s.newTimedWriter(c, &op.sent)
	_, err = export.Write(ctx, out, snap, f, o)
	err = whyEnded(ctx, err)
	done(err)
	if err != nil {
		s.failQuery(c, err)
		return
	}
	out.done()
}
