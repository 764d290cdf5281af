package turtle_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// suites are the W3C suites of the four syntaxes.
var suites = []struct {
	name, folder string
	format       turtle.Format
}{
	{"RDF 1.1 N-Triples", "rdf11/rdf-n-triples", turtle.NTriples},
	{"RDF 1.1 N-Quads", "rdf11/rdf-n-quads", turtle.NQuads},
	{"RDF 1.1 Turtle", "rdf11/rdf-turtle", turtle.Turtle},
	{"RDF 1.1 TriG", "rdf11/rdf-trig", turtle.TriG},
	{"RDF 1.2 N-Triples syntax", "rdf12/rdf-n-triples/syntax", turtle.NTriples},
	{"RDF 1.2 N-Triples c14n", "rdf12/rdf-n-triples/c14n", turtle.NTriples},
	{"RDF 1.2 N-Quads syntax", "rdf12/rdf-n-quads/syntax", turtle.NQuads},
	{"RDF 1.2 N-Quads c14n", "rdf12/rdf-n-quads/c14n", turtle.NQuads},
	{"RDF 1.2 Turtle syntax", "rdf12/rdf-turtle/syntax", turtle.Turtle},
	{"RDF 1.2 Turtle eval", "rdf12/rdf-turtle/eval", turtle.Turtle},
	{"RDF 1.2 TriG syntax", "rdf12/rdf-trig/syntax", turtle.TriG},
	{"RDF 1.2 TriG eval", "rdf12/rdf-trig/eval", turtle.TriG},
}

func TestW3C(t *testing.T) {
	root := rdftest.Root(t)
	for _, s := range suites {
		t.Run(s.folder, func(t *testing.T) {
			m, err := rdftest.Load(root, filepath.Join(root, "rdf", s.folder, "manifest.ttl"))
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Entries) == 0 {
				t.Fatal("the manifest lists no tests")
			}
			suite := rdftest.NewSuite(t, s.name)
			for _, e := range m.Entries {
				suite.Run(t, string(e.ID[strings.LastIndexByte(string(e.ID), '#')+1:]), func() error {
					return runEntry(m, e, s.format)
				})
			}
		})
	}
}

func runEntry(m *rdftest.Manifest, e rdftest.Entry, format turtle.Format) error {
	file, err := m.File(e.Action)
	if err != nil {
		return err
	}
	input, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	got, err := readAll(input, format, m.IRI(file))
	kind := string(e.Types[0])
	switch {
	case strings.HasSuffix(kind, "NegativeSyntax"):
		if err == nil {
			return fmt.Errorf("%s: accepted:\n%s", e.Name, input)
		}
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", e.Name, err)
	case strings.HasSuffix(kind, "PositiveSyntax"):
		return nil
	}
	resultFile, err := m.File(e.Result)
	if err != nil {
		return err
	}
	want, err := os.ReadFile(resultFile)
	if err != nil {
		return err
	}
	switch {
	case strings.HasSuffix(kind, "Eval"):
		expected, err := readAll(want, turtle.NQuads, "")
		if err != nil {
			return err
		}
		return sameDataset(got, expected)
	case strings.HasSuffix(kind, "PositiveC14N"):
		return sameCanonical(got, want)
	default:
		return fmt.Errorf("%s: unknown test type", kind)
	}
}

func readAll(input []byte, format turtle.Format, base string) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(bytes.NewReader(input), format, turtle.Options{Base: base}).All() {
		if err != nil {
			return nil, err
		}
		quads = append(quads, q)
	}
	return quads, nil
}

func sameDataset(got, want []rdf.Quad) error {
	if canon.Isomorphic(got, want) {
		return nil
	}
	return fmt.Errorf("not isomorphic:\n%s", canon.Difference(got, want))
}

func sameCanonical(got []rdf.Quad, want []byte) error {
	var lines []byte
	for _, q := range got {
		lines = canon.AppendQuad(lines, q)
	}
	if !bytes.Equal(lines, want) {
		return fmt.Errorf("canonical form is\n%s\nand should be\n%s", lines, want)
	}
	return nil
}
