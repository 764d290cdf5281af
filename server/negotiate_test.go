package server

import "testing"

func TestNegotiate(t *testing.T) {
	results := []string{"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/html"}
	for _, tc := range []struct {
		name, accept string
		want         int
	}{
		{"absent header takes the first offer", "", 0},
		{"anything takes the first offer", "*/*", 0},
		{"exact type", "text/csv", 2},
		{"case is ignored", "Text/CSV", 2},
		{"parameters are ignored", "text/csv; charset=utf-8; header=present", 2},
		{"highest q wins", "text/csv;q=0.5, application/sparql-results+xml;q=0.9", 1},
		{"exact type overrides its wildcard", "text/*;q=0.9, text/html;q=0.1", 2},
		{"wildcard type", "text/*", 2},
		{"q=0 forbids", "text/csv;q=0", -1},
		{"q=0 forbids under a wildcard", "*/*, application/sparql-results+json;q=0", 1},
		{"nothing acceptable", "image/png", -1},
		{"browser prefers html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 3},
		{"query editor", "application/sparql-results+json,*/*;q=0.9", 0},
		{"Java's star without a slash", "text/html, image/gif, *; q=.2, */*; q=.2", 3},
		{"malformed elements are left out", "garbage, text/csv", 2},
		{"q beyond one counts as zero", "text/csv;q=7", -1},
	} {
		if got := negotiate(tc.accept, results); got != tc.want {
			t.Errorf("%s: negotiate(%q) = %d, want %d", tc.name, tc.accept, got, tc.want)
		}
	}
}

func TestSaneHost(t *testing.T) {
	for host, want := range map[string]bool{
		"": true, "localhost:8080": true, "127.0.0.1": true, "[::1]:80": true, "xn--bcher-kva.example": true, "bücher.example": true, "a_b": true,
		"x\xfd": false, "x y": false, "x<y": false, "x/y": false, "me@x": false,
	} {
		if got := saneHost(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
