package expr

import (
	"strings"
	"testing"
)

func TestRepeats(t *testing.T) {
	for _, tt := range []struct {
		source string
		want   int
	}{
		{"", 1}, {"a*b+c?", 1}, {"a{5}", 5}, {"a{2,7}", 7}, {"a{3,}", 3}, {"(a{3}b{4}){5}", 20}, {"((a?){100}){100}", 10_000},
		{"(a{10})(b{20})", 20}, {"(a{10}|(b{20}){2})c{30}", 40}, {`\{5\}(a\){3})`, 3}, {"[({]{6}", 6}, {"[a\\]{9}]{2}", 2}, {"((a{4})*){5}", 20},
		{"((((a?){100}){100}){100}){100}", maxRepeats + 1}, {"a{99999999999999999999}", maxRepeats + 1},
	} {
		if got := repeats(tt.source); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.source, got, tt.want)
		}
	}
}

// TestRepeatsWithinEachOther: what a match would have to remember is refused
// before it is tried.
func TestRepeatsWithinEachOther(t *testing.T) {
	if p := compilePattern("((((a?){100}){100}){100}){100}", ""); p.err == nil {
		t.Error("100,000,000 rounds are accepted")
	}
	p := compilePattern("((a?){50}){50}", "")
	if p.err != nil {
		t.Fatal(p.err)
	}
	if ok, err := p.match(strings.Repeat("a", 100_000)); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}
