package cayley

import (
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// Decoders returns readers of Cayley's own formats for rdfio, which must not
// know Cayley.
func Decoders() map[rdfio.Format]func(io.Reader) (rdfio.QuadReader, error) {
	return map[rdfio.Format]func(io.Reader) (rdfio.QuadReader, error){
		rdfio.CayleyJSON:   decoder("json"),
		rdfio.CayleyPQuads: decoder("pquads"),
	}
}

func decoder(name string) func(io.Reader) (rdfio.QuadReader, error) {
	return func(r io.Reader) (rdfio.QuadReader, error) {
		format, ok := FormatByName(name)
		if !ok || !format.CanRead() {
			return nil, fmt.Errorf("cayley: format %q cannot be read", name)
		}
		return quadReader(format.read(r)), nil
	}
}

// quadReader is a function that returns the next quad or io.EOF.
type quadReader func() (rdf.Quad, error)

// Decode implements rdfio.QuadReader.
func (f quadReader) Decode() (rdf.Quad, error) { return f() }
