package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/server/web"
)

func TestMark(t *testing.T) {
	note := func(n int) web.Note { return web.Note{Number: n} }
	for _, tc := range []struct {
		name, text string
		spans      []markedSpan
		want       string // [id|text] is marked, ^n a note
	}{
		{"nothing", "abc", nil, "abc"},
		{"one", "abcdef", []markedSpan{{1, 3, note(1)}}, "a[t1|bc]^1def"},
		{"the whole text", "abc", []markedSpan{{0, 3, note(1)}}, "[t0|abc]^1"},
		{"two claims of the same words", "abcd", []markedSpan{{1, 3, note(1)}, {1, 3, note(2)}}, "a[t1|bc]^1^2d"},
		{"one within another", "abcdef", []markedSpan{{0, 6, note(1)}, {2, 4, note(2)}}, "[t0|ab][t2|cd]^2[ef]^1"},
		{"overlapping", "abcdef", []markedSpan{{0, 4, note(1)}, {2, 6, note(2)}}, "[t0|ab][t2|cd]^1[ef]^2"},
		{"twice the same evidence of a claim", "abcd", []markedSpan{{1, 3, note(1)}, {1, 3, note(1)}}, "a[t1|bc]^1d"},
		{"code points", "äöü€", []markedSpan{{1, 2, note(1)}}, "ä[t1|ö]^1ü€"},
		{"outside the text", "abc", []markedSpan{{2, 9, note(1)}, {-1, 2, note(2)}, {2, 2, note(3)}}, "abc"},
	} {
		var b strings.Builder
		for _, p := range mark([]rune(tc.text), tc.spans) {
			switch {
			case p.Marked && p.ID != "":
				fmt.Fprintf(&b, "[%s|%s]", p.ID, p.Text)
			case p.Marked:
				fmt.Fprintf(&b, "[%s]", p.Text)
			default:
				b.WriteString(p.Text)
			}
			for _, n := range p.Notes {
				fmt.Fprintf(&b, "^%d", n.Number)
			}
		}
		if got := b.String(); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestAround(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, tc := range []struct{ name, text, quote, before, after string }{
		{"its sentence", "One. Two says it fell. Three.", "it fell", "Two says ", "."},
		{"an initial ends no sentence", "He met J. Smith there. Next.", "there", "He met J. Smith ", "."},
		{"a number ends no sentence", "It lost 3.5 percent of it. Next.", "of it", "It lost 3.5 percent ", "."},
		{"an abbreviation in capitals ends one", "It was the UN. They left.", "They left", "", "."},
		{"its line", "Head\n- Result: victory\n- Date: 1", "victory", "- Result: ", ""},
		{"much text", long + "here " + long, "here", "", ""},
	} {
		text := []rune(tc.text)
		at := len([]rune(tc.text[:strings.Index(tc.text, tc.quote)]))
		before, after := around(text, at, at+len([]rune(tc.quote)))
		if tc.name == "much text" {
			// Only the bound and the whole words count.
			if n := len(before); n > evidenceContext+4 || !strings.HasPrefix(before, "…word") {
				t.Errorf("%s: before is %q (%d bytes)", tc.name, before, n)
			}
			if n := len(after); n > evidenceContext+4 || !strings.HasSuffix(after, "word …") {
				t.Errorf("%s: after is %q (%d bytes)", tc.name, after, n)
			}
			continue
		}
		if before != tc.before || after != tc.after {
			t.Errorf("%s: got %q and %q, want %q and %q", tc.name, before, after, tc.before, tc.after)
		}
	}
}
