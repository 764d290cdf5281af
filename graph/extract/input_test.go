package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belligraph/belligraph/data/articles"
	"github.com/belligraph/belligraph/graph/claim"
)

func seedText(t testing.TB) string {
	t.Helper()
	b, err := articles.Files.ReadFile("battle-of-tinzaouaten-2012.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestBadInput feeds what is no text: the answer is an error with its place.
func TestBadInput(t *testing.T) {
	x := newExtractor(t)
	for _, tc := range []struct {
		name, text   string
		line, column int
		reason       string
	}{
		{"empty file", "", 1, 1, "empty"},
		{"only blanks", " \n\t\n", 1, 1, "empty"},
		{"only a byte order mark", "\ufeff", 1, 1, "empty"},
		{"not UTF-8", "= Title =\nab\xffcd\n", 2, 3, "0xFF"},
		{"cut in a code point", "= Title =\n\nna\xc3", 3, 3, "0xC3"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00", 1, 8, "zero byte"},
		{"HTML without text", "<!DOCTYPE html>\n<html><body></body></html>", 1, 1, "HTML"},
		{"XML dump", "<mediawiki><page></page></mediawiki>", 1, 1, "dump"},
		{"UTF-16", "\xff\xfe=\x00 \x00", 1, 1, "0xFF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := x.Extract(context.Background(), "article.txt", strings.NewReader(tc.text))
			var bad *InputError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, want an InputError", err)
			}
			if bad.Line != tc.line || bad.Column != tc.column || !strings.Contains(bad.Reason, tc.reason) {
				t.Errorf("got %v, want line %d, column %d, %q", bad, tc.line, tc.column, tc.reason)
			}
		})
	}
	t.Run("broken reader", func(t *testing.T) {
		_, err := x.Extract(context.Background(), "article.txt", io.MultiReader(strings.NewReader("= T =\n"), broken{}))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v, want the reader's own error", err)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestPartialInput feeds texts that lack a part: what is there is read.
func TestPartialInput(t *testing.T) {
	x := newExtractor(t)
	seed := seedText(t)
	box, prose, _ := strings.Cut(seed, "\n\nOn 8 February")
	for _, tc := range []struct {
		name, text     string
		infobox, prose bool
	}{
		{"infobox only", box, true, false},
		{"prose only", "On 8 February" + prose, false, true},
		{"no title", strings.TrimPrefix(seed, "= Battle of Tinzaouaten (2012) =\n"), true, true},
		{"title only", "= Battle of Nowhere =\n", false, false},
		{"Windows line ends", strings.ReplaceAll(seed, "\n", "\r\n"), true, true},
		{"byte order mark", "\ufeff" + seed, true, true},
		{"unclosed brackets and quotes", "= T =\n\nThe (( \"army [ attacked ((( the\n== \n=\n- \n-:\n", false, false},
		{"one long word", strings.Repeat("a", 1<<20), false, false},
		{"only marks", strings.Repeat("(,.;:-\"' ", 1000), false, false},
		{"only numbers", strings.Repeat("1,200–1,300 + ", 2000), false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ex, err := x.Extract(context.Background(), "article.txt", strings.NewReader(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			var infobox, prose bool
			for _, c := range ex.Claims {
				infobox = infobox || c.Source == "infobox"
				prose = prose || c.Source == "prose"
			}
			if infobox != tc.infobox || prose != tc.prose {
				t.Errorf("claims of infobox %t, of prose %t; want %t, %t", infobox, prose, tc.infobox, tc.prose)
			}
			checkSpans(t, ex)
		})
	}
}

// checkSpans checks that every quotation is what stands at its offsets.
func checkSpans(t testing.TB, ex *claim.Extraction) {
	t.Helper()
	for _, p := range ex.Skipped {
		if strings.Contains(p.Message, "internal") {
			t.Errorf("line %d: %s", p.Line, p.Message)
		}
	}
	points := []rune(ex.Document.Text)
	check := func(s claim.Span, of string) {
		if s.Start < 0 || s.End > len(points) || s.Start >= s.End || string(points[s.Start:s.End]) != s.Quote {
			t.Errorf("%s: offsets %d-%d do not hold %q", of, s.Start, s.End, s.Quote)
		}
	}
	for _, c := range ex.Claims {
		for _, s := range c.Evidence {
			check(s, c.Rule)
		}
	}
	for _, e := range ex.Entities {
		for _, m := range e.Mentions {
			check(m.Span, string(e.IRI))
		}
	}
	for _, r := range ex.Rejected {
		if r.Span.Start != r.Span.End {
			check(r.Span, r.Rule)
		}
	}
}

// TestLargeInput reads an article beyond the limit: the rest is skipped and said
// so, with line and column.
func TestLargeInput(t *testing.T) {
	x, err := New(Options{MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	seed := seedText(t)
	_, prose, _ := strings.Cut(seed, "==Battle==")
	big := seed + strings.Repeat(prose, 50<<20/len(prose))
	start := time.Now()
	ex, err := x.Extract(context.Background(), "big.txt", strings.NewReader(big))
	if err != nil {
		t.Fatal(err)
	}
	if len(ex.Skipped) == 0 || !strings.Contains(ex.Skipped[0].Message, "skipped") || ex.Skipped[0].Line < 1000 {
		t.Errorf("skipped: %v, want the rest of the text with its place", ex.Skipped)
	}
	t.Logf("1 MiB of a 50 MiB article in %v", time.Since(start))
}

// TestCancelled stops at a cancelled context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newExtractor(t).Extract(ctx, "a", strings.NewReader(seedText(t))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestSameEveryTime extracts many times at once: every result is the same.
func TestSameEveryTime(t *testing.T) {
	seed := seedText(t)
	var want []byte
	x := newExtractor(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 16 {
		y := x
		if i%4 == 0 {
			y = newExtractor(t)
		}
		wg.Go(func() {
			ex, err := y.Extract(context.Background(), "a.txt", strings.NewReader(seed))
			if err != nil {
				t.Error(err)
				return
			}
			got, err := json.Marshal(ex)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if want == nil {
				want = got
			} else if !bytes.Equal(want, got) {
				t.Error("two runs differ")
			}
		})
	}
	wg.Wait()
}

// FuzzExtract looks for texts that break the extractor or the offsets.
func FuzzExtract(f *testing.F) {
	f.Add(seedText(f))
	f.Add("= Battle of X =\n\nInfobox\n- Combatant1: , ,\n- Casualties1: 10 killed, 13 injured (per Y), ~5 ----\n\nThe X Army attacked Y on 5 May 2012.")
	f.Add("“ïé–‘’Ⅻ 1,2 or, 3,000 + (including an officer)")
	x := newExtractor(f)
	f.Fuzz(func(t *testing.T, text string) {
		ex, err := x.Extract(context.Background(), "fuzz", strings.NewReader(text))
		if err == nil {
			checkSpans(t, ex)
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	x := newExtractor(b)
	seed := seedText(b)
	_, prose, _ := strings.Cut(seed, "==Battle==")
	text := seed + strings.Repeat(prose, 200)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := x.Extract(context.Background(), "a.txt", strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInvented reads the invented articles, each a document of its own, as a
// folder gives them.
func BenchmarkInvented(b *testing.B) {
	x := newExtractor(b)
	names, err := filepath.Glob("testdata/invented/*.txt")
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	var n int64
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		texts, n = append(texts, string(text)), n+int64(len(text))
	}
	b.SetBytes(n)
	b.ReportAllocs()
	for b.Loop() {
		for i, text := range texts {
			if _, err := x.Extract(context.Background(), names[i], strings.NewReader(text)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
