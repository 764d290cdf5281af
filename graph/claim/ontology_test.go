package claim_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/data/ontology"
	"github.com/belligraph/belligraph/data/rules"
	"github.com/belligraph/belligraph/data/shapes"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

func readTurtle(t *testing.T, doc []byte) []rdf.Quad {
	t.Helper()
	d := turtle.NewDecoder(bytes.NewReader(doc), turtle.Turtle, turtle.Options{})
	var out []rdf.Quad
	for {
		q, err := d.Decode()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
}

// TestOntologyDescribesAllTerms holds that every term of ours that the encoder
// writes, and every kind that it knows, has a type, a label and a comment or a
// scheme in the ontology.
func TestOntologyDescribesAllTerms(t *testing.T) {
	has := make(map[rdf.Term]map[rdf.Term]bool)
	for _, q := range readTurtle(t, ontology.Turtle) {
		if has[q.Subject] == nil {
			has[q.Subject] = make(map[rdf.Term]bool)
		}
		has[q.Subject][q.Predicate] = true
	}
	used := make(map[rdf.IRI]bool)
	qualified := make(map[rdf.IRI]bool)
	use := func(term rdf.Term) {
		if iri, ok := term.(rdf.IRI); ok && strings.HasPrefix(string(iri), "https://belligraph.org/ontology") && !strings.HasPrefix(string(iri), claim.NSManner) {
			used[iri] = true
		}
	}
	for _, q := range claim.Encode(rich(t), claim.EncodeOptions{}) {
		use(q.Subject)
		use(q.Predicate)
		use(q.Object)
		if q.Predicate == claim.PropQualifies {
			qualified[q.Subject.(rdf.IRI)] = true
		}
	}
	for _, k := range claim.Kinds() {
		use(rdf.IRI(claim.NSKind + k.Name))
		if k.Edge != "" {
			use(rdf.IRI(claim.NS + k.Edge))
		}
	}
	// The extraction rules name kinds and metrics as well.
	err := fs.WalkDir(rules.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(rules.Files, path)
		for _, m := range regexp.MustCompile(`(?m)^\s+(kind|metric): *([A-Za-z]+)\s*$`).FindAllSubmatch(text, -1) {
			use(rdf.IRI("https://belligraph.org/ontology/" + string(m[1]) + "/" + string(m[2])))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for iri := range used {
		if qualified[iri] && has[iri] == nil {
			continue // bg:qualifies says what it is
		}
		if !has[iri][rdf.RDFType] || !has[iri][rdf.RDFSLabel] {
			t.Errorf("%s has no type or label in the ontology", iri)
		}
	}
	for _, q := range readTurtle(t, shapes.Turtle) {
		if iri, ok := q.Object.(rdf.IRI); ok && strings.HasPrefix(string(iri), claim.NS) && has[iri] == nil {
			t.Errorf("the shapes use %s, which the ontology does not have", iri)
		}
	}
}
