package sparql

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkSuite parses and translates each query of the suites once per round.
func BenchmarkSuite(b *testing.B) {
	var texts []string
	size := 0
	for _, f := range suiteFiles(b) {
		if !strings.HasSuffix(f, ".rq") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, string(text))
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			q, err := ParseQuery(text, Options{Base: "http://example.org/"})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Translate(q); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/query")
}
