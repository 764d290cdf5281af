package turtle_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// sample is a document like those that are loaded in bulk: 105 bytes a line,
// many subjects, few predicates, one literal in three.
func sample(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "<http://belligraph.example/id/event/%d> ", i/6)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "<http://www.w3.org/2000/01/rdf-schema#label> \"An attack on the town of Ségou, no. %d\"@en .\n", i)
		case 1:
			fmt.Fprintf(&b, "<http://belligraph.example/ns#participant> <http://belligraph.example/id/group/%d> .\n", i%977)
		default:
			fmt.Fprintf(&b, "<http://belligraph.example/ns#count> \"%d\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n", i%50)
		}
	}
	return b.Bytes()
}

const sampleLines = 100_000

func perTriple(b *testing.B) {
	b.ReportMetric(float64(b.N)*sampleLines/b.Elapsed().Seconds()/1e6, "Mtriples/s")
}

func BenchmarkLineScanner(b *testing.B) {
	data := sample(sampleLines)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	s := turtle.NewLineScanner(nil, turtle.NQuads, 1, 0)
	for b.Loop() {
		s.Reset(data, 1, 0)
		var st turtle.Statement
		n := 0
		for {
			ok, err := s.Next(&st)
			if err != nil {
				b.Fatal(err)
			}
			if !ok {
				break
			}
			n++
		}
		if n != sampleLines {
			b.Fatal(n)
		}
	}
	perTriple(b)
}

func BenchmarkDecoder(b *testing.B) {
	data := sample(sampleLines)
	for _, format := range formats {
		b.Run(format.String(), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range turtle.NewDecoder(bytes.NewReader(data), format, turtle.Options{}).All() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			perTriple(b)
		})
	}
}

func BenchmarkEncoder(b *testing.B) {
	var quads []rdf.Quad
	for q := range turtle.NewDecoder(bytes.NewReader(sample(sampleLines)), turtle.NQuads, turtle.Options{}).All() {
		quads = append(quads, q)
	}
	for _, format := range formats {
		b.Run(format.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := turtle.NewEncoder(io.Discard, format, turtle.EncoderOptions{Prefixes: map[string]string{"bg": "http://belligraph.example/ns#", "xsd": rdf.NSXSD}})
				for _, q := range quads {
					if err := e.Encode(q); err != nil {
						b.Fatal(err)
					}
				}
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
			}
			perTriple(b)
		})
	}
}
