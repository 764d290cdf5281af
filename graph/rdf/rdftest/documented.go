package rdftest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// documented checks that docs/conformance.md gives the counts that a suite had.
// Its table has a row for each suite, whatever backend it is run over: name,
// tests, skipped. A suite of which tests fail has failed anyway.
func documented(tb testing.TB, name string, tests int, skips []string) {
	tb.Helper()
	name, _, _ = strings.Cut(name, " on ")
	repository, err := repositoryRoot()
	if err != nil {
		tb.Error(err)
		return
	}
	b, err := os.ReadFile(filepath.Join(repository, "docs", "conformance.md"))
	if err != nil {
		tb.Error(err)
		return
	}
	if problem := checkDocument(string(b), name, tests, len(skips)); problem != "" {
		tb.Errorf("docs/conformance.md: %s", problem)
	}
	for _, skip := range skips {
		if !strings.Contains(string(b), skip) {
			tb.Errorf("docs/conformance.md does not say why %s of %s is skipped", skip, name)
		}
	}
}

// checkDocument returns what a document says wrongly of a suite.
func checkDocument(document, name string, tests, skipped int) string {
	for line := range strings.Lines(document) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.TrimSpace(cells[1]) != name {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(cells[2]))
		if err != nil {
			return err.Error()
		}
		if k, err := strconv.Atoi(strings.TrimSpace(cells[3])); err != nil || n != tests || k != skipped {
			return fmt.Sprintf("the suite %s has %d tests of which %d are skipped, not %s and %s", name, tests, skipped, cells[2], cells[3])
		}
		return ""
	}
	return fmt.Sprintf("there is no row | %s | %d | %d |", name, tests, skipped)
}
