package cayleyapi

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/data/examples/gizmo"
	"github.com/belligraph/belligraph/server/browsertest"
	"github.com/belligraph/belligraph/server/ui"
)

// openStock opens a window on the stock UI over the conflict data.
func openStock(t *testing.T, o browsertest.Options) (*browsertest.Page, *fixture) {
	t.Helper()
	stock, err := ui.Load()
	if err != nil {
		t.Fatal(err)
	}
	if !stock.Present() {
		t.Skip(ui.Absent)
	}
	f := newFixture(t, true)
	return browsertest.Open(t, f.handler, o), f
}

// setQuery puts a query into the page's editor.
func setQuery(t *testing.T, p *browsertest.Page, text string) {
	t.Helper()
	p.WaitFor(`typeof editor !== "undefined" && editor && group`) // the logo is loaded too
	p.Do("editor.setValue(" + quoteJS(text) + ")")
}

func quoteJS(s string) string {
	data, err := encode(s, false)
	if err != nil {
		panic(err) // a string can be encoded
	}
	return string(data)
}

func example(t *testing.T, name string) string {
	t.Helper()
	data, err := gizmo.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestStockQueryPage(t *testing.T) {
	p, _ := openStock(t, browsertest.Options{AllowStatus: []int64{http.StatusBadRequest}})
	p.Go("/ui/query")
	setQuery(t, p, `g.V("<https://belligraph.org/id/actor/mnla>").out("<https://belligraph.org/ontology#attacked>").all()`)
	p.Click("#run_button")
	p.WaitFor(`output_editor.getValue().includes("tinzaouaten")`)
	p.Shot("stock-query")

	p.Click("#selected-query-lang")
	p.Click("#graphql-dropdown")
	setQuery(t, p, `{ nodes(id: <https://belligraph.org/id/actor/mnla>) { id, <http://www.w3.org/2000/01/rdf-schema#label> } }`)
	p.Click("#run_button")
	p.WaitFor(`output_editor.getValue().includes("\"data\"") && output_editor.getValue().includes("National Movement")`)

	p.Click("#selected-query-lang")
	p.Click("#mql-dropdown")
	setQuery(t, p, `[{"id": "<https://belligraph.org/id/actor/mnla>", "<https://belligraph.org/ontology#captured>": []}]`)
	p.Click("#run_button")
	p.WaitFor(`output_editor.getValue().includes("tinzaouaten") && output_editor.getValue().includes("captured")`)

	p.Click("#selected-query-lang")
	p.Click("#gizmo-dropdown")
	setQuery(t, p, `g.V(`)
	p.Click("#run_button")
	p.WaitFor(`output_editor.getValue().includes("SyntaxError")`)
	p.Shot("stock-query-error")
}

func TestStockShapePage(t *testing.T) {
	p, _ := openStock(t, browsertest.Options{Height: 1300})
	p.Go("/ui/query_shape")
	setQuery(t, p, `g.V("<https://belligraph.org/id/actor/mnla>").out("<https://belligraph.org/ontology#attacked>").tag("place").in("<https://belligraph.org/ontology#captured>").all()`)
	p.Click("#run_button")
	p.WaitFor(`document.querySelectorAll("#viz circle").length >= 3 && document.querySelectorAll("#viz line").length >= 2`)
	p.Do(`window.settled = false; setTimeout(function() { window.settled = true }, 1500)`)
	p.WaitFor(`window.settled`)
	p.Shot("stock-shape")
}

func TestStockVisualizePage(t *testing.T) {
	p, _ := openStock(t, browsertest.Options{Height: 1300})
	p.Go("/ui/visualize")
	for _, name := range []string{"attacks", "sides", "conflict"} {
		setQuery(t, p, example(t, name+".js"))
		p.Do(`window.sigmaGraph && window.sigmaGraph.kill(); window.sigmaGraph = undefined; $("#visualize").text("")`)
		p.Click("#run_button")
		p.WaitFor(`window.sigmaGraph && sigmaGraph.graph.nodes().length >= 3`)
		labels := strings.Join(browsertest.Eval[[]string](p, `sigmaGraph.graph.nodes().map(function(n) { return n.label })`), "\n")
		if !strings.Contains(labels, "National Movement") || !strings.Contains(labels, "Tinzaouaten") {
			t.Errorf("%s: the labels are\n%s", name, labels)
		}
		settle(p)
		p.Shot("stock-visualize-" + name)
	}
	colours := strings.Join(browsertest.Eval[[]string](p, `sigmaGraph.graph.nodes().map(function(n) { return n.color })`), " ")
	for _, want := range []string{"#c0392b", "#8e44ad", "#2471a3", "#e67e22"} {
		if !strings.Contains(colours, want) {
			t.Errorf("no node has the colour %s, only %s", want, colours)
		}
	}
	if d := p.Dialogs(); len(d) > 0 {
		t.Errorf("the page alerts: %q", d)
	}
}

// settle lets the layout run for a while and then stops it.
func settle(p *browsertest.Page) {
	p.Do(`window.settled = false; setTimeout(function() { sigmaGraph.stopForceAtlas2(); sigmaGraph.refresh(); window.settled = true }, 1500)`)
	p.WaitFor(`window.settled`)
}

func TestStockWritePage(t *testing.T) {
	p, f := openStock(t, browsertest.Options{AllowStatus: []int64{http.StatusBadRequest}})
	p.Go("/ui/write")
	p.WaitFor(`group`)
	fill := func(prefix string) {
		p.Type("#"+prefix+"subject", "<https://example.org/a>")
		p.Type("#"+prefix+"predicate", "<https://example.org/b>")
		p.Type("#"+prefix+"object", "a word")
		p.Type("#"+prefix+"label", "<https://example.org/g>")
	}
	const line = `<https://example.org/a> <https://example.org/b> "a word" <https://example.org/g> .`

	fill("")
	p.Click("#add_quad")
	p.WaitFor(`$("#alertBox").hasClass("alert-success")`)
	if !f.has(t, line) {
		t.Error("the quad was not written")
	}
	p.Shot("stock-write")

	fill("r")
	p.Click("#delete_quad")
	p.WaitFor(`$("#alertBox").text() === "Deleted a quad!"`)
	if f.has(t, line) {
		t.Error("the quad was not removed")
	}

	p.Type("#subject", "no IRI")
	p.Click("#add_quad")
	p.WaitFor(`$("#alertBox").text().includes("angle brackets")`)

	file := filepath.Join(t.TempDir(), "quads.nq")
	if err := os.WriteFile(file, []byte(line+"\n<https://example.org/a> <https://example.org/b> \"01\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Upload("#nquad_file", file)
	p.Click("#write_file")
	p.WaitFor(`$("#alertBox").text().includes("Successfully wrote 2 quads.")`)
	p.Shot("stock-write-file")
	if !f.has(t, line) || !f.has(t, `<https://example.org/a> <https://example.org/b> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .`) {
		t.Error("the file was not written as it is")
	}
}

func TestStockNavigation(t *testing.T) {
	p, _ := openStock(t, browsertest.Options{})
	p.Go("/ui/write")
	for _, link := range []struct{ id, path string }{
		{"#sbVisualize a", "/ui/visualize"}, {"#sbQueryShape a", "/ui/query_shape"}, {"#sbQuery a", "/ui/query"}, {"#sbWrite a", "/ui/write"},
	} {
		p.Click(link.id)
		p.WaitFor(`location.pathname === "` + link.path + `" && document.readyState === "complete"`)
	}
	links := browsertest.Eval[[]string](p, `Array.from(document.querySelectorAll("#sidebar a[href^='/docs/']")).map(function(a) { return a.getAttribute("href") })`)
	if len(links) != 5 {
		t.Errorf("documents in the menu: %q", links)
	}
	for _, path := range links {
		p.Go(path)
		if text := p.Text("body"); len(text) < 500 {
			t.Errorf("%s says only %q", path, text)
		}
	}
	p.Shot("stock-docs")
}
