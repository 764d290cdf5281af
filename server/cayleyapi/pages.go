package cayleyapi

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	gmhtml "github.com/yuin/goldmark/renderer/html"

	"github.com/belligraph/belligraph/data/examples/gizmo"
	"github.com/belligraph/belligraph/server/ui"
)

// stockPolicy keeps the stock pages to this origin. They have inline scripts and
// styles, name fonts on other hosts, and one of their libraries (fabric.js)
// makes functions from strings when it is loaded.
const stockPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// page shows a page of the stock UI: /ui/query, /ui/query_shape, /ui/visualize,
// /ui/write.
func (a *api) page(c *gin.Context) {
	var b bytes.Buffer
	switch err := a.stock.Page(&b, c.Param("page")); {
	case errors.Is(err, ui.ErrAbsent):
		c.Data(http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte(ui.Absent+"\n"))
		return
	case errors.Is(err, fs.ErrNotExist):
		fail(c, http.StatusNotFound, "there is no such page")
		return
	case err != nil:
		failWith(c, err)
		return
	}
	// The stock pages link to the query page as "/". With the referrer the home
	// page can tell who comes from them, see FromStockUI.
	c.Header("Referrer-Policy", "same-origin")
	c.Header("Content-Security-Policy", stockPolicy)
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}

// FromStockUI sends a request for GET / that follows the Query link of a stock
// page on to /ui/query and reports whether it did. The pages are unmodified, and
// there their query page is at /.
func FromStockUI(c *gin.Context) bool {
	ref, err := url.Parse(c.GetHeader("Referer"))
	if err != nil || ref.Host != c.Request.Host || !strings.HasPrefix(ref.Path, "/ui/") {
		return false
	}
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusFound, "/ui/query")
	c.Abort()
	return true
}

func (a *api) static(c *gin.Context) {
	if !a.stock.Present() {
		c.Data(http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte(ui.Absent+"\n"))
		return
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.FileFromFS(c.Param("path"), http.FS(filesOnly{a.stock.Static()}))
}

// filesOnly hides directories, so that no listing is served.
type filesOnly struct{ fs.FS }

// Open implements fs.FS.
func (f filesOnly) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || info.IsDir() {
		_ = file.Close() // nothing was read
		return nil, fs.ErrNotExist
	}
	return file, nil
}

//go:embed docs/*.md
var documents embed.FS

// documentNames maps the names in the stock pages' menu to the documents.
// Cayley's own links there are dead, as its files are called differently.
var documentNames = map[string]string{
	"quickstart-as-application": "quickstart",
	"quickstart":                "quickstart",
	"gizmoapi":                  "gizmo",
	"gizmo":                     "gizmo",
	"mql":                       "mql",
	"graphql":                   "graphql",
	"configuration":             "configuration",
	"http":                      "http",
	"index":                     "quickstart",
}

// document shows a document.
func (a *api) document(c *gin.Context) {
	name := strings.TrimSuffix(strings.ToLower(c.Param("page")), ".md")
	file, ok := documentNames[name]
	if !ok {
		fail(c, http.StatusNotFound, "there is no such document")
		return
	}
	source, err := documents.ReadFile("docs/" + file + ".md")
	if err != nil {
		failWith(c, err)
		return
	}
	source, err = withExamples(source)
	if err != nil {
		failWith(c, err)
		return
	}
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(gmhtml.WithXHTML()))
	var b bytes.Buffer
	if err := md.Convert(source, &b); err != nil {
		failWith(c, err)
		return
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(string(source), "# "), "\n")
	if a.Page != nil {
		a.Page(c, title, template.HTML(b.String()))
		return
	}
	var page bytes.Buffer
	err = plainFrame.Execute(&page, struct {
		Title string
		Body  template.HTML
	}{title, template.HTML(b.String())})
	if err != nil {
		failWith(c, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}

var exampleLine = regexp.MustCompile(`(?m)^!example (\S+)$`)

// withExamples puts the example queries in the place of the lines that name
// them.
func withExamples(source []byte) (out []byte, err error) {
	out = exampleLine.ReplaceAllFunc(source, func(line []byte) []byte {
		name := exampleLine.FindSubmatch(line)[1]
		code, rerr := gizmo.Files.ReadFile(string(name))
		if rerr != nil {
			err = rerr
		}
		return slices.Concat([]byte("```js\n"), code, []byte("```"))
	})
	return out, err
}

var plainFrame = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif;color-scheme:light dark}pre{overflow:auto;padding:.6rem;border:1px solid #8888}table{border-collapse:collapse}td,th{border:1px solid #8888;padding:.2rem .5rem;text-align:left}</style>
</head><body>{{.Body}}</body></html>
`))
