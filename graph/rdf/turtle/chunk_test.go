package turtle_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// scan returns each statement of a chunk as one string, and the errors.
func scan(c turtle.Chunk, format turtle.Format) (statements []string, errs []error) {
	s := turtle.NewLineScanner(c.Data, format, c.Line, c.Offset)
	var st turtle.Statement
	for {
		ok, err := s.Next(&st)
		switch {
		case err != nil:
			errs = append(errs, err)
		case !ok:
			return statements, errs
		default:
			statements = append(statements, fmt.Sprintf("%d %s %s %s %s", s.Line(), st.Subject, st.Predicate, st.Object, st.Graph))
		}
	}
}

// TestChunks scans a document with all kinds of line ends and faults in chunks
// of several sizes, at the same time, and compares with one scan of the whole.
func TestChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := range 3000 {
		switch r.IntN(12) {
		case 0:
			b.WriteString("broken")
		case 1:
			b.WriteString("# comment <a> .")
		case 2:
		case 3:
			fmt.Fprintf(&b, "<x:%d> <x:p> \"%s\" <x:g> .", i, strings.Repeat("long ", 2000))
		default:
			fmt.Fprintf(&b, "<x:%d> <x:p> \"é\\u00e9\"@en .", i)
		}
		b.WriteString([]string{"\n", "\r\n", "\r", "\n\n"}[r.IntN(4)])
	}
	b.WriteString("<x:last> <x:p> <x:o> .")
	doc := b.String()
	want, wantErrs := scan(turtle.Chunk{Data: []byte(doc), Line: 1}, turtle.NQuads)
	if len(want) < 1000 || len(wantErrs) < 100 {
		t.Fatalf("%d statements, %d errors", len(want), len(wantErrs))
	}
	for name, reader := range map[string]func() io.Reader{
		"whole":       func() io.Reader { return strings.NewReader(doc) },
		"by the byte": func() io.Reader { return iotest.OneByteReader(strings.NewReader(doc)) },
		"halves":      func() io.Reader { return iotest.HalfReader(strings.NewReader(doc)) },
		"with EOF":    func() io.Reader { return iotest.DataErrReader(strings.NewReader(doc)) },
	} {
		for _, size := range []int{0, 4096, 20_000, 1 << 20} {
			t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
				c := turtle.NewChunkReader(reader())
				var mu sync.Mutex
				var wg sync.WaitGroup
				var got [][]string
				var gotErrs [][]error
				for {
					chunk, err := c.Next(make([]byte, 0, size))
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					mu.Lock()
					i := len(got)
					got, gotErrs = append(got, nil), append(gotErrs, nil)
					mu.Unlock()
					wg.Go(func() {
						statements, errs := scan(chunk, turtle.NQuads)
						mu.Lock()
						defer mu.Unlock()
						got[i], gotErrs[i] = statements, errs
					})
				}
				wg.Wait()
				if all := slices.Concat(got...); !slices.Equal(all, want) {
					t.Errorf("%d statements, want %d", len(all), len(want))
				}
				if errs := slices.Concat(gotErrs...); !slices.EqualFunc(errs, wantErrs, func(a, b error) bool { return a.Error() == b.Error() }) {
					t.Errorf("%d errors, want %d: %v", len(errs), len(wantErrs), errs[0])
				}
			})
		}
	}
}

