package server

import (
	"bytes"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"github.com/belligraph/belligraph/docs"
	"github.com/belligraph/belligraph/server/web"
)

// guideName is what a document of the guide may be called; nothing else is
// looked up, so no path leads out of the embedded folder.
var guideName = regexp.MustCompile(`^(?:decisions/)?[a-z0-9][a-z0-9-]*$`)

// markdownLink finds links to other documents of the guide, which are written
// as file names so that they also work in a checkout.
var markdownLink = regexp.MustCompile(`(<a href=")((?:decisions/|\.\./)?[a-z0-9-]+)\.md(["#])`)

// guide shows a document of docs/ as a page.
func (s *Server) guide(c *gin.Context) {
	name := strings.Trim(c.Param("name"), "/")
	if name == "" {
		name = "guide"
	}
	if !guideName.MatchString(name) {
		s.fail(c, http.StatusNotFound, "no such document", nil)
		return
	}
	source, err := docs.Files.ReadFile(name + ".md")
	if err != nil {
		s.fail(c, http.StatusNotFound, "no such document", nil)
		return
	}
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	var body bytes.Buffer
	if err := md.Convert(source, &body); err != nil {
		s.fail(c, http.StatusInternalServerError, "the document cannot be shown", err)
		return
	}
	html := markdownLink.ReplaceAllStringFunc(body.String(), func(link string) string {
		m := markdownLink.FindStringSubmatch(link)
		return m[1] + "/guide/" + strings.TrimPrefix(m[2], "../") + m[3]
	})
	title, _, _ := strings.Cut(strings.TrimPrefix(string(source), "# "), "\n")
	s.render(c, http.StatusOK, web.PageGuide, web.Guide{Title: title, Body: template.HTML(html)})
}
