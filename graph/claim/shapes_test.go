package claim_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/data/shapes"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// validate runs pySHACL and returns its report. The interpreter is python3, or
// the one that BELLIGRAPH_PYTHON names.
func validate(t *testing.T, quads []rdf.Quad) (conforms bool, report string) {
	t.Helper()
	python := os.Getenv("BELLIGRAPH_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import pyshacl").Run(); err != nil {
		t.Skip("the shapes are not validated: " + python + " has no pyshacl (pip install pyshacl, or set BELLIGRAPH_PYTHON); the checks in Go ran")
	}
	dir := t.TempDir()
	var data []byte
	for _, q := range quads {
		if _, ok := q.Object.(rdf.Triple); ok {
			continue // pySHACL reads RDF 1.1, where the edge node says the same
		}
		data = append(rdf.AppendQuad(data, q), '\n')
	}
	dataFile, shapesFile := filepath.Join(dir, "data.nt"), filepath.Join(dir, "shapes.ttl")
	for name, content := range map[string][]byte{dataFile: data, shapesFile: shapes.Turtle} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-m", "pyshacl", "-s", shapesFile, "-df", "nt", "-sf", "turtle", dataFile)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return true, out.String()
	}
	if !strings.Contains(out.String(), "Conforms: False") {
		t.Fatalf("pyshacl: %v\n%s", err, out.String())
	}
	return false, out.String()
}

func TestSeedConformsToShapes(t *testing.T) {
	if ok, report := validate(t, claim.Encode(rich(t), claim.EncodeOptions{})); !ok {
		t.Error(report)
	}
}

// TestShapesFindBreaches breaks the graph in several ways at once and looks for
// the shape that names each.
func TestShapesFindBreaches(t *testing.T) {
	ex, _ := seed(t)
	quads := claim.Encode(ex, claim.EncodeOptions{})
	drop := func(match func(rdf.Quad) bool) {
		i := slices.IndexFunc(quads, match)
		if i < 0 {
			t.Fatal("nothing to drop")
		}
		quads = slices.Delete(quads, i, i+1)
	}
	property := func(p rdf.IRI) func(rdf.Quad) bool { return func(q rdf.Quad) bool { return q.Predicate == p } }
	drop(property(claim.PropEvidence))
	drop(property(claim.PropMetric))
	number := quads[slices.IndexFunc(quads, property(claim.PropMax))].Subject
	for _, p := range []rdf.IRI{claim.PropMin, claim.PropMax} {
		drop(func(q rdf.Quad) bool { return q.Subject == number && q.Predicate == p })
	}
	drop(property(claim.PropClaimant))
	drop(func(q rdf.Quad) bool {
		return q.Predicate == claim.PropReason && strings.Contains(q.Subject.String(), "/disagreement/")
	})
	i := slices.IndexFunc(quads, property(claim.PropQuote))
	quads[i].Object = rdf.NewString("words that are not there")
	quads = append(quads, rdf.Quad{Subject: rdf.IRI(claim.NSID + "ansar-dine"), Predicate: rdf.IRI(claim.NS + "attacked"), Object: rdf.IRI(claim.NSID + "mnla")})
	ok, report := validate(t, quads)
	if ok {
		t.Fatal("a broken graph conforms")
	}
	for _, want := range []string{
		"shape:Claim", "shape:claim-claimant", "bg:metric", "shape:Quantity", "shape:span-quote", "shape:edge-claimed", "bg:reason",
	} {
		if !strings.Contains(report, want) {
			t.Errorf("no breach of %s in the report", want)
		}
	}
	if t.Failed() {
		t.Log(report)
	}
}
