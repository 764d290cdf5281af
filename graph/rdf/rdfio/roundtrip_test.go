package rdfio_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
)

var prefixes = map[string]string{
	"ex": "http://example.org/ns#", "": "http://example.org/", "rdf": rdf.NSRDF, "xsd": rdf.NSXSD, "odd": "urn:x",
	"é": "http://example.org/\u4e2d", "bad prefix": "http://example.org/a", "rel": "relative", "http": "http://[::1]",
}

// TestRoundTrip writes random datasets in each format and reads them back, with
// and without prefixes, whole and a byte at a time.
func TestRoundTrip(t *testing.T) {
	formats := map[rdfio.Format]rdftest.Random{
		rdfio.NTriples: {TripleTerms: true},
		rdfio.NQuads:   {TripleTerms: true, Graphs: true},
		rdfio.Turtle:   {TripleTerms: true},
		rdfio.TriG:     {TripleTerms: true, Graphs: true},
		rdfio.RDFXML:   {TripleTerms: true, XML: true},
		rdfio.JSONLD:   {TripleTerms: true, Graphs: true},
	}
	for format, random := range formats {
		t.Run(format.String(), func(t *testing.T) {
			rounds := 1
			if os.Getenv("BELLIGRAPH_LONG") != "" {
				rounds = 200
			}
			for range rounds {
				rapid.Check(t, func(t *rapid.T) { roundTrip(t, format, random) })
			}
		})
	}
}

func roundTrip(t *rapid.T, format rdfio.Format, random rdftest.Random) {
	quads := random.Quads().Draw(t, "quads")
	var o rdfio.EncoderOptions
	if rapid.Bool().Draw(t, "prefixes") {
		o.Prefixes = prefixes
	}
	doc, kept := write(t, format, o, quads)
	var r io.Reader = bytes.NewReader(doc)
	if rapid.Bool().Draw(t, "by the byte") {
		r = iotest.OneByteReader(r)
	}
	d, err := rdfio.NewDecoder(r, format, rdfio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []rdf.Quad
	for q, err := range d.All() {
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		got = append(got, q)
	}
	if !canon.Isomorphic(got, kept) {
		t.Fatalf("read back:\n%s\nfrom\n%s", canon.Difference(got, kept), doc)
	}
}

// write returns the document and the quads that it holds. Only quads of JSON-LD
// may be inexpressible, for IRIs that look like names with a prefix.
func write(t *rapid.T, format rdfio.Format, o rdfio.EncoderOptions, quads []rdf.Quad) (doc []byte, kept []rdf.Quad) {
	var b bytes.Buffer
	e, err := rdfio.NewEncoder(&b, format, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range quads {
		switch err := e.Encode(q); {
		case errors.Is(err, rdf.ErrInexpressible) && format == rdfio.JSONLD && o.Prefixes != nil:
			continue
		case err != nil:
			t.Fatal(err)
		}
		kept = append(kept, q)
		if rapid.IntRange(0, 9).Draw(t, "flush") == 0 {
			if err := e.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), kept
}
