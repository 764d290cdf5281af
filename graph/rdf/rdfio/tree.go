package rdfio

import (
	"fmt"
	"io"
)

// newTree returns a reader of the formats that are trees of their own kind.
func newTree(_ io.Reader, format Format, _ Options) (QuadReader, error) {
	return nil, fmt.Errorf("rdfio: %s is not read yet", format)
}

func newTreeEncoder(_ io.Writer, format Format, _ EncoderOptions) (Encoder, error) {
	return nil, fmt.Errorf("rdfio: %s is not written yet", format)
}
