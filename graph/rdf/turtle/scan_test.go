package turtle

import (
	"encoding/binary"
	"testing"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// TestPlainIRIBytes puts each two bytes at each two places among plain ones.
func TestPlainIRIBytes(t *testing.T) {
	stops := func(c int) bool {
		return c >= utf8.RuneSelf || iri.Forbidden(byte(c)) || c == '!' || c == '~' || c == 0x7F
	}
	for c := range 256 {
		for d := range 256 {
			for i := range 8 {
				for k := i + 1; k < 9; k++ {
					b := []byte("aaaaaaaaa")
					b[i], b[k] = byte(c), byte(d)
					want := 8
					if k < 8 && stops(d) {
						want = k
					}
					if stops(c) {
						want = i
					}
					if n := plainIRIBytes(binary.LittleEndian.Uint64(b)); n != want {
						t.Fatalf("plainIRIBytes(%q) = %d, want %d", b[:8], n, want)
					}
				}
			}
		}
	}
}
