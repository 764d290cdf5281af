package turtle_test

import (
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// TestVersion checks version announcements, which the suites have for Turtle
// only.
func TestVersion(t *testing.T) {
	for _, c := range []struct {
		format turtle.Format
		input  string
		quads  int // -1 for a fault
	}{
		{turtle.NTriples, "VERSION \"1.2\"\n<x:s> <x:p> <x:o> .\n  VERSION \"1.2-basic\" # c\n", 1},
		{turtle.NQuads, "VERSION \"1.1\"\r\n<x:s> <x:p> <x:o> <x:g> .", 1},
		{turtle.NTriples, "VERSION '1.2'\n", -1},
		{turtle.NTriples, "version \"1.2\"\n", -1},
		{turtle.NTriples, "VERSION \"1.2\" .\n", -1},
		{turtle.NTriples, "VERSIONS \"1.2\"\n", -1},
		{turtle.TriG, "VERSION \"1.2\" @version '1.2' . <x:g> { <x:s> <x:p> <x:o> }", 1},
		{turtle.TriG, "<x:g> { VERSION \"1.2\" }", -1},
	} {
		quads, err := decode(strings.NewReader(c.input), c.format)
		if c.quads < 0 && err == nil || c.quads >= 0 && (err != nil || len(quads) != c.quads) {
			t.Errorf("%s %q: %d quads, %v", c.format, c.input, len(quads), err)
		}
	}
	for _, format := range formats {
		var b strings.Builder
		e := turtle.NewEncoder(&b, format, turtle.EncoderOptions{Version: true})
		if err := e.Close(); err != nil || b.String() != "VERSION \"1.2\"\n" {
			t.Errorf("%s: %q, %v", format, b.String(), err)
		}
	}
}
