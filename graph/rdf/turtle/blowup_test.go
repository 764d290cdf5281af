package turtle_test

import (
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestNoBlowUp reads large documents of kinds that have made other readers
// quadratic or worse. Each takes some milliseconds; the limit is wide because the
// machine may be busy.
func TestNoBlowUp(t *testing.T) {
	const size = 256 << 10
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, doc := range map[string]string{
		"dots after a label":     "<x:s> <x:p> _:a" + fill("."),
		"dots after a word":      "<x:s> <x:p> a" + fill("."),
		"dots after a name":      "@prefix a: <x:> . a:b a:c a:d" + fill("."),
		"prefix without an end":  fill("a"),
		"open string":            `<x:s> <x:p> "` + fill("a"),
		"open long string":       `<x:s> <x:p> """` + fill(`""\"`),
		"long string of escapes": `<x:s> <x:p> """` + fill(`\u0041\n`) + `""" .`,
		"open IRI":               "<x:s> <x:p> <x:" + fill("a"),
		"comment":                "#" + fill("x"),
		"spaces":                 fill(" \t"),
		"line ends":              fill("\r\n\n\r"),
		"directives":             fill("PREFIX a: <x:a>\n"),
		"semicolons":             "<x:s> <x:p> <x:o> " + fill(";"),
		"openings":               fill("["),
		"angles":                 fill("<<"),
		"reified":                fill("<<("),
		"objects":                "<x:s> <x:p> 1" + fill(",1") + ".",
		"collection":             "<x:s> <x:p> (" + fill("1 ") + ").",
		"digits":                 "<x:s> <x:p> " + fill("1"),
		"reifiers":               "<x:s> <x:p> 1 " + fill("~ ") + ".",
		"language tag":           `<x:s> <x:p> "a"@a` + fill("-a"),
		"statements on one line": fill("<x:s> <x:p> 1 . "),
	} {
		for _, format := range formats {
			start := time.Now()
			decode(strings.NewReader(doc), format)
			decode(iotest.HalfReader(strings.NewReader(doc)), format)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%s as %s took %v", name, format, took)
			}
		}
	}
}
