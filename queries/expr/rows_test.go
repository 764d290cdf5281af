package expr

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/rdf"
)

// The tables in testdata have one row per line, an operator or function with
// its arguments in prefix order, and what it gives:
//
//	SUBSTR "metadata" 4 3 => "ada"
//	/ 1 0 => error
//
// Terms are written as in Turtle; UNBOUND stands for no value, xsd:name after
// a row's first word for a cast. A line that starts with "#" names the section
// of the specification that the rows after it are read from.

// termReader reads terms from a row.
type termReader struct {
	s string
	i int
}

func (r *termReader) space() {
	for r.i < len(r.s) && r.s[r.i] == ' ' {
		r.i++
	}
}

func (r *termReader) word() string {
	r.space()
	start := r.i
	for r.i < len(r.s) && r.s[r.i] != ' ' {
		r.i++
	}
	return r.s[start:r.i]
}

// term reads one term; nil is UNBOUND.
func (r *termReader) term() (rdf.Term, error) {
	r.space()
	rest := r.s[r.i:]
	switch {
	case strings.HasPrefix(rest, "<<("):
		r.i += 3
		var parts [3]rdf.Term
		for i := range parts {
			var err error
			if parts[i], err = r.term(); err != nil {
				return nil, err
			}
		}
		if r.word() != ")>>" {
			return nil, fmt.Errorf("triple term without )>>")
		}
		return rdf.Triple{Subject: parts[0], Predicate: parts[1], Object: parts[2]}, nil
	case strings.HasPrefix(rest, "<"):
		end := strings.IndexByte(rest, '>')
		r.i += end + 1
		return rdf.IRI(rest[1:end]), nil
	case strings.HasPrefix(rest, "_:"):
		return rdf.BlankNode(r.word()[2:]), nil
	case strings.HasPrefix(rest, `"`):
		return r.literal()
	}
	w := r.word()
	switch {
	case w == "UNBOUND":
		return nil, nil
	case w == "true" || w == "false":
		return rdf.NewTyped(w, rdf.XSDBoolean), nil
	case strings.HasPrefix(w, "xsd:"):
		return rdf.IRI(rdf.NSXSD + w[4:]), nil
	case strings.HasPrefix(w, "rdf:"):
		return rdf.IRI(rdf.NSRDF + w[4:]), nil
	case strings.HasPrefix(w, ":"):
		return rdf.IRI("http://example/" + w[1:]), nil
	case w != "" && strings.Trim(w, "+-0123456789.eE") == "":
		switch {
		case strings.ContainsAny(w, "eE"):
			return rdf.NewTyped(w, rdf.XSDDouble), nil
		case strings.Contains(w, "."):
			return rdf.NewTyped(w, rdf.XSDDecimal), nil
		}
		return rdf.NewTyped(w, rdf.XSDInteger), nil
	}
	return nil, fmt.Errorf("no term at %q", rest)
}

func (r *termReader) literal() (rdf.Term, error) {
	r.i++
	var b strings.Builder
	for ; ; r.i++ {
		if r.i >= len(r.s) {
			return nil, fmt.Errorf("string without end")
		}
		c := r.s[r.i]
		if c == '"' {
			r.i++
			break
		}
		if c == '\\' {
			r.i++
			switch r.s[r.i] {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			default:
				c = r.s[r.i]
			}
		}
		b.WriteByte(c)
	}
	if r.i == len(r.s) || r.s[r.i] == ' ' {
		return rdf.NewString(b.String()), nil
	}
	suffix := r.word()
	switch {
	case suffix[0] == '@':
		lang, dir, _ := strings.Cut(suffix[1:], "--")
		return rdf.NewDirLang(b.String(), lang, rdf.Direction(dir)), nil
	case strings.HasPrefix(suffix, "^^"):
		sub := termReader{s: suffix[2:]}
		t, err := sub.term()
		if err != nil {
			return nil, err
		}
		return rdf.NewTyped(b.String(), t.(rdf.IRI)), nil
	}
	return nil, fmt.Errorf("%q after a string", suffix)
}

// testContext is the context that the tables assume.
func testContext() *Context {
	return NewContext(Options{
		Now:  time.Date(2026, 11, 22, 20, 12, 0, 500_000_000, time.FixedZone("", 2*3600)),
		Base: "http://example/base/",
		Seed: 1,
	})
}

// evalRow evaluates the left side of a row.
func evalRow(t *testing.T, c *Context, left string) (Value, error) {
	t.Helper()
	r := termReader{s: left}
	op := r.word()
	iri := strings.HasPrefix(op, "xsd:")
	if iri {
		op = rdf.NSXSD + op[4:]
	}
	var args []Value
	for r.space(); r.i < len(r.s); r.space() {
		term, err := r.term()
		if err != nil {
			t.Fatalf("%s: %v", left, err)
		}
		args = append(args, FromTerm(term))
	}
	if op == "EBV" {
		b, err := EBV(args[0])
		return Bool(b), err
	}
	f, ok := Lookup(op, iri)
	if !ok {
		t.Fatalf("%s: no such function", left)
	}
	if len(args) < f.Min || f.Max >= 0 && len(args) > f.Max {
		t.Fatalf("%s: %d arguments, want %d to %d", left, len(args), f.Min, f.Max)
	}
	v, err := f.Call(c, args)
	if err != nil && !Fatal(err) && !errors.Is(err, ErrType) {
		t.Fatalf("%s: error %v is neither fatal nor ErrType", left, err)
	}
	if err == nil && v.IsUnbound() {
		t.Fatalf("%s: unbound without an error", left)
	}
	// What is computed must be what parsing its own term gives.
	if err == nil {
		again := FromTerm(v.Term())
		if !SameTerm(again, v) {
			t.Errorf("%s: %v reads back as %v", left, v.Term(), again.Term())
		}
		if eq, err := Equal(again, v); err == nil && !eq && !isNaN(v) {
			t.Errorf("%s: %v does not equal itself read back", left, v.Term())
		}
	}
	return v, err
}

func isNaN(v Value) bool {
	x, ok := v.XSD()
	return ok && x.Float64() != x.Float64()
}

func runTable(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := testContext()
	section, rows := "", 0
	for n, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case strings.HasPrefix(line, "#"):
			section = strings.TrimSpace(strings.TrimLeft(line, "# "))
			continue
		}
		left, right, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("%s:%d: no => in %q", file, n+1, line)
		}
		left, right = strings.TrimSpace(left), strings.TrimSpace(right)
		rows++
		t.Run(left, func(t *testing.T) {
			got, err := evalRow(t, c, left)
			if right == "error" {
				if err == nil {
					t.Fatalf("%s:%d (%s): got %v, want an error", file, n+1, section, got.Term())
				}
				if Fatal(err) {
					t.Fatalf("%s:%d (%s): fatal error %v", file, n+1, section, err)
				}
				return
			}
			r := termReader{s: right}
			want, rerr := r.term()
			if rerr != nil {
				t.Fatal(rerr)
			}
			if err != nil {
				t.Fatalf("%s:%d (%s): error %v, want %v", file, n+1, section, err, want)
			}
			if got.Term() != want {
				t.Errorf("%s:%d (%s): got %v, want %v", file, n+1, section, got.Term(), want)
			}
		})
	}
	t.Logf("%s: %d rows", file, rows)
}

func TestTables(t *testing.T) {
	for _, name := range []string{"operators", "terms", "strings", "regex", "numbers", "times", "casts"} {
		t.Run(name, func(t *testing.T) { runTable(t, "testdata/"+name+".txt") })
	}
}
