package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/server/web"
)

// linked registers the addresses of things. A thing is not a document: /id/X
// sends people on to /page/X and programs to /data/X with 303 (See Other), as
// the identifiers of https://belligraph.org/id/ do.
func (s *Server) linked(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Handle(method, "/id/*path", s.identify)
		r.Handle(method, "/page/*path", s.operation("page", requestURI, s.page))
		r.Handle(method, "/data/*path", s.operation("page", requestURI, s.data))
		r.Handle(method, "/document/*path", s.documentPage)
		r.Handle(method, "/describe", s.operation("page", requestURI, s.describe))
	}
}

// dataFormats are the representations of a thing as RDF, in order of
// preference, and dataTypes their media types with HTML last.
func dataFormats() (formats []rdfio.Format, types []string) {
	for _, f := range rdfio.Formats() {
		if f.Writable() {
			formats = append(formats, f)
		}
	}
	preferTurtle(formats)
	for _, f := range formats {
		types = append(types, f.MediaType())
	}
	return formats, append(types, "text/html")
}

// preferTurtle moves Turtle to the front: it is what people and most libraries
// like to read when they name no format.
func preferTurtle(formats []rdfio.Format) {
	for i, f := range formats {
		if f == rdfio.Turtle {
			copy(formats[1:i+1], formats[:i])
			formats[0] = f
			return
		}
	}
}

func (s *Server) identify(c *gin.Context) {
	path := strings.TrimPrefix(c.Param("path"), "/")
	formats, types := dataFormats()
	c.Header("Vary", "Accept")
	i := negotiate(c.GetHeader("Accept"), types)
	switch {
	case i < 0:
		s.fail(c, http.StatusNotAcceptable, "there is no representation of the type asked for; there are "+strings.Join(types, ", "), nil)
	case i < len(formats):
		seeOther(c, "/data/"+path+formats[i].Extension())
	default:
		seeOther(c, "/page/"+path)
	}
}

// seeOther redirects to a path of this server, escaped anew.
func seeOther(c *gin.Context, path string) {
	c.Redirect(http.StatusSeeOther, (&url.URL{Path: path}).EscapedPath())
}

func (s *Server) page(c *gin.Context) {
	path := strings.TrimPrefix(c.Param("path"), "/")
	s.showPage(c, rdf.IRI(claim.NSID+path), "/data/"+path)
}

func (s *Server) documentPage(c *gin.Context) {
	seeOther(c, "/page/document"+c.Param("path"))
}

// describe shows any IRI, also of other namespaces, as a page or as RDF.
func (s *Server) describe(c *gin.Context) {
	subject := c.Query("iri")
	if _, err := iri.Parse(subject); err != nil {
		s.fail(c, http.StatusBadRequest, "the parameter iri must be an absolute IRI", err)
		return
	}
	formats, types := dataFormats()
	types = append(types[len(types)-1:], types[:len(types)-1]...) // people ask here: HTML first
	c.Header("Vary", "Accept")
	if name := c.Query("format"); name != "" {
		f, err := rdfio.Parse(name)
		if err != nil || !f.Writable() {
			s.fail(c, http.StatusNotAcceptable, "there is no format "+name, nil)
			return
		}
		s.writeData(c, rdf.IRI(subject), f)
		return
	}
	switch i := negotiate(c.GetHeader("Accept"), types); i {
	case -1:
		s.fail(c, http.StatusNotAcceptable, "there is no representation of the type asked for", nil)
	case 0:
		s.showPage(c, rdf.IRI(subject), "")
	default:
		s.writeData(c, rdf.IRI(subject), formats[i-1])
	}
}

