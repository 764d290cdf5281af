package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	const passing = `{"Action":"output","Package":"p","Test":"TestSuite","Output":"suite: 3 passed, 0 failed, 0 skipped\n"}
{"Action":"output","Package":"p","Test":"TestTable","Output":"    kind  gold\n"}
{"Action":"pass","Package":"p","Test":"TestTable"}
{"Action":"output","Package":"p","Test":"TestQuiet","Output":"    chatter\n"}
{"Action":"pass","Package":"p","Test":"TestQuiet"}
{"Action":"output","Package":"p","Test":"TestAbsent","Output":"    no browser\n"}
{"Action":"skip","Package":"p","Test":"TestAbsent"}
{"Action":"pass","Package":"p","Elapsed":1.25}
`
	for _, tc := range []struct {
		name, in string
		failed   bool
		want     string
	}{
		{"passing", passing, false, "suite: 3 passed, 0 failed, 0 skipped\n    kind  gold\nskipped: TestAbsent: no browser\nok  \tp\t1.2s\n"},
		{"a failed test", `{"Action":"output","Package":"p","Test":"TestX","Output":"    x_test.go:1: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestX"}
`, true, "    x_test.go:1: wrong\n"},
		{"a package that does not build", `{"ImportPath":"p","Action":"build-output","Output":"p.go:1: no\n"}
{"ImportPath":"p","Action":"build-fail"}
`, true, "p.go:1: no\n"},
		{"words of others", "make: nothing\n", false, "make: nothing\n"},
		{"a last line without an end", `{"Action":"fail","Package":"p","Elapsed":2}`, true, "FAIL\tp\t2.0s\n"},
	} {
		var out strings.Builder
		failed, err := report(strings.NewReader(tc.in), &out, regexp.MustCompile("^TestTable$"))
		if err != nil || failed != tc.failed || out.String() != tc.want {
			t.Errorf("%s: failed %v, %v; printed\n%s\nwant\n%s", tc.name, failed, err, out.String(), tc.want)
		}
	}
}
