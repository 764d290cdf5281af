package rdftest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestCheckDocument(t *testing.T) {
	const document = "text\n| Suite | Tests | Skipped |\n|---|---:|---:|\n| a suite | 12 | 1 |\n"
	for _, c := range []struct {
		name           string
		tests, skipped int
		right          bool
	}{
		{"a suite", 12, 1, true},
		{"a suite", 13, 1, false},
		{"a suite", 12, 0, false},
		{"another", 12, 1, false},
	} {
		if problem := checkDocument(document, c.name, c.tests, c.skipped); (problem == "") != c.right {
			t.Errorf("%v: %q", c, problem)
		}
	}
}

// The paragraph at the top sums the table up.
func TestDocumentedSum(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	others := []string{"JSON-LD 1.1 toRdf", "URDNA2015", "sparql queries of all suites, printed and parsed again"}
	sum, skipped := 0, 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || slices.Contains(others, strings.TrimSpace(cells[1])) {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(cells[2]))
		k, kerr := strconv.Atoi(strings.TrimSpace(cells[3]))
		if err == nil && kerr == nil {
			sum, skipped = sum+n, skipped+k
		}
	}
	words := strings.Join(strings.Fields(string(b)), " ")
	if want := fmt.Sprintf("It passes all %d,%03d tests of them but one", sum/1000, sum%1000); !strings.Contains(words, want) || skipped != 1 {
		t.Errorf("the page does not say %q, with %d skipped", want, skipped)
	}
}
