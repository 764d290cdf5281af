package server

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/belligraph/belligraph/server/browsertest"
)

// yasguiPage is a page of another site that has YASGUI ask our endpoint. Its
// settings keep it from asking anybody else, which it does by default.
const yasguiPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>YASGUI</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/build/yasgui.min.css"><script src="/build/yasgui.min.js"></script></head>
<body><main><h1>YASGUI</h1><div id="yasgui"></div></main><script>
const method = new URLSearchParams(location.search).get("method") || "POST";
window.yasgui = new Yasgui(document.getElementById("yasgui"), {
  requestConfig: { endpoint: %s, method },
  copyEndpointOnNewTab: false,
  yasqe: { autocompleters: [] },
});
window.ask = (query) => {
  const tab = yasgui.getTab();
  tab.setQuery(query);
  window.done = undefined;
  tab.query().then(() => { window.done = "ok"; }, (error) => { window.done = String(error); });
};
</script></body></html>`

// TestYASGUI runs YASGUI in a browser, on a page of another origin, so that
// every request is one that CORS must allow. Updates from such a page want a
// token.
func TestYASGUI(t *testing.T) {
	build := filepath.Join(os.Getenv(clientsVar), "node_modules", "@zazuko", "yasgui", "build")
	if _, err := os.Stat(filepath.Join(build, "yasgui.min.js")); os.Getenv(clientsVar) == "" || err != nil {
		t.Skipf("YASGUI is not installed: set %s to a folder with the node_modules of testdata/clients", clientsVar)
	}
	l, g := listener(t, Config{})
	insert(t, g, clientData)
	mux := http.NewServeMux()
	mux.Handle("/build/", http.StripPrefix("/build/", http.FileServer(http.Dir(build))))
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, yasguiPage, strconv.Quote(l.URL+"/sparql"))
	})
	page := browsertest.Open(t, mux, browsertest.Options{Height: 1100, AllowOrigins: []string{l.URL}, AllowStatus: []int64{http.StatusBadRequest}})
	passed := 0
	for _, method := range []string{"POST", "GET"} {
		page.Go("/?method=" + method)
		page.WaitFor(`window.yasgui && document.querySelector(".CodeMirror") !== null`)
		ask := func(query, shown string) {
			t.Helper()
			page.Do("ask(" + strconv.Quote(query) + ")")
			page.WaitFor("window.done !== undefined && document.querySelector('.yasr').innerText.includes(" + strconv.Quote(shown) + ")")
			passed++
		}
		ask("SELECT ?name { <http://example.org/alice> <http://example.org/name> ?name }", "Alice Müller")
		page.Shot("yasgui-" + method)
		ask("ASK { <http://example.org/bob> ?p ?o }", "True")
		ask("CONSTRUCT { ?s <http://example.org/seen> ?o } WHERE { ?s <http://example.org/knows> ?o }", "seen")
		ask("SELECT * { ?s ?p }", "line 1, column")
	}
	fmt.Printf("client YASGUI: %d checks passed\n", passed)
}