// TestStatementsAreCanonical checks that equal terms, however spelled, are equal
// bytes, those that AppendTerm writes.
func TestStatementsAreCanonical(t *testing.T) {
	for _, line := range []string{
		`<x:\u0053> <x:p> "a\u0041\'\"\t	\U0001F600\uFFFE" .`,
		`_:a<x:p>"1"  ^^	<http://www.w3.org/2001/XMLSchema#\u0069nteger>.`,
		`_:a <x:p> "1"^^<http://www.w3.org/2001/XMLSchema#string> <x:\u0067> .`,
		`_:a <x:p> "x" @en-GB--ltr _:g .`,
		`_:a <x:p> <<(_:b<x:\u0070><<(  _:b <x:p> "\u0041"^^<x:\u0070> )>>	)>> .`,
		`_:a <x:p> <<(_:b<x:p>"\u0041"@en)>> .`,
		"_:a <x:p> \"\x01\x7f\xef\xbf\xbf\" .",
	} {
		s := turtle.NewLineScanner([]byte(line), turtle.NQuads, 1, 0)
		var st turtle.Statement
		if ok, err := s.Next(&st); !ok {
			t.Fatalf("%s: %v", line, err)
		}
		q := rdf.Quad{Subject: turtle.TermOf(st.Subject), Predicate: turtle.TermOf(st.Predicate), Object: turtle.TermOf(st.Object)}
		got := fmt.Sprintf("%s %s %s .", st.Subject, st.Predicate, st.Object)
		if st.Graph != nil {
			q.Graph = turtle.TermOf(st.Graph)
			got = fmt.Sprintf("%s %s %s %s .", st.Subject, st.Predicate, st.Object, st.Graph)
		}
		if want := q.String(); got != want {
			t.Errorf("%s\n gives %s\n want  %s", line, got, want)
		}
		again, err := turtle.ParseTerm(string(st.Object))
		if err != nil || again != q.Object {
			t.Errorf("ParseTerm(%s) = %v, %v", st.Object, again, err)
		}
	}
	for _, s := range []string{"", "a", "<x:a> .", "<x:a> <x:b>", "\"a", "_:", "<a>"} {
		if term, err := turtle.ParseTerm(s); err == nil {
			t.Errorf("ParseTerm(%q) = %v", s, term)
		}
	}
}

// TestConstantMemory reads a document of 16 MB and looks at what is held.
func TestConstantMemory(t *testing.T) {
	for _, format := range formats {
		line := []byte("<http://example.org/subject> <http://example.org/predicate> \"" + strings.Repeat("x", 900) + "\" .\n")
		r := io.LimitReader(&repeater{data: line}, 16_000*int64(len(line)))
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		n := 0
		for _, err := range turtle.NewDecoder(r, format, turtle.Options{}).All() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%4_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				if now.HeapAlloc > before.HeapAlloc+4<<20 {
					t.Fatalf("%s: %d bytes held after %d statements", format, now.HeapAlloc-before.HeapAlloc, n)
				}
			}
		}
		if n != 16_000 {
			t.Errorf("%s: %d statements", format, n)
		}
	}
}

type repeater struct {
	data []byte
	at   int
}

func (r *repeater) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], r.data[r.at:])
		n += m
		r.at = (r.at + m) % len(r.data)
	}
	return n, nil
}

// TestOneStatementStreams checks that a Turtle statement without an end yields
// its triples as they come.
func TestOneStatementStreams(t *testing.T) {
	objects := &repeater{data: []byte("<x:o> , ")}
	r := io.MultiReader(strings.NewReader("<x:s> <x:p> "), objects)
	n := 0
	for _, err := range turtle.NewDecoder(r, turtle.Turtle, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 100_000 {
			return
		}
	}
}

// TestEncoderGroups shows the layout of Turtle and TriG.
func TestEncoderGroups(t *testing.T) {
	doc := `<http://e/s> a <http://e/T> .
<http://e/s> <http://e/p> 1, "x", -2.5, true, <http://e/s> .
<http://e/s> <http://e/q> <<( <http://e/s> <http://e/p> "a\nb"@en--ltr )>> .
_:b <http://e/p> "1"^^<http://e/dt> .
<http://e/g> { <http://e/s> <http://e/p> <http://e/a/b>, <http://e/.x> ; <http://e/q> <http://e/> . _:b <http://e/p> 1e0 }
<http://e/h> { <http://e/s> <http://e/p> _:b }
<http://e/s> <http://e/p> 2 .`
	want := `@prefix e: <http://e/> .

e:s a e:T ;
    e:p 1 , "x" , -2.5 , true , e:s ;
    e:q <<( e:s e:p "a\nb"@en--ltr )>> .
_:b e:p "1"^^e:dt .

e:g {
    e:s e:p <http://e/a/b> , <http://e/.x> ;
        e:q e: .
    _:b e:p 1e0 .
}

e:h {
    e:s e:p _:b .
}

e:s e:p 2 .
`
	var b bytes.Buffer
	e := turtle.NewEncoder(&b, turtle.TriG, turtle.EncoderOptions{Prefixes: map[string]string{"e": "http://e/"}})
	for q, err := range turtle.NewDecoder(strings.NewReader(doc), turtle.TriG, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
