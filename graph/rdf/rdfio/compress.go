package rdfio

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

var compressedExtensions = []string{".gz", ".gzip", ".zst", ".zstd", ".bz2", ".bzip2"}

// maxWindow bounds the memory that a zstd stream can make its reader take.
const maxWindow = 128 << 20

// Decompress returns the content of r: what gzip, zstd or bzip2 made of it if it
// starts as they do, and r itself otherwise. Close frees the decompressor and
// does not close r. Nested compression is not undone.
func Decompress(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(6)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("rdfio: gzip: %w", err)
		}
		return z, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}), // a frame
		len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}): // one to be skipped
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("rdfio: zstd: %w", err)
		}
		return z.IOReadCloser(), nil
	case len(head) >= 4 && bytes.HasPrefix(head, []byte("BZh")) && '1' <= head[3] && head[3] <= '9':
		return io.NopCloser(bzip2.NewReader(b)), nil
	default:
		return io.NopCloser(b), nil
	}
}
