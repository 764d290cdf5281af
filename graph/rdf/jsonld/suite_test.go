package jsonld_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/jsonld"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// suiteBase is where the JSON-LD suite lives on the web.
const suiteBase = "https://w3c.github.io/json-ld-api/tests/"

// skipped are the tests that are not run, with the reason.
var skipped = map[string]string{
	"#t0122": dotSegments, "#t0123": dotSegments, "#t0124": dotSegments, "#t0125": dotSegments,
	"#t0128": "json-gold loses empty path segments when it resolves IRIs",
	"#t0130": opaqueBase, "#t0131": opaqueBase, "#t0132": opaqueBase,
	"#tc031": "json-gold resolves the relative IRI of a remote context against the wrong base",
	"#tc033": "json-gold does not process a scoped context that is not used, and so misses its error",
	"#tdi02": direction, "#tdi04": direction,
	"#te111": "json-gold makes an IRI with two # of a relative property and @vocab",
	"#te112": "json-gold makes an IRI with two # of a relative property and @vocab",
	"#te122": "json-gold takes a value that looks like a keyword for a relative IRI",
	"#tec02": "json-gold accepts an empty definition of @type",
	"#ter52": "json-gold accepts a definition of the empty term",
	"#tpr28": "json-gold lets a protected null term be redefined",
	"#tpr38": reverse, "#tpr39": reverse,
	"#tso06": "json-gold takes the @import of a scoped context for one inside the imported context",
}

const (
	dotSegments = "json-gold removes the dot segments of a base even where only the fragment is relative"
	opaqueBase  = "json-gold resolves against a base without authority as if it had one"
	direction   = "expects base directions to be dropped; here they make literals of RDF 1.2"
	reverse     = "json-gold refuses @reverse values that look like keywords, which are to be ignored"
)

type suiteEntry struct {
	ID     string          `json:"@id"`
	Type   json.RawMessage `json:"@type"`
	Name   string          `json:"name"`
	Input  string          `json:"input"`
	Expect string          `json:"expect"`
	Error  string          `json:"expectErrorCode"`
	Option struct {
		Mode          string `json:"processingMode"`
		Version       string `json:"specVersion"`
		Base          string `json:"base"`
		ExpandContext string `json:"expandContext"`
		Direction     string `json:"rdfDirection"`
		Generalized   bool   `json:"produceGeneralizedRdf"`
	} `json:"option"`
}

// TestW3C runs the toRdf suite of JSON-LD 1.1, which comes as test data of the
// library that processes the contexts.
func TestW3C(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/piprate/json-gold").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "ld", "testdata")
	if err != nil {
		t.Skip("the Go tool cannot tell where json-gold's test data is:", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "toRdf-manifest.jsonld"))
	if err != nil {
		t.Skip("json-gold comes without its test data, which holds the JSON-LD suite:", err)
	}
	var manifest struct {
		Sequence []suiteEntry `json:"sequence"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	suite := rdftest.NewSuite(t, "JSON-LD 1.1 toRdf")
	for _, e := range manifest.Sequence {
		switch {
		case e.Option.Version == "json-ld-1.0" || e.Option.Mode == "json-ld-1.0":
			suite.Skip(e.ID, "tests JSON-LD 1.0 where 1.1 differs")
		case e.Option.ExpandContext != "":
			suite.Skip(e.ID, "needs a context from outside the document, which no caller has")
		case e.Option.Direction != "":
			suite.Skip(e.ID, "encodes base directions as RDF 1.1; here they are literals of RDF 1.2")
		case e.Option.Generalized:
			suite.Skip(e.ID, "wants generalized RDF, with blank nodes for predicates")
		case skipped[e.ID] != "":
			suite.Skip(e.ID, skipped[e.ID])
		default:
			suite.Run(t, e.ID, func() error { return runEntry(dir, e) })
		}
	}
}

func runEntry(dir string, e suiteEntry) error {
	f, err := os.Open(filepath.Join(dir, e.Input))
	if err != nil {
		return err
	}
	defer f.Close()
	base := e.Option.Base
	if base == "" {
		base = suiteBase + e.Input
	}
	load := func(iri string) ([]byte, error) {
		rel, ok := strings.CutPrefix(iri, suiteBase)
		if !ok {
			return nil, fmt.Errorf("not of the suite: %s", iri)
		}
		return os.ReadFile(filepath.Join(dir, rel))
	}
	var got []rdf.Quad
	for q, err := range jsonld.NewDecoder(f, jsonld.Options{Base: base, LoadContext: load}).All() {
		if err != nil {
			if e.Error != "" || strings.Contains(string(e.Type), "NegativeEvaluationTest") {
				return nil
			}
			return err
		}
		got = append(got, q)
	}
	switch {
	case e.Error != "":
		return fmt.Errorf("%s: accepted; expected %s", e.Name, e.Error)
	case e.Expect == "":
		return nil // a syntax test
	}
	r, err := os.Open(filepath.Join(dir, e.Expect))
	if err != nil {
		return err
	}
	defer r.Close()
	var want []rdf.Quad
	for q, err := range turtle.NewDecoder(r, turtle.NQuads, turtle.Options{}).All() {
		if err != nil {
			return err
		}
		want = append(want, q)
	}
	if !canon.Isomorphic(got, want) {
		return fmt.Errorf("%s: not isomorphic:\n%s", e.Name, canon.Difference(got, want))
	}
	return nil
}
