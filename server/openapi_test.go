package server

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestOpenAPI compares the description with the router, both ways, and follows
// its references.
func TestOpenAPI(t *testing.T) {
	s, err := New(Config{Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	status, body := get(t, s.Handler(), "/openapi.json", "")
	var doc struct {
		OpenAPI string
		Info    struct{ Version string }
		Paths   map[string]map[string]struct {
			Summary, OperationID string
			Parameters           []struct {
				Name, In, Description string
				Required              bool
			}
			Responses map[string]any
		}
		Components map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || status != http.StatusOK || doc.OpenAPI != "3.1.0" || doc.Info.Version != "1.2.3" {
		t.Fatalf("status %d, %v: %s", status, err, body)
	}
	parameter := regexp.MustCompile(`[:*](\w+)`)
	routes := make(map[string]bool)
	for _, r := range s.router.Routes() {
		if r.Method == http.MethodHead || r.Method == http.MethodOptions || len(r.Path) > 1 && strings.HasSuffix(r.Path, "/") {
			continue
		}
		path := parameter.ReplaceAllString(r.Path, "{$1}")
		routes[r.Method+" "+path] = true
		if _, ok := doc.Paths[path][strings.ToLower(r.Method)]; !ok {
			t.Errorf("%s %s is not described", r.Method, path)
		}
	}
	ids := make(map[string]bool)
	for path, item := range doc.Paths {
		for method, op := range item {
			name := strings.ToUpper(method) + " " + path
			if !routes[name] {
				t.Errorf("%s is described, but there is no such route", name)
			}
			if op.Summary == "" || len(op.Responses) == 0 || op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s: summary %q, id %q, %d responses", name, op.Summary, op.OperationID, len(op.Responses))
			}
			ids[op.OperationID] = true
			inPath := 0
			for _, p := range op.Parameters {
				switch {
				case p.In == "path":
					inPath++
					if !p.Required || !strings.Contains(path, "{"+p.Name+"}") {
						t.Errorf("%s: parameter %s is not in the path", name, p.Name)
					}
				case p.Description == "":
					t.Errorf("%s: parameter %s is not explained", name, p.Name)
				}
			}
			if inPath != strings.Count(path, "{") {
				t.Errorf("%s has %d parameters", name, inPath)
			}
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(body, -1) {
		if doc.Components[ref[1]][ref[2]] == nil {
			t.Errorf("%s leads nowhere", ref[0])
		}
	}
	status, page := get(t, s.Handler(), "/openapi", "text/html")
	if status != http.StatusOK || !strings.Contains(page, "/rdf-graph-store") {
		t.Errorf("the page: status %d", status)
	}
}