// showPage answers with the page about subject. dataPath is where its data lie
// without their extension; empty when /describe gives them.
func (s *Server) showPage(c *gin.Context, subject rdf.IRI, dataPath string) {
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer snap.Close()
	d, err := newDescriber(ctx, snap)
	if err != nil {
		s.failWith(c, err)
		return
	}
	page, ok, err := d.entity(subject)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if !ok {
		s.fail(c, http.StatusNotFound, "the graph holds nothing about "+string(subject), nil)
		return
	}
	formats, _ := dataFormats()
	for _, f := range formats {
		a := web.Alternate{Name: f.String(), Type: f.MediaType()}
		if dataPath != "" {
			a.Href = (&url.URL{Path: dataPath + f.Extension()}).EscapedPath()
		} else {
			a.Href = "/describe?iri=" + url.QueryEscape(string(subject)) + "&format=" + strings.TrimPrefix(f.Extension(), ".")
		}
		page.Alternates = append(page.Alternates, a)
		c.Writer.Header().Add("Link", "<"+a.Href+`>; rel="alternate"; type="`+a.Type+`"`)
	}
	s.render(c, http.StatusOK, web.PageEntity, page)
}

// data answers with the description of a thing in the format of the extension.
func (s *Server) data(c *gin.Context) {
	path := strings.TrimPrefix(c.Param("path"), "/")
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		s.fail(c, http.StatusNotFound, "name a format, as in /data/"+path+".ttl", nil)
		return
	}
	f, ok := rdfio.ByFileName("x" + path[dot:])
	if !ok || !f.Writable() {
		s.fail(c, http.StatusNotFound, "there is no format "+path[dot:], nil)
		return
	}
	c.Header("Link", "<"+(&url.URL{Path: "/page/" + path[:dot]}).EscapedPath()+`>; rel="describedby"; type="text/html"`)
	s.writeData(c, rdf.IRI(claim.NSID+path[:dot]), f)
}

// writeData writes the statements about subject: those it is the subject of,
// those of the blank nodes it leads to, and those that it is the object of.
func (s *Server) writeData(c *gin.Context, subject rdf.IRI, f rdfio.Format) {
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer snap.Close()
	d, err := newDescriber(ctx, snap)
	if err != nil {
		s.failWith(c, err)
		return
	}
	quads, err := d.description(subject)
	if err != nil {
		s.failWith(c, err)
		return
	}
	if len(quads) == 0 {
		s.fail(c, http.StatusNotFound, "the graph holds nothing about "+string(subject), nil)
		return
	}
	c.Header("Content-Type", contentType(f.MediaType()))
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return
	}
	enc, err := rdfio.NewEncoder(c.Writer, f, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
	if err == nil {
		for _, q := range quads {
			if err = enc.Encode(q); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		s.abortStream(c, err)
	}
}

// abortStream ends a response that has begun in a way that no client takes for
// its end.
func (s *Server) abortStream(c *gin.Context, err error) {
	s.log.Warn("response cut", "id", c.GetString(requestIDHeader), "path", c.Request.URL.Path, "error", err)
	panic(http.ErrAbortHandler)
}

// contentType adds the character set to text types, for which HTTP clients
// would otherwise guess.
func contentType(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return mediaType + "; charset=utf-8"
	}
	return mediaType
}

// description returns a concise bounded description of subject and the
// statements that point to it.
func (d *describer) description(subject rdf.IRI) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	seen := map[rdf.Term]bool{subject: true}
	for queue := []rdf.Term{subject}; len(queue) > 0; queue = queue[1:] {
		err := d.scan(queue[0], nil, nil, func(q rdf.Quad) bool {
			quads = append(quads, q)
			if b, ok := q.Object.(rdf.BlankNode); ok && !seen[b] {
				seen[b] = true
				queue = append(queue, b)
			}
			return len(quads) < maxDataQuads
		})
		if err != nil {
			return nil, err
		}
	}
	err := d.scan(nil, nil, subject, func(q rdf.Quad) bool {
		if q.Subject != subject {
			quads = append(quads, q)
		}
		return len(quads) < maxDataQuads
	})
	return quads, err
}
