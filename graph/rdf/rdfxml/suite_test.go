package rdfxml_test

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
	"github.com/belligraph/belligraph/graph/rdf/rdfxml"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

func TestW3C(t *testing.T) {
	root := rdftest.Root(t)
	for _, s := range []struct{ name, folder string }{
		{"RDF 1.1 RDF/XML", "rdf11/rdf-xml"},
		{"RDF 1.2 RDF/XML", "rdf12/rdf-xml/eval"},
	} {
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
				suite.Run(t, string(e.ID[strings.LastIndexByte(string(e.ID), '#')+1:]), func() error { return runEntry(m, e) })
			}
		})
	}
}

func runEntry(m *rdftest.Manifest, e rdftest.Entry) error {
	file, err := m.File(e.Action)
	if err != nil {
		return err
	}
	input, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	got, err := readAll(input, m.IRI(file))
	if e.HasType("TestXMLNegativeSyntax") {
		if err == nil {
			return fmt.Errorf("accepted:\n%s", input)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if !e.HasType("TestXMLEval") {
		return fmt.Errorf("unknown test type %v", e.Types)
	}
	resultFile, err := m.File(e.Result)
	if err != nil {
		return err
	}
	f, err := os.Open(resultFile)
	if err != nil {
		return err
	}
	defer f.Close()
	var want []rdf.Quad
	for q, err := range turtle.NewDecoder(f, turtle.NTriples, turtle.Options{}).All() {
		if err != nil {
			return err
		}
		want = append(want, q)
	}
	if !canon.Isomorphic(got, want) {
		return fmt.Errorf("not isomorphic:\n%s", canon.Difference(got, want))
	}
	return nil
}

func readAll(input []byte, base string) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	for q, err := range rdfxml.NewDecoder(bytes.NewReader(input), rdfxml.Options{Base: base}).All() {
		if err != nil {
			return nil, err
		}
		quads = append(quads, q)
	}
	return quads, nil
}
